package jobs

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"puente/matching"
	"puente/models"
)

// People are the two sides of a round and what staff ruled about pairs of them.
type People struct {
	Mentors, Mentees []models.Profile
	Rules            []models.RuleRow
	Vectors          map[string]models.Vector // of their own words, by id; files have none
}

// Snapshot freezes people into the engine's input for a round that starts on a
// day (YYYY-MM-DD). Names, ownership and everything else that the engine must
// not use are not copied: there is no field for them. The order of people does
// not matter.
func Snapshot(p People, start string) (*matching.Snapshot, error) {
	day, err := time.Parse(time.DateOnly, start)
	if err != nil {
		return nil, err
	}
	mentors, mentees := byID(p.Mentors), byID(p.Mentees)
	clocks, err := newClocks(zonesOf(mentees, mentors), day)
	if err != nil {
		return nil, err
	}
	b := newBuilder(clocks)
	b.out.Start, b.vectors = start, p.Vectors
	rules := map[string][]models.RuleRow{}
	for _, r := range p.Rules {
		rules[r.Mentee] = append(rules[r.Mentee], r)
	}
	for _, e := range mentees {
		b.out.Mentees = append(b.out.Mentees, b.mentee(e, rules[e.ID]))
	}
	rate, rated := meanReliability(mentors)
	for _, m := range mentors {
		b.out.Mentors = append(b.out.Mentors, b.mentor(m, rate, rated))
	}
	return &b.out, nil
}

// byID orders people as every computation does: by ascending id.
func byID(people []models.Profile) []*models.Profile {
	out := make([]*models.Profile, len(people))
	for i := range people {
		out[i] = &people[i]
	}
	slices.SortFunc(out, func(a, b *models.Profile) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// zonesOf lists the time zones of those who gave slots.
func zonesOf(sides ...[]*models.Profile) (zones []string) {
	for _, side := range sides {
		for _, p := range side {
			if len(p.Slots) > 0 {
				zones = append(zones, zoneOf(p))
			}
		}
	}
	return zones
}

// zoneOf is a person's own time zone, or the main one of the region.
func zoneOf(p *models.Profile) string {
	v := models.Vocabularies()
	if n := v.Region(p.Region); p.TimeZone == "" && n > 0 {
		return v.Regions[n-1].Zone
	}
	return p.TimeZone
}

// builder numbers vocabulary terms and calendars as people are copied.
type builder struct {
	v       *models.Vocabulary
	clocks  *clocks
	bySlots map[string]uint32        // zone and slots -> calendar
	byWeeks map[string]uint32        // weeks -> calendar
	given   uint32                   // calendars that out does not hold any more
	name    []byte                   // of calendar, used again
	vectors map[string]models.Vector // by the person's id
	out     matching.Snapshot
}

func newBuilder(clocks *clocks) *builder {
	return &builder{v: models.Vocabularies(), clocks: clocks, bySlots: map[string]uint32{}, byWeeks: map[string]uint32{}}
}

func (b *builder) mentee(p *models.Profile, rules []models.RuleRow) matching.Mentee {
	m := matching.Mentee{
		ID: p.ID, Country: uint8(b.v.Country(p.Country)), Languages: b.languages(p), Sectors: sectors(p),
		Stage: uint8(b.v.Stage(p.Stage)), Calendar: b.calendar(p), MinOverlap: uint16((p.MinOverlap + 29) / 30),
		Cadence: uint8(b.v.Cadence(p.Cadence)), Formats: numbers(p.Formats, b.v.Format),
		Organization: fold(p.Organization), Conflicts: p.Conflicts, Wishes: p.Wishes, Vector: b.vector(p.ID),
	}
	for _, t := range p.Targets {
		m.Targets = append(m.Targets, b.place(t))
	}
	for _, n := range p.Needs {
		m.Needs = append(m.Needs, matching.Need{Topic: uint8(b.v.Topic(n.Topic)), Priority: uint8(n.Priority)})
	}
	for _, r := range rules {
		switch r.Rule {
		case "must":
			m.Must = append(m.Must, r.Mentor)
		case "lock":
			m.Lock = append(m.Lock, r.Mentor)
		case "never":
			m.Never = append(m.Never, r.Mentor)
		}
	}
	for _, ids := range [][]string{m.Must, m.Lock, m.Never} {
		slices.Sort(ids)
	}
	return m
}

func (b *builder) mentor(p *models.Profile, rate int, rated bool) matching.Mentor {
	m := matching.Mentor{
		ID: p.ID, Country: uint8(b.v.Country(p.Country)), Languages: b.languages(p), Sectors: sectors(p),
		Stages: numbers(p.Stages, b.v.Stage), Calendar: b.calendar(p),
		Cadence: uint8(b.v.Cadence(p.Cadence)), Formats: numbers(p.Formats, b.v.Format),
		Capacity: uint8(p.Capacity), Taken: uint8(p.Taken), Paused: p.Paused,
		Organization: fold(p.Organization), Conflicts: p.Conflicts, Wishes: p.Wishes, Vector: b.vector(p.ID),
	}
	for _, e := range p.Expertise {
		m.Skills = append(m.Skills, matching.Skill{Topic: uint8(b.v.Topic(e.Topic)), Market: uint8(b.v.Country(e.Market)), Level: uint8(e.Level)})
	}
	for _, k := range p.Markets {
		place := b.place(k.Place)
		m.Markets = append(m.Markets, matching.Known{Country: place.Country, Region: place.Region, Level: uint8(k.Level)})
	}
	if p.Reliability >= 0 {
		rate, rated = p.Reliability, true
	}
	if m.Rated = rated; rated {
		m.Reliability = rateShare(rate)
	}
	return m
}

// rateShare is what a rate in millionths counts.
func rateShare(rate int) uint8 { return uint8((2*60*rate + 1_000_000) / 2_000_000) }

// meanReliability is the mean of the rates that are known, which new mentors
// get so that they are not punished.
func meanReliability(mentors []*models.Profile) (rate int, known bool) {
	var r rates
	for _, m := range mentors {
		r.add(m.Reliability)
	}
	return r.mean()
}

// rates are those of mentors, as far as they are known: not below 0.
type rates struct{ sum, n int }

func (r *rates) add(rate int) {
	if rate >= 0 {
		r.sum, r.n = r.sum+rate, r.n+1
	}
}

func (r *rates) remove(rate int) {
	if rate >= 0 {
		r.sum, r.n = r.sum-rate, r.n-1
	}
}

// mean is rounded. Without any rate it is not known.
func (r *rates) mean() (rate int, known bool) {
	if r.n == 0 {
		return 0, false
	}
	return (2*r.sum + r.n) / (2 * r.n), true
}

// share is what the mean counts.
func (r *rates) share() (share uint8, known bool) {
	rate, known := r.mean()
	return rateShare(rate), known
}

func (b *builder) place(id string) matching.Place {
	if n := b.v.Region(id); n > 0 {
		return matching.Place{Country: uint8(b.v.Country(b.v.Regions[n-1].Country)), Region: uint8(n)}
	}
	return matching.Place{Country: uint8(b.v.Country(id))}
}

func (b *builder) languages(p *models.Profile) (out []matching.Spoken) {
	for _, l := range p.Languages {
		out = append(out, matching.Spoken{Language: uint8(b.v.Language(l.Language)), Level: uint8(b.v.Level(l.Level))})
	}
	return out
}

func sectors(p *models.Profile) (out []matching.Sector) {
	for _, c := range p.Sectors {
		out = append(out, matching.Sector{Key: uint8(c.Sector), Family: uint8(c.Family), Subsector: uint16(c.Subsector), Group: uint16(c.Group)})
	}
	return out
}

// numbers looks up terms of a vocabulary.
func numbers(ids []string, number func(string) int) (out []uint8) {
	for _, id := range ids {
		out = append(out, uint8(number(id)))
	}
	return out
}

// calendar numbers a person's calendar, 0 where no slots are given. Equal
// calendars have one number.
func (b *builder) calendar(p *models.Profile) uint32 {
	if len(p.Slots) == 0 {
		return 0
	}
	b.name = append(b.name[:0], zoneOf(p)...)
	for _, s := range p.Slots {
		b.name = binary.BigEndian.AppendUint64(b.name, uint64(s.Day)<<32|uint64(s.From)<<16|uint64(s.To))
	}
	if id := b.bySlots[string(b.name)]; id != 0 {
		return id
	}
	c := b.clocks.calendar(zoneOf(p), p.Slots)
	weeks := weekBytes(c)
	id := b.byWeeks[weeks]
	if id == 0 {
		b.out.Calendars = append(b.out.Calendars, c)
		id = b.given + uint32(len(b.out.Calendars))
		b.byWeeks[weeks] = id
	}
	b.bySlots[string(b.name)] = id
	return id
}

func weekBytes(c matching.Calendar) string {
	var out []byte
	for _, w := range c {
		for _, v := range w {
			out = binary.BigEndian.AppendUint64(out, v)
		}
	}
	return string(out)
}

// fold makes names of organizations comparable: case and white space do not
// count.
func fold(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(name), " "))
}

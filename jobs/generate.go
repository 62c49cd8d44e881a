package jobs

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"puente/models"
)

// Population says how many synthetic people to make, from which seed and in
// which countries. Countries are ids of the vocabulary, in any order; empty
// means all three, and an id that the vocabulary does not have counts for
// nothing.
type Population struct {
	Mentors, Mentees int
	Seed             uint64
	Countries        []string
}

// Generate makes people who do not exist: plausible firms of the three
// countries with gaps as real answers have them, each marked synthetic. The
// same population gives the same people on every machine; a person depends on
// the seed, the id and, for wishes and conflicts, the numbers of people.
// People are as a file would give them: the time zone of one who has a region
// may be left to that region, as [models.ReadPeople] then does.
// Cost: about 50 microseconds a person.
func Generate(p Population) (mentors, mentees []models.Profile) {
	w := newPopulation(p)
	if len(w.countries) == 0 {
		return nil, nil
	}
	for i := range max(0, p.Mentors) {
		mentors = append(mentors, w.person(models.RoleMentor, i))
	}
	for i := range max(0, p.Mentees) {
		mentees = append(mentees, w.person(models.RoleMentee, i))
	}
	return mentors, mentees
}

// population is what people are drawn from.
type population struct {
	seed             uint64
	countries        []choice[string]
	mentors, mentees popularity
}

func newPopulation(p Population) *population {
	w := &population{seed: p.Seed, mentors: newPopularity(p.Mentors), mentees: newPopularity(p.Mentees)}
	for _, c := range countryShares {
		if len(p.Countries) == 0 || slices.Contains(p.Countries, c.value) {
			w.countries = append(w.countries, c)
		}
	}
	return w
}

// personID gives the id of a synthetic person, counted from 0.
func personID(role models.Role, at int) string {
	letter := "E"
	if role == models.RoleMentor {
		letter = "M"
	}
	return fmt.Sprintf("%s-%04d", letter, at+1)
}

// person makes one person: every answer first, and then the gaps, so that
// answers may rest on others that were not given in the end.
func (w *population) person(role models.Role, at int) models.Profile {
	p := models.Profile{Role: role, ID: personID(role, at), Reliability: -1, Synthetic: true}
	if role == models.RoleMentor {
		p.Capacity = 1
	}
	for i := range answers {
		if a := &answers[i]; a.roles&role != 0 {
			a.fill(newDice(w.seed, p.ID, a.column), w, &p)
		}
	}
	for i := range answers {
		if a := &answers[i]; a.roles&role != 0 && a.left(w.seed, &p) {
			a.clear(&p)
		}
	}
	return p
}

// An answer is one column of the people files as the generator and the
// simulator fill it, in an order in which each may rest on those before.
type answer struct {
	column string
	roles  models.Role
	gap    int  // percent of people who leave it out
	asked  bool // a programme asks people for it, so that a register cannot know it
	fill   func(dice, *population, *models.Profile)
	clear  func(*models.Profile)
}

// left says whether this person leaves the question out. Nobody who has no
// region leaves out the time zone, because slots need one.
func (a *answer) left(seed uint64, p *models.Profile) bool {
	if a.gap == 0 || a.column == "timezone" && p.Region == "" {
		return false
	}
	return newDice(seed, p.ID, "gap "+a.column).chance(a.gap)
}

const (
	mentor = models.RoleMentor
	mentee = models.RoleMentee
	anyone = models.RoleMentor | models.RoleMentee
)

var answers = []answer{
	{"country", anyone, 0, false, fillCountry, nil},
	{"region", anyone, 8, false, fillRegion, func(p *models.Profile) { p.Region = "" }},
	{"timezone", anyone, 28, true, fillZone, func(p *models.Profile) { p.TimeZone = "" }},
	{"sectors", anyone, 0, false, fillSectors, nil},
	{"name", anyone, 5, false, fillName, func(p *models.Profile) { p.Name = "" }},
	{"languages", anyone, 0, true, fillLanguages, func(p *models.Profile) { p.Languages = nil }},
	{"targets", mentee, 12, true, fillTargets, func(p *models.Profile) { p.Targets = nil }},
	{"needs", mentee, 0, true, fillNeeds, func(p *models.Profile) { p.Needs = nil }},
	{"stage", mentee, 9, true, fillStage, func(p *models.Profile) { p.Stage = "" }},
	{"markets", mentor, 10, true, fillMarkets, func(p *models.Profile) { p.Markets = nil }},
	{"expertise", mentor, 0, true, fillExpertise, func(p *models.Profile) { p.Expertise = nil }},
	{"stages", mentor, 17, true, fillStages, func(p *models.Profile) { p.Stages = nil }},
	{"capacity", mentor, 0, true, fillCapacity, nil},
	{"taken", mentor, 0, false, fillTaken, nil},
	{"paused", mentor, 0, false, fillPaused, nil},
	{"reliability", mentor, 33, false, fillReliability, func(p *models.Profile) { p.Reliability = -1 }},
	{"slots", anyone, 16, true, fillSlots, func(p *models.Profile) { p.Slots, p.MinOverlap = nil, 0 }},
	{"min_overlap", mentee, 0, false, fillMinOverlap, nil},
	{"cadence", anyone, 22, true, fillCadence, func(p *models.Profile) { p.Cadence = "" }},
	{"format", anyone, 14, true, fillFormats, func(p *models.Profile) { p.Formats = nil }},
	{"organization", anyone, 25, false, fillOrganization, func(p *models.Profile) { p.Organization = "" }},
	{"conflicts", anyone, 0, false, fillConflicts, nil},
	{"wishes", anyone, 0, false, fillWishes, nil},
}

// number is the digits of a synthetic person's id.
func number(p *models.Profile) string { return p.ID[strings.IndexByte(p.ID, '-')+1:] }

// fillName invents a name that nobody takes for a real one.
func fillName(_ dice, _ *population, p *models.Profile) {
	kind := ""
	if p.Role == mentor {
		kind = "Mentor "
	}
	p.Name = fmt.Sprintf("Synthetic %s %s%s (%s)", industryOf(p).word, kind, number(p), p.Country)
}

// fillOrganization names an organization: the firm's own, or for one person in
// 16 one of a few that people of both sides share.
func fillOrganization(d dice, w *population, p *models.Profile) {
	p.Organization = fmt.Sprintf("Synthetic %s Group %s", industryOf(p).word, p.ID)
	if d.chance(6) {
		p.Organization = fmt.Sprintf("Synthetic Alliance %02d", 1+d.below(1+(w.mentors.people+w.mentees.people)/60))
	}
}

// popular draws people of the other side, different ones, well-known ones more
// often.
func (w *population) popular(d dice, p *models.Profile, n int) (ids []string) {
	role, others := mentee, &w.mentees
	if p.Role == mentee {
		role, others = mentor, &w.mentors
	}
	for range n {
		if others.people == 0 {
			break
		}
		if id := personID(role, others.draw(d)); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// popularity draws one of many people whose fame falls off as 1/rank.
type popularity struct {
	people int
	sums   []int // of the weights up to each rank
}

func newPopularity(people int) popularity {
	f := popularity{people: max(0, people)}
	sum := 0
	for rank := range f.people {
		sum += 1 + 1_000_000/(rank+3)
		f.sums = append(f.sums, sum)
	}
	return f
}

// draw gives a person's place; ranks are scattered over the places.
func (f *popularity) draw(d dice) int {
	n := d.below(f.sums[f.people-1])
	rank := sort.SearchInts(f.sums, n+1)
	return int((uint64(rank)*7919 + 17) % uint64(f.people))
}

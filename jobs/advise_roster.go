package jobs

import (
	"context"
	"slices"
	"sync"
	"time"

	"puente/matching"
	"puente/models"
)

// roster is a programme's mentors in a live index, as they were stored a moment
// ago.
type roster struct {
	store     *models.Store
	programme *models.Programme // as it was when the roster was made

	looking  sync.Mutex         // held by whoever looks for changes; guards what is only used then
	changed  time.Time          // the last change that was seen
	noticed  time.Time          // when it was
	checked  time.Time          // when all was last compared
	missed   bool               // something stored has escaped
	missing  []string           // time zones that no calendars can be made for
	versions map[string]version // by the row's id
	builder  *builder
	similar  bool // whether vectors of own words have a weight
	rates    rates
	mean     uint8 // what the mean of the rates counts, which those have who have none
	rated    bool

	mu     sync.RWMutex // guards what follows, which readers use
	live   *matching.Live
	people map[string]known // by code
}

// version is which form of a mentor's row was seen.
type version struct {
	number int
	there  bool   // among those who are suggested
	vector int64  // when the vector of the mentor's own words was stored
	code   string // by which the index knows the mentor; one who is erased has another
}

// known is what advice needs of a mentor and the index does not have.
type known struct {
	name string
	rate int // of reliability; -1 when not given
}

const (
	changeSlack = 2 * time.Second  // by how much a change may be stored later than its time says
	checkEvery  = 30 * time.Second // how often what was seen is compared with all that is stored
)

// suggestible are the states of mentors who are suggested.
var suggestible = map[models.ProfileState]bool{models.ProfileApproved: true, models.ProfileWaiting: true}

// newRoster reads a programme's mentors. If some have time zones besides those of
// the regions and those given, it gives these instead.
// Cost: 0.7 seconds for 100,000 mentors on two processors.
func newRoster(ctx context.Context, store *models.Store, id string, zones []string) (r *roster, missing []string, err error) {
	r = &roster{store: store, versions: map[string]version{}, people: map[string]known{}, checked: store.Now()}
	if r.programme, err = store.Programme(ctx, id); err != nil {
		return nil, nil, err
	}
	settings, err := SettingsOf(r.programme)
	if err != nil {
		return nil, nil, err
	}
	day, err := time.Parse(time.DateOnly, settings.Start)
	if err != nil {
		return nil, nil, err
	}
	zones = slices.Clone(zones)
	for _, region := range models.Vocabularies().Regions {
		zones = append(zones, region.Zones...)
	}
	clocks, err := newClocks(zones, day)
	if err != nil {
		return nil, nil, err
	}
	r.builder = newBuilder(clocks)
	// The last change is read before the rows, so that what changes meanwhile is found the next time.
	if r.changed, err = store.LastChange(ctx, id); err != nil {
		return nil, nil, err
	}
	r.noticed = store.Now()
	if r.builder.vectors, err = vectorsOf(ctx, store, id, &settings); err != nil {
		return nil, nil, err
	}
	r.similar = settings.Weights[matching.Similarity] > 0
	if err := store.EachMentor(ctx, id, time.Time{}, r.enter); err != nil || len(r.missing) > 0 {
		return nil, r.missing, err
	}
	snapshot := &r.builder.out
	r.mean, r.rated = r.rates.share()
	for i := range snapshot.Mentors {
		if m := &snapshot.Mentors[i]; !m.Rated {
			*m = r.rate(*m)
		}
	}
	r.live = matching.NewLive(snapshot, &settings.Settings, adviceSeed)
	r.builder.given, r.builder.out = uint32(len(snapshot.Calendars)), matching.Snapshot{}
	return r, nil, nil
}

// enter takes mentors over into a roster that is being made.
func (r *roster) enter(rows []models.MentorRow) error {
	if out := &r.builder.out; cap(out.Mentors)-len(out.Mentors) < len(rows) {
		out.Mentors = slices.Grow(out.Mentors, len(out.Mentors)+len(rows)) // twice as many: append would copy more often
	}
	for i := range rows {
		row := &rows[i]
		seen := r.version(row)
		if r.versions[row.UID] = seen; !seen.there || !r.calendars(&row.Profile) {
			continue
		}
		r.people[row.Profile.ID] = known{row.Profile.Name, row.Profile.Reliability}
		r.rates.add(row.Profile.Reliability)
		r.builder.out.Mentors = append(r.builder.out.Mentors, r.builder.mentor(&row.Profile, 0, false))
	}
	return nil
}

// knows says whether calendars can be made for a person's time zone.
func (r *roster) knows(p *models.Profile) bool {
	_, ok := r.builder.clocks.zones[zoneOf(p)]
	return ok || len(p.Slots) == 0
}

// calendars is knows, and remembers the time zone for the next roster if not.
func (r *roster) calendars(p *models.Profile) bool {
	if r.knows(p) {
		return true
	}
	if z := zoneOf(p); !slices.Contains(r.missing, z) {
		r.missing = append(r.missing, z)
	}
	return false
}

// outdated says whether a roster must be made anew, and with which time zones.
// Versions of programmes only grow.
func (r *roster) outdated(programme int) (missing []string, anew bool) {
	r.looking.Lock()
	defer r.looking.Unlock()
	return slices.Clone(r.missing), r.missed || len(r.missing) > 0 || r.programme.Version < programme
}

// mentee gives a mentee as the engine sees her.
func (r *roster) mentee(ctx context.Context, p *models.Profile) (*matching.Mentee, error) {
	r.looking.Lock()
	defer r.looking.Unlock()
	if err := r.readVectors(ctx, p.ID); err != nil {
		return nil, err
	}
	e := r.builder.mentee(p, nil)
	r.number()
	return &e, nil
}

// number hands new calendars to the index.
func (r *roster) number() {
	for _, c := range r.builder.out.Calendars {
		r.live.AddCalendar(c)
	}
	r.builder.given += uint32(len(r.builder.out.Calendars))
	r.builder.out.Calendars = nil
}

// follow takes over what has changed. Transactions that begin together may end
// in another order than their times say; so for a while after a change it looks
// for others of about that time.
func (r *roster) follow(ctx context.Context) error {
	last, err := r.store.LastChange(ctx, r.programme.ID)
	if err != nil {
		return err
	}
	r.looking.Lock()
	defer r.looking.Unlock()
	now := r.store.Now()
	if !last.Equal(r.changed) || now.Sub(r.noticed) <= changeSlack {
		if err := r.take(ctx); err != nil {
			return err
		}
		r.reliability()
		if !last.Equal(r.changed) {
			r.changed, r.noticed = last, now
		}
	}
	if now.Sub(r.checked) <= checkEvery {
		return nil
	}
	r.missed, err = r.differs(ctx)
	if err == nil {
		r.checked = now
	}
	return err
}

// before is since when changes may have escaped: always, if there was none.
func (r *roster) before() time.Time {
	if r.changed.IsZero() {
		return r.changed
	}
	return r.changed.Add(-changeSlack)
}

// differs finds out whether something was missed, such as a row that is gone.
func (r *roster) differs(ctx context.Context) (bool, error) {
	stamp, err := r.store.Stamp(ctx, r.programme.ID, models.RoleMentor)
	if err != nil {
		return false, err
	}
	seen := models.Stamp{Programme: stamp.Programme, Profiles: len(r.versions)}
	for id, v := range r.versions {
		seen.Versions += v.number
		seen.Last = max(seen.Last, id)
	}
	behind, err := r.missesVectors(ctx)
	if seen == stamp && !behind || err != nil {
		return false, err
	}
	last, err := r.store.LastChange(ctx, r.programme.ID)
	return last.Equal(r.changed), err // a change meanwhile explains it
}

// take takes over the mentors' rows that may have changed.
func (r *roster) take(ctx context.Context) error {
	var all []models.MentorRow
	var codes []string
	err := r.store.EachMentor(ctx, r.programme.ID, r.before(), func(rows []models.MentorRow) error {
		all = append(all, rows...)
		for i := range rows {
			codes = append(codes, rows[i].Profile.ID)
		}
		return nil
	})
	if err == nil {
		err = r.readVectors(ctx, codes...)
	}
	for i := range all {
		if err == nil {
			r.takeRow(&all[i])
		}
	}
	return err
}

// version is which form of a row is there.
func (r *roster) version(row *models.MentorRow) version {
	return version{row.Version, suggestible[row.State], r.builder.vectors[row.Profile.ID].At.UnixMicro(), row.Profile.ID}
}

// takeRow takes over a mentor's row, unless that was done.
func (r *roster) takeRow(row *models.MentorRow) {
	p := &row.Profile
	seen := r.version(row)
	old := r.versions[row.UID]
	if old == seen || seen.there && !r.calendars(p) {
		return
	}
	r.versions[row.UID] = seen
	if old.there {
		r.rates.remove(r.people[old.code].rate)
	}
	if old.code != p.ID {
		delete(r.builder.vectors, old.code)
	}
	if old.there && (!seen.there || old.code != p.ID) {
		r.remove(old.code)
	}
	if !seen.there {
		return
	}
	r.rates.add(p.Reliability)
	m := r.builder.mentor(p, 0, false)
	if !m.Rated {
		m = r.rate(m)
	}
	r.number()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.people[p.ID] = known{p.Name, p.Reliability}
	r.live.Set(m)
}

// remove forgets the mentor of a code.
func (r *roster) remove(code string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.people, code)
	r.live.Remove(code)
}

// reliability gives those who have no rate of their own what the mean of the
// others counts, if that has changed.
func (r *roster) reliability() {
	mean, rated := r.rates.share()
	if mean == r.mean && rated == r.rated {
		return
	}
	r.mean, r.rated = mean, rated
	var unrated []matching.Mentor
	r.live.Read(func(x *matching.Index) {
		for id, k := range r.people {
			if n, ok := x.Find(id); ok && k.rate < 0 {
				unrated = append(unrated, r.rate(*x.Mentor(n)))
			}
		}
	})
	for _, m := range unrated {
		r.live.Set(m)
	}
}

// rate gives a mentor without a rate the mean.
func (r *roster) rate(m matching.Mentor) matching.Mentor {
	m.Reliability, m.Rated = r.mean, r.rated
	return m
}

// read calls f with the mentors.
func (r *roster) read(f func(r ranking, mentors int) error) (err error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	r.live.Read(func(x *matching.Index) {
		err = f(ranking{x, func(n int) string { return r.people[x.Mentor(n).ID].name }}, len(r.people))
	})
	return err
}

package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"puente/matching"
	"puente/models"
)

// Advisor explains mentors to mentees from what is stored now. It keeps a live
// index of each programme's mentors in step with the store, whichever process
// changes it. All methods may be called from many goroutines.
type Advisor struct {
	store *models.Store

	mu         sync.Mutex
	programmes map[string]*advised
}

// Suggested are a mentee's best mentors.
type Suggested struct {
	Compared int // mentors of the programme who are approved or wait, also those whom a rule refuses
	Mentors  []Advice
	Refused  []RuleCount
}

// adviceSeed orders mentors of equal score: the same for everybody, always.
const adviceSeed = 1

// NewAdvisor makes an advisor for the programmes of a store.
func NewAdvisor(store *models.Store) *Advisor {
	return &Advisor{store: store, programmes: map[string]*advised{}}
}

// Suggest explains the k best mentors of a mentee, in whatever state, and
// counts those that each rule refuses. Mentors are those of the mentee's
// programme who are approved or wait. It returns [*NoSuchPerson] for a mentor.
// Cost: two queries of a row if nothing has changed, else one of what has.
func (a *Advisor) Suggest(ctx context.Context, p *models.ProfileRow, k int, words Words) (out *Suggested, err error) {
	err = a.read(ctx, p, func(r ranking, e *matching.Mentee, mentors int) error {
		out = &Suggested{Compared: mentors}
		out.Mentors, out.Refused = r.advise(e, k, words)
		return nil
	})
	return out, err
}

// Why explains one mentor, by code, to a mentee: the rank among all whom the
// rules allow, or the first rule that says no, and what would put the mentor
// among the top best, unless top is 0. It returns [*NoSuchPerson] for an unknown
// one.
func (a *Advisor) Why(ctx context.Context, p *models.ProfileRow, mentor string, top int, words Words) (out Advice, err error) {
	err = a.read(ctx, p, func(r ranking, e *matching.Mentee, mentors int) error {
		out, err = r.why(e, mentor, reach{mentors, top}, words)
		return err
	})
	return out, err
}

// read calls f with a programme's mentors as they are stored now, and with a
// mentee as the engine sees her.
func (a *Advisor) read(ctx context.Context, p *models.ProfileRow, f func(r ranking, e *matching.Mentee, mentors int) error) error {
	if p.Profile.Role == models.RoleMentor {
		return &NoSuchPerson{models.RoleMentee, p.Profile.ID}
	}
	a.mu.Lock()
	at := a.programmes[p.ProgrammeID]
	if at == nil {
		at = &advised{}
		a.programmes[p.ProgrammeID] = at
	}
	a.mu.Unlock()
	e, err := at.refresh(ctx, a.store, p)
	if err != nil {
		return err
	}
	at.mu.RLock()
	defer at.mu.RUnlock()
	at.live.Read(func(x *matching.Index) {
		err = f(ranking{x, func(n int) *models.Profile { return at.people[x.Mentor(n).ID] }}, e, len(at.people))
	})
	return err
}

// advised is a programme's mentors as they were stored a moment ago.
type advised struct {
	refreshing sync.Mutex // held by whoever looks for changes; guards what is only used then
	programme  int        // version of the programme's row
	changed    time.Time  // the last change that was seen
	checked    time.Time  // when all was last compared
	versions   map[string]version
	builder    *builder
	similar    bool // whether vectors of own words have a weight
	rate       int  // mean reliability of those who have one
	rated      bool

	mu     sync.RWMutex // guards what follows, which readers use
	live   *matching.Live
	people map[string]*models.Profile // by code
}

// version is which form of a mentor's row was seen, by the row's id.
type version struct {
	number int
	there  bool  // among those who are suggested
	vector int64 // when the vector of the mentor's own words was stored
}

const (
	changeSlack = 2 * time.Second  // by how much a change may be stored later than its time says
	checkEvery  = 30 * time.Second // how often what was seen is compared with all that is stored
)

// suggestible are the states of mentors who are suggested.
var suggestible = map[models.ProfileState]bool{models.ProfileApproved: true, models.ProfileWaiting: true}

// refresh brings the mentors up to date and gives the mentee as the engine sees
// her.
func (at *advised) refresh(ctx context.Context, store *models.Store, p *models.ProfileRow) (*matching.Mentee, error) {
	at.refreshing.Lock()
	defer at.refreshing.Unlock()
	programme, err := store.Programme(ctx, p.ProgrammeID)
	if err != nil {
		return nil, err
	}
	last, err := store.LastChange(ctx, programme.ID)
	if err != nil {
		return nil, err
	}
	switch {
	case at.live == nil || at.programme != programme.Version:
		err = at.rebuild(ctx, store, programme)
	case !last.Equal(at.changed) || store.Now().Sub(at.checked) > checkEvery:
		err = at.follow(ctx, store, programme)
	}
	if err != nil {
		return nil, err
	}
	if err := at.know(&p.Profile); err != nil {
		if err = at.rebuild(ctx, store, programme, zoneOf(&p.Profile)); err != nil {
			return nil, err
		}
	}
	if err := at.readVectors(ctx, store, programme.ID, []models.ProfileRow{*p}); err != nil {
		return nil, err
	}
	e := at.builder.mentee(&p.Profile, nil)
	at.number()
	return &e, nil
}

// errZone says that a time zone is not among those that calendars are made for.
var errZone = errors.New("another time zone")

// know says whether calendars are made for a person's zone.
func (at *advised) know(p *models.Profile) error {
	if _, ok := at.builder.clocks.zones[zoneOf(p)]; !ok && len(p.Slots) > 0 {
		return errZone
	}
	return nil
}

// number hands new calendars to the index.
func (at *advised) number() {
	for _, c := range at.builder.out.Calendars {
		at.live.AddCalendar(c)
	}
	at.builder.given += uint32(len(at.builder.out.Calendars))
	at.builder.out.Calendars = nil
}

// rebuild makes everything anew.
func (at *advised) rebuild(ctx context.Context, store *models.Store, programme *models.Programme, zones ...string) error {
	settings, problems := ReadSettings("settings", strings.NewReader(programme.Settings))
	if problems.Errors() > 0 {
		return fmt.Errorf("the programme's settings: %s (%s)", problems[0].Key, problems[0].Column)
	}
	last, err := store.LastChange(ctx, programme.ID) // before the rows, so that what changes meanwhile is found the next time
	if err != nil {
		return err
	}
	rows, err := store.Profiles(ctx, programme.ID, models.RoleMentor)
	if err != nil {
		return err
	}
	vectors, err := vectorsOf(ctx, store, programme.ID, &settings)
	if err != nil {
		return err
	}
	day, err := time.Parse(time.DateOnly, settings.Start)
	if err != nil {
		return err
	}
	for _, r := range models.Vocabularies().Regions {
		zones = append(zones, r.Zones...)
	}
	var mentors []*models.Profile
	versions, people := map[string]version{}, map[string]*models.Profile{}
	for i := range rows {
		p := &rows[i].Profile
		there := suggestible[rows[i].State]
		if versions[rows[i].UID] = (version{rows[i].Version, there, vectors[p.ID].At.UnixMicro()}); there {
			mentors, people[p.ID] = append(mentors, p), p
		}
	}
	clocks, err := newClocks(append(zones, zonesOf(mentors)...), day)
	if err != nil {
		return err
	}
	b := newBuilder(clocks)
	b.vectors, at.similar = vectors, settings.Weights[matching.Similarity] > 0
	at.rate, at.rated = meanReliability(mentors)
	for _, p := range mentors {
		b.out.Mentors = append(b.out.Mentors, b.mentor(p, at.rate, at.rated))
	}
	live := matching.NewLive(&b.out, &settings.Settings, adviceSeed)
	b.given, b.out = uint32(len(b.out.Calendars)), matching.Snapshot{}
	at.programme, at.changed, at.checked, at.versions, at.builder = programme.Version, last, store.Now(), versions, b
	at.mu.Lock()
	defer at.mu.Unlock()
	at.live, at.people = live, people
	return nil
}

// follow takes over what has changed, and makes everything anew if that leaves
// a difference to what is stored.
func (at *advised) follow(ctx context.Context, store *models.Store, programme *models.Programme) error {
	last, err := store.LastChange(ctx, programme.ID)
	if err != nil {
		return err
	}
	rows, err := store.ProfilesSince(ctx, programme.ID, models.RoleMentor, at.changed.Add(-changeSlack))
	if err != nil {
		return err
	}
	if err := at.readVectors(ctx, store, programme.ID, rows); err != nil {
		return err
	}
	for i := range rows {
		if at.know(&rows[i].Profile) != nil {
			return at.rebuild(ctx, store, programme, zoneOf(&rows[i].Profile))
		}
		at.take(&rows[i])
	}
	at.changed = last
	at.reliability()
	if store.Now().Sub(at.checked) <= checkEvery {
		return nil
	}
	stamp, err := store.Stamp(ctx, programme.ID)
	if err != nil {
		return err
	}
	seen := models.Stamp{Programme: at.programme, Profiles: len(at.versions)}
	for id, v := range at.versions {
		seen.Versions += v.number
		seen.Last = max(seen.Last, id)
	}
	behind, err := at.missesVectors(ctx, store, programme.ID)
	if err != nil {
		return err
	}
	if at.checked = store.Now(); seen != stamp || behind {
		return at.rebuild(ctx, store, programme)
	}
	return nil
}

// take takes over a mentor's row, unless that was done.
func (at *advised) take(row *models.ProfileRow) {
	seen := version{row.Version, suggestible[row.State], at.builder.vectors[row.Profile.ID].At.UnixMicro()}
	old := at.versions[row.UID]
	if old == seen {
		return
	}
	at.versions[row.UID] = seen
	if !seen.there {
		if old.there {
			at.mu.Lock()
			defer at.mu.Unlock()
			delete(at.people, row.Profile.ID)
			at.live.Remove(row.Profile.ID)
		}
		return
	}
	m := at.builder.mentor(&row.Profile, at.rate, at.rated)
	at.number()
	at.mu.Lock()
	defer at.mu.Unlock()
	at.people[row.Profile.ID] = &row.Profile
	at.live.Set(m)
}

// reliability gives those who have no rate of their own the mean of the others,
// if that has changed.
func (at *advised) reliability() {
	var mentors []*models.Profile
	for _, p := range at.people {
		mentors = append(mentors, p)
	}
	rate, rated := meanReliability(mentors)
	if rate == at.rate && rated == at.rated {
		return
	}
	at.rate, at.rated = rate, rated
	for _, p := range mentors {
		if p.Reliability < 0 {
			at.live.Set(at.builder.mentor(p, rate, rated))
		}
	}
}

package jobs

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"puente/models"
)

// Advisor explains mentors to mentees from what is stored now. It keeps each
// programme's index until something of the programme has changed. All methods
// may be called from many goroutines.
type Advisor struct {
	store *models.Store

	mu         sync.Mutex
	programmes map[string]*advised
}

// advised is a programme as it was when its stamp was read, or newer.
type advised struct {
	mu      sync.Mutex // holds whoever prepares
	stamp   models.Stamp
	matched *Matched // nil before the first
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

// Suggest explains the k best mentors of a stored mentee, in whatever state,
// and counts those that each rule refuses. Mentors are those of the mentee's
// programme who are approved or wait. It returns [*NoSuchPerson] for a mentor
// and for a profile that is not stored.
// Cost: one query of a row if nothing has changed, else reading the programme.
func (a *Advisor) Suggest(ctx context.Context, p *models.ProfileRow, k int, words Words) (*Suggested, error) {
	m, err := a.matched(ctx, p.ProgrammeID)
	if err != nil {
		return nil, err
	}
	out := &Suggested{Compared: len(m.Mentors)}
	out.Mentors, out.Refused, err = m.Advise(p.Profile.ID, k, words)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Why explains one mentor, by code, to a stored mentee: the rank among all
// whom the rules allow, or the first rule that says no. It returns
// [*NoSuchPerson] for an unknown one.
func (a *Advisor) Why(ctx context.Context, p *models.ProfileRow, mentor string, words Words) (Advice, error) {
	m, err := a.matched(ctx, p.ProgrammeID)
	if err != nil {
		return Advice{}, err
	}
	return m.Why(p.Profile.ID, mentor, len(m.Mentors), words)
}

// matched gives the index of a programme as it is stored now.
func (a *Advisor) matched(ctx context.Context, programme string) (*Matched, error) {
	a.mu.Lock()
	at := a.programmes[programme]
	if at == nil {
		at = &advised{}
		a.programmes[programme] = at
	}
	a.mu.Unlock()
	at.mu.Lock()
	defer at.mu.Unlock()
	stamp, err := a.store.Stamp(ctx, programme) // before the rows, so that what changes meanwhile is found the next time
	if err != nil {
		return nil, err
	}
	if at.matched == nil || at.stamp != stamp {
		m, err := prepareProgramme(ctx, a.store, programme)
		if err != nil {
			return nil, err
		}
		at.stamp, at.matched = stamp, m
	}
	return at.matched, nil
}

// prepareProgramme builds the index over a programme's people.
func prepareProgramme(ctx context.Context, store *models.Store, programme string) (*Matched, error) {
	row, err := store.Programme(ctx, programme)
	if err != nil {
		return nil, err
	}
	settings, problems := ReadSettings("settings", strings.NewReader(row.Settings))
	if problems.Errors() > 0 {
		return nil, fmt.Errorf("the programme's settings: %s (%s)", problems[0].Key, problems[0].Column)
	}
	mentors, err := store.Profiles(ctx, programme, models.RoleMentor, models.ProfileApproved, models.ProfileWaiting)
	if err != nil {
		return nil, err
	}
	mentees, err := store.Profiles(ctx, programme, models.RoleMentee)
	if err != nil {
		return nil, err
	}
	return Prepare(People{Mentors: models.Engine(mentors), Mentees: models.Engine(mentees)}, MatchOptions{Settings: settings, Seed: adviceSeed})
}

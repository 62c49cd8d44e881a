package jobs

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

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
// Cost: two queries of a row, and one of what has changed lately.
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

// NotReady says that the mentors of a programme could not be brought up to date,
// and why. Nothing is lost: the next who asks tries again.
type NotReady struct {
	Programme string // id
	Err       error
}

func (e *NotReady) Error() string {
	return "mentors of programme " + e.Programme + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *NotReady) Unwrap() error { return e.Err }

// read calls f with a programme's mentors as they are stored now, and with a
// mentee as the engine sees her.
func (a *Advisor) read(ctx context.Context, p *models.ProfileRow, f func(r ranking, e *matching.Mentee, mentors int) error) error {
	if p.Profile.Role == models.RoleMentor {
		return &NoSuchPerson{models.RoleMentee, p.Profile.ID}
	}
	r, e, err := a.programme(p.ProgrammeID).current(ctx, p)
	if err != nil {
		return &NotReady{p.ProgrammeID, err}
	}
	return r.read(func(r ranking, mentors int) error { return f(r, e, mentors) })
}

// programme gives what is known of a programme.
func (a *Advisor) programme(id string) *advised {
	a.mu.Lock()
	defer a.mu.Unlock()
	at := a.programmes[id]
	if at == nil {
		at = &advised{store: a.store, id: id, turn: make(chan struct{}, 1)}
		a.programmes[id] = at
	}
	return at
}

// advised is a programme and its newest roster. There is one for each id that
// was ever asked for.
type advised struct {
	store  *models.Store
	id     string
	roster atomic.Pointer[roster] // nil before the first
	turn   chan struct{}          // holds whoever makes a roster
	zones  []string               // that people turned out to have, beyond those of the regions; for whose turn it is
}

// current gives the mentors as they are stored now, and a mentee as the engine
// sees her among them.
//
// Changes of mentors are taken over into the roster that is there. It must be
// made anew if the programme has changed, with its settings; if somebody has a
// time zone that no calendar was made for; or if something is seen to have been
// missed. Whoever finds that out does it. Others go on with the old roster until
// the new one is there, by the old settings: mentors who pause or withdraw
// meanwhile leave that one too. Only those wait for whom the old one does not do:
// because there is none, or because it has not their time zone.
func (at *advised) current(ctx context.Context, p *models.ProfileRow) (*roster, *matching.Mentee, error) {
	programme, err := at.store.Programme(ctx, at.id)
	if err != nil {
		return nil, nil, err
	}
	for {
		r := at.roster.Load()
		if r == nil || !r.knows(&p.Profile) {
			if _, err := at.renew(ctx, r, true, zonesOf([]*models.Profile{&p.Profile})...); err != nil {
				return nil, nil, err
			}
			continue
		}
		if err := r.follow(ctx); err != nil {
			return nil, nil, err
		}
		if missing, anew := r.outdated(programme.Version); anew {
			made, err := at.renew(ctx, r, false, missing...)
			if err != nil {
				return nil, nil, err
			}
			if made {
				continue
			}
		}
		e, err := r.mentee(ctx, &p.Profile)
		return r, e, err
	}
}

// renew makes a new roster in place of an old one, with calendars for some more
// time zones. Where somebody else is at it, it waits for the end or does nothing.
// It says whether there is a new one.
func (at *advised) renew(ctx context.Context, old *roster, wait bool, zones ...string) (made bool, err error) {
	select {
	case at.turn <- struct{}{}:
	default:
		if !wait {
			return false, nil
		}
		select {
		case at.turn <- struct{}{}:
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	defer func() { <-at.turn }()
	if at.roster.Load() != old {
		return true, nil
	}
	zones = slices.Concat(at.zones, zones)
	ctx = context.WithoutCancel(ctx) // others may wait for it
	for {
		r, missing, err := newRoster(ctx, at.store, at.id, zones)
		if err != nil {
			return false, err
		}
		if len(missing) == 0 {
			at.zones = slices.Compact(slices.Sorted(slices.Values(zones)))
			at.roster.Store(r)
			return true, nil
		}
		zones = append(zones, missing...)
	}
}

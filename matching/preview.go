package matching

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// Previewer compares two settings over all mentees of a snapshot: what would
// change if a programme chose others.
type Previewer struct {
	Snapshot *Snapshot
	Index    *Index       // of the snapshot
	Settings [2]*Settings // those of now, and the others
	Seed     uint64
	Top      int                                 // length of the lists that are compared
	Workers  int                                 // goroutines; the result does not depend on it
	Progress func(stage string, done, total int) // may be nil; called from several goroutines
}

// Preview is what would change. Everything in pairs is of now, then of the
// other settings.
type Preview struct {
	Changes []MenteeChange // of the mentees for whom something changes, in the order of the snapshot
	Impasse [2]error       // why there is no round, a [*Clash], [*GroupClash] or [*Refused], or [ErrUnsettled]; else nil
	Pairs   [2]int         // pairs of each round
	Worth   [2][2]int64    // of each round, the sum of its pairs' scores under both settings
}

// Comparable says whether there are both rounds.
func (p *Preview) Comparable() bool { return p.Impasse == [2]error{} }

// NoMentor stands for a mentor where there is none.
const NoMentor = -1

// MenteeChange is what changes for a mentee. Pairs are those of the two rounds,
// [NoMentor] for none; both are, unless there are both rounds.
type MenteeChange struct {
	Mentee int
	Lists  [2][]Hit // the best mentors, best first
	Pairs  [2]int
}

// Entered are the mentors of the other list who are not in that of now, best
// first.
func (c *MenteeChange) Entered() []Hit { return without(c.Lists[1], c.Lists[0]) }

// Left are the mentors of the list of now who are not in the other, best first.
func (c *MenteeChange) Left() []Hit { return without(c.Lists[0], c.Lists[1]) }

// without are the hits of a whose mentors are not in b.
func without(a, b []Hit) (out []Hit) {
	for _, h := range a {
		if !slices.ContainsFunc(b, func(o Hit) bool { return o.Mentor == h.Mentor }) {
			out = append(out, h)
		}
	}
	return out
}

// ListChanged says whether the lists differ in their mentors or their order;
// scores do not count.
func (c *MenteeChange) ListChanged() bool {
	return !slices.EqualFunc(c.Lists[0], c.Lists[1], func(a, b Hit) bool { return a.Mentor == b.Mentor })
}

// OrderOnly says whether the same mentors stand in another order.
func (c *MenteeChange) OrderOnly() bool {
	return len(c.Lists[0]) == len(c.Lists[1]) && len(c.Entered()) == 0 && c.ListChanged()
}

// FirstChanged says whether the best mentor is another, or there is one in only
// one of the lists.
func (c *MenteeChange) FirstChanged() bool {
	first := [2]int{NoMentor, NoMentor}
	for i, list := range c.Lists {
		if len(list) > 0 {
			first[i] = list[0].Mentor
		}
	}
	return first[0] != first[1]
}

// PairChanged says whether the rounds give the mentee another mentor, or one in
// only one of them.
func (c *MenteeChange) PairChanged() bool { return c.Pairs[0] != c.Pairs[1] }

// Totals counts what changes.
type Totals struct {
	Lists     int // lists that change
	First     int // of them, those with another best mentor
	OrderOnly int // of them, those of the same mentors in another order
	Entered   int // mentors who enter a list, over all lists
	Left      int // mentors who leave a list, over all lists
	Kept      int // pairs of both rounds
	Lost      int // pairs of the round of now only
	New       int // pairs of the other round only
	Gaining   int // mentees who have a mentor only in the other round
	Losing    int // mentees who have a mentor only in the round of now
}

// Totals counts the changes. Those of pairs are 0 unless the preview is
// Comparable.
func (p *Preview) Totals() (t Totals) {
	for i := range p.Changes {
		t.add(&p.Changes[i])
	}
	if p.Comparable() {
		t.Kept = p.Pairs[0] - t.Lost
	}
	return t
}

func (t *Totals) add(c *MenteeChange) {
	count := func(n *int, is bool) {
		if is {
			*n++
		}
	}
	count(&t.Lists, c.ListChanged())
	count(&t.First, c.FirstChanged())
	count(&t.OrderOnly, c.OrderOnly())
	t.Entered += len(c.Entered())
	t.Left += len(c.Left())
	if c.PairChanged() {
		count(&t.Lost, c.Pairs[0] != NoMentor)
		count(&t.New, c.Pairs[1] != NoMentor)
		count(&t.Gaining, c.Pairs[0] == NoMentor)
		count(&t.Losing, c.Pairs[1] == NoMentor)
	}
}

// Preview ranks every mentee under both settings, makes both rounds, side by
// side if there are workers for it, and compares. Errors are those of
// [Matcher.Round]; a round that cannot be is none, but an impasse. It ends
// within milliseconds of its context.
func (p *Previewer) Preview(ctx context.Context) (*Preview, error) {
	var sides [2]*side
	for i, s := range p.Settings {
		m := &Matcher{Snapshot: p.Snapshot, Settings: s, Index: p.Index.With(s), Seed: p.Seed, Workers: (p.Workers + 1) / 2}
		if err := m.available(); err != nil {
			return nil, err
		}
		sides[i] = &side{Matcher: m, listed: m.noCandidates()}
	}
	if err := p.rank(ctx, sides); err != nil {
		return nil, err
	}
	if err := p.solve(ctx, sides); err != nil {
		return nil, err
	}
	return compare(sides), nil
}

// side is one of the settings of a preview: what they lead to.
type side struct {
	*Matcher
	listed *candidates
	round  *Round // nil with an impasse
	failed error
}

// impasse says why there is no round: demands that nothing can meet.
func (s *side) impasse() error {
	clash, refused, groups := (*Clash)(nil), (*Refused)(nil), (*GroupClash)(nil)
	if errors.As(s.failed, &clash) || errors.As(s.failed, &refused) || errors.As(s.failed, &groups) || errors.Is(s.failed, ErrUnsettled) {
		return s.failed
	}
	return nil
}

// rank lists every mentee's candidates under both settings.
func (p *Previewer) rank(ctx context.Context, sides [2]*side) error {
	var failed [2][]error
	for n := range failed {
		failed[n] = make([]error, len(p.Snapshot.Mentees))
	}
	all := Matcher{Snapshot: p.Snapshot, Workers: p.Workers, Progress: p.Progress}
	err := all.forEach(ctx, "rank", func(i int, s *Scratch) error {
		for n, side := range sides { // what the first makes of the index is there for the second
			failed[n][i] = side.list(i, p.Top, s, side.listed)
		}
		return nil
	})
	for n, side := range sides {
		if first := slices.IndexFunc(failed[n], func(err error) bool { return err != nil }); first >= 0 {
			side.failed = failed[n][first]
		}
	}
	return err
}

// solve makes the rounds. The first error that is no impasse ends both.
func (p *Previewer) solve(parent context.Context, sides [2]*side) error {
	ctx, stop := context.WithCancel(parent)
	defer stop()
	sides[0].Progress = p.Progress // one is told of, as they go on side by side
	var wait sync.WaitGroup
	for _, s := range sides {
		wait.Go(func() {
			if s.failed == nil {
				s.round, s.failed = s.choose(ctx, s.listed, nil)
			}
			if s.failed != nil && s.impasse() == nil {
				stop() // the other is of no use then
			}
		})
		if p.Workers < len(sides) {
			wait.Wait()
		}
	}
	wait.Wait()
	if err := parent.Err(); err != nil {
		return err
	}
	for _, s := range sides {
		if s.failed != nil && s.impasse() == nil && !errors.Is(s.failed, context.Canceled) {
			return s.failed
		}
	}
	return nil
}

// compare values the rounds and collects what differs.
func compare(sides [2]*side) *Preview {
	p := &Preview{}
	mentors := [2][]int{}
	for n, s := range sides {
		p.Impasse[n] = s.impasse()
		mentors[n] = slices.Repeat([]int{NoMentor}, len(s.listed.top))
	}
	for n, s := range sides {
		if s.round == nil {
			continue
		}
		p.value(n, s.round, sides[1-n].Matcher)
		for _, pair := range s.round.Pairs {
			if p.Comparable() {
				mentors[n][pair.Left] = pair.Right
			}
		}
	}
	for i := range mentors[0] {
		c := MenteeChange{i, [2][]Hit{sides[0].listed.top[i], sides[1].listed.top[i]}, [2]int{mentors[0][i], mentors[1][i]}}
		if c.ListChanged() || c.PairChanged() {
			p.Changes = append(p.Changes, c)
		}
	}
	return p
}

// value counts the pairs of a round and sums their scores.
func (p *Preview) value(n int, r *Round, other *Matcher) {
	p.Pairs[n], p.Worth[n][n] = len(r.Pairs), r.Score
	for _, pair := range r.Pairs {
		p.Worth[n][1-n] += int64(other.Index.Explain(&other.Snapshot.Mentees[pair.Left], pair.Right).Score)
	}
}

package matching

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"puente/matching/assign"
)

// Refused says that staff forced a pair that a hard rule refuses.
type Refused struct{ Mentee, Mentor, Rule string }

func (r *Refused) Error() string {
	return "forced pair " + r.Mentee + " with " + r.Mentor + " is refused by the rule " + r.Rule
}

// Unknown says that staff forced a pair with a mentor who is not in the round.
type Unknown struct{ Mentee, Mentor string }

func (u *Unknown) Error() string {
	return "forced pair " + u.Mentee + " with " + u.Mentor + " names an unknown mentor"
}

// Matcher assembles a round: it ranks, lists candidates, solves, and widens
// the lists until no pair that was left out could matter.
type Matcher struct {
	Snapshot *Snapshot
	Settings *Settings
	Index    *Index
	Seed     uint64
	Workers  int                                 // goroutines that rank; the result does not depend on it
	Progress func(stage string, done, total int) // may be nil; called from several goroutines

	Keep *Earlier    // a round whose pairs are kept where possible; nil: none. See [ErrKeep]
	Stop func() bool // once it says true, an optimal round without groups is the best found so far; nil never stops
}

// Round makes the round of all allowed pairs by the settings' method. Its edges
// are each mentee's best candidates, forced pairs, and every other pair that the
// certificate could not rule out; so what the method promises holds over all
// allowed pairs, not only over those listed. Of what a stable round took in
// besides, only what tells of its pairs stays. Errors are those of [NewRound],
// [*Refused] and [*Unknown].
func (m *Matcher) Round(ctx context.Context) (*Round, error) {
	if err := m.available(); err != nil {
		return nil, err
	}
	c, err := m.candidates(ctx)
	if err != nil {
		return nil, err
	}
	var started [][]assign.Edge
	if m.Settings.Method == MethodStable {
		started = make([][]assign.Edge, len(c.lists))
		for i, list := range c.lists {
			started[i] = slices.Clone(list)
		}
	}
	r, err := m.choose(ctx, c, nil)
	if err != nil {
		return nil, err
	}
	if started != nil {
		r = m.trim(r, started)
	}
	m.finish(r)
	return r, nil
}

// available refuses a method that is not there.
func (m *Matcher) available() error {
	if !m.Settings.Method.Available() {
		return fmt.Errorf("%w: number %d", ErrMethod, m.Settings.Method)
	}
	return nil
}

// choose makes the round of candidates, without what finish adds, with one thing
// changed unless but is nil.
func (m *Matcher) choose(ctx context.Context, c *candidates, but *variation) (*Round, error) {
	left, right := m.parties()
	but.places(right)
	members := m.members()
	var found *given
	for {
		edges, err := assign.NewEdges(len(left), len(right), but.edges(slices.Concat(c.lists...)))
		if err != nil {
			return nil, err
		}
		m.progress("solve", 0, 1)
		r, err := NewRound(ctx, Spec{
			Left: left, Right: right, Edges: edges, Cover: assign.Cover(m.Settings.Cover), Seed: m.Seed, Method: m.Settings.Method, Lists: m.wishes(),
			Plans:  m.Settings.Plans,
			Groups: m.groups(edges, members),
			Keep:   m.Keep.In(left, right),
			Search: assign.Options{Stop: m.Stop, Progress: func(done, total int) { m.progress("solve", done, total+1) }},
			given:  found,
		})
		if m.scarce(c, err) {
			if err = m.deepen(ctx, c); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		m.progress("solve", 1, 1)
		more, err := methods[r.Method].widen(m, ctx, r, c)
		if err != nil {
			return nil, err
		}
		complete := true
		for i, list := range more {
			if len(list) > 0 {
				complete = false
				c.lists[i] = append(c.lists[i], list...)
				slices.SortFunc(c.lists[i], compareEdges)
			}
		}
		if complete {
			return r, nil
		}
		if r.Stopped() { // the prices bound it with those pairs too
			found = r.found()
		}
	}
}

// compareEdges orders the edges of one mentee.
func compareEdges(a, b assign.Edge) int { return a.Right - b.Right }

func (m *Matcher) progress(stage string, done, total int) {
	if m.Progress != nil {
		m.Progress(stage, done, total)
	}
}

// parties gives every mentee one place and every mentor the free ones.
func (m *Matcher) parties() (left, right []Party) {
	for i := range m.Snapshot.Mentees {
		left = append(left, Party{m.Snapshot.Mentees[i].ID, assign.Node{Capacity: 1}})
	}
	for i := range m.Snapshot.Mentors {
		right = append(right, Party{m.Snapshot.Mentors[i].ID, assign.Node{Capacity: m.Snapshot.Mentors[i].Places()}})
	}
	return left, right
}

// candidates are the pairs that a round of people may choose from.
type candidates struct {
	lists [][]assign.Edge // by mentee, by ascending mentor
	cut   []int64         // best score outside a mentee's list, -1 where the list is whole
	depth []int           // how many of a mentee's best are in her list
	top   [][]Hit         // the very best, as many as list was asked for
}

// scarce says whether an error may come from lists that are cut short: rules
// about groups may be kept by pairs outside them.
func (m *Matcher) scarce(c *candidates, err error) bool {
	clash := (*GroupClash)(nil)
	return (errors.As(err, &clash) || errors.Is(err, ErrUnsettled)) && slices.ContainsFunc(c.cut, func(best int64) bool { return best >= 0 })
}

// deepen makes the lists that are cut short four times as long.
func (m *Matcher) deepen(ctx context.Context, c *candidates) error {
	return m.forEach(ctx, "rank", func(i int, s *Scratch) (err error) {
		if c.cut[i] >= 0 {
			c.lists[i], err = m.force(i, m.best(c, i, 4*c.depth[i], s))
			slices.SortFunc(c.lists[i], compareEdges)
		}
		return err
	})
}

func (m *Matcher) noCandidates() *candidates {
	n := len(m.Snapshot.Mentees)
	return &candidates{make([][]assign.Edge, n), make([]int64, n), make([]int, n), make([][]Hit, n)}
}

// candidates lists those of every mentee.
func (m *Matcher) candidates(ctx context.Context) (*candidates, error) {
	c := m.noCandidates()
	err := m.forEach(ctx, "rank", func(i int, s *Scratch) error { return m.list(i, 0, s, c) })
	return c, err
}

// list finds the candidates of a mentee: the best mentors, the forced pairs, and
// where wishes count those too. It keeps the top of the ranking.
func (m *Matcher) list(i, top int, s *Scratch, c *candidates) (err error) {
	k := m.Settings.Candidates
	list := m.best(c, i, k, s)
	for _, e := range list[:min(top, len(list))] {
		c.top[i] = append(c.top[i], Hit{e.Right, int(e.Score)})
	}
	if top > k { // the round does not start from as many
		c.top[i] = slices.Clone(m.Index.TopK(&m.Snapshot.Mentees[i], top, s))
	}
	if m.Settings.Method == MethodStable {
		list = m.wished(i, list)
	}
	list = m.keptPairs(i, list)
	c.lists[i], err = m.force(i, list)
	slices.SortFunc(c.lists[i], compareEdges)
	return err
}

// best are the k best candidates of a mentee.
func (m *Matcher) best(c *candidates, i, k int, s *Scratch) (list []assign.Edge) {
	hits := m.Index.TopK(&m.Snapshot.Mentees[i], k+1, s)
	c.cut[i], c.depth[i] = -1, k
	if len(hits) > k {
		c.cut[i], hits = int64(hits[k].Score), hits[:k]
	}
	for _, h := range hits {
		list = append(list, assign.Edge{Left: i, Right: h.Mentor, Score: int64(h.Score)})
	}
	return list
}

// force marks or adds the edges of a mentee's forced pairs.
func (m *Matcher) force(i int, list []assign.Edge) ([]assign.Edge, error) {
	e := &m.Snapshot.Mentees[i]
	for n, id := range slices.Concat(e.Must, e.Lock) {
		j, ok := m.Index.Find(id)
		if !ok {
			return nil, &Unknown{e.ID, id}
		}
		if rule := m.Index.ForcedRefusal(e, j, n >= len(e.Must)); rule != "" {
			return nil, &Refused{e.ID, id, rule}
		}
		at := slices.IndexFunc(list, func(x assign.Edge) bool { return x.Right == j })
		if at < 0 {
			at = len(list)
			list = append(list, assign.Edge{Left: i, Right: j, Score: int64(m.Index.Explain(e, j).Score)})
		}
		list[at].Must = true
	}
	return list, nil
}

// leftOut returns the allowed pairs outside the lists that could improve the
// round: those worth more than their mentee's gain and their mentor's price
// together, at the multipliers of rules about groups. When there is none, the
// prices prove over all allowed pairs what they prove over those listed (column
// generation; Gilmore and Gomory 1961).
func (m *Matcher) leftOut(ctx context.Context, r *Round, c *candidates) ([][]assign.Edge, error) {
	gains, prices := m.gains(r), r.prices().Place
	scale, _ := r.worth()
	most, extra := m.extra(r)
	lower, least := r.bar()
	most += least
	lowest := int64(0)
	for _, p := range prices {
		lowest = min(lowest, p)
	}
	more := make([][]assign.Edge, len(gains))
	err := m.forEach(ctx, "prove", func(i int, s *Scratch) error {
		if c.cut[i] < 0 || c.cut[i]*scale+most <= gains[i]+lowest {
			return nil
		}
		if extra != nil {
			s.extra = extra(i, s.extra)
		}
		s.bars = s.bars[:0]
		for j, p := range prices {
			bar := gains[i] + p
			if extra != nil {
				bar = floorDivide(bar-s.extra[j], scale)
			}
			s.bars = append(s.bars, bar)
		}
		if lower != nil {
			lower(i, s.bars)
		}
		for _, h := range m.Index.Above(&m.Snapshot.Mentees[i], s.bars, s) {
			// In a lottery a mentee's best pairs are worth more than her last one.
			if _, listed := slices.BinarySearchFunc(c.lists[i], assign.Edge{Right: h.Mentor}, compareEdges); listed {
				continue
			}
			more[i] = append(more[i], assign.Edge{Left: i, Right: h.Mentor, Score: int64(h.Score)})
		}
		return nil
	})
	return more, err
}

// gains is what each mentee gains in the round at the dual prices, less the
// bonus of being served; a mentee of a forced pair can take no other.
func (m *Matcher) gains(r *Round) []int64 {
	if c, ok := r.Certificate.(*Replay); ok {
		return c.gains(r)
	}
	q, bonus := r.prices(), int64(0)
	if r.Cover == assign.CoverLeft || r.Cover == assign.CoverBoth {
		bonus = q.Bonus
	}
	gains := make([]int64, len(r.Left))
	for i := range gains {
		gains[i] = -bonus
	}
	_, worth := r.worth()
	for x, e := range r.Edges.All() {
		gains[e.Left] = max(gains[e.Left], worth(x)-q.Place[e.Right])
		if e.Must {
			gains[e.Left] = math.MaxInt64 / 2
		}
	}
	return gains
}

// finish adds what only the people can tell: the pairs' explanations, and the
// rule that stood most in the way of those without a candidate.
func (m *Matcher) finish(r *Round) {
	for i := range r.Pairs {
		p := &r.Pairs[i]
		p.Explanation = m.Index.Explain(&m.Snapshot.Mentees[p.Left], p.Right)
	}
	for i := range r.Unpaired {
		if u := &r.Unpaired[i]; !u.Right && u.Reason == ReasonNoCandidate {
			u.Rule = m.Index.MostRefusing(&m.Snapshot.Mentees[u.Position])
		}
	}
}

// forEach runs f for every mentee on the matcher's workers and returns the
// error of the first mentee that had one.
func (m *Matcher) forEach(ctx context.Context, stage string, f func(i int, s *Scratch) error) error {
	n := len(m.Snapshot.Mentees)
	errs := make([]error, n)
	var next, done atomic.Int64
	var wait sync.WaitGroup
	for range max(1, m.Workers) {
		wait.Go(func() {
			var s Scratch
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				errs[i] = f(i, &s)
				m.progress(stage, int(done.Add(1)), n)
			}
		})
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

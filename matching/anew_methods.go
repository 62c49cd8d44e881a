package matching

import (
	"context"
	"errors"
	"math"
	"slices"

	"puente/matching/assign"
)

// Standoff says why a pair does not block a stable round: who would not leave
// what it has for the other.
type Standoff struct {
	Link
	// By side: whether the id has no free place, and ranks what it holds before the
	// other; then the pair that it wants least of those. Full without Held: its
	// places are all forced, or there are none.
	Full, Keeps [2]bool
	Held        [2]*Link
	Listed      [2]bool // whether the held pair heads an explicit list, whatever it scores
	Refused     bool    // the score is below zero, which nobody accepts
}

// Standoff answers for a pair of a stable round that is listed and out, or
// [*NoEdge].
func (a *Anew) Standoff(left, right int) (*Standoff, error) {
	score, ok := a.listed(left, right)
	if !ok {
		return nil, &NoEdge{a.round.Left[left].ID, a.round.Right[right].ID}
	}
	r, err := a.widened(left, right)
	if err != nil {
		return nil, err
	}
	t := &task{ties: [2][]uint32{tieRanks(r.Seed, ids(r.Left)), tieRanks(r.Seed, ids(r.Right))}}
	wants, ends, x := r.wants(), [2]int{left, right}, r.edge(int32(left), int32(right))
	out := &Standoff{Link: Link{left, right, score}, Refused: score < 0}
	for side, at := range ends {
		s := r.holding(t, wants, side)
		if out.Full[side] = s.free[at] <= 0; !out.Full[side] {
			continue
		}
		y := s.last[at]
		if y < 0 {
			out.Keeps[side] = true
			continue
		}
		e := r.Edges.At(int(y))
		other := [2]int{e.Left, e.Right}[1-side]
		out.Held[side], out.Listed[side] = &Link{e.Left, e.Right, e.Score}, wants[side][y] > assign.MaxScore
		out.Keeps[side] = ahead(wants[side][y], t.ties[1-side][other], wants[side][x], t.ties[1-side][ends[1-side]])
	}
	return out, nil
}

// widened is the round with a pair listed that it may lack.
func (a *Anew) widened(left, right int) (*Round, error) {
	if a.round.edge(int32(left), int32(right)) >= 0 {
		return a.round, nil
	}
	wide := *a.round
	var err error
	wide.Edges, err = assign.NewEdges(len(wide.Left), len(wide.Right), slices.Concat(a.lists...))
	return &wide, err
}

// Forced compares a balanced round with the balanced round that has a pair, or
// lacks one that it has. By the first of these that is not nothing the round is
// better: left ids served, pairs, and the number of pairs of the lowest score
// at which they differ.
type Forced struct {
	Served, Pairs int   // less than the round has
	Score         int64 // the lowest score at which the numbers of pairs differ
	Now, Then     int   // those numbers; equal where the two are as good
	Clash         *Clash
	Exchange      Exchange
}

// Force answers for a listed pair of a balanced round, or [*NoEdge]. It makes the
// round once.
func (a *Anew) Force(ctx context.Context, left, right int) (*Forced, error) {
	if _, ok := a.listed(left, right); !ok {
		return nil, &NoEdge{a.round.Left[left].ID, a.round.Right[right].ID}
	}
	but := &variation{left: left, right: right, as: pairForced}
	if a.round.has(left, right) {
		but.as = pairBarred
	}
	r, err := a.make(ctx, but)
	out := &Forced{}
	if clash := (*Clash)(nil); errors.As(err, &clash) {
		out.Clash = clash
		return out, nil
	} else if err != nil {
		return nil, err
	}
	out.Served, out.Pairs = a.round.Served[0]-r.Served[0], len(a.round.Pairs)-len(r.Pairs)
	out.Exchange = exchanged(a.round.Pairs, r.Pairs)
	now, then := scores(a.round), scores(r)
	for k := 0; k < len(now) && k < len(then); k++ {
		if now[k] != then[k] {
			out.Score = min(now[k], then[k])
			out.Now, out.Then = count(now, out.Score), count(then, out.Score)
			break
		}
	}
	return out, nil
}

// scores are those of a round's pairs, ascending.
func scores(r *Round) (out []int64) {
	for _, p := range r.Pairs {
		out = append(out, p.Score)
	}
	slices.Sort(out)
	return out
}

func count(sorted []int64, score int64) (n int) {
	for _, s := range sorted {
		if s == score {
			n++
		}
	}
	return n
}

// Level is where a score stands among the pairs of a round: how many pairs score
// less, and how many the same.
func (r *Round) Level(score int64) (below, same int) {
	for _, p := range r.Pairs {
		switch {
		case p.Score < score:
			below++
		case p.Score == score:
			same++
		}
	}
	return below, same
}

// Chances are the right ids of a left id in the plans of a lottery, by plan; -1
// where a plan has none for it. An id with several places has several.
func (r *Round) Chances(left int) (plans [][]int) {
	c, ok := r.Certificate.(*Replay)
	if !ok {
		return nil
	}
	plans = make([][]int, len(c.Plans))
	for n, plan := range c.Plans {
		for _, x := range plan {
			if e := r.Edges.At(x); e.Left == left {
				plans[n] = append(plans[n], e.Right)
			}
		}
	}
	return plans
}

// Folded is the assignment of all plans of a lottery together, whose total is the
// best: each pair at most once, every capacity and minimum times the plans,
// forced pairs and their places set aside. What would change it says what would
// give a pair a chance.
func (r *Round) Folded() *Round {
	c, ok := r.Certificate.(*Replay)
	if !ok {
		return nil
	}
	out := &Round{Spec: Spec{Left: slices.Clone(r.Left), Right: slices.Clone(r.Right), Seed: r.Seed}, Certificate: &c.Prices}
	var list []assign.Edge
	for _, e := range r.Edges.All() {
		if !e.Must {
			list = append(list, e)
			continue
		}
		for _, p := range []*Party{&out.Left[e.Left], &out.Right[e.Right]} {
			p.Capacity--
			p.Minimum = max(0, p.Minimum-1)
		}
	}
	for _, side := range [][]Party{out.Left, out.Right} {
		for i := range side {
			side[i].Capacity, side[i].Minimum = min(assign.MaxCapacity, side[i].Capacity*r.Plans), side[i].Minimum*r.Plans
		}
	}
	out.Edges, _ = assign.NewEdges(len(out.Left), len(out.Right), list) // a part of edges that were checked
	seen := [2][]bool{make([]bool, len(r.Left)), make([]bool, len(r.Right))}
	for _, plan := range c.Plans {
		for _, x := range plan {
			e := r.Edges.At(x)
			if e.Must {
				continue
			}
			out.Pairs = append(out.Pairs, Pair{Left: e.Left, Right: e.Right, Score: e.Score})
			out.Score += e.Score
			for side, at := range [2]int{e.Left, e.Right} {
				if !seen[side][at] {
					seen[side][at] = true
					out.Served[side]++
				}
			}
		}
	}
	return out
}

// WhatIfFolded asks about all plans of a lottery together, see [Round.Folded]. One
// more place is one in every plan.
func (r *Round) WhatIfFolded() *WhatIf {
	w := r.Folded().WhatIf()
	w.place = r.Plans
	return w
}

// WhatIfFolded is [Matcher.WhatIf] about all plans of a lottery together.
func (m *Matcher) WhatIfFolded(ctx context.Context, r *Round) (*WhatIf, error) {
	w, err := m.WhatIf(ctx, r.Folded())
	if err == nil {
		w.place = r.Plans
	}
	return w, err
}

// BestTotal is what the round of the highest total score comes to, from the same
// edges; with people over all allowed pairs. Neither a cover nor rules about groups
// bind it.
func (r *Round) BestTotal(ctx context.Context) (Total, error) {
	best, err := NewRound(ctx, Spec{Left: r.Left, Right: r.Right, Edges: r.Edges, Seed: r.Seed})
	if err != nil {
		return Total{}, err
	}
	return best.Total(), nil
}

// BestTotal is [Round.BestTotal] over all allowed pairs.
func (m *Matcher) BestTotal(ctx context.Context) (Total, error) {
	settings, own := *m.Settings, *m
	settings.Method, settings.Cover, settings.Groups = MethodOptimal, CoverNone, nil
	own.Settings = &settings
	c, err := own.candidates(ctx)
	if err != nil {
		return Total{}, err
	}
	best, err := own.choose(ctx, c, nil)
	if err != nil {
		return Total{}, err
	}
	return best.Total(), nil
}

// Ruled is a counterfactual of a round with rules about groups: differences of
// totals that keep the rules, each known as exactly as its gap.
type Ruled struct {
	Counterfactual
	Within int64 // by how much the loss may be less or more than it is said; 0: it is exact
	Rules  *GroupClash
	// Extra is what the rules make the pair count more, in points times Scale, at
	// the proven best; In says of which rules it is in the group.
	Extra, Scale int64
	In           []bool
}

// Ruled answers for a listed pair of an optimal round, or [*NoEdge]. It makes the
// round up to four times. The exchange is that of the round as it is made then;
// others may be as good.
func (a *Anew) Ruled(ctx context.Context, left, right int) (*Ruled, error) {
	score, ok := a.listed(left, right)
	if !ok {
		return nil, &NoEdge{a.round.Left[left].ID, a.round.Right[right].ID}
	}
	out := &Ruled{Counterfactual: Counterfactual{Link: Link{left, right, score}, Paired: a.round.has(left, right)}}
	a.extra(out)
	but := &variation{left: left, right: right, as: pairForced}
	if out.Paired {
		but.as = pairBarred
	}
	r, err := a.make(ctx, but)
	switch {
	case out.clashes(err):
	case err != nil:
		return nil, err
	default:
		out.Loss, out.Within = a.round.Total().Minus(r.Total()), a.round.gap()+r.gap()
		out.Exchange = exchanged(a.round.Pairs, r.Pairs)
	}
	if out.Paired {
		return out, nil
	}
	return out, a.ruledPlace(ctx, out)
}

// clashes keeps an error that says that there is no round.
func (c *Ruled) clashes(err error) bool {
	return errors.As(err, &c.Clash) || errors.As(err, &c.Rules)
}

// ruledPlace answers for one more place at the right id.
func (a *Anew) ruledPlace(ctx context.Context, c *Ruled) error {
	free, err := a.make(ctx, &variation{left: c.Left, right: c.Right, more: 1})
	if (&Ruled{}).clashes(err) { // more are served then, and the rules choose among those rounds
		return nil
	} else if err != nil {
		return err
	}
	c.Place = free.Total().Minus(a.round.Total())
	with, err := a.make(ctx, &variation{left: c.Left, right: c.Right, more: 1, as: pairForced})
	if (&Ruled{}).clashes(err) {
		return nil
	} else if err != nil {
		return err
	}
	short := free.Total().Minus(with.Total())
	c.Short, c.Within = &short, max(c.Within, free.gap()+with.gap())
	if short.Compare(Total{}, a.round.Cover) != 0 {
		return nil
	}
	without, err := a.make(ctx, &variation{left: c.Left, right: c.Right, more: 1, as: pairBarred})
	if (&Ruled{}).clashes(err) {
		c.Surely = true
		return nil
	} else if err != nil {
		return err
	}
	c.Surely = free.Total().Minus(without.Total()).Compare(Total{}, a.round.Cover) > 0
	return nil
}

// gap is what a round with rules about groups may lack of the best.
func (r *Round) gap() int64 {
	if q, ok := r.Certificate.(*Lagrange); ok {
		return q.Gap
	}
	return 0
}

// extra fills in what the rules make a pair count.
func (a *Anew) extra(c *Ruled) {
	q, ok := a.round.Certificate.(*Lagrange)
	if !ok {
		return
	}
	c.Scale, c.In = q.Scale, make([]bool, len(a.round.Groups))
	var members [][]bool
	if a.matcher != nil {
		members = a.matcher.members()
	}
	for k, rule := range a.round.Groups {
		switch {
		case rule.Of == assign.LeftNodes:
			_, c.In[k] = slices.BinarySearch(rule.Members, c.Left)
		case rule.Of == assign.RightNodes:
			_, c.In[k] = slices.BinarySearch(rule.Members, c.Right)
		case a.matcher != nil:
			c.In[k] = a.matcher.inGroup(k, members, c.Left, c.Right)
		default:
			_, c.In[k] = slices.BinarySearch(rule.Members, a.round.edge(int32(c.Left), int32(c.Right)))
		}
		in, out, _ := rule.Weights()
		if c.In[k] {
			c.Extra += in * q.Multipliers[k]
		} else {
			c.Extra += out * q.Multipliers[k]
		}
	}
}

// Put is what one more place at a right id adds to a round of any method, made
// again. Of a method that promises no total it may take something away.
func (a *Anew) Put(ctx context.Context, right int) (Total, error) {
	r, err := a.make(ctx, &variation{right: right, more: 1})
	if err != nil {
		return Total{}, err
	}
	return r.Total().Minus(a.round.Total()), nil
}

// Demand lists the right ids by how many left ids would rather have them than
// what they have, or have nothing, most first; those whom nobody would are left
// out, and those with a place free.
func (a *Anew) Demand() (order []int) {
	r := a.round
	worst := make([]int64, len(r.Left))
	for i := range worst {
		worst[i] = math.MinInt64
	}
	load := make([]int, len(r.Right))
	for _, p := range r.Pairs {
		load[p.Right]++
		if worst[p.Left] == math.MinInt64 || p.Score < worst[p.Left] {
			worst[p.Left] = p.Score
		}
	}
	wanted := make([]int, len(r.Right))
	for _, e := range r.Edges.All() {
		if e.Score > worst[e.Left] && load[e.Right] == r.Right[e.Right].Capacity {
			wanted[e.Right]++
		}
	}
	for j, n := range wanted {
		if n > 0 {
			order = append(order, j)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return wanted[b] - wanted[a] })
	return order
}

package matching

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"puente/matching/assign"
)

// WhatIf asks what a solved round would be if one thing about it were
// different. An answer is the difference of two proven best totals: the problem
// is changed and solved again, never estimated from prices, which only bound a
// difference where several prices prove the same round.
//
// Every answer costs a few solves of a problem like the round's; see each
// method. Errors are those of [assign.Solve] and of the context.
type WhatIf struct {
	round *Round
	tie   []uint32 // the tie order of right ids
	more  widen    // nil: the listed edges are all pairs there are
	place int      // what one more place adds to a capacity; 0 is one

	refused func(left, right int) bool // whether a rule refuses a pair that nobody forces; nil: none
}

// widen gives the allowed pairs that a variant does not list and that exceed the
// bars of its solution by more than minus slack.
type widen func(ctx context.Context, t *variant, s assign.Solution, slack int64) ([]assign.Edge, error)

// WhatIf asks about a round whose edges are all the pairs there are, as far as
// anybody knows: those of its file.
func (r *Round) WhatIf() *WhatIf { return &WhatIf{round: r, tie: tieRanks(r.Seed, ids(r.Right))} }

// Total is what a plan comes to: ids with a pair on the left and on the right,
// and the sum of the scores.
type Total struct {
	Served [2]int
	Score  int64
}

func totalOf(s assign.Solution) Total { return Total{s.Served, s.Score} }

// Minus is the difference of two totals.
func (t Total) Minus(o Total) Total {
	return Total{[2]int{t.Served[0] - o.Served[0], t.Served[1] - o.Served[1]}, t.Score - o.Score}
}

// Covered counts the served ids that come before the score.
func (t Total) Covered(c assign.Cover) (n int) {
	if c == assign.CoverLeft || c == assign.CoverBoth {
		n += t.Served[0]
	}
	if c == assign.CoverRight || c == assign.CoverBoth {
		n += t.Served[1]
	}
	return n
}

// Compare orders totals as the cover does: served ids, then the score.
func (t Total) Compare(o Total, c assign.Cover) int {
	return cmp.Or(cmp.Compare(t.Covered(c), o.Covered(c)), cmp.Compare(t.Score, o.Score))
}

// Total is what the round comes to.
func (r *Round) Total() Total { return Total{r.Served, r.Score} }

// variant is a problem like the round's with something changed.
type variant struct {
	assign.Problem
	more   widen
	barred [2]int // a pair that must stay out; {-1, -1} for none
}

// variant copies the round's problem; edges are shared until they are changed.
func (w *WhatIf) variant() *variant {
	r := w.round
	return &variant{assign.Problem{Left: nodes(r.Left), Right: nodes(r.Right), Edges: r.Edges, Cover: r.Cover}, w.more, [2]int{-1, -1}}
}

func nodes(parties []Party) []assign.Node {
	out := make([]assign.Node, len(parties))
	for i := range parties {
		out[i] = parties[i].Node
	}
	return out
}

// solve finds the best of a variant over all allowed pairs. It is the one place
// where variants are solved.
func (t *variant) solve(ctx context.Context) (assign.Solution, error) {
	for {
		s, err := assign.Solve(ctx, t.Problem)
		if err != nil || t.more == nil {
			return s, err
		}
		more, err := t.more(ctx, t, s, 0)
		if err != nil || len(more) == 0 {
			return s, err
		}
		if err := t.add(more); err != nil {
			return s, err
		}
	}
}

// add lists more edges.
func (t *variant) add(more []assign.Edge) (err error) {
	list := make([]assign.Edge, 0, t.Edges.Len()+len(more))
	for _, e := range t.Edges.All() {
		list = append(list, e)
	}
	t.Edges, err = assign.NewEdges(len(t.Left), len(t.Right), append(list, more...))
	return err
}

// find gives the position of a pair among the edges.
func (t *variant) find(left, right int) (int, bool) {
	if len(t.Edges.First) == 0 {
		return 0, false
	}
	from, to := t.Edges.Of(left)
	at, ok := slices.BinarySearch(t.Edges.Right[from:to], int32(right))
	return from + at, ok
}

// force makes an edge a must edge, or one again a plain edge.
func (t *variant) force(x int, must bool) {
	at, there := slices.BinarySearch(t.Edges.Must, int32(x))
	own := slices.Clone(t.Edges.Must)
	switch {
	case must && !there:
		own = slices.Insert(own, at, int32(x))
	case !must && there:
		own = slices.Delete(own, at, at+1)
	}
	t.Edges.Must = own
}

// bar takes an edge out for good.
func (t *variant) bar(x int) (err error) {
	var list []assign.Edge
	for at, e := range t.Edges.All() {
		if at != x {
			list = append(list, e)
		} else {
			t.barred = [2]int{e.Left, e.Right}
		}
	}
	t.Edges, err = assign.NewEdges(len(t.Left), len(t.Right), list)
	return err
}

// Link is a pair and its score.
type Link struct {
	Left, Right int
	Score       int64
}

// Exchange is how a plan differs from the round, by left, then right.
type Exchange struct{ Lost, New []Link }

// nearest finds, of all best plans of a solved variant, one that differs from the
// round in as few pairs as possible: the best plans are those of a face, on
// which every pair of the round counts one and every other minus one.
func (w *WhatIf) nearest(ctx context.Context, t *variant, s assign.Solution) ([]Link, error) {
	if t.more != nil {
		tight, err := t.more(ctx, t, s, 1)
		if err == nil && len(tight) > 0 {
			err = t.add(tight)
		}
		if err != nil {
			return nil, err
		}
	}
	face, from := assign.Face(t.Problem, s.Prices, s.Bonus)
	kept := w.pairs()
	for k, e := range face.Edges.All() {
		if face.Edges.Score[k] = -1; kept[[2]int{e.Left, e.Right}] {
			face.Edges.Score[k] = 1
		}
	}
	f, err := assign.Solve(ctx, face)
	if err != nil {
		return nil, err
	}
	out := make([]Link, len(f.Pairs))
	for k, x := range f.Pairs {
		e := t.Edges.At(int(from[x]))
		out[k] = Link{e.Left, e.Right, e.Score}
	}
	return out, nil
}

func (w *WhatIf) pairs() map[[2]int]bool {
	pairs := make(map[[2]int]bool, len(w.round.Pairs))
	for _, p := range w.round.Pairs {
		pairs[[2]int{p.Left, p.Right}] = true
	}
	return pairs
}

// exchange compares a plan with the round.
func (w *WhatIf) exchange(plan []Link) (out Exchange) {
	kept := w.pairs()
	for _, l := range plan {
		if at := [2]int{l.Left, l.Right}; kept[at] {
			delete(kept, at)
		} else {
			out.New = append(out.New, l)
		}
	}
	for _, p := range w.round.Pairs {
		if kept[[2]int{p.Left, p.Right}] {
			out.Lost = append(out.Lost, Link{p.Left, p.Right, p.Score})
		}
	}
	return out
}

// Counterfactual says what keeps a pair out of the round, or in it.
type Counterfactual struct {
	Link
	Paired bool

	// Loss is what the round would lose if the pair were the other way: forced
	// if it is out, forbidden if it is in. Nothing means that it is a tie. A
	// pair that is out and loses no covered id comes into a best round with
	// Loss.Score more points, and surely with one more than that; a pair that is in stays until
	// it has as many points less.
	Loss     Total
	Exchange Exchange // how the best round then differs, in as few pairs as possible
	Clash    *Clash   // the demands that leave no round the other way; then Loss is nothing

	// Of a pair that is out, if the right id had one more place:
	Place  Total  // what the round would gain
	Short  *Total // what the pair would still lose, nothing if a best round has it; nil if other demands exclude it even then
	Surely bool   // whether then every best round has it
}

// NoEdge says that a pair is not among the edges of a round.
type NoEdge struct{ Left, Right string }

func (e *NoEdge) Error() string {
	return "the pair " + e.Left + ", " + e.Right + " is not among the edges"
}

// Counterfactual answers for a pair that is among the edges, or [*NoEdge]. It
// costs up to six solves.
func (w *WhatIf) Counterfactual(ctx context.Context, left, right int) (*Counterfactual, error) {
	t := w.variant()
	x, ok := t.find(left, right)
	if !ok {
		return nil, &NoEdge{w.round.Left[left].ID, w.round.Right[right].ID}
	}
	c := &Counterfactual{Link: Link{left, right, int64(t.Edges.Score[x])}, Paired: w.pairs()[[2]int{left, right}]}
	var err error
	if c.Paired {
		t.force(x, false)
		err = t.bar(x)
	} else {
		t.force(x, true)
	}
	if err != nil {
		return nil, err
	}
	s, err := t.solve(ctx)
	if clash := (*assign.Infeasible)(nil); errors.As(err, &clash) {
		c.Clash, err = t.clash(w.round, clash), nil
	} else if err == nil {
		c.Loss = w.round.Total().Minus(totalOf(s))
		var plan []Link
		plan, err = w.nearest(ctx, t, s)
		c.Exchange = w.exchange(plan)
	}
	if err == nil && !c.Paired {
		err = w.withPlace(ctx, c, x)
	}
	return c, err
}

// withPlace answers for one more place at the right id.
func (w *WhatIf) withPlace(ctx context.Context, c *Counterfactual, x int) error {
	roomier := func() *variant {
		t := w.variant()
		t.Right[c.Right].Capacity += max(1, w.place)
		return t
	}
	free := roomier()
	if free.Right[c.Right].Capacity > assign.MaxCapacity {
		return nil
	}
	most, err := free.solve(ctx)
	if err != nil {
		return err
	}
	c.Place = totalOf(most).Minus(w.round.Total())
	with := roomier()
	with.force(x, true)
	s, err := with.solve(ctx)
	if clash := (*assign.Infeasible)(nil); errors.As(err, &clash) {
		return nil
	}
	if err != nil {
		return err
	}
	short := totalOf(most).Minus(totalOf(s))
	if c.Short = &short; !w.none(short) {
		return nil
	}
	without := roomier()
	if err := without.bar(x); err != nil {
		return err
	}
	s, err = without.solve(ctx)
	if clash := (*assign.Infeasible)(nil); errors.As(err, &clash) {
		c.Surely = true
		return nil
	}
	c.Surely = err == nil && !w.none(totalOf(most).Minus(totalOf(s)))
	return err
}

// none says whether a difference of totals is nothing as far as the round's
// cover and the score go.
func (w *WhatIf) none(d Total) bool { return d.Compare(Total{}, w.round.Cover) == 0 }

// clash names the ids of a variant's infeasible group.
func (t *variant) clash(r *Round, f *assign.Infeasible) *Clash {
	c := &Clash{}
	for _, i := range f.Left {
		c.Left = append(c.Left, r.Left[i].ID)
	}
	for _, j := range f.Right {
		c.Right = append(c.Right, r.Right[j].ID)
	}
	for _, x := range f.Must {
		e := t.Edges.At(x)
		c.Must = append(c.Must, [2]string{r.Left[e.Left].ID, r.Right[e.Right].ID})
	}
	return c
}

// Place is what one more place at a right id would add. It costs one solve.
// Without a cover it is what the price says: the price itself if that is above
// zero, else nothing.
func (w *WhatIf) Place(ctx context.Context, right int) (Total, error) {
	t := w.variant()
	t.Right[right].Capacity += max(1, w.place)
	s, err := t.solve(ctx)
	return totalOf(s).Minus(w.round.Total()), err
}

// PlacePrice is a right id and what one more place there would add.
type PlacePrice struct {
	Right int
	Price int64 // the dual price, bonuses included
	Gain  Total
}

// Places lists the right ids where one more place would add most, at most so
// many: by the dual price, which is exact, then by id. Each is solved as well,
// since a price does not tell served ids from points. Only those that add
// something are listed.
func (w *WhatIf) Places(ctx context.Context, most int) ([]PlacePrice, error) {
	var order []int
	for j, p := range w.round.prices().Place {
		if p > 0 {
			order = append(order, j)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(w.round.prices().Place[b], w.round.prices().Place[a]) })
	var out []PlacePrice
	for _, j := range order[:min(most, len(order))] {
		gain, err := w.Place(ctx, j)
		if err != nil {
			return nil, err
		}
		out = append(out, PlacePrice{j, w.round.prices().Place[j], gain})
	}
	return out, nil
}

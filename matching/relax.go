package matching

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"puente/matching/assign"
)

// Relaxation is one way out of a clash: one of its rules made looser, by as
// little as makes the whole round possible. To is what the minimum of an id
// becomes; a forced pair names both ids and becomes a pair like any other.
type Relaxation struct {
	Left, Right string
	Must        bool
	By, To      int // places less that the minimum asks, and what is left of it; By is 1 for a forced pair
	Possible    bool
	Total       Total // of the best round then; nothing where it is not possible, as another clash remains
}

// mostRelaxed bounds how many rules of a clash are tried.
const mostRelaxed = 50

// Relax finds, for each rule of a clash, the least that it must give way for a
// round to be possible, and what the best round then comes to. The cheapest
// come first: the least change, then the best total; those that do not help
// alone, because another clash remains, last. At most the first fifty rules are
// tried. It costs a solve for each, and one for each halving of a minimum.
//
// The round of w need not be solved.
func (w *WhatIf) Relax(ctx context.Context, c *Clash) ([]Relaxation, error) {
	r := w.round
	var out []Relaxation
	try := func(x Relaxation, minimum int, change func(t *variant, by int) error) error {
		if len(out) == mostRelaxed {
			return nil
		}
		err := w.relax(ctx, &x, max(1, minimum), change)
		x.To = max(0, minimum-x.By)
		out = append(out, x)
		return err
	}
	for _, side := range []struct {
		parties []Party
		ids     []string
		right   bool
	}{{r.Left, c.Left, false}, {r.Right, c.Right, true}} {
		for _, id := range side.ids {
			at := slices.IndexFunc(side.parties, func(p Party) bool { return p.ID == id })
			x := Relaxation{Left: id}
			if side.right {
				x = Relaxation{Right: id}
			}
			err := try(x, side.parties[at].Minimum, func(t *variant, by int) error {
				nodes := t.Left
				if side.right {
					nodes = t.Right
				}
				nodes[at].Minimum -= by
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
	}
	for _, ids := range c.Must {
		err := try(Relaxation{Left: ids[0], Right: ids[1], Must: true}, 1, func(t *variant, _ int) error {
			return w.release(t, ids)
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(out, func(a, b Relaxation) int {
		return cmp.Or(-compareBool(a.Possible, b.Possible), cmp.Compare(a.By, b.By), b.Total.Compare(a.Total, r.Cover))
	})
	return out, nil
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// release makes a forced pair a plain one, or takes it out where rules refuse it otherwise.
func (w *WhatIf) release(t *variant, ids [2]string) error {
	i := slices.IndexFunc(w.round.Left, func(p Party) bool { return p.ID == ids[0] })
	j := slices.IndexFunc(w.round.Right, func(p Party) bool { return p.ID == ids[1] })
	x, _ := t.find(i, j)
	t.force(x, false)
	if w.refused != nil && w.refused(i, j) {
		return t.bar(x)
	}
	return nil
}

// relax finds the least change, of at most so much, that makes the round
// possible.
func (w *WhatIf) relax(ctx context.Context, x *Relaxation, most int, change func(t *variant, by int) error) error {
	solve := func(by int) (possible bool, err error) {
		t := w.variant()
		if err := change(t, by); err != nil {
			return false, err
		}
		s, err := t.solve(ctx)
		if clash := (*assign.Infeasible)(nil); errors.As(err, &clash) {
			return false, nil
		}
		if err == nil {
			x.Possible, x.By, x.Total = true, by, totalOf(s)
		}
		return err == nil, err
	}
	possible, err := solve(most)
	if x.By = most; err != nil || !possible {
		return err
	}
	for low := 0; x.By-low > 1; { // possible with By, not with low
		middle := low + (x.By-low)/2
		possible, err := solve(middle)
		if err != nil {
			return err
		}
		if !possible {
			low = middle
		}
	}
	return nil
}

// Unsolved is a problem that has no round, to ask which relaxation would give
// it one; see [WhatIf.Relax].
func Unsolved(left, right []Party, edges assign.Edges, cover assign.Cover) *WhatIf {
	return &WhatIf{round: &Round{Spec: Spec{Left: left, Right: right, Edges: edges, Cover: cover}}}
}

// Relax answers [WhatIf.Relax] for people whose forced pairs clash.
func (m *Matcher) Relax(ctx context.Context, clash *Clash) ([]Relaxation, error) {
	c, err := m.candidates(ctx)
	if err != nil {
		return nil, err
	}
	left, right := m.parties()
	edges, err := assign.NewEdges(len(left), len(right), slices.Concat(c.lists...))
	if err != nil {
		return nil, err
	}
	w := Unsolved(left, right, edges, assign.Cover(m.Settings.Cover))
	w.more, w.refused = m.beyond(c.cut), m.refuses
	return w.Relax(ctx, clash)
}

// refuses says whether a rule refuses a pair that nobody forces.
func (m *Matcher) refuses(mentee, mentor int) bool {
	return m.Index.Refusal(&m.Snapshot.Mentees[mentee], mentor) != ""
}

package matching

import (
	"context"

	"puente/matching/assign"
)

// The kinds of rules whose prices a round itself tells. [Matcher.RulePrices]
// adds those that only the people tell, by the names of [RuleNames], and
// "lock".
const (
	RuleCover   = "cover"
	RuleMust    = "must"
	RuleLock    = "lock"
	RuleMinimum = "minimum"
)

// RulePrice is what one rule costs: the best round without it less the best
// round with it. Left and Right name the ids of a rule about some; -1 for none.
type RulePrice struct {
	Rule        string
	Left, Right int
	Gain        Total // Score is never negative without a cover; without the cover rule fewer may be served
	First       int   // first choices of left ids more: who has the best of the pairs that are allowed without the rule
	Changes     int   // pairs that differ, as few as possible
}

// RulePrices prices the cover, every minimum and every must pair, one at a
// time, at most so many. It costs two solves each. With an error it gives those
// that were priced before.
func (w *WhatIf) RulePrices(ctx context.Context, most int) ([]RulePrice, error) {
	var out []RulePrice
	price := func(p RulePrice, change func(*variant)) error {
		if len(out) >= most {
			return nil
		}
		t := w.variant()
		change(t)
		err := w.price(ctx, t, &p)
		if err == nil {
			out = append(out, p)
		}
		return err
	}
	if w.round.Cover != assign.CoverNone {
		if err := price(RulePrice{RuleCover, -1, -1, Total{}, 0, 0}, func(t *variant) { t.Cover = assign.CoverNone }); err != nil {
			return out, err
		}
	}
	for i := range w.round.Left {
		if w.round.Left[i].Minimum > 0 {
			if err := price(RulePrice{Rule: RuleMinimum, Left: i, Right: -1}, func(t *variant) { t.Left[i].Minimum = 0 }); err != nil {
				return out, err
			}
		}
	}
	for j := range w.round.Right {
		if w.round.Right[j].Minimum > 0 {
			if err := price(RulePrice{Rule: RuleMinimum, Left: -1, Right: j}, func(t *variant) { t.Right[j].Minimum = 0 }); err != nil {
				return out, err
			}
		}
	}
	if w.more != nil {
		return out, nil // what becomes of a must pair that rules refuse otherwise, the people tell
	}
	for _, x := range w.round.Edges.Must {
		e := w.round.Edges.At(int(x))
		if err := price(RulePrice{Rule: RuleMust, Left: e.Left, Right: e.Right}, func(t *variant) { t.force(int(x), false) }); err != nil {
			return out, err
		}
	}
	return out, nil
}

// price solves a variant without a rule and says what differs from the round.
func (w *WhatIf) price(ctx context.Context, t *variant, p *RulePrice) error {
	s, err := t.solve(ctx)
	if err != nil {
		return err
	}
	p.Gain = totalOf(s).Minus(w.round.Total())
	plan, err := w.nearest(ctx, t, s)
	if err != nil {
		return err
	}
	change := w.exchange(plan)
	p.Changes = len(change.Lost) + len(change.New)
	first := w.firsts(t.Edges)
	for _, l := range change.New {
		if first[l.Left] == l.Right {
			p.First++
		}
	}
	for _, l := range change.Lost {
		if first[l.Left] == l.Right {
			p.First--
		}
	}
	return nil
}

// firsts gives each left id's best edge: the highest score, then the tie
// order; -1 for none.
func (w *WhatIf) firsts(edges assign.Edges) []int {
	first, best := make([]int, len(w.round.Left)), make([]int64, len(w.round.Left))
	for i := range first {
		first[i] = -1
	}
	for _, e := range edges.All() {
		if at := first[e.Left]; at < 0 || e.Score > best[e.Left] || e.Score == best[e.Left] && w.tie[e.Right] < w.tie[at] {
			first[e.Left], best[e.Left] = e.Right, e.Score
		}
	}
	return first
}

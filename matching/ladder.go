package matching

import (
	"context"

	"puente/matching/assign"
)

// Rung is the best total score with at least so many left ids served.
type Rung struct {
	Served int
	Score  int64
	Even   bool // from the rung before, each id more costs as much as the other
}

// mostRungs bounds how many numbers of served ids a ladder solves for.
const mostRungs = 64

// Ladder gives the price of serving more left ids: the best total score from
// as many served as the best total without a cover allows, up to the most that
// can be served. The
// score falls, ever faster, along a concave line (serving is a flow, and its
// best total is concave in the amount); a rung is where the line bends, and
// between even rungs every number of served ids is on it. A ladder of very many
// bends has rungs that are not even; what they say is exact as well.
//
// Each rung is one solve in which a right id of score zero, with a limited
// number of places, takes those who are not served.
func (w *WhatIf) Ladder(ctx context.Context) ([]Rung, error) {
	first, last := w.variant(), w.variant()
	last.Cover = assign.CoverLeft
	top, err := last.solve(ctx)
	if err != nil {
		return nil, err
	}
	first.Cover, first.Edges = assign.CoverNone, last.Edges // with what the widest cover needs
	free, err := first.solve(ctx)
	if err != nil {
		return nil, err
	}
	l := ladder{what: w, edges: first.Edges, left: mostRungs}
	start, end := Rung{Served: free.Served[0], Score: free.Score, Even: true}, Rung{Served: top.Served[0], Score: top.Score}
	rungs := []Rung{start}
	if end.Served > start.Served {
		if err := l.climb(ctx, start, end, &rungs); err != nil {
			return nil, err
		}
	}
	if rungs = bends(rungs); len(rungs) > 1 && rungs[0].Score == rungs[1].Score {
		rungs = rungs[1:] // of rounds as good as each other, the one that serves most
		rungs[0].Even = true
	}
	return rungs, nil
}

// ladder solves for numbers of served left ids.
type ladder struct {
	what  *WhatIf
	edges assign.Edges
	left  int // solves that may still be made
}

// climb appends the rungs after a, up to and with b.
func (l *ladder) climb(ctx context.Context, a, b Rung, out *[]Rung) error {
	steps := int64(b.Served - a.Served)
	if b.Even = steps == 1; !b.Even && l.left > 0 {
		_, last, err := l.rung(ctx, b.Served)
		if err != nil {
			return err
		}
		// No step costs more than the last: if that is the average, all are equal.
		b.Even = last*steps == a.Score-b.Score
	}
	if b.Even || l.left <= 0 {
		*out = append(*out, b)
		return nil
	}
	middle := a.Served + (b.Served-a.Served)/2
	score, _, err := l.rung(ctx, middle)
	if err != nil {
		return err
	}
	if err := l.climb(ctx, a, Rung{Served: middle, Score: score}, out); err != nil {
		return err
	}
	return l.climb(ctx, Rung{Served: middle, Score: score}, b, out)
}

// rung is the best score with at least so many left ids served, and what the
// last of them costs.
func (l *ladder) rung(ctx context.Context, served int) (score, last int64, err error) {
	l.left--
	t := l.what.variant()
	t.Cover, t.Edges = assign.CoverNone, l.edges
	rest, spare := len(t.Right), -served
	var list []assign.Edge
	for i := range t.Left {
		n := &t.Left[i]
		switch {
		case n.Minimum > 0:
			spare++
		case n.Capacity > 0:
			spare++
			n.Minimum = 1
			list = append(list, assign.Edge{Left: i, Right: rest})
		}
	}
	t.Right = append(t.Right, assign.Node{Capacity: spare})
	if err := t.add(list); err != nil {
		return 0, 0, err
	}
	s, err := t.solve(ctx)
	if err != nil {
		return 0, 0, err
	}
	return s.Score, max(0, s.Prices[rest]), nil
}

// bends leaves out rungs on a straight line between their neighbours.
func bends(rungs []Rung) []Rung {
	out := rungs[:0]
	for _, r := range rungs {
		if n := len(out); n > 1 && r.Even && out[n-1].Even {
			a, b := out[n-2], out[n-1]
			if (b.Score-a.Score)*int64(r.Served-b.Served) == (r.Score-b.Score)*int64(b.Served-a.Served) {
				out = out[:n-1]
			}
		}
		out = append(out, r)
	}
	return out
}

package matching

import (
	"context"
	"slices"

	"puente/matching/assign"
)

// solveOptimal seeks the highest total score.
func solveOptimal(ctx context.Context, r *Round, t *task) ([]int, error) {
	if len(r.Groups) > 0 {
		return solveGroups(ctx, r, t)
	}
	solve := func(ctx context.Context, _ *Round, t *task) (assign.Solution, error) {
		return assign.SolveWith(ctx, t.Problem, r.Search)
	}
	switch {
	case r.given != nil:
		solve = solveGiven
	case r.Keep != nil:
		solve = solveKept
	}
	s, err := solve(ctx, r, t)
	if err != nil {
		return nil, err
	}
	proof := &Prices{Place: make([]int64, len(r.Right)), Bonus: s.Bonus, Gap: s.Gap}
	for j, node := range t.ties[1] {
		proof.Place[j] = s.Prices[node]
	}
	r.Certificate = proof
	return s.Pairs, nil
}

// solveGiven reports on a plan that is there.
func solveGiven(_ context.Context, r *Round, t *task) (assign.Solution, error) {
	var pairs []int
	for _, p := range r.given.pairs {
		x, _ := edgeAt(t.Edges, int(t.ties[0][p[0]]), int(t.ties[1][p[1]]))
		pairs = append(pairs, x)
	}
	slices.Sort(pairs)
	prices := make([]int64, len(r.Right))
	for j, node := range t.ties[1] {
		prices[node] = r.given.prices[j]
	}
	s, err := assign.Bound(t.Problem, pairs, prices)
	if err == nil && r.Keep != nil {
		r.Kept = &Kept{}
		at := map[[2]int]bool{}
		for _, p := range r.given.pairs {
			at[p] = true
		}
		for _, p := range r.Keep.Pairs {
			if at[p] {
				r.Kept.Count++
			}
		}
	}
	return s, err
}

// prices are in the certificate of an optimal round and of a lottery.
func (r *Round) prices() *Prices {
	switch c := r.Certificate.(type) {
	case *Lagrange:
		return &c.Prices
	case *Replay:
		return &c.Prices
	}
	q, _ := r.Certificate.(*Prices)
	return q
}

// PlacePrices are the dual prices of an optimal round's right ids, by position;
// nil of another. Under rules about groups they are in parts of a point.
func (r *Round) PlacePrices() []int64 {
	if q := r.prices(); q != nil {
		return q.Place
	}
	return nil
}

// nearestPrice says why a left id has no pair. It gains nothing at any right
// id's price, and the nearest is the one where least was missing, ties by the
// tie order. A place without a price that would be a gain but for the rules about
// groups is refused by these.
func (r *Round) nearestPrice(t *task) func(int) Unpaired {
	q, bonus := r.prices(), int64(0)
	if r.Cover == assign.CoverLeft || r.Cover == assign.CoverBoth {
		bonus = q.Bonus
	}
	scale, worth := r.worth()
	return func(i int) Unpaired {
		from, to := r.Edges.Of(i)
		nearest, least, edge := 0, int64(0), from
		for x := from; x < to; x++ {
			j := int(r.Edges.Right[x])
			missing := q.Place[j] - worth(x) - bonus
			if x == from || missing < least || missing == least && t.ties[1][j] < t.ties[1][nearest] {
				nearest, least, edge = j, missing, x
			}
		}
		u := Unpaired{Position: i, Reason: ReasonNoGain}
		switch {
		case q.Gap > 0 && least < 0:
			u.Reason = ReasonGap
		case q.Place[nearest] > 0 && least >= 0:
			u.Reason, u.Nearest, u.Missing = ReasonPlaces, nearest, (least+scale-1)/scale
		case least < 0 || least+worth(edge)-scale*int64(r.Edges.Score[edge]) < 0:
			u.Reason = ReasonGroups
		}
		return u
	}
}

// Primal is what the prices of an optimal round prove to be the most possible:
// the total score, and the bonus for each served id of a covered side.
func (r *Round) Primal() int64 {
	total, bonus := r.Score, r.prices().Bonus
	if r.Cover == assign.CoverLeft || r.Cover == assign.CoverBoth {
		total += bonus * int64(r.Served[0])
	}
	if r.Cover == assign.CoverRight || r.Cover == assign.CoverBoth {
		total += bonus * int64(r.Served[1])
	}
	return total
}

package matching

import (
	"context"

	"puente/matching/assign"
)

// solveOptimal seeks the highest total score.
func solveOptimal(ctx context.Context, r *Round, t *task) ([]int, error) {
	s, err := assign.Solve(ctx, t.Problem)
	if err != nil {
		return nil, err
	}
	proof := &Prices{Place: make([]int64, len(r.Right)), Bonus: s.Bonus}
	for j, node := range t.ties[1] {
		proof.Place[j] = s.Prices[node]
	}
	r.Certificate = proof
	return s.Pairs, nil
}

// prices are the certificate of an optimal round, and part of that of a lottery.
func (r *Round) prices() *Prices {
	if c, ok := r.Certificate.(*Replay); ok {
		return &c.Prices
	}
	q, _ := r.Certificate.(*Prices)
	return q
}

// nearestPrice says why a left id has no pair. It gains nothing at any right
// id's price, and the nearest is the one where least was missing, ties by the
// tie order.
func (r *Round) nearestPrice(t *task) func(int) Unpaired {
	q, bonus := r.prices(), int64(0)
	if r.Cover == assign.CoverLeft || r.Cover == assign.CoverBoth {
		bonus = q.Bonus
	}
	return func(i int) Unpaired {
		from, to := r.Edges.Of(i)
		nearest, least := 0, int64(0)
		for x := from; x < to; x++ {
			j := int(r.Edges.Right[x])
			missing := q.Place[j] - int64(r.Edges.Score[x]) - bonus
			if x == from || missing < least || missing == least && t.ties[1][j] < t.ties[1][nearest] {
				nearest, least = j, missing
			}
		}
		u := Unpaired{Position: i, Reason: ReasonNoGain}
		if q.Place[nearest] > 0 {
			u.Reason, u.Nearest, u.Missing = ReasonPlaces, nearest, least
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

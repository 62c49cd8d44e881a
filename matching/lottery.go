package matching

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"puente/matching/assign"
)

// Limits of how many plans a lottery has.
const (
	MinPlans = 2
	MaxPlans = assign.MaxPlans
)

// Replay is the certificate of a lottery: plans of equal chance, of which the
// seed draws one, and prices that prove that no lottery under the same cap
// expects a higher score. It lets anybody draw again.
type Replay struct {
	Prices            // of a place in every plan; no bonus
	Plans  [][]int    // edges of the round, ascending; a forced pair is in each, any other pair in one at most
	Drawn  int        // the plan that became the round
	Score  int64      // of all plans together: the expected score times their number
	Chance [2][]int32 // by side and position: plans in which the id has a pair
}

// Kind is "replay".
func (*Replay) Kind() string { return "replay" }

// Draw is the plan that a seed draws, from 0. It takes the first eight bytes of
// SHA-256(seed as eight bytes big-endian, then "lottery"), most significant
// first, and the remainder by the number of plans. So that no plan is likelier,
// a number beyond the last whole multiple is left out, and those of SHA-256 of
// the digest follow.
func Draw(seed uint64, plans int) int {
	sum := sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, seed), "lottery"...))
	beyond := (math.MaxUint64%uint64(plans) + 1) % uint64(plans)
	for {
		if v := binary.BigEndian.Uint64(sum[:]); v <= math.MaxUint64-beyond {
			return int(v % uint64(plans))
		}
		sum = sha256.Sum256(sum[:])
	}
}

// solveLottery seeks plans of the highest expected score in which no pair but a
// forced one has a higher chance than one in r.Plans, and draws one.
func solveLottery(ctx context.Context, r *Round, t *task) ([]int, error) {
	if r.Plans < MinPlans || r.Plans > MaxPlans {
		return nil, fmt.Errorf("%w: a lottery of %d plans; there are %d to %d", ErrMethod, r.Plans, MinPlans, MaxPlans)
	}
	s, err := assign.SolveLottery(ctx, t.Problem, r.Plans)
	if err != nil {
		return nil, err
	}
	c := &Replay{Prices: Prices{Place: make([]int64, len(r.Right))}, Plans: make([][]int, r.Plans), Drawn: Draw(r.Seed, r.Plans), Score: s.Score}
	for j, node := range t.ties[1] {
		c.Place[j] = s.Prices[node]
	}
	for n, plan := range s.Plans {
		c.Plans[n] = make([]int, len(plan))
		for k, x := range plan {
			c.Plans[n][k] = int(t.from[x])
		}
		slices.Sort(c.Plans[n])
	}
	c.Count(r)
	r.Certificate = c
	return s.Plans[c.Drawn], nil
}

// Count fills Chance: in how many plans each id of the round has a pair.
func (c *Replay) Count(r *Round) {
	sizes := [2]int{len(r.Left), len(r.Right)}
	for side, n := range sizes {
		c.Chance[side] = make([]int32, n)
	}
	for _, plan := range c.Plans {
		seen := [2][]bool{make([]bool, sizes[0]), make([]bool, sizes[1])}
		for _, x := range plan {
			e := r.Edges.At(x)
			for side, at := range [2]int{e.Left, e.Right} {
				if !seen[side][at] {
					seen[side][at] = true
					c.Chance[side][at]++
				}
			}
		}
	}
}

// elsewhere says whether an id without a pair has one in a plan that was not
// drawn.
func (r *Round) elsewhere(side, position int) bool {
	c, ok := r.Certificate.(*Replay)
	return ok && c.Chance[side][position] > 0
}

// PairPlans is in how many plans of a lottery a pair of the round is.
func (r *Round) PairPlans(p *Pair) int {
	if _, must := slices.BinarySearch(r.Edges.Must, int32(r.edge(int32(p.Left), int32(p.Right)))); must {
		return r.Plans
	}
	return 1
}

// gains is what each mentee gains at the prices with the least of her pairs in
// all plans: another pair adds to the lottery only if it is worth more. One that
// has fewer pairs than there are plans gains nothing with it.
func (c *Replay) gains(r *Round) []int64 {
	gains := make([]int64, len(r.Left))
	var worth []int64
	for i := range gains {
		from, to := r.Edges.Of(i)
		worth = worth[:0]
		for x := from; x < to; x++ {
			worth = append(worth, int64(r.Edges.Score[x])-c.Place[r.Edges.Right[x]])
		}
		if slices.Sort(worth); len(worth) >= len(c.Plans) {
			gains[i] = max(0, worth[len(worth)-len(c.Plans)])
		}
	}
	for _, x := range r.Edges.Must {
		gains[r.Edges.At(int(x)).Left] = math.MaxInt64 / 2 // no place for another
	}
	return gains
}

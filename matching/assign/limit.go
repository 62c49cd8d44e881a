package assign

import (
	"context"
	"fmt"
	"slices"
)

// unfinished makes the best of a network whose search was stopped: its links,
// and what is free beside them, as an assignment that keeps the rules; and its
// prices, or none at all, whichever bound the best total closer.
func (g *network) unfinished(ctx context.Context, p Problem, bonus int64) (Solution, error) {
	pairs, err := whole(ctx, p, g.pairs(p.Edges))
	if err != nil {
		return Solution{}, err
	}
	s := Solution{Bonus: bonus, Pairs: p.fill(pairs, bonus)}
	s.tidy(p, nil)
	return s, s.bound(p, g.asking(p, bonus), make([]int64, len(p.Right)))
}

// whole gives an assignment that keeps minimums and must edges and as many of
// these pairs as that allows. They are within the capacities.
func whole(ctx context.Context, p Problem, pairs []int) ([]int, error) {
	u := usageOf(p, pairs)
	if checkNodes("left", p.Left, u.left) == nil && checkNodes("right", p.Right, u.right) == nil {
		return pairs, nil
	}
	keep := Problem{Left: p.Left, Right: p.Right, Edges: p.Edges}
	keep.Edges.Score = make([]int32, p.Edges.Len())
	for _, x := range pairs {
		keep.Edges.Score[x] = 1
	}
	s, err := Solve(ctx, keep)
	return s.Pairs, err
}

// fill adds edges that fit beside pairs and add to the total: for each left
// node the one that adds most, as long as there is one.
func (p Problem) fill(pairs []int, bonus int64) []int {
	u := usageOf(p, pairs)
	adds := func(i, x int) int64 {
		j, gain := int(p.Edges.Right[x]), int64(p.Edges.Score[x])
		if p.Cover.left() && u.left[i] == 0 {
			gain += bonus
		}
		if p.Cover.right() && u.right[j] == 0 {
			gain += bonus
		}
		return gain
	}
	used := pairs
	for i, n := range p.Left {
		if p.Edges.Len() == 0 {
			break
		}
		from, to := p.Edges.Of(i)
		for u.left[i] < n.Capacity {
			best, most := -1, int64(0)
			for x := from; x < to; x++ {
				j := p.Edges.Right[x]
				if u.right[j] >= p.Right[j].Capacity {
					continue
				}
				if gain := adds(i, x); gain > most && !slices.Contains(pairs[len(used):], x) && !has(used, x) {
					best, most = x, gain
				}
			}
			if best < 0 {
				break
			}
			pairs = append(pairs, best)
			u.count(p.Edges.At(best), 1)
		}
	}
	slices.Sort(pairs)
	return pairs
}

func has(sorted []int, x int) bool {
	_, there := slices.BinarySearch(sorted, x)
	return there
}

// asking are the prices of a network that was stopped, brought into the range
// in which those of a best assignment are.
func (g *network) asking(p Problem, bonus int64) []int64 {
	out := make([]int64, g.right)
	top := g.top + 2*bonus
	for j := range out {
		low := int64(0)
		switch {
		case p.Right[j].Minimum > 0:
			low = -top
		case p.Cover.right():
			low = -bonus
		}
		out[j] = min(max(g.price[j]-g.hub, low), top)
	}
	return out
}

// bound gives an assignment the prices, of those offered, that bound the best
// total closest, and what it may be short of that.
func (s *Solution) bound(p Problem, offers ...[]int64) error {
	primal, least := s.total(p), wide{}
	for k, prices := range offers {
		at := *s
		at.Prices = p.salable(prices, s.Bonus)
		if dual := dualBound(p, at); k == 0 || dual.less(least) {
			s.Prices, least = at.Prices, dual
		}
	}
	gap, fits := least.minus(primal).small()
	if !fits {
		return fmt.Errorf("%w: a gap beyond 64 bits", errInternal)
	}
	s.Gap = gap
	return nil
}

// salable are prices with which no node sells places that nobody could take:
// one with more places than free edges asks nothing for them, which bounds the best
// total at least as closely; and one without any has no bonus to earn. So the bound
// is that of the edges alone, as a certificate states it.
func (p Problem) salable(prices []int64, bonus int64) []int64 {
	room, must := make([]int, len(p.Right)), p.Edges.Must // places beyond the free edges
	for j, n := range p.Right {
		room[j] = n.Capacity
	}
	free := make([]bool, len(p.Right))
	for x, j := range p.Edges.Right {
		room[j]--
		if len(must) > 0 && int(must[0]) == x {
			must = must[1:] // takes a place, and is no free edge
		} else {
			free[j] = true
		}
	}
	out := slices.Clone(prices)
	for j := range out {
		if room[j] > 0 {
			out[j] = min(out[j], 0)
		}
		if !free[j] && p.Cover.right() {
			out[j] = min(out[j], -bonus)
		}
	}
	return out
}

// Bound gives an assignment that keeps the rules, and prices, the form of a
// solution: its Gap is what the prices leave open. Prices of places that no edge
// could fill are lowered. Pairs are positions of edges,
// ascending. Errors wrap ErrInput and ErrTooLarge, or say which rule is broken.
//
// Cost: that of [Check].
func Bound(p Problem, pairs []int, prices []int64) (Solution, error) {
	if err := validate(p); err != nil {
		return Solution{}, err
	}
	bonus, err := bonusOf(p)
	if err != nil {
		return Solution{}, err
	}
	s := Solution{Bonus: bonus, Pairs: slices.Clone(pairs), Prices: prices}
	if err := checkPairs(p, s); err != nil {
		return Solution{}, err
	}
	s.tidy(p, nil)
	if err := s.bound(p, prices); err != nil {
		return Solution{}, err
	}
	return s, check(p, s)
}

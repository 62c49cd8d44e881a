package assign

import (
	"fmt"
	"math"
)

// validate reports the first thing that is wrong with p.
func validate(p Problem) error {
	if p.Cover > CoverBoth {
		return fmt.Errorf("%w: unknown cover %d", ErrInput, p.Cover)
	}
	if err := p.Edges.validate(len(p.Left), len(p.Right)); err != nil {
		return err
	}
	if err := validateNodes("left", p.Left); err != nil {
		return err
	}
	return validateNodes("right", p.Right)
}

func validateNodes(side string, nodes []Node) error {
	for x, n := range nodes {
		if n.Capacity < 0 || n.Capacity > MaxCapacity {
			return fmt.Errorf("%w: %s node %d: capacity %d is outside 0..%d", ErrInput, side, x, n.Capacity, MaxCapacity)
		}
		if n.Minimum < 0 {
			return fmt.Errorf("%w: %s node %d: minimum %d is negative", ErrInput, side, x, n.Minimum)
		}
	}
	return nil
}

// pathLimit bounds the score of any path, so that distances and prices, which
// are sums and differences of a few of them, stay well below far. coverLimit
// bounds the sum of all bonuses.
const (
	pathLimit  = math.MaxInt64 / 64
	coverLimit = math.MaxInt64 / 4
)

// bonusOf returns the bonus of a served id: 0 without cover, and otherwise one
// more than the difference between any two total scores can be. It refuses
// problems whose totals could leave 64 bits.
func bonusOf(p Problem) (int64, error) {
	nodes := int64(len(p.Left) + len(p.Right) + 2)
	wide := int64(0)
	for _, w := range p.Edges.Score {
		wide = max(wide, int64(w), -int64(w))
	}
	if wide > pathLimit/nodes {
		return 0, fmt.Errorf("%w: scores up to %d over %d nodes; scale the scores down", ErrTooLarge, wide, nodes)
	}
	if p.Cover == CoverNone {
		return 0, nil
	}
	bonus := max(spread(p)+1, p.leastBonus)
	if bonus > coverLimit/nodes {
		return 0, fmt.Errorf("%w: a cover rule over %d nodes needs scores of a smaller range (total %d); scale the scores down or drop the cover rule",
			ErrTooLarge, nodes, bonus-1)
	}
	return bonus, nil
}

// spread bounds the difference between the total scores of any two
// assignments: each left node is taken to fill every place it has edges for
// with its best positive score in the one, with its worst negative score in
// the other. At most 2^31 edges of 10^9 keep it inside an int64.
func spread(p Problem) int64 {
	best := make([]int64, len(p.Left))
	worst := make([]int64, len(p.Left))
	degree := make([]int, len(p.Left))
	for _, e := range p.Edges.All() {
		best[e.Left] = max(best[e.Left], e.Score)
		worst[e.Left] = min(worst[e.Left], e.Score)
		degree[e.Left]++
	}
	total := int64(0)
	for i, n := range p.Left {
		total += int64(min(n.Capacity, degree[i])) * (best[i] - worst[i])
	}
	return total
}

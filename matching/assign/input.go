package assign

import (
	"fmt"
	"math"
	"slices"
)

// validate reports the first thing that is wrong with p, and otherwise returns
// the positions of the edges in ascending order of (Left, Right).
func validate(p Problem) ([]int32, error) {
	if p.Cover > CoverBoth {
		return nil, fmt.Errorf("%w: unknown cover %d", ErrInput, p.Cover)
	}
	if max(len(p.Left), len(p.Right), len(p.Edges)) >= math.MaxInt32 || len(p.Left)+len(p.Right) >= math.MaxInt32 {
		return nil, fmt.Errorf("%w: more than %d nodes or edges; split the problem", ErrTooLarge, math.MaxInt32-1)
	}
	if err := validateNodes("left", p.Left); err != nil {
		return nil, err
	}
	if err := validateNodes("right", p.Right); err != nil {
		return nil, err
	}
	for x, e := range p.Edges {
		switch {
		case e.Left < 0 || e.Left >= len(p.Left):
			return nil, fmt.Errorf("%w: edge %d: there is no left node %d", ErrInput, x, e.Left)
		case e.Right < 0 || e.Right >= len(p.Right):
			return nil, fmt.Errorf("%w: edge %d: there is no right node %d", ErrInput, x, e.Right)
		case e.Score > MaxScore || e.Score < -MaxScore:
			return nil, fmt.Errorf("%w: edge %d: score %d is outside -%d..%d", ErrInput, x, e.Score, MaxScore, MaxScore)
		}
	}
	return orderEdges(p)
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

// orderEdges sorts the positions of the edges by (Left, Right) and refuses a
// pair given twice. Edges that come sorted cost one pass.
func orderEdges(p Problem) ([]int32, error) {
	order := make([]int32, len(p.Edges))
	for x := range order {
		order[x] = int32(x)
	}
	compare := func(a, b int32) int {
		x, y := p.Edges[a], p.Edges[b]
		if x.Left != y.Left {
			return x.Left - y.Left
		}
		return x.Right - y.Right
	}
	if !slices.IsSortedFunc(order, compare) {
		order = sortBy(order, len(p.Right), func(x int32) int { return p.Edges[x].Right })
		order = sortBy(order, len(p.Left), func(x int32) int { return p.Edges[x].Left })
	}
	for k := 1; k < len(order); k++ {
		if a, b := order[k-1], order[k]; compare(a, b) == 0 {
			e := p.Edges[a]
			return nil, fmt.Errorf("%w: edges %d and %d are the same pair (left %d, right %d)", ErrInput, a, b, e.Left, e.Right)
		}
	}
	return order, nil
}

// sortBy is a stable counting sort of list by a key in 0..size-1.
func sortBy(list []int32, size int, key func(int32) int) []int32 {
	next := make([]int32, size+1)
	for _, x := range list {
		next[key(x)+1]++
	}
	for k := range size {
		next[k+1] += next[k]
	}
	out := make([]int32, len(list))
	for _, x := range list {
		k := key(x)
		out[next[k]] = x
		next[k]++
	}
	return out
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
	for _, e := range p.Edges {
		wide = max(wide, e.Score, -e.Score)
	}
	if wide > pathLimit/nodes {
		return 0, fmt.Errorf("%w: scores up to %d over %d nodes; scale the scores down", ErrTooLarge, wide, nodes)
	}
	if p.Cover == CoverNone {
		return 0, nil
	}
	bonus := spread(p) + 1
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
	for _, e := range p.Edges {
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

package assign

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"
)

// Edge is a candidate pair of the left node Left and the right node Right,
// both positions in Problem.Left and Problem.Right. Score is what the pair adds
// to the total and may be negative. A Must edge is in every solution.
type Edge struct {
	Left, Right int
	Score       int64
	Must        bool
}

// Edges are the candidate pairs of a problem, by left node: those of node i
// are at positions First[i] to First[i+1]-1, by ascending right node, each
// once. A pair that is not there is forbidden. They take eight bytes each.
type Edges struct {
	First []int32 // one more than left nodes
	Right []int32
	Score []int32
	Must  []int32 // positions of the edges that are in every solution, ascending
}

// NewEdges arranges a list in any order. Errors wrap [ErrInput], for a node
// that is not there, a pair given twice and a score out of range, and name the
// place in the list; or [ErrTooLarge].
func NewEdges(left, right int, list []Edge) (Edges, error) {
	if max(left, right, len(list)) >= math.MaxInt32 {
		return Edges{}, fmt.Errorf("%w: more than %d nodes or edges; split the problem", ErrTooLarge, math.MaxInt32-1)
	}
	order := make([]int32, len(list))
	for x, e := range list {
		order[x] = int32(x)
		switch {
		case e.Left < 0 || e.Left >= left:
			return Edges{}, fmt.Errorf("%w: edge %d: there is no left node %d", ErrInput, x, e.Left)
		case e.Right < 0 || e.Right >= right:
			return Edges{}, fmt.Errorf("%w: edge %d: there is no right node %d", ErrInput, x, e.Right)
		case e.Score > MaxScore || e.Score < -MaxScore:
			return Edges{}, fmt.Errorf("%w: edge %d: score %d is outside -%d..%d", ErrInput, x, e.Score, MaxScore, MaxScore)
		}
	}
	compare := func(a, b int32) int {
		return cmp.Or(cmp.Compare(list[a].Left, list[b].Left), cmp.Compare(list[a].Right, list[b].Right))
	}
	if !slices.IsSortedFunc(order, compare) {
		slices.SortStableFunc(order, compare)
	}
	out := Edges{First: make([]int32, 0, left+1), Right: make([]int32, len(list)), Score: make([]int32, len(list))}
	for x, at := range order {
		e := list[at]
		if x > 0 && compare(order[x-1], at) == 0 {
			return Edges{}, fmt.Errorf("%w: edges %d and %d are the same pair (left %d, right %d)", ErrInput, order[x-1], at, e.Left, e.Right)
		}
		for len(out.First) <= e.Left {
			out.First = append(out.First, int32(x))
		}
		out.Right[x], out.Score[x] = int32(e.Right), int32(e.Score)
		if e.Must {
			out.Must = append(out.Must, int32(x))
		}
	}
	for len(out.First) <= left {
		out.First = append(out.First, int32(len(list)))
	}
	return out, nil
}

// Len is how many edges there are.
func (s Edges) Len() int { return len(s.Right) }

// Of gives the positions of the edges of a left node: from, and up to but not
// with to.
func (s Edges) Of(left int) (from, to int) { return int(s.First[left]), int(s.First[left+1]) }

// At is the edge at a position. It costs a search for its left node; [Edges.All]
// does not.
func (s Edges) At(x int) Edge {
	left, _ := slices.BinarySearch(s.First, int32(x+1))
	_, must := slices.BinarySearch(s.Must, int32(x))
	return Edge{left - 1, int(s.Right[x]), int64(s.Score[x]), must}
}

// All goes through the edges with their positions, ascending.
func (s Edges) All() iter.Seq2[int, Edge] {
	return func(yield func(int, Edge) bool) {
		must := s.Must
		for left := range max(1, len(s.First)) - 1 {
			for x := s.First[left]; x < s.First[left+1]; x++ {
				e := Edge{Left: left, Right: int(s.Right[x]), Score: int64(s.Score[x])}
				if len(must) > 0 && must[0] == x {
					e.Must, must = true, must[1:]
				}
				if !yield(int(x), e) {
					return
				}
			}
		}
	}
}

// validate says what is wrong with edges between so many nodes.
func (s Edges) validate(left, right int) error {
	n := len(s.Right)
	switch {
	case max(left, right, n) >= math.MaxInt32 || left+right >= math.MaxInt32:
		return fmt.Errorf("%w: more than %d nodes or edges; split the problem", ErrTooLarge, math.MaxInt32-1)
	case n == 0 && len(s.First) == 0 && len(s.Score) == 0 && len(s.Must) == 0:
		return nil
	case len(s.Score) != n:
		return fmt.Errorf("%w: %d scores for %d edges", ErrInput, len(s.Score), n)
	case len(s.First) != left+1 || s.First[0] != 0 || int(s.First[left]) != n || !slices.IsSorted(s.First):
		return fmt.Errorf("%w: the edges are not divided among %d left nodes", ErrInput, left)
	}
	for i := range left {
		before := int32(-1)
		for x := s.First[i]; x < s.First[i+1]; x++ {
			switch j, w := s.Right[x], s.Score[x]; {
			case j < 0 || int(j) >= right:
				return fmt.Errorf("%w: edge %d: there is no right node %d", ErrInput, x, j)
			case j <= before:
				return fmt.Errorf("%w: edge %d: right node %d of left node %d comes twice or out of order", ErrInput, x, j, i)
			case w > MaxScore || w < -MaxScore:
				return fmt.Errorf("%w: edge %d: score %d is outside -%d..%d", ErrInput, x, w, MaxScore, MaxScore)
			default:
				before = j
			}
		}
	}
	for k, x := range s.Must {
		if x < 0 || int(x) >= n || k > 0 && x <= s.Must[k-1] {
			return fmt.Errorf("%w: must edge %d is not an edge, comes twice or out of order", ErrInput, x)
		}
	}
	return nil
}

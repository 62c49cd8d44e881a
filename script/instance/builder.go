package instance

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"puente/matching/assign"
)

// builder makes a problem mentee by mentee, in the form it is solved in.
type builder struct {
	problem assign.Problem
	row     int // edges of the mentee at hand
	last    []int32
	order   []edge
}

type edge struct{ right, score int32 }

func newBuilder(mentees, mentors, degree int, r *rand.Rand) *builder {
	b := &builder{last: make([]int32, mentors)}
	b.problem.Left, b.problem.Right = make([]assign.Node, mentees), make([]assign.Node, mentors)
	for i := range b.problem.Left {
		b.problem.Left[i].Capacity = 1
	}
	for j := range b.problem.Right {
		b.problem.Right[j].Capacity = capacity(r)
		b.last[j] = -1
	}
	e := &b.problem.Edges
	e.First = make([]int32, 1, mentees+1)
	e.Right = make([]int32, 0, mentees*min(degree, mentors))
	e.Score = make([]int32, 0, mentees*min(degree, mentors))
	return b
}

// add gives the mentee at hand an edge, unless it has it.
func (b *builder) add(mentor int, score func() int) {
	mentee := int32(len(b.problem.Edges.First) - 1)
	if b.last[mentor] == mentee {
		return
	}
	b.last[mentor] = mentee
	b.order = append(b.order, edge{int32(mentor), int32(score())})
	b.row++
}

// end goes on to the next mentee.
func (b *builder) end() {
	slices.SortFunc(b.order, func(x, y edge) int { return cmp.Compare(x.right, y.right) })
	e := &b.problem.Edges
	for _, x := range b.order {
		e.Right, e.Score = append(e.Right, x.right), append(e.Score, x.score)
	}
	e.First = append(e.First, int32(len(e.Right)))
	b.order, b.row = b.order[:0], 0
}

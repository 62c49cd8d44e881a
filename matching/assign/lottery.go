package assign

import (
	"context"
	"fmt"
	"slices"
)

// MaxPlans is the most plans that a lottery may have.
const MaxPlans = 64

// Lottery is a number of assignments of one problem, to be drawn from with equal
// chance, and the numbers that prove that no other lottery expects more.
type Lottery struct {
	// Plans holds for each plan the positions of its edges in Problem.Edges,
	// ascending. Must edges are in every plan, any other edge in one at most.
	Plans [][]int
	// Prices holds one dual price per right node, in units of the score: what one
	// more place there would add to the expected score, at the margin.
	Prices []int64
	// Score is the sum of the scores of all plans: the expected score times the
	// number of plans.
	Score int64
}

// SolveLottery returns so many assignments that each keeps every capacity,
// minimum and must edge, that no edge is in two of them unless it is a must edge,
// and that their scores add up to the most possible. So when one is drawn, each
// with the same chance, the expected score is the highest of all lotteries in
// which no pair that is not a must edge has a chance of more than one in plans.
// The plans differ by at most one in how many edges they have. An edge whose
// score is zero or less is used only where a minimum asks for it.
//
// The result depends on nothing but the problem and the number.
//
// Errors: ErrInput for a number outside 2..MaxPlans and for a cover rule, which a
// lottery does not have; otherwise those of Solve. *Infeasible may name
// minimums that one assignment could keep: a minimum of n takes n times plans
// edges here, must edges counting in every plan. They are given and not named,
// unless they are impossible without a lottery too. The cost is that of one Solve with every
// capacity times plans, and of dealing its edges to the plans, see dealer.
func SolveLottery(ctx context.Context, p Problem, plans int) (Lottery, error) {
	if plans < 2 || plans > MaxPlans {
		return Lottery{}, fmt.Errorf("%w: a lottery of %d plans is outside 2..%d", ErrInput, plans, MaxPlans)
	}
	if p.Cover != CoverNone {
		return Lottery{}, fmt.Errorf("%w: a lottery has no cover rule", ErrInput)
	}
	if err := validate(p); err != nil {
		return Lottery{}, err
	}
	if err := feasible(ctx, p); err != nil {
		return Lottery{}, err
	}
	folded, from := fold(p, plans)
	s, err := Solve(ctx, folded)
	if err != nil {
		return Lottery{}, err
	}
	out := Lottery{Plans: make([][]int, plans), Prices: s.Prices, Score: s.Score}
	for n, plan := range deal(folded, s.Pairs, plans) {
		for _, x := range plan {
			out.Plans[n] = append(out.Plans[n], int(from[x]))
		}
		for _, x := range p.Edges.Must {
			out.Plans[n] = append(out.Plans[n], int(x))
			out.Score += int64(p.Edges.Score[x])
		}
		slices.Sort(out.Plans[n])
	}
	return out, nil
}

// fold is the problem of all plans together: without the must edges and the
// places they take, every capacity and minimum times plans. A capacity stops at
// the edges that are there. It tells which edge of p each edge is.
func fold(p Problem, plans int) (out Problem, from []int32) {
	free := p.Edges.Len() - len(p.Edges.Must)
	out = Problem{Left: slices.Clone(p.Left), Right: slices.Clone(p.Right)}
	out.Edges = Edges{First: make([]int32, 1, len(p.Left)+1), Right: make([]int32, 0, free), Score: make([]int32, 0, free)}
	from = make([]int32, 0, free)
	degree := usage{make([]int, len(p.Left)), make([]int, len(p.Right))}
	for x, e := range p.Edges.All() {
		if e.Must {
			for _, n := range []*Node{&out.Left[e.Left], &out.Right[e.Right]} {
				n.Capacity--
				n.Minimum = max(0, n.Minimum-1)
			}
			continue
		}
		for len(out.Edges.First) <= e.Left {
			out.Edges.First = append(out.Edges.First, int32(len(from)))
		}
		out.Edges.Right = append(out.Edges.Right, int32(e.Right))
		out.Edges.Score = append(out.Edges.Score, int32(e.Score))
		from = append(from, int32(x))
		degree.count(e, +1)
	}
	for len(out.Edges.First) <= len(p.Left) {
		out.Edges.First = append(out.Edges.First, int32(len(from)))
	}
	times := func(nodes []Node, degree []int) {
		for i := range nodes {
			nodes[i].Capacity = min(MaxCapacity, plans*nodes[i].Capacity, degree[i])
			nodes[i].Minimum *= plans
		}
	}
	times(out.Left, degree.left)
	times(out.Right, degree.right)
	return out, from
}

// deal divides edges into plans such that each node has its share of edges in
// each plan, rounded down or up, and the plans have about as many edges.
//
// The edges of a node are grouped into units of plans edges each, and one unit
// of the rest. An edge then joins two units, and the plans are colours of which
// no two edges of a unit have the same: in a bipartite graph where no unit has
// more edges than there are colours, such colours exist (Koenig 1916). A whole
// unit has each colour once, so a node of d edges has floor(d/plans) or one more
// of each (de Werra 1971). That is between minimum and capacity as soon as d is
// between plans times minimum and plans times capacity.
func deal(p Problem, edges []int, plans int) [][]int {
	d := newDealer(p, edges, plans)
	for x := range edges {
		d.put(int32(x))
	}
	d.level()
	out := make([][]int, plans)
	for x, plan := range d.plan {
		out[plan] = append(out[plan], edges[x])
	}
	return out
}

package assign_test

import (
	"context"
	"errors"
	"fmt"

	"puente/matching/assign"
)

// Three mentees and two mentors, of whom the first has two places.
func ExampleSolve() {
	p := assign.Problem{
		Left:  []assign.Node{{Capacity: 1}, {Capacity: 1}, {Capacity: 1}},
		Right: []assign.Node{{Capacity: 2}, {Capacity: 1}},
	}
	p.Edges, _ = assign.NewEdges(len(p.Left), len(p.Right), []assign.Edge{
		{Left: 0, Right: 0, Score: 70},
		{Left: 0, Right: 1, Score: 60},
		{Left: 1, Right: 0, Score: 50},
		{Left: 1, Right: 1, Score: 10},
		{Left: 2, Right: 0, Score: 40},
	})
	s, err := assign.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, x := range s.Pairs {
		e := p.Edges.At(x)
		fmt.Println("left", e.Left, "right", e.Right, "score", e.Score)
	}
	fmt.Println("total", s.Score, "prices", s.Prices)
	// Output:
	// left 0 right 1 score 60
	// left 1 right 0 score 50
	// left 2 right 0 score 40
	// total 150 prices [10 0]
}

// Everybody must be served, but two of the three have the same one place.
func ExampleInfeasible() {
	p := assign.Problem{
		Left:  []assign.Node{{Capacity: 1, Minimum: 1}, {Capacity: 1, Minimum: 1}, {Capacity: 1, Minimum: 1}},
		Right: []assign.Node{{Capacity: 1}, {Capacity: 1}},
	}
	p.Edges, _ = assign.NewEdges(len(p.Left), len(p.Right), []assign.Edge{
		{Left: 0, Right: 0, Score: 5}, {Left: 1, Right: 1, Score: 5}, {Left: 2, Right: 1, Score: 9},
	})
	_, err := assign.Solve(context.Background(), p)
	var clash *assign.Infeasible
	fmt.Println(errors.As(err, &clash))
	fmt.Println(err)
	// Output:
	// true
	// assign: no feasible assignment: these rules clash: the minimum of left node 1, 2
}

// A result can be checked by itself, for example after it was stored.
func ExampleCheck() {
	p := assign.Problem{
		Left:  []assign.Node{{Capacity: 1}, {Capacity: 1}},
		Right: []assign.Node{{Capacity: 1}},
	}
	p.Edges, _ = assign.NewEdges(len(p.Left), len(p.Right), []assign.Edge{
		{Left: 0, Right: 0, Score: 5}, {Left: 1, Right: 0, Score: 3},
	})
	worse := assign.Solution{Pairs: []int{1}, Prices: []int64{3}, Score: 3, Served: [2]int{1, 1}}
	fmt.Println(assign.Check(p, worse))
	// Output:
	// assign: not proven: the total is 3 and the prices only bound it by 5
}

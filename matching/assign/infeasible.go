package assign

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Infeasible is the error for rules that cannot all be kept: the minimums of
// the nodes Left and Right and the Must edges, each list ascending. The group
// is irreducible: together with the capacities and the edges there are, it
// cannot be kept, and leaving out any one of its minimums, or making any one
// of its must edges a plain edge, makes what remains of the group possible.
// A problem with several independent clashes reports one of them.
type Infeasible struct {
	Left, Right []int // node positions
	Must        []int // edge positions
}

// Error names the group, long lists in part.
func (f *Infeasible) Error() string {
	var parts []string
	for _, x := range []struct {
		what string
		list []int
	}{{"the minimum of left node", f.Left}, {"the minimum of right node", f.Right}, {"must edge", f.Must}} {
		if len(x.list) > 0 {
			parts = append(parts, x.what+" "+enumerate(x.list))
		}
	}
	return "assign: no feasible assignment: these rules clash: " + strings.Join(parts, "; ")
}

func enumerate(list []int) string {
	const most = 10
	text := strings.Trim(fmt.Sprint(list[:min(most, len(list))]), "[]")
	text = strings.ReplaceAll(text, " ", ", ")
	if len(list) > most {
		text += fmt.Sprintf(" and %d more", len(list)-most)
	}
	return text
}

// feasible returns an *Infeasible when the rules of p clash, and otherwise nil
// or the error of the context.
//
// The must edges are tried against the capacities first. With them taken out,
// the minimums of the two sides can be tried apart: if there is a way to keep
// those of the left and a way to keep those of the right, there is one that
// keeps both (the linking theorem).
func feasible(ctx context.Context, p Problem) error {
	if f := crowdedMust(p); f != nil {
		return f
	}
	asks := func(n Node) bool { return n.Minimum > 0 }
	if !slices.ContainsFunc(p.Left, asks) && !slices.ContainsFunc(p.Right, asks) {
		return nil
	}
	if f := singleMinimum(p); f != nil {
		return f
	}
	for side, nodes := range [][]Node{p.Left, p.Right} {
		if !slices.ContainsFunc(nodes, asks) {
			continue
		}
		swap := side == 1
		c := newClaims(p, swap)
		if err := c.shrink(ctx); err != nil {
			return err
		}
		if c.missing > 0 {
			return c.group(swap)
		}
	}
	return nil
}

// crowdedMust finds more must edges at a node than its capacity. Nodes that
// take nothing come first, as one edge is then the whole clash.
func crowdedMust(p Problem) *Infeasible {
	if len(p.Edges.Must) == 0 {
		return nil
	}
	left, right := make([][]int, len(p.Left)), make([][]int, len(p.Right))
	var crowd []int
	for _, at := range p.Edges.Must {
		x, e := int(at), p.Edges.At(int(at))
		if p.Left[e.Left].Capacity == 0 || p.Right[e.Right].Capacity == 0 {
			return &Infeasible{Must: []int{x}}
		}
		left[e.Left] = append(left[e.Left], x)
		right[e.Right] = append(right[e.Right], x)
		switch {
		case crowd != nil:
		case len(left[e.Left]) > p.Left[e.Left].Capacity:
			crowd = left[e.Left]
		case len(right[e.Right]) > p.Right[e.Right].Capacity:
			crowd = right[e.Right]
		}
	}
	if crowd == nil {
		return nil
	}
	slices.Sort(crowd)
	return &Infeasible{Must: crowd}
}

// singleMinimum finds a node that cannot keep its minimum even alone.
func singleMinimum(p Problem) *Infeasible {
	degree := make([]int, len(p.Right))
	for _, j := range p.Edges.Right {
		degree[j]++
	}
	for i, n := range p.Left {
		from, to := 0, 0
		if p.Edges.Len() > 0 {
			from, to = p.Edges.Of(i)
		}
		if n.Minimum > min(n.Capacity, to-from) {
			return &Infeasible{Left: []int{i}}
		}
	}
	for j, n := range p.Right {
		if n.Minimum > min(n.Capacity, degree[j]) {
			return &Infeasible{Right: []int{j}}
		}
	}
	return nil
}

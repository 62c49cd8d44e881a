package assign

import (
	"fmt"
	"slices"
)

// CheckBalance proves that b is a balanced assignment of p or says why it is
// not one, from p and b alone.
//
// It goes through the aims in their order. A unit of the flow costs at an aim
// what the aim counts; the potentials of the aim change the cost of every single
// arc and of no whole flow. So an arc that costs more than zero with them
// carries as little as it may in every best flow, one that costs less than zero
// as much, if that is so in this one; and those that do so are all best flows.
// Such arcs are fixed for the aims after it. An aim without potentials is proven
// when no free pair has its score.
//
// Cost: O(E log E) time and one look at the edges of each listed node.
func CheckBalance(p Problem, b Balance) error {
	if err := validate(p); err != nil {
		return err
	}
	chosen, last := make([]bool, p.Edges.Len()), -1
	for _, x := range b.Pairs {
		if x <= last || x >= len(chosen) {
			return fmt.Errorf("assign: pair %d is not an edge, given twice or out of order", x)
		}
		chosen[x], last = true, x
	}
	for _, x := range p.Edges.Must {
		if !chosen[x] {
			return fmt.Errorf("assign: must edge %d is missing", x)
		}
	}
	u := usageOf(p, b.Pairs)
	if err := checkNodes("left", p.Left, u.left); err != nil {
		return err
	}
	if err := checkNodes("right", p.Right, u.right); err != nil {
		return err
	}
	return newReplay(p, chosen, u).run(b.Levels)
}

// replay is what the levels so far leave free.
type replay struct {
	p          Problem
	from       []int32
	chosen     []bool
	fixed      []bool // by edge
	byRight    [][]int32
	load       [2][]int
	first      []bool // by left node: whether its first pair is free, and its others
	more       []bool
	last       []bool   // by right node: whether its pairs are free in number
	least      [2][]int // by node: its minimum or must edges, what there is more of
	most       [2][]int // by node: its places; of a left node no more than its edges
	potentials [2][]int32
	hub        int32
	aim        Aim
	score      int32
}

func newReplay(p Problem, chosen []bool, u usage) *replay {
	r := &replay{
		p: p, from: make([]int32, len(chosen)), chosen: chosen, fixed: make([]bool, len(chosen)), byRight: make([][]int32, len(p.Right)),
		load: [2][]int{u.left, u.right}, first: make([]bool, len(p.Left)), more: make([]bool, len(p.Left)), last: make([]bool, len(p.Right)),
		least: [2][]int{make([]int, len(p.Left)), make([]int, len(p.Right))}, potentials: [2][]int32{make([]int32, len(p.Left)), make([]int32, len(p.Right))},
	}
	for x, e := range p.Edges.All() {
		r.from[x], r.fixed[x] = int32(e.Left), e.Must
		r.byRight[e.Right] = append(r.byRight[e.Right], int32(x))
		if e.Must {
			r.least[0][e.Left]++
			r.least[1][e.Right]++
		}
	}
	for i, n := range p.Left {
		from, to := p.Edges.Of(i)
		least, most := max(r.least[0][i], n.Minimum), min(n.Capacity, to-from)
		r.least[0][i], r.most[0] = least, append(r.most[0], most)
		r.first[i], r.more[i] = most > 0 && least == 0, most > max(1, least)
	}
	for j, n := range p.Right {
		r.most[1] = append(r.most[1], n.Capacity)
		r.least[1][j], r.last[j] = max(r.least[1][j], n.Minimum), true
	}
	return r
}

func (r *replay) run(levels []Level) error {
	var order []int32
	for x, fixed := range r.fixed {
		if !fixed {
			order = append(order, int32(x))
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return int(r.p.Edges.Score[a]) - int(r.p.Edges.Score[b]) })
	for _, aim := range []Aim{AimServed, AimPairs} {
		r.aim = aim
		if err := r.level(&levels, nil); err != nil {
			return err
		}
	}
	r.aim = AimScore
	for len(order) > 0 {
		n := 1
		r.score = r.p.Edges.Score[order[0]]
		for n < len(order) && r.p.Edges.Score[order[n]] == r.score {
			n++
		}
		if n < len(order) {
			if err := r.level(&levels, order[:n]); err != nil {
				return err
			}
		}
		order = order[n:]
	}
	if len(levels) > 0 {
		return fmt.Errorf("assign: level of aim %d and score %d is out of order or has no aim", levels[0].Aim, levels[0].Score)
	}
	return nil
}

// level checks one aim with its potentials, if it has any, and takes them off
// the levels that are left. edges are those of the aim's score.
func (r *replay) level(levels *[]Level, edges []int32) error {
	var l Level
	if all := *levels; len(all) > 0 && all[0].Aim == r.aim && (r.aim != AimScore || all[0].Score == r.score) {
		l, *levels = all[0], all[1:]
	}
	if err := r.set(l); err != nil {
		return err
	}
	for _, q := range l.Left {
		for x := r.p.Edges.First[q.Node]; x < r.p.Edges.First[q.Node+1]; x++ {
			if err := r.edge(x); err != nil {
				return err
			}
		}
	}
	for _, q := range l.Right {
		for _, x := range r.byRight[q.Node] {
			if err := r.edge(x); err != nil {
				return err
			}
		}
	}
	for _, x := range edges {
		if err := r.edge(x); err != nil {
			return err
		}
	}
	if err := r.nodes(l); err != nil {
		return err
	}
	for side, list := range [2][]Potential{l.Left, l.Right} {
		for _, q := range list {
			r.potentials[side][q.Node] = 0
		}
	}
	r.hub = 0
	return nil
}

func (r *replay) set(l Level) error {
	r.hub = l.Hub
	for side, list := range [2][]Potential{l.Left, l.Right} {
		before := int32(-1)
		for _, q := range list {
			if q.Node <= before || int(q.Node) >= len(r.potentials[side]) || q.Value == 0 {
				return fmt.Errorf("assign: a potential of node %d is out of order, of no node, or 0", q.Node)
			}
			r.potentials[side][q.Node], before = q.Value, q.Node
		}
	}
	return nil
}

// nodes checks the units of the nodes whose potential differs from the hub's,
// or counts.
func (r *replay) nodes(l Level) error {
	if l.Hub != 0 || r.aim != AimScore {
		for i := range r.p.Left {
			if err := r.left(int32(i)); err != nil {
				return err
			}
		}
		for j := range r.p.Right {
			if err := r.right(int32(j)); err != nil {
				return err
			}
		}
		return nil
	}
	for _, q := range l.Left {
		if err := r.left(q.Node); err != nil {
			return err
		}
	}
	for _, q := range l.Right {
		if err := r.right(q.Node); err != nil {
			return err
		}
	}
	return nil
}

// decide checks a free arc that carries load between least and most at a
// reduced cost, and tells whether that leaves it free.
func decide(cost int32, load, least, most int) (free bool, err error) {
	switch {
	case cost > 0 && load > least:
		return false, fmt.Errorf("carries %d at a reduced cost of %d; %d would do", load, cost, least)
	case cost < 0 && load < most:
		return false, fmt.Errorf("carries %d at a reduced cost of %d; %d were possible", load, cost, most)
	}
	return cost == 0, nil
}

func (r *replay) edge(x int32) error {
	if r.fixed[x] {
		return nil
	}
	cost := r.potentials[0][r.from[x]] - r.potentials[1][r.p.Edges.Right[x]]
	if r.aim == AimScore && r.p.Edges.Score[x] == r.score {
		cost++
	}
	load := 0
	if r.chosen[x] {
		load = 1
	}
	free, err := decide(cost, load, 0, 1)
	if err != nil {
		return fmt.Errorf("assign: not balanced at aim %d, score %d: edge %d %w", r.aim, r.score, x, err)
	}
	r.fixed[x] = !free
	return nil
}

func (r *replay) left(i int32) (err error) {
	load := r.load[0][i]
	cost := r.hub - r.potentials[0][i]
	count := func(aim Aim) int32 {
		if r.aim == aim {
			return cost - 1
		}
		return cost
	}
	if r.first[i] {
		r.first[i], err = decide(count(AimServed), min(1, load), 0, 1)
	}
	if r.more[i] && err == nil {
		r.more[i], err = decide(count(AimPairs), max(0, load-1), max(0, r.least[0][i]-1), r.most[0][i]-1)
	}
	if err != nil {
		return fmt.Errorf("assign: not balanced at aim %d, score %d: left node %d %w", r.aim, r.score, i, err)
	}
	return nil
}

func (r *replay) right(j int32) (err error) {
	if !r.last[j] {
		return nil
	}
	r.last[j], err = decide(r.potentials[1][j]-r.hub, r.load[1][j], r.least[1][j], r.most[1][j])
	if err != nil {
		return fmt.Errorf("assign: not balanced at aim %d, score %d: right node %d %w", r.aim, r.score, j, err)
	}
	return nil
}

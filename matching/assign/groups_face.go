package assign

import (
	"cmp"
	"math"
	"slices"
)

// forest holds the groups of one side, each inside the smallest group that
// contains it.
type forest struct {
	rules  []int // largest group first
	parent []int // by rule: the rule around it, -1 for none
	inner  []int // by node: the innermost rule, -1 for none
}

// plant arranges the groups of both sides. A side is nil where they cross, and
// both are where a rule is no sum over nodes.
func (g *grouped) plant() {
	var sets [2]map[int][]int
	for side := range sets {
		sets[side] = map[int][]int{}
	}
	for k, group := range g.groups {
		side, members := g.asNodes(k)
		if group.Share || side < 0 {
			return
		}
		sets[side][k] = members
	}
	g.tree[0] = newForest(len(g.groups), len(g.p.Left), sets[0])
	g.tree[1] = newForest(len(g.groups), len(g.p.Right), sets[1])
}

// asNodes writes a group as nodes of a side, which is -1 if it is not all edges
// of some nodes. Nodes without edges are left out, as they do not matter.
func (g *grouped) asNodes(rule int) (side int, members []int) {
	degree := [2][]int{make([]int, len(g.p.Left)), make([]int, len(g.p.Right))}
	inside := [2][]int{make([]int, len(g.p.Left)), make([]int, len(g.p.Right))}
	for x, e := range g.p.Edges.All() {
		for side, node := range [...]int{e.Left, e.Right} {
			degree[side][node]++
			if g.classes[g.class[x]]>>rule&1 == 1 {
				inside[side][node]++
			}
		}
	}
	sides := []int{0, 1}
	if g.groups[rule].Of == RightNodes {
		sides = []int{1}
	}
	for _, side := range sides {
		members, whole := []int{}, true
		for x, n := range inside[side] {
			whole = whole && (n == 0 || n == degree[side][x])
			if n > 0 {
				members = append(members, x)
			}
		}
		if whole {
			return side, members
		}
	}
	return -1, nil
}

func newForest(rules, nodes int, sets map[int][]int) *forest {
	f := &forest{parent: make([]int, rules), inner: make([]int, nodes)}
	for k := range rules {
		if _, here := sets[k]; here {
			f.rules = append(f.rules, k)
		}
	}
	slices.SortStableFunc(f.rules, func(a, b int) int { return cmp.Compare(len(sets[b]), len(sets[a])) })
	for x := range f.inner {
		f.inner[x] = -1
	}
	for _, k := range f.rules {
		f.parent[k] = -1
		for i, x := range sets[k] {
			if i == 0 {
				f.parent[k] = f.inner[x]
			}
			if f.inner[x] != f.parent[k] {
				return nil
			}
		}
		for _, x := range sets[k] {
			f.inner[x] = k
		}
	}
	return f
}

// settle finds, among the assignments that are best at the multipliers of a
// point, one that keeps nested rules, and those with a multiplier exactly. If
// there is none, it gives a direction in which the bound falls instead.
func (g *grouped) settle(t *point) (pairs []int, direction []int64) {
	kept := make([]bool, len(g.groups))
	for k := range kept {
		kept[k] = true
	}
	return g.settleSome(t, kept)
}

// settleSome settles some of the rules. The best assignments at given prices
// are the ways to choose edges that keep each node's choice a best one: an edge
// worth more than the last one that a node takes is in, one worth less is out,
// those worth the same are free; how many a node takes lies between bounds.
// With the groups as further nodes that is a circulation with bounds, and it
// starts from the one that the solver found.
func (g *grouped) settleSome(t *point, kept []bool) (pairs []int, direction []int64) {
	f := newFace(g, t)
	for i := range g.p.Left {
		f.left(i)
	}
	for j := range g.p.Right {
		f.right(j)
	}
	for k := range g.groups {
		f.rule(k, kept[k])
	}
	if !f.flow.balance() {
		return nil, f.cut()
	}
	for a, x := range f.edge {
		if x >= 0 {
			f.chosen[x] = f.flow.room[2*a+1] > 0
		}
	}
	for x, yes := range f.chosen {
		if yes {
			pairs = append(pairs, x)
		}
	}
	return pairs, nil
}

// face is the network of the assignments that are best at a point. Its nodes
// are the hub, the rules, the left and the right nodes. The pairs of a left node
// come from the innermost rule it is in, those of a rule from the rule around
// it, and at last from the hub; those of right nodes go back likewise.
type face struct {
	*grouped
	at     *point
	flow   *circulation
	chosen []bool
	u      usage
	nodes  [2][]freeNode
	worth  []int64    // by class: what the multipliers add
	edge   []int      // by pair of arcs: the edge it stands for, or -1
	ends   [][2]int32 // by rule
	lowest []int      // by rule: the fewest pairs its group may have
	list   []offer
}

type offer struct {
	edge  int
	value int64
}

func newFace(g *grouped, t *point) *face {
	f := &face{
		grouped: g, at: t, flow: newCirculation(1 + len(g.groups) + len(g.p.Left) + len(g.p.Right)),
		chosen: make([]bool, g.p.Edges.Len()), worth: g.worth(t.at), ends: make([][2]int32, len(g.groups)), lowest: make([]int, len(g.groups)),
	}
	for _, x := range t.Pairs {
		f.chosen[x] = true
	}
	f.u = usageOf(g.p, t.Pairs)
	f.nodes = [2][]freeNode{freeNodes(g.p.Left, g.p.Cover.left(), t.Bonus), freeNodes(g.p.Right, g.p.Cover.right(), t.Bonus)}
	for _, x := range g.p.Edges.Must {
		e := g.p.Edges.At(int(x))
		f.nodes[0][e.Left].force()
		f.nodes[1][e.Right].force()
	}
	return f
}

func ruleNode(k int) int32            { return int32(k + 1) } // the hub for -1
func (f *face) leftNode(i int) int32  { return ruleNode(len(f.groups) + i) }
func (f *face) rightNode(j int) int32 { return f.leftNode(len(f.p.Left) + j) }
func (f *face) forced(side, node int) int {
	return f.p.nodes(side)[node].Capacity - f.nodes[side][node].high
}

func (p Problem) nodes(side int) []Node { return [...][]Node{p.Left, p.Right}[side] }

// add adds an arc, for an edge unless it is -1.
func (f *face) add(from, to int32, bounds [2]int, carried, edge int) {
	if f.flow.add(from, to, bounds, carried) {
		f.edge = append(f.edge, edge)
	}
}

// left adds what a left node may do: how many edges it takes, and which of them
// are free.
func (f *face) left(i int) {
	f.list = f.list[:0]
	from, to := f.p.Edges.Of(i)
	for x := from; x < to; x++ {
		if _, must := slices.BinarySearch(f.p.Edges.Must, int32(x)); !must {
			value := int64(f.p.Edges.Score[x])*f.scale + f.worth[f.class[x]] - f.at.Prices[f.p.Edges.Right[x]]
			f.list = append(f.list, offer{x, value})
		}
	}
	slices.SortFunc(f.list, func(a, b offer) int { return cmp.Compare(b.value, a.value) })
	n := f.nodes[0][i]
	takes := n.takes(len(f.list), func(k int) int64 { return f.list[k].value })
	if takes[1] > 0 {
		last := f.list[max(takes[0], 1)-1].value
		if takes[0] < takes[1] {
			last = f.list[takes[0]].value
		}
		for _, o := range f.list {
			if o.value == last {
				carried := 0
				if f.chosen[o.edge] {
					carried = 1
				}
				f.add(f.leftNode(i), f.rightNode(int(f.p.Edges.Right[o.edge])), [2]int{0, 1}, carried, o.edge)
			}
		}
	}
	held := f.forced(0, i)
	f.add(ruleNode(f.tree[0].inner[i]), f.leftNode(i), [2]int{takes[0] + held, takes[1] + held}, f.u.left[i], -1)
}

// right adds how many pairs a right node may have.
func (f *face) right(j int) {
	n := f.nodes[1][j]
	takes := n.takes(n.high, func(int) int64 { return f.at.Prices[j] })
	held := f.forced(1, j)
	f.add(f.rightNode(j), ruleNode(f.tree[1].inner[j]), [2]int{takes[0] + held, takes[1] + held}, f.u.right[j], -1)
}

// rule adds how many pairs a group may have: all that its rule allows, and
// exactly what it asks for where a multiplier counts them.
func (f *face) rule(k int, kept bool) {
	amount, bounds := f.groups[k].Amount, [2]int{0, math.MaxInt32}
	switch {
	case !kept:
	case f.at.at[k] > 0:
		bounds = [2]int{amount, amount}
	case f.groups[k].Most:
		bounds[1] = amount
	default:
		bounds[0] = amount
	}
	f.lowest[k] = bounds[0]
	carried := f.at.slack[k] + f.weights[k][2]
	if f.groups[k].Most {
		carried = -carried
	}
	node := ruleNode(k)
	if slices.Contains(f.tree[0].rules, k) {
		f.ends[k] = [2]int32{ruleNode(f.tree[0].parent[k]), node}
	} else {
		f.ends[k] = [2]int32{node, ruleNode(f.tree[1].parent[k])}
	}
	f.add(f.ends[k][0], f.ends[k][1], bounds, int(carried), -1)
}

// cut reads off the rules between the nodes that could still be reached and the
// others: more pairs must come in than may, or fewer go out.
func (f *face) cut() []int64 {
	direction := make([]int64, len(f.groups))
	for k, ends := range f.ends {
		from, to := f.flow.reached(ends[0]), f.flow.reached(ends[1])
		if from == to || to && f.lowest[k] == 0 {
			continue // no pairs at all is no rule's doing
		}
		direction[k] = -1
		if to != f.groups[k].Most {
			direction[k] = 1
		}
	}
	return direction
}

// takes is the least and the most that a node takes in a best choice, where
// value gives what each further one is worth, largest first, and there are so
// many.
func (n freeNode) takes(many int, value func(int) int64) (bounds [2]int) {
	worth := func(k int) int64 {
		if k == 0 {
			return value(k) + n.bonus
		}
		return value(k)
	}
	high := min(n.high, many)
	k := min(n.low, high)
	for k < high && worth(k) > 0 {
		k++
	}
	bounds[0] = k
	for k < high && worth(k) == 0 {
		k++
	}
	bounds[1] = k
	return bounds
}

// worth is what multipliers add to the edges of each class.
func (g *grouped) worth(at []int64) []int64 {
	out := make([]int64, len(g.classes))
	for k, m := range at {
		for c := range out {
			out[c] += m * g.weight(k, uint16(c))
		}
	}
	return out
}

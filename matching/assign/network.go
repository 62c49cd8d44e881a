package assign

// The network of the problem once the must edges are taken out: a hub, the
// left nodes and the right nodes, and one unit of flow per pair that runs
// hub -> left -> right -> hub. See the package documentation for the invariant
// that balance keeps.
type network struct {
	left, right int32 // counts; right node j is node left+j, the hub node left+right
	node        []node
	hub         int64 // potential of the hub
	extra       int64 // units the hub has received and not sent on

	off   []int32 // edges of left node i: off[i] .. off[i+1]
	edge  []edge  // ascending by left, then right
	tail  []int32 // left node of an edge
	place []int32 // where the edge stands in taken, -1 when it carries no unit
	first []int32 // taken edges of right node j: first[j] .. first[j]+load[j]
	load  []int32
	taken []int32

	bonus int64   // of a served id, whole
	score []int32 // of the edges, whole; those in edge may be scaled down
	top   int32   // largest score or, without sign, smallest

	near  []shortlist // per left node
	dist  []int64     // distances of the search under way, far when not labelled
	seen  []int32     // nodes labelled by it
	queue heap
	scans int   // nodes scanned by balance
	limit int64 // distance of the nearest node that lacks units; far when none is known
	walk  walk
}

// node is a left or right node. Its units are those between it and the hub:
// for a left node always its taken edges, for a right node what it may keep.
type node struct {
	low, high, units int32
	bonus            int64 // what the first unit earns
	pot              int64 // potential
}

// more is what one more unit at the node earns, less what the last one earns.
func (n *node) more() int64 {
	if n.units == 0 {
		return n.bonus
	}
	return 0
}

func (n *node) less() int64 {
	if n.units == 1 {
		return n.bonus
	}
	return 0
}

// edge is an edge without must. Scores fit 32 bits by the limit of the input.
type edge struct{ right, score int32 }

// newNetwork takes the must edges out: they use up capacity, count for the
// minimum and serve their ends.
func newNetwork(p Problem, bonus int64) *network {
	g := &network{left: int32(len(p.Left)), right: int32(len(p.Right))}
	nodes := len(p.Left) + len(p.Right)
	g.node = make([]node, nodes)
	left, right := g.node[:g.left], g.node[g.left:]
	setNodes(left, p.Left, bonus, p.Cover.left())
	setNodes(right, p.Right, bonus, p.Cover.right())

	g.off = make([]int32, g.left+1)
	g.first = make([]int32, g.right+1)
	g.edge = make([]edge, 0, p.Edges.Len())
	g.tail = make([]int32, 0, p.Edges.Len())
	for _, e := range p.Edges.All() {
		if e.Must {
			left[e.Left].force()
			right[e.Right].force()
			continue
		}
		g.off[e.Left+1]++
		g.first[e.Right+1]++
		g.edge = append(g.edge, edge{int32(e.Right), int32(e.Score)})
		g.tail = append(g.tail, int32(e.Left))
	}
	accumulate(g.off)
	accumulate(g.first)
	g.bonus = bonus
	g.score = make([]int32, len(g.edge))
	for e, x := range g.edge {
		g.score[e] = x.score
		g.top = max(g.top, x.score, -x.score)
	}
	g.load = make([]int32, g.right)
	g.taken = make([]int32, len(g.edge))
	g.place = make([]int32, len(g.edge))
	for e := range g.place {
		g.place[e] = -1
	}
	g.near = make([]shortlist, g.left)
	g.dist = make([]int64, nodes+1)
	for v := range g.dist {
		g.dist[v] = far
	}
	g.walk.init(nodes + 1)
	return g
}

func setNodes(nodes []node, from []Node, bonus int64, covered bool) {
	for x, n := range from {
		nodes[x] = node{low: int32(n.Minimum), high: int32(n.Capacity)}
		if covered {
			nodes[x].bonus = bonus
		}
	}
}

// force takes one must edge out of the node.
func (n *node) force() {
	n.low = max(0, n.low-1)
	n.high--
	n.bonus = 0
}

func accumulate(count []int32) {
	for k := 1; k < len(count); k++ {
		count[k] += count[k-1]
	}
}

// take lets an edge carry a unit, drop takes the unit off again.
func (g *network) take(e int32) {
	j := g.edge[e].right
	k := g.first[j] + g.load[j]
	g.taken[k], g.place[e] = e, k
	g.load[j]++
}

func (g *network) drop(e int32) {
	j := g.edge[e].right
	g.load[j]--
	last := g.taken[g.first[j]+g.load[j]]
	k := g.place[e]
	g.taken[k], g.place[last] = last, k
	g.place[e] = -1
	i := g.tail[e]
	g.near[i].bound = max(g.near[i].bound, g.worth(g.edge[e]))
}

// worth is the score of an edge less the potential of its right node.
func (g *network) worth(e edge) int64 {
	return int64(e.score) - g.node[g.left+e.right].pot
}

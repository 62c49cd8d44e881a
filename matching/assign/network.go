package assign

import "slices"

// The network of the problem once the must edges are taken out: a hub, the
// left nodes and the right nodes, and one unit of flow per pair that runs
// hub -> left -> right -> hub. See the package documentation for the invariant
// that balance keeps.
//
// The edges are those of the problem, read where they stand. Which of them
// carry a unit is kept at the nodes: every node has room for as many links as
// it can have pairs.
type network struct {
	left, right int32 // counts; right node j is node left+j, the hub node left+right
	node        []node
	pot         []int64 // potentials of the left nodes
	price       []int64 // of the right nodes, and one that nobody pays
	hub         int64   // potential of the hub
	extra       int64   // units the hub has received and not sent on

	first     []int32 // edges of left node i: first[i] .. first[i+1]
	to, score []int32
	top       int64 // largest score or, without sign, smallest

	room []int32 // links of node v: room[v] .. room[v]+load[v], and space up to room[v+1]
	load []int32
	link []link

	near  []shortlist // per left node
	dist  []int64     // distances of the search under way, far when not labelled
	seen  []int32     // nodes labelled by it
	queue heap
	limit int64 // distance of the nearest node that lacks units; far when none is known
	walk  walk
}

// node is a left or right node. Its units are those between it and the hub.
type node struct {
	low, high, units int32
	bonus            int64 // what the first unit earns
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

// link is an edge seen from one of its ends: the node at the other end, by its
// number on its side, and the score.
type link struct{ node, score int32 }

// newNetwork takes the must edges out: they use up capacity, count for the
// minimum and serve their ends. No node keeps more capacity than edges.
func newNetwork(p Problem, bonus int64) *network {
	g := &network{left: int32(len(p.Left)), right: int32(len(p.Right))}
	nodes := len(p.Left) + len(p.Right)
	g.node = make([]node, nodes)
	g.setNodes(p.Left, 0, bonus, p.Cover.left())
	g.setNodes(p.Right, len(p.Left), bonus, p.Cover.right())
	g.setEdges(p.Edges)
	for _, w := range g.score {
		g.top = max(g.top, int64(w), -int64(w))
	}

	degree := make([]int32, nodes)
	for i := range g.left {
		degree[i] = g.first[i+1] - g.first[i]
	}
	for _, j := range g.to {
		degree[g.left+j]++
	}
	g.room = make([]int32, nodes+1)
	for v := range g.node {
		n := &g.node[v]
		n.high = min(n.high, degree[v])
		g.room[v+1] = g.room[v] + n.high
	}
	g.link = make([]link, g.room[nodes])
	g.load = degree
	clear(g.load)

	g.pot = make([]int64, g.left)
	g.price = make([]int64, g.right+1)
	g.price[g.right] = 2 * far
	g.near = make([]shortlist, g.left)
	for i := range g.near {
		g.near[i].bound = far // nothing is known yet
		for k := range g.near[i].edge {
			g.near[i].edge[k].node = g.right
		}
	}
	g.dist = make([]int64, nodes+1)
	for v := range g.dist {
		g.dist[v] = far
	}
	g.walk.init(nodes + 1)
	return g
}

func (g *network) setNodes(from []Node, at int, bonus int64, covered bool) {
	for x, n := range from {
		g.node[at+x] = node{low: int32(n.Minimum), high: int32(n.Capacity)}
		if covered {
			g.node[at+x].bonus = bonus
		}
	}
}

// setEdges reads the edges where they stand, unless there are must edges: then
// the others are copied.
func (g *network) setEdges(s Edges) {
	g.first, g.to, g.score = s.First, s.Right, s.Score
	if len(s.First) == 0 {
		g.first = make([]int32, g.left+1)
	}
	if len(s.Must) == 0 {
		return
	}
	g.first = slices.Clone(g.first)
	g.to, g.score = make([]int32, 0, s.Len()), make([]int32, 0, s.Len())
	must := s.Must
	for i := range g.left {
		for x := s.First[i]; x < s.First[i+1]; x++ {
			if len(must) > 0 && must[0] == x {
				g.node[i].force()
				g.node[g.left+s.Right[x]].force()
				must = must[1:]
				continue
			}
			g.to, g.score = append(g.to, s.Right[x]), append(g.score, s.Score[x])
		}
		g.first[i+1] = int32(len(g.to))
	}
}

// force takes one must edge out of the node.
func (n *node) force() {
	n.low = max(0, n.low-1)
	n.high--
	n.bonus = 0
}

// links are those of a node.
func (g *network) links(v int32) []link { return g.link[g.room[v]:][:g.load[v]] }

// holds says whether the edge between a left and a right node carries a unit.
func (g *network) holds(i, j int32) bool {
	for _, l := range g.links(i) {
		if l.node == j {
			return true
		}
	}
	return false
}

// gain gives a node one more link, and lose takes one away, moving the last
// link to its place.
func (g *network) gain(v int32, l link) {
	g.link[g.room[v]+g.load[v]] = l
	g.load[v]++
}

func (g *network) lose(v, at int32) {
	g.load[v]--
	g.link[g.room[v]+at] = g.link[g.room[v]+g.load[v]]
}

// release takes the link to right node j away from left node i.
func (g *network) release(i, j int32) {
	for k, l := range g.links(i) {
		if l.node == j {
			g.lose(i, int32(k))
			break
		}
	}
	g.near[i].note(g, i, j)
}

// worth is the score of an edge less the price at its right end.
func (g *network) worth(l link) int64 { return int64(l.score) - g.price[l.node] }

package assign

import (
	"math"
	"slices"
)

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
	lefts       []leftNode
	rights      []rightNode
	pot         []int64 // potentials of the left nodes
	price       []int64 // of the right nodes, and one that nobody pays
	hub         int64   // potential of the hub
	extra       int64   // units the hub has received and not sent on

	first     []int32 // edges of left node i: first[i] .. first[i+1]
	to, score []int32
	top       int64   // largest score or, without sign, smallest
	spread    int64   // largest score less the smallest
	near      []int64 // prices of right nodes to start from, if there are any

	room []int32 // links of left node i: room[i] .. room[i]+load, and space up to room[i+1]
	held []link
	lone bool    // no left node has room for two
	base []int32 // links of right node j: base[j] .. base[j]+load, and space up to base[j+1]
	seat []seat

	dist  []int64 // distances of the search under way, far when not labelled
	seen  []int32 // nodes labelled by it
	queue radix
	ready []int32 // nodes labelled with the distance now, to go on from
	now   int64
	limit int64 // distance of the nearest node that lacks units; far when none is known
	spare int64 // no right node j is further than its price and this
	walk  walk

	options Options
	phases  int // of an auction, before the finish
}

// node is a left or right node. Its units are those between it and the hub, its
// load those on its edges, for each of which it has a link.
type node struct {
	low, high, units, load int32
	bonus                  int64 // what the first unit earns
}

// leftNode fills a line of the processor's cache.
type leftNode struct {
	shortlist
	node
}

// rightNode has also a number of places that nobody holds; see auction.
type rightNode struct {
	node
	empty int32
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

// seat is a place of a right node: its link and, in an auction, what was bid.
type seat struct {
	link
	level int64
}

// newNetwork takes the must edges out: they use up capacity, count for the
// minimum and serve their ends. No node keeps more capacity than edges.
func newNetwork(p Problem, bonus int64) *network {
	g := &network{left: int32(len(p.Left)), right: int32(len(p.Right)), near: p.near}
	g.lefts, g.rights = make([]leftNode, g.left), make([]rightNode, g.right)
	for i, n := range p.Left {
		g.lefts[i].set(n, bonus, p.Cover.left())
	}
	for j, n := range p.Right {
		g.rights[j].set(n, bonus, p.Cover.right())
	}
	g.setEdges(p.Edges)
	g.setRoom()
	g.pot = make([]int64, g.left)
	g.price = make([]int64, g.right+1)
	g.price[g.right] = 2 * far
	g.spare = far
	g.now = -1
	nodes := len(p.Left) + len(p.Right) + 1
	g.dist = make([]int64, nodes)
	for v := range g.dist {
		g.dist[v] = far
	}
	g.queue = newRadix(int32(nodes))
	g.seen, g.ready = make([]int32, 0, nodes), make([]int32, 0, nodes)
	g.walk.init(nodes)
	return g
}

func (n *node) set(from Node, bonus int64, covered bool) {
	n.low, n.high = int32(from.Minimum), int32(from.Capacity)
	if covered {
		n.bonus = bonus
	}
}

// setRoom makes room for the links. No node needs more than it has edges of
// some use: an edge of score zero or less is of none where neither end asks for
// pairs. The range of the scores is found by the way.
func (g *network) setRoom() {
	degree := make([]int32, g.right)
	low, high := int32(math.MaxInt32), int32(math.MinInt32)
	for i := range g.lefts {
		n := &g.lefts[i].node
		eager, useful := n.asks(), int32(0)
		to, score := g.to[g.first[i]:g.first[i+1]], g.score[g.first[i]:g.first[i+1]]
		score = score[:len(to)]
		for x, j := range to {
			w := score[x]
			low, high = min(low, w), max(high, w)
			if eager || w > 0 || g.rights[j].asks() {
				useful++
				degree[j]++
			}
		}
		n.high = min(n.high, useful)
	}
	if len(g.to) > 0 {
		g.top = int64(max(high, -low))
		g.spread = int64(high) - int64(low)
	}
	g.base = make([]int32, g.right+1)
	for j := range g.rights {
		n := &g.rights[j]
		n.high = min(n.high, degree[j])
		g.base[j+1] = g.base[j] + n.high
	}
	g.seat = make([]seat, g.base[g.right])
	g.room = make([]int32, g.left+1)
	g.lone = true
	for i := range g.lefts {
		n := &g.lefts[i]
		g.room[i+1] = g.room[i] + n.high
		g.lone = g.lone && n.high <= 1
		n.bound = far // nothing is known yet
		for k := range n.edge {
			n.edge[k].node = g.right
		}
	}
	g.held = make([]link, g.room[g.left])
}

// asks tells whether a node may want a pair that costs.
func (n *node) asks() bool { return n.low > 0 || n.bonus > 0 }

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
				g.lefts[i].force()
				g.rights[s.Right[x]].force()
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

// of is the left or right node v.
func (g *network) of(v int32) *node {
	if v < g.left {
		return &g.lefts[v].node
	}
	return &g.rights[v-g.left].node
}

// links are those of a left node.
func (g *network) links(i int32) []link { return g.held[g.room[i]:][:g.lefts[i].load] }

// places are all places of a right node, taken its links.
func (g *network) places(j int32) []seat { return g.seat[g.base[j]:g.base[j+1]] }
func (g *network) taken(j int32) []seat  { return g.seat[g.base[j]:][:g.rights[j].load] }

// holds says whether the edge between a left and a right node carries a unit.
func (g *network) holds(i, j int32) bool {
	for _, l := range g.links(i) {
		if l.node == j {
			return true
		}
	}
	return false
}

// hold gives a left node one more link.
func (g *network) hold(i int32, l link) {
	n := &g.lefts[i]
	g.held[g.room[i]+n.load] = l
	n.load++
}

// release takes the link to right node j away from left node i.
func (g *network) release(i, j int32) {
	n := &g.lefts[i]
	links := g.links(i)
	for k, l := range links {
		if l.node == j {
			n.load--
			links[k] = links[n.load]
			break
		}
	}
	if n.high > 1 {
		n.note(j)
	}
}

// worth is the score of an edge less the price at its right end.
func (g *network) worth(l link) int64 { return int64(l.score) - g.price[l.node] }

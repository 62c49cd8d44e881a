package assign

import (
	"context"
	"fmt"
	"math"
)

// far is beyond every distance and potential that can occur.
const far = math.MaxInt64 / 4

// shortlist holds the edges of a left node that were worth most when it was
// filled; no other edge without a unit is worth more than bound. Prices only
// rise, so both stay true until the node drops an edge, which raises bound.
type shortlist struct {
	edge  [8]int32 // -1 when there are no more
	bound int64
}

// balance moves the units that right nodes cannot keep until none is left. It
// looks for a tight path from the surplus at hand; when there is none, it
// labels the nodes with their distances from there, up to the nearest node
// that lacks a unit, and shifts the potentials so that the path to it becomes
// tight. It gives up, not done, after scanning more than budget nodes; 0 means
// never.
func (g *network) balance(ctx context.Context, budget int) (done bool, err error) {
	g.scans = 0
	for v := g.left; v <= g.left+g.right; v++ {
		for g.surplus(v) > 0 {
			if g.find(v) {
				g.push()
				continue
			}
			if err := ctx.Err(); err != nil {
				return false, err
			}
			if budget > 0 && g.scans > budget {
				return false, nil
			}
			g.limit = far
			g.label(v, 0)
			g.reach()
			if g.limit == far {
				return false, fmt.Errorf("%w: no path for a surplus unit in a feasible problem", errInternal)
			}
			g.shift()
			g.walk.round++
		}
	}
	return true, nil
}

// surplus is the number of units a node has received and can neither keep nor
// hand on; it is negative at a node that lacks units. Left nodes are always
// even.
func (g *network) surplus(v int32) int64 {
	switch {
	case v < g.left:
		return 0
	case v < g.left+g.right:
		return int64(g.load[v-g.left] - g.node[v].units)
	}
	return g.extra
}

// value is the potential of a node measured from the hub's: what one unit is
// worth at a left node, the dual price of a right node.
func (g *network) value(v int32) int64 {
	if v < g.left {
		return g.node[v].pot + g.hub
	}
	return g.node[v].pot - g.hub
}

// moreCost is the reduced cost of one more unit between the hub and node v,
// lessCost that of one unit less. Both are zero or more where the node may
// take or lose a unit.
func (g *network) moreCost(v int32) int64 { return -g.node[v].more() - g.value(v) }
func (g *network) lessCost(v int32) int64 { return g.node[v].less() + g.value(v) }

// slack is the reduced cost of letting an edge carry a unit, and -slack that
// of taking the unit off.
func (g *network) slack(i int32, e edge) int64 { return g.node[i].pot - g.worth(e) }

// label notes that v can be reached at distance d.
func (g *network) label(v int32, d int64) {
	if d >= g.limit || d >= g.dist[v] {
		return
	}
	if g.dist[v] == far {
		g.seen = append(g.seen, v)
	}
	g.dist[v] = d
	if g.surplus(v) < 0 {
		g.limit = d
		return
	}
	g.queue.push(entry{d, v})
}

// reach is Dijkstra's algorithm from the labelled nodes up to g.limit.
func (g *network) reach() {
	for len(g.queue) > 0 {
		x := g.queue.pop()
		if x.dist >= g.limit {
			g.queue = g.queue[:0]
			return
		}
		g.scans++
		switch v := x.node; {
		case x.dist > g.dist[v]:
		case v < g.left:
			g.fromLeft(v, x.dist)
		case v < g.left+g.right:
			g.fromRight(v, x.dist)
		default:
			g.fromHub(x.dist)
		}
	}
}

func (g *network) fromLeft(i int32, d int64) {
	if n := &g.node[i]; n.units > n.low {
		g.label(g.left+g.right, d+g.lessCost(i))
	}
	near := &g.near[i]
	base := d + g.node[i].pot
	if base-near.bound < g.limit {
		g.refill(i)
	}
	if base-near.bound >= g.limit {
		for _, e := range near.edge {
			if e < 0 {
				return
			}
			g.alongEdge(e, base)
		}
		return
	}
	for e := g.off[i]; e < g.off[i+1]; e++ {
		g.alongEdge(e, base)
	}
}

func (g *network) alongEdge(e int32, base int64) {
	if g.place[e] < 0 {
		x := g.edge[e]
		g.label(g.left+x.right, base-g.worth(x))
	}
}

func (g *network) fromRight(v int32, d int64) {
	if n := &g.node[v]; n.units < n.high {
		g.label(g.left+g.right, d+g.moreCost(v))
	}
	j := v - g.left
	for _, e := range g.taken[g.first[j] : g.first[j]+g.load[j]] {
		i := g.tail[e]
		g.label(i, d-g.slack(i, g.edge[e]))
	}
}

func (g *network) fromHub(d int64) {
	for i := range g.left {
		if n := &g.node[i]; n.units < n.high {
			g.label(i, d+g.moreCost(i))
		}
	}
	for v := g.left; v < g.left+g.right; v++ {
		if n := &g.node[v]; n.units > n.low {
			g.label(v, d+g.lessCost(v))
		}
	}
}

// refill makes the shortlist of a left node anew.
func (g *network) refill(i int32) {
	near := &g.near[i]
	const last = len(near.edge) - 1
	var worth [last + 1]int64
	for k := range worth {
		worth[k], near.edge[k] = -far, -1
	}
	near.bound = -far
	for e := g.off[i]; e < g.off[i+1]; e++ {
		w := g.worth(g.edge[e])
		if g.place[e] >= 0 || w <= near.bound {
			continue
		}
		if w <= worth[last] {
			near.bound = w
			continue
		}
		near.bound = worth[last]
		k := last
		for k > 0 && worth[k-1] < w {
			worth[k], near.edge[k] = worth[k-1], near.edge[k-1]
			k--
		}
		worth[k], near.edge[k] = w, e
	}
}

// shift turns the distances into potentials: every labelled node moves by what
// it is nearer than the limit, so that reduced costs stay zero or more and the
// shortest paths cost nothing. Prices and the hub rise, left potentials fall.
func (g *network) shift() {
	for _, v := range g.seen {
		by := max(0, g.limit-g.dist[v])
		g.dist[v] = far
		switch {
		case v < g.left:
			g.node[v].pot -= by
		case v < g.left+g.right:
			g.node[v].pot += by
		default:
			g.hub += by
		}
	}
	g.seen = g.seen[:0]
}

package assign

import (
	"context"
	"fmt"
	"math"
)

// far is beyond every distance and potential that can occur.
const far = math.MaxInt64 / 4

// balance moves the units that left nodes and the hub have too many until none
// is left. It looks for tight paths from all of them to nodes that lack units;
// when there is none, it labels the nodes with their distances from the nearest
// surplus, up to the nearest node that lacks a unit, and shifts the potentials
// so that the path to it becomes tight.
//
// That node is mostly very near. So a search goes no further than a bound, and
// only if it finds none the next one goes further; the potentials may be shifted
// all the same.
func (g *network) balance(ctx context.Context) error {
	var free []int32
	for i := range g.left {
		if g.surplus(i) > 0 {
			free = append(free, i)
		}
	}
	hub := g.left + g.right
	bound := int64(nearby)
	few := len(free) <= fewTight && g.extra <= fewTight && int64(len(free))+max(0, g.extra) > 0
	for found := !few; ; {
		if err := g.ended(ctx); err != nil {
			return err
		}
		if found {
			rest := free[:0]
			for _, i := range free {
				if !g.moveAll(i) {
					rest = append(rest, i)
				}
			}
			free = rest
			g.tell(g.phases, len(g.held)-len(free))
			if g.moveAll(hub) && len(free) == 0 {
				return nil
			}
		}
		g.explore(free, bound)
		found = g.limit < bound
		if !found && bound == far {
			return fmt.Errorf("%w: no path for a surplus unit in a feasible problem", errInternal)
		}
		switch {
		case found:
			bound = max(nearby, min(g.limit, far/16)*4)
		case bound < far/16:
			bound *= 16
		default:
			bound = far
		}
		g.shift()
		g.walk.round++
	}
}

// fewTight is how many units are looked for by distance at once: with more it
// is likely that some have a tight path, which is quicker to find.
const fewTight = 8

// nearby is the least distance up to which the network is searched.
const nearby = 4

// explore labels what is nearer than bound to the hub, if it has a surplus, and
// to left nodes that have one.
func (g *network) explore(free []int32, bound int64) {
	g.limit = bound
	for _, i := range free {
		g.seen = append(g.seen, i)
		g.dist[i] = 0
	}
	if g.extra > 0 {
		g.label(g.left+g.right, 0)
	}
	for _, i := range free {
		g.fromLeft(i, 0)
	}
	g.reach()
}

// moveAll moves surplus units of a node along tight paths and says whether all
// are gone.
func (g *network) moveAll(v int32) bool {
	for g.surplus(v) > 0 {
		if !g.find(v) {
			return false
		}
		g.push()
	}
	return true
}

// surplus is the number of units a node has received and can neither keep nor
// hand on; it is negative at a node that lacks units. Left nodes never lack
// any, right nodes never have too many.
func (g *network) surplus(v int32) int64 {
	switch {
	case v < g.left:
		return int64(g.lefts[v].units - g.lefts[v].load)
	case v < g.left+g.right:
		return int64(g.rights[v-g.left].load - g.rights[v-g.left].units)
	}
	return g.extra
}

// value is the potential of a node measured from the hub's: what one unit is
// worth at a left node, the dual price of a right node.
func (g *network) value(v int32) int64 {
	if v < g.left {
		return g.pot[v] + g.hub
	}
	return g.price[v-g.left] - g.hub
}

// moreCost is the reduced cost of one more unit between the hub and node v,
// lessCost that of one unit less. Both are zero or more where the node may
// take or lose a unit.
func (g *network) moreCost(v int32) int64 { return -g.of(v).more() - g.value(v) }
func (g *network) lessCost(v int32) int64 { return g.of(v).less() + g.value(v) }

// label notes that v can be reached at distance d.
func (g *network) label(v int32, d int64) {
	if d < g.limit && d < g.dist[v] {
		g.relabel(v, d)
	}
}

func (g *network) relabel(v int32, d int64) {
	if g.dist[v] == far {
		g.seen = append(g.seen, v)
	}
	g.dist[v] = d
	switch {
	case g.surplus(v) < 0:
		g.limit = d
	case d == g.now:
		g.ready = append(g.ready, v)
	default:
		g.queue.push(entry{d, v})
	}
}

// reach is Dijkstra's algorithm from the labelled nodes up to g.limit. Nodes
// that are as near as the one at hand need not wait in the queue.
func (g *network) reach() {
	for g.now < g.limit {
		if n := len(g.ready) - 1; n >= 0 {
			v := g.ready[n]
			g.ready = g.ready[:n]
			g.from(v)
			continue
		}
		x := g.queue.pop()
		if x.dist == far {
			break
		}
		if x.dist == g.dist[x.node] && x.dist < g.limit {
			g.now = x.dist
			g.from(x.node)
		}
	}
	g.ready = g.ready[:0]
	g.queue.clear(0)
	g.now = 0
}

// from labels what is next to a node whose distance is known.
func (g *network) from(v int32) {
	switch d := g.dist[v]; {
	case v < g.left:
		g.fromLeft(v, d)
	case v < g.left+g.right:
		g.fromRight(v, d)
	default:
		g.fromHub(d)
	}
}

func (g *network) fromLeft(i int32, d int64) {
	near := &g.lefts[i]
	if near.units > near.low {
		g.label(g.left+g.right, d+near.less()+g.pot[i]+g.hub)
	}
	base := d + g.pot[i]
	if base-near.bound < g.limit && g.limit < far && g.spare == far {
		g.refill(i)
	}
	if base-near.bound >= g.limit {
		for _, l := range near.edge {
			g.alongEdge(i, l, base, d)
		}
		return
	}
	to := g.to[g.first[i]:g.first[i+1]]
	score := g.score[g.first[i]:g.first[i+1]]
	score = score[:len(to)]
	least := base - g.spare
	for x, j := range to {
		if w := score[x]; int64(w) > least {
			g.alongEdge(i, link{j, w}, base, d)
		}
	}
}

// alongEdge labels the right end of an edge of left node i, which is at distance
// at. An edge that costs something carries no unit.
func (g *network) alongEdge(i int32, l link, base, at int64) {
	d := base - g.worth(l)
	if d < g.limit && d < g.dist[g.left+l.node] && (d > at || !g.holds(i, l.node)) {
		g.relabel(g.left+l.node, d)
	}
}

func (g *network) fromRight(v int32, d int64) {
	j := v - g.left
	if n := &g.rights[j]; n.units < n.high {
		g.label(g.left+g.right, d+g.moreCost(v))
	}
	price := g.price[j]
	for _, l := range g.taken(j) {
		near := d + int64(l.score) - price - g.pot[l.node]
		if near >= g.limit || near >= g.dist[l.node] {
			continue
		}
		if near > d {
			g.relabel(l.node, near)
			continue
		}
		if g.dist[l.node] == far {
			g.seen = append(g.seen, l.node)
		}
		g.dist[l.node] = d
		g.fromLeft(l.node, d)
	}
}

func (g *network) fromHub(d int64) {
	for i := range g.left {
		if n := &g.lefts[i]; n.units < n.high {
			g.label(i, d+g.moreCost(i))
		}
	}
	for v := g.left; v < g.left+g.right; v++ {
		if n := g.of(v); n.units > n.low {
			g.label(v, d+g.lessCost(v))
		}
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
			g.pot[v] -= by
		case v < g.left+g.right:
			g.price[v-g.left] += by
		default:
			g.hub += by
		}
	}
	g.seen = g.seen[:0]
}

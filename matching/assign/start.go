package assign

import (
	"cmp"
	"slices"
)

// start establishes the invariant at the prices there are, from the links there
// are: every node gives up what it would not choose, and a left node that would
// choose more gets a surplus of units.
func (g *network) start() {
	for j := range g.right {
		v := g.left + j
		g.settle(j)
		_, high := g.node[v].wish(g.price[j] - g.hub)
		for g.load[v] > high {
			g.load[v]--
			g.release(g.link[g.room[v]+g.load[v]].node, j)
		}
	}
	g.extra = 0
	for i := range g.left {
		g.choose(i)
		g.extra -= int64(g.node[i].units)
	}
	for j := range g.right {
		v := g.left + j
		g.settle(j)
		low, high := g.node[v].wish(g.price[j] - g.hub)
		g.node[v].units = min(max(g.load[v], low), high)
		g.extra += int64(g.node[v].units)
	}
}

// settle removes from the places of a right node what is no link that a left
// node has too.
func (g *network) settle(j int32) {
	v := g.left + j
	places := g.link[g.room[v]:g.room[v+1]]
	g.load[v] = 0
	for _, l := range places {
		if l.node >= 0 && g.holds(l.node, j) {
			g.gain(v, l)
		}
	}
	for k := int(g.load[v]); k < len(places); k++ {
		places[k].node = nobody
	}
}

// wish is the range of units that are worth most to a right node at a price.
func (n *node) wish(price int64) (low, high int32) {
	low, high = n.low, n.high
	if price > 0 {
		low = n.high
	}
	if price < 0 {
		high = n.low
	}
	if n.bonus > 0 && n.low == 0 && n.high > 0 {
		if price > -n.bonus {
			low = max(low, 1)
		}
		if price >= -n.bonus {
			high = max(high, 1)
		}
	}
	return low, high
}

// choose lets a left node keep the links that are worth most to it and sets
// the number of units it wants and the potential: the highest value that
// agrees, or what the next unit is worth.
func (g *network) choose(i int32) {
	n := &g.node[i]
	best := g.best(i) + g.hub
	if links := g.links(i); len(links) > 1 {
		slices.SortFunc(links, func(a, b link) int {
			return cmp.Or(cmp.Compare(g.worth(b), g.worth(a)), cmp.Compare(a.node, b.node))
		})
	}
	n.units = 0
	worst := int64(far)
	for _, l := range g.links(i) {
		w := g.worth(l) + g.hub
		if w < best || n.units >= n.low && w+n.more() <= 0 {
			best = max(best, w)
			break
		}
		worst = w
		n.units++
	}
	for g.load[i] > n.units {
		g.release(i, g.link[g.room[i]+g.load[i]-1].node)
	}
	if n.units < n.low {
		n.units = n.low
	}
	if n.units == 0 && n.high > 0 && best+n.bonus > 0 {
		n.units = 1
	}
	if best > 0 {
		n.units = n.high
	}
	if n.units > g.load[i] {
		worst = best
	} else if n.units < n.high {
		worst = min(worst, -n.more())
	}
	if worst == far {
		worst = 0 // it has no place at all
	}
	g.pot[i] = worst - g.hub
}

package assign

import (
	"cmp"
	"slices"
)

// start establishes the invariant at the prices there are, from the links there
// are: every node gives up what it would not choose, and a left node that would
// choose more gets a surplus of units.
func (g *network) start() {
	g.queue.clear(0)
	for j := range g.right {
		g.settle(j)
		n := &g.rights[j]
		_, high := n.wish(g.price[j] - g.hub)
		for n.load > high {
			n.load--
			g.release(g.seat[g.base[j]+n.load].node, j)
		}
	}
	g.extra = 0
	for i := range g.left {
		g.choose(i)
		g.extra -= int64(g.lefts[i].units)
	}
	for j := range g.right {
		g.settle(j)
		n := &g.rights[j]
		low, high := n.wish(g.price[j] - g.hub)
		n.units = min(max(n.load, low), high)
		g.extra += int64(n.units)
	}
}

// settle removes from the places of a right node what is no link that a left
// node has too.
func (g *network) settle(j int32) {
	n := &g.rights[j]
	places := g.places(j)
	n.load = 0
	for _, s := range places {
		if s.node >= 0 && g.holds(s.node, j) {
			places[n.load].link = s.link
			n.load++
		}
	}
	for k := int(n.load); k < len(places); k++ {
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
	n := &g.lefts[i]
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
		if w < best || n.units >= n.low && w+n.more() < 0 {
			best = max(best, w)
			break
		}
		worst = w
		n.units++
	}
	for n.load > n.units {
		g.release(i, g.held[g.room[i]+n.load-1].node)
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
	if n.units > n.load {
		worst = best
	} else if n.units < n.high {
		worst = min(worst, -n.more())
	}
	if worst == far {
		worst = 0 // it has no place at all
	}
	g.pot[i] = worst - g.hub
}

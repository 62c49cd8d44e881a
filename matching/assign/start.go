package assign

import (
	"cmp"
	"slices"
)

// option is an edge of a left node and what it is worth at the prices.
type option struct {
	worth int64
	edge  int32
}

// start lets every node choose for itself at the given prices: every left node
// takes the edges worth most to it, every right node keeps as many units as it
// would like to, as near as possible to the number that reach it. It discards
// the flow there was.
func (g *network) start() {
	g.hub, g.extra = 0, 0
	for e := range g.place {
		g.place[e] = -1
	}
	clear(g.load)
	var list []option
	for i := range g.left {
		list = list[:0]
		for e := g.off[i]; e < g.off[i+1]; e++ {
			list = append(list, option{g.worth(g.edge[e]), e})
		}
		if g.node[i].high > 1 || g.node[i].low > 0 {
			slices.SortStableFunc(list, func(a, b option) int { return cmp.Compare(b.worth, a.worth) })
		} else {
			bestTwo(list)
		}
		g.choose(i, list)
		g.near[i].bound = far // nothing is known yet
		g.extra -= int64(g.node[i].units)
	}
	for j := range g.right {
		n := &g.node[g.left+j]
		low, high := n.wish(g.value(g.left + j))
		n.units = min(max(g.load[j], low), high)
		g.extra += int64(n.units)
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

// bestTwo moves the best two edges to the front of the list, which is all that
// choose looks at when the node takes at most one.
func bestTwo(list []option) {
	for k := range min(2, len(list)) {
		top := k
		for x := k + 1; x < len(list); x++ {
			if list[x].worth > list[top].worth {
				top = x
			}
		}
		list[k], list[top] = list[top], list[k]
	}
}

// choose takes the best edges of a left node from a list in falling order of
// worth and sets the potential to the lowest value that agrees with them.
func (g *network) choose(i int32, list []option) {
	n := &g.node[i]
	n.units = 0
	for _, x := range list {
		if n.units == n.high || n.units >= n.low && x.worth+n.more() <= 0 {
			break
		}
		g.take(x.edge)
		n.units++
	}
	n.pot = -far
	if int(n.units) < len(list) {
		n.pot = list[n.units].worth
	}
	if n.units > n.low {
		n.pot = max(n.pot, -n.less())
	}
	if n.pot > -far {
		return
	}
	// Nothing bounds it from below: the highest value that agrees.
	n.pot = 0
	if n.units > 0 {
		n.pot = list[n.units-1].worth
	}
	if n.units < n.high && (n.units == 0 || n.pot > -n.more()) {
		n.pot = -n.more()
	}
}

package assign

// prices returns the lowest dual prices that prove the flow best. Lowest means
// that a price of zero or more is what one more place at the node would earn:
// the length of the best way to bring it one more unit from the hub.
//
// A node without minimum never has to be worth less than nothing (or less than
// minus its bonus), so it has an arc of that cost from the hub even when it
// has no unit. Only a node whose minimum is its whole use can remain beyond
// reach; see settle.
func (g *network) prices() []int64 {
	hub := g.left + g.right
	g.limit = far
	g.label(hub, 0)
	for v := g.left; v < hub; v++ {
		n := &g.node[v]
		if n.low > 0 {
			continue
		}
		n.pot = max(n.pot, g.hub-n.bonus)
		if n.units == 0 {
			g.label(v, n.bonus+g.value(v))
		}
	}
	g.reach()
	beyond := g.settle()
	out := make([]int64, g.right)
	for j := range g.right {
		v := g.left + j
		out[j] = g.value(v) - g.dist[v]
		if g.dist[v] == far {
			out[j] = g.value(v) - beyond
		}
	}
	return out
}

// settle returns how far all nodes beyond reach are moved together: far enough
// to agree with every arc into the nodes reached and to leave none of their
// prices above zero, as no further unit can be brought there.
func (g *network) settle() int64 {
	by := int64(0)
	for v := g.left; v < g.left+g.right; v++ {
		if g.dist[v] == far {
			by = max(by, g.value(v))
		}
	}
	for e, x := range g.edge {
		i, v := g.tail[e], g.left+x.right
		used := g.place[e] >= 0
		switch {
		case !used && g.dist[i] == far && g.dist[v] < far:
			by = max(by, g.dist[v]-g.slack(i, x))
		case used && g.dist[i] < far && g.dist[v] == far:
			by = max(by, g.dist[i]+g.slack(i, x))
		}
	}
	return by
}

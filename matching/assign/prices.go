package assign

// prices returns the lowest dual prices that prove the flow best. Lowest means
// that a price of zero or more is what one more place at the node would earn:
// the length of the best way to bring it one more unit from the hub.
//
// A node without minimum never has to be worth less than nothing (or less than
// minus its bonus), so it has an arc of that cost from the hub even when it
// has no unit. Only a node whose minimum is its whole use can remain beyond
// reach; see settleBeyond.
func (g *network) prices() []int64 {
	hub := g.left + g.right
	g.limit, g.spare = g.widest()
	g.label(hub, 0)
	for v := g.left; v < hub; v++ {
		n := g.of(v)
		if n.low > 0 {
			continue
		}
		g.price[v-g.left] = max(g.price[v-g.left], g.hub-n.bonus)
		if n.units == 0 {
			g.label(v, n.bonus+g.value(v))
		}
	}
	g.reach()
	beyond := g.settleBeyond()
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

// widest bounds the distances of the right nodes from the hub, and what they
// are more than the price.
func (g *network) widest() (limit, spare int64) {
	spare = -far
	for j := range g.rights {
		n := &g.rights[j]
		if n.low > 0 {
			return far, far
		}
		limit = max(limit, n.bonus+g.price[j]-g.hub+1)
		spare = max(spare, n.bonus-g.hub)
	}
	return limit, spare
}

// settleBeyond returns how far all nodes beyond reach are moved together: far
// enough to agree with every arc into the nodes reached and to leave none of
// their prices above zero, as no further unit can be brought there.
func (g *network) settleBeyond() int64 {
	by, beyond := int64(0), false
	for v := g.left; v < g.left+g.right; v++ {
		if g.dist[v] == far {
			by, beyond = max(by, g.value(v)), true
		}
	}
	if !beyond {
		return 0
	}
	for i := range g.left {
		for x := g.first[i]; x < g.first[i+1]; x++ {
			v := g.left + g.to[x]
			if (g.dist[i] == far) == (g.dist[v] == far) {
				continue
			}
			slack := g.pot[i] - g.worth(link{g.to[x], g.score[x]})
			switch used := g.holds(i, g.to[x]); {
			case !used && g.dist[i] == far:
				by = max(by, g.dist[v]-slack)
			case used && g.dist[v] == far:
				by = max(by, g.dist[i]+slack)
			}
		}
	}
	return by
}

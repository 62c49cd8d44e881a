package assign

// shortlist holds edges of a left node that were worth most when it was
// filled. No edge that neither stands in it nor carries a unit is worth more
// than bound. Prices only rise, so that stays true until the node lets an edge
// go that does not stand in it.
type shortlist struct {
	edge  [4]link // to right node g.right, at a price nobody pays, when there are no more
	bound int64
}

// last is the place of the worst edge in a shortlist.
const last = len(shortlist{}.edge) - 1

// note raises the bound if an edge has been let go that is not in the list. A
// node with one place needs no such care: all its edges are considered for the
// list, also the one that carries a unit, so that its bound is true for each.
func (s *shortlist) note(j int32) {
	for _, l := range s.edge {
		if l.node == j {
			return
		}
	}
	s.bound = far
}

// refill makes the shortlist of a left node anew. It is where a solve spends
// most of its time.
func (g *network) refill(i int32) {
	hide := g.lefts[i].load > 0 && g.lefts[i].high > 1
	if hide {
		g.hide(i, 2*far)
	}
	near := &g.lefts[i]
	list, worth := g.ranked(near.edge)
	bound, enough := int64(-far), worth[last] // to be looked at more closely
	to := g.to[g.first[i]:g.first[i+1]]
	score := g.score[g.first[i]:g.first[i+1]]
	score = score[:len(to)] // which the compiler understands
	price := g.price
	for x, j := range to {
		w := int64(score[x]) - price[j]
		if w < enough {
			bound = max(bound, w)
			continue
		}
		if j == list[0].node || j == list[1].node || j == list[2].node || j == list[3].node {
			continue
		}
		bound = worth[last]
		if w == bound {
			enough = w + 1
			continue
		}
		k := last
		for k > 0 && worth[k-1] < w {
			worth[k], list[k] = worth[k-1], list[k-1]
			k--
		}
		worth[k], list[k] = w, link{j, score[x]}
		enough = worth[last]
		if enough == bound {
			enough++
		}
	}
	near.edge = list
	near.bound = bound
	if hide {
		g.hide(i, -2*far)
	}
}

// ranked orders edges by what they are worth now. The best edges are often the
// same as before; to begin with them spares most changes of the list.
func (g *network) ranked(list [last + 1]link) (_ [last + 1]link, worth [last + 1]int64) {
	for at, l := range list {
		w := g.worth(l)
		if w <= -far {
			w, l = -far, link{node: g.right}
		}
		k := at
		for ; k > 0 && worth[k-1] < w; k-- {
			worth[k], list[k] = worth[k-1], list[k-1]
		}
		worth[k], list[k] = w, l
	}
	return list, worth
}

// hide puts the edges of a left node that carry a unit out of sight, and with
// less than nothing back.
func (g *network) hide(i int32, by int64) {
	for _, l := range g.links(i) {
		g.price[l.node] += by
	}
}

// best is the most that one more edge is worth to a left node, -far if there
// is none.
func (g *network) best(i int32) int64 {
	near := &g.lefts[i]
	for {
		best := int64(-far)
		for _, l := range near.edge {
			if w := g.worth(l); w > best && (near.load == 0 || !g.holds(i, l.node)) {
				best = w
			}
		}
		if best >= near.bound {
			return best
		}
		g.refill(i)
	}
}

// better says whether one more edge is worth more than so much.
func (g *network) better(i int32, than int64) bool {
	near := &g.lefts[i]
	for _, l := range near.edge {
		if g.worth(l) > than && (near.load == 0 || !g.holds(i, l.node)) {
			return true
		}
	}
	return near.bound > than && g.best(i) > than
}

// most is at least the best, from the list alone.
func (g *network) most(i int32) int64 {
	near := &g.lefts[i]
	best := near.bound
	for _, l := range near.edge {
		best = max(best, g.worth(l))
	}
	return best
}

// bestTwo is the best edge for one more unit of a left node, what it is worth,
// and what the second best choice is worth, or a little more if that is not
// known exactly. To go without is a choice too, worth outside; if it is the
// best, the edge is to node g.right.
func (g *network) bestTwo(i int32, outside int64) (top link, first, second int64) {
	near := &g.lefts[i]
	for {
		first, second, top = outside, -far, link{node: g.right}
		for _, l := range near.edge {
			w := g.worth(l)
			if w <= second || near.load > 0 && g.holds(i, l.node) {
				continue
			}
			if w > first {
				first, second, top = w, first, l
			} else {
				second = w
			}
		}
		if first >= near.bound {
			return top, first, max(second, near.bound)
		}
		g.refill(i)
	}
}

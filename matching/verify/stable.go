package verify

// checkUncovered: a stable round and a lottery serve nobody first, and have no
// costs, of which none says where being acceptable ends.
func (c *checker) checkUncovered() {
	if c.cover != "none" {
		c.refute(member("cover"), "is %q; a round of the method %s has no cover rule", c.cover, c.method)
	}
	if c.sense != "max" {
		c.refute(member("sense"), "is %q; a round of the method %s has no costs", c.sense, c.method)
	}
}

// checkStable: nobody has an unacceptable pair, and no edge outside the pairs
// is wanted by both its ends more than what they have.
func (c *checker) checkStable() {
	for i := range c.pairs {
		if e := c.pairs[i].edge; e >= 0 && c.edges[e].score < 0 && !c.forced[e] {
			c.refute(c.atPair(i), "has the score %d and is no must pair: neither accepts the other", c.edges[e].score)
		}
	}
	last := [2][]int32{c.lastHeld(left), c.lastHeld(right)}
	for e := range c.edges {
		x := &c.edges[e]
		if c.paired[e] || c.forced[e] || x.score < 0 {
			continue
		}
		if c.would(left, last[left], int32(e)) && c.would(right, last[right], int32(e)) {
			c.refute(c.atEdge("edges", e, x.end), "is a blocking pair: both would rather have each other than what they have")
		}
	}
	for side, nodes := range c.nodes {
		for i, n := range nodes {
			if int64(c.load[side][i]) < n.minimum {
				c.result.Short++
			}
		}
	}
	if int64(c.result.Short) != c.short {
		c.refute(member("certificate.short"), "states %d, %d ids have fewer pairs than their minimum", c.short, c.result.Short)
	}
}

// lastHeld gives for each id of a side the edge it wants least among its pairs
// that are no must pairs, or -1.
func (c *checker) lastHeld(side int) []int32 {
	last := make([]int32, len(c.nodes[side]))
	for i := range last {
		last[i] = -1
	}
	for i := range c.pairs {
		e := c.pairs[i].edge
		if e < 0 || c.forced[e] {
			continue
		}
		if at := &last[c.edges[e].end[side]]; *at < 0 || c.order(side, *at, e) < 0 {
			*at = e
		}
	}
	return last
}

// would tells whether an end of an edge has a place for it: a free one, or that
// of the pair it wants least.
func (c *checker) would(side int, last []int32, e int32) bool {
	i := c.edges[e].end[side]
	return int64(c.load[side][i]) < c.nodes[side][i].capacity || last[i] >= 0 && c.order(side, e, last[i]) < 0
}

// nearestHolder says why a left id with places and edges has no pair. Of the
// right ids that hold others, the nearest is the one whose last one scores the
// least more, ties by what the left id wants most.
func (c *checker) nearestHolder(u *absent, i int32) {
	if c.holders == nil {
		c.holders = c.lastHeld(right)
	}
	u.reason = reasonUnacceptable
	nearest := int32(-1)
	for e := c.first[i]; e < c.first[i+1]; e++ {
		x := &c.edges[e]
		last := c.holders[x.end[right]]
		if x.score < 0 {
			continue
		}
		if last < 0 {
			if nearest < 0 {
				u.reason = reasonTaken
			}
			continue
		}
		points := max(0, int64(c.edges[last].score)-int64(x.score))
		if nearest < 0 || points < u.points || points == u.points && c.order(left, e, nearest) < 0 {
			nearest = e
			u.reason, u.nearest, u.points = reasonOutranked, c.nodes[right][x.end[right]].id, points
		}
	}
}

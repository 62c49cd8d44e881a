package verify

// checkPairs: pairs ascend strictly by id, each is an edge and has its score.
func (c *checker) checkPairs() {
	for i := range c.pairs {
		p := &c.pairs[i]
		if i > 0 {
			before := &c.pairs[i-1]
			if p.id[left] < before.id[left] || p.id[left] == before.id[left] && p.id[right] <= before.id[right] {
				c.refute(c.atPair(i), "does not come after the pair before it; pairs must ascend")
			}
		}
		p.edge = -1
		end, known := c.ends(i)
		if !known {
			continue
		}
		e := c.find(end)
		if e < 0 {
			c.refute(c.atPair(i), "is not one of the edges")
			continue
		}
		if score := int64(c.edges[e].score); p.score != score {
			c.refute(c.atPair(i), "states the score %d, its edge has %d", p.score, score)
		}
		p.edge = int32(e)
		c.paired[e] = true
		c.score += int64(c.edges[e].score)
	}
}

// ends looks up a pair's ids and counts the pair at those it finds.
func (c *checker) ends(i int) (end [2]int32, known bool) {
	known = true
	for side, name := range sideNames {
		at, ok := c.position[side][c.pairs[i].id[side]]
		if !ok {
			c.refute(c.atPair(i), "%q is not an id in %s", c.pairs[i].id[side], name)
			known = false
			continue
		}
		end[side] = at
		c.load[side][at]++
	}
	return end, known
}

// checkCapacity: no id has more pairs than places.
func (c *checker) checkCapacity() {
	for side, nodes := range c.nodes {
		for i, n := range nodes {
			if load := c.load[side][i]; int64(load) > n.capacity {
				c.refute(c.atNode(side, i), "has %d pairs and a capacity of %d", load, n.capacity)
			}
		}
	}
}

// checkMinimum: every id has the pairs it must have at least.
func (c *checker) checkMinimum() {
	for side, nodes := range c.nodes {
		for i, n := range nodes {
			if load := c.load[side][i]; int64(load) < n.minimum {
				c.refute(c.atNode(side, i), "has %d pairs and a minimum of %d", load, n.minimum)
			}
		}
	}
}

// checkLines: the lines of each pair add up to its score, their weights to
// 1000; pairs of an assign round have no lines.
func (c *checker) checkLines() {
	for i, p := range c.pairs {
		switch {
		case c.kind != "match":
			if p.lines > 0 {
				c.refute(c.atPair(i), "has %d lines; a round of kind assign has none", p.lines)
			}
		case p.weights != maxWeight:
			c.refute(c.atPair(i), "the weights of its lines add up to %d, not %d", p.weights, maxWeight)
		case p.points != p.score:
			c.refute(c.atPair(i), "its lines add up to %d, its score is %d", p.points, p.score)
		}
	}
}

// checkTotals: the totals count the pairs, the ids served and the score.
func (c *checker) checkTotals() {
	compare := func(name string, stated, found int64) {
		if stated != found {
			c.refute(member("totals."+name), "states %d, the pairs give %d", stated, found)
		}
	}
	compare("pairs", c.totals.pairs, int64(len(c.pairs)))
	compare("left", c.totals.served[left], int64(c.served(left)))
	compare("right", c.totals.served[right], int64(c.served(right)))
	compare("score", c.totals.score, c.score)
	c.result.Left, c.result.Right, c.result.Score = c.served(left), c.served(right), c.score
}

// served counts the ids of a side that have a pair.
func (c *checker) served(side int) int {
	n := 0
	for _, load := range c.load[side] {
		if load > 0 {
			n++
		}
	}
	return n
}

package verify

// checkIDs: each side's ids ascend strictly, byte by byte, so none is twice.
func (c *checker) checkIDs() {
	for side, nodes := range c.nodes {
		c.position[side] = make(map[string]int32, len(nodes))
		for i, n := range nodes {
			if i > 0 && n.id <= nodes[i-1].id {
				c.refute(c.atNode(side, i), "does not come after %q; ids must ascend", nodes[i-1].id)
			}
			c.position[side][n.id] = int32(i)
		}
	}
}

// checkEdges: positions exist, edges ascend strictly by both, and in a round
// of kind match the scores are those of the scoring scale.
func (c *checker) checkEdges() {
	c.first = make([]int32, len(c.nodes[left])+1)
	for i, e := range c.edges {
		if c.outside("edges", i, e.end) {
			continue
		}
		if i > 0 && !ascends(c.edges[i-1].end, e.end) {
			c.refute(c.atEdge("edges", i, e.end), "does not come after the edge before it; edges must ascend")
		}
		if c.kind == "match" && (e.score < 0 || e.score > maxWeight*maxShare) {
			c.refute(c.atEdge("edges", i, e.end), "the score %d is outside 0..%d", e.score, maxWeight*maxShare)
		}
		c.degree[left][e.end[left]]++
		c.degree[right][e.end[right]]++
		c.first[e.end[left]+1]++
	}
	for i := range c.nodes[left] {
		c.first[i+1] += c.first[i]
	}
}

// outside refutes positions that no id has.
func (c *checker) outside(list string, i int, end [2]int32) bool {
	for side, name := range sideNames {
		if int(end[side]) >= len(c.nodes[side]) {
			c.refute(c.atEdge(list, i, end), "position %d in %s, which has %d ids", end[side], name, len(c.nodes[side]))
			return true
		}
	}
	return false
}

func ascends(a, b [2]int32) bool {
	return a[left] < b[left] || a[left] == b[left] && a[right] < b[right]
}

// find is the position of the edge between two ids, or -1.
func (c *checker) find(end [2]int32) int {
	lo, hi := int(c.first[end[left]]), int(c.first[end[left]+1])
	for lo < hi {
		mid := (lo + hi) / 2
		if c.edges[mid].end[right] < end[right] {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < int(c.first[end[left]+1]) && c.edges[lo].end == end {
		return lo
	}
	return -1
}

// checkMust: must pairs ascend strictly, are edges, and are among the pairs.
func (c *checker) checkMust() {
	for i, end := range c.must {
		if c.outside("must", i, end) {
			continue
		}
		if i > 0 && !ascends(c.must[i-1], end) {
			c.refute(c.atEdge("must", i, end), "does not come after the entry before it; must pairs must ascend")
		}
		e := c.find(end)
		if e < 0 {
			c.refute(c.atEdge("must", i, end), "is not an edge")
			continue
		}
		if !c.paired[e] {
			c.refute(c.atEdge("must", i, end), "is not among the pairs")
		}
		if !c.forced[e] {
			c.forced[e] = true
			c.held[left][end[left]]++
			c.held[right][end[right]]++
		}
	}
}

// checkLists: lists ascend strictly by side and id, and name edges of the id,
// none twice.
func (c *checker) checkLists() {
	for k, l := range c.lists {
		name := sideNames[l.side] + "_lists"
		if k > 0 && c.lists[k-1].side == l.side && c.lists[k-1].of >= l.of {
			c.refute(place{name, -1, nil}, "position %d does not come after the one before it; lists must ascend", l.of)
		}
		if c.want[l.side] == nil {
			c.want[l.side] = make([]int32, len(c.edges))
		}
		for at, other := range l.ids {
			end := [2]int32{l.of, other}
			if l.side == right {
				end = [2]int32{other, l.of}
			}
			e := -1
			if int(end[left]) < len(c.nodes[left]) {
				e = c.find(end)
			}
			switch {
			case e < 0:
				c.refute(member(name), "position %d lists %d, which is not an edge", l.of, other)
			case c.want[l.side][e] != 0:
				c.refute(member(name), "position %d lists %d twice", l.of, other)
			default:
				c.want[l.side][e] = int32(at + 1)
			}
		}
	}
}

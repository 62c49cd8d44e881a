package assign

// claims tries the minimums of one side, the asking side, against the
// capacities of the other, the giving side. Invariants: a giving node never
// carries more than its capacity; a fixed edge is always used; missing is the
// sum of what the asking nodes lack. If no single path lowers missing then, by
// max-flow min-cut, nothing does.
type claims struct {
	ask, give []int32 // ends of the edges, by position in the problem
	askEdges  [][]int32
	giveEdges [][]int32
	capacity  []int32 // of giving nodes
	load      []int32 // used edges at giving nodes
	need      []int32 // of asking nodes, 0 once left out
	got       []int32 // used edges at asking nodes
	used      []bool
	fixed     []bool // must edges, false once left out
	missing   int64

	mark       int32 // stamp of the pass
	askMark    []int32
	giveMark   []int32
	askParent  []int32 // used edge by which the search came to an asking node
	giveParent []int32 // unused edge by which it came to a giving node
	queue      []int32
	journal    []int32 // edges switched, for undo
}

// newClaims starts with the must edges alone. With swap the right side asks.
func newClaims(p Problem, swap bool) *claims {
	ask, give := p.Left, p.Right
	if swap {
		ask, give = give, ask
	}
	c := &claims{
		ask: make([]int32, p.Edges.Len()), give: make([]int32, p.Edges.Len()),
		askEdges: make([][]int32, len(ask)), giveEdges: make([][]int32, len(give)),
		capacity: make([]int32, len(give)), load: make([]int32, len(give)),
		need: make([]int32, len(ask)), got: make([]int32, len(ask)),
		used: make([]bool, p.Edges.Len()), fixed: make([]bool, p.Edges.Len()),
		askMark: make([]int32, len(ask)), askParent: make([]int32, len(ask)),
		giveMark: make([]int32, len(give)), giveParent: make([]int32, len(give)),
	}
	for x, n := range give {
		c.capacity[x] = int32(n.Capacity)
	}
	for x, n := range ask {
		c.need[x] = int32(n.Minimum)
		c.missing += int64(n.Minimum)
	}
	for at, e := range p.Edges.All() {
		x := int32(at)
		a, b := int32(e.Left), int32(e.Right)
		if swap {
			a, b = b, a
		}
		c.ask[x], c.give[x] = a, b
		c.askEdges[a] = append(c.askEdges[a], x)
		c.giveEdges[b] = append(c.giveEdges[b], x)
		if e.Must {
			c.flip(x)
			c.fixed[x] = true
		}
	}
	return c
}

// flip uses an unused edge or frees a used one.
func (c *claims) flip(e int32) {
	a, b := c.ask[e], c.give[e]
	c.missing -= c.lack(a)
	by := int32(1)
	if c.used[e] {
		by = -1
	}
	c.used[e] = !c.used[e]
	c.got[a] += by
	c.load[b] += by
	c.missing += c.lack(a)
}

func (c *claims) lack(a int32) int64 { return int64(max(0, c.need[a]-c.got[a])) }

// fill serves the needs as far as possible, in passes that enter each node at
// most once. When something is still missing, the marks of the last pass show
// the nodes that can be reached from the nodes in need.
func (c *claims) fill() {
	for found := true; found && c.missing > 0; {
		found = false
		c.mark++
		for a := range c.need {
			for c.lack(int32(a)) > 0 && c.seek(int32(a)) {
				found = true
			}
		}
	}
}

// seek finds a path from asking node a to a giving node with room or to an
// asking node with more than it needs, and moves one unit along it.
func (c *claims) seek(a int32) bool {
	if c.askMark[a] == c.mark {
		return false
	}
	c.askMark[a] = c.mark
	c.queue = append(c.queue[:0], a)
	for k := 0; k < len(c.queue); k++ { //nolint:intrange // the queue grows while it is read
		for _, e := range c.askEdges[c.queue[k]] {
			if c.used[e] {
				continue
			}
			b := c.give[e]
			if c.load[b] < c.capacity[b] {
				c.apply(a, e)
				return true
			}
			if c.giveMark[b] != c.mark {
				c.giveMark[b], c.giveParent[b] = c.mark, e
				if c.releases(b) {
					c.apply(a, e)
					return true
				}
			}
		}
	}
	return false
}

// releases looks through the pairs of a full giving node: it frees a place if
// an asking node has one to spare, and otherwise queues the asking nodes found.
func (c *claims) releases(b int32) bool {
	for _, e := range c.giveEdges[b] {
		if !c.used[e] || c.fixed[e] {
			continue
		}
		a := c.ask[e]
		if c.got[a] > c.need[a] {
			c.note(e)
			return true
		}
		if c.askMark[a] != c.mark {
			c.askMark[a], c.askParent[a] = c.mark, e
			c.queue = append(c.queue, a)
		}
	}
	return false
}

// apply moves the unit of the path that ends with edge e back to its start.
func (c *claims) apply(start, e int32) {
	for {
		c.note(e)
		a := c.ask[e]
		if a == start {
			break
		}
		back := c.askParent[a]
		c.note(back)
		e = c.giveParent[c.give[back]]
	}
	c.askMark[start] = c.mark - 1 // it may seek again in this pass
}

func (c *claims) note(e int32) {
	c.flip(e)
	c.journal = append(c.journal, e)
}

package assign

// circulation is a network whose arcs carry whole amounts between bounds. Arcs
// come in pairs: an arc and, next to it, the way back.
type circulation struct {
	first  []int32 // by node: its last arc, -1 for none
	next   []int32 // by arc: the one before it at its node
	to     []int32
	room   []int32 // how much more it can carry; of the way back: less
	excess []int64 // by node: what arrives beyond what leaves
	level  []int32 // of the last search, -1 where it did not come
	turn   []int32 // by node: the arc that a path tries next
}

// newCirculation has two more nodes: a source of what is too much, and a sink
// for what is missing.
func newCirculation(nodes int) *circulation {
	c := &circulation{first: make([]int32, nodes+2), excess: make([]int64, nodes), level: make([]int32, nodes+2)}
	for v := range c.first {
		c.first[v] = -1
	}
	return c
}

// add adds an arc that carries something, and moves that between its bounds. An
// arc that leaves no choice only counts, and is not there.
func (c *circulation) add(from, to int32, bounds [2]int, carried int) bool {
	now := min(max(carried, bounds[0]), bounds[1])
	c.excess[to] += int64(now - carried)
	c.excess[from] -= int64(now - carried)
	if bounds[0] == bounds[1] {
		return false
	}
	c.arc(from, to, int32(bounds[1]-now))
	c.arc(to, from, int32(now-bounds[0]))
	return true
}

func (c *circulation) arc(from, to, room int32) {
	c.next = append(c.next, c.first[from])
	c.to = append(c.to, to)
	c.room = append(c.room, room)
	c.first[from] = int32(len(c.to) - 1)
}

// balance moves what is too much to where it is missing, by Dinic's algorithm,
// and says whether that works out. If not, more enters what it reached than may
// leave it.
func (c *circulation) balance() bool {
	source := int32(len(c.excess))
	sink := source + 1
	missing := int64(0)
	for v, x := range c.excess {
		if x > 0 {
			c.arc(source, int32(v), int32(x))
			c.arc(int32(v), source, 0)
			missing += x
		}
		if x < 0 {
			c.arc(int32(v), sink, int32(-x))
			c.arc(sink, int32(v), 0)
		}
	}
	for missing > 0 && c.search(source, sink) {
		c.turn = append(c.turn[:0], c.first...)
		for moved := int32(1); moved > 0; missing -= int64(moved) {
			moved = c.push(source, sink, 1<<31-1)
		}
	}
	return missing == 0
}

func (c *circulation) reached(v int32) bool { return c.level[v] >= 0 }

// search finds how many arcs away every node is.
func (c *circulation) search(source, sink int32) bool {
	for v := range c.level {
		c.level[v] = -1
	}
	c.level[source] = 0
	queue := []int32{source}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		for a := c.first[v]; a >= 0; a = c.next[a] {
			if w := c.to[a]; c.room[a] > 0 && c.level[w] < 0 {
				c.level[w] = c.level[v] + 1
				queue = append(queue, w)
			}
		}
	}
	return c.level[sink] >= 0
}

// push moves up to so much from a node to the sink, along arcs that lead one
// level on.
func (c *circulation) push(v, sink, most int32) int32 {
	if v == sink {
		return most
	}
	for ; c.turn[v] >= 0; c.turn[v] = c.next[c.turn[v]] {
		a := c.turn[v]
		if c.room[a] == 0 || c.level[c.to[a]] != c.level[v]+1 {
			continue
		}
		if moved := c.push(c.to[a], sink, min(most, c.room[a])); moved > 0 {
			c.room[a] -= moved
			c.room[a^1] += moved
			return moved
		}
	}
	return 0
}

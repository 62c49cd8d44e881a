package assign

// search is one end of a search: the nodes seen from it, in the order they are
// scanned, and the arc by which each was reached.
type search struct {
	seen  []int32 // stamp of the search that saw a node
	by    []int32 // edge, or overHub; of the hub, the node
	queue []int32
	head  int  // node being scanned
	at    int  // arc of it
	ended bool // nothing is left to scan
}

// The arc of a node that was reached from the hub, and of the end itself.
const overHub, isEnd = -1, -2

// The two ends of a search.
const (
	ahead  = iota // from the start, along arcs
	behind        // from the goal, against them
)

// cancel removes a unit that costs too much, from goal to start, by leading it
// from start to goal at no cost, and tells whether it could. If there is no way,
// it shifts the potentials so that the unit costs nothing any more.
//
// Both ends search at once, each as long as the other, until they meet or one
// has seen all it can. What that one saw is shifted. As what is shifted is cut
// off for good at the end of the level, the work of failed searches is that of
// always walking around the smaller part (Even and Shiloach 1981).
func (b *balancing) cancel(start, goal int32) bool {
	b.stamp++
	b.begin(ahead, start)
	b.begin(behind, goal)
	if start == goal {
		return true
	}
	for budget := 16; ; budget *= 2 {
		for end := range b.found {
			if v := b.scan(end, budget); v >= 0 {
				b.lead(v)
				return true
			}
			if b.found[end].ended {
				b.shift(end)
				return false
			}
		}
	}
}

func (b *balancing) begin(end int, v int32) {
	s := &b.found[end]
	s.queue, s.head, s.at, s.ended = append(s.queue[:0], v), 0, 0, false
	s.seen[v], s.by[v] = b.stamp, isEnd
}

// shift moves what an end has seen by one, so that the arcs out of it (ahead)
// or into it (behind) cost one less.
func (b *balancing) shift(end int) {
	by := int32(-1)
	if end == behind {
		by = 1
	}
	for _, v := range b.found[end].queue {
		if b.potential[v] == 0 {
			b.shifted = append(b.shifted, v)
		}
		b.potential[v] += by
	}
}

// lead changes the flow along the path over a node that both ends have seen.
func (b *balancing) lead(meet int32) {
	b.tail = b.tail[:0]
	for end := range b.found {
		s := &b.found[end]
		for v := meet; s.by[v] != isEnd; {
			x := s.by[v]
			switch {
			case x == overHub:
				v = b.hub
			case v == b.hub:
				v = x
			default:
				b.tail = append(b.tail, x)
				v = b.from[x] + b.to(x) - v
			}
		}
	}
	for _, x := range b.tail {
		b.turn(x)
	}
}

// scan looks at about so many arcs of one end, and returns a node that the
// other end has seen, or -1.
func (b *balancing) scan(end, budget int) int32 {
	s := &b.found[end]
	for s.head < len(s.queue) {
		v := s.queue[s.head]
		var meet int32
		switch {
		case v == b.hub:
			meet = b.scanHub(end, &budget)
		case (int(v) < b.lefts) == (end == ahead):
			meet = b.scanEdges(end, v, &budget)
		default:
			meet = b.scanHeld(end, v, &budget)
		}
		if meet >= 0 {
			return meet
		}
		if budget <= 0 {
			return -1
		}
		s.head++
		s.at = 0
	}
	s.ended = true
	return -1
}

// reach sees a node by an arc, and tells whether the other end has seen it.
func (b *balancing) reach(end int, v, by int32) bool {
	s := &b.found[end]
	if s.seen[v] == b.stamp {
		return false
	}
	s.seen[v], s.by[v] = b.stamp, by
	s.queue = append(s.queue, v)
	return b.found[1-end].seen[v] == b.stamp
}

// scanHub goes on at the hub. Ahead, a left node may get a unit and a right
// node give one back; behind, the other way.
func (b *balancing) scanHub(end int, budget *int) int32 {
	s := &b.found[end]
	for ; s.at < len(b.open); s.at++ {
		if *budget--; *budget <= 0 {
			return -1
		}
		v := b.open[s.at]
		if s.seen[v] != b.stamp && b.touches(1-end, v) && b.reach(end, v, overHub) {
			return v
		}
	}
	return -1
}

// touches tells whether an end that is at a node may go on to the hub.
func (b *balancing) touches(end int, v int32) bool {
	if int(v) < b.lefts {
		if end == ahead { // one unit less
			return b.load[v] > b.least[v] && -b.entry(v, b.load[v]-1) <= 0
		}
		return b.load[v] < b.most[v] && b.entry(v, b.load[v]) <= 0
	}
	if end == ahead {
		return b.load[v] < b.most[v] && b.exit(v) <= 0
	}
	return b.load[v] > b.least[v] && -b.exit(v) <= 0
}

// toHub sees the hub from a node.
func (b *balancing) toHub(end int, v int32) bool {
	s := &b.found[end]
	return s.seen[b.hub] != b.stamp && b.touches(end, v) && b.reach(end, b.hub, v)
}

// scanEdges goes on at a node that reaches others by edges that carry 0.
func (b *balancing) scanEdges(end int, v int32, budget *int) int32 {
	s := &b.found[end]
	if s.at == 0 && b.toHub(end, v) {
		return b.hub
	}
	list := b.edges[v]
	for s.at < len(list) {
		if *budget--; *budget <= 0 {
			b.edges[v] = list
			return -1
		}
		x := list[s.at]
		if b.state[x] != 0 {
			if b.state[x]&fixed != 0 {
				last := len(list) - 1
				list[s.at] = list[last]
				list = list[:last]
				continue
			}
			s.at++
			continue
		}
		s.at++
		to := b.from[x] + b.to(x) - v
		if s.seen[to] != b.stamp && b.cost(x) <= 0 && b.reach(end, to, x) {
			b.edges[v] = list
			return to
		}
	}
	b.edges[v] = list
	return -1
}

// scanHeld goes on at a node that reaches others by giving up edges that carry
// 1.
func (b *balancing) scanHeld(end int, v int32, budget *int) int32 {
	if b.toHub(end, v) {
		return b.hub
	}
	for _, x := range b.held[v] {
		*budget--
		to := b.from[x] + b.to(x) - v
		if b.found[end].seen[to] != b.stamp && -b.cost(x) <= 0 && b.reach(end, to, x) {
			return to
		}
	}
	*budget = max(1, *budget)
	return -1
}

package assign

// walk is a depth-first search over tight arcs, those of reduced cost zero.
// Within a round no arc is looked at twice in vain and no node that led
// nowhere is entered again.
type walk struct {
	round int32
	state []nodeState
	path  []step
}

// nodeState belongs to a node in the round it names.
type nodeState struct {
	round, arc int32 // arc is the next one to try, -1 the one to the hub
	closed     bool  // on the path, or known to lead nowhere
}

// step is a node on the path and the edge it is left by: the score of it at a
// left node, the place of its link at a right node.
type step struct{ node, edge int32 }

func (w *walk) init(nodes int) {
	w.state = make([]nodeState, nodes)
	w.round = 1
}

// enter puts v on the path unless it is there or was given up in this round.
func (w *walk) enter(v int32) bool {
	s := &w.state[v]
	if s.round != w.round {
		*s = nodeState{round: w.round, arc: -1}
	}
	if s.closed {
		return false
	}
	s.closed = true
	w.path = append(w.path, step{v, -1})
	return true
}

// find looks for a tight path from v to a node that lacks units and leaves it
// in g.walk.path.
func (g *network) find(v int32) bool {
	w := &g.walk
	w.path = w.path[:0]
	if !w.enter(v) {
		return false
	}
	for len(w.path) > 0 {
		top := w.path[len(w.path)-1].node
		if g.surplus(top) < 0 {
			return true
		}
		if !g.forward(top) {
			w.path = w.path[:len(w.path)-1]
		}
	}
	return false
}

// forward extends the path from its last node v by one tight arc. The arc
// counter stays at the arc taken: if the arc leads nowhere the next node is
// closed and the arc is passed over, if not it may serve again.
func (g *network) forward(v int32) bool {
	hub := g.left + g.right
	switch {
	case v < g.left:
		n := g.of(v)
		return g.toHub(v, n.units > n.low && g.lessCost(v) == 0) || g.leftEdges(v)
	case v < hub:
		n := g.of(v)
		return g.toHub(v, n.units < n.high && g.moreCost(v) == 0) || g.rightEdges(v)
	}
	s := &g.walk.state[hub]
	for s.arc = max(s.arc, 0); s.arc < hub; s.arc++ {
		n, open := g.of(s.arc), false
		if s.arc < g.left {
			open = n.units < n.high && g.moreCost(s.arc) == 0
		} else {
			open = n.units > n.low && g.lessCost(s.arc) == 0
		}
		if open && g.walk.enter(s.arc) {
			return true
		}
	}
	return false
}

func (g *network) toHub(v int32, open bool) bool {
	s := &g.walk.state[v]
	if s.arc >= 0 {
		return false
	}
	if open && g.walk.enter(g.left+g.right) {
		return true
	}
	s.arc = 0
	return false
}

func (g *network) leftEdges(i int32) bool {
	s := &g.walk.state[i]
	near := &g.lefts[i]
	if near.bound < g.pot[i] { // no tight edge outside the shortlist
		for s.arc < int32(len(near.edge)) {
			l := near.edge[s.arc]
			s.arc++
			if g.alongTight(i, l) {
				return true
			}
		}
		return false
	}
	for x := g.first[i] + s.arc; x < g.first[i+1]; x++ {
		if g.alongTight(i, link{g.to[x], g.score[x]}) {
			s.arc = x + 1 - g.first[i]
			return true
		}
	}
	s.arc = g.first[i+1] - g.first[i]
	return false
}

func (g *network) alongTight(i int32, l link) bool {
	return g.worth(l) == g.pot[i] && !g.holds(i, l.node) && g.step(l.score, g.left+l.node)
}

func (g *network) rightEdges(v int32) bool {
	s := &g.walk.state[v]
	j := v - g.left
	n, price := &g.rights[j], g.price[j]
	for s.arc < n.load {
		at := s.arc
		s.arc++
		l := g.seat[g.base[j]+at]
		if int64(l.score)-price == g.pot[l.node] && g.step(at, l.node) {
			return true
		}
	}
	return false
}

// step goes over an edge to node v.
func (g *network) step(edge, v int32) bool {
	from := len(g.walk.path) - 1
	if !g.walk.enter(v) {
		return false
	}
	g.walk.path[from].edge = edge
	return true
}

// push moves one unit along the path and opens its nodes for the next search.
// A node gives up a link before it gets another, so that there is room.
func (g *network) push() {
	path := g.walk.path
	hub := g.left + g.right
	for k, s := range path {
		g.walk.state[s.node].closed = false
		next := int32(-1)
		if k+1 < len(path) {
			next = path[k+1].node
		}
		switch {
		case s.node == hub && next >= 0:
			g.viaHub(next, -1)
		case s.node == hub || next < 0 && s.node < g.left:
		case next == hub:
			g.viaHub(s.node, +1)
		case s.node < g.left:
			g.hold(s.node, link{next - g.left, s.edge})
		}
		if s.node >= g.left && s.node < hub {
			g.pushRight(k)
		}
	}
}

// pushRight changes the links of the right node at a step of the path: it gets
// the unit of the left node before, and gives one to the left node after.
func (g *network) pushRight(k int) {
	path := g.walk.path
	j := path[k].node - g.left
	n := &g.rights[j]
	from, to := k > 0 && path[k-1].node < g.left, k+1 < len(path) && path[k+1].node < g.left
	if to {
		g.release(path[k+1].node, j)
	}
	switch {
	case from && to:
		g.seat[g.base[j]+path[k].edge].link = link{path[k-1].node, path[k-1].edge}
	case from:
		g.seat[g.base[j]+n.load].link = link{path[k-1].node, path[k-1].edge}
		n.load++
	case to:
		n.load--
		g.seat[g.base[j]+path[k].edge].link = g.seat[g.base[j]+n.load].link
	}
}

// viaHub moves a unit from node v to the hub (by = 1) or back (by = -1).
func (g *network) viaHub(v int32, by int32) {
	g.extra += int64(by)
	if v < g.left {
		g.lefts[v].units -= by
	} else {
		g.rights[v-g.left].units += by
	}
}

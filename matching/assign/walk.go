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

// step is a node on the path and the edge it is left by, -1 to or from the hub.
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
		n := &g.node[v]
		return g.toHub(v, n.units > n.low && g.lessCost(v) == 0) || g.leftEdges(v)
	case v < hub:
		n := &g.node[v]
		return g.toHub(v, n.units < n.high && g.moreCost(v) == 0) || g.rightEdges(v)
	}
	s := &g.walk.state[hub]
	for s.arc = max(s.arc, 0); s.arc < hub; s.arc++ {
		n, open := &g.node[s.arc], false
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
	near := &g.near[i]
	short := near.bound < g.node[i].pot // no tight edge outside the shortlist
	end := g.off[i+1] - g.off[i]
	if short {
		end = int32(len(near.edge))
	}
	for ; s.arc < end; s.arc++ {
		e := g.off[i] + s.arc
		if short {
			e = near.edge[s.arc]
		}
		if e < 0 {
			return false
		}
		if x := g.edge[e]; g.place[e] < 0 && g.slack(i, x) == 0 && g.step(e, g.left+x.right) {
			return true
		}
	}
	return false
}

func (g *network) rightEdges(v int32) bool {
	s := &g.walk.state[v]
	j := v - g.left
	for ; s.arc < g.load[j]; s.arc++ {
		e := g.taken[g.first[j]+s.arc]
		i := g.tail[e]
		if g.slack(i, g.edge[e]) == 0 && g.step(e, i) {
			return true
		}
	}
	return false
}

// step goes over edge e to node v.
func (g *network) step(e, v int32) bool {
	from := len(g.walk.path) - 1
	if !g.walk.enter(v) {
		return false
	}
	g.walk.path[from].edge = e
	return true
}

// push moves one unit along the path and opens its nodes for the next search.
func (g *network) push() {
	path := g.walk.path
	hub := g.left + g.right
	for k, s := range path {
		g.walk.state[s.node].closed = false
		if k+1 == len(path) {
			break
		}
		switch next := path[k+1].node; {
		case s.edge >= 0 && s.node < g.left:
			g.take(s.edge)
		case s.edge >= 0:
			g.drop(s.edge)
		case next == hub:
			g.viaHub(s.node, +1)
		default:
			g.viaHub(next, -1)
		}
	}
}

// viaHub moves a unit from node v to the hub (by = 1) or back (by = -1).
func (g *network) viaHub(v int32, by int32) {
	g.extra += int64(by)
	if v < g.left {
		g.node[v].units -= by
	} else {
		g.node[v].units += by
	}
}

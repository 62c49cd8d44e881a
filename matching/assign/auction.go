package assign

import "context"

// auction guesses prices and pairs that are nearly best. Left nodes bid for
// places at right nodes; a place goes to the higher bid, and the lowest bid at
// a node is its price. Everybody is content within eps: nobody could do better
// by more than that. From phase to phase eps falls.
//
// The hub is a bidder and an alternative too. It bids its potential, less what
// the node wants the unit for, and so keeps the empty places. A left node that
// finds nothing better goes without, which costs it the hub's potential. When
// nobody holds a place and the hub does not want it at its price, the potential
// of the hub rises until the next in line comes back from there. All prices
// only rise, from the first phase to the last; what counts is how far they are
// above the hub.
type auction struct {
	*network
	context context.Context
	eps     int64
	forced  int64   // what a unit below a minimum is taken to be worth
	level   []int64 // bids for the places of right nodes, a heap for every node
	empty   []int32 // places at right nodes that nobody holds
	short   int64   // their sum
	out     []int32 // units of left nodes that go without
	queue   ring    // left nodes, once for every unit that is to bid
	budget  int     // bids and returns that are left

	listed        bool // the heaps below are in use
	lefts, rights heap // who comes back at which potential of the hub, lower bounds
}

// Holders of a place who are not left nodes.
const (
	nobody = -1
	theHub = -2
)

func newAuction(ctx context.Context, g *network) *auction {
	units, places := g.room[g.left], len(g.link)-int(g.room[g.left])
	a := &auction{network: g, context: ctx}
	a.level = make([]int64, places)
	a.empty = make([]int32, g.right)
	a.out = make([]int32, g.left)
	a.queue.node = make([]int32, units)
	return a
}

// reset forgets all pairs and prices. What the first unit is wanted for counts
// in the prices to begin with if eager is set.
func (a *auction) reset(hub int64, eager bool) {
	g := a.network
	g.hub = hub
	clear(g.load)
	for k := g.room[g.left]; int(k) < len(g.link); k++ {
		g.link[k].node = nobody
	}
	for j := range g.right {
		g.price[j] = hub
		if eager {
			g.price[j] -= a.wants(g.left+j, 0)
		}
	}
	a.queue.first, a.queue.count = 0, 0
	for i := range g.left {
		a.out[i] = g.node[i].high
		g.near[i].bound = far
	}
}

// wants is what one more unit is worth to a node that has so many, apart from
// the price of it.
func (a *auction) wants(v, units int32) int64 {
	n := &a.node[v]
	switch {
	case units < n.low:
		return a.forced
	case units == 0:
		return n.bonus
	}
	return 0
}

// phase frees everybody who is not content within eps and lets them bid until
// all are. It gives up, not done, when the budget is spent or prices get out of
// range.
func (a *auction) phase(eps int64) (done bool, err error) {
	a.eps, a.listed = eps, false
	a.floor()
	for i := range a.left {
		a.sweep(i)
	}
	a.open()
	for ; a.budget > 0; a.budget-- {
		if a.budget%64 == 0 {
			if err := a.context.Err(); err != nil {
				return false, err
			}
		}
		switch {
		case a.queue.count > 0:
			a.bid(a.queue.pop())
		case a.short > 0:
			a.comeBack()
		default:
			return true, nil
		}
	}
	return false, nil
}

// floor raises the prices at nodes with places to spare to what the hub bids.
func (a *auction) floor() {
	for j := range a.right {
		if v := a.left + j; a.load[v] < a.node[v].high {
			a.price[j] = max(a.price[j], a.hub-a.wants(v, a.load[v]))
		}
	}
}

// sweep frees the units of a left node that are not content.
func (a *auction) sweep(i int32) {
	best := a.best(i)
	for a.out[i] > 0 && best+a.wants(i, a.load[i])+a.hub > a.eps {
		a.out[i]--
		a.queue.push(i)
	}
	if a.load[i] == 0 {
		return
	}
	best = max(best, -a.hub-a.wants(i, a.load[i]-1))
	for k := a.load[i] - 1; k >= 0; k-- {
		if l := a.link[a.room[i]+k]; a.worth(l) < best-a.eps {
			a.release(i, l.node)
			a.queue.push(i)
		}
	}
}

// open lays out the places of the right nodes: those that are held, those that
// the hub wants at their price, and those that nobody holds.
func (a *auction) open() {
	a.short = 0
	start := a.room[a.left]
	for j := range a.right {
		v := a.left + j
		a.settle(j)
		a.empty[j] = 0
		for k := range a.node[v].high {
			at := a.room[v] + k
			a.level[at-start] = a.price[j]
			if k < a.load[v] {
				continue
			}
			a.link[at].node = theHub
			if bid := a.hub - a.wants(v, k); bid >= a.price[j] {
				a.level[at-start] = bid
			} else {
				a.link[at].node = nobody
				a.empty[j]++
			}
		}
		a.short += int64(a.empty[j])
		for k := a.node[v].high/2 - 1; k >= 0; k-- {
			a.sink(j, k)
		}
	}
}

// sink moves a place of a right node down in the heap of its levels, which
// rise, and sets the price to the lowest.
func (a *auction) sink(j, k int32) {
	v := a.left + j
	level := a.level[a.room[v]-a.room[a.left]:][:a.node[v].high]
	place := a.link[a.room[v]:][:len(level)]
	high, who := level[k], place[k]
	at := int(k)
	for {
		low := 2*at + 1
		if low >= len(level) {
			break
		}
		if low+1 < len(level) && level[low+1] < level[low] {
			low++
		}
		if level[low] >= high {
			break
		}
		level[at], place[at] = level[low], place[low]
		at = low
	}
	level[at], place[at] = high, who
	a.price[j] = level[0]
}

// bid lets a unit of a left node choose: the best place, for so much more than
// its price that it becomes as good as the second choice, or to go without.
func (a *auction) bid(i int32) {
	top, first, second := a.bestTwo(i, -a.hub-a.wants(i, a.load[i]))
	j := top.node
	if j == a.right {
		a.out[i]++
		if a.listed {
			a.lefts.push(entry{a.comesFor(i), i})
		}
		return
	}
	v := a.left + j
	if a.node[v].high == 0 { // nothing to be had there
		a.price[j] = a.hub + a.top + 2*a.forced
		a.queue.push(i)
		return
	}
	place := &a.link[a.room[v]]
	old := place.node
	*place = link{i, top.score}
	a.level[a.room[v]-a.room[a.left]] = a.price[j] + first - second + a.eps
	a.sink(j, 0)
	a.gain(i, top)
	if a.price[j] > a.hub+far/64 {
		a.budget = 0
	}
	if old >= 0 {
		a.release(old, j)
		a.queue.push(old)
		return
	}
	if old == nobody {
		a.empty[j]--
		a.short--
	}
	a.load[v]++
	if a.listed && a.load[v] <= a.node[v].low+1 {
		a.rights.push(entry{a.givesFor(j), v}) // it may have left the heap, or stand too low in it
	}
}

// comesFor is the potential of the hub at which a left node that goes without
// would rather have an edge.
func (a *auction) comesFor(i int32) int64 { return -a.best(i) - a.wants(i, a.load[i]) }

// givesFor is the potential of the hub at which it wants one more place of a
// right node: one that nobody holds, or one that a left node holds.
func (a *auction) givesFor(j int32) int64 {
	v := a.left + j
	if a.empty[j] > 0 {
		return a.price[j] + a.wants(v, a.load[v])
	}
	return a.price[j] + a.wants(v, a.load[v]-1)
}

// comeBack raises the hub's potential so far that one unit comes back from it:
// of a left node, which bids, or of the hub itself, which takes a place.
func (a *auction) comeBack() {
	a.list()
	for len(a.lefts) > 0 {
		i, at := a.lefts[0].node, a.lefts[0].dist
		now := int64(0)
		if a.out[i] > 0 {
			if now = a.comesFor(i); now <= at {
				break
			}
		}
		a.lefts.pop()
		if a.out[i] > 0 {
			a.lefts.push(entry{now, i})
		}
	}
	for len(a.rights) > 0 {
		v, at := a.rights[0].node, a.rights[0].dist
		some := a.load[v] > 0 || a.empty[v-a.left] > 0
		now := int64(0)
		if some {
			if now = a.givesFor(v - a.left); now <= at {
				break
			}
		}
		a.rights.pop()
		if some {
			a.rights.push(entry{now, v})
		}
	}
	if len(a.lefts) > 0 && a.lefts[0].dist <= a.rights[0].dist {
		x := a.lefts.pop()
		a.hub = max(a.hub, x.dist+a.eps)
		a.out[x.node]--
		if a.out[x.node] > 0 {
			a.lefts.push(x)
		}
		a.queue.push(x.node)
		return
	}
	a.take(a.rights[0].node-a.left, a.rights[0].dist)
}

// take gives the hub a place of a right node.
func (a *auction) take(j int32, at int64) {
	v := a.left + j
	who := int32(-1)
	start := a.room[v] - a.room[a.left]
	for k := range a.node[v].high {
		holder := a.link[a.room[v]+k].node
		if holder == nobody || holder >= 0 && a.empty[j] == 0 && (who < 0 || a.level[start+k] < a.level[start+who]) {
			who = k
			if holder == nobody {
				break
			}
		}
	}
	place := &a.link[a.room[v]+who]
	old := place.node
	place.node = theHub
	if old == nobody {
		a.hub = max(a.hub, at)
		a.empty[j]--
		a.short--
		a.level[start+who] = max(a.level[start+who], a.hub-a.wants(v, a.load[v]))
	} else {
		a.hub = max(a.hub, at+a.eps)
		a.load[v]--
		a.level[start+who] = max(a.level[start+who], a.hub-a.wants(v, a.load[v]))
		a.release(old, j)
		a.queue.push(old)
	}
	a.sink(j, who)
}

// list makes the heaps of those who may come back.
func (a *auction) list() {
	if a.listed {
		return
	}
	a.listed = true
	a.lefts, a.rights = a.lefts[:0], a.rights[:0]
	for i := range a.left {
		if a.out[i] > 0 {
			a.lefts.push(entry{a.comesFor(i), i})
		}
	}
	for j := range a.right {
		if v := a.left + j; a.load[v] > 0 || a.empty[j] > 0 {
			a.rights.push(entry{a.givesFor(j), v})
		}
	}
}

// ring is a queue of as many nodes as it has space for.
type ring struct {
	node         []int32
	first, count int
}

func (r *ring) push(v int32) {
	at := r.first + r.count
	if at >= len(r.node) {
		at -= len(r.node)
	}
	r.node[at] = v
	r.count++
}

func (r *ring) pop() int32 {
	v := r.node[r.first]
	if r.first++; r.first == len(r.node) {
		r.first = 0
	}
	r.count--
	return v
}

package assign

import (
	"context"
	"math"
	"math/bits"
	"slices"
)

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
	eps     int64
	forced  int64   // what a unit below a minimum is taken to be worth
	ceiling int64   // what the first unit of a node is taken to be worth at most
	short   int     // places that nobody holds
	out     []int32 // units of left nodes that go without
	queue   ring    // left nodes, once for every unit that is to bid
	budget  int     // bids and returns that are left
	roof    int64   // the potential of the hub above which a try is given up
	done    int     // phases
	touched int64   // of no meaning; see touch

	listed bool   // the queue below is in use
	comers *radix // nodes with units that come back from the hub, by a lower bound of comesFor and givesFor; later the queue of the finish
}

// Holders of a place who are not left nodes.
const (
	nobody = -1
	theHub = -2
)

func newAuction(g *network) *auction {
	a := &auction{network: g, comers: &g.queue, roof: far}
	a.out = make([]int32, g.left)
	a.queue.node = make([]int32, len(g.held))
	a.queue.seen = make([]uint64, g.left/64+1)
	return a
}

// reset forgets all pairs and prices, which become 0, and lets everybody bid.
// What the first unit is wanted for counts in the prices if eager is set.
func (a *auction) reset(hub int64, eager bool) {
	g := a.network
	g.hub = hub
	for k := range g.seat {
		g.seat[k].node = nobody
	}
	for j := range g.rights {
		g.price[j], g.rights[j].load = 0, 0
		if eager {
			g.price[j] -= a.wants(&g.rights[j].node, 0)
		}
	}
	a.queue.first, a.queue.count, a.queue.round = 0, 0, 0
	for i := range g.lefts {
		n := &g.lefts[i]
		n.load, n.bound = 0, far
		a.out[i] = 0
		for range n.high {
			a.queue.push(int32(i))
		}
	}
}

// wants is what one more unit is worth to a node that has so many, apart from
// the price of it.
func (a *auction) wants(n *node, units int32) int64 {
	switch {
	case units < n.low:
		return a.forced
	case units == 0:
		return min(n.bonus, a.ceiling)
	}
	return 0
}

// outside is what it is worth to a left node with so many links to go without
// another.
func (a *auction) outside(i, links int32) int64 {
	return -a.hub - a.wants(&a.lefts[i].node, links)
}

// phase frees everybody who is not content within eps, unless somebody waits
// already, and lets them bid until all are content. It gives up, not done, when
// the budget is spent, the hub is above its roof or prices get out of range.
func (a *auction) phase(ctx context.Context, eps int64) (done bool, err error) {
	a.eps, a.listed = eps, false
	a.floor()
	if a.queue.count == 0 {
		for i := range a.left {
			a.sweep(i)
		}
	}
	a.open()
	a.queue.round = 0
	defer a.forget()
	for ; a.budget > 0; a.budget-- {
		if a.budget%64 == 0 {
			if err := a.ended(ctx); err != nil {
				return false, err
			}
			if a.budget%4096 == 0 {
				a.tell(a.done, len(a.held)-a.queue.count)
			}
		}
		switch {
		case a.queue.count > 0:
			if a.budget%8 == 0 {
				a.touch()
			}
			a.bid(a.queue.pop())
		case a.short > 0 && a.hub <= a.roof:
			a.comeBack()
		case a.short > 0:
			return false, nil
		default:
			return true, nil
		}
	}
	return false, nil
}

// touch reads what the next to bid need, all at once: the processor waits for
// memory once, not each time.
func (a *auction) touch() {
	for k := a.queue.first; k < min(a.queue.first+8, a.queue.first+a.queue.count, len(a.queue.node)); k++ {
		i := a.queue.node[k]
		a.touched += a.lefts[i].bound
	}
}

// forget clears links that nodes left in the queue do not have any more.
func (a *auction) forget() {
	for a.queue.count > 0 {
		if n := &a.lefts[a.queue.pop()]; n.high == 1 {
			n.load = 0
		}
	}
}

// floor raises the prices of places that the hub would bid more for.
func (a *auction) floor() {
	for j := range a.rights {
		n := &a.rights[j].node
		a.price[j] = max(a.price[j], a.hub-a.wants(n, max(0, n.load-1)))
	}
}

// sweep frees the units of a left node that are not content.
func (a *auction) sweep(i int32) {
	n := &a.lefts[i]
	for a.out[i] > 0 && a.better(i, a.outside(i, n.load)+a.eps) {
		a.out[i]--
		a.queue.push(i)
	}
	for k := n.load - 1; k >= 0; k-- {
		l := a.held[a.room[i]+k]
		content := a.worth(l) + a.eps
		if a.outside(i, n.load-1) > content || a.better(i, content) {
			a.release(i, l.node)
			a.queue.push(i)
		}
	}
}

// open lays out the places of the right nodes: those that are held, those that
// the hub wants at their price, and those that nobody holds.
func (a *auction) open() {
	a.short = 0
	for j := range a.right {
		a.settle(j)
		n := &a.rights[j]
		n.empty = 0
		for k, s := range a.places(j) {
			s.level = a.price[j]
			if k >= int(n.load) {
				s.node = theHub
				if bid := a.hub - a.wants(&n.node, int32(k)); bid >= s.level {
					s.level = bid
				} else {
					s.node = nobody
					n.empty++
				}
			}
			a.places(j)[k] = s
		}
		a.short += int(n.empty)
		places := a.places(j)
		for k := len(places)/2 - 1; k >= 0; k-- {
			a.sink(places, k)
		}
		if len(places) > 0 {
			a.price[j] = places[0].level
		}
	}
}

// sink moves a place down in the heap of those of a right node, by their
// levels, which rise.
func (a *auction) sink(heap []seat, at int) {
	x := heap[at]
	for {
		low := 2*at + 1
		if low >= len(heap) {
			break
		}
		if low+1 < len(heap) && heap[low+1].level < heap[low].level {
			low++
		}
		if heap[low].level >= x.level {
			break
		}
		heap[at] = heap[low]
		at = low
	}
	heap[at] = x
}

// bid lets a unit of a left node choose: the best place, for so much more than
// its price that it becomes as good as the second choice and eps worse, or to
// go without. It may bid a little less; with eps it is always more than before.
func (a *auction) bid(i int32) {
	if n := &a.lefts[i]; n.high == 1 {
		n.load = 0 // see lost
	}
	top, first, second := a.bestTwo(i, a.outside(i, a.lefts[i].load))
	j := top.node
	if j == a.right {
		a.out[i]++
		if a.listed && a.out[i] == 1 {
			a.comers.push(entry{a.comesFor(i, -far), i})
		}
		return
	}
	places := a.places(j)
	if len(places) == 0 { // nothing to be had there
		a.price[j] = a.hub + a.top + 2*a.forced
		a.queue.push(i)
		return
	}
	old := places[0].node
	places[0] = seat{link{i, top.score}, a.price[j] + first - second + a.eps}
	a.sink(places, 0)
	a.price[j] = places[0].level
	a.hold(i, top)
	if a.price[j] > a.hub+far/64 {
		a.budget = 0
	}
	if old >= 0 {
		a.lost(old, j)
		return
	}
	n := &a.rights[j]
	if old == nobody {
		n.empty--
		a.short--
	}
	n.load++
	if a.listed && (n.load == 1 || a.wants(&n.node, n.load-1) < a.wants(&n.node, n.load-2)) {
		a.comers.push(entry{a.givesFor(j), a.left + j}) // it may have left the queue, or stand too low in it
	}
}

// lost queues a left node that lost its place. If it has only one, the link
// stays until it bids, which saves a look at the node.
func (a *auction) lost(i, j int32) {
	if !a.lone && a.lefts[i].high > 1 {
		a.release(i, j)
	}
	a.queue.push(i)
}

// comesFor is the potential of the hub at which a left node that goes without
// would rather have an edge; far if it does not go without. A lower bound will
// do if it is more than least.
func (a *auction) comesFor(i int32, least int64) int64 {
	if a.out[i] == 0 {
		return far
	}
	n := &a.lefts[i]
	wants := a.wants(&n.node, n.load)
	if at := -a.most(i) - wants; at > least {
		return at
	}
	return -a.best(i) - wants
}

// givesFor is the potential of the hub at which it wants one more place of a
// right node: one that nobody holds, or else one that a left node holds; far
// if there is neither.
func (a *auction) givesFor(j int32) int64 {
	switch n := &a.rights[j]; {
	case n.empty > 0:
		return a.price[j] + a.wants(&n.node, n.load)
	case n.load > 0:
		return a.places(j)[a.lowest(j)].level + a.wants(&n.node, n.load-1)
	}
	return far
}

// lowest is the place of a right node that a left node bid least for. The hub
// may hold a lower one, from before its potential rose.
func (a *auction) lowest(j int32) int {
	places := a.places(j)
	if places[0].node >= 0 {
		return 0
	}
	who := -1
	for k, s := range places {
		if s.node >= 0 && (who < 0 || s.level < places[who].level) {
			who = k
		}
	}
	return who
}

// comeBack raises the hub's potential so far that one unit comes back from it:
// of a left node, which bids, or of the hub itself, which takes a place.
func (a *auction) comeBack() {
	a.list()
	x := a.comers.pop()
	for at := a.backFor(x); at > x.dist; at = a.backFor(x) { // it has become dearer since
		if at < far {
			a.comers.push(entry{at, x.node})
		}
		x = a.comers.pop()
	}
	if x.node >= a.left {
		a.take(x.node-a.left, x.dist)
		a.comers.push(x)
		return
	}
	a.hub = max(a.hub, x.dist+a.eps)
	if a.out[x.node]--; a.out[x.node] > 0 {
		a.comers.push(x)
	}
	a.queue.push(x.node)
}

func (a *auction) backFor(x entry) int64 {
	if x.node < a.left {
		return a.comesFor(x.node, x.dist)
	}
	return a.givesFor(x.node - a.left)
}

// take gives the hub a place of a right node: one that nobody holds, or the one
// that a left node bid least for.
func (a *auction) take(j int32, at int64) {
	n := &a.rights[j]
	places := a.places(j)
	var who int
	if n.empty > 0 {
		who = slices.IndexFunc(places, func(s seat) bool { return s.node == nobody })
	} else {
		who = a.lowest(j)
	}
	old := places[who].node
	if old == nobody {
		a.hub = max(a.hub, at)
		n.empty--
		a.short--
	} else {
		a.hub = max(a.hub, at+a.eps)
		n.load--
		a.lost(old, j)
	}
	places[who].node = theHub
	places[who].level = max(places[who].level, a.hub-a.wants(&n.node, n.load))
	a.sink(places, who)
	a.price[j] = places[0].level
}

// list makes the queue of those who may come back.
func (a *auction) list() {
	if a.listed {
		return
	}
	a.listed = true
	a.comers.clear(math.MinInt64)
	for i := range a.left {
		if a.out[i] > 0 {
			a.comers.push(entry{a.comesFor(i, -far), i})
		}
	}
	for j := range a.right {
		if at := a.givesFor(j); at < far {
			a.comers.push(entry{at, a.left + j})
		}
	}
}

// ring is a queue of as many nodes as it has space for. It is served in rounds,
// and a large round in ascending order, because memory likes that better.
type ring struct {
	node         []int32
	first, count int
	round        int      // nodes left in the round
	seen         []uint64 // set of nodes, to sort them
	later        []int32
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
	if r.round == 0 {
		r.round = r.count
		if r.count > len(r.seen) {
			r.sort()
		}
	}
	r.round--
	v := r.node[r.first]
	if r.first++; r.first == len(r.node) {
		r.first = 0
	}
	r.count--
	return v
}

// sort puts every node once in ascending order; those that wait twice follow.
func (r *ring) sort() {
	r.later = r.later[:0]
	for k := range r.count {
		at := r.first + k
		if at >= len(r.node) {
			at -= len(r.node)
		}
		v := r.node[at]
		if bit := uint64(1) << (v & 63); r.seen[v>>6]&bit == 0 {
			r.seen[v>>6] |= bit
		} else {
			r.later = append(r.later, v)
		}
	}
	r.count = 0
	for k, word := range r.seen {
		for ; word != 0; word &= word - 1 {
			r.push(int32(k<<6 + bits.TrailingZeros64(word)))
		}
		r.seen[k] = 0
	}
	for _, v := range r.later {
		r.push(v)
	}
}

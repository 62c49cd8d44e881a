package assign

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Wants say how much each end of an edge wants it, by edge: the higher, the
// more, and the node with the lower number among equals. Nil stands for the
// scores.
type Wants struct {
	Left, Right   []int32
	RightProposes bool // the right nodes' interest comes first
}

// Stable returns, ascending, the edges of a stable assignment: one without a
// blocking pair. An edge outside it blocks when each of its ends has a free
// place or wants it more than the edge it wants least among those it holds. An
// edge of negative score is acceptable to nobody, one of zero is.
//
// Must edges are taken out first: they use places, and are neither given up nor
// compared with. Minimums are not kept. Of all stable assignments it is the one
// that every node of the proposing side likes best; both proposing sides serve
// the same nodes, as often.
//
// Errors: ErrInput, wrapped, also for a cover rule; *Infeasible when must edges
// exceed a capacity; the error of the context when it ends first.
//
// It is deferred acceptance (Gale and Shapley 1962), with capacities on both
// sides (Roth 1984): who has a free place proposes to the next on the list, who
// is full keeps the best. An edge is proposed once and never again, so it ends; what a receiver
// holds only gets better, so whom it has refused it would refuse again.
//
// Cost: O(E + V) time, O(E log d) for scores that crowd together, d being the
// most edges of a node; 4 bytes an edge beyond the problem, 8 when the right
// side proposes.
func Stable(ctx context.Context, p Problem, w Wants) ([]int, error) {
	if err := validateStable(p, w); err != nil {
		return nil, err
	}
	if f := crowdedMust(p); f != nil {
		return nil, f
	}
	if w.RightProposes {
		c := newCalls(p, w)
		if err := c.clear(ctx); err != nil {
			return nil, err
		}
		return c.pairs(), nil
	}
	m := newProposals(p, w)
	if err := m.clear(ctx); err != nil {
		return nil, err
	}
	return m.pairs(p), nil
}

func validateStable(p Problem, w Wants) error {
	if err := validate(p); err != nil {
		return err
	}
	if p.Cover != CoverNone {
		return fmt.Errorf("%w: a stable assignment has no cover rule", ErrInput)
	}
	for _, side := range [][]int32{w.Left, w.Right} {
		if side != nil && len(side) != p.Edges.Len() {
			return fmt.Errorf("%w: %d wants for %d edges", ErrInput, len(side), p.Edges.Len())
		}
	}
	return nil
}

// proposals are a problem from the side of the left nodes when they propose.
// [calls] are one from the other side.
type proposals struct {
	receivers
	first []int32 // first edge of each proposer, and the end
	to    []int32 // receiver, by edge
	likes []int32 // how much the proposer wants the edge
	liked []int32 // how much the receiver does
	never func(edge int32) bool

	list []int32 // edges by proposer, the most wanted first
	next []int32 // place in list of the next proposal
	last []int32 // end of the list
	free []int32 // places of the proposers
	wait []int32 // proposers who lost a place
}

// receivers hold keys, the greater the better, as a heap with the least on top.
// bar is the least key of one who is full: none at or below it is of any use.
type receivers struct {
	held [][]uint64
	bar  []uint64
}

func newProposals(p Problem, w Wants) *proposals {
	m := &proposals{first: p.Edges.First, to: p.Edges.Right, likes: p.Edges.Score, liked: p.Edges.Score}
	if w.Left != nil {
		m.likes = w.Left
	}
	if w.Right != nil {
		m.liked = w.Right
	}
	if len(m.first) == 0 { // no edges may come without a division
		m.first = make([]int32, len(p.Left)+1)
	}
	m.never = unacceptable(p.Edges)
	var places []int32
	m.free, places = openPlaces(p)
	entries := make([]int32, len(places))
	for _, j := range m.to {
		entries[j]++
	}
	m.hold(places, entries)
	return m
}

// unacceptable says whether an edge must not be proposed.
func unacceptable(e Edges) func(edge int32) bool {
	must := make([]uint64, (e.Len()+63)/64)
	for _, x := range e.Must {
		must[x>>6] |= 1 << (x & 63)
	}
	return func(x int32) bool { return e.Score[x] < 0 || must[x>>6]>>(x&63)&1 != 0 }
}

// openPlaces are the places that must edges leave.
func openPlaces(p Problem) (left, right []int32) {
	left, right = make([]int32, len(p.Left)), make([]int32, len(p.Right))
	for i, n := range p.Left {
		left[i] = int32(n.Capacity)
	}
	for j, n := range p.Right {
		right[j] = int32(n.Capacity)
	}
	for _, x := range p.Edges.Must {
		e := p.Edges.At(int(x))
		left[e.Left]--
		right[e.Right]--
	}
	return left, right
}

// hold makes room for what receivers hold: no more than their places, nor than
// their entries.
func (m *receivers) hold(places, entries []int32) {
	total := 0
	for j, n := range places {
		places[j] = min(n, entries[j])
		total += int(places[j])
	}
	room := make([]uint64, total)
	m.held, m.bar = make([][]uint64, len(places)), make([]uint64, len(places))
	for j, n := range places {
		if m.held[j], room = room[:0:n], room[n:]; n == 0 {
			m.bar[j] = math.MaxUint64
		}
	}
}

// clear lets everybody propose until nobody who has a free place has anyone
// left to propose to.
func (m *proposals) clear(ctx context.Context) error {
	n := len(m.free)
	m.list, m.next, m.last = make([]int32, len(m.to)), make([]int32, n), make([]int32, n)
	var s sorter
	for i := range n {
		if i&0xFFF == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		m.next[i] = m.first[i]
		m.last[i] = m.first[i] + int32(s.list(m, m.first[i], m.first[i+1]))
		m.propose(int32(i))
		for len(m.wait) > 0 {
			i := m.wait[len(m.wait)-1]
			m.wait = m.wait[:len(m.wait)-1]
			m.propose(i)
		}
	}
	return nil
}

// propose makes the proposals of one proposer until its places are filled.
func (m *proposals) propose(i int32) {
	at, last, free := m.next[i], m.last[i], m.free[i]
	for ; free > 0 && at < last; at++ {
		x := m.list[at]
		j := m.to[x]
		key := uint64(uint32(m.liked[x])^1<<31)<<32 | uint64(^uint32(i))
		if key <= m.bar[j] {
			continue
		}
		free--
		if loser := m.take(j, key); loser >= 0 {
			m.free[loser]++
			m.wait = append(m.wait, loser)
		}
	}
	m.next[i], m.free[i] = at, free
}

// take lets a receiver hold a key above its bar, and returns the proposer that
// lost a place for it, or -1.
func (m *receivers) take(j int32, key uint64) (loser int32) {
	h := m.held[j]
	loser = -1
	if len(h) < cap(h) {
		h = append(h, key)
		for at := len(h) - 1; at > 0 && h[(at-1)/2] > key; at = (at - 1) / 2 {
			h[at], h[(at-1)/2] = h[(at-1)/2], key
		}
		m.held[j] = h
	} else {
		loser = int32(^uint32(h[0]))
		sink(h, key)
	}
	if len(h) == cap(h) {
		m.bar[j] = h[0]
	}
	return loser
}

// sink puts a key in the place of the top of a heap.
func sink(h []uint64, key uint64) {
	at := 0
	for {
		child := 2*at + 1
		if child >= len(h) {
			break
		}
		if child+1 < len(h) && h[child+1] < h[child] {
			child++
		}
		if h[child] >= key {
			break
		}
		h[at], at = h[child], child
	}
	h[at] = key
}

// pairs are the edges held and the must edges, ascending.
func (m *proposals) pairs(p Problem) []int {
	var out []int
	for j, held := range m.held {
		for _, key := range held {
			i := ^uint32(key)
			from := m.first[i]
			at, _ := slices.BinarySearch(m.to[from:m.first[i+1]], int32(j))
			x := from + int32(at)
			out = append(out, int(x))
		}
	}
	for _, x := range p.Edges.Must {
		out = append(out, int(x))
	}
	slices.Sort(out)
	return out
}

// sorter orders the lists of proposers, one at a time.
type sorter struct {
	keys, spread []uint64 // 2^32-1-want, then the place; ascending is best first
	count        []int32
}

// Lists of up to few entries, and parts that are no longer, are sorted by
// insertion.
const few = 16

// list writes the entries from..to that can be proposed into the market's list,
// the most wanted first, and returns how many there are.
func (s *sorter) list(m *proposals, from, to int32) int {
	s.keys = s.keys[:0]
	low, high := uint32(math.MaxUint32), uint32(0)
	for x := from; x < to; x++ {
		if m.never(x) {
			continue
		}
		k := ^(uint32(m.likes[x]) ^ 1<<31)
		low, high = min(low, k), max(high, k)
		s.keys = append(s.keys, uint64(k)<<32|uint64(uint32(x)))
	}
	keys := s.keys
	if len(keys) > few && low < high {
		keys = s.deal(low, high)
	} else {
		insert(keys)
	}
	for at, k := range keys {
		m.list[from+int32(at)] = int32(k)
	}
	return len(keys)
}

// deal sorts keys by dealing them into about as many equal ranges as there are
// keys, and then each range.
func (s *sorter) deal(low, high uint32) []uint64 {
	n := len(s.keys)
	shift := 0
	for int(high-low)>>shift > n {
		shift++
	}
	ranges := int(high-low)>>shift + 1
	s.count = slices.Grow(s.count[:0], ranges+1)[:ranges+1]
	clear(s.count)
	for _, k := range s.keys {
		s.count[(uint32(k>>32)-low)>>shift+1]++
	}
	for r := range ranges {
		s.count[r+1] += s.count[r]
	}
	s.spread = slices.Grow(s.spread[:0], n)[:n]
	for _, k := range s.keys {
		at := &s.count[(uint32(k>>32)-low)>>shift]
		s.spread[*at] = k
		*at++
	}
	from := int32(0)
	for _, to := range s.count[:ranges] { // each is now the end of its range
		if part := s.spread[from:to]; len(part) <= few {
			insert(part)
		} else {
			slices.Sort(part)
		}
		from = to
	}
	return s.spread
}

func insert(keys []uint64) {
	for a := 1; a < len(keys); a++ {
		k, b := keys[a], a
		for ; b > 0 && keys[b-1] > k; b-- {
			keys[b] = keys[b-1]
		}
		keys[b] = k
	}
}

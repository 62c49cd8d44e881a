package assign

import (
	"math"
	"math/bits"
)

// entry is a node that waits at a distance.
type entry struct {
	dist int64
	node int32
}

// radix is a queue by distance for one who goes on and never back: an entry
// nearer than the last that was taken counts as if it were as near. It divides
// the entries by the highest bit in which they differ from that one (Ahuja,
// Mehlhorn, Orlin and Tarjan 1990). A node stands in it at most once. Those that
// are as near come in turn.
//
// Each part is a ring: its places are the nodes that stand in it and one more
// place, where it begins and ends.
type radix struct {
	last  uint64 // distance of the last one taken
	place []place
	nodes int32 // place of the first part
}

// place is where a node waits; next is the place behind it and 1, 0 where it does
// not wait.
type place struct {
	rank       uint64
	next, back int32
}

const radixParts = 65

func newRadix(nodes int32) radix {
	r := radix{nodes: nodes, place: make([]place, nodes+radixParts)}
	for v := nodes; v < nodes+radixParts; v++ {
		r.place[v].next, r.place[v].back = v+1, v
	}
	return r
}

// rank keeps the order of distances, which may be negative.
func (a entry) rank() uint64 { return uint64(a.dist) ^ 1<<63 }

// push adds a node, or moves it forward to a shorter distance.
func (r *radix) push(x entry) {
	p := &r.place[x.node]
	if p.next > 0 {
		if x.rank() >= p.rank {
			return
		}
		r.remove(x.node)
	}
	p.rank = x.rank()
	r.insert(x.node)
}

// insert puts a node at the end of its part.
func (r *radix) insert(v int32) {
	p := &r.place[v]
	part := r.nodes + int32(bits.Len64(max(p.rank, r.last)^r.last))
	end := r.place[part].back
	p.next, p.back = part+1, end
	r.place[end].next, r.place[part].back = v+1, v
}

func (r *radix) remove(v int32) {
	p := &r.place[v]
	r.place[p.back].next, r.place[p.next-1].back = p.next, p.back
	p.next = 0
}

// pop takes a nearest entry; of none, one that is far.
func (r *radix) pop() entry {
	v := r.place[r.nodes].next - 1
	if v == r.nodes {
		if !r.forward() {
			return entry{far, 0}
		}
		v = r.place[r.nodes].next - 1
	}
	r.remove(v)
	return entry{int64(r.last ^ 1<<63), v}
}

// forward goes on to the nearest entry and divides its part anew.
func (r *radix) forward() bool {
	for part := r.nodes + 1; part < r.nodes+radixParts; part++ {
		first := r.place[part].next - 1
		if first == part {
			continue
		}
		r.place[part].next, r.place[part].back = part+1, part
		r.last = math.MaxUint64
		for v := first; v != part; v = r.place[v].next - 1 {
			r.last = min(r.last, r.place[v].rank)
		}
		for v := first; v != part; {
			next := r.place[v].next - 1
			r.insert(v)
			v = next
		}
		return true
	}
	return false
}

// clear empties the queue; the first entries may be as near as from.
func (r *radix) clear(from int64) {
	for part := r.nodes; part < r.nodes+radixParts; part++ {
		for r.place[part].next-1 != part {
			r.remove(r.place[part].next - 1)
		}
	}
	r.last = entry{dist: from}.rank()
}

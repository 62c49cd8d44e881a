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
// Mehlhorn, Orlin and Tarjan 1990). A node may stand in it more than once.
// Entries that are as near come in turn.
type radix struct {
	last uint64 // distance of the last one taken
	part [65]chain
	link []linked // of all parts
	free int32    // place of the first that holds nothing, as in a chain
}

// linked is an entry with the place of the one behind it.
type linked struct {
	rank uint64
	node int32
	next int32
}

// chain is a list of entries by the places of its first and last, from 1 on;
// first is 0 where there are none.
type chain struct{ first, last int32 }

// rank keeps the order of distances, which may be negative.
func (a entry) rank() uint64 { return uint64(a.dist) ^ 1<<63 }

func (r *radix) push(x entry) {
	at := r.free
	if at > 0 {
		r.free = r.link[at-1].next
		r.link[at-1] = linked{rank: x.rank(), node: x.node}
	} else {
		r.link = append(r.link, linked{rank: x.rank(), node: x.node})
		at = int32(len(r.link))
	}
	r.insert(at)
}

// insert puts the entry at a place behind those of its part.
func (r *radix) insert(at int32) {
	x := &r.link[at-1]
	x.next = 0
	p := &r.part[bits.Len64(max(x.rank, r.last)^r.last)]
	if p.first == 0 {
		p.first = at
	} else {
		r.link[p.last-1].next = at
	}
	p.last = at
}

// pop takes a nearest entry; of none, one that is far.
func (r *radix) pop() entry {
	if r.part[0].first == 0 && !r.forward() {
		return entry{far, 0}
	}
	at := r.part[0].first
	x := &r.link[at-1]
	r.part[0].first = x.next
	x.next, r.free = r.free, at
	return entry{int64(r.last ^ 1<<63), x.node}
}

// forward goes on to the nearest entry and divides its part anew.
func (r *radix) forward() bool {
	for k := range r.part {
		at := r.part[k].first
		if at == 0 {
			continue
		}
		r.part[k].first = 0
		r.last = math.MaxUint64
		for x := at; x > 0; x = r.link[x-1].next {
			r.last = min(r.last, r.link[x-1].rank)
		}
		for at > 0 {
			next := r.link[at-1].next
			r.insert(at)
			at = next
		}
		return true
	}
	return false
}

// clear empties the queue; the first entries may be as near as from.
func (r *radix) clear(from int64) {
	r.last = entry{dist: from}.rank()
	r.part = [65]chain{}
	r.link, r.free = r.link[:0], 0
}

package assign

import (
	"math/bits"
	"slices"
)

// entry is a node that waits at a distance.
type entry struct {
	dist int64
	node int32
}

func (a entry) before(b entry) bool {
	return a.dist < b.dist || a.dist == b.dist && a.node < b.node
}

// order is a four-way min-heap of entries by distance, then node, in which every
// node stands at most once.
type order struct {
	list []entry
	at   []int32 // position of a node in the list and 1, 0 if it is not there
}

// put adds a node, or moves it forward to a shorter distance.
func (o *order) put(x entry) {
	k := int(o.at[x.node]) - 1
	if k < 0 {
		k = len(o.list)
		o.list = append(o.list, x)
	}
	a := o.list
	for k > 0 {
		up := (k - 1) / 4
		if !x.before(a[up]) {
			break
		}
		a[k] = a[up]
		o.at[a[k].node] = int32(k + 1)
		k = up
	}
	a[k] = x
	o.at[x.node] = int32(k + 1)
}

func (o *order) pop() entry {
	a := o.list
	top, x := a[0], a[len(a)-1]
	o.at[top.node] = 0
	a = a[:len(a)-1]
	o.list = a
	if len(a) == 0 {
		return top
	}
	k := 0
	for {
		first := 4*k + 1
		if first >= len(a) {
			break
		}
		low := first
		for c := first + 1; c < min(first+4, len(a)); c++ {
			if a[c].before(a[low]) {
				low = c
			}
		}
		if !a[low].before(x) {
			break
		}
		a[k] = a[low]
		o.at[a[k].node] = int32(k + 1)
		k = low
	}
	a[k] = x
	o.at[x.node] = int32(k + 1)
	return top
}

func (o *order) clear() {
	for _, x := range o.list {
		o.at[x.node] = 0
	}
	o.list = o.list[:0]
}

// radix is a queue by distance for one who goes on and never back: an entry
// nearer than the last that was taken counts as if it were as near. It divides
// the entries by the highest bit in which they differ from that one (Ahuja,
// Mehlhorn, Orlin and Tarjan 1990). A node may stand in it more than once.
type radix struct {
	last uint64 // distance of the last one taken
	part [65][]entry
	head int // first entry of part 0: the entries as near as the last come in turn
}

// rank keeps the order of distances, which may be negative.
func (a entry) rank() uint64 { return uint64(a.dist) ^ 1<<63 }

func (r *radix) push(x entry) {
	k := bits.Len64(max(x.rank(), r.last) ^ r.last)
	r.part[k] = append(r.part[k], x)
}

// pop takes a nearest entry; of none, one that is far.
func (r *radix) pop() entry {
	if len(r.part[0]) == 0 && !r.forward() {
		return entry{far, 0}
	}
	x := r.part[0][r.head]
	if r.head++; r.head == len(r.part[0]) {
		r.part[0], r.head = r.part[0][:0], 0
	}
	x.dist = int64(r.last ^ 1<<63)
	return x
}

// forward goes on to the nearest entry and divides its part anew.
func (r *radix) forward() bool {
	k := slices.IndexFunc(r.part[:], func(p []entry) bool { return len(p) > 0 })
	if k < 0 {
		return false
	}
	list := r.part[k]
	r.last = list[0].rank()
	for _, x := range list {
		r.last = min(r.last, x.rank())
	}
	for _, x := range list {
		r.push(x)
	}
	r.part[k] = list[:0]
	return true
}

func (r *radix) clear() {
	r.last, r.head = 0, 0
	for k := range r.part {
		r.part[k] = r.part[k][:0]
	}
}

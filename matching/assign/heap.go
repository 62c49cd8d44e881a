package assign

// entry is a node that waits at a distance.
type entry struct {
	dist int64
	node int32
}

// heap is a four-way min-heap of entries by distance, then node. A node may
// stand in it more than once.
type heap []entry

func (a entry) before(b entry) bool {
	return a.dist < b.dist || a.dist == b.dist && a.node < b.node
}

func (h *heap) push(x entry) {
	*h = append(*h, x)
	a := *h
	k := len(a) - 1
	for k > 0 {
		up := (k - 1) / 4
		if !x.before(a[up]) {
			break
		}
		a[k] = a[up]
		k = up
	}
	a[k] = x
}

func (h *heap) pop() {
	a := *h
	x := a[len(a)-1]
	*h = a[:len(a)-1]
	if len(*h) > 0 {
		h.replace(x)
	}
}

// replace puts another entry, not before it, in the place of the first.
func (h *heap) replace(x entry) {
	a := *h
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
		k = low
	}
	a[k] = x
}

// order is a heap in which every node stands at most once.
type order struct {
	list heap
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

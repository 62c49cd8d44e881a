package assign

import (
	"context"
	"math/bits"
	"slices"
)

// calls are a problem from the side of the right nodes when they propose. Their
// edges stand with the left nodes, and few of them are ever proposed; so all
// that is brought together is how much each right node wants whom, and a list is
// sorted only as far as it is gone through.
type calls struct {
	receivers
	edges Edges
	liked []int32  // by edge: how much the left node wants it
	first []int32  // first key of each right node, and the end
	keys  []uint64 // 2^32-1-want, then the left node; ascending is best first

	next   []int32 // key of the next proposal
	sorted []int32 // those before it are in their places
	free   []int32 // places of the right nodes
	wait   []int32 // right nodes that lost a place
}

func newCalls(p Problem, w Wants) *calls {
	c := &calls{edges: p.Edges, liked: p.Edges.Score, first: make([]int32, len(p.Right)+1)}
	if w.Left != nil {
		c.liked = w.Left
	}
	likes := p.Edges.Score
	if w.Right != nil {
		likes = w.Right
	}
	if len(c.edges.First) == 0 { // no edges may come without a division
		c.edges.First = make([]int32, len(p.Left)+1)
	}
	left, right := openPlaces(p)
	never := unacceptable(p.Edges)
	entries := make([]int32, len(p.Left))
	for i := range p.Left {
		entries[i] = c.edges.First[i+1] - c.edges.First[i]
	}
	c.hold(left, entries)
	c.free = right
	for x, j := range p.Edges.Right {
		if !never(int32(x)) {
			c.first[j+1]++
		}
	}
	for j := range p.Right {
		c.first[j+1] += c.first[j]
	}
	c.keys = make([]uint64, c.first[len(p.Right)])
	c.next = slices.Clone(c.first[:len(p.Right)])
	c.sorted = slices.Clone(c.next)
	for i := range p.Left {
		for x := c.edges.First[i]; x < c.edges.First[i+1]; x++ {
			if j := p.Edges.Right[x]; !never(x) {
				c.keys[c.next[j]] = uint64(^(uint32(likes[x])^1<<31))<<32 | uint64(i)
				c.next[j]++
			}
		}
	}
	copy(c.next, c.first)
	return c
}

// clear lets everybody propose until nobody who has a free place has anyone
// left to propose to.
func (c *calls) clear(ctx context.Context) error {
	for j := range c.free {
		if j&0xFFF == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		c.propose(int32(j))
		for n := len(c.wait); n > 0; n = len(c.wait) {
			j := c.wait[n-1]
			c.wait = c.wait[:n-1]
			c.propose(j)
		}
	}
	return nil
}

// propose makes the proposals of one right node until its places are filled.
func (c *calls) propose(j int32) {
	at, free := c.next[j], c.free[j]
	for ; free > 0 && at < c.first[j+1]; at++ {
		if at == c.sorted[j] {
			c.sort(j)
		}
		i := int32(uint32(c.keys[at]))
		key := uint64(uint32(c.liked[c.edge(i, j)])^1<<31)<<32 | uint64(^uint32(j))
		if key <= c.bar[i] {
			continue
		}
		free--
		if loser := c.take(i, key); loser >= 0 {
			c.free[loser]++
			c.wait = append(c.wait, loser)
		}
	}
	c.next[j], c.free[j] = at, free
}

// sort goes on sorting the list of a right node: three times as much as is
// sorted, at least a few.
func (c *calls) sort(j int32) {
	from, end := c.sorted[j], c.first[j+1]
	n := min(end-from, max(few, 3*(from-c.first[j])))
	lead(c.keys[from:end], int(n))
	c.sorted[j] += n
}

// lead puts the n least of different keys first, ascending. It divides them as
// quicksort does, but sorts the rest when that goes badly.
func lead(keys []uint64, n int) {
	a, m := keys, n // the m least of a are still to be found
	for range 2 * bits.Len(uint(len(keys))) {
		if m == 0 || m == len(a) {
			slices.Sort(keys[:n])
			return
		}
		x, y, z := a[0], a[len(a)/2], a[len(a)-1]
		pivot := max(min(x, y), min(max(x, y), z))
		low, high := 0, len(a)-1
		for low <= high {
			for a[low] < pivot {
				low++
			}
			for a[high] > pivot {
				high--
			}
			if low <= high {
				a[low], a[high] = a[high], a[low]
				low++
				high--
			}
		}
		switch {
		case m <= high+1:
			a = a[:high+1]
		case m >= low:
			a, m = a[low:], m-low
		default: // the pivot between them is the last
			m = 0
		}
	}
	slices.Sort(a)
	slices.Sort(keys[:n])
}

// edge is the position of the edge between a left and a right node.
func (c *calls) edge(i, j int32) int32 {
	from := c.edges.First[i]
	at, _ := slices.BinarySearch(c.edges.Right[from:c.edges.First[i+1]], j)
	return from + int32(at)
}

// pairs are the edges held and the must edges, ascending.
func (c *calls) pairs() []int {
	var out []int
	for i, held := range c.held {
		for _, key := range held {
			out = append(out, int(c.edge(int32(i), int32(^uint32(key)))))
		}
	}
	for _, x := range c.edges.Must {
		out = append(out, int(x))
	}
	slices.Sort(out)
	return out
}

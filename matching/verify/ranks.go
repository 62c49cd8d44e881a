package verify

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// drawLots gives each id of a side its place in the tie order: the first eight
// bytes of SHA-256 over the seed and the id. Equal places keep the order of
// the ids.
func (c *checker) drawLots(side int) {
	draw := make([]uint64, len(c.nodes[side]))
	seed := binary.BigEndian.AppendUint64(nil, c.seed)
	for i, n := range c.nodes[side] {
		sum := sha256.Sum256(append(seed, n.id...))
		draw[i] = binary.BigEndian.Uint64(sum[:])
	}
	c.draw[side] = draw
}

// order compares two edges of one id as that id ranks them: what heads its list
// first, then the better solved score, then the tie order of the ids on the
// other side.
func (c *checker) order(side int, a, b int32) int {
	if want := c.want[side]; want != nil && want[a] != want[b] {
		switch {
		case want[a] == 0:
			return +1
		case want[b] == 0:
			return -1
		}
		return cmp.Compare(want[a], want[b])
	}
	x, y := &c.edges[a], &c.edges[b]
	if x.score != y.score {
		return cmp.Compare(c.sign*int64(y.score), c.sign*int64(x.score))
	}
	other := 1 - side
	draw := c.draw[other]
	if d := cmp.Compare(draw[x.end[other]], draw[y.end[other]]); d != 0 {
		return d
	}
	return cmp.Compare(x.end[other], y.end[other])
}

// checkRanks: each pair states where its ids rank it among their edges.
func (c *checker) checkRanks() {
	c.drawLots(left)
	c.drawLots(right)
	for side, name := range sideNames {
		groups := c.pairsOf(side)
		before := c.countBefore(side, groups)
		for i, group := range groups {
			rank := int64(1)
			for k, p := range group {
				rank += int64(before[i][k])
				if stated := c.pairs[p].rank[side]; stated != rank {
					c.refute(c.atPair(int(p)), "states %s_rank %d, the edges give %d", name, stated, rank)
				}
			}
		}
	}
}

// pairsOf lists the pairs of each id of a side, best first. Pairs that are not
// edges are left out.
func (c *checker) pairsOf(side int) [][]int32 {
	groups := make([][]int32, len(c.nodes[side]))
	room := make([]int32, len(c.pairs))
	for i, load := range c.load[side] {
		groups[i], room = room[:0:load], room[load:]
	}
	for p := range c.pairs {
		if e := c.pairs[p].edge; e >= 0 {
			i := c.edges[e].end[side]
			groups[i] = append(groups[i], int32(p))
		}
	}
	for _, group := range groups {
		slices.SortFunc(group, func(a, b int32) int {
			return c.order(side, c.pairs[a].edge, c.pairs[b].edge)
		})
	}
	return groups
}

// countBefore counts, for each pair of each group, the edges that come before
// it but not before the pair in front of it. It takes one binary search an
// edge, so that an id with many edges and many pairs costs no square.
func (c *checker) countBefore(side int, groups [][]int32) [][]int32 {
	counts := make([][]int32, len(groups))
	room := make([]int32, len(c.pairs))
	for i, group := range groups {
		counts[i], room = room[:len(group):len(group)], room[len(group):]
	}
	for e := range c.edges {
		i := c.edges[e].end[side]
		group := groups[i]
		lo, hi := 0, len(group)
		for lo < hi {
			mid := (lo + hi) / 2
			if c.order(side, int32(e), c.pairs[group[mid]].edge) < 0 {
				hi = mid
			} else {
				lo = mid + 1
			}
		}
		if lo < len(group) {
			counts[i][lo]++
		}
	}
	return counts
}

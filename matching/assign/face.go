package assign

import (
	"cmp"
	"math"
	"slices"
)

// Face is the problem whose assignments are the best assignments of p: those
// of the largest total, bonuses included. What its edges score is up to the
// caller, for example how much each is worth keeping; they start at zero, and
// its cover is none. From has the position in p of each of its edges. Prices
// and bonus are those of a proven solution of p; other numbers give a problem
// without meaning.
//
// It follows from the dual bound: an assignment reaches it if and only if every
// node does the best for itself at the prices, so a left node must take what is
// worth more to it than its last edge, may take what is worth as much, and no
// less; a right node of a price above zero must be full.
//
// Cost: O(E log d) time for E edges and at most d at a left node.
func Face(p Problem, prices []int64, bonus int64) (face Problem, from []int32) {
	m := newOffers(p, prices, bonus)
	face = Problem{Left: make([]Node, len(p.Left)), Right: make([]Node, len(p.Right))}
	face.Edges.First = make([]int32, 1, len(p.Left)+1)
	for i := range p.Left {
		least, most, cut := m.left[i].choice(m.worth(i))
		face.Left[i] = Node{Capacity: m.held[i] + most, Minimum: m.held[i] + least}
		for x := p.Edges.First[i]; x < p.Edges.First[i+1]; x++ {
			value := int64(p.Edges.Score[x]) - prices[p.Edges.Right[x]]
			if value < cut && !m.must[x] {
				continue
			}
			must := m.must[x] || most > 0 && value > cut
			if !must && (most == 0 || value < cut) {
				continue
			}
			if must {
				face.Edges.Must = append(face.Edges.Must, int32(len(from)))
			}
			from = append(from, x)
			face.Edges.Right = append(face.Edges.Right, p.Edges.Right[x])
		}
		face.Edges.First = append(face.Edges.First, int32(len(from)))
	}
	face.Edges.Score = make([]int32, len(from))
	for j, n := range m.right {
		least, most := n.sale(prices[j])
		held := p.Right[j].Capacity - n.high
		face.Right[j] = Node{Capacity: held + most, Minimum: held + least}
	}
	return face, from
}

// Bars gives for each left node what an edge that the problem does not have
// would have to score above its right node's price to improve a proven
// solution of p. If no pair that was left out exceeds its bar, the prices prove
// the solution best with all of them, too. A node whose places are taken by
// must edges has a bar beyond every score.
func Bars(p Problem, prices []int64, bonus int64) []int64 {
	m := newOffers(p, prices, bonus)
	bars := make([]int64, len(p.Left))
	for i, n := range m.left {
		values := m.worth(i)
		least, _, _ := n.choice(values)
		switch {
		case n.high <= 0:
			bars[i] = math.MaxInt64 / 2
		case least == 0:
			bars[i] = -n.bonus
		case least == n.high:
			bars[i] = values[least-1]
		default:
			bars[i] = min(values[least-1], 0)
		}
	}
	return bars
}

// offers is a problem at prices, its must edges set aside.
type offers struct {
	p           Problem
	prices      []int64
	left, right []freeNode
	held        []int  // must edges of each left node
	must        []bool // by edge
}

func newOffers(p Problem, prices []int64, bonus int64) offers {
	m := offers{
		p: p, prices: prices, held: make([]int, len(p.Left)), must: make([]bool, p.Edges.Len()),
		left: freeNodes(p.Left, p.Cover.left(), bonus), right: freeNodes(p.Right, p.Cover.right(), bonus),
	}
	for _, x := range p.Edges.Must {
		e := p.Edges.At(int(x))
		m.left[e.Left].force()
		m.right[e.Right].force()
		m.held[e.Left]++
		m.must[x] = true
	}
	return m
}

func (m offers) value(x int32) int64 { return int64(m.p.Edges.Score[x]) - m.prices[m.p.Edges.Right[x]] }

// worth lists what the free edges of a left node are worth to it, best first.
func (m offers) worth(i int) (values []int64) {
	if len(m.p.Edges.First) == 0 {
		return nil
	}
	from, to := m.p.Edges.Of(i)
	if m.left[i].high == 1 && m.held[i] == 0 { // choice looks at the best only
		best := int64(math.MinInt64)
		score := m.p.Edges.Score[from:to]
		for k, j := range m.p.Edges.Right[from:to] {
			best = max(best, int64(score[k])-m.prices[j])
		}
		if from == to {
			return nil
		}
		return []int64{best}
	}
	for x := m.p.Edges.First[i]; x < m.p.Edges.First[i+1]; x++ {
		if !m.must[x] {
			values = append(values, m.value(x))
		}
	}
	slices.SortFunc(values, func(a, b int64) int { return cmp.Compare(b, a) })
	return values
}

// choice is how many edges of these values, best first, a left node takes at
// best: from least to most, all numbers between being as good. Cut is the value
// of the last it may take.
func (n freeNode) choice(values []int64) (least, most int, cut int64) {
	gain := func(k int) int64 {
		if k == 0 {
			return values[0] + n.bonus
		}
		return values[k]
	}
	limit := min(n.high, len(values))
	for least < limit && (least < n.low || gain(least) > 0) {
		least++
	}
	for most = least; most < limit && gain(most) == 0; {
		most++
	}
	if most > 0 {
		cut = values[most-1]
	}
	return least, most, cut
}

// sale is how many pairs at a price a right node takes at best.
func (n freeNode) sale(price int64) (least, most int) {
	if n.high <= 0 {
		return 0, 0
	}
	switch {
	case price > 0:
		return n.high, n.high
	case price == 0:
		least, most = n.low, n.high
	default:
		least, most = n.low, n.low
	}
	if n.low == 0 && n.bonus > 0 {
		switch first := price + n.bonus; {
		case first > 0:
			return 1, max(1, most)
		case first == 0:
			return 0, 1
		}
	}
	return least, most
}

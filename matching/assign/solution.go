package assign

import "slices"

// solution reads the answer off a balanced network.
func (g *network) solution(p Problem, bonus int64) Solution {
	s := Solution{Bonus: bonus, Prices: g.prices()}
	chosen := make([]bool, p.Edges.Len())
	taken := 0
	for x, e := range p.Edges.All() {
		if e.Must {
			chosen[x] = true
			continue
		}
		chosen[x] = g.place[taken] >= 0
		taken++
	}
	u := usageOf(p, chosen)
	for x, yes := range slices.Backward(chosen) {
		if !yes || p.Edges.Score[x] > 0 {
			continue
		}
		if e := p.Edges.At(x); u.needless(p, e) {
			chosen[x] = false
			u.count(e, -1)
		}
	}
	for x, yes := range chosen {
		if yes {
			s.Pairs = append(s.Pairs, x)
			s.Score += int64(p.Edges.Score[x])
		}
	}
	s.Served = u.served()
	return s
}

// usage counts the pairs of every node.
type usage struct{ left, right []int }

func usageOf(p Problem, chosen []bool) usage {
	u := usage{make([]int, len(p.Left)), make([]int, len(p.Right))}
	for x, e := range p.Edges.All() {
		if chosen[x] {
			u.count(e, +1)
		}
	}
	return u
}

func (u usage) count(e Edge, by int) {
	u.left[e.Left] += by
	u.right[e.Right] += by
}

func (u usage) served() (n [2]int) {
	for side, counts := range [2][]int{u.left, u.right} {
		for _, c := range counts {
			if c > 0 {
				n[side]++
			}
		}
	}
	return n
}

// needless reports whether a chosen edge adds nothing and no rule asks for it.
func (u usage) needless(p Problem, e Edge) bool {
	return e.Score <= 0 && !e.Must &&
		u.left[e.Left] > asked(p.Left[e.Left], p.Cover.left()) &&
		u.right[e.Right] > asked(p.Right[e.Right], p.Cover.right())
}

// asked is the number of pairs that the rules ask for at a node.
func asked(n Node, covered bool) int {
	if covered {
		return max(n.Minimum, 1)
	}
	return n.Minimum
}

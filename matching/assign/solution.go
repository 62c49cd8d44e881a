package assign

import "slices"

// solution reads the answer off a balanced network.
func (g *network) solution(p Problem, bonus int64) Solution {
	s := Solution{Bonus: bonus, Prices: g.prices(), Pairs: g.pairs(p.Edges)}
	s.tidy(p, nil)
	return s
}

// tidy drops pairs of a score of zero or less that no rule asks for, but those
// to be kept, and adds up what is left.
func (s *Solution) tidy(p Problem, keep []int) {
	u := usageOf(p, s.Pairs)
	kept := len(s.Pairs)
	s.Score = 0
	for _, x := range slices.Backward(s.Pairs) {
		if p.Edges.Score[x] <= 0 && !has(keep, x) {
			if e := p.Edges.At(x); u.needless(p, e) {
				u.count(e, -1)
				continue
			}
		}
		kept--
		s.Pairs[kept] = x
		s.Score += int64(p.Edges.Score[x])
	}
	s.Pairs = s.Pairs[kept:]
	s.Served = u.served()
}

// pairs are the positions of the must edges and of those that carry a unit.
func (g *network) pairs(s Edges) []int {
	must := s.Must
	out := make([]int, 0, len(must)+len(g.held))
	for i := range g.left {
		from := len(out)
		for len(must) > 0 && must[0] < s.First[i+1] {
			out, must = append(out, int(must[0])), must[1:]
		}
		for _, l := range g.links(i) {
			at, _ := slices.BinarySearch(s.Right[s.First[i]:s.First[i+1]], l.node)
			out = append(out, int(s.First[i])+at)
		}
		slices.Sort(out[from:])
	}
	return out
}

// usage counts the pairs of every node.
type usage struct{ left, right []int }

// usageOf counts pairs, which are positions of edges, ascending.
func usageOf(p Problem, pairs []int) usage {
	u := usage{make([]int, len(p.Left)), make([]int, len(p.Right))}
	i := 0
	for _, x := range pairs {
		for int(p.Edges.First[i+1]) <= x {
			i++
		}
		u.left[i]++
		u.right[p.Edges.Right[x]]++
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

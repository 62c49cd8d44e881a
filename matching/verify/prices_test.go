package verify

import (
	"fmt"
	"slices"
)

// bound is a constraint price[a] - price[b] <= most; -1 stands for zero.
type bound struct{ a, b, most int }

// prices finds prices under which a plan that is optimal for score plus bonus
// is worth the dual, by Bellman-Ford over what the plan's optimality says of
// them: no id would gain by dropping, adding or exchanging a pair. It fails
// when there are none, so when the plan is not optimal.
func (in instance) prices(p plan, bonus int) ([]int, error) {
	bounds := append(in.leftBounds(p, bonus), in.rightBounds(p, bonus)...)
	zero := len(in.right)
	price := make([]int, zero+1)
	at := func(j int) int {
		if j < 0 {
			return zero
		}
		return j
	}
	for round := 0; ; round++ {
		changed := false
		for _, b := range bounds {
			if limit := price[at(b.b)] + b.most; price[at(b.a)] > limit {
				price[at(b.a)], changed = limit, true
			}
		}
		if !changed {
			break
		}
		if round > zero+1 {
			return nil, fmt.Errorf("plan %b is not optimal", p)
		}
	}
	for j := range in.right {
		price[j] -= price[zero]
	}
	return price[:zero], nil
}

// free lists the edges of an id that are not must edges, chosen and not, and
// counts its pairs and its must pairs.
func (in instance) free(p plan, mine func(tedge) bool) (chosen, rest []int, pairs, held int) {
	for e, x := range in.edges {
		switch {
		case !mine(x):
		case in.isMust(e):
			pairs, held = pairs+1, held+1
		case p.has(e):
			pairs++
			chosen = append(chosen, e)
		default:
			rest = append(rest, e)
		}
	}
	return chosen, rest, pairs, held
}

func (in instance) isMust(e int) bool {
	return slices.Contains(in.must, e)
}

func (in instance) leftBounds(p plan, bonus int) []bound {
	var out []bound
	if !in.covers("left") {
		bonus = 0
	}
	for i, n := range in.left {
		chosen, rest, pairs, _ := in.free(p, func(x tedge) bool { return x.l == i })
		w := func(e int) int { return in.sign() * in.edges[e].score }
		for _, c := range chosen {
			for _, f := range rest {
				out = append(out, bound{in.edges[c].r, in.edges[f].r, w(c) - w(f)})
			}
			if pairs > n.lo {
				out = append(out, bound{in.edges[c].r, -1, w(c) + once(pairs == 1, bonus)})
			}
		}
		for _, f := range rest {
			if pairs < n.capacity {
				out = append(out, bound{-1, in.edges[f].r, -w(f) - once(pairs == 0, bonus)})
			}
		}
	}
	return out
}

func (in instance) rightBounds(p plan, bonus int) []bound {
	var out []bound
	if !in.covers("right") {
		bonus = 0
	}
	for j, n := range in.right {
		chosen, _, pairs, _ := in.free(p, func(x tedge) bool { return x.r == j })
		if pairs < n.capacity {
			out = append(out, bound{j, -1, -once(pairs == 0, bonus)})
		}
		if len(chosen) > 0 && pairs > n.lo {
			out = append(out, bound{-1, j, once(pairs == 1, bonus)})
		}
	}
	return out
}

func once(when bool, value int) int {
	if when {
		return value
	}
	return 0
}

// dual is the certificate's sum by its definition: every choice of every id.
func (in instance) dual(price []int, bonus int) int {
	total := 0
	for e, x := range in.edges {
		total += once(in.isMust(e), in.sign()*x.score)
	}
	for i, n := range in.left {
		_, free, _, held := in.free(0, func(x tedge) bool { return x.l == i })
		total += most(len(free), held, n, once(in.covers("left"), bonus), func(k int) int {
			x := in.edges[free[k]]
			return in.sign()*x.score - price[x.r]
		})
	}
	for j, n := range in.right {
		_, free, _, held := in.free(0, func(x tedge) bool { return x.r == j })
		total += most(len(free), held, n, once(in.covers("right"), bonus), func(int) int { return price[j] })
	}
	return total
}

// most tries every subset of an id's free edges that its limits allow.
func most(free, held int, n tnode, bonus int, value func(k int) int) int {
	best, found := 0, false
	for set := range 1 << free {
		sum, pairs := 0, held
		for k := range free {
			if set>>k&1 == 1 {
				sum += value(k)
				pairs++
			}
		}
		if pairs < n.lo || pairs > n.capacity {
			continue
		}
		sum += once(pairs > 0, bonus)
		if !found || sum > best {
			best, found = sum, true
		}
	}
	return best
}

// lowest is the bound that the cover rule uses, by its definition.
func (in instance) lowest() int {
	side := func(nodes []tnode, of func(tedge) int) int {
		total := 0
		for i, n := range nodes {
			_, free, _, held := in.free(0, func(x tedge) bool { return of(x) == i })
			total -= most(len(free), held, n, 0, func(k int) int { return -in.sign() * in.edges[free[k]].score })
		}
		for e, x := range in.edges {
			total += once(in.isMust(e), in.sign()*x.score)
		}
		return total
	}
	return max(side(in.left, func(x tedge) int { return x.l }), side(in.right, func(x tedge) int { return x.r }))
}

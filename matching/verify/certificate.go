package verify

import "slices"

// checkBonus: the bonus of a served id decides before any score. See the
// package comment for the proof that bonus > score - lowest is enough, where
// lowest is no more than the solved score of any plan. Without a cover rule
// there is no bonus.
func (c *checker) checkBonus() {
	if !c.covered[left] && !c.covered[right] {
		if c.bonus != 0 {
			c.refute(member("certificate.bonus"), "is %d in a round without a cover rule", c.bonus)
		}
		return
	}
	lowest := larger(c.lowest(left), c.lowest(right))
	if spread := widen(c.sign * c.score).minus(lowest); !spread.less(widen(c.bonus)) {
		c.refute(member("certificate.bonus"),
			"is %d; to come before every score it must be more than %s, the score less the lowest one possible", c.bonus, spread)
	}
}

// lowest is a bound that no plan's solved score is below: each id of one side
// takes its worst edges, as if the other side had no limits.
func (c *checker) lowest(side int) wide {
	var total wide
	var costs []int64
	c.eachNode(side, func(i int, edges []int32) {
		costs = costs[:0]
		for _, e := range edges {
			w := c.sign * int64(c.edges[e].score)
			if c.forced[e] {
				total = total.add(w)
			} else {
				costs = append(costs, w)
			}
		}
		lo, hi := c.room(side, i, len(costs))
		total = total.plus(cheapest(costs, lo, hi, 0))
	})
	return total
}

// eachNode visits the ids of a side with their edges.
func (c *checker) eachNode(side int, visit func(i int, edges []int32)) {
	end := make([]int, len(c.nodes[side]))
	sum := 0
	for i, degree := range c.degree[side] {
		end[i] = sum
		sum += degree
	}
	edges := make([]int32, len(c.edges))
	for e := range c.edges {
		i := c.edges[e].end[side]
		edges[end[i]] = int32(e)
		end[i]++
	}
	for i, degree := range c.degree[side] {
		visit(i, edges[end[i]-degree:end[i]])
	}
}

// room is how many pairs an id may choose, at least and at most, when its must
// pairs are set aside and free edges remain, in all plans of a lottery together.
// Where that is impossible, which the checks of capacity and minimum report, it is
// the nearest possible.
func (c *checker) room(side, i, free int) (lo, hi int) {
	n, held := c.nodes[side][i], c.held[side][i]
	fold := int(c.fold)
	hi = max(0, min(fold*(int(n.capacity)-held), free))
	lo = min(max(0, fold*(int(n.minimum)-held)), hi)
	return lo, hi
}

// cheapest is the smallest sum of at least lo and at most hi of the costs,
// where choosing any at all saves first (>= 0). Marginal costs grow, so it
// goes on while the next one is below zero. It reorders costs.
func cheapest(costs []int64, lo, hi int, first int64) wide {
	if hi == 1 {
		costs[0] = slices.Min(costs)
	} else if hi > 1 {
		slices.Sort(costs)
	}
	var total wide
	for k, cost := range costs[:hi] {
		if k == 0 {
			cost -= first
		}
		if k >= lo && cost >= 0 {
			break
		}
		total = total.add(cost)
	}
	return total
}

// checkPrices: the pairs are worth what the certificate states, no plan
// is worth more than what its prices state, and the two are equal.
func (c *checker) checkPrices() {
	bound := widen(c.sign * c.score).plus(c.checkGap("pairs", c.primalSum()))
	if c.sign < 0 {
		bound = wide{}.minus(bound)
	}
	c.result.Bound = bound.clamp()
}

// checkBound: the pairs are worth what the certificate states, no plan is worth
// more than what its prices state, and the gap is what lies between. With a cover
// rule the gap may leave room for plans that serve more.
func (c *checker) checkBound() {
	primal, dual := c.primalSum(), c.dualLeft().plus(c.dualRight())
	c.compare("primal", c.primal, primal)
	c.compare("dual", c.dual, dual)
	gap := dual.minus(primal)
	c.compare("gap", c.gap, gap)
	if c.gap == 0 {
		c.refute(member("certificate"), "is of kind %q without a gap", c.proof.kind)
	}
	bound := widen(c.sign * c.score).plus(gap)
	if c.bonus > 0 {
		lowest := larger(c.lowest(left), c.lowest(right))
		for room := bound.minus(lowest); !room.less(widen(c.bonus)) && c.result.More < len(c.nodes[left])+len(c.nodes[right]); c.result.More++ {
			room = room.minus(widen(c.bonus))
		}
	}
	if c.sign < 0 {
		bound = wide{}.minus(bound)
	}
	c.result.Bound, c.result.Gap = bound.clamp(), c.gap
}

// compare refutes a number of the certificate that is not the one found.
func (c *checker) compare(name string, stated int64, found wide) {
	if widen(stated) != found {
		c.refute(member("certificate."+name), "states %d, the file gives %s", stated, found)
	}
}

// primalSum is what the pairs are worth: the score, and the bonuses of served ids.
func (c *checker) primalSum() wide {
	primal := widen(c.sign * c.score)
	for side, covered := range c.covered {
		if covered {
			primal = primal.plus(times(c.bonus, int64(c.served(side))))
		}
	}
	return primal
}

// checkGap compares what something is worth with what the prices allow, and both
// with what is stated. It returns how much more the prices allow.
func (c *checker) checkGap(what string, primal wide) wide {
	dual := c.dualLeft().plus(c.dualRight())
	c.compare("primal", c.primal, primal)
	c.compare("dual", c.dual, dual)
	gap := dual.minus(primal)
	if gap != (wide{}) {
		c.refute(member("certificate"), "the %s are worth %s and the prices allow %s: not proven best, up to %s may be lost", what, primal, dual, gap)
	}
	return gap
}

// firstBonus is what the first chosen pair of an id earns beside its score,
// and what the id earns anyway because a must pair serves it.
func (c *checker) firstBonus(side, i int) (first, anyway int64) {
	switch {
	case !c.covered[side]:
		return 0, 0
	case c.held[side][i] > 0:
		return 0, c.bonus
	}
	return c.bonus, 0
}

// dualLeft is the most the left ids could get if each chose alone and paid the
// prices. Must edges are not chosen: their scores are counted here in full, so
// that their prices appear on neither side.
func (c *checker) dualLeft() wide {
	var total wide
	var costs []int64
	for i := range c.nodes[left] {
		costs = costs[:0]
		for e := c.first[i]; e < c.first[i+1]; e++ {
			w := c.value(e)
			if c.forced[e] {
				total = total.plus(times(w, c.fold))
			} else {
				costs = append(costs, c.nodes[right][c.edges[e].end[right]].price-w)
			}
		}
		lo, hi := c.room(left, i, len(costs))
		first, anyway := c.firstBonus(left, i)
		total = total.add(anyway).minus(cheapest(costs, lo, hi, first))
	}
	return total
}

// dualRight is the most the right ids could get if each sold as many of its
// places as its capacity, its minimum and its edges allow.
func (c *checker) dualRight() wide {
	var total wide
	for j := range c.nodes[right] {
		total = total.plus(c.sold(j, c.degree[right][j]-c.held[right][j]))
	}
	return total
}

// sold is the most that a right id could get alone with so many free edges.
func (c *checker) sold(j, free int) wide {
	lo, hi := c.room(right, j, free)
	first, anyway := c.firstBonus(right, j)
	price := c.nodes[right][j].price
	if lo == 0 && (hi == 0 || price+first <= 0) {
		return widen(anyway)
	}
	sold := hi
	if price < 0 {
		sold = max(lo, 1)
	}
	return times(price, int64(sold)).add(first).add(anyway)
}

package verify

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
)

// chance is how often something is among the plans of a lottery. One that is not
// stated has of = 0.
type chance struct{ plans, of int64 }

func (x *chance) read(r *reader) {
	r.object([]field{
		{"plans", func() { x.plans = r.integer(0, maxPlans) }},
		{"of", func() { x.of = r.integer(minPlans, maxPlans) }},
	})
}

func (f *round) readPlans(r *reader) {
	r.list(func() {
		plan := []int32{}
		r.list(func() { plan = append(plan, int32(r.integer(0, maxIndex))) })
		f.plans = append(f.plans, plan)
	})
}

// checkStated: plans and chances are stated in a lottery, everywhere, and in no
// other round.
func (c *checker) checkStated() {
	where := [3]string{"left", "right", "pairs"}
	sizes := [3]int{len(c.nodes[left]), len(c.nodes[right]), len(c.pairs)}
	for k, stated := range c.stated {
		want := 0
		if c.how.drawn {
			want = sizes[k]
		}
		if stated != want {
			c.refute(member(where[k]), "%d elements have a propensity; in the method %s it must be %d", stated, c.method, want)
		}
	}
	switch {
	case c.how.drawn:
		c.fold = c.proof.plans
	case c.plans != nil:
		c.refute(member("plans"), "has no place in a round of the method %s", c.method)
	}
}

// checkPlans: there are as many plans as stated, each keeps the capacities, the
// minimums and the must pairs, and no other pair is in two of them.
func (c *checker) checkPlans() {
	if int64(len(c.plans)) != c.proof.plans {
		c.refute(member("certificate.plans"), "states %d, there are %d plans", c.proof.plans, len(c.plans))
	}
	c.chances = [2][]int64{make([]int64, len(c.nodes[left])), make([]int64, len(c.nodes[right]))}
	used := make([]int, len(c.edges))
	for n, plan := range c.plans {
		c.checkPlan(n, plan, used)
	}
	for e, times := range used {
		if times > 1 && !c.forced[e] {
			c.refute(c.atEdge("edges", e, c.edges[e].end), "is in %d plans; a pair that is no must pair may be in one", times)
		}
	}
}

// checkPlan looks at one plan and counts its edges in used.
func (c *checker) checkPlan(n int, plan []int32, used []int) {
	load := [2][]int64{make([]int64, len(c.nodes[left])), make([]int64, len(c.nodes[right]))}
	before, forced := int32(-1), 0
	for _, e := range plan {
		if int(e) >= len(c.edges) || e <= before {
			c.refute(place{"plans", n, nil}, "edge %d is not there or does not come after %d", e, before)
			continue
		}
		before = e
		used[e]++
		if c.forced[e] {
			forced++
		}
		for side := range sideNames {
			at := c.edges[e].end[side]
			if load[side][at] == 0 {
				c.chances[side][at]++
			}
			load[side][at]++
		}
	}
	all := 0
	for _, held := range c.held[left] {
		all += held
	}
	if forced != all {
		c.refute(place{"plans", n, nil}, "has %d of %d must pairs", forced, all)
	}
	for side, nodes := range c.nodes {
		for i, node := range nodes {
			if pairs := load[side][i]; pairs < node.minimum || pairs > node.capacity {
				c.refute(place{"plans", n, []string{node.id}}, "it has %d pairs, outside %d..%d", pairs, node.minimum, node.capacity)
			}
		}
	}
}

// checkDraw: the pairs are the plan that the seed draws, and what is said of
// chances is how often each is in the plans.
func (c *checker) checkDraw() {
	drawn := drawPlan(c.seed, c.proof.plans)
	if c.proof.drawn != drawn {
		c.refute(member("certificate.drawn"), "states plan %d, the seed draws plan %d", c.proof.drawn, drawn)
	}
	plan := c.plans[drawn]
	if len(plan) != len(c.pairs) {
		c.refute(member("pairs"), "are %d, the drawn plan has %d", len(c.pairs), len(plan))
	}
	for _, e := range plan {
		if !c.paired[e] {
			c.refute(c.atEdge("edges", int(e), c.edges[e].end), "is in the drawn plan and not among the pairs")
		}
	}
	compare := func(where fmt.Stringer, stated chance, plans int64) {
		if found := (chance{plans, c.proof.plans}); stated != found {
			c.refute(where, "states a propensity of %d of %d, the plans give %d of %d", stated.plans, stated.of, found.plans, found.of)
		}
	}
	for i := range c.pairs {
		plans := int64(1)
		if e := c.pairs[i].edge; e >= 0 && c.forced[e] {
			plans = c.proof.plans
		}
		compare(c.atPair(i), c.pairs[i].chance, plans)
	}
	for side, nodes := range c.nodes {
		for i := range nodes {
			compare(c.atNode(side, i), nodes[i].chance, c.chances[side][i])
		}
	}
}

// drawPlan is the plan that a seed draws: the first eight bytes of SHA-256 over
// the seed and "lottery", modulo the number of plans. A number in the last, partial
// multiple is left out, and the digest hashed again.
func drawPlan(seed uint64, plans int64) int64 {
	sum := sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, seed), "lottery"...))
	k := uint64(plans)
	partial := (math.MaxUint64%k + 1) % k // 2^64 modulo k
	for binary.BigEndian.Uint64(sum[:]) > math.MaxUint64-partial {
		sum = sha256.Sum256(sum[:])
	}
	return int64(binary.BigEndian.Uint64(sum[:]) % k)
}

// checkLottery: the plans together are worth what the certificate states, and no
// lottery in which every pair that is no must pair has a chance of one plan at most
// is worth more. For such a lottery, let x be the chance of each edge times the
// number of plans: at most 1, and within the capacities and minimums times plans.
// The bound of the prices holds for every such x, whole numbers or not.
func (c *checker) checkLottery() {
	worth := wide{}
	for _, plan := range c.plans {
		for _, e := range plan {
			if int(e) < len(c.edges) { // otherwise checkPlans has refuted it
				worth = worth.add(int64(c.edges[e].score))
			}
		}
	}
	c.checkGap("plans", worth)
	c.result.Plans, c.result.Drawn, c.result.PlansScore = int(c.proof.plans), int(c.proof.drawn), worth.clamp()
}

// elsewhere tells whether an id has a pair in a plan.
func (c *checker) elsewhere(side, i int) bool {
	return c.chances[side] != nil && c.chances[side][i] > 0
}

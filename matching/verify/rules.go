package verify

import "math"

// The limits of rules about groups.
const (
	maxRules      = 32
	maxAmount     = 1_000_000_000 // pairs that a rule names
	maxMultiplier = 1_000_000_000
	maxScale      = 1000
	whole         = 1000 // thousandths
)

// groupSides are what a group may consist of: ids of a side, or edges.
var groupSides = []string{sideNames[left], sideNames[right], "pairs"}

// rule is how many pairs a group has, at least or at most.
type rule struct {
	name       string
	of         int     // among groupSides
	members    []int32 // positions in the list of that name, or of edges
	most       bool
	share      bool  // amount counts thousandths of all pairs
	amount     int64 // pairs otherwise
	multiplier int64
}

func (f *round) readRules(r *reader) {
	var l rule
	amount := func(most int64, share bool) func() {
		return func() { l.amount, l.share = r.integer(0, most), share }
	}
	fields := []field{
		{"name", func() { l.name = r.string() }},
		{"of", func() {
			name := r.word(groupSides...)
			for l.of = 0; l.of < len(groupSides)-1 && groupSides[l.of] != name; {
				l.of++
			}
		}},
		{"members", func() { r.list(func() { l.members = append(l.members, int32(r.integer(0, maxIndex))) }) }},
		{"at", func() { l.most = r.word("least", "most") == "most" }},
		{"multiplier", func() { l.multiplier = r.integer(0, maxMultiplier) }},
		{"pairs", amount(maxAmount, false)},
		{"thousandths", amount(whole, true)},
	}
	defer func() {
		if r.err == nil && len(f.rules) == 0 {
			r.fail("a list of rules has at least one")
		}
	}()
	r.list(func() {
		l = rule{}
		if seen := r.some(len(fields)-2, fields); r.err == nil && seen>>5 != 1 && seen>>5 != 2 {
			r.fail("a rule names pairs or thousandths")
		}
		f.rules = append(f.rules, l)
	})
}

// weights write a rule as a sum over the pairs that is at least least: in for
// each pair of the group, out for each other.
func (l *rule) weights() (in, out, least int64) {
	in, least = 1, l.amount
	if l.share {
		part, all := l.amount, int64(whole)
		for d := int64(2); d <= all; {
			if part%d == 0 && all%d == 0 {
				part, all = part/d, all/d
			} else {
				d++
			}
		}
		in, out, least = all-part, -part, 0
	}
	if l.most {
		return -in, -out, -least
	}
	return in, out, least
}

// inside says of each edge whether it is in the group.
func (c *checker) inside(l *rule) []bool {
	of := make([]bool, max(len(c.nodes[left]), len(c.nodes[right]), len(c.edges)))
	for _, x := range l.members {
		if int(x) < len(of) {
			of[x] = true
		}
	}
	in := make([]bool, len(c.edges))
	for e, x := range c.edges {
		at := e
		if l.of < 2 {
			at = int(x.end[l.of])
		}
		in[e] = of[at]
	}
	return in
}

// checkRules: members exist and ascend strictly, and the pairs keep each rule.
// What each edge is worth at the multipliers is for later checks.
func (c *checker) checkRules() {
	if len(c.rules) > maxRules {
		c.refute(member("rules"), "there are %d, %d at most", len(c.rules), maxRules)
	}
	c.worth = make([]int64, len(c.edges))
	for e := range c.worth {
		c.worth[e] = c.sign * int64(c.edges[e].score) * c.scale
	}
	for k := range c.rules[:min(len(c.rules), maxRules)] {
		l := &c.rules[k]
		at := place{"rules", k, []string{l.name}}
		size := [...]int{len(c.nodes[left]), len(c.nodes[right]), len(c.edges)}[l.of]
		for i, x := range l.members {
			if int(x) >= size || i > 0 && x <= l.members[i-1] {
				c.refute(at, "member %d is not there, comes twice or out of order", x)
				break
			}
		}
		in, out, least := l.weights()
		sum := -least
		for e, yes := range c.inside(l) {
			w := out
			if yes {
				w = in
			}
			c.worth[e] += w * l.multiplier
			if c.paired[e] {
				sum += w
			}
		}
		if sum < 0 {
			c.refute(at, "is not kept by the pairs: %d are missing, or in shares the sum of weights", -sum)
		}
		c.given = c.given.plus(times(least, l.multiplier))
	}
}

// value is what an edge is worth: its solved score, times the scale and with
// what the multipliers of rules add.
func (c *checker) value(e int32) int64 {
	if c.worth != nil {
		return c.worth[e]
	}
	return c.sign * int64(c.edges[e].score)
}

// limit is what no plan that keeps the rules and serves as many ids is worth
// more than, in parts of a point.
func (c *checker) limit() wide {
	limit := c.dualLeft().plus(c.dualRight()).minus(c.given)
	for side, covered := range c.covered {
		if covered {
			limit = limit.minus(times(c.bonus, int64(c.served(side))))
		}
	}
	return limit
}

// checkRuledBonus: the bonus of a served id decides before any score, as in
// checkBonus, where the limit takes the place of the score.
func (c *checker) checkRuledBonus() {
	if !c.covered[left] && !c.covered[right] {
		c.checkBonus()
		return
	}
	lowest := larger(c.lowest(left), c.lowest(right))
	spread := c.limit()
	for range c.scale {
		spread = spread.minus(lowest)
	}
	if !spread.less(widen(c.bonus)) {
		c.refute(member("certificate.bonus"),
			"is %d; to come before every score it must be more than %s, what the multipliers allow less the lowest score possible", c.bonus, spread)
	}
}

// checkLagrange: no plan that keeps the rules is worth more than what prices
// and multipliers state, and the pairs are worth that less the stated gap.
func (c *checker) checkLagrange() {
	dual := c.dualLeft().plus(c.dualRight())
	if widen(c.dual) != dual {
		c.refute(member("certificate.dual"), "states %d, the file gives %s", c.dual, dual)
	}
	limit := c.limit().clamp()
	bound := limit / c.scale
	if limit%c.scale < 0 {
		bound--
	}
	gap := widen(bound).minus(widen(c.sign * c.score))
	if widen(c.gap) != gap {
		c.refute(member("certificate.gap"), "states %d, the pairs are worth %d and the prices and multipliers allow %d", c.gap, c.sign*c.score, bound)
	}
	if limit == math.MaxInt64 || limit == math.MinInt64 {
		c.refute(member("certificate"), "allows more than 64 bits")
	}
	c.result.Bound, c.result.Gap = c.sign*bound, c.gap
}

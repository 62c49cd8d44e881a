package assign

import (
	"context"
	"slices"
)

// shrink fills the needs and, when that is impossible, leaves out rules until
// every one that remains is necessary for the clash (a deletion filter).
// Once only one unit is missing, every rule within reach is necessary: without
// it that unit finds its way. This saves most trials. While two units or more
// are missing, no must edge is, since it holds but one place.
func (c *claims) shrink(ctx context.Context) error {
	c.fill()
	if c.missing == 0 {
		return nil
	}
	c.leaveIdle()
	c.narrow()
	for a := 0; a < len(c.need) && c.missing > 1; a++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.need[a] > 0 && !c.necessary(int32(a)) {
			c.narrow()
		}
	}
	for e := 0; e < len(c.fixed) && c.missing > 1; e++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.fixed[e] {
			c.fixed[e] = false
			c.narrow()
		}
	}
	return nil
}

// leaveIdle leaves out minimums that got nothing, last ones first, while
// something else is still missing.
func (c *claims) leaveIdle() {
	for a, v := range slices.Backward(c.need) {
		if n := int64(v); c.got[a] == 0 && n > 0 && c.missing > n {
			c.setNeed(int32(a), 0)
		}
	}
}

func (c *claims) setNeed(a, n int32) {
	c.missing -= c.lack(a)
	c.need[a] = n
	c.missing += c.lack(a)
}

// narrow fills the needs as far as possible and leaves out the rules beyond
// reach of the nodes still in need, which play no part in the clash. Nor does
// a must edge whose two ends are both within reach: to undo it leads nowhere
// new.
func (c *claims) narrow() {
	c.fill()
	for a := range c.need {
		if c.askMark[a] != c.mark {
			c.setNeed(int32(a), 0)
		}
	}
	for e, yes := range c.fixed {
		if yes && (c.giveMark[c.give[e]] != c.mark || c.askMark[c.ask[e]] == c.mark) {
			c.fixed[e] = false
		}
	}
}

// necessary tries to do without the minimum of a node. If that resolves the
// clash, the minimum and all pairs are put back as they were; otherwise it
// stays left out.
func (c *claims) necessary(a int32) bool {
	need := c.need[a]
	c.setNeed(a, 0)
	c.journal = c.journal[:0]
	c.fill()
	if c.missing > 0 {
		return false
	}
	for _, e := range slices.Backward(c.journal) {
		c.flip(e)
	}
	c.setNeed(a, need)
	return true
}

// group names the rules that remain.
func (c *claims) group(swap bool) *Infeasible {
	var asking, must []int
	for a, n := range c.need {
		if n > 0 {
			asking = append(asking, a)
		}
	}
	for e, yes := range c.fixed {
		if yes {
			must = append(must, e)
		}
	}
	if swap {
		return &Infeasible{Right: asking, Must: must}
	}
	return &Infeasible{Left: asking, Must: must}
}

package verify

import (
	"cmp"
	"fmt"
)

// The reasons why an id has no pair.
const (
	reasonPlaces      = "places"       // left: the places it could have had are worth more elsewhere
	reasonNoCandidate = "no_candidate" // it has no edge
	reasonNoGain      = "no_gain"      // left: its nearest place is free and would add nothing
	reasonFull        = "full"         // it has no capacity
	reasonGroups      = "groups"       // left: rules about groups speak against its nearest place
	reasonNotChosen   = "not_chosen"   // right: it has edges and places, and no pair
)

// The reasons of a stable round.
const (
	reasonUnacceptable = "unacceptable"  // left: all its edges have a negative score
	reasonTaken        = "taken"         // left: must pairs took every place it could have
	reasonOutranked    = "outranked"     // left: each id it could have holds others that it ranks higher
	reasonNotPreferred = "not_preferred" // right: nobody who could take its place would rather have it
)

// reasonGap is that of a left id that would gain at the prices, in a round that
// is not proven best.
const reasonGap = "gap"

// reasonNotDrawn is that of an id in a lottery that has a pair in another plan.
const reasonNotDrawn = "not_drawn"

var reasons = []string{
	reasonPlaces, reasonNoCandidate, reasonNoGain, reasonGroups, reasonFull, reasonNotChosen,
	reasonUnacceptable, reasonTaken, reasonOutranked, reasonNotPreferred, reasonNotDrawn, reasonGap,
}

// checkUnmatched: exactly the ids without a pair are listed, left ones first,
// in the order of the ids, each with the reason that the numbers give.
func (c *checker) checkUnmatched() {
	at := 0
	for side, nodes := range c.nodes {
		for i, n := range nodes {
			if c.load[side][i] > 0 {
				continue
			}
			for at < len(c.unmatched) && c.unmatched[at].before(side, n.id) {
				c.refuteExtra(at)
				at++
			}
			if at == len(c.unmatched) || c.unmatched[at].side != side || c.unmatched[at].id != n.id {
				c.refute(c.atNode(side, i), "has no pair and is not listed in its place among the unmatched")
				continue
			}
			c.checkReason(at, side, i)
			at++
		}
	}
	for ; at < len(c.unmatched); at++ {
		c.refuteExtra(at)
	}
}

// before tells whether the entry's place is before that of an id.
func (u absent) before(side int, id string) bool {
	return u.side < side || u.side == side && u.id < id
}

func (c *checker) atAbsent(at int) place {
	return place{"unmatched", at, []string{c.unmatched[at].id}}
}

func (c *checker) refuteExtra(at int) {
	u := c.unmatched[at]
	i, known := c.position[u.side][u.id]
	switch {
	case !known:
		c.refute(c.atAbsent(at), "is not an id in %s", sideNames[u.side])
	case c.load[u.side][i] > 0:
		c.refute(c.atAbsent(at), "is listed as unmatched and has %d pairs", c.load[u.side][i])
	default:
		c.refute(c.atAbsent(at), "is listed twice or out of order")
	}
}

// checkReason compares an entry with what the edges, capacities and prices say.
func (c *checker) checkReason(at, side, i int) {
	stated := c.unmatched[at]
	found := absent{side: side, id: stated.id, reason: stated.reason, rule: stated.rule}
	empty, none := c.nodes[side][i].capacity == 0, c.degree[side][i] == 0
	switch {
	case empty && none && (stated.reason == reasonFull || stated.reason == reasonNoCandidate): // both hold
	case empty:
		found.reason = reasonFull
	case none:
		found.reason = reasonNoCandidate
	case c.elsewhere(side, i):
		found.reason = reasonNotDrawn
	case side == right:
		found.reason = c.how.unchosen
	default:
		c.how.nearest(c, &found, int32(i))
	}
	if found.reason != reasonNoCandidate || side == right || c.kind != "match" {
		found.rule = "" // only a mentee without candidates has a rule to name
	}
	if stated != found {
		c.refute(c.atAbsent(at), "states %s, the file gives %s", stated.describe(), found.describe())
	}
}

func (u absent) describe() string {
	return fmt.Sprintf("reason %q, rule %q, nearest %q, points %d", u.reason, u.rule, u.nearest, u.points)
}

// nearestPrice says why a left id with places and edges has no pair. Its nearest
// edge is the one that missed being used by the least: the price of the place
// less what the pair would add, ties by the tie order. A nearest place without
// a price is no obstacle, so it was not used because it would add nothing; or
// because of the rules about groups, if it would without them.
func (c *checker) nearestPrice(u *absent, i int32) {
	nearest := c.first[i]
	for e := nearest + 1; e < c.first[i+1]; e++ {
		d := cmp.Compare(c.missing(e), c.missing(nearest))
		if d < 0 || d == 0 && c.drawnBefore(e, nearest) {
			nearest = e
		}
	}
	n, missing := c.nodes[right][c.edges[nearest].end[right]], c.missing(nearest)
	ruled := c.worth != nil
	switch {
	case c.how.bounded && missing < 0:
		u.reason = reasonGap
	case n.price > 0 && (!ruled || missing >= 0):
		u.reason, u.nearest, u.points = reasonPlaces, n.id, missing
		if ruled {
			u.points = (missing + c.scale - 1) / c.scale
		}
	case ruled && (missing < 0 || missing+c.worth[nearest]-c.scale*c.sign*int64(c.edges[nearest].score) < 0):
		u.reason = reasonGroups
	default:
		u.reason = reasonNoGain
	}
}

func (c *checker) missing(e int32) int64 {
	added := c.value(e)
	if c.covered[left] {
		added += c.bonus
	}
	return c.nodes[right][c.edges[e].end[right]].price - added
}

// drawnBefore compares the right ends of two edges in the tie order.
func (c *checker) drawnBefore(a, b int32) bool {
	x, y := c.edges[a].end[right], c.edges[b].end[right]
	if dx, dy := c.draw[right][x], c.draw[right][y]; dx != dy {
		return dx < dy
	}
	return x < y
}

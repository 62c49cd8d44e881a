package verify

import (
	"bytes"
	"fmt"
	"slices"
)

// Everyone tells of a round of people what its file does not: the score of
// every pair that may be, whether the file lists it or not.
type Everyone struct {
	// Scores fills in the score of the left id at a position with each right id,
	// by position, and Barred where the two may not be a pair.
	Scores func(left int, into []int32)
	// Inside says whether two positions would be a pair of a rule's group, of a
	// rule about pairs. It may be nil if the file has none.
	Inside func(rule, left, right int) bool
}

// Barred is the score of two who may not be a pair.
const Barred = -1

// line says on which line of the file an edge stands.
func (c *checker) line(e int) int {
	at := c.edgesAt
	for depth := 0; at < len(c.data); at++ { // of the list of edges, which was read
		switch c.data[at] {
		case '[':
			if depth++; depth == 2 {
				if e == 0 {
					return 1 + bytes.Count(c.data[:at], []byte{'\n'})
				}
				e--
			}
		case ']':
			depth--
		}
	}
	return 0
}

// checkScores: each edge may be a pair and has the score that people have.
func (c *checker) checkScores() {
	if c.kind != "match" {
		c.refute(member("kind"), "is %q; only a round of people has people", c.kind)
		return
	}
	row := make([]int32, len(c.nodes[right]))
	for i := range c.nodes[left] {
		c.all.Scores(i, row)
		for _, score := range row {
			if score != Barred {
				c.result.Allowed++
			}
		}
		for e := c.first[i]; e < c.first[i+1]; e++ {
			x := c.edges[e]
			score := row[x.end[right]]
			switch {
			case score == x.score:
			case c.count > shown:
				c.count++ // where it stands is not told any more
			case score == Barred:
				c.refute(c.atEdge("edges", int(e), x.end), "line %d: the two may not be a pair", c.line(int(e)))
			default:
				c.refute(c.atEdge("edges", int(e), x.end), "line %d: states the score %d, the people have %d", c.line(int(e)), x.score, score)
			}
		}
	}
}

// outside is how a method shows of the pairs that are in no list that they
// change nothing.
type outside struct {
	row func(i int32, scores []int32) // of a left id, Barred for all but those
	end func()                        // after the last; may be nil
}

// checkOutside: no pair that may be and is in no list would change what the
// certificate proves.
func (c *checker) checkOutside() {
	if c.covered[left] || c.covered[right] {
		for side, nodes := range c.nodes { // the lowest score of any round is then that of the must pairs
			if i := slices.IndexFunc(nodes, func(n node) bool { return n.minimum > 0 }); i >= 0 {
				c.refute(c.atNode(side, i), "has a minimum; with a cover rule, pairs in no list are looked at without any")
			}
		}
	}
	ways, row := []outside{c.how.outside(c)}, make([]int32, len(c.nodes[right]))
	if c.keep != nil && c.keep.proven && c.passed([]string{"keep"}) {
		ways = append(ways, c.outsideKept())
	}
	for i := range c.nodes[left] {
		if int64(c.held[left][i]) >= c.nodes[left][i].capacity {
			continue // no plan has another pair of it
		}
		c.all.Scores(i, row)
		for e := c.first[i]; e < c.first[i+1]; e++ {
			row[c.edges[e].end[right]] = Barred
		}
		for j, n := range c.nodes[right] {
			if row[j] != Barred && int64(c.held[right][j]) >= n.capacity {
				row[j] = Barred
			}
		}
		for _, way := range ways {
			way.row(int32(i), row)
		}
	}
	for _, way := range ways {
		if way.end != nil {
			way.end()
		}
	}
}

// atPeople names two who are no edge.
func (c *checker) atPeople(i int32, j int) place {
	return place{"people", -1, []string{c.nodes[left][i].id, c.nodes[right][j].id}}
}

// outsidePrices: the dual of all pairs is that of the edges. What left ids could
// get alone is made anew with every pair that is among the best of one; right ids
// could sell no more at a price than they do with the edges.
func (c *checker) outsidePrices() outside {
	more := make([]int, len(c.nodes[right])) // pairs of right ids in no list
	extra := c.outsideWorth()
	var costs []int64
	row := func(i int32, scores []int32) {
		costs = costs[:0]
		for e := c.first[i]; e < c.first[i+1]; e++ {
			if !c.forced[e] {
				costs = append(costs, c.nodes[right][c.edges[e].end[right]].price-c.value(e))
			}
		}
		listed, unlisted := len(costs), 0
		nearest, least := -1, int64(0)
		for j, score := range scores {
			if score == Barred {
				continue
			}
			more[j]++
			unlisted++
			cost := c.nodes[right][j].price - c.scaled()*int64(score) - extra(i, j)
			if nearest < 0 || cost < least {
				nearest, least = j, cost
			}
			costs = append(costs, cost)
		}
		if nearest < 0 {
			return
		}
		first, _ := c.firstBonus(left, int(i))
		lo, hi := c.room(left, int(i), listed)
		before := cheapest(slices.Clone(costs[:listed]), lo, hi, first)
		lo, hi = c.room(left, int(i), listed+unlisted)
		costs = promising(costs, listed, hi)
		lo, hi = min(lo, len(costs)), min(hi, len(costs))
		if after := cheapest(costs, lo, hi, first); after.less(before) {
			c.refute(c.atPeople(i, nearest), "is in no list, scores %d and would be worth %s more than the prices allow%s",
				scores[nearest], before.minus(after), c.inParts())
		}
	}
	return outside{row, func() {
		for j, n := range more {
			free := c.degree[right][j] - c.held[right][j]
			if c.sold(j, free).less(c.sold(j, free+n)) {
				c.refute(c.atNode(right, j), "has the price %d, and %d pairs in no list could take more of its places", c.nodes[right][j].price, n)
			}
		}
	}}
}

// outsideKept: what a round counts with the pairs that it keeps is the most with
// all pairs too, by the argument of outsidePrices. A pair in no list is not one of
// those that are kept.
func (c *checker) outsideKept() outside {
	more := make([]int, len(c.nodes[right]))
	var free []worth
	row := func(i int32, scores []int32) {
		free = c.keepFree(int(i), free[:0])
		listed := len(free)
		nearest, most := -1, worth{}
		for j, score := range scores {
			if score == Barred {
				continue
			}
			more[j]++
			gain := worth{points: c.sign * int64(score)}.minus(c.costs(int32(j)))
			if nearest < 0 || gain.compare(most) > 0 {
				nearest, most = j, gain
			}
			free = append(free, gain)
		}
		if nearest < 0 {
			return
		}
		points, kept := c.dearest(left, int(i), slices.Clone(free[:listed]))
		if p, k := c.dearest(left, int(i), free); p != points || k != kept {
			c.refute(c.atPeople(i, nearest), "is in no list, scores %d and would count more with what is kept than the prices allow", scores[nearest])
		}
	}
	return outside{row, func() {
		for j, n := range more {
			free := c.degree[right][j] - c.held[right][j]
			points, kept := c.keepSold(j, free)
			if p, k := c.keepSold(j, free+n); p != points || k != kept {
				c.refute(c.atNode(right, j), "has the price %d for what is kept, and %d pairs in no list could take more of its places",
					c.nodes[right][j].keep, n)
			}
		}
	}}
}

// promising leaves out the costs after the first listed that cannot be among the
// hi smallest of all.
func promising(costs []int64, listed, hi int) []int64 {
	if listed < hi || hi == 0 {
		return costs
	}
	best := slices.Clone(costs[:listed])
	slices.Sort(best)
	bar, kept := best[hi-1], listed
	for _, cost := range costs[listed:] {
		if cost < bar {
			costs[kept] = cost
			kept++
		}
	}
	return costs[:kept]
}

// scaled is how many parts a point has.
func (c *checker) scaled() int64 {
	if c.worth == nil {
		return 1
	}
	return c.scale
}

func (c *checker) inParts() string {
	if c.scaled() == 1 {
		return ""
	}
	return fmt.Sprintf(", in parts of a point, of which there are %d", c.scale)
}

// outsideWorth gives what the multipliers of rules about groups add to two who
// are no edge.
func (c *checker) outsideWorth() func(i int32, j int) int64 {
	if len(c.rules) == 0 {
		return func(int32, int) int64 { return 0 }
	}
	members := make([][]bool, len(c.rules))
	for k := range c.rules {
		if l := &c.rules[k]; l.of < 2 {
			members[k] = make([]bool, len(c.nodes[l.of]))
			for _, x := range l.members {
				members[k][x] = true
			}
		}
	}
	return func(i int32, j int) (sum int64) {
		for k := range c.rules {
			l := &c.rules[k]
			if l.multiplier == 0 {
				continue
			}
			in, out, _ := l.weights()
			inside := false
			switch {
			case l.of == left:
				inside = members[k][i]
			case l.of == right:
				inside = members[k][j]
			case c.all.Inside != nil:
				inside = c.all.Inside(k, int(i), j)
			}
			if inside {
				sum += in * l.multiplier
			} else {
				sum += out * l.multiplier
			}
		}
		return sum
	}
}

// outsideStable: no two who are no edge would both rather have each other. They
// rank each other by score, after whatever heads a list.
func (c *checker) outsideStable() outside {
	last := [2][]int32{c.lastHeld(left), c.lastHeld(right)}
	would := func(side int, at, other int32, score int32) bool {
		if int64(c.load[side][at]) < c.nodes[side][at].capacity {
			return true
		}
		e := last[side][at]
		if e < 0 || c.want[side] != nil && c.want[side][e] != 0 {
			return false
		}
		held := c.edges[e]
		if score != held.score {
			return score > held.score
		}
		draw, of := c.draw[1-side], held.end[1-side]
		return draw[other] < draw[of] || draw[other] == draw[of] && other < of
	}
	return outside{row: func(i int32, scores []int32) {
		for j, score := range scores {
			if score != Barred && would(right, int32(j), i, score) && would(left, i, int32(j), score) {
				c.refute(c.atPeople(i, j), "is in no list, scores %d and is a blocking pair: both would rather have each other than what they have", score)
			}
		}
	}}
}

// outsideLevels: at the first aim that sees a pair in no list, it costs more than
// nothing or, with all the aims, nothing. So it may stay as it is, unused.
func (c *checker) outsideLevels() outside {
	var own [2][][]standing
	for side := range own {
		own[side] = make([][]standing, len(c.nodes[side]))
	}
	for k, l := range c.levels {
		for side, list := range l.potentials {
			for _, q := range list {
				own[side][q.of] = append(own[side][q.of], standing{k, q.value})
			}
		}
	}
	best := int64(Barred) // score of a free edge: there is no aim of it
	for e, x := range c.edges {
		if !c.forced[e] {
			best = max(best, int64(x.score))
		}
	}
	return outside{row: func(i int32, scores []int32) {
		for j, score := range scores {
			switch {
			case score == Barred:
			case int64(score) > best || int64(c.degree[left][i]) < c.nodes[left][i].capacity:
				c.refute(c.atPeople(i, j), "is in no list, scores %d, and nothing shows that it would change nothing", score)
			case c.gains(own[left][i], own[right][j], int64(score)):
				c.refute(c.atPeople(i, j), "is in no list, scores %d, and would serve more or make a worst pair better by what the potentials show", score)
			}
		}
	}}
}

// standing is a potential that an id has at a level.
type standing struct {
	level int
	value int64
}

// gains says whether a pair of two ids, of whom each has its potentials in the
// order of the levels, gains at the first aim that sees it.
func (c *checker) gains(a, b []standing, score int64) bool {
	counted := false // by the aim of its own score
	for len(a)+len(b) > 0 {
		level, cost := len(c.levels), int64(0)
		if len(a) > 0 {
			level = a[0].level
		}
		if len(b) > 0 {
			level = min(level, b[0].level)
		}
		l := &c.levels[level]
		if l.aim == aimScore && l.score > score && !counted {
			return false // the aim of its own score came before, and sees one pair too many
		}
		if len(a) > 0 && a[0].level == level {
			cost, a = cost+a[0].value, a[1:]
		}
		if len(b) > 0 && b[0].level == level {
			cost, b = cost-b[0].value, b[1:]
		}
		if l.aim == aimScore && l.score == score {
			cost, counted = cost+1, true
		}
		if cost != 0 {
			return cost < 0
		}
	}
	return false
}

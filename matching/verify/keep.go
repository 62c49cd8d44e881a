package verify

import (
	"cmp"
	"slices"
)

// keep is what a round keeps of an earlier one.
type keep struct {
	points int64      // that a kept pair counts beside its score
	pairs  [][2]int32 // earlier pairs that are edges
	kept   int64
	proven bool
	round  string // digits of its hash
	old    []bool // per edge: it is one of the pairs
}

// Kept says what a round keeps of an earlier one.
type Kept struct {
	Round  string // hash of the earlier round
	Points int64  // what a kept pair counts beside its score; 0: less than any score
	Pairs  int    // kept pairs
	Of     int    // earlier pairs that are edges of the round
	Proven bool   // no plan that keeps the rules counts more
}

func (f *round) readKeep(r *reader) {
	k := &keep{}
	r.object([]field{
		{"round", func() {
			at := r.digest()
			if r.err == nil {
				k.round = string(r.data[at : at+64])
			}
		}},
		{"points", func() { k.points = r.integer(0, maxScore) }},
		{"pairs", func() {
			r.list(func() {
				var ends [2]int32
				r.expect('[')
				ends[left] = int32(r.integer(0, maxIndex))
				r.expect(',')
				ends[right] = int32(r.integer(0, maxIndex))
				r.expect(']')
				k.pairs = append(k.pairs, ends)
			})
		}},
		{"kept", func() { k.kept = r.integer(0, maxIndex) }},
		{"proven", func() { k.proven = r.boolean() }},
	})
	f.keep = k
}

// worth is what an edge or a place is worth: points, and then kept pairs.
type worth struct{ points, kept int64 }

func (a worth) minus(b worth) worth { return worth{a.points - b.points, a.kept - b.kept} }

func (a worth) compare(b worth) int {
	return cmp.Or(cmp.Compare(a.points, b.points), cmp.Compare(a.kept, b.kept))
}

// checkKeep: the earlier pairs are edges, as many of them are pairs as is stated,
// and where it is stated, the second prices prove that no plan counts more.
func (c *checker) checkKeep() {
	if c.keep == nil {
		c.refute(member("right"), "%d ids have a price of what is kept, and nothing is", c.keepPriced)
		return
	}
	k := c.keep
	c.result.Kept = &Kept{k.round, k.points, int(k.kept), len(k.pairs), k.proven}
	want := 0
	if k.proven {
		want = len(c.nodes[right])
	}
	if c.method != "optimal" || len(c.rules) > 0 {
		c.refute(member("keep"), "has no place in a round of the method %s with %d rules about groups", c.method, len(c.rules))
		return
	}
	if c.keepPriced != want {
		c.refute(member("right"), "%d ids have a price of what is kept; it must be %d", c.keepPriced, want)
	}
	c.checkEarlier()
	if k.proven && c.count == 0 {
		c.proveKept()
	}
}

// checkEarlier looks the earlier pairs up.
func (c *checker) checkEarlier() {
	old := make([]bool, len(c.edges))
	c.keep.old = old
	kept := int64(0)
	for i, ends := range c.keep.pairs {
		if i > 0 && slices.Compare(c.keep.pairs[i-1][:], ends[:]) >= 0 {
			c.refute(c.atEdge("keep.pairs", i, ends), "is listed twice or out of order")
		}
		e, there := c.edgeOf(ends)
		if !there {
			c.refute(c.atEdge("keep.pairs", i, ends), "is not an edge")
			continue
		}
		old[e] = true
		if c.paired[e] {
			kept++
		}
	}
	if kept != c.keep.kept {
		c.refute(member("keep.kept"), "states %d, of the earlier pairs %d are pairs", c.keep.kept, kept)
	}
}

// edgeOf finds an edge by its ends.
func (c *checker) edgeOf(ends [2]int32) (int32, bool) {
	if int(ends[left]) >= len(c.nodes[left]) {
		return 0, false
	}
	from, to := c.first[ends[left]], c.first[ends[left]+1]
	at, there := slices.BinarySearchFunc(c.edges[from:to], ends[right], func(e edge, j int32) int { return cmp.Compare(e.end[right], j) })
	return from + int32(at), there
}

// proveKept proves that no plan counts more. See the package comment.
func (c *checker) proveKept() {
	k := c.keep
	points, kept := c.primalSum(), widen(0)
	if k.points > 0 {
		points = points.plus(times(k.points, k.kept))
		if c.bonus > 0 {
			c.checkRaisedBonus()
		}
	} else if kept = widen(k.kept); c.how.bounded {
		c.refute(member("keep"), "is said to be proven of a round that is not proven best")
	}
	mostPoints, mostKept := c.keepLeft()
	morePoints, moreKept := c.keepRight()
	mostPoints, mostKept = mostPoints.plus(morePoints), mostKept.plus(moreKept)
	if mostPoints != points || mostKept != kept {
		c.refute(member("keep"), "the pairs count %s points and %s kept pairs, and the prices allow %s and %s", points, kept, mostPoints, mostKept)
	}
}

// counts is what an edge counts.
func (c *checker) counts(e int32) (w worth) {
	w.points = c.sign * int64(c.edges[e].score)
	switch {
	case !c.keep.old[e]:
	case c.keep.points > 0:
		w.points += c.keep.points
	default:
		w.kept = 1
	}
	return w
}

// costs is what a place of a right id costs.
func (c *checker) costs(j int32) worth {
	if n := &c.nodes[right][j]; c.keep.points == 0 {
		return worth{n.price, n.keep}
	}
	return worth{points: c.nodes[right][j].keep}
}

// keepFree appends what a left id gains by each of its free edges.
func (c *checker) keepFree(i int, free []worth) []worth {
	for e := c.first[i]; e < c.first[i+1]; e++ {
		if !c.forced[e] {
			free = append(free, c.counts(e).minus(c.costs(c.edges[e].end[right])))
		}
	}
	return free
}

// keepLeft is dualLeft, counted in points and kept pairs.
func (c *checker) keepLeft() (points, kept wide) {
	for e := range c.edges {
		if c.forced[e] {
			w := c.counts(int32(e))
			points, kept = points.add(w.points), kept.add(w.kept)
		}
	}
	var free []worth
	for i := range c.nodes[left] {
		free = c.keepFree(i, free[:0])
		p, k := c.dearest(left, i, free)
		points, kept = points.plus(p), kept.plus(k)
	}
	return points, kept
}

// keepRight is dualRight, counted in points and kept pairs.
func (c *checker) keepRight() (points, kept wide) {
	for j := range c.nodes[right] {
		p, k := c.keepSold(j, c.degree[right][j]-c.held[right][j])
		points, kept = points.plus(p), kept.plus(k)
	}
	return points, kept
}

// keepSold is the most that a right id could get alone with so many free edges.
func (c *checker) keepSold(j, free int) (points, kept wide) {
	_, most := c.room(right, j, free)
	return c.dearest(right, j, slices.Repeat([]worth{c.costs(int32(j))}, most))
}

// dearest is the largest sum of as many of the values as an id may choose, with
// its bonus. It reorders the values.
func (c *checker) dearest(side, i int, values []worth) (points, kept wide) {
	lo, hi := c.room(side, i, len(values))
	first, anyway := c.firstBonus(side, i)
	points = widen(anyway)
	if hi == 1 {
		values[0] = slices.MaxFunc(values, worth.compare)
	} else if hi > 1 {
		slices.SortFunc(values, func(a, b worth) int { return b.compare(a) })
	}
	for n, w := range values[:hi] {
		if n == 0 {
			w.points += first
		}
		if n >= lo && w.compare(worth{}) <= 0 {
			break
		}
		points, kept = points.add(w.points), kept.add(w.kept)
	}
	return points, kept
}

// checkRaisedBonus: the bonus comes before every score and the points of kept
// pairs.
func (c *checker) checkRaisedBonus() {
	lowest := larger(c.lowest(left), c.lowest(right))
	spread := widen(c.sign * c.score).plus(times(c.keep.points, c.keep.kept)).minus(lowest)
	if !spread.less(widen(c.bonus)) {
		c.refute(member("certificate.bonus"), "is %d; to come before every score and kept pair it must be more than %s", c.bonus, spread)
	}
}

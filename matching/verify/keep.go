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
	old := c.checkEarlier()
	if k.proven && c.count == 0 {
		c.proveKept(old)
	}
}

// checkEarlier looks the earlier pairs up, and gives for each edge whether it is
// one.
func (c *checker) checkEarlier() (old []bool) {
	old = make([]bool, len(c.edges))
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
	return old
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
func (c *checker) proveKept(old []bool) {
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
	mostPoints, mostKept := c.keepLeft(old)
	morePoints, moreKept := c.keepRight()
	mostPoints, mostKept = mostPoints.plus(morePoints), mostKept.plus(moreKept)
	if mostPoints != points || mostKept != kept {
		c.refute(member("keep"), "the pairs count %s points and %s kept pairs, and the prices allow %s and %s", points, kept, mostPoints, mostKept)
	}
}

// counts is what an edge counts, and what its place costs.
func (c *checker) counts(e int32, old []bool) (edge, place worth) {
	n := &c.nodes[right][c.edges[e].end[right]]
	edge.points = c.sign * int64(c.edges[e].score)
	place = worth{n.price, n.keep}
	switch {
	case c.keep.points > 0:
		place = worth{points: n.keep}
		if old[e] {
			edge.points += c.keep.points
		}
	case old[e]:
		edge.kept = 1
	}
	return edge, place
}

// keepLeft is dualLeft, counted in points and kept pairs.
func (c *checker) keepLeft(old []bool) (points, kept wide) {
	var free []worth
	for i := range c.nodes[left] {
		free = free[:0]
		for e := c.first[i]; e < c.first[i+1]; e++ {
			w, place := c.counts(e, old)
			if c.forced[e] {
				points, kept = points.add(w.points), kept.add(w.kept)
				continue
			}
			free = append(free, worth{w.points - place.points, w.kept - place.kept})
		}
		p, k := c.dearest(left, i, free)
		points, kept = points.plus(p), kept.plus(k)
	}
	return points, kept
}

// keepRight is dualRight, counted in points and kept pairs.
func (c *checker) keepRight() (points, kept wide) {
	var places []worth
	for j, n := range c.nodes[right] {
		price := worth{n.price, n.keep}
		if c.keep.points > 0 {
			price = worth{points: n.keep}
		}
		places = places[:0]
		for range c.degree[right][j] - c.held[right][j] {
			places = append(places, price)
		}
		p, k := c.dearest(right, j, places)
		points, kept = points.plus(p), kept.plus(k)
	}
	return points, kept
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

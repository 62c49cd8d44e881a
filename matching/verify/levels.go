package verify

import "slices"

// The aims of a balanced round, in their order; there is one of score for every
// score of an edge that is no must edge, but for the best.
const (
	aimServed = "served" // as many left ids as possible with a pair
	aimPairs  = "pairs"  // as many pairs as possible
	aimScore  = "score"  // as few pairs of the score as possible, from the worst on
)

// level is what the certificate of a balanced round states of one aim: the
// potentials of the hub and of ids, where they are not 0.
type level struct {
	aim        string
	score, hub int64
	potentials [2][]potential
}

// potential is a number of the id at a position.
type potential struct {
	of    int32
	value int64
}

func (f *round) readLevels(r *reader) {
	var l level
	list := func(side int) func() {
		return func() {
			r.list(func() {
				var q potential
				r.expect('[')
				q.of = int32(r.integer(0, maxIndex))
				r.expect(',')
				q.value = r.integer(-maxIndex, maxIndex)
				r.expect(']')
				l.potentials[side] = append(l.potentials[side], q)
			})
		}
	}
	fields := []field{
		{"aim", func() { l.aim = r.word(aimServed, aimPairs, aimScore) }},
		{"score", func() { l.score = r.integer(-maxScore, maxScore) }},
		{"hub", func() { l.hub = r.integer(-maxIndex, maxIndex) }},
		{"left", list(left)},
		{"right", list(right)},
	}
	r.list(func() {
		l = level{}
		r.object(fields)
		f.levels = append(f.levels, l)
	})
}

// checkNoCover: a balanced round serves left ids first in any case.
func (c *checker) checkNoCover() {
	if c.cover != "none" {
		c.refute(member("cover"), "is %q; a balanced round has no cover rule", c.cover)
	}
}

// replay is what the aims so far leave free in a balanced round: whether the
// pairs may use an edge; whether a left id may have a first pair, and others;
// and how many pairs a right id has. See docs/verify.md.
type replay struct {
	*checker
	aim         string
	score       int32 // of aimScore
	at          int   // next level
	hub         int64
	potential   [2][]int64
	of          [2][][]int32 // edges by id
	free        []bool       // by edge
	first, more []bool       // by left id
	load        []bool       // by right id
	least, most [2][]int     // pairs of an id in any round
}

// checkLevels: the potentials prove one aim after the other.
func (c *checker) checkLevels() {
	r := &replay{checker: c, free: make([]bool, len(c.edges))}
	for e, forced := range c.forced {
		r.free[e] = !forced
	}
	for side, nodes := range c.nodes {
		r.of[side] = make([][]int32, len(nodes))
		c.eachNode(side, func(i int, edges []int32) { r.of[side][i] = edges })
		r.potential[side] = make([]int64, len(nodes))
		for i, n := range nodes {
			r.least[side] = append(r.least[side], max(c.held[side][i], int(n.minimum)))
			most := int(n.capacity)
			if side == left {
				most = min(most, c.degree[side][i])
			}
			r.most[side] = append(r.most[side], most)
		}
	}
	for i, most := range r.most[left] {
		r.first = append(r.first, most > 0 && r.least[left][i] == 0)
		r.more = append(r.more, most > max(1, r.least[left][i]))
	}
	for range r.most[right] {
		r.load = append(r.load, true)
	}
	r.aim = aimServed
	r.reach(nil)
	r.aim = aimPairs
	r.reach(nil)
	r.aim = aimScore
	r.scores()
	for i, p := range c.pairs {
		if i == 0 || c.sign*p.score < c.sign*c.result.Worst {
			c.result.Worst = p.score
		}
	}
	if r.at < len(c.levels) {
		l := c.levels[r.at]
		c.refute(place{"certificate.levels", r.at, nil}, "the aim %s with the score %d is none, or not in its order", l.aim, l.score)
	}
}

// scores goes through the aims of score, from the worst to the best but one. How
// many pairs have the best follows from the others.
func (r *replay) scores() {
	var order []int32
	for e, forced := range r.forced {
		if !forced {
			order = append(order, int32(e))
		}
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		return int(r.sign) * (int(r.edges[a].score) - int(r.edges[b].score))
	})
	for len(order) > 0 {
		n := 1
		r.score = r.edges[order[0]].score
		for n < len(order) && r.edges[order[n]].score == r.score {
			n++
		}
		if n < len(order) {
			r.reach(order[:n])
		}
		order = order[n:]
	}
}

// reach checks one aim: with its potentials, what costs more than nothing
// carries as little as it may, and what costs less as much. All other rounds
// that are as good by this aim and those before do the same, so it is fixed.
func (r *replay) reach(edges []int32) {
	var l level
	if r.at < len(r.levels) && r.levels[r.at].aim == r.aim && (r.aim != aimScore || r.levels[r.at].score == int64(r.score)) {
		l = r.levels[r.at]
		r.set(l)
		r.at++
	}
	for _, e := range edges {
		r.edge(e)
	}
	for side, list := range l.potentials {
		for _, q := range r.known(side, list) {
			for _, e := range r.of[side][q.of] {
				r.edge(e)
			}
		}
	}
	if l.hub != 0 || r.aim != aimScore {
		for i := range r.first {
			r.leftID(int32(i))
		}
		for j := range r.load {
			r.rightID(int32(j))
		}
	} else {
		for _, q := range r.known(left, l.potentials[left]) {
			r.leftID(q.of)
		}
		for _, q := range r.known(right, l.potentials[right]) {
			r.rightID(q.of)
		}
	}
	for side, list := range l.potentials {
		for _, q := range r.known(side, list) {
			r.potential[side][q.of] = 0
		}
	}
	r.hub = 0
}

// set takes the potentials of a level.
func (r *replay) set(l level) {
	if r.aim != aimScore && l.score != 0 {
		r.refute(r.here(), "the aim %s has the score %d", l.aim, l.score)
	}
	r.hub = l.hub
	for side, list := range l.potentials {
		for k, q := range list {
			if int(q.of) >= len(r.nodes[side]) || q.value == 0 || k > 0 && q.of <= list[k-1].of {
				r.refute(r.here(), "the potential %d of position %d in %s is 0, of no id, or out of order", q.value, q.of, sideNames[side])
				continue
			}
			r.potential[side][q.of] = q.value
		}
	}
}

// known leaves out potentials of no id, which were refuted.
func (r *replay) known(side int, list []potential) []potential {
	if slices.ContainsFunc(list, func(q potential) bool { return int(q.of) >= len(r.nodes[side]) }) {
		return nil
	}
	return list
}

func (r *replay) here() place { return place{"certificate.levels", r.at, nil} }

// decide looks at something that carries load, between least and most, and says
// whether it stays free.
func (r *replay) decide(where place, cost int64, load, least, most int) bool {
	switch {
	case cost > 0 && load > least:
		r.refute(where, "%s: %d pairs cost %d each with the potentials, and %d would do", r.name(), load, cost, least)
	case cost < 0 && load < most:
		r.refute(where, "%s: %d pairs gain %d each with the potentials, and %d were possible", r.name(), load, -cost, most)
	}
	return cost == 0
}

// name is the aim, for messages.
func (r *replay) name() string {
	if r.aim == aimScore {
		return "fewest pairs of one score not proven"
	}
	return "most " + r.aim + " not proven"
}

func (r *replay) edge(e int32) {
	if !r.free[e] {
		return
	}
	x := &r.edges[e]
	cost, load := r.potential[left][x.end[left]]-r.potential[right][x.end[right]], 0
	if r.aim == aimScore && x.score == r.score {
		cost++
	}
	if r.paired[e] {
		load = 1
	}
	r.free[e] = r.decide(r.atEdge("edges", int(e), x.end), cost, load, 0, 1)
}

func (r *replay) leftID(i int32) {
	pairs, cost := r.checker.load[left][i], r.hub-r.potential[left][i]
	first, more := cost, cost
	switch r.aim {
	case aimServed:
		first--
	case aimPairs:
		more--
	}
	if r.first[i] {
		r.first[i] = r.decide(r.atNode(left, int(i)), first, min(1, pairs), 0, 1)
	}
	if r.more[i] {
		r.more[i] = r.decide(r.atNode(left, int(i)), more, max(0, pairs-1), max(0, r.least[left][i]-1), r.most[left][i]-1)
	}
}

func (r *replay) rightID(j int32) {
	if r.load[j] {
		r.load[j] = r.decide(r.atNode(right, int(j)), r.potential[right][j]-r.hub, r.checker.load[right][j], r.least[right][j], r.most[right][j])
	}
}

// nearestBetter says why a left id with places and edges has no pair. Of the
// right ids that hold pairs they need not, the nearest is the one whose lowest
// pair is better by the least, ties by the tie order.
func (c *checker) nearestBetter(u *absent, i int32) {
	if c.holders == nil {
		c.holders = c.lastHeld(right)
	}
	u.reason = reasonTaken
	nearest := int32(-1)
	for e := c.first[i]; e < c.first[i+1]; e++ {
		j := c.edges[e].end[right]
		last := c.holders[j]
		if last < 0 {
			continue
		}
		points := max(0, c.sign*(int64(c.edges[last].score)-int64(c.edges[e].score)))
		if nearest < 0 || points < u.points || points == u.points && c.drawnBefore(e, nearest) {
			nearest = e
			u.reason, u.nearest, u.points = reasonPlaces, c.nodes[right][j].id, points
		}
	}
}

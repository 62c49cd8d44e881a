package matching

import (
	"math/bits"
	"slices"
)

// Hit is a ranked mentor: the number in the snapshot, and the score.
type Hit struct {
	Mentor int
	Score  int
}

// Scratch is one goroutine's reusable memory for ranking.
type Scratch struct {
	parts    []Part // compiling a mentee
	numbers  []int
	compiled []Term

	musts   []sought // looking up what she asks
	demands []Ask
	bits    [][]uint64
	either  []uint64 // memory for bits that are made for one mentee
	asks    []Ask

	query   query   // who is ranked
	live    []int32 // blocks of a tile with an open position, counted from its beginning
	blocks  int     // of the tile
	from    int32   // where it begins
	base    base    // of the tile: what sums begin with; nil for nothing
	addends []addend
	lookups []lookup // instead of addends, where columns are of codes
	spare   []column // memory for columns of a tile that are made for one mentee
	used    int      // of it
	summed  summed

	extra []int64 // what rules about groups add to mentors
	bars  []int64 // what mentors have to exceed to matter in a round
}

// query is a mentee while she is ranked.
type query struct {
	wants   []sought // what she asks, of columns
	columns []column
	base    base     // of what everybody asks
	open    []uint64 // positions that all rules allow
	wished  []int32  // positions that come first among equal scores, in order
	ranks   []uint64 // the same as position<<32 | place in wished, ascending

	k     int
	all   int                                     // open positions
	seen  int                                     // those that were looked at
	sure  bool                                    // the rung is no guess
	best  []uint64                                // keys of candidates
	rung  int                                     // scores whose high byte is lower cannot enter
	above int                                     // candidates that were found on the rung and above it
	count [FullWeight*int(FullShare)>>8 + 1]int32 // candidates that were found, by the high byte of the score
}

// key orders candidates: the higher score first, then wishes, then the tie
// order. Greater is better.
func key(score uint64, order uint32) uint64 { return score<<32 | uint64(^order) }

// order is the place of a mentor among equal scores: those the mentee wished
// for in her order, then those who wished for her, then the tie order.
func (x *Index) order(q *query, pos int32) uint32 {
	if len(q.wished) == 0 {
		return x.tie[pos]
	}
	i, _ := slices.BinarySearch(q.ranks, uint64(pos)<<32)
	if i < len(q.ranks) && int32(q.ranks[i]>>32) == pos {
		return uint32(q.ranks[i])
	}
	return uint32(len(q.wished)) + x.tie[pos]
}

// wishes lists the positions that come first among equal scores.
func (x *Index) wishes(m *Mentee, q *query) {
	q.wished, q.ranks = q.wished[:0], q.ranks[:0]
	for _, id := range m.Wishes {
		if n, ok := x.numbers[id]; ok {
			q.ranks = append(q.ranks, uint64(x.place[n])<<32|uint64(len(q.ranks)))
		}
	}
	for _, pos := range x.wishedBy[m.ID] {
		q.ranks = append(q.ranks, uint64(pos)<<32|uint64(len(q.ranks)))
	}
	for _, r := range q.ranks {
		q.wished = append(q.wished, int32(r>>32))
	}
	slices.Sort(q.ranks) // of those who are there twice, the first place comes first
}

// each calls f with every mentor the rules allow, and the score.
func (x *Index) each(m *Mentee, s *Scratch, f func(pos int32, score uint64)) {
	q := &s.query
	x.start(m, q, s)
	for from := 0; from < x.blocks; from += tileBlocks {
		x.goTo(q, from, s)
		for _, at := range s.live {
			acc, _ := s.next(at, 0)
			pos := at + int32(from)
			for open := q.open[pos]; open != 0; open &= open - 1 {
				p := bits.TrailingZeros64(open)
				f(pos<<6|int32(p), acc.at(p))
			}
		}
	}
}

// TopK returns the mentee's k best mentors among those that every rule allows,
// best first; fewer where there are fewer. It costs a sum per open block of 64
// mentors and term; the result is valid until the next call with the scratch.
func (x *Index) TopK(m *Mentee, k int, s *Scratch) []Hit {
	if k = min(k, len(x.mentors)); k <= 0 {
		return nil
	}
	q := &s.query
	x.wishes(m, q)
	x.start(m, q, s)
	q.begin(k, false)
	x.search(q, s)
	if q.above < k && !q.sure { // the rung rose too high
		q.begin(k, true)
		x.search(q, s)
	}
	q.tidy()
	slices.Sort(q.best)
	return x.hits(q, q.best[max(0, len(q.best)-k):])
}

// hits turns keys, the best one last, into mentors.
func (x *Index) hits(q *query, best []uint64) []Hit {
	hits := make([]Hit, len(best))
	for i, v := range best {
		mentor := int32(0)
		if order := int(^uint32(v)); order < len(q.wished) {
			mentor = x.mentor[q.wished[order]]
		} else {
			mentor = x.byTie[order-len(q.wished)]
		}
		hits[len(hits)-1-i] = Hit{int(mentor), int(v >> 32)}
	}
	return hits
}

// begin begins a search for the k best. Sure is one that guesses nothing.
func (q *query) begin(k int, sure bool) {
	q.all = 0
	for _, open := range q.open {
		q.all += bits.OnesCount64(open)
	}
	q.k, q.sure, q.seen = k, sure || q.all <= k, 0
	q.best, q.rung, q.above = q.best[:0], 0, 0
	clear(q.count[:])
}

// search takes every mentor whom the rules allow and whose score is not below
// the rung, which rises as better ones are found.
func (x *Index) search(q *query, s *Scratch) {
	for from := 0; from < x.blocks; from += tileBlocks {
		x.goTo(q, from, s)
		k := q.enough()
		for _, at := range s.live {
			acc, over := s.next(at, uint64(q.rung)<<8)
			pos := at + int32(from)
			for over &= q.open[pos]; over != 0; over &= over - 1 {
				p := bits.TrailingZeros64(over)
				if score := acc.at(p); score>>8 >= uint64(q.rung) {
					q.add(key(score, x.order(q, pos<<6|int32(p))), k)
				}
			}
		}
	}
}

// enough is how many of those who were looked at so far are kept. Of the k best
// there should be as many among them as there are of all open mentors, and
// there are hardly more than that and three standard deviations.
func (q *query) enough() int {
	if q.sure {
		return q.k
	}
	mean := q.k * q.seen / q.all
	variance := mean * (q.all - q.seen) / q.all
	deviation := 0
	for deviation*deviation < variance {
		deviation++
	}
	return min(q.k, mean+3*deviation+3)
}

// add adds a candidate that is not below the rung, and lets the rung rise as long
// as k candidates are on it or above.
func (q *query) add(v uint64, k int) {
	if len(q.best) >= 4*q.k+256 {
		q.tidy()
	}
	q.best = append(q.best, v)
	q.count[v>>40]++
	q.above++
	for q.above-int(q.count[q.rung]) >= k {
		q.above -= int(q.count[q.rung])
		q.rung++
	}
}

// tidy drops the candidates below the rung, and of many those who are not among
// the k best.
func (q *query) tidy() {
	n := 0
	for _, v := range q.best {
		if q.best[n] = v; int(v>>40) >= q.rung {
			n++
		}
	}
	if q.best = q.best[:n]; n > 2*q.k {
		q.keep(q.k)
	}
}

// keep keeps the k best candidates, in any order.
func (q *query) keep(k int) {
	if len(q.best) <= k {
		return
	}
	a := q.best
	for low, high := 0, len(a); high-low > 1; { // the k greatest come first
		pivot := a[low+(high-low)/2]
		i, j := low, high-1
		for i <= j {
			for a[i] > pivot {
				i++
			}
			for a[j] < pivot {
				j--
			}
			if i <= j {
				a[i], a[j] = a[j], a[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			high = j + 1
		case k > i:
			low = i
		default:
			low = high
		}
	}
	q.best = a[:k]
}

// Above returns the allowed mentors whose score exceeds their bar, in the order
// of the snapshot; bars has one entry per mentor of the snapshot.
func (x *Index) Above(m *Mentee, bars []int64, s *Scratch) (hits []Hit) {
	x.each(m, s, func(pos int32, score uint64) {
		if mentor := x.mentor[pos]; int64(score) > bars[mentor] {
			hits = append(hits, Hit{int(mentor), int(score)})
		}
	})
	slices.SortFunc(hits, func(a, b Hit) int { return a.Mentor - b.Mentor })
	return hits
}

// Scores fills in the score of every mentor of the snapshot, by number, and -1 for
// those whom a rule refuses. It costs what [Index.TopK] does.
func (x *Index) Scores(m *Mentee, into []int32, s *Scratch) {
	for j := range into {
		into[j] = -1
	}
	x.each(m, s, func(pos int32, score uint64) { into[x.mentor[pos]] = int32(score) })
}

// ForcedRefusal is the rule that refuses a pair which staff force, or "". A must
// obeys every rule; a lock only the rules between two people, and capacity.
func (x *Index) ForcedRefusal(m *Mentee, mentor int, lock bool) string {
	rule := x.Refusal(m, mentor)
	if lock && x.mentors[mentor].Places() > 0 && !x.refusedPair(m, x.place[mentor]) {
		return ""
	}
	return rule
}

// refusedPair says whether a rule between two people refuses them.
func (x *Index) refusedPair(m *Mentee, pos int32) bool {
	for i := range PairRules {
		if PairRules[i].Refuse(m, &x.mentors[x.mentor[pos]]) {
			return true
		}
	}
	return false
}

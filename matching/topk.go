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
	wants   []sought
	asks    []Ask
	columns []column
	spare   []column // memory for columns that are made for one mentee
	used    int      // of it

	open    []uint64 // positions that all rules allow
	live    []int32  // blocks with an open position
	base    base     // what sums begin with; nil for nothing
	addends []addend
	sampled []sums   // of one live block in stride
	best    []uint64 // keys of candidates
	bar     uint64   // keys at or below it cannot enter
	wished  []int32  // positions that come first among equal scores, in order
	special []uint64 // the same as bits
	ranks   []uint64 // the same as position<<32 | place in wished, ascending
	extra   []int64  // what rules about groups add to them
	bars    []int64  // what mentors have to exceed to matter in a round
}

// key orders candidates: the higher score first, then wishes, then the tie
// order. Greater is better.
func key(score uint64, order uint32) uint64 { return score<<32 | uint64(^order) }

// order is the place of a mentor among equal scores: those the mentee wished
// for in her order, then those who wished for her, then the tie order.
func (x *Index) order(s *Scratch, pos int32) uint32 {
	if len(s.wished) == 0 {
		return x.tie[pos]
	}
	if s.special[pos>>6]>>(pos&63)&1 == 0 {
		return uint32(len(s.wished)) + x.tie[pos]
	}
	i, _ := slices.BinarySearch(s.ranks, uint64(pos)<<32)
	return uint32(s.ranks[i])
}

// wishes lists the positions that come first among equal scores.
func (x *Index) wishes(m *Mentee, s *Scratch) {
	s.wished, s.ranks = s.wished[:0], s.ranks[:0]
	hers := x.wishedBy[m.ID]
	if len(m.Wishes)+len(hers) == 0 {
		return
	}
	s.special = slices.Grow(s.special[:0], x.blocks)[:x.blocks]
	clear(s.special)
	for _, id := range m.Wishes {
		if n, ok := x.numbers[id]; ok {
			s.wish(x.place[n])
		}
	}
	for _, pos := range hers {
		s.wish(pos)
	}
	slices.Sort(s.ranks)
}

// wish appends a position to those that come first, if it is not among them.
func (s *Scratch) wish(pos int32) {
	word, bit := &s.special[pos>>6], uint64(1)<<(pos&63)
	if *word&bit == 0 {
		*word |= bit
		s.ranks = append(s.ranks, uint64(pos)<<32|uint64(len(s.wished)))
		s.wished = append(s.wished, pos)
	}
}

// each calls f with every mentor the rules allow, and the score.
func (x *Index) each(m *Mentee, s *Scratch, f func(pos int32, score uint64)) {
	x.start(m, s)
	var acc sums
	for _, at := range s.live {
		s.sum(&acc, at)
		for open := s.open[at]; open != 0; open &= open - 1 {
			p := bits.TrailingZeros64(open)
			f(at<<6|int32(p), acc.at(p))
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
	x.wishes(m, s)
	x.start(m, s)
	s.bar = s.openingBar(k)
	guessed := s.bar > 0
	x.collect(k, s)
	if guessed && len(s.best) < k { // the guess was too high
		s.bar, s.best = 0, s.best[:0]
		x.collect(k, s)
	}
	s.keep(k)
	slices.Sort(s.best)
	hits := make([]Hit, len(s.best))
	for i, v := range s.best {
		mentor := int32(0)
		if order := int(^uint32(v)); order < len(s.wished) {
			mentor = x.mentor[s.wished[order]]
		} else {
			mentor = x.byTie[order-len(s.wished)]
		}
		hits[len(hits)-1-i] = Hit{int(mentor), int(v >> 32)}
	}
	return hits
}

// stride is the distance of the blocks that are sampled for the opening bar.
const stride = 8

// openingBar guesses from a sample of the open blocks a key that somewhat more
// than k mentors exceed, so that few of the others are looked at one by one; 0
// where there is too little to guess from. The guess is low enough to be right
// mostly: three standard deviations of what the sample would hold.
func (s *Scratch) openingBar(k int) uint64 {
	if s.sampled = s.sampled[:0]; len(s.live) < 8*stride {
		return 0
	}
	var count [FullWeight*int(FullShare)>>8 + 1]int32 // of the sampled mentors, by the high byte of the score
	for i := 0; i < len(s.live); i += stride {
		at := s.live[i]
		s.sampled = append(s.sampled, sums{})
		acc := &s.sampled[len(s.sampled)-1]
		s.sum(acc, at)
		for open := s.open[at]; open != 0; open &= open - 1 {
			count[acc.at(bits.TrailingZeros64(open))>>8]++
		}
	}
	mean := k / stride
	deviation := 0
	for deviation*deviation < mean {
		deviation++
	}
	left := int32(mean + 3*deviation + 3)
	for b := len(count) - 1; b > 0; b-- {
		if left -= count[b]; left <= 0 {
			return uint64(b)<<40 - 1 // below the key of any score of b*256 and more
		}
	}
	return 0
}

// collect takes every mentor the rules allow whose key exceeds the bar, and
// raises the bar as it fills up with better ones.
func (x *Index) collect(k int, s *Scratch) {
	var own sums
	for i, at := range s.live {
		acc := &own
		if i%stride == 0 && i/stride < len(s.sampled) {
			acc = &s.sampled[i/stride]
		} else {
			s.sum(acc, at)
		}
		for over := acc.over(s.bar>>32) & s.open[at]; over != 0; over &= over - 1 {
			p := bits.TrailingZeros64(over)
			v := key(acc.at(p), x.order(s, at<<6|int32(p)))
			if v <= s.bar {
				continue
			}
			if s.best = append(s.best, v); len(s.best) >= 4*k+64 {
				s.keep(k)
			}
		}
	}
}

// keep keeps the k best candidates, in any order, and raises the bar to the
// last of them.
func (s *Scratch) keep(k int) {
	if len(s.best) <= k {
		return
	}
	a := s.best
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
	s.best = a[:k]
	s.bar = max(s.bar, slices.Min(s.best))
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

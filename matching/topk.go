package matching

import (
	"math/bits"
	"slices"
	"strings"
)

// Hit is a ranked mentor: the number in the snapshot, and the score.
type Hit struct {
	Mentor int
	Score  int
}

// Scratch is one goroutine's reusable memory for ranking.
type Scratch struct {
	columns []column
	weights []uint64
	open    []uint64 // positions that all rules allow
	best    []uint64 // keys of candidates
	wished  []int32  // positions that come first among equal scores, in order
}

// key orders candidates: the higher score first, then wishes, then the tie
// order. Greater is better.
func key(score uint64, order uint32) uint64 { return score<<32 | uint64(^order) }

// order is the place of a mentor among equal scores: those the mentee wished
// for in her order, then those who wished for her, then the tie order.
func (x *Index) order(s *Scratch, pos int32) uint32 {
	if i := slices.Index(s.wished, pos); i >= 0 {
		return uint32(i)
	}
	return uint32(len(s.wished)) + x.tie[pos]
}

// wishes lists the positions that come first among equal scores.
func (x *Index) wishes(m *Mentee, s *Scratch) {
	s.wished = s.wished[:0]
	for _, id := range m.Wishes {
		if j, ok := x.find(id); ok && !slices.Contains(s.wished, x.place[j]) {
			s.wished = append(s.wished, x.place[j])
		}
	}
	for _, pos := range x.wishedBy[m.ID] {
		if !slices.Contains(s.wished, pos) {
			s.wished = append(s.wished, pos)
		}
	}
}

// find returns the number of the mentor with an id.
func (x *Index) find(id string) (int, bool) {
	return slices.BinarySearchFunc(x.mentors, id, func(m Mentor, id string) int { return strings.Compare(m.ID, id) })
}

// start compiles a mentee into columns, weights and open positions.
func (x *Index) start(m *Mentee, s *Scratch) {
	s.columns, s.weights, s.best = s.columns[:0], s.weights[:0], s.best[:0]
	for _, t := range x.Terms(m) {
		s.columns = append(s.columns, x.column(t.Ask))
		s.weights = append(s.weights, uint64(t.Weight))
	}
	s.open = slices.Grow(s.open[:0], x.blocks)[:x.blocks]
	for i := range s.open {
		s.open[i] = ^uint64(0)
	}
	if n := len(x.mentors) & 63; n != 0 {
		s.open[x.blocks-1] = 1<<n - 1
	}
	for r := range Rules {
		if k, ok := Rules[r].Ask(x.book, x.settings, m); ok {
			k.Factor = uint8(r)
			for i, b := range x.rule(k) {
				s.open[i] &= b
			}
		}
	}
}

const lanes = 0x00FF00FF00FF00FF // the low byte of each 16-bit lane

// sum adds up the 64 scores of a block, eight shares to a word and four sums
// to a word: lane l of word i is position 4*i+l. No sum exceeds 60 000, so
// lanes never carry into each other.
func (s *Scratch) sum(acc *[16]uint64, block int) {
	*acc = [16]uint64{}
	for t, c := range s.columns {
		words, w := (*[8]uint64)(c[8*block:]), s.weights[t]
		for i, v := range words {
			acc[i] += v & lanes * w
			acc[i+8] += v >> 8 & lanes * w
		}
	}
}

// each calls f with every mentor the rules allow, and the score.
func (x *Index) each(m *Mentee, s *Scratch, f func(pos int32, score uint64)) {
	x.start(m, s)
	var acc [16]uint64
	for block, open := range s.open {
		if open == 0 {
			continue
		}
		s.sum(&acc, block)
		for ; open != 0; open &= open - 1 {
			bit := bits.TrailingZeros64(open)
			f(int32(block<<6|bit), acc[bit>>2]>>(bit&3<<4)&0xFFFF)
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
	var bar uint64 // keys at or below it cannot enter
	x.each(m, s, func(pos int32, score uint64) {
		v := key(score, x.order(s, pos))
		if v <= bar || x.refusedPair(m, pos) {
			return
		}
		if s.best = append(s.best, v); len(s.best) >= 4*k+64 {
			s.keep(k)
			bar = s.best[k-1]
		}
	})
	s.keep(k)
	hits := make([]Hit, len(s.best))
	for i, v := range s.best {
		mentor := int32(0)
		if order := int(^uint32(v)); order < len(s.wished) {
			mentor = x.mentor[s.wished[order]]
		} else {
			mentor = x.byTie[order-len(s.wished)]
		}
		hits[i] = Hit{int(mentor), int(v >> 32)}
	}
	return hits
}

// keep sorts the candidates, best first, and keeps k of them.
func (s *Scratch) keep(k int) {
	slices.SortFunc(s.best, func(a, b uint64) int {
		if a > b {
			return -1
		}
		return 1
	})
	s.best = s.best[:min(k, len(s.best))]
}

// Above returns the allowed mentors whose score exceeds their bar, in the order
// of the snapshot; bars has one entry per mentor of the snapshot.
func (x *Index) Above(m *Mentee, bars []int64, s *Scratch) (hits []Hit) {
	x.each(m, s, func(pos int32, score uint64) {
		if mentor := x.mentor[pos]; int64(score) > bars[mentor] && !x.refusedPair(m, pos) {
			hits = append(hits, Hit{int(mentor), int(score)})
		}
	})
	slices.SortFunc(hits, func(a, b Hit) int { return a.Mentor - b.Mentor })
	return hits
}

func (x *Index) refusedPair(m *Mentee, pos int32) bool {
	for i := range PairRules {
		if PairRules[i].Refuse(m, &x.mentors[x.mentor[pos]]) {
			return true
		}
	}
	return false
}

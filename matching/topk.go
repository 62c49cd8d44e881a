package matching

import (
	"cmp"
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
	sets    []column // memory for those that are made for one mentee
	weights []uint64
	open    []uint64 // positions that all rules allow
	live    []int32  // blocks with an open position
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
	if s.special[pos>>6]>>(pos&63)&1 == 0 {
		return uint32(len(s.wished)) + x.tie[pos]
	}
	i, _ := slices.BinarySearch(s.ranks, uint64(pos)<<32)
	return uint32(s.ranks[i])
}

// wishes lists the positions that come first among equal scores.
func (x *Index) wishes(m *Mentee, s *Scratch) {
	s.special = slices.Grow(s.special[:0], x.blocks)[:x.blocks]
	clear(s.special)
	s.wished, s.ranks = s.wished[:0], s.ranks[:0]
	add := func(pos int32) {
		word, bit := &s.special[pos>>6], uint64(1)<<(pos&63)
		if *word&bit == 0 {
			*word |= bit
			s.ranks = append(s.ranks, uint64(pos)<<32|uint64(len(s.wished)))
			s.wished = append(s.wished, pos)
		}
	}
	for _, id := range m.Wishes {
		if j, ok := x.find(id); ok {
			add(x.place[j])
		}
	}
	for _, pos := range x.wishedBy[m.ID] {
		add(pos)
	}
	slices.Sort(s.ranks)
}

// find returns the number of the mentor with an id.
func (x *Index) find(id string) (int, bool) {
	if x.numbers != nil {
		n, ok := x.numbers[id]
		return int(n), ok
	}
	return slices.BinarySearchFunc(x.mentors, id, func(m Mentor, id string) int { return strings.Compare(m.ID, id) })
}

// start compiles a mentee into columns, weights and open positions.
func (x *Index) start(m *Mentee, s *Scratch) {
	s.best = s.best[:0]
	s.open = slices.Grow(s.open[:0], x.blocks)[:x.blocks]
	copy(s.open, x.alive)
	for r := range Rules {
		if k, ok := Rules[r].Ask(x.book, x.settings, m); ok {
			k.Factor = uint8(r)
			for i, b := range x.rule(k) {
				s.open[i] &= b
			}
		}
	}
	s.live = s.live[:0]
	for i, b := range s.open {
		if b != 0 {
			s.live = append(s.live, int32(i))
		}
	}
	s.columns, s.weights = s.columns[:0], s.weights[:0]
	sets := 0
	for _, t := range x.Terms(m) {
		c := column(nil)
		if each := Factors[t.Factor].Each; each == nil {
			c = x.column(t.Ask)
		} else if asks := each(x.book, t.Ask); len(asks) == 1 {
			c = x.column(asks[0])
		} else {
			c = x.best(s, sets, asks)
			sets++
		}
		s.columns = append(s.columns, c)
		s.weights = append(s.weights, uint64(t.Weight))
	}
}

// best makes a column of the greatest shares of several asks, where a block is
// open, in the scratch's memory for the nth such column of a mentee.
func (x *Index) best(s *Scratch, n int, asks []Ask) column {
	if n == len(s.sets) {
		s.sets = append(s.sets, nil)
	}
	s.sets[n] = slices.Grow(s.sets[n][:0], 8*x.blocks)[:8*x.blocks]
	out := s.sets[n]
	first := x.column(asks[0])
	for _, block := range s.live {
		copy(out[8*block:8*block+8], first[8*block:8*block+8])
	}
	const high = 0x8080808080808080 // of each byte; shares have it clear
	for _, k := range asks[1:] {
		c := x.column(k)
		for _, block := range s.live {
			o, v := (*[8]uint64)(out[8*block:]), (*[8]uint64)(c[8*block:])
			for i, b := range v {
				a := o[i]
				keep := ((a | high) - b) & high >> 7 * 255 // bytes of which a's is the greater, or equal
				o[i] = a&keep | b&^keep
			}
		}
	}
	return out
}

// Masks of the 16-bit lanes of a word.
const (
	lanes = 0x00FF00FF00FF00FF // the low byte of each
	half  = 0x7FFF7FFF7FFF7FFF // all but the high bit of each
	top   = 0x8000800080008000 // the high bit of each
	ones  = 0x0001000100010001 // one in each
)

// sum adds up the 64 scores of a block, eight shares to a word and four sums
// to a word: lane l of word i is position 4*i+l. No sum exceeds 60 000, so
// lanes never carry into each other.
func (s *Scratch) sum(acc *[16]uint64, block int) {
	*acc = [16]uint64{}
	at, n := 8*block, len(s.columns)
	weights := s.weights[:n]
	t := 0
	for ; t+4 <= n; t += 4 {
		c := (*[4]column)(s.columns[t:])
		c0, c1, c2, c3 := (*[8]uint64)(c[0][at:]), (*[8]uint64)(c[1][at:]), (*[8]uint64)(c[2][at:]), (*[8]uint64)(c[3][at:])
		w0, w1, w2, w3 := weights[t], weights[t+1], weights[t+2], weights[t+3]
		for i := range 8 {
			x0, x1, x2, x3 := c0[i], c1[i], c2[i], c3[i]
			acc[i] += x0&lanes*w0 + x1&lanes*w1 + x2&lanes*w2 + x3&lanes*w3
			acc[i+8] += x0>>8&lanes*w0 + x1>>8&lanes*w1 + x2>>8&lanes*w2 + x3>>8&lanes*w3
		}
	}
	for ; t < n; t++ {
		c, w := (*[8]uint64)(s.columns[t][at:]), weights[t]
		for i, v := range c {
			acc[i] += v & lanes * w
			acc[i+8] += v >> 8 & lanes * w
		}
	}
}

// each calls f with every mentor the rules allow, and the score.
func (x *Index) each(m *Mentee, s *Scratch, f func(pos int32, score uint64)) {
	x.start(m, s)
	var acc [16]uint64
	for _, block := range s.live {
		s.sum(&acc, int(block))
		for open := s.open[block]; open != 0; open &= open - 1 {
			bit := bits.TrailingZeros64(open)
			f(block<<6|int32(bit), acc[bit>>2]>>(bit&3<<4)&0xFFFF)
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
	x.collect(m, k, s)
	if guessed && len(s.best) < k { // the guess was too high
		s.bar, s.best = 0, s.best[:0]
		x.collect(m, k, s)
	}
	s.keep(k)
	slices.SortFunc(s.best, func(a, b uint64) int { return cmp.Compare(b, a) })
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

// stride is the distance of the blocks that are sampled for the opening bar.
const stride = 8

// openingBar guesses from a sample of the open blocks a key that somewhat more
// than k mentors exceed, so that few of the others are looked at one by one; 0
// where there is too little to guess from. The guess is low enough to be right
// mostly: three standard deviations of what the sample would hold.
func (s *Scratch) openingBar(k int) uint64 {
	if len(s.live) < 8*stride {
		return 0
	}
	var count [FullWeight*int(FullShare)>>8 + 1]int32 // of the sampled mentors, by the high byte of the score
	var acc [16]uint64
	for i := 0; i < len(s.live); i += stride {
		block := s.live[i]
		s.sum(&acc, int(block))
		for open := s.open[block]; open != 0; open &= open - 1 {
			bit := bits.TrailingZeros64(open)
			count[acc[bit>>2]>>(bit&3<<4)&0xFFFF>>8]++
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
func (x *Index) collect(m *Mentee, k int, s *Scratch) {
	var acc [16]uint64
	for _, block := range s.live {
		s.sum(&acc, int(block))
		open := s.open[block]
		// Half the score is compared in all lanes at once; keys decide about what
		// is left.
		bar := s.bar >> 33 * ones
		for i, v := range acc {
			for over := ((v>>1&half | top) - bar) & top; over != 0; over &= over - 1 {
				lane := bits.TrailingZeros64(over) >> 4
				bit := i<<2 | lane
				if open>>bit&1 == 0 {
					continue
				}
				pos := block<<6 | int32(bit)
				v := key(v>>(lane<<4)&0xFFFF, x.order(s, pos))
				if v <= s.bar || x.refusedPair(m, pos) {
					continue
				}
				if s.best = append(s.best, v); len(s.best) >= 4*k+64 {
					s.keep(k)
				}
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

package matching

import (
	"math/bits"
	"slices"
)

// Term is one ask of a mentee and its weight in thousandths.
type Term struct {
	Ask
	Weight int
}

// Terms compiles a mentee: the asks in the order of the factors, with weights
// that sum to 1000. Factors that the mentee does not ask give their weight to
// the others in proportion. Terms of weight 0 are left out.
func (x *Index) Terms(m *Mentee) []Term { return x.terms(m, &Scratch{}) }

// terms is Terms in the memory of a scratch.
func (x *Index) terms(m *Mentee, s *Scratch) []Term {
	var ends [NumFactors]int // of each factor's parts
	weights := x.settings.Weights
	parts := s.parts[:0]
	for f := range Factors {
		before := len(parts)
		parts = Factors[f].Asks(parts, x.book, m)
		if ends[f] = len(parts); ends[f] == before {
			weights[f] = 0
		}
	}
	s.parts, s.compiled = parts, s.compiled[:0]
	var shares, rest Weights
	split(shares[:], rest[:], FullWeight, weights[:])
	from := 0
	for f, w := range shares {
		s.divide(parts[from:ends[f]], uint8(f), w)
		from = ends[f]
	}
	return s.compiled
}

// divide appends the terms of one factor.
func (s *Scratch) divide(parts []Part, factor uint8, weight int) {
	if len(parts) == 0 || weight == 0 {
		return
	}
	n := len(parts)
	for len(s.numbers) < 3*n {
		s.numbers = append(s.numbers, 0)
	}
	portions, shares, rest := s.numbers[:n], s.numbers[n:2*n], s.numbers[2*n:3*n]
	for i := range parts {
		portions[i] = parts[i].Portion
	}
	split(shares, rest, weight, portions)
	for i, w := range shares {
		if w > 0 {
			s.compiled = append(s.compiled, Term{Ask{factor, parts[i].A, parts[i].B}, w})
		}
	}
}

// start compiles a mentee into what is added up, and the positions that are
// open to her.
func (x *Index) start(m *Mentee, q *query, s *Scratch) {
	x.lookUp(m, q, s)
	x.permit(m, q, s)
}

// sought is one thing that a mentee asks, of the columns or bits that were
// found: the greatest share of some, or that one of some is set.
type sought struct {
	from, to int32
	weight   uint32
	factor   uint8
}

// maxSets is how many columns an index keeps, for each factor, of sets, and how
// many bits, for each rule: those asked first, which are the most common mostly.
// What else is asked of sets is made for the mentee of what there is of their
// parts.
const maxSets = 32

// lookUp finds columns and bits, all under one lock, and makes what is not there.
func (x *Index) lookUp(m *Mentee, q *query, s *Scratch) {
	s.forget(q)
	terms := x.terms(m, s)
	var same standing
	x.mu.RLock()
	for r := range Rules {
		if k, ok := Rules[r].Ask(x.book, x.settings, m); ok {
			k.Factor = uint8(r)
			x.lookUpRule(k, s)
		}
	}
	for _, t := range terms {
		if t.A == 0 && t.B == 0 {
			same[t.Factor] += uint16(t.Weight)
		} else {
			x.lookUpTerm(t, q, s)
		}
	}
	q.base = x.bases[same]
	x.mu.RUnlock()
	for i, b := range s.bits {
		if b == nil {
			s.bits[i] = x.rule(s.demands[i])
		}
	}
	for i, c := range q.columns {
		if c == nil {
			q.columns[i] = x.column(s.asks[i])
		}
	}
	if q.base == nil && same != (standing{}) {
		q.base = x.base(same)
	}
}

// forget empties the memory of lookUp.
func (s *Scratch) forget(q *query) {
	q.wants, s.asks, q.columns = q.wants[:0], s.asks[:0], q.columns[:0]
	s.musts, s.demands, s.bits = s.musts[:0], s.demands[:0], s.bits[:0]
}

// lookUpTerm finds the columns of one term.
func (x *Index) lookUpTerm(t Term, q *query, s *Scratch) {
	var several []uint32
	columns, from := x.columns[t.Factor], len(s.asks)
	c, each := columns[t.Ask], Factors[t.Factor].Each
	if c == nil && each != nil && x.sets[t.Factor] >= maxSets {
		several = each(x.book, t.Ask)
	}
	for _, a := range several {
		k := Ask{Factor: t.Factor, A: a}
		s.asks, q.columns = append(s.asks, k), append(q.columns, columns[k])
	}
	if len(several) == 0 {
		s.asks, q.columns = append(s.asks, t.Ask), append(q.columns, c)
	}
	q.wants = append(q.wants, sought{int32(from), int32(len(s.asks)), uint32(t.Weight), t.Factor})
}

// lookUpRule finds the bits of one rule's ask.
func (x *Index) lookUpRule(k Ask, s *Scratch) {
	var several []uint32
	b, each, from := x.bits[k], Rules[k.Factor].Each, len(s.demands)
	if b == nil && each != nil && x.anyOf[k.Factor] >= maxSets {
		several = each(x.book, k)
	}
	for _, a := range several {
		k := Ask{Factor: k.Factor, A: a}
		s.demands, s.bits = append(s.demands, k), append(s.bits, x.bits[k])
	}
	if len(several) == 0 {
		s.demands, s.bits = append(s.demands, k), append(s.bits, b)
	}
	s.musts = append(s.musts, sought{from: int32(from), to: int32(len(s.demands))})
}

// permit finds the positions that all rules allow.
func (x *Index) permit(m *Mentee, q *query, s *Scratch) {
	q.open = append(q.open[:0], x.alive...)
	for _, must := range s.musts {
		b := s.bits[must.from]
		if must.to-must.from > 1 {
			s.either = append(s.either[:0], b...)
			for _, other := range s.bits[must.from+1 : must.to] {
				either := s.either[:len(other)]
				for i, allowed := range other {
					either[i] |= allowed
				}
			}
			b = s.either
		}
		open := q.open[:len(b)]
		for i, allowed := range b {
			open[i] &= allowed
		}
	}
	x.bar(m, q.open)
}

// goTo goes to the tile that begins with a block: it finds those with an open
// position, and makes the addends.
func (x *Index) goTo(q *query, from int, s *Scratch) {
	s.blocks = min(tileBlocks, x.blocks-from)
	s.live = slices.Grow(s.live[:0], s.blocks)[:s.blocks]
	n := 0
	for i, b := range q.open[from:][:s.blocks] {
		s.live[n] = int32(i)
		n += int((b | -b) >> 63) // a branch would go either way too often
		q.seen += bits.OnesCount64(b)
	}
	s.live = s.live[:n]
	if s.base = nil; q.base != nil {
		s.base = q.base[from:]
	}
	s.summed.end, s.from = 0, int32(from)
	switch {
	case !widest:
		s.compose(q, from)
	case from == 0:
		s.pack(q)
	}
}

// compose makes one column of what is the greatest of several, and one of those
// that have the same weight. Vectors do both quicker while they add up.
func (s *Scratch) compose(q *query, from int) {
	s.addends, s.used = s.addends[:0], 0
	for _, p := range q.wants {
		columns := q.columns[p.from:p.to]
		if wide {
			s.list(columns, from, uint64(p.weight))
			continue
		}
		c := columns[0][from:][:s.blocks]
		if len(columns) > 1 {
			out := s.memory(s.blocks)
			for _, other := range columns[1:] {
				greatest(out, c, other[from:][:s.blocks], s.live)
				c = out
			}
		}
		s.add(c, uint64(p.weight), s.blocks)
	}
}

// list appends several columns whose greatest share counts.
func (s *Scratch) list(columns []column, from int, weight uint64) {
	for _, c := range columns {
		s.addends = append(s.addends, addend{c[from:][:s.blocks], weight, 1})
		weight = asBefore
	}
}

// add appends an addend, or adds it to one of the same weight.
func (s *Scratch) add(c column, weight uint64, blocks int) {
	for i := range s.addends {
		a := &s.addends[i]
		if a.weight != weight || a.of == maxTogether {
			continue
		}
		out := a.column
		if a.of == 1 {
			out = s.memory(blocks)
		}
		together(out, a.column, c, s.live)
		a.column = out
		a.of++
		return
	}
	s.addends = append(s.addends, addend{c, weight, 1})
}

// memory is a column for one mentee; what it holds is arbitrary.
func (s *Scratch) memory(blocks int) column {
	if s.used == len(s.spare) {
		s.spare = append(s.spare, nil)
	}
	c := &s.spare[s.used]
	s.used++
	if len(*c) < blocks {
		*c = make(column, blocks+blocks/4)
	}
	return (*c)[:blocks]
}

// standing has, by factor, the weight of what is asked without arguments: it
// is about the mentor alone, and everyone asks it.
type standing [NumFactors]uint16

// maxBases is how many bases an index keeps. Few are needed: weights are the
// programme's, and differ by what a mentee did not answer.
const maxBases = 32

// base makes the sums of what is asked without arguments.
func (x *Index) base(same standing) base {
	b := make(base, padded(x.blocks))
	for pos, n := range x.mentor {
		b[pos>>6][pos>>2&15] |= x.standing(same, &x.mentors[n]) << (pos & 3 << 4)
	}
	for at := range b {
		b[at].unsettle()
	}
	x.mu.Lock()
	if len(x.bases) >= maxBases {
		clear(x.bases)
	}
	x.bases[same] = b
	x.mu.Unlock()
	return b
}

package matching

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
func (x *Index) start(m *Mentee, s *Scratch) {
	s.best = s.best[:0]
	x.lookUp(m, s)
	x.permit(m, s)
	s.compose(x.blocks)
}

// sought is one thing that a mentee asks, of the columns or bits that were
// found: the greatest share of some, or that one of some is set.
type sought struct {
	from, to int
	weight   uint64
}

// maxSets is how many columns an index keeps, for each factor, of sets, and how
// many bits, for each rule: those asked first, which are the most common mostly.
// What else is asked of sets is made for the mentee of what there is of their
// parts.
const maxSets = 32

// lookUp finds columns and bits, all under one lock, and makes what is not there.
func (x *Index) lookUp(m *Mentee, s *Scratch) {
	s.forget()
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
			x.lookUpTerm(t, s)
		}
	}
	s.base = x.bases[same]
	x.mu.RUnlock()
	for i, b := range s.bits {
		if b == nil {
			s.bits[i] = x.rule(s.demands[i])
		}
	}
	for i, c := range s.columns {
		if c == nil {
			s.columns[i] = x.column(s.asks[i])
		}
	}
	if s.base == nil && same != (standing{}) {
		s.base = x.base(same)
	}
}

// forget empties the memory of lookUp.
func (s *Scratch) forget() {
	s.wants, s.asks, s.columns = s.wants[:0], s.asks[:0], s.columns[:0]
	s.musts, s.demands, s.bits = s.musts[:0], s.demands[:0], s.bits[:0]
}

// lookUpTerm finds the columns of one term.
func (x *Index) lookUpTerm(t Term, s *Scratch) {
	var several []uint32
	columns, from := x.columns[t.Factor], len(s.asks)
	c, each := columns[t.Ask], Factors[t.Factor].Each
	if c == nil && each != nil && x.sets[t.Factor] >= maxSets {
		several = each(x.book, t.Ask)
	}
	for _, a := range several {
		k := Ask{Factor: t.Factor, A: a}
		s.asks, s.columns = append(s.asks, k), append(s.columns, columns[k])
	}
	if len(several) == 0 {
		s.asks, s.columns = append(s.asks, t.Ask), append(s.columns, c)
	}
	s.wants = append(s.wants, sought{from, len(s.asks), uint64(t.Weight)})
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
	s.musts = append(s.musts, sought{from: from, to: len(s.demands)})
}

// permit finds the positions that all rules allow.
func (x *Index) permit(m *Mentee, s *Scratch) {
	s.open = append(s.open[:0], x.alive...)
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
		open := s.open[:len(b)]
		for i, allowed := range b {
			open[i] &= allowed
		}
	}
	x.bar(m, s.open)
	s.live = s.live[:0]
	for i, b := range s.open {
		if b != 0 {
			s.live = append(s.live, int32(i))
		}
	}
}

// compose makes one column of what is the greatest of several, and one of those
// that have the same weight.
func (s *Scratch) compose(blocks int) {
	s.addends, s.used = s.addends[:0], 0
	for _, p := range s.wants {
		c := s.columns[p.from]
		if p.to-p.from > 1 {
			out := s.memory(blocks)
			for _, other := range s.columns[p.from+1 : p.to] {
				greatest(out, c, other, s.live)
				c = out
			}
		}
		s.add(c, p.weight, blocks)
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
	b := make(base, x.blocks)
	for f, w := range same {
		if w == 0 {
			continue
		}
		for at, shares := range x.column(Ask{Factor: uint8(f)}) {
			acc := &b[at]
			for i, v := range shares {
				acc[i] += v & lanes * uint64(w)
				acc[i+8] += v >> 8 & lanes * uint64(w)
			}
		}
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

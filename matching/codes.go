package matching

// codes are the shares that a factor gives, ascending. Where the processor has
// vectors of 512 bits, a column holds their numbers in this list, of four bits,
// instead of the shares: half of the memory to wait for. Factors about the
// mentor alone have no column. Similarity gives any share: its columns hold what
// is left of a division by sixteen, and behind that the sixteens.
var codes = [NumFactors][]Share{
	Needs:      {0, 10, 20, 30, 40, 60},
	Industry:   {0, 20, 30, 36, 45, 60},
	Market:     {0, 16, 20, 28, 32, 40, 44, 48, 60},
	Language:   {0, 30, 45, 60},
	Time:       {0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60},
	Stage:      {0, 20, 30, 60},
	Style:      {0, 20, 30, 60},
	Preference: {0, 60},
	Similarity: {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
}

// codeOf has the code of each share, by factor.
var codeOf = func() (of [NumFactors][FullShare + 1]uint8) {
	for f := range codes {
		for code, share := range codes[f] {
			of[f][share] = uint8(code)
		}
	}
	return of
}()

// held is what a column holds for a factor's share.
func held(factor uint8, s Share) uint8 {
	if widest {
		return codeOf[factor][s]
	}
	return s
}

// products has, by code, the share times the weight. It has all of them twice, so
// that the processor, which looks at five bits, does not mind the fifth.
type products [32]uint16

func productsOf(factor uint8, weight uint32) (p products) {
	for code, share := range codes[factor] {
		p[code] = uint16(weight) * uint16(share)
		p[code+16] = p[code]
	}
	return p
}

// lookup is a column of codes and what they add to a sum. AsBefore says that, of
// a column's codes and those of the column before, the greater ones count.
type lookup struct {
	products products
	column   column
	asBefore bool
}

// pack makes the lookups of all tiles.
func (s *Scratch) pack(q *query) {
	s.lookups = s.lookups[:0]
	for _, p := range q.wants {
		l := lookup{products: productsOf(p.factor, p.weight)}
		for _, l.column = range q.columns[p.from:p.to] {
			s.lookups = append(s.lookups, l)
			l.asBefore = true
		}
		if own[p.factor] {
			sixteens := l.column[len(l.column)/2:]
			s.lookups = append(s.lookups, lookup{productsOf(p.factor, 16*p.weight), sixteens, false})
		}
	}
}

// padded is how many blocks the sums of so many blocks take.
func padded(blocks int) int {
	if widest {
		return (blocks + group - 1) / group * group
	}
	return blocks
}

// columnLength is how many blocks a column of so many blocks takes.
func columnLength(blocks int) int {
	if widest {
		return padded(blocks) / 2
	}
	return blocks
}

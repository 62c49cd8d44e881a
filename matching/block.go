package matching

// block is 32 lanes of 16 bits, four to a word. It holds one share, a byte, for
// each of 64 positions: the low byte of lane p is that of position p, the high
// byte that of position p+32. Or it holds two blocks' codes of shares, of four
// bits ([codes]): those of position p and p+32 of the first, then of the second.
type block [8]uint64

// column holds one share, or its code, per position.
type column []block

// patch says what to write for a position: the share, or its code.
func (c column) patch(pos int32, share uint8) patch {
	word, shift := pos>>2&7, pos&3<<4
	if widest {
		shift += pos >> 5 & 3 << 2
		return patch{&c[pos>>7][word], 15 << shift, uint64(share) << shift}
	}
	shift += pos >> 5 & 1 << 3
	return patch{&c[pos>>6][word], 255 << shift, uint64(share) << shift}
}

// set writes what a position holds, where nothing was written yet.
func (c column) set(pos int32, share uint8) {
	p := c.patch(pos, share)
	*p.word |= p.bits
}

// sums holds one sum for each of the 64 positions of a block, in order, four
// to a word.
type sums [16]uint64

// tileBlocks is how many blocks a mentee's columns are made for at a time, so that
// they are in the nearest cache when they are added up.
const tileBlocks = 32

// group is how many blocks are added up together at most.
const group = 4

// summed has the sums of a group of blocks.
type summed struct {
	begin, end int32 // the blocks of the tile
	sums       [group]sums
	over       [group]uint64 // positions, as bits, whose sums are at least a bar, and some that are one less
}

// next returns the sums of a block of the tile, of any if none is at least the
// bar, and the positions, as bits, whose sums are at least that: some may be
// one less, and where the blocks before raised the bar, more. Blocks come in
// ascending order.
func (s *Scratch) next(at int32, bar uint64) (acc *sums, over uint64) {
	t := &s.summed
	if at >= t.end {
		t.begin, t.end = s.sum(at, bar)
	}
	i := (at - t.begin) % group
	return &t.sums[i], t.over[i]
}

func (s *sums) at(p int) uint64 { return s[p>>2&15] >> (p & 3 << 4) & 0xFFFF }

// Masks of the 16-bit lanes of a word.
const (
	lanes = 0x00FF00FF00FF00FF // the low byte of each
	half  = 0x7FFF7FFF7FFF7FFF // all but the high bit of each
	top   = 0x8000800080008000 // the high bit of each
	ones  = 0x0001000100010001 // one in each
)

// over returns the positions, as bits, whose sums are at least a bar, and some
// that are one less.
func (s *sums) over(bar uint64) uint64 {
	bar = bar >> 1 * ones // halves are compared, in all lanes at once
	var low, high uint64
	for i := range 8 {
		low = low>>1 | ((s[i]>>1&half|top)-bar)&top
		high = high>>1 | ((s[i+8]>>1&half|top)-bar)&top
	}
	over := low>>8 | high // position 32h+4w+i is at 16i+8h+w
	if over == 0 {
		return 0
	}
	over = exchange(over, 0x00000000FF00FF00, 24)
	over = exchange(over, 0x0000F0F00000F0F0, 12)
	over = exchange(over, 0x00CC00CC00CC00CC, 6)
	return exchange(over, 0x0A0A0A0A0A0A0A0A, 3)
}

// exchange exchanges the bits of a mask with those that are so many places above.
func exchange(v, mask uint64, places int) uint64 {
	differ := (v>>places ^ v) & mask
	return v ^ differ ^ differ<<places
}

// asBefore instead of a weight says that, of a column's shares and those of the
// column before, the greater ones count. Only vectors know it.
const asBefore = 0

// addend is a column and what its shares are multiplied by.
type addend struct {
	column column
	weight uint64
	of     int // how many columns it is the sum of
}

// sumWords is [Scratch.sum], eight shares to a word and four sums to another.
func (s *Scratch) sumWords(at int32, bar uint64) {
	acc := &s.summed.sums[0]
	if s.base == nil {
		*acc = sums{}
	} else {
		*acc = s.base[at]
	}
	rest := s.addends
	for ; len(rest) >= 4; rest = rest[4:] {
		acc.addFour((*[4]addend)(rest), at)
	}
	for i := range rest {
		w := rest[i].weight
		for j, v := range &rest[i].column[at] {
			acc[j] += v & lanes * w
			acc[j+8] += v >> 8 * w
		}
	}
	acc.settle()
	s.summed.over[0] = acc.over(bar)
}

// addFour is written out because the compiler then needs no register for where
// it is, nor to look whether that is within the block.
func (s *sums) addFour(t *[4]addend, at int32) {
	a, b, c, d := &t[0].column[at], &t[1].column[at], &t[2].column[at], &t[3].column[at]
	v, w, x, y := t[0].weight, t[1].weight, t[2].weight, t[3].weight
	low, high := weigh(a[0], b[0], c[0], d[0], v, w, x, y)
	s[0], s[8] = s[0]+low, s[8]+high
	low, high = weigh(a[1], b[1], c[1], d[1], v, w, x, y)
	s[1], s[9] = s[1]+low, s[9]+high
	low, high = weigh(a[2], b[2], c[2], d[2], v, w, x, y)
	s[2], s[10] = s[2]+low, s[10]+high
	low, high = weigh(a[3], b[3], c[3], d[3], v, w, x, y)
	s[3], s[11] = s[3]+low, s[11]+high
	low, high = weigh(a[4], b[4], c[4], d[4], v, w, x, y)
	s[4], s[12] = s[4]+low, s[12]+high
	low, high = weigh(a[5], b[5], c[5], d[5], v, w, x, y)
	s[5], s[13] = s[5]+low, s[13]+high
	low, high = weigh(a[6], b[6], c[6], d[6], v, w, x, y)
	s[6], s[14] = s[6]+low, s[14]+high
	low, high = weigh(a[7], b[7], c[7], d[7], v, w, x, y)
	s[7], s[15] = s[7]+low, s[15]+high
}

// weigh adds up four words of shares times weights: the low bytes as they are,
// the high ones with what [sums.settle] takes off.
func weigh(a, b, c, d, v, w, x, y uint64) (low, high uint64) {
	return a&lanes*v + b&lanes*w + c&lanes*x + d&lanes*y, a>>8*v + b>>8*w + c>>8*x + d>>8*y
}

// settle ends an addition. The high bytes of a word are multiplied without
// masking the low bytes of the next lanes, which are in the way, times 256.
// Their sums are known in the end, so that they are taken off once.
func (s *sums) settle() {
	for i := range 8 {
		s[i+8] -= s[i] >> 16 << 8
	}
}

// unsettle puts on what settle will take off, where that is used at all.
func (s *sums) unsettle() {
	if wide {
		return
	}
	for i := range 8 {
		s[i+8] += s[i] >> 16 << 8
	}
}

// greatest writes the greater of two shares, where blocks are asked for. It may
// write over either.
func greatest(out, a, b column, blocks []int32) {
	const high = 0x8080808080808080 // of each byte; shares have it clear
	for _, at := range blocks {
		o, a, b := &out[at], &a[at], &b[at]
		for i, v := range b {
			more := (a[i] | high) - v      // in each byte a-b, and the high bit where that is not negative
			keep := more & high            //
			o[i] = v + more&(keep-keep>>7) // b, and a-b where it is not negative
		}
	}
}

// together writes the sum of two columns, where blocks are asked for. It may
// write over either. Four shares fit a byte.
func together(out, a, b column, blocks []int32) {
	for _, at := range blocks {
		o, a, b := &out[at], &a[at], &b[at]
		for i, v := range b {
			o[i] = a[i] + v
		}
	}
}

// maxTogether is how many shares fit a byte: four times 60.
const maxTogether = 4

// base holds, for every position, the sum of what is about the mentor alone,
// from where the sums of many mentees begin. It is unsettled.
type base []sums

// set writes one position's sum.
func (b base) set(pos int32, sum uint64) {
	s := &b[pos>>6]
	if !wide {
		s.settle()
	}
	w, shift := &s[pos>>2&15], pos&3<<4
	*w = *w&^(0xFFFF<<shift) | sum<<shift
	s.unsettle()
}

//go:build goexperiment.simd && amd64

package matching

import "simd/archsimd"

// wide says whether the processor has vectors of 256 bits, widest whether it has
// those of 512.
var wide, widest = archsimd.X86.AVX2(), archsimd.X86.AVX512()

// sum adds up the scores of some blocks and returns where they begin and end.
func (s *Scratch) sum(at int32, bar uint64) (begin, end int32) {
	switch {
	case widest:
		at = at / group * group
		s.sumGroup(at, bar)
		return at, at + group
	case wide:
		s.sumWide(at, bar)
	default:
		s.sumWords(at, bar)
	}
	return at, at + 1
}

// sumGroup adds up the scores of four blocks, 32 at a time. All sums are in
// registers.
func (s *Scratch) sumGroup(at int32, bar uint64) {
	t := &s.summed
	var a, b, c, d, e, f, g, h archsimd.Uint16x32
	if s.base != nil {
		from := (*[group]sums)(s.base[at:])
		a, b = thirtyTwo(&from[0], 0), thirtyTwo(&from[0], 8)
		c, d = thirtyTwo(&from[1], 0), thirtyTwo(&from[1], 8)
		e, f = thirtyTwo(&from[2], 0), thirtyTwo(&from[2], 8)
		g, h = thirtyTwo(&from[3], 0), thirtyTwo(&from[3], 8)
	}
	at = (s.from + at) / 2
	low := archsimd.BroadcastUint8x64(15)
	for i := 0; i < len(s.lookups); {
		table := archsimd.LoadUint16x32((*[32]uint16)(&s.lookups[i].products))
		from := s.lookups[i].column
		x, y := whole(&from[at]), whole(&from[at+1])
		for i++; i < len(s.lookups) && s.lookups[i].asBefore; i++ {
			from := s.lookups[i].column
			x, y = greater(x, whole(&from[at]), low), greater(y, whole(&from[at+1]), low)
		}
		a = a.Add(table.Permute(x.AsUint16x32()))
		b = b.Add(table.Permute(x.RotateAllRight(4).AsUint16x32()))
		c = c.Add(table.Permute(x.RotateAllRight(8).AsUint16x32()))
		d = d.Add(table.Permute(x.RotateAllRight(12).AsUint16x32()))
		e = e.Add(table.Permute(y.AsUint16x32()))
		f = f.Add(table.Permute(y.RotateAllRight(4).AsUint16x32()))
		g = g.Add(table.Permute(y.RotateAllRight(8).AsUint16x32()))
		h = h.Add(table.Permute(y.RotateAllRight(12).AsUint16x32()))
	}
	least := archsimd.BroadcastUint16x32(uint16(bar))
	t.over[0] = uint64(a.GreaterEqual(least).ToBits()) | uint64(b.GreaterEqual(least).ToBits())<<32
	t.over[1] = uint64(c.GreaterEqual(least).ToBits()) | uint64(d.GreaterEqual(least).ToBits())<<32
	t.over[2] = uint64(e.GreaterEqual(least).ToBits()) | uint64(f.GreaterEqual(least).ToBits())<<32
	t.over[3] = uint64(g.GreaterEqual(least).ToBits()) | uint64(h.GreaterEqual(least).ToBits())<<32
	write(&t.sums[0], a, b)
	write(&t.sums[1], c, d)
	write(&t.sums[2], e, f)
	write(&t.sums[3], g, h)
	archsimd.ClearAVXUpperBits()
}

// write writes the sums of a block.
func write(s *sums, low, high archsimd.Uint16x32) {
	low.AsUint64x8().Store((*[8]uint64)(s[:8]))
	high.AsUint64x8().Store((*[8]uint64)(s[8:]))
}

// whole loads the codes of two blocks.
func whole(b *block) archsimd.Uint64x8 {
	return archsimd.LoadUint64x8((*[8]uint64)(b))
}

// greater takes the greater of each two codes; low is 15 in every byte.
func greater(x, y archsimd.Uint64x8, low archsimd.Uint8x64) archsimd.Uint64x8 {
	v, w := x.AsUint8x64(), y.AsUint8x64()
	return v.And(low).Max(w.And(low)).Or(v.AndNot(low).Max(w.AndNot(low))).AsUint64x8()
}

// thirtyTwo loads sums, of eight words.
func thirtyTwo(s *sums, from int) archsimd.Uint16x32 {
	return archsimd.LoadUint64x8((*[8]uint64)(s[from:])).AsUint16x32()
}

// sumWide adds up sixteen sums at a time.
func (s *Scratch) sumWide(at int32, bar uint64) {
	acc := &s.summed.sums[0]
	var a, b, c, d archsimd.Uint16x16
	if s.base != nil {
		from := &s.base[at]
		a, b, c, d = four(from, 0), four(from, 4), four(from, 8), four(from, 12)
	}
	low := archsimd.BroadcastUint16x16(255)
	for i := 0; i < len(s.addends); {
		weight := archsimd.BroadcastUint16x16(uint16(s.addends[i].weight))
		x, y := halves(&s.addends[i].column[at])
		for i++; i < len(s.addends) && s.addends[i].weight == asBefore; i++ {
			u, v := halves(&s.addends[i].column[at])
			x, y = x.Max(u), y.Max(v)
		}
		v, w := x.AsUint16x16(), y.AsUint16x16()
		a = a.Add(v.And(low).Mul(weight))
		b = b.Add(w.And(low).Mul(weight))
		c = c.Add(v.ShiftAllRight(8).Mul(weight))
		d = d.Add(w.ShiftAllRight(8).Mul(weight))
	}
	// What exceeds the bar less one is left of a subtraction that stops at 0.
	least := archsimd.BroadcastUint16x16(uint16(max(bar, 1) - 1))
	more := a.SubSaturated(least).Or(b.SubSaturated(least)).Or(c.SubSaturated(least)).Or(d.SubSaturated(least))
	none := more.IsZero() && bar > 0
	if !none {
		a.AsUint64x4().Store((*[4]uint64)(acc[0:]))
		b.AsUint64x4().Store((*[4]uint64)(acc[4:]))
		c.AsUint64x4().Store((*[4]uint64)(acc[8:]))
		d.AsUint64x4().Store((*[4]uint64)(acc[12:]))
	}
	archsimd.ClearAVXUpperBits()
	if s.summed.over[0] = 0; !none {
		s.summed.over[0] = acc.over(bar)
	}
}

// halves loads the shares of a block, in two vectors.
func halves(b *block) (low, high archsimd.Uint8x32) {
	return archsimd.LoadUint64x4((*[4]uint64)(b[:4])).AsUint8x32(), archsimd.LoadUint64x4((*[4]uint64)(b[4:])).AsUint8x32()
}

// four loads sixteen sums, of four words.
func four(s *sums, from int) archsimd.Uint16x16 {
	return archsimd.LoadUint64x4((*[4]uint64)(s[from:])).AsUint16x16()
}

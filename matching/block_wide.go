//go:build goexperiment.simd && amd64

package matching

import "simd/archsimd"

// wide says whether the processor has vectors of 256 bits, widest whether it has
// those of 512.
var wide, widest = archsimd.X86.AVX2(), archsimd.X86.AVX512()

// sum adds up the scores of some blocks and returns how many.
func (s *Scratch) sum(at int32, bar uint64) int32 {
	switch {
	case widest && int(at)+group <= s.blocks:
		s.sumGroup(at, bar)
		return group
	case wide:
		s.sumWide(at, bar)
	default:
		s.sumWords(at, bar)
	}
	return 1
}

// sumGroup adds up the scores of four blocks, 32 at a time. All sums are in
// registers, and where a column is has to be found but once for them.
func (s *Scratch) sumGroup(at int32, bar uint64) {
	t := &s.summed
	var a, b, c, d, e, f, g, h archsimd.Uint16x32
	for i := 0; i < len(s.addends); {
		weight := archsimd.BroadcastUint16x32(uint16(s.addends[i].weight))
		from := (*[group]block)(s.addends[i].column[at:])
		v, w, x, y := whole(&from[0]), whole(&from[1]), whole(&from[2]), whole(&from[3])
		for i++; i < len(s.addends) && s.addends[i].weight == asBefore; i++ {
			from := (*[group]block)(s.addends[i].column[at:])
			v, w, x, y = v.Max(whole(&from[0])), w.Max(whole(&from[1])), x.Max(whole(&from[2])), y.Max(whole(&from[3]))
		}
		p, q, r, z := v.AsUint16x32(), w.AsUint16x32(), x.AsUint16x32(), y.AsUint16x32()
		a, e = a.Add(p.Mul(weight)), e.Add(p.ShiftAllRight(8).Mul(weight))
		b, f = b.Add(q.Mul(weight)), f.Add(q.ShiftAllRight(8).Mul(weight))
		c, g = c.Add(r.Mul(weight)), g.Add(r.ShiftAllRight(8).Mul(weight))
		d, h = d.Add(z.Mul(weight)), h.Add(z.ShiftAllRight(8).Mul(weight))
	}
	// The high bytes were multiplied with the low ones.
	a, b, c, d = a.Sub(e.ShiftAllLeft(8)), b.Sub(f.ShiftAllLeft(8)), c.Sub(g.ShiftAllLeft(8)), d.Sub(h.ShiftAllLeft(8))
	if s.base != nil {
		from := (*[group]sums)(s.base[at:])
		a, e = a.Add(thirtyTwo(&from[0], 0)), e.Add(thirtyTwo(&from[0], 8))
		b, f = b.Add(thirtyTwo(&from[1], 0)), f.Add(thirtyTwo(&from[1], 8))
		c, g = c.Add(thirtyTwo(&from[2], 0)), g.Add(thirtyTwo(&from[2], 8))
		d, h = d.Add(thirtyTwo(&from[3], 0)), h.Add(thirtyTwo(&from[3], 8))
	}
	least := archsimd.BroadcastUint16x32(uint16(bar))
	some := [group]uint32{
		a.GreaterEqual(least).ToBits() | e.GreaterEqual(least).ToBits(),
		b.GreaterEqual(least).ToBits() | f.GreaterEqual(least).ToBits(),
		c.GreaterEqual(least).ToBits() | g.GreaterEqual(least).ToBits(),
		d.GreaterEqual(least).ToBits() | h.GreaterEqual(least).ToBits(),
	}
	write(&t.sums[0], a, e)
	write(&t.sums[1], b, f)
	write(&t.sums[2], c, g)
	write(&t.sums[3], d, h)
	archsimd.ClearAVXUpperBits()
	for i, lanes := range some {
		if t.over[i] = 0; lanes != 0 {
			t.over[i] = t.sums[i].over(bar)
		}
	}
}

// write writes the sums of a block.
func write(s *sums, low, high archsimd.Uint16x32) {
	low.AsUint64x8().Store((*[8]uint64)(s[:8]))
	high.AsUint64x8().Store((*[8]uint64)(s[8:]))
}

// whole loads the shares of a block.
func whole(b *block) archsimd.Uint8x64 {
	return archsimd.LoadUint64x8((*[8]uint64)(b)).AsUint8x64()
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

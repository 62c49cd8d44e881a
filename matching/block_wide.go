//go:build goexperiment.simd && amd64

package matching

import "simd/archsimd"

// wide says whether the processor has vectors of 256 bits.
var wide = archsimd.X86.AVX2()

// sum adds up the scores of a block.
func (s *Scratch) sum(acc *sums, at int32) {
	if wide {
		s.sumWide(acc, at)
	} else {
		s.sumWords(acc, at)
	}
}

// sumWide adds up sixteen sums at a time. Each is of 16 bits by itself, so that
// none has to be settled.
func (s *Scratch) sumWide(acc *sums, at int32) {
	var a, b, c, d archsimd.Uint16x16
	if s.base != nil {
		from := &s.base[at]
		a, b, c, d = four(from, 0), four(from, 4), four(from, 8), four(from, 12)
	}
	low := archsimd.BroadcastUint16x16(255)
	for i := range s.addends {
		t := &s.addends[i]
		shares, weight := &t.column[at], archsimd.BroadcastUint16x16(uint16(t.weight))
		v := archsimd.LoadUint64x4((*[4]uint64)(shares[:4])).AsUint16x16()
		w := archsimd.LoadUint64x4((*[4]uint64)(shares[4:])).AsUint16x16()
		a = a.Add(v.And(low).Mul(weight))
		b = b.Add(w.And(low).Mul(weight))
		c = c.Add(v.ShiftAllRight(8).Mul(weight))
		d = d.Add(w.ShiftAllRight(8).Mul(weight))
	}
	a.AsUint64x4().Store((*[4]uint64)(acc[0:]))
	b.AsUint64x4().Store((*[4]uint64)(acc[4:]))
	c.AsUint64x4().Store((*[4]uint64)(acc[8:]))
	d.AsUint64x4().Store((*[4]uint64)(acc[12:]))
	archsimd.ClearAVXUpperBits()
}

// four loads sixteen sums, of four words.
func four(s *sums, from int) archsimd.Uint16x16 {
	return archsimd.LoadUint64x4((*[4]uint64)(s[from:])).AsUint16x16()
}

// over returns the positions, as bits, whose sums are at least a bar, and some
// that are one less. Mostly there is none.
func (s *sums) over(bar uint64) uint64 {
	if wide {
		// What exceeds the bar less one is left of a subtraction that stops at 0.
		least := archsimd.BroadcastUint16x16(uint16(max(bar, 1) - 1))
		more := four(s, 0).SubSaturated(least).Or(four(s, 4).SubSaturated(least)).
			Or(four(s, 8).SubSaturated(least)).Or(four(s, 12).SubSaturated(least))
		none := more.IsZero() && bar > 0
		archsimd.ClearAVXUpperBits()
		if none {
			return 0
		}
	}
	return s.overWords(bar)
}

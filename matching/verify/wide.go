package verify

import (
	"math"
	"math/big"
	"math/bits"
)

// wide is a signed 128-bit whole number in two's complement. Sums of prices
// times capacities over a whole file stay below 2^120 under the limits in
// limits.go, so no sum in this package can overflow it.
type wide struct {
	hi int64
	lo uint64
}

func widen(x int64) wide { return wide{x >> 63, uint64(x)} }

func (a wide) plus(b wide) wide {
	lo, carry := bits.Add64(a.lo, b.lo, 0)
	hi, _ := bits.Add64(uint64(a.hi), uint64(b.hi), carry)
	return wide{int64(hi), lo}
}

func (a wide) minus(b wide) wide {
	lo, borrow := bits.Sub64(a.lo, b.lo, 0)
	hi, _ := bits.Sub64(uint64(a.hi), uint64(b.hi), borrow)
	return wide{int64(hi), lo}
}

func (a wide) add(x int64) wide { return a.plus(widen(x)) }

// times is the exact product of two 64-bit numbers.
func times(a, b int64) wide {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if a < 0 {
		hi -= uint64(b)
	}
	if b < 0 {
		hi -= uint64(a)
	}
	return wide{int64(hi), lo}
}

func (a wide) less(b wide) bool {
	return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo
}

func larger(a, b wide) wide {
	if a.less(b) {
		return b
	}
	return a
}

// clamp is the nearest 64-bit number.
func (a wide) clamp() int64 {
	switch {
	case a.less(widen(math.MinInt64)):
		return math.MinInt64
	case widen(math.MaxInt64).less(a):
		return math.MaxInt64
	}
	return int64(a.lo)
}

// String writes the number in decimal.
func (a wide) String() string {
	n := big.NewInt(a.hi)
	n.Lsh(n, 64)
	return n.Add(n, new(big.Int).SetUint64(a.lo)).String()
}

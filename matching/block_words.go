//go:build !goexperiment.simd || !amd64

package matching

// wide says whether the processor's vectors are used.
const wide = false

// sum adds up the scores of a block.
func (s *Scratch) sum(acc *sums, at int32) { s.sumWords(acc, at) }

// over returns the positions, as bits, whose sums are at least a bar, and some
// that are one less.
func (s *sums) over(bar uint64) uint64 { return s.overWords(bar) }

//go:build !goexperiment.simd || !amd64

package matching

// wide and widest say whether the processor's vectors are used.
const wide, widest = false, false

// sum adds up the scores of a block and returns where it begins and ends.
func (s *Scratch) sum(at int32, bar uint64) (begin, end int32) {
	s.sumWords(at, bar)
	return at, at + 1
}

//go:build !goexperiment.simd || !amd64

package matching

// wide says whether the processor's vectors are used.
const wide = false

// sum adds up the scores of a block and returns that it is one.
func (s *Scratch) sum(at int32, bar uint64) int32 {
	s.sumWords(at, bar)
	return 1
}

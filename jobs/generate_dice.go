package jobs

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
)

// dice draws whole numbers for one answer of one person. The stream depends on
// the seed, the person's id and the name of the answer and on nothing else, so
// neither the order of people nor a new column changes what was drawn before.
type dice struct{ stream *rand.PCG }

func newDice(seed uint64, id, answer string) dice {
	text := binary.BigEndian.AppendUint64(nil, seed)
	text = append(append(append(text, answer...), 0), id...)
	sum := sha256.Sum256(text)
	return dice{rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16]))}
}

// below draws a number from 0 to n-1, n > 0: the upper half of a 128-bit
// product. It favours some numbers by less than n in 2^64, which does not
// matter here, and gives the same on every machine.
func (d dice) below(n int) int {
	high, _ := bits.Mul64(d.stream.Uint64(), uint64(n))
	return int(high)
}

// between draws a number from low to high, both included.
func (d dice) between(low, high int) int { return low + d.below(high-low+1) }

// chance is true in percent of 100 draws.
func (d dice) chance(percent int) bool { return d.below(100) < percent }

// choice is a value that is drawn in proportion to its weight.
type choice[T any] struct {
	value  T
	weight int
}

// pick draws one of several values.
func pick[T any](d dice, choices []choice[T]) T { return choices[pickAt(d, choices)].value }

// pickAt draws the place of one of several values.
func pickAt[T any](d dice, choices []choice[T]) int {
	sum := 0
	for _, c := range choices {
		sum += c.weight
	}
	n := d.below(sum)
	for i, c := range choices {
		if n < c.weight {
			return i
		}
		n -= c.weight
	}
	return len(choices) - 1
}

// pickSome draws up to n different values, in the order in which they came.
func pickSome[T any](d dice, choices []choice[T], n int) (values []T) {
	left := append([]choice[T](nil), choices...)
	for range min(n, len(choices)) {
		at := pickAt(d, left)
		values = append(values, left[at].value)
		left = append(left[:at], left[at+1:]...)
	}
	return values
}

// evenly gives all values the same weight.
func evenly[T any](values ...T) (choices []choice[T]) {
	for _, v := range values {
		choices = append(choices, choice[T]{v, 1})
	}
	return choices
}

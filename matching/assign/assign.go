package assign

import (
	"context"
	"errors"
)

// Node is one id of a side. It takes at least Minimum and at most Capacity
// pairs, in whole pairs. A minimum above the capacity is not an input error:
// Solve answers it with an *Infeasible that names the node.
type Node struct{ Capacity, Minimum int }

// Cover says on which sides as many ids as possible are served before the
// score counts at all. An id is served when it is in at least one pair.
type Cover uint8

// The sides that can be covered. With CoverBoth the served ids of the two
// sides are added up, an id counting the same on either side.
const (
	CoverNone Cover = iota
	CoverLeft
	CoverRight
	CoverBoth
)

func (c Cover) left() bool  { return c == CoverLeft || c == CoverBoth }
func (c Cover) right() bool { return c == CoverRight || c == CoverBoth }

// counts is how many of the served ids a cover counts.
func (c Cover) counts(served [2]int) (n int64) {
	if c.left() {
		n += int64(served[0])
	}
	if c.right() {
		n += int64(served[1])
	}
	return n
}

// Problem is one assignment problem. Solve and Check only read it.
type Problem struct {
	Left, Right []Node
	Edges       Edges
	Cover       Cover

	leastBonus int64   // of the bonus, where more than scores may compete with it
	near       []int64 // prices of a similar problem, to start from; may be nil
}

// Solution is a best assignment with the numbers that prove it is one.
type Solution struct {
	// Pairs holds the positions of the chosen edges in Problem.Edges, ascending.
	Pairs []int
	// Prices holds one dual price per right node, in units of the score. A
	// price above zero is what one more place at that node would add to the
	// total, bonuses included; at a price of zero or less one more place would
	// add nothing. (The bonus of a covered node without any place comes on top
	// of its price.) Only a node with a minimum or under a cover rule can have a
	// negative price.
	Prices []int64
	// Bonus is what every served id of a covered side adds to the total, large
	// enough that no gain in score is worth one id less. It is 0 without cover.
	Bonus int64
	// Score is the sum of the scores of Pairs, without any bonus.
	Score int64
	// Served counts the ids in at least one pair, on the left and on the right.
	Served [2]int
	// Gap is what a better assignment could have more at most, bonuses included.
	// At 0 there is none. It is above 0 only where a search was stopped or
	// something else was wanted beside the total; see Options and Kept.
	Gap int64
}

// Limits of the input. Sizes beyond 2^31-1 nodes or edges are ErrTooLarge.
const (
	// MaxScore is the largest score, and -MaxScore the smallest.
	MaxScore = 1_000_000_000
	// MaxCapacity is the largest capacity of a node.
	MaxCapacity = 1_000_000
)

// ErrInput is wrapped by the error for a problem that is not well formed: a
// position out of range, a pair given twice or out of order, a capacity, minimum or score out
// of range, an unknown cover. The text names the node or edge.
var ErrInput = errors.New("assign: invalid problem")

// ErrTooLarge is wrapped by the error for a well-formed problem whose totals
// do not fit whole numbers of 64 bits. The text says what to change.
var ErrTooLarge = errors.New("assign: problem too large")

// errInternal is wrapped when a result fails its own check. It never happens
// unless the solver has a bug, and is an error so that no wrong answer leaves.
var errInternal = errors.New("assign: internal error")

// Solve returns an assignment that keeps every capacity, minimum and must edge
// and has, among those, the most served ids on the covered sides and then the
// largest total score. An edge whose score is zero or less is used only where
// a must edge, a minimum or the cover rule asks for it.
//
// The result depends on nothing but the problem. Prices do not even depend on which of several
// best assignments was found, except at nodes whose minimum leaves no choice.
//
// Errors: ErrInput and ErrTooLarge, wrapped; *Infeasible when the rules clash;
// the error of the context when it ends first. The cost is given in the
// package documentation.
func Solve(ctx context.Context, p Problem) (Solution, error) { return SolveWith(ctx, p, Options{}) }

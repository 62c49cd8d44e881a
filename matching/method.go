package matching

import (
	"context"
	"errors"

	"puente/matching/assign"
)

// Method says what a round seeks.
type Method uint8

// The methods. An optimal round has the highest total score. In a stable one no
// two would both rather have each other. A balanced one raises the worst pair
// first, and a lottery draws by odds that are fixed before.
const (
	MethodOptimal Method = iota
	MethodStable
	MethodBalanced
	MethodLottery
	NumMethods // how many there are
)

// ErrMethod is wrapped by the error for a method that this program does not
// have.
var ErrMethod = errors.New("matching: method not available")

// method is how a round of one method is made.
type method struct {
	// solve chooses edges of the task, in any order, and gives the round the
	// certificate that proves the choice.
	solve func(context.Context, *Round, *task) ([]int, error)
	// left and right say why ids with places and edges have no pair; see
	// explainUnpaired.
	left  func(*Round, *task) func(position int) Unpaired
	right Reason
	// widen gives more candidates of mentees where pairs that are in no list
	// could change what a round of people is; none proves that none could.
	widen func(*Matcher, context.Context, *Round, *candidates) ([][]assign.Edge, error)
}

// methods has what is available. A new one is an entry here, one in the table
// of matching/verify, and its name in jobs.
var methods = [NumMethods]method{
	MethodOptimal:  {solveOptimal, (*Round).nearestPrice, ReasonNotChosen, (*Matcher).leftOut},
	MethodStable:   {solveStable, (*Round).nearestHolder, ReasonNotPreferred, (*Matcher).blocking},
	MethodBalanced: {solveBalanced, (*Round).nearestBetter, ReasonNotChosen, (*Matcher).unbalanced},
	MethodLottery:  {solveLottery, (*Round).nearestPrice, ReasonNotChosen, (*Matcher).leftOut},
}

// Available says whether rounds can be made by a method.
func (m Method) Available() bool { return m < NumMethods && methods[m].solve != nil }

// Certificate is what proves of a round what its method promises, together with
// the round's edges and pairs. Each method has its own: [*Prices] for optimal,
// [*Lagrange] where it has rules about groups, [*NoBlockingPair] for stable,
// [Levels] for balanced, [*Replay] for a lottery.
type Certificate interface {
	Kind() string // as a published round names it
}

// Prices prove a round optimal.
type Prices struct {
	Place []int64 // dual price of one more place, by right position
	Bonus int64   // what serving one more id of a covered side counts
	Gap   int64   // how much more a better round could come to at most, bonuses included; 0: there is none
}

// Kind is "prices", or "bound" of a round that is not proven best.
func (q *Prices) Kind() string {
	if q.Gap > 0 {
		return "bound"
	}
	return "prices"
}

// task is a round's problem in the tie order of both sides, for a solver that
// prefers low numbers among equals, and the way back from it.
type task struct {
	assign.Problem
	ties [2][]uint32 // by position in the round: node of the problem
	from []int32     // by edge of the problem: edge of the round
}

// task deals a round's problem.
func (r *Round) task() *task {
	ties := [2][]uint32{tieRanks(r.Seed, ids(r.Left)), tieRanks(r.Seed, ids(r.Right))}
	t := &task{Problem: assign.Problem{Left: permute(r.Left, ties[0]), Right: permute(r.Right, ties[1]), Cover: r.Cover}, ties: ties}
	t.Edges, t.from = shuffle(r.Edges, ties)
	return t
}

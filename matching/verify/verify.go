package verify

import (
	"errors"
	"fmt"
)

// Failure is one claim of a round that does not hold.
type Failure struct {
	Check  string // key of the check, stable, for messages: "verify." + Check
	Where  string // place in the file: a member, or an element and its ids
	Detail string // plain English with the numbers
}

// Result is what checking a readable round found. The round is proven when
// Failures is empty and refuted otherwise.
type Result struct {
	Kind, Method string
	Pairs        int   // in the file
	Left, Right  int   // ids with a pair, counted from the pairs
	Score        int64 // sum of the pairs' scores, a cost when the sense is "min"
	// Bound is a score that no plan under the same rules can better, or, with a
	// cover rule, none that serves as many ids: Score itself in a proven round, but
	// for Gap where there are rules about groups, points for kept pairs, or a limit of time.
	// It is 0 if the lists are too damaged to compute it or the method promises
	// nothing of the total, and limited to 64 bits.
	Bound int64
	Gap   int64 // points that are left unproven: how much better than Score a plan could be at most
	More  int   // ids that a plan could serve more at most, of a round with a cover rule that is not proven best
	Kept  *Kept // what the round keeps of an earlier one; nil: nothing
	Worst int64 // score of the worst pair of a balanced round, 0 without pairs
	Short int   // ids with fewer pairs than their minimum, where the method does not promise it
	Plans int   // of a lottery, each of the same chance
	Drawn int   // the plan that the seed drew, from 0
	// PlansScore is the sum of the scores of all plans, which no lottery under
	// the same cap exceeds: the expected score times Plans.
	PlansScore int64
	Allowed    int       // pairs that may be, where everyone's scores are known
	Checks     []string  // keys of the checks that passed, in the order made
	Failures   []Failure // at most eleven of each check, in the order found
}

// shown is how many failures of one check are listed; one more tells how many
// are not.
const shown = 10

// check is one thing that must hold.
type check struct {
	key   string
	needs []string
	run   func(*checker)
}

// checks are made in this order. One whose needs did not pass is left out, and
// so is one that does not concern the round: it neither passes nor fails.
var checks = []check{
	{"hash", nil, (*checker).checkHash},
	{"settings_hash", nil, (*checker).checkSettings},
	{"header", nil, (*checker).checkHeader},
	{"method", nil, (*checker).checkMethod},
	{"ids", nil, (*checker).checkIDs},
	{"edges", nil, (*checker).checkEdges},
	{"lists", lists, (*checker).checkLists},
	{"pairs", lists, (*checker).checkPairs},
	{"must", lists, (*checker).checkMust},
	{"rules", promise, (*checker).checkRules},
	{"capacity", lists, (*checker).checkCapacity},
	{"minimum", lists, (*checker).checkMinimum},
	{"rank", lists, (*checker).checkRanks},
	{"explanation", nil, (*checker).checkLines},
	{"plans", promise, (*checker).checkPlans},
	{"draw", append([]string{"plans"}, promise...), (*checker).checkDraw},
	{"keep", promise, (*checker).checkKeep},
	{"unmatched", promise, (*checker).checkUnmatched},
	{"totals", lists, (*checker).checkTotals},
	{"cover", promise, (*checker).checkCover},
	{"certificate", promise, (*checker).checkCertificate},
	{"scores", lists, (*checker).checkScores},
	{"outside", append([]string{"must", "certificate", "cover", "scores"}, promise...), (*checker).checkOutside},
}

// lists must be sound before pairs can be looked up in them.
var lists = []string{"ids", "edges"}

// promise is what a method's own checks need beside.
var promise = append([]string{"method"}, lists...)

// Round checks a published round. An error means that data is not a round this
// package can read: not JSON, an unknown, repeated or missing member, a number
// that is not whole, more than 4 GiB. Anything readable gives a Result. A
// number that no round can hold refutes it at once; a failed hash does not end
// the checking, so that repairing the hash of a changed file does not help. Time is linear in the
// file but for sorting each id's edges; memory is about the file once more.
func Round(data []byte) (Result, error) { return RoundOf(data, nil) }

// RoundOf checks a published round as [Round] does, and of a round of people with
// everyone's scores two things more: that the edges have these scores, and that no
// pair in no list would make the round another. What the method promises then
// holds over all pairs that may be. Everyone may be nil. It costs two calls of
// Scores for each left id, and a few steps for each pair that may be.
func RoundOf(data []byte, all *Everyone) (Result, error) {
	f, err := decode(data)
	if outside := (*limit)(nil); errors.As(err, &outside) {
		return Result{Failures: []Failure{{"limits", outside.where, outside.detail}}}, nil
	} else if err != nil {
		return Result{}, err
	}
	c := newChecker(f)
	c.all = all
	for _, check := range checks {
		if !c.passed(check.needs) || !c.concerns(check.key) {
			continue
		}
		c.current, c.count = check.key, 0
		check.run(c)
		if c.count == 0 {
			c.result.Checks = append(c.result.Checks, check.key)
		}
		if c.count > shown {
			c.list(check.key, fmt.Sprintf("%d more like these are not listed", c.count-shown))
		}
	}
	return c.result, nil
}

// concerns tells whether a check has anything to look at in the round.
func (c *checker) concerns(key string) bool {
	switch key {
	case "lists":
		return len(c.lists) > 0
	case "rules":
		return len(c.rules) > 0
	case "minimum":
		return !c.how.soft
	case "plans", "draw":
		return c.how.drawn
	case "scores", "outside":
		return c.all != nil
	case "keep":
		return c.keep != nil || c.keepPriced > 0
	}
	return true
}

// checker holds the round and what the checks find out for later ones.
type checker struct {
	*round
	all     *Everyone // nil where only the file is known
	result  Result
	current string // key of the check being made
	count   int    // its failures so far

	how     method  // of the round, once it is known
	sign    int64   // solved score = sign * score
	covered [2]bool // sides whose served ids earn the bonus

	position [2]map[string]int32 // of an id in its list
	first    []int32             // first edge of each left id, and the end
	paired   []bool              // per edge: a pair uses it
	forced   []bool              // per edge: in the must list
	load     [2][]int            // per id: pairs
	held     [2][]int            // per id: must edges
	degree   [2][]int            // per id: edges
	draw     [2][]uint64         // per id: place in the tie order
	want     [2][]int32          // per edge: its place in the id's list, 0 if it is in none; nil without lists
	holders  []int32             // see nearestHolder
	worth    []int64             // per edge: its value at the multipliers of rules; nil without rules
	given    wide                // what the multipliers give to any plan that keeps the rules, at least
	fold     int64               // plans of a lottery, otherwise 1
	chances  [2][]int64          // per id: plans of a lottery in which it has a pair; nil otherwise
	score    int64               // sum over the pairs that are edges
}

func newChecker(f *round) *checker {
	c := &checker{round: f, sign: 1, fold: 1}
	if f.sense == "min" {
		c.sign = -1
	}
	c.covered[left] = f.cover == "left" || f.cover == "both"
	c.covered[right] = f.cover == "right" || f.cover == "both"
	for side := range sideNames {
		c.load[side] = make([]int, len(f.nodes[side]))
		c.held[side] = make([]int, len(f.nodes[side]))
		c.degree[side] = make([]int, len(f.nodes[side]))
	}
	c.paired = make([]bool, len(f.edges))
	c.forced = make([]bool, len(f.edges))
	c.result = Result{Kind: f.kind, Method: f.method, Pairs: len(f.pairs)}
	return c
}

func (c *checker) passed(needs []string) bool {
	found := 0
	for _, key := range c.result.Checks {
		for _, need := range needs {
			if key == need {
				found++
			}
		}
	}
	return found == len(needs)
}

// refute records a failure of the check being made.
func (c *checker) refute(where fmt.Stringer, format string, args ...any) {
	c.count++
	if c.count <= shown {
		c.list(where.String(), fmt.Sprintf(format, args...))
	}
}

func (c *checker) list(where, detail string) {
	c.result.Failures = append(c.result.Failures, Failure{c.current, where, detail})
}

// place names a part of the file; ids are quoted, so that nothing in a file
// can disturb the terminal it is printed on.
type place struct {
	list  string
	index int // -1: the whole member
	ids   []string
}

func (p place) String() string {
	s := []byte(p.list)
	if p.index >= 0 {
		s = fmt.Appendf(s, "[%d]", p.index)
	}
	for _, id := range p.ids {
		s = fmt.Appendf(s, " %q", id)
	}
	return string(s)
}

func member(name string) place { return place{name, -1, nil} }

func (c *checker) atNode(side int, i int) place {
	return place{sideNames[side], i, []string{c.nodes[side][i].id}}
}

func (c *checker) atPair(i int) place {
	return place{"pairs", i, c.pairs[i].id[:]}
}

// atEdge names the element of a list that gives two positions.
func (c *checker) atEdge(list string, i int, end [2]int32) place {
	p := place{list, i, nil}
	for side := range sideNames {
		if int(end[side]) < len(c.nodes[side]) {
			p.ids = append(p.ids, c.nodes[side][end[side]].id)
		}
	}
	return p
}

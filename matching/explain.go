package matching

import (
	"slices"
	"sync"
)

// Line is one row of an explanation: an ask, its weight, the share the mentor
// gives, and the facts behind it. It contributes Weight times Share.
type Line struct {
	Term
	Given
}

// Points is what the line adds to the score.
func (l Line) Points() int { return l.Weight * int(l.Share) }

// Explanation is a score taken apart: the points of the lines sum to Score.
type Explanation struct {
	Score int
	Lines []Line
}

// Explain takes one pair's score apart, whether or not a rule allows the pair.
// It asks the same factors in the same order as the columns that ranked it.
func (x *Index) Explain(e *Mentee, mentor int) (out Explanation) {
	m := &x.mentors[mentor]
	s, ok := scratches.Get().(*Scratch)
	if !ok {
		s = &Scratch{}
	}
	defer scratches.Put(s)
	terms := x.terms(e, s)
	out.Lines = make([]Line, len(terms))
	for i, t := range terms {
		l := &out.Lines[i]
		l.Term, l.Given = t, Factors[t.Factor].Give(x.book, t.Ask, m)
		out.Score += l.Points()
	}
	return out
}

// scratches are for what needs little memory, of callers who bring none.
var scratches sync.Pool

// Refusal returns the name of the first rule that says no to a pair, or "".
func (x *Index) Refusal(e *Mentee, mentor int) string {
	m := &x.mentors[mentor]
	for r := range Rules {
		if k, ok := Rules[r].Ask(x.book, x.settings, e); ok && !Rules[r].Allow(x.book, k, m) {
			return Rules[r].Name
		}
	}
	for _, r := range PairRules {
		if r.Refuse(e, m) {
			return r.Name
		}
	}
	return ""
}

// Refusals counts, for each rule in the order of [RuleNames], the mentors whom
// it says no to, whatever the other rules say.
func (x *Index) Refusals(e *Mentee) []int {
	counts := make([]int, 0, len(Rules)+len(PairRules))
	for r := range Rules {
		n := 0
		k, ok := Rules[r].Ask(x.book, x.settings, e)
		for i := range x.mentors {
			if ok && x.here(i) && !Rules[r].Allow(x.book, k, &x.mentors[i]) {
				n++
			}
		}
		counts = append(counts, n)
	}
	for _, r := range PairRules {
		n := 0
		for i := range x.mentors {
			if x.here(i) && r.Refuse(e, &x.mentors[i]) {
				n++
			}
		}
		counts = append(counts, n)
	}
	return counts
}

// MostRefusing is the rule that says no to most mentors, whatever the other rules
// say, the first of several; "" where none does.
func (x *Index) MostRefusing(e *Mentee) string {
	counts := x.Refusals(e)
	if most := slices.Max(counts); most > 0 {
		return RuleNames()[slices.Index(counts, most)]
	}
	return ""
}

// here says whether a mentor has not left.
func (x *Index) here(mentor int) bool {
	pos := x.place[mentor]
	return x.alive[pos>>6]>>(pos&63)&1 == 1
}

// Difference compares two explanations of one mentee line by line: for each
// ask, what the first mentor gives less what the second gives. The points sum
// to the difference of the scores.
func Difference(a, b Explanation) []int {
	points := make([]int, len(a.Lines))
	for i := range a.Lines {
		points[i] = a.Lines[i].Points() - b.Lines[i].Points()
	}
	return points
}

// ByFactor sums the points of the lines by factor.
func (e Explanation) ByFactor() (points [NumFactors]int) {
	for _, l := range e.Lines {
		points[l.Factor] += l.Points()
	}
	return points
}

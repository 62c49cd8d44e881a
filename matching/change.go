package matching

import (
	"math/bits"
	"slices"
)

// MostAnswers is how many answers of one person a [Change] changes at most.
const MostAnswers = 3

// Change is a smallest change that puts a mentor among a mentee's k best.
type Change struct {
	Answers  []Answer // of one person, in the order of AnswerKinds; none where a weight changes
	Factor   int      // whose weight changes
	From, To int      // what it weighs, and would weigh, in the settings
	Steps    int      // of all answers, or thousandths of the weight
	Rank     int      // of the mentor then, 1 to k
	Score    int      // of the mentor then
}

// Changes are the smallest changes of each kind, nil where there is none.
type Changes struct {
	Gap    int     // points that the mentor lacks to the last of the k best; not above 0 where only a rule is in the way, or fewer than k are allowed
	Mentee *Change // of at most [MostAnswers] of her answers
	Mentor *Change // of at most as many of his
	Weight *Change // of one weight of the settings
}

// Changes finds what would put a mentor among a mentee's k best: the smallest
// change of her answers with everybody ranked anew, of his, and of one weight.
// All are nil for a mentor who is among them, and for one whom a [PairRule]
// refuses.
//
// A change of fewer answers is smaller, then one of fewer steps, then the one
// that comes first in the order of [AnswerKinds]. A change of a weight is as
// small as what it adds or takes; of equals the one of the first factor, and
// more before less. A weight stays one that a programme may choose.
//
// The index does not change but for columns of what is ranked. It costs tens of
// rankings and up to some ten thousand comparisons with about k mentors who are
// better now: milliseconds.
func (x *Index) Changes(e *Mentee, mentor, k int) Changes {
	return x.changes(e, mentor, k, MostAnswers)
}

func (x *Index) changes(e *Mentee, mentor, k, most int) (out Changes) {
	if k = min(k, len(x.mentors)); k <= 0 {
		return out
	}
	t := newTrial(x, e, mentor, k)
	if t.rank(t.hits) > 0 {
		return out
	}
	if len(t.hits) == t.k {
		out.Gap = t.hits[t.k-1].Score - x.Explain(e, mentor).Score
	}
	if x.refusedPair(e, x.place[mentor]) {
		return out
	}
	out.Mentee, out.Mentor = t.mentee(most), t.mentorChange(most)
	if t.people[0].allowed {
		out.Weight = t.weight()
	}
	return out
}

// otherAnswers lists the other answers of a side that concern the pair.
func (t *trial) otherAnswers(ofMentor bool) (answers []Answer) {
	for i := range AnswerKinds {
		kind := &AnswerKinds[i]
		if (kind.mentor != nil) != ofMentor {
			continue
		}
		for _, a := range kind.Next(t.book, t.e, t.people[0].m) {
			a.Kind = uint8(i)
			answers = append(answers, a)
		}
	}
	return answers
}

// change is a found change of answers, less rank and score.
func change(answers []Answer, chosen []int) *Change {
	out := &Change{}
	for _, i := range chosen {
		out.Answers = append(out.Answers, answers[i])
		out.Steps += answers[i].Steps
	}
	return out
}

// all chooses every answer; of the same question the last one stays, which goes
// farthest.
func all(answers []Answer) []int {
	chosen := make([]int, len(answers))
	for i := range chosen {
		chosen[i] = i
	}
	return chosen
}

// smallest finds the smallest combination of answers to different questions
// that try accepts: of the fewest answers, then of the fewest steps, then the
// first in their order. It is nil without one of at most most.
func smallest(answers []Answer, most int, try func(chosen []int) bool) []int {
	s := combining{answers: answers, try: try}
	for s.n = 1; s.n <= most && s.best == nil; s.n++ {
		s.extend(0, 0)
	}
	return s.best
}

type combining struct {
	answers []Answer
	try     func(chosen []int) bool
	n       int // how many answers to combine
	chosen  []int
	best    []int
	steps   int // of best
}

// extend tries all combinations with what is chosen and answers from one on.
func (s *combining) extend(from, steps int) {
	missing := s.n - len(s.chosen)
	if missing == 0 {
		if s.try(s.chosen) {
			s.best, s.steps = slices.Clone(s.chosen), steps
		}
		return
	}
	for i := from; i < len(s.answers); i++ {
		a := &s.answers[i]
		if least := steps + a.Steps + missing - 1; s.best != nil && least >= s.steps || s.asked(a) {
			continue
		}
		s.chosen = append(s.chosen, i)
		s.extend(i+1, steps+a.Steps)
		s.chosen = s.chosen[:len(s.chosen)-1]
	}
}

// asked says whether an answer to the same question is chosen.
func (s *combining) asked(a *Answer) bool {
	for _, i := range s.chosen {
		if b := &s.answers[i]; a.Kind == b.Kind && a.A == b.A && a.B == b.B {
			return true
		}
	}
	return false
}

// mentorChange finds the smallest change of the mentor's answers. Nobody else's
// key changes by it, so it is enough to exceed the last one's.
func (t *trial) mentorChange(most int) *Change {
	bar := uint64(0)
	if len(t.hits) == t.k {
		bar = t.key(t.hits[t.k-1])
	}
	answers := t.otherAnswers(true)
	w := newRewriting(t, answers)
	if every := w.apply(all(answers)); !allowed(t.x.book, w.demands, every) {
		return nil // since answers only make rules say yes
	}
	found := smallest(answers, most, func(chosen []int) bool { return w.exceeds(chosen, bar) })
	if found == nil {
		return nil
	}
	out := change(answers, found)
	out.Score, out.Rank = w.score(w.apply(found), w.touched(found)), 1
	for _, h := range t.hits {
		if t.key(h) > key(uint64(out.Score), t.people[0].order) {
			out.Rank++
		}
	}
	return out
}

// rewriting scores a mentor with other answers.
type rewriting struct {
	*trial
	answers []Answer
	terms   []Term
	demands []Ask
	points  [NumFactors]int // that the mentor has now
	room    [NumFactors]int // that are left of the factor's weight
	whole   int             // score
	other   Mentor          // memory
}

func newRewriting(t *trial, answers []Answer) *rewriting {
	w := &rewriting{trial: t, answers: answers, terms: t.x.Terms(t.e), demands: t.x.Demands(t.e)}
	for _, k := range w.terms {
		points := k.Weight * int(Factors[k.Factor].Give(t.x.book, k.Ask, t.people[0].m).Share)
		w.points[k.Factor] += points
		w.room[k.Factor] += k.Weight*int(FullShare) - points
		w.whole += points
	}
	return w
}

// touched are the factors that answers can change, as bits.
func (w *rewriting) touched(chosen []int) (factors uint) {
	for _, i := range chosen {
		for _, f := range AnswerKinds[w.answers[i].Kind].Factors {
			factors |= 1 << f
		}
	}
	return factors
}

// apply is the mentor with other answers, until the next call.
func (w *rewriting) apply(chosen []int) *Mentor {
	w.other = *w.people[0].m
	for _, i := range chosen {
		AnswerKinds[w.answers[i].Kind].mentor(&w.other, w.answers[i])
	}
	return &w.other
}

// score is the score of a mentor who differs in some factors.
func (w *rewriting) score(m *Mentor, touched uint) int {
	score := w.whole
	for f := range Factors {
		if touched>>f&1 == 1 {
			score -= w.points[f]
		}
	}
	for _, k := range w.terms {
		if touched>>k.Factor&1 == 1 {
			score += k.Weight * int(Factors[k.Factor].Give(w.x.book, k.Ask, m).Share)
		}
	}
	return score
}

// exceeds says whether the answers make the mentor allowed and give a key above
// the bar.
func (w *rewriting) exceeds(chosen []int, bar uint64) bool {
	touched := w.touched(chosen)
	most := w.whole
	for left := touched; left != 0; left &= left - 1 {
		most += w.room[bits.TrailingZeros(left)]
	}
	order := w.people[0].order
	if key(uint64(most), order) <= bar {
		return false
	}
	m := w.apply(chosen)
	return key(uint64(w.score(m, touched)), order) > bar && allowed(w.x.book, w.demands, m)
}

// allowed says whether a mentor meets what rules ask.
func allowed(b *Book, demands []Ask, m *Mentor) bool {
	for _, k := range demands {
		if !Rules[k.Factor].Allow(b, k, m) {
			return false
		}
	}
	return true
}

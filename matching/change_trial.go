package matching

import "slices"

// trial ranks a mentor for a mentee under other answers of hers, or other
// weights. To rank everybody for each is slow, so the mentor is first compared
// with rivals, who were better before: if k of them still are, he is not among
// the k best. What is left is really ranked, and who was better then is a rival
// from then on.
type trial struct {
	x       *Index
	e       *Mentee
	mentor  int
	k       int
	hits    []Hit // the k best now
	book    *Book // of its own, so that what is only compared leaves nothing behind
	scratch Scratch
	people  []contender // the mentor, then the rivals
	rivals  map[int]bool
	rows    map[Ask][]Share     // of the people
	plain   [NumFactors]*piece  // of the mentee as she is
	other   map[pieceKey]*piece // of the mentee with other answers
	parts   [3][]int            // memory of splits
	total   []int32             // memory of scores
}

type contender struct {
	m       *Mentor
	order   uint32 // among equal scores; answers and weights do not change it
	allowed bool   // by all rules now, and so whatever the mentee answers
}

// pieceKey is a factor and the answers that concern it, by their place in the
// list plus 1, 0 at the end.
type pieceKey struct {
	factor uint8
	chosen [MostAnswers]int16
}

// piece is what a factor adds to the people's scores.
type piece struct {
	parts []Part
	sums  []weighed
}

// weighed is what a factor of a weight gives to the people, in points.
type weighed struct {
	weight int
	points []int32
}

func newTrial(x *Index, e *Mentee, mentor, k int) *trial {
	t := &trial{x: x, e: e, mentor: mentor, k: k, book: newBook(x.book.calendars), rivals: map[int]bool{}}
	t.hits = x.TopK(e, t.k, &t.scratch)
	t.add(mentor)
	if len(t.hits) < k { // nobody is ranked below k others
		t.oppose(nil)
	} else {
		t.oppose(t.hits)
	}
	return t
}

// key orders a hit among those of the mentee as she is.
func (t *trial) key(h Hit) uint64 {
	return key(uint64(h.Score), t.x.order(&t.scratch.query, t.x.place[h.Mentor]))
}

// rank is the mentor's place among hits, 0 where he is not.
func (t *trial) rank(hits []Hit) int {
	return 1 + slices.IndexFunc(hits, func(h Hit) bool { return h.Mentor == t.mentor })
}

func (t *trial) add(mentor int) {
	t.people = append(t.people, contender{t.x.Mentor(mentor), t.x.order(&t.scratch.query, t.x.place[mentor]), t.x.Refusal(t.e, mentor) == ""})
}

// oppose makes rivals of those who were better.
func (t *trial) oppose(hits []Hit) {
	for _, h := range hits {
		if !t.rivals[h.Mentor] {
			t.rivals[h.Mentor] = true
			t.add(h.Mentor)
		}
	}
	t.rows, t.other, t.total = map[Ask][]Share{}, map[pieceKey]*piece{}, make([]int32, len(t.people))
	for f := range t.plain {
		t.plain[f] = t.piece(f, t.e)
	}
}

func (t *trial) piece(f int, e *Mentee) *piece { return &piece{parts: Factors[f].Asks(nil, t.book, e)} }

// mentee finds the smallest change of the mentee's answers.
func (t *trial) mentee(most int) *Change {
	answers := t.otherAnswers(false)
	if every := t.asking(answers, all(answers)); !t.allows(&every) {
		return nil // since answers only make rules say yes
	}
	var hits []Hit
	found := smallest(answers, most, func(chosen []int) bool {
		e := t.asking(answers, chosen)
		if len(e.Needs) > max(maxNeeds, len(t.e.Needs)) || !t.allows(&e) || t.beaten(&e, answers, chosen) {
			return false
		}
		ranked := t.x.TopK(&e, t.k, &t.scratch)
		if t.rank(ranked) == 0 {
			t.oppose(ranked)
			return false
		}
		hits = ranked
		return true
	})
	if found == nil {
		return nil
	}
	out := change(answers, found)
	out.Rank = t.rank(hits)
	out.Score = hits[out.Rank-1].Score
	return out
}

// allows says whether the rules allow the mentor for the mentee with other
// answers.
func (t *trial) allows(e *Mentee) bool {
	return t.people[0].allowed || allowed(t.book, demandsOf(t.book, t.x.settings, e), t.people[0].m)
}

// asking is the mentee with other answers.
func (t *trial) asking(answers []Answer, chosen []int) Mentee {
	e := *t.e
	for _, i := range chosen {
		AnswerKinds[answers[i].Kind].mentee(&e, answers[i])
	}
	return e
}

// beaten says whether k rivals are better for the mentee with other answers.
func (t *trial) beaten(e *Mentee, answers []Answer, chosen []int) bool {
	pieces := t.plain
	for f := range pieces {
		id := pieceKey{factor: uint8(f)}
		n := 0
		for _, i := range chosen {
			if slices.Contains(AnswerKinds[answers[i].Kind].Factors, f) {
				id.chosen[n] = int16(i) + 1
				n++
			}
		}
		if n == 0 {
			continue
		}
		p := t.other[id]
		if p == nil {
			if p = t.piece(f, e); n < MostAnswers { // else it is not asked for again
				t.other[id] = p
			}
		}
		pieces[f] = p
	}
	return t.outranked(&pieces, t.x.settings.Weights, e)
}

// outranked adds up what the factors give, and says whether k rivals whom the
// rules allow for a mentee have more.
func (t *trial) outranked(pieces *[NumFactors]*piece, weights Weights, e *Mentee) bool {
	for f, p := range pieces {
		if len(p.parts) == 0 {
			weights[f] = 0
		}
	}
	var of, rest [NumFactors]int
	split(of[:], rest[:], FullWeight, weights[:])
	clear(t.total)
	for f, p := range pieces {
		if of[f] > 0 {
			for i, points := range t.sum(f, p, of[f]) {
				t.total[i] += points
			}
		}
	}
	mine := key(uint64(t.total[0]), t.people[0].order)
	better := 0
	var demands []Ask
	for i, score := range t.total[1:] {
		rival := &t.people[i+1]
		if key(uint64(score), rival.order) < mine {
			continue
		}
		if !rival.allowed && demands == nil {
			demands = demandsOf(t.book, t.x.settings, e)
		}
		if rival.allowed || allowed(t.book, demands, rival.m) {
			if better++; better == t.k {
				return true
			}
		}
	}
	return false
}

// sum is what a factor of a weight gives to the people.
func (t *trial) sum(f int, p *piece, weight int) []int32 {
	at, found := slices.BinarySearchFunc(p.sums, weight, func(w weighed, weight int) int { return w.weight - weight })
	if found {
		return p.sums[at].points
	}
	n := len(p.parts)
	for i := range t.parts {
		t.parts[i] = slices.Grow(t.parts[i][:0], n)[:n]
	}
	portions, weights := t.parts[0], t.parts[1]
	for i, part := range p.parts {
		portions[i] = part.Portion
	}
	split(weights, t.parts[2], weight, portions)
	s := make([]int32, len(t.people))
	for i, part := range p.parts {
		if weights[i] > 0 {
			for j, share := range t.row(Ask{uint8(f), part.A, part.B}) {
				s[j] += int32(weights[i]) * int32(share)
			}
		}
	}
	p.sums = slices.Insert(p.sums, at, weighed{weight, s})
	return s
}

// row is what the people give of an ask.
func (t *trial) row(k Ask) []Share {
	row := t.rows[k]
	if row == nil {
		for _, c := range t.people {
			row = append(row, Factors[k.Factor].Give(t.book, k, c.m).Share)
		}
		t.rows[k] = row
	}
	return row
}

// weight finds the smallest change of one weight.
func (t *trial) weight() *Change {
	for step := 1; step <= MaxWeight; step++ {
		for f := range Factors {
			for _, to := range [2]int{t.x.settings.Weights[f] + step, t.x.settings.Weights[f] - step} {
				if hits := t.weigh(f, to); hits != nil {
					rank := t.rank(hits)
					return &Change{Factor: f, From: t.x.settings.Weights[f], To: to, Steps: step, Rank: rank, Score: hits[rank-1].Score}
				}
			}
		}
	}
	return nil
}

// weigh ranks with another weight of a factor; nil if the mentor is not among
// the best, or a programme may not choose the weight.
func (t *trial) weigh(f, to int) []Hit {
	s := *t.x.settings
	s.Weights[f] = to
	if len(t.plain[f].parts) == 0 || !s.Weights.allowed() || t.outranked(&t.plain, s.Weights, t.e) {
		return nil
	}
	hits := t.x.With(&s).TopK(t.e, t.k, &t.scratch)
	if t.rank(hits) == 0 {
		t.oppose(hits)
		return nil
	}
	return hits
}

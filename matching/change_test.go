package matching

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
)

// This file is the definition of a smallest change, as plainly as possible:
// every combination of answers, every weight, and everybody ranked for each by
// the definition of the score.

// referenceAnswer is another answer, and the person who gives it.
type referenceAnswer struct {
	Answer
	mentee func(*Mentee)
	mentor func(*Mentor)
}

// referenceMenteeAnswers lists what a mentee could answer otherwise.
func referenceMenteeAnswers(s *Snapshot, e *Mentee, m *Mentor) (out []referenceAnswer) {
	add := func(kind, a, b, to, steps int, do func(*Mentee)) {
		out = append(out, referenceAnswer{Answer: Answer{uint8(kind), uint8(a), uint8(b), uint16(to), steps}, mentee: do})
	}
	for _, l := range m.Languages {
		for to := 3; to <= 5 && l.Level >= 3; to++ {
			if now := referenceLevel(e.Languages, l.Language); to > now {
				add(MenteeLanguage, int(l.Language), 0, to, to-now, func(e *Mentee) { e.Languages = referenceSpeak(e.Languages, l.Language, to) })
			}
		}
	}
	var places []Place
	for _, k := range m.Markets {
		places = append(places, Place{k.Country, k.Region}, Place{k.Country, 0})
	}
	for _, k := range m.Skills {
		if k.Market > 0 {
			places = append(places, Place{k.Market, 0})
		}
	}
	seen := map[Place]bool{}
	for _, p := range places {
		if !seen[p] && p.Country != e.Country && !slices.Contains(e.Targets, p) {
			add(MenteeTarget, int(p.Country), int(p.Region), 1, 1, func(e *Mentee) { e.Targets = append(e.Targets, p) })
		}
		seen[p] = true
	}
	topics := map[uint8]bool{}
	for _, k := range m.Skills {
		at := slices.IndexFunc(e.Needs, func(n Need) bool { return n.Topic == k.Topic })
		now := 6
		if at >= 0 {
			now = int(e.Needs[at].Priority)
		}
		for to := now - 1; to > 0 && !topics[k.Topic] && (at >= 0 || len(e.Needs) < 5); to-- {
			add(MenteeNeed, int(k.Topic), 0, to, now-to, func(e *Mentee) {
				if at < 0 {
					e.Needs = append(e.Needs, Need{k.Topic, uint8(to)})
				} else {
					e.Needs[at].Priority = uint8(to)
				}
			})
		}
		topics[k.Topic] = true
	}
	stages := map[int]bool{}
	for _, stage := range m.Stages {
		for _, to := range referenceWay(e.Stage, stage) {
			if !stages[to] {
				add(MenteeStage, 0, 0, to, referenceAway(e.Stage, to), func(e *Mentee) { e.Stage = uint8(to) })
			}
			stages[to] = true
		}
	}
	for _, to := range referenceWay(e.Cadence, m.Cadence) {
		add(MenteeCadence, 0, 0, to, referenceAway(e.Cadence, to), func(e *Mentee) { e.Cadence = uint8(to) })
	}
	if !slices.ContainsFunc(m.Formats, func(f uint8) bool { return slices.Contains(e.Formats, f) }) {
		for _, f := range m.Formats {
			add(MenteeFormat, int(f), 0, 1, 1, func(e *Mentee) { e.Formats = append(e.Formats, f) })
		}
	}
	if e.Calendar > 0 && m.Calendar > 0 {
		if n := referenceOverlap(s, e, m); n < int(e.MinOverlap) {
			add(MenteeOverlap, 0, 0, n, int(e.MinOverlap)-n, func(e *Mentee) { e.MinOverlap = uint16(n) })
		}
	}
	return out
}

// referenceMentorAnswers lists what a mentor could answer otherwise.
func referenceMentorAnswers(_ *Snapshot, e *Mentee, m *Mentor) (out []referenceAnswer) {
	add := func(kind, a, b, to, steps int, do func(*Mentor)) {
		out = append(out, referenceAnswer{Answer: Answer{uint8(kind), uint8(a), uint8(b), uint16(to), steps}, mentor: do})
	}
	for _, l := range e.Languages {
		for to := 3; to <= 5 && l.Level >= 3; to++ {
			if now := referenceLevel(m.Languages, l.Language); to > now {
				add(MentorLanguage, int(l.Language), 0, to, to-now, func(m *Mentor) { m.Languages = referenceSpeak(m.Languages, l.Language, to) })
			}
		}
	}
	for _, n := range e.Needs {
		markets := []uint8{}
		for _, t := range e.Targets {
			markets = append(markets, t.Country)
		}
		if len(e.Targets) == 0 {
			markets = append(markets, 0)
		}
		for _, k := range m.Skills {
			if k.Topic == n.Topic {
				markets = append(markets, k.Market)
			}
		}
		seen := map[uint8]bool{}
		for _, c := range markets {
			now := 0
			for _, k := range m.Skills {
				if k.Topic == n.Topic && k.Market == c {
					now = max(now, int(k.Level))
				}
			}
			for to := now + 1; to <= 3 && !seen[c]; to++ {
				// A skill that is better than another one of the same topic and market hides it.
				add(MentorSkill, int(n.Topic), int(c), to, to-now, func(m *Mentor) { m.Skills = append(m.Skills, Skill{n.Topic, c, uint8(to)}) })
			}
			seen[c] = true
		}
	}
	referenceMarkets(e, m, add)
	if e.Stage > 0 && !slices.Contains(m.Stages, e.Stage) {
		add(MentorStage, int(e.Stage), 0, 1, 1, func(m *Mentor) { m.Stages = append(m.Stages, e.Stage) })
	}
	for _, to := range referenceWay(m.Cadence, e.Cadence) {
		add(MentorCadence, 0, 0, to, referenceAway(m.Cadence, to), func(m *Mentor) { m.Cadence = uint8(to) })
	}
	if !slices.ContainsFunc(e.Formats, func(f uint8) bool { return slices.Contains(m.Formats, f) }) {
		for _, f := range e.Formats {
			add(MentorFormat, int(f), 0, 1, 1, func(m *Mentor) { m.Formats = append(m.Formats, f) })
		}
	}
	for to := int(m.Capacity); to <= 6; to++ {
		if steps := to - int(m.Capacity) + pick(m.Paused, 1, 0); steps > 0 {
			add(MentorPlace, 0, 0, to, steps, func(m *Mentor) { m.Paused, m.Capacity = false, uint8(to) })
		}
	}
	return out
}

// referenceMarkets lists the places that a mentor could know better.
func referenceMarkets(e *Mentee, m *Mentor, add func(kind, a, b, to, steps int, do func(*Mentor))) {
	seen := map[Place]bool{}
	for _, t := range e.Targets {
		places := []Place{{t.Country, 0}, t}
		for _, k := range m.Markets {
			if k.Country == t.Country {
				places = append(places, Place{k.Country, k.Region})
			}
		}
		for _, p := range places {
			now := 0
			for _, k := range m.Markets {
				if k.Country == p.Country && k.Region == p.Region {
					now = max(now, int(k.Level))
				}
			}
			for to := now + 1; to <= 3 && !seen[p]; to++ {
				add(MentorMarket, int(p.Country), int(p.Region), to, to-now, func(m *Mentor) { m.Markets = append(m.Markets, Known{p.Country, p.Region, uint8(to)}) })
			}
			seen[p] = true
		}
	}
}

func referenceLevel(spoken []Spoken, language uint8) (level int) {
	for _, s := range spoken {
		if s.Language == language {
			level = int(s.Level)
		}
	}
	return level
}

func referenceSpeak(spoken []Spoken, language uint8, level int) (out []Spoken) {
	for _, s := range spoken {
		if s.Language != language {
			out = append(out, s)
		}
	}
	return append(out, Spoken{language, uint8(level)})
}

// referenceWay lists the places of a scale that come nearer to another one.
func referenceWay(from, to uint8) (way []int) {
	if from == 0 && to > 0 {
		return []int{int(to)}
	}
	for at := int(from); to > 0 && at != int(to); {
		at += pick(at < int(to), 1, -1)
		way = append(way, at)
	}
	return way
}

func referenceAway(from uint8, to int) int {
	if from == 0 {
		return 1
	}
	return max(int(from)-to, to-int(from))
}

// referenceWith is a snapshot with some answers of one pair changed.
func referenceWith(s *Snapshot, e *Mentee, mentor int, answers []referenceAnswer) (*Snapshot, *Mentee) {
	t, f := *s, *e
	t.Mentors = slices.Clone(s.Mentors)
	m := &t.Mentors[mentor]
	f.Languages, f.Targets, f.Needs, f.Formats = slices.Clone(f.Languages), slices.Clone(f.Targets), slices.Clone(f.Needs), slices.Clone(f.Formats)
	m.Languages, m.Skills, m.Markets = slices.Clone(m.Languages), slices.Clone(m.Skills), slices.Clone(m.Markets)
	m.Stages, m.Formats = slices.Clone(m.Stages), slices.Clone(m.Formats)
	for _, a := range answers {
		if a.mentee != nil {
			a.mentee(&f)
		} else {
			a.mentor(m)
		}
	}
	return &t, &f
}

// problem is what a reference needs to find.
type problem struct {
	s      *Snapshot
	set    *Settings
	seed   uint64
	e      *Mentee
	mentor int
	k      int
}

// place is the mentor's rank and score with answers changed, 0 below the k best.
func (p *problem) place(answers []referenceAnswer) (rank, score int) {
	s, e := referenceWith(p.s, p.e, p.mentor, answers)
	if len(e.Needs) > 5 && len(e.Needs) > len(p.e.Needs) {
		return 0, 0
	}
	for i, h := range referenceTopK(s, p.set, p.seed, e, p.k) {
		if h.Mentor == p.mentor {
			return i + 1, h.Score
		}
	}
	return 0, 0
}

// smallest tries all combinations of n answers.
func (p *problem) smallest(answers []referenceAnswer, n int) (best *Change) {
	var extend func(from int, chosen []referenceAnswer)
	extend = func(from int, chosen []referenceAnswer) {
		if len(chosen) == n {
			c := Change{}
			for i, a := range chosen {
				for _, b := range chosen[:i] {
					if a.Kind == b.Kind && a.A == b.A && a.B == b.B {
						return
					}
				}
				c.Answers = append(c.Answers, a.Answer)
				c.Steps += a.Steps
			}
			if best != nil && c.Steps >= best.Steps {
				return
			}
			if c.Rank, c.Score = p.place(chosen); c.Rank > 0 {
				best = &c
			}
			return
		}
		for i := from; i < len(answers); i++ {
			extend(i+1, append(slices.Clip(chosen), answers[i]))
		}
	}
	extend(0, nil)
	return best
}

// weight tries every weight of every factor.
func (p *problem) weight() (best *Change) {
	for f := range Factors {
		for to := 1000; to >= 0; to-- {
			from := p.set.Weights[f]
			steps := max(to-from, from-to)
			if steps == 0 || best != nil && steps >= best.Steps {
				continue
			}
			q, set := *p, *p.set
			set.Weights[f] = to
			sum := 0
			for _, w := range set.Weights {
				sum += w
			}
			if q.set = &set; set.Weights[Needs] == 0 || 20*set.Weights[Preference] > sum {
				continue
			}
			if rank, score := q.place(nil); rank > 0 {
				best = &Change{Factor: f, From: from, To: to, Steps: steps, Rank: rank, Score: score}
			}
		}
	}
	return best
}

// changes is the definition of [Index.Changes], of at most so many answers.
func (p *problem) changes(most int) (out Changes) {
	hits := referenceTopK(p.s, p.set, p.seed, p.e, p.k)
	if rank, _ := p.place(nil); rank > 0 || p.k == 0 {
		return out
	}
	m := &p.s.Mentors[p.mentor]
	if len(hits) == p.k {
		score, _ := referenceScore(p.s, p.set, p.e, m)
		out.Gap = hits[p.k-1].Score - score
	}
	for n := 1; n <= most && out.Mentee == nil; n++ {
		out.Mentee = p.smallest(referenceMenteeAnswers(p.s, p.e, m), n)
	}
	for n := 1; n <= most && out.Mentor == nil; n++ {
		out.Mentor = p.smallest(referenceMentorAnswers(p.s, p.e, m), n)
	}
	out.Weight = p.weight()
	return out
}

// TestChangeEqualsReference compares with the definition, and then makes the
// changes: an index of the changed people, or of the changed weights, has the
// mentor where the change says.
func TestChangeEqualsReference(t *testing.T) {
	found, none := map[string]int{}, map[string]int{}
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 12))
		s, set := randomSnapshot(r, 3, 4+r.IntN(12)), randomSettings(r)
		x := NewIndex(s, set, seed)
		for i := range s.Mentees {
			p := &problem{s, set, seed, &s.Mentees[i], r.IntN(len(s.Mentors)), 1 + r.IntN(3)}
			if hits := x.TopK(p.e, p.k+3, &Scratch{}); i > 0 && len(hits) > 0 {
				p.mentor = hits[len(hits)-1].Mentor // not far from the best
			}
			most := 2
			if seed%5 == 0 {
				most = 3
				p.s, p.e = fewAnswers(s, p.e, p.mentor)
				x = NewIndex(p.s, set, seed)
			}
			got, want := x.changes(p.e, p.mentor, p.k, most), p.changes(most)
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, %s and %s, k %d, at most %d answers:\n got %s\nwant %s",
					seed, p.e.ID, s.Mentors[p.mentor].ID, p.k, most, shown(got), shown(want))
			}
			for name, c := range map[string]*Change{"mentee": got.Mentee, "mentor": got.Mentor, "weight": got.Weight} {
				if c == nil {
					none[name]++
					continue
				}
				found[fmt.Sprint(name, " ", len(c.Answers))]++
				p.apply(t, c)
			}
		}
	}
	for _, name := range []string{"mentee 1", "mentee 2", "mentee 3", "mentor 1", "mentor 2", "mentor 3", "weight 0"} {
		if found[name] == 0 {
			t.Errorf("no change of %s answers was found: %v", name, found)
		}
	}
	for _, name := range []string{"mentee", "mentor", "weight"} {
		if none[name] == 0 {
			t.Errorf("every change of %s was found", name)
		}
	}
}

// fewAnswers is a snapshot whose pair can give so few other answers that all
// combinations of three can be tried.
func fewAnswers(s *Snapshot, e *Mentee, mentor int) (*Snapshot, *Mentee) {
	t, f := *s, *e
	t.Mentors = slices.Clone(s.Mentors)
	m := &t.Mentors[mentor]
	m.Skills, m.Markets, m.Stages = m.Skills[:min(2, len(m.Skills))], m.Markets[:min(1, len(m.Markets))], m.Stages[:min(1, len(m.Stages))]
	f.Needs, f.Targets = f.Needs[:min(2, len(f.Needs))], f.Targets[:min(1, len(f.Targets))]
	return &t, &f
}

func shown(c Changes) string {
	return fmt.Sprintf("gap %d, mentee %+v, mentor %+v, weight %+v", c.Gap, c.Mentee, c.Mentor, c.Weight)
}

// apply builds an index anew with a change made.
func (p *problem) apply(t *testing.T, c *Change) {
	t.Helper()
	s, e, set := *p.s, *p.e, *p.set
	s.Mentors = slices.Clone(s.Mentors)
	for _, a := range c.Answers {
		if k := &AnswerKinds[a.Kind]; k.mentee != nil {
			k.mentee(&e, a)
		} else {
			k.mentor(&s.Mentors[p.mentor], a)
		}
	}
	if len(c.Answers) == 0 {
		set.Weights[c.Factor] = c.To
	}
	hits := NewIndex(&s, &set, p.seed).TopK(&e, p.k, &Scratch{})
	if want := (Hit{p.mentor, c.Score}); c.Rank < 1 || c.Rank > len(hits) || hits[c.Rank-1] != want {
		t.Errorf("seed %d, %s and %s: with %+v the best are %v", p.seed, e.ID, s.Mentors[p.mentor].ID, *c, hits)
	}
}

// TestAnswersOnlyLoosenRules proves what the search of changes rests on, for
// everybody: no other answer makes a rule say no that said yes. It also wants
// that an answer changes what the mentor gives of the factors it names at most,
// and nothing of the people themselves.
func TestAnswersOnlyLoosenRules(t *testing.T) {
	seen := [NumAnswerKinds]int{}
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 12))
		s, set := randomSnapshot(r, 4, 30), randomSettings(r)
		before := s.Hash()
		x := NewIndex(s, set, seed)
		for i := range s.Mentees {
			for j := range s.Mentors {
				tr := newTrial(x, &s.Mentees[i], j, 1)
				for _, a := range append(tr.otherAnswers(false), tr.otherAnswers(true)...) {
					seen[a.Kind]++
					checkAnswer(t, x, &s.Mentees[i], j, a)
				}
			}
		}
		if s.Hash() != before {
			t.Fatalf("seed %d: the people have changed", seed)
		}
	}
	for kind, n := range seen {
		if n == 0 {
			t.Errorf("no answer of the kind %s was tried", AnswerKinds[kind].Name)
		}
	}
}

func checkAnswer(t *testing.T, x *Index, e *Mentee, mentor int, a Answer) {
	t.Helper()
	kind, other, m := &AnswerKinds[a.Kind], *e, x.mentors[mentor]
	if kind.mentee != nil {
		kind.mentee(&other, a)
	} else {
		kind.mentor(&m, a)
	}
	if a.Steps < 1 || reflect.DeepEqual(other, *e) && reflect.DeepEqual(m, x.mentors[mentor]) {
		t.Fatalf("%s: %+v changes nothing", kind.Name, a)
	}
	for n := range x.mentors {
		was, is := x.mentors[n], x.mentors[n]
		if n == mentor {
			is = m
		}
		now := demandsOf(x.book, x.settings, &other)
		if allowed(x.book, x.Demands(e), &was) && !allowed(x.book, now, &is) {
			t.Fatalf("%s: %+v makes a rule refuse %s", kind.Name, a, was.ID)
		}
	}
	for f := range Factors {
		if slices.Contains(kind.Factors, f) {
			continue
		}
		if !reflect.DeepEqual(Factors[f].Asks(nil, x.book, e), Factors[f].Asks(nil, x.book, &other)) || !Factors[f].Same(&x.mentors[mentor], &m) {
			t.Fatalf("%s: %+v changes the factor %s", kind.Name, a, Factors[f].Name)
		}
	}
}

// TestChangesLive asks a live index for changes while mentors come and go, for
// the race detector, and then compares with an index made anew.
func TestChangesLive(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 13))
	s, set := randomSnapshot(r, 10, 150), randomSettings(r)
	others := randomSnapshot(r, 10, 200).Mentors
	live := NewLive(s, set, 1)
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			for i := range 60 {
				live.Read(func(x *Index) {
					if n, ok := x.Find(s.Mentors[i].ID); ok {
						x.Changes(&s.Mentees[i%10], n, 3)
					}
				})
			}
		})
	}
	for i := range others {
		others[i].Calendar = min(others[i].Calendar, uint32(len(s.Calendars)))
		live.Set(others[i])
		live.Remove(others[i*7%50].ID)
	}
	wait.Wait()
	now := &Snapshot{Calendars: s.Calendars}
	live.Read(func(x *Index) {
		for _, n := range x.numbers {
			now.Mentors = append(now.Mentors, *x.Mentor(int(n)))
		}
		now.Sort()
		anew := NewIndex(now, set, 1)
		for i := range now.Mentors {
			e := &s.Mentees[i%10]
			n, _ := x.Find(now.Mentors[i].ID)
			if got, want := x.Changes(e, n, 4), anew.Changes(e, i, 4); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s and %s:\n got %s\nwant %s", e.ID, now.Mentors[i].ID, shown(got), shown(want))
			}
		}
	})
}

// TestChangesOfNothing wants an answer without a panic where nothing can be
// found.
func TestChangesOfNothing(t *testing.T) {
	s, set := randomSnapshot(rand.New(rand.NewPCG(1, 14)), 1, 20), DefaultSettings()
	e := &s.Mentees[0]
	e.Never = []string{s.Mentors[3].ID}
	x := NewIndex(s, &set, 1)
	best := x.TopK(e, 1, &Scratch{})[0].Mentor
	for _, c := range []struct {
		name      string
		mentor, k int
	}{
		{"no best at all", 3, 0},
		{"fewer than none", 3, -1},
		{"one who is among them", best, 1},
		{"one whom staff ruled out", 3, 5},
		{"one whom staff ruled out, of all", 3, 1 << 62},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := x.Changes(e, c.mentor, c.k); got.Mentee != nil || got.Mentor != nil || got.Weight != nil {
				t.Errorf("got %s", shown(got))
			}
		})
	}
}

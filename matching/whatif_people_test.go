package matching

import (
	"math/rand/v2"
	"slices"
	"testing"

	"puente/matching/assign"
)

// matcherOf is a matcher that lists so few candidates that much is left out.
func matcherOf(s *Snapshot, settings *Settings) *Matcher {
	settings.Candidates = 1
	return &Matcher{Snapshot: s, Settings: settings, Index: NewIndex(s, settings, 5), Seed: 5, Workers: 2}
}

// complete is the round over all allowed pairs, each listed.
func complete(t *testing.T, m *Matcher) *Round {
	t.Helper()
	settings := *m.Settings
	settings.Candidates = 1000
	own := *m
	own.Settings = &settings
	return roundOfPeople(t, &own)
}

func roundOfPeople(t *testing.T, m *Matcher) *Round {
	t.Helper()
	r, err := m.Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// people draws a snapshot in which staff forced, locked and ruled out pairs.
func people(r *rand.Rand, mentees, mentors int) (*Snapshot, *Settings) {
	s := randomSnapshot(r, mentees, mentors)
	settings := DefaultSettings()
	settings.CrossBorder, settings.Interpreter, settings.Cover = r.IntN(3) > 0, r.IntN(3) > 0, Cover(r.IntN(4))
	x := NewIndex(s, &settings, 5)
	free := make([]int, mentors)
	for j := range free {
		free[j] = s.Mentors[j].Places()
	}
	for i := range s.Mentees {
		e := &s.Mentees[i]
		j := r.IntN(mentors)
		if id := s.Mentors[j].ID; r.IntN(4) == 0 && free[j] > 0 {
			if free[j]--; x.Refusal(e, j) == "" {
				e.Must = []string{id}
			} else if rule := x.Refusal(e, j); rule == "language" && !x.refusedPair(e, x.place[j]) {
				e.Lock = []string{id}
			}
		}
	}
	return s, &settings
}

// TestCounterfactualsOfPeople asks a round that lists one candidate a mentee,
// and one that lists all allowed pairs: the answers are the same.
func TestCounterfactualsOfPeople(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 4))
	asked := 0
	for round := range 250 {
		s, settings := people(r, 14, 6)
		if round%2 == 0 { // so few different scores that many rounds are as good
			settings.Weights = Weights{Language: 1}
		}
		m := matcherOf(s, settings)
		round, all := roundOfPeople(t, m), complete(t, m)
		if d := round.Total().Minus(all.Total()); d.Score != 0 || d.Covered(all.Cover) != 0 {
			t.Fatalf("%+v and %+v", round.Total(), all.Total())
		}
		for i := range s.Mentees {
			j := r.IntN(len(s.Mentors))
			w, err := m.WhatIf(t.Context(), round)
			if err != nil {
				t.Fatal(err)
			}
			rule, err := m.Consider(w, i, j)
			if err != nil {
				t.Fatal(err)
			}
			if rule != "" && m.Index.Refusal(&s.Mentees[i], j) != rule {
				t.Fatalf("refused by %s", rule)
			}
			if _, listed := all.WhatIf().variant().find(i, j); listed != (rule == "") {
				t.Fatalf("listed %t, refused by %q", listed, rule)
			}
			if rule != "" {
				continue
			}
			asked++
			got, err := w.Counterfactual(t.Context(), i, j)
			if err != nil {
				t.Fatal(err)
			}
			full := all.WhatIf()
			full.round.Pairs = round.Pairs // of several best rounds the same
			want, err := full.Counterfactual(t.Context(), i, j)
			if err != nil {
				t.Fatal(err)
			}
			same := func(a, b Total) bool { return w.none(a.Minus(b)) }
			short := got.Short == nil && want.Short == nil || got.Short != nil && want.Short != nil && same(*got.Short, *want.Short)
			if !same(got.Loss, want.Loss) || !same(got.Place, want.Place) || !short || got.Surely != want.Surely || (got.Clash == nil) != (want.Clash == nil) {
				t.Fatalf("%+v\n%+v", got, want)
			}
			if a, b := got.Exchange, want.Exchange; len(a.Lost)+len(a.New) != len(b.Lost)+len(b.New) {
				t.Fatalf("exchange %+v, of all pairs %+v", a, b)
			}
		}
		sameLadder(t, m, round, all)
	}
	if asked < 50 {
		t.Errorf("only %d pairs were asked about", asked)
	}
}

func sameLadder(t *testing.T, m *Matcher, round, all *Round) {
	t.Helper()
	w, err := m.WhatIf(t.Context(), round)
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.Ladder(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want, err := all.WhatIf().Ladder(t.Context())
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("%v\n%+v\n%+v", err, got, want)
	}
}

// TestRulePricesOfPeople makes the round anew without each rule.
func TestRulePricesOfPeople(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 8))
	priced := map[string]int{}
	for range 25 {
		s, settings := people(r, 14, 6)
		m := matcherOf(s, settings)
		round := roundOfPeople(t, m)
		w, err := m.WhatIf(t.Context(), round)
		if err != nil {
			t.Fatal(err)
		}
		prices, err := m.RulePrices(t.Context(), w, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range prices {
			priced[p.Rule]++
			without := anew(m, p)
			got, want := p.Gain, roundOfPeople(t, without).Total().Minus(round.Total())
			if d := got.Minus(want); d.Score != 0 || d.Covered(assign.Cover(without.Settings.Cover)) != 0 {
				t.Fatalf("%+v, made anew %+v", p, want)
			}
		}
	}
	for _, rule := range []string{RuleCover, "cross_border", "language", "overlap", RuleMust, RuleLock, "never"} {
		if priced[rule] < 3 {
			t.Errorf("%s was priced %d times", rule, priced[rule])
		}
	}
}

// anew is the matcher without a rule.
func anew(m *Matcher, p RulePrice) *Matcher {
	s, settings := *m.Snapshot, *m.Settings
	s.Mentees = slices.Clone(s.Mentees)
	drop := func(ids []string) []string {
		return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == s.Mentors[p.Right].ID })
	}
	switch p.Rule {
	case RuleCover:
		settings.Cover = CoverNone
	case "cross_border":
		settings.CrossBorder = false
	case "language":
		settings.Interpreter = true
	case "overlap":
		for i := range s.Mentees {
			s.Mentees[i].MinOverlap = 0
		}
	default:
		e := &s.Mentees[p.Left]
		switch p.Rule {
		case RuleMust:
			e.Must = drop(e.Must)
		case RuleLock:
			e.Lock = drop(e.Lock)
		case "never":
			e.Never = drop(e.Never)
		}
	}
	return matcherOf(&s, &settings)
}

// TestRecruits makes the round anew with each newcomer as a mentor, and wants
// no other newcomer to be better than those that are proven best.
func TestRecruits(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 7))
	found, proven := 0, 0
	for range 16 {
		s, settings := people(r, 20, 4)
		m := matcherOf(s, settings)
		made := roundOfPeople(t, m)
		w, err := m.WhatIf(t.Context(), made)
		if err != nil {
			t.Fatal(err)
		}
		advice, err := m.Recruits(t.Context(), w, 3, 25)
		if err != nil {
			t.Fatal(err)
		}
		with := func(c Recruit, places int) Total {
			s := *m.Snapshot
			x := c.mentor("M-new")
			x.Capacity = uint8(places)
			s.Mentors = append(slices.Clone(s.Mentors), x)
			return roundOfPeople(t, matcherOf(&s, settings)).Total().Minus(made.Total())
		}
		for _, c := range advice.Recruits {
			found++
			for places := range c.Gain {
				if d := with(c, places+1).Minus(c.Gain[places]); !w.none(d) {
					t.Fatalf("%+v with %d places, made anew differs by %+v", c, places+1, d)
				}
				gain := c.Gain[places]
				if gain.Score+made.prices().Bonus*int64(gain.Covered(made.Cover)) > c.Bound[places] {
					t.Fatalf("%+v is more than the estimate", c)
				}
			}
		}
		if !advice.Proven || len(advice.Recruits) == 0 {
			continue
		}
		proven++
		last := advice.Recruits[len(advice.Recruits)-1].Gain[1]
		for _, c := range m.newcomers(made) {
			gain := with(c, 2)
			listed := slices.ContainsFunc(advice.Recruits, func(x Recruit) bool { return x.Newcomer == c.Newcomer })
			if !listed && (more(gain) > more(last) || more(gain) == more(last) && gain.Score > last.Score) {
				t.Fatalf("%+v adds %+v, the last listed %+v", c.Newcomer, gain, last)
			}
		}
	}
	if found < 20 || proven < 4 {
		t.Errorf("%d recruits, %d times proven", found, proven)
	}
}

// TestRelaxPeople frees more forced pairs than a mentor has places.
func TestRelaxPeople(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 40 {
		s, settings := people(r, 14, 6)
		settings.Cover = CoverNone
		x := NewIndex(s, settings, 5)
		for j := range s.Mentors {
			var able []int
			for i := range s.Mentees {
				s.Mentees[i].Must, s.Mentees[i].Lock = nil, nil
				if x.Refusal(&s.Mentees[i], j) == "" {
					able = append(able, i)
				}
			}
			if places := s.Mentors[j].Places(); places == 0 || len(able) <= places {
				continue
			}
			for _, i := range able[:s.Mentors[j].Places()+1] {
				s.Mentees[i].Must = []string{s.Mentors[j].ID}
			}
			m := matcherOf(s, settings)
			_, err := m.Round(t.Context())
			clash, ok := err.(*Clash) //nolint:errorlint // it is not wrapped
			if !ok {
				t.Fatalf("%v", err)
			}
			ways, err := m.Relax(t.Context(), clash)
			if err != nil || len(ways) != len(clash.Must) {
				t.Fatalf("%v %+v", err, ways)
			}
			for _, way := range ways {
				i := slices.IndexFunc(s.Mentees, func(e Mentee) bool { return e.ID == way.Left })
				without := anew(m, RulePrice{Rule: RuleMust, Left: i, Right: j})
				if got := roundOfPeople(t, without).Total(); got.Score != way.Total.Score || !way.Possible {
					t.Fatalf("%+v, made anew %+v", way, got)
				}
			}
			return
		}
	}
	t.Error("no mentor was wanted by enough")
}

package matching

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"puente/matching/assign"
)

// specOf is a problem as a round of a method.
func specOf(p assign.Problem, method Method, seed uint64) Spec {
	return Spec{Left: partiesOf("l", p.Left), Right: partiesOf("r", p.Right), Edges: p.Edges, Seed: seed, Method: method, Plans: 2}
}

// TestCounterfactualsTurn asks about every pair of small stable and balanced
// rounds, with lists and forced pairs, and makes the round again at every score:
// what turns the pair is the least change that does, and there is only one turn.
func TestCounterfactualsTurn(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 3))
	turned, never, places := 0, 0, 0
	for k := range 500 {
		p := randomProblem(r, true, k%3 == 0)
		p.Cover = assign.CoverNone
		method := []Method{MethodStable, MethodBalanced}[k%2]
		s := specOf(p, method, r.Uint64())
		if method == MethodStable {
			s.Lists, s.RightProposes = randomLists(r, p), r.IntN(2) == 0
		}
		round, err := NewRound(t.Context(), s)
		if err != nil {
			continue
		}
		a, err := round.Anew(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for x, e := range p.Edges.All() {
			turn, err := a.Turn(t.Context(), e.Left, e.Right)
			if err != nil {
				t.Fatal(err)
			}
			if turn.Paired != round.has(e.Left, e.Right) || turn.Forced != e.Must {
				t.Fatalf("%+v of %+v", turn, e)
			}
			if e.Must {
				continue
			}
			if checkTurn(t, a, s, x, turn); turn.Points == nil {
				never++
			} else {
				turned++
			}
			if !turn.Paired {
				q := s
				q.Right = slices.Clone(q.Right)
				q.Right[e.Right].Capacity++
				again, err := NewRound(t.Context(), q)
				if err != nil || again.has(e.Left, e.Right) != turn.Place {
					t.Errorf("with one more place %t, want the other (%v)", turn.Place, err)
				}
				if places++; method == MethodStable {
					checkStandoff(t, a, round, e)
				}
			}
			if method == MethodBalanced {
				checkForced(t, a, p, round, x, e)
			}
			if t.Failed() {
				t.Fatalf("method %d, edge %d %+v\n%+v\n%+v", method, x, e, turn, round)
			}
		}
	}
	if turned < 300 || never < 100 || places < 200 {
		t.Errorf("%d turned, %d never did, %d places", turned, never, places)
	}
}

// checkTurn makes the round again at every score of a pair.
func checkTurn(t *testing.T, a *Anew, s Spec, x int, turn *Turn) {
	t.Helper()
	e := s.Edges.At(x)
	var flips []int64 // scores, away from its own, at which the pair is the other way
	step, limit := int64(1), a.highest
	if turn.Paired {
		step, limit = -1, a.lowest
	}
	for score := e.Score + step; score != limit+step; score += step {
		q := s
		q.Edges = scored(assign.Problem{Edges: s.Edges}, x, score).Edges
		again, err := NewRound(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if again.has(e.Left, e.Right) != turn.Paired {
			flips = append(flips, score)
			if len(flips) == 1 && turn.Points != nil {
				if got := exchanged(a.round.Pairs, again.Pairs); len(got.Lost) != len(turn.Exchange.Lost) || len(got.New) != len(turn.Exchange.New) {
					t.Errorf("the exchange is %+v, want %+v", turn.Exchange, got)
				}
			}
		} else if len(flips) > 0 {
			t.Errorf("method %d: at %d the pair turns back", s.Method, score)
		}
	}
	switch {
	case (turn.Points == nil) != (len(flips) == 0):
		t.Errorf("points %v, but it turns at %v", turn.Points, flips)
	case turn.Points == nil:
	case *turn.Points != max(flips[0]-e.Score, e.Score-flips[0]):
		t.Errorf("%d points, but it turns at %d from %d", *turn.Points, flips[0], e.Score)
	}
}

// checkStandoff wants somebody to keep what it has, by the definition.
func checkStandoff(t *testing.T, a *Anew, r *Round, e assign.Edge) {
	t.Helper()
	s, err := a.Standoff(e.Left, e.Right)
	if err != nil {
		t.Error(err)
		return
	}
	if !s.Keeps[0] && !s.Keeps[1] && !s.Refused {
		t.Errorf("the pair blocks: %+v", s)
	}
	for side, at := range [2]int{e.Left, e.Right} {
		held := 0
		for _, p := range r.Pairs {
			if [2]int{p.Left, p.Right}[side] == at {
				held++
			}
		}
		if s.Full[side] != (held >= [2][]Party{r.Left, r.Right}[side][at].Capacity) || s.Keeps[side] && !s.Full[side] {
			t.Errorf("side %d holds %d: %+v", side, held, s)
		}
		if h := s.Held[side]; h != nil && !r.has(h.Left, h.Right) {
			t.Errorf("%+v is no pair", h)
		}
	}
}

// profile is what balanced plans are compared by: served, pairs, then the scores
// ascending.
func profile(p assign.Problem, set int) (out []int64) {
	lefts := map[int]bool{}
	var list []int64
	for x, e := range p.Edges.All() {
		if set>>x&1 == 1 {
			lefts[e.Left] = true
			list = append(list, e.Score)
		}
	}
	slices.Sort(list)
	return append([]int64{int64(len(lefts)), int64(len(list))}, list...)
}

// checkForced compares with every plan that has the pair the other way.
func checkForced(t *testing.T, a *Anew, p assign.Problem, r *Round, x int, e assign.Edge) {
	t.Helper()
	f, err := a.Force(t.Context(), e.Left, e.Right)
	if err != nil {
		t.Error(err)
		return
	}
	var best []int64
	for _, q := range plansOf(p) {
		if (q.set>>x&1 == 1) == r.has(e.Left, e.Right) {
			continue
		}
		if mine := profile(p, q.set); best == nil || slices.Compare(mine, best) > 0 {
			best = mine
		}
	}
	if (best == nil) != (f.Clash != nil) {
		t.Errorf("clash %v, but the best is %v", f.Clash, best)
	}
	if best == nil {
		return
	}
	now := append([]int64{int64(r.Served[0]), int64(len(r.Pairs))}, scores(r)...)
	same := slices.Equal(now[2:], best[2:])
	if int64(f.Served) != now[0]-best[0] || int64(f.Pairs) != now[1]-best[1] || same && f.Now != f.Then ||
		f.Served == 0 && f.Pairs == 0 && !same && (f.Now >= f.Then || count(now[2:], f.Score) != f.Now || count(best[2:], f.Score) != f.Then) {
		t.Errorf("%+v, but %v and %v", f, now, best)
	}
}

// TestCounterfactualsOfLotteries tries every plan of all plans together, as
// TestCounterfactuals does, and counts chances.
func TestCounterfactualsOfLotteries(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 21))
	asked := 0
	for range 300 {
		p := randomProblem(r, true, true)
		p.Cover = assign.CoverNone
		round, err := NewRound(t.Context(), specOf(p, MethodLottery, r.Uint64()))
		if err != nil {
			continue
		}
		folded, w := round.Folded(), round.WhatIfFolded()
		q := assign.Problem{Left: nodes(folded.Left), Right: nodes(folded.Right), Edges: folded.Edges}
		if best := bestOf(q); len(best) == 0 || best[0].total.Score != folded.Score {
			t.Fatalf("all plans come to %d, the best is %+v", folded.Score, best)
		}
		plans := map[[2]int]int{}
		for i := range round.Left {
			for _, plan := range round.Chances(i) {
				for _, j := range plan {
					plans[[2]int{i, j}]++
				}
			}
		}
		for x, e := range q.Edges.All() {
			c, err := w.Counterfactual(t.Context(), e.Left, e.Right)
			if err != nil {
				t.Fatal(err)
			}
			asked++
			if n := plans[[2]int{e.Left, e.Right}]; c.Paired != (n == 1) || n > 1 {
				t.Errorf("paired %t, in %d plans", c.Paired, n)
			}
			checkCounterfactual(t, q, x, c)
			checkExchange(t, q, folded, x, c)
			if !c.Paired {
				checkPlaces(t, q, x, c, round.Plans)
			}
			if t.Failed() {
				t.Fatalf("edge %d %+v\n%+v\n%+v", x, e, c, round)
			}
		}
		for _, x := range p.Edges.Must {
			if e := p.Edges.At(int(x)); plans[[2]int{e.Left, e.Right}] != round.Plans {
				t.Errorf("a forced pair is in %d plans", plans[[2]int{e.Left, e.Right}])
			}
		}
	}
	if asked < 500 {
		t.Errorf("only %d pairs were asked about", asked)
	}
}

// TestCounterfactualsOfGroups tries every plan that keeps rules about groups.
func TestCounterfactualsOfGroups(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 7))
	asked, exact, excluded := 0, 0, 0
	for range 500 {
		p := randomProblem(r, true, false)
		s := specOf(p, MethodOptimal, r.Uint64())
		s.Cover, s.Groups = p.Cover, randomGroups(r, p)
		round, err := NewRound(t.Context(), s)
		if err != nil {
			continue // the rules clash, or nothing was found
		}
		a, err := round.Anew(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for x, e := range p.Edges.All() {
			if e.Must {
				continue
			}
			c, err := a.Ruled(t.Context(), e.Left, e.Right)
			if errors.Is(err, ErrUnsettled) {
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			asked++
			best, other := bestRuled(p, s.Groups, -1, false), bestRuled(p, s.Groups, x, !c.Paired)
			clash := c.Clash != nil || c.Rules != nil
			if clash != (other == nil || other.Covered(p.Cover) < best.Covered(p.Cover)) && (clash || c.Loss.Covered(p.Cover) == 0) {
				t.Errorf("clash %t, but the best the other way is %+v of %+v", clash, other, best)
			}
			if excluded++; clash || other == nil {
				continue
			}
			excluded--
			if want := best.Minus(*other); c.Loss.Covered(p.Cover) == 0 && (c.Loss.Score > want.Score+c.Within || c.Loss.Score < want.Score-c.Within) {
				t.Errorf("loss %+v within %d, want %+v", c.Loss, c.Within, want)
			}
			if c.Within == 0 {
				exact++
			}
			for k, g := range s.Groups {
				if in := g.Has(len(p.Left), len(p.Right), p.Edges); c.In[k] != in[x] {
					t.Errorf("rule %d: in %t", k, c.In[k])
				}
			}
			if t.Failed() {
				t.Fatalf("edge %d %+v\n%+v\n%+v\n%+v", x, e, c, s.Groups, round)
			}
		}
	}
	if asked < 300 || exact < 200 || excluded < 20 {
		t.Errorf("%d asked, %d exact, %d excluded", asked, exact, excluded)
	}
}

// randomGroups draws one or two rules about groups.
func randomGroups(r *rand.Rand, p assign.Problem) (out []GroupRule) {
	for range 1 + r.IntN(2) {
		g := GroupRule{Name: "g", Group: assign.Group{Of: assign.Members(r.IntN(3)), Most: r.IntN(2) == 0, Amount: r.IntN(3)}}
		for x := range [...]int{len(p.Left), len(p.Right), p.Edges.Len()}[g.Of] {
			if r.IntN(2) == 0 {
				g.Members = append(g.Members, x)
			}
		}
		out = append(out, g)
	}
	return out
}

// bestRuled is the best total of the plans that keep the rules, and have or lack
// an edge; nil without any. Rules choose among the plans that serve the most.
func bestRuled(p assign.Problem, groups []GroupRule, x int, with bool) (best *Total) {
	var plans []plan
	most := 0
	for _, q := range plansOf(p) {
		if x >= 0 && (q.set>>x&1 == 1) != with {
			continue
		}
		most = max(most, q.total.Covered(p.Cover))
		plans = append(plans, q)
	}
	for _, q := range plans {
		keeps := q.total.Covered(p.Cover) == most
		for _, g := range groups {
			n := 0
			for at, in := range g.Has(len(p.Left), len(p.Right), p.Edges) {
				if in && q.set>>at&1 == 1 {
					n++
				}
			}
			keeps = keeps && (g.Most && n <= g.Amount || !g.Most && n >= g.Amount)
		}
		if total := q.total; keeps && (best == nil || total.Compare(*best, p.Cover) > 0) {
			best = &total
		}
	}
	return best
}

// TestCounterfactualsOfPeopleAnew asks rounds of people that list one candidate a
// mentee, and rounds that list all allowed pairs: the answers are the same where
// they do not depend on ties.
func TestCounterfactualsOfPeopleAnew(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 12))
	asked := 0
	for k := range 60 {
		s, settings := people(r, 12, 5)
		settings.Cover, settings.Method = CoverNone, []Method{MethodStable, MethodBalanced}[k%2]
		m := matcherOf(s, settings)
		round, err := m.Round(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		a, err := m.Anew(t.Context(), round)
		if err != nil {
			t.Fatal(err)
		}
		all, err := complete(t, m).Anew(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all.lowest, all.highest = a.lowest, a.highest
		for i := range s.Mentees {
			j := r.IntN(len(s.Mentors))
			rule := a.Consider(i, j)
			got, err := a.Turn(t.Context(), i, j)
			want, missing := all.Turn(t.Context(), i, j)
			if (rule != "") != (missing != nil) || (err != nil) != (missing != nil) {
				t.Fatalf("rule %q, %v, %v", rule, err, missing)
			}
			if rule != "" || settings.Method == MethodBalanced && !slices.Equal(scores(a.round), scores(all.round)) {
				continue
			}
			asked++
			if got.Forced != want.Forced || got.Paired != want.Paired || settings.Method == MethodStable && (got.Place != want.Place || cmp.Compare(points(got), points(want)) != 0) {
				t.Fatalf("method %d: %+v, want %+v", settings.Method, got, want)
			}
		}
	}
	if asked < 200 {
		t.Errorf("only %d pairs were asked about", asked)
	}
}

func points(t *Turn) int64 {
	if t.Points == nil {
		return -1
	}
	return *t.Points
}

// TestAnewOther refuses a round that is not made so.
func TestAnewOther(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	for {
		p := randomProblem(r, false, false)
		round, err := NewRound(context.Background(), specOf(p, MethodStable, 1))
		if err != nil || len(round.Pairs) == 0 {
			continue
		}
		round.Pairs = round.Pairs[1:]
		if _, err := round.Anew(t.Context()); !errors.Is(err, ErrOther) {
			t.Errorf("%v", err)
		}
		return
	}
}

package matching

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"puente/matching/assign"
)

// plan is an assignment of a small problem as a set of its edges.
type plan struct {
	set   int
	total Total
}

// plansOf tries every set of edges and gives those that keep the rules.
func plansOf(p assign.Problem) (out []plan) {
	var list []assign.Edge
	for _, e := range p.Edges.All() {
		list = append(list, e)
	}
	for set := range 1 << len(list) {
		load := [2][]int{make([]int, len(p.Left)), make([]int, len(p.Right))}
		x, ok := plan{set: set}, true
		for k, e := range list {
			if set>>k&1 == 1 {
				load[0][e.Left]++
				load[1][e.Right]++
				x.total.Score += e.Score
			}
			ok = ok && (set>>k&1 == 1 || !e.Must)
		}
		for side, nodes := range [][]assign.Node{p.Left, p.Right} {
			for i, n := range nodes {
				ok = ok && load[side][i] >= n.Minimum && load[side][i] <= n.Capacity
				x.total.Served[side] += min(1, load[side][i])
			}
		}
		if ok {
			out = append(out, x)
		}
	}
	return out
}

// bestOf keeps the best plans.
func bestOf(p assign.Problem) (out []plan) {
	for _, x := range plansOf(p) {
		switch {
		case len(out) == 0 || x.total.Compare(out[0].total, p.Cover) > 0:
			out = []plan{x}
		case x.total.Compare(out[0].total, p.Cover) == 0:
			out = append(out, x)
		}
	}
	return out
}

// with counts how many of the plans have an edge.
func with(plans []plan, x int) (n int) {
	for _, p := range plans {
		n += p.set >> x & 1
	}
	return n
}

// randomProblem draws at most nine edges.
func randomProblem(r *rand.Rand, must, minimum bool) assign.Problem {
	p := assign.Problem{Cover: assign.Cover(r.IntN(4))}
	side := func() (nodes []assign.Node) {
		for range 1 + r.IntN(4) {
			n := assign.Node{Capacity: r.IntN(3)}
			if minimum && r.IntN(4) == 0 {
				n.Minimum = r.IntN(n.Capacity + 1)
			}
			nodes = append(nodes, n)
		}
		return nodes
	}
	p.Left, p.Right = side(), side()
	var list []assign.Edge
	for _, k := range r.Perm(len(p.Left) * len(p.Right)) {
		if len(list) < 9 && r.IntN(5) > 0 {
			e := assign.Edge{Left: k % len(p.Left), Right: k / len(p.Left), Score: r.Int64N(12) - 2}
			e.Must = must && r.IntN(12) == 0
			list = append(list, e)
		}
	}
	var err error
	if p.Edges, err = assign.NewEdges(len(p.Left), len(p.Right), list); err != nil {
		panic(err)
	}
	return p
}

func partiesOf(prefix string, nodes []assign.Node) (out []Party) {
	for i, n := range nodes {
		out = append(out, Party{fmt.Sprintf("%s%02d", prefix, i), n})
	}
	return out
}

// roundOf solves a problem; nil where it has no plan.
func roundOf(t *testing.T, p assign.Problem, seed uint64) *Round {
	t.Helper()
	r, err := NewRound(t.Context(), Spec{Left: partiesOf("l", p.Left), Right: partiesOf("r", p.Right), Edges: p.Edges, Cover: p.Cover, Seed: seed})
	if clash := (*Clash)(nil); errors.As(err, &clash) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// scored is the problem with another score of one edge.
func scored(p assign.Problem, x int, score int64) assign.Problem {
	p.Edges.Score = slices.Clone(p.Edges.Score)
	p.Edges.Score[x] = int32(score)
	return p
}

// TestCounterfactuals tries every plan of small problems: a pair that is out
// comes in with the points that are said, surely with one more, and not with
// one less; one that is in stays until it has as many less; and likewise for
// one more place. Every other round is made again from one with other pairs: as
// long as it has the best total, its answers are the same in kind.
func TestCounterfactuals(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 2))
	asked, kept := 0, 0
	for n := range 500 {
		p := randomProblem(r, true, true)
		round := roundOf(t, p, r.Uint64())
		if round == nil {
			continue
		}
		if n%2 == 1 {
			if round = keeping(t, r, round); round.prices().Gap > 0 {
				continue
			}
			kept++
		}
		w := round.WhatIf()
		for x, e := range p.Edges.All() {
			c, err := w.Counterfactual(t.Context(), e.Left, e.Right)
			if err != nil {
				t.Fatal(err)
			}
			asked++
			checkCounterfactual(t, p, x, c)
			if !c.Paired {
				checkPlace(t, p, x, c)
			}
			checkExchange(t, p, round, x, c)
			if t.Failed() {
				t.Fatalf("edge %d %+v\n%+v\n%+v\n%+v", x, e, c, p, round)
			}
		}
	}
	if asked < 1000 || kept < 100 {
		t.Errorf("only %d pairs were asked about, and %d rounds made again", asked, kept)
	}
}

// keeping is a round made again with some of its edges as earlier pairs.
func keeping(t *testing.T, r *rand.Rand, round *Round) *Round {
	t.Helper()
	spec := round.Spec
	spec.Keep = &Keep{Round: "earlier", Points: 2 * r.Int64N(2)}
	for _, e := range spec.Edges.All() {
		if r.IntN(2) == 0 {
			spec.Keep.Pairs = append(spec.Keep.Pairs, [2]int{e.Left, e.Right})
		}
	}
	again, err := NewRound(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func checkCounterfactual(t *testing.T, p assign.Problem, x int, c *Counterfactual) {
	t.Helper()
	e := p.Edges.At(x)
	all := plansOf(p)
	others := 0
	for _, q := range all {
		if (q.set>>x&1 == 1) != c.Paired {
			others++
		}
	}
	if e.Must {
		others = 0
		free := p
		free.Edges.Must = slices.DeleteFunc(slices.Clone(p.Edges.Must), func(m int32) bool { return int(m) == x })
		for _, q := range plansOf(free) {
			others += 1 - q.set>>x&1
		}
	}
	if (others == 0) != (c.Clash != nil) {
		t.Errorf("clash %v, but %d plans are the other way", c.Clash, others)
	}
	if c.Clash != nil || e.Must {
		return
	}
	if c.Loss.Compare(Total{}, p.Cover) < 0 {
		t.Errorf("the other way is better by %+v", c.Loss)
	}
	sign := int64(1)
	if c.Paired {
		sign = -1
	}
	after := func(points int64) (has, plans int) {
		best := bestOf(scored(p, x, e.Score+sign*points))
		if has = with(best, x); c.Paired {
			has = len(best) - has // plans the other way
		}
		return has, len(best)
	}
	if c.Loss.Covered(p.Cover) > 0 {
		if has, _ := after(1_000_000); has > 0 {
			t.Error("points bring the other way although fewer are served")
		}
		return
	}
	if has, _ := after(c.Loss.Score - 1); has > 0 {
		t.Error("one point less is enough")
	}
	if has, _ := after(c.Loss.Score); has == 0 {
		t.Error("the points are not enough for a tie")
	}
	if has, plans := after(c.Loss.Score + 1); has < plans {
		t.Error("one point more does not make it sure")
	}
}

func checkPlace(t *testing.T, p assign.Problem, x int, c *Counterfactual) {
	t.Helper()
	checkPlaces(t, p, x, c, 1)
}

func checkPlaces(t *testing.T, p assign.Problem, x int, c *Counterfactual, more int) {
	t.Helper()
	now := bestOf(p)[0].total
	p.Right = slices.Clone(p.Right)
	p.Right[c.Right].Capacity += more
	best := bestOf(p)
	if d := best[0].total.Minus(now).Minus(c.Place); d.Covered(p.Cover) != 0 || d.Score != 0 {
		t.Errorf("one more place adds %+v", best[0].total.Minus(now))
	}
	has := with(best, x)
	switch forced := with(plansOf(p), x); {
	case (c.Short == nil) != (forced == 0):
		t.Errorf("short %+v, but %d plans have the pair", c.Short, forced)
	case c.Short != nil && (c.Short.Compare(Total{}, p.Cover) == 0) != (has > 0):
		t.Errorf("short %+v, but %d of %d best plans have the pair", c.Short, has, len(best))
	case c.Surely != (has == len(best)):
		t.Errorf("surely %t, but %d of %d best plans have the pair", c.Surely, has, len(best))
	}
}

// checkExchange wants the fewest changes of all best plans the other way.
func checkExchange(t *testing.T, p assign.Problem, round *Round, x int, c *Counterfactual) {
	t.Helper()
	if c.Clash != nil {
		return
	}
	now := 0
	at := map[Link]int{}
	for k, e := range p.Edges.All() {
		at[Link{e.Left, e.Right, e.Score}] = k
		if slices.ContainsFunc(round.Pairs, func(q Pair) bool { return q.Left == e.Left && q.Right == e.Right }) {
			now |= 1 << k
		}
	}
	p.Edges.Must = slices.DeleteFunc(slices.Clone(p.Edges.Must), func(m int32) bool { return int(m) == x })
	best, fewest := Total{}, -1
	for _, q := range plansOf(p) {
		if (q.set>>x&1 == 1) == c.Paired {
			continue
		}
		order := q.total.Compare(best, p.Cover)
		if changed := setSize(q.set ^ now); fewest < 0 || order > 0 || order == 0 && changed < fewest {
			best, fewest = q.total, changed
		}
	}
	then := now
	for _, l := range c.Exchange.Lost {
		then &^= 1 << at[l]
	}
	for _, l := range c.Exchange.New {
		then |= 1 << at[l]
	}
	for _, q := range plansOf(p) {
		if q.set == then && q.total.Compare(best, p.Cover) == 0 && setSize(then^now) == fewest && (then>>x&1 == 1) != c.Paired {
			return
		}
	}
	t.Errorf("the exchange is no best plan of %d changes", fewest)
}

func setSize(set int) (n int) {
	for ; set > 0; set &= set - 1 {
		n++
	}
	return n
}

// TestPlacesAreDualPrices wants what one more place adds to be the price.
func TestPlacesAreDualPrices(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	for range 300 {
		p := randomProblem(r, true, true)
		p.Cover = assign.CoverNone
		round := roundOf(t, p, 1)
		if round == nil {
			continue
		}
		for j := range p.Right {
			gain, err := round.WhatIf().Place(t.Context(), j)
			if err != nil {
				t.Fatal(err)
			}
			if gain.Score != max(0, round.prices().Place[j]) {
				t.Fatalf("one more place at %d adds %d, its price is %d\n%+v", j, gain.Score, round.prices().Place[j], p)
			}
		}
		places, err := round.WhatIf().Places(t.Context(), 2)
		if err != nil {
			t.Fatal(err)
		}
		for k, q := range places {
			if q.Gain.Score <= 0 || k > 0 && q.Gain.Score > places[k-1].Gain.Score {
				t.Fatalf("%+v of the prices %v", places, round.prices().Place)
			}
		}
	}
}

// TestLadder compares every number of served with every plan.
func TestLadder(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	steps := 0
	for range 800 {
		p := randomProblem(r, true, true)
		round := roundOf(t, p, 1)
		if round == nil {
			continue
		}
		rungs, err := round.WhatIf().Ladder(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		best := map[int]int64{}
		for _, q := range plansOf(p) {
			for s := range q.total.Served[0] + 1 {
				if at, ok := best[s]; !ok || q.total.Score > at {
					best[s] = q.total.Score
				}
			}
		}
		last := rungs[len(rungs)-1]
		if _, more := best[last.Served+1]; more {
			t.Fatalf("more can be served than %+v", last)
		}
		for k, rung := range rungs {
			from := rung.Served
			if k > 0 {
				from = rungs[k-1].Served
			}
			for s := from; s <= rung.Served; s++ {
				want := rung.Score
				if k > 0 {
					a := rungs[k-1]
					want = a.Score + (rung.Score-a.Score)*int64(s-a.Served)/int64(rung.Served-a.Served)
				}
				if steps++; best[s] != want || !rung.Even {
					t.Fatalf("%d served: %d, the ladder says %d\n%+v\n%+v", s, best[s], want, rungs, p)
				}
			}
		}
	}
	if steps < 400 {
		t.Errorf("only %d steps", steps)
	}
}

// TestRulePrices compares the prices of rules with every plan without them.
func TestRulePrices(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	priced := map[string]int{}
	for range 800 {
		p := randomProblem(r, true, true)
		round := roundOf(t, p, 1)
		if round == nil {
			continue
		}
		prices, err := round.WhatIf().RulePrices(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range prices {
			q := p
			q.Left, q.Right, q.Edges.Must = slices.Clone(p.Left), slices.Clone(p.Right), slices.Clone(p.Edges.Must)
			switch {
			case x.Rule == RuleCover:
				q.Cover = assign.CoverNone
			case x.Rule == RuleMust:
				q.Edges.Must = slices.DeleteFunc(q.Edges.Must, func(m int32) bool {
					e := q.Edges.At(int(m))
					return e.Left == x.Left && e.Right == x.Right
				})
			case x.Left >= 0:
				q.Left[x.Left].Minimum = 0
			default:
				q.Right[x.Right].Minimum = 0
			}
			priced[x.Rule]++
			want := bestOf(q)[0].total.Minus(round.Total())
			if d := want.Minus(x.Gain); d.Score != 0 || d.Covered(q.Cover) != 0 {
				t.Fatalf("%+v, but without the rule it is %+v\n%+v", x, want, p)
			}
		}
	}
	if priced[RuleCover] < 50 || priced[RuleMust] < 50 || priced[RuleMinimum] < 50 {
		t.Errorf("priced %v", priced)
	}
}

// TestUnpairedReasonsHold checks what binds everyone without a pair: with the
// reason gone, and nothing else, it can change, and as long as it is there it
// cannot.
func TestUnpairedReasonsHold(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 3))
	seen := map[Reason]int{}
	for range 600 {
		p := randomProblem(r, true, true)
		round := roundOf(t, p, r.Uint64())
		if round == nil {
			continue
		}
		degree := [2][]int{make([]int, len(p.Left)), make([]int, len(p.Right))}
		for _, e := range p.Edges.All() {
			degree[0][e.Left]++
			degree[1][e.Right]++
		}
		unpaired := 0
		for _, u := range round.Unpaired {
			seen[u.Reason]++
			unpaired++
			side, capacity := 0, 0
			if u.Right {
				side, capacity = 1, p.Right[u.Position].Capacity
			} else {
				capacity = p.Left[u.Position].Capacity
			}
			edges := degree[side][u.Position]
			ok := true
			switch u.Reason {
			case ReasonFull:
				ok = capacity == 0
			case ReasonNoCandidate:
				ok = edges == 0
			case ReasonNoGain:
				ok = capacity > 0 && edges > 0 && noGain(t, round, u.Position)
			case ReasonPlaces:
				ok = capacity > 0 && edges > 0 && outbid(t, round, u)
			case ReasonNotChosen:
				ok = u.Right && capacity > 0 && edges > 0
			}
			if !ok {
				t.Fatalf("%+v does not hold\n%+v\n%+v", u, p, round)
			}
		}
		if all := len(p.Left) + len(p.Right) - round.Served[0] - round.Served[1]; all != unpaired {
			t.Fatalf("%d of %d without a pair have a reason", unpaired, all)
		}
	}
	for _, reason := range []Reason{ReasonFull, ReasonNoCandidate, ReasonNoGain, ReasonPlaces, ReasonNotChosen} {
		if seen[reason] < 10 {
			t.Errorf("%s was seen %d times", reason, seen[reason])
		}
	}
}

// noGain: no pair of a left id would make the round better, not even with one
// more place at its right id.
func noGain(t *testing.T, round *Round, left int) bool {
	t.Helper()
	nearest := false
	for _, e := range round.Edges.All() {
		if e.Left != left {
			continue
		}
		c, err := round.WhatIf().Counterfactual(t.Context(), e.Left, e.Right)
		if err != nil {
			t.Fatal(err)
		}
		nearest = nearest || c.Clash != nil || !c.Surely
	}
	return nearest
}

// outbid: the place at the nearest is worth more to others, by at least the
// points that are missing.
func outbid(t *testing.T, round *Round, u Unpaired) bool {
	t.Helper()
	c, err := round.WhatIf().Counterfactual(t.Context(), u.Position, u.Nearest)
	if err != nil {
		t.Fatal(err)
	}
	return c.Clash != nil || c.Loss.Covered(round.Cover) > 0 || c.Loss.Score >= u.Missing
}

// TestInfeasibleNamed tries every plan: the clash that is named has no plan,
// each of its rules left out gives the rest one, and the relaxations are the
// least that make the whole problem possible, with the best total then.
func TestInfeasibleNamed(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	clashes, relaxed := 0, 0
	for range 6000 {
		p := randomProblem(r, true, false)
		for _, side := range [][]assign.Node{p.Left, p.Right} {
			for i := range side {
				if r.IntN(3) == 0 {
					side[i].Minimum = r.IntN(3)
				}
			}
		}
		left, right := partiesOf("l", p.Left), partiesOf("r", p.Right)
		_, err := NewRound(t.Context(), Spec{Left: left, Right: right, Edges: p.Edges, Cover: p.Cover, Seed: 1})
		var clash *Clash
		if !errors.As(err, &clash) {
			continue
		}
		clashes++
		for k, rules := range groups(clash) {
			if possible := len(plansOf(only(p, left, right, rules))) > 0; possible != (k > 0) {
				t.Fatalf("group %d of %+v: possible %t\n%+v", k, clash, possible, p)
			}
		}
		relaxations, err := Unsolved(left, right, p.Edges, p.Cover).Relax(t.Context(), clash)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(clash.Left) + len(clash.Right) + len(clash.Must); n != len(relaxations) {
			t.Fatalf("%d relaxations of %+v", len(relaxations), clash)
		}
		for k, x := range relaxations {
			if x.Possible {
				relaxed++
			}
			checkRelaxation(t, p, x)
			if k > 0 && (x.Possible && !relaxations[k-1].Possible || x.Possible && x.By < relaxations[k-1].By) {
				t.Fatalf("not the cheapest first: %+v", relaxations)
			}
		}
	}
	if clashes < 200 || relaxed < 200 {
		t.Errorf("%d clashes, %d relaxations that help", clashes, relaxed)
	}
}

// groups are the rules of a clash, and those with each of them left out.
func groups(c *Clash) (out []*Clash) {
	out = append(out, c)
	for i := range c.Left {
		x := *c
		x.Left = slices.Delete(slices.Clone(c.Left), i, i+1)
		out = append(out, &x)
	}
	for i := range c.Right {
		x := *c
		x.Right = slices.Delete(slices.Clone(c.Right), i, i+1)
		out = append(out, &x)
	}
	for i := range c.Must {
		x := *c
		x.Must = slices.Delete(slices.Clone(c.Must), i, i+1)
		out = append(out, &x)
	}
	return out
}

// only is the problem with no rules but these.
func only(p assign.Problem, left, right []Party, rules *Clash) assign.Problem {
	p.Left, p.Right, p.Edges.Must = slices.Clone(p.Left), slices.Clone(p.Right), slices.Clone(p.Edges.Must)
	for i := range p.Left {
		if !slices.Contains(rules.Left, left[i].ID) {
			p.Left[i].Minimum = 0
		}
	}
	for j := range p.Right {
		if !slices.Contains(rules.Right, right[j].ID) {
			p.Right[j].Minimum = 0
		}
	}
	edges := p.Edges
	p.Edges.Must = slices.DeleteFunc(p.Edges.Must, func(x int32) bool {
		e := edges.At(int(x))
		return !slices.Contains(rules.Must, [2]string{left[e.Left].ID, right[e.Right].ID})
	})
	return p
}

func checkRelaxation(t *testing.T, p assign.Problem, x Relaxation) {
	t.Helper()
	at := func(id string) (n int) {
		if _, err := fmt.Sscanf(id[1:], "%d", &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	loosened := func(by int) assign.Problem {
		q := p
		q.Left, q.Right, q.Edges.Must = slices.Clone(p.Left), slices.Clone(p.Right), slices.Clone(p.Edges.Must)
		switch {
		case x.Must && by > 0:
			q.Edges.Must = slices.DeleteFunc(q.Edges.Must, func(m int32) bool {
				e := q.Edges.At(int(m))
				return e.Left == at(x.Left) && e.Right == at(x.Right)
			})
		case !x.Must && x.Left != "":
			q.Left[at(x.Left)].Minimum -= by
		case !x.Must:
			q.Right[at(x.Right)].Minimum -= by
		}
		return q
	}
	best := bestOf(loosened(x.By))
	if (len(best) > 0) != x.Possible {
		t.Fatalf("%+v, but it has %d plans\n%+v", x, len(best), p)
	}
	if !x.Possible {
		return
	}
	if len(bestOf(loosened(x.By-1))) > 0 {
		t.Fatalf("%+v is not the least\n%+v", x, p)
	}
	if best[0].total.Compare(x.Total, p.Cover) != 0 {
		t.Fatalf("%+v, the best is %+v", x, best[0].total)
	}
}

// TestWhatIfEnds wants the error of the context.
func TestWhatIfEnds(t *testing.T) {
	p := randomProblem(rand.New(rand.NewPCG(1, 2)), false, false)
	round := roundOf(t, p, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, e := range p.Edges.All() {
		if _, err := round.WhatIf().Counterfactual(ctx, e.Left, e.Right); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	}
	if _, err := round.WhatIf().Ladder(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

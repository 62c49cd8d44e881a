package assign

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

// earlier is a problem with the pairs and prices of an assignment of it.
type earlier struct {
	Problem
	pairs  [][2]int
	prices []int64
	bonus  int64
}

func solvedEarlier(p Problem) (earlier, bool) {
	s, err := Solve(context.Background(), p)
	return earlier{p, pairsOf(p, s), s.Prices, s.Bonus}, err == nil
}

// change is one thing that happens between two rounds.
type change func(c *changed, r *rand.Rand)

// changed is a problem while it is changed.
type changed struct {
	Problem
	list []Edge
}

// changes are what may happen: somebody withdraws, declines a pair, is new,
// scores differ, places differ, staff lock or release a pair.
var changes = []change{
	func(c *changed, r *rand.Rand) { c.Left[r.IntN(len(c.Left))] = Node{} },
	func(c *changed, r *rand.Rand) { c.Right[r.IntN(len(c.Right))] = Node{} },
	func(c *changed, r *rand.Rand) {
		if len(c.list) > 0 {
			x := r.IntN(len(c.list))
			c.list = slices.Delete(c.list, x, x+1)
		}
	},
	func(c *changed, r *rand.Rand) {
		if len(c.Left) < 6 {
			c.Left = append(c.Left, Node{Capacity: 1})
			for j := range c.Right {
				if r.IntN(2) == 0 {
					c.list = append(c.list, Edge{Left: len(c.Left) - 1, Right: j, Score: c.some(r)})
				}
			}
		}
	},
	func(c *changed, r *rand.Rand) {
		if len(c.Right) < 6 {
			c.Right = append(c.Right, Node{Capacity: 1})
			for i := range c.Left {
				if r.IntN(2) == 0 {
					c.list = append(c.list, Edge{Left: i, Right: len(c.Right) - 1, Score: c.some(r)})
				}
			}
		}
	},
	func(c *changed, r *rand.Rand) {
		for range 2 {
			if len(c.list) > 0 {
				c.list[r.IntN(len(c.list))].Score = c.some(r)
			}
		}
	},
	func(c *changed, r *rand.Rand) {
		side := [][]Node{c.Left, c.Right}[r.IntN(2)]
		side[r.IntN(len(side))].Capacity = r.IntN(3)
	},
	func(c *changed, r *rand.Rand) {
		side := [][]Node{c.Left, c.Right}[r.IntN(2)]
		side[r.IntN(len(side))].Minimum = r.IntN(2)
	},
	func(c *changed, r *rand.Rand) { // a lock
		if len(c.list) > 0 {
			x := &c.list[r.IntN(len(c.list))]
			x.Must = !x.Must
		}
	},
}

// some is the score of some edge there is, or another.
func (c *changed) some(r *rand.Rand) int64 {
	if len(c.list) == 0 || r.IntN(4) == 0 {
		return r.Int64N(21) - 10
	}
	return c.list[r.IntN(len(c.list))].Score
}

// after is the problem after so many changes, with what of the earlier pairs
// can be kept.
func (e earlier) after(n int, r *rand.Rand) (Problem, Earlier) {
	c := changed{e.Problem, e.list()}
	c.Left, c.Right = slices.Clone(c.Left), slices.Clone(c.Right)
	for range n {
		changes[r.IntN(len(changes))](&c, r)
	}
	p := c.with(c.list)
	old := Earlier{Prices: append(slices.Clone(e.prices), make([]int64, len(p.Right)-len(e.prices))...), Bonus: e.bonus}
	for x, edge := range p.Edges.All() {
		if slices.Contains(e.pairs, [2]int{edge.Left, edge.Right}) {
			old.Pairs = append(old.Pairs, x)
		}
	}
	return p, old
}

// counting is the problem in which an edge scores so many times as much, and
// one to be kept so much more.
func (e Earlier) counting(p Problem, times, more int64) Problem {
	list := p.list()
	for x := range list {
		if list[x].Score *= times; has(e.Pairs, x) {
			list[x].Score += more
		}
	}
	return p.with(list)
}

// TestWarmResolve holds changed problems against an exhaustive search: the
// total, without and with points for kept pairs, is the best, the prices are
// those of a cold solve, and of all best assignments none keeps more pairs.
func TestWarmResolve(t *testing.T) {
	const cases, many = 10_000, 1000 // more pairs than there can be
	r := rand.New(rand.NewPCG(17, 0))
	clashes, lossy, moved := 0, 0, 0
	for k := 0; k < cases; {
		e, ok := solvedEarlier(shapes[k%len(shapes)].draw(r))
		if !ok {
			continue
		}
		k++
		p, old := e.after(1+r.IntN(4), r)
		if r.IntN(2) == 0 {
			old.Points = 1 + r.Int64N(1<<r.IntN(11))
		}
		if r.IntN(5) == 0 { // they influence the time only
			old.Prices, old.Bonus = nil, 0
		}
		got, err := Resolve(context.Background(), p, old, Options{})
		cold, coldErr := Solve(context.Background(), p)
		if clash, no := errors.AsType[*Infeasible](err); no {
			if solveByLeft(p).ok || coldErr == nil {
				t.Fatalf("said infeasible: %v\n%+v", err, p)
			}
			checkClash(t, p, clash)
			clashes++
			continue
		}
		if err != nil || !got.Proven {
			t.Fatalf("%v, proven %t\n%+v\n%+v", err, got.Proven, p, old)
		}
		if err := CheckKept(p, old, got); err != nil {
			t.Fatalf("%v\n%+v\n%+v", err, p, old)
		}
		best, served := solveByLeft(p), coveredOf(p.Cover, got.Served)
		if loss := best.score - got.Score; served != best.served || loss != got.Gap || loss < 0 || old.Points == 0 && loss != 0 {
			t.Fatalf("score %d and %d served, gap %d; the best are %+v\n%+v\n%+v", got.Score, served, got.Gap, best, p, old)
		}
		times, more := int64(many), int64(1)
		if old.Points > 0 {
			times, more = 1, old.Points
		}
		if want := solveByLeft(old.counting(p, times, more)); want.score != times*got.Score+more*int64(got.Count) {
			t.Fatalf("score %d with %d kept, want %d of %d times the score and %d for each\n%+v\n%+v", got.Score, got.Count, want.score, times, more, p, old)
		}
		unique := !slices.ContainsFunc(p.Right, func(n Node) bool { return n.Minimum > 0 })
		if unique && old.Points == 0 && !slices.Equal(got.Prices, cold.Prices) {
			t.Fatalf("prices %v, cold %v\n%+v", got.Prices, cold.Prices, p)
		}
		if got.Gap > 0 {
			lossy++
		}
		if got.Count < len(old.Pairs) {
			moved++
		}
	}
	if clashes < 100 || lossy < 100 || moved < 100 {
		t.Errorf("%d clashes, %d that cost points, %d that moved pairs show too little", clashes, lossy, moved)
	}
}

// TestResolveLarge changes markets of every cover, so that the auction is
// needed, and where it is not, against a cold solve.
func TestResolveLarge(t *testing.T) {
	r := rand.New(rand.NewPCG(18, 0))
	for c := CoverNone; c <= CoverBoth; c++ {
		for _, n := range []int{1, 300} {
			p := market(8, 2000, 600, 10, c)
			e, _ := solvedEarlier(p)
			list := p.list()
			for range n {
				list[r.IntN(len(list))].Score = r.Int64N(60_001)
				p.Left[r.IntN(len(p.Left))].Capacity = r.IntN(2)
			}
			p = p.with(list)
			old := Earlier{Prices: e.prices, Bonus: e.bonus}
			was := map[[2]int]bool{}
			for _, at := range e.pairs {
				was[at] = true
			}
			for x, edge := range p.Edges.All() {
				if was[[2]int{edge.Left, edge.Right}] {
					old.Pairs = append(old.Pairs, x)
				}
			}
			cold, err := Solve(context.Background(), p)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Resolve(context.Background(), p, old, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got.Score != cold.Score || got.Served != cold.Served || !slices.Equal(got.Prices, cold.Prices) || got.Count < common(cold.Pairs, old.Pairs) {
				t.Errorf("cover %d, %d changes: %d, %v, %d kept; cold %d, %v, %d kept", c, n, got.Score, got.Served, got.Count, cold.Score, cold.Served, common(cold.Pairs, old.Pairs))
			}
		}
	}
}

func TestResolveInput(t *testing.T) {
	p := Problem{Left: nodes(1), Right: nodes(1)}.with([]Edge{{Score: 5}})
	for _, e := range []Earlier{
		{Pairs: []int{1}},
		{Pairs: []int{0, 0}},
		{Points: -1},
		{Points: MaxScore + 1},
		{Pairs: []int{0}, Points: MaxScore - 4},
		{Prices: []int64{1, 2}},
	} {
		if _, err := Resolve(context.Background(), p, e, Options{}); !errors.Is(err, ErrInput) {
			t.Errorf("%+v: %v", e, err)
		}
	}
}

// TestCheckKeptRefuses changes claims of kept assignments.
func TestCheckKeptRefuses(t *testing.T) {
	p := Problem{Left: nodes(1, 1), Right: nodes(1, 1)}.with([]Edge{{0, 0, 5, false}, {0, 1, 5, false}, {1, 0, 5, false}, {1, 1, 4, false}})
	tie, paid := Earlier{Pairs: []int{1, 2}}, Earlier{Pairs: []int{0, 3}, Points: 1}
	for _, c := range []struct {
		name string
		e    Earlier
		do   func(*Kept)
	}{
		{"as it is", tie, nil},
		{"as it is, with points", paid, nil},
		{"fewer kept", tie, func(k *Kept) { k.Count-- }},
		{"another tie price", tie, func(k *Kept) { k.Ties[0]-- }},
		{"no tie prices", tie, func(k *Kept) { k.Ties = nil }},
		{"another price of worth", paid, func(k *Kept) { k.Worth[1] += 9 }},
		{"no gap", paid, func(k *Kept) { k.Gap++ }},
		{"other pairs", tie, func(k *Kept) { k.Pairs = []int{0, 3}; k.Score, k.Gap, k.Count = 9, 1, 0 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			k, err := Resolve(context.Background(), p, c.e, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if c.do != nil {
				c.do(&k)
			}
			if err := CheckKept(p, c.e, k); (err == nil) != (c.do == nil) {
				t.Errorf("%+v: %v", k, err)
			}
		})
	}
}

// TestStopped stops searches after any number of steps: what is given then keeps
// the rules and is no further from the best than it says.
func TestStopped(t *testing.T) {
	ctx := context.Background()
	gaps, whole := 0, 0
	stopping := func(p Problem, after int, want best, total int64) {
		t.Helper()
		asked := 0
		s, err := SolveWith(ctx, p, Options{Stop: func() bool { asked++; return asked > after }})
		if err != nil {
			t.Fatalf("stopped after %d: %v\n%+v", after, err, p)
		}
		if err := Check(p, s); err != nil {
			t.Fatalf("stopped after %d: %v\n%+v", after, err, p)
		}
		got, _ := s.total(p).small()
		if got > total || total-got > s.Gap || s.Gap == 0 && (best{true, coveredOf(p.Cover, s.Served), s.Score}) != want {
			t.Fatalf("stopped after %d: total %d of %d with gap %d\n%+v", after, got, total, s.Gap, p)
		}
		if s.Gap > 0 {
			gaps++
		} else {
			whole++
		}
	}
	r := rand.New(rand.NewPCG(19, 0))
	for k := range 3000 {
		p := shapes[k%len(shapes)].draw(r)
		s, err := Solve(ctx, p)
		if err != nil {
			continue
		}
		total, _ := s.total(p).small()
		for after := range 4 {
			stopping(p, after, solveByLeft(p), total)
		}
	}
	for c := CoverNone; c <= CoverBoth; c++ {
		p := market(9, 1500, 400, 10, c)
		for j := range p.Right {
			p.Right[j].Minimum = j % 2 * int(c&1)
		}
		s, err := Solve(ctx, p)
		if err != nil {
			t.Fatal(err)
		}
		total, _ := s.total(p).small()
		want := best{true, coveredOf(c, s.Served), s.Score}
		for after := 0; after < 2000; after = after*3/2 + 1 {
			stopping(p, after, want, total)
		}
	}
	if gaps < 1000 || whole < 1000 {
		t.Errorf("%d stopped early and %d proven show too little", gaps, whole)
	}
}

// TestStoppedResolve stops a warm solve.
func TestStoppedResolve(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 0))
	open := 0
	for k := range 2000 {
		e, ok := solvedEarlier(shapes[k%len(shapes)].draw(r))
		if !ok {
			continue
		}
		p, old := e.after(2, r)
		old.Points = int64(k % 3)
		for after := range 5 {
			asked := 0
			got, err := Resolve(context.Background(), p, old, Options{Stop: func() bool { asked++; return asked > after }})
			if _, clash := errors.AsType[*Infeasible](err); clash {
				break
			}
			if err != nil {
				t.Fatalf("%v\n%+v\n%+v", err, p, old)
			}
			if err := CheckKept(p, old, got); err != nil {
				t.Fatalf("%v\n%+v\n%+v", err, p, old)
			}
			if !got.Proven {
				open++
			}
		}
	}
	if open < 1000 {
		t.Errorf("%d left open show too little", open)
	}
}

// TestSolveTells holds that progress stays within its total.
func TestSolveTells(t *testing.T) {
	calls := 0
	_, err := SolveWith(context.Background(), market(10, 3000, 900, 10, CoverNone), Options{Progress: func(done, total int) {
		if calls++; done < 0 || done > total || total == 0 {
			t.Fatalf("%d of %d", done, total)
		}
	}})
	if err != nil || calls < 3 {
		t.Errorf("%v, told %d times", err, calls)
	}
}

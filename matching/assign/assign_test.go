package assign

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// nodes makes nodes of the given capacities without minimums.
func nodes(capacities ...int) []Node {
	out := make([]Node, len(capacities))
	for x, c := range capacities {
		out[x].Capacity = c
	}
	return out
}

// with is the problem with other edges, given in any order.
func (p Problem) with(list []Edge) Problem {
	var err error
	if p.Edges, err = NewEdges(len(p.Left), len(p.Right), list); err != nil {
		panic(err)
	}
	return p
}

// list is the edges of a problem one by one.
func (p Problem) list() (out []Edge) {
	for _, e := range p.Edges.All() {
		out = append(out, e)
	}
	return out
}

func TestAssignCases(t *testing.T) {
	crossed := []Edge{{0, 0, 10, false}, {0, 1, 9, false}, {1, 0, 9, false}, {1, 1, 1, false}}
	for _, c := range []struct {
		name   string
		p      Problem
		pairs  []int
		prices []int64 // not compared when nil
		score  int64
		served [2]int
	}{
		{name: "nothing at all"},
		{name: "no edges", p: Problem{Left: nodes(1, 1), Right: nodes(1)}, prices: []int64{0}},
		{
			name: "best alone is not best together", p: Problem{Left: nodes(1, 1), Right: nodes(1, 1)}.with(crossed),
			pairs: []int{1, 2}, prices: []int64{1, 0}, score: 18, served: [2]int{2, 2},
		},
		{
			name: "a second place removes the price", p: Problem{Left: nodes(1, 1), Right: nodes(2, 1)}.with(crossed),
			pairs: []int{0, 2}, prices: []int64{0, 0}, score: 19, served: [2]int{2, 1},
		},
		{
			name: "capacity on the left", p: Problem{Left: nodes(2), Right: nodes(1, 1, 1)}.with([]Edge{{0, 0, 3, false}, {0, 1, 5, false}, {0, 2, 4, false}}),
			pairs: []int{1, 2}, prices: []int64{0, 0, 0}, score: 9, served: [2]int{1, 2},
		},
		{
			name: "capacity zero", p: Problem{Left: nodes(0, 1), Right: nodes(1, 0)}.with([]Edge{{0, 0, 9, false}, {1, 1, 9, false}, {1, 0, 2, false}}),
			pairs: []int{1}, score: 2, served: [2]int{1, 1},
		},
		{name: "zero and negative scores are left alone", p: Problem{Left: nodes(1, 1), Right: nodes(1, 1)}.with([]Edge{{0, 0, 0, false}, {1, 1, -1, false}})},
		{
			name: "a zero score is used for cover", p: Problem{Left: nodes(1, 1), Right: nodes(1, 1), Cover: CoverLeft}.with([]Edge{{0, 0, 0, false}, {1, 1, -1, false}}),
			pairs: []int{0, 1}, score: -1, served: [2]int{2, 2},
		},
		{
			name: "cover comes before score", p: Problem{Left: nodes(1, 1), Right: nodes(1, 1), Cover: CoverLeft}.with([]Edge{{0, 0, 100, false}, {0, 1, -50, false}, {1, 0, -50, false}}),
			pairs: []int{1, 2}, score: -100, served: [2]int{2, 2},
		},
		{
			name: "cover right spreads the pairs", p: Problem{Left: nodes(1, 1), Right: nodes(2, 1), Cover: CoverRight}.with([]Edge{{0, 0, 9, false}, {0, 1, 1, false}, {1, 0, 9, false}}),
			pairs: []int{1, 2}, score: 10, served: [2]int{2, 2},
		},
		{
			name: "cover both counts either side alike", p: Problem{Left: nodes(2, 1), Right: nodes(1, 1), Cover: CoverBoth}.with([]Edge{{0, 0, 1, false}, {0, 1, 1, false}, {1, 1, -7, false}}),
			pairs: []int{0, 2}, score: -6, served: [2]int{2, 2},
		},
		{
			name: "a minimum forces a bad pair", p: Problem{Left: nodes(1), Right: []Node{{1, 0}, {1, 1}}}.with([]Edge{{0, 0, 9, false}, {0, 1, -4, false}}),
			pairs: []int{1}, prices: []int64{0, -13}, score: -4, served: [2]int{1, 1},
		},
		{
			name: "a minimum above one on the left", p: Problem{Left: []Node{{3, 2}}, Right: nodes(1, 1, 1)}.with([]Edge{{0, 0, -1, false}, {0, 1, -2, false}, {0, 2, -3, false}}),
			pairs: []int{0, 1}, score: -3, served: [2]int{1, 2},
		},
		{
			name: "a must edge displaces a better one", p: Problem{Left: nodes(1, 1), Right: nodes(1)}.with([]Edge{{0, 0, 9, false}, {1, 0, -5, true}}),
			pairs: []int{1}, prices: []int64{9}, score: -5, served: [2]int{1, 1},
		},
		{
			name: "a must edge counts for minimum and cover", p: Problem{Left: []Node{{2, 1}}, Right: nodes(1, 1), Cover: CoverLeft}.with([]Edge{{0, 0, -5, true}, {0, 1, -1, false}}),
			pairs: []int{0}, score: -5, served: [2]int{1, 1},
		},
		{
			name: "scores at the limit", p: Problem{Left: nodes(1, 1), Right: nodes(1, 1), Cover: CoverBoth}.with([]Edge{{0, 0, MaxScore, false}, {0, 1, -MaxScore, false}, {1, 0, -MaxScore, false}}),
			pairs: []int{1, 2}, score: -2 * MaxScore, served: [2]int{2, 2},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Solve(context.Background(), c.p)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(s.Pairs, c.pairs) || s.Score != c.score || s.Served != c.served {
				t.Errorf("got pairs %v score %d served %v, want %v %d %v", s.Pairs, s.Score, s.Served, c.pairs, c.score, c.served)
			}
			if c.prices != nil && !slices.Equal(s.Prices, c.prices) {
				t.Errorf("got prices %v, want %v", s.Prices, c.prices)
			}
		})
	}
}

func TestInputErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		p    Problem
		want error
		text string
	}{
		{"negative capacity", Problem{Left: nodes(1, -1)}, ErrInput, "left node 1: capacity -1"},
		{"capacity over the limit", Problem{Right: nodes(MaxCapacity + 1)}, ErrInput, "right node 0: capacity 1000001"},
		{"negative minimum", Problem{Left: []Node{{1, -1}}}, ErrInput, "left node 0: minimum -1"},
		{"right out of range", edges(0, 1).right(2), ErrInput, "edge 0: there is no right node 2"},
		{"pair twice", edges(0, 2).right(0, 0), ErrInput, "edge 1: right node 0 of left node 0 comes twice or out of order"},
		{"score over the limit", edges(0, 1).score(MaxScore + 1), ErrInput, "edge 0: score 1000000001"},
		{"score under the limit", edges(0, 1).score(math.MinInt32), ErrInput, "edge 0: score -2147483648"},
		{"score missing", edges(0, 1).score(), ErrInput, "0 scores for 1 edges"},
		{"not from the first", edges(1, 1), ErrInput, "not divided among 1 left nodes"},
		{"not to the last", edges(0, 0).right(0), ErrInput, "0 scores for 1 edges"},
		{"too few parts", Problem{Left: nodes(1, 1), Right: nodes(1), Edges: edges(0, 1).Edges}, ErrInput, "not divided among 2 left nodes"},
		{"backwards", Problem{Left: nodes(1, 1), Right: nodes(1), Edges: Edges{First: []int32{0, 2, 1}, Right: []int32{0}, Score: []int32{1}}}, ErrInput, "not divided"},
		{"must that is not there", edges(0, 1).must(1), ErrInput, "must edge 1 is not an edge"},
		{"must twice", edges(0, 1).must(0, 0), ErrInput, "must edge 0 is not an edge, comes twice"},
		{"unknown cover", Problem{Cover: 4}, ErrInput, "unknown cover 4"},
		{"cover over too large totals", tooLarge(), ErrTooLarge, "scale the scores down or drop the cover rule"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Solve(context.Background(), c.p)
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("got %v, want %v with %q", err, c.want, c.text)
			}
		})
	}
	without := tooLarge()
	without.Cover = CoverNone
	if _, err := Solve(context.Background(), without); err != nil {
		t.Errorf("without cover: %v", err)
	}
}

func TestNewEdgesErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		list []Edge
		text string
	}{
		{"left out of range", []Edge{{Left: 2}}, "edge 0: there is no left node 2"},
		{"left negative", []Edge{{Left: -1}}, "no left node -1"},
		{"right out of range", []Edge{{}, {Right: 1}}, "edge 1: there is no right node 1"},
		{"same pair twice", []Edge{{Left: 1}, {}, {Left: 1}}, "edges 0 and 2 are the same pair (left 1, right 0)"},
		{"score over the limit", []Edge{{Score: MaxScore + 1}}, "edge 0: score 1000000001"},
		{"score under the limit", []Edge{{Score: math.MinInt64}}, "edge 0: score -9223372036854775808"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := NewEdges(2, 1, c.list); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("got %v, want %q", err, c.text)
			}
		})
	}
}

// edges is a problem of one left node and two right nodes, whose edges go from
// a position to another.
func edges(from, to int32) Problem {
	p := Problem{Left: nodes(1), Right: nodes(1, 1), Edges: Edges{First: []int32{from, to}}}
	for x := range to {
		p.Edges.Right, p.Edges.Score = append(p.Edges.Right, x), append(p.Edges.Score, 1)
	}
	return p
}

func (p Problem) right(list ...int32) Problem { p.Edges.Right = list; return p }
func (p Problem) score(list ...int32) Problem { p.Edges.Score = list; return p }
func (p Problem) must(list ...int32) Problem  { p.Edges.Must = list; return p }

// tooLarge has bonuses that do not add up within 64 bits.
func tooLarge() Problem {
	p := Problem{Cover: CoverLeft, Left: make([]Node, 60_000), Right: nodes(MaxCapacity)}
	var list []Edge
	for i := range p.Left {
		p.Left[i].Capacity = 1
		list = append(list, Edge{Left: i, Score: MaxScore})
	}
	return p.with(list)
}

func TestContextEndsTheSearch(t *testing.T) {
	p := market(5, 2000, 500, 20, CoverNone)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Solve(ctx, p); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	for _, polls := range []int{2, 5, 50} {
		ctx := &countdown{Context: context.Background(), left: polls}
		if _, err := Solve(ctx, p); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled at poll %d: %v", polls, err)
		}
	}
}

// countdown is a context that ends when it has been asked a number of times.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestEdgeOrderDoesNotMatter solves problems again with their edges shuffled.
func TestEdgeOrderDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 0))
	for k := range 500 {
		p := shapes[k%len(shapes)].draw(r)
		if k%50 == 0 {
			p = market(uint64(k), 300, 80, 10, Cover(k/50%4))
		}
		first, firstErr := Solve(context.Background(), p)
		list := p.list()
		r.Shuffle(len(list), func(a, b int) { list[a], list[b] = list[b], list[a] })
		q := p.with(list)
		again, err := Solve(context.Background(), q)
		if firstErr != nil || err != nil {
			if (firstErr == nil) != (err == nil) {
				t.Fatalf("%v and %v", firstErr, err)
			}
			continue
		}
		if !slices.Equal(first.Prices, again.Prices) || !slices.Equal(pairsOf(p, first), pairsOf(q, again)) {
			t.Fatalf("the order of the edges changed the result of\n%+v", p)
		}
	}
}

func pairsOf(p Problem, s Solution) [][2]int {
	var out [][2]int
	for _, x := range s.Pairs {
		e := p.Edges.At(x)
		out = append(out, [2]int{e.Left, e.Right})
	}
	slices.SortFunc(out, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	return out
}

// TestAnyStart balances the network from arbitrary prices and links, and from
// auctions that were broken off: the result must not depend on them.
func TestAnyStart(t *testing.T) {
	for x, s := range shapes {
		r := rand.New(rand.NewPCG(4, uint64(x)))
		s.low, s.high = s.low*1000, s.high*1000
		for range 1000 {
			compareStarts(t, s.draw(r), r)
		}
	}
	r := rand.New(rand.NewPCG(4, 100))
	for c := CoverNone; c <= CoverBoth; c++ {
		compareStarts(t, market(6, 300, 100, 8, c), r)
	}
}

func compareStarts(t *testing.T, p Problem, r *rand.Rand) {
	t.Helper()
	want, err := Solve(context.Background(), p)
	if err != nil {
		return
	}
	for range 3 {
		g := newNetwork(p, want.Bonus)
		disturb(g, r)
		g.start()
		if err := g.balance(context.Background()); err != nil {
			t.Fatalf("%v\n%+v", err, p)
		}
		got := g.solution(p, want.Bonus)
		if err := Check(p, got); err != nil {
			t.Fatalf("%v\n%+v", err, p)
		}
		unique := !slices.ContainsFunc(p.Right, func(n Node) bool { return n.Minimum > 0 })
		if got.Score != want.Score || unique && !slices.Equal(got.Prices, want.Prices) {
			t.Fatalf("score %d and prices %v, want %d and %v\n%+v", got.Score, got.Prices, want.Score, want.Prices, p)
		}
	}
}

// disturb sets links at random, after a few bids at random steps, and perhaps
// other prices.
func disturb(g *network, r *rand.Rand) {
	a := newAuction(g)
	a.forced = 1 + r.Int64N(1<<r.IntN(40))
	a.reset(r.Int64N(2001)-1000, r.IntN(2) == 0)
	for a.budget = r.IntN(200); a.budget > 0; a.budget-- {
		if _, err := a.phase(context.Background(), 1+r.Int64N(2000)); err != nil {
			panic(err)
		}
	}
	if r.IntN(2) == 0 {
		for j := range g.right {
			g.price[j] += r.Int64N(1 << r.IntN(40))
		}
		g.hub += r.Int64N(1 << r.IntN(40))
	}
}

// TestLargeInstances relies on the certificate, which Solve checks.
func TestLargeInstances(t *testing.T) {
	quality := func(e *Edge, r *rand.Rand) { e.Score = int64(e.Right)*20 + r.Int64N(20) }
	product := func(e *Edge, _ *rand.Rand) { e.Score = int64(e.Left) * int64(e.Right) }
	equal := func(e *Edge, _ *rand.Rand) { e.Score = 5 }
	costs := func(e *Edge, r *rand.Rand) { e.Score = -r.Int64N(1000) }
	for _, c := range []struct {
		name  string
		score func(*Edge, *rand.Rand)
		cover Cover
		quota int
		min   int
		pairs int
	}{
		{name: "all agree on quality", score: quality, pairs: 590},
		{name: "products", score: product, cover: CoverRight, pairs: 589},
		{name: "all equal", score: equal, pairs: 590},
		{name: "costs, cover both", score: costs, cover: CoverBoth, pairs: 590},
		{name: "quotas", score: quality, quota: 3, pairs: 590},
		{name: "costs, minimums", score: costs, quota: 2, min: 1, pairs: 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := market(7, 1000, 200, 15, c.cover)
			r := rand.New(rand.NewPCG(7, 1))
			list := p.list()
			for x := range list {
				c.score(&list[x], r)
			}
			p = p.with(list)
			for i := range p.Left {
				p.Left[i].Capacity = max(1, c.quota)
			}
			for j := range p.Right {
				p.Right[j].Minimum = c.min
			}
			s, err := Solve(context.Background(), p)
			if err != nil {
				t.Fatal(err)
			}
			if len(s.Pairs) != c.pairs {
				t.Errorf("%d pairs, want %d", len(s.Pairs), c.pairs)
			}
		})
	}
}

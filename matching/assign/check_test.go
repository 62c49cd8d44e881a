package assign

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestCheckRefusesTampering changes the solution of one problem, in which two
// left nodes want the same right node and a third has a must edge.
func TestCheckRefusesTampering(t *testing.T) {
	p := Problem{
		Left:  []Node{{1, 0}, {1, 1}, {2, 0}},
		Right: []Node{{1, 0}, {2, 1}},
		Cover: CoverLeft,
	}.with([]Edge{{0, 0, 10, false}, {1, 0, 7, false}, {1, 1, 2, false}, {2, 1, 3, true}, {2, 0, 0, false}, {0, 1, -1, false}})
	good, err := Solve(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(good.Pairs, []int{0, 3, 5}) {
		t.Fatalf("pairs %v", good.Pairs)
	}
	for _, c := range []struct {
		name string
		do   func(*Problem, *Solution)
		text string
	}{
		{"pair out of range", func(_ *Problem, s *Solution) { s.Pairs[2] = 6 }, "pair 6 is not an edge"},
		{"negative pair", func(_ *Problem, s *Solution) { s.Pairs[0] = -1 }, "pair -1 is not an edge"},
		{"pair twice", func(_ *Problem, s *Solution) { s.Pairs[1] = 0 }, "given twice"},
		{"pairs unsorted", func(_ *Problem, s *Solution) { slices.Reverse(s.Pairs) }, "out of order"},
		{"pair left out", func(_ *Problem, s *Solution) { s.Pairs = s.Pairs[1:] }, "score"},
		{"must left out", func(_ *Problem, s *Solution) { s.Pairs = s.Pairs[:2] }, "must edge 5 is missing"},
		{"over capacity", func(_ *Problem, s *Solution) { s.Pairs = []int{0, 2, 5} }, "right node 0 has 2 pairs, outside 0..1"},
		{"under minimum", func(_ *Problem, s *Solution) { s.Pairs = []int{0, 5} }, "left node 1 has 0 pairs, outside 1..1"},
		{"another pair", func(_ *Problem, s *Solution) {
			s.Pairs, s.Score, s.Served = []int{1, 2, 5}, 9, [2]int{3, 2}
			s.Prices = []int64{8, 0}
		}, "not proven"},
		{"needless pair", func(p *Problem, s *Solution) {
			p.Right[0].Capacity = 2
			s.Pairs = []int{0, 3, 4, 5}
		}, "edge 4 of score 0 is chosen and no rule asks for it"},
		{"score", func(_ *Problem, s *Solution) { s.Score++ }, "score 16, but the pairs add up to 15"},
		{"served", func(_ *Problem, s *Solution) { s.Served[1]++ }, "served [3 3], but the pairs serve [3 2]"},
		{"price up", func(_ *Problem, s *Solution) { s.Prices[0] += 100 }, "not proven"},
		{"price down", func(_ *Problem, s *Solution) { s.Prices[0] -= 6 }, "not proven"},
		{"price beyond all bounds", func(_ *Problem, s *Solution) { s.Prices[0] = math.MinInt64 }, "out of range"},
		{"price missing", func(_ *Problem, s *Solution) { s.Prices = s.Prices[:1] }, "1 prices for 2 right nodes"},
		{"bonus too small", func(_ *Problem, s *Solution) { s.Bonus = 1 }, "before the score"},
		{"bonus too large", func(_ *Problem, s *Solution) { s.Bonus = math.MaxInt64 }, "before the score"},
		{"bonus without cover", func(p *Problem, _ *Solution) { p.Cover = CoverNone }, "without cover"},
		{"problem invalid", func(p *Problem, _ *Solution) { p.Edges.Right[0] = 9 }, "invalid problem"},
		{"better edge appears", func(p *Problem, _ *Solution) { p.Edges.Score[2] = 99 }, "not"},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, s := p, good
			q.Left, q.Right = slices.Clone(p.Left), slices.Clone(p.Right)
			q = q.with(p.list())
			s.Pairs, s.Prices = slices.Clone(good.Pairs), slices.Clone(good.Prices)
			c.do(&q, &s)
			if err := Check(q, s); err == nil || !strings.Contains(err.Error(), c.text) {
				t.Errorf("got %v, want an error with %q", err, c.text)
			}
		})
	}
}

// TestCheckRefusesWorse checks that no change of the pairs to a feasible but
// worse set passes, whatever the prices of the best one say.
func TestCheckRefusesWorse(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 0))
	tried := 0
	for range 400 {
		p := shapes[1].draw(r)
		good, err := Solve(context.Background(), p)
		if err != nil {
			continue
		}
		for set := range 1 << p.Edges.Len() {
			s := good
			s.Pairs, s.Score = nil, 0
			for x, e := range p.Edges.All() {
				if set>>x&1 == 1 {
					s.Pairs, s.Score = append(s.Pairs, x), s.Score+e.Score
				}
			}
			s.Served = usageOf(p, s.Pairs).served()
			same := coveredOf(p.Cover, s.Served) == coveredOf(p.Cover, good.Served) && s.Score == good.Score
			if err := Check(p, s); err == nil && !same {
				t.Fatalf("accepted %+v instead of %+v\n%+v", s, good, p)
			}
			tried++
		}
	}
	if tried < 10_000 {
		t.Errorf("only %d sets tried", tried)
	}
}

func TestWide(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 0))
	for range 1000 {
		var w wide
		want := new(big.Int)
		for range 1 + r.IntN(20) {
			v, n := r.Int64()-r.Int64(), r.IntN(math.MaxInt)>>r.IntN(63)
			w.add(v, n)
			want.Add(want, new(big.Int).Mul(big.NewInt(v), big.NewInt(int64(n))))
		}
		got := new(big.Int).Lsh(big.NewInt(w.high), 64)
		got.Add(got, new(big.Int).SetUint64(w.low))
		if got.Cmp(want) != 0 {
			t.Fatalf("got %v, want %v", got, want)
		}
		if want.IsInt64() != (w.String() == want.String()) {
			t.Fatalf("%v is written %q", want, w.String())
		}
	}
}

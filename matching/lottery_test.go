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

// TestDraw: seeds draw each plan equally often, by the statistic of chi-square
// with a limit that a fair draw exceeds once in a million, and always the same.
func TestDraw(t *testing.T) {
	const each = 2000
	for plans, limit := range map[int]float64{2: 24, 3: 28, 7: 40, 64: 145} {
		count := make([]int, plans)
		for seed := range uint64(each * plans) {
			n := Draw(seed, plans)
			if n != Draw(seed, plans) {
				t.Fatal("another plan the second time")
			}
			count[n]++
		}
		chi := 0.0
		for _, n := range count {
			chi += float64((n-each)*(n-each)) / each
		}
		if chi > limit {
			t.Errorf("%d plans: chi-square %.1f, %v", plans, chi, count)
		}
	}
	if got := []int{Draw(1, 2), Draw(2, 2), Draw(1, 3), Draw(2, 64)}; !slices.Equal(got, []int{1, 0, 1, 6}) {
		t.Errorf("got %v: published rounds would be drawn anew", got)
	}
}

// lotterySpec is a random round with forced pairs and minimums.
func lotterySpec(r *rand.Rand, plans int) Spec {
	s := Spec{Method: MethodLottery, Plans: plans, Seed: r.Uint64()}
	for i := range 40 {
		s.Left = append(s.Left, Party{fmt.Sprintf("E-%02d", i), assign.Node{Capacity: 1 + i%2}})
	}
	for j := range 15 {
		s.Right = append(s.Right, Party{fmt.Sprintf("M-%02d", j), assign.Node{Capacity: 1 + j%4, Minimum: j % 2}})
	}
	var list []assign.Edge
	for i := range s.Left {
		for j := range s.Right {
			if r.IntN(2) == 0 {
				list = append(list, assign.Edge{Left: i, Right: j, Score: int64(r.IntN(20)), Must: j == 3 && len(list) < 30})
			}
		}
	}
	s.Edges, _ = assign.NewEdges(len(s.Left), len(s.Right), list)
	return s
}

// TestLotteryRound: the round is the plan of its seed, over seeds every pair of a
// plan comes as often as its propensity says, and who has no pair is told whether
// another plan has one.
func TestLotteryRound(t *testing.T) {
	r := rand.New(rand.NewPCG(51, 0))
	for _, plans := range []int{2, 3, 8} {
		s := lotterySpec(r, plans)
		round, err := NewRound(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		c := round.Certificate.(*Replay)
		if c.Drawn != Draw(s.Seed, plans) {
			t.Fatalf("drawn %d", c.Drawn)
		}
		var edges []int
		for i := range round.Pairs {
			p := &round.Pairs[i]
			x := round.edge(int32(p.Left), int32(p.Right))
			edges = append(edges, x)
			want := 0
			for _, plan := range c.Plans {
				if slices.Contains(plan, x) {
					want++
				}
			}
			if got := round.PairPlans(p); got != want {
				t.Errorf("pair %v is in %d plans, not %d", p, want, got)
			}
		}
		if !slices.Equal(edges, c.Plans[c.Drawn]) {
			t.Errorf("pairs %v, drawn plan %v", edges, c.Plans[c.Drawn])
		}
		for _, u := range round.Unpaired {
			side := map[bool]int{false: 0, true: 1}[u.Right]
			if elsewhere := c.Chance[side][u.Position] > 0; elsewhere != (u.Reason == ReasonNotDrawn) {
				t.Errorf("%+v has a pair in %d plans", u, c.Chance[side][u.Position])
			}
		}
	}
}

func TestLotteryRefused(t *testing.T) {
	s := lotterySpec(rand.New(rand.NewPCG(52, 0)), 2)
	for _, plans := range []int{0, 1, MaxPlans + 1} {
		s.Plans = plans
		if _, err := NewRound(context.Background(), s); !errors.Is(err, ErrMethod) {
			t.Errorf("%d plans: %v", plans, err)
		}
	}
	s = Spec{Method: MethodLottery, Plans: 2, Left: []Party{{"a", assign.Node{Capacity: 1, Minimum: 1}}}, Right: []Party{{"x", assign.Node{Capacity: 1}}}}
	s.Edges, _ = assign.NewEdges(1, 1, []assign.Edge{{Score: 5}})
	var clash *Clash
	if _, err := NewRound(context.Background(), s); !errors.As(err, &clash) || clash.Plans != 2 || !slices.Equal(clash.Left, []string{"a"}) {
		t.Errorf("one candidate for a minimum in two plans: %v", err)
	}
	s.Edges.Must = []int32{0}
	if r, err := NewRound(context.Background(), s); err != nil || len(r.Pairs) != 1 || r.PairPlans(&r.Pairs[0]) != 2 {
		t.Errorf("a forced pair: %v", err)
	}
}

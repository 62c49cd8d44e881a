package assign

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomLottery is a small problem for which every way to draw lots can be tried.
func randomLottery(r *rand.Rand) Problem {
	p := Problem{Left: make([]Node, 1+r.IntN(3)), Right: make([]Node, 1+r.IntN(3))}
	for _, nodes := range [][]Node{p.Left, p.Right} {
		for i := range nodes {
			nodes[i].Capacity = r.IntN(4)
			if r.IntN(5) == 0 {
				nodes[i].Minimum = r.IntN(1 + nodes[i].Capacity)
			}
		}
	}
	var list []Edge
	for i := range p.Left {
		for j := range p.Right {
			if r.IntN(4) > 0 && len(list) < 8 {
				list = append(list, Edge{Left: i, Right: j, Score: int64(r.IntN(13) - 3), Must: r.IntN(9) == 0})
			}
		}
	}
	p.Edges, _ = NewEdges(len(p.Left), len(p.Right), list)
	return p
}

// plansOf are all sets of edges that keep the rules, one bit an edge, with what
// they score.
func plansOf(p Problem) (plans []int, scores []int64) {
	chosen := make([]bool, p.Edges.Len())
	for set := range 1 << p.Edges.Len() {
		score, ok := int64(0), true
		for x, e := range p.Edges.All() {
			chosen[x] = set>>x&1 == 1
			if chosen[x] {
				score += e.Score
			}
			ok = ok && (chosen[x] || !e.Must)
		}
		u := usageOf(p, positions(chosen))
		if ok && checkNodes("", p.Left, u.left) == nil && checkNodes("", p.Right, u.right) == nil {
			plans, scores = append(plans, set), append(scores, score)
		}
	}
	return plans, scores
}

const none = math.MinInt64

// bestLots is the highest sum of scores of so many plans that share must edges
// only, or none: every choice of plans is tried, remembering which edges are used.
func bestLots(p Problem, plans int) int64 {
	must := 0
	for _, x := range p.Edges.Must {
		must |= 1 << x
	}
	sets, scores := plansOf(p)
	best := make([]int64, 1<<p.Edges.Len())
	for used := range best {
		best[used] = none
	}
	best[0] = 0
	for range plans {
		next := make([]int64, len(best))
		for used := range next {
			next[used] = none
		}
		for used, so := range best {
			for k, set := range sets {
				if so != none && used&set&^must == 0 {
					next[used|set] = max(next[used|set], so+scores[k])
				}
			}
		}
		best = next
	}
	return slices.Max(best)
}

// sound checks what a lottery promises beside its score: plans that keep the
// rules, share must edges only and are of about one size, and its sum.
func sound(t *testing.T, p Problem, l Lottery) {
	t.Helper()
	count, total, least, most := make([]int, p.Edges.Len()), int64(0), math.MaxInt, 0
	for n, plan := range l.Plans {
		chosen := make([]bool, p.Edges.Len())
		for k, x := range plan {
			if k > 0 && x <= plan[k-1] {
				t.Fatalf("plan %d is not in order: %v", n, plan)
			}
			chosen[x] = true
			count[x]++
			total += int64(p.Edges.Score[x])
		}
		u := usageOf(p, positions(chosen))
		if err := errors.Join(checkNodes("left", p.Left, u.left), checkNodes("right", p.Right, u.right)); err != nil {
			t.Fatalf("plan %d: %v", n, err)
		}
		least, most = min(least, len(plan)), max(most, len(plan))
	}
	for x, e := range p.Edges.All() {
		if e.Must && count[x] != len(l.Plans) || !e.Must && count[x] > 1 {
			t.Fatalf("edge %d, must %v, is in %d of %d plans", x, e.Must, count[x], len(l.Plans))
		}
	}
	if most-least > 1 {
		t.Fatalf("plans of %d to %d edges", least, most)
	}
	if total != l.Score {
		t.Fatalf("score %d, the plans add up to %d", l.Score, total)
	}
}

// TestLottery: on random small problems the plans are sound, no choice of plans
// scores more, and a lottery is refused exactly where there is none.
func TestLottery(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 0))
	done, refused, only := 0, 0, 0
	for range 3000 {
		p, plans := randomLottery(r), 2+r.IntN(4)
		want := bestLots(p, plans)
		l, err := SolveLottery(context.Background(), p, plans)
		if clash := (*Infeasible)(nil); errors.As(err, &clash) {
			if want != none {
				t.Fatalf("%d plans of %+v: %v, and there are some of score %d", plans, p, err, want)
			}
			refused++
			if sets, _ := plansOf(p); len(sets) > 0 {
				only++
			}
			continue
		}
		if err != nil || want == none || l.Score != want || len(l.Plans) != plans {
			t.Fatalf("%d plans of %+v: %v, score %d, best %d", plans, p, err, l.Score, want)
		}
		sound(t, p, l)
		done++
	}
	t.Logf("%d drawn, %d refused, %d of them possible without a lottery", done, refused, only)
	if done < 1500 || refused < 300 || only < 30 {
		t.Error("the mix of problems tests too little")
	}
}

// TestLotteryLarger: the same promises where paths are long and units many.
func TestLotteryLarger(t *testing.T) {
	for _, plans := range []int{2, 3, 5, 8, MaxPlans} {
		p := popular(uint64(plans), 400, 60, 20)
		for j := range p.Right {
			p.Right[j].Capacity, p.Right[j].Minimum = 9, j%2
		}
		p.Edges.Must = []int32{3, 4711}
		for i := range p.Left {
			p.Left[i].Capacity = 1 + i%3
		}
		l, err := SolveLottery(context.Background(), p, plans)
		if err != nil {
			t.Fatal(err)
		}
		sound(t, p, l)
		again, _ := SolveLottery(context.Background(), p, plans)
		if fmt.Sprint(l) != fmt.Sprint(again) {
			t.Error("another lottery the second time")
		}
	}
}

func TestLotteryInput(t *testing.T) {
	p := popular(1, 3, 3, 2)
	for _, plans := range []int{-1, 0, 1, MaxPlans + 1} {
		if _, err := SolveLottery(context.Background(), p, plans); !errors.Is(err, ErrInput) {
			t.Errorf("%d plans: %v", plans, err)
		}
	}
	p.Cover = CoverLeft
	if _, err := SolveLottery(context.Background(), p, 2); !errors.Is(err, ErrInput) {
		t.Errorf("a cover rule: %v", err)
	}
	if l, err := SolveLottery(context.Background(), Problem{}, 2); err != nil || len(l.Plans) != 2 || l.Score != 0 {
		t.Errorf("nobody: %+v %v", l, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := SolveLottery(ctx, popular(1, 3, 3, 2), 2); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// BenchmarkLottery reports beside time the share of the score that the cap costs,
// in hundredths of a percent of the best assignment's.
func BenchmarkLottery(b *testing.B) {
	for _, x := range []struct{ mentees, mentors int }{{1000, 300}, {10_000, 3000}, {100_000, 25_000}} {
		if x.mentees > *largest {
			break
		}
		p := popular(1, x.mentees, x.mentors, 50)
		best, err := Solve(context.Background(), p)
		if err != nil {
			b.Fatal(err)
		}
		for _, plans := range []int{2, 4, 8} {
			b.Run(fmt.Sprintf("mentees=%d/plans=%d", x.mentees, plans), func(b *testing.B) {
				b.ReportAllocs()
				var l Lottery
				began := spent()
				for b.Loop() {
					if l, err = SolveLottery(context.Background(), p, plans); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64((spent()-began).Nanoseconds())/float64(b.N), "cpu-ns/op")
				b.ReportMetric(1e4-1e4*float64(l.Score)/float64(int64(plans)*best.Score), "cost-bp")
			})
		}
	}
}

// BenchmarkDeal is the part of a lottery that comes after solving.
func BenchmarkDeal(b *testing.B) {
	mentees := min(100_000, *largest)
	for _, plans := range []int{2, 8} {
		b.Run(fmt.Sprintf("mentees=%d/plans=%d", mentees, plans), func(b *testing.B) {
			p, _ := fold(popular(1, mentees, mentees/4, 50), plans)
			left := make([]int, len(p.Right))
			var edges []int
			for i := range p.Left { // any edges will do that fill the places
				from, to := p.Edges.Of(i)
				for x, taken := from, 0; x < to && taken < plans; x++ {
					if j := p.Edges.Right[x]; left[j] < p.Right[j].Capacity {
						left[j]++
						taken++
						edges = append(edges, x)
					}
				}
			}
			began := spent()
			for b.Loop() {
				deal(p, edges, plans)
			}
			b.ReportMetric(float64((spent()-began).Nanoseconds())/float64(b.N), "cpu-ns/op")
		})
	}
}

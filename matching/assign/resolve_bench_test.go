package assign_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"puente/matching/assign"
	"puente/script/instance"
)

// BenchmarkResolve measures, on one core, a round of the shape real that is
// solved again after so many mentees withdrew or have other scores, and a place
// less at a mentor for every seven of them. Others-moved is how many mentees of
// whom nothing changed lose their mentor; a cold solve moves cold-moved of them.
//
//	go test -run '^$' -bench Resolve -benchtime 3x ./matching/assign
func BenchmarkResolve(b *testing.B) {
	sizes := []int{1000, 10_000, 100_000}
	if n, err := strconv.Atoi(os.Getenv("ASSIGN_MENTEES")); err == nil {
		sizes = append(sizes, n)
	}
	for _, s := range instance.Shapes {
		if s.Name != "real" {
			continue
		}
		for _, n := range sizes {
			p := s.Make(n)
			before, err := assign.Solve(context.Background(), p)
			if err != nil {
				b.Fatal(err)
			}
			for _, c := range []int{1, n / 7000, n / 1000, n / 100, n / 20} {
				for _, points := range []int64{0, 100} {
					if c < 1 || c == 1 && points > 0 && n < 100_000 {
						continue
					}
					b.Run(fmt.Sprintf("shape=real/mentees=%d/changed=%d/points=%d", n, c, points), func(b *testing.B) {
						resolveAgain(b, p, before, c, points)
					})
				}
			}
		}
	}
}

func resolveAgain(b *testing.B, p assign.Problem, before assign.Solution, changed int, points int64) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	touched := change(&p, before, changed)
	old := assign.Earlier{Pairs: before.Pairs, Prices: before.Prices, Points: points}
	var got assign.Kept
	var err error
	start, solves := processorTime(), 0
	for b.Loop() {
		if got, err = assign.Resolve(context.Background(), p, old, assign.Options{}); err != nil {
			b.Fatal(err)
		}
		solves++
	}
	used := processorTime() - start
	cold, err := assign.Solve(context.Background(), p)
	if err != nil {
		b.Fatal(err)
	}
	moved := func(pairs []int) (n int) {
		for _, x := range before.Pairs {
			if _, kept := slices.BinarySearch(pairs, x); !kept && !touched[p.Edges.At(x).Left] {
				n++
			}
		}
		return n
	}
	b.ReportMetric(used.Seconds()/float64(solves)*1e3, "cpu-ms/op")
	b.ReportMetric(float64(moved(got.Pairs)), "others-moved")
	b.ReportMetric(float64(moved(cold.Pairs)), "cold-moved")
	b.ReportMetric(float64(got.Gap), "points-lost")
	b.ReportMetric(0, "ns/op")
}

// change changes so many mentees who have a pair, the first by withdrawing, and
// says which.
func change(p *assign.Problem, before assign.Solution, n int) map[int]bool {
	r := rand.New(rand.NewPCG(21, uint64(n)))
	p.Left, p.Right, p.Edges.Score = slices.Clone(p.Left), slices.Clone(p.Right), slices.Clone(p.Edges.Score)
	touched := map[int]bool{}
	for k := range n {
		x := before.Pairs[r.IntN(len(before.Pairs))]
		i := p.Edges.At(x).Left
		touched[i] = true
		if k%2 == 0 {
			p.Left[i].Capacity = 0
			continue
		}
		from, to := p.Edges.Of(i)
		for e := from; e < to; e++ {
			p.Edges.Score[e] = max(0, p.Edges.Score[e]+int32(25*(r.IntN(41)-20)))
		}
		if j := p.Edges.Right[x]; k%7 == 1 {
			p.Right[j].Capacity = max(1, p.Right[j].Capacity-1)
		}
	}
	return touched
}

package assign_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"puente/matching/assign"
	"puente/script/instance"
)

// BenchmarkGroups measures rules about groups on the shape real: 42 in 100
// pairs with a group that 36 in 100 mentees are in and that has some 36 in 100
// pairs by itself, and 95 in 100 pairs between countries, which have some 88.
// Each rule is a number of pairs and, where it says share, thousandths of all.
func BenchmarkGroups(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		p, abroad := instance.Abroad(n)
		free, err := assign.Solve(context.Background(), p)
		if err != nil {
			b.Fatal(err)
		}
		var some []int
		for i := range p.Left {
			if i*7919%100 < 36 {
				some = append(some, i)
			}
		}
		all := len(free.Pairs)
		for _, c := range []struct {
			name string
			rule assign.Group
		}{
			{"mentees", assign.Group{Members: some, Amount: all * 42 / 100}},
			{"mentees-share", assign.Group{Members: some, Amount: 420, Share: true}},
			{"abroad", assign.Group{Of: assign.SomeEdges, Members: abroad, Amount: all * 95 / 100}},
			{"abroad-share", assign.Group{Of: assign.SomeEdges, Members: abroad, Amount: 950, Share: true}},
		} {
			b.Run(fmt.Sprintf("rule=%s/mentees=%d", c.name, n), func(b *testing.B) { benchmarkGroup(b, p, c.rule) })
		}
	}
}

func benchmarkGroup(b *testing.B, p assign.Problem, rule assign.Group) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var s assign.GroupSolution
	var err error
	start, solves := processorTime(), 0
	for b.Loop() {
		if s, err = assign.SolveGroups(context.Background(), p, []assign.Group{rule}); err != nil {
			b.Fatal(err)
		}
		solves++
	}
	b.ReportMetric((processorTime()-start).Seconds()/float64(solves)*1e3, "cpu-ms/op")
	b.ReportMetric(float64(s.Gap), "gap")
	b.ReportMetric(float64(s.Free-s.Score)/float64(s.Free)*1e4, "loss-bp")
	b.ReportMetric(0, "ns/op")
}

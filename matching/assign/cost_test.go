package assign_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"puente/matching/assign"
	"puente/script/instance"
)

// BenchmarkAssign measures a solve on one core, the certificate and its check
// included: processor time, and the largest heap it can have had, which is the
// problem and all that was allocated while it was solved.
//
// Larger rounds take minutes to make, and gigabytes. They are measured when
// ASSIGN_MENTEES names a size:
//
//	ASSIGN_MENTEES=1000000 go test -run '^$' -bench 'Assign/shape=real/mentees=1000000' -benchtime 1x ./matching/assign
func BenchmarkAssign(b *testing.B) {
	for _, s := range instance.Shapes {
		sizes := []int{s.Mentees}
		if s.Name == "real" {
			sizes = []int{1000, 10_000, 100_000}
		}
		ordinary := slices.Contains([]string{"real", "uniform", "balanced", "slack"}, s.Name)
		if n, err := strconv.Atoi(os.Getenv("ASSIGN_MENTEES")); err == nil && ordinary {
			sizes = append(sizes, n)
		}
		for _, n := range sizes {
			b.Run(fmt.Sprintf("shape=%s/mentees=%d", s.Name, n), func(b *testing.B) { benchmark(b, s.Make(n)) })
		}
	}
}

func benchmark(b *testing.B, p assign.Problem) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start, solves := processorTime(), 0
	for b.Loop() {
		if _, err := assign.Solve(context.Background(), p); err != nil {
			b.Fatal(err)
		}
		solves++
	}
	used := processorTime() - start
	runtime.ReadMemStats(&after)
	problem := 16*(len(p.Left)+len(p.Right)) + 4*len(p.Left) + 8*p.Edges.Len()
	heap := float64(problem) + float64(after.TotalAlloc-before.TotalAlloc)/float64(solves)
	b.ReportMetric(used.Seconds()/float64(solves)*1e3, "cpu-ms/op")
	b.ReportMetric(heap/1e6, "heap-MB")
	b.ReportMetric(0, "ns/op")
}

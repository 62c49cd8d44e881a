package jobs

import (
	"testing"

	"puente/matching"
)

// BenchmarkRank ranks made-up people, whose asks are as many and as unlike as
// those of docs/bench/peers.md.
func BenchmarkRank(b *testing.B) {
	var people People
	people.Mentors, people.Mentees = Generate(Population{Mentors: 20_000, Mentees: 2_000, Seed: 1})
	s, err := Snapshot(people, DefaultStart)
	if err != nil {
		b.Fatal(err)
	}
	set := matching.DefaultSettings()
	x := matching.NewIndex(s, &set, 1)
	var scratch matching.Scratch
	for i := range s.Mentees {
		x.TopK(&s.Mentees[i], 50, &scratch)
	}
	n := 0
	b.ResetTimer()
	for b.Loop() {
		x.TopK(&s.Mentees[n%len(s.Mentees)], 50, &scratch)
		n++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n)/float64(len(s.Mentors)), "ns/pair")
}

package matching

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkTopK ranks mentees one after the other on one core. The metric
// ns/pair counts every pair, those that a rule refuses too.
func BenchmarkTopK(b *testing.B) {
	for _, c := range []struct{ mentees, mentors, k int }{{1000, 300, 20}, {2000, 20_000, 50}} {
		b.Run(fmt.Sprintf("mentees=%d/mentors=%d/k=%d", c.mentees, c.mentors, c.k), func(b *testing.B) {
			s := randomSnapshot(rand.New(rand.NewPCG(1, 1)), c.mentees, c.mentors)
			set := DefaultSettings()
			x := NewIndex(s, &set, 1)
			var scratch Scratch
			for i := range s.Mentees { // columns are made on first use
				x.TopK(&s.Mentees[i], c.k, &scratch)
			}
			n := 0
			for b.Loop() {
				x.TopK(&s.Mentees[n%c.mentees], c.k, &scratch)
				n++
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(c.mentors), "ns/pair")
		})
	}
}

// BenchmarkExplain takes one pair apart.
func BenchmarkExplain(b *testing.B) {
	s := randomSnapshot(rand.New(rand.NewPCG(1, 1)), 1000, 1000)
	set := DefaultSettings()
	x := NewIndex(s, &set, 1)
	n := 0
	for b.Loop() {
		x.Explain(&s.Mentees[n%1000], n*7%1000)
		n++
	}
}

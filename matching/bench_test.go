package matching

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
)

// The benchmarks use one core and count processor time, so that other work on
// the machine changes little. Seeds are fixed; sizes are in the names.

// prepared is an index with the columns of its mentees, which are made on first
// use.
func prepared(b *testing.B, mentees, mentors, k int) (*Snapshot, *Index) {
	b.Helper()
	s := randomSnapshot(rand.New(rand.NewPCG(1, 1)), mentees, mentors)
	set := DefaultSettings()
	x := NewIndex(s, &set, 1)
	var scratch Scratch
	for i := range s.Mentees {
		x.TopK(&s.Mentees[i], k, &scratch)
	}
	runtime.GC()
	return s, x
}

// BenchmarkTopK ranks mentees one after the other. The metric ns/pair counts
// every pair, those that a rule refuses too.
func BenchmarkTopK(b *testing.B) {
	for _, c := range []struct{ mentees, mentors, k int }{{1000, 300, 20}, {2000, 20_000, 20}, {2000, 20_000, 50}} {
		b.Run(fmt.Sprintf("mentees=%d/mentors=%d/k=%d", c.mentees, c.mentors, c.k), func(b *testing.B) {
			s, x := prepared(b, c.mentees, c.mentors, c.k)
			var scratch Scratch
			n := 0
			used := processorTime()
			for b.Loop() {
				x.TopK(&s.Mentees[n%c.mentees], c.k, &scratch)
				n++
			}
			b.ReportMetric(float64((processorTime()-used).Nanoseconds())/float64(n)/float64(c.mentors), "ns/pair")
		})
	}
}

// BenchmarkQuery ranks one mentee's 50 best of many mentors.
func BenchmarkQuery(b *testing.B) {
	for _, mentors := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("mentors=%d", mentors), func(b *testing.B) {
			s, x := prepared(b, 100, mentors, 50)
			var scratch Scratch
			n := 0
			used := processorTime()
			for b.Loop() {
				x.TopK(&s.Mentees[n%100], 50, &scratch)
				n++
			}
			b.ReportMetric(float64((processorTime()-used).Microseconds())/float64(n), "us/query")
		})
	}
}

// BenchmarkUpdate changes one mentor of a live index of 20,000, of which the
// columns of 2,000 mentees are made: a place more or less, or everything.
func BenchmarkUpdate(b *testing.B) {
	for _, c := range []struct {
		name   string
		change func(m *Mentor, other *Mentor, n int)
	}{
		{"place", func(m, _ *Mentor, n int) { m.Taken = uint8(n & 1) }},
		{"profile", func(m, other *Mentor, _ int) { id := m.ID; *m = *other; m.ID = id }},
	} {
		b.Run("change="+c.name, func(b *testing.B) {
			s, x := prepared(b, 2000, 20_000, 1)
			live := NewLive(s, x.settings, 1)
			live.x.made, live.x.book = x.made, x.book
			columns := 0
			for f := range x.columns {
				columns += len(x.columns[f])
			}
			columns += 2 * len(x.bases)
			n := 0
			used := processorTime()
			for b.Loop() {
				m := s.Mentors[n*7919%len(s.Mentors)]
				c.change(&m, &s.Mentors[n*104_729%len(s.Mentors)], n)
				live.Set(m)
				n++
			}
			b.ReportMetric(float64((processorTime()-used).Nanoseconds())/1000/float64(n), "us/update")
			b.ReportMetric(float64(columns+len(x.bits)/8), "B/mentor")
		})
	}
}

// BenchmarkExplain takes one pair apart.
func BenchmarkExplain(b *testing.B) {
	s, x := prepared(b, 1000, 1000, 1)
	n := 0
	for b.Loop() {
		x.Explain(&s.Mentees[n%1000], n*7%1000)
		n++
	}
}

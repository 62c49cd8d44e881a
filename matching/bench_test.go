package matching

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"
)

// The benchmarks use one core and count processor time, so that other work on
// the machine changes little. Seeds are fixed; sizes are in the names.

// prepared is an index with the columns of its mentees, which are made on first
// use.
func prepared(b *testing.B, mentees, mentors, k int) (*Snapshot, *Index) {
	b.Helper()
	s := manyMentors(mentees, mentors)
	set := DefaultSettings()
	x := NewIndex(s, &set, 1)
	var scratch Scratch
	for i := range min(mentees, 2000) {
		x.TopK(&s.Mentees[i], k, &scratch)
	}
	runtime.GC()
	return s, x
}

// manyMentors draws people; mentors after the first 20,000 answer as one of
// those, without what names other people.
func manyMentors(mentees, mentors int) *Snapshot {
	const drawn = 20_000
	s := randomSnapshot(rand.New(rand.NewPCG(1, 1)), mentees, min(mentors, drawn))
	s.Mentors = slices.Grow(s.Mentors, mentors-len(s.Mentors))
	for i := len(s.Mentors); i < mentors; i++ {
		m := s.Mentors[i%drawn]
		m.ID, m.Organization, m.Conflicts, m.Wishes = fmt.Sprintf("N-%07d", i), "", nil, nil
		s.Mentors = append(s.Mentors, m)
	}
	s.Sort()
	return s
}

// bytes is what an index keeps of a mentor for the asks that occurred.
func (x *Index) bytes() float64 {
	n := len(x.bits)/8 + 2*len(x.bases)
	for f := range x.columns {
		n += len(x.columns[f])
	}
	return float64(n)
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
			b.ReportMetric(x.bytes(), "B/mentor")
		})
	}
}

// BenchmarkQuery ranks one mentee's 50 best of more and more mentors. Half of
// the queries take at most p50-us of processor time.
func BenchmarkQuery(b *testing.B) {
	for _, c := range []struct{ mentees, mentors int }{{100, 1000}, {100, 10_000}, {100, 100_000}, {20, 1_000_000}} {
		b.Run(fmt.Sprintf("mentors=%d", c.mentors), func(b *testing.B) {
			s, x := prepared(b, c.mentees, c.mentors, 50)
			var scratch Scratch
			var took []time.Duration
			last := processorTime()
			for b.Loop() {
				x.TopK(&s.Mentees[len(took)%c.mentees], 50, &scratch)
				now := processorTime()
				took, last = append(took, now-last), now
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1000, "p50-us")
			b.ReportMetric(x.bytes(), "B/mentor")
		})
	}
}

// BenchmarkBatch ranks 100,000 mentees' 50 best of 20,000 mentors, as a round
// does. Where workers do not wait for each other, two take as much processor
// time as one, and half the time.
func BenchmarkBatch(b *testing.B) {
	const mentees, mentors = 100_000, 20_000
	var s *Snapshot
	var x *Index
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("mentees=%d/mentors=%d/workers=%d", mentees, mentors, workers), func(b *testing.B) {
			if x == nil {
				s, x = prepared(b, mentees, mentors, 50)
			}
			m := Matcher{Snapshot: s, Index: x, Workers: workers}
			n := 0
			used := processorTime()
			for b.Loop() {
				err := m.forEach(b.Context(), "rank", func(i int, scratch *Scratch) error {
					x.TopK(&s.Mentees[i], 50, scratch)
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
			used = processorTime() - used
			b.ReportMetric(used.Seconds()/float64(n), "cpu-s/op")
			b.ReportMetric(float64(used.Nanoseconds())/float64(n)/mentees/mentors, "ns/pair")
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
			n := 0
			used := processorTime()
			for b.Loop() {
				m := s.Mentors[n*7919%len(s.Mentors)]
				c.change(&m, &s.Mentors[n*104_729%len(s.Mentors)], n)
				live.Set(m)
				n++
			}
			b.ReportMetric(float64((processorTime()-used).Nanoseconds())/1000/float64(n), "us/update")
			b.ReportMetric(x.bytes(), "B/mentor")
		})
	}
}

// BenchmarkExplain takes one pair apart.
func BenchmarkExplain(b *testing.B) {
	s, x := prepared(b, 1000, 1000, 1)
	n := 0
	used := processorTime()
	for b.Loop() {
		x.Explain(&s.Mentees[n%1000], n*7%1000)
		n++
	}
	b.ReportMetric(float64((processorTime()-used).Nanoseconds())/1000/float64(n), "us/pair")
}

// BenchmarkChange finds what would put a mentor among a mentee's 5 or 50 best,
// of pairs of any kind: her answers, his, and a weight.
func BenchmarkChange(b *testing.B) {
	for _, k := range []int{5, 50} {
		b.Run(fmt.Sprintf("mentors=20000/k=%d", k), func(b *testing.B) {
			s, x := prepared(b, 2000, 20_000, k)
			n, most := 0, time.Duration(0)
			used := processorTime()
			for b.Loop() {
				at := processorTime()
				x.Changes(&s.Mentees[n%len(s.Mentees)], n*7919%len(s.Mentors), k)
				most = max(most, processorTime()-at)
				n++
			}
			b.ReportMetric(float64((processorTime()-used).Microseconds())/1000/float64(n), "ms/pair")
			b.ReportMetric(float64(most.Microseconds())/1000, "ms/worst")
		})
	}
}

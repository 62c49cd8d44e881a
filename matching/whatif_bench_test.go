package matching

import (
	"fmt"
	"testing"
)

// BenchmarkWhatIf asks about rounds of people: one pair that is out, what
// places, serving more and rules cost, and whom to win as mentors.
func BenchmarkWhatIf(b *testing.B) {
	for _, c := range []struct{ mentees, mentors int }{{300, 100}, {1000, 300}} {
		s, x := prepared(b, c.mentees, c.mentors, 50)
		m := &Matcher{Snapshot: s, Settings: x.settings, Index: x, Seed: 1, Workers: 1}
		round, err := m.Round(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		w, err := m.WhatIf(b.Context(), round)
		if err != nil {
			b.Fatal(err)
		}
		out := Unpaired{}
		for _, u := range round.Unpaired {
			if u.Reason == ReasonPlaces {
				out = u
			}
		}
		for _, q := range []struct {
			name string
			ask  func() error
		}{
			{"pair", func() error { _, err := w.Counterfactual(b.Context(), out.Position, out.Nearest); return err }},
			{"places", func() error { _, err := w.Places(b.Context(), 5); return err }},
			{"ladder", func() error { _, err := w.Ladder(b.Context()); return err }},
			{"rules", func() error { _, err := m.RulePrices(b.Context(), w, 10); return err }},
			{"recruits", func() error { _, err := m.Recruits(b.Context(), w, 3, 40); return err }},
		} {
			b.Run(fmt.Sprintf("%s/mentees=%d/mentors=%d", q.name, c.mentees, c.mentors), func(b *testing.B) {
				n := 0
				used := processorTime()
				for b.Loop() {
					if err := q.ask(); err != nil {
						b.Fatal(err)
					}
					n++
				}
				b.ReportMetric(float64((processorTime()-used).Microseconds())/float64(n)/1000, "ms/answer")
			})
		}
	}
}

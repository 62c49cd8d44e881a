package jobs

import (
	"fmt"
	"path/filepath"
	"runtime"
	"testing"

	"puente/script/postgrestest"
	"puente/web"
)

// BenchmarkAdvisor makes the index of a programme's stored mentors: rebuild is
// the making, start goes on to the first mentee's suggestions, and change asks
// after a change of one mentor. It says what the index takes of memory too.
func BenchmarkAdvisor(b *testing.B) {
	const mentors = 100_000
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(fmt.Sprintf("%s/mentors=%d", kind, mentors), func(b *testing.B) {
			dsn := filepath.Join(b.TempDir(), "puente.db")
			if kind == "postgres" {
				dsn = postgrestest.DSN(b)
			}
			benchmarkAdvisor(b, populated(b, dsn, Population{Mentors: mentors, Mentees: 1, Seed: 1}))
		})
	}
}

func benchmarkAdvisor(b *testing.B, s *stored) {
	row := s.mentee(b)
	words := Words{Lang: "en", Text: web.Text}
	mentor := s.Mentors[0].ID
	s.People = People{} // so that the collector has only what a server has
	b.Run("rebuild", func(b *testing.B) {
		used, n := processorTime(), 0
		for b.Loop() {
			n++
			_, missing, err := newRoster(b.Context(), s.Store, s.programme.ID, nil)
			must(b, err)
			if len(missing) > 0 {
				b.Fatal(missing)
			}
		}
		b.ReportMetric(float64((processorTime()-used).Milliseconds())/float64(n), "cpu-ms/op")
	})
	b.Run("start", func(b *testing.B) {
		for b.Loop() {
			_, err := NewAdvisor(s.Store).Suggest(b.Context(), row, 5, words)
			must(b, err)
		}
	})
	b.Run("change", func(b *testing.B) {
		before := heap()
		a := NewAdvisor(s.Store)
		_, err := a.Suggest(b.Context(), row, 5, words)
		must(b, err)
		held := heap() - before
		m, err := s.ProfileByCode(b.Context(), s.programme.ID, mentor)
		must(b, err)
		for b.Loop() {
			b.StopTimer()
			m.Profile.Capacity = 1 + (m.Profile.Capacity % 6)
			must(b, s.UpdateProfile(b.Context(), "", m))
			b.StartTimer()
			_, err := a.Suggest(b.Context(), row, 5, words)
			must(b, err)
		}
		b.ReportMetric(float64(held)/float64(len(a.programme(s.programme.ID).roster.Load().people)), "B/mentor")
	})
}

// heap is the memory in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

package jobs

import (
	"fmt"
	"path/filepath"
	"testing"

	"puente/web"
)

// BenchmarkAdvisor makes the index of a programme's stored mentors, and asks it
// after a change of one of them.
func BenchmarkAdvisor(b *testing.B) {
	const mentors = 20_000
	s := populated(b, filepath.Join(b.TempDir(), "puente.db"), Population{Mentors: mentors, Mentees: 1, Seed: 1})
	row, err := s.ProfileByCode(b.Context(), s.programme.ID, s.Mentees[0].ID)
	must(b, err)
	words := Words{Lang: "en", Text: web.Text}
	b.Run(fmt.Sprintf("start/mentors=%d", mentors), func(b *testing.B) {
		for b.Loop() {
			_, err := NewAdvisor(s.Store).Suggest(b.Context(), row, 5, words)
			must(b, err)
		}
	})
	b.Run(fmt.Sprintf("change/mentors=%d", mentors), func(b *testing.B) {
		a := NewAdvisor(s.Store)
		mentor, err := s.ProfileByCode(b.Context(), s.programme.ID, s.Mentors[0].ID)
		must(b, err)
		_, err = a.Suggest(b.Context(), row, 5, words)
		must(b, err)
		for b.Loop() {
			b.StopTimer()
			mentor.Profile.Capacity = 1 + (mentor.Profile.Capacity % 6)
			must(b, s.UpdateProfile(b.Context(), "", mentor))
			b.StartTimer()
			_, err := a.Suggest(b.Context(), row, 5, words)
			must(b, err)
		}
	})
}

package jobs

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puente/models"
	"puente/web"
)

// TestAdvisor advises from the store as from files, and sees what changes.
func TestAdvisor(t *testing.T) {
	words := Words{Lang: "es", Text: web.Text}
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		a := NewAdvisor(s.Store)
		row, err := s.ProfileByCode(t.Context(), s.programme.ID, s.Mentees[0].ID)
		must(t, err)
		// check wants the advice that the people of s get from files.
		check := func() {
			t.Helper()
			m, err := Prepare(s.People, MatchOptions{Settings: DefaultSettings(), Seed: adviceSeed})
			must(t, err)
			want := Suggested{Compared: len(s.Mentors)}
			want.Mentors, want.Refused, err = m.Advise(row.Profile.ID, 5, words)
			must(t, err)
			got, err := a.Suggest(t.Context(), row, 5, words)
			must(t, err)
			if diff := cmp.Diff(&want, got); diff != "" {
				t.Errorf("advice (-want +got):\n%s", diff)
			}
			for _, mentor := range s.Mentors[:4] {
				want, err := m.Why(row.Profile.ID, mentor.ID, len(s.Mentors), words)
				must(t, err)
				got, err := a.Why(t.Context(), row, mentor.ID, len(s.Mentors), words)
				must(t, err)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("why %s (-want +got):\n%s", mentor.ID, diff)
				}
			}
		}
		var wait sync.WaitGroup
		for range 8 { // all want the same index at once
			wait.Go(func() {
				if got, err := a.Suggest(t.Context(), row, 3, words); err != nil || len(got.Mentors) == 0 {
					t.Errorf("at once: %v %v", got, err)
				}
			})
		}
		wait.Wait()
		check()
		made := a.programme(s.programme.ID).roster.Load()
		for _, c := range []struct {
			name   string
			change func()
		}{
			{"a mentor changes", func() {
				changed := s.changed(t, s.Mentors[0].ID)
				must(t, s.UpdateProfile(t.Context(), "", changed))
				s.Mentors[0] = changed.Profile
			}},
			{"the mentee changes", func() {
				changed := s.changed(t, row.Profile.ID)
				must(t, s.UpdateProfile(t.Context(), "", changed))
				s.Mentees[0], row = changed.Profile, changed
			}},
			{"a mentor is added", func() {
				added := s.Mentors[1]
				added.ID = "M-9999"
				must(t, Populate(t.Context(), s.Store, "", s.programme.ID, []models.Profile{added}, nil, models.ProfileApproved))
				s.Mentors = append(s.Mentors, added)
			}},
			{"a draft is added", func() {
				added := s.Mentors[1]
				added.ID = "M-9998"
				must(t, Populate(t.Context(), s.Store, "", s.programme.ID, []models.Profile{added}, nil, models.ProfileDraft))
			}},
			{"a mentor is rated, and the mean of all with it", func() {
				changed := s.changed(t, s.Mentors[3].ID)
				changed.Profile.Reliability = 123_456
				must(t, s.UpdateProfile(t.Context(), "", changed))
				s.Mentors[3] = changed.Profile
			}},
			{"a mentor pauses", func() {
				last, err := s.ProfileByCode(t.Context(), s.programme.ID, s.Mentors[2].ID)
				must(t, err)
				_, err = s.MoveProfile(t.Context(), "", last.UID, models.ProfilePause)
				must(t, err)
				s.Mentors = append(s.Mentors[:2:2], s.Mentors[3:]...)
			}},
		} {
			t.Run(c.name, func(t *testing.T) {
				c.change()
				check()
				if a.programme(s.programme.ID).roster.Load() != made {
					t.Error("the index was built again")
				}
			})
		}
		for _, c := range []struct {
			name, mentee, mentor string
			want                 NoSuchPerson
		}{
			{"an unknown mentor", row.Profile.ID, "M-0", NoSuchPerson{models.RoleMentor, "M-0"}},
			{"a mentee as mentor", row.Profile.ID, s.Mentees[1].ID, NoSuchPerson{models.RoleMentor, s.Mentees[1].ID}},
		} {
			t.Run(c.name, func(t *testing.T) {
				asks := *row
				asks.Profile.ID = c.mentee
				_, err := a.Why(t.Context(), &asks, c.mentor, 5, words)
				if no, ok := errors.AsType[*NoSuchPerson](err); !ok || *no != c.want {
					t.Errorf("got %v", err)
				}
			})
		}
		asks := *row
		asks.Profile.Role = models.RoleMentor
		if _, err := a.Suggest(t.Context(), &asks, 1, words); !errors.As(err, new(*NoSuchPerson)) {
			t.Errorf("a mentor: %v", err)
		}
		asks = models.ProfileRow{ProgrammeID: "nowhere"}
		if _, err := a.Suggest(t.Context(), &asks, 1, words); models.CodeOf(err) != models.CodeNotFound {
			t.Errorf("an unknown programme: %v", err)
		}
	})
}

package jobs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"puente/models"
	"puente/web"
)

var adviceWords = Words{Lang: "fr", Text: web.Text}

// TestAdvisorEqualsProfiles changes generated people at random through another
// process's store, and wants the advice that their whole profiles give.
func TestAdvisorEqualsProfiles(t *testing.T) {
	stores(t, Population{Mentors: 120, Mentees: 6, Seed: 3}, func(t *testing.T, s *stored) {
		other := openStore(t, s.dsn)
		a := NewAdvisor(s.Store)
		r := rand.New(rand.NewPCG(11, 1))
		for step := range 12 {
			for range 1 + r.IntN(6) {
				row, err := other.ProfileByCode(t.Context(), s.programme.ID, s.Mentors[r.IntN(len(s.Mentors))].ID)
				must(t, err)
				change(t, r, other, row, &s.Mentors[r.IntN(len(s.Mentors))])
			}
			if step == 6 { // as after a start
				a = NewAdvisor(s.Store)
			}
			sameAdvice(t, a, s)
		}
		if a.programme(s.programme.ID).roster.Load().missed {
			t.Error("changes escaped")
		}
	})
}

// change changes a mentor in one way or another.
func change(t *testing.T, r *rand.Rand, s *models.Store, row *models.ProfileRow, like *models.Profile) {
	t.Helper()
	event := models.ProfilePause
	if row.State == models.ProfilePaused {
		event = models.ProfileWait
	}
	p := &row.Profile
	switch r.IntN(4) {
	case 0:
		_, err := s.MoveProfile(t.Context(), "", row.UID, event)
		must(t, err)
		return
	case 1:
		p.Languages, p.Slots, p.TimeZone, p.Region, p.Country = like.Languages, like.Slots, like.TimeZone, like.Region, like.Country
		if r.IntN(6) == 0 {
			p.TimeZone = []string{"Asia/Tokyo", "Europe/Paris"}[r.IntN(2)]
		}
	case 2:
		p.Expertise, p.Sectors, p.Markets, p.Name = like.Expertise, like.Sectors, like.Markets, like.Name
	case 3:
		p.Reliability, p.Organization, p.Formats, p.Stages = []int{-1, 0, 400_000, 1_000_000}[r.IntN(4)], like.Organization, like.Formats, like.Stages
	}
	must(t, s.UpdateProfile(t.Context(), "", row))
}

// sameAdvice compares an advisor's advice with that from the whole profiles.
func sameAdvice(t *testing.T, a *Advisor, s *stored) {
	t.Helper()
	mentees, err := s.Profiles(t.Context(), s.programme.ID, models.RoleMentee)
	must(t, err)
	mentors, err := s.Profiles(t.Context(), s.programme.ID, models.RoleMentor, models.ProfileApproved, models.ProfileWaiting)
	must(t, err)
	m, err := Prepare(People{Mentors: models.Engine(mentors), Mentees: models.Engine(mentees)}, MatchOptions{Settings: DefaultSettings(), Seed: adviceSeed})
	must(t, err)
	for i := range mentees {
		want := Suggested{Compared: len(mentors)}
		want.Mentors, want.Refused, err = m.Advise(mentees[i].Profile.ID, 20, adviceWords)
		must(t, err)
		got, err := a.Suggest(t.Context(), &mentees[i], 20, adviceWords)
		must(t, err)
		if diff := cmp.Diff(&want, got); diff != "" {
			t.Fatalf("advice of %s (-want +got):\n%s", mentees[i].Profile.ID, diff)
		}
	}
}

// TestAdvisorStartsOnce asks at once from many goroutines: one roster is made.
func TestAdvisorStartsOnce(t *testing.T) {
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		at, row := NewAdvisor(s.Store).programme(s.programme.ID), s.mentee(t)
		rosters := make([]*roster, 12)
		var wait sync.WaitGroup
		for i := range rosters {
			wait.Go(func() {
				r, _, err := at.current(t.Context(), row)
				if rosters[i] = r; err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		for _, r := range rosters {
			if r == nil || r != rosters[0] {
				t.Fatalf("rosters %p and %p", r, rosters[0])
			}
		}
	})
}

// TestAdvisorWhileMaking asks while a roster is being made.
func TestAdvisorWhileMaking(t *testing.T) {
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		a, row := NewAdvisor(s.Store), s.mentee(t)
		at := a.programme(s.programme.ID)
		hurried, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer stop()
		at.turn <- struct{}{} // somebody is at it
		_, err := a.Suggest(hurried, row, 3, adviceWords)
		if !errors.As(err, new(*NotReady)) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("without any roster: %v", err)
		}
		<-at.turn
		before, err := a.Suggest(t.Context(), row, 3, adviceWords)
		must(t, err)
		old := at.roster.Load()

		s.setSettings(t, `{"weights":{"needs":100,"sector":0,"market":0,"language":0,"time":0,"stage":0,"style":0,"reliability":0,"load":0}}`)
		at.turn <- struct{}{}
		best, err := s.ProfileByCode(t.Context(), s.programme.ID, before.Mentors[0].Mentor)
		must(t, err)
		_, err = s.MoveProfile(t.Context(), "", best.UID, models.ProfilePause)
		must(t, err)
		got, err := a.Suggest(t.Context(), row, 2, adviceWords)
		must(t, err)
		if diff := cmp.Diff([]string{before.Mentors[1].Mentor, before.Mentors[2].Mentor}, []string{got.Mentors[0].Mentor, got.Mentors[1].Mentor}); diff != "" {
			t.Errorf("by the old roster, without who paused (-want +got):\n%s", diff)
		}
		abroad := *row
		abroad.Profile.TimeZone = "Asia/Tokyo"
		abroad.Profile.Slots = []models.Slot{{Day: 2, From: 600, To: 900}}
		hurried, stop = context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer stop()
		if _, err := a.Suggest(hurried, &abroad, 2, adviceWords); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("with another time zone: %v", err)
		}
		<-at.turn

		got, err = a.Suggest(t.Context(), row, 2, adviceWords)
		must(t, err)
		made := at.roster.Load()
		if made == old || len(got.Mentors[0].Lines) == len(before.Mentors[0].Lines) {
			t.Errorf("the new settings are not used: %v", got.Mentors[0])
		}
		_, err = a.Suggest(t.Context(), &abroad, 2, adviceWords)
		must(t, err)
		elsewhere := *row
		elsewhere.Profile.TimeZone, elsewhere.Profile.Slots = "Europe/Paris", abroad.Profile.Slots
		_, err = a.Suggest(t.Context(), &elsewhere, 2, adviceWords)
		must(t, err)
		both := at.roster.Load()
		for _, who := range []*models.ProfileRow{&abroad, &elsewhere, row} {
			_, err = a.Suggest(t.Context(), who, 2, adviceWords)
			must(t, err)
		}
		if both == made || at.roster.Load() != both {
			t.Error("a time zone was forgotten")
		}
	})
}

// TestAdvisorMisses hides changes from whoever looks at times only.
func TestAdvisorMisses(t *testing.T) {
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		a := NewAdvisor(s.Store)
		at := a.programme(s.programme.ID)
		row := s.mentee(t)
		suggest := func() *Suggested {
			t.Helper()
			out, err := a.Suggest(t.Context(), row, 3, adviceWords)
			must(t, err)
			return out
		}
		mentors := suggest().Compared
		made := at.roster.Load()
		hide := func(mentor int, before time.Duration) {
			t.Helper()
			last, err := s.LastChange(t.Context(), s.programme.ID)
			must(t, err)
			must(t, s.Gorm.Exec("UPDATE profiles SET state = 'paused', version = version + 1, updated_at = ? WHERE programme_id = ? AND code = ?",
				last.Add(-before), s.programme.ID, s.Mentors[mentor].ID).Error)
		}
		hide(0, time.Second)
		if got := suggest().Compared; got != mentors-1 || at.roster.Load() != made {
			t.Errorf("a change that was stored late: %d mentors, want %d", got, mentors-1)
		}
		hide(1, time.Hour)
		if got := suggest().Compared; got != mentors-1 {
			t.Errorf("a change of long ago was seen at once: %d mentors", got)
		}
		made.checked = time.Time{}
		if got := suggest().Compared; got != mentors-2 || at.roster.Load() == made {
			t.Errorf("after all was compared: %d mentors, want %d", got, mentors-2)
		}
		made = at.roster.Load()
		made.checked = time.Time{}
		if suggest(); at.roster.Load() != made {
			t.Error("made anew for nothing")
		}
	})
}

// TestAdvisorFails wants an error that says so, and advice again afterwards.
func TestAdvisorFails(t *testing.T) {
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		a, row := NewAdvisor(s.Store), s.mentee(t)
		fails := func(name string, p *models.ProfileRow) {
			t.Helper()
			_, err := a.Suggest(t.Context(), p, 3, adviceWords)
			if no, ok := errors.AsType[*NotReady](err); !ok || no.Programme != s.programme.ID || no.Err == nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		nowhere := *row
		nowhere.Profile.TimeZone, nowhere.Profile.Slots = "Atlantis/Capital", []models.Slot{{Day: 1, From: 0, To: 60}}
		fails("no such time zone", &nowhere)
		sameAdvice(t, a, s)
		fails("no such time zone, with a roster", &nowhere)
		sameAdvice(t, a, s)
		usual, err := s.Programme(t.Context(), s.programme.ID)
		must(t, err)
		s.setSettings(t, `{"weights":5}`)
		fails("settings that cannot be read", row)
		s.setSettings(t, usual.Settings)
		sameAdvice(t, a, s)
		must(t, s.Gorm.Exec("UPDATE profiles SET stages = '[' WHERE programme_id = ? AND code = ?", s.programme.ID, s.Mentors[0].ID).Error)
		fresh := NewAdvisor(s.Store)
		if _, err := fresh.Suggest(t.Context(), row, 3, adviceWords); !errors.As(err, new(*NotReady)) {
			t.Errorf("a row that cannot be read: %v", err)
		}
		must(t, s.Gorm.Exec("UPDATE profiles SET stages = '' WHERE programme_id = ? AND code = ?", s.programme.ID, s.Mentors[0].ID).Error)
		sameAdvice(t, fresh, s)
		gone, err := models.Open(t.Context(), s.dsn, time.Now)
		must(t, err)
		a = NewAdvisor(gone)
		_, err = a.Suggest(t.Context(), row, 3, adviceWords)
		must(t, err)
		must(t, gone.Close())
		fails("a database that is away", row)
	})
}

// mentee is the first mentee, as she is stored now.
func (s *stored) mentee(t testing.TB) *models.ProfileRow {
	t.Helper()
	row, err := s.ProfileByCode(t.Context(), s.programme.ID, s.Mentees[0].ID)
	must(t, err)
	return row
}

// setSettings changes the programme as no verb of the store does yet.
func (s *stored) setSettings(t testing.TB, settings string) {
	t.Helper()
	done := s.Gorm.Exec("UPDATE programmes SET settings = ?, version = version + 1 WHERE id = ?", settings, s.programme.ID)
	if must(t, done.Error); done.RowsAffected != 1 {
		t.Fatal(fmt.Sprint(done.RowsAffected, " programmes"))
	}
}

package models

import (
	"flag"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"
)

var rounds = flag.Int("rounds", 500, "how many times TestLastPlace has a place given away on each database")

// TestLastPlace lets 16 clients go for the last place of a mentor at once, on SQLite and PostgreSQL, so many rounds each:
// exactly one gets it, every other is told that there is a conflict, and the books agree.
func TestLastPlace(t *testing.T) {
	const clients = 16
	stores(t, func(t *testing.T, s *Store) {
		f := build(t, s, clients, 1, 1)
		offers := published(t, f)
		mentor := f.mentors[0].UID
		begin := time.Now()
		for round := range *rounds {
			// Half of the offers miss the mentor's yes, half the mentee's.
			must(t, s.Gorm.Transaction(func(g *gorm.DB) error {
				must(t, g.Exec("UPDATE profiles SET used = 0 WHERE id = ?", mentor).Error)
				for i, o := range offers {
					state := OfferAcceptedByMentee
					if i%2 == 1 {
						state = OfferAcceptedByMentor
					}
					must(t, g.Exec("UPDATE offers SET state = ? WHERE id = ?", state, o.ID).Error)
				}
				return nil
			}))
			errs := make([]error, clients)
			var together sync.WaitGroup
			gate := make(chan struct{})
			for i, o := range offers {
				together.Go(func() {
					<-gate
					_, errs[i] = s.AcceptOffer(t.Context(), "", o.ID, []Role{RoleMentor, RoleMentee}[i%2])
				})
			}
			close(gate)
			together.Wait()
			won := 0
			for _, err := range errs {
				switch CodeOf(err) {
				case "":
					won++
				case CodeConflict:
				default:
					t.Fatalf("round %d: %v", round, err)
				}
			}
			var used, active int
			must(t, s.SQL.QueryRow("SELECT used FROM profiles WHERE role = 'mentor'").Scan(&used))
			must(t, s.SQL.QueryRow("SELECT count(*) FROM offers WHERE state = 'active'").Scan(&active))
			if won != 1 || used != 1 || active != 1 {
				t.Fatalf("round %d: %d clients won, %d places used, %d offers active; want 1 of each", round, won, used, active)
			}
		}
		t.Logf("%d rounds of %d clients in %v", *rounds, clients, time.Since(begin).Round(time.Millisecond))
	})
}

// TestOneMentorEach lets all mentors of one mentee accept at once: the mentee gets one.
func TestOneMentorEach(t *testing.T) {
	const mentors = 8
	stores(t, func(t *testing.T, s *Store) {
		f := build(t, s, 1, mentors, 1)
		published(t, f)
		first, err := s.Offers(t.Context(), f.round.ID)
		must(t, err)
		// A run pairs a mentee once; the other offers come from runs beside it, such as alternates after a decline.
		offers := []Offer{first[0]}
		for i, m := range f.mentors[1:] {
			run := Run{ID: newID(s.now()), RoundID: f.round.ID, State: RunQueued, Start: f.round.Start}
			must(t, s.Gorm.Create(&run).Error)
			pair := Pair{ID: newID(s.now()), RunID: run.ID, MenteeID: f.mentees[0].UID, MentorID: m.UID, MenteeRank: 2 + i, MentorRank: 1, Lines: "[]"}
			must(t, s.Gorm.Create(&pair).Error)
			must(t, s.Gorm.Model(&run).Update("state", RunCancelled).Error)
			o := Offer{ID: newID(s.now()), RoundID: f.round.ID, PairID: pair.ID, MenteeID: pair.MenteeID, MentorID: m.UID, ExpiresAt: first[0].ExpiresAt, Version: 1, State: OfferOffered}
			must(t, s.Gorm.Create(&o).Error)
			offers = append(offers, o)
		}
		must(t, s.Gorm.Exec("UPDATE offers SET state = 'accepted_by_mentee'").Error)
		errs := make([]error, mentors)
		var together sync.WaitGroup
		for i, o := range offers {
			together.Go(func() { _, errs[i] = s.AcceptOffer(t.Context(), "", o.ID, RoleMentor) })
		}
		together.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				wantCode(t, err, CodeConflict)
			}
		}
		var used int
		must(t, s.SQL.QueryRow("SELECT sum(used) FROM profiles").Scan(&used))
		if won != 1 || used != 1 {
			t.Errorf("%d mentors won, %d places used", won, used)
		}
	})
}

package jobs

import (
	"context"
	"testing"
	"time"

	"puente/models"
)

// TestUpkeep publishes a round of which nobody answers, and starts a process
// after the time for answers is over: the offers expire, the round is settled,
// and the mentees are free for the next one.
func TestUpkeep(t *testing.T) {
	stores(t, Population{Mentors: 5, Mentees: 5, Seed: 1}, func(t *testing.T, s *stored) {
		ctx := t.Context()
		run, err := s.CreateRun(ctx, "", s.round.ID, nil)
		must(t, err)
		m, err := RunNow(ctx, s.Store, run.ID, RunOptions{Workers: 1})
		must(t, err)
		offers, err := s.Publish(ctx, "", s.round.ID, run.ID)
		must(t, err)
		if len(offers) == 0 || len(offers) != len(m.Round.Pairs) {
			t.Fatalf("%d offers of %d pairs", len(offers), len(m.Round.Pairs))
		}
		engaged, promised, err := s.Engaged(ctx, s.programme.ID)
		must(t, err)
		if len(engaged) != len(offers) || !engaged[offers[0].MenteeID] || promised[offers[0].MentorID] == 0 {
			t.Errorf("%d mentees have an offer, %d are engaged", len(offers), len(engaged))
		}
		next := s.closedRound(t, "2", "")
		again, err := s.CreateRun(ctx, "", next.ID, nil)
		must(t, err)
		left, err := RunNow(ctx, s.Store, again.ID, RunOptions{Workers: 1})
		must(t, err)
		if len(left.Snapshot.Mentees) != len(s.Mentees)-len(offers) {
			t.Errorf("the next round has %d mentees, though %d of %d have an offer", len(left.Snapshot.Mentees), len(offers), len(s.Mentees))
		}

		later, err := models.Open(ctx, s.dsn, func() time.Time { return time.Now().Add(11 * 24 * time.Hour) })
		must(t, err)
		defer func() { must(t, later.Close()) }()
		q, err := NewQueue(later, QueueOptions{Workers: 1})
		must(t, err)
		must(t, q.Start(ctx))
		defer func() { must(t, q.Stop(context.WithoutCancel(ctx))) }()
		for {
			r, err := s.Round(ctx, s.round.ID)
			must(t, err)
			if r.State == models.RoundSettled {
				break
			}
			if ctx.Err() != nil {
				t.Fatalf("the round is %s", r.State)
			}
			time.Sleep(20 * time.Millisecond)
		}
		engaged, promised, err = s.Engaged(ctx, s.programme.ID)
		must(t, err)
		o, err := s.Offer(ctx, offers[0].ID)
		must(t, err)
		if len(engaged)+len(promised) != 0 || o.State != models.OfferExpired {
			t.Errorf("%d are engaged still; the offer is %s", len(engaged), o.State)
		}
	})
}

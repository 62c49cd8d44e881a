package models

import "testing"

// testGone publishes rounds whose people have gone, or are spoken for.
func testGone(t *testing.T, s *Store) {
	ctx := t.Context()
	f := build(t, s, 2, 2, 2)
	offers, err := s.Publish(ctx, "", f.round.ID, f.run(t).ID)
	must(t, err)
	next := Round{ProgrammeID: f.programme.ID, Name: "2027-2", Start: "2027-01-04", Seed: 7}
	must(t, s.CreateRound(ctx, "", &next))
	for _, e := range []RoundEvent{RoundStart, RoundClose} {
		_, err := s.MoveRound(ctx, "", next.ID, e)
		must(t, err)
	}
	f.round = next
	again := f.run(t)
	if _, err := s.Publish(ctx, "", next.ID, again.ID); CodeOf(err) != CodeConflict {
		t.Errorf("people who have an offer are offered again: %v", err)
	}
	mentees, promised, err := s.Engaged(ctx, f.programme.ID)
	must(t, err)
	sum := 0
	for _, n := range promised {
		sum += n
	}
	if len(mentees) != len(offers) || sum != len(offers) {
		t.Errorf("%d offers: %v, %v", len(offers), mentees, promised)
	}
	for i, event := range []ProfileEvent{ProfileWithdraw, ProfileBlock} {
		o := offers[i]
		who := []string{o.MenteeID, o.MentorID}[i]
		_, err := s.MoveProfile(ctx, "", who, event)
		must(t, err)
		got, err := s.Offer(ctx, o.ID)
		must(t, err)
		if got.State != OfferSuperseded {
			t.Errorf("after %s the offer is %s", event, got.State)
		}
		for _, side := range []Role{RoleMentee, RoleMentor} {
			if _, err := s.AcceptOffer(ctx, "", o.ID, side); CodeOf(err) != CodeConflict {
				t.Errorf("after %s the %s accepts: %v", event, side, err)
			}
		}
	}
	if _, err := s.Publish(ctx, "", next.ID, again.ID); CodeOf(err) != CodeConflict {
		t.Errorf("people who are gone are offered: %v", err)
	}
	n, err := s.SettleRounds(ctx)
	must(t, err)
	r, err := s.Round(ctx, offers[0].RoundID)
	must(t, err)
	if n != 1 || r.State != RoundSettled {
		t.Errorf("%d rounds settled; the round is %s", n, r.State)
	}
}

// testSecret remembers one secret and refuses another.
func testSecret(t *testing.T, s *Store) {
	for _, c := range []struct {
		print string
		code  ErrorCode
	}{{"first", ""}, {"first", ""}, {"other", CodeConflict}, {"first", ""}} {
		if err := s.KeepSecret(t.Context(), c.print); CodeOf(err) != c.code {
			t.Errorf("%s: %v", c.print, err)
		}
	}
}

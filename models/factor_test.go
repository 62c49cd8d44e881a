package models

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"
)

// withFactor is an account whose app was confirmed with the code of step 100, and that has recovery codes 1 to n.
func withFactor(t *testing.T, s *Store, email string, recovery ...int) *Account {
	t.Helper()
	ctx := t.Context()
	a := &Account{Email: email, Role: AccountStaff, Lang: "fr"}
	must(t, s.CreateAccount(ctx, "", a))
	must(t, s.BeginFactor(ctx, a.ID, Sealed{sealedPrefix + "x"}))
	f, err := s.Factor(ctx, a.ID)
	must(t, err)
	hashes := make([]string, len(recovery))
	for i, n := range recovery {
		hashes[i] = linkHash(n)
	}
	must(t, s.ConfirmFactor(ctx, f, 100, hashes, "", said))
	return a
}

// TestFactor plays the life of a second factor in the store.
func TestFactor(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		ctx, now := t.Context(), time.Now()
		s.now = func() time.Time { return now.UTC().Truncate(time.Microsecond) }
		outbox(t, s)
		a := &Account{Email: "a@example.org", Role: AccountStaff, Lang: "fr"}
		must(t, s.CreateAccount(ctx, "", a))
		must(t, s.CreateSession(ctx, &Session{IDHash: linkHash(1), AccountID: a.ID}))
		must(t, s.CreateSession(ctx, &Session{IDHash: linkHash(8), AccountID: a.ID}))
		must(t, s.BeginFactor(ctx, a.ID, Sealed{sealedPrefix + "old"}))
		old, err := s.Factor(ctx, a.ID)
		must(t, err)
		wantCode(t, s.TakeProof(ctx, a.ID, Proof{Step: 5}), CodeUnproven) // it was not confirmed
		now = now.Add(time.Second)
		must(t, s.BeginFactor(ctx, a.ID, Sealed{sealedPrefix + "new"}))
		wantCode(t, s.ConfirmFactor(ctx, old, 100, nil, "", said), CodeNotFound)
		f, err := s.Factor(ctx, a.ID)
		must(t, err)
		now = now.Add(factorWaiting)
		_, err = s.Factor(ctx, a.ID)
		wantCode(t, err, CodeNotFound)
		now = now.Add(-factorWaiting)
		must(t, s.ConfirmFactor(ctx, f, 100, []string{linkHash(1), linkHash(2)}, linkHash(1), said))
		if left, err := s.Sessions(ctx, a.ID); err != nil || len(left) != 1 || left[0].IDHash != linkHash(1) {
			t.Errorf("sessions of before: %+v %v", left, err)
		}
		wantCode(t, s.ConfirmFactor(ctx, f, 101, nil, "", said), CodeNotFound)
		wantCode(t, s.BeginFactor(ctx, a.ID, Sealed{sealedPrefix + "x"}), CodeConflict)
		if a, err = s.Account(ctx, a.ID); err != nil || a.FactorAt == nil || !a.FactorAt.Equal(s.now()) {
			t.Fatalf("%+v %v", a, err)
		}

		for step, want := range map[int64]ErrorCode{99: CodeUnproven, 100: CodeUnproven} {
			wantCode(t, s.TakeProof(ctx, a.ID, Proof{Step: step}), want)
		}
		must(t, s.TakeProof(ctx, a.ID, Proof{Step: 102}))
		wantCode(t, s.TakeProof(ctx, a.ID, Proof{Step: 101}), CodeUnproven)
		must(t, s.TakeProof(ctx, a.ID, Proof{Recovery: linkHash(1)}))
		wantCode(t, s.TakeProof(ctx, a.ID, Proof{Recovery: linkHash(1)}), CodeUnproven)
		wantCode(t, s.TakeProof(ctx, "somebody else", Proof{Recovery: linkHash(2)}), CodeUnproven)
		left := func(want int) {
			t.Helper()
			if n, err := s.RecoveryLeft(ctx, a.ID); err != nil || n != want {
				t.Errorf("%d recovery codes: %v", n, err)
			}
		}
		left(1)
		wantCode(t, s.RenewRecovery(ctx, a.ID, Proof{Step: 102}, []string{linkHash(3)}), CodeUnproven)
		left(1)
		must(t, s.RenewRecovery(ctx, a.ID, Proof{Step: 103}, []string{linkHash(3), linkHash(4), linkHash(5)}))
		left(3)
		wantCode(t, s.TakeProof(ctx, a.ID, Proof{Recovery: linkHash(2)}), CodeUnproven)

		wantCode(t, s.RemoveFactor(ctx, Actor(a.ID), a.ID, nil, said), CodeUnproven)
		wantCode(t, s.RemoveFactor(ctx, Actor(a.ID), a.ID, &Proof{Step: 1}, said), CodeUnproven)
		must(t, s.RemoveFactor(ctx, Actor(a.ID), a.ID, &Proof{Recovery: linkHash(3)}, said))
		left(0)
		if _, err := s.SignedIn(ctx, linkHash(1)); err != nil {
			t.Errorf("who turned it off is signed out: %v", err)
		}
		must(t, s.RemoveFactor(ctx, Actor(a.ID), a.ID, nil, said)) // there is none
		var kinds []MailKind
		mails, err := s.Mails(ctx, 0, 10)
		must(t, err)
		for _, m := range mails {
			kinds = append(kinds, m.Kind)
		}
		if slices.Sort(kinds); !slices.Equal(kinds, []MailKind{MailFactorAdded, MailFactorRemoved}) {
			t.Errorf("mails: %v", kinds)
		}
		log, err := s.AuditLog(ctx, "accounts", a.ID)
		must(t, err)
		var actions []string
		for _, e := range log {
			actions = append(actions, e.Action)
		}
		slices.Sort(actions) // they are of one instant
		want := []string{"account.create", "account.factor_add", "account.factor_remove", "account.recovery_new", "account.recovery_used", "account.recovery_used", "session.create", "session.create"}
		if !slices.Equal(actions, want) {
			t.Errorf("audit log: %q", actions)
		}
	})
}

// TestHalfSessions signs in to an account with a second factor: no way in but a proof.
func TestHalfSessions(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		ctx, now := t.Context(), time.Now()
		s.now = func() time.Time { return now.UTC().Truncate(time.Microsecond) }
		outbox(t, s)
		a := withFactor(t, s, "a@example.org", 1, 2, 3)
		half := &Session{IDHash: linkHash(10), AccountID: a.ID}
		must(t, s.CreateSession(ctx, half))
		if who, err := s.HalfSession(ctx, linkHash(10)); !half.Half || err != nil || who.ID != a.ID {
			t.Errorf("half: %v, %v", half.Half, err)
		}
		_, err := s.SignedIn(ctx, linkHash(10))
		wantCode(t, err, CodeNotFound)
		if all, err := s.Sessions(ctx, a.ID); err != nil || len(all) != 0 {
			t.Errorf("sessions: %v %v", all, err)
		}
		wantCode(t, s.CreateSession(ctx, &Session{IDHash: linkHash(11), AccountID: a.ID, Kind: SessionProgram}), CodeUnproven)
		must(t, s.CreateSession(ctx, &Session{IDHash: linkHash(12), AccountID: a.ID, Kind: SessionProgram, Proof: &Proof{Step: 101}}))

		whole := func(proof *Proof) *Session { return &Session{IDHash: linkHash(13), Proof: proof} }
		wantCode(t, s.CompleteSession(ctx, linkHash(10), whole(nil)), CodeUnproven)
		wantCode(t, s.CompleteSession(ctx, linkHash(10), whole(&Proof{Step: 101})), CodeUnproven)
		must(t, s.CompleteSession(ctx, linkHash(10), whole(&Proof{Step: 102})))
		wantCode(t, s.CompleteSession(ctx, linkHash(10), whole(&Proof{Step: 103})), CodeNotFound)
		in, err := s.SignedIn(ctx, linkHash(13))
		if err != nil || in.Account.ID != a.ID || in.Session.ExpiresAt.Sub(now) < time.Hour {
			t.Errorf("%+v %v", in, err)
		}

		begin := func(n int) { must(t, s.CreateSession(ctx, &Session{IDHash: linkHash(n), AccountID: a.ID})) }
		gone := func(n int) {
			t.Helper()
			_, err := s.HalfSession(ctx, linkHash(n))
			wantCode(t, err, CodeNotFound)
		}
		begin(20)
		now = now.Add(halfLife)
		gone(20)
		wantCode(t, s.CompleteSession(ctx, linkHash(20), whole(&Proof{Step: 200})), CodeNotFound)
		begin(21)
		must(t, s.SetPassword(ctx, "", a.ID, "hash", "", nil))
		gone(21)
		begin(22)
		must(t, s.CreateLink(ctx, "", &Link{IDHash: linkHash(30), Purpose: LinkReset, AccountID: &a.ID}))
		reset := &Session{IDHash: linkHash(31)}
		_, err = s.UseLink(ctx, linkHash(30), LinkUse{Password: "other", Session: reset, Compose: said})
		if err != nil || !reset.Half {
			t.Errorf("a new password takes the place of the second factor: %v", err)
		}
		gone(22)
		b := withFactor(t, s, "b@example.org", 7)
		must(t, s.CreateSession(ctx, &Session{IDHash: linkHash(40), AccountID: b.ID}))
		must(t, s.CreateSession(ctx, &Session{IDHash: linkHash(41), AccountID: b.ID, Proof: &Proof{Recovery: linkHash(7)}}))
		must(t, s.RemoveFactor(ctx, Actor(a.ID), b.ID, nil, said))
		gone(40)
		_, err = s.SignedIn(ctx, linkHash(41))
		wantCode(t, err, CodeNotFound)
		begin(50)
		_, err = s.Disable(ctx, "", a.ID)
		must(t, err)
		gone(50)
	})
}

// TestFactorRace lets many come with one proof, and with one half session: one is served.
func TestFactorRace(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		outbox(t, s)
		const many = 8
		for round := range 5 {
			recovery := []int{1000*round + 1, 1000*round + 2}
			for n := range many {
				recovery = append(recovery, 1000*round+10+n)
			}
			a := withFactor(t, s, string(rune('a'+round))+"@example.org", recovery...)
			race := func(what string, each func(n int) error) {
				t.Helper()
				var wait sync.WaitGroup
				errs := make([]error, many)
				for n := range many {
					wait.Go(func() { errs[n] = each(n) })
				}
				wait.Wait()
				served := 0
				for _, err := range errs {
					switch CodeOf(err) {
					case "":
						served++
					case CodeUnproven, CodeNotFound:
					default:
						t.Errorf("%s: %v", what, err)
					}
				}
				if served != 1 {
					t.Errorf("%s: %d were served", what, served)
				}
			}
			ctx := context.Background()
			race("one code", func(int) error { return s.TakeProof(ctx, a.ID, Proof{Step: 101}) })
			race("one recovery code", func(int) error { return s.TakeProof(ctx, a.ID, Proof{Recovery: linkHash(recovery[0])}) })
			race("one code, several sessions", func(n int) error {
				return s.CreateSession(ctx, &Session{IDHash: linkHash(1000*round + 100 + n), AccountID: a.ID, Proof: &Proof{Step: 102}})
			})
			half := linkHash(1000*round + 200)
			must(t, s.CreateSession(ctx, &Session{IDHash: half, AccountID: a.ID}))
			race("one half session", func(n int) error {
				return s.CompleteSession(ctx, half, &Session{IDHash: linkHash(1000*round + 300 + n), Proof: &Proof{Recovery: linkHash(recovery[2+n])}})
			})
			if left, err := s.RecoveryLeft(ctx, a.ID); err != nil || left != many { // whoever came too late keeps the code
				t.Errorf("%d recovery codes are left: %v", left, err)
			}
		}
		var halves int64
		must(t, s.Gorm.Model(&HalfSession{}).Where("1 = 1").Count(&halves).Error)
		if halves != 0 {
			t.Errorf("%d half sessions are left", halves)
		}
	})
}

package models

import (
	"context"
	"sync"
	"testing"
	"time"
)

// sessionStore is a store whose clock stands until it is moved, with two
// accounts: of somebody who takes part and of staff.
func sessionStore(t *testing.T, s *Store) (now *time.Time, person, staff *Account) {
	t.Helper()
	now = new(time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC))
	s.now = func() time.Time { return *now }
	person, staff = &Account{Email: "a@example.org", Role: AccountMentor, Lang: "fr"}, &Account{Email: "b@example.org", Role: AccountStaff, Lang: "en"}
	must(t, s.CreateAccount(t.Context(), "", person))
	must(t, s.CreateAccount(t.Context(), "", staff))
	return now, person, staff
}

// TestSessionLives holds every session to both its lives: it ends when it is
// not used, and at the latest however often it is.
func TestSessionLives(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		now, person, staff := sessionStore(t, s)
		n := 0
		for kind, lives := range SessionLives {
			for _, c := range []struct {
				who  *Account
				life SessionLife
			}{{person, lives.People}, {staff, lives.Staff}} {
				there := func(hash string, want bool) {
					t.Helper()
					in, err := s.SignedIn(t.Context(), hash)
					if want != (err == nil) {
						t.Errorf("%s of %s after %v: %v", kind, c.who.Role, now, err)
					}
					if err == nil {
						must(t, s.UseSession(t.Context(), &in.Session))
					}
				}
				begin := func() (hash string) {
					n++
					hash = linkHash(n)
					must(t, s.CreateSession(t.Context(), &Session{IDHash: hash, AccountID: c.who.ID, Kind: kind}))
					return hash
				}
				unused, used := begin(), begin()
				began := *now
				*now = began.Add(c.life.Idle - time.Microsecond)
				there(used, true)
				*now = began.Add(c.life.Idle)
				there(unused, false)
				for now.Sub(began) < c.life.Whole-c.life.Idle/2 {
					there(used, true)
					*now = now.Add(c.life.Idle / 2)
				}
				*now = began.Add(c.life.Whole)
				there(used, false)
			}
		}
		if _, err := s.DeleteExpiredSessions(t.Context()); err != nil {
			t.Error(err)
		}
		var left int64
		must(t, s.Gorm.Model(&Session{}).Count(&left).Error)
		if left != 0 {
			t.Errorf("%d sessions are left", left)
		}
	})
}

// TestRefresh takes the tokens of a session one after the other; an old one that
// comes again ends the session, and all that is left of it.
func TestRefresh(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		now, person, _ := sessionStore(t, s)
		begin := func(n int) {
			must(t, s.CreateSession(ctx, &Session{IDHash: linkHash(n), AccountID: person.ID, Kind: SessionProgram, Refresh: linkHash(n + 1)}))
		}
		begin(10)
		begin(500)
		for n := range 5 {
			*now = now.Add(time.Hour)
			got, err := s.Refresh(ctx, linkHash(11+n), linkHash(12+n))
			if err != nil || got.IDHash != linkHash(10) || got.AccountID != person.ID {
				t.Fatalf("%+v %v", got, err)
			}
		}
		for _, unknown := range []string{linkHash(99), "", linkHash(10)} { // the session's own hash is no token
			_, err := s.Refresh(ctx, unknown, linkHash(98))
			wantCode(t, err, CodeNotFound)
		}
		_, err := s.Refresh(ctx, linkHash(13), linkHash(97))
		wantCode(t, err, CodeNotFound)
		_, err = s.SignedIn(ctx, linkHash(10))
		wantCode(t, err, CodeNotFound)
		_, err = s.Refresh(ctx, linkHash(16), linkHash(96)) // the newest one
		wantCode(t, err, CodeNotFound)
		log, err := s.AuditLog(ctx, "accounts", person.ID)
		if err != nil || log[len(log)-1].Action != "session.reuse" {
			t.Errorf("%+v %v", log, err)
		}
		if _, err := s.SignedIn(ctx, linkHash(500)); err != nil {
			t.Errorf("another session: %v", err)
		}
		*now = now.Add(SessionLives[SessionProgram].People.Idle)
		_, err = s.Refresh(ctx, linkHash(501), linkHash(502))
		wantCode(t, err, CodeNotFound)
		var tokens int64
		_, err = s.DeleteExpiredSessions(ctx)
		must(t, err)
		must(t, s.Gorm.Model(&RefreshToken{}).Count(&tokens).Error)
		if tokens != 0 {
			t.Errorf("%d tokens of ended sessions are left", tokens)
		}
	})
}

// TestRefreshTogether sends one refresh token many times at once: one is
// served, and nothing of the session works afterwards.
func TestRefreshTogether(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		a := &Account{Email: "a@example.org", Role: AccountMentor, Lang: "fr"}
		must(t, s.CreateAccount(t.Context(), "", a))
		for round := range 5 {
			base := 1000 * (round + 1)
			must(t, s.CreateSession(t.Context(), &Session{IDHash: linkHash(base), AccountID: a.ID, Kind: SessionProgram, Refresh: linkHash(base + 1)}))
			var together sync.WaitGroup
			var lock sync.Mutex
			served := 0
			for n := range 8 {
				together.Go(func() {
					if _, err := s.Refresh(context.Background(), linkHash(base+1), linkHash(base+2+n)); err == nil {
						lock.Lock()
						defer lock.Unlock()
						served++
					} else if CodeOf(err) != CodeNotFound {
						t.Error(err)
					}
				})
			}
			together.Wait()
			_, err := s.SignedIn(t.Context(), linkHash(base))
			if served != 1 || CodeOf(err) != CodeNotFound {
				t.Errorf("%d were served, and then %v", served, err)
			}
		}
	})
}

// TestEndSessions ends them one by one, all but one, and with what changes an
// account; nobody ends somebody else's.
func TestEndSessions(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		_, person, staff := sessionStore(t, s)
		begin := func(who *Account, n int) *Session {
			session := &Session{IDHash: linkHash(n), AccountID: who.ID}
			must(t, s.CreateSession(ctx, session))
			return session
		}
		left := func(want ...int) {
			t.Helper()
			all, err := s.Sessions(ctx, person.ID)
			must(t, err)
			there := map[string]bool{}
			for _, one := range all {
				there[one.IDHash] = true
			}
			for _, n := range want {
				if !there[linkHash(n)] {
					t.Errorf("%d has ended", n)
				}
			}
			if len(all) != len(want) {
				t.Errorf("%d sessions are left, not %d", len(all), len(want))
			}
		}
		first, theirs := begin(person, 1), begin(staff, 50)
		begin(person, 2)
		begin(person, 3)
		wantCode(t, s.EndSession(ctx, person.ID, theirs.ID), CodeNotFound)
		wantCode(t, s.EndSession(ctx, person.ID, "no id"), CodeNotFound)
		must(t, s.EndSession(ctx, person.ID, first.ID))
		wantCode(t, s.EndSession(ctx, person.ID, first.ID), CodeNotFound)
		left(2, 3)
		must(t, s.EndSessions(ctx, Actor(person.ID), person.ID, linkHash(3)))
		left(3)
		begin(person, 4)
		must(t, s.SetPassword(ctx, Actor(person.ID), person.ID, "hash", linkHash(4), nil))
		left(4)
		begin(person, 5)
		programme := &Programme{Name: "Puente", Locale: "es"}
		must(t, s.CreateProgramme(ctx, "", programme))
		begins := func(side Role, _ *ProfileRow) *ProfileRow {
			return &ProfileRow{ProgrammeID: programme.ID, State: ProfileDraft, Profile: Profile{Role: side, ID: "E-1"}}
		}
		must(t, s.SetSides(ctx, person.ID, linkHash(5), AccountEntrepreneur, false, begins))
		left(5)
		must(t, s.EndSessions(ctx, "", person.ID, ""))
		left()
		if _, err := s.SignedIn(ctx, theirs.IDHash); err != nil {
			t.Errorf("somebody else's session: %v", err)
		}
	})
}

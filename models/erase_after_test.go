package models

import (
	"context"
	"database/sql"
	"testing"
	"time"
)

// TestNothingAfterErasure does what a request that was signed in before would do: nothing of it is stored.
func TestNothingAfterErasure(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			dsn := newDSN(t, kind)
			s := openStore(t, dsn)
			_, err := s.Migrate(t.Context())
			must(t, err)
			f := newSubject(t, s, dsn)
			_, err = s.EraseAccount(t.Context(), "", f.account.ID, composed)
			must(t, err)
			staff := f.erasedStaff(t)
			before := dump(t, s)
			for _, c := range f.late(staff) {
				if err := c.write(t.Context()); CodeOf(err) != c.want {
					t.Errorf("%s: %v, want %s", c.name, err, c.want)
				}
				after := dump(t, s)
				for _, row := range append(without(after, before), without(before, after)...) {
					t.Errorf("%s has changed %s", c.name, row)
				}
				before = after
			}
		})
	}
}

// erasedStaff is a member of staff who was erased.
func (f *subject) erasedStaff(t *testing.T) string {
	t.Helper()
	a := &Account{Email: "gone@example.org", Role: AccountStaff, Lang: "en", VerifiedAt: new(f.now())}
	must(t, f.CreateAccount(t.Context(), "", a))
	_, err := f.EraseAccount(t.Context(), "", a.ID, composed)
	must(t, err)
	return a.ID
}

// lateWrite is a verb that stores something of a person, and what it is to answer.
type lateWrite struct {
	name  string
	want  ErrorCode
	write func(ctx context.Context) error
}

// late are the verbs for somebody who was erased, with what was read of her before.
func (f *subject) late(staff string) []lateWrite {
	return append(f.lateOfAccount(staff), f.lateOfProfile()...)
}

func (f *subject) lateOfAccount(staff string) []lateWrite {
	id, by, later := f.account.ID, Actor(f.account.ID), f.now().Add(time.Hour)
	ask := Ask{Link: markHash("late link"), Lang: "fr", Compose: composed}
	provider := &Provider{ID: newID(f.now()), Issuer: "https://late.example.org"}
	factor := &Factor{AccountID: id, CreatedAt: f.now()}
	challenge := &PasskeyChallenge{IDHash: markHash("late"), AccountID: &id, Name: "late", Session: "{}"}
	passkey := &Passkey{KeyID: "late", AccountID: id, Name: "late", Credential: "{}"}
	key := &APIKey{KeyHash: markHash("late"), Prefix: "late", AccountID: id, Name: "late", Scopes: "[]", ExpiresAt: later}
	begin := func(side Role, _ *ProfileRow) *ProfileRow { return f.newRow(side) }
	return []lateWrite{
		{"SetPassword", CodeNotFound, func(ctx context.Context) error { return f.SetPassword(ctx, by, id, "late", "", composed) }},
		{"SetPassword without a mail", CodeNotFound, func(ctx context.Context) error { return f.SetPassword(ctx, by, id, "late", "", nil) }},
		{"SetSides", CodeNotFound, func(ctx context.Context) error { return f.SetSides(ctx, id, "", AccountMentor, true, begin) }},
		{"Enable", CodeConflict, func(ctx context.Context) error { _, err := f.Enable(ctx, "", id); return err }},
		{"AskEmail", CodeNotFound, func(ctx context.Context) error { return f.AskEmail(ctx, f.account, "late@example.org", ask) }},
		{"AskEmail of somebody else's", CodeNotFound, func(ctx context.Context) error { return f.AskEmail(ctx, f.account, "other@example.org", ask) }},
		{"CreateLink", CodeNotFound, func(ctx context.Context) error {
			return f.CreateLink(ctx, by, &Link{IDHash: markHash("late"), Purpose: LinkReset, AccountID: &id})
		}},
		{"InviteAgain", CodeConflict, func(ctx context.Context) error { return f.InviteAgain(ctx, "", staff, ask) }},
		{"CreateKey", CodeNotFound, func(ctx context.Context) error { return f.CreateKey(ctx, key) }},
		{"CreateSession", CodeConflict, func(ctx context.Context) error {
			return f.CreateSession(ctx, &Session{IDHash: markHash("late"), AccountID: id, Device: "late"})
		}},
		{"CompleteSession", CodeNotFound, func(ctx context.Context) error {
			return f.CompleteSession(ctx, markHash("half"), &Session{IDHash: markHash("late"), Proof: &Proof{Step: 9}})
		}},
		{"Grant", CodeInvalid, func(ctx context.Context) error {
			return f.Grant(ctx, "", &Grant{AccountID: staff, Role: GrantManager, ProgrammeID: &f.programme.ID})
		}},
		{"LinkIdentity", CodeNotFound, func(ctx context.Context) error { return f.LinkIdentity(ctx, id, provider, "late") }},
		{"BeginFactor", CodeNotFound, func(ctx context.Context) error { return f.BeginFactor(ctx, id, Sealed{"sealed1:late"}) }},
		{"ConfirmFactor", CodeNotFound, func(ctx context.Context) error {
			return f.ConfirmFactor(ctx, factor, 9, []string{markHash("late")}, "", composed)
		}},
		{"RenewRecovery", CodeUnproven, func(ctx context.Context) error {
			return f.RenewRecovery(ctx, id, Proof{Step: 9}, []string{markHash("late")})
		}},
		{"CreateChallenge", CodeNotFound, func(ctx context.Context) error { return f.CreateChallenge(ctx, challenge) }},
		{"CreatePasskey", CodeNotFound, func(ctx context.Context) error { return f.CreatePasskey(ctx, passkey, composed) }},
	}
}

// newRow is a profile that the subject would begin.
func (f *subject) newRow(side Role) *ProfileRow {
	return &ProfileRow{
		ProgrammeID: f.programme.ID, AccountID: &f.account.ID,
		Profile: Profile{Role: side, ID: "late-" + side.String(), Name: mark("late"), Country: "MX", Reliability: -1},
	}
}

func (f *subject) lateOfProfile() []lateWrite {
	by, id := Actor(f.account.ID), f.profile.UID
	agreement := Agreement{PurposeAudit, "1", "fr", map[string]string{"woman": "late"}}
	nobody := f.mentors[1] // a profile that no account has
	old := *f.profile
	old.Profile.Country = "CA"
	read := func(ctx context.Context) (*ProfileRow, error) {
		p, err := f.Profile(ctx, id)
		if err == nil {
			p.Profile.Name, p.Profile.Country, p.Profile.Capacity = mark("late"), "CA", 3
		}
		return p, err
	}
	withRead := func(write func(ctx context.Context, p *ProfileRow) error) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			p, err := read(ctx) // after the erasure: its version is the newest
			if err != nil {
				return err
			}
			return write(ctx, p)
		}
	}
	return []lateWrite{
		{"SaveProfiles of a new one", CodeNotFound, func(ctx context.Context) error {
			return f.SaveProfiles(ctx, by, []*ProfileRow{f.newRow(RoleMentee)}, nil)
		}},
		{"SaveProfiles", CodeNotFound, withRead(func(ctx context.Context, p *ProfileRow) error { return f.SaveProfiles(ctx, by, nil, []*ProfileRow{p}) })},
		{"UpdateProfile", CodeNotFound, withRead(func(ctx context.Context, p *ProfileRow) error { return f.UpdateProfile(ctx, by, p) })},
		{"UpdateProfile of what was read before", CodeNotFound, func(ctx context.Context) error { return f.UpdateProfile(ctx, by, &old) }},
		{"OrderWishes", CodeNotFound, withRead(func(ctx context.Context, p *ProfileRow) error {
			p.Profile.Role = RoleMentee
			return f.OrderWishes(ctx, by, p, []string{nobody.Profile.ID})
		})},
		{"SetHome", CodeNotFound, withRead(func(ctx context.Context, p *ProfileRow) error {
			var home string
			if err := f.Gorm.Model(&Organization{}).Limit(1).Pluck("id", &home).Error; err != nil {
				return err
			}
			return f.SetHome(ctx, "", p, &home)
		})},
		{"MoveProfile", CodeNotFound, func(ctx context.Context) error { _, err := f.MoveProfile(ctx, by, id, ProfileSubmit); return err }},
		{"ClaimProfile", CodeNotFound, func(ctx context.Context) error { return f.ClaimProfile(ctx, by, nobody.UID, f.account.ID) }},
		{"SaveOwnership", CodeNotFound, func(ctx context.Context) error { return f.SaveOwnership(ctx, by, f.vault, id, agreement) }},
		{"AddOwnership", CodeNotFound, func(ctx context.Context) error {
			_, err := f.AddOwnership(ctx, by, f.vault, map[string]Agreement{id: agreement})
			return err
		}},
		{"WithdrawConsent", CodeNotFound, func(ctx context.Context) error { return f.WithdrawConsent(ctx, by, id, PurposeAudit) }},
		{"SaveWords", CodeNotFound, func(ctx context.Context) error {
			return f.SaveWords(ctx, by, id, mark("late"), WordsAgreement{"1", "fr"}, func(*sql.Tx) error { return nil })
		}},
		{"Alone", CodeNotFound, func(ctx context.Context) error { return f.Alone(ctx, id, func(context.Context) error { return nil }) }},
	}
}

// erasedWhile begins to erase the owner of E-3 while somebody else is at the round, and does something before that one is
// through; only PostgreSQL lets several write.
func erasedWhile(t *testing.T, f *fixture, meanwhile func(round *Store)) {
	t.Helper()
	ctx := t.Context()
	a := &Account{Email: "m@example.org", Role: AccountEntrepreneur, Lang: "en", VerifiedAt: new(f.now())}
	must(t, f.CreateAccount(ctx, "", a))
	must(t, f.ClaimProfile(ctx, "", f.mentees[2].UID, a.ID)) // E-3
	tx := f.Gorm.Begin()
	defer func() { _ = tx.Rollback().Error }()
	must(t, tx.Exec("SELECT 1 FROM rounds WHERE id = ? FOR UPDATE", f.round.ID).Error)
	done := make(chan error, 1)
	go func() { _, err := f.EraseAccount(ctx, "", a.ID, nil); done <- err }()
	waitBlocked(t, f.Store, 1)
	meanwhile(&Store{Gorm: tx})
	must(t, tx.Commit().Error)
	must(t, <-done)
}

// waitBlocked waits until so many wait for a lock of the database.
func waitBlocked(t *testing.T, s *Store, want int) {
	t.Helper()
	for range 1000 {
		var n int
		must(t, s.Gorm.Raw("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&n).Error)
		if n >= want {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("nobody waits")
}

// waitingStore is a PostgreSQL one with a round.
func waitingStore(t *testing.T) *fixture {
	t.Helper()
	s := openStore(t, newDSN(t, "postgres"))
	_, err := s.Migrate(t.Context())
	must(t, err)
	return build(t, s, 3, 2, 1)
}

// TestErasureBeforeStart lets a run start while somebody is being erased: it reads its people after that.
func TestErasureBeforeStart(t *testing.T) {
	ctx, f := t.Context(), waitingStore(t)
	runs, err := f.CreateRuns(ctx, "", f.round.ID, []RunWish{{Label: "a"}}, nil)
	must(t, err)
	type read struct {
		people []ProfileRow
		err    error
	}
	started := make(chan read, 1)
	erasedWhile(t, f, func(*Store) {
		go func() { // as a worker does
			_, err := f.StartRun(ctx, runs[0].ID)
			people, also := f.Profiles(ctx, f.programme.ID, RoleMentee, ProfileWaiting)
			if err == nil {
				err = also
			}
			started <- read{people, err}
		}()
		waitBlocked(t, f.Store, 2)
	})
	r := <-started
	must(t, r.err)
	if len(r.people) != 2 || r.people[1].Profile.ID != "E-2" {
		t.Errorf("the worker has read %d people", len(r.people))
	}
	if run, err := f.Run(ctx, runs[0].ID); err != nil || run.State != RunRunning {
		t.Errorf("%+v, %v", run, err)
	}
}

// TestErasureOfNewRun erases somebody whom a run has read that was asked for and started meanwhile.
func TestErasureOfNewRun(t *testing.T) {
	ctx, f := t.Context(), waitingStore(t)
	var run *Run
	erasedWhile(t, f, func(other *Store) {
		r, err := f.newRun(&f.round, RunWish{Label: "late"})
		must(t, err)
		r.State, r.StartedAt, run = RunRunning, new(f.now()), r
		must(t, other.Gorm.Create(r).Error)
		must(t, other.Gorm.Exec("UPDATE rounds SET state = ? WHERE id = ?", RoundSolving, f.round.ID).Error)
	})
	solved := f.solved()
	solved.Pairs, solved.Snapshot = solved.Pairs[:2], `{"mentees":[{"id":"E-3"}]}`
	wantCode(t, f.FinishRun(ctx, run.ID, solved), CodeConflict)
	if r, err := f.Run(ctx, run.ID); err != nil || r.State != RunFailed || r.Reason != RunErased || r.Snapshot == solved.Snapshot {
		t.Errorf("%+v, %v", r, err)
	}
}

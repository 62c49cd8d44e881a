package models

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// outbox keeps what a store writes, to be read.
func outbox(t *testing.T, s *Store) {
	t.Helper()
	vault, err := NewVault(newKey())
	must(t, err)
	s.Outbox = &Outbox{Seal: vault}
}

// said is the letter of a kind as tests see it.
func said(kind MailKind, lang string) Letter { return Letter{Subject: string(kind) + " " + lang} }

// lastMail is the newest mail: to whom and what.
func lastMail(t *testing.T, s *Store) string {
	t.Helper()
	all, err := s.Mails(t.Context(), 0, 1)
	must(t, err)
	if len(all) == 0 {
		return ""
	}
	l, err := s.Letter(&all[0])
	must(t, err)
	return all[0].Address + " " + l.Subject
}

var sessions struct {
	sync.Mutex

	n int
}

// newSession is a session that no other has.
func newSession(s *Store) *Session {
	sessions.Lock()
	defer sessions.Unlock()
	sessions.n++
	return &Session{IDHash: fmt.Sprintf("%064d", sessions.n), ExpiresAt: s.now().Add(24 * time.Hour)}
}

func linkHash(n int) string { return fmt.Sprintf("%064x", n) }

// testLinks takes links of every purpose through what ends them.
func testLinks(t *testing.T, s *Store) {
	ctx := t.Context()
	now := time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC)
	s.now = func() time.Time { return now }
	outbox(t, s)
	n := 0
	for purpose, life := range LinkLives {
		if purpose == LinkVerify {
			continue // has no account; see testSignUps
		}
		t.Run(string(purpose), func(t *testing.T) {
			a := Account{Email: string(purpose) + "@example.org", Role: AccountAdmin, Lang: "fr"}
			must(t, s.CreateAccount(ctx, "", &a))
			link := func() string {
				n++
				l := &Link{IDHash: linkHash(n), Purpose: purpose, AccountID: &a.ID}
				if purpose == LinkEmail {
					l.Email = fmt.Sprintf("new%d@example.org", n)
				}
				must(t, s.CreateLink(ctx, "", l))
				if !l.ExpiresAt.Equal(now.Add(life)) || life > time.Hour && purpose != LinkDemo {
					t.Errorf("works until %v", l.ExpiresAt)
				}
				return l.IDHash
			}
			use := func(hash string) error {
				_, err := s.UseLink(ctx, hash, LinkUse{Password: "hash", Session: newSession(s), Compose: said})
				return err
			}
			often := purpose == LinkDemo
			first, second := link(), link()
			want := func(what, hash string, works bool) {
				t.Helper()
				code := CodeNotFound
				if works {
					code = ""
				}
				_, err := s.Link(ctx, hash)
				wantCode(t, err, code)
				if err := use(hash); CodeOf(err) != code {
					t.Errorf("%s: %v", what, err)
				}
			}
			want("a newer one ended it", first, often)
			want("the newest", second, true)
			want("again", second, often)
			want("nobody's", linkHash(1<<40), false)
			late := link()
			now = now.Add(life)
			want("its time is over", late, false)
			want("asked for anew", link(), true)
		})
	}
	must(t, s.DeleteOldLinks(ctx))
}

// testLinksTogether uses one link many times at once: one is signed in.
func testLinksTogether(t *testing.T, s *Store) {
	a := Account{Email: "a@example.org", Role: AccountAdmin, Lang: "fr"}
	must(t, s.CreateAccount(t.Context(), "", &a))
	for round := range 5 {
		var making sync.WaitGroup
		for i := range 4 {
			making.Go(func() {
				l := &Link{IDHash: linkHash(round*100 + i), Purpose: LinkSignIn, AccountID: &a.ID}
				if err := s.CreateLink(context.Background(), "", l); err != nil {
					t.Error(err)
				}
			})
		}
		making.Wait()
		works := 0
		var hash string
		for i := range 4 {
			if _, err := s.Link(t.Context(), linkHash(round*100+i)); err == nil {
				works++
				hash = linkHash(round*100 + i)
			}
		}
		if works != 1 {
			t.Fatalf("%d links of one purpose work", works)
		}
		var using sync.WaitGroup
		var mu sync.Mutex
		used := 0
		for range 8 {
			using.Go(func() {
				_, err := s.UseLink(context.Background(), hash, LinkUse{Session: newSession(s)})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					used++
				} else if CodeOf(err) != CodeNotFound {
					t.Error(err)
				}
			})
		}
		using.Wait()
		if used != 1 {
			t.Errorf("a link was used %d times", used)
		}
	}
}

// testLinkEffects wants of each purpose what it says, and nothing else.
func testLinkEffects(t *testing.T, s *Store) {
	ctx := t.Context()
	outbox(t, s)
	a := Account{Email: "a@example.org", Role: AccountAdmin, Lang: "fr"}
	must(t, s.CreateAccount(ctx, "", &a))
	n := 0
	use := func(purpose LinkPurpose, email, password string) (*Account, error) {
		n++
		must(t, s.CreateLink(ctx, "", &Link{IDHash: linkHash(n), Purpose: purpose, AccountID: &a.ID, Email: email}))
		_, err := s.UseLink(ctx, linkHash(n), LinkUse{Password: password, Session: newSession(s), Compose: said})
		got, e := s.Account(ctx, a.ID)
		must(t, e)
		return got, err
	}
	_, err := use(LinkInvite, "", "")
	wantCode(t, err, CodeInvalid)
	if got, err := use(LinkDemo, "", ""); err != nil || got.VerifiedAt != nil {
		t.Errorf("a demonstration proves an address: %v %v", got, err)
	}
	if got, err := use(LinkInvite, "", "first"); err != nil || got.PasswordHash != "first" || got.VerifiedAt == nil || lastMail(t, s) != "" {
		t.Errorf("invited: %+v %v", got, err)
	}
	if got, err := use(LinkSignIn, "", "second"); err != nil || got.PasswordHash != "first" {
		t.Errorf("signing in changed the password: %+v %v", got, err)
	}
	_, err = use(LinkReset, "", "")
	wantCode(t, err, CodeInvalid)
	old := newSession(s)
	old.AccountID = a.ID
	must(t, s.CreateSession(ctx, old))
	must(t, s.CreateLink(ctx, "", &Link{IDHash: linkHash(900), Purpose: LinkSignIn, AccountID: &a.ID}))
	if got, err := use(LinkReset, "", "second"); err != nil || got.PasswordHash != "second" || lastMail(t, s) != "a@example.org password_changed fr" {
		t.Errorf("reset: %+v %v, and %s", got, err, lastMail(t, s))
	}
	ended := func() {
		t.Helper()
		_, err := s.SignedIn(ctx, old.IDHash)
		wantCode(t, err, CodeNotFound)
		_, err = s.Link(ctx, linkHash(900))
		wantCode(t, err, CodeNotFound)
	}
	ended()
	must(t, s.CreateSession(ctx, old))
	must(t, s.CreateLink(ctx, "", &Link{IDHash: linkHash(900), Purpose: LinkReset, AccountID: &a.ID}))
	if got, err := use(LinkEmail, "B@ñandú.example", "third"); err != nil || got.Email != "B@xn--and-6ma2c.example" || got.PasswordHash != "second" || lastMail(t, s) != "a@example.org email_changed fr" {
		t.Errorf("new address: %+v %v, and %s", got, err, lastMail(t, s))
	}
	ended()
	must(t, s.CreateAccount(ctx, "", &Account{Email: "c@example.org", Role: AccountMentor, Lang: "en"}))
	_, err = use(LinkEmail, "c@example.org", "")
	wantCode(t, err, CodeNotFound)
}

// testSignUps signs people up, whose addresses are known or not.
func testSignUps(t *testing.T, s *Store) {
	ctx := t.Context()
	now := time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC)
	s.now = func() time.Time { return now }
	outbox(t, s)
	programme := Programme{Name: "P", Locale: "es"}
	must(t, s.CreateProgramme(ctx, "", &programme))
	must(t, s.CreateAccount(ctx, "", &Account{Email: "known@example.org", Role: AccountMentor, Lang: "fr", PasswordHash: "hers"}))
	n := 0
	ask := func(lang string) Ask {
		n++
		now = now.Add(time.Second) // so that the newest mail is the last
		return Ask{linkHash(n), lang, said}
	}
	up := func(email, password string) *SignUp {
		return &SignUp{Email: email, Role: AccountEntrepreneur, BothSides: true, Lang: "es", PasswordHash: password, Name: "Lucía", Country: "MX"}
	}
	verify := func(link int, password string) (*Account, error) {
		row := &ProfileRow{ProgrammeID: programme.ID, Profile: Profile{Role: RoleMentee, ID: fmt.Sprintf("E-%d", link), Reliability: -1}}
		return s.UseLink(ctx, linkHash(link), LinkUse{Password: password, Session: newSession(s), Profiles: []*ProfileRow{row}})
	}
	wantCode(t, s.AskSignUp(ctx, up("root@localhost", "x"), ask("es")), CodeInvalid)
	wantCode(t, s.AskSignUp(ctx, up("a@b", "x"), ask("es")), CodeInvalid)

	must(t, s.AskSignUp(ctx, up("KNOWN@example.org", "x"), ask("es")))
	if got := lastMail(t, s); got != "known@example.org known fr" {
		t.Errorf("wrote %s", got)
	}
	must(t, s.AskLink(ctx, "nobody@example.org", LinkReset, ask("en")))
	if got := lastMail(t, s); got != "nobody@example.org stranger en" {
		t.Errorf("wrote %s", got)
	}
	must(t, s.AskSignUp(ctx, up("lucia@example.org", "first"), ask("en")))
	first := n
	if got := lastMail(t, s); got != "lucia@example.org verify es" {
		t.Errorf("wrote %s", got)
	}
	_, err := s.AccountByEmail(ctx, "lucia@example.org")
	wantCode(t, err, CodeNotFound)
	must(t, s.AskSignUp(ctx, up("Lucia@Example.org", "second"), ask("en")))
	_, err = verify(first, "")
	wantCode(t, err, CodeNotFound)
	must(t, s.AskLink(ctx, "lucia@example.org", LinkSignIn, ask("en")))
	if got := lastMail(t, s); got != "Lucia@example.org verify es" {
		t.Errorf("wrote %s", got)
	}
	a, err := verify(n, "")
	must(t, err)
	if a.PasswordHash != "second" || a.VerifiedAt == nil || len(a.Sides()) != 2 || a.Lang != "es" {
		t.Errorf("%+v", a)
	}
	profiles, err := s.ProfilesOf(ctx, a.ID)
	if err != nil || len(profiles) != 1 || profiles[0].State != ProfileDraft {
		t.Errorf("%v %v", profiles, err)
	}
	_, err = s.SignUp(ctx, "lucia@example.org")
	wantCode(t, err, CodeNotFound)
	must(t, s.AskLink(ctx, "lucia@example.org", LinkReset, ask("en")))
	if got := lastMail(t, s); got != "Lucia@example.org reset es" {
		t.Errorf("wrote %s", got)
	}

	must(t, s.AskSignUp(ctx, up("thief@example.org", "the thief's"), ask("en")))
	if a, err = verify(n, "the owner's"); err != nil || a.PasswordHash != "the owner's" {
		t.Errorf("%+v %v", a, err)
	}

	key := strings.Repeat("a", 64) // the network gets back the mail of a sign-up that was confirmed, once
	hour := map[string]Budget{key: {Free: 1, First: time.Hour, Most: time.Hour}}
	tried := func(want bool) {
		t.Helper()
		if wait, err := s.Try(ctx, hour); err != nil || (wait == 0) != want {
			t.Errorf("waits %v: %v", wait, err)
		}
	}
	tried(true)
	room := up("room@example.org", "x")
	room.Network = key
	must(t, s.AskSignUp(ctx, room, ask("en")))
	tried(false)
	_, err = verify(n, "")
	must(t, err)
	tried(true)
	_, err = verify(n, "")
	wantCode(t, err, CodeNotFound)
	tried(false)

	_, err = s.Disable(ctx, "", a.ID)
	must(t, err)
	for name, asked := range map[string]error{
		"sign-up": s.AskSignUp(ctx, up("THIEF@example.org", "x"), ask("en")), "link": s.AskLink(ctx, "thief@example.org", LinkSignIn, ask("en")),
		"reset": s.AskLink(ctx, "thief@example.org", LinkReset, ask("en")),
	} {
		must(t, asked)
		if got := lastMail(t, s); got != "thief@example.org disabled es" {
			t.Errorf("%s: wrote %s", name, got)
		}
	}
	var opens int64
	if err := s.Gorm.Model(&Link{}).Where("account_id = ?", a.ID).Count(&opens).Error; err != nil || opens != 0 {
		t.Errorf("%d links lead to a disabled account: %v", opens, err)
	}
	_, err = s.SignUp(ctx, "thief@example.org")
	wantCode(t, err, CodeNotFound)

	must(t, s.AskSignUp(ctx, up("late@example.org", "x"), ask("en")))
	now = now.Add(signUpLife)
	must(t, s.DeleteOldLinks(ctx))
	_, err = s.SignUp(ctx, "late@example.org")
	wantCode(t, err, CodeNotFound)
}

// testInvites invites staff, whose addresses are known or not.
func testInvites(t *testing.T, s *Store) {
	ctx := t.Context()
	outbox(t, s)
	must(t, s.CreateAccount(ctx, "", &Account{Email: "known@example.org", Role: AccountMentor, Lang: "fr"}))
	for i, c := range []struct{ email, wrote string }{
		{"new@example.org", "new@example.org invite es"},
		{"NEW@example.org", "new@example.org invite es"},
		{"known@example.org", "known@example.org invited_known fr"},
	} {
		must(t, s.Invite(ctx, "", &Account{Email: c.email, Role: AccountStaff, Lang: "es"}, nil, Ask{linkHash(i), "es", said}))
		if got := lastMail(t, s); got != c.wrote {
			t.Errorf("%s: wrote %s", c.email, got)
		}
	}
	_, err := s.UseLink(ctx, linkHash(0), LinkUse{Password: "x", Session: newSession(s)})
	wantCode(t, err, CodeNotFound)
	a, err := s.UseLink(ctx, linkHash(1), LinkUse{Password: "x", Session: newSession(s)})
	if err != nil || a.Role != AccountStaff {
		t.Errorf("%v %v", a, err)
	}
	must(t, s.Invite(ctx, "", &Account{Email: "new@example.org", Role: AccountAdmin, Lang: "es"}, nil, Ask{linkHash(3), "es", said}))
	if got := lastMail(t, s); got != "new@example.org invited_known es" {
		t.Errorf("wrote %s", got)
	}
}

// testUnverified wants nothing of an account whose address is not proven among
// what staff see.
func testUnverified(t *testing.T, s *Store) {
	ctx := t.Context()
	programme := Programme{Name: "P", Locale: "es"}
	must(t, s.CreateProgramme(ctx, "", &programme))
	a := Account{Email: "a@example.org", Role: AccountEntrepreneur, BothSides: true, Lang: "fr"}
	must(t, s.CreateAccount(ctx, "", &a))
	row := func(side Role, code string, state ProfileState) *ProfileRow {
		return &ProfileRow{ProgrammeID: programme.ID, AccountID: &a.ID, State: state, Profile: Profile{Role: side, ID: code, Reliability: -1}}
	}
	draft, waiting := row(RoleMentee, "E-1", ProfileDraft), row(RoleMentor, "M-1", ProfileWaiting)
	must(t, s.SaveProfiles(ctx, "", []*ProfileRow{draft}, nil))
	must(t, s.SaveProfiles(ctx, "", []*ProfileRow{waiting}, nil)) // past the pages
	_, err := s.MoveProfile(ctx, "", draft.UID, ProfileSubmit)
	wantCode(t, err, CodeConflict)
	seen := func() (n int) {
		counts, err := s.CountProfiles(ctx, People{Programme: programme.ID, Homes: Homes{Any: true}})
		must(t, err)
		for _, side := range []Role{RoleMentee, RoleMentor} {
			rows, err := s.Profiles(ctx, programme.ID, side)
			must(t, err)
			n += len(rows)
		}
		for _, c := range counts {
			n += c
		}
		return n
	}
	if n := seen(); n != 0 {
		t.Errorf("%d profiles of an unproven address are seen", n)
	}
	must(t, s.CreateLink(ctx, "", &Link{IDHash: linkHash(1), Purpose: LinkSignIn, AccountID: &a.ID}))
	_, err = s.UseLink(ctx, linkHash(1), LinkUse{Session: newSession(s)})
	must(t, err)
	if n := seen(); n != 4 {
		t.Errorf("%d of 2 profiles are seen, twice", n)
	}
	_, err = s.MoveProfile(ctx, "", draft.UID, ProfileSubmit)
	must(t, err)
	wantCode(t, s.SetSides(ctx, a.ID, "", AccountMentor, false, nil), CodeConflict)
}

// testSides changes how somebody takes part, and keeps both sides apart.
func testSides(t *testing.T, s *Store) {
	ctx := t.Context()
	programme := Programme{Name: "P", Locale: "es"}
	must(t, s.CreateProgramme(ctx, "", &programme))
	a := Account{Email: "a@example.org", Role: AccountEntrepreneur, Lang: "fr"}
	must(t, s.CreateAccount(ctx, "", &a))
	n := 0
	begin := func(side Role, old *ProfileRow) *ProfileRow {
		n++
		p := &ProfileRow{ProgrammeID: programme.ID, Profile: Profile{Role: side, ID: fmt.Sprintf("P-%d", n), Reliability: -1}}
		if old != nil {
			p.Profile.Name = old.Profile.Name
		}
		return p
	}
	sides := func() (out []string) {
		rows, err := s.ProfilesOf(ctx, a.ID)
		must(t, err)
		for _, r := range rows {
			out = append(out, r.Profile.Role.String()+" "+r.Profile.Name+" "+strings.Join(r.Profile.Conflicts, ";"))
		}
		return out
	}
	want := func(what string, texts ...string) {
		t.Helper()
		if got := sides(); strings.Join(got, ", ") != strings.Join(texts, ", ") {
			t.Errorf("%s: %q", what, got)
		}
	}
	must(t, s.SetSides(ctx, a.ID, "", AccountEntrepreneur, false, begin))
	want("begun", "mentee  ")
	rows, err := s.ProfilesOf(ctx, a.ID)
	must(t, err)
	rows[0].Profile.Name = "Lucía"
	must(t, s.UpdateProfile(ctx, "", &rows[0]))
	must(t, s.SetSides(ctx, a.ID, "", AccountMentor, true, begin))
	want("both", "mentee Lucía ", "mentor Lucía P-1")
	rows, err = s.ProfilesOf(ctx, a.ID)
	must(t, err)
	rows[1].Profile.Conflicts = nil
	must(t, s.UpdateProfile(ctx, "", &rows[1]))
	want("kept apart", "mentee Lucía ", "mentor Lucía P-1")
	must(t, s.SetSides(ctx, a.ID, "", AccountMentor, false, begin))
	want("one again", "mentor Lucía P-1")
	staff := Account{Email: "s@example.org", Role: AccountStaff, Lang: "fr"}
	must(t, s.CreateAccount(ctx, "", &staff))
	wantCode(t, s.SetSides(ctx, staff.ID, "", AccountMentor, false, begin), CodeDenied)
	wantCode(t, s.SetSides(ctx, a.ID, "", AccountAdmin, false, begin), CodeDenied)
	wantCode(t, s.SetSides(ctx, "nobody", "", AccountMentor, false, begin), CodeNotFound)
}

// testNoOutbox wants an error, and nothing stored, where nothing takes mails.
func testNoOutbox(t *testing.T, s *Store) {
	up := &SignUp{Email: "a@example.org", Role: AccountMentor, Lang: "es", PasswordHash: "x"}
	if err := s.AskSignUp(t.Context(), up, Ask{linkHash(1), "es", said}); err == nil || CodeOf(err) != CodeInternal {
		t.Errorf("%v", err)
	}
	if _, err := s.SignUp(t.Context(), "a@example.org"); CodeOf(err) != CodeNotFound || errors.Is(err, context.Canceled) {
		t.Errorf("half a sign-up: %v", err)
	}
}

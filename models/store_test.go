package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
)

// fixture is a programme with people, and a round of it.
type fixture struct {
	*Store
	programme Programme
	mentees   []*ProfileRow // E-1, E-2 …
	mentors   []*ProfileRow // M-1, M-2 …
	round     Round
}

// build fills a store with a programme, people who wait and a round that is closed.
func build(t testing.TB, s *Store, mentees, mentors, capacity int) *fixture {
	t.Helper()
	ctx := context.Background()
	f := &fixture{Store: s, programme: Programme{Name: "Programa", Locale: "es"}}
	must(t, s.CreateProgramme(ctx, "", &f.programme))
	for i := range mentees {
		f.mentees = append(f.mentees, &ProfileRow{ProgrammeID: f.programme.ID, State: ProfileWaiting, Profile: Profile{
			Role: RoleMentee, ID: fmt.Sprintf("E-%d", i+1), Country: "MX", Needs: []Need{{"rules_of_origin", 1}}, Reliability: -1,
		}})
	}
	for i := range mentors {
		f.mentors = append(f.mentors, &ProfileRow{ProgrammeID: f.programme.ID, State: ProfileWaiting, Profile: Profile{
			Role: RoleMentor, ID: fmt.Sprintf("M-%d", i+1), Country: "CA", Capacity: capacity, Reliability: -1,
		}})
	}
	must(t, s.SaveProfiles(ctx, "", f.mentees, nil))
	must(t, s.SaveProfiles(ctx, "", f.mentors, nil))
	f.round = Round{ProgrammeID: f.programme.ID, Name: "2027-1", Start: "2027-01-04", Seed: 7}
	must(t, s.CreateRound(ctx, "", &f.round))
	for _, e := range []RoundEvent{RoundStart, RoundClose} {
		_, err := s.MoveRound(ctx, "", f.round.ID, e)
		must(t, err)
	}
	return f
}

// solved is a result that pairs mentee i with mentor i modulo their number.
func (f *fixture) solved() *Solved {
	out := &Solved{EngineVersion: "1", SettingsHash: "s", SnapshotHash: "h", Snapshot: `{"mentees": []}`, Result: "{\n \"pairs\": \"ñ\"\n}\n", Score: 12}
	for i, e := range f.mentees {
		out.Pairs = append(out.Pairs, SolvedPair{
			Mentee: e.Profile.ID, Mentor: f.mentors[i%len(f.mentors)].Profile.ID, Score: int64(1000 - i), MenteeRank: 1, MentorRank: 1 + i, Lines: `[{"factor": "topics"}]`,
		})
	}
	return out
}

// run takes the fixture's round to a finished run.
func (f *fixture) run(t testing.TB) *Run {
	t.Helper()
	ctx := context.Background()
	run, err := f.CreateRun(ctx, "", f.round.ID, nil)
	must(t, err)
	_, err = f.StartRun(ctx, run.ID)
	must(t, err)
	must(t, f.FinishRun(ctx, run.ID, f.solved()))
	run, err = f.Run(ctx, run.ID)
	must(t, err)
	return run
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantCode fails unless an error has a code.
func wantCode(t testing.TB, err error, code ErrorCode) {
	t.Helper()
	if got := CodeOf(err); got != code {
		t.Errorf("got code %q, want %q: %v", got, code, err)
	}
}

func TestStoreSuite(t *testing.T) {
	suite := []struct {
		name string
		test func(t *testing.T, s *Store)
	}{
		{"accounts", testAccounts},
		{"sessions", testSessions},
		{"links", testLinks},
		{"links used together", testLinksTogether},
		{"what links do", testLinkEffects},
		{"sign-ups", testSignUps},
		{"invitations", testInvites},
		{"unproven addresses", testUnverified},
		{"sides", testSides},
		{"no outbox", testNoOutbox},
		{"throttles", testThrottles},
		{"throttles together", testThrottlesTogether},
		{"passwords", testPasswords},
		{"profiles", testProfiles},
		{"an update is whole or stale", testUpdateProfile},
		{"settings are whole or stale", testUpdateSettings},
		{"many profiles are saved, or none", testSaveProfiles},
		{"wishes", testWishes},
		{"bad texts", testBadTexts},
		{"transactions", testTransactions},
		{"ownership answers", testOwnership},
		{"ownership answers of many", testAddOwnership},
		{"a run", testRun},
		{"a run that comes to nothing", testEndRun},
		{"runs side by side", testSideBySide},
		{"append only", testAppendOnly},
		{"constraints", testConstraints},
		{"publish and accept", testAccept},
		{"competing offers", testCompeting},
		{"no place", testNoPlace},
		{"decline and expire", testDecline},
		{"conflicts", testConflicts},
		{"people who are gone", testGone},
		{"an installation's secret", testSecret},
		{"no values in errors of ours", testErrorsNameNobody},
	}
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			newDSN(t, kind) // skips all at once where there is no database
			for _, c := range suite {
				t.Run(c.name, func(t *testing.T) {
					s := openStore(t, newDSN(t, kind))
					_, err := s.Migrate(t.Context())
					must(t, err)
					c.test(t, s)
				})
			}
		})
	}
}

func testAccounts(t *testing.T, s *Store) {
	ctx := t.Context()
	a := Account{Email: "  Ana.Nunez@Núñez.example ", Role: AccountEntrepreneur, Lang: "es"}
	must(t, s.CreateAccount(ctx, "", &a))
	for _, email := range []string{"Ana.Nunez@Núñez.example", "ANA.NUNEZ@NÚÑEZ.EXAMPLE", "ana.nunez@nu\u0301n\u0303ez.example", "ana.nunez@xn--nez-7ma8b.example"} {
		got, err := s.AccountByEmail(ctx, email)
		must(t, err)
		if diff := cmp.Diff(a, *got); diff != "" {
			t.Errorf("%s: %s", email, diff)
		}
		twice := Account{Email: email, Role: AccountMentor, Lang: "en"}
		wantCode(t, s.CreateAccount(ctx, "", &twice), CodeConflict)
	}
	got, err := s.Account(ctx, a.ID)
	must(t, err)
	if got.CreatedAt.Location() != time.UTC || got.CreatedAt.Nanosecond()%1000 != 0 {
		t.Errorf("created at %v", got.CreatedAt)
	}
	_, err = s.Account(ctx, "")
	wantCode(t, err, CodeNotFound)
	_, err = s.AccountByEmail(ctx, "nobody@example.org")
	wantCode(t, err, CodeNotFound)
	wantCode(t, s.CreateAccount(ctx, "", &Account{Email: "b@example.org", Role: "root", Lang: "en"}), CodeInvalid)
	wantCode(t, s.CreateAccount(ctx, "", &Account{Email: "b@example.org", Role: AccountStaff, Lang: "de"}), CodeInvalid)
	wantCode(t, s.CreateAccount(ctx, "", &Account{Email: "@", Role: AccountStaff, Lang: "en"}), CodeInvalid)
	log, err := s.AuditLog(ctx, "accounts", a.ID)
	must(t, err)
	if len(log) != 1 || log[0].Action != "account.create" || log[0].ActorID != nil || strings.Contains(log[0].Details, "@") {
		t.Errorf("audit log: %+v", log)
	}
}

func testSessions(t *testing.T, s *Store) {
	ctx := t.Context()
	now := time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC)
	s.now = func() time.Time { return now }
	a := Account{Email: "a@example.org", Role: AccountMentor, Lang: "fr"}
	must(t, s.CreateAccount(ctx, "", &a))
	hash := strings.Repeat("a", 64)
	must(t, s.CreateSession(ctx, &Session{IDHash: hash, AccountID: a.ID, ExpiresAt: now.Add(time.Hour).In(time.FixedZone("", -6*3600))}))
	got, err := s.SignedIn(ctx, hash)
	must(t, err)
	if got.Account.ID != a.ID {
		t.Errorf("account %s, want %s", got.Account.ID, a.ID)
	}
	wantCode(t, s.CreateSession(ctx, &Session{IDHash: "short", AccountID: a.ID, ExpiresAt: now.Add(time.Hour)}), CodeInvalid)
	wantCode(t, s.CreateSession(ctx, &Session{IDHash: strings.Repeat("b", 64), AccountID: "nobody", ExpiresAt: now.Add(time.Hour)}), CodeNotFound)
	now = now.Add(time.Hour)
	_, err = s.SignedIn(ctx, hash)
	wantCode(t, err, CodeNotFound)
	n, err := s.DeleteExpiredSessions(ctx)
	must(t, err)
	if n != 1 {
		t.Errorf("%d sessions had expired, want 1", n)
	}
	must(t, s.DeleteSession(ctx, hash))
}

func testPasswords(t *testing.T, s *Store) {
	ctx := t.Context()
	a := Account{Email: "a@example.org", Role: AccountAdmin, Lang: "fr"}
	must(t, s.CreateAccount(ctx, "", &a))
	has, err := s.HasAdmin(ctx)
	if err != nil || has {
		t.Errorf("an administrator without a password counts: %v %v", has, err)
	}
	keep, end := strings.Repeat("a", 64), strings.Repeat("b", 64)
	for _, hash := range []string{keep, end} {
		must(t, s.CreateSession(ctx, &Session{IDHash: hash, AccountID: a.ID, ExpiresAt: time.Now().Add(time.Hour)}))
	}
	must(t, s.SetPassword(ctx, Actor(a.ID), a.ID, "hash", keep, nil))
	has, err = s.HasAdmin(ctx)
	if err != nil || !has {
		t.Errorf("no administrator: %v %v", has, err)
	}
	_, err = s.SignedIn(ctx, keep)
	wantCode(t, err, "")
	_, err = s.SignedIn(ctx, end)
	wantCode(t, err, CodeNotFound)
	wantCode(t, s.SetPassword(ctx, "", "nobody", "hash", "", nil), CodeNotFound)
}

// fullProfile has something in every field.
func fullProfile(id string) Profile {
	v := Vocabularies()
	code, _ := v.Code("311941", "MX")
	return Profile{
		Role: RoleMentor, ID: id, Name: "Salsas \"del\" Valle; ñ 你好", Country: "MX", Region: "MX-OAX", TimeZone: "America/Mexico_City",
		Languages: []LanguageLevel{{"es", "native"}, {"en", "B1"}}, Sectors: []Code{code}, Slots: []Slot{{1, 540, 720}}, Cadence: "biweekly",
		Formats: []string{"video"}, Organization: "Cámara", Conflicts: []string{"M-9"}, Wishes: []string{"M-2", "M-1"}, Targets: []string{"CA", "US-TX"},
		Needs: []Need{{"rules_of_origin", 1}}, Stage: "first_sale", MinOverlap: 60, Expertise: []Expertise{{"labelling_language", 3, "CA"}},
		Markets: []Market{{"CA", 2}}, Stages: []string{"exploring"}, Capacity: 3, Taken: 1, Paused: true, Reliability: 950_000, Synthetic: true,
	}
}

func testProfiles(t *testing.T, s *Store) {
	ctx := t.Context()
	p := Programme{Name: "P", Locale: "en"}
	must(t, s.CreateProgramme(ctx, "", &p))
	var want []Profile
	for _, id := range []string{"b", "B", "a", "ñ"} {
		row := ProfileRow{ProgrammeID: p.ID, Profile: fullProfile(id)}
		must(t, s.SaveProfiles(ctx, "", []*ProfileRow{&row}, nil))
		got, err := s.Profile(ctx, row.UID)
		must(t, err)
		if diff := cmp.Diff(row, *got); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
		want = append(want, row.Profile)
	}
	empty := ProfileRow{ProgrammeID: p.ID, State: ProfileWaiting, Profile: Profile{Role: RoleMentee, ID: "E", Reliability: -1}}
	must(t, s.SaveProfiles(ctx, "", []*ProfileRow{&empty}, nil))
	rows, err := s.Profiles(ctx, p.ID, RoleMentor)
	must(t, err)
	if diff := cmp.Diff([]Profile{want[1], want[2], want[0], want[3]}, Engine(rows)); diff != "" {
		t.Errorf("profiles of the programme, by code: %s", diff)
	}
	rows, err = s.Profiles(ctx, p.ID, RoleMentee, ProfileWaiting, ProfilePaused)
	must(t, err)
	if diff := cmp.Diff([]ProfileRow{empty}, rows); diff != "" {
		t.Errorf("an empty profile: %s", diff)
	}
	if rows, err = s.Profiles(ctx, p.ID, RoleMentee, ProfileDraft); err != nil || len(rows) != 0 {
		t.Errorf("%d drafts, %v", len(rows), err)
	}
	wantCode(t, s.SaveProfiles(ctx, "", []*ProfileRow{{ProgrammeID: p.ID, Profile: fullProfile("a")}}, nil), CodeConflict)
	wantCode(t, s.SaveProfiles(ctx, "", []*ProfileRow{{ProgrammeID: "nowhere", Profile: fullProfile("a")}}, nil), CodeConflict)
	byCode, err := s.ProfileByCode(ctx, p.ID, "E")
	must(t, err)
	if byCode.UID != empty.UID {
		t.Errorf("by code: %s, want %s", byCode.UID, empty.UID)
	}
	to, err := s.MoveProfile(ctx, "", empty.UID, ProfilePause)
	must(t, err)
	if to != ProfilePaused {
		t.Errorf("paused: %s", to)
	}
	_, err = s.MoveProfile(ctx, "", empty.UID, ProfileSubmit)
	wantCode(t, err, CodeConflict)
	a := Account{Email: "a@example.org", Role: AccountEntrepreneur, Lang: "es", VerifiedAt: new(s.now())}
	must(t, s.CreateAccount(ctx, "", &a))
	must(t, s.ClaimProfile(ctx, Actor(a.ID), empty.UID, a.ID))
	wantCode(t, s.ClaimProfile(ctx, Actor(a.ID), empty.UID, a.ID), CodeStale)
	own, err := s.ProfilesOf(ctx, a.ID)
	must(t, err)
	if len(own) != 1 || own[0].UID != empty.UID {
		t.Errorf("own profiles: %+v", own)
	}
}

func testUpdateSettings(t *testing.T, s *Store) {
	ctx := t.Context()
	p := Programme{Name: "P", Locale: "en"}
	must(t, s.CreateProgramme(ctx, "", &p))
	old := Round{ProgrammeID: p.ID, Name: "old", Start: "2027-01-04"}
	must(t, s.CreateRound(ctx, "", &old))
	first, second := p, p
	first.Settings, second.Settings = `{"candidates":7}`, `{"candidates":8}`
	must(t, s.UpdateSettings(ctx, "", &first))
	got, err := s.Programme(ctx, p.ID)
	must(t, err)
	if diff := cmp.Diff(first, *got); diff != "" || got.Version != 2 || got.Settings != `{"candidates":7}` {
		t.Errorf("version %d, %s %s", got.Version, got.Settings, diff)
	}
	wantCode(t, s.UpdateSettings(ctx, "", &second), CodeStale)
	if second.Version != 1 {
		t.Errorf("a failed update changed the version to %d", second.Version)
	}
	second.ID = newID(s.now())
	wantCode(t, s.UpdateSettings(ctx, "", &second), CodeNotFound)
	first.Settings = "{"
	wantCode(t, s.UpdateSettings(ctx, "", &first), CodeInvalid)
	log, err := s.AuditLog(ctx, "programmes", p.ID)
	must(t, err)
	if len(log) != 2 || log[1].Action != "programme.settings" || !strings.Contains(log[1].Details, "candidates") {
		t.Errorf("the audit log says %+v", log)
	}
	kept, err := s.Round(ctx, old.ID)
	must(t, err)
	later := Round{ProgrammeID: p.ID, Name: "later", Start: "2027-01-04"}
	must(t, s.CreateRound(ctx, "", &later))
	if kept.Settings != "{}" || later.Settings != got.Settings {
		t.Errorf("a round has the settings %s, a later one %s", kept.Settings, later.Settings)
	}
}

func testUpdateProfile(t *testing.T, s *Store) {
	ctx := t.Context()
	p := Programme{Name: "P", Locale: "en"}
	must(t, s.CreateProgramme(ctx, "", &p))
	row := ProfileRow{ProgrammeID: p.ID, Profile: fullProfile("M")}
	must(t, s.SaveProfiles(ctx, "", []*ProfileRow{&row}, nil))
	first, second := row, row
	first.Profile = Profile{Role: RoleMentor, ID: "M", Capacity: 1, Taken: 1, Synthetic: true} // nearly all becomes zero
	must(t, s.UpdateProfile(ctx, "", &first))
	got, err := s.Profile(ctx, row.UID)
	must(t, err)
	if diff := cmp.Diff(first, *got); diff != "" {
		t.Errorf("after an update to zero values: %s", diff)
	}
	if got.Version != 2 {
		t.Errorf("version %d, want 2", got.Version)
	}
	wantCode(t, s.UpdateProfile(ctx, "", &second), CodeStale)
	if second.Version != 1 {
		t.Errorf("a failed update changed the version to %d", second.Version)
	}
	first.Profile.Capacity = 0
	wantCode(t, s.UpdateProfile(ctx, "", &first), CodeInvalid) // one place is taken
	ghost := first
	ghost.UID = "ghost"
	wantCode(t, s.UpdateProfile(ctx, "", &ghost), CodeNotFound)
}

func testSaveProfiles(t *testing.T, s *Store) {
	ctx := t.Context()
	f := build(t, s, 2, 0, 1)
	// save names one more person and changes both that are there.
	save := func(change func(created, updated []*ProfileRow)) error {
		created := []*ProfileRow{{ProgrammeID: f.programme.ID, State: ProfileWaiting, Profile: Profile{Role: RoleMentee, ID: "E-3", Reliability: -1}}}
		first, second := *f.mentees[0], *f.mentees[1]
		first.Profile.Name, second.Profile.Synthetic = "Salsas", true
		change(created, []*ProfileRow{&first, &second})
		return s.SaveProfiles(ctx, "", created, []*ProfileRow{&first, &second})
	}
	stored := func() []Profile {
		rows, err := s.Profiles(ctx, f.programme.ID, RoleMentee)
		must(t, err)
		return Engine(rows)
	}
	before := stored()
	for _, c := range []struct {
		name   string
		change func(created, updated []*ProfileRow)
		code   ErrorCode
	}{
		{"a code that is taken", func(created, _ []*ProfileRow) { created[0].Profile.ID = "E-2" }, CodeConflict},
		{"a text that cannot be kept", func(_, updated []*ProfileRow) { updated[1].Profile.Name = "\x00" }, CodeInvalid},
		{"a stale version", func(_, updated []*ProfileRow) { updated[1].Version = 9 }, CodeStale},
		{"a capacity that cannot be", func(_, updated []*ProfileRow) { updated[1].Profile.Capacity = 7 }, CodeInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantCode(t, save(c.change), c.code)
			if diff := cmp.Diff(before, stored()); diff != "" {
				t.Errorf("something was stored: %s", diff)
			}
		})
	}
	must(t, save(func(_, updated []*ProfileRow) { updated[0].Profile.Taken = 3 })) // which is not for them to say
	want := slices.Clone(before)
	want[0].Name, want[1].Synthetic = "Salsas", true
	want = append(want, Profile{Role: RoleMentee, ID: "E-3", Reliability: -1})
	if diff := cmp.Diff(want, stored()); diff != "" {
		t.Error(diff)
	}
	must(t, s.SaveProfiles(ctx, "", nil, nil))
}

func testWishes(t *testing.T, s *Store) {
	ctx := t.Context()
	f := build(t, s, 1, 6, 1)
	e := f.mentees[0]
	for _, bad := range [][]string{{"M-1", "M-1"}, {"M-1", "E-1"}, {"M-7"}, {"M-1", "M-2", "M-3", "M-4", "M-5", "M-6"}} {
		wantCode(t, s.OrderWishes(ctx, "", e, bad), CodeInvalid)
	}
	wantCode(t, s.OrderWishes(ctx, "", f.mentors[0], []string{"M-2"}), CodeInvalid)
	for _, wishes := range [][]string{{"M-3", "M-1"}, nil} {
		must(t, s.OrderWishes(ctx, "", e, wishes))
		got, err := s.Profile(ctx, e.UID)
		must(t, err)
		if diff := cmp.Diff(wishes, got.Profile.Wishes); diff != "" {
			t.Error(diff)
		}
	}
	read, err := s.Profile(ctx, e.UID)
	must(t, err)
	read.Version--
	wantCode(t, s.OrderWishes(ctx, "", read, []string{"M-1"}), CodeStale)
}

func testBadTexts(t *testing.T, s *Store) {
	f := build(t, s, 1, 1, 1)
	for _, text := range []string{"a\x00b", "\xff", "a\xc3"} {
		e := *f.mentees[0]
		e.Profile.Name = text
		wantCode(t, s.UpdateProfile(t.Context(), "", &e), CodeInvalid)
		e = *f.mentees[0]
		e.Profile.Conflicts = []string{"M-1", text}
		wantCode(t, s.UpdateProfile(t.Context(), "", &e), CodeInvalid)
		wantCode(t, s.CreateAccount(t.Context(), "", &Account{Email: text + "@example.org", Role: AccountStaff, Lang: "en"}), CodeInvalid)
	}
}

func testTransactions(t *testing.T, s *Store) {
	ctx := t.Context()
	boom := errors.New("boom")
	o := Organization{Name: "Cámara", Country: "MX", Kind: KindOther, Version: 1}
	err := s.InTx(ctx, func(g *gorm.DB, tx *sql.Tx) error {
		o.ID = newID(s.now())
		must(t, g.Create(&o).Error)
		var n int
		must(t, tx.QueryRowContext(ctx, "SELECT count(*) FROM organizations").Scan(&n))
		if n != 1 {
			t.Errorf("plain SQL sees %d rows of its own transaction, want 1", n)
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	var n int
	must(t, s.SQL.QueryRowContext(ctx, "SELECT count(*) FROM organizations").Scan(&n))
	if n != 0 {
		t.Errorf("%d rows after a transaction that was undone", n)
	}
	if _, err := s.Migrate(ctx); err != nil {
		t.Errorf("a second migration: %v", err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.CreateOrganization(cancelled, "", &o); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func testErrorsNameNobody(t *testing.T, s *Store) {
	ctx := t.Context()
	const canary = "canary@example.org"
	must(t, s.CreateAccount(ctx, "", &Account{Email: canary, Role: AccountStaff, Lang: "en"}))
	err := s.CreateAccount(ctx, "", &Account{Email: canary, Role: AccountStaff, Lang: "en"})
	var e *Error
	if !errors.As(err, &e) || e.Key != "store.taken" || fmt.Sprint(e.Args) != "map[What:account]" {
		t.Errorf("%v", err)
	}
	if strings.Contains(err.Error(), canary) {
		t.Errorf("the address is in the error: %v", err)
	}
}

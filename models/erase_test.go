package models

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
)

// subject is somebody of whom something stands in every table that can name a person, among others.
type subject struct {
	*fixture
	account *Account
	profile *ProfileRow // the mentor M-1 of two published pairs, one of which is a mentorship
	dsn     string
	vault   *Vault
	needles map[string]string // what stands in the columns that say something, or open something, by table.column and number
	queued  []string          // ids of mails that are to be sent
}

// mark is a text that stands nowhere else.
func mark(what string) string { return "canary-" + what + "-0197" }

// markHash is one of 64 digits.
func markHash(what string) string {
	sum := sha256.Sum256([]byte(mark(what)))
	return hex.EncodeToString(sum[:])
}

// newSubject fills a store with people, one of whom has everything.
func newSubject(t *testing.T, s *Store, dsn string) *subject {
	t.Helper()
	ctx := t.Context()
	vault, err := NewVault(newKey())
	must(t, err)
	f := &subject{fixture: build(t, s, 4, 2, 3), dsn: dsn, vault: vault, needles: map[string]string{}}
	s.Outbox = &Outbox{Seal: vault, Send: func(_ context.Context, _ *sql.Tx, id string) error { f.queued = append(f.queued, id); return nil }}
	f.account = &Account{Email: "Canary.Subject@canary.example", Role: AccountMentor, Lang: "fr", BothSides: true, VerifiedAt: new(s.now()), PasswordHash: mark("password")}
	must(t, s.CreateAccount(ctx, "", f.account))
	other := &Account{Email: "other@example.org", Role: AccountEntrepreneur, Lang: "es", VerifiedAt: new(s.now())}
	must(t, s.CreateAccount(ctx, "", other))
	f.profile = f.mentors[0]
	must(t, s.ClaimProfile(ctx, "", f.profile.UID, f.account.ID))
	must(t, s.ClaimProfile(ctx, "", f.mentees[0].UID, other.ID))
	f.profile = f.describe(t)
	run := f.snapshotRun(t)
	offers, err := s.Publish(ctx, "", f.round.ID, run.ID)
	must(t, err)
	for _, side := range []Role{RoleMentee, RoleMentor} { // of E-1 and M-1
		_, err := s.AcceptOffer(ctx, "", offers[0].ID, side)
		must(t, err)
	}
	for i := range f.mentees {
		f.mentees[i], err = s.Profile(ctx, f.mentees[i].UID)
		must(t, err)
	}
	f.mentees[2].Profile.Wishes, f.mentees[2].Profile.Conflicts = []string{f.profile.Profile.ID, "M-2"}, []string{"M-9"}
	f.mentees[3].Profile.Conflicts = []string{f.profile.Profile.ID}
	must(t, s.SaveProfiles(ctx, "", nil, f.mentees[2:]))
	f.surround(t, other)
	f.collect(t)
	return f
}

// describe gives the subject's profile a mark in each of its columns, past the rules.
func (f *subject) describe(t *testing.T) *ProfileRow {
	t.Helper()
	change := Profile{
		Role: RoleMentor, ID: mark("code"), Name: mark("name"), Country: mark("country"), Region: mark("region"), TimeZone: mark("zone"),
		Languages: []LanguageLevel{{mark("language"), "x"}}, Sectors: []Code{{Raw: mark("sector")}}, Slots: []Slot{{6, 541, 667}, {7, 543, 669}}, Cadence: mark("cadence"),
		Formats: []string{mark("format")}, Organization: mark("organization"), Conflicts: []string{mark("conflict")}, Wishes: []string{mark("wish")},
		Targets: []string{mark("target")}, Needs: []Need{{mark("need"), 1}}, Stage: mark("stage"), MinOverlap: 61,
		Expertise: []Expertise{{mark("expertise"), 1, ""}}, Markets: []Market{{mark("market"), 2}}, Stages: []string{mark("stages")}, Capacity: 3, Reliability: 771_713,
	}
	columns := append(slices.Clone(written[:len(written)-2]), "code")
	must(t, f.Gorm.Model(&ProfileRow{}).Where("id = ?", f.profile.UID).Select(columns).UpdateColumns(&ProfileRow{Profile: change}).Error)
	p, err := f.Profile(t.Context(), f.profile.UID)
	must(t, err)
	f.mentors[0] = p
	return p
}

// snapshotRun is a finished run whose snapshot says something of the subject.
func (f *subject) snapshotRun(t *testing.T) *Run {
	t.Helper()
	ctx := t.Context()
	run, err := f.CreateRun(ctx, "", f.round.ID, nil)
	must(t, err)
	_, err = f.StartRun(ctx, run.ID)
	must(t, err)
	solved := f.solved()
	solved.Snapshot = fmt.Sprintf(`{"mentors": [{"id":%q,"organization":%q}]}`, f.profile.Profile.ID, mark("snapshot"))
	for i := range solved.Pairs {
		solved.Pairs[i].Lines = fmt.Sprintf(`[{"factor": %q}]`, fmt.Sprintf("%s-%d", mark("lines"), i%2))
	}
	must(t, f.FinishRun(ctx, run.ID, solved))
	f.needles["runs.snapshot"] = mark("snapshot")
	return run
}

// surround gives the subject sessions, keys, mails and whatever else hangs on an account, and others some too.
func (f *subject) surround(t *testing.T, other *Account) {
	t.Helper()
	ctx, now, later, id := t.Context(), f.now(), f.now().Add(time.Hour), f.account.ID
	staff := &Account{Email: "staff@example.org", Role: AccountStaff, Lang: "en", VerifiedAt: &now}
	home := &Organization{Name: "Oficina", Country: "MX"}
	must(t, f.CreateAccount(ctx, "", staff))
	must(t, f.CreateOrganization(ctx, "", home))
	must(t, f.Grant(ctx, Actor(id), &Grant{AccountID: staff.ID, Role: GrantManager, ProgrammeID: &f.programme.ID}))
	provider := &Provider{OrganizationID: home.ID, Issuer: "https://id.example.org", ClientID: "puente", Label: "Oficina", Enabled: true}
	provider.NewID(f.Store)
	secret, err := f.vault.Seal(provider.SecretPlace(), []byte("secret"))
	must(t, err)
	provider.ClientSecret = secret
	must(t, f.CreateProvider(ctx, "", provider))
	must(t, f.LinkIdentity(ctx, id, provider, mark("identity")))
	for i, account := range []string{id, id, other.ID} {
		name := fmt.Sprintf("session-%d", i)
		must(t, f.CreateSession(ctx, &Session{
			IDHash: markHash(name), AccountID: account, Device: mark(name), Network: mark("network" + name), Refresh: markHash("refresh" + name),
		}))
	}
	key := &APIKey{KeyHash: markHash("key"), Prefix: mark("prefix"), AccountID: id, Name: mark("key"), ExpiresAt: later}
	must(t, key.SetScopes([]string{"accounts:read"}))
	must(t, f.CreateKey(ctx, key))
	sealed, err := f.vault.Seal(FactorPlace(id), []byte("a secret of an app"))
	must(t, err)
	must(t, f.CreateLink(ctx, "", &Link{IDHash: markHash("link-1"), Purpose: LinkEmail, AccountID: &id, Email: "canary-new@canary.example"}))
	must(t, f.CreateLink(ctx, "", &Link{IDHash: markHash("link-2"), Purpose: LinkVerify, Email: f.account.Email}))
	for _, row := range []any{
		&HalfSession{markHash("half"), id, now, later},
		&Factor{id, sealed, 7, now, &now},
		&RecoveryCode{markHash("recovery"), id, now, nil},
		&PasskeyChallenge{markHash("challenge"), &id, mark("challenge"), mark("challenge-session"), now, later},
		&Passkey{newID(now), mark("passkey-key"), id, mark("passkey"), mark("credential"), 3, now, &now},
		&Flow{
			StateHash: markHash("state"), BrowserHash: markHash("browser"), ProviderID: provider.ID, Lang: "fr", Next: mark("next"), Subject: mark("flow"),
			Email: f.account.Email, CreatedAt: now, ExpiresAt: later,
		},
		&Flow{
			StateHash: markHash("state-2"), BrowserHash: markHash("browser-2"), ProviderID: provider.ID, Lang: "fr", Next: "", Subject: mark("identity"),
			Email: "canary-elsewhere@canary.example", CreatedAt: now, ExpiresAt: later,
		},
		&Flow{
			StateHash: markHash("state-3"), BrowserHash: markHash("browser-3"), ProviderID: provider.ID, SessionHash: new(markHash("session-0")), Lang: "fr",
			CreatedAt: now, ExpiresAt: later,
		},
		&SignUp{
			EmailKey: f.account.EmailKey, Email: f.account.Email, Role: AccountMentor, Lang: "fr", PasswordHash: mark("sign-up"), Browser: markHash("sign-up"),
			Name: mark("sign-up-name"), Network: mark("sign-up-network"), Organization: mark("sign-up-organization"), Country: mark("sign-up-country"), ProviderID: &provider.ID, Subject: mark("sign-up-subject"),
			CreatedAt: now,
		},
		&RequestKey{id, markHash("request-key"), markHash("request"), mark("claim"), now, 201, "sealed1:" + mark("answer"), now, later, 0},
		&RequestKey{other.ID, markHash("request-other"), markHash("request-2"), "other", now, 201, "sealed1:other", now, later, 0},
		&RateWindow{"writing", id, now, later, 5},
	} {
		must(t, f.Gorm.Create(row).Error)
	}
	for _, m := range []*Mail{
		{AccountID: &id, Kind: MailSignIn, Lang: "fr", Address: "canary-old@canary.example"},
		{Kind: MailStranger, Lang: "fr", Address: strings.ToUpper(f.account.Email)},
		{AccountID: &other.ID, Kind: MailSignIn, Lang: "es", Address: other.Email},
	} {
		must(t, f.WriteMail(ctx, m, Letter{Subject: "s", Text: "t"}))
		must(t, f.MarkMail(ctx, m.ID, MailWaiting, mark("problem")+m.ID))
	}
	f.agree(t, f.profile.UID, "yes")
	f.agree(t, f.mentees[0].UID, "no")
}

// agree gives a profile own words with a vector, and sealed answers.
func (f *subject) agree(t *testing.T, profile, answer string) {
	t.Helper()
	ctx := t.Context()
	words := mark("words") + profile
	must(t, f.SaveWords(ctx, "", profile, words, WordsAgreement{"1", "fr"}, nil))
	w, _, err := f.Words(ctx, profile)
	must(t, err)
	vector := sha256.Sum256([]byte(words))
	must(t, f.SaveVectors(ctx, "model", []OwnWords{*w}, [][]byte{vector[:]}))
	must(t, f.SaveOwnership(ctx, "", f.vault, profile, Agreement{PurposeAudit, "1", "fr", map[string]string{"woman": answer}}))
}

// collect reads what stands in the columns that say or open something, and wants something to be there in each: what the
// inventory calls personal is looked for.
func (f *subject) collect(t *testing.T) {
	t.Helper()
	known, err := f.Account(t.Context(), f.account.ID)
	must(t, err)
	f.account = known
	for i := range Inventory {
		h := &Inventory[i]
		for column := range strings.FieldsSeq(h.Says + " " + h.Opens) {
			var values []any
			must(t, f.Gorm.Raw("SELECT "+column+" FROM "+h.Table+" WHERE "+h.Names, namesOf(f.account, f.now())...).Scan(&values).Error)
			for n, value := range values {
				text, is := value.(string)
				if !is && value != nil && n == 0 {
					f.needles[h.Table+"."+column] = "" // a number: see testBytes
				}
				if len(text) >= 12 && h.Table+"."+column != "links.id_hash" { // the audit log names a link by it; the link opens nothing any more
					f.needles[fmt.Sprintf("%s.%s %d", h.Table, column, n)] = text
				}
			}
			found := func(name string) bool {
				return name == h.Table+"."+column || strings.HasPrefix(name, h.Table+"."+column+" ")
			}
			if !slices.ContainsFunc(keysOf(f.needles), found) && h.Table+"."+column != "links.id_hash" {
				t.Errorf("the subject has nothing to look for in %s.%s", h.Table, column)
			}
		}
		if h.Fate != FateNone {
			var n int64
			must(t, f.Gorm.Raw("SELECT count(*) FROM "+h.Table+" WHERE "+h.Names, namesOf(f.account, f.now())...).Scan(&n).Error)
			if n == 0 {
				t.Errorf("no row of %s names the subject", h.Table)
			}
		}
	}
}

func keysOf(m map[string]string) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

// dump is every row of every table, as text.
func dump(t *testing.T, s *Store) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	tables, err := s.Gorm.Migrator().GetTables()
	must(t, err)
	for _, table := range tables {
		if table == "sqlite_sequence" {
			continue
		}
		for _, row := range rowsOf(t, s, table) {
			text, err := json.Marshal(row)
			must(t, err)
			all[table] = append(all[table], string(text))
		}
		slices.Sort(all[table])
	}
	return all
}

// rowsOf reads a table by the names of its columns.
func rowsOf(t *testing.T, s *Store, table string) (all []map[string]any) {
	t.Helper()
	must(t, s.Gorm.Table(table).Find(&all).Error)
	for _, row := range all {
		for column, value := range row {
			if at, is := value.(time.Time); is {
				row[column] = at.UTC()
			}
		}
	}
	return all
}

// without are the rows of a dump that another one has not.
func without(all, others map[string][]string) (rows []string) {
	for table := range all {
		for _, row := range all[table] {
			if !slices.Contains(others[table], row) {
				rows = append(rows, table+" "+row)
			}
		}
	}
	slices.Sort(rows)
	return rows
}

// wantNone looks for what stood of the subject in a text.
func (f *subject) wantNone(t *testing.T, where string, text []byte) {
	t.Helper()
	for name, needle := range f.needles {
		if needle != "" && bytes.Contains(text, []byte(needle)) {
			t.Errorf("%s has what stood in %s: %q", where, name, needle)
		}
	}
	if bytes.Contains(bytes.ToLower(text), []byte(f.account.EmailKey)) {
		t.Errorf("%s has the address", where)
	}
}

func composed(kind MailKind, _ string) Letter {
	return Letter{Subject: string(kind), Text: string(kind)}
}

// TestErasure erases somebody of whom something stands in every column that can say something of a person: afterwards no
// byte of that is in the database, and nothing else has changed.
func TestErasure(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			dsn := newDSN(t, kind)
			s := openStore(t, dsn)
			_, err := s.Migrate(t.Context())
			must(t, err)
			f := newSubject(t, s, dsn)
			before := dump(t, s)
			if all, err := json.Marshal(before); err != nil || !bytes.Contains(all, []byte(f.needles["runs.snapshot"])) {
				t.Fatal("nothing to look for", err)
			}
			if t.Run("nothing half done", f.testHalfDone); t.Failed() {
				return
			}
			f.queued = nil
			done, err := s.EraseAccount(t.Context(), "", f.account.ID, composed)
			must(t, err)
			if done.Before || done.Offers != 2 {
				t.Errorf("%+v", done)
			}
			t.Run("others keep what is theirs", func(t *testing.T) { f.testOthers(t, before) })
			t.Run("others are told", f.testTold)
			t.Run("the log is whole", f.testLog)
			t.Run("no byte is left", f.testBytes)
			t.Run("once is enough", f.testAgain)
		})
	}
}

// testHalfDone lets each write of an erasure fail in turn: all is as before.
func (f *subject) testHalfDone(t *testing.T) {
	before := dump(t, f.Store)
	boom := errors.New("the write failed")
	var left atomic.Int64
	left.Store(1 << 40)
	fail := func(g *gorm.DB) {
		if left.Add(-1) == 0 {
			_ = g.AddError(boom)
		}
	}
	calls := f.Gorm.Callback()
	must(t, calls.Create().After("gorm:create").Register("test:fail", fail))
	must(t, calls.Update().After("gorm:update").Register("test:fail", fail))
	must(t, calls.Delete().After("gorm:delete").Register("test:fail", fail))
	must(t, calls.Raw().After("gorm:raw").Register("test:fail", fail))
	defer func() {
		must(t, errors.Join(calls.Create().Remove("test:fail"), calls.Update().Remove("test:fail"), calls.Delete().Remove("test:fail"), calls.Raw().Remove("test:fail")))
	}()
	undo := errors.New("undo")
	for k := int64(1); ; k++ {
		left.Store(k)
		err := f.Together(t.Context(), func(ctx context.Context) error { // what comes to its end is undone too
			if _, err := f.EraseAccount(ctx, "", f.account.ID, composed); err != nil {
				return err
			}
			return undo
		})
		written := left.Load() > 0
		left.Store(1 << 40)
		if !errors.Is(err, boom) && !errors.Is(err, undo) {
			t.Fatalf("write %d: %v", k, err)
		}
		if rows := without(before, dump(t, f.Store)); len(rows) > 0 {
			t.Fatalf("after write %d failed: %s", k, rows[0])
		}
		if written {
			if k < 30 {
				t.Errorf("only %d writes", k)
			}
			return
		}
	}
}

// testOthers wants every row to be there that does not name the subject, but those that an erasure is to change.
func (f *subject) testOthers(t *testing.T, before map[string][]string) {
	changed := []string{f.mentees[2].UID, f.mentees[3].UID} // whose lists named the subject
	for _, row := range without(before, dump(t, f.Store)) {
		table, text, _ := strings.Cut(row, " ")
		switch {
		case slices.ContainsFunc(changed, func(id string) bool { return table == "profiles" && strings.Contains(text, `"id":"`+id) }):
		case table == "audit_head":
		case f.names(table, text):
		default:
			t.Errorf("an erasure changed %s", row)
		}
	}
	e3, err := f.Profile(t.Context(), f.mentees[2].UID)
	must(t, err)
	e4, err := f.Profile(t.Context(), f.mentees[3].UID)
	must(t, err)
	if !slices.Equal(e3.Profile.Wishes, []string{"M-2"}) || !slices.Equal(e3.Profile.Conflicts, []string{"M-9"}) || len(e4.Profile.Conflicts) > 0 ||
		e3.Version != f.mentees[2].Version+1 {
		t.Errorf("%v, %v, %v", e3.Profile.Wishes, e3.Profile.Conflicts, e4.Profile.Conflicts)
	}
	counts, err := f.CountProfiles(t.Context(), People{Programme: f.programme.ID, Homes: Homes{Any: true}})
	must(t, err)
	if counts[ProfileWaiting] != 5 || counts[ProfileWithdrawn] != 0 {
		t.Errorf("staff see %v", counts)
	}
}

// names says whether a row of before named the subject: by an id, or by what stood in it.
func (f *subject) names(table, text string) bool {
	if strings.Contains(text, f.account.ID) || strings.Contains(text, f.profile.UID) || strings.Contains(strings.ToLower(text), f.account.EmailKey) {
		return true
	}
	for name, needle := range f.needles {
		quoted, _ := json.Marshal(needle)
		if needle != "" && strings.HasPrefix(name, table+".") && strings.Contains(text, strings.Trim(string(quoted), `"`)) {
			return true
		}
	}
	return false
}

// testTold wants the other side to be free and told, and one farewell, which is forgotten when it was sent.
func (f *subject) testTold(t *testing.T) {
	ctx := t.Context()
	offers, err := f.Offers(ctx, f.round.ID)
	must(t, err)
	engaged, _, err := f.Engaged(ctx, f.programme.ID)
	must(t, err)
	for i := range offers {
		if mine := offers[i].MentorID == f.profile.UID; mine != (offers[i].State == OfferSuperseded) || mine == engaged[offers[i].MenteeID] {
			t.Errorf("offer %d is %s, its mentee engaged: %v", i, offers[i].State, engaged[offers[i].MenteeID])
		}
	}
	kinds := map[MailKind]*Mail{}
	for _, id := range f.queued {
		m, err := f.Mail(ctx, id)
		must(t, err)
		kinds[m.Kind] = m
	}
	told, farewell := kinds[MailOfferEnded], kinds[MailErased]
	if len(kinds) != 2 || told.Address != "other@example.org" || farewell.Address != f.account.Email || farewell.AccountID != nil || farewell.Lang != "fr" {
		t.Fatalf("%+v", kinds)
	}
	must(t, f.MarkMail(ctx, farewell.ID, MailWaiting, "no server"))
	if m, err := f.Mail(ctx, farewell.ID); err != nil || m.Attempts != 1 {
		t.Errorf("%+v, %v", m, err)
	}
	must(t, f.MarkMail(ctx, farewell.ID, MailSent, ""))
	_, err = f.Mail(ctx, farewell.ID)
	wantCode(t, err, CodeNotFound)
}

// testLog wants the chain to be whole, and to name the subject by ids only.
func (f *subject) testLog(t *testing.T) {
	if r := verified(t, f.Store, ""); r.Fault != "" {
		t.Errorf("%+v", r)
	}
	log, err := f.AuditLog(t.Context(), "accounts", f.account.ID)
	must(t, err)
	if last := log[len(log)-1]; last.Action != "account.erase" || last.ActorID != nil || last.Details != `{"offers":2}` {
		t.Errorf("%+v", last)
	}
}

// testBytes looks for what stood of the subject in every row, and in every byte of the files.
func (f *subject) testBytes(t *testing.T) {
	rows, err := json.Marshal(dump(t, f.Store))
	must(t, err)
	f.wantNone(t, "a dump", rows)
	p, err := f.Profile(t.Context(), f.profile.UID)
	must(t, err)
	want := ProfileRow{
		UID: p.UID, ProgrammeID: p.ProgrammeID, AccountID: p.AccountID, State: ProfileWithdrawn, Version: p.Version, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
		Profile: Profile{Role: RoleMentor, ID: "erased-" + p.UID, Reliability: -1},
	}
	if diff := cmp.Diff(&want, p); diff != "" {
		t.Errorf("the profile (-want +got):\n%s", diff)
	}
	for _, anew := range []bool{false, true} { // PostgreSQL has its own time for what is not done anew
		must(t, f.Scrub(t.Context(), anew))
		if anew || !f.Postgres() {
			f.wantNoByte(t)
		}
	}
}

// wantNoByte looks into the files of the database.
func (f *subject) wantNoByte(t *testing.T) {
	t.Helper()
	for _, path := range f.files(t) {
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		must(t, err)
		f.wantNone(t, filepath.Base(path), data)
	}
}

// files are those of the database. It says so where they are of another machine.
func (f *subject) files(t *testing.T) (paths []string) {
	t.Helper()
	if !f.Postgres() {
		return []string{f.dsn, f.dsn + "-wal", f.dsn + "-shm"}
	}
	var folder, database string
	must(t, f.SQL.QueryRow("SHOW data_directory").Scan(&folder))
	must(t, f.SQL.QueryRow("SELECT oid::text FROM pg_database WHERE datname = current_database()").Scan(&database))
	_, err := f.SQL.Exec("CHECKPOINT")
	must(t, err)
	err = filepath.WalkDir(filepath.Join(folder, "base", database), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil || len(paths) < 100 {
		t.Logf("the files of this PostgreSQL cannot be read: %v", err)
	}
	return paths
}

// testAgain erases what is erased.
func (f *subject) testAgain(t *testing.T) {
	ctx := t.Context()
	before := dump(t, f.Store)
	done, err := f.EraseAccount(ctx, "", f.account.ID, composed)
	must(t, err)
	if after := dump(t, f.Store); !done.Before || len(without(before, after))+len(without(after, before)) > 0 {
		t.Errorf("%+v, or something has changed", done)
	}
	wantCode(t, f.CreateSession(ctx, &Session{IDHash: markHash("late"), AccountID: f.account.ID}), CodeConflict)
	late := &ProfileRow{ProgrammeID: f.programme.ID, AccountID: &f.account.ID, Profile: Profile{Role: RoleMentee, ID: "E-9", Name: mark("name"), Reliability: -1}}
	wantCode(t, f.SaveProfiles(ctx, "", []*ProfileRow{late}, nil), CodeNotFound)
	late.UID, late.Version, late.State = newID(f.now()), 1, ProfileDraft
	must(t, f.Gorm.Create(late).Error) // whatever may have stored it
	_, err = f.EraseAccount(ctx, "", f.account.ID, composed)
	must(t, err)
	if p, err := f.Profile(ctx, late.UID); err != nil || p.Profile.ID != "erased-"+late.UID || p.Profile.Name != "" {
		t.Errorf("%+v, %v", p, err)
	}
	_, err = f.EraseAccount(ctx, "", "nobody", composed)
	wantCode(t, err, CodeNotFound)
	_, err = f.Enable(ctx, "", f.account.ID)
	wantCode(t, err, CodeConflict)
	all, err := f.Accounts(ctx, "")
	must(t, err)
	if len(all) != 2 {
		t.Errorf("%d accounts are listed", len(all))
	}
	_, err = f.AccountByEmail(ctx, f.account.Email)
	wantCode(t, err, CodeNotFound)
	again := &Account{Email: f.account.Email, Role: AccountMentor, Lang: "fr"}
	must(t, f.CreateAccount(ctx, "", again)) // the address is free
}

// TestErasureOfRuns ends what has read the profile of somebody who is erased, and leaves what has not.
func TestErasureOfRuns(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		f := build(t, s, 2, 2, 1)
		a := &Account{Email: "m@example.org", Role: AccountMentor, Lang: "en", VerifiedAt: new(s.now())}
		must(t, s.CreateAccount(ctx, "", a))
		must(t, s.ClaimProfile(ctx, "", f.mentors[0].UID, a.ID))
		done := f.run(t)
		running, err := s.CreateRuns(ctx, "", f.round.ID, []RunWish{{Label: "at work"}, {Label: "waits", TimeLimit: 5}}, nil)
		must(t, err)
		_, err = s.StartRun(ctx, running[0].ID)
		must(t, err)
		_, err = s.EraseAccount(ctx, "", a.ID, nil)
		must(t, err)
		for _, c := range []struct {
			id     string
			state  RunState
			reason string
		}{{done.ID, RunFinished, ""}, {running[0].ID, RunFailed, RunErased}, {running[1].ID, RunQueued, ""}} {
			if r, err := s.Run(ctx, c.id); err != nil || r.State != c.state || r.Reason != c.reason || r.Result != map[bool]string{true: done.Result}[c.id == done.ID] {
				t.Errorf("%+v, %v", r, err)
			}
		}
		wantCode(t, s.FinishRun(ctx, running[0].ID, f.solved()), CodeConflict)
		must(t, s.EndRun(ctx, "", running[1].ID, RunCancel, ""))
		_, err = s.Publish(ctx, "", f.round.ID, done.ID) // a plan with somebody who is not there
		wantCode(t, err, CodeConflict)
	})
}

// TestErasureOfImported erases somebody who was imported and never signed in, and leaves a code that two programmes have.
func TestErasureOfImported(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		f := build(t, s, 2, 1, 1)
		other := Programme{Name: "Otro", Locale: "es"}
		must(t, s.CreateProgramme(ctx, "", &other))
		twin := &ProfileRow{ProgrammeID: other.ID, Profile: Profile{Role: RoleMentee, ID: "E-2", Reliability: -1}}
		must(t, s.SaveProfiles(ctx, "", []*ProfileRow{twin}, nil))
		for _, who := range []string{"E-2", "nobody", "nobody@example.org", ""} {
			_, err := s.AccountOfPerson(ctx, "", who)
			wantCode(t, err, CodeNotFound)
		}
		id, err := s.AccountOfPerson(ctx, "", "E-1")
		must(t, err)
		for _, who := range []string{"E-1", f.mentees[0].UID, id, "PROFILE-" + f.mentees[0].UID + "@localhost"} {
			if again, err := s.AccountOfPerson(ctx, "", who); err != nil || again != id {
				t.Errorf("%s: %s, %v", who, again, err)
			}
		}
		if waiting, err := s.Profiles(ctx, f.programme.ID, RoleMentee, ProfileWaiting); err != nil || len(waiting) != 2 {
			t.Errorf("staff see %d, %v", len(waiting), err)
		}
		s.Outbox = &Outbox{Send: func(context.Context, *sql.Tx, string) error { t.Error("a mail to nobody"); return nil }}
		_, err = s.EraseAccount(ctx, "", id, composed)
		must(t, err)
		if p, err := s.Profile(ctx, f.mentees[0].UID); err != nil || p.Profile.ID == "E-1" || p.State != ProfileWithdrawn {
			t.Errorf("%+v, %v", p, err)
		}
		_, err = s.AccountOfPerson(ctx, "", "E-1")
		wantCode(t, err, CodeNotFound)
	})
}

// TestErasureOfAdmins keeps the last administrator who can sign in.
func TestErasureOfAdmins(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		one := &Account{Email: "one@example.org", Role: AccountAdmin, Lang: "en", PasswordHash: "x"}
		must(t, s.CreateAccount(ctx, "", one))
		_, err := s.EraseAccount(ctx, "", one.ID, nil)
		wantCode(t, err, CodeConflict)
		two := &Account{Email: "two@example.org", Role: AccountAdmin, Lang: "en", PasswordHash: "x"}
		must(t, s.CreateAccount(ctx, "", two))
		_, err = s.EraseAccount(ctx, Actor(two.ID), one.ID, nil)
		must(t, err)
		_, err = s.EraseAccount(ctx, Actor(two.ID), two.ID, nil)
		wantCode(t, err, CodeConflict)
	})
}

// TestOnlyEmptied wants everything of ended runs and of pairs to stay as it is, but for what an erasure empties.
func TestOnlyEmptied(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		f := build(t, s, 1, 1, 1)
		run := f.run(t)
		for table, emptied := range map[string]string{"runs": "snapshot", "pairs": "lines"} {
			for column := range columns(t, s, table) {
				err := s.Gorm.Exec("UPDATE " + table + " SET " + column + " = " + column).Error
				if !errors.Is(err, gorm.ErrCheckConstraintViolated) {
					t.Errorf("%s.%s: %v", table, column, err)
				}
			}
			if err := s.Gorm.Exec("UPDATE " + table + " SET " + emptied + " = '[1]'").Error; !errors.Is(err, gorm.ErrCheckConstraintViolated) {
				t.Errorf("%s.%s: %v", table, emptied, err)
			}
		}
		must(t, s.Gorm.Exec("UPDATE runs SET snapshot = '{}'").Error)
		must(t, s.Gorm.Exec("UPDATE pairs SET lines = '[]'").Error)
		after, err := s.Run(t.Context(), run.ID)
		must(t, err)
		if run.Snapshot = "{}"; *after.EndedAt != *run.EndedAt || after.Result != run.Result || after.Snapshot != "{}" {
			t.Errorf("%+v", after)
		}
	})
}

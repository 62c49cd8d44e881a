package models

import (
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
)

func testRun(t *testing.T, s *Store) {
	ctx := t.Context()
	f := build(t, s, 450, 10, 6) // more pairs than a statement writes
	run, err := s.CreateRun(ctx, "", f.round.ID, nil)
	must(t, err)
	_, err = s.CreateRun(ctx, "", f.round.ID, nil)
	wantCode(t, err, CodeConflict)
	wantCode(t, s.FinishRun(ctx, run.ID, f.solved()), CodeConflict) // not started
	_, err = s.StartRun(ctx, run.ID)
	must(t, err)
	stranger := f.solved()
	stranger.Pairs[449].Mentor = "M-99"
	wantCode(t, s.FinishRun(ctx, run.ID, stranger), CodeInvalid)
	twice := f.solved()
	twice.Pairs[449].Mentee = "E-1"
	wantCode(t, s.FinishRun(ctx, run.ID, twice), CodeConflict)
	must(t, s.FinishRun(ctx, run.ID, f.solved()))
	got, err := s.Run(ctx, run.ID)
	must(t, err)
	want := f.solved()
	if got.Result != want.Result || got.Snapshot != want.Snapshot || got.Pairs != 450 || got.Score != 12 || got.Seed != 7 || got.State != RunFinished {
		t.Errorf("stored run: %+v", got)
	}
	pairs, err := s.Pairs(ctx, run.ID)
	must(t, err)
	if len(pairs) != 450 || pairs[0].MenteeID != f.mentees[0].UID || pairs[449].MenteeID != f.mentees[449].UID || pairs[3].Lines != want.Pairs[3].Lines {
		t.Errorf("%d pairs, first %+v", len(pairs), pairs[0])
	}
	round, err := s.Round(ctx, f.round.ID)
	must(t, err)
	if round.State != RoundProposed {
		t.Errorf("round is %s", round.State)
	}
	wantCode(t, s.FinishRun(ctx, run.ID, f.solved()), CodeConflict)
	runs, err := s.Runs(ctx, f.round.ID)
	must(t, err)
	if len(runs) != 1 || runs[0].Result != "" || runs[0].SnapshotHash != "h" {
		t.Errorf("runs: %+v", runs)
	}
}

func testEndRun(t *testing.T, s *Store) {
	ctx := t.Context()
	f := build(t, s, 1, 1, 1)
	boom := errors.New("no job")
	_, err := s.CreateRun(ctx, "", f.round.ID, func(*sql.Tx, *Run) error { return boom })
	if !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	for _, c := range []struct {
		event RunEvent
		state RunState
		round RoundState
	}{{RunCancel, RunCancelled, RoundClosed}, {RunImpasse, RunInfeasible, RoundInfeasible}, {RunFail, RunFailed, RoundFailed}} {
		run, err := s.CreateRun(ctx, "", f.round.ID, nil)
		must(t, err)
		_, err = s.StartRun(ctx, run.ID)
		must(t, err)
		must(t, s.EndRun(ctx, "", run.ID, c.event, "run.reason"))
		run, err = s.Run(ctx, run.ID)
		must(t, err)
		round, err := s.Round(ctx, f.round.ID)
		must(t, err)
		if run.State != c.state || run.Reason != "run.reason" || round.State != c.round {
			t.Errorf("%s: run %s (%s), round %s", c.event, run.State, run.Reason, round.State)
		}
		wantCode(t, s.EndRun(ctx, "", run.ID, c.event, ""), CodeConflict)
		_, err = s.Publish(ctx, "", f.round.ID, run.ID)
		wantCode(t, err, CodeConflict)
	}
}

// testAppendOnly goes past the store: the database itself must refuse.
func testAppendOnly(t *testing.T, s *Store) {
	ctx := t.Context()
	f := build(t, s, 1, 1, 1)
	run := f.run(t)
	for _, change := range []string{
		"UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log",
		"UPDATE pairs SET score = 0", "DELETE FROM pairs",
		"UPDATE runs SET result = 'x'", "UPDATE runs SET state = 'queued', result = ''", "DELETE FROM runs",
		"INSERT INTO pairs SELECT 'new', run_id, mentor_id, mentee_id, 1, 1, 1, '[]' FROM pairs",
	} {
		err := s.Gorm.WithContext(ctx).Exec(change).Error
		if !errors.Is(err, gorm.ErrCheckConstraintViolated) {
			t.Errorf("%s: %v", change, err)
		}
	}
	after, err := s.Run(ctx, run.ID)
	must(t, err)
	if diff := cmp.Diff(run, after); diff != "" {
		t.Error(diff)
	}
}

// testConstraints tries what the database must refuse whatever a program does.
func testConstraints(t *testing.T, s *Store) {
	f := build(t, s, 1, 1, 1)
	id := f.mentors[0].UID
	for _, c := range []struct {
		change string
		want   error
	}{
		{"UPDATE profiles SET used = 2 WHERE id = ?", gorm.ErrCheckConstraintViolated},
		{"UPDATE profiles SET used = -1 WHERE id = ?", gorm.ErrCheckConstraintViolated},
		{"UPDATE profiles SET capacity = 7 WHERE id = ?", gorm.ErrCheckConstraintViolated},
		{"UPDATE profiles SET state = 'gone' WHERE id = ?", gorm.ErrCheckConstraintViolated},
		{"UPDATE profiles SET account_id = 'nobody' WHERE id = ?", gorm.ErrForeignKeyViolated},
		{"UPDATE profiles SET code = 'E-1' WHERE id = ?", gorm.ErrDuplicatedKey},
		{"INSERT INTO profile_keys VALUES (?, 'plain', '2027-01-01')", gorm.ErrCheckConstraintViolated},
	} {
		if err := s.Gorm.Exec(c.change, id).Error; !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.change, err, c.want)
		}
	}
	key := ProfileKey{ProfileID: id, CreatedAt: s.now()}
	if err := s.Gorm.Create(&key).Error; err == nil {
		t.Error("an empty seal was stored")
	}
}

func testOwnership(t *testing.T, s *Store) {
	ctx := t.Context()
	f := build(t, s, 2, 1, 1)
	id, other := f.mentees[0].UID, f.mentees[1].UID
	vault, err := NewVault([]byte(strings.Repeat("k", KeySize)))
	must(t, err)
	const canary = "women_owned_canary"
	answers := map[string]string{"ownership": canary, "share": "51"}
	agree := Agreement{Purpose: PurposeAudit, TextVersion: "2027-1", Lang: "es", Answers: answers}
	must(t, s.SaveOwnership(ctx, "", vault, id, agree))
	must(t, s.SaveOwnership(ctx, "", vault, id, agree)) // again replaces
	must(t, s.SaveOwnership(ctx, "", vault, other, agree))
	got, err := s.Ownership(ctx, "", vault, id, PurposeAudit)
	must(t, err)
	if diff := cmp.Diff(answers, got); diff != "" {
		t.Error(diff)
	}
	if got, err = s.Ownership(ctx, "", vault, id, PurposeMatching); err != nil || len(got) != 0 {
		t.Errorf("without a consent for the purpose: %v, %v", got, err)
	}
	var stored []string
	must(t, s.Gorm.Raw("SELECT answer FROM ownership_answers UNION ALL SELECT sealed_key FROM profile_keys UNION ALL SELECT details FROM audit_log").Scan(&stored).Error)
	if all := strings.Join(stored, " "); strings.Contains(all, canary) || len(stored) < 6 {
		t.Errorf("%d stored texts: %s", len(stored), all)
	}

	// A sealed answer that was moved to another person does not open, nor does any with another key.
	must(t, s.Gorm.Exec("UPDATE ownership_answers SET answer = (SELECT a.answer FROM ownership_answers a WHERE a.profile_id = ? AND a.question = 'share')"+
		" WHERE profile_id = ? AND question = 'share'", id, other).Error)
	if _, err := s.Ownership(ctx, "", vault, other, PurposeAudit); err == nil {
		t.Error("a swapped answer opened")
	}
	wrong, err := NewVault([]byte(strings.Repeat("w", KeySize)))
	must(t, err)
	if _, err := s.Ownership(ctx, "", wrong, id, PurposeAudit); err == nil {
		t.Error("the wrong key opened an answer")
	}

	must(t, s.WithdrawConsent(ctx, "", id, PurposeAudit))
	if got, err = s.Ownership(ctx, "", vault, id, PurposeAudit); err != nil || len(got) != 0 {
		t.Errorf("after the consent was withdrawn: %v, %v", got, err)
	}
	var left int64
	must(t, s.Gorm.Model(&ProfileKey{}).Where("profile_id = ?", id).Count(&left).Error)
	if left != 0 {
		t.Error("the key outlived the last consent")
	}
	consents, err := s.Consents(ctx, id)
	must(t, err)
	if len(consents) != 2 || consents[0].WithdrawnAt == nil || consents[1].WithdrawnAt == nil {
		t.Errorf("consents on record: %+v", consents)
	}
	wantCode(t, s.SaveOwnership(ctx, "", vault, "nobody", agree), CodeNotFound)
	for _, bad := range []Agreement{
		{Purpose: PurposeAudit, TextVersion: "\x00", Lang: "es"},
		{Purpose: PurposeAudit, TextVersion: "1", Lang: "es", Answers: map[string]string{"\xff": "yes"}},
		{Purpose: "sale", TextVersion: "1", Lang: "es"},
	} {
		wantCode(t, s.SaveOwnership(ctx, "", vault, id, bad), CodeInvalid)
	}
}

// testAddOwnership records what was agreed elsewhere, of a whole programme at once.
func testAddOwnership(t *testing.T, s *Store) {
	ctx := t.Context()
	f := build(t, s, 3, 1, 1)
	vault, err := NewVault([]byte(strings.Repeat("k", KeySize)))
	must(t, err)
	agree := func(answer string) Agreement {
		return Agreement{Purpose: PurposeAudit, TextVersion: "2027-1", Lang: "es", Answers: map[string]string{"women": answer}}
	}
	first, second, third := f.mentees[0].UID, f.mentees[1].UID, f.mentees[2].UID
	must(t, s.SaveOwnership(ctx, "", vault, first, agree("said here")))
	must(t, s.SaveOwnership(ctx, "", vault, second, agree("said here")))
	must(t, s.WithdrawConsent(ctx, "", second, PurposeAudit))
	want := map[string]map[string]string{first: {"women": "said here"}}
	for _, c := range []struct {
		name   string
		change map[string]Agreement // beside those of the three
		added  int
		code   ErrorCode
	}{
		{"one who is not there", map[string]Agreement{"zz": agree("x")}, 0, CodeNotFound},
		{"a purpose that is not there", map[string]Agreement{f.mentors[0].UID: {Purpose: "sale", TextVersion: "1", Lang: "en"}}, 0, CodeInvalid},
		{"those who have said nothing", nil, 1, ""},
		{"again", nil, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := map[string]Agreement{first: agree("on paper"), second: agree("on paper"), third: agree("on paper")}
			maps.Copy(all, c.change)
			added, err := s.AddOwnership(ctx, "", vault, all)
			wantCode(t, err, c.code)
			if added != c.added {
				t.Errorf("%d added, want %d", added, c.added)
			}
			if err == nil {
				want[third] = map[string]string{"women": "on paper"}
			}
			got, err := s.ProgrammeOwnership(ctx, "", vault, f.programme.ID, PurposeAudit)
			must(t, err)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	for name, programme := range map[string]string{"another programme": "nowhere", "another purpose": f.programme.ID} {
		got, err := s.ProgrammeOwnership(ctx, "", vault, programme, PurposeReporting)
		if err != nil || len(got) > 0 {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
	log, err := s.AuditLog(ctx, "profiles", third)
	must(t, err)
	read := slices.DeleteFunc(log, func(e AuditEntry) bool { return e.Action != "ownership.read" })
	if len(read) != 2 {
		t.Errorf("two readings are logged as %+v", read)
	}
}

func TestDemographicsAllow(t *testing.T) {
	for _, c := range []struct {
		uses    Demographics
		purpose Purpose
		want    bool
	}{
		{DemographicsOff, PurposeAudit, false},
		{DemographicsAuditOnly, PurposeAudit, true},
		{DemographicsAuditOnly, PurposeReporting, true},
		{DemographicsAuditOnly, PurposeMatching, false},
		{DemographicsPreference, PurposeMatching, true},
		{DemographicsEligibility, PurposeMatching, true},
	} {
		if got := c.uses.Allows(c.purpose); got != c.want {
			t.Errorf("%s for %s: %t", c.uses, c.purpose, got)
		}
	}
}

// published is a fixture whose run is published, with its offers by mentee.
func published(t testing.TB, f *fixture) []Offer {
	t.Helper()
	run := f.run(t)
	offers, err := f.Publish(t.Context(), "", f.round.ID, run.ID)
	must(t, err)
	return offers
}

func testAccept(t *testing.T, s *Store) {
	ctx := t.Context()
	f := build(t, s, 2, 1, 2)
	a := Account{Email: "m@example.org", Role: AccountMentor, Lang: "en", VerifiedAt: new(s.now())}
	must(t, s.CreateAccount(ctx, "", &a))
	must(t, s.ClaimProfile(ctx, "", f.mentors[0].UID, a.ID))
	run := f.run(t)
	_, err := s.Publish(ctx, "", f.round.ID, "no run")
	wantCode(t, err, CodeNotFound)
	offers, err := s.Publish(ctx, "", f.round.ID, run.ID)
	must(t, err)
	if len(offers) != 2 {
		t.Fatalf("%d offers", len(offers))
	}
	_, err = s.Publish(ctx, "", f.round.ID, run.ID)
	wantCode(t, err, CodeConflict)
	o, side, err := s.OfferFor(ctx, a.ID, offers[0].ID)
	must(t, err)
	if diff := cmp.Diff(offers[0], *o); diff != "" || side != RoleMentor {
		t.Errorf("%s: %s", side, diff)
	}
	_, _, strange := s.OfferFor(ctx, "stranger", offers[0].ID)
	_, _, none := s.OfferFor(ctx, "stranger", "no offer")
	wantCode(t, strange, CodeNotFound)
	wantCode(t, none, CodeNotFound)

	for i, steps := range [][]Role{{RoleMentee, RoleMentor}, {RoleMentor, RoleMentee}} {
		for k, side := range steps {
			o, err := s.AcceptOffer(ctx, Actor(a.ID), offers[i].ID, side)
			must(t, err)
			if want := []OfferState{[]OfferState{OfferAcceptedByMentee, OfferAcceptedByMentor}[i], OfferActive}[k]; o.State != want {
				t.Errorf("offer %d, step %d: %s, want %s", i, k, o.State, want)
			}
			_, err = s.AcceptOffer(ctx, Actor(a.ID), offers[i].ID, side)
			wantCode(t, err, CodeConflict)
		}
	}
	m, err := s.Profile(ctx, f.mentors[0].UID)
	must(t, err)
	if m.Profile.Taken != 2 {
		t.Errorf("%d places used, want 2", m.Profile.Taken)
	}
	log, err := s.AuditLog(ctx, "offers", offers[0].ID)
	must(t, err)
	if len(log) != 2 || *log[1].ActorID != a.ID || log[1].Details != `{"from":"accepted_by_mentee","to":"active"}` {
		t.Errorf("audit log: %+v", log)
	}
	_, err = s.DeclineOffer(ctx, "", offers[0].ID, "other")
	wantCode(t, err, CodeConflict)
}

func testCompeting(t *testing.T, s *Store) {
	ctx := t.Context()
	f := build(t, s, 3, 1, 1)
	offers := published(t, f)
	for _, o := range offers {
		_, err := s.AcceptOffer(ctx, "", o.ID, RoleMentee)
		must(t, err)
	}
	_, err := s.AcceptOffer(ctx, "", offers[1].ID, RoleMentor)
	must(t, err)
	for i, want := range []OfferState{OfferSuperseded, OfferActive, OfferSuperseded} {
		o, err := s.Offer(ctx, offers[i].ID)
		must(t, err)
		if o.State != want {
			t.Errorf("offer %d is %s, want %s", i, o.State, want)
		}
	}
	_, err = s.AcceptOffer(ctx, "", offers[0].ID, RoleMentor)
	wantCode(t, err, CodeConflict)
}

// testNoPlace takes the mentor's places away, or pauses the mentor, between the two acceptances.
func testNoPlace(t *testing.T, s *Store) {
	ctx := t.Context()
	f := build(t, s, 1, 1, 2)
	o := published(t, f)[0]
	_, err := s.AcceptOffer(ctx, "", o.ID, RoleMentee)
	must(t, err)
	for _, change := range []string{"UPDATE profiles SET used = 2 WHERE role = 'mentor'", "UPDATE profiles SET used = 0, paused = TRUE WHERE role = 'mentor'"} {
		must(t, s.Gorm.Exec(change).Error)
		_, err := s.AcceptOffer(ctx, "", o.ID, RoleMentor)
		e, _ := errors.AsType[*Error](err)
		if e == nil || e.Code != CodeConflict || e.Key != "store.no_place" {
			t.Errorf("%s: %v", change, err)
		}
		if after, err := s.Offer(ctx, o.ID); err != nil || after.State != OfferAcceptedByMentee {
			t.Errorf("%s: the offer is %s, %v", change, after.State, err)
		}
	}
}

func testDecline(t *testing.T, s *Store) {
	ctx := t.Context()
	now := time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC)
	s.now = func() time.Time { return now }
	f := build(t, s, 3, 1, 3)
	offers := published(t, f)
	_, err := s.DeclineOffer(ctx, "", offers[0].ID, "just so")
	wantCode(t, err, CodeInvalid)
	o, err := s.DeclineOffer(ctx, "", offers[0].ID, "too_busy")
	must(t, err)
	if o.State != OfferDeclined || o.Reason != "too_busy" {
		t.Errorf("%+v", o)
	}
	_, err = s.AcceptOffer(ctx, "", offers[1].ID, RoleMentee)
	must(t, err)
	now = now.Add(answerTime - time.Microsecond)
	if ended, err := s.ExpireOffers(ctx); err != nil || len(ended) != 0 {
		t.Errorf("a microsecond before: %d, %v", len(ended), err)
	}
	now = now.Add(time.Microsecond)
	_, err = s.AcceptOffer(ctx, "", offers[1].ID, RoleMentor)
	wantCode(t, err, CodeConflict)
	ended, err := s.ExpireOffers(ctx)
	must(t, err)
	if len(ended) != 2 || ended[0].State != OfferExpired {
		t.Errorf("ended: %+v", ended)
	}
}

func testConflicts(t *testing.T, s *Store) {
	ctx := t.Context()
	f := build(t, s, 2, 2, 1)
	run := f.run(t)
	e, m := f.mentees[0], f.mentors[0]
	e.Profile.Conflicts = []string{"M-1"}
	must(t, s.UpdateProfile(ctx, "", e))
	_, err := s.Publish(ctx, "", f.round.ID, run.ID)
	wantCode(t, err, CodeConflict)
	offers, err := s.Offers(ctx, f.round.ID)
	must(t, err)
	if len(offers) != 0 {
		t.Errorf("%d offers of a round that was not published", len(offers))
	}
	e.Profile.Conflicts = nil
	must(t, s.UpdateProfile(ctx, "", e))
	offers, err = s.Publish(ctx, "", f.round.ID, run.ID)
	must(t, err)
	e.Profile.Organization, m.Profile.Organization = "CÁMARA", "Cámara"
	must(t, s.UpdateProfile(ctx, "", e))
	must(t, s.UpdateProfile(ctx, "", m))
	for _, o := range offers {
		_, err := s.AcceptOffer(ctx, "", o.ID, RoleMentee)
		if want := map[bool]ErrorCode{true: CodeConflict}[o.MenteeID == e.UID]; CodeOf(err) != want {
			t.Errorf("got %v, want code %q", err, want)
		}
	}
}

// TestTransitions enumerates every state and event: the tables hold each step once and lead to known states only.
func TestTransitions(t *testing.T) {
	if to, err := OfferOffered.Next(OfferMenteeAccept); err != nil || to != OfferAcceptedByMentee {
		t.Errorf("%s, %v", to, err)
	}
	for _, s := range []OfferState{OfferActive, OfferDeclined, OfferExpired, OfferSuperseded} {
		for _, e := range []OfferEvent{OfferPublish, OfferMenteeAccept, OfferMentorAccept, OfferDecline, OfferExpire, OfferSupersede} {
			_, err := s.Next(e)
			wantCode(t, err, CodeConflict)
		}
	}
	checkTable(t, ProfileTransitions, ProfileDraft)
	checkTable(t, RoundTransitions, RoundDraft)
	checkTable(t, RunTransitions, RunQueued)
	checkTable(t, OfferTransitions, OfferProposed)
}

// checkTable wants each step once, and every state reachable from the first.
func checkTable[S, E ~string](t *testing.T, table []Transition[S, E], first S) {
	t.Helper()
	seen := map[[2]string]bool{}
	reached := map[S]bool{first: true}
	for range table {
		for _, step := range table {
			if reached[step.From] {
				reached[step.To] = true
			}
		}
	}
	for _, step := range table {
		key := [2]string{string(step.From), string(step.Event)}
		if seen[key] {
			t.Errorf("%s: two steps by %s", step.From, step.Event)
		}
		seen[key] = true
		if !reached[step.From] {
			t.Errorf("%s is never reached", step.From)
		}
	}
}

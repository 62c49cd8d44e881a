package models

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"
	"time"
)

// hashed is the hash of a link by a name.
func hashed(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// askOf asks for the link of a name.
func askOf(name string) Ask { return Ask{Link: hashed(name), Lang: "en", Compose: said} }

// TestInvitations invites somebody, again, withdraws it, and invites anew: what the links and grants are worth then.
func TestInvitations(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		outbox(t, s)
		ctx := t.Context()
		home := &Organization{Name: "Cámara", Country: "MX"}
		must(t, s.CreateOrganization(ctx, "", home))
		invite := func(role AccountRole, link string) *Account {
			t.Helper()
			a := &Account{Role: role, Email: "Rosa@example.org", Lang: "es"}
			var grants []Grant
			if role == AccountStaff {
				grants = []Grant{{Role: GrantReviewer, OrganizationID: &home.ID}}
			}
			must(t, s.Invite(ctx, "", a, grants, askOf(link)))
			a, err := s.AccountByEmail(ctx, "rosa@example.org")
			must(t, err)
			return a
		}
		open := func(id string) int {
			t.Helper()
			all, err := s.Grants(ctx, id, true)
			must(t, err)
			return len(all)
		}
		works := func(link string) bool {
			_, err := s.Link(ctx, hashed(link))
			return err == nil
		}
		listed := func() int {
			t.Helper()
			all, err := s.Invited(ctx)
			must(t, err)
			return len(all)
		}
		rosa := invite(AccountStaff, "a")
		if listed() != 1 || open(rosa.ID) != 1 || !works("a") {
			t.Fatalf("%d invited, %d grants, %t", listed(), open(rosa.ID), works("a"))
		}
		must(t, s.InviteAgain(ctx, "", rosa.ID, askOf("b")))
		if works("a") || !works("b") {
			t.Error("the newer link does not end the older one")
		}
		must(t, s.Uninvite(ctx, "", rosa.ID))
		if listed() != 0 || open(rosa.ID) != 0 || works("b") {
			t.Errorf("withdrawn: %d invited, %d grants, %t", listed(), open(rosa.ID), works("b"))
		}
		for name, err := range map[string]error{"again": s.InviteAgain(ctx, "", rosa.ID, askOf("c")), "withdrawn twice": s.Uninvite(ctx, "", rosa.ID)} {
			if CodeOf(err) != CodeConflict {
				t.Errorf("%s: %v", name, err)
			}
		}
		if CodeOf(s.Uninvite(ctx, "", "nothing")) != CodeNotFound {
			t.Error("nobody was found")
		}
		rosa = invite(AccountAdmin, "d")
		if rosa.Role != AccountAdmin || rosa.DisabledAt != nil || listed() != 1 || open(rosa.ID) != 0 || !works("d") {
			t.Errorf("invited anew: %+v, %d invited, %d grants", rosa, listed(), open(rosa.ID))
		}
		if _, err := s.UseLink(ctx, hashed("d"), LinkUse{Password: "hash", Session: &Session{IDHash: hashed("session"), Kind: SessionBrowser, ExpiresAt: s.now().Add(time.Hour)}}); err != nil {
			t.Fatal(err)
		}
		if CodeOf(s.Uninvite(ctx, "", rosa.ID)) != CodeConflict || listed() != 0 {
			t.Error("an invitation that was taken is withdrawn")
		}
		var actions []string
		log, err := s.AuditLog(ctx, "accounts", rosa.ID)
		must(t, err)
		for _, e := range log {
			actions = append(actions, e.Action)
		}
		want := []string{"account.create", "account.invite", "account.uninvite", "account.enable", "account.password", "session.create", "link.use"}
		if !slices.Equal(actions, want) {
			t.Errorf("the log says %q", actions)
		}
	})
}

// TestSendAgain writes anew what failed, of every kind: to whom it went before, with a link where there was one, once.
func TestSendAgain(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		outbox(t, s)
		ctx := t.Context()
		a := &Account{Role: AccountStaff, Email: "eva@example.org", Lang: "fr"}
		must(t, s.CreateAccount(ctx, "", a))
		up := &SignUp{Email: "lucia@example.org", Lang: "es", Role: AccountMentor, PasswordHash: "hash"}
		must(t, s.AskSignUp(ctx, up, askOf("sign-up")))
		for _, kind := range MailKinds {
			if kind == MailDisabled {
				continue // is of no use to an account that is not; see below
			}
			m := &Mail{AccountID: &a.ID, Kind: kind, Lang: "fr", Address: "eva@example.org"}
			switch kind {
			case MailVerify:
				m.AccountID, m.Address, m.Lang = nil, up.Email, "es"
			case MailStranger:
				m.AccountID, m.Address = nil, "nobody@example.org"
			case MailEmail, MailEmailChanged:
				m.Address = "other@example.org"
			}
			must(t, s.WriteMail(ctx, m, Letter{Subject: "x"}))
			if err := s.SendAgain(ctx, "", m.ID, askOf(string(kind))); CodeOf(err) != CodeConflict {
				t.Errorf("%s did not fail: %v", kind, err)
			}
			must(t, s.Gorm.Exec("UPDATE mails SET state = 'failed', content = NULL WHERE id = ?", m.ID).Error)
			counts, err := s.CountMails(ctx)
			must(t, err)
			if counts[MailFailed] != 1 {
				t.Errorf("%s: %v", kind, counts)
			}
			must(t, s.SendAgain(ctx, "", m.ID, askOf(string(kind))))
			all, err := s.Mails(ctx, 0, 1, MailKept, MailFailed)
			must(t, err)
			if got := all[0]; got.ID == m.ID || got.Kind != kind || got.Address != m.Address || got.Lang != m.Lang || got.State != MailKept {
				t.Errorf("%s: %+v", kind, got)
			}
			_, err = s.Link(ctx, hashed(string(kind)))
			if _, link := linked[kind]; (link || kind == MailVerify) != (err == nil) {
				t.Errorf("%s: a link: %v", kind, err)
			}
			if CodeOf(s.SendAgain(ctx, "", m.ID, askOf("again"))) != CodeNotFound {
				t.Errorf("%s: sent twice", kind)
			}
		}
		closed := &Mail{AccountID: &a.ID, Kind: MailDisabled, Lang: "fr", Address: a.Email}
		must(t, s.WriteMail(ctx, closed, Letter{}))
		must(t, s.Gorm.Exec("UPDATE mails SET state = 'failed', content = NULL WHERE id = ?", closed.ID).Error)
		if CodeOf(s.SendAgain(ctx, "", closed.ID, askOf("closed"))) != CodeConflict {
			t.Error("an account that is not disabled is told so")
		}
		useless := &Mail{AccountID: &a.ID, Kind: MailPasswordChanged, Lang: "fr", Address: a.Email, ExpiresAt: s.now().Add(time.Hour)}
		must(t, s.WriteMail(ctx, useless, Letter{}))
		must(t, s.Gorm.Exec("UPDATE mails SET state = 'failed', content = NULL WHERE id = ?", useless.ID).Error)
		_, err := s.Disable(ctx, "", a.ID)
		must(t, err)
		if CodeOf(s.SendAgain(ctx, "", useless.ID, askOf("useless"))) != CodeConflict {
			t.Error("a disabled account gets a mail")
		}
		must(t, s.SendAgain(ctx, "", closed.ID, askOf("closed")))
	})
}

package models

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// aProvider is a provider of an organisation that is made for it.
func aProvider(t *testing.T, s *Store, issuer string) *Provider {
	t.Helper()
	home := &Organization{Name: issuer, Country: "MX"}
	must(t, s.CreateOrganization(t.Context(), "", home))
	vault, err := NewVault(make([]byte, KeySize))
	must(t, err)
	p := &Provider{OrganizationID: home.ID, Issuer: issuer, ClientID: "puente", Label: issuer, Enabled: true}
	p.NewID(s)
	p.ClientSecret, err = vault.Seal(p.SecretPlace(), []byte("secret"))
	must(t, err)
	must(t, s.CreateProvider(t.Context(), "", p))
	return p
}

// TestIdentities links accounts with subjects of issuers: the same subject of
// another issuer is somebody else, one subject has one account, and what is
// removed takes its links along.
func TestIdentities(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		one, two := aProvider(t, s, "https://one.example.org"), aProvider(t, s, "https://two.example.org")
		account := func(email, password string) *Account {
			a := &Account{Email: email, Role: AccountMentor, Lang: "es", PasswordHash: password}
			must(t, s.CreateAccount(ctx, "", a))
			return a
		}
		dana, eva, rosa := account("dana@example.org", "x"), account("eva@example.org", "x"), account("rosa@example.org", "")
		must(t, s.LinkIdentity(ctx, dana.ID, one, "7"))
		must(t, s.LinkIdentity(ctx, dana.ID, one, "7")) // it is done
		must(t, s.LinkIdentity(ctx, eva.ID, two, "7"))  // another issuer's
		for name, err := range map[string]error{
			"somebody else's":            s.LinkIdentity(ctx, eva.ID, one, "7"),
			"a second one of a provider": s.LinkIdentity(ctx, dana.ID, one, "8"),
		} {
			if CodeOf(err) != CodeConflict {
				t.Errorf("%s: %v", name, err)
			}
		}
		who := func(issuer, subject string) string {
			a, err := s.UseIdentity(ctx, issuer, subject)
			if CodeOf(err) == CodeNotFound {
				return ""
			}
			must(t, err)
			return a.Email
		}
		for _, c := range []struct{ issuer, subject, want string }{
			{one.Issuer, "7", dana.Email},
			{two.Issuer, "7", eva.Email},
			{one.Issuer, "8", ""},
			{one.Issuer + "/", "7", ""},
			{one.Issuer, "7 ", ""},
			{"HTTPS://one.example.org", "7", ""},
			{one.Issuer, "dana@example.org", ""},
			{"", "", ""},
		} {
			if got := who(c.issuer, c.subject); got != c.want {
				t.Errorf("%q of %q is %q", c.subject, c.issuer, got)
			}
		}
		must(t, s.LinkIdentity(ctx, rosa.ID, one, "Sub"))
		must(t, s.LinkIdentity(ctx, account("other@example.org", "x").ID, one, "sub")) // case makes a difference
		if who(one.Issuer, "Sub") != rosa.Email {
			t.Error("subjects are taken without their case")
		}
		if err := s.UnlinkIdentity(ctx, rosa.ID, one.ID); CodeOf(err) != CodeConflict {
			t.Errorf("the last way to sign in: %v", err)
		}
		if err := s.UnlinkIdentity(ctx, rosa.ID, two.ID); CodeOf(err) != CodeNotFound {
			t.Errorf("a link that is not there: %v", err)
		}
		must(t, s.LinkIdentity(ctx, rosa.ID, two, "9"))
		must(t, s.UnlinkIdentity(ctx, rosa.ID, one.ID))
		_, err := s.Disable(ctx, "", dana.ID)
		must(t, err)
		if who(one.Issuer, "7") != "" {
			t.Error("a disabled account signs in")
		}
		if err := s.DeleteProvider(ctx, "", one.ID, 7); CodeOf(err) != CodeStale {
			t.Errorf("another version: %v", err)
		}
		must(t, s.DeleteProvider(ctx, "", one.ID, one.Version))
		if all, err := s.Identities(ctx, dana.ID); err != nil || len(all) != 0 {
			t.Errorf("%v %v", all, err)
		}
		if who(two.Issuer, "7") != eva.Email {
			t.Error("another provider's links ended")
		}
	})
}

// TestFlowsOnce takes one flow many times at once, with the wrong browser, too
// late, and with its session gone.
func TestFlowsOnce(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		p := aProvider(t, s, "https://one.example.org")
		hash := func(digit string) string { return strings.Repeat(digit, 64) }
		begin := func(state string, session *string) {
			must(t, s.CreateFlow(ctx, &Flow{StateHash: hash(state), BrowserHash: hash("b"), ProviderID: p.ID, SessionHash: session, Lang: "es"}))
		}
		begin("1", nil)
		for name, take := range map[string]func() (*Flow, error){
			"another browser's": func() (*Flow, error) { return s.TakeFlow(ctx, hash("1"), hash("c"), false) },
			"another state":     func() (*Flow, error) { return s.TakeFlow(ctx, hash("2"), hash("b"), false) },
			"as proven":         func() (*Flow, error) { return s.TakeFlow(ctx, hash("1"), hash("b"), true) },
		} {
			if f, err := take(); CodeOf(err) != CodeNotFound || f != nil {
				t.Errorf("%s: %v %v", name, f, err)
			}
		}
		var taken atomic.Int64
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				f, err := s.TakeFlow(ctx, hash("1"), hash("b"), false)
				switch {
				case err == nil && f.ProviderID == p.ID:
					taken.Add(1)
				case CodeOf(err) != CodeNotFound:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if taken.Load() != 1 {
			t.Errorf("taken %d times", taken.Load())
		}

		begin("3", nil)
		must(t, s.Gorm.Exec("UPDATE flows SET created_at = ?, expires_at = ?", s.now().Add(-time.Hour), s.now()).Error)
		if _, err := s.TakeFlow(ctx, hash("3"), hash("b"), false); CodeOf(err) != CodeNotFound {
			t.Errorf("too late: %v", err)
		}
		must(t, s.DeleteOldFlows(ctx))

		a := &Account{Email: "dana@example.org", Role: AccountMentor, Lang: "es"}
		must(t, s.CreateAccount(ctx, "", a))
		session := &Session{IDHash: hash("d"), AccountID: a.ID}
		must(t, s.CreateSession(ctx, session))
		begin("4", &session.IDHash)
		must(t, s.DeleteSession(ctx, session.IDHash))
		var left int64
		must(t, s.Gorm.Model(&Flow{}).Count(&left).Error)
		if left != 0 {
			t.Errorf("%d flows are left", left)
		}
	})
}

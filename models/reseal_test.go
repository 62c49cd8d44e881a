package models

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// newKeys makes keys of a secret of their own.
func newKeys(t *testing.T) *Keys {
	t.Helper()
	var all [4]*Vault
	for i := range all {
		v, err := NewVault(newKey())
		must(t, err)
		all[i] = v
	}
	return &Keys{all[0], all[1], all[2], all[3]}
}

// sealedText is what the table below seals in a row.
func sealedText(column, id string) []byte { return []byte("of " + column + " " + id) }

// fillSealed puts n rows into each column that a key of the installation seals.
func fillSealed(t *testing.T, s *Store, keys *Keys, n int) {
	t.Helper()
	home := &Organization{Name: "home", Country: "MX"}
	must(t, s.CreateOrganization(t.Context(), "", home))
	for i := range n {
		a := &Account{Email: fmt.Sprintf("a%d@example.org", i), Role: AccountMentor, Lang: "es"}
		must(t, s.CreateAccount(t.Context(), "", a))
		id := func(column string) Sealed {
			name := map[string]string{"factors.secret": a.ID}[column]
			if name == "" {
				name = fmt.Sprintf("%s-%04d", a.ID, i)
			}
			for _, c := range sealedColumns {
				if c.name == column {
					sealed, err := c.key(keys).Seal(c.place(name), sealedText(column, name))
					must(t, err)
					return sealed
				}
			}
			t.Fatalf("no column %s", column)
			return Sealed{}
		}
		name := fmt.Sprintf("%s-%04d", a.ID, i)
		must(t, s.Gorm.Create(&Factor{AccountID: a.ID, Secret: id("factors.secret"), CreatedAt: s.now()}).Error)
		content := id("mails.content")
		must(t, s.Gorm.Create(&Mail{ID: name, Kind: MailSignIn, Lang: "es", Address: a.Email, Content: &content, State: MailKept, CreatedAt: s.now(), ExpiresAt: s.now().Add(mailLife)}).Error)
		must(t, s.Gorm.Create(&Mail{ID: "sent-" + name, Kind: MailSignIn, Lang: "es", Address: a.Email, State: MailSent, CreatedAt: s.now(), SentAt: new(s.now()), ExpiresAt: s.now().Add(mailLife)}).Error)
		must(t, s.Gorm.Create(&Provider{
			ID: name, OrganizationID: home.ID, Issuer: "https://" + name + ".example.org", ClientID: "puente", ClientSecret: id("providers.client_secret"),
			Label: name, Version: 1, CreatedAt: s.now(), UpdatedAt: s.now(),
		}).Error)
	}
}

// wantSealed wants every text of every column to open with these keys, and says how many there are.
func wantSealed(t *testing.T, s *Store, keys *Keys) (texts int64) {
	t.Helper()
	for _, c := range sealedColumns {
		var rows []struct {
			ID   string
			Text Sealed
		}
		must(t, s.Gorm.Raw(c.read, "", 1<<20).Scan(&rows).Error)
		for _, r := range rows {
			if plain, err := c.key(keys).Open(c.place(r.ID), r.Text); err != nil || c.name != "profile_keys.sealed_key" && string(plain) != string(sealedText(c.name, r.ID)) {
				t.Errorf("%s %s: %q, %v", c.name, r.ID, plain, err)
			}
		}
		if len(rows) == 0 {
			t.Errorf("%s has no rows: the test shows nothing", c.name)
		}
		texts += int64(len(rows))
	}
	return texts
}

// TestReseal seals everything anew with another secret, more rows than are read at once, on both databases; and nothing
// when one text does not open.
func TestReseal(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		old, fresh := newKeys(t), newKeys(t)
		must(t, s.KeepSecret(t.Context(), "old"))
		profile := build(t, s, 1, 1, 1).mentees[0].UID
		must(t, s.SaveOwnership(t.Context(), "", old.Ownership, profile, Agreement{Purpose: PurposeMatching, TextVersion: "1", Lang: "es", Answers: map[string]string{"ownership.women": "yes"}}))
		fillSealed(t, s, old, resealBatch+3)
		key := &RequestKey{Actor: "a", KeyHash: strings.Repeat("0", 64), RequestHash: strings.Repeat("1", 64), Claim: "c", ClaimedUntil: s.now().Add(FlowLife), ExpiresAt: s.now().Add(FlowLife)}
		_, err := s.ClaimRequest(t.Context(), key)
		must(t, err)
		want := wantSealed(t, s, old)

		if _, err := s.Reseal(t.Context(), old, fresh, "another", "new"); CodeOf(err) != CodeConflict {
			t.Errorf("another secret: %v", err)
		}
		if _, err := s.Reseal(t.Context(), &Keys{old.Ownership, old.Mails, old.Providers, fresh.Factors}, fresh, "old", "new"); err == nil {
			t.Error("what does not open was sealed anew")
		}
		wantSealed(t, s, old)
		must(t, s.KeepSecret(t.Context(), "old"))

		texts, err := s.Reseal(t.Context(), old, fresh, "old", "new")
		must(t, err)
		if got := wantSealed(t, s, fresh); texts != want || got != want {
			t.Errorf("%d texts, %d are there, want %d", texts, got, want)
		}
		if err := s.KeepSecret(t.Context(), "old"); CodeOf(err) != CodeConflict {
			t.Errorf("the old secret: %v", err)
		}
		must(t, s.KeepSecret(t.Context(), "new"))
		answers, err := s.Ownership(t.Context(), "", fresh.Ownership, profile, PurposeMatching)
		if err != nil || answers["ownership.women"] != "yes" {
			t.Errorf("answers about ownership: %v, %v", answers, err)
		}
		var left int64
		must(t, s.Gorm.Model(&RequestKey{}).Count(&left).Error)
		log, err := s.AuditLog(t.Context(), "installations", "1")
		if err != nil || left != 0 || len(log) != 1 || log[0].Action != "secret.rotate" {
			t.Errorf("%d answers are left; log %+v, %v", left, log, err)
		}
	})
}

// TestSealedColumns wants every column that a migration seals to be sealed anew, or named here with its reason.
func TestSealedColumns(t *testing.T) {
	known := []string{
		"ownership_answers.answer", // by the key of the profile, which is sealed anew
		"request_keys.answer",      // forgotten
	}
	for _, c := range sealedColumns {
		known = append(known, c.name)
	}
	files, err := filepath.Glob("migrations/*.sql")
	must(t, err)
	found := 0
	for _, name := range files {
		data, err := os.ReadFile(name)
		must(t, err)
		table := ""
		for line := range strings.Lines(string(data)) {
			if m := regexp.MustCompile(`(?:CREATE|ALTER) TABLE (\w+)`).FindStringSubmatch(line); m != nil {
				table = m[1]
			}
			m := regexp.MustCompile(`(\w+) LIKE 'sealed1:%'`).FindStringSubmatch(line)
			if m == nil {
				continue
			}
			if found++; !slices.Contains(known, table+"."+m[1]) {
				t.Errorf("%s: %s.%s keeps the old secret's seal", name, table, m[1])
			}
		}
	}
	if found < len(known) {
		t.Errorf("%d columns found, %d known", found, len(known))
	}
}

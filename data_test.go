package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"puente/models"
	"puente/script/postgrestest"
)

// databases runs a test with the flags of a new installation on each database,
// and with the address that the store is opened by.
func databases(t *testing.T, test func(t *testing.T, dsn string, flags []string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		folder := t.TempDir()
		test(t, filepath.Join(folder, databaseFile), []string{"--data", folder})
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := postgrestest.DSN(t)
		test(t, dsn, []string{"--data", t.TempDir(), "--database", dsn})
	})
}

// openForTest opens a store beside the server.
func openForTest(t *testing.T, dsn string) *models.Store {
	t.Helper()
	store, err := models.Open(context.Background(), dsn, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// hashOfLink gives the hash by which the store knows a printed link.
func hashOfLink(link string) string {
	sum := sha256.Sum256([]byte(link[strings.LastIndex(link, "/")+1:]))
	return hex.EncodeToString(sum[:])
}

// TestFirstAdmin wants a link at every start until an administrator has a
// password, of which only the newest works, and a programme made once.
func TestFirstAdmin(t *testing.T) {
	databases(t, func(t *testing.T, dsn string, flags []string) {
		start := func() string {
			t.Helper()
			code, said := startServer(t, flags...).stop()
			if code != exitDone || len(said) > 2 {
				t.Fatalf("exit %d: %q", code, said)
			}
			if len(said) == 1 {
				return ""
			}
			return said[0][strings.LastIndex(said[0], " ")+1:]
		}
		old, link := start(), start()
		store := openForTest(t, dsn)
		if _, err := store.Link(t.Context(), hashOfLink(old)); models.CodeOf(err) != models.CodeNotFound {
			t.Errorf("the older link: %v", err)
		}
		if !strings.Contains(link, "/es/link/") {
			t.Errorf("the link is %q", link)
		}
		session := models.Session{IDHash: strings.Repeat("0", 64), ExpiresAt: time.Now().Add(time.Hour)}
		if _, err := store.UseLink(t.Context(), hashOfLink(link), models.LinkUse{Password: "$argon2id$", Session: &session}); err != nil {
			t.Fatal(err)
		}
		account, err := store.Account(t.Context(), session.AccountID)
		if err != nil || account.Role != models.AccountAdmin || account.Lang != "es" {
			t.Fatalf("%+v %v", account, err)
		}
		if again := start(); again != "" {
			t.Errorf("with an administrator it printed %q", again)
		}
		all, err := store.Programmes(t.Context())
		if err != nil || len(all) != 1 || all[0].Name != firstProgramme || all[0].Locale != "es" || all[0].Settings != "{}" {
			t.Errorf("%+v %v", all, err)
		}
	})
}

// TestFirstAdminTaken wants nobody else to be signed in as an administrator.
func TestFirstAdminTaken(t *testing.T) {
	folder := t.TempDir()
	args := []string{"--data", folder, "--addr", "127.0.0.1:0"}
	if code := run(t.Context(), append([]string{"migrate"}, args...), nil, http.NoBody, io.Discard, io.Discard); code != exitDone {
		t.Fatalf("exit %d", code)
	}
	store := openForTest(t, filepath.Join(folder, databaseFile))
	if err := store.CreateAccount(t.Context(), "", &models.Account{Email: firstAdmin, Role: models.AccountMentor, Lang: "en"}); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr strings.Builder
	code := run(t.Context(), append([]string{"serve"}, args...), nil, http.NoBody, &stdout, &stderr)
	if code != exitFailed || strings.Contains(stdout.String(), "/link/") || !strings.Contains(stderr.String(), firstAdmin) {
		t.Errorf("exit %d: %s%s", code, stdout.String(), stderr.String())
	}
}

// TestManyServers wants as many servers of one new PostgreSQL as somebody
// starts, at the same time and without a folder.
func TestManyServers(t *testing.T) {
	dsn, folder := postgrestest.DSN(t), filepath.Join(t.TempDir(), "none")
	secret := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, secretBytes))
	t.Run("all", func(t *testing.T) {
		for _, name := range []string{"one", "two", "three"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := startServer(t, "--data", folder, "--database", dsn, "--secret", secret)
				if code, said := s.stop(); code != exitDone || len(said) != 2 {
					t.Errorf("exit %d: %q", code, said)
				}
			})
		}
	})
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is there: %v", err)
	}
	all, err := openForTest(t, dsn).Programmes(t.Context())
	if err != nil || len(all) != 1 {
		t.Errorf("%+v %v", all, err)
	}
}

// TestReady wants /readyz to follow the database.
func TestReady(t *testing.T) {
	folder := t.TempDir()
	s := startServer(t, "--data", folder)
	store := openForTest(t, filepath.Join(folder, databaseFile))
	if _, err := store.SQL.ExecContext(t.Context(), "DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)"); err != nil {
		t.Fatal(err)
	}
	if err := ask(t.Context(), s.url+"/readyz"); err == nil || !strings.HasPrefix(err.Error(), "503") {
		t.Errorf("with a step missing: %v", err)
	}
	if err := ask(t.Context(), s.url+"/healthz"); err != nil {
		t.Error(err)
	}
}

// TestKeys wants keys that depend on the secret and nothing else, and differ
// from each other.
func TestKeys(t *testing.T) {
	derive := func(secret string) *data {
		t.Helper()
		d := &data{}
		if err := d.derive([]byte(secret)); err != nil {
			t.Fatal(err)
		}
		return d
	}
	d, same, other := derive("one"), derive("one"), derive("other")
	token, _, err := d.tokens("https://puente.example").Issue("account", "session")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := same.tokens("https://puente.example").Read(token); err != nil {
		t.Errorf("the same secret: %v", err)
	}
	if _, err := same.tokens("https://other.example").Read(token); err == nil {
		t.Error("another site takes the token")
	}
	if _, err := other.tokens("https://puente.example").Read(token); err == nil {
		t.Error("another secret takes the token")
	}
	sealed, err := d.vault.Seal("here", []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := same.vault.Open("here", sealed); err != nil || string(text) != "text" {
		t.Errorf("%q %v", text, err)
	}
	if _, err := other.vault.Open("here", sealed); err == nil {
		t.Error("another secret opens the seal")
	}
	// What was sealed and signed must still be read after an update.
	if id := derive(strings.Repeat("puente", 8)).tokens("").KeyID; id != "efcc51ea674fa831" {
		t.Errorf("the key's id is %s", id)
	}
}

func TestDecodeSecret(t *testing.T) {
	want := bytes.Repeat([]byte{0xfb, 0xff}, secretBytes/2)
	for _, c := range []struct {
		name, text string
		want       []byte
	}{
		{"hexadecimal", hex.EncodeToString(want), want},
		{"capitals and white space", " " + strings.ToUpper(hex.EncodeToString(want)) + "\r\n", want},
		{"base64", base64.StdEncoding.EncodeToString(want), want},
		{"base64 without padding", base64.RawStdEncoding.EncodeToString(want), want},
		{"base64 for addresses", base64.URLEncoding.EncodeToString(want), want},
		{"longer", strings.Repeat("ab", 64), bytes.Repeat([]byte{0xab}, 64)},
		{"a byte short", base64.StdEncoding.EncodeToString(want[1:]), nil},
		{"nothing", "", nil},
		{"words", "correct horse battery staple correct horse battery staple", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := decodeSecret(c.text); !bytes.Equal(got, c.want) {
				t.Errorf("got %x", got)
			}
		})
	}
}

// TestUnreachableDatabase wants a word about the database and none of its
// password.
func TestUnreachableDatabase(t *testing.T) {
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	args := []string{"migrate", "--data", t.TempDir(), "--database", "postgres://puente:hidden@" + address + "/puente?sslmode=disable"}
	code := run(t.Context(), args, nil, http.NoBody, io.Discard, &stderr)
	if code != exitFailed || !strings.Contains(stderr.String(), "The database does not answer") || strings.Contains(stderr.String(), "hidden") {
		t.Errorf("exit %d: %s", code, stderr.String())
	}
}

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"puente/jobs"
	"puente/models"
)

// TestSecretRotate exchanges the secret on both databases: not while a server
// is at work, and then what the old one sealed opens with the new one, and the
// servers go on.
func TestSecretRotate(t *testing.T) {
	databases(t, func(t *testing.T, dsn string, flags []string) {
		rotate := func() (int, string) {
			var out, errs bytes.Buffer
			code := run(context.Background(), append([]string{"secret", "rotate"}, flags...), nil, strings.NewReader(""), &out, &errs)
			return code, out.String() + errs.String()
		}
		keys := func() *models.Keys {
			text, err := os.ReadFile(filepath.Join(flags[1], secretFile))
			if err != nil {
				t.Fatal(err)
			}
			var d data
			if err := d.derive(decodeSecret(string(text))); err != nil {
				t.Fatal(err)
			}
			return d.keys()
		}
		server := startServer(t, flags...)
		store := openForTest(t, dsn)
		queue, err := jobs.NewQueue(store, jobs.QueueOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for store.Postgres() { // it says so within its first moments
			if busy, err := queue.AtWork(t.Context()); err != nil {
				t.Fatal(err)
			} else if busy {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if code, said := rotate(); code != exitFailed || !strings.Contains(said, "A server uses the database") && !strings.Contains(said, "Another puente") {
			t.Errorf("while a server is at work: %d %s", code, said)
		}
		if code, said := server.stop(); code != exitDone {
			t.Fatalf("%d %q", code, said)
		}
		old := keys()
		account := &models.Account{Email: "ana@example.org", Role: models.AccountMentor, Lang: "es"}
		if err := store.CreateAccount(t.Context(), "", account); err != nil {
			t.Fatal(err)
		}
		place := models.FactorPlace(account.ID)
		sealed, err := old.Factors.Seal(place, []byte("of an app"))
		if err != nil {
			t.Fatal(err)
		}
		if err := store.BeginFactor(t.Context(), account.ID, sealed); err != nil {
			t.Fatal(err)
		}
		if code, said := rotate(); code != exitDone {
			t.Fatalf("%d %s", code, said)
		}
		f, err := store.Factor(t.Context(), account.ID)
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := keys().Factors.Open(place, f.Secret); err != nil || string(plain) != "of an app" {
			t.Errorf("with the new secret: %q, %v", plain, err)
		}
		if _, err := old.Factors.Open(place, f.Secret); err == nil {
			t.Error("the old secret opens it")
		}
		if code, said := startServer(t, flags...).stop(); code != exitDone {
			t.Errorf("%d %q", code, said)
		}
	})
}

package api

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"puente/jobs"
	"puente/matching/verify"
	"puente/models"
	"puente/script/postgrestest"
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(killedChild); dsn != "" {
		serveUntilKilled(dsn)
	}
	os.Exit(postgrestest.Run(m))
}

// emptyStore is the file of a migrated SQLite store without rows, made once and
// copied for each test.
var emptyStore = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "puente-api")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a temporary folder
	path := filepath.Join(folder, "empty.db")
	if err := migrated(context.Background(), path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// migrated brings a new database to the form that the program needs.
func migrated(ctx context.Context, dsn string) error {
	store, err := models.Open(ctx, dsn, time.Now)
	if err != nil {
		return err
	}
	if _, err = store.Migrate(ctx); err == nil {
		var q *jobs.Queue
		if q, err = jobs.NewQueue(store, jobs.QueueOptions{}); err == nil {
			_, err = q.Migrate(ctx)
		}
	}
	if e := store.Close(); err == nil {
		err = e
	}
	return err
}

// installation is a server on a store with its queue at work, as main puts it
// together.
type installation struct {
	*Server
	t   *testing.T
	log *logBuffer
	dsn string

	staff []string // accounts that manage every programme
}

// onBoth runs a test with a new installation on each database.
func onBoth(t *testing.T, test func(t *testing.T, i *installation)) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			test(t, install(t, newDatabase(t, kind)))
		})
	}
}

// newDatabase is a migrated database without rows.
func newDatabase(t testing.TB, kind string) (dsn string) {
	t.Helper()
	if kind == "postgres" {
		dsn = postgrestest.DSN(t)
		must(t, migrated(t.Context(), dsn))
		return dsn
	}
	empty, err := emptyStore()
	must(t, err)
	dsn = filepath.Join(t.TempDir(), "puente.db")
	must(t, os.WriteFile(dsn, empty, 0o600))
	return dsn
}

func install(t *testing.T, dsn string, embeddings ...*jobs.Embeddings) *installation {
	t.Helper()
	return installAt(t, dsn, time.Now, embeddings...)
}

// installAt makes an installation with a clock of its own.
func installAt(t *testing.T, dsn string, now func() time.Time, embeddings ...*jobs.Embeddings) *installation {
	t.Helper()
	s, log := serverAt(t, dsn, now, embeddings...)
	return &installation{Server: s, t: t, log: log, dsn: dsn}
}

// serverAt is the server of an installation, which ends with the test.
func serverAt(t testing.TB, dsn string, now func() time.Time, embeddings ...*jobs.Embeddings) (*Server, *logBuffer) {
	t.Helper()
	ctx := context.Background()
	store, err := models.Open(ctx, dsn, now)
	must(t, err)
	t.Cleanup(func() { must(t, store.Close()) })
	queue, err := jobs.NewQueue(store, jobs.QueueOptions{Workers: 2, Vault: testVault(t), Embeddings: append(embeddings, nil)[0], Prove: func(round []byte) error {
		result, err := verify.Round(round)
		if err == nil && len(result.Failures) > 0 {
			err = errors.New(result.Failures[0].Detail)
		}
		return err
	}})
	must(t, err)
	must(t, queue.Start(ctx))
	t.Cleanup(func() { must(t, queue.Stop(ctx)) })
	public, private, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	log := &logBuffer{}
	return New(Options{
		Log: slog.New(slog.NewTextHandler(log, nil)), Now: now, Version: "1.2.3", Store: store, Queue: queue, URL: "http://puente.test", Loopback: true,
		Ownership: testVault(t),
		Tokens: &Tokens{
			Issuer: "http://puente.test", Audience: "http://puente.test", Life: time.Hour, Now: now,
			Keys: map[string]ed25519.PublicKey{"k1": public}, KeyID: "k1", Private: private,
		},
	}), log
}

// enrolled gives an account of staff a second factor, past the interface; of
// others nothing. The secret of its app is one that tests know.
func (i *installation) enrolled(a *models.Account) {
	i.t.Helper()
	if len(a.Sides()) > 0 {
		return
	}
	sealed, err := i.secrets.factors.Seal(models.FactorPlace(a.ID), testTOTP)
	must(i.t, err)
	now := i.Store.Now()
	must(i.t, i.Store.Gorm.Create(&models.Factor{AccountID: a.ID, Secret: sealed, CreatedAt: now, ConfirmedAt: &now}).Error)
	must(i.t, i.Store.Gorm.Exec("UPDATE accounts SET factor_at = ? WHERE id = ?", now, a.ID).Error)
}

// testTOTP is the secret of RFC 6238's test vectors.
var testTOTP = []byte("12345678901234567890")

// proof is a recovery code that was not used before, of an account that has a
// second factor; nil for others.
func (i *installation) proof(account string) *models.Proof {
	i.t.Helper()
	a, err := i.Store.Account(i.t.Context(), account)
	must(i.t, err)
	if a.FactorAt == nil {
		return nil
	}
	return &models.Proof{Recovery: hashOf(i.recoveryCode(account))}
}

// recoveryCode gives an account one more recovery code.
func (i *installation) recoveryCode(account string) string {
	i.t.Helper()
	codes, hashes := newRecovery(1)
	must(i.t, i.Store.Gorm.Create(&models.RecoveryCode{CodeHash: hashes[0], AccountID: account, CreatedAt: i.Store.Now()}).Error)
	code, _ := plainCode(codes[0])
	return code
}

// passkeyOf gives an account a passkey, past the interface, and gives its id; that
// of an older one where there are too many.
func (i *installation) passkeyOf(account string) string {
	i.t.Helper()
	id, _ := Secret()
	p := models.Passkey{KeyID: id, AccountID: account, Name: "x", Credential: "{}"}
	if err := i.Store.CreatePasskey(i.t.Context(), &p, i.composing(i.t.Context(), "")); models.CodeOf(err) != models.CodeConflict {
		must(i.t, err)
		return p.ID
	}
	all, err := i.Store.Passkeys(i.t.Context(), account)
	must(i.t, err)
	return all[0].ID
}

// browserSession signs an account in as a browser, past the interface, and gives
// the value of its cookie.
func (i *installation) browserSession(account string) string {
	i.t.Helper()
	id, session := i.newSession(i.t.Context(), account)
	session.Proof = i.proof(account)
	must(i.t, i.Store.CreateSession(i.t.Context(), session))
	return id
}

// programSession signs an account in as a program, past the interface.
func (i *installation) programSession(account string) *models.Session {
	i.t.Helper()
	_, session := i.newProgram(i.t.Context(), account)
	session.Proof = i.proof(account)
	must(i.t, i.Store.CreateSession(i.t.Context(), session))
	return session
}

func testVault(t testing.TB) *models.Vault {
	t.Helper()
	vault, err := models.NewVault(make([]byte, models.KeySize))
	must(t, err)
	return vault
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// installCopy makes an installation on a copy of a SQLite store.
func installCopy(t *testing.T, store []byte) *installation {
	t.Helper()
	path := filepath.Join(t.TempDir(), "puente.db")
	must(t, os.WriteFile(path, store, 0o600))
	return install(t, path)
}

// readAll sends a request and reads the whole answer.
func readAll(t *testing.T, r *http.Request) string {
	t.Helper()
	answer, err := http.DefaultClient.Do(r)
	must(t, err)
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	must(t, err)
	return string(data)
}

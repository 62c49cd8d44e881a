package main

import (
	"context"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"puente/jobs"
	"puente/models"
)

// The files of the data folder.
const (
	databaseFile = "puente.db"
	secretFile   = "secret"
	lockFile     = "lock"
)

// data is what an installation keeps: its store, and the keys that are made
// from its secret.
type data struct {
	store       *models.Store
	vault       *models.Vault      // seals answers about ownership
	mails       *models.Vault      // seals what mails say
	fingerprint string             // by which the secret is recognised
	signing     ed25519.PrivateKey // of access tokens
	http        []byte             // of the HTTP interface, see api.Options
	locked      io.Closer          // nil without a lock
}

// openData opens the data of this installation and makes the folder, the
// secret and an empty database where they are missing. It changes nothing in
// the database; see [data.migrate].
func (p *program) openData() (*data, error) {
	dsn := p.config.Database
	if dsn != "" && !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return nil, &usageError{errors.New(p.say("usage.database", nil))}
	}
	secret, err := p.secret()
	if err != nil {
		return nil, err
	}
	d := &data{}
	if err := d.derive(secret); err != nil {
		return nil, err
	}
	if dsn == "" {
		dsn = filepath.Join(p.config.Data, databaseFile)
		if err := makeFile(dsn); err != nil {
			return nil, err
		}
	}
	if d.store, err = models.Open(p.ctx, dsn, time.Now); err != nil {
		return nil, err
	}
	return d, nil
}

// derive makes a key for each use, so that none tells anything of another.
func (d *data) derive(secret []byte) error {
	key, err := hkdf.Key(sha256.New, secret, nil, "puente vault 1", models.KeySize)
	if err != nil {
		return err
	}
	seed, err := hkdf.Key(sha256.New, secret, nil, "puente access tokens 1", ed25519.SeedSize)
	if err != nil {
		return err
	}
	d.signing = ed25519.NewKeyFromSeed(seed)
	if d.http, err = hkdf.Key(sha256.New, secret, nil, "puente http 1", models.KeySize); err != nil {
		return err
	}
	fingerprint, err := hkdf.Key(sha256.New, secret, nil, "puente fingerprint 1", sha256.Size)
	if err != nil {
		return err
	}
	d.fingerprint = hex.EncodeToString(fingerprint)
	letters, err := hkdf.Key(sha256.New, secret, nil, "puente mails 1", models.KeySize)
	if err != nil {
		return err
	}
	if d.mails, err = models.NewVault(letters); err != nil {
		return err
	}
	d.vault, err = models.NewVault(key)
	return err
}

// Close ends the use of the data.
func (d *data) Close() error {
	err := d.store.Close()
	if d.locked != nil {
		err = errors.Join(err, d.locked.Close())
	}
	return err
}

// errLocked says that another process holds a lock.
var errLocked = errors.New("locked by another process")

// lock keeps the data folder for this process alone until Close, since SQLite
// is for one server. A PostgreSQL has many, and is not locked.
func (p *program) lock(d *data) (err error) {
	if d.store.Postgres() {
		return nil
	}
	d.locked, err = tryLock(filepath.Join(p.config.Data, lockFile))
	if errors.Is(err, errLocked) {
		return errors.New(p.say("data.locked", map[string]any{"Folder": p.config.Data}))
	}
	return err
}

// secretBytes is how long a secret is at least.
const secretBytes = 32

// secret gives the secret of this installation: the one that was given, or the
// one in the data folder, which is made there at the first start. A database
// without its secret is refused, since a new one would open nothing in it.
func (p *program) secret() ([]byte, error) {
	if p.config.Secret != "" {
		secret := decodeSecret(p.config.Secret)
		if secret == nil {
			return nil, &usageError{errors.New(p.say("usage.secret", map[string]any{"Min": secretBytes}))}
		}
		return secret, nil
	}
	name := filepath.Join(p.config.Data, secretFile)
	args := map[string]any{"File": name, "Min": secretBytes}
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		if there, e := os.Stat(filepath.Join(p.config.Data, databaseFile)); p.config.Database == "" && e == nil && there.Size() > 0 {
			return nil, errors.New(p.say("data.secret_lost", args))
		}
		return makeSecret(name)
	}
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, errors.New(p.say("data.secret_open", args))
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	secret := decodeSecret(string(text))
	if secret == nil {
		return nil, errors.New(p.say("data.secret_bad", args))
	}
	return secret, nil
}

// decodeSecret reads hexadecimal digits or base64 of any kind, nil if it is
// neither or too short.
func decodeSecret(text string) []byte {
	text = strings.TrimSpace(text)
	secret, err := hex.DecodeString(text)
	if err != nil {
		plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
		secret, err = base64.RawStdEncoding.DecodeString(plain)
	}
	if err != nil || len(secret) < secretBytes {
		return nil
	}
	return secret
}

// makeSecret writes a new secret to a file that is not there yet. The file is
// whole as soon as it has its name; of two processes one makes it, and the
// other fails.
func makeSecret(name string) (secret []byte, err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".secret-*") // mode 0600
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	secret = make([]byte, secretBytes)
	rand.Read(secret) // never fails
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(secret) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	return secret, os.Link(f.Name(), name)
}

// makeFile makes an empty file for the owner only, with its folder, where
// there is none. SQLite gives its other files the same mode.
func makeFile(name string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// migrate brings the database to the form that this program needs and says how
// many steps that took. A database that was begun with another secret is
// refused.
func (d *data) migrate(ctx context.Context, queue *jobs.Queue) (int, error) {
	steps, err := d.store.Migrate(ctx)
	if err != nil {
		return steps, err
	}
	more, err := queue.Migrate(ctx)
	if err != nil {
		return steps, err
	}
	return steps + more, d.store.KeepSecret(ctx, d.fingerprint)
}

// pending says how many steps migrate would take.
func pending(ctx context.Context, store *models.Store, queue *jobs.Queue) (int, error) {
	steps, err := store.Pending(ctx)
	if err != nil {
		return steps, err
	}
	more, err := queue.Pending(ctx)
	return steps + more, err
}

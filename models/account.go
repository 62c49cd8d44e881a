package models

import (
	"cmp"
	"context"
	"time"

	"gorm.io/gorm"
)

// AccountRole is what an account may do.
type AccountRole string

// The roles of accounts.
const (
	AccountEntrepreneur AccountRole = "entrepreneur"
	AccountMentor       AccountRole = "mentor"
	AccountStaff        AccountRole = "staff"
	AccountAdmin        AccountRole = "admin"
)

// Account is somebody who can sign in.
type Account struct {
	ID             string `gorm:"primaryKey"`
	Email          string
	EmailKey       string // set by CreateAccount: one address, one account
	Role           AccountRole
	Lang           string // en, es or fr
	PasswordHash   string // of argon2id with its parameters; "" when the account signs in without a password
	OrganizationID *string
	Version        int
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// CreateAccount stores an account and sets its id, e-mail key, version and times. An address that is taken, in
// whatever case, is a conflict.
func (s *Store) CreateAccount(ctx context.Context, by Actor, a *Account) error {
	a.ID, a.Version = newID(s.now()), 1
	if err := cmp.Or(checkText(a), a.setEmail(a.Email)); err != nil {
		return err
	}
	return s.write(ctx, "account", func(g *gorm.DB) error {
		if err := g.Create(a).Error; err != nil {
			return err
		}
		return s.Audit(g, by, "account.create", "accounts", a.ID, map[string]any{"role": a.Role})
	})
}

// Account reads the account of an id.
func (s *Store) Account(ctx context.Context, id string) (*Account, error) {
	var a Account
	err := s.Gorm.WithContext(ctx).Where("id = ?", id).First(&a).Error
	return found(&a, "account", err)
}

// AccountByEmail reads the account of an address, in whatever case it is written.
func (s *Store) AccountByEmail(ctx context.Context, email string) (*Account, error) {
	var a Account
	err := s.Gorm.WithContext(ctx).Where("email_key = ?", EmailKey(email)).First(&a).Error
	return found(&a, "account", err)
}

// HasAdmin says whether an administrator has a way to sign in: one with a password.
func (s *Store) HasAdmin(ctx context.Context) (bool, error) {
	var n int64
	err := s.Gorm.WithContext(ctx).Model(&Account{}).Where("role = ? AND password_hash <> ''", AccountAdmin).Count(&n).Error
	return n > 0, failed("account", err)
}

// SetPassword stores the hash of an account's new password and ends all its sessions but one, "" for none.
func (s *Store) SetPassword(ctx context.Context, by Actor, account, hash, keep string) error {
	return s.write(ctx, "account", func(g *gorm.DB) error { return s.setPassword(g, by, account, hash, keep) })
}

// setPassword is SetPassword in a transaction of the caller.
func (s *Store) setPassword(g *gorm.DB, by Actor, account, hash, keep string) error {
	done := g.Model(&Account{}).Where("id = ?", account).
		Updates(map[string]any{"password_hash": hash, "version": gorm.Expr("version + 1"), "updated_at": s.now()})
	if err := stale(g, done, &Account{}, account); err != nil {
		return err
	}
	if err := g.Where("account_id = ? AND id_hash <> ?", account, keep).Delete(&Session{}).Error; err != nil {
		return err
	}
	return s.Audit(g, by, "account.password", "accounts", account, nil)
}

// found gives what was read, or nil and the error.
func found[T any](row *T, what string, err error) (*T, error) {
	if err != nil {
		return nil, failed(what, err)
	}
	return row, nil
}

// Session is a browser that is signed in. Only the hash of its id is stored.
type Session struct {
	IDHash    string `gorm:"primaryKey"` // SHA-256 in hexadecimal digits
	AccountID string
	CreatedAt time.Time
	ExpiresAt time.Time
}

// CreateSession signs an account in until session.ExpiresAt.
func (s *Store) CreateSession(ctx context.Context, session *Session) error {
	return s.write(ctx, "session", func(g *gorm.DB) error { return s.createSession(g, session) })
}

func (s *Store) createSession(g *gorm.DB, session *Session) error {
	session.CreatedAt, session.ExpiresAt = s.now(), session.ExpiresAt.UTC().Truncate(time.Microsecond)
	return g.Create(session).Error
}

// SessionAccount reads the account that is signed in by a session; one that has expired is not there.
func (s *Store) SessionAccount(ctx context.Context, hash string) (*Account, error) {
	var a Account
	err := s.Gorm.WithContext(ctx).Joins("JOIN sessions ON sessions.account_id = accounts.id").
		Where("sessions.id_hash = ? AND sessions.expires_at > ?", hash, s.now()).First(&a).Error
	return found(&a, "session", err)
}

// DeleteSession signs a browser out. It is no error if it was.
func (s *Store) DeleteSession(ctx context.Context, hash string) error {
	return s.write(ctx, "session", func(g *gorm.DB) error { return g.Where("id_hash = ?", hash).Delete(&Session{}).Error })
}

// DeleteExpiredSessions removes what nobody can use any more and says how many there were.
func (s *Store) DeleteExpiredSessions(ctx context.Context) (n int64, err error) {
	err = s.write(ctx, "session", func(g *gorm.DB) error {
		done := g.Where("expires_at <= ?", s.now()).Delete(&Session{})
		n = done.RowsAffected
		return done.Error
	})
	return n, err
}

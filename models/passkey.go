package models

import (
	"cmp"
	"context"
	"time"

	"gorm.io/gorm"
)

// PasskeysMost is how many passkeys an account may have.
const PasskeysMost = 20

// challengeLife is how long a browser has to answer a challenge.
const challengeLife = 5 * time.Minute

// Passkey is a key of a person's own device that signs in (WebAuthn), with what the device has of its owner: it is both
// factors in one. What is stored of it is public.
type Passkey struct {
	ID         string `gorm:"primaryKey"`
	KeyID      string // by which the device names it, in base64url
	AccountID  string
	Name       string // in its owner's words
	Credential string // JSON, of the caller
	Counter    int64  // how often the device has used it, as it says; 0 if it does not count
	CreatedAt  time.Time
	UsedAt     *time.Time
}

// PasskeyChallenge is what a browser was asked to sign with a passkey. It is good once.
type PasskeyChallenge struct {
	IDHash    string  `gorm:"primaryKey"` // SHA-256 of what only the browser has
	AccountID *string // who gets another passkey; nil to sign in
	Name      string  // of the passkey that is to be made
	Session   string  // JSON, of the caller
	CreatedAt time.Time
	ExpiresAt time.Time
}

// CreateChallenge stores a challenge, which is good for some minutes.
func (s *Store) CreateChallenge(ctx context.Context, c *PasskeyChallenge) error {
	c.CreatedAt = s.now()
	c.ExpiresAt = c.CreatedAt.Add(challengeLife)
	if err := checkText(c); err != nil {
		return err
	}
	return s.write(ctx, "challenge", func(g *gorm.DB) error {
		if c.AccountID != nil {
			if err := lockOwner(g, *c.AccountID, &Account{}); err != nil {
				return err
			}
		}
		return g.Create(c).Error
	})
}

// TakeChallenge uses a challenge up and gives it. Of several who come with it, one is served; for the others it is not
// there.
func (s *Store) TakeChallenge(ctx context.Context, hash string) (*PasskeyChallenge, error) {
	var c PasskeyChallenge
	err := s.write(ctx, "challenge", func(g *gorm.DB) error {
		if err := locked(g).Where("id_hash = ? AND expires_at > ?", hash, s.now()).First(&c).Error; err != nil {
			return err
		}
		return g.Where("id_hash = ?", hash).Delete(&PasskeyChallenge{}).Error
	})
	return found(&c, "challenge", err)
}

// CreatePasskey stores a passkey and tells its owner by mail. An account with PasskeysMost is a conflict, and so is a
// passkey that is stored.
func (s *Store) CreatePasskey(ctx context.Context, p *Passkey, compose Compose) error {
	p.ID, p.CreatedAt = newID(s.now()), s.now()
	if err := checkText(p); err != nil {
		return err
	}
	return s.write(ctx, "passkey", func(g *gorm.DB) error {
		var a Account
		if err := lockOwner(g, p.AccountID, &a); err != nil {
			return err
		}
		var n int64
		if err := g.Model(&Passkey{}).Where("account_id = ?", a.ID).Count(&n).Error; err != nil {
			return err
		}
		if n >= PasskeysMost {
			return &Error{Code: CodeConflict, Key: "store.many_passkeys", Args: map[string]any{"Max": PasskeysMost}}
		}
		if err := g.Create(p).Error; err != nil {
			return err
		}
		if err := s.Audit(g, Actor(a.ID), "account.passkey_add", "accounts", a.ID, map[string]any{"passkey": p.ID}); err != nil {
			return err
		}
		return s.mailAccount(ctx, g, &a, MailPasskeyAdded, compose)
	})
}

// Passkeys reads the passkeys of an account, newest first.
func (s *Store) Passkeys(ctx context.Context, account string, part ...Part) (all []Passkey, err error) {
	err = newest(s.Gorm.WithContext(ctx).Where("account_id = ?", account), part).Find(&all).Error
	return all, failed("passkey", err)
}

// DeletePasskey ends a passkey of an account and tells its owner by mail. Somebody else's is not there.
func (s *Store) DeletePasskey(ctx context.Context, account, id string, compose Compose) error {
	return s.write(ctx, "passkey", func(g *gorm.DB) error {
		done := g.Where("account_id = ? AND id = ?", account, id).Delete(&Passkey{})
		if done.Error == nil && done.RowsAffected == 0 {
			return missing("passkey")
		}
		var a Account
		err := cmp.Or(done.Error, g.Where("id = ?", account).First(&a).Error)
		if err != nil {
			return err
		}
		if err := s.Audit(g, Actor(account), "account.passkey_remove", "accounts", account, map[string]any{"passkey": id}); err != nil {
			return err
		}
		return s.mailAccount(ctx, g, &a, MailPasskeyRemoved, compose)
	})
}

// NotePasskeyClone writes into the audit log that a passkey was refused whose counter went back: there may be two of it.
func (s *Store) NotePasskeyClone(ctx context.Context, p *Passkey) error {
	return s.write(ctx, "passkey", func(g *gorm.DB) error {
		return s.Audit(g, "", "account.passkey_clone", "accounts", p.AccountID, map[string]any{"passkey": p.ID})
	})
}

// takePasskey notes that a passkey has signed in, with its counter, which only goes up.
func (s *Store) takePasskey(g *gorm.DB, account string, p Proof) error {
	done := g.Model(&Passkey{}).Where("account_id = ? AND id = ?", account, p.Passkey).Where("counter < ? OR counter = 0 AND ? = 0", p.Counter, p.Counter).
		UpdateColumns(map[string]any{"counter": p.Counter, "used_at": s.now()})
	if done.Error == nil && done.RowsAffected == 0 {
		return badCode()
	}
	return done.Error
}

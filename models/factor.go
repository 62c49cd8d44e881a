package models

import (
	"cmp"
	"context"
	"time"

	"gorm.io/gorm"
)

// Factor is an app that shows codes for an account (RFC 6238), a second factor.
type Factor struct {
	AccountID   string `gorm:"primaryKey"`
	Secret      Sealed // for FactorPlace
	Step        int64  // the newest whose code was taken: each is good once
	CreatedAt   time.Time
	ConfirmedAt *time.Time // nil until a code has shown that the app has the secret: before that nobody is asked for one
}

// RecoveryCodes is how many recovery codes an account gets.
const RecoveryCodes = 10

// RecoveryCode is good once, for those who have lost their other second factors. Only its hash is stored.
type RecoveryCode struct {
	CodeHash  string `gorm:"primaryKey"` // SHA-256 in hexadecimal digits
	AccountID string
	CreatedAt time.Time
	UsedAt    *time.Time
}

// HalfSession is a browser that has shown a first factor, and not the second one yet. It opens nothing but the page that
// asks for that. Only the hash of its secret id is stored.
type HalfSession struct {
	IDHash    string `gorm:"primaryKey"` // SHA-256 in hexadecimal digits
	AccountID string
	CreatedAt time.Time
	ExpiresAt time.Time
}

const (
	halfLife      = 10 * time.Minute // of a half session
	factorWaiting = 15 * time.Minute // for a first code, since the secret was shown
)

// FactorPlace is where the secret of an account's app is sealed for.
func FactorPlace(account string) string { return "factors.secret#" + account }

// Proof shows the second factor of an account: the step whose code somebody knows, the hash of a recovery code, or the id of
// a passkey that has signed, which is both factors. It is good once.
type Proof struct {
	Step     int64
	Recovery string // "" for a code of the app
	Passkey  string // "" for none
	Counter  int64  // of the passkey
}

// badCode says that a proof is none, or none any more.
func badCode() error { return &Error{Code: CodeUnproven, Field: "code", Key: "store.bad_code"} }

// takeProof uses a proof up. Of several who come with the same one, one is served.
func (s *Store) takeProof(g *gorm.DB, account string, p Proof) error {
	if p.Passkey != "" {
		return s.takePasskey(g, account, p)
	}
	now := s.now()
	var done *gorm.DB
	if p.Recovery == "" {
		done = g.Model(&Factor{}).Where("account_id = ? AND step < ? AND confirmed_at IS NOT NULL", account, p.Step).
			UpdateColumns(map[string]any{"step": p.Step})
	} else {
		done = g.Model(&RecoveryCode{}).Where("account_id = ? AND code_hash = ? AND used_at IS NULL", account, p.Recovery).
			UpdateColumns(map[string]any{"used_at": now})
	}
	switch {
	case done.Error != nil:
		return done.Error
	case done.RowsAffected == 0:
		return badCode()
	case p.Recovery == "":
		return nil
	}
	return s.Audit(g, Actor(account), "account.recovery_used", "accounts", account, nil)
}

// TakeProof uses up a proof of the second factor of an account; one that is none, or none any more, is CodeUnproven. Of
// several who come with the same one, one is served.
func (s *Store) TakeProof(ctx context.Context, account string, p Proof) error {
	return s.write(ctx, "second factor", func(g *gorm.DB) error { return s.takeProof(g, account, p) })
}

// Factor reads the app of an account, also one that waits for its first code; one that nobody confirmed in time is not
// there.
func (s *Store) Factor(ctx context.Context, account string) (*Factor, error) {
	var f Factor
	g := s.Gorm.WithContext(ctx).Where("account_id = ?", account)
	err := g.Where("confirmed_at IS NOT NULL OR created_at > ?", s.now().Add(-factorWaiting)).First(&f).Error
	return found(&f, "second factor", err)
}

// BeginFactor stores the secret of an app, which waits for its first code. An earlier one that waited ends; an account that
// has an app is a conflict.
func (s *Store) BeginFactor(ctx context.Context, account string, secret Sealed) error {
	return s.write(ctx, "second factor", func(g *gorm.DB) error {
		if err := lockOwner(g, account, &Account{}); err != nil {
			return err
		}
		var confirmed int64
		if err := g.Model(&Factor{}).Where("account_id = ? AND confirmed_at IS NOT NULL", account).Count(&confirmed).Error; err != nil {
			return err
		}
		if confirmed > 0 {
			return &Error{Code: CodeConflict, Key: "store.has_factor"}
		}
		if err := g.Where("account_id = ?", account).Delete(&Factor{}).Error; err != nil {
			return err
		}
		return g.Create(&Factor{AccountID: account, Secret: secret, CreatedAt: s.now()}).Error
	})
}

// ConfirmFactor makes the app that was read a second factor of its account, since somebody knows the code of a step. The
// account gets recovery codes, by their hashes, in place of those that it had, and its owner a mail. Its sessions but keep, by
// its hash, end with the links that would sign in: whoever has them showed no second factor.
func (s *Store) ConfirmFactor(ctx context.Context, f *Factor, step int64, recovery []string, keep string, compose Compose) error {
	return s.write(ctx, "second factor", func(g *gorm.DB) error {
		now := s.now()
		var a Account
		if err := lockOwner(g, f.AccountID, &a); err != nil {
			return err
		}
		done := g.Model(&Factor{}).Where("account_id = ? AND created_at = ? AND confirmed_at IS NULL", f.AccountID, f.CreatedAt).
			UpdateColumns(map[string]any{"confirmed_at": now, "step": step})
		if done.Error == nil && done.RowsAffected == 0 {
			return missing("second factor")
		}
		if err := cmp.Or(done.Error, s.setFactor(g, &a, &now), s.newRecovery(g, a.ID, recovery), s.signOutAll(g, a.ID, keep)); err != nil {
			return err
		}
		if err := s.Audit(g, Actor(a.ID), "account.factor_add", "accounts", a.ID, nil); err != nil {
			return err
		}
		return s.mailAccount(ctx, g, &a, MailFactorAdded, compose)
	})
}

// setFactor says since when an account has a second factor, nil for none.
func (s *Store) setFactor(g *gorm.DB, a *Account, since *time.Time) error {
	if since != nil && a.FactorAt != nil {
		return nil // it had another one
	}
	a.FactorAt = since
	change := map[string]any{"factor_at": since, "version": gorm.Expr("version + 1"), "updated_at": s.now()}
	return g.Model(&Account{}).Where("id = ?", a.ID).UpdateColumns(change).Error
}

// newRecovery gives an account recovery codes in place of those that it had.
func (s *Store) newRecovery(g *gorm.DB, account string, hashes []string) error {
	if err := g.Where("account_id = ?", account).Delete(&RecoveryCode{}).Error; err != nil {
		return err
	}
	rows := make([]RecoveryCode, len(hashes))
	for i, hash := range hashes {
		rows[i] = RecoveryCode{hash, account, s.now(), nil}
	}
	return g.Create(&rows).Error
}

// RenewRecovery gives an account with a second factor recovery codes, by their hashes, in place of those that it had, for a
// proof.
func (s *Store) RenewRecovery(ctx context.Context, account string, p Proof, hashes []string) error {
	return s.write(ctx, "second factor", func(g *gorm.DB) error {
		if err := cmp.Or(s.takeProof(g, account, p), s.newRecovery(g, account, hashes)); err != nil {
			return err
		}
		return s.Audit(g, Actor(account), "account.recovery_new", "accounts", account, nil)
	})
}

// RecoveryLeft counts the recovery codes of an account that nobody has used.
func (s *Store) RecoveryLeft(ctx context.Context, account string) (int, error) {
	var n int64
	err := s.Gorm.WithContext(ctx).Model(&RecoveryCode{}).Where("account_id = ? AND used_at IS NULL", account).Count(&n).Error
	return int(n), failed("second factor", err)
}

// RemoveFactor takes from an account its second factor, with its recovery codes; who does so for their own account gives a
// proof. By somebody else all passkeys, sessions, keys and links of the account end. Its owner gets a mail. It is no error
// if it had none.
func (s *Store) RemoveFactor(ctx context.Context, by Actor, account string, p *Proof, compose Compose) error {
	return s.write(ctx, "second factor", func(g *gorm.DB) error {
		var a Account
		if err := locked(g).Where("id = ?", account).First(&a).Error; err != nil || a.FactorAt == nil {
			return err
		}
		own := by == Actor(account)
		if own && p == nil {
			return badCode()
		}
		if p != nil {
			if err := s.takeProof(g, account, *p); err != nil {
				return err
			}
		}
		for _, of := range []any{&Factor{}, &RecoveryCode{}, &HalfSession{}} {
			if err := g.Where("account_id = ?", account).Delete(of).Error; err != nil {
				return err
			}
		}
		if !own {
			if err := cmp.Or(s.signOutAll(g, account, ""), endKeys(g, account), g.Where("account_id = ?", account).Delete(&Passkey{}).Error); err != nil {
				return err
			}
		}
		if err := cmp.Or(s.setFactor(g, &a, nil), s.Audit(g, by, "account.factor_remove", "accounts", account, nil)); err != nil {
			return err
		}
		return s.mailAccount(ctx, g, &a, MailFactorRemoved, compose)
	})
}

// HalfSession reads who has shown a first factor, by the hash of a half session that has not ended, and the account.
func (s *Store) HalfSession(ctx context.Context, hash string) (*Account, error) {
	var half HalfSession
	g := s.Gorm.WithContext(ctx)
	if err := g.Where("id_hash = ? AND expires_at > ?", hash, s.now()).First(&half).Error; err != nil {
		return nil, failed("session", err)
	}
	var a Account
	err := g.Where("id = ? AND disabled_at IS NULL", half.AccountID).First(&a).Error
	return found(&a, "session", err)
}

// CompleteSession makes a half session a whole one, for session.Proof: another row with another id. Of several who do so at
// the same time one is signed in; for the others it is not there.
func (s *Store) CompleteSession(ctx context.Context, half string, session *Session) error {
	return s.write(ctx, "session", func(g *gorm.DB) error {
		var was HalfSession
		if err := g.Where("id_hash = ? AND expires_at > ?", half, s.now()).First(&was).Error; err != nil {
			return err
		}
		if err := lockOwner(g, was.AccountID, &Account{}); err != nil {
			return err
		}
		if done := g.Where("id_hash = ?", half).Delete(&HalfSession{}); done.Error != nil || done.RowsAffected == 0 {
			return cmp.Or(done.Error, missing("session"))
		}
		if session.Proof == nil {
			return badCode()
		}
		session.AccountID = was.AccountID
		return s.createSession(g, session)
	})
}

// DeleteHalfSession signs a browser out that has shown a first factor. It is no error if it was.
func (s *Store) DeleteHalfSession(ctx context.Context, hash string) error {
	return s.write(ctx, "session", func(g *gorm.DB) error { return g.Where("id_hash = ?", hash).Delete(&HalfSession{}).Error })
}

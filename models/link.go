package models

import (
	"cmp"
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// LinkPurpose is what a link is for. It is good for nothing else.
type LinkPurpose string

// The purposes of links.
const (
	LinkVerify LinkPurpose = "verify"  // proves the address of somebody who signed up, and makes the account
	LinkSignIn LinkPurpose = "sign_in" // signs in
	LinkReset  LinkPurpose = "reset"   // sets a new password
	LinkInvite LinkPurpose = "invite"  // sets the first password of an account that was made for somebody
	LinkEmail  LinkPurpose = "email"   // gives an account a new address
	LinkDemo   LinkPurpose = "demo"    // signs in as often as somebody likes, for a demonstration
)

// LinkLives are how long links work. That of LinkSignIn is longer than an address has to wait for the next mail, so
// that whoever asks for too many still has one that works.
var LinkLives = map[LinkPurpose]time.Duration{
	LinkVerify: time.Hour, LinkSignIn: 10 * time.Minute, LinkReset: 30 * time.Minute, LinkInvite: time.Hour, LinkEmail: time.Hour, LinkDemo: 24 * time.Hour,
}

// Link lets somebody do what its purpose says. Only the hash of its id is stored. All but those of demonstrations work
// once, and end older ones of the same purpose and owner.
type Link struct {
	IDHash    string `gorm:"primaryKey"` // SHA-256 in hexadecimal digits
	Slot      string // set by CreateLink: purpose and owner
	Purpose   LinkPurpose
	AccountID *string // nil for LinkVerify
	Email     string  // the address that the link proves, if that is not the account's
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    *time.Time
}

// CreateLink stores a link that works from now on for as long as its purpose allows.
func (s *Store) CreateLink(ctx context.Context, by Actor, l *Link) error {
	return s.write(ctx, "link", func(g *gorm.DB) error { return s.createLink(g, by, l) })
}

// createLink is CreateLink in a transaction of the caller.
func (s *Store) createLink(g *gorm.DB, by Actor, l *Link) error {
	if l.AccountID != nil {
		if err := lockOwner(g, *l.AccountID, &Account{}); err != nil {
			return err
		}
	}
	l.CreatedAt, l.UsedAt = s.now(), nil
	l.ExpiresAt = l.CreatedAt.Add(LinkLives[l.Purpose])
	owner := EmailKey(l.Email)
	switch {
	case l.Purpose == LinkDemo:
		owner = l.IDHash
	case l.AccountID != nil:
		owner = *l.AccountID
	}
	l.Slot = string(l.Purpose) + ":" + owner
	newer := clause.OnConflict{
		Columns: []clause.Column{{Name: "slot"}}, DoUpdates: clause.AssignmentColumns([]string{"id_hash", "email", "created_at", "expires_at", "used_at"}),
	}
	if err := g.Clauses(newer).Create(l).Error; err != nil {
		return err
	}
	return s.Audit(g, by, "link.create", "links", l.IDHash, map[string]any{"purpose": l.Purpose})
}

// works is the condition of links that still work; the clock is to be given.
const works = "expires_at > ? AND (used_at IS NULL OR purpose = 'demo')"

// Link reads a link that still works by its hash; one that was used or has expired is not there.
func (s *Store) Link(ctx context.Context, hash string) (*Link, error) {
	var l Link
	err := s.Gorm.WithContext(ctx).Where("id_hash = ?", hash).Where(works, s.now()).First(&l).Error
	return found(&l, "link", err)
}

// LinkUse is what comes with the use of a link.
type LinkUse struct {
	Password string        // hash of the new password; "" to leave it
	Session  *Session      // its AccountID is set
	Profiles []*ProfileRow // that an account begins with which the link makes
	Compose  Compose       // of mails that tell what happened
}

// UseLink does what a link is for and signs in, in one transaction, and gives the account. Of several who use a link
// that works once, one is signed in; for the others it is not there. To use a link proves the address that it was sent
// to. A new password ends all other sessions and links of the account, and so does a new address.
func (s *Store) UseLink(ctx context.Context, hash string, use LinkUse) (account *Account, err error) {
	err = s.write(ctx, "link", func(g *gorm.DB) error {
		done := g.Model(&Link{}).Where("id_hash = ?", hash).Where(works, s.now()).Updates(map[string]any{"used_at": s.now()})
		if done.Error == nil && done.RowsAffected == 0 {
			return missing("link")
		}
		var l Link
		if err := g.Where("id_hash = ?", hash).First(&l).Error; err != nil {
			return err
		}
		if account, err = s.linkAccount(ctx, g, &l, use); err != nil {
			return err
		}
		use.Session.AccountID = account.ID
		if err := s.createSession(g, use.Session); err != nil {
			return err
		}
		return s.Audit(g, Actor(account.ID), "link.use", "accounts", account.ID, map[string]any{"purpose": l.Purpose})
	})
	return account, err
}

// linkAccount does what a link is for, short of signing in.
func (s *Store) linkAccount(ctx context.Context, g *gorm.DB, l *Link, use LinkUse) (*Account, error) {
	if l.Purpose == LinkVerify {
		return s.endSignUp(g, l, use)
	}
	var a Account
	if err := locked(g).Where("id = ?", l.AccountID).First(&a).Error; err != nil {
		return nil, err
	}
	if a.DisabledAt != nil {
		return nil, missing("link")
	}
	if l.Purpose == LinkEmail {
		return &a, s.newEmail(ctx, g, &a, l.Email, use.Compose)
	}
	if (l.Purpose == LinkReset || l.Purpose == LinkInvite && a.PasswordHash == "") && use.Password == "" {
		return nil, invalid("password", "store.no_password")
	}
	if l.Purpose != LinkDemo && a.VerifiedAt == nil {
		now := s.now()
		a.VerifiedAt = &now
		if err := g.Model(&Account{}).Where("id = ?", a.ID).UpdateColumns(map[string]any{"verified_at": now}).Error; err != nil {
			return nil, err
		}
	}
	if use.Password == "" || l.Purpose != LinkReset && l.Purpose != LinkInvite {
		return &a, nil
	}
	told := a.PasswordHash != "" && use.Compose != nil
	if err := s.setPassword(g, Actor(a.ID), a.ID, use.Password, ""); err != nil || !told {
		return &a, err
	}
	return &a, s.mailAccount(ctx, g, &a, MailPasswordChanged, use.Compose)
}

// newEmail gives an account a proven address, and tells the old one.
func (s *Store) newEmail(ctx context.Context, g *gorm.DB, a *Account, email string, compose Compose) error {
	old := *a
	if err := a.setEmail(email); err != nil {
		return err
	}
	var others int64
	if err := g.Model(&Account{}).Where("email_key = ? AND id <> ?", a.EmailKey, a.ID).Count(&others).Error; err != nil {
		return err
	}
	if others > 0 { // somebody else proved it meanwhile
		return missing("link")
	}
	now := s.now()
	err := g.Model(&Account{}).Where("id = ?", a.ID).UpdateColumns(map[string]any{
		"email": a.Email, "email_key": a.EmailKey, "verified_at": now, "updated_at": now, "version": gorm.Expr("version + 1"),
	}).Error
	if err != nil {
		return err
	}
	a.VerifiedAt = &now
	if err := cmp.Or(s.signOutAll(g, a.ID, ""), endKeys(g, a.ID)); err != nil {
		return err
	}
	if err := s.Audit(g, Actor(a.ID), "account.email", "accounts", a.ID, nil); err != nil {
		return err
	}
	return s.mailAccount(ctx, g, &old, MailEmailChanged, compose)
}

// signOutAll ends the sessions of an account but one, "" for none, and the links that would sign in.
func (*Store) signOutAll(g *gorm.DB, account, keep string) error {
	if err := g.Where("account_id = ? AND id_hash <> ?", account, keep).Delete(&Session{}).Error; err != nil {
		return err
	}
	if err := g.Where("account_id = ?", account).Delete(&HalfSession{}).Error; err != nil {
		return err
	}
	return g.Where("account_id = ? AND purpose <> ? AND used_at IS NULL", account, LinkDemo).Delete(&Link{}).Error
}

// DeleteOldLinks removes links that nobody can use any more, and sign-ups that came to nothing.
func (s *Store) DeleteOldLinks(ctx context.Context) error {
	return s.write(ctx, "link", func(g *gorm.DB) error {
		if err := g.Where("expires_at <= ?", s.now()).Delete(&Link{}).Error; err != nil {
			return err
		}
		return g.Where("created_at <= ?", s.now().Add(-signUpLife)).Delete(&SignUp{}).Error
	})
}

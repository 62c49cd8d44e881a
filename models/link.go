package models

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// Link signs somebody in without a password. Only the hash of its id is stored.
type Link struct {
	IDHash    string `gorm:"primaryKey"` // SHA-256 in hexadecimal digits
	AccountID string
	Once      bool // it works one time; otherwise until it expires, as a demonstration needs
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    *time.Time
}

// CreateLink stores a link that signs an account in until l.ExpiresAt. A new link of an account that works once ends
// the older ones.
func (s *Store) CreateLink(ctx context.Context, by Actor, l *Link) error {
	l.CreatedAt, l.ExpiresAt, l.UsedAt = s.now(), l.ExpiresAt.UTC().Truncate(time.Microsecond), nil
	return s.write(ctx, "link", func(g *gorm.DB) error {
		if l.Once {
			if err := g.Where("account_id = ? AND once", l.AccountID).Delete(&Link{}).Error; err != nil {
				return err
			}
		}
		if err := g.Create(l).Error; err != nil {
			return err
		}
		return s.Audit(g, by, "link.create", "accounts", l.AccountID, map[string]any{"once": l.Once})
	})
}

// Link reads a link that still works by its hash; one that was used or has expired is not there.
func (s *Store) Link(ctx context.Context, hash string) (*Link, error) {
	var l Link
	err := s.Gorm.WithContext(ctx).Where("id_hash = ? AND expires_at > ? AND (used_at IS NULL OR NOT once)", hash, s.now()).First(&l).Error
	return found(&l, "link", err)
}

// UseLink signs in by a link: it marks the link used and stores the session, in one transaction. Of several who use a
// link that works once, one is signed in; for the others it is not there.
func (s *Store) UseLink(ctx context.Context, hash, password string, session *Session) error {
	return s.write(ctx, "link", func(g *gorm.DB) error {
		done := g.Model(&Link{}).Where("id_hash = ? AND expires_at > ? AND (used_at IS NULL OR NOT once)", hash, s.now()).
			Updates(map[string]any{"used_at": s.now()})
		if done.Error == nil && done.RowsAffected == 0 {
			return missing("link")
		}
		var l Link
		if err := g.Where("id_hash = ?", hash).First(&l).Error; err != nil {
			return err
		}
		if password != "" {
			if err := s.setPassword(g, Actor(l.AccountID), l.AccountID, password, ""); err != nil {
				return err
			}
		}
		session.AccountID = l.AccountID
		if err := s.createSession(g, session); err != nil {
			return err
		}
		return s.Audit(g, Actor(l.AccountID), "link.use", "accounts", l.AccountID, nil)
	})
}

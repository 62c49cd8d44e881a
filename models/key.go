package models

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"
)

// KeysMost is how many keys an account may have at a time.
const KeysMost = 20

// APIKey lets a program act for an account, within scopes. Only its hash is stored.
type APIKey struct {
	ID        string `gorm:"primaryKey"`
	KeyHash   string // SHA-256 in hexadecimal digits
	Prefix    string // the first characters, to recognise it by
	AccountID string
	Name      string
	Scopes    string // JSON, see SetScopes
	CreatedAt time.Time
	UsedAt    *time.Time // to a minute; nil before the first use
	ExpiresAt time.Time
}

// SetScopes says what the key may be used for.
func (k *APIKey) SetScopes(scopes []string) error {
	text, err := json.Marshal(scopes)
	k.Scopes = string(text)
	return err
}

// ScopeList is what the key may be used for.
func (k *APIKey) ScopeList() (scopes []string, err error) {
	return scopes, json.Unmarshal([]byte(k.Scopes), &scopes)
}

// CreateKey stores a key. An account with KeysMost keys that are good is a conflict.
func (s *Store) CreateKey(ctx context.Context, k *APIKey) error {
	k.ID, k.CreatedAt, k.ExpiresAt = newID(s.now()), s.now(), k.ExpiresAt.UTC().Truncate(time.Microsecond)
	if err := checkText(k); err != nil {
		return err
	}
	if err := tidyName("name", &k.Name); err != nil {
		return err
	}
	return s.write(ctx, "key", func(g *gorm.DB) error {
		if err := lockOwner(g, k.AccountID, &Account{}); err != nil {
			return err
		}
		var n int64
		if err := g.Model(&APIKey{}).Where("account_id = ? AND expires_at > ?", k.AccountID, s.now()).Count(&n).Error; err != nil {
			return err
		}
		if n >= KeysMost {
			return &Error{Code: CodeConflict, Key: "store.many_keys", Args: map[string]any{"Max": KeysMost}}
		}
		if err := g.Create(k).Error; err != nil {
			return err
		}
		return s.Audit(g, Actor(k.AccountID), "key.create", "api_keys", k.ID, map[string]any{"scopes": k.Scopes})
	})
}

// Keys reads the keys of an account that have not expired, newest first.
func (s *Store) Keys(ctx context.Context, account string, part ...Part) (all []APIKey, err error) {
	err = newest(s.Gorm.WithContext(ctx).Where("account_id = ? AND expires_at > ?", account, s.now()), part).Find(&all).Error
	return all, failed("key", err)
}

// KeyByHash reads a key that has not expired, and its account as it is now.
func (s *Store) KeyByHash(ctx context.Context, hash string) (*APIKey, *Account, error) {
	var k APIKey
	if err := s.Gorm.WithContext(ctx).Where("key_hash = ? AND expires_at > ?", hash, s.now()).First(&k).Error; err != nil {
		return nil, nil, failed("key", err)
	}
	a, err := s.Account(ctx, k.AccountID)
	return &k, a, err
}

// UseKey remembers that a key is used. It writes at most once a minute.
func (s *Store) UseKey(ctx context.Context, k *APIKey) error {
	now := s.now()
	if k.UsedAt != nil && now.Sub(*k.UsedAt) < usedEvery {
		return nil
	}
	return s.write(ctx, "key", func(g *gorm.DB) error {
		return g.Model(&APIKey{}).Where("id = ?", k.ID).UpdateColumns(map[string]any{"used_at": now}).Error
	})
}

// DeleteKey ends a key of an account. Somebody else's is not there.
func (s *Store) DeleteKey(ctx context.Context, account, id string) error {
	return s.write(ctx, "key", func(g *gorm.DB) error {
		done := g.Where("account_id = ? AND id = ?", account, id).Delete(&APIKey{})
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return missing("key")
		}
		return s.Audit(g, Actor(account), "key.delete", "api_keys", id, nil)
	})
}

// DeleteExpiredKeys removes the keys that nobody can use any more.
func (s *Store) DeleteExpiredKeys(ctx context.Context) error {
	return s.write(ctx, "key", func(g *gorm.DB) error { return g.Where("expires_at <= ?", s.now()).Delete(&APIKey{}).Error })
}

// endKeys ends all keys of an account.
func endKeys(g *gorm.DB, account string) error {
	return g.Where("account_id = ?", account).Delete(&APIKey{}).Error
}

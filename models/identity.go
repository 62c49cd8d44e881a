package models

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// Identity is who the owner of an account is at a provider. Issuer and subject name it, and nothing else does: no
// address.
type Identity struct {
	ID         string `gorm:"primaryKey"`
	AccountID  string
	ProviderID string
	Issuer     string
	Subject    string
	CreatedAt  time.Time
	UsedAt     *time.Time // nil before it signed in
}

// LinkIdentity links an account with who its owner is at a provider. Somebody who is linked with another account there,
// or an account that has somebody else of the provider, is a conflict. What is linked already stays so.
func (s *Store) LinkIdentity(ctx context.Context, account string, p *Provider, subject string) error {
	return s.write(ctx, "identity", func(g *gorm.DB) error {
		if err := lockOwner(g, account, &Account{}); err != nil {
			return err
		}
		var known []Identity
		where := "(issuer = ? AND subject = ?) OR (account_id = ? AND provider_id = ?)"
		if err := g.Where(where, p.Issuer, subject, account, p.ID).Find(&known).Error; err != nil {
			return err
		}
		switch {
		case len(known) == 0:
			return s.addIdentity(g, account, p, subject)
		case len(known) == 1 && known[0].AccountID == account && known[0].Subject == subject:
			return nil
		}
		return &Error{Code: CodeConflict, Key: "store.identity_taken"}
	})
}

// addIdentity links an account in a transaction of the caller.
func (s *Store) addIdentity(g *gorm.DB, account string, p *Provider, subject string) error {
	now := s.now()
	o := &Identity{ID: newID(now), AccountID: account, ProviderID: p.ID, Issuer: p.Issuer, Subject: subject, CreatedAt: now}
	if err := checkText(o); err != nil {
		return err
	}
	if err := g.Create(o).Error; err != nil {
		return err
	}
	return s.Audit(g, Actor(account), "identity.link", "accounts", account, map[string]any{"provider": p.ID, "identity": o.ID})
}

// UseIdentity gives the account of a subject of an issuer. Nobody's, and that of a disabled account, are not there.
func (s *Store) UseIdentity(ctx context.Context, issuer, subject string) (*Account, error) {
	var a Account
	err := s.write(ctx, "identity", func(g *gorm.DB) error {
		var o Identity
		if err := g.Where("issuer = ? AND subject = ?", issuer, subject).First(&o).Error; err != nil {
			return err
		}
		if err := g.Where("id = ? AND disabled_at IS NULL", o.AccountID).First(&a).Error; err != nil {
			return err
		}
		if err := g.Model(&Identity{}).Where("id = ?", o.ID).UpdateColumns(map[string]any{"used_at": s.now()}).Error; err != nil {
			return err
		}
		return s.Audit(g, Actor(a.ID), "identity.use", "accounts", a.ID, map[string]any{"provider": o.ProviderID, "identity": o.ID})
	})
	return found(&a, "identity", err)
}

// Identities reads with whom an account is linked, oldest first.
func (s *Store) Identities(ctx context.Context, account string) (all []Identity, err error) {
	err = s.Gorm.WithContext(ctx).Where("account_id = ?", account).Order("created_at, id").Find(&all).Error
	return all, failed("identity", err)
}

// UnlinkIdentity ends the link of an account with a provider; somebody else's is not there. The last one of an account
// without a password is kept.
func (s *Store) UnlinkIdentity(ctx context.Context, account, provider string) error {
	return s.write(ctx, "identity", func(g *gorm.DB) error {
		var a Account
		if err := locked(g).Where("id = ?", account).First(&a).Error; err != nil {
			return err
		}
		var all []Identity
		if err := g.Where("account_id = ?", account).Find(&all).Error; err != nil {
			return err
		}
		for i := range all {
			if all[i].ProviderID != provider {
				continue
			}
			if len(all) == 1 && a.PasswordHash == "" {
				return &Error{Code: CodeConflict, Key: "store.last_identity"}
			}
			if err := g.Where("id = ?", all[i].ID).Delete(&Identity{}).Error; err != nil {
				return err
			}
			return s.Audit(g, Actor(account), "identity.unlink", "accounts", account, map[string]any{"provider": provider, "identity": all[i].ID})
		}
		return missing("identity")
	})
}

// FlowLife is how long somebody has to sign in at a provider, and ProvenLife to fill in the form of signing up after it.
const (
	FlowLife   = 10 * time.Minute
	ProvenLife = 30 * time.Minute
)

// Flow is a way to a provider and back that is under way. Only hashes of what names it are stored.
type Flow struct {
	StateHash   string `gorm:"primaryKey"` // SHA-256 in hexadecimal digits
	BrowserHash string // of what the browser keeps
	ProviderID  string
	SessionHash *string // of whoever wants to link; nil to sign in
	Lang        string  // of the pages
	Next        string  // page to go to, "" for the first one
	Subject     string  // "" before the provider's answer
	Email       string  // of the answer, verified by the provider
	CreatedAt   time.Time
	ExpiresAt   time.Time
}

// CreateFlow stores a flow from now on, for FlowLife, or for ProvenLife if it has a subject.
func (s *Store) CreateFlow(ctx context.Context, f *Flow) error {
	life := FlowLife
	if f.Subject != "" {
		life = ProvenLife
	}
	f.CreatedAt = s.now()
	f.ExpiresAt = f.CreatedAt.Add(life)
	if err := checkText(f); err != nil {
		return err
	}
	return s.write(ctx, "flow", func(g *gorm.DB) error { return g.Create(f).Error })
}

// Flow reads a flow of a browser with a subject, or one without; one that was taken, has expired or is another browser's
// is not there.
func (s *Store) Flow(ctx context.Context, state, browser string, proven bool) (*Flow, error) {
	var f Flow
	err := s.Gorm.WithContext(ctx).Where("state_hash = ? AND browser_hash = ? AND (subject <> '') = ? AND expires_at > ?", state, browser, proven, s.now()).
		First(&f).Error
	return found(&f, "flow", err)
}

// TakeFlow is Flow for what may be done once: of several who take a flow one gets it.
func (s *Store) TakeFlow(ctx context.Context, state, browser string, proven bool) (*Flow, error) {
	f, err := s.Flow(ctx, state, browser, proven)
	if err != nil {
		return nil, err
	}
	err = s.write(ctx, "flow", func(g *gorm.DB) error {
		done := g.Where("state_hash = ?", state).Delete(&Flow{})
		if done.Error == nil && done.RowsAffected == 0 {
			return missing("flow")
		}
		return done.Error
	})
	return found(f, "flow", err)
}

// DeleteOldFlows removes flows that nobody can take any more.
func (s *Store) DeleteOldFlows(ctx context.Context) error {
	return s.write(ctx, "flow", func(g *gorm.DB) error { return g.Where("expires_at <= ?", s.now()).Delete(&Flow{}).Error })
}

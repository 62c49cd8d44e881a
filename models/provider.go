package models

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Provider is a provider of OpenID Connect by which people of a home organisation sign in. An issuer is there once and
// stays the one of its provider: its subjects are nobody else's.
type Provider struct {
	ID             string `gorm:"primaryKey"`
	OrganizationID string
	Issuer         string // https://..., to the byte as its tokens have it
	ClientID       string
	ClientSecret   Sealed // see SecretPlace
	Label          string // what the button says after "Sign in with"
	Enabled        bool
	Version        int
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// NewID gives a new provider its id, for which its secret is then sealed.
func (p *Provider) NewID(s *Store) { p.ID = newID(s.now()) }

// SecretPlace is where a provider's secret is sealed for.
func (p *Provider) SecretPlace() string { return "providers.client_secret#" + p.ID }

// CreateProvider stores a provider with the id of NewID. An issuer that is there is a conflict, and an organisation that
// is not there is invalid.
func (s *Store) CreateProvider(ctx context.Context, by Actor, p *Provider) error {
	p.Version = 1
	if err := checkText(p); err != nil {
		return err
	}
	if err := tidyOwnName("label", &p.Label); err != nil {
		return err
	}
	return s.write(ctx, "provider", func(g *gorm.DB) error {
		var n int64
		if err := g.Model(&Organization{}).Where("id = ?", p.OrganizationID).Count(&n).Error; err != nil {
			return err
		}
		if n == 0 {
			return invalid("organization", "store.grant_organization")
		}
		if err := g.Create(p).Error; err != nil {
			return err
		}
		return s.Audit(g, by, "provider.create", "providers", p.ID, map[string]any{"organization": p.OrganizationID, "enabled": p.Enabled})
	})
}

// UpdateProvider writes what may change of a provider: client id and secret, label and whether it is enabled. The stored
// version must still be p.Version; otherwise the error is stale and nothing is written.
func (s *Store) UpdateProvider(ctx context.Context, by Actor, p *Provider) error {
	if err := checkText(p); err != nil {
		return err
	}
	if err := tidyOwnName("label", &p.Label); err != nil {
		return err
	}
	change := *p // p must not change if the transaction fails
	change.Version, change.UpdatedAt = p.Version+1, s.now()
	err := s.write(ctx, "provider", func(g *gorm.DB) error {
		done := g.Model(&Provider{}).Where("id = ? AND version = ?", p.ID, p.Version).
			Select("client_id", "client_secret", "label", "enabled", "version", "updated_at").UpdateColumns(&change)
		if err := stale(g, done, &Provider{}, p.ID); err != nil {
			return err
		}
		return s.Audit(g, by, "provider.update", "providers", p.ID, map[string]any{"version": change.Version, "enabled": p.Enabled})
	})
	if err == nil {
		*p = change
	}
	return err
}

// DeleteProvider removes a provider, provided that its version is still the one given, with everybody's links to it.
func (s *Store) DeleteProvider(ctx context.Context, by Actor, id string, version int) error {
	return s.write(ctx, "provider", func(g *gorm.DB) error {
		done := g.Where("id = ? AND version = ?", id, version).Delete(&Provider{})
		if err := stale(g, done, &Provider{}, id); err != nil {
			return err
		}
		return s.Audit(g, by, "provider.delete", "providers", id, nil)
	})
}

// Provider reads the provider of an id.
func (s *Store) Provider(ctx context.Context, id string) (*Provider, error) {
	var p Provider
	err := s.Gorm.WithContext(ctx).Where("id = ?", id).First(&p).Error
	return found(&p, "provider", err)
}

// ProvidersPart reads providers, the oldest first.
func (s *Store) ProvidersPart(ctx context.Context, part Part) (some []Provider, err error) {
	err = oldest(s.Gorm.WithContext(ctx), []Part{part}).Find(&some).Error
	return some, failed("provider", err)
}

// Providers reads all providers by label; only those that are enabled, if only they are asked for.
func (s *Store) Providers(ctx context.Context, enabled bool) (all []Provider, err error) {
	g := s.Gorm.WithContext(ctx)
	if enabled {
		g = g.Where("enabled = ?", true)
	}
	err = g.Find(&all).Error
	slices.SortFunc(all, func(a, b Provider) int { return cmp.Or(strings.Compare(a.Label, b.Label), strings.Compare(a.ID, b.ID)) })
	return all, failed("provider", err)
}

package models

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"
)

// GrantRole is what a member of staff does.
type GrantRole string

// The roles of staff.
const (
	GrantReviewer GrantRole = "reviewer" // looks after the people of one home organisation
	GrantManager  GrantRole = "manager"  // does everything in one programme
	GrantAuditor  GrantRole = "auditor"  // reads the rounds of one programme and their proofs
)

// Grant gives a role to a member of staff: in an organisation to reviewers, in a programme to others. One that has
// ended stays in the table.
type Grant struct {
	ID             string `gorm:"primaryKey"`
	AccountID      string
	Role           GrantRole
	ProgrammeID    *string
	OrganizationID *string
	GrantedBy      *string // account; nil when the program acted by itself
	GrantedAt      time.Time
	EndedBy        *string
	EndedAt        *time.Time
}

// checkGrant refuses a grant that does not say where, or says too much.
func checkGrant(o *Grant) error {
	reviews := o.Role == GrantReviewer
	switch {
	case o.Role != GrantReviewer && o.Role != GrantManager && o.Role != GrantAuditor:
		return invalid("role", "store.bad_role")
	case reviews && (o.OrganizationID == nil || o.ProgrammeID != nil):
		return invalid("organization", "store.grant_organization")
	case !reviews && (o.ProgrammeID == nil || o.OrganizationID != nil):
		return invalid("programme", "store.grant_programme")
	}
	return nil
}

// Grant gives a role to a member of staff and sets the grant's id and time. One that the account has is a conflict; a
// programme or organisation that is not there is invalid, and so is an account that is not of staff.
func (s *Store) Grant(ctx context.Context, by Actor, o *Grant) error {
	if err := checkGrant(o); err != nil {
		return err
	}
	return s.write(ctx, "grant", func(g *gorm.DB) error {
		var a Account
		err := lockOwner(g, o.AccountID, &a)
		if errors.Is(err, gorm.ErrRecordNotFound) || err == nil && a.Role != AccountStaff {
			return invalid("account", "store.grant_account")
		}
		if err != nil {
			return err
		}
		return s.addGrant(g, by, o)
	})
}

// addGrant is Grant in a transaction of the caller, to an account of staff.
func (s *Store) addGrant(g *gorm.DB, by Actor, o *Grant) error {
	if err := placeOfGrant(g, o); err != nil {
		return err
	}
	o.ID, o.GrantedBy, o.GrantedAt = newID(s.now()), optional(string(by)), s.now()
	if err := g.Create(o).Error; err != nil {
		return err
	}
	return s.Audit(g, by, "grant.create", "grants", o.ID, o.details())
}

// placeOfGrant refuses a grant where there is nothing.
func placeOfGrant(g *gorm.DB, o *Grant) error {
	nowhere, row, id := invalid("programme", "store.grant_programme"), any(&Programme{}), o.ProgrammeID
	if o.Role == GrantReviewer {
		nowhere, row, id = invalid("organization", "store.grant_organization"), &Organization{}, o.OrganizationID
	}
	var n int64
	if err := g.Model(row).Where("id = ?", id).Count(&n).Error; err != nil {
		return err
	}
	if n == 0 {
		return nowhere
	}
	return nil
}

// where is the programme or organisation of a grant.
func (o *Grant) where() string {
	if o.OrganizationID != nil {
		return *o.OrganizationID
	}
	return *o.ProgrammeID
}

// details are what the audit log keeps of a grant.
func (o *Grant) details() map[string]any {
	return map[string]any{"account": o.AccountID, "role": o.Role, "programme": o.ProgrammeID, "organization": o.OrganizationID}
}

// EndGrant ends a grant, from now on. It is no error if it had ended.
func (s *Store) EndGrant(ctx context.Context, by Actor, id string) error {
	return s.write(ctx, "grant", func(g *gorm.DB) error {
		var o Grant
		if err := locked(g).Where("id = ?", id).First(&o).Error; err != nil {
			return err
		}
		if o.EndedAt != nil {
			return nil
		}
		return s.endGrant(g, by, &o)
	})
}

// endGrant ends a grant that is locked and has not ended.
func (s *Store) endGrant(g *gorm.DB, by Actor, o *Grant) error {
	change := map[string]any{"ended_at": s.now(), "ended_by": optional(string(by))}
	if err := g.Model(&Grant{}).Where("id = ?", o.ID).UpdateColumns(change).Error; err != nil {
		return err
	}
	return s.Audit(g, by, "grant.end", "grants", o.ID, o.details())
}

// Grants reads grants, of all accounts or of one, oldest first; without those that have ended, if only open ones are
// asked for.
func (s *Store) Grants(ctx context.Context, account string, open bool, part ...Part) (all []Grant, err error) {
	g := oldest(s.Gorm.WithContext(ctx), part)
	if account != "" {
		g = g.Where("account_id = ?", account)
	}
	if open {
		g = g.Where("ended_at IS NULL")
	}
	err = g.Find(&all).Error
	return all, failed("grant", err)
}

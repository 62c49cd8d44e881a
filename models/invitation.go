package models

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// invited is the condition of accounts that an administrator made for somebody who has not used one of its links yet.
const invited = "role IN ('staff', 'admin') AND password_hash = '' AND verified_at IS NULL"

// unused says whether an account was made for somebody who has not used it yet.
func (a *Account) unused() bool {
	return len(a.Sides()) == 0 && a.PasswordHash == "" && a.VerifiedAt == nil
}

// Invited reads the accounts of staff and administrators that wait for their owners, by address; without those whose
// invitation was withdrawn.
func (s *Store) Invited(ctx context.Context) (all []Account, err error) {
	err = s.Gorm.WithContext(ctx).Where(invited + " AND disabled_at IS NULL").Find(&all).Error
	slices.SortFunc(all, func(a, b Account) int { return strings.Compare(a.EmailKey, b.EmailKey) }) // databases sort texts in their own ways
	return all, failed("account", err)
}

// InvitedPart reads a part of them, the oldest first.
func (s *Store) InvitedPart(ctx context.Context, part Part) (all []Account, err error) {
	err = oldest(s.Gorm.WithContext(ctx), []Part{part}).Where(invited + " AND disabled_at IS NULL").Find(&all).Error
	return all, failed("account", err)
}

// Invitation reads an invitation that waits for an answer. One that was taken or withdrawn is a conflict.
func (s *Store) Invitation(ctx context.Context, id string) (*Account, error) {
	a, err := stillInvited(s.Gorm.WithContext(ctx), id)
	return a, failed("account", err)
}

// InviteAgain writes to somebody who was invited with another link; the one before ends. An invitation that was taken or
// withdrawn is a conflict.
func (s *Store) InviteAgain(ctx context.Context, by Actor, id string, ask Ask) error {
	return s.write(ctx, "account", func(g *gorm.DB) error {
		a, err := stillInvited(g, id)
		if err != nil {
			return err
		}
		return cmp.Or(s.mailLink(ctx, g, a, LinkInvite, MailInvite, ask), s.Audit(g, by, "account.invite", "accounts", id, nil))
	})
}

// Uninvite withdraws an invitation: its links end, what was granted ends, and the account may do nothing until somebody
// invites its owner again. One that was taken or withdrawn is a conflict.
func (s *Store) Uninvite(ctx context.Context, by Actor, id string) error {
	return s.write(ctx, "account", func(g *gorm.DB) error {
		a, err := stillInvited(g, id)
		if err != nil {
			return err
		}
		var grants []Grant
		if err := locked(g).Where("account_id = ? AND ended_at IS NULL", id).Order("id").Find(&grants).Error; err != nil {
			return err
		}
		for i := range grants {
			if err := s.endGrant(g, by, &grants[i]); err != nil {
				return err
			}
		}
		now := s.now()
		a.DisabledAt, a.UpdatedAt, a.Version = &now, now, a.Version+1
		return cmp.Or(s.signOutAll(g, id, ""), storeAble(g, a), s.Audit(g, by, "account.uninvite", "accounts", id, nil))
	})
}

// stillInvited locks an account that waits for its owner.
func stillInvited(g *gorm.DB, id string) (*Account, error) {
	var a Account
	if err := locked(g).Where("id = ?", id).First(&a).Error; err != nil {
		return nil, err
	}
	if !a.unused() || a.DisabledAt != nil {
		return nil, &Error{Code: CodeConflict, Key: "store.not_invited"}
	}
	return &a, nil
}

// welcome makes an account whose invitation was withdrawn what a new one asks for. It is no error for any other account.
func (s *Store) welcome(g *gorm.DB, by Actor, a, wanted *Account) error {
	if !a.unused() || a.DisabledAt == nil {
		return nil
	}
	a.Role, a.Lang, a.DisabledAt, a.UpdatedAt, a.Version = wanted.Role, wanted.Lang, nil, s.now(), a.Version+1
	return cmp.Or(storeAble(g, a, "role", "lang"), s.Audit(g, by, "account.enable", "accounts", a.ID, nil))
}

// storeAble stores from when on an account may do nothing, and other columns with it.
func storeAble(g *gorm.DB, a *Account, others ...string) error {
	columns := append([]string{"disabled_at", "version", "updated_at"}, others...)
	return g.Model(&Account{}).Where("id = ?", a.ID).Where(notErased).Select(columns).UpdateColumns(a).Error
}

package models

import (
	"cmp"
	"context"
	"slices"
	"time"
	"unicode/utf8"

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
	Lang           string     // en, es or fr
	BothSides      bool       // takes part on the other side too; only of entrepreneurs and mentors
	VerifiedAt     *time.Time // when the address was proven to be the owner's; nil before
	PasswordHash   string     // of argon2id with its parameters; "" when the account signs in without a password
	OrganizationID *string
	DisabledAt     *time.Time // from when on the account may do nothing; nil while it may
	FactorAt       *time.Time // since when signing in asks for a second factor; nil while it does not
	ErasedAt       *time.Time // from when on nothing is left of its owner; nil while something is
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
	return s.write(ctx, "account", func(g *gorm.DB) error { return s.createAccount(g, by, a) })
}

func (s *Store) createAccount(g *gorm.DB, by Actor, a *Account) error {
	if err := g.Create(a).Error; err != nil {
		return err
	}
	return s.Audit(g, by, "account.create", "accounts", a.ID, map[string]any{"role": a.Role})
}

// Sides are the sides on which an account takes part, the first one first; none for staff.
func (a *Account) Sides() []Role {
	switch {
	case a.Role == AccountMentor && a.BothSides:
		return []Role{RoleMentor, RoleMentee}
	case a.Role == AccountMentor:
		return []Role{RoleMentor}
	case a.Role == AccountEntrepreneur && a.BothSides:
		return []Role{RoleMentee, RoleMentor}
	case a.Role == AccountEntrepreneur:
		return []Role{RoleMentee}
	}
	return nil
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

// Accounts reads the accounts whose address begins with a text, in whatever case, all when it is "", newest first. Those that
// were erased have none.
func (s *Store) Accounts(ctx context.Context, prefix string, part ...Part) (all []Account, err error) {
	g := s.Gorm.WithContext(ctx).Where("erased_at IS NULL")
	if key := EmailKey(prefix); key != "" {
		g = g.Where("substr(email_key, 1, ?) = ?", utf8.RuneCountInString(key), key)
	}
	err = newest(g, part).Find(&all).Error
	return all, failed("account", err)
}

// Disable takes from an account, at once, whatever it may do: its sessions and links end, and it has no others until
// Enable. The last administrator who can sign in is kept. It is no error if it was disabled.
func (s *Store) Disable(ctx context.Context, by Actor, id string) (*Account, error) {
	return s.setDisabled(ctx, id, func(g *gorm.DB, a *Account) error {
		if a.DisabledAt != nil {
			return nil
		}
		if err := notLast(g, a); err != nil {
			return err
		}
		now := s.now()
		a.DisabledAt = &now
		if err := s.signOutAll(g, id, ""); err != nil {
			return err
		}
		return s.Audit(g, by, "account.disable", "accounts", id, nil)
	})
}

// notLast refuses an administrator without whom no other could sign in.
func notLast(g *gorm.DB, a *Account) error {
	var others int64
	err := g.Model(&Account{}).Where("role = ? AND password_hash <> '' AND disabled_at IS NULL AND id <> ?", AccountAdmin, a.ID).Count(&others).Error
	if err == nil && others == 0 && a.Role == AccountAdmin {
		err = &Error{Code: CodeConflict, Key: "store.last_admin"}
	}
	return err
}

// Enable lets a disabled account sign in again. It is no error if it could. One that was erased is a conflict.
func (s *Store) Enable(ctx context.Context, by Actor, id string) (*Account, error) {
	return s.setDisabled(ctx, id, func(g *gorm.DB, a *Account) error {
		if a.DisabledAt == nil {
			return nil
		}
		if a.ErasedAt != nil {
			return &Error{Code: CodeConflict, Key: "store.erased"}
		}
		a.DisabledAt = nil
		return s.Audit(g, by, "account.enable", "accounts", id, nil)
	})
}

// setDisabled stores what change has made of an account. The administrators are locked, so that two cannot end each
// other.
func (s *Store) setDisabled(ctx context.Context, id string, change func(g *gorm.DB, a *Account) error) (*Account, error) {
	var a Account
	err := s.write(ctx, "account", func(g *gorm.DB) error {
		if err := lockAccount(g, id, &a); err != nil {
			return err
		}
		before := a.DisabledAt
		if err := change(g, &a); err != nil || a.DisabledAt == before {
			return err
		}
		a.Version, a.UpdatedAt = a.Version+1, s.now()
		return storeAble(g, &a)
	})
	return &a, err
}

// lockAccount reads an account that nobody else changes before the transaction is over, nor any administrator.
func lockAccount(g *gorm.DB, id string, a *Account) error {
	var admins []Account
	if err := locked(g).Where("role = ?", AccountAdmin).Order("id").Find(&admins).Error; err != nil {
		return err
	}
	return locked(g).Where("id = ?", id).First(a).Error
}

// Whoever writes of a person asks for these conditions, of accounts and of profiles, in the statement that locks or changes
// the row: nothing of somebody who was erased is stored by a request that was under way.
const (
	notErased        = "erased_at IS NULL"
	profileNotErased = "code <> 'erased-' || id"
)

// lockOwner reads an account that nobody else changes before the transaction is over. One that was erased is not there.
// Whoever locks profiles too locks the account first.
func lockOwner(g *gorm.DB, id string, a *Account) error {
	return locked(g).Where("id = ?", id).Where(notErased).First(a).Error
}

// lockProfile reads a profile that nobody else changes before the transaction is over. One that was erased is not there.
func lockProfile(g *gorm.DB, id string, p *ProfileRow) error {
	return locked(g).Where("id = ?", id).Where(profileNotErased).First(p).Error
}

// HasAdmin says whether an administrator has a way to sign in: one with a password.
func (s *Store) HasAdmin(ctx context.Context) (bool, error) {
	var n int64
	err := s.Gorm.WithContext(ctx).Model(&Account{}).Where("role = ? AND password_hash <> '' AND disabled_at IS NULL", AccountAdmin).Count(&n).Error
	return n > 0, failed("account", err)
}

// SetPassword stores the hash of an account's new password and ends all its sessions but one, "" for none, and
// the links that would sign in, and all its keys. Its owner gets a mail if there is something to compose it with.
func (s *Store) SetPassword(ctx context.Context, by Actor, account, hash, keep string, compose Compose) error {
	return s.write(ctx, "account", func(g *gorm.DB) error {
		if err := s.setPassword(g, by, account, hash, keep); err != nil || compose == nil {
			return err
		}
		var a Account
		if err := g.Where("id = ?", account).First(&a).Error; err != nil {
			return err
		}
		return s.mailAccount(ctx, g, &a, MailPasswordChanged, compose)
	})
}

// setPassword is SetPassword in a transaction of the caller.
func (s *Store) setPassword(g *gorm.DB, by Actor, account, hash, keep string) error {
	done := g.Model(&Account{}).Where("id = ?", account).Where(notErased).
		Updates(map[string]any{"password_hash": hash, "version": gorm.Expr("version + 1"), "updated_at": s.now()})
	if err := stale(g.Where(notErased), done, &Account{}, account); err != nil {
		return err
	}
	if err := cmp.Or(s.signOutAll(g, account, keep), endKeys(g, account)); err != nil {
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

// SetSides changes on which sides somebody takes part, as long as nothing but drafts was made of it: drafts of a side
// that is left are deleted, and of a new one begun with what begin makes of an older draft, nil if there was none. All
// sessions but one, "" for none, end.
func (s *Store) SetSides(
	ctx context.Context, account, keep string, role AccountRole, both bool, begin func(side Role, old *ProfileRow) *ProfileRow,
) error {
	return s.write(ctx, "account", func(g *gorm.DB) error {
		var a Account
		if err := lockOwner(g, account, &a); err != nil {
			return err
		}
		if len(a.Sides()) == 0 || role != AccountEntrepreneur && role != AccountMentor {
			return &Error{Code: CodeDenied, Key: "store.role_fixed"}
		}
		var profiles []ProfileRow
		if err := locked(g).Where("account_id = ?", account).Order("created_at, id").Find(&profiles).Error; err != nil {
			return err
		}
		a.Role, a.BothSides = role, both
		missing, old := a.Sides(), (*ProfileRow)(nil)
		for i := range profiles {
			p := &profiles[i]
			if p.State != ProfileDraft {
				return &Error{Code: CodeConflict, Field: "role", Key: "store.role_fixed"}
			}
			if old == nil {
				old = p
			}
			if !slices.Contains(a.Sides(), p.Profile.Role) {
				if err := s.deleteDraft(g, p); err != nil {
					return err
				}
			}
			missing = slices.DeleteFunc(missing, func(side Role) bool { return side == p.Profile.Role })
		}
		change := map[string]any{"role": role, "both_sides": both, "version": gorm.Expr("version + 1"), "updated_at": s.now()}
		if err := g.Model(&Account{}).Where("id = ?", account).UpdateColumns(change).Error; err != nil {
			return err
		}
		var created []*ProfileRow
		for _, side := range missing {
			p := begin(side, old)
			p.AccountID = &a.ID
			created = append(created, p)
		}
		if err := cmp.Or(s.addProfiles(g, Actor(account), created), s.signOutAll(g, account, keep)); err != nil {
			return err
		}
		return s.Audit(g, Actor(account), "account.sides", "accounts", account, map[string]any{"role": role, "both": both})
	})
}

// deleteDraft deletes a profile that nobody but its owner has seen.
func (s *Store) deleteDraft(g *gorm.DB, p *ProfileRow) error {
	if err := g.Where("id = ?", p.UID).Delete(&ProfileRow{}).Error; err != nil {
		return err
	}
	return s.Audit(g, Actor(*p.AccountID), "profile.delete", "profiles", p.UID, nil)
}

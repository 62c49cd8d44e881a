package models

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// SignUp is somebody who signed up and has not proven the address yet. There is no account before that is done: staff
// see nothing of it, and nobody can sign in.
type SignUp struct {
	EmailKey                    string `gorm:"primaryKey"`
	Email                       string
	Role                        AccountRole // AccountEntrepreneur or AccountMentor
	BothSides                   bool
	Lang                        string
	PasswordHash                string  // holds only on the browser that signed up
	Browser                     string  // SHA-256 of what that browser keeps; "" for a program
	Name, Organization, Country string  // what a profile begins with; "" to begin none
	ProviderID                  *string // where whoever signed up is Subject; nil for who signed up without a provider
	Subject                     string
	Network                     string // key of the Throttle that gets the mail back once the sign-up is confirmed; "" for none
	CreatedAt                   time.Time
}

// signUpLife is how long somebody who signed up can ask for another mail.
const signUpLife = 24 * time.Hour

// Ask is a request for a link by mail. What is answered must not depend on who has the address.
type Ask struct {
	Link    string // hash of the link's id
	Lang    string // of whoever asks; people with an account are written to in theirs
	Compose Compose
}

// AskSignUp signs somebody up, and writes to the address: with a link that proves it, or, if it has an account, with
// one that signs in there; if that is disabled, without one. An earlier sign-up of the address ends.
func (s *Store) AskSignUp(ctx context.Context, up *SignUp, ask Ask) error {
	address, ok := Email(up.Email)
	if !ok {
		return invalid("email", "store.bad_email")
	}
	up.Email, up.EmailKey, up.CreatedAt = address, EmailKey(address), s.now()
	if err := checkText(up); err != nil {
		return err
	}
	return s.write(ctx, "sign-up", func(g *gorm.DB) error {
		account, err := s.accountOf(g, up.EmailKey)
		if err != nil {
			return err
		}
		switch {
		case account != nil && account.DisabledAt != nil:
			return s.mailDisabled(ctx, g, account, address, ask)
		case account != nil:
			return s.mailLink(ctx, g, account, LinkSignIn, MailKnown, ask)
		}
		if err := g.Clauses(clause.OnConflict{UpdateAll: true}).Create(up).Error; err != nil {
			return err
		}
		return s.mailVerify(ctx, g, up, ask)
	})
}

// AskLink writes to an address with a link that signs in or sets a new password; with one that proves it, if somebody
// signed up with it; with none, if nobody has it or its account is disabled.
func (s *Store) AskLink(ctx context.Context, email string, purpose LinkPurpose, ask Ask) error {
	address, ok := Email(email)
	if !ok {
		return invalid("email", "store.bad_email")
	}
	kind := map[LinkPurpose]MailKind{LinkSignIn: MailSignIn, LinkReset: MailReset}[purpose]
	return s.write(ctx, "link", func(g *gorm.DB) error {
		account, err := s.accountOf(g, EmailKey(address))
		if err != nil {
			return err
		}
		switch {
		case account != nil && account.DisabledAt != nil:
			return s.mailDisabled(ctx, g, account, address, ask)
		case account != nil:
			return s.mailLink(ctx, g, account, purpose, kind, ask)
		}
		var up SignUp
		err = g.Where("email_key = ?", EmailKey(address)).First(&up).Error
		switch {
		case err == nil:
			return s.mailVerify(ctx, g, &up, ask)
		case !errors.Is(err, gorm.ErrRecordNotFound):
			return err
		}
		if err := s.createLink(g, "", deadLink(address, ask)); err != nil {
			return err
		}
		return s.writeMail(ctx, g, &Mail{Kind: MailStranger, Lang: ask.Lang, Address: address}, ask.Compose(MailStranger, ask.Lang))
	})
}

// deadLink is a link that nobody gets and that would do nothing, so that an address without one costs as much time.
func deadLink(address string, ask Ask) *Link {
	return &Link{IDHash: ask.Link, Purpose: LinkVerify, Email: address}
}

// mailDisabled tells the owner of a disabled account, who asked for a way in, that there is none. It costs what a link
// costs.
func (s *Store) mailDisabled(ctx context.Context, g *gorm.DB, a *Account, address string, ask Ask) error {
	if err := s.createLink(g, "", deadLink(address, ask)); err != nil {
		return err
	}
	return s.mailAccount(ctx, g, a, MailDisabled, ask.Compose)
}

// AskEmail writes to the new address of an account with a link that proves it; if another account has it, without one.
func (s *Store) AskEmail(ctx context.Context, account *Account, email string, ask Ask) error {
	address, ok := Email(email)
	if !ok {
		return invalid("email", "store.bad_email")
	}
	return s.write(ctx, "link", func(g *gorm.DB) error {
		var both []Account // in one order, so that no two wait for each other
		if err := locked(g).Where("id = ? OR email_key = ?", account.ID, EmailKey(address)).Order("id").Find(&both).Error; err != nil {
			return err
		}
		if err := lockOwner(g, account.ID, &Account{}); err != nil {
			return err
		}
		other, err := s.accountOf(g, EmailKey(address))
		if err != nil {
			return err
		}
		if other != nil && other.ID != account.ID {
			if err := s.createLink(g, Actor(account.ID), deadLink(address, ask)); err != nil {
				return err
			}
			return s.mailAccount(ctx, g, other, MailEmailTaken, ask.Compose)
		}
		l := &Link{IDHash: ask.Link, Purpose: LinkEmail, AccountID: &account.ID, Email: address}
		if err := s.createLink(g, Actor(account.ID), l); err != nil {
			return err
		}
		m := &Mail{AccountID: &account.ID, Kind: MailEmail, Lang: account.Lang, Address: address, ExpiresAt: l.ExpiresAt}
		return s.writeMail(ctx, g, m, ask.Compose(MailEmail, account.Lang))
	})
}

// Invite makes an account for somebody, whose address gets a link that sets its password. An address that has an
// account is told so; one that was invited and has no password yet gets another link, also if that invitation was
// withdrawn. The account of staff has the grants, one who is of staff already too. The id of the account is that of the
// invitation; of an address that has an account otherwise, nothing has it.
func (s *Store) Invite(ctx context.Context, by Actor, a *Account, grants []Grant, ask Ask) error {
	address, ok := Email(a.Email)
	if !ok {
		return invalid("email", "store.bad_email")
	}
	a.ID, a.Version = newID(s.now()), 1
	if err := cmp.Or(checkText(a), a.setEmail(address)); err != nil {
		return err
	}
	for i := range grants {
		if err := checkGrant(&grants[i]); err != nil {
			return within(fmt.Sprint("grants.", i), err)
		}
	}
	return s.write(ctx, "account", func(g *gorm.DB) error {
		for i := range grants { // the same answer whoever has the address
			if err := placeOfGrant(g, &grants[i]); err != nil {
				return within(fmt.Sprint("grants.", i), err)
			}
		}
		known, err := s.accountOf(g, a.EmailKey)
		switch {
		case err != nil:
			return err
		case known == nil:
			if err := s.createAccount(g, by, a); err != nil {
				return err
			}
			known = a
		}
		if err := s.welcome(g, by, known, a); err != nil {
			return err
		}
		if err := s.addMissing(g, by, known, grants); err != nil {
			return err
		}
		switch {
		case known == a:
		case known.DisabledAt != nil || known.PasswordHash != "" || len(known.Sides()) > 0:
			if err := s.createLink(g, by, deadLink(a.Email, ask)); err != nil {
				return err
			}
			return s.mailAccount(ctx, g, known, MailInvitedKnown, ask.Compose)
		}
		if known.VerifiedAt == nil {
			a.ID = known.ID
		}
		return s.mailLink(ctx, g, known, LinkInvite, MailInvite, ask)
	})
}

// addMissing gives an account those of some grants that it has not; none to one that is not of staff.
func (s *Store) addMissing(g *gorm.DB, by Actor, a *Account, grants []Grant) error {
	if a.Role != AccountStaff {
		return nil
	}
	var has []Grant
	if err := g.Where("account_id = ? AND ended_at IS NULL", a.ID).Find(&has).Error; err != nil {
		return err
	}
	for i := range grants {
		o := grants[i]
		same := func(x Grant) bool { return x.Role == o.Role && x.where() == o.where() }
		if slices.ContainsFunc(has, same) {
			continue
		}
		o.AccountID = a.ID
		if err := s.addGrant(g, by, &o); err != nil {
			return err
		}
		has = append(has, o)
	}
	return nil
}

// accountOf locks the account of a key, which nobody erases meanwhile; it is nil when there is none.
func (*Store) accountOf(g *gorm.DB, key string) (*Account, error) {
	var all []Account
	if err := locked(g).Where("email_key = ?", key).Limit(1).Find(&all).Error; err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// mailLink makes a link of an account and writes it to its address.
func (s *Store) mailLink(ctx context.Context, g *gorm.DB, a *Account, purpose LinkPurpose, kind MailKind, ask Ask) error {
	l := &Link{IDHash: ask.Link, Purpose: purpose, AccountID: &a.ID}
	if err := s.createLink(g, "", l); err != nil {
		return err
	}
	m := &Mail{AccountID: &a.ID, Kind: kind, Lang: a.Lang, Address: a.Email, ExpiresAt: l.ExpiresAt}
	return s.writeMail(ctx, g, m, ask.Compose(kind, a.Lang))
}

// mailVerify makes the link of a sign-up and writes it to its address.
func (s *Store) mailVerify(ctx context.Context, g *gorm.DB, up *SignUp, ask Ask) error {
	l := &Link{IDHash: ask.Link, Purpose: LinkVerify, Email: up.Email}
	if err := s.createLink(g, "", l); err != nil {
		return err
	}
	m := &Mail{Kind: MailVerify, Lang: up.Lang, Address: up.Email, ExpiresAt: l.ExpiresAt}
	return s.writeMail(ctx, g, m, ask.Compose(MailVerify, up.Lang))
}

// mailAccount writes to an account without a link.
func (s *Store) mailAccount(ctx context.Context, g *gorm.DB, a *Account, kind MailKind, compose Compose) error {
	return s.writeMail(ctx, g, &Mail{AccountID: &a.ID, Kind: kind, Lang: a.Lang, Address: a.Email}, compose(kind, a.Lang))
}

// SignUp reads who signed up with an address.
func (s *Store) SignUp(ctx context.Context, email string) (*SignUp, error) {
	var up SignUp
	err := s.Gorm.WithContext(ctx).Where("email_key = ?", EmailKey(email)).First(&up).Error
	return found(&up, "sign-up", err)
}

// endSignUp makes the account of somebody who proved the address, with the profiles that it begins with.
func (s *Store) endSignUp(g *gorm.DB, l *Link, use LinkUse) (*Account, error) {
	var up SignUp
	err := g.Where("email_key = ?", EmailKey(l.Email)).First(&up).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, missing("link")
	}
	if err != nil {
		return nil, err
	}
	if known, err := s.accountOf(g, up.EmailKey); err != nil || known != nil {
		return nil, cmp.Or(err, missing("link")) // an invitation was faster
	}
	now := s.now()
	a := &Account{
		ID: newID(now), Email: up.Email, EmailKey: up.EmailKey, Role: up.Role, BothSides: up.BothSides, Lang: up.Lang, VerifiedAt: &now,
		PasswordHash: cmp.Or(use.Password, up.PasswordHash), Version: 1,
	}
	byProvider := up.ProviderID != nil && use.Password == "" // on the browser that signed up: whoever is at the provider owns the address
	if byProvider {
		a.PasswordHash = ""
	}
	if err := s.createAccount(g, Actor(a.ID), a); err != nil {
		return nil, err
	}
	if byProvider {
		var p Provider
		if err := g.Where("id = ?", up.ProviderID).First(&p).Error; err != nil {
			return nil, err
		}
		if err := s.addIdentity(g, a.ID, &p, up.Subject); err != nil {
			return nil, err
		}
	}
	for _, p := range use.Profiles {
		p.AccountID = &a.ID
	}
	if err := s.addProfiles(g, Actor(a.ID), use.Profiles); err != nil {
		return nil, err
	}
	if err := s.refund(g, up.Network); err != nil {
		return nil, err
	}
	return a, g.Where("email_key = ?", up.EmailKey).Delete(&SignUp{}).Error
}

package models

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
)

// MailKind is what a mail tells: it chooses the words.
type MailKind string

// The kinds of mails. Those with a link end with it.
const (
	MailVerify          MailKind = "verify"           // proves the address of somebody who signs up
	MailKnown           MailKind = "known"            // somebody signed up with an address that has an account; the link signs in
	MailSignIn          MailKind = "sign_in"          // the link signs in
	MailReset           MailKind = "reset"            // the link sets a new password
	MailStranger        MailKind = "stranger"         // somebody asked for a link to an address that has no account
	MailDisabled        MailKind = "disabled"         // somebody asked for a way in to an account that is disabled: there is none
	MailInvite          MailKind = "invite"           // an account was made for somebody; the link chooses its password
	MailInvitedKnown    MailKind = "invited_known"    // the same for an address that has an account
	MailEmail           MailKind = "email"            // proves the new address of an account
	MailEmailTaken      MailKind = "email_taken"      // somebody wanted to use the address of this account for theirs
	MailEmailChanged    MailKind = "email_changed"    // tells the old address of an account
	MailPasswordChanged MailKind = "password_changed" // tells that there is a new password
	MailFactorAdded     MailKind = "factor_added"     // tells that signing in asks for a second factor now
	MailFactorRemoved   MailKind = "factor_removed"   // tells that it no longer does
	MailPasskeyAdded    MailKind = "passkey_added"    // tells that another passkey signs in
	MailPasskeyRemoved  MailKind = "passkey_removed"  // tells that a passkey no longer does
	MailErased          MailKind = "erased"           // tells that the account is gone; the store forgets the mail once it was sent, or cannot be
	MailOfferEnded      MailKind = "offer_ended"      // tells that the other side of an offer or a mentorship has left; not who that was
)

// MailKinds are all kinds of mails.
var MailKinds = []MailKind{
	MailVerify, MailKnown, MailSignIn, MailReset, MailStranger, MailDisabled, MailInvite, MailInvitedKnown, MailEmail, MailEmailTaken, MailEmailChanged,
	MailPasswordChanged, MailFactorAdded, MailFactorRemoved, MailPasskeyAdded, MailPasskeyRemoved, MailErased, MailOfferEnded,
}

// MailState is where a mail stands.
type MailState string

// The states of a mail.
const (
	MailWaiting MailState = "waiting" // to be sent
	MailSent    MailState = "sent"    // a server took it
	MailKept    MailState = "kept"    // nothing here sends: it is there to be read
	MailFailed  MailState = "failed"  // no server took it in time
)

// Mail is what the program writes to an address.
type Mail struct {
	ID        string  `gorm:"primaryKey"`
	AccountID *string // nil when the address has no account
	Kind      MailKind
	Lang      string // en, es or fr
	Address   string
	Content   *Sealed // a Letter as JSON; nil once it was sent or is of no use
	State     MailState
	Attempts  int
	Problem   string // why the last attempt failed, "" when it did not; without words of the mail
	CreatedAt time.Time
	ExpiresAt time.Time // from then on it is of no use
	SentAt    *time.Time
}

// Letter is a mail in words: the same as plain text and as HTML.
type Letter struct {
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html"`
}

// Compose writes a letter of a kind in a language. It is called in a transaction and must not wait.
type Compose func(kind MailKind, lang string) Letter

// Outbox is how mails are kept and handed on.
type Outbox struct {
	Seal Sealer // seals what a mail says, with a key of the installation
	// Send asks in a transaction for a mail to be sent. It is nil where nothing sends: mails stay to be read then.
	Send func(ctx context.Context, tx *sql.Tx, id string) error
}

// mailLife is how long a mail without a link is tried, and can be read where nothing sends.
const mailLife = 3 * 24 * time.Hour

// mailsKept is how long the store remembers that there was a mail.
const mailsKept = 30 * 24 * time.Hour

// mailPlace is where what a mail says is sealed for.
func mailPlace(id string) string { return "mails.content#" + id }

// WriteMail stores a mail and asks for it to be sent. Address, Kind, Lang and Letter must be given; without ExpiresAt it
// is tried for three days.
func (s *Store) WriteMail(ctx context.Context, m *Mail, l Letter) error {
	return s.write(ctx, "mail", func(g *gorm.DB) error { return s.writeMail(ctx, g, m, l) })
}

// writeMail is WriteMail in a transaction of the caller.
func (s *Store) writeMail(ctx context.Context, g *gorm.DB, m *Mail, l Letter) error {
	if s.Outbox == nil {
		return fmt.Errorf("a mail of kind %s: the store has no outbox", m.Kind)
	}
	now := s.now()
	m.ID, m.State, m.CreatedAt = newID(now), MailKept, now
	if m.ExpiresAt.IsZero() {
		m.ExpiresAt = now.Add(mailLife)
	}
	plain, err := json.Marshal(l)
	if err != nil {
		return err
	}
	sealed, err := s.Outbox.Seal.Seal(mailPlace(m.ID), plain)
	if err != nil {
		return err
	}
	m.Content = &sealed
	if s.Outbox.Send == nil {
		return g.Create(m).Error
	}
	m.State = MailWaiting
	if err := g.Create(m).Error; err != nil {
		return err
	}
	tx, ok := g.Statement.ConnPool.(*sql.Tx)
	if !ok {
		return fmt.Errorf("a transaction of type %T", g.Statement.ConnPool)
	}
	return s.Outbox.Send(ctx, tx, m.ID)
}

// Mails reads the newest mails, at most n, after the first from; those in some states, of all when none is given.
func (s *Store) Mails(ctx context.Context, from, n int, states ...MailState) (all []Mail, err error) {
	g := s.Gorm.WithContext(ctx).Order("created_at DESC, id DESC").Offset(from).Limit(n)
	if len(states) > 0 {
		g = g.Where("state IN ?", states)
	}
	err = g.Find(&all).Error
	return all, failed("mail", err)
}

// Mail reads a mail, without what it says.
func (s *Store) Mail(ctx context.Context, id string) (*Mail, error) {
	var m Mail
	err := s.Gorm.WithContext(ctx).Where("id = ?", id).First(&m).Error
	return found(&m, "mail", err)
}

// Letter opens what a mail says; one that was erased is not there.
func (s *Store) Letter(m *Mail) (*Letter, error) {
	if m.Content == nil || s.Outbox == nil {
		return nil, missing("mail")
	}
	plain, err := s.Outbox.Seal.Open(mailPlace(m.ID), *m.Content)
	if err != nil {
		return nil, err
	}
	var l Letter
	return &l, json.Unmarshal(plain, &l)
}

// ReadMail opens what a mail says that is kept here to be read. The audit log says who read it.
func (s *Store) ReadMail(ctx context.Context, by Actor, id string) (*Mail, *Letter, error) {
	m, err := s.Mail(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if m.State != MailKept {
		return m, nil, missing("mail")
	}
	l, err := s.Letter(m)
	if err != nil {
		return m, nil, err
	}
	return m, l, s.write(ctx, "mail", func(g *gorm.DB) error { return s.Audit(g, by, "letter.read", "mails", id, nil) })
}

// MarkMail stores what became of an attempt to send a mail: sent, failed, or waiting for another one. What was sent or
// has failed is erased; of a MailErased the whole row.
func (s *Store) MarkMail(ctx context.Context, id string, state MailState, problem string) error {
	return s.write(ctx, "mail", func(g *gorm.DB) error {
		change := map[string]any{"state": state, "problem": strings.ToValidUTF8(problem, ""), "attempts": gorm.Expr("attempts + 1")}
		if state != MailWaiting {
			change["content"] = nil
		}
		if state == MailSent {
			change["sent_at"] = s.now()
		}
		done := g.Model(&Mail{}).Where("id = ? AND state = ?", id, MailWaiting).Updates(change)
		return cmp.Or(done.Error, forgetFarewells(g))
	})
}

// TidyMails erases what mails say that are of no use any more, and forgets those of long ago.
func (s *Store) TidyMails(ctx context.Context) error {
	return s.write(ctx, "mail", func(g *gorm.DB) error {
		now := s.now()
		err := g.Model(&Mail{}).Where("expires_at <= ? AND state = ?", now, MailWaiting).
			Updates(map[string]any{"state": MailFailed, "content": nil, "problem": gorm.Expr("CASE WHEN problem = '' THEN 'expired' ELSE problem END")}).Error
		if err != nil {
			return err
		}
		if err := g.Model(&Mail{}).Where("expires_at <= ? AND content IS NOT NULL", now).Updates(map[string]any{"content": nil}).Error; err != nil {
			return err
		}
		return cmp.Or(forgetFarewells(g), g.Where("created_at <= ?", now.Add(-mailsKept)).Delete(&Mail{}).Error)
	})
}

// forgetFarewells deletes the last mails to people of whom nothing else is left, once they are of no more use.
func forgetFarewells(g *gorm.DB) error {
	return g.Where("kind = ? AND state <> ?", MailErased, MailWaiting).Delete(&Mail{}).Error
}

package models

import (
	"cmp"
	"context"
	"errors"

	"gorm.io/gorm"
)

// CountMails counts the mails by state.
func (s *Store) CountMails(ctx context.Context) (map[MailState]int, error) {
	var rows []struct {
		State MailState
		N     int
	}
	err := s.Gorm.WithContext(ctx).Model(&Mail{}).Select("state, count(*) AS n").Group("state").Scan(&rows).Error
	counts := map[MailState]int{}
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts, failed("mail", err)
}

// linked are the kinds of mails to an account with a link for its owner, and what that is for.
var linked = map[MailKind]LinkPurpose{
	MailKnown: LinkSignIn, MailSignIn: LinkSignIn, MailReset: LinkReset, MailInvite: LinkInvite, MailEmail: LinkEmail,
}

// SendAgain writes anew what a mail was to say that no server took, with another link if it had one, and forgets the
// failed one. A mail that did not fail, or would be of no use any more, is a conflict.
func (s *Store) SendAgain(ctx context.Context, by Actor, id string, ask Ask) error {
	return s.write(ctx, "mail", func(g *gorm.DB) error {
		var m Mail
		if err := locked(g).Where("id = ?", id).First(&m).Error; err != nil {
			return err
		}
		if m.State != MailFailed {
			return &Error{Code: CodeConflict, Key: "store.mail_not_failed"}
		}
		err := s.writeAgain(ctx, g, &m, ask)
		if errors.Is(err, gorm.ErrRecordNotFound) {
			err = &Error{Code: CodeConflict, Key: "store.mail_useless", Err: err}
		}
		if err != nil {
			return err
		}
		return cmp.Or(g.Where("id = ?", id).Delete(&Mail{}).Error, s.Audit(g, by, "letter.again", "mails", id, map[string]any{"kind": m.Kind}))
	})
}

// writeAgain writes what a mail was to say, if whom it is for is still there.
func (s *Store) writeAgain(ctx context.Context, g *gorm.DB, m *Mail, ask Ask) error {
	if m.Kind == MailVerify {
		var up SignUp
		if err := g.Where("email_key = ?", EmailKey(m.Address)).First(&up).Error; err != nil {
			return err
		}
		return s.mailVerify(ctx, g, &up, ask)
	}
	again := &Mail{AccountID: m.AccountID, Kind: m.Kind, Lang: m.Lang, Address: m.Address}
	if m.AccountID != nil {
		var a Account
		if err := g.Where("id = ? AND (disabled_at IS NOT NULL) = ?", m.AccountID, m.Kind == MailDisabled).First(&a).Error; err != nil {
			return err
		}
		purpose, link := linked[m.Kind]
		switch {
		case m.Kind == MailInvite && !a.unused():
			return gorm.ErrRecordNotFound
		case m.Kind == MailEmail:
			l := &Link{IDHash: ask.Link, Purpose: purpose, AccountID: &a.ID, Email: m.Address}
			if err := s.createLink(g, "", l); err != nil {
				return err
			}
			again.ExpiresAt = l.ExpiresAt
		case link:
			return s.mailLink(ctx, g, &a, purpose, m.Kind, ask)
		}
	}
	return s.writeMail(ctx, g, again, ask.Compose(m.Kind, m.Lang))
}

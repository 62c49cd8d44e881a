package api

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"puente/models"
	"puente/web"
)

// mailsShown is how many mails one page of the mailbox shows.
const mailsShown = 50

// mailboxPage shows administrators what became of the mails, the newest first.
func (s *Server) mailboxPage(ctx context.Context, v *visit) (templ.Component, error) {
	from, err := strconv.Atoi(v.c.DefaultQuery("from", "0"))
	if err != nil || from < 0 || from > 1<<20 {
		from = 0
	}
	mails, err := s.Store.Mails(ctx, from, mailsShown+1)
	if err != nil {
		return nil, err
	}
	page := web.Mailbox{Page: *v.Page, Sends: s.Queue.Sends()}
	at := func(from int) string {
		return mailboxPath + "?" + url.Values{"from": {strconv.Itoa(max(0, from))}}.Encode()
	}
	if from > 0 {
		page.Newer = at(from - mailsShown)
	}
	if len(mails) > mailsShown {
		mails, page.Older = mails[:mailsShown], at(from+mailsShown)
	}
	for i := range mails {
		page.List = append(page.List, v.mailRow(&mails[i]))
	}
	return web.MailboxPage(page), nil
}

// mailRow is a mail in the list. What it says stands in its language, the rest
// in the reader's.
func (v *visit) mailRow(m *models.Mail) web.MailRow {
	row := web.MailRow{
		Subject: web.Mail{Lang: v.Lang, Kind: string(m.Kind)}.Subject(), Address: m.Address, State: v.T("mailbox.state_" + string(m.State)),
		Time: v.T("mailbox.time", "Time", m.CreatedAt.UTC().Format("2006-01-02 15:04:05")), Failed: m.State == models.MailFailed,
		Attempts: m.Attempts, Problem: m.Problem,
	}
	if m.State == models.MailKept {
		row.Path = mailboxPath + "/" + m.ID
	}
	return row
}

// mailPage shows a mail that nothing sends.
func (s *Server) mailPage(ctx context.Context, v *visit) (templ.Component, error) {
	m, letter, err := s.Store.ReadMail(ctx, v.actor.by(), v.c.Param("id"))
	if m == nil || m.State != models.MailKept {
		return nil, err
	}
	if err != nil && models.CodeOf(err) != models.CodeNotFound {
		return nil, err
	}
	page := web.MailShown{Page: *v.Page, Row: v.mailRow(m), Lang: m.Lang, Back: mailboxPath}
	if letter == nil {
		return web.MailPage(page), nil
	}
	page.Row.Subject = letter.Subject
	for text := range strings.SplitSeq(strings.TrimSpace(letter.Text), "\n\n") {
		part := web.MailPart{Text: text}
		if path, ours := strings.CutPrefix(text, s.URL+"/"+m.Lang+"/link/"); ours && isPagePath("/link/"+path) {
			part.Path = "/link/" + path
		}
		page.Parts = append(page.Parts, part)
	}
	return web.MailPage(page), nil
}

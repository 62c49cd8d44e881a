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

// mailStates are the states by which the mailbox can be filtered.
var mailStates = []models.MailState{models.MailWaiting, models.MailSent, models.MailKept, models.MailFailed}

// mailboxPage shows administrators what became of the mails, the newest first;
// those of a state, if the address names one.
func (s *Server) mailboxPage(ctx context.Context, v *visit) (templ.Component, error) {
	from, err := strconv.Atoi(v.c.DefaultQuery("from", "0"))
	if err != nil || from < 0 || from > 1<<20 {
		from = 0
	}
	counts, err := s.Store.CountMails(ctx)
	if err != nil {
		return nil, err
	}
	page := web.Mailbox{Page: *v.Page, Sends: s.Queue.Sends()}
	var only []models.MailState
	all := 0
	for _, n := range counts {
		all += n
	}
	page.States = []web.StateLink{{Link: web.Link{Text: v.T("mailbox.all"), Path: mailboxPath}, Count: all}}
	for _, state := range mailStates {
		chosen := v.c.Query("state") == string(state)
		if chosen {
			only = append(only, state)
		}
		if chosen || counts[state] > 0 {
			link := web.Link{Text: v.T("mailbox.state_" + string(state)), Path: mailboxPath + "?state=" + string(state), Current: chosen}
			page.States = append(page.States, web.StateLink{Link: link, Count: counts[state]})
		}
	}
	page.States[0].Current = len(only) == 0
	mails, err := s.Store.Mails(ctx, from, mailsShown+1, only...)
	if err != nil {
		return nil, err
	}
	at := func(from int) string {
		query := url.Values{"from": {strconv.Itoa(max(0, from))}}
		if len(only) > 0 {
			query.Set("state", string(only[0]))
		}
		return mailboxPath + "?" + query.Encode()
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
	if m.State == models.MailFailed {
		row.Again = mailboxPath + "/" + m.ID + "/again"
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

// sendMailAgain writes anew what a mail was to say that could not be sent.
func (s *Server) sendMailAgain(ctx context.Context, v *visit) (templ.Component, error) {
	m, err := s.Store.Mail(ctx, v.c.Param("id"))
	if err == nil {
		err = s.inviting(ctx, m.Address)
	}
	if err == nil {
		err = s.Store.SendAgain(ctx, v.actor.by(), m.ID, s.newAsk(ctx, m.Lang))
	}
	v.goTo(mailboxPath + "?state=failed&done=mailed")
	if err != nil && v.early(err) {
		return s.mailboxPage(ctx, v)
	}
	return nil, err
}

package api

import (
	"context"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"puente/models"
	"puente/web"
)

// The pages of second factors.
const (
	codePath   = signInPath + "/code"
	factorPath = accountPath + "/factor"
)

// lead leads on, or first to where a code is asked for.
func (v *visit) lead(to string) {
	if v.half {
		to = codePath + "?next=" + url.QueryEscape(to)
	}
	v.goTo(to)
}

// halfOf finds who has shown a first factor on this browser, nil for nobody.
func (s *Server) halfOf(ctx context.Context, v *visit) (account *models.Account, hash string, err error) {
	id := s.cookie(v.c.Request, halfCookie)
	if id == "" {
		return nil, "", nil
	}
	hash = hashOf(id)
	account, err = s.Store.HalfSession(ctx, hash)
	if models.CodeOf(err) == models.CodeNotFound {
		return nil, "", nil
	}
	return account, hash, err
}

// codePage asks for a code of the second factor.
func (s *Server) codePage(ctx context.Context, v *visit) (templ.Component, error) {
	account, _, err := s.halfOf(ctx, v)
	if err != nil {
		return nil, err
	}
	if account == nil {
		v.goTo(signInPath)
		return nil, nil
	}
	return v.codeForm(nil), nil
}

func (v *visit) codeForm(problems map[string]string) templ.Component {
	post := v.c.Request.URL.RequestURI()[len("/"+v.Lang):]
	page := web.SecondFactor{
		Page: *v.Page, Title: v.T("second.ask_title"), Texts: []string{v.T("second.ask_text")},
		Forms: []web.Confirm{{Button: v.T("page.sign_in"), Post: post, Fields: []web.Field{web.CodeField(v.Lang, "code", problems)}}},
		Links: []web.Link{{Text: v.T("second.begin_again"), Path: signInPath}},
	}
	page.SignIn, page.SignOut, page.Nav = "", "", nil
	return web.FactorPage(page)
}

// takeCode makes a half session a whole one.
func (s *Server) takeCode(ctx context.Context, v *visit) (templ.Component, error) {
	account, half, err := s.halfOf(ctx, v)
	if err != nil {
		return nil, err
	}
	if account == nil {
		v.goTo(signInPath)
		return nil, nil
	}
	id, session := s.newSession(ctx, account.ID)
	proof, taken, err := s.proofOf(ctx, account, v.form.Get("code"))
	if err == nil {
		session.Proof = proof
		err = s.Store.CompleteSession(ctx, half, session)
	}
	switch e := known(err); {
	case err == nil:
	case e.Code == CodeNotFound: // it has ended meanwhile
		v.goTo(signInPath)
		return nil, nil
	case e.Code == CodeCodeRequired:
		v.refuse()
		return v.codeForm(map[string]string{"code": v.T(e.Key)}), nil
	default:
		return nil, err
	}
	if err := taken(); err != nil {
		return nil, err
	}
	return nil, s.entered(ctx, v, id, session, account)
}

// factorPage shows the second factor of one's own account, or helps to set one
// up.
func (s *Server) factorPage(ctx context.Context, v *visit) (templ.Component, error) {
	return s.factorForms(ctx, v, nil)
}

func (s *Server) factorForms(ctx context.Context, v *visit, problems map[string]string) (templ.Component, error) {
	v.Path = factorPath
	page := web.SecondFactor{Page: *v.Page, Title: v.T("second.title")}
	if !v.actor.bare {
		page.Links = []web.Link{{Text: v.T("me.title"), Path: accountPath}}
	}
	f, err := s.Store.Factor(ctx, v.actor.ID)
	switch {
	case models.CodeOf(err) == models.CodeNotFound:
		v.askFactor(&page, problems)
		err = nil
	case err != nil:
		return nil, err
	case f.ConfirmedAt == nil:
		err = s.showFactor(v, &page, f, problems)
	default:
		err = s.haveFactor(ctx, v, &page, f, problems)
	}
	return web.FactorPage(page), err
}

// askFactor asks whether to set up an app.
func (v *visit) askFactor(page *web.SecondFactor, problems map[string]string) {
	page.Texts = []string{v.T("second.why"), v.T("second.need_app")}
	if v.actor.bare {
		page.Texts = append([]string{v.T("problem.set_up_factor")}, page.Texts...)
	}
	form := web.Confirm{Button: v.T("second.set_up"), Post: factorPath}
	if v.actor.PasswordHash != "" {
		form.Fields = []web.Field{web.OwnPasswordField(v.Lang, "password", problems)}
	} else if problem := problems["password"]; problem != "" {
		page.Texts = append([]string{problem}, page.Texts...)
	}
	page.Forms = []web.Confirm{form}
}

// showFactor shows the secret of an app that waits for its first code.
func (s *Server) showFactor(v *visit, page *web.SecondFactor, f *models.Factor, problems map[string]string) error {
	secret, err := s.secrets.factors.Open(models.FactorPlace(f.AccountID), f.Secret)
	if err != nil {
		return err
	}
	site := "Puente"
	if u, err := url.Parse(s.URL); err == nil && u.Host != "" {
		site += " " + strings.ReplaceAll(u.Host, ":", " ") // which ends the name in the link
	}
	page.Texts = []string{v.T("second.scan")}
	page.Secret, page.URI = inFours(totpText(secret), " "), totpURI(secret, site, v.actor.Email)
	if page.Code, err = web.NewQR(page.URI); err != nil {
		return err
	}
	page.Forms = []web.Confirm{{
		Text: v.T("second.confirm_text"), Button: v.T("second.confirm"), Post: factorPath + "/code",
		Fields: []web.Field{web.AppCodeField(v.Lang, "code", problems)},
	}}
	return nil
}

// haveFactor says what there is, and offers to renew the recovery codes and to
// turn it off.
func (s *Server) haveFactor(ctx context.Context, v *visit, page *web.SecondFactor, f *models.Factor, problems map[string]string) error {
	left, err := s.Store.RecoveryLeft(ctx, v.actor.ID)
	if err != nil {
		return err
	}
	page.Texts = []string{v.T("second.since", "Since", pageTime(*f.ConfirmedAt)), v.T("second.left", "Count", left)}
	form := func(title, text, button, action string) web.Confirm {
		return web.Confirm{Title: v.T(title), Text: v.T(text), Button: v.T(button), Post: factorPath + "/" + action, Fields: []web.Field{
			web.OwnPasswordField(v.Lang, action+"_password", problems), web.CodeField(v.Lang, action+"_code", problems),
		}}
	}
	off := "second.off_text"
	if len(v.actor.Sides()) == 0 {
		off = "second.off_staff"
	}
	page.Forms = []web.Confirm{
		form("second.new_title", "second.new_text", "second.new", "new"), form("second.off_title", off, "second.off", "off"),
	}
	return nil
}

// newFactor makes the secret of an app.
func (s *Server) newFactor(ctx context.Context, v *visit) (templ.Component, error) {
	if err := s.beginFactor(ctx, v.form.Get("password")); err != nil {
		if problems, ok := v.fieldErrors(err); ok {
			return s.factorForms(ctx, v, problems)
		}
		return nil, err
	}
	v.goTo(factorPath)
	return nil, nil
}

// confirmFactorPage takes the first code of an app and shows the recovery codes.
func (s *Server) confirmFactorPage(ctx context.Context, v *visit) (templ.Component, error) {
	codes, err := s.confirmFactor(ctx, v.form.Get("code"))
	if models.CodeOf(err) == models.CodeNotFound { // nobody began, or too long ago
		v.goTo(factorPath)
		return nil, nil
	}
	if err != nil {
		if problems, ok := v.fieldErrors(err); ok {
			return s.factorForms(ctx, v, problems)
		}
		return nil, err
	}
	v.actor.bare, v.Nav = false, nil
	v.navigation()
	return web.FactorPage(v.recoveryPage(codes, v.T("second.added"), v.T("second.others_ended"))), nil
}

// recoveryPage shows recovery codes this once.
func (v *visit) recoveryPage(codes []string, texts ...string) web.SecondFactor {
	v.Path = factorPath
	return web.SecondFactor{
		Page: *v.Page, Title: v.T("second.recovery_title"), Texts: append(texts, v.T("second.recovery_text")), Recovery: codes,
		Links: []web.Link{{Text: v.T("second.kept"), Path: v.actor.home()}},
	}
}

// provenForm does what a form with a password and a code asks for, whose fields
// begin with a word.
func (s *Server) provenForm(ctx context.Context, v *visit, word string, do func(p *models.Proof) error) (refused templ.Component, err error) {
	err = s.proving(ctx, v.form.Get(word+"_password"), v.form.Get(word+"_code"), do)
	if err == nil {
		return nil, nil
	}
	problems, ok := v.fieldErrors(err)
	if !ok {
		return nil, err
	}
	return s.factorForms(ctx, v, map[string]string{word + "_password": problems["password"], word + "_code": problems["code"]})
}

// newRecoveryPage gives new recovery codes.
func (s *Server) newRecoveryPage(ctx context.Context, v *visit) (templ.Component, error) {
	codes, hashes := newRecovery(models.RecoveryCodes)
	refused, err := s.provenForm(ctx, v, "new", func(p *models.Proof) error {
		if p == nil { // it was turned off meanwhile
			return nil
		}
		return s.Store.RenewRecovery(ctx, v.actor.ID, *p, hashes)
	})
	if refused != nil || err != nil {
		return refused, err
	}
	return web.FactorPage(v.recoveryPage(codes)), nil
}

// removeFactorPage turns the second factor off.
func (s *Server) removeFactorPage(ctx context.Context, v *visit) (templ.Component, error) {
	refused, err := s.provenForm(ctx, v, "off", func(p *models.Proof) error {
		return s.Store.RemoveFactor(ctx, v.actor.by(), v.actor.ID, p, s.composing(ctx, ""))
	})
	if refused != nil || err != nil {
		return refused, err
	}
	v.goTo(accountPath + "?done=factor_off")
	return nil, nil
}

// factorList is the part of the page of the account that leads to its second
// factor.
func (s *Server) factorList(v *visit) web.OwnList {
	out := web.OwnList{Title: v.T("second.title"), Text: v.T("second.why"), Links: []web.Link{{Text: v.T("second.set_up"), Path: factorPath}}}
	if v.actor.FactorAt != nil {
		out.Text = v.T("second.since", "Since", pageTime(*v.actor.FactorAt))
		out.Links[0].Text = v.T("second.manage")
	}
	return out
}

// withCode adds a field for a code to those of a form that wants the password
// again, where there is a second factor.
func (v *visit) withCode(name string, problems map[string]string, fields []web.Field) []web.Field {
	if v.actor.FactorAt == nil {
		return fields
	}
	return append(fields, web.CodeField(v.Lang, name, problems))
}

package api

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/a-h/templ"

	"puente/web"
)

// The pages of passkeys.
const (
	passkeySignInPath = signInPath + "/passkey"
	passkeyPath       = accountPath + "/passkey"
)

// challengeTime is how long a browser keeps what it was asked to sign.
const challengeTime = 5 * time.Minute

// passkeyPage asks the browser for a passkey. What it is asked stands in the
// page, and the script of the page sends the answer as a form.
func (s *Server) passkeyPage(v *visit, id string, options any, page web.PasskeyAsked) (templ.Component, error) {
	data, err := json.Marshal(options)
	if err != nil {
		return nil, err
	}
	s.putCookie(v.c, passkeyCookie, id, challengeTime)
	page.Page, page.Options = *v.Page, string(data)
	page.Path = signInPath
	if v.actor != nil {
		page.Path = accountPath
	}
	return web.PasskeyPage(page), nil
}

// answered gives what a browser was asked and what it answers.
func (s *Server) answered(v *visit) (challenge, answer string) {
	challenge = s.cookie(v.c.Request, passkeyCookie)
	s.putCookie(v.c, passkeyCookie, "", 0)
	return challenge, v.form.Get("answer")
}

// passkeyForm is where the sign-in page asks for a passkey, with where to go on;
// "" where there are none.
func (s *Server) passkeyForm(post string) string {
	if s.webauthn == nil {
		return ""
	}
	return passkeySignInPath + strings.TrimPrefix(post, signInPath)
}

// askPasskey asks for a passkey that signs in.
func (s *Server) askPasskey(ctx context.Context, v *visit) (templ.Component, error) {
	if s.webauthn == nil {
		return nil, &Error{Code: CodeNotFound}
	}
	id, options, err := s.askToSignIn(ctx)
	if err != nil {
		return nil, err
	}
	post := v.c.Request.URL.RequestURI()[len("/"+v.Lang+passkeySignInPath):] // with where to go on
	return s.passkeyPage(v, id, options, web.PasskeyAsked{
		Title: v.T("passkey.sign_in"), Text: v.T("passkey.use_text"), Button: v.T("passkey.use"), Post: passkeySignInPath + "/answer" + post,
	})
}

// signInByPasskey signs in with a passkey: it is both factors.
func (s *Server) signInByPasskey(ctx context.Context, v *visit) (templ.Component, error) {
	if s.webauthn == nil {
		return nil, &Error{Code: CodeNotFound}
	}
	challenge, answer := s.answered(v)
	account, proof, err := s.byPasskey(ctx, challenge, answer)
	if err != nil {
		return nil, err
	}
	id, session := s.newSession(ctx, account.ID)
	session.Proof = proof
	if err := s.Store.CreateSession(ctx, session); err != nil {
		if known(err).Code == CodeCodeRequired { // somebody else was faster, or it was ended
			err = badPasskey(err)
		}
		return nil, err
	}
	return nil, s.entered(ctx, v, id, session, account)
}

// passkeysList shows the passkeys of somebody, and the form for another one.
func (s *Server) passkeysList(ctx context.Context, v *visit, values, problems map[string]string) (web.OwnList, error) {
	out := web.OwnList{Title: v.T("passkey.title"), Text: v.T("passkey.text")}
	all, err := s.Store.Passkeys(ctx, v.actor.ID)
	if err != nil {
		return out, err
	}
	for i := range all {
		p := &all[i]
		row := web.OwnRow{
			Name: p.Name, Button: v.T("me.session_end"), Post: accountPath + "/passkeys/" + p.ID,
			Facts: []string{v.T("passkey.made", "Created", pageTime(p.CreatedAt))},
		}
		if p.UsedAt != nil {
			row.Facts = append(row.Facts, v.T("me.key_used", "Used", pageTime(*p.UsedAt)))
		}
		out.Rows = append(out.Rows, row)
	}
	out.Form = web.Confirm{Button: v.T("passkey.add"), Post: accountPath + "/passkeys"}
	out.Form.Fields = v.withCode("passkey_code", problems, web.PasskeyFields(v.Lang, values, problems))
	return out, nil
}

// newPasskey asks the browser to make a passkey, for the password and a code.
func (s *Server) newPasskey(ctx context.Context, v *visit) (templ.Component, error) {
	if s.webauthn == nil {
		return nil, &Error{Code: CodeNotFound}
	}
	values, problems := v.values(), map[string]string{}
	for _, f := range web.PasskeyFields(v.Lang, nil, nil) {
		if problem := v.fieldProblem(f, values[f.Name]); problem != "" {
			problems[f.Name] = problem
		}
	}
	if len(problems) == 0 {
		err := s.proveAgain(ctx, v.form.Get("passkey_password"), v.form.Get("passkey_code"))
		if wrong, ok := v.fieldErrors(err); err != nil && !ok {
			return nil, err
		} else if ok {
			problems["passkey_password"], problems["passkey_code"] = wrong["password"], wrong["code"]
		}
	}
	if len(problems) > 0 {
		v.refuse()
		return s.accountForms(ctx, v, values, problems)
	}
	id, options, err := s.askForPasskey(ctx, values["passkey_name"])
	if err != nil {
		return nil, err
	}
	return s.passkeyPage(v, id, options, web.PasskeyAsked{
		Create: true, Title: v.T("passkey.add"), Text: v.T("passkey.add_text"), Button: v.T("passkey.make"), Post: passkeyPath,
	})
}

// keepPasskey stores the passkey that a browser has made.
func (s *Server) keepPasskey(ctx context.Context, v *visit) (templ.Component, error) {
	if s.webauthn == nil {
		return nil, &Error{Code: CodeNotFound}
	}
	challenge, answer := s.answered(v)
	v.goTo(accountPath + "?done=passkey")
	return nil, s.addPasskey(ctx, challenge, answer)
}

// endPasskeyPage ends a passkey of the own account.
func (s *Server) endPasskeyPage(ctx context.Context, v *visit) (templ.Component, error) {
	v.goTo(accountPath + "?done=passkey_end")
	return nil, s.Store.DeletePasskey(ctx, v.actor.ID, v.c.Param("id"), s.composing(ctx, ""))
}

package api

import (
	"context"

	"github.com/a-h/templ"

	"puente/models"
	"puente/web"
)

// landing is the first page, with the form for signing up.
func (*Server) landing(_ context.Context, v *visit) (templ.Component, error) {
	return v.landingPage(nil, nil), nil
}

// home leads to the first page.
func (*Server) home(_ context.Context, v *visit) (templ.Component, error) {
	v.goTo("/")
	return nil, nil
}

// landingPage is the first page with what was filled in.
func (v *visit) landingPage(values, problems map[string]string) templ.Component {
	if role := v.form.Get("role"); values == nil && role != "" {
		values = map[string]string{"role": role}
	}
	v.Path = "/"
	return web.LandingPage(web.Landing{Page: *v.Page, SignUp: "/sign-up", Fields: web.SignUpFields(v.Lang, values, problems)})
}

// accountRoles are the accounts of those who sign up, by their side.
var accountRoles = map[string]models.AccountRole{"mentee": models.AccountEntrepreneur, "mentor": models.AccountMentor}

// signUp makes an account with the beginning of a profile, and signs it in.
func (s *Server) signUp(ctx context.Context, v *visit) (templ.Component, error) {
	values := v.values()
	values["password"] = v.form.Get("password") // spaces count
	problems := map[string]string{}
	_, unfit := models.ParsePerson(sides[accountRoles[values["role"]]], map[string]string{"name": values["name"], "organization": values["organization"]})
	for _, p := range unfit {
		if !p.Warning && (p.Column == "name" || p.Column == "organization") {
			problems[p.Column] = web.Text(v.Lang, p.Key, p.Args)
		}
	}
	for _, f := range web.SignUpFields(v.Lang, nil, nil) {
		if problem := v.fieldProblem(f, values[f.Name]); problem != "" {
			problems[f.Name] = problem
		}
	}
	if rule := passwordProblem(values["password"], values["email"]); rule != "" && problems["password"] == "" {
		problems["password"] = passwordField("password", rule).text(v.Lang)
	}
	if len(problems) > 0 {
		v.refuse()
		return v.landingPage(values, problems), nil
	}
	account := &models.Account{Role: accountRoles[values["role"]], Email: values["email"], Lang: v.Lang}
	if _, err := s.newAccount(ctx, "", account, values["password"]); err != nil {
		problems, ok := v.fieldErrors(err)
		if !ok && models.CodeOf(err) == models.CodeConflict {
			v.refuse()
			problems, ok = map[string]string{"email": web.Text(v.Lang, "signup.taken", nil)}, true
		}
		if !ok {
			return nil, err
		}
		return v.landingPage(values, problems), nil
	}
	if err := s.beginProfile(ctx, account, values); err != nil {
		return nil, err
	}
	if err := s.enter(ctx, v, account); err != nil {
		return nil, err
	}
	v.goTo(profilePath + "?done=welcome")
	return nil, nil
}

// fieldProblem says in words why a value does not fit a field by itself, "" if
// it does.
func (v *visit) fieldProblem(f web.Field, value string) string {
	switch {
	case f.Required && value == "":
		return v.T("form.missing")
	case f.Max > 0 && f.Kind != web.KindNumber && len([]rune(value)) > f.Max:
		return Field{Rule: "max_length", Args: map[string]any{"Max": f.Max}}.text(v.Lang)
	case value == "" || len(f.Options) == 0:
		return ""
	}
	for _, o := range f.Options {
		if o.Value == value {
			return ""
		}
	}
	return v.T("form.unknown")
}

// signInPage shows the form for signing in.
func (*Server) signInPage(_ context.Context, v *visit) (templ.Component, error) {
	return v.signInPage(nil, nil), nil
}

func (v *visit) signInPage(values, problems map[string]string) templ.Component {
	post := v.c.Request.URL.RequestURI()[len("/"+v.Lang):]
	v.SignIn = ""
	return web.SignInPage(web.SignIn{Page: *v.Page, Post: post, Join: "/", Fields: web.SignInFields(v.Lang, values, problems)})
}

// signIn signs in with a password.
func (s *Server) signIn(ctx context.Context, v *visit) (templ.Component, error) {
	values := v.values()
	account, err := s.byPassword(ctx, values["email"], v.form.Get("password"))
	if known(err).Code == CodeUnauthorized {
		v.refuse()
		return v.signInPage(values, map[string]string{"password": v.T("problem.sign_in")}), nil
	}
	if err != nil {
		return nil, err
	}
	return nil, s.enter(ctx, v, account)
}

// signOut ends the browser's session.
func (s *Server) signOut(ctx context.Context, v *visit) (templ.Component, error) {
	if v.actor != nil {
		if err := s.Store.DeleteSession(ctx, v.actor.session); err != nil {
			return nil, err
		}
	}
	s.setCookie(v.c, "")
	v.goTo("/?done=out")
	return nil, nil
}

// link asks whether to sign in by a link. Only a press of the button uses the
// link up, since mail programs look at addresses. A link that works more than
// once signs in right away.
func (s *Server) link(ctx context.Context, v *visit) (templ.Component, error) {
	l, account, err := s.linkOf(ctx, v)
	if err != nil {
		return nil, err
	}
	if !l.Once {
		return nil, s.useLink(ctx, v, account, "")
	}
	return v.linkPage(account, nil), nil
}

// linkOf finds the link of an address with its account.
func (s *Server) linkOf(ctx context.Context, v *visit) (*models.Link, *models.Account, error) {
	l, err := s.Store.Link(ctx, hashOf(v.c.Param("token")))
	if models.CodeOf(err) == models.CodeNotFound {
		return nil, nil, &Error{Code: CodeNotFound, Key: "problem.link", Err: err}
	}
	if err != nil {
		return nil, nil, err
	}
	account, err := s.Store.Account(ctx, l.AccountID)
	return l, account, err
}

// linkPage asks for a press of the button, and for a password of those who have
// none.
func (v *visit) linkPage(account *models.Account, problems map[string]string) templ.Component {
	page := web.Confirm{Page: *v.Page, Title: v.T("confirm.title"), Text: v.T("confirm.text"), Button: v.T("confirm.button"), Post: v.Path}
	page.SignIn, page.SignOut, page.Nav = "", "", nil
	if account.PasswordHash == "" {
		password := web.PasswordField(v.Lang)
		password.Problem = problems["password"]
		page.Title, page.Text, page.Button = v.T("confirm.password_title"), v.T("confirm.password_text"), v.T("confirm.password_button")
		page.Fields = []web.Field{password}
	}
	return web.ConfirmPage(page)
}

// followLink signs in by a link, and sets the password if there is none.
func (s *Server) followLink(ctx context.Context, v *visit) (templ.Component, error) {
	l, account, err := s.linkOf(ctx, v)
	if err != nil {
		return nil, err
	}
	if !l.Once || account.PasswordHash != "" {
		return nil, s.useLink(ctx, v, account, "")
	}
	password := v.form.Get("password")
	if rule := passwordProblem(password, account.Email); rule != "" {
		v.refuse()
		return v.linkPage(account, map[string]string{"password": passwordField("password", rule).text(v.Lang)}), nil
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return nil, err
	}
	return nil, s.useLink(ctx, v, account, hash)
}

// useLink takes the link of the address, with the hash of a new password if
// there is one, and signs its account in.
func (s *Server) useLink(ctx context.Context, v *visit, account *models.Account, password string) error {
	id, session := s.newSession(account.ID)
	if err := s.Store.UseLink(ctx, hashOf(v.c.Param("token")), password, session); err != nil {
		return err
	}
	return s.entered(ctx, v, id, account)
}

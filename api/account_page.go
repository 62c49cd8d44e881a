package api

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"puente/models"
	"puente/web"
)

// landing is the first page, with the form for signing up.
func (s *Server) landing(ctx context.Context, v *visit) (templ.Component, error) {
	return s.landingPage(ctx, v, nil, nil)
}

// home leads to the first page.
func (*Server) home(_ context.Context, v *visit) (templ.Component, error) {
	v.goTo("/")
	return nil, nil
}

// landingPage is the first page with what was filled in.
func (s *Server) landingPage(ctx context.Context, v *visit, values, problems map[string]string) (templ.Component, error) {
	if role := v.form.Get("role"); values == nil && role != "" {
		values = map[string]string{"role": role}
	}
	fields, err := s.anyCountry(ctx, web.SignUpFields(v.Lang, values, problems))
	if err != nil {
		return nil, err
	}
	v.Path = "/"
	v.Kept = web.Kept{ID: web.SignUpForm, Post: "/sign-up"}
	return web.LandingPage(web.Landing{
		Page: *v.Page, SignUp: "/sign-up", Fields: fields, Begun: v.switching() || v.Alert != "",
	}), nil
}

// anyCountry leaves, of the fields of a form for signing up, the countries that
// some programme serves; all of them while there is no programme.
func (s *Server) anyCountry(ctx context.Context, fields []web.Field) ([]web.Field, error) {
	programmes, err := s.Store.Programmes(ctx)
	if err != nil || len(programmes) == 0 {
		return fields, err
	}
	for i := range fields {
		if fields[i].Name == "country" {
			fields[i].Options = slices.DeleteFunc(fields[i].Options, func(o web.Option) bool {
				return !slices.ContainsFunc(programmes, func(p models.Programme) bool { return p.Countries.Serve(o.Value) })
			})
		}
	}
	return fields, nil
}

// formRoles are the roles of the interface for programs by those of the form.
var formRoles = map[string]string{"mentee": string(models.AccountEntrepreneur), "mentor": string(models.AccountMentor), "both": roleBoth}

// signUp signs somebody up, as far as that goes without the mail. What a program
// fills in that does not see which fields people see comes to nothing.
func (s *Server) signUp(ctx context.Context, v *visit) (templ.Component, error) {
	values := v.values()
	values["password"] = v.form.Get("password") // spaces count
	up := &models.SignUp{
		Email: values["email"], Lang: v.Lang, Name: values["name"], Organization: values["organization"], Country: values["country"],
	}
	up.Role, up.BothSides = sidesOf(formRoles[values["role"]])
	if v.switching() {
		if values["role"]+values["name"]+values["email"]+values["organization"]+values["country"] == "" {
			v.goTo("/")
		}
		return s.landingPage(ctx, v, values, nil)
	}
	problems, err := s.signUpProblems(ctx, v, up, values)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		v.refuse()
		return s.landingPage(ctx, v, values, problems)
	}
	v.goTo(sentPath)
	if values[web.TrapField] != "" {
		return nil, nil
	}
	browser, hash := Secret()
	up.Browser = hash
	if err := s.askSignUp(ctx, up, values["password"]); err != nil {
		if problems, ok := v.fieldErrors(err); ok {
			v.goTo("")
			return s.landingPage(ctx, v, values, problems)
		}
		if v.early(err) {
			return s.landingPage(ctx, v, values, nil)
		}
		return nil, err
	}
	s.putCookie(v.c, signUpCookie, browser, models.LinkLives[models.LinkVerify])
	return nil, nil
}

// signUpProblems are what is wrong with the form, by field.
func (s *Server) signUpProblems(ctx context.Context, v *visit, up *models.SignUp, values map[string]string) (map[string]string, error) {
	fields, err := s.anyCountry(ctx, web.SignUpFields(v.Lang, nil, nil))
	if err != nil {
		return nil, err
	}
	problems := map[string]string{}
	side := models.RoleMentee
	if up.Role == models.AccountMentor {
		side = models.RoleMentor
	}
	_, unfit := models.ParsePerson(side, map[string]string{"name": up.Name, "organization": up.Organization})
	for _, p := range unfit {
		if !p.Warning && (p.Column == "name" || p.Column == "organization") {
			problems[p.Column] = web.Text(v.Lang, p.Key, p.Args)
		}
	}
	for _, f := range fields {
		if problem := v.fieldProblem(f, values[f.Name]); problem != "" {
			problems[f.Name] = problem
		}
	}
	if err := v.alsoWrong(problems, s.checkPassword("password", values["password"], whoseSignUp(up))); err != nil {
		return nil, err
	}
	if _, ok := models.Email(up.Email); !ok && problems["email"] == "" {
		problems["email"] = v.T("store.bad_email")
	}
	return problems, nil
}

// sent says where to look. It is the same whoever has the address.
func (s *Server) sent(_ context.Context, v *visit) (templ.Component, error) {
	page := web.Told{Page: *v.Page, Title: v.T("me.mail_title"), Texts: []string{v.T("me.mail_text"), v.T("me.mail_hint")}}
	if !s.Queue.Sends() {
		page.Texts = append(page.Texts, v.T("me.mail_kept"))
	}
	return web.ToldPage(page), nil
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
func (s *Server) signInPage(ctx context.Context, v *visit) (templ.Component, error) {
	return s.signInForms(ctx, v, nil, nil)
}

// signInForms are the ways to sign in, with what was filled in.
func (s *Server) signInForms(ctx context.Context, v *visit, values, problems map[string]string) (templ.Component, error) {
	providers, err := s.providerButtons(ctx, v)
	if err != nil {
		return nil, err
	}
	post := v.c.Request.URL.RequestURI()[len("/"+v.Lang):]
	v.SignIn = ""
	return web.SignInPage(web.SignIn{
		Page: *v.Page, Post: post, Passkey: s.passkeyForm(post), Join: "/", Fields: web.SignInFields(v.Lang, values, problems),
		Others:    []web.Link{{Text: v.T("me.ask_link"), Path: linkPath}, {Text: v.T("me.ask_reset"), Path: resetPath}},
		Providers: providers,
	}), nil
}

// asks are the pages that ask for a link by mail, with the keys of what they
// say.
var asks = map[string]struct {
	purpose     models.LinkPurpose
	title, text string
}{linkPath: {models.LinkSignIn, "me.link_title", "me.link_text"}, resetPath: {models.LinkReset, "me.reset_title", "me.reset_text"}}

// askPage shows the form that asks for a link.
func (*Server) askPage(_ context.Context, v *visit) (templ.Component, error) {
	return v.askPage(nil, nil), nil
}

func (v *visit) askPage(values, problems map[string]string) templ.Component {
	here, _, _ := strings.Cut(v.Path, "?")
	a := asks[here]
	return web.ConfirmPage(web.Confirm{
		Page: *v.Page, Title: v.T(a.title), Text: v.T(a.text), Button: v.T("me.link_button"), Post: here,
		Fields: web.AskLinkFields(v.Lang, values, problems),
	})
}

// askForLink writes a mail with a link.
func (s *Server) askForLink(ctx context.Context, v *visit) (templ.Component, error) {
	values := v.values()
	if err := s.askLink(ctx, values["email"], asks[v.Path].purpose); err != nil {
		if problems, ok := v.fieldErrors(err); ok {
			return v.askPage(values, problems), nil
		}
		if v.early(err) {
			return v.askPage(values, nil), nil
		}
		return nil, err
	}
	v.goTo(sentPath)
	return nil, nil
}

// signIn signs in with a password.
func (s *Server) signIn(ctx context.Context, v *visit) (templ.Component, error) {
	values := v.values()
	account, err := s.byPassword(ctx, values["email"], v.form.Get("password"))
	if known(err).Code == CodeUnauthorized {
		requestOf(ctx).note(err)
		v.refuse()
		return s.signInForms(ctx, v, values, map[string]string{"password": v.T("problem.sign_in")})
	}
	if err != nil && v.early(err) {
		return s.signInForms(ctx, v, values, nil)
	}
	if err != nil {
		return nil, err
	}
	return nil, s.enter(ctx, v, account)
}

// signOut ends the browser's session.
func (s *Server) signOut(ctx context.Context, v *visit) (templ.Component, error) {
	if v.actor != nil {
		if err := s.Store.DeleteSession(ctx, v.actor.session.IDHash); err != nil {
			return nil, err
		}
	}
	if half := s.cookie(v.c.Request, halfCookie); half != "" {
		if err := s.Store.DeleteHalfSession(ctx, hashOf(half)); err != nil {
			return nil, err
		}
		s.putCookie(v.c, halfCookie, "", 0)
	}
	s.putCookie(v.c, sessionCookie, "", 0)
	v.c.Header("Clear-Site-Data", `"cache", "storage"`)
	v.goTo("/?done=out")
	return nil, nil
}

// link asks whether to use a link. Only a press of the button uses it up, since
// mail programs look at addresses. A demonstration's signs in right away.
func (s *Server) link(ctx context.Context, v *visit) (templ.Component, error) {
	l, _, asks, err := s.linkOf(ctx, v.c.Param("token"), s.cookie(v.c.Request, signUpCookie))
	if err != nil {
		return nil, err
	}
	if l.Purpose == models.LinkDemo {
		return nil, s.useLink(ctx, v, l, "")
	}
	return v.linkPage(l, asks, ""), nil
}

// linkPages are the beginnings of the keys of what is asked before a link is
// used: title, text and button.
var linkPages = map[models.LinkPurpose][3]string{
	models.LinkVerify: {"me.verify_title", "me.verify_text", "me.verify_button"},
	models.LinkSignIn: {"confirm.title", "confirm.text", "confirm.button"},
	models.LinkReset:  {"me.new_password_title", "me.new_password_text", "confirm.password_button"},
	models.LinkInvite: {"confirm.password_title", "confirm.password_text", "confirm.password_button"},
	models.LinkEmail:  {"me.email_confirm_title", "me.email_confirm_text", "me.email_confirm_button"},
}

// linkPage asks for a press of the button, and perhaps for a password, with what
// is wrong with it.
func (v *visit) linkPage(l *models.Link, asks bool, problem string) templ.Component {
	keys := linkPages[l.Purpose]
	if l.Purpose == models.LinkInvite && !asks {
		keys = linkPages[models.LinkSignIn]
	}
	page := web.Confirm{Page: *v.Page, Title: v.T(keys[0]), Text: v.T(keys[1]), Button: v.T(keys[2]), Post: v.Path}
	page.SignIn, page.SignOut, page.Nav = "", "", nil
	if l.Purpose == models.LinkVerify && asks {
		page.Text = v.T("me.verify_password")
	}
	if asks {
		password := web.PasswordField(v.Lang)
		password.Problem = problem
		page.Fields = []web.Field{password}
	}
	return web.ConfirmPage(page)
}

// followLink uses a link, and sets the password that it asks for.
func (s *Server) followLink(ctx context.Context, v *visit) (templ.Component, error) {
	l, email, asks, err := s.linkOf(ctx, v.c.Param("token"), s.cookie(v.c.Request, signUpCookie))
	if err != nil {
		return nil, err
	}
	if !asks {
		return nil, s.useLink(ctx, v, l, "")
	}
	of, err := s.whoseOf(ctx, l, email)
	if err != nil {
		return nil, err
	}
	hash, err := s.newPassword(ctx, "/body/password", v.form.Get("password"), of)
	if problems, ok := v.fieldErrors(err); err != nil && ok {
		return v.linkPage(l, asks, problems["password"]), nil
	}
	if err != nil {
		return nil, err
	}
	return nil, s.useLink(ctx, v, l, hash)
}

// useLink takes the link of the address, with the hash of a new password if
// there is one, and signs its account in.
func (s *Server) useLink(ctx context.Context, v *visit, l *models.Link, password string) error {
	id, session := s.newSession(ctx, "")
	use := models.LinkUse{Password: password, Session: session, Compose: s.composing(ctx, "")}
	if l.Purpose == models.LinkVerify {
		up, err := s.Store.SignUp(ctx, l.Email)
		if err != nil {
			return noLink(err)
		}
		if use.Profiles, err = s.begun(ctx, up); err != nil {
			return err
		}
	}
	account, err := s.Store.UseLink(ctx, l.IDHash, use)
	if err != nil {
		return noLink(err)
	}
	if err := s.entered(ctx, v, id, session, account); err != nil {
		return err
	}
	switch l.Purpose {
	case models.LinkVerify:
		s.putCookie(v.c, signUpCookie, "", 0)
		v.lead(profilePath + "?done=welcome")
	case models.LinkEmail:
		v.lead(accountPath + "?done=email")
	case models.LinkReset:
		v.lead(accountPath + "?done=password")
	default:
	}
	return nil
}

// accountPage shows what somebody can change of the own account.
func (s *Server) accountPage(ctx context.Context, v *visit) (templ.Component, error) {
	return s.accountForms(ctx, v, nil, nil)
}

// accountForms are the forms of the own account, with what was filled in.
func (s *Server) accountForms(ctx context.Context, v *visit, values, problems map[string]string) (templ.Component, error) {
	page := web.AccountPage{Page: *v.Page}
	page.Path = accountPath
	if len(v.actor.Sides()) > 0 {
		form, err := s.roleForm(ctx, v, problems)
		if err != nil {
			return nil, err
		}
		page.Forms = append(page.Forms, form)
	}
	page.Forms = append(page.Forms, web.Confirm{
		Title: v.T("me.email_title"), Text: v.T("me.email_now", "Email", v.actor.Email), Button: v.T("me.email_button"),
		Post: accountPath + "/email", Fields: v.withCode("code", problems, web.EmailFields(v.Lang, values, problems)),
	})
	page.Forms = append(page.Forms, v.passwordForms(problems)...)
	sessions, err := s.sessionsList(ctx, v)
	if err != nil {
		return nil, err
	}
	keys, err := s.keysList(ctx, v, values, problems)
	if err != nil {
		return nil, err
	}
	page.Lists = append(page.Lists, s.factorList(v))
	if s.webauthn != nil {
		passkeys, err := s.passkeysList(ctx, v, values, problems)
		if err != nil {
			return nil, err
		}
		page.Lists = append(page.Lists, passkeys)
	}
	links, err := s.linksList(ctx, v, values, problems)
	if err != nil {
		return nil, err
	}
	if len(links.Rows) > 0 || links.Form.Button != "" {
		page.Lists = append(page.Lists, links)
	}
	page.Lists = append(page.Lists, sessions, keys, v.dataList())
	return web.AccountsPage(page), nil
}

// roleForm is the form of how somebody takes part.
func (s *Server) roleForm(ctx context.Context, v *visit, problems map[string]string) (web.Confirm, error) {
	form := web.Confirm{Title: v.T("me.role_title"), Text: v.T("me.role_fixed")}
	rows, err := s.Store.ProfilesOf(ctx, v.actor.ID)
	if err != nil {
		return form, err
	}
	for i := range rows {
		if rows[i].State != models.ProfileDraft {
			return form, nil
		}
	}
	role := v.actor.Sides()[0].String()
	if v.actor.BothSides {
		role = roleBoth
	}
	form.Text, form.Button, form.Post = v.T("me.role_text"), v.T("me.role_button"), accountPath+"/role"
	form.Fields = web.RoleFields(v.Lang, map[string]string{"role": role}, problems)
	return form, nil
}

// saveRole changes how somebody takes part.
func (s *Server) saveRole(ctx context.Context, v *visit) (templ.Component, error) {
	role, ok := formRoles[v.form.Get("role")]
	if !ok {
		v.refuse()
		return s.accountForms(ctx, v, nil, map[string]string{"role": v.T("form.missing")})
	}
	if err := s.setSides(ctx, v.actor, role); err != nil {
		return nil, err
	}
	v.goTo(accountPath + "?done=role")
	return nil, nil
}

// saveEmail asks for a mail to a new address.
func (s *Server) saveEmail(ctx context.Context, v *visit) (templ.Component, error) {
	values := v.values()
	if err := s.askEmail(ctx, values["email"], v.form.Get("password"), v.form.Get("code")); err != nil {
		if problems, ok := v.fieldErrors(err); ok {
			return s.accountForms(ctx, v, values, problems)
		}
		if v.early(err) {
			return s.accountForms(ctx, v, values, nil)
		}
		return nil, err
	}
	v.goTo(sentPath)
	return nil, nil
}

// askPassword asks for a mail with which a new password is chosen.
func (s *Server) askPassword(ctx context.Context, v *visit) (templ.Component, error) {
	if err := s.askLink(ctx, v.actor.Email, models.LinkReset); err != nil {
		if v.early(err) {
			return s.accountForms(ctx, v, nil, nil)
		}
		return nil, err
	}
	v.goTo(sentPath)
	return nil, nil
}

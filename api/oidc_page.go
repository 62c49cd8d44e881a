package api

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"puente/jobs"
	"puente/models"
	"puente/web"
)

// The places of pages of providers.
const (
	providersPath = signInPath + "/providers"
	linksPath     = accountPath + "/providers"
	joinPath      = "/sign-up/provider"
)

// flowOf is a flow by its state. Nonce and verifier follow from it by a key of
// the installation, so that nothing that is stored tells them.
func (s *Server) flowOf(state string) *jobs.OIDCFlow {
	made := func(use string) string {
		return base64.RawURLEncoding.EncodeToString(keyed(s.secrets.flows, []byte(use), []byte(state)))
	}
	return &jobs.OIDCFlow{State: state, Nonce: made("nonce"), Verifier: made("verifier")}
}

// enabledProvider reads a provider by which people may sign in.
func (s *Server) enabledProvider(ctx context.Context, id string) (*models.Provider, error) {
	p, err := s.Store.Provider(ctx, id)
	if err == nil && !p.Enabled {
		err = &Error{Code: CodeNotFound}
	}
	return p, err
}

// beginProvider leads to a provider, to sign in by it.
func (s *Server) beginProvider(ctx context.Context, v *visit) (templ.Component, error) {
	v.Path = signInPath
	p, err := s.enabledProvider(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	f := &models.Flow{}
	if next := v.c.Query("next"); isPagePath(next) {
		f.Next = next
	}
	return s.toProvider(ctx, v, p, f)
}

// toProvider begins a flow and leads to its provider. A form may lead nowhere
// else by the policy of our pages, so the page that it leads to goes on by
// itself, and has a link for browsers that do not.
func (s *Server) toProvider(ctx context.Context, v *visit, p *models.Provider, f *models.Flow) (templ.Component, error) {
	if _, err := s.try(ctx, tryProvider, p.ID, nil); err != nil {
		return nil, err
	}
	known, err := s.relying(p)
	if err != nil {
		return nil, err
	}
	state, hash := Secret()
	address, err := s.oidc.Begin(ctx, known, s.flowOf(state))
	if err != nil {
		return s.providerFailed(ctx, v, p, err)
	}
	f.StateHash, f.ProviderID, f.Lang = hash, p.ID, v.Lang
	if err := s.startFlow(ctx, v, f, models.FlowLife); err != nil {
		return nil, err
	}
	v.c.Header("Refresh", "0; url="+address)
	return web.ToldPage(web.Told{
		Page: *v.Page, Title: v.T("oidc.leaving_title", "Label", p.Label), Texts: []string{v.T("oidc.leaving_text")},
		Away: address, AwayText: v.T("oidc.leaving_link", "Label", p.Label),
	}), nil
}

// startFlow stores a flow and binds it to the browser by a new cookie.
func (s *Server) startFlow(ctx context.Context, v *visit, f *models.Flow, keep time.Duration) error {
	browser, hash := Secret()
	f.BrowserHash = hash
	if f.StateHash == "" {
		f.StateHash = joinHash(browser)
	}
	if err := s.Store.CreateFlow(ctx, f); err != nil {
		return err
	}
	s.putCookie(v.c, flowCookie, browser, keep)
	return nil
}

// joinHash names a flow that has come back and goes on by the browser alone.
func joinHash(browser string) string { return hashOf("join " + browser) }

// cameBack is the page to which providers send.
const cameBack = "GET /providers/{id}/callback"

// callback takes the answer of a provider. What it says leaves the address
// before a page is made.
func (s *Server) callback(c *gin.Context) {
	r := requestOf(c.Request.Context())
	said, path := c.Request.URL.Query(), c.Param("id")
	f, err := s.Store.TakeFlow(c.Request.Context(), hashOf(said.Get("state")), hashOf(s.cookie(c.Request, flowCookie)), false)
	if err == nil {
		r.lang = f.Lang
		s.putCookie(c, flowCookie, "", 0)
	}
	c.Request.URL = &url.URL{Path: "/" + r.lang + signInPath}
	s.show(c, r.lang, pageRates[cameBack], policies[cameBack], func(s *Server, ctx context.Context, v *visit) (templ.Component, error) {
		switch {
		case models.CodeOf(err) == models.CodeNotFound:
			return s.flowLost(v), nil
		case err != nil:
			return nil, err
		case f.ProviderID != path: // the answer of another provider
			requestOf(ctx).note(errors.New("a flow came back by another provider's address"))
			return s.flowLost(v), nil
		}
		return s.finish(ctx, v, f, &jobs.OIDCAnswer{Code: said.Get("code"), Issuer: said.Get("iss"), Error: said.Get("error")}, said.Get("state"))
	})
}

// finish signs in whoever a provider names, or links the account that began the
// flow.
func (s *Server) finish(ctx context.Context, v *visit, f *models.Flow, a *jobs.OIDCAnswer, state string) (templ.Component, error) {
	p, err := s.enabledProvider(ctx, f.ProviderID)
	if err != nil {
		return nil, err
	}
	if f.SessionHash != nil && (v.actor == nil || v.actor.session.IDHash != *f.SessionHash) {
		return s.flowLost(v), nil
	}
	known, err := s.relying(p)
	if err != nil {
		return nil, err
	}
	who, err := s.oidc.Finish(ctx, known, s.flowOf(state), a)
	if err != nil {
		return s.providerFailed(ctx, v, p, err)
	}
	if err := s.Store.Refund(ctx, s.tries(ctx, tryProvider, p.ID, nil)); err != nil {
		return nil, err
	}
	if f.SessionHash != nil {
		v.goTo(accountPath + "?done=linked")
		return nil, s.Store.LinkIdentity(ctx, v.actor.ID, p, who.Subject)
	}
	account, err := s.Store.UseIdentity(ctx, p.Issuer, who.Subject)
	if models.CodeOf(err) == models.CodeNotFound {
		return s.newcomer(ctx, v, p, who)
	}
	if err != nil {
		return nil, err
	}
	v.next = f.Next
	return nil, s.enter(ctx, v, account)
}

// newcomer answers somebody whom a provider knows and nobody here. Whether an
// account has the address makes no difference: its owner is told by mail. Where
// the provider has not verified an address, there is none.
func (s *Server) newcomer(ctx context.Context, v *visit, p *models.Provider, who *jobs.Subject) (templ.Component, error) {
	email, ok := models.Email(who.Email)
	if !ok {
		v.c.Status(http.StatusForbidden)
		return web.ToldPage(web.Told{
			Page: *v.Page, Title: v.T("oidc.unknown_title"), Texts: []string{v.T("oidc.unknown_text", "Label", p.Label)},
			Links: []web.Link{{Text: v.T("page.sign_in"), Path: signInPath}, {Text: v.T("signup.create"), Path: "/"}},
		}), nil
	}
	v.goTo(joinPath)
	return nil, s.startFlow(ctx, v, &models.Flow{ProviderID: p.ID, Lang: v.Lang, Subject: who.Subject, Email: email}, models.ProvenLife)
}

// joining is whoever came back from a provider and is about to sign up.
func (s *Server) joining(ctx context.Context, v *visit) (*models.Flow, *models.Provider, error) {
	browser := s.cookie(v.c.Request, flowCookie)
	f, err := s.Store.Flow(ctx, joinHash(browser), hashOf(browser), true)
	if err != nil {
		return nil, nil, err
	}
	p, err := s.enabledProvider(ctx, f.ProviderID)
	return f, p, err
}

// joinPage shows the form of signing up to whoever came back from a provider.
func (s *Server) joinPage(ctx context.Context, v *visit) (templ.Component, error) {
	return s.joinForm(ctx, v, nil, nil)
}

func (s *Server) joinForm(ctx context.Context, v *visit, values, problems map[string]string) (templ.Component, error) {
	f, p, err := s.joining(ctx, v)
	if known(err).Code == CodeNotFound {
		return s.flowLost(v), nil
	}
	if err != nil {
		return nil, err
	}
	fields, err := s.anyCountry(ctx, web.JoinFields(v.Lang, values, problems))
	if err != nil {
		return nil, err
	}
	return web.ConfirmPage(web.Confirm{
		Page: *v.Page, Title: v.T("oidc.join_title"), Text: v.T("oidc.join_text", "Label", p.Label, "Email", f.Email),
		Button: v.T("signup.create"), Post: joinPath, Fields: fields,
	}), nil
}

// join signs somebody up whom a provider knows, as far as that goes without the
// mail. The password that nobody gets to know makes it cost what signing up
// costs otherwise; the account has none.
func (s *Server) join(ctx context.Context, v *visit) (templ.Component, error) {
	f, p, err := s.joining(ctx, v)
	if known(err).Code == CodeNotFound {
		return s.flowLost(v), nil
	}
	if err != nil {
		return nil, err
	}
	values := v.values()
	password, _ := Secret()
	values["email"], values["password"] = f.Email, password
	up := &models.SignUp{
		Email: f.Email, Lang: v.Lang, Name: values["name"], Organization: values["organization"], Country: values["country"],
		ProviderID: &p.ID, Subject: f.Subject,
	}
	up.Role, up.BothSides = sidesOf(formRoles[values["role"]])
	problems, err := s.signUpProblems(ctx, v, up, values)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		v.refuse()
		return s.joinForm(ctx, v, values, problems)
	}
	browser, hash := Secret()
	up.Browser = hash
	if err := s.askSignUp(ctx, up, password); err != nil {
		if v.early(err) {
			return s.joinForm(ctx, v, values, nil)
		}
		return nil, err
	}
	if _, err := s.Store.TakeFlow(ctx, f.StateHash, f.BrowserHash, true); err != nil && models.CodeOf(err) != models.CodeNotFound {
		return nil, err
	}
	s.putCookie(v.c, flowCookie, "", 0)
	s.putCookie(v.c, signUpCookie, browser, models.LinkLives[models.LinkVerify])
	v.goTo(sentPath)
	return nil, nil
}

// flowLost says that an answer belongs to no flow of the browser: it comes too
// late, for the second time, or was begun elsewhere.
func (*Server) flowLost(v *visit) templ.Component {
	v.c.Status(http.StatusBadRequest)
	return web.ToldPage(web.Told{
		Page: *v.Page, Title: v.T("oidc.lost_title"), Texts: []string{v.T("oidc.lost_text")}, Links: []web.Link{{Text: v.T("page.sign_in"), Path: signInPath}},
	})
}

// providerFailures are what is said when a provider signs nobody in, and the
// status that says it.
var providerFailures = map[jobs.OIDCFailure]struct {
	status int
	key    string
}{
	jobs.OIDCAway:    {http.StatusServiceUnavailable, "oidc.away_text"},
	jobs.OIDCDenied:  {http.StatusForbidden, "oidc.denied_text"},
	jobs.OIDCRefused: {http.StatusForbidden, "oidc.refused_text"},
}

// providerFailed says why a provider signed nobody in. The log has the reason.
func (*Server) providerFailed(ctx context.Context, v *visit, p *models.Provider, err error) (templ.Component, error) {
	failure := (*jobs.OIDCError)(nil)
	if !errors.As(err, &failure) {
		return nil, err
	}
	requestOf(ctx).note(err)
	how := providerFailures[failure.Failure]
	if how.status == http.StatusServiceUnavailable {
		v.c.Header("Retry-After", "10")
	}
	v.c.Status(how.status)
	return web.ToldPage(web.Told{
		Page: *v.Page, Title: v.T("oidc.failed_title", "Label", p.Label), Texts: []string{v.T(how.key, "Label", p.Label)},
		Links: []web.Link{{Text: v.T("page.sign_in"), Path: signInPath}},
	}), nil
}

// providerButtons are the other ways to sign in that organisations give; next is
// the page to go to.
func (s *Server) providerButtons(ctx context.Context, v *visit) (out []web.Link, err error) {
	all, err := s.Store.Providers(ctx, true)
	for i := range all {
		path := providersPath + "/" + all[i].ID
		if next := v.c.Query("next"); isPagePath(next) {
			path += "?next=" + url.QueryEscape(next)
		}
		out = append(out, web.Link{Text: v.T("oidc.button", "Label", all[i].Label), Path: path})
	}
	return out, err
}

// linksList shows the providers by which somebody signs in, and the form for
// another one; nothing where there are none.
func (s *Server) linksList(ctx context.Context, v *visit, values, problems map[string]string) (out web.OwnList, err error) {
	out = web.OwnList{Title: v.T("oidc.links_title"), Text: v.T("oidc.links_text")}
	identities, err := s.Store.Identities(ctx, v.actor.ID)
	if err != nil {
		return out, err
	}
	all, err := s.Store.Providers(ctx, false)
	if err != nil {
		return out, err
	}
	linked := map[string]*models.Identity{}
	for i := range identities {
		linked[identities[i].ProviderID] = &identities[i]
	}
	var others []web.Option
	for i := range all {
		p := &all[i]
		o := linked[p.ID]
		switch {
		case o != nil:
			out.Rows = append(out.Rows, v.linkRow(p, o, len(identities) > 1 || v.actor.PasswordHash != ""))
		case p.Enabled:
			others = append(others, web.Option{Value: p.ID, Label: p.Label})
		}
	}
	if len(others) > 0 {
		out.Form = web.Confirm{
			Button: v.T("oidc.link_button"), Post: linksPath,
			Fields: web.LinkFields(v.Lang, others, v.actor.PasswordHash != "", values, problems),
		}
	}
	if v.actor.PasswordHash != "" && out.Form.Button != "" {
		out.Form.Fields = v.withCode("provider_code", problems, out.Form.Fields)
	}
	return out, nil
}

// linkRow is a link of somebody's with a provider, which may be ended unless it
// is the only way to sign in.
func (v *visit) linkRow(p *models.Provider, o *models.Identity, may bool) web.OwnRow {
	row := web.OwnRow{Name: p.Label, Facts: []string{v.T("oidc.linked", "Created", pageTime(o.CreatedAt))}}
	if o.UsedAt != nil {
		row.Facts = append(row.Facts, v.T("me.key_used", "Used", pageTime(*o.UsedAt)))
	}
	if !p.Enabled {
		row.Facts = append(row.Facts, v.T("oidc.off"))
	}
	if may {
		row.Button, row.Post = v.T("oidc.unlink_button"), linksPath+"/"+p.ID
	} else {
		row.Facts = append(row.Facts, v.T("store.last_identity"))
	}
	return row
}

// linkProvider leads to a provider, to link the own account with it. Whoever has
// a password says it again.
func (s *Server) linkProvider(ctx context.Context, v *visit) (templ.Component, error) {
	v.Path = accountPath
	values, problems := v.values(), map[string]string{}
	p, err := s.enabledProvider(ctx, values["provider"])
	if err != nil {
		if known(err).Code != CodeNotFound {
			return nil, err
		}
		problems["provider"] = v.T("form.missing")
	}
	if v.actor.PasswordHash != "" && len(problems) == 0 {
		err := s.proveAgain(ctx, v.form.Get("provider_password"), v.form.Get("provider_code"))
		if wrong, ok := v.fieldErrors(err); err != nil && !ok {
			return nil, err
		} else if ok {
			problems["provider_password"], problems["provider_code"] = wrong["password"], wrong["code"]
		}
	}
	if len(problems) > 0 {
		v.refuse()
		return s.accountForms(ctx, v, values, problems)
	}
	return s.toProvider(ctx, v, p, &models.Flow{SessionHash: &v.actor.session.IDHash})
}

// unlinkProvider ends a link of the own account.
func (s *Server) unlinkProvider(ctx context.Context, v *visit) (templ.Component, error) {
	v.goTo(accountPath + "?done=unlinked")
	return nil, s.Store.UnlinkIdentity(ctx, v.actor.ID, v.c.Param("id"))
}

package api

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"puente/models"
	"puente/web"
)

// visit is a request for a page, in the language of its address.
type visit struct {
	*web.Page
	c     *gin.Context
	actor *actor     // nil for nobody
	scope *scope     // of the object; nil without one
	form  url.Values // what was filled in, or the query
	to    string     // path to go to instead of showing a page, without the language
	half  bool       // a first factor was shown, and a second one is needed
	next  string     // page that was wanted before signing in, where the address does not say it
}

// handler makes a page. Without a page and an error it has said where to go.
type handler func(s *Server, ctx context.Context, v *visit) (templ.Component, error)

// view is a page of people, once for each language. Of those who are not signed
// in, pages that need it ask that first.
func view(method, address string, handle handler) route {
	r := route{method: method, path: "/{lang}" + address, rate: pageRate(method, "/{lang}"+address)}
	if method == http.MethodPost {
		r.body = plainBounds
	}
	r.register = func(s *Server, r route) {
		who := r.policyOf()
		for _, lang := range web.Languages {
			s.engine.Handle(method, "/"+lang+ginPath(address), func(c *gin.Context) { s.show(c, lang, r.rate, who, handle) })
		}
	}
	return r
}

// show answers with a page, or leads to another one.
func (s *Server) show(c *gin.Context, lang string, rate RateClass, who policy, handle handler) {
	requestOf(c.Request.Context()).lang = lang
	c.Header("Content-Language", lang)
	v, err := s.visit(c, lang, rate, who)
	var out templ.Component
	if err == nil {
		ctx := context.WithValue(context.WithValue(c.Request.Context(), actorKey{}, v.actor), scopeKey{}, v.scope)
		out, err = handle(s, ctx, v)
	}
	switch {
	case err != nil && v.actor == nil && problem(c.Request.Context(), err).Code == CodeUnauthorized:
		v.goTo(signInPath)
		if c.Request.Method == http.MethodGet { // what was pressed is pressed again
			v.goTo(signInPath + "?next=" + url.QueryEscape(v.Path))
		}
	case err != nil && known(err).Code == CodeSecondFactor:
		v.goTo(factorPath)
	case err != nil:
		s.showProblem(c, v.Page, err)
		return
	case c.Writer.Written(): // a file
		return
	case v.to == "":
		s.render(c, c.Writer.Status(), out)
		return
	}
	c.Redirect(http.StatusSeeOther, "/"+lang+v.to) //lint:allow httpredirect: lang is one of web.Languages, see view
}

// visit reads what every page needs to know. There is one also when there is an
// error.
func (s *Server) visit(c *gin.Context, lang string, rate RateClass, who policy) (*visit, error) {
	v := &visit{c: c, Page: &web.Page{Lang: lang, Path: strings.TrimPrefix(c.Request.URL.RequestURI(), "/"+lang)}}
	if c.Request.Method == http.MethodPost {
		v.Path = strings.TrimPrefix(c.Request.URL.Path, "/"+lang)
	}
	if key, ok := notices[c.Query("done")]; ok {
		v.Notice = v.T(key)
	}
	err := s.countPage(c, rate, nil)
	if err != nil {
		return v, err
	}
	if v.actor, err = s.byCookie(c.Request); err != nil {
		return v, err
	}
	if v.actor != nil {
		err = s.countPage(c, rate, v.actor)
	}
	v.navigation()
	if err != nil {
		return v, err
	}
	if err := who.enter(v.actor); err != nil {
		return v, err
	}
	if who.kind != "" {
		if v.scope, err = s.over(c.Request.Context(), who, v.actor, c.Param("id")); err != nil {
			return v, err
		}
	}
	if c.Request.Method != http.MethodPost {
		v.form = c.Request.URL.Query()
		return v, nil
	}
	if media, _, _ := strings.Cut(c.ContentType(), ";"); media != "application/x-www-form-urlencoded" && c.Request.ContentLength != 0 {
		return v, &Error{Code: CodeMedia}
	}
	if err := c.Request.ParseForm(); err != nil { //lint:allow httpbody: guard has put a limit around every body
		return v, formError(err)
	}
	v.form = c.Request.PostForm
	for name, values := range v.form {
		if !plainText(name) || !plainText(strings.Join(values, "")) {
			return v, &Error{Code: CodeMalformed}
		}
	}
	return v, nil
}

// formError says why a form could not be read.
func formError(err error) error {
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return err
	}
	return &Error{Code: CodeMalformed, Err: err}
}

// notices are what a page can say has just happened, by the value of done in
// its address.
var notices = map[string]string{
	"welcome": "done.welcome", "saved": "done.saved", "submitted": "done.submitted", "order": "done.order", "accepted": "done.accepted",
	"declined": "done.declined", "published": "done.published", "round": "done.round", "run": "done.run", "out": "done.out",
	"moved": "done.moved", "weights": "done.weights", "stopped": "done.stopped", "role": "me.done_role", "email": "me.done_email",
	"password": "me.done_password", "sessions": "me.done_sessions", "key": "me.done_key", "factor_off": "second.done_off",
	"passkey": "passkey.done", "passkey_end": "passkey.done_end",
	"granted": "admin.done_granted", "grant_ended": "admin.done_grant_ended", "signed_out": "admin.done_signed_out", "disabled": "admin.done_disabled",
	"factor_taken": "admin.done_factor",
	"enabled":      "admin.done_enabled", "invited": "admin.done_invited", "uninvited": "admin.done_uninvited", "added": "admin.done_added",
	"changed": "admin.done_changed", "removed": "admin.done_removed", "mailed": "admin.done_mailed",
	"paused": "own.done_paused", "back": "own.done_back", "withdrawn": "own.done_withdrawn",
	"erased": "me.data_done", "erased_account": "admin.done_erased",
	"linked": "oidc.done_linked", "unlinked": "oidc.done_unlinked",
}

// goTo leads to another page.
func (v *visit) goTo(to string) { v.to = to }

// values are what was filled in, one value of each field.
func (v *visit) values() map[string]string {
	out := map[string]string{}
	for name := range v.form {
		out[name] = strings.TrimSpace(v.form.Get(name))
	}
	return out
}

// refuse shows a page again whose form was refused.
func (v *visit) refuse() { v.c.Status(http.StatusUnprocessableEntity) }

// fieldErrors are the problems of a form's fields in words, by name, if that is
// what the error is about.
func (v *visit) fieldErrors(err error) (map[string]string, bool) {
	e := known(err)
	if e.Code != CodeInvalid && e.Code != CodeConflict || len(e.Fields) == 0 {
		return nil, false
	}
	out := map[string]string{}
	for _, f := range e.Fields {
		name := f.Pointer[strings.LastIndexByte(f.Pointer, '/')+1:]
		out[name] = f.text(v.Lang)
	}
	v.c.Status(statuses[e.Code])
	return out, true
}

// alsoWrong adds what an error says of fields to what is known to be wrong with
// others; of a field only the first problem is told. Other errors come back.
func (v *visit) alsoWrong(problems map[string]string, err error) error {
	if err == nil {
		return nil
	}
	wrong, ok := v.fieldErrors(err)
	if !ok {
		return err
	}
	for name, problem := range wrong {
		if problems[name] == "" {
			problems[name] = problem
		}
	}
	return nil
}

// The places of pages that others lead to.
const (
	signInPath  = "/sign-in"
	signOutPath = "/sign-out"
	matchPath   = "/match"
	askedPath   = "/requests"
	profilePath = "/profile"
	roundsPath  = "/rounds"
	accountPath = "/account"
	mailboxPath = "/mailbox"
	linkPath    = signInPath + "/link"
	resetPath   = signInPath + "/reset"
	sentPath    = "/mail-sent"
)

// home is where an actor begins: on the first page of the menu.
func (a *actor) home() string { return a.menu()[0][0] }

// menu are the pages of an account, with the keys of their names.
func (a *actor) menu() (out [][2]string) {
	add := func(path, key string) { out = append(out, [2]string{path, key}) }
	switch {
	case a.bare:
		add(factorPath, "second.title")
		return out
	case a.BothSides:
		add(matchPath, "nav.match")
		add(askedPath, "nav.requests")
		add(sidePath(models.RoleMentee), "me.side_mentee")
		add(sidePath(models.RoleMentor), "me.side_mentor")
	case a.Role == models.AccountEntrepreneur:
		add(matchPath, "nav.match")
		add(askedPath, "nav.offers")
		add(profilePath, "nav.profile")
	case a.Role == models.AccountMentor:
		add(askedPath, "nav.requests")
		add(profilePath, "nav.profile")
	}
	for _, m := range [][2]string{{roundsPath, "nav.rounds"}, {peoplePath, "nav.people"}, {accountsPath, "admin.nav"}} {
		if policies["GET "+m[0]].enter(a) == nil {
			add(m[0], m[1])
		}
	}
	add(accountPath, "me.nav")
	return out
}

// navigation fills the menu of a page.
func (v *visit) navigation() {
	if v.actor == nil {
		v.SignIn = signInPath
		return
	}
	v.SignOut = signOutPath
	here, _, _ := strings.Cut(v.Path, "?")
	for _, m := range v.actor.menu() {
		v.Nav = append(v.Nav, web.Link{Text: v.T(m[1]), Path: m[0], Current: v.Path == m[0] || isAt(here, m[0])})
	}
	v.adminNavigation(here)
}

// smallPage is how long a page is at least, in bytes, to be worth compressing.
const smallPage = 1400

// render sends a page. It is made whole before any of it is sent.
func (s *Server) render(c *gin.Context, status int, page templ.Component) {
	var b bytes.Buffer
	if err := page.Render(c.Request.Context(), &b); err != nil {
		s.refuse(c, err)
		return
	}
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Writer.Header().Add("Vary", "Accept-Encoding")
	if b.Len() < smallPage || !web.TakesGzip(c.GetHeader("Accept-Encoding")) {
		c.Data(status, "", b.Bytes())
		return
	}
	c.Header("Content-Encoding", "gzip")
	c.Status(status)
	w := gzip.NewWriter(c.Writer)
	_, err := w.Write(b.Bytes())
	if err = errors.Join(err, w.Close()); err != nil {
		requestOf(c.Request.Context()).note(err) // the reader has gone
	}
}

// showProblem answers with a page that says what went wrong.
func (s *Server) showProblem(c *gin.Context, page *web.Page, err error) {
	p := problem(c.Request.Context(), err)
	p.setHeaders(c.Writer.Header(), page.Lang)
	detail := p.Detail
	for _, e := range p.Errors {
		detail = strings.TrimSpace(detail + " " + e.Detail)
	}
	c.Abort()
	s.render(c, p.Status, web.ProblemPage(web.Problem{
		Page: *page, Title: p.Title, Detail: detail, Code: string(p.Code), RequestID: strings.TrimPrefix(p.Instance, "urn:puente:request:"),
	}))
}

// sessionTime is how long a browser keeps the cookie of a session, which ends
// before: see models.SessionLives.
const sessionTime = 7 * 24 * time.Hour

// byCookie finds who sends a request by the session of the browser; nil without
// one, or with one that has ended.
func (s *Server) byCookie(r *http.Request) (*actor, error) {
	id := s.cookie(r, sessionCookie)
	if id == "" {
		return nil, nil //nolint:nilnil // nobody
	}
	a, err := s.bySession(r.Context(), hashOf(id), models.SessionBrowser)
	if models.CodeOf(err) == models.CodeNotFound {
		return nil, nil //nolint:nilnil // nobody
	}
	return a, err
}

// newSession makes a session of an account for a browser: what to store, and
// the cookie's value.
func (*Server) newSession(ctx context.Context, account string) (id string, session *models.Session) {
	id, hash := Secret()
	r := requestOf(ctx)
	return id, &models.Session{IDHash: hash, AccountID: account, Kind: models.SessionBrowser, Device: deviceName(r.agent), Network: network(r.from)}
}

// enter signs an account in on the browser and leads to where it begins, or to
// the page that it wanted.
func (s *Server) enter(ctx context.Context, v *visit, account *models.Account) error {
	id, session := s.newSession(ctx, account.ID)
	if err := s.Store.CreateSession(ctx, session); err != nil {
		return err
	}
	return s.entered(ctx, v, id, session, account)
}

// entered ends the browser's old session, gives it the id of a new one that the
// store has made, and leads on. If that is half a session, it leads to where
// the second factor is asked for, and only then on.
func (s *Server) entered(ctx context.Context, v *visit, id string, session *models.Session, account *models.Account) error {
	if v.actor != nil {
		if err := s.Store.DeleteSession(ctx, v.actor.session.IDHash); err != nil {
			return err
		}
	}
	if v.half = session.Half; v.half {
		s.putCookie(v.c, sessionCookie, "", 0)
		s.putCookie(v.c, halfCookie, id, session.ExpiresAt.Sub(s.Now()))
	} else {
		s.putCookie(v.c, sessionCookie, id, sessionTime)
		if s.cookie(v.c.Request, halfCookie) != "" {
			s.putCookie(v.c, halfCookie, "", 0)
		}
		s.rememberDevice(ctx, v.c, account.ID)
	}
	a, err := s.granted(ctx, &actor{Account: account})
	if err != nil {
		return err
	}
	to := a.home()
	if next := cmp.Or(v.next, v.c.Query("next")); isPagePath(next) {
		to = next
	}
	v.lead(to)
	return nil
}

// isPagePath says whether a text is the path of one of our pages, and nothing
// by which a browser would leave them.
func isPagePath(text string) bool {
	u, err := url.ParseRequestURI(text)
	return err == nil && len(text) < 500 && u.Host == "" && u.Scheme == "" && strings.HasPrefix(text, "/") &&
		path.Clean(u.Path) == u.Path && !strings.ContainsFunc(u.Path, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' })
}

// root leads to the pages in the reader's language.
func (s *Server) root(c *gin.Context) {
	lang := requestOf(c.Request.Context()).lang
	setLanguage(c.Writer.Header(), lang)
	c.Redirect(http.StatusSeeOther, "/"+lang+"/") //lint:allow httpredirect: lang is one of web.Languages, see chooseLanguage
}

// static sends the files of pages.
func (*Server) static(c *gin.Context) { web.Static().ServeHTTP(c.Writer, c.Request) }

package api

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"puente/models"
	"puente/web"
)

// accountsPage shows administrators the accounts, the newest first, those whose
// address begins as they ask for.
func (s *Server) accountsPage(ctx context.Context, v *visit) (templ.Component, error) {
	in := &accountsIn{Email: v.c.Query("email"), PageInput: PageInput{Cursor: v.c.Query("cursor"), Limit: adminShown}}
	found, err := s.accounts(ctx, in)
	if in.Cursor != "" && known(err).Code == CodeMalformed { // too old, or of another language
		in.Cursor = ""
		found, err = s.accounts(ctx, in)
	}
	if err != nil {
		return nil, err
	}
	part := web.AdminPart{Title: v.T("admin.accounts_list"), None: v.T("admin.accounts_none"), Find: web.Confirm{
		Button: v.T("admin.find"), Post: accountsPath,
		Fields: []web.Field{{Name: "email", Kind: web.KindText, Label: v.T("admin.accounts_find"), Value: in.Email, Max: 254}},
	}}
	for i := range found.Body.Items {
		a := &found.Body.Items[i]
		part.Rows = append(part.Rows, web.AdminRow{Name: a.Email, Path: accountsPath + "/" + a.ID, Chips: v.accountChips(a)})
	}
	if next := found.Body.Next; next != "" {
		query := v.c.Request.URL.Query() // the cursor is good for the same filter only
		query.Set("cursor", next)
		part.More = web.Link{Text: v.T("admin.more"), Path: accountsPath + "?" + query.Encode()}
	}
	return web.AdminPage(web.Admin{
		Page: *v.Page, Title: v.T("admin.accounts"), Text: v.T("admin.accounts_text"), Parts: []web.AdminPart{part},
		Links: []web.Link{{Text: v.T("admin.invite"), Path: invitationsPath}},
	}), nil
}

// accountChips say how an account stands.
func (v *visit) accountChips(a *KnownAccount) []web.Chip {
	out := []web.Chip{{Text: v.T("admin.role_" + a.Role)}}
	switch {
	case a.ErasedAt != nil:
		out = append(out, web.Chip{Text: v.T("admin.erased"), Warn: true})
	case a.DisabledAt != nil:
		out = append(out, web.Chip{Text: v.T("admin.disabled"), Warn: true})
	case a.VerifiedAt == nil:
		out = append(out, web.Chip{Text: v.T("admin.invited"), Warn: true})
	}
	return out
}

// oneAccountPage shows administrators an account: what it may do, where it is
// signed in, and what was done to it.
func (s *Server) oneAccountPage(ctx context.Context, v *visit) (templ.Component, error) {
	a, err := s.Store.Account(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	return s.adminAccount(ctx, v, a, filling{})
}

// adminAccount shows an account, with what is wrong with the form of grants.
func (s *Server) adminAccount(ctx context.Context, v *visit, a *models.Account, f filling) (templ.Component, error) {
	is := knownAccountOf(a)
	page := web.Admin{
		Page: *v.Page, Back: web.Link{Text: v.T("admin.accounts"), Path: accountsPath}, Title: a.Email, Chips: v.accountChips(&is), Stale: f.stale,
	}
	page.Facts = []web.Fact{
		{Term: v.T("admin.language"), Value: web.LanguageName(a.Lang)}, {Term: v.T("admin.made"), Value: v.T("admin.utc", "Time", pageTime(a.CreatedAt))},
	}
	page.Path = accountsPath + "/" + a.ID
	if a.VerifiedAt != nil {
		page.Facts = append(page.Facts, web.Fact{Term: v.T("admin.verified"), Value: v.T("admin.utc", "Time", pageTime(*a.VerifiedAt))})
	}
	if a.DisabledAt != nil {
		page.Facts = append(page.Facts, web.Fact{Term: v.T("admin.disabled"), Value: v.T("admin.utc", "Time", pageTime(*a.DisabledAt))})
	}
	for _, make := range []func(context.Context, *visit, *models.Account) (*web.AdminPart, error){s.grantsPart, s.profilesPart, s.logPart} {
		part, err := make(ctx, v, a)
		if err != nil {
			return nil, err
		}
		if part != nil {
			part.Form.Fields = web.Fill(map[string]string{"grant": v.form.Get("grant")}, f.problems, part.Form.Fields...)
			page.Parts = append(page.Parts, *part)
		}
	}
	sessions, err := s.sessionsPart(ctx, v, a)
	if err != nil {
		return nil, err
	}
	able := web.AdminPart{
		Title: v.T("admin.access"), Text: v.T("admin.access_text"), More: web.Link{Text: v.T("admin.disable"), Path: page.Path + "/disable"},
	}
	if a.DisabledAt != nil {
		able.Text, able.More = v.T("admin.access_none"), web.Link{Text: v.T("admin.enable"), Path: page.Path + "/enable"}
	}
	page.Side = []web.AdminPart{*sessions}
	if a.FactorAt != nil && a.ID != v.actor.ID {
		page.Side = append(page.Side, web.AdminPart{
			Title: v.T("second.title"), Text: v.T("admin.factor_since", "Time", pageTime(*a.FactorAt)),
			More: web.Link{Text: v.T("admin.factor_take"), Path: page.Path + "/factor"},
		})
	}
	page.Side = append(page.Side, able, web.AdminPart{
		Title: v.T("admin.erase"), Text: v.T("admin.erase_hint"), More: web.Link{Text: v.T("admin.erase_link"), Path: page.Path + "/erase"},
	})
	if a.ErasedAt != nil {
		page.Side = nil
	}
	return web.AdminPage(page), nil
}

// grantsPart lists what was granted to a member of staff, what still holds
// first, with a form for more; nil of others.
func (s *Server) grantsPart(ctx context.Context, v *visit, a *models.Account) (*web.AdminPart, error) {
	if a.Role != models.AccountStaff {
		return nil, nil //nolint:nilnil // there is none
	}
	places, err := s.places(ctx)
	if err != nil {
		return nil, err
	}
	grants, err := s.Store.Grants(ctx, a.ID, false)
	if err != nil {
		return nil, err
	}
	at := accountsPath + "/" + a.ID + "/grants"
	part := &web.AdminPart{
		Title: v.T("admin.grants"), Text: v.T("admin.grants_text"), None: v.T("admin.grants_none"),
		Form: web.Confirm{Button: v.T("admin.grant_give"), Post: at, Fields: []web.Field{places.field(v, false)}},
	}
	slices.SortStableFunc(grants, func(x, y models.Grant) int { return len(endedText(&x)) - len(endedText(&y)) })
	for i := range grants {
		g := &grants[i]
		row := web.AdminRow{Name: places.words(v, g), Facts: []string{v.T("admin.since", "Time", pageTime(g.GrantedAt))}}
		if g.EndedAt == nil {
			row.Actions = []web.Action{{Label: v.T("admin.grant_end"), Post: at + "/" + g.ID}}
		} else {
			row.Chips = []web.Chip{{Text: v.T("admin.ended")}}
			row.Facts = []string{v.T("admin.from_to", "From", pageTime(g.GrantedAt), "To", pageTime(*g.EndedAt))}
		}
		part.Rows = append(part.Rows, row)
	}
	return part, nil
}

func endedText(g *models.Grant) string {
	if g.EndedAt == nil {
		return ""
	}
	return "ended"
}

// profilesPart lists the profiles of somebody who takes part; nil of others.
func (s *Server) profilesPart(ctx context.Context, v *visit, a *models.Account) (*web.AdminPart, error) {
	if len(a.Sides()) == 0 {
		return nil, nil //nolint:nilnil // there is none
	}
	rows, err := s.Store.ProfilesOf(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	places, err := s.places(ctx)
	if err != nil {
		return nil, err
	}
	part := &web.AdminPart{Title: v.T("admin.profiles"), None: v.T("admin.profiles_none")}
	for i := range rows {
		p := &rows[i]
		part.Rows = append(part.Rows, web.AdminRow{
			Name: v.nameOf(p), Chips: []web.Chip{{Text: v.T("state." + string(p.State))}}, Facts: []string{places.names[p.ProgrammeID]},
		})
	}
	return part, nil
}

// sessionsPart lists where an account is signed in.
func (s *Server) sessionsPart(ctx context.Context, v *visit, a *models.Account) (*web.AdminPart, error) {
	all, err := s.Store.Sessions(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	part := &web.AdminPart{
		Title: v.T("admin.sessions"), Text: v.T("admin.sessions_text"), None: v.T("admin.sessions_none"),
		Form: web.Confirm{Button: v.T("admin.sessions_end"), Post: accountsPath + "/" + a.ID + "/sessions"},
	}
	for i := range all {
		one := v.actor.sessionOf(&all[i])
		row := web.AdminRow{Name: one.Device, Facts: []string{
			v.T("me.session_begun", "Begun", pageTime(one.Begun), "Network", one.Network, "Used", pageTime(one.Used)),
		}}
		if row.Name == "" {
			row.Name = v.T(map[models.SessionKind]string{models.SessionBrowser: "me.session_browser", models.SessionProgram: "me.session_program"}[one.Kind])
		}
		part.Rows = append(part.Rows, row)
	}
	return part, nil
}

// logShown is how many entries of the audit log the page of an account shows.
const logShown = 30

// logPart lists what the audit log says of an account, the newest first.
func (s *Server) logPart(ctx context.Context, v *visit, a *models.Account) (*web.AdminPart, error) {
	log, err := s.Store.AuditLog(ctx, "accounts", a.ID)
	if err != nil {
		return nil, err
	}
	slices.Reverse(log)
	part := &web.AdminPart{Title: v.T("admin.log"), Text: v.T("admin.log_text")}
	for _, e := range log[:min(len(log), logShown)] {
		row := web.AdminRow{Name: v.T("audit." + strings.ReplaceAll(e.Action, ".", "_"))}
		by, err := s.whoDid(ctx, v, a, e.ActorID)
		if err != nil {
			return nil, err
		}
		row.Facts = []string{v.T("admin.log_by", "Time", pageTime(e.At), "Who", by)}
		part.Rows = append(part.Rows, row)
	}
	return part, nil
}

// whoDid names who did something to an account.
func (s *Server) whoDid(ctx context.Context, v *visit, a *models.Account, id *string) (string, error) {
	switch {
	case id == nil:
		return v.T("admin.log_program"), nil
	case *id == a.ID:
		return a.Email, nil
	}
	by, err := s.Store.Account(ctx, *id)
	if models.CodeOf(err) == models.CodeNotFound {
		return *id, nil
	}
	if err != nil {
		return "", err
	}
	return by.Email, nil
}

// giveGrant gives a member of staff a role.
func (s *Server) giveGrant(ctx context.Context, v *visit) (templ.Component, error) {
	a, err := s.Store.Account(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	places, err := s.places(ctx)
	if err != nil {
		return nil, err
	}
	f := v.filled([]web.Field{places.field(v, false)})
	if f.again(v) {
		return s.adminAccount(ctx, v, a, f)
	}
	g := grantChosen(f.values["grant"], a.ID)
	if err := s.Store.Grant(ctx, v.actor.by(), &g); err != nil {
		f, ok := v.answered(err, f, []web.Field{places.field(v, false)})
		if !ok {
			return nil, err
		}
		return s.adminAccount(ctx, v, a, f)
	}
	v.goTo(accountsPath + "/" + a.ID + "?done=granted")
	return nil, nil
}

// endGrantPage ends a role of a member of staff.
func (s *Server) endGrantPage(ctx context.Context, v *visit) (templ.Component, error) {
	id, grant := v.c.Param("id"), v.c.Param("grant")
	grants, err := s.Store.Grants(ctx, id, false)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(grants, func(g models.Grant) bool { return g.ID == grant }) {
		return nil, &Error{Code: CodeNotFound}
	}
	v.goTo(accountsPath + "/" + url.PathEscape(id) + "?done=grant_ended")
	return nil, s.Store.EndGrant(ctx, v.actor.by(), grant)
}

// signOutAccount ends all sessions of an account.
func (s *Server) signOutAccount(ctx context.Context, v *visit) (templ.Component, error) {
	id := v.c.Param("id")
	v.goTo(accountsPath + "/" + url.PathEscape(id) + "?done=signed_out")
	_, err := s.endAccountSessions(ctx, &IDInput{ID: id})
	return nil, err
}

// askRemoveFactor says what it means to take somebody's second factor, before
// that is done.
func (s *Server) askRemoveFactor(ctx context.Context, v *visit) (templ.Component, error) {
	a, err := s.Store.Account(ctx, v.c.Param("id"))
	switch {
	case err != nil:
		return nil, err
	case a.ID == v.actor.ID:
		return nil, ownFactor()
	case a.FactorAt == nil: // it was taken meanwhile
		v.goTo(accountsPath + "/" + a.ID)
		return nil, nil
	}
	return s.askAble(ctx, v, "/factor", "admin.factor_title", "admin.factor_text", "admin.factor_button")
}

// takeFactorPage takes the second factor of somebody who has lost it.
func (s *Server) takeFactorPage(ctx context.Context, v *visit) (templ.Component, error) {
	a, err := s.Store.Account(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	v.goTo(accountsPath + "/" + a.ID + "?done=factor_taken")
	_, err = s.deleteFactor(ctx, &IDInput{ID: a.ID})
	return nil, err
}

// askDisable says what it means to disable an account, before that is done.
func (s *Server) askDisable(ctx context.Context, v *visit) (templ.Component, error) {
	return s.askAble(ctx, v, "/disable", "admin.disable_title", "admin.disable_text", "admin.disable_button")
}

// askEnable says what it means to enable an account, before that is done.
func (s *Server) askEnable(ctx context.Context, v *visit) (templ.Component, error) {
	return s.askAble(ctx, v, "/enable", "admin.enable_title", "admin.enable_text", "admin.enable_button")
}

func (s *Server) askAble(ctx context.Context, v *visit, post, title, text, button string) (templ.Component, error) {
	a, err := s.Store.Account(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	at := accountsPath + "/" + a.ID
	return web.ConfirmPage(web.Confirm{
		Page: *v.Page, Title: v.T(title, "Email", a.Email), Text: v.T(text), Button: v.T(button), Post: at + post,
		Back: web.Link{Text: v.T("admin.not_now"), Path: at},
	}), nil
}

// disablePage takes from an account whatever it may do.
func (s *Server) disablePage(ctx context.Context, v *visit) (templ.Component, error) {
	a, err := s.Store.Disable(ctx, v.actor.by(), v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	v.goTo(accountsPath + "/" + a.ID + "?done=disabled")
	return nil, nil
}

// enablePage lets a disabled account sign in again.
func (s *Server) enablePage(ctx context.Context, v *visit) (templ.Component, error) {
	a, err := s.Store.Enable(ctx, v.actor.by(), v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	v.goTo(accountsPath + "/" + a.ID + "?done=enabled")
	return nil, nil
}

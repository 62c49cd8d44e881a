package api

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"puente/models"
	"puente/web"
)

// The places of administrators' pages; programmesPath is another one.
const (
	accountsPath      = "/accounts"
	invitationsPath   = "/invitations"
	organizationsPath = "/organizations"
)

// adminTabs are the pages of administrators, with the keys of their names.
var adminTabs = [][2]string{
	{accountsPath, "admin.accounts"},
	{invitationsPath, "admin.invitations"},
	{organizationsPath, "admin.organizations"},
	{programmesPath, "admin.programmes"},
	{mailboxPath, "mailbox.title"},
}

// adminShown is how much one page of a list of administrators shows.
const adminShown = 50

// isAt says whether a page is the one of a path, or below it.
func isAt(here, path string) bool { return here == path || strings.HasPrefix(here, path+"/") }

// adminNavigation fills the second menu of the pages of administrators.
func (v *visit) adminNavigation(here string) {
	var tabs []web.Link
	inside := false
	for _, m := range adminTabs {
		if policies["GET "+m[0]].enter(v.actor) != nil {
			return
		}
		inside = inside || isAt(here, m[0])
		tabs = append(tabs, web.Link{Text: v.T(m[1]), Path: m[0], Current: isAt(here, m[0])})
	}
	if inside {
		v.Tabs = tabs
		for i := range v.Nav {
			v.Nav[i].Current = v.Nav[i].Path == accountsPath
		}
	}
}

// switching says whether the press of a button only changed the language of a
// form: it is shown again with what was filled in, and nothing is stored.
func (v *visit) switching() bool { return v.form.Get("switch") != "" }

// filling is a form as somebody has filled it in.
type filling struct {
	values, problems map[string]string // by field
	stale            string            // what somebody else has changed meanwhile, in a sentence
}

// again says whether the form is shown again before anything is done.
func (f filling) again(v *visit) bool { return v.switching() || len(f.problems) > 0 }

// filled reads what was filled in, and what is wrong with it by itself.
func (v *visit) filled(fields []web.Field) filling {
	f := filling{values: v.values(), problems: map[string]string{}}
	for _, field := range fields {
		if field.Kind == web.KindCheckboxes {
			f.values[field.Name] = strings.Join(v.form[field.Name], ",")
		}
	}
	if v.switching() {
		return f
	}
	for _, field := range fields {
		problem := v.fieldProblem(field, f.values[field.Name])
		if field.Kind == web.KindCheckboxes && f.values[field.Name] != "" {
			problem = v.boxesProblem(field)
		}
		if problem != "" {
			f.problems[field.Name] = problem
		}
	}
	if len(f.problems) > 0 {
		v.refuse()
	}
	return f
}

// boxesProblem is what is wrong with ticked boxes: each is one of the list, once
// and in its order.
func (v *visit) boxesProblem(field web.Field) string {
	var listed []string
	for _, o := range field.Options {
		if slices.Contains(v.form[field.Name], o.Value) {
			listed = append(listed, o.Value)
		}
	}
	if !slices.Equal(listed, v.form[field.Name]) {
		return v.T("form.unknown")
	}
	return ""
}

// answered says of a form that was refused what is wrong with its fields, or
// what somebody else has changed meanwhile. It reports whether the error was
// about that.
func (v *visit) answered(err error, f filling, fields []web.Field) (_ filling, ok bool) {
	e := known(err)
	switch {
	case v.early(err):
		return f, true
	case e.Code == CodePrecondition:
		v.c.Status(statuses[e.Code])
		f.stale = v.T("admin.stale")
		return f, true
	case e.Code == CodeConflict && len(e.Fields) == 0:
		v.c.Status(statuses[e.Code])
		f.stale = web.Text(v.Lang, cmp.Or(e.Key, "problem.conflict"), stateInWords(v.Lang, e.Args))
		return f, true
	}
	found, ok := v.fieldErrors(err)
	for name, text := range found {
		if fieldNamed(fields, name) {
			f.problems[name] = text
		} else {
			f.stale = text
		}
	}
	return f, ok
}

func fieldNamed(fields []web.Field, name string) bool {
	for _, f := range fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// places are where roles are granted, in the order of their names.
type places struct {
	organizations []models.Organization
	programmes    []models.Programme
	names         map[string]string // by id
}

func (s *Server) places(ctx context.Context) (p *places, err error) {
	p = &places{names: map[string]string{}}
	if p.organizations, err = s.Store.Organizations(ctx); err != nil {
		return nil, err
	}
	if p.programmes, err = s.Store.Programmes(ctx); err != nil {
		return nil, err
	}
	for i := range p.organizations {
		p.names[p.organizations[i].ID] = p.organizations[i].Name
	}
	for i := range p.programmes {
		p.names[p.programmes[i].ID] = p.programmes[i].Name
	}
	return p, nil
}

// grantAdmin is the choice of an administrator, who needs no grant.
const grantAdmin = "admin"

// field asks for a role and where: "reviewer:ID" of an organisation, "manager:ID"
// or "auditor:ID" of a programme.
func (p *places) field(v *visit, admins bool) web.Field {
	f := web.Field{Name: "grant", Kind: web.KindSelect, Label: v.T("admin.grant"), Required: true, Options: []web.Option{{Label: v.T("form.choose")}}}
	add := func(role models.GrantRole, id, name string) {
		f.Options = append(f.Options, web.Option{
			Value: string(role) + ":" + id, Label: v.T("admin.grant_"+string(role), "Where", name), Group: v.T("admin.grants_" + string(role)),
		})
	}
	for i := range p.organizations {
		add(models.GrantReviewer, p.organizations[i].ID, p.organizations[i].Name)
	}
	for _, role := range []models.GrantRole{models.GrantManager, models.GrantAuditor} {
		for i := range p.programmes {
			add(role, p.programmes[i].ID, p.programmes[i].Name)
		}
	}
	if admins {
		f.Options = append(f.Options, web.Option{Value: grantAdmin, Label: v.T("admin.role_admin"), Group: v.T("admin.grants_admin")})
	}
	return f
}

// grantChosen reads what the field says.
func grantChosen(value, account string) models.Grant {
	role, id, _ := strings.Cut(value, ":")
	g := GrantedRole{Role: models.GrantRole(role), Programme: id}
	if g.Role == models.GrantReviewer {
		g.Programme, g.Organization = "", id
	}
	return g.of(account)
}

// words say what is granted, and where.
func (p *places) words(v *visit, g *models.Grant) string {
	where := g.OrganizationID
	if where == nil {
		where = g.ProgrammeID
	}
	return v.T("admin.grant_"+string(g.Role), "Where", p.names[*where])
}

// staffOf are those who have grants in a place, with links to their accounts.
func (s *Server) staffOf(ctx context.Context, v *visit, p *places, place string) (rows []web.AdminRow, err error) {
	grants, err := s.Store.Grants(ctx, "", true)
	if err != nil {
		return nil, err
	}
	for i := range grants {
		g := &grants[i]
		if (g.OrganizationID == nil || *g.OrganizationID != place) && (g.ProgrammeID == nil || *g.ProgrammeID != place) {
			continue
		}
		a, err := s.Store.Account(ctx, g.AccountID)
		if err != nil {
			return nil, err
		}
		rows = append(rows, web.AdminRow{Name: a.Email, Path: accountsPath + "/" + a.ID, Facts: []string{p.words(v, g)}})
	}
	return rows, nil
}

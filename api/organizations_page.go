package api

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"puente/models"
	"puente/web"
)

// organizationForm is the id of the form of a home organisation.
const organizationForm = "organization"

// organizationFields ask for what is said of a home organisation.
func organizationFields(v *visit, f filling) []web.Field {
	return web.Fill(f.values, f.problems,
		web.Field{Name: "name", Kind: web.KindText, Label: v.T("admin.name"), Required: true, Max: 200}, web.CountryField(v.Lang, "country"),
		web.Field{Name: "kind", Kind: web.KindSelect, Label: v.T("admin.kind"), Required: true, Options: kindOptions(v.Lang)})
}

// kindOptions are what a home organisation can be.
func kindOptions(lang string) []web.Option {
	return options(models.Vocabularies().OrganizationKinds, plainTerm)(lang)
}

// organizationsPage shows administrators the home organisations, by name.
func (s *Server) organizationsPage(ctx context.Context, v *visit) (templ.Component, error) {
	return s.adminOrganizations(ctx, v, filling{values: map[string]string{"kind": models.KindOther}})
}

func (s *Server) adminOrganizations(ctx context.Context, v *visit, f filling) (templ.Component, error) {
	in := &organizationsIn{PageInput: PageInput{Cursor: v.c.Query("cursor"), Limit: adminShown}}
	found, err := s.organizations(ctx, in)
	if in.Cursor != "" && known(err).Code == CodeMalformed { // too old, or of another language
		in.Cursor = ""
		found, err = s.organizations(ctx, in)
	}
	if err != nil {
		return nil, err
	}
	people, err := s.Store.CountHomes(ctx)
	if err != nil {
		return nil, err
	}
	part := web.AdminPart{Title: v.T("admin.organizations_list"), None: v.T("admin.organizations_none")}
	for _, o := range found.Body.Items {
		part.Rows = append(part.Rows, web.AdminRow{
			Name: o.Name, Path: organizationsPath + "/" + o.ID, Chips: []web.Chip{{Text: titleIn(countryOptions(v.Lang), o.Country)}},
			Facts: []string{titleIn(kindOptions(v.Lang), string(o.Kind)), v.T("admin.people", "Count", people[o.ID])},
		})
	}
	if found.Body.Next != "" {
		part.More = web.Link{Text: v.T("admin.more"), Path: organizationsPath + "?cursor=" + found.Body.Next}
	}
	page := web.Admin{Page: *v.Page, Title: v.T("admin.organizations"), Text: v.T("admin.organizations_text"), Stale: f.stale, Parts: []web.AdminPart{part}}
	page.Kept = web.Kept{ID: organizationForm, Post: organizationsPath}
	page.Side = []web.AdminPart{{Title: v.T("admin.organization_new"), Form: web.Confirm{
		ID: organizationForm, Primary: true, Button: v.T("admin.add"), Post: organizationsPath, Fields: organizationFields(v, f),
	}}}
	return web.AdminPage(page), nil
}

// addOrganization makes a home organisation.
func (s *Server) addOrganization(ctx context.Context, v *visit) (templ.Component, error) {
	fields := organizationFields(v, filling{})
	f := v.filled(fields)
	if f.again(v) {
		return s.adminOrganizations(ctx, v, f)
	}
	o := &models.Organization{Name: f.values["name"], Country: f.values["country"], Kind: f.values["kind"]}
	if err := s.Store.CreateOrganization(ctx, v.actor.by(), o); err != nil {
		f, ok := v.nameTaken(err, "admin.organization_taken", f, fields)
		if !ok {
			return nil, err
		}
		return s.adminOrganizations(ctx, v, f)
	}
	v.goTo(organizationsPath + "?done=added")
	return nil, nil
}

// organizationPage shows a home organisation, who looks after its people, and
// the form that changes it.
func (s *Server) organizationPage(ctx context.Context, v *visit) (templ.Component, error) {
	o, err := s.Store.Organization(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	return s.adminOrganization(ctx, v, o, filling{})
}

func (s *Server) adminOrganization(ctx context.Context, v *visit, o *models.Organization, f filling) (templ.Component, error) {
	places, err := s.places(ctx)
	if err != nil {
		return nil, err
	}
	staff, err := s.staffOf(ctx, v, places, o.ID)
	if err != nil {
		return nil, err
	}
	people, err := s.Store.CountHomes(ctx)
	if err != nil {
		return nil, err
	}
	providers, err := s.providersPart(ctx, v, o)
	if err != nil {
		return nil, err
	}
	if f.values == nil {
		f.values = map[string]string{"name": o.Name, "country": o.Country, "kind": o.Kind}
	}
	providers.More = web.Link{Text: v.T("admin.provider_new"), Path: providersAt(o.ID)}
	at := organizationsPath + "/" + o.ID
	page := web.Admin{
		Page: *v.Page, Back: web.Link{Text: v.T("admin.organizations"), Path: organizationsPath}, Title: o.Name, Stale: f.stale,
		Chips: []web.Chip{
			{Text: titleIn(countryOptions(v.Lang), o.Country)},
			{Text: titleIn(kindOptions(v.Lang), o.Kind)},
			{Text: v.T("admin.people", "Count", people[o.ID])},
		},
		Parts: []web.AdminPart{
			{Title: v.T("admin.change"), Form: web.Confirm{
				ID: organizationForm, Primary: true, Button: v.T("admin.save"), Post: at, Fields: organizationFields(v, f),
				Hidden: [][2]string{{"version", strconv.Itoa(o.Version)}},
			}},
			{
				Title: v.T("admin.grants_reviewer"), Text: v.T("admin.reviewers_text"), Rows: staff, None: v.T("admin.reviewers_none"),
				More: web.Link{Text: v.T("admin.invite"), Path: invitationsPath},
			},
			providers,
		},
	}
	if v.c.Writer.Status() == statuses[CodePrecondition] {
		page.Links = append(page.Links, web.Link{Text: v.T("admin.stale_now"), Path: at})
	}
	page.Path, page.Kept = at, web.Kept{ID: organizationForm, Post: at}
	return web.AdminPage(page), nil
}

// changeOrganization stores what was changed of a home organisation, unless
// somebody else has changed it since.
func (s *Server) changeOrganization(ctx context.Context, v *visit) (templ.Component, error) {
	o, err := s.Store.Organization(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	fields := organizationFields(v, filling{})
	f := v.filled(fields)
	if f.again(v) {
		o.Version = versionIn(f.values, o.Version)
		return s.adminOrganization(ctx, v, o, f)
	}
	change := *o
	change.Name, change.Country, change.Kind, change.Version = f.values["name"], f.values["country"], f.values["kind"], versionIn(f.values, 0)
	if err := s.Store.UpdateOrganization(ctx, v.actor.by(), &change); err != nil {
		f, ok := v.nameTaken(err, "admin.organization_taken", f, fields)
		if !ok {
			return nil, err
		}
		return s.adminOrganization(ctx, v, o, f)
	}
	v.goTo(organizationsPath + "/" + o.ID + "?done=changed")
	return nil, nil
}

// versionIn is the version that a form was made of; another number if it has
// none.
func versionIn(values map[string]string, otherwise int) int {
	if n, err := strconv.Atoi(values["version"]); err == nil {
		return n
	}
	return otherwise
}

package api

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"puente/models"
	"puente/web"
)

// providerForm is the id of the form of a provider.
const providerForm = "provider"

// providersAt is the page of an organisation's providers.
func providersAt(organization string) string {
	return organizationsPath + "/" + organization + "/providers"
}

// providerFields ask for what is said of a provider. The issuer of one that is
// there stays, and so does its secret if none is given.
func providerFields(v *visit, there bool, f filling) []web.Field {
	issuer := web.Field{
		Name: "issuer", Kind: web.KindText, Label: v.T("admin.issuer"), Hint: v.T("admin.issuer_hint"), Autocomplete: "off", Required: true, Max: 255,
	}
	secret := web.Field{
		Name: "client_secret", Kind: web.KindPassword, Label: v.T("admin.client_secret"), Hint: v.T("admin.client_secret_hint"),
		Autocomplete: "off", Required: true,
		Max: 1024,
	}
	fields := []web.Field{
		{
			Name: "label", Kind: web.KindText, Label: v.T("admin.provider_label"), Hint: v.T("admin.provider_label_hint"),
			Autocomplete: "off", Required: true, Max: 100,
		},
		issuer,
		{Name: "client_id", Kind: web.KindText, Label: v.T("admin.client_id"), Autocomplete: "off", Required: true, Max: 255},
		secret,
		{Name: "enabled", Kind: web.KindCheckbox, Label: v.T("admin.provider_enabled")},
	}
	if there {
		fields[3].Required, fields[3].Hint = false, v.T("admin.client_secret_kept")
		fields = append(fields[:1], fields[2:]...)
	}
	return web.Fill(f.values, f.problems, fields...)
}

// filledProvider reads the form of a provider. Spaces of a secret count.
func (v *visit) filledProvider(fields []web.Field) filling {
	f := v.filled(fields)
	f.values["client_secret"] = v.form.Get("client_secret")
	return f
}

// providerBody is the form as the operations have it.
func (f filling) providerBody() ProviderBody {
	return ProviderBody{ClientID: f.values["client_id"], Label: f.values["label"], Enabled: f.values["enabled"] == "on"}
}

// providersPage shows administrators by which providers the people of an
// organisation sign in, and asks for another one.
func (s *Server) providersPage(ctx context.Context, v *visit) (templ.Component, error) {
	return s.adminProviders(ctx, v, filling{values: map[string]string{"enabled": "on"}})
}

// providersPart lists the providers of an organisation.
func (s *Server) providersPart(ctx context.Context, v *visit, o *models.Organization) (web.AdminPart, error) {
	part := web.AdminPart{Title: v.T("admin.providers"), Text: v.T("admin.providers_text"), None: v.T("admin.providers_none")}
	all, err := s.Store.Providers(ctx, false)
	for i := range all {
		p := &all[i]
		if p.OrganizationID != o.ID {
			continue
		}
		row := web.AdminRow{Name: p.Label, Path: providersAt(o.ID) + "/" + p.ID, Chips: []web.Chip{{Text: v.T("admin.provider_on")}}, Facts: []string{p.Issuer}}
		if !p.Enabled {
			row.Chips = []web.Chip{{Text: v.T("admin.provider_off"), Warn: true}}
		}
		part.Rows = append(part.Rows, row)
	}
	return part, err
}

func (s *Server) adminProviders(ctx context.Context, v *visit, f filling) (templ.Component, error) {
	o, err := s.Store.Organization(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	part, err := s.providersPart(ctx, v, o)
	if err != nil {
		return nil, err
	}
	at := providersAt(o.ID)
	page := web.Admin{
		Page: *v.Page, Back: web.Link{Text: o.Name, Path: organizationsPath + "/" + o.ID}, Title: v.T("admin.providers_of", "Name", o.Name), Stale: f.stale,
		Parts: []web.AdminPart{part},
		Side: []web.AdminPart{{Title: v.T("admin.provider_new"), Text: v.T("admin.provider_new_text"), Form: web.Confirm{
			ID: providerForm, Primary: true, Button: v.T("admin.add"), Post: at, Fields: providerFields(v, false, f),
		}}},
	}
	page.Path, page.Kept = at, web.Kept{ID: providerForm, Post: at}
	return web.AdminPage(page), nil
}

// addProvider makes a provider of an organisation and leads to its page, which
// has the address that it must be told.
func (s *Server) addProvider(ctx context.Context, v *visit) (templ.Component, error) {
	fields := providerFields(v, false, filling{})
	f := v.filledProvider(fields)
	if f.again(v) {
		return s.adminProviders(ctx, v, f)
	}
	in := &providerIn{}
	in.Body.ProviderBody, in.Body.Organization = f.providerBody(), v.c.Param("id")
	in.Body.Issuer, in.Body.ClientSecret = f.values["issuer"], f.values["client_secret"]
	made, err := s.createProvider(ctx, in)
	if err != nil {
		f, ok := v.answered(err, f, fields)
		switch {
		case known(err).Code == CodeConflict:
			f.problems["issuer"], f.stale = v.T("admin.issuer_taken"), ""
		case !ok:
			return nil, err
		}
		return s.adminProviders(ctx, v, f)
	}
	v.goTo(providersAt(in.Body.Organization) + "/" + made.Body.ID + "?done=added")
	return nil, nil
}

// providerOfPage reads the provider and the organisation that an address names.
func (s *Server) providerOfPage(ctx context.Context, v *visit) (*models.Provider, *models.Organization, error) {
	p, err := s.Store.Provider(ctx, v.c.Param("provider"))
	if err != nil {
		return nil, nil, err
	}
	if p.OrganizationID != v.c.Param("id") {
		return nil, nil, &Error{Code: CodeNotFound}
	}
	o, err := s.Store.Organization(ctx, p.OrganizationID)
	return p, o, err
}

// providerPage shows a provider, what it must be told, and the form that changes
// it.
func (s *Server) providerPage(ctx context.Context, v *visit) (templ.Component, error) {
	p, o, err := s.providerOfPage(ctx, v)
	if err != nil {
		return nil, err
	}
	return s.adminProvider(v, p, o, filling{})
}

func (s *Server) adminProvider(v *visit, p *models.Provider, o *models.Organization, f filling) (templ.Component, error) {
	if f.values == nil {
		ticked := map[bool]string{true: "on"}
		f.values = map[string]string{"label": p.Label, "client_id": p.ClientID, "enabled": ticked[p.Enabled]}
	}
	at := providersAt(o.ID) + "/" + p.ID
	page := web.Admin{
		Page: *v.Page, Back: web.Link{Text: v.T("admin.providers"), Path: providersAt(o.ID)}, Title: p.Label, Stale: f.stale,
		Chips: []web.Chip{{Text: v.T("admin.provider_on")}},
		Facts: []web.Fact{{Term: v.T("admin.redirect_uri"), Value: s.redirectURI(p.ID)}, {Term: v.T("admin.issuer"), Value: p.Issuer}},
		Text:  v.T("admin.provider_text"),
		Parts: []web.AdminPart{{Title: v.T("admin.change"), Form: web.Confirm{
			ID: providerForm, Primary: true, Button: v.T("admin.save"), Post: at, Fields: providerFields(v, true, f),
			Hidden: [][2]string{{"version", strconv.Itoa(p.Version)}},
		}}},
		Side: []web.AdminPart{{
			Title: v.T("admin.provider_remove"), Text: v.T("admin.provider_remove_text"),
			More: web.Link{Text: v.T("admin.provider_remove"), Path: at + "/remove"},
		}},
	}
	if !p.Enabled {
		page.Chips = []web.Chip{{Text: v.T("admin.provider_off"), Warn: true}}
	}
	if v.c.Writer.Status() == statuses[CodePrecondition] {
		page.Links = append(page.Links, web.Link{Text: v.T("admin.stale_now"), Path: at})
	}
	page.Path, page.Kept = at, web.Kept{ID: providerForm, Post: at}
	return web.AdminPage(page), nil
}

// changeProvider stores what was changed of a provider, unless somebody else has
// changed it since.
func (s *Server) changeProvider(ctx context.Context, v *visit) (templ.Component, error) {
	p, o, err := s.providerOfPage(ctx, v)
	if err != nil {
		return nil, err
	}
	fields := providerFields(v, true, filling{})
	f := v.filledProvider(fields)
	if f.again(v) {
		p.Version = versionIn(f.values, p.Version)
		return s.adminProvider(v, p, o, f)
	}
	change, body := *p, f.providerBody()
	change.Version = versionIn(f.values, 0)
	err = s.fill(&change, &body, f.values["client_secret"])
	if err == nil {
		err = s.Store.UpdateProvider(ctx, v.actor.by(), &change)
	}
	if err != nil {
		f, ok := v.answered(err, f, fields)
		if !ok {
			return nil, err
		}
		return s.adminProvider(v, p, o, f)
	}
	v.goTo(providersAt(o.ID) + "/" + p.ID + "?done=changed")
	return nil, nil
}

// askRemoveProvider says what it means to remove a provider, before that is
// done.
func (s *Server) askRemoveProvider(ctx context.Context, v *visit) (templ.Component, error) {
	p, o, err := s.providerOfPage(ctx, v)
	if err != nil {
		return nil, err
	}
	at := providersAt(o.ID) + "/" + p.ID
	return web.ConfirmPage(web.Confirm{
		Page: *v.Page, Title: v.T("admin.provider_remove_title", "Label", p.Label), Text: v.T("admin.provider_remove_sure"),
		Button: v.T("admin.provider_remove"), Post: at + "/remove", Hidden: [][2]string{{"version", strconv.Itoa(p.Version)}},
		Back: web.Link{Text: v.T("admin.not_now"), Path: at},
	}), nil
}

// removeProvider removes a provider with everybody's links to it, unless
// somebody has changed it since that was asked.
func (s *Server) removeProvider(ctx context.Context, v *visit) (templ.Component, error) {
	p, o, err := s.providerOfPage(ctx, v)
	if err != nil {
		return nil, err
	}
	v.goTo(providersAt(o.ID) + "?done=removed")
	return nil, s.Store.DeleteProvider(ctx, v.actor.by(), p.ID, versionIn(v.values(), 0))
}

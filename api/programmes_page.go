package api

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"puente/jobs"
	"puente/matching"
	"puente/models"
	"puente/web"
)

// programmeForm is the id of the form of a programme.
const programmeForm = "programme"

// demographicsOf are what answers about ownership may be used for, as choices.
func demographicsOf(v *visit) (out []web.Option) {
	for _, d := range []models.Demographics{
		models.DemographicsOff, models.DemographicsAuditOnly, models.DemographicsPreference, models.DemographicsEligibility,
	} {
		out = append(out, web.Option{Value: string(d), Label: v.T("admin.demographics_" + string(d)), Hint: v.T("admin.demographics_" + string(d) + "_hint")})
	}
	return out
}

// programmeFields ask for what is said of a programme; those of a new one leave
// out its rules.
func programmeFields(v *visit, rules bool, f filling) []web.Field {
	fields := []web.Field{
		{Name: "name", Kind: web.KindText, Label: v.T("admin.name"), Required: true, Max: 120},
		web.LanguageField("locale", v.T("admin.programme_locale")),
		{
			Name: "demographics", Kind: web.KindRadio, Label: v.T("admin.demographics"), Hint: v.T("admin.demographics_hint"), Required: true,
			Options: demographicsOf(v),
		},
		{
			Name: "countries", Kind: web.KindCheckboxes, Label: v.T("admin.countries"), Hint: v.T("admin.countries_hint"), Required: true,
			Options: countryOptions(v.Lang),
		},
	}
	if rules {
		covers, methods := []web.Option{}, []web.Option{}
		for _, c := range []matching.Cover{matching.CoverNone, matching.CoverMentees, matching.CoverMentors, matching.CoverBoth} {
			name := jobs.CoverName(c)
			covers = append(covers, web.Option{Value: name, Label: v.T("admin.cover_" + name)})
		}
		for _, name := range jobs.MethodNames() {
			methods = append(methods, web.Option{Value: name, Label: v.T(methodNames[name])})
		}
		fields = append(fields,
			web.Field{Name: "cross_border", Kind: web.KindCheckbox, Label: v.T("admin.cross_border")},
			web.Field{Name: "interpreter", Kind: web.KindCheckbox, Label: v.T("admin.interpreter")},
			web.Field{Name: "cover", Kind: web.KindSelect, Label: v.T("admin.cover"), Required: true, Options: covers},
			web.Field{Name: "method", Kind: web.KindSelect, Label: v.T("admin.method"), Required: true, Options: methods},
		)
	}
	return web.Fill(f.values, f.problems, fields...)
}

// programmesPage shows administrators the programmes, by name.
func (s *Server) programmesPage(ctx context.Context, v *visit) (templ.Component, error) {
	return s.adminProgrammes(ctx, v, filling{values: map[string]string{
		"locale": v.Lang, "demographics": string(models.DemographicsAuditOnly), "countries": "US,CA,MX",
	}})
}

func (s *Server) adminProgrammes(ctx context.Context, v *visit, f filling) (templ.Component, error) {
	all, err := s.Store.Programmes(ctx)
	if err != nil {
		return nil, err
	}
	part := web.AdminPart{Title: v.T("admin.programmes_list"), None: v.T("admin.programmes_none")}
	for i := range all {
		p := &all[i]
		counts, err := s.Store.CountProfiles(ctx, models.People{Programme: p.ID, Homes: models.Homes{Any: true}})
		if err != nil {
			return nil, err
		}
		people := 0
		for _, n := range counts {
			people += n
		}
		part.Rows = append(part.Rows, web.AdminRow{
			Name: p.Name, Path: programmesPath + "/" + p.ID, Chips: []web.Chip{{Text: web.LanguageName(p.Locale)}},
			Facts: []string{
				web.CountryNames(v.Lang, p.Countries.List()), v.T("admin.people", "Count", people),
				v.T("admin.people_waiting", "Count", counts[models.ProfileWaiting]),
			},
		})
	}
	page := web.Admin{Page: *v.Page, Title: v.T("admin.programmes"), Text: v.T("admin.programmes_text"), Stale: f.stale, Parts: []web.AdminPart{part}}
	page.Kept = web.Kept{ID: programmeForm, Post: programmesPath}
	page.Side = []web.AdminPart{{Title: v.T("admin.programme_new"), Form: web.Confirm{
		ID: programmeForm, Primary: true, Button: v.T("admin.add"), Post: programmesPath, Fields: programmeFields(v, false, f),
	}}}
	return web.AdminPage(page), nil
}

// addProgramme makes a programme and leads to its page.
func (s *Server) addProgramme(ctx context.Context, v *visit) (templ.Component, error) {
	fields := programmeFields(v, false, filling{})
	f := v.filled(fields)
	if f.again(v) {
		return s.adminProgrammes(ctx, v, f)
	}
	p := &models.Programme{
		Name: f.values["name"], Locale: f.values["locale"], Demographics: models.Demographics(f.values["demographics"]),
		Countries: models.Countries(f.values["countries"]),
	}
	if err := s.Store.CreateProgramme(ctx, v.actor.by(), p); err != nil {
		f, ok := v.nameTaken(err, "admin.name_taken", f, fields)
		if !ok {
			return nil, err
		}
		return s.adminProgrammes(ctx, v, f)
	}
	v.goTo(programmesPath + "/" + p.ID + "?done=added")
	return nil, nil
}

// nameTaken is answered for a form in which a conflict is about the name, which
// a message says.
func (v *visit) nameTaken(err error, key string, f filling, fields []web.Field) (_ filling, ok bool) {
	f, ok = v.answered(err, f, fields)
	if known(err).Code == CodeConflict {
		f.problems["name"], f.stale = v.T(key), ""
	}
	return f, ok
}

// programmePage shows a programme, who works for it, and the form that changes
// it.
func (s *Server) programmePage(ctx context.Context, v *visit) (templ.Component, error) {
	p, err := s.Store.Programme(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	return s.adminProgramme(ctx, v, p, filling{})
}

func (s *Server) adminProgramme(ctx context.Context, v *visit, p *models.Programme, f filling) (templ.Component, error) {
	if f.values == nil {
		now, err := jobs.SettingsOf(p)
		if err != nil {
			return nil, err
		}
		ticked := map[bool]string{true: "on"}
		f.values = map[string]string{
			"name": p.Name, "locale": p.Locale, "demographics": string(p.Demographics), "countries": string(p.Countries),
			"cross_border": ticked[now.CrossBorder],
			"interpreter":  ticked[now.Interpreter], "cover": jobs.CoverName(now.Cover), "method": jobs.MethodName(now.Method),
		}
	}
	places, err := s.places(ctx)
	if err != nil {
		return nil, err
	}
	staff, err := s.staffOf(ctx, v, places, p.ID)
	if err != nil {
		return nil, err
	}
	at := programmesPath + "/" + p.ID
	page := web.Admin{
		Page: *v.Page, Back: web.Link{Text: v.T("admin.programmes"), Path: programmesPath}, Title: p.Name, Stale: f.stale,
		Links: []web.Link{
			{Text: v.T("admin.weights"), Path: weightsPath(p)},
			{Text: v.T("nav.people"), Path: peoplePath + "?programme=" + p.ID},
			{Text: v.T("nav.rounds"), Path: roundsPath},
		},
		Parts: []web.AdminPart{{Title: v.T("admin.change"), Text: v.T("admin.programme_text"), Form: web.Confirm{
			ID: programmeForm, Primary: true, Button: v.T("admin.save"), Post: at, Fields: programmeFields(v, true, f),
			Hidden: [][2]string{{"version", strconv.Itoa(p.Version)}},
		}}},
		Side: []web.AdminPart{{
			Title: v.T("admin.staff"), Text: v.T("admin.staff_text"), Rows: staff, None: v.T("admin.staff_none"),
			More: web.Link{Text: v.T("admin.invite"), Path: invitationsPath},
		}},
	}
	outside, err := s.Store.CountOutside(ctx, p)
	if err != nil {
		return nil, err
	}
	if outside > 0 {
		page.Chips = append(page.Chips, web.Chip{Text: v.T("admin.outside", "Count", outside), Warn: true})
		page.Text = v.T("admin.outside_text")
	}
	if v.c.Writer.Status() == statuses[CodePrecondition] {
		page.Links = append(page.Links, web.Link{Text: v.T("admin.stale_now"), Path: at})
	}
	page.Path, page.Kept = at, web.Kept{ID: programmeForm, Post: at}
	return web.AdminPage(page), nil
}

// saveProgramme stores what was changed of a programme, unless somebody else has
// changed it since.
func (s *Server) saveProgramme(ctx context.Context, v *visit) (templ.Component, error) {
	p, err := s.Store.Programme(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	fields := programmeFields(v, true, filling{})
	f := v.filled(fields)
	if f.again(v) {
		p.Version = versionIn(f.values, p.Version)
		return s.adminProgramme(ctx, v, p, f)
	}
	change := *p
	change.Name, change.Locale, change.Demographics = f.values["name"], f.values["locale"], models.Demographics(f.values["demographics"])
	change.Countries, change.Version = models.Countries(f.values["countries"]), versionIn(f.values, 0)
	settings := map[string]any{
		"cross_border": f.values["cross_border"] == "on", "interpreter": f.values["interpreter"] == "on",
		"cover": f.values["cover"], "method": f.values["method"],
	}
	if err := s.changeProgramme(ctx, &change, settings); err != nil {
		f, ok := v.nameTaken(err, "admin.name_taken", f, fields)
		if !ok {
			return nil, err
		}
		return s.adminProgramme(ctx, v, p, f)
	}
	v.goTo(programmesPath + "/" + p.ID + "?done=changed")
	return nil, nil
}

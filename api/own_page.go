package api

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"puente/models"
	"puente/web"
)

// ownStep is a step that people take with their own profile on a page of its
// own, which says what it means.
type ownStep struct {
	event                     models.ProfileEvent
	link, title, text, button string // keys of messages
	done                      string // notice
}

// ownSteps are those steps, the mildest first.
var ownSteps = []ownStep{
	{models.ProfileWait, "own.back", "own.back_title", "own.back_text", "own.back_button", "back"},
	{models.ProfilePause, "own.pause", "own.pause_title", "own.pause_text", "own.pause_button", "paused"},
	{models.ProfileWithdraw, "own.withdraw", "own.withdraw_title", "own.withdraw_text", "own.withdraw_button", "withdrawn"},
}

// open says whether somebody can take a step with the own profile. A draft need
// not be withdrawn: nobody sees it.
func (o ownStep) open(row *models.ProfileRow) bool {
	_, err := row.State.Next(o.event)
	return err == nil && row.State != models.ProfileDraft && (o.event != models.ProfileWait || row.State == models.ProfilePaused)
}

// stepPath is the page of a step with the own profile of a side.
func stepPath(o ownStep, side models.Role) string {
	return profilePath + "/do/" + string(o.event) + "?side=" + side.String()
}

// ownStepLinks lead to the steps that somebody can take with the own profile.
func (v *visit) ownStepLinks(row *models.ProfileRow) (out []web.Link) {
	for _, o := range ownSteps {
		if o.open(row) {
			out = append(out, web.Link{Text: v.T(o.link), Path: stepPath(o, row.Profile.Role)})
		}
	}
	return out
}

// ownStepOf is the step that the address names, and the profile.
func (s *Server) ownStepOf(ctx context.Context, v *visit) (*ownStep, *models.ProfileRow, error) {
	at := slices.IndexFunc(ownSteps, func(o ownStep) bool { return string(o.event) == v.c.Param("event") })
	side, err := v.actor.side(v.c.Query("side"), "/query/side")
	if at < 0 || err != nil {
		return nil, nil, &Error{Code: CodeNotFound, Err: err}
	}
	row, err := s.ownProfile(ctx, side)
	if err != nil {
		return nil, nil, err
	}
	if row == nil {
		return nil, nil, &Error{Code: CodeNotFound}
	}
	if !ownSteps[at].open(row) {
		return nil, nil, &Error{Code: CodeConflict, Key: "store.wrong_state", Args: map[string]any{"State": string(row.State)}}
	}
	return &ownSteps[at], row, nil
}

// askOwnStep says what a step with the own profile means, before it is taken.
func (s *Server) askOwnStep(ctx context.Context, v *visit) (templ.Component, error) {
	o, row, err := s.ownStepOf(ctx, v)
	if err != nil {
		return nil, err
	}
	return web.ConfirmPage(web.Confirm{
		Page: *v.Page, Title: v.T(o.title), Text: v.T(o.text), Button: v.T(o.button), Post: stepPath(*o, row.Profile.Role),
		Back: web.Link{Text: v.T("admin.not_now"), Path: sidePath(row.Profile.Role)},
	}), nil
}

// takeOwnStep takes the own profile through a step.
func (s *Server) takeOwnStep(ctx context.Context, v *visit) (templ.Component, error) {
	o, row, err := s.ownStepOf(ctx, v)
	if err != nil {
		return nil, err
	}
	v.goTo(sidePath(row.Profile.Role) + "&done=" + o.done)
	return nil, s.stepProfile(ctx, row, o.event)
}

// homeForm is the part of a profile's form in which the home organisation is
// chosen.
type homeForm struct {
	all     []models.Organization // nothing is asked if there is none
	value   string
	problem string
}

// homeOf fills the form with what is stored.
func (s *Server) homeOf(ctx context.Context, row *models.ProfileRow) (*homeForm, error) {
	all, err := s.Store.Organizations(ctx)
	f := &homeForm{all: all}
	if row.OrganizationID != nil {
		f.value = *row.OrganizationID
	}
	return f, err
}

// filledHome reads what was filled in.
func (s *Server) filledHome(ctx context.Context, v *visit, row *models.ProfileRow) (*homeForm, error) {
	f, err := s.homeOf(ctx, row)
	if _, asked := v.form["home"]; err != nil || !asked {
		return f, err
	}
	if f.value = v.form.Get("home"); f.value != "" && !slices.ContainsFunc(f.all, func(o models.Organization) bool { return o.ID == f.value }) {
		f.problem = v.T("form.unknown")
	}
	return f, nil
}

// fields is the part as the form shows it: the organisations by country, those
// of the person's own first.
func (f *homeForm) fields(v *visit, country string) []web.Field {
	if len(f.all) == 0 {
		return nil
	}
	all := slices.Clone(f.all)
	place := func(o models.Organization) string {
		if o.Country == country {
			return ""
		}
		return o.Country
	}
	slices.SortStableFunc(all, func(a, b models.Organization) int { return strings.Compare(place(a), place(b)) })
	countries := countryOptions(v.Lang)
	out := web.Field{Name: "home", Kind: web.KindSelect, Label: v.T("own.home"), Hint: v.T("own.home_hint"), Value: f.value, Problem: f.problem}
	out.Options = []web.Option{{Label: v.T("own.home_none")}}
	for _, o := range all {
		out.Options = append(out.Options, web.Option{Value: o.ID, Label: homeLabel(v.Lang, &o), Group: titleIn(countries, o.Country)})
	}
	return []web.Field{out}
}

// homeLabel is the name of a home organisation with what it is, if that is known.
func homeLabel(lang string, o *models.Organization) string {
	if o.Kind == models.KindOther {
		return o.Name
	}
	return web.Text(lang, "own.home_label", map[string]any{"Name": o.Name, "Kind": titleIn(kindOptions(lang), o.Kind)})
}

// saveHome stores what was filled in, which has no problem.
func (s *Server) saveHome(ctx context.Context, v *visit, row *models.ProfileRow, f *homeForm) error {
	stored := ""
	if row.OrganizationID != nil {
		stored = *row.OrganizationID
	}
	if f.value == stored {
		return nil
	}
	var home *string
	if f.value != "" {
		home = &f.value
	}
	return s.Store.SetHome(ctx, v.actor.by(), row, home)
}

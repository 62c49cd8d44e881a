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

// peoplePath is staff's list of people.
const peoplePath = "/people"

// peopleMost is how many people one page of the list shows.
const peopleMost = 50

// peopleState is a state of the list with the steps that staff can take there,
// the usual one first.
type peopleState struct {
	state  models.ProfileState
	events []models.ProfileEvent
}

// peopleStates are the states of the list in order.
var peopleStates = []peopleState{
	{models.ProfileSubmitted, []models.ProfileEvent{models.ProfileApprove, models.ProfileAsk, models.ProfileRefer, models.ProfileBlock}},
	{models.ProfileMoreInfo, []models.ProfileEvent{models.ProfileRefer, models.ProfileBlock}},
	{models.ProfileApproved, []models.ProfileEvent{models.ProfileWait, models.ProfileBlock}},
	{models.ProfileWaiting, []models.ProfileEvent{models.ProfileFreeze, models.ProfileRefer, models.ProfileBlock}},
	{models.ProfilePaused, []models.ProfileEvent{models.ProfileBlock}},
	{models.ProfileFrozen, []models.ProfileEvent{models.ProfileWait, models.ProfileBlock}},
	{models.ProfileReferred, nil},
	{models.ProfileWithdrawn, nil},
	{models.ProfileBlocked, nil},
}

// peopleQuery is what the address of the list asks for.
type peopleQuery struct {
	programmes []models.Programme // to choose from, the oldest first
	chosen     int                // of the programmes
	homes      []models.Organization
	home       string // "" for all
	state      int    // of peopleStates
}

// at is the address of the list for a programme and a state.
func (q *peopleQuery) at(programme, state string) string {
	query := url.Values{"state": {state}}
	if q.home != "" {
		query.Set("organization", q.home)
	}
	if programme != q.programmes[0].ID {
		query.Set("programme", programme)
	}
	return peoplePath + "?" + query.Encode()
}

// peopleQueryOf reads the address: those who wait for staff, of the oldest
// programme, unless it says otherwise.
func (s *Server) peopleQueryOf(ctx context.Context, v *visit) (*peopleQuery, error) {
	q := &peopleQuery{home: v.c.Query("organization")}
	var err error
	if q.programmes, err = s.programmesOf(ctx, v.actor, policies["GET "+peoplePath].who...); err != nil {
		return nil, err
	}
	if len(q.programmes) == 0 {
		return nil, &Error{Code: CodeUnavailable, Key: "problem.no_programme"}
	}
	q.chosen = max(0, slices.IndexFunc(q.programmes, func(p models.Programme) bool { return p.ID == v.c.Query("programme") }))
	q.state = max(0, slices.IndexFunc(peopleStates, func(p peopleState) bool { return string(p.state) == v.c.Query("state") }))
	if q.homes, err = s.homesOf(ctx, v.actor); err != nil {
		return nil, err
	}
	if q.home != noHome && !slices.ContainsFunc(q.homes, func(o models.Organization) bool { return o.ID == q.home }) {
		q.home = ""
	}
	return q, nil
}

// peoplePage shows the people of a programme who stand as the address says.
// Reviewers see those of their organisations.
func (s *Server) peoplePage(ctx context.Context, v *visit) (templ.Component, error) {
	q, err := s.peopleQueryOf(ctx, v)
	if err != nil {
		return nil, err
	}
	of := q.people(v.actor)
	counts, err := s.Store.CountProfiles(ctx, of)
	if err != nil {
		return nil, err
	}
	page := q.choices(v, counts)
	here := peopleStates[q.state]
	of.State = here.state
	rows, err := s.peopleShown(ctx, v, q, of, &page)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		row := v.personRow(&rows[i], here.events)
		if at := slices.IndexFunc(q.homes, func(o models.Organization) bool { return o.ID == homeOfRow(&rows[i]) }); at >= 0 {
			row.Facts = append(row.Facts, web.Fact{Term: v.T("own.home"), Value: homeLabel(v.Lang, &q.homes[at])})
		}
		page.List = append(page.List, row)
	}
	return web.PeoplePage(page), nil
}

// people are those whom the address asks for, in whatever state, as far as an
// actor may list them.
func (q *peopleQuery) people(a *actor) models.People {
	of := models.People{Programme: q.programmes[q.chosen].ID}
	of.Homes = a.homes(of.Programme)
	switch {
	case q.home == "":
	case q.home == noHome:
		of.Homes = models.Homes{Missing: of.Homes.Any}
	case of.Homes.Any || slices.Contains(of.Homes.Of, q.home):
		of.Homes = models.Homes{Of: []string{q.home}}
	default:
		of.Homes = models.Homes{}
	}
	return of
}

// peopleShown reads those of a page of the list, the oldest first, and links the
// pages beside it. Where its cursor, or what it leads to, is none any more, the
// first page is read.
func (s *Server) peopleShown(ctx context.Context, v *visit, q *peopleQuery, of models.People, page *web.People) ([]models.ProfileRow, error) {
	here := q.at(of.Programme, string(of.State))
	place, err := s.cursorPlace(ctx, here, v.c.Query("cursor"))
	if err != nil {
		place = "" // too old, or of another list
	}
	link := func(place string) string { return here + "&cursor=" + s.cursor(ctx, here, place) }
	id, back := strings.CutPrefix(place, before)
	rows, err := s.sides(ctx, of, models.Part{After: id, Limit: peopleMost + 1, Back: back})
	if place != "" && (len(rows) == 0 || back && len(rows) <= peopleMost) {
		place, back = "", false
		rows, err = s.sides(ctx, of, models.Part{Limit: peopleMost + 1})
	}
	more := len(rows) > peopleMost
	rows = rows[:min(len(rows), peopleMost)]
	if back {
		slices.Reverse(rows)
	}
	if place != "" {
		page.Previous = link(before + rows[0].UID)
	}
	if more || back {
		page.Next = link(rows[len(rows)-1].UID)
	}
	return rows, err
}

// before marks the place of a cursor whose page ends there.
const before = "<"

// sides reads a part of the people of both sides: of each side as many as are
// asked for, since an index has them apart.
func (s *Server) sides(ctx context.Context, of models.People, part models.Part) (rows []models.ProfileRow, err error) {
	for _, of.Role = range []models.Role{models.RoleMentee, models.RoleMentor} {
		some, err := s.Store.ProfilesPart(ctx, of, part)
		if err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	slices.SortFunc(rows, func(a, b models.ProfileRow) int {
		if part.Back {
			a, b = b, a
		}
		return strings.Compare(a.UID, b.UID)
	})
	return rows[:min(len(rows), part.Limit)], nil
}

// choices is the page without its list: other programmes, states and home
// organisations.
func (q *peopleQuery) choices(v *visit, counts map[models.ProfileState]int) web.People {
	page, programme, state := web.People{Page: *v.Page}, q.programmes[q.chosen].ID, string(peopleStates[q.state].state)
	for i, p := range peopleStates {
		link := web.Link{Text: v.T("staff.state." + string(p.state)), Path: q.at(programme, string(p.state)), Current: i == q.state}
		page.States = append(page.States, web.StateLink{Link: link, Count: counts[p.state]})
	}
	for i := range q.programmes {
		if p := &q.programmes[i]; len(q.programmes) > 1 {
			page.Programmes = append(page.Programmes, web.Link{Text: p.Name, Path: q.at(p.ID, state), Current: i == q.chosen})
		}
	}
	if fields := v.homeFilter(q.homes, q.home); len(fields) > 0 {
		hidden := [][2]string{{"state", state}, {"programme", programme}}
		page.Find = web.Confirm{Button: v.T("staff.home_show"), Post: peoplePath, Fields: fields, Hidden: hidden}
	}
	return page
}

// noHome stands for those who chose no home organisation, in the filter.
const noHome = "none"

// homeOfRow is the home organisation of somebody.
func homeOfRow(p *models.ProfileRow) string {
	if p.OrganizationID == nil {
		return noHome
	}
	return *p.OrganizationID
}

// homesOf are the home organisations whose people an actor may see: all for
// those who manage a programme, their own for reviewers.
func (s *Server) homesOf(ctx context.Context, a *actor) ([]models.Organization, error) {
	all, err := s.Store.Organizations(ctx)
	if err != nil || allows(managing, a, nil) {
		return all, err
	}
	own := a.organizations()
	return slices.DeleteFunc(all, func(o models.Organization) bool { return !slices.Contains(own, o.ID) }), nil
}

// homeFilter is the choice of a home organisation; none where there is nothing
// to choose.
func (v *visit) homeFilter(homes []models.Organization, home string) []web.Field {
	all := allows(managing, v.actor, nil)
	if len(homes) == 0 || len(homes) == 1 && !all {
		return nil
	}
	f := web.Field{Name: "organization", Kind: web.KindSelect, Label: v.T("own.home"), Required: true, Value: home}
	f.Options = append(f.Options, web.Option{Label: v.T("staff.home_any")})
	for i := range homes {
		f.Options = append(f.Options, web.Option{Value: homes[i].ID, Label: homeLabel(v.Lang, &homes[i])})
	}
	if all {
		f.Options = append(f.Options, web.Option{Value: noHome, Label: v.T("own.home_none")})
	}
	return []web.Field{f}
}

// personRow shows what somebody said, with the steps that staff can take.
func (v *visit) personRow(row *models.ProfileRow, events []models.ProfileEvent) web.PersonRow {
	p := &row.Profile
	out := web.PersonRow{Name: nameOf(p), Side: v.T("staff.business"), About: aboutOf(v.Lang, p), Country: p.Country, Facts: v.facts(p)}
	if p.Role == models.RoleMentor {
		out.Side = v.T("staff.mentor")
	}
	for _, name := range []string{p.Name, p.Organization} {
		if doubt := models.NameDoubt(name); doubt != "" {
			out.Facts = append(out.Facts, web.Fact{Term: v.T("staff.name_note"), Value: v.T(doubt, "Name", name)})
		}
	}
	for i, event := range events {
		if !allows(steps[event], v.actor, profileScope(row)) {
			continue
		}
		out.Actions = append(out.Actions, web.Action{
			Label: v.T("staff." + string(event)), Post: peoplePath + "/" + row.UID + "/do/" + string(event), Primary: i == 0,
		})
	}
	return out
}

// facts are what staff, or the other person of a pair, wants to know of
// somebody.
func (v *visit) facts(p *models.Profile) (out []web.Fact) {
	add := func(key string, values ...string) {
		if text := strings.Join(values, "; "); text != "" {
			out = append(out, web.Fact{Term: v.T(key), Value: text})
		}
	}
	var languages, needs, topics []string
	for _, l := range p.Languages {
		languages = append(languages, titleIn(languageOptions(v.Lang), l.Language))
	}
	for _, n := range p.Needs {
		needs = append(needs, titleIn(topicOptions(v.Lang), n.Topic))
	}
	for _, e := range p.Expertise {
		if title := titleIn(topicOptions(v.Lang), e.Topic); len(topics) == 0 || topics[len(topics)-1] != title {
			topics = append(topics, title)
		}
	}
	add("fact.needs", needs...)
	add("staff.topics", topics...)
	add("fact.languages", languages...)
	add("fact.stage", titleIn(stageOptions(v.Lang), p.Stage))
	add("fact.cadence", titleIn(cadenceOptions(v.Lang), p.Cadence))
	return out
}

// actOnPerson takes somebody through a step. Who is approved takes part.
func (s *Server) actOnPerson(ctx context.Context, v *visit) (templ.Component, error) {
	row, err := s.Store.Profile(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	event := models.ProfileEvent(v.c.Param("event"))
	if err := s.stepProfile(ctx, row, event); err != nil {
		return nil, err
	}
	if event == models.ProfileApprove {
		if _, err := s.Store.MoveProfile(ctx, v.actor.by(), row.UID, models.ProfileWait); err != nil {
			return nil, err
		}
	}
	v.goTo(peoplePath + "?state=" + string(row.State) + "&done=moved")
	return nil, nil
}

package api

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"puente/models"
	"puente/web"
)

// peoplePath is staff's list of people.
const peoplePath = "/people"

// peopleShown is how many people one page of the list shows.
const peopleShown = 50

// peopleStates are the states of the list in order, each with the steps that
// staff can take there, the usual one first.
var peopleStates = []struct {
	state  models.ProfileState
	events []models.ProfileEvent
}{
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

// peoplePage shows the people of the first programme who stand as the address
// says: those who wait for staff, unless it says otherwise.
func (s *Server) peoplePage(ctx context.Context, v *visit) (templ.Component, error) {
	programme, err := s.firstProgramme(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := s.Store.CountProfiles(ctx, programme.ID)
	if err != nil {
		return nil, err
	}
	page := web.People{Page: *v.Page}
	state, events := peopleStates[0].state, peopleStates[0].events
	for _, p := range peopleStates {
		if string(p.state) == v.c.Query("state") {
			state, events = p.state, p.events
		}
	}
	for _, p := range peopleStates {
		link := web.Link{Text: v.T("staff.state." + string(p.state)), Path: peoplePath + "?state=" + string(p.state), Current: p.state == state}
		page.States = append(page.States, web.StateLink{Link: link, Count: counts[p.state]})
	}
	var rows []models.ProfileRow
	for _, side := range []models.Role{models.RoleMentee, models.RoleMentor} {
		more, err := s.Store.Profiles(ctx, programme.ID, side, state)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	from, err := strconv.Atoi(v.c.DefaultQuery("from", "0"))
	if err != nil || from < 0 || from >= len(rows) {
		from = 0
	}
	at := func(from int) string {
		return peoplePath + "?" + url.Values{"state": {string(state)}, "from": {strconv.Itoa(from)}}.Encode()
	}
	if from > 0 {
		page.Previous = at(max(0, from-peopleShown))
	}
	if from+peopleShown < len(rows) {
		page.Next = at(from + peopleShown)
	}
	for i := range rows[from:min(from+peopleShown, len(rows))] {
		page.List = append(page.List, v.personRow(&rows[from+i], events))
	}
	return web.PeoplePage(page), nil
}

// personRow shows what somebody said, with the steps that staff can take.
func (v *visit) personRow(row *models.ProfileRow, events []models.ProfileEvent) web.PersonRow {
	p := &row.Profile
	out := web.PersonRow{Name: nameOf(p), Side: v.T("staff.business"), About: aboutOf(v.Lang, p), Country: p.Country, Facts: v.facts(p)}
	if p.Role == models.RoleMentor {
		out.Side = v.T("staff.mentor")
	}
	for i, event := range events {
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
		if err := s.stepProfile(ctx, row, models.ProfileWait); err != nil {
			return nil, err
		}
	}
	v.goTo(peoplePath + "?state=" + string(row.State) + "&done=moved")
	return nil, nil
}

package api

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"puente/jobs"
	"puente/models"
	"puente/web"
)

// shownMentors is how many mentors the page suggests; it shows more only when
// an entrepreneur has wished for others.
const shownMentors = 5

// matchPage shows an entrepreneur the best mentors in the order of the wishes,
// or in an order that has not been confirmed yet.
func (s *Server) matchPage(ctx context.Context, v *visit) (templ.Component, error) {
	row, err := s.ownProfile(ctx, models.RoleMentee)
	if err != nil {
		return nil, err
	}
	if row == nil || row.State == models.ProfileDraft {
		v.goTo(profilePath)
		return nil, nil
	}
	found, err := s.suggested(ctx, row, shownMentors)
	if err != nil {
		return nil, err
	}
	page := web.Suggestions{
		Page: *v.Page, Business: row.Profile.Name, Compared: found.Body.Compared, Order: matchPath, Find: matchPath,
	}
	for _, r := range found.Body.Refused {
		page.Refused = append(page.Refused, web.Refused{Text: r.Text, Count: r.Mentors})
	}
	page.Mentors, err = s.suggestionsIn(ctx, v, row, found.Body.Items)
	if err != nil {
		return nil, err
	}
	var shown []string
	for _, m := range page.Mentors {
		shown = append(shown, m.ID)
	}
	n := min(len(row.Profile.Wishes), len(shown))
	page.Confirmed = n > 0 && slices.Equal(shown[:min(shownMentors, len(shown))], row.Profile.Wishes)
	if err := s.answerFind(ctx, v, row, &page); err != nil {
		return nil, err
	}
	o, err := s.openOffer(ctx)
	if o != nil {
		page.Offer = askedPath + "/" + o.ID
	}
	page.Steps = v.steps(row, o)
	return web.SuggestionsPage(page), err
}

// openOffer is an offer that waits for an answer of whoever asks, nil without
// one.
func (s *Server) openOffer(ctx context.Context) (*offer, error) {
	all, err := s.ownOffers(ctx)
	for _, o := range all {
		if o.standing() == web.RequestOpen {
			return o, err
		}
	}
	return nil, err
}

// suggestionsIn are the mentors to show: those of an order in the address, else
// the wishes, then the best others.
func (s *Server) suggestionsIn(ctx context.Context, v *visit, row *models.ProfileRow, best []jobs.Advice) (out []web.Suggestion, err error) {
	order := row.Profile.Wishes
	if asked := v.c.Query("order"); asked != "" {
		order = strings.Split(asked, ",")
	}
	var codes []string
	for _, code := range order {
		if !slices.Contains(codes, code) && len(codes) < 2*shownMentors {
			codes = append(codes, code)
		}
	}
	for _, a := range best {
		if !slices.Contains(codes, a.Mentor) && len(codes) < max(shownMentors, len(order)) {
			codes = append(codes, a.Mentor)
		}
	}
	for _, code := range codes {
		i := slices.IndexFunc(best, func(a jobs.Advice) bool { return a.Mentor == code })
		var advice jobs.Advice
		if i >= 0 {
			advice = best[i]
		} else if advice, err = s.advisor.Why(ctx, row, code, 0, words(ctx)); known(err).Code == CodeNotFound {
			continue // the order came from outside, or the mentor has gone
		} else if err != nil {
			return nil, err
		}
		mentor, err := s.Store.ProfileByCode(ctx, row.ProgrammeID, code)
		if err != nil {
			return nil, err
		}
		out = append(out, suggestionOf(v.Lang, mentor, advice))
	}
	return out, nil
}

// suggestionOf shows a mentor.
func suggestionOf(lang string, mentor *models.ProfileRow, advice jobs.Advice) web.Suggestion {
	p := &mentor.Profile
	out := web.Suggestion{ID: p.ID, Name: nameOf(p), About: aboutOf(lang, p), Country: p.Country, Score: scoreOf(int64(advice.Score), advice.Lines)}
	topics := topicOptions(lang)
	for _, e := range p.Expertise {
		if e.Level == 3 && len(out.Tags) < 3 {
			out.Tags = append(out.Tags, titleIn(topics, e.Topic))
		}
	}
	return out
}

// nameOf is the name of a person, or the code of one without a name.
func nameOf(p *models.Profile) string {
	if p.Name == "" {
		return p.ID
	}
	return p.Name
}

// nameOf is what somebody is called, also one who was erased or, as nil, is not there any more.
func (v *visit) nameOf(p *models.ProfileRow) string {
	if p == nil || p.Erased() {
		return v.T("person.left")
	}
	return nameOf(&p.Profile)
}

// aboutOf is what somebody does, and where.
func aboutOf(lang string, p *models.Profile) string {
	var parts []string
	if len(p.Sectors) > 0 {
		subsector := p.Sectors[0].Raw[:min(3, len(p.Sectors[0].Raw))]
		if title := titleIn(subsectorOptions(lang), subsector); title != "" {
			parts = append(parts, strings.TrimPrefix(title, subsector+" "))
		}
	}
	if p.Region != "" {
		parts = append(parts, titleIn(regionOptions(lang), p.Region))
	}
	return strings.Join(parts, " · ")
}

// titleIn finds the words of a choice, "" of one that is not there.
func titleIn(options []web.Option, value string) string {
	for _, o := range options {
		if o.Value == value {
			return o.Label
		}
	}
	return ""
}

// scoreOf is a score with its lines.
func scoreOf(score int64, lines []jobs.AdviceLine) web.Score {
	out := web.Score{Score: int(score)}
	for _, l := range lines {
		out.Lines = append(out.Lines, shownLine(l))
	}
	for _, l := range jobs.Reasons(lines) {
		out.Reasons = append(out.Reasons, web.Reason{Line: shownLine(l), Caution: l.Kind == jobs.KindCaution})
	}
	return out
}

func shownLine(l jobs.AdviceLine) web.Line {
	return web.Line{Factor: l.Title, Reason: l.Reason, Weight: l.Weight, Share: l.Share}
}

// answerFind says why the mentor that the address asks for is not suggested.
func (s *Server) answerFind(ctx context.Context, v *visit, row *models.ProfileRow, page *web.Suggestions) error {
	code := strings.TrimSpace(v.c.Query("mentor"))
	problems := map[string]string{}
	if code != "" {
		answer, err := s.why(ctx, row, code, shownMentors)
		switch {
		case known(err).Code == CodeNotFound && err != nil:
			problems["mentor"] = v.T("suggest.no_code", "Code", code)
		case err != nil:
			return err
		default:
			page.Why = whyOf(answer.Body, page.Mentors)
		}
	}
	page.FindField = web.FindFields(v.Lang, map[string]string{"mentor": code}, problems)
	return nil
}

// whyOf compares a mentor with the last one that is suggested.
func whyOf(a Answer, shown []web.Suggestion) *web.Why {
	out := &web.Why{Name: a.Name, Rule: a.RuleText, Score: scoreOf(int64(a.Score), a.Lines)}
	if out.Name == "" {
		out.Name = a.Mentor
	}
	for _, c := range a.Changes {
		out.Changes = append(out.Changes, c.Text)
	}
	if len(shown) == 0 || a.Rule != "" {
		return out
	}
	last := shown[len(shown)-1]
	out.Than = last.Name
	for i, l := range a.Lines {
		if i >= len(last.Score.Lines) || l.Factor == "" {
			break
		}
		other := last.Score.Lines[i]
		if d := jobs.Points(l.Points) - jobs.Points(other.Weight*other.Share); d != 0 {
			out.Differences = append(out.Differences, web.Difference{Factor: l.Title, Points: d})
		}
	}
	return out
}

// orderMentors moves a mentor up or down, or confirms the order.
func (s *Server) orderMentors(ctx context.Context, v *visit) (templ.Component, error) {
	order := v.form["order"]
	at := func(name string) int { return slices.Index(order, v.form.Get(name)) }
	switch up, down := at("up"), at("down"); {
	case v.form.Has("confirm"):
		row, err := s.ownProfile(ctx, models.RoleMentee)
		if err != nil {
			return nil, err
		}
		if row == nil {
			return nil, &Error{Code: CodeNotFound}
		}
		if err := s.Store.OrderWishes(ctx, v.actor.by(), row, order[:min(shownMentors, len(order))]); err != nil {
			return nil, err
		}
		v.goTo(matchPath + "?done=order")
		return nil, nil
	case up > 0:
		order[up-1], order[up] = order[up], order[up-1]
	case down >= 0 && down < len(order)-1:
		order[down], order[down+1] = order[down+1], order[down]
	}
	v.goTo(matchPath + "?order=" + url.QueryEscape(strings.Join(order[:min(2*shownMentors, len(order))], ",")))
	return nil, nil
}

// steps is the way of a business to its mentor.
func (v *visit) steps(row *models.ProfileRow, o *offer) []web.Step {
	now := 1 // applied
	switch {
	case o != nil && o.State == models.OfferActive:
		now = 4
	case o != nil:
		now = 3
	case row.State == models.ProfileWaiting || row.State == models.ProfileApproved:
		now = 2
	}
	var out []web.Step
	for i, key := range []string{"step.apply", "step.approve", "step.order", "step.answer", "step.call"} {
		state := web.StepAhead
		switch {
		case i < now:
			state = web.StepDone
		case i == now:
			state = web.StepNow
		}
		out = append(out, web.Step{Text: v.T(key), State: state})
	}
	return out
}

package api

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"puente/jobs"
	"puente/models"
	"puente/web"
)

// aboutRound prepares answers about the run of a round that staff looks at,
// with people by their names, and tells the path back to it.
func (s *Server) aboutRound(ctx context.Context, v *visit) (*models.Round, *jobs.Inquiry, string, func(), error) {
	r, _, run, err := s.roundWithRun(ctx, v.c.Param("id"), v.c.Query("run"))
	if err != nil {
		return nil, nil, "", nil, err
	}
	name, err := s.namesOf(ctx, r.ProgrammeID)
	if err != nil {
		return nil, nil, "", nil, err
	}
	q, leave, err := s.inquiry(ctx, run.ID, words(ctx))
	if err != nil {
		return nil, nil, "", nil, err
	}
	q.Name = name
	return r, q, reviewPathOf(run), leave, nil
}

// explainPage says why a business has its mentor, or none, and what would
// change it.
func (s *Server) explainPage(ctx context.Context, v *visit) (templ.Component, error) {
	r, q, back, leave, err := s.aboutRound(ctx, v)
	if err != nil {
		return nil, err
	}
	defer leave()
	about, err := q.About(ctx, v.c.Query("mentee"))
	if err != nil {
		return nil, asked(err)
	}
	page := web.Explained{
		Page: *v.Page, Round: r.Name, Back: back, Business: q.Name(about.Left), Unmatched: about.Unmatched, More: about.More,
		Holds: about.Holds,
	}
	if len(about.Chances) > 0 {
		page.Chances = q.ChanceText(about.Left, about.Chances)
	}
	for _, y := range about.Pairs {
		page.Pairs = append(page.Pairs, y.Text)
	}
	for _, y := range about.Better {
		page.Better = append(page.Better, y.Text)
	}
	return web.ExplainedPage(page), nil
}

// advicePage says what places, rules and serving more cost in a round, and whom
// to win as mentors.
func (s *Server) advicePage(ctx context.Context, v *visit) (templ.Component, error) {
	r, q, back, leave, err := s.aboutRound(ctx, v)
	if err != nil {
		return nil, err
	}
	defer leave()
	report, err := reportOf(ctx, q)
	if err != nil {
		return nil, err
	}
	page := web.RoundAdvice{Page: *v.Page, Round: r.Name, Back: back, Unfinished: report.Unfinished, Holds: report.Holds, Note: report.Note}
	if report.Best != nil {
		page.Best = report.Best.Text
	}
	for _, x := range report.Groups {
		page.Groups = append(page.Groups, strings.Join(x.Text, " "))
	}
	for _, x := range report.Places {
		page.Places = append(page.Places, x.Text)
	}
	for _, x := range report.Ladder {
		page.Ladder = append(page.Ladder, x.Text)
	}
	for _, x := range report.Rules {
		page.Rules = append(page.Rules, x.Text)
	}
	if plan := report.Recruiting; plan != nil {
		page.RecruitsNote = plan.Text
		for _, x := range plan.Recruits {
			page.Recruits = append(page.Recruits, x.Text)
		}
	}
	return web.RoundAdvicePage(page), nil
}

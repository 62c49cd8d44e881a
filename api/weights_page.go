package api

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"puente/jobs"
	"puente/matching"
	"puente/models"
	"puente/web"
)

// programmesPath is before the pages of a programme.
const programmesPath = "/programmes"

// weightsPath is the page on which staff tries weights of a programme.
func weightsPath(p *models.Programme) string { return programmesPath + "/" + p.ID + "/weights" }

// What a preview on the page shows.
const (
	pageTop     = 5
	pageChanges = 20
)

// weightsPage shows the weights of now.
func (s *Server) weightsPage(ctx context.Context, v *visit) (templ.Component, error) {
	p, err := s.Store.Programme(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	return s.weights(v, p, nil, nil, nil)
}

// weights shows the form: with the weights of now unless there are values, and
// with what a preview has found, if there is one.
func (s *Server) weights(v *visit, p *models.Programme, values, problems map[string]string, found *web.Preview) (templ.Component, error) {
	now, err := jobs.SettingsOf(p)
	if err != nil {
		return nil, err
	}
	if values == nil {
		values = map[string]string{}
		for i, f := range factors(now) {
			values[f.Name] = strconv.Itoa(now.Weights[i])
		}
	}
	page := web.Weights{
		Page: *v.Page, Programme: p.Name, Fields: web.WeightFields(v.Lang, factors(now), matching.MaxWeight, values, problems),
		Post: weightsPath(p), Back: roundsPath, Found: found,
	}
	page.Path = weightsPath(p)
	return web.WeightsPage(page), nil
}

// factors are the factors of the score with their weights.
func factors(s jobs.Settings) []web.Factor {
	out := make([]web.Factor, len(s.Weights))
	for i, w := range s.Weights {
		out[i] = web.Factor{Name: matching.Factors[i].Name, Now: w}
	}
	return out
}

// weightsOf reads the weights that were filled in, as settings.
func (v *visit) weightsOf() (settings map[string]any, problems map[string]string) {
	weights, problems := map[string]any{}, map[string]string{}
	for i := range matching.Factors {
		name := matching.Factors[i].Name
		n, err := strconv.Atoi(v.values()[name])
		if weights[name] = n; err != nil {
			problems[name] = Field{Rule: "integer"}.text(v.Lang)
		}
	}
	return map[string]any{"weights": weights}, problems
}

// tryWeights shows what the weights that were filled in would change.
func (s *Server) tryWeights(ctx context.Context, v *visit) (templ.Component, error) {
	p, err := s.Store.Programme(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	settings, problems := v.weightsOf()
	if len(problems) > 0 {
		v.refuse()
		return s.weights(v, p, v.values(), problems, nil)
	}
	found, err := s.preview(ctx, p, settings, pageTop, pageChanges)
	if err != nil {
		return s.refusedWeights(v, p, err)
	}
	out := v.previewed(found)
	out.Keep = weightsPath(p) + "/keep"
	out.Values = [][2]string{{"version", strconv.Itoa(p.Version)}}
	for i := range matching.Factors {
		name := matching.Factors[i].Name
		out.Values = append(out.Values, [2]string{name, v.values()[name]})
	}
	return s.weights(v, p, v.values(), nil, out)
}

// refusedWeights shows the form again, if an error is about its fields.
func (s *Server) refusedWeights(v *visit, p *models.Programme, err error) (templ.Component, error) {
	problems, ok := v.fieldErrors(err)
	if !ok {
		return nil, err
	}
	return s.weights(v, p, v.values(), problems, nil)
}

// keepWeights stores the weights that were tried, unless the programme has been
// changed since.
func (s *Server) keepWeights(ctx context.Context, v *visit) (templ.Component, error) {
	p, err := s.Store.Programme(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	settings, problems := v.weightsOf()
	if len(problems) > 0 {
		v.refuse()
		return s.weights(v, p, v.values(), problems, nil)
	}
	if v.form.Get("version") != strconv.Itoa(p.Version) {
		return nil, &Error{Code: CodePrecondition}
	}
	if err := s.changeSettings(ctx, p, settings); err != nil {
		return s.refusedWeights(v, p, err)
	}
	v.goTo(weightsPath(p) + "?done=weights")
	return nil, nil
}

// previewed is what a preview has found, as the page shows it.
func (v *visit) previewed(f *jobs.Previewed) *web.Preview {
	start, _ := time.Parse(time.DateOnly, f.Start) // the day of the store's clock
	out := &web.Preview{
		Start: start, Businesses: f.Mentees, Mentors: f.Mentors, Top: f.Top, Lists: f.Lists.Changed, First: f.Lists.First,
		NoRound: f.Rounds.Now.Clash != nil || f.Rounds.New.Clash != nil, Pairs: [2]int{f.Rounds.Now.Pairs, f.Rounds.New.Pairs},
		Points: [2]int{meanTenths(f.Rounds.Now), meanTenths(f.Rounds.New)},
		Kept:   f.Rounds.Kept, Lost: f.Rounds.Lost, New: f.Rounds.Gained, With: f.Rounds.With, Without: f.Rounds.Without, LeftOut: f.LeftOut,
	}
	name := func(id string) string { return cmp.Or(f.Names[id], id) }
	names := func(mentors []jobs.RankedMentor) (out []string) {
		for _, m := range mentors {
			out = append(out, name(m.Mentor))
		}
		return out
	}
	for _, c := range f.Changes {
		out.Changes = append(out.Changes, web.PreviewChange{
			Business: name(c.Mentee), Moves: c.PairMoves, Before: name(c.PairNow), After: name(c.PairNew), First: c.First, OrderOnly: c.OrderOnly,
			Entered: names(c.Entered), Left: names(c.Left),
		})
	}
	return out
}

// meanTenths is the mean score of a round's pairs by the new settings, in
// tenths of a point.
func meanTenths(r jobs.PreviewRound) int {
	if r.Pairs == 0 {
		return 0
	}
	const unit = 60 // score of a tenth
	n := int64(r.Pairs) * unit
	return int((r.ScoreNew + n/2) / n)
}

package api

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"puente/jobs"
	"puente/matching/verify"
	"puente/models"
	"puente/web"
)

// roundActions are the buttons beside a round in a state: event and key of the
// words, the usual one first. Run and stop are no events of a round: they ask
// for a run, and end it.
var roundActions = map[models.RoundState][][2]string{
	models.RoundDraft:      {{"open", "rounds.act_open"}, {"cancel", "rounds.act_cancel"}},
	models.RoundOpen:       {{"close", "rounds.act_close"}, {"cancel", "rounds.act_cancel"}},
	models.RoundSolving:    {{"stop", "rounds.act_stop"}},
	models.RoundClosed:     {{"run", "rounds.act_run"}, {"open", "rounds.act_open"}, {"cancel", "rounds.act_cancel"}},
	models.RoundInfeasible: {{"run", "rounds.act_run"}, {"open", "rounds.act_open"}, {"cancel", "rounds.act_cancel"}},
	models.RoundFailed:     {{"run", "rounds.act_run"}, {"cancel", "rounds.act_cancel"}},
	models.RoundProposed:   {{"run", "rounds.act_again"}, {"cancel", "rounds.act_cancel"}},
	models.RoundInReview:   {{"run", "rounds.act_again"}, {"cancel", "rounds.act_cancel"}},
	models.RoundSettled:    {{"archive", "rounds.act_archive"}},
	models.RoundCancelled:  {{"archive", "rounds.act_archive"}},
}

// roundsPage lists the rounds of all programmes, newest first.
func (s *Server) roundsPage(ctx context.Context, v *visit) (templ.Component, error) {
	return s.roundList(ctx, v, map[string]string{"start": s.Now().UTC().Format("2006-01-02"), "seed": "1"}, nil)
}

func (s *Server) roundList(ctx context.Context, v *visit, values, problems map[string]string) (templ.Component, error) {
	programmes, err := s.programmesOf(ctx, v.actor, policies["GET "+roundsPath].who...)
	if err != nil {
		return nil, err
	}
	page := web.Rounds{Page: *v.Page, Post: roundsPath}
	page.Path = roundsPath
	var managed []web.Option
	for _, p := range programmes {
		if allows(managing, v.actor, &scope{programme: p.ID}) {
			managed = append(managed, web.Option{Value: p.ID, Label: p.Name})
			page.Weights = append(page.Weights, web.Link{Text: v.T("rounds.weights", "Programme", p.Name), Path: weightsPath(&p)})
		}
		rounds, err := s.Store.Rounds(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		for i := range rounds {
			row, err := s.roundRow(ctx, v, &p, &rounds[i])
			if err != nil {
				return nil, err
			}
			page.List = append(page.List, row)
			if rounds[i].State == models.RoundSolving {
				v.c.Header("Refresh", "2") // the page is asked for again until the run has ended
			}
		}
	}
	if len(managed) > 0 || v.actor.Role == models.AccountAdmin {
		page.New = web.NewRoundFields(v.Lang, managed, values, problems)
	}
	return web.RoundsPage(page), nil
}

// roundRow is a round in the list.
func (s *Server) roundRow(ctx context.Context, v *visit, p *models.Programme, r *models.Round) (web.RoundRow, error) {
	runs, err := s.Store.Runs(ctx, r.ID)
	if err != nil {
		return web.RoundRow{}, err
	}
	row := web.RoundRow{Name: r.Name, State: string(r.State), Note: p.Name}
	if chosenRun(r, runs) != nil {
		row.Path = roundsPath + "/" + r.ID
	}
	_, err = r.State.Next(models.RoundSolve)
	row.Starts = err == nil && allows(managing, v.actor, &scope{programme: p.ID})
	if row.Starts || len(runs) > 0 {
		row.Runs, row.RunCount = runsPathOf(r.ID), len(runs)
	}
	if len(runs) > 0 && runs[0].Reason != "" {
		row.Note += " · " + web.Text(v.Lang, runs[0].Reason, nil)
	}
	for i, a := range roundActions[r.State] {
		if !allows(managing, v.actor, &scope{programme: p.ID}) {
			break
		}
		action := web.Action{Label: v.T(a[1]), Post: roundsPath + "/" + r.ID + "/do/" + a[0], Primary: i == 0}
		if a[0] == "run" {
			action.Method, action.Methods = jobs.MethodOf(r.Settings), v.methods(r.Settings)
		}
		row.Actions = append(row.Actions, action)
	}
	return row, nil
}

// methodNames are the messages that name the methods of runs.
var methodNames = map[string]string{
	"optimal": "rounds.method_optimal", "stable": "rounds.method_stable", "balanced": "rounds.method_balanced", "lottery": "rounds.method_lottery",
}

// methods are those by which a round with these settings can be run.
func (v *visit) methods(settings string) (out []web.Option) {
	for _, name := range jobs.MethodNames() {
		if _, problem := jobs.WithMethod(settings, name); problem == "" {
			out = append(out, web.Option{Value: name, Label: v.T(methodNames[name])})
		}
	}
	return out
}

// chosenRun is the run of a round that staff looks at: the published one, else
// the newest that has a result.
func chosenRun(r *models.Round, runs []models.Run) *models.Run {
	for i := range runs {
		if r.ChosenRun == nil && runs[i].State == models.RunFinished || r.ChosenRun != nil && runs[i].ID == *r.ChosenRun {
			return &runs[i]
		}
	}
	return nil
}

// roundWithRun reads a round with its runs and one that has a result: the one
// that is asked for, else the one that staff looks at.
func (s *Server) roundWithRun(ctx context.Context, id, asked string) (*models.Round, []models.Run, *models.Run, error) {
	r, err := s.Store.Round(ctx, id)
	if err != nil {
		return nil, nil, nil, err
	}
	runs, err := s.Store.Runs(ctx, id)
	if err != nil {
		return nil, nil, nil, err
	}
	run := chosenRun(r, runs)
	if asked != "" {
		at := slices.IndexFunc(runs, func(x models.Run) bool { return x.ID == asked })
		if at < 0 {
			return nil, nil, nil, &Error{Code: CodeNotFound}
		}
		run = &runs[at]
	}
	if run == nil || run.State != models.RunFinished {
		return nil, nil, nil, &Error{Code: CodeConflict, Key: "problem.no_result"}
	}
	return r, runs, run, nil
}

// newRoundPage makes a round in the programme that was chosen, the only or oldest one
// when none was.
func (s *Server) newRoundPage(ctx context.Context, v *visit) (templ.Component, error) {
	values, problems := v.values(), map[string]string{}
	managed, err := s.programmesOf(ctx, v.actor, managing...)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(managed, func(p models.Programme) bool { return values["programme"] == "" || values["programme"] == p.ID })
	if at < 0 && len(managed) > 0 {
		problems["programme"] = Field{Rule: "nothing"}.text(v.Lang)
	}
	for _, f := range web.NewRoundFields(v.Lang, nil, nil, nil) {
		if problem := v.fieldProblem(f, values[f.Name]); problem != "" {
			problems[f.Name] = problem
		}
	}
	seed, err := strconv.ParseInt(values["seed"], 10, 32)
	if (err != nil || seed < 0) && problems["seed"] == "" {
		problems["seed"] = web.Text(v.Lang, "validation.integer", nil)
	}
	if len(problems) == 0 {
		if len(managed) == 0 {
			return nil, &Error{Code: CodeUnavailable, Key: "problem.no_programme"}
		}
		err = s.newRound(ctx, &models.Round{ProgrammeID: managed[at].ID, Name: values["name"], Seed: seed, Start: values["start"]})
		if err == nil {
			v.goTo(roundsPath + "?done=round")
			return nil, nil
		}
		var ok bool
		if problems, ok = v.fieldErrors(err); !ok {
			return nil, err
		}
	}
	v.refuse()
	return s.roundList(ctx, v, values, problems)
}

// actOnRound presses one of the buttons beside a round.
func (s *Server) actOnRound(ctx context.Context, v *visit) (templ.Component, error) {
	id, event := v.c.Param("id"), v.c.Param("event")
	v.goTo(roundsPath)
	switch event {
	case "run":
		v.goTo(roundsPath + "?done=run")
		_, err := s.startRuns(ctx, id, jobs.RunChoice{Method: v.form.Get("method")}, true)
		return nil, err
	case "stop":
		return nil, s.stopRuns(ctx, v, id)
	}
	_, err := s.Store.MoveRound(ctx, v.actor.by(), id, models.RoundEvent(event))
	return nil, err
}

// stopRuns stops all runs of a round that have not ended. One that ends
// meanwhile is left as it is.
func (s *Server) stopRuns(ctx context.Context, v *visit, id string) error {
	runs, err := s.Store.Runs(ctx, id)
	for i := range runs {
		if runs[i].State.Final() || err != nil {
			continue
		}
		if err = s.Queue.CancelRun(ctx, v.actor.by(), runs[i].ID); models.CodeOf(err) == models.CodeConflict {
			err = nil
		}
	}
	return err
}

// pairsShown is how many pairs one page of the table shows.
const pairsShown = 50

// reviewed is a finished run as staff looks at it. Runs never change, so that
// what was found out about one stays true.
type reviewed struct {
	result    verify.Result
	mentees   int
	places    int
	unmatched []unmatched
}

// unmatched is a person of a round without a pair, as round.json has it.
type unmatched struct {
	Side    string `json:"side"`
	ID      string `json:"id"`
	Reason  string `json:"reason"`
	Rule    string `json:"rule"`
	Nearest string `json:"nearest"`
	Points  int    `json:"points"`
}

// reviewOf checks the result of a run with the independent checker, or
// remembers what that found.
func (s *Server) reviewOf(ctx context.Context, id string) (*reviewed, error) {
	if known, ok := s.reviews.Load(id); ok {
		return known.(*reviewed), nil //nolint:forcetypeassert // nothing else is stored
	}
	result, err := s.resultOf(ctx, id)
	if err != nil {
		return nil, err
	}
	out := &reviewed{}
	if out.result, err = verify.Round([]byte(result)); err != nil {
		return nil, err
	}
	var file struct {
		Left  []struct{} `json:"left"`
		Right []struct {
			Capacity int `json:"capacity"`
		} `json:"right"`
		Unmatched []unmatched `json:"unmatched"`
	}
	if err := json.Unmarshal([]byte(result), &file); err != nil {
		return nil, err
	}
	out.mentees = len(file.Left)
	for _, r := range file.Right {
		out.places += r.Capacity
	}
	for _, u := range file.Unmatched {
		if u.Side == "left" {
			out.unmatched = append(out.unmatched, u)
		}
	}
	s.reviews.Store(id, out)
	return out, nil
}

// reviewPage shows a round with its proof, its pairs, and who is left.
func (s *Server) reviewPage(ctx context.Context, v *visit) (templ.Component, error) {
	return s.review(ctx, v, nil)
}

func (s *Server) review(ctx context.Context, v *visit, problems map[string]string) (templ.Component, error) {
	r, runs, run, err := s.roundWithRun(ctx, v.c.Param("id"), v.c.Query("run"))
	if err != nil {
		return nil, err
	}
	found, err := s.reviewOf(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	path := roundsPath + "/" + r.ID
	page := web.Review{
		Page: *v.Page, Name: r.Name, Published: r.ChosenRun != nil && *r.ChosenRun == run.ID,
		Run: len(runs) - slices.IndexFunc(runs, func(x models.Run) bool { return x.ID == run.ID }), Of: len(runs), Label: runName(v, run),
		At: *run.EndedAt, Seed: strconv.FormatInt(run.Seed, 10), Took: run.EndedAt.Sub(*run.StartedAt), Proof: v.proof(found), Selected: v.c.Query("pair"),
		Download: path + "/round.json?run=" + run.ID, Runs: runsPathOf(r.ID),
	}
	manages := allows(managing, v.actor, v.scope)
	if manages {
		page.Advice = path + "/advice?run=" + run.ID
	}
	if _, err := r.State.Next(models.RoundPublish); err == nil && manages {
		page.Publish, page.Fields = path+"/publish?run="+run.ID, web.PublishFields(v.Lang, nil, problems)
	}
	people, err := s.peopleOf(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	shown := people
	if !sees(ctx, fieldNames) {
		shown = nameless(people)
	}
	pairs, err := s.pairsOf(ctx, run, shown)
	if err != nil {
		return nil, err
	}
	page.Summary = summaryOf(found, pairs, people)
	people = shown
	v.pairTable(&page, reviewPathOf(run), pairs, people)
	if page.Published && manages {
		offers, err := s.Store.Offers(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		for i := range page.Pairs {
			if at := slices.IndexFunc(offers, func(o models.Offer) bool { return o.PairID == page.Pairs[i].ID }); at >= 0 {
				page.Pairs[i].Answer = v.T("state." + string(offers[at].State))
			}
		}
	}
	page.Unmatched = v.leftOver(found, people)
	if page.Erased, err = s.Store.SnapshotErased(ctx, run.ID); err != nil {
		return nil, err
	}
	switch {
	case page.Proof.Open, page.Erased: // its pairs are not those of the best total, or nothing can be asked any more
		page.Advice = ""
	case manages:
		explainable(&page, path+"/explain?run="+run.ID+"&mentee=", pairs, found)
	}
	return web.ReviewPage(page), nil
}

// explainable links people of a run to what would change it for them.
func explainable(page *web.Review, path string, pairs []Pair, found *reviewed) {
	explain := func(code string) string { return path + url.QueryEscape(code) }
	for i := range page.Pairs {
		page.Pairs[i].Explain = explain(pairs[page.First-1+i].Mentee.Code)
	}
	for i, u := range found.unmatched {
		page.Unmatched[i].Explain = explain(u.ID)
	}
}

// proof is what the checker found, in words.
func (v *visit) proof(r *reviewed) web.Proof {
	out := web.Proof{
		Proven: len(r.result.Failures) == 0, Method: r.result.Method,
		Total: int(r.result.Score), Bound: int(r.result.Bound), Gap: int(r.result.Gap),
		Open: r.result.Gap > 0 && !slices.Contains(r.result.Checks, "rules"), More: r.result.More,
	}
	if k := r.result.Kept; k != nil {
		out.Notes = append(out.Notes, v.T(keptKey(k), "Pairs", k.Pairs, "Of", k.Of, "Points", int(k.Points), "Gap", out.Gap))
	}
	if out.More > 0 {
		out.Notes = append(out.Notes, v.T("again.more", "Count", out.More))
	}
	for _, key := range r.result.Checks {
		out.Checks = append(out.Checks, web.Check{Text: v.T("verify.ok." + key), OK: true})
	}
	for _, f := range r.result.Failures {
		out.Checks = append(out.Checks, web.Check{Text: v.T("verify." + f.Check)})
	}
	return out
}

// keptKey is the message that says what a round keeps of another.
func keptKey(k *verify.Kept) string {
	switch {
	case !k.Proven:
		return "again.kept_open"
	case k.Points > 0:
		return "again.kept_points"
	}
	return "again.kept"
}

func summaryOf(r *reviewed, pairs []Pair, people map[string]*models.ProfileRow) web.Summary {
	out := web.Summary{Pairs: len(pairs), Businesses: r.mentees, Places: r.places, Unmatched: len(r.unmatched)}
	for _, p := range pairs {
		mentee, mentor := people[p.Mentee.Profile], people[p.Mentor.Profile]
		if mentee == nil || mentor == nil {
			continue
		}
		if len(mentee.Profile.Wishes) > 0 {
			out.Wished++
			if mentee.Profile.Wishes[0] == mentor.Profile.ID {
				out.FirstChoice++
			}
		}
		if mentee.Profile.Country != mentor.Profile.Country {
			out.AcrossBorder++
		}
	}
	return out
}

// pairTable fills the table with the page of pairs that the address asks for.
func (v *visit) pairTable(page *web.Review, path string, pairs []Pair, people map[string]*models.ProfileRow) {
	from, err := strconv.Atoi(v.c.DefaultQuery("from", "0"))
	if err != nil || from < 0 || from >= len(pairs) {
		from = 0
	}
	at := func(from int, pair string) string {
		query := url.Values{}
		if from > 0 {
			query.Set("from", strconv.Itoa(from))
		}
		if pair != "" {
			query.Set("pair", pair)
		}
		if len(query) == 0 {
			return path
		}
		return path + "&" + query.Encode()
	}
	if from > 0 {
		page.Previous = at(max(0, from-pairsShown), "")
	}
	if from+pairsShown < len(pairs) {
		page.Next = at(from+pairsShown, "")
	}
	page.First = from + 1
	for _, p := range pairs[from:min(from+pairsShown, len(pairs))] {
		row := web.Pair{ID: p.ID, Path: at(from, p.ID), Score: scoreOf(p.Score, p.Lines), Business: v.nameOf(nil), Mentor: v.nameOf(nil)}
		if people[p.Mentee.Profile] == nil && len(p.Lines) == 0 {
			row.Path = "" // nothing is left to see
		}
		if mentee := people[p.Mentee.Profile]; mentee != nil {
			row.Business, row.BusinessAbout, row.BusinessCountry = nameOf(&mentee.Profile), aboutOf(v.Lang, &mentee.Profile), mentee.Profile.Country
			row.Choice = 1 + slices.Index(mentee.Profile.Wishes, p.Mentor.Code)
		}
		if mentor := people[p.Mentor.Profile]; mentor != nil {
			row.Mentor, row.MentorAbout, row.MentorCountry = nameOf(&mentor.Profile), aboutOf(v.Lang, &mentor.Profile), mentor.Profile.Country
		}
		page.Pairs = append(page.Pairs, row)
	}
}

// leftOver are the businesses without a mentor, and why.
func (v *visit) leftOver(r *reviewed, people map[string]*models.ProfileRow) (out []web.Unmatched) {
	byCode := map[string]*models.Profile{}
	for _, p := range people {
		byCode[p.Profile.ID] = &p.Profile
	}
	for _, u := range r.unmatched {
		rule, nearest := "", u.Nearest
		if p := byCode[nearest]; p != nil {
			nearest = nameOf(p)
		} else if nearest != "" {
			nearest = v.nameOf(nil)
		}
		if u.Rule != "" {
			rule = v.T("rule." + u.Rule)
		}
		row := web.Unmatched{Name: v.nameOf(nil), Reason: v.T("unpaired."+u.Reason, "Rule", rule, "Nearest", nearest, "Missing", jobs.Points(u.Points))}
		if p := byCode[u.ID]; p != nil {
			row.Name, row.About, row.Country = nameOf(p), aboutOf(v.Lang, p), p.Country
		}
		out = append(out, row)
	}
	return out
}

// publishPage publishes the run that staff has looked at, which need not be the
// newest.
func (s *Server) publishPage(ctx context.Context, v *visit) (templ.Component, error) {
	id := v.c.Param("id")
	r, _, run, err := s.roundWithRun(ctx, id, v.c.Query("run"))
	if err != nil {
		return nil, err
	}
	if _, err := r.State.Next(models.RoundPublish); err != nil {
		return nil, err
	}
	if v.form.Get("confirm") == "" {
		v.refuse()
		v.Path = reviewPathOf(run)
		return s.review(ctx, v, map[string]string{"confirm": v.T("form.missing")})
	}
	if _, err := s.Store.Publish(ctx, v.actor.by(), id, run.ID); err != nil {
		return nil, err
	}
	v.goTo(roundsPath + "/" + id + "?done=published")
	return nil, nil
}

// roundFile sends round.json to staff who are signed in on a browser.
func (s *Server) roundFile(c *gin.Context) {
	result, err := s.ownResult(c)
	if err != nil {
		s.refuse(c, err)
		return
	}
	sendResult(c.Writer, result)
}

func (s *Server) ownResult(c *gin.Context) (string, error) {
	_, _, run, err := s.roundWithRun(c.Request.Context(), c.Param("id"), c.Query("run"))
	if err != nil {
		return "", err
	}
	return s.resultOf(c.Request.Context(), run.ID)
}

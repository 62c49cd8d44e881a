package api

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"puente/jobs"
	"puente/matching"
	"puente/models"
	"puente/web"
)

// runsPathOf is the page on which the runs of a round stand side by side.
func runsPathOf(round string) string { return roundsPath + "/" + round + "/runs" }

// reviewPathOf is the page of one run of a round.
func reviewPathOf(run *models.Run) string {
	return roundsPath + "/" + run.RoundID + "?run=" + url.QueryEscape(run.ID)
}

// runsPage compares the runs of a round.
func (s *Server) runsPage(ctx context.Context, v *visit) (templ.Component, error) {
	return s.sideBySide(ctx, v, nil, nil)
}

// sideBySide shows the runs of a round, and the form for another one with the
// settings of the round unless there are values.
func (s *Server) sideBySide(ctx context.Context, v *visit, values, problems map[string]string) (templ.Component, error) {
	r, err := s.Store.Round(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	runs, err := s.Store.Runs(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	people, err := s.namesOf(ctx, r.ProgrammeID)
	if err != nil {
		return nil, err
	}
	path, manages := runsPathOf(r.ID), allows(managing, v.actor, v.scope)
	page := web.Runs{
		Page: *v.Page, Round: r.Name, Back: roundsPath, State: string(r.State), Post: path, Compare: roundsPath + "/" + r.ID + "/compare",
	}
	page.Path = path
	snapshots := map[string]bool{}
	for i := range runs {
		row, err := s.runRow(ctx, v, r, runs, i, people)
		if err != nil {
			return nil, err
		}
		page.List = append(page.List, row)
		if row.Path != "" {
			snapshots[runs[i].SnapshotHash] = true
			page.Choices = append(page.Choices, web.Option{Value: runs[i].ID, Label: v.T("runs.choice", "N", row.Number, "Name", runName(v, &runs[i]))})
		}
		if row.Stop != "" {
			v.c.Header("Refresh", "2") // the page is asked for again until the run has ended
		}
		if !manages {
			row.Stop = ""
		}
	}
	page.Others = len(snapshots) > 1
	if _, err := r.State.Next(models.RoundSolve); err == nil && manages {
		keep, err := s.keepable(ctx, v, r)
		if err != nil {
			return nil, err
		}
		page.Fields = v.runFields(r, keep, values, problems)
	}
	return web.RunsPage(page), nil
}

// keepable are the runs whose pairs a run of a round can keep: those of the round
// that have a result, and what other rounds of the programme published.
func (s *Server) keepable(ctx context.Context, v *visit, r *models.Round) (out []web.Option, err error) {
	runs, err := s.Store.Runs(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	for i := range runs {
		if run := &runs[i]; run.State == models.RunFinished {
			out = append(out, web.Option{Value: run.ID, Label: v.T("runs.choice", "N", len(runs)-i, "Name", runName(v, run))})
		}
	}
	rounds, err := s.Store.Rounds(ctx, r.ProgrammeID)
	for i := range rounds {
		if o := &rounds[i]; o.ID != r.ID && o.ChosenRun != nil {
			out = append(out, web.Option{Value: *o.ChosenRun, Label: v.T("runs.keep_other", "Name", o.Name)})
		}
	}
	return out, err
}

// namesOf says how a page names the people of a programme, by their codes.
func (s *Server) namesOf(ctx context.Context, programme string) (func(code string) string, error) {
	if !sees(ctx, fieldNames) {
		return func(code string) string { return code }, nil
	}
	names, err := s.Store.Names(ctx, programme)
	return func(code string) string { return cmp.Or(names[code], code) }, err
}

// runName is what staff calls a run, or its method.
func runName(v *visit, run *models.Run) string {
	if run.Label != "" {
		return run.Label
	}
	return v.T(methodNames[jobs.MethodOf(run.Settings)])
}

// runClasses are the classes of the chips of runs.
var runClasses = map[models.RunState]string{
	models.RunQueued: "brand-c", models.RunRunning: "brand-c", models.RunInfeasible: "warn", models.RunFailed: "warn",
}

// runRow is one of the runs of a round, which come newest first.
func (s *Server) runRow(ctx context.Context, v *visit, r *models.Round, runs []models.Run, i int, name func(string) string) (web.RunRow, error) {
	run := &runs[i]
	row := web.RunRow{
		Number: len(runs) - i, Label: run.Label, Method: v.T(methodNames[jobs.MethodOf(run.Settings)]), State: v.T("state." + string(run.State)),
		Class: runClasses[run.State], At: run.CreatedAt, Published: r.ChosenRun != nil && *r.ChosenRun == run.ID, Gap: -1, Below: -1,
	}
	row.Limit, row.Points = run.TimeLimit, int(run.KeepPoints)
	if run.KeepRun != nil {
		row.Keeps = v.T("runs.other_round")
		if at := slices.IndexFunc(runs, func(o models.Run) bool { return o.ID == *run.KeepRun }); at >= 0 {
			row.Keeps = v.T("runs.number", "N", len(runs)-at)
		}
	}
	if run.Reason != "" {
		row.Reason = web.Text(v.Lang, run.Reason, nil)
	}
	switch {
	case run.State == models.RunFinished:
		return row, rowFigures(&row, runs, run)
	case run.State.Final():
		clash, err := jobs.RunClash(run)
		if clash != nil && sees(ctx, fieldClash) {
			row.Clash = clash.Told(words(ctx), name)
		}
		return row, err
	}
	row.Stop = runsPathOf(r.ID) + "/" + run.ID + "/stop"
	now, err := s.Queue.Progress(ctx, run.ID)
	if now.Stage != "" {
		row.Stage = v.T("runs.stage", "Stage", v.T("progress."+now.Stage), "Done", now.Done, "Total", now.Total)
	}
	return row, err
}

// rowFigures fills in what a finished run came to.
func rowFigures(row *web.RunRow, runs []models.Run, run *models.Run) error {
	row.Path, row.Total, row.Pairs = reviewPathOf(run), int(run.Score), run.Pairs
	best, others := run.Score, false
	for k := range runs {
		if o := &runs[k]; o.State == models.RunFinished && o.SnapshotHash == run.SnapshotHash && sameWeights(o, run) {
			best, others = max(best, o.Score), others || o.ID != run.ID
		}
	}
	if others && best > 0 {
		row.Below = int(((best-run.Score)*20_000 + best) / (2 * best))
		if row.Below == 0 && best > run.Score {
			row.Below = 1
		}
	}
	f, err := jobs.FiguresOf(run)
	if f == nil {
		return err
	}
	row.Known, row.Businesses, row.Worst, row.First, row.Wished = true, f.Mentees, jobs.Points(int(f.Worst)), f.First, f.Wished
	row.FirstWish, row.Across, row.Blocking = f.FirstWish, f.Across, f.Blocking
	if f.Gap != nil {
		row.Gap = int(*f.Gap)
	}
	if f.Kept != nil {
		row.Kept, row.Keepable = *f.Kept, *f.Keepable
	}
	return err
}

// sameWeights says whether the scores of two runs mean the same.
func sameWeights(a, b *models.Run) bool {
	x, wrongX := jobs.ReadSettings("settings", strings.NewReader(a.Settings))
	y, wrongY := jobs.ReadSettings("settings", strings.NewReader(b.Settings))
	return len(wrongX)+len(wrongY) == 0 && x.Weights == y.Weights
}

// runFields are the fields of the form for a run, with the settings of the round
// unless there are values.
func (v *visit) runFields(r *models.Round, keep []web.Option, values, problems map[string]string) []web.Field {
	now, _ := jobs.ReadSettings("settings", strings.NewReader(r.Settings)) // if they are bad, the defaults
	if values == nil {
		values = map[string]string{"method": jobs.MethodName(now.Method), "cover": jobs.CoverName(now.Cover), "lottery_plans": strconv.Itoa(now.Plans)}
		for i, f := range factors(now) {
			values[f.Name] = strconv.Itoa(now.Weights[i])
		}
	}
	var methods []web.Option
	for _, name := range jobs.MethodNames() {
		methods = append(methods, web.Option{Value: name, Label: v.T(methodNames[name])})
	}
	limits := web.RunLimits{Plans: [2]int{matching.MinPlans, matching.MaxPlans}, Weight: matching.MaxWeight, Points: jobs.MaxPoints, Time: jobs.MaxTimeLimit}
	return web.RunFields(v.Lang, methods, keep, factors(now), limits, values, problems)
}

// newRunPage asks for the run that the form describes.
func (s *Server) newRunPage(ctx context.Context, v *visit) (templ.Component, error) {
	r, err := s.Store.Round(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	values, problems := v.values(), map[string]string{}
	keep, err := s.keepable(ctx, v, r)
	if err != nil {
		return nil, err
	}
	for _, f := range v.runFields(r, keep, nil, nil) {
		if problem := v.fieldProblem(f, values[f.Name]); problem != "" {
			problems[f.Name] = problem
		}
	}
	settings, wrong := v.runSettings(r)
	maps.Copy(problems, wrong)
	choice := v.runAgain(problems)
	if len(problems) == 0 {
		choice.Label, choice.Method, choice.Settings = values["label"], values["method"], settings
		if _, err = s.startRuns(ctx, r.ID, choice, false); err == nil {
			v.goTo(runsPathOf(r.ID) + "?done=run")
			return nil, nil
		}
		var ok bool
		if problems, ok = v.fieldErrors(err); !ok {
			return nil, err
		}
	}
	v.refuse()
	return s.sideBySide(ctx, v, values, problems)
}

// runSettings reads what a form asks for a run, as members of a settings file.
func (v *visit) runSettings(r *models.Round) (settings map[string]any, problems map[string]string) {
	values := v.values()
	settings, problems = v.weightsOf()
	settings["cover"] = values["cover"]
	if values["method"] == jobs.MethodName(matching.MethodLottery) {
		plans, err := strconv.Atoi(values["lottery_plans"])
		if settings["lottery_plans"] = plans; err != nil {
			problems["lottery_plans"] = Field{Rule: "integer"}.text(v.Lang)
		}
	}
	switch group := values["groups"]; group {
	case "":
		for _, name := range []string{"at_least", "at_most"} {
			if values[name] != "" {
				problems["groups"] = v.T("runs.group_missing")
			}
		}
	case "none":
		settings["groups"] = []any{}
	default:
		settings["groups"] = append(groupsOf(r), v.groupRule(group))
	}
	return settings, problems
}

// runAgain reads what a form says of the run that is kept and of the time that a
// run may take, and adds what is wrong with it.
func (v *visit) runAgain(problems map[string]string) (c jobs.RunChoice) {
	number := func(name string, most int) int {
		text := v.values()[name]
		if text == "" {
			return 0
		}
		n, err := strconv.Atoi(text)
		switch {
		case err != nil:
			problems[name] = Field{Rule: "integer"}.text(v.Lang)
		case n < 0:
			problems[name] = Field{Rule: "minimum", Args: map[string]any{"Min": 0}}.text(v.Lang)
		case n > most:
			problems[name] = Field{Rule: "maximum", Args: map[string]any{"Max": most}}.text(v.Lang)
		}
		return n
	}
	c.Keep, c.Points, c.TimeLimit = v.values()["keep"], int64(number("keep_points", jobs.MaxPoints)), number("time_limit", jobs.MaxTimeLimit)
	if c.Keep == "" && c.Points != 0 && problems["keep_points"] == "" {
		problems["keep"] = v.T("runs.keep_missing")
	}
	return c
}

// groupsOf are the rules about groups in a round's settings.
func groupsOf(r *models.Round) []any {
	var s struct {
		Groups []any `json:"groups"`
	}
	_ = json.Unmarshal([]byte(r.Settings), &s) // they were read before
	return s.Groups
}

// groupRule is the rule about a group that a form asks.
func (v *visit) groupRule(group string) map[string]any {
	of, country, _ := strings.Cut(group, "/")
	where := map[string]any{"cross_border": true}
	if country != "" {
		where = map[string]any{"country": []string{country}}
	}
	at := slices.IndexFunc(web.GroupChoices, func(c [2]string) bool { return c[0] == group })
	rule := map[string]any{"name": v.T(web.GroupChoices[max(0, at)][1]), "of": of, "where": where}
	for _, bound := range []string{"at_least", "at_most"} {
		text := strings.ReplaceAll(strings.ReplaceAll(v.values()[bound], " ", ""), "\u00a0", "")
		if text == "" {
			continue
		}
		if n, err := strconv.Atoi(text); err == nil {
			rule[bound] = n
		} else {
			rule[bound] = strings.Replace(text, ",", ".", 1) // as French writes shares
		}
	}
	return rule
}

// stopRunPage stops one run of a round.
func (s *Server) stopRunPage(ctx context.Context, v *visit) (templ.Component, error) {
	id := v.c.Param("id")
	run, err := s.Store.RunStatus(ctx, v.c.Param("run"))
	if err != nil {
		return nil, err
	}
	if run.RoundID != id {
		return nil, &Error{Code: CodeNotFound}
	}
	v.goTo(runsPathOf(id) + "?done=stopped")
	return nil, s.Queue.CancelRun(ctx, v.actor.by(), run.ID)
}

// changesShown is how many changed pairs a comparison lists.
const changesShown = 200

// comparePage says what differs between two runs of a round.
func (s *Server) comparePage(ctx context.Context, v *visit) (templ.Component, error) {
	r, runs, _, err := s.roundWithRun(ctx, v.c.Param("id"), v.c.Query("a"))
	if err != nil {
		return nil, err
	}
	name, err := s.namesOf(ctx, r.ProgrammeID)
	if err != nil {
		return nil, err
	}
	page := web.Compared{Page: *v.Page, Round: r.Name, Back: runsPathOf(r.ID)}
	var files [2]*jobs.RoundFile
	for k, row := range []*web.RunRow{&page.A, &page.B} {
		at := slices.IndexFunc(runs, func(run models.Run) bool { return run.ID == v.c.Query([]string{"a", "b"}[k]) })
		if at < 0 {
			return nil, &Error{Code: CodeNotFound}
		}
		if files[k], err = s.roundOfRun(ctx, runs[at].ID); err != nil {
			return nil, err
		}
		if *row, err = s.runRow(ctx, v, r, runs, at, name); err != nil {
			return nil, err
		}
	}
	d := jobs.DiffRounds(files[0], files[1])
	page.Lines = v.differences(words(ctx), d, name)
	page.Pairs = d.Changes(words(ctx), name)
	page.More = max(0, len(page.Pairs)-changesShown)
	page.Pairs = page.Pairs[:len(page.Pairs)-page.More]
	return web.ComparedPage(page), nil
}

// differences say what became of the people of a round, and how its making
// differs.
func (v *visit) differences(w jobs.Words, d *jobs.RoundDiff, name func(string) string) (out []string) {
	if d.Same {
		return []string{w.Say("rounddiff.same", nil)}
	}
	out = append(out,
		w.Say("rounddiff.pairs", map[string]any{"Kept": d.Kept, "Lost": len(d.Lost), "New": len(d.New)}),
		v.T("compared.totals", "A", d.A.Score, "B", d.B.Score, "LeftA", d.A.Left, "LeftB", d.B.Left, "RightA", d.A.Right, "RightB", d.B.Right))
	for _, list := range []struct {
		key string
		ids []string
	}{
		{"compared.gain", d.Left.Matched},
		{"compared.lose", d.Left.Unmatched},
		{"compared.mentor_gain", d.Right.Matched},
		{"compared.mentor_lose", d.Right.Unmatched},
		{"compared.came", slices.Concat(d.Left.Came, d.Right.Came)},
		{"compared.went", slices.Concat(d.Left.Went, d.Right.Went)},
		{"compared.places", d.Right.Places},
	} {
		names := make([]string, min(len(list.ids), changesShown))
		for k := range names {
			names[k] = name(list.ids[k])
		}
		if len(names) > 0 {
			out = append(out, v.T(list.key, "Count", len(list.ids), "Names", strings.Join(names, ", ")))
		}
	}
	return append(out, d.Choices(w)...)
}

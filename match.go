package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"puente/jobs"
	"puente/matching/verify"
	"puente/models"
)

// peopleFlags are the files that name the people of a round.
type peopleFlags struct {
	Mentors  string `required:"" placeholder:"FILE" help:"${help_mentors}"`
	Mentees  string `required:"" placeholder:"FILE" help:"${help_mentees}"`
	Settings string `placeholder:"FILE" help:"${help_settings}"`
	Seed     uint64 `default:"1" help:"${help_seed}"`
	Start    string `placeholder:"DATE" help:"${help_start}"`
}

type matchCommand struct {
	peopleFlags
	Groups string  `placeholder:"FILE" help:"${help_groups}"`
	Rules  string  `placeholder:"FILE" help:"${help_rules}"`
	Method *string `enum:"optimal,stable,balanced,lottery" help:"${help_method}"` // nil: that of the settings
	Plans  *int    `placeholder:"K" help:"${help_plans}"`                         // nil: those of the settings

	againFlags

	Out    string `placeholder:"FILE" help:"${help_out}"`
	Round  string `placeholder:"FILE" help:"${help_round}"`
	Top    int    `default:"50" help:"${help_top}"`
	Ranked string `placeholder:"FILE" help:"${help_ranked}"`
	Show   int    `default:"10" help:"${help_show}"`
}

// Run makes a round of people files and tells of it.
func (c *matchCommand) Run(p *program) error {
	if c.Top < 1 || c.Show < 0 {
		return &usageError{errors.New(p.say("usage.positive", map[string]any{"Flag": "--top"}))}
	}
	people, options, err := p.people(&c.peopleFlags, c.Rules)
	if err != nil {
		return err
	}
	if err := c.choose(p, &options); err != nil {
		return err
	}
	began := time.Now()
	show, end := p.progress()
	options.Progress = show
	m, err := jobs.Match(p.ctx, people, options)
	end()
	if err != nil {
		return p.infeasible(err)
	}
	round := m.JSON()
	proof, err := p.prove(round)
	if err != nil {
		return err
	}
	took := time.Since(began)
	rules, err := m.PriceRules(p.ctx, options)
	if err != nil {
		return err
	}
	var pairs, ranked bytes.Buffer
	if err := m.WritePairs(&pairs, p.words); err != nil {
		return err
	}
	if c.Ranked != "" {
		if err := m.WriteRanked(&ranked, c.Top, p.words); err != nil {
			return err
		}
	}
	if err := p.write(output{name: c.Out, data: pairs.Bytes()}, output{name: c.Round, data: round}, output{name: c.Ranked, data: ranked.Bytes()}); err != nil {
		return err
	}
	stopped := p.unlessStopped(m.Round.Stopped())
	if slices.Contains([]string{c.Out, c.Round, c.Ranked}, "-") {
		return stopped // standard output holds a file, nothing else
	}
	r := result{m.Summary(c.Show, p.words), rules, provedBy(proof, took)}
	if p.json {
		return cmp.Or(p.object(r), stopped)
	}
	p.summary(r, proof)
	p.wrote(c.Out, c.Ranked, c.Round)
	return stopped
}

// choose sets what flags say over the settings.
func (c *matchCommand) choose(p *program, o *jobs.MatchOptions) error {
	s := &o.Settings
	if c.Method != nil {
		s.Method, _ = jobs.MethodNamed(*c.Method)
	}
	var err error
	if s.Plans, err = p.plans(c.Plans, s.Plans); err != nil {
		return err
	}
	if c.Plans != nil && jobs.MethodName(s.Method) != "lottery" {
		return &usageError{errors.New(p.say("assign.only_lottery", nil))}
	}
	if key := s.Conflict(); key != "" {
		return &usageError{errors.New(p.say(key, nil))}
	}
	if err = p.groupLists(c.Groups, s); err != nil {
		return err
	}
	if o.Again, err = c.earlier(p, "match"); err != nil {
		return err
	}
	if key := o.Conflict(s.Method, len(s.Groups) > 0); key != "" {
		return &usageError{errors.New(p.say(key, nil))}
	}
	return nil
}

// plans is what --plans gives, or the other where it is not given.
func (p *program) plans(given *int, other int) (int, error) {
	switch {
	case given == nil:
		return other, nil
	case !jobs.ValidPlans(*given):
		return 0, &usageError{errors.New("--plans: " + p.say("settings.plans", jobs.PlanLimits()))}
	}
	return *given, nil
}

// people reads and checks everything that a round of people starts from.
func (p *program) people(f *peopleFlags, rulesFile string) (people jobs.People, o jobs.MatchOptions, err error) {
	var all models.Problems
	read := func(name string, role models.Role) []models.Profile {
		r, e := p.open(name)
		if e != nil {
			err = cmp.Or(err, e)
			return nil
		}
		defer r.Close()
		profiles, report := models.ReadPeople(name, r, role)
		all = append(append(all, report.Problems...), p.noted(name, report)...)
		return profiles
	}
	people.Mentors, people.Mentees = read(f.Mentors, models.RoleMentor), read(f.Mentees, models.RoleMentee)
	o = jobs.MatchOptions{Settings: jobs.DefaultSettings(), Seed: f.Seed, Workers: p.workers()}
	if f.Settings != "" && err == nil {
		var problems models.Problems
		if o.Settings, problems, err = p.settings(f.Settings); err != nil {
			return people, o, err
		}
		all = append(all, problems...)
	}
	if rulesFile != "" && err == nil {
		r, e := p.open(rulesFile)
		if e != nil {
			return people, o, e
		}
		defer r.Close()
		var report models.Report
		people.Rules, report = models.ReadRules(rulesFile, r)
		all = append(all, report.Problems...)
	}
	if err != nil {
		return people, o, err
	}
	if f.Start != "" {
		if !jobs.ValidStart(f.Start) {
			return people, o, &usageError{errors.New(p.say("usage.date", map[string]any{"Flag": "--start", "Value": f.Start}))}
		}
		o.Settings.Start = f.Start
	}
	if all.Errors() == 0 {
		all = append(all, jobs.CheckPeople(people, jobs.PeopleFiles{Mentors: f.Mentors, Mentees: f.Mentees, Rules: rulesFile})...)
	}
	return people, o, p.refuse(all)
}

// settings reads a settings file.
func (p *program) settings(name string) (jobs.Settings, models.Problems, error) {
	r, err := p.open(name)
	if err != nil {
		return jobs.Settings{}, nil, err
	}
	defer r.Close()
	s, problems := jobs.ReadSettings(name, r)
	return s, problems, nil
}

// noted turns what a report says beside its problems into warnings: unknown
// columns, and sector codes of which only a prefix was used.
func (p *program) noted(file string, r models.Report) (out models.Problems) {
	for _, name := range r.Unknown {
		out = append(out, models.Problem{File: file, Row: 1, Column: name, Key: "cli.unknown_column", Warning: true})
	}
	for _, a := range r.Adapted {
		args := map[string]any{"Raw": a.Raw, "Used": a.Used}
		out = append(out, models.Problem{File: file, Row: a.Row, Column: "sectors", Key: "cli.adapted_code", Args: args, Warning: true})
	}
	return out
}

// prove checks a round with the independent checker, so that none is ever
// written that it would refute.
func (p *program) prove(round []byte) (verify.Result, error) {
	result, err := verify.Round(round)
	if err == nil && len(result.Failures) > 0 {
		f := result.Failures[0]
		err = fmt.Errorf("%s %s: %s", f.Check, f.Where, f.Detail)
	}
	if err != nil {
		return result, errors.New(p.say("cli.unproven", map[string]any{"Detail": err.Error()}))
	}
	return result, nil
}

// result is what --json prints of a round.
type result struct {
	jobs.Summary
	Rules []jobs.RuleResult `json:"rules,omitempty"`
	proved
}

// proved is what --json prints of the proof. Bound is what no other round can
// exceed, of an optimal round; Worst the score of the worst pair of a balanced
// one; Short how many ids a stable round left under their minimum; Plans how many
// plans a lottery has, Drawn which of them was drawn, from 0 as in the file, and
// PlansScore what all of them score together.
type proved struct {
	Bound      *int64 `json:"bound,omitempty"`
	Worst      *int64 `json:"worst,omitempty"`
	Gap        int64  `json:"gap,omitempty"` // points by which a better round under rules about groups could be better at most
	Proof      string `json:"proof"`         // the method whose promise is proven
	Short      int    `json:"short,omitempty"`
	Plans      int    `json:"plans,omitempty"`
	Drawn      *int   `json:"drawn,omitempty"`
	PlansScore *int64 `json:"plans_score,omitempty"`

	More int       `json:"more,omitempty"` // ids that a round with a cover rule could serve more at most, where the time limit left it open
	Kept *keptJSON `json:"kept,omitempty"` // what is kept of an earlier round

	Milliseconds int64 `json:"milliseconds"`
}

func provedBy(r verify.Result, took time.Duration) proved {
	out := proved{Proof: r.Method, Gap: r.Gap, Short: r.Short, More: r.More, Milliseconds: took.Milliseconds()}
	if r.Kept != nil {
		out.Kept = &keptJSON{r.Kept.Round, r.Kept.Points, r.Kept.Pairs, r.Kept.Of, r.Kept.Proven}
	}
	switch r.Method {
	case "optimal":
		out.Bound = &r.Bound
	case "balanced":
		out.Worst = &r.Worst
	case "lottery":
		out.Plans, out.Drawn, out.PlansScore = r.Plans, &r.Drawn, &r.PlansScore
	}
	return out
}

// proofKeys are the messages that tell what was proven, by method.
var proofKeys = map[string]struct{ match, assign, verify string }{
	"optimal":  {"match.proof", "assign.proof", "verify.proven"},
	"stable":   {"match.proof_stable", "assign.proof_stable", "verify.proven_stable"},
	"balanced": {"match.proof_balanced", "assign.proof_balanced", "verify.proven_balanced"},
	"lottery":  {"match.proof_lottery", "assign.proof_lottery", "verify.proven_lottery"},
	"within":   {"match.proof_within", "assign.proof_within", "verify.proven_within"}, // optimal but for a gap
}

// drawnArgs adds what the messages of a lottery say: how many plans, which was
// drawn, from 1, and their average score, rounded down.
func drawnArgs(r verify.Result, args map[string]any) map[string]any {
	if r.Plans > 0 {
		args["Plans"], args["Drawn"], args["Average"] = r.Plans, r.Drawn+1, r.PlansScore/int64(r.Plans)
	}
	return args
}

// proofKey names what was proven among proofKeys.
func (r proved) proofKey() string {
	if r.Gap > 0 {
		return "within"
	}
	return r.Proof
}

// short tells how many ids are under a minimum that the method does not promise.
func (p *program) short(r verify.Result) {
	if r.Short > 0 {
		p.line("assign.short", map[string]any{"Count": r.Short})
	}
}

// summary prints a round for people.
func (p *program) summary(r result, proof verify.Result) {
	p.line("match.pairs", map[string]any{"Pairs": r.Pairs, "Mentees": r.Mentees, "Mentors": r.Mentors})
	args := map[string]any{"Score": r.Score, "Milliseconds": r.Milliseconds}
	if r.Bound != nil {
		args["Bound"] = *r.Bound
	}
	if r.Worst != nil {
		args["Worst"] = *r.Worst
	}
	if r.PlansScore != nil {
		args["Plans"], args["Drawn"], args["Average"] = r.Plans, *r.Drawn+1, *r.PlansScore/int64(r.Plans)
	}
	args["Gap"] = r.Gap
	p.line(proofKeys[r.proofKey()].match, args)
	p.again(proof)
	p.rules(r.Rules)
	if len(r.Best) > 0 {
		fmt.Fprintln(p.stdout)
		p.line("match.best", map[string]any{"Count": len(r.Best)})
	}
	for i, pair := range r.Best {
		fmt.Fprintf(p.stdout, "%3d. %s\n", i+1, p.say("match.pair", map[string]any{
			"Mentee": named(pair.Mentee, pair.MenteeName), "Mentor": named(pair.Mentor, pair.MentorName), "Points": pair.Points,
		}))
		fmt.Fprintf(p.stdout, "     %s\n", strings.Join(pair.Reasons, "; "))
	}
	p.unmatched(r.Summary)
}

// wrote names the files that were written.
func (p *program) wrote(pairs, ranked, round string) {
	for _, f := range []struct{ key, name string }{{"match.wrote_pairs", pairs}, {"match.wrote_ranked", ranked}, {"match.wrote_round", round}} {
		if f.name != "" {
			p.line(f.key, map[string]any{"File": f.name})
		}
	}
}

// unmatched prints how many mentees have no mentor, by reason.
func (p *program) unmatched(s jobs.Summary) {
	fmt.Fprintln(p.stdout)
	if s.Pairs == s.Mentees {
		p.line("match.nobody_left", nil)
		return
	}
	p.line("match.unmatched", map[string]any{"Count": s.Mentees - s.Pairs})
	for _, reason := range slices.Sorted(maps.Keys(s.Unmatched)) {
		fmt.Fprintln(p.stdout, " ", p.say("match.unmatched_"+reason, map[string]any{"Count": s.Unmatched[reason]}))
	}
}

// named shows a person's id, and the name where there is one.
func named(id, name string) string { return strings.TrimSpace(id + " " + name) }

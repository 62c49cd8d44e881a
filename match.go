package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"puente/jobs"
	"puente/matching"
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
	Rules  string `placeholder:"FILE" help:"${help_rules}"`
	Method string `default:"optimal" enum:"optimal" help:"${help_method}"`
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
	if slices.Contains([]string{c.Out, c.Round, c.Ranked}, "-") {
		return nil // standard output holds a file, nothing else
	}
	if p.json {
		return p.object(c.result(p, m, proof, took))
	}
	c.summary(p, m, proof, took)
	return nil
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
		r, e := p.open(f.Settings)
		if e != nil {
			return people, o, e
		}
		defer r.Close()
		var problems models.Problems
		o.Settings, problems = jobs.ReadSettings(f.Settings, r)
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
		if _, e := time.Parse(time.DateOnly, f.Start); e != nil {
			return people, o, &usageError{errors.New(p.say("usage.date", map[string]any{"Flag": "--start", "Value": f.Start}))}
		}
		o.Settings.Start = f.Start
	}
	if all.Errors() == 0 {
		all = append(all, jobs.CheckPeople(people, jobs.PeopleFiles{Mentors: f.Mentors, Mentees: f.Mentees, Rules: rulesFile})...)
	}
	return people, o, p.refuse(all)
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

// pairJSON is a pair as --json prints it.
type pairJSON struct {
	Mentee  string   `json:"mentee"`
	Mentor  string   `json:"mentor"`
	Score   int64    `json:"score"`
	Points  int      `json:"points"`
	Reasons []string `json:"reasons"`
}

// result is what --json prints of a round.
func (c *matchCommand) result(p *program, m *jobs.Matched, proof verify.Result, took time.Duration) any {
	var best []pairJSON
	for _, pair := range bestPairs(m.Round, c.Show) {
		best = append(best, pairJSON{
			m.Round.Left[pair.Left].ID, m.Round.Right[pair.Right].ID, pair.Score, jobs.Points(int(pair.Score)), p.words.Reasons(pair.Explanation, 4),
		})
	}
	return map[string]any{
		"mentees": len(m.Mentees), "mentors": len(m.Mentors), "pairs": len(m.Round.Pairs), "score": m.Round.Score,
		"bound": proof.Bound, "proof": "optimal", "best": best, "unmatched": reasonCounts(m.Round), "milliseconds": took.Milliseconds(),
	}
}

// bestPairs are the n best pairs of a round: score descending, then ids.
func bestPairs(r *matching.Round, n int) []matching.Pair {
	pairs := slices.Clone(r.Pairs)
	slices.SortStableFunc(pairs, func(a, b matching.Pair) int { return cmp.Compare(b.Score, a.Score) })
	return pairs[:min(n, len(pairs))]
}

// reasonCounts counts the unpaired mentees by reason.
func reasonCounts(r *matching.Round) map[string]int {
	counts := map[string]int{}
	for _, u := range r.Unpaired {
		if !u.Right {
			counts[string(u.Reason)]++
		}
	}
	return counts
}

// summary prints a round for people.
func (c *matchCommand) summary(p *program, m *jobs.Matched, proof verify.Result, took time.Duration) {
	r := m.Round
	p.line("match.pairs", map[string]any{"Pairs": len(r.Pairs), "Mentees": len(m.Mentees), "Mentors": len(m.Mentors)})
	p.line("match.proof", map[string]any{"Score": r.Score, "Bound": proof.Bound, "Milliseconds": took.Milliseconds()})
	if c.Show > 0 && len(r.Pairs) > 0 {
		fmt.Fprintln(p.stdout)
		p.line("match.best", map[string]any{"Count": min(c.Show, len(r.Pairs))})
	}
	for i, pair := range bestPairs(r, c.Show) {
		fmt.Fprintf(p.stdout, "%3d. %s\n", i+1, p.say("match.pair", map[string]any{
			"Mentee": named(m.Mentees[pair.Left]), "Mentor": named(m.Mentors[pair.Right]), "Points": jobs.Points(int(pair.Score)),
		}))
		fmt.Fprintf(p.stdout, "     %s\n", strings.Join(p.words.Reasons(pair.Explanation, 4), "; "))
	}
	c.unmatched(p, r)
	for _, f := range []struct{ key, name string }{{"match.wrote_pairs", c.Out}, {"match.wrote_ranked", c.Ranked}, {"match.wrote_round", c.Round}} {
		if f.name != "" {
			p.line(f.key, map[string]any{"File": f.name})
		}
	}
}

// unmatched prints how many mentees have no mentor, by reason.
func (c *matchCommand) unmatched(p *program, r *matching.Round) {
	counts := reasonCounts(r)
	total := 0
	for _, n := range counts {
		total += n
	}
	fmt.Fprintln(p.stdout)
	if total == 0 {
		p.line("match.nobody_left", nil)
		return
	}
	p.line("match.unmatched", map[string]any{"Count": total})
	for _, reason := range []matching.Reason{matching.ReasonPlaces, matching.ReasonNoCandidate, matching.ReasonNoGain} {
		if n := counts[string(reason)]; n > 0 {
			fmt.Fprintln(p.stdout, " ", p.say("match.unmatched_"+string(reason), map[string]any{"Count": n}))
		}
	}
}

// named shows a person's id, and the name where there is one.
func named(p *models.Profile) string {
	if p.Name == "" {
		return p.ID
	}
	return p.ID + " " + p.Name
}

package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"puente/jobs"
	"puente/models"
)

type simulateCommand struct {
	Mentors int      `default:"140" placeholder:"N" help:"${help_mentor_count}"`
	Mentees int      `default:"300" placeholder:"N" help:"${help_mentee_count}"`
	Seed    uint64   `default:"1" help:"${help_seed}"`
	Repeats int      `default:"3" placeholder:"N" help:"${help_repeats}"`
	Weights []string `placeholder:"FILE" help:"${help_weights}"`
}

// Limits of a simulation: every mentee looks at every mentor.
const (
	mostSimulated = 2000
	mostRepeats   = 100
)

// Run compares settings on made-up people, and says first what that assumes.
func (c *simulateCommand) Run(p *program) error {
	for _, limit := range []struct {
		flag        string
		value, most int
	}{{"--mentors", c.Mentors, mostSimulated}, {"--mentees", c.Mentees, mostSimulated}, {"--repeats", c.Repeats, mostRepeats}} {
		if limit.value < 1 || limit.value > limit.most {
			return &usageError{errors.New(p.say("usage.range", map[string]any{"Flag": limit.flag, "Max": limit.most}))}
		}
	}
	names, settings := []string{p.say("simulate.default", nil)}, []jobs.Settings{jobs.DefaultSettings()}
	var all models.Problems
	for _, name := range c.Weights {
		s, problems, err := p.settings(name)
		if err != nil {
			return err
		}
		all = append(all, problems...)
		names, settings = append(names, name), append(settings, s)
	}
	if err := p.refuse(all); err != nil {
		return err
	}
	population := jobs.Population{Mentors: c.Mentors, Mentees: c.Mentees, Seed: c.Seed}
	outcomes, err := jobs.SimulateOffers(p.ctx, jobs.Trial{Population: population, Settings: settings, Repeats: c.Repeats, Workers: p.workers()})
	if err != nil {
		return err
	}
	if p.json {
		return p.object(map[string]any{"assumptions": jobs.Assumptions, "seed": c.Seed, "settings": names, "outcomes": outcomes})
	}
	c.assume(p)
	return p.outcomes(names, outcomes)
}

// assume prints what the results rest on.
func (c *simulateCommand) assume(p *program) {
	p.line("simulate.assumptions", nil)
	for _, a := range jobs.Assumptions {
		fmt.Fprintf(p.stdout, "  %s [%s: %s]\n", p.say("assume."+a.Name, map[string]any{"Value": a.Value}), p.say("assume."+a.Kind, nil), a.Source)
	}
	p.line("simulate.tastes", nil)
	for _, t := range jobs.Tastes {
		fmt.Fprintf(p.stdout, "  %s: %s\n", t.Name, p.say("taste."+t.Name, nil))
	}
	p.line("simulate.people", map[string]any{"Mentors": c.Mentors, "Mentees": c.Mentees, "Repeats": c.Repeats, "Seed": c.Seed})
	fmt.Fprintln(p.stdout)
}

// outcomes prints a table, whole numbers and thousandths.
func (p *program) outcomes(names []string, outcomes []jobs.Outcome) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, p.say("simulate.columns", nil))
	for _, o := range outcomes {
		rate := func(part, of int) int { return (2000*part + of) / max(1, 2*of) }
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\n", o.Taste, names[o.Settings], o.Offers, (o.Expected+500_000)/1_000_000, o.Accepted,
			rate(o.FirstChoice, o.Mentees), rate(o.CrossBorder, o.Accepted), rate(o.Mentees-o.Accepted, o.Mentees))
	}
	return w.Flush()
}

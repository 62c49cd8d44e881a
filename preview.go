package main

import (
	"errors"
	"fmt"
	"strings"

	"puente/jobs"
)

type previewCommand struct {
	peopleFlags

	Rules string `placeholder:"FILE" help:"${help_rules}"`
	With  string `required:"" placeholder:"FILE" help:"${help_with}"`
	Top   int    `default:"5" help:"${help_top_preview}"`
	Show  int    `default:"10" help:"${help_show_preview}"`
}

// Run tells what other settings would change for everybody.
func (c *previewCommand) Run(p *program) error {
	if c.Top < 1 || c.Show < 0 {
		return &usageError{errors.New(p.say("usage.positive", map[string]any{"Flag": "--top"}))}
	}
	people, options, err := p.people(&c.peopleFlags, c.Rules)
	if err != nil {
		return err
	}
	other, err := c.other(p, options.Settings)
	if err != nil {
		return err
	}
	show, end := p.progress()
	found, err := jobs.Preview(p.ctx, people, options.Settings, jobs.PreviewOptions{
		New: other, Seed: options.Seed, Top: c.Top, Most: c.Show, Workers: options.Workers, Progress: show,
	})
	end()
	if err != nil {
		return err
	}
	if p.json {
		return p.object(found)
	}
	p.preview(found)
	return nil
}

// other reads the settings that are compared with those of now.
func (c *previewCommand) other(p *program, now jobs.Settings) (jobs.Settings, error) {
	r, err := p.open(c.With)
	if err != nil {
		return now, err
	}
	defer r.Close()
	other, problems := jobs.ReadPreviewed(c.With, r, now)
	return other, p.refuse(problems)
}

// preview prints what would change.
func (p *program) preview(v *jobs.Previewed) {
	p.line("preview.people", map[string]any{"Mentees": v.Mentees, "Mentors": v.Mentors, "Start": v.Start})
	l, r := v.Lists, v.Rounds
	p.line("preview.lists", map[string]any{"Top": v.Top, "Changed": l.Changed, "Mentees": v.Mentees})
	p.line("preview.lists_more", map[string]any{"First": l.First, "OrderOnly": l.OrderOnly, "Entered": l.Entered, "Left": l.Left})
	if r.Now.Clash == nil && r.New.Clash == nil {
		p.line("preview.pairs", map[string]any{"Now": r.Now.Pairs, "New": r.New.Pairs, "Kept": r.Kept, "Lost": r.Lost, "Gained": r.Gained})
		p.line("preview.mentees", map[string]any{"With": r.With, "Without": r.Without})
		p.line("preview.worth_now", map[string]any{"Now": r.Now.ScoreNow, "New": r.New.ScoreNow})
		p.line("preview.worth_new", map[string]any{"Now": r.Now.ScoreNew, "New": r.New.ScoreNew})
	}
	for _, impasse := range []struct {
		key   string
		clash *jobs.Clash
	}{{"preview.clash_now", r.Now.Clash}, {"preview.clash_new", r.New.Clash}} {
		if impasse.clash != nil {
			p.line(impasse.key, nil)
			p.clash(p.stdout, impasse.clash)
		}
	}
	if len(v.Changes) > 0 {
		fmt.Fprintln(p.stdout)
		p.line("preview.changes", map[string]any{"Count": len(v.Changes), "All": len(v.Changes) + v.LeftOut})
	}
	for _, c := range v.Changes {
		fmt.Fprintf(p.stdout, "  %s: %s\n", c.Mentee, strings.Join(p.previewChange(c), "; "))
	}
}

// previewChange says in a few words what changes for a mentee.
func (p *program) previewChange(c jobs.PreviewChange) (parts []string) {
	if c.PairMoves {
		mentor := func(id string) string {
			if id == "" {
				return p.say("preview.nobody", nil)
			}
			return id
		}
		parts = append(parts, p.say("preview.pair", map[string]any{"Now": mentor(c.PairNow), "New": mentor(c.PairNew)}))
	}
	if c.First {
		parts = append(parts, p.say("preview.first", nil))
	}
	if c.OrderOnly {
		parts = append(parts, p.say("preview.order_only", nil))
	}
	for _, some := range []struct {
		key     string
		mentors []jobs.RankedMentor
	}{{"preview.entered", c.Entered}, {"preview.left", c.Left}} {
		if len(some.mentors) > 0 {
			parts = append(parts, p.say(some.key, map[string]any{"Mentors": p.ranked(some.mentors)}))
		}
	}
	return parts
}

// ranked names mentors with their places in a list.
func (p *program) ranked(mentors []jobs.RankedMentor) string {
	var names []string
	for _, m := range mentors {
		names = append(names, p.say("preview.mentor", map[string]any{"Mentor": m.Mentor, "Rank": m.Rank, "Points": m.Points}))
	}
	return strings.Join(names, ", ")
}

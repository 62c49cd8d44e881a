package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"puente/jobs"
	"puente/models"
)

type explainCommand struct {
	peopleFlags
	Rules  string `placeholder:"FILE" help:"${help_rules}"`
	Mentee string `required:"" placeholder:"ID" help:"${help_mentee_id}"`
	Mentor string `placeholder:"ID" help:"${help_mentor_id}"`
	Top    int    `default:"5" help:"${help_top_explain}"`
}

// Run explains a mentee's best mentors, or why one mentor is or is not among
// them.
func (c *explainCommand) Run(p *program) error {
	if c.Top < 1 {
		return &usageError{errors.New(p.say("usage.positive", map[string]any{"Flag": "--top"}))}
	}
	people, options, err := p.people(&c.peopleFlags, c.Rules)
	if err != nil {
		return err
	}
	m, err := jobs.Prepare(people, options)
	if err != nil {
		return err
	}
	if c.Mentor == "" {
		err = c.best(p, m)
	} else {
		err = c.why(p, m)
	}
	if unknown := (*jobs.NoSuchPerson)(nil); errors.As(err, &unknown) {
		key, file := "explain.no_mentee", c.Mentees
		if unknown.Role == models.RoleMentor {
			key, file = "explain.no_mentor", c.Mentors
		}
		return &usageError{errors.New(p.say(key, map[string]any{"ID": unknown.ID, "File": file}))}
	}
	return err
}

// best prints the mentee's best mentors, each with its lines, and how many the
// rules refuse.
func (c *explainCommand) best(p *program, m *jobs.Matched) error {
	advice, refused, err := m.Advise(c.Mentee, c.Top, p.words)
	if err != nil {
		return err
	}
	if p.json {
		return p.object(map[string]any{"mentee": c.Mentee, "mentors": advice, "refused": refused})
	}
	p.line("explain.title", map[string]any{"Mentee": c.Mentee})
	for _, a := range advice {
		fmt.Fprintf(p.stdout, "\n%d. %s\n", a.Rank, p.say("explain.mentor", map[string]any{
			"Mentor": named(a.Mentor, a.Name), "Score": a.Score, "Points": a.Points,
		}))
		p.wishes(a)
		if err := p.lines(a.Lines); err != nil {
			return err
		}
	}
	fmt.Fprintln(p.stdout)
	if len(advice) == 0 {
		p.line("explain.nobody", nil)
	}
	if len(refused) > 0 {
		p.line("explain.refused", nil)
	}
	for _, r := range refused {
		fmt.Fprintf(p.stdout, "  %s: %s\n", p.say("rule."+r.Rule, nil), p.say("explain.mentors", map[string]any{"Count": r.Mentors}))
	}
	return nil
}

// why tells why a mentor is, or is not, among the mentee's best.
func (c *explainCommand) why(p *program, m *jobs.Matched) error {
	a, err := m.Why(c.Mentee, c.Mentor, c.Top, p.words)
	if err != nil {
		return err
	}
	if p.json {
		return p.object(map[string]any{"mentee": c.Mentee, "advice": a})
	}
	args := map[string]any{
		"Mentee": c.Mentee, "Mentor": named(a.Mentor, a.Name), "Score": a.Score, "Points": a.Points, "Rank": a.Rank, "Than": a.Than, "Top": c.Top,
	}
	switch {
	case a.Rule != "":
		args["Rule"] = p.say("rule."+a.Rule, nil)
		p.line("explain.why_not_rule", args)
	case a.Rank > 0:
		p.line("explain.why", args)
	default:
		p.line("explain.why_not_score", args)
	}
	p.wishes(a)
	if err := p.lines(a.Lines); err != nil {
		return err
	}
	p.changes(a)
	return nil
}

// changes prints what would put a mentor among the best.
func (p *program) changes(a jobs.Advice) {
	if len(a.Changes) == 0 {
		return
	}
	fmt.Fprintln(p.stdout)
	p.line("explain.changes", map[string]any{"Top": a.Top, "Gap": a.Gap})
	for _, c := range a.Changes {
		fmt.Fprintf(p.stdout, "  %s\n", c.Text)
	}
}

// wishes prints who wished for whom.
func (p *program) wishes(a jobs.Advice) {
	for _, w := range a.Wishes {
		fmt.Fprintf(p.stdout, "   %s\n", w)
	}
}

// kindMarks stand before the lines that are reasons or worth knowing.
var kindMarks = map[jobs.Kind]string{"": "  ", jobs.KindYes: "✓ ", jobs.KindCaution: "! "}

// lines prints an explanation as a sum.
func (p *program) lines(lines []jobs.AdviceLine) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	weights, points, difference := 0, 0, 0
	compared := false
	for _, l := range lines {
		fmt.Fprintf(w, "  %d\t × %d/60\t = %d\t", l.Weight, l.Share, l.Points)
		if l.Difference != nil {
			compared = true
			difference += *l.Difference
			fmt.Fprintf(w, "%+d\t", *l.Difference)
		}
		fmt.Fprintf(w, "  %s%s: %s\n", kindMarks[l.Kind], l.Title, l.Reason)
		weights, points = weights+l.Weight, points+l.Points
	}
	fmt.Fprintf(w, "  %d\t\t = %d\t", weights, points)
	if compared {
		fmt.Fprintf(w, "%+d\t", difference)
	}
	fmt.Fprintln(w)
	return w.Flush()
}

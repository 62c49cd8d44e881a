package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"puente/jobs"
	"puente/matching/verify"
	"puente/models"
)

// roundCommand holds the commands about finished rounds.
type roundCommand struct {
	Explain roundExplainCommand `cmd:"" help:"${help_round_explain}"`
	Diff    roundDiffCommand    `cmd:"" help:"${help_round_diff}"`
}

type roundExplainCommand struct {
	Round   string `arg:"" help:"${help_round_file}"`
	Mentee  string `placeholder:"ID" help:"${help_round_mentee}"`
	Mentor  string `placeholder:"ID" help:"${help_round_mentor}"`
	Mentors string `placeholder:"FILE" help:"${help_round_people_mentors}"`
	Mentees string `placeholder:"FILE" help:"${help_round_people_mentees}"`
	Rules   string `placeholder:"FILE" help:"${help_rules}"`
}

// Run explains a round: one pair, one mentee, or the whole.
func (c *roundExplainCommand) Run(p *program) error {
	if c.Mentor != "" && c.Mentee == "" {
		return &usageError{errors.New(p.say("roundcli.mentor_alone", nil))}
	}
	file, err := p.readRound(c.Round)
	if err != nil {
		return err
	}
	q, err := c.ask(p, file)
	switch {
	case errors.Is(err, jobs.ErrOtherEngine):
		return &usageError{errors.New(p.say("roundcli.other_engine", map[string]any{"File": c.Round}))}
	case errors.Is(err, jobs.ErrOpen):
		return &usageError{errors.New(p.say("roundcli.open", map[string]any{"File": c.Round}))}
	case errors.Is(err, jobs.ErrOtherPeople):
		return p.refuse(models.Problems{{File: c.Mentees, Key: "roundcli.other_people", Args: map[string]any{"File": c.Round}}})
	case err != nil:
		return err
	}
	switch {
	case c.Mentor != "":
		err = c.pair(p, q)
	case c.Mentee != "":
		err = c.mentee(p, q)
	default:
		err = c.whole(p, q)
	}
	if unknown := (*jobs.NoSuchID)(nil); errors.As(err, &unknown) {
		return &usageError{errors.New(p.say("roundcli.no_id", map[string]any{"ID": unknown.ID, "File": c.Round}))}
	}
	return err
}

// readRound reads a round and has it proven first: what is said of it are
// differences from a best total.
func (p *program) readRound(name string) (*jobs.RoundFile, error) {
	r, err := p.open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	result, err := verify.Round(data)
	if err != nil {
		return nil, p.refuse(models.Problems{{File: name, Key: "verify.unreadable", Args: map[string]any{"Detail": err.Error()}}})
	}
	if len(result.Failures) > 0 {
		f := result.Failures[0]
		args := map[string]any{"File": name, "Detail": f.Where + ": " + p.say("verify."+f.Check, nil)}
		fmt.Fprintf(p.stderr, "puente: %s\n", p.say("roundcli.refuted", args))
		return nil, &stopped{exitFailed}
	}
	file, problems := jobs.ReadRound(name, bytes.NewReader(data))
	return file, p.refuse(problems)
}

// ask prepares the answers: from the file alone, or with its people.
func (c *roundExplainCommand) ask(p *program, file *jobs.RoundFile) (*jobs.Inquiry, error) {
	if c.Mentors == "" && c.Mentees == "" && c.Rules == "" {
		return file.Ask(p.ctx, p.words)
	}
	if c.Mentors == "" || c.Mentees == "" || file.Kind != "match" {
		return nil, &usageError{errors.New(p.say("roundcli.both_files", nil))}
	}
	own, problems := file.Options()
	if problems.Errors() > 0 {
		return nil, p.refuse(problems)
	}
	people, _, err := p.people(&peopleFlags{Mentors: c.Mentors, Mentees: c.Mentees, Start: own.Settings.Start}, c.Rules)
	if err != nil {
		return nil, err
	}
	own.Workers = p.workers()
	m, err := jobs.Prepare(people, own)
	if err != nil {
		return nil, err
	}
	return file.AskPeople(p.ctx, m, own, p.words)
}

// pair explains one pair.
func (c *roundExplainCommand) pair(p *program, q *jobs.Inquiry) error {
	y, err := q.Why(p.ctx, c.Mentee, c.Mentor)
	if err != nil {
		return err
	}
	if p.json {
		return p.object(y)
	}
	p.told(y, "")
	p.holds(q)
	return nil
}

// holds says what the answers are, where they are no differences of best totals.
func (p *program) holds(q *jobs.Inquiry) {
	if text := q.Holds(); text != p.say("whatif.holds_optimal", nil) {
		fmt.Fprintf(p.stdout, "\n%s\n", text)
	}
}

// told prints an answer, a sentence to a line.
func (p *program) told(y *jobs.Why, indent string) {
	for k, line := range y.Text {
		if k > 0 {
			line = "  " + line
		}
		fmt.Fprintln(p.stdout, indent+line)
	}
}

// mentee explains the pairs of one mentee, and why none of the better ones.
func (c *roundExplainCommand) mentee(p *program, q *jobs.Inquiry) error {
	a, err := q.About(p.ctx, c.Mentee)
	if err != nil {
		return err
	}
	if p.json {
		return p.object(a)
	}
	if a.Unmatched != "" {
		p.line("roundcli.unmatched", map[string]any{"Left": a.Left, "Reason": a.Unmatched})
	}
	if len(a.Chances) > 0 {
		fmt.Fprintln(p.stdout, q.ChanceText(a.Left, a.Chances))
	}
	for _, y := range a.Pairs {
		p.told(y, "")
	}
	if len(a.Better) > 0 {
		fmt.Fprintln(p.stdout)
		p.line("roundcli.better", nil)
	}
	for _, y := range a.Better {
		p.told(y, "  ")
	}
	if a.More > 0 {
		p.line("roundcli.more", map[string]any{"Count": a.More})
	}
	p.holds(q)
	return nil
}

// whole tells what places and rules cost, and with people whom to win.
func (c *roundExplainCommand) whole(p *program, q *jobs.Inquiry) error {
	r, err := q.Report(p.ctx, jobs.DefaultReport)
	if err != nil {
		return err
	}
	if p.json {
		return p.object(r)
	}
	section := func(title, none string, n int, text func(int) string) {
		if n == 0 {
			p.line(none, nil)
		} else {
			p.line(title, nil)
		}
		for k := range n {
			fmt.Fprintln(p.stdout, " ", text(k))
		}
	}
	if r.Best != nil {
		fmt.Fprintln(p.stdout, r.Best.Text)
	}
	for _, g := range r.Groups {
		for _, line := range g.Text {
			fmt.Fprintln(p.stdout, line)
		}
	}
	if r.Note != "" {
		section("roundcli.places_anew", "roundcli.no_places_anew", len(r.Places), func(k int) string { return r.Places[k].Text })
		fmt.Fprintln(p.stdout, r.Note)
		p.holds(q)
		return nil
	}
	section("roundcli.places", "roundcli.no_places", len(r.Places), func(k int) string { return r.Places[k].Text })
	section("roundcli.ladder", "roundcli.ladder", len(r.Ladder), func(k int) string { return r.Ladder[k].Text })
	section("roundcli.rules", "roundcli.no_rules", len(r.Rules), func(k int) string { return r.Rules[k].Text })
	if plan := r.Recruiting; plan != nil {
		section("roundcli.recruits", "roundcli.recruits", len(plan.Recruits), func(k int) string { return plan.Recruits[k].Text })
		fmt.Fprintln(p.stdout, " ", plan.Text)
	}
	return nil
}

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"puente/jobs"
	"puente/matching/verify"
	"puente/models"
)

type verifyCommand struct {
	Round   string `arg:"" help:"${help_round_file}"`
	People  string `placeholder:"DIR" help:"${help_verify_people}"`
	Mentors string `placeholder:"FILE" help:"${help_verify_mentors}"`
	Mentees string `placeholder:"FILE" help:"${help_round_people_mentees}"`
	Rules   string `placeholder:"FILE" help:"${help_rules}"`
	Groups  string `placeholder:"FILE" help:"${help_groups}"`
}

// Run checks a published round with the independent checker, and with people
// whether it follows from them.
func (c *verifyCommand) Run(p *program) error {
	if err := c.folder(p); err != nil {
		return err
	}
	r, err := p.open(c.Round)
	if err != nil {
		return err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	result, err := verify.Round(data)
	if err != nil {
		return p.refuse(models.Problems{{File: c.Round, Key: "verify.unreadable", Args: map[string]any{"Detail": err.Error()}}})
	}
	v := verdict{Result: result}
	if c.Mentors != "" {
		if err := c.ask(p, data, &v); err != nil {
			return err
		}
	}
	if p.json {
		if err := p.object(v.object(p)); err != nil {
			return err
		}
	} else {
		v.tell(p, c.Round)
	}
	if len(v.Failures)+len(v.doubts) > 0 {
		return &stopped{exitFailed}
	}
	return nil
}

// folder names the files of a folder of people, and refuses flags that say too
// little or the same twice.
func (c *verifyCommand) folder(p *program) error {
	if c.People != "" {
		if c.Mentors != "" || c.Mentees != "" || c.Rules != "" {
			return &usageError{errors.New(p.say("witness.folder_alone", nil))}
		}
		c.Mentors, c.Mentees = filepath.Join(c.People, "mentors.csv"), filepath.Join(c.People, "mentees.csv")
		rules := filepath.Join(c.People, "rules.csv")
		if _, err := os.Stat(rules); err == nil {
			c.Rules = rules
		}
	}
	if (c.Mentors == "") != (c.Mentees == "") || c.Mentors == "" && (c.Rules != "" || c.Groups != "") {
		return &usageError{errors.New(p.say("witness.both_files", nil))}
	}
	return nil
}

// ask checks a round against people. One that was refuted already may hold too
// little for that.
func (c *verifyCommand) ask(p *program, data []byte, v *verdict) error {
	w, problems := jobs.ReadWitness(c.Round, bytes.NewReader(data))
	var o jobs.MatchOptions
	if problems.Errors() == 0 {
		o, problems = w.Options()
	}
	if problems.Errors() > 0 {
		if len(v.Failures) > 0 {
			return nil
		}
		return p.refuse(problems)
	}
	people, _, err := p.people(&peopleFlags{Mentors: c.Mentors, Mentees: c.Mentees, Start: o.Settings.Start}, c.Rules)
	if err != nil {
		return err
	}
	if err := p.groupLists(c.Groups, &o.Settings); err != nil {
		return err
	}
	same := false
	if v.doubts, same, err = w.Compare(people, o); err != nil || !same {
		return err
	}
	v.listed = w.Round.Edges.Len()
	for _, key := range jobs.WitnessChecks() {
		if !slices.ContainsFunc(v.doubts, func(d jobs.Doubt) bool { return d.Check == key }) {
			v.held = append(v.held, key)
		}
	}
	v.Result, err = verify.RoundOf(data, &verify.Everyone{Scores: w.Scores, Inside: w.Inside})
	v.witness = true
	return err
}

// verdict is what was found of a round, and what people say of it.
type verdict struct {
	verify.Result
	witness bool // people were asked of every pair
	listed  int  // edges in the file, where they were
	doubts  []jobs.Doubt
	held    []string // checks of people that passed
}

// tell prints what was proven, or every failure.
func (v *verdict) tell(p *program, file string) {
	if n := len(v.Failures) + len(v.doubts); n > 0 {
		p.line("verify.refuted", map[string]any{"File": file, "Count": n})
		for _, f := range v.Failures {
			fmt.Fprintf(p.stdout, "  %s: %s (%s)\n", f.Where, p.say("verify."+f.Check, nil), f.Detail)
		}
		for _, d := range v.doubts {
			fmt.Fprintf(p.stdout, "  %s: %s (%s)\n", d.Where, p.say("witness."+d.Check, nil), d.Detail)
		}
		return
	}
	args := map[string]any{"File": file, "Pairs": v.Pairs, "Score": v.Score, "Gap": v.Gap}
	p.line(proofKeys[provedBy(v.Result, 0).proofKey()].verify, drawnArgs(v.Result, args))
	if v.witness {
		p.line("witness.proven", map[string]any{"Allowed": v.Allowed, "Listed": v.listed})
	}
	p.again(v.Result)
	p.short(v.Result)
	for _, check := range v.Checks {
		fmt.Fprintf(p.stdout, "  %s\n", p.say("verify.ok."+check, nil))
	}
	for _, check := range v.held {
		fmt.Fprintf(p.stdout, "  %s\n", p.say("witness.ok."+check, nil))
	}
}

// object is what --json prints.
func (v *verdict) object(p *program) any {
	type failure struct {
		Check  string `json:"check"`
		Where  string `json:"where"`
		Text   string `json:"text"`
		Detail string `json:"detail"`
	}
	failures := []failure{}
	for _, f := range v.Failures {
		failures = append(failures, failure{f.Check, f.Where, p.say("verify."+f.Check, nil), f.Detail})
	}
	for _, d := range v.doubts {
		failures = append(failures, failure{d.Check, d.Where, p.say("witness."+d.Check, nil), d.Detail})
	}
	out := map[string]any{
		"proven": len(failures) == 0, "kind": v.Kind, "method": v.Method, "pairs": v.Pairs, "left": v.Left, "right": v.Right,
		"score": v.Score, "checks": slices.Concat(v.Checks, v.held), "failures": failures,
	}
	if v.witness {
		out["people"], out["allowed"], out["listed"] = true, v.Allowed, v.listed
	}
	switch v.Method {
	case "stable":
		out["short"] = v.Short
	case "balanced":
		out["worst"] = v.Worst
	case "lottery":
		out["plans"], out["drawn"], out["plans_score"] = v.Plans, v.Drawn, v.PlansScore
	default:
		out["bound"], out["gap"] = v.Bound, v.Gap
	}
	if v.Kept != nil {
		out["kept"] = v.Kept
	}
	if v.More > 0 {
		out["more"] = v.More
	}
	return out
}

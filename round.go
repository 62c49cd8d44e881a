package main

import (
	"fmt"
	"io"

	"puente/matching/verify"
	"puente/models"
)

type verifyCommand struct {
	Round string `arg:"" help:"${help_round_file}"`
}

// Run checks a published round with the independent checker.
func (c *verifyCommand) Run(p *program) error {
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
	if p.json {
		if err := p.object(c.result(p, result)); err != nil {
			return err
		}
	} else {
		c.tell(p, result)
	}
	if len(result.Failures) > 0 {
		return &stopped{exitFailed}
	}
	return nil
}

// tell prints what was proven, or every failure.
func (c *verifyCommand) tell(p *program, r verify.Result) {
	if len(r.Failures) > 0 {
		p.line("verify.refuted", map[string]any{"File": c.Round, "Count": len(r.Failures)})
		for _, f := range r.Failures {
			fmt.Fprintf(p.stdout, "  %s: %s (%s)\n", f.Where, p.say("verify."+f.Check, nil), f.Detail)
		}
		return
	}
	args := map[string]any{"File": c.Round, "Pairs": r.Pairs, "Score": r.Score, "Gap": r.Gap}
	p.line(proofKeys[provedBy(r, 0).proofKey()].verify, drawnArgs(r, args))
	p.again(r)
	p.short(r)
	for _, check := range r.Checks {
		fmt.Fprintf(p.stdout, "  %s\n", p.say("verify.ok."+check, nil))
	}
}

// result is what --json prints.
func (c *verifyCommand) result(p *program, r verify.Result) any {
	type failure struct {
		Check  string `json:"check"`
		Where  string `json:"where"`
		Text   string `json:"text"`
		Detail string `json:"detail"`
	}
	failures := make([]failure, len(r.Failures))
	for i, f := range r.Failures {
		failures[i] = failure{f.Check, f.Where, p.say("verify."+f.Check, nil), f.Detail}
	}
	out := map[string]any{
		"proven": len(failures) == 0, "kind": r.Kind, "method": r.Method, "pairs": r.Pairs, "left": r.Left, "right": r.Right,
		"score": r.Score, "checks": r.Checks, "failures": failures,
	}
	switch r.Method {
	case "stable":
		out["short"] = r.Short
	case "balanced":
		out["worst"] = r.Worst
	case "lottery":
		out["plans"], out["drawn"], out["plans_score"] = r.Plans, r.Drawn, r.PlansScore
	default:
		out["bound"], out["gap"] = r.Bound, r.Gap
	}
	if p := provedBy(r, 0); p.Kept != nil {
		out["kept"] = p.Kept
	}
	if r.More > 0 {
		out["more"] = r.More
	}
	return out
}

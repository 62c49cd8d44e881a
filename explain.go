package main

import (
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"

	"puente/jobs"
	"puente/matching"
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
	people, options, err := p.people(&c.peopleFlags, c.Rules)
	if err != nil {
		return err
	}
	m, err := jobs.Prepare(people, options)
	if err != nil {
		return err
	}
	e := slices.IndexFunc(m.Snapshot.Mentees, func(x matching.Mentee) bool { return x.ID == c.Mentee })
	if e < 0 {
		return &usageError{errors.New(p.say("explain.no_mentee", map[string]any{"ID": c.Mentee, "File": c.Mentees}))}
	}
	x := explainer{p: p, m: m, mentee: &m.Snapshot.Mentees[e], name: named(m.Mentees[e])}
	x.hits = m.Index.TopK(x.mentee, max(1, c.Top), &matching.Scratch{})
	if c.Mentor == "" {
		return x.best()
	}
	j := slices.IndexFunc(m.Snapshot.Mentors, func(x matching.Mentor) bool { return x.ID == c.Mentor })
	if j < 0 {
		return &usageError{errors.New(p.say("explain.no_mentor", map[string]any{"ID": c.Mentor, "File": c.Mentors}))}
	}
	return x.one(j)
}

// explainer tells of one mentee's mentors.
type explainer struct {
	p      *program
	m      *jobs.Matched
	mentee *matching.Mentee
	name   string
	hits   []matching.Hit
}

// lineJSON is an explanation line as --json prints it.
type lineJSON struct {
	Factor string `json:"factor"`
	Weight int    `json:"weight"`
	Share  int    `json:"share"`
	Points int    `json:"points"`
	Reason string `json:"reason"`
}

func (x *explainer) lines(e matching.Explanation) []lineJSON {
	out := make([]lineJSON, len(e.Lines))
	for i, l := range e.Lines {
		out[i] = lineJSON{matching.Factors[l.Factor].Name, l.Weight, int(l.Share), l.Points(), x.p.words.Reason(l)}
	}
	return out
}

// best prints the mentee's best mentors, each with its lines.
func (x *explainer) best() error {
	type ranked struct {
		Rank   int        `json:"rank"`
		Mentor string     `json:"mentor"`
		Score  int        `json:"score"`
		Points int        `json:"points"`
		Lines  []lineJSON `json:"lines"`
	}
	var out []ranked
	for i, h := range x.hits {
		e := x.m.Index.Explain(x.mentee, h.Mentor)
		out = append(out, ranked{i + 1, x.m.Mentors[h.Mentor].ID, h.Score, jobs.Points(h.Score), x.lines(e)})
	}
	refusals := x.refusals()
	if x.p.json {
		return x.p.object(map[string]any{"mentee": x.mentee.ID, "mentors": out, "refused": refusals})
	}
	x.p.line("explain.title", map[string]any{"Mentee": x.name})
	for i, h := range x.hits {
		fmt.Fprintln(x.p.stdout)
		fmt.Fprintf(x.p.stdout, "%d. %s\n", i+1, x.p.say("explain.mentor", map[string]any{
			"Mentor": named(x.m.Mentors[h.Mentor]), "Score": h.Score, "Points": jobs.Points(h.Score),
		}))
		x.table(x.lines(x.m.Index.Explain(x.mentee, h.Mentor)), nil)
	}
	fmt.Fprintln(x.p.stdout)
	if len(x.hits) == 0 {
		x.p.line("explain.nobody", nil)
	}
	x.p.line("explain.refused", nil)
	for _, rule := range matching.RuleNames() {
		if n := refusals[rule]; n > 0 {
			fmt.Fprintf(x.p.stdout, "  %s: %s\n", x.p.say("rule."+rule, nil), x.p.say("explain.mentors", map[string]any{"Count": n}))
		}
	}
	return nil
}

// refusals counts the mentors that each rule says no to.
func (x *explainer) refusals() map[string]int {
	out := map[string]int{}
	for r, n := range x.m.Index.Refusals(x.mentee) {
		if n > 0 {
			out[matching.RuleNames()[r]] = n
		}
	}
	return out
}

// table prints lines that add up to the score. With a difference it shows, for
// each line, what this mentor gives more or less than another.
func (x *explainer) table(lines []lineJSON, difference []int) {
	w := tabwriter.NewWriter(x.p.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	total, weights, diff := 0, 0, 0
	for i, l := range lines {
		fmt.Fprintf(w, "  %d\t × %d/60\t = %d\t", l.Weight, l.Share, l.Points)
		if difference != nil {
			fmt.Fprintf(w, "%+d\t", difference[i])
			diff += difference[i]
		}
		fmt.Fprintf(w, "  %s: %s\n", x.p.say("factor."+l.Factor, nil), l.Reason)
		total, weights = total+l.Points, weights+l.Weight
	}
	fmt.Fprintf(w, "  %d\t\t = %d\t", weights, total)
	if difference != nil {
		fmt.Fprintf(w, "%+d\t", diff)
	}
	fmt.Fprintln(w)
	w.Flush()
}

// one tells why a mentor is, or is not, among the mentee's best.
func (x *explainer) one(j int) error {
	e := x.m.Index.Explain(x.mentee, j)
	rule := x.m.Index.Refusal(x.mentee, j)
	rank := 1 + slices.IndexFunc(x.hits, func(h matching.Hit) bool { return h.Mentor == j })
	var difference []int
	var than string
	if rule == "" && rank == 0 && len(x.hits) > 0 {
		last := x.hits[len(x.hits)-1].Mentor
		difference, than = matching.Difference(e, x.m.Index.Explain(x.mentee, last)), x.m.Mentors[last].ID
	}
	if x.p.json {
		return x.p.object(map[string]any{
			"mentee": x.mentee.ID, "mentor": x.m.Mentors[j].ID, "score": e.Score, "points": jobs.Points(e.Score), "rank": rank,
			"rule": rule, "lines": x.lines(e), "compared_with": than, "difference": difference,
		})
	}
	args := map[string]any{
		"Mentee": x.name, "Mentor": named(x.m.Mentors[j]), "Score": e.Score, "Points": jobs.Points(e.Score), "Rank": rank, "Than": than, "Top": len(x.hits),
	}
	switch {
	case rule != "":
		args["Rule"] = x.p.say("rule."+rule, nil)
		x.p.line("explain.why_not_rule", args)
	case rank > 0:
		x.p.line("explain.why", args)
	default:
		x.p.line("explain.why_not_score", args)
	}
	x.table(x.lines(e), difference)
	return nil
}

package main

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"time"

	"puente/jobs"
	"puente/matching/verify"
	"puente/models"
)

type assignCommand struct {
	Scores   string `required:"" placeholder:"FILE" help:"${help_scores}"`
	Format   string `default:"csv" enum:"csv,orlib" help:"${help_score_format}"`
	Left     string `placeholder:"FILE" help:"${help_left}"`
	Right    string `placeholder:"FILE" help:"${help_right}"`
	Method   string `default:"optimal" enum:"optimal,stable,balanced,lottery" help:"${help_method}"`
	Cover    string `default:"none" enum:"none,left,right,both" help:"${help_cover}"`
	Minimize bool   `help:"${help_minimize}"`
	Seed     uint64 `default:"1" help:"${help_seed}"`

	Groups    string   `placeholder:"FILE" help:"${help_groups}"`
	GroupRule []string `placeholder:"RULE" sep:"none" help:"${help_group_rule}"`

	LeftRanks  string `placeholder:"FILE" help:"${help_left_ranks}"`
	RightRanks string `placeholder:"FILE" help:"${help_right_ranks}"`
	Proposing  string `default:"left" enum:"left,right" help:"${help_proposing}"`
	Plans      *int   `placeholder:"K" help:"${help_plans}"`

	againFlags

	Out   string `placeholder:"FILE" help:"${help_out}"`
	Round string `placeholder:"FILE" help:"${help_round}"`
}

// Run makes a round of any score file.
func (c *assignCommand) Run(p *program) error {
	scores, groups, err := c.read(p)
	if err != nil {
		return err
	}
	options, err := c.options(p, scores, groups)
	if err != nil {
		return err
	}
	began := time.Now()
	show, end := p.progress()
	options.Progress = show
	published, err := jobs.Assign(p.ctx, scores, options)
	end()
	if unknown := (*jobs.UnknownGroup)(nil); errors.As(err, &unknown) {
		return &usageError{errors.New(p.say("usage.group_sides", map[string]any{"Name": unknown.Name}))}
	}
	if err != nil {
		return p.infeasible(err)
	}
	round := published.JSON()
	proof, err := p.prove(round)
	if err != nil {
		return err
	}
	took := time.Since(began)
	rules, err := published.PriceRules(p.ctx)
	if err != nil {
		return err
	}
	var pairs bytes.Buffer
	if err := published.WritePairs(&pairs); err != nil {
		return err
	}
	if err := p.write(output{name: c.Out, data: pairs.Bytes()}, output{name: c.Round, data: round}); err != nil {
		return err
	}
	stopped := p.unlessStopped(published.Round.Stopped())
	if c.Out == "-" || c.Round == "-" {
		return stopped
	}
	r := published.Round
	if p.json {
		return cmp.Or(p.object(struct {
			Left   int    `json:"left"`
			Right  int    `json:"right"`
			Edges  int    `json:"edges"`
			Pairs  int    `json:"pairs"`
			Served [2]int `json:"served"`
			Score  int64  `json:"score"`

			Rules []jobs.RuleResult `json:"rules,omitempty"`
			proved
		}{len(r.Left), len(r.Right), r.Edges.Len(), len(r.Pairs), r.Served, proof.Score, rules, provedBy(proof, took)}), stopped)
	}
	p.assigned(published, proof, took)
	p.rules(rules)
	p.short(proof)
	p.wrote(c.Out, "", c.Round)
	return stopped
}

// assigned tells how many pairs there are and what is proven of them.
func (p *program) assigned(published *jobs.Published, proof verify.Result, took time.Duration) {
	r := published.Round
	p.line("assign.pairs", map[string]any{"Pairs": len(r.Pairs), "Left": r.Served[0], "AllLeft": len(r.Left), "Right": r.Served[1], "AllRight": len(r.Right)})
	args := map[string]any{"Score": proof.Score, "Worst": proof.Worst, "Bound": proof.Bound, "Gap": proof.Gap, "Milliseconds": took.Milliseconds()}
	p.line(proofKeys[provedBy(proof, took).proofKey()].assign, drawnArgs(proof, args))
	p.again(proof)
}

// options are what the flags ask of a problem, which must suit it.
func (c *assignCommand) options(p *program, scores jobs.Scores, groups jobs.ScoreGroups) (o jobs.AssignOptions, err error) {
	o = jobs.AssignOptions{Groups: groups, Cover: c.Cover, Minimize: c.Minimize, Seed: c.Seed, Method: c.Method, RightProposes: c.Proposing == "right"}
	if o.Plans, err = p.plans(c.Plans, 0); err != nil {
		return o, err
	}
	if o.Again, err = c.earlier(p, "assign"); err != nil {
		return o, err
	}
	if key := o.Conflict(scores); key != "" {
		return o, &usageError{errors.New(p.say(key, nil))}
	}
	return o, nil
}

// scoreReaders read score files by their form.
var scoreReaders = map[string]func(file string, src io.Reader) ([]models.ScoreRow, models.Report){
	"csv": models.ReadScores, "orlib": models.ReadOrlib,
}

// read reads and checks the files of an assignment problem.
func (c *assignCommand) read(p *program) (s jobs.Scores, g jobs.ScoreGroups, err error) {
	for _, text := range c.GroupRule {
		rule, ok := jobs.ParseScoreRule(text)
		if !ok {
			return s, g, &usageError{errors.New(p.say("usage.group_rule", map[string]any{"Value": text}))}
		}
		g.Rules = append(g.Rules, rule)
	}
	if len(g.Rules) > jobs.MaxGroups {
		return s, g, &usageError{errors.New(p.say("settings.group_many", map[string]any{"Max": jobs.MaxGroups}))}
	}
	var all models.Problems
	each := func(name string, into func(io.Reader) models.Report) {
		if name == "" || err != nil {
			return
		}
		var r io.ReadCloser
		if r, err = p.open(name); err != nil {
			return
		}
		defer r.Close()
		report := into(r)
		all = append(append(all, report.Problems...), p.noted(name, report)...)
	}
	each(c.Scores, func(r io.Reader) (report models.Report) {
		s.Rows, report = scoreReaders[c.Format](c.Scores, r)
		return report
	})
	each(c.Left, func(r io.Reader) (report models.Report) {
		s.Left, report = models.ReadNodes(c.Left, r)
		return report
	})
	each(c.Right, func(r io.Reader) (report models.Report) {
		s.Right, report = models.ReadNodes(c.Right, r)
		return report
	})
	each(c.LeftRanks, func(r io.Reader) (report models.Report) {
		s.LeftRanks, report = models.ReadRanks(c.LeftRanks, r)
		return report
	})
	each(c.RightRanks, func(r io.Reader) (report models.Report) {
		s.RightRanks, report = models.ReadRanks(c.RightRanks, r)
		return report
	})
	each(c.Groups, func(r io.Reader) (report models.Report) {
		g.Rows, report = models.ReadGroups(c.Groups, r)
		return report
	})
	if err != nil {
		return s, g, err
	}
	if all.Errors() == 0 {
		all = append(all, jobs.CheckScores(s, c.Scores)...)
		all = append(all, jobs.CheckRanks(s, jobs.RankFiles{Left: c.LeftRanks, Right: c.RightRanks})...)
	}
	return s, g, p.refuse(all)
}

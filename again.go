package main

import (
	"errors"
	"fmt"
	"time"

	"puente/jobs"
	"puente/matching/verify"
)

// againFlags say what a round keeps of an earlier one, and how long it may take.
type againFlags struct {
	Keep       string        `placeholder:"FILE" help:"${help_keep}"`
	KeepPoints *int64        `placeholder:"N" help:"${help_keep_points}"`
	TimeLimit  time.Duration `placeholder:"TIME" help:"${help_time_limit}"`
}

// earlier reads the earlier round, which must be proven and of the same kind.
func (f *againFlags) earlier(p *program, kind string) (a jobs.Again, err error) {
	switch {
	case f.TimeLimit < 0:
		return a, &usageError{errors.New(p.say("usage.positive", map[string]any{"Flag": "--time-limit"}))}
	case f.KeepPoints != nil && f.Keep == "":
		return a, &usageError{errors.New(p.say("again.points_alone", nil))}
	case f.KeepPoints != nil && (*f.KeepPoints < 0 || *f.KeepPoints > int64(jobs.MaxPoints)):
		return a, &usageError{errors.New("--keep-points: " + p.say("again.points", map[string]any{"Max": jobs.MaxPoints}))}
	}
	a.Within = f.TimeLimit
	if f.Keep == "" {
		return a, nil
	}
	earlier, err := p.readRound(f.Keep)
	if err != nil {
		return a, err
	}
	if earlier.Kind != kind {
		return a, &usageError{errors.New(p.say("again.kind", map[string]any{"File": f.Keep, "Kind": earlier.Kind, "Wanted": kind}))}
	}
	points := int64(0)
	if f.KeepPoints != nil {
		points = *f.KeepPoints
	}
	a.Keep = earlier.Earlier(points)
	return a, nil
}

// keptJSON is what --json prints of what a round keeps.
type keptJSON struct {
	Round  string `json:"round"`
	Points int64  `json:"points"`
	Pairs  int    `json:"pairs"`
	Of     int    `json:"of"`
	Proven bool   `json:"proven"`
}

// again tells what is proven beside the score: what is kept of an earlier round,
// and how many ids more could be served.
func (p *program) again(r verify.Result) {
	if k := r.Kept; k != nil {
		key := "again.kept"
		switch {
		case !k.Proven:
			key = "again.kept_open"
		case k.Points > 0:
			key = "again.kept_points"
		}
		p.line(key, map[string]any{"Pairs": k.Pairs, "Of": k.Of, "Points": k.Points, "Gap": r.Gap})
	}
	if r.More > 0 {
		p.line("again.more", map[string]any{"Count": r.More})
	}
}

// unlessStopped ends a command whose round was stopped by its time limit, and written.
func (p *program) unlessStopped(open bool) error {
	if !open {
		return nil
	}
	fmt.Fprintln(p.stderr, "puente: "+p.say("again.stopped", nil))
	return &stopped{exitUnproven}
}

package jobs

import (
	"context"
	"encoding/json"
	"strings"

	"puente/matching"
	"puente/models"
)

// RunFigures are what runs of one round are compared by. They count people and
// pairs of the run itself.
type RunFigures struct {
	Mentees   int    `json:"mentees" doc:"Mentees who took part"`
	Served    int    `json:"served" doc:"Mentees with a mentor"`
	Worst     int64  `json:"worst" doc:"Score of the pair that scores least, 0 without pairs"`
	First     int    `json:"first" doc:"Pairs whose mentor scores best of all whom the mentee may have, after the draw among equals"`
	Wished    int    `json:"wished" doc:"Pairs of mentees who ordered mentors"`
	FirstWish int    `json:"first_wish" doc:"Of these, pairs with the first that the mentee named"`
	Across    int    `json:"across" doc:"Pairs of two countries"`
	Blocking  int    `json:"blocking" doc:"Allowed pairs of two who would both rather have each other; 0: the round is stable"`
	Gap       *int64 `json:"gap,omitempty" doc:"By how much a better total could be better at most; only of the method optimal, which promises the best"`
	Kept      *int   `json:"kept,omitempty" doc:"Pairs of the earlier run that it keeps; only of a run that keeps those of another"`
	Keepable  *int   `json:"keepable,omitempty" doc:"Pairs of the earlier run that are still possible; only of a run that keeps those of another"`
}

// Figures counts a round of people. It ranks all mentees once.
func (m *Matched) Figures(ctx context.Context, o MatchOptions) (*RunFigures, error) {
	r := m.Round
	out := &RunFigures{Mentees: len(r.Left), Served: r.Served[0], First: m.firstChoices()}
	for k, p := range r.Pairs {
		if k == 0 || p.Score < out.Worst {
			out.Worst = p.Score
		}
		mentee, mentor := &m.Snapshot.Mentees[p.Left], &m.Snapshot.Mentors[p.Right]
		if mentee.Country != mentor.Country {
			out.Across++
		}
		if len(mentee.Wishes) > 0 {
			out.Wished++
			if mentee.Wishes[0] == mentor.ID {
				out.FirstWish++
			}
		}
	}
	switch c := r.Certificate.(type) {
	case *matching.Prices:
		out.Gap = &c.Gap
	case *matching.Lagrange:
		out.Gap = &c.Gap
	}
	if r.Kept != nil {
		all := len(r.Keep.Pairs)
		out.Kept, out.Keepable = &r.Kept.Count, &all
	}
	matcher := matching.Matcher{Snapshot: m.Snapshot, Settings: &o.Settings.Settings, Index: m.Index, Seed: o.Seed, Workers: o.Workers}
	var err error
	out.Blocking, err = matcher.Blocking(ctx, r)
	return out, err
}

// firstChoices counts the pairs that head their mentee's list by the score, and
// by the draw among equals, whatever the method ranks by.
func (m *Matched) firstChoices() (n int) {
	r := m.Round
	best := make([]int, len(r.Left)) // edge
	for i := range best {
		best[i] = -1
	}
	for x, e := range r.Edges.All() {
		if b := best[e.Left]; b < 0 || matching.CompareRanked(r.Seed, e.Score, r.Right[e.Right].ID, int64(r.Edges.Score[b]), r.Right[r.Edges.Right[b]].ID) < 0 {
			best[e.Left] = x
		}
	}
	for _, p := range r.Pairs {
		if b := best[p.Left]; b >= 0 && int(r.Edges.Right[b]) == p.Right {
			n++
		}
	}
	return n
}

// FiguresOf reads the figures that are stored with a run; nil of a run without,
// and of one that was made before there were any.
func FiguresOf(run *models.Run) (*RunFigures, error) {
	if run.Figures == "" {
		return nil, nil //nolint:nilnil // as the comment says
	}
	out := &RunFigures{}
	return out, json.Unmarshal([]byte(run.Figures), out)
}

// RunClash reads the demands that clash in an infeasible run; nil of any other.
func RunClash(run *models.Run) (*Clash, error) {
	if run.Clash == "" {
		return nil, nil //nolint:nilnil // as the comment says
	}
	out := &Clash{}
	return out, json.Unmarshal([]byte(run.Clash), out)
}

// Told says a clash in words, and what would resolve it, a sentence to a line.
// Name says how a sentence names an id.
func (c *Clash) Told(w Words, name func(id string) string) (out []string) {
	if c.Rule != "" {
		for _, m := range c.Must {
			out = append(out, w.Say("clash.refused", map[string]any{"Mentee": name(m[0]), "Mentor": name(m[1]), "Rule": w.Say("rule."+c.Rule, nil)}))
		}
		return out
	}
	if lines := w.Clash(c, name); len(lines) > 0 {
		out = append(append(out, w.Say("clash.title", nil)), lines...)
	}
	if c.Plans > 0 {
		out = append(out, w.Say("clash.lottery", map[string]any{"Plans": c.Plans}))
	}
	out = append(out, w.GroupClash(c)...)
	named := *c
	named.Relaxations = nil
	for _, x := range c.Relaxations {
		if x.Left != "" {
			x.Left = name(x.Left)
		}
		if x.Right != "" {
			x.Right = name(x.Right)
		}
		named.Relaxations = append(named.Relaxations, x)
	}
	for _, line := range w.Relaxations(&named) {
		out = append(out, strings.TrimSpace(line))
	}
	return out
}

// GroupClash says which rules about groups nothing can keep.
func (w Words) GroupClash(c *Clash) (out []string) {
	args := func(r GroupRule) map[string]any {
		return map[string]any{"Name": r.Name, "Most": r.Most, "Amount": r.Amount, "Pairs": r.Pairs}
	}
	switch {
	case c.Unsettled:
		return []string{w.Say("clash.unsettled", nil)}
	case len(c.Groups) == 0:
		return nil
	case len(c.Groups) > 1:
		out = append(out, w.Say("clash.group_title", nil))
		for _, r := range c.Groups {
			out = append(out, w.Say("clash.group", args(r)))
		}
		return out
	case strings.HasSuffix(c.Groups[0].Amount, "%"):
		return []string{w.Say("clash.group_share", args(c.Groups[0]))}
	}
	return []string{w.Say("clash.group_alone", args(c.Groups[0]))}
}

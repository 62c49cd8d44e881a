package jobs

import "puente/matching"

// name is how a sentence names an id.
func (q *Inquiry) name(id string) string {
	if q.Name == nil {
		return id
	}
	return q.Name(id)
}

// Amount says a difference of scores: of people in points of 100 as well.
func (w Words) Amount(kind string, score int64) string {
	args := map[string]any{"Score": score, "Points": Points(int(max(score, -score)))}
	switch {
	case kind != "match":
		return w.Say("whatif.amount", args)
	case args["Points"] == 0:
		return w.Say("whatif.amount_small", args)
	}
	return w.Say("whatif.amount_points", args)
}

func (q *Inquiry) amount(score int64) string { return q.Words.Amount(q.File.Kind, score) }

// tell puts an answer in words.
func (q *Inquiry) tell(y *Why) {
	args := map[string]any{"Left": q.name(y.Left), "Right": q.name(y.Right), "Rank": y.Rank, "Score": y.Score}
	add := func(key string, more map[string]any) {
		for name, value := range args {
			if _, own := more[name]; !own && more != nil {
				more[name] = value
			}
		}
		if more == nil {
			more = args
		}
		y.Text = append(y.Text, q.Words.Say(key, more))
	}
	switch {
	case y.Rule != "":
		add("whatif.rule", map[string]any{"Rule": q.Words.Say("rule."+y.Rule, nil)})
		return
	case !y.Listed:
		add("whatif.not_listed", nil)
		return
	case y.Paired:
		add("whatif.paired", nil)
	default:
		add("whatif.out", nil)
	}
	q.tellLoss(y, add)
	q.tellPlace(y, add)
}

// tellLoss says what the other way would cost, and how it would look.
func (q *Inquiry) tellLoss(y *Why, add func(string, map[string]any)) {
	key := func(paired, out string) string {
		if y.Paired {
			return paired
		}
		return out
	}
	if y.Forced {
		add("whatif.forced", nil)
	}
	switch {
	case y.Clash != nil:
		add(key("whatif.paired_only", "whatif.out_excluded"), nil)
		for _, line := range q.Words.Clash(y.Clash, q.name) {
			y.Text = append(y.Text, "– "+line)
		}
		return
	case y.Points == nil && q.covered(y.Loss) < 0: // of a forced pair
		add("whatif.paired_costs_served", map[string]any{"Count": -q.covered(y.Loss)})
	case y.Points == nil:
		add(key("whatif.paired_served", "whatif.out_served"), map[string]any{"Count": q.covered(y.Loss)})
	case y.Tie:
		add(key("whatif.paired_tie", "whatif.out_tie"), nil)
	case q.File.Minimize:
		add(key("whatif.paired_cost", "whatif.out_cost"), map[string]any{"Loss": q.amount(*y.Points)})
	case *y.Points < 0: // of a forced pair, which costs as much
		add("whatif.paired_price", map[string]any{"Loss": q.amount(-*y.Points)})
	default:
		add(key("whatif.paired_loss", "whatif.out_loss"), map[string]any{"Loss": q.amount(*y.Points)})
	}
	if n := len(y.Lost) + len(y.New); n > 0 {
		add(key("whatif.paired_changes", "whatif.out_changes"), map[string]any{"Count": n})
		for _, c := range y.Lost {
			y.Text = append(y.Text, "– "+q.Words.Say("whatif.lost", map[string]any{"Left": q.name(c.Left), "Right": q.name(c.Right), "Score": c.Score}))
		}
		for _, c := range y.New {
			y.Text = append(y.Text, "– "+q.Words.Say("whatif.new", map[string]any{"Left": q.name(c.Left), "Right": q.name(c.Right), "Score": c.Score}))
		}
	}
}

// tellPlace says what one more place would do for a pair that is out.
func (q *Inquiry) tellPlace(y *Why, add func(string, map[string]any)) {
	switch y.OneMore {
	case "sure":
		add("whatif.place_sure", nil)
	case "tie":
		add("whatif.place_tie", nil)
	case "excluded":
		add("whatif.place_excluded", nil)
	case "short":
		if n := q.covered(y.Short); n > 0 {
			add("whatif.place_served", map[string]any{"Count": n})
			return
		}
		add("whatif.place_short", map[string]any{"Loss": q.amount(y.Short.Score)})
	}
}

// covered counts the ids of a difference that the cover puts before the score.
func (q *Inquiry) covered(d *Difference) int {
	return matching.Total{Served: [2]int{d.Left, d.Right}}.Covered(q.File.Round.Cover)
}

// Clash says a clash in words, a line for each of its demands.
func (w Words) Clash(c *Clash, name func(string) string) (out []string) {
	for _, id := range c.Left {
		out = append(out, w.Say("clash.left", map[string]any{"ID": name(id)}))
	}
	for _, id := range c.Right {
		out = append(out, w.Say("clash.right", map[string]any{"ID": name(id)}))
	}
	for _, m := range c.Must {
		out = append(out, w.Say("clash.must", map[string]any{"Left": name(m[0]), "Right": name(m[1])}))
	}
	return out
}

// Relaxations says in words what would resolve a clash, a sentence to a line.
func (w Words) Relaxations(c *Clash) (out []string) {
	for _, x := range c.Relaxations {
		if !x.Possible {
			continue
		}
		args := map[string]any{"Left": x.Left, "Right": x.Right, "ID": x.Left + x.Right, "From": x.From, "To": x.To, "Score": x.Total.Score}
		key := "relax.must"
		switch "" {
		case x.Right:
			key = "relax.left"
		case x.Left:
			key = "relax.right"
		}
		out = append(out, "  "+w.Say(key, args))
	}
	if len(out) > 0 {
		return append([]string{w.Say("relax.title", nil)}, out...)
	}
	if len(c.Relaxations) > 0 {
		return []string{w.Say("relax.none", nil)}
	}
	return nil
}

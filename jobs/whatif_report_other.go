package jobs

import (
	"cmp"
	"context"
	"slices"

	"puente/matching"
)

// placesTried is how many right ids are tried with one more place for each that
// is listed, where prices do not tell the best.
const placesTried = 3

// reportOther makes the report of a round that is not the one of the highest
// total without rules about groups: what its method costs, what each rule about a
// group does, and what one more place does to the round made again.
func (q *Inquiry) reportOther(ctx context.Context, o ReportOptions, out *Report) error {
	out.Note = q.Words.Say("whatif.report_other", nil)
	parts := []func(context.Context, ReportOptions, *Report) error{q.best, q.placesAnew}
	switch {
	case q.File.Ruled:
		parts = []func(context.Context, ReportOptions, *Report) error{q.groupPrices, q.placesAnew}
	case q.File.Round.Method == matching.MethodLottery:
		parts[1] = func(ctx context.Context, o ReportOptions, out *Report) error { return q.places(ctx, o.Places, out) }
	}
	for _, part := range parts {
		if err := part(ctx, o, out); err != nil {
			return err
		}
	}
	return nil
}

// best compares with the round of the highest total; a lottery by the mean of its
// plans, rounded down.
func (q *Inquiry) best(ctx context.Context, _ ReportOptions, out *Report) error {
	r, mine := q.File.Round, q.File.Round.Total()
	if lots, ok := r.Certificate.(*matching.Replay); ok {
		mine.Score = floorDivide(lots.Score, int64(len(lots.Plans)))
	}
	best, err := matching.Total{}, error(nil)
	if q.matcher != nil {
		best, err = q.matcher.BestTotal(ctx)
	} else {
		best, err = r.BestTotal(ctx)
	}
	if err != nil {
		return err
	}
	gain := best.Minus(mine)
	out.Best = &BestTotal{*difference(gain), q.Words.Say("whatif.best_total", map[string]any{"Gain": q.gain(gain), "Cost": q.File.Minimize})}
	return nil
}

func floorDivide(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// groupPrices says what each rule about a group comes to.
func (q *Inquiry) groupPrices(ctx context.Context, _ ReportOptions, out *Report) error {
	var found []RuleResult
	var err error
	if m := q.matcher; m != nil {
		found, err = priceRules(q.File.Round, func(k int) (*matching.Round, error) {
			settings, own := *m.Settings, *m
			settings.Groups = slices.Delete(slices.Clone(settings.Groups), k, k+1)
			own.Settings = &settings
			return own.Round(ctx)
		})
	} else {
		found, err = q.File.PriceRules(ctx)
	}
	for _, r := range found {
		out.Groups = append(out.Groups, GroupPrice{r, q.Words.RuleResult(r)})
	}
	return err
}

// RuleResult says what a rule about a group comes to, and what it costs where it
// changes anything.
func (w Words) RuleResult(r RuleResult) []string {
	out := []string{w.Say("groups.kept", map[string]any{"Name": r.Name, "Most": r.Most, "Amount": r.Amount, "Pairs": r.Pairs, "Of": r.Of})}
	if r.Counted == "0" {
		return out
	}
	return append(out, w.Say("groups.price", map[string]any{
		"Price": r.Price, "Fewer": max(0, r.First), "More": r.First < 0, "Counted": r.Counted, "Most": r.Most, "Gap": r.Gap,
	}))
}

// placesAnew tries one more place at the right ids that most would rather have,
// and lists where that does most.
func (q *Inquiry) placesAnew(ctx context.Context, o ReportOptions, out *Report) error {
	r := q.File.Round
	order := q.anew.Demand()
	type place struct {
		at   int
		gain matching.Total
	}
	var tried []place
	for _, j := range order[:min(len(order), placesTried*o.Places)] {
		gain, err := q.anew.Put(ctx, j)
		if err != nil {
			return err
		}
		if gain.Served[0] > 0 || gain.Served[0] == 0 && gain.Score > 0 {
			tried = append(tried, place{j, gain})
		}
	}
	slices.SortStableFunc(tried, func(a, b place) int {
		return cmp.Or(cmp.Compare(b.gain.Served[0], a.gain.Served[0]), cmp.Compare(b.gain.Score, a.gain.Score))
	})
	for _, p := range tried[:min(len(tried), o.Places)] {
		x := PlaceWorth{Right: r.Right[p.at].ID, Adds: *difference(p.gain)}
		x.Text = q.Words.Say("whatif.place_adds", map[string]any{"Right": q.name(x.Right), "Gain": q.gain(p.gain)})
		out.Places = append(out.Places, x)
	}
	return nil
}

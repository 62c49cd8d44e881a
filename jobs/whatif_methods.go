package jobs

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"puente/matching"
)

// byMethod is what is said of a pair in a round of another method than optimal.
type byMethod struct {
	Keeps  []string    `json:"keeps,omitempty" doc:"Of a stable round: left, right or both, who would not leave what it has for the other"`
	Level  *Level      `json:"level,omitempty" doc:"Of a balanced round: where the pair stands"`
	Worse  *Worse      `json:"worse,omitempty" doc:"Of a balanced round: by what the most balanced round the other way is worse"`
	Chance *propensity `json:"chance,omitempty" doc:"Of a lottery: in how many of the plans of equal chance the pair is"`
	Plan   int         `json:"plan,omitempty" doc:"Of a lottery: the plan with the pair, from 1, if there is one"`
	Drawn  int         `json:"drawn,omitempty" doc:"Of a lottery: the plan that the seed drew, from 1"`
	Groups []string    `json:"groups,omitempty" doc:"Rules about groups to whose group the pair belongs"`
	Counts string      `json:"counts,omitempty" doc:"Points that the rules about groups made it count extra at the proven best; less if negative"`
	Within int64       `json:"within,omitempty" doc:"By how much loss and points may be less or more, where not all rounds behind them are proven best"`
}

// Level is where a score stands among the pairs of a round.
type Level struct {
	Below int `json:"below" doc:"Pairs that score less"`
	Same  int `json:"same" doc:"Pairs that score the same"`
	Of    int `json:"of"`
}

// Worse is by what one balanced round is worse than another: the first of served
// ids, pairs and the number of pairs of the lowest score that differs.
type Worse struct {
	Served int   `json:"served" doc:"Left ids served less"`
	Pairs  int   `json:"pairs" doc:"Pairs less"`
	Score  int64 `json:"score" doc:"The lowest score at which the numbers of pairs differ"`
	Now    int   `json:"now" doc:"Pairs of that score in the round"`
	Then   int   `json:"then" doc:"Pairs of that score in the other"`
}

// ChanceOf is a right id that a left id has in some plans of a lottery.
type ChanceOf struct {
	Right string `json:"right" doc:"Nobody if empty"`
	Plans int    `json:"plans"`
	Of    int    `json:"of"`
	Drawn bool   `json:"drawn,omitempty" doc:"Whether the plan that was drawn is among them"`
}

// holdKeys are the messages that say what answers about a round are, by method.
var holdKeys = map[string]string{
	"optimal": "whatif.holds_optimal", "stable": "whatif.holds_stable", "balanced": "whatif.holds_balanced", "lottery": "whatif.holds_lottery",
}

// Holds says in words what the answers about the round are.
func (q *Inquiry) Holds() string {
	if q.File.Ruled {
		return q.Words.Say("whatif.holds_groups", nil)
	}
	return q.Words.Say(holdKeys[MethodName(q.File.Round.Method)], nil)
}

// sayer adds sentences about a pair to an answer.
func (q *Inquiry) sayer(y *Why) func(key string, more map[string]any) {
	return func(key string, more map[string]any) {
		args := map[string]any{"Left": q.name(y.Left), "Right": q.name(y.Right), "Rank": y.Rank, "Score": y.Score}
		maps.Copy(args, more)
		y.Text = append(y.Text, q.Words.Say(key, args))
	}
}

// asked says what pair is asked about, or why nothing can be said of it.
func (q *Inquiry) asked(y *Why) {
	add := q.sayer(y)
	switch {
	case y.Rule != "":
		add("whatif.rule", map[string]any{"Rule": q.Words.Say("rule."+y.Rule, nil)})
	case !y.Listed:
		add("whatif.not_listed", nil)
	case y.Paired:
		add("whatif.paired", nil)
	default:
		add("whatif.out", nil)
	}
}

// whyAnew answers for a pair of a round that is made again.
func (q *Inquiry) whyAnew(ctx context.Context, y *Why, i, j int) error {
	y.Rule = q.anew.Consider(i, j)
	answer := q.turned
	if q.File.Ruled {
		answer = q.ruled
	}
	err := answer(ctx, y, i, j)
	if none := (*matching.NoEdge)(nil); errors.As(err, &none) {
		q.asked(y)
		err = nil
	}
	return err
}

// turned answers for a pair of a stable or a balanced round.
func (q *Inquiry) turned(ctx context.Context, y *Why, i, j int) error {
	t, err := q.anew.Turn(ctx, i, j)
	if err != nil {
		return err
	}
	y.Listed, y.Paired, y.Score, y.Rule, y.Points = true, t.Paired, q.File.given(t.Score), "", t.Points
	y.Lost, y.New = q.changes(t.Exchange.Lost, t.Link), q.changes(t.Exchange.New, t.Link)
	if !y.Paired {
		y.OneMore = map[bool]string{true: "sure", false: "no"}[t.Place]
	}
	y.Clash = demands(t.Clash)
	q.asked(y)
	if q.File.Round.Method == matching.MethodStable {
		err = q.standoff(y, i, j)
	} else {
		err = q.level(ctx, y, t, i, j)
	}
	if err == nil {
		q.tellTurn(y)
	}
	return err
}

// demands are those of a clash, if there is one.
func demands(c *matching.Clash) *Clash {
	if c == nil {
		return nil
	}
	return &Clash{Left: c.Left, Right: c.Right, Must: c.Must}
}

// standoff says who keeps a stable round from having a pair.
func (q *Inquiry) standoff(y *Why, i, j int) error {
	if y.Paired {
		return nil
	}
	s, err := q.anew.Standoff(i, j)
	if err != nil {
		return err
	}
	add, r := q.sayer(y), q.File.Round
	if s.Refused {
		add("whatif.unacceptable", nil)
	}
	for side, name := range []string{"left", "right"} {
		if !s.Keeps[side] {
			continue
		}
		y.Keeps = append(y.Keeps, name)
		held := s.Held[side]
		if held == nil {
			add([]string{"whatif.left_bound", "whatif.right_bound"}[side], nil)
			continue
		}
		other := [2]string{r.Right[held.Right].ID, r.Left[held.Left].ID}[side]
		add([]string{"whatif.left_keeps", "whatif.right_keeps"}[side], map[string]any{"Other": q.name(other), "Held": held.Score, "Listed": s.Listed[side]})
	}
	return nil
}

// level says where a pair stands in a balanced round, and what it would be with
// it or without it.
func (q *Inquiry) level(ctx context.Context, y *Why, t *matching.Turn, i, j int) error {
	r, add := q.File.Round, q.sayer(y)
	below, same := r.Level(t.Score)
	y.Level = &Level{below, same, len(r.Pairs)}
	add("whatif.level", map[string]any{"Below": below, "Same": same, "Of": len(r.Pairs), "Cost": q.File.Minimize})
	if y.Forced {
		return nil
	}
	f, err := q.anew.Force(ctx, i, j)
	if err != nil {
		return err
	}
	if y.Clash = demands(f.Clash); y.Clash != nil {
		return nil
	}
	y.Worse = &Worse{f.Served, f.Pairs, q.File.given(f.Score), f.Now, f.Then}
	args := map[string]any{"Paired": y.Paired, "Level": y.Worse.Score, "Now": f.Now, "Then": f.Then}
	switch {
	case f.Served > 0:
		args["Count"] = f.Served
		add("whatif.worse_served", args)
	case f.Pairs > 0:
		args["Count"] = f.Pairs
		add("whatif.worse_pairs", args)
	case f.Now == f.Then:
		add("whatif.worse_nothing", args)
	default:
		add("whatif.worse_level", args)
	}
	return nil
}

// tellTurn says what turns a pair the other way.
func (q *Inquiry) tellTurn(y *Why) {
	add := q.sayer(y)
	switch {
	case y.Clash != nil:
		add(map[bool]string{true: "whatif.paired_only", false: "whatif.out_excluded"}[y.Paired], nil)
		for _, line := range q.Words.Clash(y.Clash, q.name) {
			y.Text = append(y.Text, "– "+line)
		}
		return
	case y.Forced:
		add("whatif.forced", nil)
		if len(y.Lost)+len(y.New) == 0 {
			add("whatif.turn_same", nil)
		}
	case y.Points == nil:
		add(map[bool]string{true: "whatif.turn_never_out", false: "whatif.turn_never_in"}[y.Paired], nil)
	default:
		add(map[bool]string{true: "whatif.turn_out", false: "whatif.turn_in"}[y.Paired], map[string]any{"Points": q.amount(*y.Points), "Cost": q.File.Minimize})
	}
	q.tellExchange(y, "whatif.turn_changes")
	switch y.OneMore {
	case "sure":
		add("whatif.turn_place", nil)
	case "no":
		add("whatif.turn_no_place", nil)
	}
}

// tellExchange lists the other pairs that change.
func (q *Inquiry) tellExchange(y *Why, key string) {
	n := len(y.Lost) + len(y.New)
	if n == 0 {
		return
	}
	q.sayer(y)(key, map[string]any{"Count": n})
	for k, list := range [][]Change{y.Lost, y.New} {
		for _, c := range list {
			args := map[string]any{"Left": q.name(c.Left), "Right": q.name(c.Right), "Score": c.Score}
			y.Text = append(y.Text, "– "+q.Words.Say([]string{"whatif.lost", "whatif.new"}[k], args))
		}
	}
}

// ruled answers for a pair of a round with rules about groups.
func (q *Inquiry) ruled(ctx context.Context, y *Why, i, j int) error {
	c, err := q.anew.Ruled(ctx, i, j)
	if err != nil {
		return err
	}
	y.Listed, y.Paired, y.Score, y.Rule, y.Within = true, c.Paired, q.File.given(c.Score), "", c.Within
	for k, in := range c.In {
		if in {
			y.Groups = append(y.Groups, q.File.Round.Groups[k].Name)
		}
	}
	q.asked(y)
	q.tellCounts(y, c)
	add := q.sayer(y)
	if c.Rules != nil {
		y.Clash = ClashOf(c.Rules)
		add(map[bool]string{true: "whatif.paired_only", false: "whatif.out_excluded"}[y.Paired], nil)
		for _, line := range q.Words.GroupClash(y.Clash) {
			y.Text = append(y.Text, "– "+line)
		}
		return nil
	}
	q.fill(y, &c.Counterfactual)
	q.tellLoss(y, add)
	if y.Within > 0 {
		add("whatif.within", map[string]any{"Gap": y.Within})
	}
	q.tellPlace(y, add)
	return nil
}

// tellCounts says what rules about groups made a pair count.
func (q *Inquiry) tellCounts(y *Why, c *matching.Ruled) {
	args := map[string]any{"Names": strings.Join(y.Groups, ", ")}
	key := "whatif.counts_nothing"
	switch {
	case c.Scale == 0:
		return
	case c.Extra > 0:
		y.Counts = parts(c.Extra, c.Scale)
		key, args["Counts"] = "whatif.counts_more", y.Counts
	case c.Extra < 0:
		key, args["Counts"] = "whatif.counts_less", parts(-c.Extra, c.Scale)
		y.Counts = "-" + parts(-c.Extra, c.Scale)
	}
	q.sayer(y)(key, args)
}

// whyDrawn answers for a pair of a lottery: its chance is known before the draw,
// and what would change it is a difference of all plans together.
func (q *Inquiry) whyDrawn(ctx context.Context, y *Why, i, j int) error {
	lots, ok := q.File.Round.Certificate.(*matching.Replay)
	if !ok {
		return ErrOtherEngine
	}
	y.Drawn, y.Chance = lots.Drawn+1, &propensity{0, len(lots.Plans)}
	for n, plan := range q.File.Round.Chances(i) {
		if slices.Contains(plan, j) {
			y.Chance.Plans++
			y.Plan = n + 1
			y.Paired = y.Paired || n == lots.Drawn
		}
	}
	if y.Forced {
		x := q.File.Round.Edges.Must[slices.IndexFunc(q.File.Round.Edges.Must, func(x int32) bool {
			e := q.File.Round.Edges.At(int(x))
			return e.Left == i && e.Right == j
		})]
		y.Listed, y.Score, y.Plan = true, q.File.given(q.File.Round.Edges.At(int(x)).Score), 0
		q.asked(y)
		q.sayer(y)("whatif.chance_sure", map[string]any{"Of": y.Chance.Of})
		return nil
	}
	if q.matcher != nil {
		var err error
		if y.Rule, err = q.matcher.Consider(q.what, i, j); err != nil {
			return err
		}
	}
	c, err := q.what.Counterfactual(ctx, i, j)
	if none := (*matching.NoEdge)(nil); errors.As(err, &none) {
		q.asked(y)
		return nil
	}
	if err != nil {
		return err
	}
	y.Listed, y.Score, y.Rule = true, q.File.given(c.Score), ""
	q.fill(y, c)
	q.asked(y)
	q.tellChance(y)
	return nil
}

// tellChance says what chance a pair has, and what would change it.
func (q *Inquiry) tellChance(y *Why) {
	add, of := q.sayer(y), map[string]any{"Of": y.Chance.Of, "Plan": y.Plan, "Drawn": y.Drawn}
	has := y.Chance.Plans > 0
	add(map[bool]string{true: "whatif.chance_some", false: "whatif.chance_none"}[has], of)
	switch {
	case y.Clash != nil:
		add(map[bool]string{true: "whatif.chance_only", false: "whatif.chance_excluded"}[has], of)
		for _, line := range q.Words.Clash(y.Clash, q.name) {
			y.Text = append(y.Text, "– "+line)
		}
		return
	case y.Tie:
		add("whatif.chance_tie", of)
	case y.Points != nil:
		of["Loss"] = q.amount(*y.Points)
		add(map[bool]string{true: "whatif.chance_stays", false: "whatif.chance_lacks"}[has], of)
	}
	switch y.OneMore {
	case "sure":
		add("whatif.chance_place", of)
	case "tie":
		add("whatif.chance_place_tie", of)
	case "short":
		add("whatif.chance_place_short", map[string]any{"Loss": q.amount(y.Short.Score)})
	case "excluded":
		add("whatif.place_excluded", nil)
	}
}

// chances are whom a left id could have had in a lottery, the likeliest first.
func (q *Inquiry) chances(i int) (out []ChanceOf) {
	r := q.File.Round
	lots, ok := r.Certificate.(*matching.Replay)
	if !ok {
		return nil
	}
	add := func(right string, drawn bool) {
		at := slices.IndexFunc(out, func(c ChanceOf) bool { return c.Right == right })
		if at < 0 {
			at, out = len(out), append(out, ChanceOf{Right: right, Of: len(lots.Plans)})
		}
		out[at].Plans++
		out[at].Drawn = out[at].Drawn || drawn
	}
	for n, plan := range r.Chances(i) {
		if len(plan) == 0 {
			add("", n == lots.Drawn)
		}
		for _, j := range plan {
			add(r.Right[j].ID, n == lots.Drawn)
		}
	}
	slices.SortStableFunc(out, func(a, b ChanceOf) int {
		return cmp.Or(cmp.Compare(b.Plans, a.Plans), strings.Compare(a.Right, b.Right))
	})
	return out
}

// ChanceText says what chances somebody has, and which were drawn.
func (q *Inquiry) ChanceText(left string, chances []ChanceOf) string {
	var list []string
	for _, c := range chances {
		args := map[string]any{"Right": q.name(c.Right), "Plans": c.Plans, "Of": c.Of, "Drawn": c.Drawn}
		key := "whatif.chance_of"
		if c.Right == "" {
			key = "whatif.chance_nobody"
		}
		list = append(list, q.Words.Say(key, args))
	}
	seed := strconv.FormatUint(q.File.Round.Seed, 10)
	return q.Words.Say("whatif.chances", map[string]any{"Left": q.name(left), "List": strings.Join(list, "; "), "Seed": seed})
}

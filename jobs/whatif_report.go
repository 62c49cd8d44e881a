package jobs

import (
	"context"

	"puente/matching"
	"puente/models"
)

// Report is what a round tells beyond its pairs: what places and rules cost,
// what serving more would, and, with the people, whom to win as mentors.
type Report struct {
	Places     []PlaceWorth    `json:"places" nullable:"false" doc:"Where one more place would add most"`
	Ladder     []Rung          `json:"ladder" nullable:"false" doc:"The best total score for each number of left ids served, where it bends"`
	Rules      []RuleCost      `json:"rules" nullable:"false" doc:"What each rule costs"`
	Holds      string          `json:"holds" doc:"In words, what the answers are: differences of best totals, or rounds made again by their method"`
	Best       *BestTotal      `json:"best,omitempty" doc:"What the round of the highest total has more; not of such a round itself"`
	Groups     []GroupPrice    `json:"groups,omitempty" doc:"What rules about groups come to, and what each costs"`
	Note       string          `json:"note,omitempty" doc:"In words, what is not told of a round of this method, and why"`
	Recruiting *RecruitingPlan `json:"recruiting,omitempty" doc:"Whom to win as mentors"`
	Unfinished bool            `json:"unfinished,omitempty" doc:"The time was over before all of it was solved; what is there is exact"`
}

// PlaceWorth is what one more place at a right id would add. It is exact.
type PlaceWorth struct {
	Right string     `json:"right"`
	Price int64      `json:"price" doc:"The dual price, bonuses included; 0 in a round that has none"`
	Adds  Difference `json:"adds"`
	Text  string     `json:"text"`
}

// BestTotal is what the round of the highest total has more than a round of
// another method: what the method costs.
type BestTotal struct {
	Gain Difference `json:"gain"`
	Text string     `json:"text"`
}

// GroupPrice is what a rule about a group comes to, and what it costs.
type GroupPrice struct {
	RuleResult
	Text []string `json:"text"`
}

// Rung is a step of the ladder of coverage.
type Rung struct {
	Served int    `json:"served" doc:"Left ids served at least"`
	Score  int64  `json:"score" doc:"The best total score then"`
	Even   bool   `json:"even" doc:"Whether the numbers between the step before and this one are evenly between them"`
	Text   string `json:"text"`
}

// RuleCost is what one rule costs: the best round without it, less the round.
type RuleCost struct {
	Rule    string     `json:"rule" doc:"cover, minimum, must, lock, never, or a hard rule"`
	Left    string     `json:"left,omitempty"`
	Right   string     `json:"right,omitempty"`
	Gain    Difference `json:"gain"`
	First   int        `json:"first" doc:"How many more would have the first choice of all whom the rule allows or refuses"`
	Changes int        `json:"changes" doc:"Pairs that would differ, as few as possible"`
	Text    string     `json:"text"`
}

// RecruitingPlan is advice about additional mentors.
type RecruitingPlan struct {
	Recruits []Recruit `json:"recruits" nullable:"false"`
	Tried    int       `json:"tried" doc:"Profiles that were estimated"`
	Solved   int       `json:"solved" doc:"Profiles whose rounds were solved"`
	Proven   bool      `json:"proven" doc:"Whether no other of the profiles tried is better than those listed"`
	Text     string    `json:"text"`
}

// Recruit is a mentor of whom only topic, language and country are known.
type Recruit struct {
	Topic    string     `json:"topic" doc:"What she teaches, known for the country"`
	Language string     `json:"language"`
	Country  string     `json:"country" doc:"Where she lives, and whose market she knows"`
	Waiting  int        `json:"waiting" doc:"Mentees without a mentor who would gain by her"`
	One      Difference `json:"one" doc:"Exact: what she would add to the round with one place"`
	Two      Difference `json:"two" doc:"Exact: with two places"`
	AtMost   [2]int64   `json:"at_most" doc:"The estimates that chose her, bonuses included: what she can add at most with one place and with two"`
	Text     string     `json:"text"`
}

// ReportOptions say how much a report holds; its parts cost solves.
type ReportOptions struct {
	Places, Rules, Recruits, Solves int
}

// DefaultReport is how much a report holds if nobody says otherwise: for 300
// mentees it takes well under a second.
var DefaultReport = ReportOptions{Places: 5, Rules: 40, Recruits: 3, Solves: 40}

// Report makes a report, the rules last, as they take longest. With an error it
// gives the parts that were made before.
func (q *Inquiry) Report(ctx context.Context, o ReportOptions) (*Report, error) {
	out := &Report{Places: []PlaceWorth{}, Ladder: []Rung{}, Rules: []RuleCost{}, Holds: q.Holds()}
	if !q.byTotals() {
		return out, q.reportOther(ctx, o, out)
	}
	if err := q.places(ctx, o.Places, out); err != nil {
		return out, err
	}
	if err := q.ladder(ctx, out); err != nil {
		return out, err
	}
	if err := q.recruits(ctx, o, out); err != nil {
		return out, err
	}
	return out, q.rules(ctx, o.Rules, out)
}

func (q *Inquiry) places(ctx context.Context, most int, out *Report) error {
	places, err := q.what.Places(ctx, most)
	r := q.File.Round
	for _, p := range places {
		x := PlaceWorth{Right: r.Right[p.Right].ID, Price: p.Price, Adds: *difference(p.Gain)}
		x.Text = q.Words.Say("whatif.place_adds", map[string]any{"Right": q.name(x.Right), "Gain": q.gain(p.Gain)})
		out.Places = append(out.Places, x)
	}
	return err
}

// gain says a difference of totals: ids served, where they change, and score.
func (q *Inquiry) gain(t matching.Total) string {
	args := map[string]any{"Score": q.amount(t.Score)}
	if t.Served[0] == 0 {
		if t.Score < 0 {
			return q.Words.Say("whatif.gain_less", args)
		}
		return q.Words.Say("whatif.gain", args)
	}
	key := "whatif.gain_more_served"
	args["Count"] = t.Served[0]
	if t.Served[0] < 0 {
		key, args["Count"] = "whatif.gain_fewer_served", -t.Served[0]
	}
	score := "whatif.gain"
	if t.Score < 0 {
		score = "whatif.gain_less"
	}
	args["Gain"] = q.Words.Say(score, args)
	return q.Words.Say(key, args)
}

func (q *Inquiry) ladder(ctx context.Context, out *Report) error {
	rungs, err := q.what.Ladder(ctx)
	for k, x := range rungs {
		r := Rung{Served: x.Served, Score: q.File.given(x.Score), Even: x.Even}
		args := map[string]any{"Count": x.Served, "Score": r.Score}
		key := "whatif.rung_first"
		if len(rungs) == 1 {
			key = "whatif.rung_only"
		}
		if k > 0 {
			before := rungs[k-1]
			steps := int64(x.Served - before.Served)
			key, args["More"], args["Each"] = "whatif.rung", steps, q.amount((before.Score-x.Score)/steps)
			if !x.Even {
				key, args["All"] = "whatif.rung_uneven", q.amount(before.Score-x.Score)
			}
		}
		r.Text = q.Words.Say(key, args)
		out.Ladder = append(out.Ladder, r)
	}
	return err
}

func (q *Inquiry) rules(ctx context.Context, most int, out *Report) error {
	var prices []matching.RulePrice
	var err error
	if q.matcher != nil {
		prices, err = q.matcher.RulePrices(ctx, q.what, most)
	} else {
		prices, err = q.what.RulePrices(ctx, most)
	}
	for _, p := range prices {
		c := RuleCost{Rule: p.Rule, Gain: *difference(p.Gain), First: p.First, Changes: p.Changes}
		if p.Left >= 0 {
			c.Left = q.File.Round.Left[p.Left].ID
		}
		if p.Right >= 0 {
			c.Right = q.File.Round.Right[p.Right].ID
		}
		c.Text = q.ruleText(c, p)
		out.Rules = append(out.Rules, c)
	}
	return err
}

// ruleText says what a rule costs.
func (q *Inquiry) ruleText(c RuleCost, p matching.RulePrice) string {
	args := map[string]any{"Left": q.name(c.Left), "Right": q.name(c.Right), "Gain": q.gain(p.Gain), "Count": c.First, "ID": q.name(c.Left + c.Right)}
	rule := ""
	switch c.Rule {
	case matching.RuleCover, matching.RuleMinimum, matching.RuleMust, matching.RuleLock, "never":
		rule = q.Words.Say("whatif.rule_"+c.Rule, args)
	default:
		rule = q.Words.Say("whatif.rule_"+c.Rule, nil)
	}
	args["Rule"] = rule
	switch {
	case p.Gain == matching.Total{} && c.First == 0:
		return q.Words.Say("whatif.rule_free", args)
	case c.First > 0:
		return q.Words.Say("whatif.rule_costs_first", args)
	}
	return q.Words.Say("whatif.rule_costs", args)
}

func (q *Inquiry) recruits(ctx context.Context, o ReportOptions, out *Report) error {
	if q.matcher == nil || o.Recruits == 0 {
		return nil
	}
	found, err := q.matcher.Recruits(ctx, q.what, o.Recruits, o.Solves)
	if err != nil {
		return err
	}
	v := models.Vocabularies()
	plan := &RecruitingPlan{Recruits: []Recruit{}, Tried: found.Tried, Solved: found.Solved, Proven: found.Proven}
	for _, c := range found.Recruits {
		x := Recruit{
			Topic: v.Topics[c.Topic-1].ID, Language: v.Languages[c.Language-1].ID, Country: v.Countries[c.Country-1].ID,
			Waiting: c.Waiting, One: *difference(c.Gain[0]), Two: *difference(c.Gain[1]), AtMost: c.Bound,
		}
		x.Text = q.Words.Say("whatif.recruit", map[string]any{
			"Topic": q.Words.term("topic/" + x.Topic), "Language": q.Words.term("language/" + x.Language), "Country": q.Words.term("country/" + x.Country),
			"One": q.gain(c.Gain[0]), "Two": q.gain(c.Gain[1]), "Count": x.Waiting,
		})
		plan.Recruits = append(plan.Recruits, x)
	}
	key := "whatif.recruits_unproven"
	if plan.Proven {
		key = "whatif.recruits_proven"
	}
	plan.Text = q.Words.Say(key, map[string]any{"Tried": plan.Tried, "Solved": plan.Solved, "Count": len(plan.Recruits)})
	out.Recruiting = plan
	return nil
}

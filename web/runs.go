package web

import (
	"strconv"
	"time"
)

// Runs are the runs of a round side by side, newest first, with a form for
// another one.
type Runs struct {
	Page
	Round   string // staff's own name of it
	Back    string // path of the rounds
	State   string // of the round, see RoundState
	List    []RunRow
	Others  bool     // the runs were not all made of the same people
	Compare string   // path that compares two runs: a and b
	Choices []Option // runs that can be compared
	Fields  []Field  // see RunFields; none leaves the form out
	Post    string   // where the form posts to
}

// RunRow is a run. Numbers without a result are not shown.
type RunRow struct {
	Number     int
	Label      string // staff's own, "" for none
	Method     string // in the reader's language
	State      string // in the reader's language
	Class      string // of its chip
	At         time.Time
	Path       string // of its review, "" without a result
	Stop       string // where stopping posts to, "" when it has ended
	Stage      string // what it is at, in the reader's language
	Reason     string // why there is no result, in the reader's language
	Clash      []string
	Published  bool
	Total      int // in the engine's units
	Below      int // of the best total of the same people, in hundredths of a percent less; -1 where there is none to compare with
	Gap        int // in the engine's units; -1 where no best total was promised
	Pairs      int
	Known      bool // whether the figures that follow are known
	Businesses int
	Worst      int // points of the pair that scores least
	First      int // pairs of the first choice by the score
	Wished     int // pairs of businesses that ordered mentors
	FirstWish  int
	Across     int
	Blocking   int
	Keeps      string // the run whose pairs it keeps, in the reader's language; "" if it keeps none
	Points     int    // what a kept pair counts, in the engine's units
	Kept       int    // kept pairs, of so many that are possible
	Keepable   int
	Limit      int // seconds that it might take, 0 for no limit
}

// result says whether there is something to compare.
func (r RunRow) result() bool { return r.Path != "" }

// name is what a run is called, for whoever chooses among them.
func (r RunRow) name() string {
	if r.Label != "" {
		return r.Label
	}
	return r.Method
}

// less is by how much a total is below the best, "–" of the best itself.
func (r RunRow) less(lang string) string {
	switch {
	case r.Below < 0:
		return ""
	case r.Below == 0:
		return Text(lang, "runs.best", nil)
	}
	return Text(lang, "runs.below", map[string]any{"Percent": hundredths(lang, r.Below)})
}

// hundredths writes hundredths of a percent.
func hundredths(lang string, n int) string {
	point, end := ".", "%"
	if lang == "fr" {
		point, end = ",", "\u00a0%"
	}
	text := strconv.Itoa(n % 100)
	if n%100 < 10 {
		text = "0" + text
	}
	return strconv.Itoa(n/100) + point + text + end
}

// open says whether a better total may exist than that of a run for the best one.
func (r RunRow) open() bool { return r.Known && r.Gap > 0 }

// again says how a run was made from another one or under a limit, a line each.
func (r RunRow) again(lang string) (out []string) {
	switch {
	case r.Keeps == "":
	case r.Known:
		out = append(out, Text(lang, "runs.kept", map[string]any{"Run": r.Keeps, "Kept": r.Kept, "All": r.Keepable}))
	default:
		out = append(out, Text(lang, "runs.keeps", map[string]any{"Run": r.Keeps}))
	}
	if r.Keeps != "" && r.Points > 0 {
		out = append(out, Text(lang, "runs.kept_points", map[string]any{"Points": r.Points}))
	}
	if r.Limit > 0 {
		out = append(out, Text(lang, "runs.limited", map[string]any{"Seconds": r.Limit}))
	}
	return out
}

// Compared is what differs between two runs. Lines are in the reader's language.
type Compared struct {
	Page
	Round string
	Back  string // path of the runs
	A, B  RunRow
	Lines []string
	Pairs []string // lost and new pairs
	More  int      // pairs that are not listed
}

// GroupChoices are the groups of which the form of a run can ask a share: value
// and key of the words.
var GroupChoices = [][2]string{
	{"", "runs.group_round"},
	{"none", "runs.group_none"},
	{"pairs", "runs.group_across"},
	{"mentees/MX", "runs.group_mentees_mx"},
	{"mentees/CA", "runs.group_mentees_ca"},
	{"mentees/US", "runs.group_mentees_us"},
	{"mentors/MX", "runs.group_mentors_mx"},
	{"mentors/CA", "runs.group_mentors_ca"},
	{"mentors/US", "runs.group_mentors_us"},
}

// runChoices is how many fields of a run come before its weights.
const runChoices = 10

// RunLimits are the limits of what the form for a run can ask.
type RunLimits struct {
	Plans  [2]int // of a lottery
	Weight int
	Points int // of a kept pair
	Time   int // seconds
}

// RunFields are the fields of the form for a run: label, method, cover, groups
// (one of GroupChoices) with at_least and at_most, lottery_plans, keep (the
// value of one of runs) with keep_points, time_limit, and a number for each factor. Values and problems are as in SignUpFields.
func RunFields(lang string, methods, runs []Option, factors []Factor, limits RunLimits, values, problems map[string]string) []Field {
	p := Page{Lang: lang}
	var covers, groups []Option
	for _, c := range [][2]string{
		{"none", "runs.cover_none"}, {"mentees", "runs.cover_mentees"}, {"mentors", "runs.cover_mentors"}, {"both", "runs.cover_both"},
	} {
		covers = append(covers, Option{Value: c[0], Label: p.T(c[1])})
	}
	for _, g := range GroupChoices {
		groups = append(groups, Option{Value: g[0], Label: p.T(g[1])})
	}
	keep := append([]Option{{Label: p.T("runs.keep_none")}}, runs...)
	fields := []Field{
		{Name: "label", Kind: KindText, Label: p.T("runs.label"), Hint: p.T("runs.label_hint"), Max: 80},
		{Name: "method", Kind: KindSelect, Label: p.T("rounds.method"), Options: methods, Required: true},
		{Name: "cover", Kind: KindSelect, Label: p.T("runs.cover"), Hint: p.T("runs.cover_hint"), Options: covers, Required: true},
		{Name: "groups", Kind: KindSelect, Label: p.T("runs.group"), Hint: p.T("runs.group_hint"), Options: groups},
		{Name: "at_least", Kind: KindText, Label: p.T("runs.at_least"), Half: true, Max: 12},
		{Name: "at_most", Kind: KindText, Label: p.T("runs.at_most"), Half: true, Max: 12},
		{Name: "lottery_plans", Kind: KindNumber, Label: p.T("runs.plans"), Hint: p.T("runs.plans_hint"), Min: limits.Plans[0], Max: limits.Plans[1]},
		{Name: "keep", Kind: KindSelect, Label: p.T("runs.keep"), Hint: p.T("runs.keep_hint"), Options: keep},
		{Name: "keep_points", Kind: KindNumber, Label: p.T("runs.points"), Hint: p.T("runs.points_hint", "Per", perPoint), Max: limits.Points},
		{Name: "time_limit", Kind: KindNumber, Label: p.T("runs.limit"), Hint: p.T("runs.limit_hint"), Max: limits.Time},
	}
	out := fill(values, problems, fields...)
	return append(out, WeightFields(lang, factors, limits.Weight, values, problems)...)
}

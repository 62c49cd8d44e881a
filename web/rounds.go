package web

import "math"

// Rounds is staff's list of rounds, with a form for a new one.
type Rounds struct {
	Page
	New     []Field // see NewRoundFields; none leaves the form out
	Post    string  // where the form posts to
	List    []RoundRow
	Weights []Link // pages on which weights of programmes are tried
}

// RoundRow is one round. Note is in the reader's language, Name is staff's own.
type RoundRow struct {
	Name    string
	State   string // draft, open, closed and so on; any other is shown as it is
	Path    string // of the round's own page, "" without one
	Note    string
	Actions []Action

	Runs     string // path of its runs side by side, "" without
	RunCount int
	Starts   bool // the reader may start another run
}

// runsKey is the message that leads to the runs.
func (r RoundRow) runsKey() string {
	if r.Starts {
		return "rounds.runs"
	}
	return "rounds.runs_only"
}

// Action is a button that posts to Post. Label is in the reader's language.
type Action struct {
	Label, Post string
	Primary     bool     // the usual next step
	Method      string   // of a run: what its form has chosen
	Methods     []Option // of a run: what can be chosen, sent as "method"
}

// roundStates are what each state of a round is called, and the class of its
// chip.
var roundStates = map[string]struct{ key, class string }{
	"draft":       {"rounds.draft", ""},
	"open":        {"rounds.open", "ok"},
	"closed":      {"rounds.closed", ""},
	"solving":     {"rounds.solving", "brand-c"},
	"proposed":    {"rounds.proposed", "brand-c"},
	"in_review":   {"rounds.in_review", "brand-c"},
	"published":   {"rounds.published", "ok"},
	"settled":     {"rounds.settled", "ok"},
	"archived":    {"rounds.archived", ""},
	"infeasible":  {"rounds.infeasible", "warn"},
	"failed":      {"rounds.failed", "warn"},
	"cancelled":   {"rounds.cancelled", ""},
	"unpublished": {"rounds.unpublished", ""},
}

// RoundState is what a state of a round is called, the state itself if it has
// no name.
func RoundState(lang, state string) string {
	if s, ok := roundStates[state]; ok {
		return Text(lang, s.key, nil)
	}
	return state
}

// NewRoundFields are the fields of the form for a new round: name, start (a
// date as YYYY-MM-DD) and seed (a whole number, not negative), and before them the programme if there are
// several. Values and
// problems are as in SignUpFields.
func NewRoundFields(lang string, programmes []Option, values, problems map[string]string) []Field {
	p := Page{Lang: lang}
	var fields []Field
	if len(programmes) > 1 {
		fields = append(fields, Field{Name: "programme", Kind: KindSelect, Label: p.T("rounds.programme"), Required: true, Options: programmes})
	}
	return fill(values, problems, append(fields,
		Field{Name: "name", Kind: KindText, Label: p.T("rounds.name"), Hint: p.T("rounds.name_hint"), Required: true, Max: 120},
		Field{Name: "start", Kind: KindDate, Label: p.T("rounds.start"), Hint: p.T("rounds.start_hint"), Required: true},
		Field{Name: "seed", Kind: KindNumber, Label: p.T("rounds.seed"), Hint: p.T("rounds.seed_hint"), Required: true, Max: math.MaxInt32},
	)...)
}

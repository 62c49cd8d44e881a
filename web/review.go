package web

import "time"

// Review is a round before the eyes of staff.
type Review struct {
	Page
	Name      string
	Published bool      // this run is
	Run, Of   int       // number of the run, and how many there are
	Label     string    // what the run is called
	At        time.Time // of the run, in the reader's zone
	Seed      string
	Took      time.Duration
	Summary   Summary
	Proof     Proof
	Pairs     []Pair // those of this page of the table
	First     int    // place of the first of them among all pairs, from 1
	Selected  string // ID of the pair that the panel shows, "" for the first
	Previous  string // path of the table's page before, "" at the first
	Next      string // path of the table's page after, "" at the last
	Unmatched []Unmatched
	Erased    bool    // somebody who took part was erased, so that nothing can be asked of the run
	Advice    string  // path of what would change the round, "" without
	Download  string  // path of round.json, without a language in front
	Runs      string  // path of all runs side by side, "" without
	Publish   string  // where publishing posts to: confirm=on; "" where it cannot be published
	Fields    []Field // see PublishFields
}

// Summary counts a round.
type Summary struct {
	Pairs, Businesses, Places int
	Unmatched                 int
	Wished                    int // pairs of businesses that ordered mentors
	FirstChoice               int // of those, pairs with the first choice
	AcrossBorder              int // pairs of two countries
}

// Proof is what the checker found. Total is the sum of the pairs' scores and
// Bound what no plan can exceed, in the engine's units; only an
// optimal round has one.
type Proof struct {
	Proven       bool
	Gap          int      // points that are left unproven
	Open         bool     // because the search was stopped, or pairs of an earlier round were kept
	More         int      // people whom another plan could serve more at most
	Notes        []string // what is kept of an earlier round, and what a limit left open
	Method       string   // whose promise was to be proven
	Total, Bound int
	Checks       []Check
}

// methodOptimal is the method whose promise is a total.
const methodOptimal = "optimal"

// provenKeys are the messages for what is proven, by method.
var provenKeys = map[string]string{
	methodOptimal: "review.proven", "stable": "review.proven_stable", "balanced": "review.proven_balanced", "lottery": "review.proven_lottery",
}

// proven says what is proven.
func (v Review) proven() string {
	if v.Proof.Open {
		return v.T("review.open_within", "Gap", v.Proof.Gap)
	}
	if v.Proof.Gap > 0 {
		return v.T("review.proven_within", "Gap", v.Proof.Gap)
	}
	return v.T(provenKeys[v.Proof.Method])
}

// Check is one thing that was checked, in the reader's language.
type Check struct {
	Text string
	OK   bool
}

// Pair is one row of the table of pairs. Path selects it, "" where nothing is left to see.
type Pair struct {
	ID, Path                                 string
	Business, BusinessAbout, BusinessCountry string
	Mentor, MentorAbout, MentorCountry       string
	Answer                                   string // how its offer stands, in the reader's language; "" before it is published
	Choice                                   int    // which choice of the business the mentor is, 0 if none
	Score                                    Score
	Explain                                  string // path of what would change it, "" without
}

// Unmatched is a business without a mentor and why.
type Unmatched struct {
	Name, About, Country, Reason string
	Explain                      string // path of what would change it, "" without
}

// selected is the pair that the panel shows, nil without one to show.
func (v Review) selected() (chosen *Pair) {
	for i := range v.Pairs {
		pair := &v.Pairs[i]
		if pair.Path != "" && (chosen == nil || pair.ID == v.Selected) {
			chosen = pair
		}
	}
	return chosen
}

// shows says whether the panel shows a pair.
func (v Review) shows(pair Pair) bool {
	chosen := v.selected()
	return chosen != nil && chosen.ID == pair.ID
}

// PublishFields are the fields of the form that publishes a round: confirm.
// Values and problems are as in SignUpFields.
func PublishFields(lang string, values, problems map[string]string) []Field {
	p := Page{Lang: lang}
	return fill(values, problems, Field{Name: "confirm", Kind: KindCheckbox, Label: p.T("review.confirm"), Required: true})
}

// seconds is how long the run took, in tenths of a second.
func (v Review) seconds() string { return Tenths(v.Lang, int(v.Took.Milliseconds()+50)/100) }

package web

import (
	"strconv"
	"strings"
	"time"
)

// Suggestions are an entrepreneur's suggested mentors in the order of her
// wishes.
type Suggestions struct {
	Page
	Business  string
	Compared  int       // how many mentors were compared
	Until     time.Time // when the order is taken, in the reader's zone; zero if not set
	City      string    // of the reader's zone
	Mentors   []Suggestion
	Order     string // where the order posts to: order=ID for each mentor, and up=ID, down=ID or confirm=1
	Confirmed bool   // the order was confirmed and has not changed since
	Closed    bool   // the order can no longer be changed
	Steps     []Step
	Offer     string    // path of an offer that waits for her answer, "" without one
	Refused   []Refused // the mentors whom rules left out
	Find      string    // where asking for another mentor leads, by GET with mentor=CODE; "" leaves the form out
	FindField []Field   // see FindFields
	Why       *Why      // the answer to it
}

// Suggestion is one suggested mentor.
type Suggestion struct {
	ID, Name string
	About    string // what the person does, where, in the reader's language
	Country  string // CA, MX, US or ""
	Tags     []string
	Good     string // a good habit, such as how fast the mentor replies
	Path     string // of the mentor's profile
	Score    Score
}

// Refused counts the mentors whom a rule left out. Text is the rule in the
// reader's language.
type Refused struct {
	Text  string
	Count int
}

// Why says why a mentor is not suggested: because of a rule, or because the
// score is lower than that of a suggested one.
type Why struct {
	Name        string
	Rule        string // in the reader's language, "" if no rule refuses the mentor
	Score       Score
	Than        string       // the suggested mentor with whom this one is compared
	Differences []Difference // in the order in which they are shown
	Changes     []string     // what would bring the mentor among the suggested ones, in the reader's language
}

// Difference is what a factor adds to a mentor's score less what it adds to
// the other's, in points. Factor is in the reader's language.
type Difference struct {
	Factor string
	Points int
}

// FindFields are the fields of the form that asks for another mentor: mentor,
// the mentor's code. Values and problems are as in SignUpFields.
func FindFields(lang string, values, problems map[string]string) []Field {
	p := Page{Lang: lang}
	return fill(values, problems,
		Field{Name: "mentor", Kind: KindText, Label: p.T("suggest.code"), Hint: p.T("suggest.code_hint"), Required: true, Max: 64})
}

// Step is a stage on the way to the first call.
type Step struct {
	Text  string
	State StepState
}

// StepState says where a step stands.
type StepState int

// The states of a step.
const (
	StepAhead StepState = iota
	StepNow
	StepDone
)

// signed writes a whole number with its sign.
func signed(n int) string {
	if n > 0 {
		return "+" + strconv.Itoa(n)
	}
	return strings.Replace(strconv.Itoa(n), "-", "\u2212", 1)
}

package web

import (
	"strings"
	"time"
)

// Weights is the form in which staff tries other weights of a programme, with
// what they would change below or beside it.
type Weights struct {
	Page
	Programme string   // staff's own name of it
	Fields    []Field  // see WeightFields
	Post      string   // where trying posts to
	Back      string   // path of the rounds
	Found     *Preview // nil before something was tried
}

// Preview is what other weights would change. Everything in pairs is of now,
// then of the others.
type Preview struct {
	Keep       string      // where keeping the weights posts to
	Values     [][2]string // names and values of what keeping sends
	Start      time.Time   // first day of both rounds
	Businesses int
	Mentors    int
	Top        int // length of the lists
	Lists      int // lists that change
	First      int // of them, those with another best mentor
	NoRound    bool
	Pairs      [2]int
	Points     [2]int // mean of the pairs' scores by the other weights, in tenths of a point
	Kept       int    // pairs of both rounds
	Lost, New  int
	With       int // businesses that have a mentor only by the others
	Without    int // only now
	Changes    []PreviewChange
	LeftOut    int // businesses for which something changes that are not listed
}

// PreviewChange is what changes for a business. Names are those that people
// gave.
type PreviewChange struct {
	Business      string
	Moves         bool   // the rounds give another mentor, or none
	Before, After string // that mentor, "" for none
	First         bool   // another mentor is the best
	OrderOnly     bool   // the list has the same mentors in another order
	Entered, Left []string
}

// Factor is a factor of the score in the form: its name in settings and its
// weight of now.
type Factor struct {
	Name string
	Now  int
}

// WeightFields are the fields of the form: a number from 0 to most for each
// factor. Values and problems are as in SignUpFields.
func WeightFields(lang string, factors []Factor, most int, values, problems map[string]string) []Field {
	p := Page{Lang: lang}
	fields := make([]Field, len(factors))
	for i, f := range factors {
		hint := p.T("tune.hint_" + f.Name)
		if v := values[f.Name]; v != itoa(f.Now) {
			hint += " " + p.T("tune.was", "Weight", f.Now)
		}
		fields[i] = Field{Name: f.Name, Kind: KindNumber, Label: p.T("tune.label_" + f.Name), Hint: hint, Required: true, Max: most, Half: true}
	}
	return fill(values, problems, fields...)
}

// changed is how many businesses something changes for.
func (v Preview) changed() int { return len(v.Changes) + v.LeftOut }

// withSign writes a number that is a difference with its sign.
func withSign(n int, text string) string {
	if n > 0 {
		return "+" + text
	}
	return strings.Replace(text, "-", "\u2212", 1)
}

package jobs

import (
	"cmp"
	"slices"

	"puente/matching"
)

// Kind says what a line of an explanation is to whoever reads it in short; ""
// is a line that only the whole sum shows.
type Kind string

// The kinds.
const (
	KindYes     Kind = "yes"     // a reason for the pair
	KindCaution Kind = "caution" // worth knowing
)

// What is shown of an explanation: two to four reasons for the pair, and at
// most one line that is worth knowing.
const (
	leastYes   = 2
	mostYes    = 4
	noticeable = matching.FullScore / 20 // five points of 100
)

// Reasons are the lines that tell in short why a pair is good and what is worth
// knowing of it: those with a kind, the reasons first, by points.
func Reasons(lines []AdviceLine) (out []AdviceLine) {
	for _, l := range lines {
		if l.Kind != "" {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b AdviceLine) int {
		return cmp.Or(-cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Points, a.Points))
	})
	return out
}

// choose gives the lines of an explanation their kinds. This is the rule, for
// pages, the API, the command line and mails:
//
// Worth knowing is the line that loses most of those that give half or less of
// what was asked, if it loses five points or more; of equals the first.
//
// Reasons are of the other lines those that add most; of equals the first. A
// reason gives something, was stated, and is about both people, not about the
// mentor alone; lines of the same words count once. The third and the fourth
// must add five points or more.
func choose(lines []AdviceLine) {
	worst := -1
	order := make([]int, len(lines))
	for i, l := range lines {
		order[i] = i
		if l.Share <= int(matching.FullShare/2) && l.lost() >= noticeable && (worst < 0 || l.lost() > lines[worst].lost()) {
			worst = i
		}
	}
	if worst >= 0 {
		lines[worst].Kind = KindCaution
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(lines[b].Points, lines[a].Points) })
	var said []string
	for _, i := range order {
		l := &lines[i]
		if l.Kind != "" || !l.speaks() || slices.Contains(said, l.Reason) {
			continue
		}
		if len(said) == mostYes || len(said) >= leastYes && l.Points < noticeable {
			break
		}
		l.Kind = KindYes
		said = append(said, l.Reason)
	}
}

// lost is what the line lacks to its full points.
func (f Finding) lost() int { return f.Weight*int(matching.FullShare) - f.Points }

// speaks says whether the line can be a reason for a pair.
func (f Finding) speaks() bool {
	about := f.Factor == matching.Factors[matching.Reliability].Name || f.Factor == matching.Factors[matching.Load].Name
	return f.Points > 0 && f.Fact != string(matching.FactNotStated) && !about
}

package web

import (
	"cmp"
	"slices"
)

const (
	scoreBest  = 60_000 // the best score
	shareBest  = 60     // a whole share
	perPoint   = scoreBest / 100
	perTenth   = perPoint / 10
	reasons    = 3     // shown with a pair
	noticeable = 3_000 // a line that loses this much of a score is worth knowing: five points
	barParts   = 6     // colours of the score bar
)

// Score is the score of a pair with the lines that it is the sum of.
type Score struct {
	Score int // 0 to 60 000
	Lines []Line
}

// Line is one row of an explanation. Factor and Reason are in the reader's
// language.
type Line struct {
	Factor, Reason string
	Weight         int // thousandths; those of a score add up to 1000
	Share          int // sixtieths
}

func (l Line) score() int { return l.Weight * l.Share }
func (l Line) lost() int  { return l.Weight * (shareBest - l.Share) }

// points is the score as whole points of 100.
func (s Score) points() int { return (s.Score + perPoint/2) / perPoint }

// total is the score in tenths of a point.
func (s Score) total() int { return (s.Score + perTenth/2) / perTenth }

// tenths is what each line adds, in tenths of a point, rounded so that the
// lines add up to the total: those that lose the largest part go up first,
// earlier lines before later ones.
func (s Score) tenths() []int {
	out := make([]int, len(s.Lines))
	order := make([]int, len(s.Lines))
	left := s.total()
	for i, l := range s.Lines {
		out[i], order[i] = l.score()/perTenth, i
		left -= out[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(s.Lines[b].score()%perTenth, s.Lines[a].score()%perTenth)
	})
	for i := 0; i < left && i < len(order); i++ {
		out[order[i]]++
	}
	return out
}

// reason is a line among the reasons of a pair; caution says that it is worth
// knowing rather than a strength.
type reason struct {
	Line
	points  int
	caution bool
}

// reasons are the lines that add most, and last the one that loses most if it
// loses five points or more.
func (s Score) reasons() (out []reason) {
	lines := slices.Clone(s.Lines)
	worst := -1
	for i, l := range lines {
		if l.lost() >= noticeable && (worst < 0 || l.lost() > lines[worst].lost()) {
			worst = i
		}
	}
	var last []reason
	if worst >= 0 {
		last = []reason{{lines[worst], whole(lines[worst].score()), true}}
		lines = slices.Delete(lines, worst, worst+1)
	}
	slices.SortStableFunc(lines, func(a, b Line) int { return cmp.Compare(b.score(), a.score()) })
	for _, l := range lines {
		if len(out) < reasons && l.score() > 0 {
			out = append(out, reason{l, whole(l.score()), false})
		}
	}
	return append(out, last...)
}

func whole(score int) int { return (score + perPoint/2) / perPoint }

// part is one part of the score bar: where it begins and how long it is, in
// tenths of a point.
type part struct {
	class    string
	x, width string
}

// bar cuts the score bar into one part for each line, a little apart; lines
// after the fifth share a colour.
func (s Score) bar() (out []part) {
	const gap = 4
	at := 0
	for i, t := range s.tenths() {
		if t > gap {
			out = append(out, part{barClass(i), itoa(at), itoa(t - gap)})
		}
		at += t
	}
	return out
}

// fits are the words for a score, from a number of points on.
var fits = []struct {
	from int
	key  string
}{
	{80, "score.strong"},
	{60, "score.good"},
	{40, "score.fair"},
	{0, "score.weak"},
}

// fit is the key of the word for a score.
func (s Score) fit() string {
	for _, f := range fits {
		if s.points() >= f.from {
			return f.key
		}
	}
	return fits[len(fits)-1].key
}

// barClass is the class of the colour of the nth line.
func barClass(n int) string { return "f" + itoa(min(n, barParts-1)+1) }

// weight is the sum of the weights, in thousandths.
func (s Score) weight() (sum int) {
	for _, l := range s.Lines {
		sum += l.Weight
	}
	return sum
}

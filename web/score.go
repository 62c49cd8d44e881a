package web

import (
	"cmp"
	"slices"
)

const (
	scoreBest = 60_000 // the best score
	shareBest = 60     // a whole share
	perPoint  = scoreBest / 100
	perTenth  = perPoint / 10
	barParts  = 6 // colours of the score bar
)

// Score is the score of a pair with the lines that it is the sum of.
type Score struct {
	Score   int // 0 to 60 000
	Lines   []Line
	Reasons []Reason // what is shown of the lines in short, in this order
}

// Line is one row of an explanation. Factor and Reason are in the reader's
// language.
type Line struct {
	Factor, Reason string
	Weight         int // thousandths; those of a score add up to 1000
	Share          int // sixtieths
}

func (l Line) score() int { return l.Weight * l.Share }

// Reason is a line that tells why a pair is good. Caution says that it is
// worth knowing rather than a strength.
type Reason struct {
	Line
	Caution bool
}

// points is what the line adds as whole points of 100.
func (r Reason) points() int { return whole(r.score()) }

// main is the reason to show where there is room for one, nil without any.
func (s Score) main() *Reason {
	if len(s.Reasons) == 0 {
		return nil
	}
	return &s.Reasons[0]
}

// caution is what is worth knowing, nil if nothing is.
func (s Score) caution() *Reason {
	if i := slices.IndexFunc(s.Reasons, func(r Reason) bool { return r.Caution }); i >= 0 {
		return &s.Reasons[i]
	}
	return nil
}

// points is the score as whole points of 100.
func (s Score) points() int { return whole(s.Score) }

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

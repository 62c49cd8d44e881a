package jobs

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"puente/matching"
	"puente/models"
)

// Points shows a score of at most 60 000 as whole points of 100.
func Points(score int) int { return (score + 300) / 600 }

// table writes CSV cells that no spreadsheet takes for a formula.
type table struct{ *csv.Writer }

// row writes cells: texts made safe, numbers as they are.
func (t table) row(cells ...any) {
	out := make([]string, len(cells))
	for i, c := range cells {
		switch c := c.(type) {
		case int:
			out[i] = strconv.Itoa(c)
		case int64:
			out[i] = strconv.FormatInt(c, 10)
		case string:
			out[i] = models.SafeCell(c)
		}
	}
	_ = t.Write(out) // Flush reports the first error
}

func (t table) done() error {
	t.Flush()
	return t.Error()
}

// WritePairs writes pairs.csv of a round of people: a row a pair, then a row
// for each person without one, with the reason that binds.
func (m *Matched) WritePairs(w io.Writer, words Words) error {
	t := table{csv.NewWriter(w)}
	header := []any{"mentee", "mentor", "score", "points", "mentee_rank", "mentor_rank", "reasons"}
	t.row(append(header, m.chanceNames("mentee_plans", "mentor_plans")...)...)
	r := m.Round
	for _, p := range r.Pairs {
		reasons := strings.Join(m.reasons(p.Left, p.Right, p.Explanation, words), "; ")
		cells := []any{r.Left[p.Left].ID, r.Right[p.Right].ID, p.Score, Points(int(p.Score)), p.LeftRank, p.RightRank, reasons}
		t.row(append(cells, m.pairChances(&p)...)...)
	}
	for _, u := range r.Unpaired {
		if u.Right {
			t.row(append([]any{"", r.Right[u.Position].ID, "", "", "", "", words.Unpaired(r, u)}, m.unpairedChances(u)...)...)
		} else {
			t.row(append([]any{r.Left[u.Position].ID, "", "", "", "", "", words.Unpaired(r, u)}, m.unpairedChances(u)...)...)
		}
	}
	return t.done()
}

// reasons are what a table or a summary says of a pair: the reasons for it, and
// who wished for whom.
func (m *Matched) reasons(mentee, mentor int, x matching.Explanation, words Words) (out []string) {
	for _, l := range Reasons(words.Lines(x)) {
		if l.Kind == KindYes {
			out = append(out, l.Reason)
		}
	}
	return append(out, words.Wishes(&m.Snapshot.Mentees[mentee], &m.Snapshot.Mentors[mentor])...)
}

// Unpaired says in words why an id has no pair.
func (w Words) Unpaired(r *matching.Round, u matching.Unpaired) string {
	args := map[string]any{"Rule": "", "Nearest": "", "Missing": u.Missing}
	if u.Rule != "" {
		args["Rule"] = w.Say("rule."+u.Rule, nil)
	}
	if u.Reason.Nearest() {
		args["Nearest"] = r.Right[u.Nearest].ID
	}
	if u.Reason == matching.ReasonPlaces && u.Missing == 0 {
		return w.Say("unpaired.drawn", args)
	}
	return w.Say("unpaired."+string(u.Reason), args)
}

// WriteRanked writes ranked.csv: each mentee's k best mentors among those the
// rules allow, with each factor's part of the score.
func (m *Matched) WriteRanked(w io.Writer, k int, words Words) error {
	t := table{csv.NewWriter(w)}
	header := []any{"mentee", "rank", "mentor", "score", "points"}
	for f := range matching.Factors {
		header = append(header, matching.Factors[f].Name)
	}
	t.row(append(header, "reasons")...)
	var scratch matching.Scratch
	for i := range m.Snapshot.Mentees {
		e := &m.Snapshot.Mentees[i]
		for rank, h := range m.Index.TopK(e, k, &scratch) {
			x := m.Index.Explain(e, h.Mentor)
			cells := []any{e.ID, rank + 1, m.Snapshot.Mentors[h.Mentor].ID, h.Score, Points(h.Score)}
			for _, points := range x.ByFactor() {
				cells = append(cells, points)
			}
			t.row(append(cells, strings.Join(m.reasons(i, h.Mentor, x, words), "; "))...)
		}
	}
	return t.done()
}

// WritePairs writes pairs.csv of any assignment: left, right, score; then a
// row for each id without a pair, the other side empty.
func (p *Published) WritePairs(w io.Writer) error {
	t := table{csv.NewWriter(w)}
	t.row(append([]any{"left", "right", "score"}, p.chanceNames("left_plans", "right_plans")...)...)
	r := p.Round
	for _, pair := range r.Pairs {
		t.row(append([]any{r.Left[pair.Left].ID, r.Right[pair.Right].ID, p.given(pair.Score)}, p.pairChances(&pair)...)...)
	}
	for _, u := range r.Unpaired {
		if u.Right {
			t.row(append([]any{"", r.Right[u.Position].ID, ""}, p.unpairedChances(u)...)...)
		} else {
			t.row(append([]any{r.Left[u.Position].ID, "", ""}, p.unpairedChances(u)...)...)
		}
	}
	return t.done()
}

// chanceNames are the columns that a lottery has beside those of any round: in how
// many plans the pair is, in how many each of the two has a pair, and of how many.
func (p *Published) chanceNames(left, right string) []any {
	if p.Round.Method != matching.MethodLottery {
		return nil
	}
	return []any{"pair_plans", left, right, "of_plans"}
}

func (p *Published) pairChances(pair *matching.Pair) []any {
	if p.Round.Method != matching.MethodLottery {
		return nil
	}
	return []any{p.pairChance(pair).Plans, p.chance(0, pair.Left).Plans, p.chance(1, pair.Right).Plans, p.Round.Plans}
}

func (p *Published) unpairedChances(u matching.Unpaired) []any {
	switch {
	case p.Round.Method != matching.MethodLottery:
		return nil
	case u.Right:
		return []any{"", "", p.chance(1, u.Position).Plans, p.Round.Plans}
	}
	return []any{"", p.chance(0, u.Position).Plans, "", p.Round.Plans}
}

package jobs

import (
	"cmp"
	"fmt"
	"slices"

	"puente/matching"
	"puente/models"
)

// Advice explains one mentor for one mentee, ready to be shown: by a page, the
// API, the command line or a mail.
type Advice struct {
	Rank   int          `json:"rank"` // among the mentors the rules allow; 0 where it was not asked or is below those listed
	Mentor string       `json:"mentor"`
	Name   string       `json:"name,omitempty"`
	Score  int          `json:"score"`
	Points int          `json:"points"`
	Wishes []string     `json:"wishes,omitempty"` // who wished for whom, in words
	Rule   string       `json:"rule,omitempty"`   // the first hard rule that says no
	Lines  []AdviceLine `json:"lines"`            // their points add up to Score
	Than   string       `json:"than,omitempty"`   // the last listed mentor, whom this one did not reach

	// What would put this mentor among the Top best; only of one mentor, and only
	// if he is not among them.
	Top     int            `json:"top,omitempty" doc:"Among how many best mentors the changes put this one"`
	Gap     int            `json:"gap,omitempty" doc:"What the score lacks to that of the last of them"`
	Changes []AdviceChange `json:"changes,omitempty" doc:"The smallest change of each source, or that there is none; left out if the mentor is among the best"`
}

// AdviceLine is a line of an explanation in words.
type AdviceLine struct {
	Finding
	Title      string `json:"title" doc:"The factor in words"`
	Reason     string `json:"reason" doc:"What was found, in words"`
	Kind       Kind   `json:"kind,omitempty" enum:"yes,caution" doc:"Of what is shown in short: a reason for the pair, or the one line worth knowing"`
	Difference *int   `json:"difference,omitempty" doc:"The points that the mentor gives more or less than the one named by than"`
}

// RuleCount is how many mentors a rule refuses, whatever the others say.
type RuleCount struct {
	Rule    string `json:"rule"`
	Mentors int    `json:"mentors"`
}

// NoSuchPerson says that an id is not among the people of a side.
type NoSuchPerson struct {
	Role models.Role
	ID   string
}

func (e *NoSuchPerson) Error() string { return fmt.Sprintf("there is no %s %s", e.Role, e.ID) }

// Advise explains the k best mentors of a mentee, and counts those that each
// rule refuses. It returns [*NoSuchPerson] for an unknown id.
func (m *Matched) Advise(mentee string, k int, words Words) ([]Advice, []RuleCount, error) {
	e, err := m.mentee(mentee)
	if err != nil {
		return nil, nil, err
	}
	out, refused := m.ranking().advise(e, k, words)
	return out, refused, nil
}

// ranking is an index with the names behind its numbers.
type ranking struct {
	index *matching.Index
	name  func(mentor int) string
}

func (m *Matched) ranking() ranking {
	return ranking{m.Index, func(n int) string { return m.Mentors[n].Name }}
}

// advise explains the k best mentors, and counts those that rules refuse.
func (r ranking) advise(e *matching.Mentee, k int, words Words) (out []Advice, refused []RuleCount) {
	for i, h := range r.index.TopK(e, k, &matching.Scratch{}) {
		out = append(out, r.advice(i+1, e, h.Mentor, words))
	}
	for i, n := range r.index.Refusals(e) {
		if n > 0 {
			refused = append(refused, RuleCount{matching.RuleNames()[i], n})
		}
	}
	return out, refused
}

// Why explains one mentor for a mentee: the rank among the k best, or the
// first rule that says no, or the difference to the last of the k best line by
// line; and what would put him among them. It returns [*NoSuchPerson] for an
// unknown id.
func (m *Matched) Why(mentee, mentor string, k int, words Words) (Advice, error) {
	e, err := m.mentee(mentee)
	if err != nil {
		return Advice{}, err
	}
	return m.ranking().why(e, mentor, reach{k, k}, words)
}

// reach is how many best mentors are looked at: for the rank, and for what would
// put one among them, 0 not to ask.
type reach struct{ ranked, top int }

// why explains one mentor, by code.
func (r ranking) why(e *matching.Mentee, mentor string, k reach, words Words) (Advice, error) {
	j, ok := r.index.Find(mentor)
	if !ok {
		return Advice{}, &NoSuchPerson{models.RoleMentor, mentor}
	}
	hits := r.index.TopK(e, k.ranked, &matching.Scratch{})
	rank := 1 + slices.IndexFunc(hits, func(h matching.Hit) bool { return h.Mentor == j })
	out := r.advice(rank, e, j, words)
	if out.Rule = r.index.Refusal(e, j); out.Rule == "" && rank == 0 && len(hits) > 0 {
		last := hits[len(hits)-1].Mentor
		out.Than = r.index.Mentor(last).ID
		for i, d := range matching.Difference(r.index.Explain(e, j), r.index.Explain(e, last)) {
			out.Lines[i].Difference = &d
		}
	}
	if k.top > 0 && (rank == 0 || rank > k.top) {
		changes := r.index.Changes(e, j, k.top)
		out.Top, out.Gap, out.Changes = k.top, max(0, changes.Gap), words.Changes(changes, cmp.Or(out.Name, out.Mentor), k.top)
	}
	return out, nil
}

func (m *Matched) mentee(id string) (*matching.Mentee, error) {
	e := slices.IndexFunc(m.Snapshot.Mentees, func(x matching.Mentee) bool { return x.ID == id })
	if e < 0 {
		return nil, &NoSuchPerson{models.RoleMentee, id}
	}
	return &m.Snapshot.Mentees[e], nil
}

func (r ranking) advice(rank int, e *matching.Mentee, mentor int, words Words) Advice {
	x := r.index.Explain(e, mentor)
	m := r.index.Mentor(mentor)
	return Advice{
		Rank: rank, Mentor: m.ID, Name: r.name(mentor), Score: x.Score, Points: Points(x.Score), Lines: words.Lines(x),
		Wishes: words.Wishes(e, m),
	}
}

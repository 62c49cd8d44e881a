package jobs

import (
	"cmp"
	"errors"
	"slices"

	"puente/matching"
)

// Summary is a round of people in short, ready to be shown.
type Summary struct {
	Mentees   int            `json:"mentees"`
	Mentors   int            `json:"mentors"`
	Pairs     int            `json:"pairs"`
	Score     int64          `json:"score"`
	Best      []BestPair     `json:"best"`
	Unmatched map[string]int `json:"unmatched"` // mentees without a mentor, by reason
}

// BestPair is a pair and the reasons for it.
type BestPair struct {
	Mentee     string   `json:"mentee"`
	MenteeName string   `json:"mentee_name,omitempty"`
	Mentor     string   `json:"mentor"`
	MentorName string   `json:"mentor_name,omitempty"`
	Score      int64    `json:"score"`
	Points     int      `json:"points"`
	Reasons    []string `json:"reasons"`
}

// Summary tells of a round and its n best pairs: score descending, then ids.
func (m *Matched) Summary(n int, words Words) Summary {
	s := Summary{
		Mentees: len(m.Mentees), Mentors: len(m.Mentors), Pairs: len(m.Round.Pairs), Score: m.Round.Score,
		Best: []BestPair{}, Unmatched: map[string]int{},
	}
	pairs := slices.Clone(m.Round.Pairs)
	slices.SortStableFunc(pairs, func(a, b matching.Pair) int { return cmp.Compare(b.Score, a.Score) })
	for _, p := range pairs[:min(n, len(pairs))] {
		mentee, mentor := m.Mentees[p.Left], m.Mentors[p.Right]
		s.Best = append(s.Best, BestPair{
			mentee.ID, mentee.Name, mentor.ID, mentor.Name, p.Score, Points(int(p.Score)), m.reasons(p.Left, p.Right, p.Explanation, words),
		})
	}
	for _, u := range m.Round.Unpaired {
		if !u.Right {
			s.Unmatched[string(u.Reason)]++
		}
	}
	return s
}

// Clash names the demands that no assignment can satisfy together. Rule is the
// hard rule that refuses a forced pair, else "".
type Clash struct {
	Left  []string    `json:"left,omitempty"`
	Right []string    `json:"right,omitempty"`
	Must  [][2]string `json:"must,omitempty"`
	Rule  string      `json:"rule,omitempty"`

	Groups    []GroupRule `json:"groups,omitempty"`    // rules about groups that cannot be kept
	Unsettled bool        `json:"unsettled,omitempty"` // no round was found that keeps the rules about groups, and no proof that there is none
	Plans     int         `json:"plans,omitempty"`     // of a lottery, in which a minimum of one takes so many pairs

	Relaxations []Relaxation `json:"relaxations,omitempty" doc:"What would make a round possible, the least change first"`
}

// Relaxation is one way out of a clash: a minimum that asks less, or a pair
// that is no longer forced. It names an id of one side, or both of a pair.
type Relaxation struct {
	Left     string     `json:"left,omitempty"`
	Right    string     `json:"right,omitempty"`
	From     int        `json:"from" doc:"The minimum; 1 for a forced pair"`
	To       int        `json:"to" doc:"The most that it can ask"`
	Possible bool       `json:"possible" doc:"Whether this alone makes a round possible; else another clash remains"`
	Total    Difference `json:"total" doc:"What the best round then comes to"`
}

// Explained is an infeasible problem with its ways out.
type Explained struct {
	err  error
	ways []Relaxation
}

func (e *Explained) Error() string { return e.err.Error() }

// Unwrap gives the clash.
func (e *Explained) Unwrap() error { return e.err }

// explained adds the ways out to a clash; other errors it passes on.
func explained(err error, given func(int64) int64, relax func(*matching.Clash) ([]matching.Relaxation, error)) error {
	clash := (*matching.Clash)(nil)
	if !errors.As(err, &clash) {
		return err
	}
	found, failed := relax(clash)
	if failed != nil {
		return failed
	}
	out := &Explained{err: err}
	for _, x := range found {
		total := *difference(x.Total)
		total.Score = given(total.Score)
		out.ways = append(out.ways, Relaxation{x.Left, x.Right, x.To + x.By, x.To, x.Possible, total})
	}
	return out
}

// ClashOf returns the clash that an error of [Match] or [Assign] names, or nil
// for another error.
func ClashOf(err error) *Clash {
	var clash *matching.Clash
	var refused *matching.Refused
	var groups *matching.GroupClash
	switch {
	case errors.As(err, &clash):
		out := &Clash{Left: clash.Left, Right: clash.Right, Must: clash.Must, Plans: clash.Plans}
		if ways := (*Explained)(nil); errors.As(err, &ways) {
			out.Relaxations = ways.ways
		}
		return out
	case errors.As(err, &refused):
		return &Clash{Must: [][2]string{{refused.Mentee, refused.Mentor}}, Rule: refused.Rule}
	case errors.As(err, &groups):
		out := &Clash{}
		for _, r := range groups.Rules {
			rule := groupOf(r)
			rule.Pairs = groups.Extreme
			out.Groups = append(out.Groups, rule)
		}
		return out
	case errors.Is(err, matching.ErrUnsettled):
		return &Clash{Unsettled: true}
	}
	return nil
}

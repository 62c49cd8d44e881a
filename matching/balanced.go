package matching

import (
	"cmp"
	"context"
	"slices"

	"puente/matching/assign"
)

// Levels are the certificate of a balanced round: potentials of the aims that
// needed any, by position. See [assign.CheckBalance].
type Levels []assign.Level

// Kind is "levels".
func (Levels) Kind() string { return "levels" }

// solveBalanced seeks most served, and then the worst pairs as good as they can
// be.
func solveBalanced(ctx context.Context, r *Round, t *task) ([]int, error) {
	b, err := assign.Balanced(ctx, t.Problem)
	if err != nil {
		return nil, err
	}
	var positions [2][]int32 // by node
	for side, ties := range t.ties {
		positions[side] = make([]int32, len(ties))
		for at, node := range ties {
			positions[side][node] = int32(at)
		}
	}
	for k := range b.Levels {
		l := &b.Levels[k]
		for side, list := range [2][]assign.Potential{l.Left, l.Right} {
			for x := range list {
				list[x].Node = positions[side][list[x].Node]
			}
			slices.SortFunc(list, func(a, b assign.Potential) int { return cmp.Compare(a.Node, b.Node) })
		}
	}
	r.Certificate = Levels(b.Levels)
	return b.Pairs, nil
}

// nearestBetter says why a left id of a balanced round has no pair: most are
// served, and the pairs that have the places it could have score no less. The
// nearest is the one whose lowest pair scores the least more, ties by the tie
// order.
func (r *Round) nearestBetter(t *task) func(int) Unpaired {
	last, _ := r.lastHeld(t, r.Edges.Score)
	return func(i int) Unpaired {
		u := Unpaired{Position: i, Reason: ReasonTaken}
		from, to := r.Edges.Of(i)
		for x := from; x < to; x++ {
			j := int(r.Edges.Right[x])
			if last[j] < 0 {
				continue
			}
			missing := int64(max(0, r.Edges.Score[last[j]]-r.Edges.Score[x]))
			if u.Reason == ReasonTaken || missing < u.Missing || missing == u.Missing && t.ties[1][j] < t.ties[1][u.Nearest] {
				u.Reason, u.Nearest, u.Missing = ReasonPlaces, j, missing
			}
		}
		return u
	}
}

// precedence orders the people of a balanced round by the potentials they have,
// level after level. Of two people it is the first level in which they differ
// that counts: a pair of a mentee with a mentor who stands higher would make
// that level better, unless it scores less than the level itself.
type precedence struct {
	score []int64 // of each level; -1 for those before all scores
	own   [2][][]entry
	order []rung // ascending
	place []int  // of each mentee in the order
	first []int  // by place but the first: level in which it differs from the one before; no level: len(score)
	least []int  // by place: least of first from there on
}

// entry is the potential that somebody has at a level.
type entry struct{ level, value int32 }

type rung struct {
	side, at int
}

func newPrecedence(r *Round, levels Levels) *precedence {
	s := &precedence{own: [2][][]entry{make([][]entry, len(r.Left)), make([][]entry, len(r.Right))}, place: make([]int, len(r.Left))}
	for k, l := range levels {
		score := int64(-1)
		if l.Aim == assign.AimScore {
			score = int64(l.Score)
		}
		s.score = append(s.score, score)
		for side, list := range [2][]assign.Potential{l.Left, l.Right} {
			for _, q := range list {
				s.own[side][q.Node] = append(s.own[side][q.Node], entry{int32(k), q.Value})
			}
		}
	}
	for side, own := range s.own {
		for at := range own {
			s.order = append(s.order, rung{side, at})
		}
	}
	slices.SortFunc(s.order, func(a, b rung) int {
		_, c := differ(s.own[a.side][a.at], s.own[b.side][b.at])
		return cmp.Or(c, cmp.Compare(a.side, b.side), cmp.Compare(a.at, b.at))
	})
	s.first = make([]int, len(s.order))
	for k, p := range s.order {
		if p.side == 0 {
			s.place[p.at] = k
		}
		if k > 0 {
			q := s.order[k-1]
			if level, c := differ(s.own[q.side][q.at], s.own[p.side][p.at]); c != 0 {
				s.first[k] = level
			} else {
				s.first[k] = len(s.score)
			}
		}
	}
	s.least = append(slices.Clone(s.first), len(s.score))
	for k := len(s.first) - 1; k >= 0; k-- {
		s.least[k] = min(s.least[k], s.least[k+1])
	}
	return s
}

// differ finds the first level in which two people differ, and compares them
// there.
func differ(a, b []entry) (level, order int) {
	for k := 0; ; k++ {
		switch {
		case k == len(a) && k == len(b):
			return 0, 0
		case k == len(b) || k < len(a) && a[k].level < b[k].level:
			return int(a[k].level), cmp.Compare(a[k].value, 0)
		case k == len(a) || b[k].level < a[k].level:
			return int(b[k].level), cmp.Compare(0, b[k].value)
		case a[k].value != b[k].value:
			return int(a[k].level), cmp.Compare(a[k].value, b[k].value)
		}
	}
}

// lowest is the least score at which any pair of a mentee could matter.
func (s *precedence) lowest(i int) int64 {
	if low := s.least[s.place[i]+1]; low < len(s.score) {
		return s.score[low]
	}
	return never
}

// bars gives what a pair of a mentee must exceed to matter, by mentor.
func (s *precedence) bars(i, mentors int) []int64 {
	out := make([]int64, mentors)
	for j := range out {
		out[j] = never
	}
	low := len(s.score)
	for k := s.place[i] + 1; k < len(s.order); k++ {
		if low = min(low, s.first[k]); low < len(s.score) && s.order[k].side == 1 {
			out[s.order[k].at] = s.score[low] - 1
		}
	}
	return out
}

// unbalanced gives the mentees more candidates whose lists leave out pairs that
// could make the round better: the best of those that the potentials do not rule
// out. A pair that is not there carries nothing, so it changes nothing if it
// costs no less than zero at the first level that sees it. When there is no
// other, the round is balanced over all allowed pairs.
func (m *Matcher) unbalanced(ctx context.Context, r *Round, c *candidates) ([][]assign.Edge, error) {
	levels, _ := r.Certificate.(Levels)
	s := newPrecedence(r, levels)
	forced := make([]bool, len(r.Left))
	for _, x := range r.Edges.Must {
		forced[r.Edges.At(int(x)).Left] = true
	}
	more := make([][]assign.Edge, len(r.Left))
	err := m.forEach(ctx, "prove", func(i int, scratch *Scratch) error {
		if forced[i] || c.cut[i] < 0 || c.cut[i] < s.lowest(i) {
			return nil
		}
		var hits []Hit
		for _, h := range m.Index.Above(&m.Snapshot.Mentees[i], s.bars(i, len(r.Right)), scratch) {
			if !contains(c.lists[i], h.Mentor) {
				hits = append(hits, h)
			}
		}
		slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
		for _, h := range hits[:min(len(hits), m.Settings.Candidates)] {
			more[i] = append(more[i], assign.Edge{Left: i, Right: h.Mentor, Score: int64(h.Score)})
		}
		return nil
	})
	return more, err
}

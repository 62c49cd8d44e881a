package matching

import (
	"context"
	"slices"

	"puente/matching/assign"
)

// WhatIf asks about a round of this matcher over all pairs that its rules
// allow, not only those that the round lists: an answer takes in every pair
// that its prices cannot rule out, as [Matcher.Round] does. It ranks all
// mentees once.
func (m *Matcher) WhatIf(ctx context.Context, r *Round) (*WhatIf, error) {
	c, err := m.candidates(ctx)
	if err != nil {
		return nil, err
	}
	w := r.WhatIf()
	w.more = m.beyond(c.cut)
	return w, nil
}

// beyond finds the allowed pairs outside the lists of a variant that could
// improve it. cut is what [Matcher.candidates] gives.
func (m *Matcher) beyond(cut []int64) widen {
	return func(ctx context.Context, t *variant, s assign.Solution, slack int64) ([]assign.Edge, error) {
		prices := s.Prices[:len(m.Snapshot.Mentors)] // a variant may have one right id more, who is nobody
		gains := assign.Bars(t.Problem, s.Prices, s.Bonus)
		lowest := int64(0)
		for _, p := range prices {
			lowest = min(lowest, p)
		}
		more := make([][]assign.Edge, len(gains))
		err := m.forEach(ctx, "prove", func(i int, scratch *Scratch) error {
			if cut[i] < 0 || cut[i] <= gains[i]+lowest-slack {
				return nil
			}
			bars := make([]int64, len(prices))
			for j, p := range prices {
				bars[j] = gains[i] + p - slack
			}
			for _, h := range m.Index.Above(&m.Snapshot.Mentees[i], bars, scratch) {
				if _, listed := t.find(i, h.Mentor); !listed && t.barred != [2]int{i, h.Mentor} {
					more[i] = append(more[i], assign.Edge{Left: i, Right: h.Mentor, Score: int64(h.Score)})
				}
			}
			return nil
		})
		return slices.Concat(more...), err
	}
}

// Consider lists an allowed pair that the round does not, so that it can be
// asked about; a pair that a rule refuses gives the rule's name.
func (m *Matcher) Consider(w *WhatIf, mentee, mentor int) (rule string, err error) {
	t := w.variant()
	if _, listed := t.find(mentee, mentor); listed {
		return "", nil
	}
	e := &m.Snapshot.Mentees[mentee]
	if rule := m.Index.Refusal(e, mentor); rule != "" {
		return rule, nil
	}
	if err := t.add([]assign.Edge{{Left: mentee, Right: mentor, Score: int64(m.Index.Explain(e, mentor).Score)}}); err != nil {
		return "", err
	}
	wider := *w.round
	wider.Edges = t.Edges
	w.round = &wider
	return "", nil
}

// RulePrices prices what [WhatIf.RulePrices] does, and of the people's rules
// those that somebody chose: of the programme the border, the language and the
// mentees' hours in common; of staff every must, lock and never, one at a time.
// At most so many are priced. It costs two solves each, and of a rule of the
// programme a ranking.
func (m *Matcher) RulePrices(ctx context.Context, w *WhatIf, most int) ([]RulePrice, error) {
	out, err := w.RulePrices(ctx, most)
	if err != nil {
		return out, err
	}
	for _, v := range m.looser() {
		if len(out) >= most {
			break
		}
		p := RulePrice{Rule: v.rule, Left: -1, Right: -1}
		t, err := v.matcher.loose(ctx, w)
		if err == nil {
			err = w.price(ctx, t, &p)
		}
		if err != nil {
			return out, err
		}
		out = append(out, p)
	}
	for i := range m.Snapshot.Mentees {
		for _, p := range m.staffRules(i) {
			if len(out) >= most {
				return out, nil
			}
			t, err := m.without(w, p)
			if err == nil {
				err = w.price(ctx, t, &p)
			}
			if err != nil {
				return out, err
			}
			out = append(out, p)
		}
	}
	return out, nil
}

// looserMatcher is a matcher without one rule of the programme.
type looserMatcher struct {
	rule    string
	matcher *Matcher
}

// looser lists the matcher without each of the rules that its settings and
// mentees ask.
func (m *Matcher) looser() (out []looserMatcher) {
	add := func(rule string, asked bool, change func(*Settings, *Snapshot)) {
		if !asked {
			return
		}
		settings, snapshot := *m.Settings, *m.Snapshot
		change(&settings, &snapshot)
		own := *m
		own.Settings, own.Snapshot = &settings, &snapshot
		own.Index = NewIndex(&snapshot, &settings, m.Seed)
		out = append(out, looserMatcher{rule, &own})
	}
	add("cross_border", m.Settings.CrossBorder, func(s *Settings, _ *Snapshot) { s.CrossBorder = false })
	add("language", !m.Settings.Interpreter, func(s *Settings, _ *Snapshot) { s.Interpreter = true })
	asks := slices.ContainsFunc(m.Snapshot.Mentees, func(e Mentee) bool { return e.MinOverlap > 0 && e.Calendar != 0 })
	add("overlap", asks, func(_ *Settings, s *Snapshot) {
		s.Mentees = slices.Clone(s.Mentees)
		for i := range s.Mentees {
			s.Mentees[i].MinOverlap = 0
		}
	})
	return out
}

// loose is the round's problem with the pairs that this looser matcher allows.
func (m *Matcher) loose(ctx context.Context, w *WhatIf) (*variant, error) {
	c, err := m.candidates(ctx)
	if err != nil {
		return nil, err
	}
	t := w.variant()
	t.more = m.beyond(c.cut)
	unlisted := slices.DeleteFunc(slices.Concat(c.lists...), func(e assign.Edge) bool {
		_, listed := t.find(e.Left, e.Right)
		return listed
	})
	return t, t.add(unlisted)
}

// staffRules lists the rules that staff made about one mentee.
func (m *Matcher) staffRules(i int) (out []RulePrice) {
	e := &m.Snapshot.Mentees[i]
	for _, kind := range []struct {
		rule string
		ids  []string
	}{{RuleMust, e.Must}, {RuleLock, e.Lock}, {"never", e.Never}} {
		for _, id := range kind.ids {
			if j, ok := m.Index.Find(id); ok {
				out = append(out, RulePrice{Rule: kind.rule, Left: i, Right: j})
			}
		}
	}
	return out
}

// without is the round's problem without one rule of staff.
func (m *Matcher) without(w *WhatIf, p RulePrice) (*variant, error) {
	t := w.variant()
	x, listed := t.find(p.Left, p.Right)
	e := m.Snapshot.Mentees[p.Left]
	id := m.Snapshot.Mentors[p.Right].ID
	if p.Rule != "never" {
		if !listed || slices.Contains(e.Must, id) && slices.Contains(e.Lock, id) {
			return t, nil // the other one still holds
		}
		t.force(x, false)
		if m.Index.Refusal(&e, p.Right) != "" {
			return t, t.bar(x)
		}
		return t, nil
	}
	e.Never = slices.DeleteFunc(slices.Clone(e.Never), func(other string) bool { return other == id })
	if listed || m.Index.Refusal(&e, p.Right) != "" {
		return t, nil
	}
	return t, t.add([]assign.Edge{{Left: p.Left, Right: p.Right, Score: int64(m.Index.Explain(&e, p.Right).Score)}})
}

package matching

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"puente/matching/assign"
)

// Newcomer is a mentor who does not exist yet, and of whom no more is known
// than this: lives in a country and knows its market, teaches one topic there,
// and speaks one language as a native. Numbers are those of the vocabularies.
type Newcomer struct{ Topic, Language, Country uint8 }

// Recruit is what a newcomer would have brought to a round.
type Recruit struct {
	Newcomer
	Waiting int      // mentees without a mentor whom the rules allow her, and who would gain
	Bound   [2]int64 // estimates for one and for two places: what she adds at most, at the dual prices, bonuses included
	Gain    [2]Total // exact, for one and for two places
}

// Recruiting is advice about whom to win as mentors.
type Recruiting struct {
	Recruits []Recruit // best first
	Tried    int       // newcomers who were estimated
	Solved   int       // of these, newcomers whose rounds were solved
	Proven   bool      // whether no other newcomer who was tried is better than those listed
}

// Recruits says which newcomers would have added most to a round: with two
// places, first the mentees served, then the points. Newcomers are made from
// what those ask who have no mentor, or are in the quarter of the pairs that
// score least: each need, language (B1 or better) and target market together.
//
// All are estimated at the dual prices, which gives what each can add at most.
// In that order, at most so many are then solved for, twice, until the best are
// proven: when those found serve two mentees more and no estimate left exceeds
// their points.
func (m *Matcher) Recruits(ctx context.Context, w *WhatIf, list, solves int) (*Recruiting, error) {
	all := m.newcomers(w.round)
	out := &Recruiting{Tried: len(all), Proven: true}
	bonus := int64(0) // that two mentees more earn at least
	if w.round.Cover == assign.CoverLeft {
		bonus = 2 * w.round.prices().Bonus
	}
	if err := m.estimate(ctx, w, all); err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b Recruit) int {
		return cmp.Or(cmp.Compare(b.Bound[1], a.Bound[1]), cmp.Compare(b.Bound[0], a.Bound[0]))
	})
	for _, c := range all {
		if c.Bound[1] <= 0 || out.settled(list, c.Bound[1], bonus) {
			break
		}
		if out.Solved == solves {
			out.Proven = false
			break
		}
		if err := m.join(ctx, w, &c); err != nil {
			return nil, err
		}
		out.Solved++
		out.Recruits = append(out.Recruits, c)
		slices.SortStableFunc(out.Recruits, func(a, b Recruit) int {
			x, y := a.Gain[1], b.Gain[1]
			return cmp.Or(cmp.Compare(more(y), more(x)), cmp.Compare(y.Score, x.Score), cmp.Compare(b.Gain[0].Score, a.Gain[0].Score))
		})
	}
	out.Recruits = out.Recruits[:min(list, len(out.Recruits))]
	return out, nil
}

// settled says whether nobody of this estimate or a lower one can be better
// than those listed.
func (r *Recruiting) settled(list int, bound, bonus int64) bool {
	if len(r.Recruits) < list {
		return false
	}
	last := r.Recruits[list-1].Gain[1]
	return more(last) == 2 && last.Score+bonus >= bound
}

// more is how many mentees more are served, as far as two places can be the
// cause; where rounds are as good as each other, another may be found that
// serves even more.
func more(gain Total) int { return min(2, gain.Served[0]) }

// newcomers are made from what the least served ask, each once.
func (m *Matcher) newcomers(r *Round) (out []Recruit) {
	paired := make([]bool, len(r.Left))
	pairs := slices.Clone(r.Pairs)
	for _, p := range pairs {
		paired[p.Left] = true
	}
	slices.SortStableFunc(pairs, func(a, b Pair) int { return cmp.Compare(a.Score, b.Score) })
	for _, p := range pairs[:len(pairs)/4] {
		paired[p.Left] = false
	}
	seen := map[Newcomer]bool{}
	for i := range m.Snapshot.Mentees {
		if paired[i] {
			continue
		}
		for _, n := range m.wanted(&m.Snapshot.Mentees[i]) {
			if !seen[n] {
				seen[n] = true
				out = append(out, Recruit{Newcomer: n})
			}
		}
	}
	slices.SortFunc(out, func(a, b Recruit) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Language, b.Language), cmp.Compare(a.Country, b.Country))
	})
	return out
}

// wanted are the newcomers who would have what one mentee asks. One who names
// no market is asked about each country of the round but her own.
func (m *Matcher) wanted(e *Mentee) (out []Newcomer) {
	countries := targetCountries(e)
	if countries[0] == 0 {
		countries = nil
		for i := range m.Snapshot.Mentors {
			if c := m.Snapshot.Mentors[i].Country; c != e.Country && !slices.Contains(countries, c) {
				countries = append(countries, c)
			}
		}
	}
	for _, n := range e.Needs {
		for _, s := range e.Languages {
			for _, c := range countries {
				if s.Level >= levelB1 {
					out = append(out, Newcomer{n.Topic, s.Language, c})
				}
			}
		}
	}
	return out
}

// native is how well a newcomer speaks her language, and teaches the level of
// her skill; both are the highest there are.
const (
	native  = 7
	teaches = 3
)

// mentor is the newcomer as the engine sees her.
func (n Newcomer) mentor(id string) Mentor {
	return Mentor{
		ID: id, Country: n.Country, Capacity: 2,
		Languages: []Spoken{{n.Language, native}}, Skills: []Skill{{n.Topic, n.Country, teaches}}, Markets: []Known{{Country: n.Country, Level: teaches}},
	}
}

// index ranks newcomers as it does mentors.
func (m *Matcher) index(newcomers []Recruit) *Index {
	s := &Snapshot{Calendars: m.Snapshot.Calendars}
	for k, n := range newcomers {
		s.Mentors = append(s.Mentors, n.mentor(fmt.Sprintf("\x00%09d", k))) // no id of a person begins like this
	}
	return NewIndex(s, m.Settings, m.Seed)
}

// estimate bounds what each newcomer adds with one place and with two: what her
// best one or two mentees would gain over what the prices give them now, and her
// own bonus. A price of what the first gains, or the second, at her places
// makes a dual bound of the wider round.
func (m *Matcher) estimate(ctx context.Context, w *WhatIf, all []Recruit) error {
	bars := assign.Bars(w.variant().Problem, w.round.prices().Place, w.round.prices().Bonus)
	paired := make([]bool, len(w.round.Left))
	for _, p := range w.round.Pairs {
		paired[p.Left] = true
	}
	own := int64(0) // bonus of a mentor who is served
	if c := w.round.Cover; c == assign.CoverRight || c == assign.CoverBoth {
		own = w.round.prices().Bonus
	}
	x := m.index(all)
	hits := make([][]Hit, len(bars))
	err := m.forEach(ctx, "rank", func(i int, s *Scratch) error {
		bar := make([]int64, len(all))
		for k := range bar {
			bar[k] = bars[i] - own
		}
		hits[i] = x.Above(&m.Snapshot.Mentees[i], bar, s)
		return nil
	})
	for i, list := range hits {
		for _, h := range list {
			c, worth := &all[h.Mentor], int64(h.Score)-bars[i]
			if !paired[i] {
				c.Waiting++
			}
			first, second := c.Bound[0], c.Bound[1]-c.Bound[0]
			if worth+own > first {
				first, second = worth+own, max(second, first-own)
			} else {
				second = max(second, worth)
			}
			c.Bound = [2]int64{first, first + max(0, second)}
		}
	}
	return err
}

// join solves the round with a newcomer of one place, and of two.
func (m *Matcher) join(ctx context.Context, w *WhatIf, c *Recruit) error {
	x := m.index([]Recruit{*c})
	var edges []assign.Edge
	var s Scratch
	for i := range m.Snapshot.Mentees {
		for _, h := range x.Above(&m.Snapshot.Mentees[i], []int64{-1}, &s) {
			edges = append(edges, assign.Edge{Left: i, Right: len(w.round.Right), Score: int64(h.Score)})
		}
	}
	for places := range c.Gain {
		t := w.variant()
		t.Right = append(t.Right, assign.Node{Capacity: places + 1})
		if err := t.add(edges); err != nil {
			return err
		}
		s, err := t.solve(ctx)
		if err != nil {
			return err
		}
		c.Gain[places] = totalOf(s).Minus(w.round.Total())
	}
	return nil
}

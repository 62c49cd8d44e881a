package assign

import (
	"context"
	"fmt"
	"slices"
)

// approach solves rules that are not nested. It lowers the bound rule by rule
// until none lowers it further, and then mixes the assignments that it met
// there into one that keeps the rules and loses as little as it can find.
func (g *grouped) approach(ctx context.Context) ([]int, error) {
	m := &mixer{grouped: g}
	for k := range g.groups {
		s, err := g.farthest(ctx, k)
		if err != nil {
			return nil, err
		}
		if s.Score < g.weights[k][2] {
			return nil, g.alone(k, s)
		}
		m.ends = append(m.ends, s.Pairs)
	}
	t, err := g.start(ctx)
	if err != nil {
		return nil, err
	}
	m.meet(t)
	if t, err = m.descend(ctx, t, g.firstStep()); err != nil {
		return nil, err
	}
	if err := m.overshoot(ctx, t); err != nil {
		return nil, err
	}
	if pairs, found := m.mix(); found {
		return pairs, nil
	}
	return nil, g.unsettled(ctx)
}

// sweeps is how often all directions are tried in turn at most.
const sweeps = 8

// descend lowers the bound along one rule after the other and along two with or
// against each other, for as long as that helps.
func (m *mixer) descend(ctx context.Context, t *point, step int64) (_ *point, err error) {
	for range sweeps {
		before := t.value
		for _, direction := range directions(len(m.groups)) {
			if t, err = m.try(ctx, t, direction, step); err != nil {
				return nil, err
			}
		}
		if t.value >= before {
			break
		}
		step = max(1, step/64)
	}
	return m.best, nil
}

// directions are one rule, and two with or against each other.
func directions(rules int) (out [][]int64) {
	for a := range rules {
		for b := range rules {
			d := make([]int64, rules)
			d[a] = 1
			switch {
			case b < a:
				d[b] = 1
			case b > a:
				d[b] = -1
			}
			out = append(out, d)
		}
	}
	return out
}

// try lowers the bound in a direction or against it, and returns the better of
// the points it ends between.
func (m *mixer) try(ctx context.Context, t *point, direction []int64, step int64) (*point, error) {
	slope := t.along(direction)
	if slope > 0 {
		direction = slices.Clone(direction)
		for k := range direction {
			direction[k] = -direction[k]
		}
	}
	if slope == 0 || m.reach(t.at, direction) == 0 {
		return t, nil
	}
	before, after, err := m.lower(ctx, t, direction, step)
	if err != nil {
		return nil, err
	}
	m.meet(before)
	if after == nil {
		return before, nil
	}
	m.meet(after)
	if after.value < before.value {
		return after, nil
	}
	return before, nil
}

// overshoot raises the multipliers of the rules that are missed, until an
// assignment keeps them all or the limits come.
func (m *mixer) overshoot(ctx context.Context, t *point) error {
	best := m.best
	defer func() { m.best = best }() // its bound is no better
	for step := int64(1); !satisfied(t.slack); step *= 4 {
		direction := make([]int64, len(t.slack))
		for k, s := range t.slack {
			if s < 0 {
				direction[k] = 1
			}
		}
		reach := m.reach(t.at, direction)
		if reach == 0 {
			return nil
		}
		var err error
		if t, err = m.move(ctx, t, direction, min(step, reach)); err != nil {
			return err
		}
		m.meet(t)
	}
	return nil
}

// unsettled tells whether it is proven that the rules cannot be kept together:
// whether, with scores counting nothing, multipliers bound the score below 0.
func (g *grouped) unsettled(ctx context.Context) error {
	zero := *g
	zero.p.Edges.Score = make([]int32, g.p.Edges.Len())
	zero.best, zero.near, zero.floor, zero.widest = nil, nil, 0, 0
	t, err := zero.start(ctx)
	if err != nil {
		return err
	}
	if t, err = (&mixer{grouped: &zero}).descend(ctx, t, 1); err != nil {
		return err
	}
	c := &GroupClash{}
	for k, m := range t.at {
		if m > 0 {
			c.Groups = append(c.Groups, k)
		}
	}
	if t.value < 0 {
		return c
	}
	return fmt.Errorf("%w: %s", ErrUnsettled, enumerate(c.Groups))
}

// mixer keeps assignments: for each rule one that goes as far as it can, and
// those of the last points.
type mixer struct {
	*grouped
	ends, met [][]int // pairs, the latest last
}

// memory is how many assignments are kept.
const memory = 6

func (m *mixer) meet(t *point) {
	if len(m.met) == memory {
		m.met = slices.Delete(m.met, 0, 1)
	}
	m.met = append(m.met, t.Pairs)
}

// mix starts from each assignment and goes from it toward each other one where
// that keeps more of the rules, or loses less. It returns the best that keeps
// all.
func (m *mixer) mix() (best []int, found bool) {
	top, all := int64(0), slices.Concat(m.met, m.ends)
	for k := range all {
		now := all[k]
		for d := 1; d < len(all); d++ {
			now = m.toward(now, all[(k+d)%len(all)])
		}
		if score := m.score(now); satisfied(m.slacks(now)) && (!found || score > top) {
			best, top, found = now, score, true
		}
	}
	return best, found
}

func (g *grouped) score(pairs []int) (sum int64) {
	for _, x := range pairs {
		sum += int64(g.p.Edges.Score[x])
	}
	return sum
}

// toward exchanges parts of one assignment by those of another: first those by
// which the rules are kept at the least loss of score, then those that gain,
// alone or two together.
func (m *mixer) toward(from, to []int) []int {
	parts := m.parts(from, to)
	slack := m.slacks(from)
	for best := 0; best >= 0; {
		best = -1
		var gain [2]int64 // what is missed less, and the score that it costs
		for i := range parts {
			p := &parts[i]
			if less := repaired(slack, p.sums); !p.used && better(less, -p.score, gain) {
				best, gain = i, [2]int64{less, -p.score}
			}
		}
		if best >= 0 {
			parts[best].turn(slack)
		}
	}
	climb(parts, slack)
	chosen := map[int]bool{}
	for i := range parts {
		if parts[i].used {
			for _, x := range parts[i].edges {
				chosen[x] = true
			}
		}
	}
	return m.exchange(from, chosen)
}

// turn exchanges a part, or undoes it, and gives what that adds to the score.
func (p *part) turn(slack []int64) (gain int64) {
	sign := int64(1)
	if p.used {
		sign = -1
	}
	p.used = !p.used
	for k, s := range p.sums {
		slack[k] += sign * s
	}
	return sign * p.score
}

// pairsTried is up to how many parts two are turned together.
const pairsTried = 300

// climb turns parts, alone or two together, as long as that gains score and no
// rule is missed more than before.
func climb(parts []part, slack []int64) {
	missed := func() (sum int64) {
		for _, s := range slack {
			sum += min(0, s)
		}
		return sum
	}
	for improved := true; improved; {
		improved = false
		for i := range parts {
			if turned(parts, i, slack, missed) {
				improved = true
			}
		}
	}
}

// turned turns a part, alone or with an earlier one, if that gains.
func turned(parts []part, i int, slack []int64, missed func() int64) bool {
	before := missed()
	gain := parts[i].turn(slack)
	if gain > 0 && missed() >= before {
		return true
	}
	for j := 0; j < i && len(parts) <= pairsTried; j++ {
		if gain+parts[j].turn(slack) > 0 && missed() >= before {
			return true
		}
		parts[j].turn(slack)
	}
	parts[i].turn(slack)
	return false
}

// better orders repairs by loss for what is repaired, then by how much that is.
// Nothing is better than a repair that repairs nothing.
func better(less, loss int64, than [2]int64) bool {
	if less <= 0 || than[0] == 0 {
		return less > 0
	}
	a, b := loss*than[0], than[1]*less
	return a < b || a == b && less > than[0]
}

// repaired is how much less the rules are missed once sums are added.
func repaired(slack, sums []int64) (less int64) {
	for k, s := range slack {
		less += min(0, s+sums[k]) - min(0, s)
	}
	return less
}

// exchange takes edges out where they are in, and in where they are out.
func (m *mixer) exchange(pairs []int, edges map[int]bool) (out []int) {
	for _, x := range pairs {
		if !edges[x] {
			out = append(out, x)
		}
		delete(edges, x)
	}
	for x := range edges {
		out = append(out, x)
	}
	slices.Sort(out)
	return out
}

package assign

import (
	"context"
	"fmt"
	"slices"
)

// point is a best assignment at multipliers.
type point struct {
	Solution         // Pairs, Prices, Bonus and Served at the multipliers
	at       []int64 // multipliers
	slack    []int64 // of its pairs, by rule
	dual     int64   // its total, bonuses included
	value    int64   // no assignment that keeps the rules and serves as many is worth more, times the scale
}

// along is the slope of the bound at the point, in a direction.
func (t *point) along(direction []int64) (slope int64) {
	for k, d := range direction {
		slope += d * t.slack[k]
	}
	return slope
}

// solve makes a point. It is the one place that calls the solver for the rules.

func (g *grouped) solve(ctx context.Context, at []int64) (*point, error) {
	q := g.p
	q.Edges.Score = make([]int32, g.p.Edges.Len())
	worth, fixed := g.worth(at), int64(0)
	for k, m := range at {
		fixed += m * g.weights[k][2]
	}
	for x, w := range g.p.Edges.Score {
		q.Edges.Score[x] = int32(int64(w)*g.scale + worth[g.class[x]])
	}
	if g.p.Cover != CoverNone {
		q.leastBonus = g.floor*g.scale + max(fixed, -fixed) + 1 + spread(q)
	}
	q.near = g.near
	s, err := Solve(ctx, q)
	if err != nil {
		return nil, err
	}
	g.near = s.Prices
	t := &point{Solution: s, at: at, slack: g.slacks(s.Pairs), value: s.Score - fixed, dual: s.Score + s.Bonus*g.p.Cover.counts(s.Served)}
	if g.best == nil || t.value <= g.best.value {
		g.best = t
	}
	return t, nil
}

// start solves without the rules.
func (g *grouped) start(ctx context.Context) (*point, error) {
	t, err := g.solve(ctx, make([]int64, len(g.groups)))
	if err != nil {
		return nil, err
	}
	for _, x := range t.Pairs {
		g.free += int64(g.p.Edges.Score[x])
	}
	return t, nil
}

// reach is how many steps in a direction keep the multipliers at zero or above
// and the scores within the limits.
func (g *grouped) reach(from, direction []int64) int64 {
	steps := int64(MaxScore)
	total, more := g.widest*g.scale, int64(0)
	for k, d := range direction {
		heavy := max(g.weights[k][0], -g.weights[k][0], g.weights[k][1], -g.weights[k][1])
		total += from[k] * heavy
		more += max(d, 0) * heavy
		if d < 0 {
			steps = min(steps, from[k]/-d)
		}
	}
	if more > 0 {
		steps = min(steps, (MaxScore-total)/more)
	}
	return max(0, steps)
}

// lower goes from a point in a direction, as far as the bound falls, and
// returns the last point before its least value and the first after it; the
// latter is nil if the limits come first. The bound is convex: at every point
// there is a slope that it never falls below, so where two slopes meet is a
// guess of the least value, and no more than a guess is needed as the bracket
// is halved every other time.
func (g *grouped) lower(ctx context.Context, from *point, direction []int64, step int64) (before, after *point, err error) {
	reach := g.reach(from.at, direction)
	lo, hi := int64(0), min(step, reach)
	before = from
	for {
		if hi == lo {
			return before, nil, nil
		}
		t, err := g.move(ctx, from, direction, hi)
		if err != nil {
			return nil, nil, err
		}
		if t.along(direction) >= 0 {
			after = t
			break
		}
		before, lo, hi = t, hi, min(reach, hi*8)
	}
	for turn := 0; hi-lo > 1; turn++ {
		down, up := before.along(direction), after.along(direction)
		meet := lo + floorDivide(before.value-after.value+up*(hi-lo), up-down)
		at := min(max(meet, lo+1), hi-1)
		switch turn % 3 {
		case 0: // where the slope would be 0 if it were straight
			at = min(max(lo+floorDivide(down*(lo-hi), up-down), lo+1), hi-1)
		case 2:
			at = lo + (hi-lo)/2
		}
		t, err := g.move(ctx, from, direction, at)
		if err != nil {
			return nil, nil, err
		}
		least := at == meet && t.value == before.value+down*(at-lo) && t.value == after.value-up*(hi-at)
		if t.along(direction) >= 0 || least {
			after, hi = t, at
		} else {
			before, lo = t, at
		}
		if least {
			break
		}
	}
	return before, after, nil
}

func (g *grouped) move(ctx context.Context, from *point, direction []int64, steps int64) (*point, error) {
	at := slices.Clone(from.at)
	for k, d := range direction {
		at[k] += d * steps
	}
	return g.solve(ctx, at)
}

// firstStep is how far the first search goes at once.
func (g *grouped) firstStep() int64 { return max(1, g.widest*g.scale/64) }

// exact solves nested rules: as long as no assignment that is best at the
// multipliers keeps the rules, those on the minimum cut that says so are moved.
func (g *grouped) exact(ctx context.Context) ([]int, error) {
	if err := g.possible(ctx); err != nil {
		return nil, err
	}
	t, err := g.start(ctx)
	if err != nil {
		return nil, err
	}
	for step := g.firstStep(); ; step = max(1, step/8) {
		pairs, direction := g.settle(t)
		if direction == nil {
			g.best = t // of all that prove as much, the one with the smallest multipliers that was met
			return pairs, nil
		}
		before, after, err := g.lower(ctx, t, direction, step)
		if err != nil {
			return nil, err
		}
		if after == nil {
			return nil, fmt.Errorf("%w: the multipliers of the group rules leave %d; scale the scores down", ErrTooLarge, MaxScore)
		}
		best := before
		if after.value <= before.value {
			best = after
		}
		if best.value >= t.value {
			return nil, fmt.Errorf("%w: a cut does not lower the bound of the group rules", errInternal)
		}
		t = best
	}
}

// possible returns a *GroupClash if nested rules cannot be kept. The
// assignments that serve the most are those that are best when scores count
// nothing.
func (g *grouped) possible(ctx context.Context) error {
	zero := *g
	zero.p.Edges.Score = make([]int32, g.p.Edges.Len())
	zero.best, zero.near, zero.floor, zero.widest = nil, nil, 0, 0
	t, err := zero.solve(ctx, make([]int64, len(g.groups)))
	if err != nil {
		return err
	}
	if _, clash := zero.settle(t); clash == nil {
		return nil
	}
	kept := make([]bool, len(g.groups))
	for k := range kept {
		kept[k] = true
	}
	for k := range kept {
		kept[k] = false
		if _, clash := zero.settleSome(t, kept); clash == nil {
			kept[k] = true
		}
	}
	c := &GroupClash{}
	for k, yes := range kept {
		if yes {
			c.Groups = append(c.Groups, k)
		}
	}
	if len(c.Groups) != 1 {
		return c
	}
	s, err := g.farthest(ctx, c.Groups[0])
	if err != nil {
		return err
	}
	return g.alone(c.Groups[0], s)
}

// alone is the clash of a single rule, given the farthest that it can go.
func (g *grouped) alone(rule int, farthest Solution) *GroupClash {
	c := &GroupClash{Groups: []int{rule}}
	switch {
	case g.groups[rule].Share:
	case g.groups[rule].Most:
		c.Extreme = int(-farthest.Score)
	default:
		c.Extreme = int(farthest.Score)
	}
	return c
}

// farthest is an assignment that goes as far as a rule can.
func (g *grouped) farthest(ctx context.Context, rule int) (Solution, error) {
	q := g.p
	q.Edges.Score = make([]int32, g.p.Edges.Len())
	for x := range q.Edges.Score {
		q.Edges.Score[x] = int32(g.weight(rule, g.class[x]))
	}
	return Solve(ctx, q)
}

package assign

import "fmt"

// CheckGroups proves what s says of p under the rules, from nothing but these:
// the assignment keeps capacities, minimums, must edges and rules; and no
// assignment that does so serves more, or serves as many and scores more than
// Bound. Gap is Bound less Score. Cost: as [Check], and a pass over the edges
// for each rule.
func CheckGroups(p Problem, groups []Group, s GroupSolution) error {
	if err := validate(p); err != nil {
		return err
	}
	if err := validateGroups(p, groups); err != nil {
		return err
	}
	if err := checkPairs(p, s.Solution); err != nil {
		return err
	}
	if err := checkPlan(p, s.Solution, usageOf(p, s.Pairs)); err != nil {
		return err
	}
	q, limit, err := weighed(p, groups, s)
	if err != nil {
		return err
	}
	if err := checkBonus(q, s.Solution); err != nil {
		return err
	}
	dual := dualBound(q, s.Solution)
	if total, small := dual.small(); !small || total != s.Dual {
		return fmt.Errorf("assign: the prices allow %v, stated is %d", dual, s.Dual)
	}
	limit.plus(dual)
	limit.add(-s.Bonus, int(p.Cover.counts(s.Served)))
	value, small := limit.small()
	if !small || s.Bound != floorDivide(value, s.Scale) || s.Gap != s.Bound-s.Score || s.Gap < 0 {
		return fmt.Errorf("assign: not proven: the prices bound the score %d by %v/%d, stated are %d and a gap of %d",
			s.Score, limit, s.Scale, s.Bound, s.Gap)
	}
	if p.Cover != CoverNone && s.Bonus <= value+s.Scale*spread(p) {
		return fmt.Errorf("assign: bonus %d does not put the served ids before the score", s.Bonus)
	}
	return nil
}

// weighed checks the rules, and gives the problem whose edges are worth what
// the multipliers make of them, with what this adds to any assignment that
// keeps the rules, at least, taken off.
func weighed(p Problem, groups []Group, s GroupSolution) (q Problem, limit wide, err error) {
	if s.Scale < 1 || s.Scale > MaxScore || len(s.Multipliers) != len(groups) {
		return q, limit, fmt.Errorf("assign: scale %d and %d multipliers for %d group rules", s.Scale, len(s.Multipliers), len(groups))
	}
	worth := make([]int64, p.Edges.Len())
	for k, g := range groups {
		if s.Multipliers[k] < 0 || s.Multipliers[k] > MaxScore {
			return q, limit, fmt.Errorf("assign: the multiplier %d of group rule %d is outside 0..%d", s.Multipliers[k], k, MaxScore)
		}
		in, out, least := g.Weights()
		sum, has := -least, g.has(p)
		for x, yes := range has {
			if yes {
				worth[x] += in * s.Multipliers[k]
			} else {
				worth[x] += out * s.Multipliers[k]
			}
		}
		for _, x := range s.Pairs {
			if has[x] {
				sum += in
			} else {
				sum += out
			}
		}
		if sum < 0 {
			return q, limit, fmt.Errorf("assign: group rule %d is missed by %d", k, -sum)
		}
		limit.add(-s.Multipliers[k], int(max(least, 0)))
		limit.add(s.Multipliers[k], int(max(-least, 0)))
	}
	q = p
	q.Edges.Score = make([]int32, p.Edges.Len())
	for x, w := range p.Edges.Score {
		if worth[x] += int64(w) * s.Scale; worth[x] > MaxScore || worth[x] < -MaxScore {
			return q, limit, fmt.Errorf("assign: edge %d is worth %d at the multipliers", x, worth[x])
		}
		q.Edges.Score[x] = int32(worth[x])
	}
	return q, limit, nil
}

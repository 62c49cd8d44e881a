package assign

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Earlier is an assignment from which a changed problem is solved again.
type Earlier struct {
	// Pairs are those to be kept if possible: the positions, ascending, of the
	// edges of the changed problem that were pairs before. One that must be kept
	// is a must edge of the problem beside.
	Pairs []int
	// Prices are those of the earlier solution, one for each right node of the
	// changed problem, and 0 for a node that is new; nil if none are known. Bonus is the earlier
	// one. They influence the time only.
	Prices []int64
	Bonus  int64
	// Points is what a kept pair counts beside its score, up to MaxScore. At 0 it counts
	// less than any score: of the best assignments, one with as many kept pairs
	// as possible is sought.
	Points int64
}

// Kept is an assignment that keeps pairs of an earlier one. As a Solution it is
// one of the problem as it stands: where kept pairs count points, Gap is exactly
// what keeping them costs, and otherwise 0. A kept pair may have a score of zero
// or less.
type Kept struct {
	Solution
	Count int // kept pairs
	// Proven says that no assignment counts more, kept pairs included. Only a
	// search that was stopped leaves it open, and then what follows is nil.
	Proven bool
	// Worth holds prices at which the assignment is best if a kept pair counts
	// Points more than its score; nil if it counts none.
	Worth []int64
	// Ties holds, if a kept pair counts no points, prices of the second order, in
	// kept pairs: they prove that no assignment with the same total keeps more.
	// See CheckKept.
	Ties []int64
}

// Resolve solves a changed problem again so that it differs from an earlier
// assignment as little as possible: of all assignments that keep the rules it
// gives one that serves most on covered sides, then has the largest total, kept
// pairs counting as Earlier says, then keeps most pairs. Its total is that of a
// cold [Solve], whose prices it has too.
//
// It starts from the earlier pairs and prices, so that its time depends on what
// changed. Where that is little, hardly more is done than to read the edges a
// few times; Resolve never begins anew. Errors are those of Solve.
func Resolve(ctx context.Context, p Problem, e Earlier, o Options) (Kept, error) {
	if err := e.validate(p); err != nil {
		return Kept{}, err
	}
	if e.Points > 0 {
		return resolvePoints(ctx, p, e, o)
	}
	s, err := warm(ctx, p, e, o)
	if err != nil {
		return Kept{}, err
	}
	k := Kept{Solution: s, Count: common(s.Pairs, e.Pairs)}
	if s.Gap > 0 {
		return k, k.checked(p, e)
	}
	if err := k.keepMost(ctx, p, e, o); err != nil {
		return Kept{}, err
	}
	return k, k.checked(p, e)
}

func (k *Kept) checked(p Problem, e Earlier) error {
	if err := k.check(p, e); err != nil {
		return errors.Join(errInternal, err)
	}
	return nil
}

// validate refuses pairs that are no edges, and points out of range.
func (e Earlier) validate(p Problem) error {
	if err := validate(p); err != nil {
		return err
	}
	for k, x := range e.Pairs {
		if x < 0 || x >= p.Edges.Len() || k > 0 && x <= e.Pairs[k-1] {
			return fmt.Errorf("%w: earlier pair %d is not an edge, comes twice or out of order", ErrInput, x)
		}
		if e.Points > MaxScore-max(0, int64(p.Edges.Score[x])) {
			return fmt.Errorf("%w: %d points for a kept pair make its score larger than %d", ErrInput, e.Points, MaxScore)
		}
	}
	switch {
	case e.Points < 0 || e.Points > MaxScore:
		return fmt.Errorf("%w: %d points for a kept pair are outside 0..%d", ErrInput, e.Points, MaxScore)
	case e.Prices != nil && len(e.Prices) != len(p.Right):
		return fmt.Errorf("%w: %d earlier prices for %d right nodes", ErrInput, len(e.Prices), len(p.Right))
	}
	return nil
}

// common counts the numbers that two ascending lists share.
func common(a, b []int) (n int) {
	for _, x := range a {
		for len(b) > 0 && b[0] < x {
			b = b[1:]
		}
		if len(b) > 0 && b[0] == x {
			n++
		}
	}
	return n
}

// raised is the problem in which a kept pair scores its points too.
func (e Earlier) raised(p Problem) Problem {
	p.Edges.Score = slices.Clone(p.Edges.Score)
	for _, x := range e.Pairs {
		p.Edges.Score[x] += int32(e.Points)
	}
	return p
}

// resolvePoints keeps pairs that count points: the best assignment with them,
// and then the best without, which tells what keeping costs.
func resolvePoints(ctx context.Context, p Problem, e Earlier, o Options) (k Kept, err error) {
	raised := e.raised(p)
	for _, of := range []Problem{p, raised} { // one bonus for both
		bonus, err := bonusOf(of)
		if err != nil {
			return k, err
		}
		p.leastBonus = max(p.leastBonus, bonus)
	}
	raised.leastBonus = p.leastBonus
	with, err := warm(ctx, raised, e, o)
	if err != nil {
		return k, err
	}
	without, err := warm(ctx, p, Earlier{Pairs: with.Pairs, Prices: e.Prices, Bonus: e.Bonus}, o)
	if err != nil {
		return k, err
	}
	k.Solution = Solution{Bonus: without.Bonus, Pairs: with.Pairs}
	keep := []int(nil) // of which nothing is claimed
	if k.Proven = with.Gap == 0 && without.Gap == 0; k.Proven {
		k.Worth, keep = with.Prices, e.Pairs
	}
	k.tidy(p, keep)
	k.Count = common(k.Pairs, e.Pairs)
	if err := k.bound(p, without.Prices); err != nil {
		return k, err
	}
	return k, k.checked(p, e)
}

// warm solves a valid problem from earlier pairs and prices.
func warm(ctx context.Context, p Problem, e Earlier, o Options) (Solution, error) {
	bonus, err := prepareValid(ctx, p)
	if err != nil {
		return Solution{}, err
	}
	g := newNetwork(p, bonus)
	g.options = o
	for j, q := range e.Prices {
		if e.Bonus > 0 { // what a price has of bonuses follows theirs
			q += floorDivide(q+e.Bonus/2, e.Bonus) * (bonus - e.Bonus)
		}
		g.price[j] = min(max(q, -far/128), far/128)
	}
	g.link(p.Edges, e.Pairs)
	return g.solve(ctx, p, bonus, g.rewarm)
}

// link gives a network without links those of pairs, as far as there is room.
func (g *network) link(s Edges, pairs []int) {
	for k := range g.seat {
		g.seat[k].node = nobody
	}
	i, must := int32(0), s.Must
	for _, x := range pairs {
		for s.First[i+1] <= int32(x) {
			i++
		}
		for len(must) > 0 && must[0] < int32(x) {
			must = must[1:]
		}
		j := s.Right[x]
		n := &g.rights[j]
		if len(must) > 0 && must[0] == int32(x) || g.lefts[i].load >= g.lefts[i].high || n.load >= n.high {
			continue
		}
		g.hold(i, link{j, s.Score[x]})
		g.seat[g.base[j]+n.load].link = link{i, s.Score[x]}
		n.load++
	}
}

// Where more than one unit in fewUnits is out of place, an auction is quicker
// than the finish alone; its first eps is so small a part of the largest score.
const (
	fewUnits = 2000
	warmTop  = 4096
)

// rewarm brings a network with earlier links and prices near to balance.
func (g *network) rewarm(ctx context.Context) error {
	if err := g.ended(ctx); err != nil {
		return err
	}
	g.start()
	misplaced := max(g.extra, -g.extra)
	for i := range g.left {
		misplaced += g.surplus(i)
	}
	if misplaced <= int64(len(g.held)/fewUnits)+8 {
		return nil
	}
	a := newAuction(g)
	bonus := int64(0)
	for i := range g.left {
		n := &g.lefts[i]
		a.out[i] = n.high - n.load
		bonus = max(bonus, n.bonus)
	}
	for j := range g.rights {
		bonus = max(bonus, g.rights[j].bonus)
	}
	a.forced = 4 * (g.top + bonus)
	a.budget = direct*len(g.held) + 1000
	_, err := a.phases(ctx, g.top/warmTop)
	return err
}

// keepMost changes a best assignment into one that keeps most of the earlier
// pairs: on the face of the best assignments every kept pair counts one. The
// prices of the face are of the second order.
func (k *Kept) keepMost(ctx context.Context, p Problem, e Earlier, o Options) error {
	if p.Edges.Len() == 0 {
		k.Ties, k.Proven = make([]int64, len(p.Right)), true
		return nil
	}
	face, from := Face(p, k.Prices, k.Bonus)
	links, keep, pairs := []int(nil), e.Pairs, k.Pairs
	for at, x := range from {
		for len(keep) > 0 && keep[0] < int(x) {
			keep = keep[1:]
		}
		if len(keep) > 0 && keep[0] == int(x) {
			face.Edges.Score[at] = 1
		}
		for len(pairs) > 0 && pairs[0] < int(x) {
			pairs = pairs[1:]
		}
		if len(pairs) > 0 && pairs[0] == int(x) {
			links = append(links, at)
		}
	}
	g := newNetwork(face, 0)
	g.options = Options{Stop: o.Stop}
	g.link(face.Edges, links)
	g.start()
	if err := g.balance(ctx); errors.Is(err, errStopped) {
		return nil
	} else if err != nil {
		return err
	}
	s := g.solution(face, 0)
	k.Pairs = k.Pairs[:0]
	for _, x := range s.Pairs {
		k.Pairs = append(k.Pairs, int(from[x]))
	}
	k.tidy(p, e.Pairs)
	k.Count, k.Ties, k.Proven = common(k.Pairs, e.Pairs), s.Prices, true
	return nil
}

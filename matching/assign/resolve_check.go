package assign

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// CheckKept proves what a Kept claims, or says what is wrong: what [Check] does
// of its Solution, but that kept pairs may have any score, and that the
// total may be short of the bound by Gap; and, where it says so, that no
// assignment counts more, kept pairs included.
//
// Where kept pairs count points this is a bound by the prices Worth, as in
// Check. Where they count none, everything is counted in pairs of numbers,
// points first and then kept pairs, of which one is more than another if its
// first number is, or that being equal its second: a kept pair counts (score,
// 1), another (score, 0), and a right node has the price (price, tie). The bound
// of Check holds for them as for single numbers.
func CheckKept(p Problem, e Earlier, k Kept) error {
	if err := e.validate(p); err != nil {
		return err
	}
	return k.check(p, e)
}

// check is CheckKept for a problem that is known to be valid.
func (k Kept) check(p Problem, e Earlier) error {
	if n := common(k.Pairs, e.Pairs); n != k.Count {
		return fmt.Errorf("assign: %d kept pairs, but there are %d", k.Count, n)
	}
	switch {
	case !k.Proven:
		return checkBound(p, k.Solution, nil)
	case e.Points == 0:
		return k.checkTies(p, e)
	}
	s := k.Solution
	s.Prices, s.Gap = k.Worth, 0
	s.Score += int64(k.Count) * e.Points
	return errors.Join(checkBound(p, k.Solution, e.Pairs), checkBound(e.raised(p), s, e.Pairs))
}

// checkTies proves that no assignment has a larger total, and none of the same
// total keeps more pairs.
func (k Kept) checkTies(p Problem, e Earlier) error {
	if err := checkClaims(p, k.Solution, e.Pairs); err != nil {
		return err
	}
	if k.Gap != 0 || len(k.Ties) != len(p.Right) {
		return errors.New("assign: ties are kept of a best assignment only, with a price for every right node")
	}
	points, kept := k.tieBound(p, e)
	if points != k.total(p) {
		return fmt.Errorf("assign: not proven: the total is %v and the prices only bound it by %v", k.total(p), points)
	}
	if n, fits := kept.small(); !fits || n != int64(k.Count) {
		return fmt.Errorf("assign: not proven: %d pairs are kept and the ties only bound them by %v", k.Count, kept)
	}
	return nil
}

// double counts points, and kept pairs where points are equal.
type double struct{ points, kept int64 }

func (a double) plus(b double) double { return double{a.points + b.points, a.kept + b.kept} }

func (a double) compare(b double) int {
	return cmp.Or(cmp.Compare(a.points, b.points), cmp.Compare(a.kept, b.kept))
}

// tieBound is dualBound in pairs of numbers.
func (k Kept) tieBound(p Problem, e Earlier) (points, kept wide) {
	add := func(x double, times int) {
		points.add(x.points, times)
		kept.add(x.kept, times)
	}
	right, must, keep := freeNodes(p.Right, p.Cover.right(), k.Bonus), p.Edges.Must, e.Pairs
	var worth []double
	for i, n := range freeNodes(p.Left, p.Cover.left(), k.Bonus) {
		worth = worth[:0]
		from, to := 0, 0
		if p.Edges.Len() > 0 {
			from, to = p.Edges.Of(i)
		}
		if len(must) == 0 && n.high == 1 {
			if from < to {
				worth = append(worth, k.bestDouble(p, from, to, &keep))
			}
			n.addBestDouble(add, worth)
			continue
		}
		for x := from; x < to; x++ {
			j, w := p.Edges.Right[x], double{points: int64(p.Edges.Score[x])}
			if len(keep) > 0 && keep[0] == x {
				keep, w.kept = keep[1:], 1
			}
			if len(must) > 0 && int(must[0]) == x {
				must = must[1:]
				add(w, 1)
				n.force()
				right[j].force()
				continue
			}
			w = w.plus(double{-k.Prices[j], -k.Ties[j]})
			worth = append(worth, w)
		}
		n.addBestDouble(add, worth)
	}
	for j, n := range right {
		worth = worth[:0]
		for range n.high {
			worth = append(worth, double{k.Prices[j], k.Ties[j]})
		}
		n.addBestDouble(add, worth)
	}
	return points, kept
}

// bestDouble is the most that one of the edges, of which keep lists those to be
// kept, is worth at its price.
func (k Kept) bestDouble(p Problem, from, to int, keep *[]int) double {
	next := to
	if len(*keep) > 0 {
		next = (*keep)[0]
	}
	best := double{points: math.MinInt64}
	for x, j := range p.Edges.Right[from:to] {
		x += from
		points, kept := int64(p.Edges.Score[x])-k.Prices[j], -k.Ties[j]
		if x == next {
			kept++
			*keep = (*keep)[1:]
			if next = to; len(*keep) > 0 {
				next = (*keep)[0]
			}
		}
		if points > best.points || points == best.points && kept > best.kept {
			best = double{points, kept}
		}
	}
	return best
}

// addBestDouble adds the most that between low and high of the values, with the
// bonus, can sum up to. It reorders the values.
func (n freeNode) addBestDouble(add func(double, int), values []double) {
	add(double{points: n.served}, 1)
	if len(values) > 1 {
		slices.SortFunc(values, func(a, b double) int { return b.compare(a) })
	}
	for k := range min(n.high, len(values)) {
		gain := values[k]
		if k == 0 {
			gain.points += n.bonus
		}
		if k >= n.low && gain.compare(double{}) <= 0 {
			return
		}
		add(gain, 1)
	}
}

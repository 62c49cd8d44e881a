package assign

import (
	"cmp"
	"errors"
	"fmt"
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
	keep := e.Pairs
	if !k.Proven {
		keep = nil
	}
	if err := checkBound(p, k.Solution, keep); err != nil {
		return err
	}
	if n := common(k.Pairs, e.Pairs); n != k.Count {
		return fmt.Errorf("assign: %d kept pairs, but there are %d", k.Count, n)
	}
	if !k.Proven {
		return nil
	}
	if e.Points > 0 {
		s := k.Solution
		s.Prices, s.Gap = k.Worth, 0
		s.Score += int64(k.Count) * e.Points
		return checkBound(e.raised(p), s, keep)
	}
	return k.checkTies(p, e)
}

// checkTies proves that no assignment of the same total keeps more pairs.
func (k Kept) checkTies(p Problem, e Earlier) error {
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
			if n.high == 1 && len(worth) == 1 {
				if worth[0].compare(w) < 0 {
					worth[0] = w
				}
				continue
			}
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

package assign

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// Check proves that s is a best solution of p or says why it is not one. It
// uses only p and s: it recounts capacities, minimums, must edges, served ids
// and score, and compares the total with the dual bound of the prices, which
// no assignment can exceed. It also refuses a pair of score zero or less that
// no rule asks for. A total that is short of the bound by more or less than
// Gap is refused too. The error of an invalid p wraps ErrInput or ErrTooLarge.
//
// Cost: O(E log d) time for E edges and at most d at a left node; O(E) memory.
func Check(p Problem, s Solution) error {
	if err := validate(p); err != nil {
		return err
	}
	return check(p, s)
}

// check is Check for a problem that is known to be valid.
func check(p Problem, s Solution) error {
	return checkBound(p, s, nil)
}

// checkBound is check where pairs to be kept may have any score.
func checkBound(p Problem, s Solution, keep []int) error {
	if err := checkClaims(p, s, keep); err != nil {
		return err
	}
	primal := s.total(p)
	if gap, fits := dualBound(p, s).minus(primal).small(); !fits || gap != s.Gap {
		gap := ""
		if s.Gap > 0 {
			gap = fmt.Sprintf(", which is no gap of %d", s.Gap)
		}
		return fmt.Errorf("assign: not proven: the total is %v and the prices only bound it by %v%s", primal, dualBound(p, s), gap)
	}
	return nil
}

// checkClaims checks all but the bound.
func checkClaims(p Problem, s Solution, keep []int) error {
	if err := checkPairs(p, s); err != nil {
		return err
	}
	u := usageOf(p, s.Pairs)
	if err := checkRules(p, s, u, keep); err != nil {
		return err
	}
	return checkBonus(p, s)
}

// total is the score with the bonuses of served ids.
func (s Solution) total(p Problem) (total wide) {
	total.add(s.Score, 1)
	if p.Cover.left() {
		total.add(s.Bonus, s.Served[0])
	}
	if p.Cover.right() {
		total.add(s.Bonus, s.Served[1])
	}
	return total
}

func checkPairs(p Problem, s Solution) error {
	last := -1
	for _, x := range s.Pairs {
		if x <= last || x >= p.Edges.Len() {
			return fmt.Errorf("assign: pair %d is not an edge, given twice or out of order", x)
		}
		last = x
	}
	return nil
}

func checkRules(p Problem, s Solution, u usage, keep []int) error {
	for _, x := range s.Pairs {
		if p.Edges.Score[x] <= 0 && !has(keep, x) && u.needless(p, p.Edges.At(x)) {
			return fmt.Errorf("assign: edge %d of score %d is chosen and no rule asks for it", x, p.Edges.Score[x])
		}
	}
	return checkPlan(p, s, u)
}

// checkPlan is checkRules but for pairs that no rule asks for.
func checkPlan(p Problem, s Solution, u usage) error {
	for _, m := range p.Edges.Must {
		if _, there := slices.BinarySearch(s.Pairs, int(m)); !there {
			return fmt.Errorf("assign: must edge %d is missing", m)
		}
	}
	score := int64(0)
	for _, x := range s.Pairs {
		score += int64(p.Edges.Score[x])
	}
	if err := checkNodes("left", p.Left, u.left); err != nil {
		return err
	}
	if err := checkNodes("right", p.Right, u.right); err != nil {
		return err
	}
	if score != s.Score {
		return fmt.Errorf("assign: score %d, but the pairs add up to %d", s.Score, score)
	}
	if served := u.served(); served != s.Served {
		return fmt.Errorf("assign: served %v, but the pairs serve %v", s.Served, served)
	}
	return nil
}

func checkNodes(side string, nodes []Node, pairs []int) error {
	for x, n := range nodes {
		if pairs[x] > n.Capacity || pairs[x] < n.Minimum {
			return fmt.Errorf("assign: %s node %d has %d pairs, outside %d..%d", side, x, pairs[x], n.Minimum, n.Capacity)
		}
	}
	return nil
}

// priceLimit is beyond every price of a problem within the limits, and small
// enough for a score less a price to fit 64 bits.
const priceLimit = math.MaxInt64 / 4

// checkBonus checks that the numbers of the certificate are of the right kind.
func checkBonus(p Problem, s Solution) error {
	if p.Cover == CoverNone && s.Bonus != 0 {
		return fmt.Errorf("assign: bonus %d without cover", s.Bonus)
	}
	if p.Cover != CoverNone && (s.Bonus <= spread(p) || s.Bonus > coverLimit) {
		return fmt.Errorf("assign: bonus %d does not put the served ids before the score", s.Bonus)
	}
	if len(s.Prices) != len(p.Right) {
		return fmt.Errorf("assign: %d prices for %d right nodes", len(s.Prices), len(p.Right))
	}
	for j, q := range s.Prices {
		if q > priceLimit || q < -priceLimit {
			return fmt.Errorf("assign: price %d of right node %d is out of range", q, j)
		}
	}
	return nil
}

// dualBound is the largest total that any assignment could have if the pairs
// at a right node were paid for at its price and both sides chose freely.
func dualBound(p Problem, s Solution) wide {
	var total wide
	must := p.Edges.Must
	var held []int32 // must edges of right nodes
	if len(must) > 0 {
		held = make([]int32, len(p.Right))
	}
	var worth []int64 // of the free edges of one left node
	for i, node := range p.Left {
		n := free(node, p.Cover.left(), s.Bonus)
		if p.Edges.Len() == 0 {
			n.addBest(&total, nil)
			continue
		}
		from, to := p.Edges.Of(i)
		if n.high == 1 && n.low == 0 && (len(must) == 0 || int(must[0]) >= to) {
			best := int64(math.MinInt64)
			score := p.Edges.Score[from:to]
			for x, j := range p.Edges.Right[from:to] {
				best = max(best, int64(score[x])-s.Prices[j])
			}
			if from < to {
				total.add(max(0, best+n.bonus), 1)
			}
			continue
		}
		worth = worth[:0]
		for x := from; x < to; x++ {
			j, w := p.Edges.Right[x], int64(p.Edges.Score[x])
			if len(must) > 0 && int(must[0]) == x {
				must = must[1:]
				total.add(w, 1)
				n.force()
				held[j]++
				continue
			}
			worth = append(worth, w-s.Prices[j])
		}
		n.addBest(&total, worth)
	}
	for j, node := range p.Right {
		n := free(node, p.Cover.right(), s.Bonus)
		for k := 0; held != nil && k < int(held[j]); k++ {
			n.force()
		}
		n.addPriced(&total, s.Prices[j])
	}
	return total
}

// freeNode is what a node may still choose once its must edges are taken out.
type freeNode struct {
	low, high int
	bonus     int64 // for the first pair, 0 when none is due
	served    int64 // bonus already earned by a must edge
}

func freeNodes(nodes []Node, covered bool, bonus int64) []freeNode {
	out := make([]freeNode, len(nodes))
	for x, n := range nodes {
		out[x] = free(n, covered, bonus)
	}
	return out
}

func free(n Node, covered bool, bonus int64) freeNode {
	out := freeNode{low: n.Minimum, high: n.Capacity}
	if covered {
		out.bonus = bonus
	}
	return out
}

func (n *freeNode) force() {
	n.low = max(0, n.low-1)
	n.high--
	n.served += n.bonus
	n.bonus = 0
}

// addBest adds the most that between low and high of the values, with the
// bonus, can sum up to. It reorders the values.
func (n freeNode) addBest(total *wide, values []int64) {
	total.add(n.served, 1)
	if n.high == 1 && len(values) > 0 {
		values[0] = slices.Max(values)
	} else {
		slices.Sort(values)
		slices.Reverse(values)
	}
	for k := range min(n.high, len(values)) {
		gain := values[k]
		if k == 0 {
			gain += n.bonus
		}
		if k >= n.low && gain <= 0 {
			return
		}
		total.add(gain, 1)
	}
}

// addPriced adds the most that between low and high pairs at a price, with the
// bonus, can be worth.
func (n freeNode) addPriced(total *wide, price int64) {
	total.add(n.served, 1)
	k := n.low
	if price > 0 {
		k = n.high
	}
	if k == 0 && n.high > 0 && price+n.bonus > 0 {
		k = 1
	}
	total.add(price, k)
	if k > 0 {
		total.add(n.bonus, 1)
	}
}

// wide is a whole number of 128 bits, so that no price, however wrong, can
// make a sum wrap round to the right value.
type wide struct {
	high int64
	low  uint64
}

// add adds value times count, which is not negative.
func (w *wide) add(value int64, count int) {
	high, low := bits.Mul64(uint64(value), uint64(count))
	if value < 0 {
		high -= uint64(count)
	}
	var carry uint64
	w.low, carry = bits.Add64(w.low, low, 0)
	w.high += int64(high + carry)
}

// plus adds another number.
func (w *wide) plus(x wide) {
	var carry uint64
	w.low, carry = bits.Add64(w.low, x.low, 0)
	w.high += x.high + int64(carry)
}

// minus subtracts another number.
func (w wide) minus(x wide) wide {
	low, borrow := bits.Sub64(w.low, x.low, 0)
	return wide{w.high - x.high - int64(borrow), low}
}

func (w wide) less(x wide) bool { return w.high < x.high || w.high == x.high && w.low < x.low }

// small gives the number itself where it fits 64 bits.
func (w wide) small() (int64, bool) { return int64(w.low), w.high == int64(w.low)>>63 }

// String gives the number itself where it fits 64 bits, as totals of a correct
// solution do.
func (w wide) String() string {
	if w.high == int64(w.low)>>63 {
		return fmt.Sprint(int64(w.low))
	}
	return "a number beyond 64 bits"
}

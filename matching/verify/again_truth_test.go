package verify

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// fileKeep is what a round keeps of an earlier one.
type fileKeep struct {
	Round  string   `json:"round"`
	Points int      `json:"points"`
	Kept   int      `json:"kept"`
	Proven bool     `json:"proven"`
	Pairs  [][2]int `json:"pairs"`
}

// kept is a problem with pairs of an earlier round, and what each counts.
type kept struct {
	instance
	old    plan
	points int
}

// count is how many earlier pairs a plan has.
func (k kept) count(p plan) (n int) {
	for e := range k.edges {
		n += once(p.has(e) && k.old.has(e), 1)
	}
	return n
}

// point is what a point is worth beside a kept pair where kept pairs decide only
// between plans of the same total: more than any sum of second prices.
const point = 1 << 36

// whole is the problem with what is kept in its scores, and how many parts a point
// has there.
func (k kept) whole() (in instance, parts int) {
	in, parts = k.instance, 1
	each := k.points
	if k.points == 0 {
		parts, each = point, 1
	}
	in.edges = slices.Clone(in.edges)
	for e := range in.edges {
		in.edges[e].score = parts*in.edges[e].score + in.sign()*once(k.old.has(e), each)
	}
	return in, parts
}

// rounded divides by the parts of a point, to the nearest whole.
func rounded(n, parts int) int { return floor(2*n+parts, 2*parts) }

// build writes the round of a plan at the two kinds of prices, every number that
// follows from others computed anew. With second nil what is kept is not proven.
func (k kept) build(p plan, price, second []int, bonus int) *file {
	f := k.header(price, bonus)
	f.bound(k.instance, p)
	f.Keep = &fileKeep{Round: strings.Repeat("0af", 21) + "1", Points: k.points, Kept: k.count(p), Proven: second != nil, Pairs: [][2]int{}}
	for e, x := range k.edges {
		if k.old.has(e) {
			f.Keep.Pairs = append(f.Keep.Pairs, [2]int{x.l, x.r})
		}
	}
	for j := range second {
		f.Right[j].Keep = &second[j]
	}
	return f
}

// bound sets the pairs of a round, and the kind of its certificate by whether the
// prices prove it best.
func (f *file) bound(in instance, p plan) {
	score, served := in.worth(p)
	f.Certificate.Kind, f.Certificate.Gap = "prices", 0
	if gap := in.dual(f.prices(), f.Certificate.Bonus) - score - served*f.Certificate.Bonus; gap != 0 {
		f.Certificate.Kind, f.Certificate.Gap = "bound", gap
	}
	f.setPairs(in, p)
}

// solve tries every plan, and finds the prices of both kinds.
func (k kept) solve(t testing.TB) (best plan, price, second []int, bonus int) {
	t.Helper()
	plans := k.plans()
	bonus = k.bonus(plans) + once(k.cover != "none", k.points*len(k.edges))
	whole, parts := k.whole()
	best = whole.best(plans, parts*bonus)
	price, err := k.prices(k.best(plans, bonus), bonus)
	second, wrong := whole.prices(best, parts*bonus)
	if err != nil || wrong != nil {
		t.Fatal(err, wrong)
	}
	if parts > 1 {
		price = make([]int, len(second))
		for j, both := range second {
			price[j] = rounded(both, parts)
			second[j] = both - parts*price[j]
		}
	}
	return best, price, second, bonus
}

// solved is the round of the best plan.
func (k kept) solved(t testing.TB) ([]byte, plan) {
	best, price, second, bonus := k.solve(t)
	return k.build(best, price, second, bonus).bytes(t), best
}

// most tells whether no plan serves more than one, and none that serves as many
// counts more.
func (k kept) most(p plan) bool {
	whole, _ := k.whole()
	return whole.optimal(p)
}

// keepSpecimen draws a problem with an earlier round and solves it by trying every
// plan.
func keepSpecimen(t testing.TB, r *rand.Rand, points int) specimen {
	in := randomInstance(r)
	k := kept{in, plan(r.Uint32()) & (1<<len(in.edges) - 1), points}
	plans := in.plans()
	best, price, second, bonus := k.solve(t)
	if r.IntN(6) == 0 { // stopped: any plan will do
		second, best = nil, plans[r.IntN(len(plans))]
	}
	return specimen{k.build(best, price, second, bonus).bytes(t), func(r *rand.Rand) []byte {
		now, p, prices, second, bonus := k, best, slices.Clone(price), slices.Clone(second), bonus
		switch r.IntN(6) {
		case 0:
			prices[r.IntN(len(prices))] += r.IntN(3) - 1
		case 1:
			if len(second) > 0 {
				second[r.IntN(len(second))] += r.IntN(3) - 1
			}
		case 2:
			bonus = max(0, nudge(r, bonus))
		case 3:
			now.points = max(0, now.points+r.IntN(3)-1)
		case 4:
			now.old ^= 1 << r.IntN(max(1, len(in.edges))) & (1<<len(in.edges) - 1)
		default:
			now.instance, p = disturbed(r, in, p)
		}
		if r.IntN(8) == 0 {
			second = nil
		}
		return now.build(p, prices, second, bonus).bytes(t)
	}}
}

// boundSpecimen draws a round that a limit of time ended: any plan, at prices that
// need not prove it best.
func boundSpecimen(t testing.TB, r *rand.Rand) specimen {
	for {
		in := randomInstance(r)
		plans := in.plans()
		bonus := in.bonus(plans)
		price, err := in.prices(in.best(plans, bonus), bonus)
		if err != nil {
			t.Fatal(err)
		}
		if r.IntN(2) == 0 {
			price[r.IntN(len(price))] += r.IntN(9) - 4
		}
		p := plans[r.IntN(len(plans))]
		f := in.header(price, bonus)
		if f.bound(in, p); f.Certificate.Kind != "bound" {
			continue
		}
		return specimen{f.bytes(t), func(r *rand.Rand) []byte {
			now, q, prices, bonus := in, p, slices.Clone(price), bonus
			switch r.IntN(4) {
			case 0:
				prices[r.IntN(len(prices))] += r.IntN(5) - 2
			case 1:
				bonus = max(0, nudge(r, bonus))
			case 2:
				q = plans[r.IntN(len(plans))]
			default:
				now, q = disturbed(r, in, p)
			}
			f := now.header(prices, bonus)
			f.bound(now, q)
			return f.bytes(t)
		}}
	}
}

// againTruth tells whether the claims of an optimal round hold that may be short of
// the best, or keep pairs of an earlier one: by the arithmetic of the prices, and by
// every plan.
func againTruth(in instance, p plan, f *file) bool {
	score, served := in.worth(p)
	bonus, gap := f.Certificate.Bonus, f.Certificate.Gap
	want := in.header(f.prices(), bonus)
	want.bound(in, p)
	sound := bonus == 0
	if in.cover != "none" {
		sound = bonus > score-in.lowest()
	}
	if !in.feasible(p) || !sound || want.Certificate.Kind != f.Certificate.Kind || want.Certificate.Gap != gap ||
		want.Certificate.Primal != f.Certificate.Primal || want.Certificate.Dual != f.Certificate.Dual || !f.says(in, want) {
		return false
	}
	more := 0 // ids that the bonus cannot rule out
	for bonus > 0 && more < len(in.left)+len(in.right) && bonus*(more+1) <= score+gap-in.lowest() {
		more++
	}
	for _, q := range in.plans() { // the bound in truth
		if s, n := in.worth(q); n > served+more || n == served && s > score+gap {
			panic(fmt.Sprintf("plan %b is better than the bound %d allows", q, gap))
		}
	}
	return f.Keep == nil || keepTruth(in, p, f)
}

// keepTruth tells whether what a round says of the pairs that it keeps is so.
func keepTruth(in instance, p plan, f *file) bool {
	k := kept{instance: in, points: f.Keep.Points}
	for i, ends := range f.Keep.Pairs {
		e := slices.IndexFunc(in.edges, func(x tedge) bool { return [2]int{x.l, x.r} == ends })
		if e < 0 || i > 0 && slices.Compare(f.Keep.Pairs[i-1][:], ends[:]) >= 0 {
			return false
		}
		k.old |= 1 << e
	}
	if k.count(p) != f.Keep.Kept || !f.Keep.Proven {
		return k.count(p) == f.Keep.Kept
	}
	whole, parts := k.whole()
	bonus, second := f.Certificate.Bonus, make([]int, len(f.Right))
	for j, n := range f.Right {
		second[j] = *n.Keep
		if parts > 1 {
			second[j] += parts * n.Price
		}
	}
	score, served := whole.worth(p)
	if whole.dual(second, parts*bonus) != score+parts*bonus*served || parts > 1 && f.Certificate.Kind != "prices" ||
		in.cover != "none" && parts == 1 && bonus <= score-in.lowest() {
		return false
	}
	for _, q := range in.plans() {
		if s, n := whole.worth(q); n > served || n == served && s > score {
			panic(fmt.Sprintf("plan %b counts more than the prices allow", q))
		}
	}
	return true
}

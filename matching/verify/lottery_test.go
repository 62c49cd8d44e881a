package verify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// lots is a lottery as a writer holds it: the members that other rounds do not
// have are those of the file.
type lots struct {
	file
	Left        []lotsNode `json:"left"`
	Right       []lotsNode `json:"right"`
	Pairs       []lotsPair `json:"pairs"`
	Plans       [][]int    `json:"plans"`
	Certificate struct {
		Kind   string `json:"kind"`
		Primal int    `json:"primal"`
		Dual   int    `json:"dual"`
		Plans  int    `json:"plans"`
		Drawn  int    `json:"drawn"`
	} `json:"certificate"`
	Hash string `json:"hash"`
}

type lotsNode struct {
	fileLeft
	Propensity lotsChance `json:"propensity"`
	Price      *int       `json:"price,omitempty"`
}

type lotsPair struct {
	filePair
	Propensity lotsChance `json:"propensity"`
}

type lotsChance struct {
	Plans int `json:"plans"`
	Of    int `json:"of"`
}

func (l *lots) bytes(t testing.TB) []byte {
	t.Helper()
	l.SettingsHash, l.Hash = settingsHash(t, l.Settings), fmt.Sprintf("%064d", 0)
	data, err := json.MarshalIndent(l, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return repair(append(data, '\n'))
}

// drawing is a small problem and plans for it.
type drawing struct {
	instance
	plans []plan
}

// folded is the problem of all plans together, without the must edges, and which
// edges it has.
func (d drawing) folded() (in instance, union plan) {
	in, k := d.instance, len(d.plans)
	in.left, in.right, in.must, in.edges = slices.Clone(in.left), slices.Clone(in.right), nil, nil
	for e, x := range d.edges {
		if d.isMust(e) {
			for _, n := range []*tnode{&in.left[x.l], &in.right[x.r]} {
				n.capacity, n.lo = n.capacity-1, max(0, n.lo-1)
			}
			continue
		}
		for _, p := range d.plans {
			if p.has(e) {
				union |= 1 << len(in.edges)
			}
		}
		in.edges = append(in.edges, x)
	}
	for _, nodes := range [][]tnode{in.left, in.right} {
		for i := range nodes {
			nodes[i].capacity, nodes[i].lo = nodes[i].capacity*k, nodes[i].lo*k
		}
	}
	return in, union
}

// fair tells whether each plan keeps the rules and no pair but a must pair is in
// two of them.
func (d drawing) fair() bool {
	used := plan(0)
	for _, p := range d.plans {
		if !d.feasible(p) {
			return false
		}
		for e := range d.edges {
			if p.has(e) && !d.isMust(e) {
				if used.has(e) {
					return false
				}
				used |= 1 << e
			}
		}
	}
	return true
}

func (d drawing) total() (sum int) {
	for _, p := range d.plans {
		score, _ := d.worth(p)
		sum += score
	}
	return sum
}

// best is the highest total of fair plans, as many as there are, by trying all:
// for each set of used edges, the best way to come there.
func (d drawing) best() int {
	must := plan(0)
	for _, e := range d.must {
		must |= 1 << e
	}
	at := map[plan]int{0: 0}
	for range d.plans {
		next := map[plan]int{}
		for used, sum := range at {
			for _, p := range d.instance.plans() {
				score, _ := d.worth(p)
				if to := used | p; used&p&^must == 0 {
					if old, ok := next[to]; !ok || sum+score > old {
						next[to] = sum + score
					}
				}
			}
		}
		at = next
	}
	best := math.MinInt
	for _, sum := range at {
		best = max(best, sum)
	}
	return best
}

// drawn is the plan of the seed, by the tie order's hash of the word.
func (d drawing) drawn() int {
	sum := 0
	for _, b := range d.tieOrder("lottery")[:8] {
		sum = (sum*256 + int(b)) % len(d.plans)
	}
	return sum // a partial last multiple has a chance of one in 2^58
}

// build writes the round of a drawing, true or not, with prices where there are
// any that prove it.
func (d drawing) build() *lots {
	in, union := d.folded()
	price, err := in.prices(union, 0)
	if err != nil {
		price = make([]int, len(d.right))
	}
	return d.buildAt(price)
}

// buildAt is build with these prices.
func (d drawing) buildAt(price []int) *lots {
	in, _ := d.folded()
	k, pairs := len(d.plans), d.plans[d.drawn()]
	l := &lots{file: *d.instance.build(pairs, price, 0)}
	l.Method = "lottery"
	l.Certificate.Kind, l.Certificate.Plans, l.Certificate.Drawn = "replay", k, d.drawn()
	l.Certificate.Primal = d.total()
	l.Certificate.Dual = in.dual(price, 0)
	for _, e := range d.must {
		l.Certificate.Dual += k * d.edges[e].score
	}
	for _, p := range d.plans {
		edges := []int{}
		for e := range d.edges {
			if p.has(e) {
				edges = append(edges, e)
			}
		}
		l.Plans = append(l.Plans, edges)
	}
	l.state(d)
	for j := range l.Right {
		l.Right[j].Price = &price[j]
	}
	for i := range l.Unmatched {
		u := &l.Unmatched[i]
		for side, nodes := range [][]lotsNode{l.Left, l.Right} {
			for _, n := range nodes {
				if sideNames[side] == u.Side && n.ID == u.ID && n.Propensity.Plans > 0 {
					*u = fileUnmatched{Side: u.Side, ID: u.ID, Reason: "not_drawn"}
				}
			}
		}
	}
	return l
}

// state writes the nodes and pairs with their chances.
func (l *lots) state(d drawing) {
	k := len(d.plans)
	l.Left, l.Right, l.Pairs = []lotsNode{}, []lotsNode{}, []lotsPair{}
	for side, nodes := range [][]tnode{d.left, d.right} {
		to := [2]*[]lotsNode{&l.Left, &l.Right}[side]
		for i, n := range nodes {
			times := 0
			for _, p := range d.plans {
				left, right := d.degrees(p)
				if [2][]int{left, right}[side][i] > 0 {
					times++
				}
			}
			*to = append(*to, lotsNode{fileLeft{n.id, n.capacity, n.lo}, lotsChance{times, k}, nil})
		}
	}
	at := 0
	for e := range d.edges {
		if d.plans[d.drawn()].has(e) {
			times := 1
			if d.isMust(e) {
				times = k
			}
			l.Pairs = append(l.Pairs, lotsPair{l.file.Pairs[at], lotsChance{times, k}})
			at++
		}
	}
}

// randomDrawing has fair plans: the best there are, or any.
func randomDrawing(r *rand.Rand, best bool) drawing {
	for {
		d := drawing{instance: randomInstance(r)}
		if d.sense == "min" || len(d.edges) > 8 {
			continue
		}
		d.cover = "none"
		all := d.instance.plans()
		d.plans = make([]plan, 2+r.IntN(3))
		top, found := math.MinInt, false
		want := 0
		if best {
			want = d.best()
		}
		for range 400 {
			try := drawing{d.instance, make([]plan, len(d.plans))}
			used := plan(0)
			for k := range try.plans {
				var fit []plan
				for _, p := range all {
					if bare := p &^ d.mustSet(); used&bare == 0 {
						fit = append(fit, p)
					}
				}
				if len(fit) == 0 {
					break
				}
				try.plans[k] = fit[r.IntN(len(fit))]
				if best && r.IntN(2) == 0 {
					try.plans[k] = d.instance.best(fit, 0)
				}
				used |= try.plans[k] &^ d.mustSet()
			}
			if try.fair() && (!found || try.total() > top) {
				d.plans, top, found = try.plans, try.total(), true
				if !best || top == want {
					return d
				}
			}
		}
	}
}

func (d drawing) mustSet() (set plan) {
	for _, e := range d.must {
		set |= 1 << e
	}
	return set
}

// TestLotteryEveryPlan: lotteries that are the best there are pass, others do not,
// and the schema allows either.
func TestLotteryEveryPlan(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 0))
	validate := schema(t)
	proven := 0
	for n := range 600 {
		d := randomDrawing(r, n%2 == 0)
		data := d.build().bytes(t)
		got, err := Round(data)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		want := d.total() == d.best()
		if holds := len(got.Failures) == 0; holds != want {
			t.Fatalf("proven %v, best %v: %+v\n%s", holds, want, got.Failures, data)
		}
		if err := validate(data); err != nil {
			t.Fatalf("the schema refuses a lottery: %v\n%s", err, data)
		}
		if want {
			proven++
			if got.Plans != len(d.plans) || got.PlansScore != int64(d.total()) || got.Bound != 0 {
				t.Fatalf("%+v\n%s", got, data)
			}
		}
	}
	if proven < 300 || proven > 550 {
		t.Errorf("%d of 600 are the best; the mix tests too little", proven)
	}
}

// holds tells whether a file says nothing but the truth about its lottery.
func (l *lots) holds() bool {
	l.file.Left, l.file.Right, l.file.Pairs = nil, nil, nil
	for _, n := range l.Left {
		l.file.Left = append(l.file.Left, n.fileLeft)
	}
	for _, n := range l.Right {
		l.file.Right = append(l.file.Right, fileRight{n.ID, n.Capacity, n.Minimum, *n.Price, nil})
	}
	for _, p := range l.Pairs {
		l.file.Pairs = append(l.file.Pairs, p.filePair)
	}
	in, p, ok := l.read()
	d := drawing{instance: in}
	for _, edges := range l.Plans {
		one := plan(0)
		for _, e := range edges {
			if e >= len(in.edges) {
				return false
			}
			one |= 1 << e
		}
		d.plans = append(d.plans, one)
	}
	if !ok || len(d.plans) != l.Certificate.Plans || !d.fair() || l.Certificate.Drawn != d.drawn() || p != d.plans[d.drawn()] ||
		d.total() != d.best() || l.Certificate.Primal != d.total() || l.Certificate.Dual != d.total() {
		return false
	}
	want := lots{file: l.file}
	want.state(d)
	for j := range want.Right {
		want.Right[j].Price = l.Right[j].Price
	}
	return sameJSON(want.Left, l.Left) && sameJSON(want.Right, l.Right) && sameJSON(want.Pairs, l.Pairs)
}

// TestLotteryForgedAtRandom: whatever is changed, a file is accepted only when
// all that it then says of the lottery is true.
func TestLotteryForgedAtRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(32, 0))
	changes := []func(l *lots){
		func(*lots) {},
		func(l *lots) { l.Plans = disturb(r, l.Plans) },
		func(l *lots) { p := pick(r, l.Plans); *p = disturb(r, *p) },
		func(l *lots) { p := pick(r, l.Plans); *p = append(*p, r.IntN(9)) },
		func(l *lots) { l.Certificate.Plans = 2 + r.IntN(3) },
		func(l *lots) { l.Certificate.Drawn = r.IntN(3) },
		func(l *lots) { l.Certificate.Primal, l.Certificate.Dual = l.Certificate.Dual, l.Certificate.Primal },
		func(l *lots) { l.Seed = r.Uint64() },
		func(l *lots) { p := pick(r, l.Pairs); p.Propensity.Plans = 1 + r.IntN(2) },
		func(l *lots) { n := pick(r, l.Left); n.Propensity.Plans = r.IntN(3) },
		func(l *lots) { n := pick(r, l.Right); n.Propensity.Of = 2 + r.IntN(3) },
		func(l *lots) { n := pick(r, l.Right); n.Capacity = max(0, nudge(r, n.Capacity)) },
		func(l *lots) { n := pick(r, l.Left); n.Minimum = max(0, nudge(r, n.Minimum)) },
		func(l *lots) {
			if n := pick(r, l.Right); n.Price != nil {
				*n.Price = nudge(r, *n.Price)
			}
		},
		func(l *lots) { e := pick(r, l.Edges); e[2] = nudge(r, e[2]) },
		func(l *lots) { l.Must = disturb(r, l.Must) },
		func(l *lots) { l.Pairs = disturb(r, l.Pairs) },
		func(l *lots) { u := pick(r, l.Unmatched); u.Reason = "not_drawn" },
	}
	proven, refuted := 0, 0
	for range 2500 {
		l := randomDrawing(r, true).build()
		changes[r.IntN(len(changes))](l)
		data := l.bytes(t)
		got, err := Round(data)
		if err != nil || len(got.Failures) > 0 {
			refuted++
			continue
		}
		proven++
		again := new(lots)
		if err := json.Unmarshal(data, again); err != nil {
			t.Fatal(err)
		}
		if !again.holds() {
			t.Fatalf("accepted, and not true\n%s", data)
		}
	}
	t.Logf("refuted %d, proven %d", refuted, proven)
	if refuted < 1000 || proven < 300 {
		t.Error("the mix of files tests too little")
	}
}

// raffle is a lottery of two plans for five people and three places, with every
// reason in it and a must pair.
var raffle = drawing{
	instance: instance{
		kind: "assign", sense: "max", cover: "none", seed: 3, must: []int{7},
		left: nodes("p", 1, 1, 1, 1, 1), right: nodes("r", 1, 1, 1, 1),
		edges: []tedge{{0, 0, 9}, {0, 1, 5}, {1, 0, 8}, {1, 1, 4}, {2, 0, 1}, {2, 1, 2}, {3, 1, 1}, {4, 2, 3}, {4, 3, 2}},
	},
	plans: []plan{1<<0 | 1<<3 | 1<<7, 1<<1 | 1<<2 | 1<<7},
}

// TestLotteryForged: each changed claim is refused by the check it concerns.
func TestLotteryForged(t *testing.T) {
	if raffle.total() != raffle.best() {
		t.Fatalf("total %d, best %d", raffle.total(), raffle.best())
	}
	data := raffle.build().bytes(t)
	if got, err := Round(data); err != nil || len(got.Failures) > 0 {
		t.Fatalf("%v %+v", err, got)
	}
	path := filepath.Join("testdata", "lottery.json")
	if *update {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if onDisk, err := os.ReadFile(path); err != nil || !bytes.Equal(onDisk, data) {
		t.Errorf("%s is not what the builder writes; run the tests with -update (%v)", path, err)
	}
	worse := raffle
	worse.plans = []plan{1<<0 | 1<<5 | 1<<7, 1<<1 | 1<<2 | 1<<7}
	for _, row := range []struct {
		name   string
		change func(l *lots)
		check  string
	}{
		{"worse plans, all restated", func(l *lots) { *l = *worse.build() }, "certificate"},
		{"pair in both plans", func(l *lots) { l.Plans[1] = slices.Clone(l.Plans[0]) }, "plans"},
		{"must pair missing in a plan", func(l *lots) { l.Plans[1-raffle.drawn()] = []int{1, 2} }, "plans"},
		{"place given twice in a plan", func(l *lots) { l.Plans[1-raffle.drawn()] = []int{1, 2, 5, 7} }, "plans"},
		{"plan of no edge", func(l *lots) { l.Plans[0] = []int{99} }, "plans"},
		{"plan missing", func(l *lots) { l.Plans = l.Plans[:1] }, "plans"},
		{"one more plan stated", func(l *lots) { l.Certificate.Plans++ }, "plans"},
		{"other plan drawn", func(l *lots) { l.Certificate.Drawn = 1 - l.Certificate.Drawn }, "draw"},
		{"other seed", func(l *lots) { l.Seed = 1 }, "draw"},
		{"plans exchanged", func(l *lots) { slices.Reverse(l.Plans) }, "draw"},
		{"chance of a pair", func(l *lots) { l.Pairs[0].Propensity.Plans = 2 }, "draw"},
		{"chance of a must pair", func(l *lots) { l.Pairs[2].Propensity.Plans = 1 }, "draw"},
		{"chance of an id", func(l *lots) { l.Left[2].Propensity.Plans = 1 }, "draw"},
		{"chance of so many", func(l *lots) { l.Right[0].Propensity.Of = 3 }, "draw"},
		{"capacity raised", func(l *lots) { l.Right[0].Capacity = 2 }, "certificate"},
		{"score raised", func(l *lots) { l.Edges[4][2] = 9 }, "certificate"},
		{"price", func(l *lots) { *l.Right[0].Price += 100 }, "certificate"},
		{"no plans", func(l *lots) { l.Plans = [][]int{} }, "plans"},
		{"a cover rule", func(l *lots) { l.Cover = "left" }, "cover"},
		{"called optimal", func(l *lots) { l.Method = "optimal" }, "method"},
		{"prices for a certificate", func(l *lots) { l.Certificate.Kind = "prices" }, "method"},
		{"reason", func(l *lots) { l.Unmatched[0].Reason = "not_drawn" }, "unmatched"},
	} {
		t.Run(row.name, func(t *testing.T) {
			l := new(lots)
			if err := json.Unmarshal(data, l); err != nil {
				t.Fatal(err)
			}
			row.change(l)
			got, err := Round(l.bytes(t))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(got.Failures, func(f Failure) bool { return f.Check == row.check }) || slices.Contains(got.Checks, row.check) {
				t.Errorf("no failure of %q, but %+v", row.check, got.Failures)
			}
		})
	}
	t.Run("propensity in an optimal round", func(t *testing.T) {
		_, f := sample(t, "assign")
		data := bytes.Replace(f.bytes(t), []byte(`"minimum":0`), []byte(`"minimum":0,"propensity":{"plans":1,"of":2}`), 1)
		if got, err := Round(repair(data)); err != nil || !slices.ContainsFunc(got.Failures, func(f Failure) bool { return f.Check == "method" }) {
			t.Errorf("%v %+v", err, got)
		}
	})
}

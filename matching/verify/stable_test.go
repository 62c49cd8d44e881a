package verify

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// market is a small stable round: an instance and what its ids prefer, by side
// and id the positions on the other side.
type market struct {
	instance
	lists [2][][]int
}

func (m market) ends(e int) [2]int { return [2]int{m.edges[e].l, m.edges[e].r} }

// prefers tells whether an end of two edges of its own ranks a before b.
func (m market) prefers(side, a, b int) bool {
	place := func(e int) int {
		end := m.ends(e)
		if at := slices.Index(m.lists[side][end[side]], end[1-side]); at >= 0 {
			return at
		}
		return 1 << 30
	}
	x, y := m.edges[a], m.edges[b]
	switch {
	case place(a) != place(b):
		return place(a) < place(b)
	case x.score != y.score:
		return x.score > y.score
	case side == left:
		return bytes.Compare(m.tieOrder(m.right[x.r].id), m.tieOrder(m.right[y.r].id)) < 0
	}
	return bytes.Compare(m.tieOrder(m.left[x.l].id), m.tieOrder(m.left[y.l].id)) < 0
}

// last is the edge that an id would give up first, or -1.
func (m market) last(p plan, side, id int) int {
	last := -1
	for e := range m.edges {
		if p.has(e) && !m.isMust(e) && m.ends(e)[side] == id && (last < 0 || m.prefers(side, last, e)) {
			last = e
		}
	}
	return last
}

// legal tells whether a plan keeps capacities and must pairs.
func (m market) legal(p plan) bool {
	in := m.instance
	in.left, in.right = slices.Clone(in.left), slices.Clone(in.right)
	for i := range in.left {
		in.left[i].lo = 0
	}
	for j := range in.right {
		in.right[j].lo = 0
	}
	return in.feasible(p)
}

// stable is the definition: nobody has a pair that is unacceptable, and no two
// would both take each other.
func (m market) stable(p plan) bool {
	l, r := m.degrees(p)
	would := func(side, id, load, capacity, e int) bool {
		last := m.last(p, side, id)
		return load < capacity || last >= 0 && m.prefers(side, e, last)
	}
	for e, x := range m.edges {
		if p.has(e) {
			if x.score < 0 && !m.isMust(e) {
				return false
			}
			continue
		}
		if x.score >= 0 && would(left, x.l, l[x.l], m.left[x.l].capacity, e) && would(right, x.r, r[x.r], m.right[x.r].capacity, e) {
			return false
		}
	}
	return m.legal(p)
}

// build writes the round of a plan, stable or not.
func (m market) build(p plan) *file {
	f := m.header(make([]int, len(m.right)), 0)
	f.Method, f.Certificate = "stable", fileCertificate{Kind: "no_blocking_pair", stable: stable{Proposing: "left"}}
	f.setPairs(m.instance, p)
	for j := range f.Right {
		f.Right[j].Price = noPrice
	}
	for side, to := range []*[][]int{&f.LeftLists, &f.RightLists} {
		for i, list := range m.lists[side] {
			if len(list) > 0 {
				*to = append(*to, append([]int{i}, list...))
			}
		}
	}
	at := 0
	for e := range m.edges {
		if p.has(e) {
			for side, rank := range []*int{&f.Pairs[at].LeftRank, &f.Pairs[at].RightRank} {
				*rank = 1
				for other := range m.edges {
					if m.ends(other)[side] == m.ends(e)[side] && m.prefers(side, other, e) {
						*rank++
					}
				}
			}
			at++
		}
	}
	m.reasons(p, f)
	for side, nodes := range [][]tnode{m.left, m.right} {
		l, r := m.degrees(p)
		for i, n := range nodes {
			if [2][]int{l, r}[side][i] < n.lo {
				f.Certificate.Short++
			}
		}
	}
	return f
}

// reasons says why ids with places and edges have no pair.
func (m market) reasons(p plan, f *file) {
	for k := range f.Unmatched {
		u := &f.Unmatched[k]
		if u.Reason == "full" || u.Reason == "no_candidate" {
			continue
		}
		if u.Side == "right" {
			u.Reason = "not_preferred"
			continue
		}
		u.Reason, u.Nearest, u.Points = "unacceptable", "", 0
		best := -1
		for e, x := range m.edges {
			if m.left[x.l].id != u.ID || x.score < 0 {
				continue
			}
			last := m.last(p, right, x.r)
			if last < 0 {
				if best < 0 {
					u.Reason = "taken"
				}
				continue
			}
			points := max(0, m.edges[last].score-x.score)
			if best < 0 || points < u.Points || points == u.Points && m.prefers(left, e, best) {
				best = e
				u.Reason, u.Nearest, u.Points = "outranked", m.right[x.r].id, points
			}
		}
	}
}

// stablePlans are all stable plans.
func (m market) stablePlans() (all []plan) {
	for p := plan(0); p < 1<<len(m.edges); p++ {
		if m.stable(p) {
			all = append(all, p)
		}
	}
	return all
}

func randomMarket(r *rand.Rand) market {
	for {
		m := market{instance: randomInstance(r)}
		if m.sense == "min" {
			continue
		}
		m.cover = "none"
		m.lists = [2][][]int{make([][]int, len(m.left)), make([][]int, len(m.right))}
		for e := range m.edges {
			for side := range sideNames {
				if end := m.ends(e); r.IntN(4) == 0 {
					list := &m.lists[side][end[side]]
					*list = slices.Insert(*list, r.IntN(len(*list)+1), end[1-side])
				}
			}
		}
		if len(m.stablePlans()) > 0 {
			return m
		}
	}
}

// TestStableEveryPlan: of every plan of many small rounds, published with all
// numbers restated, exactly the stable ones are accepted.
func TestStableEveryPlan(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 0))
	validate := schema(t)
	short := 0
	for range 300 {
		m := randomMarket(r)
		plans := m.stablePlans()
		for range 6 {
			plans = append(plans, plan(r.IntN(1<<len(m.edges))))
		}
		for _, p := range plans {
			if !m.legal(p) {
				continue
			}
			f := m.build(p)
			data := f.bytes(t)
			got, err := Round(data)
			if err != nil {
				t.Fatal(err)
			}
			if proven := len(got.Failures) == 0; proven != m.stable(p) {
				t.Fatalf("plan %b: proven %v, stable %v: %+v\n%s", p, proven, m.stable(p), got.Failures, data)
			}
			if err := validate(data); err != nil {
				t.Fatalf("the schema refuses a stable round: %v\n%s", err, data)
			}
			if m.stable(p) {
				mustHold(t, data)
				short += f.Certificate.Short
			}
		}
	}
	if short == 0 {
		t.Error("no round had an id under its minimum")
	}
}

// TestStableForgedAtRandom: whatever is changed, a file is accepted only when
// what it then holds is stable, and every number and reason true.
func TestStableForgedAtRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 0))
	changes := slices.Concat(mutations, []func(*rand.Rand, *file){
		func(r *rand.Rand, f *file) { f.LeftLists = disturb(r, f.LeftLists) },
		func(r *rand.Rand, f *file) { f.RightLists = disturb(r, f.RightLists) },
		func(r *rand.Rand, f *file) {
			if list := *pick(r, f.LeftLists); len(list) > 2 {
				slices.Reverse(list[1:])
			}
		},
		func(_ *rand.Rand, f *file) { f.Certificate.Short++ },
		func(_ *rand.Rand, f *file) { f.LeftLists = append(f.LeftLists, []int{0, 0}) },
	})
	var refuted, proven int
	for range 4000 {
		m := randomMarket(r)
		plans := m.stablePlans()
		f := m.build(plans[r.IntN(len(plans))])
		changes[r.IntN(len(changes))](r, f)
		for j := range f.Right { // a nudged price is no member of a stable round
			f.Right[j].Price = noPrice
		}
		data := f.bytes(t)
		got, err := Round(data)
		if err != nil || len(got.Failures) > 0 {
			refuted++
			continue
		}
		proven++
		again := parse(t, data)
		in, p, ok := again.read()
		if !ok {
			t.Fatalf("accepted, and its lists do not fit\n%s", data)
		}
		now := market{instance: in, lists: [2][][]int{make([][]int, len(in.left)), make([][]int, len(in.right))}}
		for side, lists := range [][][]int{again.LeftLists, again.RightLists} {
			for _, l := range lists {
				now.lists[side][l[0]] = l[1:]
			}
		}
		want := now.build(p)
		for i, u := range again.Unmatched {
			now.leave(&want.Unmatched[i], u)
		}
		for i, pair := range again.Pairs {
			want.Pairs[i].Lines = pair.Lines
		}
		if !now.stable(p) || !sameJSON(again.Pairs, want.Pairs) || !sameJSON(again.Unmatched, want.Unmatched) || again.Totals != want.Totals {
			t.Fatalf("accepted, and not true\n%s", data)
		}
	}
	t.Logf("refuted %d, proven %d", refuted, proven)
	if refuted < 1500 || proven < 300 {
		t.Error("the mix of files tests too little")
	}
}

// shop is a round of four for two and one, with every reason in it.
var shop = market{
	instance: instance{
		kind: "assign", sense: "max", cover: "none", seed: 1, must: []int{9},
		left: withMinimum(nodes("p", 1, 1, 1, 1, 1, 1), 3, 1), right: nodes("r", 2, 1, 1, 1),
		edges: []tedge{{0, 0, 9}, {0, 1, 8}, {1, 0, 7}, {1, 1, 9}, {2, 0, 8}, {2, 1, 7}, {3, 0, 5}, {3, 1, 6}, {4, 3, -2}, {5, 2, 3}},
	},
	lists: [2][][]int{{nil, nil, {1}, nil, nil, nil}, {nil, {2, 1}, nil, nil}},
}

// TestStableForged: each changed claim is refused by the check it concerns.
func TestStableForged(t *testing.T) {
	plans := shop.stablePlans()
	if len(plans) != 1 {
		t.Fatalf("%d stable plans", len(plans))
	}
	data := shop.build(plans[0]).bytes(t)
	mustHold(t, data)
	path := filepath.Join("testdata", "stable.json")
	if *update {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if onDisk, err := os.ReadFile(path); err != nil || !bytes.Equal(onDisk, data) {
		t.Errorf("%s is not what the builder writes; run the tests with -update (%v)", path, err)
	}
	for _, row := range []struct {
		name   string
		change func(f *file)
		check  string
	}{
		{"partners exchanged, all restated", func(f *file) { *f = *shop.build(1<<0 | 1<<3 | 1<<4 | 1<<9) }, "certificate"},
		{"pair dropped, all restated", func(f *file) { *f = *shop.build(1<<0 | 1<<5 | 1<<9) }, "certificate"},
		{"unacceptable pair, all restated", func(f *file) { *f = *shop.build(plans[0] | 1<<8) }, "certificate"},
		{"score of a refused edge raised", func(f *file) { f.Edges[6][2] = 12 }, "certificate"},
		{"capacity raised", func(f *file) { f.Right[0].Capacity = 3 }, "certificate"},
		{"list denied", func(f *file) { f.LeftLists, f.RightLists = nil, nil }, "certificate"},
		{"list of another order", func(f *file) { f.RightLists[0] = []int{1, 1, 2} }, "certificate"},
		{"list of no edge", func(f *file) { f.LeftLists[0] = []int{2, 3} }, "lists"},
		{"list of nobody", func(f *file) { f.LeftLists[0] = []int{9, 1} }, "lists"},
		{"listed twice", func(f *file) { f.RightLists[0] = []int{1, 2, 1, 2} }, "lists"},
		{"list twice", func(f *file) { f.RightLists = append(f.RightLists, f.RightLists[0]) }, "lists"},
		{"rank", func(f *file) { f.Pairs[2].LeftRank++ }, "rank"},
		{"minimum called kept", func(f *file) { f.Certificate.Short = 0 }, "certificate"},
		{"called optimal", func(f *file) { f.Method = "optimal" }, "method"},
		{"prices for a certificate", func(f *file) { f.Certificate.Kind = "prices" }, "method"},
		{"a price", func(f *file) { f.Right[0].Price = 0 }, "method"},
		{"a cover rule", func(f *file) { f.Cover = "left" }, "cover"},
		{"costs", func(f *file) { f.Sense = "min" }, "cover"},
		{"other nearest", func(f *file) { f.Unmatched[0].Nearest = "r1" }, "unmatched"},
		{"other points", func(f *file) { f.Unmatched[0].Points++ }, "unmatched"},
		{"reason of another method", func(f *file) { f.Unmatched[0].Reason = "places" }, "unmatched"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := parse(t, data)
			for j := range f.Right {
				f.Right[j].Price = noPrice
			}
			row.change(f)
			got, err := Round(f.bytes(t))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(got.Failures, func(f Failure) bool { return f.Check == row.check }) || slices.Contains(got.Checks, row.check) {
				t.Errorf("no failure of %q, but %+v", row.check, got.Failures)
			}
		})
	}
	t.Run("stable called for an optimal round", func(t *testing.T) {
		_, f := sample(t, "assign")
		f.Method = "stable"
		if got, err := Round(f.bytes(t)); err != nil || len(got.Failures) == 0 {
			t.Errorf("%v %+v", err, got)
		}
	})
}

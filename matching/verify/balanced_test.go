package verify

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// leximin is what a balanced round compares: served, pairs, and the solved
// scores, ascending. Larger is better.
func (in instance) leximin(p plan) []int {
	l, _ := in.degrees(p)
	var scores []int
	for e, x := range in.edges {
		if p.has(e) {
			scores = append(scores, in.sign()*x.score)
		}
	}
	slices.Sort(scores)
	return append([]int{count(l), len(scores)}, scores...)
}

// balanced are the plans that are as good as any, by trying everything.
func (in instance) balanced() (best []plan) {
	for _, p := range in.plans() {
		if len(best) > 0 {
			switch c := slices.Compare(in.leximin(p), in.leximin(best[0])); {
			case c < 0:
				continue
			case c > 0:
				best = best[:0]
			}
		}
		best = append(best, p)
	}
	return best
}

// arc of the flow that is a plan, over the hub (0), left and right ids.
type arc struct {
	from, to, load, lo, hi int
	kind                   string // what its aim is called
	score                  int
}

func (in instance) arcs(p plan) (arcs []arc) {
	l, r := in.degrees(p)
	degree, held := [2][]int{make([]int, len(in.left)), make([]int, len(in.right))}, [2][]int{make([]int, len(in.left)), make([]int, len(in.right))}
	for e, x := range in.edges {
		a := arc{from: 1 + x.l, to: 1 + len(in.left) + x.r, hi: 1, kind: aimScore, score: x.score}
		if p.has(e) {
			a.load = 1
		}
		for side, end := range [2]int{x.l, x.r} {
			degree[side][end]++
			if in.isMust(e) {
				held[side][end]++
			}
		}
		if !in.isMust(e) {
			arcs = append(arcs, a)
		}
	}
	for i, n := range in.left {
		lo, hi := max(n.lo, held[0][i]), min(n.capacity, degree[0][i])
		arcs = append(arcs, arc{0, 1 + i, min(1, l[i]), min(1, lo), min(1, hi), aimServed, 0},
			arc{0, 1 + i, max(0, l[i]-1), max(0, lo-1), max(0, hi-1), aimPairs, 0})
	}
	for j, n := range in.right {
		arcs = append(arcs, arc{1 + len(in.left) + j, 0, r[j], max(n.lo, held[1][j]), n.capacity, "", 0})
	}
	return arcs
}

// levels finds potentials of a plan, aim by aim, as the lengths of shortest
// ways over what may still change (Bellman and Ford). Of a plan that is not
// balanced they prove nothing.
func (in instance) levels(p plan) []fileLevel {
	arcs := in.arcs(p)
	var scores []int
	for _, a := range arcs {
		if a.kind == aimScore && !slices.Contains(scores, a.score) {
			scores = append(scores, a.score)
		}
	}
	slices.SortFunc(scores, func(a, b int) int { return in.sign() * (a - b) })
	aims := []fileLevel{{Aim: aimServed}, {Aim: aimPairs}}
	for k, w := range scores {
		if k < len(scores)-1 {
			aims = append(aims, fileLevel{Aim: aimScore, Score: w})
		}
	}
	out := []fileLevel{}
	for _, l := range aims {
		cost := func(a arc) int {
			switch {
			case a.kind != l.Aim || a.score != l.Score:
				return 0
			case a.kind == aimScore:
				return 1
			}
			return -1
		}
		d := make([]int, 1+len(in.left)+len(in.right))
		for range len(d) + 1 {
			for _, a := range arcs {
				if a.load < a.hi {
					d[a.to] = min(d[a.to], d[a.from]+cost(a))
				}
				if a.load > a.lo {
					d[a.from] = min(d[a.from], d[a.to]-cost(a))
				}
			}
		}
		for k, a := range arcs {
			if cost(a)+d[a.from]-d[a.to] != 0 {
				arcs[k].lo, arcs[k].hi = a.load, a.load
			}
		}
		l.Hub, l.Left, l.Right = d[0], [][2]int{}, [][2]int{}
		for v, value := range d[1:] {
			switch {
			case value == 0:
			case v < len(in.left):
				l.Left = append(l.Left, [2]int{v, value})
			default:
				l.Right = append(l.Right, [2]int{v - len(in.left), value})
			}
		}
		if l.Hub != 0 || len(l.Left)+len(l.Right) > 0 {
			out = append(out, l)
		}
	}
	return out
}

// buildBalanced writes the round of a plan, balanced or not.
func (in instance) buildBalanced(p plan) *file {
	f := in.header(make([]int, len(in.right)), 0)
	f.setPairs(in, p)
	f.Method, f.Certificate = "balanced", fileCertificate{Kind: "levels", Levels: in.levels(p)}
	for j := range f.Right {
		f.Right[j].Price = noPrice
	}
	for k := range f.Unmatched {
		u := &f.Unmatched[k]
		if u.Side == "right" || u.Reason == "full" || u.Reason == "no_candidate" {
			continue
		}
		u.Reason, u.Nearest, u.Points = "taken", "", 0
		var nearest tedge
		for _, x := range in.edges {
			last, found := 0, false
			for e, y := range in.edges {
				if w := in.sign() * y.score; p.has(e) && !in.isMust(e) && y.r == x.r && (!found || w < last) {
					last, found = w, true
				}
			}
			if in.left[x.l].id != u.ID || !found {
				continue
			}
			points := max(0, last-in.sign()*x.score)
			if u.Reason == "taken" || points < u.Points ||
				points == u.Points && bytes.Compare(in.tieOrder(in.right[x.r].id), in.tieOrder(in.right[nearest.r].id)) < 0 {
				nearest = x
				u.Reason, u.Nearest, u.Points = "places", in.right[x.r].id, points
			}
		}
	}
	return f
}

// worst is the score of the worst pair.
func worst(f *file) (w int) {
	for i, p := range f.Pairs {
		if i == 0 || f.Sense == "max" && p.Score < w || f.Sense == "min" && p.Score > w {
			w = p.Score
		}
	}
	return w
}

func randomBalanced(r *rand.Rand) instance {
	for {
		in := randomInstance(r)
		in.cover = "none"
		if len(in.plans()) > 0 {
			return in
		}
	}
}

// TestBalancedEveryPlan: of every plan of many small rounds, published with all
// numbers restated, exactly the balanced ones are accepted.
func TestBalancedEveryPlan(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 0))
	validate := schema(t)
	levels := 0
	for range 300 {
		in := randomBalanced(r)
		best, all := in.balanced(), in.plans()
		plans := slices.Clone(best)
		for range 6 {
			plans = append(plans, all[r.IntN(len(all))])
		}
		for _, p := range plans {
			f := in.buildBalanced(p)
			data := f.bytes(t)
			got, err := Round(data)
			if err != nil {
				t.Fatal(err)
			}
			if proven := len(got.Failures) == 0; proven != slices.Contains(best, p) {
				t.Fatalf("plan %b: proven %v, balanced %v: %+v\n%s", p, proven, !proven, got.Failures, data)
			}
			if err := validate(data); err != nil {
				t.Fatalf("the schema refuses a balanced round: %v\n%s", err, data)
			}
			if slices.Contains(best, p) {
				mustHold(t, data)
			}
			levels += len(f.Certificate.Levels)
		}
	}
	if levels < 500 {
		t.Errorf("only %d levels", levels)
	}
}

// TestBalancedForgedAtRandom: whatever is changed, a file is accepted only when
// what it then holds is balanced, and every number and reason true.
func TestBalancedForgedAtRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(32, 0))
	level := func(f *file) *fileLevel { return pick(r, f.Certificate.Levels) }
	changes := slices.Concat(mutations, []func(*rand.Rand, *file){
		func(r *rand.Rand, f *file) { f.Certificate.Levels = disturb(r, f.Certificate.Levels) },
		func(r *rand.Rand, f *file) { l := level(f); l.Left = disturb(r, l.Left) },
		func(r *rand.Rand, f *file) { l := level(f); l.Right = disturb(r, l.Right) },
		func(r *rand.Rand, f *file) { l := level(f); l.Hub = nudge(r, l.Hub) },
		func(r *rand.Rand, f *file) { l := level(f); l.Score = nudge(r, l.Score) },
		func(r *rand.Rand, f *file) { q := pick(r, level(f).Left); q[r.IntN(2)]++ },
		func(r *rand.Rand, f *file) { q := pick(r, level(f).Right); q[r.IntN(2)]-- },
		func(_ *rand.Rand, f *file) { f.Certificate.Levels = nil },
	})
	var refuted, proven int
	for range 6000 {
		in := randomBalanced(r)
		all := in.plans()
		p := all[r.IntN(len(all))]
		if best := in.balanced(); r.IntN(3) > 0 {
			p = best[r.IntN(len(best))]
		}
		f := in.buildBalanced(p)
		changes[r.IntN(len(changes))](r, f)
		for j := range f.Right { // a nudged price is no member of a balanced round
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
		now, q, ok := again.read()
		if !ok {
			t.Fatalf("accepted, and its lists do not fit\n%s", data)
		}
		want := now.buildBalanced(q)
		for i, u := range again.Unmatched {
			market{instance: now}.leave(&want.Unmatched[i], u)
		}
		if !slices.Contains(now.balanced(), q) || !sameJSON(again.Unmatched, want.Unmatched) || again.Totals != want.Totals {
			t.Fatalf("accepted, and not true\n%s", data)
		}
	}
	t.Logf("refuted %d, proven %d", refuted, proven)
	if refuted < 1500 || proven < 300 {
		t.Error("the mix of files tests too little")
	}
}

// clinic is a round in which the best total is not balanced: a worst pair of 5
// instead of 1, for a total of 15 instead of 21; one id has no place, and one
// pair is forced.
var clinic = instance{
	kind: "assign", sense: "max", cover: "none", seed: 1, must: []int{7},
	left: nodes("p", 1, 1, 1, 2), right: nodes("r", 1, 1, 2),
	edges: []tedge{{0, 0, 20}, {0, 1, 5}, {1, 0, 6}, {1, 1, 1}, {2, 0, 4}, {2, 1, 3}, {3, 1, 5}, {3, 2, 4}},
}

// TestBalancedForged: each changed claim is refused by the check it concerns.
func TestBalancedForged(t *testing.T) {
	best := clinic.balanced()
	if len(best) != 1 || best[0] != 1<<1|1<<2|1<<7 {
		t.Fatalf("balanced plans %b", best)
	}
	data := clinic.buildBalanced(best[0]).bytes(t)
	mustHold(t, data)
	path := filepath.Join("testdata", "balanced.json")
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
		{"best total, all restated", func(f *file) { *f = *clinic.buildBalanced(1<<0 | 1<<3 | 1<<7) }, "certificate"},
		{"another served, all restated", func(f *file) { *f = *clinic.buildBalanced(1<<1 | 1<<4 | 1<<7) }, "certificate"},
		{"pair dropped, all restated", func(f *file) { *f = *clinic.buildBalanced(1<<2 | 1<<7) }, "certificate"},
		{"levels dropped", func(f *file) { f.Certificate.Levels = []fileLevel{} }, "certificate"},
		{"last level dropped", func(f *file) { f.Certificate.Levels = f.Certificate.Levels[:1] }, "certificate"},
		{"levels out of order", func(f *file) { slices.Reverse(f.Certificate.Levels) }, "certificate"},
		{"a level twice", func(f *file) { f.Certificate.Levels = append(f.Certificate.Levels, f.Certificate.Levels[0]) }, "certificate"},
		{"a level of the best score", func(f *file) {
			f.Certificate.Levels = append(f.Certificate.Levels, fileLevel{Aim: "score", Score: 20, Left: [][2]int{}, Right: [][2]int{}})
		}, "certificate"},
		{"a potential of nobody", func(f *file) { f.Certificate.Levels[0].Left = [][2]int{{9, 1}} }, "certificate"},
		{"a potential of 0", func(f *file) { f.Certificate.Levels[0].Right = [][2]int{{0, 0}} }, "certificate"},
		{"score of an edge that was refused raised", func(f *file) { f.Edges[5][2] = 30 }, "certificate"},
		{"capacity raised", func(f *file) { f.Right[0].Capacity = 2 }, "certificate"},
		{"forced pair called free", func(f *file) { f.Must = [][2]int{} }, "certificate"},
		{"called optimal", func(f *file) { f.Method = "optimal" }, "method"},
		{"a price", func(f *file) { f.Right[0].Price = 0 }, "method"},
		{"a list", func(f *file) { f.LeftLists = [][]int{{0, 1}} }, "method"},
		{"a cover rule", func(f *file) { f.Cover = "left" }, "cover"},
		{"other nearest", func(f *file) { f.Unmatched[0].Nearest = "r3" }, "unmatched"},
		{"other points", func(f *file) { f.Unmatched[0].Points++ }, "unmatched"},
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
}

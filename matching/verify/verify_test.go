package verify

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "write the sample rounds anew")

// solve builds a proven round of the instance by trying every plan.
func (in instance) solve(t testing.TB) *file {
	t.Helper()
	plans := in.plans()
	if len(plans) == 0 {
		t.Fatal("the instance has no feasible plan")
	}
	bonus := in.bonus(plans)
	best := in.best(plans, bonus)
	price, err := in.prices(best, bonus)
	if err != nil {
		t.Fatal(err)
	}
	return in.build(best, price, bonus)
}

func nodes(prefix string, capacities ...int) []tnode {
	var out []tnode
	for i, c := range capacities {
		out = append(out, tnode{id: prefix + string(rune('1'+i)), capacity: c})
	}
	return out
}

func withMinimum(nodes []tnode, i, minimum int) []tnode {
	nodes[i].lo = minimum
	return nodes
}

// samples are the rounds whose files lie in testdata, one for each kind of
// rule the format has.
var samples = []struct {
	name string
	instance
}{
	{"match", instance{
		kind: "match", sense: "max", cover: "none", seed: 7,
		left: nodes("E-", 1, 1, 2, 1, 1, 0), right: nodes("M-", 2, 1, 1, 0),
		edges: []tedge{{0, 0, 51200}, {0, 1, 48000}, {1, 0, 51200}, {1, 2, 30000}, {2, 0, 60000}, {2, 1, 41000}, {2, 2, 30000}, {3, 0, 20}, {3, 1, 40000}, {5, 1, 59999}},
	}},
	{"match-must", instance{
		kind: "match", sense: "max", cover: "left", seed: 1,
		left: nodes("E-", 1, 1, 1), right: nodes("M-", 1, 1, 1), must: []int{3},
		edges: []tedge{{0, 0, 40000}, {0, 1, 10000}, {1, 0, 55555}, {1, 1, 1}, {2, 2, 0}},
	}},
	{"assign", instance{
		kind: "assign", sense: "max", cover: "none", seed: 1,
		left: nodes("p", 1, 1, 2, 1), right: nodes("r", 1, 2, 1),
		edges: []tedge{{0, 0, 5}, {0, 1, 5}, {1, 0, 9}, {1, 1, -2}, {2, 0, 4}, {2, 1, 3}, {2, 2, 3}, {3, 2, -1}},
	}},
	{"assign-minimum", instance{
		kind: "assign", sense: "max", cover: "none", seed: 3,
		left: withMinimum(nodes("p", 2, 1, 1), 0, 2), right: withMinimum(nodes("r", 1, 3, 1), 1, 2),
		edges: []tedge{{0, 0, 7}, {0, 1, -3}, {0, 2, -8}, {1, 0, 6}, {1, 1, 2}, {2, 1, 2}, {2, 2, 9}},
	}},
	{"assign-cover-left", instance{
		kind: "assign", sense: "max", cover: "left", seed: 2,
		left: nodes("p", 1, 1, 1), right: nodes("r", 1, 1),
		edges: []tedge{{0, 0, 9}, {0, 1, -4}, {1, 0, -7}, {2, 1, -9}},
	}},
	{"assign-cover-right", instance{
		kind: "assign", sense: "max", cover: "right", seed: 2,
		left: nodes("p", 1, 1), right: nodes("r", 2, 2, 1),
		edges: []tedge{{0, 0, 9}, {0, 1, -4}, {1, 0, 8}, {1, 2, -9}},
	}},
	{"assign-cover-both", instance{
		kind: "assign", sense: "max", cover: "both", seed: 2,
		left: nodes("p", 2, 1, 1), right: nodes("r", 1, 2, 1),
		edges: []tedge{{0, 0, 9}, {0, 1, 4}, {1, 0, 8}, {1, 1, -2}, {2, 1, -5}},
	}},
	{"assign-costs", instance{
		kind: "assign", sense: "min", cover: "both", seed: 4,
		left: nodes("p", 1, 1, 1), right: nodes("r", 1, 1, 1), must: []int{4},
		edges: []tedge{{0, 0, 4}, {0, 1, 1}, {0, 2, 3}, {1, 0, 2}, {1, 1, 7}, {1, 2, 5}, {2, 0, 3}, {2, 2, 2}},
	}},
	{"assign-empty", instance{kind: "assign", sense: "max", cover: "none", seed: 0}},
}

// TestSamples: the sample files are what the builder writes, and are proven.
func TestSamples(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			data := s.solve(t).bytes(t)
			path := filepath.Join("testdata", s.name+".json")
			if *update {
				if err := os.WriteFile(path, data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			onDisk, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if string(onDisk) != string(data) {
				t.Errorf("%s is not what the builder writes; run the tests with -update", path)
			}
			mustHold(t, data)
		})
	}
}

// mustHold checks a round that is right in every way.
func mustHold(t *testing.T, data []byte) {
	t.Helper()
	got, err := Round(data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if len(got.Failures) > 0 {
		t.Fatalf("refuted: %+v\n%s", got.Failures, data)
	}
	f := parse(t, data)
	want := Result{Kind: f.Kind, Method: f.Method, Pairs: len(f.Pairs), Left: f.Totals.Left, Right: f.Totals.Right, Score: int64(f.Totals.Score), Bound: int64(f.Totals.Score)}
	got.Checks = slices.Clone(got.Checks)
	for _, check := range checks {
		if (check.key != "lists" || len(f.LeftLists)+len(f.RightLists) > 0) && (check.key != "rules" || len(f.Rules) > 0) && (check.key != "minimum" || f.Method != "stable") && !slices.Contains([]string{"keep", "plans", "draw", "scores", "outside"}, check.key) {
			want.Checks = append(want.Checks, check.key)
		}
	}
	if f.Method == "stable" {
		want.Bound, want.Short = 0, f.Certificate.Short
	}
	if f.Method == "balanced" {
		want.Bound, want.Worst = 0, int64(worst(f))
	}
	if !sameJSON(got, want) {
		t.Errorf("result %+v, want %+v", got, want)
	}
}

// TestEveryPlan: of every feasible plan of many small rounds, published with
// all numbers restated and the optimum's prices, exactly the optimal ones are
// accepted.
func TestEveryPlan(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		in := randomInstance(r)
		f := in.solve(t)
		mustHold(t, f.bytes(t))
		plans := in.plans()
		r.Shuffle(len(plans), func(a, b int) { plans[a], plans[b] = plans[b], plans[a] })
		for _, p := range plans[:min(len(plans), 12)] {
			f.setPairs(in, p)
			data := f.bytes(t)
			got, err := Round(data)
			if err != nil {
				t.Fatal(err)
			}
			if proven := len(got.Failures) == 0; proven != in.optimal(p) {
				t.Fatalf("plan %b: proven %v, optimal %v: %+v\n%s", p, proven, in.optimal(p), got.Failures, data)
			}
			if best := in.best(plans, 0); in.cover == "none" {
				if score, _ := in.worth(best); int64(in.sign())*got.Bound < int64(score) {
					t.Fatalf("bound %d, but %d is possible\n%s", got.Bound, score, data)
				}
			}
		}
	}
}

// TestSmallBonus: with a bonus too small to put cover first, the plan that is
// best for it may serve too few. Whatever is accepted is truly optimal, and
// the bonus that the format asks for is always accepted.
func TestSmallBonus(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	refused := 0
	for n := 0; n < 300; {
		in := randomInstance(r)
		if in.cover == "none" || in.kind == "match" {
			continue
		}
		n++
		plans := in.plans()
		full := in.bonus(plans)
		for bonus := 0; bonus <= full+1; bonus++ {
			best := in.best(plans, bonus)
			price, err := in.prices(best, bonus)
			if err != nil {
				t.Fatal(err)
			}
			data := in.build(best, price, bonus).bytes(t)
			got, err := Round(data)
			if err != nil {
				t.Fatal(err)
			}
			proven := len(got.Failures) == 0
			if !in.optimal(best) {
				refused++
			}
			if proven && !in.optimal(best) {
				t.Fatalf("accepted with a bonus of %d\n%s", bonus, data)
			}
			score, _ := in.worth(best)
			if proven != (bonus > score-in.lowest()) {
				t.Fatalf("bonus %d, score %d, lowest %d: %+v\n%s", bonus, score, in.lowest(), got.Failures, data)
			}
		}
	}
	if refused < 50 {
		t.Errorf("only %d rounds had a bonus that misled; the test is too weak", refused)
	}
}

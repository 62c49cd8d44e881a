package verify

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// hidden is a problem without some of its edges, and a plan of it as one of the
// whole.
func hidden(r *rand.Rand, in instance) (part instance, whole func(plan) plan) {
	part = in
	part.edges, part.must = nil, nil
	var from []int
	for e, x := range in.edges {
		must := in.isMust(e)
		if !must && r.IntN(5) == 0 {
			continue
		}
		if must {
			part.must = append(part.must, len(from))
		}
		from = append(from, e)
		part.edges = append(part.edges, x)
	}
	return part, func(p plan) (out plan) {
		for e, at := range from {
			if p.has(e) {
				out |= 1 << at
			}
		}
		return out
	}
}

func (in instance) everyone() *Everyone {
	return &Everyone{Scores: func(i int, into []int32) {
		for j := range into {
			into[j] = Barred
		}
		for _, x := range in.edges {
			if x.l == i {
				into[x.r] = int32(x.score)
			}
		}
	}}
}

// outsideAgain draws rounds that keep pairs of another, and bounded ones.
func outsideAgain(t *testing.T, r *rand.Rand, people func() instance) map[string]func() (instance, []byte, bool) {
	ways := map[string]func() (instance, []byte, bool){}
	for name, points := range map[string]int{"keep": 0, "keep points": 700} {
		ways[name] = func() (instance, []byte, bool) {
			in := people()
			part, whole := hidden(r, in)
			k := kept{part, plan(r.Uint32()) & (1<<len(part.edges) - 1), points}
			data, p := k.solved(t)
			all := kept{in, whole(k.old), points}
			return in, data, all.most(whole(p))
		}
	}
	ways["bound"] = func() (instance, []byte, bool) {
		in := people()
		if r.IntN(3) > 0 {
			in.cover = "none"
		}
		part, whole := hidden(r, in)
		plans := part.plans()
		p, f := plans[r.IntN(len(plans))], part.solve(t)
		f.bound(part, p)
		score, served := in.worth(whole(p))
		return in, f.bytes(t), !slices.ContainsFunc(in.plans(), func(q plan) bool {
			s, n := in.worth(q)
			return n == served && s > score+f.Certificate.Gap
		})
	}
	return ways
}

// TestOutsideEveryPlan: a round that knows only some of the pairs is accepted with
// everyone's scores only if it is as good as any plan of all of them; a stable one
// exactly then.
func TestOutsideEveryPlan(t *testing.T) {
	r := rand.New(rand.NewPCG(97, 0))
	people := func() instance {
		for {
			in := randomInstance(r)
			in.kind, in.sense = "match", "max"
			for e := range in.edges {
				in.edges[e].score = 1000 * r.IntN(6)
			}
			for _, nodes := range [][]tnode{in.left, in.right} {
				for i := range nodes {
					if r.IntN(3) > 0 { // few places, so that prices are positive
						nodes[i].capacity = min(nodes[i].capacity, 1)
					}
					nodes[i].lo = 0
				}
			}
			if len(in.plans()) > 0 {
				return in
			}
		}
	}
	ways := map[string]func() (in instance, data []byte, good bool){
		"optimal": func() (instance, []byte, bool) {
			in := people()
			part, whole := hidden(r, in)
			f := part.solve(t)
			_, p, _ := f.read()
			return in, f.bytes(t), in.optimal(whole(p))
		},
		"stable": func() (instance, []byte, bool) {
			in := people()
			in.cover = "none"
			part, whole := hidden(r, in)
			m := market{instance: part, lists: [2][][]int{make([][]int, len(in.left)), make([][]int, len(in.right))}}
			plans := m.stablePlans()
			if len(plans) == 0 {
				return in, nil, false
			}
			p := plans[r.IntN(len(plans))]
			return in, m.build(p).bytes(t), market{in, m.lists}.stable(whole(p))
		},
		"balanced": func() (instance, []byte, bool) {
			in := people()
			in.cover = "none"
			part, whole := hidden(r, in)
			p := part.balanced()[0]
			return in, part.buildBalanced(p).bytes(t), slices.Contains(in.balanced(), whole(p))
		},
		"lottery": func() (instance, []byte, bool) {
			d := randomDrawing(r, true)
			if d.kind != "match" || slices.ContainsFunc(append(slices.Clone(d.left), d.right...), func(n tnode) bool { return n.lo > 0 }) {
				return d.instance, nil, false
			}
			in := d.instance // of which one more pair is thought up
			extra := tedge{r.IntN(len(in.left)), r.IntN(len(in.right)), r.IntN(60001)}
			if slices.ContainsFunc(in.edges, func(x tedge) bool { return x.l == extra.l && x.r == extra.r }) {
				return in, nil, false
			}
			in.edges = append(slices.Clone(in.edges), extra)
			return in, d.build().bytes(t), d.total() == drawing{in, d.plans}.best()
		},
	}
	maps.Copy(ways, outsideAgain(t, r, people))
	for _, name := range slices.Sorted(maps.Keys(ways)) {
		draw := ways[name]
		t.Run(name, func(t *testing.T) {
			accepted, refuted, missed := 0, 0, 0
			for n := 0; n < 400; {
				in, data, good := draw()
				if data == nil {
					continue
				}
				n++
				if got, err := Round(data); err != nil || len(got.Failures) > 0 {
					t.Fatalf("the file alone is refuted: %v %+v\n%s", err, got.Failures, data)
				}
				got, err := RoundOf(data, in.everyone())
				if err != nil || slices.ContainsFunc(got.Failures, func(f Failure) bool { return f.Check != "outside" }) || got.Allowed != len(in.edges) {
					t.Fatalf("%v %+v\n%s", err, got, data)
				}
				ok := len(got.Failures) == 0
				switch {
				case ok && !good || name == "stable" && ok != good:
					t.Fatalf("accepted %v, good %v: %+v\n%v\n%s", ok, good, got.Failures, in.edges, data)
				case ok:
					accepted++
				case good:
					missed++
				default:
					refuted++
				}
			}
			t.Logf("accepted %d, refuted %d, good but with a certificate that does not show it %d", accepted, refuted, missed)
			if accepted < 50 || refuted < 30 {
				t.Error("the mix of rounds tests too little")
			}
		})
	}
}

// TestScores: a score that people do not have is named with its line, a pair that
// may not be is refused, and a round without people has none.
func TestScores(t *testing.T) {
	in, f := sample(t, "match")
	data := f.bytes(t)
	line := 0
	for n, text := range strings.Split(string(data), "\n") {
		if strings.TrimSuffix(text, ",") == "[3,0,20]" {
			line = n + 1
		}
	}
	other := in
	other.edges = slices.Clone(in.edges)
	for _, row := range []struct{ score, want string }{
		{"21", fmt.Sprintf("line %d: states the score 20, the people have 21", line)},
		{"", fmt.Sprintf("line %d: the two may not be a pair", line)},
	} {
		other.edges = slices.Clone(in.edges)
		if at := slices.Index(other.edges, tedge{3, 0, 20}); row.score == "" {
			other.edges = slices.Delete(other.edges, at, at+1)
		} else {
			other.edges[at].score = 21
		}
		got, err := RoundOf(data, other.everyone())
		if err != nil || len(got.Failures) != 1 || got.Failures[0].Check != "scores" || got.Failures[0].Detail != row.want || line == 0 {
			t.Errorf("want %q, got %v %+v", row.want, err, got.Failures)
		}
	}
	_, f = sample(t, "assign")
	if got, err := RoundOf(f.bytes(t), in.everyone()); err != nil || len(got.Failures) != 1 || got.Failures[0].Check != "scores" {
		t.Errorf("%v %+v", err, got.Failures)
	}
}

package verify

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// specimen is a true round of one kind of certificate, and a way to publish
// another plan or another problem in its stead, everything that follows restated.
type specimen struct {
	data    []byte
	restate func(r *rand.Rand) []byte // nil: the plan cannot be published
}

// kinds draw specimens of every kind of certificate.
var kinds = []struct {
	name string
	draw func(t testing.TB, r *rand.Rand) specimen
}{
	{"optimal", func(t testing.TB, r *rand.Rand) specimen { return optimalSpecimen(t, r, "none") }},
	{"cover", func(t testing.TB, r *rand.Rand) specimen {
		return optimalSpecimen(t, r, []string{"left", "right", "both"}[r.IntN(3)])
	}},
	{"stable", func(t testing.TB, r *rand.Rand) specimen {
		m := randomMarket(r)
		plans := m.stablePlans()
		p := plans[r.IntN(len(plans))]
		return specimen{m.build(p).bytes(t), func(r *rand.Rand) []byte {
			in, q := disturbed(r, m.instance, p)
			now := market{in, m.lists}
			if len(now.left) < len(m.left) || len(now.edges) < len(m.edges) {
				return nil // lists would name others
			}
			return now.build(q).bytes(t)
		}}
	}},
	{"balanced", func(t testing.TB, r *rand.Rand) specimen {
		in := randomBalanced(r)
		best := in.balanced()
		p := best[r.IntN(len(best))]
		return specimen{in.buildBalanced(p).bytes(t), func(r *rand.Rand) []byte {
			now, q := disturbed(r, in, p)
			f := now.buildBalanced(q)
			if r.IntN(3) == 0 { // the potentials of before
				f.Certificate.Levels = in.levels(p)
			}
			return f.bytes(t)
		}}
	}},
	{"leximin", func(t testing.TB, r *rand.Rand) specimen { // many pairs of few scores
		for {
			in := randomBalanced(r)
			for e := range in.edges {
				in.edges[e].score = r.IntN(3)
			}
			if best := in.balanced(); len(in.edges) > 6 && len(in.levels(best[0])) > 1 {
				return specimen{in.buildBalanced(best[0]).bytes(t), func(r *rand.Rand) []byte {
					all := in.plans()
					f := in.buildBalanced(all[r.IntN(len(all))])
					if r.IntN(2) == 0 {
						f.Certificate.Levels = in.levels(best[0])
					}
					return f.bytes(t)
				}}
			}
		}
	}},
	{"lottery", func(t testing.TB, r *rand.Rand) specimen {
		d := randomDrawing(r, true)
		return specimen{d.build().bytes(t), func(r *rand.Rand) []byte {
			now := drawing{d.instance, slices.Clone(d.plans)}
			k := r.IntN(len(d.plans))
			now.instance, now.plans[k] = disturbed(r, d.instance, d.plans[k])
			if r.IntN(4) == 0 {
				now.plans[k], now.plans[0] = now.plans[0], now.plans[k]
			}
			return now.build().bytes(t)
		}}
	}},
	{"bound", boundSpecimen},
	{"keep", func(t testing.TB, r *rand.Rand) specimen { return keepSpecimen(t, r, 0) }},
	{"keep points", func(t testing.TB, r *rand.Rand) specimen {
		return keepSpecimen(t, r, 1+r.IntN([]int{4, 20_000}[r.IntN(2)]))
	}},
	{"groups", func(t testing.TB, r *rand.Rand) specimen {
		m, plans := randomRuled(t, r)
		var kept []plan
		_, most := m.worth(m.best(plans, 1_000_000))
		for _, p := range plans {
			if _, served := m.worth(p); m.keeps(p) && (m.cover == "none" || served == most) {
				kept = append(kept, p)
			}
		}
		return specimen{m.build(t, m.best(kept, 0), plans).bytes(t), func(r *rand.Rand) []byte {
			now := m
			now.rules = slices.Clone(m.rules)
			l := &now.rules[r.IntN(len(now.rules))]
			switch r.IntN(4) {
			case 0:
				l.Multiplier = max(0, nudge(r, l.Multiplier))
			case 1:
				l.At = map[string]string{"least": "most", "most": "least"}[l.At]
			case 2:
				if l.Pairs >= 0 {
					l.Pairs += r.IntN(3)
				}
			}
			return now.build(t, plans[r.IntN(len(plans))], plans).bytes(t)
		}}
	}},
}

func optimalSpecimen(t testing.TB, r *rand.Rand, cover string) specimen {
	for {
		in := randomInstance(r)
		if in.cover = cover; len(in.plans()) == 0 {
			continue
		}
		f := in.solve(t)
		_, p, _ := f.read()
		price, bonus := f.prices(), f.Certificate.Bonus
		return specimen{f.bytes(t), func(r *rand.Rand) []byte {
			now, q, prices := in, p, slices.Clone(price)
			switch r.IntN(3) {
			case 0: // other prices, perhaps as good
				prices[r.IntN(len(prices))] += r.IntN(5) - 2
			case 1:
				return now.build(q, prices, max(0, nudge(r, bonus))).bytes(t)
			default:
				now, q = disturbed(r, in, p)
			}
			return now.build(q, prices, bonus).bytes(t)
		}}
	}
}

// disturbed is a problem of which one thing is another, and a plan for it that may
// be another too: a pair more, one less, one for another.
func disturbed(r *rand.Rand, in instance, p plan) (instance, plan) {
	in.left, in.right, in.edges, in.must = slices.Clone(in.left), slices.Clone(in.right), slices.Clone(in.edges), slices.Clone(in.must)
	node := func() *tnode {
		nodes := [2][]tnode{in.left, in.right}[r.IntN(2)]
		return &nodes[r.IntN(len(nodes))]
	}
	switch r.IntN(8) {
	case 0:
		n := node()
		n.capacity = max(0, n.capacity+2*r.IntN(2)-1)
	case 1:
		n := node()
		n.lo = min(n.capacity, n.lo+1)
	case 2:
		node().lo = 0
	case 3:
		in.seed = r.Uint64N(1000)
	case 4:
		if len(in.edges) > 0 {
			x := &in.edges[r.IntN(len(in.edges))]
			if x.score += r.IntN(7) - 3; in.kind == "match" {
				x.score = min(60000, max(0, x.score))
			}
		}
	case 5:
		if len(in.must) > 0 {
			in.must = in.must[1:]
		}
	default:
		for range 1 + r.IntN(2) {
			if len(in.edges) > 0 {
				p ^= 1 << r.IntN(len(in.edges))
			}
		}
	}
	return in, p
}

// spot is a value in a file, and how to put another in its place.
type spot struct {
	value any
	set   func(any)
}

func spots(v any, set func(any), out []spot) []spot {
	out = append(out, spot{v, set})
	switch v := v.(type) {
	case []any:
		for i := range v {
			out = spots(v[i], func(x any) { v[i] = x }, out)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			out = spots(v[name], func(x any) { v[name] = x }, out)
		}
	}
	return out
}

// words are what strings of a file are changed to, beside other strings of it.
var words = slices.Concat(reasons, []string{
	"", "left", "right", "both", "none", "pairs", "max", "min", "match", "assign", "optimal", "stable", "balanced", "lottery", "prices", "lagrange",
	"no_blocking_pair", "levels", "replay", "served", "score", "least", "most", "bound", "language", "2027-02-30", "2027-01-05", "puente.round/2",
})

// scramble changes one thing of a file, whatever it is, and gives the file the
// hashes of what it then holds. It changes a member at the top first, then what
// is in it, so that lists of many numbers do not draw all changes.
func scramble(t testing.TB, r *rand.Rand, data []byte) []byte {
	t.Helper()
	if r.IntN(20) == 0 {
		return crude(t, r, data)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var f map[string]any
	if err := dec.Decode(&f); err != nil {
		t.Fatal(err)
	}
	names := slices.Sorted(maps.Keys(f))
	name := names[r.IntN(len(names))]
	all := spots(f[name], func(x any) { f[name] = x }, nil)
	at := all[r.IntN(len(all))]
	switch v := at.value.(type) {
	case json.Number:
		n, _ := v.Int64()
		at.set([]any{n + 1, n - 1, 0, -n, n + 1000, v.String(), nil, true, json.Number(v.String() + ".0")}[r.IntN(9)])
	case string:
		at.set([]any{words[r.IntN(len(words))], v + "x", 7, nil}[max(0, r.IntN(8)-4)])
		if texts := slices.DeleteFunc(spots(f, nil, nil), func(s spot) bool { _, is := s.value.(string); return !is }); r.IntN(2) == 0 {
			at.set(texts[r.IntN(len(texts))].value)
		}
	case []any:
		switch len(v) {
		case 0:
			at.set([]any{[]any{0}, []any{[]any{0, 0}}, map[string]any{}}[r.IntN(3)])
		default:
			at.set(disturb(r, slices.Clone(v)))
		}
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		switch n := r.IntN(3); {
		case len(keys) == 0 || n == 0:
			v["minimum"] = 1
		case n == 1:
			delete(v, keys[r.IntN(len(keys))])
		default:
			at.set([]any{})
		}
	default:
		at.set(1)
	}
	settings, _ := json.Marshal(f["settings"])
	if r.IntN(16) > 0 {
		f["settings_hash"] = settingsHash(t, settings)
	}
	out, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if r.IntN(16) > 0 {
		out = repair(out)
	}
	return out
}

// crude changes the text: a member twice, one byte, the end.
func crude(t testing.TB, r *rand.Rand, data []byte) []byte {
	t.Helper()
	all := tokens(t, data)
	switch at := all[r.IntN(len(all))]; r.IntN(4) {
	case 0:
		return repair(bytes.Replace(data, []byte(`"seed":`), []byte(`"seed":1,"seed":`), 1))
	case 1:
		return repair(slices.Concat(data, []byte("{}")))
	case 2:
		return repair(slices.Concat(data[:at.start], []byte("00"), data[at.start:]))
	default:
		changed := bytes.Clone(data)
		changed[at.start] ^= 1 << r.IntN(7)
		return changed
	}
}

// TestVerifyRefutes: of fifteen thousand changed rounds, of every kind of certificate,
// none is accepted that says anything untrue, and none refused that says nothing
// but the truth, by an oracle that shares nothing with the checker. Those that
// nobody can read, or with numbers off the limits, count as refused.
func TestVerifyRefutes(t *testing.T) {
	const mutants, each = 15_000, 6
	r := rand.New(rand.NewPCG(91, 0))
	type tally struct{ unreadable, refuted, same, true int }
	found := make([]tally, len(kinds))
	alone := map[string]int{} // refused by one check and no other
	for n := 0; n < mutants; n += each {
		kind := n / each % len(kinds)
		s := kinds[kind].draw(t, r)
		if got, err := Round(s.data); err != nil || len(got.Failures) > 0 || !truth(t, s.data) {
			t.Fatalf("%s: a true round is not accepted: %v %+v\n%s", kinds[kind].name, err, got.Failures, s.data)
		}
		for k := range each {
			data := s.data
			if k%3 == 0 {
				if data = s.restate(r); data == nil {
					data = scramble(t, r, s.data)
				}
			} else {
				data = scramble(t, r, data)
			}
			got, err := Round(data)
			if err != nil || len(got.Failures) > 0 && got.Failures[0].Check == "limits" {
				found[kind].unreadable++
				continue
			}
			accepted, holds := len(got.Failures) == 0, truth(t, data)
			switch {
			case accepted != holds:
				t.Fatalf("%s: accepted %v, true %v: %+v\nof\n%s\nmade\n%s", kinds[kind].name, accepted, holds, got.Failures, s.data, data)
			case !accepted:
				found[kind].refuted++
				if first := got.Failures[0].Check; !slices.ContainsFunc(got.Failures, func(f Failure) bool { return f.Check != first }) {
					alone[first]++
				}
			case bytes.Equal(data, s.data):
				found[kind].same++
			default:
				found[kind].true++
			}
		}
	}
	for k, f := range found {
		t.Logf("%s: %+v", kinds[k].name, f)
		if f.refuted < 300 || f.true < 50 || f.unreadable > 700 {
			t.Errorf("%s: %+v: the mix tests too little", kinds[k].name, f)
		}
	}
	t.Logf("refused by one check alone: %v", alone)
	for _, check := range checks {
		if !slices.Contains([]string{"scores", "outside"}, check.key) && alone[check.key] == 0 {
			t.Errorf("no round is refused by the check %q alone: is it needed?", check.key)
		}
	}
}

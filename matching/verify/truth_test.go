package verify

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"
)

// truth tells of a file of a small round, of any method, whether all that it
// claims is so: by what words of the format mean, written a second time, and by
// trying every plan. It shares nothing with the checker.
func truth(t testing.TB, data []byte) bool {
	t.Helper()
	var head struct {
		Method      string
		Certificate struct{ Kind string }
		Rules       []json.RawMessage
		Keep        *fileKeep
	}
	if !bytes.Equal(repair(data), data) || json.Unmarshal(data, &head) != nil || !formed(data, head.Certificate.Kind) {
		return false
	}
	switch kind := head.Certificate.Kind; {
	case head.Method == "lottery" && kind == "replay" && head.Keep == nil:
		return lotteryTruth(t, data)
	case head.Method == "optimal" && kind == "prices" && head.Rules == nil && head.Keep == nil:
		holds, best := oracle(t, data)
		return holds && best
	}
	f := new(file)
	if json.Unmarshal(data, f) != nil {
		return false
	}
	in, p, ok := f.read()
	if !ok || !f.headed(t, in) {
		return false
	}
	switch kind := head.Certificate.Kind; {
	case head.Method == "optimal" && head.Rules == nil && (kind == "bound" || kind == "prices"):
		return againTruth(in, p, f)
	case head.Keep != nil: // only such rounds keep anything
		return false
	case head.Method == "optimal" && kind == "lagrange":
		return ruledTruth(in, p, f)
	case head.Method == "stable" && kind == "no_blocking_pair":
		return stableTruth(in, p, f)
	case head.Method == "balanced" && kind == "levels":
		return balancedTruth(in, p, f)
	}
	return false
}

// formed tells whether the members of a file are those that its kind of
// certificate has; the standard library does not mind.
func formed(data []byte, kind string) bool {
	var f struct {
		Left, Right, Pairs []map[string]json.RawMessage
		Certificate        map[string]json.RawMessage
	}
	var top map[string]json.RawMessage
	if json.Unmarshal(data, &f) != nil || json.Unmarshal(data, &top) != nil {
		return false
	}
	certificate := map[string][]string{
		"prices": {"bonus", "dual", "kind", "primal"}, "bound": {"bonus", "dual", "gap", "kind", "primal"}, "lagrange": {"bonus", "dual", "gap", "kind", "scale"},
		"no_blocking_pair": {"kind", "proposing", "short"}, "levels": {"kind", "levels"}, "replay": {"drawn", "dual", "kind", "plans", "primal"},
	}[kind]
	priced := kind == "prices" || kind == "bound" || kind == "lagrange" || kind == "replay"
	all := func(of []map[string]json.RawMessage, member string, want bool) bool {
		return !slices.ContainsFunc(of, func(n map[string]json.RawMessage) bool { _, is := n[member]; return is != want })
	}
	drawn := kind == "replay"
	var keep struct{ Proven bool }
	if raw, is := top["keep"]; is && json.Unmarshal(raw, &keep) != nil {
		return false
	}
	_, rules := top["rules"]
	_, plans := top["plans"]
	return certificate != nil && slices.Equal(slices.Sorted(maps.Keys(f.Certificate)), certificate) && rules == (kind == "lagrange") && plans == drawn &&
		(kind == "no_blocking_pair" || emptyLists(top)) &&
		all(f.Right, "price", priced) && all(f.Right, "keep", keep.Proven) && all(f.Left, "propensity", drawn) && all(f.Right, "propensity", drawn) && all(f.Pairs, "propensity", drawn)
}

// emptyLists tells whether the lists of preferences that are there hold nothing.
func emptyLists(top map[string]json.RawMessage) bool {
	for _, name := range []string{"left_lists", "right_lists"} {
		var l []json.RawMessage
		if raw, is := top[name]; is && (json.Unmarshal(raw, &l) != nil || len(l) > 0) {
			return false
		}
	}
	return true
}

// headed tells whether what stands before the lists fits together, and the lines
// of pairs add up.
func (f *file) headed(t testing.TB, in instance) bool {
	t.Helper()
	_, noDate := time.Parse(time.DateOnly, f.Start)
	if f.SettingsHash != settingsHash(t, f.Settings) || f.Kind == "match" && (noDate != nil || f.Sense != "max") ||
		f.Kind == "assign" && (f.Start != "" || string(f.Settings) != "{}") {
		return false
	}
	for _, pair := range f.Pairs {
		weights, points := 0, 0
		for _, line := range pair.Lines {
			weights += line.Weight
			points += line.Weight * line.Share
		}
		if f.Kind == "match" && (weights != 1000 || points != pair.Score) || f.Kind == "assign" && len(pair.Lines) > 0 {
			return false
		}
	}
	return in.kind == "match" || in.kind == "assign"
}

// says tells whether a file has the pairs, reasons and totals of another, but for
// what may be stated freely.
func (f *file) says(in instance, want *file) bool {
	if len(f.Pairs) != len(want.Pairs) || len(f.Unmatched) != len(want.Unmatched) {
		return false
	}
	for i, pair := range f.Pairs {
		want.Pairs[i].Lines = pair.Lines
	}
	for i, u := range f.Unmatched {
		in.leave(&want.Unmatched[i], u)
	}
	return (len(f.Pairs) == 0 || sameJSON(f.Pairs, want.Pairs)) && sameJSON(f.Unmatched, want.Unmatched) && f.Totals == want.Totals
}

func stableTruth(in instance, p plan, f *file) bool {
	m := market{instance: in, lists: [2][][]int{make([][]int, len(in.left)), make([][]int, len(in.right))}}
	for side, lists := range [][][]int{f.LeftLists, f.RightLists} {
		before := -1
		for _, l := range lists {
			if len(l) < 2 || l[0] <= before || l[0] >= len(m.lists[side]) {
				return false
			}
			before = l[0]
			for k, other := range l[1:] {
				edge := slices.ContainsFunc(in.edges, func(x tedge) bool { return [2]int{x.l, x.r}[side] == l[0] && [2]int{x.l, x.r}[1-side] == other })
				if !edge || slices.Contains(l[1:k+1], other) {
					return false
				}
			}
			m.lists[side][l[0]] = l[1:]
		}
	}
	if f.Cover != "none" || f.Sense != "max" || f.Certificate.Proposing != "left" && f.Certificate.Proposing != "right" || !m.stable(p) {
		return false
	}
	want := m.build(p)
	return f.says(in, want) && f.Certificate.Short == want.Certificate.Short
}

func balancedTruth(in instance, p plan, f *file) bool {
	return f.Cover == "none" && in.feasible(p) && in.replays(p, f.Certificate.Levels) && slices.Contains(in.balanced(), p) && f.says(in, in.buildBalanced(p))
}

// replays goes through the aims with the potentials of a file: what costs
// something carries as little or as much as it may, and is fixed.
func (in instance) replays(p plan, levels []fileLevel) bool {
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
	fixed := make([]bool, len(arcs))
	for _, aim := range aims {
		potential := make([]int, 1+len(in.left)+len(in.right))
		if len(levels) > 0 && levels[0].Aim == aim.Aim && levels[0].Score == aim.Score {
			l := levels[0]
			levels = levels[1:]
			potential[0] = l.Hub
			for side, list := range [][][2]int{l.Left, l.Right} {
				before, size, from := -1, []int{len(in.left), len(in.right)}[side], []int{1, 1 + len(in.left)}[side]
				for _, q := range list {
					if q[0] <= before || q[0] >= size || q[1] == 0 {
						return false
					}
					before, potential[from+q[0]] = q[0], q[1]
				}
			}
		}
		for k, a := range arcs {
			cost := potential[a.from] - potential[a.to]
			if a.kind == aim.Aim && a.score == aim.Score {
				cost += once(a.kind == aimScore, 2) - 1
			}
			switch {
			case fixed[k] || cost == 0:
				continue
			case cost > 0 && a.load > a.lo || cost < 0 && a.load < a.hi:
				return false
			}
			fixed[k] = true
		}
	}
	return len(levels) == 0
}

func ruledTruth(in instance, p plan, f *file) bool {
	m := ruled{instance: in, rules: f.Rules, scale: f.Certificate.Scale}
	if len(m.rules) < 1 || len(m.rules) > 32 || m.scale < 1 || !in.feasible(p) || !m.keeps(p) {
		return false
	}
	size, given := map[string]int{"left": len(in.left), "right": len(in.right), "pairs": len(in.edges)}, 0
	for _, l := range m.rules {
		for k, x := range l.Members {
			if x < 0 || x >= size[l.Of] || k > 0 && x <= l.Members[k-1] {
				return false
			}
		}
		if l.Multiplier < 0 {
			return false
		}
		given += l.Multiplier * l.asked()
	}
	price, bonus := f.prices(), f.Certificate.Bonus
	dual := m.weighed().dual(price, bonus)
	score, served := in.worth(p)
	limit := dual - bonus*served - given
	sound := bonus == 0
	if in.cover != "none" {
		sound = bonus > limit-m.scale*in.lowest()
	}
	bound := floor(limit, m.scale)
	if !sound || f.Certificate.Dual != dual || f.Certificate.Gap != bound-score {
		return false
	}
	for _, q := range in.plans() { // the bound in truth
		if s, n := in.worth(q); m.keeps(q) && (n > served || n == served && s > bound) {
			return false
		}
	}
	want := in.header(price, bonus)
	want.setPairs(in, p)
	m.reasons(want)
	return f.says(in, want)
}

func lotteryTruth(t testing.TB, data []byte) bool {
	t.Helper()
	l := new(lots)
	if json.Unmarshal(data, l) != nil || slices.ContainsFunc(l.Right, func(n lotsNode) bool { return n.Price == nil }) ||
		slices.ContainsFunc(l.Plans, func(p []int) bool { return slices.ContainsFunc(p, func(e int) bool { return e < 0 || e > 30 }) }) {
		return false
	}
	if n := len(l.Plans); n < 2 || n > 64 || l.Sense != "max" || l.Cover != "none" || !l.holds() {
		return false
	}
	in, p, _ := l.read()
	if !l.headed(t, in) {
		return false
	}
	d := drawing{instance: in}
	for _, edges := range l.Plans {
		one := plan(0)
		for k, e := range edges {
			if one |= 1 << e; k > 0 && e <= edges[k-1] {
				return false
			}
		}
		d.plans = append(d.plans, one)
	}
	price := l.prices()
	folded, _ := d.folded()
	dual := folded.dual(price, 0)
	for _, e := range d.must {
		dual += len(d.plans) * d.edges[e].score
	}
	want := d.buildAt(price)
	return l.Certificate.Dual == dual && p == d.plans[d.drawn()] && l.says(in, &want.file)
}

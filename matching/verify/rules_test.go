package verify

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// fileRule is a rule about a group; exactly one of Pairs and Thousandths is
// not -1.
type fileRule struct {
	Name        string
	Of          string
	Members     []int
	At          string
	Pairs       int
	Thousandths int
	Multiplier  int
}

// MarshalJSON writes the amount that there is.
func (l fileRule) MarshalJSON() ([]byte, error) {
	amount, kind := l.Pairs, "pairs"
	if l.Pairs < 0 {
		amount, kind = l.Thousandths, "thousandths"
	}
	members := "["
	for i, x := range l.Members {
		if i > 0 {
			members += ","
		}
		members += fmt.Sprint(x)
	}
	return fmt.Appendf(nil, `{"name":%q,"of":%q,"members":%s],"at":%q,%q:%d,"multiplier":%d}`, l.Name, l.Of, members, l.At, kind, amount, l.Multiplier), nil
}

// UnmarshalJSON tells an amount that is not there from none.
func (l *fileRule) UnmarshalJSON(data []byte) error {
	type plain fileRule
	of := plain{Pairs: -1, Thousandths: -1}
	err := json.Unmarshal(data, &of)
	*l = fileRule(of)
	return err
}

// lagrange is what a certificate has for rules about groups.
type lagrange struct {
	Scale int `json:"scale,omitempty"`
	Gap   int `json:"gap,omitempty"`
}

// ruled is a small round under rules about groups.
type ruled struct {
	instance
	rules []fileRule
	scale int
}

func (m ruled) has(l fileRule, e int) bool {
	at := map[string]int{"left": m.edges[e].l, "right": m.edges[e].r, "pairs": e}[l.Of]
	return slices.Contains(l.Members, at)
}

// count is a rule in its own words: pairs of the group, and all.
func (m ruled) count(l fileRule, p plan) (in, all int) {
	for e := range m.edges {
		if p.has(e) {
			all++
			in += once(m.has(l, e), 1)
		}
	}
	return in, all
}

func (m ruled) keeps(p plan) bool {
	for _, l := range m.rules {
		in, all := m.count(l, p)
		have, want := in, l.Pairs
		if l.Pairs < 0 {
			have, want = 1000*in, l.Thousandths*all
		}
		if l.At == "least" && have < want || l.At == "most" && have > want {
			return false
		}
	}
	return true
}

// weigh gives the sum of a rule's weights that an edge counts, in lowest terms.
func (m ruled) weigh(l fileRule, e int) int {
	sign, w := 1, once(m.has(l, e), 1)
	if l.At == "most" {
		sign = -1
	}
	if l.Pairs < 0 {
		d := 1000
		for l.Thousandths%d != 0 || 1000%d != 0 {
			d--
		}
		w = w*1000/d - l.Thousandths/d
	}
	return sign * w
}

// asked is the least that a rule's sum may be.
func (l fileRule) asked() int {
	switch {
	case l.Pairs < 0:
		return 0
	case l.At == "most":
		return -l.Pairs
	}
	return l.Pairs
}

// weighed is the round in which edges are worth what the multipliers make them.
func (m ruled) weighed() instance {
	in := m.instance
	in.edges = slices.Clone(in.edges)
	for e := range in.edges {
		in.edges[e].score *= m.scale
		for _, l := range m.rules {
			in.edges[e].score += m.sign() * l.Multiplier * m.weigh(l, e)
		}
	}
	return in
}

// certify gives prices at the multipliers, and what they prove in parts of a
// point.
func (m ruled) certify(t testing.TB, plans []plan) (price []int, bonus, dual, limit int) {
	t.Helper()
	in := m.weighed()
	given := 0
	for _, l := range m.rules {
		given += l.Multiplier * l.asked()
	}
	if in.cover != "none" {
		bonus = in.bonus(plans) + m.scale*m.bonus(plans) + max(given, -given)
		for _, x := range in.edges {
			bonus += max(x.score, -x.score)
		}
	}
	best := in.best(plans, bonus)
	price, err := in.prices(best, bonus)
	if err != nil {
		t.Fatal(err)
	}
	dual = in.dual(price, bonus)
	_, served := in.worth(best)
	return price, bonus, dual, dual - bonus*served - given
}

// build writes the round of a plan, whether it is right or not.
func (m ruled) build(t testing.TB, p plan, plans []plan) *file {
	t.Helper()
	price, bonus, dual, _ := m.certify(t, plans)
	f := m.header(price, bonus)
	f.setPairs(m.instance, p)
	_, served := m.worth(p)
	limit := dual - bonus*served
	for _, l := range m.rules {
		limit -= l.Multiplier * l.asked()
	}
	f.Rules = m.rules
	f.Certificate = fileCertificate{Kind: "lagrange", Bonus: bonus, Dual: dual}
	f.Certificate.Scale = m.scale
	score, _ := m.worth(p)
	f.Certificate.Gap = floor(limit, m.scale) - score
	m.reasons(f)
	return f
}

func floor(a, b int) int {
	if a < 0 {
		return -((b - 1 - a) / b)
	}
	return a / b
}

// reasons says why ids with places and edges have no pair.
func (m ruled) reasons(f *file) {
	in := m.weighed()
	for k := range f.Unmatched {
		u := &f.Unmatched[k]
		if u.Side == "right" || u.Reason == "full" || u.Reason == "no_candidate" {
			continue
		}
		i := slices.IndexFunc(m.left, func(n tnode) bool { return n.id == u.ID })
		of := *f // with prices of whole points for the edge that is nearest
		found := in.whyLeft(i, m.left[i], &of)
		nearest, least := -1, 0
		bonus := once(m.covers("left"), f.Certificate.Bonus)
		for e, x := range in.edges {
			missing := f.Right[x.r].Price - m.sign()*x.score - bonus
			if x.l == i && (nearest < 0 || missing < least || missing == least && string(m.tieOrder(m.right[x.r].id)) < string(m.tieOrder(m.right[m.edges[nearest].r].id))) {
				nearest, least = e, missing
			}
		}
		plain := f.Right[m.edges[nearest].r].Price - m.sign()*m.scale*m.edges[nearest].score - bonus
		switch {
		case least >= 0 && f.Right[m.edges[nearest].r].Price > 0:
			found.Points = (least + m.scale - 1) / m.scale
		case least < 0 || plain < 0:
			found.Reason, found.Nearest, found.Points = "groups", "", 0
		default:
			found.Reason, found.Nearest, found.Points = "no_gain", "", 0
		}
		*u = found
	}
}

// randomRuled draws rules that some plan of those that serve the most keeps,
// and multipliers that bound the score well.
func randomRuled(t testing.TB, r *rand.Rand) (m ruled, plans []plan) {
	for {
		m = ruled{instance: randomInstance(r), scale: 1 + r.IntN(3)}
		if m.kind == "match" && r.IntN(3) > 0 {
			continue
		}
		plans = m.plans()
		_, most := m.worth(m.best(plans, 1_000_000))
		goal := plans[r.IntN(len(plans))]
		if _, served := m.worth(goal); len(m.edges) == 0 || m.cover != "none" && served < most {
			continue
		}
		for k := range 1 + r.IntN(2) {
			l := fileRule{Name: fmt.Sprint("rule ", k), Of: []string{"left", "right", "pairs"}[r.IntN(3)], At: []string{"least", "most"}[r.IntN(2)], Pairs: -1, Members: []int{}}
			for x := range map[string]int{"left": len(m.left), "right": len(m.right), "pairs": len(m.edges)}[l.Of] {
				if r.IntN(2) == 0 {
					l.Members = append(l.Members, x)
				}
			}
			in, all := m.count(l, goal)
			if l.Pairs = in; r.IntN(3) == 0 {
				l.Pairs, l.Thousandths = -1, 1000*in/max(all, 1)
				if l.At == "most" {
					l.Thousandths = 1000 - 1000*(all-in)/max(all, 1)
				}
			}
			m.rules = append(m.rules, l)
		}
		if !m.keeps(goal) {
			t.Fatalf("%+v", m)
		}
		top, best := 0, slices.Clone(m.rules)
		for try := range 30 {
			for k := range m.rules {
				m.rules[k].Multiplier = r.IntN(1 + try*m.scale*once(m.kind == "assign", 1) + try*2000*once(m.kind == "match", 1))
			}
			if _, _, _, limit := m.certify(t, plans); try == 0 || limit < top {
				top, best = limit, slices.Clone(m.rules)
			}
		}
		m.rules = best
		return m, plans
	}
}

// TestRulesEveryPlan: of every plan of many small rounds, published with all
// numbers restated, exactly those are accepted that keep the rules and serve
// the most, each with a gap that no plan exceeds.
func TestRulesEveryPlan(t *testing.T) {
	r := rand.New(rand.NewPCG(51, 0))
	validate := schema(t)
	exact, reasons := 0, 0
	for range 250 {
		m, plans := randomRuled(t, r)
		_, most := m.worth(m.best(plans, 1_000_000))
		best, top := -1, 0
		for _, p := range plans {
			if score, served := m.worth(p); m.keeps(p) && (m.cover == "none" || served == most) && (best < 0 || score > top) {
				best, top = int(p), score
			}
		}
		r.Shuffle(len(plans), func(a, b int) { plans[a], plans[b] = plans[b], plans[a] })
		for _, p := range append(slices.Clone(plans[:min(len(plans), 10)]), plan(best)) {
			f := m.build(t, p, plans)
			data := f.bytes(t)
			got, err := Round(data)
			score, served := m.worth(p)
			right := m.keeps(p) && (m.cover == "none" || served == most)
			if proven := err == nil && len(got.Failures) == 0; proven != right {
				t.Fatalf("plan %b: proven %v, right %v: %v %+v\n%s", p, proven, right, err, got.Failures, data)
			}
			if !right {
				continue
			}
			if got.Gap != int64(f.Certificate.Gap) || int64(m.sign())*got.Bound != int64(score)+got.Gap || int64(m.sign())*got.Bound < int64(top) {
				t.Fatalf("bound %d and gap %d, but %d is possible\n%s", got.Bound, got.Gap, top, data)
			}
			if err := validate(data); err != nil {
				t.Fatalf("%v\n%s", err, data)
			}
			exact += once(got.Gap == 0, 1)
			for _, u := range f.Unmatched {
				reasons += once(u.Reason == "groups", 1)
			}
		}
	}
	if exact < 50 || reasons < 20 {
		t.Errorf("%d rounds without a gap, %d reasons: too weak", exact, reasons)
	}
}

// fair is a round in which rules of all three kinds cost something.
var fair = ruled{
	instance: instance{
		kind: "assign", sense: "max", cover: "left", seed: 6,
		left: nodes("p", 1, 1, 1, 1), right: nodes("r", 1, 1, 1),
		edges: []tedge{{0, 0, 9}, {0, 1, 8}, {1, 0, 5}, {1, 1, 5}, {2, 0, 3}, {2, 2, 7}, {3, 0, 2}, {3, 1, 3}},
	},
	rules: []fileRule{
		{Name: "coast", Of: "left", Members: []int{2, 3}, At: "least", Pairs: 2, Multiplier: 4},
		{Name: "north", Of: "right", Members: []int{1, 2}, At: "most", Pairs: 2, Multiplier: 0},
		{Name: "across", Of: "pairs", Members: []int{2, 3, 4, 6}, At: "least", Pairs: -1, Thousandths: 300, Multiplier: 1},
	},
	scale: 2,
}

// solve publishes the best plan that keeps the rules.
func (m ruled) solve(t testing.TB) *file {
	t.Helper()
	plans := m.plans()
	kept := slices.DeleteFunc(slices.Clone(plans), func(p plan) bool { return !m.keeps(p) })
	if len(kept) == 0 {
		t.Fatal("no plan keeps the rules")
	}
	return m.build(t, m.best(kept, 1_000_000), plans)
}

// TestRulesSample: the sample file is what the builder writes, and is proven.
func TestRulesSample(t *testing.T) {
	data := fair.solve(t).bytes(t)
	path := filepath.Join("testdata", "groups.json")
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
	got, err := Round(data)
	if err != nil || len(got.Failures) > 0 {
		t.Fatalf("%v %+v\n%s", err, got.Failures, data)
	}
	if err := schema(t)(data); err != nil {
		t.Error(err)
	}
}

// TestRulesForged: with the hash repaired, each changed claim is refused by the
// check that it concerns.
func TestRulesForged(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(f *file)
		check  string
	}{
		{"amount raised", func(f *file) { f.Rules[0].Pairs = 3 }, "rules"},
		{"most lowered", func(f *file) { f.Rules[1].Pairs = 0 }, "rules"},
		{"share raised", func(f *file) { f.Rules[2].Thousandths = 900 }, "rules"},
		{"amount lowered", func(f *file) { f.Rules[0].Pairs = 1 }, "certificate"},
		{"share lowered", func(f *file) { f.Rules[2].Thousandths = 100 }, "certificate"},
		{"member left out", func(f *file) { f.Rules[0].Members = []int{2} }, "rules"},
		{"member unknown", func(f *file) { f.Rules[0].Members = []int{2, 3, 4} }, "rules"},
		{"edge unknown", func(f *file) { f.Rules[2].Members = append(f.Rules[2].Members[:3:3], 8) }, "rules"},
		{"member twice", func(f *file) { f.Rules[0].Members = []int{2, 2, 3} }, "rules"},
		{"members out of order", func(f *file) { f.Rules[0].Members = []int{3, 2} }, "rules"},
		{"multiplier", func(f *file) { f.Rules[0].Multiplier += 7 }, "certificate"},
		{"multiplier of nothing", func(f *file) { f.Rules[1].Multiplier = 3 }, "certificate"},
		{"gap", func(f *file) { f.Certificate.Gap++ }, "certificate"},
		{"dual", func(f *file) { f.Certificate.Dual++ }, "certificate"},
		{"scale", func(f *file) { f.Certificate.Scale = 1 }, "certificate"},
		{"bonus", func(f *file) { f.Certificate.Bonus = 1 }, "cover"},
		{"price", func(f *file) { f.Right[0].Price++ }, "certificate"},
		{"rule left out", func(f *file) { f.Rules = f.Rules[1:] }, "certificate"},
		{"no rules", func(f *file) { f.Rules = nil }, "method"},
		{"another certificate", func(f *file) { f.Certificate = fileCertificate{Kind: "prices", Bonus: f.Certificate.Bonus} }, "method"},
		{"a stable round", func(f *file) { f.Method = "stable" }, "method"},
		{"too many", func(f *file) {
			for len(f.Rules) < 33 {
				f.Rules = append(f.Rules, f.Rules[1])
			}
		}, "rules"},
		{"reason", func(f *file) { f.Unmatched[0].Reason = "no_gain" }, "unmatched"},
		{"scale too large", func(f *file) { f.Certificate.Scale = 1001 }, "limits"},
		{"multiplier too large", func(f *file) { f.Rules[0].Multiplier = 1_000_000_001 }, "limits"},
		{"share too large", func(f *file) { f.Rules[2].Thousandths = 1001 }, "limits"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := fair.solve(t)
			f.Rules = slices.Clone(f.Rules)
			row.change(f)
			got, err := Round(f.bytes(t))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(got.Failures, func(f Failure) bool { return f.Check == row.check }) {
				t.Errorf("no failure of %q, but %+v", row.check, got.Failures)
			}
		})
	}
}

// TestRulesUnreadable: a rule has one amount and known words.
func TestRulesUnreadable(t *testing.T) {
	good := string(fair.solve(t).bytes(t))
	for _, row := range [][2]string{
		{`"pairs":2,"multiplier":4`, `"multiplier":4`},
		{`"pairs":2,"multiplier":4`, `"pairs":2,"thousandths":3,"multiplier":4`},
		{`"of":"left"`, `"of":"middle"`},
		{`"at":"most"`, `"at":"some"`},
		{`"name":"coast"`, `"name":""`},
		{`"members":[2,3]`, `"members":[2,-3.5]`},
	} {
		bad := replaceOnce(t, good, row[0], row[1])
		if _, err := Round(repair([]byte(bad))); err == nil {
			t.Errorf("%s is read", row[1])
		}
		if schema(t)([]byte(bad)) == nil {
			t.Errorf("the schema allows %s", row[1])
		}
	}
}

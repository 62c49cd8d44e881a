package jobs

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"puente/matching"
)

// adviceLine makes a line; its words are the fact.
func adviceLine(factor, fact string, weight, share int) AdviceLine {
	return AdviceLine{Finding: Finding{Factor: factor, Fact: fact, Weight: weight, Share: share, Points: weight * share}, Reason: fact}
}

func TestReasons(t *testing.T) {
	need := func(fact string, weight, share int) AdviceLine { return adviceLine("needs", fact, weight, share) }
	for _, c := range []struct {
		name  string
		lines []AdviceLine
		want  string
	}{
		{"nothing", nil, ""},
		{"the best four", []AdviceLine{need("a", 100, 60), need("b", 150, 60), need("c", 120, 60), need("d", 130, 60), need("e", 110, 60)}, "b d c e"},
		{"equals by their order", []AdviceLine{need("a", 100, 60), need("b", 100, 60), need("c", 120, 50)}, "a b c"},
		{"two, however little they add", []AdviceLine{need("a", 10, 60), need("b", 20, 60), need("c", 30, 60)}, "c b"},
		{"a third from five points on", []AdviceLine{need("a", 100, 60), need("b", 100, 60), need("c", 50, 60), need("d", 49, 60)}, "a b c"},
		{"worth knowing from five points on", []AdviceLine{need("a", 100, 60), need("b", 100, 30), need("c", 99, 30)}, "a c !b"},
		{"what gives more than half is not worth knowing", []AdviceLine{need("a", 400, 40), need("b", 60, 10)}, "a !b"},
		{"worth knowing is what loses most", []AdviceLine{need("a", 100, 0), need("b", 100, 0), need("c", 200, 20), need("d", 300, 60)}, "d !c"},
		{"about the mentor alone", []AdviceLine{adviceLine("reliability", "r", 500, 60), adviceLine("load", "l", 100, 0), need("a", 1, 60)}, "a !l"},
		{"not stated is never a yes", []AdviceLine{adviceLine("market", "not_stated", 60, 20), need("a", 1, 60)}, "a"},
		{"not stated can be worth knowing", []AdviceLine{adviceLine("market", "not_stated", 75, 20)}, "!not_stated"},
		{"the same words once", []AdviceLine{need("a", 100, 60), need("a", 100, 60), need("b", 60, 60)}, "a b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			choose(c.lines)
			if got := shown(Reasons(c.lines)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func shown(reasons []AdviceLine) string {
	var out []string
	for _, l := range reasons {
		mark := ""
		if l.Kind == KindCaution {
			mark = "!"
		}
		out = append(out, mark+l.Reason)
	}
	return strings.Join(out, " ")
}

// TestReasonsEqualDefinition compares with the rule as it is written, line by
// line: how many lines come before one decides whether it is shown.
func TestReasonsEqualDefinition(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 4))
		var lines []AdviceLine
		for i, w := range matching.Split(matching.FullWeight, r.Perm(1+r.IntN(12))) {
			fact := cmp.Or([]string{"", "", "not_stated", "same"}[r.IntN(4)], fmt.Sprint(i))
			factor := []string{"needs", "market", "load", "reliability"}[r.IntN(4)]
			lines = append(lines, adviceLine(factor, fact, w, []int{0, 20, 30, 31, 40, 60}[r.IntN(6)]))
		}
		caution := func(i int) bool {
			lost := func(l AdviceLine) int { return l.Weight * (60 - l.Share) }
			return lines[i].Share <= 30 && lost(lines[i]) >= 3000 && !slices.ContainsFunc(slices.Concat(lines[:i], lines[i+1:]), func(o AdviceLine) bool {
				return o.Share <= 30 && lost(o) > lost(lines[i])
			})
		}
		first := 0
		for first < len(lines) && !caution(first) {
			first++
		}
		reason := func(i int) bool {
			l := lines[i]
			return i != first && l.Points > 0 && l.Fact != "not_stated" && l.Factor != "load" && l.Factor != "reliability"
		}
		want := make([]Kind, len(lines))
		for i, l := range lines {
			before := map[string]bool{} // what is said before this line
			for j, o := range lines {
				if reason(j) && (o.Points > l.Points || o.Points == l.Points && j < i) {
					before[o.Reason] = true
				}
			}
			switch n := len(before); {
			case i == first:
				want[i] = KindCaution
			case reason(i) && !before[l.Reason] && (n < 2 || n < 4 && l.Points >= 3000):
				want[i] = KindYes
			}
		}
		choose(lines)
		for i, l := range lines {
			if l.Kind != want[i] {
				t.Fatalf("seed %d: line %d is %q, want %q: %+v", seed, i, l.Kind, want[i], lines)
			}
		}
	}
}

package jobs

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"puente/matching"
	"puente/matching/verify"
	"puente/models"
	"puente/web"
)

func lottery(plans int) func(*MatchOptions) {
	return func(o *MatchOptions) { o.Settings.Method, o.Settings.Plans = matching.MethodLottery, plans }
}

// TestLotteryShippedPeople: a lottery of the shipped people is proven, the same
// bytes again, and expects as much from one candidate each as from all: no pair
// outside the lists could make it better.
func TestLotteryShippedPeople(t *testing.T) {
	p := shippedPeople(t)
	s := schema(t, "round.schema.json")
	for _, plans := range []int{2, 5} {
		expected := int64(-1)
		for _, candidates := range []int{10_000, 50, 1} {
			t.Run(fmt.Sprintf("plans=%d/candidates=%d", plans, candidates), func(t *testing.T) {
				choose := func(o *MatchOptions) { lottery(plans)(o); o.Settings.Candidates = candidates }
				m := match(t, p, choose)
				data := m.JSON()
				result, err := verify.Round(data)
				if err != nil || len(result.Failures) > 0 || result.Plans != plans {
					t.Fatalf("%v %+v", err, result)
				}
				if !valid(s, string(data)) {
					t.Error("the published schema refuses the round")
				}
				if expected < 0 {
					expected = result.PlansScore
				}
				if result.PlansScore != expected {
					t.Errorf("expects %d, and %d with all candidates", result.PlansScore, expected)
				}
				if candidates == 50 && !bytes.Equal(match(t, p, choose).JSON(), data) {
					t.Error("another file the second time")
				}
			})
		}
	}
}

// TestLotteryFiles: pairs.csv says of every pair and person how likely they were,
// as the file does.
func TestLotteryFiles(t *testing.T) {
	m := match(t, shippedPeople(t), lottery(3))
	var out bytes.Buffer
	if err := m.WritePairs(&out, Words{Lang: "en", Text: web.Text}); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0][7:], ","); got != "pair_plans,mentee_plans,mentor_plans,of_plans" {
		t.Errorf("columns %s", got)
	}
	var f struct {
		Left, Right []struct {
			ID         string
			Propensity propensity
		}
		Pairs []struct{ Propensity propensity }
	}
	if err := json.Unmarshal(m.JSON(), &f); err != nil {
		t.Fatal(err)
	}
	chance := map[string]int{}
	for _, n := range append(f.Left, f.Right...) {
		chance[n.ID] = n.Propensity.Plans
	}
	for k, row := range rows[1:] {
		want := []string{"", "", "", "3"}
		if k < len(f.Pairs) {
			want[0] = fmt.Sprint(f.Pairs[k].Propensity.Plans)
		}
		for side := range 2 {
			if id := row[side]; id != "" {
				want[1+side] = fmt.Sprint(chance[id])
			}
		}
		if got := row[7:]; strings.Join(got, ",") != strings.Join(want, ",") {
			t.Errorf("row %v ends in %v, want %v", row[:2], got, want)
		}
	}
}

// TestAssignLottery: scores of files, and what does not go together.
func TestAssignLottery(t *testing.T) {
	s := Scores{Rows: []models.ScoreRow{
		{Left: "a", Right: "x", Score: 9}, {Left: "a", Right: "y", Score: 5}, {Left: "b", Right: "x", Score: 8}, {Left: "b", Right: "y", Score: 4},
	}}
	pub, err := Assign(context.Background(), s, AssignOptions{Method: "lottery"})
	if err != nil {
		t.Fatal(err)
	}
	if result, err := verify.Round(pub.JSON()); err != nil || len(result.Failures) > 0 || result.Plans != 2 || result.PlansScore != 26 {
		t.Errorf("%v %+v", err, result)
	}
	for _, c := range []struct {
		o    AssignOptions
		want string
	}{
		{AssignOptions{Method: "lottery", Cover: "left"}, "settings.lottery_cover"},
		{AssignOptions{Method: "lottery", Minimize: true}, "assign.lottery_costs"},
		{AssignOptions{Method: "lottery", Plans: 1}, "settings.plans"},
		{AssignOptions{Method: "lottery", RightProposes: true}, "assign.only_stable"},
		{AssignOptions{Plans: 3}, "assign.only_lottery"},
		{AssignOptions{Method: "lottery", Cover: "none", Plans: 64}, ""},
	} {
		if got := c.o.Conflict(Scores{}); got != c.want {
			t.Errorf("%+v: %q, want %q", c.o, got, c.want)
		}
	}
	want := DefaultSettings()
	want.Method, want.Plans = matching.MethodLottery, 7
	if got, problems := ReadSettings("s.json", bytes.NewReader(want.JSON())); len(problems) > 0 || string(got.JSON()) != string(want.JSON()) {
		t.Errorf("got %+v with %v, want %+v", got, problems, want)
	}
}

package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"puente/matching"
	"puente/matching/verify"
	"puente/models"
)

// groupSettings are rules of every kind that the shipped people can keep.
const groupSettings = `{"cover":"mentees","groups":[
 {"name":"Mexico","of":"mentees","where":{"country":["MX"]},"at_least":24,"at_most":"60%"},
 {"name":"French","of":"mentors","where":{"language":["fr"]},"at_least":10},
 {"name":"makers","of":"pairs","where":{"sector":["31-33"]},"at_least":"20.5%"},
 {"name":"across","of":"pairs","where":{"cross_border":true},"at_least":40}]}`

func ruled(t *testing.T, text string) Settings {
	t.Helper()
	s, problems := ReadSettings("s.json", strings.NewReader(text))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return s
}

// TestGroupRulesOfPeople: a round under rules is proven over all allowed pairs,
// whatever number of candidates it starts from, and its rules are kept as their
// words say.
func TestGroupRulesOfPeople(t *testing.T) {
	p := shippedPeople(t)
	published := schema(t, "round.schema.json")
	s := ruled(t, groupSettings)
	whole := int64(0)
	for _, candidates := range []int{10_000, 6, 1} {
		m := match(t, p, func(o *MatchOptions) { o.Settings = s; o.Settings.Candidates = candidates })
		data := m.JSON()
		if !valid(published, string(data)) {
			t.Errorf("%d candidates: the published schema refuses the round", candidates)
		}
		result, err := verify.Round(data)
		if err != nil || len(result.Failures) > 0 {
			t.Fatalf("%d candidates: %v %+v", candidates, err, result.Failures)
		}
		if whole == 0 {
			whole = result.Bound
		}
		if result.Score > whole || result.Bound < m.Round.Score {
			t.Errorf("%d candidates: score %d and bound %d; with all pairs no round exceeds %d", candidates, result.Score, result.Bound, whole)
		}
		countGroups(t, m)
	}
}

// countGroups counts the rules of groupSettings in a round by hand.
func countGroups(t *testing.T, m *Matched) {
	t.Helper()
	mexico, french, makers, across := 0, 0, 0, 0
	for _, p := range m.Round.Pairs {
		mentee, mentor := m.Mentees[p.Left], m.Mentors[p.Right]
		if mentee.Country == "MX" {
			mexico++
		}
		if slices.ContainsFunc(mentor.Languages, func(l models.LanguageLevel) bool { return l.Language == "fr" }) {
			french++
		}
		makes := func(of *models.Profile) bool {
			return slices.ContainsFunc(of.Sectors, func(c models.Code) bool { return c.Sector == models.Vocabularies().Sector("31-33") })
		}
		if makes(mentee) && makes(mentor) {
			makers++
		}
		if mentee.Country != mentor.Country {
			across++
		}
	}
	all := len(m.Round.Pairs)
	if mexico < 24 || 10*mexico > 6*all || french < 10 || 1000*makers < 205*all || across < 40 {
		t.Errorf("%d pairs: Mexico %d, French %d, makers %d, across %d", all, mexico, french, makers, across)
	}
}

// TestGroupRulesPriced: a rule's price is what the round without it scores
// more, and nested rules are exact.
func TestGroupRulesPriced(t *testing.T) {
	p := shippedPeople(t)
	free := match(t, p, func(*MatchOptions) {})
	have := 0
	for _, pair := range free.Round.Pairs {
		if free.Mentees[pair.Left].Country == "MX" {
			have++
		}
	}
	s := ruled(t, fmt.Sprintf(`{"groups":[{"name":"Mexico","of":"mentees","where":{"country":["MX"]},"at_most":%d},
		{"name":"all","of":"mentees","at_least":1}]}`, have-3))
	o := MatchOptions{Settings: s, Seed: 1, Workers: 1}
	m, err := Match(context.Background(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	proof := m.Round.Certificate.(*matching.Lagrange)
	if proof.Gap != 0 {
		t.Errorf("gap %d of nested rules", proof.Gap)
	}
	rules, err := m.PriceRules(context.Background(), o)
	if err != nil || len(rules) != 2 {
		t.Fatal(rules, err)
	}
	if r := rules[0]; r.Pairs != have-3 || r.Price <= 0 || r.Price != free.Round.Score-m.Round.Score || r.Counted == "0" || r.Gap != 0 || !r.Most {
		t.Errorf("%+v, without rules %d", r, free.Round.Score)
	}
	if r := rules[1]; r.Price != 0 || r.Counted != "0" || r.Pairs != len(m.Round.Pairs) || r.Amount != "1" {
		t.Errorf("%+v", r)
	}
}

// TestGroupRulesClash: what cannot be kept is named with the most there can be.
func TestGroupRulesClash(t *testing.T) {
	p := shippedPeople(t)
	mexico := 0
	for i := range p.Mentees {
		if p.Mentees[i].Country == "MX" {
			mexico++
		}
	}
	s := ruled(t, fmt.Sprintf(`{"candidates":1,"groups":[{"name":"Mexico","of":"mentees","where":{"country":["MX"]},"at_least":%d}]}`, mexico+1))
	_, err := Match(context.Background(), p, MatchOptions{Settings: s, Seed: 1, Workers: 1})
	c := ClashOf(err)
	if c == nil || len(c.Groups) != 1 || c.Groups[0].Name != "Mexico" || c.Groups[0].Pairs > mexico || c.Groups[0].Pairs == 0 {
		t.Fatalf("%v: %+v", err, c)
	}
	s.Groups[0].Amount = c.Groups[0].Pairs
	if _, err := Match(context.Background(), p, MatchOptions{Settings: s, Seed: 1, Workers: 1}); err != nil {
		t.Errorf("%d are said to be possible: %v", c.Groups[0].Pairs, err)
	}
}

func TestGroupSettings(t *testing.T) {
	s := schema(t, "settings.schema.json")
	rule := func(members string) string { return `{"groups":[{` + members + `}]}` }
	for _, c := range []struct {
		name, text string
		problems   []string
		schema     bool
	}{
		{"all kinds", groupSettings, nil, true},
		{"none", `{"groups":[]}`, nil, true},
		{"no name", rule(`"of":"pairs","at_least":1`), []string{"name settings.group_name"}, false},
		{"long name", rule(`"name":"` + strings.Repeat("n", 81) + `","of":"pairs","at_least":1`), []string{"name settings.group_name"}, false},
		{"of what", rule(`"name":"x","of":"people","at_least":1`), []string{"of settings.group_of"}, false},
		{"no bound", rule(`"name":"x","of":"pairs"`), []string{"groups settings.group_bound"}, false},
		{"border of mentees", rule(`"name":"x","of":"mentees","where":{"cross_border":true},"at_least":1`), []string{"where.cross_border settings.group_border"}, true},
		{"negative", rule(`"name":"x","of":"mentees","at_least":-1`), []string{"at_least settings.group_amount"}, false},
		{"fraction", rule(`"name":"x","of":"mentees","at_most":1.5`), []string{"at_most settings.group_amount"}, false},
		{"number in quotes", rule(`"name":"x","of":"mentees","at_most":"12"`), []string{"at_most settings.group_amount"}, false},
		{"over all", rule(`"name":"x","of":"mentees","at_most":"100.1%"`), []string{"at_most settings.group_amount"}, false},
		{"two decimals", rule(`"name":"x","of":"mentees","at_most":"1.25%"`), []string{"at_most settings.group_amount"}, false},
		{"null", rule(`"name":"x","of":"mentees","at_most":null`), []string{"groups.at_most json.type"}, false},
		{"country", rule(`"name":"x","of":"mentees","where":{"country":["FR"]},"at_least":1`), []string{"where.country settings.group_term"}, false},
		{"language", rule(`"name":"x","of":"mentees","where":{"language":["xx"]},"at_least":1`), []string{"where.language settings.group_term"}, true},
		{"unknown member", rule(`"name":"x","of":"mentees","where":{"women":true},"at_least":1`), []string{"women json.unknown"}, false},
		{"stable", `{"method":"stable","groups":[{"name":"x","of":"mentees","at_least":1}]}`, []string{"groups settings.method_groups"}, false},
		{"too many", `{"groups":[` + strings.TrimSuffix(strings.Repeat(`{"name":"x","of":"mentees","at_least":1},`, 33), ",") + `]}`, []string{"groups settings.group_many"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			read, problems := ReadSettings("s.json", strings.NewReader(c.text))
			var got []string
			for _, p := range problems {
				got = append(got, p.Column+" "+p.Key)
			}
			if !slices.Equal(got, c.problems) {
				t.Errorf("problems %q, want %q", got, c.problems)
			}
			if got := valid(s, c.text); got != c.schema {
				t.Errorf("the schema says %t, want %t", got, c.schema)
			}
			if c.problems == nil {
				again := ruled(t, string(read.JSON()))
				if string(again.JSON()) != string(read.JSON()) || len(again.Groups) != len(read.Groups) || !valid(s, string(read.JSON())) {
					t.Errorf("written as %s, read as %s", read.JSON(), again.JSON())
				}
			}
		})
	}
}

func TestGroupLists(t *testing.T) {
	s := ruled(t, `{"groups":[{"name":"x","of":"mentees","where":{"list":"led"},"at_least":1},{"name":"y","of":"mentors","where":{"list":"gone"},"at_least":1}]}`)
	rows := []models.GroupRow{{Group: "led", ID: "E-2"}, {Group: "other", ID: "E-3"}, {Group: "led", ID: "E-1"}}
	if missing := s.GroupLists(rows); !slices.Equal(missing, []string{"gone"}) || !slices.Equal(s.Groups[0].Where.IDs, []string{"E-1", "E-2"}) {
		t.Errorf("missing %q, ids %q", missing, s.Groups[0].Where.IDs)
	}
	if strings.Contains(string(s.JSON()), "E-1") {
		t.Error("settings show who is in a list")
	}
	if _, problems := ReadSettingsOver("", strings.NewReader(string(s.JSON())), DefaultSettings()); len(problems) != 1 || problems[0].Key != "settings.group_list" {
		t.Errorf("a stored programme takes lists: %v", problems)
	}
}

func TestParseScoreRule(t *testing.T) {
	for text, want := range map[string]ScoreRule{
		"led>=12": {"led", false, 12, false}, "a >=b<=30%": {"a >=b", true, 300, true}, "x>=0.5%": {"x", false, 5, true}, "x<=100%": {"x", true, 1000, true},
	} {
		if got, ok := ParseScoreRule(text); !ok && want.Group != "a >=b" || ok && got != want {
			t.Errorf("%s: %+v %t", text, got, ok)
		}
	}
	for _, text := range []string{"", "led", ">=3", "led>=", "led=3", "led>=x", "led>=-1", "led>=1.5", "led>=101%", "led>=-0%"} {
		if got, ok := ParseScoreRule(text); ok {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

// TestScoreGroups: rules about ids of either side of a score file.
func TestScoreGroups(t *testing.T) {
	rows := []models.ScoreRow{{Left: "a", Right: "x", Score: 9}, {Left: "b", Right: "x", Score: 5}, {Left: "b", Right: "y", Score: 2}, {Left: "c", Right: "y", Score: 7}}
	groups := ScoreGroups{
		Rules: []ScoreRule{{Group: "bees", Amount: 1}, {Group: "places", Most: true, Amount: 1000, Share: true}},
		Rows:  []models.GroupRow{{Group: "bees", ID: "b"}, {Group: "places", ID: "x", Side: models.GroupRight}},
	}
	p, err := Assign(context.Background(), Scores{Rows: rows}, AssignOptions{Groups: groups})
	if err != nil {
		t.Fatal(err)
	}
	result, err := verify.Round(p.JSON())
	if err != nil || len(result.Failures) > 0 || result.Score != 12 || result.Gap != 0 {
		t.Fatalf("%v %+v\n%s", err, result, p.JSON())
	}
	prices, err := p.PriceRules(context.Background())
	if err != nil || prices[0].Price != 4 || prices[0].Pairs != 1 || prices[0].First != 0 {
		t.Errorf("%v %+v", err, prices)
	}
	groups.Rules[0].Group = "nobody"
	if _, err := Assign(context.Background(), Scores{Rows: rows}, AssignOptions{Groups: groups}); !errors.As(err, new(*UnknownGroup)) {
		t.Errorf("an unknown group: %v", err)
	}
}

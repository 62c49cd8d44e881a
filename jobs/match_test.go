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

func match(t *testing.T, p People, change func(*MatchOptions)) *Matched {
	t.Helper()
	o := MatchOptions{Settings: DefaultSettings(), Seed: 1, Workers: 2}
	if change != nil {
		change(&o)
	}
	m, err := Match(context.Background(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// proven wants the independent checker to accept a round.
func proven(t *testing.T, m *Matched) verify.Result {
	t.Helper()
	result, err := verify.Round(m.JSON())
	if err != nil || len(result.Failures) > 0 {
		t.Fatalf("%v %v", err, result.Failures)
	}
	return result
}

func TestMatchShippedPeople(t *testing.T) {
	p := shippedPeople(t)
	s := schema(t, "round.schema.json")
	scores := map[int]int64{}
	for _, c := range []struct {
		name   string
		change func(*MatchOptions)
	}{
		{"defaults", nil},
		{"few candidates", func(o *MatchOptions) { o.Settings.Candidates = 1 }},
		{"many candidates", func(o *MatchOptions) { o.Settings.Candidates = 1000 }},
		{"another seed", func(o *MatchOptions) { o.Seed = 99 }},
		{"cover mentees", func(o *MatchOptions) { o.Settings.Cover = matching.CoverMentees }},
		{"cover mentors, few candidates", func(o *MatchOptions) { o.Settings.Cover, o.Settings.Candidates = matching.CoverMentors, 3 }},
		{"cover mentors, all candidates", func(o *MatchOptions) { o.Settings.Cover, o.Settings.Candidates = matching.CoverMentors, 1000 }},
		{"cover both, few candidates", func(o *MatchOptions) { o.Settings.Cover, o.Settings.Candidates = matching.CoverBoth, 2 }},
		{"cover both, all candidates", func(o *MatchOptions) { o.Settings.Cover, o.Settings.Candidates = matching.CoverBoth, 1000 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := match(t, p, c.change)
			result := proven(t, m)
			if !valid(s, string(m.JSON())) {
				t.Error("the published schema refuses the round")
			}
			if result.Pairs < 100 {
				t.Errorf("only %d pairs", result.Pairs)
			}
			cover := int(m.Round.Cover)
			total := m.Round.Score + 1e12*int64(m.Round.Served[0]*(cover&1)+m.Round.Served[1]*(cover>>1))
			if first, ok := scores[cover]; ok && first != total {
				t.Errorf("total %d, but %d with other candidates: a list that was cut short cost something", total, first)
			}
			scores[cover] = total
		})
	}
}

// TestForcedPairs plays staff's rules about pairs.
func TestForcedPairs(t *testing.T) {
	people := func(rules ...models.RuleRow) People {
		p := People{Rules: rules}
		for i := range 3 {
			e := someone()
			e.ID, e.Organization, e.Conflicts, e.MinOverlap = fmt.Sprintf("E-%d", i), "", nil, 0
			m := someMentor(fmt.Sprintf("M-%d", i), -1)
			m.Capacity = 1
			p.Mentees, p.Mentors = append(p.Mentees, e), append(p.Mentors, m)
		}
		p.Mentees[2].Country = "CA" // as the mentors, but they know Mexico, which is not wanted
		p.Mentees[2].Targets = []string{"US"}
		p.Mentees[1].Conflicts = []string{"M-1"}
		return p
	}
	rule := func(e, m int, rule string) models.RuleRow {
		return models.RuleRow{Mentee: fmt.Sprintf("E-%d", e), Mentor: fmt.Sprintf("M-%d", m), Rule: rule}
	}
	for _, c := range []struct {
		name  string
		rules []models.RuleRow
		pair  [2]int // must be among the pairs
		err   string
	}{
		{"must", []models.RuleRow{rule(0, 2, "must")}, [2]int{0, 2}, ""},
		{"lock against the border rule", []models.RuleRow{rule(2, 1, "lock")}, [2]int{2, 1}, ""},
		{"must against the border rule", []models.RuleRow{rule(2, 1, "must")}, [2]int{}, "cross_border"},
		{"lock against a conflict", []models.RuleRow{rule(1, 1, "lock")}, [2]int{}, "conflict"},
		{"must and never", []models.RuleRow{rule(0, 0, "must"), rule(0, 0, "never")}, [2]int{}, "never"},
		{"two for one place", []models.RuleRow{rule(0, 0, "must"), rule(1, 0, "must")}, [2]int{}, `[["E-0" "M-0"] ["E-1" "M-0"]]`},
		{"two for one mentee", []models.RuleRow{rule(0, 0, "must"), rule(0, 1, "must")}, [2]int{}, `[["E-0" "M-0"] ["E-0" "M-1"]]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := Match(context.Background(), people(c.rules...), MatchOptions{Settings: DefaultSettings(), Seed: 1})
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("got %v, want an error with %s", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			proven(t, m)
			if !slices.ContainsFunc(m.Round.Pairs, func(p matching.Pair) bool { return [2]int{p.Left, p.Right} == c.pair }) {
				t.Errorf("the pair is not formed: %+v", m.Round.Pairs)
			}
		})
	}
	t.Run("never", func(t *testing.T) {
		m := match(t, people(rule(0, 0, "never"), rule(0, 1, "never")), nil)
		if p := m.Round.Pairs[0]; p.Left == 0 && p.Right != 2 {
			t.Errorf("a pair that was ruled out is formed: %+v", p)
		}
	})
	t.Run("unknown mentor", func(t *testing.T) {
		p := people(models.RuleRow{Mentee: "E-0", Mentor: "M-9", Rule: "must"})
		if problems := CheckPeople(p, PeopleFiles{Rules: "r.csv"}); problems.Errors() != 1 || problems[0].Key != "match.unknown_id" {
			t.Errorf("got %v", problems)
		}
		var unknown *matching.Unknown
		if _, err := Match(context.Background(), p, MatchOptions{Settings: DefaultSettings()}); !errors.As(err, &unknown) {
			t.Errorf("got %v", err)
		}
	})
}

func TestMatchEmptySides(t *testing.T) {
	for name, p := range map[string]People{
		"nobody":     {},
		"no mentors": {Mentees: []models.Profile{someone()}},
		"no mentees": {Mentors: []models.Profile{someMentor("M-1", -1)}},
	} {
		t.Run(name, func(t *testing.T) {
			if m := match(t, p, nil); proven(t, m).Pairs != 0 {
				t.Errorf("pairs out of nothing: %+v", m.Round.Pairs)
			}
		})
	}
}

func TestMatchCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Match(ctx, shippedPeople(t), MatchOptions{Settings: DefaultSettings()}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestReasonsHaveWords says every fact in three languages.
func TestReasonsHaveWords(t *testing.T) {
	said := map[matching.Fact]bool{}
	words := Words{Text: func(_, key string, args map[string]any) string {
		for name, value := range args {
			if value == "" && name != "Market" && name != "Other" && key != "why.sector_none" {
				t.Errorf("%s: %s is empty", key, name)
			}
		}
		return key
	}}
	m := match(t, shippedPeople(t), nil)
	for i := range m.Snapshot.Mentees {
		for j := range m.Snapshot.Mentors {
			for _, l := range m.Index.Explain(&m.Snapshot.Mentees[i], j).Lines {
				said[l.Fact] = true
				if got := words.reason(storedLine(l)); got != "why."+string(l.Fact) {
					t.Fatalf("%+v says %q", l, got)
				}
			}
		}
	}
	never := []matching.Fact{matching.FactPreference, matching.FactPreferenceNone, matching.FactSimilarity} // files do not say it
	for _, f := range matching.Facts {
		if !said[f] && !slices.Contains(never, f) {
			t.Errorf("the shipped people never show %s", f)
		}
	}
}

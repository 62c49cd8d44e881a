package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"puente/matching"
	"puente/matching/assign"
	"puente/matching/verify"
	"puente/models"
)

func stable(o *MatchOptions) { o.Settings.Method = matching.MethodStable }

// TestStableShippedPeople: the round of the shipped people is stable over all
// allowed pairs, not only over those listed, and does not depend on how many
// candidates it starts from.
func TestStableShippedPeople(t *testing.T) {
	p := shippedPeople(t)
	s := schema(t, "round.schema.json")
	var first []matching.Pair
	for _, candidates := range []int{10_000, 50, 7, 1} {
		t.Run(fmt.Sprint(candidates), func(t *testing.T) {
			m := match(t, p, func(o *MatchOptions) { stable(o); o.Settings.Candidates = candidates })
			proven(t, m)
			if !valid(s, string(m.JSON())) {
				t.Error("the published schema refuses the round")
			}
			bare := slices.Clone(m.Round.Pairs)
			for i := range bare {
				bare[i] = matching.Pair{Left: bare[i].Left, Right: bare[i].Right, Score: bare[i].Score}
			}
			if first == nil {
				first = bare
				if len(m.Round.Lists[0]) == 0 || !slices.ContainsFunc(m.Round.Lists[0], func(l []int32) bool { return len(l) > 0 }) {
					t.Error("nobody of the shipped people has a wish")
				}
			}
			if !slices.EqualFunc(bare, first, func(a, b matching.Pair) bool { return a.Left == b.Left && a.Right == b.Right }) {
				t.Error("other pairs than with all candidates: a list that was cut short hid something")
			}
			everyPair(t, m)
		})
	}
}

// everyPair publishes the same pairs with every allowed pair among the edges,
// and wants the checker to find them stable.
func everyPair(t *testing.T, m *Matched) {
	t.Helper()
	var all []assign.Edge
	for i := range m.Snapshot.Mentees {
		e := &m.Snapshot.Mentees[i]
		for j := range m.Snapshot.Mentors {
			if m.Index.Refusal(e, j) == "" {
				all = append(all, assign.Edge{Left: i, Right: j, Score: int64(m.Index.Explain(e, j).Score)})
			}
		}
	}
	edges, err := assign.NewEdges(len(m.Round.Left), len(m.Round.Right), all)
	if err != nil {
		t.Fatal(err)
	}
	r := *m.Round
	r.Edges = edges
	data := (&Published{Kind: "match", Start: m.Start, Settings: m.Settings, SnapshotHash: m.SnapshotHash, Round: &r, Asked: m.Asked}).JSON()
	result, err := verify.Round(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range result.Failures {
		if f.Check == "certificate" || f.Check == "lists" {
			t.Errorf("over all allowed pairs: %+v", f)
		}
	}
}

// TestStableCrowd: many mentees for few places, from one candidate each up to
// all of them.
func TestStableCrowd(t *testing.T) {
	for seed := range uint64(4) {
		mentors, mentees := Generate(Population{Mentors: 60, Mentees: 300, Seed: seed + 1})
		p := People{Mentors: mentors, Mentees: mentees}
		var first []matching.Pair
		for _, candidates := range []int{1000, 1, 4} {
			m := match(t, p, func(o *MatchOptions) { stable(o); o.Settings.Candidates, o.Seed = candidates, seed })
			proven(t, m)
			everyPair(t, m)
			if first == nil {
				first = m.Round.Pairs
			}
			if !slices.EqualFunc(m.Round.Pairs, first, func(a, b matching.Pair) bool { return a.Left == b.Left && a.Right == b.Right }) {
				t.Errorf("seed %d: other pairs with %d candidates", seed, candidates)
			}
		}
	}
}

// TestStableWishes: wishes head the lists of both sides.
func TestStableWishes(t *testing.T) {
	var p People
	for i := range 3 {
		e := someone()
		e.ID, e.Organization, e.Conflicts, e.MinOverlap, e.Wishes = fmt.Sprintf("E-%d", i), "", nil, 0, nil
		m := someMentor(fmt.Sprintf("M-%d", i), -1)
		m.Capacity, m.Wishes = 1, nil
		p.Mentees, p.Mentors = append(p.Mentees, e), append(p.Mentors, m)
	}
	p.Mentees[0].Wishes, p.Mentees[1].Wishes = []string{"M-2"}, []string{"M-2", "M-1"}
	p.Mentors[2].Wishes = []string{"E-1"}
	m := match(t, p, func(o *MatchOptions) { stable(o); o.Settings.Candidates = 1 })
	proven(t, m)
	everyPair(t, m)
	got := map[string]string{}
	for _, pair := range m.Round.Pairs {
		got[m.Round.Left[pair.Left].ID] = m.Round.Right[pair.Right].ID
	}
	if got["E-1"] != "M-2" || len(got) != 3 {
		t.Errorf("got %v", got)
	}
	if !bytes.Contains(m.JSON(), []byte(`"left_lists"`)) {
		t.Error("the file does not hold the wishes")
	}
}

// TestAssignStable: the scores of files, lists of preferences, and what does
// not go together.
func TestAssignStable(t *testing.T) {
	rows := func(of ...string) (out []models.RankRow) {
		for i := 0; i < len(of); i += 2 {
			out = append(out, models.RankRow{ID: of[i], Ranks: strings.Split(of[i+1], ";")})
		}
		return out
	}
	s := Scores{Rows: []models.ScoreRow{
		{Left: "a", Right: "x"}, {Left: "a", Right: "y"}, {Left: "b", Right: "x"}, {Left: "b", Right: "y"}, {Left: "c", Right: "y"},
	}}
	s.LeftRanks = rows("a", "x;y", "b", "y;x")
	s.RightRanks = rows("x", "b;a", "y", "a;b")
	for _, c := range []struct {
		right bool
		want  string
	}{{false, "a-x b-y "}, {true, "a-y b-x "}} {
		pub, err := Assign(context.Background(), s, AssignOptions{Method: "stable", RightProposes: c.right})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, p := range pub.Round.Pairs {
			got += pub.Round.Left[p.Left].ID + "-" + pub.Round.Right[p.Right].ID + " "
			if rank := map[bool]int{false: p.LeftRank, true: p.RightRank}[c.right]; rank != 1 {
				t.Errorf("the proposing side has rank %d: %+v", rank, p)
			}
		}
		if got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
		if result, err := verify.Round(pub.JSON()); err != nil || len(result.Failures) > 0 {
			t.Errorf("%v %+v", err, result.Failures)
		}
		if u := pub.Round.Unpaired; len(u) != 1 || u[0].Reason != matching.ReasonNoCandidate { // y does not list c
			t.Errorf("%+v", u)
		}
	}
	for _, c := range []struct {
		o    AssignOptions
		s    Scores
		want string
	}{
		{AssignOptions{Method: "stable", Cover: "left"}, Scores{}, "settings.method_cover"},
		{AssignOptions{Method: "stable", Minimize: true}, Scores{}, "assign.stable_costs"},
		{AssignOptions{Method: "optimal"}, s, "assign.only_stable"},
		{AssignOptions{RightProposes: true}, Scores{}, "assign.only_stable"},
		{AssignOptions{Method: "stable", Cover: "none", RightProposes: true}, s, ""},
	} {
		if got := c.o.Conflict(c.s); got != c.want {
			t.Errorf("%+v: %q, want %q", c.o, got, c.want)
		}
	}
	if _, err := Assign(context.Background(), Scores{}, AssignOptions{Method: "fastest"}); !errors.Is(err, matching.ErrMethod) {
		t.Errorf("a method that is not there: %v", err)
	}
	bad := Scores{Rows: s.Rows, LeftRanks: rows("a", "x;z", "q", "x")}
	if problems := CheckRanks(bad, RankFiles{Left: "l.csv"}); len(problems) != 2 || problems[0].Column != "ranks" || problems[1].Column != "id" {
		t.Errorf("got %+v", problems)
	}
}

package jobs

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"puente/matching"
	"puente/matching/assign"
	"puente/matching/verify"
	"puente/models"
)

func balanced(o *MatchOptions) { o.Settings.Method = matching.MethodBalanced }

// everyScore are the scores of a balanced round over every allowed pair,
// ascending.
func everyScore(t *testing.T, m *Matched) []int64 {
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
	for _, x := range m.Round.Edges.Must {
		e := m.Round.Edges.At(int(x))
		at := slices.IndexFunc(all, func(y assign.Edge) bool { return y.Left == e.Left && y.Right == e.Right })
		if at < 0 {
			at = len(all)
			all = append(all, e)
		}
		all[at].Must = true
	}
	edges, err := assign.NewEdges(len(m.Round.Left), len(m.Round.Right), all)
	if err != nil {
		t.Fatal(err)
	}
	spec := m.Round.Spec
	spec.Edges = edges
	r, err := matching.NewRound(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	return scoresOf(r)
}

func scoresOf(r *matching.Round) (out []int64) {
	for _, p := range r.Pairs {
		out = append(out, p.Score)
	}
	slices.Sort(out)
	return out
}

// TestBalancedShippedPeople: the round of the shipped people is balanced over
// all allowed pairs, from however few candidates it starts.
func TestBalancedShippedPeople(t *testing.T) {
	p := shippedPeople(t)
	s := schema(t, "round.schema.json")
	var want []int64
	for _, candidates := range []int{50, 7, 1} {
		t.Run(fmt.Sprint(candidates), func(t *testing.T) {
			m := match(t, p, func(o *MatchOptions) { balanced(o); o.Settings.Candidates = candidates })
			proven(t, m)
			if !valid(s, string(m.JSON())) {
				t.Error("the published schema refuses the round")
			}
			if want == nil {
				want = everyScore(t, m)
			}
			if got := scoresOf(m.Round); !slices.Equal(got, want) {
				t.Errorf("scores %v, over all allowed pairs %v", got, want)
			}
		})
	}
}

// TestBalancedCrowd: many mentees for few places and few for many, from one
// candidate each up to all of them.
func TestBalancedCrowd(t *testing.T) {
	for seed, size := range [][2]int{{40, 200}, {80, 120}} {
		mentors, mentees := Generate(Population{Mentors: size[0], Mentees: size[1], Seed: uint64(seed) + 1})
		p := People{Mentors: mentors, Mentees: mentees}
		var want []int64
		for _, candidates := range []int{20, 1, 4} {
			m := match(t, p, func(o *MatchOptions) { balanced(o); o.Settings.Candidates, o.Seed = candidates, uint64(seed) })
			proven(t, m)
			if want == nil {
				want = everyScore(t, m)
			}
			if got := scoresOf(m.Round); !slices.Equal(got, want) {
				t.Errorf("size %v, %d candidates: scores %v, over all allowed pairs %v", size, candidates, got, want)
			}
		}
	}
}

// TestAssignBalanced: costs, minimums and forced pairs of a score file, and
// what does not go together.
func TestAssignBalanced(t *testing.T) {
	s := Scores{
		Rows: []models.ScoreRow{
			{Left: "a", Right: "x", Score: 20},
			{Left: "a", Right: "y", Score: 5},
			{Left: "b", Right: "x", Score: 6},
			{Left: "b", Right: "y", Score: 1},
			{Left: "c", Right: "z", Score: -3},
			{Left: "c", Right: "x", Score: 4},
		},
		Right: []models.Node{{ID: "x", Capacity: 1}, {ID: "y", Capacity: 1}, {ID: "z", Capacity: 2, Minimum: 1}},
	}
	for _, c := range []struct {
		minimize bool
		want     string
		score    int64
	}{{false, "a-y b-x c-z ", 8}, {true, "a-y b-x c-z ", 8}} {
		pub, err := Assign(context.Background(), s, AssignOptions{Method: "balanced", Minimize: c.minimize})
		if err != nil {
			t.Fatal(err)
		}
		got, total := "", int64(0)
		for _, p := range pub.Round.Pairs {
			got += pub.Round.Left[p.Left].ID + "-" + pub.Round.Right[p.Right].ID + " "
			total += pub.given(p.Score)
		}
		if got != c.want || total != c.score {
			t.Errorf("minimize %v: got %s of %d, want %s of %d", c.minimize, got, total, c.want, c.score)
		}
		if result, err := verify.Round(pub.JSON()); err != nil || len(result.Failures) > 0 {
			t.Errorf("%v %+v\n%s", err, result.Failures, pub.JSON())
		}
	}
	for _, c := range []struct {
		o    AssignOptions
		s    Scores
		want string
	}{
		{AssignOptions{Method: "balanced", Cover: "left"}, Scores{}, "settings.method_cover"},
		{AssignOptions{Method: "balanced", Minimize: true}, Scores{}, ""},
		{AssignOptions{Method: "balanced", RightProposes: true}, Scores{}, "assign.only_stable"},
	} {
		if got := c.o.Conflict(c.s); got != c.want {
			t.Errorf("%+v: %q, want %q", c.o, got, c.want)
		}
	}
}

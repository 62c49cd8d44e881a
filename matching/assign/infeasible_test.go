package assign

import (
	"context"
	"errors"
	"slices"
	"testing"
)

func TestInfeasibleCases(t *testing.T) {
	for _, c := range []struct {
		name string
		p    Problem
		want Infeasible
		text string
	}{
		{"minimum over capacity", Problem{Left: []Node{{1, 0}, {2, 3}}}, Infeasible{Left: []int{1}}, "the minimum of left node 1"},
		{"minimum over capacity on the right", Problem{Right: []Node{{0, 1}}}, Infeasible{Right: []int{0}}, "the minimum of right node 0"},
		{
			"more than there are edges",
			Problem{Left: []Node{{2, 2}}, Right: nodes(5, 5)}.with([]Edge{{0, 1, 1, false}}),
			Infeasible{Left: []int{0}},
			"the minimum of left node 0",
		},
		{
			"must at a full node",
			Problem{Left: nodes(1), Right: nodes(0)}.with([]Edge{{0, 0, 1, true}}),
			Infeasible{Must: []int{0}},
			"must edge 0",
		},
		{
			"musts over a capacity",
			Problem{Left: nodes(3), Right: nodes(1, 1, 1, 1)}.with([]Edge{{0, 3, 1, true}, {0, 2, 1, true}, {0, 1, 1, true}, {0, 0, 1, true}}),
			Infeasible{Must: []int{0, 1, 2, 3}},
			"must edge 0, 1, 2, 3",
		},
		{
			"two want one place, a third is beside the point",
			Problem{Left: []Node{{1, 1}, {1, 1}, {1, 1}}, Right: nodes(1, 1)}.with([]Edge{{0, 0, 1, false}, {1, 1, 1, false}, {2, 1, 1, false}}),
			Infeasible{Left: []int{1, 2}},
			"the minimum of left node 1, 2",
		},
		{
			"a must edge takes the place",
			Problem{Left: []Node{{1, 0}, {1, 1}}, Right: nodes(1, 1)}.with([]Edge{{0, 0, 1, true}, {1, 0, 1, false}, {0, 1, 1, false}}),
			Infeasible{Left: []int{1}, Must: []int{0}},
			"the minimum of left node 1; must edge 0",
		},
		{
			"minimums on both sides, the right clashes",
			Problem{Left: []Node{{1, 1}, {1, 0}}, Right: []Node{{1, 1}, {1, 1}, {1, 0}}}.with([]Edge{{0, 0, 1, false}, {0, 1, 1, false}, {1, 2, 1, false}}),
			Infeasible{Right: []int{0, 1}},
			"the minimum of right node 0, 1",
		},
		{
			"two units short",
			Problem{Left: []Node{{3, 3}, {3, 3}}, Right: nodes(1, 1, 2)}.with([]Edge{{0, 0, 1, false}, {0, 1, 1, false}, {0, 2, 1, false}, {1, 0, 1, false}, {1, 1, 1, false}, {1, 2, 1, false}}),
			Infeasible{Left: []int{0, 1}},
			"the minimum of left node 0, 1",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Solve(context.Background(), c.p)
			var got *Infeasible
			if !errors.As(err, &got) {
				t.Fatalf("got %v", err)
			}
			if !slices.Equal(got.Left, c.want.Left) || !slices.Equal(got.Right, c.want.Right) || !slices.Equal(got.Must, c.want.Must) {
				t.Errorf("got %+v, want %+v", *got, c.want)
			}
			if text := "assign: no feasible assignment: these rules clash: " + c.text; got.Error() != text {
				t.Errorf("got %q, want %q", got.Error(), text)
			}
			checkClash(t, c.p, got)
		})
	}
}

func TestInfeasibleTextIsShort(t *testing.T) {
	err := &Infeasible{Left: make([]int, 12), Must: []int{4}}
	want := "assign: no feasible assignment: these rules clash: the minimum of left node 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 and 2 more; must edge 4"
	if err.Error() != want {
		t.Errorf("got %q", err.Error())
	}
}

// TestInfeasibleLarge looks for groups of hundreds of rules, and tries each
// group without each of its rules.
func TestInfeasibleLarge(t *testing.T) {
	for _, c := range []struct {
		name           string
		minimum, musts int
		right          bool
	}{
		{name: "minimum 1", minimum: 1},
		{name: "minimum 2", minimum: 2},
		{name: "minimum 1 and musts", minimum: 1, musts: 40},
		{name: "minimum 2 and musts", minimum: 2, musts: 40},
		{name: "on the right", minimum: 9, right: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := clashing(c.minimum, c.musts, c.right)
			_, err := Solve(context.Background(), p)
			var f *Infeasible
			if !errors.As(err, &f) {
				t.Fatalf("got %v", err)
			}
			if feasible(context.Background(), onlyRules(p, f, -1)) == nil {
				t.Errorf("the group does not clash")
			}
			size := len(f.Left) + len(f.Right) + len(f.Must)
			for k := range size {
				if err := feasible(context.Background(), onlyRules(p, f, k)); err != nil {
					t.Fatalf("rule %d of %d is not needed: %v", k, size, err)
				}
			}
			if (len(f.Must) > 0) != (c.musts > 0) || (len(f.Right) > 0) != c.right {
				t.Errorf("the group has %d left, %d right, %d must", len(f.Left), len(f.Right), len(f.Must))
			}
		})
	}
}

// clashing is a market of 200 mentees and 60 mentors with minimums on one side,
// and must edges of mentees that have no minimum.
func clashing(minimum, musts int, right bool) Problem {
	p := market(8, 200, 60, 6, CoverNone)
	if right {
		for j := range p.Right {
			p.Right[j] = Node{Capacity: 9, Minimum: minimum}
		}
		return p
	}
	for i := range p.Left {
		p.Left[i] = Node{Capacity: minimum}
		if i >= musts {
			p.Left[i].Minimum = minimum
		}
	}
	taken := make([]int, len(p.Right))
	for x, e := range p.Edges.All() {
		if e.Left < musts && x%6 == 0 && taken[e.Right] < p.Right[e.Right].Capacity {
			p.Edges.Must = append(p.Edges.Must, int32(x))
			taken[e.Right]++
		}
	}
	return p
}

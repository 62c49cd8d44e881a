package matching

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"puente/matching/assign"
)

// earlierOf is a round as the next one keeps it.
func earlierOf(r *Round, points int64) *Earlier {
	e := &Earlier{Round: "earlier", Points: points, Prices: map[string]int64{}, Bonus: r.prices().Bonus}
	for _, p := range r.Pairs {
		e.Pairs = append(e.Pairs, [2]string{r.Left[p.Left].ID, r.Right[p.Right].ID})
	}
	slices.SortFunc(e.Pairs, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	for j, q := range r.prices().Place {
		e.Prices[r.Right[j].ID] = q
	}
	return e
}

// TestKeepOfPeople makes rounds of people again after some have left or changed,
// from one candidate a mentee: they are those over all allowed pairs, and keep as
// many pairs.
func TestKeepOfPeople(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 0))
	kept, lost := 0, 0
	for range 120 {
		s, settings := people(r, 2+r.IntN(9), 2+r.IntN(5))
		m := matcherOf(s, settings)
		before, err := m.Round(t.Context())
		if err != nil {
			continue
		}
		next := *s
		next.Mentees, next.Mentors = slices.Clone(s.Mentees), slices.Clone(s.Mentors)
		next.Mentees = slices.Delete(next.Mentees, 0, r.IntN(2))
		other := randomSnapshot(r, len(next.Mentees), len(next.Mentors))
		if i := r.IntN(len(next.Mentees)); r.IntN(2) == 0 {
			next.Mentees[i].Needs = other.Mentees[i].Needs
		}
		m = matcherOf(&next, settings)
		m.Keep = earlierOf(before, int64(r.IntN(3))*1000)
		got, err := m.Round(t.Context())
		if clash := (*Clash)(nil); errors.As(err, &clash) {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		all := complete(t, m)
		worth := func(r *Round) int64 { return r.Score + m.Keep.Points*int64(r.Kept.Count) }
		if !got.Kept.Proven || worth(got) != worth(all) || m.Keep.Points == 0 && (got.Score != all.Score || got.Kept.Count != all.Kept.Count) || got.Served != all.Served {
			t.Fatalf("score %d with %d kept, %v served; over all pairs %d, %d and %v", got.Score, got.Kept.Count, got.Served, all.Score, all.Kept.Count, all.Served)
		}
		if free := complete(t, &Matcher{Snapshot: &next, Settings: settings, Index: m.Index, Seed: 5, Workers: 1}); free.Total().Compare(got.Total(), free.Cover) < 0 ||
			m.Keep.Points == 0 && free.Score != got.Score || free.Score-got.Score != got.prices().Gap {
			t.Fatalf("score %d with a gap of %d; without keeping %d", got.Score, got.prices().Gap, free.Score)
		}
		kept += got.Kept.Count
		lost += len(before.Pairs) - got.Kept.Count
	}
	if kept < 100 || lost < 30 {
		t.Errorf("%d kept and %d lost show too little", kept, lost)
	}
}

// TestStoppedRoundOfPeople stops the search of a round: its gap holds over all
// allowed pairs, also those that no list has.
func TestStoppedRoundOfPeople(t *testing.T) {
	r := rand.New(rand.NewPCG(32, 0))
	open := 0
	for range 400 {
		s, settings := people(r, 3+r.IntN(9), 2+r.IntN(5))
		m := matcherOf(s, settings)
		best, err := m.Round(t.Context())
		if err != nil {
			continue
		}
		left := r.IntN(3)
		m.Stop = func() bool { left--; return left < 0 }
		if r.IntN(2) == 0 {
			m.Keep = earlierOf(best, 0)
		}
		got, err := m.Round(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if short := best.Primal() - got.Primal(); best.prices().Bonus != got.prices().Bonus || short < 0 || short > got.prices().Gap {
			t.Fatalf("short of the best by %d, gap %d", short, got.prices().Gap)
		}
		if got.prices().Gap > 0 {
			open++
		}
	}
	if open < 30 {
		t.Errorf("%d rounds left open show too little", open)
	}
}

func TestKeepRefused(t *testing.T) {
	spec := Spec{Left: []Party{{"a", assign.Node{Capacity: 1}}}, Right: []Party{{"b", assign.Node{Capacity: 1}}}, Keep: &Keep{}}
	spec.Edges, _ = assign.NewEdges(1, 1, []assign.Edge{{Score: 1}})
	for _, method := range []Method{MethodStable, MethodBalanced, MethodLottery} {
		spec.Method = method
		if _, err := NewRound(t.Context(), spec); !errors.Is(err, ErrKeep) {
			t.Errorf("method %d: %v", method, err)
		}
	}
}

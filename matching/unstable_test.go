package matching

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"puente/matching/assign"
)

// blockingBy counts blocking edges by the definition: each end has a free place,
// or a pair that is not forced and that it ranks after the other end.
func blockingBy(r *Round) (n int) {
	ties := [2][]uint32{tieRanks(r.Seed, ids(r.Left)), tieRanks(r.Seed, ids(r.Right))}
	would := func(side, at, other int, score int64) bool {
		room := [2][]Party{r.Left, r.Right}[side][at].Capacity
		rank := func(other int, score int64) [3]int64 {
			place := int64(1 << 40)
			if r.Lists[side] != nil {
				if k := slices.Index(r.Lists[side][at], int32(other)); k >= 0 {
					place = int64(k)
				}
			}
			return [3]int64{place, -score, int64(ties[1-side][other])}
		}
		for _, p := range r.Pairs {
			ends := [2]int{p.Left, p.Right}
			if ends[side] != at {
				continue
			}
			room--
			_, forced := slices.BinarySearch(r.Edges.Must, int32(r.edge(int32(p.Left), int32(p.Right))))
			a, b := rank(other, score), rank(ends[1-side], p.Score)
			if !forced && slices.CompareFunc(a[:], b[:], cmp.Compare) < 0 {
				return true
			}
		}
		return room > 0
	}
	for _, e := range r.Edges.All() {
		paired := slices.ContainsFunc(r.Pairs, func(p Pair) bool { return p.Left == e.Left && p.Right == e.Right })
		if !paired && !e.Must && e.Score >= 0 && would(0, e.Left, e.Right, e.Score) && would(1, e.Right, e.Left, e.Score) {
			n++
		}
	}
	return n
}

// TestBlockingEqualsDefinition counts blocking edges of small rounds of every
// method, with lists and forced pairs; a stable round has none.
func TestBlockingEqualsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 8))
	some := 0
	for range 600 {
		p := randomProblem(r, true, false)
		p.Cover = assign.CoverNone
		for method := range NumMethods {
			s := Spec{
				Left: partiesOf("l", p.Left), Right: partiesOf("r", p.Right), Edges: p.Edges, Seed: r.Uint64(), Method: method, Plans: 2,
				Lists: randomLists(r, p),
			}
			round, err := NewRound(t.Context(), s)
			if err != nil {
				continue
			}
			got, want := round.Blocking(), blockingBy(round)
			if got != want || method == MethodStable && got > 0 {
				t.Fatalf("method %d: %d blocking edges, want %d\n%+v", method, got, want, round)
			}
			some += got
		}
	}
	if some < 100 {
		t.Errorf("only %d blocking edges in all", some)
	}
}

// randomLists are preferences of some ids.
func randomLists(r *rand.Rand, p assign.Problem) (lists [2][][]int32) {
	sizes := [2]int{len(p.Left), len(p.Right)}
	for side := range lists {
		lists[side] = make([][]int32, sizes[side])
		for i := range lists[side] {
			if r.IntN(3) == 0 {
				for _, j := range r.Perm(sizes[1-side])[:1+r.IntN(sizes[1-side])] {
					lists[side][i] = append(lists[side][i], int32(j))
				}
			}
		}
	}
	return lists
}

// TestBlockingOfPeople counts over all allowed pairs, though the round lists one
// candidate a mentee.
func TestBlockingOfPeople(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 8))
	some := 0
	for k := range 120 {
		s, settings := people(r, 14, 6)
		if k%2 == 0 {
			settings.Weights = Weights{Language: 1}
		}
		settings.Cover, settings.Method = CoverNone, Method(k%int(NumMethods))
		m := matcherOf(s, settings)
		round, err := m.Round(t.Context())
		if err != nil {
			continue // a lottery may have too few candidates
		}
		got, err := m.Blocking(t.Context(), round)
		if err != nil {
			t.Fatal(err)
		}
		all := *round
		var list []assign.Edge
		for i := range s.Mentees {
			for j := range s.Mentors {
				x, listed := round.edge(int32(i), int32(j)), false
				if x >= 0 {
					_, listed = slices.BinarySearch(round.Edges.Must, int32(x))
				}
				if e := &s.Mentees[i]; x >= 0 || m.Index.Refusal(e, j) == "" {
					list = append(list, assign.Edge{Left: i, Right: j, Score: int64(m.Index.Explain(e, j).Score), Must: listed})
				}
			}
		}
		if all.Edges, err = assign.NewEdges(len(s.Mentees), len(s.Mentors), list); err != nil {
			t.Fatal(err)
		}
		all.Lists = m.wishLists()
		all.onlyEdges()
		if want := blockingBy(&all); got != want || round.Method == MethodStable && got > 0 {
			t.Fatalf("method %d: %d blocking pairs, want %d", round.Method, got, want)
		}
		some += got
	}
	if some < 100 {
		t.Errorf("only %d blocking pairs in all", some)
	}
}

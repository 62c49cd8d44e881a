package matching

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"puente/matching/assign"
)

// everyAllowed is the round over all allowed pairs, listed one by one, without
// the matcher's lists.
func everyAllowed(t *testing.T, m *Matcher) (*Round, error) {
	t.Helper()
	left, right := m.parties()
	var all []assign.Edge
	for i := range m.Snapshot.Mentees {
		e := &m.Snapshot.Mentees[i]
		var mine []assign.Edge
		for j := range m.Snapshot.Mentors {
			if m.Index.Refusal(e, j) == "" {
				mine = append(mine, assign.Edge{Left: i, Right: j, Score: int64(m.Index.Explain(e, j).Score)})
			}
		}
		mine, err := m.force(i, mine)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(mine, compareEdges)
		all = append(all, mine...)
	}
	edges, err := assign.NewEdges(len(left), len(right), all)
	if err != nil {
		t.Fatal(err)
	}
	return NewRound(t.Context(), Spec{
		Left: left, Right: right, Edges: edges, Cover: assign.Cover(m.Settings.Cover), Seed: m.Seed, Method: m.Settings.Method,
		Lists: m.wishes(), Plans: m.Settings.Plans, Groups: m.groups(edges, m.members()),
	})
}

// objective is what a round's method compares, the more important first; equal
// rounds have equal ones.
func objective(r *Round) (out []int64) {
	switch c := r.Certificate.(type) {
	case *NoBlockingPair:
		for _, p := range r.Pairs { // what is best for the mentees is one round only
			out = append(out, int64(p.Left), int64(p.Right))
		}
		return out
	case Levels:
		out = append(out, int64(r.Served[0]), int64(len(r.Pairs)))
		for _, p := range r.Pairs {
			out = append(out, p.Score)
		}
		slices.Sort(out[2:])
		return out
	case *Replay:
		return []int64{c.Score}
	}
	served := 0
	for side, covered := range [2]bool{r.Cover&assign.CoverLeft != 0, r.Cover&assign.CoverRight != 0} {
		if covered {
			served += r.Served[side]
		}
	}
	return []int64{int64(served), r.Score}
}

// crowd draws people of whom many want the same few mentors, with forced pairs
// and pairs ruled out; of every third one factor decides, so that most scores
// are equal.
func crowd(r *rand.Rand, n int) (*Snapshot, *Settings) {
	s, settings := people(r, 6+r.IntN(14), 2+r.IntN(12))
	if n%3 == 0 {
		settings.Weights = Weights{Language: 1, Needs: 1}
	}
	if n%2 == 0 { // most people are copies of a few
		for i := range s.Mentees {
			of := s.Mentees[r.IntN(min(3, len(s.Mentees)))]
			of.ID, of.Must, of.Lock, of.Never = s.Mentees[i].ID, nil, nil, s.Mentees[i].Never
			of.Organization, of.Conflicts, of.Wishes = "", nil, s.Mentees[i].Wishes
			s.Mentees[i] = of
		}
	}
	return s, settings
}

// someGroups draws rules about groups of every kind.
func someGroups(r *rand.Rand) (out []GroupSpec) {
	for k := range 1 + r.IntN(2) {
		g := GroupSpec{Name: fmt.Sprint(k), Of: assign.Members(r.IntN(3)), Most: r.IntN(3) == 0, Share: r.IntN(3) == 0}
		if g.Amount = 1 + r.IntN(5); g.Share {
			g.Amount = 100 * (1 + r.IntN(8))
		}
		switch r.IntN(3) {
		case 0:
			g.Where.Countries = []uint8{draw(r, 1, 3)}
		case 1:
			g.Where.Languages = []uint8{draw(r, 1, 3)}
		default:
			g.Where.CrossBorder = g.Of == assign.SomeEdges
			if !g.Where.CrossBorder {
				g.Where.Countries = []uint8{1, 2}
			}
		}
		out = append(out, g)
	}
	return out
}

// TestTruncationProven: from however few candidates a round starts, it is as
// good as over all allowed pairs, in what its method compares; and where rules
// about groups leave a gap, the bound that it states holds over all of them.
func TestTruncationProven(t *testing.T) {
	for _, c := range []struct {
		name   string
		rounds int
		change func(r *rand.Rand, s *Settings)
	}{
		{"optimal", 400, func(_ *rand.Rand, s *Settings) { s.Cover = CoverNone }},
		{"cover", 400, func(r *rand.Rand, s *Settings) { s.Cover = Cover(1 + r.IntN(3)) }},
		{"groups", 400, func(r *rand.Rand, s *Settings) { s.Groups = someGroups(r) }},
		// In round 4241 a mentor outside a list would make the mentees better off without blocking.
		{"stable", 4300, func(_ *rand.Rand, s *Settings) { s.Cover, s.Method = CoverNone, MethodStable }},
		{"balanced", 400, func(_ *rand.Rand, s *Settings) { s.Cover, s.Method = CoverNone, MethodBalanced }},
		{"lottery", 400, func(r *rand.Rand, s *Settings) { s.Cover, s.Method, s.Plans = CoverNone, MethodLottery, 2+r.IntN(3) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(71, 0))
			widened, gaps, clashes := 0, 0, 0
			for n := range c.rounds {
				s, settings := crowd(r, n)
				c.change(r, settings)
				settings.Candidates = 1 + r.IntN(3)
				seed := uint64(n)
				m := &Matcher{Snapshot: s, Settings: settings, Index: NewIndex(s, settings, seed), Seed: seed, Workers: 2}
				got, err := m.Round(t.Context())
				want, wantErr := everyAllowed(t, m)
				if err != nil || wantErr != nil {
					clash := (*GroupClash)(nil)
					if same := errors.As(err, &clash) && errors.As(wantErr, &clash) || errors.Is(err, ErrUnsettled) && errors.Is(wantErr, ErrUnsettled); !same {
						t.Fatalf("%d: %v, over all pairs %v", n, err, wantErr)
					}
					clashes++
					continue
				}
				if proof, ok := got.Certificate.(*Lagrange); ok {
					other, _ := want.Certificate.(*Lagrange)
					if got.Score+proof.Gap != proof.Bound || proof.Bound < want.Score || other.Bound < got.Score || objective(got)[0] != objective(want)[0] {
						t.Fatalf("%d: score %d and bound %d, over all pairs %d and %d", n, got.Score, proof.Bound, want.Score, other.Bound)
					}
					if proof.Gap > 0 || other.Gap > 0 {
						gaps++
						continue
					}
				}
				if !slices.Equal(objective(got), objective(want)) {
					t.Fatalf("%d, %d candidates: %v, over all pairs %v", n, settings.Candidates, objective(got), objective(want))
				}
				c, err := m.candidates(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if got.Edges.Len() > len(slices.Concat(c.lists...)) {
					widened++
				}
			}
			t.Logf("%d widened, %d with a gap, %d clashes", widened, gaps, clashes)
			if widened < c.rounds/8 {
				t.Errorf("only %d rounds had to take more candidates: too weak", widened)
			}
		})
	}
}

package matching

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestColumns recomputes rankings without wishes from the columns alone.
func TestColumns(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 9))
		s, set := randomSnapshot(r, 10, 1+r.IntN(100)), randomSettings(r)
		for i := range s.Mentees {
			s.Mentees[i].Wishes = nil
		}
		for j := range s.Mentors {
			s.Mentors[j].Wishes = nil
		}
		x := NewIndex(s, set, seed)
		for i := range s.Mentees {
			e := &s.Mentees[i]
			if got, want := rankColumns(x, s, seed, e), referenceTopK(s, set, seed, e, len(s.Mentors)); !slices.Equal(got, want) {
				t.Fatalf("seed %d, mentee %s:\n got %v\nwant %v", seed, e.ID, got, want)
			}
		}
	}
}

func rankColumns(x *Index, s *Snapshot, seed uint64, e *Mentee) (hits []Hit) {
	scores := make([]int, len(s.Mentors))
	for _, term := range x.Terms(e) {
		for j, share := range x.Shares(term.Ask) {
			scores[j] += term.Weight * int(share)
		}
	}
	refused := make([]bool, len(s.Mentors))
	for _, demand := range x.Demands(e) {
		for j, allowed := range x.Allowed(demand) {
			refused[j] = refused[j] || !allowed
		}
	}
	for j, score := range scores {
		for _, r := range PairRules {
			refused[j] = refused[j] || r.Refuse(e, &s.Mentors[j])
		}
		if !refused[j] {
			hits = append(hits, Hit{j, score})
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		x, y := s.Mentors[a.Mentor].ID, s.Mentors[b.Mentor].ID
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(TieKey(seed, x), TieKey(seed, y)), cmp.Compare(x, y))
	})
	return hits
}

package matching

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
)

// named is a ranking by the mentors' ids, which numbers do not change.
func named(x *Index, hits []Hit) (out []string) {
	for _, h := range hits {
		out = append(out, fmt.Sprint(x.mentors[h.Mentor].ID, " ", h.Score))
	}
	return out
}

// TestLiveIndexEqualsRebuild changes, adds and removes mentors at random, and
// compares rankings, explanations and refusals with those of an index made anew
// from the mentors who are there.
func TestLiveIndexEqualsRebuild(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 2))
		s, set := randomSnapshot(r, 6, 1+r.IntN(150)), randomSettings(r)
		others := randomSnapshot(r, 6, 300).Mentors // who come, or what somebody changes to
		r.Shuffle(len(s.Mentors), func(i, j int) { s.Mentors[i], s.Mentors[j] = s.Mentors[j], s.Mentors[i] })
		live := NewLive(s, set, seed)
		there := map[string]Mentor{}
		for _, m := range s.Mentors {
			there[m.ID] = m
		}
		var scratch, again Scratch
		for step := range 80 {
			m := others[r.IntN(len(others))]
			if old, ok := there[m.ID]; ok && r.IntN(2) == 0 {
				m = partly(r, old, m)
			}
			m.Calendar = min(m.Calendar, uint32(len(s.Calendars)))
			if r.IntN(3) == 0 {
				live.Remove(m.ID)
				delete(there, m.ID)
			} else {
				live.Set(m)
				there[m.ID] = m
			}
			if step%8 != 0 {
				continue
			}
			now := &Snapshot{Calendars: s.Calendars}
			for _, m := range there {
				now.Mentors = append(now.Mentors, m)
			}
			now.Sort()
			anew := NewIndex(now, set, seed)
			live.Read(func(x *Index) {
				for i := range s.Mentees {
					e := &s.Mentees[i]
					k := r.IntN(2 + len(now.Mentors))
					got, want := named(x, x.TopK(e, k, &scratch)), named(anew, anew.TopK(e, k, &again))
					if !slices.Equal(got, want) {
						t.Fatalf("seed %d, step %d, mentee %s, k %d:\n got %v\nwant %v", seed, step, e.ID, k, got, want)
					}
					if got, want := x.Refusals(e), anew.Refusals(e); !slices.Equal(got, want) {
						t.Fatalf("seed %d, step %d, mentee %s: refused %v, want %v", seed, step, e.ID, got, want)
					}
					for j, m := range now.Mentors {
						n, ok := x.Find(m.ID)
						if !ok || x.Explain(e, n).Score != anew.Explain(e, j).Score || x.Refusal(e, n) != anew.Refusal(e, j) {
							t.Fatalf("seed %d, step %d: %s with %s is explained otherwise", seed, step, e.ID, m.ID)
						}
					}
				}
			})
			if live.Len() != len(there) {
				t.Fatalf("seed %d: %d mentors, want %d", seed, live.Len(), len(there))
			}
		}
	}
}

// partly changes one thing of a mentor to that of another.
func partly(r *rand.Rand, m, to Mentor) Mentor {
	from, what := reflect.ValueOf(to), reflect.ValueOf(&m).Elem()
	for {
		if i := r.IntN(what.NumField()); what.Type().Field(i).Name != "ID" {
			what.Field(i).Set(from.Field(i))
			return m
		}
	}
}

// TestLiveTogether asks and changes from many goroutines, for the race
// detector.
func TestLiveTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	s, set := randomSnapshot(r, 20, 200), randomSettings(r)
	others := randomSnapshot(r, 20, 260).Mentors
	live := NewLive(s, set, 1)
	var wait sync.WaitGroup
	for w := range 4 {
		wait.Go(func() {
			var scratch Scratch
			for i := range 200 {
				if w > 1 {
					live.Read(func(x *Index) { x.TopK(&s.Mentees[i%20], 10, &scratch) })
					continue
				}
				m := others[(i*7+w)%len(others)]
				m.Calendar = min(m.Calendar, uint32(len(s.Calendars)))
				if live.Set(m); i%5 == 0 {
					live.Remove(m.ID)
				}
			}
		})
	}
	wait.Wait()
}

// FuzzTopK compares the kernel with the definition on people made from a seed.
func FuzzTopK(f *testing.F) {
	f.Add(uint64(1), uint16(300), uint16(20))
	f.Add(uint64(2), uint16(4500), uint16(3)) // enough blocks for a guess
	f.Add(uint64(3), uint16(0), uint16(5))
	f.Fuzz(func(t *testing.T, seed uint64, mentors, k uint16) {
		r := rand.New(rand.NewPCG(seed, 4))
		s, set := randomSnapshot(r, 1, 1+int(mentors)%6000), randomSettings(r)
		x := NewIndex(s, set, seed)
		got := x.TopK(&s.Mentees[0], int(k), &Scratch{})
		want := referenceTopK(s, set, seed, &s.Mentees[0], int(k))
		if !slices.Equal(got, want) {
			t.Errorf("got %v\nwant %v", got, want)
		}
	})
}

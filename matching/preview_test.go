package matching

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"puente/matching/assign"
)

// referenceChange is what changes for a mentee, written a second time: whole
// rankings by the definition, cut, and compared mentor by mentor.
type referenceChange struct {
	mentee        string
	entered, left []string
	order, first  bool
	pairs         [2]string
}

// referenceLists compares the lists of a mentee.
func referenceLists(s *Snapshot, sets [2]*Settings, seed uint64, e *Mentee, k int) referenceChange {
	c := referenceChange{mentee: e.ID}
	var names [2][]string
	for i, set := range sets {
		for _, h := range referenceTopK(s, set, seed, e, k) {
			names[i] = append(names[i], s.Mentors[h.Mentor].ID)
		}
	}
	for _, id := range names[1] {
		if !slices.Contains(names[0], id) {
			c.entered = append(c.entered, id)
		}
	}
	for _, id := range names[0] {
		if !slices.Contains(names[1], id) {
			c.left = append(c.left, id)
		}
	}
	same := slices.Equal(slices.Sorted(slices.Values(names[0])), slices.Sorted(slices.Values(names[1])))
	c.order = same && !slices.Equal(names[0], names[1])
	c.first = !slices.Equal(names[0][:min(1, len(names[0]))], names[1][:min(1, len(names[1]))])
	return c
}

// referenceRound is the best round over every allowed pair, all of them given
// to the solver: each mentee's mentor.
func referenceRound(t *testing.T, s *Snapshot, set *Settings, seed uint64) (mentors []string, pairs, score int) {
	t.Helper()
	m := Matcher{Snapshot: s, Settings: set}
	left, right := m.parties()
	var edges []assign.Edge
	for i := range s.Mentees {
		for j := range s.Mentors {
			if referenceRefusal(s, set, &s.Mentees[i], &s.Mentors[j]) == "" {
				score, _ := referenceScore(s, set, &s.Mentees[i], &s.Mentors[j])
				edges = append(edges, assign.Edge{Left: i, Right: j, Score: int64(score)})
			}
		}
	}
	all, err := assign.NewEdges(len(left), len(right), edges)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewRound(t.Context(), Spec{Left: left, Right: right, Edges: all, Cover: assign.Cover(set.Cover), Seed: seed, Method: set.Method})
	if err != nil {
		t.Fatal(err)
	}
	mentors = make([]string, len(s.Mentees))
	for _, p := range r.Pairs {
		mentors[p.Left] = s.Mentors[p.Right].ID
	}
	return mentors, len(r.Pairs), int(r.Score)
}

// previewed draws people and two settings: any two, two that differ in a weight,
// or the same.
func previewed(seed uint64, mentees, mentors int) *Previewer {
	r := rand.New(rand.NewPCG(seed, 9))
	s := randomSnapshot(r, mentees, mentors)
	sets := [2]*Settings{randomSettings(r), randomSettings(r)}
	switch r.IntN(3) {
	case 0:
		*sets[1] = *sets[0]
		sets[1].Weights[r.IntN(NumFactors)] += r.IntN(200)
	case 1:
		sets[1].Cover = Cover(r.IntN(4))
	}
	sets[0].Candidates, sets[1].Candidates = mentors, mentors // rounds of the definition start from all
	if r.IntN(4) == 0 {
		sets[1].Candidates = 1 + r.IntN(3) // lists may be longer than what a round starts from
		sets[1].Cover = CoverNone
	}
	return &Previewer{Snapshot: s, Index: NewIndex(s, sets[0], seed), Settings: sets, Seed: seed, Top: 1 + r.IntN(8), Workers: 1 + r.IntN(3)}
}

// TestPreviewEqualsDefinition compares previews of random people under two
// random settings with two whole rankings and two rounds over all pairs.
func TestPreviewEqualsDefinition(t *testing.T) {
	for seed := range uint64(60) {
		size := rand.New(rand.NewPCG(seed, 10))
		p := previewed(seed, 1+size.IntN(20), 1+size.IntN(60))
		got, err := p.Preview(t.Context())
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		checkPreview(t, fmt.Sprint("seed ", seed), p, got)
	}
}

// checkPreview compares a preview with the definition.
func checkPreview(t *testing.T, name string, p *Previewer, got *Preview) {
	t.Helper()
	s := p.Snapshot
	var rounds [2][]string
	var want Totals
	var pairs [2]int
	for i, set := range p.Settings {
		var score int
		rounds[i], pairs[i], score = referenceRound(t, s, set, p.Seed)
		worth := [2]int{}
		for e, id := range rounds[i] {
			for j := range s.Mentors {
				if s.Mentors[j].ID == id {
					for n := range worth {
						points, _ := referenceScore(s, p.Settings[n], &s.Mentees[e], &s.Mentors[j])
						worth[n] += points
					}
				}
			}
		}
		if worth[i] != score || got.Worth[i] != [2]int64{int64(worth[0]), int64(worth[1])} {
			t.Fatalf("%s: the round of settings %d is worth %v, want %v", name, i, got.Worth[i], worth)
		}
	}
	var changes []referenceChange
	for i := range s.Mentees {
		c := referenceLists(s, p.Settings, p.Seed, &s.Mentees[i], p.Top)
		c.pairs = [2]string{rounds[0][i], rounds[1][i]}
		listed := len(c.entered)+len(c.left) > 0 || c.order
		moved := c.pairs[0] != c.pairs[1]
		if listed || moved {
			changes = append(changes, c)
		}
		for _, n := range []struct {
			to *int
			n  int
		}{
			{&want.Lists, pick(listed, 1, 0)},
			{&want.First, pick(c.first, 1, 0)},
			{&want.OrderOnly, pick(c.order, 1, 0)},
			{&want.Entered, len(c.entered)},
			{&want.Left, len(c.left)},
			{&want.Kept, pick(!moved && c.pairs[0] != "", 1, 0)},
			{&want.Lost, pick(moved && c.pairs[0] != "", 1, 0)},
			{&want.New, pick(moved && c.pairs[1] != "", 1, 0)},
			{&want.Gaining, pick(c.pairs[0] == "" && c.pairs[1] != "", 1, 0)},
			{&want.Losing, pick(c.pairs[0] != "" && c.pairs[1] == "", 1, 0)},
		} {
			*n.to += n.n
		}
	}
	if totals := got.Totals(); totals != want || got.Pairs != pairs || want.Kept+want.Lost != pairs[0] || want.Kept+want.New != pairs[1] {
		t.Fatalf("%s: totals %+v, want %+v of %v pairs", name, totals, want, pairs)
	}
	var have []referenceChange
	for i := range got.Changes {
		have = append(have, inNames(s, &got.Changes[i]))
	}
	if !reflect.DeepEqual(have, changes) {
		t.Fatalf("%s: changes\n%+v, want\n%+v", name, have, changes)
	}
}

// inNames writes a change with ids.
func inNames(s *Snapshot, c *MenteeChange) referenceChange {
	ids := func(hits []Hit) (out []string) {
		for _, h := range hits {
			out = append(out, s.Mentors[h.Mentor].ID)
		}
		return out
	}
	out := referenceChange{mentee: s.Mentees[c.Mentee].ID, entered: ids(c.Entered()), left: ids(c.Left()), order: c.OrderOnly(), first: c.FirstChanged()}
	for i, j := range c.Pairs {
		if j != NoMentor {
			out.pairs[i] = s.Mentors[j].ID
		}
	}
	return out
}

// TestWith ranks under other settings with what an index has made already.
func TestWith(t *testing.T) {
	for seed := range uint64(30) {
		p := previewed(seed, 12, 150)
		var s Scratch
		other := p.Index.With(p.Settings[1])
		for i := range p.Snapshot.Mentees {
			for n, x := range []*Index{p.Index, other, p.Index} {
				set := p.Settings[n%2]
				e := &p.Snapshot.Mentees[i]
				if got, want := x.TopK(e, 9, &s), referenceTopK(p.Snapshot, set, seed, e, 9); !slices.Equal(got, want) {
					t.Fatalf("seed %d, mentee %d, settings %d: got %v, want %v", seed, i, n, got, want)
				}
				for j := range p.Snapshot.Mentors {
					checkPair(t, x, p.Snapshot, set, e, j)
				}
			}
		}
	}
}

// TestPreviewImpasse forces a pair that only the settings of now allow, and one
// that names nobody.
func TestPreviewImpasse(t *testing.T) {
	mentor := func(id string) Mentor { return Mentor{ID: id, Country: 1, Languages: []Spoken{{1, 7}}, Capacity: 1} }
	s := &Snapshot{
		Mentees: []Mentee{{ID: "E", Country: 1, Languages: []Spoken{{1, 7}}, Must: []string{"M-1"}}},
		Mentors: []Mentor{mentor("M-1"), mentor("M-2")},
	}
	now, other := DefaultSettings(), DefaultSettings()
	now.CrossBorder = false
	p := Previewer{Snapshot: s, Index: NewIndex(s, &now, 1), Settings: [2]*Settings{&now, &other}, Seed: 1, Top: 5}
	got, err := p.Preview(t.Context())
	refused := (*Refused)(nil)
	if err != nil || got.Impasse[0] != nil || !errors.As(got.Impasse[1], &refused) || refused.Rule != "cross_border" {
		t.Fatalf("got %+v, %v", got, err)
	}
	if totals := got.Totals(); totals != (Totals{Lists: 1, First: 1, Left: 2}) || got.Pairs != [2]int{1, 0} || got.Comparable() {
		t.Errorf("totals %+v, worth %v", totals, got.Worth)
	}
	s.Mentees[0].Must = []string{"nobody"}
	unknown := (*Unknown)(nil)
	for p.Workers = range 3 {
		if _, err := p.Preview(t.Context()); !errors.As(err, &unknown) {
			t.Errorf("%d workers: a forced pair with nobody gives %v", p.Workers, err)
		}
	}
}

// TestPreviewStops wants a preview to end soon after its context, at any stage.
func TestPreviewStops(t *testing.T) {
	p := large(2000, 400, 2)
	began := time.Now()
	if _, err := p.Preview(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(began)
	late := 0
	for i := range 12 {
		ctx, stop := context.WithTimeout(t.Context(), whole*time.Duration(i)/12)
		_, err := p.Preview(ctx)
		end, _ := ctx.Deadline()
		after := time.Since(end)
		stop()
		if err == nil {
			continue // it was faster than the first
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if after > time.Second { // it is milliseconds where nobody else uses the machine
			late++
		}
	}
	if late > 3 {
		t.Errorf("%d of 12 previews went on for long after their end", late)
	}
}

// large is a preview of twice the weight of the industry.
func large(mentees, mentors, workers int) *Previewer {
	s := randomSnapshot(rand.New(rand.NewPCG(1, 1)), mentees, mentors)
	now, other := DefaultSettings(), DefaultSettings()
	other.Weights[Industry] *= 2
	return &Previewer{Snapshot: s, Index: NewIndex(s, &now, 1), Settings: [2]*Settings{&now, &other}, Seed: 1, Top: 5, Workers: workers}
}

// BenchmarkPreview previews for everybody with two workers. The index is made
// anew each time, as for the first preview of a snapshot.
func BenchmarkPreview(b *testing.B) {
	for _, c := range []struct{ mentees, mentors int }{{1000, 200}, {10_000, 2000}} {
		b.Run(fmt.Sprintf("mentees=%d/mentors=%d", c.mentees, c.mentors), func(b *testing.B) {
			p := large(c.mentees, c.mentors, 2)
			n := 0
			used := processorTime()
			for b.Loop() {
				p.Index = NewIndex(p.Snapshot, p.Settings[0], p.Seed)
				if _, err := p.Preview(b.Context()); err != nil {
					b.Fatal(err)
				}
				n++
			}
			b.ReportMetric(float64((processorTime()-used).Microseconds())/1000/float64(n), "cpu-ms/op")
		})
	}
}

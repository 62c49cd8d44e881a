package matching

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestSimilarityEqualsDefinition compares the share with the definition in big
// integers, up to the longest vectors and the greatest numbers.
func TestSimilarityEqualsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	seen := map[Share]bool{}
	check := func(name string, v, w []byte) Share {
		t.Helper()
		e, m := &Mentee{Vector: &Vector{"a", v}}, &Mentor{Vector: &Vector{"a", w}}
		b := newBook(nil)
		got := giveSimilarity(b, Ask{A: similarityAsks(nil, b, e)[0].A}, m)
		if want := referenceSimilarity(e, m); int(got.Share) != want || got.X != uint16(want) || got.Fact != FactSimilarity {
			t.Fatalf("%s: %+v, want %d", name, got, want)
		}
		seen[got.Share] = true
		return got.Share
	}
	for i := range 3000 {
		n := 1 + r.IntN(1+r.IntN(MaxVector))
		v, w, near := make([]byte, n), make([]byte, n), r.Float64()
		a, c := unit(r, n), unit(r, n)
		for j := range a {
			c[j] = near*a[j] + (1-near)*c[j]*2*float64(r.IntN(2))
			v[j], w[j] = byte(int8(math.Round(127*a[j]))), byte(int8(max(-128, min(127, math.Round(127*c[j])))))
		}
		check(fmt.Sprint("drawn ", i), v, w)
	}
	if len(seen) != int(FullShare)+1 {
		t.Errorf("%d different shares were drawn", len(seen))
	}
	low := byte(0x80) // -128
	for _, c := range []struct {
		name string
		v, w []byte
		want Share
	}{
		{"the same", []byte{127, 0}, []byte{127, 0}, 60},
		{"opposite", []byte{127, 0}, []byte{0x81, 0}, 0},
		{"a right angle", []byte{127, 0}, []byte{0, 127}, 0},
		{"just above half a sixtieth", []byte{127}, []byte{2}, 1},
		{"just below half a sixtieth", []byte{127}, []byte{1}, 0},
		{"far too long", slices.Repeat([]byte{low}, MaxVector), slices.Repeat([]byte{low}, MaxVector), 60},
		{"far too long and opposite", slices.Repeat([]byte{low}, MaxVector), slices.Repeat([]byte{127}, MaxVector), 0},
	} {
		if got := check(c.name, c.v, c.w); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// unit draws a direction.
func unit(r *rand.Rand, n int) []float64 {
	v, sum := make([]float64, n), 0.0
	for i := range v {
		v[i] = r.NormFloat64()
		sum += v[i] * v[i]
	}
	for i := range v {
		v[i] /= math.Sqrt(sum)
	}
	return v
}

// TestSimilarityNotStated gives no points to vectors that do not meet, and asks
// nothing without one.
func TestSimilarityNotStated(t *testing.T) {
	long := make([]byte, MaxVector+1)
	for _, c := range []struct {
		name   string
		mentee *Vector
		mentor *Vector
		asks   int
	}{
		{"the mentee wrote nothing", nil, &Vector{"a", []byte{1}}, 0},
		{"an empty one", &Vector{"a", nil}, &Vector{"a", nil}, 0},
		{"one too long", &Vector{"a", long}, &Vector{"a", long}, 0},
		{"the mentor wrote nothing", &Vector{"a", []byte{1}}, nil, 1},
		{"another model", &Vector{"a", []byte{1}}, &Vector{"b", []byte{1}}, 1},
		{"another length", &Vector{"a", []byte{1}}, &Vector{"a", []byte{1, 2}}, 1},
	} {
		b := newBook(nil)
		parts := similarityAsks(nil, b, &Mentee{Vector: c.mentee})
		if len(parts) != c.asks {
			t.Errorf("%s: %d asks", c.name, len(parts))
		}
		for _, p := range parts {
			if got := giveSimilarity(b, Ask{A: p.A}, &Mentor{Vector: c.mentor}); got != notStated() {
				t.Errorf("%s: %+v", c.name, got)
			}
		}
	}
}

// TestSimilarityKeepsNoColumns ranks for many mentees: the index is not to grow
// with them, and equal vectors have one number.
func TestSimilarityKeepsNoColumns(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	s, set := randomSnapshot(r, 40, 200), DefaultSettings()
	set.Weights[Similarity] = 500
	s.Mentees[1].Vector = &Vector{s.Mentees[0].Vector.Model, slices.Clone(s.Mentees[0].Vector.Values)}
	x := NewIndex(s, &set, 1)
	for i := range s.Mentees {
		x.TopK(&s.Mentees[i], 5, &Scratch{})
	}
	if n := len(x.columns[Similarity]); n != 0 {
		t.Errorf("%d columns", n)
	}
	if a, b := similarityAsks(nil, x.book, &s.Mentees[0]), similarityAsks(nil, x.book, &s.Mentees[1]); a[0] != b[0] {
		t.Errorf("equal vectors are %v and %v", a, b)
	}
}

// TestSimilarityAtWeightZero has no part in a score, and a snapshot without
// vectors is written as it was before there were any.
func TestSimilarityAtWeightZero(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	s, set := randomSnapshot(r, 10, 60), DefaultSettings()
	with := NewIndex(s, &set, 1)
	var hits [][]Hit
	for i := range s.Mentees {
		hits = append(hits, with.TopK(&s.Mentees[i], 20, &Scratch{}))
	}
	hash := s.Hash()
	for i := range s.Mentees {
		s.Mentees[i].Vector = nil
	}
	for i := range s.Mentors {
		s.Mentors[i].Vector = nil
	}
	without := NewIndex(s, &set, 1)
	for i := range s.Mentees {
		if got := without.TopK(&s.Mentees[i], 20, &Scratch{}); !slices.Equal(got, hits[i]) {
			t.Errorf("mentee %d: %v, with vectors %v", i, got, hits[i])
		}
	}
	text, err := json.Marshal(s)
	if err != nil || strings.Contains(string(text), "vector") || s.Hash() == hash {
		t.Errorf("%v %.100s", err, text)
	}
}

// BenchmarkSimilarity1536Over20000 compares one text with those of all mentors.
func BenchmarkSimilarity1536Over20000(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	s := &Snapshot{}
	draw := func() *Vector {
		v := &Vector{"a", make([]byte, 1536)}
		for i := range v.Values {
			v.Values[i] = byte(r.IntN(13) - 6)
		}
		return v
	}
	for i := range 20_000 {
		s.Mentors = append(s.Mentors, Mentor{ID: fmt.Sprintf("M-%05d", i), Capacity: 1, Country: 1, Vector: draw()})
	}
	set := DefaultSettings()
	x := NewIndex(s, &set, 1)
	k := Ask{Factor: Similarity, A: similarityAsks(nil, x.book, &Mentee{Vector: draw()})[0].A}
	for b.Loop() {
		x.column(k)
	}
}

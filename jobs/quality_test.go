package jobs

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"puente/matching"
	"puente/models"
)

// mark is an adviser's word on one candidate: a row of testdata/quality/marks.csv.
type mark struct {
	mentor string
	good   bool
}

// readMarks reads the candidates of each mentee, in the order of the file.
func readMarks(t *testing.T) map[string][]mark {
	t.Helper()
	f, err := os.Open("testdata/quality/marks.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	marks := map[string][]mark{}
	for _, r := range rows[1:] {
		if r[2] != "good" && r[2] != "no" || r[3] == "" {
			t.Errorf("%q: a mark is good or no, and has a reason", r)
		}
		marks[r[0]] = append(marks[r[0]], mark{r[1], r[2] == "good"})
	}
	return marks
}

// figures tell how well rankings agree with the marks, in thousandths.
type figures struct{ recall3, recall5, mrr int }

// measure compares one ranking with the mentors who are marked good: which
// part of them is among the first 3 and 5, and 1 / the rank of the first.
func measure(ranking, good []string) (f figures) {
	for i, id := range ranking {
		if !slices.Contains(good, id) {
			continue
		}
		f.mrr = max(f.mrr, 1000/(i+1))
		if i < 3 {
			f.recall3++
		}
		if i < 5 {
			f.recall5++
		}
	}
	f.recall3, f.recall5 = 1000*f.recall3/len(good), 1000*f.recall5/len(good)
	return f
}

// mean is the mean of several figures, rounded down.
func mean(all []figures) (m figures) {
	for _, f := range all {
		m.recall3, m.recall5, m.mrr = m.recall3+f.recall3, m.recall5+f.recall5, m.mrr+f.mrr
	}
	return figures{m.recall3 / len(all), m.recall5 / len(all), m.mrr / len(all)}
}

func (f figures) String() string {
	return fmt.Sprintf("recall@3 %d, recall@5 %d, mrr %d", f.recall3, f.recall5, f.mrr)
}

// chance is what a random order of n mentors finds of the good ones on average.
func chance(n int) figures {
	return figures{recall3: 1000 * min(3, n) / n, recall5: 1000 * min(5, n) / n}
}

// floors are what the figures may not fall below: one scenario more that goes
// wrong is 28 thousandths.
var floors = figures{recall3: 900, recall5: 940, mrr: 940}

// TestRankingQuality compares rankings with marks that were written down
// before any ranking was seen, and keeps both in a golden file, so that a
// change of a factor shows whom it helps. docs/quality.md tells how to read it.
func TestRankingQuality(t *testing.T) {
	people, marks := peopleIn(t, "testdata/quality/"), readMarks(t)
	if len(people.Mentees) < 30 || len(marks) != len(people.Mentees) {
		t.Fatalf("%d mentees and marks of %d: each of at least 30 needs marks", len(people.Mentees), len(marks))
	}
	var out strings.Builder
	var marked, pool, blind []figures
	for i := range people.Mentees {
		e := &people.Mentees[i]
		var good, candidates []string
		for _, m := range marks[e.ID] {
			candidates = append(candidates, m.mentor)
			if m.good {
				good = append(good, m.mentor)
			}
		}
		if len(good) < 1 || len(good) > 4 || len(candidates) < 8 || len(candidates) > 15 {
			t.Fatalf("%s: %d good of %d", e.ID, len(good), len(candidates))
		}
		f, allowed := scenario(t, &out, scenarioOf(people, e, candidates), good)
		marked, blind = append(marked, f), append(blind, chance(max(1, allowed)))
		f, _ = scenario(t, io.Discard, scenarioOf(people, e, nil), good)
		pool = append(pool, f)
	}
	head := fmt.Sprintf("%d scenarios, in thousandths: %s\nall %d mentors as candidates, only the marked are good: %s\n",
		len(marked), mean(marked), len(people.Mentors), mean(pool))
	head += fmt.Sprintf("a random order of the candidates whom the rules allow: recall@3 %d, recall@5 %d\n", mean(blind).recall3, mean(blind).recall5)
	golden(t, "testdata/quality.golden", head+out.String())
	for _, c := range []struct {
		name string
		got  figures
	}{{"marked candidates", mean(marked)}, {"all mentors", mean(pool)}} {
		if c.got.recall3 < floors.recall3 || c.got.recall5 < floors.recall5 || c.got.mrr < floors.mrr {
			t.Errorf("%s: %s is below the floor: %s", c.name, c.got, floors)
		}
	}
}

// scenarioOf are one mentee and the named candidates, nil for all.
func scenarioOf(people People, e *models.Profile, candidates []string) People {
	p := People{Mentees: []models.Profile{*e}, Mentors: slices.Clone(people.Mentors)}
	if candidates != nil {
		p.Mentors = slices.DeleteFunc(p.Mentors, func(m models.Profile) bool { return !slices.Contains(candidates, m.ID) })
	}
	return p
}

// scenario ranks a scenario's mentors and measures it. It writes every
// candidate: those allowed by rank with points by factor, and the others with
// the rule that refuses them.
func scenario(t *testing.T, out io.Writer, p People, good []string) (f figures, allowed int) {
	t.Helper()
	m, err := Prepare(p, MatchOptions{Settings: DefaultSettings(), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	e := &m.Snapshot.Mentees[0]
	hits := m.Index.TopK(e, len(m.Snapshot.Mentors), &matching.Scratch{})
	var ranking []string
	for _, h := range hits {
		ranking = append(ranking, m.Snapshot.Mentors[h.Mentor].ID)
	}
	f = measure(ranking, good)
	fmt.Fprintf(out, "\n%s: %s\n", e.ID, f)
	word := func(id string) string {
		if slices.Contains(good, id) {
			return "good"
		}
		return "no  "
	}
	for i, h := range hits {
		fmt.Fprintf(out, "%3d. %s %s %d =", i+1, word(ranking[i]), ranking[i], h.Score)
		for factor, points := range m.Index.Explain(e, h.Mentor).ByFactor() {
			if points > 0 {
				fmt.Fprintf(out, " %s %d", matching.Factors[factor].Name, points)
			}
		}
		fmt.Fprintln(out)
	}
	for j := range m.Snapshot.Mentors {
		if id := m.Snapshot.Mentors[j].ID; !slices.Contains(ranking, id) {
			fmt.Fprintf(out, "  -  %s %s: %s\n", word(id), id, m.Index.Refusal(e, j))
		}
	}
	return f, len(hits)
}

func TestMeasureQuality(t *testing.T) {
	for _, c := range []struct {
		name          string
		ranking, good []string
		want          figures
	}{
		{"nobody is allowed", nil, []string{"a"}, figures{0, 0, 0}},
		{"the only good one is first", []string{"a", "x"}, []string{"a"}, figures{1000, 1000, 1000}},
		{"the third is found", []string{"x", "y", "a"}, []string{"a"}, figures{1000, 1000, 333}},
		{"the fourth is not among the first three", []string{"a", "x", "y", "b"}, []string{"a", "b"}, figures{500, 1000, 1000}},
		{"four cannot be among three", []string{"a", "b", "c", "d"}, []string{"a", "b", "c", "d"}, figures{750, 1000, 1000}},
		{"the sixth is too late", []string{"u", "v", "w", "x", "y", "a"}, []string{"a", "b"}, figures{0, 0, 166}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := measure(c.ranking, c.good); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

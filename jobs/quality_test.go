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

// scenario is one mentee, mentors, and who of them is marked good.
type scenario struct {
	people People
	good   []string
}

// readScenarios reads the scenarios, once with the marked candidates and once
// with all mentors, of whom only the marked count as good.
func readScenarios(t *testing.T) (marked, pool []scenario) {
	t.Helper()
	people, marks := peopleIn(t, "testdata/quality/"), readMarks(t)
	if len(people.Mentees) < 30 || len(marks) != len(people.Mentees) {
		t.Fatalf("%d mentees and marks of %d: each of at least 30 needs marks", len(people.Mentees), len(marks))
	}
	for _, e := range people.Mentees {
		var good, candidates []string
		for _, m := range marks[e.ID] {
			candidates = append(candidates, m.mentor)
			if m.good {
				good = append(good, m.mentor)
			}
		}
		of := slices.DeleteFunc(slices.Clone(people.Mentors), func(m models.Profile) bool { return !slices.Contains(candidates, m.ID) })
		if len(good) < 1 || len(good) > 4 || len(of) != len(candidates) || len(of) < 8 || len(of) > 15 {
			t.Fatalf("%s: %d good, %d known of %d", e.ID, len(good), len(of), len(candidates))
		}
		marked = append(marked, scenario{People{Mentees: []models.Profile{e}, Mentors: of}, good})
		pool = append(pool, scenario{People{Mentees: []models.Profile{e}, Mentors: people.Mentors}, good})
	}
	return marked, pool
}

// rank ranks a scenario's mentors and measures it. It writes every mentor:
// those allowed by rank with points by factor, and the others with the rule
// that refuses them.
func (s scenario) rank(t *testing.T, settings Settings, out io.Writer) (f figures, allowed int) {
	t.Helper()
	m, err := Prepare(s.people, MatchOptions{Settings: settings, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	e := &m.Snapshot.Mentees[0]
	hits := m.Index.TopK(e, len(m.Snapshot.Mentors), &matching.Scratch{})
	var ranking []string
	for _, h := range hits {
		ranking = append(ranking, m.Snapshot.Mentors[h.Mentor].ID)
	}
	f = measure(ranking, s.good)
	fmt.Fprintf(out, "\n%s: %s\n", e.ID, f)
	word := func(id string) string {
		if slices.Contains(s.good, id) {
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

// rankAll is the mean of all scenarios, and that of a random order.
func rankAll(t *testing.T, all []scenario, settings Settings, out io.Writer) (got, blind figures) {
	t.Helper()
	var each, random []figures
	for _, s := range all {
		f, allowed := s.rank(t, settings, out)
		each, random = append(each, f), append(random, chance(max(1, allowed)))
	}
	return mean(each), mean(random)
}

// TestRankingQuality compares rankings with marks that were written down
// before any ranking was seen, and keeps both in a golden file, so that a
// change of a factor shows whom it helps. docs/quality.md tells how to read it.
func TestRankingQuality(t *testing.T) {
	marked, pool := readScenarios(t)
	var head, lists strings.Builder
	fmt.Fprintf(&head, "%d scenarios of %d mentors; figures in thousandths\n", len(marked), len(pool[0].people.Mentors))
	line := func(name string, settings Settings, out io.Writer) (got, all, blind figures) {
		got, blind = rankAll(t, marked, settings, out)
		all, _ = rankAll(t, pool, settings, io.Discard)
		fmt.Fprintf(&head, "%-20s marked candidates: %s; all mentors: %s\n", name, got, all)
		return got, all, blind
	}
	got, all, blind := line("default weights", DefaultSettings(), &lists)
	for _, f := range []figures{got, all} {
		if f.recall3 < floors.recall3 || f.recall5 < floors.recall5 || f.mrr < floors.mrr {
			t.Errorf("%s is below the floor, %s", f, floors)
		}
	}
	fmt.Fprintf(&head, "%-20s marked candidates: recall@3 %d, recall@5 %d\n", "random order", blind.recall3, blind.recall5)
	for f := matching.Needs; f <= matching.Load; f++ {
		without := DefaultSettings()
		without.Weights[f] = 0
		line("without "+matching.Factors[f].Name, without, io.Discard)
	}
	golden(t, "testdata/quality.golden", head.String()+lists.String())
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

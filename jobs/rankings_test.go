package jobs

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puente/matching"
	"puente/models"
)

var update = flag.Bool("update", false, "rewrite golden files")

// shippedPeople reads the people files that ship with the project.
func shippedPeople(t testing.TB) People {
	t.Helper()
	return peopleIn(t, "../testdata/people/")
}

// peopleIn reads mentors.csv and mentees.csv of a folder.
func peopleIn(t testing.TB, folder string) (p People) {
	t.Helper()
	for _, side := range []struct {
		file string
		role models.Role
		into *[]models.Profile
	}{{"mentors.csv", models.RoleMentor, &p.Mentors}, {"mentees.csv", models.RoleMentee, &p.Mentees}} {
		f, err := os.Open(folder + side.file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		people, report := models.ReadPeople(side.file, f, side.role)
		if report.Problems.Errors() > 0 {
			t.Fatal(report.Problems)
		}
		*side.into = people
	}
	return p
}

// TestRankings keeps the shipped people's rankings in a golden file that reads
// as a table: a change of a factor, a rule or the vocabulary is a readable
// diff, with the figures that tell whether it is a better one.
func TestRankings(t *testing.T) {
	p := shippedPeople(t)
	m, err := Prepare(p, MatchOptions{Settings: DefaultSettings(), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	var scratch matching.Scratch
	served, best, allowed := 0, 0, 0
	for i := range m.Snapshot.Mentees {
		e := &m.Snapshot.Mentees[i]
		hits := m.Index.TopK(e, len(m.Snapshot.Mentors), &scratch)
		if allowed += len(hits); len(hits) > 0 {
			served++
			best += hits[0].Score
		}
		if i >= 40 {
			continue
		}
		fmt.Fprintf(&out, "%s: %d allowed\n", e.ID, len(hits))
		for rank, h := range hits[:min(3, len(hits))] {
			fmt.Fprintf(&out, "  %d. %s %5d =", rank+1, m.Snapshot.Mentors[h.Mentor].ID, h.Score)
			for f, points := range m.Index.Explain(e, h.Mentor).ByFactor() {
				if points > 0 {
					fmt.Fprintf(&out, " %s %d", matching.Factors[f].Name, points)
				}
			}
			fmt.Fprintln(&out)
		}
	}
	quality := fmt.Sprintf("with a candidate: %d of %d; mean best score: %d; mean allowed: %d\n\n", served, len(m.Snapshot.Mentees), best/max(1, served), allowed/len(m.Snapshot.Mentees))
	golden(t, "testdata/rankings.golden", quality+out.String())
}

// golden compares with a golden file, or rewrites it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (rewrite with -update if the change is meant; -want +got):\n%s", name, diff)
	}
}

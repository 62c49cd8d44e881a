package jobs

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puente/models"
)

// peopleFile writes people of one role as their file.
func peopleFile(t testing.TB, role models.Role, people []models.Profile) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := models.WritePeople(&b, role, people); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// shippedPopulation is what testdata/people holds.
var shippedPopulation = Population{Mentors: 140, Mentees: 300, Seed: 1}

// TestGenerate keeps the shipped people files: what the generator makes, to the
// byte, on every machine. The sums stand here too, so that a change of the
// files alone is seen.
func TestGenerate(t *testing.T) {
	mentors, mentees := Generate(shippedPopulation)
	for _, c := range []struct {
		name, sum string
		role      models.Role
		people    []models.Profile
	}{
		{"mentors", "5eb580d912269529f43aead17d32c94adde008229fc18085c1e1fa96ca0d8253", mentor, mentors},
		{"mentees", "c0c011dbace5823224bf29cb8f7c511f2c135a5666a98c29fceabb350e200af0", mentee, mentees},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := "../testdata/people/" + c.name + ".csv"
			written := peopleFile(t, c.role, c.people)
			if *update {
				if err := os.WriteFile(file, written, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			shipped, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(shipped, written) {
				t.Errorf("%s is not what the generator makes; go test ./jobs -update rewrites it", file)
			}
			if sum := sha256.Sum256(written); hex.EncodeToString(sum[:]) != c.sum {
				t.Errorf("SHA-256 of the file is %x, want %s: people of a seed have changed", sum, c.sum)
			}
			checkReadsBack(t, c.role, c.people)
		})
	}
}

// checkReadsBack writes people and reads them: nothing is wrong, nothing is
// adapted, and only what the reader derives is added.
func checkReadsBack(t *testing.T, role models.Role, people []models.Profile) {
	t.Helper()
	read, report := models.ReadPeople("people.csv", bytes.NewReader(peopleFile(t, role, people)), role)
	if len(report.Problems) > 0 || len(report.Adapted) > 0 || len(report.Unknown) > 0 {
		t.Errorf("problems %v, adapted %v, unknown %v", report.Problems, report.Adapted, report.Unknown)
	}
	want := slices.Clone(people)
	v := models.Vocabularies()
	for i := range want {
		if n := v.Region(want[i].Region); want[i].TimeZone == "" && n > 0 {
			want[i].TimeZone = v.Regions[n-1].Zone
		}
		if !want[i].Synthetic {
			t.Errorf("%s is not marked synthetic", want[i].ID)
		}
	}
	if diff := cmp.Diff(want, read); diff != "" {
		t.Errorf("written and read back (-want +got):\n%s", diff)
	}
}

func TestGenerateDependsOnSeedAndCountries(t *testing.T) {
	file := func(p Population) string {
		mentors, mentees := Generate(p)
		return string(peopleFile(t, mentor, mentors)) + string(peopleFile(t, mentee, mentees))
	}
	base := Population{Mentors: 20, Mentees: 40, Seed: 7}
	for _, c := range []struct {
		name   string
		change func(*Population)
		same   bool
	}{
		{"again", func(*Population) {}, true},
		{"all countries by name, in another order", func(p *Population) { p.Countries = []string{"MX", "US", "CA"} }, true},
		{"another seed", func(p *Population) { p.Seed = 8 }, false},
		{"two countries", func(p *Population) { p.Countries = []string{"CA", "MX"} }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := base
			c.change(&p)
			if got := file(p) == file(base); got != c.same {
				t.Errorf("same people: %t, want %t", got, c.same)
			}
		})
	}
}

func TestGenerateEdges(t *testing.T) {
	for _, c := range []struct {
		name            string
		population      Population
		mentors, people int
	}{
		{"nobody", Population{}, 0, 0},
		{"negative numbers", Population{Mentors: -1, Mentees: -5}, 0, 0},
		{"mentors only, who have nobody to wish for", Population{Mentors: 300, Seed: 3}, 300, 300},
		{"mentees only", Population{Mentees: 300, Seed: 3}, 0, 300},
		{"one pair", Population{Mentors: 1, Mentees: 1, Seed: 3}, 1, 2},
		{"one country", Population{Mentors: 50, Mentees: 50, Seed: 3, Countries: []string{"CA"}}, 50, 100},
		{"no country that we know", Population{Mentors: 5, Mentees: 5, Countries: []string{"FR"}}, 0, 0},
		{"more people than four digits", Population{Mentors: 10_050, Seed: 3}, 10_050, 10_050},
	} {
		t.Run(c.name, func(t *testing.T) {
			mentors, mentees := Generate(c.population)
			if len(mentors) != c.mentors || len(mentors)+len(mentees) != c.people {
				t.Fatalf("%d mentors and %d mentees", len(mentors), len(mentees))
			}
			for _, side := range []struct {
				role   models.Role
				people []models.Profile
			}{{mentor, mentors}, {mentee, mentees}} {
				if len(side.people) > 0 {
					checkReadsBack(t, side.role, side.people)
				}
				for _, p := range side.people {
					if len(c.population.Countries) > 0 && !slices.Contains(c.population.Countries, p.Country) {
						t.Errorf("%s is of %s", p.ID, p.Country)
					}
				}
			}
		})
	}
}

// TestGenerateMix holds the people to what they stand for, on many of them, in
// percent.
func TestGenerateMix(t *testing.T) {
	mentors, mentees := Generate(Population{Mentors: 4000, Mentees: 8000, Seed: 2})
	speaks := func(tag string, level int) func(p *models.Profile) bool {
		v := models.Vocabularies()
		return func(p *models.Profile) bool {
			return slices.ContainsFunc(p.Languages, func(l models.LanguageLevel) bool { return l.Language == tag && v.Level(l.Level) >= level })
		}
	}
	of := func(country string) func(*models.Profile) bool {
		return func(p *models.Profile) bool { return p.Country == country }
	}
	sector := func(codes ...int) func(*models.Profile) bool {
		return func(p *models.Profile) bool {
			return slices.ContainsFunc(p.Sectors, func(c models.Code) bool { return slices.Contains(codes, c.Subsector) })
		}
	}
	needs := func(topic string) func(*models.Profile) bool {
		return func(p *models.Profile) bool {
			return slices.ContainsFunc(p.Needs, func(n models.Need) bool { return n.Topic == topic })
		}
	}
	knows := func(topic string) func(*models.Profile) bool {
		return func(p *models.Profile) bool {
			return slices.ContainsFunc(p.Expertise, func(e models.Expertise) bool { return e.Topic == topic })
		}
	}
	indigenous := func(p *models.Profile) bool {
		return slices.ContainsFunc(p.Languages, func(l models.LanguageLevel) bool {
			return models.Vocabularies().Languages[models.Vocabularies().Language(l.Language)-1].Indigenous
		})
	}
	abroad := func(p *models.Profile) bool {
		return slices.ContainsFunc(p.Targets, func(place string) bool { return !strings.HasPrefix(place, p.Country) })
	}
	for _, c := range []struct {
		name      string
		people    []models.Profile
		has       func(*models.Profile) bool
		low, high int // percent
	}{
		{"United States", mentees, of("US"), 37, 43},
		{"Canada", mentees, of("CA"), 25, 31},
		{"Mexico", mentees, of("MX"), 29, 35},
		{"English, well enough", mentees, speaks("en", 3), 75, 90},
		{"Spanish, well enough", mentees, speaks("es", 3), 38, 52},
		{"French, well enough", mentees, speaks("fr", 3), 7, 18},
		{"an Indigenous language", mentees, indigenous, 1, 5},
		{"mentors speak more English", mentors, speaks("en", 3), 85, 97},
		{"services, most often", mentees, sector(541), 25, 38},
		{"food", mentees, sector(311), 14, 26},
		{"construction", mentees, sector(236, 237, 238), 7, 18},
		{"wholesale", mentees, sector(423, 424, 425, 413, 414, 417, 431, 432, 435), 8, 20},
		{"trucking and freight", mentees, sector(484, 488), 6, 16},
		{"sells abroad", mentees, abroad, 85, 91},
		{"several codes", mentees, func(p *models.Profile) bool { return len(p.Sectors) > 1 }, 60, 80},
		{"rules of origin is wanted", mentees, needs("rules_of_origin"), 35, 65},
		{"rules of origin is known", mentors, knows("rules_of_origin"), 8, 25},
		{"export insurance is wanted", mentees, needs("export_credit_insurance"), 4, 15},
		{"export insurance is known", mentors, knows("export_credit_insurance"), 1, 9},
		{"carbon reports are wanted by few", mentees, needs("carbon_reporting"), 0, 4},
		{"one mentee at a time", mentors, func(p *models.Profile) bool { return p.Capacity == 1 }, 32, 38},
		{"five mentees at a time", mentors, func(p *models.Profile) bool { return p.Capacity == 5 }, 3, 5},
		{"full", mentors, func(p *models.Profile) bool { return p.Taken == p.Capacity }, 2, 6},
		{"paused", mentors, func(p *models.Profile) bool { return p.Paused }, 2, 4},
		{"reliability known", mentors, func(p *models.Profile) bool { return p.Reliability >= 0 }, 64, 70},
		{"conflicts", mentees, func(p *models.Profile) bool { return len(p.Conflicts) > 0 }, 3, 7},
		{"wishes", mentees, func(p *models.Profile) bool { return len(p.Wishes) > 0 }, 15, 21},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := 0
			for i := range c.people {
				if c.has(&c.people[i]) {
					n++
				}
			}
			if n*100 < c.low*len(c.people) || n*100 > c.high*len(c.people) {
				t.Errorf("%d of %d, want %d to %d %%", n, len(c.people), c.low, c.high)
			}
		})
	}
}

// TestGenerateGaps wants every optional question to be left out by some.
func TestGenerateGaps(t *testing.T) {
	mentors, mentees := Generate(Population{Mentors: 2000, Mentees: 2000, Seed: 4})
	for _, side := range []struct {
		role   models.Role
		people []models.Profile
	}{{mentor, mentors}, {mentee, mentees}} {
		_, cells := rowsOf(t, peopleFile(t, side.role, side.people))
		for _, column := range []string{"name", "region", "timezone", "targets", "stage", "markets", "stages", "slots", "cadence", "format", "organization"} {
			values, ok := cells[column]
			if !ok {
				continue // of the other role
			}
			empty := 0
			for _, v := range values {
				if v == "" {
					empty++
				}
			}
			if percent := 100 * empty / len(values); percent < 3 || percent > 30 {
				t.Errorf("%s %s is empty in %d %%", side.role, column, percent)
			}
		}
	}
}

// TestGenerateSharesOrganizations wants conflicts of interest to happen.
func TestGenerateSharesOrganizations(t *testing.T) {
	mentors, mentees := Generate(shippedPopulation)
	shared := 0
	for i := range mentees {
		if slices.ContainsFunc(mentors, func(m models.Profile) bool {
			return m.Organization != "" && m.Organization == mentees[i].Organization
		}) {
			shared++
		}
	}
	if shared < 5 {
		t.Errorf("only %d mentees share an organization with a mentor", shared)
	}
}

// TestIndustryCodes wants every code of the generator to be good in its
// country, and every topic, region and language to exist.
func TestIndustryCodes(t *testing.T) {
	v := models.Vocabularies()
	for _, one := range industries {
		for country, codes := range one.codes {
			for _, raw := range codes {
				code, ok := v.Code(country, raw)
				if !ok || code.Adapted || !slices.Contains(one.subsectors, code.Subsector) {
					t.Errorf("%s: %s in %s is read as %+v, %t", one.word, raw, country, code, ok)
				}
			}
		}
		for _, topic := range one.topics {
			if v.Topic(topic) == 0 {
				t.Errorf("%s: no topic %s", one.word, topic)
			}
		}
	}
	for name, topics := range map[string][]string{"wanted": wantedTopics, "known": knownTopics} {
		sorted := slices.Sorted(slices.Values(topics))
		if len(slices.Compact(sorted)) != len(v.Topics) || slices.ContainsFunc(sorted, func(id string) bool { return v.Topic(id) == 0 }) {
			t.Errorf("%s topics are not the vocabulary's, each once", name)
		}
	}
	for country, regions := range regionShares {
		for _, r := range regions {
			if n := v.Region(r.value); n == 0 || v.Regions[n-1].Country != country {
				t.Errorf("%s is no region of %s", r.value, country)
			}
		}
	}
	for place, languages := range homeLanguages {
		if v.Country(place) == 0 && v.Region(place) == 0 {
			t.Errorf("no place %s", place)
		}
		for _, l := range languages {
			if v.Language(l.value) == 0 || total(languages) >= 100 {
				t.Errorf("%s: %s, %d %% in all", place, l.value, total(languages))
			}
		}
	}
}

// TestAnswersCoverFields fails when the people files get a column that the
// generator does not fill.
func TestAnswersCoverFields(t *testing.T) {
	for _, f := range models.Fields {
		if f.Name == "id" || f.Name == "synthetic" {
			continue
		}
		at := slices.IndexFunc(answers, func(a answer) bool { return a.column == f.Name })
		switch {
		case at < 0:
			t.Errorf("the generator has no answer for %s", f.Name)
		case answers[at].roles != f.Roles:
			t.Errorf("%s is answered by other roles than the files say", f.Name)
		case answers[at].gap > 0 && (answers[at].clear == nil || f.Required):
			t.Errorf("%s cannot have gaps", f.Name)
		}
	}
}

func BenchmarkGenerate1000(b *testing.B) {
	for b.Loop() {
		Generate(Population{Mentors: 300, Mentees: 700, Seed: 1})
	}
}

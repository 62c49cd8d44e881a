package models

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

const goodMentees = `needs,id,name,country,region,timezone,languages,sectors,targets,stage,slots,min_overlap,cadence,format,organization,conflicts,wishes,notes
rules_of_origin:1;regulation.labelling_language:2,E-1,"Salsas ""del Valle""",MX,MX-OAX,,es:native;en:B1,311941;3119,CA;US-TX,first_sale,Thu 16:00-24:00;Mon 09:00-12:00;Mon 11:30-13:00;Mon 13:00-13:30,60,monthly,video;phone,"Grupo Valle, S.A.",M-9,M-1;M-2,x
ip_protection:5,E-2,,CA,CA-QC,America/Halifax,fr:C1,44,,,,,,,,,,
`

func code(t testing.TB, country, raw string) Code {
	t.Helper()
	c, ok := Vocabularies().Code(country, raw)
	if !ok {
		t.Fatalf("no sector code %s in %s", raw, country)
	}
	return c
}

func TestReadMentees(t *testing.T) {
	people, report := ReadPeople("e.csv", strings.NewReader(goodMentees), RoleMentee)
	want := []Profile{{
		Role: RoleMentee, ID: "E-1", Name: `Salsas "del Valle"`, Country: "MX", Region: "MX-OAX", TimeZone: "America/Mexico_City",
		Languages: []LanguageLevel{{"es", "native"}, {"en", "B1"}},
		Sectors:   []Code{code(t, "MX", "311941"), code(t, "MX", "3119")},
		Slots:     []Slot{{1, 540, 810}, {4, 960, 1440}},
		Cadence:   "monthly", Formats: []string{"video", "phone"}, Organization: "Grupo Valle, S.A.",
		Conflicts: []string{"M-9"}, Wishes: []string{"M-1", "M-2"},
		Targets: []string{"CA", "US-TX"}, Needs: []Need{{"rules_of_origin", 1}, {"labelling_language", 2}},
		Stage: "first_sale", MinOverlap: 60, Reliability: -1,
	}, {
		Role: RoleMentee, ID: "E-2", Country: "CA", Region: "CA-QC", TimeZone: "America/Halifax",
		Languages: []LanguageLevel{{"fr", "C1"}}, Sectors: []Code{code(t, "CA", "44")},
		Needs: []Need{{"ip_protection", 5}}, Reliability: -1,
	}}
	if diff := cmp.Diff(want, people); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Report{Rows: 2, Separator: ',', Unknown: []string{"notes"}}, report); diff != "" {
		t.Error(diff)
	}
}

func TestReadMentors(t *testing.T) {
	const content = `id,country,languages,sectors,expertise,markets,stages,capacity,taken,paused,reliability,synthetic
M-1,US,en:native,453998;311942,rules_of_origin:3@CA;rules_of_origin:2@MX;customs_clearance:2,CA:3;MX-JAL:1,exploring;regular,3,1,yes,0.987654,yes
M-2,MX,es:native,46,data_ai:1,,,,,,1.000000,no
M-3,MX,es:native,46,data_ai:1,,,0,0,no,0,
`
	people, report := ReadPeople("m.csv", strings.NewReader(content), RoleMentor)
	want := []Profile{{
		Role: RoleMentor, ID: "M-1", Country: "US", Languages: []LanguageLevel{{"en", "native"}},
		Sectors:   []Code{code(t, "US", "453998"), code(t, "US", "311942")},
		Expertise: []Expertise{{"rules_of_origin", 3, "CA"}, {"rules_of_origin", 2, "MX"}, {"customs_clearance", 2, ""}},
		Markets:   []Market{{"CA", 3}, {"MX-JAL", 1}}, Stages: []string{"exploring", "regular"},
		Capacity: 3, Taken: 1, Paused: true, Reliability: 987654, Synthetic: true,
	}, {
		Role: RoleMentor, ID: "M-2", Country: "MX", Languages: []LanguageLevel{{"es", "native"}}, Sectors: []Code{code(t, "MX", "46")},
		Expertise: []Expertise{{"data_ai", 1, ""}}, Capacity: 1, Reliability: 1_000_000,
	}, {
		Role: RoleMentor, ID: "M-3", Country: "MX", Languages: []LanguageLevel{{"es", "native"}}, Sectors: []Code{code(t, "MX", "46")},
		Expertise: []Expertise{{"data_ai", 1, ""}},
	}}
	if diff := cmp.Diff(want, people); diff != "" {
		t.Error(diff)
	}
	// 453998 is a code of 2017; the sector is all that is left of it.
	if diff := cmp.Diff(Report{Rows: 3, Separator: ',', Adapted: []AdaptedCode{{2, "M-1", "453998", "45"}}}, report); diff != "" {
		t.Error(diff)
	}
}

// TestFileShapes reads the same people out of files of different shape.
func TestFileShapes(t *testing.T) {
	want, _ := ReadPeople("e.csv", strings.NewReader(goodMentees), RoleMentee)
	quoteAll := func(separator string) string {
		var b strings.Builder
		for i, line := range strings.Split(strings.TrimSpace(goodMentees), "\n") {
			if i > 0 {
				b.WriteString("\n")
			}
			b.WriteString(respell(t, line, separator))
		}
		return b.String()
	}
	for _, c := range []struct {
		name, content string
		separator     rune
		bom, crlf     bool
	}{
		{"byte order mark", "\uFEFF" + goodMentees, ',', true, false},
		{"CRLF", strings.ReplaceAll(goodMentees, "\n", "\r\n"), ',', false, true},
		{"CRLF, no end of the last line", strings.TrimSpace(strings.ReplaceAll(goodMentees, "\n", "\r\n")), ',', false, true},
		{"CR at the very end", strings.TrimSpace(goodMentees) + "\r", ',', false, false},
		{"blank lines", "\n" + strings.ReplaceAll(goodMentees, "\n", "\n\n"), ',', false, false},
		{"semicolons and quotes", quoteAll(";"), ';', false, false},
		{"tabs and quotes", quoteAll("\t"), '\t', false, false},
		{"everything at once", "\uFEFF" + strings.ReplaceAll(quoteAll(";"), "\n", "\r\n"), ';', true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, src := range []io.Reader{strings.NewReader(c.content), iotest.OneByteReader(strings.NewReader(c.content))} {
				got, report := ReadPeople("e.csv", src, RoleMentee)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				if report.Separator != c.separator || report.BOM != c.bom || report.CRLF != c.crlf || len(report.Problems) > 0 {
					t.Errorf("report %+v", report)
				}
			}
		})
	}
}

// respell writes a line of commas with all cells quoted and another separator.
func respell(t *testing.T, line, separator string) string {
	t.Helper()
	record, err := readLine(line)
	if err != nil {
		t.Fatal(err)
	}
	for i, cell := range record {
		record[i] = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
	}
	return strings.Join(record, separator)
}

func TestTextCells(t *testing.T) {
	for _, c := range []struct{ name, cell, want string }{
		{"accents get one form", "Cafe\u0301", "Café"},
		{"apostrophe before a formula", "'=1+1", "=1+1"},
		{"two apostrophes before a formula", "''=1+1", "'=1+1"},
		{"apostrophe of a name", "'s-Hertogenbosch", "'s-Hertogenbosch"},
		{"apostrophe alone", "'", "'"},
		{"formula", "=1+1", "=1+1"},
		{"tab first", "\tx", "\tx"},
		{"CR first", "\rx", "\rx"},
		{"emoji", "🌮", "🌮"},
	} {
		t.Run(c.name, func(t *testing.T) {
			people, report := ReadPeople("e.csv", strings.NewReader(mentee("name", c.cell)), RoleMentee)
			if len(people) != 1 || people[0].Name != c.want {
				t.Errorf("read %v with %v, want %q", people, report.Problems, c.want)
			}
		})
	}
}

func TestSafeCell(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"plain", "abc", "abc"},
		{"equals", "=1", "'=1"},
		{"plus", "+1", "'+1"},
		{"minus", "-1", "'-1"},
		{"at", "@x", "'@x"},
		{"tab", "\tx", "'\tx"},
		{"CR", "\rx", "'\rx"},
		{"full width", "＝1", "'＝1"},
		{"already with an apostrophe", "'=1", "''=1"},
		{"apostrophe of a name", "'s-Hertogenbosch", "'s-Hertogenbosch"},
		{"inside", "a=1", "a=1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := SafeCell(c.text); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got, _ := readCell(SafeCell(c.text)); got != c.text {
				t.Errorf("comes back as %q", got)
			}
		})
	}
}

func TestPeopleRoundTrip(t *testing.T) {
	for _, c := range []struct {
		name, content string
		role          Role
	}{
		{"mentees", goodMentees, RoleMentee},
		{"mentees with mark and CRLF", "\uFEFF" + strings.ReplaceAll(goodMentees, "\n", "\r\n"), RoleMentee},
		{"formulas", mentee("id", "=7", "name", "+1 ''", "conflicts", "@a;=b", "wishes", "-c"), RoleMentee},
		{"mentor", mentor("capacity", "0", "reliability", "0.000001", "timezone", "UTC", "slots", "Sun 00:00-24:00"), RoleMentor},
		{"synthetic", mentor("synthetic", "yes"), RoleMentor},
	} {
		t.Run(c.name, func(t *testing.T) {
			first, report := ReadPeople("f", strings.NewReader(c.content), c.role)
			if report.Problems.Errors() > 0 {
				t.Fatal(report.Problems)
			}
			roundTrip(t, c.role, first)
			for _, p := range first {
				again, problems := ParsePerson(c.role, p.Values())
				if diff := cmp.Diff(p, again); diff != "" || problems.Errors() > 0 {
					t.Errorf("by its values it comes back changed: %s %v", diff, problems)
				}
			}
		})
	}
}

func TestParsePerson(t *testing.T) {
	good := map[string]string{"id": "E-1", "name": "'=1", "country": "MX", "languages": "es:native", "sectors": "3119", "needs": "rules_of_origin:1"}
	p, problems := ParsePerson(RoleMentee, good)
	if problems.Errors() > 0 || p.Name != "'=1" || p.Reliability != -1 {
		t.Errorf("%+v %v", p, problems)
	}
	for _, c := range []struct{ name, column, value, key string }{
		{"required", "needs", "", "people.required"},
		{"no such country", "country", "FR", "people.unknown_country"},
		{"a field of the other side", "expertise", "rules_of_origin:1", "people.no_field"},
		{"no such field", "password", "x", "people.no_field"},
	} {
		t.Run(c.name, func(t *testing.T) {
			values := maps.Clone(good)
			values[c.column] = c.value
			_, problems := ParsePerson(RoleMentee, values)
			if !slices.ContainsFunc(problems, func(p Problem) bool { return p.Column == c.column && p.Key == c.key && !p.Warning }) {
				t.Errorf("%v", problems)
			}
		})
	}
}

// roundTrip writes people, reads them again and compares; writing them twice must give the same bytes.
func roundTrip(t interface {
	Helper()
	Fatalf(string, ...any)
}, role Role, people []Profile,
) {
	t.Helper()
	var first, second bytes.Buffer
	if err := WritePeople(&first, role, people); err != nil {
		t.Fatalf("write: %v", err)
	}
	again, report := ReadPeople("f", bytes.NewReader(first.Bytes()), role)
	if report.Problems.Errors() > 0 {
		t.Fatalf("what was written has problems: %v\n%s", report.Problems, first.String())
	}
	for _, p := range report.Problems {
		if p.Key == "people.formula" {
			t.Fatalf("a formula was written: %v", p)
		}
	}
	if diff := cmp.Diff(people, again); diff != "" {
		t.Fatalf("comes back changed: %s", diff)
	}
	if err := WritePeople(&second, role, again); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Fatalf("the second file differs (%v)", err)
	}
}

func TestWritePeopleColumns(t *testing.T) {
	for _, c := range []struct {
		name   string
		role   Role
		people []Profile
		has    string
		lacks  string
	}{
		{"mentors", RoleMentor, nil, "capacity", "needs"},
		{"mentees", RoleMentee, nil, "needs", "capacity"},
		{"nobody made up", RoleMentee, []Profile{{Role: RoleMentee}}, "id", "synthetic"},
		{"somebody made up", RoleMentee, []Profile{{Role: RoleMentee, Synthetic: true}}, "synthetic", "capacity"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := WritePeople(&b, c.role, c.people); err != nil {
				t.Fatal(err)
			}
			header, err := readLine(strings.SplitN(b.String(), "\n", 2)[0])
			if err != nil || !slices.Contains(header, c.has) || slices.Contains(header, c.lacks) {
				t.Errorf("header %v, %v", header, err)
			}
		})
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWritePeopleFails(t *testing.T) {
	if err := WritePeople(io.Discard, RoleMentor, []Profile{{Role: RoleMentee, ID: "E-1"}}); err == nil {
		t.Error("a mentee went into the mentors")
	}
	if err := WritePeople(fullDisk{}, RoleMentor, make([]Profile, 0)); err == nil {
		t.Error("a full disk went unnoticed")
	}
}

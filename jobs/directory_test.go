package jobs

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"puente/models"
)

// rowsOf reads a CSV file: its rows, and its cells by column.
func rowsOf(t testing.TB, file []byte) (rows [][]string, cells map[string][]string) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	cells = map[string][]string{}
	for _, row := range rows[1:] {
		for i, cell := range row {
			cells[rows[0][i]] = append(cells[rows[0][i]], cell)
		}
	}
	return rows, cells
}

// oddRows are the rows of the made-up register that are not in order, by their
// number: what they change, and what becomes of them.
var oddRows = map[int]struct {
	change map[string]string
	skip   string // reason, "" when the row is imported
	left   string // reason of a value that is left out
}{
	10:  {map[string]string{"naics": ""}, "import.no_sector", ""},
	20:  {map[string]string{"naics": "999990"}, "import.no_usable_sector", ""},
	30:  {map[string]string{"external_id": ""}, "import.no_id", ""},
	31:  {map[string]string{"external_id": "  "}, "import.no_id", ""},
	40:  {map[string]string{"external_id": registerID(39)}, "import.doubled_id", ""},
	50:  {map[string]string{"suggested_role": "staff"}, "import.no_role", ""},
	55:  {map[string]string{"suggested_role": ""}, "import.no_role", ""},
	60:  {map[string]string{"country": "USA"}, "import.no_country", ""},
	70:  {map[string]string{"external_id": "MD 70"}, "people.bad_id", ""},
	75:  {map[string]string{"external_id": "'=MD"}, "people.bad_id", ""},
	80:  {map[string]string{"external_id": strings.Repeat("x", 65)}, "people.long_id", ""},
	90:  {map[string]string{"region": "US-ZZ"}, "", "people.unknown_region"},
	95:  {map[string]string{"region": "MX-OAX"}, "", "people.foreign_region"},
	97:  {map[string]string{"region": ""}, "", ""},
	100: {map[string]string{"naics": "453998; 451110 ;447110"}, "", ""}, // codes of 2017
	110: {map[string]string{"naics": "54"}, "", ""},                     // known to the sector only
	120: {map[string]string{"naics": "541611;541611;999990;54A;;"}, "", ""},
	130: {map[string]string{"naics": strings.Join(industries[12].codes["US"], ";")}, "", ""},
}

func registerID(n int) string { return fmt.Sprintf("MD-%06d", n) }

// register makes a register of the shape of us-md, with more of what real ones
// are known to hold: 1,000 rows and a torn one.
func register(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	header := []string{"external_id", "country", "region", "county", "naics", "certifications", "women_owned", "owner_group", "since_year", "suggested_role"}
	_ = w.Write(header)
	for n := range 1000 {
		trade := industries[n%len(industries)].codes["US"]
		codes := trade[:1+n%min(3, len(trade))]
		row := map[string]string{
			"external_id": registerID(n), "country": "US", "region": regionShares["US"][n%20].value, "county": "Somewhere",
			"naics": strings.Join(codes, ";"), "certifications": "DBE;MBE;SBE", "since_year": "2016",
			"women_owned":    []string{"yes", "not_stated", "", "not_stated"}[n%4],
			"owner_group":    []string{"black", "hispanic_latino", "", "native_american", "sed"}[n%5],
			"suggested_role": []string{"mentor", "mentee"}[n%2],
		}
		maps.Copy(row, oddRows[n].change)
		var record []string
		for _, name := range header {
			record = append(record, row[name])
		}
		if n == 999 {
			record = record[:7]
		}
		_ = w.Write(record)
	}
	w.Flush()
	return b.Bytes()
}

// importRegister imports by a mapping that ships.
func importRegister(t testing.TB, mapping string, file []byte, o ImportOptions) *Imported {
	t.Helper()
	m, ok := ShippedMapping(mapping)
	if !ok {
		t.Fatalf("no mapping %s", mapping)
	}
	imported, problems := ImportDirectory(m, "register.csv", bytes.NewReader(file), o)
	if problems.Errors() > 0 || imported == nil {
		t.Fatal(problems)
	}
	return imported
}

// checkAccount wants every row to be imported or skipped.
func checkAccount(t *testing.T, in *Imported) {
	t.Helper()
	r := in.Report
	if r.Mentors != len(in.Mentors) || r.Mentees != len(in.Mentees) || r.Rows != r.Mentors+r.Mentees+len(r.Skipped) {
		t.Errorf("%d rows, %d mentors (%d), %d mentees (%d), %d skipped", r.Rows, r.Mentors, len(in.Mentors), r.Mentees, len(in.Mentees), len(r.Skipped))
	}
}

func TestImportRegister(t *testing.T) {
	file := register(t)
	plain := importRegister(t, "us-md", file, ImportOptions{Ownership: true})
	filled := importRegister(t, "us-md", file, ImportOptions{Simulate: true, Seed: 5})
	t.Run("every row is accounted for", func(t *testing.T) {
		checkAccount(t, plain)
		checkAccount(t, filled)
		if plain.Report.Rows != 1000 {
			t.Errorf("%d rows", plain.Report.Rows)
		}
	})
	t.Run("rows out of order", func(t *testing.T) { checkOddRows(t, plain) })
	t.Run("codes", func(t *testing.T) {
		used := map[string]string{}
		for _, c := range plain.Report.Adapted {
			used[fmt.Sprint(c.Row, " ", c.Raw)] = c.Used
		}
		want := map[string]string{"102 453998": "45", "102 451110": "45", "102 447110": "44"}
		if diff := cmp.Diff(want, used); diff != "" {
			t.Error(diff)
		}
		want = map[string]string{"22 999990": "", "122 999990": "", "122 54A": ""}
		used = map[string]string{}
		for _, c := range plain.Report.Unknown {
			used[fmt.Sprint(c.Row, " ", c.Raw)] = c.Used
		}
		if diff := cmp.Diff(want, used); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("without simulation", func(t *testing.T) { checkIncomplete(t, plain) })
	t.Run("with simulation", func(t *testing.T) { checkSimulated(t, plain, filled) })
	t.Run("simulation ignores the order of rows", func(t *testing.T) { checkRowOrder(t, file, filled) })
	t.Run("ownership", func(t *testing.T) { checkOwnership(t, file, plain) })
	t.Run("report as JSON and text", func(t *testing.T) { checkReport(t, filled.Report) })
	t.Run("maryland", func(t *testing.T) {
		register, err := os.ReadFile("../../shared/data/real/maryland_certified_firms.csv")
		if err != nil {
			t.Log("the register itself is not here: its firms are not ours to ship")
			return
		}
		in := importRegister(t, "us-md", register, ImportOptions{Simulate: true, Seed: 1, Ownership: true})
		checkAccount(t, in)
		without := map[string]int{}
		for _, s := range in.Report.Skipped {
			without[s.Reason]++
		}
		if diff := cmp.Diff(map[string]int{"import.no_sector": 14}, without); diff != "" {
			t.Error(diff)
		}
		if in.Report.Rows != 1000 || in.Report.Mentors+in.Report.Mentees != 986 || in.Report.Mentors > 544 || in.Report.Mentees > 456 {
			t.Errorf("%d rows, %d mentors, %d mentees", in.Report.Rows, in.Report.Mentors, in.Report.Mentees)
		}
		checkReadsBack(t, mentor, in.Mentors)
		checkReadsBack(t, mentee, in.Mentees)
	})
}

// checkOddRows wants what the table of odd rows says, and nothing else.
func checkOddRows(t *testing.T, in *Imported) {
	t.Helper()
	skips, lefts := map[int]string{1001: "import.cell_count"}, map[int]string{}
	for n, odd := range oddRows {
		if odd.skip != "" {
			skips[n+2] = odd.skip
		}
		if odd.left != "" {
			lefts[n+2] = odd.left
		}
	}
	got, last := map[int]string{}, 0
	for _, s := range in.Report.Skipped {
		if got[s.Row] = s.Reason; s.Row <= last {
			t.Errorf("row %d after row %d", s.Row, last)
		}
		last = s.Row
	}
	if diff := cmp.Diff(skips, got); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
	got = map[int]string{}
	for _, l := range in.Report.LeftOut {
		got[l.Row] = l.Reason
	}
	if diff := cmp.Diff(lefts, got); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
	for _, p := range slices.Concat(in.Mentors, in.Mentees) {
		if p.ID == registerID(90) && p.Region != "" {
			t.Error("an unknown region was kept")
		}
		if p.ID == registerID(120) && len(p.Sectors) != 1 {
			t.Errorf("%d sectors of one usable code", len(p.Sectors))
		}
	}
}

// checkIncomplete wants nothing to be made up, and the reader to refuse it.
func checkIncomplete(t *testing.T, in *Imported) {
	t.Helper()
	for _, p := range slices.Concat(in.Mentors, in.Mentees) {
		if p.Languages != nil || p.Needs != nil || p.Expertise != nil || p.Slots != nil || p.Synthetic || p.Name != "" {
			t.Fatalf("%+v", p)
		}
	}
	missing := map[string][2]int{}
	for _, c := range in.Report.Missing {
		missing[c.Column] = [2]int{c.Mentors, c.Mentees}
	}
	all := [2]int{in.Report.Mentors, in.Report.Mentees}
	for column, want := range map[string][2]int{
		"languages": all, "needs": {0, all[1]}, "expertise": {all[0], 0}, "region": {1, 2}, "timezone": {1, 2}, "capacity": {all[0], 0},
	} {
		if missing[column] != want {
			t.Errorf("%s is missing for %v, want %v", column, missing[column], want)
		}
	}
	for _, column := range []string{"id", "country", "sectors", "synthetic"} {
		if n, ok := missing[column]; ok {
			t.Errorf("%s is missing for %v", column, n)
		}
	}
	if in.Report.Seed != nil || len(in.Report.Simulated) > 0 || in.Report.Synthetic > 0 {
		t.Errorf("simulated without being asked: %+v", in.Report)
	}
	_, report := models.ReadPeople("mentees.csv", bytes.NewReader(peopleFile(t, mentee, in.Mentees)), mentee)
	if report.Problems.Errors() < len(in.Mentees) || report.Problems[0].Key != "people.required" {
		t.Errorf("%d errors for %d mentees without languages", report.Problems.Errors(), len(in.Mentees))
	}
}

// checkSimulated wants only unknown answers to be filled, and every person to
// be marked.
func checkSimulated(t *testing.T, plain, filled *Imported) {
	t.Helper()
	sides := []struct {
		role         models.Role
		known, whole []models.Profile
	}{{mentor, plain.Mentors, filled.Mentors}, {mentee, plain.Mentees, filled.Mentees}}
	kept := cmp.FilterPath(func(p cmp.Path) bool {
		name := p.Index(-1).String()
		return !slices.Contains([]string{".ID", ".Country", ".Region", ".Sectors", ".Name", ".Organization", ".Conflicts", ".Wishes", ".Reliability", ".Taken", ".Paused", ".MinOverlap"}, name) && strings.HasPrefix(name, ".") && len(p) == 3
	}, cmp.Ignore())
	for _, side := range sides {
		for _, p := range side.whole {
			if !p.Synthetic {
				t.Errorf("%s has simulated answers and no mark", p.ID)
			}
		}
		if diff := cmp.Diff(side.known, side.whole, kept); diff != "" {
			t.Errorf("what the register holds was changed:\n%s", diff)
		}
		_, report := models.ReadPeople("people.csv", bytes.NewReader(peopleFile(t, side.role, side.whole)), side.role)
		if report.Problems.Errors() > 0 {
			t.Error(report.Problems)
		}
	}
	counts := map[string]int{}
	for _, c := range filled.Report.Simulated {
		counts[c.Column] = c.Mentors + c.Mentees
	}
	people := len(filled.Mentors) + len(filled.Mentees)
	if counts["languages"] != people || counts["timezone"] != 3 || counts["needs"] != len(filled.Mentees) || filled.Report.Synthetic != people {
		t.Errorf("simulated %v of %d people", counts, people)
	}
	if counts["slots"] >= people || counts["slots"] < people/2 {
		t.Errorf("%d of %d have slots: gaps are part of the picture", counts["slots"], people)
	}
	if diff := cmp.Diff(plain.Report.Missing, filled.Report.Missing); diff != "" {
		t.Errorf("what is missing does not depend on the simulation:\n%s", diff)
	}
}

// checkRowOrder imports the same rows upside down.
func checkRowOrder(t *testing.T, file []byte, filled *Imported) {
	t.Helper()
	rows, _ := rowsOf(t, file[:bytes.LastIndexByte(file[:len(file)-1], '\n')+1])
	slices.Reverse(rows[1:])
	var b bytes.Buffer
	_ = csv.NewWriter(&b).WriteAll(rows)
	turned := importRegister(t, "us-md", b.Bytes(), ImportOptions{Simulate: true, Seed: 5})
	byID := cmpopts.SortSlices(func(a, b models.Profile) bool { return a.ID < b.ID })
	doubled := cmpopts.IgnoreSliceElements(func(p models.Profile) bool { return p.ID == registerID(39) }) // row 40 came first
	if diff := cmp.Diff(filled.Mentees, turned.Mentees, byID, doubled); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(filled.Mentors, turned.Mentors, byID, doubled); diff != "" {
		t.Error(diff)
	}
}

// checkOwnership wants three-valued answers that reach no person.
func checkOwnership(t *testing.T, file []byte, in *Imported) {
	t.Helper()
	var b bytes.Buffer
	if err := models.WriteOwnership(&b, in.Ownership); err != nil {
		t.Fatal(err)
	}
	_, cells := rowsOf(t, b.Bytes())
	counts := map[string]int{}
	for i, id := range cells["id"] {
		answer := cells["dimension"][i] + " " + cells["value"][i]
		counts[answer]++
		if id == registerID(1) && slices.Contains([]string{"women no", "women yes", "black yes"}, answer) {
			t.Errorf("%s: %s, but the register says neither", id, answer)
		}
	}
	if counts["women no"] > 0 || counts["black no"] > 0 {
		t.Errorf("silence became a no: %v", counts)
	}
	for _, d := range in.Report.Ownership.Dimensions {
		if d.Yes != counts[d.Dimension+" yes"] || d.NotAsked != counts[d.Dimension+" not_asked"] || d.Yes == 0 || d.Yes+d.No+d.PreferNotToSay+d.NotAsked != len(in.Mentors)+len(in.Mentees) {
			t.Errorf("%+v, written %v", d, counts)
		}
	}
	other := strings.NewReplacer("black", "sed", "hispanic_latino", "black", "not_stated", "yes", ",yes,", ",no,").Replace(string(file))
	dropped := importRegister(t, "us-md", []byte(other), ImportOptions{})
	if dropped.Ownership != nil || dropped.Report.Ownership.Kept {
		t.Error("answers were handed out unasked")
	}
	if diff := cmp.Diff(slices.Concat(in.Mentors, in.Mentees), slices.Concat(dropped.Mentors, dropped.Mentees)); diff != "" {
		t.Errorf("other answers about owners give other people:\n%s", diff)
	}
}

// checkReport wants the JSON to have every member, and the text to have words
// for everything in three languages.
func checkReport(t *testing.T, r ImportReport) {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil || bytes.Contains(data, []byte("null")) {
		t.Errorf("%v, %s", err, data)
	}
	var again ImportReport
	if err := json.Unmarshal(data, &again); err != nil || again.Rows != r.Rows || len(again.Skipped) != len(r.Skipped) {
		t.Errorf("%v: %+v", err, again)
	}
	for lang, messages := range importMessages(t) {
		var b bytes.Buffer
		words := Words{Lang: lang, Text: func(_, key string, args map[string]any) string { return messages.say(t, key, args) }}
		if err := r.WriteText(&b, words); err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(b.String(), "\n"); lines < 50 || strings.Contains(b.String(), "<no value>") {
			t.Errorf("%s: %d lines\n%s", lang, lines, b.String())
		}
	}
}

// TestImportShapes reads one firm out of directories of different shape.
func TestImportShapes(t *testing.T) {
	const ok = "id,sector\nA-1,541611\n"
	for _, c := range []struct {
		name, mapping, file string
		key                 string // of the problem, "" when it can be read
		place               string
	}{
		{"plain", ``, ok, "", ""},
		{"byte order mark and CRLF", ``, "\ufeffid,sector\r\nA-1,541611\r\n", "", ""},
		{"semicolons", ``, "id;sector\nA-1;541611\n", "", ""},
		{"tabs and white space", ``, "id \tsector\n A-1 \t 541611 \n", "", ""},
		{"bars, as the mapping says", `"separator":"|",`, "id|sector|a,b,c\nA-1|541611|\n", "", ""},
		{"latin-1, as the mapping says", `"encoding":"latin-1",`, "id,sector,\xf1\nA-1,541611,caf\xe9\n", "", ""},
		{"latin-1, unsaid", ``, "id,sector,town\nA-1,541611,caf\xe9\nA-2,541611,\xe9\n", "people.not_utf8", "d.csv:2:town"},
		{"UTF-16", ``, "\xff\xfei\x00d\x00", "people.utf16", "d.csv"},
		{"empty", ``, "", "people.empty_file", "d.csv"},
		{"header only", ``, "id,sector\n", "people.no_rows", "d.csv:1"},
		{"no column for the sectors", ``, "id,naics\nA-1,541611\n", "people.missing_column", "d.csv:1:sector"},
		{"a column twice", ``, "id,sector,id\nA-1,541611,A-2\n", "people.doubled_column", "d.csv:1:id"},
		{"open quote", ``, "id,sector\n\"A-1,541611\nA-2,541611\n", "people.open_quote", "d.csv:2"},
		{"stray quote", ``, "id,sector\nA\"-1,541611\n", "people.stray_quote", "d.csv:2"},
		{"CR only", ``, "id,sector\rA-1,541611\r", "people.lone_cr", "d.csv:1"},
		{"a cell of 1 MB", ``, ok + "A-2," + strings.Repeat("5", 1<<20) + "\n", "people.long_cell", "d.csv:3:sector"},
		{"a cell without end", ``, ok + "A-2,\"" + strings.Repeat("5", 8<<20), "people.long_cell", "d.csv:3"},
		{"5,000 columns", ``, "id,sector" + strings.Repeat(",x", 5000) + "\n", "people.doubled_column", "d.csv:1:x"},
		{"300 columns", ``, ok + strings.Repeat(",", 300) + "\n", "people.too_many_columns", "d.csv:3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			mapping := `{"format":"puente.mapping/1","name":"x",` + c.mapping + `"role":{"constant":"mentor"},
				"fields":{"id":{"column":"id"},"country":{"constant":"US"},"sectors":{"column":"sector"}}}`
			m, problems := ReadMapping("m.json", strings.NewReader(mapping))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			in, problems := ImportDirectory(m, "d.csv", strings.NewReader(c.file), ImportOptions{})
			if c.key == "" {
				if len(problems) > 0 || in.Report.Mentors != 1 || in.Mentors[0].ID != "A-1" || in.Mentors[0].Sectors[0].Group != 5416 {
					t.Errorf("%v %+v", problems, in)
				}
				return
			}
			if in != nil || len(problems) == 0 || problems[0].Key != c.key || problems[0].Place() != c.place {
				t.Errorf("%+v, want %s at %s", problems, c.key, c.place)
			}
			for _, messages := range importMessages(t) {
				for _, p := range problems {
					messages.say(t, p.Key, p.Args)
				}
			}
		})
	}
}

// TestImportWholeAnswers reads a directory that answers everything, with bad
// answers among the good ones.
func TestImportWholeAnswers(t *testing.T) {
	const mapping = `{"format":"puente.mapping/1","name":"x","role":{"column":"side","values":{"Coach":"mentor","Firm":"mentee"}},"fields":{
		"id":{"column":"no","prefix":"X-"},"name":{"column":"name"},"country":{"column":"land","values":{"Mexico":"MX","Canada":"CA"}},
		"sectors":{"column":"trade","list":"/","values":{"Food":"311","Beer":"31212","Law":"5411"},"unlisted":"ignore"},
		"languages":{"column":"tongues","list":",","values":{"English":"en:C1","Spanish":"es:native","Welsh":""}},
		"needs":{"column":"wants"},"expertise":{"column":"knows"},"slots":{"column":"when"},"timezone":{"column":"zone"},
		"capacity":{"column":"places"},"taken":{"column":"used"}}}`
	const header = "no,side,name,land,trade,tongues,wants,knows,when,zone,places,used\n"
	m, problems := ReadMapping("m.json", strings.NewReader(mapping))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, c := range []struct {
		name, row string
		want      models.Profile
		left      string // columns and reasons of what is left out
		warning   string
	}{
		{
			"all good", `1,Coach,Ana  López,Mexico,Food / Beer / Magic,"English, Spanish, Welsh",,rules_of_origin:3@CA,Mon 09:00-10:00,America/Mexico_City,3,1`,
			models.Profile{
				Role: mentor, ID: "X-1", Name: "Ana López", Country: "MX", TimeZone: "America/Mexico_City", Capacity: 3, Taken: 1, Reliability: -1,
				Languages: []models.LanguageLevel{{Language: "en", Level: "C1"}, {Language: "es", Level: "native"}},
				Sectors:   []models.Code{code(t, "MX", "311"), code(t, "MX", "31212")},
				Expertise: []models.Expertise{{Topic: "rules_of_origin", Level: 3, Market: "CA"}},
				Slots:     []models.Slot{{Day: 1, From: 540, To: 600}},
			},
			"", "",
		},
		{
			"no zone for the slots, a language that nobody knows, a formula", `2,Firm,=1+1,Canada,Law,"English,Klingon",export_plan:1,,Mon 09:00-10:00,,,`,
			models.Profile{
				Role: mentee, ID: "X-2", Name: "=1+1", Country: "CA", Reliability: -1, Needs: []models.Need{{Topic: "export_plan", Priority: 1}},
				Languages: []models.LanguageLevel{{Language: "en", Level: "C1"}}, Sectors: []models.Code{code(t, "CA", "5411")},
			},
			"tongues import.unlisted when people.no_zone", "people.formula",
		},
		{
			"a bad answer in every column", `3,Coach,n,Mexico,Food,Klingon,,magic:9,Someday,Mars/Base,seven,2`,
			models.Profile{
				Role: mentor, ID: "X-3", Name: "n", Country: "MX", Capacity: 1, Reliability: -1, Sectors: []models.Code{code(t, "MX", "311")},
			},
			"tongues import.unlisted zone people.unknown_zone knows people.unknown_topic places people.bad_number when people.bad_slot used people.taken_over_capacity", "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, problems := ImportDirectory(m, "d.csv", strings.NewReader(header+c.row+"\n"), ImportOptions{})
			if in == nil {
				t.Fatal(problems)
			}
			if diff := cmp.Diff([]models.Profile{c.want}, slices.Concat(in.Mentors, in.Mentees)); diff != "" {
				t.Error(diff)
			}
			var left []string
			for _, l := range in.Report.LeftOut {
				left = append(left, l.Column, l.Reason)
			}
			if got := strings.Join(left, " "); got != c.left {
				t.Errorf("left out %s\nwant     %s", got, c.left)
			}
			if c.warning == "" && len(problems) > 0 || c.warning != "" && (len(problems) != 1 || problems[0].Key != c.warning || problems[0].Place() != "d.csv:2:name") {
				t.Errorf("warnings %+v, want %q", problems, c.warning)
			}
		})
	}
}

func code(t *testing.T, country, raw string) models.Code {
	t.Helper()
	c, ok := models.Vocabularies().Code(country, raw)
	if !ok {
		t.Fatalf("no code %s in %s", raw, country)
	}
	return c
}

// TestImportManyBadRows has more problems than one reading of a people file
// lists.
func TestImportManyBadRows(t *testing.T) {
	m, _ := ReadMapping("m.json", strings.NewReader(`{"format":"puente.mapping/1","name":"x","role":{"constant":"mentee"},"fields":{"id":{"column":"id"},
		"country":{"constant":"US"},"sectors":{"constant":"54"},"region":{"column":"r"},"stage":{"column":"r"},"cadence":{"column":"r"},"format":{"column":"r"}}}`))
	var b strings.Builder
	b.WriteString("id,r\n")
	for n := range 3 * batch {
		fmt.Fprintf(&b, "A-%d,bad\n", n)
	}
	in, problems := ImportDirectory(m, "d.csv", strings.NewReader(b.String()), ImportOptions{})
	if len(problems) > 0 || len(in.Mentees) != 3*batch || len(in.Report.LeftOut) != 4*3*batch {
		t.Errorf("%v, %d mentees, %d left out", problems, len(in.Mentees), len(in.Report.LeftOut))
	}
	checkAccount(t, in)
}

func BenchmarkImport1000(b *testing.B) {
	file := register(b)
	for _, c := range []struct {
		name    string
		options ImportOptions
	}{{"plain", ImportOptions{}}, {"simulated", ImportOptions{Simulate: true, Seed: 1}}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				importRegister(b, "us-md", file, c.options)
			}
		})
	}
}

package models

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// badFile is a file with something wrong and what is found: "row:column key", the file's name left out.
type badFile struct {
	name    string
	read    func(string) Report
	content string
	want    []string
}

func readAs[T any](read func(string) ([]T, Report)) func(string) Report {
	return func(content string) Report {
		_, report := read(content)
		return report
	}
}

var (
	asMentees = readAs(func(s string) ([]Profile, Report) { return ReadPeople("f", strings.NewReader(s), RoleMentee) })
	asMentors = readAs(func(s string) ([]Profile, Report) { return ReadPeople("f", strings.NewReader(s), RoleMentor) })
	asScores  = readAs(func(s string) ([]ScoreRow, Report) { return ReadScores("f", strings.NewReader(s)) })
	asOrlib   = readAs(func(s string) ([]ScoreRow, Report) { return ReadOrlib("f", strings.NewReader(s)) })
	asGroups  = readAs(func(s string) ([]GroupRow, Report) { return ReadGroups("f", strings.NewReader(s)) })
	asRanks   = readAs(func(s string) ([]RankRow, Report) { return ReadRanks("f", strings.NewReader(s)) })
	asNodes   = readAs(func(s string) ([]Node, Report) { return ReadNodes("f", strings.NewReader(s)) })
	asRules   = readAs(func(s string) ([]RuleRow, Report) { return ReadRules("f", strings.NewReader(s)) })
	asOwners  = readAs(func(s string) ([]OwnershipRow, Report) { return ReadOwnership("f", strings.NewReader(s)) })
	// asFew reads nodes with a limit of two rows.
	asFew = readAs(func(s string) ([]Node, Report) {
		return readTable("f", strings.NewReader(s), layout[Node]{columns: nodeColumns, most: 2})
	})
	// asBroken reads from a disk that fails behind the content.
	asBroken = readAs(func(s string) ([]Node, Report) {
		return ReadNodes("f", iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(s))))
	})
)

// person gives a file with one valid person of a role in which cells are replaced: name, value, name, value. A
// column that is not there yet is added.
func person(base [][2]string, replace ...string) string {
	cells := append([][2]string{}, base...)
next:
	for i := 0; i < len(replace); i += 2 {
		for k := range cells {
			if cells[k][0] == replace[i] {
				cells[k][1] = replace[i+1]
				continue next
			}
		}
		cells = append(cells, [2]string{replace[i], replace[i+1]})
	}
	var names, values []string
	for _, c := range cells {
		names, values = append(names, c[0]), append(values, c[1])
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll([][]string{names, values}); err != nil {
		panic(err)
	}
	return b.String()
}

func mentee(replace ...string) string {
	return person([][2]string{{"id", "E-1"}, {"country", "MX"}, {"languages", "es:native"}, {"sectors", "3119"}, {"needs", "rules_of_origin:1"}}, replace...)
}

func mentor(replace ...string) string {
	return person([][2]string{{"id", "M-1"}, {"country", "CA"}, {"languages", "en:native"}, {"sectors", "3119"}, {"expertise", "rules_of_origin:3@CA"}}, replace...)
}

const (
	menteeHeader = "id,country,languages,sectors,needs\n"
	menteeRow    = "E-1,MX,es:native,3119,rules_of_origin:1\n"
)

func utf16LE(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

func cells(row string, n int) string { return strings.Repeat(row+",", n-1) + row }

var badFiles = []badFile{
	// The file as a whole
	{"empty", asMentees, "", []string{"0: people.empty_file"}},
	{"byte order mark only", asMentees, "\uFEFF", []string{"0: people.empty_file"}},
	{"blank lines only", asMentees, "\n\r\n\n", []string{"0: people.empty_file"}},
	{"header only", asMentees, menteeHeader, []string{"1: people.no_rows"}},
	{"orlib empty", asOrlib, "\n", []string{"1: people.orlib_size"}},
	{"orlib no size", asOrlib, "left,right,score\n", []string{"1: people.orlib_size"}},
	{"orlib size 0", asOrlib, "0\n", []string{"1: people.orlib_size"}},
	{"orlib too large", asOrlib, "3163\n", []string{"1: people.orlib_size"}},
	{"orlib no number", asOrlib, "2\n1 2\n3 x4\n", []string{"3: people.bad_score"}},
	{"orlib cost too large", asOrlib, "1\n1000000001\n", []string{"2: people.bad_score"}},
	{"orlib too few", asOrlib, "2\n1 2 3\n", []string{"2: people.orlib_numbers"}},
	{"orlib too many", asOrlib, "2\n1 2 3 4\n5 6\n", []string{"3: people.orlib_numbers"}},
	{"orlib endless line", asOrlib, "2 " + strings.Repeat("1", maxOrlibLine), []string{"0: people.unreadable"}},
	{"scores without rows", asScores, "left,right,score\n", []string{"1: people.no_rows"}},
	{"disk fails", asBroken, "id,capacity\nA,1\n", []string{"0: people.unreadable"}},
	{"UTF-16 with mark", asMentees, "\xFF\xFE" + utf16LE(menteeHeader+menteeRow), []string{"0: people.utf16"}},
	{"UTF-16 without mark", asMentees, utf16LE(menteeHeader + menteeRow), []string{"0: people.utf16"}},
	{"UTF-16 big-endian without mark", asMentees, "\x00" + utf16LE(menteeHeader), []string{"0: people.utf16"}},
	{"CR only", asMentees, strings.ReplaceAll(menteeHeader+menteeRow, "\n", "\r"), []string{"1: people.lone_cr"}},
	{"CR in the middle", asMentees, menteeHeader + menteeRow + "E-2,MX,es:native,31\r19,rules_of_origin:1\n", []string{"3:sectors people.lone_cr"}},
	{"too many broken rows", asFew, "id\n\"A\"x\n\"A\"x\n\"A\"x\n", []string{
		"2:id people.stray_quote", "3:id people.stray_quote", "4:id people.stray_quote", "4: people.too_many_rows",
	}},
	{"too many rows", asFew, "id\nA\nB\nC\nD\n", []string{"4: people.too_many_rows"}},

	// The header
	{"no header", asMentees, menteeRow, []string{"1: people.no_header"}},
	{"separator unknown", asMentees, "id|country\nE-1|MX\n", []string{"1: people.no_header"}},
	{"missing columns", asMentees, "id,country,needs\nE-1,MX,rules_of_origin:1\n", []string{"1:languages people.missing_column", "1:sectors people.missing_column"}},
	{"name in other case is missing", asRules, "Mentee,mentor,rule\nE-1,M-1,must\n", []string{"1:mentee people.missing_column"}},
	{"missing column and bad row", asRules, "mentor,rule\nM-1,may\n", []string{"1:mentee people.missing_column", "2:rule people.unknown_rule"}},
	{"doubled column", asRules, "mentee,mentor,rule,mentee\nE-1,M-1,must,E-2\n", []string{"1:mentee people.doubled_column"}},
	{"too many columns", asMentees, "id" + strings.Repeat(",x", 256) + "\n", []string{"1: people.too_many_columns"}},
	{"too many cells in a row", asRules, "mentee,mentor,rule\nE-1,M-1,must\n" + cells("x", 257) + "\n", []string{"3: people.too_many_columns"}},
	{"quote open in the header", asRules, "mentee,\"mentor,rule\nE-1,M-1,must\n", []string{"1: people.open_quote"}},
	{"header not UTF-8", asRules, "mentee,mentor,rule,a\xF1o\nE-1,M-1,must,1\n", []string{"1: people.not_utf8"}},

	// Rows
	{"too few and too many cells", asRules, "mentee,mentor,rule\nE-1,M-1\nE-1,M-1,must,x\nE-2,M-1,may\n", []string{"2: people.cell_count", "3: people.cell_count", "4:rule people.unknown_rule"}},
	{"stray quote", asRules, "mentee,mentor,rule\nE-1,M\"1,must\nE-2,M-1,may\n", []string{"2:mentor people.stray_quote", "3:rule people.unknown_rule"}},
	{"text behind a quote", asRules, "mentee,mentor,rule\n\"E-1\"x,M-1,must\nE-2,M-1,may\n", []string{"2:mentee people.stray_quote", "3:rule people.unknown_rule"}},
	{"quote never closed", asRules, "mentee,mentor,rule\nE-1,M-1,may\nE-1,\"M-1,must\nE-2,M-2,may\n", []string{"2:rule people.unknown_rule", "3:mentor people.open_quote"}},
	{"stray quote before an open one", asRules, "mentee,mentor,rule\nE-1,\"M\"1,must\nE-1,\"M-1,must\n", []string{"2:mentor people.stray_quote", "3:mentor people.open_quote"}},
	{"long cell", asMentees, mentee("name", strings.Repeat("x", maxCell+1), "needs", "x:1"), []string{"2:name people.long_cell", "2:needs people.unknown_topic"}},
	{"endless cell", asMentees, menteeHeader + menteeRow + "E-2,\"" + strings.Repeat("x\n", 1<<20), []string{"3:country people.long_cell"}},
	{"endless line behind a stray quote", asMentees, menteeHeader + "E\"2" + strings.Repeat("x", 17<<20), []string{"2:id people.stray_quote", "2:id people.long_cell"}},
	{"rows counted over lines", asMentees, "id,country,languages,sectors,needs,notes\n\nE-1,MX,es:native,3119,rules_of_origin:1,\"two\nlines\"\nE-2,XX,es:native,3119,rules_of_origin:1,x\n", []string{"5:country people.unknown_country"}},

	// Characters
	{"NUL", asMentees, mentee("name", "a\x00b"), []string{"2:name people.nul"}},
	{"NUL in an unknown column", asMentees, mentee("notes", "a\x00b"), []string{"2:notes people.nul"}},
	{"control characters", asMentees, mentee("name", "a\x1bb", "organization", "a\u0085b"), []string{"2:name people.control", "2:organization people.control"}},
	{"DEL", asMentees, mentee("name", "a\x7fb"), []string{"2:name people.control"}},
	{"line end in a name", asMentees, mentee("name", "a\nb"), []string{"2:name people.control"}},
	{"tab in a list", asMentees, mentee("languages", "es:native;\ten:B1"), []string{"2:languages people.control"}},
	{"Latin-1", asMentees, menteeHeader[:len(menteeHeader)-1] + ",name,organization\n" +
		"E-1,MX,es:native,3119,rules_of_origin:1,Pi\xF1a,Ca\xF1a\nE-2,XX,es:native,3119,rules_of_origin:1,Ni\xF1o,x\n", []string{"2:name people.not_utf8", "3:country people.unknown_country"}},
	{"invisible character behind a value", asMentees, mentee("country", "MX\u200B"), []string{"2:country people.hidden"}},
	{"invisible character in the header", asRules, "mentee,mentor,rule,\u202Ex\nE-1,M-1,must,1\n", []string{"1: people.hidden"}},
	{"text turned around", asMentees, mentee("name", "abc\u202Edef"), []string{"2:name people.hidden"}},
	{"formula", asMentees, mentee("name", "=1+1", "organization", "\t@x"), []string{"2:name people.formula (warning)", "2:organization people.formula (warning)", "2:organization people.edge_space (warning)"}},
	{"full-width formula", asMentees, mentee("name", "＝1"), []string{"2:name people.formula (warning)"}},
	{"formula id", asMentees, mentee("id", "@7"), []string{"2:id people.formula (warning)"}},
	{"space around a name", asMentees, mentee("organization", "Grupo "), []string{"2:organization people.edge_space (warning)"}},

	// Ids
	{"no id", asMentees, mentee("id", ""), []string{"2:id people.required"}},
	{"id of 65 characters", asMentees, mentee("id", strings.Repeat("é", 65)), []string{"2:id people.long_id"}},
	{"id with a space", asMentees, mentee("id", "E 1"), []string{"2:id people.bad_id"}},
	{"id with a no-break space", asMentees, mentee("id", "E\u00A01"), []string{"2:id people.bad_id"}},
	{"id with a semicolon", asMentees, mentee("id", "E;1"), []string{"2:id people.bad_id"}},
	{"id with a quote", asMentees, mentee("id", `E"1`), []string{"2:id people.bad_id"}},
	{"id with an apostrophe", asMentees, mentee("id", "'E1"), []string{"2:id people.bad_id"}},
	{"doubled id", asMentees, menteeHeader + menteeRow + "E-2" + menteeRow[3:] + menteeRow, []string{"4:id people.doubled_id"}},

	// Places
	{"no country", asMentees, mentee("country", ""), []string{"2:country people.required"}},
	{"country in small letters", asMentees, mentee("country", "mx"), []string{"2:country people.unknown_country"}},
	{"country by name", asMentees, mentee("country", "México"), []string{"2:country people.unknown_country"}},
	{"country of three letters", asMentees, mentee("country", "MEX"), []string{"2:country people.unknown_country"}},
	{"country with a space", asMentees, mentee("country", "MX "), []string{"2:country people.unknown_country"}},
	{"unknown region", asMentees, mentee("region", "MX-ZZZ", "slots", "Mon 09:00-12:00"), []string{"2:region people.unknown_region"}},
	{"region of another country", asMentees, mentee("region", "US-TX"), []string{"2:region people.foreign_region"}},
	{"unknown zone", asMentees, mentee("timezone", "America/Atlantis", "slots", "Mon 09:00-12:00"), []string{"2:timezone people.unknown_zone"}},
	{"zone Local", asMentees, mentee("timezone", "Local"), []string{"2:timezone people.unknown_zone"}},
	{"zone as a path", asMentees, mentee("timezone", "../../etc/passwd"), []string{"2:timezone people.unknown_zone"}},
	{"zone of one kind of machine", asMentees, mentee("timezone", "posix/America/Toronto"), []string{"2:timezone people.unknown_zone"}},
	{"zone as an offset", asMentees, mentee("timezone", "UTC-6"), []string{"2:timezone people.unknown_zone"}},
	{"slots without a zone", asMentees, mentee("slots", "Mon 09:00-12:00"), []string{"2:timezone people.no_zone"}},
	{"unknown target", asMentees, mentee("targets", "CA;Texas;CA"), []string{"2:targets people.unknown_place", "2:targets people.doubled_item"}},

	// Lists
	{"empty items", asMentees, mentee("languages", ";es:native;"), []string{"2:languages people.empty_item", "2:languages people.empty_item"}},
	{"unknown language and level", asMentees, mentee("languages", "xx:native;es:B3;ES:native;en:b1"), []string{
		"2:languages people.unknown_language", "2:languages people.unknown_level", "2:languages people.unknown_language", "2:languages people.unknown_level",
	}},
	{"language without a level", asMentees, mentee("languages", "es"), []string{"2:languages people.bad_form"}},
	{"language twice", asMentees, mentee("languages", "es:native;es:B1"), []string{"2:languages people.doubled_item"}},
	{"languages with a comma", asMentees, mentee("languages", "es:native,en:B1"), []string{"2:languages people.unknown_level"}},
	{"no sector", asMentees, mentee("sectors", ""), []string{"2:sectors people.required"}},
	{"sector not of digits", asMentees, mentee("sectors", "3;food;3119411;31-33;３１"), []string{
		"2:sectors people.bad_sector", "2:sectors people.bad_sector", "2:sectors people.bad_sector", "2:sectors people.bad_sector", "2:sectors people.bad_sector",
	}},
	{"sector of another country", asMentees, mentee("sectors", "42"), []string{"2:sectors people.unknown_sector"}},
	{"sector nowhere", asMentees, mentee("sectors", "990000;3119;3119"), []string{"2:sectors people.unknown_sector", "2:sectors people.doubled_item"}},
	{"unknown topic", asMentees, mentee("needs", "magic:1"), []string{"2:needs people.unknown_topic"}},
	{"topic of another area", asMentees, mentee("needs", "export.rules_of_origin:1"), []string{"2:needs people.unknown_topic"}},
	{"priorities outside 1 to 5", asMentees, mentee("needs", "rules_of_origin:0;ip_protection:6;data_ai:-1"), []string{
		"2:needs people.bad_number", "2:needs people.bad_number", "2:needs people.bad_number",
	}},
	{"topic twice, once by its full id", asMentees, mentee("needs", "rules_of_origin:1;origin.rules_of_origin:2"), []string{"2:needs people.doubled_item"}},
	{"six needs", asMentees, mentee("needs", "rules_of_origin:1;ip_protection:2;data_ai:3;joint_ventures:4;trade_shows_missions:5;quality_lean:5"), []string{"2:needs people.too_many_items"}},
	{"six wishes", asMentees, mentee("wishes", "A;B;C;D;E;F"), []string{"2:wishes people.too_many_items"}},
	{"wish twice", asMentees, mentee("wishes", "A;B;A"), []string{"2:wishes people.doubled_item"}},
	{"bad id in conflicts", asMentees, mentee("conflicts", "A;B C"), []string{"2:conflicts people.bad_id"}},
	{"expertise", asMentors, mentor("expertise", "rules_of_origin;magic:1;ip_protection:4;data_ai:3@XX;data_ai:3@;quality_lean:2@CA;quality_lean:3@CA"), []string{
		"2:expertise people.bad_form", "2:expertise people.unknown_topic", "2:expertise people.bad_number",
		"2:expertise people.unknown_country", "2:expertise people.unknown_country", "2:expertise people.doubled_item",
	}},
	{"markets", asMentors, mentor("markets", "CA;XX:1;MX-JAL:0;US:2;US:3"), []string{
		"2:markets people.bad_form", "2:markets people.unknown_place", "2:markets people.bad_number", "2:markets people.doubled_item",
	}},

	// Single values
	{"unknown stage", asMentees, mentee("stage", "exporting"), []string{"2:stage people.unknown_stage"}},
	{"unknown stages", asMentors, mentor("stages", "regular;none;regular"), []string{"2:stages people.unknown_stage", "2:stages people.doubled_item"}},
	{"unknown cadence", asMentees, mentee("cadence", "daily"), []string{"2:cadence people.unknown_cadence"}},
	{"unknown format", asMentees, mentee("format", "video;fax"), []string{"2:format people.unknown_format"}},
	{"overlap without slots", asMentees, mentee("min_overlap", "60"), []string{"2:min_overlap people.overlap_without_slots (warning)"}},
	{"overlap of more than a week", asMentees, mentee("min_overlap", "10081"), []string{"2:min_overlap people.bad_number"}},
	{"more taken than places", asMentors, mentor("capacity", "1", "taken", "2"), []string{"2:taken people.taken_over_capacity"}},
	{"taken with the default place", asMentors, mentor("taken", "2"), []string{"2:taken people.taken_over_capacity"}},
	{"paused", asMentors, mentor("paused", "true"), []string{"2:paused people.bad_yes_no"}},

	// Other files
	{"scores", asScores, "left,right,score,must\nA,B,1.5,no\nA,C,1e3,no\nA,D,+5,no\nA,E,-,no\nA,F,1000000000001,maybe\n,G,1,yes\n", []string{
		"2:score people.bad_score", "3:score people.bad_score", "4:score people.bad_score", "5:score people.bad_score",
		"6:score people.bad_score", "6:must people.bad_yes_no", "7:left people.required",
	}},
	{"pair twice", asScores, "left,right,score\nA,B,1\nB,A,1\nA,B,2\n", []string{"4: people.doubled_pair"}},
	{"nodes", asNodes, "id,capacity,minimum\nA,-1,0\nB,1000001,0\nC,1,2\nA,1,0\n", []string{
		"2:capacity people.bad_number", "3:capacity people.bad_number", "4:minimum people.minimum_over_capacity", "5:id people.doubled_id",
	}},
	{"groups", asGroups, "group,id,side\nled,A,left\nled,A,\nled,B,middle\nled,A,left\n,C,left\n", []string{
		"4:side people.unknown_side", "5: people.doubled_member", "6:group people.required",
	}},
	{"groups of pairs", asGroups, "group,id,side,with\nled,A,right,x\nled,A,,x\nled,A,,y\nled,A,left,y\nled,A,,y\n", []string{
		"2: people.pair_side", "6: people.doubled_member",
	}},
	{"ranks", asRanks, "id,ranks\nA,M-1;M-1\nA,M-2\nB,;M-1\n", []string{
		"2:ranks people.doubled_item", "3:id people.doubled_id", "4:ranks people.empty_item",
	}},
	{"minimum over the default capacity", asNodes, "id,minimum\nA,2\n", []string{"2:minimum people.minimum_over_capacity"}},
	{"rules", asRules, "mentee,mentor,rule\nE-1,M-1,MUST\nE-1,M-2,never\nE-1,M-2,lock\nE-1,M 3,lock\n", []string{
		"2:rule people.unknown_rule", "4: people.doubled_pair", "5:mentor people.bad_id",
	}},
	{"answers about owners", asOwners, "id,dimension,value\nE-1,women,yes\nE-1,men,yes\nE-1,black,perhaps\nE-1,women,no\nE 2,women,no\n", []string{
		"3:dimension people.unknown_dimension", "4:value people.unknown_answer", "5: people.doubled_pair", "6:id people.bad_id",
	}},
}

// badValues are cells that are refused one by one: column, key, values.
var badValues = []struct {
	column, key string
	build       func(...string) string
	read        func(string) Report
	values      []string
}{
	{"capacity", "people.bad_number", mentor, asMentors, []string{"-1", "7", "1e9", "two", "2.0", "２", "+1", " 1", "1 ", "01", "0x1", "99999999999999999999", "1,5", "¼"}},
	{"taken", "people.bad_number", mentor, asMentors, []string{"-1", "7", "x"}},
	{"min_overlap", "people.bad_number", mentee, asMentees, []string{"-60", "1h", "60.5"}},
	{"reliability", "people.bad_reliability", mentor, asMentors, []string{"1.1", "2", "-0.5", "0,9", ".5", "1.", "90%", "0.1234567", "1e-1", "NaN", "Inf", "00.5", "0.", "1.000001", "0.5.5", "０.5", "0.-1", "0.+1", "0x1p-1"}},
	{"slots", "people.bad_slot", mentee, asMentees, []string{"Mon", "Mon 9:00-12:00", "Mon 09:00", "Mon 09:00–12:00", "Mon 09:60-12:00", "Mon 24:01-24:02", "Mon 09:00-25:00", "Mon  09:00-12:00", "Mon 0a:00-12:00", "Mon 09.00-12.00", "09:00-12:00", "Mon 09:00 12:00"}},
	{"slots", "people.unknown_day", mentee, asMentees, []string{"mon 09:00-12:00", "Monday 09:00-12:00", "Lun 09:00-12:00", "1 09:00-12:00"}},
	{"slots", "people.slot_order", mentee, asMentees, []string{"Mon 12:00-12:00", "Mon 22:00-02:00", "Mon 24:00-24:00"}},
	{"synthetic", "people.bad_yes_no", mentee, asMentees, []string{"1", "Yes", "sí"}},
}

func places(problems Problems) []string {
	var list []string
	for _, p := range problems {
		one := fmt.Sprintf("%d:%s %s", p.Row, p.Column, p.Key)
		if p.Warning {
			one += " (warning)"
		}
		list = append(list, one)
	}
	return list
}

func TestBadInput(t *testing.T) {
	messages := allMessages(t)
	seen := map[string]bool{keyMoreErrors: true, keyMoreWarnings: true} // see TestProblemsAreCapped
	check := func(t *testing.T, report Report, want []string) {
		if diff := cmp.Diff(want, places(report.Problems)); diff != "" {
			t.Errorf("problems (-want +got):\n%s", diff)
		}
		checkMessages(t, messages, report.Problems)
		for _, p := range report.Problems {
			seen[p.Key] = true
		}
	}
	for _, c := range badFiles {
		t.Run(c.name, func(t *testing.T) { check(t, c.read(c.content), c.want) })
	}
	for _, c := range badValues {
		for _, value := range c.values {
			t.Run(c.column+" "+value, func(t *testing.T) {
				content := c.build("timezone", "America/Monterrey", c.column, value)
				check(t, c.read(content), []string{"2:" + c.column + " " + c.key})
			})
		}
	}
	for _, key := range keysInCode(t) {
		if !seen[key] && key != "people.no_field" { // of a form; TestParsePerson shows it
			t.Errorf("no row of this test shows %s", key)
		}
	}
}

// endless gives a beginning and then the same text again and again.
type endless struct {
	text string
	at   int
	from int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		if e.at == len(e.text) {
			e.at = e.from
		}
		p[i] = e.text[e.at]
		e.at++
	}
	return len(p), nil
}

func TestEndlessFilesEnd(t *testing.T) {
	const header = "id,capacity\n"
	for _, c := range []struct{ name, repeated, key string }{
		{"a cell", "x", "people.long_cell"},
		{"lines in a quote", "\"x\n\"\"", "people.long_cell"},
		{"a line behind a stray quote", "x\"", "people.long_cell"},
		{"cells", ",", "people.too_many_columns"},
		{"rows", "A,1\n", "people.too_many_rows"},
		{"broken rows", "\"A\"x,1\n", "people.too_many_rows"},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := &endless{text: header + c.repeated, from: len(header)}
			if strings.HasPrefix(c.repeated, "\"x") {
				src.from++ // the quote is opened once
			}
			_, report := readTable("f", src, layout[Node]{columns: nodeColumns, most: 5000})
			if last := report.Problems[len(report.Problems)-1]; last.Key != c.key && last.Key != keyMoreErrors {
				t.Errorf("ends with %v", last)
			}
		})
	}
}

func TestProblemsAreCapped(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,country,languages,sectors,needs,name\n")
	for i := range 1500 {
		fmt.Fprintf(&b, "E-%d,MX,es:native,3119,rules_of_origin:1,=x\n", i)
	}
	for i := range 1200 {
		fmt.Fprintf(&b, "F-%d,XX,es:native,3119,rules_of_origin:1,x\n", i)
	}
	people, report := ReadPeople("f", strings.NewReader(b.String()), RoleMentee)
	checkMessages(t, allMessages(t), report.Problems)
	if got, want := len(report.Problems), 2*maxListed+2; got != want {
		t.Errorf("%d problems listed, want %d", got, want)
	}
	if got := report.Problems.Errors(); got != 1200 {
		t.Errorf("%d errors, want 1200", got)
	}
	if len(people) != 1500 || report.Rows != 2700 {
		t.Errorf("%d people of %d rows, want 1500 of 2700", len(people), report.Rows)
	}
	last := report.Problems[2*maxListed:]
	if last[0].Key != keyMoreErrors || last[0].Args["Number"] != 200 || last[1].Key != keyMoreWarnings || last[1].Args["Number"] != 500 {
		t.Errorf("the list ends with %v", last)
	}
}

func TestProblemNamesBothRowsAndTheValue(t *testing.T) {
	_, report := ReadPeople("people.csv", strings.NewReader(menteeHeader+menteeRow+menteeRow), RoleMentee)
	want := Problems{{File: "people.csv", Row: 3, Column: "id", Key: "people.doubled_id", Args: map[string]any{"Value": `"E-1"`, "Row": 2}}}
	if diff := cmp.Diff(want, report.Problems); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		name string
		p    Problem
		want string
	}{
		{"file", Problem{File: "f"}, "f"},
		{"row", Problem{File: "f", Row: 3}, "f:3"},
		{"column", Problem{File: "f", Row: 3, Column: "id"}, "f:3:id"},
	} {
		if got := c.p.Place(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestShown(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"short", "México", `"México"`},
		{"40 characters", strings.Repeat("é", 40), `"` + strings.Repeat("é", 40) + `"`},
		{"41 characters", strings.Repeat("é", 41), `"` + strings.Repeat("é", 40) + `…"`},
		{"escapes", "a\x1b[31m\"\u202E\xF1", `"a\x1b[31m\"\u202e\xf1"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := shown(c.value); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

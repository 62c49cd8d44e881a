package verify

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
)

// sample builds one of the samples by name.
func sample(t testing.TB, name string) (instance, *file) {
	t.Helper()
	for _, s := range samples {
		if s.name == name {
			return s.instance, s.solve(t)
		}
	}
	t.Fatalf("no sample %q", name)
	return instance{}, nil
}

// token is a number or a string in a file, names included.
type token struct{ start, end int }

func tokens(t testing.TB, data []byte) []token {
	t.Helper()
	var out []token
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	for {
		value, err := decoder.Token()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		end := int(decoder.InputOffset())
		switch value := value.(type) {
		case json.Number:
			out = append(out, token{end - len(value), end})
		case string:
			quoted, _ := json.Marshal(value)
			out = append(out, token{end - len(quoted), end})
		}
	}
}

// changes are other values of a number or a string.
func changes(old string) []string {
	if old[0] != '"' {
		return []string{"0", "1", "-1", old + "0", old + ".0", old + "e0", "-" + old, "1" + old, `"` + old + `"`, "null", "99999999999999999999"}
	}
	inside := old[1 : len(old)-1]
	out := []string{`""`, `"x"`, `"` + inside + `0"`, `"` + inside + `\u0000"`, `"0` + inside + `"`, "0", "null"}
	if inside != "" {
		out = append(out, `"`+inside[1:]+`"`, `"`+strings.ToUpper(inside)+`"`, `"`+inside[:len(inside)-1]+`7"`, `"`+inside[:len(inside)-1]+"\xff\"")
	}
	return out
}

// TestVerifyTampered: whatever number or string of a proven round is changed,
// the file is refused by its hash alone, or as no round can hold the number.
func TestVerifyTampered(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			tamper(t, s.solve(t).bytes(t))
		})
	}
	t.Run("balanced", func(t *testing.T) { tamper(t, clinic.buildBalanced(clinic.balanced()[0]).bytes(t)) })
}

func tamper(t *testing.T, data []byte) {
	t.Helper()
	all := tokens(t, data)
	if len(all) < 50 {
		t.Fatalf("only %d numbers and strings found", len(all))
	}
	for _, token := range all {
		old := string(data[token.start:token.end])
		for _, change := range changes(old) {
			if change == old {
				continue
			}
			changed := slices.Concat(data[:token.start], []byte(change), data[token.end:])
			got, err := Round(changed)
			if err == nil && (len(got.Failures) == 0 || got.Failures[0].Check != "hash" && got.Failures[0].Check != "limits") {
				t.Fatalf("%s changed to %s at byte %d: %+v", old, change, token.start, got)
			}
		}
	}
}

// forgery changes a claim of a sample; the hashes are repaired after it.
type forgery struct {
	name, sample string
	change       func(in instance, f *file)
	check        string // that must fail, among others perhaps
}

// TestForged: with the hash repaired, each changed claim is refused by the
// check that it concerns.
func TestForged(t *testing.T) {
	for _, row := range slices.Concat(forgedPairs, forgedNumbers, forgedLists) {
		t.Run(row.name, func(t *testing.T) {
			in, f := sample(t, row.sample)
			row.change(in, f)
			got, err := Round(f.bytes(t))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(got.Failures, func(f Failure) bool { return f.Check == row.check }) {
				t.Errorf("no failure of %q, but %+v", row.check, got.Failures)
			}
			if slices.Contains(got.Checks, row.check) {
				t.Errorf("%q is among the passed checks", row.check)
			}
		})
	}
}

var forgedPairs = []forgery{
	{"pairs swapped", "match", func(in instance, f *file) { f.Pairs[0], f.Pairs[1] = f.Pairs[1], f.Pairs[0] }, "pairs"},
	{"partners exchanged", "match", func(in instance, f *file) {
		f.Pairs[0].Right, f.Pairs[1].Right = f.Pairs[1].Right, f.Pairs[0].Right
	}, "pairs"},
	{"worse plan, all restated", "match", func(in instance, f *file) { f.setPairs(in, 1<<0|1<<2|1<<5|1<<6) }, "certificate"},
	{"worse plan, dual forged too", "match", func(in instance, f *file) {
		f.setPairs(in, 1<<0|1<<2|1<<5|1<<6)
		f.Certificate.Dual = f.Certificate.Primal
	}, "certificate"},
	{"dropped pair", "assign", func(in instance, f *file) { f.Pairs = f.Pairs[1:] }, "unmatched"},
	{"dropped pair, all restated", "assign", func(in instance, f *file) { f.setPairs(in, 1<<2) }, "certificate"},
	{"extra pair", "match", func(in instance, f *file) {
		f.Pairs = append(f.Pairs, filePair{"E-4", "M-2", 40000, 1, 4, linesOf(40000)})
	}, "capacity"},
	{"extra pair, all restated", "assign", func(in instance, f *file) { f.setPairs(in, 1<<1|1<<2|1<<5|1<<6|1<<7) }, "capacity"},
	{"duplicate pair", "match", func(in instance, f *file) { f.Pairs = slices.Insert(f.Pairs, 0, f.Pairs[0]) }, "pairs"},
	{"pair not an edge", "match", func(in instance, f *file) { f.Pairs[0].Right = "M-3" }, "pairs"},
	{"pair of an unknown id", "match", func(in instance, f *file) { f.Pairs[0].Left = "E-0" }, "pairs"},
	{"pair on the wrong side", "match", func(in instance, f *file) {
		f.Pairs[0].Left, f.Pairs[0].Right = f.Pairs[0].Right, f.Pairs[0].Left
	}, "pairs"},
	{"minimum unmet, all restated", "assign-minimum", func(in instance, f *file) { f.setPairs(in, 1<<0|1<<4|1<<6) }, "minimum"},
	{"right minimum unmet, all restated", "assign-minimum", func(in instance, f *file) { f.setPairs(in, 1<<0|1<<2|1<<4|1<<6) }, "minimum"},
	{"must not kept, all restated", "match-must", func(in instance, f *file) { f.setPairs(in, 1<<0|1<<2|1<<4) }, "must"},
	{"must removed from the rules", "match-must", func(in instance, f *file) {
		in.must = nil
		f.Must = [][2]int{}
		f.setPairs(in, 1<<0|1<<3|1<<4)
	}, "certificate"},
	{"served fewer for a higher score, all restated", "assign-cover-left", func(in instance, f *file) { f.setPairs(in, 1<<0) }, "certificate"},
	{"one id loaded over its capacity", "assign-minimum", func(in instance, f *file) { f.setPairs(in, 1<<0|1<<1|1<<3|1<<4|1<<6) }, "capacity"},
}

var forgedNumbers = []forgery{
	{"pair's score raised", "match", func(in instance, f *file) { f.Pairs[0].Score++ }, "pairs"},
	{"pair's score, totals and primal raised", "assign", func(in instance, f *file) {
		f.Pairs[0].Score++
		f.Totals.Score++
		f.Certificate.Primal++
		f.Certificate.Dual++
	}, "totals"},
	{"edge score lowered under a pair", "assign", func(in instance, f *file) { f.Edges[2][2]-- }, "pairs"},
	{"edge and pair lowered, all restated", "assign", func(in instance, f *file) {
		in.edges = slices.Clone(in.edges)
		in.edges[2].score, f.Edges[2][2] = -1, -1
		f.setPairs(in, 1<<1|1<<2|1<<5|1<<6)
	}, "certificate"},
	{"score of an edge that was refused raised", "match", func(in instance, f *file) { f.Edges[8][2] = 40001 }, "certificate"},
	{"score off the scale", "match", func(in instance, f *file) { f.Edges[0][2] = 60001 }, "edges"},
	{"negative score in a match", "match", func(in instance, f *file) { f.Edges[7][2] = -1 }, "edges"},
	{"line share raised", "match", func(in instance, f *file) { f.Pairs[1].Lines[1].Share++ }, "explanation"},
	{"line weight raised", "match", func(in instance, f *file) { f.Pairs[1].Lines[1].Weight++ }, "explanation"},
	{"weight moved to another line", "match", func(in instance, f *file) {
		f.Pairs[1].Lines[0].Weight--
		f.Pairs[1].Lines[1].Weight++
	}, "explanation"},
	{"line dropped", "match", func(in instance, f *file) { f.Pairs[1].Lines = f.Pairs[1].Lines[:2] }, "explanation"},
	{"no lines", "match", func(in instance, f *file) { f.Pairs[1].Lines = []fileLine{} }, "explanation"},
	{"lines in an assign round", "assign", func(in instance, f *file) { f.Pairs[0].Lines = linesOf(5) }, "explanation"},
	{"price raised", "match", func(in instance, f *file) { f.Right[0].Price += 10_000 }, "certificate"},
	{"price lowered", "match", func(in instance, f *file) { f.Right[0].Price-- }, "certificate"},
	{"negative price of a place nobody must take", "assign", func(in instance, f *file) { f.Right[2].Price = -5 }, "certificate"},
	{"capacity under load", "match", func(in instance, f *file) { f.Right[0].Capacity = 1 }, "capacity"},
	{"left capacity under load", "match", func(in instance, f *file) { f.Left[2].Capacity = 1 }, "capacity"},
	{"capacity raised where places are short", "match", func(in instance, f *file) { f.Right[0].Capacity++ }, "certificate"},
	{"minimum above load", "match", func(in instance, f *file) { f.Left[3].Minimum = 1 }, "minimum"},
	{"left rank", "match", func(in instance, f *file) { f.Pairs[0].LeftRank-- }, "rank"},
	{"right rank", "match", func(in instance, f *file) { f.Pairs[0].RightRank++ }, "rank"},
	{"total of pairs", "match", func(in instance, f *file) { f.Totals.Pairs++ }, "totals"},
	{"total of left", "match", func(in instance, f *file) { f.Totals.Left++ }, "totals"},
	{"total of right", "match", func(in instance, f *file) { f.Totals.Right-- }, "totals"},
	{"total score", "match", func(in instance, f *file) { f.Totals.Score++ }, "totals"},
	{"method without a check", "match", func(in instance, f *file) { f.Method = "trust me" }, "method"},
	{"certificate of another kind", "match", func(in instance, f *file) { f.Certificate.Kind = "trust me" }, "method"},
	{"primal", "match", func(in instance, f *file) { f.Certificate.Primal++ }, "certificate"},
	{"dual", "match", func(in instance, f *file) { f.Certificate.Dual-- }, "certificate"},
	{"bonus without cover", "match", func(in instance, f *file) { f.Certificate.Bonus = 1 }, "cover"},
	{"bonus too small", "assign-cover-left", func(in instance, f *file) { f.Certificate.Bonus = 5 }, "cover"},
	{"bonus raised, primal too", "assign-cover-left", func(in instance, f *file) {
		f.Certificate.Bonus++
		f.Certificate.Primal += 2
	}, "certificate"},
	{"seed", "assign-costs", func(in instance, f *file) { f.Kind, f.Seed = "match", 5 }, "header"},
}

var forgedLists = []forgery{
	{"hidden unmatched", "match", func(in instance, f *file) { f.Unmatched = f.Unmatched[1:] }, "unmatched"},
	{"all unmatched hidden", "match", func(in instance, f *file) { f.Unmatched = []fileUnmatched{} }, "unmatched"},
	{"id hidden altogether", "match", func(in instance, f *file) {
		f.Left = slices.Delete(f.Left, 4, 5)
		f.Unmatched = slices.Delete(f.Unmatched, 1, 2)
	}, "edges"},
	{"matched listed as unmatched", "match", func(in instance, f *file) {
		f.Unmatched = slices.Insert(f.Unmatched, 0, fileUnmatched{"left", "E-1", "full", "", "", 0})
	}, "unmatched"},
	{"unmatched of an unknown id", "match", func(in instance, f *file) { f.Unmatched[0].ID = "E-40" }, "unmatched"},
	{"unmatched twice", "match", func(in instance, f *file) { f.Unmatched = slices.Insert(f.Unmatched, 0, f.Unmatched[0]) }, "unmatched"},
	{"unmatched out of order", "match", func(in instance, f *file) {
		f.Unmatched[0], f.Unmatched[1] = f.Unmatched[1], f.Unmatched[0]
	}, "unmatched"},
	{"right before left", "match", func(in instance, f *file) { slices.Reverse(f.Unmatched) }, "unmatched"},
	{"side of an unmatched", "match", func(in instance, f *file) { f.Unmatched[0].Side = "right" }, "unmatched"},
	{"wrong reason", "match", func(in instance, f *file) { f.Unmatched[0].Reason = "no_gain" }, "unmatched"},
	{"full with places", "match", func(in instance, f *file) { f.Unmatched[1].Reason = "full" }, "unmatched"},
	{"right reason on the left", "match", func(in instance, f *file) { f.Unmatched[0].Reason = "not_chosen" }, "unmatched"},
	{"no gain called places", "assign", func(in instance, f *file) { f.Unmatched[0].Reason = "places" }, "unmatched"},
	{"other nearest", "match", func(in instance, f *file) { f.Unmatched[0].Nearest = "M-1" }, "unmatched"},
	{"points", "match", func(in instance, f *file) { f.Unmatched[0].Points++ }, "unmatched"},
	{"rule of one who had candidates", "match", func(in instance, f *file) { f.Unmatched[0].Rule = "language" }, "unmatched"},
	{"ids out of order", "match", func(in instance, f *file) { f.Right[0].ID, f.Right[1].ID = "M-2", "M-1" }, "ids"},
	{"id twice", "match", func(in instance, f *file) { f.Right[1].ID = "M-1" }, "ids"},
	{"edges out of order", "match", func(in instance, f *file) { f.Edges[0], f.Edges[1] = f.Edges[1], f.Edges[0] }, "edges"},
	{"edge twice", "match", func(in instance, f *file) { f.Edges = slices.Insert(f.Edges, 0, f.Edges[0]) }, "edges"},
	{"edge to nobody", "match", func(in instance, f *file) { f.Edges[9][1] = 4 }, "edges"},
	{"edge from nobody", "match", func(in instance, f *file) { f.Edges[9][0] = 6 }, "edges"},
	{"better edge hidden", "assign", func(in instance, f *file) { f.Edges = slices.Delete(f.Edges, 2, 3) }, "pairs"},
	{"must that is no edge", "match-must", func(in instance, f *file) { f.Must[0] = [2]int{2, 1} }, "must"},
	{"must of nobody", "match-must", func(in instance, f *file) { f.Must[0] = [2]int{3, 0} }, "must"},
	{"must twice", "match-must", func(in instance, f *file) { f.Must = append(f.Must, f.Must[0]) }, "must"},
	{"must that is not a pair", "match-must", func(in instance, f *file) { f.Must = [][2]int{{0, 1}, {1, 1}} }, "must"},
	{"start of an assign round", "assign", func(in instance, f *file) { f.Start = "2027-01-04" }, "header"},
	{"settings of an assign round", "assign", func(in instance, f *file) { f.Settings = json.RawMessage(`{"a":1}`) }, "header"},
	{"no start", "match", func(in instance, f *file) { f.Start = "" }, "header"},
	{"no such day", "match", func(in instance, f *file) { f.Start = "2027-02-29" }, "header"},
	{"costs in a match", "match", func(in instance, f *file) { f.Sense = "min" }, "header"},
	{"kind", "assign", func(in instance, f *file) { f.Kind = "match" }, "explanation"},
	{"cover claimed", "match", func(in instance, f *file) { f.Cover = "left" }, "cover"},
	{"cover denied", "assign-cover-left", func(in instance, f *file) { f.Cover = "none" }, "cover"},
	{"sense turned", "assign", func(in instance, f *file) { f.Sense = "min" }, "certificate"},
}

// TestSettingsForged: settings changed with the file's hash repaired but not
// their own.
func TestSettingsForged(t *testing.T) {
	_, f := sample(t, "match")
	data := f.bytes(t)
	changed := repair(bytes.Replace(data, []byte(`"needs":340`), []byte(`"needs":341`), 1))
	got, err := Round(changed)
	if err != nil || len(got.Failures) != 1 || got.Failures[0].Check != "settings_hash" {
		t.Errorf("%v, %+v", err, got.Failures)
	}
	if !bytes.Contains([]byte(got.Failures[0].Detail), data[bytes.Index(data, []byte(`settings_hash":"`))+16:][:64]) {
		t.Errorf("the stated hash is not in %q", got.Failures[0].Detail)
	}
}

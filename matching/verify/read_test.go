package verify

import (
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestUnreadable: files that are not rounds, or not written as the format
// demands, are errors that name the line and the member.
func TestUnreadable(t *testing.T) {
	_, f := sample(t, "match")
	good := string(f.bytes(t))
	replace := func(old, changed string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("no %q in the sample", old)
		}
		return strings.Replace(good, old, changed, 1)
	}
	rows := []struct{ name, data, message string }{
		{"empty", "", "'{' expected, the end of the file found"},
		{"white space", " \n", "line 2"},
		{"not JSON", "id,capacity\n", `'{' expected, "id" found`},
		{"a list", "[]", `'{' expected`},
		{"byte order mark", "\uFEFF" + good, `'{' expected`},
		{"empty object", "{}", `member "format" is missing`},
		{"other format", replace("puente.round/1", "puente.round/2"), `"puente.round/2" is not one of ["puente.round/1"]`},
		{"other kind", replace(`"kind":"match"`, `"kind":"Match"`), `in "kind"`},
		{"other cover", replace(`"cover":"none"`, `"cover":""`), `in "cover"`},
		{"other side", replace(`"side":"left"`, `"side":"centre"`), `in "unmatched"`},
		{"other reason", replace(`"reason":"places"`, `"reason":"luck"`), `in "unmatched"`},
		{"cut", good[:len(good)/2], "line 3"},
		{"cut before the end", good[:len(good)-2], "'}' expected, the end of the file found"},
		{"something after", good + "{}", "nothing may follow the round"},
		{"zero byte after", good + "\x00", "nothing may follow the round"},
		{"member twice", replace(`"seed":7`, `"seed":7,"seed":7`), `member "seed" appears twice`},
		{"member twice, escaped", replace(`"seed":7`, `"seed":7,"s\u0065ed":7`), `member "seed" appears twice`},
		{"member of a list element twice", replace(`"capacity":1`, `"capacity":1,"capacity":1`), `in "left": member "capacity" appears twice`},
		{"unknown member", replace(`"seed":7`, `"seed":7,"time":1`), `unknown member "time"`},
		{"member in capitals", replace(`"seed":7`, `"Seed":7`), `unknown member "Seed"`},
		{"unknown member of a pair", replace(`"left_rank":2`, `"left_rank":2,"note":""`), `in "pairs": unknown member "note"`},
		{"member missing", replace(`"seed":7,`, ``), `member "seed" is missing`},
		{"member of a line missing", replace(`,"evidence":"stated"`, ``), `in "pairs": member "evidence" is missing`},
		{"price on the left", replace(`"minimum":0}`, `"minimum":0,"price":0}`), `in "left": unknown member "price"`},
		{"fraction", replace("48000", "48000.0"), `a whole number expected, "48000.0" found`},
		{"exponent", replace("48000", "48e3"), "a whole number expected"},
		{"number as a string", replace("48000", `"48000"`), "a whole number expected"},
		{"leading zero", replace("48000", "048000"), "not written as a whole number"},
		{"plus", replace("48000", "+48000"), "a whole number expected"},
		{"minus zero", replace(`"minimum":0`, `"minimum":-0`), "not written as a whole number"},
		{"bare minus", replace(`"minimum":0`, `"minimum":-`), "a whole number expected"},
		{"null", replace(`"seed":7`, `"seed":null`), "a whole number expected"},
		{"negative seed", replace(`"seed":7`, `"seed":-7`), "outside 0.."},
		{"points beyond 63 bits", replace(`"points":0`, `"points":9223372036854775808`), "outside 0..9223372036854775807"},
		{"negative beyond 63 bits", replace("48000", "-18446744073709503616"), "outside -1000000000.."},
		{"beyond 64 bits", replace(`"seed":7`, `"seed":18446744073709551616`), "outside 0..18446744073709551615"},
		{"far beyond 64 bits", replace(`"seed":7`, `"seed":7`+strings.Repeat("0", 300)), "outside 0.."},
		{"capacity", replace(`"capacity":1,`, `"capacity":1000001,`), "outside 0..1000000"},
		{"negative capacity", replace(`"capacity":1,`, `"capacity":-1,`), "outside 0..1000000"},
		{"minimum", replace(`"minimum":0`, `"minimum":1000001`), "outside 0..1000000"},
		{"score", replace("48000", "1000000001"), `in "edges": "1000000001" is outside -1000000000..1000000000`},
		{"price", replace(`"price":43200`, `"price":2305843009213693953`), "outside"},
		{"bonus", replace(`"bonus":0`, `"bonus":-1`), "outside 0.."},
		{"weight", replace(`"weight":800`, `"weight":1001`), "outside 0..1000"},
		{"share", replace(`"share":60`, `"share":61`), "outside 0..60"},
		{"rank zero", replace(`"left_rank":2`, `"left_rank":0`), "outside 1.."},
		{"negative position", replace("[0,0,", "[-1,0,"), "outside 0.."},
		{"two numbers in an edge", replace("[0,0,51200]", "[0,0]"), "',' expected"},
		{"four numbers in an edge", replace("[0,0,51200]", "[0,0,51200,1]"), "']' expected"},
		{"comma after the last", replace("[5,1,59999]]", "[5,1,59999],]"), `'[' expected`},
		{"no comma", replace("[0,0,51200],", "[0,0,51200]"), "',' or ']' expected"},
		{"no colon", replace(`"seed":7`, `"seed" 7`), "':' expected"},
		{"empty id", replace(`"id":"E-1"`, `"id":""`), "an empty string"},
		{"hash in capitals", replace(`"settings_hash":"1`, `"settings_hash":"A`), "64 lowercase hexadecimal digits"},
		{"hash too short", replace(`"settings_hash":"1`, `"settings_hash":"`), "64 lowercase hexadecimal digits"},
		{"hash too long", replace(`"settings_hash":"`, `"settings_hash":"0`), "64 lowercase hexadecimal digits"},
		{"hash cut", good[:strings.LastIndex(good, `"hash"`)+30], "64 lowercase hexadecimal digits"},
		{"string cut", good[:strings.Index(good, "E-1")+1], "a string without an end"},
		{"string cut in an escape", strings.SplitAfter(good, `"id":"`)[0] + `E\`, "a string without an end"},
		{"not UTF-8", replace("E-1", "E-\xff"), "not valid UTF-8"},
		{"control character", replace("E-1", "E-\n"), "control character"},
		{"unknown escape", replace("E-1", `E-\q`), "escape"},
		{"short escape", replace("E-1", `E-\u12`), "escape"},
		{"escape with a letter", replace("E-1", `E-\u12G4`), "escape"},
		{"half a surrogate pair", replace("E-1", `E-\ud83d`), "escape"},
		{"surrogate pair turned", replace("E-1", `E-\ude00\ud83d`), "escape"},
		{"settings not an object", replace(`"settings":{"weights":{"needs":340,"sector":660},"cover":"none"}`, `"settings":[]`), `in "settings": '{' expected`},
		{"fraction in the settings", replace(`"needs":340`, `"needs":340.5`), "a whole number expected"},
		{"name twice in the settings", replace(`"needs":340`, `"needs":340,"needs":340`), `member "needs" appears twice`},
		{"word in the settings", replace(`"needs":340`, `"needs":nil`), "a value expected"},
		{"deep settings", replace(`"needs":340`, `"needs":`+strings.Repeat("[", 100_000)), "nested more than 32 deep"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got, err := Round([]byte(row.data))
			if strings.Contains(row.message, "outside") {
				err = onlyLimits(t, got, err)
			}
			if err == nil {
				t.Fatalf("read: %+v", got)
			}
			if !strings.Contains(err.Error(), row.message) {
				t.Errorf("%v\ndoes not say: %s", err, row.message)
			}
		})
	}
}

// TestReadable: what the format leaves free does not matter: white space, the
// order of members, escapes. Only the hashes follow the bytes.
func TestReadable(t *testing.T) {
	_, f := sample(t, "match")
	good := f.bytes(t)
	var tree map[string]any
	decoder := json.NewDecoder(bytes.NewReader(good))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	indented, err := json.MarshalIndent(tree, "\r\n", "\t ") // members by name
	if err != nil {
		t.Fatal(err)
	}
	settings, _ := json.Marshal(tree["settings"])
	indented = bytes.Replace(indented, []byte(f.SettingsHash), []byte(settingsHash(t, settings)), 1)
	escaped := bytes.ReplaceAll(good, []byte(`"E-1"`), []byte(`"\u0045\u002d1"`))
	wild := strings.Replace(string(good), `"needs":340`, `"needs":[340,-1,true,false,null,"\\\" \ud83d\ude00é",{},[]]`, 1)
	wild = strings.Replace(wild, f.SettingsHash, settingsHash(t, []byte(wild[strings.Index(wild, `"settings":`)+11:strings.Index(wild, ",\n\"settings_hash")])), 1)
	for name, data := range map[string][]byte{"other order, indented": indented, "escapes": escaped, "any settings": []byte(wild), "white space after": append(good, " \n\t\r\n"...)} {
		t.Run(name, func(t *testing.T) { mustHold(t, repair(data)) })
	}
}

// TestFailuresAreLimited: a round with very many false claims lists some of
// each check, says how many it left out, and still goes through all checks.
func TestFailuresAreLimited(t *testing.T) {
	_, f := sample(t, "match")
	for range 50 {
		f.Unmatched = append(f.Unmatched, f.Unmatched[0])
	}
	f.Totals.Pairs++
	data := f.bytes(t)
	data[bytes.LastIndex(data, []byte(`":"`))+3] ^= 1 // a hexadecimal digit either way
	got, err := Round(data)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, failure := range got.Failures {
		counts[failure.Check]++
	}
	if got.Failures[0].Check != "hash" || counts["hash"] != 1 || counts["unmatched"] != shown+1 || counts["totals"] != 1 {
		t.Errorf("%v", counts)
	}
	if last := got.Failures[shown+1]; last.Detail != "40 more like these are not listed" {
		t.Errorf("%+v", last)
	}
}

// TestFailureWords: a failure says where it is and gives the numbers.
func TestFailureWords(t *testing.T) {
	_, f := sample(t, "match")
	f.Pairs[0].Score++
	f.Pairs[1].LeftRank = 9
	f.Left[2].Capacity = 1
	f.Must = [][2]int{{0, 0}, {9, 1}}
	f.Unmatched[0].Points = 3
	f.Totals.Score = 5
	f.Certificate.Bonus = 4
	got, err := Round(f.bytes(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []Failure{
		{"pairs", `pairs[0] "E-1" "M-2"`, "states the score 48001, its edge has 48000"},
		{"must", `must[0] "E-1" "M-1"`, "is not among the pairs"},
		{"must", `must[1] "M-2"`, "position 9 in left, which has 6 ids"},
		{"capacity", `left[2] "E-3"`, "has 2 pairs and a capacity of 1"},
		{"rank", `pairs[1] "E-2" "M-1"`, "states left_rank 9, the edges give 1"},
		{"explanation", `pairs[0] "E-1" "M-2"`, "its lines add up to 48000, its score is 48001"},
		{"unmatched", `unmatched[0] "E-4"`, `states reason "places", rule "", nearest "M-2", points 3, the file gives reason "places", rule "", nearest "M-2", points 0`},
		{"totals", "totals.score", "states 5, the pairs give 189200"},
		{"cover", "certificate.bonus", "is 4 in a round without a cover rule"},
	}
	for i, failure := range want {
		if i >= len(got.Failures) || got.Failures[i] != failure {
			t.Fatalf("%d: want %q\ngot %q", i, failure, got.Failures)
		}
	}
}

// TestHarmlessOnATerminal: what a file holds is quoted in messages.
func TestHarmlessOnATerminal(t *testing.T) {
	_, f := sample(t, "match")
	f.Pairs[0].Left = "\x1b[2J"
	f.Unmatched[0].Rule = "\x1b[2J"
	got, err := Round(f.bytes(t))
	if err != nil || len(got.Failures) == 0 {
		t.Fatal(err, got)
	}
	for _, failure := range got.Failures {
		if strings.Contains(failure.Where+failure.Detail, "\x1b") {
			t.Errorf("%q", failure)
		}
	}
}

// TestWide compares 128-bit sums and products with math/big.
func TestWide(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	edges := []int64{0, 1, -1, math.MaxInt64, math.MinInt64, 1 << 62, -1 << 62}
	number := func() int64 {
		if r.IntN(2) == 0 {
			return edges[r.IntN(len(edges))]
		}
		return r.Int64() >> r.IntN(63) * int64(1-2*r.IntN(2))
	}
	for range 2000 {
		a, b, c := number(), number(), number()
		product := new(big.Int).Mul(big.NewInt(a), big.NewInt(b/4))
		sum := new(big.Int).Sub(new(big.Int).Add(product, big.NewInt(c)), big.NewInt(a))
		got := times(a, b/4).add(c).minus(widen(a))
		if got.String() != sum.String() {
			t.Fatalf("%d * %d + %d - %d = %s, not %s", a, b/4, c, a, got, sum)
		}
		if got.less(widen(c)) != (sum.Cmp(big.NewInt(c)) < 0) {
			t.Fatalf("%s < %d", got, c)
		}
		want := sum.Int64()
		if !sum.IsInt64() {
			want = map[int]int64{1: math.MaxInt64, -1: math.MinInt64}[sum.Sign()]
		}
		if got.clamp() != want {
			t.Fatalf("clamp of %s: %d", got, got.clamp())
		}
	}
}

// onlyLimits wants a round that a number outside the limits refutes, and
// returns what the failure says.
func onlyLimits(t *testing.T, got Result, err error) error {
	t.Helper()
	if err != nil || len(got.Failures) != 1 || got.Failures[0].Check != "limits" || len(got.Checks) > 0 {
		t.Fatalf("a number outside the limits must refute the round: %+v, %v", got, err)
	}
	return &limit{got.Failures[0].Where, got.Failures[0].Detail}
}

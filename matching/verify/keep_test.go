package verify

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// againNames are samples that the tests of package jobs write: rounds that keep
// pairs of an earlier one, and rounds that a limit of time ended.
var againNames = []string{"keep", "keep-points", "keep-cover", "keep-costs", "keep-open", "bound", "bound-cover"}

func againSample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// claims is what a file says of what it keeps and how good it is.
type claims struct {
	Sense string `json:"sense"`
	Cover string `json:"cover"`
	Left  []struct {
		Capacity, Minimum int
	} `json:"left"`
	Right []struct {
		Capacity, Minimum int
	} `json:"right"`
	Edges [][3]int `json:"edges"`
	Must  [][2]int `json:"must"`
	Keep  struct {
		Points, Kept int
		Proven       bool
		Pairs        [][2]int
	} `json:"keep"`
	Totals struct{ Left, Right, Score int } `json:"totals"`
}

// hold tries every plan: none serves more than may be left open, none that
// serves as many is better by more than the gap, and none counts more with what
// is kept.
func (f *claims) hold(t *testing.T, r Result) bool {
	t.Helper()
	in := instance{sense: f.Sense, cover: f.Cover}
	for _, n := range f.Left {
		in.left = append(in.left, tnode{capacity: n.Capacity, lo: n.Minimum})
	}
	for _, n := range f.Right {
		in.right = append(in.right, tnode{capacity: n.Capacity, lo: n.Minimum})
	}
	kept := make([]bool, len(f.Edges))
	for e, x := range f.Edges {
		in.edges = append(in.edges, tedge{x[0], x[1], x[2]})
		kept[e] = slices.Contains(f.Keep.Pairs, [2]int{x[0], x[1]})
		if slices.Contains(f.Must, [2]int{x[0], x[1]}) {
			in.must = append(in.must, e)
		}
	}
	served := 0
	if in.covers("left") {
		served += f.Totals.Left
	}
	if in.covers("right") {
		served += f.Totals.Right
	}
	for _, p := range in.plans() {
		score, serves := in.worth(p)
		n := 0
		for e := range kept {
			if kept[e] && p.has(e) {
				n++
			}
		}
		more := score - in.sign()*f.Totals.Score
		if serves > served+r.More || serves == served && more > int(r.Gap) {
			return false
		}
		if !f.Keep.Proven {
			continue
		}
		if counts := more + f.Keep.Points*(n-f.Keep.Kept); serves == served && (counts > 0 || f.Keep.Points == 0 && more == 0 && n > f.Keep.Kept) {
			return false
		}
	}
	return true
}

// TestAgainSamples: the samples are proven, and what they claim holds of every
// plan. Whatever number is changed by one, with the hash repaired: what is still
// proven is still true.
func TestAgainSamples(t *testing.T) {
	for _, name := range againNames {
		t.Run(name, func(t *testing.T) {
			data := againSample(t, name)
			check := func(data []byte) (proven, holds bool) {
				r, err := Round(data)
				if err != nil || len(r.Failures) > 0 {
					return false, false
				}
				var f claims
				if err := json.Unmarshal(data, &f); err != nil {
					t.Fatal(err)
				}
				return true, f.hold(t, r)
			}
			if proven, holds := check(data); !proven || !holds {
				t.Fatalf("proven %t, true %t", proven, holds)
			}
			refuted := 0
			for _, at := range tokens(t, data) {
				n, err := strconv.Atoi(string(data[at.start:at.end]))
				if err != nil {
					continue
				}
				for _, by := range []int{-1, 1} {
					changed := repair(slices.Concat(data[:at.start], []byte(strconv.Itoa(n+by)), data[at.end:]))
					if proven, holds := check(changed); !proven {
						refuted++
					} else if !holds {
						t.Errorf("byte %d changed to %d is proven and not true", at.start, n+by)
					}
				}
			}
			if refuted < 50 {
				t.Errorf("only %d changes were refuted", refuted)
			}
			tamper(t, data)
		})
	}
}

// TestForgedAgain: with the hash repaired, each changed claim is refused by the
// check that it concerns.
func TestForgedAgain(t *testing.T) {
	for _, row := range []struct{ name, sample, old, new, check string }{
		{"more kept than there are", "keep", `"kept":1`, `"kept":2`, "keep"},
		{"fewer earlier pairs", "keep-points", `,[4,2]]`, `]`, "keep"},
		{"an earlier pair that is no edge", "keep", `[[0,4],`, `[[0,3],`, "keep"},
		{"earlier pairs out of order", "keep", `[[0,4],[1,5],`, `[[1,5],[0,4],`, "keep"},
		{"an earlier pair of nobody", "keep", `,[4,2]]`, `,[99,2]]`, "keep"},
		{"another worth of kept pairs", "keep-points", `"points":3`, `"points":2`, "keep"},
		{"no points", "keep-points", `"points":3`, `"points":0`, "keep"},
		{"points where there were none", "keep", `"points":0`, `"points":4`, "keep"},
		{"a price of what is kept", "keep-points", `"price":6,"keep":0`, `"price":6,"keep":-9`, "keep"},
		{"prices of nothing kept", "keep", `"keep": {`, `"keep": 0, "kept": {`, ""},
		{"proven without prices", "keep-open", `"proven":false`, `"proven":true`, "keep"},
		{"open with prices", "keep", `"proven":true`, `"proven":false`, "keep"},
		{"a smaller gap", "bound", `"gap": `, `"gap": 1`, "certificate"},
		{"a gap that is said to be none", "bound", `"kind": "bound"`, `"kind": "prices"`, "method"},
		{"another reason", "bound", `"reason":"not_chosen"`, `"reason":"gap"`, "unmatched"},
		{"kept by another method", "keep", `"method": "optimal"`, `"method": "lottery"`, "method"},
	} {
		t.Run(row.name, func(t *testing.T) {
			data := againSample(t, row.sample)
			if !bytes.Contains(data, []byte(row.old)) {
				t.Fatalf("no %s in\n%s", row.old, data)
			}
			got, err := Round(repair(bytes.Replace(data, []byte(row.old), []byte(row.new), 1)))
			if row.check == "" {
				if err == nil {
					t.Errorf("read: %+v", got)
				}
				return
			}
			if err != nil || !slices.ContainsFunc(got.Failures, func(f Failure) bool { return f.Check == row.check }) {
				t.Errorf("no failure of %q, but %v %+v", row.check, err, got.Failures)
			}
		})
	}
	// Prices of what is kept have no place in a round that keeps nothing.
	data := againSample(t, "keep")
	text := string(data)
	from := strings.Index(text, ` "keep": {`)
	text = text[:from] + text[from+strings.IndexByte(text[from:], '\n')+1:]
	if got, err := Round(repair([]byte(text))); err != nil || len(got.Failures) == 0 || got.Failures[0].Check != "keep" {
		t.Errorf("%v %+v", err, got.Failures)
	}
}

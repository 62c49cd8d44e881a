package verify

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// FuzzVerify: no input makes the checker panic, whatever it proves is JSON by
// the standard library too, and proven and refuted are told apart.
func FuzzVerify(f *testing.F) {
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		f.Fatal("no samples", err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, false)
		f.Add(bytes.Replace(data, []byte(`"minimum":0`), []byte(`"minimum":1`), 1), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, repaired bool) {
		if repaired {
			data = repair(data)
		}
		got, err := Round(data)
		if err != nil {
			return
		}
		if !json.Valid(data) {
			t.Errorf("read, and not JSON: %q", data)
		}
		if (len(got.Failures) == 0) != complete(got) {
			t.Errorf("%d failures and %d of %d checks passed", len(got.Failures), len(got.Checks), len(checks))
		}
	})
}

// complete tells whether every check passed that can concern the round.
func complete(got Result) bool {
	for _, check := range checks {
		optional := check.key == "lists" || check.key == "rules" || check.key == "keep" && got.Kept == nil || check.key == "minimum" && got.Method == "stable" || (check.key == "plans" || check.key == "draw") && got.Method != "lottery"
		if !optional && !slices.Contains(got.Checks, check.key) {
			return false
		}
	}
	return true
}

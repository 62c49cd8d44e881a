package verify

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// FuzzVerify: no input makes the checker panic, whatever it proves is JSON by
// the standard library too, proven and refuted are told apart, and no small round
// is accepted, of any kind of certificate, that the oracle finds wrong. An odd
// seed repairs the hash of the bytes as they are; an even one but 0 changes one
// thing of a file that can be read, as [TestVerifyRefutes] does.
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
		f.Add(data, uint64(0))
		f.Add(bytes.Replace(data, []byte(`"minimum":0`), []byte(`"minimum":1`), 1), uint64(1))
	}
	r := rand.New(rand.NewPCG(95, 0))
	for _, kind := range kinds {
		for range 3 {
			s := kind.draw(f, r)
			f.Add(s.data, 2*r.Uint64()+2)
			if data := s.restate(r); data != nil {
				f.Add(data, uint64(1))
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		switch {
		case seed%2 == 1:
			data = repair(data)
		case seed > 0:
			if _, err := Round(data); err != nil {
				return
			}
			data = scramble(t, rand.New(rand.NewPCG(seed, 0)), data)
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
		if len(got.Failures) == 0 && small(data) && !truth(t, data) {
			t.Errorf("accepted, and not true: %s", data)
		}
	})
}

// small tells whether the oracle can try every plan of a round that was accepted,
// with numbers of 64 bits.
func small(data []byte) bool {
	const most = 1 << 40
	f := new(file)
	if json.Unmarshal(data, f) != nil || len(f.Edges) > 10 || len(f.Left) > 6 || len(f.Right) > 6 || len(f.Rules) > 3 ||
		max(f.Certificate.Bonus, f.Certificate.Dual, -f.Certificate.Dual) > most {
		return false
	}
	l := new(lots) // of other rounds its own members are empty
	if json.Unmarshal(data, l) != nil || len(l.Plans) > 4 || len(l.Plans) > 0 && len(f.Edges) > 7 {
		return false
	}
	if f.Keep != nil { // points and kept pairs are counted in one number
		const most = 1 << 20
		return max(f.Certificate.Bonus, f.Certificate.Dual, -f.Certificate.Dual, f.Keep.Points) < most && !slices.ContainsFunc(f.Right, func(n fileRight) bool {
			return max(n.Price, -n.Price) > most || n.Keep != nil && max(*n.Keep, -*n.Keep) > most
		}) && !slices.ContainsFunc(f.Edges, func(x [3]int) bool { return max(x[2], -x[2]) > most })
	}
	return !slices.ContainsFunc(f.Right, func(n fileRight) bool { return max(n.Price, -n.Price) > most })
}

// complete tells whether every check passed that can concern the round.
func complete(got Result) bool {
	for _, check := range checks {
		optional := check.key == "scores" || check.key == "outside" || check.key == "lists" || check.key == "rules" || check.key == "keep" && got.Kept == nil || check.key == "minimum" && got.Method == "stable" || (check.key == "plans" || check.key == "draw") && got.Method != "lottery"
		failed := slices.ContainsFunc(got.Failures, func(f Failure) bool { return f.Check == check.key })
		if (!optional || failed) && !slices.Contains(got.Checks, check.key) {
			return false
		}
	}
	return true
}

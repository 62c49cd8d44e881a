package verify

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestMessages: every check has a sentence for failing and one for passing, in
// each language, and there are no others.
func TestMessages(t *testing.T) {
	want := []string{"verify.limits"} // which only fails
	for _, check := range checks {
		want = append(want, "verify."+check.key, "verify.ok."+check.key)
	}
	slices.Sort(want)
	for _, lang := range []string{"en", "es", "fr"} {
		data, err := os.ReadFile("../../web/messages/verify." + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		messages := map[string]string{}
		if err := json.Unmarshal(data, &messages); err != nil {
			t.Fatal(err)
		}
		if got := slices.Sorted(maps.Keys(messages)); !slices.Equal(got, want) {
			t.Errorf("%s has the keys %q, the checks are %q", lang, got, want)
		}
		for key, text := range messages {
			if !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %s is not a sentence: %q", lang, key, text)
			}
		}
	}
}

// TestPage: docs/verify.md names every check.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/verify.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range checks {
		if !strings.Contains(string(page), "`"+check.key+"`") {
			t.Errorf("docs/verify.md does not name the check %q", check.key)
		}
	}
}

// TestPageProgram: the Python programs printed in docs/verify.md prove the
// samples and refuse a worse plan. They run where there is a Python.
func TestPageProgram(t *testing.T) {
	page, err := os.ReadFile("../../docs/verify.md")
	if err != nil {
		t.Fatal(err)
	}
	var programs []string // of stable rounds, of balanced ones, of optimal ones, of lotteries, against people
	for rest, more := string(page), true; more; {
		if _, rest, more = strings.Cut(rest, "```python\n"); more {
			program, _, _ := strings.Cut(rest, "```")
			programs = append(programs, program)
		}
	}
	if len(programs) != 5 || slices.ContainsFunc(programs, func(p string) bool { return strings.Count(p, "\n") < 25 }) {
		t.Fatalf("docs/verify.md prints %d programs", len(programs))
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		return
	}
	run := func(program, round string) (string, error) {
		out, err := exec.Command(python, "-c", program, round).CombinedOutput()
		return string(out), err
	}
	for _, s := range samples {
		if out, err := run(programs[2], filepath.Join("testdata", s.name+".json")); err != nil || out != "proven\n" {
			t.Errorf("%s: %v\n%s", s.name, err, out)
		}
	}
	if out, err := run(programs[2], filepath.Join("testdata", "groups.json")); err != nil || !strings.HasPrefix(out, "proven") {
		t.Errorf("groups: %v\n%s", err, out)
	}
	if out, err := run(programs[0], filepath.Join("testdata", "stable.json")); err != nil || out != "stable\n" {
		t.Errorf("stable: %v\n%s", err, out)
	}
	if out, err := run(programs[1], filepath.Join("testdata", "balanced.json")); err != nil || out != "balanced\n" {
		t.Errorf("balanced: %v\n%s", err, out)
	}
	if out, err := run(programs[3], filepath.Join("testdata", "lottery.json")); err != nil || out != "replayed\n" {
		t.Errorf("lottery: %v\n%s", err, out)
	}
	worst := raffle
	worst.plans = []plan{1<<0 | 1<<5 | 1<<7, 1<<1 | 1<<2 | 1<<7}
	in, f := sample(t, "match")
	f.setPairs(in, 1<<0|1<<2|1<<5|1<<6)
	worse := filepath.Join(t.TempDir(), "round.json")
	for program, data := range map[string][]byte{
		programs[0]: shop.build(1<<0 | 1<<3 | 1<<4 | 1<<9).bytes(t), programs[1]: clinic.buildBalanced(1<<0 | 1<<3 | 1<<7).bytes(t),
		programs[2]: f.bytes(t), programs[3]: worst.build().bytes(t),
	} {
		if err := os.WriteFile(worse, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := run(program, worse); err == nil || !strings.Contains(out, "AssertionError") {
			t.Errorf("a worse plan: %v\n%s", err, out)
		}
	}
}

func TestIsDate(t *testing.T) {
	rows := map[string]bool{
		"2027-01-04": true, "2028-02-29": true, "2000-02-29": true, "2027-12-31": true,
		"2027-02-29": false, "1900-02-29": false, "2027-04-31": false, "2027-13-01": false, "2027-00-01": false, "2027-01-00": false,
		"0000-01-01": false, "": false, "2027-1-4": false, "2027/01/04": false, "2027-01/04": false, "2027/01-04": false, "20a7-01-04": false, "2027-01-4x": false, "2027-01-04T": false,
	}
	for s, want := range rows {
		if isDate(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}

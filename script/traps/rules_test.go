package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

// TestRules runs all rules over the packages of testdata, whose comments say
// what must be reported, and by which rule: there and nowhere else. They are
// compiled against the libraries of go.mod. Each rule has a package of its own
// name, and must find something in it.
func TestRules(t *testing.T) {
	packages := []string{"./testdata/allow"}
	for _, r := range rules {
		packages = append(packages, "./testdata/"+r.name)
	}
	found := map[string]bool{}
	for _, r := range analysistest.Run(t, ".", newAnalyzer(rules), packages...) {
		for _, d := range r.Diagnostics {
			if d.Category == filepath.Base(r.Action.Package.PkgPath) {
				found[d.Category] = true
			}
		}
	}
	listed, err := os.ReadFile("../../docs/traps.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		if row := "| [" + r.name + "](../script/traps/" + r.name + ".go) | " + r.doc + " |\n"; !strings.Contains(string(listed), row) {
			t.Errorf("docs/traps.md lacks %s", row)
		}
		if !found[r.name] {
			t.Errorf("%s finds nothing in testdata/%s", r.name, r.name)
		}
		text, err := os.ReadFile(r.name + ".go")
		if err != nil {
			t.Errorf("%s has no file of its own: %v", r.name, err)
		}
		for _, part := range []string{"\n// Trap: ", "\n// Instead: "} {
			if !strings.Contains(string(text), part) {
				t.Errorf("%s.go does not say %q", r.name, strings.TrimSpace(part))
			}
		}
	}
	if !slices.IsSortedFunc(rules, func(a, b rule) int { return strings.Compare(a.name, b.name) }) {
		t.Error("the rules are not sorted by name")
	}
}

package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "puente"

// layers says which packages of ours each package may import. A package that
// is not listed fails the test, so that a new one is a decision, not an
// accident. The reasons are in docs/adr/0001-layout-and-layers.md.
var layers = map[string][]string{
	".":               {"api", "config", "jobs", "matching/verify", "models", "web"},
	"api":             {"jobs", "matching", "matching/verify", "models", "web"},
	"api/client":      {},
	"jobs":            {"matching", "matching/assign", "models"},
	"models":          {},
	"web":             {},
	"config":          {},
	"matching":        {"matching/assign"},
	"matching/assign": {},
	"matching/verify": {},
}

// anyLayer is the folder of developer programs, which may import everything.
const anyLayer = "script"

// pureLayer is the engine: these packages and those below import the standard
// library only, and of it nothing that reads the machine, a clock or chance.
const pureLayer = "matching"

// impure are the packages, with all below them, that the engine may not import.
var impure = []string{
	"C", "crypto/rand", "database", "hash/maphash", "io/ioutil", "log", "math/rand",
	"net", "os", "plugin", "syscall", "time", "unsafe",
}

// cancellable may import context, for work that can be interrupted; the rest
// of the engine may not.
var cancellable = []string{"matching", "matching/assign"}

// goPackage is a package by its folder, "." for the root, and what its files
// import apart from the tests, whatever their build tags.
type goPackage struct {
	folder  string
	imports []string
}

// breaches names every import that the layers forbid, in the order given.
func breaches(packages []goPackage) (found []string) {
	for _, p := range packages {
		if within(p.folder, anyLayer) {
			continue
		}
		allowed, listed := layers[p.folder]
		if !listed {
			found = append(found, p.folder+" is in no layer")
			continue
		}
		for _, imported := range p.imports {
			if why := refusal(p.folder, imported, allowed); why != "" {
				found = append(found, fmt.Sprintf("%s may not import %s: %s", p.folder, imported, why))
			}
		}
	}
	return found
}

// refusal says why one import is forbidden, "" if it is not.
func refusal(folder, imported string, allowed []string) string {
	if within(imported, module) {
		ours := strings.TrimPrefix(strings.TrimPrefix(imported, module), "/")
		if !slices.Contains(allowed, ours) {
			return "another layer"
		}
		return ""
	}
	if !within(folder, pureLayer) {
		return ""
	}
	first, _, _ := strings.Cut(imported, "/")
	switch {
	case strings.Contains(first, "."):
		return "not the standard library"
	case slices.ContainsFunc(impure, func(name string) bool { return within(imported, name) }):
		return "the engine is pure"
	case imported == "context" && !slices.Contains(cancellable, folder):
		return "only the solver can be interrupted"
	}
	return ""
}

// within says whether a slash path is the folder or below it.
func within(name, folder string) bool { return name == folder || strings.HasPrefix(name, folder+"/") }

// readPackages reads the imports of every package of the module, sorted by
// folder. It reads the sources itself rather than asking the go command, so
// that files behind build tags count and a cached result is never stale.
func readPackages(t *testing.T) (packages []goPackage) {
	t.Helper()
	imports := map[string][]string{}
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skipFolder(name)
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		folder := path.Dir(filepath.ToSlash(name))
		imports[folder] = append(imports[folder], nil...) // a package without imports counts too
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			imports[folder] = append(imports[folder], imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for folder, imported := range imports {
		slices.Sort(imported)
		packages = append(packages, goPackage{folder, slices.Compact(imported)})
	}
	slices.SortFunc(packages, func(a, b goPackage) int { return strings.Compare(a.folder, b.folder) })
	return packages
}

// skipFolder leaves out what the go command leaves out too.
func skipFolder(name string) error {
	base := filepath.Base(name)
	if name != "." && (base == "testdata" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
		return filepath.SkipDir
	}
	return nil
}

func TestLayers(t *testing.T) {
	t.Run("this module", func(t *testing.T) {
		packages := readPackages(t)
		for _, must := range []string{"jobs", "matching", "matching/assign", "matching/verify", "models", "web"} {
			if !slices.ContainsFunc(packages, func(p goPackage) bool { return p.folder == must }) {
				t.Errorf("package %s was not read", must)
			}
		}
		for _, breach := range breaches(packages) {
			t.Error(breach)
		}
	})
	for _, c := range []struct {
		name    string
		folder  string
		imports []string
		want    string // the one breach, "" if the import is fine
	}{
		{"main imports a layer", ".", []string{"puente/jobs", "puente/matching/verify", "os", "github.com/alecthomas/kong"}, ""},
		{"main reaches past jobs", ".", []string{"puente/matching"}, ". may not import puente/matching: another layer"},
		{"main imports the solver", ".", []string{"puente/matching/assign"}, ". may not import puente/matching/assign: another layer"},
		{"api uses the engine's types", "api", []string{"puente/matching", "net/http"}, ""},
		{"api proves", "api", []string{"puente/matching/verify"}, ""},
		{"api solves", "api", []string{"puente/matching/assign"}, "api may not import puente/matching/assign: another layer"},
		{"jobs bridges", "jobs", []string{"puente/models", "puente/matching", "puente/matching/assign", "time"}, ""},
		{"jobs writes words", "jobs", []string{"puente/web"}, "jobs may not import puente/web: another layer"},
		{"models knows the engine", "models", []string{"puente/matching"}, "models may not import puente/matching: another layer"},
		{"web knows the models", "web", []string{"puente/models"}, "web may not import puente/models: another layer"},
		{"config imports main", "config", []string{"puente"}, "config may not import puente: another layer"},
		{"a module that begins alike", "web", []string{"puente.example/models"}, ""},
		{"matching solves", "matching", []string{"puente/matching/assign", "context", "crypto/sha256"}, ""},
		{"matching knows the models", "matching", []string{"puente/models"}, "matching may not import puente/models: another layer"},
		{"matching reads the clock", "matching", []string{"time"}, "matching may not import time: the engine is pure"},
		{"matching draws lots", "matching", []string{"math/rand/v2"}, "matching may not import math/rand/v2: the engine is pure"},
		{"matching logs", "matching", []string{"log/slog"}, "matching may not import log/slog: the engine is pure"},
		{"matching calls C", "matching", []string{"C"}, "matching may not import C: the engine is pure"},
		{"matching uses a library", "matching", []string{"golang.org/x/text/language"}, "matching may not import golang.org/x/text/language: not the standard library"},
		{"the solver queries", "matching/assign", []string{"database/sql"}, "matching/assign may not import database/sql: the engine is pure"},
		{"the solver knows the engine", "matching/assign", []string{"puente/matching"}, "matching/assign may not import puente/matching: another layer"},
		{"the solver opens files", "matching/assign", []string{"os/exec"}, "matching/assign may not import os/exec: the engine is pure"},
		{"a name that only begins like os", "matching/assign", []string{"container/heap", "ostrich"}, ""},
		{"the checker shares the solver", "matching/verify", []string{"puente/matching/assign"}, "matching/verify may not import puente/matching/assign: another layer"},
		{"the checker is interrupted", "matching/verify", []string{"context"}, "matching/verify may not import context: only the solver can be interrupted"},
		{"a new package", "utils", nil, "utils is in no layer"},
		{"a new package in the engine", "matching/fast", nil, "matching/fast is in no layer"},
		{"a developer program", "script/golden", []string{"puente/jobs", "puente/matching", "os"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(breaches([]goPackage{{c.folder, c.imports}}), "\n")
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

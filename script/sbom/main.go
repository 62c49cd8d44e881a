// Command sbom writes what a program is made of as CycloneDX 1.6, from what
// the Go linker has put into its file:
//
//	go build -trimpath -o puente . && go run ./script/sbom puente > puente.cdx.json
//
// The same file gives the same bytes: there is no time and no chance in it.
package main

import (
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
)

// component is a module, or the program itself.
type component struct {
	Type       string     `json:"type"`
	Ref        string     `json:"bom-ref"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	PURL       string     `json:"purl"`
	Properties []property `json:"properties,omitempty"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type dependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn"`
}

// bill is the document, as far as there is something to say.
type bill struct {
	Format       string       `json:"bomFormat"`
	Spec         string       `json:"specVersion"`
	Version      int          `json:"version"`
	Metadata     metadata     `json:"metadata"`
	Components   []component  `json:"components"`
	Dependencies []dependency `json:"dependencies"`
}

type metadata struct {
	Component component `json:"component"`
}

// billOf names the program, each module that is linked into it with the hash
// that go.sum knows it by, and Go's own library.
func billOf(info *buildinfo.BuildInfo) *bill {
	program := moduleOf("application", &info.Main)
	for _, s := range info.Settings { // how it was built, without where
		if s.Key == "CGO_ENABLED" || s.Key == "GOOS" || s.Key == "GOARCH" || s.Key == "GOEXPERIMENT" || s.Key == "-trimpath" || s.Key == "vcs.revision" {
			program.Properties = append(program.Properties, property{"go:build:" + s.Key, s.Value})
		}
	}
	out := &bill{Format: "CycloneDX", Spec: "1.6", Version: 1, Metadata: metadata{program}}
	library := moduleOf("library", &debug.Module{Path: "std", Version: strings.TrimPrefix(info.GoVersion, "go")})
	out.Components = append(out.Components, library)
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		out.Components = append(out.Components, moduleOf("library", m))
	}
	all := dependency{Ref: program.Ref}
	for _, c := range out.Components {
		all.DependsOn = append(all.DependsOn, c.Ref)
	}
	out.Dependencies = []dependency{all}
	return out
}

// moduleOf is a module as a component.
func moduleOf(kind string, m *debug.Module) component {
	purl := "pkg:golang/" + strings.ToLower(m.Path) + "@" + m.Version
	c := component{Type: kind, Ref: purl, Name: m.Path, Version: m.Version, PURL: purl}
	if m.Sum != "" {
		c.Properties = []property{{"go:sum", m.Sum}}
	}
	return c
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: sbom PROGRAM > FILE")
		os.Exit(2)
	}
	if err := write(os.Stdout, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write writes the bill of a program.
func write(w io.Writer, program string) error {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return err
	}
	return encode(w, info)
}

// encode writes the bill of what the linker said.
func encode(w io.Writer, info *debug.BuildInfo) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(billOf(info))
}

package main

import (
	"bytes"
	"encoding/json"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// linked is what the linker says of a small program.
const linked = `path	puente
mod	puente	v0.1.0	
dep	github.com/Example/One	v1.2.3	h1:aaaa=
dep	example.org/two	v0.0.0-20260101000000-abcdefabcdef	h1:bbbb=
=>	example.org/fork	v2.0.0	h1:cccc=
build	-compiler=gc
build	-trimpath=true
build	-ldflags="-s -w -X main.secret=/root/hidden"
build	CGO_ENABLED=0
build	GOARCH=amd64
build	GOOS=linux
build	vcs.revision=0123
`

// TestBill wants each part that is linked, by version and sum, what took the
// place of another one instead of it, and nothing of the machine that built it.
func TestBill(t *testing.T) {
	info, err := debug.ParseBuildInfo(linked)
	if err != nil {
		t.Fatal(err)
	}
	info.GoVersion = "go1.26.8"
	var out, again bytes.Buffer
	if err := encode(&out, info); err != nil {
		t.Fatal(err)
	}
	if err := encode(&again, info); err != nil || !bytes.Equal(out.Bytes(), again.Bytes()) {
		t.Errorf("two bills of one program differ: %v", err)
	}
	var b bill
	if err := json.Unmarshal(out.Bytes(), &b); err != nil || b.Format != "CycloneDX" || b.Spec != "1.6" || b.Version != 1 {
		t.Fatalf("%v: %s", err, out.Bytes())
	}
	if c := b.Metadata.Component; c.Type != "application" || c.PURL != "pkg:golang/puente@v0.1.0" || len(c.Properties) != 5 {
		t.Errorf("the program: %+v", c)
	}
	var got []string
	for _, c := range b.Components {
		line := c.PURL
		for _, p := range c.Properties {
			line += " " + p.Value
		}
		got = append(got, line)
	}
	want := []string{"pkg:golang/std@1.26.8", "pkg:golang/github.com/example/one@v1.2.3 h1:aaaa=", "pkg:golang/example.org/fork@v2.0.0 h1:cccc="}
	if !slices.Equal(got, want) || len(b.Dependencies) != 1 || len(b.Dependencies[0].DependsOn) != len(want) {
		t.Errorf("the parts: %q", got)
	}
	if strings.Contains(out.String(), "/root") || strings.Contains(out.String(), "hidden") {
		t.Error("it tells how the machine was that built it")
	}
	if write(&out, "main_test.go") == nil {
		t.Error("a text is a program")
	}
}

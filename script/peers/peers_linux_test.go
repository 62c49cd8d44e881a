package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPeersAgree runs the whole program on few people: every peer whose means
// are installed here ranks as puente does, and the report is written.
func TestPeersAgree(t *testing.T) {
	w, err := newWork(300, 150, 20, 3)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{work: w, runs: 1, sample: 30, python: "/usr/bin/python3", folder: t.TempDir(), now: time.Now}
	var out bytes.Buffer
	results, err := b.all(t.Context(), &out, "")
	if b.stop != nil {
		b.stop()
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, r := range results {
		if (r.Key == "puente" || r.Key == "sqlite-best") && r.LeftOut != "" {
			t.Errorf("%s needs nothing to be installed: %s", r.Key, r.LeftOut)
		}
	}
	r := newReport(t.Context(), b)
	r.Results = results
	folder := t.TempDir()
	if err := r.write(folder); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"peers.md": "| puente", "peers.json": `"key": "sqlite-best"`, "peers.svg": "</svg>"} {
		if text, err := os.ReadFile(filepath.Join(folder, name)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %q: %v", name, want, err)
		}
	}
	t.Log("\n" + out.String())
}

func TestFigure(t *testing.T) {
	for want, v := range map[string]float64{"1.00": 1, "9.94": 9.94, "10.0": 9.996, "10.7": 10.7, "100": 99.96, "999": 999.4, "1,000": 999.5, "54,300": 54348.8, "1,230,000": 1234567} {
		if got := figure(v); got != want {
			t.Errorf("figure(%v) = %q, want %q", v, got, want)
		}
	}
}

package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"text/template"
)

//go:embed report.md.tmpl
var reportText string

// measured is one instance with what every peer found.
type measured struct {
	Name    string    `json:"name"`
	About   string    `json:"about"`
	Mentees int       `json:"mentees"`
	Mentors int       `json:"mentors"`
	Places  int       `json:"places"`
	Edges   int       `json:"edges"`
	Results []*result `json:"results"`
}

// report is what is written.
type report struct {
	Date      string      `json:"date"`
	Commit    string      `json:"commit"`
	Processor string      `json:"processor"`
	Go        string      `json:"go"`
	Runs      int         `json:"runs"`
	LeftOut   []string    `json:"leftOut,omitempty"`
	Instances []*measured `json:"instances"`
}

func newReport(ctx context.Context, b *bench) *report {
	r := &report{Go: runtime.Version(), Runs: b.runs, Processor: processor(), Commit: "unknown"}
	if said, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output(); err == nil {
		r.Commit = strings.TrimSpace(string(said))
	}
	for _, p := range b.peers {
		if p.leftOut != "" {
			r.LeftOut = append(r.LeftOut, p.title+": "+p.leftOut)
		}
	}
	return r
}

func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// By is the result of a peer, nil if it did not solve the instance.
func (m *measured) By(title string) *result {
	for _, r := range m.Results {
		if r.Title == title {
			return r
		}
	}
	return nil
}

func (r *report) write(folder string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	t, err := template.New("report").Parse(reportText)
	if err != nil {
		return err
	}
	var page bytes.Buffer
	if err := t.Execute(&page, r); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, data := range map[string][]byte{"assign.json": append(text, '\n'), "assign.md": page.Bytes()} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"text/template"
)

// report is what a run found, and where.
type report struct {
	Date       string    `json:"date"`
	Commit     string    `json:"commit"` // with + where files were changed since
	Machine    string    `json:"machine"`
	Processors int       `json:"processors"`
	Load       string    `json:"load"` // of the last minute, before it began
	Mentors    int       `json:"mentors"`
	Mentees    int       `json:"mentees"`
	Sample     int       `json:"sample"`
	K          int       `json:"k"`
	Runs       int       `json:"runs"`
	Seed       uint64    `json:"seed"`
	Asks       int       `json:"asks"`    // different ones
	Terms      float64   `json:"terms"`   // of a mentee, mean
	Results    []*result `json:"results"` // puente first
}

// newReport says what is known before anything is measured.
func newReport(ctx context.Context, b *bench) *report {
	terms := 0
	for _, m := range b.mentees {
		terms += len(m.Terms)
	}
	return &report{
		Commit: commit(ctx), Machine: processor(), Processors: runtime.NumCPU(), Load: load(),
		Mentors: len(b.snapshot.Mentors), Mentees: len(b.mentees), Sample: b.sample, K: b.k, Runs: b.runs, Seed: b.seed,
		Asks: len(b.shares), Terms: float64(terms) / float64(len(b.mentees)),
	}
}

func commit(ctx context.Context) string {
	head, err := exec.CommandContext(ctx, "git", "rev-parse", "--short", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	id := strings.TrimSpace(string(head))
	if changed, err := exec.CommandContext(ctx, "git", "status", "--porcelain", "--", ":!docs").Output(); err != nil || len(changed) > 0 {
		id += "+"
	}
	return id
}

var modelName = regexp.MustCompile(`(?m)^model name\s*:\s*(.+)$`)

func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if name := modelName.FindSubmatch(info); err == nil && name != nil {
		return string(name[1]) + ", " + runtime.GOOS + "/" + runtime.GOARCH
	}
	return runtime.GOOS + "/" + runtime.GOARCH
}

func load() string {
	average, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	minute, _, _ := strings.Cut(string(average), " ")
	return minute
}

//go:embed report.md.tmpl
var reportPage string

// write writes peers.md, peers.json and peers.svg.
func (r *report) write(folder string) error {
	page, err := template.New("report").Funcs(template.FuncMap{
		"figure": figure, "group": group,
		"mb": func(n int64) string { return figure(float64(n) / 1e6) },
	}).Parse(reportPage)
	if err != nil {
		return err
	}
	var text strings.Builder
	if err := page.Execute(&text, r); err != nil {
		return err
	}
	object, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return errors.Join(
		os.MkdirAll(folder, 0o755),
		os.WriteFile(filepath.Join(folder, "peers.md"), []byte(text.String()), 0o644),
		os.WriteFile(filepath.Join(folder, "peers.json"), append(object, '\n'), 0o644),
		os.WriteFile(filepath.Join(folder, "peers.svg"), []byte(r.plot()), 0o644),
	)
}

// published is the folder of the report that the README shows.
const published = "docs/bench"

// summaryPlace is where the README has its table.
var summaryPlace = regexp.MustCompile(`(?s)(<!-- made by script/peers -->\n).*?(<!-- end -->)`)

// summarize writes the table of a README: how many times the processor time of
// puente as it ships each takes. Where that has no vectors it writes none.
func (r *report) summarize(name string) error {
	if r.Results[0].Vectors == 0 {
		return nil
	}
	page, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var table strings.Builder
	table.WriteString("| how | ns a pair | × puente as it ships |\n|---|---|---|\n")
	for _, one := range r.Results {
		if one.LeftOut == "" {
			fmt.Fprintf(&table, "| %s | %s | %s |\n", one.Title, figure(one.PerPair), figure(one.Vectors))
		}
	}
	if !summaryPlace.Match(page) {
		return fmt.Errorf("%s has no place for the table", name)
	}
	return os.WriteFile(name, summaryPlace.ReplaceAll(page, []byte("${1}"+table.String()+"${2}")), 0o644)
}

// figure writes a number with the three digits that may say something, or to a
// hundredth.
func figure(v float64) string {
	switch {
	case v < 9.995:
		return fmt.Sprintf("%.2f", v)
	case v < 99.95:
		return fmt.Sprintf("%.1f", v)
	}
	unit := math.Pow10(max(0, int(math.Log10(v))-2))
	return group(int(math.Round(v/unit) * unit))
}

// group writes a whole number with commas.
func group(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

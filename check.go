package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"

	"puente/jobs"
	"puente/models"
)

type checkCommand struct {
	Files []string `arg:"" help:"${help_files}"`
}

// checked is what was found in one file.
type checked struct {
	File     string        `json:"file"`
	Kind     string        `json:"kind"`
	Rows     int           `json:"rows"`
	Errors   int           `json:"errors"`
	Warnings int           `json:"warnings"`
	Problems []problemJSON `json:"problems"`
}

// Run recognises files and lists every problem and warning in them.
func (c *checkCommand) Run(p *program) error {
	var results []checked
	failed := false
	for _, name := range c.Files {
		kind, report, err := p.inspect(name)
		if err != nil {
			return err
		}
		problems := slices.Concat(report.Problems, p.noted(name, report))
		out := checked{File: name, Kind: kind, Rows: report.Rows, Errors: problems.Errors(), Problems: []problemJSON{}}
		for _, m := range problems {
			out.Problems = append(out.Problems, p.problem(m))
			if m.Warning {
				out.Warnings++
			}
		}
		failed = failed || out.Errors > 0
		results = append(results, out)
		if !p.json {
			p.tell(problems)
			fmt.Fprintln(p.stdout, p.say("check.file", map[string]any{
				"File": name, "Kind": p.say("check.kind_"+kind, nil), "Rows": out.Rows, "Errors": out.Errors, "Warnings": out.Warnings,
			}))
			p.shape(report)
		}
	}
	if p.json {
		if err := p.object(map[string]any{"files": results}); err != nil {
			return err
		}
	}
	if failed {
		return &stopped{exitBadInput}
	}
	return nil
}

// shape says how a table was written, where that is not the plain form.
func (p *program) shape(r models.Report) {
	for _, s := range []struct {
		is  bool
		key string
	}{{r.BOM, "check.bom"}, {r.CRLF, "check.crlf"}, {r.Separator == ';', "check.semicolon"}, {r.Separator == '\t', "check.tab"}} {
		if s.is {
			fmt.Fprintln(p.stdout, " ", p.say(s.key, nil))
		}
	}
}

// inspect recognises a file by its beginning and reads it as what it is.
func (p *program) inspect(name string) (kind string, report models.Report, err error) {
	f, err := p.open(name)
	if err != nil {
		return "", report, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<16)
	head, _ := r.Peek(1 << 10) // what there is, also before an error that reading will meet
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	if bytes.HasPrefix(head, []byte("{")) {
		_, report.Problems = jobs.ReadSettings(name, r)
		return "settings", report, nil
	}
	k := models.PeekKind(r)
	return k.String(), inspectors[k](name, r), nil
}

// inspectors read each kind of table for its report.
var inspectors = map[models.Kind]func(string, io.Reader) models.Report{
	models.KindMentors: func(name string, r io.Reader) models.Report {
		_, report := models.ReadPeople(name, r, models.RoleMentor)
		return report
	},
	models.KindMentees: func(name string, r io.Reader) models.Report {
		_, report := models.ReadPeople(name, r, models.RoleMentee)
		return report
	},
	models.KindScores: func(name string, r io.Reader) models.Report {
		_, report := models.ReadScores(name, r)
		return report
	},
	models.KindNodes: func(name string, r io.Reader) models.Report {
		_, report := models.ReadNodes(name, r)
		return report
	},
	models.KindRules: func(name string, r io.Reader) models.Report {
		_, report := models.ReadRules(name, r)
		return report
	},
	models.KindGroups: func(name string, r io.Reader) models.Report {
		_, report := models.ReadGroups(name, r)
		return report
	},
	models.KindRanks: func(name string, r io.Reader) models.Report {
		_, report := models.ReadRanks(name, r)
		return report
	},
	models.KindOwnership: func(name string, r io.Reader) models.Report {
		_, report := models.ReadOwnership(name, r)
		return report
	},
	models.KindUnknown: func(name string, r io.Reader) models.Report {
		// What is no table at all (empty, UTF-16, other line ends) is told in full.
		if _, report := models.ReadRules(name, r); report.Separator == 0 {
			return report
		}
		return models.Report{Problems: models.Problems{{File: name, Key: "check.unknown"}}}
	},
}

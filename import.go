package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"puente/jobs"
	"puente/models"
)

type importCommand struct {
	intoFlags

	Input           []string `arg:"" help:"${help_input}"`
	Map             string   `placeholder:"FILE|NAME" help:"${help_map}"`
	Out             string   `placeholder:"DIR" help:"${help_dir}"`
	Into            string   `placeholder:"FOLDER" help:"${help_into}"`
	AgreedTo        string   `placeholder:"VERSION" help:"${help_agreed_to}"`
	DryRun          bool     `help:"${help_dry_run}"`
	Ownership       string   `placeholder:"FILE" help:"${help_ownership}"`
	SimulateMissing bool     `help:"${help_simulate_missing}"`
	Seed            uint64   `default:"1" help:"${help_seed}"`
}

// Run turns a directory file of another publisher into people files, or takes
// such a file or people files into a store.
func (c *importCommand) Run(p *program) error {
	switch {
	case c.Into != "" && (c.Out != "" || c.DryRun || c.Ownership != ""):
		return &usageError{errors.New(p.say("usage.into", nil))}
	case c.Into == "" && c.Map == "":
		return &usageError{errors.New("missing flags: --map=FILE|NAME")}
	case c.Map != "" && len(c.Input) > 1:
		return &usageError{errors.New(p.say("usage.one_directory", nil))}
	case c.Into != "":
		return c.importInto(p)
	case c.Out == "" && !c.DryRun:
		return &usageError{errors.New("missing flags: --out=DIR")}
	}
	if c.Ownership == "-" { // answers about owners never go where a log may keep them
		return &usageError{errors.New(p.say("usage.not_standard", map[string]any{"Flag": "--ownership"}))}
	}
	imported, err := c.read(p, c.Ownership != "")
	if err != nil {
		return err
	}
	report, err := json.MarshalIndent(imported.Report, "", " ")
	if err != nil {
		return err
	}
	report = append(report, '\n')
	if !c.DryRun {
		more := []output{{name: filepath.Join(c.Out, "report.json"), data: report}}
		if c.Ownership != "" {
			var b bytes.Buffer
			if err := models.WriteOwnership(&b, imported.Ownership); err != nil {
				return err
			}
			more = append(more, output{name: c.Ownership, mode: 0o600, data: b.Bytes()})
		}
		if _, err := p.writePeople(c.Out, imported.Mentors, imported.Mentees, more...); err != nil {
			return err
		}
	}
	if p.json {
		_, err := p.stdout.Write(report)
		return err
	}
	return imported.Report.WriteText(p.stdout, p.words)
}

// read reads the directory file.
func (c *importCommand) read(p *program, ownership bool) (*jobs.Imported, error) {
	mapping, err := c.mapping(p)
	if err != nil {
		return nil, err
	}
	r, err := p.open(c.Input[0])
	if err != nil {
		return nil, err
	}
	defer r.Close()
	imported, problems := jobs.ImportDirectory(mapping, c.Input[0], r, jobs.ImportOptions{Simulate: c.SimulateMissing, Seed: c.Seed, Ownership: ownership})
	return imported, p.refuse(problems)
}

// mapping finds a mapping by its shipped name, or reads it from a file.
func (c *importCommand) mapping(p *program) (*jobs.Mapping, error) {
	if m, ok := jobs.ShippedMapping(c.Map); ok {
		return m, nil
	}
	if !slices.ContainsFunc([]string{".", "/", `\`}, func(s string) bool { return strings.Contains(c.Map, s) }) && c.Map != "-" {
		return nil, &usageError{errors.New(p.say("usage.mapping", map[string]any{"Name": c.Map, "Known": strings.Join(jobs.ShippedMappings(), ", ")}))}
	}
	var r io.ReadCloser
	r, err := p.open(c.Map)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	m, problems := jobs.ReadMapping(c.Map, r)
	return m, p.refuse(problems)
}

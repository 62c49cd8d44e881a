package main

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"puente/jobs"
	"puente/models"
)

// intoFlags name the place in a store that people go to or come from.
type intoFlags struct {
	Programme string `placeholder:"NAME" help:"${help_programme}"`
	Purpose   string `default:"fairness_audit" enum:"matching,fairness_audit,outcome_reporting" help:"${help_purpose}"`
}

// stored are people and answers on their way into a store.
type stored struct {
	mentors, mentees []models.Profile
	ownership        []models.OwnershipRow
}

// importInto reads files of people and answers, or one directory, and stores
// what they hold in a programme: each file's kind is told by its columns.
func (c *importCommand) importInto(p *program) (err error) {
	var s stored
	if c.Map != "" {
		s, err = c.directory(p)
	} else {
		s, err = p.readStored(c.Input)
	}
	if err != nil {
		return err
	}
	if len(s.ownership) > 0 && c.AgreedTo == "" {
		return &usageError{errors.New(p.say("usage.agreed_to", map[string]any{"Flag": "--agreed-to"}))}
	}
	p.config.Data = c.Into
	d, queue, err := p.openStore()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if _, err := d.migrate(p.ctx, queue); err != nil {
		return err
	}
	if err := p.beginProgramme(d.store); err != nil {
		return err
	}
	programme, err := p.programme(d.store, c.Programme)
	if err != nil {
		return err
	}
	people, err := jobs.ImportPeople(p.ctx, d.store, "", programme.ID, s.mentors, s.mentees)
	if err != nil {
		return err
	}
	counts := map[string]jobs.ImportCounts{"people": people}
	if len(s.ownership) > 0 {
		consent := models.Agreement{Purpose: models.Purpose(c.Purpose), TextVersion: c.AgreedTo, Lang: programme.Locale}
		if counts["ownership"], err = jobs.ImportOwnership(p.ctx, d.store, "", d.vault, programme.ID, consent, s.ownership); err != nil {
			return err
		}
	}
	if p.json {
		return p.object(counts)
	}
	for _, what := range []struct{ name, key string }{{"people", "exchange.imported_people"}, {"ownership", "exchange.imported_ownership"}} {
		if n, ok := counts[what.name]; ok && (n != jobs.ImportCounts{} || len(counts) == 1) {
			p.line(what.key, map[string]any{
				"Programme": programme.Name, "Created": n.Created, "Updated": n.Updated, "Unchanged": n.Unchanged,
			})
		}
	}
	return nil
}

// directory reads another publisher's directory.
func (c *importCommand) directory(p *program) (s stored, err error) {
	imported, err := c.read(p, c.AgreedTo != "")
	if err != nil {
		return s, err
	}
	return stored{imported.Mentors, imported.Mentees, imported.Ownership}, nil
}

// readStored reads files of mentors, mentees and answers.
func (p *program) readStored(names []string) (s stored, err error) {
	var all models.Problems
	for _, name := range names {
		f, err := p.open(name)
		if err != nil {
			return s, err
		}
		r := bufio.NewReaderSize(f, 1<<16)
		report := s.read(name, r)
		all = append(append(all, report.Problems...), p.noted(name, report)...)
		if err := f.Close(); err != nil {
			return s, err
		}
	}
	return s, p.refuse(all)
}

// read takes what one file holds.
func (s *stored) read(name string, r *bufio.Reader) (report models.Report) {
	switch models.PeekKind(r) {
	case models.KindMentors:
		var people []models.Profile
		people, report = models.ReadPeople(name, r, models.RoleMentor)
		s.mentors = append(s.mentors, people...)
	case models.KindMentees:
		var people []models.Profile
		people, report = models.ReadPeople(name, r, models.RoleMentee)
		s.mentees = append(s.mentees, people...)
	case models.KindOwnership:
		var rows []models.OwnershipRow
		rows, report = models.ReadOwnership(name, r)
		s.ownership = append(s.ownership, rows...)
	default:
		report.Problems = models.Problems{{File: name, Key: "exchange.no_people"}}
	}
	return report
}

type exportCommand struct {
	intoFlags
	From      string `required:"" placeholder:"FOLDER" help:"${help_from}"`
	Out       string `required:"" placeholder:"DIR" help:"${help_dir}"`
	Ownership string `placeholder:"FILE" help:"${help_export_ownership}"`
}

// Run writes the people of a programme as people files, and with --ownership
// the answers that they let be used for a purpose.
func (c *exportCommand) Run(p *program) (err error) {
	if c.Ownership == "-" { // answers about owners never go where a log may keep them
		return &usageError{errors.New(p.say("usage.not_standard", map[string]any{"Flag": "--ownership"}))}
	}
	p.config.Data = c.From
	if _, err := os.Stat(filepath.Join(c.From, databaseFile)); p.config.Database == "" && err != nil {
		return errors.New(p.say("exchange.no_data", map[string]any{"Folder": c.From}))
	}
	d, queue, err := p.openStore()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	steps, err := pending(p.ctx, d.store, queue)
	if err != nil {
		return err
	}
	if steps > 0 {
		return errors.New(p.say("migrate.pending", map[string]any{"Count": steps}))
	}
	programme, err := p.programme(d.store, c.Programme)
	if err != nil {
		return err
	}
	mentors, err := jobs.ExportPeople(p.ctx, d.store, programme.ID, models.RoleMentor)
	if err != nil {
		return err
	}
	mentees, err := jobs.ExportPeople(p.ctx, d.store, programme.ID, models.RoleMentee)
	if err != nil {
		return err
	}
	more, answers, err := c.answers(p, d, programme)
	if err != nil {
		return err
	}
	names, err := p.writePeople(c.Out, mentors, mentees, more...)
	if err != nil {
		return err
	}
	if p.json {
		return p.object(map[string]any{"mentors": len(mentors), "mentees": len(mentees), "answers": answers, "files": names})
	}
	p.line("exchange.exported", map[string]any{
		"Programme": programme.Name, "Mentors": len(mentors), "Mentees": len(mentees), "Files": strings.Join(names, ", "),
	})
	if c.Ownership != "" {
		p.line("exchange.exported_ownership", map[string]any{"Count": answers, "File": c.Ownership})
	}
	return nil
}

// answers are the file of answers about owners, if it was asked for.
func (c *exportCommand) answers(p *program, d *data, programme *models.Programme) (files []output, n int, err error) {
	if c.Ownership == "" {
		return nil, 0, nil
	}
	rows, err := jobs.ExportOwnership(p.ctx, d.store, "", d.vault, programme.ID, models.Purpose(c.Purpose))
	if err != nil {
		return nil, 0, err
	}
	var b bytes.Buffer
	err = models.WriteOwnership(&b, rows)
	return []output{{name: c.Ownership, mode: 0o600, data: b.Bytes()}}, len(rows), err
}

// openStore opens the data beside a server that may be at work on it.
func (p *program) openStore() (d *data, queue *jobs.Queue, err error) {
	if d, err = p.openData(); err != nil {
		return nil, nil, err
	}
	if queue, err = jobs.NewQueue(d.store, jobs.QueueOptions{}); err != nil {
		return nil, nil, errors.Join(err, d.Close())
	}
	return d, queue, nil
}

// programme finds a programme by its name, or the only one.
func (p *program) programme(store *models.Store, name string) (*models.Programme, error) {
	all, err := store.Programmes(p.ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range all {
		if all[i].Name == name || name == "" && len(all) == 1 {
			return &all[i], nil
		}
		names = append(names, all[i].Name)
	}
	slices.SortFunc(names, cmp.Compare[string])
	return nil, &usageError{errors.New(p.say("usage.programme", map[string]any{"Known": strings.Join(names, ", ")}))}
}

package jobs

import (
	"bytes"
	"encoding/csv"
	"slices"

	"puente/models"
)

// settle turns the drafts into people. The drafts are written as a people file
// and read as one, so that what an import accepts is what the people files
// accept, and what it refuses is said in the same words.
func (d *directoryImport) settle() {
	people := make(map[string]models.Profile, len(d.drafts))
	for _, role := range []models.Role{mentor, mentee} {
		var drafts []*draft
		for i := range d.drafts {
			if d.drafts[i].role == role {
				drafts = append(drafts, &d.drafts[i])
			}
		}
		for len(drafts) > 0 {
			read, report := models.ReadPeople(d.table.file, draftFile(role, drafts), role)
			for _, p := range read {
				people[p.ID] = p
			}
			drafts = d.mend(drafts, people, report.Problems)
		}
	}
	for i := range d.drafts {
		if f := &d.drafts[i]; f.role != 0 {
			d.finish(f, people[f.id])
		}
	}
	d.drafts = d.drafts[:0]
}

// draftFile writes drafts of one role as a people file, a line each. A column
// that is required but was not answered holds its example, which is taken out
// again in the end.
func draftFile(role models.Role, drafts []*draft) *bytes.Buffer {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	var record []string
	for _, f := range models.FieldsOf(role) {
		record = append(record, f.Name)
	}
	_ = w.Write(record) // a buffer takes everything
	for _, f := range drafts {
		record = record[:0]
		for n, field := range models.Fields {
			if field.Roles&role == 0 {
				continue
			}
			cell := f.cells[n]
			if cell == "" && field.Required {
				cell = field.Example
			}
			record = append(record, cell)
		}
		_ = w.Write(record)
	}
	w.Flush()
	return &b
}

// mend does what the problems of the drafts ask for: a person with a broken id
// is skipped, another broken answer is left out. It gives the drafts that are
// to be read again, and keeps the warnings about those that are not.
func (d *directoryImport) mend(drafts []*draft, people map[string]models.Profile, problems models.Problems) (again []*draft) {
	mended := false
	for _, p := range problems {
		if p.Row < 2 || p.Row-2 >= len(drafts) {
			continue // the number of problems that are not listed: their rows are read again
		}
		f := drafts[p.Row-2]
		if _, done := people[f.id]; done {
			p.Row, p.Column = f.row, d.columnOf(p.Column)
			d.warnings = append(d.warnings, p)
			continue
		}
		mended = d.mendOne(f, p) || mended
	}
	for _, f := range drafts {
		_, done := people[f.id]
		switch {
		case done || f.role == 0:
		case !mended: // cannot be: a row was refused for no reason that can be mended
			d.refuseDraft(f, models.Problem{Key: "import.unreadable"})
		default:
			again = append(again, f)
		}
	}
	return again
}

// mendOne leaves out what a problem is about, or skips the row. It says whether
// it did anything.
func (d *directoryImport) mendOne(f *draft, p models.Problem) bool {
	field := fieldNumber(p.Column)
	if other, ok := dependent[p.Column]; ok && f.cells[field] == "" {
		field = fieldNumber(other)
	}
	switch {
	case p.Warning || f.role == 0:
		return false
	case field < 0 || slices.Contains(rowNeeds, p.Column):
		d.refuseDraft(f, p)
	case f.cells[field] == "":
		return false
	default:
		d.report.leftOut(*f, d.columnOf(models.Fields[field].Name), p.Key, p.Args)
		f.cells[field] = ""
	}
	return true
}

// dependent are answers that another one needs: times for meetings are worth
// nothing without a time zone.
var dependent = map[string]string{"timezone": "slots"}

// refuseDraft skips a row that was a draft already.
func (d *directoryImport) refuseDraft(f *draft, p models.Problem) {
	d.report.skip(*f, p.Key, p.Args)
	f.role = 0
}

// columnOf names the directory's column behind one of the people files.
func (d *directoryImport) columnOf(name string) string {
	if c := d.m.Fields[name].Column; c != "" {
		return c
	}
	return name
}

// finish counts what a person lacks, simulates it if asked, and keeps the
// person.
func (d *directoryImport) finish(f *draft, p models.Profile) {
	for n, field := range models.Fields {
		if f.cells[n] == "" && field.Required {
			answerTo(field.Name).clear(&p)
		}
		if f.cells[n] == "" && field.Roles&f.role != 0 && !derived(field.Name, &p) {
			d.report.Missing.count(field.Name, f.role)
		}
	}
	if d.o.Simulate {
		for _, column := range simulate(d.o.Seed, &p, f.cells) {
			d.report.Simulated.count(column, f.role)
		}
		if p.Synthetic {
			d.report.Synthetic++
		}
	}
	if f.role == mentor {
		d.out.Mentors = append(d.out.Mentors, p)
		d.report.Mentors++
	} else {
		d.out.Mentees = append(d.out.Mentees, p)
		d.report.Mentees++
	}
	for i, value := range f.owners {
		dimension := d.owners[i].Dimension
		d.report.Ownership.count(i, value)
		if d.o.Ownership {
			d.out.Ownership = append(d.out.Ownership, models.OwnershipRow{ID: f.id, Dimension: dimension, Value: value})
		}
	}
}

// derived says whether nobody needs to be asked: the time zone follows from the
// region, and the mark of synthetic people is ours.
func derived(column string, p *models.Profile) bool {
	return column == "synthetic" || column == "timezone" && p.TimeZone != ""
}

package jobs

import (
	"io"

	"puente/models"
)

// ImportOptions say what an import does beside reading.
type ImportOptions struct {
	Simulate  bool   // fill what the directory does not hold, and mark those people synthetic
	Seed      uint64 // of the simulation
	Ownership bool   // hand out the answers about owners; without it they are counted and dropped
}

// Imported is a directory turned into people, in the order of its rows.
type Imported struct {
	Mentors, Mentees []models.Profile
	Ownership        []models.OwnershipRow // nil unless asked for
	Report           ImportReport
}

// ImportDirectory reads another publisher's directory by a mapping. A row that
// cannot become a person (no id, no role, no usable sector code ...) is skipped
// with its reason; a value that cannot be used is left out and reported; so
// every row is either imported or skipped. Questions that the directory does
// not answer stay empty, also those that the people files require, unless the
// options ask for a simulation.
//
// Problems of the file as a whole come back without an Imported; otherwise all
// of them are warnings.
// Cost: linear, some 50,000 rows a second; memory for the people and the report.
func ImportDirectory(m *Mapping, file string, r io.Reader, o ImportOptions) (*Imported, models.Problems) {
	d := newImport(m, openDirectory(file, r, m), o)
	for d.place() {
		line, cells, ok := d.table.next()
		if !ok {
			break
		}
		d.take(line, cells)
	}
	d.settle()
	if len(d.table.problems) > 0 {
		return nil, d.table.problems
	}
	d.report.finish(d.table, d.used())
	return &d.out, d.warnings
}

// directoryImport is an import on its way.
type directoryImport struct {
	m        *Mapping
	o        ImportOptions
	table    *directoryTable
	v        *models.Vocabulary
	sources  []source // by column of the people files
	role     source
	owners   []ownership // by dimension
	placed   bool        // whether the sources have found their columns
	seen     map[string]int
	drafts   []draft // rows not yet turned into people
	out      Imported
	report   *ImportReport
	warnings models.Problems
}

// source is a mapped column of the people files and where it stands in a row.
type source struct {
	MappedColumn
	field int // number of the column in models.Fields
	at    int // place in the row, -1 for a constant
}

type ownership struct {
	MappedOwnership
	at int
}

func newImport(m *Mapping, t *directoryTable, o ImportOptions) *directoryImport {
	d := &directoryImport{m: m, o: o, table: t, v: models.Vocabularies(), seen: map[string]int{}}
	d.report = &d.out.Report
	d.report.begin(m, o)
	return d
}

// place finds the mapped columns in the header, once, and says whether rows
// can be read.
func (d *directoryImport) place() bool {
	if d.placed {
		return true
	}
	if d.placed = true; len(d.table.problems) > 0 {
		return false
	}
	find := func(m MappedColumn) int {
		if m.Column == "" {
			return -1
		}
		return d.table.find(m.Column)
	}
	d.role = source{MappedColumn: d.m.Role, at: find(d.m.Role)}
	for field, f := range models.Fields {
		if m, ok := d.m.Fields[f.Name]; ok {
			d.sources = append(d.sources, source{m, field, find(m)})
		}
	}
	for _, o := range d.m.Ownership {
		d.owners = append(d.owners, ownership{o, d.table.find(o.Column)})
	}
	return len(d.table.problems) == 0
}

// used lists the columns of the directory that the mapping names.
func (d *directoryImport) used() (columns []string) {
	columns = append(columns, d.role.Column)
	for _, s := range d.sources {
		columns = append(columns, s.Column)
	}
	for _, o := range d.owners {
		columns = append(columns, o.Column)
	}
	return columns
}

package jobs

import (
	"slices"
	"strings"

	"puente/models"
)

// draft is a row as the cells of a people file.
type draft struct {
	row    int
	id     string
	role   models.Role
	cells  []string // by number of the field
	owners []string // values by dimension
}

// batch is how many drafts are turned into people at a time.
const batch = 500

// take reads a row: into a draft, or into the list of skipped ones.
func (d *directoryImport) take(row int, cells []string) {
	d.report.Rows++
	f := draft{row: row, cells: make([]string, len(models.Fields))}
	if len(cells) != len(d.table.header) {
		d.report.skip(f, "import.cell_count", map[string]any{"Got": len(cells), "Want": len(d.table.header)})
		return
	}
	d.fill(&f, cells)
	if key, args := d.refuse(&f, cells); key != "" {
		d.report.skip(f, key, args)
		return
	}
	d.seen[f.id] = row
	for _, o := range d.owners {
		f.owners = append(f.owners, o.value(cells[o.at]))
	}
	if d.drafts = append(d.drafts, f); len(d.drafts) == batch {
		d.settle()
	}
}

// fill writes the cells of the people file, except the codes, which need the
// country and are looked at one by one.
func (d *directoryImport) fill(f *draft, cells []string) {
	for _, s := range d.sources {
		items, unlisted := s.items(cells)
		for _, value := range unlisted {
			d.report.leftOut(*f, s.Column, "import.unlisted", map[string]any{"Value": quoted(value)})
		}
		if f.cells[s.field] = strings.Join(items, ";"); len(f.cells[s.field]) > maxDirectoryCell {
			f.cells[s.field] = ""
			d.report.leftOut(*f, s.Column, "people.long_cell", map[string]any{"Max": maxDirectoryCell})
		}
		if s.field == idField {
			f.id = f.cells[idField]
		}
	}
}

var (
	idField      = fieldNumber("id")
	countryField = fieldNumber("country")
	sectorsField = fieldNumber("sectors")
)

// refuse says why a row cannot become a person, "" when it can.
func (d *directoryImport) refuse(f *draft, cells []string) (key string, args map[string]any) {
	country := f.cells[countryField]
	role, unlisted := d.role.items(cells)
	switch {
	case f.id == "":
		return "import.no_id", nil
	case f.id[0] == '\'': // no id of the people files has one, and here it could hide
		return "people.bad_id", map[string]any{"Value": quoted(f.id), "Character": quoted("'")}
	case len(role) != 1 || !slices.Contains(roleNames, role[0]):
		return "import.no_role", map[string]any{"Value": quoted(strings.Join(append(role, unlisted...), ";"))}
	case d.v.Country(country) == 0:
		return "import.no_country", map[string]any{"Value": quoted(country)}
	}
	if f.role = mentee; role[0] == roleNames[0] {
		f.role = mentor
	}
	if first := d.seen[f.id]; first > 0 {
		return "import.doubled_id", map[string]any{"Row": first}
	}
	given := f.cells[sectorsField]
	switch f.cells[sectorsField] = d.codes(f, country, given); {
	case given == "":
		return "import.no_sector", nil
	case f.cells[sectorsField] == "":
		return "import.no_usable_sector", map[string]any{"Value": quoted(given)}
	}
	return "", nil
}

// codes keeps the usable codes of a list, each once, and reports those that
// are adapted or unknown.
func (d *directoryImport) codes(f *draft, country, list string) string {
	var kept []string
	for raw := range strings.SplitSeq(list, ";") {
		code, ok := d.v.Code(country, raw)
		switch {
		case raw == "" || slices.Contains(kept, raw):
			continue
		case !ok:
			d.report.Unknown = append(d.report.Unknown, CodeUse{f.row, f.id, raw, ""})
			continue
		case code.Adapted:
			d.report.Adapted = append(d.report.Adapted, CodeUse{f.row, f.id, raw, raw[:code.Digits]})
		}
		kept = append(kept, raw)
	}
	return strings.Join(kept, ";")
}

// items reads the values of a mapped column in a row, and those that its table
// of values does not list. White space at the ends of a value and twice in a
// row says nothing in a directory and is taken away.
func (s *source) items(cells []string) (items, unlisted []string) {
	if s.at < 0 {
		return []string{oneLine(s.Constant)}, nil
	}
	for _, item := range split(cells[s.at], s.List) {
		to, listed := s.Values[item]
		switch {
		case s.Values == nil || !listed && s.Unlisted == "keep":
			to = item
		case !listed && s.Unlisted != "ignore":
			unlisted = append(unlisted, item)
		}
		if to != "" {
			items = append(items, oneLine(s.Prefix+to))
		}
	}
	return items, unlisted
}

// split cuts a cell into its values; without a separator it is one value.
func split(cell, separator string) (items []string) {
	parts := []string{cell}
	if separator != "" {
		parts = strings.Split(cell, separator)
	}
	for _, part := range parts {
		if item := oneLine(part); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// oneLine takes white space away at the ends of a text and makes the rest
// single spaces.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// value reads an answer about ownership. Of several values in a cell the one
// that says most counts.
func (o *ownership) value(cell string) string {
	best := models.NotAsked
	for _, item := range split(cell, o.List) {
		if v, ok := o.Values[item]; ok && slices.Index(ownershipRank, v) < slices.Index(ownershipRank, best) {
			best = v
		}
	}
	return best
}

// ownershipRank are the answers, those that say most first.
var ownershipRank = []string{"yes", "no", "prefer_not_to_say", models.NotAsked}

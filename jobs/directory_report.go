package jobs

import (
	"cmp"
	"slices"

	"puente/models"
)

// ImportReport tells what became of a directory. Every row is accounted for:
// Rows is Mentors + Mentees + the number of Skipped. Lists are in the order of
// the rows; rows are lines of the file, 1 is the header.
type ImportReport struct {
	Mapping   string          `json:"mapping"`
	Rows      int             `json:"rows"` // below the header
	Mentors   int             `json:"mentors"`
	Mentees   int             `json:"mentees"`
	Skipped   []SkippedRow    `json:"skipped"`
	LeftOut   []LeftOut       `json:"left_out"` // values that could not be used
	Adapted   []CodeUse       `json:"adapted"`  // sector codes of which a prefix is used
	Unknown   []CodeUse       `json:"unknown"`  // sector codes that could not be used
	Unused    []string        `json:"unused"`   // columns that the mapping does not name
	Missing   ColumnCounts    `json:"missing"`  // people whom the directory tells nothing about
	Seed      *uint64         `json:"seed"`     // of the simulation, null without one
	Simulated ColumnCounts    `json:"simulated"`
	Synthetic int             `json:"synthetic"` // people with a simulated answer
	Ownership OwnershipReport `json:"ownership"`
}

// SkippedRow is a row that did not become a person. Reason is a message key
// with its arguments.
type SkippedRow struct {
	Row    int            `json:"row"`
	ID     string         `json:"id"` // empty when there is none
	Reason string         `json:"reason"`
	Args   map[string]any `json:"args,omitempty"`
}

// LeftOut is a value that could not be used, while its row was. Column is the
// directory's.
type LeftOut struct {
	Row    int            `json:"row"`
	ID     string         `json:"id"`
	Column string         `json:"column"`
	Reason string         `json:"reason"`
	Args   map[string]any `json:"args,omitempty"`
}

// CodeUse is a sector code as given, and the prefix that is used of it, empty
// when none is.
type CodeUse struct {
	Row  int    `json:"row"`
	ID   string `json:"id"`
	Raw  string `json:"raw"`
	Used string `json:"used,omitempty"`
}

// ColumnCount counts people by a column of the people files.
type ColumnCount struct {
	Column  string `json:"column"`
	Mentors int    `json:"mentors"`
	Mentees int    `json:"mentees"`
}

// ColumnCounts has a count for each column that is concerned, in the order of
// the people files.
type ColumnCounts []ColumnCount

// OwnershipReport says whether the answers about owners were handed out, and
// counts them.
type OwnershipReport struct {
	Kept       bool             `json:"kept"`
	Dimensions []DimensionCount `json:"dimensions"`
}

// DimensionCount counts the answers of the imported people to one dimension.
type DimensionCount struct {
	Dimension      string `json:"dimension"`
	Yes            int    `json:"yes"`
	No             int    `json:"no"`
	PreferNotToSay int    `json:"prefer_not_to_say"`
	NotAsked       int    `json:"not_asked"`
}

// begin makes every list be there, so that JSON never has null for one.
func (r *ImportReport) begin(m *Mapping, o ImportOptions) {
	*r = ImportReport{
		Mapping: m.Name, Skipped: []SkippedRow{}, LeftOut: []LeftOut{}, Adapted: []CodeUse{}, Unknown: []CodeUse{},
		Unused: []string{}, Missing: ColumnCounts{}, Simulated: ColumnCounts{},
		Ownership: OwnershipReport{Kept: o.Ownership, Dimensions: []DimensionCount{}},
	}
	if o.Simulate {
		r.Seed = &o.Seed
	}
	for _, d := range m.Ownership {
		r.Ownership.Dimensions = append(r.Ownership.Dimensions, DimensionCount{Dimension: d.Dimension})
	}
}

func (r *ImportReport) skip(f draft, reason string, args map[string]any) {
	r.Skipped = append(r.Skipped, SkippedRow{f.row, f.id, reason, args})
}

func (r *ImportReport) leftOut(f draft, column, reason string, args map[string]any) {
	r.LeftOut = append(r.LeftOut, LeftOut{f.row, f.id, column, reason, args})
}

// finish puts the lists in the order of the rows and names unused columns.
func (r *ImportReport) finish(t *directoryTable, used []string) {
	slices.SortStableFunc(r.Skipped, func(a, b SkippedRow) int { return cmp.Compare(a.Row, b.Row) })
	slices.SortStableFunc(r.LeftOut, func(a, b LeftOut) int { return cmp.Compare(a.Row, b.Row) })
	for _, name := range t.header {
		if !slices.Contains(used, name) {
			r.Unused = append(r.Unused, name)
		}
	}
}

func (c *ColumnCounts) count(column string, role models.Role) {
	at, found := slices.BinarySearchFunc(*c, fieldNumber(column), func(a ColumnCount, field int) int {
		return cmp.Compare(fieldNumber(a.Column), field)
	})
	if !found {
		*c = slices.Insert(*c, at, ColumnCount{Column: column})
	}
	if role == mentor {
		(*c)[at].Mentors++
	} else {
		(*c)[at].Mentees++
	}
}

func (o *OwnershipReport) count(dimension int, value string) {
	d := &o.Dimensions[dimension]
	switch value {
	case "yes":
		d.Yes++
	case "no":
		d.No++
	case "prefer_not_to_say":
		d.PreferNotToSay++
	default:
		d.NotAsked++
	}
}

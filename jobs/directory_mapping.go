package jobs

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"puente/models"
)

// MappingFormat names the form of mapping files, see docs/mapping.schema.json.
const MappingFormat = "puente.mapping/1"

// Mapping says how a directory of another publisher becomes people files.
type Mapping struct {
	Format    string                  `json:"format"`
	Name      string                  `json:"name"`
	Note      string                  `json:"note"`      // for readers: where the columns are known from
	Encoding  string                  `json:"encoding"`  // "utf-8" (also when empty) or "latin-1"
	Separator string                  `json:"separator"` // of columns; empty: found by the header
	Role      MappedColumn            `json:"role"`      // gives "mentor" or "mentee"
	Fields    map[string]MappedColumn `json:"fields"`    // by column of the people files
	Ownership []MappedOwnership       `json:"ownership"`
}

// MappedColumn says where the values of one column of the people files come
// from: a column of the directory, or a constant. A value that Values does not
// list is Unlisted: "report" (also when empty: left out, and the report says
// so), "ignore" (left out) or "keep" (used as it is).
type MappedColumn struct {
	Column   string            `json:"column"`
	Constant string            `json:"constant"`
	List     string            `json:"list"`   // separates several values in a cell of the directory
	Values   map[string]string `json:"values"` // what each value of the directory becomes; "" leaves it out
	Unlisted string            `json:"unlisted"`
	Prefix   string            `json:"prefix"` // put before each value
}

// MappedOwnership says which column tells something about a dimension of
// ownership. A value that is not listed, and an empty cell, say "not_asked":
// nothing is concluded from silence.
type MappedOwnership struct {
	Dimension string            `json:"dimension"`
	Column    string            `json:"column"`
	List      string            `json:"list"`
	Values    map[string]string `json:"values"` // to yes, no, prefer_not_to_say or not_asked
}

//go:embed mappings/*.json
var mappingFiles embed.FS

// shippedMappings are read once; a test proves that they are free of problems.
var shippedMappings = sync.OnceValue(func() map[string]*Mapping {
	entries, err := mappingFiles.ReadDir("mappings")
	if err != nil {
		panic(fmt.Sprintf("jobs: embedded mappings are broken: %v", err))
	}
	shipped := map[string]*Mapping{}
	for _, e := range entries {
		file, err := mappingFiles.Open("mappings/" + e.Name())
		if err != nil {
			panic(fmt.Sprintf("jobs: embedded mappings are broken: %v", err))
		}
		m, problems := ReadMapping(e.Name(), file)
		if len(problems) > 0 || m.Name+".json" != e.Name() {
			panic(fmt.Sprintf("jobs: embedded mapping %s is broken: %v", e.Name(), problems))
		}
		shipped[m.Name] = m
	}
	return shipped
})

// ShippedMappings lists the names of the mappings that come with the program,
// in their order.
func ShippedMappings() []string { return sortedKeys(shippedMappings()) }

// ShippedMapping finds a mapping by its name. It is shared: read it only.
func ShippedMapping(name string) (*Mapping, bool) {
	m, ok := shippedMappings()[name]
	return m, ok
}

// ReadMapping reads a mapping file of at most 1 MB. Everything that is wrong
// with the mapping is listed at once, each with the path of the member; of a
// file that is not of the right form at all, the first fault with its line.
func ReadMapping(file string, r io.Reader) (*Mapping, models.Problems) {
	m := &Mapping{}
	if _, problems := decodeStrict(file, r, m); len(problems) > 0 {
		return nil, problems
	}
	c := mappingCheck{file: file, m: m}
	c.head()
	c.column("role", m.Role, roleNames)
	c.fields()
	c.ownership()
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	return m, nil
}

// roleNames are the values that a role may have.
var roleNames = []string{models.RoleMentor.String(), models.RoleMentee.String()}

// What the other members of a mapping may be.
var (
	mappingEncodings  = []string{"", "utf-8", "latin-1"}
	mappingSeparators = []string{"", ",", ";", "\t", "|"}
	mappingUnlisted   = []string{"", "report", "ignore", "keep"}
)

type mappingCheck struct {
	file     string
	m        *Mapping
	problems models.Problems
}

func (c *mappingCheck) bad(member, key string, args map[string]any) {
	c.problems = append(c.problems, models.Problem{File: c.file, Row: 1, Column: member, Key: key, Args: args})
}

// oneOf checks a member that has a short list of values.
func (c *mappingCheck) oneOf(member, value string, allowed []string) {
	if slices.Contains(allowed, value) {
		return
	}
	var known []string
	for _, v := range allowed {
		if v != "" {
			known = append(known, fmt.Sprintf("%q", v))
		}
	}
	c.bad(member, "import.mapping_value", map[string]any{"Value": quoted(value), "Known": strings.Join(known, ", ")})
}

func (c *mappingCheck) head() {
	c.oneOf("format", c.m.Format, []string{MappingFormat})
	c.oneOf("encoding", c.m.Encoding, mappingEncodings)
	c.oneOf("separator", c.m.Separator, mappingSeparators)
	if c.m.Name == "" {
		c.bad("name", "import.mapping_missing", map[string]any{"Name": "name"})
	}
}

// column checks a mapped column; values are those it may give, nil for any.
func (c *mappingCheck) column(member string, m MappedColumn, values []string) {
	switch {
	case (m.Column == "") == (m.Constant == ""):
		c.bad(member, "import.mapping_source", nil)
	case m.Constant != "" && (m.List != "" || m.Values != nil || m.Unlisted != "" || m.Prefix != ""):
		c.bad(member, "import.mapping_constant", nil)
	case m.Unlisted != "" && m.Values == nil:
		c.bad(member+".unlisted", "import.mapping_unlisted", nil)
	}
	c.oneOf(member+".unlisted", m.Unlisted, mappingUnlisted)
	if values == nil {
		return
	}
	if m.Constant != "" {
		c.oneOf(member+".constant", m.Constant, values)
	}
	for _, from := range sortedKeys(m.Values) {
		c.oneOf(member+".values."+from, m.Values[from], append([]string{""}, values...))
	}
}

// fields checks the columns of the people files; those that every row needs
// must be there, and the mark of synthetic people is not a directory's to give.
func (c *mappingCheck) fields() {
	for _, name := range sortedKeys(c.m.Fields) {
		if fieldNumber(name) < 0 || name == "synthetic" {
			c.bad("fields."+name, "import.mapping_field", map[string]any{"Name": quoted(name)})
			continue
		}
		c.column("fields."+name, c.m.Fields[name], nil)
	}
	for _, name := range rowNeeds {
		if _, ok := c.m.Fields[name]; !ok {
			c.bad("fields", "import.mapping_missing", map[string]any{"Name": "fields." + name})
		}
	}
}

// rowNeeds are the columns without which a row is skipped. The other columns
// that people files require are questions that a directory cannot answer.
var rowNeeds = []string{"id", "country", "sectors"}

// fieldNumber finds a column of the people files, -1 when there is none.
func fieldNumber(name string) int {
	return slices.IndexFunc(models.Fields, func(f models.Field) bool { return f.Name == name })
}

// ownership checks the columns about owners, and that none of them reaches the
// people files by another way.
func (c *mappingCheck) ownership() {
	v := models.Vocabularies()
	dimensions, values := termIDs(v.Ownership), termIDs(v.OwnershipValues)
	seen, columns := map[string]bool{}, map[string]bool{}
	for i, o := range c.m.Ownership {
		member := fmt.Sprintf("ownership.%d", i)
		c.oneOf(member+".dimension", o.Dimension, dimensions)
		if seen[o.Dimension] {
			c.bad(member+".dimension", "import.mapping_doubled", map[string]any{"Value": quoted(o.Dimension)})
		}
		seen[o.Dimension], columns[o.Column] = true, true
		if o.Column == "" {
			c.bad(member+".column", "import.mapping_missing", map[string]any{"Name": "column"})
		}
		if len(o.Values) == 0 {
			c.bad(member+".values", "import.mapping_missing", map[string]any{"Name": "values"})
		}
		for _, from := range sortedKeys(o.Values) {
			c.oneOf(member+".values."+from, o.Values[from], values)
		}
	}
	used := func(member string, m MappedColumn) {
		if m.Column != "" && columns[m.Column] {
			c.bad(member, "import.mapping_private", map[string]any{"Name": quoted(m.Column)})
		}
	}
	used("role", c.m.Role)
	for _, name := range sortedKeys(c.m.Fields) {
		used("fields."+name, c.m.Fields[name])
	}
}

func termIDs(terms []models.Term) (ids []string) {
	for _, t := range terms {
		ids = append(ids, t.ID)
	}
	return ids
}

// quoted prepares a value out of a file for a message: quoted, on one line and
// not endless.
func quoted(value string) string {
	const most = 40
	if utf8.RuneCountInString(value) > most {
		value = string([]rune(value)[:most]) + "…"
	}
	return fmt.Sprintf("%q", value)
}

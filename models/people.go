package models

import (
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
)

// ReadPeople reads mentors.csv or mentees.csv. It gives the people of the rows without an error, in the order of
// the file, and a report with everything that is wrong; a caller stops when the report has errors. Nothing is
// guessed: what a file does not say is left empty, see Profile.
// Cost: linear in the size of the file, 100,000 rows in about a second; memory for the people and for one row.
func ReadPeople(file string, src io.Reader, role Role) ([]Profile, Report) {
	return readTable(file, src, peopleLayout(role))
}

// ParsePerson reads one person from the values of the columns by name, as a form or a program gives them, by the
// rules of the people files. A column that the role does not have is an error. It gives every problem with its column;
// the person counts only if there is no error.
func ParsePerson(role Role, values map[string]string) (Profile, Problems) {
	l := peopleLayout(role)
	t := &table{words: Vocabularies(), cache: newValueCache()}
	at, record := make([]int, len(l.columns)), make([]string, len(l.columns))
	for k, c := range l.columns {
		at[k], record[k] = k, values[c.name]
		if c.text {
			record[k] = SafeCell(values[c.name]) // no spreadsheet has been at it: an apostrophe is one
		}
		t.header = append(t.header, c.name)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(t.header, name) {
			t.column = name
			t.fail("people.no_field", "Name", shown(name))
		}
	}
	p := l.fresh
	readRow(t, l, record, at, &p)
	t.checkNames(&p)
	return p, t.problems.done("")
}

// Values writes a person as the values of the columns by name, those that are empty left out: the opposite of
// ParsePerson.
func (p *Profile) Values() map[string]string {
	values := map[string]string{}
	for _, f := range FieldsOf(p.Role) {
		if value := f.format(p); value != "" {
			values[f.Name] = value
		}
	}
	return values
}

// peopleLayout says how the file of one role is read.
func peopleLayout(role Role) layout[Profile] {
	l := layout[Profile]{
		most:   maxRows,
		fresh:  Profile{Role: role, Reliability: -1},
		finish: finishPerson,
	}
	if role == RoleMentor {
		l.fresh.Capacity = 1
	}
	for _, f := range FieldsOf(role) {
		l.columns = append(l.columns, column[Profile]{
			name: f.Name, required: f.Required, text: f.text, example: f.Example, help: f.Help, parse: f.parse,
		})
	}
	return l
}

// FieldsOf gives the columns of the file of one role, in order.
func FieldsOf(role Role) []Field {
	return slices.DeleteFunc(slices.Clone(Fields), func(f Field) bool { return f.Roles&role == 0 })
}

// finishPerson checks what concerns several columns.
func finishPerson(t *table, p *Profile) {
	finishZone(t, p)
	if p.Taken > p.Capacity {
		t.column = "taken"
		t.fail("people.taken_over_capacity", "Taken", p.Taken, "Capacity", p.Capacity)
	}
	if p.MinOverlap > 0 && p.Slots == nil {
		t.column = "min_overlap"
		t.warn("people.overlap_without_slots")
	}
}

// WritePeople writes people of one role as their CSV file: UTF-8, commas, LF, every column of the role in the order
// of Fields ("synthetic" only when somebody is). Texts that start like a formula are made harmless by SafeCell, so
// reading gives back exactly what was written. The people must be valid, as ReadPeople gives them; it fails when
// somebody has another role or w fails.
func WritePeople(w io.Writer, role Role, people []Profile) error {
	fields := FieldsOf(role)
	if !slices.ContainsFunc(people, func(p Profile) bool { return p.Synthetic }) {
		fields = slices.DeleteFunc(fields, func(f Field) bool { return f.Name == "synthetic" })
	}
	out := csv.NewWriter(w)
	record := make([]string, len(fields))
	for i, f := range fields {
		record[i] = f.Name
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for i := range people {
		if people[i].Role != role {
			return fmt.Errorf("models: %q is no %s", people[i].ID, role)
		}
		for k, f := range fields {
			record[k] = SafeCell(f.format(&people[i]))
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

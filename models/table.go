package models

import (
	"encoding/csv"
	"io"
)

// A Report says how a file was read and what was found in it.
type Report struct {
	Rows      int           // rows below the header, the faulty ones too
	Separator rune          // ',', ';' or tab; 0 when the file could not be opened as a table
	BOM       bool          // the file starts with a byte order mark
	CRLF      bool          // lines end in CR LF
	Unknown   []string      // columns that we do not know, which are ignored
	Adapted   []AdaptedCode // sector codes of which only a prefix is used, in the order of the rows
	Problems  Problems      // everything that is wrong, in the order of the rows
}

// column is one column of a file whose rows are values of type T.
type column[T any] struct {
	name     string
	required bool // the file must have it, and no cell of it may be empty
	text     bool // free text or ids: a value may start like a formula
	example  string
	help     Title
	parse    func(t *table, cell string, to *T) // called for cells that are not empty
}

// layout says how one kind of file is read.
type layout[T any] struct {
	columns []column[T]
	most    int                   // rows below the header
	empty   bool                  // a file without rows is fine
	fresh   T                     // a row of which nothing was given
	finish  func(t *table, to *T) // checks of the row as a whole, may be nil
}

// table is a file while it is read: where the reading stands and what was found so far.
type table struct {
	file     string
	report   Report
	problems problemList
	guard    *guard
	csv      *csv.Reader
	header   []string
	complete bool           // the end of the file was reached
	encoding map[string]any // arguments of the problem that tells of a wrong encoding

	line   int    // of the current row
	column string // the current one, "" for the row as a whole
	failed bool   // the current row has an error

	words *Vocabulary
	cache valueCache
}

// readTable reads a whole file. It gives the rows without an error and a report on all of them.
// Cost: linear in the size of the file; the memory beside the result is bounded by the limits of one row.
func readTable[T any](file string, src io.Reader, l layout[T]) ([]T, Report) {
	t := &table{file: file, words: Vocabularies(), cache: newValueCache()}
	var rows []T
	if t.open(src) && t.readHeader() {
		if at, rest := place(t, l.columns); at != nil {
			rows = readRows(t, l, at, rest)
		}
	}
	if t.guard != nil {
		t.report.CRLF = t.guard.crlf
	}
	t.report.Problems = t.problems.done(file)
	return rows, t.report
}

// place finds our columns in the header: at gives the position of each one, or -1; rest the positions of the
// columns that we do not know. A header without any of ours gives nil.
func place[T any](t *table, columns []column[T]) (at, rest []int) {
	positions := make(map[string]int, len(columns))
	for k, c := range columns {
		positions[c.name] = k
		at = append(at, -1)
	}
	known := 0
	for i, name := range t.header {
		k, ok := positions[name]
		switch {
		case !ok:
			rest = append(rest, i)
			t.report.Unknown = append(t.report.Unknown, name)
		case at[k] >= 0:
			t.column = name
			t.fail("people.doubled_column", "Name", name)
			rest = append(rest, i)
		default:
			at[k] = i
			known++
		}
	}
	if t.column = ""; known == 0 {
		t.fail("people.no_header", "Name", columns[0].name)
		return nil, nil
	}
	for k, c := range columns {
		if c.required && at[k] < 0 {
			t.column = c.name
			t.fail("people.missing_column", "Name", c.name)
		}
	}
	return at, rest
}

func readRows[T any](t *table, l layout[T], at, rest []int) []T {
	var rows []T
	var row T // one for all rows: its address escapes to the parse functions
	for {
		record, ok := t.next(l.most)
		switch {
		case t.complete && t.report.Rows == 0 && !l.empty:
			t.line, t.column = 1, ""
			t.fail("people.no_rows")
			return nil
		case !ok:
			return rows
		}
		if row = l.fresh; readRow(t, l, record, at, &row) && t.checkRest(record, rest) {
			rows = append(rows, row)
		}
	}
}

// readRow reads one row into a value and says whether it is free of errors.
func readRow[T any](t *table, l layout[T], record []string, at []int, row *T) bool {
	if len(record) != len(t.header) {
		t.fail("people.cell_count", "Got", len(record), "Want", len(t.header))
		return false
	}
	for k := range l.columns {
		if at[k] < 0 {
			continue
		}
		c, cell := &l.columns[k], record[at[k]]
		t.column = c.name
		switch {
		case cell == "" && c.required:
			t.fail("people.required", "Name", c.name)
		case cell == "":
		case c.text:
			if value, ok := t.textCell(cell); ok {
				c.parse(t, value, row)
			}
		case t.checkCell(cell, cellExact):
			c.parse(t, cell, row)
		}
	}
	if t.column = ""; l.finish != nil {
		l.finish(t, row)
	}
	return !t.failed
}

// checkRest checks the cells of columns that we do not know.
func (t *table) checkRest(record []string, rest []int) bool {
	for _, i := range rest {
		t.column = t.header[i]
		t.checkCell(record[i], cellIgnored)
	}
	return !t.failed
}

// fail reports an error at the current place; args are names and values in turn.
func (t *table) fail(key string, args ...any) {
	t.failed = true
	t.note(key, false, named(args))
}

// warn reports a warning at the current place.
func (t *table) warn(key string, args ...any) { t.note(key, true, named(args)) }

func (t *table) note(key string, warning bool, args map[string]any) {
	t.problems.add(Problem{File: t.file, Row: t.line, Column: t.column, Key: key, Args: args, Warning: warning})
}

func named(args []any) map[string]any {
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		name, _ := args[i].(string)
		m[name] = args[i+1]
	}
	return m
}

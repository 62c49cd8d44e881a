package models

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Every vocabulary file starts with the column id, then has columns of its own
// and ends with these.
var commonColumns = []string{"en", "es", "fr", "valid_from", "valid_to", "needs_review", "source"}

// row is one line of a vocabulary file.
type row struct {
	Term
	place string // file and line, for messages
	cells map[string]string
}

// list splits a cell of several values; an empty cell has none.
func (r row) list(column string) []string {
	if r.cells[column] == "" {
		return nil
	}
	return strings.Split(r.cells[column], ";")
}

// loader reads the files one after the other and collects what is wrong.
type loader struct {
	files fs.FS
	v     *Vocabulary
	ids   map[string]map[string]int // by list: numbers by id
	errs  []error
}

func (l *loader) fail(place, format string, args ...any) {
	l.errs = append(l.errs, fmt.Errorf("%s: "+format, append([]any{place}, args...)...))
}

// rows reads one file whose own columns are given and checks what all share.
func (l *loader) rows(file string, own ...string) []row {
	data, err := l.open(file)
	if err != nil {
		l.errs = append(l.errs, err)
		return nil
	}
	header := slices.Concat([]string{"id"}, own, commonColumns)
	if !slices.Equal(data[0], header) {
		l.fail(file, "header is %v, want %v", data[0], header)
		return nil
	}
	rows := make([]row, 0, len(data)-1)
	for i, cells := range data[1:] {
		r := row{place: fmt.Sprintf("%s:%d", file, i+2), cells: map[string]string{}}
		for c, name := range header {
			r.cells[name] = cells[c]
		}
		r.Term = l.term(r)
		rows = append(rows, r)
	}
	return rows
}

func (l *loader) open(file string) ([][]string, error) {
	f, err := l.files.Open("vocabulary/" + file)
	if err != nil {
		return nil, err
	}
	data, err := csv.NewReader(f).ReadAll()
	if err == nil && len(data) == 0 {
		err = errors.New("no header")
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return data, nil
}

// term takes the common cells of a row.
func (l *loader) term(r row) Term {
	c := r.cells
	for _, must := range []string{"id", "en", "es", "fr", "source"} {
		if strings.TrimSpace(c[must]) == "" {
			l.fail(r.place, "no %s", must)
		}
	}
	for _, column := range []string{"valid_from", "valid_to"} {
		if _, err := time.Parse(time.DateOnly, c[column]); err != nil && c[column] != "" {
			l.fail(r.place, "%s: %w", column, err)
		}
	}
	if c["valid_to"] != "" && c["valid_from"] > c["valid_to"] {
		l.fail(r.place, "valid_from is after valid_to")
	}
	return Term{
		ID:        c["id"],
		Title:     Title{EN: c["en"], ES: c["es"], FR: c["fr"]},
		ValidFrom: c["valid_from"],
		ValidTo:   c["valid_to"],
		Review:    c["needs_review"],
		Source:    c["source"],
	}
}

// add gives an id the next number of its list.
func (l *loader) add(list, place, id string) {
	if l.ids[list] == nil {
		l.ids[list] = map[string]int{}
	}
	if l.ids[list][id] != 0 {
		l.fail(place, "%s %q is there twice", list, id)
	}
	l.ids[list][id] = len(l.ids[list]) + 1
}

// known checks that ids are in a list read before.
func (l *loader) known(r row, list string, ids ...string) {
	for _, id := range ids {
		if l.ids[list][id] == 0 {
			l.fail(r.place, "unknown %s %q", list, id)
		}
	}
}

// whole reads a whole number; an empty cell is -1.
func (l *loader) whole(r row, column string) int {
	cell := r.cells[column]
	if cell == "" {
		return -1
	}
	n, err := strconv.Atoi(cell)
	if err != nil || n < 0 {
		l.fail(r.place, "%s is %q, not a whole number", column, cell)
	}
	return n
}

// yes reads a cell that is "yes" or "no".
func (l *loader) yes(r row, column string) bool {
	cell := r.cells[column]
	if cell != "yes" && cell != "no" {
		l.fail(r.place, "%s is %q, not yes or no", column, cell)
	}
	return cell == "yes"
}

// code reads an industry code of a given number of digits, or of at least -digits.
func (l *loader) code(r row, cell string, digits int) int {
	right := len(cell) == digits || digits < 0 && len(cell) >= -digits
	if !isCode(cell) || !right {
		l.fail(r.place, "%q is no industry code of this length", cell)
		return 0
	}
	return leading(cell, len(cell))
}

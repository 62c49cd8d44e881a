package jobs

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"puente/models"
)

// Limits of a directory. They bound what one row can take in memory.
const (
	maxDirectoryCell    = 64 << 10
	maxDirectoryColumns = 256
	maxDirectoryRows    = 2_000_000
	maxDirectoryRow     = 4 << 20 // bytes of a whole row
)

// directoryTable reads a directory as a table, in the form that a mapping
// names. Its problems make the whole file unusable: a row that was cut in the
// wrong place could give one firm the answers of another.
type directoryTable struct {
	file     string
	csv      *csv.Reader
	budget   *rowBudget
	header   []string
	rows     int
	line     int // of the row read last
	problems models.Problems
	encoding map[string]any // arguments of the problem that tells of a wrong encoding
}

const maxDirectoryProblems = 1000

func (t *directoryTable) fail(row int, column, key string, args map[string]any) {
	if len(t.problems) < maxDirectoryProblems {
		t.problems = append(t.problems, models.Problem{File: t.file, Row: row, Column: column, Key: key, Args: args})
	}
}

// openDirectory looks at the first bytes and reads the header. After a problem
// the table gives no rows.
func openDirectory(file string, src io.Reader, m *Mapping) *directoryTable {
	t := &directoryTable{file: file}
	in := bufio.NewReaderSize(src, maxDirectoryCell)
	head, err := in.Peek(maxDirectoryCell)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		t.fail(0, "", "people.unreadable", map[string]any{"Error": quoted(err.Error())})
		return t
	case bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")):
		t.fail(0, "", "people.utf16", nil)
		return t
	}
	if rest, ok := bytes.CutPrefix(head, []byte("\ufeff")); ok {
		head = rest
		_, _ = in.Discard(3) // they were peeked at
	}
	t.budget = &rowBudget{src: in}
	var text io.Reader = t.budget
	if m.Encoding == "latin-1" {
		text = &latin1{src: t.budget}
	}
	t.csv = csv.NewReader(text)
	t.csv.Comma, t.csv.FieldsPerRecord, t.csv.ReuseRecord = separatorOf(head, m.Separator), -1, true
	t.readHeader()
	return t
}

// separatorOf gives the separator that the mapping names, or the one that the
// first line has most often.
func separatorOf(head []byte, named string) rune {
	if named != "" {
		return rune(named[0])
	}
	line, _, _ := bytes.Cut(head, []byte("\n"))
	best := ','
	for _, r := range ";\t" {
		if strings.Count(string(line), string(r)) > strings.Count(string(line), string(best)) {
			best = r
		}
	}
	return best
}

func (t *directoryTable) readHeader() {
	t.budget.left = maxDirectoryRow
	record, err := t.csv.Read()
	if err == io.EOF {
		t.fail(0, "", "people.empty_file", nil)
		return
	}
	if err != nil {
		t.broken(err)
		return
	}
	t.line, _ = t.csv.FieldPos(0)
	seen := map[string]bool{}
	for _, name := range record {
		name = strings.TrimSpace(name)
		if t.header = append(t.header, name); seen[name] && name != "" {
			t.fail(1, name, "people.doubled_column", map[string]any{"Name": quoted(name)})
		}
		seen[name] = true
		if strings.ContainsRune(name, '\r') {
			t.fail(1, "", "people.lone_cr", nil)
			return
		}
	}
	t.checkCells(1, record)
}

// next gives the next row and its line, false at the end of the file or where
// it cannot be read on. The cells are good until the next call.
func (t *directoryTable) next() (line int, cells []string, ok bool) {
	for len(t.problems) < maxDirectoryProblems {
		t.budget.left = maxDirectoryRow
		record, err := t.csv.Read()
		if err == io.EOF {
			if t.rows == 0 {
				t.fail(1, "", "people.no_rows", nil)
			}
			return 0, nil, false
		}
		if t.rows++; err != nil {
			if !t.broken(err) {
				return 0, nil, false
			}
			continue
		}
		line, _ = t.csv.FieldPos(0)
		t.line = line
		if t.rows > maxDirectoryRows {
			t.fail(line, "", "people.too_many_rows", map[string]any{"Max": maxDirectoryRows})
			return 0, nil, false
		}
		t.checkCells(line, record)
		return line, record, true
	}
	return 0, nil, false
}

// broken reports an error of the CSV reader and says whether it can go on.
func (t *directoryTable) broken(err error) bool {
	var syntax *csv.ParseError
	switch {
	case errors.Is(err, errLongRow):
		t.fail(t.line+1, "", "people.long_cell", map[string]any{"Max": maxDirectoryCell})
		return false
	case !errors.As(err, &syntax):
		t.fail(0, "", "people.unreadable", map[string]any{"Error": quoted(err.Error())})
		return false
	case errors.Is(err, csv.ErrQuote) && syntax.Line > syntax.StartLine:
		t.fail(syntax.StartLine, "", "people.open_quote", nil)
	default:
		t.fail(syntax.Line, "", "people.stray_quote", nil)
	}
	return true
}

// checkCells looks for what makes a file unusable as a whole.
func (t *directoryTable) checkCells(line int, cells []string) {
	if len(cells) > maxDirectoryColumns {
		t.fail(line, "", "people.too_many_columns", map[string]any{"Max": maxDirectoryColumns})
	}
	for i, cell := range cells {
		if len(cell) > maxDirectoryCell {
			t.fail(line, t.name(i), "people.long_cell", map[string]any{"Max": maxDirectoryCell})
		}
		if utf8.ValidString(cell) {
			continue
		}
		if t.encoding == nil { // listed once, with the number of cells
			t.encoding = map[string]any{"Value": quoted(cell), "Number": 0}
			t.fail(line, t.name(i), "people.not_utf8", t.encoding)
		}
		cells, _ := t.encoding["Number"].(int)
		t.encoding["Number"] = cells + 1
	}
}

func (t *directoryTable) name(at int) string {
	if at < len(t.header) {
		return t.header[at]
	}
	return ""
}

// find gives the place of a column, -1 and a problem when the header lacks it.
func (t *directoryTable) find(name string) int {
	for i, column := range t.header {
		if column == name {
			return i
		}
	}
	t.fail(1, name, "people.missing_column", map[string]any{"Name": quoted(name)})
	return -1
}

var errLongRow = errors.New("jobs: a row of the directory is too long")

// rowBudget ends the reading of a row that has no end, such as one behind a
// quote that nothing closes.
type rowBudget struct {
	src  io.Reader
	left int
}

func (b *rowBudget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLongRow
	}
	n, err := b.src.Read(p)
	b.left -= n
	return n, err
}

// latin1 turns ISO 8859-1, whose bytes are the first 256 characters of
// Unicode, into UTF-8.
type latin1 struct{ src io.Reader }

func (l *latin1) Read(p []byte) (int, error) {
	if len(p) < 2 {
		return 0, io.ErrShortBuffer
	}
	raw := make([]byte, len(p)/2)
	n, err := l.src.Read(raw)
	out := p[:0]
	for _, b := range raw[:n] {
		out = utf8.AppendRune(out, rune(b))
	}
	return len(out), err
}

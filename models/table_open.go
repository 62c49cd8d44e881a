package models

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
)

// open looks at the first bytes, finds the separator and sets the CSV reader up. It says whether the file can be
// read as a table.
func (t *table) open(src io.Reader) bool {
	in := bufio.NewReaderSize(src, maxCell)
	head, err := in.Peek(maxCell)
	if err != nil && err != io.EOF {
		t.fail("people.unreadable", "Error", shown(err.Error()))
		return false
	}
	if looksUTF16(head) {
		t.fail("people.utf16")
		return false
	}
	if rest, ok := bytes.CutPrefix(head, []byte("\uFEFF")); ok {
		head, t.report.BOM = rest, true
		if _, err := in.Discard(3); err != nil {
			t.fail("people.unreadable", "Error", shown(err.Error()))
			return false
		}
	}
	comma := separator(head)
	t.report.Separator = rune(comma)
	t.guard = &guard{src: in, comma: comma, line: 1}
	t.csv = csv.NewReader(bufio.NewReaderSize(t.guard, maxCell))
	t.csv.Comma, t.csv.FieldsPerRecord, t.csv.ReuseRecord = rune(comma), -1, true
	return true
}

// looksUTF16 knows UTF-16 by its byte order mark or by the zero byte beside each Latin letter.
func looksUTF16(head []byte) bool {
	if bytes.HasPrefix(head, []byte{0xFF, 0xFE}) || bytes.HasPrefix(head, []byte{0xFE, 0xFF}) {
		return true
	}
	if len(head) < 4 {
		return false
	}
	return head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0 ||
		head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0
}

// separator gives the one that the first line holds most often outside quotes; a comma when there is none.
func separator(head []byte) byte {
	var count [256]int
	quoted := false
	for _, b := range head {
		if b == '"' {
			quoted = !quoted
		}
		if b == '\n' && !quoted {
			break
		}
		if !quoted {
			count[b]++
		}
	}
	best := byte(',')
	for _, b := range []byte{';', '\t'} {
		if count[b] > count[best] {
			best = b
		}
	}
	return best
}

// readHeader reads and checks the first row. It says whether the rows below can be read.
func (t *table) readHeader() bool {
	t.line = 1
	record, err := t.csv.Read()
	switch {
	case err == io.EOF:
		t.line = 0
		t.fail("people.empty_file")
		return false
	case err != nil:
		t.broken(record, err)
		return false
	}
	t.line, _ = t.csv.FieldPos(0)
	t.header = slices.Clone(record)
	ok := true
	for _, name := range t.header {
		ok = t.checkCell(name, cellExact) && ok
	}
	return ok
}

// next gives the next row that keeps the CSV grammar, after it has reported those that do not. It says false at
// the end of the file, behind most rows and where the guard has stopped.
func (t *table) next(most int) ([]string, bool) {
	for {
		record, err := t.csv.Read()
		if err == io.EOF {
			t.complete = true
			return nil, false
		}
		t.column, t.failed = "", false
		if err == nil {
			t.line, _ = t.csv.FieldPos(0)
		} else if !t.broken(record, err) {
			return nil, false
		}
		if t.report.Rows++; t.report.Rows > most {
			t.column = ""
			t.fail("people.too_many_rows", "Max", most)
			return nil, false
		}
		if err == nil {
			return record, true
		}
	}
}

// broken reports an error of the CSV reader; record holds the cells before it. It says whether reading can go on.
func (t *table) broken(record []string, err error) bool {
	if errors.Is(err, errStopped) {
		t.line, t.column = t.guard.line, t.name(t.guard.column)
		if t.guard.state == inQuotes {
			t.line = t.guard.opened
		}
		t.fail(t.guard.stop, "Max", t.guard.max)
		return false
	}
	var syntax *csv.ParseError
	if !errors.As(err, &syntax) {
		t.fail("people.unreadable", "Error", shown(err.Error()))
		return false
	}
	t.line, t.column = syntax.Line, t.name(len(record))
	if t.guard.state == inQuotes && syntax.Line >= t.guard.opened {
		t.line = t.guard.opened
		t.fail("people.open_quote")
		return true
	}
	t.fail("people.stray_quote")
	return true
}

// name gives the name of the column at a position, "" when there is none.
func (t *table) name(position int) string {
	if position < len(t.header) {
		return t.header[position]
	}
	return ""
}

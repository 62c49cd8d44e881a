package models

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// cellKind says what the characters of a cell may be.
type cellKind uint8

const (
	cellIgnored cellKind = iota // a column that we do not know: any text
	cellExact                   // one of our values or a column's name: no control or invisible characters
	cellText                    // free text and ids: as cellExact, but may start like a formula
)

// plainText says that a cell holds nothing but printable ASCII, which most cells do.
func plainText(cell string) bool {
	for i := range len(cell) {
		if cell[i] < ' ' || cell[i] > '~' {
			return false
		}
	}
	return true
}

// checkCell looks for what no cell of that kind may hold and reports it. It says whether the cell can be used.
func (t *table) checkCell(cell string, kind cellKind) bool {
	if len(cell) > maxCell {
		t.fail("people.long_cell", "Max", maxCell)
		return false
	}
	if plainText(cell) {
		return true
	}
	if !utf8.ValidString(cell) {
		t.failEncoding(cell)
		return false
	}
	for i, r := range cell {
		if key := forbidden(r, i == 0, kind); key != "" {
			t.fail(key, "Code", fmt.Sprintf("U+%04X", r), "Value", shown(cell))
			return false
		}
	}
	return true
}

// forbidden gives the message key of a character that a cell of that kind must not hold, or "".
func forbidden(r rune, first bool, kind cellKind) string {
	switch {
	case r == 0:
		return "people.nul"
	case r == '\t' || r == '\n' || r == '\r':
		if kind == cellIgnored || kind == cellText && first && r != '\n' {
			return ""
		}
		return "people.control"
	case unicode.IsControl(r):
		return "people.control"
	case kind != cellIgnored && unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp):
		return "people.hidden"
	}
	return ""
}

// failEncoding reports a cell that is not UTF-8. One wrong encoding spoils many cells, so a file lists it once,
// at the first place, with the number of cells.
func (t *table) failEncoding(cell string) {
	t.failed = true
	if t.encoding != nil {
		cells, _ := t.encoding["Number"].(int)
		t.encoding["Number"] = cells + 1
		return
	}
	t.encoding = map[string]any{"Value": shown(cell), "Number": 1}
	t.note("people.not_utf8", false, t.encoding)
}

// formulaStart says whether a spreadsheet would take the text for a formula.
func formulaStart(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return text != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first)
}

// SafeCell gives the text as it is written to a file that a spreadsheet may open: an apostrophe goes before a text
// that starts like a formula (and before one that starts with apostrophes and goes on like a formula, so that
// reading, which takes exactly one apostrophe away, gives back what was written). Other texts stay as they are.
func SafeCell(text string) string {
	if formulaStart(strings.TrimLeft(text, "'")) {
		return "'" + text
	}
	return text
}

// readCell is the opposite of SafeCell. It says whether it took an apostrophe away.
func readCell(cell string) (string, bool) {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && formulaStart(strings.TrimLeft(rest, "'")) {
		return rest, true
	}
	return cell, false
}

// textCell reads a cell that may start like a formula, which gets a warning unless SafeCell has been at work. It
// says false when the cell cannot be used.
func (t *table) textCell(cell string) (string, bool) {
	value, safe := readCell(cell)
	if !t.checkCell(value, cellText) {
		return "", false
	}
	if !safe && formulaStart(value) {
		t.warn("people.formula", "Value", shown(value))
	}
	return value, true
}

// text reads free text: letters with accents get one form (Unicode NFC).
func (t *table) text(cell string) string {
	if strings.TrimSpace(cell) != cell {
		t.warn("people.edge_space", "Value", shown(cell))
	}
	if plainText(cell) {
		return strings.Clone(cell)
	}
	return strings.Clone(norm.NFC.String(cell))
}

const maxID = 64 // characters of an id

// id reads an id: 1 to 64 characters, no white space, none of ; , : and no quotes. It gives "" after a problem.
func (t *table) id(text string) string {
	if utf8.RuneCountInString(text) > maxID {
		t.fail("people.long_id", "Value", shown(text), "Max", maxID)
		return ""
	}
	for _, r := range text {
		if unicode.IsSpace(r) || strings.ContainsRune(";,:\"'`“”‘’«»", r) {
			t.fail("people.bad_id", "Value", shown(text), "Character", shown(string(r)))
			return ""
		}
	}
	return strings.Clone(text)
}

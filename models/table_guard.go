package models

import (
	"errors"
	"io"
)

// Limits of every file that is read as a table. They bound the memory that one row can take.
const (
	maxCell    = 64 << 10  // bytes of one cell
	maxColumns = 256       // cells of one row
	maxRows    = 2_000_000 // rows below the header
)

// errStopped ends the reading of a file in which the guard found what cannot be read on.
var errStopped = errors.New("models: the file breaks a limit")

type guardState uint8

const (
	atStart   guardState = iota // nothing of the cell read yet
	inCell                      // in a cell without quotes
	inQuotes                    // in a quoted cell
	quoteSeen                   // behind a quote that closes the cell unless another one follows
	skipping                    // in the rest of a line with a misplaced quote
)

// guard passes the bytes of a CSV file on to encoding/csv, following the same grammar, and stops at what that
// package would swallow without a limit: endless cells and rows. It also notes how lines end.
// Cost: a few nanoseconds a byte, no memory.
type guard struct {
	src    io.Reader
	comma  byte
	state  guardState
	cr     bool   // the last byte was a CR outside quotes
	crlf   bool   // some line ended in CR LF
	line   int    // line being read, from 1
	column int    // cell being read, from 0
	size   int    // bytes of that cell so far
	opened int    // line of the last opening quote
	stop   string // message key of what ended the reading, "" while all is well
	max    int    // the limit that was passed
}

// Read fills p like the source, up to the byte that breaks a limit.
func (g *guard) Read(p []byte) (int, error) {
	if g.stop != "" {
		return 0, errStopped
	}
	n, err := g.src.Read(p)
	for i, b := range p[:n] {
		if g.step(b); g.stop != "" {
			return i, errStopped
		}
	}
	return n, err
}

func (g *guard) step(b byte) {
	switch {
	case g.state == inQuotes:
		g.quoted(b)
	case b == '\n':
		g.crlf = g.crlf || g.cr
		g.cr, g.state, g.column, g.size = false, atStart, 0, 0
		g.line++
	case g.cr:
		g.stop = "people.lone_cr"
	case b == '\r':
		g.cr = true
	case g.state == skipping:
		if g.size++; g.size > maxColumns*maxCell {
			g.stop, g.max = "people.long_cell", maxCell
		}
	case b == g.comma:
		g.state, g.size = atStart, 0
		if g.column++; g.column == maxColumns {
			g.stop, g.max = "people.too_many_columns", maxColumns
		}
	default:
		g.plain(b)
	}
}

// plain takes a byte outside quotes that ends nothing.
func (g *guard) plain(b byte) {
	switch {
	case b == '"' && g.state == atStart:
		g.state, g.opened = inQuotes, g.line
	case b == '"' && g.state == quoteSeen:
		g.state = inQuotes
		g.grow()
	case b == '"' || g.state == quoteSeen:
		g.state = skipping
	default:
		g.state = inCell
		g.grow()
	}
}

// quoted takes a byte of a quoted cell.
func (g *guard) quoted(b byte) {
	if b == '"' {
		g.state = quoteSeen
		return
	}
	if b == '\n' {
		g.line++
	}
	g.grow()
}

// grow counts a byte of the cell. The guard stops at twice the limit only: shorter cells are refused one by one,
// with the rest of the file still read.
func (g *guard) grow() {
	if g.size++; g.size > 2*maxCell {
		g.stop, g.max = "people.long_cell", maxCell
	}
}

package verify

import (
	"bytes"
	"fmt"
	"math"
	"strings"
)

// reader reads JSON from start to end, once, and keeps the first error. After
// an error every method returns at once with a zero value.
type reader struct {
	data []byte
	at   int    // next byte to read
	part string // top-level member being read, for messages
	err  error
}

// field is one member that an object of the format has.
type field struct {
	name string
	read func()
}

// fail keeps the first error, with the place the reader has come to.
func (r *reader) fail(format string, args ...any) {
	if r.err != nil {
		return
	}
	before := r.data[:min(r.at, len(r.data))]
	line := 1 + bytes.Count(before, []byte{'\n'})
	column := len(before) - bytes.LastIndexByte(before, '\n')
	where := fmt.Sprintf("line %d, byte %d", line, column)
	if r.part != "" {
		where += fmt.Sprintf(", in %q", r.part)
	}
	r.err = fmt.Errorf("unreadable round: %s: %s", where, fmt.Sprintf(format, args...))
}

// peek skips white space and returns the next byte, or 0 at the end.
func (r *reader) peek() byte {
	for r.at < len(r.data) {
		switch c := r.data[r.at]; c {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return c
		}
	}
	return 0
}

// accept steps over c if it comes next.
func (r *reader) accept(c byte) bool {
	if r.err == nil && r.peek() == c && r.at < len(r.data) {
		r.at++
		return true
	}
	return false
}

// expect steps over c and fails if something else comes next.
func (r *reader) expect(c byte) bool {
	if r.accept(c) {
		return true
	}
	r.fail("%q expected, %s found", c, r.ahead())
	return false
}

// ahead describes what comes next, for messages.
func (r *reader) ahead() string {
	r.peek()
	if r.at >= len(r.data) {
		return "the end of the file"
	}
	rest := r.data[r.at:min(r.at+24, len(r.data))]
	if i := bytes.IndexAny(rest, ",]}\n"); i > 0 {
		rest = rest[:i]
	}
	return fmt.Sprintf("%q", rest)
}

// items reads what stands between two brackets, separated by commas.
func (r *reader) items(opening, closing byte, item func()) {
	if !r.expect(opening) || r.accept(closing) {
		return
	}
	for r.err == nil {
		item()
		if r.accept(closing) {
			return
		}
		if r.err == nil && r.peek() != ',' {
			r.fail("',' or %q expected, %s found", closing, r.ahead())
			return
		}
		r.at++
	}
}

func (r *reader) list(item func()) { r.items('[', ']', item) }

// name reads a member's name and the colon after it.
func (r *reader) name() []byte {
	name := r.text()
	r.expect(':')
	return name
}

// object reads an object that has each of the fields once, in any order, and
// nothing else.
func (r *reader) object(fields []field) {
	var seen uint64
	next := 0 // where the fields stand in their usual order, this one comes
	r.items('{', '}', func() {
		name := r.name()
		if r.err != nil {
			return
		}
		at := next
		if at >= len(fields) || fields[at].name != string(name) {
			at = position(fields, name)
		}
		switch {
		case at < 0:
			r.fail("unknown member %q", name)
		case seen&(1<<at) != 0:
			r.fail("member %q appears twice", name)
		default:
			seen |= 1 << at
			next = at + 1
			fields[at].read()
		}
	})
	for i := range fields {
		if seen&(1<<i) == 0 {
			r.fail("member %q is missing", fields[i].name)
		}
	}
}

func position(fields []field, name []byte) int {
	for i := range fields {
		if fields[i].name == string(name) {
			return i
		}
	}
	return -1
}

// integer reads a whole number between lo and hi: no fraction, no exponent, no
// leading zero, no minus before zero.
func (r *reader) integer(lo, hi int64) int64 {
	if r.err != nil {
		return 0
	}
	r.peek()
	start := r.at
	negative := r.at < len(r.data) && r.data[r.at] == '-'
	if negative {
		r.at++
	}
	size, fits := r.digits()
	digits := r.at - start
	if negative {
		digits--
	}
	if digits == 0 || r.at < len(r.data) && strings.IndexByte(".eE+-", r.data[r.at]) >= 0 {
		r.at = start
		r.fail("a whole number expected, %s found", r.ahead())
		return 0
	}
	if first := r.data[r.at-digits]; first == '0' && (digits > 1 || negative) {
		r.at = start
		r.fail("%s is not written as a whole number", r.ahead())
		return 0
	}
	value := int64(size)
	if negative {
		value = -value
	}
	if !fits || value < lo || value > hi {
		r.at = start
		r.fail("%s is outside %d..%d", r.ahead(), lo, hi)
		return 0
	}
	return value
}

// digits reads decimal digits; fits is false beyond 63 bits.
func (r *reader) digits() (value uint64, fits bool) {
	fits = true
	for r.at < len(r.data) {
		d := r.data[r.at] - '0'
		if d > 9 {
			break
		}
		if value > (math.MaxInt64-uint64(d))/10 {
			fits = false
		}
		value = value*10 + uint64(d)
		r.at++
	}
	return value, fits
}

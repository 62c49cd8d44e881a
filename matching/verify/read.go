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
	off  *limit // the first number outside its limits; reading goes on
}

// field is one member that an object of the format has.
type field struct {
	name string
	read func()
}

// limit is the error of a number that no round can hold, in a file that is
// otherwise of the right form: the round is refuted, not unreadable.
type limit struct{ where, detail string }

func (l *limit) Error() string { return l.where + ": " + l.detail }

// fail keeps the first error, with the place the reader has come to.
func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %s", r.place(), fmt.Sprintf(format, args...))
	}
}

// outside keeps the first number outside its limits, which starts at a byte. It
// ends no reading: a file that is not a round is unreadable, whatever its numbers.
func (r *reader) outside(start int, format string, args ...any) {
	if r.off == nil {
		end := r.at
		r.at = start
		r.off = &limit{r.place(), fmt.Sprintf(format, append([]any{r.ahead()}, args...)...)}
		r.at = end
	}
}

// place says how far the reader has come.
func (r *reader) place() string {
	before := r.data[:min(r.at, len(r.data))]
	line := 1 + bytes.Count(before, []byte{'\n'})
	column := len(before) - bytes.LastIndexByte(before, '\n')
	where := fmt.Sprintf("line %d, byte %d", line, column)
	if r.part != "" {
		where += fmt.Sprintf(", in %q", r.part)
	}
	return where
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
func (r *reader) object(fields []field) { r.some(len(fields), fields) }

// some reads an object that has each of the first required fields once, each of
// the others at most once, in any order, and nothing else. It returns which it
// has, a bit each.
func (r *reader) some(required int, fields []field) (seen uint64) {
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
	for i := range fields[:required] {
		if seen&(1<<i) == 0 {
			r.fail("member %q is missing", fields[i].name)
		}
	}
	return seen
}

func position(fields []field, name []byte) int {
	for i := range fields {
		if fields[i].name == string(name) {
			return i
		}
	}
	return -1
}

// integer reads a whole number between lo and hi.
func (r *reader) integer(lo, hi int64) int64 {
	start, negative, size, fits := r.whole()
	value := int64(size)
	if negative {
		value = -value
	}
	if r.err == nil && (!fits || size > math.MaxInt64 || value < lo || value > hi) {
		r.outside(start, "%s is outside %d..%d", lo, hi)
		return lo
	}
	return value
}

// natural reads a whole number of up to 64 bits without a sign.
func (r *reader) natural() uint64 {
	start, negative, size, fits := r.whole()
	if r.err == nil && (!fits || negative) {
		r.outside(start, "%s is outside 0..%d", uint64(math.MaxUint64))
	}
	return size
}

// whole reads a whole number and returns where it starts; fits is false beyond
// 64 bits. A fraction, an exponent, a leading zero and a minus before zero are
// refused.
func (r *reader) whole() (start int, negative bool, size uint64, fits bool) {
	if r.err != nil {
		return 0, false, 0, false
	}
	negative = r.peek() == '-'
	start = r.at
	if negative {
		r.at++
	}
	first := r.at
	size, fits = r.digits()
	digits := r.at - first
	switch {
	case digits == 0 || r.at < len(r.data) && strings.IndexByte(".eE+-", r.data[r.at]) >= 0:
		r.at = start
		r.fail("a whole number expected, %s found", r.ahead())
	case r.data[first] == '0' && (digits > 1 || negative):
		r.at = start
		r.fail("%s is not written as a whole number", r.ahead())
	}
	return start, negative, size, fits
}

// digits reads decimal digits; fits is false beyond 64 bits.
func (r *reader) digits() (value uint64, fits bool) {
	fits = true
	for r.at < len(r.data) {
		d := uint64(r.data[r.at]) - '0'
		if d > 9 {
			break
		}
		if value > (math.MaxUint64-d)/10 {
			fits = false
		}
		value = value*10 + d
		r.at++
	}
	return value, fits
}

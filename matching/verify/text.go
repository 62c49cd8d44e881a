package verify

import (
	"bytes"
	"math"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string and returns its meaning, escapes resolved. The result
// may share memory with the file.
func (r *reader) text() []byte {
	if !r.expect('"') {
		return nil
	}
	start, plain := r.at, true
	for r.at < len(r.data) {
		c := r.data[r.at]
		switch {
		case c == '"' && plain:
			r.at++
			return r.data[start : r.at-1]
		case c == '"':
			raw := r.data[start:r.at]
			r.at++
			return r.unescape(raw)
		case c == '\\':
			plain = false
			r.at++
		case c < ' ':
			r.fail("a control character inside a string")
			return nil
		}
		r.at++
	}
	r.fail("a string without an end")
	return nil
}

// The escapes of one character, and what each means.
const (
	plainEscapes = `"\/bfnrt`
	plainMeaning = "\"\\/\b\f\n\r\t"
)

// unescape resolves the escapes of a string's inside.
func (r *reader) unescape(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for len(raw) > 0 {
		if raw[0] != '\\' {
			out = append(out, raw[0])
			raw = raw[1:]
			continue
		}
		if i := strings.IndexByte(plainEscapes, raw[1]); i >= 0 {
			out = append(out, plainMeaning[i])
			raw = raw[2:]
			continue
		}
		char, size := codePoint(raw)
		if size == 0 {
			r.fail("an escape that JSON does not know, in %q", raw)
			return nil
		}
		out = utf8.AppendRune(out, char)
		raw = raw[size:]
	}
	return out
}

// codePoint reads \uXXXX, or two of them that form one character, and how many
// bytes they take; 0 for half of such a pair or anything else.
func codePoint(raw []byte) (rune, int) {
	first, ok := unit(raw)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(first) {
		return first, 6
	}
	second, ok := unit(raw[6:])
	char := utf16.DecodeRune(first, second)
	if !ok || char == utf8.RuneError {
		return 0, 0
	}
	return char, 12
}

func unit(raw []byte) (rune, bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	value := rune(0)
	for _, c := range raw[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		value = value<<4 | rune(c)
	}
	return value, true
}

// string reads a string that is not empty.
func (r *reader) string() string {
	s := r.text()
	if r.err == nil && len(s) == 0 {
		r.fail("an empty string")
	}
	return string(s)
}

// word reads one of a few known strings.
func (r *reader) word(known ...string) string {
	s := r.text()
	for _, k := range known {
		if k == string(s) {
			return k
		}
	}
	r.fail("%q is not one of %q", s, known)
	return ""
}

// digest reads 64 lowercase hexadecimal digits and returns where they start.
func (r *reader) digest() int {
	r.expect('"')
	start := r.at
	for r.err == nil && r.at < len(r.data) && r.at < start+64 {
		c := r.data[r.at]
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			break
		}
		r.at++
	}
	if r.err == nil && (r.at != start+64 || r.at == len(r.data) || r.data[r.at] != '"') {
		r.fail("64 lowercase hexadecimal digits expected")
		return 0
	}
	r.at++
	return start
}

// anything reads a value whose members the format does not fix: numbers are
// whole, names are not repeated, nesting is limited.
func (r *reader) anything(depth int) {
	if depth == 0 {
		r.fail("nested more than %d deep", maxDepth)
	}
	if r.err != nil {
		return
	}
	switch c := r.peek(); c {
	case '{':
		r.members(depth)
	case '[':
		r.list(func() { r.anything(depth - 1) })
	case '"':
		r.text()
	case 't', 'f', 'n':
		r.literal()
	default:
		r.integer(-math.MaxInt64, math.MaxInt64)
	}
}

// members reads an object whose names are free but not repeated, and returns
// how many there are.
func (r *reader) members(depth int) int {
	seen := map[string]bool{}
	r.items('{', '}', func() {
		name := string(r.name())
		if seen[name] {
			r.fail("member %q appears twice", name)
		}
		seen[name] = true
		r.anything(depth - 1)
	})
	return len(seen)
}

func (r *reader) literal() {
	for _, word := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(r.data[r.at:], []byte(word)) {
			r.at += len(word)
			return
		}
	}
	r.fail("a value expected, %s found", r.ahead())
}

// boolean reads true or false.
func (r *reader) boolean() bool {
	if c := r.peek(); r.err == nil && c != 't' && c != 'f' {
		r.fail("true or false expected, %s found", r.ahead())
		return false
	}
	start := r.at
	r.literal()
	return r.err == nil && r.data[start] == 't'
}

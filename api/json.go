package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// bounds limit a JSON text before anything is made of it.
type bounds struct {
	bytes  int64 // of the whole body
	depth  int   // nested arrays and objects
	items  int   // elements of one array, members of one object
	length int   // bytes of one string as it is written

	optional bool // there may be no body
}

// plainBounds hold where an operation says nothing else.
var plainBounds = bounds{bytes: 64 << 10, depth: 16, items: 1000, length: 16 << 10}

// optionalBounds are those of a body that may be left out.
var optionalBounds = func() bounds {
	b := plainBounds
	b.optional = true
	return b
}()

// maxNumber is how many characters a number may have.
const maxNumber = 40

// checkJSON reads a JSON text and refuses what readers could understand in
// different ways or only at great cost: invalid UTF-8, NUL, half surrogates, a
// member named twice, text after the value, numbers outside of 64-bit floats,
// and more than the bounds. The error names the place. Which members there
// should be is checked by the operation's schema. Time and memory are linear
// in the text.
func checkJSON(data []byte, b bounds) *Error {
	if int64(len(data)) > b.bytes {
		return &Error{Code: CodeTooLarge, Key: "problem.at_most_bytes", Args: map[string]any{"Max": b.bytes}}
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return malformed("json_empty", nil)
	}
	if at := badUTF8(data); at >= 0 {
		return malformed("json_utf8", placeOf(data, at))
	}
	if at := bytes.IndexByte(data, 0); at >= 0 {
		return malformed("json_nul", placeOf(data, at))
	}
	if !json.Valid(data) {
		return unreadable(data)
	}
	c := jsonChecker{data: data, bounds: b}
	c.value(0)
	return c.found
}

// malformed is a body that cannot be read, for the reason named by a rule.
func malformed(rule string, args map[string]any) *Error {
	return &Error{Code: CodeMalformed, Fields: []Field{{"/body", rule, args}}}
}

// unreadable says why a text is not one JSON value, and where.
func unreadable(data []byte) *Error {
	var first json.RawMessage
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&first); err != nil {
		at := len(data) // cut off
		if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) && int(syntax.Offset) <= len(data) {
			at = max(0, int(syntax.Offset)-1) // it counts the byte that is wrong
		}
		return malformed("json_syntax", placeOf(data, at))
	}
	rest := bytes.TrimLeft(data[dec.InputOffset():], " \t\r\n")
	return malformed("json_trailing", placeOf(data, len(data)-len(rest)))
}

// placeOf is the line of the byte at an offset and which byte of the line it
// is, both from 1.
func placeOf(data []byte, at int) map[string]any {
	before := data[:at]
	return map[string]any{"Line": 1 + bytes.Count(before, []byte("\n")), "Byte": len(before) - bytes.LastIndexByte(before, '\n')}
}

// badUTF8 is the offset of the first byte that is not UTF-8, -1 if all is.
func badUTF8(data []byte) int {
	for at := 0; at < len(data); {
		r, n := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && n == 1 {
			return at
		}
		at += n
	}
	return -1
}

// jsonChecker walks over a text that is known to be valid JSON.
type jsonChecker struct {
	bounds

	data  []byte
	at    int
	path  []step
	found *Error // the first thing that is wrong; it ends the walk
}

// step is one step on the way to a value.
type step struct {
	name   string // of a member
	index  int    // of an element
	member bool
}

func (c *jsonChecker) refuse(rule string, args map[string]any) {
	if c.found != nil {
		return
	}
	parts := []string{"body"}
	for _, s := range c.path {
		if !s.member {
			s.name = strconv.Itoa(s.index)
		}
		parts = append(parts, s.name)
	}
	c.found = &Error{Code: CodeMalformed, Fields: []Field{{pointer(parts...), rule, args}}}
}

// next skips white space and looks at the byte after it.
func (c *jsonChecker) next() byte {
	for c.at < len(c.data) && strings.IndexByte(" \t\r\n", c.data[c.at]) >= 0 {
		c.at++
	}
	if c.at == len(c.data) {
		return 0
	}
	return c.data[c.at]
}

func (c *jsonChecker) value(depth int) {
	switch first := c.next(); first {
	case '{', '[':
		if depth == c.depth {
			c.refuse("json_depth", map[string]any{"Max": c.depth})
			return
		}
		c.list(first, depth+1)
	case '"':
		c.text()
	default:
		c.scalar()
	}
}

// list walks over an array or an object.
func (c *jsonChecker) list(first byte, depth int) {
	last := first + 2 // both pairs of brackets are two apart in ASCII
	var seen map[string]bool
	if first == '{' {
		seen = map[string]bool{}
	}
	c.at++
	for n := 0; c.found == nil; n++ {
		switch c.next() {
		case last:
			c.at++
			return
		case ',':
			c.at++
		}
		if n == c.items {
			c.refuse("json_items", map[string]any{"Max": c.items})
			return
		}
		here := step{index: n}
		if seen != nil {
			here = step{name: c.member(), member: true}
		}
		c.path = append(c.path, here)
		if seen[here.name] {
			c.refuse("json_twice", nil)
		} else if seen != nil {
			seen[here.name] = true
		}
		if c.found == nil {
			c.value(depth)
		}
		c.path = c.path[:len(c.path)-1]
	}
}

// member reads a member's name and the colon after it.
func (c *jsonChecker) member() string {
	c.next()
	name := c.text()
	c.next()
	c.at++
	return name
}

// text reads a string.
func (c *jsonChecker) text() string {
	start := c.at
	c.at += endOfText(c.data[start:])
	raw := c.data[start:c.at]
	if len(raw)-2 > c.length {
		c.refuse("json_length", map[string]any{"Max": c.length})
		return ""
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var text string
	if json.Unmarshal(raw, &text) != nil || halfSurrogate(raw) {
		c.refuse("json_utf8", placeOf(c.data, start))
	} else if strings.IndexByte(text, 0) >= 0 {
		c.refuse("json_nul", placeOf(c.data, start))
	}
	return text
}

// halfSurrogate says whether a valid JSON string has a surrogate escape
// without its other half, which decoders replace in silence.
func halfSurrogate(raw []byte) bool {
	high := false
	for i := 0; i < len(raw); i++ {
		unit := uint64(0)
		if raw[i] == '\\' {
			if i++; raw[i] == 'u' {
				unit, _ = strconv.ParseUint(string(raw[i+1:i+5]), 16, 32) // valid JSON has four digits here
				i += 4
			}
		}
		low := unit >= 0xDC00 && unit < 0xE000
		if low != high {
			return true
		}
		high = unit >= 0xD800 && unit < 0xDC00
	}
	return false
}

// scalar walks over a number, true, false or null.
func (c *jsonChecker) scalar() {
	start := c.at
	for c.at < len(c.data) && strings.IndexByte(",]} \t\r\n", c.data[c.at]) < 0 {
		c.at++
	}
	if c.at-start > maxNumber {
		c.refuse("json_number", nil)
		return
	}
	word := string(c.data[start:c.at])
	if word == "true" || word == "false" || word == "null" {
		return
	}
	if _, err := strconv.ParseFloat(word, 64); err != nil {
		c.refuse("json_number", nil)
	}
}

// checkMedia refuses a body that is not plain JSON in UTF-8: another or no
// Content-Type, another charset, or compressed.
func checkMedia(h http.Header) *Error {
	bad := func(place, rule string) *Error {
		return &Error{Code: CodeMedia, Fields: []Field{{place, rule, nil}}}
	}
	types := h.Values("Content-Type")
	if len(types) != 1 {
		return bad("/header/Content-Type", "media_json")
	}
	media, params, err := mime.ParseMediaType(types[0])
	if err != nil || media != "application/json" {
		return bad("/header/Content-Type", "media_json")
	}
	for name, value := range params {
		if name != "charset" || !strings.EqualFold(value, "utf-8") {
			return bad("/header/Content-Type", "media_json")
		}
	}
	if coding := strings.Join(h.Values("Content-Encoding"), ","); coding != "" && !strings.EqualFold(coding, "identity") {
		return bad("/header/Content-Encoding", "media_coding")
	}
	return nil
}

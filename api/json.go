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
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return malformed("json_empty", nil)
	case !utf8.Valid(data):
		return malformed("json_utf8", nil)
	case bytes.IndexByte(data, 0) >= 0:
		return malformed("json_nul", nil)
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
		at := len(data)
		if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
			at = min(int(syntax.Offset), len(data))
		}
		return malformed("json_syntax", lineOf(data, at))
	}
	rest := bytes.TrimLeft(data[dec.InputOffset():], " \t\r\n")
	return malformed("json_trailing", lineOf(data, len(data)-len(rest)))
}

func lineOf(data []byte, at int) map[string]any {
	return map[string]any{"Line": 1 + bytes.Count(data[:at], []byte("\n"))}
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
	start, escaped := c.at, false
	for c.at++; c.data[c.at] != '"'; c.at++ {
		if c.data[c.at] == '\\' {
			escaped = true
			c.at++
		}
	}
	c.at++
	raw := c.data[start:c.at]
	if len(raw)-2 > c.length {
		c.refuse("json_length", map[string]any{"Max": c.length})
		return ""
	}
	if !escaped {
		return string(raw[1 : len(raw)-1])
	}
	var text string
	if json.Unmarshal(raw, &text) != nil || halfSurrogate(raw) {
		c.refuse("json_utf8", nil)
	} else if strings.IndexByte(text, 0) >= 0 {
		c.refuse("json_nul", nil)
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

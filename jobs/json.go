package jobs

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"puente/models"
)

// maxJSON is the size of a settings or mapping file at most.
const maxJSON = 1 << 20

// decodeStrict reads one JSON object into a struct and refuses what the struct
// does not name: unknown or doubled members, other types, null, trailing text,
// NUL bytes and invalid UTF-8. The problem says the line and the member; line finds
// the line of a member for later problems.
func decodeStrict(file string, r io.Reader, into any) (line func(member string) int, problems models.Problems) {
	return decodeWithin(maxJSON, file, r, into)
}

// decodeWithin is decodeStrict for files of another size at most.
func decodeWithin(most int, file string, r io.Reader, into any) (line func(member string) int, problems models.Problems) {
	data, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	lineAt := func(at int) int { return 1 + bytes.Count(data[:min(at, len(data))], []byte("\n")) }
	line = func(member string) int { return lineAt(max(0, memberAt(data, member))) }
	bad := func(at int64, member, key string, args map[string]any) (func(string) int, models.Problems) {
		return line, models.Problems{{File: file, Row: lineAt(int(at)), Column: member, Key: key, Args: args}}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	switch {
	case err != nil:
		return bad(0, "", "json.read", map[string]any{"Detail": err.Error()})
	case len(data) > most:
		return bad(0, "", "json.size", map[string]any{"Max": most})
	case !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0:
		return bad(0, "", "json.utf8", nil)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		at, member, key, args := jsonError(err, dec)
		if found := memberAt(data, member); key == "json.unknown" && found >= 0 {
			at = int64(found)
		}
		return bad(at, member, key, args)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return bad(dec.InputOffset(), "", "json.trailing", nil)
	}
	if member, key, at := refusedMember(data); key != "" {
		return bad(at, member, key, map[string]any{"Got": "null"})
	}
	return line, nil
}

// memberAt finds where a member stands, by the last part of its path; -1 where
// it does not.
func memberAt(data []byte, member string) int {
	name := member[strings.LastIndexByte(member, '.')+1:]
	place := regexp.MustCompile(`"` + regexp.QuoteMeta(name) + `"\s*:`).FindIndex(data)
	if name == "" || place == nil {
		return -1
	}
	return place[0]
}

// jsonError says where a decoding error is and which message tells it.
func jsonError(err error, dec *json.Decoder) (at int64, member, key string, args map[string]any) {
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	name, unknown := strings.CutPrefix(err.Error(), "json: unknown field ")
	switch {
	case errors.As(err, &syntax):
		return syntax.Offset, "", "json.syntax", map[string]any{"Detail": syntax.Error()}
	case errors.As(err, &wrong):
		return wrong.Offset, wrong.Field, "json.type", map[string]any{"Got": wrong.Value}
	case unknown:
		return dec.InputOffset(), strings.Trim(name, `"`), "json.unknown", nil
	}
	return dec.InputOffset(), "", "json.syntax", map[string]any{"Detail": err.Error()}
}

// refusedMember finds in valid JSON a member that an object names twice, or a
// null, which no format has, and says its path, what is wrong and where it stands.
func refusedMember(data []byte) (member, key string, at int64) {
	dec := json.NewDecoder(bytes.NewReader(data))
	type level struct {
		seen  map[string]bool // nil for an array
		name  string          // of the member being read
		named bool            // whether a member is being read, so that no name is due
	}
	var stack []level
	for {
		tok, err := dec.Token()
		if err != nil {
			return "", "", 0
		}
		if tok == nil {
			return strings.TrimSuffix(path(stack, func(l level) string { return l.name }, ""), "."), "json.type", dec.InputOffset()
		}
		top := len(stack) - 1
		if name, ok := tok.(string); ok && top >= 0 && stack[top].seen != nil && !stack[top].named {
			if stack[top].seen[name] {
				return path(stack, func(l level) string { return l.name }, name), "json.doubled", dec.InputOffset()
			}
			stack[top].seen[name], stack[top].name, stack[top].named = true, name, true
			continue
		}
		switch tok {
		case json.Delim('{'):
			stack = append(stack, level{seen: map[string]bool{}})
			continue
		case json.Delim('['):
			stack = append(stack, level{})
			continue
		case json.Delim('}'), json.Delim(']'):
			stack = stack[:top]
		}
		if top = len(stack) - 1; top >= 0 {
			stack[top].name, stack[top].named = "", false
		}
	}
}

// path joins the members on the way to a name with dots.
func path[T any](stack []T, name func(T) string, last string) string {
	var parts []string
	for _, l := range stack {
		if n := name(l); n != "" {
			parts = append(parts, n)
		}
	}
	return strings.Join(append(parts, last), ".")
}

// sortedKeys lists the keys of a map in their order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

var tightBounds = bounds{bytes: 1000, depth: 3, items: 4, length: 20}

// jsonCases are texts, the rule that they break ("" for none) and its place.
var jsonCases = []struct{ name, text, rule, place string }{
	{"object", `{"a":1,"b":[true,false,null,"x"]}`, "", ""},
	{"white space", " \t\r\n{ \"a\" : [ 1 , 2 ] }\n", "", ""},
	{"scalar", `12`, "", ""},
	{"pair of surrogates", `"\ud83d\ude00"`, "", ""},
	{"escaped backslash before u", `"\\ud800"`, "", ""},
	{"equal names in two objects", `[{"a":1},{"a":1}]`, "", ""},
	{"equal texts in an array", `["a","a"]`, "", ""},
	{"bounds at their edge", `[[[1,2,3,4]],"12345678901234567890"]`, "", ""},
	{"empty", ``, "json_empty", "/body"},
	{"only space", " \n", "json_empty", "/body"},
	{"not JSON", "{\"a\":1,\n}", "json_syntax", "/body"},
	{"cut off", `{"a":`, "json_syntax", "/body"},
	{"single quotes", `{'a':1}`, "json_syntax", "/body"},
	{"NaN", `{"a":NaN}`, "json_syntax", "/body"},
	{"byte order mark", "\ufeff{}", "json_syntax", "/body"},
	{"control character", "\"a\nb\"", "json_syntax", "/body"},
	{"trailing value", `{"a":1}{"b":2}`, "json_trailing", "/body"},
	{"trailing word", "{\"a\":1}\nx", "json_trailing", "/body"},
	{"invalid UTF-8", "{\"a\":\"\xff\"}", "json_utf8", "/body"},
	{"overlong UTF-8", "{\"a\":\"\xc0\xaf\"}", "json_utf8", "/body"},
	{"NUL", "{\"a\":\"\x00\"}", "json_nul", "/body"},
	{"escaped NUL", `{"a":{"b":["x\u0000"]}}`, "json_nul", "/body/a/b/0"},
	{"escaped NUL in a name", `{"a\u0000":1}`, "json_nul", "/body"},
	{"half a surrogate", `{"a":"\ud800"}`, "json_utf8", "/body/a"},
	{"other half alone", `{"a":"\udc00x"}`, "json_utf8", "/body/a"},
	{"two first halves", `{"a":"\ud800\ud800"}`, "json_utf8", "/body/a"},
	{"name twice", `{"a":1,"b":{"c":1,"c":1}}`, "json_twice", "/body/b/c"},
	{"name twice by escape", `{"a":1,"\u0061":2}`, "json_twice", "/body/a"},
	{"name twice that is not to be repeated", `{"<b>":1,"<b>":2}`, "json_twice", "/body"},
	{"too deep", `{"a":[{"b":[1]}]}`, "json_depth", "/body/a/0/b"},
	{"too many elements", `{"a":[1,2,3,4,5]}`, "json_items", "/body/a"},
	{"too many members", `{"a":1,"b":1,"c":1,"d":1,"e":1}`, "json_items", "/body"},
	{"too long a text", `{"a":"123456789012345678901"}`, "json_length", "/body/a"},
	{"number out of range", `{"a":1e999}`, "json_number", "/body/a"},
	{"number without end", `{"a":` + strings.Repeat("1", 41) + `}`, "json_number", "/body/a"},
}

func TestStrictJSON(t *testing.T) {
	for _, c := range jsonCases {
		t.Run(c.name, func(t *testing.T) {
			err := checkJSON([]byte(c.text), tightBounds)
			rule, place := "", ""
			if err != nil {
				rule, place = err.Fields[0].Rule, err.Fields[0].Pointer
				if err.Code != CodeMalformed {
					t.Errorf("code %s", err.Code)
				}
			}
			if rule != c.rule || place != c.place {
				t.Errorf("got %q at %q, want %q at %q", rule, place, c.rule, c.place)
			}
		})
	}
	if err := checkJSON(bytes.Repeat([]byte(" "), 1001), tightBounds); err == nil || err.Code != CodeTooLarge {
		t.Errorf("too many bytes: %v", err)
	}
}

func TestCheckMedia(t *testing.T) {
	for _, c := range []struct {
		name, media, coding string
		ok                  bool
	}{
		{"json", "application/json", "", true},
		{"json with charset", `Application/JSON; charset="UTF-8"`, "", true},
		{"identity", "application/json", "identity", true},
		{"nothing", "", "", false},
		{"form", "application/x-www-form-urlencoded", "", false},
		{"text", "text/plain", "", false},
		{"another charset", "application/json; charset=utf-16", "", false},
		{"another parameter", "application/json; boundary=x", "", false},
		{"looks alike", "application/jsonp", "", false},
		{"merge patch", "application/merge-patch+json", "", false},
		{"broken", "application/json;;;=", "", false},
		{"compressed", "application/json", "gzip", false},
		{"compressed twice", "application/json", "identity, br", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := http.Header{}
			if c.media != "" {
				h.Set("Content-Type", c.media)
			}
			if c.coding != "" {
				h.Set("Content-Encoding", c.coding)
			}
			if err := checkMedia(h); (err == nil) != c.ok {
				t.Errorf("got %v", err)
			}
		})
	}
	if checkMedia(http.Header{"Content-Type": {"application/json", "application/json"}}) == nil {
		t.Error("two types were accepted")
	}
}

// FuzzJSON wants of every accepted text that it is one valid JSON value which
// every reader understands in the same way.
func FuzzJSON(f *testing.F) {
	for _, c := range jsonCases {
		f.Add([]byte(c.text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if checkJSON(data, tightBounds) != nil {
			return
		}
		if !json.Valid(data) || !utf8.Valid(data) || len(data) > 1000 {
			t.Fatal("accepted what is not JSON")
		}
		var value any
		if err := json.Unmarshal(data, &value); err != nil {
			t.Fatalf("accepted what cannot be decoded: %v", err)
		}
		written, deepest := tokens(data)
		if got := count(value); got != written {
			t.Fatalf("%d names and values in the text, %d after decoding", written, got)
		}
		if deepest > tightBounds.depth {
			t.Fatalf("depth %d", deepest)
		}
		if again, err := json.Marshal(value); err != nil || bytes.Contains(bytes.ReplaceAll(again, []byte(`\\`), nil), []byte(`\u0000`)) {
			t.Fatalf("NUL was accepted, or %v", err)
		}
	})
}

// tokens counts the names and values of a text, and its depth, by another
// reader.
func tokens(data []byte) (values, deepest int) {
	dec := json.NewDecoder(bytes.NewReader(data))
	for depth := 0; ; {
		token, err := dec.Token()
		if err != nil {
			return values, deepest
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
			deepest = max(deepest, depth)
			values++
		case json.Delim('}'), json.Delim(']'):
			depth--
		default:
			values++
		}
	}
}

// count counts the same in a decoded value.
func count(value any) int {
	n := 1
	switch v := value.(type) {
	case map[string]any:
		for _, one := range v {
			n += 1 + count(one)
		}
	case []any:
		for _, one := range v {
			n += count(one)
		}
	}
	return n
}

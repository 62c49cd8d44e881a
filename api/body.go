package api

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// jsonFormats is how huma reads bodies and writes answers.
func jsonFormats() map[string]huma.Format {
	format := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: readJSON}
	return map[string]huma.Format{"application/json": format, "json": format}
}

// readJSON reads a text that checkJSON let through, as JSON Schema understands
// it, where encoding/json and huma do not: null is a value of its own, which no
// other type has, and a number is whole by what it is worth, not by how it is
// written. Huma asks twice: for the tree that it checks, then for the type of
// the operation.
func readJSON(data []byte, v any) error {
	tree, checks := v.(*any)
	if !checks {
		return json.Unmarshal(plainNumbers(data), v)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(tree); err != nil {
		return err
	}
	*tree = strictly(*tree)
	return nil
}

// null is what huma is shown for null, since it takes nil for a member that is
// not there.
type null struct{}

// fraction is what huma is shown for a number that is not whole and would be
// as a float.
type fraction struct{}

// strictly turns a decoded value into what huma checks.
func strictly(v any) any {
	switch v := v.(type) {
	case nil:
		return null{}
	case json.Number:
		return numberOf(string(v))
	case []any:
		for i := range v {
			v[i] = strictly(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = strictly(v[name])
		}
	}
	return v
}

func numberOf(text string) any {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fraction{} // checkJSON lets none through
	}
	if _, whole := wholeNumber(text); !whole && f == math.Trunc(f) {
		return fraction{}
	}
	return f
}

// wholeNumber writes a JSON number in digits only, if it is whole: "1.20e1" is
// "12". Those of more than maxNumber digits stay as they are. It is exact.
func wholeNumber(text string) (plain string, whole bool) {
	number, sign := strings.CutPrefix(text, "-")
	mantissa, exponent := number, "0"
	if i := strings.IndexAny(number, "eE"); i >= 0 {
		mantissa, exponent = number[:i], number[i+1:]
	}
	before, after, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(before+after, "0")
	short := strings.TrimRight(digits, "0")
	power, err := strconv.Atoi(exponent)
	if err != nil { // so small that it is no float, or 0
		power = math.MinInt32
	}
	power += len(digits) - len(short) - len(after)
	switch {
	case short == "":
		return "0", true
	case power < 0:
		return text, false
	case len(short)+power > maxNumber:
		return text, true
	}
	plain = short + strings.Repeat("0", power)
	if sign {
		plain = "-" + plain
	}
	return plain, true
}

// plainNumbers writes the whole numbers of a valid JSON text in digits only.
func plainNumbers(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for at := 0; at < len(data); {
		end := at + 1
		switch c := data[at]; {
		case c == '"':
			end = at + endOfText(data[at:])
			out = append(out, data[at:end]...)
		case c == '-' || c >= '0' && c <= '9':
			for end < len(data) && strings.IndexByte("+-.eE0123456789", data[end]) >= 0 {
				end++
			}
			plain, _ := wholeNumber(string(data[at:end]))
			out = append(out, plain...)
		default:
			out = append(out, c)
		}
		at = end
	}
	return out
}

// endOfText is the length of the JSON string at the beginning of a text.
func endOfText(data []byte) int {
	at := 1
	for ; data[at] != '"'; at++ {
		if data[at] == '\\' {
			at++
		}
	}
	return at + 1
}

// largestWhole is the largest number up to which all whole numbers are floats,
// so that every reader of JSON reads the same one (RFC 7493).
const largestWhole = 1<<53 - 1

// agree makes the document say of requests what is checked, and huma check what
// the document says: no null, whole numbers within what every reader reads, and
// ids in the form of RFC 9562 only.
func (s *Server) agree() {
	seen := map[*huma.Schema]bool{}
	for _, item := range s.document.OpenAPI().Paths {
		for _, o := range operationsOf(item) {
			for _, p := range o.Parameters {
				s.agreeOn(p.Schema, seen)
			}
			if o.RequestBody != nil {
				s.agreeOn(o.RequestBody.Content["application/json"].Schema, seen)
			}
		}
	}
}

func (s *Server) agreeOn(schema *huma.Schema, seen map[*huma.Schema]bool) {
	for schema != nil && schema.Ref != "" {
		schema = s.document.OpenAPI().Components.Schemas.SchemaFromRef(schema.Ref)
	}
	if schema == nil || seen[schema] {
		return
	}
	seen[schema] = true
	agreed := *schema
	agreed.Nullable = false
	if schema.Type == huma.TypeInteger {
		agreed.Minimum, agreed.Maximum = within(schema.Minimum, -largestWhole), within(schema.Maximum, largestWhole)
	}
	if schema.Format == "uuid" { // the format says it all; huma takes braces, a prefix and no hyphens as well
		agreed.Pattern, agreed.PatternDescription = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", "uuid"
	}
	if !reflect.DeepEqual(&agreed, schema) { // else it may be one that all servers share
		agreed.PrecomputeMessages()
		agreed.Pattern, agreed.PatternDescription = schema.Pattern, schema.PatternDescription
		*schema = agreed
	}
	s.agreeOn(schema.Items, seen)
	for _, of := range schema.Properties {
		s.agreeOn(of, seen)
	}
	if of, is := schema.AdditionalProperties.(*huma.Schema); is {
		s.agreeOn(of, seen)
	}
}

// within is a bound, or another where there is none.
func within(bound *float64, otherwise float64) *float64 {
	if bound == nil {
		return &otherwise
	}
	return bound
}

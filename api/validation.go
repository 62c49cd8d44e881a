package api

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
)

// huma keeps its texts and the making of its errors in package variables. They
// are set before any operation is registered, since schemas prepare their
// texts then.
func init() { //nolint:gochecknoinits // see above
	huma.ErrorFormatter = func(format string, args ...any) string { //nolint:reassign // see above
		data, err := json.Marshal(args)
		if err != nil {
			data = []byte("[]")
		}
		return format + unit + string(data)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, text string, errs ...error) huma.StatusError {
		return problem(ctx.Context(), fromHuma(status, text, errs))
	}
	huma.NewError = func(status int, _ string, _ ...error) huma.StatusError {
		return &Problem{Status: status, Code: codeOf(status)} // huma asks for it to describe errors
	}
	huma.ValidateStrictCasing = true
}

// unit separates a text from its arguments until it is translated.
const unit = "\x1f"

// rules are the rules that huma checks, by its text, with those of its
// arguments that are ours and not the client's.
var rules = map[string]struct {
	rule string
	args []string
}{
	validation.MsgUnexpectedProperty:                {"unknown", nil},
	validation.MsgExpectedRFC3339DateTime:           {"date_time", nil},
	validation.MsgExpectedRFC1123DateTime:           {"date_time", nil},
	validation.MsgExpectedRFC3339Date:               {"date", nil},
	validation.MsgExpectedRFC3339Time:               {"time", nil},
	validation.MsgExpectedRFC5322Email:              {"email", nil},
	validation.MsgExpectedRFC5322EmailBare:          {"email", nil},
	validation.MsgExpectedRFC3986URI:                {"uri", nil},
	validation.MsgExpectedRFC3986AbsoluteURI:        {"uri", nil},
	validation.MsgExpectedRFC4122UUID:               {"uuid", nil},
	validation.MsgExpectedBoolean:                   {"boolean", nil},
	validation.MsgExpectedNumber:                    {"number", nil},
	validation.MsgExpectedInteger:                   {"integer", nil},
	validation.MsgExpectedString:                    {"string", nil},
	validation.MsgExpectedArray:                     {"array", nil},
	validation.MsgExpectedObject:                    {"object", nil},
	validation.MsgExpectedArrayItemsUnique:          {"unique", nil},
	validation.MsgExpectedOneOf:                     {"one_of", []string{"Values"}},
	validation.MsgExpectedConst:                     {"one_of", []string{"Values"}},
	validation.MsgExpectedMinimumNumber:             {"minimum", []string{"Min"}},
	validation.MsgExpectedExclusiveMinimumNumber:    {"above", []string{"Min"}},
	validation.MsgExpectedMaximumNumber:             {"maximum", []string{"Max"}},
	validation.MsgExpectedExclusiveMaximumNumber:    {"below", []string{"Max"}},
	validation.MsgExpectedNumberBeMultipleOf:        {"multiple", []string{"Of"}},
	validation.MsgExpectedMinLength:                 {"min_length", []string{"Min"}},
	validation.MsgExpectedMaxLength:                 {"max_length", []string{"Max"}},
	validation.MsgExpectedBePattern:                 {"uuid", nil}, // no other pattern has a description: see agreeOn
	validation.MsgExpectedMatchPattern:              {"pattern", nil},
	validation.MsgExpectedMinItems:                  {"min_items", []string{"Min"}},
	validation.MsgExpectedMaxItems:                  {"max_items", []string{"Max"}},
	validation.MsgExpectedMinProperties:             {"min_items", []string{"Min"}},
	validation.MsgExpectedMaxProperties:             {"max_items", []string{"Max"}},
	validation.MsgExpectedRequiredProperty:          {"required", []string{"Name"}},
	validation.MsgExpectedDependentRequiredProperty: {"required", []string{"Name"}},
	"invalid integer":                               {"integer", nil},
	"invalid float":                                 {"number", nil},
	"invalid boolean":                               {"boolean", nil},
	"unknown query parameter":                       {"unknown", nil},
	"required path parameter is missing":            {"missing", nil},
	"required query parameter is missing":           {"missing", nil},
	"required header parameter is missing":          {"missing", nil},
	"required cookie parameter is missing":          {"missing", nil},
	"required form parameter is missing":            {"missing", nil},
}

// fromHuma reads what huma found. Values of the client, which huma would send
// back, are dropped.
func fromHuma(status int, text string, errs []error) error {
	e := &Error{Code: codeOf(status)}
	for _, err := range errs {
		detail, ok := err.(huma.ErrorDetailer)
		switch {
		case ok:
			e.Fields = append(e.Fields, fieldOf(detail.ErrorDetail()))
		case err != nil && e.Code == CodeInternal:
			return err // complete in the log, nothing to the client
		}
	}
	slices.SortStableFunc(e.Fields, func(a, b Field) int { return strings.Compare(a.Pointer, b.Pointer) }) // huma finds some in any order
	if text == "request body is required" {
		return malformed("json_empty", nil)
	}
	e.Fields = slices.CompactFunc(e.Fields, func(a, b Field) bool {
		return a.Pointer == b.Pointer && a.Rule == b.Rule && a.Args == nil && b.Args == nil
	})
	return e
}

// fieldOf translates one finding of huma: the place and the rule.
func fieldOf(d *huma.ErrorDetail) Field {
	text, data, _ := strings.Cut(d.Message, unit)
	var values []any
	if data != "" {
		_ = json.Unmarshal([]byte(data), &values) // written above
	}
	f := Field{Pointer: pointerOf(d.Location), Rule: "fits"}
	if _, is := d.Value.(null); is {
		f.Rule = "null"
	} else if r, ok := rules[text]; ok {
		f.Rule = r.rule
		for i, name := range r.args {
			if f.Args == nil {
				f.Args = map[string]any{}
			}
			if i < len(values) {
				f.Args[name] = whole(values[i])
			}
		}
	}
	return f
}

// whole gives numbers that JSON read as floats their plain form back.
func whole(v any) any {
	if x, ok := v.(float64); ok && x == float64(int64(x)) {
		return int64(x)
	}
	return v
}

// pointerOf turns a place of huma, "body.items[3].name", into a JSON pointer.
func pointerOf(location string) string {
	location = strings.NewReplacer("[", ".", "]", "").Replace(location)
	return pointer(strings.Split(location, ".")...)
}

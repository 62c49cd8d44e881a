package jobs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"puente/matching"
)

// schema compiles one of the published schemas.
func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile("../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// valid says whether a text is JSON that a schema accepts.
func valid(s *jsonschema.Schema, text string) bool {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	return err == nil && s.Validate(doc) == nil
}

func TestReadSettings(t *testing.T) {
	s := schema(t, "settings.schema.json")
	for _, c := range []struct {
		name, text string
		problems   []string // line:member key
		schema     bool     // whether the published schema accepts it
	}{
		{"empty object", `{}`, nil, true},
		{"all members", string(DefaultSettings().JSON()), nil, true},
		{"byte order mark", "\ufeff{}", nil, false},
		{"some weights", `{"weights":{"needs":500,"load":0}}`, nil, true},
		{"preference at its most", `{"weights":{"preference":52}}`, nil, true},
		{"preference too heavy", `{"weights":{"preference":53}}`, []string{"1:weights.preference settings.preference"}, true},
		{"stable", `{"method":"stable"}`, nil, true},
		{"a method that is not there", `{"method":"fastest"}`, []string{"1:method settings.method"}, false},
		{"stable and a cover rule", `{"cover":"mentees","method":"stable"}`, []string{"1:cover settings.method_cover"}, false},
		{"a lottery and a cover rule", `{"cover":"mentees","method":"lottery"}`, []string{"1:cover settings.lottery_cover"}, false},
		{"a lottery of one plan", `{"method":"lottery","lottery_plans":1}`, []string{"1:lottery_plans settings.plans"}, false},
		{"a lottery of eight", `{"method":"lottery","lottery_plans":8}`, nil, true},
		{"several at once", `{"weights":{"needs":-1,"joy":3},"candidates":0,"cover":"all","start":"2027-02-30"}`, []string{
			"1:weights.needs settings.weight", "1:weights.joy settings.factor", "1:weights.needs settings.needs",
			"1:candidates settings.candidates", "1:cover settings.cover", "1:start settings.start",
		}, false},
		{"unknown member", "{\n\"weight\":{}}", []string{"2:weight json.unknown"}, false},
		{"places of several lines", "{\n \"cover\": \"all\",\n \"weights\": {\n  \"joy\": 1\n }\n}", []string{"4:weights.joy settings.factor", "2:cover settings.cover"}, false},
		{"unknown member in the middle", "{\n \"covr\": 1,\n \"candidates\": 5\n}", []string{"2:covr json.unknown"}, false},
		{"doubled member", `{"start":"2027-01-04","start":"2027-01-05"}`, []string{"1:start json.doubled"}, true},
		{"null", `{"method":null}`, []string{"1:method json.type"}, false},
		{"null weights", "{\n\"weights\":null}", []string{"2:weights json.type"}, false},
		{"null within a list", `{"groups":[null]}`, []string{"1:groups json.type"}, false},
		{"doubled weight", `{"weights":{"load":1,"load":2}}`, []string{"1:weights.load json.doubled"}, true},
		{"float", `{"candidates":1.5}`, []string{"1:candidates json.type"}, false},
		{"text for a number", `{"candidates":"50"}`, []string{"1:candidates json.type"}, false},
		{"trailing text", `{} {}`, []string{"1: json.trailing"}, false},
		{"not JSON", "{\n\n weights}", []string{"3: json.syntax"}, false},
		{"empty file", ``, []string{"1: json.syntax"}, false},
		{"NUL", "{\x00}", []string{"1: json.utf8"}, false},
		{"Latin-1", "{\"start\":\"\xe9\"}", []string{"1: json.utf8"}, false},
		{"too large", `{"start":"` + strings.Repeat("x", maxJSON) + `"}`, []string{"1: json.size"}, false},
		{"deep nesting", strings.Repeat("[", 20000), []string{"1: json.syntax"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, problems := ReadSettings("s.json", strings.NewReader(c.text))
			var got []string
			for _, p := range problems {
				got = append(got, fmt.Sprintf("%d:%s %s", p.Row, p.Column, p.Key))
			}
			if diff := cmp.Diff(c.problems, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if got := valid(s, c.text); got != c.schema {
				t.Errorf("the schema says %t, want %t", got, c.schema)
			}
		})
	}
}

func TestSettingsRoundTrip(t *testing.T) {
	want := DefaultSettings()
	want.Weights[matching.Needs], want.Cover, want.CrossBorder, want.Candidates, want.Start = 111, matching.CoverBoth, false, 7, "2028-02-29"
	got, problems := ReadSettings("s.json", bytes.NewReader(want.JSON()))
	if len(problems) > 0 || string(got.JSON()) != string(want.JSON()) {
		t.Errorf("got %+v with %v, want %+v", got, problems, want)
	}
	if !json.Valid(want.JSON()) {
		t.Error("settings do not write JSON")
	}
}

// TestSettingsSchemaDefaults keeps the schema's defaults and the program's the
// same.
func TestSettingsSchemaDefaults(t *testing.T) {
	data, err := os.ReadFile("../docs/settings.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Properties struct {
			Weights struct {
				Properties map[string]struct{ Default int }
			}
			Candidates struct{ Default, Maximum int }
			Start      struct{ Default string }
		}
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	d := DefaultSettings()
	for f := range matching.Factors {
		if w, ok := doc.Properties.Weights.Properties[matching.Factors[f].Name]; !ok || w.Default != d.Weights[f] {
			t.Errorf("weight %s: the schema says %d, the program %d", matching.Factors[f].Name, w.Default, d.Weights[f])
		}
	}
	if doc.Properties.Candidates.Default != d.Candidates || doc.Properties.Candidates.Maximum != maxCandidates || doc.Properties.Start.Default != d.Start {
		t.Errorf("candidates or start differ: %+v", doc.Properties)
	}
}

func FuzzSettings(f *testing.F) {
	f.Add(`{"weights":{"needs":1}}`)
	f.Add(`{"a":{"b":[{},{"c":1}]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		s, problems := ReadSettings("s.json", strings.NewReader(text))
		if len(problems) > 0 {
			return
		}
		again, problems := ReadSettings("s.json", bytes.NewReader(s.JSON()))
		if len(problems) > 0 || string(again.JSON()) != string(s.JSON()) {
			t.Errorf("%q reads as %+v, which reads back as %+v with %v", text, s, again, problems)
		}
	})
}

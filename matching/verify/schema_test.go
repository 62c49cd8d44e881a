package verify

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func schema(t *testing.T) func([]byte) error {
	t.Helper()
	compiled, err := jsonschema.NewCompiler().Compile("../../docs/round.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return func(data []byte) error {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			return err
		}
		return compiled.Validate(value)
	}
}

// TestSchema: the samples follow the published schema, and the schema and the
// reader agree on changed files: what the schema refuses is never proven, and
// what the reader cannot read is refused by the schema.
func TestSchema(t *testing.T) {
	validate := schema(t)
	for _, s := range samples {
		if err := validate(s.solve(t).bytes(t)); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
	}
	r := rand.New(rand.NewPCG(9, 10))
	refused := 0
	for range 2000 {
		f := randomInstance(r).solve(t)
		mutations[r.IntN(len(mutations))](r, f)
		data := changeNumber(t, r, f.bytes(t))
		got, unreadable := Round(data)
		invalid := validate(data)
		if invalid != nil {
			refused++
		}
		if unreadable != nil && invalid == nil {
			t.Fatalf("the reader refuses what the schema allows: %v\n%s", unreadable, data)
		}
		if unreadable == nil && len(got.Failures) == 0 && invalid != nil {
			t.Fatalf("proven against the schema: %v\n%s", invalid, data)
		}
	}
	if refused < 200 {
		t.Errorf("only %d files were refused by the schema; the test is too weak", refused)
	}
}

// TestSchemaRefuses: the schema is as strict as it can be.
func TestSchemaRefuses(t *testing.T) {
	validate := schema(t)
	_, f := sample(t, "match")
	match := string(f.bytes(t))
	_, f = sample(t, "assign")
	assign := string(f.bytes(t))
	rows := []struct{ name, file, old, new string }{
		{"unknown member", match, `"seed":7`, `"seed":7,"time":1`},
		{"unknown member of a line", match, `"share":60`, `"share":60,"x":1`},
		{"missing member", match, `"seed":7,`, ``},
		{"fraction", match, `[0,0,51200]`, `[0,0,51200.5]`},
		{"short edge", match, `[0,0,51200]`, `[0,0]`},
		{"score off the scale", match, `[0,0,51200]`, `[0,0,60001]`},
		{"large capacity", match, `"capacity":1`, `"capacity":1000001`},
		{"hash in capitals", match, `"hash":"`, `"hash":"A`},
		{"costs in a match", match, `"sense":"max"`, `"sense":"min"`},
		{"no start", match, `2027-01-04`, ``},
		{"no month", match, `2027-01-04`, `2027-13-04`},
		{"other format", match, `puente.round/1`, `puente.round/2`},
		{"start of an assign round", assign, `"start":""`, `"start":"2027-01-04"`},
		{"settings of an assign round", assign, `"settings":{}`, `"settings":{"k":1}`},
		{"lines in an assign round", assign, `"lines":[]`, `"lines":[{"factor":"a","ask":"","weight":1000,"share":0,"evidence":""}]`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if !strings.Contains(row.file, row.old) {
				t.Fatalf("no %q in the sample", row.old)
			}
			if validate([]byte(strings.Replace(row.file, row.old, row.new, 1))) == nil {
				t.Error("allowed")
			}
		})
	}
}

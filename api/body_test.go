package api

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"pgregory.net/rapid"

	"puente/models"
)

// TestWholeNumbers compares the writing of whole numbers with exact fractions.
func TestWholeNumbers(t *testing.T) {
	form := rapid.StringMatching(`-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,2})?`)
	zeros := rapid.StringMatching(`-?[1-9]?[0-9]?0{0,6}(0|[1-9]0{0,4})(\.0{1,6})?([eE][+-]?[0-9])?`).Filter(func(text string) bool { return json.Valid([]byte(text)) })
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(form, zeros).Draw(t, "number")
		exact, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatal("not a number")
		}
		plain, whole := wholeNumber(text)
		if whole != exact.IsInt() {
			t.Fatalf("%s is whole: %v", text, whole)
		}
		if again, _ := new(big.Rat).SetString(plain); again.Cmp(exact) != 0 {
			t.Fatalf("%s became %s", text, plain)
		}
		if digits := exact.Num().String(); whole && len(digits) <= maxNumber && plain != digits {
			t.Fatalf("%s became %s, not %s", text, plain, digits)
		}
		shown := numberOf(text)
		if f, is := shown.(float64); is && !whole && f == float64(int64(f)) {
			t.Fatalf("%s is shown as %v", text, f)
		}
	})
	for text, want := range map[string]string{"0e99999999999999999999": "0", "-0.0": "0", "1e-99999999999999999999": "1e-99999999999999999999", "1e300": "1e300"} {
		if got, _ := wholeNumber(text); got != want {
			t.Errorf("%s became %s", text, got)
		}
	}
	text := `{"a 1.0":["1.0\"2.0",1.0,-2e1,0.5,1e0],"b":1.0}`
	if got := string(plainNumbers([]byte(text))); got != `{"a 1.0":["1.0\"2.0",1,-20,0.5,1],"b":1}` {
		t.Error(got)
	}
}

// TestExactBodies sends values that readers of JSON take in different ways: the
// server takes those that the document allows, and names the place of others.
func TestExactBodies(t *testing.T) {
	i := install(t, newDatabase(t, "sqlite"))
	i.Rates, i.budgets = Rates(1e6), generous()
	admin, staff := i.withRole(models.AccountAdmin, "ada@example.org"), i.withRole(models.AccountStaff, "ana@example.org")
	programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"}).text("id")
	mentor := i.signUp("mentor", "dana@example.org", "en")
	at := func(text string) string { return strings.ReplaceAll(text, "PROGRAMME", programme) }
	dana := `{"country":"US","languages":[{"language":"en","level":"C1"}],"sectors":["484"],"expertise":[{"topic":"rules_of_origin","level":2}]`
	for _, c := range []struct {
		who          person
		path, body   string
		status       int
		place, broke string
	}{
		{mentor, "topics/suggest", `{"text":"x","limit":null}`, 422, "/body/limit", "null"},
		{mentor, "topics/suggest", `{"text":null}`, 422, "/body/text", "null"},
		{mentor, "topics/suggest", `{"text":"x","lang":null}`, 422, "/body/lang", "null"},
		{mentor, "topics/suggest", `null`, 422, "/body", "null"},
		{mentor, "topics/suggest", `{"text":"x","limit":1.0}`, 200, "", ""},
		{mentor, "topics/suggest", `{"text":"x","limit":0.1e1}`, 200, "", ""},
		{mentor, "topics/suggest", `{"text":"x","limit":1e2}`, 422, "/body/limit", "maximum"},
		{mentor, "topics/suggest", `{"text":"x","limit":1.5}`, 422, "/body/limit", "integer"},
		{mentor, "topics/suggest", `{"text":"x","limit":1.00000000000000000001}`, 422, "/body/limit", "integer"},
		{mentor, "topics/suggest", `{"text":"x","limit":9223372036854775808}`, 422, "/body/limit", "maximum"},
		{mentor, "topics/suggest", `{"text":"x","limit":-1e30}`, 422, "/body/limit", "minimum"},
		{staff, "rounds", `{"programme":"PROGRAMME","name":"A","seed":null}`, 422, "/body/seed", "null"},
		{staff, "rounds", `{"programme":"PROGRAMME","name":"A","start":null}`, 422, "/body/start", "null"},
		{staff, "rounds", `{"programme":"PROGRAMME","name":"A","settings":null}`, 422, "/body/settings", "null"},
		{staff, "rounds", `{"programme":"PROGRAMME","name":"A","seed":1.5}`, 422, "/body/seed", "integer"},
		{staff, "rounds", `{"programme":"PROGRAMME","name":"A","seed":9007199254740992}`, 422, "/body/seed", "maximum"},
		{staff, "rounds", `{"programme":"PROGRAMME","name":"A","seed":9007199254740990.5}`, 422, "/body/seed", "integer"},
		{staff, "rounds", `{"programme":"PROGRAMME","name":"A","seed":9223372036854775808}`, 422, "/body/seed", "maximum"},
		{staff, "rounds", `{"programme":"PROGRAMME","name":"A","seed":9007199254740991}`, 201, "", ""},
		{staff, "rounds", `{"programme":"PROGRAMME","name":"B","seed":1e2,"settings":{"candidates":40.0}}`, 201, "", ""},
		{staff, "rounds", `{"programme":"{PROGRAMME}","name":"C"}`, 422, "/body/programme", "uuid"},
		{admin, "programmes", `{"name":"Otro","locale":"es","countries":null}`, 422, "/body/countries", "null"},
		{admin, "programmes", `{"name":"Otro","locale":"es","demographics":null}`, 422, "/body/demographics", "null"},
		{admin, "programmes", `{"name":"Otro","locale":"es","countries":["US",null]}`, 422, "/body/countries/1", "null"},
		{admin, "staff", `{"role":"admin","email":"x@example.org","lang":"es","grants":null}`, 422, "/body/grants", "null"},
		{admin, "staff", `{"role":"staff","email":"x@example.org","lang":"es","grants":[{"role":"manager","programme":"PROGRAMME","organization":null}]}`, 422, "/body/grants/0/organization", "null"},
		{mentor, "profiles", `{"programme":"PROGRAMME","person":` + dana + `,"capacity":2.5}}`, 422, "/body/person/capacity", "integer"},
		{mentor, "profiles", `{"programme":"PROGRAMME","person":` + dana + `,"capacity":99999999999999999999}}`, 422, "/body/person/capacity", "maximum"},
		{mentor, "profiles", `{"programme":"PROGRAMME","person":` + dana + `,"wishes":null}}`, 422, "/body/person/wishes", "null"},
		{mentor, "profiles", `{"programme":"PROGRAMME","person":` + dana + `,"slots":[{"day":"Mon","from":"09:00","to":null}]}}`, 422, "/body/person/slots/0/to", "null"},
		{mentor, "profiles", `{"programme":"PROGRAMME","person":` + dana + `,"capacity":2.0,"paused":null}}`, 422, "/body/person/paused", "null"},
		{mentor, "profiles", `{"programme":"PROGRAMME","person":` + dana + `,"capacity":2.0}}`, 201, "", ""},
		{mentor, "profiles", `{"programme":"PROGRAMME","person":` + strings.Replace(dana, "2}]", "null}]", 1) + `}}`, 422, "/body/person/expertise/0/level", "null"},
	} {
		w := ask(i, "POST", "/api/v1/"+c.path, at(c.body), "Authorization: Bearer "+c.who.token, asJSON)
		var p Problem
		if w.Code >= 400 {
			must(t, json.Unmarshal(w.Body.Bytes(), &p))
		}
		found := len(p.Errors) == 1 && p.Errors[0].Pointer == c.place && p.Errors[0].Code == c.broke
		if w.Code != c.status || w.Code >= 400 && !found {
			t.Errorf("%s: %d %s, want %d %s at %s", c.body, w.Code, w.Body, c.status, c.broke, c.place)
		}
	}
	for _, query := range []string{"account={" + nowhere + "}", "account=urn:uuid:" + nowhere, "account=" + strings.ReplaceAll(nowhere, "-", "")} {
		if p := admin.call(422, "GET", "/api/v1/grants?"+query, nil); p.text("errors.0.pointer") != "/query/account" || p.text("errors.0.code") != "uuid" {
			t.Errorf("%s: %s", query, p.w.Body)
		}
	}
}

// TestRequestsAgree wants of every schema of requests what bodies are read by:
// nothing is null, no number is a fraction, and whole ones have bounds.
func TestRequestsAgree(t *testing.T) {
	s, _ := newTestServer(nil)
	schemas, seen := s.document.OpenAPI().Components.Schemas, map[*huma.Schema]bool{}
	integers := 0
	var look func(at string, of *huma.Schema)
	look = func(at string, of *huma.Schema) {
		for of != nil && of.Ref != "" {
			of = schemas.SchemaFromRef(of.Ref)
		}
		if of == nil || seen[of] {
			return
		}
		seen[of] = true
		if of.Nullable || of.Type == huma.TypeNumber || len(of.OneOf)+len(of.AnyOf)+len(of.AllOf) > 0 {
			t.Errorf("%s: a schema that is read in another way", at)
		}
		if of.Type == huma.TypeInteger {
			integers++
			if of.Minimum == nil || of.Maximum == nil || *of.Minimum < -largestWhole || *of.Maximum > largestWhole {
				t.Errorf("%s has no bounds", at)
			}
		}
		look(at+"[]", of.Items)
		for name, p := range of.Properties {
			look(at+"/"+name, p)
		}
	}
	for path, item := range s.document.OpenAPI().Paths {
		for method, o := range operationsOf(item) {
			for _, p := range o.Parameters {
				look(method+" "+path+" "+p.Name, p.Schema)
			}
			if o.RequestBody != nil {
				look(method+" "+path, o.RequestBody.Content["application/json"].Schema)
			}
		}
	}
	if integers < 15 {
		t.Errorf("only %d integers", integers)
	}
}

package api

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"pgregory.net/rapid"

	"puente/models"
)

// fuzzed is one operation under test.
type fuzzed struct {
	*contract
	i      *installation
	path   string
	o      *huma.Operation
	known  map[string][]string // ids of objects that are there, by the noun before them in the path
	people map[string]person
	counts map[int]int // answers by status
}

// formRules are the rules of problems that are about the form of a request,
// which the document says; the others are about what is stored.
var formRules = func() map[string]bool {
	all := map[string]bool{"json_syntax": true, "json_trailing": true, "json_twice": true, "json_utf8": true, "json_number": true, "text": true, "twice": true, "fits": true, "null": true, "media_json": true}
	for _, r := range rules {
		all[r.rule] = true
	}
	return all
}()

// TestOpenAPIProperty sends each operation requests that the document allows
// and requests that it forbids, as everybody: none gives 5xx, what is forbidden
// is refused, what is allowed is not refused for its form, and every answer is
// one that the document has.
func TestOpenAPIProperty(t *testing.T) {
	service, _ := embedder(t)
	i := install(t, newDatabase(t, "sqlite"), service)
	i.Rates, i.budgets = Rates(1e6), generous() // for the headers
	c := newContract(t, i.Server)
	people, known := i.peopled()
	checks, answers := 0, map[string]map[int]int{}
	paths := slices.Sorted(maps.Keys(c.document.Paths))
	slices.SortStableFunc(paths, func(a, b string) int { // steps end what others need
		return cmp.Compare(strings.Count(a, "/moves"), strings.Count(b, "/moves"))
	})
	for _, path := range paths {
		for _, o := range operationsOf(c.document.Paths[path]) {
			t.Run(o.OperationID, func(t *testing.T) {
				own := *c
				own.t = t
				answers[o.OperationID] = map[int]int{}
				f := fuzzed{&own, i, path, o, known, people, answers[o.OperationID]}
				n := 0
				rapid.Check(t, func(rt *rapid.T) { n += f.check(rt) })
				if n < 400 {
					t.Errorf("only %d checks", n)
				}
				checks += n
			})
		}
	}
	for id, counts := range answers { // or the requests that are made up would show nothing
		if ok := counts[200] + counts[201] + counts[202] + counts[204]; ok == 0 {
			t.Errorf("%s never succeeded: %v", id, counts)
		}
	}
	t.Logf("%d checks: %v", checks, answers)
}

// peopled fills an installation with something of everything.
func (i *installation) peopled() (map[string]person, map[string][]string) {
	admin, staff := i.withRole(models.AccountAdmin, "ada@example.org"), i.withRole(models.AccountStaff, "ana@example.org")
	programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"}).text("id")
	second := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Otro", "locale": "fr"}).text("id")
	mentee, mentor := i.signUp("entrepreneur", "lucia@example.org", "es"), i.signUp("mentor", "dana@example.org", "en")
	e, m := i.profile(mentee, staff, programme, lucia), i.profile(mentor, staff, programme, dana)
	run, round := i.run(staff, programme)
	id := func(at string) string { return at[strings.LastIndexByte(at, '/')+1:] }
	proof := staff.call(200, "GET", run+"/round.json", nil).w.Body.String()
	draft := staff.call(201, "POST", "/api/v1/rounds", object{"programme": programme, "name": "Borrador"}).w.Header().Get("Location")
	closed := staff.call(201, "POST", "/api/v1/rounds", object{"programme": programme, "name": "Cerrada"}).w.Header().Get("Location")
	staff.call(200, "POST", closed+"/moves", object{"event": "open"})
	staff.call(200, "POST", closed+"/moves", object{"event": "close"})
	staff.call(200, "POST", round+"/publish", object{"run": id(run)})
	offer := mentee.call(200, "GET", "/api/v1/offers", nil).text("items.0.id")
	fresh := i.signUp("entrepreneur", "nina@example.org", "fr")
	third := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Tercero", "locale": "en"}).text("id")
	i.profile(mentee, staff, second, lucia)
	i.profile(mentor, staff, second, dana)
	i.profile(mentee, staff, third, lucia)
	i.profile(mentor, staff, third, dana)
	ready, toPublish := i.run(staff, second)
	offered, other := i.run(staff, third)
	staff.call(200, "POST", other+"/publish", object{"run": id(offered)})
	declined := staff.call(200, "GET", other+"/offers", nil).text("items.0.id")
	busy := staff.call(201, "POST", "/api/v1/rounds", object{"programme": programme, "name": "Ocupada"}).w.Header().Get("Location")
	waits := i.waiting(id(ready), id(busy))
	var spare, grants, invitations []string
	for n := range 2 {
		a := models.Account{Role: models.AccountAdmin, Email: fmt.Sprintf("invited%d@example.org", n), Lang: "es"}
		must(i.t, i.Store.CreateAccount(i.t.Context(), "", &a))
		invitations = append(invitations, a.ID)
	}
	for n := range 4 {
		a := models.Account{Role: models.AccountStaff, Email: fmt.Sprintf("spare%d@example.org", n), Lang: "en", VerifiedAt: new(i.Store.Now())}
		must(i.t, i.Store.CreateAccount(i.t.Context(), "", &a))
		g := models.Grant{AccountID: a.ID, Role: models.GrantAuditor, ProgrammeID: &third}
		must(i.t, i.Store.Grant(i.t.Context(), "", &g))
		spare, grants = append(spare, a.ID), append(grants, g.ID)
	}
	return map[string]person{"nobody": i.nobody(), "newcomer": fresh, "mentee": mentee, "mentor": mentor, "staff": staff, "admin": admin}, map[string][]string{
		"programmes": {programme, second}, "profiles": {id(e), id(m)}, "rounds": {id(round), id(draft), id(closed), id(toPublish)}, "proof": {proof}, "runs": {id(run), id(ready)}, "offers": {offer},
		"code":          {staff.call(200, "GET", e, nil).text("code"), staff.call(200, "GET", m, nil).text("code")},
		"organizations": {admin.call(201, "POST", "/api/v1/organizations", object{"name": "SBDC", "country": "US"}).text("id")},
		"providers":     {i.provider(admin, "https://id.example.org", "Cámara").text("id"), i.provider(admin, "https://login.example.org", "Consejo").text("id")},
		"accounts":      spare, "grants": grants,
		// What one operation ends, and others must not find: see pathValue.
		"withdraw-invitation": invitations[:1], "resend-invitation": invitations[1:], "create-run": {id(closed)}, "cancel-run": {id(waits)}, "decline-offer": {declined},
		"issuer": {"https://one.example.org", "https://two.example.org", "https://three.example.org"},
		"agreed": {i.Queue.Embeddings().AgreedText()},
	}
}

// waiting is a copy of a run for another round, which waits for a worker that
// never comes.
func (i *installation) waiting(run, round string) string {
	i.t.Helper()
	id := strings.Replace(nowhere, "0190a5b2", "0190a5b9", 1)
	must(i.t, i.Store.Gorm.Exec("INSERT INTO runs (id, round_id, state, settings, seed, start, engine_version, settings_hash, snapshot_hash, snapshot, result, pairs, score, reason, created_at) "+
		"SELECT ?, ?, 'queued', settings, seed, start, '', '', '', '', '', 0, 0, '', created_at FROM runs WHERE id = ?", id, round, run).Error)
	must(i.t, i.Store.Gorm.Exec("UPDATE rounds SET state = 'solving' WHERE id = ?", round).Error)
	return "/api/v1/runs/" + id
}

// sent is a request that was made up.
type sent struct {
	target  string
	headers []string
	body    string
	broken  string // what is wrong with it; "" if the document allows it
}

// check sends one request as everybody, and says how many that were.
func (f *fuzzed) check(t *rapid.T) int {
	r := f.request(t)
	for _, who := range slices.Sorted(maps.Keys(f.people)) {
		p := f.people[who]
		headers := slices.Clone(r.headers)
		if f.o.OperationID == "delete-token" && p.token != "" { // it ends what the others need
			a, err := f.i.Tokens.Read(p.token)
			must(f.t, err)
			token, _, err := f.i.Tokens.Issue(a.Subject, f.i.programSession(a.Subject).IDHash, "api")
			must(f.t, err)
			p.token = token
		}
		body := r.body
		if f.o.OperationID == "erase-me" && who == "mentee" && r.broken == "" { // somebody who is there for that
			email := "leaving-" + rand.Text() + "@example.org"
			a := models.Account{Role: models.AccountEntrepreneur, Email: email, Lang: "es", VerifiedAt: new(f.i.Store.Now())}
			must(f.t, f.i.Store.CreateAccount(f.t.Context(), "", &a))
			token, _, err := f.i.Tokens.Issue(a.ID, f.i.programSession(a.ID).IDHash, "api")
			must(f.t, err)
			p.token, body = token, `{"email":"`+email+`"}`
		}
		if p.token != "" {
			headers = append(headers, "Authorization: Bearer "+p.token)
		}
		w := ask(f.i, f.o.Method, r.target, body, headers...)
		f.counts[w.Code]++
		say := func(what string) {
			t.Fatalf("%s as %s: %s\n%s %s\n%q\n%s\nanswer %d %s", f.o.OperationID, who, what, f.o.Method, r.target, r.headers, r.body, w.Code, w.Body)
		}
		if w.Code >= 500 {
			say("a fault of the server")
		}
		if err := f.answer(f.path, f.o, w); err != nil {
			say("the answer is not in the document: " + err.Error())
		}
		if r.broken != "" && w.Code < 400 {
			say("forbidden, and accepted: " + r.broken)
		}
		if r.broken == "" && (w.Code == 400 || w.Code == 415 || w.Code == 422) {
			if rule := formOf(w); rule != "" {
				say("allowed, and refused for its form: " + rule)
			}
		}
	}
	return len(f.people)
}

// formOf is the place and rule by which an answer refuses the form of a request,
// "" if it does not. What settings and people may hold is said by other schemas,
// which the document names.
func formOf(w *httptest.ResponseRecorder) string {
	var p Problem
	if json.Unmarshal(w.Body.Bytes(), &p) != nil || len(p.Errors) == 0 {
		return "no reason"
	}
	for _, e := range p.Errors {
		bySide := e.Code == "required" && (e.Pointer == "/body/person/needs" || e.Pointer == "/body/person/expertise")
		if formRules[e.Code] && !bySide && !strings.HasPrefix(e.Pointer, "/body/settings") {
			return e.Pointer + " " + e.Code
		}
	}
	return ""
}

// request makes one up: as the document allows it, or with one thing wrong.
func (f *fuzzed) request(t *rapid.T) sent {
	r := sent{target: f.path, headers: []string{"Accept-Language: " + rapid.SampledFrom([]string{"en", "es-MX", "fr-CA", "x"}).Draw(t, "language")}}
	query := url.Values{}
	var choices []func()
	conditional := false
	for _, p := range f.o.Parameters {
		schema := f.resolve(p.Schema)
		switch {
		case p.In == "path":
			r.target = strings.ReplaceAll(r.target, "{"+p.Name+"}", url.PathEscape(f.pathValue(t, p.Name)))
		case p.In == "header" && p.Name == "If-Match":
			if rapid.IntRange(0, 9).Draw(t, "condition") > 0 {
				conditional = true
			}
		case p.In == "header" && p.Name != "Accept-Language":
			if rapid.IntRange(0, 3).Draw(t, p.Name) == 0 {
				r.headers = append(r.headers, p.Name+": "+f.text(t, p.Schema, p.Name))
			}
		case p.In == "query":
			if p.Required || rapid.Bool().Draw(t, p.Name+"?") {
				query.Set(p.Name, strings.Trim(string(encoded(f.value(t, schema, p.Name, 0))), `"`))
			}
			if p.Name != "cursor" {
				choices = append(choices, func() { query.Set(p.Name, wrong(schema)); r.broken = "query " + p.Name })
			}
			if p.Required {
				choices = append(choices, func() { query.Del(p.Name); r.broken = "no query " + p.Name })
			}
		}
	}
	if conditional {
		r.headers = append(r.headers, "If-Match: "+f.tag(t, r.target))
	}
	query.Del("cursor") // a made-up one is refused by its MAC
	choices = append(choices, func() { query.Set("unknown", "1"); r.broken = "an unknown parameter" },
		func() { r.headers = append(r.headers, "Accept: text/html"); r.broken = "no form of the answer" })
	var body any
	if f.o.RequestBody != nil {
		schema := f.o.RequestBody.Content["application/json"].Schema
		body = f.value(t, schema, "", 0)
		r.headers = append(r.headers, asJSON)
		choices = append(choices, f.spoil(t, &r, &body, schema)...)
	}
	if rapid.IntRange(0, 2).Draw(t, "broken") == 0 {
		choices[rapid.IntRange(0, len(choices)-1).Draw(t, "what")]()
	}
	if f.o.RequestBody != nil && r.body == "" {
		r.body = string(encoded(body))
	}
	if len(query) > 0 {
		r.target += "?" + query.Encode()
	}
	return r
}

// spoil lists ways to make a body wrong.
func (f *fuzzed) spoil(t *rapid.T, r *sent, body *any, schema *huma.Schema) []func() {
	text := string(encoded(*body))
	ways := []func(){
		func() { r.body, r.broken = text+"{}", "text after the body" },
		func() { r.body, r.broken = "\xff"+text, "not UTF-8" },
		func() { r.body, r.broken = text[:len(text)-1], "cut off" },
		func() { r.body, r.broken = "[]", "a list" },
		func() {
			r.body, r.broken = `{"x":1,"x":1}`, "a member twice"
		},
		func() {
			r.headers = slices.DeleteFunc(r.headers, func(h string) bool { return h == asJSON })
			r.body, r.broken = text, "no type"
		},
	}
	o, ok := (*body).(map[string]any)
	if !ok {
		return ways
	}
	schema = f.resolve(schema)
	if schema.AdditionalProperties == false {
		ways = append(ways, func() { o["unknown"], r.broken = 1, "an unknown member" })
	}
	for _, name := range schema.Required {
		ways = append(ways, func() { delete(o, name); r.broken = "no " + name })
	}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		for _, bad := range wrongValues(f.resolve(schema.Properties[name])) {
			ways = append(ways, func() { o[name], r.broken = bad, fmt.Sprintf("%v as %s", bad, name) })
		}
	}
	for range ways { // as often as all that is known to be wrong
		ways = append(ways, func() { f.change(t, r, *body) })
	}
	return ways
}

// change puts something else at one place of a body, takes it away or adds it,
// at any depth; whether that is wrong the document says by another validator.
func (f *fuzzed) change(t *rapid.T, r *sent, body any) {
	dec := json.NewDecoder(bytes.NewReader(encoded(body))) // a copy, since bodies share parts
	dec.UseNumber()
	var tree any
	must(f.t, dec.Decode(&tree))
	var ways []func(v any) string
	eachPlace("", tree, func(v any) { tree = v }, &ways)
	strange := rapid.SampledFrom(strangers).Draw(t, "strange")
	what := ways[rapid.IntRange(0, len(ways)-1).Draw(t, "place")](strange)
	r.body = string(encoded(tree))
	if err := f.holds([]byte(r.body), "paths", f.path, strings.ToLower(f.o.Method), "requestBody", "content", "application/json", "schema"); err != nil {
		r.broken = fmt.Sprintf("%s, with %v: %v", what, strange, err)
	}
}

// strangers are values that fit in few places: of each type, of none, and of
// the right type in a form that readers may take differently.
var strangers = func() []any {
	all := []any{nil, true, "", "text;", "x\ty", []any{}, object{}, []any{nil}, object{"x": nil}, strings.Repeat("ñ", 300), "{" + nowhere + "}", "urn:uuid:" + nowhere, strings.ReplaceAll(nowhere, "-", ""), "2027-02-30", "2027-2-3", "US"}
	for _, n := range []string{
		"0", "1", "-1", "2.0", "1e1", "20e-1", "-0.0", "1.5", "0.1e1", "1.00000000000000000001", "1e-400", "9007199254740991", "9007199254740992", "9007199254740990.5",
		"9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e19", "1e300",
	} {
		all = append(all, json.Number(n))
	}
	return all
}()

// eachPlace lists what can be done at each place of a JSON value, and what to
// call it.
func eachPlace(at string, v any, put func(any), ways *[]func(any) string) {
	*ways = append(*ways, func(strange any) string { put(strange); return "another value at " + at })
	switch v := v.(type) {
	case map[string]any:
		*ways = append(*ways, func(strange any) string { v["unknown"] = strange; return "a member more at " + at })
		for _, name := range slices.Sorted(maps.Keys(v)) {
			*ways = append(*ways, func(any) string { delete(v, name); return "nothing at " + at + "/" + name })
			eachPlace(at+"/"+name, v[name], func(x any) { v[name] = x }, ways)
		}
	case []any:
		for i := range v {
			eachPlace(fmt.Sprint(at, "/", i), v[i], func(x any) { v[i] = x }, ways)
		}
	}
}

// wrong is a text that does not fit a parameter's schema.
func wrong(s *huma.Schema) string {
	switch {
	case s.Type == huma.TypeInteger:
		return "1.5x"
	case s.MaxLength != nil:
		return strings.Repeat("x", *s.MaxLength+1)
	}
	return "not one of them"
}

// wrongValues are values that do not fit a schema.
func wrongValues(s *huma.Schema) (all []any) {
	if s.Type != "" && !s.Nullable {
		all = append(all, nil)
	}
	switch {
	case len(s.Enum) > 0, s.Format != "" && s.Type == huma.TypeString, s.Pattern != "":
		all = append(all, "not one of them;")
	case s.MaxLength != nil:
		all = append(all, strings.Repeat("ñ", *s.MaxLength+1))
	case s.Type == huma.TypeString:
		all = append(all, 1)
	case s.Type != "":
		all = append(all, "text")
	}
	if s.Type == huma.TypeInteger {
		all = append(all, 1.5, json.Number("9223372036854775808"), json.Number("-9223372036854775809"), json.Number("1e30"))
		if s.Maximum != nil {
			all = append(all, *s.Maximum+1)
		}
	}
	return all
}

func encoded(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

func (c *contract) resolve(s *huma.Schema) *huma.Schema {
	if s.Ref != "" {
		return c.document.Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

// tag is the ETag of what is changed at an address, as staff reads it, or
// another.
func (f *fuzzed) tag(t *rapid.T, target string) string {
	if rapid.IntRange(0, 3).Draw(t, "tag") == 0 {
		return `"1"`
	}
	at, _, _ := strings.Cut(target, "?")
	read := strings.TrimSuffix(strings.TrimSuffix(at, "/wishes"), "/organization")
	for _, who := range []string{"staff", "mentee", "mentor"} {
		if w := ask(f.i, http.MethodGet, read, "", "Authorization: Bearer "+f.people[who].token); w.Code == 200 {
			return w.Header().Get("ETag")
		}
	}
	return `"2"`
}

// pathValue is an id of something that is there, or of nothing.
func (f *fuzzed) pathValue(t *rapid.T, name string) string {
	if name == "mentor" {
		return rapid.SampledFrom(append([]string{"M-NONE"}, f.known["code"]...)).Draw(t, name)
	}
	noun, _, _ := strings.Cut(strings.TrimPrefix(f.path, "/api/v1/"), "/")
	if noun == "keys" && rapid.Bool().Draw(t, "a key") {
		a, err := f.i.Tokens.Read(f.people["mentee"].token)
		must(f.t, err)
		k := models.APIKey{KeyHash: fmt.Sprintf("%064x", rapid.Uint64().Draw(t, "hash")), Prefix: keyPrefix, AccountID: a.Subject, Name: "x", Scopes: "[]", ExpiresAt: time.Now().Add(time.Hour)}
		if err := f.i.Store.CreateKey(f.t.Context(), &k); err == nil {
			return k.ID
		}
		all, err := f.i.Store.Keys(f.t.Context(), a.Subject)
		must(f.t, err)
		return all[0].ID
	}
	if noun == "passkeys" && rapid.Bool().Draw(t, "a passkey") {
		a, err := f.i.Tokens.Read(f.people["mentee"].token)
		must(f.t, err)
		return f.i.passkeyOf(a.Subject)
	}
	if f.o.OperationID == "delete-provider" { // never those that others look for
		if rapid.Bool().Draw(t, "none") {
			return nowhere
		}
		return f.i.provider(f.people["admin"], "https://"+strings.ToLower(rand.Text())+".example.org", "Cámara").text("id")
	}
	if noun == "sessions" && rapid.Bool().Draw(t, "a session") {
		a, err := f.i.Tokens.Read(f.people["mentee"].token)
		must(f.t, err)
		_, err = f.i.IssueToken(f.t.Context(), a.Subject)
		must(f.t, err)
		all, err := f.i.Store.Sessions(f.t.Context(), a.Subject)
		must(f.t, err)
		return all[0].ID
	}
	if only := f.known[f.o.OperationID]; only != nil && rapid.Bool().Draw(t, "its own") {
		return only[0]
	}
	return rapid.SampledFrom(append([]string{nowhere}, f.known[noun]...)).Draw(t, name)
}

const nowhere = "0190a5b2-0000-7000-8000-000000000000"

// nouns are the kinds of objects that members name.
var nouns = map[string]string{"programme": "programmes", "run": "runs", "with": "runs", "mentee": "code", "mentor": "code", "wishes": "code", "account": "accounts", "organization": "organizations", "agreed_to": "agreed", "issuer": "issuer"}

// value makes a value that a schema allows.
func (f *fuzzed) value(t *rapid.T, s *huma.Schema, name string, depth int) any {
	s = f.resolve(s)
	if len(s.Enum) > 0 {
		return rapid.SampledFrom(s.Enum).Draw(t, name)
	}
	switch {
	case name == "person" && rapid.Bool().Draw(t, "a whole person"):
		return maps.Clone(rapid.SampledFrom([]object{lucia, dana}).Draw(t, name))
	case depth == 0 && f.o.OperationID == "verify-assignment" && rapid.Bool().Draw(t, "a whole round"):
		var out any
		must(f.t, json.Unmarshal([]byte(f.known["proof"][0]), &out))
		return out
	}
	switch s.Type {
	case huma.TypeObject:
		out := map[string]any{}
		for _, member := range slices.Sorted(maps.Keys(s.Properties)) {
			if slices.Contains(s.Required, member) || rapid.Bool().Draw(t, member+"?") {
				out[member] = f.value(t, s.Properties[member], member, depth+1)
			}
		}
		for _, member := range s.Required {
			if out[member] == nil && s.Properties[member] == nil {
				out[member] = "x"
			}
		}
		return out
	case huma.TypeArray:
		least, most := 0, 3
		if s.MinItems != nil {
			least = *s.MinItems
		}
		if s.MaxItems != nil {
			most = min(most, *s.MaxItems)
		}
		out := []any{}
		for range rapid.IntRange(least, max(least, most)).Draw(t, name+" items") {
			out = append(out, f.value(t, s.Items, name, depth+1))
		}
		return out
	case huma.TypeInteger, huma.TypeNumber:
		least, most := int64(-5), int64(1000)
		if s.Minimum != nil {
			least = int64(*s.Minimum)
		}
		if s.Maximum != nil {
			most = int64(*s.Maximum)
		}
		n := rapid.Int64Range(least, most).Draw(t, name)
		if depth > 0 && rapid.IntRange(0, 3).Draw(t, name+" in another form") == 0 { // the same number
			return json.Number(fmt.Sprintf(rapid.SampledFrom([]string{"%d.0", "%de0", "%d.00E+0"}).Draw(t, name+" form"), n))
		}
		return n
	case huma.TypeBoolean:
		return rapid.Bool().Draw(t, name)
	case huma.TypeString:
		return f.text(t, s, name)
	}
	return map[string]any{}
}

// text makes a text that a schema allows; any of Unicode but NUL.
func (f *fuzzed) text(t *rapid.T, s *huma.Schema, name string) string {
	s = f.resolve(s)
	if noun := nouns[name]; noun != "" && rapid.IntRange(0, 4).Draw(t, name+" known") > 0 {
		return rapid.SampledFrom(f.known[noun]).Draw(t, name)
	}
	switch {
	case name == "password":
		return examplePassword
	case name == "refresh_token" && rapid.Bool().Draw(t, "a refresh token"):
		a, err := f.i.Tokens.Read(f.people["mentee"].token)
		must(f.t, err)
		token, err := f.i.IssueToken(f.t.Context(), a.Subject)
		must(f.t, err)
		return token.RefreshToken
	case name == "token" && rapid.Bool().Draw(t, "a link of a mail"):
		f.people["nobody"].call(202, "POST", "/api/v1/links", object{"email": exampleEmail, "purpose": "sign_in"})
		return f.i.mailedToken(exampleEmail)
	case name == "email" && rapid.Bool().Draw(t, "an address"):
		return rapid.OneOf(rapid.Just(exampleEmail), rapid.StringMatching(`[a-z]{8}@example\.org`)).Draw(t, name)
	}
	switch {
	case s.Format == "uuid":
		return rapid.SampledFrom([]string{nowhere, strings.ToUpper(nowhere), "0190a5b2-0000-7000-8000-00000000000f"}).Draw(t, name)
	case s.Format == "date":
		return time.Unix(rapid.Int64Range(0, 4e9).Draw(t, name), 0).UTC().Format(time.DateOnly)
	case s.Pattern != "":
		return rapid.StringMatching(s.Pattern).Filter(func(text string) bool {
			return (s.MaxLength == nil || len([]rune(text)) <= *s.MaxLength) && !strings.Contains(text, "\x00")
		}).Draw(t, name)
	}
	least, most := 0, 60
	if s.MinLength != nil {
		least = *s.MinLength
	}
	if s.MaxLength != nil {
		most = *s.MaxLength
	}
	if rapid.IntRange(0, 3).Draw(t, name+" long") > 0 {
		most = max(least, min(most, 12))
	}
	return rapid.StringOfN(rapid.Rune().Filter(func(r rune) bool { return r != 0 }), least, most, -1).Draw(t, name)
}

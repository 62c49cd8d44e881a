package api

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

var recordExamples = flag.Bool("examples", false, "record the answers that the document shows")

// examples sends the requests of the document as it shows them.
type examples struct {
	*contract
	i      *installation
	people map[string]person
	known  map[string][]string
	real   []string // what an example is about, and what is there, one after the other
	made   string   // the profile of the example
	taken  map[string]map[string]any
}

// TestExamples sends every request as the document shows it, with what is there
// in the place of its ids. Somebody may do each of them, and nobody is told that
// the request does not fit. With -examples it records the answers.
func TestExamples(t *testing.T) {
	service, _ := embedder(t)
	i := install(t, newDatabase(t, "sqlite"), service)
	i.Rates, i.budgets = Rates(1e6), generous()
	e := examples{contract: newContract(t, i.Server), i: i, taken: map[string]map[string]any{}}
	e.people, e.known = i.peopled()
	e.real = []string{
		exampleProgramme, e.known["programmes"][0], exampleOrganization, e.known["organizations"][0], exampleAccount, e.known["accounts"][0],
		exampleRun, e.known["runs"][0], exampleMentee, e.known["code"][0], exampleMentor, e.known["code"][1], exampleAgreed, e.known["agreed"][0],
		"embeddings.example.org", service.Service(),
	}
	e.prepare()
	for _, path := range slices.Sorted(maps.Keys(e.document.Paths)) {
		for _, o := range operationsOf(e.document.Paths[path]) {
			if !*recordExamples {
				e.shows(o)
			}
		}
	}
	for _, turn := range []func(o *huma.Operation) bool{
		func(o *huma.Operation) bool {
			return o.RequestBody != nil && o.Method != http.MethodGet && !lateExamples[o.OperationID]
		},
		func(o *huma.Operation) bool { return o.Method == http.MethodGet },
		func(o *huma.Operation) bool {
			return o.Method == http.MethodPost && (o.RequestBody == nil || lateExamples[o.OperationID]) && o.OperationID != lastExample
		},
		func(o *huma.Operation) bool { return o.Method == http.MethodDelete },
		func(o *huma.Operation) bool { return o.OperationID == lastExample },
	} {
		for _, path := range slices.Sorted(maps.Keys(e.document.Paths)) {
			for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodGet, http.MethodDelete} {
				if o := operationsOf(e.document.Paths[path])[method]; o != nil && turn(o) {
					e.send(path, o)
				}
			}
		}
	}
	if *recordExamples && !t.Failed() {
		e.taken["verify-assignment"]["request"], e.taken["get-run-result"]["200"] = e.round(), e.round()
		e.shorten()
		data, err := json.MarshalIndent(e.taken, "", " ")
		must(t, err)
		must(t, os.WriteFile("examples.json", append(data, '\n'), 0o600))
	}
}

// shorten leaves of a copy of a person two tables, which show its form.
func (e *examples) shorten() {
	tables := e.taken["export-me"]["200"].(map[string]any)["tables"].(map[string]any)
	maps.DeleteFunc(tables, func(name string, _ any) bool { return name != "accounts" && name != "sign_ups" })
}

// lateExamples end what others need.
var lateExamples = map[string]bool{"decline-offer": true, "publish-round": true, lastExample: true}

// lastExample ends whom others are about.
const lastExample = "erase-me"

// shows wants examples that say something.
func (e *examples) shows(o *huma.Operation) {
	if o.RequestBody != nil {
		if text := string(encoded(o.RequestBody.Content["application/json"].Example)); strings.Contains(text, "…") {
			e.t.Errorf("%s: the example of a request says nothing at …: %s", o.OperationID, text)
		}
	}
	for status, r := range o.Responses {
		if m := r.Content["application/json"]; m != nil && strings.Contains(string(encoded(m.Example)), `"…"`) {
			e.t.Errorf("%s: the example of %s says nothing at …: %s", o.OperationID, status, encoded(m.Example))
		}
	}
}

// prepare makes what the answers of some operations are about.
func (e *examples) prepare() {
	mentee := e.people["mentee"]
	a, err := e.i.Tokens.Read(mentee.token)
	must(e.t, err)
	e.i.passkeyOf(a.Subject)
	must(e.t, e.i.Store.Gorm.Exec("UPDATE passkeys SET name = 'My phone' WHERE account_id = ?", a.Subject).Error)
	at := "/api/v1/profiles/" + e.known["profiles"][0] + "/words"
	mentee.call(200, "PUT", at, object{"text": "A chain in Toronto wants my sauces.", "agreed_to": e.known["agreed"][0]}, "If-Match: "+mentee.tag(at))
}

// round is the proof of a round, as the server wrote it.
func (e *examples) round() any {
	var out any
	must(e.t, json.Unmarshal([]byte(e.known["proof"][0]), &out))
	return out
}

// send sends the example of an operation as everybody, until somebody may.
func (e *examples) send(path string, o *huma.Operation) {
	e.t.Helper()
	query, body := e.query(o), ""
	if o.RequestBody != nil {
		example := o.RequestBody.Content["application/json"].Example
		body = strings.NewReplacer(e.realOf(o)...).Replace(string(encoded(example)))
		if o.OperationID == "verify-assignment" && *recordExamples {
			body = e.known["proof"][0] // to the byte, so that the answer is that of a round that holds
		}
	}
	var told []string
	for _, who := range e.senders(o) {
		target := e.target(path, o, who) + query
		headers := e.headers(o, who, target, body)
		w := ask(e.i, o.Method, target, body, headers...)
		told = append(told, fmt.Sprintf("%s: %d %s", who, w.Code, w.Body))
		switch w.Code {
		case 200, 201, 202, 204:
			must(e.t, e.answer(path, o, w))
			switch o.OperationID {
			case "verify-assignment":
				e.onlyHashes(w)
			case "create-profile":
				e.made = w.Header().Get("Location")[len("/api/v1/profiles/"):]
			case "create-organization": // only that one may have the name of the example
				e.known["update-organization"] = []string{w.Header().Get("Location")[len("/api/v1/organizations/"):]}
			}
			e.record(o, w)
			e.lost(o, who, target, body)
			return
		case 401, 403, 404, 409: // somebody else may, or has what there must be
		default:
			e.t.Errorf("%s as %s: %d %s\n%s", o.OperationID, who, w.Code, w.Body, body)
			return
		}
	}
	e.t.Errorf("%s: nobody may:\n%s\n%s", o.OperationID, strings.Join(told, "\n"), body)
}

// headers are those of a request of an operation.
func (e *examples) headers(o *huma.Operation, who, target, body string) []string {
	headers := []string{"Accept-Language: en"}
	if body != "" {
		headers = append(headers, asJSON)
	}
	if e.people[who].token != "" {
		headers = append(headers, "Authorization: Bearer "+e.people[who].token)
	}
	for _, p := range o.Parameters {
		if p.Name == "If-Match" {
			headers = append(headers, "If-Match: "+e.tag(target))
		}
	}
	return headers
}

// lost sends a request again with each of its ids naming nothing, and wants the
// place of that one.
func (e *examples) lost(o *huma.Operation, who, target, body string) {
	e.t.Helper()
	for _, id := range uuids.FindAllString(body, -1) {
		other := strings.Replace(body, id, nowhere, 1)
		w := ask(e.i, o.Method, target, other, e.headers(o, who, target, body)...)
		var p Problem
		must(e.t, json.Unmarshal(w.Body.Bytes(), &p))
		if w.Code != 422 || len(p.Errors) != 1 || !strings.HasPrefix(p.Errors[0].Pointer, "/body/") {
			e.t.Errorf("%s with an id of nothing: %d %s\n%s", o.OperationID, w.Code, w.Body, other)
		}
	}
}

// onlyHashes wants a round of which all holds but its hashes, which are those of
// bytes that are not indented.
func (e *examples) onlyHashes(w *httptest.ResponseRecorder) {
	var found Verification
	must(e.t, json.Unmarshal(w.Body.Bytes(), &found))
	for _, f := range found.Failures {
		if f.Check != "hash" && f.Check != "settings_hash" {
			e.t.Errorf("the example of a round: %+v", f)
		}
	}
}

// senders are who sends a request, the first one that may at last.
func (e *examples) senders(o *huma.Operation) []string {
	only := map[string][]string{ // where the others would be told that their password is wrong, or are not asked for
		"create-token": {"nobody"}, "create-token-by-link": {"nobody"}, "refresh-token": {"nobody"}, "create-account": {"nobody"}, "request-link": {"nobody"},
		"change-email": {"mentor"}, "create-key": {"mentee"}, "create-profile": {"newcomer"}, "list-profiles": {"staff"}, "list-suggestions": {"mentee"}, "get-suggestion": {"mentee"},
		"list-sessions": {"mentee"}, "list-keys": {"mentee"}, "list-passkeys": {"mentee"}, "get-me": {"mentee"}, "list-offers": {"mentee"}, "get-offer": {"mentee"},
		"end-session": {"mentee"}, "delete-key": {"mentee"}, "delete-passkey": {"mentee"}, "delete-token": {"newcomer"}, "end-sessions": {"mentor"},
		"export-me": {"mentee"}, "erase-me": {"mentee"},
	}
	if who := only[o.OperationID]; who != nil {
		return who
	}
	return []string{"admin", "staff", "mentee", "mentor", "newcomer", "nobody"}
}

// realOf says what is there for what an example is about.
func (e *examples) realOf(o *huma.Operation) []string {
	pairs := slices.Clone(e.real)
	put := func(example, is string) { pairs = append([]string{example, is}, pairs...) }
	switch o.OperationID {
	case "publish-round":
		put(exampleRun, e.known["runs"][1])
	case "create-profile": // there is one of hers in the other programme
		put(exampleProgramme, e.known["programmes"][1])
	case "create-token-by-link":
		e.people["nobody"].call(202, "POST", "/api/v1/links", object{"email": exampleEmail, "purpose": "sign_in"})
		put(exampleToken, e.i.mailedToken(exampleEmail))
	case "refresh-token":
		a, err := e.i.Tokens.Read(e.people["mentee"].token)
		must(e.t, err)
		token, err := e.i.IssueToken(e.t.Context(), a.Subject)
		must(e.t, err)
		put(exampleRefresh, token.RefreshToken)
	}
	return pairs
}

// query is what an operation asks for.
func (e *examples) query(o *huma.Operation) string {
	p := e.known["programmes"][0]
	return map[string]string{
		"list-profiles": "?programme=" + p + "&role=mentee", "list-rounds": "?programme=" + p, "explain-run": "?mentee=" + e.known["code"][0],
		"diff-runs": "?with=" + e.known["runs"][1], "list-suggestions": "?limit=1",
	}[o.OperationID]
}

// target is an address of what an operation is for.
func (e *examples) target(path string, o *huma.Operation, who string) string {
	noun, _, _ := strings.Cut(strings.TrimPrefix(path, "/api/v1/"), "/")
	id := func(all []string) string { return append(all, nowhere)[0] }
	object := id(e.known[noun])
	account := ""
	if p := e.people[who]; p.token != "" {
		a, err := e.i.Tokens.Read(p.token)
		must(e.t, err)
		account = a.Subject
	}
	switch {
	case e.known[o.OperationID] != nil:
		object = e.known[o.OperationID][0]
	case o.OperationID == "create-run":
		object = e.known["create-run"][0]
	case o.OperationID == "publish-round":
		object = e.known["rounds"][3]
	case o.OperationID == "move-round":
		object = e.known["rounds"][1]
	case o.OperationID == "preview-programme": // somebody waits there
		object = e.known["programmes"][1]
	case o.OperationID == "move-profile" && who == "newcomer":
		object = e.made
	case noun == "sessions":
		all, err := e.i.Store.Sessions(e.t.Context(), account)
		must(e.t, err)
		object = all[0].ID
	case noun == "keys":
		all, err := e.i.Store.Keys(e.t.Context(), account)
		must(e.t, err)
		if len(all) > 0 {
			object = all[0].ID
		}
	case noun == "passkeys":
		all, err := e.i.Store.Passkeys(e.t.Context(), account)
		must(e.t, err)
		if len(all) > 0 {
			object = all[0].ID
		}
	}
	return strings.NewReplacer("{id}", object, "{mentor}", e.known["code"][1]).Replace(path)
}

// tag is what If-Match must say to change what is at an address.
func (e *examples) tag(target string) string {
	for _, at := range []string{target, target[:strings.LastIndexByte(target, '/')]} {
		for _, who := range []string{"admin", "mentee", "newcomer"} {
			if w := ask(e.i, http.MethodGet, at, "", "Authorization: Bearer "+e.people[who].token); w.Code == 200 {
				return w.Header().Get("ETag")
			}
		}
	}
	return `"0"`
}

// record keeps an answer, with what examples are about in the place of what was
// there.
func (e *examples) record(o *huma.Operation, w *httptest.ResponseRecorder) {
	if e.taken[o.OperationID] == nil {
		e.taken[o.OperationID] = map[string]any{}
	}
	if w.Body.Len() == 0 || !strings.Contains(w.Header().Get("Content-Type"), "json") || o.OperationID == "get-run-result" {
		return
	}
	var back []string
	for n := 0; n < len(e.real); n += 2 {
		back = append(back, e.real[n+1], e.real[n])
	}
	text := strings.NewReplacer(back...).Replace(w.Body.String())
	seen := map[string]string{}
	text = uuids.ReplaceAllStringFunc(text, func(id string) string {
		if strings.HasPrefix(id, exampleProgramme[:32]) {
			return id
		}
		if seen[id] == "" {
			seen[id] = fmt.Sprintf("01a2249e-61a3-78f1-a324-75b81158d%03d", len(seen)+1)
		}
		return seen[id]
	})
	text = times.ReplaceAllString(text, "2027-01-04T15:00:00Z")
	text = strings.ReplaceAll(text, "http://puente.test", "https://puente.example.org")
	text = strings.NewReplacer(`"network":"invalid Prefix"`, `"network":"192.0.2.0/24"`, `"device":""`, `"device":"curl"`).Replace(text) // of sessions past the interface
	text = signed.ReplaceAllString(text, "eyJhbGciOiJFZERTQSIsImtpZCI6ImsxIn0.eyJzdWIiOiIwMWEyMjQ5ZSJ9.c2lnbmF0dXJl")
	text = issued.ReplaceAllString(text, "${1}2QW7M4ZK6TJ5VHYBX3CDNAPRLE")
	var tree any
	must(e.t, json.Unmarshal([]byte(text), &tree))
	e.taken[o.OperationID][fmt.Sprint(w.Code)] = shortened("", tree)
}

var (
	uuids  = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)
	times  = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`)
	signed = regexp.MustCompile(`eyJ[\w.-]{40,}`)
	issued = regexp.MustCompile(`(pn[a-z]_)[A-Z2-7]{20,}`)
)

// shortened leaves of a list of objects the first, and of long lists two.
func shortened(name string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			v[name] = shortened(name, v[name])
		}
	case []any:
		most := 12
		if name == "items" {
			most = 1
		}
		if len(v) > most {
			v = v[:min(len(v), max(1, min(most, 2)))]
		}
		for i := range v {
			v[i] = shortened("", v[i])
		}
		return v
	}
	return v
}

package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// echo is a value that no answer to what is refused may hold.
const echo = "Echo7f3a\"<'&%2e"

// ownAddress are the links to the same page in another language, and what a
// provider is told of us, which an administrator chose.
var ownAddress = regexp.MustCompile(`href="/(en|es|fr)/[^"]*"|client_id=[^&"]*&`)

// TestErrorsDoNotEcho sends every operation and page values that do not fit, as
// several roles: whatever is refused is refused without a word of what was
// sent, a password is never sent back, and the log has nothing of it.
func TestErrorsDoNotEcho(t *testing.T) {
	w := newWorld(install(t, newDatabase(t, "sqlite")))
	w.sessions = map[string][2]string{}
	c := newContract(t, w.Server)
	refused := 0
	look := func(what string, got *httptest.ResponseRecorder, always bool) {
		all := strings.ToLower(ownAddress.ReplaceAllString(fmt.Sprint(got.Header(), got.Body), ""))
		if got.Code >= 500 {
			t.Errorf("%s: %d %s", what, got.Code, got.Body)
		}
		if got.Code >= 400 || always {
			refused++
			if strings.Contains(all, "echo7f3a") {
				t.Errorf("%s: %d sends back what was sent: %s %s", what, got.Code, got.Header(), got.Body)
			}
		}
	}
	for _, role := range []string{"anonymous", "mentee", "mentor", "manager", "admin"} {
		for _, r := range routes {
			a := w.requests(r)[0]
			if r.id == "" {
				w.echoOfPage(a, role, look)
				continue
			}
			token, _ := w.session(role)
			headers := []string{"Authorization: Bearer " + token, `If-Match: "1"`}
			if token == "" {
				headers = headers[1:]
			}
			o := w.documented(r)
			for _, p := range o.Parameters {
				switch p.In {
				case "query":
					look(r.id+" "+p.Name, ask(w, r.method, withParameter(a.target, p.Name, echo), "", append(headers, asJSON)...), false)
				case "header":
					look(r.id+" "+p.Name, ask(w, r.method, a.target, "{}", append(slices.Clone(headers), asJSON, p.Name+": "+echo)...), false)
				}
			}
			look(r.id+" address", ask(w, r.method, strings.ReplaceAll(r.path, "{id}", url.PathEscape(echo)), "{}", append(headers, asJSON)...), false)
			look(r.id+" token", ask(w, r.method, a.target, "{}", asJSON, "Authorization: Bearer "+echo), false)
			if o.RequestBody == nil {
				continue
			}
			media := o.RequestBody.Content["application/json"]
			example, _ := media.Example.(map[string]any)
			if example == nil {
				must(t, json.Unmarshal(encoded(media.Example), &example))
			}
			bodies := []any{echo, []any{echo}, map[string]any{}}
			for _, name := range slices.Sorted(maps.Keys(c.resolve(media.Schema).Properties)) {
				for _, bad := range []any{echo, []any{echo}, map[string]any{"a": echo}, echo + strings.Repeat(echo, 200)} {
					body := maps.Clone(example)
					body[name] = bad
					bodies = append(bodies, body)
				}
			}
			for _, body := range bodies {
				look(fmt.Sprint(r.id, " ", body), ask(w, r.method, a.target, string(encoded(body)), append(headers, asJSON)...), false)
			}
			look(r.id+" no JSON", ask(w, r.method, a.target, echo, append(headers, asJSON)...), false)
			look(r.id+" another type", ask(w, r.method, a.target, echo, append(headers, "Content-Type: "+echo)...), false)
		}
	}
	if strings.Contains(strings.ToLower(w.log.String()), "echo7f3a") {
		t.Error("the log has what was sent")
	}
	t.Logf("%d refusals", refused)
}

// formNames are the fields of all forms.
var formNames = []string{
	"role", "email", "name", "organization", "country", "lang", "terms", "confirm", "words", "words_agree", "reason", "method", "keep", "version",
	"key_name", "key_days", "scope", "state", "programme", "code", "label", "seed", "start",
}

// echoOfPage sends a page what does not fit. A form may show what was filled
// in, but no password, and pages that are no forms nothing.
func (w *world) echoOfPage(a askedFor, role string, look func(string, *httptest.ResponseRecorder, bool)) {
	w.t.Helper()
	var headers []string
	if _, cookie := w.session(role); cookie != "" {
		headers = append(headers, "Cookie: puente="+cookie)
	}
	if a.r.method == "GET" {
		for _, name := range append([]string{"done", "order", "run", "mentee", "mentor", "side", "state", "programme", "a", "b", "from"}, formNames...) {
			look(a.name+" "+name, ask(w, "GET", withParameter(a.target, name, echo), "", headers...), false)
		}
		return
	}
	asForm := append(slices.Clone(headers), "Content-Type: application/x-www-form-urlencoded")
	for _, name := range []string{"password", "key_password", "token"} {
		form := url.Values{"email": {"mentee@example.org"}, name: {echo}}
		look(a.name+" "+name, ask(w, "POST", a.target, form.Encode(), asForm...), true)
	}
	form := url.Values{}
	for _, name := range formNames {
		form.Set(name, echo)
	}
	if got := ask(w, "POST", a.target, form.Encode(), asForm...); got.Code != 422 && got.Code != 429 { // a form that is shown again
		look(a.name+" form", got, false)
	}
	look(a.name+" another type", ask(w, "POST", a.target, echo, append(headers, "Content-Type: "+echo)...), false)
}

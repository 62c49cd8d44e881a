package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/gin-gonic/gin"

	"puente/models"
)

// The tests of this file ask the whole table of routes what must hold of every
// answer. docs/security.md says which requirement each proves.

// open are the routes whose answers caches may keep: they are the same for
// everybody.
var open = []string{"/api/docs", "/api/docs.css", "/api/v1/openapi.json", "/api/v1/vocabularies", "/static/{file}"}

// visitor is somebody with one session in a browser and one of a program, over
// an encrypted connection.
type visitor struct {
	w             *world
	role          string
	token, cookie string
}

// visitors are one of each role that can be signed in, and nobody.
func (w *world) visitors() (all []visitor) {
	w.Proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} // httptest's client
	for _, role := range authzRoles[:slices.Index(authzRoles, "disabled")] {
		token, cookie := w.session(role)
		all = append(all, visitor{w, role, token, cookie})
	}
	return all
}

// send sends a request over an encrypted connection.
func (v visitor) send(a askedFor, more ...string) *httptest.ResponseRecorder {
	headers := append([]string{"X-Forwarded-Proto: https"}, more...)
	page := a.r.id == ""
	switch {
	case page && v.cookie != "":
		headers = append(headers, "Cookie: __Host-puente="+v.cookie)
	case v.token != "" && !page:
		headers = append(headers, "Authorization: Bearer "+v.token)
	}
	body := a.body
	switch {
	case a.r.method == "GET" || a.r.method == "DELETE" || page || a.r.body.bytes == 0:
		body = ""
	default:
		headers = append(headers, asJSON, `If-Match: "999"`)
	}
	if page && a.r.method == "POST" {
		headers = append(headers, "Content-Type: application/x-www-form-urlencoded")
	}
	return ask(v.w, a.r.method, a.target, body, headers...)
}

// rowsOf are sums of all rows of the store, by table, but for those of the
// queue, which works by itself.
func (w *world) rowsOf() map[string]string {
	w.t.Helper()
	tables, err := w.Store.Gorm.Migrator().GetTables()
	must(w.t, err)
	out := map[string]string{}
	for _, table := range tables {
		if strings.HasPrefix(table, "river_") || strings.HasPrefix(table, "sqlite_") {
			continue
		}
		var rows []map[string]any
		must(w.t, w.Store.Gorm.Table(table).Find(&rows).Error)
		lines := make([]string, len(rows))
		for i, row := range rows {
			lines[i] = fmt.Sprint(row) // maps print in the order of their keys
		}
		slices.Sort(lines)
		out[table] = fmt.Sprintf("%d rows %x", len(lines), sha256.Sum256([]byte(strings.Join(lines, "\n"))))
	}
	return out
}

// TestEveryAnswer asks everything that can be read, as everybody, and looks at
// what must stand in the head of every answer, whatever it says.
func TestEveryAnswer(t *testing.T) {
	w := newWorld(install(t, newDatabase(t, "sqlite")))
	answers := 0
	check := func(r route, who, target string, got *httptest.ResponseRecorder) {
		answers++
		for _, wrong := range wrongHeaders(got, slices.Contains(open, r.path)) {
			t.Errorf("%s %s as %s: %d: %s", r.method, target, who, got.Code, wrong)
		}
		if r.id != "" && got.Code >= 300 && got.Code < 400 && got.Code != 304 {
			t.Errorf("%s: a program is led elsewhere, to %s", target, got.Header().Get("Location"))
		}
		if name := `attachment; filename="round.json"`; strings.HasSuffix(r.path, "/round.json") && got.Code == 200 && got.Header().Get("Content-Disposition") != name {
			t.Errorf("%s: a file without a name: %v", target, got.Header())
		}
		if page := got.Body.String(); r.id == "" && who != "anonymous" && got.Code == 200 && strings.HasPrefix(got.Header().Get("Content-Type"), "text/html") &&
			strings.HasPrefix(r.path, "/{lang}") && !strings.Contains(r.path, "/link/") && !strings.Contains(page, `/sign-out"`) {
			t.Errorf("%s as %s: no way to sign out", target, who)
		}
	}
	everybody := w.visitors()
	for _, r := range routes {
		if r.stream {
			continue
		}
		for _, a := range w.requests(r) {
			for _, v := range everybody {
				if r.method == "GET" {
					check(r, v.role, a.target, v.send(a, "Origin: https://elsewhere.example"))
				}
			}
			check(r, "anonymous", a.target, everybody[0].send(a))
		}
	}
	for _, target := range []string{"/", "/nowhere", "/es/nowhere", "/api/v1/nowhere", "/api/v1/%00", "/static/none"} {
		check(route{method: "GET"}, "anonymous", target, everybody[0].send(askedFor{r: route{method: "GET"}, target: target}))
	}
	t.Logf("%d answers", answers)
}

// wrongHeaders says what is wrong with the head of an answer over an encrypted
// connection.
func wrongHeaders(w *httptest.ResponseRecorder, public bool) (wrong []string) {
	h := w.Header()
	want := func(name, pattern string) {
		if values := h.Values(name); len(values) != 1 || !regexp.MustCompile(pattern).MatchString(values[0]) {
			wrong = append(wrong, fmt.Sprintf("%s is %q", name, values))
		}
	}
	want("X-Content-Type-Options", `^nosniff$`)
	want("Referrer-Policy", `^no-referrer$`)
	want("Cross-Origin-Opener-Policy", `^same-origin$`)
	want("Cross-Origin-Resource-Policy", `^same-origin$`)
	want("Content-Security-Policy", `^default-src 'none';.* base-uri 'none'; object-src 'none'; frame-ancestors 'none'$`)
	want("Strict-Transport-Security", `^max-age=63072000; includeSubDomains$`)
	if strings.Contains(h.Get("Content-Security-Policy"), "unsafe") || strings.Contains(h.Get("Content-Security-Policy"), "*") {
		wrong = append(wrong, "a policy with exceptions")
	}
	if w.Body.Len() > 0 {
		want("Content-Type", `^(text/[a-z]+; charset=utf-8|application/(problem\+|openapi\+)?json(; charset=utf-8)?)$`)
	}
	if !public || w.Code >= 400 {
		want("Cache-Control", `^no-store$`)
	}
	for name := range h {
		if strings.HasPrefix(name, "Access-Control-") || name == "Server" || name == "X-Powered-By" {
			wrong = append(wrong, name+" is there")
		}
	}
	for _, line := range h.Values("Set-Cookie") {
		if !regexp.MustCompile(`^__Host-puente(-device|-sign-up|-flow|-half|-passkey)?=[A-Za-z0-9.]*; Path=/; (Max-Age=\d+; )?HttpOnly; Secure; SameSite=Lax$`).MatchString(line) || len(line) > 4096 {
			wrong = append(wrong, "cookie "+line)
		}
	}
	return wrong
}

// TestCookies signs up, in and out over an encrypted connection: each cookie
// is for this host and its server only, signing in takes a new session and ends
// the old one, and signing out lets the browser forget what it kept.
func TestCookies(t *testing.T) {
	empty, err := emptyStore()
	must(t, err)
	i := installCopy(t, empty)
	i.Proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	i.signUp("entrepreneur", "lucia@example.org", "es")
	post := func(path string, form url.Values, cookie string) *httptest.ResponseRecorder {
		w := ask(i, "POST", "/es"+path, form.Encode(), "X-Forwarded-Proto: https", "Content-Type: application/x-www-form-urlencoded", "Cookie: "+cookie)
		for _, wrong := range wrongHeaders(w, false) {
			t.Errorf("%s: %s", path, wrong)
		}
		return w
	}
	signedIn := func(cookie string) bool {
		return ask(i, "GET", "/es/account", "", "X-Forwarded-Proto: https", "Cookie: "+cookie).Code == 200
	}
	form := url.Values{"email": {"lucia@example.org"}, "password": {password}}
	names := map[string]bool{}
	enter := func(cookie string) string {
		w := post("/sign-in", form, cookie)
		session := ""
		for _, c := range w.Result().Cookies() {
			names[c.Name] = true
			if c.Name == "__Host-puente" {
				session = c.Name + "=" + c.Value
			}
		}
		if w.Code != 303 || len(session) != len("__Host-puente=")+26 {
			t.Fatalf("%d %q", w.Code, session)
		}
		return session
	}
	given := "__Host-puente=" + strings.Repeat("A", 26)
	first := enter(given)
	second := enter(first)
	if first == given || first == second || signedIn(first) || !signedIn(second) || signedIn(given) {
		t.Errorf("after signing in again: %s %v, %s %v", first, signedIn(first), second, signedIn(second))
	}
	up := post("/sign-up", url.Values{
		"role": {"mentee"}, "email": {"otra@example.org"}, "password": {password}, "name": {"Ana"}, "organization": {"Conservas"}, "country": {"MX"}, "terms": {"yes"},
	}, "")
	for _, c := range up.Result().Cookies() {
		names[c.Name] = true
	}
	if got := slices.Sorted(maps.Keys(names)); !slices.Equal(got, []string{"__Host-puente", "__Host-puente-device", "__Host-puente-sign-up"}) {
		t.Errorf("the cookies are %v", got)
	}
	out := post("/sign-out", nil, second)
	if out.Header().Get("Clear-Site-Data") != `"cache", "storage"` || signedIn(second) {
		t.Errorf("signed out: %v", out.Header())
	}
}

// TestReadingChangesNothing reads everything as everybody, and wants nothing
// changed in the store: only that somebody read a letter is written down.
func TestReadingChangesNothing(t *testing.T) {
	w := newWorld(install(t, newDatabase(t, "sqlite")))
	everybody := w.visitors()
	before, read := w.rowsOf(), 0
	for _, r := range routes {
		if r.method != "GET" && !r.computes || r.stream {
			continue
		}
		for _, a := range w.requests(r) {
			for _, v := range everybody {
				v.send(a)
				read++
			}
		}
	}
	after := w.rowsOf()
	var letters int64
	must(t, w.Store.Gorm.Model(&models.AuditEntry{}).Where("action = ?", "letter.read").Count(&letters).Error)
	for table := range before {
		if before[table] != after[table] && (!strings.HasPrefix(table, "audit_") || letters == 0) {
			t.Errorf("%s: %s, after reading %s", table, before[table], after[table])
		}
	}
	var actions []string
	must(t, w.Store.Gorm.Model(&models.AuditEntry{}).Order("at DESC, id DESC").Limit(int(letters)).Pluck("action", &actions).Error)
	if letters == 0 || slices.Compact(actions)[0] != "letter.read" || len(slices.Compact(actions)) != 1 {
		t.Errorf("%d letters were read, and then there are %v", letters, actions)
	}
	t.Logf("%d answers read", read)
}

// TestOtherSites sends everything that changes something as a browser does for
// a page of another site: it is refused before anything is looked at.
func TestOtherSites(t *testing.T) {
	w := newWorld(install(t, newDatabase(t, "sqlite")))
	everybody := w.visitors()
	before, sent := w.rowsOf(), 0
	for _, r := range routes {
		if r.method == "GET" {
			continue
		}
		for _, a := range w.requests(r) {
			for _, v := range everybody {
				for _, from := range []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: https://elsewhere.example", "Origin: null"} {
					sent++
					if got := v.send(a, from); got.Code != 403 || !strings.Contains(got.Body.String(), `"code":"cross_origin"`) {
						t.Errorf("%s %s as %s with %s: %d", r.method, a.target, v.role, from, got.Code)
					}
				}
			}
			if r.id == "" {
				continue
			}
			for _, v := range everybody { // a cookie opens no operation
				target := strings.ReplaceAll(a.target, "/es", "")
				got := ask(w, r.method, target, "{}", asJSON, "X-Forwarded-Proto: https", "Cookie: __Host-puente="+v.cookie)
				if !r.policyOf().public() && got.Code != 401 {
					t.Errorf("%s %s by the cookie of %s: %d", r.method, target, v.role, got.Code)
				}
			}
			if r.body.bytes > 0 { // what a form can send is not read
				admin := everybody[len(everybody)-1]
				got := ask(w, r.method, a.target, "{}", "Content-Type: text/plain", `If-Match: "999"`, "Authorization: Bearer "+admin.token)
				if got.Code < 400 {
					t.Errorf("%s %s took a form's type: %d", r.method, a.target, got.Code)
				}
			}
		}
	}
	for table, rows := range w.rowsOf() {
		if rows != before[table] {
			t.Errorf("%s: %s, before %s", table, rows, before[table])
		}
	}
	t.Logf("%d requests refused", sent)
}

// TestNothingElseIsServed asks for what servers give away by mistake, by every
// method: there is nothing but the table of routes.
func TestNothingElseIsServed(t *testing.T) {
	s, _ := newTestServer(nil)
	if gin.Mode() != gin.ReleaseMode {
		t.Errorf("gin is in mode %s", gin.Mode())
	}
	for _, target := range []string{
		"/.git/config", "/.git/HEAD", "/.svn/entries", "/.env", "/static", "/static/", "/static/..", "/static/../go.mod", "/static/%2e%2e/go.mod", "/static/puente.css.map",
		"/debug/pprof/", "/debug/vars", "/metrics", "/server-status", "/puente-data/secret", "/secret", "/puente.db", "/go.mod", "/api/", "/api", "/api/v1", "/swagger", "/graphql",
		"/es/static/", "/backup.zip", "/config.json", "/.well-known/", "/favicon.ico/", "/api/v1/openapi.yaml", "/actuator",
	} {
		w := ask(s, "GET", target, "")
		if w.Code != 404 || strings.Contains(w.Body.String(), "module puente") || strings.Contains(w.Body.String(), "<a href=\"puente") {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	known := map[string][]string{}
	for _, r := range routes {
		known[r.path] = append(known[r.path], r.method)
	}
	for path, methods := range known {
		target := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(strings.Replace(path, "{lang}", "es", 1), "x")
		for _, method := range []string{"TRACE", "OPTIONS", "CONNECT", "PUT", "PATCH", "DELETE", "PROPFIND", "TRACK", "DEBUG"} {
			if slices.Contains(methods, method) {
				continue
			}
			w := ask(s, method, target, "", "X-Canary: "+canary)
			if w.Code != 405 && w.Code != 404 || strings.Contains(w.Body.String(), canary) {
				t.Errorf("%s %s: %d", method, target, w.Code)
			}
		}
	}
}

// TestParametersOnce gives a parameter twice to every route: no two parts of
// the server can read different ones.
func TestParametersOnce(t *testing.T) {
	s, _ := newTestServer(nil)
	for _, r := range routes {
		target := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(strings.Replace(r.path, "{lang}", "es", 1), "x")
		for _, query := range []string{"?limit=1&limit=2", "?q=a&q=a", "?a=1&%61=2"} {
			if w := ask(s, r.method, target+query, "{}", asJSON); w.Code != 400 || !strings.Contains(w.Body.String(), `"code":"twice"`) {
				t.Errorf("%s %s: %d %s", r.method, target+query, w.Code, w.Body)
			}
		}
	}
}

// TestNoSecretsInAddresses wants no parameter of an address that is a secret,
// but for the links of mails, whose addresses no log and no Referer has.
func TestNoSecretsInAddresses(t *testing.T) {
	secret := regexp.MustCompile(`(?i)pass|token|secret|key|session|email|otp|code_verifier`)
	for _, r := range routes {
		for _, name := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(r.path, -1) {
			if secret.MatchString(name[1]) && r.path != "/{lang}/link/{token}" {
				t.Errorf("%s has %s in its address", r.path, name[1])
			}
		}
	}
	data, err := Document("1")
	must(t, err)
	var document struct {
		Paths map[string]map[string]struct {
			Parameters []struct{ Name, In string }
		}
	}
	must(t, json.Unmarshal(data, &document))
	seen := 0
	for path, methods := range document.Paths {
		for method, o := range methods {
			for _, p := range o.Parameters {
				seen++
				if p.In != "header" && secret.MatchString(p.Name) && path+p.Name != "/api/v1/accountsemail" { // an administrator looks for a part of an address
					t.Errorf("%s %s has %s in its address", method, path, p.Name)
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d parameters were seen", seen)
	}
}

// TestLogLines sends what could forge a line of the log or steer a terminal,
// in every part of a request, and wants one line each, in both forms of the log.
func TestLogLines(t *testing.T) {
	const forged = "\r\ntime=2027-01-01T00:00:00Z level=INFO msg=forged\x1b[2J\u2028\u202e"
	for _, form := range []string{"text", "json"} {
		log := &logBuffer{}
		handler := slog.Handler(slog.NewTextHandler(log, nil))
		if form == "json" {
			handler = slog.NewJSONHandler(log, nil)
		}
		s, _ := newTestServer(func(o *Options) { o.Log = slog.New(handler) })
		sent := 0
		send := func(method, target, body string, headers ...string) {
			r := httptest.NewRequest(http.MethodGet, "/", strings.NewReader(body))
			u, err := url.ParseRequestURI(target)
			must(t, err)
			r.Method, r.URL, r.RequestURI = method, u, target
			for n := 0; n+1 < len(headers); n += 2 {
				r.Header[headers[n]] = []string{headers[n+1]}
			}
			s.ServeHTTP(httptest.NewRecorder(), r)
			sent++
		}
		escaped := url.PathEscape(forged)
		send("GET", "/"+escaped, "")
		send("GET", "/es/"+escaped, "", "Accept", "text/html")
		send("GET", "/api/v1/vocabularies?"+escaped+"="+escaped, "")
		send("GET"+forged, "/healthz", "")
		send("GET", "/healthz", "", "User-Agent", forged, "X-Request-Id", forged, "X-Forwarded-For", forged, "Accept-Language", forged, "Cookie", "puente="+forged)
		send("POST", "/api/v1/form", `{"`+strings.ReplaceAll(forged, "\r\n", `\r\n`)+`":1}`, "Content-Type", "application/json")
		send("POST", "/api/v1/form", forged, "Content-Type", "application/json")
		send("GET", "/api/v1/panic", "")
		text := log.String()
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if len(lines) != sent {
			t.Errorf("%s: %d lines for %d requests:\n%s", form, len(lines), sent, text)
		}
		for _, line := range lines {
			if strings.ContainsAny(line, "\r\x1b\u2028\u202e") || strings.Contains(line, "msg=forged") && form == "text" && !strings.Contains(line, `"`) {
				t.Errorf("%s: %q", form, line)
			}
			if form == "json" {
				var one struct {
					Time               time.Time
					Level, Msg, Method string
					ID, Route, Network *string
					Status, Bytes      *int
				}
				if err := json.Unmarshal([]byte(line), &one); err != nil || one.Msg != "request" || one.ID == nil || one.Route == nil || one.Network == nil || one.Status == nil || one.Time.IsZero() {
					t.Errorf("%s: %v", line, err)
				}
			}
		}
	}
}

// TestSecurityEvents does what an operator wants to find in the log: who signed
// in and how, who failed, was refused, came too often, sent what is not ours.
func TestSecurityEvents(t *testing.T) {
	w := newWorld(install(t, newDatabase(t, "sqlite")))
	lucia := w.signUp("entrepreneur", "lucia@example.org", "es")
	account, err := w.Store.AccountByEmail(t.Context(), "lucia@example.org")
	must(t, err)
	anOther := w.objects[aProfile][0].id
	form := func(path, fields string) func() {
		return func() { ask(w, "POST", "/es"+path, fields, "Content-Type: application/x-www-form-urlencoded") }
	}
	nobody := w.nobody()
	own := "account=" + account.ID
	for _, c := range []struct {
		name string
		do   func()
		says []string
	}{
		{"a program signs in", func() {
			nobody.call(201, "POST", "/api/v1/tokens", object{"email": "lucia@example.org", "password": password})
		}, []string{"route=/api/v1/tokens status=201", own}},
		{"a wrong password of a program", func() {
			nobody.call(401, "POST", "/api/v1/tokens", object{"email": "lucia@example.org", "password": canary + "-wrong"})
		}, []string{"route=/api/v1/tokens status=401", own, "error=unauthenticated"}},
		{"a wrong password on the page", form("/sign-in", "email=lucia%40example.org&password=wrong"), []string{"route=/es/sign-in status=422", own, "error=unauthenticated"}},
		{"nobody's address", form("/sign-in", "email=nobody%40example.org&password=wrong"), []string{"route=/es/sign-in status=422", "error=unauthenticated"}},
		{"a browser signs in", form("/sign-in", "email=lucia%40example.org&password="+url.QueryEscape(password)), []string{"route=/es/sign-in status=303", own}},
		{"no token", func() { nobody.call(401, "GET", "/api/v1/me", nil) }, []string{"route=/api/v1/me status=401", "error="}},
		{"a token that is none", func() { nobody.call(401, "GET", "/api/v1/me", nil, "Authorization: Bearer a.b.c") }, []string{"status=401", "error=", "token"}},
		{"somebody else's", func() { lucia.call(404, "GET", "/api/v1/profiles/"+anOther, nil) }, []string{"status=404", own, "error=not_found"}},
		{"what one may not", func() { lucia.call(403, "POST", "/api/v1/programmes", object{"name": "X", "locale": "es"}) }, []string{"status=403", own, "error=forbidden"}},
		{"another site", func() { ask(w, "POST", "/es/sign-out", "", "Sec-Fetch-Site: cross-site") }, []string{"status=403", "error=", "cross_origin"}},
		{"what does not fit", func() { lucia.call(422, "PUT", "/api/v1/me/role", object{"role": canary}) }, []string{"status=422", own, "/body/role"}},
		{"too often", func() {
			for range 12 {
				ask(w, "POST", "/api/v1/tokens", `{"email":"lucia@example.org","password":"wrong"}`, asJSON)
			}
		}, []string{"status=429", own, "error=too_many_requests"}},
		{"signing out", func() { lucia.call(204, "DELETE", "/api/v1/tokens/current", nil) }, []string{"route=/api/v1/tokens/current status=204", own}},
	} {
		before := len(w.log.String())
		c.do()
		lines := strings.Split(strings.TrimSpace(w.log.String()[before:]), "\n")
		last := lines[len(lines)-1]
		for _, part := range c.says {
			if !strings.Contains(last, part) {
				t.Errorf("%s: no %q in %s", c.name, part, last)
			}
		}
	}
	if all := w.log.String(); strings.Contains(all, canary) || strings.Contains(all, "lucia@") || strings.Contains(all, lucia.token) || strings.Contains(all, password) {
		t.Error("the log has what is secret")
	}
	log, err := w.Store.AuditLog(t.Context(), "accounts", account.ID)
	must(t, err)
	count := map[string]int{}
	for _, e := range log {
		count[e.Action]++
	}
	if count["session.create"] != 3 || count["link.use"] != 1 { // by the link, by a program, by a browser
		t.Errorf("the audit log has %v", count)
	}
}

// TestPasswordIsExact wants every character of a password to count, at any
// length that is allowed, old ones to stay good, and their hashes to be slow.
func TestPasswordIsExact(t *testing.T) {
	empty, err := emptyStore()
	must(t, err)
	i := installCopy(t, empty)
	ctx := t.Context()
	const short = "fifteen letters"
	long := ""
	for n := 0; len(long) < passwordBytes; n++ {
		long += hashOf(strconv.Itoa(n))
	}
	for _, good := range []string{
		short, long[:64], " spaces at both ends ", "ñandú 🙂 漢字 con acentos", long[:passwordBytes], "all lower case and no digit", "no capital letter!!",
	} {
		if rule := passwordProblem(good, "a@example.org"); rule != "" {
			t.Errorf("%q: %s", good, rule)
		}
		hash, err := i.hash(ctx, good)
		must(t, err)
		params, salt, key, err := argon2id.DecodeHash(hash)
		must(t, err)
		if params.Memory < 19<<10 || params.Iterations < 2 || len(salt) < 16 || len(key) < 32 {
			t.Errorf("a weak hash: %+v", params)
		}
		for _, other := range []string{good[:len(good)-1], good + " ", strings.ToUpper(good), strings.TrimSpace(good), good + "a"} {
			if same, err := i.compare(ctx, other, hash); err != nil || same != (other == good) {
				t.Errorf("%q is taken for %q: %v", other, good, err)
			}
		}
		if same, err := i.compare(ctx, good, hash); err != nil || !same {
			t.Errorf("%q: %v %v", good, same, err)
		}
	}
	i.signUp("entrepreneur", "lucia@example.org", "es")
	must(t, i.Store.Gorm.Exec("UPDATE accounts SET created_at = ?, updated_at = ?", time.Now().AddDate(-10, 0, 0), time.Now().AddDate(-10, 0, 0)).Error)
	i.nobody().call(201, "POST", "/api/v1/tokens", object{"email": "lucia@example.org", "password": password})
	i.nobody().call(401, "POST", "/api/v1/tokens", object{"email": "lucia@example.org", "password": password + " "})
	form := func(password string) int {
		return ask(i, "POST", "/es/sign-in", url.Values{"email": {"lucia@example.org"}, "password": {password}}.Encode(), "Content-Type: application/x-www-form-urlencoded").Code
	}
	if form(" "+password) != 422 || form(password) != 303 {
		t.Error("the page takes another password than the interface")
	}
}

// TestSecretsAreRandom looks at the ids that open something: 130 bits of the
// system's randomness in 26 letters, and nothing of a clock or an account.
func TestSecretsAreRandom(t *testing.T) {
	seen, letters := map[string]bool{}, map[byte]int{}
	const n = 2000
	for range n {
		id, hash := Secret()
		refresh, _ := newRefresh()
		if seen[id] || seen[refresh] || len(id) != 26 || len(refresh) != len(refreshPrefix)+26 || hash != hashOf(id) || strings.Contains(hash, id) {
			t.Fatalf("%s %s %s", id, refresh, hash)
		}
		seen[id], seen[refresh] = true, true
		for k := range len(id) {
			letters[id[k]]++
		}
	}
	for letter, times := range letters { // 26*2000/32 = 1625 each; six standard deviations are 238
		if times < 1387 || times > 1863 {
			t.Errorf("%c came %d times", letter, times)
		}
	}
	if len(letters) != 32 {
		t.Errorf("%d letters", len(letters))
	}
	a, b := newSecrets([]byte(strings.Repeat("a", 32))), newSecrets([]byte(strings.Repeat("b", 32)))
	keys := [][]byte{a.requests, a.cursors, a.browsers, b.requests, b.cursors, b.browsers}
	for n, key := range keys {
		if len(key) != models.KeySize || slices.ContainsFunc(keys[:n], func(other []byte) bool { return bytes.Equal(other, key) }) {
			t.Errorf("key %d is no key of its own", n)
		}
	}
}

// TestHashingWaits wants passwords to be hashed a few at a time: who comes when
// all places are taken waits, and is told to come again when that takes long.
func TestHashingWaits(t *testing.T) {
	empty, err := emptyStore()
	must(t, err)
	i := installCopy(t, empty)
	i.Limits.Deadline = 100 * time.Millisecond
	if cap(i.hashing) != maxHashing || maxHashing*int(hashing.Memory) > 64<<10 {
		t.Errorf("%d at once, of %d KiB each", cap(i.hashing), hashing.Memory)
	}
	var leaves []func()
	for range maxHashing {
		leave, err := i.hashing.enter(t.Context())
		must(t, err)
		leaves = append(leaves, leave)
	}
	w := ask(i, "POST", "/api/v1/tokens", `{"email":"lucia@example.org","password":"wrong"}`, asJSON)
	if w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("all places are taken: %d %v", w.Code, w.Header())
	}
	leaves[0]()
	if w := ask(i, "POST", "/api/v1/tokens", `{"email":"lucia@example.org","password":"wrong"}`, asJSON); w.Code != 401 && w.Code != 503 {
		t.Errorf("one is free: %d", w.Code)
	}
}

package api

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"puente/jobs"
	"puente/script/mailtest"
)

// hole is where texts go into a request of a route: a part of its path, a
// parameter, members of its body or fields of its form. Those of a body that
// take any text are filled together, as are the others, so that each text gets
// to all of them in as many requests as there are texts.
type hole struct {
	r    route
	name string
	n    int // texts in one request
	fill func(texts []string) (target, body string)
}

// send sends the texts as somebody: the first one in the first place, and so on.
func (w *world) sendInto(h hole, role string, texts []string) *httptest.ResponseRecorder {
	if regexp.MustCompile(`session|current|sign-|password|disable|/link`).MatchString(h.r.path) {
		delete(w.sessions, role) // it may have ended
	}
	token, cookie := w.session(role)
	target, body := h.fill(texts)
	var headers []string
	if h.r.id == "" {
		headers = append(headers, "Cookie: puente="+cookie, formType)
	} else if token != "" {
		headers = append(headers, "Authorization: Bearer "+token)
	}
	if h.r.id != "" && h.r.body.bytes > 0 {
		headers = append(headers, asJSON)
	}
	if h.r.method == "PUT" || h.r.method == "PATCH" {
		at, _, _ := strings.Cut(target, "?")
		at = strings.TrimSuffix(strings.TrimSuffix(at, "/wishes"), "/organization")
		headers = append(headers, "If-Match: "+ask(w, "GET", at, "", "Authorization: Bearer "+token).Header().Get("ETag"))
	}
	return ask(w, h.r.method, target, body, headers...)
}

// turned are n texts of a list, from the k-th on, around its end.
func turned(list []string, k, n int) []string {
	out := make([]string, n)
	for j := range out {
		out[j] = list[(k+j)%len(list)]
	}
	return out
}

// holes are those of all routes.
func (w *world) holes() (all []hole) {
	forms := w.formsOf("admin", "manager", "mentee", "mentor", "anonymous")
	for _, r := range routes {
		base := w.requests(r)[0].target
		all = append(all, pathHoles(r, base)...)
		var unread []string // or read by pages only
		for _, name := range []string{"next", "done", "cursor", "sort", "q"} {
			known := slices.ContainsFunc(w.readBy(r), func(p parameter) bool { return p.name == name })
			if !known && !r.stream {
				unread = append(unread, name)
			}
		}
		if len(unread) > 0 {
			all = append(all, queryHole(r, base, unread...))
		}
		for _, p := range w.readBy(r) {
			all = append(all, queryHole(r, base, p.name))
		}
		switch {
		case r.body.bytes == 0:
		case r.id != "":
			all = append(all, w.bodyHoles(r, base)...)
		default:
			all = append(all, w.formHoles(r, forms[r.path])...)
		}
	}
	return all
}

// readBy are the parameters of a route.
func (w *world) readBy(r route) (out []parameter) {
	if r.method != "GET" || r.stream {
		return nil
	}
	out = w.parametersOf(r)
	if r.id != "" && slices.ContainsFunc(w.documented(r).Parameters, func(p *huma.Param) bool { return p.Name == "cursor" }) {
		out = append(out, parameter{name: "cursor"})
	}
	return out
}

func queryHole(r route, base string, names ...string) hole {
	return hole{r, "query " + strings.Join(names, " "), len(names), func(texts []string) (string, string) {
		target := base
		for n, name := range names {
			target = withParameter(target, name, texts[n])
		}
		return target, "{}"
	}}
}

func pathHoles(r route, base string) (out []hole) {
	path, query, _ := strings.Cut(base, "?")
	parts := strings.Split(path, "/")
	for n, part := range strings.Split(r.path, "/") {
		if strings.HasPrefix(part, "{") && part != "{lang}" {
			out = append(out, hole{r, "path " + part, 1, func(texts []string) (string, string) {
				own := slices.Clone(parts)
				own[n] = url.PathEscape(texts[0])
				return strings.Join(own, "/") + "?" + query, "{}"
			}})
		}
	}
	return out
}

// bodyHoles are those of the body of an operation, as the document has it in
// its example.
func (w *world) bodyHoles(r route, base string) []hole {
	body, _ := plain(w.documented(r).RequestBody.Content["application/json"].Example).(map[string]any)
	for name, id := range map[string]string{
		"programme": w.programs["ours"], "organization": w.objects["organizations"][0].id, "account": w.accounts["manager"], "run": w.objects[aRun][0].id,
	} {
		if _, has := body[name]; has {
			body[name] = id
		}
	}
	if _, has := body["person"]; has {
		body["person"] = plain(lucia)
	}
	var places [][]any // the way to each text or number
	var find func(v any, way []any)
	find = func(v any, way []any) {
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				find(v[name], append(slices.Clone(way), name))
			}
		case []any:
			for n := range v {
				find(v[n], append(slices.Clone(way), n))
			}
		default:
			places = append(places, way)
		}
	}
	find(body, nil)
	in := func(name string, places [][]any) hole {
		return hole{r, "body " + name + fmt.Sprint(places), len(places), func(texts []string) (string, string) {
			own := plain(body)
			for n, way := range places {
				put(own, way, texts[n])
			}
			return base, string(encoded(own))
		}}
	}
	var free, bound [][]any
	for _, way := range places {
		got := w.sendInto(in("", [][]any{way}), "admin", []string{"a harmless text"})
		if strings.Contains(got.Body.String(), `"pointer":"`+pointer(append([]string{"body"}, strings.Fields(strings.Trim(fmt.Sprint(way...), "[]"))...)...)+`"`) {
			bound = append(bound, way)
		} else {
			free = append(free, way)
		}
	}
	out := []hole{}
	if len(free) > 0 {
		out = append(out, in("free", free))
	}
	if len(bound) > 0 {
		out = append(out, in("bound", bound))
	}
	return out
}

// put sets what is at the end of a way.
func put(v any, way []any, text string) {
	for n, step := range way {
		last := n == len(way)-1
		switch at := v.(type) {
		case map[string]any:
			name, _ := step.(string)
			if last {
				at[name] = text
			}
			v = at[name]
		case []any:
			i, _ := step.(int)
			if last {
				at[i] = text
			}
			v = at[i]
		}
	}
}

// formHoles are the fields of the form that a route takes, alone where they are
// few and together otherwise.
func (w *world) formHoles(r route, f filledForm) []hole {
	names := slices.Sorted(maps.Keys(f.values))
	in := func(names []string) hole {
		return hole{r, "form " + strings.Join(names, " "), len(names), func(texts []string) (string, string) {
			own := maps.Clone(f.values)
			for n, name := range names {
				own[name] = []string{texts[n]}
			}
			return f.target, own.Encode()
		}}
	}
	var free, bound []string
	for _, name := range names {
		if got := w.sendInto(in([]string{name}), f.role, []string{"a harmless text"}); got.Code < 400 {
			free = append(free, name)
		} else {
			bound = append(bound, name)
		}
	}
	out := []hole{}
	for _, group := range [][]string{free, bound} {
		if len(group) > 0 {
			out = append(out, in(group))
		}
	}
	return out
}

// filledForm is a form as a page shows it to somebody.
type filledForm struct {
	target, role string
	values       url.Values
}

// formsOf are the forms of all pages, by the path of the route that takes them,
// as the first of the roles sees them.
func (w *world) formsOf(roles ...string) map[string]filledForm {
	out := map[string]filledForm{}
	for _, role := range roles {
		for _, r := range routes {
			if r.method != "GET" || r.id != "" || !strings.HasPrefix(r.path, "/{lang}") {
				continue
			}
			for _, a := range w.requests(r) {
				got := w.send(a, role)
				if got.Code != 200 {
					continue
				}
				page, err := html.Parse(strings.NewReader(got.Body.String()))
				must(w.t, err)
				b := &browser{t: w.t, page: page}
				for n := range page.Descendants() {
					action, has := attribute(n, "action")
					if !has || n.DataAtom != atom.Form {
						continue
					}
					id, _ := attribute(n, "id")
					if of := routeOf(action); of != "" && out[of].target == "" {
						values := b.fields(n, id)
						for name, v := range values {
							if v[0] == absent {
								delete(values, name)
							}
						}
						out[of] = filledForm{action, role, values}
					}
				}
			}
		}
	}
	return out
}

// routeOf is the path of the route that takes a form.
func routeOf(action string) string {
	path, _, _ := strings.Cut(action, "?")
	for _, r := range routes {
		pattern := "^" + regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(r.path), `[^/]+`) + "$"
		if r.method == "POST" && r.id == "" && regexp.MustCompile(pattern).MatchString(path) {
			return r.path
		}
	}
	return ""
}

// cheapPasswords lets the hashing of passwords take no time in a test.
func cheapPasswords(t *testing.T) {
	t.Helper()
	costly := *hashing
	t.Cleanup(func() { *hashing = costly })
	hashing.Memory, hashing.Iterations = 256, 1
}

// hostileWorld is a world in which nothing is asked too often.
func hostileWorld(t *testing.T, database string) *world {
	t.Helper()
	w := newWorld(install(t, newDatabase(t, database)))
	w.fill()
	w.budgets, w.sessions = generous(), map[string][2]string{}
	return w
}

// rolesFor are who sends texts into a hole: those who may, and mentees where
// administrators may not.
func (w *world) rolesFor(h hole) []string {
	if got := w.sendInto(h, "admin", turned([]string{"harmless"}, 0, h.n)); got.Code == 403 {
		return []string{"admin", "manager", "mentee"}
	}
	return []string{"admin", "manager"}
}

// storedRows are all rows of the store by table and text, but for those that
// change by themselves.
func (w *world) storedRows() map[string]map[string]int {
	tables, err := w.Store.Gorm.Migrator().GetTables()
	must(w.t, err)
	out := map[string]map[string]int{}
	for _, table := range tables {
		if strings.HasPrefix(table, "river_") || strings.HasPrefix(table, "sqlite_") || slices.Contains([]string{"sessions", "mails", "runs", "throttles", "rates"}, table) {
			continue
		}
		var rows []map[string]any
		must(w.t, w.Store.Gorm.Table(table).Find(&rows).Error)
		out[table] = map[string]int{}
		for _, row := range rows {
			out[table][fmt.Sprint(row)]++
		}
	}
	return out
}

// difference counts the rows of a table that were lost and that are new.
func difference(before, after map[string]int) (lost, made int) {
	for row, n := range before {
		lost += max(0, n-after[row])
	}
	for row, n := range after {
		made += max(0, n-before[row])
	}
	return lost, made
}

// sizeOf is how much an answer lists: the elements of a page, the objects of a
// list.
func sizeOf(w *httptest.ResponseRecorder) int {
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		return strings.Count(w.Body.String(), "<")
	}
	if text := w.Body.String(); strings.Contains(text, `"puente.person/1"`) { // a copy: that of each earlier one is in its log
		return strings.Count(text, `"email_key":`)
	}
	return strings.Count(w.Body.String(), `"id":`)
}

// TestHostileSQL sends every text of hostileSQL into every path, parameter,
// body and form, by turns as administrator and as manager, on the other database
// the other way round: it is data, like any text. Nothing fails, nothing takes
// longer, no answer lists more or less, and no row changes that a harmless text
// leaves alone. Where no text is taken, each place gets an eighth of the list.
func TestHostileSQL(t *testing.T) { //nolint:tparallel // passwords are cheap for all tests while it runs
	if len(hostileSQL) < 60 {
		t.Fatal("too few")
	}
	cheapPasswords(t)
	for first, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			w := hostileWorld(t, database)
			asked, taken := 0, 0
			holes := w.holes()
			rows := w.storedRows()
			for n, h := range holes {
				harmless, changes := map[string]*httptest.ResponseRecorder{}, false
				roles := w.rolesFor(h)
				for _, role := range roles {
					harmless[role] = w.sendInto(h, role, turned([]string{fmt.Sprint("harmless ", role, n)}, 0, h.n))
					changes = changes || harmless[role].Code < 400 && h.r.method != "GET"
				}
				var middle map[string]map[string]int
				if changes {
					middle = w.storedRows()
				}
				for k := range hostileSQL {
					if sparing(h, harmless) && (k+n)%8 > 0 {
						continue
					}
					role, texts, began := roles[(k+first)%len(roles)], turned(hostileSQL, k, h.n), time.Now()
					got, plain := w.sendInto(h, role, texts), harmless[roles[(k+first)%len(roles)]]
					asked++
					if got.Code < 400 {
						taken++
					}
					if wrong := notLike(h.r, got, plain, time.Since(began)); wrong != "" {
						t.Errorf("%s %s as %s, %s: %s\n%q\n%d %.300s\na harmless text: %d", h.r.method, h.r.path, role, h.name, wrong, texts, got.Code, got.Body, plain.Code)
					}
				}
				if !changes {
					continue
				}
				after := w.storedRows()
				for table := range after {
					lost, made := difference(rows[table], middle[table])
					if lostNow, madeNow := difference(middle[table], after[table]); lostNow > max(lost, made)*len(hostileSQL) || madeNow > made*len(hostileSQL) {
						t.Errorf("%s %s, %s: %s lost %d rows and has %d new ones, by a harmless text %d and %d", h.r.method, h.r.path, h.name, table, lostNow, madeNow, lost, made)
					}
				}
				rows = after
			}
			for table, now := range w.storedRows() { // nor did what was refused
				if lost, made := difference(rows[table], now); lost+made > 0 && !strings.HasPrefix(table, "audit_") {
					t.Errorf("%s: %d rows lost, %d new, by what was refused", table, lost, made)
				}
			}
			t.Logf("%d holes, %d texts: %d requests, %d taken", len(holes), len(hostileSQL), asked, taken)
			if taken < asked/10 {
				t.Error("too few were taken for this to show anything")
			}
		})
	}
}

// sparing says whether a hole takes no text of any kind, or nothing reads it:
// every eighth text is enough there, another eighth for the next hole.
func sparing(h hole, harmless map[string]*httptest.ResponseRecorder) bool {
	for _, got := range harmless {
		if got.Code < 400 {
			return strings.HasPrefix(h.name, "query next") || strings.HasPrefix(h.name, "query done")
		}
	}
	return true
}

// notLike says in what an answer differs from that to a harmless text; to be
// refused is allowed.
func notLike(r route, got, harmless *httptest.ResponseRecorder, took time.Duration) string {
	switch {
	case got.Code >= 500:
		return "a fault"
	case took > 8*time.Second:
		return "it took " + took.String()
	case got.Code < 400 && harmless.Code >= 400:
		return "taken, where a harmless text is not"
	case got.Code < 400 && r.method == "GET" && sizeOf(got) != sizeOf(harmless):
		return "more or less is listed"
	case got.Code != harmless.Code && !slices.Contains([]int{400, 404, 409, 422}, got.Code):
		return "another answer"
	}
	return ""
}

// TestHostileHeaders sends every text of hostileHeaders into every path,
// parameter, body and form, as TestHostileSQL does: no answer has a header that is split or not ours,
// and a mail server gets no mail that has.
func TestHostileHeaders(t *testing.T) {
	if len(hostileHeaders) < 40 {
		t.Fatal("too few")
	}
	cheapPasswords(t)
	w := hostileWorld(t, "sqlite")
	asked, names := 0, map[string]bool{}
	for n, h := range w.holes() {
		role := "admin"
		harmless := map[string]*httptest.ResponseRecorder{role: w.sendInto(h, role, turned([]string{fmt.Sprint("harmless ", n)}, 0, h.n))}
		for k := range hostileHeaders {
			if sparing(h, harmless) && (k+n)%8 > 0 {
				continue
			}
			texts := turned(hostileHeaders, k, h.n)
			got := w.sendInto(h, role, texts)
			asked++
			if got.Code >= 500 {
				t.Errorf("%s %s, %s: %q: %d %s", h.r.method, h.r.path, h.name, texts, got.Code, got.Body)
			}
			for name, values := range got.Header() {
				names[name] = true
				for _, value := range values {
					if strings.ContainsAny(value, "\r\n\x00") || strings.Contains(name+value, "Injected: 1") || name == "Set-Cookie" && !strings.HasPrefix(value, "puente") ||
						name == "Location" && !regexp.MustCompile(`^/[a-z]`).MatchString(value) ||
						name == "Content-Disposition" && value != `attachment; filename="round.json"` && value != `attachment; filename="puente.json"` {
						t.Errorf("%s %s, %s: %q: %s: %q", h.r.method, h.r.path, h.name, texts, name, value)
					}
				}
			}
		}
	}
	if names["X-Injected"] || names["Bcc"] {
		t.Error("a header was added")
	}
	sent := w.mailsArrive(t)
	t.Logf("%d requests, %d mails", asked, sent)
}

// mailsArrive sends the stored mails to a real mail server, and looks at them
// as they came in.
func (w *world) mailsArrive(t *testing.T) int {
	sink := mailtest.Start(t, false, false)
	smtp := &jobs.SMTP{Host: "127.0.0.1", Port: sink.Port, User: mailtest.User, Password: mailtest.Password, Roots: sink.Roots, From: "Puente <puente@example.org>"}
	all, err := w.Store.Mails(t.Context(), 0, 200)
	must(t, err)
	for n := range all {
		l, err := w.Store.Letter(&all[n])
		must(t, err)
		if strings.HasSuffix(all[n].Address, "@localhost") {
			continue
		}
		must(t, smtp.Send(t.Context(), time.Now(), all[n].Address, l))
	}
	got := sink.Mails()
	if len(got) == 0 {
		t.Error("there were no mails")
	}
	ours := regexp.MustCompile(`^(Date|Mime-Version|MIME-Version|Message-Id|Message-ID|Auto-Submitted|Subject|From|To|Content-Type): `)
	for _, m := range got {
		head, _, _ := strings.Cut(m.Raw, "\r\n\r\n")
		seen := map[string]bool{}
		for line := range strings.SplitSeq(strings.ReplaceAll(head, "\r\n ", " "), "\r\n") {
			name, _, _ := strings.Cut(line, ":")
			if !ours.MatchString(line) || seen[name] || strings.ContainsAny(line, "\r\n") {
				t.Errorf("a header that is not ours: %q", line)
			}
			seen[name] = true
		}
		if m.To != strings.Trim(m.Header("To"), "<>") || strings.Contains(m.To, "elsewhere") {
			t.Errorf("a mail to %q, %q", m.To, m.Header("To"))
		}
	}
	return len(got)
}

// TestHostileRedirects asks every page, and signing in, to lead elsewhere.
func TestHostileRedirects(t *testing.T) {
	cheapPasswords(t)
	w := hostileWorld(t, "sqlite")
	w.signUp("mentor", "ana@example.org", "en")
	led := 0
	check := func(where string, got *httptest.ResponseRecorder) {
		to := got.Header().Get("Location")
		if to == "" {
			return
		}
		led++
		u, err := url.Parse(to)
		if err != nil || u.Host != "" || u.Scheme != "" || !regexp.MustCompile(`^/[a-z]{2}(/[^/\\][^\\]*|/?)$`).MatchString(strings.SplitN(to, "?", 2)[0]) || strings.ContainsAny(to, "\r\n\t\\ ") {
			t.Errorf("%s leads to %q", where, to)
		}
	}
	for _, to := range hostileRedirects {
		for _, path := range []string{"/en/sign-in", "/en/sign-up", "/en/sign-out", "/en/sign-in/link", "/en/sign-in/reset"} {
			form := url.Values{"email": {"ana@example.org"}, "password": {password}, "next": {to}}.Encode()
			got := ask(w, "POST", path+"?next="+url.QueryEscape(to), form, formType)
			if path == "/en/sign-in" && got.Code != 303 && got.Code != 400 {
				t.Errorf("%q: %d", to, got.Code)
			}
			check(fmt.Sprintf("%s with %q", path, to), got)
		}
		for _, r := range routes {
			if r.method == "GET" && r.id == "" {
				a := w.requests(r)[0]
				a.target = withParameter(a.target, "next", to)
				check(fmt.Sprintf("%s with %q", r.path, to), w.send(a, "anonymous"))
			}
		}
		for _, path := range []string{"/", "/es/", "/en"} {
			check("a path of it", ask(w, "GET", path+url.PathEscape(to), ""))
		}
	}
	if len(hostileRedirects) < 60 || led < 1000 {
		t.Errorf("%d texts led on %d times", len(hostileRedirects), led)
	}
}

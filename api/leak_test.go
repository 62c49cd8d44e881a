package api

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// TestNoLeaks puts a mark into every sensitive field and asks for everything
// that can be read, as everybody, by every filter and page by page, and sends
// every change as it must not be. No mark may be in a byte of an answer to
// whoever may not see it, and none at all in the log.
func TestNoLeaks(t *testing.T) {
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			w := newWorld(install(t, newDatabase(t, database)))
			w.fill()
			marks := w.marks()
			for _, m := range marks {
				m.put(w, m.written())
			}
			w.sessions = map[string][2]string{}
			seen, asked := map[string]map[string]bool{}, 0
			look := func(a askedFor, role string) *httptest.ResponseRecorder {
				got := w.send(a, role)
				asked++
				all := laidOpen(fmt.Sprint(got.Header(), got.Body))
				for _, m := range marks {
					if !strings.Contains(all, m.sign()) {
						continue
					}
					if seen[m.name] == nil {
						seen[m.name] = map[string]bool{}
					}
					seen[m.name][role] = true
					if !slices.Contains(m.who, role) && (m.copy != role || !strings.Contains(a.r.path, "/export")) {
						t.Errorf("%s %s %s shows %s to %s", a.name, a.r.method, a.target, m.name, role)
					}
				}
				return got
			}
			for _, a := range w.everyRead() {
				for _, role := range authzRoles[:7] { // the others are nobody: see TestAuthzMatrix
					for pages := 0; a.target != "" && pages < 20; pages++ {
						got := look(a, role)
						next := a
						if next.target = nextOf(got); next.target == "" {
							break
						}
						a = next
					}
				}
			}
			w.sessions = nil // changes end some
			for _, r := range routes {
				if r.method == "GET" {
					continue
				}
				for _, a := range w.requests(r) {
					for _, role := range authzRoles[:7] {
						look(a, role)
					}
				}
			}
			for _, m := range marks { // or it would show nothing
				if len(seen[m.name]) == 0 && len(m.who) > 0 {
					t.Errorf("nobody saw %s", m.name)
				}
				if strings.Contains(strings.ToLower(w.log.String()), m.sign()) {
					t.Errorf("%s is in the log", m.name)
				}
			}
			t.Logf("%d answers read for %d marks", asked, len(marks))
		})
	}
}

// sign is by what a mark is found in a text of small letters.
func (m mark) sign() string { return strings.ToLower(strings.Trim(m.written(), `[]"`)) }

var coded = regexp.MustCompile(`[A-Za-z0-9_-]{24,}`)

// laidOpen is a text in small letters, with what stands in it in base64, such
// as the keys of cursors, or as in an address.
func laidOpen(text string) string {
	var b strings.Builder
	b.WriteString(strings.ToLower(text))
	for _, part := range coded.FindAllString(text, -1) {
		if plain, err := base64.RawURLEncoding.DecodeString(part); err == nil {
			b.WriteString(strings.ToLower(string(plain)))
		}
	}
	if plain, err := url.QueryUnescape(text); err == nil && plain != text {
		b.WriteString(strings.ToLower(plain))
	}
	return b.String()
}

// everyRead are the requests that read something: each with every value of its
// parameters, and with one that it has not.
func (w *world) everyRead() (out []askedFor) {
	for _, r := range routes {
		if r.method != "GET" {
			continue
		}
		for n, a := range w.requests(r) {
			out = append(out, a)
			for _, p := range w.parametersOf(r) {
				for _, value := range p.values {
					b := a
					b.target = withParameter(a.target, p.name, value)
					out = append(out, b)
					if strings.HasPrefix(r.id, "list-") && r.id != "list-vocabularies" && p.name != "limit" {
						b.target = withParameter(b.target, "limit", "1")
						out = append(out, b)
					}
				}
			}
			for _, name := range hiddenNames[:len(hiddenNames)/(1+n*n)] {
				b := a
				b.target = withParameter(a.target, name, "CANARY")
				out = append(out, b)
			}
		}
	}
	return out
}

// parameter is a parameter of a route and the values to try.
type parameter struct {
	name   string
	values []string
}

// hiddenNames are what somebody could think of to filter and sort by.
var hiddenNames = []string{"sort", "email", "name", "q"}

// parametersOf are the parameters of an operation, by the document, or of a
// page, by what it reads.
func (w *world) parametersOf(r route) (out []parameter) {
	add := func(name string, values ...string) { out = append(out, parameter{name, values}) }
	if r.id == "" {
		run := []string{w.run[w.objects[aRound][0].id], w.run[w.objects[aRound][1].id], missingID}
		switch strings.TrimPrefix(r.path, "/{lang}") {
		case "/people":
			add("state", "withdrawn", "waiting", "frozen", "none")
			add("programme", w.programs["ours"], w.programs["others"], missingID)
			add("organization", "none", missingID)
			add("from", "1", "2", "x")
		case "/accounts":
			add("email", "canary", "a")
			add("cursor", "x")
		case "/mailbox":
			add("state", "kept", "failed")
		case "/rounds/{id}", "/rounds/{id}/advice", "/rounds/{id}/explain", "/rounds/{id}/round.json", "/rounds/{id}/runs":
			add("run", run...)
			add("mentee", w.mentee, "M-NONE")
		case "/rounds/{id}/compare":
			add("a", run...)
			add("b", run...)
		case "/match":
			add("order", "name", "score", "canary")
			add("mentor", w.mentor, "M-NONE")
		case "/profile":
			add("side", "mentee", "mentor", "x")
		case "/sign-in", "/account":
			add("next", "/rounds", "//example.org")
			add("done", "saved", "none")
		}
		return out
	}
	for _, p := range w.documented(r).Parameters {
		if p.In != "query" || p.Name == "cursor" {
			continue
		}
		s := p.Schema
		switch {
		case len(s.Enum) > 0:
			var values []string
			for _, v := range s.Enum {
				values = append(values, fmt.Sprint(v))
			}
			add(p.Name, values...)
		case s.Type == huma.TypeBoolean:
			add(p.Name, "true", "false")
		case s.Type == huma.TypeInteger:
			add(p.Name, "1", "2", "-1")
		case s.Format == "uuid":
			add(p.Name, w.objects[aProfile][0].id, missingID, w.programs["ours"], w.programs["others"], w.accounts["manager"])
		default:
			add(p.Name, w.mentee, w.mentor, "canary", "%", "a")
		}
	}
	return out
}

// documented is what the document says of a route.
func (w *world) documented(r route) *huma.Operation {
	return operationsOf(w.document.OpenAPI().Paths[r.path])[r.method]
}

// withParameter sets a parameter of an address.
func withParameter(target, name, value string) string {
	path, query, _ := strings.Cut(target, "?")
	values, _ := url.ParseQuery(query)
	values.Set(name, value)
	return path + "?" + values.Encode()
}

// nextOf is the address of the next page of a list.
func nextOf(w *httptest.ResponseRecorder) string {
	var page struct{ Next string }
	if json.Unmarshal(w.Body.Bytes(), &page) != nil || page.Next == "" {
		return ""
	}
	address, _, _ := strings.Cut(strings.TrimPrefix(w.Header().Get("Link"), "<"), ">")
	return address
}

// TestAnswersDoNotDependOnWhatIsHidden makes for each role two worlds that are
// alike but for what the role may not see, and sends both the same requests:
// all that can be read, by every filter, in every order, page by page, and all
// changes. Byte for byte the answers are the same: neither a text, an order, a
// count, a size, a tag, an address nor an error tells what is hidden.
func TestAnswersDoNotDependOnWhatIsHidden(t *testing.T) {
	first := newWorld(install(t, newDatabase(t, "sqlite")))
	first.fill()
	first.sessions = map[string][2]string{}
	for _, role := range authzRoles {
		first.session(role)
	}
	marks, now := first.marks(), first.Store.Now().Add(time.Second)
	must(t, first.Store.Gorm.Exec("UPDATE mails SET state = 'kept', content = (SELECT content FROM mails WHERE id = ?) WHERE state <> 'kept'", first.objects["mailbox"][0].id).Error)
	asked := 0
	for _, role := range authzRoles[:7] {
		t.Run(role, func(t *testing.T) {
			worlds := []*world{first.copied(t, now), first.copied(t, now)}
			hidden := 0
			for n, m := range marks {
				for i, w := range worlds {
					switch {
					case i == 1 && !slices.Contains(m.who, role) && m.copy != role:
						m.put(w, m.otherwise(n))
						hidden++
					default:
						m.put(w, m.written())
					}
				}
			}
			if !slices.Contains(staffRoles, role) { // why somebody declined, and who reviews
				for i, reason := range []string{"conflict", "language"} {
					from := first.objects[aProfile][[]int{0, 3}[i]].id
					must(t, worlds[i].Store.Gorm.Exec("UPDATE offers SET state = 'declined', reason = ? WHERE id = ?", reason, first.objects[anOffer][0].id).Error)
					must(t, worlds[i].Store.Gorm.Exec("UPDATE profiles SET organization_id = (SELECT organization_id FROM profiles WHERE id = ?) WHERE id = ?", from, first.objects[aProfile][2].id).Error)
				}
			}
			compare := func(a askedFor) (next string) {
				said := [2]string{}
				for i, w := range worlds {
					got := w.send(a, role)
					said[i], next = w.stable(got), nextOf(got)
				}
				if asked++; said[0] != said[1] {
					t.Errorf("%s %s %s tells what is hidden:\n%s\nor\n%s", a.name, a.r.method, a.target, said[0], said[1])
				}
				return next
			}
			for _, a := range worlds[0].everyRead() {
				for pages := 0; a.target != "" && pages < 20; pages++ {
					a.target = compare(a)
				}
			}
			var ends []askedFor // sessions, last
			for _, r := range routes {
				for _, a := range worlds[0].requests(r) {
					switch {
					case r.method == "GET":
					case strings.Contains(r.path, "session") || strings.Contains(r.path, "current") || strings.Contains(r.path, "sign-out"):
						ends = append(ends, a)
					default:
						compare(a)
					}
				}
			}
			for _, a := range ends {
				compare(a)
			}
			if hidden == 0 {
				t.Error("nothing is hidden")
			}
		})
	}
	t.Logf("%d pairs of answers", asked)
}

// copied is the same world on a copy of its store, at a time that stands still.
func (w *world) copied(t *testing.T, now time.Time) *world {
	t.Helper()
	path := t.TempDir() + "/copy.db"
	must(t, w.Store.Gorm.Exec("VACUUM INTO ?", path).Error)
	i := installAt(t, path, func() time.Time { return now })
	i.secrets, i.Tokens.Keys, i.Tokens.Private = w.secrets, w.Tokens.Keys, w.Tokens.Private
	other := *w
	other.installation = i
	other.began = fmt.Sprintf("%012x", now.UnixMilli())
	other.began = other.began[:8] + "-" + other.began[8:]
	return &other
}

var (
	someID     = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)
	someSecret = regexp.MustCompile(`(pn[kr]_)?[A-Z2-7]{26}|eyJ[A-Za-z0-9_.-]{40,}|(nonce|code_challenge)=[A-Za-z0-9_-]{43}|challenge&#34;:&#34;[A-Za-z0-9_-]{43}|` +
		`127\.0\.0\.1:[0-9]+|20[0-9-]{8} [0-9:]{5}( UTC)?`) // the port of a test's provider, and minutes
)

// stable is an answer without what is made anew for each: its id, and the ids
// and secrets of what a request made.
func (w *world) stable(got *httptest.ResponseRecorder) string {
	h := got.Header().Clone()
	id := h.Get("X-Request-ID")
	h.Del("X-Request-ID")
	if strings.Contains(got.Body.String(), "puente.person/1") { // a copy has the ids of what a mark made
		h.Del("ETag")
	}
	text := strings.ReplaceAll(fmt.Sprint(got.Code, h, got.Body), id, "")
	text = someID.ReplaceAllStringFunc(text, func(id string) string {
		if id < w.began { // ids begin with the time
			return id
		}
		return "new"
	})
	return someSecret.ReplaceAllString(text, "secret")
}

package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// logBuffer is a log that tests read while the server writes.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// canary stands in everything that must be found nowhere.
const canary = "canary-7f3a"

var errSecret = errors.New("SELECT secret FROM people: " + canary)

type formIn struct {
	Limit int `query:"limit" minimum:"1" maximum:"50" default:"20"`
	Body  struct {
		Name    string   `json:"name" minLength:"2" maxLength:"10"`
		Country string   `json:"country" enum:"US,CA,MX"`
		Age     int      `json:"age,omitempty" minimum:"18"`
		Tags    []string `json:"tags,omitempty" maxItems:"2"`
	}
}

type formOut struct {
	Body struct {
		Name string `json:"name"`
	}
}

// opened is a route that anybody may use, without a policy.
func opened(r route) route {
	r.open = true
	return r
}

// testRoutes are those of the program and a few that fail in every way.
func testRoutes() []route {
	fail := func(path string, err error) route {
		o := huma.Operation{OperationID: path, Method: http.MethodGet, Path: "/api/v1/" + path}
		return opened(operation(o, bounds{}, func(*Server, context.Context, *struct{}) (*formOut, error) { return nil, err }))
	}
	form := huma.Operation{OperationID: "form", Method: http.MethodPost, Path: "/api/v1/form"}
	panics := huma.Operation{OperationID: "panic", Method: http.MethodGet, Path: "/api/v1/panic"}
	slow := huma.Operation{OperationID: "slow", Method: http.MethodGet, Path: "/api/v1/slow"}
	return append(slices.Clone(routes),
		fail("unknown-error", errSecret),
		fail("conflict", &Error{Code: CodeConflict, Err: errSecret}),
		fail("busy", &Error{Code: CodeTooMany, Retry: 1500 * time.Millisecond}),
		fail("locked", &Error{Code: CodeUnauthorized}),
		opened(operation(panics, bounds{}, func(*Server, context.Context, *struct{}) (*formOut, error) { panic(canary) })),
		opened(operation(slow, bounds{}, func(_ *Server, ctx context.Context, _ *struct{}) (*formOut, error) {
			<-ctx.Done()
			return nil, fmt.Errorf("query: %w", ctx.Err())
		})),
		opened(operation(form, bounds{bytes: 1000, depth: 4, items: 10, length: 100}, func(_ *Server, _ context.Context, in *formIn) (*formOut, error) {
			out := &formOut{}
			out.Body.Name = in.Body.Name
			return out, nil
		})),
		opened(page("/half", func(_ *Server, c *gin.Context) {
			c.String(http.StatusOK, "half")
			panic(canary)
		})),
	)
}

func newTestServer(change func(*Options)) (*Server, *logBuffer) {
	log := &logBuffer{}
	o := Options{Log: slog.New(slog.NewTextHandler(log, nil)), Now: time.Now, Version: "1.2.3"}
	if change != nil {
		change(&o)
	}
	return newServer(o, testRoutes()), log
}

// ask sends a request without a network: headers as "Name: value".
func ask(s http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

const asJSON = "Content-Type: application/json"

func readProblem(t *testing.T, w *httptest.ResponseRecorder) (p Problem) {
	t.Helper()
	dec := json.NewDecoder(w.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		t.Fatalf("%d %s: %v", w.Code, w.Header().Get("Content-Type"), err)
	}
	if w.Header().Get("Content-Type") != problemType || p.Status != w.Code || p.Type != "urn:puente:problem:"+string(p.Code) || p.Title == "" ||
		p.Instance != "urn:puente:request:"+w.Header().Get("X-Request-ID") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("not a whole problem: %+v %v", p, w.Header())
	}
	return p
}

func TestProblems(t *testing.T) {
	s, log := newTestServer(nil)
	for _, c := range []struct {
		name, method, target, body string
		headers                    []string
		status                     int
		code                       Code
		places                     string // "pointer:rule" of each error
	}{
		{"unknown error", "GET", "/api/v1/unknown-error", "", nil, 500, CodeInternal, ""},
		{"panic", "GET", "/api/v1/panic", "", nil, 500, CodeInternal, ""},
		{"known error", "GET", "/api/v1/conflict", "", nil, 409, CodeConflict, ""},
		{"no such address", "GET", "/api/v1/" + canary, "", nil, 404, CodeNotFound, ""},
		{"no such method", "DELETE", "/api/v1/form", "", nil, 405, CodeMethod, ""},
		{"no body", "POST", "/api/v1/form", "", []string{asJSON}, 400, CodeMalformed, "/body:json_empty"},
		{"no type", "POST", "/api/v1/form", "{}", nil, 415, CodeMedia, "/header/Content-Type:media_json"},
		{"form", "POST", "/api/v1/form", "name=" + canary, []string{"Content-Type: application/x-www-form-urlencoded"}, 415, CodeMedia, "/header/Content-Type:media_json"},
		{"gzip", "POST", "/api/v1/form", "{}", []string{asJSON, "Content-Encoding: gzip"}, 415, CodeMedia, "/header/Content-Encoding:media_coding"},
		{"not JSON", "POST", "/api/v1/form", "{" + canary, []string{asJSON}, 400, CodeMalformed, "/body:json_syntax"},
		{"member twice", "POST", "/api/v1/form", `{"name":"Ana","name":"` + canary + `","country":"MX"}`, []string{asJSON}, 400, CodeMalformed, "/body/name:json_twice"},
		{"unknown member", "POST", "/api/v1/form", `{"name":"Ana","country":"MX","role":"` + canary + `"}`, []string{asJSON}, 422, CodeInvalid, "/body/role:unknown"},
		{"member in capitals", "POST", "/api/v1/form", `{"Name":"Ana","country":"MX"}`, []string{asJSON}, 422, CodeInvalid, "/body/Name:unknown /body:required"},
		{"wrong values", "POST", "/api/v1/form?limit=51", `{"name":"A","country":"` + canary + `","age":17,"tags":["a","b","c"]}`, []string{asJSON}, 422, CodeInvalid, "/body/age:minimum /body/country:one_of /body/name:min_length /body/tags:max_items /query/limit:maximum"},
		{"wrong types", "POST", "/api/v1/form?limit=" + canary, `{"name":1,"country":null,"age":"` + canary + `"}`, []string{asJSON}, 422, CodeInvalid, "/body/age:integer /body/country:null /body/name:string /query/limit:integer"},
		{"fraction for a whole number", "POST", "/api/v1/form", `{"name":"Ana","country":"MX","age":18.5}`, []string{asJSON}, 422, CodeInvalid, "/body/age:integer"},
		{"missing member", "POST", "/api/v1/form", `{"name":"Ana"}`, []string{asJSON}, 422, CodeInvalid, "/body:required"},
		{"list for an object", "POST", "/api/v1/form", `["` + canary + `"]`, []string{asJSON}, 422, CodeInvalid, "/body:object"},
		{"unknown parameter", "GET", "/api/v1/vocabularies?" + canary + "=1", "", nil, 422, CodeInvalid, "/query/" + canary + ":unknown"},
		{"parameter twice", "POST", "/api/v1/form?limit=1&limit=2", `{}`, []string{asJSON}, 400, CodeMalformed, "/query/limit:twice"},
		{"broken escape", "GET", "/api/v1/vocabularies?a=%zz", "", nil, 400, CodeMalformed, "/query:text"},
		{"NUL in a parameter", "GET", "/api/v1/vocabularies?a=%00", "", nil, 400, CodeMalformed, "/query/a:text"},
		{"NUL in the path", "GET", "/api/v1/%00", "", nil, 400, CodeMalformed, "/path:text"},
		{"bad UTF-8 in the path", "GET", "/api/v1/%ff", "", nil, 400, CodeMalformed, "/path:text"},
		{"long address", "GET", "/api/v1/" + strings.Repeat("a", 5000), "", nil, 414, CodeLongAddress, ""},
		{"too many bytes", "POST", "/api/v1/form", strings.Repeat(" ", 1001), []string{asJSON}, 413, CodeTooLarge, ""},
		{"another site's page", "POST", "/api/v1/form", "{}", []string{asJSON, "Sec-Fetch-Site: cross-site"}, 403, CodeCrossOrigin, ""},
		{"another origin", "POST", "/api/v1/form", "{}", []string{asJSON, "Origin: https://evil.example"}, 403, CodeCrossOrigin, ""},
		{"no token", "GET", "/api/v1/locked", "", nil, 401, CodeUnauthorized, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			titles := map[string]bool{}
			for _, lang := range []string{"en", "es", "fr"} {
				w := ask(s, c.method, c.target, c.body, append(c.headers, "Accept-Language: "+lang+"-MX,de;q=0.5")...)
				if w.Code != c.status {
					t.Fatalf("status %d, want %d: %s", w.Code, c.status, w.Body)
				}
				if strings.Contains(strings.ReplaceAll(w.Body.String(), "/query/"+canary, ""), canary) {
					t.Errorf("it repeats what was sent, or what failed: %s", w.Body)
				}
				if w.Header().Get("Content-Language") != lang || !slices.Contains(w.Header().Values("Vary"), "Accept-Language") {
					t.Errorf("headers %v", w.Header())
				}
				p := readProblem(t, w)
				var places []string
				for _, e := range p.Errors {
					places = append(places, e.Pointer+":"+e.Code)
					if e.Detail == "" || strings.Contains(e.Detail, "validation.") || strings.Contains(e.Detail, "no value") {
						t.Errorf("no words: %+v", e)
					}
				}
				slices.Sort(places)
				want := strings.Fields(c.places)
				slices.Sort(want)
				if diff := cmp.Diff(want, places); diff != "" && len(want)+len(places) > 0 {
					t.Error(diff)
				}
				if p.Code != c.code {
					t.Errorf("code %s, want %s", p.Code, c.code)
				}
				titles[p.Title] = true
			}
			if len(titles) != 3 {
				t.Errorf("the three languages say %v", titles)
			}
		})
	}
	if !strings.Contains(log.String(), errSecret.Error()) || !strings.Contains(log.String(), "panic: "+canary) {
		t.Error("the log does not hold the errors complete")
	}
}

func TestProblemHeaders(t *testing.T) {
	s, _ := newTestServer(nil)
	if got := ask(s, "GET", "/api/v1/busy", "").Header().Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After %q", got)
	}
	if got := ask(s, "GET", "/api/v1/locked", "").Header().Get("WWW-Authenticate"); !strings.HasPrefix(got, "Bearer ") {
		t.Errorf("WWW-Authenticate %q", got)
	}
	if got := ask(s, "DELETE", "/api/v1/form", "").Header().Get("Allow"); got != "POST" {
		t.Errorf("Allow %q", got)
	}
}

// TestMessagesOfProblems wants words for every code and every rule that huma
// can find.
func TestMessagesOfProblems(t *testing.T) {
	for code := range statuses {
		for _, lang := range []string{"en", "es", "fr"} {
			ctx := context.WithValue(t.Context(), requestKey{}, &request{id: "x", lang: lang})
			if p := problem(ctx, &Error{Code: code}); strings.HasPrefix(p.Title, "problem.") {
				t.Errorf("%s has no words in %s", code, lang)
			}
		}
	}
	for text, r := range rules {
		p := problem(t.Context(), &Error{Code: CodeInvalid, Fields: []Field{{"/body", r.rule, nil}}})
		if strings.HasPrefix(p.Errors[0].Detail, "validation.") {
			t.Errorf("%s (%s) has no words", r.rule, text)
		}
	}
}

func TestHeaders(t *testing.T) {
	s, _ := newTestServer(func(o *Options) { o.Proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} })
	for _, target := range []string{"/api/v1/vocabularies", "/api/docs", "/healthz", "/nothing", "/api/v1/panic"} {
		h := ask(s, "GET", target, "", "Accept: text/html").Header()
		for name, want := range map[string]string{
			"Content-Security-Policy": "script-src 'self';", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin", "Permissions-Policy": "camera=()",
		} {
			if !strings.Contains(h.Get(name), want) {
				t.Errorf("%s: %s is %q", target, name, h.Get(name))
			}
		}
		csp := h.Get("Content-Security-Policy")
		for _, part := range []string{"frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'", "default-src 'none'"} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: %s is missing", target, part)
			}
		}
		if strings.Contains(csp, "unsafe") || h.Get("Strict-Transport-Security") != "" || len(h.Get("X-Request-ID")) != 26 || h.Get("Server") != "" {
			t.Errorf("%s: %v", target, h)
		}
	}
	if h := ask(s, "GET", "/healthz", "", "X-Forwarded-Proto: https").Header(); !strings.HasPrefix(h.Get("Strict-Transport-Security"), "max-age=63072000") {
		t.Error("no HSTS behind a trusted proxy that encrypts") // httptest's client is 192.0.2.1
	}
	for target, want := range map[string]string{"/api/v1/vocabularies": "public, max-age=3600", "/healthz": "no-store", "/api/v1/conflict": "no-store"} {
		if got := ask(s, "GET", target, "").Header().Get("Cache-Control"); got != want {
			t.Errorf("%s: Cache-Control %q", target, got)
		}
	}
}

func TestMissingPage(t *testing.T) {
	s, _ := newTestServer(nil)
	w := ask(s, "GET", "/nada/<script>", "", "Accept: text/html,*/*;q=0.8", "Accept-Language: es")
	if w.Code != 404 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || !strings.Contains(w.Body.String(), "No hay nada") || strings.Contains(w.Body.String(), "<script") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(s, "GET", "/nada", "", "Accept: */*"); w.Code != 404 || w.Header().Get("Content-Type") != problemType {
		t.Errorf("a program got %s", w.Header().Get("Content-Type"))
	}
	if w := ask(s, "GET", "/api/nada", "", "Accept: text/html"); w.Header().Get("Content-Type") != problemType {
		t.Errorf("below /api it is %s", w.Header().Get("Content-Type"))
	}
}

func TestClientAddress(t *testing.T) {
	trusting := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		name, peer string
		forwarded  []string
		proxies    []netip.Prefix
		want       string
	}{
		{"nobody is trusted", "10.0.0.1:5", []string{"1.2.3.4"}, nil, "10.0.0.1"},
		{"no header", "10.0.0.1:5", nil, trusting, "10.0.0.1"},
		{"trusted proxy", "10.0.0.1:5", []string{"1.2.3.4"}, trusting, "1.2.3.4"},
		{"two proxies", "10.0.0.1:5", []string{"1.2.3.4, 10.0.0.2"}, trusting, "1.2.3.4"},
		{"forged before the true one", "10.0.0.1:5", []string{"9.9.9.9, 1.2.3.4"}, trusting, "1.2.3.4"},
		{"forged in a line of its own", "10.0.0.1:5", []string{"9.9.9.9", "1.2.3.4"}, trusting, "1.2.3.4"},
		{"untrusted peer", "8.8.8.8:5", []string{"1.2.3.4"}, trusting, "8.8.8.8"},
		{"nonsense", "10.0.0.1:5", []string{"1.2.3.4, nonsense"}, trusting, "10.0.0.1"},
		{"v4 as v6", "[::ffff:10.0.0.1]:5", []string{"1.2.3.4"}, trusting, "1.2.3.4"},
		{"v6", "[fd00::1]:5", []string{"2001:db8::9"}, trusting, "2001:db8::9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &Server{Options: Options{Proxies: c.proxies}}
			r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.forwarded}}
			if got := s.client(r).String(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestAccessLog(t *testing.T) {
	s, log := newTestServer(nil)
	ask(s, "POST", "/api/v1/form?limit=7&token="+canary, `{"name":"`+canary+`","country":"MX"}`, asJSON, "Authorization: Bearer "+canary, "Cookie: a="+canary,
		"User-Agent: "+canary, "X-Request-Id: "+canary, "X-Forwarded-For: 203.0.113.77")
	ask(s, "GET", "/"+canary+"%0a", "")
	ask(s, "GET", "/api/v1/vocabularies", "")
	if strings.Contains(log.String(), canary) || strings.Contains(log.String(), "203.0.113") || strings.Contains(log.String(), "192.0.2.1 ") {
		t.Errorf("the log holds what was sent:\n%s", log)
	}
	for _, want := range []string{"route=/api/v1/vocabularies status=200", "status=422", "status=404", "network=192.0.2.0/24", "method=POST"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %s in\n%s", want, log)
		}
	}
	if lines := strings.Count(log.String(), "\n"); lines != 3 {
		t.Errorf("%d lines for 3 requests", lines)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; run the test with -update and read the difference:\n%s", name, diff)
	}
}

func TestHead(t *testing.T) {
	s, _ := newTestServer(nil)
	server := httptest.NewServer(s)
	defer server.Close()
	res, err := http.Head(server.URL + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK || len(body) > 0 {
		t.Errorf("%d with %d bytes", res.StatusCode, len(body))
	}
}

// serve runs a server on the loopback until the test ends, and says its
// address.
func serve(t *testing.T, s *Server) (addr string, stop func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() { _ = stop() })
	return l.Addr().String(), stop
}

// patience is how long a test waits for the other side to end.
const patience = 5 * time.Second

// raw sends bytes as they are and reads what comes until the other side ends
// or the time is over.
func raw(t *testing.T, addr, text string) (answer string, took time.Duration) {
	t.Helper()
	began := time.Now()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(began.Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	data, _ := io.ReadAll(conn)
	return string(data), time.Since(began)
}

func TestServerLimits(t *testing.T) { //nolint:gocyclo // one server, one short part for each limit
	before := runtime.NumGoroutine()
	limits := DefaultLimits
	limits.Header, limits.Read, limits.Deadline, limits.Write, limits.Idle = 300*time.Millisecond, 600*time.Millisecond, 200*time.Millisecond, 2*time.Second, time.Second
	s, log := newTestServer(func(o *Options) { o.Limits = limits })
	addr, stop := serve(t, s)

	t.Run("a body that says it is too large is refused before it is sent", func(t *testing.T) {
		answer, took := raw(t, addr, "POST /api/v1/form HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 200000000\r\n\r\n{")
		if !strings.HasPrefix(answer, "HTTP/1.1 413 ") || !strings.Contains(answer, "Connection: close") || !strings.Contains(answer, `"code":"too_large"`) {
			t.Error(answer)
		}
		t.Logf("refused in %v", took)
	})
	t.Run("a body without a length is cut off", func(t *testing.T) {
		chunk := "400\r\n" + strings.Repeat(" ", 1024) + "\r\n"
		answer, _ := raw(t, addr, "POST /api/v1/form HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"+chunk)
		if !strings.HasPrefix(answer, "HTTP/1.1 413 ") || !strings.Contains(answer, "Connection: close") {
			t.Error(answer)
		}
	})
	t.Run("a body at its cap is read", func(t *testing.T) {
		body := `{"name":"Ana","country":"MX"}`
		answer, _ := raw(t, addr, fmt.Sprintf("POST /api/v1/form HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n%s%s",
			body, strings.Repeat(" ", 1000-len(body))))
		if !strings.HasPrefix(answer, "HTTP/1.1 200 ") {
			t.Error(answer)
		}
	})
	t.Run("a slow body is given up", func(t *testing.T) {
		answer, took := raw(t, addr, "POST /api/v1/form HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{")
		if !strings.HasPrefix(answer, "HTTP/1.1 408 ") || took < limits.Read/2 {
			t.Errorf("after %v: %s", took, answer)
		}
	})
	t.Run("both lengths of a body", func(t *testing.T) {
		answer, _ := raw(t, addr, "POST /api/v1/form HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}")
		if !strings.HasPrefix(answer, "HTTP/1.1 400 ") {
			t.Error(answer)
		}
	})
	t.Run("slow headers are dropped while others are served", func(t *testing.T) {
		var conns []net.Conn
		for range 50 {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprint(conn, "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ")
			conns = append(conns, conn)
		}
		res, err := http.Get("http://" + addr + "/healthz")
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("a healthy client got %v %v", res, err)
		}
		defer res.Body.Close()
		for _, conn := range conns {
			if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatal("a slow connection is still open")
			}
		}
	})
	t.Run("too many headers", func(t *testing.T) {
		answer, _ := raw(t, addr, "GET /healthz HTTP/1.1\r\nHost: a\r\n"+strings.Repeat("X-A: 0123456789\r\n", 2000)+"\r\n")
		if !strings.HasPrefix(answer, "HTTP/1.1 431 ") {
			t.Error(answer)
		}
	})
	t.Run("a long address", func(t *testing.T) {
		answer, _ := raw(t, addr, "GET /"+strings.Repeat("a", limits.Address)+" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
		if !strings.HasPrefix(answer, "HTTP/1.1 414 ") {
			t.Error(answer)
		}
	})
	t.Run("forged addresses change nothing", func(t *testing.T) {
		for _, name := range []string{"X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP", "X-Client-IP", "X-Forwarded-Proto"} {
			answer, _ := raw(t, addr, "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"+name+": 203.0.113.7\r\n\r\n")
			if strings.Contains(answer, "203.0.113") || strings.Contains(answer, "Strict-Transport") {
				t.Error(answer)
			}
		}
		if strings.Contains(log.String(), "203.0.113") {
			t.Errorf("a forged address is in the log:\n%s", log)
		}
	})
	t.Run("an operation past its deadline", func(t *testing.T) {
		answer, took := raw(t, addr, "GET /api/v1/slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
		if !strings.HasPrefix(answer, "HTTP/1.1 503 ") || !strings.Contains(answer, "Retry-After: 5") || took < limits.Deadline {
			t.Errorf("after %v: %s", took, answer)
		}
	})
	t.Run("half an answer is cut off", func(t *testing.T) {
		answer, _ := raw(t, addr, "GET /half HTTP/1.1\r\nHost: a\r\n\r\n")
		if strings.Contains(answer, "200 OK") && strings.HasSuffix(answer, "0\r\n\r\n") {
			t.Error("it looks whole")
		}
	})
	t.Run("large bodies wait for a place", func(t *testing.T) {
		for range maxLarge {
			leave, err := s.large.enter(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer leave()
		}
		answer, _ := raw(t, addr, "POST /api/v1/assignments/verify HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
		if !strings.HasPrefix(answer, "HTTP/1.1 503 ") || !strings.Contains(answer, "Retry-After: ") {
			t.Error(answer)
		}
	})
	t.Run("TRACE and OPTIONS", func(t *testing.T) {
		for _, method := range []string{"TRACE", "OPTIONS", "CONNECT"} {
			answer, _ := raw(t, addr, method+" /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
			if !strings.HasPrefix(answer, "HTTP/1.1 4") {
				t.Errorf("%s: %s", method, answer)
			}
		}
	})
	if err := stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	http.DefaultClient.CloseIdleConnections()
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

func TestGracefulStop(t *testing.T) {
	s, _ := newTestServer(func(o *Options) {
		o.Limits = DefaultLimits
		o.Limits.Deadline = 300 * time.Millisecond
	})
	addr, stop := serve(t, s)
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /api/v1/slow HTTP/1.1\r\nHost: a\r\n\r\n")
	time.Sleep(100 * time.Millisecond) // the request is under way
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "HTTP/1.1 503") {
		t.Errorf("the request under way got %q, %v", line, err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", addr); err == nil {
		t.Error("new connections are still taken")
	}
	if w := ask(s, "GET", "/readyz", ""); w.Code != 503 {
		t.Errorf("ready while stopping: %d", w.Code)
	}
}

func TestForcedStop(t *testing.T) {
	s, _ := newTestServer(func(o *Options) {
		o.Limits = DefaultLimits
		o.Limits.Deadline, o.Limits.Stop = time.Minute, 100*time.Millisecond
	})
	addr, stop := serve(t, s)
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /api/v1/slow HTTP/1.1\r\nHost: a\r\n\r\n")
	time.Sleep(100 * time.Millisecond)
	began := time.Now()
	if err := stop(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestReady(t *testing.T) {
	var broken error
	s, _ := newTestServer(func(o *Options) { o.Ready = func(context.Context) error { return broken } })
	if w := ask(s, "GET", "/readyz", ""); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	broken = errSecret
	w := ask(s, "GET", "/readyz", "")
	if w.Code != 503 || w.Header().Get("Retry-After") == "" || strings.Contains(w.Body.String(), canary) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(s, "GET", "/healthz", ""); w.Code != 200 {
		t.Errorf("health is %d", w.Code)
	}
}

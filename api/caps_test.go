package api

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// squeezed is a body of a million bytes in a coding.
func squeezed(t *testing.T, coding string) string {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	if coding == "deflate" {
		var err error
		w, err = flate.NewWriter(&b, flate.BestCompression)
		must(t, err)
	}
	_, err := w.Write(bytes.Repeat([]byte(" "), 1<<20))
	must(t, err)
	must(t, w.Close())
	return b.String()
}

// endless is a body that says nothing of its length and would not end.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return copy(p, bytes.Repeat([]byte(" "), len(p))), nil
}

// TestEveryCap sends every route what is too much: bodies that are compressed,
// longer than they say, without an end or with too much in too little; too many
// parameters and too long addresses. Each has its answer, whoever asks, and the
// memory for it has a limit.
func TestEveryCap(t *testing.T) {
	cheapPasswords(t)
	w := hostileWorld(t, "sqlite")
	token, cookie := w.session("admin")
	who := []string{"Authorization: Bearer " + token, "Cookie: puente=" + cookie}
	numbers := `[` + strings.Repeat(`1,`, 30_000) + `1]`
	bodies := map[string]string{
		"deep arrays": strings.Repeat("[", 60_000), "deep closed arrays": strings.Repeat("[", 30_000) + strings.Repeat("]", 30_000), "deep objects": strings.Repeat(`{"a":`, 12_000),
		"a million levels": strings.Repeat("[", 1_000_000), "a million objects": strings.Repeat(`{"a":`, 1_000_000), "many elements": numbers, "a huge number": `{"name":1e400}`,
		"a long number": `{"name":` + strings.Repeat("9", 400) + `}`, "a small number": `{"name":1e-400` + strings.Repeat("0", 60) + `}`, "twice": `{"name":"a","name":"b"}`, "twice, escaped": `{"name":"a","n\u0061me":"b"}`,
		"many members": manyMembers(100_000), "as many as fit": manyMembers(5000), "a long string": `{"name":"` + strings.Repeat("a", 60_000) + `"}`, "a long name": `{"` + strings.Repeat("a", 60_000) + `":1}`,
	}
	sessions := strings.NewReplacer("{lang}", "es")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	asked := 0
	for _, r := range routes {
		base := w.requests(r)[0].target
		at, _, _ := strings.Cut(base, "?")
		ends := strings.Contains(r.path, "sign-out") || strings.Contains(r.path, "session") || strings.Contains(r.path, "current")
		send := func(target, body string, headers ...string) *httptest.ResponseRecorder {
			asked++
			return ask(w, r.method, target, body, append(headers, who...)...)
		}
		name := r.method + " " + sessions.Replace(r.path)
		// Addresses, of every route.
		for what, query := range map[string]string{"10,000 parameters": strings.Repeat("a=1&", 10_000), "a long parameter": "a=" + strings.Repeat("a", 5000), "a long name": strings.Repeat("a", 5000) + "=1"} {
			if got := send(at+"?"+query, "{}", asJSON); got.Code != 414 {
				t.Errorf("%s with %s: %d", name, what, got.Code)
			}
		}
		if r.body.bytes == 0 || ends {
			continue
		}
		kind := asJSON
		if r.id == "" {
			kind = formType
		}
		for _, coding := range []string{"gzip", "deflate", "br", "zstd", "x-gzip", "identity, gzip", "GZIP"} {
			body := squeezed(t, map[bool]string{true: "deflate"}[coding == "deflate"])
			if got := send(base, body, kind, "Content-Encoding: "+coding); got.Code != 415 {
				t.Errorf("%s in %s: %d %.200s", name, coding, got.Code, got.Body)
			}
		}
		// More than it takes, said and not said.
		for _, said := range []int64{-1, r.body.bytes + 1} {
			reader := &endless{}
			q := httptest.NewRequest(r.method, base, reader)
			q.ContentLength = said
			for _, h := range append([]string{kind}, who...) {
				name, value, _ := strings.Cut(h, ": ")
				q.Header.Set(name, value)
			}
			got := httptest.NewRecorder()
			w.ServeHTTP(got, q)
			asked++
			if got.Code != 413 && (said > 0 || got.Code != 403 && got.Code != 404) || int64(reader.read) > 4*r.body.bytes+(1<<16) {
				t.Errorf("%s without an end, said to be %d: %d after %d bytes %.200s", name, said, got.Code, reader.read, got.Body)
			}
		}
		if r.id == "" {
			form := strings.Repeat("a=1&", 16_000)
			if got := send(base, form, kind); got.Code >= 500 {
				t.Errorf("%s with a form of 16,000 fields: %d", name, got.Code)
			}
			if got := send(base, form+form, kind); got.Code != 413 {
				t.Errorf("%s with a form of 32,000 fields: %d", name, got.Code)
			}
			continue
		}
		for what, body := range bodies {
			if got := send(base, body, asJSON, `If-Match: "1"`); !capped(r, what, body, got.Code) {
				t.Errorf("%s with %s: %d %.200s", name, what, got.Code, got.Body)
			}
		}
	}
	runtime.ReadMemStats(&after)
	each := (after.TotalAlloc - before.TotalAlloc) / uint64(asked)
	t.Logf("%d requests, %d KiB each", asked, each>>10)
	if each > 4<<20 {
		t.Errorf("a refusal takes %d bytes", each)
	}
}

// capped says whether a route may answer a body of too much so.
func capped(r route, what, body string, code int) bool {
	switch code {
	case 413:
		return int64(len(body)) > r.body.bytes
	case 422: // some take more
		return r.body.bytes > plainBounds.bytes || r.body.length > plainBounds.length && strings.HasPrefix(what, "a long ")
	}
	return slices.Contains([]int{400, 403, 404}, code)
}

func manyMembers(n int) string {
	var b strings.Builder
	b.WriteString("{")
	for k := range n {
		fmt.Fprintf(&b, `"a%d":1,`, k)
	}
	return b.String() + `"z":1}`
}

// TestHeadsAndLengths speaks to the server over a connection, as clients that
// net/http does not let one be: with thousands of headers and cookies, lengths
// that are wrong, twice or of two kinds.
func TestHeadsAndLengths(t *testing.T) {
	s, _ := newTestServer(nil)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	done := make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() { done <- s.Serve(ctx, listener) }()
	t.Cleanup(func() { stop(); must(t, <-done) })
	const post = "POST /api/v1/form HTTP/1.1\r\nHost: puente.test\r\nContent-Type: application/json\r\n"
	for name, c := range map[string]struct {
		raw  string
		want []int
	}{
		"10,000 headers":      {"GET /healthz HTTP/1.1\r\nHost: puente.test\r\n" + strings.Repeat("X-A: 1\r\n", 10_000) + "\r\n", []int{431}},
		"10,000 cookies":      {"GET /es/ HTTP/1.1\r\nHost: puente.test\r\nCookie: " + strings.Repeat("a=1; ", 10_000) + "\r\n\r\n", []int{431}},
		"a long header":       {"GET /healthz HTTP/1.1\r\nHost: puente.test\r\nX-A: " + strings.Repeat("a", 100_000) + "\r\n\r\n", []int{431}},
		"a long address":      {"GET /" + strings.Repeat("a", 10_000) + " HTTP/1.1\r\nHost: puente.test\r\n\r\n", []int{414}},
		"a very long address": {"GET /" + strings.Repeat("a", 100_000) + " HTTP/1.1\r\nHost: puente.test\r\n\r\n", []int{414, 431}},
		"two lengths":         {post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", []int{400}},
		"a negative length":   {post + "Content-Length: -1\r\n\r\n{}", []int{400}},
		"a length of words":   {post + "Content-Length: two\r\n\r\n{}", []int{400}},
		"a huge length":       {post + "Content-Length: 99999999999999999999999\r\n\r\n{}", []int{400}},
		"more than it takes":  {post + "Content-Length: 9223372036854775807\r\n\r\n{}", []int{413}},
		"cut off":             {post + "Content-Length: 100\r\n\r\n{}", []int{400}},
		"a bad chunk":         {post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", []int{400}},
		"chunks without end":  {post + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("100\r\n"+strings.Repeat(" ", 256)+"\r\n", 64), []int{413}},
		"another coding":      {post + "Transfer-Encoding: gzip\r\n\r\n{}", []int{400, 501}},
		"no host":             {"GET /healthz HTTP/1.1\r\n\r\n", []int{400}},
		"a header of lines":   {"GET /healthz HTTP/1.1\r\nHost: puente.test\r\nX A: 1\r\n\r\n", []int{400}},
		"a zero in a header":  {"GET /healthz HTTP/1.1\r\nHost: puente.test\r\nX-A: a\x00b\r\n\r\n", []int{400}},
	} {
		connection, err := net.Dial("tcp", listener.Addr().String())
		must(t, err)
		must(t, connection.SetDeadline(time.Now().Add(10*time.Second)))
		_, _ = io.WriteString(connection, c.raw) // the server may answer before it has read all
		if tcp, ok := connection.(*net.TCPConn); ok {
			_ = tcp.CloseWrite()
		}
		answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else {
			ok := false
			for _, want := range c.want {
				ok = ok || want == answer.StatusCode
			}
			if !ok {
				t.Errorf("%s: %d", name, answer.StatusCode)
			}
			_ = answer.Body.Close()
		}
		_ = connection.Close()
	}
}

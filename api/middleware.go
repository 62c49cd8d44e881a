package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
)

func init() { //nolint:gochecknoinits // gin keeps its mode in a package variable; the other modes print on standard output
	gin.SetMode(gin.ReleaseMode)
}

// observe gives each request an id, which the answer carries, and writes one
// log line for it. The line has the route instead of the path, no query, no
// body, no cookie, only the network of the client's address, and of an account
// only its id.
func (s *Server) observe(c *gin.Context) {
	began := s.Now()
	r := &request{
		id: strings.ToLower(rand.Text()), lang: chooseLanguage(c.GetHeader("Accept-Language")), from: s.client(c.Request),
		device: s.cookie(c.Request, deviceCookie), address: c.Request.URL, agent: c.GetHeader("User-Agent"),
	}
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), requestKey{}, r))
	c.Header("X-Request-Id", r.id)
	defer func() {
		status, err := c.Writer.Status(), r.noted()
		level := slog.LevelInfo
		if status >= http.StatusInternalServerError {
			level = slog.LevelError
		}
		attributes := []slog.Attr{
			slog.String("id", r.id), slog.String("method", method(c.Request.Method)), slog.String("route", c.FullPath()), slog.Int("status", status),
			slog.Int("bytes", max(c.Writer.Size(), 0)), slog.Duration("took", s.Now().Sub(began)),
			slog.String("network", network(r.from)),
		}
		if account := r.whose(); account != "" {
			attributes = append(attributes, slog.String("account", account))
		}
		if err != nil {
			attributes = append(attributes, slog.String("error", err.Error()))
		}
		s.Log.LogAttrs(c.Request.Context(), level, "request", attributes...)
	}()
	c.Next()
}

// method is a request's method as the log may have it.
func method(name string) string {
	if len(name) > 16 || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "other"
	}
	return name
}

// client is the address that a request comes from: that of the connection, or,
// when a trusted proxy holds it, the last one in X-Forwarded-For that is no
// trusted proxy.
func (s *Server) client(r *http.Request) netip.Addr {
	peer, _ := netip.ParseAddrPort(r.RemoteAddr)
	addr := peer.Addr().Unmap()
	forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(forwarded) - 1; i >= 0 && s.trusted(addr); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(forwarded[i]))
		if err != nil {
			break
		}
		addr = next.Unmap()
	}
	return addr
}

func (s *Server) trusted(addr netip.Addr) bool {
	for _, p := range s.Proxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// secure says whether the client's connection is encrypted: here, at a trusted
// proxy, or always, by the address of the site.
func (s *Server) secure(r *http.Request) bool {
	peer, _ := netip.ParseAddrPort(r.RemoteAddr)
	return r.TLS != nil || strings.HasPrefix(s.URL, "https://") || s.trusted(peer.Addr().Unmap()) && r.Header.Get("X-Forwarded-Proto") == "https"
}

// network is the part of an address that may stand in a log.
func network(addr netip.Addr) string {
	bits := 48
	if addr.Is4() {
		bits = 24
	}
	prefix, err := addr.WithZone("").Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return prefix.String()
}

// contentSecurity lets pages load only what this server sends, and nobody
// frame them.
const contentSecurity = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"

// secureHeaders stand on every answer; a route may set its own Cache-Control.
func secureHeaders(c *gin.Context) {
	for _, h := range [][2]string{
		{"Content-Security-Policy", contentSecurity},
		{"X-Content-Type-Options", "nosniff"},
		{"Referrer-Policy", "no-referrer"},
		{"X-Frame-Options", "DENY"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
		{"Cache-Control", "no-store"},
	} {
		c.Header(h[0], h[1])
	}
}

// recoverPanic turns a panic into an internal problem. The log has all of it,
// the client nothing.
func (s *Server) recoverPanic(c *gin.Context) {
	defer func() {
		reason := recover()
		if reason == nil {
			return
		}
		if reason == http.ErrAbortHandler { //nolint:errorlint,err113 // net/http compares so too
			panic(reason)
		}
		err := fmt.Errorf("panic: %v\n%s", reason, debug.Stack())
		requestOf(c.Request.Context()).note(err)
		if c.Writer.Written() {
			panic(http.ErrAbortHandler) // half an answer must not look like a whole one
		}
		s.refuse(c, err)
	}()
	c.Next()
}

// refuse ends a request with a problem.
func (s *Server) refuse(c *gin.Context, err error) {
	writeProblem(c.Writer, c.Request, err)
	c.Abort()
}

var crossOrigin = http.NewCrossOriginProtection()

// guard checks what holds for every request, before anything is read of it.
func (s *Server) guard(c *gin.Context) {
	if s.secure(c.Request) {
		c.Header("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
	if err := s.objection(c.Request); err != nil {
		s.refuse(c, err)
		return
	}
	limit, listed := s.caps[c.Request.Method+" "+c.FullPath()]
	if !listed || limit == 0 {
		limit = plainBounds.bytes
	}
	if c.Request.ContentLength > limit {
		c.Header("Connection", "close") // what is still coming is not read
		s.refuse(c, &http.MaxBytesError{Limit: limit})
		return
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, limit)
}

// objection says why a request is refused whatever its route.
func (s *Server) objection(r *http.Request) error {
	if len(r.RequestURI) > s.Limits.Address {
		return &Error{Code: CodeLongAddress, Key: "problem.at_most_bytes", Args: map[string]any{"Max": s.Limits.Address}}
	}
	if err := crossOrigin.Check(r); err != nil {
		return &Error{Code: CodeCrossOrigin, Err: err}
	}
	if coding := strings.Join(r.Header.Values("Content-Encoding"), ","); coding != "" && !strings.EqualFold(coding, "identity") {
		return &Error{Code: CodeMedia, Fields: []Field{{"/header/Content-Encoding", "media_coding", nil}}}
	}
	if !plainText(r.URL.Path) {
		return &Error{Code: CodeMalformed, Fields: []Field{{"/path", "text", nil}}}
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return &Error{Code: CodeMalformed, Fields: []Field{{"/query", "text", nil}}}
	}
	for name, values := range query {
		switch {
		case !plainText(name), !plainText(strings.Join(values, "")):
			return &Error{Code: CodeMalformed, Fields: []Field{{pointer("query", name), "text", nil}}}
		case len(values) > 1:
			return &Error{Code: CodeMalformed, Fields: []Field{{pointer("query", name), "twice", nil}}}
		}
	}
	return nil
}

// plainText is UTF-8 without NUL, which databases disagree about.
func plainText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// deadline ends the context of a request that takes too long. An operation
// that stops for it answers 503 with Retry-After.
func (s *Server) deadline(c *gin.Context) {
	if s.streams[c.Request.Method+" "+c.FullPath()] {
		c.Next()
		return
	}
	ctx, done := context.WithTimeoutCause(c.Request.Context(), s.Limits.Deadline, errTooSlow)
	defer done()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

var errTooSlow = errors.New("deadline of the request")

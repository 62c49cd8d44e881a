package api

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// leadsAway are texts that some browser, library or check takes for a path, and
// another for the address of somewhere else.
var leadsAway = []string{
	"//evil.example", "///evil.example", "////evil.example", "/////evil.example/..", "//evil.example/%2f..", "//evil.example:443/", "//evil.example?x=/",
	"//evil.example#/match", "//user@evil.example", "//user:password@evil.example/match", "//127.0.0.1", "//[::1]", "//2130706433", "//0x7f.1",
	`/\evil.example`, `\/evil.example`, `\\evil.example`, `/\/evil.example`, `/\\evil.example`, `//\evil.example`, `\evil.example`, `/match\..\..\evil.example`,
	"/%5cevil.example", "/%5Cevil.example", "/%5c%5cevil.example", "/%2fevil.example", "/%2f%2fevil.example", "/%2F/evil.example", "//%2fevil.example", "/%252fevil.example/..",
	"https://evil.example", "http://evil.example", "HTTPS://evil.example", "https:evil.example", "https:/evil.example", "https:///evil.example", `https:\\evil.example`,
	"https://evil.example/match", "https://puente.test@evil.example", "https://puente.test.evil.example", "http:evil.example", "ftp://evil.example", "file:///etc/passwd",
	"javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", "javascript://puente.test/%0aalert(1)", "data:text/html,x", "vbscript:x", "blob:https://evil.example/x",
	" //evil.example", "\t//evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\r\n//evil.example", "/%09/evil.example", "/%0a/evil.example", "/%0d%0aLocation:%20//evil.example",
	"/match\r\nLocation: //evil.example", "/%0d%0a%0d%0a<script>", "/ /evil.example\x00", "/.//evil.example", "/..//evil.example", "/../evil.example", "/./evil.example", "/match/../../evil.example",
	"/match//evil.example", "/match/..//evil.example", "evil.example", "evil.example/match", ".evil.example", "@evil.example", ":443/", "?next=//evil.example", "#//evil.example", "./match", "../match", "*",
	"/\u2028/evil.example", "//evil\u3002example", "/\u2215evil.example/..", "http://[::1", "http://%5b", "/%zz", "/%", "//", "///", `/\`, "",
	"/" + strings.Repeat("a", 600),
}

// inside are pages of ours.
var inside = []string{"/match", "/requests", "/profile?side=mentor", "/match?mentor=M-1&next=//evil.example", "/rounds/0190a5b2-0000-7000-8000-000000000000", "/"}

// TestRedirectsStayHere signs in with each of them as the page to go to, by a
// password and by a provider, and wants to stay on this site.
func TestRedirectsStayHere(t *testing.T) {
	i := install(t, newDatabase(t, "sqlite"))
	i.budgets = generous()
	l := newLiar(t, "dana", "dana@example.org")
	provider := i.withProvider(l.URL, "Cámara")
	account := i.member("dana@example.org")
	i.linked(account, provider, l.subject)
	form := url.Values{"email": {account.Email}, "password": {password}}.Encode()
	const typed = "Content-Type: application/x-www-form-urlencoded"
	stays := func(way, next, location string) {
		t.Helper()
		base, err := url.Parse("http://puente.test/es/sign-in")
		if err != nil {
			t.Fatal(err)
		}
		plain := strings.NewReplacer(`\`, "/", "\t", "", "\r", "", "\n", "").Replace(location) // as browsers read it
		to, err := base.Parse(plain)
		if err != nil || to.Host != base.Host || to.Scheme != "http" || to.User != nil || !strings.HasPrefix(location, "/es/") || strings.HasPrefix(plain, "//") || strings.ContainsAny(location, "\r\n\t\\") {
			t.Errorf("%s: %q leads to %q", way, next, location)
		}
	}
	pressed := func(next string) (*httptest.ResponseRecorder, *http.Cookie) {
		w := ask(i, "POST", "/es/sign-in/providers/"+provider+"?next="+url.QueryEscape(next), "", typed)
		for _, c := range w.Result().Cookies() {
			if c.Name == "puente"+flowCookie {
				return w, c
			}
		}
		return w, nil
	}
	for n, next := range append(append([]string{}, leadsAway...), inside...) {
		away := n < len(leadsAway)
		if isPagePath(next) && away {
			t.Errorf("%q is taken for a page", next)
		}
		if w := ask(i, "POST", "/es/sign-in?next="+url.QueryEscape(next), form, typed); w.Code == 303 {
			stays("by a password", next, w.Header().Get("Location"))
			if !away && w.Header().Get("Location") != "/es"+next {
				t.Errorf("%q leads to %q", next, w.Header().Get("Location"))
			}
		} else if w.Code != 400 {
			t.Errorf("%q: %d", next, w.Code)
		}
		w, cookie := pressed(next)
		if w.Code == 400 { // no text
			continue
		}
		_, address, _ := strings.Cut(w.Header().Get("Refresh"), "url=")
		if w.Code != 200 || cookie == nil || !strings.HasPrefix(address, l.URL+"/authorize?") {
			t.Fatalf("%q: %d, on to %q", next, w.Code, address)
		}
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		answer, err := client.Get(address)
		must(t, err)
		must(t, answer.Body.Close())
		back, err := url.Parse(answer.Header.Get("Location"))
		must(t, err)
		got := ask(i, "GET", back.RequestURI(), "", "Cookie: "+cookie.Name+"="+cookie.Value)
		if got.Code != 303 {
			t.Fatalf("%q: %d %s", next, got.Code, got.Body)
		}
		stays("by a provider", next, got.Header().Get("Location"))
		if !away && got.Header().Get("Location") != "/es"+next {
			t.Errorf("%q leads to %q", next, got.Header().Get("Location"))
		}
	}
	if len(leadsAway) < 60 {
		t.Errorf("only %d texts", len(leadsAway))
	}
	t.Logf("%d texts", len(leadsAway))
}

package api

import (
	"compress/gzip"
	"io"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"puente/models"
)

// TestPagesOfNobody asks every page in every language without a session: those
// for everybody answer, the others lead to the page for signing in.
func TestPagesOfNobody(t *testing.T) {
	empty, err := emptyStore()
	must(t, err)
	i := installCopy(t, empty)
	path := strings.NewReplacer("{id}", "0190a5b2-0000-7000-8000-000000000000", "{provider}", "0190a5b2-0000-7000-8000-000000000000", "{token}", "X", "{event}", "open")
	for _, r := range routes {
		local, pages := strings.CutPrefix(r.path, "/{lang}")
		if !pages {
			continue
		}
		local = path.Replace(local)
		for _, lang := range []string{"en", "es", "fr"} {
			var headers []string
			if r.method == "POST" {
				headers = append(headers, "Content-Type: application/x-www-form-urlencoded")
			}
			w := ask(i, r.method, "/"+lang+local, "", headers...)
			to := w.Header().Get("Location")
			want := "/" + lang + "/sign-in?next=" + url.QueryEscape(local)
			if r.method == "POST" {
				want = "/" + lang + "/sign-in"
			}
			switch {
			case !r.policyOf().public() && (w.Code != 303 || to != want):
				t.Errorf("%s /%s%s: %d to %q", r.method, lang, local, w.Code, to)
			case r.policyOf().public() && w.Code >= 500, w.Header().Get("Content-Language") != lang:
				t.Errorf("%s /%s%s: %d in %s: %s", r.method, lang, local, w.Code, w.Header().Get("Content-Language"), w.Body)
			}
		}
	}
	for _, lang := range []string{"en", "es", "fr"} {
		w := ask(i, "GET", "/"+lang+"/", "", "Accept: text/html")
		if w.Code != 200 || !strings.Contains(w.Body.String(), `<html lang="`+lang+`">`) ||
			!strings.Contains(w.Header().Get("Content-Security-Policy"), "script-src 'self'") || strings.Contains(w.Body.String(), "<script") {
			t.Errorf("/%s/: %d %s", lang, w.Code, w.Header())
		}
	}
	small := ask(i, "GET", "/fr/", "", "Accept-Encoding: gzip")
	plain, err := gzip.NewReader(small.Body)
	must(t, err)
	page, err := io.ReadAll(plain)
	must(t, err)
	if small.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(string(page), "</html>") {
		t.Errorf("compressed: %s", small.Header())
	}
	style := regexp.MustCompile(`/static/puente\.[0-9a-f]+\.css`).FindString(ask(i, "GET", "/en/", "").Body.String())
	if w := ask(i, "GET", style, ""); w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("%s: %d", style, w.Code)
	}
}

// key finds what looks like the key of a message that has no words.
var key = regexp.MustCompile(`\b(me|mail|mailbox|staff|edit|nav|done|step|fact|rounds|confirm|form|page|suggest|request|offer|review|signup|landing|problem|store|rule|unpaired)\.[a-z_]+\b`)

// TestPagesSayWords signs each role in, opens its pages in every language, and
// wants words for everything on them.
func TestPagesSayWords(t *testing.T) {
	empty, err := emptyStore()
	must(t, err)
	i := installCopy(t, empty)
	must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "fr"}))
	server := httptest.NewServer(i)
	defer server.Close()
	for role, pages := range map[models.AccountRole][]string{
		models.AccountEntrepreneur: {"/account", "/sign-in", "/sign-in/link", "/sign-in/reset", "/mail-sent", "/profile", "/match", "/requests", "/requests/x", "/rounds"},
		models.AccountMentor:       {"/profile", "/match", "/requests"},
		models.AccountAdmin:        {"/mailbox", "/account"},
		models.AccountStaff:        {"/people", "/people?state=waiting", "/rounds", "/profile", "/rounds/x"},
	} {
		a := models.Account{Role: role, Email: string(role) + "@example.org", Lang: "fr"}
		must(t, i.Store.CreateAccount(t.Context(), "", &a))
		if role == models.AccountStaff {
			i.staff = append(i.staff, a.ID)
			i.manage()
		}
		b := newBrowser(t, server.URL)
		i.enrolled(&a)
		id := i.browserSession(a.ID)
		at, err := url.Parse(server.URL)
		must(t, err)
		b.client.Jar.SetCookies(at, cookies(id))
		for _, lang := range []string{"en", "es", "fr"} {
			for _, page := range pages {
				b.open("/" + lang + page)
				if found := key.FindString(textOf(b.page)); found != "" || b.status >= 500 {
					t.Errorf("%s %s/%s: %d, no words for %s", role, lang, page, b.status, found)
				}
			}
		}
	}
}

// TestSessionCookie signs in over plain and encrypted connections and looks at
// the cookie.
func TestSessionCookie(t *testing.T) {
	empty, err := emptyStore()
	must(t, err)
	i := installCopy(t, empty)
	i.Proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	i.signUp("entrepreneur", "lucia@example.org", "es")
	form := url.Values{"email": {"lucia@example.org"}, "password": {password}}.Encode()
	for _, c := range []struct {
		name    string
		headers []string
		cookie  string
		status  int
	}{
		{"plain", nil, "puente=", 303},
		{"encrypted", []string{"X-Forwarded-Proto: https"}, "__Host-puente=", 303},
		{"from another site", []string{"Sec-Fetch-Site: cross-site"}, "", 403},
		{"json", []string{"Content-Type: application/json"}, "", 415},
	} {
		headers := append([]string{"Accept: text/html"}, c.headers...)
		if c.name != "json" {
			headers = append(headers, "Content-Type: application/x-www-form-urlencoded")
		}
		w := ask(i, "POST", "/es/sign-in?next=/requests", form, headers...)
		cookie := w.Header().Get("Set-Cookie")
		if w.Code != c.status || !strings.HasPrefix(cookie, c.cookie) || (cookie == "") != (c.cookie == "") {
			t.Fatalf("%s: %d %q", c.name, w.Code, cookie)
		}
		if cookie == "" {
			continue
		}
		for _, part := range []string{"Path=/", "HttpOnly", "SameSite=Lax"} {
			if !strings.Contains(cookie, part) {
				t.Errorf("%s: %s is not in %s", c.name, part, cookie)
			}
		}
		if strings.Contains(cookie, "Secure") != (c.name == "encrypted") || w.Header().Get("Location") != "/es/requests" {
			t.Errorf("%s: %s to %s", c.name, cookie, w.Header().Get("Location"))
		}
		value, _, _ := strings.Cut(cookie, ";")
		send := append([]string{"Cookie: " + value}, c.headers...)
		if w := ask(i, "GET", "/es/requests", "", send...); w.Code != 200 {
			t.Errorf("%s: with the cookie %d", c.name, w.Code)
		}
		out := ask(i, "POST", "/es/sign-out", "", append(send, "Content-Type: application/x-www-form-urlencoded")...)
		if !strings.Contains(out.Header().Get("Set-Cookie"), "Max-Age=0") {
			t.Errorf("%s: signed out with %s", c.name, out.Header())
		}
		if w := ask(i, "GET", "/es/requests", "", send...); w.Code != 303 {
			t.Errorf("%s: signed out, and still %d", c.name, w.Code)
		}
	}
}

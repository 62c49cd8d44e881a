package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"puente/models"
	"puente/web"
)

// TestRatesOfPages asks for pages more often than is allowed, as somebody and
// as nobody, with forged addresses, after a restart, in three languages, and
// wants a page that says when to come back; what is free stays free.
func TestRatesOfPages(t *testing.T) {
	onBoth(t, func(t *testing.T, whole *installation) {
		now := time.Now().Truncate(time.Minute).Add(20 * time.Second)
		i := limited(whole, &now)
		i.Rates[Reading] = Rate{Actor: 4, Network: 12, Window: time.Minute, Block: 1}
		account := models.Account{Role: models.AccountAdmin, Email: "ada@example.org", Lang: "es", VerifiedAt: &now}
		must(t, i.Store.CreateAccount(t.Context(), "", &account))
		id, session := i.newSession(context.Background(), account.ID)
		i.enrolled(&account)
		session.Proof = i.proof(account.ID)
		must(t, i.Store.CreateSession(t.Context(), session))
		forged := 0
		from := func(i *installation, method, target, peer, cookie string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(method, target, strings.NewReader("email=nobody%40example.org&password=x"))
			r.RemoteAddr = peer
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			forged++
			r.Header.Set("X-Forwarded-For", fmt.Sprintf("203.0.113.%d", forged))
			if cookie != "" {
				r.AddCookie(&http.Cookie{Name: "puente", Value: cookie})
			}
			w := httptest.NewRecorder()
			i.ServeHTTP(w, r)
			return w
		}
		refused := func(what, lang string, w *httptest.ResponseRecorder) {
			t.Helper()
			title := web.Text(lang, "problem."+string(CodeTooMany), nil)
			if w.Code != 429 || w.Header().Get("Retry-After") != "40" || w.Header().Get("Content-Language") != lang || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") ||
				!strings.Contains(w.Body.String(), title) {
				t.Errorf("%s: %d %v, want %q", what, w.Code, w.Header(), title)
			}
		}
		for n := range 4 {
			if w := from(i, "GET", "/es/account", fmt.Sprintf("192.0.2.%d:1", n), id); w.Code != 200 || w.Header().Get("Ratelimit") == "" {
				t.Fatalf("page %d: %d %v", n, w.Code, w.Header())
			}
		}
		again := limited(whole, &now)
		again.Rates = i.Rates
		for n, lang := range web.Languages {
			refused("an account", lang, from(i, "GET", "/"+lang+"/account", fmt.Sprintf("192.0.2.%d:1", 20+n), id))
			refused("after a restart", lang, from(again, "GET", "/"+lang+"/account", fmt.Sprintf("192.0.2.%d:1", 30+n), id))
		}
		token, _, err := again.Tokens.Issue(account.ID, again.programSession(account.ID).IDHash, "api")
		if err != nil || ask(again, "GET", "/api/v1/me", "", "Authorization: Bearer "+token).Code != 429 {
			t.Error("pages and the interface have windows of their own", err)
		}
		for range 12 {
			if w := from(i, "GET", "/fr/sign-in", "198.51.100.7:1", ""); w.Code != 200 {
				t.Fatalf("nobody: %d", w.Code)
			}
		}
		refused("a network", "fr", from(i, "GET", "/fr/sign-in", "198.51.100.7:9", ""))
		refused("a network, somebody", "fr", from(i, "GET", "/fr/account", "198.51.100.7:9", id))
		for _, free := range []string{"/healthz", "/readyz", "/static/none", "/api/v1/openapi.json", "/api/docs"} {
			if w := from(i, "GET", free, "198.51.100.7:1", id); w.Code == 429 {
				t.Errorf("%s counts", free)
			}
		}
		for range 3 {
			from(i, "POST", "/en/sign-in", "198.51.100.8:1", "")
		}
		refused("signing in", "en", from(i, "POST", "/en/sign-in", "198.51.100.8:2", ""))
		now = now.Add(time.Minute)
		if w := from(i, "GET", "/es/account", "192.0.2.9:1", id); w.Code != 200 {
			t.Errorf("a minute later: %d", w.Code)
		}
	})
}

// TestSignInSteps wants each step of signing in, and what makes or ends a way to
// sign in, to count as signing in does.
func TestSignInSteps(t *testing.T) {
	seen := 0
	for _, r := range routes {
		path := strings.TrimPrefix(r.path, "/{lang}")
		if r.id != "" || r.method != http.MethodPost {
			continue
		}
		if strings.HasPrefix(path, signInPath) || strings.HasPrefix(path, factorPath) || path == "/sign-up" || path == joinPath {
			if seen++; r.rate != Signing {
				t.Errorf("%s counts as %s", path, r.rate)
			}
		}
	}
	if seen != 13 {
		t.Errorf("%d pages", seen)
	}
}

// TestEveryPageCounts wants each page to count with a kind that has limits, or
// to be among those that are free.
func TestEveryPageCounts(t *testing.T) {
	paths := map[string]bool{}
	for _, r := range routes {
		if r.id != "" {
			continue
		}
		name := r.method + " " + strings.TrimPrefix(r.path, "/{lang}")
		paths[name] = true
		if class, listed := pageRates[name]; r.rate == "" && (!listed || class != "") {
			t.Errorf("%s is free", name)
		}
		if r.rate != "" && DefaultRates[r.rate].Network == 0 {
			t.Errorf("%s counts with %q", name, r.rate)
		}
	}
	for name := range pageRates {
		if !paths[name] {
			t.Errorf("%s is no page", name)
		}
	}
}

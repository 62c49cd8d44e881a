package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"puente/models"
)

// limited is an installation with small limits, on a database of another.
func limited(i *installation, now *time.Time) *installation {
	o := i.Options
	o.Secret = []byte(strings.Repeat("s", 32))
	o.Now = func() time.Time { return *now }
	o.Rates = map[RateClass]Rate{
		Reading: {Actor: 20, Network: 40, Window: time.Minute}, Writing: {Actor: 5, Network: 8, Window: time.Minute, Block: 1},
		Signing: {Actor: 3, Network: 3, Window: time.Minute, Block: 1},
	}
	return &installation{Server: New(o), t: i.t, log: i.log, dsn: i.dsn}
}

// TestRates sends more requests than are allowed, from several networks and
// accounts, over restarts and with forged addresses.
func TestRates(t *testing.T) { //nolint:gocyclo // one story, one short part for each way around a limit
	onBoth(t, func(t *testing.T, whole *installation) {
		now := time.Now().Truncate(time.Minute).Add(20 * time.Second)
		i := limited(whole, &now)
		from := func(i *installation, peer, target, token string, headers ...string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(http.MethodGet, target, nil)
			if target == "/api/v1/tokens" {
				r = httptest.NewRequest(http.MethodPost, target, strings.NewReader(`{"email":"nobody@example.org","password":"x"}`))
				r.Header.Set("Content-Type", "application/json")
			}
			r.RemoteAddr = peer
			if token != "" {
				r.Header.Set("Authorization", "Bearer "+token)
			}
			for _, h := range headers {
				name, value, _ := strings.Cut(h, ": ")
				r.Header.Set(name, value)
			}
			w := httptest.NewRecorder()
			i.ServeHTTP(w, r)
			return w
		}
		many := func(i *installation, n int, peer, target, token string, forged bool) (passed int, last *httptest.ResponseRecorder) {
			for k := range n {
				var headers []string
				if forged {
					headers = []string{fmt.Sprintf("X-Forwarded-For: 203.0.113.%d", k%250), "X-Real-IP: 203.0.113.9", "Forwarded: for=203.0.113.8"}
				}
				if last = from(i, peer, target, token, headers...); last.Code != 429 {
					passed++
				}
			}
			return passed, last
		}
		t.Run("an account", func(t *testing.T) {
			staff, other := i.withRole(models.AccountStaff, "ana@example.org"), i.withRole(models.AccountStaff, "eva@example.org")
			passed, last := many(i, 24, "198.51.100.1:1", "/api/v1/me", staff.token, true)
			if passed != 20 || last.Header().Get("Retry-After") != "40" || readProblem(t, last).Code != CodeTooMany {
				t.Errorf("%d passed, then %v", passed, last.Header())
			}
			if policy := last.Header().Values("Ratelimit-Policy"); len(policy) != 2 || policy[0] != `"reading-network";q=40;w=60` || policy[1] != `"reading";q=20;w=60` {
				t.Errorf("%v", policy)
			}
			if left := last.Header().Values("Ratelimit"); len(left) != 2 || left[0] != `"reading-network";r=16;t=40` || left[1] != `"reading";r=0;t=40` {
				t.Errorf("%v", left)
			}
			if w := from(i, "198.51.100.1:1", "/api/v1/me", other.token); w.Code != 200 || w.Header().Values("Ratelimit")[1] != `"reading";r=19;t=40` {
				t.Errorf("somebody else: %d %v", w.Code, w.Header())
			}
			if passed, _ := many(limited(i, &now), 5, "198.51.100.2:1", "/api/v1/me", staff.token, false); passed > 2 {
				t.Errorf("%d passed after a restart, of a limit that was reached", passed)
			}
			now = now.Add(time.Minute)
			if w := from(i, "198.51.100.1:1", "/api/v1/me", staff.token); w.Code != 200 {
				t.Errorf("a minute later: %d", w.Code)
			}
		})
		t.Run("a network", func(t *testing.T) {
			if passed, _ := many(i, 5, "[2001:db8:1::1]:1", "/api/v1/tokens", "", true); passed != 3 {
				t.Errorf("%d passed", passed)
			}
			if w := from(i, "[2001:db8:1::ffff]:1", "/api/v1/tokens", ""); w.Code != 429 {
				t.Errorf("its neighbour: %d", w.Code)
			}
			if w := from(i, "[2001:db8:2::1]:1", "/api/v1/tokens", ""); w.Code != 401 {
				t.Errorf("another network: %d", w.Code)
			}
			if w := from(limited(i, &now), "[2001:db8:1::1]:1", "/api/v1/tokens", ""); w.Code != 429 {
				t.Errorf("after a restart: %d", w.Code)
			}
			if passed, _ := many(i, 60, "198.51.100.7:1", "/api/v1/programmes", "", true); passed != 40 {
				t.Errorf("%d reads passed", passed)
			}
		})
		t.Run("two servers", func(t *testing.T) {
			a, b := limited(i, &now), limited(i, &now)
			passed := 0
			var mu sync.Mutex
			var wait sync.WaitGroup
			for n := range 12 {
				wait.Go(func() {
					if w := from([]*installation{a, b}[n%2], "198.51.100.9:1", "/api/v1/tokens", ""); w.Code != 429 {
						mu.Lock()
						defer mu.Unlock()
						passed++
					}
				})
			}
			if wait.Wait(); passed != 3 {
				t.Errorf("%d passed both", passed)
			}
		})
		var rows []models.RateWindow
		must(t, i.Store.Gorm.Find(&rows).Error)
		if len(rows) == 0 || strings.Contains(fmt.Sprint(rows), "198.51") || strings.Contains(fmt.Sprint(rows), "2001:db8") {
			t.Errorf("the store holds %v", rows)
		}
	})
}

func TestAccept(t *testing.T) {
	s, _ := newTestServer(nil)
	for accept, want := range map[string]int{
		"": 200, "application/json": 200, "*/*": 200, "application/*;q=0.1": 200, "text/html, application/json;q=0.5": 200, "text/html,*/*;q=0.8": 200,
		"application/json; charset=utf-8": 200, "text/html": 406, "application/xml, text/*": 406, "application/json;q=0": 406, "application/json;q=0, */*": 406,
		"nonsense": 406, "application/problem+json": 406,
	} {
		w := ask(s, "GET", "/api/v1/vocabularies", "", "Accept: "+accept)
		if w.Code != want || want == 406 && readProblem(t, w).Errors[0].Pointer != "/header/Accept" {
			t.Errorf("%q: %d", accept, w.Code)
		}
	}
	if w := ask(s, "GET", "/api/v1/vocabularies", "", "Accept: text/html", "Accept: application/json"); w.Code != 200 {
		t.Errorf("two headers: %d", w.Code)
	}
}

// TestDeprecations holds the table to the policy, and shows what the answers
// of an operation say that will go.
func TestDeprecations(t *testing.T) {
	for id, d := range deprecations {
		if d.sunset.Sub(d.since) < noticePeriod {
			t.Errorf("%s goes after %v", id, d.sunset.Sub(d.since))
		}
	}
	old := deprecation{time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)}
	deprecations["old"] = old
	defer delete(deprecations, "old")
	o := huma.Operation{OperationID: "old", Method: "GET", Path: "/api/v1/old"}
	s := newServer(Options{Now: time.Now, Log: slog.New(slog.DiscardHandler)}, []route{opened(operation(o, bounds{}, func(*Server, context.Context, *struct{}) (*formOut, error) { return &formOut{}, nil }))})
	for _, target := range []string{"/api/v1/old", "/api/v1/old?unknown=1"} {
		h := ask(s, "GET", target, "").Header()
		if h.Get("Deprecation") != "@1798761600" || h.Get("Sunset") != "Sat, 01 Jan 2028 00:00:00 GMT" || h.Get("Link") != `</api/docs>; rel="deprecation"` {
			t.Errorf("%s: %v", target, h)
		}
	}
	if !s.document.OpenAPI().Paths["/api/v1/old"].Get.Deprecated {
		t.Error("the document does not say it")
	}
}

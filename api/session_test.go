package api

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"puente/models"
)

// TestRefreshTokens lives from refresh tokens as a program does: each is good
// once, a request that is sent again gets the same answer, and a copied token
// ends everything of the session.
func TestRefreshTokens(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		i.signUp("mentor", "dana@example.org", "en")
		signIn := func() answer {
			return i.nobody().call(201, "POST", "/api/v1/tokens", object{"email": "dana@example.org", "password": password})
		}
		first, other := signIn(), signIn()
		as := func(a answer) person { return person{i, a.text("access_token"), "en"} }
		refresh := func(status int, token string, headers ...string) answer {
			return i.nobody().call(status, "POST", "/api/v1/tokens/refresh", object{"refresh_token": token}, headers...)
		}
		second := refresh(201, first.text("refresh_token"), "Idempotency-Key: again")
		if again := refresh(201, first.text("refresh_token"), "Idempotency-Key: again"); again.w.Body.String() != second.w.Body.String() {
			t.Error("the request that was sent again got another answer")
		}
		third := refresh(201, second.text("refresh_token"))
		as(first).call(200, "GET", "/api/v1/me", nil)
		as(third).call(200, "GET", "/api/v1/me", nil)
		for _, no := range []string{"pnr_", third.text("access_token"), "pnr_AAAAAAAAAAAAAAAAAAAAAAAAAA", strings.ToLower(third.text("refresh_token"))} {
			if len(no) <= 100 {
				refresh(401, no)
			}
		}
		person{i, third.text("refresh_token"), "en"}.call(401, "GET", "/api/v1/me", nil) // no access token
		if p := refresh(401, second.text("refresh_token"), "Idempotency-Key: copied"); !strings.Contains(p.w.Body.String(), "Sign in again.") {
			t.Errorf("%s", p.w.Body)
		}
		for _, a := range []answer{first, second, third} {
			as(a).call(401, "GET", "/api/v1/me", nil)
			refresh(401, a.text("refresh_token"))
		}
		as(other).call(200, "GET", "/api/v1/me", nil)
		as(other).call(204, "DELETE", "/api/v1/tokens/current", nil)
		refresh(401, other.text("refresh_token"))
		var all []models.RefreshToken
		must(t, i.Store.Gorm.Find(&all).Error)
		for _, r := range all {
			if strings.HasPrefix(r.IDHash, refreshPrefix) || len(r.IDHash) != 64 {
				t.Errorf("a token is stored as it is: %s", r.IDHash)
			}
		}
	})
}

// TestSessionsOfOneself lists and ends sessions through the interface and the
// page.
func TestSessionsOfOneself(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "es"}))
		server := httptest.NewServer(i)
		defer server.Close()
		dana, lucia := i.signUp("mentor", "dana@example.org", "en"), i.signUp("entrepreneur", "lucia@example.org", "es")
		w := i.from("198.51.100.77", "/api/v1/tokens", asText(object{"email": "dana@example.org", "password": password}), asJSON, "User-Agent: puente-sync/1.2 (x)")
		if w.Code != 201 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		got := dana.call(200, "GET", "/api/v1/sessions", nil)
		if got.text("items.0.device") != "puente-sync" || got.text("items.0.network") != "198.51.100.0/24" || got.at("items.0.current") != false ||
			got.at("items.1.current") != true || strings.Contains(got.w.Body.String(), "100.77") {
			t.Errorf("%s", got.w.Body)
		}
		id := got.text("items.0.id")
		lucia.call(404, "DELETE", "/api/v1/sessions/"+id, nil)
		dana.call(204, "DELETE", "/api/v1/sessions/"+id, nil)
		dana.call(404, "DELETE", "/api/v1/sessions/"+id, nil)

		b, other := newBrowser(t, server.URL), newBrowser(t, server.URL)
		for _, one := range []*browser{b, other} {
			one.open("/es/sign-in").submit("/es/sign-in", one2("email", "dana@example.org", "password", password)).sees(200)
		}
		b.open("/es/account").sees(200, "Dónde tienes la sesión abierta", "Esta", "Go-http-client", "127.0.0.0/24")
		b.submit("/es/account/sessions", nil).sees(200, "La sesión quedó cerrada.")
		other.open("/es/account").sees(200, "Contraseña")
		dana.call(401, "GET", "/api/v1/me", nil)
		other.submit("/es/sign-in?next=%2Faccount", one2("email", "dana@example.org", "password", password)).sees(200)
		all, err := i.Store.AccountByEmail(t.Context(), "dana@example.org")
		must(t, err)
		sessions, err := i.Store.Sessions(t.Context(), all.ID)
		must(t, err)
		if len(sessions) != 2 {
			t.Fatalf("%d sessions", len(sessions))
		}
		b.open("/es/account").submit("/es/account/sessions/"+sessions[0].ID, nil).sees(200, "La sesión quedó cerrada.")
		other.open("/es/account").sees(200, "Contraseña")
		if other.path != "/es/sign-in?next=%2Faccount" {
			t.Error(other.path)
		}
	})
}

// TestEndingSessionsWantsProof lets nobody end sessions whose own began too long
// ago, by a program or on pages, but that one; signing in again is the proof.
func TestEndingSessionsWantsProof(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "es"}))
		server := httptest.NewServer(i)
		defer server.Close()
		dana := i.signUp("mentor", "dana@example.org", "es")
		b, other := newBrowser(t, server.URL), newBrowser(t, server.URL)
		signIn := one2("email", "dana@example.org", "password", password)
		for _, one := range []*browser{b, other} {
			one.open("/es/sign-in").submit("/es/sign-in", signIn).sees(200)
		}
		account, err := i.Store.AccountByEmail(t.Context(), "dana@example.org")
		must(t, err)
		age := func(by time.Duration) {
			t.Helper()
			must(t, i.Store.Gorm.Model(&models.Session{}).Where("account_id = ?", account.ID).UpdateColumn("created_at", i.Store.Now().Add(-by)).Error)
		}
		age(signInAgain + time.Second)
		list := dana.call(200, "GET", "/api/v1/sessions", nil)
		var own string
		var others []string
		for n := range 3 {
			id := list.text(fmt.Sprintf("items.%d.id", n))
			if list.at(fmt.Sprintf("items.%d.current", n)) == true {
				own = id
			} else {
				others = append(others, id)
			}
		}
		for _, path := range []string{"/api/v1/sessions", "/api/v1/sessions/" + others[0], "/api/v1/sessions/0190a5b2-0000-7000-8000-000000000000"} {
			if got := dana.call(403, "DELETE", path, nil); got.text("code") != "forbidden" || !strings.Contains(got.text("detail"), "vuelve a entrar") {
				t.Errorf("%s: %s", path, got.w.Body)
			}
		}
		b.open("/es/account").submit("/es/account/sessions", nil).sees(403, "vuelve a entrar")
		for _, id := range others {
			b.open("/es/account")
			if strings.Contains(b.text, id) {
				b.submit("/es/account/sessions/"+id, nil).sees(403, "vuelve a entrar")
			}
		}
		if left := dana.call(200, "GET", "/api/v1/sessions", nil); len(left.at("items").([]any)) != 3 {
			t.Errorf("%s", left.w.Body)
		}

		age(signInAgain - time.Minute)
		b.open("/es/account").submit("/es/account/sessions", nil).sees(200, "La sesión quedó cerrada.")
		other.open("/es/account")
		if other.path != "/es/sign-in?next=%2Faccount" {
			t.Error(other.path)
		}
		dana.call(401, "GET", "/api/v1/me", nil)

		again, err := i.IssueToken(t.Context(), account.ID)
		must(t, err)
		dana.token = again.AccessToken
		age(signInAgain + time.Second)
		for n := range 2 {
			list = dana.call(200, "GET", "/api/v1/sessions", nil)
			if list.at(fmt.Sprintf("items.%d.current", n)) == true {
				own = list.text(fmt.Sprintf("items.%d.id", n))
			}
		}
		dana.call(204, "DELETE", "/api/v1/sessions/"+own, nil)
		dana.call(401, "GET", "/api/v1/me", nil)
	})
}

// one2 are the fields of a form, by pairs.
func one2(pairs ...string) map[string][]string {
	out := map[string][]string{}
	for n := 0; n < len(pairs); n += 2 {
		out[pairs[n]] = []string{pairs[n+1]}
	}
	return out
}

func TestDeviceName(t *testing.T) {
	for agent, want := range map[string]string{
		"": "", "curl/8.5.0": "curl", "Go-http-client/1.1": "Go-http-client", "<script>": "", "x y": "", strings.Repeat("a", 300): "",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0":                                                        "Firefox, Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": "Safari, iPhone",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0":                     "Edge, Linux",
	} {
		if got := deviceName(agent); got != want {
			t.Errorf("%q is %q", agent, got)
		}
	}
}

// TestTokensThroughTheServer sends each bad token of the corpus to the server,
// and good ones whose session or account is not what they say.
func TestTokensThroughTheServer(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		dana, lucia := i.signUp("mentor", "dana@example.org", "en"), i.signUp("entrepreneur", "lucia@example.org", "es")
		mine, err := i.Tokens.Read(dana.token)
		must(t, err)
		theirs, err := i.Tokens.Read(lucia.token)
		must(t, err)
		issue := func(subject, session string) string {
			text, _, err := i.Tokens.Issue(subject, session, "api")
			must(t, err)
			return text
		}
		browserID, session := i.newSession(t.Context(), mine.Subject)
		must(t, i.Store.CreateSession(t.Context(), session))
		elsewhere := testTokens()
		elsewhere.Issuer, elsewhere.Audience, elsewhere.Now = i.Tokens.Issuer, i.Tokens.Audience, i.Tokens.Now
		other, _, err := elsewhere.Issue(mine.Subject, mine.Session, "api")
		must(t, err)
		ended := i.nobody().call(201, "POST", "/api/v1/tokens", object{"email": "dana@example.org", "password": password})
		person{i, ended.text("access_token"), "en"}.call(204, "DELETE", "/api/v1/tokens/current", nil)
		bad := badTokens()
		for _, c := range []struct{ name, token string }{
			{"another's session", issue(mine.Subject, theirs.Session)},
			{"another subject", issue(theirs.Subject, mine.Session)},
			{"no such session", issue(mine.Subject, "0000")},
			{"session of a browser", issue(mine.Subject, session.IDHash)},
			{"id of a browser's session", browserID},
			{"key of another installation", other},
			{"session that has ended", ended.text("access_token")},
			{"refresh token", ended.text("refresh_token")},
		} {
			bad = append(bad, struct{ name, token string }{c.name, c.token})
		}
		for _, c := range bad {
			if len(c.token) > 1<<16 || strings.ContainsAny(c.token, "\r\n\x00") {
				continue // no header that net/http would send
			}
			w := ask(i, "GET", "/api/v1/me", "", "Authorization: Bearer "+c.token)
			if w.Code != 401 || w.Header().Get("WWW-Authenticate") == "" {
				t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
			}
		}
		dana.call(200, "GET", "/api/v1/me", nil)
		t.Logf("%d bad tokens", len(bad))
	})
}

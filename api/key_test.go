package api

import (
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"puente/models"
)

// TestKeys makes keys and uses them: each opens what its scopes name and what
// the account may, and nothing after it was ended, has expired, or the password
// was changed.
func TestKeys(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "es"}))
		dana, lucia := i.signUp("mentor", "dana@example.org", "en"), i.signUp("entrepreneur", "lucia@example.org", "es")
		body := func(name string, scopes ...string) object {
			return object{"name": name, "scopes": scopes, "days": 30, "password": password}
		}
		dana.call(422, "POST", "/api/v1/keys", object{"name": "x", "scopes": []string{"offers:read"}, "days": 30, "password": "not the password"})
		dana.call(422, "POST", "/api/v1/keys", body("x", "offers:delete"))
		dana.call(422, "POST", "/api/v1/keys", body("x", scopeSession))
		dana.call(422, "POST", "/api/v1/keys", body("  ", "offers:read"))
		made := dana.call(201, "POST", "/api/v1/keys", body("Sync", "offers:read", "rounds:read", "offers:read"))
		key := person{i, made.text("secret"), "en"}
		if !regexp.MustCompile(`^pnk_[A-Z2-7]{26}$`).MatchString(key.token) || made.text("prefix") != key.token[:10] || made.text("scopes") != "[offers:read rounds:read]" {
			t.Errorf("%s", made.w.Body)
		}
		key.call(200, "GET", "/api/v1/offers", nil)
		if p := key.call(403, "GET", "/api/v1/me", nil); !strings.Contains(p.w.Body.String(), "This key is not good for that.") {
			t.Errorf("%s", p.w.Body)
		}
		key.call(403, "GET", "/api/v1/rounds?programme="+nowhere, nil) // for staff
		for _, r := range routes {
			if r.scope() != scopeSession {
				continue
			}
			w := ask(i, r.method, strings.ReplaceAll(r.path, "{id}", nowhere), "{}", "Authorization: Bearer "+key.token, asJSON)
			if w.Code != 403 {
				t.Errorf("a key opens %s: %d %s", r.id, w.Code, w.Body)
			}
		}
		listed := dana.call(200, "GET", "/api/v1/keys", nil)
		if strings.Contains(listed.w.Body.String(), key.token) || listed.text("items.0.used") == "" || listed.text("items.0.name") != "Sync" {
			t.Errorf("%s", listed.w.Body)
		}
		for _, no := range []string{"pnk_", "pnk_AAAAAAAAAAAAAAAAAAAAAAAAAA", strings.ToLower(key.token), key.token + "A"} {
			person{i, no, "en"}.call(401, "GET", "/api/v1/offers", nil)
		}
		lucia.call(404, "DELETE", "/api/v1/keys/"+made.text("id"), nil)
		dana.call(204, "DELETE", "/api/v1/keys/"+made.text("id"), nil)
		key.call(401, "GET", "/api/v1/offers", nil)

		another := person{i, dana.call(201, "POST", "/api/v1/keys", body("Other", "accounts:read")).text("secret"), "en"}
		another.call(200, "GET", "/api/v1/me", nil)
		must(t, i.Store.Gorm.Model(&models.APIKey{}).Where("name = ?", "Other").Updates(map[string]any{
			"created_at": time.Now().Add(-2 * time.Hour).UTC(), "expires_at": time.Now().Add(-time.Hour).UTC(),
		}).Error)
		another.call(401, "GET", "/api/v1/me", nil)
		third := person{i, dana.call(201, "POST", "/api/v1/keys", body("Third", "accounts:read")).text("secret"), "en"}
		a, err := i.Store.AccountByEmail(t.Context(), "dana@example.org")
		must(t, err)
		must(t, i.Store.SetPassword(t.Context(), "", a.ID, a.PasswordHash, "", nil))
		third.call(401, "GET", "/api/v1/me", nil)
		dana.token = i.nobody().call(201, "POST", "/api/v1/tokens", object{"email": "dana@example.org", "password": password}).text("access_token")
		for range models.KeysMost {
			dana.call(201, "POST", "/api/v1/keys", body("Many", "accounts:read"))
		}
		dana.call(409, "POST", "/api/v1/keys", body("Many", "accounts:read"))
		lucia.call(201, "POST", "/api/v1/keys", body("Own", "accounts:read"))
	})
}

// TestKeysPage makes a key on the page, sees it once, and ends it.
func TestKeysPage(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "es"}))
		server := httptest.NewServer(i)
		defer server.Close()
		i.signUp("mentor", "dana@example.org", "es")
		b := newBrowser(t, server.URL)
		b.open("/es/sign-in").submit("/es/sign-in", one2("email", "dana@example.org", "password", password)).sees(200)
		b.open("/es/account").submit("/es/account/keys", one2("key_name", "Mi hoja", "key_password", password)).sees(422, "Completa este dato.")
		filled := one2("key_name", "Mi hoja", "key_password", "no es la contraseña", "key_scopes", "offers:read")
		b.submit("/es/account/keys", filled).sees(422)
		filled["key_password"] = []string{password}
		secret := regexp.MustCompile(`pnk_[A-Z2-7]{26}`).FindString(b.submit("/es/account/keys", filled).sees(200, "solo se muestra esta vez").text)
		key := person{i, secret, "es"}
		key.call(200, "GET", "/api/v1/offers", nil)
		b.open("/es/account").sees(200, "Mi hoja", secret[:10], "offers:read")
		if strings.Contains(b.text, secret) {
			t.Error("the key is shown again")
		}
		all, err := i.Store.Keys(t.Context(), func() string {
			a, err := i.Store.AccountByEmail(t.Context(), "dana@example.org")
			must(t, err)
			return a.ID
		}())
		must(t, err)
		b.submit("/es/account/keys/"+all[0].ID, nil).sees(200, "La clave quedó anulada.")
		key.call(401, "GET", "/api/v1/offers", nil)
	})
}

// TestScopes wants a scope on every operation that is not for everybody, and
// the same in the document.
func TestScopes(t *testing.T) {
	want := []string{
		"accounts:read", "offers:read", "offers:write", "organizations:read", "organizations:write",
		"profiles:read", "profiles:write", "programmes:read", "programmes:write", "rounds:read", "rounds:write",
		"runs:read", "runs:write", "suggestions:read",
	}
	got := scopes()
	for _, scope := range got {
		if !slices.Contains(want, scope) {
			t.Errorf("the scope %s is new: say so in docs/api.md, and here", scope)
		}
	}
	s, _ := newTestServer(nil)
	for _, item := range s.document.OpenAPI().Paths {
		for _, o := range operationsOf(item) {
			scope, _ := o.Extensions["x-scope"].(string)
			p, is := policies[o.OperationID]
			if is && p.public() == (scope != "") || scope != "" && scope != scopeSession && !slices.Contains(got, scope) {
				t.Errorf("%s has the scope %q", o.OperationID, scope)
			}
		}
	}
}

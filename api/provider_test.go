package api

import (
	"strings"
	"testing"

	"puente/models"
)

// TestProviderOperations sets providers up through the interface: secrets go in
// and never come out, and nobody but administrators sees anything of it.
func TestProviderOperations(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		admin := i.withRole(models.AccountAdmin, "ada@example.org")
		home := admin.call(201, "POST", "/api/v1/organizations", object{"name": "Cámara", "country": "MX"}).text("id")
		good := func(changes ...any) object {
			o := object{"organization": home, "issuer": "https://login.example.org", "client_id": clientID, "client_secret": clientSecret, "label": " Cámara ", "enabled": true}
			for n := 0; n+1 < len(changes); n += 2 {
				o[changes[n].(string)] = changes[n+1]
			}
			return o
		}
		for _, c := range []struct {
			name, place string
			body        object
		}{
			{"no issuer", "/body/issuer", good("issuer", "login.example.org")},
			{"without encryption", "/body/issuer", good("issuer", "http://login.example.org")},
			{"with a user", "/body/issuer", good("issuer", "https://user:password@login.example.org")},
			{"with a query", "/body/issuer", good("issuer", "https://login.example.org?tenant=1")},
			{"with an empty query", "/body/issuer", good("issuer", "https://login.example.org?")},
			{"with a fragment", "/body/issuer", good("issuer", "https://login.example.org#x")},
			{"with an empty fragment", "/body/issuer", good("issuer", "https://login.example.org#")},
			{"with a line", "/body/issuer", good("issuer", "https://login.example.org\r\n")},
			{"a file", "/body/issuer", good("issuer", "file:///etc/passwd")},
			{"gopher", "/body/issuer", good("issuer", "gopher://login.example.org")},
			{"no host", "/body/issuer", good("issuer", "https:///path")},
			{"a short one", "/body/issuer", good("issuer", "https://")},
			{"no organisation of ours", "/body/organization", good("organization", missingID)},
			{"no label", "/body/label", good("label", "  ")},
			{"a label that turns around", "/body/label", good("label", "Cámara \u202e")},
			{"no secret", "/body/client_secret", good("client_secret", "")},
			{"no client", "/body/client_id", good("client_id", "")},
		} {
			if got := admin.call(422, "POST", "/api/v1/providers", c.body); got.text("errors.0.pointer") != c.place {
				t.Errorf("%s: %s", c.name, got.w.Body)
			}
		}
		made := admin.call(201, "POST", "/api/v1/providers", good(), "Idempotency-Key: once")
		if again := admin.call(201, "POST", "/api/v1/providers", good(), "Idempotency-Key: once"); again.w.Body.String() != made.w.Body.String() {
			t.Error("made twice")
		}
		at := made.w.Header().Get("Location")
		if made.text("redirect_uri") != "http://puente.test/providers/"+idOf(at)+"/callback" || made.text("label") != "Cámara" {
			t.Errorf("%s", made.w.Body)
		}
		admin.call(409, "POST", "/api/v1/providers", good("label", "Other"))
		change := object{"client_id": "another", "label": "Cámara de Oaxaca", "enabled": false}
		admin.call(428, "PUT", at, change)
		changed := admin.call(200, "PUT", at, change, "If-Match: "+made.w.Header().Get("ETag"))
		admin.call(412, "PUT", at, change, "If-Match: "+made.w.Header().Get("ETag"))
		admin.call(422, "PUT", at, object{"client_id": "x", "label": "x", "enabled": true, "issuer": "https://other.example.org"}, "If-Match: "+changed.w.Header().Get("ETag"))
		read := admin.call(200, "GET", at, nil)
		listed := admin.call(200, "GET", "/api/v1/providers", nil)
		for _, a := range []answer{made, changed, read, listed} {
			if strings.Contains(a.w.Body.String(), "secret") {
				t.Errorf("a secret: %s", a.w.Body)
			}
		}
		secret := func() string {
			p, err := i.Store.Provider(t.Context(), idOf(at))
			must(t, err)
			known, err := i.relying(p)
			must(t, err)
			return known.ClientSecret
		}
		if secret() != clientSecret {
			t.Error("the secret did not stay")
		}
		change["client_secret"] = "a new one"
		admin.call(200, "PUT", at, change, "If-Match: "+admin.tag(at))
		if secret() != "a new one" {
			t.Error("the secret did not change")
		}
		var stored string
		must(t, i.Store.SQL.QueryRowContext(t.Context(), "SELECT client_secret FROM providers").Scan(&stored))
		if !strings.HasPrefix(stored, "sealed1:") || strings.Contains(stored, "a new one") {
			t.Errorf("stored as %s", stored)
		}
		p, err := i.Store.Provider(t.Context(), idOf(at))
		must(t, err)
		p.ID = missingID // a seal that was moved elsewhere
		if _, err := i.relying(p); err == nil {
			t.Error("a secret opens at another place")
		}
		admin.call(428, "DELETE", at, nil)
		admin.call(412, "DELETE", at, nil, `If-Match: "1"`)
		admin.call(204, "DELETE", at, nil, "If-Match: "+admin.tag(at))
		admin.call(404, "GET", at, nil)
		actions := map[string]int{}
		log, err := i.Store.AuditLog(t.Context(), "providers", idOf(at))
		must(t, err)
		for _, entry := range log {
			actions[entry.Action]++
		}
		if actions["provider.create"] != 1 || actions["provider.update"] != 2 || actions["provider.delete"] != 1 {
			t.Errorf("the audit log has %v", actions)
		}
		for _, r := range routesOf() { // a lost key must not open a door for its finder
			if strings.HasSuffix(r.id, "-provider") || strings.HasSuffix(r.id, "-providers") {
				if r.scope() != scopeSession {
					t.Errorf("%s is opened by keys for %s", r.id, r.scope())
				}
			}
		}
	})
}

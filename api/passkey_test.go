package api

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/descope/virtualwebauthn"

	"puente/models"
)

var testSite = virtualwebauthn.RelyingParty{ID: "puente.test", Name: "Puente", Origin: "http://puente.test"}

// options are what the page asks the browser for.
func (b *browser) options() string {
	b.t.Helper()
	for n := range b.page.Descendants() {
		if options, ok := attribute(n, "data-options"); ok {
			return options
		}
	}
	b.t.Fatalf("%s asks for no passkey:\n%s", b.path, textOf(b.page))
	return ""
}

// device is somebody's device with a passkey.
type device struct {
	virtualwebauthn.Authenticator

	key  virtualwebauthn.Credential
	site virtualwebauthn.RelyingParty
}

func newDevice(account string) *device {
	options := virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(account)}
	key := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	for len(key.Key.AttestationData()) < coseKey { // it drops zeros in front of a coordinate, which no real device does
		key = virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	}
	return &device{virtualwebauthn.NewAuthenticatorWithOptions(options), key, testSite}
}

// coseKey is how long a key of P-256 is in COSE, with two coordinates of 32
// bytes (RFC 9053, 7.1.1).
const coseKey = 77

// makes answers a page that asks for a new passkey.
func (d *device) makes(b *browser) url.Values {
	b.t.Helper()
	asked, err := virtualwebauthn.ParseAttestationOptions(b.options())
	must(b.t, err)
	if d.key.IsExcludedForAttestation(*asked) {
		b.t.Error("the device has one already")
	}
	return one(map[string]string{"answer": virtualwebauthn.CreateAttestationResponse(d.site, d.Authenticator, d.key, *asked)})
}

// signs answers a page that asks for a passkey, and counts.
func (d *device) signs(b *browser) url.Values {
	b.t.Helper()
	asked, err := virtualwebauthn.ParseAssertionOptions(b.options())
	must(b.t, err)
	d.key.Counter++
	return one(map[string]string{"answer": virtualwebauthn.CreateAssertionResponse(d.site, d.Authenticator, d.key, *asked)})
}

// TestStoryPasskey adds a passkey, signs in with it where a page was wanted, and
// ends it, in three languages.
func TestStoryPasskey(t *testing.T) {
	say := map[string]struct{ title, wrong, ready, ended string }{
		"en": {"Add a passkey", "This is not your password", "The passkey is ready", "no longer lets anybody in"},
		"es": {"Agregar una llave de acceso", "Esta no es tu contraseña", "La llave de acceso está lista", "ya no deja entrar a nadie"},
		"fr": {"Ajouter une clé d'accès", "Ce n'est pas votre mot de passe", "La clé d'accès est prête", "ne laisse plus entrer personne"},
	}
	for _, lang := range []string{"en", "es", "fr"} {
		t.Run(lang, func(t *testing.T) {
			onBoth(t, func(t *testing.T, i *installation) {
				server := httptest.NewServer(i)
				defer server.Close()
				must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "es"}))
				a := i.withPassword(models.AccountStaff, "ana@example.org")
				i.enrolled(a)
				i.staff = append(i.staff, a.ID)
				i.manage()
				b := newBrowser(t, server.URL)
				at, err := url.Parse(server.URL)
				must(t, err)
				b.client.Jar.SetCookies(at, cookies(i.browserSession(a.ID)))
				filled := func(password, code string) url.Values {
					return one(map[string]string{"passkey_name": "Mi teléfono", "passkey_password": password, "passkey_code": code})
				}
				b.open("/"+lang+"/account").submit("/account/passkeys", filled("not the password of anybody", "")).sees(422, say[lang].wrong)
				b.submit("/account/passkeys", filled(password, "")).sees(422)
				b.submit("/account/passkeys", filled(password, i.recoveryCode(a.ID))).sees(200, say[lang].title)
				if strings.Count(b.text, "<script") != 1 || !strings.Contains(b.text, `<script src="/static/passkey.`) {
					t.Error("another script than ours")
				}
				phone := newDevice(a.ID)
				b.submit("/account/passkey", phone.makes(b)).sees(200, say[lang].ready, "Mi teléfono")
				if m, _ := i.letter("ana@example.org"); m.Kind != models.MailPasskeyAdded {
					t.Errorf("a mail of kind %s", m.Kind)
				}

				other := newBrowser(t, server.URL)
				other.open("/"+lang+"/people?state=waiting").submit("/sign-in/passkey", nil)
				other.submit("/sign-in/passkey/answer", phone.signs(other)).sees(200)
				if other.path != "/"+lang+"/people?state=waiting" { // without a code: it is both factors
					t.Errorf("led to %s", other.path)
				}
				rows, err := i.Store.Passkeys(t.Context(), a.ID)
				if err != nil || len(rows) != 1 || rows[0].UsedAt == nil || rows[0].Counter != 1 {
					t.Fatalf("%+v %v", rows, err)
				}
				other.open("/"+lang+"/account").submit("/account/passkeys/"+rows[0].ID, nil).sees(200, say[lang].ended)
				if m, _ := i.letter("ana@example.org"); m.Kind != models.MailPasskeyRemoved {
					t.Errorf("a mail of kind %s", m.Kind)
				}
				last := newBrowser(t, server.URL)
				last.open("/"+lang+"/sign-in").submit("/sign-in/passkey", nil).submit("/sign-in/passkey/answer", phone.signs(last)).sees(422)
			})
		})
	}
}

// passkeyed is an installation with an account that has a passkey, and its
// server.
func passkeyed(i *installation) (a *models.Account, phone *device, base string) {
	i.t.Helper()
	server := httptest.NewServer(i)
	i.t.Cleanup(server.Close)
	a = i.withPassword(models.AccountMentor, "dana@example.org")
	b := newBrowser(i.t, server.URL)
	b.open("/en/sign-in").submit("/sign-in", one(map[string]string{"email": "dana@example.org", "password": password}))
	b.open("/en/account").submit("/account/passkeys", one(map[string]string{"passkey_name": "Phone", "passkey_password": password}))
	phone = newDevice(a.ID)
	b.submit("/account/passkey", phone.makes(b)).sees(200, "The passkey is ready")
	return a, phone, server.URL
}

// TestPasskeysRefused answers challenges in every wrong way.
func TestPasskeysRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		a, phone, base := passkeyed(i)
		asked := func() *browser {
			b := newBrowser(t, base)
			return b.open("/en/sign-in").submit("/sign-in/passkey", nil)
		}
		refused := func(name string, b *browser, answer url.Values) {
			t.Helper()
			b.submit("/sign-in/passkey/answer", answer)
			if b.status != 422 || b.open("/en/account").path == "/en/account" {
				t.Errorf("%s: %d at %s", name, b.status, b.path)
			}
		}
		first := asked()
		cookie, answer := "Cookie: puente-passkey="+first.cookie("puente-passkey"), phone.signs(first)
		first.submit("/sign-in/passkey/answer", answer).sees(200)
		if w := ask(i, "POST", "/en/sign-in/passkey/answer", answer.Encode(), formType, cookie); w.Code != 422 || strings.Contains(fmt.Sprint(w.Header()), "puente=") {
			t.Errorf("the same answer again: %d", w.Code)
		}
		other := asked()
		refused("the answer of another browser", other, phone.signs(asked()))
		refused("no answer", asked(), one(map[string]string{"answer": ""}))
		refused("no JSON", asked(), one(map[string]string{"answer": "{"}))
		b := asked()
		phone.Options.UserNotVerified = true
		refused("nobody verified", b, phone.signs(b))
		phone.Options.UserNotVerified = false
		b = asked()
		phone.site.Origin = "http://evil.test"
		refused("another site", b, phone.signs(b))
		phone.site = testSite
		b = asked()
		stranger := newDevice(a.ID)
		refused("a key that nobody added", b, stranger.signs(b))
		b = asked()
		phone.Options.UserHandle = []byte("\xff")
		refused("a handle of nobody", b, phone.signs(b))
		phone.Options.UserHandle = []byte(a.ID)
		b = asked()
		answer = phone.signs(b)
		must(t, i.Store.Gorm.Exec("UPDATE passkey_challenges SET created_at = ?, expires_at = ?", i.Store.Now().Add(-challengeTime), i.Store.Now()).Error)
		refused("too late", b, answer)

		b = asked()
		phone.key.Counter = 0 // a copy counts for itself
		refused("a counter that went back", b, phone.signs(b))
		log, err := i.Store.AuditLog(t.Context(), "accounts", a.ID)
		must(t, err)
		noted := 0
		for _, e := range log {
			if e.Action == "account.passkey_clone" {
				noted++
			}
		}
		if noted != 1 {
			t.Errorf("noted %d times", noted)
		}
		phone.key.Counter = 100
		b = asked()
		b.submit("/sign-in/passkey/answer", phone.signs(b)).sees(200)

		_, err = i.Store.Disable(t.Context(), "", a.ID)
		must(t, err)
		b = asked()
		refused("disabled", b, phone.signs(b))
	})
}

// TestPasskeysOfOthers adds a passkey with the challenge of somebody else, and
// one that is stored, and signs in with a challenge that was for adding one.
func TestPasskeysOfOthers(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		a, phone, base := passkeyed(i)
		i.withPassword(models.AccountMentor, "thief@example.org")
		thief := newBrowser(t, base)
		thief.open("/en/sign-in").submit("/sign-in", one(map[string]string{"email": "thief@example.org", "password": password}))
		adds := func() *browser {
			return thief.open("/en/account").submit("/account/passkeys", one(map[string]string{"passkey_name": "Phone", "passkey_password": password}))
		}
		adds().submit("/account/passkey", phone.makes(thief)).sees(409) // the key is another account's
		rows, err := i.Store.Passkeys(t.Context(), a.ID)
		if err != nil || len(rows) != 1 {
			t.Fatalf("%v %v", rows, err)
		}
		thief.open("/en/account")
		w := ask(i, "POST", "/en/account/passkeys/"+rows[0].ID, "", formType, "Cookie: puente="+thief.session())
		if w.Code != 404 {
			t.Errorf("the passkey of somebody else: %d", w.Code)
		}

		adds()
		challenge := phone.signs(thief) // signs what was to make a passkey
		w = ask(i, "POST", "/en/sign-in/passkey/answer", challenge.Encode(), formType, "Cookie: puente-passkey="+thief.cookie("puente-passkey"))
		if w.Code != 422 {
			t.Errorf("a challenge of another kind: %d", w.Code)
		}
		adds()
		owner := i.browserSession(a.ID)
		answer := newDevice(a.ID).makes(thief)
		w = ask(i, "POST", "/en/account/passkey", answer.Encode(), formType, "Cookie: puente="+owner+"; puente-passkey="+thief.cookie("puente-passkey"))
		if w.Code != 422 {
			t.Errorf("a challenge of somebody else: %d", w.Code)
		}
		token := i.nobody().call(201, "POST", "/api/v1/tokens", object{"email": "dana@example.org", "password": password}).text("access_token")
		p := person{i, token, "en"}
		if got := p.call(200, "GET", "/api/v1/passkeys", nil); got.text("items.0.name") != "Phone" || strings.Contains(got.w.Body.String(), rows[0].KeyID) {
			t.Errorf("%s", got.w.Body)
		}
		p.call(404, "DELETE", "/api/v1/passkeys/"+missingID, nil)
		p.call(204, "DELETE", "/api/v1/passkeys/"+rows[0].ID, nil)
		p.call(404, "DELETE", "/api/v1/passkeys/"+rows[0].ID, nil)
	})
}

// cookie is the value of a cookie of the browser.
func (b *browser) cookie(name string) string {
	at, err := url.Parse(b.base)
	must(b.t, err)
	for _, c := range b.client.Jar.Cookies(at) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func (b *browser) session() string { return b.cookie("puente") }

// TestPasskeySites wants passkeys where browsers have them.
func TestPasskeySites(t *testing.T) {
	for site, want := range map[string]bool{
		"https://puente.example": true, "https://puente.example:8443": true, "http://localhost:8080": true,
		"http://127.0.0.1:8080": false, "http://[::1]:8080": false, "": false,
	} {
		if got := newPasskeys(site) != nil; got != want {
			t.Errorf("%q: %v", site, got)
		}
	}
}

package api

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"

	"puente/models"
)

// staffOf are the people of a provider.
type staffOf map[string]*storage.User

func (s staffOf) GetUserByID(id string) *storage.User { return s[id] }

func (s staffOf) GetUserByUsername(name string) *storage.User {
	for _, u := range s {
		if u.Username == name {
			return u
		}
	}
	return nil
}

func (staffOf) ExampleClientID() string { return "service" }

// realProvider is a whole provider that other people wrote, in this process,
// with some people. Know tells it where it may send them back.
func realProvider(t *testing.T, people staffOf) (issuer string, know func(redirect string)) {
	t.Helper()
	old := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler)) // it has no log of its own
	t.Cleanup(func() { slog.SetDefault(old) })
	clients := map[string]*storage.Client{}
	var provider http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { provider.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	provider = exampleop.SetupServer(server.URL, storage.NewStorageWithClients(people, clients), nil, false)
	return server.URL, func(redirect string) { clients[clientID] = storage.WebClient(clientID, clientSecret, redirect) }
}

// there signs in on the page of the provider.
func (b *browser) there(issuer, name, password string) *browser {
	b.t.Helper()
	ours := b.base
	b.away()
	b.base = issuer
	defer func() { b.base = ours }()
	return b.submit("/login/username", one(map[string]string{"username": name, "password": password}))
}

// TestStoryProvider plays the way of an organisation and its people with a real
// provider: an administrator sets it up, a newcomer signs up by it and comes
// back, staff link their account and sign in by it, and the administrator
// switches it off.
func TestStoryProvider(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "es"}))
		people := staffOf{
			"subject-7001": {ID: "subject-7001", Username: "lucia", Password: "lucia's at the chamber", Email: "lucia@camara.example.org", EmailVerified: true},
			"7002":         {ID: "7002", Username: "ana", Password: "ana's at the chamber", Email: "ana@camara.example.org", EmailVerified: true},
			"7003":         {ID: "7003", Username: "nobody", Password: "nobody's at the chamber", Email: "nobody@camara.example.org"},
		}
		issuer, know := realProvider(t, people)
		admin := i.admin()
		made := i.provider(admin, issuer, "Cámara de Oaxaca")
		provider := made.text("id")
		know(made.text("redirect_uri"))
		visitor := i.site()

		// A newcomer.
		lucia := visitor()
		lucia.open("/es/profile").sees(200, "Iniciar sesión con Cámara de Oaxaca")
		if lucia.path != "/es/sign-in?next=%2Fprofile" {
			t.Errorf("at %s", lucia.path)
		}
		lucia.press(provider).sees(200, "Continúa en Cámara de Oaxaca").there(issuer, "lucia", "wrong")
		if !strings.Contains(lucia.text, "wrong") && lucia.in() != "" {
			t.Error("a wrong password signs in")
		}
		lucia.press(provider).there(issuer, "lucia", "lucia's at the chamber").sees(200, "Ya casi está", "lucia@camara.example.org")
		lucia.submit(joinPath, one(map[string]string{"role": "mentee", "name": "Conservas Lucía", "country": "MX", "terms": "on"})).sees(200, "Revisa tu correo")
		lucia.open(i.mailedPath("lucia@camara.example.org")).submit("/link/"+i.mailedToken("lucia@camara.example.org"), nil).sees(200, "Tu cuenta está lista.")

		// She comes back, and lands where she wanted.
		lucia = visitor()
		lucia.open("/es/profile").submit("/es/sign-in/providers/"+provider, nil).there(issuer, "lucia", "lucia's at the chamber").sees(200, "Borrador")
		if lucia.path != "/es/profile" || !strings.Contains(lucia.text, "Conservas Lucía") {
			t.Errorf("she landed at %s", lucia.path)
		}
		lucia.open("/es/account").sees(200, "Cámara de Oaxaca", "Es la única forma en que inicias sesión")
		for _, c := range lucia.client.Jar.Cookies(lucia.address0()) {
			if strings.HasSuffix(c.Name, flowCookie) {
				t.Errorf("the cookie of the flow is left: %s", c.Name)
			}
		}

		// Whose address is not verified is sent to the ordinary ways.
		visitor().press(provider).there(issuer, "nobody", "nobody's at the chamber").sees(403, "Todavía no hay una cuenta aquí")

		// Staff.
		home := made.text("organization")
		admin.call(202, "POST", "/api/v1/staff", object{"role": "staff", "email": "ana@example.org", "lang": "es", "grants": []object{{"role": "reviewer", "organization": home}}})
		ana := visitor()
		token := i.mailedToken("ana@example.org")
		ana.open("/es/link/"+token).submit("/link/"+token, one(map[string]string{"password": password})).setsUp()
		link := map[string]string{"provider": provider, "provider_password": password}
		ana.open("/es/account").submit(linksPath, one(link)).sees(422)
		link["provider_code"] = i.recoveryCode(i.accountOf("ana@example.org"))
		ana.submit(linksPath, one(link)).
			there(issuer, "ana", "ana's at the chamber").sees(200, "Desde ahora puedes iniciar sesión de esa forma.")
		ana.submit("/es/sign-out", nil)
		ana.press(provider).there(issuer, "ana", "ana's at the chamber").sees(200, "Tu cuenta pide además un código")
		code := *ana
		if ana.in() != "" {
			t.Error("a provider takes the place of the second factor")
		}
		ana = code.submit("/sign-in/code", one(map[string]string{"code": i.recoveryCode(i.accountOf("ana@example.org"))}))
		if ana.in() != "ana@example.org" {
			t.Errorf("ana is %q: %s", ana.in(), i.log.tail())
		}

		// Who has no link is nobody, whatever the address of the account.
		people["7003"].EmailVerified, people["7003"].Email = true, "ana@example.org"
		stranger := visitor()
		if stranger.press(provider).there(issuer, "nobody", "nobody's at the chamber").sees(200, "Ya casi está"); stranger.in() != "" {
			t.Error("an address signs in")
		}

		at := "/api/v1/providers/" + provider
		admin.call(428, "DELETE", at, nil)
		admin.call(204, "DELETE", at, nil, "If-Match: "+admin.tag(at))
		if page := visitor().open("/es/sign-in").sees(200); strings.Contains(page.text, provider) {
			t.Error("the button is left")
		}
		if all, err := i.Store.Identities(t.Context(), i.accountOf("ana@example.org")); err != nil || len(all) != 0 {
			t.Errorf("%v %v", all, err)
		}
		log := i.log.String()
		for _, secret := range []string{clientSecret, "at the chamber", "camara.example.org", "subject-7001", "eyJ", "code="} {
			if strings.Contains(log, secret) {
				t.Errorf("%s is in the log", secret)
			}
		}
	})
}

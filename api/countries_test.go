package api

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"puente/models"
)

// TestProgrammeCountries takes people of two countries into a programme that
// serves fewer and fewer, through the interface for programs.
func TestProgrammeCountries(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		admin := i.withRole(models.AccountAdmin, "ada@example.org")
		create := func(name string, more object) answer {
			more["name"], more["locale"] = name, "es"
			return admin.call(201, "POST", "/api/v1/programmes", more)
		}
		if all := create("Todos", object{}); all.text("countries") != "[US CA MX]" || all.text("outside") != "<nil>" {
			t.Errorf("a programme that says nothing: %s", all.w.Body)
		}
		some := create("Norte", object{"countries": []string{"US", "CA", "US"}})
		if some.text("countries") != "[US CA]" {
			t.Errorf("%s", some.w.Body)
		}
		for _, bad := range []any{[]string{}, []string{"GB"}, []string{"us"}, "US"} {
			admin.call(422, "POST", "/api/v1/programmes", object{"name": "X", "locale": "es", "countries": bad})
		}
		programme, at := some.text("id"), some.w.Header().Get("Location")

		owner := i.signUp("entrepreneur", "lucia@example.org", "es")
		draft := owner.call(201, "POST", "/api/v1/profiles", object{"programme": programme, "person": lucia}).w.Header().Get("Location")
		for lang, want := range map[string]string{"es": "Estados Unidos, Canadá", "fr": "États-Unis, Canada", "en": "United States, Canada"} {
			owner.lang = lang
			refused := owner.call(422, "POST", draft+"/moves", object{"event": "submit"})
			if refused.text("errors.0.pointer") != "/person/country" || refused.text("errors.0.code") != "country" || !strings.Contains(refused.text("errors.0.detail"), want) {
				t.Errorf("%s: %s", lang, refused.w.Body)
			}
		}
		if owner.call(200, "GET", draft, nil).text("state") != "draft" {
			t.Error("the draft is gone")
		}

		mentor := i.signUp("mentor", "dana@example.org", "en")
		in := i.profile(mentor, admin, programme, dana)
		moved := maps.Clone(dana)
		moved["country"], moved["region"], moved["timezone"] = "MX", "MX-OAX", "America/Mexico_City"
		if got := mentor.call(422, "PUT", in, object{"person": moved}, "If-Match: "+mentor.tag(in)); got.text("errors.0.pointer") != "/body/person/country" {
			t.Errorf("%s", got.w.Body)
		}
		narrow := admin.call(200, "PATCH", at, object{"countries": []string{"CA"}, "settings": object{}}, "If-Match: "+admin.tag(at))
		if narrow.text("countries") != "[CA]" || narrow.text("outside") != "1" {
			t.Errorf("%s", narrow.w.Body)
		}
		if read := i.nobody().call(200, "GET", at, nil); read.text("countries") != "[CA]" || read.text("outside") != "<nil>" {
			t.Errorf("everybody reads %s", read.w.Body)
		}
		mentor.call(200, "PUT", in, object{"person": dana}, "If-Match: "+mentor.tag(in))
		mentor.call(200, "POST", in+"/moves", object{"event": "pause"})
		mentor.call(200, "POST", in+"/moves", object{"event": "wait"})

		renamed := admin.call(200, "PATCH", at, object{"name": "Norte y Sur"}, "If-Match: "+admin.tag(at))
		if renamed.text("name") != "Norte y Sur" || renamed.text("countries") != "[CA]" || fmt.Sprint(renamed.at("settings")) != fmt.Sprint(narrow.at("settings")) {
			t.Errorf("only the name was to change: %s", renamed.w.Body)
		}
		eva := i.withRole(models.AccountStaff, "eva@example.org")
		eva.call(403, "PATCH", at, object{"countries": []string{"MX"}, "settings": object{}}, "If-Match: "+eva.tag(at))
		if got := eva.call(200, "PATCH", at, object{"settings": object{}}, "If-Match: "+eva.tag(at)); got.text("outside") != "1" {
			t.Errorf("%s", got.w.Body)
		}
	})
}

// TestOrganizationKindsAPI makes organisations of a kind and lists them by it.
func TestOrganizationKindsAPI(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		admin := i.withRole(models.AccountAdmin, "ada@example.org")
		const at = "/api/v1/organizations"
		sbdc := admin.call(201, "POST", at, object{"name": "SBDC Texas", "country": "US", "kind": "sbdc"}).w.Header().Get("Location")
		plain := admin.call(201, "POST", at, object{"name": "Cámara", "country": "MX"})
		if plain.text("kind") != "other" {
			t.Errorf("%s", plain.w.Body)
		}
		for lang, want := range map[string]string{"en": "Another home organization of this country", "es": "Otra organización de origen de este país", "fr": "Un autre organisme d’attache de ce pays"} {
			admin.lang = lang
			for _, taken := range []answer{
				admin.call(409, "POST", at, object{"name": " SBDC Texas", "country": "US"}),
				admin.call(409, "PUT", plain.w.Header().Get("Location"), object{"name": "SBDC Texas", "country": "US"}, "If-Match: "+admin.tag(plain.w.Header().Get("Location"))),
			} {
				if taken.text("errors.0.pointer") != "/body/name" || taken.text("errors.0.code") != "organization_taken" || !strings.Contains(taken.text("errors.0.detail"), want) {
					t.Errorf("%s: %s", lang, taken.w.Body)
				}
			}
		}
		admin.call(422, "POST", at, object{"name": "Club", "country": "MX", "kind": "club"})
		admin.call(422, "GET", at+"?kind=club", nil)
		if ids, _ := admin.call(200, "GET", at+"?kind=sbdc", nil).ids(); len(ids) != 1 {
			t.Errorf("%q", ids)
		}
		if ids, _ := admin.call(200, "GET", at, nil).ids(); len(ids) != 2 {
			t.Errorf("%q", ids)
		}
		if kept := admin.call(200, "PUT", sbdc, object{"name": "SBDC", "country": "US"}, "If-Match: "+admin.tag(sbdc)); kept.text("kind") != "sbdc" {
			t.Errorf("%s", kept.w.Body)
		}
		if changed := admin.call(200, "PUT", sbdc, object{"name": "SBDC", "country": "US", "kind": "score"}, "If-Match: "+admin.tag(sbdc)); changed.text("kind") != "score" {
			t.Errorf("%s", changed.w.Body)
		}
	})
}

// TestStoryCountries plays a programme of two countries on the pages: who signs
// up, who is refused and who stays.
func TestStoryCountries(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		server := httptest.NewServer(i)
		defer server.Close()
		admin := i.staffSignsIn(server.URL)
		admin.open("/es/programmes").submit("/es/programmes", url.Values{"name": {"Norte"}, "countries": nil}).sees(422, "Países que atiende: Completa este dato.")
		admin.submit("/es/programmes", url.Values{"countries": {"US", "GB"}}).sees(422, "Países que atiende")
		admin.submit("/es/programmes", url.Values{"countries": {"US", "MX"}, "switch": {"fr"}}).sees(200, "Pays desservis")
		admin.submit("/fr/programmes", url.Values{"switch": {"es"}}).sees(200)
		admin.submit("/es/programmes", nil).sees(200, "Se agregó.", "Norte")
		at := admin.path
		if got := chosen(i); got != "US,MX" {
			t.Fatalf("stored %q", got)
		}
		admin.open("/es/programmes").sees(200, "Estados Unidos, México")

		visitor := newBrowser(t, server.URL).open("/es/")
		if strings.Contains(countriesOf(visitor), "CA") {
			t.Error("signing up offers a country that no programme serves")
		}
		visitor.submit("/es/sign-up", one(map[string]string{"name": "X", "country": "CA"})).sees(422, "País")
		i.admin().call(201, "POST", "/api/v1/organizations", object{"name": "Cámara", "country": "MX", "kind": "chamber"})
		lucia := i.storyPerson(server.URL, "lucia", "Conservas Lucía", "")
		lucia.open("/es/profile").sees(200, "Cámara (Cámara de comercio o asociación empresarial)")
		admin.open(strings.Split(at, "?")[0]).submit(strings.Split(at, "?")[0], url.Values{"countries": {"CA", "US"}}).sees(422)
		admin.submit(strings.Split(at, "?")[0], url.Values{"countries": {"US", "CA"}}).
			sees(200, "Se guardó.", "1 persona de un país que no se atiende", "El programa atendía antes a sus países.")
		admin.open("/es/people").submit("/do/approve", nil).sees(422, "Este programa es solo para personas en: Estados Unidos, Canadá.")
		if got := countriesOf(lucia.open("/es/profile")); got != " US CA MX" {
			t.Errorf("the form of somebody outside offers %q", got)
		}
		lucia.submit("/es/profile", one(map[string]string{"name": "Conservas"})).sees(200, "Tu perfil se guardó.")

		admin.open(strings.Split(at, "?")[0]).submit(strings.Split(at, "?")[0], url.Values{"countries": {"US", "CA", "MX"}}).sees(200, "Se guardó.")
		if strings.Contains(admin.text, "no se atiende") {
			t.Error("somebody is outside of all countries")
		}
		diego := newBrowser(t, server.URL)
		diego.open("/es/").submit("/es/sign-up", one(map[string]string{
			"name": "Talleres Diego", "country": "MX", "role": "mentee", "email": "diego@example.org", "password": password, "terms": "on",
		})).sees(200)
		admin.submit(strings.Split(at, "?")[0], url.Values{"countries": {"CA"}}).sees(200)
		diego.open(i.mailedPath("diego@example.org")).submit("/link/"+i.mailedToken("diego@example.org"), nil).sees(200)
		filled := one(map[string]string{"languages1": "es", "languages1_level": "native", "sectors1": "311", "stage": "exploring", "needs1": "rules_of_origin", "region": "MX-OAX"})
		filled["targets"] = []string{"US"}
		diego.open("/es/profile").submit("/es/profile", filled).sees(422, "País", "Este programa es solo para personas en: Canadá.")
		if got := countriesOf(diego); got != " CA MX" {
			t.Errorf("the form of a newcomer offers %q", got)
		}
		row, err := i.Store.AccountByEmail(t.Context(), "diego@example.org")
		must(t, err)
		rows, err := i.Store.ProfilesOf(t.Context(), row.ID)
		if must(t, err); len(rows) != 1 || rows[0].State != models.ProfileDraft {
			t.Errorf("the draft: %+v", rows)
		}
	})
}

// TestCountryChoosesProgramme has people of two countries sign up where the
// oldest programme serves one of them only: each gets the oldest programme that
// serves them, can be sent there, and stays there when the role changes.
func TestCountryChoosesProgramme(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		server := httptest.NewServer(i)
		defer server.Close()
		admin := i.admin()
		programme := func(name string, countries ...string) string {
			return admin.call(201, "POST", "/api/v1/programmes", object{"name": name, "locale": "es", "countries": countries}).text("id")
		}
		mexico, north, young := programme("Zócalo", "MX"), programme("Norte", "US", "CA", "MX"), programme("Alto", "US", "CA", "MX")
		signUp := func(country, email string) (follow func() *browser) {
			b := newBrowser(t, server.URL).open("/es/")
			if got := countriesOf(b); got != " CA MX US" {
				t.Errorf("signing up offers %q", got)
			}
			b.submit("/es/sign-up", one(map[string]string{
				"name": "Talleres " + country, "country": country, "role": "mentee", "email": email, "password": password, "terms": "on",
			})).sees(200)
			return func() *browser {
				return b.open(i.mailedPath(email)).submit("/link/"+i.mailedToken(email), nil).sees(200)
			}
		}
		isIn := func(email string, want ...string) {
			t.Helper()
			rows, err := i.Store.ProfilesOf(t.Context(), i.accountOf(email))
			must(t, err)
			var got []string
			for _, r := range rows {
				got = append(got, r.ProgrammeID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s is in %q, not in %q", email, got, want)
			}
		}
		signUp("MX", "mx@example.org")()
		isIn("mx@example.org", mexico)
		diego := signUp("CA", "ca@example.org")()
		isIn("ca@example.org", north)
		diego.open("/es/account").submit("/es/account/role", one(map[string]string{"role": "both"})).sees(200)
		isIn("ca@example.org", north, north)
		diego.submit("/es/account/role", one(map[string]string{"role": "mentee"})).sees(200)
		filled := one(map[string]string{"languages1": "es", "languages1_level": "native", "sectors1": "311", "stage": "exploring", "needs1": "rules_of_origin", "region": "CA-ON", "timezone": "America/Toronto"})
		filled["targets"] = []string{"US"}
		diego.open("/es/profile").submit("/es/profile", filled).sees(200)
		rows, err := i.Store.ProfilesOf(t.Context(), i.accountOf("ca@example.org"))
		if must(t, err); len(rows) != 1 || rows[0].State != models.ProfileSubmitted {
			t.Errorf("%d %s\n%+v", diego.status, textOf(diego.page), rows)
		}

		canadian := maps.Clone(lucia)
		canadian["country"], canadian["region"], canadian["timezone"] = "CA", "CA-ON", "America/Toronto"
		program := i.signUp("entrepreneur", "api@example.org", "en")
		program.call(201, "POST", "/api/v1/profiles", object{"programme": young, "person": canadian})
		program.call(200, "PUT", "/api/v1/me/role", object{"role": "both"})
		isIn("api@example.org", young, young)
		program.call(200, "PUT", "/api/v1/me/role", object{"role": "entrepreneur"})
		at := "/api/v1/programmes/" + young
		admin.call(200, "PATCH", at, object{"countries": []string{"US"}, "settings": object{}}, "If-Match: "+admin.tag(at))
		program.call(200, "PUT", "/api/v1/me/role", object{"role": "both"})
		isIn("api@example.org", young, north)

		late := signUp("CA", "late@example.org")
		for _, id := range []string{north, young} {
			at := "/api/v1/programmes/" + id
			admin.call(200, "PATCH", at, object{"countries": []string{"MX"}, "settings": object{}}, "If-Match: "+admin.tag(at))
		}
		late()
		isIn("late@example.org", mexico) // a draft that cannot be sent, which the person is told
	})
}

// chosen are the countries of the only programme.
func chosen(i *installation) models.Countries {
	i.t.Helper()
	all, err := i.Store.Programmes(i.t.Context())
	must(i.t, err)
	return all[0].Countries
}

// countriesOf are the countries that a form offers, each after a space.
func countriesOf(b *browser) string {
	var out []string
	for n := range b.page.Descendants() {
		if got, _ := attribute(n, "name"); got != "country" || n.Data != "select" {
			continue
		}
		for o := range n.Descendants() {
			if value, ok := attribute(o, "value"); ok && value != "" {
				out = append(out, " "+value)
			}
		}
	}
	return strings.Join(out, "")
}

// TestStoryProviders plays an administrator who adds a provider to an
// organisation, switches it off and removes it, on the pages.
func TestStoryProviders(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		server := httptest.NewServer(i)
		defer server.Close()
		admin := i.staffSignsIn(server.URL)
		home := i.admin().call(201, "POST", "/api/v1/organizations", object{"name": "Cámara de Oaxaca", "country": "MX", "kind": "chamber"}).text("id")
		other := i.admin().call(201, "POST", "/api/v1/organizations", object{"name": "SBDC", "country": "US"}).text("id")
		at := "/es/organizations/" + home
		admin.open(at).sees(200, "Cámara de comercio o asociación empresarial", "Todavía no hay ningún proveedor.").link(at+"/providers").sees(200, "Inicio de sesión con Cámara de Oaxaca")
		admin.submit("/providers", nil).sees(422, "Emisor (issuer): Completa este dato.", "Secreto de cliente: Completa este dato.")
		filled := one(map[string]string{"label": "Cámara", "issuer": "http://id.example.org/?x=1", "client_id": "puente", "client_secret": " a secret "})
		admin.submit("/providers", filled).sees(422, "https://")
		if strings.Contains(admin.text, "a secret") {
			t.Error("the secret is shown again")
		}
		admin.submit("/providers", url.Values{"switch": {"fr"}}).sees(200, "Secret du client").submit("/providers", url.Values{"switch": {"es"}}).sees(200)
		filled["issuer"] = []string{"https://id.example.org"}
		admin.submit("/providers", filled).sees(200, "Se agregó.", "Activo", "https://id.example.org")
		all, err := i.Store.Providers(t.Context(), false)
		must(t, err)
		p := &all[0]
		secret, err := i.relying(p)
		if must(t, err); secret.ClientSecret != " a secret " || !p.Enabled || !strings.Contains(admin.text, i.redirectURI(p.ID)) || strings.Contains(admin.text, "a secret") {
			t.Errorf("stored %+v", p)
		}
		newBrowser(t, server.URL).open("/es/sign-in").sees(200, "Iniciar sesión con Cámara")
		admin.open(at+"/providers").submit("/providers", filled).sees(409, "Ya hay un proveedor con este emisor.")

		old := *admin.open(at + "/providers").link("/providers/" + p.ID)
		admin.submit("/"+p.ID, url.Values{"enabled": nil, "label": {"Cámara del Sur"}}).sees(200, "Se guardó.", "Inactivo")
		old.submit("/"+p.ID, one(map[string]string{"label": "Otra"})).sees(412, "Otra persona cambió esto")
		if p, err = i.Store.Provider(t.Context(), p.ID); err != nil || p.Enabled || p.Label != "Cámara del Sur" {
			t.Errorf("stored %+v %v", p, err)
		}
		if same, err := i.relying(p); err != nil || same.ClientSecret != " a secret " {
			t.Errorf("the secret is now %+v %v", same, err)
		}
		if b := newBrowser(t, server.URL).open("/es/sign-in"); strings.Contains(b.text, "Cámara del Sur") {
			t.Error("a provider that is off has a button")
		}
		admin.open(at).sees(200, "Cámara del Sur", "Inactivo").link("/providers/"+p.ID).submit("/"+p.ID, one(map[string]string{"client_secret": "another"})).sees(200, "Se guardó.")
		p, err = i.Store.Provider(t.Context(), p.ID)
		must(t, err)
		if now, err := i.relying(p); err != nil || now.ClientSecret != "another" {
			t.Errorf("the secret is now %+v %v", now, err)
		}
		admin.submit("/"+p.ID, one(map[string]string{"label": "\u202e"})).sees(422)

		for _, path := range []string{"/es/organizations/" + other + "/providers/" + p.ID, at + "/providers/" + home, "/es/organizations/" + nowhere + "/providers"} {
			admin.open(path).sees(404)
		}
		admin.open(at+"/providers/"+p.ID).link("/remove").sees(200, "¿Eliminar Cámara del Sur?")
		late := *admin
		admin.submit("/remove", nil).sees(200, "Se eliminó.", "Todavía no hay ningún proveedor.")
		late.submit("/remove", nil).sees(404)
		log, err := i.Store.AuditLog(t.Context(), "providers", p.ID)
		if must(t, err); len(log) != 4 {
			t.Errorf("the log says %+v", log)
		}
	})
}

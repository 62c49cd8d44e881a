package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"puente/models"
	"puente/web"
)

// TestGrants invites a manager and a reviewer, who do what was granted, and
// nothing any more once that has ended, or the account is disabled.
func TestGrants(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		admin := i.withRole(models.AccountAdmin, "ada@example.org")
		programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"}).text("id")
		home := admin.call(201, "POST", "/api/v1/organizations", object{"name": " Cámara de Oaxaca ", "country": "MX"})
		at := home.w.Header().Get("Location")
		if home.text("name") != "Cámara de Oaxaca" {
			t.Errorf("%s", home.w.Body)
		}
		admin.call(428, "PUT", at, object{"name": "Cámara", "country": "MX"})
		admin.call(200, "PUT", at, object{"name": "Cámara", "country": "MX"}, "If-Match: "+home.w.Header().Get("ETag"))
		admin.call(412, "PUT", at, object{"name": "Other", "country": "US"}, "If-Match: "+home.w.Header().Get("ETag"))

		mentee := i.signUp("entrepreneur", "lucia@example.org", "es")
		profile := mentee.call(201, "POST", "/api/v1/profiles", object{"programme": programme, "person": lucia}).w.Header().Get("Location")
		mentee.call(200, "POST", profile+"/moves", object{"event": "submit"})
		for _, bad := range []object{
			{"role": "staff"},
			{"role": "staff", "grants": []object{{"role": "reviewer", "programme": programme}}},
			{"role": "staff", "grants": []object{{"role": "manager", "organization": idOf(at)}}},
			{"role": "staff", "grants": []object{{"role": "manager", "programme": missingID}}},
			{"role": "admin", "grants": []object{{"role": "manager", "programme": programme}}},
		} {
			bad["email"], bad["lang"] = "nobody@example.org", "fr"
			admin.call(422, "POST", "/api/v1/staff", bad)
		}
		invited := func(email string, grant object) person {
			body := object{"role": "staff", "email": email, "lang": "fr", "grants": []object{grant}}
			if said := admin.call(202, "POST", "/api/v1/staff", body).text("detail"); said != web.Text(admin.lang, "me.mail_other", nil) {
				t.Errorf("an administrator is told about somebody else's mail: %q", said)
			}
			admin.call(202, "POST", "/api/v1/staff", body) // what is there is not granted twice
			p := i.nobody()
			p.token = p.call(201, "POST", "/api/v1/tokens/by-link", object{"token": i.mailedToken(email), "password": password}).text("access_token")
			a, err := i.Store.AccountByEmail(t.Context(), email)
			must(t, err)
			i.enrolled(a)
			return p
		}
		manager := invited("eva@example.org", object{"role": "manager", "programme": programme})
		reviewer := invited("rosa@example.org", object{"role": "reviewer", "organization": idOf(at)})

		people := "/api/v1/profiles?role=mentee&programme=" + programme
		if got := manager.call(200, "GET", people, nil); len(got.at("items").([]any)) != 1 {
			t.Errorf("%s", got.w.Body)
		}
		thing := "/api/v1/programmes/" + programme
		manager.call(200, "PATCH", thing, object{"settings": object{"candidates": 40}}, "If-Match: "+manager.tag(thing))
		manager.call(403, "PATCH", thing, object{"name": "Other", "settings": object{"candidates": 50}}, "If-Match: "+manager.tag(thing))
		if got := admin.call(200, "PATCH", thing, object{"locale": "fr", "demographics": "off", "settings": object{}}, "If-Match: "+admin.tag(thing)); got.text("name") != "Puente" ||
			got.text("locale") != "fr" || got.text("demographics") != "off" || got.text("settings.candidates") != "40" {
			t.Errorf("%s", got.w.Body)
		}
		if got := reviewer.call(200, "GET", people, nil); len(got.at("items").([]any)) != 0 {
			t.Errorf("not of her organisation: %s", got.w.Body)
		}
		reviewer.call(404, "GET", profile, nil)
		mentee.call(422, "PUT", profile+"/organization", object{"organization": missingID}, "If-Match: "+mentee.tag(profile))
		if got := mentee.call(200, "PUT", profile+"/organization", object{"organization": idOf(at)}, "If-Match: "+mentee.tag(profile)); got.text("home_organization") != idOf(at) {
			t.Errorf("%s", got.w.Body)
		}
		if got := reviewer.call(200, "GET", people, nil); len(got.at("items").([]any)) != 1 {
			t.Errorf("of her organisation: %s", got.w.Body)
		}
		reviewer.call(200, "POST", profile+"/moves", object{"event": "approve"})
		mentee.call(200, "PUT", profile+"/organization", object{}, "If-Match: "+mentee.tag(profile))
		reviewer.call(404, "GET", profile, nil)

		grants := admin.call(200, "GET", "/api/v1/grants?open=true&limit=1", nil)
		if grants.text("items.0.role") != "manager" || grants.text("next") == "" {
			t.Errorf("%s", grants.w.Body)
		}
		eva := grants.text("items.0.account")
		if all := admin.call(200, "GET", "/api/v1/grants?account="+eva, nil); len(all.at("items").([]any)) != 1 {
			t.Errorf("granted twice: %s", all.w.Body)
		}
		admin.call(409, "POST", "/api/v1/grants", object{"account": eva, "role": "manager", "programme": programme})
		admin.call(422, "POST", "/api/v1/grants", object{"account": missingID, "role": "manager", "programme": programme})
		admin.call(204, "DELETE", "/api/v1/grants/"+grants.text("items.0.id"), nil)
		manager.call(403, "GET", people, nil)
		admin.call(204, "DELETE", "/api/v1/grants/"+grants.text("items.0.id"), nil)
		admin.call(201, "POST", "/api/v1/grants", object{"account": eva, "role": "auditor", "programme": programme})
		manager.call(403, "GET", people, nil)
		manager.call(200, "GET", "/api/v1/rounds?programme="+programme, nil)

		found := admin.call(200, "GET", "/api/v1/accounts?email=EVA@", nil)
		if len(found.at("items").([]any)) != 1 || found.text("items.0.id") != eva {
			t.Errorf("%s", found.w.Body)
		}
		if got := admin.call(200, "GET", "/api/v1/accounts?email=%25", nil); len(got.at("items").([]any)) != 0 {
			t.Errorf("a wildcard: %s", got.w.Body)
		}
		admin.call(204, "DELETE", "/api/v1/accounts/"+eva+"/sessions", nil)
		admin.call(404, "DELETE", "/api/v1/accounts/"+missingID+"/sessions", nil)
		manager.call(401, "GET", "/api/v1/me", nil)
		manager.token = i.nobody().call(201, "POST", "/api/v1/tokens", object{"email": "eva@example.org", "password": password, "code": i.recoveryCode(eva)}).text("access_token")
		if got := admin.call(200, "POST", "/api/v1/accounts/"+eva+"/disable", nil); got.text("disabled_at") == "" {
			t.Errorf("%s", got.w.Body)
		}
		manager.call(401, "GET", "/api/v1/me", nil)
		manager.token = ""
		manager.call(401, "POST", "/api/v1/tokens", object{"email": "eva@example.org", "password": password})
		manager.call(202, "POST", "/api/v1/links", object{"email": "eva@example.org", "purpose": "sign_in"})
		if m, _ := i.letter("eva@example.org"); m.Kind != models.MailDisabled {
			t.Errorf("a disabled account got a link: %s", m.Kind)
		}
		admin.call(200, "POST", "/api/v1/accounts/"+eva+"/enable", nil)
		manager.call(201, "POST", "/api/v1/tokens", object{"email": "eva@example.org", "password": password, "code": i.recoveryCode(eva)})
		me, err := i.Store.AccountByEmail(t.Context(), "ada@example.org")
		must(t, err)
		admin.call(409, "POST", "/api/v1/accounts/"+me.ID+"/disable", nil) // the last one
	})
}

// TestAuditorsReadRuns shows the list of rounds to an auditor and to a manager:
// only the manager is told that another run can be started, where it can.
func TestAuditorsReadRuns(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		admin := i.admin()
		programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"}).text("id")
		i.profile(i.signUp("entrepreneur", "lucia@example.org", "es"), admin, programme, lucia)
		i.profile(i.signUp("mentor", "dana@example.org", "en"), admin, programme, dana)
		_, round := i.run(admin, programme)
		sees := func(role models.GrantRole, lang, want string, not ...string) {
			t.Helper()
			a := models.Account{Role: models.AccountStaff, Email: string(role) + lang + "@example.org", Lang: lang, VerifiedAt: new(i.Store.Now())}
			must(t, i.Store.CreateAccount(t.Context(), "", &a))
			i.enrolled(&a)
			must(t, i.Store.Grant(t.Context(), "", &models.Grant{AccountID: a.ID, Role: role, ProgrammeID: &programme}))
			w := ask(i, "GET", "/"+lang+"/rounds", "", "Cookie: puente="+i.browserSession(a.ID))
			page := w.Body.String()
			if w.Code != 200 || !strings.Contains(page, want) || slices.ContainsFunc(not, func(text string) bool { return strings.Contains(page, text) }) {
				t.Errorf("%s in %s: %d\n%s", role, lang, w.Code, page)
			}
		}
		started := map[string]string{"en": "start another", "es": "iniciar otro", "fr": "en lancer un autre"}
		compared := map[string]string{"en": "compare them", "es": "compararlos", "fr": "les comparer"}
		for lang := range started {
			sees(models.GrantManager, lang, started[lang])
			sees(models.GrantAuditor, lang, compared[lang], started[lang])
		}
		run := admin.call(200, "GET", round+"/runs", nil).text("items.0.id")
		admin.call(200, "POST", round+"/publish", object{"run": run})
		must(t, i.Store.Gorm.Exec("UPDATE accounts SET email = id, email_key = id WHERE role = 'staff'").Error)
		sees(models.GrantManager, "es", compared["es"], started["es"]) // of a round that is published nobody starts one
	})
}

// TestStreamEndsWithGrant lets a grant end while its holder watches a run.
func TestStreamEndsWithGrant(t *testing.T) {
	w := newWorld(install(t, newDatabase(t, "sqlite")))
	ctx := context.WithValue(t.Context(), requestKey{}, &request{id: "x", lang: "en"})
	session := w.programSession(w.accounts["auditor"])
	a, err := w.bySession(ctx, session.IDHash, models.SessionProgram)
	must(t, err)
	may := w.still(context.WithValue(ctx, actorKey{}, a), "watch-run", w.objects[aRun][0].id)
	must(t, may())
	must(t, w.Store.EndGrant(ctx, "", a.grants[0].ID))
	if err := may(); known(err).Code != CodeNotFound {
		t.Errorf("%v", err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil).WithContext(context.WithValue(ctx, actorKey{}, a))
	got := httptest.NewRecorder()
	w.sendEvents(r.Context(), got, w.objects[aRun][0].id)
	if strings.Contains(got.Body.String(), "event:") {
		t.Errorf("an event after the end: %s", got.Body)
	}
}

// TestPoliciesAreWhole wants a policy for every route, and a route for every
// policy.
func TestPoliciesAreWhole(t *testing.T) {
	used := map[string]bool{}
	for _, r := range routes {
		key := r.id
		if key == "" {
			key = r.method + " " + strings.TrimPrefix(r.path, "/{lang}")
		}
		used[key] = true
		p := r.policyOf()
		if len(p.who) == 0 {
			t.Errorf("nobody may use %s", key)
		}
		depends := slices.ContainsFunc(p.who, func(r right) bool { return r == owner || r == reviewer || r == manager || r == auditor })
		if depends && p.kind == "" && strings.Contains(r.path, "{id}") {
			t.Errorf("%s looks at no object", key)
		}
	}
	for key := range policies {
		if !used[key] {
			t.Errorf("nothing is served as %s", key)
		}
	}
}

// TestAuthorizationDocument keeps the table of docs/authorization.md equal to
// the policies; -update writes it.
func TestAuthorizationDocument(t *testing.T) {
	const begin, end = "<!-- written by TestAuthorizationDocument -->\n", "<!-- end -->\n"
	path := filepath.Join("..", "docs", "authorization.md")
	data, err := os.ReadFile(path)
	must(t, err)
	before, rest, ok := strings.Cut(string(data), begin)
	_, after, also := strings.Cut(rest, end)
	if !ok || !also {
		t.Fatal("the document has no place for the table")
	}
	table := &strings.Builder{}
	table.WriteString("| operation or page | about | who may |\n|---|---|---|\n")
	for _, r := range routes {
		p, name := r.policyOf(), r.id
		if name == "" {
			name = r.method + " " + strings.TrimPrefix(r.path, "/{lang}")
		}
		if p.public() && r.id == "" {
			continue
		}
		table.WriteString("| `" + name + "` | " + string(p.kind) + " | " + p.String() + " |\n")
	}
	table.WriteString("\n| step of a profile | who may |\n|---|---|\n")
	for _, event := range []models.ProfileEvent{
		models.ProfileSubmit, models.ProfileWithdraw, models.ProfileWait, models.ProfilePause, models.ProfileAsk, models.ProfileApprove,
		models.ProfileRefer, models.ProfileFreeze, models.ProfileBlock,
	} {
		table.WriteString("| `" + string(event) + "` | " + to(steps[event]...).String() + " |\n")
	}
	table.WriteString("\n| part of an answer | who sees it |\n|---|---|\n")
	for _, f := range []field{fieldNames, fieldClash} {
		table.WriteString("| " + string(f) + " | " + to(fields[f]...).String() + " |\n")
	}
	want := before + begin + table.String() + end + after
	if *update {
		must(t, os.WriteFile(path, []byte(want), 0o600))
	} else if want != string(data) {
		t.Error("docs/authorization.md differs from the policies; run the test with -update")
	}
	if len(steps) != 9 || len(fields) != 2 {
		t.Error("the document lacks a step or a field")
	}
}

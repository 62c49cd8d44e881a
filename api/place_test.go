package api

import (
	"regexp"
	"strings"
	"testing"

	"puente/models"
	"puente/web"
)

// placed wants a refusal for one place and rule.
func (a answer) placed(pointer, code string) {
	a.t.Helper()
	if a.text("errors.0.pointer") != pointer || a.text("errors.0.code") != code || len(a.at("errors").([]any)) != 1 {
		a.t.Errorf("not %s at %s: %s", code, pointer, a.w.Body)
	}
}

// TestPlaces wants of every refusal the place of what is wrong: of a text that
// cannot be read, within lists, of an id that names nothing, and of a name that
// somebody else has.
func TestPlaces(t *testing.T) {
	i := install(t, newDatabase(t, "sqlite"))
	i.Rates, i.budgets = Rates(1e6), generous()
	admin, staff := i.withRole(models.AccountAdmin, "ada@example.org"), i.withRole(models.AccountStaff, "ana@example.org")
	programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"}).text("id")
	owner := i.signUp("entrepreneur", "lucia@example.org", "es")

	for body, where := range map[string]string{
		"{\"text\":\n\"a\xff\"}": "json_utf8 line 2, byte 3", "{\"text\":\"\x00\"}": "json_nul line 1, byte 10", "{\"text\":\n\n  x}": "json_syntax line 3, byte 3",
		`{"text":"a"} b`: "json_trailing line 1, byte 14", `{"text":`: "json_syntax line 1, byte 9", `{"text":"\ud800"}`: "json_utf8 line 1, byte 9",
	} {
		w := ask(i, "POST", "/api/v1/topics/suggest", body, asJSON)
		rule, place, _ := strings.Cut(where, " ")
		if w.Code != 400 || !strings.Contains(w.Body.String(), `"`+rule+`"`) || !strings.Contains(w.Body.String(), place+".") {
			t.Errorf("%q: %d %s, want %s", body, w.Code, w.Body, where)
		}
	}

	manager := object{"role": "manager", "programme": programme}
	for _, bad := range []object{{"role": "manager", "programme": nowhere}, {"role": "manager"}, {"role": "auditor", "programme": programme, "organization": nowhere}} {
		admin.call(422, "POST", "/api/v1/staff", object{"role": "staff", "email": "rosa@example.org", "lang": "es", "grants": []any{manager, bad}}).
			placed("/body/grants/1/programme", "grant_programme")
	}
	admin.call(422, "POST", "/api/v1/staff", object{"role": "staff", "email": "rosa@example.org", "lang": "es", "grants": []any{object{"role": "reviewer"}}}).
		placed("/body/grants/0/organization", "grant_organization")

	_, round := i.someRun(staff, programme)
	staff.call(422, "POST", round+"/publish", object{"run": nowhere}).placed("/body/run", "nothing")
	staff.call(404, "POST", "/api/v1/rounds/"+nowhere+"/publish", object{"run": nowhere})

	i.draftsLack(owner, programme)
	i.takenTwice(admin, staff, owner, programme)
}

// someRun is a round of a programme that has nobody.
func (i *installation) someRun(staff person, programme string) (run, round string) {
	i.t.Helper()
	round = staff.call(201, "POST", "/api/v1/rounds", object{"programme": programme, "name": "Vacía"}).w.Header().Get("Location")
	staff.call(200, "POST", round+"/moves", object{"event": "open"})
	staff.call(200, "POST", round+"/moves", object{"event": "close"})
	run = staff.call(202, "POST", round+"/runs", nil).w.Header().Get("Location")
	i.ends(staff, run)
	return run, round
}

// draftsLack submits a draft that a page has begun, and wants the place in the
// profile and words that are not about files.
func (i *installation) draftsLack(owner person, programme string) {
	i.t.Helper()
	a, err := i.Tokens.Read(owner.token)
	must(i.t, err)
	row := &models.ProfileRow{ProgrammeID: programme, AccountID: &a.Subject, Profile: models.Profile{Role: models.RoleMentee, ID: "E-DRAFT", Name: "Conservas", Reliability: -1}}
	must(i.t, i.Store.SaveProfiles(i.t.Context(), "", []*models.ProfileRow{row}, nil))
	ofFiles := regexp.MustCompile(`(?i)\b(cells?|celdas?|cellules?)\b`)
	for _, lang := range web.Languages {
		owner.lang = lang
		p := owner.call(422, "POST", "/api/v1/profiles/"+row.UID+"/moves", object{"event": "submit"})
		places := map[string]bool{}
		for _, e := range p.at("errors").([]any) {
			places[e.(object)["pointer"].(string)] = true
		}
		if !places["/person/country"] || !places["/person/languages"] || ofFiles.MatchString(p.w.Body.String()) {
			i.t.Errorf("%s: %s", lang, p.w.Body)
		}
	}
}

// takenTwice makes everything twice of which there is one, and wants the member.
func (i *installation) takenTwice(admin, staff, owner person, programme string) {
	i.t.Helper()
	twice := func(who person, path, member string, body object) {
		i.t.Helper()
		p := who.call(409, "POST", path, body)
		p.placed("/body/"+member, "taken")
		if p.text("detail") == "" || p.text("code") != "conflict" {
			i.t.Errorf("%s: %s", path, p.w.Body)
		}
	}
	twice(admin, "/api/v1/programmes", "name", object{"name": "Puente", "locale": "es"})
	twice(staff, "/api/v1/rounds", "name", object{"programme": programme, "name": "Vacía"})
	twice(owner, "/api/v1/profiles", "programme", object{"programme": programme, "person": lucia})
	account, err := i.Store.AccountByEmail(i.t.Context(), "ana@example.org")
	must(i.t, err)
	twice(admin, "/api/v1/grants", "role", object{"account": account.ID, "role": "manager", "programme": programme})
	provider := i.provider(admin, "https://id.example.org", "Cámara")
	twice(admin, "/api/v1/providers", "issuer", object{
		"organization": provider.text("organization"), "issuer": "https://id.example.org", "client_id": "puente", "client_secret": "secret", "label": "Otra", "enabled": true,
	})
}

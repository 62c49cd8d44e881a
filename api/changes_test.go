package api

import (
	"maps"
	"net/http/httptest"
	"strings"
	"testing"

	"puente/models"
)

// TestWhatWouldChange asks why a mentor is not suggested and what would change
// it, in the words of each reader; then the entrepreneur changes her profile so,
// and the mentor is where the answer said.
func TestWhatWouldChange(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		admin, staff := i.withRole(models.AccountAdmin, "ada@example.org"), i.withRole(models.AccountStaff, "ana@example.org")
		programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"}).text("id")
		mentee, stranger := i.signUp("entrepreneur", "lucia@example.org", "es"), i.signUp("entrepreneur", "eve@example.org", "es")
		e := i.profile(mentee, staff, programme, lucia)
		i.profile(i.signUp("mentor", "dana@example.org", "en"), staff, programme, dana)
		bo := maps.Clone(dana)
		bo["name"], bo["languages"] = "Bo", []object{{"language": "fr", "level": "native"}}
		code := staff.call(200, "GET", i.profile(i.signUp("mentor", "bo@example.org", "en"), staff, programme, bo), nil).text("code")

		why := e + "/suggestions/" + code
		mentee.call(422, "GET", why+"?top=0", nil)
		mentee.call(422, "GET", why+"?top=101", nil)
		stranger.call(404, "GET", why, nil)
		got := mentee.call(200, "GET", why+"?top=2", nil)
		if got.text("rule") != "language" || got.text("top") != "2" || got.text("changes.0.answers.0.kind") != "mentee_language" ||
			got.text("changes.0.answers.0.terms.Language") != "language/fr" || got.text("changes.0.steps") != "3" || got.text("changes.0.rank") != "2" {
			t.Errorf("got %s", got.w.Body)
		}
		if text := got.text("changes.0.text"); !strings.Contains(text, "«Francés»") || !strings.Contains(text, "en tu perfil, Bo sería tu opción número 2") {
			t.Errorf("to the mentee: %s", text)
		}
		if text := staff.call(200, "GET", why+"?top=2", nil).text("changes.0.text"); !strings.Contains(text, "en el perfil de la persona mentorada") {
			t.Errorf("to staff: %s", text)
		}
		if text := got.text("changes.1.text"); !strings.Contains(text, "en su propio perfil, Bo sería la opción número 2") {
			t.Errorf("of the mentor: %s", text)
		}
		if text := got.text("changes.2.text"); text != "Ningún cambio de un solo peso del programa lo logra." {
			t.Errorf("of a weight: %s", text)
		}
		if text := staff.call(200, "GET", e+"/suggestions?limit=1", nil).w.Body.String(); strings.Contains(text, `"changes"`) {
			t.Errorf("a list has changes: %s", text)
		}

		server := httptest.NewServer(i)
		defer server.Close()
		page := newBrowser(t, server.URL)
		page.open("/es/sign-in").submit("/es/sign-in", one(map[string]string{"email": "lucia@example.org", "password": password}))
		page.open("/es/match?mentor="+code).sees(200, "Qué lo cambiaría", got.text("changes.0.text"), "Responde con la verdad")

		changed := maps.Clone(lucia)
		level := strings.TrimPrefix(got.text("changes.0.answers.0.terms.Level"), "level/")
		changed["languages"] = append([]object{{"language": "fr", "level": level}}, lucia["languages"].([]object)...)
		tag := mentee.call(200, "GET", e, nil).w.Header().Get("ETag")
		mentee.call(200, "PUT", e, object{"person": changed}, "If-Match: "+tag)
		now := mentee.call(200, "GET", why+"?top=2", nil)
		if now.text("rank") != got.text("changes.0.rank") || now.text("score") != got.text("changes.0.score") {
			t.Errorf("after the change %s, said before %s", now.w.Body, got.w.Body)
		}
		if strings.Contains(now.w.Body.String(), `"changes"`) {
			t.Errorf("who is among the best needs no change: %s", now.w.Body)
		}
	})
}

package api

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html/atom"

	"puente/models"
)

// left is how pages call somebody whose account was erased.
var left = map[string]string{"en": "Somebody who has left", "es": "Alguien que ya no está", "fr": "Une personne qui est partie"}

// TestStoryErased opens, in three languages, what staff and the other side see of a published round after one of a pair was erased.
func TestStoryErased(t *testing.T) {
	for _, gone := range []models.Role{models.RoleMentee, models.RoleMentor} {
		t.Run(gone.String(), func(t *testing.T) {
			onBoth(t, func(t *testing.T, i *installation) { i.storyErased(t, gone) })
		})
	}
}

func (i *installation) storyErased(t *testing.T, gone models.Role) {
	i.Rates, i.budgets = Rates(1e6), generous() // for the headers
	server := httptest.NewServer(i)
	defer server.Close()
	admin, staff := i.withRole(models.AccountAdmin, "ada@example.org"), i.withRole(models.AccountStaff, "ana@example.org")
	programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"}).text("id")
	mentee, mentor := i.signUp("entrepreneur", "lucia@example.org", "es"), i.signUp("mentor", "dana@example.org", "en")
	profiles := map[models.Role]string{models.RoleMentee: i.profile(mentee, staff, programme, lucia), models.RoleMentor: i.profile(mentor, staff, programme, dana)}
	code := mentee.call(200, "GET", profiles[models.RoleMentee], nil).text("code")
	run, round := i.run(staff, programme)
	staff.call(200, "POST", round+"/publish", object{"run": idOf(run)})
	who, other, email, stays := mentee, mentor, "lucia@example.org", "dana@example.org"
	if gone == models.RoleMentor {
		who, other, email, stays = mentor, mentee, stays, email
	}
	at := "/rounds/" + idOf(round)
	desk, there := i.browserOf(server.URL, "ana@example.org"), i.browserOf(server.URL, stays)
	desk.open("/en" + at).link("/advice").open("/en" + at).link("/explain").sees(200) // that the links are there before
	who.call(204, "POST", "/api/v1/me/erase", object{"email": email, "password": password})

	// The interface for programs answers as its document says.
	c := newContract(t, i.Server)
	answers := func(p person, status int, path, known string) answer {
		t.Helper()
		a := p.call(status, "GET", path, nil)
		if err := c.answer(known, c.document.Paths[known].Get, a.w); err != nil {
			t.Errorf("%s: %v: %s", path, err, a.w.Body)
		}
		if strings.Contains(a.w.Body.String(), "erased-") {
			t.Errorf("%s: %s", path, a.w.Body)
		}
		return a
	}
	pairs := answers(staff, 200, run+"/pairs", "/api/v1/runs/{id}/pairs")
	if one := "items.0." + gone.String(); pairs.text(one+".profile") != idOf(profiles[gone]) || pairs.text(one+".code") != "" {
		t.Errorf("the pair: %s", pairs.w.Body)
	}
	answers(staff, 409, run+"/explain?mentee="+code, "/api/v1/runs/{id}/explain")
	answers(staff, 409, run+"/advice", "/api/v1/runs/{id}/advice")
	answers(staff, 404, profiles[gone], "/api/v1/profiles/{id}")
	answers(staff, 200, "/api/v1/profiles?role="+gone.String()+"&programme="+programme, "/api/v1/profiles")
	offer := answers(other, 200, "/api/v1/offers", "/api/v1/offers").text("items.0.id")
	answers(other, 200, "/api/v1/offers/"+offer, "/api/v1/offers/{id}")

	for lang, words := range left {
		at := "/" + lang + at
		desk.open(at).sees(200, words).whole()
		for _, of := range []string{"/advice", "/explain"} {
			if strings.Contains(desk.text, at+of) {
				t.Errorf("%s links to %s", at, of)
			}
		}
		desk.sees(200, Field{Rule: "problem.input_erased"}.text(lang))
		desk.open(at + "/explain?mentee=" + url.QueryEscape(code)).sees(409).whole()
		desk.open(at + "/advice").sees(409).whole()
		desk.open("/" + lang + "/rounds").sees(200).whole()
		desk.open("/" + lang + "/people").sees(200).whole()
		desk.open(at + "/runs").sees(200).whole()
		there.open("/" + lang + "/requests").sees(200).whole()
		there.open("/"+lang+"/requests/"+offer).sees(200, words).whole()
		if strings.Contains(there.text, "<table") || strings.Contains(there.text, "class=\"avatar") {
			t.Errorf("%s: %s", there.path, there.text)
		}
	}
}

// browserOf is the browser of an account that is there.
func (i *installation) browserOf(base, email string) *browser {
	i.t.Helper()
	a, err := i.Store.AccountByEmail(i.t.Context(), email)
	must(i.t, err)
	b := newBrowser(i.t, base)
	at, err := url.Parse(base)
	must(i.t, err)
	b.client.Jar.SetCookies(at, cookies(i.browserSession(a.ID)))
	return b
}

// whole wants a page without a broken server, an erased code, and a link or a heading that says nothing.
func (b *browser) whole() {
	b.t.Helper()
	if b.status >= 500 || strings.Contains(b.text, "erased-") {
		b.t.Errorf("%s: %d: %s", b.path, b.status, textOf(b.page))
	}
	for n := range b.page.Descendants() {
		switch n.DataAtom {
		case atom.A, atom.H1, atom.H2, atom.H3:
			label, _ := attribute(n, "aria-label")
			if textOf(n)+label == "" {
				b.t.Errorf("%s: a link or heading without text", b.path)
			}
		}
	}
}

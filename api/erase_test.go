package api

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"puente/models"
)

// TestEraseMe lets a business get and erase all that is stored of it, through the interface for programs: its sessions, tokens and
// keys end at once, whoever had an offer with it is told and free, and what it took part in stays proven.
func TestEraseMe(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		i.budgets = generous()
		admin, staff := i.withRole(models.AccountAdmin, "ada@example.org"), i.withRole(models.AccountStaff, "ana@example.org")
		programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"}).text("id")
		mentee, mentor := i.signUp("entrepreneur", "lucia@example.org", "es"), i.signUp("mentor", "dana@example.org", "en")
		e := i.profile(mentee, staff, programme, lucia)
		i.profile(mentor, staff, programme, dana)
		run, round := i.run(staff, programme)
		staff.call(200, "POST", round+"/publish", object{"run": idOf(run)})
		offer := "/api/v1/offers/" + mentee.call(200, "GET", "/api/v1/offers", nil).text("items.0.id")
		mentee.call(200, "POST", offer+"/accept", nil)
		mentor.call(200, "POST", offer+"/accept", nil)
		code := mentee.call(200, "GET", e, nil).text("code")
		explain := run + "/explain?mentee=" + code
		staff.call(200, "GET", explain, nil)
		proof := staff.call(200, "GET", run+"/round.json", nil).w.Body.String()
		key := mentee.call(201, "POST", "/api/v1/keys", object{"name": "sync", "scopes": []string{"accounts:read"}, "days": 30, "password": password}).text("secret")
		byKey := person{i, key, "es"}
		byKey.call(200, "GET", "/api/v1/me", nil)

		// The copy has what is stored, and opens nothing. No key opens it.
		byKey.call(403, "GET", "/api/v1/me/export", nil)
		byKey.call(403, "POST", "/api/v1/me/erase", object{"email": "lucia@example.org", "password": password})
		all := mentee.call(200, "GET", "/api/v1/me/export", nil)
		if all.text("tables.accounts.0.email") != "lucia@example.org" || all.text("tables.profiles.0.code") != code || all.text("format") != models.ExportFormat {
			t.Errorf("the copy: %s", all.w.Body)
		}
		for _, secret := range []string{"id_hash", "password_hash", "key_hash", "sealed1:", "dana@example.org", key} {
			if strings.Contains(all.w.Body.String(), secret) {
				t.Errorf("the copy has %s", secret)
			}
		}

		// An erasure is not asked for by accident, nor by who found a session.
		mentee.call(422, "POST", "/api/v1/me/erase", object{"email": "dana@example.org", "password": password})
		mentee.call(422, "POST", "/api/v1/me/erase", object{"email": "lucia@example.org", "password": "not the password"})
		mentee.call(422, "POST", "/api/v1/me/erase", object{"email": "lucia@example.org"})
		mentee.call(200, "GET", "/api/v1/me", nil)
		if w := mentee.keyed("POST", "/api/v1/me/erase", "once", object{"email": " LUCIA@example.org", "password": password}); w.Code != 204 || w.Body.Len() > 0 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		mentee.call(401, "GET", "/api/v1/me", nil)
		byKey.call(401, "GET", "/api/v1/me", nil)
		i.nobody().call(401, "POST", "/api/v1/tokens", object{"email": "lucia@example.org", "password": password})

		// The other side is told and free; nobody is named.
		seen := mentor.call(200, "GET", offer, nil)
		if seen.text("state") != "superseded" || strings.Contains(seen.w.Body.String(), "lucia") || !strings.Contains(seen.w.Body.String(), `"lines":[]`) {
			t.Errorf("the other side sees %s", seen.w.Body)
		}
		if m, l := i.letter("dana@example.org"); m.Kind != models.MailOfferEnded || strings.Contains(l.Text, "Lucía") {
			t.Errorf("the other side was told %s %s", m.Kind, l.Text)
		}
		if list := staff.call(200, "GET", "/api/v1/profiles?role=mentee&programme="+programme, nil); !strings.Contains(list.w.Body.String(), `"items":[]`) {
			t.Errorf("staff see %s", list.w.Body)
		}

		// What was proven is still proven; what it was made from is gone.
		if after := staff.call(200, "GET", run+"/round.json", nil).w.Body.String(); after != proof {
			t.Error("the round has another file")
		}
		if told := staff.call(409, "GET", explain, nil); !strings.Contains(told.text("detail"), "fue borrado") {
			t.Errorf("who asks what would change it is told %s", told.w.Body)
		}
		if r, err := i.Store.VerifyAudit(t.Context(), ""); err != nil || r.Fault != "" {
			t.Errorf("%+v, %v", r, err)
		}
		i.signUp("entrepreneur", "lucia@example.org", "es") // a stranger to us
	})
}

// TestEraseWithoutPassword wants whoever has no password to have signed in a short time ago, and keeps the last administrator.
func TestEraseWithoutPassword(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		i.budgets = generous()
		lea, leo := i.withRole(models.AccountMentor, "lea@example.org"), i.withRole(models.AccountMentor, "leo@example.org")
		must(t, i.Store.Gorm.Exec("UPDATE sessions SET created_at = ?", i.Store.Now().Add(-signInAgain-time.Minute)).Error)
		lea.call(422, "POST", "/api/v1/me/erase", object{"email": "lea@example.org"})
		must(t, i.Store.Gorm.Exec("UPDATE sessions SET created_at = ?", i.Store.Now().Add(-signInAgain+time.Minute)).Error)
		leo.call(204, "POST", "/api/v1/me/erase", object{"email": "leo@example.org"})
		leo.call(401, "GET", "/api/v1/me", nil)
		lea.call(200, "GET", "/api/v1/me", nil)
		ada := i.withPassword(models.AccountAdmin, "ada@example.org")
		token, err := i.IssueToken(t.Context(), ada.ID)
		must(t, err)
		i.enrolled(ada)
		last := person{i, token.AccessToken, "es"}
		last.call(409, "POST", "/api/v1/me/erase", object{"email": "ada@example.org", "password": password, "code": i.recoveryCode(ada.ID)})
	})
}

// TestStoryErase gets and erases an own account on the pages, in three languages, and another one as an administrator.
func TestStoryErase(t *testing.T) {
	say := map[string]struct{ link, address, password, done, chip, gone string }{
		"en": {"Download my data", "not the address of the account", "This is not your password", "Your account is erased", "Erased", "The account is erased"},
		"es": {"Descargar mis datos", "no es la dirección de la cuenta", "Esta no es tu contraseña", "Tu cuenta se borró", "Borrada", "La cuenta se borró"},
		"fr": {"Télécharger mes données", "n'est pas l'adresse du compte", "Ce n'est pas votre mot de passe", "Votre compte est effacé", "Effacé", "Le compte est effacé"},
	}
	for _, lang := range []string{"en", "es", "fr"} {
		t.Run(lang, func(t *testing.T) {
			onBoth(t, func(t *testing.T, i *installation) {
				i.budgets = generous()
				server := httptest.NewServer(i)
				defer server.Close()
				at, say := "/"+lang, say[lang]
				a := i.withPassword(models.AccountMentor, "lea@example.org")
				enters := func() *browser {
					return newBrowser(t, server.URL).open(at+"/sign-in").submit(at+"/sign-in", one(map[string]string{"email": "lea@example.org", "password": password}))
				}
				b, phone := enters(), enters()
				b.open(at+"/account").sees(200, say.link)
				b.open(at + "/account/data/export")
				var x models.Export
				if err := json.Unmarshal([]byte(b.text), &x); err != nil || x.Account != a.ID || x.Tables["accounts"][0]["email"] != "lea@example.org" {
					t.Errorf("the file: %v %.300s", err, b.text)
				}
				b.open(at + "/account").link(at + "/account/data/erase").sees(200)
				b.submit("/data/erase", one(map[string]string{"email": "leo@example.org", "password": password})).sees(422, say.address)
				b.submit("/data/erase", one(map[string]string{"email": "lea@example.org", "password": "not the password"})).sees(422, say.password)
				phone.open(at + "/account").sees(200)
				b.submit("/data/erase", one(map[string]string{"email": "lea@example.org", "password": password})).sees(200, say.done)
				if b.session() != "" || b.cookie("puente-device") != "" {
					t.Error("the browser still has its cookies")
				}
				for _, device := range []*browser{b, phone} {
					if device.open(at + "/account"); !strings.HasPrefix(device.path, at+"/sign-in") {
						t.Errorf("still signed in at %s", device.path)
					}
				}
				enters().sees(422)

				i.withPassword(models.AccountMentor, "leo@example.org")
				leo, err := i.Store.AccountByEmail(t.Context(), "leo@example.org")
				must(t, err)
				admin := i.signsIn(server.URL, models.AccountAdmin, "ada@example.org")
				admin.open(at+"/accounts/"+leo.ID).link("/erase").sees(200, "leo@example.org")
				admin.submit("/erase", one(map[string]string{"email": "lea@example.org"})).sees(422, say.address)
				admin.submit("/erase", one(map[string]string{"email": "Leo@example.org"})).sees(200, say.gone)
				if strings.Contains(admin.text, "leo@example.org") {
					t.Error("the list still has the account")
				}
				admin.open(at+"/accounts/"+leo.ID).sees(200, say.chip, "erased-"+leo.ID)
				admin.open(at+"/accounts/"+leo.ID+"/erase").submit("/erase", one(map[string]string{"email": "erased-" + leo.ID})).sees(200)
			})
		})
	}
}

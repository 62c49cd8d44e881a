package api

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"puente/models"
)

// leaked is a password that no rule refuses, and that the list of a test has.
const leaked = "tortuga nube ladrillo correr"

// saysBreached is what each language says of a password that is known.
var saysBreached = map[string]string{
	"en": "This password has appeared in leaks from other services",
	"es": "Esta contraseña apareció en filtraciones de otros servicios",
	"fr": "Ce mot de passe figure dans des fuites d’autres services",
}

// broken is a disk that gives nothing.
type broken struct{}

func (broken) ReadAt([]byte, int64) (int, error) { return 0, errors.New("the disk is broken") }

// withBreached gives a server the operator's list.
func (i *installation) withBreached() {
	i.t.Helper()
	file := filepath.Join(i.t.TempDir(), "list")
	must(i.t, os.WriteFile(file, fmt.Appendf(nil, "%X:42\r\n", sha1.Sum([]byte(leaked))), 0o600))
	list, err := OpenBreached(file)
	must(i.t, err)
	i.t.Cleanup(func() { must(i.t, list.Close()) })
	o := i.Options
	o.Breached = list
	i.Server = New(o)
	i.budgets = generous()
}

// TestBreachedPasswords chooses passwords that are known from breaches, in every
// way in which one is chosen, and in three languages: those that ship and those
// of the operator's list are refused, others are taken.
func TestBreachedPasswords(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		i.withBreached()
		must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "es"}))
		t.Run("signing up", func(t *testing.T) { i.breachedSignUp(t) })
		for lang := range saysBreached {
			t.Run("links in "+lang, func(t *testing.T) { i.breachedLinks(t, lang) })
			t.Run("change in "+lang, func(*testing.T) { i.breachedChange(lang) })
		}
		t.Run("broken disk", func(t *testing.T) { i.breachedUnread(t) })
		for _, secret := range []string{leaked, "manchesterunited"} {
			if strings.Contains(i.log.String(), secret) {
				t.Errorf("the log has %q", secret)
			}
		}
	})
}

// breachedSignUp signs up, by program and page. Whoever has the address, the
// answers are equal, and no mail is written.
func (i *installation) breachedSignUp(t *testing.T) {
	must(t, i.Store.CreateAccount(t.Context(), "", &models.Account{Email: "aperson@example.org", Role: models.AccountMentor, Lang: "fr", VerifiedAt: new(i.Store.Now())}))
	for lang, says := range saysBreached {
		for _, chosen := range []string{leaked, "manchesterunited"} {
			body := func(email string) string {
				return asText(object{"role": "both", "email": email, "password": chosen, "lang": lang, "terms": true})
			}
			page := func(email string) string {
				return one(map[string]string{"role": "mentee", "name": "Lucía", "email": email, "password": chosen, "country": "MX", "terms": "on"}).Encode()
			}
			for path, send := range map[string]func(string) string{"/api/v1/accounts": body, "/" + lang + "/sign-up": page} {
				headers := []string{asJSON, "Accept-Language: " + lang}
				if path != "/api/v1/accounts" {
					headers = []string{formType, "Accept: text/html"}
				}
				known := i.from("192.0.2.9", path, send("aperson@example.org"), headers...)
				unknown := i.from("192.0.2.9", path, send("unknown@example.org"), headers...)
				if known.Code != 422 || !strings.Contains(known.Body.String(), says) || strings.Contains(known.Body.String(), chosen) {
					t.Errorf("%s in %s: %d %s", path, lang, known.Code, known.Body)
				}
				if seen(known, "aperson@example.org") != seen(unknown, "unknown@example.org") {
					t.Errorf("%s in %s: the answers differ by who has the address", path, lang)
				}
			}
		}
	}
	refused := person{i, "", "fr"}.call(422, "POST", "/api/v1/accounts", object{"role": "both", "email": "a@example.org", "password": leaked, "lang": "fr", "terms": true})
	if refused.text("errors.0.code") != "password_breached" || refused.text("errors.0.pointer") != "/body/password" {
		t.Errorf("%s", refused.w.Body)
	}
	if mails, err := i.Store.Mails(t.Context(), 0, 10); err != nil || len(mails) > 0 {
		t.Errorf("mails are written: %v %v", mails, err)
	}
	i.signUp("both", "good@example.org", "es")
}

// breachedLinks follows links that set a password: of a reset, by program and
// page, of an invitation, and of a sign-up on another device.
func (i *installation) breachedLinks(t *testing.T, lang string) {
	email := "link-" + lang + "@example.org"
	i.withPassword(models.AccountMentor, email)
	who := person{i, "", lang}
	who.call(202, "POST", "/api/v1/links", object{"email": email, "purpose": "reset"})
	reset := object{"token": i.mailedToken(email), "password": leaked}
	if refused := who.call(422, "POST", "/api/v1/tokens/by-link", reset); !strings.Contains(refused.text("errors.0.detail"), saysBreached[lang]) {
		t.Errorf("%s", refused.w.Body)
	}
	reset["password"] = leaked + "!"
	who.call(201, "POST", "/api/v1/tokens/by-link", reset)

	who.call(202, "POST", "/api/v1/links", object{"email": email, "purpose": "reset"})
	onPage := func(token string) {
		b := i.site()()
		path := "/" + lang + "/link/" + token
		b.open(path).submit(path, one(map[string]string{"password": leaked})).sees(422, saysBreached[lang])
		if strings.Contains(b.text, leaked) {
			t.Error("the page repeats the password")
		}
		b.submit(path, one(map[string]string{"password": leaked + "?"})).sees(200)
	}
	onPage(i.mailedToken(email))
	first := &models.Account{Email: "first-" + lang + "@example.org", Role: models.AccountAdmin, Lang: lang}
	must(t, i.Store.CreateAccount(t.Context(), "", first))
	id, hash := Secret()
	must(t, i.Store.CreateLink(t.Context(), "", &models.Link{IDHash: hash, AccountID: &first.ID, Purpose: models.LinkInvite}))
	onPage(id)
	who.call(202, "POST", "/api/v1/accounts", object{"role": "both", "email": "up-" + email, "password": password, "lang": lang, "terms": true})
	onPage(i.mailedToken("up-" + email))
}

// breachedChange changes a password on the page of the account, for the old one.
func (i *installation) breachedChange(lang string) {
	email := "change-" + lang + "@example.org"
	i.withPassword(models.AccountMentor, email)
	b := i.site()()
	b.open("/"+lang+"/sign-in").submit("/sign-in", one(map[string]string{"email": email, "password": password})).sees(200)
	change := func(chosen string) *browser {
		return b.open("/"+lang+"/account").submit("/account/password/change", one(map[string]string{"old_password": password, "new_password": chosen}))
	}
	change(leaked).sees(422, saysBreached[lang])
	change("manchesterunited").sees(422, saysBreached[lang])
	change(leaked + "!").sees(200)
}

// breachedUnread has a disk that breaks: no new password is taken, whichever it
// is, those who have one come in, and links are still good afterwards.
func (i *installation) breachedUnread(t *testing.T) {
	i.withPassword(models.AccountMentor, "disk@example.org")
	who := person{i, "", "es"}
	who.call(202, "POST", "/api/v1/links", object{"email": "disk@example.org", "purpose": "reset"})
	reset := object{"token": i.mailedToken("disk@example.org"), "password": leaked + "!"}
	list := i.breached[1].list
	i.breached[1].list = broken{}
	refused := who.call(503, "POST", "/api/v1/tokens/by-link", reset)
	if refused.w.Header().Get("Retry-After") != "60" || !strings.Contains(refused.text("detail"), "lista de contraseñas filtradas") || strings.Contains(refused.w.Body.String(), "broken") {
		t.Errorf("%v %s", refused.w.Header(), refused.w.Body)
	}
	up := url.Values{"role": {"mentee"}, "name": {"Lucía"}, "email": {"new@example.org"}, "password": {leaked + "!"}, "country": {"MX"}, "terms": {"on"}}
	if w := i.from("192.0.2.9", "/fr/sign-up", up.Encode(), formType, "Accept: text/html"); w.Code != 503 || w.Header().Get("Retry-After") != "60" || !strings.Contains(w.Body.String(), "liste des mots de passe divulgués") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	who.call(422, "POST", "/api/v1/accounts", object{"role": "both", "email": "new@example.org", "password": "short", "lang": "es", "terms": true})
	who.call(201, "POST", "/api/v1/tokens", object{"email": "disk@example.org", "password": password})
	if !strings.Contains(i.log.String(), "the disk is broken") {
		t.Error("the operator is not told")
	}
	i.breached[1].list = list
	who.call(201, "POST", "/api/v1/tokens/by-link", reset)
}

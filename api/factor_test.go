package api

import (
	"context"
	"encoding/base32"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"puente/models"
)

// app is an app that shows codes. Its clock and the server's go on by a step
// with each code, so that no test has to wait for one.
type app struct {
	ahead  atomic.Int64 // steps
	secret []byte
}

// newApp sets the clock of a server by that of an app. It must be called before
// the server is asked for anything.
func (i *installation) newApp() *app {
	a := &app{secret: testTOTP}
	i.Now = func() time.Time { return time.Now().Add(time.Duration(a.ahead.Load()) * totpStep) }
	return a
}

// code is the next code.
func (a *app) code() string {
	return totpCode(a.secret, stepAt(time.Now())+a.ahead.Add(1), totpDigits)
}

// wrong is a code that the app does not show these minutes.
func (a *app) wrong() string {
	near := map[string]bool{}
	for step := int64(-3); step < 4; step++ {
		near[totpCode(a.secret, stepAt(time.Now())+a.ahead.Load()+step, totpDigits)] = true
	}
	for n := range 100 {
		if code := fmt.Sprintf("%06d", n); !near[code] {
			return code
		}
	}
	panic("every code is near")
}

// withPassword is an account with the password of tests.
func (i *installation) withPassword(role models.AccountRole, email string) *models.Account {
	i.t.Helper()
	hash, err := i.hash(i.t.Context(), password)
	must(i.t, err)
	a := &models.Account{Role: role, Email: email, Lang: "es", VerifiedAt: new(i.Store.Now()), PasswordHash: hash}
	must(i.t, i.Store.CreateAccount(i.t.Context(), "", a))
	return a
}

// TestStorySecondFactor plays a member of staff who is invited, must set up a
// second factor, signs in with it, loses the phone and comes back, in three
// languages.
func TestStorySecondFactor(t *testing.T) {
	say := map[string]struct{ chosen, must, password, app, wrong, done, ask, again, off string }{
		"en": {"Choose a password", "Who works for the program needs a second step", "This is not your password", "Six digits from the app", "The code is not right", "From now on signing in asks for a code", "Your account asks for a code besides", "Your new password is saved", "The second step is off"},
		"es": {"Elige una contraseña", "Quien trabaja para el programa necesita un segundo paso", "Esta no es tu contraseña", "Seis dígitos de la aplicación", "El código no es correcto", "A partir de ahora se pide un código", "Tu cuenta pide además un código", "Tu nueva contraseña se guardó", "El segundo paso está desactivado"},
		"fr": {"Choisissez un mot de passe", "Qui travaille pour le programme a besoin", "Ce n'est pas votre mot de passe", "Six chiffres de l'application", "Le code n'est pas bon", "un code est demandé à la connexion", "Votre compte demande aussi un code", "nouveau mot de passe est enregistré", "La deuxième étape est désactivée"},
	}
	for _, lang := range []string{"en", "es", "fr"} {
		t.Run(lang, func(t *testing.T) {
			onBoth(t, func(t *testing.T, i *installation) { storySecondFactor(i, lang, say[lang]) })
		})
	}
}

func storySecondFactor(i *installation, lang string, say struct{ chosen, must, password, app, wrong, done, ask, again, off string }) {
	t, phone := i.t, i.newApp()
	server := httptest.NewServer(i)
	defer server.Close()
	must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "es"}))
	a := models.Account{Role: models.AccountStaff, Email: "ana@example.org", Lang: lang}
	must(t, i.Store.CreateAccount(t.Context(), "", &a))
	i.staff = append(i.staff, a.ID)
	i.manage()
	token, hash := Secret()
	must(t, i.Store.CreateLink(t.Context(), "", &models.Link{IDHash: hash, AccountID: &a.ID, Purpose: models.LinkInvite}))

	// The invitation asks for a password, and then for the second factor, wherever she goes.
	at := "/" + lang
	b := newBrowser(t, server.URL)
	b.open(at+"/link/"+token).submit("/link/"+token, one(map[string]string{"password": password})).sees(200, say.must)
	b.open(at+"/rounds").sees(200, say.must)
	if b.path != at+"/account/factor" {
		t.Errorf("led to %s", b.path)
	}
	b.submit("/account/factor", one(map[string]string{"password": "not the password of anybody"})).sees(422, say.password)
	b.submit("/account/factor", one(map[string]string{"password": password})).sees(200, say.app)
	key := regexp.MustCompile(`secret=([A-Z2-7]{32})&`).FindStringSubmatch(b.text)
	if key == nil || !strings.Contains(strings.ReplaceAll(textOf(b.page), " ", ""), key[1]) || !strings.Contains(b.text, `<svg class="qr"`) {
		t.Fatalf("no key on the page: %s", textOf(b.page))
	}
	var err error
	phone.secret, err = base32.StdEncoding.DecodeString(key[1])
	must(t, err)
	if shown := b.open(at + "/account/factor").text; !strings.Contains(shown, key[1]) {
		t.Error("the key changes when the page is loaded again")
	}
	b.submit("/factor/code", one(map[string]string{"code": phone.wrong()})).sees(422, say.wrong)
	b.submit("/factor/code", one(map[string]string{"code": "ABCDEF"})).sees(422)
	b.submit("/factor/code", one(map[string]string{"code": phone.code()})).sees(200, say.done)
	recovery := regexp.MustCompile(`(?:[A-Z2-7]{4}-){5}[A-Z2-7]{4}`).FindAllString(b.text, -1)
	if len(recovery) != models.RecoveryCodes {
		t.Fatalf("recovery codes: %q", recovery)
	}
	if m, _ := i.letter("ana@example.org"); m.Kind != models.MailFactorAdded || m.Lang != lang {
		t.Errorf("a mail of kind %s in %s", m.Kind, m.Lang)
	}
	b.open(at + "/rounds").sees(200)
	if b.path != at+"/rounds" {
		t.Errorf("led to %s", b.path)
	}

	// Signing in takes two steps, and leads to where she wanted to go.
	other := newBrowser(t, server.URL)
	other.open(at+"/people?state=waiting").submit("/sign-in", one(map[string]string{"email": "ana@example.org", "password": password})).sees(200, say.ask)
	other.open(at + "/rounds")
	if !strings.HasPrefix(other.path, at+"/sign-in") {
		t.Errorf("half a session opens %s", other.path)
	}
	other.submit("/sign-in", one(map[string]string{"email": "ana@example.org", "password": password})).sees(200, say.ask)
	other.submit("/sign-in/code", one(map[string]string{"code": phone.wrong()})).sees(422, say.wrong)
	code := phone.code()
	other.submit("/sign-in/code", one(map[string]string{"code": code[:3] + " " + code[3:]})).sees(200)
	if other.path != at+"/rounds" {
		t.Errorf("led to %s", other.path)
	}

	// A forgotten password does not take the place of the phone, a recovery code does, once.
	reset := newBrowser(t, server.URL)
	reset.open(at+"/sign-in/reset").submit("/sign-in/reset", one(map[string]string{"email": "ana@example.org"})).sees(200)
	link := i.mailedPath("ana@example.org")
	reset.open(link).submit(link[3:], one(map[string]string{"password": "another bridge over it"})).sees(200, say.ask)
	reset.submit("/sign-in/code", one(map[string]string{"code": code})).sees(422, say.wrong)
	reset.submit("/sign-in/code", one(map[string]string{"code": strings.ToLower(recovery[3])})).sees(200, say.again)
	last := newBrowser(t, server.URL)
	last.open(at+"/sign-in").submit("/sign-in", one(map[string]string{"email": "ana@example.org", "password": "another bridge over it"})).sees(200, say.ask)
	last.submit("/sign-in/code", one(map[string]string{"code": recovery[3]})).sees(422, say.wrong)
	last.submit("/sign-in/code", one(map[string]string{"code": recovery[4]})).sees(200)

	// Turning it off wants password and code, and leads back to where it began.
	last.open(at+"/account/factor").sees(200, "8")
	last.submit("/factor/new", one(map[string]string{"new_password": "another bridge over it", "new_code": phone.wrong()})).sees(422, say.wrong)
	last.submit("/factor/new", one(map[string]string{"new_password": "another bridge over it", "new_code": phone.code()})).sees(200)
	if fresh := regexp.MustCompile(`(?:[A-Z2-7]{4}-){5}[A-Z2-7]{4}`).FindAllString(last.text, -1); len(fresh) != models.RecoveryCodes || slices.Contains(fresh, recovery[5]) {
		t.Errorf("new recovery codes: %q", fresh)
	}
	last.open(at+"/account/factor").submit("/factor/off", one(map[string]string{"off_password": password, "off_code": phone.code()})).sees(422, say.password)
	last.submit("/factor/off", one(map[string]string{"off_password": "another bridge over it", "off_code": recovery[5]})).sees(422, say.wrong)
	last.submit("/factor/off", one(map[string]string{"off_password": "another bridge over it", "off_code": phone.code()})).sees(200, say.must)
	if m, _ := i.letter("ana@example.org"); m.Kind != models.MailFactorRemoved {
		t.Errorf("a mail of kind %s", m.Kind)
	}
	for _, secret := range append(recovery, key[1]) {
		if strings.Contains(i.log.String(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}

// TestHalfSessionOpensNothing asks every operation and page with half a session,
// as a browser and as a program would: it is nobody's.
func TestHalfSessionOpensNothing(t *testing.T) {
	w := newWorld(install(t, newDatabase(t, "sqlite")))
	asked, own := 0, map[string]bool{"GET /sign-in/code": true, "POST /sign-in/code": true}
	for _, r := range routes {
		for _, a := range w.requests(r) {
			id, half := w.newSession(t.Context(), w.accounts["admin"])
			must(t, w.Store.CreateSession(t.Context(), half))
			if !half.Half {
				t.Fatal("a whole session without a second factor")
			}
			token, _, err := w.Tokens.Issue(w.accounts["admin"], half.IDHash, "api")
			must(t, err)
			nobody := w.send(a, "anonymous")
			for _, headers := range [][]string{{"Cookie: puente=" + id + "; puente-half=" + id}, {"Authorization: Bearer " + token}, {"Authorization: Bearer " + id}} {
				got := w.sendAs(a, headers...)
				asked++
				bearer := strings.HasPrefix(headers[0], "Auth")
				if own[a.name] || bearer && a.r.id == "" || bearer && a.r.policyOf().public() {
					continue
				}
				if got.Code != nobody.Code || got.Header().Get("Location") != nobody.Header().Get("Location") {
					t.Errorf("%s %s: %d, %d for nobody", a.name, a.object, got.Code, nobody.Code)
				}
			}
		}
	}
	t.Logf("%d requests", asked)
	if asked < 3*len(routes) {
		t.Error("not every route was asked")
	}
}

// TestStaffNeedFactor asks every operation and page as staff and administrators
// who have no second factor: they get nowhere but to where they set one up.
func TestStaffNeedFactor(t *testing.T) {
	w := newWorld(install(t, newDatabase(t, "sqlite")))
	must(t, w.Store.Gorm.Exec("UPDATE accounts SET factor_at = NULL").Error)
	led := 0
	for _, r := range routes {
		if r.policyOf().public() || r.policyOf().bare {
			continue
		}
		for _, a := range w.requests(r) {
			for _, role := range []string{"manager", "reviewer", "auditor", "admin"} {
				got := w.send(a, role)
				led++
				switch {
				case r.id == "" && strings.HasPrefix(r.path, "/{lang}"):
					if got.Code != 303 || got.Header().Get("Location") != "/es/account/factor" {
						t.Errorf("%s as %s: %d to %s", a.name, role, got.Code, got.Header().Get("Location"))
					}
				case got.Code != 403 || !strings.Contains(got.Body.String(), `"code":"second_factor"`):
					t.Errorf("%s as %s: %d %s", a.name, role, got.Code, got.Body)
				}
			}
			if got := w.send(a, "mentee"); strings.Contains(got.Body.String(), "second_factor") || got.Header().Get("Location") == "/es/account/factor" {
				t.Errorf("%s wants one of people who take part", a.name)
			}
		}
	}
	t.Logf("%d requests", led)
	var open []string
	for _, name := range slices.Sorted(maps.Keys(policies)) {
		if policies[name].bare {
			open = append(open, name)
		}
	}
	if want := []string{"GET /account/factor", "POST /account/factor", "POST /account/factor/code", "delete-token"}; !slices.Equal(open, want) {
		t.Errorf("open to them: %q", open)
	}
	admin := person{w.installation, "", "en"}
	admin.token, _ = w.session("admin")
	if said := admin.call(403, "GET", "/api/v1/accounts", nil); said.text("code") != "second_factor" || !strings.Contains(said.text("detail"), "on the page of your account") {
		t.Errorf("%s", said.w.Body)
	}
	key := w.installation.keyOf(w.accounts["admin"])
	person{w.installation, key, "en"}.call(403, "GET", "/api/v1/rounds?programme="+w.programs["ours"], nil)
	w.Demonstration = true
	admin.call(200, "GET", "/api/v1/accounts", nil)
}

// keyOf makes a key of an account, past the interface.
func (i *installation) keyOf(account string) string {
	i.t.Helper()
	id, _ := Secret()
	k := &models.APIKey{KeyHash: hashOf(keyPrefix + id), Prefix: keyPrefix + id[:6], AccountID: account, Name: "key", ExpiresAt: i.Store.Now().Add(time.Hour)}
	must(i.t, k.SetScopes(scopes()))
	must(i.t, i.Store.CreateKey(i.t.Context(), k))
	return keyPrefix + id
}

// TestCodesOfPrograms signs programs in to an account with a second factor: by
// password and by every kind of link nothing works without a code, which is good
// once, and a link that was refused is not used up.
func TestCodesOfPrograms(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		phone, p := i.newApp(), i.nobody()
		i.budgets = generous()
		a := i.withPassword(models.AccountAdmin, "ana@example.org")
		i.enrolled(a)
		signIn := func(status int, password, code string) answer {
			t.Helper()
			return p.call(status, "POST", "/api/v1/tokens", object{"email": "ana@example.org", "password": password, "code": code})
		}
		if said := signIn(401, "not the password of anybody", phone.code()); said.text("code") != "unauthenticated" {
			t.Errorf("%s", said.w.Body)
		}
		bare := p.call(401, "POST", "/api/v1/tokens", object{"email": "ana@example.org", "password": password})
		if bare.text("code") != "code_required" || bare.w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s", bare.w.Body)
		}
		if said := signIn(401, password, phone.wrong()); said.text("code") != "code_required" {
			t.Errorf("%s", said.w.Body)
		}
		code := phone.code()
		token := signIn(201, password, code).text("access_token")
		signIn(401, password, code)
		recovery := i.recoveryCode(a.ID)
		signIn(201, password, inFours(recovery, " "))
		signIn(401, password, recovery)
		signIn(401, password, strings.Repeat("A", recoveryRunes))
		person{i, token, "es"}.call(200, "GET", "/api/v1/accounts", nil)

		for n, purpose := range []models.LinkPurpose{models.LinkSignIn, models.LinkReset, models.LinkInvite, models.LinkEmail} {
			id, hash := Secret()
			l := &models.Link{IDHash: hash, AccountID: &a.ID, Purpose: purpose}
			if purpose == models.LinkEmail {
				l.Email = "ana.new@example.org"
			}
			must(t, i.Store.CreateLink(t.Context(), "", l))
			byLink := func(status int, code string) answer {
				t.Helper()
				return p.call(status, "POST", "/api/v1/tokens/by-link", object{"token": id, "password": fmt.Sprint(password, n), "code": code})
			}
			for _, code := range []string{"", code, "none"} {
				if said := byLink(401, code); said.text("code") != "code_required" {
					t.Errorf("%s: %s", purpose, said.w.Body)
				}
			}
			byLink(201, i.recoveryCode(a.ID))
			byLink(404, i.recoveryCode(a.ID))
		}
		if b, err := i.Store.Account(t.Context(), a.ID); err != nil || b.Email != "ana.new@example.org" || b.FactorAt == nil {
			t.Errorf("%+v %v", b, err)
		}
	})
}

// TestCodeRace sends one code many times at once, and one recovery code.
func TestCodeRace(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		cheapHashes(t)
		i.budgets = generous()
		phone := i.newApp()
		a := i.withPassword(models.AccountAdmin, "ana@example.org")
		i.enrolled(a)
		for round := range 4 {
			code := phone.code()
			if round%2 == 1 {
				code = i.recoveryCode(a.ID)
			}
			var wait sync.WaitGroup
			var in [6]int
			for n := range in {
				wait.Go(func() {
					in[n] = i.from(networkOf(n), "/api/v1/tokens", asText(object{"email": "ana@example.org", "password": password, "code": code}), asJSON).Code
				})
			}
			wait.Wait()
			slices.Sort(in[:])
			if in != [6]int{201, 401, 401, 401, 401, 401} {
				t.Errorf("round %d: %v", round, in)
			}
		}
	})
}

// TestCodeGuessing guesses codes with a password that was stolen, from many
// networks: few are looked at, and the owner gets in on a known device, and with
// a recovery code anywhere.
func TestCodeGuessing(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		cheapHashes(t)
		phone := i.newApp()
		i.budgets = maps.Clone(budgets)
		slow := budgets[tryCode]
		slow.address.First, slow.address.Most = time.Hour, time.Hour // or a slow machine waits it out
		i.budgets[tryCode] = slow
		a := i.withPassword(models.AccountAdmin, "ana@example.org")
		i.enrolled(a)
		filled := url.Values{"email": {"ana@example.org"}, "password": {password}}.Encode()
		half := i.from("192.0.2.7", "/en/sign-in", filled, formType)
		cookie := func(w *httptest.ResponseRecorder, name string) string {
			for _, c := range w.Result().Cookies() {
				if c.Name == name && c.Value != "" {
					return "Cookie: " + name + "=" + c.Value
				}
			}
			return ""
		}
		if cookie(half, "puente-half") == "" || cookie(half, "puente") != "" || cookie(half, "puente-device") != "" {
			t.Fatalf("after a password: %v", half.Header())
		}
		whole := i.from("192.0.2.7", "/en/sign-in/code", url.Values{"code": {phone.code()}}.Encode(), formType, cookie(half, "puente-half"))
		device := cookie(whole, "puente-device")
		if whole.Code != 303 || device == "" || cookie(whole, "puente") == "" || cookie(whole, "puente")[15:] == cookie(half, "puente-half")[20:] {
			t.Fatalf("after a code: %v", whole.Header())
		}
		looked := 0
		for n := range 200 {
			guess := asText(object{"email": "ana@example.org", "password": password, "code": phone.wrong()})
			w := i.from(networkOf(n), "/api/v1/tokens", guess, asJSON, "X-Forwarded-For: "+networkOf(1<<20+n), "Accept-Language: en", fmt.Sprintf("Idempotency-Key: guess-%d", n))
			switch {
			case w.Code == 401:
				looked++
			case w.Code != 429 || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "or use a recovery code"):
				t.Fatalf("%d %s", w.Code, w.Body)
			}
		}
		if looked != budgets[tryCode].address.Free {
			t.Errorf("%d guesses were looked at", looked)
		}
		again := i.from("198.51.100.1", "/en/sign-in", filled, formType)
		enter := func(want int, code string, headers ...string) {
			t.Helper()
			w := i.from("198.51.100.1", "/en/sign-in/code", url.Values{"code": {code}}.Encode(), append(headers, formType, cookie(again, "puente-half"))...)
			if w.Code != want {
				t.Errorf("%d, want %d", w.Code, want)
			}
		}
		enter(429, phone.code())
		enter(303, i.recoveryCode(a.ID))
		again = i.from("198.51.100.1", "/en/sign-in", filled, formType)
		i.from("198.51.100.1", "/en/sign-in/code", "", formType)
		w := i.from("198.51.100.1", "/en/sign-in/code", url.Values{"code": {phone.code()}}.Encode(), formType, cookie(again, "puente-half")+"; "+device[8:])
		if w.Code != 303 {
			t.Errorf("the owner's device is locked out: %d", w.Code)
		}
	})
}

// TestProvingWithCode wants the code beside the password for what a stolen
// session must not do.
func TestProvingWithCode(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		phone := i.newApp()
		a := i.withPassword(models.AccountMentor, "dana@example.org")
		p := person{i, i.nobody().call(201, "POST", "/api/v1/tokens", object{"email": "dana@example.org", "password": password}).text("access_token"), "en"}
		a.Role = models.AccountStaff // enrolled skips others
		i.enrolled(a)
		for path, body := range map[string]object{
			"/api/v1/keys":     {"name": "Sync", "scopes": []string{"offers:read"}, "days": 30},
			"/api/v1/me/email": {"email": "dana.new@example.org"},
		} {
			send := func(status int, password, code, place string) {
				t.Helper()
				all := maps.Clone(body)
				all["password"], all["code"] = password, code
				said := p.call(status, "POST", path, all)
				if place != "" && said.text("errors.0.pointer") != place {
					t.Errorf("%s: %s", path, said.w.Body)
				}
			}
			send(422, "not the password of anybody", phone.code(), "/body/password")
			send(422, password, "", "/body/code")
			send(422, password, phone.wrong(), "/body/code")
			send(map[string]int{"/api/v1/keys": 201, "/api/v1/me/email": 202}[path], password, phone.code(), "")
		}
	})
}

// TestDeleteFactor lets an administrator take the second factor of somebody who
// has lost it: all that was open ends, and its owner is told.
func TestDeleteFactor(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		admin := i.withRole(models.AccountAdmin, "ada@example.org")
		a := i.withPassword(models.AccountStaff, "ana@example.org")
		i.enrolled(a)
		_, key := i.browserSession(a.ID), i.keyOf(a.ID)
		staff := person{i, i.nobody().call(201, "POST", "/api/v1/tokens", object{"email": "ana@example.org", "password": password, "code": i.recoveryCode(a.ID)}).text("access_token"), "en"}
		staff.call(403, "DELETE", "/api/v1/accounts/"+a.ID+"/factor", nil)
		if shown := admin.call(200, "GET", "/api/v1/accounts/"+a.ID, nil); shown.text("factor_at") == "" {
			t.Errorf("%s", shown.w.Body)
		}
		own, err := i.Store.AccountByEmail(t.Context(), "ada@example.org")
		must(t, err)
		admin.call(409, "DELETE", "/api/v1/accounts/"+own.ID+"/factor", nil)
		admin.call(204, "DELETE", "/api/v1/accounts/"+a.ID+"/factor", nil)
		admin.call(204, "DELETE", "/api/v1/accounts/"+a.ID+"/factor", nil)
		staff.call(401, "GET", "/api/v1/me", nil)
		person{i, key, "en"}.call(401, "GET", "/api/v1/me", nil)
		if all, err := i.Store.Sessions(t.Context(), a.ID); err != nil || len(all) != 0 {
			t.Errorf("sessions: %v %v", all, err)
		}
		m, l := i.letter("ana@example.org")
		if m.Kind != models.MailFactorRemoved || !strings.Contains(l.Text, "desactivó") {
			t.Errorf("%s: %s", m.Kind, l.Text)
		}
		log, err := i.Store.AuditLog(t.Context(), "accounts", a.ID)
		must(t, err)
		if !slices.ContainsFunc(log, func(e models.AuditEntry) bool {
			return e.Action == "account.factor_remove" && e.ActorID != nil && *e.ActorID == own.ID
		}) {
			t.Errorf("audit log: %+v", log)
		}
		staff.token = i.nobody().call(201, "POST", "/api/v1/tokens", object{"email": "ana@example.org", "password": password}).text("access_token")
		if said := staff.call(403, "GET", "/api/v1/me", nil); said.text("code") != "second_factor" {
			t.Errorf("%s", said.w.Body)
		}
		staff.call(204, "DELETE", "/api/v1/tokens/current", nil)
	})
}

// TestFactorTellsNothing answers a wrong password alike whether an account has a
// second factor, has none, or is not there.
func TestFactorTellsNothing(t *testing.T) {
	empty, err := emptyStore()
	must(t, err)
	i := installCopy(t, empty)
	i.enrolled(i.withPassword(models.AccountAdmin, "enrolled@example.org"))
	i.withPassword(models.AccountMentor, "hasnone1@example.org")
	for n, path := range []string{"/api/v1/tokens", "/es/sign-in", "/api/v1/links", "/es/sign-in/reset"} {
		var want string
		for k, email := range []string{"nobodyis@example.org", "hasnone1@example.org", "enrolled@example.org"} {
			var w *httptest.ResponseRecorder
			switch n {
			case 0:
				w = i.from(networkOf(k), path, asText(object{"email": email, "password": "not the password of anybody", "code": "123456"}), asJSON)
			case 2:
				w = i.from(networkOf(k), path, asText(object{"email": email, "purpose": "sign_in"}), asJSON)
			default:
				w = i.from(networkOf(k), path, url.Values{"email": {email}, "password": {"not the password of anybody"}}.Encode(), formType)
			}
			if got := seen(w, email); want == "" {
				want = got
			} else if got != want {
				t.Errorf("%s for %s:\n%s\nand not\n%s", path, email, got, want)
			}
		}
	}
}

// TestFactorAtRest wants neither secrets nor codes in the rows of the database.
func TestFactorAtRest(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		a := i.withPassword(models.AccountAdmin, "ana@example.org")
		ctx := context.WithValue(t.Context(), actorKey{}, &actor{Account: a, session: &models.Session{CreatedAt: i.Store.Now()}})
		must(t, i.beginFactor(ctx, password))
		f, err := i.Store.Factor(ctx, a.ID)
		must(t, err)
		secret, err := i.secrets.factors.Open(models.FactorPlace(a.ID), f.Secret)
		must(t, err)
		if len(secret) != totpBytes {
			t.Errorf("a secret of %d bytes", len(secret))
		}
		codes, err := i.confirmFactor(ctx, totpCode(secret, stepAt(i.Now()), totpDigits))
		must(t, err)
		if _, err := i.secrets.factors.Open(models.FactorPlace("somebody else"), f.Secret); err == nil {
			t.Error("the secret opens for somebody else")
		}
		var all strings.Builder
		for _, table := range []string{"factors", "recovery_codes", "accounts", "audit_log", "mails"} {
			var rows []map[string]any
			must(t, i.Store.Gorm.Table(table).Find(&rows).Error)
			fmt.Fprintln(&all, rows)
		}
		for _, hidden := range append(codes, strings.ReplaceAll(codes[0], "-", ""), totpText(secret)) {
			if strings.Contains(all.String(), hidden) {
				t.Errorf("the database holds %s", hidden)
			}
		}
	})
}

package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"puente/models"
)

// TestProviderFlows brings answers of honest providers to where they do not
// belong: nobody is signed in, and what is over is over.
func TestProviderFlows(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		i.budgets = generous()
		visitor := i.site()
		one, two := newLiar(t, "dana-at-one", "dana@example.org"), newLiar(t, "dana-at-two", "dana@example.org")
		first, second := i.withProvider(one.URL, "Cámara"), i.withProvider(two.URL, "Consejo")
		account := i.member("dana@example.org")
		i.linked(account, first, one.subject)
		i.linked(account, second, two.subject)
		begun := func() (b *browser, answer string) { // up to the provider's answer, which has not come back
			b = visitor()
			b.press(first).sees(200, "Continúa en Cámara")
			return b, b.comesBack(b.leads())
		}
		changed := func(address string, change func(url.Values)) string {
			u, err := url.Parse(address)
			must(t, err)
			q := u.Query()
			change(q)
			u.RawQuery = q.Encode()
			return u.String()
		}
		lost := func(t *testing.T, b *browser, address string) {
			t.Helper()
			b.t = t
			b.address(address).sees(400, "Este inicio de sesión ya terminó")
			if who := b.in(); who != "" {
				t.Errorf("%s is in", who)
			}
		}
		t.Run("the truth", func(t *testing.T) {
			b, answer := begun()
			b.address(answer)
			if b.in() != account.Email {
				t.Errorf("%s %s", b.path, i.log.tail())
			}
			var flows int64
			must(t, i.Store.Gorm.Model(&models.Flow{}).Count(&flows).Error)
			if flows != 0 {
				t.Errorf("%d flows are left", flows)
			}
		})
		t.Run("the address of the redirect is not the request's", func(t *testing.T) {
			b := visitor()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, i.URL+"/es/sign-in/providers/"+first, nil)
			must(t, err)
			r.Host = "evil.example.org"
			r.Header.Set("X-Forwarded-Host", "evil.example.org")
			b.send(r)
			to, err := url.Parse(b.leads())
			must(t, err)
			if got := to.Query().Get("redirect_uri"); got != "http://puente.test/providers/"+first+"/callback" || strings.Contains(b.text, "evil") {
				t.Errorf("it leads to %s", got)
			}
			for name, least := range map[string]int{"state": 26, "nonce": 43, "code_challenge": 43} {
				if len(to.Query().Get(name)) < least {
					t.Errorf("%s is %q", name, to.Query().Get(name))
				}
			}
			if to.Query().Get("code_challenge_method") != "S256" || to.Query().Get("response_type") != "code" {
				t.Errorf("%s", to)
			}
		})
		t.Run("a state for the second time", func(t *testing.T) {
			b, answer := begun()
			b.address(answer)
			must(t, i.Store.EndSessions(t.Context(), "", account.ID, ""))
			lost(t, b, answer)
		})
		t.Run("a code for the second time, in a flow of its own", func(t *testing.T) {
			b, answer := begun()
			u, err := url.Parse(answer)
			must(t, err)
			b.address(answer)
			must(t, i.Store.EndSessions(t.Context(), "", account.ID, ""))
			b, answer = begun()
			b.t = t
			b.address(changed(answer, func(q url.Values) { q.Set("code", u.Query().Get("code")) })).sees(403, "pudo confirmar")
			if b.in() != "" {
				t.Error("somebody is in")
			}
		})
		t.Run("a state of another browser", func(t *testing.T) {
			_, answer := begun()
			lost(t, visitor(), answer)
			other, _ := begun() // it has a flow of its own
			lost(t, other, answer)
		})
		t.Run("the code of another browser", func(t *testing.T) { // PKCE and nonce are those of the flow
			_, theirs := begun()
			u, err := url.Parse(theirs)
			must(t, err)
			b, answer := begun()
			b.t = t
			b.address(changed(answer, func(q url.Values) { q.Set("code", u.Query().Get("code")) })).sees(403, "pudo confirmar")
		})
		t.Run("without a state", func(t *testing.T) {
			b, answer := begun()
			lost(t, b, changed(answer, func(q url.Values) { q.Del("state") }))
			lost(t, visitor(), i.URL+"/providers/"+first+"/callback")
			lost(t, visitor(), i.URL+"/providers/"+missingID+"/callback?state=x&code=x")
		})
		t.Run("parameters twice, or that are no text", func(t *testing.T) {
			b, answer := begun()
			b.address(answer + "&code=x").sees(400)
			b.address(i.URL + "/providers/x%00/callback?state=%ff").sees(400)
		})
		t.Run("too late", func(t *testing.T) {
			b, answer := begun()
			must(t, i.Store.Gorm.Exec("UPDATE flows SET created_at = ?, expires_at = ?", i.Store.Now().Add(-11*time.Minute), i.Store.Now().Add(-time.Minute)).Error)
			lost(t, b, answer)
			must(t, i.Store.DeleteOldFlows(t.Context()))
		})
		t.Run("ten minutes at most", func(t *testing.T) {
			begun()
			var f models.Flow
			must(t, i.Store.Gorm.Order("created_at DESC").First(&f).Error)
			if f.ExpiresAt.Sub(f.CreatedAt) > 10*time.Minute || len(f.StateHash) != 64 || len(f.BrowserHash) != 64 {
				t.Errorf("%+v", f)
			}
		})
		t.Run("mix-up: the answer of one at the address of the other", func(t *testing.T) {
			b, answer := begun()
			lost(t, b, strings.Replace(answer, first, second, 1))
			lost(t, b, answer) // and it is over
		})
		t.Run("mix-up: one leads on to the other", func(t *testing.T) { // and hopes to be sent the other's code
			b := visitor()
			b.press(first)
			to, err := url.Parse(b.leads())
			must(t, err)
			other, err := url.Parse(two.URL + "/authorize")
			must(t, err)
			other.RawQuery = to.RawQuery
			b.t = t
			b.address(other.String()).sees(403, "pudo confirmar")
			if b.in() != "" {
				t.Error("somebody is in")
			}
		})
		t.Run("switched off meanwhile", func(t *testing.T) {
			b, answer := begun()
			admin := i.admin()
			at := "/api/v1/providers/" + first
			set := func(on bool) {
				admin.call(200, "PUT", at, object{"client_id": clientID, "label": "Cámara", "enabled": on}, "If-Match: "+admin.tag(at))
			}
			set(false)
			b.t = t
			b.address(answer).sees(404)
			visitor().open("/es/sign-in").sees(200, "Consejo")
			if page := visitor().open("/es/sign-in"); strings.Contains(page.text, first) {
				t.Error("the button is there")
			}
			set(true)
			b, answer = begun()
			if b.address(answer); b.in() != account.Email {
				t.Error("the secret did not stay")
			}
		})
		t.Run("new keys", func(t *testing.T) {
			before := one.asked["/keys"]
			one.mu.Lock()
			one.key = liarKeys()["other rsa"]
			one.mu.Unlock()
			b, answer := begun()
			if b.address(answer); b.in() != account.Email || one.asked["/keys"] != before+1 {
				t.Errorf("asked %d times: %s", one.asked["/keys"]-before, i.log.tail())
			}
			b, answer = begun()
			if b.address(answer); b.in() != account.Email || one.asked["/keys"] != before+1 || one.asked["/.well-known/openid-configuration"] != 1 {
				t.Errorf("keys and document are asked for again: %v", one.asked)
			}
		})
		t.Run("a disabled account is like none", func(t *testing.T) {
			must(t, i.Store.Gorm.Exec("UPDATE accounts SET disabled_at = ? WHERE id = ?", i.Store.Now(), account.ID).Error)
			disabled, answer := begun()
			disabled.address(answer)
			must(t, i.Store.Gorm.Exec("UPDATE accounts SET disabled_at = NULL WHERE id = ?", account.ID).Error)
			one.subject = "a stranger at one"
			stranger, answer := begun()
			stranger.address(answer)
			if disabled.status != stranger.status || textOf(disabled.page) != textOf(stranger.page) || disabled.path != stranger.path {
				t.Errorf("%s\n%s", textOf(disabled.page), textOf(stranger.page))
			}
		})
	})
}

// TestPreHijack lets an attacker come first with an address that is not theirs,
// in each way that there is: who owns the address never lands in an account that
// the attacker can enter, and the attacker never in the owner's.
func TestPreHijack(t *testing.T) {
	form := one(map[string]string{"role": "mentor", "name": "Vera", "country": "MX", "terms": "on"})
	by := func(provider string, b *browser) *browser { return b.press(provider).away() }
	onBoth(t, func(t *testing.T, i *installation) {
		i.budgets = generous()
		must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "es"}))
		visitor := i.site()
		honest, evil := newLiar(t, "vera", "vera@example.org"), newLiar(t, "mallory", "vera@example.org")
		camara, club := i.withProvider(honest.URL, "Cámara"), i.withProvider(evil.URL, "Club")
		signsUp := func(b *browser, email, password string) {
			b.open("/es/").submit("/es/sign-up", one(map[string]string{
				"role": "mentor", "name": "Mallory", "email": email, "password": password, "country": "US", "terms": "on",
			})).sees(200, "Revisa tu correo")
		}
		owner := func() *models.Account {
			a, err := i.Store.AccountByEmail(t.Context(), "vera@example.org")
			must(t, err)
			return a
		}
		const theirs = "three quiet herons wade"

		// The attacker signs up with the address of the owner, by a password.
		attacker := visitor()
		signsUp(attacker, "vera@example.org", theirs)
		old := i.mailedToken("vera@example.org")
		// The owner signs in at the own provider, and by that signs up.
		vera := visitor()
		by(camara, vera).sees(200, "Ya casi está", "vera@example.org")
		if vera.path != "/es/sign-up/provider" || strings.Contains(vera.text, `type="password"`) {
			t.Errorf("%s %s", vera.path, vera.text)
		}
		vera.submit(joinPath, nil).sees(422, "Completa este dato.")
		vera.submit(joinPath, form).sees(200, "Revisa tu correo")
		if _, err := i.Store.AccountByEmail(t.Context(), "vera@example.org"); models.CodeOf(err) != models.CodeNotFound {
			t.Errorf("an account without the mail: %v", err)
		}
		by(camara, visitor()).sees(200, "Ya casi está") // no account yet
		visitor().open("/es/link/" + old).sees(404)     // the attacker's link is over
		vera.open(i.mailedPath("vera@example.org")).sees(200, "Confirma tu dirección").submit("/link/"+i.mailedToken("vera@example.org"), nil).
			sees(200, "Tu cuenta está lista.")
		if a := owner(); a.PasswordHash != "" {
			t.Error("the account has a password")
		}
		attacker.open("/es/sign-in").submit("/es/sign-in", one(map[string]string{"email": "vera@example.org", "password": theirs})).sees(422)
		again := visitor()
		if by(camara, again); again.in() != "vera@example.org" {
			t.Errorf("the owner is not in: %s", textOf(again.page))
		}

		// The attacker's provider says that the address is theirs.
		attacker = visitor()
		by(club, attacker).sees(200, "Ya casi está").submit(joinPath, form).sees(200, "Revisa tu correo")
		if m, _ := i.letter("vera@example.org"); m.Kind != models.MailKnown {
			t.Errorf("the owner is told by %s", m.Kind)
		}
		by(club, attacker).sees(200, "Ya casi está")
		if attacker.in() != "" {
			t.Error("the attacker is in")
		}

		// The attacker comes first, by that provider; the owner follows the link of
		// the mail on a device of their own.
		evil.subject, evil.email = "mallory again", "rosa@example.org"
		attacker = visitor()
		by(club, attacker).submit(joinPath, form).sees(200, "Revisa tu correo")
		rosa := visitor()
		link := i.mailedToken("rosa@example.org")
		rosa.open("/es/link/"+link).sees(200, "elige aquí la contraseña").submit("/link/"+link, one(map[string]string{"password": password})).sees(200, "Tu cuenta está lista.")
		a, err := i.Store.AccountByEmail(t.Context(), "rosa@example.org")
		must(t, err)
		if all, err := i.Store.Identities(t.Context(), a.ID); err != nil || len(all) != 0 {
			t.Errorf("the attacker is linked: %v %v", all, err)
		}
		by(club, attacker).sees(200, "Ya casi está")
		if attacker.in() != "" {
			t.Error("the attacker is in")
		}

		// An account that the attacker made with an own address, and then wants to
		// give the owner's: nothing leads the owner there.
		evil.email = ""
		attacker = visitor()
		by(club, attacker).sees(403, "Todavía no hay una cuenta aquí") // userinfo has none either
		accounts, err := i.Store.Accounts(t.Context(), "")
		must(t, err)
		if len(accounts) != 3 { // with the administrator
			t.Errorf("%d accounts", len(accounts))
		}
	})
}

// TestUnverifiedAddress signs nobody up whose address the provider has not
// verified.
func TestUnverifiedAddress(t *testing.T) {
	i := install(t, newDatabase(t, "sqlite"))
	i.budgets = generous()
	visitor := i.site()
	l := newLiar(t, "vera", "vera@example.org")
	provider := i.withProvider(l.URL, "Cámara")
	for _, c := range []struct {
		name  string
		email any
		says  any
		is    bool
	}{
		{"verified", "vera@example.org", true, true},
		{"verified, as a text", "vera@example.org", "true", true},
		{"not verified", "vera@example.org", false, false},
		{"not verified, as a text", "vera@example.org", "false", false},
		{"said nothing", "vera@example.org", nil, false},
		{"a number", "vera@example.org", 1, false},
		{"no address", "vera at example", true, false},
		{"an address with a name", "Vera <vera@example.org>", true, false},
		{"two addresses", "vera@example.org,eva@example.org", true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			l.claims = func(m jwt.MapClaims) { m["email"], m["email_verified"] = c.email, c.says }
			b := visitor()
			b.t = t
			b.press(provider).away()
			if c.is {
				b.sees(200, "Ya casi está")
			} else {
				b.sees(403, "Todavía no hay una cuenta aquí")
			}
		})
	}
}

// TestLinks links an account with providers on its page and ends that, in three
// languages.
func TestLinks(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		i.budgets = generous()
		visitor := i.site()
		l, other := newLiar(t, "dana", "someone-else@example.org"), newLiar(t, "dana too", "x@example.org")
		camara, consejo := i.withProvider(l.URL, "Cámara"), i.withProvider(other.URL, "Consejo")
		dana, eva := i.member("dana@example.org"), i.member("eva@example.org")
		signIn := func(email string) *browser {
			b := visitor()
			return b.open("/es/sign-in").submit("/es/sign-in", one(map[string]string{"email": email, "password": password}))
		}
		link := func(b *browser, provider string) *browser {
			return b.open("/es/account").submit(linksPath, one(map[string]string{"provider": provider, "provider_password": password}))
		}
		b := signIn(dana.Email)
		b.open("/es/account").sees(200, "Iniciar sesión con una organización").submit(linksPath, one(map[string]string{"provider": camara, "provider_password": "not the password"})).
			sees(422)
		b.submit(linksPath, one(map[string]string{"provider": missingID, "provider_password": password})).sees(422, "Completa este dato.")
		link(b, camara).sees(200, "Continúa en Cámara").away().sees(200, "Desde ahora puedes iniciar sesión de esa forma.", "Vinculado el")
		for lang, want := range map[string]string{"en": "End the link", "fr": "Mettre fin au lien"} {
			b.open("/"+lang+"/account").sees(200, want)
		}
		by := visitor()
		if by.press(camara).away(); by.in() != dana.Email { // whatever address the provider says
			t.Errorf("%q is in: %s", by.in(), i.log.tail())
		}

		// Somebody else's sign-in is not taken over, nor a second one of a provider.
		e := signIn(eva.Email)
		link(e, camara).away().sees(409, "Ya hay un vínculo")
		l.subject = "another of dana's"
		must(t, i.Store.UnlinkIdentity(t.Context(), dana.ID, camara))
		link(b, camara).away().sees(200)
		answerOf := func(b *browser) string { return b.comesBack(b.leads()) }

		// A flow belongs to its session.
		answer := answerOf(link(b, consejo))
		b.open("/es/account").submit("/es/sign-out", nil)
		b.address(answer).sees(400)
		b = signIn(dana.Email)
		answer = answerOf(link(b, consejo))
		b.open("/es/sign-in").submit("/es/sign-in", one(map[string]string{"email": eva.Email, "password": password}))
		b.address(answer).sees(400)
		if all, err := i.Store.Identities(t.Context(), eva.ID); err != nil || len(all) > 0 {
			t.Errorf("%v %v", all, err)
		}

		// The last way to sign in stays.
		b = signIn(dana.Email)
		link(b, consejo).away().sees(200)
		must(t, i.Store.Gorm.Exec("UPDATE accounts SET password_hash = '' WHERE id = ?", dana.ID).Error)
		b.open("/es/account").sees(200).submit("/es/account/providers/"+camara, nil).sees(200, "El vínculo terminó.", "Es la única forma en que inicias sesión")
		if strings.Contains(b.text, "/es/account/providers/"+consejo) {
			t.Error("the last one has a button")
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, i.URL+"/es/account/providers/"+consejo, nil)
		must(t, err)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		b.send(r).sees(409, "Es la única forma")
		r, err = http.NewRequestWithContext(t.Context(), http.MethodPost, i.URL+"/es/account/providers/"+consejo, nil)
		must(t, err)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		b.send(r).sees(403)
		e.send(func() *http.Request {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, i.URL+"/es/account/providers/"+consejo, nil)
			must(t, err)
			return r
		}()).sees(404) // somebody else's

		actions := map[string]int{}
		log, err := i.Store.AuditLog(t.Context(), "accounts", dana.ID)
		must(t, err)
		for _, entry := range log {
			actions[entry.Action]++
			if strings.Contains(entry.Details, l.subject) {
				t.Errorf("the log names the subject: %s", entry.Details)
			}
		}
		if actions["identity.link"] != 3 || actions["identity.unlink"] != 2 || actions["identity.use"] != 1 {
			t.Errorf("the audit log has %v", actions)
		}
	})
}

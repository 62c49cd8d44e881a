package api

import (
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"puente/jobs"
	"puente/models"
	"puente/script/mailtest"
)

// TestStoryMail signs up on both sides, signs in by mail, chooses another
// password, changes the address and the sides, all with links that a real mail
// server delivered, in French.
func TestStoryMail(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			sink := mailtest.Start(t, false, false)
			i := install(t, newDatabase(t, kind))
			q, err := jobs.NewQueue(i.Store, jobs.QueueOptions{Workers: 1, Vault: testVault(t), SMTP: &jobs.SMTP{
				Host: "127.0.0.1", Port: sink.Port, User: mailtest.User, Password: mailtest.Password, Roots: sink.Roots, From: "Puente <puente@example.org>",
			}})
			must(t, err)
			must(t, q.Start(t.Context()))
			t.Cleanup(func() { must(t, q.Stop(t.Context())) })
			o := i.Options
			o.Queue = q
			i.Server = New(o)
			must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "fr"}))
			server := httptest.NewServer(i)
			defer server.Close()
			link := regexp.MustCompile(`http://puente\.test(/\w\w/link/[A-Z2-7]{26})`)
			mailed := func(to string) string {
				t.Helper()
				raw := strings.ReplaceAll(sink.Wait(t, to, "/link/").Raw, "=\r\n", "")
				return link.FindStringSubmatch(raw)[1]
			}

			b := newBrowser(t, server.URL)
			b.open("/fr/").submit("/fr/sign-up", one(map[string]string{
				"role": "both", "name": "Léa Roy", "email": "lea@example.org", "password": password, "country": "CA", "terms": "on",
			})).sees(200, "Consultez vos courriels")
			if strings.Contains(b.text, "serveur de courriel") {
				t.Error("mail is sent, and the page says that it is not")
			}
			verify := mailed("lea@example.org")
			for range 3 { // mail programs look at links
				newBrowser(t, server.URL).open(verify).sees(200, "choisissez ici le mot de passe")
			}
			b.open(verify).sees(200, "vous confirmez que l'adresse est à vous").submit(verify, nil).sees(200, "Profil d'entreprise", "Profil de mentorat", "Votre compte est prêt")
			newBrowser(t, server.URL).open(verify).sees(404)
			b.link("side=mentor").sees(200, "Profil de mentorat").open("/fr/profile?side=nobody").sees(422)
			b.open("/fr/account").sees(200, "lea@example.org", "Vous pouvez changer cela").submit("/account/role", url.Values{"role": {absent}}).sees(422)
			b.submit("/account/role", url.Values{"role": {"mentor"}}).sees(200, "C'est enregistré")
			b.open("/fr/profile?side=mentee").sees(422)

			phone := newBrowser(t, server.URL)
			phone.open("/fr/sign-in").link("/sign-in/link").submit("/sign-in/link", one(map[string]string{"email": "lea at home"})).sees(422)
			phone.submit("/sign-in/link", one(map[string]string{"email": "Lea@Example.org"})).sees(200, "Consultez vos courriels")
			signIn := mailed("lea@example.org")
			phone.open(signIn).submit(signIn, nil).sees(200)
			phone.open("/fr/account").sees(200, "lea@example.org")

			phone.open("/fr/account").submit("/account/password", nil).sees(200, "Consultez vos courriels")
			reset := mailed("lea@example.org")
			phone.open(reset).submit(reset, one(map[string]string{"password": "court"})).sees(422, "15")
			phone.submit(reset, one(map[string]string{"password": "un pont sur le fleuve"})).sees(200, "Votre nouveau mot de passe est enregistré")
			sink.Wait(t, "lea@example.org", "Tous les autres appareils")
			b.open("/fr/account").sees(200, "Mot de passe", "Se connecter")
			if b.path != "/fr/sign-in?next=%2Faccount" {
				t.Errorf("another device stays signed in, at %s", b.path)
			}

			change := func(email, password string) *browser {
				return phone.open("/fr/account").submit("/account/email", one(map[string]string{"email": email, "password": password}))
			}
			change("neuve@example.org", "not the password").sees(422, "Ce n'est pas votre mot de passe")
			change("neuve", "un pont sur le fleuve").sees(422)
			change("neuve@example.org", "un pont sur le fleuve").sees(200, "Consultez vos courriels")
			fresh := mailed("neuve@example.org")
			phone.open(fresh).sees(200, "nouvelle adresse").submit(fresh, nil).sees(200, "neuve@example.org", "utilise maintenant la nouvelle adresse")
			sink.Wait(t, "lea@example.org", "autre adresse")
			if all := sink.Mails(); len(all) > 0 {
				t.Errorf("more was written: %v", all)
			}
			for _, text := range []string{verify, signIn, reset, fresh, "un pont"} {
				if strings.Contains(i.log.String(), text[strings.LastIndexByte(text, '/')+1:]) {
					t.Errorf("the log holds %s", text)
				}
			}
			admin := i.signsIn(server.URL, models.AccountAdmin, "ada@example.org")
			admin.open("/fr/mailbox").sees(200, "Envoyé", "neuve@example.org", "Confirmez votre nouvelle adresse")
			if strings.Contains(admin.text, "/fr/mailbox/") {
				t.Error("a mail that was sent can be read")
			}
		})
	}
}

// signsIn is the browser of an account that is made for it.
func (i *installation) signsIn(base string, role models.AccountRole, email string) *browser {
	i.t.Helper()
	a := models.Account{Role: role, Email: email, Lang: "fr", VerifiedAt: new(i.Store.Now())}
	must(i.t, i.Store.CreateAccount(i.t.Context(), "", &a))
	if role == models.AccountStaff {
		i.staff = append(i.staff, a.ID)
		i.manage()
	}
	i.enrolled(&a)
	id := i.browserSession(a.ID)
	b := newBrowser(i.t, base)
	at, err := url.Parse(base)
	must(i.t, err)
	b.client.Jar.SetCookies(at, cookies(id))
	return b
}

// TestMailbox reads mails where nothing sends them: administrators only, and the
// audit log knows who.
func TestMailbox(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		server := httptest.NewServer(i)
		defer server.Close()
		must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "fr"}))
		admin := i.signsIn(server.URL, models.AccountAdmin, "ada@example.org")
		admin.open("/fr/mailbox").sees(200, "Il n'y a pas encore de courriel")
		i.nobody().call(202, "POST", "/api/v1/accounts", object{"role": "both", "email": "lucia@example.org", "password": password, "lang": "es", "terms": true})
		admin.open("/fr/mailbox").sees(200, "À lire ici", "lucia@example.org").link("/fr/mailbox/").sees(200, "Confirma tu dirección de correo", i.mailedToken("lucia@example.org"))
		m, _ := i.letter("lucia@example.org")
		for _, role := range []models.AccountRole{models.AccountStaff, models.AccountMentor} {
			other := i.signsIn(server.URL, role, string(role)+"@example.org")
			other.open("/fr/mailbox").sees(403)
			other.open("/fr/mailbox/" + m.ID).sees(403)
			if strings.Contains(other.text, "lucia@") {
				t.Errorf("%s reads the mailbox", role)
			}
		}
		log, err := i.Store.AuditLog(t.Context(), "mails", m.ID)
		if err != nil || len(log) != 1 || log[0].Action != "letter.read" || log[0].ActorID == nil {
			t.Errorf("audit log: %+v %v", log, err)
		}
		admin.open("/fr/mailbox/0190a5b2-0000-7000-8000-000000000000").sees(404)
		admin.open("/fr/mailbox/"+m.ID).link("/fr/link/").sees(200, "choisissez ici le mot de passe")
	})
}

// TestTakenBefore signs somebody else's address up before its owner does: the
// password of the thief never holds.
func TestTakenBefore(t *testing.T) {
	empty, err := emptyStore()
	must(t, err)
	i := installCopy(t, empty)
	must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "fr"}))
	server := httptest.NewServer(i)
	defer server.Close()
	signUp := func(secret string) *browser {
		b := newBrowser(t, server.URL)
		return b.open("/en/").submit("/en/sign-up", one(map[string]string{
			"role": "mentee", "name": "Lucía", "email": "lucia@example.org", "password": secret, "country": "MX", "terms": "on",
		})).sees(200, "Look into your mail")
	}
	owner, thief := signUp("the password of the owner"), signUp("the password of the thief")
	link := i.mailedPath("lucia@example.org")
	owner.open(link).sees(200, "choose the password of your account here").submit(link, one(map[string]string{"password": "the password of the owner"})).sees(200, "Your account is ready")
	for secret, status := range map[string]int{"the password of the thief": 401, "the password of the owner": 201} {
		i.nobody().call(status, "POST", "/api/v1/tokens", object{"email": "lucia@example.org", "password": secret})
	}
	thief.open(link).sees(404)
	thief.open("/en/account")
	if !strings.HasPrefix(thief.path, "/en/sign-in") {
		t.Error("the thief is signed in")
	}
}

// TestOwnAccount changes sides and address through the interface for programs.
func TestOwnAccount(t *testing.T) {
	empty, err := emptyStore()
	must(t, err)
	i := installCopy(t, empty)
	admin := i.withRole(models.AccountAdmin, "ada@example.org")
	programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"}).text("id")
	p := i.signUp("both", "lucia@example.org", "es")
	if me := p.call(200, "GET", "/api/v1/me", nil); me.text("role") != "both" {
		t.Errorf("me: %s", me.w.Body)
	}
	mentee := p.call(201, "POST", "/api/v1/profiles", object{"programme": programme, "person": lucia})
	mentor := p.call(201, "POST", "/api/v1/profiles", object{"programme": programme, "role": "mentor", "person": dana})
	if mentor.text("person.conflicts.0") != mentee.text("code") {
		t.Errorf("the two sides of one person may be paired: %s", mentor.w.Body)
	}
	p.call(409, "POST", "/api/v1/profiles", object{"programme": programme, "role": "mentor", "person": dana})
	p.call(422, "PUT", "/api/v1/me/role", object{"role": "admin"})
	admin.call(403, "PUT", "/api/v1/me/role", object{"role": "mentor"})
	if me := p.call(200, "PUT", "/api/v1/me/role", object{"role": "entrepreneur"}); me.text("role") != "entrepreneur" || len(me.at("profiles").([]any)) != 1 {
		t.Errorf("one side: %s", me.w.Body)
	}
	p.call(422, "POST", "/api/v1/profiles", object{"programme": programme, "role": "mentor", "person": dana})
	p.call(200, "POST", mentee.w.Header().Get("Location")+"/moves", object{"event": "submit"})
	p.call(409, "PUT", "/api/v1/me/role", object{"role": "both"})

	p.call(422, "POST", "/api/v1/me/email", object{"email": "new@example.org", "password": "not the password"})
	p.call(202, "POST", "/api/v1/me/email", object{"email": "new@example.org", "password": password})
	token := i.mailedToken("new@example.org")
	p.call(401, "POST", "/api/v1/tokens", object{"email": "new@example.org", "password": password})
	again := i.nobody().call(201, "POST", "/api/v1/tokens/by-link", object{"token": token})
	p.call(401, "GET", "/api/v1/me", nil)
	p.token = again.text("access_token")
	if me := p.call(200, "GET", "/api/v1/me", nil); me.text("email") != "new@example.org" {
		t.Errorf("me: %s", me.w.Body)
	}
	if m, _ := i.letter("lucia@example.org"); m.Kind != models.MailEmailChanged {
		t.Errorf("the old address was told %s", m.Kind)
	}
	i.nobody().call(202, "POST", "/api/v1/links", object{"email": "new@example.org", "purpose": "reset"})
	reset := i.mailedToken("new@example.org")
	i.nobody().call(422, "POST", "/api/v1/tokens/by-link", object{"token": reset})
	i.nobody().call(201, "POST", "/api/v1/tokens/by-link", object{"token": reset, "password": password + " again"})
	i.nobody().call(404, "POST", "/api/v1/tokens/by-link", object{"token": reset, "password": password + " again"})
	p.call(401, "GET", "/api/v1/me", nil)
	i.nobody().call(422, "POST", "/api/v1/links", object{"email": "new@example.org", "purpose": "demo"})
}

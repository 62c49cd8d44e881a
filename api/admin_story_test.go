package api

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"puente/models"
)

// TestStoryAdmin plays an administrator on the pages, in Spanish: a programme and
// home organisations, a reviewer who is invited, sees her own people, loses the
// role and sees nothing; and an account that is signed out and disabled.
func TestStoryAdmin(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		server := httptest.NewServer(i)
		defer server.Close()
		admin := i.staffSignsIn(server.URL)
		i.storyProgramme(admin)
		home := i.storyOrganizations(admin)

		admin.open("/es/invitations").sees(200, "No hay invitaciones abiertas.")
		admin.submit("/es/invitations", one(map[string]string{"email": "rosa en casa", "lang": "fr"})).sees(422, "Función: Completa este dato.")
		admin.submit("/es/invitations", one(map[string]string{"grant": "reviewer:" + home})).sees(422, "no es una dirección de correo")
		admin.submit("/es/invitations", one(map[string]string{"email": "rosa@example.org", "switch": "en"})).sees(200, "Waiting for an answer")
		admin.submit("/en/invitations", url.Values{"switch": {"es"}}).sees(200, "En espera de respuesta")
		admin.submit("/es/invitations", nil).sees(200, "Escribimos a la dirección.", "rosa@example.org", "Revisión de Cámara de Oaxaca")
		known := admin.submit("/es/invitations", one(map[string]string{"email": "ana@example.org", "grant": "reviewer:" + home})).sees(200, "Escribimos a la dirección.")
		if m, _ := i.letter("ana@example.org"); m.Kind != models.MailInvitedKnown || strings.Count(known.text, "/again") != 1 {
			t.Errorf("an address with an account got %s", m.Kind)
		}
		first := i.mailedPath("rosa@example.org")
		admin.submit("/again", nil).sees(200, "Escribimos a la dirección.")
		rosa := newBrowser(t, server.URL)
		rosa.open(first).sees(404)
		rosa.open(i.mailedPath("rosa@example.org")).submit("/link/"+i.mailedToken("rosa@example.org"), one(map[string]string{"password": password})).
			setsUp().link("/fr/people").sees(200, "Personnes")
		admin.submit("/withdraw", nil).sees(409, "Esta invitación ya se aceptó o se retiró mientras tanto.", "No hay invitaciones abiertas.")
		admin.open("/es/invitations").submit("/es/invitations", one(map[string]string{"email": "eva@example.org", "grant": "admin"})).submit("/withdraw", nil).
			sees(200, "La invitación se retiró.", "No hay invitaciones abiertas.")
		newBrowser(t, server.URL).open(i.mailedPath("eva@example.org")).sees(404)

		lucia, diego := i.storyPerson(server.URL, "lucia", "Conservas Lucía", home), i.storyPerson(server.URL, "diego", "Talleres Diego", "")
		if rosa.open("/es/people").sees(200, "Conservas Lucía", "Cámara de Oaxaca"); strings.Contains(rosa.text, "Talleres Diego") {
			t.Error("a reviewer sees somebody else's people")
		}
		rosa.open("/es/accounts").sees(403)
		admin.open("/es/people").sees(200, "Conservas Lucía", "Talleres Diego")
		if admin.open("/es/people?organization="+home).sees(200, "Conservas Lucía"); strings.Contains(admin.text, "Talleres Diego") {
			t.Error("the filter shows others")
		}
		if admin.open("/es/people?organization=none").sees(200, "Talleres Diego"); strings.Contains(admin.text, "Conservas Lucía") {
			t.Error("the filter shows those with an organisation")
		}
		rosa.open("/es/people").submit("/do/approve", nil).sees(200, "Listo.")
		i.storyOwner(lucia)
		if diego.open("/es/profile/do/pause").sees(409); diego.open("/es/profile/do/block").status != 404 {
			t.Errorf("a step of staff: %d", diego.status)
		}
		i.storyAccount(admin, rosa, home)
		i.storyMail(admin)
	})
}

// storyProgramme makes a programme and changes it.
func (i *installation) storyProgramme(admin *browser) {
	i.t.Helper()
	admin.open("/es/rounds").link("/es/accounts").sees(200, "Cuentas").link("/es/programmes").sees(200, "Todavía no hay programas.")
	admin.submit("/es/programmes", nil).sees(422, "Nombre: Completa este dato.")
	admin.submit("/es/programmes", one(map[string]string{"name": "Puente Sur"})).sees(200, "Se agregó.", "Puente Sur", "Nadie todavía")
	admin.open("/es/programmes").submit("/es/programmes", one(map[string]string{"name": "Puente Sur"})).sees(409, "Otro programa tiene este nombre.")
	admin.open("/es/programmes").link("/es/programmes/0")
	old := *admin
	admin.submit(admin.path, one(map[string]string{"name": "Puente", "cover": "mentees", "interpreter": "on", "demographics": "off"})).sees(200, "Se guardó.")
	all, err := i.Store.Programmes(i.t.Context())
	must(i.t, err)
	if p := all[0]; p.Name != "Puente" || p.Demographics != models.DemographicsOff || !strings.Contains(p.Settings, `"cover":"mentees"`) || p.Version != 2 {
		i.t.Errorf("stored %+v", p)
	}
	old.submit(strings.Split(old.path, "?")[0], one(map[string]string{"name": "Otro"})).sees(412, "Otra persona cambió esto", "Ver qué dice ahora")
	old.submit(strings.Split(old.path, "?")[0], one(map[string]string{"method": "stable", "cover": "mentees"})).sees(422, "Error")
	old.submit(strings.Split(old.path, "?")[0], one(map[string]string{"method": "optimal", "name": "Puente"})).sees(200, "Se guardó.")
}

// storyOrganizations makes two home organisations and changes one; it gives its
// id.
func (i *installation) storyOrganizations(admin *browser) string {
	i.t.Helper()
	admin.open("/es/organizations").sees(200, "Todavía no hay organizaciones de origen.")
	admin.submit("/es/organizations", one(map[string]string{"name": "Chambre de Québec", "switch": "fr"})).sees(200, "Organismes d’attache")
	admin.submit("/fr/organizations", url.Values{"country": {"CA"}, "switch": {"es"}}).sees(200, "Organizaciones de origen")
	if all, err := i.Store.Organizations(i.t.Context()); err != nil || len(all) != 0 {
		i.t.Errorf("a change of the language stored %v %v", all, err)
	}
	admin.submit("/es/organizations", nil).sees(200, "Se agregó.", "Chambre de Québec", "0 personas")
	admin.submit("/es/organizations", one(map[string]string{"name": "Cámara", "country": "XX"})).sees(422, "País")
	admin.submit("/es/organizations", one(map[string]string{"name": "Cámara", "country": "MX"})).sees(200, "Se agregó.")
	admin.submit("/es/organizations", one(map[string]string{"name": "Cámara", "country": "MX"})).sees(409, "Otra organización de origen de este país tiene este nombre.")
	if got := admin.text; !strings.Contains(got, `value="Cámara"`) {
		i.t.Error("what was filled in is lost")
	}
	all, err := i.Store.Organizations(i.t.Context())
	must(i.t, err)
	home := all[1]
	if home.Name != "Cámara" {
		home = all[0]
	}
	admin.link("/es/organizations/"+home.ID).sees(200, "Cámara", "México")
	old := *admin
	admin.submit("/"+home.ID, one(map[string]string{"name": "Cámara de Oaxaca"})).sees(200, "Se guardó.", "Cámara de Oaxaca")
	old.submit("/"+home.ID, one(map[string]string{"name": "Cámara del Sur"})).sees(412, "Otra persona cambió esto", "Cámara de Oaxaca")
	if !strings.Contains(old.text, "Cámara del Sur") {
		i.t.Error("what was filled in is lost")
	}
	return home.ID
}

// storyPerson plays a business up to a profile that was sent.
func (i *installation) storyPerson(base, name, business, home string) *browser {
	i.t.Helper()
	email := name + "@example.org"
	b := newBrowser(i.t, base)
	b.open("/es/").submit("/es/sign-up", one(map[string]string{"name": business, "country": "MX", "switch": "fr"}))
	if b.sees(200); b.path != "/fr/sign-up" || !strings.Contains(b.text, business) {
		i.t.Errorf("%s: what was filled in is lost with the language", b.path)
	}
	b.submit("/fr/sign-up", one(map[string]string{"role": "mentee", "email": email, "password": password, "terms": "on"})).sees(200)
	b.open(i.mailedPath(email)).submit("/link/"+i.mailedToken(email), nil).sees(200)
	filled := one(map[string]string{
		"languages1": "es", "languages1_level": "native", "sectors1": "311", "stage": "exploring", "needs1": "rules_of_origin", "region": "MX-OAX", "home": home,
	})
	filled["targets"] = []string{"US"}
	b.open("/es/profile").submit("/es/profile", one(map[string]string{"region": "MX-OAX", "switch": "en"})).sees(200, "Home organization")
	b.submit("/en/profile", one(map[string]string{"home": "nowhere"})).sees(422, "Home organization: Choose one of the list.")
	if row, err := i.Store.AccountByEmail(i.t.Context(), email); err == nil {
		rows, err := i.Store.ProfilesOf(i.t.Context(), row.ID)
		if must(i.t, err); rows[0].Profile.Region != "" || rows[0].OrganizationID != nil {
			i.t.Errorf("a change of the language stored %+v", rows[0])
		}
	}
	return b.open("/es/profile").submit("/es/profile", filled).sees(200, "Tu perfil se envió.")
}

// storyOwner pauses a profile that waits, comes back and withdraws it.
func (i *installation) storyOwner(owner *browser) {
	i.t.Helper()
	owner.open("/es/profile").link("/do/pause").sees(200, "¿Poner tu perfil en pausa?").link("/es/profile?side=mentee").sees(200, "Tu participación")
	owner.link("/do/pause").submit("/do/pause", nil).sees(200, "Tu perfil está en pausa.", "En pausa: las rondas no lo toman.")
	owner.open("/es/profile/do/pause?side=mentee").sees(409)
	owner.open("/es/profile?side=mentee").link("/do/wait").submit("/do/wait", nil).sees(200, "Participas de nuevo.")
	owner.link("/do/withdraw").sees(200, "Esto no se puede deshacer.").submit("/do/withdraw", nil).sees(200, "Tu perfil se retiró.", "Retirado.")
	if strings.Contains(owner.text, "/do/") {
		i.t.Error("there is a step after the last one")
	}
	owner.open("/es/profile/do/withdraw?side=mentor").sees(404)
}

// storyAccount ends the role of a reviewer, gives it back, signs her out and
// disables her account.
func (i *installation) storyAccount(admin, rosa *browser, home string) {
	i.t.Helper()
	admin.open("/es/accounts?email=nadie").sees(200, "Ninguna cuenta tiene una dirección que empiece así.")
	admin.open("/es/accounts?email=ROSA").link("/es/accounts/0").sees(200, "rosa@example.org", "Revisión de Cámara de Oaxaca", "Se creó la cuenta", "por ana@example.org")
	at := strings.TrimPrefix(admin.path, "/es")
	rosa.open("/es/people").sees(200)
	admin.open("/es"+at).submit(roleToEnd(admin), nil).sees(200, "La función terminó.", "Terminada")
	rosa.open("/es/people").sees(403)
	admin.submit("/grants", nil).sees(422, "Función: Completa este dato.")
	admin.submit("/grants", one(map[string]string{"grant": "reviewer:" + home})).sees(200, "La función está dada.")
	admin.submit("/grants", one(map[string]string{"grant": "reviewer:" + home})).sees(409)
	rosa.open("/es/people").sees(200)
	admin.open("/es"+at).submit("/sessions", nil).sees(200, "Se cerraron todas las sesiones de la cuenta.", "En ningún lugar por ahora.")
	rosa.open("/es/people").sees(200, "Contraseña")
	admin.open("/es"+at).link("/disable").sees(200, "¿Desactivar rosa@example.org?").submit("/disable", nil).sees(200, "La cuenta está desactivada.")
	signIn := one(map[string]string{"email": "rosa@example.org", "password": password})
	rosa.open("/es/sign-in").submit("/es/sign-in", signIn).sees(422)
	admin.link("/enable").submit("/enable", nil).sees(200, "La cuenta está activa de nuevo.")
	rosa.open("/es/sign-in").submit("/es/sign-in", signIn)
	rosa.submit("/sign-in/code", one(map[string]string{"code": i.recoveryCode(i.accountOf("rosa@example.org"))})).sees(200, "Personas")
	i.storyFactor(admin, rosa, at)
	admin.open("/es/accounts?email=ana").link("/es/accounts/0").link("/disable").submit("/disable", nil).sees(409, "Invita antes a otra.")
}

// storyFactor takes the second factor of somebody who has lost it, not one's own.
func (i *installation) storyFactor(admin, rosa *browser, at string) {
	i.t.Helper()
	admin.open("/en"+at+"/factor").sees(200, "Take the second step of rosa@example.org away?").open("/fr"+at+"/factor").sees(200, "Retirer la deuxième étape de rosa@example.org ?")
	admin.open("/es"+at).link("/factor").sees(200, "¿Quitar el segundo paso de rosa@example.org?")
	late := *admin
	rosa.open("/es/people").sees(200, "Personas")
	admin.submit("/factor", nil).sees(200, "El segundo paso se quitó", "En ningún lugar por ahora.", "Se quitó el segundo paso")
	if strings.Contains(admin.text, "/factor") {
		i.t.Error("there is nothing to take any more, and a button")
	}
	rosa.open("/es/people").sees(200, "Contraseña")
	if m, _ := i.letter("rosa@example.org"); m.Kind != models.MailFactorRemoved {
		i.t.Errorf("the owner was told by %s", m.Kind)
	}
	late.submit("/factor", nil).sees(200)
	admin.open("/es"+at+"/factor").sees(200, "rosa@example.org", "En ningún lugar por ahora.")
	admin.open("/es/accounts/" + nowhere + "/factor").sees(404)
	admin.open("/es/accounts?email=ana").link("/es/accounts/0")
	if strings.Contains(admin.text, "/factor") {
		i.t.Error("one's own has a button")
	}
	admin.open(strings.Split(admin.path, "?")[0]+"/factor").sees(409, "con un código")
	rosa.open("/es/sign-in").submit("/es/sign-in", one(map[string]string{"email": "rosa@example.org", "password": password})).sees(200, "Segundo paso")
}

// roleToEnd is the end of the address of the first role that can be ended.
func roleToEnd(b *browser) string {
	_, rest, _ := strings.Cut(b.text, "/grants/")
	id, _, _ := strings.Cut(rest, `"`)
	return "/grants/" + id
}

// storyMail sends a mail again that could not be sent.
func (i *installation) storyMail(admin *browser) {
	i.t.Helper()
	m, _ := i.letter("rosa@example.org")
	must(i.t, i.Store.Gorm.Exec("UPDATE mails SET state = 'failed', content = NULL, kind = 'sign_in' WHERE id = ?", m.ID).Error)
	admin.open("/es/mailbox").link("state=failed").sees(200, "No se pudo enviar", "rosa@example.org")
	old := *admin
	admin.submit("/again", nil).sees(200, "El correo se escribió de nuevo.")
	old.submit("/again", nil).sees(404)
	newBrowser(i.t, admin.base).open(i.mailedPath("rosa@example.org")).sees(200)
}

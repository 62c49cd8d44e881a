package api

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"puente/models"
)

// unhurried are the budgets with waits that no slow machine waits out.
func unhurried() map[string]limits {
	out := maps.Clone(budgets)
	for _, what := range []string{tryMail, tryInvite} {
		b := out[what]
		for _, one := range []*models.Budget{&b.address, &b.network, &b.all, &b.device, &b.account} {
			if one.Free > 0 {
				one.First, one.Most = time.Hour, time.Hour
			}
		}
		out[what] = b
	}
	return out
}

// boundless are the budgets without what counts by who asks, which says nothing
// of whom it is asked about.
func boundless() map[string]limits {
	out := maps.Clone(budgets)
	b := out[tryMail]
	b.account.Free = 1 << 30
	out[tryMail] = b
	return out
}

const workshop = "192.0.2.50" // one address for everybody in the room

// fromWorkshop fills in the form for signing up.
func (i *installation) fromWorkshop(address, email string) *httptest.ResponseRecorder {
	person := one(map[string]string{
		"role": "mentee", "name": "Lucía de Oaxaca", "email": email, "password": password, "organization": "Conservas", "country": "MX", "terms": "on",
	})
	return i.from(address, "/es/sign-up", person.Encode(), formType, "Accept: text/html")
}

// TestWorkshopSignsUp has two hundred people sign up from one network, who read
// their mails a while later, on their telephones: nobody waits. Two hundred
// addresses that nobody confirms wait from the end of the budget on, and who
// waits has lost nothing of what was filled in.
func TestWorkshopSignsUp(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		cheapHashes(t)
		must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "es"}))
		i.budgets = unhurried()
		people, behind := 200, 40
		for n := range people + behind {
			if n < people {
				if w := i.fromWorkshop(workshop, fmt.Sprintf("person%d@example.org", n)); w.Code != 303 || w.Header().Get("Location") != "/es/mail-sent" {
					t.Fatalf("person %d: %d %s", n, w.Code, w.Body)
				}
			}
			if n >= behind {
				path := i.mailedPath(fmt.Sprintf("person%d@example.org", n-behind))
				if w := i.from(networkOf(n), path, url.Values{"password": {password}}.Encode(), formType); w.Code != 303 {
					t.Fatalf("the link of person %d: %d %s", n-behind, w.Code, w.Body)
				}
			}
		}
		through := 0
		for n := range people {
			w := i.fromWorkshop(workshop, fmt.Sprintf("nobody%d@example.org", n))
			if w.Code == 303 {
				through++
				continue
			}
			page := w.Body.String()
			if w.Code != 429 || w.Header().Get("Retry-After") == "" || !strings.Contains(page, "vuelve a enviarlo") || strings.Contains(page, "enlace por correo") {
				t.Fatalf("address %d: %d %s", n, w.Code, page)
			}
			for _, kept := range []string{"Lucía de Oaxaca", fmt.Sprintf("nobody%d@example.org", n), "Conservas", `value="MX" selected`} {
				if !strings.Contains(page, kept) {
					t.Fatalf("%q is lost:\n%s", kept, page)
				}
			}
		}
		if through != budgets[tryMail].network.Free {
			t.Errorf("%d addresses that nobody confirmed got through, not %d", through, budgets[tryMail].network.Free)
		}
		i.notHindered()
	})
}

// notHindered has administrators invite where strangers have used up the
// network's budget: each has a budget of their own. Everybody else's mails count
// with the network too, or accounts that cost nothing would write to anybody.
func (i *installation) notHindered() {
	i.t.Helper()
	programme := models.Programme{Name: "Invitations", Locale: "es"}
	must(i.t, i.Store.CreateProgramme(i.t.Context(), "", &programme))
	grants := []object{{"role": "manager", "programme": programme.ID}}
	admins := []person{i.withRole(models.AccountAdmin, "ada@example.org"), i.withRole(models.AccountAdmin, "eva@example.org")}
	much := i.budgets[tryInvite]
	much.account.Free = 7
	i.budgets[tryInvite] = much
	invite := func(p person, email string) int {
		i.t.Helper()
		body := asText(object{"role": "staff", "email": email, "lang": "es", "grants": grants})
		w := i.from(workshop, "/api/v1/staff", body, asJSON, "Authorization: Bearer "+p.token, "Accept-Language: en")
		if w.Code == 429 && (!strings.Contains(w.Body.String(), "send this again") || strings.Contains(w.Body.String(), "link by mail")) {
			i.t.Errorf("%s", w.Body)
		}
		return w.Code
	}
	for n := range 7 {
		if code := invite(admins[0], fmt.Sprintf("staff%d@example.org", n)); code != 202 {
			i.t.Fatalf("invitation %d: %d", n, code)
		}
	}
	if first, second := invite(admins[0], "staff7@example.org"), invite(admins[1], "staff7@example.org"); first != 429 || second != 202 {
		i.t.Errorf("beyond the own budget: %d; another administrator: %d", first, second)
	}
	ada, err := i.Store.AccountByEmail(i.t.Context(), "ada@example.org")
	must(i.t, err)
	filled := url.Values{"email": {"rosa@example.org"}, "lang": {"fr"}, "grant": {"manager:" + programme.ID}}
	page := i.from(workshop, "/fr/invitations", filled.Encode(), formType, "Cookie: puente="+i.browserSession(ada.ID))
	if text := page.Body.String(); page.Code != 429 || !strings.Contains(text, "puis renvoyez") || !strings.Contains(text, "rosa@example.org") ||
		!strings.Contains(text, `value="manager:`+programme.ID+`" selected`) {
		i.t.Errorf("the page of invitations: %d %s", page.Code, page.Body)
	}

	member := i.withPassword(models.AccountMentor, "member@example.org")
	cookie := "Cookie: puente=" + i.browserSession(member.ID)
	for n := range budgets[tryMail].account.Free + 1 {
		filled := url.Values{"email": {fmt.Sprintf("new%d@example.org", n)}, "password": {password}}
		if n == 0 {
			if w := i.from(workshop, "/en/account/email", filled.Encode(), formType, cookie); w.Code != 429 {
				i.t.Errorf("a change of the address where the network's mails are used up: %d", w.Code)
			}
		}
		w := i.from(networkOf(7000), "/en/account/email", filled.Encode(), formType, cookie)
		if want := 303; n < budgets[tryMail].account.Free && w.Code != want {
			i.t.Fatalf("change %d of the address: %d %s", n, w.Code, w.Body)
		}
		if n == budgets[tryMail].account.Free && (w.Code != 429 || !strings.Contains(w.Body.String(), filled.Get("email"))) {
			i.t.Errorf("change %d of the address: %d %s", n, w.Code, w.Body)
		}
	}
}

// TestDisabledSignsUp asks for a way in with the address of a disabled account,
// in every way, beside one that nobody has: the answers are the same byte by
// byte, and the mail has no link.
func TestDisabledSignsUp(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		cheapHashes(t)
		i.budgets = boundless()
		ways := enumerations(i)
		for n, way := range ways {
			gone, unknown := fmt.Sprintf("disable%d@example.org", n), fmt.Sprintf("unknown%d@example.org", n)
			account := models.Account{Email: gone, Role: models.AccountMentor, Lang: "fr", PasswordHash: unknownHash(), VerifiedAt: new(i.Store.Now())}
			must(t, i.Store.CreateAccount(t.Context(), "", &account))
			_, err := i.Store.Disable(t.Context(), "", account.ID)
			must(t, err)
			for round := range 7 { // the last ones are too many
				want := seen(way.send(i, unknown, networkOf(2000+n*10)), unknown)
				if got := seen(way.send(i, gone, networkOf(2001+n*10)), gone); got != want {
					t.Errorf("%s, round %d: a disabled account answers\n%s\nand not\n%s", way.name, round, got, want)
				}
			}
			switch way.name {
			case "sign in", "sign in on the page", "invite", "change of address":
				continue
			}
			m, letter := i.letter(gone)
			if m.Kind != models.MailDisabled || m.Lang != "fr" || strings.Contains(letter.Text+letter.HTML, "/link/") || !strings.Contains(letter.Text, "désactivé") {
				t.Errorf("%s: wrote %s\n%s", way.name, m.Kind, letter.Text)
			}
		}
	})
}

package api

import (
	"net/http/httptest"
	"strings"
	"testing"

	"puente/models"
)

// TestInvitations has an administrator invite, list, write again and withdraw
// through the interface for programs.
func TestInvitations(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		const at = "/api/v1/invitations"
		admin := i.admin()
		programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"}).text("id")
		invite := func(email, role string) string {
			t.Helper()
			body := object{"role": role, "email": email, "lang": "fr"}
			if role == "staff" {
				body["grants"] = []object{{"role": "manager", "programme": programme}}
			}
			return admin.call(202, "POST", "/api/v1/staff", body).text("invitation")
		}
		rosa, eva := invite("rosa@example.org", "staff"), invite("Eva@example.org", "admin")
		if rosa == eva || invite("rosa@example.org", "staff") != rosa {
			t.Error("the invitation of an address has not one id")
		}
		listed := admin.call(200, "GET", at, nil)
		if ids, _ := listed.ids(); len(ids) != 2 || ids[0] != rosa || ids[1] != eva {
			t.Errorf("%s", listed.w.Body)
		}
		if listed.text("items.0.grants.0.role") != "manager" || listed.text("items.0.grants.0.programme") != programme || listed.text("items.0.lang") != "fr" || listed.text("items.1.grants") != "[]" {
			t.Errorf("%s", listed.w.Body)
		}
		first := admin.call(200, "GET", at+"?limit=1", nil)
		if rest := admin.call(200, "GET", at+"?limit=1&cursor="+first.text("next"), nil); rest.text("items.0.id") != eva || rest.text("next") != "<nil>" {
			t.Errorf("%s", rest.w.Body)
		}

		member := i.withRole(models.AccountMentor, "member@example.org")
		nothing := invite("member@example.org", "staff")
		if nothing == i.accountOf("member@example.org") {
			t.Error("the answer tells who has the address")
		}
		for _, id := range []string{nothing, nowhere} {
			admin.call(404, "POST", at+"/"+id+"/again", nil)
			admin.call(404, "DELETE", at+"/"+id, nil)
		}
		for _, p := range []person{member, i.withRole(models.AccountStaff, "ana@example.org")} {
			p.call(403, "GET", at, nil)
			p.call(403, "POST", at+"/"+rosa+"/again", nil)
			p.call(403, "DELETE", at+"/"+rosa, nil)
		}

		old := i.mailedToken("rosa@example.org")
		admin.call(202, "POST", at+"/"+rosa+"/again", nil)
		i.nobody().call(404, "POST", "/api/v1/tokens/by-link", object{"token": old, "password": password})
		i.nobody().call(201, "POST", "/api/v1/tokens/by-link", object{"token": i.mailedToken("rosa@example.org"), "password": password})
		admin.call(409, "POST", at+"/"+rosa+"/again", nil)
		admin.call(409, "DELETE", at+"/"+rosa, nil)

		late := i.mailedToken("eva@example.org")
		admin.call(204, "DELETE", at+"/"+eva, nil)
		i.nobody().call(404, "POST", "/api/v1/tokens/by-link", object{"token": late, "password": password})
		admin.call(409, "DELETE", at+"/"+eva, nil)
		if ids, _ := admin.call(200, "GET", at, nil).ids(); len(ids) != 0 {
			t.Errorf("%q wait", ids)
		}
		if invite("eva@example.org", "admin") != eva {
			t.Error("whoever is invited anew is somebody else")
		}
	})
}

// TestConfirmsNewAddress shows the button of the mail to a new address: it says
// what pressing it does.
func TestConfirmsNewAddress(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		server := httptest.NewServer(i)
		defer server.Close()
		for lang, want := range map[string]string{"en": "Confirm this address", "es": "Confirmar esta dirección", "fr": "Confirmer cette adresse"} {
			a := models.Account{Role: models.AccountMentor, Email: lang + "@example.org", Lang: lang, VerifiedAt: new(i.Store.Now())}
			must(t, i.Store.CreateAccount(t.Context(), "", &a))
			must(t, i.Store.AskEmail(t.Context(), &a, "new-"+lang+"@example.org", i.newAsk(t.Context(), lang)))
			path := i.mailedPath("new-" + lang + "@example.org")
			b := newBrowser(t, server.URL).open(path).sees(200, want)
			if !strings.Contains(b.text, ">"+want+"</button>") {
				t.Errorf("%s: no button says %q", lang, want)
			}
			b.submit(path, nil).sees(200)
		}
	})
}

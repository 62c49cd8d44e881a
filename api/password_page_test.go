package api

import (
	"testing"

	"puente/models"
)

// TestChangePassword changes a password on the page of the account: for the old
// one only, to a good one only. All other sessions and all keys end, and the
// owner is told.
func TestChangePassword(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		i.budgets = generous()
		lea := i.withRole(models.AccountMentor, "lea@example.org")
		account, err := i.Store.AccountByEmail(t.Context(), "lea@example.org")
		must(t, err)
		visitor := i.site()
		visitor().open("/fr/sign-in").submit("/fr/sign-in", one(map[string]string{"email": "lea@example.org", "password": password})).sees(422)
		hash, err := i.hash(t.Context(), password)
		must(t, err)
		must(t, i.Store.SetPassword(t.Context(), "", account.ID, hash, "", nil))
		enters := func(with string) *browser {
			return visitor().open("/fr/sign-in").submit("/fr/sign-in", one(map[string]string{"email": "lea@example.org", "password": with}))
		}
		b, phone := enters(password), enters(password)
		const next = "un pont sur le fleuve"
		change := func(old, chosen string) *browser {
			return b.open("/fr/account").submit("/fr/account/password/change", one(map[string]string{"old_password": old, "new_password": chosen}))
		}
		change("", next).sees(422, "Remplissez ce champ")
		change("not the password", next).sees(422, "Ce n'est pas votre mot de passe")
		change(password, "court").sees(422, "15")
		change(password, "lea@example.org lea").sees(422)
		phone.open("/fr/account").sees(200, "lea@example.org")
		change(password, next).sees(200, "Votre nouveau mot de passe est enregistré")
		b.open("/fr/account").sees(200, "lea@example.org")
		if phone.open("/fr/account"); phone.path != "/fr/sign-in?next=%2Faccount" {
			t.Errorf("another device stays signed in, at %s", phone.path)
		}
		enters(password).sees(422)
		enters(next).open("/fr/account").sees(200, "lea@example.org")
		lea.call(401, "GET", "/api/v1/me", nil)
		told, err := i.Store.Mails(t.Context(), 0, 10)
		must(t, err)
		if len(told) == 0 || told[0].Kind != models.MailPasswordChanged || told[0].Address != "lea@example.org" {
			t.Errorf("who has the account is told %v", told)
		}
	})
}

package api

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"puente/models"
)

const formType = "Content-Type: application/x-www-form-urlencoded"

// TestNextStaysHere signs in with addresses to go to that lead elsewhere.
func TestNextStaysHere(t *testing.T) {
	empty, err := emptyStore()
	must(t, err)
	i := installCopy(t, empty)
	i.signUp("mentor", "dana@example.org", "en")
	form := url.Values{"email": {"dana@example.org"}, "password": {password}}.Encode()
	for next, want := range map[string]string{
		"/requests?done=accepted": "/en/requests?done=accepted",
		`/../\evil.example`:       "/en/requests", "/.././/evil.example": "/en/requests", "//evil.example": "/en/requests", "https://evil.example": "/en/requests",
		"/a/../..//evil.example": "/en/requests", "/\t/evil.example": "/en/requests", "": "/en/requests", "evil.example": "/en/requests",
	} {
		w := ask(i, "POST", "/en/sign-in?next="+url.QueryEscape(next), form, formType)
		if w.Code != 303 || w.Header().Get("Location") != want {
			t.Errorf("%q: %d to %q", next, w.Code, w.Header().Get("Location"))
		}
	}
}

// TestLinkRace lets several people follow a link at once that works one time,
// each with a password of their own: the password is that of whoever got in.
func TestLinkRace(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		for round := range 5 {
			a := models.Account{Role: models.AccountAdmin, Email: fmt.Sprintf("ana%d@example.org", round), Lang: "en"}
			must(t, i.Store.CreateAccount(t.Context(), "", &a))
			token, hash := Secret()
			must(t, i.Store.CreateLink(t.Context(), "", &models.Link{IDHash: hash, AccountID: &a.ID, Purpose: models.LinkInvite}))
			var wait sync.WaitGroup
			var in [4]bool
			for n := range in {
				wait.Go(func() {
					form := url.Values{"password": {fmt.Sprintf("%s number %d", password, n)}}.Encode()
					w := ask(i, "POST", "/en/link/"+token, form, formType)
					in[n] = w.Code == 303
					if !in[n] && w.Code != 404 {
						t.Errorf("%d: %s", w.Code, w.Body)
					}
				})
			}
			wait.Wait()
			winners := 0
			for n, won := range in {
				status := 401
				if won {
					winners++
					status = 201
				}
				i.nobody().call(status, "POST", "/api/v1/tokens", object{"email": a.Email, "password": fmt.Sprintf("%s number %d", password, n)})
			}
			if winners != 1 {
				t.Errorf("%d got in", winners)
			}
		}
	})
}

// TestHugeForm sends a profile with thousands of rows and a long name: the
// answer stays small and nothing is stored.
func TestHugeForm(t *testing.T) {
	empty, err := emptyStore()
	must(t, err)
	i := installCopy(t, empty)
	must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "en"}))
	account := models.Account{Role: models.AccountMentor, Email: "dana@example.org", Lang: "en"}
	must(t, i.Store.CreateAccount(t.Context(), "", &account))
	id, session := i.newSession(t.Context(), account.ID)
	must(t, i.Store.CreateSession(t.Context(), session))
	form := url.Values{"name": {strings.Repeat("n", 15_000)}}
	for n := range 3000 {
		form.Set(fmt.Sprintf("expertise%d", n+1), "x")
	}
	w := ask(i, "POST", "/en/profile", form.Encode(), formType, "Cookie: puente="+id)
	if w.Code != 422 || w.Body.Len() > 1<<20 {
		t.Errorf("%d with %d bytes", w.Code, w.Body.Len())
	}
	rows, err := i.Store.ProfilesOf(t.Context(), account.ID)
	if err != nil || len(rows) != 1 || rows[0].Profile.Name != "" {
		t.Errorf("stored: %v %v", rows, err)
	}
}

package api

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"puente/models"
)

// TestPeoplePages turns the pages of the list of people to the end and back, with
// people of both sides, some of whom leave the list meanwhile.
func TestPeoplePages(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		admin := i.withRole(models.AccountAdmin, "ada@example.org")
		a, err := i.Store.AccountByEmail(t.Context(), "ada@example.org")
		must(t, err)
		programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"}).text("id")
		var all []string
		rows := map[string]*models.ProfileRow{}
		for n := range 2*peopleMost + 20 {
			p := &models.ProfileRow{ProgrammeID: programme, State: models.ProfileWaiting, Profile: models.Profile{
				Role: models.RoleMentee, ID: fmt.Sprintf("P-%03d", 999-n), Name: fmt.Sprintf("Persona %03d", n), Country: "MX", Reliability: -1,
			}}
			if n%7 == 0 {
				p.Profile.Role = models.RoleMentor
			}
			must(t, i.Store.SaveProfiles(t.Context(), "", []*models.ProfileRow{p}, nil))
			all, rows[p.Profile.Name] = append(all, p.Profile.Name), p
		}
		cookie := i.browserSession(a.ID)
		var page string
		open := func(path string) []string {
			t.Helper()
			w := ask(i, "GET", html.UnescapeString(path), "", "Cookie: puente="+cookie)
			if page = w.Body.String(); w.Code != 200 {
				t.Fatalf("%s: %d", path, w.Code)
			}
			return regexp.MustCompile(`Persona \d{3}`).FindAllString(page, -1)
		}
		link := func(rel string) string {
			if found := regexp.MustCompile(`href="([^"]+)" rel="` + rel + `"`).FindStringSubmatch(page); found != nil {
				return found[1]
			}
			return ""
		}
		names := func(want []string, got []string) {
			t.Helper()
			if got = slices.Compact(got); !slices.Equal(got, want) {
				t.Errorf("%d people %v, want %v", len(got), got, want)
			}
		}
		names(all[:50], open("/es/people?state=waiting&done=moved"))
		if link("prev") != "" || !strings.Contains(page, "120") {
			t.Error("there is a page before the first, or no count")
		}
		second := link("next")
		names(all[50:100], open(second))
		names(all[50:100], open(strings.Replace(second, "/es/", "/fr/", 1)))
		names(all[100:], open(link("next")))
		last := link("prev")
		if link("next") != "" {
			t.Error("there is a page after the last")
		}
		names(all[50:100], open(last))
		names(all[:50], open(link("prev")))
		names(all[50:100], open(link("next")))
		for _, n := range []int{3, 49, 60} {
			_, err := i.Store.MoveProfile(t.Context(), "", rows[all[n]].UID, models.ProfileFreeze)
			must(t, err)
		}
		left := slices.Concat(all[:3], all[4:49], all[50:60], all[61:])
		names(left[48:98], open(second))
		names(left[:50], open(link("prev"))) // fewer than a page are before: it is the first one
		names(left[:50], open(strings.Replace(second, "state=waiting", "state=waiting&organization=none", 1)))
		names(left[:50], open("/es/people?state=waiting&cursor=AAAA"))
		names([]string{all[3], all[49], all[60]}, open(strings.Replace(second, "waiting", "frozen", 1)))
		names(nil, open(strings.Replace(second, "waiting", "paused", 1)))
	})
}

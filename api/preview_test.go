package api

import (
	"context"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"puente/jobs"
	"puente/models"
)

// TestPreviewProgramme compares settings of a programme, changes them, and
// compares again, on both databases.
func TestPreviewProgramme(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		p := models.Programme{Name: "Puente", Locale: "es"}
		must(t, i.Store.CreateProgramme(t.Context(), "", &p))
		mentors, mentees := jobs.Generate(jobs.Population{Mentors: 20, Mentees: 40, Seed: 5})
		must(t, jobs.Populate(t.Context(), i.Store, "", p.ID, mentors, mentees, models.ProfileWaiting))
		staff, admin := i.withRole(models.AccountStaff, "ana@example.org"), i.withRole(models.AccountAdmin, "ada@example.org")
		at := "/api/v1/programmes/" + p.ID
		load := object{"weights": object{"needs": 1, "load": 1000}}

		same := staff.call(200, "POST", at+"/preview", object{"settings": object{}})
		if same.text("lists.changed") != "0" || same.text("rounds.lost") != "0" || len(same.at("changes").([]any)) != 0 || same.text("mentees") != "40" {
			t.Errorf("the same settings: %s", same.w.Body)
		}
		found := admin.call(200, "POST", at+"/preview", object{"settings": load, "top": 3, "limit": 2})
		if found.at("lists.changed").(float64) < 20 || len(found.at("changes").([]any)) != 2 || found.at("left_out").(float64) < 18 || found.text("top") != "3" ||
			found.w.Header().Get("ETag") != `"1"` {
			t.Errorf("by load: %s", found.w.Body)
		}
		for _, name := range []string{mentors[0].Name, mentees[0].Name} {
			if strings.Contains(found.w.Body.String(), name) {
				t.Errorf("the answer names %s", name)
			}
		}
		i.refusedSettings(staff, at)

		one := staff.call(200, "GET", at, nil)
		if one.text("version") != "1" || one.text("name") != "Puente" || one.w.Header().Get("ETag") != `"1"` {
			t.Errorf("one programme: %s", one.w.Body)
		}
		staff.call(428, "PATCH", at, object{"settings": load})
		staff.call(412, "PATCH", at, object{"settings": load}, `If-Match: "7"`)
		changed := staff.call(200, "PATCH", at, object{"settings": load}, `If-Match: "1"`)
		if changed.text("settings.weights.load") != "1000" || changed.text("settings.weights.sector") != "160" || changed.text("version") != "2" {
			t.Errorf("changed: %s", changed.w.Body)
		}
		staff.call(412, "PATCH", at, object{"settings": load}, `If-Match: "1"`)
		further := staff.call(200, "PATCH", at, object{"settings": object{"cross_border": false}}, `If-Match: "2"`)
		if further.text("settings.weights.load") != "1000" || further.text("settings.cross_border") != "false" {
			t.Errorf("what was not named has changed: %s", further.w.Body)
		}
		again := staff.call(200, "POST", at+"/preview", object{"settings": load})
		if again.text("lists.changed") != "0" {
			t.Errorf("the settings that are there now: %s", again.w.Body)
		}
	})
}

// refusedSettings sends settings that do not fit.
func (i *installation) refusedSettings(staff person, at string) {
	i.t.Helper()
	const missing = "/api/v1/programmes/0190a5b2-0000-7000-8000-000000000000"
	for _, c := range []struct {
		settings any
		pointer  string
	}{
		{object{"weights": object{"joy": 1}}, "/body/settings/weights/joy"},
		{object{"weights": object{"needs": 0}}, "/body/settings/weights/needs"},
		{object{"weights": object{"preference": 900}}, "/body/settings/weights/preference"},
		{object{"start": "2030-01-07"}, "/body/settings/start"},
		{object{"cover": 3}, "/body/settings/cover"},
		{object{"weights": nil}, "/body/settings/weights"},
		{nil, "/body"},
	} {
		body := object{"settings": c.settings}
		if c.settings == nil {
			body = object{}
		}
		if got := staff.call(422, "POST", at+"/preview", body).text("errors.0.pointer"); got != c.pointer {
			i.t.Errorf("%v is wrong at %s, want %s", c.settings, got, c.pointer)
		}
		if c.settings != nil && c.pointer != "/body/settings/start" { // a programme may start on another day, and keep its settings
			staff.call(422, "PATCH", at, body, `If-Match: "1"`)
		}
	}
	staff.call(422, "POST", at+"/preview", object{"settings": object{}, "top": 51})
	staff.call(422, "POST", at+"/preview", object{"settings": object{}, "limit": -1})
	staff.call(404, "POST", missing+"/preview", object{"settings": object{}})
	staff.call(404, "PATCH", missing, object{"settings": object{}}, `If-Match: "1"`)
	staff.call(404, "GET", missing, nil)
}

// TestPreviewStops ends previews that nobody waits for, and that take too long:
// while they are computed, and while they wait for another one.
func TestPreviewStops(t *testing.T) {
	empty, err := emptyStore()
	must(t, err)
	i := installCopy(t, empty)
	i.Limits.Deadline = time.Minute // a busy machine with the race detector takes its time
	p := models.Programme{Name: "Puente", Locale: "es"}
	must(t, i.Store.CreateProgramme(t.Context(), "", &p))
	mentors, mentees := jobs.Generate(jobs.Population{Mentors: 300, Mentees: 1500, Seed: 5})
	must(t, jobs.Populate(t.Context(), i.Store, "", p.ID, mentors, mentees, models.ProfileWaiting))
	staff := i.withRole(models.AccountStaff, "ana@example.org")
	at := "/api/v1/programmes/" + p.ID + "/preview"
	ask := func(after time.Duration) *httptest.ResponseRecorder {
		ctx, gone := context.WithTimeout(t.Context(), after)
		defer gone()
		r := httptest.NewRequestWithContext(ctx, "POST", at, strings.NewReader(`{"settings":{"weights":{"load":999}}}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+staff.token)
		w := httptest.NewRecorder()
		i.ServeHTTP(w, r)
		return w
	}
	began := time.Now()
	if w := ask(time.Minute); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	whole := time.Since(began)
	var codes []int
	for part := range 6 {
		w := ask(whole * time.Duration(part) / 12)
		if codes = append(codes, w.Code); w.Code == 503 && w.Header().Get("Retry-After") == "" {
			t.Errorf("no Retry-After: %v", w.Header())
		}
	}
	if !slices.Contains(codes, 503) || slices.ContainsFunc(codes, func(c int) bool { return c != 503 && c != 200 && c != 401 }) {
		t.Errorf("previews that were cut off end with %v", codes)
	}
	leave, err := i.trying.enter(t.Context())
	must(t, err)
	if w := ask(whole / 4); w.Code != 503 {
		t.Errorf("waiting for another one: %d %s", w.Code, w.Body)
	}
	leave()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := i.preview(ctx, &p, object{}, 5, 5); !errors.Is(err, context.Canceled) {
		t.Errorf("without a client: %v", err)
	}
	if w := ask(time.Minute); w.Code != 200 {
		t.Errorf("afterwards: %d %s", w.Code, w.Body)
	}
}

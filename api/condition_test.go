package api

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"puente/models"
)

// edited is a resource that several people may change.
type edited struct {
	who    person
	method string
	at     string
	read   string // where it is read, if not there
	body   func(n int) any
	says   string // the member that shows the change
}

// TestConditions has two editors change each resource in turn and at once:
// whoever read the newest version succeeds, others are told, nothing is lost.
func TestConditions(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		admin := i.withRole(models.AccountAdmin, "ada@example.org")
		programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"}).text("id")
		mentee := i.signUp("entrepreneur", "lucia@example.org", "es")
		profile := mentee.call(201, "POST", "/api/v1/profiles", object{"programme": programme, "person": lucia}).w.Header().Get("Location")
		named := func(n int) any {
			person := object{}
			maps.Copy(person, lucia)
			person["name"] = fmt.Sprint("Conservas ", n)
			return object{"person": person}
		}
		seeded := func(n int) any { return object{"settings": object{"candidates": 40 + n%60}} }
		for name, e := range map[string]edited{
			"profile":   {mentee, "PUT", profile, profile, named, "person.name"},
			"programme": {admin, "PATCH", "/api/v1/programmes/" + programme, "/api/v1/programmes/" + programme, seeded, "version"},
			"wishes":    {mentee, "PUT", profile + "/wishes", profile, func(int) any { return object{"wishes": []string{}} }, "version"},
		} {
			t.Run(name, func(t *testing.T) { e.edit(t) })
		}
		t.Run("reads", func(t *testing.T) {
			for _, at := range []string{profile, "/api/v1/programmes/" + programme, "/api/v1/me", "/api/v1/programmes", profile + "/words", "/api/v1/offers"} {
				tag := mentee.tag(at)
				w := mentee.call(304, "GET", at, nil, `If-None-Match: "x", W/`+tag).w
				if w.Body.Len() > 0 || w.Header().Get("ETag") != tag || tag == "" {
					t.Errorf("%s: %v", at, w.Header())
				}
				mentee.call(200, "GET", at, nil, `If-None-Match: "x"`)
			}
		})
	})
}

func (e edited) edit(t *testing.T) {
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		tags := []string{e.who.tag(e.read), e.who.tag(e.read)}
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			editor := rapid.IntRange(0, 1).Draw(rt, "editor")
			if rapid.Bool().Draw(rt, "reads") {
				tags[editor] = e.who.tag(e.read)
				continue
			}
			n++
			before := e.who.call(200, "GET", e.read, nil)
			want := 412
			if tags[editor] == before.w.Header().Get("ETag") {
				want = 200
			}
			w := e.who.call(want, e.method, e.at, e.body(n), "If-Match: "+tags[editor])
			after := e.who.call(200, "GET", e.read, nil)
			switch {
			case want == 200:
				tags[editor] = w.w.Header().Get("ETag")
				if tags[editor] != after.w.Header().Get("ETag") || after.text(e.says) == before.text(e.says) {
					rt.Fatalf("answered %s, now %s, before %s", w.w.Body, after.w.Body, before.w.Body)
				}
			case after.w.Body.String() != before.w.Body.String():
				rt.Fatalf("a refused change left %s of %s", after.w.Body, before.w.Body)
			}
		}
	})
	tag := e.who.tag(e.read)
	for name, condition := range map[string]string{"weak": "W/" + tag, "any": "*", "another": `"0"`, "no quotes": "1"} {
		if e.who.call(412, e.method, e.at, e.body(n+1), "If-Match: "+condition); e.who.tag(e.read) != tag {
			t.Errorf("%s changed it", name)
		}
	}
	e.who.call(428, e.method, e.at, e.body(n+1))
	answers := make([]*httptest.ResponseRecorder, 8)
	var wait sync.WaitGroup
	for at := range answers {
		wait.Go(func() {
			answers[at] = e.who.keyed(e.method, e.at, fmt.Sprint(e.at, at), e.body(n+2+at), "If-Match: "+`"x", `+tag)
		})
	}
	wait.Wait()
	codes := map[int]int{}
	for _, w := range answers {
		codes[w.Code]++
	}
	if codes[200] != 1 || codes[412] != 7 {
		t.Errorf("of eight at once: %v", codes)
	}
}

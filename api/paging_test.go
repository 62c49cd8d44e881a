package api

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"puente/models"
)

// ids reads the ids of a page, and its cursor.
func (a answer) ids() (ids []string, next string) {
	for n := range a.at("items").([]any) {
		ids = append(ids, a.text(fmt.Sprintf("items.%d.id", n)))
	}
	next, _ = a.body.(object)["next"].(string)
	if link := a.w.Header().Get("Link"); (link == "") != (next == "") || next != "" && !strings.Contains(link, "cursor="+next) {
		a.t.Errorf("link %q of cursor %q", link, next)
	}
	return ids, next
}

// TestPaging reads lists page by page while rows come in: every row that was
// there all the time is read once, and none twice.
func TestPaging(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		admin := i.withRole(models.AccountAdmin, "ada@example.org")
		create := func(name string) string {
			return admin.call(201, "POST", "/api/v1/programmes", object{"name": name, "locale": "es"}).text("id")
		}
		programme := create("ñandú")
		round := func(name string) string {
			return admin.call(201, "POST", "/api/v1/rounds", object{"programme": programme, "name": name}).text("id")
		}
		n := 0
		lists := map[string]func(string) string{"/api/v1/programmes?": create, "/api/v1/rounds?programme=" + programme + "&": round}
		rapid.Check(t, func(rt *rapid.T) {
			list := rapid.SampledFrom([]string{"/api/v1/programmes?", "/api/v1/rounds?programme=" + programme + "&"}).Draw(rt, "list")
			add := func() string {
				n++
				return lists[list](rapid.StringMatching(`[a-zA-ZñÑé ]{1,6}`).Draw(rt, "name") + fmt.Sprint(n))
			}
			before := map[string]bool{}
			for range rapid.IntRange(0, 2).Draw(rt, "before") {
				before[add()] = true
			}
			var read []string
			for next, first := "", true; next != "" || first; first = false {
				page := admin.call(200, "GET", fmt.Sprintf("%slimit=%d&cursor=%s", list, rapid.IntRange(1, 40).Draw(rt, "limit"), next), nil)
				var ids []string
				ids, next = page.ids()
				read = append(read, ids...)
				for range rapid.IntRange(0, 1).Draw(rt, "meanwhile") {
					add()
				}
			}
			once := slices.Compact(slices.Sorted(slices.Values(read)))
			if len(once) != len(read) {
				rt.Fatalf("%d rows, %d different ones", len(read), len(once))
			}
			for id := range before {
				if !slices.Contains(read, id) {
					rt.Fatalf("%s was there and is not in the pages", id)
				}
			}
		})
	})
}

// TestCursors sends cursors that are none of the reader's.
func TestCursors(t *testing.T) {
	i := install(t, newDatabase(t, "sqlite"))
	admin, staff := i.withRole(models.AccountAdmin, "ada@example.org"), i.withRole(models.AccountStaff, "ana@example.org")
	programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"}).text("id")
	other := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Otro", "locale": "es"}).text("id")
	for n := range 4 {
		admin.call(201, "POST", "/api/v1/rounds", object{"programme": programme, "name": fmt.Sprint(n)})
	}
	list := "/api/v1/rounds?programme=" + programme
	_, cursor := staff.call(200, "GET", list+"&limit=2", nil).ids()
	staff.call(200, "GET", list+"&cursor="+cursor, nil)
	if rest, next := staff.call(200, "GET", list+"&limit=3&cursor="+cursor, nil).ids(); len(rest) != 2 || next != "" {
		t.Errorf("another size of the page: %v %q", rest, next)
	}
	refused := func(name string, p person, address, cursor, rule string) {
		t.Helper()
		problem := readProblem(t, p.call(400, "GET", address+"&cursor="+url.QueryEscape(cursor), nil).w)
		if problem.Errors[0].Pointer != "/query/cursor" || problem.Errors[0].Code != rule {
			t.Errorf("%s: %+v", name, problem)
		}
	}
	data, err := base64.RawURLEncoding.DecodeString(cursor)
	must(t, err)
	for at := range data {
		changed := slices.Clone(data)
		changed[at] ^= 1
		refused(fmt.Sprint("byte ", at), staff, list, base64.RawURLEncoding.EncodeToString(changed), "cursor")
	}
	for name, text := range map[string]string{"cut": cursor[:len(cursor)-1], "short": "AAAA", "nonsense": "!", "longer": cursor + "A", "of base64 with padding": cursor + "="} {
		refused(name, staff, list, text, "cursor")
	}
	refused("somebody else's", admin, list, cursor, "cursor")
	refused("another filter", staff, "/api/v1/rounds?programme="+other, cursor, "cursor")
	refused("another list", staff, "/api/v1/programmes?limit=3", cursor, "cursor")
	staff.call(422, "GET", list+"&limit=501", nil)
	staff.call(422, "GET", list+"&limit=0", nil)
	i.Now = func() time.Time { return time.Now().Add(cursorLife + time.Second) }
	i.Tokens.Life = 48 * time.Hour
	refused("old", staff, list, cursor, "cursor_old")
}

package api

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"gorm.io/gorm"
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

// pagedList is a list of the interface, and what happens to its rows.
type pagedList struct {
	path   string
	add    func(name string) (id string)
	rename func(id, name string)
	drop   func(id string) // nil where nothing is deleted
}

// TestPaging reads lists page by page while rows come in, are renamed and go:
// every row that was there all the time is read once, and none twice.
func TestPaging(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		admin := i.withRole(models.AccountAdmin, "ada@example.org")
		programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "ñandú", "locale": "es"}).text("id")
		home := admin.call(201, "POST", "/api/v1/organizations", object{"name": "Cámara", "country": "MX"}).text("id")
		change := func(table, column string) func(id, value string) {
			return func(id, value string) {
				must(t, i.Store.Gorm.Exec("UPDATE "+table+" SET "+column+" = ? WHERE id = ?", value, id).Error)
			}
		}
		drop := func(table string) func(id string) {
			return func(id string) { must(t, i.Store.Gorm.Exec("DELETE FROM "+table+" WHERE id = ?", id).Error) }
		}
		lists := []pagedList{
			{"/api/v1/programmes?", func(name string) string {
				return admin.call(201, "POST", "/api/v1/programmes", object{"name": name, "locale": "es"}).text("id")
			}, change("programmes", "name"), nil},
			{"/api/v1/rounds?programme=" + programme + "&", func(name string) string {
				return admin.call(201, "POST", "/api/v1/rounds", object{"programme": programme, "name": name}).text("id")
			}, change("rounds", "name"), nil},
			{"/api/v1/organizations?kind=chamber&", func(name string) string {
				return admin.call(201, "POST", "/api/v1/organizations", object{"name": name, "country": "US", "kind": "chamber"}).text("id")
			}, change("organizations", "name"), drop("organizations")},
			{"/api/v1/providers?", func(name string) string {
				return i.provider(admin, "https://"+strings.ReplaceAll(url.QueryEscape(name), "%", "")+".example.org", name).text("id")
			}, change("providers", "label"), drop("providers")},
			{"/api/v1/accounts?", func(name string) string {
				a := models.Account{Role: models.AccountMentor, Email: fmt.Sprintf("%x@example.org", name), Lang: "es", VerifiedAt: new(i.Store.Now())}
				must(t, i.Store.CreateAccount(t.Context(), "", &a))
				return a.ID
			}, change("accounts", "email_key"), drop("accounts")},
			{"/api/v1/profiles?role=mentor&state=waiting&programme=" + programme + "&", func(name string) string {
				p := models.ProfileRow{ProgrammeID: programme, OrganizationID: &home, State: models.ProfileWaiting, Profile: models.Profile{Role: models.RoleMentor, ID: name, Country: "CA", Reliability: -1}}
				must(t, i.Store.SaveProfiles(t.Context(), "", []*models.ProfileRow{&p}, nil))
				return p.UID
			}, change("profiles", "code"), drop("profiles")},
		}
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			l := lists[rapid.IntRange(0, len(lists)-1).Draw(rt, "list")]
			name := func() string {
				n++
				return rapid.StringMatching(`[a-zA-ZñÑé]{1,6}`).Draw(rt, "name") + fmt.Sprint(n)
			}
			var own []string
			stays := map[string]bool{}
			for range rapid.IntRange(0, 4).Draw(rt, "before") {
				id := l.add(name())
				own, stays[id] = append(own, id), true
			}
			var read []string
			for next, first := "", true; next != "" || first; first = false {
				page := admin.call(200, "GET", fmt.Sprintf("%slimit=%d&cursor=%s", l.path, rapid.SampledFrom([]int{1, 2, 3, 40}).Draw(rt, "limit"), next), nil)
				var ids []string
				ids, next = page.ids()
				read = append(read, ids...)
				switch what := rapid.SampledFrom([]string{"add", "rename", "drop", "nothing"}).Draw(rt, "meanwhile"); {
				case what == "add" && len(read) < 400:
					own = append(own, l.add(name()))
				case what == "rename" && len(own) > 0:
					l.rename(rapid.SampledFrom(own).Draw(rt, "row"), name())
				case what == "drop" && len(own) > 0 && l.drop != nil:
					id := rapid.SampledFrom(own).Draw(rt, "row")
					l.drop(id)
					own = slices.DeleteFunc(own, func(o string) bool { return o == id })
					delete(stays, id)
				}
			}
			once := slices.Compact(slices.Sorted(slices.Values(read)))
			if len(once) != len(read) {
				rt.Fatalf("%d rows, %d different ones", len(read), len(once))
			}
			for id := range stays {
				if !slices.Contains(read, id) {
					rt.Fatalf("%s was there and is not in the pages", id)
				}
			}
			for _, id := range own {
				if l.drop != nil {
					l.drop(id)
				}
			}
		})
	})
}

// TestPagesReadNoMore asks for a page of one row of every list that the document
// has: the store reads no more of its table than that row and the next.
func TestPagesReadNoMore(t *testing.T) {
	tables := map[string]string{ // and to whom the list is shown
		"list-programmes": "programmes admin", "list-organizations": "organizations admin", "list-providers": "providers admin", "list-accounts": "accounts admin",
		"list-grants": "grants admin", "list-invitations": "accounts admin", "list-profiles": "profiles staff", "list-rounds": "rounds staff", "list-runs": "runs staff", "list-pairs": "pairs staff",
		"list-round-offers": "offers staff", "list-offers": "offers mentee", "list-keys": "api_keys mentee", "list-passkeys": "passkeys mentee", "list-sessions": "sessions mentee",
	}
	service, _ := embedder(t)
	i := install(t, newDatabase(t, "sqlite"), service)
	people, known := i.peopled()
	var table string
	var reads []string
	must(t, i.Store.Gorm.Callback().Query().After("gorm:query").Register("reads", func(g *gorm.DB) {
		if sql := g.Statement.SQL.String(); g.Statement.Table == table {
			reads = append(reads, sql)
			if g.RowsAffected > 2 || !strings.Contains(sql, " LIMIT ") && !strings.Contains(sql, "account_id = ?") {
				t.Errorf("%d rows: %s", g.RowsAffected, sql)
			}
		}
	}))
	c := newContract(t, i.Server)
	for path, at := range c.document.Paths {
		o := at.Get
		if o == nil || !slices.ContainsFunc(o.Parameters, func(p *huma.Param) bool { return p.Name == "cursor" }) {
			continue
		}
		t.Run(o.OperationID, func(t *testing.T) {
			of, who, listed := strings.Cut(tables[o.OperationID], " ")
			if !listed {
				t.Fatal("a list without a row in tables")
			}
			noun := strings.Split(path, "/")[3]
			address := strings.ReplaceAll(path, "{id}", append(known[noun], "")[0]) + "?limit=1"
			for _, p := range o.Parameters {
				if p.Required && p.In == "query" {
					address += "&" + p.Name + "=" + map[string]string{"programme": known["programmes"][0], "role": "mentee"}[p.Name]
				}
			}
			table, reads = of, nil
			people[who].call(200, "GET", address, nil)
			if table = ""; !slices.ContainsFunc(reads, func(sql string) bool { return strings.Contains(sql, " LIMIT 2") || strings.Contains(sql, " LIMIT ?") }) {
				t.Errorf("of %s was read: %q", of, reads)
			}
			delete(tables, o.OperationID)
		})
	}
	if len(tables) > 0 {
		t.Errorf("no such lists: %v", tables)
	}
}

// TestCursorsTellNothing reads what is in the cursors of lists: an id, which the
// page shows too, and of pairs the score.
func TestCursorsTellNothing(t *testing.T) {
	i := install(t, newDatabase(t, "sqlite"))
	admin := i.withRole(models.AccountAdmin, "ada@example.org")
	i.withRole(models.AccountStaff, "ana@example.org")
	page, next := admin.call(200, "GET", "/api/v1/accounts?limit=1", nil).ids()
	data, err := base64.RawURLEncoding.DecodeString(next)
	must(t, err)
	if place := string(data[8 : len(data)-cursorMAC]); place != page[0] {
		t.Errorf("a cursor holds %q", place)
	}
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

package api

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// TestNoLeaks puts a mark into what is known of each person and asks for
// everything that can be read, as everybody, by every filter and page by page.
// No mark may be in a byte of an answer to whoever may not see it, and none at
// all in the log.
func TestNoLeaks(t *testing.T) {
	w := newWorld(install(t, newDatabase(t, "sqlite")))
	marks := map[string][]string{} // who may see a mark
	profile := func(at int, name string, who ...string) {
		id, mark := w.objects[aProfile][at].id, "CANARY"+name
		for column, who := range map[string][]string{"name": who, "organization": who, "email": nil} {
			text := mark + strings.ToUpper(column)
			if column == "email" { // of the account
				text = strings.ToLower(mark) + "@example.org"
				must(t, w.Store.Gorm.Exec("UPDATE accounts SET email = ?, email_key = ? WHERE id = (SELECT account_id FROM profiles WHERE id = ?)", text, text, id).Error)
				marks[text] = []string{"admin"}
				if at < 2 {
					marks[text] = append(marks[text], w.objects[aProfile][at].whose[:6])
				}
				continue
			}
			must(t, w.Store.Gorm.Exec("UPDATE profiles SET "+column+" = ? WHERE id = ?", text, id).Error)
			marks[text] = who
		}
	}
	profile(0, "mentee", "mentee", "mentor", "reviewer", "manager", "admin") // the mentor by their offer
	profile(1, "mentor", "mentor", "mentee", "reviewer", "manager", "admin")
	profile(2, "other", "manager", "admin")
	profile(3, "far", "admin")
	seen, asked := map[string]map[string]bool{}, 0
	look := func(a askedFor, role string) *httptest.ResponseRecorder {
		got := w.send(a, role)
		asked++
		all := fmt.Sprint(got.Header(), got.Body)
		for mark, who := range marks {
			if !strings.Contains(all, mark) {
				continue
			}
			if seen[mark] == nil {
				seen[mark] = map[string]bool{}
			}
			seen[mark][role] = true
			if !slices.Contains(who, role) {
				t.Errorf("%s %s shows %s to %s", a.name, a.target, mark, role)
			}
		}
		return got
	}
	for _, r := range routes {
		if r.method != "GET" || r.stream {
			continue
		}
		for _, a := range w.requests(r) {
			for _, role := range authzRoles {
				look(a, role)
				for _, more := range filtersOf(a) {
					b := a
					b.target = more
					for pages := 0; b.target != "" && pages < 20; pages++ {
						got := look(b, role)
						b.target = nextOf(got)
					}
				}
			}
		}
	}
	for mark, who := range marks { // or it would show nothing
		if len(seen[mark]) == 0 && len(who) > 1 {
			t.Errorf("nobody saw %s", mark)
		}
		if strings.Contains(w.log.String(), mark) {
			t.Errorf("%s is in the log", mark)
		}
	}
	t.Logf("%d answers read for %d marks", asked, len(marks))
}

// filtersOf are the addresses of a list with its filters and small pages.
func filtersOf(a askedFor) []string {
	join := "?"
	if strings.Contains(a.target, "?") {
		join = "&"
	}
	switch {
	case a.name == "list-profiles":
		return []string{
			a.target + "&limit=1", a.target + "&state=withdrawn&limit=1", a.target + "&state=frozen",
			strings.Replace(a.target, "role=mentee", "role=mentor", 1) + "&limit=1",
		}
	case a.name == "list-accounts":
		return []string{a.target + "?limit=1", a.target + "?email=canary"}
	case a.name == "GET /people":
		return []string{
			a.target + "?state=withdrawn", a.target + "?state=withdrawn&from=1", a.target + "?programme=" + missingID,
			a.target + "?state=withdrawn&organization=none", a.target + "?state=withdrawn&organization=" + missingID,
		}
	case a.name == "GET /accounts":
		return []string{a.target + "?email=canary", a.target + "?email=canary&cursor=x"}
	case a.name == "GET /mailbox":
		return []string{a.target + "?state=kept", a.target + "?state=failed"}
	case strings.HasPrefix(a.name, "list-"):
		return []string{a.target + join + "limit=1"}
	}
	return nil
}

// nextOf is the address of the next page of a list.
func nextOf(w *httptest.ResponseRecorder) string {
	var page struct{ Next string }
	if json.Unmarshal(w.Body.Bytes(), &page) != nil || page.Next == "" {
		return ""
	}
	address, _, _ := strings.Cut(strings.TrimPrefix(w.Header().Get("Link"), "<"), ">")
	return address
}

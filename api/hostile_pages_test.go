package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"puente/web"
)

// TestHostileScripts puts every text of hostileScripts into every text that is
// stored, ten at a time and by turns, and reads every page as everybody: its
// elements and attributes are those of the page with harmless texts, none of
// them acts, and nothing leads elsewhere.
func TestHostileScripts(t *testing.T) {
	const together = 10
	if len(hostileScripts) < 80 {
		t.Fatal("too few")
	}
	w := hostileWorld(t, "sqlite")
	marks := w.marks()
	put := func(text func(n int) string) {
		for n, m := range marks {
			if m.text == nil { // the others are addresses and codes
				m.put(w, text(n))
			}
		}
	}
	roles := []string{"anonymous", "mentee", "mentor", "manager", "admin"}
	var pages []askedFor
	for _, r := range routes {
		if r.method == "GET" && r.id == "" {
			for _, a := range w.requests(r) {
				pages = append(pages, a)
				for _, p := range w.parametersOf(r) {
					if len(p.values) > 0 && p.name != "next" {
						b := a
						b.target = withParameter(a.target, p.name, p.values[0])
						pages = append(pages, b)
					}
				}
			}
		}
	}
	type read struct{ page, role string }
	plain := map[read]string{}
	put(func(int) string { return "Aa harmless text" })
	seen := 0
	look := func(first bool) {
		for _, a := range pages {
			for _, role := range roles {
				got := w.send(a, role)
				if !strings.HasPrefix(got.Header().Get("Content-Type"), "text/html") || got.Code != 200 {
					continue
				}
				key, shape := read{a.target, role}, w.shapeOf(a.target, got.Body.String())
				switch {
				case first:
					plain[key] = shape
				case strings.Contains(got.Body.String(), "P()"):
					seen++
					if shape != plain[key] {
						t.Errorf("%s as %s has other elements or attributes than with harmless texts: %s", a.target, role, apart(shape, plain[key]))
					}
				}
			}
		}
	}
	look(true)
	for from := 0; from < len(hostileScripts); from += together {
		put(func(n int) string {
			return strings.Join(turned(hostileScripts[from:min(from+together, len(hostileScripts))], n, together), " ")
		})
		look(false)
	}
	t.Logf("%d pages with hostile texts read", seen)
	if seen < 100 {
		t.Error("the texts were on too few pages for this to show anything")
	}
}

// apart is from where on two shapes differ.
func apart(a, b string) string {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	n = max(0, n-60)
	return fmt.Sprintf("%.200q and %.200q", a[n:], b[min(n, len(b)):])
}

// shapeOf are the elements of a page with their attributes' names, and wants
// none that acts or leads elsewhere.
func (w *world) shapeOf(at, page string) string {
	root, err := html.Parse(strings.NewReader(page))
	must(w.t, err)
	var b strings.Builder
	for n := range root.Descendants() {
		switch n.Type {
		case html.CommentNode:
			b.WriteString(" comment")
			continue
		case html.ElementNode:
		default:
			continue
		}
		b.WriteString(" " + n.Data)
		switch n.Data {
		case "script", "style", "iframe", "object", "embed", "base", "img", "video", "audio", "math", "template":
			w.t.Errorf("%s has a %s element", at, n.Data)
		}
		for _, a := range n.Attr {
			if a.Key != "selected" { // lists are in the order of their texts
				b.WriteString("." + a.Key)
			}
			value := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc", a.Key == "http-equiv":
				w.t.Errorf("%s has <%s %s=%q>", at, n.Data, a.Key, a.Val)
			case a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction":
				if !strings.HasPrefix(value, "#") && (!strings.HasPrefix(value, "/") || strings.HasPrefix(value, "//") || strings.HasPrefix(value, `/\`)) &&
					!strings.HasPrefix(value, "https://") && !strings.HasPrefix(value, "http://puente.test/") {
					w.t.Errorf("%s has <%s %s=%q>", at, n.Data, a.Key, a.Val)
				}
				if strings.Contains(value, "elsewhere.example") && !strings.HasPrefix(value, "/") {
					w.t.Errorf("%s leads to %q", at, a.Val)
				}
			}
		}
	}
	return b.String()
}

// TestNamesOnPages wants names that cannot be seen as they are, or are ours,
// refused with words in the language of whoever types them, by pages and by
// operations, and staff told of those that mix alphabets.
func TestNamesOnPages(t *testing.T) {
	w := hostileWorld(t, "sqlite")
	_, cookie := w.session("admin")
	refused := 0
	for _, lang := range []string{"en", "es", "fr"} {
		for name, key := range map[string]string{"Ana\u202e": "store.bad_name", "A\u200bna": "store.bad_name", "Ana\U000e0041": "store.bad_name", "Puente": "store.reserved_name", "A.d.m.i.n": "store.reserved_name"} {
			form := url.Values{"name": {name}, "country": {"MX"}, "kind": {"other"}}.Encode()
			got := ask(w, "POST", "/"+lang+"/organizations", form, formType, "Cookie: puente="+cookie)
			if words := html.EscapeString(web.Text(lang, key, nil)); got.Code != 422 || !strings.Contains(got.Body.String(), words) {
				t.Errorf("%s %+q: %d, not %q", lang, name, got.Code, words)
			}
			token, _ := w.session("admin")
			for at, body := range map[string]object{"/api/v1/organizations": {"name": name, "country": "MX"}, "/api/v1/programmes": {"name": name, "locale": "es"}} {
				if at == "/api/v1/programmes" && key == "store.reserved_name" {
					continue // a programme may be called so
				}
				got = ask(w, "POST", at, string(encoded(body)), asJSON, "Authorization: Bearer "+token, "Accept-Language: "+lang)
				if got.Code != 422 || !strings.Contains(got.Body.String(), `"pointer":"/body/name"`) {
					t.Errorf("%s %s %+q: %d %s", lang, at, name, got.Code, got.Body)
				}
				refused++
			}
		}
	}
	token, _ := w.session("admin")
	got := ask(w, "POST", "/api/v1/organizations", `{"name":" Ca\u0301mara ","country":"MX"}`, asJSON, "Authorization: Bearer "+token)
	if got.Code != 201 || !strings.Contains(got.Body.String(), `"name":"C\u00e1mara"`) && !strings.Contains(got.Body.String(), `"name":"Cámara"`) {
		t.Errorf("not in one form: %s", got.Body)
	}
	for name, key := range map[string]string{"Luc\u0456a": "staff.name_mixed", "\u0440u\u0435nte": "staff.name_like_ours", "Иван": ""} {
		must(t, w.Store.Gorm.Exec("UPDATE profiles SET name = ?, organization = 'Conservas' WHERE state = 'waiting'", name).Error)
		for _, lang := range []string{"en", "es", "fr"} {
			page := ask(w, "GET", "/"+lang+"/people?state=waiting", "", "Cookie: puente="+cookie).Body.String()
			if !strings.Contains(page, name) {
				t.Fatalf("%s is not on the page", name)
			}
			if told := strings.Contains(page, html.EscapeString(web.Text(lang, "staff.name_note", nil))); told != (key != "") {
				t.Errorf("%s %+q: told %v", lang, name, told)
			}
			if key != "" && !strings.Contains(page, html.EscapeString(web.Text(lang, key, map[string]any{"Name": name}))) {
				t.Errorf("%s %+q: not %s", lang, name, key)
			}
		}
	}
	if refused != 24 {
		t.Errorf("%d names were sent", refused)
	}
}

package api

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"puente/web"
)

// docsContract is what the tests look for of the document on its page.
type docsContract struct {
	Paths      map[string]map[string]docsWanted
	Components struct {
		Schemas map[string]struct{ Properties map[string]json.RawMessage }
	}
}

// docsWanted is an operation of the document.
type docsWanted struct {
	OperationID string
	Summary     string
	Parameters  []struct{ Name, In string }
	RequestBody *struct {
		Content map[string]struct {
			Schema struct {
				Ref string `json:"$ref"`
			}
		}
	}
	Responses map[string]json.RawMessage
	Authz     []string               `json:"x-authz"`
	Scope     string                 `json:"x-scope"`
	MaxBytes  int                    `json:"x-max-bytes"`
	Rate      struct{ Class string } `json:"x-rate-limit"`
}

// docsTree is the page of the document, read as a browser reads it.
type docsTree struct {
	ids   map[string]*html.Node
	links []string
	text  string
}

func readDocs(t *testing.T, lang, page string) docsTree {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	tree := docsTree{ids: map[string]*html.Node{}, text: textOf(root)}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			switch {
			case a.Key == "id":
				if tree.ids[a.Val] != nil {
					t.Errorf("%s: #%s is there twice", lang, a.Val)
				}
				tree.ids[a.Val] = n
			case a.Key == "href":
				tree.links = append(tree.links, a.Val)
			case a.Key == "src" || a.Key == "style" || strings.HasPrefix(a.Key, "on"):
				t.Errorf("%s: <%s %s=%q>", lang, n.Data, a.Key, a.Val)
			}
		}
		if n.Type == html.ElementNode && slices.Contains([]string{"script", "style", "iframe", "img", "object"}, n.Data) {
			t.Errorf("%s: <%s>", lang, n.Data)
		}
	}
	return tree
}

// cells are the texts of the first cells of the rows within a part of a page.
func cells(n *html.Node) (all []string) {
	for d := range n.Descendants() {
		if scope, _ := attribute(d, "scope"); scope == "row" {
			all = append(all, strings.TrimSpace(textOf(d)))
		}
	}
	return all
}

func TestDocsPage(t *testing.T) {
	s, _ := newTestServer(nil)
	var document docsContract
	must(t, json.Unmarshal(ask(s, "GET", "/api/v1/openapi.json", "").Body.Bytes(), &document))
	for _, lang := range web.Languages {
		w := ask(s, "GET", "/api/docs", "", "Accept-Language: "+lang)
		page := w.Body.String()
		if w.Code != 200 || !strings.Contains(page, `<html lang="`+lang+`">`) || w.Header().Get("Content-Language") != lang || w.Header().Get("Cache-Control") != "public, max-age=300" {
			t.Fatalf("%d %v %.300s", w.Code, w.Header(), page)
		}
		tree := readDocs(t, lang, page)
		if strings.Contains(tree.text, "apidocs.") || strings.Contains(tree.text, "<no value>") || strings.Contains(tree.text, "%!") {
			t.Errorf("%s: words are missing", lang)
		}
		for _, link := range tree.links {
			here, local := strings.CutPrefix(link, "#")
			switch {
			case local && tree.ids[here] == nil:
				t.Errorf("%s: %s leads nowhere", lang, link)
			case !local && (!strings.HasPrefix(link, "/") || strings.HasPrefix(link, "//") || ask(s, "GET", link, "").Code >= 400 && link != "/"+lang+"/"):
				t.Errorf("%s: a link to %s", lang, link)
			}
		}
		docsHold(t, lang, tree, document)
	}
}

// docsHold wants every operation and every schema on the page once, with all
// that they have.
func docsHold(t *testing.T, lang string, tree docsTree, document docsContract) {
	t.Helper()
	articles := 0
	for _, n := range tree.ids {
		if n.Data == "article" {
			articles++
		}
	}
	operations := 0
	for path, item := range document.Paths {
		for method, o := range item {
			operations++
			n := tree.ids[o.OperationID]
			if n == nil || n.Data != "article" {
				t.Errorf("%s: %s is not on the page", lang, o.OperationID)
				continue
			}
			text, rows := textOf(n), cells(n)
			for _, want := range append(o.words(lang), strings.ToUpper(method)+" "+path) {
				if !strings.Contains(text, want) {
					t.Errorf("%s: %s does not say %q", lang, o.OperationID, want)
				}
			}
			for _, want := range o.names(document) {
				if !slices.Contains(rows, want) {
					t.Errorf("%s: %s has no row for %s", lang, o.OperationID, want)
				}
			}
		}
	}
	for name, of := range document.Components.Schemas {
		n := tree.ids["schema-"+name]
		if n == nil || n.Data != "article" {
			t.Errorf("%s: the schema %s is not on the page", lang, name)
			continue
		}
		if rows := cells(n); len(rows) < len(of.Properties) {
			t.Errorf("%s: %s has %d rows of %d members", lang, name, len(rows), len(of.Properties))
		}
	}
	if articles != operations+len(document.Components.Schemas) {
		t.Errorf("%s: %d articles for %d operations and %d schemas", lang, articles, operations, len(document.Components.Schemas))
	}
	for _, r := range routes {
		key := "apidocs.tag_" + r.tag
		if scope := r.scope(); r.id != "" && (web.Text(lang, key, nil) == key || scope != "" && scope != scopeSession && web.ScopeText(lang, scope) == scope) {
			t.Errorf("%s: no words for %s or %s", lang, r.tag, scope)
		}
	}
	for code := range statuses {
		if tree.ids["problem-"+string(code)] == nil {
			t.Errorf("%s: the problem %s is not on the page", lang, code)
		}
	}
}

// words are what the page must say of an operation.
func (o docsWanted) words(lang string) []string {
	wanted := []string{o.Summary, "curl -s", o.Rate.Class, o.Scope}
	if o.MaxBytes > 0 {
		wanted = append(wanted, strings.ReplaceAll(web.Number(lang, o.MaxBytes), "\u00a0", " ")) // textOf has plain spaces
	}
	for _, who := range o.Authz {
		wanted = append(wanted, web.Text(lang, "apidocs.right_"+strings.ReplaceAll(who, " ", "_"), nil))
	}
	for status := range o.Responses {
		wanted = append(wanted, status)
	}
	return wanted
}

// names are what has a row of its own: parameters, and members of the body.
func (o docsWanted) names(document docsContract) (all []string) {
	for _, p := range o.Parameters {
		all = append(all, p.Name)
	}
	if o.RequestBody != nil {
		schema := strings.TrimPrefix(o.RequestBody.Content["application/json"].Schema.Ref, "#/components/schemas/")
		for member := range document.Components.Schemas[schema].Properties {
			all = append(all, member)
		}
	}
	return all
}

// TestDocsSent asks for the page in the ways that there are: it is made once,
// in each language the same bytes under gzip and without.
func TestDocsSent(t *testing.T) {
	s, _ := newTestServer(nil)
	plain := ask(s, "GET", "/api/docs", "", "Accept-Language: fr").Body.Bytes()
	for _, c := range []struct{ target, accepted, lang string }{
		{"/api/docs?lang=fr", "en", "fr"}, {"/api/docs?lang=xx", "fr", "fr"}, {"/api/docs?lang=", "fr", "fr"}, {"/api/docs?other=1", "fr", "fr"},
	} {
		w := ask(s, "GET", c.target, "", "Accept-Language: "+c.accepted)
		if w.Code != 200 || w.Header().Get("Content-Language") != c.lang || !bytes.Equal(w.Body.Bytes(), plain) {
			t.Errorf("%s: %d %v", c.target, w.Code, w.Header())
		}
	}
	w := ask(s, "GET", "/api/docs", "", "Accept-Language: fr", "Accept-Encoding: gzip")
	small := w.Body.Len()
	r, err := gzip.NewReader(w.Body)
	must(t, err)
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, plain) || w.Header().Get("Content-Encoding") != "gzip" || strings.Join(w.Header().Values("Vary"), ",") != "Accept-Language,Accept-Encoding" {
		t.Errorf("%v %v", err, w.Header())
	}
	if small > 100_000 {
		t.Errorf("the page is %d bytes of %d", small, len(plain))
	}
	if w := ask(s, "GET", "/api/docs.css", ""); !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") || regexp.MustCompile(`url\(|@import`).MatchString(w.Body.String()) {
		t.Errorf("%v", w.Header())
	}
}

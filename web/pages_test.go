package web

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

var update = flag.Bool("update", false, "write the golden files anew")

// rendered is a page as it is sent.
func rendered(t *testing.T, lang, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := samplePages(lang)[name].Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// eachPage runs a test for every page in every language.
func eachPage(t *testing.T, run func(t *testing.T, lang, name string)) {
	t.Helper()
	for _, lang := range Languages {
		for _, name := range slices.Sorted(maps.Keys(samplePages(lang))) {
			t.Run(name+"."+lang, func(t *testing.T) { run(t, lang, name) })
		}
	}
}

var between = regexp.MustCompile(`><`)

func TestPagesGolden(t *testing.T) {
	eachPage(t, func(t *testing.T, lang, name string) {
		got := between.ReplaceAll(rendered(t, lang, name), []byte(">\n<")) // one element a line, for reading
		for name, url := range loadAssets().urls {                         // a change of the style is not one of the page
			got = bytes.ReplaceAll(got, []byte(url), []byte(staticRoot+name))
		}
		got = append(got, '\n')
		file := filepath.Join("testdata", "pages", name+"."+lang+".html")
		if *update {
			if err := os.WriteFile(file, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs; run go test ./web -update and read the difference", file)
		}
	})
}

// parsed is the page as a browser reads it.
func parsed(t *testing.T, lang, name string) *html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(rendered(t, lang, name)))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// elements are all elements of a page, those of a name if one is given.
func elements(root *html.Node, names ...string) (out []*html.Node) {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && (len(names) == 0 || slices.Contains(names, n.Data)) {
			out = append(out, n)
		}
	}
	return out
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

func within(n *html.Node, name string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == name {
			return true
		}
	}
	return false
}

func TestPagesAreWellFormed(t *testing.T) {
	eachPage(t, func(t *testing.T, lang, name string) {
		root := parsed(t, lang, name)
		for element, want := range map[string]int{"h1": 1, "main": 1, "title": 1, "header": 1, "footer": 1} {
			if got := len(elements(root, element)); got != want {
				t.Errorf("%d %s, want %d", got, element, want)
			}
		}
		if got := attribute(elements(root, "html")[0], "lang"); got != lang {
			t.Errorf("lang is %q", got)
		}
		if first := elements(root, "a")[0]; attribute(first, "href") != "#main" {
			t.Error("the first link does not skip to the content")
		}
		level := 0
		for _, h := range elements(root, "h1", "h2", "h3") {
			next := int(h.Data[1] - '0')
			if within(h, "main") && next > level+1 && level > 0 {
				t.Errorf("heading %q jumps from level %d to %d", text(h), level, next)
			}
			level = next
			if text(h) == "" {
				t.Errorf("an empty %s", h.Data)
			}
		}
		checkIDs(t, root)
		checkLabels(t, root)
	})
}

// checkIDs wants every id once, and every reference to one to lead somewhere.
func checkIDs(t *testing.T, root *html.Node) {
	t.Helper()
	ids := map[string]bool{}
	for _, n := range elements(root) {
		if id := attribute(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("id %s stands twice", id)
			}
			ids[id] = true
		}
	}
	for _, n := range elements(root) {
		for _, key := range []string{"for", "aria-labelledby", "aria-describedby", "form"} {
			for id := range strings.FieldsSeq(attribute(n, key)) {
				if !ids[id] {
					t.Errorf("<%s %s=%q> leads nowhere", n.Data, key, id)
				}
			}
		}
		if id, ok := strings.CutPrefix(attribute(n, "href"), "#"); ok && !ids[id] {
			t.Errorf("link #%s leads nowhere", id)
		}
	}
}

// checkLabels wants every field of a form and every button to have a name.
func checkLabels(t *testing.T, root *html.Node) {
	t.Helper()
	labelled := map[string]bool{}
	for _, l := range elements(root, "label") {
		if text(l) != "" {
			labelled[attribute(l, "for")] = true
		}
	}
	for _, n := range elements(root, "input", "select", "textarea") {
		if attribute(n, "type") == "hidden" {
			continue
		}
		if !labelled[attribute(n, "id")] && !within(n, "label") {
			t.Errorf("%s %q has no label", n.Data, attribute(n, "name"))
		}
		if kind := attribute(n, "type"); (kind == "radio" || kind == "checkbox" && attribute(n, "value") != "on") && !within(n, "fieldset") {
			t.Errorf("%q of a group stands in no fieldset", attribute(n, "name"))
		}
	}
	for _, n := range elements(root, "button", "a", "summary") {
		if text(n) == "" && attribute(n, "aria-label") == "" {
			t.Errorf("a %s without a name", n.Data)
		}
	}
	for _, n := range elements(root, "table") {
		if len(elements(n, "caption")) != 1 {
			t.Error("a table without a caption")
		}
		for _, th := range elements(n, "th") {
			if attribute(th, "scope") == "" {
				t.Errorf("heading %q without a scope", text(th))
			}
		}
	}
	for _, n := range elements(root, "svg") {
		if attribute(n, "aria-hidden") != "true" {
			t.Error("a drawing that is read aloud without words")
		}
	}
}

// TestPagesKeepThePolicy looks for what the content security policy refuses.
// The hostile pages are among the pages, so it is the test of escaping too.
func TestPagesKeepThePolicy(t *testing.T) {
	eachPage(t, func(t *testing.T, lang, name string) {
		root := parsed(t, lang, name)
		for _, n := range elements(root) {
			switch n.Data {
			case "script":
				if !strings.HasPrefix(attribute(n, "src"), "/static/passkey.") || n.FirstChild != nil {
					t.Errorf("a script that is not ours")
				}
			case "style", "iframe", "object", "embed", "base", "img":
				t.Errorf("a %s element", n.Data)
			case "meta":
				if attribute(n, "http-equiv") != "" {
					t.Error("a meta element that acts")
				}
			}
			for _, a := range n.Attr {
				switch {
				case a.Key == "style", strings.HasPrefix(a.Key, "on"), strings.HasPrefix(a.Key, "hx-"):
					t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
				case strings.ContainsAny(a.Key, "<>\"'"):
					t.Errorf("a broken attribute %q", a.Key)
				case slices.Contains([]string{"href", "src", "action", "formaction"}, a.Key):
					checkAddress(t, lang, n, a.Val)
				}
			}
		}
		if strings.HasSuffix(name, "_hostile") && !strings.Contains(text(elements(root, "body")[0]), hostile) {
			t.Error("the hostile name is not shown as it is")
		}
	})
}

// checkAddress wants addresses to stay on the site and in the language.
func checkAddress(t *testing.T, lang string, n *html.Node, address string) {
	t.Helper()
	other := attribute(n, "hreflang")
	if n.Data == "button" && attribute(n, "name") == "switch" {
		other = attribute(n, "value")
	}
	switch {
	case n.Data == "a" && strings.HasPrefix(address, "otpauth://totp/"): // to an app on the same device
	case strings.HasPrefix(address, "#"), strings.HasPrefix(address, "/static/"), address == "about:invalid#TemplFailedSanitizationURL":
	case attribute(n, "download") != "" || n.Data == "a" && strings.HasPrefix(address, "/api/"):
	case n.Data == "a" && attribute(n, "rel") == "noreferrer":
		if !strings.HasPrefix(address, "https://") {
			t.Errorf("on to %s", address)
		}
	case other != "":
		if !strings.HasPrefix(address, "/"+other+"/") {
			t.Errorf("the link to %s leads to %s", other, address)
		}
	case !strings.HasPrefix(address, "/"+lang+"/"):
		t.Errorf("<%s> leads to %s, out of the language", n.Data, address)
	}
}

// TestPagesSwitchLanguage wants links to the same page, query included, in
// each language, with the current one marked.
func TestPagesSwitchLanguage(t *testing.T) {
	root := parsed(t, "es", "review")
	var got []string
	for _, a := range elements(root, "a") {
		if lang := attribute(a, "hreflang"); lang != "" {
			got = append(got, fmt.Sprint(lang, " ", attribute(a, "href"), " ", attribute(a, "aria-current")))
		}
	}
	want := []string{
		"en /en/staff/rounds/3/review?pair=1 ",
		"es /es/staff/rounds/3/review?pair=1 true",
		"fr /fr/staff/rounds/3/review?pair=1 ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestPagesSpeakOneLanguage looks for message keys that have no words, and
// for English where another language is spoken.
func TestPagesSpeakOneLanguage(t *testing.T) {
	key := regexp.MustCompile(`\b(page|form|signup|landing|signin|score|suggest|request|offer|rounds|review|country)\.[a-z_]+\b`)
	english := map[string]*regexp.Regexp{ // "mentors" is French too
		"es": regexp.MustCompile(`(?i)\b(the|and|your|with|without|mentors|business|sign)\b`),
		"fr": regexp.MustCompile(`(?i)\b(the|and|your|with|without|business|sign)\b`),
	}
	eachPage(t, func(t *testing.T, lang, name string) {
		shown := text(elements(parsed(t, lang, name), "body")[0])
		if found := key.FindString(shown); found != "" {
			t.Errorf("%s has no words", found)
		}
		if strings.Contains(shown, "<no value>") {
			t.Error("a message lacks an argument")
		}
		if words := english[lang]; words != nil && words.MatchString(shown) {
			t.Errorf("it says %q", words.FindString(shown))
		}
	})
}

func TestPagesAreLight(t *testing.T) {
	eachPage(t, func(t *testing.T, lang, name string) {
		if got := len(Squeezed(rendered(t, lang, name))); got > 10_000 {
			t.Errorf("%d bytes under gzip", got)
		}
	})
	if got := len(loadAssets().byPath[Asset("puente.css")].small); got > 10_000 {
		t.Errorf("the style has %d bytes under gzip", got)
	}
}

// TestPasswordFields wants every field of a password to be typed unseen, filled
// in by managers of passwords, long, never sent back, and nothing else that
// asks for a secret: no hints, no questions.
func TestPasswordFields(t *testing.T) {
	seen := map[string]int{}
	for _, lang := range Languages {
		for name := range samplePages(lang) {
			for _, n := range elements(parsed(t, lang, name), "input") {
				field := attribute(n, "name")
				if field == "client_secret" { // no password: typed unseen as well, and never sent back, but not to be remembered by the browser
					if attribute(n, "type") != "password" || attribute(n, "autocomplete") != "off" || attribute(n, "value") != "" {
						t.Errorf("%s in %s: %v", name, lang, n.Attr)
					}
					continue
				}
				secret := strings.Contains(field, "password")
				if typed := attribute(n, "type") == "password"; typed != secret {
					t.Errorf("%s in %s: the field %s is of type %q", name, lang, field, attribute(n, "type"))
				}
				if strings.Contains(field, "question") || strings.Contains(field, "hint") {
					t.Errorf("%s in %s asks for %s", name, lang, field)
				}
				if !secret {
					continue
				}
				known := attribute(n, "autocomplete")
				seen[known]++
				if known != "current-password" && known != "new-password" || attribute(n, "value") != "" || attribute(n, "maxlength") != "1024" ||
					attribute(n, "minlength") != "" || attribute(n, "pattern") != "" || attribute(n, "readonly") != "" {
					t.Errorf("%s in %s: %v", name, lang, n.Attr)
				}
			}
		}
	}
	if seen["current-password"] == 0 || seen["new-password"] == 0 {
		t.Errorf("of fields there are %v", seen)
	}
}

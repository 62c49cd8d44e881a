package web

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Page is what every page has in common. All paths are without their language
// ("/match", "/match?pair=7"): the pages put the reader's in front. A path
// that begins with # stays on the page. An empty path leaves its link out.
type Page struct {
	Lang    string // en, es or fr
	Path    string // of this page, with its query
	Nav     []Link // the main navigation
	Tabs    []Link // a second one, of pages that belong together
	Foot    []Link // privacy, accessibility, help
	SignIn  string // path of the sign-in page, for those who are not signed in
	SignOut string // where the sign-out button posts to, for those who are
	Notice  string // what has just happened, in words
	Alert   string // why what was filled in was not taken yet, in words
	Kept    Kept   // the form whose answers stay when the language is changed
}

// Kept is the form of a page whose answers the switch of languages keeps: it
// posts them, with the language as "switch", and they are shown again, without
// being looked at or stored. The zero value is none.
type Kept struct{ ID, Post string }

// Link leads to another page. Text is in the reader's language.
type Link struct {
	Text, Path string
	Current    bool
}

// T is a message in the page's language; args are the names and values of its
// fields in turn.
func (p Page) T(key string, args ...any) string {
	if len(args) == 0 {
		return Text(p.Lang, key, nil)
	}
	fields := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		fields[fmt.Sprint(args[i])] = args[i+1]
	}
	return Text(p.Lang, key, fields)
}

// Href is a path in the page's language.
func (p Page) Href(path string) string { return localized(p.Lang, path) }

func localized(lang, path string) string {
	if strings.HasPrefix(path, "#") {
		return path
	}
	return "/" + lang + path
}

// languageNames are the languages by their own names.
var languageNames = map[string]string{"en": "English", "es": "Español", "fr": "Français"}

// LanguageName is a language of the pages by its own name.
func LanguageName(lang string) string { return languageNames[lang] }

// home is where the reader begins: the first page of the navigation for those
// who are signed in, the first page of all for others.
func (p Page) home() string {
	if p.SignOut != "" && len(p.Nav) > 0 && !strings.HasPrefix(p.Nav[0].Path, "#") {
		return p.Nav[0].Path
	}
	return "/"
}

// countries are the keys of the names of the three countries.
var countries = map[string]string{"CA": "country.canada", "MX": "country.mexico", "US": "country.united_states"}

// country is the name of a country in the page's language, the code itself
// for any other.
func (p Page) country(code string) string {
	if key, ok := countries[code]; ok {
		return p.T(key)
	}
	return code
}

// initials are the first letters of the first and the last word of a name
// that begin with a letter or a figure.
func initials(name string) string {
	var letters []rune
	for word := range strings.FieldsSeq(name) {
		if r, _ := utf8.DecodeRuneInString(word); unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters = append(letters, unicode.ToUpper(r))
		}
	}
	if len(letters) > 2 {
		letters = []rune{letters[0], letters[len(letters)-1]}
	}
	return string(letters)
}

// capital writes the first letter of a text large.
func capital(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[size:]
}

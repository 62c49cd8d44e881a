// Package web turns what the program has to say into words and pages, in
// English, Spanish and French as equals. It imports nothing of ours. A page is
// a view, such as Landing, and a component that shows it, such as LandingPage;
// the components are written in the *.templ files.
package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"text/template"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Languages are the languages of every message, the default first.
var Languages = []string{"en", "es", "fr"}

// numbers are the locales whose numbers each language writes: those of the
// three countries.
var numbers = map[string]language.Tag{
	"en": language.AmericanEnglish, "es": language.LatinAmericanSpanish, "fr": language.CanadianFrench,
}

//go:embed messages/*.json
var files embed.FS

// localizers has one ready localizer and the template functions per language.
var localizers = sync.OnceValue(func() map[string]localizer {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	names, err := fs.Glob(files, "messages/*.json")
	for _, name := range names {
		if _, e := bundle.LoadMessageFileFS(files, name); e != nil {
			err = e
		}
	}
	if err != nil {
		panic(fmt.Sprintf("web: embedded messages are broken: %v", err)) // a test proves they are not
	}
	out := map[string]localizer{}
	for _, lang := range Languages {
		l := i18n.NewLocalizer(bundle, lang)
		names := countryNames(l)
		out[lang] = localizer{l, names, template.FuncMap{"num": message.NewPrinter(numbers[lang]).Sprint, "countries": names}}
	}
	return out
})

// countryNames writes the names of countries, by their codes.
func countryNames(l *i18n.Localizer) func(codes []string) string {
	return func(codes []string) string {
		var names []string
		for _, code := range codes {
			name, err := l.Localize(&i18n.LocalizeConfig{MessageID: countries[code]})
			if err != nil {
				name = code
			}
			names = append(names, name)
		}
		return strings.Join(names, ", ")
	}
}

// CountryNames are the names of countries, by their codes, in a language.
func CountryNames(lang string, codes []string) string {
	l, ok := localizers()[lang]
	if !ok {
		l = localizers()["en"]
	}
	return l.countries(codes)
}

type localizer struct {
	*i18n.Localizer
	countries func(codes []string) string
	funcs     template.FuncMap
}

// Text returns a message in a language, English for an unknown one. Args are
// the fields of the message; Count also chooses the plural. An unknown key
// comes back as it is, so that nothing is lost.
func Text(lang, key string, args map[string]any) string {
	l, ok := localizers()[lang]
	if !ok {
		l = localizers()["en"]
	}
	config := &i18n.LocalizeConfig{MessageID: key, TemplateData: args, Funcs: l.funcs}
	if n, ok := args["Count"]; ok {
		config.PluralCount = n
	}
	text, err := l.Localize(config)
	if err != nil && text == "" {
		return key
	}
	return text
}

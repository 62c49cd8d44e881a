package models

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
)

var languages = []string{"en", "es", "fr"}

// peopleMessages reads the message file of one language.
func peopleMessages(t testing.TB, lang string) map[string]*template.Template {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "web", "messages", "people."+lang+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatalf("%s: %v", lang, err)
	}
	messages := map[string]*template.Template{}
	for key, text := range texts {
		parsed, err := template.New(key).Option("missingkey=error").Funcs(template.FuncMap{"num": fmt.Sprint, "countries": fmt.Sprint}).Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", lang, err)
		}
		messages[key] = parsed
	}
	return messages
}

// checkMessages renders every problem in the three languages.
func checkMessages(t testing.TB, messages map[string]map[string]*template.Template, problems Problems) {
	t.Helper()
	for _, p := range problems {
		for lang, texts := range messages {
			message, ok := texts[p.Key]
			if !ok {
				t.Fatalf("no message %s in %s", p.Key, lang)
			}
			var text strings.Builder
			if err := message.Execute(&text, p.Args); err != nil {
				t.Errorf("%s: %v", lang, err)
			}
			if strings.ContainsAny(text.String(), "\n\r\t\x00") {
				t.Errorf("%s: a message must be one line: %q", lang, text.String())
			}
		}
	}
}

func allMessages(t testing.TB) map[string]map[string]*template.Template {
	t.Helper()
	all := map[string]map[string]*template.Template{}
	for _, lang := range languages {
		all[lang] = peopleMessages(t, lang)
	}
	return all
}

// keysInCode gives the message keys that the sources of this package name.
func keysInCode(t *testing.T) []string {
	t.Helper()
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`"people\.[a-z_0-9]+"`)
	found := map[string]bool{}
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		data, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range key.FindAllString(string(data), -1) {
			found[strings.Trim(match, `"`)] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func TestEveryProblemHasItsMessage(t *testing.T) {
	inCode := keysInCode(t)
	field := regexp.MustCompile(`\{\{[^}]*\.(\w+)\}\}`)
	fields := func(m *template.Template) []string {
		used := map[string]bool{}
		for _, match := range field.FindAllStringSubmatch(m.Root.String(), -1) {
			used[match[1]] = true
		}
		return slices.Sorted(maps.Keys(used))
	}
	english := peopleMessages(t, "en")
	for _, lang := range languages {
		messages := peopleMessages(t, lang)
		if got := slices.Sorted(maps.Keys(messages)); !slices.Equal(got, inCode) {
			t.Errorf("%s: messages %v\nproblems in the code %v", lang, got, inCode)
		}
		for key, message := range messages {
			if english[key] != nil && !slices.Equal(fields(message), fields(english[key])) {
				t.Errorf("%s: %s has the fields %v, in English %v", lang, key, fields(message), fields(english[key]))
			}
		}
	}
}

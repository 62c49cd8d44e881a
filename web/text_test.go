package web

import (
	"encoding/json"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// messages reads one language's message files as they stand.
func messages(t *testing.T, lang string) map[string]any {
	t.Helper()
	out := map[string]any{}
	names, err := fs.Glob(files, "messages/*."+lang+".json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no message files in %s: %v", lang, err)
	}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var one map[string]any
		if err := json.Unmarshal(data, &one); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for key, text := range one {
			if _, doubled := out[key]; doubled {
				t.Errorf("%s: %s stands in another file too", name, key)
			}
			out[key] = text
		}
	}
	return out
}

var field = regexp.MustCompile(`\{\{[^}]*?\.(\w+)`)

// fields are the arguments that a message uses, in any of its plural forms.
func fields(message any) []string {
	texts := []any{message}
	if forms, ok := message.(map[string]any); ok {
		texts = slices.Collect(maps.Values(forms))
	}
	used := map[string]bool{}
	for _, text := range texts {
		for _, m := range field.FindAllStringSubmatch(text.(string), -1) {
			used[m[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(used))
}

func TestMessagesEqualInThreeLanguages(t *testing.T) {
	english := messages(t, "en")
	for _, lang := range Languages {
		other := messages(t, lang)
		for key, message := range other {
			if _, ok := english[key]; !ok {
				t.Errorf("%s: %s is not in English", lang, key)
			} else if got, want := fields(message), fields(english[key]); !slices.Equal(got, want) {
				t.Errorf("%s: %s uses %v, English uses %v", lang, key, got, want)
			}
			forms, plural := message.(map[string]any)
			if _, many := forms["many"]; plural && (lang == "en") == many {
				t.Errorf("%s: %s must have the plural forms of its language (es and fr: one, many, other)", lang, key)
			}
			if text, ok := message.(string); ok && strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s is empty", lang, key)
			}
		}
		for key := range english {
			if _, ok := other[key]; !ok {
				t.Errorf("%s: %s is missing", lang, key)
			}
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct{ name, lang, key, want string }{
		{"english", "en", "factor.needs", "needs"},
		{"spanish", "es", "factor.needs", "necesidades"},
		{"french", "fr", "factor.needs", "besoins"},
		{"unknown language is English", "de", "factor.needs", "needs"},
		{"unknown key comes back", "fr", "no.such.key", "no.such.key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Text(c.lang, c.key, nil); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

package jobs

import (
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puente/models"
)

// labelled is a sentence of testdata/topics with the topics that it is about.
type labelled struct {
	lang, kind, half string
	topics           []string
	text             string
}

// labelledSentences reads the test set. Stories are of the report half from
// the 31st on: the first thirty were measured before the glossary was widened,
// and tuned it, the others were written when it was done. Another sentence belongs to the half by which
// phrases were tuned or to the half that is only reported, by a rule that
// nobody can bend: a bit of the sum of its kind, its topics and how many with
// the same came before. So what is said alike in three languages is in one half.
func labelledSentences(t testing.TB) (out []labelled) {
	t.Helper()
	for _, lang := range []string{"en", "es", "fr"} {
		f, err := os.Open("testdata/topics/" + lang + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		if err = errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		before, stories := map[string]int{}, 0
		for _, row := range rows[1:] {
			s := labelled{lang: lang, kind: row[0], half: "tuning", text: row[2]}
			if row[1] != "" {
				s.topics = strings.Split(row[1], ";")
			}
			key := row[0] + "/" + row[1]
			before[key]++
			odd := sha256.Sum256(fmt.Appendf(nil, "%s/%d", key, before[key]))[0]&1 == 1
			if s.kind == "story" {
				stories++
				odd = stories > 30
			}
			if odd {
				s.half = "report"
			}
			out = append(out, s)
		}
	}
	return out
}

// topicFigures count what was suggested for sentences of one sort.
type topicFigures struct {
	about, found     int // sentences with topics; of them those that got a right one
	suggested, right int // topics suggested for any sentence; of them the right ones
	nothing, silent  int // sentences that no topic fits; of them those without a suggestion
}

func (f *topicFigures) add(s labelled, suggestions []TopicSuggestion) {
	right := 0
	for _, got := range suggestions {
		if slices.Contains(s.topics, got.Topic) {
			right++
		}
	}
	f.suggested, f.right = f.suggested+len(suggestions), f.right+right
	if len(s.topics) == 0 {
		f.nothing++
		f.silent += 1 - min(len(suggestions), 1)
	} else {
		f.about++
		f.found += min(right, 1)
	}
}

// percent is a part in whole percents, rounded down.
func percent(part, whole int) int { return 100 * part / max(whole, 1) }

func (f topicFigures) String() string {
	return fmt.Sprintf("%3d%% %3d/%-3d  %3d%% %3d/%-3d  %3d%% %2d/%-2d", percent(f.found, f.about), f.found, f.about,
		percent(f.right, f.suggested), f.right, f.suggested, percent(f.silent, f.nothing), f.silent, f.nothing)
}

// topicFloors are the percents below which suggestions may not fall: coverage,
// precision, and silence where nothing fits.
var topicFloors = map[string][3]int{
	"report en trade": {90, 85, 80}, "report en everyday": {85, 80, 80},
	"report es trade": {90, 85, 80}, "report es everyday": {85, 80, 80},
	"report fr trade": {90, 85, 80}, "report fr everyday": {85, 80, 80},
	"report all story": {12, 40, 85},
}

// TestTopicSuggestions measures the suggestions with the labelled sentences
// and keeps the figures in a golden table; docs/topics.md says what they mean.
// No phrase is written for a sentence of the report half.
func TestTopicSuggestions(t *testing.T) {
	sorts, sums := []string(nil), map[string]*topicFigures{}
	for _, s := range labelledSentences(t) {
		for _, topic := range s.topics {
			if models.Vocabularies().Topic(topic) == 0 {
				t.Errorf("%s: unknown topic %s", s.text, topic)
			}
		}
		got := SuggestTopics(s.text, s.lang, 3)
		for _, sort := range []string{s.half + " " + s.lang + " " + s.kind, s.half + " all " + s.kind} {
			if sums[sort] == nil {
				sorts, sums[sort] = append(sorts, sort), &topicFigures{}
			}
			sums[sort].add(s, got)
		}
	}
	slices.Sort(sorts)
	var out strings.Builder
	fmt.Fprintln(&out, "half   lang kind      coverage      precision     silent where nothing fits")
	for _, sort := range sorts {
		var half, lang, kind string
		if _, err := fmt.Sscan(sort, &half, &lang, &kind); err != nil {
			t.Fatal(err)
		}
		f := sums[sort]
		fmt.Fprintf(&out, "%-6s %-4s %-8s  %s\n", half, lang, kind, strings.TrimSpace(f.String()))
		if floor, there := topicFloors[sort]; there &&
			(percent(f.found, f.about) < floor[0] || percent(f.right, f.suggested) < floor[1] || percent(f.silent, f.nothing) < floor[2]) {
			t.Errorf("%s: %s is below the floors %d", sort, f, floor)
		}
	}
	if *update {
		if err := os.WriteFile("testdata/topics.golden", []byte(out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/topics.golden")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("figures differ; go test ./jobs -update writes them anew (-was +is):\n%s", diff)
	}
}

// TestTopicSuggestionsOf shows single texts.
func TestTopicSuggestionsOf(t *testing.T) {
	for _, c := range []struct{ name, lang, text, want string }{
		{"nothing", "en", "", ""},
		{"nothing that fits", "en", "My cat sleeps on the counter.", ""},
		{"a phrase", "en", "Our customs broker is slow", "customs_clearance [customs broker]"},
		{"as it was written", "es", "necesito un SEGURO de Crédito", "export_credit_insurance [SEGURO de Crédito]"},
		{"without accents", "es", "certificacion de origen", "certification_of_origin [certificacion de origen]"},
		{"accents of their own", "fr", "l\u2019e\u0301tiquetage bilingue", "labelling_language [e\u0301tiquetage bilingue]"},
		{"a ligature", "fr", "chaine du froid et main-d'oeuvre infantile", "logistics_freight [chaine du froid]"},
		{"plural", "en", "trademarks", "ip_protection [trademarks]"},
		{"a longer phrase hides a shorter", "en", "certificate of origin", "certification_of_origin [certificate of origin]"},
		{"two topics", "en", "a trademark, and a bank loan", "working_capital [bank loan] ip_protection [trademark]"},
		{"words between", "en", "to sell our oak chairs abroad for the first time", "export_plan [sell our oak chairs abroad for the first time]"},
		{"too far apart", "en", "customs are odd people; a nice broker", ""},
		{"another language than said", "en", "buscamos un agente aduanal", "customs_clearance [agente aduanal]"},
		{"mixed", "es", "necesitamos un customs broker y un patent attorney", "ip_protection [patent] customs_clearance [customs broker]"},
		{"no language", "", "assurance-crédit", "export_credit_insurance [assurance-crédit]"},
		{"an unknown language", "nah", "registro de marca", "ip_protection [registro de marca]"},
		{"a name in capitals", "en", "CE and AI", "data_ai [AI]"},
		{"the word that looks like it", "fr", "j'ai un nom", ""},
		{"a shared phrase", "es", "asegurar el cobro", "export_credit_insurance [asegurar el cobro] fx_payments [asegurar el cobro]"},
		{"not text", "en", "\xff\xfe trademark \xff", "ip_protection [trademark]"},
		{"what is too long is not read", "en", strings.Repeat("é ", MaxTopicText/2) + "trademark", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, s := range SuggestTopics(c.text, c.lang, 3) {
				got = append(got, fmt.Sprint(s.Topic, " ", s.Words))
			}
			if joined := strings.Join(got, " "); joined != c.want {
				t.Errorf("got %q, want %q", joined, c.want)
			}
		})
	}
}

func TestTopicSuggestionsMost(t *testing.T) {
	const text = "a bank loan, a trademark, a customs broker, a trade show and an energy audit"
	for k, want := range []int{0, 1, 2, 3, 4, 5, 5} {
		if got := SuggestTopics(text, "en", k); len(got) != want {
			t.Errorf("%d of at most %d: %v", len(got), k, got)
		}
	}
	if got := SuggestTopics(text, "en", -1); len(got) != 0 {
		t.Errorf("of at most -1: %v", got)
	}
}

// TestTopicGlossary writes every phrase as a text of its own: it suggests its
// topic, and a hint suggests nothing. A few phrases are too common to.
func TestTopicGlossary(t *testing.T) {
	v, silent := models.Vocabularies(), 0
	for _, p := range v.Glossary {
		got := SuggestTopics(p.Text, p.Lang, len(v.Topics))
		switch {
		case p.Hint && len(got) > 0:
			t.Errorf("%s: the hint %q suggests %v", p.Lang, p.Text, got)
		case !p.Hint && len(got) == 0:
			silent++
		case len(got) > 0 && !slices.ContainsFunc(got, func(s TopicSuggestion) bool { return s.Topic == v.Topics[p.Topic-1].ID }):
			t.Errorf("%s: %q suggests %v", p.Lang, p.Text, got)
		}
	}
	if percent(silent, len(v.Glossary)) > 3 {
		t.Errorf("%d of %d phrases are too weak to suggest their topic", silent, len(v.Glossary))
	}
}

func FuzzSuggestTopics(f *testing.F) {
	for _, s := range []string{"", "certificate of origin", "l\u2019étiquetage", "\xff", "e\u0301e\u0301", "ſſ İ ǅ", "sell abroad sell abroad sell"} {
		f.Add(s, "fr", 3)
	}
	f.Fuzz(func(t *testing.T, text, lang string, k int) {
		got := SuggestTopics(text, lang, k)
		if len(got) > max(k, 0) {
			t.Fatalf("%d of at most %d", len(got), k)
		}
		for _, s := range got {
			if models.Vocabularies().Topic(s.Topic) == 0 || s.Score < topicBar || len(s.Words) == 0 {
				t.Fatalf("odd suggestion %+v", s)
			}
			for _, w := range s.Words {
				if w == "" || !strings.Contains(text, w) {
					t.Fatalf("%q is not in the text", w)
				}
			}
		}
		if diff := cmp.Diff(got, SuggestTopics(text, lang, k)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func BenchmarkSuggestTopics(b *testing.B) {
	var text strings.Builder
	for _, s := range labelledSentences(b) {
		text.WriteString(s.text + " ")
	}
	for _, size := range []int{200, 2000, MaxTopicText} {
		cut := string([]rune(text.String())[:size])
		b.Run(fmt.Sprintf("characters=%d", size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				SuggestTopics(cut, "en", 3)
			}
		})
	}
}

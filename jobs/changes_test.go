package jobs

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puente/matching"
	"puente/models"
	"puente/web"
)

// TestChangesInWords wants words of every kind of answer in every language, and
// reads the English ones.
func TestChangesInWords(t *testing.T) {
	v := models.Vocabularies()
	french, region := uint8(v.Language("fr")), uint8(v.Region("MX-JAL"))
	origin, canada, mexico := uint8(v.Topic("rules_of_origin")), uint8(v.Country("CA")), uint8(v.Country("MX"))
	for _, c := range []struct {
		answer matching.Answer
		want   string
	}{
		{matching.Answer{Kind: matching.MenteeLanguage, A: french, To: 4, Steps: 4}, "French (B2, upper intermediate)"},
		{matching.Answer{Kind: matching.MenteeTarget, A: mexico, B: region, To: 1, Steps: 1}, "Jalisco as a target market"},
		{matching.Answer{Kind: matching.MenteeNeed, A: origin, To: 2, Steps: 1}, "“Rules of origin, regional and labour value content” as a need of priority 2"},
		{matching.Answer{Kind: matching.MenteeStage, To: 3, Steps: 1}, "the export stage “First export sale”"},
		{matching.Answer{Kind: matching.MenteeCadence, To: 2, Steps: 1}, "the rhythm of meetings “Every two weeks”"},
		{matching.Answer{Kind: matching.MenteeFormat, A: 1, To: 1, Steps: 1}, "the way to meet “Video call”"},
		{matching.Answer{Kind: matching.MenteeOverlap, To: 3, Steps: 2}, "a minimum of 90 shared minutes a week"},
		{matching.Answer{Kind: matching.MentorLanguage, A: french, To: 3, Steps: 1}, "French (B1, intermediate)"},
		{matching.Answer{Kind: matching.MentorSkill, A: origin, B: canada, To: 3, Steps: 1}, "the expertise “Rules of origin, regional and labour value content (Canada): teaches it”"},
		{matching.Answer{Kind: matching.MentorSkill, A: origin, To: 1, Steps: 1}, "the expertise “Rules of origin, regional and labour value content: knows it”"},
		{matching.Answer{Kind: matching.MentorMarket, A: canada, To: 2, Steps: 2}, "knowledge of Canada at level 2 of 3"},
		{matching.Answer{Kind: matching.MentorStage, A: 2, To: 1, Steps: 1}, "the export stage “Exploring export markets” among those worked with"},
		{matching.Answer{Kind: matching.MentorCadence, To: 1, Steps: 1}, "the rhythm of meetings “Every week”"},
		{matching.Answer{Kind: matching.MentorFormat, A: 2, To: 1, Steps: 1}, "the way to meet “Phone call”"},
		{matching.Answer{Kind: matching.MentorPlace, To: 3, Steps: 1}, "more room for mentees"},
	} {
		for _, lang := range web.Languages {
			said := Words{Lang: lang, Text: web.Text}.answers([]matching.Answer{c.answer})[0]
			if lang == "en" && said.Text != c.want {
				t.Errorf("%s: got %q, want %q", said.Kind, said.Text, c.want)
			}
			if said.Text == "" || strings.Contains(said.Text, "change.") || strings.Contains(said.Text, "<no value>") {
				t.Errorf("%s: %s in words is %q", said.Kind, lang, said.Text)
			}
		}
	}
}

// TestChangesOfSources reads whole sentences, to others and to the mentee.
func TestChangesOfSources(t *testing.T) {
	changes := matching.Changes{
		Mentee: &matching.Change{
			Answers: []matching.Answer{{Kind: matching.MenteeOverlap, To: 2, Steps: 1}, {Kind: matching.MentorMarket, A: 1, To: 1, Steps: 1}},
			Steps:   2, Rank: 4, Score: 40_000,
		},
		Weight: &matching.Change{Factor: matching.Language, From: 110, To: 121, Steps: 11, Rank: 5, Score: 39_000},
	}
	for _, c := range []struct {
		name    string
		words   Words
		changes matching.Changes
		want    []string
	}{
		{"to others", Words{Lang: "en", Text: web.Text}, changes, []string{
			"With a minimum of 60 shared minutes a week and also knowledge of United States at level 1 of 3 in the mentee’s profile, Ana would be number 4 (67 of 100).",
			"No change of up to 3 answers in Ana’s own profile does it.",
			"If the programme gave “language” a weight of 121 instead of 110, Ana would be number 5 (65 of 100).",
		}},
		{"to the mentee", Words{Lang: "es", Text: web.Text, Self: true}, changes, []string{
			"Con un mínimo de 60 minutos por semana en común y además conocimiento de Estados Unidos en nivel 1 de 3 en tu perfil, Ana sería tu opción número 4 (67 de 100).",
			"Ningún cambio de hasta 3 respuestas en el propio perfil de Ana lo logra.",
			"Si el programa diera a «idioma» un peso de 121 en vez de 110, Ana sería la opción número 5 (65 de 100).",
		}},
		{"none", Words{Lang: "fr", Text: web.Text, Self: true}, matching.Changes{}, []string{
			"Aucun changement d’au plus 3 de vos réponses ne place Ana parmi vos 5 meilleurs choix.",
			"Aucun changement d’au plus 3 réponses dans le propre profil de Ana n’y suffit.",
			"Aucun changement d’un seul poids du programme n’y suffit.",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, said := range c.words.Changes(c.changes, "Ana", 5) {
				got = append(got, said.Text)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestChangesKeepPrivate wants the same words and members of a mentor who is
// full and of one who pauses, whatever his capacity.
func TestChangesKeepPrivate(t *testing.T) {
	said := func(change func(*models.Profile)) string {
		people := People{
			Mentees: []models.Profile{{Role: mentee, ID: "E", Country: "MX", Languages: []models.LanguageLevel{{Language: "es", Level: "native"}}, Needs: []models.Need{{Topic: "export_plan", Priority: 1}}}},
			Mentors: []models.Profile{{Role: mentor, ID: "M", Country: "US", Languages: []models.LanguageLevel{{Language: "es", Level: "C1"}}, Reliability: -1, Capacity: 1}},
		}
		change(&people.Mentors[0])
		m, err := Prepare(people, MatchOptions{Settings: DefaultSettings()})
		must(t, err)
		a, err := m.Why("E", "M", 1, Words{Lang: "en", Text: web.Text, Self: true})
		must(t, err)
		if a.Rule != "capacity" {
			t.Fatalf("refused by %q", a.Rule)
		}
		for i := range a.Changes { // what the free places are worth is seen by everybody once there are some
			a.Changes[i].Score, a.Changes[i].Points, a.Changes[i].Text = 0, 0, strings.Split(a.Changes[i].Text, "(")[0]
		}
		out, err := json.Marshal(a)
		must(t, err)
		return string(out)
	}
	full := said(func(p *models.Profile) { p.Taken = 1 })
	if !strings.Contains(full, "With more room for mentees in their own profile, M would be number 1") {
		t.Errorf("a full mentor: %s", full)
	}
	for name, change := range map[string]func(*models.Profile){
		"pauses":              func(p *models.Profile) { p.Paused = true },
		"pauses with more":    func(p *models.Profile) { p.Paused, p.Capacity, p.Taken = true, 3, 1 },
		"is full with more":   func(p *models.Profile) { p.Capacity, p.Taken = 4, 4 },
		"has no place at all": func(p *models.Profile) { p.Capacity = 0 },
	} {
		if diff := cmp.Diff(full, said(change)); diff != "" {
			t.Errorf("%s (-full +this):\n%s", name, diff)
		}
	}
}

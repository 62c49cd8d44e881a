package models

import (
	"fmt"
	"slices"
	"strings"
)

// Phrase is what people write when they mean a topic, in the words of the
// trade or their own.
type Phrase struct {
	Topic  int    // number of the topic
	Lang   string // en, es, fr, or AnyLanguage
	Text   string
	Shared bool // other topics have the same phrase
	Hint   bool // too little by itself; two hints are enough
}

// AnyLanguage is the language of names that are the same in every one: "CTPAT".
const AnyLanguage = "mul"

// GlossaryLanguages are the languages that phrases may have.
var GlossaryLanguages = []string{"en", "es", "fr", AnyLanguage}

var glossaryColumns = []string{"topic", "lang", "phrase", "shared", "hint"}

// glossary reads the phrases. A phrase of a language stands for one topic,
// unless each of its rows says that it is shared.
func (l *loader) glossary() {
	data, err := l.open("glossary.csv")
	if err != nil {
		l.errs = append(l.errs, err)
		return
	}
	if !slices.Equal(data[0], glossaryColumns) {
		l.fail("glossary.csv", "header is %v, want %v", data[0], glossaryColumns)
		return
	}
	topics := map[string][]int{} // by language and phrase, in small letters
	for i, cells := range data[1:] {
		p := Phrase{Topic: l.ids["topic"][cells[0]], Lang: cells[1], Text: cells[2], Shared: cells[3] == "yes", Hint: cells[4] == "yes"}
		place := fmt.Sprintf("glossary.csv:%d", i+2)
		key := p.Lang + " " + strings.ToLower(p.Text)
		switch {
		case p.Topic == 0:
			l.fail(place, "unknown topic %q", cells[0])
		case !slices.Contains(GlossaryLanguages, p.Lang):
			l.fail(place, "unknown language %q", p.Lang)
		case p.Text == "" || p.Text != strings.Join(strings.Fields(p.Text), " "):
			l.fail(place, "phrase %q is empty or not tidy", p.Text)
		case cells[3] != "" && !p.Shared:
			l.fail(place, "shared is %q, not yes or empty", cells[3])
		case cells[4] != "" && !p.Hint:
			l.fail(place, "hint is %q, not yes or empty", cells[4])
		case slices.Contains(topics[key], p.Topic):
			l.fail(place, "phrase %q is there twice", p.Text)
		}
		topics[key] = append(topics[key], p.Topic)
		l.v.Glossary = append(l.v.Glossary, p)
	}
	for i, p := range l.v.Glossary {
		n := len(topics[p.Lang+" "+strings.ToLower(p.Text)])
		if p.Shared != (n > 1) {
			l.fail(fmt.Sprintf("glossary.csv:%d", i+2), "phrase %q has %d topics, shared is %v", p.Text, n, p.Shared)
		}
	}
}

package main

import (
	"fmt"
	"strings"

	"puente/jobs"
	"puente/models"
)

type topicsCommand struct {
	Text string `required:"" placeholder:"TEXT" help:"${help_text}"`
	Top  int    `default:"3" help:"${help_top_topics}"`
}

// topicJSON is a suggested topic for programs.
type topicJSON struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Words []string `json:"words"`
}

// Run suggests topics of a text, with the words that speak for each.
func (c *topicsCommand) Run(p *program) error {
	v, out := models.Vocabularies(), []topicJSON{}
	for _, s := range jobs.SuggestTopics(c.Text, p.words.Lang, c.Top) {
		out = append(out, topicJSON{s.Topic, v.Topics[v.Topic(s.Topic)-1].Title.In(p.words.Lang), s.Words})
	}
	if p.json {
		return p.object(map[string]any{"topics": out})
	}
	if len(out) == 0 {
		p.line("topics.none", nil)
	}
	for _, t := range out {
		fmt.Fprintln(p.stdout, p.say("topics.one", map[string]any{"Topic": t.ID, "Title": t.Title, "Words": strings.Join(t.Words, " … ")}))
	}
	return nil
}

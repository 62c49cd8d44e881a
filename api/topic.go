package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"puente/jobs"
	"puente/models"
)

var suggestTopics = huma.Operation{
	OperationID: "suggest-topics", Method: http.MethodPost, Path: "/api/v1/topics/suggest", Tags: []string{"vocabularies"},
	Summary: "Topics that a text seems to be about, for its writer to confirm",
	Description: "Each with the words of the text that speak for it, the likeliest first; none when nothing in the text says enough. " +
		"The text is not stored, and what is suggested has no part in any score: only topics that a person chooses do.",
}

// topicBounds let a text through whatever way its characters are written.
var topicBounds = bounds{bytes: 64 << 10, depth: 2, items: 10, length: 64 << 10}

type suggestTopicsIn struct {
	LanguageInput
	Body struct {
		Text  string `json:"text" maxLength:"5000" example:"My boxes keep getting stuck at the border."`
		Lang  string `json:"lang,omitempty" enum:"en,es,fr" doc:"What the text is mostly written in; the reader's language if left out"`
		Limit int    `json:"limit,omitempty" minimum:"1" maximum:"10" default:"3"`
	}
}

// SuggestedTopics are the topics that a text seems to be about.
type SuggestedTopics struct {
	Items []SuggestedTopic `json:"items" nullable:"false"`
}

// SuggestedTopic is a topic and why it is suggested.
type SuggestedTopic struct {
	ID    string   `json:"id" example:"customs_clearance"`
	Title string   `json:"title" doc:"In the reader's language"`
	Words []string `json:"words" nullable:"false" doc:"What in the text speaks for it, as it was written"`
}

// topics suggests topics of a text.
func (*Server) topics(ctx context.Context, in *suggestTopicsIn) (*read[SuggestedTopics], error) {
	reader, v := requestOf(ctx).lang, models.Vocabularies()
	lang := in.Body.Lang
	if lang == "" {
		lang = reader
	}
	out := &read[SuggestedTopics]{Body: SuggestedTopics{Items: []SuggestedTopic{}}}
	for _, s := range jobs.SuggestTopics(in.Body.Text, lang, in.Body.Limit) {
		title := v.Topics[v.Topic(s.Topic)-1].Title.In(reader)
		out.Body.Items = append(out.Body.Items, SuggestedTopic{s.Topic, title, s.Words})
	}
	return out, nil
}

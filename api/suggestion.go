package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"puente/jobs"
	"puente/models"
	"puente/web"
)

var (
	listSuggestions = huma.Operation{
		OperationID: "list-suggestions", Method: http.MethodGet, Path: "/api/v1/profiles/{id}/suggestions", Tags: []string{"suggestions"},
		Summary:     "The best mentors for an entrepreneur, with the reasons",
		Description: "From what is stored now, best first; the profile may still be a draft. A mentor's profile has none and gives 404.",
	}
	getSuggestion = huma.Operation{
		OperationID: "get-suggestion", Method: http.MethodGet, Path: "/api/v1/profiles/{id}/suggestions/{mentor}", Tags: []string{"suggestions"},
		Summary: "Why one mentor, or why not, and what would change it",
		Description: "The rank among all whom the rules allow, or the first rule that says no. Of a mentor who is not among the best: " +
			"the smallest change of the entrepreneur's answers, of the mentor's, and of one weight of the programme, that would put the mentor among them.",
	}
)

// Suggestions are the best mentors for an entrepreneur.
type Suggestions struct {
	Compared int           `json:"compared" doc:"Mentors who are approved or wait, also those whom a rule refuses"`
	Items    []jobs.Advice `json:"items" nullable:"false"`
	Refused  []Refusal     `json:"refused" nullable:"false" doc:"How many mentors each rule refuses, whatever the others say"`
}

// Refusal is how many mentors a rule refuses.
type Refusal struct {
	Rule    string `json:"rule"`
	Text    string `json:"text" doc:"The rule in the reader's language"`
	Mentors int    `json:"mentors"`
}

// words are the engine's words in the reader's language.
func words(ctx context.Context) jobs.Words {
	return jobs.Words{Lang: requestOf(ctx).lang, Text: web.Text}
}

type suggestionsIn struct {
	IDInput
	Limit int `query:"limit" minimum:"1" maximum:"100" default:"10"`
}

func (s *Server) suggestions(ctx context.Context, in *suggestionsIn) (*read[Suggestions], error) {
	row, err := s.Store.Profile(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.suggested(ctx, row, in.Limit)
}

// suggested finds the best mentors for a stored mentee.
func (s *Server) suggested(ctx context.Context, row *models.ProfileRow, limit int) (*read[Suggestions], error) {
	w := words(ctx)
	found, err := s.advisor.Suggest(ctx, row, limit, w)
	if err != nil {
		return nil, err
	}
	out := &read[Suggestions]{Body: Suggestions{Compared: found.Compared, Items: found.Mentors, Refused: []Refusal{}}}
	if found.Mentors == nil {
		out.Body.Items = []jobs.Advice{}
	}
	for _, r := range found.Refused {
		out.Body.Refused = append(out.Body.Refused, Refusal{r.Rule, w.Say("rule."+r.Rule, nil), r.Mentors})
	}
	return out, nil
}

type suggestionIn struct {
	IDInput
	Mentor string `path:"mentor" maxLength:"64" doc:"The mentor's code" example:"M-2KD93PQX"`
	Top    int    `query:"top" minimum:"1" maximum:"100" default:"10" doc:"Among how many best mentors a change puts this one"`
}

// Answer is why a mentor is suggested, or is not.
type Answer struct {
	jobs.Advice
	RuleText string `json:"rule_text,omitempty" doc:"The rule that says no, in the reader's language"`
}

func (s *Server) suggestion(ctx context.Context, in *suggestionIn) (*read[Answer], error) {
	row, err := s.Store.Profile(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.why(ctx, row, in.Mentor, in.Top)
}

// why explains one mentor to a stored mentee, and what would put the mentor
// among the top best.
func (s *Server) why(ctx context.Context, row *models.ProfileRow, mentor string, top int) (*read[Answer], error) {
	w := words(ctx)
	w.Self = actorOf(ctx).owns(row)
	found, err := s.advisor.Why(ctx, row, mentor, top, w)
	if err != nil {
		return nil, err
	}
	out := &read[Answer]{Body: Answer{Advice: found}}
	if found.Rule != "" {
		out.Body.RuleText = w.Say("rule."+found.Rule, nil)
	}
	return out, nil
}

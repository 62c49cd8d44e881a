package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"puente/jobs"
	"puente/models"
)

var (
	listProgrammes = huma.Operation{
		OperationID: "list-programmes", Method: http.MethodGet, Path: "/api/v1/programmes", Tags: []string{"programmes"},
		Summary: "The programmes that people can join, by name",
	}
	createProgramme = huma.Operation{
		OperationID: "create-programme", Method: http.MethodPost, Path: "/api/v1/programmes", Tags: []string{"programmes"},
		DefaultStatus: http.StatusCreated, Summary: "Make a programme", Errors: []int{http.StatusConflict},
	}
)

// Programme is what people join; its rounds share its settings.
type Programme struct {
	ID       string          `json:"id" format:"uuid"`
	Name     string          `json:"name"`
	Locale   string          `json:"locale" enum:"en,es,fr"`
	Settings json.RawMessage `json:"settings" doc:"See docs/settings.schema.json; what it does not name keeps its default"`
}

func programmeOf(p *models.Programme) Programme {
	return Programme{p.ID, p.Name, p.Locale, json.RawMessage(p.Settings)}
}

// list answers all of something.
type list[T any] struct {
	Body struct {
		Items []T `json:"items" nullable:"false"`
	}
}

// listOf makes a list of rows.
func listOf[R, T any](rows []R, item func(*R) T) *list[T] {
	out := &list[T]{}
	out.Body.Items = []T{}
	for i := range rows {
		out.Body.Items = append(out.Body.Items, item(&rows[i]))
	}
	return out
}

func (s *Server) programmes(ctx context.Context, _ *LanguageInput) (*list[Programme], error) {
	rows, err := s.Store.Programmes(ctx)
	if err != nil {
		return nil, err
	}
	return listOf(rows, programmeOf), nil
}

type programmeIn struct {
	LanguageInput
	Body struct {
		Name     string         `json:"name" minLength:"1" maxLength:"120"`
		Locale   string         `json:"locale" enum:"en,es,fr"`
		Settings map[string]any `json:"settings,omitempty" doc:"See docs/settings.schema.json"`
	}
}

func (s *Server) createProgramme(ctx context.Context, in *programmeIn) (*created[Programme], error) {
	settings, err := settingsText(in.Body.Settings)
	if err != nil {
		return nil, err
	}
	p := &models.Programme{Name: strings.TrimSpace(in.Body.Name), Locale: in.Body.Locale, Settings: settings}
	if err := s.Store.CreateProgramme(ctx, actorOf(ctx).by(), p); err != nil {
		return nil, err
	}
	return &created[Programme]{Location: "/api/v1/programmes", Body: programmeOf(p)}, nil
}

// settingsText checks settings as a settings file is checked, and writes them;
// "" when there are none.
func settingsText(settings map[string]any) (string, error) {
	if settings == nil {
		return "", nil
	}
	text, err := json.Marshal(settings)
	if err != nil {
		return "", err
	}
	if _, problems := jobs.ReadSettings("", strings.NewReader(string(text))); problems.Errors() > 0 {
		return "", fieldProblems("/body/settings", problems, nil)
	}
	return string(text), nil
}

// fieldProblems turns problems of a file into those of a body: each at a place
// below the base, by its column or what names calls it. Values that were sent
// are not repeated.
func fieldProblems(base string, problems models.Problems, names map[string]string) error {
	e := &Error{Code: CodeInvalid}
	for _, p := range problems {
		if p.Warning {
			continue
		}
		args := map[string]any{}
		for name, value := range p.Args {
			args[name] = value
			if text, is := value.(string); is && strings.HasPrefix(text, `"`) {
				args[name] = "…"
			}
		}
		column := p.Column
		if name, ok := names[column]; ok {
			column = name
		}
		place := base
		if column != "" {
			place += pointer(strings.Split(column, ".")...)
		}
		e.Fields = append(e.Fields, Field{place, p.Key, args})
	}
	return e
}

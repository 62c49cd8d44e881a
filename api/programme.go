package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"puente/jobs"
	"puente/models"
)

var (
	listProgrammes = huma.Operation{
		OperationID: "list-programmes", Method: http.MethodGet, Path: "/api/v1/programmes", Tags: []string{"programmes"},
		Summary: "The programmes that people can join, the oldest first",
	}
	createProgramme = huma.Operation{
		OperationID: "create-programme", Method: http.MethodPost, Path: "/api/v1/programmes", Tags: []string{"programmes"},
		DefaultStatus: http.StatusCreated, Summary: "Make a programme", Errors: []int{http.StatusConflict},
	}
	getProgramme = huma.Operation{
		OperationID: "get-programme", Method: http.MethodGet, Path: "/api/v1/programmes/{id}", Tags: []string{"programmes"}, Summary: "One programme",
	}
	updateProgramme = huma.Operation{
		OperationID: "update-programme", Method: http.MethodPatch, Path: "/api/v1/programmes/{id}", Tags: []string{"programmes"},
		Summary: "Change a programme and its settings",
		Description: "What is not named, of the weights too, stays as it is. Only administrators change more than the settings. " +
			"Suggestions follow at once, rounds that are made from now on too; rounds that are there keep theirs. " +
			"Fewer countries are for those who come from now on: who is in stays, and `outside` counts them. " +
			"If-Match must name the version that was read, by its ETag.",
		Errors: []int{http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired},
	}
)

// Programme is what people join; its rounds share its settings.
type Programme struct {
	ID           string              `json:"id" format:"uuid"`
	Name         string              `json:"name"`
	Locale       string              `json:"locale" enum:"en,es,fr"`
	Demographics models.Demographics `json:"demographics" enum:"off,audit_only,mentee_preference,eligibility" doc:"What ownership answers may be used for"`
	Countries    []country           `json:"countries" nullable:"false" doc:"Whom it serves: nobody of another country can be submitted or approved"`
	Settings     json.RawMessage     `json:"settings" doc:"See docs/settings.schema.json; what it does not name keeps its default"`
	Version      int                 `json:"version"`
	Outside      *int                `json:"outside,omitempty" doc:"After a change: people of countries that are not served, past a draft; they stay"`
}

// country is one of the three, in lists.
type country string

// Schema names the countries.
func (country) Schema(huma.Registry) *huma.Schema {
	return enumOf(models.Vocabularies().Countries, "ISO 3166-1")
}

// enumOf is the schema of the ids of a vocabulary.
func enumOf(terms []models.Term, doc string) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Description: doc}
	for _, t := range terms {
		s.Enum = append(s.Enum, t.ID)
	}
	s.PrecomputeMessages()
	return s
}

// countriesIn reads countries of a body; "" of none.
func countriesIn(codes []country) (models.Countries, error) {
	if codes == nil {
		return "", nil
	}
	var all []string
	for _, c := range codes {
		all = append(all, string(c))
	}
	return models.CountriesOf(all)
}

func programmeOf(p *models.Programme) Programme {
	out := Programme{ID: p.ID, Name: p.Name, Locale: p.Locale, Demographics: p.Demographics, Settings: json.RawMessage(p.Settings), Version: p.Version}
	for _, c := range p.Countries.List() {
		out.Countries = append(out.Countries, country(c))
	}
	return out
}

// listIn asks for a part of a list.
type listIn struct {
	LanguageInput
	PageInput
}

func (s *Server) programmes(ctx context.Context, in *listIn) (*list[Programme], error) {
	read := func(p models.Part) ([]models.Programme, error) { return s.Store.ProgrammesPart(ctx, p) }
	return pageOf(ctx, s, in.PageInput, read, func(p *models.Programme) string { return p.ID }, always(programmeOf))
}

type programmeIn struct {
	LanguageInput
	Body struct {
		Name         string              `json:"name" minLength:"1" maxLength:"120"`
		Locale       string              `json:"locale" enum:"en,es,fr"`
		Demographics models.Demographics `json:"demographics,omitempty" enum:"off,audit_only,mentee_preference,eligibility" doc:"audit_only when not given"`
		Countries    []country           `json:"countries,omitempty" minItems:"1" maxItems:"3" nullable:"false" doc:"Whom it serves; all three when not given"`
		Settings     map[string]any      `json:"settings,omitempty" doc:"See docs/settings.schema.json"`
	}
}

func (s *Server) createProgramme(ctx context.Context, in *programmeIn) (*created[Programme], error) {
	settings, err := settingsText(in.Body.Settings)
	if err != nil {
		return nil, err
	}
	countries, err := countriesIn(in.Body.Countries)
	if err != nil {
		return nil, err
	}
	p := &models.Programme{
		Name: strings.TrimSpace(in.Body.Name), Locale: in.Body.Locale, Demographics: in.Body.Demographics, Countries: countries, Settings: settings,
	}
	if err := s.Store.CreateProgramme(ctx, actorOf(ctx).by(), p); err != nil {
		return nil, err
	}
	return &created[Programme]{Location: "/api/v1/programmes/" + p.ID, ETag: etag(p.Version), Body: programmeOf(p)}, nil
}

func (s *Server) getProgramme(ctx context.Context, in *IDInput) (*read[Programme], error) {
	p, err := s.Store.Programme(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &read[Programme]{etag(p.Version), programmeOf(p)}, nil
}

type updateProgrammeIn struct {
	IDInput
	MatchInput
	Body struct {
		Name         string              `json:"name,omitempty" minLength:"1" maxLength:"120"`
		Locale       string              `json:"locale,omitempty" enum:"en,es,fr"`
		Demographics models.Demographics `json:"demographics,omitempty" enum:"off,audit_only,mentee_preference,eligibility"`
		Countries    []country           `json:"countries,omitempty" minItems:"1" maxItems:"3" nullable:"false" doc:"Whom it serves; who is in it stays"`
		Settings     map[string]any      `json:"settings,omitempty" doc:"See docs/settings.schema.json; what is not named stays as it is"`
	}
}

func (s *Server) updateProgramme(ctx context.Context, in *updateProgrammeIn) (*read[Programme], error) {
	p, err := s.Store.Programme(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.unchanged(p.Version); err != nil {
		return nil, err
	}
	b := &in.Body
	countries, err := countriesIn(b.Countries)
	if err != nil {
		return nil, err
	}
	if b.Name == "" && b.Locale == "" && b.Demographics == "" && countries == "" {
		err = s.changeSettings(ctx, p, b.Settings)
	} else {
		p.Countries = cmp.Or(countries, p.Countries)
		p.Name, p.Locale, p.Demographics = cmp.Or(strings.TrimSpace(b.Name), p.Name), cmp.Or(b.Locale, p.Locale), cmp.Or(b.Demographics, p.Demographics)
		err = s.changeProgramme(ctx, p, b.Settings)
	}
	if err != nil {
		return nil, err
	}
	out := programmeOf(p)
	outside, err := s.Store.CountOutside(ctx, p)
	out.Outside = &outside
	return &read[Programme]{etag(p.Version), out}, err
}

// changeProgramme stores what was changed of a programme, and settings over its
// own. What is more than its settings belongs to administrators.
func (s *Server) changeProgramme(ctx context.Context, p *models.Programme, settings map[string]any) error {
	if !allows([]right{admin}, actorOf(ctx), nil) {
		return &Error{Code: CodeForbidden}
	}
	changed, err := settingsOver(p, settings, jobs.ReadSettingsOver)
	if err != nil {
		return err
	}
	p.Settings = string(changed.JSON())
	return s.Store.UpdateProgramme(ctx, actorOf(ctx).by(), p)
}

// changeSettings stores settings over those of a programme.
func (s *Server) changeSettings(ctx context.Context, p *models.Programme, settings map[string]any) error {
	changed, err := settingsOver(p, settings, jobs.ReadSettingsOver)
	if err != nil {
		return err
	}
	p.Settings = string(changed.JSON())
	return s.Store.UpdateSettings(ctx, actorOf(ctx).by(), p)
}

// settingsOver reads settings that change those of a programme.
func settingsOver(
	p *models.Programme, settings map[string]any, read func(file string, r io.Reader, base jobs.Settings) (jobs.Settings, models.Problems),
) (jobs.Settings, error) {
	now, err := jobs.SettingsOf(p)
	if err != nil {
		return now, err
	}
	if settings == nil {
		return now, nil
	}
	text, err := json.Marshal(settings)
	if err != nil {
		return now, err
	}
	changed, problems := read("", bytes.NewReader(text), now)
	if problems.Errors() > 0 {
		return now, fieldProblems("/body/settings", problems)
	}
	return changed, nil
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
	if _, problems := jobs.ReadSettingsOver("", strings.NewReader(string(text)), jobs.DefaultSettings()); problems.Errors() > 0 {
		return "", fieldProblems("/body/settings", problems)
	}
	return string(text), nil
}

// fieldProblems turns problems of a file into those of a body: each at a place
// below the base, by its column. Values that were sent are not repeated.
func fieldProblems(base string, problems models.Problems) error {
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
		place := base
		if p.Column != "" {
			place += pointer(strings.Split(p.Column, ".")...)
		}
		e.Fields = append(e.Fields, Field{place, p.Key, args})
	}
	return e
}

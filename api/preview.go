package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"puente/jobs"
	"puente/models"
)

var previewProgramme = huma.Operation{
	OperationID: "preview-programme", Method: http.MethodPost, Path: "/api/v1/programmes/{id}/preview", Tags: []string{"programmes"},
	Summary: "What other settings would change",
	Description: "Compares a programme's settings with others, for those of whom a round would be made now: every entrepreneur's list of best " +
		"mentors, and the round, both as they would start today. What is not named, of the weights too, stays as it is. Nothing is kept. " +
		"Previews wait for one another, and stop when the client goes away. The ETag is that of the programme, which changing it asks for.",
}

type previewIn struct {
	IDInput
	Body struct {
		Settings map[string]any `json:"settings" doc:"See docs/settings.schema.json; what is not named stays as it is"`
		Top      int            `json:"top,omitempty" minimum:"1" maximum:"50" default:"5" doc:"Length of the lists that are compared"`
		Limit    int            `json:"limit,omitempty" minimum:"1" maximum:"1000" default:"100" doc:"Entrepreneurs who are listed one by one at most"`
	}
}

func (s *Server) previewProgramme(ctx context.Context, in *previewIn) (*read[jobs.Previewed], error) {
	p, err := s.Store.Programme(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	found, err := s.preview(ctx, p, in.Body.Settings, in.Body.Top, in.Body.Limit)
	if err != nil {
		return nil, err
	}
	return &read[jobs.Previewed]{etag(p.Version), *found}, nil
}

// preview compares the settings of a programme with others.
func (s *Server) preview(ctx context.Context, p *models.Programme, settings map[string]any, top, most int) (*jobs.Previewed, error) {
	changed, err := settingsOver(p, settings, jobs.ReadPreviewed)
	if err != nil {
		return nil, err
	}
	leave, err := s.trying.enter(ctx) // each takes all the machine has
	if err != nil {
		return nil, err
	}
	defer leave()
	return s.previews.Programme(ctx, p, jobs.PreviewOptions{New: changed, Seed: previewSeed, Top: top, Most: most, Workers: s.Workers})
}

// previewSeed orders equal scores in previews: as in suggestions.
const previewSeed = 1

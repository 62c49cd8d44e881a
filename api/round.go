package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"puente/jobs"
	"puente/models"
)

var (
	createRound = huma.Operation{
		OperationID: "create-round", Method: http.MethodPost, Path: "/api/v1/rounds", Tags: []string{"rounds"}, DefaultStatus: http.StatusCreated,
		Summary: "Make a round of a programme, as a draft", Errors: []int{http.StatusConflict},
	}
	listRounds = huma.Operation{
		OperationID: "list-rounds", Method: http.MethodGet, Path: "/api/v1/rounds", Tags: []string{"rounds"},
		Summary: "The rounds of a programme, newest first",
	}
	getRound = huma.Operation{
		OperationID: "get-round", Method: http.MethodGet, Path: "/api/v1/rounds/{id}", Tags: []string{"rounds"}, Summary: "One round",
	}
	moveRound = huma.Operation{
		OperationID: "move-round", Method: http.MethodPost, Path: "/api/v1/rounds/{id}/moves", Tags: []string{"rounds"},
		Summary:     "Take a round through one step of its states",
		Description: "Runs and offers cause the other steps.", Errors: []int{http.StatusConflict},
	}
	publishRound = huma.Operation{
		OperationID: "publish-round", Method: http.MethodPost, Path: "/api/v1/rounds/{id}/publish", Tags: []string{"rounds"},
		Summary:     "Choose a finished run and offer its pairs to their people",
		Description: "Nothing is published if a pair may no longer be formed, because of a conflict declared since; the problem names it.",
		Errors:      []int{http.StatusConflict},
	}
	listRoundOffers = huma.Operation{
		OperationID: "list-round-offers", Method: http.MethodGet, Path: "/api/v1/rounds/{id}/offers", Tags: []string{"rounds"},
		Summary: "What became of the offers of a round, oldest first",
	}
)

// Round is one matching of a programme.
type Round struct {
	ID        string            `json:"id" format:"uuid"`
	Programme string            `json:"programme" format:"uuid"`
	Name      string            `json:"name"`
	State     models.RoundState `json:"state"`
	Settings  json.RawMessage   `json:"settings" doc:"See docs/settings.schema.json; what it does not name keeps its default"`
	Seed      int64             `json:"seed"`
	Start     string            `json:"start" format:"date"`
	Run       *string           `json:"run,omitempty" doc:"The run that is published"`
	Version   int               `json:"version"`
}

func roundOf(r *models.Round) Round {
	return Round{r.ID, r.ProgrammeID, r.Name, r.State, json.RawMessage(r.Settings), r.Seed, r.Start, r.ChosenRun, r.Version}
}

type roundIn struct {
	LanguageInput
	Body struct {
		Programme string         `json:"programme" format:"uuid"`
		Name      string         `json:"name" minLength:"1" maxLength:"120"`
		Settings  map[string]any `json:"settings,omitempty" doc:"See docs/settings.schema.json; those of the programme when not given"`
		Seed      int64          `json:"seed,omitempty" minimum:"0" doc:"Breaks ties"`
		Start     string         `json:"start,omitempty" format:"date" doc:"The first day; today when not given"`
	}
}

func (s *Server) createRound(ctx context.Context, in *roundIn) (*created[Round], error) {
	settings, err := settingsText(in.Body.Settings)
	if err != nil {
		return nil, err
	}
	r := &models.Round{ProgrammeID: in.Body.Programme, Name: strings.TrimSpace(in.Body.Name), Settings: settings, Seed: in.Body.Seed, Start: in.Body.Start}
	if err := s.newRound(ctx, r); err != nil {
		return nil, misplaced(err, "/body/programme")
	}
	return &created[Round]{Location: "/api/v1/rounds/" + r.ID, ETag: etag(r.Version), Body: roundOf(r)}, nil
}

// newRound stores a round, which starts today unless it says when.
func (s *Server) newRound(ctx context.Context, r *models.Round) error {
	if r.Start == "" {
		r.Start = s.Now().UTC().Format(time.DateOnly)
	}
	if !jobs.ValidStart(r.Start) {
		return &Error{Code: CodeInvalid, Fields: []Field{{"/body/start", "settings.start", nil}}}
	}
	return s.Store.CreateRound(ctx, actorOf(ctx).by(), r)
}

type programmeQuery struct {
	LanguageInput
	PageInput
	Programme string `query:"programme" required:"true" format:"uuid"`
}

func (s *Server) rounds(ctx context.Context, in *programmeQuery) (*list[Round], error) {
	read := func(p models.Part) ([]models.Round, error) { return s.Store.Rounds(ctx, in.Programme, p) }
	return pageOf(ctx, s, in.PageInput, read, func(r *models.Round) string { return r.ID }, always(roundOf))
}

func (s *Server) getRound(ctx context.Context, in *IDInput) (*read[Round], error) {
	return readRound(s.Store.Round(ctx, in.ID))
}

// readRound answers with a round that was read or changed.
func readRound(r *models.Round, err error) (*read[Round], error) {
	if err != nil {
		return nil, err
	}
	return &read[Round]{etag(r.Version), roundOf(r)}, nil
}

type moveRoundIn struct {
	IDInput
	Body struct {
		Event models.RoundEvent `json:"event" enum:"open,close,review,cancel,archive"`
	}
}

func (s *Server) moveRound(ctx context.Context, in *moveRoundIn) (*read[Round], error) {
	return readRound(s.Store.MoveRound(ctx, actorOf(ctx).by(), in.ID, in.Body.Event))
}

type publishIn struct {
	IDInput
	Body struct {
		Run string `json:"run" format:"uuid"`
	}
}

func (s *Server) publishRound(ctx context.Context, in *publishIn) (*read[Round], error) {
	if _, err := s.Store.Publish(ctx, actorOf(ctx).by(), in.ID, in.Body.Run); err != nil {
		return nil, err
	}
	return readRound(s.Store.Round(ctx, in.ID))
}

// RoundOffer is an offer as staff sees it.
type RoundOffer struct {
	ID        string            `json:"id" format:"uuid"`
	Pair      string            `json:"pair" format:"uuid"`
	Mentee    string            `json:"mentee" format:"uuid" doc:"The profile"`
	Mentor    string            `json:"mentor" format:"uuid" doc:"The profile"`
	State     models.OfferState `json:"state"`
	Reason    string            `json:"reason,omitempty" doc:"Why it was declined"`
	ExpiresAt time.Time         `json:"expires_at"`
}

func (s *Server) roundOffers(ctx context.Context, in *partIn) (*list[RoundOffer], error) {
	if _, err := s.Store.Round(ctx, in.ID); err != nil {
		return nil, err
	}
	read := func(p models.Part) ([]models.Offer, error) { return s.Store.Offers(ctx, in.ID, p) }
	return pageOf(ctx, s, in.PageInput, read, func(o *models.Offer) string { return o.ID }, always(func(o *models.Offer) RoundOffer {
		return RoundOffer{o.ID, o.PairID, o.MenteeID, o.MentorID, o.State, o.Reason, o.ExpiresAt}
	}))
}

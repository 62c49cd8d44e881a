package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"puente/jobs"
	"puente/models"
)

var (
	listOffers = huma.Operation{
		OperationID: "list-offers", Method: http.MethodGet, Path: "/api/v1/offers", Tags: []string{"offers"}, Summary: "Your own offers, newest first",
	}
	getOffer = huma.Operation{
		OperationID: "get-offer", Method: http.MethodGet, Path: "/api/v1/offers/{id}", Tags: []string{"offers"},
		Summary: "One of your offers", Description: "How to reach the other side is there once both have accepted.",
	}
	acceptOffer = huma.Operation{
		OperationID: "accept-offer", Method: http.MethodPost, Path: "/api/v1/offers/{id}/accept", Tags: []string{"offers"},
		Summary:     "Accept an offer",
		Description: "The second yes makes the mentorship active and takes one of the mentor's places; of several who are after the last place one gets it.",
		Errors:      []int{http.StatusConflict},
	}
	declineOffer = huma.Operation{
		OperationID: "decline-offer", Method: http.MethodPost, Path: "/api/v1/offers/{id}/decline", Tags: []string{"offers"},
		Summary: "Decline an offer; the other side is not told why", Errors: []int{http.StatusConflict},
	}
)

// Offer is a proposed pair as one of its two people sees it.
type Offer struct {
	ID        string            `json:"id" format:"uuid"`
	Side      string            `json:"side" enum:"mentee,mentor" doc:"Which side is yours"`
	State     models.OfferState `json:"state"`
	Answered  bool              `json:"answered" doc:"Whether you have accepted already"`
	ExpiresAt time.Time         `json:"expires_at"`
	Other     Member            `json:"other"`
	Contact   string            `json:"contact,omitempty" doc:"E-mail of the other side, once both have accepted"`
	Score     int64             `json:"score" doc:"0 to 60,000"`
	Points    int               `json:"points" doc:"The score of 100"`
	Lines     []jobs.AdviceLine `json:"lines" nullable:"false"`
}

// offer is an offer with what belongs to it, for one of its two people.
type offer struct {
	*models.Offer
	side        models.Role
	mine, other *models.ProfileRow
	pair        *models.Pair
	contact     string // once both have accepted
}

// answered are the states in which a side has accepted.
var answered = map[models.Role]models.OfferState{models.RoleMentee: models.OfferAcceptedByMentee, models.RoleMentor: models.OfferAcceptedByMentor}

// offerFor reads an offer of whoever asks.
func (s *Server) offerFor(ctx context.Context, id string) (*offer, error) {
	row, side, err := s.Store.OfferFor(ctx, actorOf(ctx).ID, id)
	if err != nil {
		return nil, err
	}
	return s.offerOf(ctx, row, side)
}

// offerOf reads what belongs to an offer.
func (s *Server) offerOf(ctx context.Context, row *models.Offer, side models.Role) (o *offer, err error) {
	o = &offer{Offer: row, side: side}
	mine, other := row.MenteeID, row.MentorID
	if side == models.RoleMentor {
		mine, other = other, mine
	}
	if o.mine, err = s.Store.Profile(ctx, mine); err != nil {
		return nil, err
	}
	if o.other, err = s.Store.Profile(ctx, other); err != nil {
		return nil, err
	}
	if o.pair, err = s.Store.Pair(ctx, row.PairID); err != nil {
		return nil, err
	}
	if row.State == models.OfferActive && o.other.AccountID != nil {
		account, err := s.Store.Account(ctx, *o.other.AccountID)
		if err != nil {
			return nil, err
		}
		o.contact = account.Email
	}
	return o, nil
}

// ownOffers reads the offers of whoever asks, newest first.
func (s *Server) ownOffers(ctx context.Context, part ...models.Part) (all []*offer, err error) {
	profiles, err := s.Store.ProfilesOf(ctx, actorOf(ctx).ID)
	if err != nil {
		return nil, err
	}
	own := make([]string, len(profiles))
	for i := range profiles {
		own[i] = profiles[i].UID
	}
	rows, err := s.Store.OffersOf(ctx, own, part...)
	for i := range rows {
		side := models.RoleMentor
		if slices.Contains(own, rows[i].MenteeID) {
			side = models.RoleMentee
		}
		o, err := s.offerOf(ctx, &rows[i], side)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, err
}

// shown is what its person sees of an offer.
func (o *offer) shown(ctx context.Context) (Offer, error) {
	lines, err := jobs.PairLines(o.pair.Lines, words(ctx))
	return Offer{
		o.ID, o.side.String(), o.State, o.State == answered[o.side] || o.State == models.OfferActive, o.ExpiresAt, memberOf(o.other.UID, o.other), o.contact,
		o.pair.Score, jobs.Points(int(o.pair.Score)), lines,
	}, err
}

func (s *Server) offers(ctx context.Context, in *listIn) (*list[Offer], error) {
	read := func(p models.Part) ([]*offer, error) { return s.ownOffers(ctx, p) }
	return pageOf(ctx, s, in.PageInput, read, func(o **offer) string { return (*o).ID }, func(o **offer) (Offer, error) { return (*o).shown(ctx) })
}

func (s *Server) getOffer(ctx context.Context, in *IDInput) (*read[Offer], error) {
	o, err := s.offerFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	shown, err := o.shown(ctx)
	return &read[Offer]{Body: shown}, err
}

func (s *Server) acceptOffer(ctx context.Context, in *IDInput) (*read[Offer], error) {
	o, err := s.offerFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if _, err := s.Store.AcceptOffer(ctx, actorOf(ctx).by(), o.ID, o.side); err != nil {
		return nil, err
	}
	return s.getOffer(ctx, in)
}

type declineIn struct {
	IDInput
	Body struct {
		Reason string `json:"reason" enum:"too_busy,not_my_field,conflict,language,other"`
	}
}

func (s *Server) declineOffer(ctx context.Context, in *declineIn) (*read[Offer], error) {
	o, err := s.offerFor(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if _, err := s.Store.DeclineOffer(ctx, actorOf(ctx).by(), o.ID, in.Body.Reason); err != nil {
		return nil, err
	}
	return s.getOffer(ctx, &in.IDInput)
}

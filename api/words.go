package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"puente/models"
)

var (
	getWords = huma.Operation{
		OperationID: "get-own-words", Method: http.MethodGet, Path: "/api/v1/profiles/{id}/words", Tags: []string{"profiles"},
		Summary: "What somebody wrote in her own words, and to what she agreed",
	}
	saveWords = huma.Operation{
		OperationID: "save-own-words", Method: http.MethodPut, Path: "/api/v1/profiles/{id}/words", Tags: []string{"profiles"},
		Summary: "Write one's own words, and agree that they are sent to the service",
		Description: "What help is wanted or given, without names or addresses. The text is sent to the service that agree_to names, " +
			"which turns it into a vector; how alike vectors are may count in scores. " +
			"agreed_to must repeat the agree_to that was read, after its writer agreed.",
		Errors: []int{http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired},
	}
	deleteWords = huma.Operation{
		OperationID: "delete-own-words", Method: http.MethodDelete, Path: "/api/v1/profiles/{id}/words", Tags: []string{"profiles"},
		DefaultStatus: http.StatusNoContent, Summary: "Take one's own words back: they and their vector are deleted",
		Errors: []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired},
	}
)

// OwnWords are what somebody wrote in her own words.
type OwnWords struct {
	Text     string `json:"text" doc:"Empty if there is none"`
	AgreedTo string `json:"agreed_to" doc:"Version of the text of consent, with the service that it covers; empty without one"`
	Compared bool   `json:"compared" doc:"Whether there is a vector of the text"`
	Service  string `json:"service" doc:"The service that texts are sent to now; empty if there is none"`
	AgreeTo  string `json:"agree_to" doc:"What there is to agree to now; empty without a service"`
}

// wordsOf reads somebody's own words and what there is to agree to.
func (s *Server) wordsOf(ctx context.Context, row *models.ProfileRow) (out OwnWords, err error) {
	if e := s.Queue.Embeddings(); e != nil {
		out.Service, out.AgreeTo = e.Service(), e.AgreedText()
	}
	words, agreed, err := s.Store.Words(ctx, row.UID)
	if models.CodeOf(err) == models.CodeNotFound {
		return out, nil
	}
	if err == nil {
		out.Text, out.AgreedTo, out.Compared = words.Words, agreed, words.Vector != ""
	}
	return out, err
}

func (s *Server) getWords(ctx context.Context, in *IDInput) (*read[OwnWords], error) {
	row, err := s.Store.Profile(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.readWords(ctx, row)
}

// readWords answers with somebody's own words as they stand.
func (s *Server) readWords(ctx context.Context, row *models.ProfileRow) (*read[OwnWords], error) {
	out, err := s.wordsOf(ctx, row)
	return &read[OwnWords]{out.etag(), out}, err
}

// etag is the tag of own words: of what their writer changes, a dot, and of
// what changes beside.
func (w *OwnWords) etag() string {
	beside := hashTag(fmt.Append(nil, w.Compared, w.Service, "\x00", w.AgreeTo))
	return w.tag() + "." + beside[1:]
}

func (w *OwnWords) tag() string {
	return strings.TrimSuffix(hashTag(fmt.Append(nil, w.Text, "\x00", w.AgreedTo)), `"`)
}

// changeWords changes somebody's own words if they are those that were read;
// meanwhile nobody else does.
func (s *Server) changeWords(ctx context.Context, in MatchInput, row *models.ProfileRow, change func(ctx context.Context) error) error {
	return s.Store.Alone(ctx, row.UID, func(ctx context.Context) error {
		now, err := s.wordsOf(ctx, row)
		if err != nil {
			return err
		}
		condition, _, _ := strings.Cut(in.IfMatch, ".")
		if err := (MatchInput{condition}).matches(now.tag()); err != nil {
			return err
		}
		return change(ctx)
	})
}

type wordsIn struct {
	IDInput
	MatchInput
	Body struct {
		Text     string `json:"text" minLength:"1" maxLength:"2000" example:"A chain in Toronto wants my sauces, but I do not know how to label them."`
		AgreedTo string `json:"agreed_to" maxLength:"300" example:"1 embeddings.example.org"`
	}
}

func (s *Server) saveWords(ctx context.Context, in *wordsIn) (*read[OwnWords], error) {
	row, err := s.Store.Profile(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	e := s.Queue.Embeddings()
	switch {
	case e == nil:
		return nil, &Error{Code: CodeConflict, Key: "edit.words_off"}
	case in.Body.AgreedTo != e.AgreedText():
		return nil, &Error{Code: CodeInvalid, Fields: []Field{{"/body/agreed_to", "edit.words_tick", nil}}}
	}
	err = s.changeWords(ctx, in.MatchInput, row, func(ctx context.Context) error {
		return s.Queue.SaveWords(ctx, actorOf(ctx).by(), row.UID, in.Body.Text, requestOf(ctx).lang)
	})
	if err != nil {
		if models.CodeOf(err) == models.CodeInvalid {
			err = &Error{Code: CodeInvalid, Fields: []Field{{"/body/text", "store.bad_text", nil}}, Err: err}
		}
		return nil, err
	}
	return s.readWords(ctx, row)
}

type deleteWordsIn struct {
	IDInput
	MatchInput
}

func (s *Server) deleteWords(ctx context.Context, in *deleteWordsIn) (*struct{}, error) {
	row, err := s.Store.Profile(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return nil, s.changeWords(ctx, in.MatchInput, row, func(ctx context.Context) error { return s.withdrawWords(ctx, row) })
}

// withdrawWords takes somebody's own words back, if there are any.
func (s *Server) withdrawWords(ctx context.Context, row *models.ProfileRow) error {
	if _, _, err := s.Store.Words(ctx, row.UID); err != nil {
		if models.CodeOf(err) == models.CodeNotFound {
			return nil
		}
		return err
	}
	return s.Store.WithdrawConsent(ctx, actorOf(ctx).by(), row.UID, models.PurposeSimilarity)
}

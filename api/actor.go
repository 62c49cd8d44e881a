package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"

	"puente/models"
)

// actor is who sends a request.
type actor struct {
	*models.Account
	session string         // hash of the session's id
	grants  []models.Grant // of staff, those that have not ended
}

// by names the actor in the audit log.
func (a *actor) by() models.Actor { return models.Actor(a.ID) }

type actorKey struct{}

// actorOf is who sends a request of an operation that asks for a signed-in
// account, or nil.
func actorOf(ctx context.Context) *actor {
	a, _ := ctx.Value(actorKey{}).(*actor)
	return a
}

// byToken finds who sends a request by its access token, whose session must
// still be there; nil without a token.
func (s *Server) byToken(r *http.Request) (*actor, error) {
	token, err := bearer(r.Header)
	if err != nil || token == "" {
		return nil, unauthorized(err)
	}
	claims, err := s.Tokens.Read(token)
	if err != nil {
		return nil, unauthorized(err)
	}
	account, err := s.Store.SessionAccount(r.Context(), claims.Session)
	if models.CodeOf(err) == models.CodeNotFound || err == nil && account.ID != claims.Subject {
		return nil, unauthorized(errors.Join(ErrToken, err))
	}
	if err != nil {
		return nil, err
	}
	return s.actor(r.Context(), account, claims.Session)
}

// unauthorized hides why a token was refused.
func unauthorized(err error) error {
	if err == nil {
		return nil
	}
	return &Error{Code: CodeUnauthorized, Err: err}
}

// Secret makes an opaque id that nobody can guess, of 130 random bits, and the
// hash by which the store knows it.
func Secret() (id, hash string) {
	id = rand.Text()
	return id, hashOf(id)
}

func hashOf(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])
}

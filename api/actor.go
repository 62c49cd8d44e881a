package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"puente/models"
)

// actor is who sends a request.
type actor struct {
	*models.Account
	session *models.Session // nil for who comes with a key
	key     *models.APIKey  // nil for who is signed in
	grants  []models.Grant  // of staff, those that have not ended
	bare    bool            // has to set up a second factor before anything else
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
	if strings.HasPrefix(token, keyPrefix) {
		return s.byKey(r.Context(), token)
	}
	claims, err := s.Tokens.Read(token)
	if err != nil {
		return nil, unauthorized(err)
	}
	a, err := s.bySession(r.Context(), claims.Session, models.SessionProgram)
	if models.CodeOf(err) == models.CodeNotFound || err == nil && a.ID != claims.Subject {
		return nil, unauthorized(errors.Join(ErrToken, err))
	}
	return a, err
}

// bySession finds who is signed in by a session of a kind, which is used by
// that.
func (s *Server) bySession(ctx context.Context, hash string, kind models.SessionKind) (*actor, error) {
	in, err := s.Store.SignedIn(ctx, hash)
	if err != nil {
		return nil, err
	}
	if in.Session.Kind != kind {
		return nil, &models.Error{Code: models.CodeNotFound, Key: "store.not_found", Args: map[string]any{"What": "session"}}
	}
	if err := s.Store.UseSession(ctx, &in.Session); err != nil {
		requestOf(ctx).note(err) // who only reads is served all the same
	}
	return s.granted(ctx, &actor{Account: &in.Account, session: &in.Session})
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

package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"puente/models"
)

// access says who may use an operation; it is the operation's x-authz in the
// document.
type access string

// Who may use an operation. Owner and OwnerOrStaff let everybody in who is
// signed in; the object decides, and a stranger's answers like a missing one.
const (
	Anyone       access = "anyone"
	SignedIn     access = "signed in"
	Owner        access = "owner"
	OwnerOrStaff access = "owner or staff"
	Staff        access = "staff"
	Admin        access = "admin"
)

// roles are the roles that an access asks for; none asks for any role.
var roles = map[access][]models.AccountRole{
	Staff: {models.AccountStaff, models.AccountAdmin},
	Admin: {models.AccountAdmin},
}

// actor is who sends a request.
type actor struct {
	*models.Account
	session *models.Session // nil for who comes with a key
	key     *models.APIKey  // nil for who is signed in
}

// by names the actor in the audit log.
func (a *actor) by() models.Actor { return models.Actor(a.ID) }

// staff says whether the actor works for the programme.
func (a *actor) staff() bool { return slices.Contains(roles[Staff], a.Role) }

type actorKey struct{}

// actorOf is who sends a request of an operation that asks for a signed-in
// account, or nil.
func actorOf(ctx context.Context) *actor {
	a, _ := ctx.Value(actorKey{}).(*actor)
	return a
}

// permit looks who sends a request and whether they may use the operation.
func (s *Server) permit(who access, scope string) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		c := humagin.Unwrap(ctx)
		a, err := s.byToken(c.Request)
		if err == nil {
			err = cmp.Or(a.may(who), a.opens(scope))
		}
		if err != nil {
			writeProblem(c.Writer, c.Request, err)
			return
		}
		next(huma.WithValue(ctx, actorKey{}, a))
	}
}

// may says whether an actor, nil for nobody, has an access.
func (a *actor) may(who access) error {
	switch {
	case who == Anyone:
		return nil
	case a == nil:
		return &Error{Code: CodeUnauthorized}
	case roles[who] != nil && !slices.Contains(roles[who], a.Role):
		return &Error{Code: CodeForbidden}
	}
	return nil
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
	return &actor{Account: &in.Account, session: &in.Session}, nil
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

package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"puente/models"
)

var (
	listKeys = huma.Operation{
		OperationID: "list-keys", Method: http.MethodGet, Path: "/api/v1/keys", Tags: []string{"accounts"},
		Summary: "The keys of the own account, newest first, without what they are",
	}
	createKey = huma.Operation{
		OperationID: "create-key", Method: http.MethodPost, Path: "/api/v1/keys", Tags: []string{"accounts"}, DefaultStatus: http.StatusCreated,
		Summary: "Make a key by which a program acts for the own account",
		Description: "The key is told this once. Send it as `Authorization: Bearer …`, like an access token. It opens the operations of its scopes, which " +
			"x-scope names, and never more than the account may use itself. A new password and a new address end all keys.",
	}
	deleteKey = huma.Operation{
		OperationID: "delete-key", Method: http.MethodDelete, Path: "/api/v1/keys/{id}", Tags: []string{"accounts"}, DefaultStatus: http.StatusNoContent,
		Summary: "End a key of the own account",
	}
)

// scopeSession is the scope of operations that no key opens: those by which
// people sign in and look after their accounts.
const scopeSession = "session"

// scope is what a key must be good for to be used for a route: its kind of
// objects, to read or to write. Operations for everybody ask for none.
func (r route) scope() string {
	switch {
	case r.id == "" || r.policyOf().public():
		return ""
	case r.id == getMe.OperationID:
		return "accounts:read"
	case r.tag == "accounts":
		return scopeSession
	case r.changes():
		return r.tag + ":write"
	}
	return r.tag + ":read"
}

// Scope is what a key may be good for.
type Scope string

// Schema lists the scopes in the document.
func (Scope) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Description: "A kind of objects, to read or to write"}
	for _, scope := range scopes() {
		s.Enum = append(s.Enum, scope)
	}
	s.PrecomputeMessages()
	return s
}

// scopes are those that the table of routes has, in the order of the alphabet.
// They are read when they are needed, since the table names operations that
// name them.
func scopes() (all []string) {
	for _, r := range routesOf() {
		if scope := r.scope(); scope != "" && scope != scopeSession && !slices.Contains(all, scope) {
			all = append(all, scope)
		}
	}
	slices.Sort(all)
	return all
}

// routesOf gives the table of routes.
var routesOf func() []route

func init() { //nolint:gochecknoinits // the table names operations whose input names the scopes of the table
	routesOf = func() []route { return routes }
}

// opens says whether an actor may use what needs a scope. Who is signed in may
// all that the account may.
func (a *actor) opens(scope string) error {
	if a == nil || a.key == nil {
		return nil
	}
	list, err := a.key.ScopeList()
	if err != nil {
		return err
	}
	if !slices.Contains(list, scope) {
		return &Error{Code: CodeForbidden, Key: "problem.scope"}
	}
	return nil
}

// keyPrefix begins every key, by which programs that look for lost secrets find
// it; keyShown is how many characters its owner sees later.
const (
	keyPrefix = "pnk_"
	keyShown  = len(keyPrefix) + 6
)

// byKey finds for whom a key acts.
func (s *Server) byKey(ctx context.Context, text string) (*actor, error) {
	key, account, err := s.Store.KeyByHash(ctx, hashOf(text))
	if models.CodeOf(err) == models.CodeNotFound {
		return nil, unauthorized(err)
	}
	if err != nil {
		return nil, err
	}
	if err := s.Store.UseKey(ctx, key); err != nil {
		requestOf(ctx).note(err) // who only reads is served all the same
	}
	return s.granted(ctx, &actor{Account: account, key: key})
}

// Key is a key as its owner sees it.
type Key struct {
	ID      string     `json:"id" format:"uuid"`
	Name    string     `json:"name" example:"Directory sync"`
	Prefix  string     `json:"prefix" doc:"The first characters, to recognise it by" example:"pnk_2QW7M4"`
	Scopes  []Scope    `json:"scopes" nullable:"false"`
	Created time.Time  `json:"created"`
	Used    *time.Time `json:"used,omitempty" doc:"When it was last used, to a minute; absent before that"`
	Expires time.Time  `json:"expires"`
}

func keyOfRow(k *models.APIKey) (Key, error) {
	list, err := k.ScopeList()
	out := Key{k.ID, k.Name, k.Prefix, []Scope{}, k.CreatedAt, k.UsedAt, k.ExpiresAt}
	for _, scope := range list {
		out.Scopes = append(out.Scopes, Scope(scope))
	}
	return out, err
}

func (s *Server) keys(ctx context.Context, in *listIn) (*list[Key], error) {
	read := func(p models.Part) ([]models.APIKey, error) { return s.Store.Keys(ctx, actorOf(ctx).ID, p) }
	return pageOf(ctx, s, in.PageInput, read, func(k *models.APIKey) string { return k.ID }, keyOfRow)
}

type keyIn struct {
	LanguageInput
	Body struct {
		Name     string  `json:"name" minLength:"1" maxLength:"100" example:"Directory sync"`
		Scopes   []Scope `json:"scopes" minItems:"1" maxItems:"30" nullable:"false" doc:"What it is for"`
		Days     int     `json:"days" minimum:"1" maximum:"365" doc:"For how many days it is good"`
		Password string  `json:"password" maxLength:"1024" doc:"The account's own, to be sure who asks"`
		Code     string  `json:"code,omitempty" maxLength:"64" doc:"Of the second factor, where the account has one"`
	}
}

// NewKey is a key that was just made.
type NewKey struct {
	Key
	Secret string `json:"secret" doc:"The key itself, told this once. Keep it as secret as a password." example:"pnk_2QW7M4ZK6TJ5VHYBX3CDNAPRLE"`
}

func (s *Server) createKey(ctx context.Context, in *keyIn) (*created[NewKey], error) {
	if err := s.proveAgain(ctx, in.Body.Password, in.Body.Code); err != nil {
		return nil, err
	}
	var list []string
	for _, scope := range in.Body.Scopes {
		if !slices.Contains(list, string(scope)) {
			list = append(list, string(scope))
		}
	}
	secret, k, err := s.newKey(ctx, strings.TrimSpace(in.Body.Name), list, in.Body.Days)
	if err != nil {
		return nil, err
	}
	out, err := keyOfRow(k)
	if err != nil {
		return nil, err
	}
	return &created[NewKey]{Body: NewKey{out, secret}}, nil
}

// newKey makes a key of whoever asks.
func (s *Server) newKey(ctx context.Context, name string, scopes []string, days int) (secret string, k *models.APIKey, err error) {
	id, _ := Secret()
	secret = keyPrefix + id
	k = &models.APIKey{
		KeyHash: hashOf(secret), Prefix: secret[:keyShown], AccountID: actorOf(ctx).ID, Name: name,
		ExpiresAt: s.Now().Add(time.Duration(days) * 24 * time.Hour),
	}
	if err := k.SetScopes(scopes); err != nil {
		return "", nil, err
	}
	return secret, k, s.Store.CreateKey(ctx, k)
}

func (s *Server) deleteKey(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, s.Store.DeleteKey(ctx, actorOf(ctx).ID, in.ID)
}

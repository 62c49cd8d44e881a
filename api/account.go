package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"puente/models"
)

var (
	createAccount = huma.Operation{
		OperationID: "create-account", Method: http.MethodPost, Path: "/api/v1/accounts", Tags: []string{"accounts"}, DefaultStatus: http.StatusCreated,
		Summary:     "Sign up as an entrepreneur or a mentor",
		Description: "An address that has an account already gives 409.", Errors: []int{http.StatusConflict},
	}
	createStaff = huma.Operation{
		OperationID: "create-staff", Method: http.MethodPost, Path: "/api/v1/staff", Tags: []string{"accounts"}, DefaultStatus: http.StatusCreated,
		Summary: "Make an account for a member of staff or an administrator", Errors: []int{http.StatusConflict},
	}
	getMe = huma.Operation{
		OperationID: "get-me", Method: http.MethodGet, Path: "/api/v1/me", Tags: []string{"accounts"},
		Summary: "The account that is signed in, with its profiles",
	}
	createToken = huma.Operation{
		OperationID: "create-token", Method: http.MethodPost, Path: "/api/v1/tokens", Tags: []string{"accounts"}, DefaultStatus: http.StatusCreated,
		Summary:     "Sign in: an access token for an address and its password",
		Description: "Send the token as `Authorization: Bearer …`. It ends with its session, at the latest when it expires.",
		Errors:      []int{http.StatusUnauthorized},
	}
	deleteToken = huma.Operation{
		OperationID: "delete-token", Method: http.MethodDelete, Path: "/api/v1/tokens/current", Tags: []string{"accounts"}, DefaultStatus: http.StatusNoContent,
		Summary: "Sign out: end the session of the token that is sent",
	}
)

// LanguageInput is what an operation that answers in words reads.
type LanguageInput struct {
	AcceptLanguage string `header:"Accept-Language" maxLength:"200" doc:"en, es or fr; English for others" example:"es-MX"`
}

type accountIn struct {
	LanguageInput
	Body struct {
		Role     models.AccountRole `json:"role" enum:"entrepreneur,mentor"`
		Email    string             `json:"email" minLength:"3" maxLength:"254" example:"lucia@example.org"`
		Password string             `json:"password" maxLength:"1024" doc:"At least 15 characters of any kind"`
		Lang     string             `json:"lang" enum:"en,es,fr" doc:"The language in which Puente writes to this person"`
		Terms    bool               `json:"terms" doc:"Must be true: the terms of use are accepted"`
	}
}

type staffIn struct {
	LanguageInput
	Body struct {
		Role     models.AccountRole `json:"role" enum:"staff,admin"`
		Email    string             `json:"email" minLength:"3" maxLength:"254" example:"ana@example.org"`
		Password string             `json:"password" maxLength:"1024" doc:"At least 15 characters of any kind"`
		Lang     string             `json:"lang" enum:"en,es,fr" doc:"The language in which Puente writes to this person"`
	}
}

// created answers what has just been made, and where it can be read.
type created[T any] struct {
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     T
}

// read answers what was asked for.
type read[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

// Account is an account as its owner sees it.
type Account struct {
	ID    string             `json:"id" format:"uuid"`
	Role  models.AccountRole `json:"role" enum:"entrepreneur,mentor,staff,admin"`
	Email string             `json:"email"`
	Lang  string             `json:"lang" enum:"en,es,fr"`
}

func accountOf(a *models.Account) Account { return Account{a.ID, a.Role, a.Email, a.Lang} }

func (s *Server) createAccount(ctx context.Context, in *accountIn) (*created[Account], error) {
	if !in.Body.Terms {
		return nil, &Error{Code: CodeInvalid, Fields: []Field{{"/body/terms", "terms", nil}}}
	}
	a := &models.Account{Role: in.Body.Role, Email: in.Body.Email, Lang: in.Body.Lang}
	return s.newAccount(ctx, "", a, in.Body.Password)
}

func (s *Server) createStaff(ctx context.Context, in *staffIn) (*created[Account], error) {
	a := &models.Account{Role: in.Body.Role, Email: in.Body.Email, Lang: in.Body.Lang}
	return s.newAccount(ctx, actorOf(ctx).by(), a, in.Body.Password)
}

// newAccount stores an account with its password.
func (s *Server) newAccount(ctx context.Context, by models.Actor, a *models.Account, password string) (*created[Account], error) {
	if rule := passwordProblem(password, a.Email); rule != "" {
		return nil, &Error{Code: CodeInvalid, Fields: []Field{passwordField("/body/password", rule)}}
	}
	var err error
	if a.PasswordHash, err = s.hash(ctx, password); err != nil {
		return nil, err
	}
	if err := s.Store.CreateAccount(ctx, by, a); err != nil {
		return nil, err
	}
	return &created[Account]{Location: "/api/v1/me", Body: accountOf(a)}, nil
}

// Me is the account that is signed in.
type Me struct {
	Account
	Profiles []Profile `json:"profiles" nullable:"false"`
}

func (s *Server) me(ctx context.Context, _ *LanguageInput) (*read[Me], error) {
	a := actorOf(ctx)
	rows, err := s.Store.ProfilesOf(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	me := Me{Account: accountOf(a.Account), Profiles: []Profile{}}
	for i := range rows {
		me.Profiles = append(me.Profiles, profileOf(&rows[i]))
	}
	return &read[Me]{Body: me}, nil
}

type tokenIn struct {
	LanguageInput
	Body struct {
		Email    string `json:"email" maxLength:"254"`
		Password string `json:"password" maxLength:"1024"`
	}
}

// Token is an access token.
type Token struct {
	AccessToken string    `json:"access_token"`
	TokenType   string    `json:"token_type" enum:"Bearer"`
	ExpiresIn   int       `json:"expires_in" doc:"Seconds"`
	ExpiresAt   time.Time `json:"expires_at"`
}

func (s *Server) createToken(ctx context.Context, in *tokenIn) (*created[Token], error) {
	a, err := s.byPassword(ctx, in.Body.Email, in.Body.Password)
	if err != nil {
		return nil, err
	}
	token, err := s.IssueToken(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	return &created[Token]{Body: *token}, nil
}

// IssueToken signs an account in for a program.
func (s *Server) IssueToken(ctx context.Context, account string) (*Token, error) {
	_, hash := Secret()
	session := models.Session{IDHash: hash, AccountID: account, ExpiresAt: s.Now().Add(s.Tokens.Life)}
	if err := s.Store.CreateSession(ctx, &session); err != nil {
		return nil, err
	}
	text, claims, err := s.Tokens.Issue(account, hash, "api")
	if err != nil {
		return nil, err
	}
	return &Token{text, "Bearer", int(s.Tokens.Life / time.Second), claims.Expires}, nil
}

func (s *Server) deleteToken(ctx context.Context, _ *LanguageInput) (*struct{}, error) {
	return nil, s.Store.DeleteSession(ctx, actorOf(ctx).session)
}

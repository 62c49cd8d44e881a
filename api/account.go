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
		OperationID: "create-account", Method: http.MethodPost, Path: "/api/v1/accounts", Tags: []string{"accounts"}, DefaultStatus: http.StatusAccepted,
		Summary: "Sign up as an entrepreneur, a mentor or both",
		Description: "There is an account as soon as the link of the mail was followed, which create-token-by-link does as well. " +
			"It begins without a profile: create-profile makes one, in a programme that serves the person's country. " +
			"The answer does not tell whether somebody has the address: its owner is told by mail.",
		Errors: []int{http.StatusTooManyRequests},
	}
	updateSides = huma.Operation{
		OperationID: "update-role", Method: http.MethodPut, Path: "/api/v1/me/role", Tags: []string{"accounts"},
		Summary: "Change on which sides the own account takes part",
		Description: "Until a profile was submitted. Drafts of a side that is left are deleted. A profile of a new side begins with what the other one says, " +
			"in its programme, or in the oldest that serves the person's country if that one does not; without another profile, in the oldest.",
		Errors: []int{http.StatusConflict},
	}
	getMe = huma.Operation{
		OperationID: "get-me", Method: http.MethodGet, Path: "/api/v1/me", Tags: []string{"accounts"},
		Summary: "The account that is signed in, with its profiles",
	}
	createToken = huma.Operation{
		OperationID: "create-token", Method: http.MethodPost, Path: "/api/v1/tokens", Tags: []string{"accounts"}, DefaultStatus: http.StatusCreated,
		Summary: "Sign in: an access token for an address and its password",
		Description: "Send the token as `Authorization: Bearer …`. It ends with its session, at the latest when it expires; refresh-token gets the next one. " +
			"An account with a second factor needs a code as well: without a good one the answer is 401 with `code_required`, once the password is right.",
		Errors: []int{http.StatusUnauthorized, http.StatusTooManyRequests},
	}
	refreshToken = huma.Operation{
		OperationID: "refresh-token", Method: http.MethodPost, Path: "/api/v1/tokens/refresh", Tags: []string{"accounts"}, DefaultStatus: http.StatusCreated,
		Summary: "A new access token, and the next refresh token, for a refresh token",
		Description: "A refresh token is good once. One that comes again was copied: its session ends, and all tokens of it. " +
			"Send an Idempotency-Key, so that the request can be sent again when no answer came.",
		Errors: []int{http.StatusUnauthorized},
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
		Role     string `json:"role" enum:"entrepreneur,mentor,both"`
		Email    string `json:"email" minLength:"3" maxLength:"254" example:"lucia@example.org"`
		Password string `json:"password" maxLength:"1024" doc:"At least 15 characters of any kind"`
		Lang     string `json:"lang" enum:"en,es,fr" doc:"The language in which Puente writes to this person"`
		Terms    bool   `json:"terms" doc:"Must be true: the terms of use are accepted"`
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
	ID    string `json:"id" format:"uuid"`
	Role  string `json:"role" enum:"entrepreneur,mentor,both,staff,admin"`
	Email string `json:"email"`
	Lang  string `json:"lang" enum:"en,es,fr"`
}

func accountOf(a *models.Account) Account {
	out := Account{a.ID, string(a.Role), a.Email, a.Lang}
	if a.BothSides {
		out.Role = roleBoth
	}
	return out
}

// roleBoth is the role of those who take part on both sides; the pages begin
// with the side of their business.
const roleBoth = "both"

// sidesOf are what the store keeps of a role that people choose.
func sidesOf(role string) (models.AccountRole, bool) {
	if role == roleBoth {
		return models.AccountEntrepreneur, true
	}
	return models.AccountRole(role), false
}

func (s *Server) createAccount(ctx context.Context, in *accountIn) (*accepted, error) {
	if !in.Body.Terms {
		return nil, &Error{Code: CodeInvalid, Fields: []Field{{"/body/terms", "terms", nil}}}
	}
	up := &models.SignUp{Email: in.Body.Email, Lang: in.Body.Lang}
	up.Role, up.BothSides = sidesOf(in.Body.Role)
	if err := s.askSignUp(ctx, up, in.Body.Password); err != nil {
		return nil, err
	}
	return s.lookIntoMail(ctx), nil
}

// askSignUp signs somebody up, as far as that goes without the mail. It does
// the same, at the same cost, whoever has the address.
func (s *Server) askSignUp(ctx context.Context, up *models.SignUp, password string) (err error) {
	if err := s.checkPassword("/body/password", password, whoseSignUp(up)); err != nil {
		return err
	}
	if up.Network, err = s.mailTo(ctx, up.Email); err != nil {
		return err
	}
	if up.PasswordHash, err = s.hash(ctx, password); err != nil {
		return err
	}
	return s.Store.AskSignUp(ctx, up, s.newAsk(ctx, up.Lang))
}

type roleIn struct {
	LanguageInput
	Body struct {
		Role string `json:"role" enum:"entrepreneur,mentor,both"`
	}
}

func (s *Server) updateSides(ctx context.Context, in *roleIn) (*read[Me], error) {
	a := actorOf(ctx)
	if err := s.setSides(ctx, a, in.Body.Role); err != nil {
		return nil, err
	}
	account, err := s.Store.Account(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	return s.meOf(ctx, account)
}

// setSides changes on which sides somebody takes part. A profile of a new side
// begins with what the other one says of the person.
func (s *Server) setSides(ctx context.Context, a *actor, role string) error {
	programmes, err := s.oldestFirst(ctx)
	if err != nil {
		return err
	}
	to, both := sidesOf(role)
	return s.Store.SetSides(ctx, a.ID, a.session.IDHash, to, both, func(side models.Role, old *models.ProfileRow) *models.ProfileRow {
		row := newProfile(serving(programmes, "").ID, side)
		if old != nil {
			row.ProgrammeID = staying(programmes, old).ID
			p, o := &row.Profile, &old.Profile
			p.Name, p.Organization, p.Country, p.Region, p.TimeZone, p.Languages = o.Name, o.Organization, o.Country, o.Region, o.TimeZone, o.Languages
		}
		return row
	})
}

// staying is the programme of a profile if it serves the person's country, and
// otherwise the one that people of that country join.
func staying(programmes []models.Programme, p *models.ProfileRow) *models.Programme {
	for i := range programmes {
		if programmes[i].ID == p.ProgrammeID && programmes[i].Countries.Serve(p.Profile.Country) {
			return &programmes[i]
		}
	}
	return serving(programmes, p.Profile.Country)
}

// Me is the account that is signed in.
type Me struct {
	Account
	Profiles []Profile `json:"profiles" nullable:"false"`
}

func (s *Server) me(ctx context.Context, _ *LanguageInput) (*read[Me], error) {
	return s.meOf(ctx, actorOf(ctx).Account)
}

func (s *Server) meOf(ctx context.Context, a *models.Account) (*read[Me], error) {
	rows, err := s.Store.ProfilesOf(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	me := Me{Account: accountOf(a), Profiles: []Profile{}}
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
		Code     string `json:"code,omitempty" maxLength:"64" doc:"Of the second factor, where the account has one: a code of its app, or a recovery code"`
	}
}

// Token is an access token, and the token that gets the next one.
type Token struct {
	AccessToken  string    `json:"access_token"`
	TokenType    string    `json:"token_type" enum:"Bearer"`
	ExpiresIn    int       `json:"expires_in" doc:"Seconds that the access token is good for"`
	ExpiresAt    time.Time `json:"expires_at"`
	RefreshToken string    `json:"refresh_token" doc:"Good once, for refresh-token. Keep it as secret as a password." example:"pnr_2QW7M4ZK6TJ5VHYBX3CDNAPRLE"`
	RefreshBy    time.Time `json:"refresh_by" doc:"The session ends then, unless it is used before"`
	SessionEnds  time.Time `json:"session_ends" doc:"The session ends then at the latest: sign in again"`
}

func (s *Server) createToken(ctx context.Context, in *tokenIn) (*created[Token], error) {
	a, err := s.byPassword(ctx, in.Body.Email, in.Body.Password)
	if err != nil {
		return nil, err
	}
	refresh, session := s.newProgram(ctx, a.ID)
	var taken func() error
	if session.Proof, taken, err = s.proofFor(ctx, a, in.Body.Code); err != nil {
		return nil, err
	}
	token, err := s.signInProgram(ctx, refresh, session)
	if err != nil {
		return nil, err
	}
	return &created[Token]{Body: *token}, taken()
}

// IssueToken signs an account in for a program without asking who it is, for
// a demonstration.
func (s *Server) IssueToken(ctx context.Context, account string) (*Token, error) {
	refresh, session := s.newProgram(ctx, account)
	return s.signInProgram(ctx, refresh, session)
}

// newProgram makes a session of an account for a program: its first refresh
// token, and what to store.
func (s *Server) newProgram(ctx context.Context, account string) (refresh string, session *models.Session) {
	_, session = s.newSession(ctx, account)
	session.Kind = models.SessionProgram
	refresh, session.Refresh = newRefresh()
	return refresh, session
}

// signInProgram stores a session of a program and gives its tokens.
func (s *Server) signInProgram(ctx context.Context, refresh string, session *models.Session) (*Token, error) {
	if err := s.Store.CreateSession(ctx, session); err != nil {
		return nil, err
	}
	requestOf(ctx).about(session.AccountID)
	return s.tokens(session, refresh)
}

// tokens makes the tokens of a session that is stored.
func (s *Server) tokens(session *models.Session, refresh string) (*Token, error) {
	text, claims, err := s.Tokens.Issue(session.AccountID, session.IDHash, "api")
	if err != nil {
		return nil, err
	}
	return &Token{text, "Bearer", int(s.Tokens.Life / time.Second), claims.Expires, refresh, session.IdleAt, session.ExpiresAt}, nil
}

// refreshPrefix begins every refresh token, by which programs that look for
// lost secrets find it.
const refreshPrefix = "pnr_"

// newRefresh makes a refresh token and the hash by which the store knows it.
func newRefresh() (token, hash string) {
	id, _ := Secret()
	token = refreshPrefix + id
	return token, hashOf(token)
}

type refreshIn struct {
	LanguageInput
	Body struct {
		RefreshToken string `json:"refresh_token" minLength:"1" maxLength:"100" doc:"The newest one of the session" example:"pnr_2QW7M4ZK6TJ5VHYBX3CDNAPRLE"`
	}
}

func (s *Server) refreshToken(ctx context.Context, in *refreshIn) (*created[Token], error) {
	next, hash := newRefresh()
	session, err := s.Store.Refresh(ctx, hashOf(in.Body.RefreshToken), hash)
	if models.CodeOf(err) == models.CodeNotFound {
		return nil, &Error{Code: CodeUnauthorized, Key: "problem.refresh", Err: err}
	}
	if err != nil {
		return nil, err
	}
	session.IdleAt = s.Now().Add(session.Idle)
	requestOf(ctx).about(session.AccountID)
	token, err := s.tokens(session, next)
	if err != nil {
		return nil, err
	}
	return &created[Token]{Body: *token}, nil
}

func (s *Server) deleteToken(ctx context.Context, _ *LanguageInput) (*struct{}, error) {
	return nil, s.Store.DeleteSession(ctx, actorOf(ctx).session.IDHash)
}

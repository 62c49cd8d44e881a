package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"puente/models"
	"puente/web"
)

var (
	createStaff = huma.Operation{
		OperationID: "create-staff", Method: http.MethodPost, Path: "/api/v1/staff", Tags: []string{"accounts"}, DefaultStatus: http.StatusAccepted,
		Summary: "Invite a member of staff, with what is granted, or an administrator by mail",
		Description: "The link of the mail chooses the password. Asked for again, there is another link, and what was not granted yet is granted. " +
			"The answer does not tell whether somebody has the address; if somebody has, nothing waits under its id.",
		Errors: []int{http.StatusTooManyRequests},
	}
	listAccounts = huma.Operation{
		OperationID: "list-accounts", Method: http.MethodGet, Path: "/api/v1/accounts", Tags: []string{"accounts"},
		Summary: "The accounts, newest first",
	}
	getAccount = huma.Operation{
		OperationID: "get-account", Method: http.MethodGet, Path: "/api/v1/accounts/{id}", Tags: []string{"accounts"}, Summary: "One account",
	}
	disableAccount = huma.Operation{
		OperationID: "disable-account", Method: http.MethodPost, Path: "/api/v1/accounts/{id}/disable", Tags: []string{"accounts"},
		Summary:     "Take from an account whatever it may do",
		Description: "Its sessions, tokens and links end at once. The last administrator who can sign in is kept.", Errors: []int{http.StatusConflict},
	}
	enableAccount = huma.Operation{
		OperationID: "enable-account", Method: http.MethodPost, Path: "/api/v1/accounts/{id}/enable", Tags: []string{"accounts"},
		Summary: "Let a disabled account sign in again", Errors: []int{http.StatusConflict},
	}
	endAccountSessions = huma.Operation{
		OperationID: "end-account-sessions", Method: http.MethodDelete, Path: "/api/v1/accounts/{id}/sessions", Tags: []string{"accounts"},
		DefaultStatus: http.StatusNoContent, Summary: "Sign an account out everywhere",
		Description: "Its sessions, its keys, and the links of mails that would sign in end at once. It may sign in again.",
	}
	createGrant = huma.Operation{
		OperationID: "create-grant", Method: http.MethodPost, Path: "/api/v1/grants", Tags: []string{"accounts"}, DefaultStatus: http.StatusCreated,
		Summary: "Give a role to a member of staff, in a programme or a home organisation", Errors: []int{http.StatusConflict},
		Description: "It takes effect at once.",
	}
	listGrants = huma.Operation{
		OperationID: "list-grants", Method: http.MethodGet, Path: "/api/v1/grants", Tags: []string{"accounts"},
		Summary: "What was granted to staff, oldest first, with what has ended",
	}
	endGrant = huma.Operation{
		OperationID: "end-grant", Method: http.MethodDelete, Path: "/api/v1/grants/{id}", Tags: []string{"accounts"}, DefaultStatus: http.StatusNoContent,
		Summary: "End a grant, at once", Description: "It stays in the list. It is no error if it had ended.",
	}
)

// GrantedRole is a role and where it is given.
type GrantedRole struct {
	Role         models.GrantRole `json:"role" enum:"reviewer,manager,auditor" doc:"See docs/authorization.md"`
	Programme    string           `json:"programme,omitempty" format:"uuid" doc:"Of managers and auditors"`
	Organization string           `json:"organization,omitempty" format:"uuid" doc:"Of reviewers"`
}

func (g *GrantedRole) of(account string) models.Grant {
	out := models.Grant{AccountID: account, Role: g.Role}
	if g.Programme != "" {
		out.ProgrammeID = &g.Programme
	}
	if g.Organization != "" {
		out.OrganizationID = &g.Organization
	}
	return out
}

type staffIn struct {
	LanguageInput
	Body struct {
		Role   models.AccountRole `json:"role" enum:"staff,admin"`
		Email  string             `json:"email" minLength:"3" maxLength:"254" example:"ana@example.org"`
		Lang   string             `json:"lang" enum:"en,es,fr" doc:"The language in which Puente writes to this person"`
		Grants []GrantedRole      `json:"grants,omitempty" maxItems:"50" doc:"What staff may do, at least one; none for administrators, who may do everything"`
	}
}

// invited answers an invitation.
type invited struct{ Body Invited }

// Invited says what happens next, and where the invitation is.
type Invited struct {
	Accepted
	Invitation string `json:"invitation" format:"uuid" doc:"Its id in list-invitations; of nothing if the address has an account already"`
}

func (s *Server) createStaff(ctx context.Context, in *staffIn) (*invited, error) {
	grants := make([]models.Grant, len(in.Body.Grants))
	for i := range in.Body.Grants {
		grants[i] = in.Body.Grants[i].of("")
	}
	a := &models.Account{Role: in.Body.Role, Email: in.Body.Email, Lang: in.Body.Lang}
	if err := s.invite(ctx, a, grants); err != nil {
		return nil, err
	}
	return &invited{Invited{wroteTo(ctx), a.ID}}, nil
}

// wroteTo says that a mail was written to somebody else.
func wroteTo(ctx context.Context) Accepted {
	return Accepted{web.Text(requestOf(ctx).lang, "me.mail_other", nil)}
}

// invite writes to somebody who shall work for the programme, and sets the id of
// the invitation.
func (s *Server) invite(ctx context.Context, a *models.Account, grants []models.Grant) error {
	if (a.Role == models.AccountStaff) != (len(grants) > 0) {
		return &Error{Code: CodeInvalid, Fields: []Field{{"/body/grants", "grants", nil}}}
	}
	if err := s.inviting(ctx, a.Email); err != nil {
		return err
	}
	return s.Store.Invite(ctx, actorOf(ctx).by(), a, grants, s.newAsk(ctx, a.Lang))
}

// KnownAccount is an account as administrators see it.
type KnownAccount struct {
	Account
	CreatedAt  time.Time  `json:"created_at"`
	VerifiedAt *time.Time `json:"verified_at,omitempty" doc:"When the address was proven"`
	DisabledAt *time.Time `json:"disabled_at,omitempty" doc:"From when on it may do nothing"`
	FactorAt   *time.Time `json:"factor_at,omitempty" doc:"Since when signing in asks for a second factor"`
	ErasedAt   *time.Time `json:"erased_at,omitempty" doc:"Since when nothing is left of its owner"`
	Version    int        `json:"version"`
}

func knownAccountOf(a *models.Account) KnownAccount {
	return KnownAccount{accountOf(a), a.CreatedAt, a.VerifiedAt, a.DisabledAt, a.FactorAt, a.ErasedAt, a.Version}
}

// readAccount answers with an account that was read or changed.
func readAccount(a *models.Account, err error) (*read[KnownAccount], error) {
	if err != nil {
		return nil, err
	}
	return &read[KnownAccount]{etag(a.Version), knownAccountOf(a)}, nil
}

type accountsIn struct {
	LanguageInput
	PageInput
	Email string `query:"email" maxLength:"254" doc:"What the address begins with" example:"ana@"`
}

func (s *Server) accounts(ctx context.Context, in *accountsIn) (*list[KnownAccount], error) {
	read := func(p models.Part) ([]models.Account, error) { return s.Store.Accounts(ctx, in.Email, p) }
	return pageOf(ctx, s, in.PageInput, read, func(a *models.Account) string { return a.ID }, always(knownAccountOf))
}

func (s *Server) getAccount(ctx context.Context, in *IDInput) (*read[KnownAccount], error) {
	return readAccount(s.Store.Account(ctx, in.ID))
}

func (s *Server) disableAccount(ctx context.Context, in *IDInput) (*read[KnownAccount], error) {
	return readAccount(s.Store.Disable(ctx, actorOf(ctx).by(), in.ID))
}

func (s *Server) enableAccount(ctx context.Context, in *IDInput) (*read[KnownAccount], error) {
	return readAccount(s.Store.Enable(ctx, actorOf(ctx).by(), in.ID))
}

func (s *Server) endAccountSessions(ctx context.Context, in *IDInput) (*struct{}, error) {
	if _, err := s.Store.Account(ctx, in.ID); err != nil {
		return nil, err
	}
	return nil, s.Store.EndSessions(ctx, actorOf(ctx).by(), in.ID, "")
}

// Grant is a role of a member of staff.
type Grant struct {
	ID      string `json:"id" format:"uuid"`
	Account string `json:"account" format:"uuid"`
	GrantedRole
	GrantedBy string     `json:"granted_by,omitempty" format:"uuid" doc:"The account; absent when the program did it"`
	GrantedAt time.Time  `json:"granted_at"`
	EndedBy   string     `json:"ended_by,omitempty" format:"uuid"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
}

func grantOf(g *models.Grant) Grant {
	text := func(p *string) string {
		if p == nil {
			return ""
		}
		return *p
	}
	role := GrantedRole{g.Role, text(g.ProgrammeID), text(g.OrganizationID)}
	return Grant{g.ID, g.AccountID, role, text(g.GrantedBy), g.GrantedAt, text(g.EndedBy), g.EndedAt}
}

type grantIn struct {
	LanguageInput
	Body struct {
		Account string `json:"account" format:"uuid" doc:"Of a member of staff"`
		GrantedRole
	}
}

func (s *Server) createGrant(ctx context.Context, in *grantIn) (*created[Grant], error) {
	g := in.Body.of(in.Body.Account)
	if err := s.Store.Grant(ctx, actorOf(ctx).by(), &g); err != nil {
		return nil, err
	}
	return &created[Grant]{Body: grantOf(&g)}, nil
}

type grantsIn struct {
	LanguageInput
	PageInput
	Account string `query:"account" format:"uuid" doc:"Those of one account"`
	Open    bool   `query:"open" doc:"Without those that have ended"`
}

func (s *Server) grants(ctx context.Context, in *grantsIn) (*list[Grant], error) {
	read := func(p models.Part) ([]models.Grant, error) { return s.Store.Grants(ctx, in.Account, in.Open, p) }
	return pageOf(ctx, s, in.PageInput, read, func(g *models.Grant) string { return g.ID }, always(grantOf))
}

func (s *Server) endGrant(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, s.Store.EndGrant(ctx, actorOf(ctx).by(), in.ID)
}

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"puente/models"
)

var (
	listInvitations = huma.Operation{
		OperationID: "list-invitations", Method: http.MethodGet, Path: "/api/v1/invitations", Tags: []string{"accounts"},
		Summary:     "The invitations that wait for an answer, oldest first",
		Description: "create-staff makes one. It ends when its owner follows a link of its mails, or when it is withdrawn.",
	}
	resendInvitation = huma.Operation{
		OperationID: "resend-invitation", Method: http.MethodPost, Path: "/api/v1/invitations/{id}/again", Tags: []string{"accounts"},
		DefaultStatus: http.StatusAccepted, Summary: "Write to somebody who was invited with another link",
		Description: "The link of the mail before ends. An invitation that was accepted or withdrawn is a conflict.", Errors: []int{http.StatusConflict},
	}
	withdrawInvitation = huma.Operation{
		OperationID: "withdraw-invitation", Method: http.MethodDelete, Path: "/api/v1/invitations/{id}", Tags: []string{"accounts"},
		DefaultStatus: http.StatusNoContent, Summary: "Withdraw an invitation",
		Description: "Its links and what was granted with it end at once; the account may do nothing until create-staff invites its owner again. " +
			"An invitation that was accepted or withdrawn is a conflict.",
		Errors: []int{http.StatusConflict},
	}
)

// Invitation is an account that waits for its owner, whom an administrator has
// invited.
type Invitation struct {
	ID        string        `json:"id" format:"uuid" doc:"Of the account too"`
	Role      string        `json:"role" enum:"staff,admin"`
	Email     string        `json:"email" example:"ana@example.org"`
	Lang      string        `json:"lang" enum:"en,es,fr" doc:"The language in which Puente writes to this person"`
	Grants    []GrantedRole `json:"grants" nullable:"false" doc:"What staff may do once they have answered; none of administrators, who may do everything"`
	CreatedAt time.Time     `json:"created_at" doc:"When the first mail was written"`
}

type invitationsIn struct {
	LanguageInput
	PageInput
}

func (s *Server) listInvitations(ctx context.Context, in *invitationsIn) (*list[Invitation], error) {
	read := func(p models.Part) ([]models.Account, error) { return s.Store.InvitedPart(ctx, p) }
	return pageOf(ctx, s, in.PageInput, read, func(a *models.Account) string { return a.ID }, func(a *models.Account) (Invitation, error) {
		grants, err := s.Store.Grants(ctx, a.ID, true)
		out := Invitation{a.ID, string(a.Role), a.Email, a.Lang, []GrantedRole{}, a.CreatedAt}
		for i := range grants {
			out.Grants = append(out.Grants, grantOf(&grants[i]).GrantedRole)
		}
		return out, err
	})
}

func (s *Server) resendInvitation(ctx context.Context, in *IDInput) (*accepted, error) {
	if err := s.inviteAgain(ctx, in.ID); err != nil {
		return nil, err
	}
	return &accepted{wroteTo(ctx)}, nil
}

// inviteAgain writes to somebody who was invited with another link.
func (s *Server) inviteAgain(ctx context.Context, id string) error {
	a, err := s.Store.Invitation(ctx, id)
	if err != nil {
		return err
	}
	if err := s.inviting(ctx, a.Email); err != nil {
		return err
	}
	return s.Store.InviteAgain(ctx, actorOf(ctx).by(), a.ID, s.newAsk(ctx, a.Lang))
}

func (s *Server) withdrawInvitation(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, s.Store.Uninvite(ctx, actorOf(ctx).by(), in.ID)
}

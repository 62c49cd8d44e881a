package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"puente/models"
)

var (
	exportMe = huma.Operation{
		OperationID: "export-me", Method: http.MethodGet, Path: "/api/v1/me/export", Tags: []string{"accounts"},
		Summary: "Everything that is stored of whoever is signed in",
		Description: "Every row that names the account or its profiles, by table and column, as docs/privacy.md lists them; without passwords, " +
			"tokens and their hashes, and without what is of others, who are there by their ids. That it was asked for is in the audit log.",
	}
	eraseMe = huma.Operation{
		OperationID: "erase-me", Method: http.MethodPost, Path: "/api/v1/me/erase", Tags: []string{"accounts"}, DefaultStatus: http.StatusNoContent,
		Summary: "Erase the own account, for good",
		Description: "The account, its profiles, answers, words, mails, sessions, keys and links are gone at once, and so is its address, which gets " +
			"a last mail. Offers that wait and mentorships end, and the other sides are told. It cannot be undone; see docs/privacy.md. " +
			"The last administrator stays.",
		Errors: []int{http.StatusConflict, http.StatusTooManyRequests},
	}
)

// exported is what is stored of a person.
type exported struct{ Body models.Export }

func (s *Server) exportMe(ctx context.Context, _ *LanguageInput) (*exported, error) {
	a := actorOf(ctx)
	leave, err := s.asking.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	out, err := s.Store.ExportAccount(ctx, a.by(), a.ID, s.Ownership)
	if err != nil {
		return nil, err
	}
	return &exported{*out}, nil
}

type eraseIn struct {
	LanguageInput
	Body struct {
		Email    string `json:"email" minLength:"1" maxLength:"254" doc:"The account's own address, to be sure that it is meant" example:"lucia@example.org"`
		Password string `json:"password,omitempty" maxLength:"1024" doc:"The account's own; else a sign-in within 10 minutes" example:"a bridge over the river"`
		Code     string `json:"code,omitempty" maxLength:"64" doc:"Of the second factor, where the account has one" example:"287082"`
	}
}

func (s *Server) eraseMe(ctx context.Context, in *eraseIn) (*struct{}, error) {
	return nil, s.eraseOwn(ctx, in.Body.Email, in.Body.Password, in.Body.Code)
}

// eraseOwn erases whoever asks, who says the own address, the password again or
// has just signed in, and a code where there is a second factor.
func (s *Server) eraseOwn(ctx context.Context, email, password, code string) error {
	a := actorOf(ctx)
	if err := sameAddress(a.Account, email); err != nil {
		return err
	}
	if a.PasswordHash != "" {
		if err := s.proveAgain(ctx, password, code); err != nil {
			return err
		}
	} else if s.signedInLately(a) != nil {
		return &Error{Code: CodeInvalid, Fields: []Field{{"/body/password", "second.sign_in_again", nil}}}
	}
	_, err := s.Store.EraseAccount(ctx, a.by(), a.ID, s.composing(ctx, ""))
	return err
}

// sameAddress wants the address of the account that is to be erased, so that
// nobody erases one by a press too many.
func sameAddress(a *models.Account, email string) error {
	if models.EmailKey(email) == a.EmailKey {
		return nil
	}
	return &Error{Code: CodeInvalid, Fields: []Field{{"/body/email", "own_address", nil}}}
}

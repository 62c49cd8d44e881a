package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"puente/models"
)

var deleteFactor = huma.Operation{
	OperationID: "delete-factor", Method: http.MethodDelete, Path: "/api/v1/accounts/{id}/factor", Tags: []string{"accounts"},
	DefaultStatus: http.StatusNoContent, Summary: "Take from an account its second factor, for somebody who has lost it",
	Description: "All its sessions, keys and links end, and its owner is told by mail. Staff must set up another one before they can go on. " +
		"One's own is turned off on the page of the account, with a code.",
	Errors: []int{http.StatusConflict},
}

func (s *Server) deleteFactor(ctx context.Context, in *IDInput) (*struct{}, error) {
	a := actorOf(ctx)
	if in.ID == a.ID {
		return nil, ownFactor()
	}
	return nil, s.Store.RemoveFactor(ctx, a.by(), in.ID, nil, s.composing(ctx, ""))
}

// ownFactor says where one's own second factor is turned off.
func ownFactor() error { return &Error{Code: CodeConflict, Key: "problem.own_factor"} }

// bare says whether an actor has to set up a second factor before anything
// else: staff and administrators who have none.
func (s *Server) bare(a *models.Account) bool {
	return !s.Demonstration && len(a.Sides()) == 0 && a.FactorAt == nil
}

// noCode says that a code is missing or is not right.
func noCode(key string) *Error { return &Error{Code: CodeCodeRequired, Key: key} }

// proofOf finds what a code proves of an account that has a second factor. The
// try is counted before anybody looks; taken is to be called when the store has
// taken the proof. Recovery codes are too long to be guessed, so that nobody
// who guesses keeps the owner from using one.
func (s *Server) proofOf(ctx context.Context, account *models.Account, text string) (p *models.Proof, taken func() error, err error) {
	code, app := plainCode(text)
	if code == "" {
		return nil, nil, noCode("problem.code_missing")
	}
	what := tryRecovery
	if app {
		what = tryCode
	}
	if taken, err = s.try(ctx, what, account.Email, account); err != nil {
		return nil, nil, err
	}
	if !app {
		return &models.Proof{Recovery: hashOf(code)}, taken, nil
	}
	f, err := s.Store.Factor(ctx, account.ID)
	if models.CodeOf(err) == models.CodeNotFound {
		return nil, nil, noCode("store.bad_code")
	}
	if err != nil {
		return nil, nil, err
	}
	step, err := s.stepOf(f, code)
	if err != nil {
		return nil, nil, err
	}
	return &models.Proof{Step: step}, taken, nil
}

// proofFor is proofOf for an account that may have no second factor: then there
// is no proof.
func (s *Server) proofFor(ctx context.Context, account *models.Account, text string) (p *models.Proof, taken func() error, err error) {
	if account.FactorAt == nil {
		return nil, func() error { return nil }, nil
	}
	return s.proofOf(ctx, account, text)
}

// stepOf is the step of an app's code.
func (s *Server) stepOf(f *models.Factor, code string) (int64, error) {
	secret, err := s.secrets.factors.Open(models.FactorPlace(f.AccountID), f.Secret)
	if err != nil {
		return 0, err
	}
	step, ok := stepOf(secret, code, s.Now(), f.Step)
	if !ok {
		return 0, noCode("store.bad_code")
	}
	return step, nil
}

// proveAgain wants whoever asks to say the password again, and a code where
// there is a second factor.
func (s *Server) proveAgain(ctx context.Context, password, code string) error {
	return s.proving(ctx, password, code, func(p *models.Proof) error {
		if p == nil {
			return nil
		}
		return s.Store.TakeProof(ctx, actorOf(ctx).ID, *p)
	})
}

// proving does what wants whoever asks to say the password again, and a code
// where there is a second factor: the proof of that is to be used up by it.
func (s *Server) proving(ctx context.Context, password, code string, do func(p *models.Proof) error) error {
	wrong := func(place, rule string) error { return &Error{Code: CodeInvalid, Fields: []Field{{place, rule, nil}}} }
	account, err := s.byPassword(ctx, actorOf(ctx).Email, password)
	switch {
	case known(err).Code == CodeUnauthorized:
		return wrong("/body/password", "password_wrong")
	case err != nil:
		return err
	case account.FactorAt == nil:
		return do(nil)
	}
	p, taken, err := s.proofOf(ctx, account, code)
	if err == nil {
		err = do(p)
	}
	if e := known(err); err != nil && e.Code == CodeCodeRequired {
		return wrong("/body/code", e.Key)
	}
	if err != nil {
		return err
	}
	return taken()
}

// signInAgain is how long after signing in sessions may be ended, and an
// account without a password may do what others say the password for.
const signInAgain = 10 * time.Minute

// beginFactor makes the secret of an app for whoever asks, who says the
// password again, or has just signed in if there is none.
func (s *Server) beginFactor(ctx context.Context, password string) error {
	a := actorOf(ctx)
	if a.PasswordHash != "" {
		if err := s.proveAgain(ctx, password, ""); err != nil {
			return err
		}
	} else if s.Now().Sub(a.session.CreatedAt) > signInAgain {
		return &Error{Code: CodeInvalid, Fields: []Field{{"/body/password", "second.sign_in_again", nil}}}
	}
	sealed, err := s.secrets.factors.Seal(models.FactorPlace(a.ID), newTOTP())
	if err != nil {
		return err
	}
	return s.Store.BeginFactor(ctx, a.ID, sealed)
}

// confirmFactor makes the app that waits for its first code the second factor
// of whoever asks, and gives the recovery codes.
func (s *Server) confirmFactor(ctx context.Context, text string) (recovery []string, err error) {
	a := actorOf(ctx)
	wrong := func(rule string) error { return &Error{Code: CodeInvalid, Fields: []Field{{"/body/code", rule, nil}}} }
	f, err := s.Store.Factor(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	code, app := plainCode(text)
	if !app {
		return nil, wrong("second.six_digits")
	}
	taken, err := s.try(ctx, tryCode, a.Email, a.Account)
	if err != nil {
		return nil, err
	}
	step, err := s.stepOf(f, code)
	if err != nil {
		if known(err).Code == CodeCodeRequired {
			return nil, wrong("store.bad_code")
		}
		return nil, err
	}
	codes, hashes := newRecovery(models.RecoveryCodes)
	if err := s.Store.ConfirmFactor(ctx, f, step, hashes, a.session.IDHash, s.composing(ctx, "")); err != nil {
		return nil, err
	}
	return codes, taken()
}

package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"puente/models"
)

var (
	listPasskeys = huma.Operation{
		OperationID: "list-passkeys", Method: http.MethodGet, Path: "/api/v1/passkeys", Tags: []string{"accounts"},
		Summary: "The passkeys of the own account, newest first", Description: "They are made, and sign in, in a browser only.",
	}
	deletePasskey = huma.Operation{
		OperationID: "delete-passkey", Method: http.MethodDelete, Path: "/api/v1/passkeys/{id}", Tags: []string{"accounts"},
		DefaultStatus: http.StatusNoContent, Summary: "End a passkey of the own account",
	}
)

// Passkey is a passkey as its owner sees it.
type Passkey struct {
	ID      string     `json:"id" format:"uuid"`
	Name    string     `json:"name" example:"My phone"`
	Created time.Time  `json:"created"`
	Used    *time.Time `json:"used,omitempty" doc:"When it last signed in; absent before that"`
}

func passkeyOf(p *models.Passkey) Passkey { return Passkey{p.ID, p.Name, p.CreatedAt, p.UsedAt} }

func (s *Server) passkeys(ctx context.Context, in *listIn) (*list[Passkey], error) {
	read := func(p models.Part) ([]models.Passkey, error) { return s.Store.Passkeys(ctx, actorOf(ctx).ID, p) }
	return pageOf(ctx, s, in.PageInput, read, func(p *models.Passkey) string { return p.ID }, always(passkeyOf))
}

func (s *Server) deletePasskey(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, s.Store.DeletePasskey(ctx, actorOf(ctx).ID, in.ID, s.composing(ctx, ""))
}

// newPasskeys prepares passkeys for the site of an address; nil where browsers
// have none, which is at addresses that are numbers.
func newPasskeys(site string) *webauthn.WebAuthn {
	u, err := url.Parse(site)
	if err != nil || u.Host == "" {
		return nil
	}
	required := true
	w, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "Puente", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: &required, ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil
	}
	return w
}

// passkeyOwner is an account as the library of passkeys sees it.
type passkeyOwner struct {
	account *models.Account
	rows    []models.Passkey
	keys    []webauthn.Credential
}

// WebAuthnID is by what a device knows the account.
func (o *passkeyOwner) WebAuthnID() []byte { return []byte(o.account.ID) }

// WebAuthnName is what a device shows.
func (o *passkeyOwner) WebAuthnName() string { return o.account.Email }

// WebAuthnDisplayName is what a device shows.
func (o *passkeyOwner) WebAuthnDisplayName() string { return o.account.Email }

// WebAuthnCredentials are the passkeys.
func (o *passkeyOwner) WebAuthnCredentials() []webauthn.Credential { return o.keys }

// row is the row of a passkey.
func (o *passkeyOwner) row(id []byte) *models.Passkey {
	for i := range o.rows {
		if o.rows[i].KeyID == base64.RawURLEncoding.EncodeToString(id) {
			return &o.rows[i]
		}
	}
	return nil
}

// passkeyOwnerOf reads the passkeys of an account.
func (s *Server) passkeyOwnerOf(ctx context.Context, account *models.Account) (*passkeyOwner, error) {
	rows, err := s.Store.Passkeys(ctx, account.ID)
	if err != nil {
		return nil, err
	}
	o := &passkeyOwner{account: account, rows: rows}
	for i := range rows {
		var key webauthn.Credential
		if err := json.Unmarshal([]byte(rows[i].Credential), &key); err != nil {
			return nil, err
		}
		key.Authenticator.SignCount = uint32(rows[i].Counter)
		o.keys = append(o.keys, key)
	}
	return o, nil
}

// keepChallenge stores what a browser is asked to sign, and gives what only the
// browser is to have.
func (s *Server) keepChallenge(ctx context.Context, c *models.PasskeyChallenge, session *webauthn.SessionData) (id string, err error) {
	data, err := json.Marshal(session)
	if err != nil {
		return "", err
	}
	id, c.IDHash = Secret()
	c.Session = string(data)
	return id, s.Store.CreateChallenge(ctx, c)
}

// badPasskey says that a passkey does not sign in. Why is for the log.
func badPasskey(err error) error { return &Error{Code: CodeInvalid, Key: "passkey.refused", Err: err} }

// askToSignIn makes what any passkey of this site is asked to sign, as browsers
// read it.
func (s *Server) askToSignIn(ctx context.Context) (id string, options any, err error) {
	if _, err := s.try(ctx, tryPasskey, "", nil); err != nil {
		return "", nil, err
	}
	options, session, err := s.webauthn.BeginDiscoverableLogin()
	if err != nil {
		return "", nil, err
	}
	id, err = s.keepChallenge(ctx, &models.PasskeyChallenge{}, session)
	return id, options, err
}

// byPasskey finds whose passkey has answered a challenge, and what that proves.
// A passkey whose counter goes back may have been copied: it is refused, and the
// audit log has it.
func (s *Server) byPasskey(ctx context.Context, challenge, answer string) (*models.Account, *models.Proof, error) {
	c, session, err := s.challenge(ctx, challenge)
	if err != nil {
		return nil, nil, err
	}
	if c.AccountID != nil {
		return nil, nil, badPasskey(errors.New("a challenge of another kind"))
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return nil, nil, badPasskey(err)
	}
	var o *passkeyOwner
	_, key, err := s.webauthn.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		if !plainText(string(handle)) {
			return nil, errors.New("a handle that is no account's")
		}
		account, err := s.Store.Account(ctx, string(handle))
		if err == nil && account.DisabledAt != nil {
			err = errors.New("disabled")
		}
		if err == nil {
			o, err = s.passkeyOwnerOf(ctx, account)
		}
		return o, err
	}, *session, parsed)
	if err != nil {
		return nil, nil, badPasskey(err)
	}
	row := o.row(key.ID)
	if key.Authenticator.CloneWarning {
		return nil, nil, badPasskey(errors.Join(errors.New("the counter went back"), s.Store.NotePasskeyClone(ctx, row)))
	}
	return o.account, &models.Proof{Passkey: row.ID, Counter: int64(key.Authenticator.SignCount)}, nil
}

// challenge uses up a challenge that a browser was given.
func (s *Server) challenge(ctx context.Context, id string) (*models.PasskeyChallenge, *webauthn.SessionData, error) {
	c, err := s.Store.TakeChallenge(ctx, hashOf(id))
	if models.CodeOf(err) == models.CodeNotFound {
		return nil, nil, badPasskey(err)
	}
	if err != nil {
		return nil, nil, err
	}
	var session webauthn.SessionData
	return c, &session, json.Unmarshal([]byte(c.Session), &session)
}

// askForPasskey makes what a device needs to make a passkey of whoever asks, as
// browsers read it. Devices that have one are left out.
func (s *Server) askForPasskey(ctx context.Context, name string) (id string, options any, err error) {
	a := actorOf(ctx)
	o, err := s.passkeyOwnerOf(ctx, a.Account)
	if err != nil {
		return "", nil, err
	}
	options, session, err := s.webauthn.BeginRegistration(o, webauthn.WithExclusions(webauthn.Credentials(o.keys).CredentialDescriptors()))
	if err != nil {
		return "", nil, err
	}
	id, err = s.keepChallenge(ctx, &models.PasskeyChallenge{AccountID: &a.ID, Name: name}, session)
	return id, options, err
}

// addPasskey stores the passkey that has answered a challenge.
func (s *Server) addPasskey(ctx context.Context, challenge, answer string) error {
	a := actorOf(ctx)
	c, session, err := s.challenge(ctx, challenge)
	if err != nil {
		return err
	}
	if c.AccountID == nil || *c.AccountID != a.ID {
		return badPasskey(errors.New("a challenge of somebody else"))
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return badPasskey(err)
	}
	key, err := s.webauthn.CreateCredential(&passkeyOwner{account: a.Account}, *session, parsed)
	if err != nil {
		return badPasskey(err)
	}
	data, err := json.Marshal(key)
	if err != nil {
		return err
	}
	return s.Store.CreatePasskey(ctx, &models.Passkey{
		KeyID: base64.RawURLEncoding.EncodeToString(key.ID), AccountID: a.ID, Name: c.Name, Credential: string(data),
		Counter: int64(key.Authenticator.SignCount),
	}, s.composing(ctx, ""))
}

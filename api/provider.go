package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"puente/jobs"
	"puente/models"
)

// The operations of providers have the tag of accounts, so that no key opens them.
var (
	createProvider = huma.Operation{
		OperationID: "create-provider", Method: http.MethodPost, Path: "/api/v1/providers", Tags: []string{"accounts"}, DefaultStatus: http.StatusCreated,
		Summary: "Let people sign in by an organisation's provider of OpenID Connect",
		Description: "The provider must be told `redirect_uri`, to the byte. Nothing is asked of it before somebody signs in. The secret is never shown " +
			"again. docs/oidc.md tells more.",
	}
	listProviders = huma.Operation{
		OperationID: "list-providers", Method: http.MethodGet, Path: "/api/v1/providers", Tags: []string{"accounts"},
		Summary: "The providers by which people may sign in, the oldest first",
	}
	getProvider = huma.Operation{
		OperationID: "get-provider", Method: http.MethodGet, Path: "/api/v1/providers/{id}", Tags: []string{"accounts"}, Summary: "One provider",
	}
	updateProvider = huma.Operation{
		OperationID: "update-provider", Method: http.MethodPut, Path: "/api/v1/providers/{id}", Tags: []string{"accounts"},
		Summary:     "Change a provider",
		Description: "Without `client_secret` the secret stays as it is. Another issuer is another provider.",
		Errors:      []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired},
	}
	deleteProvider = huma.Operation{
		OperationID: "delete-provider", Method: http.MethodDelete, Path: "/api/v1/providers/{id}", Tags: []string{"accounts"},
		DefaultStatus: http.StatusNoContent, Summary: "Remove a provider, with everybody's links to it",
		Errors: []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired},
	}
)

// Provider is a provider as administrators see it: all but its secret.
type Provider struct {
	ID           string `json:"id" format:"uuid"`
	Organization string `json:"organization" format:"uuid"`
	Issuer       string `json:"issuer" example:"https://login.example.org"`
	ClientID     string `json:"client_id" example:"puente"`
	Label        string `json:"label" doc:"What the button says after Sign in with" example:"Cámara de Oaxaca"`
	Enabled      bool   `json:"enabled" doc:"False: nobody can sign in by it, and all links stay"`
	RedirectURI  string `json:"redirect_uri" doc:"Where the provider sends people back; it has to know it"`
	Version      int    `json:"version"`
}

func (s *Server) providerOf(p *models.Provider) Provider {
	return Provider{p.ID, p.OrganizationID, p.Issuer, p.ClientID, p.Label, p.Enabled, s.redirectURI(p.ID), p.Version}
}

// redirectURI is where a provider sends people back: below the public address
// of the site, and of its own, so that the answer of one is not taken for
// another's.
func (s *Server) redirectURI(id string) string { return s.URL + "/providers/" + id + "/callback" }

// ProviderBody is what may change of a provider. It is exported since huma looks
// into no other embedded types.
type ProviderBody struct {
	ClientID string `json:"client_id" minLength:"1" maxLength:"255" example:"puente"`
	Label    string `json:"label" minLength:"1" maxLength:"100" example:"Cámara de Oaxaca"`
	Enabled  bool   `json:"enabled"`
}

type providerIn struct {
	LanguageInput
	Body struct {
		ProviderBody

		Organization string `json:"organization" format:"uuid" doc:"The home organisation whose people sign in by it"`
		Issuer       string `json:"issuer" minLength:"9" maxLength:"255" doc:"https, as its tokens have it, to the byte" example:"https://login.example.org"`
		ClientSecret string `json:"client_secret" minLength:"1" maxLength:"1024"`
	}
}

func (s *Server) createProvider(ctx context.Context, in *providerIn) (*created[Provider], error) {
	b := &in.Body
	if !s.oidc.CheckIssuer(b.Issuer) {
		return nil, &Error{Code: CodeInvalid, Fields: []Field{{"/body/issuer", "oidc.bad_issuer", nil}}}
	}
	p := &models.Provider{OrganizationID: b.Organization, Issuer: b.Issuer}
	p.NewID(s.Store)
	if err := s.fill(p, &b.ProviderBody, b.ClientSecret); err != nil {
		return nil, err
	}
	if err := s.Store.CreateProvider(ctx, actorOf(ctx).by(), p); err != nil {
		return nil, err
	}
	return &created[Provider]{Location: "/api/v1/providers/" + p.ID, ETag: etag(p.Version), Body: s.providerOf(p)}, nil
}

// fill puts what may change into a provider; its secret only if one is given.
func (s *Server) fill(p *models.Provider, b *ProviderBody, secret string) (err error) {
	p.ClientID, p.Label, p.Enabled = b.ClientID, strings.TrimSpace(b.Label), b.Enabled
	if secret != "" {
		p.ClientSecret, err = s.secrets.providers.Seal(p.SecretPlace(), []byte(secret))
	}
	return err
}

func (s *Server) providers(ctx context.Context, in *listIn) (*list[Provider], error) {
	read := func(p models.Part) ([]models.Provider, error) { return s.Store.ProvidersPart(ctx, p) }
	return pageOf(ctx, s, in.PageInput, read, func(p *models.Provider) string { return p.ID }, always(s.providerOf))
}

func (s *Server) getProvider(ctx context.Context, in *IDInput) (*read[Provider], error) {
	p, err := s.Store.Provider(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &read[Provider]{etag(p.Version), s.providerOf(p)}, nil
}

type updateProviderIn struct {
	IDInput
	MatchInput
	Body struct {
		ProviderBody

		ClientSecret string `json:"client_secret,omitempty" minLength:"1" maxLength:"1024"`
	}
}

func (s *Server) updateProvider(ctx context.Context, in *updateProviderIn) (*read[Provider], error) {
	p, err := s.Store.Provider(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.unchanged(p.Version); err != nil {
		return nil, err
	}
	if err := s.fill(p, &in.Body.ProviderBody, in.Body.ClientSecret); err != nil {
		return nil, err
	}
	if err := s.Store.UpdateProvider(ctx, actorOf(ctx).by(), p); err != nil {
		return nil, err
	}
	return &read[Provider]{etag(p.Version), s.providerOf(p)}, nil
}

type deleteProviderIn struct {
	IDInput
	MatchInput
}

func (s *Server) deleteProvider(ctx context.Context, in *deleteProviderIn) (*struct{}, error) {
	p, err := s.Store.Provider(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.unchanged(p.Version); err != nil {
		return nil, err
	}
	return nil, s.Store.DeleteProvider(ctx, actorOf(ctx).by(), p.ID, p.Version)
}

// relying is a provider as the client of providers has it.
func (s *Server) relying(p *models.Provider) (*jobs.OIDCProvider, error) {
	secret, err := s.secrets.providers.Open(p.SecretPlace(), p.ClientSecret)
	if err != nil {
		return nil, err
	}
	return &jobs.OIDCProvider{Issuer: p.Issuer, ClientID: p.ClientID, ClientSecret: string(secret), Redirect: s.redirectURI(p.ID)}, nil
}

package api

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"puente/models"
)

var (
	createOrganization = huma.Operation{
		OperationID: "create-organization", Method: http.MethodPost, Path: "/api/v1/organizations", Tags: []string{"organizations"},
		DefaultStatus: http.StatusCreated, Summary: "Make a home organisation", Errors: []int{http.StatusConflict},
		Description: "No two of a country have the same name.",
	}
	listOrganizations = huma.Operation{
		OperationID: "list-organizations", Method: http.MethodGet, Path: "/api/v1/organizations", Tags: []string{"organizations"},
		Summary: "The home organisations that people can choose, the oldest first",
	}
	getOrganization = huma.Operation{
		OperationID: "get-organization", Method: http.MethodGet, Path: "/api/v1/organizations/{id}", Tags: []string{"organizations"},
		Summary: "One home organisation",
	}
	updateOrganization = huma.Operation{
		OperationID: "update-organization", Method: http.MethodPut, Path: "/api/v1/organizations/{id}", Tags: []string{"organizations"},
		Summary:     "Change what a home organisation is called, and what it is",
		Description: "Without `kind` that stays. No two of a country have the same name.",
		Errors:      []int{http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired},
	}
	updateHome = huma.Operation{
		OperationID: "update-home-organization", Method: http.MethodPut, Path: "/api/v1/profiles/{id}/organization", Tags: []string{"profiles"},
		Summary: "Choose the home organisation of a profile, or none",
		Description: "Its reviewers then see the profile and may approve it. " +
			"What people write as their organisation is another thing, which keeps colleagues from being paired.",
		Errors: []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired},
	}
)

// Organization is a home organisation.
type Organization struct {
	ID      string   `json:"id" format:"uuid"`
	Name    string   `json:"name"`
	Country string   `json:"country" enum:"US,CA,MX"`
	Kind    homeKind `json:"kind"`
	Version int      `json:"version"`
}

// homeKind is what a home organisation is.
type homeKind string

// Schema names the kinds.
func (homeKind) Schema(huma.Registry) *huma.Schema {
	return enumOf(models.Vocabularies().OrganizationKinds, "What it is; organization_kinds of list-vocabularies has the words")
}

func organizationOf(o *models.Organization) Organization {
	return Organization{o.ID, o.Name, o.Country, homeKind(o.Kind), o.Version}
}

// organizationBody is what is said of an organisation.
type organizationBody struct {
	Name    string   `json:"name" minLength:"1" maxLength:"200"`
	Country string   `json:"country" enum:"US,CA,MX"`
	Kind    homeKind `json:"kind,omitempty"`
}

type organizationIn struct {
	LanguageInput
	Body organizationBody
}

func (s *Server) createOrganization(ctx context.Context, in *organizationIn) (*created[Organization], error) {
	o := &models.Organization{Name: strings.TrimSpace(in.Body.Name), Country: in.Body.Country, Kind: string(in.Body.Kind)}
	if err := s.Store.CreateOrganization(ctx, actorOf(ctx).by(), o); err != nil {
		return nil, sameName(err)
	}
	return &created[Organization]{Location: "/api/v1/organizations/" + o.ID, ETag: etag(o.Version), Body: organizationOf(o)}, nil
}

// sameName says that another organisation of the country has the name.
func sameName(err error) error {
	if models.CodeOf(err) != models.CodeConflict {
		return err
	}
	return &Error{Code: CodeConflict, Fields: []Field{{"/body/name", "admin.organization_taken", nil}}, Err: err}
}

// organizationsIn asks for a part of the organisations.
type organizationsIn struct {
	LanguageInput
	PageInput
	Kind homeKind `query:"kind" doc:"Only those of a kind"`
}

func (s *Server) organizations(ctx context.Context, in *organizationsIn) (*list[Organization], error) {
	read := func(p models.Part) ([]models.Organization, error) {
		return s.Store.OrganizationsPart(ctx, string(in.Kind), p)
	}
	return pageOf(ctx, s, in.PageInput, read, func(o *models.Organization) string { return o.ID }, always(organizationOf))
}

func (s *Server) getOrganization(ctx context.Context, in *IDInput) (*read[Organization], error) {
	o, err := s.Store.Organization(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &read[Organization]{etag(o.Version), organizationOf(o)}, nil
}

type updateOrganizationIn struct {
	IDInput
	MatchInput
	Body organizationBody
}

func (s *Server) updateOrganization(ctx context.Context, in *updateOrganizationIn) (*read[Organization], error) {
	o, err := s.Store.Organization(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.unchanged(o.Version); err != nil {
		return nil, err
	}
	o.Name, o.Country, o.Kind = strings.TrimSpace(in.Body.Name), in.Body.Country, cmp.Or(string(in.Body.Kind), o.Kind)
	if err := s.Store.UpdateOrganization(ctx, actorOf(ctx).by(), o); err != nil {
		return nil, sameName(err)
	}
	return &read[Organization]{etag(o.Version), organizationOf(o)}, nil
}

type homeIn struct {
	IDInput
	MatchInput
	Body struct {
		Organization string `json:"organization,omitempty" format:"uuid" doc:"None when not given"`
	}
}

func (s *Server) updateHome(ctx context.Context, in *homeIn) (*read[Profile], error) {
	row, err := s.Store.Profile(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.unchanged(row.Version); err != nil {
		return nil, err
	}
	var home *string
	if in.Body.Organization != "" {
		home = &in.Body.Organization
	}
	if err := s.Store.SetHome(ctx, actorOf(ctx).by(), row, home); err != nil {
		return nil, err
	}
	return &read[Profile]{etag(row.Version), profileOf(row)}, nil
}

package api

import (
	_ "embed"
	"encoding/json"
	"sync"

	"puente/models"
)

// What the examples of the document are about. TestExamples puts what is there
// in the place of these, sends every example, and puts these into the answers.
const (
	exampleProgramme    = "01a2249e-61a3-78f1-a324-75b81158cf01"
	exampleOrganization = "01a2249e-61a3-78f1-a324-75b81158cf02"
	exampleAccount      = "01a2249e-61a3-78f1-a324-75b81158cf03"
	exampleRun          = "01a2249e-61a3-78f1-a324-75b81158cf04"
	exampleMentee       = "E-7Q2MXA4B"
	exampleMentor       = "M-2KD93PQX"
	exampleToken        = "VYQ3JXK7ZC2M5TNB4RWA6DHEPS" //nolint:gosec // it opens nothing
	exampleRefresh      = "pnr_2QW7M4ZK6TJ5VHYBX3CDNAPRLE"
	exampleAgreed       = "1 embeddings.example.org"
	exampleEmail        = "lucia@example.org"
	examplePassword     = "a bridge over the river" //nolint:gosec // nobody has it
)

// exampleRequests are the bodies of requests, by operation, whose members fit
// together in a way that schemas do not say. Those of other operations are made
// from their schemas.
var exampleRequests = map[string]any{
	"create-grant": func() any {
		var in grantIn
		in.Body.Account, in.Body.GrantedRole = exampleAccount, GrantedRole{Role: models.GrantReviewer, Organization: exampleOrganization}
		return in.Body
	}(),
	"create-staff": func() any {
		var in staffIn
		in.Body.Role, in.Body.Email, in.Body.Lang = models.AccountStaff, "rosa@example.org", "es"
		in.Body.Grants = []GrantedRole{
			{Role: models.GrantManager, Programme: exampleProgramme}, {Role: models.GrantReviewer, Organization: exampleOrganization},
		}
		return in.Body
	}(),
	"create-profile": func() any {
		var in profileIn
		in.Body.Programme, in.Body.Role, in.Body.Person = exampleProgramme, "mentee", examplePerson
		return in.Body
	}(),
	"update-profile": func() any {
		var in updateIn
		in.Body.Person = examplePerson
		return in.Body
	}(),
	"create-provider": func() any {
		var in providerIn
		in.Body.ProviderBody = ProviderBody{ClientID: "puente", Label: "Cámara de Oaxaca", Enabled: true}
		in.Body.Organization, in.Body.Issuer, in.Body.ClientSecret = exampleOrganization, "https://login.example.com", "a secret of the provider"
		return in.Body
	}(),
	"create-programme": func() any {
		var in programmeIn
		in.Body.Name, in.Body.Locale, in.Body.Demographics, in.Body.Countries = "Puente Norte", "es", models.DemographicsAuditOnly, []country{"US", "MX"}
		in.Body.Settings = map[string]any{"candidates": 40}
		return in.Body
	}(),
	"update-programme": func() any {
		var in updateProgrammeIn
		in.Body.Settings = map[string]any{"candidates": 40, "weights": map[string]any{"needs": 400}}
		return in.Body
	}(),
	"preview-programme": func() any {
		var in previewIn
		in.Body.Settings, in.Body.Top, in.Body.Limit = map[string]any{"weights": map[string]any{"needs": 400}}, 5, 100
		return in.Body
	}(),
	"create-round": func() any {
		var in roundIn
		in.Body.Programme, in.Body.Name, in.Body.Seed, in.Body.Start = exampleProgramme, "Spring 2027", 7, "2027-01-04"
		in.Body.Settings = map[string]any{"method": "optimal"}
		return in.Body
	}(),
	"order-wishes": func() any {
		var in wishesIn
		in.Body.Wishes = []string{exampleMentor}
		return in.Body
	}(),
	"update-home-organization": map[string]string{"organization": exampleOrganization},
	"publish-round":            map[string]string{"run": exampleRun},
	"create-run": map[string]any{
		"label": "As before where that costs nothing", "method": "optimal", "settings": map[string]any{"candidates": 40},
		"keep": exampleRun, "keep_points": 500, "time_limit": 60,
	},
}

// examplePerson is a profile of an entrepreneur: nothing is asked of it that is
// asked of mentors.
var examplePerson = Person{
	Name: "Conservas Lucía", Country: "MX", Region: "MX-OAX", TimeZone: "America/Mexico_City",
	Languages: []LanguageLevel{{"es", "native"}, {"en", "B1"}}, Sectors: []Item{"311421"}, Targets: []Item{"US-TX"},
	Needs: []Need{{"rules_of_origin", 1}, {"customs_clearance", 2}}, Stage: "exploring", Slots: []Slot{{"Mon", "09:00", "12:00"}, {"Thu", "16:00", "18:00"}},
	MinOverlap: 60, Cadence: "monthly", Format: []Item{"video"}, Organization: "Grupo Lucía", Conflicts: []Item{"M-4TQ7ZCWB"},
}

//go:embed examples.json
var recordedExamples []byte

// recorded are examples that a server gave, by operation: of each answer by its
// status, and under "request" of a body that only a server can write.
// go test ./api -run TestExamples -examples writes them anew.
var recorded = sync.OnceValue(func() map[string]map[string]any {
	var all map[string]map[string]any
	if err := json.Unmarshal(recordedExamples, &all); err != nil {
		panic(err) // the file is part of the program
	}
	return all
})

// exampleRequest is the body of an operation, nil if its schema says enough.
func exampleRequest(operation string) any {
	if body, is := exampleRequests[operation]; is {
		return body
	}
	return recorded()[operation]["request"]
}

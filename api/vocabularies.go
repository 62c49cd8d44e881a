package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"puente/models"
)

var listVocabularies = huma.Operation{
	OperationID: "list-vocabularies", Method: http.MethodGet, Path: "/api/v1/vocabularies", Tags: []string{"vocabularies"},
	Summary: "The words that profiles, files and the engine share",
	Description: "Every list with its ids and their titles in the language of Accept-Language. Ids never change. " +
		"The answer changes only with the version; If-None-Match gives 304 until then.",
}

type vocabulariesOut struct {
	ETag         string `header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Language     string `header:"Content-Language"`
	Vary         string `header:"Vary"`
	Body         *Vocabularies
}

// Vocabularies are the lists in one language.
type Vocabularies struct {
	Version        int      `json:"version" minimum:"1" doc:"Grows with every change of any list"`
	Language       string   `json:"language" enum:"en,es,fr" doc:"Language of the titles"`
	Countries      []Term   `json:"countries" nullable:"false"`
	Regions        []Term   `json:"regions" nullable:"false" doc:"ISO 3166-2; parent is the country"`
	Sectors        []Term   `json:"sectors" nullable:"false" doc:"The 20 industry sectors by the key that the three countries share"`
	Subsectors     []Term   `json:"subsectors" nullable:"false" doc:"Three-digit industry codes; parent is the sector"`
	Groups         []Term   `json:"groups" nullable:"false" doc:"Four-digit industry codes that mean the same in all three countries; parent is the subsector"`
	Areas          []Term   `json:"areas" nullable:"false"`
	Topics         []Term   `json:"topics" nullable:"false" doc:"What mentees need and mentors know; parent is the area"`
	Initiatives    []Term   `json:"initiatives" nullable:"false"`
	Languages      []Term   `json:"languages" nullable:"false" doc:"BCP 47 tags"`
	Levels         []Term   `json:"levels" nullable:"false" doc:"Levels of a language, lowest first"`
	Stages         []Term   `json:"stages" nullable:"false" doc:"Stages of exporting, first one first"`
	Cadences       []Term   `json:"cadences" nullable:"false"`
	Formats        []Term   `json:"formats" nullable:"false"`
	Days           []Term   `json:"days" nullable:"false"`
	Certifications []Term   `json:"certifications" nullable:"false" doc:"Of businesses; parent is the country"`
	Indicators     []Term   `json:"indicators" nullable:"false" doc:"Outcomes that programmes report; parent is the unit"`
	HomeKinds      []Term   `json:"organization_kinds" nullable:"false" doc:"What home organisations are"`
	Zones          []string `json:"zones" nullable:"false" doc:"IANA time zones in use in the regions"`
}

// Term is one entry of a list.
type Term struct {
	ID     string `json:"id" example:"MX-OAX"`
	Title  string `json:"title" example:"Oaxaca"`
	Parent string `json:"parent,omitempty" doc:"Id in the list above this one" example:"MX"`
}

// vocabularies sends the lists in the reader's language.
func (*Server) vocabularies(ctx context.Context, _ *LanguageInput) (*vocabulariesOut, error) {
	lang, v := requestOf(ctx).lang, models.Vocabularies()
	return &vocabulariesOut{
		ETag:         fmt.Sprintf(`"vocabularies-%d-%s"`, v.Version, lang),
		CacheControl: "public, max-age=3600", Language: lang, Vary: "Accept-Language",
		Body: translated(v, lang),
	}, nil
}

// translated writes the lists in one of the three languages.
func translated(v *models.Vocabulary, lang string) *Vocabularies {
	plain := func(t models.Term) Term { return Term{t.ID, t.Title.In(lang), ""} }
	under := func(t models.Term, parent string) Term { return Term{t.ID, t.Title.In(lang), parent} }
	out := &Vocabularies{
		Version: v.Version, Language: lang,
		Countries: termsOf(v.Countries, plain), Areas: termsOf(v.Areas, plain), Initiatives: termsOf(v.Initiatives, plain),
		Levels: termsOf(v.Levels, plain), Stages: termsOf(v.Stages, plain), Cadences: termsOf(v.Cadences, plain),
		Formats: termsOf(v.Formats, plain), Days: termsOf(v.Days, plain),
		Regions:        termsOf(v.Regions, func(r models.Region) Term { return under(r.Term, r.Country) }),
		Sectors:        termsOf(v.Sectors, func(s models.Sector) Term { return plain(s.Term) }),
		Subsectors:     termsOf(v.Subsectors, func(s models.Subsector) Term { return under(s.Term, v.Sectors[s.Sector-1].ID) }),
		Groups:         termsOf(v.Groups, func(g models.Group) Term { return under(g.Term, fmt.Sprint(g.Subsector)) }),
		Topics:         termsOf(v.Topics, func(t models.Topic) Term { return under(t.Term, t.Area) }),
		Languages:      termsOf(v.Languages, func(l models.Language) Term { return plain(l.Term) }),
		Certifications: termsOf(v.Certifications, func(c models.Certification) Term { return under(c.Term, c.Country) }),
		Indicators:     termsOf(v.Indicators, func(i models.Indicator) Term { return under(i.Term, i.Unit) }),
		HomeKinds:      termsOf(v.OrganizationKinds, plain),
		Zones:          []string{},
	}
	seen := map[string]bool{}
	for _, r := range v.Regions {
		for _, zone := range r.Zones {
			if !seen[zone] {
				seen[zone] = true
				out.Zones = append(out.Zones, zone)
			}
		}
	}
	return out
}

// termsOf makes terms of the entries of a vocabulary, in their order.
func termsOf[T any](entries []T, term func(T) Term) []Term {
	out := make([]Term, len(entries))
	for i, e := range entries {
		out[i] = term(e)
	}
	return out
}

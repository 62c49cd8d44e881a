package models

import (
	"errors"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// Countries are those that a programme serves: one or more of US, CA and MX, each once, in the order of the vocabulary,
// with commas between them.
type Countries string

// CountriesOf makes countries of codes in any order. One that is unknown, or none at all, is invalid.
func CountriesOf(codes []string) (Countries, error) {
	var out []string
	for _, c := range Vocabularies().Countries {
		if slices.Contains(codes, c.ID) {
			out = append(out, c.ID)
		}
	}
	unknown := func(code string) bool { return !slices.Contains(out, code) }
	if len(out) == 0 || slices.ContainsFunc(codes, unknown) {
		return "", invalid("countries", "store.bad_countries")
	}
	return Countries(strings.Join(out, ",")), nil
}

// List gives the codes, in the order of the vocabulary.
func (c Countries) List() []string { return strings.Split(string(c), ",") }

// Serve says whether a country is one of them. Who has not said one, which no submitted profile lacks, is not refused for
// it.
func (c Countries) Serve(country string) bool {
	return country == "" || slices.Contains(c.List(), country)
}

func checkCountries(c Countries) error {
	same, err := CountriesOf(c.List())
	if err == nil && same != c {
		err = invalid("countries", "store.bad_countries")
	}
	return err
}

// everywhere are all three countries, which programmes serve unless they say otherwise.
const everywhere Countries = "US,CA,MX"

// entering refuses people whom their programmes do not serve. Nobody comes in from a country that is not served: past the
// draft neither a new profile nor one that moves there. Who is in stays, also if the programme serves fewer countries
// than before.
func (*Store) entering(g *gorm.DB, people []*ProfileRow) error {
	serve := map[string]Countries{}
	for _, p := range people {
		if p.State == ProfileDraft || p.State == ProfileMoreInfo {
			continue
		}
		countries, err := countriesOf(g, serve, p.ProgrammeID)
		if err != nil {
			return err
		}
		if countries.Serve(p.Profile.Country) {
			continue
		}
		var before []string
		if err := g.Model(&ProfileRow{}).Where("id = ?", p.UID).Pluck("country", &before).Error; err != nil {
			return err
		}
		if !slices.Contains(before, p.Profile.Country) {
			return outside(p, countries)
		}
	}
	return nil
}

// mayEnter refuses to submit or approve somebody whom the programme does not serve.
func (*Store) mayEnter(g *gorm.DB, p *ProfileRow) error {
	countries, err := countriesOf(g, map[string]Countries{}, p.ProgrammeID)
	if err == nil && !countries.Serve(p.Profile.Country) {
		err = outside(p, countries)
	}
	return err
}

// countriesOf reads the countries of a programme, once. One that is not there serves everybody: the profile is refused
// for that.
func countriesOf(g *gorm.DB, known map[string]Countries, id string) (Countries, error) {
	if c, ok := known[id]; ok {
		return c, nil
	}
	var p Programme
	err := g.Select("countries").Where("id = ?", id).First(&p).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		p.Countries, err = everywhere, nil
	}
	known[id] = p.Countries
	return p.Countries, err
}

// outside names the countries that a programme serves to somebody of another one.
func outside(p *ProfileRow, countries Countries) error {
	return &Error{Code: CodeInvalid, Field: "country", Key: "store.country", Args: map[string]any{"ID": p.Profile.ID, "Countries": countries.List()}}
}

// inside are the states of people who were sent to a programme, or are in it.
var inside = []ProfileState{ProfileSubmitted, ProfileMoreInfo, ProfileApproved, ProfileWaiting, ProfilePaused, ProfileFrozen}

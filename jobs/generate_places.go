package jobs

import (
	"slices"
	"strings"

	"puente/models"
)

// countryShares is where synthetic people live.
var countryShares = []choice[string]{{"US", 40}, {"CA", 28}, {"MX", 32}}

// regionShares is where firms that trade abroad are, by country.
var regionShares = map[string][]choice[string]{
	"US": {
		{"US-CA", 13},
		{"US-TX", 13},
		{"US-NY", 8},
		{"US-FL", 8},
		{"US-MD", 6},
		{"US-IL", 6},
		{"US-MI", 5},
		{"US-AZ", 5},
		{"US-WA", 4},
		{"US-GA", 4},
		{"US-NC", 3},
		{"US-OH", 3},
		{"US-PA", 3},
		{"US-NJ", 3},
		{"US-VA", 3},
		{"US-NM", 3},
		{"US-MA", 2},
		{"US-MN", 2},
		{"US-CO", 2},
		{"US-OK", 1},
		{"US-SD", 1},
		{"US-ME", 1},
		{"US-AK", 1},
		{"US-PR", 1},
	},
	"CA": {
		{"CA-ON", 36},
		{"CA-QC", 27},
		{"CA-BC", 13},
		{"CA-AB", 8},
		{"CA-MB", 4},
		{"CA-SK", 3},
		{"CA-NS", 3},
		{"CA-NB", 2},
		{"CA-NL", 1},
		{"CA-PE", 1},
		{"CA-YT", 1},
		{"CA-NT", 1},
		{"CA-NU", 1},
	},
	"MX": {
		{"MX-CMX", 13},
		{"MX-NLE", 12},
		{"MX-JAL", 11},
		{"MX-MEX", 7},
		{"MX-GUA", 7},
		{"MX-PUE", 6},
		{"MX-QUE", 6},
		{"MX-OAX", 6},
		{"MX-CHH", 5},
		{"MX-BCN", 6},
		{"MX-YUC", 4},
		{"MX-MIC", 4},
		{"MX-SON", 3},
		{"MX-VER", 3},
		{"MX-CHP", 3},
		{"MX-SIN", 2},
		{"MX-COA", 2},
		{"MX-AGU", 1},
		{"MX-HID", 1},
		{"MX-ROO", 1},
		{"MX-TAM", 1},
		{"MX-BCS", 1},
	},
}

// exportShares is where firms of a country want to sell and what they know.
var exportShares = map[string][]choice[string]{
	"US": {{"CA", 50}, {"MX", 50}},
	"CA": {{"US", 72}, {"MX", 28}},
	"MX": {{"US", 72}, {"CA", 28}},
}

func fillCountry(d dice, w *population, p *models.Profile) { p.Country = pick(d, w.countries) }

func fillRegion(d dice, _ *population, p *models.Profile) {
	p.Region = pick(d, regionShares[p.Country])
}

// fillZone gives the main zone of the region, sometimes another zone in use
// there. Without a region the zone is that of a region of the country.
func fillZone(d dice, _ *population, p *models.Profile) {
	v := models.Vocabularies()
	id := p.Region
	if id == "" {
		id = pick(d, regionShares[p.Country])
	}
	region := v.Regions[v.Region(id)-1]
	if p.TimeZone = region.Zone; d.chance(10) {
		p.TimeZone = pick(d, evenly(region.Zones...))
	}
}

// abroad draws one or two of the other countries.
func abroad(d dice, country string, both int) []string {
	n := 1
	if d.chance(both) {
		n = 2
	}
	return pickSome(d, exportShares[country], n)
}

// fillTargets draws where a mentee wants to sell: abroad, now and then at home
// too, for one in four a region and not the whole country.
func fillTargets(d dice, _ *population, p *models.Profile) {
	p.Targets = nil
	for _, country := range abroad(d, p.Country, 25) {
		place := country
		if d.chance(25) {
			place = pick(d, regionShares[country])
		}
		p.Targets = append(p.Targets, place)
	}
	if d.chance(4) {
		p.Targets = append(p.Targets, p.Country)
	}
}

// fillMarkets draws the markets that a mentor knows: most their own, and at
// least one abroad, some down to a region.
func fillMarkets(d dice, _ *population, p *models.Profile) {
	p.Markets = nil
	know := func(country string, levels []choice[int]) {
		p.Markets = append(p.Markets, models.Market{Place: country, Level: pick(d, levels)})
		if d.chance(25) {
			p.Markets = append(p.Markets, models.Market{Place: pick(d, regionShares[country]), Level: pick(d, levels)})
		}
	}
	if d.chance(75) {
		know(p.Country, []choice[int]{{2, 35}, {3, 65}})
	}
	for _, country := range abroad(d, p.Country, 40) {
		know(country, []choice[int]{{1, 30}, {2, 42}, {3, 28}})
	}
}

// countriesOf lists the countries of places, each once, in their order.
func countriesOf(places []string) (countries []string) {
	for _, place := range places {
		country, _, _ := strings.Cut(place, "-")
		if !slices.Contains(countries, country) {
			countries = append(countries, country)
		}
	}
	return countries
}

// marketCountries are the countries that a mentor knows.
func marketCountries(p *models.Profile) []string {
	var places []string
	for _, m := range p.Markets {
		places = append(places, m.Place)
	}
	return countriesOf(places)
}

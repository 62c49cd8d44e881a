package models

import (
	"strings"
	"time"
	_ "time/tzdata" // zones are checked against the same list on a machine without a zone database
)

func parseCountry(t *table, cell string, p *Profile) {
	p.Country = t.country(cell)
}

// country reads a country code; it gives "" after a problem.
func (t *table) country(cell string) string {
	n := t.words.Country(cell)
	if n == 0 {
		t.fail("people.unknown_country", "Value", shown(cell))
		return ""
	}
	return t.words.Countries[n-1].ID
}

// place reads a country or a region; it gives "" after a problem.
func (t *table) place(cell string) string {
	if n := t.words.Country(cell); n > 0 {
		return t.words.Countries[n-1].ID
	}
	if n := t.words.Region(cell); n > 0 {
		return t.words.Regions[n-1].ID
	}
	t.fail("people.unknown_place", "Value", shown(cell))
	return ""
}

func parseRegion(t *table, cell string, p *Profile) {
	p.Region = unusable
	n := t.words.Region(cell)
	if n == 0 {
		t.fail("people.unknown_region", "Value", shown(cell))
		return
	}
	region := &t.words.Regions[n-1]
	if p.Country != "" && region.Country != p.Country {
		t.fail("people.foreign_region", "Value", shown(cell), "Country", p.Country)
		return
	}
	p.Region = region.ID
}

// unusable stands for a region or a zone that was given but is wrong, so that its absence is not reported too. A
// row with it is never handed out.
const unusable = "?"

func parseZone(t *table, cell string, p *Profile) {
	p.TimeZone = unusable
	if !t.cache.zone(cell) {
		t.fail("people.unknown_zone", "Value", shown(cell))
		return
	}
	p.TimeZone = strings.Clone(cell)
}

// zone says whether an IANA time zone of that name exists; the answer is kept, because loading one reads a file.
func (c *valueCache) zone(name string) bool {
	known, ok := c.zones[name]
	if !ok {
		known = loadsZone(name)
		if len(c.zones) >= maxCached {
			clear(c.zones)
		}
		c.zones[strings.Clone(name)] = known
	}
	return known
}

// loadsZone takes the names of the IANA list only. "Local" is a matter of the machine, and lower-case names such as
// posix/... and localtime are there on some machines and not on others.
func loadsZone(name string) bool {
	if name == "Local" || len(name) > 64 || name == "" || name[0] < 'A' || name[0] > 'Z' {
		return false
	}
	for _, b := range []byte(name) {
		letter := b|0x20 >= 'a' && b|0x20 <= 'z'
		if !letter && (b < '0' || b > '9') && b != '_' && b != '-' && b != '+' && b != '/' {
			return false
		}
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

// finishZone gives a person without a zone the main zone of the region, and asks for one where slots need it.
func finishZone(t *table, p *Profile) {
	if p.TimeZone != "" {
		return
	}
	if n := t.words.Region(p.Region); n > 0 {
		p.TimeZone = t.words.Regions[n-1].Zone
		return
	}
	if p.Slots != nil && p.Region == "" {
		t.column = "timezone"
		t.fail("people.no_zone")
	}
}

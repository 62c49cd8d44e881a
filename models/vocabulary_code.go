package models

// Code is an industry code read against the vocabulary of one country.
//
// North American codes nest: two digits name a sector, three a subsector, four
// a group. Files carry old vintages and national codes, so a code is used as
// far as its digits are known and no further.
type Code struct {
	Raw       string // as given
	Sector    int    // sector number, 1..20
	Subsector int    // three-digit number when valid in the country, else 0
	Group     int    // four-digit number when all three countries share it, else 0
	Family    int    // number of the trade family of a wholesale or retail code, else 0
	Digits    int    // how many digits of Raw were used: 2, 3 or 4
	Adapted   bool   // fewer digits were used than Raw offers: an old vintage or an unknown code
}

// codes holds the industry codes by their number.
type codes struct {
	sector    [3][100]int       // by country and two digits: sector number
	subsector [3][1000]depth    // by country and three digits
	group     [10000]depth      // by four digits
	family    [3]map[string]int // by country and prefix: family number
}

// depth says how a code of three or four digits may be used.
type depth uint8

const (
	unknown  depth = iota
	national       // in use, but not the same industry in all three countries
	shared         // the same industry in all three countries
)

// Code reads an industry code of 2 to 6 ASCII digits by its longest prefix that
// is valid in the country. It reports false for an unknown country, anything
// that is not 2 to 6 digits, and a first pair of digits that is no sector there
// (wholesale, retail and public administration differ by country).
//
// The classes come from the first four digits; only the trade family may look
// at more. A four-digit code that a country uses by itself counts as its
// subsector and is not marked as adapted.
func (v *Vocabulary) Code(country, raw string) (Code, bool) {
	at := v.Country(country) - 1
	if at < 0 || !isCode(raw) {
		return Code{}, false
	}
	c := Code{Raw: raw, Sector: v.codes.sector[at][leading(raw, 2)], Digits: 2}
	if c.Sector == 0 {
		return Code{}, false
	}
	c.Family = v.codes.familyOf(at, raw)
	if len(raw) == 2 {
		return c, true
	}
	subsector := leading(raw, 3)
	use := v.codes.subsector[at][subsector]
	if use == unknown {
		c.Adapted = true
		return c, true
	}
	c.Subsector, c.Digits = subsector, 3
	if len(raw) == 3 || use == national {
		return c, true
	}
	group := leading(raw, 4)
	switch v.codes.group[group] {
	case shared:
		c.Group, c.Digits = group, 4
	case unknown:
		c.Adapted = true
	}
	return c, true
}

// familyOf returns the trade family with the longest listed prefix, or 0.
func (k *codes) familyOf(country int, raw string) int {
	for digits := len(raw); digits >= 3; digits-- {
		if family := k.family[country][raw[:digits]]; family != 0 {
			return family
		}
	}
	return 0
}

// isCode reports whether raw is 2 to 6 ASCII digits.
func isCode(raw string) bool {
	if len(raw) < 2 || len(raw) > 6 {
		return false
	}
	for i := range len(raw) {
		if raw[i] < '0' || raw[i] > '9' {
			return false
		}
	}
	return true
}

// leading reads the first digits of a code as a number.
func leading(raw string, digits int) int {
	n := 0
	for i := range digits {
		n = n*10 + int(raw[i]-'0')
	}
	return n
}

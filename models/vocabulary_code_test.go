package models

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCode(t *testing.T) {
	v := Vocabularies()
	for _, c := range []struct {
		name, country, raw string
		sector             string // key
		subsector, group   int
		family             string
		digits             int
		adapted            bool
	}{
		{"exact group", "US", "3119", "31-33", 311, 3119, "", 4, false},
		{"five digits", "CA", "31194", "31-33", 311, 3119, "", 4, false},
		{"six digits", "MX", "311941", "31-33", 311, 3119, "", 4, false},
		{"subsector", "MX", "311", "31-33", 311, 0, "", 3, false},
		{"sector", "US", "54", "54", 0, 0, "", 2, false},
		{"sector 31", "US", "31", "31-33", 0, 0, "", 2, false},
		{"sector 32", "CA", "32", "31-33", 0, 0, "", 2, false},
		{"sector 33", "MX", "33", "31-33", 0, 0, "", 2, false},
		{"sector 44", "US", "44", "44-46", 0, 0, "", 2, false},
		{"sector 45", "CA", "45", "44-46", 0, 0, "", 2, false},
		{"sector 48", "MX", "48", "48-49", 0, 0, "", 2, false},
		{"sector 49", "US", "49", "48-49", 0, 0, "", 2, false},
		{"unknown group of a shared subsector", "US", "31100", "31-33", 311, 0, "", 3, true},
		{"unknown subsector", "US", "310000", "31-33", 0, 0, "", 2, true},
		{"old retail 453998", "US", "453998", "44-46", 0, 0, "", 2, true},
		{"old retail 451110", "US", "451110", "44-46", 0, 0, "", 2, true},
		{"old retail 448110", "US", "448110", "44-46", 0, 0, "", 2, true},
		{"old retail 447110", "US", "447110", "44-46", 0, 0, "", 2, true},
		{"old information 511210", "US", "511210", "51", 0, 0, "", 2, true},
		{"wholesale US", "US", "42", "41-43", 0, 0, "", 2, false},
		{"wholesale CA", "CA", "41", "41-43", 0, 0, "", 2, false},
		{"wholesale MX", "MX", "43", "41-43", 0, 0, "", 2, false},
		{"wholesale US with family", "US", "424410", "41-43", 424, 0, "food_beverage", 3, false},
		{"wholesale US without family", "US", "424100", "41-43", 424, 0, "", 3, false},
		{"wholesale US subsector is too wide for a family", "US", "424", "41-43", 424, 0, "", 3, false},
		{"wholesale CA with family", "CA", "414110", "41-43", 414, 0, "textile_apparel", 3, false},
		{"wholesale MX with family", "MX", "4312", "41-43", 431, 0, "food_beverage", 3, false},
		{"wholesale MX raw material", "MX", "434111", "41-43", 434, 0, "farm_raw_industrial", 3, false},
		{"wholesale MX building material", "MX", "434211", "41-43", 434, 0, "building_materials", 3, false},
		{"retail US with family", "US", "458110", "44-46", 458, 0, "textile_apparel", 3, false},
		{"retail CA with family", "CA", "445", "44-46", 445, 0, "food_beverage", 3, false},
		{"retail MX with family", "MX", "468111", "44-46", 468, 0, "vehicles_parts", 3, false},
		{"retail MX fuel", "MX", "468411", "44-46", 468, 0, "farm_raw_industrial", 3, false},
		{"public administration US", "US", "928120", "91-93", 928, 0, "", 3, false},
		{"public administration CA", "CA", "9130", "91-93", 913, 0, "", 3, false},
		{"public administration MX", "MX", "931", "91-93", 931, 0, "", 3, false},
		{"national four digits under a national subsector", "US", "5259", "52", 525, 0, "", 3, false},
		{"national four digits under a shared subsector", "US", "562111", "56", 562, 0, "", 3, false},
		{"national four digits beside a shared group", "US", "517111", "51", 517, 0, "", 3, false},
		{"shared group beside national ones", "US", "517410", "51", 517, 5174, "", 4, false},
		{"same number, other subsector list", "CA", "526", "52", 526, 0, "", 3, false},
		{"not in use in this country", "CA", "525", "52", 0, 0, "", 2, true},
		{"unclassified", "US", "999990", "", 0, 0, "", 0, false},
		{"Mexican code of a US firm", "US", "461110", "", 0, 0, "", 0, false},
		{"US code of a Mexican firm", "MX", "445110", "", 0, 0, "", 0, false},
		{"US wholesale of a Canadian firm", "CA", "424410", "", 0, 0, "", 0, false},
		{"US administration of a Canadian firm", "CA", "92", "", 0, 0, "", 0, false},
		{"sector key", "US", "31-33", "", 0, 0, "", 0, false},
		{"letters", "US", "31A", "", 0, 0, "", 0, false},
		{"junk", "US", "n/a", "", 0, 0, "", 0, false},
		{"sign", "US", "+311", "", 0, 0, "", 0, false},
		{"space", "US", "311 ", "", 0, 0, "", 0, false},
		{"decimal", "US", "311.0", "", 0, 0, "", 0, false},
		{"Arabic digits", "US", "٣١١", "", 0, 0, "", 0, false},
		{"full-width digits", "US", "３１", "", 0, 0, "", 0, false},
		{"empty", "US", "", "", 0, 0, "", 0, false},
		{"one digit", "US", "3", "", 0, 0, "", 0, false},
		{"seven digits", "US", "3119410", "", 0, 0, "", 0, false},
		{"zeros", "US", "00", "", 0, 0, "", 0, false},
		{"no country", "", "3119", "", 0, 0, "", 0, false},
		{"unknown country", "GT", "3119", "", 0, 0, "", 0, false},
		{"country in small letters", "us", "3119", "", 0, 0, "", 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := Code{
				Raw: c.raw, Sector: v.Sector(c.sector), Subsector: c.subsector, Group: c.group,
				Family: v.Family(c.family), Digits: c.digits, Adapted: c.adapted,
			}
			if c.sector == "" {
				want = Code{}
			}
			got, ok := v.Code(c.country, c.raw)
			if got != want || ok != (c.sector != "") {
				t.Errorf("got  %+v %v\nwant %+v", got, ok, want)
			}
		})
	}
}

// Every code of the tables is found by itself in every country that uses it.
func TestCodeOfTables(t *testing.T) {
	v := Vocabularies()
	for at, country := range v.Countries {
		for i, s := range v.Sectors {
			for _, id := range s.Prefixes[at] {
				if c, ok := v.Code(country.ID, id); !ok || c.Sector != i+1 || c.Adapted {
					t.Errorf("%s sector %s: %+v %v", country.ID, id, c, ok)
				}
			}
		}
		for _, s := range v.Subsectors {
			c, ok := v.Code(country.ID, s.ID)
			used := slices.Contains(s.Countries, country.ID)
			if found := ok && c.Subsector == s.Number && c.Sector == s.Sector && !c.Adapted; found != used {
				t.Errorf("%s subsector %s: %+v %v", country.ID, s.ID, c, ok)
			}
			for _, id := range s.National {
				if c, ok := v.Code(country.ID, id); !ok || c.Subsector != s.Number || c.Group != 0 || c.Adapted {
					t.Errorf("%s national group %s: %+v %v", country.ID, id, c, ok)
				}
			}
		}
		for _, g := range v.Groups {
			c, ok := v.Code(country.ID, g.ID)
			if !ok || c.Group != g.Number || c.Subsector != g.Subsector || c.Sector != g.Sector || c.Digits != 4 || c.Family != 0 {
				t.Errorf("%s group %s: %+v %v", country.ID, g.ID, c, ok)
			}
		}
		for i, f := range v.Families {
			for _, id := range f.Prefixes[at] {
				if c, ok := v.Code(country.ID, id); !ok || c.Family != i+1 || c.Subsector == 0 {
					t.Errorf("%s family code %s: %+v %v", country.ID, id, c, ok)
				}
			}
		}
	}
}

// FuzzCode checks that any text is read without a panic and that what is found
// is a prefix of it.
func FuzzCode(f *testing.F) {
	for _, raw := range []string{"", "3", "31", "311", "3119", "311941", "3119410", "453998", "434211", "31A", "٣١", "-1", "99"} {
		for _, country := range []string{"US", "CA", "MX", "GT"} {
			f.Add(country, raw)
		}
	}
	v := Vocabularies()
	f.Fuzz(func(t *testing.T, country, raw string) {
		c, ok := v.Code(country, raw)
		if !ok {
			if c != (Code{}) {
				t.Fatalf("%q %q: %+v without a code", country, raw, c)
			}
			return
		}
		if c.Raw != raw || c.Digits < 2 || c.Digits > min(4, len(raw)) {
			t.Fatalf("%q %q: %+v", country, raw, c)
		}
		sector := v.Sectors[c.Sector-1].Prefixes[v.Country(country)-1]
		if !slices.Contains(sector, raw[:2]) {
			t.Fatalf("%q %q: sector codes %v", country, raw, sector)
		}
		for digits, n := range map[int]int{3: c.Subsector, 4: c.Group} {
			if (n != 0) != (c.Digits >= digits) || n != 0 && !strings.HasPrefix(raw, fmt.Sprint(n)) {
				t.Fatalf("%q %q: %+v", country, raw, c)
			}
		}
		if c.Adapted && len(raw) <= c.Digits {
			t.Fatalf("%q %q: adapted, but every digit is used: %+v", country, raw, c)
		}
	})
}

func BenchmarkCode(b *testing.B) {
	v := Vocabularies()
	for _, raw := range []string{"311941", "453998", "434211"} {
		b.Run(raw, func(b *testing.B) {
			for b.Loop() {
				v.Code("MX", raw)
			}
		})
	}
}

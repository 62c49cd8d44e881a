package models

import "testing"

func TestLookUps(t *testing.T) {
	v := Vocabularies()
	for _, c := range []struct {
		name string
		find func(string) int
		id   string
		want int
	}{
		{"country", v.Country, "MX", 3},
		{"country in small letters", v.Country, "mx", 0},
		{"country by three letters", v.Country, "USA", 0},
		{"region", v.Region, "US-AK", 1},
		{"last region", v.Region, "MX-ZAC", 101},
		{"region without country", v.Region, "OAX", 0},
		{"region of elsewhere", v.Region, "GT-GU", 0},
		{"sector", v.Sector, "31-33", 5},
		{"sector by one of its codes", v.Sector, "31", 0},
		{"family", v.Family, "food_beverage", 1},
		{"family unknown", v.Family, "food", 0},
		{"topic", v.Topic, "rules_of_origin", 7},
		{"topic by full id", v.Topic, "origin.rules_of_origin", 7},
		{"topic in the wrong area", v.Topic, "export.rules_of_origin", 0},
		{"topic area alone", v.Topic, "origin", 0},
		{"language", v.Language, "es", 2},
		{"language of three letters", v.Language, "nah", 4},
		{"language with region", v.Language, "es-MX", 0},
		{"level", v.Level, "B2", 4},
		{"level native", v.Level, "native", 7},
		{"level in small letters", v.Level, "b2", 0},
		{"stage", v.Stage, "first_sale", 3},
		{"stage unknown", v.Stage, "first", 0},
		{"cadence", v.Cadence, "monthly", 3},
		{"cadence unknown", v.Cadence, "daily", 0},
		{"format", v.Format, "in_person", 4},
		{"format unknown", v.Format, "email", 0},
		{"day", v.Day, "Sun", 7},
		{"day spelled out", v.Day, "Sunday", 0},
		{"day in Spanish", v.Day, "Lun", 0},
		{"empty topic", v.Topic, "", 0},
		{"empty region", v.Region, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.find(c.id); got != c.want {
				t.Errorf("%q is %d, want %d", c.id, got, c.want)
			}
		})
	}
}

// Every id leads back to its own place.
func TestLookUpsOfLists(t *testing.T) {
	v := Vocabularies()
	finds := map[string]func(string) int{
		"countries": v.Country, "regions": v.Region, "sectors": v.Sector, "families": v.Family,
		"topics": v.Topic, "languages": v.Language, "levels": v.Level, "stages": v.Stage,
		"cadences": v.Cadence, "formats": v.Format, "days": v.Day,
		"organization kinds": v.OrganizationKind,
	}
	lists := terms(v)
	for name, find := range finds {
		for i, term := range lists[name] {
			if got := find(term.ID); got != i+1 {
				t.Errorf("%s: %s is %d, want %d", name, term.ID, got, i+1)
			}
		}
	}
	for i, topic := range v.Topics {
		if got := v.Topic(topic.Full); got != i+1 {
			t.Errorf("topic %s is %d, want %d", topic.Full, got, i+1)
		}
	}
}

func TestTitleIn(t *testing.T) {
	title := Title{EN: "en", ES: "es", FR: "fr"}
	for lang, want := range map[string]string{"en": "en", "es": "es", "fr": "fr", "": "en", "de": "en", "ES": "en"} {
		if got := title.In(lang); got != want {
			t.Errorf("In(%q) = %q, want %q", lang, got, want)
		}
	}
}

func TestTermValidOn(t *testing.T) {
	for _, c := range []struct {
		name, from, to, date string
		want                 bool
	}{
		{"open", "", "", "2027-01-04", true},
		{"first day", "2022-01-01", "", "2022-01-01", true},
		{"before", "2022-01-01", "", "2021-12-31", false},
		{"last day", "", "2025-12-31", "2025-12-31", true},
		{"after", "", "2025-12-31", "2026-01-01", false},
		{"within", "2022-01-01", "2025-12-31", "2024-02-29", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			term := Term{ValidFrom: c.from, ValidTo: c.to}
			if got := term.ValidOn(c.date); got != c.want {
				t.Errorf("valid from %q to %q on %s: %v", c.from, c.to, c.date, got)
			}
		})
	}
}

package models

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // every zone must load without the system's database
)

// terms returns the terms of every list by the list's name.
func terms(v *Vocabulary) map[string][]Term {
	all := map[string][]Term{
		"countries": v.Countries, "areas": v.Areas, "initiatives": v.Initiatives,
		"levels": v.Levels, "stages": v.Stages, "cadences": v.Cadences, "formats": v.Formats,
		"days": v.Days, "kinds": v.Kinds, "ownership": v.Ownership, "aspects": v.Aspects,
		"ownership values": v.OwnershipValues, "units": v.Units, "organization kinds": v.OrganizationKinds,
	}
	pick(all, "regions", v.Regions, func(x Region) Term { return x.Term })
	pick(all, "sectors", v.Sectors, func(x Sector) Term { return x.Term })
	pick(all, "subsectors", v.Subsectors, func(x Subsector) Term { return x.Term })
	pick(all, "groups", v.Groups, func(x Group) Term { return x.Term })
	pick(all, "families", v.Families, func(x Family) Term { return x.Term })
	pick(all, "topics", v.Topics, func(x Topic) Term { return x.Term })
	pick(all, "languages", v.Languages, func(x Language) Term { return x.Term })
	pick(all, "certifications", v.Certifications, func(x Certification) Term { return x.Term })
	pick(all, "sizes", v.Sizes, func(x Size) Term { return x.Term })
	pick(all, "indicators", v.Indicators, func(x Indicator) Term { return x.Term })
	return all
}

func pick[T any](all map[string][]Term, name string, items []T, term func(T) Term) {
	for _, item := range items {
		all[name] = append(all[name], term(item))
	}
}

func TestVocabularies(t *testing.T) {
	v := Vocabularies()
	t.Run("counts", func(t *testing.T) {
		want := map[string]int{
			"countries": 3, "regions": 101, "sectors": 20, "subsectors": 129, "groups": 238, "families": 8,
			"areas": 10, "initiatives": 11, "topics": 52, "languages": 32, "levels": 7, "stages": 6,
			"cadences": 3, "formats": 4, "days": 7, "certifications": 31, "kinds": 7, "ownership": 11,
			"aspects": 5, "ownership values": 4, "sizes": 23, "indicators": 16, "units": 6, "organization kinds": 15,
		}
		for name, list := range terms(v) {
			if len(list) != want[name] {
				t.Errorf("%d %s, want %d", len(list), name, want[name])
			}
			delete(want, name)
		}
		for name := range want {
			t.Errorf("no list %s", name)
		}
	})
	t.Run("terms", func(t *testing.T) {
		for name, list := range terms(v) {
			seen := map[string]bool{}
			for _, term := range list {
				if seen[term.ID] {
					t.Errorf("%s: id %q twice", name, term.ID)
				}
				seen[term.ID] = true
				checkTerm(t, name, term)
			}
		}
	})
	t.Run("scopes", func(t *testing.T) { checkScopes(t, v) })
	t.Run("parents", func(t *testing.T) { checkParents(t, v) })
	t.Run("topics", func(t *testing.T) { checkTopics(t, v) })
	t.Run("glossary", func(t *testing.T) { checkGlossary(t, v) })
	t.Run("zones", func(t *testing.T) { checkZones(t, v) })
	t.Run("order", func(t *testing.T) { checkOrder(t, v) })
	t.Run("sizes", func(t *testing.T) { checkSizes(t, v) })
	t.Run("version", func(t *testing.T) { checkVersion(t, v) })
	t.Run("readme", checkReadme)
	t.Run("once", func(t *testing.T) {
		if Vocabularies() != v {
			t.Error("a second call reads the data again")
		}
	})
}

func checkTerm(t *testing.T, list string, term Term) {
	t.Helper()
	for _, text := range []string{term.ID, term.Title.EN, term.Title.ES, term.Title.FR, term.Source} {
		if text == "" || text != strings.TrimSpace(text) || strings.ContainsAny(text, "\n\t\ufeff\ufffd’") {
			t.Errorf("%s: %s: text %q is empty or not tidy", list, term.ID, text)
		}
	}
	for _, date := range []string{term.ValidFrom, term.ValidTo} {
		if _, err := time.Parse(time.DateOnly, date); date != "" && err != nil {
			t.Errorf("%s: %s: %v", list, term.ID, err)
		}
	}
	if term.ValidTo != "" && term.ValidFrom > term.ValidTo {
		t.Errorf("%s: %s: valid from %s to %s", list, term.ID, term.ValidFrom, term.ValidTo)
	}
	for language := range strings.FieldsSeq(term.Review) {
		if !slices.Contains([]string{"en", "es", "fr"}, language) {
			t.Errorf("%s: %s: review of language %q", list, term.ID, language)
		}
	}
}

// checkScopes compares how many subsectors and regions belong to which countries.
func checkScopes(t *testing.T, v *Vocabulary) {
	got := map[string]int{}
	for _, s := range v.Subsectors {
		got[strings.Join(s.Countries, "+")]++
		if s.Trilateral {
			got["shared"]++
		}
	}
	for _, r := range v.Regions {
		got["regions "+r.Country]++
	}
	for _, c := range v.Certifications {
		got["certifications "+c.Country]++
	}
	for _, l := range v.Languages {
		if l.Indigenous {
			got["indigenous languages"]++
		}
	}
	want := map[string]int{
		"US+CA+MX": 75, "US+CA": 9, "US+MX": 1, "US": 11, "CA": 15, "MX": 18, "shared": 75,
		"regions US": 56, "regions CA": 13, "regions MX": 32, "indigenous languages": 18,
		"certifications US": 14, "certifications CA": 9, "certifications MX": 8,
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// checkParents checks that what names another term names one that is there.
func checkParents(t *testing.T, v *Vocabulary) {
	number := map[int]Subsector{}
	for _, s := range v.Subsectors {
		number[s.Number] = s
		if s.Sector < 1 || s.Sector > len(v.Sectors) || fmt.Sprint(s.Number) != s.ID {
			t.Errorf("subsector %s: number %d, sector %d", s.ID, s.Number, s.Sector)
		}
	}
	for _, g := range v.Groups {
		parent := number[g.Subsector]
		if !parent.Trilateral || parent.Sector != g.Sector || g.Number/10 != g.Subsector || fmt.Sprint(g.Number) != g.ID {
			t.Errorf("group %s: number %d, subsector %d, sector %d", g.ID, g.Number, g.Subsector, g.Sector)
		}
	}
	for _, r := range v.Regions {
		if v.Country(r.Country) == 0 || !strings.HasPrefix(r.ID, r.Country+"-") || r.Kind == "" {
			t.Errorf("region %s: country %q, kind %q", r.ID, r.Country, r.Kind)
		}
	}
	for _, c := range v.Certifications {
		if v.Country(c.Country) == 0 || !strings.HasPrefix(c.ID, strings.ToLower(c.Country)+".") || c.Body == "" || c.Rule == "" {
			t.Errorf("certification %s: country %q, body %q, rule %q", c.ID, c.Country, c.Body, c.Rule)
		}
	}
}

// checkTopics checks areas and initiatives both ways.
func checkTopics(t *testing.T, v *Vocabulary) {
	used := map[string]int{}
	for _, topic := range v.Topics {
		used[topic.Area]++
		for _, initiative := range topic.Initiatives {
			used[initiative]++
		}
		if len(topic.Initiatives) == 0 || len(topic.Keywords) == 0 || topic.Full != topic.Area+"."+topic.ID {
			t.Errorf("topic %s: area %s, initiatives %v, keywords %v", topic.Full, topic.Area, topic.Initiatives, topic.Keywords)
		}
	}
	for _, term := range slices.Concat(v.Areas, v.Initiatives) {
		if used[term.ID] < 4 {
			t.Errorf("%s has %d topics, want 4 or more", term.ID, used[term.ID])
		}
	}
}

// checkGlossary checks that every topic has phrases in each language, and that
// they are as tidy as titles.
func checkGlossary(t *testing.T, v *Vocabulary) {
	count := map[string]int{}
	for _, p := range v.Glossary {
		count[p.Lang+" "+v.Topics[p.Topic-1].ID]++
		if strings.ContainsAny(p.Text, "\n\t\ufeff\ufffd’|;") {
			t.Errorf("phrase %q is not tidy", p.Text)
		}
	}
	for _, topic := range v.Topics {
		for _, lang := range []string{"en", "es", "fr"} {
			if n := count[lang+" "+topic.ID]; n < 6 {
				t.Errorf("topic %s has %d phrases in %s, want 6 or more", topic.ID, n, lang)
			}
		}
	}
}

// checkZones loads every zone and looks at some that are easy to get wrong.
func checkZones(t *testing.T, v *Vocabulary) {
	for _, r := range v.Regions {
		if r.Zone != r.Zones[0] {
			t.Errorf("%s: first zone %s, want %s", r.ID, r.Zones[0], r.Zone)
		}
		for _, zone := range r.Zones {
			if _, err := time.LoadLocation(zone); err != nil {
				t.Errorf("%s: %v", r.ID, err)
			}
		}
	}
	summer := time.Date(2027, time.July, 5, 12, 0, 0, 0, time.UTC)
	for id, want := range map[string]int{ // minutes east of UTC in July
		"MX-OAX": -360, "MX-ROO": -300, "MX-BCN": -420, "CA-NL": -150, "CA-SK": -360, "US-AZ": -420, "US-PR": -240,
	} {
		zone, err := time.LoadLocation(v.Regions[v.Region(id)-1].Zone)
		if err != nil {
			t.Fatal(err)
		}
		if _, seconds := summer.In(zone).Zone(); seconds != want*60 {
			t.Errorf("%s is %d minutes east in July, want %d", id, seconds/60, want)
		}
	}
}

// checkOrder pins the lists whose numbers the engine knows.
func checkOrder(t *testing.T, v *Vocabulary) {
	for _, c := range []struct {
		name string
		list []Term
		want string
	}{
		{"countries", v.Countries, "US CA MX"},
		{"levels", v.Levels, "A1 A2 B1 B2 C1 C2 native"},
		{"stages", v.Stages, "not_exporting exploring first_sale occasional regular multi_market"},
		{"cadences", v.Cadences, "weekly biweekly monthly"},
		{"formats", v.Formats, "video phone chat in_person"},
		{"days", v.Days, "Mon Tue Wed Thu Fri Sat Sun"},
		{"ownership values", v.OwnershipValues, "yes no prefer_not_to_say not_asked"},
	} {
		var ids []string
		for _, term := range c.list {
			ids = append(ids, term.ID)
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%s are %s, want %s", c.name, got, c.want)
		}
	}
}

// checkSizes checks that bands by workers follow each other without a gap.
func checkSizes(t *testing.T, v *Vocabulary) {
	next := map[string]int{}
	for _, s := range v.Sizes {
		if s.Workers[1] != -1 && s.Workers[0] > s.Workers[1] || s.Sales[0] > s.Sales[1] {
			t.Errorf("size %s: workers %v, sales %v", s.ID, s.Workers, s.Sales)
		}
		if (s.Scheme == "MX") != (s.Cap > 0) {
			t.Errorf("size %s: cap %d", s.ID, s.Cap)
		}
		if s.Scheme == "common" || s.Scheme == "MX-DENUE" {
			if s.Workers[0] != next[s.Scheme] {
				t.Errorf("size %s starts at %d, want %d", s.ID, s.Workers[0], next[s.Scheme])
			}
			next[s.Scheme] = s.Workers[1] + 1
		}
	}
}

// checkVersion fails when the data changes and nobody said so: give a change of
// released data the next version in vocabulary/VERSION and a line here.
func checkVersion(t *testing.T, v *Vocabulary) {
	sums := map[int]string{
		1: "b58bac704e425d94",
	}
	names, err := fs.Glob(vocabularyFiles, "vocabulary/*.csv")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	for _, name := range names {
		data, err := fs.ReadFile(vocabularyFiles, name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
	}
	if got := hex.EncodeToString(sum.Sum(nil))[:16]; got != sums[v.Version] {
		t.Errorf("data of version %d has the sum %s, want %s", v.Version, got, sums[v.Version])
	}
}

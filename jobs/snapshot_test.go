package jobs

import (
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"puente/matching"
	"puente/models"
)

// someone is a mentee with every answer.
func someone() models.Profile {
	v := models.Vocabularies()
	code, _ := v.Code("MX", "311941")
	return models.Profile{
		Role: models.RoleMentee, ID: "E-1", Name: "Salsas", Country: "MX", Region: "MX-OAX", TimeZone: "America/Mexico_City",
		Languages: []models.LanguageLevel{{Language: "es", Level: "native"}, {Language: "en", Level: "B1"}},
		Sectors:   []models.Code{code}, Slots: slotDay(1, 9, 12), Cadence: "monthly", Formats: []string{"video", "phone"},
		Organization: "  Grupo   VALLE ", Conflicts: []string{"M-9"}, Wishes: []string{"M-1"},
		Targets: []string{"CA", "US-TX"}, Needs: []models.Need{{Topic: "rules_of_origin", Priority: 1}}, Stage: "first_sale", MinOverlap: 45, Reliability: -1,
	}
}

func someMentor(id string, reliability int) models.Profile {
	v := models.Vocabularies()
	code, _ := v.Code("CA", "3119")
	return models.Profile{
		Role: models.RoleMentor, ID: id, Country: "CA", Languages: []models.LanguageLevel{{Language: "en", Level: "native"}},
		Sectors: []models.Code{code}, Expertise: []models.Expertise{{Topic: "rules_of_origin", Level: 3, Market: "CA"}},
		Markets: []models.Market{{Place: "MX-JAL", Level: 1}}, Stages: []string{"first_sale"}, Capacity: 2, Reliability: reliability,
	}
}

func TestSnapshotCopiesWhatIsScored(t *testing.T) {
	v := models.Vocabularies()
	s, err := Snapshot(People{
		Mentees: []models.Profile{someone()}, Mentors: []models.Profile{someMentor("M-1", 900_000), someMentor("M-2", -1)},
		Rules: []models.RuleRow{{Mentee: "E-1", Mentor: "M-2", Rule: models.RuleNever}, {Mentee: "E-1", Mentor: "M-1", Rule: models.RuleMust}},
	}, DefaultStart)
	if err != nil {
		t.Fatal(err)
	}
	e := s.Mentees[0]
	want := matching.Mentee{
		ID: "E-1", Country: 3, Languages: []matching.Spoken{{Language: uint8(v.Language("es")), Level: 7}, {Language: uint8(v.Language("en")), Level: 3}},
		Sectors: []matching.Sector{{Key: 5, Subsector: 311, Group: 3119}},
		Targets: []matching.Place{{Country: 2}, {Country: 1, Region: uint8(v.Region("US-TX"))}},
		Needs:   []matching.Need{{Topic: uint8(v.Topic("rules_of_origin")), Priority: 1}}, Stage: 3, Calendar: 1, MinOverlap: 2,
		Cadence: 3, Formats: []uint8{1, 2}, Organization: "grupo valle", Conflicts: []string{"M-9"}, Wishes: []string{"M-1"},
		Never: []string{"M-2"}, Must: []string{"M-1"},
	}
	if !reflect.DeepEqual(e, want) {
		t.Errorf("mentee\n got %+v\nwant %+v", e, want)
	}
	if m := s.Mentors[0]; m.Reliability != 54 || !m.Rated || m.Skills[0] != (matching.Skill{Topic: uint8(v.Topic("rules_of_origin")), Market: 2, Level: 3}) {
		t.Errorf("mentor: %+v", m)
	}
	if m := s.Mentors[1]; m.Reliability != 54 || !m.Rated {
		t.Errorf("a mentor without a rate must get the mean: %+v", m)
	}
}

func TestSnapshotWithoutAnyRate(t *testing.T) {
	s, err := Snapshot(People{Mentors: []models.Profile{someMentor("M-1", -1)}}, DefaultStart)
	if err != nil || s.Mentors[0].Rated {
		t.Errorf("no rate is known, so none may be made up: %+v, %v", s.Mentors, err)
	}
}

func TestSnapshotIgnoresRowOrder(t *testing.T) {
	p := People{}
	for i := range 30 {
		e, m := someone(), someMentor("M-"+string(rune('a'+i)), -1+i%3)
		e.ID = "E-" + string(rune('a'+i))
		e.Slots = slotDay(1+i%7, 8+i%4, 12+i%4)
		p.Mentees, p.Mentors = append(p.Mentees, e), append(p.Mentors, m)
	}
	first, err := Snapshot(p, DefaultStart)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	r.Shuffle(len(p.Mentees), func(i, j int) { p.Mentees[i], p.Mentees[j] = p.Mentees[j], p.Mentees[i] })
	r.Shuffle(len(p.Mentors), func(i, j int) { p.Mentors[i], p.Mentors[j] = p.Mentors[j], p.Mentors[i] })
	second, err := Snapshot(p, DefaultStart)
	if err != nil {
		t.Fatal(err)
	}
	if first.Hash() != second.Hash() {
		t.Error("the order of rows changed the snapshot")
	}
	p.Mentees[0].Name = "another name"
	if third, _ := Snapshot(p, DefaultStart); third.Hash() != first.Hash() {
		t.Error("a name reached the engine")
	}
	p.Mentees[0].Stage = "regular"
	if third, _ := Snapshot(p, DefaultStart); third.Hash() == first.Hash() {
		t.Error("a changed answer did not change the hash")
	}
}

// TestEngineHoldsNoOwnership reads the names of every field that the engine
// can hold: none may be able to hold who a person is.
func TestEngineHoldsNoOwnership(t *testing.T) {
	forbidden := regexp.MustCompile(`(?i)name|mail|phone|address|owner|women|woman|gender|sex|race|ethnic|minority|indigenous|black|veteran|disab|religio|birth|age$|lgbt|certif`)
	allowed := []string{"Language", "Languages", "Stage"}
	var visit func(reflect.Type)
	seen := map[reflect.Type]bool{}
	visit = func(typ reflect.Type) {
		for typ.Kind() == reflect.Slice || typ.Kind() == reflect.Array || typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] {
			return
		}
		seen[typ] = true
		for f := range typ.Fields() {
			if forbidden.MatchString(f.Name) && !slices.Contains(allowed, f.Name) {
				t.Errorf("%s.%s could hold who a person is", typ, f.Name)
			}
			if f.Type.Kind() == reflect.Map || f.Type.Kind() == reflect.Interface {
				t.Errorf("%s.%s could hold anything", typ, f.Name)
			}
			visit(f.Type)
		}
	}
	visit(reflect.TypeFor[matching.Snapshot]())
	for _, typ := range []reflect.Type{reflect.TypeFor[matching.Mentee](), reflect.TypeFor[matching.Mentor](), reflect.TypeFor[matching.Skill]()} {
		if !seen[typ] {
			t.Errorf("%s was not visited", typ)
		}
	}
	if seen[reflect.TypeFor[models.Profile]()] {
		t.Error("a stored profile is part of the snapshot")
	}
}

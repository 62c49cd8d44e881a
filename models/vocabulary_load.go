package models

import (
	"embed"
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed vocabulary/VERSION vocabulary/*.csv
var vocabularyFiles embed.FS

var vocabularies = sync.OnceValue(func() *Vocabulary {
	v, err := loadVocabulary(vocabularyFiles)
	if err != nil {
		panic("models: embedded vocabularies: " + err.Error())
	}
	return v
})

// Vocabularies returns the embedded vocabularies. They are read at the first
// call, in a few milliseconds, and never change; it panics if the embedded data
// is broken, which a test rules out. Safe for use by many goroutines.
func Vocabularies() *Vocabulary { return vocabularies() }

// loadVocabulary reads every file. Order matters: a list comes before those
// that name its ids. The error joins everything that is wrong.
func loadVocabulary(files fs.FS) (*Vocabulary, error) {
	l := &loader{files: files, v: &Vocabulary{}, ids: map[string]map[string]int{}}
	for _, read := range []func(*loader){
		(*loader).version, (*loader).terms, (*loader).regions,
		(*loader).sectors, (*loader).subsectors, (*loader).groups, (*loader).families,
		(*loader).topics, (*loader).glossary, (*loader).languages,
		(*loader).certifications, (*loader).sizes, (*loader).indicators,
	} {
		read(l)
	}
	if err := errors.Join(l.errs...); err != nil {
		return nil, err
	}
	l.v.index = index{
		country: l.ids["country"], region: l.ids["region"], sector: l.ids["sector"],
		family: l.ids["family"], topic: l.ids["topic"], language: l.ids["language"],
		level: l.ids["level"], stage: l.ids["stage"], cadence: l.ids["cadence"],
		format: l.ids["format"], day: l.ids["day"], organizationKind: l.ids["organization_kind"],
	}
	return l.v, nil
}

func (l *loader) version() {
	text, err := fs.ReadFile(l.files, "vocabulary/VERSION")
	if err != nil {
		l.errs = append(l.errs, err)
		return
	}
	l.v.Version, err = strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || l.v.Version < 1 {
		l.fail("VERSION", "%q is no version", text)
	}
}

// terms reads the lists that need no columns of their own.
func (l *loader) terms() {
	lists := map[string]*[]Term{
		"country": &l.v.Countries, "area": &l.v.Areas, "initiative": &l.v.Initiatives,
		"level": &l.v.Levels, "stage": &l.v.Stages, "cadence": &l.v.Cadences,
		"format": &l.v.Formats, "day": &l.v.Days,
		"certification_kind": &l.v.Kinds, "ownership": &l.v.Ownership,
		"ownership_value": &l.v.OwnershipValues, "aspect": &l.v.Aspects, "unit": &l.v.Units,
		"organization_kind": &l.v.OrganizationKinds,
	}
	for _, r := range l.rows("terms.csv", "list") {
		name := r.cells["list"]
		list := lists[name]
		if list == nil {
			l.fail(r.place, "unknown list %q", name)
			continue
		}
		*list = append(*list, r.Term)
		l.add(name, r.place, r.ID)
	}
}

func (l *loader) regions() {
	for _, r := range l.rows("regions.csv", "kind", "zones") {
		country, _, _ := strings.Cut(r.ID, "-")
		l.known(r, "country", country)
		l.add("region", r.place, r.ID)
		region := Region{Term: r.Term, Country: country, Kind: r.cells["kind"], Zones: r.list("zones")}
		if len(region.Zones) == 0 {
			l.fail(r.place, "no zone")
			continue
		}
		region.Zone = region.Zones[0]
		l.v.Regions = append(l.v.Regions, region)
	}
}

func (l *loader) topics() {
	for _, r := range l.rows("topics.csv", "initiatives", "keywords") {
		topic := Topic{Term: r.Term, Full: r.ID, Initiatives: r.list("initiatives"), Keywords: r.list("keywords")}
		topic.Area, topic.ID, _ = strings.Cut(r.ID, ".")
		l.known(r, "area", topic.Area)
		l.known(r, "initiative", topic.Initiatives...)
		if len(topic.Initiatives) == 0 {
			l.fail(r.place, "no initiative")
		}
		l.add("topic", r.place, topic.ID)
		l.v.Topics = append(l.v.Topics, topic)
	}
	for i, topic := range l.v.Topics {
		l.ids["topic"][topic.Full] = i + 1
	}
}

func (l *loader) languages() {
	for _, r := range l.rows("languages.csv", "where", "indigenous") {
		l.known(r, "country", r.list("where")...)
		l.add("language", r.place, r.ID)
		l.v.Languages = append(l.v.Languages, Language{
			Term: r.Term, Where: r.list("where"), Indigenous: l.yes(r, "indigenous"),
		})
	}
}

func (l *loader) certifications() {
	for _, r := range l.rows("certifications.csv", "country", "kind", "dimensions", "body", "rule") {
		c := Certification{
			Term: r.Term, Country: r.cells["country"], Kind: r.cells["kind"],
			Dimensions: r.list("dimensions"), Body: r.cells["body"], Rule: r.cells["rule"],
		}
		l.known(r, "country", c.Country)
		l.known(r, "certification_kind", c.Kind)
		for _, d := range c.Dimensions {
			if l.ids["ownership"][d] == 0 {
				l.known(r, "aspect", d)
			}
		}
		l.add("certification", r.place, r.ID)
		l.v.Certifications = append(l.v.Certifications, c)
	}
}

func (l *loader) sizes() {
	schemes := []string{"common", "US", "CA", "MX", "MX-DENUE"}
	own := []string{"scheme", "activities", "workers_min", "workers_max", "sales_min", "sales_max", "cap"}
	for _, r := range l.rows("sizes.csv", own...) {
		if !slices.Contains(schemes, r.cells["scheme"]) {
			l.fail(r.place, "unknown scheme %q", r.cells["scheme"])
		}
		l.add("size", r.place, r.ID)
		l.v.Sizes = append(l.v.Sizes, Size{
			Term: r.Term, Scheme: r.cells["scheme"], Activities: r.list("activities"),
			Workers: [2]int{l.whole(r, "workers_min"), l.whole(r, "workers_max")},
			Sales:   [2]int{l.whole(r, "sales_min"), l.whole(r, "sales_max")},
			Cap:     l.whole(r, "cap"),
		})
	}
}

func (l *loader) indicators() {
	for _, r := range l.rows("indicators.csv", "unit", "why") {
		l.known(r, "unit", r.cells["unit"])
		l.add("indicator", r.place, r.ID)
		l.v.Indicators = append(l.v.Indicators, Indicator{Term: r.Term, Unit: r.cells["unit"], Why: r.cells["why"]})
	}
}

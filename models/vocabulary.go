package models

// Title is a term's wording in the three languages of the agreement.
type Title struct{ EN, ES, FR string }

// In returns the title in lang, "es" or "fr"; every other value gives English.
func (t Title) In(lang string) string {
	switch lang {
	case "es":
		return t.ES
	case "fr":
		return t.FR
	}
	return t.EN
}

// Term is one entry of a vocabulary list. Dates are YYYY-MM-DD, both inclusive;
// an empty date leaves that side open.
type Term struct {
	ID        string
	Title     Title
	ValidFrom string
	ValidTo   string
	Review    string // languages whose title a native speaker has yet to confirm, such as "es fr"
	Source    string // where the fact comes from, in English
}

// ValidOn reports whether the term may be used on a date, YYYY-MM-DD.
func (t Term) ValidOn(date string) bool {
	return t.ValidFrom <= date && (t.ValidTo == "" || date <= t.ValidTo)
}

// Region is a state, province or territory by its ISO 3166-2 code ("MX-OAX").
type Region struct {
	Term
	Country string   // "US", "CA" or "MX"
	Kind    string   // state, province, territory or district
	Zone    string   // IANA time zone of most of the region
	Zones   []string // every zone in use there, Zone first
}

// Sector is one of the 20 industry sectors; its ID is the key that the three
// countries share ("31-33", "41-43"), never a code of one of them.
type Sector struct {
	Term
	Prefixes [3][]string // two-digit codes by country number less one: US, CA, MX
}

// Subsector is a three-digit industry code.
type Subsector struct {
	Term
	Number     int      // the code as a number, 311
	Sector     int      // sector number
	Countries  []string // where the code is in use
	Trilateral bool     // the same industry in all three countries
	National   []string // four-digit codes below it that a country uses by itself
}

// Group is a four-digit industry code that means the same in all three
// countries. Codes of one or two countries are not carried at this level.
type Group struct {
	Term
	Number    int // the code as a number, 3119
	Subsector int // three-digit number
	Sector    int // sector number
}

// Family joins the wholesale and retail codes of one kind of product, because
// the three countries number those two sectors differently.
type Family struct {
	Term
	Prefixes [3][]string // codes of three digits or more by country number less one
}

// Topic is a subject on which a mentee needs and a mentor gives help.
type Topic struct {
	Term               // ID is the part after the dot: "rules_of_origin"
	Full        string // "origin.rules_of_origin"
	Area        string
	Initiatives []string // at least one
	Keywords    []string // words of the trade in any language, for search
}

// Language is a language people may list, by its BCP 47 tag.
type Language struct {
	Term
	Where      []string // countries where it is common
	Indigenous bool
}

// Certification is a credential, a register entry or a programme of a
// business. It never says anything about a person by itself.
type Certification struct {
	Term
	Country    string
	Kind       string   // a term of Vocabulary.Kinds
	Dimensions []string // what it attests: terms of Ownership or Aspects
	Body       string   // who issues it
	Rule       string   // its main condition, in English
}

// Size is one row of a size rule. A bound of -1 is open or does not apply.
// Amounts and caps are hundredths, because the Mexican rule has decimals.
type Size struct {
	Term
	Scheme     string   // common, US, CA, MX or MX-DENUE
	Activities []string // empty = every activity; else industry, commerce, services
	Workers    [2]int   // lowest and highest number of workers
	Sales      [2]int   // yearly sales in hundredths of a million MXN
	Cap        int      // hundredths: highest 10 % of workers + 90 % of sales in millions
}

// Indicator is an outcome that programmes report.
type Indicator struct {
	Term
	Unit string // a term of Vocabulary.Units
	Why  string // who else counts it, in English
}

// Vocabulary holds every list. Lists are in file order and a term's number is
// its place counted from one. The value is shared: read it, never change it.
type Vocabulary struct {
	Version int

	Countries  []Term // US, CA, MX
	Regions    []Region
	Sectors    []Sector
	Subsectors []Subsector
	Groups     []Group
	Families   []Family

	Areas       []Term
	Initiatives []Term
	Topics      []Topic
	Glossary    []Phrase // what people write when they mean a topic

	Languages []Language
	Levels    []Term // A1 A2 B1 B2 C1 C2 native
	Stages    []Term // export stages, from not exporting to several markets
	Cadences  []Term
	Formats   []Term
	Days      []Term // Mon to Sun

	Certifications  []Certification
	Kinds           []Term // of certifications
	Ownership       []Term // dimensions an owner may state
	Aspects         []Term // what a certification may attest beyond ownership
	OwnershipValues []Term
	Sizes           []Size
	Indicators      []Indicator
	Units           []Term // of indicators

	OrganizationKinds []Term // what home organisations are, "other" last

	index index
	codes codes
}

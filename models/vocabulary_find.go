package models

// index holds, for every list that people files name, its numbers by id.
type index struct {
	country, region, sector, family, topic, language map[string]int
	level, stage, cadence, format, day               map[string]int
	organizationKind                                 map[string]int
}

// Each look-up takes an exact id, letter case included, and returns the term's
// number (its place in the list counted from one) or 0 when it is not there.
// Validity dates play no part. All are one map access.

// Country finds "US", "CA" or "MX": 1, 2 or 3.
func (v *Vocabulary) Country(id string) int { return v.index.country[id] }

// Region finds an ISO 3166-2 code such as "MX-OAX".
func (v *Vocabulary) Region(id string) int { return v.index.region[id] }

// Sector finds a sector by its shared key, such as "31-33".
func (v *Vocabulary) Sector(key string) int { return v.index.sector[key] }

// Family finds a family of traded products.
func (v *Vocabulary) Family(id string) int { return v.index.family[id] }

// Topic finds a topic by its short or full id: "rules_of_origin" or
// "origin.rules_of_origin".
func (v *Vocabulary) Topic(id string) int { return v.index.topic[id] }

// Language finds a language by its tag, such as "en" or "nah".
func (v *Vocabulary) Language(tag string) int { return v.index.language[tag] }

// Level finds a level of a language: A1 to C2 are 1 to 6, "native" is 7.
func (v *Vocabulary) Level(id string) int { return v.index.level[id] }

// Stage finds an export stage, from "not_exporting" (1) to "multi_market" (6).
func (v *Vocabulary) Stage(id string) int { return v.index.stage[id] }

// Cadence finds how often two people want to meet.
func (v *Vocabulary) Cadence(id string) int { return v.index.cadence[id] }

// Format finds the way two people want to meet.
func (v *Vocabulary) Format(id string) int { return v.index.format[id] }

// Day finds a day of the week: "Mon" is 1, "Sun" is 7.
func (v *Vocabulary) Day(id string) int { return v.index.day[id] }

// OrganizationKind finds what a home organisation is, such as "sbdc".
func (v *Vocabulary) OrganizationKind(id string) int { return v.index.organizationKind[id] }

package jobs

import (
	"strings"

	"puente/matching"
	"puente/models"
)

// Frozen is all that a round is made from, apart from settings and seed, and
// all that is stored of it: the engine's input, and of each mentee the industry
// codes as they were given, which a published round shows. There is no name,
// address or answer about owners in it.
type Frozen struct {
	Snapshot *matching.Snapshot `json:"snapshot"`
	Codes    [][]string         `json:"codes"` // by the mentee's position in the snapshot

	Keep *matching.Earlier `json:"keep,omitempty"` // what of an earlier round is kept
}

// freeze copies people as [Snapshot] does.
func freeze(p People, start string) (*Frozen, error) {
	snapshot, err := Snapshot(p, start)
	if err != nil {
		return nil, err
	}
	f := &Frozen{Snapshot: snapshot, Codes: make([][]string, 0, len(p.Mentees))}
	for _, e := range byID(p.Mentees) {
		codes := make([]string, len(e.Sectors))
		for i, c := range e.Sectors {
			codes[i] = c.Raw
		}
		f.Codes = append(f.Codes, codes)
	}
	return f, nil
}

// askID writes what a mentee asked in a line, in ids of the vocabularies.
func (f *Frozen) askID(l matching.Line, mentee int) string {
	v := models.Vocabularies()
	e := &f.Snapshot.Mentees[mentee]
	switch l.Factor {
	case matching.Needs:
		id := v.Topics[l.A-1].ID
		if l.B > 0 {
			id += "@" + v.Countries[l.B-1].ID
		}
		return id
	case matching.Industry:
		return strings.Join(f.Codes[mentee], ";")
	case matching.Market:
		return placeID(l.A, l.B)
	case matching.Language:
		var spoken []string
		for _, s := range e.Languages {
			spoken = append(spoken, v.Languages[s.Language-1].ID+":"+v.Levels[s.Level-1].ID)
		}
		return strings.Join(spoken, ";")
	case matching.Stage:
		return v.Stages[e.Stage-1].ID
	case matching.Style:
		if l.A == matching.AskCadence {
			return v.Cadences[e.Cadence-1].ID
		}
		var formats []string
		for _, n := range e.Formats {
			formats = append(formats, v.Formats[n-1].ID)
		}
		return strings.Join(formats, ";")
	}
	return ""
}

// placeID is the id of a region, or of a country.
func placeID(country, region uint32) string {
	v := models.Vocabularies()
	if region > 0 {
		return v.Regions[region-1].ID
	}
	return v.Countries[country-1].ID
}

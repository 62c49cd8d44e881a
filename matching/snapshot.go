package matching

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/bits"
	"slices"
	"strings"
)

// Snapshot is the frozen input of a round. People are sorted by id; vocabulary
// terms are numbered from 1 in the order of the vocabulary, 0 means "not
// given".
type Snapshot struct {
	Start     string     // first day of the round, YYYY-MM-DD; recorded, never computed with
	Calendars []Calendar // distinct weekly calendars; people refer to them by index+1
	Mentees   []Mentee
	Mentors   []Mentor
}

// Mentee is what the engine knows of an entrepreneur.
type Mentee struct {
	ID           string
	Country      uint8
	Languages    []Spoken
	Sectors      []Sector
	Targets      []Place // where the business wants to sell; empty: not given
	Needs        []Need  // most important first
	Stage        uint8
	Calendar     uint32 // index+1 into Snapshot.Calendars
	MinOverlap   uint16 // half hours a week that must be shared; 0: no minimum
	Cadence      uint8
	Formats      []uint8
	Organization string   `json:",omitempty"` // folded; people of one organization are never paired
	Conflicts    []string `json:",omitempty"` // mentor ids
	Wishes       []string `json:",omitempty"` // mentor ids, most wanted first; shown, never scored
	Preferences  []uint32 `json:",omitempty"` // opaque tags the mentee asked to be matched on
	Never        []string `json:",omitempty"` // mentor ids that staff ruled out, or of an earlier dissolved pair
	Must         []string `json:",omitempty"` // mentor ids that staff require; every rule still holds
	Lock         []string `json:",omitempty"` // mentor ids of pairs kept from before, whatever border, language and calendar say now
}

// Mentor is what the engine knows of a mentor.
type Mentor struct {
	ID           string
	Country      uint8
	Languages    []Spoken
	Sectors      []Sector
	Skills       []Skill
	Markets      []Known // markets known; empty: not given
	Stages       []uint8 // export stages liked; empty: not given
	Calendar     uint32
	Cadence      uint8
	Formats      []uint8
	Capacity     uint8 // mentees at most at one time
	Taken        uint8 // places already used
	Paused       bool
	Reliability  uint8    // share 0..60; meaningless unless Rated
	Rated        bool     // whether a reliability is known at all
	Organization string   `json:",omitempty"`
	Conflicts    []string `json:",omitempty"` // mentee ids
	Wishes       []string `json:",omitempty"` // mentee ids
	FoundBy      []uint32 `json:",omitempty"` // opaque tags the mentor opted in to be found by
}

// Spoken is a language and how well it is spoken: 1 (A1) to 6 (C2), 7 native.
type Spoken struct{ Language, Level uint8 }

// Sector is an industry code as far as it can be compared across the three
// countries: Group is a four-digit code all three share, Subsector a
// three-digit code, Family a product family of wholesale and retail trade,
// Key one of the 20 sectors. 0 means that the code does not reach that far.
type Sector struct {
	Key       uint8
	Family    uint8
	Subsector uint16
	Group     uint16
}

// Place is a country, or a region of it.
type Place struct{ Country, Region uint8 }

// Need is a topic and its priority, 1 (most important) to 5.
type Need struct{ Topic, Priority uint8 }

// Skill is what a mentor can help with: a topic, the level (1 knows it, 2 has
// done it, 3 teaches it) and the country it is known for, 0 when not said.
type Skill struct{ Topic, Market, Level uint8 }

// Known is a market a mentor knows, level 1 to 3; Region 0 is the whole country.
type Known struct{ Country, Region, Level uint8 }

// Week is one week of half hours in UTC, counted from the round's start: bit
// h%64 of word h/64 is half hour h, 0 to 335.
type Week [6]uint64

// Calendar is a person's availability in each different week of the 26 weeks
// of a round. Weeks in which nobody's clocks differ are kept once, so a
// calendar has 2 to 5 of them; all calendars of a snapshot have equally many.
type Calendar []Week

// Places is how many more mentees the mentor can take now.
func (m *Mentor) Places() int {
	if m.Paused || m.Taken >= m.Capacity {
		return 0
	}
	return int(m.Capacity - m.Taken)
}

// Overlap is the number of half hours that both are free in the worst week.
func (c Calendar) Overlap(d Calendar) int {
	worst := 7 * 48
	for w := range min(len(c), len(d)) {
		n := 0
		for i := range c[w] {
			n += bits.OnesCount64(c[w][i] & d[w][i])
		}
		worst = min(worst, n)
	}
	if len(c) == 0 || len(d) == 0 {
		return 0
	}
	return worst
}

// Sort puts people in the order every computation uses: ascending ids.
func (s *Snapshot) Sort() {
	slices.SortFunc(s.Mentees, func(a, b Mentee) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(s.Mentors, func(a, b Mentor) int { return strings.Compare(a.ID, b.ID) })
}

// Hash is the SHA-256 of the snapshot's JSON, in hexadecimal. It names exactly
// the input that a round was computed from.
func (s *Snapshot) Hash() string {
	h := sha256.New()
	// Encoding slices and structs of numbers and strings cannot fail.
	_ = json.NewEncoder(h).Encode(s)
	return hex.EncodeToString(h.Sum(nil))
}

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
	Start     string     `json:"start"`     // first day of the round, YYYY-MM-DD; recorded, never computed with
	Calendars []Calendar `json:"calendars"` // distinct weekly calendars; people refer to them by index+1
	Mentees   []Mentee   `json:"mentees"`
	Mentors   []Mentor   `json:"mentors"`
}

// Mentee is what the engine knows of an entrepreneur.
type Mentee struct {
	ID           string   `json:"id"`
	Country      uint8    `json:"country"`
	Languages    []Spoken `json:"languages"`
	Sectors      []Sector `json:"sectors"`
	Targets      []Place  `json:"targets"` // where the business wants to sell; empty: not given
	Needs        []Need   `json:"needs"`   // most important first
	Stage        uint8    `json:"stage"`
	Calendar     uint32   `json:"calendar"`    // index+1 into Snapshot.Calendars
	MinOverlap   uint16   `json:"min_overlap"` // half hours a week that must be shared; 0: no minimum
	Cadence      uint8    `json:"cadence"`
	Formats      []uint8  `json:"formats"`
	Organization string   `json:"organization,omitempty"` // folded; people of one organization are never paired
	Conflicts    []string `json:"conflicts,omitempty"`    // mentor ids
	Wishes       []string `json:"wishes,omitempty"`       // mentor ids, most wanted first; shown, never scored
	Preferences  []uint32 `json:"preferences,omitempty"`  // opaque tags the mentee asked to be matched on
	Never        []string `json:"never,omitempty"`        // mentor ids that staff ruled out, or of an earlier dissolved pair
	Must         []string `json:"must,omitempty"`         // mentor ids that staff require; every rule still holds
	Vector       *Vector  `json:"vector,omitempty"`       // of what she wrote in her own words; nil: not given
	Lock         []string `json:"lock,omitempty"`         // mentor ids of pairs kept from before, whatever border, language and calendar say now
}

// Mentor is what the engine knows of a mentor.
type Mentor struct {
	ID           string   `json:"id"`
	Country      uint8    `json:"country"`
	Languages    []Spoken `json:"languages"`
	Sectors      []Sector `json:"sectors"`
	Skills       []Skill  `json:"skills"`
	Markets      []Known  `json:"markets"` // markets known; empty: not given
	Stages       []uint8  `json:"stages"`  // export stages liked; empty: not given
	Calendar     uint32   `json:"calendar"`
	Cadence      uint8    `json:"cadence"`
	Formats      []uint8  `json:"formats"`
	Capacity     uint8    `json:"capacity"` // mentees at most at one time
	Taken        uint8    `json:"taken"`    // places already used
	Paused       bool     `json:"paused"`
	Reliability  uint8    `json:"reliability"` // share 0..60; meaningless unless Rated
	Rated        bool     `json:"rated"`       // whether a reliability is known at all
	Organization string   `json:"organization,omitempty"`
	Conflicts    []string `json:"conflicts,omitempty"` // mentee ids
	Wishes       []string `json:"wishes,omitempty"`    // mentee ids
	FoundBy      []uint32 `json:"found_by,omitempty"`  // opaque tags the mentor opted in to be found by
	Vector       *Vector  `json:"vector,omitempty"`    // of what he wrote in his own words; nil: not given
}

// Spoken is a language and how well it is spoken: 1 (A1) to 6 (C2), 7 native.
type Spoken struct {
	Language uint8 `json:"language"`
	Level    uint8 `json:"level"`
}

// Sector is an industry code as far as it can be compared across the three
// countries: Group is a four-digit code all three share, Subsector a
// three-digit code, Family a product family of wholesale and retail trade,
// Key one of the 20 sectors. 0 means that the code does not reach that far.
type Sector struct {
	Key       uint8  `json:"key"`
	Family    uint8  `json:"family"`
	Subsector uint16 `json:"subsector"`
	Group     uint16 `json:"group"`
}

// Place is a country, or a region of it.
type Place struct {
	Country uint8 `json:"country"`
	Region  uint8 `json:"region"`
}

// Need is a topic and its priority, 1 (most important) to 5.
type Need struct {
	Topic    uint8 `json:"topic"`
	Priority uint8 `json:"priority"`
}

// Skill is what a mentor can help with: a topic, the level (1 knows it, 2 has
// done it, 3 teaches it) and the country it is known for, 0 when not said.
type Skill struct {
	Topic  uint8 `json:"topic"`
	Market uint8 `json:"market"`
	Level  uint8 `json:"level"`
}

// Known is a market a mentor knows, level 1 to 3; Region 0 is the whole country.
type Known struct {
	Country uint8 `json:"country"`
	Region  uint8 `json:"region"`
	Level   uint8 `json:"level"`
}

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
	if err := json.NewEncoder(h).Encode(s); err != nil {
		panic("matching: a snapshot of numbers and strings does not encode: " + err.Error())
	}
	return hex.EncodeToString(h.Sum(nil))
}

package models

// Role is the side of a pairing that a person is on. Values can be joined with | where a set of roles is meant.
type Role uint8

// The two roles.
const (
	RoleMentor Role = 1 << iota
	RoleMentee
)

// String gives the name of the role, as file names use it in the plural.
func (r Role) String() string {
	switch r {
	case RoleMentor:
		return "mentor"
	case RoleMentee:
		return "mentee"
	}
	return "role"
}

// Profile is one person or firm as the people files give it. Both roles share it; the fields of the other role
// stay empty. Ids of the vocabularies are written exactly as the vocabularies have them. Every field is also a column
// of the table profiles, as [ProfileRow] embeds it; lists are JSON there.
type Profile struct {
	Role         Role
	ID           string          `gorm:"column:code"`
	Name         string          // shown, never scored
	Country      string          // ISO 3166-1 alpha-2
	Region       string          // ISO 3166-2, such as "MX-OAX"; "" when not given
	TimeZone     string          // IANA name; the region's primary zone when not given; "" when there is no region either
	Languages    []LanguageLevel `gorm:"serializer:json;not null"`
	Sectors      []Code          `gorm:"serializer:json;not null"` // as Vocabulary.Code resolved them, in the order of the file
	Slots        []Slot          `gorm:"serializer:json;not null"` // sorted, none touches another; nil when not given
	Cadence      string          // "" when not given
	Formats      []string        `gorm:"serializer:json;not null"` // in the order of the file
	Organization string          // for conflicts of interest
	Conflicts    []string        `gorm:"serializer:json;not null"` // ids never to be paired with
	Wishes       []string        `gorm:"serializer:json;not null"` // at most five ids, most wanted first

	// Mentees
	Targets    []string `gorm:"serializer:json;not null"` // countries or regions they want to sell to: "CA", "US-TX"
	Needs      []Need   `gorm:"serializer:json;not null"` // one to five
	Stage      string   // "" when not given
	MinOverlap int      // minutes a week that the calendars must share; 0 when not given

	// Mentors
	Expertise   []Expertise `gorm:"serializer:json;not null"`
	Markets     []Market    `gorm:"serializer:json;not null"`
	Stages      []string    `gorm:"serializer:json;not null"`
	Capacity    int         // mentees at one time, 0 to 6
	Taken       int         `gorm:"column:used"` // places already used, 0 to Capacity
	Paused      bool        // takes nobody for now
	Reliability int         // millionths, 0 to 1,000,000; -1 when not given

	Synthetic bool // made up by the generator
}

// LanguageLevel is a language that somebody speaks: a tag and a level of the vocabularies.
type LanguageLevel struct{ Language, Level string }

// Slot is a weekly time in which somebody can meet, in the person's own time zone.
type Slot struct {
	Day      int // 1 is Monday, 7 Sunday
	From, To int // minutes after local midnight, 0 <= From < To <= 1440
}

// Need is a topic that a mentee wants help with.
type Need struct {
	Topic    string // short id
	Priority int    // 1 to 5, 1 is the most important
}

// Expertise is a topic that a mentor can help with.
type Expertise struct {
	Topic  string // short id
	Level  int    // 1 knows it, 2 has done it, 3 teaches it
	Market string // country in which; "" when the mentor names none
}

// Market is a country or region in which a mentor has experience.
type Market struct {
	Place string // "CA", "MX-JAL"
	Level int    // 1 to 3
}

// AdaptedCode tells of a sector code that is not in the classification as it stands, so that only a prefix of it
// is used.
type AdaptedCode struct {
	Row       int    // line of the file
	ID        string // of the person
	Raw, Used string // the code as given, and the prefix
}

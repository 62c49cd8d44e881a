package matching

import "slices"

// Rule is one hard constraint that a mentor's own data decides: it becomes a
// set of bits over all mentors. Ask returns false where the mentee or the
// programme asks nothing.
type Rule struct {
	Name  string
	Ask   func(*Book, *Settings, *Mentee) (Ask, bool)
	Allow func(*Book, Ask, *Mentor) bool
	Same  func(a, b *Mentor) bool // whether what the rule reads of two mentors is equal
	// Each takes an ask of several things apart, of which one has to be allowed:
	// it returns their A. It is nil, or returns none, where an ask is of one.
	Each func(*Book, Ask) []uint32
}

// PairRule is a hard constraint on two named people. The others than Name say
// the same thing in two ways: whether it refuses a pair, and where those whom
// it refuses are found, which are few of many.
type PairRule struct {
	Name   string
	Refuse func(*Mentee, *Mentor) bool
	Names  func(*Mentee) []string // ids of mentors who are refused; may be nil
	// Key and Keys, or neither: a mentor is refused who has the mentee's key
	// among his.
	Key  func(*Mentee) string
	Keys func(keys []string, m *Mentor) []string // appends
}

// Rules are the constraints in the order in which "why not" names the first
// that says no.
var Rules = [...]Rule{
	{"capacity", askPlace, func(_ *Book, _ Ask, m *Mentor) bool { return m.Places() > 0 }, samePlaces, nil},
	{"cross_border", askBorder, allowBorder, sameBorder, nil},
	{"language", askSharedLanguage, allowLanguage, sameLanguages, eachLanguage},
	{"overlap", askOverlap, allowOverlap, sameCalendar, nil},
}

// PairRules follow the [Rules].
var PairRules = [...]PairRule{
	{
		Name:   "organization",
		Refuse: func(e *Mentee, m *Mentor) bool { return e.Organization != "" && e.Organization == m.Organization },
		Key:    func(e *Mentee) string { return e.Organization },
		Keys: func(keys []string, m *Mentor) []string {
			if m.Organization == "" {
				return keys
			}
			return append(keys, m.Organization)
		},
	},
	{
		Name: "conflict",
		Refuse: func(e *Mentee, m *Mentor) bool {
			return slices.Contains(e.Conflicts, m.ID) || slices.Contains(m.Conflicts, e.ID)
		},
		Names: func(e *Mentee) []string { return e.Conflicts },
		Key:   func(e *Mentee) string { return e.ID },
		Keys:  func(keys []string, m *Mentor) []string { return append(keys, m.Conflicts...) },
	},
	{
		Name:   "never",
		Refuse: func(e *Mentee, m *Mentor) bool { return slices.Contains(e.Never, m.ID) },
		Names:  func(e *Mentee) []string { return e.Never },
	},
}

// RuleNames lists all rules in their order.
func RuleNames() (names []string) {
	for _, r := range Rules {
		names = append(names, r.Name)
	}
	for _, r := range PairRules {
		names = append(names, r.Name)
	}
	return names
}

func askPlace(*Book, *Settings, *Mentee) (Ask, bool) { return Ask{}, true }

// askBorder asks for a mentor of another country than A, or one who knows one
// of the foreign markets in B (bit c for country c) that the mentee wants.
func askBorder(_ *Book, s *Settings, m *Mentee) (Ask, bool) {
	var wanted uint32
	for _, t := range m.Targets {
		if t.Country != m.Country {
			wanted |= 1 << t.Country
		}
	}
	return Ask{A: uint32(m.Country), B: wanted}, s.CrossBorder
}

func allowBorder(_ *Book, k Ask, m *Mentor) bool {
	return uint32(m.Country) != k.A || slices.ContainsFunc(m.Markets, func(w Known) bool { return k.B>>w.Country&1 == 1 })
}

// CEFR levels by number, as the language rule reads them.
const (
	levelB1 = 3
	levelB2 = 4
)

func askSharedLanguage(b *Book, s *Settings, m *Mentee) (Ask, bool) {
	return Ask{A: b.languages.number(m.Languages)}, !s.Interpreter
}

// allowLanguage wants one language that both speak at B1 or above and one of
// them at B2 or above.
func allowLanguage(b *Book, k Ask, m *Mentor) bool {
	for _, want := range b.languages.set(k.A) {
		for _, has := range m.Languages {
			if want.Language == has.Language && min(want.Level, has.Level) >= levelB1 && max(want.Level, has.Level) >= levelB2 {
				return true
			}
		}
	}
	return false
}

// askOverlap asks for B half hours in common with calendar A.
func askOverlap(_ *Book, _ *Settings, m *Mentee) (Ask, bool) {
	return Ask{A: m.Calendar, B: uint32(m.MinOverlap)}, m.Calendar != 0 && m.MinOverlap > 0
}

// allowOverlap compares two stated calendars; a mentor who gave none is not
// ruled out, since "not given" is never zero.
func allowOverlap(b *Book, k Ask, m *Mentor) bool {
	return m.Calendar == 0 || b.overlap(k.A, m.Calendar) >= int(k.B)
}

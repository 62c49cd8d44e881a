package jobs

import (
	"fmt"
	"io"
	"strings"
	"time"

	"puente/matching"
	"puente/models"
)

// DefaultStart is the day on which a round starts when settings name none: a
// fixed Monday, never today, so that the same files give the same round.
const DefaultStart = "2027-01-04"

// Settings are a programme's choices for a round: the engine's and the start.
type Settings struct {
	matching.Settings
	Start string // YYYY-MM-DD
}

// DefaultSettings are the settings of a programme that chose nothing.
func DefaultSettings() Settings {
	return Settings{Settings: matching.DefaultSettings(), Start: DefaultStart}
}

// settingsFile is the file's form: docs/settings.schema.json describes it.
type settingsFile struct {
	Weights     map[string]int `json:"weights"`
	CrossBorder *bool          `json:"cross_border"`
	Interpreter *bool          `json:"interpreter"`
	Candidates  *int           `json:"candidates"`
	Cover       *string        `json:"cover"`
	Method      *string        `json:"method"`
	Plans       *int           `json:"lottery_plans"`
	Start       *string        `json:"start"`
	Groups      []groupFile    `json:"groups"`
}

// covers are the names of matching's covers, by number.
var covers = []string{"none", "mentees", "mentors", "both"}

// CoverName is the name of a cover in settings files.
func CoverName(c matching.Cover) string { return covers[c] }

// Limits of settings.
const (
	maxWeight     = matching.MaxWeight
	maxCandidates = 10_000
)

// ReadSettings reads a settings file. What it does not name keeps its default.
func ReadSettings(file string, r io.Reader) (Settings, models.Problems) {
	return readSettings(file, r, DefaultSettings(), false)
}

// ReadSettingsOver reads a settings file that changes other settings: what it
// does not name, of the weights too, stays as it is there.
func ReadSettingsOver(file string, r io.Reader, base Settings) (Settings, models.Problems) {
	s, problems := readSettings(file, r, base, false)
	return s, append(problems, noLists(file, s)...)
}

// ReadPreviewed is ReadSettingsOver for a preview, which compares with the
// settings of now. Another first day is refused: it has other calendars.
func ReadPreviewed(file string, r io.Reader, now Settings) (Settings, models.Problems) {
	s, problems := readSettings(file, r, now, true)
	return s, append(problems, noLists(file, s)...)
}

// noLists refuses rules about explicit lists of ids, which are in no settings.
func noLists(file string, s Settings) models.Problems {
	for _, g := range s.Groups {
		if g.Where.List != "" {
			return models.Problems{{File: file, Column: "where.list", Key: "settings.group_list", Args: map[string]any{"Name": g.Where.List}}}
		}
	}
	return nil
}

func readSettings(file string, r io.Reader, s Settings, sameStart bool) (Settings, models.Problems) {
	start := s.Start
	var f settingsFile
	line, problems := decodeStrict(file, r, &f)
	if len(problems) > 0 {
		return s, problems
	}
	check := settingsCheck{file: file, line: line, s: &s}
	check.weights(f.Weights)
	if f.CrossBorder != nil {
		s.CrossBorder = *f.CrossBorder
	}
	if f.Interpreter != nil {
		s.Interpreter = *f.Interpreter
	}
	if f.Candidates != nil {
		if s.Candidates = *f.Candidates; s.Candidates < 1 || s.Candidates > maxCandidates {
			check.bad("candidates", "settings.candidates", map[string]any{"Max": maxCandidates})
		}
	}
	if f.Cover != nil {
		check.cover(*f.Cover)
	}
	if f.Method != nil {
		var known bool
		if s.Method, known = MethodNamed(*f.Method); !known {
			check.bad("method", "settings.method", nil)
		}
	}
	if f.Groups != nil {
		check.groups(f.Groups)
	}
	if f.Plans != nil {
		if s.Plans = *f.Plans; !ValidPlans(s.Plans) {
			check.bad("lottery_plans", "settings.plans", PlanLimits())
		}
	}
	if key := s.Conflict(); key != "" {
		check.bad(map[bool]string{true: "cover", false: "groups"}[s.Cover != matching.CoverNone], key, nil)
	}
	if f.Start != nil {
		switch s.Start = *f.Start; {
		case !ValidStart(s.Start):
			check.bad("start", "settings.start", nil)
		case sameStart && s.Start != start:
			check.bad("start", "settings.other_start", map[string]any{"Start": start})
		}
	}
	return s, check.problems
}

// SettingsOf reads the settings of a stored programme.
func SettingsOf(p *models.Programme) (Settings, error) {
	settings, problems := ReadSettings("settings", strings.NewReader(p.Settings))
	if problems.Errors() > 0 {
		return settings, fmt.Errorf("the programme's settings: %s (%s)", problems[0].Key, problems[0].Column)
	}
	return settings, nil
}

// Conflict is the key of the message that says why settings do not go together,
// or "": only an optimal round has a cover rule, and rules about groups.
func (s *Settings) Conflict() string {
	if s.Method == matching.MethodLottery && s.Cover != matching.CoverNone {
		return "settings.lottery_cover"
	}
	if s.Method != matching.MethodOptimal && s.Cover != matching.CoverNone {
		return "settings.method_cover"
	}
	if s.Method != matching.MethodOptimal && len(s.Groups) > 0 {
		return "settings.method_groups"
	}
	return ""
}

// ValidPlans says whether a lottery can have so many plans.
func ValidPlans(n int) bool { return n >= matching.MinPlans && n <= matching.MaxPlans }

// PlanLimits are the arguments of the message settings.plans.
func PlanLimits() map[string]any {
	return map[string]any{"Min": matching.MinPlans, "Max": matching.MaxPlans}
}

// ValidStart says whether a round can start on a day: YYYY-MM-DD, from 1970 on.
func ValidStart(day string) bool {
	t, err := time.Parse(time.DateOnly, day)
	return err == nil && t.Year() >= 1970
}

type settingsCheck struct {
	file     string
	line     func(member string) int
	s        *Settings
	problems models.Problems
}

func (c *settingsCheck) bad(member, key string, args map[string]any) {
	c.problems = append(c.problems, models.Problem{File: c.file, Row: c.line(member), Column: member, Key: key, Args: args})
}

// weights sets the named factors' weights; the others stay.
func (c *settingsCheck) weights(named map[string]int) {
	sum, known := 0, 0
	for f := range matching.Factors {
		name := matching.Factors[f].Name
		if w, ok := named[name]; ok {
			known++
			if c.s.Weights[f] = w; w < 0 || w > maxWeight {
				c.bad("weights."+name, "settings.weight", map[string]any{"Max": maxWeight})
			}
		}
		sum += c.s.Weights[f]
	}
	if known < len(named) {
		for _, name := range sortedKeys(named) {
			if factorNumber(name) < 0 {
				c.bad("weights."+name, "settings.factor", nil)
			}
		}
	}
	if c.s.Weights[matching.Needs] <= 0 {
		c.bad("weights.needs", "settings.needs", nil)
	}
	if p := c.s.Weights[matching.Preference]; p*matching.FullWeight > matching.MaxPreference*sum {
		c.bad("weights.preference", "settings.preference", nil)
	}
}

func factorNumber(name string) int {
	for f := range matching.Factors {
		if matching.Factors[f].Name == name {
			return f
		}
	}
	return -1
}

func (c *settingsCheck) cover(name string) {
	for i, known := range covers {
		if name == known {
			c.s.Cover = matching.Cover(i)
			return
		}
	}
	c.bad("cover", "settings.cover", nil)
}

// JSON writes the settings whole, members in a fixed order, without white
// space: what a published round holds and hashes.
func (s Settings) JSON() []byte {
	weights := []byte("{")
	for f := range matching.Factors {
		weights = fmt.Appendf(weights, "%q:%d,", matching.Factors[f].Name, s.Weights[f])
	}
	weights[len(weights)-1] = '}'
	plans := ""
	if s.Method == matching.MethodLottery { // what no other round asks is not written
		plans = fmt.Sprintf(`"lottery_plans":%d,`, s.Plans)
	}
	return fmt.Appendf(nil, `{"weights":%s,"cross_border":%t,"interpreter":%t,"candidates":%d,"cover":%q,"method":%q,%s"start":%q%s}`,
		weights, s.CrossBorder, s.Interpreter, s.Candidates, covers[s.Cover], MethodName(s.Method), plans, s.Start, groupsJSON(s.Groups))
}

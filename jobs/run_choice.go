package jobs

import (
	"maps"
	"strings"
	"time"

	"puente/matching"
	"puente/models"
)

// RunChoice is what staff chooses for a run: a label, and what differs from the
// settings of the round.
type RunChoice struct {
	Label    string
	Method   string         // "" is that of the settings
	Settings map[string]any // members of a settings file; what is not named stays as it is

	Keep      string // a finished run of the same programme whose pairs are kept where possible; "": none
	Points    int64  // what a kept pair counts beside its score, up to [MaxPoints]
	TimeLimit int    // seconds, up to [MaxTimeLimit], after which the search ends with the best so far; 0: none
}

// MaxTimeLimit is the longest time limit of a run, in seconds.
const MaxTimeLimit = 240

// Conflict is the key of the message that says why a run with such settings can
// keep no pairs or end after no time, and the member at fault, or "".
func (c RunChoice) Conflict(settings string) (key, member string) {
	s, _ := ReadSettings("settings", strings.NewReader(settings)) // the run will say what is wrong with them
	again := Again{Within: time.Duration(c.TimeLimit)}
	if key = again.Conflict(s.Method, len(s.Groups) > 0); key != "" {
		return key, "time_limit"
	}
	if again.Keep = (&matching.Earlier{}); c.Keep != "" {
		return again.Conflict(s.Method, len(s.Groups) > 0), "keep"
	}
	return "", ""
}

// Wish is the run that is asked for, with the settings that [RunChoice.Over]
// gave.
func (c RunChoice) Wish(settings string) models.RunWish {
	wish := models.RunWish{Label: c.Label, Settings: settings, KeepPoints: c.Points, TimeLimit: c.TimeLimit}
	if c.Keep != "" {
		wish.KeepRun = &c.Keep
	}
	return wish
}

// Over gives the settings of a run of a round. Problems are those of
// [ReadPreviewed], by the members of a settings file.
func (c RunChoice) Over(r *models.Round) (string, models.Problems) {
	changed := maps.Clone(c.Settings)
	if c.Method != "" {
		if changed == nil {
			changed = map[string]any{}
		}
		changed["method"] = c.Method
	}
	now, problems := ReadSettings("settings", strings.NewReader(r.Settings))
	if len(changed) == 0 || problems.Errors() > 0 {
		return r.Settings, nil // the run will say what is wrong with them
	}
	now.Start = r.Start
	out, problems := ReadPreviewed("", strings.NewReader(string(compact(changed))), now)
	if problems.Errors() > 0 {
		return "", problems
	}
	if string(out.JSON()) == string(now.JSON()) {
		return r.Settings, nil
	}
	return string(out.JSON()), nil
}

// Beside gives the settings of the balanced run that belongs beside an optimal
// one, and whether there is one: a balanced round serves the most mentees in any
// case, but it cannot put mentors first, and has no rules about groups.
func Beside(settings string) (string, bool) {
	s, problems := ReadSettings("settings", strings.NewReader(settings))
	if problems.Errors() > 0 || s.Method != matching.MethodOptimal || len(s.Groups) > 0 ||
		s.Cover != matching.CoverNone && s.Cover != matching.CoverMentees {
		return "", false
	}
	s.Method, s.Cover = matching.MethodBalanced, matching.CoverNone
	return string(s.JSON()), true
}

package jobs

import (
	"maps"
	"strings"

	"puente/matching"
	"puente/models"
)

// RunChoice is what staff chooses for a run: a label, and what differs from the
// settings of the round.
type RunChoice struct {
	Label    string
	Method   string         // "" is that of the settings
	Settings map[string]any // members of a settings file; what is not named stays as it is
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

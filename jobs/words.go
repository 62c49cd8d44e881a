package jobs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"puente/matching"
	"puente/models"
)

// Words names what the engine knows only by number, in one language. Text
// turns a message key and its arguments into words; the program's is web.Text.
type Words struct {
	Lang string
	Text func(lang, key string, args map[string]any) string
}

// Say is the message of a key.
func (w Words) Say(key string, args map[string]any) string { return w.Text(w.Lang, key, args) }

// Reason says in words what one line of an explanation found.
func (w Words) Reason(l matching.Line) string {
	args := map[string]any{}
	if describe := describers[l.Factor]; describe != nil && l.Fact != matching.FactNotStated {
		describe(w, l, args)
	}
	return w.Say("why."+string(l.Fact), args)
}

// describers fill the arguments of a factor's messages.
var describers = [matching.NumFactors]func(Words, matching.Line, map[string]any){
	matching.Needs: func(w Words, l matching.Line, args map[string]any) {
		v := models.Vocabularies()
		args["Topic"] = v.Topics[l.A-1].Title.In(w.Lang)
		args["Market"], args["Level"] = "", w.Say("level."+strconv.Itoa(int(l.X)), nil)
		if l.B > 0 {
			args["Market"] = v.Countries[l.B-1].Title.In(w.Lang)
		}
	},
	matching.Industry: func(w Words, l matching.Line, args map[string]any) {
		args["Sector"], args["Other"] = w.sector(l.Fact, int(l.X)), w.sector(l.Fact, int(l.Y))
	},
	matching.Market: func(w Words, l matching.Line, args map[string]any) {
		args["Market"], args["Level"] = w.place(l.A, l.B), int(l.X)
	},
	matching.Language: func(w Words, l matching.Line, args map[string]any) {
		if l.X > 0 {
			v := models.Vocabularies()
			args["Language"], args["Level"] = v.Languages[l.X-1].Title.In(w.Lang), v.Levels[l.Y-1].Title.In(w.Lang)
		}
	},
	matching.Time: func(_ Words, l matching.Line, args map[string]any) { args["Minutes"] = int(l.X) },
	matching.Stage: func(w Words, l matching.Line, args map[string]any) {
		if l.X > 0 {
			args["Stage"] = models.Vocabularies().Stages[l.X-1].Title.In(w.Lang)
		}
	},
	matching.Style: func(w Words, l matching.Line, args map[string]any) {
		v := models.Vocabularies()
		switch l.Fact {
		case matching.FactFormat:
			args["Format"] = v.Formats[l.X-1].Title.In(w.Lang)
		case matching.FactCadence, matching.FactCadenceNear:
			args["Cadence"] = v.Cadences[l.X-1].Title.In(w.Lang)
		}
	},
	matching.Reliability: func(_ Words, l matching.Line, args map[string]any) {
		args["Percent"] = (200*int(l.X) + int(matching.FullShare)) / (2 * int(matching.FullShare))
	},
	matching.Load: func(_ Words, l matching.Line, args map[string]any) {
		args["Free"], args["Capacity"] = int(l.X), int(l.Y)
	},
}

// sector names an industry by what the fact compared.
func (w Words) sector(f matching.Fact, n int) string {
	v := models.Vocabularies()
	if n == 0 {
		return ""
	}
	switch f {
	case matching.FactSectorFamily:
		return v.Families[n-1].Title.In(w.Lang)
	case matching.FactSectorKey:
		return v.Sectors[n-1].Title.In(w.Lang)
	case matching.FactSectorGroup:
		return title(v.Groups, func(g models.Group) models.Term { return g.Term }, n, w.Lang)
	}
	return title(v.Subsectors, func(s models.Subsector) models.Term { return s.Term }, n, w.Lang)
}

// title finds a code's title and puts the code before it.
func title[T any](terms []T, term func(T) models.Term, code int, lang string) string {
	id := strconv.Itoa(code)
	if i := slices.IndexFunc(terms, func(t T) bool { return term(t).ID == id }); i >= 0 {
		return id + " " + term(terms[i]).Title.In(lang)
	}
	return id
}

// place names a region, or a country.
func (w Words) place(country, region uint32) string {
	v := models.Vocabularies()
	if region > 0 {
		return v.Regions[region-1].Title.In(w.Lang)
	}
	return v.Countries[country-1].Title.In(w.Lang)
}

// Wishes says who wished for whom, or nothing.
func (w Words) Wishes(e *matching.Mentee, m *matching.Mentor) (out []string) {
	if i := slices.Index(e.Wishes, m.ID); i >= 0 {
		out = append(out, w.Say("wish.mentee", map[string]any{"Rank": i + 1}))
	}
	if i := slices.Index(m.Wishes, e.ID); i >= 0 {
		out = append(out, w.Say("wish.mentor", map[string]any{"Rank": i + 1}))
	}
	return out
}

// Reasons picks the lines that best tell why a pair was made: the largest
// contributions first, at most n, none without a share or an answer, and says
// them in words.
func (w Words) Reasons(e matching.Explanation, n int) []string {
	lines := slices.Clone(e.Lines)
	lines = slices.DeleteFunc(lines, func(l matching.Line) bool {
		about := l.Factor == matching.Reliability || l.Factor == matching.Load
		return l.Share == 0 || l.Fact == matching.FactNotStated || about
	})
	slices.SortStableFunc(lines, func(a, b matching.Line) int { return b.Points() - a.Points() })
	var out []string
	for _, l := range lines {
		if s := w.Reason(l); !slices.Contains(out, s) && len(out) < n {
			out = append(out, s)
		}
	}
	return out
}

// askID writes what a mentee asked in a line, in ids of the vocabularies.
func askID(l matching.Line, e *models.Profile) string {
	v := models.Vocabularies()
	switch l.Factor {
	case matching.Needs:
		id := v.Topics[l.A-1].ID
		if l.B > 0 {
			id += "@" + v.Countries[l.B-1].ID
		}
		return id
	case matching.Industry:
		var codes []string
		for _, c := range e.Sectors {
			codes = append(codes, c.Raw)
		}
		return strings.Join(codes, ";")
	case matching.Market:
		if l.B > 0 {
			return v.Regions[l.B-1].ID
		}
		return v.Countries[l.A-1].ID
	case matching.Language:
		var spoken []string
		for _, s := range e.Languages {
			spoken = append(spoken, s.Language+":"+s.Level)
		}
		return strings.Join(spoken, ";")
	case matching.Stage:
		return e.Stage
	case matching.Style:
		if l.A == matching.AskCadence {
			return e.Cadence
		}
		return strings.Join(e.Formats, ";")
	}
	return ""
}

// evidence writes the fact of a line and its numbers.
func evidence(l matching.Line) string {
	s := string(l.Fact)
	if l.X != 0 || l.Y != 0 {
		s += fmt.Sprintf(":%d", l.X)
	}
	if l.Y != 0 {
		s += fmt.Sprintf(":%d", l.Y)
	}
	return s
}

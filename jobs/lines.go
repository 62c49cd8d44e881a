package jobs

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"

	"puente/matching"
	"puente/models"
)

// Finding is a line of an explanation as it is stored with a pair: what was
// found, with terms by their ids. Words are put to it when somebody reads it, in
// that reader's language, and vocabularies that have grown since change nothing.
type Finding struct {
	Factor  string            `json:"factor"`
	Fact    string            `json:"fact" doc:"What was found, by its key"`
	Weight  int               `json:"weight" doc:"Thousandths"`
	Share   int               `json:"share" doc:"Sixtieths"`
	Points  int               `json:"points" doc:"Weight times share"`
	Terms   map[string]string `json:"terms,omitempty" doc:"What it was found of: nothing, or list/id of a vocabulary, such as topic/rules_of_origin"`
	Numbers map[string]int    `json:"numbers,omitempty" doc:"The numbers that were found"`
}

// storedLine turns the engine's line into what is stored and said of it.
func storedLine(l matching.Line) Finding {
	out := Finding{
		Factor: matching.Factors[l.Factor].Name, Fact: string(l.Fact), Weight: l.Weight, Share: int(l.Share), Points: l.Points(),
		Terms: map[string]string{}, Numbers: map[string]int{},
	}
	if describe := describers[l.Factor]; describe != nil && l.Fact != matching.FactNotStated {
		describe(l, &out)
	}
	if len(out.Terms) == 0 {
		out.Terms = nil
	}
	if len(out.Numbers) == 0 {
		out.Numbers = nil
	}
	return out
}

// findings is what is stored of an explanation.
func findings(x matching.Explanation) []Finding {
	lines := make([]Finding, len(x.Lines))
	for i, l := range x.Lines {
		lines[i] = storedLine(l)
	}
	return lines
}

// PairLines says in words the explanation that is stored with a pair, as
// [models.Pair] has it, line by line. An error means that the text is no such
// explanation.
func PairLines(text string, words Words) ([]AdviceLine, error) {
	var found []Finding
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		return nil, err
	}
	return words.lines(found), nil
}

// Lines says an explanation in words, line by line.
func (w Words) Lines(x matching.Explanation) []AdviceLine { return w.lines(findings(x)) }

// lines puts words to an explanation, and chooses what is shown of it in short.
func (w Words) lines(found []Finding) []AdviceLine {
	out := make([]AdviceLine, len(found))
	for i, f := range found {
		out[i] = AdviceLine{Finding: f, Title: w.Say("factor."+f.Factor, nil), Reason: w.reason(f)}
	}
	choose(out)
	return out
}

// reason says in words what a line of an explanation found.
func (w Words) reason(l Finding) string { return w.say("why."+l.Fact, l.Terms, l.Numbers) }

// say is the message of a key whose arguments are terms and numbers.
func (w Words) say(key string, terms map[string]string, numbers map[string]int) string {
	args := make(map[string]any, len(terms)+len(numbers))
	for name, n := range numbers {
		args[name] = n
	}
	for name, term := range terms {
		args[name] = w.term(term)
	}
	return w.Say(key, args)
}

// describers find the arguments of a factor's messages.
var describers = [matching.NumFactors]func(matching.Line, *Finding){
	matching.Needs: func(l matching.Line, out *Finding) {
		v := models.Vocabularies()
		out.Terms["Topic"], out.Terms["Market"] = "topic/"+v.Topics[l.A-1].ID, ""
		if l.B > 0 {
			out.Terms["Market"] = "country/" + v.Countries[l.B-1].ID
		}
		out.Terms["Level"] = "skill/" + strconv.Itoa(int(l.X))
	},
	matching.Industry: func(l matching.Line, out *Finding) {
		out.Terms["Sector"], out.Terms["Other"] = industryTerm(l.Fact, int(l.X)), industryTerm(l.Fact, int(l.Y))
	},
	matching.Market: func(l matching.Line, out *Finding) {
		list := "country/"
		if l.B > 0 {
			list = "region/"
		}
		out.Terms["Market"], out.Numbers["Level"] = list+placeID(l.A, l.B), int(l.X)
	},
	matching.Language: func(l matching.Line, out *Finding) {
		if l.X > 0 {
			v := models.Vocabularies()
			out.Terms["Language"], out.Terms["Level"] = "language/"+v.Languages[l.X-1].ID, "level/"+v.Levels[l.Y-1].ID
		}
	},
	matching.Time: func(l matching.Line, out *Finding) { out.Numbers["Minutes"] = int(l.X) },
	matching.Stage: func(l matching.Line, out *Finding) {
		if l.X > 0 {
			out.Terms["Stage"] = "stage/" + models.Vocabularies().Stages[l.X-1].ID
		}
	},
	matching.Style: func(l matching.Line, out *Finding) {
		v := models.Vocabularies()
		switch l.Fact {
		case matching.FactFormat:
			out.Terms["Format"] = "format/" + v.Formats[l.X-1].ID
		case matching.FactCadence, matching.FactCadenceNear:
			out.Terms["Cadence"] = "cadence/" + v.Cadences[l.X-1].ID
		}
	},
	matching.Reliability: func(l matching.Line, out *Finding) {
		out.Numbers["Percent"] = (200*int(l.X) + int(matching.FullShare)) / (2 * int(matching.FullShare))
	},
	matching.Load: func(l matching.Line, out *Finding) {
		out.Numbers["Free"], out.Numbers["Capacity"] = int(l.X), int(l.Y)
	},
	matching.Similarity: func(l matching.Line, out *Finding) { out.Numbers["Share"] = int(l.X) },
}

// industryTerm names an industry by what the fact compared.
func industryTerm(f matching.Fact, n int) string {
	v := models.Vocabularies()
	switch {
	case n == 0:
		return ""
	case f == matching.FactSectorFamily:
		return "family/" + v.Families[n-1].ID
	case f == matching.FactSectorKey:
		return "sector/" + v.Sectors[n-1].ID
	case f == matching.FactSectorGroup:
		return "group/" + strconv.Itoa(n)
	}
	return "subsector/" + strconv.Itoa(n)
}

// term puts words to a term of a line; one that the vocabularies do not have is
// said by its id.
func (w Words) term(term string) string {
	list, id, _ := strings.Cut(term, "/")
	title, known := titles()[term]
	switch {
	case list == "skill":
		return w.Say("level."+id, nil)
	case !known:
		return id
	case list == "group" || list == "subsector": // people know their industry by the code
		return id + " " + title.In(w.Lang)
	}
	return title.In(w.Lang)
}

// titles are those of what lines name, by list and id.
var titles = sync.OnceValue(func() map[string]models.Title {
	v := models.Vocabularies()
	all := map[string]models.Title{}
	enter(all, "topic/", v.Topics, func(t models.Topic) models.Term { return t.Term })
	enter(all, "region/", v.Regions, func(r models.Region) models.Term { return r.Term })
	enter(all, "language/", v.Languages, func(l models.Language) models.Term { return l.Term })
	enter(all, "family/", v.Families, func(f models.Family) models.Term { return f.Term })
	enter(all, "sector/", v.Sectors, func(s models.Sector) models.Term { return s.Term })
	enter(all, "subsector/", v.Subsectors, func(s models.Subsector) models.Term { return s.Term })
	enter(all, "group/", v.Groups, func(g models.Group) models.Term { return g.Term })
	for list, of := range map[string][]models.Term{
		"country/": v.Countries, "level/": v.Levels, "stage/": v.Stages, "cadence/": v.Cadences, "format/": v.Formats,
	} {
		enter(all, list, of, func(t models.Term) models.Term { return t })
	}
	return all
})

// enter adds the titles of a list.
func enter[T any](all map[string]models.Title, list string, of []T, term func(T) models.Term) {
	for _, t := range of {
		all[list+term(t).ID] = term(t).Title
	}
}

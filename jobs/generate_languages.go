package jobs

import (
	"cmp"
	"slices"

	"puente/models"
)

// mainLanguage is what most people of a country or region speak at home.
var mainLanguage = map[string]string{"US": "en", "CA": "en", "MX": "es", "CA-QC": "fr", "CA-NU": "iu"}

// homeLanguages are other languages spoken at home, in percent of the people
// of a country or region; a region that is not listed has its country's.
// Rounded from what the censuses of 2020 and 2021 are remembered to say.
var homeLanguages = map[string][]choice[string]{
	"US":    {{"es", 10}, {"zh", 2}, {"vi", 1}, {"tl", 1}, {"ko", 1}, {"pt", 1}, {"ar", 1}},
	"US-TX": {{"es", 26}, {"vi", 2}, {"zh", 1}, {"tl", 1}},
	"US-CA": {{"es", 24}, {"zh", 5}, {"tl", 3}, {"vi", 3}, {"ko", 2}},
	"US-FL": {{"es", 23}, {"ht", 4}, {"pt", 2}},
	"US-NY": {{"es", 14}, {"zh", 4}, {"ht", 2}, {"ko", 1}, {"ar", 1}},
	"US-AZ": {{"es", 20}, {"nv", 4}},
	"US-NM": {{"es", 25}, {"nv", 8}},
	"US-OK": {{"es", 7}, {"chr", 5}},
	"US-SD": {{"lkt", 8}},
	"US-ME": {{"fr", 4}},
	"US-AK": {{"esu", 10}, {"tl", 4}},
	"US-PR": {{"es", 95}},

	"CA":    {{"zh", 4}, {"pa", 2}, {"tl", 2}, {"ar", 1}},
	"CA-QC": {{"en", 10}, {"ar", 3}, {"es", 3}, {"ht", 3}, {"cr", 1}, {"moe", 1}},
	"CA-NB": {{"fr", 30}, {"mic", 2}},
	"CA-ON": {{"fr", 4}, {"zh", 5}, {"pa", 3}, {"tl", 2}, {"pt", 2}, {"ar", 2}, {"es", 2}, {"oj", 1}},
	"CA-BC": {{"zh", 9}, {"pa", 6}, {"tl", 3}, {"ko", 2}},
	"CA-MB": {{"fr", 4}, {"tl", 4}, {"cr", 3}, {"oj", 3}},
	"CA-SK": {{"cr", 6}, {"chp", 2}, {"tl", 2}},
	"CA-NS": {{"fr", 3}, {"mic", 3}, {"ar", 2}},
	"CA-NL": {{"moe", 4}},
	"CA-NT": {{"chp", 20}, {"fr", 3}},
	"CA-NU": {{"en", 30}},

	"MX":     {{"nah", 1}},
	"MX-OAX": {{"zap", 9}, {"mix", 7}},
	"MX-CHP": {{"tzo", 9}, {"tzh", 9}},
	"MX-YUC": {{"yua", 14}},
	"MX-ROO": {{"yua", 8}},
	"MX-PUE": {{"nah", 6}},
	"MX-HID": {{"nah", 5}, {"oto", 5}},
	"MX-VER": {{"nah", 5}},
	"MX-MIC": {{"pua", 5}},
	"MX-QUE": {{"oto", 3}},
	"MX-MEX": {{"oto", 2}},
}

// learned is a language that people learn: by how many percent of mentees and
// of mentors, and how well.
type learned struct {
	language         string
	mentees, mentors int
	levels           []choice[int]
}

// learnedLanguages are those of a country or region beside the ones at home.
var learnedLanguages = map[string][]learned{
	"US":    {{"es", 16, 34, levelsElse}, {"fr", 3, 9, levelsElse}},
	"CA":    {{"en", 96, 100, levelsHere}, {"fr", 20, 32, levelsElse}, {"es", 8, 20, levelsElse}},
	"CA-QC": {{"fr", 92, 96, levelsHere}, {"en", 82, 95, levelsNear}, {"es", 10, 24, levelsElse}},
	"MX":    {{"en", 60, 88, levelsElse}, {"fr", 3, 9, levelsElse}},
}

// Levels, by number, of the language of the place, of one that is heard every
// day, and of a foreign one.
var (
	levelsHere = []choice[int]{{1, 3}, {2, 14}, {3, 15}, {4, 22}, {5, 22}, {6, 12}, {7, 12}}
	levelsNear = []choice[int]{{2, 10}, {3, 22}, {4, 30}, {5, 24}, {6, 14}}
	levelsElse = []choice[int]{{1, 5}, {2, 18}, {3, 30}, {4, 26}, {5, 16}, {6, 5}}
)

// placed reads a table by region, or by country where the region has no entry.
func placed[T any](table map[string]T, p *models.Profile) T {
	if found, ok := table[p.Region]; ok {
		return found
	}
	return table[p.Country]
}

// fillLanguages draws a language from home, that of the place if it is another
// one, and what the person has learned. Mentors have learned more.
func fillLanguages(d dice, _ *population, p *models.Profile) {
	levels := map[string]int{}
	learn := func(language string, choices []choice[int]) {
		level := pick(d, choices)
		if p.Role == models.RoleMentor {
			level = max(level, pick(d, choices))
		}
		if levels[language] == 0 {
			levels[language] = level
		}
	}
	here, others := placed(mainLanguage, p), placed(homeLanguages, p)
	home := pick(d, append([]choice[string]{{here, 100 - total(others)}}, others...))
	levels[home] = 7
	if home != here {
		learn(here, levelsHere)
	}
	for _, l := range placed(learnedLanguages, p) {
		percent := l.mentees
		if p.Role == models.RoleMentor {
			percent = l.mentors
		}
		if d.chance(percent) {
			learn(l.language, l.levels)
		}
	}
	p.Languages = spoken(levels)
}

func total[T any](choices []choice[T]) (sum int) {
	for _, c := range choices {
		sum += c.weight
	}
	return sum
}

// spoken lists languages, the best first, equals by their place in the
// vocabulary.
func spoken(levels map[string]int) (out []models.LanguageLevel) {
	v := models.Vocabularies()
	for _, l := range v.Languages {
		if level := levels[l.ID]; level > 0 {
			out = append(out, models.LanguageLevel{Language: l.ID, Level: v.Levels[level-1].ID})
		}
	}
	slices.SortStableFunc(out, func(a, b models.LanguageLevel) int { return cmp.Compare(levels[b.Language], levels[a.Language]) })
	return out
}

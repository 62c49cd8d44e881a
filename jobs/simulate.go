package jobs

import (
	"slices"

	"puente/models"
)

// answerTo finds the generator's way with a column.
func answerTo(column string) *answer {
	at := slices.IndexFunc(answers, func(a answer) bool { return a.column == column })
	return &answers[at]
}

// simulate fills what a person was not asked, as the generator does, gaps
// included, and gives the columns that it filled. What is known stays: given
// holds the cells of the people file by number of the field. Only answers to a
// programme's questions are made up; a name, a region, an organization, a
// conflict or a record of reliability is not. The answers depend on the seed,
// the person's id and what is known of the person, and on no other row.
func simulate(seed uint64, p *models.Profile, given []string) (filled []string) {
	var open []*answer
	for i := range answers {
		a := &answers[i]
		known := given[fieldNumber(a.column)] != "" || a.column == "timezone" && p.TimeZone != ""
		if a.asked && a.roles&p.Role != 0 && !known {
			a.fill(newDice(seed, p.ID, a.column), nil, p)
			open = append(open, a)
		}
	}
	for _, a := range open {
		if a.left(seed, p) {
			a.clear(p)
			continue
		}
		filled = append(filled, a.column)
		p.Synthetic = true
	}
	return filled
}

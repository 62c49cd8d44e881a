package jobs

import (
	"slices"

	"puente/models"
)

// hours are times of a day in which people meet: office hours, and evenings
// for those who run a shop. In minutes after midnight.
type hours struct{ from, to int }

var meetingHours = []choice[hours]{
	{hours{8 * 60, 10 * 60}, 8},
	{hours{9 * 60, 11 * 60}, 12},
	{hours{9 * 60, 12 * 60}, 16},
	{hours{10 * 60, 12 * 60}, 12},
	{hours{12 * 60, 13*60 + 30}, 6},
	{hours{13 * 60, 16 * 60}, 12},
	{hours{14 * 60, 17 * 60}, 14},
	{hours{15*60 + 30, 17*60 + 30}, 7},
	{hours{18 * 60, 20 * 60}, 8},
	{hours{18*60 + 30, 21 * 60}, 5},
}

var meetingDays = []choice[int]{{1, 18}, {2, 22}, {3, 20}, {4, 22}, {5, 12}, {6, 6}}

// fillSlots draws one or two habits, such as "Tuesday and Thursday morning":
// at most one time a day, so that no two touch.
func fillSlots(d dice, _ *population, p *models.Profile) {
	byDay := map[int]hours{}
	for range pick(d, []choice[int]{{1, 40}, {2, 60}}) {
		habit := pick(d, meetingHours)
		for _, day := range pickSome(d, meetingDays, pick(d, []choice[int]{{1, 35}, {2, 35}, {3, 20}, {4, 10}})) {
			byDay[day] = habit
		}
	}
	p.Slots = nil
	for day := 1; day <= 7; day++ {
		if h, ok := byDay[day]; ok {
			p.Slots = append(p.Slots, models.Slot{Day: day, From: h.from, To: h.to})
		}
	}
}

// fillMinOverlap draws the minutes that a mentee insists on; most do not.
func fillMinOverlap(d dice, _ *population, p *models.Profile) {
	if len(p.Slots) > 0 && d.chance(40) {
		p.MinOverlap = pick(d, []choice[int]{{30, 30}, {60, 45}, {90, 13}, {120, 12}})
	}
}

func fillCadence(d dice, _ *population, p *models.Profile) {
	p.Cadence = pick(d, []choice[string]{{"weekly", 25}, {"biweekly", 45}, {"monthly", 30}})
}

func fillFormats(d dice, _ *population, p *models.Profile) {
	n := pick(d, []choice[int]{{1, 45}, {2, 40}, {3, 15}})
	p.Formats = pickSome(d, []choice[string]{{"video", 55}, {"phone", 22}, {"chat", 15}, {"in_person", 8}}, n)
}

// fillStage draws how far a mentee is with exporting: most are at its start.
func fillStage(d dice, _ *population, p *models.Profile) {
	p.Stage = pick(d, []choice[string]{
		{"not_exporting", 20}, {"exploring", 29}, {"first_sale", 22}, {"occasional", 16}, {"regular", 9}, {"multi_market", 4},
	})
}

// fillStages draws the stages that a mentor likes: two to four in a row.
func fillStages(d dice, _ *population, p *models.Profile) {
	stages := models.Vocabularies().Stages
	n := d.between(2, 4)
	from := d.below(len(stages) - n + 1)
	p.Stages = nil
	for _, s := range stages[from : from+n] {
		p.Stages = append(p.Stages, s.ID)
	}
}

// mentorCapacities is an assumption: no public source of it was found.
var mentorCapacities = []choice[int]{{1, 35}, {2, 35}, {3, 18}, {4, 8}, {5, 4}}

func fillCapacity(d dice, _ *population, p *models.Profile) { p.Capacity = pick(d, mentorCapacities) }

// fillTaken lets one mentor in 25 be full, and one in eight be partly taken.
func fillTaken(d dice, _ *population, p *models.Profile) {
	switch {
	case d.chance(4):
		p.Taken = p.Capacity
	case p.Capacity > 1 && d.chance(13):
		p.Taken = d.between(1, p.Capacity-1)
	}
}

func fillPaused(d dice, _ *population, p *models.Profile) { p.Paused = d.chance(3) }

// fillReliability draws a rate for two mentors in three: the better of two
// draws from half to one, in thousandths.
func fillReliability(d dice, _ *population, p *models.Profile) {
	p.Reliability = 1000 * max(d.between(500, 1000), d.between(500, 1000))
}

// fillConflicts declares a conflict of interest with one person of the other
// side, which few have.
func fillConflicts(d dice, w *population, p *models.Profile) {
	percent := 5
	if p.Role == models.RoleMentor {
		percent = 3
	}
	if d.chance(percent) {
		p.Conflicts = w.popular(d, p, 1)
	}
}

// fillWishes names people of the other side. A few of them are wished for by
// many.
func fillWishes(d dice, w *population, p *models.Profile) {
	percent := 18
	if p.Role == models.RoleMentor {
		percent = 6
	}
	if d.chance(percent) {
		p.Wishes = slices.DeleteFunc(w.popular(d, p, d.between(1, 5)), func(id string) bool { return slices.Contains(p.Conflicts, id) })
	}
}

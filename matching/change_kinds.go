package matching

import "slices"

// Answer is an answer that a person could have given otherwise, and how much
// otherwise. Equal Kind, A and B are the same question.
type Answer struct {
	Kind  uint8  // number in AnswerKinds
	A, B  uint8  // which answer of its kind; the kind says what they are
	To    uint16 // what it becomes
	Steps int    // how far that is from what it is, 1 or more
}

// AnswerKind is one kind of answers that a person can honestly change. One of
// mentee and mentor gives the answer to a copy of a person, whose lists it
// shares and must not change.
//
// An answer that becomes another one never makes a rule say no that said yes,
// to this mentor or to any other: the search of changes rests on it.
type AnswerKind struct {
	Name    string
	Factors []int // which of the factors the answer can change
	// Next lists the other answers of the kind that concern a pair, in the order
	// that settles ties, with A, B, To and Steps.
	Next   func(*Book, *Mentee, *Mentor) []Answer
	mentee func(*Mentee, Answer)
	mentor func(*Mentor, Answer)
}

// The kinds by number. The order settles which of equally small changes is
// found.
const (
	MenteeLanguage = iota
	MenteeTarget
	MenteeNeed
	MenteeStage
	MenteeCadence
	MenteeFormat
	MenteeOverlap
	MentorLanguage
	MentorSkill
	MentorMarket
	MentorStage
	MentorCadence
	MentorFormat
	MentorPlace
	NumAnswerKinds
)

// AnswerKinds is every answer that a [Change] may change. A step is one level,
// one priority, one place of a scale, half an hour or one entry of a list; what
// is not there yet has level 0. Countries, industries, organizations,
// conflicts, wishes, calendars, tags and reliability are not in it: they are
// facts, or nobody should change them to be matched otherwise.
var AnswerKinds = [NumAnswerKinds]AnswerKind{
	MenteeLanguage: {"mentee_language", []int{Language}, nextMenteeLanguage, setMenteeLanguage, nil}, // A: language
	MenteeTarget:   {"mentee_target", []int{Needs, Market}, nextTarget, setTarget, nil},              // A, B: country, region or 0
	MenteeNeed:     {"mentee_need", []int{Needs}, nextNeed, setNeed, nil},                            // A: topic; To: priority
	MenteeStage:    {"mentee_stage", []int{Stage}, nextMenteeStage, func(e *Mentee, a Answer) { e.Stage = uint8(a.To) }, nil},
	MenteeCadence:  {"mentee_cadence", []int{Style}, nextMenteeCadence, func(e *Mentee, a Answer) { e.Cadence = uint8(a.To) }, nil},
	MenteeFormat:   {"mentee_format", []int{Style}, nextMenteeFormat, setMenteeFormat, nil}, // A: format
	MenteeOverlap:  {"mentee_overlap", nil, nextOverlap, func(e *Mentee, a Answer) { e.MinOverlap = a.To }, nil},
	MentorLanguage: {"mentor_language", []int{Language}, nextMentorLanguage, nil, setMentorLanguage}, // A: language
	MentorSkill:    {"mentor_skill", []int{Needs}, nextSkill, nil, setSkill},                         // A, B: topic, market or 0
	MentorMarket:   {"mentor_market", []int{Market}, nextMarket, nil, setMarket},                     // A, B: country, region or 0
	MentorStage:    {"mentor_stage", []int{Stage}, nextMentorStage, nil, setMentorStage},             // A: stage
	MentorCadence:  {"mentor_cadence", []int{Style}, nextMentorCadence, nil, func(m *Mentor, a Answer) { m.Cadence = uint8(a.To) }},
	MentorFormat:   {"mentor_format", []int{Style}, nextMentorFormat, nil, setMentorFormat}, // A: format
	MentorPlace:    {"mentor_place", []int{Load}, nextPlace, nil, setPlace},                 // To: capacity
}

// The ends of the scales, as people files have them.
const (
	maxNeeds    = 5 // of one mentee
	maxPriority = 5 // the least important
	maxSkill    = 3 // of a skill or a market
	maxCapacity = 6
	levelC1     = 5 // better counts no more
)

// levels lists the answers from one level up to another one.
func levels(a Answer, from, least, most uint8) (out []Answer) {
	for to := max(from+1, least); to <= most; to++ {
		a.To, a.Steps = uint16(to), int(to-from)
		out = append(out, a)
	}
	return out
}

// towards lists the answers from one place of a scale to another one; from is 0
// where nothing was said, and to where nothing is wanted.
func towards(from, to uint8) (out []Answer) {
	switch {
	case to == 0:
	case from == 0:
		return []Answer{{To: uint16(to), Steps: 1}}
	case from < to:
		return levels(Answer{}, from, 0, to)
	default:
		for at := from; at > to; at-- {
			out = append(out, Answer{To: uint16(at - 1), Steps: int(from-at) + 1})
		}
	}
	return out
}

// better lists the levels at which a person could speak another's languages,
// from B1, under which nothing counts.
func better(own, others []Spoken) (out []Answer) {
	for _, other := range others {
		if other.Level >= levelB1 {
			out = append(out, levels(Answer{A: other.Language}, levelOf(own, other.Language), levelB1, levelC1)...)
		}
	}
	return out
}

func levelOf(spoken []Spoken, language uint8) (level uint8) {
	for _, s := range spoken {
		if s.Language == language {
			level = max(level, s.Level)
		}
	}
	return level
}

// speaking is a list of languages with one at another level.
func speaking(spoken []Spoken, a Answer) []Spoken {
	return entering(spoken, Spoken{a.A, uint8(a.To)}, func(s Spoken) bool { return s.Language == a.A })
}

// entering is a list with an entry in place of those that are the same, or at
// the end.
func entering[T any](list []T, entry T, same func(T) bool) []T {
	list = slices.Clone(list)
	found := false
	for i := range list {
		if same(list[i]) {
			list[i], found = entry, true
		}
	}
	if found {
		return list
	}
	return append(list, entry)
}

func nextMenteeLanguage(_ *Book, e *Mentee, m *Mentor) []Answer {
	return better(e.Languages, m.Languages)
}

func setMenteeLanguage(e *Mentee, a Answer) { e.Languages = speaking(e.Languages, a) }

func nextMentorLanguage(_ *Book, e *Mentee, m *Mentor) []Answer {
	return better(m.Languages, e.Languages)
}

func setMentorLanguage(m *Mentor, a Answer) { m.Languages = speaking(m.Languages, a) }

// nextTarget lists the places abroad that the mentor knows, or has a skill for.
func nextTarget(_ *Book, e *Mentee, m *Mentor) (out []Answer) {
	var places []Place
	for _, k := range m.Markets {
		places = append(places, Place{k.Country, k.Region}, Place{Country: k.Country})
	}
	for _, s := range m.Skills {
		places = append(places, Place{Country: s.Market})
	}
	for i, p := range places {
		if p.Country != 0 && p.Country != e.Country && !slices.Contains(e.Targets, p) && !slices.Contains(places[:i], p) {
			out = append(out, Answer{A: p.Country, B: p.Region, To: 1, Steps: 1})
		}
	}
	return out
}

func setTarget(e *Mentee, a Answer) {
	e.Targets = append(slices.Clip(e.Targets), Place{a.A, a.B})
}

// nextNeed lists the topics that the mentor has a skill in: as more important,
// or as a new need from the least important on.
func nextNeed(_ *Book, e *Mentee, m *Mentor) (out []Answer) {
	for i, s := range m.Skills {
		if slices.ContainsFunc(m.Skills[:i], func(other Skill) bool { return other.Topic == s.Topic }) {
			continue
		}
		from := uint8(maxPriority + 1)
		for _, n := range e.Needs {
			if n.Topic == s.Topic {
				from = n.Priority
			}
		}
		if from > maxPriority && len(e.Needs) >= maxNeeds {
			continue
		}
		for to := from - 1; to >= 1; to-- {
			out = append(out, Answer{A: s.Topic, To: uint16(to), Steps: int(from - to)})
		}
	}
	return out
}

func setNeed(e *Mentee, a Answer) {
	e.Needs = entering(e.Needs, Need{a.A, uint8(a.To)}, func(n Need) bool { return n.Topic == a.A })
}

// nextMenteeStage lists the stages on the way to each that the mentor likes.
func nextMenteeStage(_ *Book, e *Mentee, m *Mentor) (out []Answer) {
	for _, s := range m.Stages {
		for _, a := range towards(e.Stage, s) {
			if !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	}
	return out
}

func nextMentorStage(_ *Book, e *Mentee, m *Mentor) []Answer {
	if e.Stage == 0 || slices.Contains(m.Stages, e.Stage) {
		return nil
	}
	return []Answer{{A: e.Stage, To: 1, Steps: 1}}
}

func setMentorStage(m *Mentor, a Answer) { m.Stages = append(slices.Clip(m.Stages), a.A) }

func nextMenteeCadence(_ *Book, e *Mentee, m *Mentor) []Answer { return towards(e.Cadence, m.Cadence) }

func nextMentorCadence(_ *Book, e *Mentee, m *Mentor) []Answer { return towards(m.Cadence, e.Cadence) }

// shared lists the formats of another person, unless there is a common one.
func shared(own, others []uint8) (out []Answer) {
	for _, f := range others {
		if slices.Contains(own, f) {
			return nil
		}
		out = append(out, Answer{A: f, To: 1, Steps: 1})
	}
	return out
}

func nextMenteeFormat(_ *Book, e *Mentee, m *Mentor) []Answer { return shared(e.Formats, m.Formats) }

func setMenteeFormat(e *Mentee, a Answer) { e.Formats = append(slices.Clip(e.Formats), a.A) }

func nextMentorFormat(_ *Book, e *Mentee, m *Mentor) []Answer { return shared(m.Formats, e.Formats) }

func setMentorFormat(m *Mentor, a Answer) { m.Formats = append(slices.Clip(m.Formats), a.A) }

// nextOverlap lowers the minimum to what the two calendars share.
func nextOverlap(b *Book, e *Mentee, m *Mentor) []Answer {
	if e.Calendar == 0 || m.Calendar == 0 {
		return nil
	}
	n := b.overlap(e.Calendar, m.Calendar)
	if n >= int(e.MinOverlap) {
		return nil
	}
	return []Answer{{To: uint16(n), Steps: int(e.MinOverlap) - n}}
}

// nextSkill lists higher levels of what the mentee needs: in each market she
// asks for, and where the mentor has it already.
func nextSkill(_ *Book, e *Mentee, m *Mentor) (out []Answer) {
	countries := targetCountries(e)
	for _, n := range e.Needs {
		markets := slices.Clone(countries)
		for _, s := range m.Skills {
			if s.Topic == n.Topic && !slices.Contains(markets, s.Market) {
				markets = append(markets, s.Market)
			}
		}
		for _, market := range markets {
			level := uint8(0)
			for _, s := range m.Skills {
				if s.Topic == n.Topic && s.Market == market {
					level = max(level, s.Level)
				}
			}
			out = append(out, levels(Answer{A: n.Topic, B: market}, level, 0, maxSkill)...)
		}
	}
	return out
}

func setSkill(m *Mentor, a Answer) {
	m.Skills = entering(m.Skills, Skill{a.A, a.B, uint8(a.To)}, func(s Skill) bool { return s.Topic == a.A && s.Market == a.B })
}

// nextMarket lists higher levels of the places where the mentee wants to sell:
// each country, each region she names, and what the mentor knows of them.
func nextMarket(_ *Book, e *Mentee, m *Mentor) (out []Answer) {
	var places []Place
	add := func(p Place) {
		if !slices.Contains(places, p) {
			places = append(places, p)
		}
	}
	for _, t := range e.Targets {
		add(Place{Country: t.Country})
		add(t)
		for _, k := range m.Markets {
			if k.Country == t.Country {
				add(Place{k.Country, k.Region})
			}
		}
	}
	for _, p := range places {
		level := uint8(0)
		for _, k := range m.Markets {
			if k.Country == p.Country && k.Region == p.Region {
				level = max(level, k.Level)
			}
		}
		out = append(out, levels(Answer{A: p.Country, B: p.Region}, level, 0, maxSkill)...)
	}
	return out
}

func setMarket(m *Mentor, a Answer) {
	m.Markets = entering(m.Markets, Known{a.A, a.B, uint8(a.To)}, func(k Known) bool { return k.Country == a.A && k.Region == a.B })
}

// nextPlace lists larger capacities. For a mentor who pauses, taking people
// again is the first step.
func nextPlace(_ *Book, _ *Mentee, m *Mentor) []Answer {
	out := levels(Answer{}, m.Capacity, 0, maxCapacity)
	if m.Paused {
		for i := range out {
			out[i].Steps++
		}
		out = append([]Answer{{To: uint16(m.Capacity), Steps: 1}}, out...)
	}
	return out
}

func setPlace(m *Mentor, a Answer) { m.Paused, m.Capacity = false, uint8(a.To) }

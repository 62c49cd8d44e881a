package matching

import "slices"

// Share is how much of one thing a mentor gives, in sixtieths.
type Share = uint8

// FullShare is all of it, and NotStated is the share where a mentor did not
// answer an optional question: a third, neither a yes nor a no.
const (
	FullShare Share = 60
	NotStated Share = 20
)

// FullScore is the best possible score, FullWeight what a mentee's weights sum to.
const (
	FullWeight = 1000
	FullScore  = FullWeight * int(FullShare)
)

// Ask is one thing asked of mentors: a factor and two numbers whose meaning is
// the factor's. Equal asks share one column of the index.
type Ask struct {
	Factor uint8
	A, B   uint32
}

// Part is an ask and its portion of the factor's weight.
type Part struct {
	A, B    uint32
	Portion int
}

// Given is a mentor's answer to an ask: the share, and the facts that an
// explanation shows. Fact names the message; X and Y are numbers for it.
type Given struct {
	Share Share
	Fact  Fact
	X, Y  uint16
}

// Factor is one criterion: what a mentee asks, and what a mentor gives of it.
// Both score and explanation come from Give, so they cannot differ. Asks
// appends parts; where it appends none, the factor's weight goes to the others
// in proportion.
type Factor struct {
	Name    string
	Default int // weight in thousandths
	Asks    func([]Part, *Book, *Mentee) []Part
	Give    func(*Book, Ask, *Mentor) Given
	Same    func(a, b *Mentor) bool // whether what Give reads of two mentors is equal
	// Each takes an ask of several things apart, of which the best given one
	// counts: it returns their A. It is nil, or returns none, where an ask is of
	// one thing. Sets of things are many, the things few, and columns are made
	// of the things.
	Each func(*Book, Ask) []uint32
}

// The factors by number. The order is part of the contract: it settles ties of
// largest remainders and the order of explanation lines.
const (
	Needs = iota
	Industry
	Market
	Language
	Time
	Stage
	Style
	Reliability
	Load
	Preference
	Similarity
	NumFactors
)

// Factors is the whole vocabulary of scoring.
var Factors = [NumFactors]Factor{
	Needs:       {"needs", 340, needAsks, giveNeed, sameSkills, nil},
	Industry:    {"sector", 160, sectorAsks, giveSector, sameSectors, eachSector},
	Market:      {"market", 140, marketAsks, giveMarket, sameMarkets, nil},
	Language:    {"language", 110, languageAsks, giveLanguage, sameLanguages, eachLanguage},
	Time:        {"time", 90, timeAsks, giveTime, sameCalendar, nil},
	Stage:       {"stage", 50, stageAsks, giveStage, sameStages, nil},
	Style:       {"style", 40, styleAsks, giveStyle, sameStyle, nil},
	Reliability: {"reliability", 40, always, giveReliability, sameReliability, nil},
	Load:        {"load", 30, always, giveLoad, samePlaces, nil},
	Preference:  {"preference", 0, preferenceAsks, givePreference, sameTags, nil},
	Similarity:  {"similarity", 0, similarityAsks, giveSimilarity, sameVector, nil},
}

// own are the factors of which every mentee asks something of her own, so that
// an index keeps no column of it for others.
var own = [NumFactors]bool{Similarity: true}

// always asks one thing without an argument: a factor about the mentor alone.
func always(parts []Part, _ *Book, _ *Mentee) []Part { return append(parts, Part{Portion: 1}) }

func notStated() Given { return Given{Share: NotStated, Fact: FactNotStated} }

// needAsks asks every need in every target country; priorities 1 to 5 weigh 5
// to 1. A is the topic, B the country, 0 where the mentee names none.
func needAsks(parts []Part, _ *Book, m *Mentee) []Part {
	countries := targetCountries(m)
	for _, n := range m.Needs {
		for _, c := range countries {
			parts = append(parts, Part{uint32(n.Topic), uint32(c), 6 - int(n.Priority)})
		}
	}
	return parts
}

// targetCountries lists the distinct target countries in their given order, or
// 0 alone for a mentee who names none.
func targetCountries(m *Mentee) []uint8 {
	var countries []uint8
	for _, t := range m.Targets {
		if !slices.Contains(countries, t.Country) {
			countries = append(countries, t.Country)
		}
	}
	if countries == nil {
		return []uint8{0}
	}
	return countries
}

// giveNeed counts a skill in full in the asked market, and half elsewhere or
// where the mentor named no market.
func giveNeed(_ *Book, k Ask, m *Mentor) Given {
	var here, elsewhere, unplaced uint8
	for _, s := range m.Skills {
		switch {
		case uint32(s.Topic) != k.A:
		case k.B == 0 || uint32(s.Market) == k.B:
			here = max(here, s.Level)
		case s.Market == 0:
			unplaced = max(unplaced, s.Level)
		default:
			elsewhere = max(elsewhere, s.Level)
		}
	}
	switch {
	case max(here, elsewhere, unplaced) == 0:
		return Given{Fact: FactNeedNone}
	case 2*here >= max(elsewhere, unplaced):
		return Given{20 * here, FactNeedHere, uint16(here), 0}
	case unplaced >= elsewhere:
		return Given{10 * unplaced, FactNeedUnplaced, uint16(unplaced), 0}
	}
	return Given{10 * elsewhere, FactNeedElsewhere, uint16(elsewhere), 0}
}

// sectorAsks asks for the mentee's set of industry codes, A, at once: the
// closest pair of codes counts.
func sectorAsks(parts []Part, b *Book, m *Mentee) []Part {
	if len(m.Sectors) == 0 {
		return parts
	}
	return append(parts, Part{A: b.sectors.number(m.Sectors), Portion: 1})
}

func giveSector(b *Book, k Ask, m *Mentor) Given {
	var best Given
	for _, want := range b.sectors.set(k.A) {
		for _, has := range m.Sectors {
			if g := relate(want, has); g.Share > best.Share {
				best = g
			}
		}
	}
	if best.Share == 0 {
		best.Fact = FactSectorNone
	}
	return best
}

// relate compares two industry codes. Wholesale, retail and public
// administration have other codes in each country: their family or sector is
// compared, never the digits.
func relate(a, b Sector) Given {
	switch {
	case a.Group != 0 && a.Group == b.Group:
		return Given{60, FactSectorGroup, a.Group, 0}
	case a.Subsector != 0 && a.Subsector == b.Subsector:
		return Given{45, FactSectorSubsector, a.Subsector, 0}
	case a.Family != 0 && a.Family == b.Family:
		return Given{36, FactSectorFamily, uint16(a.Family), 0}
	case neighbours(a.Subsector, b.Subsector):
		return Given{30, FactSectorChain, a.Subsector, b.Subsector}
	case a.Key != 0 && a.Key == b.Key:
		return Given{20, FactSectorKey, uint16(a.Key), 0}
	}
	return Given{}
}

// marketAsks asks for each target equally. A is the country, B the region or 0.
func marketAsks(parts []Part, _ *Book, m *Mentee) []Part {
	for _, t := range m.Targets {
		parts = append(parts, Part{uint32(t.Country), uint32(t.Region), 1})
	}
	return parts
}

// eachSector asks for the codes of a set one by one: the closest of them is
// what the set is given.
func eachSector(b *Book, k Ask) []uint32 { return b.sectors.ones(k.A) }

// giveMarket counts the level of the country, and a fifth for knowing the
// region when one is asked. Knowing a region is knowing its country as well.
func giveMarket(_ *Book, k Ask, m *Mentor) Given {
	if len(m.Markets) == 0 {
		return notStated()
	}
	var level uint8
	region := false
	for _, w := range m.Markets {
		if uint32(w.Country) == k.A {
			level = max(level, w.Level)
			region = region || k.B != 0 && uint32(w.Region) == k.B
		}
	}
	switch {
	case level == 0:
		return Given{Fact: FactMarketNone}
	case k.B == 0:
		return Given{20 * level, FactMarket, uint16(level), 0}
	case region:
		return Given{16*level + 12, FactMarketRegion, uint16(level), 0}
	}
	return Given{16 * level, FactMarket, uint16(level), 0}
}

// languageAsks asks for the mentee's set of languages, A, at once.
func languageAsks(parts []Part, b *Book, m *Mentee) []Part {
	if len(m.Languages) == 0 {
		return parts
	}
	return append(parts, Part{A: b.languages.number(m.Languages), Portion: 1})
}

// languageShares is the share by the lower of the two levels: B1 half, B2
// three quarters, C1 and above all.
var languageShares = [8]Share{0, 0, 0, 30, 45, 60, 60, 60}

func giveLanguage(b *Book, k Ask, m *Mentor) Given {
	best := Given{Fact: FactLanguageNone}
	for _, want := range b.languages.set(k.A) {
		for _, has := range m.Languages {
			level := min(want.Level, has.Level)
			if s := languageShares[level]; want.Language == has.Language && s > best.Share {
				best = Given{s, FactLanguage, uint16(want.Language), uint16(level)}
			}
		}
	}
	return best
}

// eachLanguage asks for the languages of a set one by one.
func eachLanguage(b *Book, k Ask) []uint32 { return b.languages.ones(k.A) }

// timeAsks asks for common time with the mentee's calendar, A.
func timeAsks(parts []Part, _ *Book, m *Mentee) []Part {
	if m.Calendar == 0 {
		return parts
	}
	return append(parts, Part{A: m.Calendar, Portion: 1})
}

// giveTime gives a twelfth for each shared half hour of the worst week, all
// for six hours.
func giveTime(b *Book, k Ask, m *Mentor) Given {
	if m.Calendar == 0 {
		return notStated()
	}
	n := b.overlap(k.A, m.Calendar)
	return Given{Share(5 * min(n, 12)), FactTime, uint16(30 * n), 0}
}

// stageAsks asks for the mentee's export stage, A.
func stageAsks(parts []Part, _ *Book, m *Mentee) []Part {
	if m.Stage == 0 {
		return parts
	}
	return append(parts, Part{A: uint32(m.Stage), Portion: 1})
}

func giveStage(_ *Book, k Ask, m *Mentor) Given {
	if len(m.Stages) == 0 {
		return notStated()
	}
	best := Given{Fact: FactStageNone}
	for _, s := range m.Stages {
		switch s := uint32(s); {
		case s == k.A:
			return Given{FullShare, FactStage, uint16(s), 0}
		case s+1 == k.A || s == k.A+1:
			best = Given{FullShare / 2, FactStageNear, uint16(s), 0}
		}
	}
	return best
}

// The two questions of the style factor, as the A of its asks.
const (
	AskCadence = iota + 1
	AskFormat
)

// styleAsks asks for the mentee's cadence and for a format, equally. B is the
// cadence, or the set of formats as bits.
func styleAsks(parts []Part, _ *Book, m *Mentee) []Part {
	if m.Cadence != 0 {
		parts = append(parts, Part{AskCadence, uint32(m.Cadence), 1})
	}
	if len(m.Formats) > 0 {
		parts = append(parts, Part{AskFormat, formatBits(m.Formats), 1})
	}
	return parts
}

func formatBits(formats []uint8) (set uint32) {
	for _, f := range formats {
		set |= 1 << f
	}
	return set
}

// giveStyle: the same cadence counts in full and the next one half; any common
// format counts in full.
func giveStyle(_ *Book, k Ask, m *Mentor) Given {
	if k.A == AskFormat {
		common := k.B & formatBits(m.Formats)
		switch {
		case len(m.Formats) == 0:
			return notStated()
		case common == 0:
			return Given{Fact: FactStyleNone}
		}
		return Given{FullShare, FactFormat, lowestBit(common), 0}
	}
	switch c := uint32(m.Cadence); {
	case c == 0:
		return notStated()
	case c == k.B:
		return Given{FullShare, FactCadence, uint16(c), 0}
	case c+1 == k.B || c == k.B+1:
		return Given{FullShare / 2, FactCadenceNear, uint16(c), 0}
	}
	return Given{Fact: FactStyleNone}
}

func lowestBit(set uint32) (n uint16) {
	for ; set&1 == 0; set >>= 1 {
		n++
	}
	return n
}

func giveReliability(_ *Book, _ Ask, m *Mentor) Given {
	if !m.Rated {
		return notStated()
	}
	return Given{m.Reliability, FactReliability, uint16(m.Reliability), 0}
}

// giveLoad is the free part of the mentor's capacity, rounded once.
func giveLoad(_ *Book, _ Ask, m *Mentor) Given {
	free := m.Places()
	if free == 0 {
		return Given{Fact: FactLoad}
	}
	capacity := int(m.Capacity)
	return Given{Share((2*int(FullShare)*free + capacity) / (2 * capacity)), FactLoad, uint16(free), uint16(capacity)}
}

// preferenceAsks asks for each tag the mentee herself chose, A, equally.
func preferenceAsks(parts []Part, _ *Book, m *Mentee) []Part {
	for _, tag := range m.Preferences {
		parts = append(parts, Part{A: tag, Portion: 1})
	}
	return parts
}

// givePreference is a yes only from mentors who opted in to be found by the tag.
func givePreference(_ *Book, k Ask, m *Mentor) Given {
	if slices.Contains(m.FoundBy, k.A) {
		return Given{Share: FullShare, Fact: FactPreference}
	}
	return Given{Fact: FactPreferenceNone}
}

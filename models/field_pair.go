package models

import (
	"strconv"
	"strings"
)

func parseLanguages(t *table, cell string, p *Profile) {
	p.Languages = make([]LanguageLevel, 0, countItems(cell))
	t.items(cell, noLimit, func(item string) {
		tag, level, ok := t.pair(item, "es:native")
		if !ok {
			return
		}
		n, l := t.words.Language(tag), t.words.Level(level)
		if n == 0 {
			t.fail("people.unknown_language", "Value", shown(tag))
		}
		if l == 0 {
			t.fail("people.unknown_level", "Value", shown(level))
		}
		if n > 0 && l > 0 && t.once(tag) {
			p.Languages = append(p.Languages, LanguageLevel{t.words.Languages[n-1].ID, t.words.Levels[l-1].ID})
		}
	})
}

func formatLanguages(p *Profile) string {
	return joinFunc(p.Languages, func(l LanguageLevel) string { return l.Language + ":" + l.Level })
}

func parseSectors(t *table, cell string, p *Profile) {
	p.Sectors = make([]Code, 0, countItems(cell))
	t.items(cell, noLimit, func(raw string) {
		switch {
		case !isCode(raw):
			t.fail("people.bad_sector", "Value", shown(raw))
		case p.Country == "" || !t.once(raw): // the country's own problem is listed already
		default:
			t.sector(strings.Clone(raw), p)
		}
	})
}

func (t *table) sector(raw string, p *Profile) {
	code, ok := t.words.Code(p.Country, raw)
	if !ok {
		t.fail("people.unknown_sector", "Value", shown(raw), "Country", p.Country)
		return
	}
	if code.Adapted {
		t.report.Adapted = append(t.report.Adapted, AdaptedCode{t.line, p.ID, raw, raw[:code.Digits]})
	}
	p.Sectors = append(p.Sectors, code)
}

func formatSectors(p *Profile) string {
	return joinFunc(p.Sectors, func(c Code) string { return c.Raw })
}

func parseTargets(t *table, cell string, p *Profile) {
	p.Targets = make([]string, 0, countItems(cell))
	t.items(cell, noLimit, func(item string) {
		if place := t.place(item); place != "" && t.once(place) {
			p.Targets = append(p.Targets, place)
		}
	})
}

// topic reads a topic by its short or full id and gives the short one; "" after a problem.
func (t *table) topic(item string) string {
	n := t.words.Topic(item)
	if n == 0 {
		t.fail("people.unknown_topic", "Value", shown(item))
		return ""
	}
	return t.words.Topics[n-1].ID
}

func parseNeeds(t *table, cell string, p *Profile) {
	p.Needs = make([]Need, 0, min(countItems(cell), maxNeeds))
	t.items(cell, maxNeeds, func(item string) {
		topic, priority, ok := t.pair(item, "rules_of_origin:1")
		if !ok {
			return
		}
		need := Need{Topic: t.topic(topic)}
		ok = t.whole(priority, 1, maxPriority, &need.Priority)
		if need.Topic != "" && t.once(need.Topic) && ok {
			p.Needs = append(p.Needs, need)
		}
	})
}

func formatNeeds(p *Profile) string {
	return joinFunc(p.Needs, func(n Need) string { return n.Topic + ":" + strconv.Itoa(n.Priority) })
}

func parseExpertise(t *table, cell string, p *Profile) {
	p.Expertise = make([]Expertise, 0, countItems(cell))
	t.items(cell, noLimit, func(item string) {
		topic, level, ok := t.pair(item, "rules_of_origin:3@CA")
		if !ok {
			return
		}
		e := Expertise{Topic: t.topic(topic)}
		level, market, named := strings.Cut(level, "@")
		if named {
			e.Market = t.country(market)
		}
		ok = t.whole(level, 1, maxLevel, &e.Level)
		if e.Topic != "" && ok && (e.Market != "") == named && t.once(expertiseKey(e)) {
			p.Expertise = append(p.Expertise, e)
		}
	})
}

// expertiseKey is what may stand once only: a topic in a market.
func expertiseKey(e Expertise) string {
	if e.Market == "" {
		return e.Topic
	}
	return e.Topic + "@" + e.Market
}

func formatExpertise(p *Profile) string {
	return joinFunc(p.Expertise, func(e Expertise) string {
		item := e.Topic + ":" + strconv.Itoa(e.Level)
		if e.Market != "" {
			item += "@" + e.Market
		}
		return item
	})
}

func parseMarkets(t *table, cell string, p *Profile) {
	p.Markets = make([]Market, 0, countItems(cell))
	t.items(cell, noLimit, func(item string) {
		place, level, ok := t.pair(item, "CA:3")
		if !ok {
			return
		}
		m := Market{Place: t.place(place)}
		ok = t.whole(level, 1, maxLevel, &m.Level)
		if m.Place != "" && ok && t.once(m.Place) {
			p.Markets = append(p.Markets, m)
		}
	})
}

func formatMarkets(p *Profile) string {
	return joinFunc(p.Markets, func(m Market) string { return m.Place + ":" + strconv.Itoa(m.Level) })
}

package models

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// drawText draws text that a name may hold, also such that looks like a formula.
func drawText(t *rapid.T, label string) string {
	text := rapid.SampledFrom([]string{"", "=", "'", "''=", "+", "-", "@", "\t", "\r", "＝", "\"", ";", ","}).Draw(t, label+" start") +
		rapid.StringN(0, 20, 60).Draw(t, label)
	first := true
	return norm.NFC.String(strings.Map(func(r rune) rune {
		ok := forbidden(r, first, cellText) == ""
		first = false
		if !ok || !unicode.IsPrint(r) && r != '\t' && r != '\r' {
			return 'x'
		}
		return r
	}, strings.ToValidUTF8(text, "?")))
}

func drawID(t *rapid.T, label string) string {
	return rapid.StringMatching(`[=+@A-Za-z0-9áñ_./#-]{1,20}`).Draw(t, label)
}

func drawIDs(t *rapid.T, label string, most int) []string {
	var ids []string
	for i := range rapid.IntRange(0, most).Draw(t, label+" number") {
		if id := drawID(t, label); !slices.Contains(ids, id) || i == 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// drawSome draws different values of a list.
func drawSome(t *rapid.T, label string, from []string, least, most int) []string {
	if most = rapid.IntRange(least, min(most, len(from))).Draw(t, label+" number"); most == 0 {
		return nil
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(from), most, most, rapid.ID).Draw(t, label)
}

func ids[T any](items []T, id func(T) string) []string {
	var list []string
	for _, item := range items {
		list = append(list, id(item))
	}
	return list
}

func termIDs(terms []Term) []string { return ids(terms, func(t Term) string { return t.ID }) }

func topicIDs(v *Vocabulary) []string { return ids(v.Topics, func(t Topic) string { return t.ID }) }

func placeIDs(v *Vocabulary) []string {
	return append(termIDs(v.Countries), ids(v.Regions, func(r Region) string { return r.ID })...)
}

func drawProfile(t *rapid.T, role Role) Profile {
	v := Vocabularies()
	region := v.Regions[rapid.IntRange(0, len(v.Regions)-1).Draw(t, "region")]
	p := Profile{
		Role: role, ID: drawID(t, "id"), Name: drawText(t, "name"), Organization: drawText(t, "organization"),
		Country: region.Country, TimeZone: rapid.SampledFrom(append([]string{"UTC"}, region.Zones...)).Draw(t, "zone"),
		Cadence:   rapid.SampledFrom(append(termIDs(v.Cadences), "")).Draw(t, "cadence"),
		Formats:   drawSome(t, "formats", termIDs(v.Formats), 0, 9),
		Conflicts: drawIDs(t, "conflicts", 30), Wishes: drawIDs(t, "wishes", maxWishes),
		Synthetic: rapid.Bool().Draw(t, "synthetic"), Reliability: -1,
	}
	if rapid.Bool().Draw(t, "with region") {
		p.Region = region.ID
	}
	for _, tag := range drawSome(t, "languages", ids(v.Languages, func(l Language) string { return l.ID }), 1, 4) {
		p.Languages = append(p.Languages, LanguageLevel{tag, rapid.SampledFrom(termIDs(v.Levels)).Draw(t, "level")})
	}
	for _, key := range drawSome(t, "sectors", ids(v.Sectors, func(s Sector) string { return s.ID }), 1, 3) {
		raw := v.Sectors[v.Sector(key)-1].Prefixes[v.Country(p.Country)-1][0] + rapid.StringMatching(`[0-9]{0,4}`).Draw(t, "digits")
		if c, ok := v.Code(p.Country, raw); ok {
			p.Sectors = append(p.Sectors, c)
		}
	}
	p.Slots = drawSlots(t)
	if role == RoleMentee {
		drawMentee(t, &p)
	} else {
		drawMentor(t, &p)
	}
	return p
}

func drawSlots(t *rapid.T) []Slot {
	var slots []Slot
	for range rapid.IntRange(0, 6).Draw(t, "slots") {
		from := rapid.IntRange(0, 1439).Draw(t, "from")
		slots = append(slots, Slot{rapid.IntRange(1, 7).Draw(t, "day"), from, rapid.IntRange(from+1, 1440).Draw(t, "to")})
	}
	return mergeSlots(slots)
}

func drawMentee(t *rapid.T, p *Profile) {
	v := Vocabularies()
	for _, topic := range drawSome(t, "needs", topicIDs(v), 1, maxNeeds) {
		p.Needs = append(p.Needs, Need{topic, rapid.IntRange(1, 5).Draw(t, "priority")})
	}
	p.Targets = drawSome(t, "targets", placeIDs(v), 0, 3)
	p.Stage = rapid.SampledFrom(append(termIDs(v.Stages), "")).Draw(t, "stage")
	p.MinOverlap = rapid.IntRange(0, minutesPerWeek).Draw(t, "overlap")
}

func drawMentor(t *rapid.T, p *Profile) {
	v := Vocabularies()
	for _, topic := range drawSome(t, "expertise", topicIDs(v), 1, 9) {
		market := rapid.SampledFrom([]string{"", "US", "CA", "MX"}).Draw(t, "market")
		p.Expertise = append(p.Expertise, Expertise{topic, rapid.IntRange(1, 3).Draw(t, "level"), market})
	}
	for _, place := range drawSome(t, "markets", placeIDs(v), 0, 3) {
		p.Markets = append(p.Markets, Market{place, rapid.IntRange(1, 3).Draw(t, "level")})
	}
	p.Stages = drawSome(t, "stages", termIDs(v.Stages), 0, 6)
	p.Capacity = rapid.IntRange(0, maxCapacity).Draw(t, "capacity")
	p.Taken = rapid.IntRange(0, p.Capacity).Draw(t, "taken")
	p.Paused = rapid.Bool().Draw(t, "paused")
	p.Reliability = rapid.IntRange(-1, millionths).Draw(t, "reliability")
}

func TestWriteThenReadIsTheSame(t *testing.T) {
	for _, role := range []Role{RoleMentor, RoleMentee} {
		t.Run(role.String(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				var people []Profile
				for i := range rapid.IntRange(1, 4).Draw(t, "people") {
					p := drawProfile(t, role)
					p.ID = fmt.Sprintf("%s%d", p.ID, i)
					people = append(people, p)
				}
				roundTrip(t, role, people)
			})
		})
	}
}

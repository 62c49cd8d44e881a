package models

import (
	"math"
	"slices"
	"strings"
)

// noLimit lets a list have as many items as its cell can hold.
const noLimit = math.MaxInt

// maxCached bounds each of the memories of a valueCache.
const maxCached = 10_000

// valueCache remembers what the reading of values in one file has worked out.
type valueCache struct {
	zones  map[string]bool
	ids    map[string]int   // line of each id
	shared map[string]int32 // number of each id that many rows may have
	names  []string         // those ids by number
	seen   seenItems        // items of the current list
}

func newValueCache() valueCache {
	return valueCache{zones: map[string]bool{}, ids: map[string]int{}, shared: map[string]int32{}}
}

// seenItems is a small set of strings that turns into a map when it grows.
type seenItems struct {
	few  []string
	many map[string]bool
}

func (s *seenItems) reset() { s.few, s.many = s.few[:0], nil }

// add says whether the item was not there before.
func (s *seenItems) add(item string) bool {
	if slices.Contains(s.few, item) || s.many[item] {
		return false
	}
	if len(s.few) < 16 {
		s.few = append(s.few, item)
		return true
	}
	if s.many == nil {
		s.many = map[string]bool{}
	}
	s.many[item] = true
	return true
}

// countItems gives the number of items in a list.
func countItems(cell string) int { return strings.Count(cell, ";") + 1 }

// items hands out the items of a list one by one. Empty items and more than most are reported.
func (t *table) items(cell string, most int, each func(item string)) {
	t.cache.seen.reset()
	if n := countItems(cell); n > most {
		t.fail("people.too_many_items", "Got", n, "Max", most)
	}
	for rest, more := cell, true; more; {
		var item string
		if item, rest, more = strings.Cut(rest, ";"); item == "" {
			t.fail("people.empty_item")
			continue
		}
		each(item)
	}
}

// once says whether the current list has the value for the first time and reports it otherwise.
func (t *table) once(value string) bool {
	if t.cache.seen.add(value) {
		return true
	}
	t.fail("people.doubled_item", "Value", shown(value))
	return false
}

// pair cuts an item at its colon and reports one without.
func (t *table) pair(item, form string) (string, string, bool) {
	left, right, ok := strings.Cut(item, ":")
	if !ok {
		t.fail("people.bad_form", "Value", shown(item), "Form", form)
	}
	return left, right, ok
}

func parseID(t *table, cell string, p *Profile) { p.ID = t.newID(cell) }

// newID reads an id that no row before has; it gives "" after a problem.
func (t *table) newID(cell string) string {
	id := t.id(cell)
	if id == "" {
		return ""
	}
	if first, ok := t.cache.ids[id]; ok {
		t.fail("people.doubled_id", "Value", shown(id), "Row", first)
		return ""
	}
	t.cache.ids[id] = t.line
	return id
}

// ids reads a list of ids.
func (t *table) ids(cell string, most int) []string {
	list := make([]string, 0, countItems(cell))
	t.items(cell, most, func(item string) {
		if id := t.id(item); id != "" && t.once(id) {
			list = append(list, id)
		}
	})
	return list
}

// term reads an id of one of the small vocabularies; key is the message for an unknown one, which gives "".
func (t *table) term(cell, key string, find func(string) int, terms []Term) string {
	n := find(cell)
	if n == 0 {
		t.fail(key, "Value", shown(cell))
		return ""
	}
	return terms[n-1].ID
}

// terms reads a list of such ids.
func (t *table) terms(cell, key string, find func(string) int, terms []Term) []string {
	list := make([]string, 0, countItems(cell))
	t.items(cell, noLimit, func(item string) {
		if id := t.term(item, key, find, terms); id != "" && t.once(id) {
			list = append(list, id)
		}
	})
	return list
}

func parseStage(t *table, cell string, p *Profile) {
	p.Stage = t.term(cell, "people.unknown_stage", t.words.Stage, t.words.Stages)
}

func parseStages(t *table, cell string, p *Profile) {
	p.Stages = t.terms(cell, "people.unknown_stage", t.words.Stage, t.words.Stages)
}

func parseCadence(t *table, cell string, p *Profile) {
	p.Cadence = t.term(cell, "people.unknown_cadence", t.words.Cadence, t.words.Cadences)
}

func parseFormats(t *table, cell string, p *Profile) {
	p.Formats = t.terms(cell, "people.unknown_format", t.words.Format, t.words.Formats)
}

// join writes a list.
func join(items []string) string { return strings.Join(items, ";") }

func joinFunc[T any](items []T, format func(T) string) string {
	var b strings.Builder
	for i, item := range items {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(format(item))
	}
	return b.String()
}

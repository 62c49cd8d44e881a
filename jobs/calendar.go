package jobs

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"puente/matching"
	"puente/models"
)

const (
	roundWeeks     = 26     // weeks from a round's start, whose worst one counts
	halfHours      = 7 * 48 // in a week
	minutesPerWeek = 7 * 1440
)

// clockWeek is a zone's clock during one week: for each half hour of UTC, the
// minute of the local week (Monday 00:00 is 0) at which it begins.
type clockWeek [halfHours]int16

// clocks turns weekly slots in local time into calendars in UTC. A week in
// which no zone in use differs from an earlier week is kept once: the 26 weeks
// of a round come down to two to five, around the days on which clocks change.
type clocks struct {
	zones map[string]int
	weeks [][]clockWeek                  // by zone, then by kept week
	spans map[zoneSpan]matching.Calendar // as they were asked; most people's slots are of a few spans
}

type zoneSpan struct {
	zone int
	span
}

// newClocks prepares the given zones for a round that starts on a day at
// 00:00 UTC. A zone that cannot be loaded is an error.
func newClocks(zones []string, start time.Time) (*clocks, error) {
	c := &clocks{zones: map[string]int{}, spans: map[zoneSpan]matching.Calendar{}}
	var all [][]clockWeek
	for _, name := range zones {
		if _, ok := c.zones[name]; ok {
			continue
		}
		zone, err := time.LoadLocation(name)
		if err != nil {
			return nil, err
		}
		c.zones[name] = len(all)
		all = append(all, zoneWeeks(zone, start))
	}
	kept := map[string]bool{}
	c.weeks = make([][]clockWeek, len(all))
	for w := range roundWeeks {
		var signature []byte
		for _, weeks := range all {
			for _, m := range weeks[w] {
				signature = binary.LittleEndian.AppendUint16(signature, uint16(m))
			}
		}
		if kept[string(signature)] {
			continue
		}
		kept[string(signature)] = true
		for z := range all {
			c.weeks[z] = append(c.weeks[z], all[z][w])
		}
	}
	return c, nil
}

// zoneWeeks reads a zone's clock in every week of a round.
func zoneWeeks(zone *time.Location, start time.Time) []clockWeek {
	weeks := make([]clockWeek, roundWeeks)
	for w := range weeks {
		begin := start.AddDate(0, 0, 7*w)
		for h := range weeks[w] {
			t := begin.Add(time.Duration(h) * 30 * time.Minute).In(zone)
			day := (int(t.Weekday()) + 6) % 7
			weeks[w][h] = int16(day*1440 + t.Hour()*60 + t.Minute())
		}
	}
	return weeks
}

// calendar marks the half hours in which all thirty minutes lie in the slots.
// They do exactly if they lie in one span, since spans do not touch.
// Cost: two microseconds, and twenty for each span that is the first of its kind.
func (c *clocks) calendar(zone string, slots []models.Slot) matching.Calendar {
	z := c.zones[zone]
	out := make(matching.Calendar, len(c.weeks[z]))
	for _, s := range spansOf(slots) {
		for w, week := range c.spanned(z, s) {
			for i, halves := range week {
				out[w][i] |= halves
			}
		}
	}
	return out
}

// span is a time without a break in the local week. It may go on into the next
// week; a length of more than a week is all of it.
type span struct{ from, length int } // minutes from Monday 00:00, minutes

// spansOf joins slots that overlap or touch, also at midnight and where the week
// begins again.
func spansOf(slots []models.Slot) (spans []span) {
	slots = slices.Clone(slots)
	slices.SortFunc(slots, func(a, b models.Slot) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.From, b.From)) })
	for _, s := range slots {
		from := (s.Day-1)*1440 + s.From
		if n := len(spans); n > 0 && from <= spans[n-1].from+spans[n-1].length {
			spans[n-1].length = max(spans[n-1].length, from-spans[n-1].from+s.To-s.From)
			continue
		}
		spans = append(spans, span{from, s.To - s.From})
	}
	if len(spans) == 0 {
		return nil
	}
	switch first, last := spans[0], &spans[len(spans)-1]; {
	case last.length == minutesPerWeek:
		last.length += 30 // a half hour that begins in its last minutes lies in it too
	case first.from == 0 && last.from+last.length == minutesPerWeek:
		last.length += first.length
		spans = spans[1:]
	}
	return spans
}

// spanned marks the half hours that lie in a span.
func (c *clocks) spanned(zone int, s span) matching.Calendar {
	known := zoneSpan{zone, s}
	if out, ok := c.spans[known]; ok {
		return out
	}
	out := make(matching.Calendar, len(c.weeks[zone]))
	for w, week := range c.weeks[zone] {
		for h, minute := range week {
			if after := (int(minute) - s.from + minutesPerWeek) % minutesPerWeek; after+30 <= s.length {
				out[w][h/64] |= 1 << (h % 64)
			}
		}
	}
	c.spans[known] = out
	return out
}

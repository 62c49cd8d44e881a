package jobs

import (
	"encoding/binary"
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
	weeks [][]clockWeek // by zone, then by kept week
}

// newClocks prepares the given zones for a round that starts on a day at
// 00:00 UTC. A zone that cannot be loaded is an error.
func newClocks(zones []string, start time.Time) (*clocks, error) {
	c := &clocks{zones: map[string]int{}}
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
func (c *clocks) calendar(zone string, slots []models.Slot) matching.Calendar {
	weeks := c.weeks[c.zones[zone]]
	out := make(matching.Calendar, len(weeks))
	busy := busyBefore(slots)
	for w := range weeks {
		for h, minute := range weeks[w] {
			if busy[minute+30] == busy[minute] {
				out[w][h/64] |= 1 << (h % 64)
			}
		}
	}
	return out
}

// busyBefore counts, for each minute of the local week and half an hour beyond
// its end, the minutes before it that no slot covers.
func busyBefore(slots []models.Slot) *[minutesPerWeek + 31]int16 {
	var free [minutesPerWeek]bool
	for _, s := range slots {
		for m := s.From; m < s.To; m++ {
			free[(s.Day-1)*1440+m] = true
		}
	}
	var busy [minutesPerWeek + 31]int16
	for m := range minutesPerWeek + 30 {
		busy[m+1] = busy[m]
		if !free[m%minutesPerWeek] {
			busy[m+1]++
		}
	}
	return &busy
}

package jobs

import (
	"math/bits"
	"math/rand/v2"
	"testing"
	"time"

	"puente/models"
)

// slotDay is one weekly slot in whole hours.
func slotDay(day, from, to int) []models.Slot {
	return []models.Slot{{Day: day, From: 60 * from, To: 60 * to}}
}

func TestCalendarOverlap(t *testing.T) {
	for _, c := range []struct {
		name         string
		start        string
		zoneA, zoneB string
		a, b         []models.Slot
		minutes      int // in the worst week
	}{
		{"same zone", "2027-01-04", "America/Toronto", "America/Toronto", slotDay(1, 9, 12), slotDay(1, 10, 14), 120},
		{"other day", "2027-01-04", "America/Toronto", "America/Toronto", slotDay(1, 9, 12), slotDay(2, 9, 12), 0},
		{"an hour apart all year", "2027-01-04", "America/Toronto", "America/Chicago", slotDay(1, 10, 12), slotDay(1, 9, 11), 120},
		{"one side changes clocks: an hour less in summer", "2027-01-04", "America/Mexico_City", "America/Chicago", slotDay(1, 9, 12), slotDay(1, 9, 12), 120},
		{"neither changes while the round lasts", "2027-04-05", "America/Mexico_City", "America/Chicago", slotDay(1, 9, 12), slotDay(1, 9, 12), 120},
		{"a border town changes with its neighbour", "2027-01-04", "America/Ciudad_Juarez", "America/Denver", slotDay(1, 9, 12), slotDay(1, 9, 12), 180},
		{"Newfoundland is at half hours", "2027-01-04", "America/St_Johns", "America/Halifax", slotDay(1, 9, 11), slotDay(1, 9, 11), 90},
		{"over midnight of UTC and the week", "2027-01-04", "Pacific/Honolulu", "Pacific/Honolulu", slotDay(7, 14, 20), slotDay(7, 13, 16), 120},
		{"Sunday night here is Monday there", "2027-01-04", "America/St_Johns", "America/Vancouver", slotDay(1, 0, 3), slotDay(7, 19, 24), 180},
		{"part of a half hour does not count", "2027-01-04", "America/Toronto", "America/Toronto", []models.Slot{{Day: 3, From: 605, To: 665}}, slotDay(3, 9, 12), 30},
		{"to the end of the day", "2027-01-04", "America/Toronto", "America/Toronto", slotDay(6, 22, 24), slotDay(6, 23, 24), 60},
		{"a night of a clock change", "2027-03-08", "America/Toronto", "America/Toronto", slotDay(7, 1, 4), slotDay(7, 1, 4), 120},
	} {
		t.Run(c.name, func(t *testing.T) {
			start, err := time.Parse(time.DateOnly, c.start)
			if err != nil {
				t.Fatal(err)
			}
			clocks, err := newClocks([]string{c.zoneA, c.zoneB}, start)
			if err != nil {
				t.Fatal(err)
			}
			a, b := clocks.calendar(c.zoneA, c.a), clocks.calendar(c.zoneB, c.b)
			if got := 30 * a.Overlap(b); got != c.minutes {
				t.Errorf("%d minutes, want %d", got, c.minutes)
			}
			if len(a) > 5 {
				t.Errorf("%d different weeks kept; at most 5 are expected", len(a))
			}
		})
	}
}

// TestCalendarMinuteByMinute compares the calendars with a count of every
// half hour of all 26 weeks by the wall clock.
func TestCalendarMinuteByMinute(t *testing.T) {
	start := time.Date(2027, 1, 6, 0, 0, 0, 0, time.UTC) // a Wednesday
	v := models.Vocabularies()
	slots := []models.Slot{{Day: 1, From: 545, To: 730}, {Day: 4, From: 0, To: 95}, {Day: 7, From: 1200, To: 1440}}
	for _, region := range v.Regions {
		clocks, err := newClocks([]string{region.Zone, "America/New_York"}, start)
		if err != nil {
			t.Fatal(err)
		}
		zone, err := time.LoadLocation(region.Zone)
		if err != nil {
			t.Fatal(err)
		}
		worst := halfHours
		for w := range roundWeeks {
			n := 0
			for h := range halfHours {
				n += allFree(start.AddDate(0, 0, 7*w).Add(time.Duration(h)*30*time.Minute).In(zone), slots)
			}
			worst = min(worst, n)
		}
		c := clocks.calendar(region.Zone, slots)
		got := halfHours
		for _, week := range c {
			n := 0
			for _, word := range week {
				n += bits.OnesCount64(word)
			}
			got = min(got, n)
		}
		if got != worst {
			t.Errorf("%s: %d free half hours in the worst week, want %d", region.ID, got, worst)
		}
	}
}

// allFree is 1 if all of the thirty minutes from t lie in slots.
func allFree(t time.Time, slots []models.Slot) int {
	for m := range 30 {
		at := t.Add(time.Duration(m) * time.Minute)
		day, minute, free := (int(at.Weekday())+6)%7+1, at.Hour()*60+at.Minute(), false
		for _, s := range slots {
			free = free || s.Day == day && s.From <= minute && minute < s.To
		}
		if !free {
			return 0
		}
	}
	return 1
}

func TestCalendarBadZone(t *testing.T) {
	if _, err := newClocks([]string{"America/Nowhere"}, time.Now()); err == nil {
		t.Error("an unknown zone must be an error")
	}
}

// TestCalendarEqualsDefinition compares calendars of slots drawn at random,
// also such as touch, overlap or fill the week, with the definition minute by
// minute.
func TestCalendarEqualsDefinition(t *testing.T) {
	start := time.Date(2027, 1, 6, 0, 0, 0, 0, time.UTC)
	zones := []string{"America/New_York", "America/St_Johns", "America/Mexico_City", "Asia/Kathmandu"}
	clocks, err := newClocks(zones, start)
	must(t, err)
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 5))
		zone := zones[r.IntN(len(zones))]
		var slots []models.Slot
		for day := range 7 {
			switch r.IntN(4) {
			case 0:
				slots = append(slots, models.Slot{Day: day + 1, From: 0, To: 1440})
			case 1:
				slots = append(slots, models.Slot{Day: day + 1, From: 1440 - 1 - r.IntN(200), To: 1440}, models.Slot{Day: day + 1, From: 0, To: 1 + r.IntN(300)})
			case 2:
				from := r.IntN(1400)
				slots = append(slots, models.Slot{Day: day + 1, From: from, To: from + 1 + r.IntN(1440-from)})
			}
		}
		if seed%40 == 0 {
			slots = nil
			for day := range 7 {
				slots = append(slots, models.Slot{Day: day + 1, From: 0, To: 1440})
			}
		}
		var free [minutesPerWeek]bool
		for _, s := range slots {
			for m := s.From; m < s.To; m++ {
				free[(s.Day-1)*1440+m] = true
			}
		}
		c := clocks.calendar(zone, slots)
		for w, week := range clocks.weeks[clocks.zones[zone]] {
			for h, minute := range week {
				want := true
				for m := range 30 {
					want = want && free[(int(minute)+m)%minutesPerWeek]
				}
				if got := c[w][h/64]>>(h%64)&1 == 1; got != want {
					t.Fatalf("seed %d, %s, week %d, half hour %d: free %v, want %v, of %v", seed, zone, w, h, got, want, slots)
				}
			}
		}
	}
}

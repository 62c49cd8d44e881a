package models

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Limits of single values in the people files.
const (
	maxCapacity    = 6
	maxNeeds       = 5
	maxWishes      = 5
	maxPriority    = 5
	maxLevel       = 3 // of expertise and of markets
	minutesPerDay  = 24 * 60
	minutesPerWeek = 7 * minutesPerDay
	millionths     = 1_000_000
)

// parseWhole reads a whole number of ASCII digits, without a sign and without leading zeros, up to most.
func parseWhole(s string, most int64) (int64, bool) {
	if s == "" || len(s) > 18 || len(s) > 1 && s[0] == '0' {
		return 0, false
	}
	n := int64(0)
	for _, b := range []byte(s) {
		if b < '0' || b > '9' {
			return 0, false
		}
		n = n*10 + int64(b-'0')
	}
	return n, n <= most
}

// whole reads a whole number from least to most into to, or reports what is wrong and says false.
func (t *table) whole(cell string, least, most int, to *int) bool {
	n, ok := parseWhole(cell, int64(most))
	if !ok || n < int64(least) {
		t.fail("people.bad_number", "Value", shown(cell), "Min", least, "Max", most)
		return false
	}
	*to = int(n)
	return true
}

func parseCapacity(t *table, cell string, p *Profile) {
	if !t.whole(cell, 0, maxCapacity, &p.Capacity) {
		p.Capacity = maxCapacity // taken is then compared with nothing smaller
	}
}

func parseTaken(t *table, cell string, p *Profile) { t.whole(cell, 0, maxCapacity, &p.Taken) }

func parseMinOverlap(t *table, cell string, p *Profile) {
	t.whole(cell, 0, minutesPerWeek, &p.MinOverlap)
}

func formatMinOverlap(p *Profile) string {
	if p.MinOverlap == 0 {
		return ""
	}
	return strconv.Itoa(p.MinOverlap)
}

// yes reads "yes" or "no".
func (t *table) yes(cell string) bool {
	if cell != "yes" && cell != "no" {
		t.fail("people.bad_yes_no", "Value", shown(cell))
	}
	return cell == "yes"
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// parseReliability reads a decimal fraction exactly: 0, 1 or digits behind one of them, six at most.
func parseReliability(t *table, cell string, p *Profile) {
	units, decimals, point := strings.Cut(cell, ".")
	n, ok := parseWhole(units, 1)
	digits, digitsOK := int64(0), !point
	if point && len(decimals) <= 6 {
		digits, digitsOK = parseDecimals(decimals)
	}
	n = n*millionths + digits
	if !ok || !digitsOK || n > millionths {
		t.fail("people.bad_reliability", "Value", shown(cell))
		return
	}
	p.Reliability = int(n)
}

// parseDecimals reads the digits behind a decimal point as millionths.
func parseDecimals(s string) (int64, bool) {
	if s == "" {
		return 0, false
	}
	padded := s + "000000"[len(s):]
	for len(padded) > 1 && padded[0] == '0' {
		padded = padded[1:]
	}
	return parseWhole(padded, millionths)
}

func formatReliability(p *Profile) string {
	switch {
	case p.Reliability < 0:
		return ""
	case p.Reliability >= millionths:
		return "1"
	case p.Reliability == 0:
		return "0"
	}
	return "0." + strings.TrimRight(fmt.Sprintf("%06d", p.Reliability), "0")
}

// parseSlots reads weekly times such as "Mon 09:00-12:00". Slots that overlap or touch become one.
func parseSlots(t *table, cell string, p *Profile) {
	slots := make([]Slot, 0, countItems(cell))
	t.items(cell, noLimit, func(item string) {
		if slot, ok := t.slot(item); ok {
			slots = append(slots, slot)
		}
	})
	p.Slots = mergeSlots(slots)
}

func (t *table) slot(item string) (Slot, bool) {
	day, hours, _ := strings.Cut(item, " ")
	from, to, ok := clocks(hours)
	slot := Slot{Day: t.words.Day(day), From: from, To: to}
	switch {
	case !ok:
		t.fail("people.bad_slot", "Value", shown(item))
	case slot.Day == 0:
		t.fail("people.unknown_day", "Value", shown(day))
	case to <= from:
		t.fail("people.slot_order", "Value", shown(item))
	default:
		return slot, true
	}
	return slot, false
}

// clocks reads "09:00-12:00" as minutes after midnight.
func clocks(hours string) (from, to int, ok bool) {
	if len(hours) != len("00:00-00:00") || hours[5] != '-' {
		return 0, 0, false
	}
	from, to = clock(hours[:5]), clock(hours[6:])
	return from, to, from >= 0 && to >= 0
}

// clock reads "00:00" to "24:00" as minutes after midnight, -1 when it is none.
func clock(s string) int {
	for i, b := range []byte(s) {
		if i == 2 && b != ':' || i != 2 && (b < '0' || b > '9') {
			return -1
		}
	}
	hour, minute := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	if minute > 59 || hour*60+minute > minutesPerDay {
		return -1
	}
	return hour*60 + minute
}

// mergeSlots sorts slots by day and hour and joins those of a day that overlap or touch. It works in place.
func mergeSlots(slots []Slot) []Slot {
	slices.SortFunc(slots, func(a, b Slot) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.From, b.From))
	})
	merged := slots[:0]
	for _, s := range slots {
		if last := len(merged) - 1; last >= 0 && merged[last].Day == s.Day && s.From <= merged[last].To {
			merged[last].To = max(merged[last].To, s.To)
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

func formatSlots(p *Profile) string {
	days := Vocabularies().Days
	return joinFunc(p.Slots, func(s Slot) string {
		return fmt.Sprintf("%s %02d:%02d-%02d:%02d", days[s.Day-1].ID, s.From/60, s.From%60, s.To/60, s.To%60)
	})
}

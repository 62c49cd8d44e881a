package web

import (
	"fmt"
	"strconv"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// printer writes numbers as the country of the language does.
func printer(lang string) *message.Printer {
	tag, ok := numbers[lang]
	if !ok {
		tag = language.AmericanEnglish
	}
	return message.NewPrinter(tag)
}

// Number writes a whole number: 1,234 in English and Spanish, 1 234 in French.
func Number(lang string, n int) string { return printer(lang).Sprint(n) }

// Tenths writes a number of tenths with one decimal: 334 is 33.4, in French 33,4.
func Tenths(lang string, n int) string {
	return printer(lang).Sprint(number.Decimal(float64(n)/10, number.Scale(1)))
}

// Percent writes a part of a whole without decimals, 0% of nothing.
func Percent(lang string, part, whole int) string {
	if whole == 0 {
		part, whole = 0, 1
	}
	text := strconv.Itoa((200*part + whole) / (2 * whole))
	if lang == "fr" {
		return text + "\u00a0%"
	}
	return text + "%"
}

func itoa(n int) string { return strconv.Itoa(n) }

// calendar has the words and the order of a language's dates.
type calendar struct {
	weekdays [7]string  // from Sunday
	months   [12]string // from January
	day      func(c calendar, t time.Time) string
	year     func(day string, year int) string
	clock    func(t time.Time) string
}

var calendars = map[string]calendar{
	"en": {
		weekdays: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		months:   [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		day: func(c calendar, t time.Time) string {
			return fmt.Sprintf("%s, %s %d", c.weekdays[t.Weekday()], c.months[t.Month()-1], t.Day())
		},
		year:  func(day string, year int) string { return fmt.Sprintf("%s, %d", day, year) },
		clock: func(t time.Time) string { return t.Format("3:04\u00a0PM") },
	},
	"es": {
		weekdays: [7]string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
		months:   [12]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"},
		day: func(c calendar, t time.Time) string {
			return fmt.Sprintf("%s %d de %s", c.weekdays[t.Weekday()], t.Day(), c.months[t.Month()-1])
		},
		year: func(day string, year int) string { return fmt.Sprintf("%s de %d", day, year) },
		clock: func(t time.Time) string {
			half := "a.m."
			if t.Hour() >= 12 {
				half = "p.m."
			}
			return t.Format("3:04") + "\u00a0" + half
		},
	},
	"fr": {
		weekdays: [7]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
		months:   [12]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
		day: func(c calendar, t time.Time) string {
			first := strconv.Itoa(t.Day())
			if t.Day() == 1 {
				first = "1er"
			}
			return fmt.Sprintf("%s %s %s", c.weekdays[t.Weekday()], first, c.months[t.Month()-1])
		},
		year:  func(day string, year int) string { return fmt.Sprintf("%s %d", day, year) },
		clock: func(t time.Time) string { return fmt.Sprintf("%d\u00a0h\u00a0%02d", t.Hour(), t.Minute()) },
	},
}

func calendarOf(lang string) calendar {
	if c, ok := calendars[lang]; ok {
		return c
	}
	return calendars["en"]
}

// Day writes weekday, day and month in the time's own zone.
func Day(lang string, t time.Time) string {
	c := calendarOf(lang)
	return c.day(c, t)
}

// Date writes weekday, day, month and year in the time's own zone.
func Date(lang string, t time.Time) string { return calendarOf(lang).year(Day(lang, t), t.Year()) }

// Clock writes hour and minute in the time's own zone.
func Clock(lang string, t time.Time) string { return calendarOf(lang).clock(t) }

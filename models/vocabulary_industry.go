package models

import (
	"slices"
	"strings"
)

// sectors reads the 20 sectors and the two-digit codes that lead to them.
func (l *loader) sectors() {
	for _, r := range l.rows("sectors.csv", "us", "ca", "mx") {
		l.add("sector", r.place, r.ID)
		s := Sector{Term: r.Term, Prefixes: r.perCountry()}
		l.v.Sectors = append(l.v.Sectors, s)
		for country, prefixes := range s.Prefixes {
			for _, prefix := range prefixes {
				at := &l.v.codes.sector[country][l.code(r, prefix, 2)]
				if *at != 0 {
					l.fail(r.place, "sector code %q is there twice", prefix)
				}
				*at = len(l.v.Sectors)
			}
		}
	}
}

// perCountry returns the cells us, ca and mx in the order of country numbers.
func (r row) perCountry() [3][]string {
	return [3][]string{r.list("us"), r.list("ca"), r.list("mx")}
}

// subsectors reads the three-digit codes and, with them, the four-digit codes
// below a shared one that a country uses by itself.
func (l *loader) subsectors() {
	for _, r := range l.rows("subsectors.csv", "sector", "countries", "trilateral", "national") {
		s := Subsector{
			Term: r.Term, Number: l.code(r, r.ID, 3), Sector: l.ids["sector"][r.cells["sector"]],
			Countries: r.list("countries"), Trilateral: l.yes(r, "trilateral"), National: r.list("national"),
		}
		l.known(r, "sector", r.cells["sector"])
		l.known(r, "country", s.Countries...)
		l.add("subsector", r.place, r.ID)
		l.v.Subsectors = append(l.v.Subsectors, s)
		if s.Trilateral && len(s.Countries) != 3 {
			l.fail(r.place, "trilateral, but not in use in three countries")
		}
		l.useSubsector(r, s)
		for _, id := range s.National {
			if n := l.below(r, id, r.ID); n > 0 {
				l.v.codes.group[n] = national
			}
		}
	}
}

// useSubsector notes in which countries a three-digit code is in use.
func (l *loader) useSubsector(r row, s Subsector) {
	for _, country := range s.Countries {
		at := l.ids["country"][country] - 1
		if at < 0 || s.Number == 0 {
			continue // already reported
		}
		if l.v.codes.sector[at][s.Number/10] != s.Sector {
			l.fail(r.place, "not a code of sector %s in %s", r.cells["sector"], country)
		}
		l.v.codes.subsector[at][s.Number] = national
		if s.Trilateral {
			l.v.codes.subsector[at][s.Number] = shared
		}
	}
}

// below reads a four-digit code that must lie below a subsector.
func (l *loader) below(r row, id, subsector string) int {
	if !strings.HasPrefix(id, subsector) {
		l.fail(r.place, "%q is not below %q", id, subsector)
		return 0
	}
	return l.code(r, id, 4)
}

// groups reads the four-digit codes that the three countries share.
func (l *loader) groups() {
	for _, r := range l.rows("groups.csv", "subsector") {
		parent := r.cells["subsector"]
		l.known(r, "subsector", parent)
		at := l.ids["subsector"][parent] - 1
		number := l.below(r, r.ID, parent)
		l.add("group", r.place, r.ID)
		if at < 0 || number == 0 {
			continue // already reported
		}
		s := l.v.Subsectors[at]
		if !s.Trilateral || slices.Contains(s.National, r.ID) {
			l.fail(r.place, "%q is not shared by the three countries", r.ID)
		}
		l.v.Groups = append(l.v.Groups, Group{Term: r.Term, Number: number, Subsector: s.Number, Sector: s.Sector})
		l.v.codes.group[number] = shared
	}
}

// families reads the trade families. Each of their prefixes lies in a
// subsector of that country and belongs to one family only.
func (l *loader) families() {
	for country := range l.v.codes.family {
		l.v.codes.family[country] = map[string]int{}
	}
	for _, r := range l.rows("families.csv", "us", "ca", "mx") {
		l.add("family", r.place, r.ID)
		f := Family{Term: r.Term, Prefixes: r.perCountry()}
		l.v.Families = append(l.v.Families, f)
		for country, prefixes := range f.Prefixes {
			for _, prefix := range prefixes {
				l.familyPrefix(r, country, prefix)
			}
		}
	}
}

func (l *loader) familyPrefix(r row, country int, prefix string) {
	if l.code(r, prefix, -3) == 0 {
		return
	}
	if l.v.codes.subsector[country][leading(prefix, 3)] == unknown {
		l.fail(r.place, "%q is in no subsector of country %d", prefix, country+1)
	}
	if l.v.codes.family[country][prefix] != 0 {
		l.fail(r.place, "%q is in two families", prefix)
	}
	l.v.codes.family[country][prefix] = len(l.v.Families)
}

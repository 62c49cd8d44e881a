package models

import "gorm.io/gorm"

// Part is a part of a list whose rows come in the order in which they were made, which is that of their ids and never
// changes: whatever is added, changed or deleted between two parts, a row that is there all the time is in one of them.
// All ids have one form, so that every collation of a database sorts them alike.
type Part struct {
	After string // the place of a row, its id unless the list says otherwise: the part begins behind it; "" for the first
	Limit int    // rows at most
	Back  bool   // what is before that row instead, the nearest first
}

// oldest cuts a part out of a list whose oldest rows come first; all of it without a part.
func oldest(g *gorm.DB, part []Part) *gorm.DB { return cut(g, part, false) }

// newest cuts a part out of a list whose newest rows come first; all of it without a part.
func newest(g *gorm.DB, part []Part) *gorm.DB { return cut(g, part, true) }

func cut(g *gorm.DB, part []Part, down bool) *gorm.DB {
	p := Part{Limit: -1}
	if len(part) > 0 {
		p = part[0]
	}
	order, after := "id", "id > ?"
	if down != p.Back {
		order, after = "id DESC", "id < ?"
	}
	if p.After != "" {
		g = g.Where(after, p.After)
	}
	return g.Order(order).Limit(p.Limit)
}

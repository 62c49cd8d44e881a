package gormreuse

import "gorm.io/gorm"

type row struct{ ID string }

func twice(db *gorm.DB) (n int64, all []row, err error) {
	q := db.Model(&row{}).Where("old")
	if err := q.Count(&n).Error; err != nil {
		return 0, nil, err
	}
	err = q.Limit(10).Find(&all).Error // want `gormreuse: q still has the conditions of an earlier use`
	return n, all, err
}

func loop(db *gorm.DB, ids []string) error {
	q := db.Model(&row{})
	for _, id := range ids {
		var r row
		if err := q.Where("id = ?", id).First(&r).Error; err != nil { // want `gormreuse: q still has`
			return err
		}
	}
	return nil
}

func byHelper(db *gorm.DB) error {
	q := old(db)
	if err := count(q); err != nil {
		return err
	}
	return count(q) // want `gormreuse: q still has`
}

func old(db *gorm.DB) *gorm.DB { return db.Where("old") }

func count(q *gorm.DB) error {
	var n int64
	return q.Model(&row{}).Count(&n).Error
}

func twoNames(db *gorm.DB) error {
	q := db.Where("old")
	other := q
	if err := count(other); err != nil {
		return err
	}
	return q.Delete(&row{}).Error // want `gormreuse: q still has`
}

func afterVerb(db *gorm.DB, all *[]row) error {
	done := db.Where("old").Find(all)
	if done.Error != nil {
		return done.Error
	}
	return done.Delete(&row{}).Error // want `gormreuse: done still has`
}

type store struct{ live *gorm.DB }

func (s *store) keep(db *gorm.DB) {
	s.live = db.Where("NOT old") // want `gormreuse: a handle with conditions is kept`
}

func make(db *gorm.DB) store { return store{live: db.Where("NOT old")} } // want `gormreuse: a handle with conditions`

func often(db *gorm.DB) func() error {
	q := db.Where("old")
	return func() error { return q.Delete(&row{}).Error } // want `gormreuse: q has conditions, and this function may run more than once`
}

func once(db *gorm.DB, id string, desc bool) (all []row, err error) {
	q := db.Model(&row{})
	if id != "" {
		q = q.Where("id = ?", id)
	}
	if desc {
		return all, q.Order("id DESC").Find(&all).Error
	}
	return all, q.Order("id").Find(&all).Error
}

func anew(db *gorm.DB, ids []string) error {
	shared := db.Model(&row{}).Where("old").Session(&gorm.Session{})
	for _, id := range ids {
		var r row
		if err := shared.Where("id = ?", id).First(&r).Error; err != nil {
			return err
		}
		q := db.Where("id = ?", id)
		if err := q.Delete(&row{}).Error; err != nil {
			return err
		}
	}
	return count(shared)
}

func subquery(db *gorm.DB) error {
	ids := db.Model(&row{}).Select("id")
	var all []row
	if err := db.Where("id IN (?)", ids).Find(&all).Error; err != nil { // GORM copies what it is given as a value
		return err
	}
	return db.Where("other IN (?)", ids).Find(&all).Error
}

func fate(db *gorm.DB) error {
	done := db.Where("old").Delete(&row{})
	return stale(db, done)
}

func stale(db, done *gorm.DB) error {
	if done.RowsAffected > 0 {
		return done.Error
	}
	return count(db)
}

func (s *store) fresh(db *gorm.DB) { s.live = db.Where("NOT old").Session(&gorm.Session{}) }

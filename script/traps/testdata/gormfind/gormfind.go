package gormfind

import "gorm.io/gorm"

type row struct{ ID string }

func unnoticed(db *gorm.DB, id string) (row, error) {
	var r row
	if err := db.Where("id = ?", id).Find(&r).Error; err != nil { // want `gormfind: Find of one row does not say`
		return r, err
	}
	p := &r
	if err := db.Where("id = ?", id).Find(p).Error; err != nil { // want `gormfind`
		return r, err
	}
	return r, db.Raw("SELECT id FROM rows WHERE id = ?", id).Scan(&r).Error // want `gormfind: Scan`
}

func noticed(db *gorm.DB, id string) (r row, err error) {
	if err := db.Where("id = ?", id).First(&r).Error; err != nil {
		return r, err
	}
	done := db.Raw("SELECT id FROM rows WHERE id = ?", id).Scan(&r)
	if done.RowsAffected == 0 {
		return r, gorm.ErrRecordNotFound
	}
	var many []row
	if err := db.Find(&many).Error; err != nil {
		return r, err
	}
	var n int64
	if err := db.Raw("SELECT count(*) FROM rows").Scan(&n).Error; err != nil { // one value, always
		return r, err
	}
	return r, done.Error
}

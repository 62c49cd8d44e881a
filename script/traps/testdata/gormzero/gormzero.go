package gormzero

import "gorm.io/gorm"

type consent struct {
	ID      string
	Given   bool
	Version int
}

func silent(db *gorm.DB, c consent, what interface{}) error {
	if err := db.Model(&c).Where("id = ?", c.ID).Updates(c).Error; err != nil { // want `gormzero: Updates leaves out the zero fields of a struct`
		return err
	}
	if err := db.Model(&consent{}).Where("id = ?", c.ID).UpdateColumns(&c).Error; err != nil { // want `gormzero: UpdateColumns leaves out`
		return err
	}
	if err := db.Model(&c).Where("id = ?", c.ID).Omit("version").Updates(&consent{Given: false}).Error; err != nil { // want `gormzero`
		return err
	}
	return db.Model(&c).Where("id = ?", c.ID).Updates(what).Error // want `gormzero: Updates leaves out the zero fields if this is a struct`
}

func generic[T any](db *gorm.DB, row T) error {
	return db.Where("id = ''").Updates(row).Error // want `gormzero`
}

func complete(db *gorm.DB, c consent) error {
	if err := db.Model(&c).Where("id = ?", c.ID).Select("given", "version").Updates(c).Error; err != nil {
		return err
	}
	q := db.Model(&consent{}).Where("id = ?", c.ID).Select("*")
	if err := q.UpdateColumns(&c).Error; err != nil {
		return err
	}
	change := map[string]any{"given": false}
	if err := db.Model(&c).Where("id = ?", c.ID).Updates(change).Error; err != nil {
		return err
	}
	return db.Model(&c).Where("id = ?", c.ID).Update("given", false).Error
}

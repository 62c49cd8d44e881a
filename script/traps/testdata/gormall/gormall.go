package gormall

import "gorm.io/gorm"

type row struct {
	ID      string
	Version int
}

func everywhere(db *gorm.DB, r *row) error {
	if err := db.Delete(r).Error; err != nil { // want `gormall: Delete without a Where beside it`
		return err
	}
	if err := db.Model(&row{}).Update("version", 2).Error; err != nil { // want `gormall: Update without`
		return err
	}
	q := db.Model(r)
	return q.Updates(map[string]any{"version": 2}).Error // want `gormall: Updates without`
}

func guarded(db *gorm.DB, r *row) error {
	if err := db.Where("id = ?", r.ID).Delete(&row{}).Error; err != nil {
		return err
	}
	if err := db.Delete(&row{}, "id = ?", r.ID).Error; err != nil {
		return err
	}
	q := db.Model(&row{}).Where("id = ? AND version = ?", r.ID, r.Version)
	return q.Update("version", r.Version+1).Error
}

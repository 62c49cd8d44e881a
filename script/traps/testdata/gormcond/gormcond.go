package gormcond

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

type offer struct {
	ID       string
	MentorID string
}

const mine = "mentor_id = ?"

func vanishing(db *gorm.DB, id string, n int, ids []string, by map[string]any, what interface{}) error {
	var all []offer
	var one offer
	for _, err := range []error{
		db.Where(&offer{MentorID: id}).Find(&all).Error,           // want `gormcond: zero fields of a struct are left out of a condition`
		db.Where(offer{MentorID: id}).Find(&all).Error,            // want `gormcond: zero fields`
		db.Where(by).Find(&all).Error,                             // want `gormcond: an empty map is no condition`
		db.Where(map[string]any{}).Find(&all).Error,               // want `gormcond: an empty map`
		db.Where(ids).Find(&all).Error,                            // want `gormcond: an empty slice is no condition`
		db.Not(ids).Find(&all).Error,                              // want `gormcond: an empty slice`
		db.Where("").Find(&all).Error,                             // want `gormcond: an empty condition matches every row`
		db.Where(nil).Find(&all).Error,                            // want `gormcond: nil is no condition`
		db.Where(what).Find(&all).Error,                           // want `gormcond: what this is`
		db.First(&one, id).Error,                                  // want `gormcond: an empty text is no condition, and any other is SQL` `gormsql`
		db.First(&one, n).Error,                                   // want `gormcond: a bare value`
		db.First(&one, "12").Error,                                // want `gormcond: a number in a text is taken for a primary key`
		db.Delete(&one, id).Error,                                 // want `gormcond` `gormsql`
		db.Where("mentor_id <> ''").Or(&offer{}).Find(&all).Error, // want `gormcond: zero fields`
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

func kept(db *gorm.DB, id string, ids []string, by clause.Expression) error {
	var all []offer
	var one offer
	for _, err := range []error{
		db.Where("mentor_id = ?", id).Find(&all).Error,
		db.Where(mine, id).Find(&all).Error,
		db.Where("id IN ?", ids).Find(&all).Error,
		db.Where(map[string]any{"mentor_id": id}).Find(&all).Error,
		db.Where(clause.Eq{Column: "mentor_id", Value: id}).Find(&all).Error,
		db.Where(by).Find(&all).Error,
		db.Where(db.Where("id = ?", id).Or("mentor_id = ?", id)).Find(&all).Error,
		db.First(&one, "id = ?", id).Error,
		db.Delete(&offer{}, "id = ?", id).Error,
		db.Find(&all).Error,
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

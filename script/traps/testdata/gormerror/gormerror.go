package gormerror

import (
	"errors"

	"gorm.io/gorm"
)

type row struct{ ID string }

func dropped(db *gorm.DB, r *row) int64 {
	db.Create(r)                                // want `gormerror: nobody looks at Error of this Create`
	db.Where("id = ?", r.ID).First(r)           // want `gormerror: nobody looks at Error of this First`
	_ = db.Where("id = ?", r.ID).First(r)       // want `gormerror: .* First`
	defer db.Rollback()                         // want `gormerror: .* Rollback`
	done := db.Where("id = ''").Delete(&row{})  // want `gormerror: .* Delete`
	other := 0 + db.Exec("VACUUM").RowsAffected // want `gormerror: .* Exec`
	return done.RowsAffected + other
}

func reassigned(db *gorm.DB, rows *[]row) {
	var done *gorm.DB
	done = db.Where("id <> ''").Find(rows) // want `gormerror: .* Find`
	if done.RowsAffected == 0 {
		return
	}
}

func read(db *gorm.DB, r *row) (int64, error) {
	if err := db.Create(r).Error; err != nil {
		return 0, err
	}
	if errors.Is(db.Where("id = ?", r.ID).First(r).Error, gorm.ErrRecordNotFound) {
		return 0, nil
	}
	done := db.Where("id = ?", r.ID).Delete(&row{})
	return done.RowsAffected, done.Error
}

func passedOn(db *gorm.DB, r *row) error { return judge(db.Create(r)) }

func judge(done *gorm.DB) error { return done.Error }

func givenBack(db *gorm.DB, r *row) *gorm.DB { return db.Create(r) }

type store struct{ last *gorm.DB }

func (s *store) kept(db *gorm.DB, r *row) { s.last = db.Create(r) }

func pointless(db *gorm.DB) (rows *gorm.DB) {
	return db.Where("id = ''").Order("id") // no verb: nothing has happened yet
}

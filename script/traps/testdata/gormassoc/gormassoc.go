package gormassoc

import (
	"database/sql"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

type mentor struct {
	ID   string
	Name string
}

type offer struct {
	ID     string
	Mentor mentor
	At     time.Time
}

type list struct {
	ID     string
	Offers []*offer
}

type base struct {
	ID      string
	Created time.Time
}

type plain struct {
	base
	Name   sql.NullString
	Ended  *time.Time
	Extra  mentor `gorm:"-"`
	Stored mentor `gorm:"serializer:json"`
	Inside mentor `gorm:"embedded"`
	Bytes  []byte
	hidden mentor
}

func reaching(db *gorm.DB, o *offer, l list) error {
	if err := db.Create(o).Error; err != nil { // want `gormassoc: Create also writes the rows of Mentor`
		return err
	}
	if err := db.CreateInBatches([]offer{*o}, 10).Error; err != nil { // want `gormassoc: CreateInBatches also writes the rows of Mentor`
		return err
	}
	return db.Create(&l).Error // want `gormassoc: Create also writes the rows of Offers`
}

func alone(db *gorm.DB, o *offer, p *plain) error {
	p.hidden = o.Mentor
	if err := db.Omit(clause.Associations).Create(o).Error; err != nil {
		return err
	}
	if err := db.Select("id", "at").Create(o).Error; err != nil {
		return err
	}
	return db.Create(p).Error
}

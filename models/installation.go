package models

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Installation is what belongs to a store as a whole.
type Installation struct {
	ID          int    `gorm:"primaryKey;autoIncrement:false"` // always 1
	Fingerprint string // of the secret whose keys seal what is stored
}

// KeepSecret remembers the fingerprint of the installation's secret the first time, and later wants the same.
func (s *Store) KeepSecret(ctx context.Context, fingerprint string) error {
	var kept Installation
	read := s.Gorm.WithContext(ctx).Where("id = 1").Find(&kept)
	err := read.Error
	if err == nil && read.RowsAffected == 0 {
		err = s.write(ctx, "installation", func(g *gorm.DB) error {
			if err := g.Clauses(clause.OnConflict{DoNothing: true}).Create(&Installation{1, fingerprint}).Error; err != nil {
				return err
			}
			return g.Where("id = 1").First(&kept).Error
		})
	}
	if err == nil && kept.Fingerprint != fingerprint {
		return &Error{Code: CodeConflict, Field: "secret", Key: "store.other_secret"}
	}
	return failed("installation", err)
}

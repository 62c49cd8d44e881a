package gormcontext

import (
	"context"

	"gorm.io/gorm"
)

type store struct{ db *gorm.DB }

var global *gorm.DB

type row struct{ ID string }

func (s *store) endless(r *row) error {
	if err := s.db.Create(r).Error; err != nil { // want `gormcontext: Create on a handle that is kept`
		return err
	}
	if err := s.db.Session(&gorm.Session{DryRun: true}).Create(r).Error; err != nil { // want `gormcontext: Session`
		return err
	}
	if err := global.Where("id = ?", r.ID).First(r).Error; err != nil { // want `gormcontext: Where`
		return err
	}
	return s.db.Transaction(func(tx *gorm.DB) error { return tx.Create(r).Error }) // want `gormcontext: Transaction`
}

func (s *store) ended(ctx context.Context, r *row) error {
	if err := s.db.WithContext(ctx).Create(r).Error; err != nil {
		return err
	}
	if err := s.db.Session(&gorm.Session{Context: ctx}).Create(r).Error; err != nil {
		return err
	}
	if _, err := s.db.DB(); err != nil {
		return err
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error { return tx.Create(r).Error })
}

func given(db *gorm.DB, r *row) error { return db.Create(r).Error } // by a caller, with a context

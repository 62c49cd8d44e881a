package gormtx

import (
	"context"
	"database/sql"

	"gorm.io/gorm"
)

type row struct{ ID string }

type store struct {
	db  *gorm.DB
	sql *sql.DB
}

func (s *store) Row(ctx context.Context, id string) (*row, error) {
	var r row
	return &r, s.db.WithContext(ctx).Where("id = ?", id).First(&r).Error
}

func (s *store) audit(tx *gorm.DB, what string) error { return tx.Create(&row{what}).Error }

func (s *store) inTx(ctx context.Context, f func(tx *gorm.DB, plain *sql.Tx) error) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error { return f(tx, nil) })
}

func (s *store) beside(ctx context.Context, db *gorm.DB, r *row) error {
	err := db.Transaction(func(tx *gorm.DB) error {
		if err := tx.Create(r).Error; err != nil {
			return err
		}
		if _, err := s.Row(ctx, r.ID); err != nil { // want `gormtx: Row uses a handle of its own, beside the transaction`
			return err
		}
		if _, err := s.sql.ExecContext(ctx, "SELECT 1"); err != nil { // want `gormtx: this handle is not that of the transaction`
			return err
		}
		return db.Create(r).Error // want `gormtx: this handle`
	})
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(*gorm.DB, *sql.Tx) error {
		return s.db.WithContext(ctx).Create(r).Error // want `gormtx: this handle`
	})
}

func (s *store) within(ctx context.Context, r *row) error {
	before, err := s.Row(ctx, r.ID)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(tx *gorm.DB, plain *sql.Tx) error {
		if err := s.audit(tx, before.ID); err != nil {
			return err
		}
		if _, err := plain.ExecContext(ctx, "SELECT 1"); err != nil {
			return err
		}
		q := tx.Where("id = ?", r.ID)
		return q.Delete(&row{}).Error
	})
}

// mine is no transaction: it gives no error.
func (s *store) mine(db *gorm.DB) *gorm.DB {
	return db.Scopes(func(tx *gorm.DB) *gorm.DB { return tx.Where("id IN (?)", db.Table("others").Select("id")) })
}

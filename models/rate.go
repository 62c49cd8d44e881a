package models

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// RateWindow counts the requests of a class that a sender made within a window of time.
type RateWindow struct {
	Class    string    `gorm:"primaryKey"`
	Sender   string    `gorm:"primaryKey"`
	StartsAt time.Time `gorm:"primaryKey"`
	EndsAt   time.Time
	Used     int
}

// TakeRate adds n to a window and gives how many of it were used before. Of several processes each gets its own.
func (s *Store) TakeRate(ctx context.Context, w RateWindow, n int) (before int, err error) {
	w.StartsAt, w.EndsAt, w.Used = w.StartsAt.UTC(), w.EndsAt.UTC(), n
	err = s.write(ctx, "rate", func(g *gorm.DB) error {
		add := clause.OnConflict{
			Columns:   []clause.Column{{Name: "class"}, {Name: "sender"}, {Name: "starts_at"}},
			DoUpdates: clause.Assignments(map[string]any{"used": gorm.Expr("rate_windows.used + ?", n)}),
		}
		if err := g.Clauses(add).Create(&w).Error; err != nil {
			return err
		}
		var now RateWindow
		err := g.Where("class = ? AND sender = ? AND starts_at = ?", w.Class, w.Sender, w.StartsAt).First(&now).Error
		before = now.Used - n
		return err
	})
	return before, err
}

// DeleteEndedRates removes windows whose time is over.
func (s *Store) DeleteEndedRates(ctx context.Context) error {
	return s.write(ctx, "rate", func(g *gorm.DB) error { return g.Where("ends_at <= ?", s.now()).Delete(&RateWindow{}).Error })
}

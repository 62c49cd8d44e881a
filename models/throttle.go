package models

import (
	"context"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Throttle counts the tries of one key.
type Throttle struct {
	Key       string `gorm:"primaryKey"` // a keyed hash: it names nobody
	Tries     int
	Until     time.Time // the next try is allowed then
	UpdatedAt time.Time
}

// Budget says how often something may be tried: Free times at once, and then after a wait that doubles with each try,
// from First to Most. A key that nobody tried for throttlesKept begins anew; Most must be shorter.
type Budget struct {
	Free        int
	First, Most time.Duration
}

// throttlesKept is how long a key is remembered that nobody tried.
const throttlesKept = 2 * time.Hour

// wait is how long the next try has to wait after so many.
func (b Budget) wait(tries int) time.Duration {
	if tries < b.Free {
		return 0
	}
	wait := b.First
	for n := b.Free; n < tries && wait < b.Most; n++ {
		wait *= 2
	}
	return min(wait, b.Most)
}

// Try counts one try against each key, all or none, before it is made: of many at once no more get through than one
// after the other. If one of the keys has to wait, nothing is counted, and it says how long.
func (s *Store) Try(ctx context.Context, budgets map[string]Budget) (wait time.Duration, err error) {
	keys := make([]string, 0, len(budgets))
	for key := range budgets {
		keys = append(keys, key)
	}
	slices.Sort(keys) // as others lock them
	if wait, err = s.waits(s.Gorm.WithContext(ctx), keys); err != nil || wait > 0 {
		return wait, failed("throttle", err) // who has to wait takes no lock
	}
	err = s.write(ctx, "throttle", func(g *gorm.DB) error {
		now := s.now()
		rows := make([]Throttle, len(keys))
		for i, key := range keys {
			rows[i] = Throttle{key, 0, now, now}
		}
		if err := g.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error; err != nil {
			return err
		}
		if wait, err = s.waits(locked(g), keys); err != nil || wait > 0 {
			return err
		}
		if err := g.Where("key IN ?", keys).Find(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			if r.UpdatedAt.Before(now.Add(-throttlesKept)) {
				r.Tries = 0
			}
			r.Tries++
			change := map[string]any{"tries": r.Tries, "until": now.Add(budgets[r.Key].wait(r.Tries)), "updated_at": now}
			if err := g.Model(&Throttle{}).Where("key = ?", r.Key).UpdateColumns(change).Error; err != nil {
				return err
			}
		}
		return nil
	})
	return wait, err
}

// waits is how long the slowest of the keys has to wait.
func (s *Store) waits(g *gorm.DB, keys []string) (wait time.Duration, err error) {
	var rows []Throttle
	if err := g.Where("key IN ?", keys).Order("key").Find(&rows).Error; err != nil {
		return 0, err
	}
	for _, r := range rows {
		wait = max(wait, r.Until.Sub(s.now()))
	}
	return wait, nil
}

// Refund takes back a try that was no guess: one that came to the right end.
func (s *Store) Refund(ctx context.Context, budgets map[string]Budget) error {
	rows := make([]string, 0, len(budgets))
	for key := range budgets {
		rows = append(rows, key)
	}
	slices.SortFunc(rows, strings.Compare)
	return s.write(ctx, "throttle", func(g *gorm.DB) error {
		for _, key := range rows {
			if err := s.refund(g, key); err != nil {
				return err
			}
		}
		return nil
	})
}

// refund is Refund of one key in a transaction of the caller.
func (s *Store) refund(g *gorm.DB, key string) error {
	return g.Model(&Throttle{}).Where("key = ? AND tries > 0", key).
		UpdateColumns(map[string]any{"tries": gorm.Expr("tries - 1"), "until": s.now()}).Error
}

// DeleteOldThrottles removes the keys that begin anew anyway.
func (s *Store) DeleteOldThrottles(ctx context.Context) error {
	return s.write(ctx, "throttle", func(g *gorm.DB) error {
		return g.Where("updated_at < ?", s.now().Add(-throttlesKept)).Delete(&Throttle{}).Error
	})
}

package models

import (
	"context"
	"errors"
	"testing"
	"time"
)

var errChanged = errors.New("another mind")

// TestTogether writes several things in one transaction: whole, undone, with a
// verb that fails, with a panic, and after its end.
func TestTogether(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		programme := func(ctx context.Context, name string) error {
			return s.CreateProgramme(ctx, "", &Programme{Name: name, Locale: "en"})
		}
		count := func(ctx context.Context) int {
			t.Helper()
			all, err := s.Programmes(ctx)
			must(t, err)
			return len(all)
		}
		var late context.Context
		must(t, s.Together(t.Context(), func(ctx context.Context) error {
			if n := count(ctx); n != 0 {
				t.Errorf("%d at the beginning", n)
			}
			must(t, programme(ctx, "one"))
			if err := programme(ctx, "one"); CodeOf(err) != CodeConflict {
				t.Errorf("a name that is taken: %v", err)
			}
			must(t, programme(ctx, "two"))
			if inside, outside := count(ctx), count(t.Context()); inside != 2 || outside != 0 { //nolint:contextcheck // what stands outside is compared
				t.Errorf("%d inside, %d outside", inside, outside)
			}
			late = ctx //nolint:fatcontext // to be used after its end
			return s.Together(ctx, func(ctx context.Context) error { return programme(ctx, "three") })
		}))
		if n := count(t.Context()); n != 3 {
			t.Errorf("%d are kept", n)
		}
		if err := programme(late, "late"); err == nil || count(late) != 3 {
			t.Errorf("after the end: %v", err)
		}
		if err := s.Together(t.Context(), func(ctx context.Context) error {
			must(t, programme(ctx, "undone"))
			return errChanged
		}); !errors.Is(err, errChanged) || count(t.Context()) != 3 {
			t.Errorf("undone: %v, %d", err, count(t.Context()))
		}
		func() {
			defer func() {
				if recover() == nil || count(t.Context()) != 3 {
					t.Errorf("a panic leaves %d", count(t.Context()))
				}
			}()
			_ = s.Together(t.Context(), func(ctx context.Context) error {
				must(t, programme(ctx, "panic"))
				panic("for the test")
			})
		}()
		ended, end := context.WithCancel(t.Context())
		if err := s.Together(ended, func(ctx context.Context) error {
			must(t, programme(ctx, "ended"))
			end()
			return ctx.Err()
		}); err == nil || count(t.Context()) != 3 {
			t.Errorf("a context that ended: %v", err)
		}
		must(t, programme(t.Context(), "four")) // nobody holds the turn
	})
}

// TestRateWindows takes from a window, and forgets it when it is over.
func TestRateWindows(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		starts := s.Now().Truncate(time.Minute)
		w := RateWindow{Class: "reading", Sender: "somebody", StartsAt: starts, EndsAt: starts.Add(time.Minute)}
		for _, want := range []int{0, 7, 14} {
			if before, err := s.TakeRate(t.Context(), w, 7); before != want || err != nil {
				t.Errorf("%d before, %v", before, err)
			}
		}
		w.StartsAt, w.EndsAt = starts.Add(-time.Hour), starts.Add(-time.Minute)
		if before, err := s.TakeRate(t.Context(), w, 1); before != 0 || err != nil {
			t.Errorf("another window: %d, %v", before, err)
		}
		must(t, s.DeleteEndedRates(t.Context()))
		var left int64
		must(t, s.Gorm.Model(&RateWindow{}).Count(&left).Error)
		if left != 1 {
			t.Errorf("%d windows are left", left)
		}
	})
}

package models

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func testThrottles(t *testing.T, s *Store) {
	ctx := t.Context()
	now := time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC)
	s.now = func() time.Time { return now }
	key := func(digit string) string { return strings.Repeat(digit, 64) }
	budget := Budget{Free: 3, First: time.Second, Most: 5 * time.Second}
	try := func(want time.Duration, keys ...string) {
		t.Helper()
		budgets := map[string]Budget{}
		for _, k := range keys {
			budgets[key(k)] = budget
		}
		if got, err := s.Try(ctx, budgets); err != nil || got != want {
			t.Errorf("waits %v, want %v: %v", got, want, err)
		}
	}
	for range 3 {
		try(0, "a")
	}
	try(time.Second, "a")
	now = now.Add(999 * time.Millisecond)
	try(time.Millisecond, "a")
	for _, wait := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second, 5 * time.Second} {
		now = now.Add(wait)
		try(0, "a")
	}
	try(5*time.Second, "a", "b")
	for range 3 { // what was refused was not counted for the other
		try(0, "b")
	}
	try(5*time.Second, "a")
	must(t, s.Refund(ctx, map[string]Budget{key("a"): budget, key("c"): budget}))
	try(0, "a")
	try(5*time.Second, "a")
	now = now.Add(throttlesKept + time.Second)
	for range 3 {
		try(0, "a")
	}
	try(time.Second, "a")
	var n int64
	must(t, s.DeleteOldThrottles(ctx))
	if err := s.Gorm.Model(&Throttle{}).Count(&n).Error; err != nil || n != 1 {
		t.Errorf("%d keys are left: %v", n, err)
	}
}

// testThrottlesTogether tries many times at once: no more get through than one
// after the other.
func testThrottlesTogether(t *testing.T, s *Store) {
	budgets := map[string]Budget{
		strings.Repeat("a", 64): {Free: 7, First: time.Hour, Most: time.Hour}, strings.Repeat("b", 64): {Free: 100, First: time.Hour, Most: time.Hour},
	}
	var through atomic.Int64
	var together sync.WaitGroup
	for range 16 {
		together.Go(func() {
			for range 10 {
				wait, err := s.Try(context.Background(), budgets)
				if err != nil {
					t.Error(err)
				}
				if wait == 0 {
					through.Add(1)
				}
			}
		})
	}
	together.Wait()
	if through.Load() != 7 {
		t.Errorf("%d of 160 got through, not 7", through.Load())
	}
}

// TestRequestKeysAreBounded takes up more requests than an actor may have: the newest stay, other actors' all.
func TestRequestKeysAreBounded(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		now := time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC)
		s.now = func() time.Time { return now }
		claim := func(actor string, n, most int) {
			k := RequestKey{
				Actor: actor, KeyHash: fmt.Sprintf("%064x", n), RequestHash: fmt.Sprintf("%064x", n), Claim: "c", Most: most,
				ClaimedUntil: s.Now().Add(time.Minute), ExpiresAt: s.Now().Add(time.Hour),
			}
			if _, err := s.ClaimRequest(t.Context(), &k); err != nil {
				t.Fatal(err)
			}
		}
		for n := range 30 {
			claim("network", n, 10)
			claim("account", n, 0)
			now = now.Add(time.Millisecond)
		}
		for actor, want := range map[string]int{"network": 10, "account": 30} {
			var rows []RequestKey
			if err := s.Gorm.Where("actor = ?", actor).Order("key_hash").Find(&rows).Error; err != nil {
				t.Fatal(err)
			}
			if len(rows) != want || rows[len(rows)-1].KeyHash != fmt.Sprintf("%064x", 29) {
				t.Errorf("%s has %d keys", actor, len(rows))
			}
		}
	})
}

package models

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// RequestKey is a request that its client may send again, and the answer once there is one.
type RequestKey struct {
	Actor        string `gorm:"primaryKey"`
	KeyHash      string `gorm:"primaryKey"` // 64 hexadecimal digits, like RequestHash
	RequestHash  string // what the key was used for
	Claim        string // names the attempt that is at it
	ClaimedUntil time.Time
	Status       int    // 0 until there is an answer
	Answer       string // sealed; "" until there is one
	CreatedAt    time.Time
	ExpiresAt    time.Time

	// Most is how many keys the actor may have, for ClaimRequest: a new one takes the place of those that are older than
	// so many. 0 stands for any number.
	Most int `gorm:"-"`
}

// ClaimRequest takes a request up under the claim of k until k.ClaimedUntil, and remembers it until k.ExpiresAt. Nil
// means that k has it: a new one, or one whose attempt ended without an answer. Otherwise it gives what is stored: an
// answer, or the attempt that is at it.
func (s *Store) ClaimRequest(ctx context.Context, k *RequestKey) (found *RequestKey, err error) {
	now := s.now()
	k.CreatedAt, k.Status, k.Answer = now, 0, ""
	k.ClaimedUntil, k.ExpiresAt = k.ClaimedUntil.UTC().Truncate(time.Microsecond), k.ExpiresAt.UTC().Truncate(time.Microsecond)
	err = s.write(ctx, "request", func(g *gorm.DB) error {
		done := g.Clauses(clause.OnConflict{DoNothing: true}).Create(k)
		if done.Error == nil && done.RowsAffected == 1 && k.Most > 0 {
			return forgetOlder(g, k)
		}
		if done.Error != nil || done.RowsAffected == 1 {
			return done.Error
		}
		there := RequestKey{}
		if err := locked(g).Where("actor = ? AND key_hash = ?", k.Actor, k.KeyHash).First(&there).Error; err != nil {
			return err
		}
		gone, left := !there.ExpiresAt.After(now), there.Status == 0 && !there.ClaimedUntil.After(now)
		if !gone && (!left || there.RequestHash != k.RequestHash) {
			found = &there
			return nil
		}
		return g.Model(&RequestKey{}).Where("actor = ? AND key_hash = ?", k.Actor, k.KeyHash).Updates(map[string]any{
			"request_hash": k.RequestHash, "claim": k.Claim, "claimed_until": k.ClaimedUntil, "status": 0, "answer": "",
			"created_at": k.CreatedAt, "expires_at": k.ExpiresAt,
		}).Error
	})
	return found, err
}

// forgetOlder deletes what an actor has beyond its newest k.Most keys. Cost: so many entries of an index.
func forgetOlder(g *gorm.DB, k *RequestKey) error {
	var last []time.Time
	err := g.Model(&RequestKey{}).Where("actor = ?", k.Actor).Order("created_at DESC").Offset(k.Most).Limit(1).Pluck("created_at", &last).Error
	if err != nil || len(last) == 0 {
		return err
	}
	return g.Where("actor = ? AND created_at <= ? AND key_hash <> ?", k.Actor, last[0], k.KeyHash).Delete(&RequestKey{}).Error
}

// AnswerRequest stores the answer to a request that is claimed. An attempt that lost its claim meanwhile gets a stale
// error; within Together nothing of what it did is kept then.
func (s *Store) AnswerRequest(ctx context.Context, k *RequestKey, status int, answer Sealed) error {
	return s.write(ctx, "request", func(g *gorm.DB) error {
		done := g.Model(&RequestKey{}).Where("actor = ? AND key_hash = ? AND claim = ? AND status = 0", k.Actor, k.KeyHash, k.Claim).
			Updates(map[string]any{"status": status, "answer": answer})
		if done.Error == nil && done.RowsAffected == 0 {
			return &Error{Code: CodeStale, Key: "store.stale", Args: map[string]any{"What": "request"}}
		}
		return done.Error
	})
}

// ForgetRequest gives up a claim: the request may be sent again as if it never was.
func (s *Store) ForgetRequest(ctx context.Context, k *RequestKey) error {
	return s.write(ctx, "request", func(g *gorm.DB) error {
		return g.Where("actor = ? AND key_hash = ? AND claim = ? AND status = 0", k.Actor, k.KeyHash, k.Claim).Delete(&RequestKey{}).Error
	})
}

// DeleteExpiredRequests forgets requests whose time is over and says how many there were.
func (s *Store) DeleteExpiredRequests(ctx context.Context) (n int64, err error) {
	err = s.write(ctx, "request", func(g *gorm.DB) error {
		done := g.Where("expires_at <= ?", s.now()).Delete(&RequestKey{})
		n = done.RowsAffected
		return done.Error
	})
	return n, err
}

// OpenAnswer opens a stored answer with the sealer and place that sealed it.
func (k *RequestKey) OpenAnswer(sealer Sealer, place string) ([]byte, error) {
	return sealer.Open(place, Sealed{k.Answer})
}

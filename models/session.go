package models

import (
	"cmp"
	"context"
	"time"

	"gorm.io/gorm"
)

// SessionKind says who holds a session.
type SessionKind string

// The kinds of sessions.
const (
	SessionBrowser SessionKind = "browser" // by a cookie
	SessionProgram SessionKind = "program" // by access tokens, and by refresh tokens that make new ones
)

// SessionLife is how long a session lasts: Idle without use, Whole at the latest.
type SessionLife struct{ Idle, Whole time.Duration }

// SessionLives are how long sessions last, by kind: of people who take part, and of staff and administrators. A change is
// one of docs/sessions.md too.
var SessionLives = map[SessionKind]struct{ People, Staff SessionLife }{
	SessionBrowser: {SessionLife{3 * 24 * time.Hour, 7 * 24 * time.Hour}, SessionLife{2 * time.Hour, 12 * time.Hour}},
	SessionProgram: {SessionLife{7 * 24 * time.Hour, 30 * 24 * time.Hour}, SessionLife{24 * time.Hour, 7 * 24 * time.Hour}},
}

// usedEvery is how exactly a session knows when it was last used.
const usedEvery = time.Minute

// Session is a browser or a program that is signed in. Only the hash of its secret id is stored.
type Session struct {
	IDHash    string `gorm:"primaryKey"` // SHA-256 in hexadecimal digits
	ID        string // by which its owner names it; set by CreateSession
	AccountID string
	Kind      SessionKind // SessionBrowser if it is not given
	Device    string      // in a few words; "" when nothing is known
	Network   string      // where it began: not the address, only its network
	CreatedAt time.Time
	UsedAt    time.Time // to a minute
	Idle      time.Duration
	IdleAt    time.Time // it ends then unless it is used
	ExpiresAt time.Time // it ends then at the latest

	Refresh string `gorm:"-"` // hash of its first refresh token, for CreateSession; "" for none
	Proof   *Proof `gorm:"-"` // of the second factor, for CreateSession; nil for none
	Half    bool   `gorm:"-"` // set by CreateSession: it is a HalfSession only
}

// RefreshToken is good once for a new access token and the next refresh token of its session.
type RefreshToken struct {
	IDHash      string `gorm:"primaryKey"` // SHA-256 in hexadecimal digits
	SessionHash string
	CreatedAt   time.Time
	UsedAt      *time.Time
}

// CreateSession signs an account in, for as long as SessionLives says; session.ExpiresAt, if it is given, takes the place
// of both its lives. It is the one way in: of an account with a second factor, session.Proof is used up, and without one
// a browser gets a half session, see HalfSession, and a program nothing but CodeUnproven.
func (s *Store) CreateSession(ctx context.Context, session *Session) error {
	return s.write(ctx, "session", func(g *gorm.DB) error { return s.createSession(g, session) })
}

func (s *Store) createSession(g *gorm.DB, session *Session) error {
	now := s.now()
	session.ID, session.CreatedAt, session.UsedAt = newID(now), now, now
	if session.Kind == "" {
		session.Kind = SessionBrowser
	}
	var a Account
	if err := locked(g).Where("id = ?", session.AccountID).First(&a).Error; err != nil {
		return err
	}
	if a.ErasedAt != nil { // while the password was looked at
		return &Error{Code: CodeConflict, Key: "store.erased"}
	}
	if a.FactorAt != nil || session.Proof != nil {
		if err := s.secondFactor(g, session); err != nil || session.Half {
			return err
		}
	}
	if session.ExpiresAt.IsZero() {
		life := SessionLives[session.Kind].People
		if len(a.Sides()) == 0 {
			life = SessionLives[session.Kind].Staff
		}
		session.Idle, session.ExpiresAt = life.Idle, now.Add(life.Whole)
	}
	session.ExpiresAt = session.ExpiresAt.UTC().Truncate(time.Microsecond)
	if session.Idle == 0 {
		session.Idle = session.ExpiresAt.Sub(now)
	}
	session.IdleAt = now.Add(session.Idle)
	if err := g.Create(session).Error; err != nil {
		return err
	}
	by := Actor(session.AccountID)
	if err := s.Audit(g, by, "session.create", "accounts", session.AccountID, map[string]any{"kind": session.Kind}); err != nil || session.Refresh == "" {
		return err
	}
	return g.Create(&RefreshToken{IDHash: session.Refresh, SessionHash: session.IDHash, CreatedAt: now}).Error
}

// secondFactor uses up the proof of a session, or makes it a half one.
func (s *Store) secondFactor(g *gorm.DB, session *Session) error {
	switch {
	case session.Proof != nil:
		return s.takeProof(g, session.AccountID, *session.Proof)
	case session.Kind != SessionBrowser:
		return &Error{Code: CodeUnproven, Field: "code", Key: "store.no_code"}
	}
	session.Half, session.ExpiresAt = true, session.CreatedAt.Add(halfLife)
	return g.Create(&HalfSession{session.IDHash, session.AccountID, session.CreatedAt, session.ExpiresAt}).Error
}

// lives is the condition of sessions that have not ended; the clock is to be given twice.
const lives = "expires_at > ? AND idle_at > ?"

// SignedIn is who is signed in by a session.
type SignedIn struct {
	Account Account
	Session Session
}

// SignedIn reads who is signed in by a session; one that has ended is not there.
func (s *Store) SignedIn(ctx context.Context, hash string) (*SignedIn, error) {
	var in SignedIn
	g, now := s.Gorm.WithContext(ctx), s.now()
	if err := g.Where("id_hash = ?", hash).Where(lives, now, now).First(&in.Session).Error; err != nil {
		return nil, failed("session", err)
	}
	err := g.Where("id = ? AND disabled_at IS NULL", in.Session.AccountID).First(&in.Account).Error
	return found(&in, "session", err)
}

// UseSession remembers that a session is used, so that it does not end for want of it. It writes at most once a minute.
func (s *Store) UseSession(ctx context.Context, session *Session) error {
	now := s.now()
	if now.Sub(session.UsedAt) < usedEvery {
		return nil
	}
	return s.write(ctx, "session", func(g *gorm.DB) error { return useSession(g, session, now) })
}

func useSession(g *gorm.DB, session *Session, now time.Time) error {
	return g.Model(&Session{}).Where("id_hash = ?", session.IDHash).
		UpdateColumns(map[string]any{"used_at": now, "idle_at": now.Add(session.Idle)}).Error
}

// Sessions reads the sessions of an account that have not ended, newest first.
func (s *Store) Sessions(ctx context.Context, account string, part ...Part) (all []Session, err error) {
	now := s.now()
	err = newest(s.Gorm.WithContext(ctx).Where("account_id = ?", account).Where(lives, now, now), part).Find(&all).Error
	return all, failed("session", err)
}

// DeleteSession signs a browser or a program out, with its refresh tokens. It is no error if it was.
func (s *Store) DeleteSession(ctx context.Context, hash string) error {
	return s.write(ctx, "session", func(g *gorm.DB) error { return g.Where("id_hash = ?", hash).Delete(&Session{}).Error })
}

// EndSession ends one session of an account by its id. Somebody else's is not there.
func (s *Store) EndSession(ctx context.Context, account, id string) error {
	return s.write(ctx, "session", func(g *gorm.DB) error {
		done := g.Where("account_id = ? AND id = ?", account, id).Delete(&Session{})
		if done.Error == nil && done.RowsAffected == 0 {
			return missing("session")
		}
		if done.Error != nil {
			return done.Error
		}
		return s.Audit(g, Actor(account), "session.end", "accounts", account, nil)
	})
}

// EndSessions ends all sessions of an account but one, "" for none, and the links that would sign in. With "" it ends all
// keys too: it is what the end of an account, or a change of what it may do, must call.
func (s *Store) EndSessions(ctx context.Context, by Actor, account, keep string) error {
	return s.write(ctx, "session", func(g *gorm.DB) error {
		if err := s.signOutAll(g, account, keep); err != nil {
			return err
		}
		if keep == "" {
			if err := endKeys(g, account); err != nil {
				return err
			}
		}
		return s.Audit(g, by, "session.end_all", "accounts", account, nil)
	})
}

// Refresh takes a refresh token for the next one, both by their hashes, and gives its session. One that was taken before
// has been copied: the session ends, and with it all its tokens. That, a token that nobody made and one whose session has
// ended answer alike: it is not there. Of several who come with one token at the same time one is served, and the session
// ends for all.
func (s *Store) Refresh(ctx context.Context, token, next string) (*Session, error) {
	var session Session
	served := false
	err := s.write(ctx, "refresh token", func(g *gorm.DB) error {
		now := s.now()
		var t RefreshToken
		if err := locked(g).Where("id_hash = ?", token).First(&t).Error; err != nil {
			return err
		}
		if err := g.Where("id_hash = ?", t.SessionHash).Where(lives, now, now).First(&session).Error; err != nil {
			return err
		}
		if t.UsedAt != nil { // stays done, whatever is answered
			return s.endFamily(g, &session)
		}
		if err := g.Model(&RefreshToken{}).Where("id_hash = ?", token).UpdateColumns(map[string]any{"used_at": now}).Error; err != nil {
			return err
		}
		served = true
		if err := g.Create(&RefreshToken{IDHash: next, SessionHash: session.IDHash, CreatedAt: now}).Error; err != nil {
			return err
		}
		return useSession(g, &session, now)
	})
	if err == nil && !served {
		err = missing("refresh token")
	}
	return found(&session, "refresh token", err)
}

// endFamily ends a session of which a refresh token came twice.
func (s *Store) endFamily(g *gorm.DB, session *Session) error {
	if err := g.Where("id_hash = ?", session.IDHash).Delete(&Session{}).Error; err != nil {
		return err
	}
	return s.Audit(g, "", "session.reuse", "accounts", session.AccountID, map[string]any{"session": session.ID})
}

// DeleteExpiredSessions removes what nobody can use any more and says how many there were.
func (s *Store) DeleteExpiredSessions(ctx context.Context) (n int64, err error) {
	err = s.write(ctx, "session", func(g *gorm.DB) error {
		now := s.now()
		done := g.Where("expires_at <= ? OR idle_at <= ?", now, now).Delete(&Session{})
		n = done.RowsAffected
		return cmp.Or(done.Error, g.Where("expires_at <= ?", now).Delete(&HalfSession{}).Error,
			g.Where("expires_at <= ?", now).Delete(&PasskeyChallenge{}).Error)
	})
	return n, err
}

// Ends is when the session ends if it is not used before.
func (s *Session) Ends() time.Time {
	if s.IdleAt.Before(s.ExpiresAt) {
		return s.IdleAt
	}
	return s.ExpiresAt
}

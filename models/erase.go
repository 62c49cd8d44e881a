package models

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Erased says what the erasure of an account came to.
type Erased struct {
	Before bool // it was erased before; nothing was left to do
	Offers int  // offers that waited, and mentorships, that it ended
}

// ErasedSnapshot is the snapshot of a run of which somebody was erased: there is none any more.
const ErasedSnapshot = "{}"

// RunErased is the message key of why a run ended that was at work while somebody who took part was erased.
const RunErased = "ended.erased"

// EraseAccount takes from the database whatever says something of the owner of an account, as the Inventory has it, in one
// transaction: after any failure or crash all of it is there, or nothing. Its sessions, links and keys end. Offers that wait
// for it and its mentorships are superseded, which frees a mentor's place, and the other sides are written to, without its
// name. Runs of its programmes that are at work fail with RunErased, since they have read its profile; those that
// wait for their turn go on without it. From then on nothing more is stored of the owner. What stays is a row with the
// id, which the audit log names, and which can never be used again. The last thing written is a mail to the address that
// says so, if mails are sent at all; that mail is deleted when it was sent. Without compose there are no mails. The last
// administrator who can sign in is kept. Erasing an account again says so, and takes only what a request that was under
// way may have stored since.
// The bytes may still be in the database's files until Scrub.
func (s *Store) EraseAccount(ctx context.Context, by Actor, id string, compose Compose) (done Erased, err error) {
	for range eraseTries {
		if done, err = s.eraseAccount(ctx, by, id, compose); !errors.Is(err, errAgain) {
			break
		}
	}
	return done, err
}

// eraseTries is how often an erasure that met a new run begins anew.
const eraseTries = 10

// errAgain says that somebody asked for a run just now.
var errAgain = error(&Error{Code: CodeUnavailable, Key: "store.unavailable"})

func (s *Store) eraseAccount(ctx context.Context, by Actor, id string, compose Compose) (done Erased, err error) {
	err = s.write(ctx, "account", func(g *gorm.DB) error {
		done = Erased{}
		var a Account
		if err := lockAccount(g, id, &a); err != nil {
			return err
		}
		e := &erasing{Store: s, by: by, account: &a}
		steps := []func(*gorm.DB) error{e.leaveOffers, e.leaveLists, e.endGrants, e.empty}
		if done.Before = a.ErasedAt != nil; !done.Before {
			steps = append([]func(*gorm.DB) error{e.notLast, e.lockRuns, e.stopRuns}, steps...)
		}
		for _, step := range steps {
			if err := step(g); err != nil {
				return err
			}
		}
		if done.Offers = e.ended; done.Before {
			return nil
		}
		if err := e.tell(ctx, g, compose); err != nil {
			return err
		}
		return s.Audit(g, by, "account.erase", "accounts", id, map[string]any{"offers": e.ended})
	})
	return done, err
}

// erasing is the erasure of one account. It locks runs before rounds and those before people, as others do.
type erasing struct {
	*Store
	by      Actor
	account *Account

	runs   []string // that have not ended, locked
	own    []ProfileRow
	others []ProfileRow // of the same programmes, who have an offer or a mentorship with one of them, or name one
	ended  int
	left   []string // accounts of the other sides of what was ended
}

func (e *erasing) notLast(g *gorm.DB) error { return notLast(g, e.account) }

// programmes are those with a profile of the account.
func (e *erasing) programmes(g *gorm.DB) *gorm.DB {
	return g.Model(&ProfileRow{}).Select("programme_id").Where("account_id = ?", e.account.ID)
}

// unended are the runs of the programmes that wait or are at work.
func (e *erasing) unended(g *gorm.DB) *gorm.DB {
	rounds := g.Model(&Round{}).Select("id").Where("programme_id IN (?)", e.programmes(g))
	return g.Model(&Run{}).Where("state IN ? AND round_id IN (?)", []RunState{RunQueued, RunRunning}, rounds).Order("id")
}

// lockRuns locks the runs that have not ended and then the rounds. A run that waits cannot start until the erasure is over, and
// none is asked for nor published meanwhile. One that was asked for between the two is errAgain: whoever ends it waits for its
// round, so it must not be waited for here.
func (e *erasing) lockRuns(g *gorm.DB) error {
	var now []string
	if err := locked(e.unended(g)).Pluck("id", &e.runs).Error; err != nil {
		return err
	}
	var rounds []Round
	if err := locked(g).Where("programme_id IN (?)", e.programmes(g)).Order("id").Find(&rounds).Error; err != nil {
		return err
	}
	if err := e.unended(g).Pluck("id", &now).Error; err != nil {
		return err
	}
	for _, id := range now {
		if !slices.Contains(e.runs, id) {
			return errAgain
		}
	}
	return nil
}

// stopRuns ends what has read the profiles and would store them.
func (e *erasing) stopRuns(g *gorm.DB) error {
	var running []string
	if err := g.Model(&Run{}).Where("id IN ? AND state = ?", e.runs, RunRunning).Order("id").Pluck("id", &running).Error; err != nil {
		return err
	}
	for _, id := range running {
		if err := e.stopRun(g, e.by, id, RunFail, map[string]any{"reason": RunErased}); err != nil {
			return err
		}
	}
	return nil
}

// held are the states of offers that end when one of the two is erased.
var held = append(slices.Clone(openOffers), OfferActive)

// leaveOffers ends the offers that wait for somebody, and the mentorships.
func (e *erasing) leaveOffers(g *gorm.DB) error {
	own := g.Model(&ProfileRow{}).Select("id").Where("account_id = ?", e.account.ID)
	var people []ProfileRow
	err := locked(g).Where("programme_id IN (?)", e.programmes(g)).
		Where("account_id = ? OR conflicts <> '' OR wishes <> '' OR id IN (?) OR id IN (?)", e.account.ID,
			g.Model(&Offer{}).Select("mentee_id").Where("mentor_id IN (?) AND state IN ?", own, held),
			g.Model(&Offer{}).Select("mentor_id").Where("mentee_id IN (?) AND state IN ?", own, held)).
		Order("id").Find(&people).Error
	if err != nil {
		return err
	}
	ids := map[string]*ProfileRow{}
	for i := range people {
		p := &people[i]
		if ids[p.UID] = p; p.AccountID != nil && *p.AccountID == e.account.ID {
			e.own = append(e.own, *p)
		} else {
			e.others = append(e.others, *p)
		}
	}
	var offers []Offer
	if err := g.Where("state IN ? AND (mentee_id IN (?) OR mentor_id IN (?))", held, own, own).Order("id").Find(&offers).Error; err != nil {
		return err
	}
	for i := range offers {
		if err := e.leave(g, &offers[i], ids); err != nil {
			return err
		}
	}
	return nil
}

// leave ends one of them and frees the place that it took.
func (e *erasing) leave(g *gorm.DB, o *Offer, people map[string]*ProfileRow) error {
	event := OfferSupersede
	if o.State == OfferActive {
		event = OfferErase
		err := g.Model(&ProfileRow{}).Where("id = ? AND used > 0", o.MentorID).
			UpdateColumns(map[string]any{"used": gorm.Expr("used - 1"), "version": gorm.Expr("version + 1"), "updated_at": e.now()}).Error
		if err != nil {
			return err
		}
	}
	e.ended++
	for _, id := range []string{o.MenteeID, o.MentorID} {
		if p := people[id]; p != nil && p.AccountID != nil && *p.AccountID != e.account.ID && !slices.Contains(e.left, *p.AccountID) {
			e.left = append(e.left, *p.AccountID)
		}
	}
	return e.moveOffer(g, e.by, o, event, "")
}

// leaveLists takes the codes of the profiles from the conflicts and wishes of others.
func (e *erasing) leaveLists(g *gorm.DB) error {
	for i := range e.others {
		p := &e.others[i]
		mine := func(code string) bool {
			return slices.ContainsFunc(e.own, func(own ProfileRow) bool { return own.ProgrammeID == p.ProgrammeID && own.Profile.ID == code })
		}
		if !slices.ContainsFunc(slices.Concat(p.Profile.Conflicts, p.Profile.Wishes), mine) {
			continue
		}
		p.Profile.Conflicts, p.Profile.Wishes = slices.DeleteFunc(p.Profile.Conflicts, mine), slices.DeleteFunc(p.Profile.Wishes, mine)
		change := map[string]any{"version": gorm.Expr("version + 1"), "updated_at": e.now()}
		err := g.Model(&ProfileRow{}).Where("id = ?", p.UID).UpdateColumns(change).Error
		if err == nil {
			err = g.Model(&ProfileRow{}).Where("id = ?", p.UID).Select("conflicts", "wishes").UpdateColumns(p).Error
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// endGrants ends what was granted and still holds.
func (e *erasing) endGrants(g *gorm.DB) error {
	var grants []Grant
	if err := locked(g).Where("account_id = ? AND ended_at IS NULL", e.account.ID).Order("id").Find(&grants).Error; err != nil {
		return err
	}
	for i := range grants {
		if err := e.endGrant(g, e.by, &grants[i]); err != nil {
			return err
		}
	}
	return nil
}

// empty does what the inventory says.
func (e *erasing) empty(g *gorm.DB) error {
	whose := namesOf(e.account, e.now())
	for i := range Inventory {
		h := &Inventory[i]
		statement := ""
		switch h.Fate {
		case FateDeleted:
			statement = "DELETE FROM " + h.Table
		case FateEmptied:
			statement = "UPDATE " + h.Table + " SET " + h.Emptied
		case FateKept, FateNone:
			continue
		}
		//lint:allow gormsql: constants of Inventory
		if err := g.Exec(statement+" WHERE "+h.Names, whose...).Error; err != nil {
			return err
		}
	}
	return nil
}

// namesOf are what the conditions of the inventory ask for.
func namesOf(a *Account, now time.Time) []any {
	return []any{sql.Named("account", a.ID), sql.Named("email", a.Email), sql.Named("email_key", a.EmailKey), sql.Named("now", now)}
}

// tell writes to the other sides, and to the address that is forgotten.
func (e *erasing) tell(ctx context.Context, g *gorm.DB, compose Compose) error {
	if compose == nil || e.Outbox == nil {
		return nil
	}
	for _, id := range e.left {
		var a Account
		if err := g.Where("id = ?", id).First(&a).Error; err != nil {
			return err
		}
		if a.DisabledAt != nil {
			continue
		}
		if err := e.mailAccount(ctx, g, &a, MailOfferEnded, compose); err != nil {
			return err
		}
	}
	if e.Outbox.Send == nil || strings.HasSuffix(e.account.EmailKey, "@"+LocalDomain) {
		return nil // nobody would get it, and it would keep the address
	}
	return e.writeMail(ctx, g, &Mail{Kind: MailErased, Lang: e.account.Lang, Address: e.account.Email}, compose(MailErased, e.account.Lang))
}

// Scrub takes from the database's own files what erased rows may have left in them. SQLite writes over what is deleted; this empties
// its log, and with anew writes the whole file anew, which takes away also what was deleted before it did so. It fails as
// unavailable if somebody is at the log: with anew it waits for some seconds first. On PostgreSQL, with anew, it writes the tables anew that
// have something of people, and what is known of their values; nobody can use a table meanwhile. Without it PostgreSQL does
// that in its own time, and its write-ahead log is its own. Backups are not touched.
// Cost: with anew it reads and writes all of that, 80 milliseconds for 6 MB of SQLite.
func (s *Store) Scrub(ctx context.Context, anew bool) error {
	if s.Postgres() && !anew {
		return nil
	}
	conn, err := s.SQL.Conn(ctx)
	if err != nil {
		return failed("scrub", err)
	}
	defer conn.Close()
	switch {
	case s.Postgres():
		return failed("scrub", scrubTables(ctx, conn))
	case anew:
		leave, err := s.enter(ctx)
		if err != nil {
			return err
		}
		defer leave()
		if _, err := conn.ExecContext(ctx, "VACUUM"); err != nil {
			return failed("scrub", err)
		}
	default: // nobody waits for it
		if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil {
			return failed("scrub", err)
		}
		defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA busy_timeout = 5000") }() // as sqliteSettings has it
	}
	var busy, frames, written int
	if err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &written); err != nil {
		return failed("scrub", err)
	}
	if busy != 0 {
		return &Error{Code: CodeUnavailable, Key: "store.busy_log"}
	}
	return nil
}

// scrubTables does so for PostgreSQL.
func scrubTables(ctx context.Context, conn *sql.Conn) (err error) {
	if _, err := conn.ExecContext(ctx, "SET statement_timeout = 0"); err != nil {
		return err
	}
	defer func() {
		_, reset := conn.ExecContext(context.WithoutCancel(ctx), "RESET statement_timeout")
		err = errors.Join(err, reset)
	}()
	for i := range Inventory {
		h := &Inventory[i]
		if h.Fate != FateDeleted && h.Fate != FateEmptied {
			continue
		}
		if _, err := conn.ExecContext(ctx, "VACUUM (FULL, ANALYZE) "+h.Table); err != nil {
			return err
		}
	}
	return nil
}

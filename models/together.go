package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"gorm.io/gorm"
)

// together is the one transaction of everything that a piece of work writes. It is begun by the first verb that writes.
type together struct {
	store *Store

	mu    sync.Mutex
	g     *gorm.DB // nil until it is begun
	tx    *sql.Tx
	leave func()
	notes auditNotes
	over  bool
}

type togetherKey struct{}

// togetherOf finds the transaction of a context, nil without one.
func togetherOf(ctx context.Context) *together {
	t, _ := ctx.Value(togetherKey{}).(*together)
	return t
}

// Together runs f, which gets a context by which all verbs of the store are one transaction: committed if f returns nil,
// undone as a whole if it returns an error, panics, or the process ends before. A verb that fails undoes only itself, as
// without Together. The transaction begins with the first verb that writes; on SQLite others wait for the write lock from
// then on, so slow work belongs before it. Verbs of f must come one after another. Within another
// Together it is a part of that one.
func (s *Store) Together(ctx context.Context, f func(ctx context.Context) error) (err error) {
	if togetherOf(ctx) != nil {
		return f(ctx)
	}
	t := &together{store: s, leave: func() {}}
	defer func() { t.end(&err, recover()) }()
	return f(context.WithValue(ctx, togetherKey{}, t))
}

// Alone is Together while nobody else changes a profile or what belongs to it.
func (s *Store) Alone(ctx context.Context, profile string, f func(ctx context.Context) error) error {
	return s.Together(ctx, func(ctx context.Context) error {
		err := s.write(ctx, "profile", func(g *gorm.DB) error { return lockProfile(g, profile, &ProfileRow{}) })
		if err != nil {
			return err
		}
		return f(ctx)
	})
}

// end commits, or undoes what was written.
func (t *together) end(err *error, panicked any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	defer t.leave()
	switch {
	case t.tx == nil:
	case *err == nil && panicked == nil && t.commit(err):
	default:
		if undone := t.tx.Rollback(); undone != nil && !errors.Is(undone, sql.ErrTxDone) {
			*err = errors.Join(*err, undone)
		}
	}
	if panicked != nil {
		panic(panicked)
	}
}

// commit ends the transaction with its audit entries; when those cannot be written, it is to be undone.
func (t *together) commit(err *error) bool {
	if *err = failed("transaction", t.notes.link(t.g)); *err != nil {
		return false
	}
	*err = failed("transaction", t.tx.Commit())
	return true
}

// begin begins the transaction unless it is there.
func (t *together) begin(ctx context.Context) error {
	switch {
	case t.over:
		return errors.New("models: a verb after its transaction has ended")
	case t.tx != nil:
		return nil
	}
	leave, err := t.store.enter(ctx)
	if err != nil {
		return err
	}
	g := t.store.Gorm.WithContext(ctx).Begin()
	tx, ok := g.Statement.ConnPool.(*sql.Tx)
	if g.Error != nil || !ok {
		leave()
		return errors.Join(g.Error, fmt.Errorf("a transaction of type %T", g.Statement.ConnPool))
	}
	t.g, t.tx, t.leave = g, tx, leave
	return nil
}

// write runs one verb: if it fails, what it wrote is undone, and nothing else.
func (t *together) write(ctx context.Context, f func(g *gorm.DB, tx *sql.Tx) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.begin(ctx); err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, "SAVEPOINT verb"); err != nil {
		return err
	}
	before := len(t.notes.entries)
	err := f(t.g.WithContext(withNotes(ctx, &t.notes)), t.tx)
	if err != nil {
		t.notes.entries = t.notes.entries[:before]
		_, undone := t.tx.ExecContext(context.WithoutCancel(ctx), "ROLLBACK TO SAVEPOINT verb")
		if errors.Is(undone, sql.ErrTxDone) { // the context has ended, and all of it is undone
			undone = nil
		}
		return errors.Join(err, undone)
	}
	_, err = t.tx.ExecContext(ctx, "RELEASE SAVEPOINT verb")
	return err
}

// pool is the pool of connections, but for those who are in a transaction of Together: they read in it.
type pool struct{ *sql.DB }

// of gives the transaction of a context, once it is begun.
func (pool) of(ctx context.Context) *sql.Tx {
	t := togetherOf(ctx)
	if t == nil {
		return nil
	}
	return t.begun()
}

// begun gives the transaction, nil before it is begun and after its end. A verb that is at work holds the lock, and reads
// by its own handle.
func (t *together) begun() *sql.Tx {
	if !t.mu.TryLock() {
		return nil
	}
	defer t.mu.Unlock()
	if t.over {
		return nil
	}
	return t.tx
}

// PrepareContext prepares a statement.
func (p pool) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if tx := p.of(ctx); tx != nil {
		return tx.PrepareContext(ctx, query)
	}
	return p.DB.PrepareContext(ctx, query)
}

// ExecContext runs a statement.
func (p pool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if tx := p.of(ctx); tx != nil {
		return tx.ExecContext(ctx, query, args...)
	}
	return p.DB.ExecContext(ctx, query, args...)
}

// QueryContext runs a query.
func (p pool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if tx := p.of(ctx); tx != nil {
		return tx.QueryContext(ctx, query, args...)
	}
	return p.DB.QueryContext(ctx, query, args...)
}

// QueryRowContext runs a query of one row.
func (p pool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if tx := p.of(ctx); tx != nil {
		return tx.QueryRowContext(ctx, query, args...)
	}
	return p.DB.QueryRowContext(ctx, query, args...)
}

package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Store is where everything is kept: SQLite or PostgreSQL, the same to its callers. Reading verbs are nouns (Run
// reads one, Runs many), writing verbs say what they do; each of those is one transaction that also writes the audit
// log. All methods may be called from many goroutines.
type Store struct {
	SQL  *sql.DB       // the pool, shared with whoever needs plain SQL
	Gorm *gorm.DB      // the same pool
	Pool *pgxpool.Pool // the pool below SQL on PostgreSQL, nil on SQLite

	// Outbox takes the mails that verbs write; whoever puts the program together sets it before the store is used. Without
	// it those verbs fail.
	Outbox *Outbox

	now   func() time.Time
	close func() error
	turn  chan struct{} // holds whoever writes; nil on PostgreSQL
}

// Postgres says which of the two databases this is.
func (s *Store) Postgres() bool { return s.Pool != nil }

// Open connects to a database: a PostgreSQL by a URL that starts with postgres:// or postgresql://, otherwise the
// SQLite file of that path, which is made when it is not there. The clock is the caller's. It changes nothing in the
// database; call Migrate before using it. A database that a newer program has changed is refused, see ErrNewer.
func Open(ctx context.Context, dsn string, now func() time.Time) (*Store, error) {
	s := &Store{now: func() time.Time { return now().UTC().Truncate(time.Microsecond) }}
	dialect, err := s.connect(ctx, dsn)
	if err != nil {
		return nil, failed("open", err)
	}
	return s.begin(ctx, dialect)
}

// begin puts GORM on the pool, and closes the store if that fails.
func (s *Store) begin(ctx context.Context, dialect gorm.Dialector) (*Store, error) {
	var err error
	s.Gorm, err = gorm.Open(dialect, &gorm.Config{
		TranslateError:           true,
		DisableNestedTransaction: true, // a part that fails undoes the whole
		NowFunc:                  s.now,
		Logger: logger.New(silent{}, logger.Config{ // values never reach a log: they are people's
			LogLevel: logger.Silent, ParameterizedQueries: true, IgnoreRecordNotFoundError: true,
		}),
	})
	if err == nil {
		s.Gorm.ConnPool, s.Gorm.Statement.ConnPool = pool{s.SQL}, pool{s.SQL}
		err = s.refuseNewer(ctx)
	}
	if err != nil {
		return nil, errors.Join(failed("open", err), s.close())
	}
	return s, nil
}

// connect opens the pool.
func (s *Store) connect(ctx context.Context, dsn string) (gorm.Dialector, error) {
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		db, dialect, err := openSQLite(dsn, sqliteSettings)
		if err != nil {
			return nil, err
		}
		s.turn = make(chan struct{}, 1)
		db.SetMaxOpenConns(sqlitePool)
		db.SetMaxIdleConns(sqlitePool)
		s.SQL = db
		s.close = func() error {
			_, err := db.ExecContext(context.WithoutCancel(ctx), "PRAGMA optimize")
			return errors.Join(err, db.Close())
		}
		return dialect, nil
	}
	config, err := poolConfig(dsn)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if _, given := config.ConnConfig.RuntimeParams["statement_timeout"]; !given {
		config.ConnConfig.RuntimeParams["statement_timeout"] = "60000" // milliseconds; nothing of ours takes as long
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	s.Pool, s.SQL = pool, stdlib.OpenDBFromPool(pool)
	s.close = func() error {
		err := s.SQL.Close()
		pool.Close()
		return err
	}
	return postgres.New(postgres.Config{Conn: s.SQL}), nil
}

// sqlitePool is the number of SQLite connections: more do not write faster, and readers do not wait for writers.
const sqlitePool = 8

// Now is what the store's clock says.
func (s *Store) Now() time.Time { return s.now() }

// Close ends the use of the store and waits for what is at work.
func (s *Store) Close() error { return s.close() }

// InTx runs f in one transaction, which both handles share: GORM for rows, plain SQL for the job queue. It is
// committed if f returns nil, and undone otherwise. On SQLite it holds the only write lock from its beginning, so
// work that only reads does not belong in it, and f must not begin another. Within Together it is a part of that
// transaction.
func (s *Store) InTx(ctx context.Context, f func(g *gorm.DB, tx *sql.Tx) error) error {
	if t := togetherOf(ctx); t != nil {
		return t.write(ctx, f)
	}
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	notes := &auditNotes{}
	return s.Gorm.WithContext(withNotes(ctx, notes)).Transaction(func(g *gorm.DB) error {
		tx, ok := g.Statement.ConnPool.(*sql.Tx)
		if !ok {
			return fmt.Errorf("a transaction of type %T", g.Statement.ConnPool)
		}
		if err := f(g, tx); err != nil {
			return err
		}
		return notes.link(g)
	})
}

// enter waits for the turn to write; leave gives it back.
func (s *Store) enter(ctx context.Context) (leave func(), err error) {
	if s.turn == nil {
		return func() {}, nil
	}
	select { // SQLite's own waiting sleeps for up to a tenth of a second between looks
	case s.turn <- struct{}{}:
		return func() { <-s.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// write is InTx for verbs that need GORM only; errors name what was written.
func (s *Store) write(ctx context.Context, what string, f func(g *gorm.DB) error) error {
	return failed(what, s.InTx(ctx, func(g *gorm.DB, _ *sql.Tx) error { return f(g) }))
}

// silent is a log that keeps nothing.
type silent struct{}

func (silent) Printf(string, ...any) {}

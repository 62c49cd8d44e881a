package models

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewer says that the database was changed by a newer program, so that this one must not touch it.
var ErrNewer = errors.New("the database is newer than this program")

// Migrate brings the database to the form that this program needs and says how many steps that took, 0 when it
// already had it. Programs that start together on one PostgreSQL wait for each other. Each step is a transaction.
func (s *Store) Migrate(ctx context.Context) (steps int, err error) {
	if err := s.refuseNewer(ctx); err != nil {
		return 0, err
	}
	p, err := s.migrator()
	if err != nil {
		return 0, err
	}
	done, err := p.Up(ctx)
	if err != nil {
		return 0, failed("migrate", err)
	}
	return len(done), s.linkOld(ctx)
}

// Pending says how many steps Migrate would take.
func (s *Store) Pending(ctx context.Context) (steps int, err error) {
	at, err := s.version(ctx)
	if err != nil {
		return 0, err
	}
	p, err := s.migrator()
	if err != nil {
		return 0, err
	}
	for _, source := range p.ListSources() {
		if source.Version > at {
			steps++
		}
	}
	return steps, nil
}

// migrator knows the steps for this database: all files of the folder but those that name the other one.
func (s *Store) migrator() (*goose.Provider, error) {
	dialect, other := goose.DialectSQLite3, ".postgres.sql"
	var options []goose.ProviderOption
	if s.Postgres() {
		dialect, other = goose.DialectPostgres, ".sqlite.sql"
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(folder, "*"+other)
	if err != nil {
		return nil, err
	}
	options = append(options, goose.WithExcludeNames(names), goose.WithDisableGlobalRegistry(true))
	return goose.NewProvider(dialect, s.SQL, folder, options...)
}

// version is the last step that the database has taken, 0 for an empty one.
func (s *Store) version(ctx context.Context) (at int64, err error) {
	ask := `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'goose_db_version'`
	if s.Postgres() {
		ask = `SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'goose_db_version'`
	}
	var there int
	if err := s.SQL.QueryRowContext(ctx, ask).Scan(&there); err != nil || there == 0 {
		return 0, err
	}
	var last sql.NullInt64
	err = s.SQL.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`).Scan(&last)
	return last.Int64, err
}

// refuseNewer fails with ErrNewer if the database has taken a step that this program does not know.
func (s *Store) refuseNewer(ctx context.Context) error {
	at, err := s.version(ctx)
	if err != nil {
		return err
	}
	p, err := s.migrator()
	if err != nil {
		return err
	}
	known := p.ListSources()
	if last := known[len(known)-1]; at > last.Version {
		return &Error{
			Code: CodeUnavailable, Key: "store.newer", Args: map[string]any{"Version": at, "Known": last.Version},
			Err: fmt.Errorf("%w: step %d, known up to %d (%s)", ErrNewer, at, last.Version, strings.TrimSuffix(last.Path, ".sql")),
		}
	}
	return nil
}

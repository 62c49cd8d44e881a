package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ErrInUse says that a file has changes that are not in it yet, in the log beside it: it is a database at work, or what
// was copied of one without its log.
var ErrInUse = errors.New("a log is beside the file")

// Backup writes all that is committed as its call begins to a new file of a SQLite database, while others read and write.
// The file is whole, checked by CheckCopy, for its owner only, and on the disk before it has its name; one that is there is
// left as it is, which is fs.ErrExist. Nothing is left of an attempt that fails. Cost: it reads and writes the whole
// database twice.
func (s *Store) Backup(ctx context.Context, path string) (r *AuditReport, err error) {
	if s.Postgres() {
		return nil, errors.New("models: a PostgreSQL has its own backups")
	}
	if _, err := os.Lstat(path); err == nil {
		return nil, &fs.PathError{Op: "backup", Path: path, Err: fs.ErrExist}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".backup-*") // mode 0600; SQLite takes an empty file as none
	if err != nil {
		return nil, err
	}
	name, err := filepath.Abs(f.Name())
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	if err != nil {
		return nil, err
	}
	if _, err := s.SQL.ExecContext(ctx, "VACUUM INTO ?", name); err != nil {
		return nil, failed("backup", err)
	}
	if r, err = CheckCopy(ctx, name, s.now); err != nil {
		return nil, err
	}
	if err := f.Sync(); err != nil {
		return nil, err
	}
	return r, os.Link(f.Name(), path) // fails if it is there by now
}

// CheckCopy reads a file that Backup wrote, all of it, and changes nothing: that it is a database and every page, index and
// reference in it is right, and what its audit log says. A log of before there was a chain has no report. A file with a log
// beside it is ErrInUse.
func CheckCopy(ctx context.Context, path string, now func() time.Time) (r *AuditReport, err error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		return nil, ErrInUse
	}
	db, dialect, err := openSQLite(path, sqliteCopySettings)
	if err != nil {
		return nil, failed("copy", err)
	}
	s := &Store{SQL: db, now: now, close: db.Close, turn: make(chan struct{}, 1)}
	if err := wantWhole(ctx, db); err != nil {
		return nil, errors.Join(failed("copy", err), db.Close())
	}
	if s, err = s.begin(ctx, dialect); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	chained, err := s.hasTable(ctx, "audit_chain")
	if err != nil || !chained {
		return &AuditReport{}, err
	}
	return s.VerifyAudit(ctx, "")
}

// hasTable says whether a SQLite database has a table.
func (s *Store) hasTable(ctx context.Context, name string) (bool, error) {
	var n int
	err := s.SQL.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", name).Scan(&n)
	return n > 0, failed("copy", err)
}

// wantWhole has SQLite look at every page, index and reference.
func wantWhole(ctx context.Context, db *sql.DB) error {
	var found, table string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return fmt.Errorf("integrity_check: %s", found)
	}
	err := db.QueryRowContext(ctx, `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`).Scan(&table)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err == nil:
		err = fmt.Errorf("foreign_key_check: a row of %s", table)
	}
	return err
}

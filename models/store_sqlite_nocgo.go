//go:build !cgo

package models

import (
	"database/sql"
	"errors"
	"net/url"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	modernc "modernc.org/sqlite"
)

// sqliteSettings of the driver in Go, for machines without a C compiler; the same as those of the driver in C. The
// time to wait comes first because the others may already have to.
var sqliteSettings = url.Values{
	"_pragma":      {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "cache_size(-20000)", "secure_delete(1)"},
	"_txlock":      {"immediate"},
	"_time_format": {"sqlite"},
	"_texttotime":  {"1"},
	"_timezone":    {"UTC"},
}

// sqliteCopySettings read a file that nobody writes, and leave it and its folder as they are.
var sqliteCopySettings = url.Values{
	"mode": {"ro"}, "immutable": {"1"}, "_time_format": {"sqlite"}, "_texttotime": {"1"}, "_timezone": {"UTC"},
}

func openSQLite(path string, settings url.Values) (*sql.DB, gorm.Dialector, error) {
	db, err := sql.Open("sqlite", sqliteURL(path, settings))
	if err != nil {
		return nil, nil, err
	}
	return db, sqliteDialect{&sqlite.Dialector{Conn: db}}, nil
}

// sqliteCode gives the extended code of an error of SQLite, 0 of another.
func sqliteCode(err error) int {
	if e, ok := errors.AsType[*modernc.Error](err); ok {
		return e.Code()
	}
	return 0
}

//go:build cgo

package models

import (
	"database/sql"
	"errors"
	"net/url"

	"github.com/mattn/go-sqlite3"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
)

// sqliteSettings of the driver in C. FULL: a decision that was answered survives a power cut. Immediate: a
// transaction that reads first would otherwise fail when it comes to write. What is deleted is written over.
var sqliteSettings = url.Values{
	"_busy_timeout": {"5000"},
	"_journal_mode": {"WAL"},
	"_synchronous":  {"FULL"},
	"_foreign_keys": {"on"},
	"_txlock":       {"immediate"},
	"_cache_size":   {"-20000"},

	"_secure_delete": {"on"},
}

// sqliteCopySettings read a file that nobody writes, and leave it and its folder as they are.
var sqliteCopySettings = url.Values{"mode": {"ro"}, "immutable": {"1"}}

func openSQLite(path string, settings url.Values) (*sql.DB, gorm.Dialector, error) {
	db, err := sql.Open("sqlite3", sqliteURL(path, settings))
	if err != nil {
		return nil, nil, err
	}
	return db, sqliteDialect{&sqlite.Dialector{Conn: db}}, nil
}

// sqliteCode gives the extended code of an error of SQLite, 0 of another.
func sqliteCode(err error) int {
	if e, ok := errors.AsType[sqlite3.Error](err); ok {
		return int(e.ExtendedCode)
	}
	return 0
}

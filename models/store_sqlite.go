package models

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
)

// sqliteURL gives the address of a SQLite file with settings, whatever characters its path has.
func sqliteURL(path string, settings url.Values) string {
	return "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path) + "?" + settings.Encode()
}

// sqliteDialect is GORM's, which does not know every constraint.
type sqliteDialect struct{ *sqlite.Dialector }

// constraints are SQLite's extended codes of broken constraints.
var constraints = map[int]error{
	275:  gorm.ErrCheckConstraintViolated, // CHECK
	1299: gorm.ErrCheckConstraintViolated, // NOT NULL
	1811: gorm.ErrCheckConstraintViolated, // a trigger said no
	787:  gorm.ErrForeignKeyViolated,
	1555: gorm.ErrDuplicatedKey, // primary key
	2067: gorm.ErrDuplicatedKey, // unique index
}

// Translate names the constraint that an error is about, and keeps the error.
func (sqliteDialect) Translate(err error) error {
	if known, ok := constraints[sqliteCode(err)]; ok {
		return fmt.Errorf("%w: %w", known, err)
	}
	return err
}

// unavailable says whether an error tells of a database that is away, busy or full, rather than of the data.
func unavailable(err error) bool {
	switch sqliteCode(err) & 0xff {
	case 5, 10, 13: // busy, input or output, full
		return true
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pg.Code[:2] {
		case "08", "40", "53", "55", "57": // connection, rolled back, resources, lock, stopped
			return true
		}
		return false
	}
	var connect *pgconn.ConnectError
	return errors.As(err, &connect) || errors.Is(err, driver.ErrBadConn) || pgconn.Timeout(err)
}

package models

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

// tables are all structs that are stored.
var tables = []any{
	&Organization{}, &Account{}, &Grant{}, &Session{}, &RefreshToken{}, &APIKey{}, &Link{}, &Programme{}, &ProfileRow{}, &ProfileKey{}, &Consent{}, &OwnershipAnswer{},
	&OwnWords{},
	&Round{}, &Run{}, &Pair{}, &Offer{}, &AuditEntry{}, &Installation{}, &Mail{}, &SignUp{}, &Throttle{}, &Provider{}, &Identity{}, &Flow{},
	&RequestKey{}, &RateWindow{}, &Factor{}, &RecoveryCode{}, &HalfSession{}, &Passkey{}, &PasskeyChallenge{}, &AuditLink{}, &AuditHead{},
}

// TestColumnsMatchModels compares every stored struct with its table in both databases: the same columns, and a
// column may be NULL exactly where the field is a pointer.
func TestColumnsMatchModels(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		known := []string{"goose_db_version", "sqlite_sequence"}
		for _, model := range tables {
			st := &gorm.Statement{DB: s.Gorm}
			must(t, st.Parse(model))
			known = append(known, st.Schema.Table)
			nullable := columns(t, s, st.Schema.Table)
			for _, field := range st.Schema.Fields {
				if field.DBName == "" { // not stored
					continue
				}
				checkColumn(t, st.Schema.Table, field, nullable)
				delete(nullable, field.DBName)
			}
			for column := range nullable {
				t.Errorf("%s.%s has no field", st.Schema.Table, column)
			}
		}
		all, err := s.Gorm.Migrator().GetTables()
		must(t, err)
		for _, name := range all {
			if !slices.Contains(known, name) {
				t.Errorf("no stored struct has the table %s", name)
			}
		}
	})
}

// columns asks the database for the columns of a table and whether each may be NULL. GORM's own reading of SQLite's
// tables stumbles over comments.
func columns(t *testing.T, s *Store, table string) map[string]bool {
	t.Helper()
	ask := `SELECT name, NOT "notnull" FROM pragma_table_info(?)`
	if s.Postgres() {
		ask = `SELECT column_name, is_nullable = 'YES' FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1`
	}
	rows, err := s.SQL.QueryContext(t.Context(), ask, table)
	must(t, err)
	defer rows.Close()
	nullable := map[string]bool{}
	for rows.Next() {
		var name string
		var null bool
		must(t, rows.Scan(&name, &null))
		nullable[name] = null
	}
	must(t, rows.Err())
	return nullable
}

func checkColumn(t *testing.T, table string, field *schema.Field, nullable map[string]bool) {
	t.Helper()
	null, ok := nullable[field.DBName]
	if !ok {
		t.Errorf("%s: the field %s has no column %q", table, field.Name, field.DBName)
		return
	}
	if pointer := field.FieldType.Kind() == reflect.Pointer; null != pointer {
		t.Errorf("%s.%s: may be NULL: %v, but the field %s is of type %v", table, field.DBName, null, field.Name, field.FieldType)
	}
}

// TestUpdateWritesEveryField keeps the list of what UpdateProfile writes complete.
func TestUpdateWritesEveryField(t *testing.T) {
	own := []string{"code", "role", "used", "synthetic"} // what a person is, and what changes by verbs of its own
	parsed, err := schema.Parse(&ProfileRow{}, &sync.Map{}, schema.NamingStrategy{})
	must(t, err)
	for _, f := range parsed.Fields {
		inProfile := len(f.BindNames) == 2 && f.BindNames[0] == "Profile"
		if inProfile && slices.Contains(written, f.DBName) == slices.Contains(own, f.DBName) {
			t.Errorf("%s: say in profile_row.go whether UpdateProfile writes it", f.DBName)
		}
	}
}

func TestMigrate(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			ctx := t.Context()
			dsn := newDSN(t, kind)
			first := openStore(t, dsn)
			pending, err := first.Pending(ctx)
			must(t, err)
			steps, err := first.Migrate(ctx)
			must(t, err)
			again, err := first.Migrate(ctx)
			must(t, err)
			if steps < 2 || pending != steps || again != 0 {
				t.Errorf("%d steps were pending, %d taken, then %d", pending, steps, again)
			}
			p, err := first.migrator()
			must(t, err)
			_, err = p.DownTo(ctx, 0)
			must(t, err)
			left, err := first.Gorm.Migrator().GetTables()
			must(t, err)
			if left = slices.DeleteFunc(left, func(name string) bool { return name == "goose_db_version" || name == "sqlite_sequence" }); len(left) > 0 {
				t.Errorf("after all steps back: %v", left)
			}
			_, err = first.Migrate(ctx)
			must(t, err)
			_, err = first.SQL.ExecContext(ctx, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)")
			must(t, err)
			if _, err := first.Migrate(ctx); !errors.Is(err, ErrNewer) {
				t.Errorf("migrating a newer database: %v", err)
			}
			second, err := Open(ctx, dsn, time.Now)
			if !errors.Is(err, ErrNewer) || second != nil {
				t.Errorf("opening a newer database: %v", err)
			}
		})
	}
}

// TestMigrateTogether starts several programs on one new database.
func TestMigrateTogether(t *testing.T) {
	dsn := newDSN(t, "postgres")
	var together sync.WaitGroup
	for range 4 {
		s := openStore(t, dsn)
		together.Go(func() {
			if _, err := s.Migrate(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
}

// TestMigrationNames wants a step that differs between the databases to be there for both.
func TestMigrationNames(t *testing.T) {
	files, err := os.ReadDir("migrations")
	must(t, err)
	both := map[string]int{}
	for _, f := range files {
		name := f.Name()
		switch {
		case strings.HasSuffix(name, ".sqlite.sql"):
			both[strings.TrimSuffix(name, ".sqlite.sql")]++
		case strings.HasSuffix(name, ".postgres.sql"):
			both[strings.TrimSuffix(name, ".postgres.sql")]--
		}
	}
	for name, n := range both {
		if n != 0 {
			t.Errorf("%s is there for one database only", name)
		}
	}
}

func TestSQLiteSettings(t *testing.T) {
	s := openStore(t, newDSN(t, "sqlite"))
	var version string
	must(t, s.SQL.QueryRow("SELECT sqlite_version()").Scan(&version))
	var fixed bool // 3.51.3 mends the reset of the write-ahead log that could damage a file
	must(t, s.SQL.QueryRow(`WITH v (a, b, c) AS (SELECT ?, ?, ?) SELECT (a, b, c) >= (3, 51, 3) FROM v`, parts(t, version)...).Scan(&fixed))
	if !fixed {
		t.Errorf("SQLite %s may damage its write-ahead log; 3.51.3 is the first that does not", version)
	}
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "secure_delete": "1", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000",
	} {
		var got string
		must(t, s.SQL.QueryRow("PRAGMA "+pragma).Scan(&got))
		if got != want {
			t.Errorf("%s is %s, want %s", pragma, got, want)
		}
	}
}

func parts(t *testing.T, version string) (numbers []any) {
	t.Helper()
	for text := range strings.SplitSeq(version, ".") {
		n, ok := parseWhole(text, 1000)
		if !ok {
			t.Fatalf("version %q", version)
		}
		numbers = append(numbers, n)
	}
	return numbers
}

// TestWALStaysSmall writes many rows one by one: the write-ahead log must be emptied on the way.
func TestWALStaysSmall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "puente.db")
	s := openStore(t, path)
	_, err := s.Migrate(t.Context())
	must(t, err)
	for n := range 3000 {
		must(t, s.CreateOrganization(t.Context(), "", &Organization{Name: fmt.Sprint(n, strings.Repeat("n", 2000)), Country: "MX"}))
	}
	wal, err := os.Stat(path + "-wal")
	must(t, err)
	if wal.Size() > 16<<20 {
		t.Errorf("the write-ahead log has %d MiB", wal.Size()>>20)
	}
	t.Logf("write-ahead log of %d KiB", wal.Size()>>10)
}

func TestOpenTellsNoPassword(t *testing.T) {
	_, err := Open(t.Context(), "postgres://user:hunter2@[::1", time.Now)
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
	_, err = Open(t.Context(), filepath.Join(t.TempDir(), "no", "such", "folder", "x.db"), time.Now)
	if err == nil {
		t.Error("a database in a folder that is not there was opened")
	}
}

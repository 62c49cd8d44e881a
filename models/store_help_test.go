package models

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"puente/script/postgrestest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(storingChild); path != "" {
		storeForever(path)
	}
	os.Exit(postgrestest.Run(m))
}

// stores runs a test on both databases, each with a new, migrated store.
func stores(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Helper()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			s := openStore(t, newDSN(t, kind))
			if _, err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			test(t, s)
		})
	}
}

func newDSN(t testing.TB, kind string) string {
	t.Helper()
	if kind == "postgres" {
		return postgrestest.DSN(t)
	}
	return filepath.Join(t.TempDir(), "a path with % ? # and ñ.db")
}

// openStore opens a store that is closed with the test. Its clock is the real one.
func openStore(t testing.TB, dsn string) *Store {
	t.Helper()
	s, err := Open(context.Background(), dsn, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !strings.Contains(err.Error(), "database is closed") {
			t.Error(err)
		}
	})
	return s
}

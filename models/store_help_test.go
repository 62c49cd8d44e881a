package models

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// cluster is the PostgreSQL that the tests of this process share: the one that TEST_POSTGRES names, or a
// private one that is started from installed binaries with the first test that wants it and ended with the last.
type cluster struct {
	address func(database string) string
	stop    func()
	err     error
}

var (
	postgresCluster = sync.OnceValue(startCluster)
	started         atomic.Bool
	databases       atomic.Int64
)

func TestMain(m *testing.M) {
	if path := os.Getenv(storingChild); path != "" {
		storeForever(path)
	}
	code := m.Run()
	if started.Load() {
		postgresCluster().stop()
	}
	os.Exit(code)
}

// postgresDSN gives the address of a new, empty database. Where there is no PostgreSQL the test is skipped, the only
// one of the project that may be; on the build machine it fails instead.
func postgresDSN(t testing.TB) string {
	t.Helper()
	started.Store(true)
	c := postgresCluster()
	if c.err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("CI needs a PostgreSQL: %v", c.err)
		}
		t.Skipf("no PostgreSQL: %v; install its server, or set TEST_POSTGRES", c.err)
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, c.address("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	name := fmt.Sprintf("puente_test_%d_%d", os.Getpid(), databases.Add(1))
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if conn, err := pgx.Connect(ctx, c.address("postgres")); err == nil {
			_, err = conn.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
			if err = errors.Join(err, conn.Close(ctx)); err != nil {
				t.Error(err)
			}
		}
	})
	return c.address(name)
}

func startCluster() cluster {
	if dsn := os.Getenv("TEST_POSTGRES"); dsn != "" {
		return cluster{stop: func() {}, address: func(database string) string {
			u, err := url.Parse(dsn)
			if err != nil {
				return dsn
			}
			u.Path = "/" + database
			return u.String()
		}}
	}
	return privateCluster()
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
		return postgresDSN(t)
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

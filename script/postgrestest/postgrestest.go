// Package postgrestest gives tests, and developers' programs, a PostgreSQL.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

// cluster is the PostgreSQL that the tests of one process share: the one that TEST_POSTGRES names, or a
// private one that is started from installed binaries with the first test that wants it and ended with the last.
type cluster struct {
	address func(database string) string
	stop    func()
	err     error
}

var (
	shared    = sync.OnceValue(startCluster)
	started   atomic.Bool
	databases atomic.Int64
)

// Run runs the tests of a package from its TestMain, and ends a server that they started. It gives the exit code.
func Run(m *testing.M) int {
	defer func() {
		if started.Load() {
			shared().stop()
		}
	}()
	return m.Run()
}

// DSN gives the address of a new, empty database. Where there is no PostgreSQL the test is skipped, the only
// one of the project that may be; on the build machine it fails instead.
func DSN(t testing.TB) string {
	t.Helper()
	started.Store(true)
	c := shared()
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
	return privateCluster(context.Background())
}

// Private starts a PostgreSQL for a program that is no test, with settings such as shared_buffers=1GB. It gives the
// address of its databases, of which postgres is there, and what ends it; that must be called even after an error.
func Private(ctx context.Context, settings ...string) (address func(database string) string, stop func(), err error) {
	c := privateCluster(ctx, settings...)
	return c.address, c.stop, c.err
}

package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"text/template"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"puente/matching"
	"puente/script/postgrestest"
)

// postgresSettings keep everything in memory and the work on one core. Compiling expressions (jit) made the best SQL slower.
var postgresSettings = []string{"shared_buffers=512MB", "work_mem=256MB", "max_parallel_workers_per_gather=0", "autovacuum=off", "jit=off"}

// database is a new database of a private server, which all peers share.
type database struct {
	*pgx.Conn
	process int // serves this connection
}

// startPostgres starts the server with the first peer that wants it.
func (b *bench) startPostgres(ctx context.Context) (err error) {
	if b.address != nil {
		return nil
	}
	address, stop, err := postgrestest.Private(ctx, postgresSettings...)
	if err != nil {
		stop()
		if err := errors.Join(b.installs(ctx, "postgresql"), ctx.Err()); err != nil {
			return err
		}
		address, stop, err = postgrestest.Private(ctx, postgresSettings...)
	}
	if err != nil {
		stop()
		return err
	}
	b.address, b.stop = address, stop
	return nil
}

// newDatabase makes a database with tables.
func (b *bench) newDatabase(ctx context.Context, name, tables string) (*database, error) {
	if err := b.startPostgres(ctx); err != nil {
		return nil, err
	}
	admin, err := pgx.Connect(ctx, b.address("postgres"))
	if err != nil {
		return nil, err
	}
	_, err = admin.Exec(ctx, "CREATE DATABASE "+name)
	_ = admin.Close(ctx)
	if err != nil {
		return nil, err
	}
	d := &database{}
	if d.Conn, err = pgx.Connect(ctx, b.address(name)); err != nil {
		return nil, err
	}
	d.process = int(d.PgConn().PID())
	_, err = d.Exec(ctx, tables)
	return d, err
}

// fill copies n rows into a table.
func (d *database) fill(ctx context.Context, table string, n int, row func(i int) []any) error {
	columns, err := d.columns(ctx, table)
	if err != nil {
		return err
	}
	_, err = d.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromSlice(n, func(i int) ([]any, error) { return row(i), nil }))
	return err
}

func (d *database) columns(ctx context.Context, table string) ([]string, error) {
	rows, err := d.Query(ctx, "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 ORDER BY attnum", table)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// ready ends loading, and notes the version and the size of everything.
func (d *database) ready(ctx context.Context, r *result) error {
	if _, err := d.Exec(ctx, "VACUUM (ANALYZE, FREEZE)"); err != nil {
		return err
	}
	return d.QueryRow(ctx, `SELECT 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1),
		sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = 'public' AND c.relkind = 'r'`).Scan(&r.Version, &r.Bytes)
}

// cpu is the processor time of this program and of the server for it.
func (d *database) cpu() (time.Duration, error) {
	here, err := cpuHere()
	if err != nil {
		return 0, err
	}
	there, err := cpuThere(d.process)
	return here + there, err
}

//go:embed postgres_best_tables.sql
var postgresBestTables string

//go:embed postgres_best.sql
var postgresBest string

func measurePostgresBest(ctx context.Context, b *bench, r *result) error {
	d, err := b.newDatabase(ctx, "best", postgresBestTables)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close(ctx) }()
	if err := b.loadBest(ctx, d); err != nil {
		return err
	}
	if err := d.ready(ctx, r); err != nil {
		return err
	}
	query, err := b.places(postgresBest, r.Mentees)
	if err != nil {
		return err
	}
	return b.timed(r, d.cpu, func() ([][]matching.Hit, error) {
		rows, err := d.Query(ctx, query, 0, r.Mentees-1, b.k)
		if err != nil {
			return nil, err
		}
		hits := make([][]matching.Hit, r.Mentees)
		var mentee int
		var h matching.Hit
		_, err = pgx.ForEachRow(rows, []any{&mentee, &h.Mentor, &h.Score}, func() error {
			hits[mentee] = append(hits[mentee], h)
			return nil
		})
		return hits, err
	})
}

// places writes a query for as many terms as the first mentees have at most.
func (b *bench) places(query string, mentees int) (string, error) {
	most := 0
	for _, m := range b.mentees[:mentees] {
		most = max(most, len(m.Terms))
	}
	places := make([]int, most)
	for i := range places {
		places[i] = i + 1
	}
	t, err := template.New("query").Parse(query)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = t.Execute(&out, places)
	return out.String(), err
}

func (b *bench) loadBest(ctx context.Context, d *database) error {
	for _, t := range []struct {
		name string
		n    int
		row  func(i int) []any
	}{
		{"mentors", len(b.ties), func(i int) []any { return []any{i, b.ties[i], b.organizations[i]} }},
		{"asks", len(b.shares), func(i int) []any { return []any{i, b.shares[i]} }},
		{"demands", len(b.allowed), func(i int) []any { return []any{i, bits(b.allowed[i])} }},
		{"mentees", len(b.mentees), func(i int) []any {
			m := &b.mentees[i]
			asks, weights := m.split()
			return []any{i, m.Organization, asks, weights, m.Demands, m.Refused}
		}},
	} {
		if err := d.fill(ctx, t.name, t.n, t.row); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return nil
}

func (m *wanted) split() (asks, weights []int) {
	for _, t := range m.Terms {
		asks, weights = append(asks, t[0]), append(weights, t[1])
	}
	return asks, weights
}

// bits packs ones and zeros, the first into the highest bit.
func bits(bytes []byte) pgtype.Bits {
	packed := make([]byte, (len(bytes)+7)/8)
	for i, v := range bytes {
		packed[i/8] |= v << (7 - i%8)
	}
	return pgtype.Bits{Bytes: packed, Len: int32(len(bytes)), Valid: true}
}

package main

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"path/filepath"
	"strings"
	"text/template"

	"puente/matching"
	"puente/models"
)

//go:embed sqlite_best_tables.sql
var sqliteBestTables string

//go:embed sqlite_best.sql
var sqliteBest string

// measureSQLiteBest ranks with the driver that the store uses.
func measureSQLiteBest(ctx context.Context, b *bench, r *result) error {
	store, err := models.Open(ctx, filepath.Join(b.folder, "peers.db"), b.now)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	c, err := store.SQL.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := b.loadSQLite(ctx, c); err != nil {
		return err
	}
	if err := c.QueryRowContext(ctx, "SELECT 'SQLite ' || sqlite_version(), page_count * page_size FROM pragma_page_count, pragma_page_size").
		Scan(&r.Version, &r.Bytes); err != nil {
		return err
	}
	query, err := template.New("query").Parse(sqliteBest)
	if err != nil {
		return err
	}
	return b.timed(r, cpuHere, func() ([][]matching.Hit, error) {
		hits := make([][]matching.Hit, r.Mentees)
		for i := range hits {
			var text strings.Builder
			if err := query.Execute(&text, &b.mentees[i]); err != nil {
				return nil, err
			}
			if hits[i], err = hitsOf(c.QueryContext(ctx, text.String(), b.parameters(i)...)); err != nil {
				return nil, err
			}
		}
		return hits, nil
	})
}

// parameters of the statement for a mentee.
func (b *bench) parameters(mentee int) (args []any) {
	m := &b.mentees[mentee]
	for _, t := range m.Terms {
		args = append(args, t[1], t[0])
	}
	for _, d := range m.Demands {
		args = append(args, d)
	}
	return append(args, m.Organization, mentee, b.k)
}

func hitsOf(rows *sql.Rows, err error) (hits []matching.Hit, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var h matching.Hit
		if err := rows.Scan(&h.Mentor, &h.Score); err != nil {
			return nil, err
		}
		hits = append(hits, h)
	}
	return hits, rows.Err()
}

func (b *bench) loadSQLite(ctx context.Context, c *sql.Conn) error {
	for _, statement := range []string{"PRAGMA cache_size = -1000000", sqliteBestTables, "BEGIN"} {
		if _, err := c.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	insert := func(statement string, n int, row func(i int) []any) error {
		s, err := c.PrepareContext(ctx, statement)
		if err != nil {
			return err
		}
		defer s.Close()
		for i := range n {
			if _, err := s.ExecContext(ctx, row(i)...); err != nil {
				return err
			}
		}
		return nil
	}
	if err := insert("INSERT INTO mentors VALUES (?, ?, ?)", len(b.ties), func(i int) []any { return []any{i, b.ties[i], b.organizations[i]} }); err != nil {
		return err
	}
	if err := insert("INSERT INTO asks VALUES (?, ?)", len(b.shares), func(i int) []any { return []any{i, digits(b.shares[i])} }); err != nil {
		return err
	}
	if err := insert("INSERT INTO demands VALUES (?, ?)", len(b.allowed), func(i int) []any { return []any{i, b.allowed[i]} }); err != nil {
		return err
	}
	for e := range b.mentees {
		refused := b.mentees[e].Refused
		if err := insert("INSERT INTO refused VALUES (?, ?)", len(refused), func(i int) []any { return []any{e, refused[i]} }); err != nil {
			return fmt.Errorf("refused by mentee %d: %w", e, err)
		}
	}
	_, err := c.ExecContext(ctx, "COMMIT; ANALYZE")
	return err
}

// digits writes each share with two digits.
func digits(shares []byte) []byte {
	out := make([]byte, 0, 2*len(shares))
	for _, s := range shares {
		out = append(out, '0'+s/10, '0'+s%10)
	}
	return out
}

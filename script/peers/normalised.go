package main

import (
	"context"
	_ "embed"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"puente/matching"
)

//go:embed normalised_tables.sql
var normalisedTables string

//go:embed normalised_joins.sql
var normalisedJoins string

//go:embed normalised_subqueries.sql
var normalisedSubqueries string

// normalised measures a query that ranks for one mentee over normalised tables.
func normalised(name, query string) func(context.Context, *bench, *result) error {
	return func(ctx context.Context, b *bench, r *result) error {
		d, err := b.newDatabase(ctx, name, normalisedTables)
		if err != nil {
			return err
		}
		defer func() { _ = d.Close(ctx) }()
		for _, t := range b.normalise() {
			if err := d.fill(ctx, t.name, len(t.rows), func(i int) []any { return t.rows[i] }); err != nil {
				return fmt.Errorf("table %s: %w", t.name, err)
			}
		}
		if err := d.ready(ctx, r); err != nil {
			return err
		}
		return b.timed(r, d.cpu, func() ([][]matching.Hit, error) {
			hits := make([][]matching.Hit, r.Mentees)
			for i := range hits {
				rows, err := d.Query(ctx, query, i, b.k)
				if err != nil {
					return nil, err
				}
				if hits[i], err = pgx.CollectRows(rows, pgx.RowToStructByPos[matching.Hit]); err != nil {
					return nil, err
				}
			}
			return hits, nil
		})
	}
}

// tables are rows by table; parents are filled first.
type tables struct {
	byName map[string]*table
	order  []*table
}

type table struct {
	name string
	rows [][]any
}

func (t *tables) add(name string, row ...any) {
	if t.byName[name] == nil {
		t.byName[name] = &table{name: name}
		t.order = append(t.order, t.byName[name])
	}
	t.byName[name].rows = append(t.byName[name].rows, row)
}

// normalise writes the population as rows.
func (b *bench) normalise() []*table {
	t := &tables{byName: map[string]*table{}}
	for j := range b.snapshot.Mentors {
		b.mentorRows(t, j)
	}
	x := b.index()
	for i := range b.snapshot.Mentees {
		b.menteeRows(t, x, i)
	}
	for w := range b.weeks() {
		t.add("weeks", w)
	}
	chain := map[[2]uint16]bool{}
	for _, p := range matching.SupplyChain() {
		chain[p], chain[[2]uint16{p[1], p[0]}] = true, true
	}
	for p := range chain {
		t.add("supply_chain", p[0], p[1])
	}
	return t.order
}

func (b *bench) weeks() int {
	if len(b.snapshot.Calendars) == 0 {
		return 0
	}
	return len(b.snapshot.Calendars[0])
}

func (b *bench) mentorRows(t *tables, j int) {
	m := &b.snapshot.Mentors[j]
	var reliability any
	if m.Rated {
		reliability = m.Reliability
	}
	t.add("mentors", j, m.Country, given(m.Organization), given(m.Cadence), m.Capacity, m.Taken, m.Paused, reliability, b.ties[j])
	for language, level := range levels(m.Languages) {
		t.add("mentor_languages", j, language, level)
	}
	for n, s := range m.Sectors {
		t.add("mentor_sectors", j, n, s.Key, s.Family, s.Subsector, s.Group)
	}
	for n, s := range m.Skills {
		t.add("mentor_skills", j, n, s.Topic, s.Market, s.Level)
	}
	for n, k := range m.Markets {
		t.add("mentor_markets", j, n, k.Country, k.Region, k.Level)
	}
	for _, s := range distinct(m.Stages) {
		t.add("mentor_stages", j, s)
	}
	for _, f := range distinct(m.Formats) {
		t.add("mentor_formats", j, f)
	}
	b.slotRows(t, "mentor_slots", j, m.Calendar)
}

func (b *bench) menteeRows(t *tables, x *matching.Index, i int) {
	e := &b.snapshot.Mentees[i]
	var needs, targets []matching.Term
	var weights [matching.NumFactors]int
	var cadence, format int
	for _, term := range x.Terms(e) {
		switch {
		case term.Factor == matching.Needs:
			needs = append(needs, term)
		case term.Factor == matching.Market:
			targets = append(targets, term)
		case term.Factor == matching.Style && term.A == matching.AskCadence:
			cadence = term.Weight
		case term.Factor == matching.Style:
			format = term.Weight
		default:
			weights[term.Factor] = term.Weight
		}
	}
	t.add("mentees", i, e.Country, given(e.Organization), given(e.Stage), given(e.Cadence), e.MinOverlap,
		weights[matching.Industry], weights[matching.Language], weights[matching.Time], weights[matching.Stage], cadence, format,
		weights[matching.Reliability], weights[matching.Load])
	for _, n := range needs {
		t.add("mentee_needs", i, n.A, n.B, n.Weight)
	}
	for _, g := range targets {
		t.add("mentee_targets", i, g.A, g.B, g.Weight)
	}
	for language, level := range levels(e.Languages) {
		t.add("mentee_languages", i, language, level)
	}
	for n, s := range e.Sectors {
		t.add("mentee_sectors", i, n, s.Key, s.Family, s.Subsector, s.Group)
	}
	for _, f := range distinct(e.Formats) {
		t.add("mentee_formats", i, f)
	}
	for _, j := range b.mentees[i].Refused {
		t.add("conflicts", i, j)
	}
	b.slotRows(t, "mentee_slots", i, e.Calendar)
}

// slotRows writes the spans of free half hours of each week.
func (b *bench) slotRows(t *tables, name string, person int, calendar uint32) {
	if calendar == 0 {
		return
	}
	for week, w := range b.snapshot.Calendars[calendar-1] {
		free := func(h int) bool { return h < 64*len(w) && w[h/64]>>(h%64)&1 == 1 }
		for from := 0; from < 64*len(w); from++ {
			if !free(from) {
				continue
			}
			to := from
			for free(to) {
				to++
			}
			t.add(name, person, week, from, to)
			from = to
		}
	}
}

// given is nil for what was not.
func given[T comparable](v T) any {
	var none T
	if v == none {
		return nil
	}
	return v
}

func distinct(values []uint8) []uint8 { return slices.Compact(slices.Sorted(slices.Values(values))) }

// levels gives the best level by language.
func levels(spoken []matching.Spoken) map[uint8]uint8 {
	best := map[uint8]uint8{}
	for _, s := range spoken {
		best[s.Language] = max(best[s.Language], s.Level)
	}
	return best
}

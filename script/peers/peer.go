package main

import (
	"context"
	"runtime"
	"slices"
	"time"

	"puente/matching"
)

// peer is one way of doing the work.
type peer struct {
	key     string // short, for -only and the files
	title   string
	slow    bool // ranks the sample only
	measure func(context.Context, *bench, *result) error
}

// peers in the order of the table.
var peers = []peer{
	{"puente", "puente, a plain go build, one core", false, measurePuente},
	{vectorsKey, "puente as it ships, with vectors, one core", false, measureVectors},
	{"numpy-bytes", "numpy, with puente's bytes and 16-bit sums", false, python("numpy_bytes_peer.py", "numpy")},
	{"numpy", "numpy, weights × shares, masks, argpartition", false, python("numpy_peer.py", "numpy")},
	{"faiss", "FAISS, flat inner product in batch", false, python("faiss_peer.py", "faiss")},
	{"postgres-best", "PostgreSQL, best SQL: share columns as bytes, many mentees a statement", true, measurePostgresBest},
	{"sqlite-best", "SQLite, the same best SQL", true, measureSQLiteBest},
	{"postgres-joins", "PostgreSQL, normalised tables, joined sums", true, normalised("joins", normalisedJoins)},
	{"postgres-subqueries", "PostgreSQL, normalised tables, a subquery a factor", true, normalised("subqueries", normalisedSubqueries)},
}

// bench is what all peers of a run share.
type bench struct {
	*work
	runs    int
	sample  int
	python  string
	folder  string // temporary
	install bool
	now     func() time.Time

	address func(database string) string // of the PostgreSQL, once it runs
	stop    func()
}

// result is what one peer did. Its answers begin with the first mentee.
type result struct {
	Key     string          `json:"key"`
	Title   string          `json:"title"`
	Version string          `json:"version"`
	Mentees int             `json:"mentees"`     // ranked a run
	CPU     []time.Duration `json:"cpu_ns"`      // of each run, ascending
	PerPair float64         `json:"ns_per_pair"` // of the quickest run
	Slowest float64         `json:"ns_per_pair_slowest"`
	Ratio   float64         `json:"ratio"`              // to puente
	Vectors float64         `json:"ratio_vectors"`      // to puente built with vectors, 0 without it
	Bytes   int64           `json:"bytes"`              // of what it ranks from
	Differ  int             `json:"differ"`             // mentees whose ids or scores differ from puente's
	LeftOut string          `json:"left_out,omitempty"` // why it was
	answers [][]matching.Hit
}

// timed runs a ranking of the first r.Mentees mentees as often as asked; cpu
// reads all the processor time that counts.
func (b *bench) timed(r *result, cpu func() (time.Duration, error), rank func() ([][]matching.Hit, error)) error {
	for range b.runs {
		before, err := cpu()
		if err != nil {
			return err
		}
		if r.answers, err = rank(); err != nil {
			return err
		}
		after, err := cpu()
		if err != nil {
			return err
		}
		r.CPU = append(r.CPU, after-before)
	}
	return nil
}

// finish compares the answers with puente's and works out the figures.
func (b *bench) finish(r *result, reference *result) {
	slices.Sort(r.CPU)
	pairs := float64(r.Mentees) * float64(len(b.snapshot.Mentors))
	r.PerPair = float64(r.CPU[0]) / pairs
	r.Slowest = float64(r.CPU[len(r.CPU)-1]) / pairs
	r.Ratio = r.PerPair / reference.PerPair
	r.Differ = max(0, r.Mentees-len(r.answers))
	for i, hits := range r.answers {
		if !slices.Equal(hits, reference.answers[i]) {
			r.Differ++
		}
	}
}

// measurePuente ranks with the engine. The first round, which makes the
// columns, is loading.
func measurePuente(_ context.Context, b *bench, r *result) error {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	x := b.index()
	var scratch matching.Scratch
	rank := func() ([][]matching.Hit, error) {
		hits := make([][]matching.Hit, r.Mentees)
		for i := range hits {
			hits[i] = x.TopK(&b.snapshot.Mentees[i], b.k, &scratch)
		}
		return hits, nil
	}
	if _, err := rank(); err != nil {
		return err
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	r.Bytes = int64(after.HeapAlloc) - int64(before.HeapAlloc)
	r.Version = runtime.Version()
	err := b.timed(r, cpuHere, rank)
	runtime.KeepAlive(x)
	return err
}

package jobs

import (
	"context"
	"errors"
	"slices"
	"time"

	"puente/matching"
)

// Again says how a round is made from an earlier one and how long its search may
// take. Only an optimal round without rules about groups can be made so.
type Again struct {
	Keep   *matching.Earlier // whose pairs are kept where possible; nil: none
	Within time.Duration     // after which the search ends with the best so far; 0: it has all the time it needs
}

// MaxPoints is what a kept pair can count at most.
const MaxPoints = matching.FullScore

// Conflict is the key of the message that says why a round of a method cannot be
// made so, or "".
func (a Again) Conflict(method matching.Method, grouped bool) string {
	suits := method == matching.MethodOptimal && !grouped
	switch {
	case a.Keep != nil && !suits:
		return "again.keep_method"
	case a.Within != 0 && !suits:
		return "again.limit_method"
	}
	return ""
}

// stop says when the search is to end, nil for never. Cancel must be called.
func (a Again) stop(ctx context.Context) (stop func() bool, cancel func()) {
	if a.Within == 0 {
		return nil, func() {}
	}
	ctx, cancel = context.WithTimeout(ctx, a.Within)
	return func() bool { return errors.Is(ctx.Err(), context.DeadlineExceeded) }, cancel
}

// Earlier is a round as the next one keeps it. A kept pair counts so many points
// more than its score; with none it decides only between what scores the same.
func (f *RoundFile) Earlier(points int64) *matching.Earlier {
	e := &matching.Earlier{Round: f.Hash, Points: points, Pairs: make([][2]string, 0, len(f.Round.Pairs))}
	for _, p := range f.Round.Pairs {
		e.Pairs = append(e.Pairs, [2]string{f.Round.Left[p.Left].ID, f.Round.Right[p.Right].ID})
	}
	slices.SortFunc(e.Pairs, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	if q, ok := f.Round.Certificate.(*matching.Prices); ok {
		e.Prices, e.Bonus = make(map[string]int64, len(q.Place)), q.Bonus
		for j, price := range q.Place {
			e.Prices[f.Round.Right[j].ID] = price
		}
	}
	return e
}

// keepJSON is what a round keeps, as its file has it.
type keepJSON struct {
	Round  string   `json:"round"`
	Points int64    `json:"points"`
	Kept   int      `json:"kept"`
	Proven bool     `json:"proven"`
	Pairs  [][2]int `json:"pairs"`
}

// keep writes what a round keeps.
func (p *Published) keep() keepJSON {
	r := p.Round
	return keepJSON{r.Keep.Round, r.Keep.Points, r.Kept.Count, r.Kept.Proven, append([][2]int{}, r.Keep.Pairs...)}
}

// kept reads what a round keeps.
func (f *roundJSON) kept(r *matching.Round) {
	if f.Keep == nil {
		return
	}
	r.Keep = &matching.Keep{Round: f.Keep.Round, Points: f.Keep.Points, Pairs: f.Keep.Pairs}
	r.Kept = &matching.Kept{Count: f.Keep.Kept, Proven: f.Keep.Proven}
	for _, p := range f.Right {
		if p.Keep != nil {
			r.Kept.Prices = append(r.Kept.Prices, *p.Keep)
		}
	}
}

// open says whether a better round may exist than an optimal one.
func (f *RoundFile) open() bool {
	q, ok := f.Round.Certificate.(*matching.Prices)
	return ok && q.Gap > 0
}

package matching

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"puente/matching/assign"
)

// ErrKeep is the error for a round that cannot keep pairs of an earlier one:
// only an optimal round without rules about groups can.
var ErrKeep = errors.New("matching: only an optimal round without rules about groups keeps pairs of an earlier one")

// Earlier is a round from which a new one keeps what it can, by ids.
type Earlier struct {
	Round  string           `json:"round"`  // the hash that names it
	Points int64            `json:"points"` // what a kept pair counts beside its score; 0: it decides only between what scores the same
	Pairs  [][2]string      `json:"pairs"`  // sorted
	Prices map[string]int64 `json:"prices"` // by right id; where the search begins, of no influence on the result
	Bonus  int64            `json:"bonus"`
}

// Keep is what a round keeps of an earlier one.
type Keep struct {
	Round  string
	Points int64
	Pairs  [][2]int // earlier pairs that are edges of the round, by left, then right position

	prices []int64 // by right position
	bonus  int64
}

// Kept says what came of Keep. Of two prices of the second order, see
// [assign.Kept], a round has those that its points ask for.
type Kept struct {
	Count  int     // kept pairs
	Proven bool    // no round counts more; false only where the search was stopped
	Prices []int64 // by right position, if it is proven
}

// In finds the earlier round's people among those of a round, sorted by id. Pairs
// of which somebody has left are left out. Nothing is kept of no round.
func (e *Earlier) In(left, right []Party) *Keep {
	if e == nil {
		return nil
	}
	at := func(parties []Party) map[string]int {
		out := make(map[string]int, len(parties))
		for i := range parties {
			out[parties[i].ID] = i
		}
		return out
	}
	lefts, rights := at(left), at(right)
	k := &Keep{Round: e.Round, Points: e.Points, bonus: e.Bonus}
	for _, p := range e.Pairs {
		i, here := lefts[p[0]]
		j, there := rights[p[1]]
		if here && there {
			k.Pairs = append(k.Pairs, [2]int{i, j})
		}
	}
	slices.SortFunc(k.Pairs, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	if e.Prices != nil {
		k.prices = make([]int64, len(right))
		for j := range right {
			k.prices[j] = e.Prices[right[j].ID]
		}
	}
	return k
}

// onlyEdges leaves out earlier pairs that are no edges any more.
func (k *Keep) onlyEdges(edges assign.Edges) {
	k.Pairs = slices.DeleteFunc(slices.Clone(k.Pairs), func(p [2]int) bool {
		_, there := edgeAt(edges, p[0], p[1])
		return !there
	})
}

// edgeAt finds the position of a pair among edges.
func edgeAt(edges assign.Edges, left, right int) (int, bool) {
	if len(edges.First) == 0 {
		return 0, false
	}
	from, to := edges.Of(left)
	at, ok := slices.BinarySearch(edges.Right[from:to], int32(right))
	return from + at, ok
}

// solveKept solves a round again.
func solveKept(ctx context.Context, r *Round, t *task) (assign.Solution, error) {
	e := assign.Earlier{Points: r.Keep.Points, Bonus: r.Keep.bonus}
	for _, p := range r.Keep.Pairs {
		x, _ := edgeAt(t.Edges, int(t.ties[0][p[0]]), int(t.ties[1][p[1]]))
		e.Pairs = append(e.Pairs, x)
	}
	slices.Sort(e.Pairs)
	if r.Keep.prices != nil {
		e.Prices = make([]int64, len(r.Right))
		for j, node := range t.ties[1] {
			e.Prices[node] = r.Keep.prices[j]
		}
	}
	s, err := assign.Resolve(ctx, t.Problem, e, r.Search)
	if err != nil {
		return s.Solution, err
	}
	r.Kept = &Kept{Count: s.Count, Proven: s.Proven}
	second := s.Ties
	if s.Worth != nil {
		second = s.Worth
	}
	if s.Proven {
		r.Kept.Prices = make([]int64, len(r.Right))
		for j, node := range t.ties[1] {
			r.Kept.Prices[j] = second[node]
		}
	}
	return s.Solution, nil
}

// Stopped says whether the search for a round was stopped before it was proven.
func (r *Round) Stopped() bool {
	q, ok := r.Certificate.(*Prices)
	return ok && (r.Kept != nil && !r.Kept.Proven || r.Kept == nil && q.Gap > 0)
}

// bar says what pairs outside the lists must be worth to change a round that
// keeps pairs: it lowers the bars of a mentee, by mentor. They are pairs that
// the earlier round did not have.
func (r *Round) bar() (lower func(i int, bars []int64), most int64) {
	if r.Kept == nil || !r.Kept.Proven {
		return nil, 0
	}
	gains, prices, bonus := r.keptGains(), r.Kept.Prices, int64(0)
	if r.Cover == assign.CoverLeft || r.Cover == assign.CoverBoth {
		bonus = r.prices().Bonus
	}
	if r.Keep.Points == 0 {
		return func(i int, bars []int64) {
			for j := range bars {
				if -prices[j] > gains[i].kept { // what scores as much would keep more
					bars[j]--
				}
			}
		}, 1
	}
	return func(i int, bars []int64) {
		for j := range bars {
			bars[j] = min(bars[j], max(gains[i].points, -bonus)+prices[j])
		}
	}, math.MaxInt64 / 4
}

// keptGain is what a left id gains in points, and in kept pairs beside.
type keptGain struct{ points, kept int64 }

// keptGains is what each left id gains at the prices that prove what is kept.
func (r *Round) keptGains() []keptGain {
	out, keep := make([]keptGain, len(r.Left)), r.Keep.Pairs
	bonus := int64(0)
	if r.Cover == assign.CoverLeft || r.Cover == assign.CoverBoth {
		bonus = r.prices().Bonus
	}
	for i := range out {
		out[i].points = -bonus
	}
	for _, e := range r.Edges.All() {
		g := keptGain{points: e.Score}
		if len(keep) > 0 && keep[0] == [2]int{e.Left, e.Right} {
			keep = keep[1:]
			g.points, g.kept = g.points+r.Keep.Points, 1
		}
		if r.Keep.Points > 0 {
			g.points, g.kept = g.points-r.Kept.Prices[e.Right], 0
		} else {
			g.points, g.kept = g.points-r.prices().Place[e.Right], g.kept-r.Kept.Prices[e.Right]
		}
		if b := &out[e.Left]; cmp.Or(cmp.Compare(g.points, b.points), cmp.Compare(g.kept, b.kept)) > 0 {
			*b = g
		}
	}
	return out
}

// found is what a stopped search found.
func (r *Round) found() *given {
	g := &given{prices: r.PlacePrices()}
	for _, p := range r.Pairs {
		g.pairs = append(g.pairs, [2]int{p.Left, p.Right})
	}
	return g
}

// keptPairs adds the earlier pairs of a mentee that every rule allows to her
// candidates.
func (m *Matcher) keptPairs(i int, list []assign.Edge) []assign.Edge {
	if m.Keep == nil {
		return list
	}
	e := &m.Snapshot.Mentees[i]
	for _, id := range m.Keep.of(e.ID) {
		j, ok := m.Index.Find(id)
		if !ok || m.Index.Refusal(e, j) != "" || slices.ContainsFunc(list, func(x assign.Edge) bool { return x.Right == j }) {
			continue
		}
		list = append(list, assign.Edge{Left: i, Right: j, Score: int64(m.Index.Explain(e, j).Score)})
	}
	return list
}

// of gives the right ids of a left id's pairs, which are sorted.
func (e *Earlier) of(left string) (rights []string) {
	at, _ := slices.BinarySearchFunc(e.Pairs, left, func(p [2]string, id string) int { return cmp.Compare(p[0], id) })
	for ; at < len(e.Pairs) && e.Pairs[at][0] == left; at++ {
		rights = append(rights, e.Pairs[at][1])
	}
	return rights
}

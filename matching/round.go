package matching

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"puente/matching/assign"
)

// Party is one id of a round, with its capacity and minimum.
type Party struct {
	ID string
	assign.Node
}

// Round is a solved assignment with everything that a third party needs to
// check it. Left and Right are sorted by id; edges and pairs refer to them by
// position, and are sorted by left, then right.
type Round struct {
	Seed     uint64
	Cover    assign.Cover
	Left     []Party // the mentees of a programme's round
	Right    []Party // the mentors
	Edges    []assign.Edge
	Pairs    []Pair
	Prices   []int64 // dual price of one more place, by right position
	Bonus    int64   // what serving one more id of a covered side counts
	Score    int64   // total of the pairs' scores
	Served   [2]int  // left and right ids with a pair
	Unpaired []Unpaired
}

// Pair is two paired ids. The ranks say where each stands among the other's
// listed edges, 1 for the best.
type Pair struct {
	Left, Right         int
	Score               int64
	LeftRank, RightRank int
	Explanation         Explanation // of a programme's round; empty elsewhere
}

// Unpaired is an id without a pair and the reason that binds it. Nearest and
// Missing belong to [ReasonPlaces]: the right id that was closest to being
// worth it, and the points that were missing there.
type Unpaired struct {
	Right    bool // which side the id is on
	Position int
	Reason   Reason
	Rule     string // the hard rule that refused most mentors, with ReasonNoCandidate
	Nearest  int
	Missing  int64
}

// Reason says why an id has no pair.
type Reason string

// The reasons. A left id is unpaired because it has no place of its own, no
// candidate, nothing to gain, or because the places went to pairs worth more;
// a right id because it is full, has no candidate, or was not chosen.
const (
	ReasonFull        Reason = "full"
	ReasonNoCandidate Reason = "no_candidate"
	ReasonNoGain      Reason = "no_gain"
	ReasonPlaces      Reason = "places"
	ReasonNotChosen   Reason = "not_chosen"
)

// Clash says that no assignment can satisfy these minimums and forced pairs
// together; without any one of them the others can be satisfied.
type Clash struct {
	Left, Right []string    // ids whose minimums clash
	Must        [][2]string // forced pairs that clash
}

func (c *Clash) Error() string {
	return fmt.Sprintf("no assignment satisfies these together: left minimums %q, right minimums %q, forced pairs %q", c.Left, c.Right, c.Must)
}

// NewRound solves for the maximum total score and reports on it. Parties must
// be sorted by id, edges by left, then right. The seed decides between equally
// good assignments, favouring nobody. It returns a [*Clash] where minimums or
// forced pairs cannot be met, and the errors of [assign.Solve].
func NewRound(ctx context.Context, left, right []Party, edges []assign.Edge, cover assign.Cover, seed uint64) (*Round, error) {
	r := &Round{Seed: seed, Cover: cover, Left: left, Right: right, Edges: edges}
	ties := r.ties()
	if err := r.solve(ctx, ties); err != nil {
		return nil, err
	}
	r.report(ties)
	return r, nil
}

// ties are the places of the left and right ids in the tie order.
func (r *Round) ties() [2][]uint32 {
	return [2][]uint32{tieRanks(r.Seed, ids(r.Left)), tieRanks(r.Seed, ids(r.Right))}
}

// report adds to a solved round what only its readers need: the ranks of its
// pairs, and why the others have none.
func (r *Round) report(ties [2][]uint32) {
	r.rank(ties)
	r.explainUnpaired(ties[1])
}

func ids(parties []Party) []string {
	ids := make([]string, len(parties))
	for i := range parties {
		ids[i] = parties[i].ID
	}
	return ids
}

// solve hands the problem to the solver in the tie order and fills in the
// chosen pairs, ascending, and the certificate.
func (r *Round) solve(ctx context.Context, ties [2][]uint32) error {
	p := assign.Problem{Left: permute(r.Left, ties[0]), Right: permute(r.Right, ties[1]), Cover: r.Cover}
	byRight, _ := bucketed(nil, r.Edges, len(r.Right), func(e assign.Edge) int { return int(ties[1][e.Right]) })
	from, _ := bucketed(byRight, r.Edges, len(r.Left), func(e assign.Edge) int { return int(ties[0][e.Left]) })
	p.Edges = make([]assign.Edge, len(from))
	for i, e := range from {
		p.Edges[i] = r.Edges[e]
		p.Edges[i].Left, p.Edges[i].Right = int(ties[0][r.Edges[e].Left]), int(ties[1][r.Edges[e].Right])
	}
	s, err := assign.Solve(ctx, p)
	if infeasible := (*assign.Infeasible)(nil); errors.As(err, &infeasible) {
		return r.clash(infeasible, ties, from)
	} else if err != nil {
		return err
	}
	r.Bonus, r.Score, r.Served = s.Bonus, s.Score, s.Served
	r.Prices = make([]int64, len(r.Right))
	for j := range r.Right {
		r.Prices[j] = s.Prices[ties[1][j]]
	}
	r.Pairs = make([]Pair, len(s.Pairs))
	for i, n := range s.Pairs {
		e := r.Edges[from[n]]
		r.Pairs[i] = Pair{Left: e.Left, Right: e.Right, Score: e.Score}
	}
	slices.SortFunc(r.Pairs, func(a, b Pair) int { return cmp.Or(cmp.Compare(a.Left, b.Left), cmp.Compare(a.Right, b.Right)) })
	return nil
}

// bucketed sorts the numbers of edges by a key below n, keeping the order of
// equal ones: the order given, or of the edges for nil. Those of key i begin
// at start[i] and end at start[i+1]. Cost: two passes.
func bucketed(order []int, edges []assign.Edge, n int, key func(assign.Edge) int) (sorted, start []int) {
	start = make([]int, n+1)
	for i := range edges {
		start[key(edges[i])+1]++
	}
	for i := range n {
		start[i+1] += start[i]
	}
	sorted = make([]int, len(edges))
	next := slices.Clone(start)
	for i := range edges {
		if order != nil {
			i = order[i]
		}
		k := key(edges[i])
		sorted[next[k]] = i
		next[k]++
	}
	return sorted, start
}

func permute(parties []Party, tie []uint32) []assign.Node {
	nodes := make([]assign.Node, len(parties))
	for i := range parties {
		nodes[tie[i]] = parties[i].Node
	}
	return nodes
}

// clash names the ids of an infeasible group.
func (r *Round) clash(e *assign.Infeasible, ties [2][]uint32, from []int) *Clash {
	named := func(parties []Party, tie []uint32, nodes []int) (out []string) {
		for i := range parties {
			if slices.Contains(nodes, int(tie[i])) {
				out = append(out, parties[i].ID)
			}
		}
		return out
	}
	c := &Clash{Left: named(r.Left, ties[0], e.Left), Right: named(r.Right, ties[1], e.Right)}
	for _, m := range e.Must {
		edge := r.Edges[from[m]]
		c.Must = append(c.Must, [2]string{r.Left[edge.Left].ID, r.Right[edge.Right].ID})
	}
	slices.SortFunc(c.Must, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	return c
}

// rank gives the pairs their ranks on both sides: one more than how many of the
// edges of an end stand before, by the higher score, then by the tie order of
// the other end.
func (r *Round) rank(ties [2][]uint32) {
	byLeft, left := bucketed(nil, r.Edges, len(r.Left), func(e assign.Edge) int { return e.Left })
	byRight, right := bucketed(nil, r.Edges, len(r.Right), func(e assign.Edge) int { return e.Right })
	for i := range r.Pairs {
		p := &r.Pairs[i]
		p.LeftRank, p.RightRank = 1, 1
		for _, n := range byLeft[left[p.Left]:left[p.Left+1]] {
			if e := r.Edges[n]; e.Score > p.Score || e.Score == p.Score && ties[1][e.Right] < ties[1][p.Right] {
				p.LeftRank++
			}
		}
		for _, n := range byRight[right[p.Right]:right[p.Right+1]] {
			if e := r.Edges[n]; e.Score > p.Score || e.Score == p.Score && ties[0][e.Left] < ties[0][p.Left] {
				p.RightRank++
			}
		}
	}
}

// explainUnpaired lists the ids without a pair, with the reason that binds
// each. The dual prices give it: a left id without a pair gains nothing at any
// right id's price, and the nearest is the one where least was missing.
func (r *Round) explainUnpaired(tie []uint32) {
	paired := [2][]bool{make([]bool, len(r.Left)), make([]bool, len(r.Right))}
	for _, p := range r.Pairs {
		paired[0][p.Left], paired[1][p.Right] = true, true
	}
	wanted := make([]bool, len(r.Right))
	nearest := make([]int, len(r.Left)) // edge+1
	for i, e := range r.Edges {
		wanted[e.Right] = true
		if n := nearest[e.Left]; n == 0 || r.compareMissing(e, r.Edges[n-1], tie) < 0 {
			nearest[e.Left] = i + 1
		}
	}
	for i := range r.Left {
		if !paired[0][i] {
			r.Unpaired = append(r.Unpaired, r.unpairedLeft(i, nearest[i]))
		}
	}
	for j := range r.Right {
		if !paired[1][j] {
			r.Unpaired = append(r.Unpaired, r.unpairedRight(j, wanted[j]))
		}
	}
}

// missing is how many points an edge was short of being worth its price.
func (r *Round) missing(e assign.Edge) int64 {
	m := r.Prices[e.Right] - e.Score
	if r.Cover == assign.CoverLeft || r.Cover == assign.CoverBoth {
		m -= r.Bonus
	}
	return m
}

func (r *Round) compareMissing(a, b assign.Edge, tie []uint32) int {
	return cmp.Or(cmp.Compare(r.missing(a), r.missing(b)), cmp.Compare(tie[a.Right], tie[b.Right]))
}

// unpairedLeft gives the reason of a left id whose nearest edge is edge-1; 0
// means that it has none.
func (r *Round) unpairedLeft(i, edge int) Unpaired {
	u := Unpaired{Position: i}
	switch {
	case edge == 0:
		u.Reason = ReasonNoCandidate
	case r.Left[i].Capacity == 0:
		u.Reason = ReasonFull
	case r.Edges[edge-1].Score <= 0 && r.Prices[r.Edges[edge-1].Right] <= 0:
		u.Reason = ReasonNoGain
	default:
		e := r.Edges[edge-1]
		u.Reason, u.Nearest, u.Missing = ReasonPlaces, e.Right, r.missing(e)
	}
	return u
}

func (r *Round) unpairedRight(j int, wanted bool) Unpaired {
	u := Unpaired{Right: true, Position: j, Reason: ReasonNotChosen}
	switch {
	case r.Right[j].Capacity == 0:
		u.Reason = ReasonFull
	case !wanted:
		u.Reason = ReasonNoCandidate
	}
	return u
}

// Primal is what the certificate proves to be the most possible: the total
// score, and the bonus for each served id of a covered side.
func (r *Round) Primal() int64 {
	total := r.Score
	if r.Cover == assign.CoverLeft || r.Cover == assign.CoverBoth {
		total += r.Bonus * int64(r.Served[0])
	}
	if r.Cover == assign.CoverRight || r.Cover == assign.CoverBoth {
		total += r.Bonus * int64(r.Served[1])
	}
	return total
}

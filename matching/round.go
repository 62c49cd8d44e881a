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
	Edges    assign.Edges
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
// be sorted by id. The seed decides between equally
// good assignments, favouring nobody. It returns a [*Clash] where minimums or
// forced pairs cannot be met, and the errors of [assign.Solve].
func NewRound(ctx context.Context, left, right []Party, edges assign.Edges, cover assign.Cover, seed uint64) (*Round, error) {
	r := &Round{Seed: seed, Cover: cover, Left: left, Right: right, Edges: edges}
	ties := [2][]uint32{tieRanks(seed, ids(left)), tieRanks(seed, ids(right))}
	pairs, err := r.solve(ctx, ties)
	if err != nil {
		return nil, err
	}
	r.rank(pairs, ties)
	r.explainUnpaired(ties[1])
	return r, nil
}

func ids(parties []Party) []string {
	ids := make([]string, len(parties))
	for i := range parties {
		ids[i] = parties[i].ID
	}
	return ids
}

// solve hands the problem to the solver in the tie order and returns the
// chosen edges, ascending.
func (r *Round) solve(ctx context.Context, ties [2][]uint32) ([]int, error) {
	p := assign.Problem{Left: permute(r.Left, ties[0]), Right: permute(r.Right, ties[1]), Cover: r.Cover}
	var from []int32
	p.Edges, from = shuffle(r.Edges, ties)
	s, err := assign.Solve(ctx, p)
	if infeasible := (*assign.Infeasible)(nil); errors.As(err, &infeasible) {
		return nil, r.clash(infeasible, ties, from)
	} else if err != nil {
		return nil, err
	}
	r.Bonus, r.Score, r.Served = s.Bonus, s.Score, s.Served
	r.Prices = make([]int64, len(r.Right))
	for j := range r.Right {
		r.Prices[j] = s.Prices[ties[1][j]]
	}
	pairs := make([]int, len(s.Pairs))
	for i, e := range s.Pairs {
		pairs[i] = int(from[e])
	}
	slices.Sort(pairs)
	return pairs, nil
}

// shuffle gives edges in the tie order of both sides, and where each comes
// from: first dealt to the right nodes in their order, then to the left ones.
func shuffle(edges assign.Edges, ties [2][]uint32) (out assign.Edges, from []int32) {
	n, left, right := edges.Len(), len(ties[0]), len(ties[1])
	out = assign.Edges{First: make([]int32, left+1), Right: make([]int32, n), Score: make([]int32, n)}
	next, lefts := make([]int32, right+1), make([]int32, n)
	for _, e := range edges.All() {
		next[ties[1][e.Right]+1]++
		out.First[ties[0][e.Left]+1]++
	}
	accumulate(next)
	accumulate(out.First)
	byRight := make([]int32, n)
	for x, e := range edges.All() {
		at := &next[ties[1][e.Right]]
		byRight[*at], lefts[x] = int32(x), int32(ties[0][e.Left])
		*at++
	}
	place := slices.Clone(out.First)
	from = make([]int32, n)
	for _, x := range byRight {
		at := &place[lefts[x]]
		out.Right[*at], out.Score[*at], from[*at] = int32(ties[1][edges.Right[x]]), edges.Score[x], x
		*at++
	}
	if len(edges.Must) > 0 {
		for at, x := range from {
			if _, must := slices.BinarySearch(edges.Must, x); must {
				out.Must = append(out.Must, int32(at))
			}
		}
	}
	return out, from
}

func accumulate(counts []int32) {
	for i := 1; i < len(counts); i++ {
		counts[i] += counts[i-1]
	}
}

func permute(parties []Party, tie []uint32) []assign.Node {
	nodes := make([]assign.Node, len(parties))
	for i := range parties {
		nodes[tie[i]] = parties[i].Node
	}
	return nodes
}

// clash names the ids of an infeasible group.
func (r *Round) clash(e *assign.Infeasible, ties [2][]uint32, from []int32) *Clash {
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
		edge := r.Edges.At(int(from[m]))
		c.Must = append(c.Must, [2]string{r.Left[edge.Left].ID, r.Right[edge.Right].ID})
	}
	slices.SortFunc(c.Must, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	return c
}

// rank fills Pairs with the chosen edges and their ranks on both sides.
func (r *Round) rank(chosen []int, ties [2][]uint32) {
	r.Pairs = make([]Pair, len(chosen))
	pairsOf := [2][][]int32{make([][]int32, len(r.Left)), make([][]int32, len(r.Right))}
	for i, x := range chosen {
		e := r.Edges.At(x)
		r.Pairs[i] = Pair{Left: e.Left, Right: e.Right, Score: e.Score, LeftRank: 1, RightRank: 1}
		pairsOf[0][e.Left] = append(pairsOf[0][e.Left], int32(i))
		pairsOf[1][e.Right] = append(pairsOf[1][e.Right], int32(i))
	}
	for _, e := range r.Edges.All() {
		for _, i := range pairsOf[0][e.Left] {
			if p := &r.Pairs[i]; better(e.Score, ties[1][e.Right], p.Score, ties[1][p.Right]) {
				p.LeftRank++
			}
		}
		for _, i := range pairsOf[1][e.Right] {
			if p := &r.Pairs[i]; better(e.Score, ties[0][e.Left], p.Score, ties[0][p.Left]) {
				p.RightRank++
			}
		}
	}
}

// better orders the edges of a node: the higher score first, then the tie order
// of the other end.
func better(score int64, tie uint32, than int64, thanTie uint32) bool {
	return score > than || score == than && tie < thanTie
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
	nearest := make([]*assign.Edge, len(r.Left))
	for _, e := range r.Edges.All() {
		wanted[e.Right] = true
		if n := nearest[e.Left]; !paired[0][e.Left] && (n == nil || r.compareMissing(e, *n, tie) < 0) {
			nearest[e.Left] = &e
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

// unpairedLeft gives the reason of a left id by its nearest edge; nil means that
// it has none.
func (r *Round) unpairedLeft(i int, e *assign.Edge) Unpaired {
	u := Unpaired{Position: i}
	switch {
	case e == nil:
		u.Reason = ReasonNoCandidate
	case r.Left[i].Capacity == 0:
		u.Reason = ReasonFull
	case e.Score <= 0 && r.Prices[e.Right] <= 0:
		u.Reason = ReasonNoGain
	default:
		u.Reason, u.Nearest, u.Missing = ReasonPlaces, e.Right, r.missing(*e)
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

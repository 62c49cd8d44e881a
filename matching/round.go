package matching

import (
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

// Spec is what a round is made from. Left and Right are sorted by id; edges
// refer to them by position.
type Spec struct {
	Left   []Party // the mentees of a programme's round
	Right  []Party // the mentors
	Edges  assign.Edges
	Cover  assign.Cover // only of an optimal round
	Seed   uint64       // decides between what is otherwise as good, favouring nobody
	Method Method
	Groups []GroupRule // only of an optimal round

	// Lists are explicit preferences of a stable round, by side and position: ids
	// of the other side by position, the most wanted first. They come before all
	// that the score ranks; what is no edge in them is left out. Nil: there are none.
	Lists         [2][][]int32
	RightProposes bool // of a stable round: what is best for the right side counts
	Plans         int  // of a lottery: plans of equal chance, [MinPlans] to [MaxPlans]; 0 of other rounds

	Keep   *Keep          // of an optimal round without groups: what it keeps of an earlier one; nil: nothing
	Search assign.Options // of an optimal round without groups: how it is sought

	given *given // found already, and only to be reported on
}

// given is a plan with prices that bound how good another could be.
type given struct {
	pairs  [][2]int
	prices []int64 // by right position
}

// Round is a solved assignment with everything that a third party needs to
// check it. Pairs refer to ids by position, and are sorted by left, then right.
type Round struct {
	Spec
	Pairs       []Pair
	Certificate Certificate // by method
	Score       int64       // total of the pairs' scores
	Served      [2]int      // left and right ids with a pair
	Unpaired    []Unpaired
	Kept        *Kept // what came of Keep
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
// Missing belong to [ReasonPlaces] and [ReasonOutranked]: the right id that was
// closest to taking it, and the points that were missing there.
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

// ReasonGroups is why a left id has no pair where rules about groups speak
// against it: without them its nearest place would be a gain.
const ReasonGroups Reason = "groups"

// The reasons of a stable round; taken also of a balanced one. A left id is unpaired because every score is
// below zero, because forced pairs took every place it could have, or because
// each right id it could have holds others that it ranks higher; a right id
// because nobody who could take its place would rather have it.
const (
	ReasonUnacceptable Reason = "unacceptable"
	ReasonTaken        Reason = "taken"
	ReasonOutranked    Reason = "outranked"
	ReasonNotPreferred Reason = "not_preferred"
)

// ReasonGap is why a left id has no pair in a round that is not proven best: at
// the prices it would gain, so that a better round may have a place for it.
const ReasonGap Reason = "gap"

// ReasonNotDrawn is that of either side in a lottery: the id has a pair in
// another plan.
const ReasonNotDrawn Reason = "not_drawn"

// Nearest says whether a reason comes with the right id that was nearest.
func (r Reason) Nearest() bool { return r == ReasonPlaces || r == ReasonOutranked }

// Clash says that no assignment can satisfy these minimums and forced pairs
// together; without any one of them the others can be satisfied.
type Clash struct {
	Left, Right []string    // ids whose minimums clash
	Must        [][2]string // forced pairs that clash
	Plans       int         // of a lottery, which has fewer possibilities: a minimum of one takes so many pairs
}

func (c *Clash) Error() string {
	return fmt.Sprintf("no assignment satisfies these together: left minimums %q, right minimums %q, forced pairs %q", c.Left, c.Right, c.Must)
}

// NewRound makes a round by its method and reports on it. It returns a [*Clash]
// where minimums or forced pairs cannot be met, [ErrMethod] for a method that
// is not there, [ErrKeep], [*GroupClash] and [ErrUnsettled] for rules about groups, and the
// errors of [assign.Solve].
func NewRound(ctx context.Context, s Spec) (*Round, error) {
	if !s.Method.Available() {
		return nil, fmt.Errorf("%w: number %d", ErrMethod, s.Method)
	}
	if s.Method != MethodLottery {
		s.Plans = 0
	}
	if s.Keep != nil && (s.Method != MethodOptimal || len(s.Groups) > 0) {
		return nil, ErrKeep
	}
	r, how := &Round{Spec: s}, methods[s.Method]
	r.onlyEdges()
	if r.Keep != nil {
		own := *r.Keep
		r.Keep = &own
		r.Keep.onlyEdges(r.Edges)
	}
	t := r.task()
	chosen, err := how.solve(ctx, r, t)
	if infeasible := (*assign.Infeasible)(nil); errors.As(err, &infeasible) {
		c := r.clash(infeasible, t)
		if r.Method == MethodLottery {
			c.Plans = r.Plans
		}
		return nil, c
	} else if err != nil {
		return nil, err
	}
	r.rank(t, chosen)
	r.explainUnpaired(t, how)
	r.Search, r.given = assign.Options{}, nil
	if r.Keep != nil {
		r.Keep.prices, r.Keep.bonus = nil, 0
	}
	return r, nil
}

func ids(parties []Party) []string {
	ids := make([]string, len(parties))
	for i := range parties {
		ids[i] = parties[i].ID
	}
	return ids
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
func (r *Round) clash(e *assign.Infeasible, t *task) *Clash {
	named := func(parties []Party, tie []uint32, nodes []int) (out []string) {
		for i := range parties {
			if slices.Contains(nodes, int(tie[i])) {
				out = append(out, parties[i].ID)
			}
		}
		return out
	}
	c := &Clash{Left: named(r.Left, t.ties[0], e.Left), Right: named(r.Right, t.ties[1], e.Right)}
	for _, m := range e.Must {
		edge := r.Edges.At(int(t.from[m]))
		c.Must = append(c.Must, [2]string{r.Left[edge.Left].ID, r.Right[edge.Right].ID})
	}
	slices.SortFunc(c.Must, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	return c
}

// rank fills Pairs with the chosen edges of the task and their ranks on both
// sides, and adds them up.
func (r *Round) rank(t *task, chosen []int) {
	r.Pairs = make([]Pair, len(chosen))
	for i, x := range chosen {
		chosen[i] = int(t.from[x])
	}
	slices.Sort(chosen)
	pairsOf := [2][][]int32{make([][]int32, len(r.Left)), make([][]int32, len(r.Right))}
	for i, x := range chosen {
		e := r.Edges.At(x)
		r.Pairs[i] = Pair{Left: e.Left, Right: e.Right, Score: e.Score, LeftRank: 1, RightRank: 1}
		r.Score += e.Score
		for side, at := range [2]int{e.Left, e.Right} {
			if len(pairsOf[side][at]) == 0 {
				r.Served[side]++
			}
			pairsOf[side][at] = append(pairsOf[side][at], int32(i))
		}
	}
	wants := r.wants()
	for x, e := range r.Edges.All() {
		for _, i := range pairsOf[0][e.Left] {
			if p := &r.Pairs[i]; ahead(wants[0][x], t.ties[1][e.Right], wants[0][chosen[i]], t.ties[1][p.Right]) {
				p.LeftRank++
			}
		}
		for _, i := range pairsOf[1][e.Right] {
			if p := &r.Pairs[i]; ahead(wants[1][x], t.ties[0][e.Left], wants[1][chosen[i]], t.ties[0][p.Left]) {
				p.RightRank++
			}
		}
	}
}

// ahead orders the edges of a node: the one more wanted first, then the tie
// order of the other end.
func ahead(want int32, tie uint32, than int32, thanTie uint32) bool {
	return want > than || want == than && tie < thanTie
}

// explainUnpaired lists the ids without a pair, with the reason that binds
// each. What no rule of the round itself explains, the method does.
func (r *Round) explainUnpaired(t *task, how method) {
	paired := [2][]bool{make([]bool, len(r.Left)), make([]bool, len(r.Right))}
	for _, p := range r.Pairs {
		paired[0][p.Left], paired[1][p.Right] = true, true
	}
	wanted := make([]bool, len(r.Right))
	for _, j := range r.Edges.Right {
		wanted[j] = true
	}
	left := how.left(r, t)
	for i := range r.Left {
		switch from, to := r.Edges.Of(i); {
		case paired[0][i]:
		case from == to:
			r.Unpaired = append(r.Unpaired, Unpaired{Position: i, Reason: ReasonNoCandidate})
		case r.Left[i].Capacity == 0:
			r.Unpaired = append(r.Unpaired, Unpaired{Position: i, Reason: ReasonFull})
		case r.elsewhere(0, i):
			r.Unpaired = append(r.Unpaired, Unpaired{Position: i, Reason: ReasonNotDrawn})
		default:
			r.Unpaired = append(r.Unpaired, left(i))
		}
	}
	for j := range r.Right {
		u := Unpaired{Right: true, Position: j, Reason: how.right}
		switch {
		case paired[1][j]:
			continue
		case r.Right[j].Capacity == 0:
			u.Reason = ReasonFull
		case !wanted[j]:
			u.Reason = ReasonNoCandidate
		case r.elsewhere(1, j):
			u.Reason = ReasonNotDrawn
		}
		r.Unpaired = append(r.Unpaired, u)
	}
}

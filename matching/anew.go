package matching

import (
	"context"
	"errors"
	"slices"

	"puente/matching/assign"
)

// variation is one thing that is different about a problem: a pair, or how many
// places a right id has. A nil variation is none.
type variation struct {
	left, right int // the pair
	as          pairAs
	score       int64 // of pairRescored
	more        int   // places more at right
}

// pairAs is what a pair is changed to.
type pairAs uint8

const (
	pairAsItIs pairAs = iota
	pairForced
	pairFree // no longer forced
	pairBarred
	pairRescored
)

// edges changes a list of edges, which is the caller's to change.
func (c *variation) edges(list []assign.Edge) []assign.Edge {
	if c == nil || c.as == pairAsItIs {
		return list
	}
	at := slices.IndexFunc(list, func(e assign.Edge) bool { return e.Left == c.left && e.Right == c.right })
	switch {
	case at < 0:
	case c.as == pairBarred:
		return slices.Delete(list, at, at+1)
	case c.as == pairRescored:
		list[at].Score = c.score
	default:
		list[at].Must = c.as == pairForced
	}
	return list
}

// places changes the right side, which is the caller's to change.
func (c *variation) places(right []Party) {
	if c != nil {
		right[c.right].Capacity = min(assign.MaxCapacity, right[c.right].Capacity+c.more)
	}
}

// Anew asks what a round of any method would be if one thing about it were
// different, by making it again by its own method. An answer is what that round
// is, proven as any other; only some methods promise totals of which it would
// be a difference. Errors are those of [NewRound] and of the context.
type Anew struct {
	round   *Round
	make    func(context.Context, *variation) (*Round, error)
	listed  func(left, right int) (score int64, ok bool)
	lowest  int64 // score that a pair is tried with
	highest int64
	matcher *Matcher // nil without people
	lists   [][]assign.Edge
}

// ErrOther is wrapped where this program makes another round of the same.
var ErrOther = errors.New("matching: this program makes another round of this")

// Anew asks about a round whose edges are all the pairs there are, as far as
// anybody knows: those of its file. It makes the round once; [ErrOther] says that
// it came out another.
func (r *Round) Anew(ctx context.Context) (*Anew, error) {
	a := &Anew{round: r}
	for x, e := range r.Edges.All() {
		if x == 0 {
			a.lowest, a.highest = e.Score, e.Score
		}
		a.lowest, a.highest = min(a.lowest, e.Score), max(a.highest, e.Score)
	}
	a.lowest, a.highest = max(-assign.MaxScore, a.lowest-1), min(assign.MaxScore, a.highest+1)
	a.make = r.remade
	a.listed = func(left, right int) (int64, bool) {
		x := r.edge(int32(left), int32(right))
		if x < 0 {
			return 0, false
		}
		return int64(r.Edges.Score[x]), true
	}
	return a, a.same(ctx)
}

// remade makes a round again with one thing changed.
func (r *Round) remade(ctx context.Context, but *variation) (*Round, error) {
	s := r.Spec
	s.Right = slices.Clone(s.Right)
	but.places(s.Right)
	list := make([]assign.Edge, 0, r.Edges.Len())
	for _, e := range r.Edges.All() {
		list = append(list, e)
	}
	if but != nil && but.as == pairBarred {
		s.Groups = withoutMember(s.Groups, r.edge(int32(but.left), int32(but.right)))
	}
	var err error
	if s.Edges, err = assign.NewEdges(len(s.Left), len(s.Right), but.edges(list)); err != nil {
		return nil, err
	}
	return NewRound(ctx, s)
}

// withoutMember takes an edge out of the groups of edges, and counts on those
// after it.
func withoutMember(groups []GroupRule, edge int) []GroupRule {
	out := slices.Clone(groups)
	for k := range out {
		if g := &out[k]; g.Of == assign.SomeEdges {
			var members []int
			for _, x := range g.Members {
				switch {
				case x < edge:
					members = append(members, x)
				case x > edge:
					members = append(members, x-1)
				}
			}
			g.Members = members
		}
	}
	return out
}

// Anew asks about a round of this matcher over all pairs that its rules allow:
// each time that it is made again, pairs that were left out and could matter are
// added, as [Matcher.Round] does. It ranks all mentees once.
func (m *Matcher) Anew(ctx context.Context, r *Round) (*Anew, error) {
	c, err := m.candidates(ctx)
	if err != nil {
		return nil, err
	}
	a := &Anew{round: r, highest: int64(FullScore), matcher: m, lists: make([][]assign.Edge, len(r.Left))}
	for _, e := range r.Edges.All() {
		a.lists[e.Left] = append(a.lists[e.Left], e)
	}
	a.make = func(ctx context.Context, but *variation) (*Round, error) {
		own := &candidates{make([][]assign.Edge, len(a.lists)), slices.Clone(c.cut), slices.Clone(c.depth), slices.Clone(c.top)}
		for i, list := range a.lists {
			own.lists[i] = slices.Clone(list)
		}
		return m.choose(ctx, own, but)
	}
	a.listed = func(left, right int) (int64, bool) {
		at, ok := slices.BinarySearchFunc(a.lists[left], assign.Edge{Right: right}, compareEdges)
		if !ok {
			return 0, false
		}
		return a.lists[left][at].Score, true
	}
	return a, a.same(ctx)
}

// same wants the round that is made without a change to be the round.
func (a *Anew) same(ctx context.Context) error {
	again, err := a.make(ctx, nil)
	if err != nil {
		return err
	}
	if x := exchanged(a.round.Pairs, again.Pairs); len(x.Lost)+len(x.New) > 0 {
		return ErrOther
	}
	return nil
}

// exchanged compares the pairs of two rounds.
func exchanged(was, is []Pair) (out Exchange) {
	at := func(pairs []Pair) map[[2]int]bool {
		out := make(map[[2]int]bool, len(pairs))
		for _, p := range pairs {
			out[[2]int{p.Left, p.Right}] = true
		}
		return out
	}
	before, after := at(was), at(is)
	for _, p := range was {
		if !after[[2]int{p.Left, p.Right}] {
			out.Lost = append(out.Lost, Link{p.Left, p.Right, p.Score})
		}
	}
	for _, p := range is {
		if !before[[2]int{p.Left, p.Right}] {
			out.New = append(out.New, Link{p.Left, p.Right, p.Score})
		}
	}
	return out
}

func (r *Round) has(left, right int) bool {
	return slices.ContainsFunc(r.Pairs, func(p Pair) bool { return p.Left == left && p.Right == right })
}

// Consider lists an allowed pair that the round does not, so that it can be
// asked about; a pair that a rule refuses gives the rule's name. From a file
// alone there are no others.
func (a *Anew) Consider(mentee, mentor int) (rule string) {
	if _, ok := a.listed(mentee, mentor); ok || a.matcher == nil {
		return ""
	}
	e := &a.matcher.Snapshot.Mentees[mentee]
	if rule := a.matcher.Index.Refusal(e, mentor); rule != "" {
		return rule
	}
	a.lists[mentee] = append(a.lists[mentee], assign.Edge{Left: mentee, Right: mentor, Score: int64(a.matcher.Index.Explain(e, mentor).Score)})
	slices.SortFunc(a.lists[mentee], compareEdges)
	return ""
}

// Turn says what turns a pair of a stable or balanced round the other way.
type Turn struct {
	Link
	Paired, Forced bool

	// Points are the least by which the pair's score must rise for the round to
	// have it, or fall for the round not to have it; nil where no score does. Of a
	// forced pair it is nil. With a point less nothing turns.
	Points   *int64
	Exchange Exchange // how the round then differs, the pair with it; of a forced pair, if it were not forced
	Place    bool     // of a pair that is out: whether with one more place at the right id the round has it
	Clash    *Clash   // of a forced pair without which there is no round, and of one place more
}

// Turn answers for a pair that is listed, or [*NoEdge]. It makes the round some
// twenty times.
func (a *Anew) Turn(ctx context.Context, left, right int) (*Turn, error) {
	score, ok := a.listed(left, right)
	if !ok {
		return nil, &NoEdge{a.round.Left[left].ID, a.round.Right[right].ID}
	}
	t := &Turn{Link: Link{left, right, score}, Paired: a.round.has(left, right)}
	if x := a.round.edge(int32(left), int32(right)); x >= 0 {
		_, t.Forced = slices.BinarySearch(a.round.Edges.Must, int32(x))
	}
	if t.Forced {
		r, err := a.make(ctx, &variation{left: left, right: right, as: pairFree})
		if err == nil {
			t.Exchange = exchanged(a.round.Pairs, r.Pairs)
		} else if clash := (*Clash)(nil); errors.As(err, &clash) {
			t.Clash, err = clash, nil
		}
		return t, err
	}
	if err := a.points(ctx, t); err != nil || t.Paired {
		return t, err
	}
	r, err := a.make(ctx, &variation{left: left, right: right, more: 1})
	if err == nil {
		t.Place = r.has(left, right)
	}
	return t, err
}

// points seeks the least change of the score that turns the pair, by halves: a
// pair that is in stays in with a higher score.
func (a *Anew) points(ctx context.Context, t *Turn) error {
	var turned *Round
	turns := func(score int64) (bool, error) {
		r, err := a.make(ctx, &variation{left: t.Left, right: t.Right, as: pairRescored, score: score})
		if err != nil || r.has(t.Left, t.Right) == t.Paired {
			return false, err
		}
		turned = r
		return true, nil
	}
	stays, limit := t.Score, a.highest
	if t.Paired {
		limit = a.lowest
	}
	if stays == limit {
		return nil
	}
	if ok, err := turns(limit); err != nil || !ok {
		return err
	}
	for stays-limit > 1 || limit-stays > 1 {
		middle := stays + (limit-stays)/2
		ok, err := turns(middle)
		if err != nil {
			return err
		}
		if ok {
			limit = middle
		} else {
			stays = middle
		}
	}
	points := max(limit-t.Score, t.Score-limit)
	t.Points, t.Exchange = &points, exchanged(a.round.Pairs, turned.Pairs)
	return nil
}

package matching

import (
	"context"
	"math"
	"slices"
	"strings"

	"puente/matching/assign"
)

// wishes are the lists of a stable round of people: both sides' wishes.
func (m *Matcher) wishes() (lists [2][][]int32) {
	if m.Settings.Method != MethodStable {
		return lists
	}
	return m.wishLists()
}

// wishLists are both sides' wishes, whatever the method.
func (m *Matcher) wishLists() (lists [2][][]int32) {
	lists[0], lists[1] = make([][]int32, len(m.Snapshot.Mentees)), make([][]int32, len(m.Snapshot.Mentors))
	for i := range m.Snapshot.Mentees {
		for _, id := range m.Snapshot.Mentees[i].Wishes {
			if j, ok := m.Index.Find(id); ok {
				lists[0][i] = append(lists[0][i], int32(j))
			}
		}
	}
	for j := range m.Snapshot.Mentors {
		for _, id := range m.Snapshot.Mentors[j].Wishes {
			i, ok := slices.BinarySearchFunc(m.Snapshot.Mentees, id, func(e Mentee, id string) int { return strings.Compare(e.ID, id) })
			if ok {
				lists[1][j] = append(lists[1][j], int32(i))
			}
		}
	}
	return lists
}

// wished adds the allowed pairs of a mentee that either of the two wished for.
// A pair in no list is then ranked by its score on both sides.
func (m *Matcher) wished(i int, list []assign.Edge) []assign.Edge {
	e := &m.Snapshot.Mentees[i]
	add := func(j int) {
		if m.Index.Refusal(e, j) == "" && !slices.ContainsFunc(list, func(x assign.Edge) bool { return x.Right == j }) {
			list = append(list, assign.Edge{Left: i, Right: j, Score: int64(m.Index.Explain(e, j).Score)})
		}
	}
	for _, id := range e.Wishes {
		if j, ok := m.Index.Find(id); ok {
			add(j)
		}
	}
	for _, pos := range m.Index.wishedBy[e.ID] {
		add(int(m.Index.mentor[pos]))
	}
	return list
}

// never is a bar that no score exceeds.
const never = math.MaxInt64

// blocking gives longer lists to the mentees who, with a mentor outside their
// list, would block the round. A mentee looks outside if she has nobody, or
// somebody who scores no more than the best outside. A mentor there would take
// her if a place is free, or if she comes before the last one held. When there
// is no such pair, the round is stable over all allowed pairs.
//
// A mentee who has a mentor because he wished for her also gets those whom she
// would rather have. When everybody's list has all of them, whatever round is
// better for the mentees is made of pairs that are listed; so there is none.
func (m *Matcher) blocking(ctx context.Context, r *Round, c *candidates) ([][]assign.Edge, error) {
	b := m.newBars(r)
	more := make([][]assign.Edge, len(r.Left))
	err := m.forEach(ctx, "prove", func(i int, s *Scratch) error {
		if c.cut[i] < 0 || c.cut[i] < b.mentee[i] || b.held[i] < 0 && c.cut[i] < b.lowest {
			return nil
		}
		e := &m.Snapshot.Mentees[i]
		best := m.bestBlocking(i, b, c, s)
		if b.held[i] >= 0 && m.missesBetter(i, b, c, s) {
			best = b.mentee[i]
		}
		if best < 0 {
			return nil
		}
		depth := max(2*c.depth[i], len(m.Index.Above(e, b.above(best-1), s)))
		for _, x := range m.best(c, i, depth, s) {
			if !contains(c.lists[i], x.Right) {
				more[i] = append(more[i], x)
			}
		}
		return nil
	})
	return more, err
}

// bestBlocking is the highest score of a pair outside a mentee's list that
// blocks, or -1.
func (m *Matcher) bestBlocking(i int, b *bars, c *candidates, s *Scratch) int64 {
	best := int64(-1)
	for _, h := range m.Index.Above(&m.Snapshot.Mentees[i], b.of(i), s) {
		if score := int64(h.Score); score > best && !contains(c.lists[i], h.Mentor) && b.blocks(i, h.Mentor, score) {
			best = score
		}
	}
	return best
}

// missesBetter says whether a mentor outside a mentee's list comes before the
// one she has.
func (m *Matcher) missesBetter(i int, b *bars, c *candidates, s *Scratch) bool {
	return slices.ContainsFunc(m.Index.Above(&m.Snapshot.Mentees[i], b.above(b.mentee[i]-1), s), func(h Hit) bool {
		return !contains(c.lists[i], h.Mentor) && b.wants(i, h.Mentor, int64(h.Score))
	})
}

// contains says whether a mentor is in a list by ascending mentor.
func contains(list []assign.Edge, mentor int) bool {
	_, found := slices.BinarySearchFunc(list, mentor, func(x assign.Edge, mentor int) int { return x.Right - mentor })
	return found
}

// bars are the least scores at which people of a stable round would take a pair
// that is in no list: 0 for who has a place free, never for who has none to
// give, and otherwise the score of the last one held, whom the tie order may
// still put first.
type bars struct {
	mentee, mentor []int64
	shared         []int64 // the mentors' alone, less one
	lowest         int64   // of the mentors
	held           []int   // by mentee: the mentor she has, or -1
	last           []int   // by mentor without a free place: the mentee held last
	ties           [2][]uint32
}

func (m *Matcher) newBars(r *Round) *bars {
	t := &task{ties: [2][]uint32{tieRanks(r.Seed, ids(r.Left)), tieRanks(r.Seed, ids(r.Right))}}
	b := &bars{
		mentee: make([]int64, len(r.Left)), held: make([]int, len(r.Left)),
		mentor: make([]int64, len(r.Right)), shared: make([]int64, len(r.Right)), last: make([]int, len(r.Right)), lowest: never, ties: t.ties,
	}
	wants := r.wants()
	for i := range b.held {
		b.held[i] = -1
	}
	for _, p := range r.Pairs {
		x := r.edge(int32(p.Left), int32(p.Right))
		b.held[p.Left], b.mentee[p.Left] = p.Right, p.Score
		if _, must := slices.BinarySearch(r.Edges.Must, int32(x)); must || wants[0][x] > assign.MaxScore {
			b.mentee[p.Left] = never
		}
	}
	last, free := r.lastHeld(t, wants[1])
	for j, x := range last {
		switch {
		case free[j] > 0:
			b.last[j] = -1
		case x < 0 || wants[1][x] > assign.MaxScore:
			b.mentor[j] = never
		default:
			e := r.Edges.At(int(x))
			b.mentor[j], b.last[j] = e.Score, e.Left
		}
		b.lowest, b.shared[j] = min(b.lowest, b.mentor[j]), b.mentor[j]-1
	}
	return b
}

// of gives what a pair of a mentee must exceed, by mentor.
func (b *bars) of(i int) []int64 {
	if b.mentee[i] == 0 {
		return b.shared
	}
	out := make([]int64, len(b.mentor))
	for j, bar := range b.mentor {
		out[j] = max(bar, b.mentee[i]) - 1
	}
	return out
}

// above gives the same bar for every mentor.
func (b *bars) above(bar int64) []int64 {
	out := make([]int64, len(b.mentor))
	for j := range out {
		out[j] = bar
	}
	return out
}

// wants says whether a mentee would take a pair that is in no list.
func (b *bars) wants(i, j int, score int64) bool {
	return takes(score, b.mentee[i], b.held[i], b.ties[1], j)
}

// blocks says whether both would take a pair that is in no list.
func (b *bars) blocks(i, j int, score int64) bool {
	return b.wants(i, j, score) && takes(score, b.mentor[j], b.last[j], b.ties[0], i)
}

// takes says whether somebody takes a pair with another: over the one held, if
// any, whose score is the bar.
func takes(score, bar int64, held int, ties []uint32, other int) bool {
	return held < 0 || score > bar || score == bar && ties[other] < ties[held]
}

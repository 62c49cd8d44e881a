package matching

import (
	"context"
	"slices"
	"sync/atomic"

	"puente/matching/assign"
)

// holding is what the ids of one side hold: free places, and the edge that each
// wants least among those that it holds and could give up, or -1.
type holding struct {
	free, last []int32
}

// Blocking counts the edges that block a round of any method: those that are no
// pair although both ends have a free place, or rank the other before one that
// they would give up. They rank as in a stable round, by the lists of the round,
// then the score, then the tie order; forced pairs are not given up, and an edge
// of a negative score blocks nothing. It is 0 exactly if the round is stable.
func (r *Round) Blocking() (n int) {
	t := &task{ties: [2][]uint32{tieRanks(r.Seed, ids(r.Left)), tieRanks(r.Seed, ids(r.Right))}}
	wants := r.wants()
	taken := make([]bool, r.Edges.Len())
	for _, p := range r.Pairs {
		taken[r.edge(int32(p.Left), int32(p.Right))] = true
	}
	sides := [2]holding{r.holding(t, wants, 0), r.holding(t, wants, 1)}
	ends := func(e assign.Edge) [2]int { return [2]int{e.Left, e.Right} }
	for x, e := range r.Edges.All() {
		if taken[x] || e.Must || e.Score < 0 {
			continue
		}
		blocks := true
		for side, s := range sides {
			at, other := ends(e)[side], ends(e)[1-side]
			if s.free[at] > 0 {
				continue
			}
			y := s.last[at]
			blocks = blocks && y >= 0 && ahead(wants[side][x], t.ties[1-side][other], wants[side][y], t.ties[1-side][ends(r.Edges.At(int(y)))[1-side]])
		}
		if blocks {
			n++
		}
	}
	return n
}

// holding finds what the ids of a side hold.
func (r *Round) holding(t *task, wants [2][]int32, side int) holding {
	parties := [2][]Party{r.Left, r.Right}[side]
	s := holding{make([]int32, len(parties)), make([]int32, len(parties))}
	for i := range parties {
		s.free[i], s.last[i] = int32(parties[i].Capacity), -1
	}
	others := make([]int, len(parties)) // of last
	for _, p := range r.Pairs {
		ends := [2]int{p.Left, p.Right}
		at, other, x := ends[side], ends[1-side], r.edge(int32(p.Left), int32(p.Right))
		s.free[at]--
		if _, must := slices.BinarySearch(r.Edges.Must, int32(x)); must {
			continue
		}
		y := s.last[at]
		if y < 0 || ahead(wants[side][y], t.ties[1-side][others[at]], wants[side][x], t.ties[1-side][other]) {
			s.last[at], others[at] = int32(x), other
		}
	}
	return s
}

// Blocking counts the allowed pairs that block a round of these people, listed or
// not, as [Round.Blocking] does; both sides rank their wishes first. It ranks all
// mentees once.
func (m *Matcher) Blocking(ctx context.Context, r *Round) (int, error) {
	wide := *r
	wide.Lists = m.wishLists()
	var err error
	if wide.Edges, err = m.withWishes(r.Edges); err != nil {
		return 0, err
	}
	wide.onlyEdges()
	b := m.newBars(&wide)
	var unlisted atomic.Int64
	err = m.forEach(ctx, "rank", func(i int, s *Scratch) error {
		for _, h := range m.Index.Above(&m.Snapshot.Mentees[i], b.of(i), s) {
			if wide.edge(int32(i), int32(h.Mentor)) < 0 && b.blocks(i, h.Mentor, int64(h.Score)) {
				unlisted.Add(1)
			}
		}
		return nil
	})
	return wide.Blocking() + int(unlisted.Load()), err
}

// withWishes adds the allowed pairs that somebody wished for.
func (m *Matcher) withWishes(edges assign.Edges) (assign.Edges, error) {
	all := make([]assign.Edge, 0, edges.Len())
	for i := range m.Snapshot.Mentees {
		from, to := edges.Of(i)
		var own []assign.Edge
		for x := from; x < to; x++ {
			own = append(own, edges.At(x))
		}
		all = append(all, m.wished(i, own)...)
	}
	return assign.NewEdges(len(m.Snapshot.Mentees), len(m.Snapshot.Mentors), all)
}

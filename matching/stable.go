package matching

import (
	"context"
	"slices"

	"puente/matching/assign"
)

// NoBlockingPair is the certificate of a stable round. That there is none can
// be checked with the edges, lists and pairs alone.
type NoBlockingPair struct {
	RightProposes bool
	Short         int // ids with fewer pairs than their minimum, which a stable round does not promise
}

// Kind is "no_blocking_pair".
func (*NoBlockingPair) Kind() string { return "no_blocking_pair" }

// solveStable seeks pairs that no two would leave for each other. Each side
// prefers what heads its list, then the higher score, then the tie order.
func solveStable(ctx context.Context, r *Round, t *task) ([]int, error) {
	w := assign.Wants{RightProposes: r.RightProposes}
	wants := r.wants()
	for side, to := range [2]*[]int32{&w.Left, &w.Right} {
		if r.Lists[side] != nil {
			*to = make([]int32, len(t.from))
			for x, from := range t.from {
				(*to)[x] = wants[side][from]
			}
		}
	}
	pairs, err := assign.Stable(ctx, t.Problem, w)
	if err != nil {
		return nil, err
	}
	r.Certificate = &NoBlockingPair{r.RightProposes, short(t, pairs)}
	return pairs, nil
}

// short counts the nodes that a choice of edges leaves under their minimum.
func short(t *task, pairs []int) (n int) {
	left, right := make([]int, len(t.Left)), make([]int, len(t.Right))
	for _, x := range pairs {
		e := t.Edges.At(x)
		left[e.Left]++
		right[e.Right]++
	}
	for i := range left {
		if left[i] < t.Left[i].Minimum {
			n++
		}
	}
	for j := range right {
		if right[j] < t.Right[j].Minimum {
			n++
		}
	}
	return n
}

// edge finds the edge of two positions, or gives -1.
func (r *Round) edge(left, right int32) int {
	from, to := r.Edges.Of(int(left))
	at, ok := slices.BinarySearch(r.Edges.Right[from:to], right)
	if !ok {
		return -1
	}
	return from + at
}

// listed is the edge that an entry of a side's list stands for, or -1.
func (r *Round) listed(side int, of, other int32) int {
	if side == 1 {
		of, other = other, of
	}
	return r.edge(of, other)
}

// onlyEdges leaves out of the lists what is no edge, and what stands there
// twice.
func (r *Round) onlyEdges() {
	for side, lists := range r.Lists {
		if lists == nil {
			continue
		}
		kept, seen := make([][]int32, len(lists)), make([]bool, r.Edges.Len())
		for i, list := range lists {
			for _, other := range list {
				if x := r.listed(side, int32(i), other); x >= 0 && !seen[x] {
					seen[x] = true
					kept[i] = append(kept[i], other)
				}
			}
		}
		r.Lists[side] = kept
	}
}

// wants say how much each side wants each edge, by edge: its score, and more
// than any score what heads a list.
func (r *Round) wants() (wants [2][]int32) {
	for side, lists := range r.Lists {
		wants[side] = r.Edges.Score
		if lists == nil {
			continue
		}
		wants[side] = slices.Clone(r.Edges.Score)
		for i, list := range lists {
			for at, other := range list {
				wants[side][r.listed(side, int32(i), other)] = assign.MaxScore + int32(len(list)-at)
			}
		}
	}
	return wants
}

// lastHeld gives for each right id the edge it wants least among those that it
// holds and could give up, or -1, and how many more places it has.
func (r *Round) lastHeld(t *task, wants []int32) (last, free []int32) {
	last, free = make([]int32, len(r.Right)), make([]int32, len(r.Right))
	for j := range r.Right {
		last[j], free[j] = -1, int32(r.Right[j].Capacity)
	}
	lefts := make([]int32, len(r.Right)) // of last
	for _, p := range r.Pairs {
		j, x := p.Right, r.edge(int32(p.Left), int32(p.Right))
		free[j]--
		if _, must := slices.BinarySearch(r.Edges.Must, int32(x)); must {
			continue
		}
		if y := last[j]; y < 0 || ahead(wants[y], t.ties[0][lefts[j]], wants[x], t.ties[0][p.Left]) {
			last[j], lefts[j] = int32(x), int32(p.Left)
		}
	}
	return last, free
}

// nearestHolder says why a left id of a stable round has no pair: every right id
// it could have holds others that it ranks higher. The nearest is the one whose
// last one scores the least more, ties by what the left id wants most.
func (r *Round) nearestHolder(t *task) func(int) Unpaired {
	wants := r.wants()
	last, _ := r.lastHeld(t, wants[1])
	return func(i int) Unpaired {
		u := Unpaired{Position: i, Reason: ReasonUnacceptable}
		from, to := r.Edges.Of(i)
		nearest := -1
		for x := from; x < to; x++ {
			j := r.Edges.Right[x]
			if r.Edges.Score[x] < 0 {
				continue
			}
			if last[j] < 0 {
				if nearest < 0 {
					u.Reason = ReasonTaken
				}
				continue
			}
			missing := int64(max(0, r.Edges.Score[last[j]]-r.Edges.Score[x]))
			if nearest < 0 || missing < u.Missing ||
				missing == u.Missing && ahead(wants[0][x], t.ties[1][j], wants[0][nearest], t.ties[1][u.Nearest]) {
				nearest = x
				u.Reason, u.Nearest, u.Missing = ReasonOutranked, int(j), missing
			}
		}
		return u
	}
}

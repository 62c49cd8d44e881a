package matching

import (
	"slices"

	"puente/matching/assign"
)

// trim is a stable round without the edges that only the search for it needed:
// it goes through many pairs of mentees who come before nobody there. What stays
// are the candidates that the round started from, whatever heads a list, the
// pairs and all that a mentee would rather have than hers, of a mentee without a
// pair the nearest, and one of whoever would have none. A pair that is left out
// is one outside the lists like any other: it does not block, see
// [Matcher.blocking].
func (m *Matcher) trim(r *Round, started [][]assign.Edge) *Round {
	t := &task{ties: [2][]uint32{tieRanks(r.Seed, ids(r.Left)), tieRanks(r.Seed, ids(r.Right))}}
	wants := r.wants()
	worst, nearest := r.worst(t, wants[0]), r.nearest()
	keep := make([]bool, r.Edges.Len())
	for x, e := range r.Edges.All() {
		_, start := slices.BinarySearchFunc(started[e.Left], e, compareEdges)
		at := worst[e.Left]
		keep[x] = start || e.Must || wants[0][x] > assign.MaxScore || wants[1][x] > assign.MaxScore || nearest[e.Left] == e.Right ||
			at >= 0 && (at == x || ahead(wants[0][x], t.ties[1][e.Right], wants[0][at], t.ties[1][r.Edges.Right[at]]))
	}
	first := make([]int, len(r.Right)) // an edge of each right id that would have none
	for j := range first {
		first[j] = -1
	}
	for x, e := range r.Edges.All() {
		if keep[x] {
			first[e.Right] = len(keep)
		} else if first[e.Right] < 0 {
			first[e.Right] = x
		}
	}
	for _, x := range first {
		if x >= 0 && x < len(keep) {
			keep[x] = true
		}
	}
	return r.without(t, keep)
}

// worst is, by left id, the edge of its pair that it wants least, or -1.
func (r *Round) worst(t *task, wants []int32) []int {
	worst := make([]int, len(r.Left))
	for i := range worst {
		worst[i] = -1
	}
	for _, p := range r.Pairs {
		x := r.edge(int32(p.Left), int32(p.Right))
		if at := worst[p.Left]; at < 0 || ahead(wants[at], t.ties[1][r.Edges.Right[at]], wants[x], t.ties[1][p.Right]) {
			worst[p.Left] = x
		}
	}
	return worst
}

// nearest is, by left id, the right id that the reason for having no pair names,
// or -1.
func (r *Round) nearest() []int {
	nearest := make([]int, len(r.Left))
	for i := range nearest {
		nearest[i] = -1
	}
	for _, u := range r.Unpaired {
		if !u.Right && u.Reason.Nearest() {
			nearest[u.Position] = u.Nearest
		}
	}
	return nearest
}

// without is the same stable round over the edges that are kept, its pairs among
// them; ranks and reasons are over these.
func (r *Round) without(t *task, keep []bool) *Round {
	out := &Round{Spec: r.Spec, Certificate: r.Certificate}
	out.Edges = assign.Edges{First: make([]int32, 1, len(r.Edges.First))}
	for i := range r.Left {
		from, to := r.Edges.Of(i)
		for x := from; x < to; x++ {
			if !keep[x] {
				continue
			}
			if _, must := slices.BinarySearch(r.Edges.Must, int32(x)); must {
				out.Edges.Must = append(out.Edges.Must, int32(len(out.Edges.Right)))
			}
			out.Edges.Right = append(out.Edges.Right, r.Edges.Right[x])
			out.Edges.Score = append(out.Edges.Score, r.Edges.Score[x])
		}
		out.Edges.First = append(out.Edges.First, int32(len(out.Edges.Right)))
	}
	t.from = make([]int32, out.Edges.Len()) // the task's edges are those of the round
	for x := range t.from {
		t.from[x] = int32(x)
	}
	chosen := make([]int, len(r.Pairs))
	for k, p := range r.Pairs {
		chosen[k] = out.edge(int32(p.Left), int32(p.Right))
	}
	out.rank(t, chosen)
	out.explainUnpaired(t, methods[out.Method])
	return out
}

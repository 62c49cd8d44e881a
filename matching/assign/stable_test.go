package assign

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

// wanted gives how much an end of an edge wants it, then the tie: greater is
// better.
func wanted(p Problem, w Wants, side, x int) [2]int {
	want := [2][]int32{w.Left, w.Right}[side]
	if want == nil {
		want = p.Edges.Score
	}
	e := p.Edges.At(x)
	return [2]int{int(want[x]), -[2]int{e.Right, e.Left}[side]}
}

func above(a, b [2]int) bool { return slices.Compare(a[:], b[:]) > 0 }

// blocking lists the edges that block a choice, by the definition.
func blocking(p Problem, w Wants, chosen []bool) (out []int) {
	u := usageOf(p, positions(chosen))
	would := func(side, node, x int) bool {
		if nodes := [2][]Node{p.Left, p.Right}[side]; [2][]int{u.left, u.right}[side][node] < nodes[node].Capacity {
			return true
		}
		for y, e := range p.Edges.All() {
			if chosen[y] && !e.Must && [2]int{e.Left, e.Right}[side] == node && above(wanted(p, w, side, x), wanted(p, w, side, y)) {
				return true
			}
		}
		return false
	}
	for x, e := range p.Edges.All() {
		if !chosen[x] && e.Score >= 0 && would(0, e.Left, x) && would(1, e.Right, x) {
			out = append(out, x)
		}
	}
	return out
}

// stables lists every stable assignment of a small problem, by trying every
// set of edges.
func stables(p Problem, w Wants) (all [][]bool) {
	for set := range 1 << p.Edges.Len() {
		chosen, ok := make([]bool, p.Edges.Len()), true
		for x, e := range p.Edges.All() {
			chosen[x] = set>>x&1 == 1
			ok = ok && (chosen[x] || !e.Must) && (!chosen[x] || e.Must || e.Score >= 0)
		}
		u := usageOf(p, positions(chosen))
		for i, n := range p.Left {
			ok = ok && u.left[i] <= n.Capacity
		}
		for j, n := range p.Right {
			ok = ok && u.right[j] <= n.Capacity
		}
		if ok && len(blocking(p, w, chosen)) == 0 {
			all = append(all, chosen)
		}
	}
	return all
}

// favourites is what the proposers get of all stable assignments when each
// takes the best it has in any of them: by the lattice of stable assignments
// that is one too.
func favourites(p Problem, w Wants, all [][]bool) []int {
	side, nodes := 0, p.Left
	if w.RightProposes {
		side, nodes = 1, p.Right
	}
	var out []int
	for node, n := range nodes {
		var mine []int
		places := n.Capacity
		for x, e := range p.Edges.All() {
			switch {
			case [2]int{e.Left, e.Right}[side] != node:
			case e.Must:
				out = append(out, x)
				places--
			case slices.ContainsFunc(all, func(chosen []bool) bool { return chosen[x] }):
				mine = append(mine, x)
			}
		}
		slices.SortFunc(mine, func(a, b int) int {
			x, y := wanted(p, w, side, a), wanted(p, w, side, b)
			return slices.Compare(y[:], x[:])
		})
		out = append(out, mine[:min(places, len(mine))]...)
	}
	slices.Sort(out)
	return out
}

// drawStable is a small random problem: many ties or none, one or several
// places on either side, lists of their own or scores.
func drawStable(r *rand.Rand) (Problem, Wants) {
	n, m := 1+r.IntN(4), 1+r.IntN(4)
	if r.IntN(2) == 0 {
		m = n
	}
	p := Problem{Left: make([]Node, n), Right: make([]Node, m)}
	most := 1 + r.IntN(3)
	for _, side := range [][]Node{p.Left, p.Right} {
		for i := range side {
			side[i].Capacity = r.IntN(most + 1)
			if r.IntN(3) > 0 {
				side[i].Capacity = max(1, side[i].Capacity)
			}
		}
	}
	top := []int{2, 9, 1000}[r.IntN(3)]
	var list []Edge
	for i := range p.Left {
		for j := range p.Right {
			if r.IntN(10) > 0 && len(list) < 12 {
				list = append(list, Edge{i, j, int64(r.IntN(8*top) - 1), r.IntN(25) == 0})
			}
		}
	}
	p = p.with(list)
	w := Wants{RightProposes: r.IntN(2) == 0}
	for _, side := range []*[]int32{&w.Left, &w.Right} {
		if r.IntN(5) > 0 {
			for range list {
				*side = append(*side, int32(r.IntN(top)))
			}
		}
	}
	for x, e := range list { // both sides want each other the less the more they are wanted
		if len(w.Left) > 0 && len(w.Right) > 0 && n == m && r.IntN(8) > 0 {
			w.Left[x], w.Right[x] = int32((e.Right-e.Left+n)%n), int32((e.Left-e.Right+n+n-1)%n)
		}
	}
	return p, w
}

// TestStableNoBlockingPair: on small problems the result is the one stable
// assignment of all that the proposers like best; whoever has a pair in one has
// as many in every other, and the same where places stay free.
func TestStableNoBlockingPair(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 0))
	several := 0
	for n := range 3000 {
		p, w := drawStable(r)
		pairs, err := Stable(context.Background(), p, w)
		if clash := crowdedMust(p); clash != nil {
			if got := (*Infeasible)(nil); !errors.As(err, &got) || !slices.Equal(got.Must, clash.Must) {
				t.Fatalf("%d: %v, want %v", n, err, clash)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		all := stables(p, w)
		if want := favourites(p, w, all); !slices.Equal(pairs, want) {
			t.Fatalf("%d: %v, want %v of %d stable ones\n%+v %+v", n, pairs, want, len(all), p, w)
		}
		if len(all) > 1 {
			several++
		}
		first := usageOf(p, positions(all[0]))
		for _, chosen := range all {
			if u := usageOf(p, positions(chosen)); !slices.Equal(u.left, first.left) || !slices.Equal(u.right, first.right) {
				t.Fatalf("%d: stable assignments serve different nodes\n%+v %+v", n, p, w)
			}
			for x, e := range p.Edges.All() {
				if (first.left[e.Left] < p.Left[e.Left].Capacity || first.right[e.Right] < p.Right[e.Right].Capacity) && chosen[x] != all[0][x] {
					t.Fatalf("%d: edge %d of a node with free places is in some stable assignments only\n%+v %+v", n, x, p, w)
				}
			}
		}
	}
	if several < 60 {
		t.Errorf("only %d problems have several stable assignments; the test is too weak", several)
	}
}

// TestStableLarge: no pair blocks in rounds of thousands, whoever proposes,
// whatever the scores, and both ways serve the same nodes.
func TestStableLarge(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 0))
	for _, c := range []struct {
		name  string
		score func(int32) int32
	}{
		{"as drawn", func(w int32) int32 { return w }},
		{"all equal", func(int32) int32 { return 7 }},
		{"two values", func(w int32) int32 { return w & 1 }},
		{"crowded at the top", func(w int32) int32 { return MaxScore - w%97*w%89 }},
		{"one far off", func(w int32) int32 { return w % 50 * (w % 50 / 49) * 20_000_000 }},
		{"some unacceptable", func(w int32) int32 { return w - 20_000 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := popular(2, 3000, 700, 30)
			for x, w := range p.Edges.Score {
				p.Edges.Score[x] = c.score(w)
			}
			for i := range p.Left {
				p.Left[i].Capacity = 1 + r.IntN(3)*r.IntN(2)
			}
			var served [2]usage
			for turn, w := range []Wants{{}, {RightProposes: true}} {
				pairs, err := Stable(context.Background(), p, w)
				if err != nil {
					t.Fatal(err)
				}
				chosen := make([]bool, p.Edges.Len())
				for _, x := range pairs {
					chosen[x] = true
				}
				if found := unstable(p, chosen); found >= 0 {
					t.Fatalf("edge %d blocks, or is held and should not be", found)
				}
				served[turn] = usageOf(p, positions(chosen))
			}
			if !slices.Equal(served[0].left, served[1].left) || !slices.Equal(served[0].right, served[1].right) {
				t.Error("the two sides' proposals serve different nodes")
			}
		})
	}
}

// unstable is blocking for large problems without must edges and with scores
// for wants: an edge that blocks, is unacceptable and chosen, or one too many;
// or -1.
func unstable(p Problem, chosen []bool) int {
	type key struct{ score, node int }
	worst := [2]map[int]key{{}, {}}
	u := usageOf(p, positions(chosen))
	before := func(a, b key) int { return cmp.Or(b.score-a.score, a.node-b.node) }
	for x, e := range p.Edges.All() {
		if !chosen[x] {
			continue
		}
		if e.Score < 0 || u.left[e.Left] > p.Left[e.Left].Capacity || u.right[e.Right] > p.Right[e.Right].Capacity {
			return x
		}
		for side, ends := range [2][2]int{{e.Left, e.Right}, {e.Right, e.Left}} {
			k := key{int(e.Score), ends[1]}
			if w, ok := worst[side][ends[0]]; !ok || before(k, w) > 0 {
				worst[side][ends[0]] = k
			}
		}
	}
	for x, e := range p.Edges.All() {
		if chosen[x] || e.Score < 0 || p.Left[e.Left].Capacity == 0 || p.Right[e.Right].Capacity == 0 {
			continue
		}
		l := u.left[e.Left] < p.Left[e.Left].Capacity || before(key{int(e.Score), e.Right}, worst[0][e.Left]) < 0
		r := u.right[e.Right] < p.Right[e.Right].Capacity || before(key{int(e.Score), e.Left}, worst[1][e.Right]) < 0
		if l && r {
			return x
		}
	}
	return -1
}

func TestStableErrors(t *testing.T) {
	p := Problem{Left: make([]Node, 1), Right: make([]Node, 1)}.with([]Edge{{0, 0, 1, true}})
	if _, err := Stable(context.Background(), p, Wants{}); !errors.As(err, new(*Infeasible)) {
		t.Errorf("a must edge without a place: %v", err)
	}
	p.Cover = CoverLeft
	if _, err := Stable(context.Background(), p, Wants{}); !errors.Is(err, ErrInput) {
		t.Errorf("a cover rule: %v", err)
	}
	p.Cover = CoverNone
	if _, err := Stable(context.Background(), p, Wants{Left: []int32{1, 2}}); !errors.Is(err, ErrInput) {
		t.Errorf("wants for other edges: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Stable(ctx, popular(1, 10, 5, 2), Wants{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %v", err)
	}
	for _, w := range []Wants{{}, {RightProposes: true}} {
		if pairs, err := Stable(context.Background(), Problem{Left: make([]Node, 2)}, w); err != nil || len(pairs) > 0 {
			t.Errorf("nobody to pair: %v %v", pairs, err)
		}
	}
}

// TestSorter: lists are ordered as a plain sort orders them.
func TestSorter(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 0))
	var s sorter
	for range 2000 {
		n := r.IntN(200)
		m := &proposals{likes: make([]int32, n), list: make([]int32, n), never: func(int32) bool { return false }}
		most := 1 + r.IntN([]int{1, 3, 50, 1 << 30}[r.IntN(4)])
		var want []int32
		for x := range m.likes {
			if m.likes[x] = int32(r.IntN(most) - most/2); r.IntN(50) == 0 {
				m.likes[x] = []int32{-1 << 31, 1<<31 - 1}[r.IntN(2)]
			}
			want = append(want, int32(x))
		}
		slices.SortStableFunc(want, func(a, b int32) int { return cmp.Compare(m.likes[b], m.likes[a]) })
		if got := s.list(m, 0, int32(n)); got != n || !slices.Equal(m.list, want) {
			t.Fatalf("%v sorted as %v", m.likes, m.list)
		}
	}
}

// TestLead: the first of a list are what a plain sort puts first.
func TestLead(t *testing.T) {
	r := rand.New(rand.NewPCG(14, 0))
	for range 3000 {
		keys := make([]uint64, r.IntN(300))
		for x := range keys {
			keys[x] = uint64(r.IntN(1+r.IntN(1000)))<<32 | uint64(x) // no two are the same
		}
		switch r.IntN(3) {
		case 0:
			slices.Sort(keys)
		case 1:
			slices.Sort(keys)
			slices.Reverse(keys)
		}
		n := r.IntN(len(keys) + 1)
		want := slices.Sorted(slices.Values(keys))
		lead(keys, n)
		if !slices.Equal(keys[:n], want[:n]) {
			t.Fatalf("the first %d of %d are wrong", n, len(keys))
		}
		slices.Sort(keys)
		if !slices.Equal(keys, want) {
			t.Fatal("the list lost or gained a key")
		}
	}
}

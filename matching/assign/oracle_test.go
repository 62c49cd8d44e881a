package assign

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
)

// best is what an exhaustive search finds: whether anything is feasible, the
// served ids of the covered sides, and the score that comes with them.
type best struct {
	ok     bool
	served int
	score  int64
}

func (b best) better(c best) bool {
	if b.ok != c.ok {
		return b.ok
	}
	return b.served > c.served || b.served == c.served && b.score > c.score
}

// bySubsets tries every subset of the edges.
func bySubsets(p Problem) best {
	var top best
	chosen := make([]bool, p.Edges.Len())
	for set := range 1 << p.Edges.Len() {
		score, ok := int64(0), true
		for x, e := range p.Edges.All() {
			chosen[x] = set>>x&1 == 1
			if chosen[x] {
				score += e.Score
			}
			ok = ok && (chosen[x] || !e.Must)
		}
		u := usageOf(p, positions(chosen))
		ok = ok && checkNodes("", p.Left, u.left) == nil && checkNodes("", p.Right, u.right) == nil
		if b := (best{ok, coveredOf(p.Cover, u.served()), score}); ok && b.better(top) {
			top = b
		}
	}
	return top
}

// positions are those of the edges that are chosen.
func positions(chosen []bool) (pairs []int) {
	for x, yes := range chosen {
		if yes {
			pairs = append(pairs, x)
		}
	}
	return pairs
}

func coveredOf(c Cover, served [2]int) (n int) {
	if c.left() {
		n += served[0]
	}
	if c.right() {
		n += served[1]
	}
	return n
}

// byLeft tries, left node by left node, every subset of the node's edges, and
// remembers the best rest for each way the right nodes are filled so far. It
// is as exhaustive as bySubsets and reaches larger problems.
type byLeft struct {
	p    Problem
	at   [][]Edge
	memo map[[8]int]best
}

func solveByLeft(p Problem) best {
	b := byLeft{p: p, at: make([][]Edge, len(p.Left)), memo: map[[8]int]best{}}
	for _, e := range p.Edges.All() {
		b.at[e.Left] = append(b.at[e.Left], e)
	}
	return b.rest(0, [7]int{})
}

func (b *byLeft) rest(i int, load [7]int) best {
	if i == len(b.p.Left) {
		out := best{ok: true}
		for j, n := range b.p.Right {
			out.ok = out.ok && load[j] >= n.Minimum
			if load[j] > 0 && b.p.Cover.right() {
				out.served++
			}
		}
		return out
	}
	key := [8]int{7: i}
	copy(key[:], load[:])
	if m, ok := b.memo[key]; ok {
		return m
	}
	var top best
	for set := range 1 << len(b.at[i]) {
		if c := b.with(i, set, load); c.ok && c.better(top) {
			top = c
		}
	}
	b.memo[key] = top
	return top
}

func (b *byLeft) with(i, set int, load [7]int) best {
	count, score := 0, int64(0)
	for k, e := range b.at[i] {
		if set>>k&1 == 0 {
			if e.Must {
				return best{}
			}
			continue
		}
		count++
		score += e.Score
		load[e.Right]++
		if load[e.Right] > b.p.Right[e.Right].Capacity {
			return best{}
		}
	}
	if n := b.p.Left[i]; count < n.Minimum || count > n.Capacity {
		return best{}
	}
	out := b.rest(i+1, load)
	out.score += score
	if count > 0 && b.p.Cover.left() {
		out.served++
	}
	return out
}

// shape says how random problems look.
type shape struct {
	nodes, capacity int // at most, per side and per node
	edges           int // at most
	low, high       int64
	minimums, musts float64 // chance per node and per edge
}

func (s shape) draw(r *rand.Rand) Problem {
	side := func() []Node {
		nodes := make([]Node, 1+r.IntN(s.nodes))
		for x := range nodes {
			nodes[x].Capacity = r.IntN(s.capacity + 1)
			if r.Float64() < s.minimums {
				nodes[x].Minimum = r.IntN(nodes[x].Capacity + 1)
			}
		}
		return nodes
	}
	p := Problem{Left: side(), Right: side(), Cover: Cover(r.IntN(4))}
	density := r.Float64()
	var list []Edge
	for _, k := range r.Perm(len(p.Left) * len(p.Right)) {
		if len(list) == s.edges {
			break
		}
		if r.Float64() < density {
			list = append(list, Edge{
				Left: k % len(p.Left), Right: k / len(p.Left),
				Score: s.low + r.Int64N(s.high-s.low+1), Must: r.Float64() < s.musts,
			})
		}
	}
	return p.with(list)
}

var shapes = []shape{
	{nodes: 4, capacity: 2, edges: 10, low: 1, high: 9},
	{nodes: 4, capacity: 3, edges: 10, low: -3, high: 3, minimums: 0.3},
	{nodes: 5, capacity: 3, edges: 10, low: -50, high: 100, minimums: 0.3, musts: 0.1},
	{nodes: 5, capacity: 2, edges: 25, low: 0, high: 1, minimums: 0.1, musts: 0.02},
	{nodes: 5, capacity: 3, edges: 25, low: -1000, high: 1000, minimums: 0.2, musts: 0.05},
	{nodes: 5, capacity: 4, edges: 25, low: -2, high: 0, minimums: 0.3, musts: 0.03},
	{nodes: 6, capacity: 3, edges: 36, low: -9, high: 30, minimums: 0.2},
}

// compare solves p and holds the result against the exhaustive search.
func compare(t *testing.T, p Problem) bool {
	t.Helper()
	want := solveByLeft(p)
	if p.Edges.Len() <= 10 {
		if b := bySubsets(p); b != want {
			t.Fatalf("the two exhaustive searches differ: %+v and %+v\n%+v", b, want, p)
		}
	}
	s, err := Solve(context.Background(), p)
	if clash, ok := errors.AsType[*Infeasible](err); ok {
		if want.ok {
			t.Fatalf("said infeasible (%v), but %+v is possible\n%+v", err, want, p)
		}
		checkClash(t, p, clash)
		return false
	}
	if err != nil {
		t.Fatalf("%v\n%+v", err, p)
	}
	if got := (best{true, coveredOf(p.Cover, s.Served), s.Score}); got != want {
		t.Fatalf("got %+v, want %+v\n%+v", got, want, p)
	}
	if err := Check(p, s); err != nil {
		t.Fatalf("%v\n%+v", err, p)
	}
	return true
}

func TestAssignSmallOracle(t *testing.T) {
	const each = 3000
	for x, s := range shapes {
		r := rand.New(rand.NewPCG(1, uint64(x)))
		solved, clashes := 0, 0
		for range each {
			if compare(t, s.draw(r)) {
				solved++
			} else {
				clashes++
			}
		}
		if solved < each/10 || s.minimums > 0 && clashes < each/100 {
			t.Errorf("shape %d: %d solved and %d clashes show too little", x, solved, clashes)
		}
	}
}

// checkClash checks by exhaustive search that a reported group clashes, and
// that leaving out any one of its rules resolves it.
func checkClash(t *testing.T, p Problem, f *Infeasible) {
	t.Helper()
	if solveByLeft(onlyRules(p, f, -1)).ok {
		t.Fatalf("the group %+v does not clash\n%+v", f, p)
	}
	for k := range len(f.Left) + len(f.Right) + len(f.Must) {
		if !solveByLeft(onlyRules(p, f, k)).ok {
			t.Fatalf("the group %+v still clashes without its rule %d\n%+v", f, k, p)
		}
	}
}

// onlyRules is p with no minimum and no must edge but those of the group, and
// of these without number skip.
func onlyRules(p Problem, f *Infeasible, skip int) Problem {
	q := Problem{Left: make([]Node, len(p.Left)), Right: make([]Node, len(p.Right)), Edges: p.Edges}
	for i, n := range p.Left {
		q.Left[i] = Node{Capacity: n.Capacity}
	}
	for j, n := range p.Right {
		q.Right[j] = Node{Capacity: n.Capacity}
	}
	q.Edges.Must = nil
	k := 0
	keep := func(list []int, set func(int)) {
		for _, x := range list {
			if k != skip {
				set(x)
			}
			k++
		}
	}
	keep(f.Left, func(i int) { q.Left[i].Minimum = p.Left[i].Minimum })
	keep(f.Right, func(j int) { q.Right[j].Minimum = p.Right[j].Minimum })
	keep(f.Must, func(x int) { q.Edges.Must = append(q.Edges.Must, int32(x)) })
	return q
}

// TestPriceIsOneMorePlace holds every price against the problem with one more
// place at that node.
func TestPriceIsOneMorePlace(t *testing.T) {
	for x, s := range shapes {
		r := rand.New(rand.NewPCG(2, uint64(x)))
		for range 300 {
			p := s.draw(r)
			got, err := Solve(context.Background(), p)
			if err != nil {
				continue
			}
			before := solveByLeft(p)
			for j := range p.Right {
				more := p
				more.Right = append([]Node(nil), p.Right...)
				more.Right[j].Capacity++
				after := solveByLeft(more)
				gain := got.Bonus*int64(after.served-before.served) + after.score - before.score
				price := got.Prices[j]
				if p.Right[j].Capacity == 0 && p.Cover.right() {
					price += got.Bonus // its own bonus comes with the first place
				}
				if gain != max(0, price) {
					t.Fatalf("right node %d has price %d, but one more place is worth %d\n%+v", j, got.Prices[j], gain, p)
				}
			}
		}
	}
}

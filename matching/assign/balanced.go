package assign

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Balance is a balanced assignment with the numbers that prove it is one.
type Balance struct {
	// Pairs holds the positions of the chosen edges in Problem.Edges, ascending.
	Pairs []int
	// Levels hold the potentials of the aims that needed any, in the order of the
	// aims: served, pairs, then one for each score, ascending.
	Levels []Level
}

// Aim says what a level counts.
type Aim uint8

// The aims, the first before all others. AimScore is one aim for each score
// but the highest, from the lowest on: as few pairs of that score as possible.
const (
	AimServed Aim = iota // as many left nodes as possible in a pair
	AimPairs             // as many pairs as possible
	AimScore
)

// Level has the potentials of one aim. A node that is not listed has the
// potential 0.
type Level struct {
	Aim         Aim
	Score       int32 // of AimScore
	Hub         int32 // potential of the hub
	Left, Right []Potential
}

// Potential is a number of a node other than 0. Nodes ascend in a level.
type Potential struct{ Node, Value int32 }

// Balanced returns an assignment that keeps every capacity, minimum and must
// edge and, among those, serves the most left nodes, then has the most pairs,
// then as few pairs as possible of the lowest score, then of the next, and so
// on: the worst pair is as good as it can be, then the next worst (leximin).
// All such assignments have the same scores, hence the same total. It is
// proven by its levels; [CheckBalance] says how.
//
// The result depends on nothing but the problem. Errors: ErrInput, also for a
// cover rule, and ErrTooLarge, wrapped; *Infeasible when the rules clash; the
// error of the context when it ends first. Cost: see the package documentation.
func Balanced(ctx context.Context, p Problem) (Balance, error) {
	if err := ctx.Err(); err != nil {
		return Balance{}, err
	}
	if err := validate(p); err != nil {
		return Balance{}, err
	}
	if p.Cover != CoverNone {
		return Balance{}, fmt.Errorf("%w: a balanced assignment has no cover rule", ErrInput)
	}
	start, err := roughly(ctx, p)
	if err != nil {
		return Balance{}, err
	}
	b := newBalancing(p, start)
	if err := b.aims(ctx); err != nil {
		return Balance{}, err
	}
	out := Balance{b.pairs(), b.levels}
	if err := CheckBalance(p, out); err != nil {
		return Balance{}, errors.Join(errInternal, err)
	}
	return out, nil
}

// roughly serves most, with as few scores as possible below the median. Any
// assignment that the rules allow would do to start from; the nearer to the end,
// the sooner it is reached, and this one is quick to find.
func roughly(ctx context.Context, p Problem) ([]int, error) {
	q := p
	q.Cover = CoverLeft
	q.Edges.Score = make([]int32, p.Edges.Len())
	if sorted := slices.Clone(p.Edges.Score); len(sorted) > 0 {
		slices.Sort(sorted)
		median := sorted[len(sorted)/2]
		for x, w := range p.Edges.Score {
			if w >= median {
				q.Edges.Score[x] = 1
			}
		}
	}
	s, err := Solve(ctx, q)
	return s.Pairs, err
}

// balancing is a flow from the hub over left nodes, edges and right nodes back
// to the hub, and which part of it is still free to change. Left nodes come
// first, then right nodes, then the hub.
type balancing struct {
	p         Problem
	lefts     int
	hub       int32
	from      []int32   // left node of each edge
	edges     [][]int32 // by node: free edges, and some that are not any more
	held      [][]int32 // by node: free edges that carry 1
	state     []byte    // of each edge
	load      []int32   // by node: edges that carry 1, free or not
	least     []int32   // by node: what its load may be
	most      []int32
	open      []int32 // nodes whose load is free
	narrowed  bool    // some in open may not be any more
	byScore   []int32 // edges, ascending
	aim       Aim
	score     int32   // of AimScore
	counted   []bool  // of AimPairs: left nodes whose pairs count one by one
	potential []int32 // in this level
	shifted   []int32 // nodes that had a potential in this level
	levels    []Level
	found     [2]search
	stamp     int32
	tail      []int32 // scratch of a path
}

// What an edge is.
const (
	carries byte = 1 << iota
	fixed        // in every assignment that is left, or in none
)

func newBalancing(p Problem, start []int) *balancing {
	l, r, n := len(p.Left), len(p.Right), p.Edges.Len()
	b := &balancing{p: p, lefts: l, hub: int32(l + r)}
	b.from, b.state = make([]int32, n), make([]byte, n)
	b.load, b.least, b.most = make([]int32, l+r), make([]int32, l+r), make([]int32, l+r)
	b.potential = make([]int32, l+r+1)
	degree := make([]int32, l+r)
	for x, e := range p.Edges.All() {
		b.from[x] = int32(e.Left)
		degree[e.Left]++
		degree[l+e.Right]++
		if e.Must {
			b.state[x] = carries | fixed
			b.load[e.Left]++
			b.load[l+e.Right]++
		}
	}
	for v := range b.load {
		node := b.node(int32(v))
		b.least[v] = max(int32(node.Minimum), b.load[v])
		b.most[v] = int32(node.Capacity)
		if v < l { // a right node may have places for edges that a proof must not count on
			b.most[v] = min(b.most[v], degree[v])
		}
		b.open = append(b.open, int32(v))
	}
	b.list(degree)
	for _, x := range start {
		if b.state[x]&fixed == 0 {
			b.turn(int32(x))
		}
	}
	for s := range b.found {
		b.found[s].seen, b.found[s].by = make([]int32, l+r+1), make([]int32, l+r+1)
	}
	return b
}

func (b *balancing) node(v int32) Node {
	if int(v) < b.lefts {
		return b.p.Left[v]
	}
	return b.p.Right[int(v)-b.lefts]
}

// to is the right end of an edge, as a node.
func (b *balancing) to(x int32) int32 { return int32(b.lefts) + b.p.Edges.Right[x] }

// list gives every node its free edges.
func (b *balancing) list(degree []int32) {
	b.edges, b.held = make([][]int32, len(degree)), make([][]int32, len(degree))
	total, places := int32(0), int32(0)
	for v, d := range degree {
		total += d
		places += min(b.most[v], d)
	}
	room, hold := make([]int32, total), make([]int32, places)
	for v, d := range degree {
		b.edges[v], room = room[:0:d], room[d:]
		n := min(b.most[v], d)
		b.held[v], hold = hold[:0:n], hold[n:]
	}
	keys := make([]uint64, 0, len(b.from))
	for x := range b.from {
		if b.state[x]&fixed != 0 {
			continue
		}
		i, j := b.from[x], b.to(int32(x))
		b.edges[i] = append(b.edges[i], int32(x))
		b.edges[j] = append(b.edges[j], int32(x))
		keys = append(keys, uint64(uint32(b.p.Edges.Score[x])^1<<31)<<32|uint64(x))
	}
	slices.Sort(keys)
	b.byScore = make([]int32, len(keys))
	for k, key := range keys {
		b.byScore[k] = int32(uint32(key))
	}
}

// turn lets an edge carry 1 instead of 0, or 0 instead of 1.
func (b *balancing) turn(x int32) {
	b.state[x] ^= carries
	for _, v := range [2]int32{b.from[x], b.to(x)} {
		if b.state[x]&carries != 0 {
			b.load[v]++
			b.held[v] = append(b.held[v], x)
		} else {
			b.load[v]--
			b.drop(v, x)
		}
	}
}

// drop takes an edge out of those that a node holds.
func (b *balancing) drop(v, x int32) {
	h := b.held[v]
	at, last := slices.Index(h, x), len(h)-1
	h[at] = h[last]
	b.held[v] = h[:last]
}

// aims reaches one aim after the other. What an aim leaves no choice in is
// fixed, and every assignment of what is left is as good as any by the aims so
// far.
func (b *balancing) aims(ctx context.Context) error {
	b.aim = AimServed
	b.counted = make([]bool, b.lefts)
	if err := b.fill(ctx); err != nil {
		return err
	}
	b.aim = AimPairs
	for i := range b.lefts {
		b.counted[i] = b.most[i] > 1
	}
	if err := b.fill(ctx); err != nil {
		return err
	}
	b.aim = AimScore
	for len(b.byScore) > 0 {
		b.score = b.p.Edges.Score[b.byScore[0]]
		n, _ := slices.BinarySearchFunc(b.byScore, b.score, func(x, score int32) int {
			if b.p.Edges.Score[x] > score {
				return 1
			}
			return -1
		})
		if n == len(b.byScore) {
			return nil // how many have the highest score follows from the others
		}
		if err := b.raise(ctx, b.byScore[:n]); err != nil {
			return err
		}
		b.byScore = b.byScore[n:]
	}
	return nil
}

// fill reaches an aim that asks more of left nodes: one more unit of a node
// gains while its reduced cost is below zero.
func (b *balancing) fill(ctx context.Context) error {
	for i := range int32(b.lefts) {
		if i&0xFF == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for b.load[i] < b.most[i] && b.entry(i, b.load[i]) < 0 {
			b.cancel(i, b.hub)
		}
	}
	b.settle(nil)
	return nil
}

// raise has as few pairs of the level's score as possible. edges are those of
// the score.
func (b *balancing) raise(ctx context.Context, edges []int32) error {
	for _, x := range edges {
		if b.state[x] != carries || b.cost(x) <= 0 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if b.cancel(b.from[x], b.to(x)) {
			b.turn(x)
		}
	}
	b.settle(edges)
	return nil
}

// cost is the reduced cost of an edge.
func (b *balancing) cost(x int32) int32 {
	c := b.potential[b.from[x]] - b.potential[b.to(x)]
	if b.aim == AimScore && b.p.Edges.Score[x] == b.score {
		c++
	}
	return c
}

// entry is the reduced cost of a unit from the hub to a left node that has so
// many without it.
func (b *balancing) entry(i, without int32) int32 {
	c := b.potential[b.hub] - b.potential[i]
	if b.aim == AimServed && without == 0 || b.aim == AimPairs && b.counted[i] {
		c--
	}
	return c
}

// exit is the reduced cost of a unit from a right node to the hub.
func (b *balancing) exit(j int32) int32 { return b.potential[j] - b.potential[b.hub] }

// settle fixes what the potentials of the level leave no choice in, and notes
// them.
func (b *balancing) settle(edges []int32) {
	hub := false
	for _, v := range b.shifted {
		switch {
		case b.potential[v] == 0:
		case v == b.hub:
			hub = true
		default:
			b.clear(v)
		}
	}
	for _, x := range edges {
		if b.state[x]&fixed == 0 && b.cost(x) != 0 {
			b.fix(x)
		}
	}
	if hub || b.aim != AimScore {
		for _, v := range b.open {
			b.bound(v)
		}
	}
	if b.narrowed {
		b.open = slices.DeleteFunc(b.open, func(v int32) bool { return b.least[v] == b.most[v] })
		b.narrowed = false
	}
	b.note()
}

// clear fixes the edges of a node by their reduced cost, and its load.
func (b *balancing) clear(v int32) {
	kept := b.edges[v][:0]
	for _, x := range b.edges[v] {
		if b.state[x]&fixed == 0 && b.cost(x) != 0 {
			b.fix(x)
		}
		if b.state[x]&fixed == 0 {
			kept = append(kept, x)
		}
	}
	b.edges[v] = kept
	b.bound(v)
}

func (b *balancing) fix(x int32) {
	b.state[x] |= fixed
	if b.state[x]&carries != 0 {
		b.drop(b.from[x], x)
		b.drop(b.to(x), x)
	}
}

// bound narrows the load of a node by the reduced cost of its units: one above
// zero carries as little as it may, one below as much.
func (b *balancing) bound(v int32) {
	b.narrowed = true
	if int(v) >= b.lefts {
		if b.exit(v) != 0 {
			b.least[v], b.most[v] = b.load[v], b.load[v]
		}
		return
	}
	first, more := b.entry(v, 0), b.entry(v, 1)
	switch {
	case b.aim == AimServed && first < 0 && more == 0 && b.most[v] > 0:
		b.least[v] = max(1, b.least[v])
	case b.aim == AimServed && first == 0:
		b.most[v] = max(b.least[v], min(1, b.most[v]))
	case more != 0:
		b.least[v], b.most[v] = b.load[v], b.load[v]
	}
}

// note keeps the potentials of the level, and ends it.
func (b *balancing) note() {
	slices.Sort(b.shifted)
	l := Level{Aim: b.aim, Score: b.score} // the score is 0 before the first of AimScore
	for _, v := range slices.Compact(b.shifted) {
		value := b.potential[v]
		b.potential[v] = 0
		switch {
		case value == 0:
		case v == b.hub:
			l.Hub = value
		case int(v) < b.lefts:
			l.Left = append(l.Left, Potential{v, value})
		default:
			l.Right = append(l.Right, Potential{v - int32(b.lefts), value})
		}
	}
	b.shifted = b.shifted[:0]
	if l.Hub != 0 || len(l.Left)+len(l.Right) > 0 {
		b.levels = append(b.levels, l)
	}
}

func (b *balancing) pairs() (out []int) {
	for x, s := range b.state {
		if s&carries != 0 {
			out = append(out, x)
		}
	}
	return out
}

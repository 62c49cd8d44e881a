package assign

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// quality of an assignment, as a balanced one orders them.
type quality struct {
	ok            bool
	served, pairs int
	scores        []int64 // ascending
}

func (q quality) better(than quality) bool {
	switch {
	case q.ok != than.ok:
		return q.ok
	case q.served != than.served:
		return q.served > than.served
	case q.pairs != than.pairs:
		return q.pairs > than.pairs
	}
	return slices.Compare(q.scores, than.scores) > 0
}

func (q quality) String() string {
	return fmt.Sprintf("%t %d served %d pairs %v", q.ok, q.served, q.pairs, q.scores)
}

func qualityOf(p Problem, pairs []int) quality {
	q := quality{ok: true, pairs: len(pairs)}
	left := make([]bool, len(p.Left))
	for _, x := range pairs {
		e := p.Edges.At(x)
		q.scores = append(q.scores, e.Score)
		if !left[e.Left] {
			left[e.Left] = true
			q.served++
		}
	}
	slices.Sort(q.scores)
	return q
}

// leximin tries, left node by left node, every subset of the node's edges, and
// remembers the best rest for each way the right nodes are filled so far. That
// is exhaustive: of two rests with the same places the better one stays better
// whatever comes before.
type leximin struct {
	p    Problem
	at   [][]Edge
	memo map[[8]int]quality
}

func solveLeximin(p Problem) quality {
	b := leximin{p: p, at: make([][]Edge, len(p.Left)), memo: map[[8]int]quality{}}
	for _, e := range p.Edges.All() {
		b.at[e.Left] = append(b.at[e.Left], e)
	}
	return b.rest(0, [7]int{})
}

func (b *leximin) rest(i int, load [7]int) (top quality) {
	if i == len(b.p.Left) {
		for j, n := range b.p.Right {
			if load[j] < n.Minimum {
				return quality{}
			}
		}
		return quality{ok: true}
	}
	key := [8]int{7: i}
	copy(key[:], load[:])
	if m, ok := b.memo[key]; ok {
		return m
	}
	for set := range 1 << len(b.at[i]) {
		if q := b.with(i, set, load); q.better(top) {
			top = q
		}
	}
	b.memo[key] = top
	return top
}

func (b *leximin) with(i, set int, load [7]int) quality {
	var scores []int64
	for k, e := range b.at[i] {
		if set>>k&1 == 0 {
			if e.Must {
				return quality{}
			}
			continue
		}
		scores = append(scores, e.Score)
		if load[e.Right]++; load[e.Right] > b.p.Right[e.Right].Capacity {
			return quality{}
		}
	}
	if n := b.p.Left[i]; len(scores) < n.Minimum || len(scores) > n.Capacity {
		return quality{}
	}
	out := b.rest(i+1, load)
	if !out.ok {
		return quality{}
	}
	if len(scores) > 0 {
		out.served++
	}
	out.pairs += len(scores)
	out.scores = append(slices.Clone(out.scores), scores...)
	slices.Sort(out.scores)
	return out
}

// checkBalanced solves p and holds the result against a definition.
func checkBalanced(t *testing.T, p Problem, want quality) {
	t.Helper()
	b, err := Balanced(context.Background(), p)
	if clash, ok := errors.AsType[*Infeasible](err); ok {
		if want.ok {
			t.Fatalf("said infeasible (%v), but %v is possible\n%+v", err, want, p)
		}
		checkClash(t, p, clash)
		return
	}
	if err != nil {
		t.Fatalf("%v\n%+v", err, p)
	}
	if got := qualityOf(p, b.Pairs); got.better(want) || want.better(got) {
		t.Fatalf("got  %v\nwant %v\n%+v", got, want, p)
	}
	if err := CheckBalance(p, b); err != nil {
		t.Fatalf("%v\n%+v", err, p)
	}
}

func TestBalancedOracle(t *testing.T) {
	for k, s := range shapes {
		t.Run(fmt.Sprint(k), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(k), 77))
			for range 1500 {
				p := s.draw(r)
				p.Cover = CoverNone
				checkBalanced(t, p, solveLeximin(p))
			}
		})
	}
}

// slowly is the definition for larger problems without minimums and left
// capacities of 1: every pair costs a power of a number larger than there are
// pairs, the higher the lower its score, less than serving one more gains; and
// the shortest ways of Bellman and Ford give the cheapest assignment.
func slowly(p Problem) quality {
	scores := slices.Clone(p.Edges.Score)
	slices.Sort(scores)
	scores = slices.Compact(scores)
	base := big.NewInt(int64(len(p.Left) + 1))
	cost := map[int32]*big.Int{}
	for k, w := range scores {
		cost[w] = new(big.Int).Exp(base, big.NewInt(int64(len(scores)-k)), nil)
	}
	holds := make([]int, len(p.Left)) // edge of each left node
	load := make([]int, len(p.Right))
	for i := range holds {
		holds[i] = -1
	}
	for {
		left, right := make([]*big.Int, len(p.Left)), make([]*big.Int, len(p.Right))
		by := make([]int, len(p.Right))
		for i, x := range holds {
			if x < 0 && p.Left[i].Capacity > 0 {
				left[i] = new(big.Int)
			}
		}
		for changed := true; changed; {
			changed = false
			for x, e := range p.Edges.All() {
				if left[e.Left] == nil || holds[e.Left] == x {
					continue
				}
				if d := new(big.Int).Add(left[e.Left], cost[int32(e.Score)]); right[e.Right] == nil || d.Cmp(right[e.Right]) < 0 {
					right[e.Right], by[e.Right], changed = d, x, true
				}
			}
			for i, x := range holds {
				if x < 0 || right[p.Edges.Right[x]] == nil {
					continue
				}
				if d := new(big.Int).Sub(right[p.Edges.Right[x]], cost[p.Edges.Score[x]]); left[i] == nil || d.Cmp(left[i]) < 0 {
					left[i], changed = d, true
				}
			}
		}
		end := -1
		for j, d := range right {
			if d != nil && load[j] < p.Right[j].Capacity && (end < 0 || d.Cmp(right[end]) < 0) {
				end = j
			}
		}
		if end < 0 {
			break
		}
		load[end]++
		for x := by[end]; x >= 0; {
			i := p.Edges.At(x).Left
			before := holds[i]
			holds[i] = x
			if x = -1; before >= 0 {
				x = by[p.Edges.Right[before]]
			}
		}
	}
	return qualityOf(p, slices.DeleteFunc(holds, func(x int) bool { return x < 0 }))
}

func TestBalancedProperty(t *testing.T) {
	for _, c := range []struct {
		lefts, rights, degree, capacity int
		scores                          int64
	}{
		{200, 200, 8, 1, 12},
		{200, 200, 5, 2, 60},
		{200, 60, 10, 5, 200},
		{200, 60, 10, 5, 3},
		{200, 50, 12, 3, 1000},
	} {
		t.Run(fmt.Sprintf("%+v", c), func(t *testing.T) {
			for seed := range uint64(2) {
				r := rand.New(rand.NewPCG(seed, 5))
				p := Problem{Left: make([]Node, c.lefts), Right: make([]Node, c.rights)}
				for j := range p.Right {
					p.Right[j].Capacity = 1 + r.IntN(c.capacity)
				}
				var list []Edge
				for i := range p.Left {
					p.Left[i].Capacity = 1
					for _, j := range r.Perm(c.rights)[:c.degree] {
						list = append(list, Edge{Left: i, Right: j, Score: r.Int64N(c.scores) - c.scores/4})
					}
				}
				p = p.with(list)
				checkBalanced(t, p, slowly(p))
			}
		})
	}
}

package assign

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
)

// byFlow is a second opinion that shares nothing with the solver: successive
// most profitable paths (Bellman and Ford) in a network in which everything
// that the rules ask for is a bonus. What a minimum or a must edge asks for is
// worth more than all else together, an id served more than all scores.
func byFlow(p Problem) best {
	const asked, served = 1 << 44, 1 << 26 // enough for 10,000 units of scores up to 1,000
	left, right := len(p.Left), len(p.Right)
	source, sink := left+right, left+right+1
	f := flow{at: make([][]int, sink+1)}
	units := func(n Node, covered bool, join func(profit int64)) {
		for k := range n.Capacity {
			profit := int64(0)
			if k < n.Minimum {
				profit += asked
			}
			if k == 0 && covered {
				profit += served
			}
			join(profit)
		}
	}
	demand, musts := int64(0), int64(len(p.Edges.Must))
	for i, n := range p.Left {
		demand += int64(n.Minimum)
		units(n, p.Cover.left(), func(profit int64) { f.arc(source, i, profit) })
	}
	for j, n := range p.Right {
		demand += int64(n.Minimum)
		units(n, p.Cover.right(), func(profit int64) { f.arc(left+j, sink, profit) })
	}
	for _, e := range p.Edges.All() {
		profit := e.Score
		if e.Must {
			profit += asked
		}
		f.arc(e.Left, left+e.Right, profit)
	}
	total := int64(0)
	for {
		profit, found := f.augment(source, sink)
		if !found || profit <= 0 {
			break
		}
		total += profit
	}
	met := (total + asked/2) / asked
	rest := total - met*asked
	ids := (rest + served/2) / served
	if met != demand+musts {
		return best{}
	}
	return best{true, int(ids), rest - ids*served}
}

// flow is a network of arcs that carry one unit; arc k^1 is arc k backwards.
type flow struct {
	at     [][]int // arcs by tail
	to     []int
	profit []int64
	free   []bool
}

func (f *flow) arc(from, to int, profit int64) {
	f.at[from] = append(f.at[from], len(f.to))
	f.at[to] = append(f.at[to], len(f.to)+1)
	f.to = append(f.to, to, from)
	f.profit = append(f.profit, profit, -profit)
	f.free = append(f.free, true, false)
}

// augment sends one unit along the most profitable path.
func (f *flow) augment(source, sink int) (profit int64, found bool) {
	value := make([]int64, len(f.at))
	seen, waits, by := make([]bool, len(f.at)), make([]bool, len(f.at)), make([]int, len(f.at))
	seen[source] = true
	for queue := []int{source}; len(queue) > 0; queue = queue[1:] {
		v := queue[0]
		waits[v] = false
		for _, k := range f.at[v] {
			w := f.to[k]
			if got := value[v] + f.profit[k]; f.free[k] && (!seen[w] || got > value[w]) {
				value[w], seen[w], by[w] = got, true, k
				if !waits[w] {
					waits[w] = true
					queue = append(queue, w)
				}
			}
		}
	}
	if !seen[sink] {
		return 0, false
	}
	for v := sink; v != source; v = f.to[by[v]^1] {
		f.free[by[v]], f.free[by[v]^1] = false, true
	}
	return value[sink], true
}

// TestAssignOracle holds 10,000 problems of every kind, with ties, zeros,
// negative scores, minimums, must edges, quotas on both sides and every cover,
// against an exhaustive search up to 6 by 6 and against byFlow up to 200 by
// 200. Every solution passes Check.
func TestAssignOracle(t *testing.T) {
	const small, large = 9_700, 300
	solved, clashes := 0, 0
	r := rand.New(rand.NewPCG(9, 0))
	for k := range small {
		p := shapes[k%len(shapes)].draw(r)
		if k%3 == 0 {
			if got, want := byFlow(p), solveByLeft(p); got != want {
				t.Fatalf("the peer says %+v, the exhaustive search %+v\n%+v", got, want, p)
			}
		}
		if compare(t, p) {
			solved++
		} else {
			clashes++
		}
	}
	for k := range large {
		p := sparse(r, 10+r.IntN(10+190*k/large))
		want := byFlow(p)
		s, err := Solve(context.Background(), p)
		if clash, ok := errors.AsType[*Infeasible](err); ok {
			if want.ok {
				t.Fatalf("case %d: said infeasible (%v), but %+v is possible", k, clash, want)
			}
			clashes++
			continue
		}
		if err != nil {
			t.Fatalf("case %d: %v", k, err)
		}
		solved++
		if got := (best{true, coveredOf(p.Cover, s.Served), s.Score}); got != want {
			t.Fatalf("case %d: got %+v, want %+v", k, got, want)
		}
		if err := Check(p, s); err != nil {
			t.Fatalf("case %d: %v", k, err)
		}
	}
	if solved < 5000 || clashes < 500 {
		t.Errorf("%d solved and %d clashes show too little", solved, clashes)
	}
}

// sparse is a problem of up to so many nodes a side, a few edges each.
func sparse(r *rand.Rand, size int) Problem {
	p := Problem{Left: make([]Node, 1+r.IntN(size)), Right: make([]Node, 1+r.IntN(size)), Cover: Cover(r.IntN(4))}
	quota, spread := 1+r.IntN(3), 1+r.Int64N(1000)>>r.IntN(9)
	low := []int64{0, -500, -spread * 9 / 10, -spread}[r.IntN(4)] // the last ones are of use where a rule asks
	rules := r.Float64() < 0.5
	for _, side := range [][]Node{p.Left, p.Right} {
		for x := range side {
			side[x].Capacity = 1 + r.IntN(quota)
			if rules && r.IntN(20) == 0 {
				side[x].Minimum = 1 + r.IntN(side[x].Capacity)
			}
		}
	}
	var list []Edge
	for i := range p.Left {
		for _, j := range r.Perm(len(p.Right))[:min(len(p.Right), 1+r.IntN(8))] {
			list = append(list, Edge{i, j, low + r.Int64N(spread), rules && r.IntN(200) == 0})
		}
	}
	return p.with(list)
}

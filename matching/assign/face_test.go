package assign

import (
	"context"
	"math/rand/v2"
	"testing"
)

// total is what an assignment comes to with its bonuses, and whether it keeps
// the rules.
func (p Problem) total(chosen []bool, bonus int64) (int64, bool) {
	score, ok := int64(0), true
	for x, e := range p.Edges.All() {
		if chosen[x] {
			score += e.Score
		}
		ok = ok && (chosen[x] || !e.Must)
	}
	u := usageOf(p, positions(chosen))
	ok = ok && checkNodes("", p.Left, u.left) == nil && checkNodes("", p.Right, u.right) == nil
	return score + bonus*int64(coveredOf(p.Cover, u.served())), ok
}

// TestFaceIsAllBest compares the assignments of the face with the best ones
// of every subset of the edges, and the bars with what each absent pair does.
func TestFaceIsAllBest(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	solved := 0
	for range 800 {
		s := shapes[r.IntN(4)]
		s.edges = 9
		p := s.draw(r)
		sol, err := Solve(context.Background(), p)
		if err != nil {
			continue
		}
		solved++
		face, from := Face(p, sol.Prices, sol.Bonus)
		best := sol.Score + sol.Bonus*int64(coveredOf(p.Cover, sol.Served))
		for set := range 1 << p.Edges.Len() {
			chosen, inFace, within := make([]bool, p.Edges.Len()), make([]bool, len(from)), set
			for x := range chosen {
				chosen[x] = set>>x&1 == 1
			}
			for k, x := range from {
				inFace[k] = chosen[x]
				within &^= 1 << x
			}
			total, ok := p.total(chosen, sol.Bonus)
			_, of := face.total(inFace, 0)
			if is, want := of && within == 0, ok && total == best; is != want {
				t.Fatalf("set %b: in the face %t, best %t\n%+v\n%+v\n%+v", set, is, want, p, sol, face)
			}
		}
		checkBars(t, p, sol)
	}
	if solved < 300 {
		t.Fatalf("only %d problems were solved", solved)
	}
}

// checkBars wants a pair that is not there to improve the best only if it
// exceeds its bar; that it then does cannot be said of one pair, since other
// prices may prove the same.
func checkBars(t *testing.T, p Problem, s Solution) {
	t.Helper()
	bars := Bars(p, s.Prices, s.Bonus)
	best := s.Score + s.Bonus*int64(coveredOf(p.Cover, s.Served))
	there := map[[2]int]bool{}
	var list []Edge
	for _, e := range p.Edges.All() {
		there[[2]int{e.Left, e.Right}] = true
		list = append(list, e)
	}
	all := list
	for i := range p.Left {
		for j := range p.Right {
			if w := bars[i] + s.Prices[j]; !there[[2]int{i, j}] && w > -MaxScore && w < MaxScore {
				all = append(all, Edge{Left: i, Right: j, Score: w})
			}
		}
	}
	if len(all) > 13 {
		all = all[:13]
	}
	q := p.with(all)
	top := int64(-1 << 62)
	for set := range 1 << q.Edges.Len() {
		chosen := make([]bool, q.Edges.Len())
		for x := range chosen {
			chosen[x] = set>>x&1 == 1
		}
		if total, ok := q.total(chosen, s.Bonus); ok {
			top = max(top, total)
		}
	}
	if top != best {
		t.Fatalf("pairs at their bars changed the best from %d to %d\n%+v\n%+v", best, top, p, s)
	}
}

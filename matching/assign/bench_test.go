package assign

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
)

// market is a random round: every mentee has degree candidates among the
// mentors, scores are uniform, capacities 1 to 5.
func market(seed uint64, mentees, mentors, degree int, c Cover) Problem {
	r := rand.New(rand.NewPCG(seed, 0))
	p := Problem{Left: make([]Node, mentees), Right: make([]Node, mentors), Cover: c}
	for j := range p.Right {
		p.Right[j].Capacity = 1 + r.IntN(5)
	}
	var list []Edge
	for i := range p.Left {
		p.Left[i].Capacity = 1
		used := map[int]bool{}
		for len(used) < degree {
			if j := r.IntN(mentors); !used[j] {
				used[j] = true
				list = append(list, Edge{Left: i, Right: j, Score: r.Int64N(60_001)})
			}
		}
	}
	return p.with(list)
}

func BenchmarkAssign(b *testing.B) {
	for _, x := range []struct{ mentees, mentors, degree int }{{1000, 500, 50}, {10_000, 3000, 50}} {
		p := market(1, x.mentees, x.mentors, x.degree, CoverNone)
		b.Run(fmt.Sprintf("shape=uniform/mentees=%d", x.mentees), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Solve(context.Background(), p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

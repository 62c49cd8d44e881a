package assign

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// largest is the size up to which rounds are measured. A million mentees, with
// -largest 1000000, take about 2 GB.
var largest = flag.Int("largest", 100_000, "most mentees of a measured round")

// popular is a large round: every mentee has degree candidates among the
// mentors, some of whom are wanted much more than others; scores are multiples
// of 25, so that many are equal.
func popular(seed uint64, mentees, mentors, degree int) Problem {
	r := rand.New(rand.NewPCG(seed, 0))
	p := Problem{Left: make([]Node, mentees), Right: make([]Node, mentors)}
	p.Edges = Edges{First: make([]int32, 1, mentees+1), Right: make([]int32, 0, mentees*degree), Score: make([]int32, 0, mentees*degree)}
	quality := make([]int32, mentors)
	for j := range p.Right {
		p.Right[j].Capacity = 1 + r.IntN(5)
		quality[j] = int32(r.IntN(400))
	}
	used := make([]int32, mentors)
	for i := range p.Left {
		p.Left[i].Capacity = 1
		list := p.Edges.Right[len(p.Edges.Right):]
		for len(list) < degree {
			u := r.Float64()
			j := int32(u * u * float64(mentors))
			if used[j] != int32(i+1) {
				used[j] = int32(i + 1)
				list = append(list, j)
			}
		}
		slices.Sort(list)
		p.Edges.Right = p.Edges.Right[:len(p.Edges.Right)+degree]
		for _, j := range list {
			p.Edges.Score = append(p.Edges.Score, 25*(quality[j]+int32(r.IntN(2000))))
		}
		p.Edges.First = append(p.Edges.First, int32(len(p.Edges.Right)))
	}
	return p
}

func BenchmarkStable(b *testing.B) {
	for _, x := range []struct{ mentees, mentors int }{{1000, 300}, {10_000, 3000}, {100_000, 25_000}, {1_000_000, 200_000}} {
		if x.mentees > *largest {
			break
		}
		p := popular(1, x.mentees, x.mentors, 50)
		for _, w := range []Wants{{}, {RightProposes: true}} {
			b.Run(fmt.Sprintf("mentees=%d/right=%t", x.mentees, w.RightProposes), func(b *testing.B) {
				b.ReportAllocs()
				began := spent()
				for b.Loop() {
					if _, err := Stable(context.Background(), p, w); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64((spent()-began).Nanoseconds())/float64(b.N), "cpu-ns/op")
			})
		}
	}
}

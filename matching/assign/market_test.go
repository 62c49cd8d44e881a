package assign

import "math/rand/v2"

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

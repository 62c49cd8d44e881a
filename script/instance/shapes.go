// Package instance makes the seeded assignment problems that the solver is
// measured and tested on: rounds as a programme would have them, rounds where
// chance decides, and families that are known to be hard for one algorithm or
// another. Nothing in them is real.
package instance

import (
	"math"
	"math/rand/v2"
	"slices"

	"puente/matching/assign"
)

// Shape is a family of problems, of any size.
type Shape struct {
	Name    string
	About   string // in one line, with the sizes
	Mentees int    // the usual size
	build   func(mentees int, r *rand.Rand) assign.Problem
}

// Make is the problem of the shape with so many mentees; the seed is fixed.
func (s Shape) Make(mentees int) assign.Problem {
	return s.build(mentees, rand.New(rand.NewPCG(1, 0x9e3779b97f4a7c15))) //nolint:gosec // a seed, not a secret
}

// Shapes are all families, the ordinary ones first.
var Shapes = []Shape{
	{"real", "as programmes have it: popular mentors, sectors, scores in steps of 25, 50 candidates", 10_000, func(n int, r *rand.Rand) assign.Problem {
		return realistic(n, mentorsFor(n), r)
	}},
	{"uniform", "candidates and scores by chance, 50 candidates", 10_000, func(n int, r *rand.Rand) assign.Problem {
		return random(n, mentorsFor(n), 50, r, uniform)
	}},
	{"balanced", "as real, with about as many places as mentees", 10_000, func(n int, r *rand.Rand) assign.Problem {
		return realistic(n, n*38/100, r)
	}},
	{"slack", "as real, with three places for two mentees", 10_000, func(n int, r *rand.Rand) assign.Problem {
		return realistic(n, n*60/100, r)
	}},
	{"equal", "every score the same", 10_000, func(n int, r *rand.Rand) assign.Problem {
		return random(n, mentorsFor(n), 50, r, func(_, _ int, _ *rand.Rand) int { return 5000 })
	}},
	{"two", "two scores", 10_000, func(n int, r *rand.Rand) assign.Problem {
		return random(n, mentorsFor(n), 50, r, func(_, _ int, r *rand.Rand) int { return 5000 + 2500*r.IntN(2) })
	}},
	{"same50", "everybody wants the same 50 mentors and has ten others", 10_000, sameFifty},
	{"dense", "score i*j, all with all, one place each", 2000, func(n int, r *rand.Rand) assign.Problem {
		p := random(n, n, n, r, func(i, j int, _ *rand.Rand) int { return (i + 1) * (j + 1) })
		oneEach(p)
		return p
	}},
	{"product", "score i*j, 50 candidates", 10_000, func(n int, r *rand.Rand) assign.Problem {
		return random(n, mentorsFor(n), 50, r, func(i, j int, _ *rand.Rand) int { return (i + 1) * (j + 1) })
	}},
	{"quality", "all agree on which mentors are good, almost", 10_000, func(n int, r *rand.Rand) assign.Problem {
		return random(n, mentorsFor(n), 50, r, func(_, j int, r *rand.Rand) int { return 5000 + j*5000/mentorsFor(n) + r.IntN(20) })
	}},
	{"degree5", "5 candidates", 50_000, func(n int, r *rand.Rand) assign.Problem {
		return random(n, mentorsFor(n), 5, r, uniform)
	}},
	{"degree200", "200 candidates", 10_000, func(n int, r *rand.Rand) assign.Problem {
		return random(n, mentorsFor(n), 200, r, uniform)
	}},
	{"few", "a hundredth as many mentors, with 100 to 300 places over all but a few short of the mentees", 20_000, fewMentors},
	{"chain", "two candidates each, and one mentor too few: one change runs through all", 50_000, chain},
	{"ring", "50 candidates, the nearest on a circle", 20_000, ring},
}

// Find is the shape of a name.
func Find(name string) (Shape, bool) {
	k := slices.IndexFunc(Shapes, func(s Shape) bool { return s.Name == name })
	if k < 0 {
		return Shape{}, false
	}
	return Shapes[k], true
}

// mentorsFor is how many mentors a programme of so many mentees has, here:
// 300 for 1,000, 25,000 for 100,000 and 200,000 for 1,000,000.
func mentorsFor(mentees int) int {
	switch {
	case mentees < 50_000:
		return max(1, mentees*30/100)
	case mentees < 500_000:
		return mentees * 25 / 100
	}
	return mentees * 20 / 100
}

func uniform(_, _ int, r *rand.Rand) int { return r.IntN(10_001) }

// random gives every mentee candidates drawn evenly.
func random(mentees, mentors, degree int, r *rand.Rand, score func(i, j int, r *rand.Rand) int) assign.Problem {
	b := newBuilder(mentees, mentors, degree, r)
	for i := range mentees {
		for b.row < min(degree, mentors) {
			j := r.IntN(mentors)
			if degree >= mentors {
				j = b.row
			}
			b.add(j, func() int { return score(i, j, r) })
		}
		b.end()
	}
	return b.problem
}

func oneEach(p assign.Problem) {
	for j := range p.Right {
		p.Right[j].Capacity = 1
	}
}

func sameFifty(mentees int, r *rand.Rand) assign.Problem {
	mentors := max(60, mentorsFor(mentees))
	b := newBuilder(mentees, mentors, 60, r)
	for range mentees {
		for j := range 50 {
			b.add(j, func() int { return 8000 + r.IntN(2001) })
		}
		for b.row < 60 {
			b.add(50+r.IntN(mentors-50), func() int { return r.IntN(2001) })
		}
		b.end()
	}
	return b.problem
}

func fewMentors(mentees int, r *rand.Rand) assign.Problem {
	mentors := max(1, mentees/200)
	p := random(mentees, mentors, 20, r, uniform)
	for j := range p.Right {
		p.Right[j].Capacity = 100 + r.IntN(200)
	}
	return p
}

func chain(mentees int, r *rand.Rand) assign.Problem {
	mentors := max(1, mentees-1)
	b := newBuilder(mentees, mentors, 2, r)
	for i := range mentees {
		for j := max(0, i-1); j < min(i+1, mentors); j++ {
			b.add(j, func() int { return 5000 + (i-j)*10 })
		}
		b.end()
	}
	oneEach(b.problem)
	return b.problem
}

func ring(mentees int, r *rand.Rand) assign.Problem {
	mentors := mentorsFor(mentees)
	degree := min(50, mentors)
	b := newBuilder(mentees, mentors, degree, r)
	for i := range mentees {
		middle := i * mentors / mentees
		for k := range degree {
			far := max(k-degree/2, degree/2-k)
			b.add((middle+k-degree/2+mentors)%mentors, func() int { return 9000 - 100*far + 25*r.IntN(20) })
		}
		b.end()
	}
	return b.problem
}

// capacity is between 1 and 5, 2.65 in the mean.
func capacity(r *rand.Rand) int { return 1 + pick(r, []float64{0.2, 0.5, 0.75, 0.9, 1}) }

// pick draws a position from cumulated weights.
func pick(r *rand.Rand, cumulated []float64) int {
	k, _ := slices.BinarySearch(cumulated, r.Float64()*cumulated[len(cumulated)-1])
	return k
}

// pareto is at least 1 and at most 1000.
func pareto(r *rand.Rand) float64 { return min(math.Pow(1-r.Float64(), -1/1.1), 1000) }

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
	return s.build(mentees, seeded())
}

func seeded() *rand.Rand {
	return rand.New(rand.NewPCG(1, 0x9e3779b97f4a7c15)) //nolint:gosec // a seed, not a secret
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
	{"negative", "as real, but a pair costs as much as nine in ten candidates score", 10_000, func(n int, r *rand.Rand) assign.Problem {
		return lessened(realistic(n, n*60/100, r), 6_800)
	}},
	{"unwanted", "as real, but for all that most mentees could get is worth less than nothing", 10_000, unwanted},
	{"cover", "as balanced, with some scores below zero, as many mentees as possible first", 10_000, func(n int, r *rand.Rand) assign.Problem {
		p := lessened(realistic(n, n*38/100, r), 3_000)
		p.Cover = assign.CoverLeft
		return p
	}},
	{"coverboth", "as slack, as many people of both sides as possible first", 10_000, func(n int, r *rand.Rand) assign.Problem {
		p := realistic(n, n*60/100, r)
		p.Cover = assign.CoverBoth
		return p
	}},
	{"minimums", "as balanced, a third of the mentees must get somebody and a third of the mentors at least one or two", 10_000, minimums},
	{"must", "as real, one in ten mentees has a pair that must be", 10_000, must},
	{"quotas", "as real, mentees take up to four mentors", 10_000, func(n int, r *rand.Rand) assign.Problem {
		return quotas(realistic(n, mentorsFor(n), r), r)
	}},
	{"everything", "as quotas, with minimums, pairs that must be, negative scores, and mentees first", 10_000, everything},
	{"chain", "two candidates each, and one mentor too few: one change runs through all", 50_000, func(n int, r *rand.Rand) assign.Problem {
		return chain(n, n-1, r, rising)
	}},
	{"chaintwo", "as chain, two mentors too few", 50_000, func(n int, r *rand.Rand) assign.Problem {
		return chain(n, n-2, r, rising)
	}},
	{"chainequal", "as chain, every score the same", 50_000, func(n int, r *rand.Rand) assign.Problem {
		return chain(n, n-1, r, func(_, _ int, _ *rand.Rand) int { return 5000 })
	}},
	{"chainmixed", "as chain, people in any order", 50_000, func(n int, r *rand.Rand) assign.Problem {
		return shuffled(chain(n, n-1, r, rising), r)
	}},
	{"chainany", "as chain, people in any order, scores by chance", 50_000, func(n int, r *rand.Rand) assign.Problem {
		return shuffled(chain(n, n-1, r, uniform), r)
	}},
	{"loop", "two candidates each, one of them the next one's, around a circle", 50_000, func(n int, r *rand.Rand) assign.Problem {
		return chain(n, n, r, rising)
	}},
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

// chain gives mentee i the mentors i-1 and i, where there are as many mentors as
// that; with as many as mentees it is closed.
func chain(mentees, mentors int, r *rand.Rand, score func(i, j int, r *rand.Rand) int) assign.Problem {
	mentors = max(1, mentors)
	b := newBuilder(mentees, mentors, 2, r)
	for i := range mentees {
		for j := max(0, i-1); j < min(i+1, mentors); j++ {
			b.add(j, func() int { return score(i, j, r) })
		}
		if i == 0 && mentors == mentees {
			b.add(mentors-1, func() int { return score(0, -1, r) })
		}
		b.end()
	}
	oneEach(b.problem)
	return b.problem
}

// rising is the score of a chain: the nearer end is worth a little more.
func rising(i, j int, _ *rand.Rand) int { return 5000 + (i-j)*10 }

// shuffled gives mentees and mentors other numbers.
func shuffled(p assign.Problem, r *rand.Rand) assign.Problem {
	mentor := r.Perm(len(p.Right))
	b := newBuilder(len(p.Left), len(p.Right), 2, r)
	for _, i := range r.Perm(len(p.Left)) {
		from, to := p.Edges.Of(i)
		for x := from; x < to; x++ {
			b.add(mentor[p.Edges.Right[x]], func() int { return int(p.Edges.Score[x]) })
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

// lessened takes so much from every score.
func lessened(p assign.Problem, by int32) assign.Problem {
	for x := range p.Edges.Score {
		p.Edges.Score[x] -= by
	}
	return p
}

// unwanted leaves one mentee in five with scores above zero.
func unwanted(mentees int, r *rand.Rand) assign.Problem {
	p := realistic(mentees, mentorsFor(mentees), r)
	for i := range p.Left {
		if r.IntN(5) == 0 {
			continue
		}
		from, to := p.Edges.Of(i)
		for x := from; x < to; x++ {
			p.Edges.Score[x] -= 10_001
		}
	}
	return p
}

// quotas lets mentees take one to four mentors.
func quotas(p assign.Problem, r *rand.Rand) assign.Problem {
	for i := range p.Left {
		p.Left[i].Capacity = 1 + r.IntN(4)
	}
	return p
}

// must makes pairs that must be, one for every tenth mentee, where there is room.
func must(mentees int, r *rand.Rand) assign.Problem {
	p := realistic(mentees, mentorsFor(mentees), r)
	force(p.Left, &p, r)
	return p
}

func force(left []assign.Node, p *assign.Problem, r *rand.Rand) {
	used := make([]int, len(p.Right))
	for i := range left {
		from, to := p.Edges.Of(i)
		x := from + r.IntN(to-from)
		if j := p.Edges.Right[x]; i%10 == 0 && used[j] < p.Right[j].Capacity {
			used[j]++
			p.Edges.Must = append(p.Edges.Must, int32(x))
		}
	}
}

// minimums asks for pairs that an assignment by chance has, so that all can be
// kept together.
func minimums(mentees int, r *rand.Rand) assign.Problem {
	p := realistic(mentees, mentees*38/100, r)
	ask(&p, r)
	return p
}

func ask(p *assign.Problem, r *rand.Rand) {
	left, right := make([]int, len(p.Left)), make([]int, len(p.Right))
	for _, x := range p.Edges.Must {
		e := p.Edges.At(int(x))
		left[e.Left]++
		right[e.Right]++
	}
	for i := range p.Left {
		from, to := p.Edges.Of(i)
		for x := from; x < to && left[i] < p.Left[i].Capacity; x++ {
			_, forced := slices.BinarySearch(p.Edges.Must, int32(x))
			if j := p.Edges.Right[x]; !forced && right[j] < p.Right[j].Capacity {
				left[i]++
				right[j]++
			}
		}
		if r.IntN(3) == 0 {
			p.Left[i].Minimum = left[i]
		}
	}
	for j := range p.Right {
		if r.IntN(3) == 0 {
			p.Right[j].Minimum = min(2, right[j])
		}
	}
}

func everything(mentees int, r *rand.Rand) assign.Problem {
	p := quotas(lessened(realistic(mentees, mentorsFor(mentees), r), 4_000), r)
	force(p.Left, &p, r)
	ask(&p, r)
	p.Cover = assign.CoverLeft
	return p
}

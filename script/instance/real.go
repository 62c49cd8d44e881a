package instance

import (
	"math"
	"math/bits"
	"math/rand/v2"

	"puente/matching/assign"
)

const (
	candidates = 50
	sectors    = 20
	step       = 25 // of the scores
)

// person is what both sides have.
type person struct {
	country, languages, sector, stage int
	second                            int // sector of a mentee
	quality                           int // of a mentor
}

// crowd draws people: sectors by Zipf's law, three countries with a main
// language each.
type crowd struct {
	*rand.Rand
	sectors []float64
}

func newCrowd(r *rand.Rand) crowd {
	c, sum := crowd{Rand: r}, 0.0
	for k := range sectors {
		sum += 1 / math.Pow(float64(k+1), 0.8)
		c.sectors = append(c.sectors, sum)
	}
	return c
}

func (c crowd) person() person {
	p := person{country: pick(c.Rand, []float64{0.55, 0.75, 1}), sector: pick(c.Rand, c.sectors), stage: c.IntN(5)}
	p.second = pick(c.Rand, c.sectors)
	const english, spanish, french = 1, 2, 4
	x := c.Float64()
	switch p.languages = []int{english, english, spanish}[p.country]; {
	case p.country == 0 && x < 0.25:
		p.languages |= spanish
	case p.country == 1 && x < 0.35:
		p.languages |= french
	case p.country == 1 && x < 0.42:
		p.languages = french
	case p.country == 2 && x < 0.5:
		p.languages |= english
	}
	return p
}

// lottery draws mentors by popularity.
type lottery struct {
	mentor    []int
	cumulated []float64
}

func (l *lottery) put(mentor int, weight float64) {
	if n := len(l.cumulated); n > 0 {
		weight += l.cumulated[n-1]
	}
	l.mentor, l.cumulated = append(l.mentor, mentor), append(l.cumulated, weight)
}

// realistic is the shape real: candidates are drawn by popularity, six of ten
// in the mentee's sector, two in a second one, two anywhere.
func realistic(n, m int, r *rand.Rand) assign.Problem {
	p, _, _ := withPeople(n, m, r)
	return p
}

// Abroad is the shape real with so many mentees, and the positions of its edges
// between people of different countries, for rules about groups.
func Abroad(mentees int) (p assign.Problem, edges []int) {
	p, left, right := withPeople(mentees, mentorsFor(mentees), seeded())
	for x, e := range p.Edges.All() {
		if left[e.Left].country != right[e.Right].country {
			edges = append(edges, x)
		}
	}
	return p, edges
}

func withPeople(n, m int, r *rand.Rand) (_ assign.Problem, mentees, mentors []person) {
	b := newBuilder(n, m, candidates, r)
	c := newCrowd(r)
	mentors = make([]person, m)
	var all lottery
	var in [sectors]lottery
	for j := range mentors {
		p := c.person()
		popular := pareto(r)
		p.quality = min(20, r.IntN(16)+bits.Len(uint(popular))-1)
		mentors[j] = p
		all.put(j, popular)
		in[p.sector].put(j, popular)
	}
	for range n {
		p := c.person()
		mentees = append(mentees, p)
		for tries := 0; b.row < min(candidates, m); tries++ {
			from := &all
			switch x := r.Float64(); {
			case x < 0.6:
				from = &in[p.sector]
			case x < 0.8:
				from = &in[p.second]
			}
			j := r.IntN(m)
			if len(from.mentor) > 0 && tries < 20*candidates {
				j = from.mentor[pick(r, from.cumulated)]
			}
			b.add(j, func() int { return fit(p, mentors[j], r) })
		}
		b.end()
	}
	return b.problem, mentees, mentors
}

// fit is the score of a pair.
func fit(mentee, mentor person, r *rand.Rand) int {
	score := 600
	switch mentor.sector {
	case mentee.sector:
		score = 3000
	case mentee.second:
		score = 1800
	}
	if mentee.languages&mentor.languages != 0 {
		score += 1500
	}
	if mentee.country != mentor.country {
		score += 800
	}
	score += 200*r.IntN(11) + 75*mentor.quality + 25*r.IntN(9)
	if ahead := mentor.stage - mentee.stage; ahead < 0 {
		score -= 300
	} else {
		score += 250 * ahead
	}
	return min(score/step*step, 10_000)
}

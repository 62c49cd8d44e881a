package verify

import (
	"fmt"
	"math/rand/v2"
)

// instance is a small assignment problem; the tests solve it by trying every
// plan, so it has a dozen edges at most.
type instance struct {
	kind, sense, cover string
	seed               uint64
	left, right        []tnode
	edges              []tedge
	must               []int // edges
}

type tnode struct {
	id           string
	capacity, lo int
}

type tedge struct{ l, r, score int }

// plan is a choice of edges, one bit each.
type plan uint32

func (p plan) has(e int) bool { return p>>e&1 == 1 }

func (in instance) sign() int {
	if in.sense == "min" {
		return -1
	}
	return 1
}

func (in instance) covers(side string) bool { return in.cover == side || in.cover == "both" }

func (in instance) degrees(p plan) (l, r []int) {
	l, r = make([]int, len(in.left)), make([]int, len(in.right))
	for e, x := range in.edges {
		if p.has(e) {
			l[x.l]++
			r[x.r]++
		}
	}
	return l, r
}

func (in instance) feasible(p plan) bool {
	for _, e := range in.must {
		if !p.has(e) {
			return false
		}
	}
	l, r := in.degrees(p)
	for i, n := range in.left {
		if l[i] < n.lo || l[i] > n.capacity {
			return false
		}
	}
	for j, n := range in.right {
		if r[j] < n.lo || r[j] > n.capacity {
			return false
		}
	}
	return true
}

// worth is the plan's solved score and how many ids of the covered sides it serves.
func (in instance) worth(p plan) (score, served int) {
	for e, x := range in.edges {
		if p.has(e) {
			score += in.sign() * x.score
		}
	}
	l, r := in.degrees(p)
	if in.covers("left") {
		served += count(l)
	}
	if in.covers("right") {
		served += count(r)
	}
	return score, served
}

func count(degrees []int) int {
	n := 0
	for _, d := range degrees {
		if d > 0 {
			n++
		}
	}
	return n
}

// plans lists every feasible plan.
func (in instance) plans() []plan {
	var all []plan
	for p := plan(0); p < 1<<len(in.edges); p++ {
		if in.feasible(p) {
			all = append(all, p)
		}
	}
	return all
}

// best is a plan of the largest score + bonus*served.
func (in instance) best(plans []plan, bonus int) plan {
	value := func(p plan) int {
		score, served := in.worth(p)
		return score + bonus*served
	}
	best := plans[0]
	for _, p := range plans {
		if value(p) > value(best) {
			best = p
		}
	}
	return best
}

// optimal tells whether no feasible plan serves more, and none that serves as
// many scores more: the claim of a round, by trying everything.
func (in instance) optimal(p plan) bool {
	if !in.feasible(p) {
		return false
	}
	score, served := in.worth(p)
	for _, q := range in.plans() {
		s, n := in.worth(q)
		if n > served || n == served && s > score {
			return false
		}
	}
	return true
}

// bonus is the least whole number above the best score less the lowest that
// one side's edges allow.
func (in instance) bonus(plans []plan) int {
	if in.cover == "none" {
		return 0
	}
	highest, _ := in.worth(plans[0])
	for _, p := range plans {
		score, _ := in.worth(p)
		highest = max(highest, score)
	}
	return highest - in.lowest() + 1
}

// randomInstance has at least one feasible plan.
func randomInstance(r *rand.Rand) instance {
	for {
		in := instance{kind: "assign", sense: "max", seed: r.Uint64N(1000), cover: []string{"none", "left", "right", "both"}[r.IntN(4)]}
		low, high := -6, 9
		switch r.IntN(4) {
		case 0:
			in.kind, low, high = "match", 0, 60000
		case 1:
			in.sense = "min"
		case 2:
			low, high = 0, 2 // ties
		}
		in.left = randomNodes(r, "E", 1+r.IntN(4))
		in.right = randomNodes(r, "M", 1+r.IntN(4))
		for l := range in.left {
			for m := range in.right {
				if r.IntN(3) > 0 && len(in.edges) < 10 {
					in.edges = append(in.edges, tedge{l, m, low + r.IntN(high-low+1)})
				}
			}
		}
		for e := range in.edges {
			if r.IntN(8) == 0 {
				in.must = append(in.must, e)
			}
		}
		if len(in.plans()) > 0 {
			return in
		}
	}
}

func randomNodes(r *rand.Rand, prefix string, n int) []tnode {
	var nodes []tnode
	for i := range n {
		node := tnode{id: fmt.Sprintf("%s-%d", prefix, i+1), capacity: r.IntN(4)}
		if node.capacity > 0 && r.IntN(4) == 0 {
			node.lo = 1 + r.IntN(node.capacity)
		}
		nodes = append(nodes, node)
	}
	return nodes
}

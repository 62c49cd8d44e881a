package assign

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Group is a rule about a group: how many pairs it has, at least or at most.
type Group struct {
	Of      Members
	Members []int // positions, ascending
	Most    bool  // at most Amount; otherwise at least
	Amount  int   // pairs, or thousandths of all pairs
	Share   bool  // Amount counts thousandths of all pairs
}

// Members says what a group consists of.
type Members uint8

// A group has the pairs of some left nodes, the pairs of some right nodes, or
// some of the edges.
const (
	LeftNodes Members = iota
	RightNodes
	SomeEdges
)

// MaxGroups is how many rules there may be.
const MaxGroups = 32

// MaxAmount is the largest number of pairs that a rule may name.
const MaxAmount = 1_000_000_000

// GroupSolution is an assignment under group rules with the numbers that say
// how good it is. Prices and Bonus prove the total of the problem in which an
// edge is worth Scale times its score, plus what the multipliers add for each
// rule it matters to; see [Group.Weights].
type GroupSolution struct {
	Solution            // Pairs, Score and Served of the assignment itself
	Scale       int64   // in how many parts of a point prices and multipliers are
	Multipliers []int64 // one a rule, not negative
	Dual        int64   // what the prices prove to be the most, in these parts, bonuses included
	Bound       int64   // no assignment that keeps the rules and serves as many scores more
	Gap         int64   // Bound less Score, 0 in a best assignment
	Free        int64   // score of a best assignment without the rules
}

// GroupClash says that rules about groups, named by position and ascending,
// cannot be kept among the assignments that serve the most. Where rules of
// mentees and of mentors are nested or apart it is irreducible: leaving out any
// one of them makes the others possible. Extreme is the most pairs, or for a
// rule "at most" the least, that the group of a single rule can have; 0 where it
// is a share.
type GroupClash struct {
	Groups  []int
	Extreme int
}

func (c *GroupClash) Error() string {
	if len(c.Groups) == 1 {
		return fmt.Sprintf("assign: group rule %d cannot be kept", c.Groups[0])
	}
	return "assign: these group rules cannot be kept together: " + enumerate(c.Groups)
}

// ErrUnsettled is wrapped by the error for rules about groups for which neither
// an assignment nor a proof that there is none was found. It happens only where
// groups overlap, are groups of edges, or have shares.
var ErrUnsettled = errors.New("assign: no assignment found that keeps the group rules, and no proof that there is none")

// SolveGroups returns an assignment that keeps what [Solve] keeps and the rules
// about groups, of a large score. As in Solve, most served ids on the covered
// sides come first: rules choose among the assignments that serve the most.
//
// If all rules count pairs, and the groups of left nodes are nested or apart,
// and so are those of right nodes, the score is the largest possible and the
// gap 0. (A group of edges that is all edges of some nodes counts as a group of
// these.) Otherwise Gap bounds what may be missing.
//
// It is a Lagrangian search: multipliers that make the rules' pairs worth more
// or less are moved until they bound the score as tightly as they can, each
// time with one Solve; then the assignment is found among those that are best
// at these multipliers. It takes some ten Solves for one rule.
//
// Errors: those of Solve; [*GroupClash]; [ErrUnsettled].
func SolveGroups(ctx context.Context, p Problem, groups []Group) (GroupSolution, error) {
	if err := validate(p); err != nil {
		return GroupSolution{}, err
	}
	if err := validateGroups(p, groups); err != nil {
		return GroupSolution{}, err
	}
	g, err := newGrouped(p, groups)
	if err != nil {
		return GroupSolution{}, err
	}
	solve := g.approach
	if g.nested() {
		solve = g.exact
	}
	plan, err := solve(ctx)
	if err != nil {
		return GroupSolution{}, err
	}
	out := g.result(plan)
	if err := CheckGroups(p, groups, out); err != nil {
		return GroupSolution{}, errors.Join(errInternal, err)
	}
	return out, nil
}

func validateGroups(p Problem, groups []Group) error {
	if len(groups) > MaxGroups {
		return fmt.Errorf("%w: %d group rules, %d at most", ErrInput, len(groups), MaxGroups)
	}
	for k, g := range groups {
		if g.Of > SomeEdges {
			return fmt.Errorf("%w: group rule %d: unknown members %d", ErrInput, k, g.Of)
		}
		size := [...]int{len(p.Left), len(p.Right), p.Edges.Len()}[g.Of]
		for i, x := range g.Members {
			if x < 0 || x >= size || i > 0 && x <= g.Members[i-1] {
				return fmt.Errorf("%w: group rule %d: member %d is not there, comes twice or out of order", ErrInput, k, x)
			}
		}
		most := MaxAmount
		if g.Share {
			most = wholeShare
		}
		if g.Amount < 0 || g.Amount > most {
			return fmt.Errorf("%w: group rule %d: %d is outside 0..%d", ErrInput, k, g.Amount, most)
		}
	}
	return nil
}

// wholeShare is the share of everything.
const wholeShare = 1000

// Weights write a rule as a sum over the pairs that must not be below least:
// in for each pair of the group, out for each other pair.
func (g Group) Weights() (in, out, least int64) {
	in, least = 1, int64(g.Amount)
	if g.Share {
		part, whole := int64(g.Amount), int64(wholeShare)
		for a, b := part, whole; ; a, b = b%a, a {
			if a == 0 {
				part, whole = part/b, whole/b
				break
			}
		}
		in, out, least = whole-part, -part, 0
	}
	if g.Most {
		return -in, -out, -least
	}
	return in, out, least
}

func (g Group) has(p Problem) []bool { return g.Has(len(p.Left), len(p.Right), p.Edges) }

// Has says for each of the edges between so many left and right nodes whether
// it is in the group.
func (g Group) Has(left, right int, edges Edges) []bool {
	of := make([]bool, max(left, right, edges.Len()))
	for _, x := range g.Members {
		of[x] = true
	}
	out := make([]bool, edges.Len())
	for x, e := range edges.All() {
		out[x] = of[[...]int{e.Left, e.Right, x}[g.Of]]
	}
	return out
}

// grouped is a problem with rules about groups: edges that matter to the same
// rules are of one class.
type grouped struct {
	p       Problem
	groups  []Group
	weights [][3]int64 // in, out and least of each rule
	class   []uint16   // by edge
	classes []uint32   // by class: the rules whose group it is in, a bit each
	tree    [2]*forest // of the groups of left and of right nodes, nil where they cross
	scale   int64
	floor   int64 // least bonus of the problem without multipliers
	widest  int64 // absolute score
	best    *point
	near    []int64 // prices of the last point, from which the next one starts
	free    int64   // score without rules
}

func newGrouped(p Problem, groups []Group) (*grouped, error) {
	g := &grouped{p: p, groups: groups}
	mask := make([]uint32, p.Edges.Len())
	for k, group := range groups {
		in, out, least := group.Weights()
		g.weights = append(g.weights, [3]int64{in, out, least})
		for x, yes := range group.has(p) {
			if yes {
				mask[x] |= 1 << k
			}
		}
	}
	number := map[uint32]uint16{}
	g.class = make([]uint16, len(mask))
	for x, m := range mask {
		c, known := number[m]
		if !known {
			if len(g.classes) > 1<<16-1 {
				return nil, fmt.Errorf("%w: the groups overlap in more than %d ways", ErrTooLarge, 1<<16)
			}
			c = uint16(len(g.classes))
			number[m] = c
			g.classes = append(g.classes, m)
		}
		g.class[x] = c
	}
	for _, w := range p.Edges.Score {
		g.widest = max(g.widest, int64(w), -int64(w))
	}
	g.plant()
	return g, g.chooseScale()
}

// nested says whether the rules are those of a flow: they count pairs, and the
// groups of either side are nested or apart.
func (g *grouped) nested() bool { return g.tree[0] != nil && g.tree[1] != nil }

// chooseScale takes parts of a point where a whole number of points may not be
// the best multiplier, as small as the limits allow.
func (g *grouped) chooseScale() error {
	g.floor = spread(g.p)
	scales := []int64{12, 4, 2, 1}
	if g.nested() {
		scales = scales[3:]
	}
	nodes := int64(len(g.p.Left) + len(g.p.Right) + 2)
	for _, s := range scales {
		g.scale = s
		if g.widest <= MaxScore/8/s && (g.p.Cover == CoverNone || g.floor <= coverLimit/nodes/s/16) {
			return nil
		}
	}
	if g.widest > MaxScore/2 {
		return fmt.Errorf("%w: group rules need scores of at most %d; scale the scores down", ErrTooLarge, MaxScore/2)
	}
	return nil
}

// satisfied says whether every sum is at least what its rule asks.
func satisfied(slack []int64) bool {
	return !slices.ContainsFunc(slack, func(s int64) bool { return s < 0 })
}

// slacks is how far a set of edges is above each rule.
func (g *grouped) slacks(pairs []int) []int64 {
	count := make([]int64, len(g.classes))
	for _, x := range pairs {
		count[g.class[x]]++
	}
	out := make([]int64, len(g.groups))
	for k, w := range g.weights {
		out[k] = -w[2]
		for c, n := range count {
			out[k] += n * g.weight(k, uint16(c))
		}
	}
	return out
}

// weight is what an edge of a class counts in a rule.
func (g *grouped) weight(rule int, class uint16) int64 {
	if g.classes[class]>>rule&1 == 1 {
		return g.weights[rule][0]
	}
	return g.weights[rule][1]
}

// result states an assignment with what the best multipliers prove.
func (g *grouped) result(pairs []int) GroupSolution {
	pairs, u := g.trim(pairs)
	out := GroupSolution{
		Solution: Solution{Prices: g.best.Prices, Bonus: g.best.Bonus, Served: u.served()},
		Scale:    g.scale, Multipliers: g.best.at, Dual: g.best.dual, Bound: floorDivide(g.best.value, g.scale), Free: g.free,
	}
	out.Pairs, out.Score = pairs, g.score(pairs)
	out.Gap = out.Bound - out.Score
	return out
}

// trim leaves out the pairs of score zero or less that no rule asks for.
func (g *grouped) trim(pairs []int) (kept []int, u usage) {
	u, kept = usageOf(g.p, pairs), slices.Clone(pairs)
	slack := g.slacks(pairs)
	for i, x := range slices.Backward(pairs) {
		if g.p.Edges.Score[x] > 0 {
			continue
		}
		e := g.p.Edges.At(x)
		if !u.needless(g.p, e) {
			continue
		}
		free := true
		for k := range slack {
			slack[k] -= g.weight(k, g.class[x])
			free = free && slack[k] >= 0
		}
		if free {
			kept = slices.Delete(kept, i, i+1)
			u.count(e, -1)
			continue
		}
		for k := range slack {
			slack[k] += g.weight(k, g.class[x])
		}
	}
	return kept, u
}

func floorDivide(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

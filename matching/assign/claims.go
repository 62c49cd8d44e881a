package assign

import (
	"context"
	"slices"
)

// claims tries the minimums of one side against the capacities of the other.
// The side with the minimums is called near, the other far. Invariants: a far
// node never carries more than its capacity; a fixed edge is always used;
// missing is the sum of what the near nodes lack of their needs. No way to
// lower missing by one path means, by max-flow min-cut, no way at all.
type claims struct {
	near, far []int32 // ends of the edges, by position in the problem
	nearEdges [][]int32
	farEdges  [][]int32
	capacity  []int32 // of far nodes
	load      []int32 // used edges at far nodes
	need      []int32 // of near nodes, 0 once left out
	got       []int32 // used edges at near nodes
	used      []bool
	fixed     []bool // must edges, false once left out
	missing   int64

	mark       int32 // stamp of the pass
	nearMark   []int32
	farMark    []int32
	nearParent []int32 // used edge by which the search came to a near node
	farParent  []int32 // unused edge by which it came to a far node
	queue      []int32
	journal    []int32 // edges switched, for undo
}

func newClaims(p Problem, order []int32, swap bool) *claims {
	near, far := p.Left, p.Right
	if swap {
		near, far = far, near
	}
	c := &claims{
		near: make([]int32, len(p.Edges)), far: make([]int32, len(p.Edges)),
		nearEdges: make([][]int32, len(near)), farEdges: make([][]int32, len(far)),
		capacity: make([]int32, len(far)), load: make([]int32, len(far)),
		need: make([]int32, len(near)), got: make([]int32, len(near)),
		used: make([]bool, len(p.Edges)), fixed: make([]bool, len(p.Edges)),
		nearMark: make([]int32, len(near)), nearParent: make([]int32, len(near)),
		farMark: make([]int32, len(far)), farParent: make([]int32, len(far)),
	}
	for x, n := range far {
		c.capacity[x] = int32(n.Capacity)
	}
	for x, n := range near {
		c.need[x] = int32(n.Minimum)
		c.missing += int64(n.Minimum)
	}
	if c.missing == 0 {
		return c
	}
	for _, x := range order {
		e := p.Edges[x]
		a, b := int32(e.Left), int32(e.Right)
		if swap {
			a, b = b, a
		}
		c.near[x], c.far[x] = a, b
		c.nearEdges[a] = append(c.nearEdges[a], x)
		c.farEdges[b] = append(c.farEdges[b], x)
		if e.Must {
			c.flip(x)
			c.fixed[x] = true
		}
	}
	return c
}

// flip uses an unused edge or frees a used one.
func (c *claims) flip(e int32) {
	a, b := c.near[e], c.far[e]
	c.missing -= c.lack(a)
	by := int32(1)
	if c.used[e] {
		by = -1
	}
	c.used[e] = !c.used[e]
	c.got[a] += by
	c.load[b] += by
	c.missing += c.lack(a)
}

func (c *claims) lack(a int32) int64 { return int64(max(0, c.need[a]-c.got[a])) }

// fill serves the needs as far as possible, in passes that enter each node at
// most once. When something is still missing, the marks of the last pass show
// the nodes that can be reached from the nodes in need.
func (c *claims) fill() {
	for found := true; found && c.missing > 0; {
		found = false
		c.mark++
		for a := range c.need {
			for c.lack(int32(a)) > 0 && c.seek(int32(a)) {
				found = true
			}
		}
	}
}

// seek finds a path from near node a to a far node with room or a near node
// with more than it needs, and moves one unit along it.
func (c *claims) seek(a int32) bool {
	if c.nearMark[a] == c.mark {
		return false
	}
	c.nearMark[a] = c.mark
	c.queue = append(c.queue[:0], a)
	for k := 0; k < len(c.queue); k++ {
		for _, e := range c.nearEdges[c.queue[k]] {
			if c.used[e] {
				continue
			}
			b := c.far[e]
			if c.load[b] < c.capacity[b] {
				c.apply(a, e)
				return true
			}
			if c.farMark[b] != c.mark {
				c.farMark[b], c.farParent[b] = c.mark, e
				if c.releases(b) {
					c.apply(a, e)
					return true
				}
			}
		}
	}
	return false
}

// releases looks through the pairs of a full far node: it frees a place if a
// near node has one to spare, and otherwise queues the near nodes found.
func (c *claims) releases(b int32) bool {
	for _, e := range c.farEdges[b] {
		if !c.used[e] || c.fixed[e] {
			continue
		}
		a := c.near[e]
		if c.got[a] > c.need[a] {
			c.note(e)
			return true
		}
		if c.nearMark[a] != c.mark {
			c.nearMark[a], c.nearParent[a] = c.mark, e
			c.queue = append(c.queue, a)
		}
	}
	return false
}

// apply moves the unit of the path that ends with edge e back to its start.
func (c *claims) apply(start, e int32) {
	for {
		c.note(e)
		a := c.near[e]
		if a == start {
			break
		}
		back := c.nearParent[a]
		c.note(back)
		e = c.farParent[c.far[back]]
	}
	c.nearMark[start] = c.mark - 1 // it may seek again in this pass
}

func (c *claims) note(e int32) {
	c.flip(e)
	c.journal = append(c.journal, e)
}

// shrink fills the needs and, when that is impossible, leaves out rules until
// every one that remains is necessary for the clash (a deletion filter).
// A rule beyond reach of the nodes in need plays no part, and once only one
// unit is missing every rule within reach does: without it that unit finds its
// way. This saves most trials.
func (c *claims) shrink(ctx context.Context) error {
	c.fill()
	if c.missing == 0 {
		return nil
	}
	c.leaveIdle()
	rules := c.rules()
	stale := true
	for _, r := range rules {
		if stale {
			c.fill()
			c.leaveUnreached()
			stale = false
		}
		if c.missing == 1 {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		stale = c.in(r) && !c.necessary(r)
	}
	if stale {
		c.fill()
		c.leaveUnreached()
	}
	return nil
}

// rule is a minimum of a near node or a must edge.
type rule struct {
	must bool
	at   int32
}

// rules lists the minimums, then the must edges.
func (c *claims) rules() []rule {
	var list []rule
	for a, n := range c.need {
		if n > 0 {
			list = append(list, rule{false, int32(a)})
		}
	}
	for e, yes := range c.fixed {
		if yes {
			list = append(list, rule{true, int32(e)})
		}
	}
	return list
}

// in reports whether a rule has not been left out yet.
func (c *claims) in(r rule) bool {
	if r.must {
		return c.fixed[r.at]
	}
	return c.need[r.at] > 0
}

// leaveIdle leaves out minimums that got nothing, last ones first, while
// something else is still missing.
func (c *claims) leaveIdle() {
	for a := len(c.need) - 1; a >= 0; a-- {
		if n := int64(c.need[a]); c.got[a] == 0 && n > 0 && c.missing > n {
			c.setNeed(int32(a), 0)
		}
	}
}

func (c *claims) setNeed(a, n int32) {
	c.missing -= c.lack(a)
	c.need[a] = n
	c.missing += c.lack(a)
}

// leaveUnreached leaves out the rules beyond reach of the nodes in need, by
// the marks of the last pass.
func (c *claims) leaveUnreached() {
	for a := range c.need {
		if c.nearMark[a] != c.mark {
			c.setNeed(int32(a), 0)
		}
	}
	for e, yes := range c.fixed {
		if yes && (c.farMark[c.far[e]] != c.mark || c.nearMark[c.near[e]] == c.mark) {
			c.fixed[e] = false
		}
	}
}

// necessary tries to do without a rule. If that resolves the clash the rule
// and all pairs are put back as they were, otherwise it stays left out.
func (c *claims) necessary(r rule) bool {
	old := int32(0)
	if r.must {
		c.fixed[r.at] = false
	} else {
		old = c.need[r.at]
		c.setNeed(r.at, 0)
	}
	c.journal = c.journal[:0]
	c.fill()
	if c.missing > 0 {
		return false
	}
	for _, e := range slices.Backward(c.journal) {
		c.flip(e)
	}
	if r.must {
		c.fixed[r.at] = true
	} else {
		c.setNeed(r.at, old)
	}
	return true
}

// group names the rules that remain.
func (c *claims) group(swap bool) *Infeasible {
	var nodes, must []int
	for _, r := range c.rules() {
		if r.must {
			must = append(must, int(r.at))
		} else {
			nodes = append(nodes, int(r.at))
		}
	}
	if swap {
		return &Infeasible{Right: nodes, Must: must}
	}
	return &Infeasible{Left: nodes, Must: must}
}

// ascending sorts a list in place and returns it.
func ascending(list []int) []int {
	slices.Sort(list)
	return list
}

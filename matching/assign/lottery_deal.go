package assign

import (
	"math/bits"
	"slices"
)

// dealer gives each edge between two units a plan, so that no unit has two edges
// of one plan. An edge whose units have no free plan in common goes to one that
// its left unit has free, after the edges on a path from its right unit have
// exchanged that plan with another (Koenig 1916). Time is the number of edges
// times the length of these paths, which is at most the number of units and short
// in practice: BenchmarkLottery measures it. Memory is four bytes for each plan of
// each unit.
type dealer struct {
	plans int
	unit  [2][]int32  // by side and edge
	at    [2][]int32  // by side, unit and plan: the edge, or -1
	free  [2][]uint64 // by side and unit: the plans without an edge, one bit each
	plan  []int8      // by edge
	size  []int       // by plan: its edges
	path  []int32     // the edges found last
}

func newDealer(p Problem, edges []int, plans int) *dealer {
	d := &dealer{plans: plans, plan: make([]int8, len(edges)), size: make([]int, plans)}
	ends := [2][]int32{make([]int32, len(edges)), make([]int32, len(edges))}
	left := int32(0)
	for x, e := range edges {
		for p.Edges.First[left+1] <= int32(e) {
			left++
		}
		ends[0][x], ends[1][x] = left, p.Edges.Right[e]
	}
	for side, nodes := range [2]int{len(p.Left), len(p.Right)} {
		d.group(side, nodes, ends[side])
	}
	return d
}

// group divides the edges of each node of a side into units.
func (d *dealer) group(side, nodes int, ends []int32) {
	count, last, units := make([]int, nodes), make([]int32, nodes), int32(0)
	d.unit[side] = make([]int32, len(ends))
	for x, end := range ends {
		if count[end]%d.plans == 0 {
			last[end] = units
			units++
		}
		count[end]++
		d.unit[side][x] = last[end]
	}
	d.at[side] = make([]int32, int(units)*d.plans)
	for i := range d.at[side] {
		d.at[side][i] = -1
	}
	d.free[side] = make([]uint64, units)
	for i := range d.free[side] {
		d.free[side][i] = ^uint64(0) >> (64 - d.plans)
	}
}

// put gives an edge the first plan that both its units have free.
func (d *dealer) put(x int32) {
	left, right := d.free[0][d.unit[0][x]], d.free[1][d.unit[1][x]]
	if both := left & right; both != 0 {
		d.set(x, bits.TrailingZeros64(both))
		return
	}
	a, b := bits.TrailingZeros64(left), bits.TrailingZeros64(right)
	// The path enters left units by plan a only, which the edge's own has free.
	d.follow(1, d.unit[1][x], a, b)
	d.exchange(a, b)
	d.set(x, a)
}

func (d *dealer) set(x int32, plan int) {
	d.plan[x] = int8(plan)
	d.size[plan]++
	for side := range d.unit {
		u := d.unit[side][x]
		d.at[side][int(u)*d.plans+plan] = x
		d.free[side][u] &^= 1 << plan
	}
}

func (d *dealer) unset(x int32) {
	plan := int(d.plan[x])
	d.size[plan]--
	for side := range d.unit {
		u := d.unit[side][x]
		d.at[side][int(u)*d.plans+plan] = -1
		d.free[side][u] |= 1 << plan
	}
}

// follow finds the path that leaves a unit by plan a, goes on by b, and so on. The
// unit has no edge of plan b.
func (d *dealer) follow(side int, unit int32, a, b int) {
	d.path = d.path[:0]
	for {
		x := d.at[side][int(unit)*d.plans+a]
		if x < 0 {
			return
		}
		d.path = append(d.path, x)
		side = 1 - side
		unit = d.unit[side][x]
		a, b = b, a
	}
}

// exchange turns plan a into b and b into a along the path found last.
func (d *dealer) exchange(a, b int) {
	for _, x := range d.path {
		d.unset(x)
	}
	for _, x := range d.path {
		d.set(x, a+b-int(d.plan[x]))
	}
}

// level moves edges from large plans to small ones until no two differ by more
// than one. Exchanging a path that begins and ends with an edge of the larger plan
// moves one edge; of the paths between two plans, at least as many are such as one
// has edges more than the other.
func (d *dealer) level() {
	order := make([]int, d.plans)
	for n := range order {
		order[n] = n
	}
	slices.SortStableFunc(order, func(a, b int) int { return d.size[b] - d.size[a] })
	surplus := make([]int, d.plans)
	for at, n := range order {
		surplus[n] = d.size[n] - len(d.plan)/d.plans
		if at < len(d.plan)%d.plans {
			surplus[n]--
		}
	}
	for {
		from := slices.Index(surplus, slices.Max(surplus))
		to := slices.Index(surplus, slices.Min(surplus))
		n := min(surplus[from], -surplus[to])
		if n == 0 {
			return
		}
		d.move(from, to, n)
		surplus[from] -= n
		surplus[to] += n
	}
}

// move moves n edges from plan a to plan b, which has at least n fewer.
func (d *dealer) move(a, b, n int) {
	for side := range d.free {
		for u, free := range d.free[side] {
			if free>>a&1 == 1 || free>>b&1 == 0 {
				continue
			}
			if n == 0 {
				return
			}
			if d.follow(side, int32(u), a, b); len(d.path)%2 == 1 {
				d.exchange(a, b)
				n--
			}
		}
	}
}

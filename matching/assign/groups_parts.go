package assign

// part is a set of edges by which two assignments differ and that can be
// exchanged alone: no node gets more pairs than it has in the one or the other.
type part struct {
	edges []int
	score int64
	sums  []int64 // by rule
	used  bool
}

// parts divides the edges by which two assignments differ. At each node an edge
// that goes is tied to one that comes, as long as there are both; what is tied
// together is a part.
func (m *mixer) parts(from, to []int) (out []part) {
	differ, comes := difference(from, to)
	tied := newUnions(len(differ))
	waiting := map[[2]int][]int{} // by side and node: edges not tied there yet, of one kind
	for i, x := range differ {
		e := m.p.Edges.At(x)
		for side, node := range [...]int{e.Left, e.Right} {
			key := [2]int{side, node}
			others := waiting[key]
			if n := len(others); n > 0 && comes[others[n-1]] != comes[i] {
				tied.join(i, others[n-1])
				waiting[key] = others[:n-1]
				continue
			}
			waiting[key] = append(others, i)
		}
	}
	number := map[int]int{}
	for i, x := range differ {
		root := tied.root(i)
		k, known := number[root]
		if !known {
			k = len(out)
			number[root] = k
			out = append(out, part{sums: make([]int64, len(m.groups))})
		}
		sign := int64(-1)
		if comes[i] {
			sign = 1
		}
		out[k].edges = append(out[k].edges, x)
		out[k].score += sign * int64(m.p.Edges.Score[x])
		for rule := range m.groups {
			out[k].sums[rule] += sign * m.weight(rule, m.class[x])
		}
	}
	return out
}

// difference lists the numbers that only one of two ascending lists has,
// ascending, and which of them are in the second.
func difference(from, to []int) (out []int, second []bool) {
	for len(from) > 0 || len(to) > 0 {
		switch {
		case len(to) == 0 || len(from) > 0 && from[0] < to[0]:
			out, second, from = append(out, from[0]), append(second, false), from[1:]
		case len(from) == 0 || to[0] < from[0]:
			out, second, to = append(out, to[0]), append(second, true), to[1:]
		default:
			from, to = from[1:], to[1:]
		}
	}
	return out, second
}

// unions are sets of numbers that are joined, each known by one of them.
type unions []int

func newUnions(n int) unions {
	u := make(unions, n)
	for i := range u {
		u[i] = i
	}
	return u
}

func (u unions) root(i int) int {
	for u[i] != i {
		u[i] = u[u[i]]
		i = u[i]
	}
	return i
}

func (u unions) join(a, b int) { u[u.root(a)] = u.root(b) }

package verify

// The two sides of a round index the pairs of fields below.
const (
	left = iota
	right
)

var sideNames = [2]string{"left", "right"}

// round is the file as it stands, its lists in the order of the file.
type round struct {
	data     []byte
	digest   int // where the digits of "hash" start
	settings struct{ start, end, digest, members int }

	kind, method, sense, cover, start string
	seed                              uint64

	nodes     [2][]node
	edges     []edge
	edgesAt   int // where their list starts
	must      [][2]int32
	pairs     []pair
	unmatched []absent
	totals    totals

	proof struct {
		kind    string
		members []string // those there, in the format's order

		plans, drawn int64 // of a lottery
	}
	priced              int // right ids with a price
	keepPriced          int // right ids with another for what is kept
	bonus, primal, dual int64
	short               int64
	scale, gap          int64 // of rules about groups
	rules               []rule
	lists               []list
	levels              []level
	keep                *keep
	plans               [][]int32 // of a lottery: positions of edges
	stated              [3]int    // left ids, right ids and pairs with a propensity
}

type node struct {
	id                string
	capacity, minimum int64
	price             int64 // right ids only
	keep              int64 // another price of right ids, where a round keeps pairs
	chance            chance
}

type edge struct {
	end   [2]int32 // positions in the node lists
	score int32
}

// list is what an id prefers to all that its scores rank, most wanted first.
type list struct {
	side int
	of   int32   // position of its id
	ids  []int32 // positions on the other side
}

type pair struct {
	id      [2]string
	score   int64
	rank    [2]int64
	lines   int
	weights int64 // sum over the lines
	points  int64 // sum of weight times share
	edge    int32 // its position among the edges, -1 if there is none; see checkPairs
	chance  chance
}

type absent struct {
	side          int
	id, reason    string
	rule, nearest string
	points        int64
}

type totals struct {
	pairs, score int64
	served       [2]int64
}

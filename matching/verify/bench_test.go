package verify

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// BenchmarkRound reads and proves rounds of 100,000 mentees and 25,000 mentors.
// The sizes are those of the file.
func BenchmarkRound(b *testing.B) {
	for _, cover := range []string{"none", "both"} {
		data := planted(b, 100_000, 25_000, 28, cover)
		b.Run(fmt.Sprintf("100000x25000x2800000/cover=%s/%dMB", cover, len(data)>>20), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				got, err := Round(data)
				if err != nil || len(got.Failures) > 0 {
					b.Fatal(err, got.Failures)
				}
			}
		})
	}
}

// planted writes a large assign round whose optimum is known from the start:
// prices and gains are drawn first, a plan that fills every place is laid out,
// its pairs score price plus gain and all other edges at most that. Everybody
// is served, so a bonus changes neither the plan nor the prices.
func planted(tb testing.TB, lefts, rights, degree int, cover string) []byte {
	r := rand.New(rand.NewPCG(uint64(lefts), uint64(rights)))
	price := make([]int, rights)
	load := make([]int, rights)
	for j := range price {
		price[j] = r.IntN(1000)
	}
	in := instance{kind: "assign", sense: "max", cover: cover, seed: 1}
	var chosen []int
	total := 0
	for i := range lefts {
		gain := r.IntN(1000)
		var mine []tedge
		for len(mine) < degree {
			j := r.IntN(rights)
			if len(mine) == 0 {
				j = i % rights
			}
			if !slices.ContainsFunc(mine, func(x tedge) bool { return x.r == j }) {
				mine = append(mine, tedge{i, j, price[j] + gain - once(len(mine) > 0, r.IntN(900))})
			}
		}
		pair := mine[0]
		load[pair.r]++
		total += pair.score
		slices.SortFunc(mine, func(a, b tedge) int { return cmp.Compare(a.r, b.r) })
		chosen = append(chosen, len(in.edges)+slices.Index(mine, pair))
		in.edges = append(in.edges, mine...)
		in.left = append(in.left, tnode{id: fmt.Sprintf("E-%07d", i), capacity: 1})
	}
	for j := range rights {
		in.right = append(in.right, tnode{id: fmt.Sprintf("M-%06d", j), capacity: load[j]})
	}
	bonus := once(cover != "none", 1<<40)
	f := in.header(price, bonus)
	f.Unmatched = []fileUnmatched{}
	f.Totals = fileTotals{lefts, lefts, rights, total}
	f.Certificate.Primal = total + bonus*(lefts+rights)
	f.Certificate.Dual = f.Certificate.Primal
	in.rankAll(f, chosen)
	return f.bytes(tb)
}

// rankAll adds the chosen pairs with their ranks, for rounds too large for ranks.
func (in instance) rankAll(f *file, chosen []int) {
	byNode := [2][][]int{make([][]int, len(in.left)), make([][]int, len(in.right))}
	for e, x := range in.edges {
		byNode[left][x.l] = append(byNode[left][x.l], e)
		byNode[right][x.r] = append(byNode[right][x.r], e)
	}
	order := [2][][]byte{}
	for _, n := range in.left {
		order[left] = append(order[left], in.tieOrder(n.id))
	}
	for _, n := range in.right {
		order[right] = append(order[right], in.tieOrder(n.id))
	}
	rank := func(edges []int, e int, tie func(tedge) []byte) int {
		n := 1
		for _, other := range edges {
			d := cmp.Compare(in.edges[other].score, in.edges[e].score)
			if d > 0 || d == 0 && bytes.Compare(tie(in.edges[other]), tie(in.edges[e])) < 0 {
				n++
			}
		}
		return n
	}
	for _, e := range chosen {
		x := in.edges[e]
		f.Pairs = append(f.Pairs, filePair{
			Left: in.left[x.l].id, Right: in.right[x.r].id, Score: x.score,
			LeftRank:  rank(byNode[left][x.l], e, func(x tedge) []byte { return order[right][x.r] }),
			RightRank: rank(byNode[right][x.r], e, func(x tedge) []byte { return order[left][x.l] }),
			Lines:     []fileLine{},
		})
	}
}

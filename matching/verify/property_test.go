package verify

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// TestForgedAtRandom: random changes to random rounds, hashes repaired, often
// with everything that follows restated. A file is accepted exactly when every
// claim holds by the oracle, and then its pairs are in truth the best.
func TestForgedAtRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var unreadable, refuted, proven int
	for range 6000 {
		in := randomInstance(r)
		f := in.solve(t)
		for range 1 + r.IntN(2) {
			mutations[r.IntN(len(mutations))](r, f)
		}
		if changed, p, ok := f.read(); ok && r.IntN(2) == 0 {
			f.setPairs(changed, p)
		}
		data := f.bytes(t)
		if r.IntN(3) == 0 {
			data = changeNumber(t, r, data)
		}
		got, err := Round(data)
		if err != nil || len(got.Failures) > 0 && got.Failures[0].Check == "limits" { // the oracle knows no limits
			unreadable++
			continue
		}
		holds, best := oracle(t, data)
		accepted := len(got.Failures) == 0
		if accepted != holds || accepted && !best {
			t.Fatalf("accepted %v, claims hold %v, best %v: %+v\n%s", accepted, holds, best, got.Failures, data)
		}
		if accepted {
			proven++
		} else {
			refuted++
		}
	}
	t.Logf("unreadable %d, refuted %d, proven %d", unreadable, refuted, proven)
	if unreadable > 2000 || refuted < 2000 || proven < 400 {
		t.Error("the mix of files tests too little")
	}
}

func changeNumber(t *testing.T, r *rand.Rand, data []byte) []byte {
	var numbers []token
	for _, token := range tokens(t, data) {
		if data[token.start] != '"' {
			numbers = append(numbers, token)
		}
	}
	pick := numbers[r.IntN(len(numbers))]
	old, _ := strconv.Atoi(string(data[pick.start:pick.end])) // a seed beyond 63 bits becomes the largest number
	return repair(slices.Concat(data[:pick.start], fmt.Append(nil, nudge(r, old)), data[pick.end:]))
}

func nudge(r *rand.Rand, n int) int {
	return []int{n + 1, n - 1, 0, -n, n + r.IntN(1000), n - r.IntN(20)}[r.IntN(6)]
}

// pick gives a random element of a list, or a spare one when there is none.
func pick[T any](r *rand.Rand, list []T) *T {
	if len(list) == 0 {
		return new(T)
	}
	return &list[r.IntN(len(list))]
}

// disturb drops, repeats or exchanges elements of a list.
func disturb[T any](r *rand.Rand, list []T) []T {
	if len(list) == 0 {
		return list
	}
	i, j := r.IntN(len(list)), r.IntN(len(list))
	switch r.IntN(3) {
	case 0:
		return slices.Delete(list, i, i+1)
	case 1:
		return slices.Insert(list, j, list[i])
	}
	list[i], list[j] = list[j], list[i]
	return list
}

var mutations = []func(*rand.Rand, *file){
	func(r *rand.Rand, f *file) {}, // so that proven files are among them
	func(r *rand.Rand, f *file) { f.Left = disturb(r, f.Left) },
	func(r *rand.Rand, f *file) { f.Right = disturb(r, f.Right) },
	func(r *rand.Rand, f *file) { f.Edges = disturb(r, f.Edges) },
	func(r *rand.Rand, f *file) { f.Must = disturb(r, f.Must) },
	func(r *rand.Rand, f *file) { f.Pairs = disturb(r, f.Pairs) },
	func(r *rand.Rand, f *file) { f.Unmatched = disturb(r, f.Unmatched) },
	func(r *rand.Rand, f *file) { f.Cover = []string{"none", "left", "right", "both"}[r.IntN(4)] },
	func(r *rand.Rand, f *file) { f.Sense = []string{"max", "min"}[r.IntN(2)] },
	func(r *rand.Rand, f *file) { f.Seed = r.Uint64() },
	func(r *rand.Rand, f *file) { n := pick(r, f.Left); n.Capacity = nudge(r, n.Capacity) },
	func(r *rand.Rand, f *file) { n := pick(r, f.Left); n.Minimum = nudge(r, n.Minimum) },
	func(r *rand.Rand, f *file) { n := pick(r, f.Right); n.Capacity = nudge(r, n.Capacity) },
	func(r *rand.Rand, f *file) { n := pick(r, f.Right); n.Minimum = nudge(r, n.Minimum) },
	func(r *rand.Rand, f *file) { n := pick(r, f.Right); n.Price = nudge(r, n.Price) },
	func(r *rand.Rand, f *file) { e := pick(r, f.Edges); e[2] = nudge(r, e[2]) },
	func(r *rand.Rand, f *file) { e := pick(r, f.Edges); f.Must = append(f.Must, [2]int{e[0], e[1]}) },
	func(r *rand.Rand, f *file) { f.Certificate.Bonus = max(0, nudge(r, f.Certificate.Bonus)) },
	func(r *rand.Rand, f *file) { u := pick(r, f.Unmatched); u.Reason = reasons[r.IntN(len(reasons))] },
	func(r *rand.Rand, f *file) { u := pick(r, f.Unmatched); u.Rule = "conflict" },
	func(r *rand.Rand, f *file) { u := pick(r, f.Unmatched); u.Nearest = pick(r, f.Right).ID },
	func(r *rand.Rand, f *file) { // another partner
		p := pick(r, f.Pairs)
		p.Right = pick(r, f.Right).ID
	},
	func(r *rand.Rand, f *file) { // one more pair, in its place
		e := pick(r, f.Edges)
		if len(f.Left) > e[0] && len(f.Right) > e[1] {
			f.Pairs = append(f.Pairs, filePair{f.Left[e[0]].ID, f.Right[e[1]].ID, e[2], 1, 1, []fileLine{}})
			slices.SortStableFunc(f.Pairs, func(a, b filePair) int {
				return slices.Compare([]string{a.Left, a.Right}, []string{b.Left, b.Right})
			})
		}
	},
}

package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"testing"
	"time"
)

// build writes the round of an instance, a plan and prices, every number that
// follows from others computed in the simplest way there is.
func (in instance) build(p plan, price []int, bonus int) *file {
	f := in.header(price, bonus)
	f.setPairs(in, p)
	return f
}

// header writes all but the pairs and what follows from them.
func (in instance) header(price []int, bonus int) *file {
	f := &file{Format: "puente.round/1", Kind: in.kind, Method: "optimal", Sense: in.sense, Cover: in.cover, Seed: in.seed}
	f.Engine.Name, f.Engine.Version, f.Engine.Scoring = "puente", "0.1.0", 1
	f.Settings = json.RawMessage(`{}`)
	if in.kind == "match" {
		f.Start = "2027-01-04"
		f.Settings = json.RawMessage(`{"weights":{"needs":340,"sector":660},"cover":"` + in.cover + `"}`)
	}
	f.SnapshotHash = fmt.Sprintf("%x", sha256.Sum256([]byte("people")))
	f.Left, f.Right, f.Edges, f.Must = []fileLeft{}, []fileRight{}, [][3]int{}, [][2]int{}
	for _, n := range in.left {
		f.Left = append(f.Left, fileLeft{n.id, n.capacity, n.lo})
	}
	for j, n := range in.right {
		f.Right = append(f.Right, fileRight{n.id, n.capacity, n.lo, price[j], nil})
	}
	for _, e := range in.edges {
		f.Edges = append(f.Edges, [3]int{e.l, e.r, e.score})
	}
	for _, e := range in.must {
		f.Must = append(f.Must, [2]int{in.edges[e].l, in.edges[e].r})
	}
	f.Certificate = fileCertificate{Kind: "prices", Bonus: bonus}
	return f
}

// setPairs replaces the pairs and everything that follows from them, the
// stated dual included.
func (f *file) setPairs(in instance, p plan) {
	f.Pairs = []filePair{}
	for e, x := range in.edges {
		if p.has(e) {
			pair := filePair{Left: in.left[x.l].id, Right: in.right[x.r].id, Score: x.score, Lines: []fileLine{}}
			pair.LeftRank, pair.RightRank = in.ranks(e)
			if in.kind == "match" {
				pair.Lines = linesOf(x.score)
			}
			f.Pairs = append(f.Pairs, pair)
		}
	}
	f.Unmatched = in.unmatched(p, f)
	l, r := in.degrees(p)
	score, served := in.worth(p)
	f.Totals = fileTotals{len(f.Pairs), count(l), count(r), in.sign() * score}
	f.Certificate.Primal = score + served*f.Certificate.Bonus
	f.Certificate.Dual = in.dual(f.prices(), f.Certificate.Bonus)
}

func (f *file) prices() []int {
	price := make([]int, len(f.Right))
	for j, n := range f.Right {
		price[j] = n.Price
	}
	return price
}

// linesOf splits a score into lines whose weights add up to 1000.
func linesOf(score int) []fileLine {
	full, rest := score/60, score%60
	lines := []fileLine{{"needs", "rules_of_origin@CA", full, 60, "stated"}}
	if full < 1000 {
		lines = append(lines, fileLine{"sector", "3119", 1, rest, "stated"}, fileLine{"time", "", 999 - full, 0, "not stated"})
	}
	return lines
}

// tieOrder is what two ids are compared by after the score.
func (in instance) tieOrder(id string) []byte {
	sum := sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, in.seed), id...))
	return append(sum[:8:8], id...)
}

func (in instance) ranks(e int) (left, right int) {
	left, right = 1, 1
	for x, other := range in.edges {
		mine := in.edges[e]
		gain := in.sign() * (other.score - mine.score)
		if other.l == mine.l && x != e && (gain > 0 || gain == 0 && bytes.Compare(in.tieOrder(in.right[other.r].id), in.tieOrder(in.right[mine.r].id)) < 0) {
			left++
		}
		if other.r == mine.r && x != e && (gain > 0 || gain == 0 && bytes.Compare(in.tieOrder(in.left[other.l].id), in.tieOrder(in.left[mine.l].id)) < 0) {
			right++
		}
	}
	return left, right
}

func (in instance) unmatched(p plan, f *file) []fileUnmatched {
	out := []fileUnmatched{}
	l, r := in.degrees(p)
	for i, n := range in.left {
		if l[i] == 0 {
			out = append(out, in.whyLeft(i, n, f))
		}
	}
	for j, n := range in.right {
		if r[j] > 0 {
			continue
		}
		u := fileUnmatched{Side: "right", ID: n.id, Reason: "not_chosen"}
		if n.capacity == 0 {
			u.Reason = "full"
		} else if !slices.ContainsFunc(in.edges, func(x tedge) bool { return x.r == j }) {
			u.Reason = "no_candidate"
		}
		out = append(out, u)
	}
	return out
}

func (in instance) whyLeft(i int, n tnode, f *file) fileUnmatched {
	u := fileUnmatched{Side: "left", ID: n.id, Reason: "places"}
	var mine []tedge
	for _, x := range in.edges {
		if x.l == i {
			mine = append(mine, x)
		}
	}
	missing := func(x tedge) int {
		return f.Right[x.r].Price - in.sign()*x.score - once(in.covers("left"), f.Certificate.Bonus)
	}
	sort.Slice(mine, func(a, b int) bool {
		if d := missing(mine[a]) - missing(mine[b]); d != 0 {
			return d < 0
		}
		return bytes.Compare(in.tieOrder(in.right[mine[a].r].id), in.tieOrder(in.right[mine[b].r].id)) < 0
	})
	switch {
	case n.capacity == 0:
		u.Reason = "full"
	case len(mine) == 0:
		u.Reason = "no_candidate"
		if in.kind == "match" {
			u.Rule = "language"
		}
	case f.Certificate.Kind == "bound" && missing(mine[0]) < 0:
		u.Reason = "gap"
	default:
		if f.Right[mine[0].r].Price <= 0 {
			u.Reason = "no_gain"
			break
		}
		u.Nearest, u.Points = in.right[mine[0].r].id, max(0, missing(mine[0])) // the format has no negative points
	}
	return u
}

// read gives the instance and the plan a file describes; ok is false if its
// lists do not fit together.
func (f *file) read() (in instance, p plan, ok bool) {
	in = instance{kind: f.Kind, sense: f.Sense, cover: f.Cover, seed: f.Seed}
	where := map[string]int{}
	for i, n := range f.Left {
		in.left = append(in.left, tnode{n.ID, n.Capacity, n.Minimum})
		where["L"+n.ID] = i
		ok = i == 0 || f.Left[i-1].ID < n.ID
		if !ok {
			return in, 0, false
		}
	}
	for j, n := range f.Right {
		in.right = append(in.right, tnode{n.ID, n.Capacity, n.Minimum})
		where["R"+n.ID] = j
		if j > 0 && f.Right[j-1].ID >= n.ID {
			return in, 0, false
		}
	}
	number := map[[2]int]int{}
	for e, x := range f.Edges {
		if e > 0 && slices.Compare(f.Edges[e-1][:2], x[:2]) >= 0 || x[0] >= len(in.left) || x[1] >= len(in.right) {
			return in, 0, false
		}
		if in.kind == "match" && (x[2] < 0 || x[2] > 60000) {
			return in, 0, false
		}
		number[[2]int{x[0], x[1]}] = e
		in.edges = append(in.edges, tedge{x[0], x[1], x[2]})
	}
	for i, m := range f.Must {
		e, edge := number[m]
		if !edge || i > 0 && slices.Compare(f.Must[i-1][:], m[:]) >= 0 {
			return in, 0, false
		}
		in.must = append(in.must, e)
	}
	for _, pair := range f.Pairs {
		l, okL := where["L"+pair.Left]
		r, okR := where["R"+pair.Right]
		e, edge := number[[2]int{l, r}]
		if !okL || !okR || !edge || p>>e != 0 { // also: not ascending
			return in, 0, false
		}
		p |= 1 << e
	}
	return in, p, true
}

// oracle tells whether every claim of a readable file with a right hash holds,
// and whether its pairs are in truth the best.
func oracle(t testing.TB, data []byte) (holds, best bool) {
	f := parse(t, data)
	in, p, ok := f.read()
	if !ok || !in.feasible(p) || f.SettingsHash != settingsHash(t, f.Settings) {
		return false, false
	}
	_, noDate := time.Parse(time.DateOnly, f.Start)
	if f.Kind == "match" && (noDate != nil || f.Sense == "min") || f.Kind == "assign" && (f.Start != "" || string(f.Settings) != "{}") {
		return false, false
	}
	want := in.build(p, f.prices(), f.Certificate.Bonus)
	for i, u := range f.Unmatched {
		if i < len(want.Unmatched) {
			in.leave(&want.Unmatched[i], u)
		}
	}
	for i, pair := range f.Pairs {
		weights, points := 0, 0
		for _, line := range pair.Lines {
			weights += line.Weight
			points += line.Weight * line.Share
		}
		if f.Kind == "match" && (weights != 1000 || points != pair.Score) || f.Kind == "assign" && len(pair.Lines) > 0 {
			return false, false
		}
		want.Pairs[i].Lines = pair.Lines
	}
	score, _ := in.worth(p)
	sound := f.Certificate.Bonus == 0
	if in.cover != "none" {
		sound = f.Certificate.Bonus > score-in.lowest()
	}
	same := sameJSON(f.Pairs, want.Pairs) && sameJSON(f.Unmatched, want.Unmatched) && f.Totals == want.Totals && sameJSON(f.Certificate, want.Certificate)
	return same && sound && f.Certificate.Primal == f.Certificate.Dual, in.optimal(p)
}

// leave adopts what a file may state freely: which rule refused most mentors,
// and either reason of an id that has neither edges nor capacity.
func (in instance) leave(want *fileUnmatched, stated fileUnmatched) {
	edges := slices.ContainsFunc(in.edges, func(x tedge) bool {
		return want.Side == "left" && in.left[x.l].id == want.ID || want.Side == "right" && in.right[x.r].id == want.ID
	})
	if want.Reason == "full" && stated.Reason == "no_candidate" && !edges {
		want.Reason = stated.Reason
	}
	if want.Reason == "no_candidate" && want.Side == "left" && in.kind == "match" {
		want.Rule = stated.Rule
	}
}

func sameJSON(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

package jobs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"puente/matching"
)

// RoundDiff is what differs between two rounds, from A to B.
type RoundDiff struct {
	Same     bool       `json:"same" doc:"Whether nothing differs that is listed here"`
	Kept     int        `json:"kept" doc:"Pairs that both have"`
	Lost     []Change   `json:"lost" nullable:"false" doc:"Pairs that only A has"`
	New      []Change   `json:"new" nullable:"false" doc:"Pairs that only B has"`
	Left     SideDiff   `json:"left" doc:"Mentees"`
	Right    SideDiff   `json:"right" doc:"Mentors"`
	A        RoundSums  `json:"a"`
	B        RoundSums  `json:"b"`
	Settings []Setting  `json:"settings" nullable:"false" doc:"How the rounds were made, where it differs"`
	Must     MustDiff   `json:"must" doc:"Forced pairs"`
	Edges    EdgeCounts `json:"edges" doc:"Candidate pairs"`
}

// SideDiff is what became of the ids of one side.
type SideDiff struct {
	Matched   []string `json:"matched" nullable:"false" doc:"Without a pair in A, with one in B"`
	Unmatched []string `json:"unmatched" nullable:"false" doc:"With a pair in A, without one in B"`
	Came      []string `json:"came" nullable:"false" doc:"Only in B"`
	Went      []string `json:"went" nullable:"false" doc:"Only in A"`
	Places    []string `json:"places" nullable:"false" doc:"Another capacity or minimum"`
}

// RoundSums are the totals of a round.
type RoundSums struct {
	Pairs int   `json:"pairs"`
	Left  int   `json:"left"`
	Right int   `json:"right"`
	Score int64 `json:"score"`
}

// Setting is one choice that differs; a member of the settings by its path.
type Setting struct {
	Name string `json:"name"`
	A    string `json:"a"`
	B    string `json:"b"`
}

// MustDiff are forced pairs that only one of the rounds has.
type MustDiff struct {
	A [][2]string `json:"a" nullable:"false"`
	B [][2]string `json:"b" nullable:"false"`
}

// EdgeCounts are candidate pairs that only one of the rounds has, or that score
// otherwise.
type EdgeCounts struct {
	OnlyA    int `json:"only_a"`
	OnlyB    int `json:"only_b"`
	Rescored int `json:"rescored"`
}

// DiffRounds compares two rounds by their ids. It costs a look at every edge.
func DiffRounds(a, b *RoundFile) *RoundDiff {
	d := &RoundDiff{Lost: []Change{}, New: []Change{}, A: a.sums(), B: b.sums(), Settings: settingsDiff(a, b)}
	was, is := a.scores(a.links()), b.scores(b.links())
	for _, k := range sortedLinks(was) {
		if _, kept := is[k]; kept {
			d.Kept++
		} else {
			d.Lost = append(d.Lost, Change{k[0], k[1], was[k]})
		}
	}
	for _, k := range sortedLinks(is) {
		if _, kept := was[k]; !kept {
			d.New = append(d.New, Change{k[0], k[1], is[k]})
		}
	}
	d.Left, d.Right = sideDiff(a, b, 0), sideDiff(a, b, 1)
	d.Must = MustDiff{onlyIn(a.must(), b.must()), onlyIn(b.must(), a.must())}
	d.Edges = edgesDiff(a, b)
	d.Same = len(d.Lost)+len(d.New)+len(d.Settings)+len(d.Must.A)+len(d.Must.B) == 0 && d.Edges == EdgeCounts{} && d.A == d.B &&
		d.Left.none() && d.Right.none()
	return d
}

func (s SideDiff) none() bool { return len(s.Came)+len(s.Went)+len(s.Places) == 0 }

func (f *RoundFile) sums() RoundSums {
	return RoundSums{len(f.Round.Pairs), f.Round.Served[0], f.Round.Served[1], f.given(f.Round.Score)}
}

// links are the pairs of a round.
func (f *RoundFile) links() (out []matching.Link) {
	for _, p := range f.Round.Pairs {
		out = append(out, matching.Link{Left: p.Left, Right: p.Right, Score: p.Score})
	}
	return out
}

// scores are links by their ids, with the scores as they were given.
func (f *RoundFile) scores(links []matching.Link) map[[2]string]int64 {
	out := make(map[[2]string]int64, len(links))
	for _, l := range links {
		out[[2]string{f.Round.Left[l.Left].ID, f.Round.Right[l.Right].ID}] = f.given(l.Score)
	}
	return out
}

func sortedLinks(m map[[2]string]int64) [][2]string {
	return slices.SortedFunc(maps.Keys(m), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
}

// edgesDiff compares the candidate pairs.
func edgesDiff(a, b *RoundFile) (out EdgeCounts) {
	all := func(f *RoundFile) map[[2]string]int64 {
		var links []matching.Link
		for _, e := range f.Round.Edges.All() {
			links = append(links, matching.Link{Left: e.Left, Right: e.Right, Score: e.Score})
		}
		return f.scores(links)
	}
	was, is := all(a), all(b)
	for k, score := range was {
		if now, kept := is[k]; !kept {
			out.OnlyA++
		} else if now != score {
			out.Rescored++
		}
	}
	out.OnlyB = len(is) - (len(was) - out.OnlyA)
	return out
}

// sideDiff compares the ids of one side, 0 the left.
func sideDiff(a, b *RoundFile, side int) SideDiff {
	s := SideDiff{Matched: []string{}, Unmatched: []string{}, Came: []string{}, Went: []string{}, Places: []string{}}
	was, is := a.people(side), b.people(side)
	for _, id := range slices.Sorted(maps.Keys(was)) {
		before, now := was[id], is[id]
		switch {
		case now == nil:
			s.Went = append(s.Went, id)
			continue
		case before.paired && !now.paired:
			s.Unmatched = append(s.Unmatched, id)
		case !before.paired && now.paired:
			s.Matched = append(s.Matched, id)
		}
		if before.Node != now.Node {
			s.Places = append(s.Places, id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(is)) {
		if was[id] == nil {
			s.Came = append(s.Came, id)
		}
	}
	return s
}

// member is an id of a round and whether it has a pair.
type member struct {
	matching.Party
	paired bool
}

func (f *RoundFile) people(side int) map[string]*member {
	parties := [][]matching.Party{f.Round.Left, f.Round.Right}[side]
	out := make(map[string]*member, len(parties))
	for _, p := range parties {
		out[p.ID] = &member{Party: p}
	}
	for _, p := range f.Round.Pairs {
		out[parties[[2]int{p.Left, p.Right}[side]].ID].paired = true
	}
	return out
}

func (f *RoundFile) must() [][2]string {
	out := [][2]string{}
	for _, x := range f.Round.Edges.Must {
		e := f.Round.Edges.At(int(x))
		out = append(out, [2]string{f.Round.Left[e.Left].ID, f.Round.Right[e.Right].ID})
	}
	return out
}

func onlyIn(a, b [][2]string) [][2]string {
	return slices.DeleteFunc(slices.Clone(a), func(x [2]string) bool { return slices.Contains(b, x) })
}

// settingsDiff lists how the rounds were made, where it differs.
func settingsDiff(a, b *RoundFile) []Setting {
	was, is := a.choices(), b.choices()
	out := []Setting{}
	names := slices.Sorted(maps.Keys(was))
	for name := range is {
		if _, both := was[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if was[name] != is[name] {
			out = append(out, Setting{name, was[name], is[name]})
		}
	}
	return out
}

// choices are all that decides a round beside its people, by name.
func (f *RoundFile) choices() map[string]string {
	sense := "max"
	if f.Minimize {
		sense = "min"
	}
	out := map[string]string{
		"kind": f.Kind, "method": MethodName(f.Round.Method), "sense": sense, "cover": roundCovers[f.Round.Cover], "start": f.Start,
		"seed": strconv.FormatUint(f.Round.Seed, 10), "engine": fmt.Sprintf("%s %s scoring %d", f.Engine.Name, f.Engine.Version, f.Engine.Scoring),
		"snapshot": f.SnapshotHash,
	}
	dec := json.NewDecoder(bytes.NewReader(f.Settings))
	dec.UseNumber()
	var settings any
	if err := dec.Decode(&settings); err == nil {
		flatten("settings", settings, out)
	}
	return out
}

// flatten writes the values of a JSON value by the paths to them.
func flatten(at string, value any, out map[string]string) {
	members, ok := value.(map[string]any)
	if !ok {
		out[at] = fmt.Sprint(value)
		return
	}
	for name, v := range members {
		flatten(at+"."+name, v, out)
	}
}

// Text says a difference in words, a sentence to a line.
func (d *RoundDiff) Text(w Words) (out []string) {
	if d.Same {
		return []string{w.Say("rounddiff.same", nil)}
	}
	out = append(out, w.Say("rounddiff.pairs", map[string]any{"Kept": d.Kept, "Lost": len(d.Lost), "New": len(d.New)}))
	for _, line := range d.Changes(w, func(id string) string { return id }) {
		out = append(out, "  – "+line)
	}
	out = append(out, w.Say("rounddiff.totals", map[string]any{
		"A": d.A.Score, "B": d.B.Score, "LeftA": d.A.Left, "LeftB": d.B.Left, "RightA": d.A.Right, "RightB": d.B.Right,
	}))
	for _, list := range []struct {
		key string
		ids []string
	}{
		{"rounddiff.left_matched", d.Left.Matched},
		{"rounddiff.left_unmatched", d.Left.Unmatched},
		{"rounddiff.left_came", d.Left.Came},
		{"rounddiff.left_went", d.Left.Went},
		{"rounddiff.left_places", d.Left.Places},
		{"rounddiff.right_matched", d.Right.Matched},
		{"rounddiff.right_unmatched", d.Right.Unmatched},
		{"rounddiff.right_came", d.Right.Came},
		{"rounddiff.right_went", d.Right.Went},
		{"rounddiff.right_places", d.Right.Places},
	} {
		if len(list.ids) > 0 {
			out = append(out, w.Say(list.key, map[string]any{"IDs": strings.Join(list.ids, ", ")}))
		}
	}
	return append(out, d.Choices(w)...)
}

// Changes are the lost and new pairs in words. Name says how a sentence names an
// id.
func (d *RoundDiff) Changes(w Words, name func(id string) string) (out []string) {
	for k, list := range [][]Change{d.Lost, d.New} {
		for _, c := range list {
			out = append(out, w.Say([]string{"whatif.lost", "whatif.new"}[k], map[string]any{"Left": name(c.Left), "Right": name(c.Right), "Score": c.Score}))
		}
	}
	return out
}

// Choices say how the making of the rounds differs, a sentence to a line.
func (d *RoundDiff) Choices(w Words) (out []string) {
	for _, s := range d.Settings {
		out = append(out, w.Say("rounddiff.setting", map[string]any{"Name": s.Name, "A": s.A, "B": s.B}))
	}
	for _, m := range d.Must.A {
		out = append(out, w.Say("rounddiff.must_a", map[string]any{"Left": m[0], "Right": m[1]}))
	}
	for _, m := range d.Must.B {
		out = append(out, w.Say("rounddiff.must_b", map[string]any{"Left": m[0], "Right": m[1]}))
	}
	if (d.Edges != EdgeCounts{}) {
		out = append(out, w.Say("rounddiff.edges", map[string]any{"OnlyA": d.Edges.OnlyA, "OnlyB": d.Edges.OnlyB, "Rescored": d.Edges.Rescored}))
	}
	return out
}

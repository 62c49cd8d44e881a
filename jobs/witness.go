package jobs

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"puente/matching"
	"puente/matching/assign"
	"puente/models"
)

// Witness is a round's file held against people: what of the file follows from
// them is made anew, by the rules and the scoring alone and without the solver.
type Witness struct {
	*RoundFile
	form    roundJSON
	m       *Matched
	forced  [][]int // by mentee: mentors whom staff force, ascending
	inside  func(rule, mentee, mentor int) bool
	scratch matching.Scratch
	doubts  []Doubt
	check   string
	count   int
}

// Doubt is something that a file says and people do not.
type Doubt struct {
	Check  string // among WitnessChecks
	Where  string // place in the file
	Detail string // plain English with the numbers
}

// witnessChecks are made in this order; those after the first need the same ids.
var witnessChecks = []struct {
	key string
	run func(*Witness, MatchOptions)
}{
	{"people", (*Witness).checkPeople},
	{"choices", (*Witness).checkChoices},
	{"forced", (*Witness).checkForced},
	{"wishes", (*Witness).checkWishes},
	{"groups", (*Witness).checkGroups},
	{"reasons", (*Witness).checkReasons},
}

// WitnessChecks are the keys of what [Witness.Compare] looks at.
func WitnessChecks() (keys []string) {
	for _, c := range witnessChecks {
		keys = append(keys, c.key)
	}
	return keys
}

// ReadWitness reads the file of a round of people. One of another version of the
// scoring is refused: nothing of it can be made anew.
func ReadWitness(file string, r io.Reader) (*Witness, models.Problems) {
	w := &Witness{}
	_, problems := decodeWithin(maxRound, file, r, &w.form)
	if len(problems) > 0 {
		return nil, problems
	}
	var err error
	if w.RoundFile, err = w.form.round(); err != nil {
		return nil, models.Problems{{File: file, Key: "json.round", Args: map[string]any{"Detail": err.Error()}}}
	}
	switch {
	case w.Kind != "match":
		return nil, models.Problems{{File: file, Key: "witness.kind"}}
	case w.Engine.Scoring != ScoringVersion:
		return nil, models.Problems{{File: file, Key: "witness.scoring", Args: map[string]any{"Version": w.Engine.Scoring, "Own": ScoringVersion}}}
	}
	return w, nil
}

// Compare says what of the file does not follow from people, whose settings and
// seed are those of the file ([RoundFile.Options]): at most ten doubts of each
// check, and one more that counts the rest. Same says whether the file has the same ids
// on both sides; only then can [Witness.Scores] be asked. Errors are those of
// [Prepare].
func (w *Witness) Compare(p People, o MatchOptions) (doubts []Doubt, same bool, err error) {
	if w.m, err = Prepare(p, o); err != nil {
		return nil, false, err
	}
	for _, c := range witnessChecks {
		w.check, w.count = c.key, 0
		c.run(w, o)
		if w.count > maxDoubts {
			w.doubts = append(w.doubts, Doubt{c.key, "", fmt.Sprintf("%d more like these are not listed", w.count-maxDoubts)})
		}
		if same = w.sameIDs(); !same {
			break
		}
	}
	return w.doubts, same, nil
}

// maxDoubts is how many of one check are told.
const maxDoubts = 10

func (w *Witness) doubt(where, format string, args ...any) {
	if w.count++; w.count <= maxDoubts {
		w.doubts = append(w.doubts, Doubt{w.check, where, fmt.Sprintf(format, args...)})
	}
}

// Scores fills in the score of a mentee with every mentor, by position, and -1
// where the two may not be a pair. It is not safe for concurrent use.
func (w *Witness) Scores(mentee int, into []int32) {
	e := &w.m.Snapshot.Mentees[mentee]
	w.m.Index.Scores(e, into, &w.scratch)
	for _, j := range w.forced[mentee] {
		into[j] = int32(w.m.Index.Explain(e, j).Score)
	}
}

// Inside says whether two are in the group of a rule about pairs.
func (w *Witness) Inside(rule, mentee, mentor int) bool { return w.inside(rule, mentee, mentor) }

// sides are the ids and places that people have.
func (w *Witness) sides() (out [2][]matching.Party) {
	for i := range w.m.Snapshot.Mentees {
		out[0] = append(out[0], matching.Party{ID: w.m.Snapshot.Mentees[i].ID, Node: assign.Node{Capacity: 1}})
	}
	for j := range w.m.Snapshot.Mentors {
		m := &w.m.Snapshot.Mentors[j]
		out[1] = append(out[1], matching.Party{ID: m.ID, Node: assign.Node{Capacity: m.Places()}})
	}
	return out
}

func (w *Witness) sameIDs() bool {
	for side, people := range w.sides() {
		if !slices.EqualFunc([2][]matching.Party{w.Round.Left, w.Round.Right}[side], people, func(a, b matching.Party) bool { return a.ID == b.ID }) {
			return false
		}
	}
	return true
}

// checkPeople: the snapshot is the one that the file names, and the ids of both
// sides have the places of the people.
func (w *Witness) checkPeople(MatchOptions) {
	if w.m.SnapshotHash != w.SnapshotHash {
		w.doubt("snapshot_hash", "states %s, these people give %s", w.SnapshotHash, w.m.SnapshotHash)
	}
	names := [2]string{"left", "right"}
	for side, people := range w.sides() {
		known := map[string]matching.Party{}
		for _, p := range people {
			known[p.ID] = p
		}
		for _, p := range [2][]matching.Party{w.Round.Left, w.Round.Right}[side] {
			is, there := known[p.ID]
			delete(known, p.ID)
			switch where := fmt.Sprintf("%s %q", names[side], p.ID); {
			case !there:
				w.doubt(where, "is not among these people")
			case is.Node != p.Node:
				w.doubt(where, "has the capacity %d and the minimum %d, the people have %d and %d", p.Capacity, p.Minimum, is.Capacity, is.Minimum)
			}
		}
		for _, id := range sortedKeys(known) {
			w.doubt(names[side], "%q of these people is not in the file", id)
		}
	}
}

// checkChoices: what the settings choose is what the file says of itself.
func (w *Witness) checkChoices(o MatchOptions) {
	if own := o.Settings.JSON(); string(own) != string(w.Settings) {
		w.doubt("settings", "are not as this program writes them, or start on another day: %s", own)
	}
	if w.Round.Method != o.Settings.Method {
		w.doubt("method", "is %s, the settings choose %s", MethodName(w.Round.Method), MethodName(o.Settings.Method))
	}
	if cover := roundCovers[o.Settings.Cover]; w.form.Cover != cover {
		w.doubt("cover", "is %s, the settings choose %s", w.form.Cover, cover)
	}
	if w.Round.Method == matching.MethodLottery && w.Round.Plans != o.Settings.Plans {
		w.doubt("plans", "are %d, the settings choose %d", w.Round.Plans, o.Settings.Plans)
	}
	if w.Round.RightProposes {
		w.doubt("certificate", "says that mentors propose; in a round of people mentees do")
	}
}

// checkForced: the must pairs are those that staff force, and a rule refuses none
// of them.
func (w *Witness) checkForced(MatchOptions) {
	w.forced = make([][]int, len(w.Round.Left))
	listed := map[[2]int]bool{}
	for _, m := range w.form.Must {
		listed[m] = true
	}
	for i := range w.m.Snapshot.Mentees {
		e := &w.m.Snapshot.Mentees[i]
		for n, id := range slices.Concat(e.Must, e.Lock) {
			where := fmt.Sprintf("must %q %q", e.ID, id)
			j, known := w.m.Index.Find(id)
			if !known {
				w.doubt(where, "the mentor is not among these people")
				continue
			}
			if rule := w.m.Index.ForcedRefusal(e, j, n >= len(e.Must)); rule != "" {
				w.doubt(where, "is refused by the rule %s", rule)
			}
			if !slices.Contains(w.forced[i], j) {
				w.forced[i] = append(w.forced[i], j)
				if !listed[[2]int{i, j}] {
					w.doubt(where, "is forced by staff and not in the list")
				}
			}
			delete(listed, [2]int{i, j})
		}
	}
	for _, m := range w.form.Must {
		if listed[m] {
			w.doubt(fmt.Sprintf("must %q %q", w.Round.Left[m[0]].ID, w.Round.Right[m[1]].ID), "is forced by nobody")
		}
	}
}

// checkWishes: the lists of a stable round are what people wish for, as far as the
// two may be a pair.
func (w *Witness) checkWishes(MatchOptions) {
	if w.Round.Method != matching.MethodStable {
		return
	}
	s := w.m.Snapshot
	may := func(i, j int) bool {
		return w.m.Index.Refusal(&s.Mentees[i], j) == "" || slices.Contains(w.forced[i], j)
	}
	given := func(side, at int) []int32 {
		if lists := w.Round.Lists[side]; lists != nil {
			return lists[at]
		}
		return nil
	}
	compare := func(name, id string, stated, wished []int32) {
		if !slices.Equal(stated, wished) {
			w.doubt(fmt.Sprintf("%s %q", name, id), "lists the positions %v, the people wish for %v", stated, wished)
		}
	}
	for i := range s.Mentees {
		var wished []int32
		for _, id := range s.Mentees[i].Wishes {
			if j, known := w.m.Index.Find(id); known && may(i, j) && !slices.Contains(wished, int32(j)) {
				wished = append(wished, int32(j))
			}
		}
		compare("left_lists", s.Mentees[i].ID, given(0, i), wished)
	}
	for j := range s.Mentors {
		var wished []int32
		for _, id := range s.Mentors[j].Wishes {
			i, known := slices.BinarySearchFunc(s.Mentees, id, func(e matching.Mentee, id string) int { return strings.Compare(e.ID, id) })
			if known && may(i, j) && !slices.Contains(wished, int32(i)) {
				wished = append(wished, int32(i))
			}
		}
		compare("right_lists", s.Mentors[j].ID, given(1, j), wished)
	}
}

// checkGroups: the rules about groups are those of the settings, with the members
// that the people have.
func (w *Witness) checkGroups(o MatchOptions) {
	m := &matching.Matcher{Snapshot: w.m.Snapshot, Settings: &o.Settings.Settings, Index: w.m.Index, Seed: o.Seed}
	rules, inside := m.Groups(w.Round.Edges)
	w.inside = inside
	if len(rules) != len(w.form.Rules) {
		w.doubt("rules", "are %d, the settings have %d", len(w.form.Rules), len(rules))
		w.inside = func(int, int, int) bool { return false }
		return
	}
	r := &matching.Round{Spec: matching.Spec{Groups: rules}}
	for k := range rules {
		own, stated := groupRule(r, k), w.form.Rules[k]
		own.Multiplier = stated.Multiplier
		if string(compact(own)) != string(compact(stated)) {
			w.doubt(fmt.Sprintf("rules[%d] %q", k, stated.Name), "is not the rule %q of the settings with the members that the people have", own.Name)
		}
	}
}

// checkReasons: the lines of each pair are those of the scoring, and who has no
// candidate names the rule that refuses most mentors.
func (w *Witness) checkReasons(MatchOptions) {
	for k, p := range w.Round.Pairs {
		x := w.m.Index.Explain(&w.m.Snapshot.Mentees[p.Left], p.Right)
		if !slices.Equal(w.m.lines(x, p.Left), w.form.Pairs[k].Lines) {
			w.doubt(fmt.Sprintf("pairs[%d] %q %q", k, w.form.Pairs[k].Left, w.form.Pairs[k].Right), "the lines are not those of these people")
		}
	}
	for k, u := range w.Round.Unpaired {
		if u.Right || u.Reason != matching.ReasonNoCandidate {
			continue
		}
		if rule := w.m.Index.MostRefusing(&w.m.Snapshot.Mentees[u.Position]); rule != u.Rule {
			w.doubt(fmt.Sprintf("unmatched[%d] %q", k, w.form.Unmatched[k].ID), "names the rule %q, %q refuses most mentors", u.Rule, rule)
		}
	}
}

package jobs

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"puente/matching"
	"puente/matching/assign"
	"puente/matching/verify"
	"puente/models"
)

// witnessed holds a round's file against people and gives what is wrong with it,
// a check and a place each.
func witnessed(t *testing.T, data []byte, p People, lists []models.GroupRow) (wrong []string, result verify.Result) {
	t.Helper()
	w, problems := ReadWitness("round.json", bytes.NewReader(data))
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	o, problems := w.Options()
	if missing := o.Settings.GroupLists(lists); problems.Errors() > 0 || len(missing) > 0 {
		t.Fatal(problems, missing)
	}
	doubts, same, err := w.Compare(p, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range doubts {
		wrong = append(wrong, fmt.Sprintf("%s: %s: %s", d.Check, d.Where, d.Detail))
	}
	var all *verify.Everyone
	if same {
		all = &verify.Everyone{Scores: w.Scores, Inside: w.Inside}
	}
	if result, err = verify.RoundOf(data, all); err != nil {
		t.Fatal(err)
	}
	for _, f := range result.Failures {
		wrong = append(wrong, fmt.Sprintf("%s: %s: %s", f.Check, f.Where, f.Detail))
	}
	if same && len(result.Failures) == 0 && !slices.Contains(result.Checks, "outside") {
		t.Fatalf("the pairs in no list were not looked at: %v", result.Checks)
	}
	return wrong, result
}

// forge is the round of other edges, capacities or rules, published as if it were
// of the same people, everything that follows restated.
func forge(t *testing.T, m *Matched, change func(s *matching.Spec)) []byte {
	t.Helper()
	spec := m.Round.Spec
	change(&spec)
	r, err := matching.NewRound(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	return restate(m, r)
}

// restate publishes a round with the explanations of its people.
func restate(m *Matched, r *matching.Round) []byte {
	for i := range r.Pairs {
		r.Pairs[i].Explanation = m.Index.Explain(&m.Snapshot.Mentees[r.Pairs[i].Left], r.Pairs[i].Right)
	}
	for i := range r.Unpaired {
		if u := &r.Unpaired[i]; !u.Right && u.Reason == matching.ReasonNoCandidate {
			u.Rule = m.Index.MostRefusing(&m.Snapshot.Mentees[u.Position])
		}
	}
	p := m.Published
	p.Round = r
	return p.JSON()
}

// filtered leaves out some of the edges, also of rules about groups.
func filtered(t *testing.T, s *matching.Spec, keep func(x int, e assign.Edge) bool) {
	t.Helper()
	var list []assign.Edge
	now := map[int]int{}
	for x, e := range s.Edges.All() {
		if keep(x, e) {
			now[x] = len(list)
			list = append(list, e)
		}
	}
	s.Groups = slices.Clone(s.Groups)
	for k := range s.Groups {
		if s.Groups[k].Of == assign.SomeEdges {
			var members []int
			for _, x := range s.Groups[k].Members {
				if at, kept := now[x]; kept {
					members = append(members, at)
				}
			}
			s.Groups[k].Members = members
		}
	}
	var err error
	if s.Edges, err = assign.NewEdges(len(s.Left), len(s.Right), list); err != nil {
		t.Fatal(err)
	}
}

// ruled are shipped people with rules of staff about some pairs.
func ruledPeople(t *testing.T) People {
	p := shippedPeople(t)
	m, err := Prepare(p, MatchOptions{Settings: DefaultSettings(), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		e := &m.Snapshot.Mentees[i]
		for j := range m.Snapshot.Mentors {
			mentor := &m.Snapshot.Mentors[j]
			row := models.RuleRow{Mentee: e.ID, Mentor: mentor.ID, Rule: "must"}
			taken := slices.ContainsFunc(p.Rules, func(r models.RuleRow) bool { return r.Mentor == mentor.ID && r.Rule != "never" })
			switch rule := m.Index.Refusal(e, j); {
			case i%3 == 0 && rule == "":
				row.Rule = "never"
			case i%3 == 1 && rule == "" && !taken:
			case i%3 == 2 && rule == "language" && m.Index.ForcedRefusal(e, j, true) == "" && !taken:
				row.Rule = "lock"
			default:
				continue
			}
			p.Rules = append(p.Rules, row)
			break
		}
	}
	return p
}

var witnessGroups = `{"groups": [
	{"name": "Mexico", "of": "mentees", "where": {"country": ["MX"]}, "at_least": 60},
	{"name": "French", "of": "mentors", "where": {"language": ["fr"]}, "at_most": "30%"},
	{"name": "listed", "of": "mentees", "where": {"list": "few"}, "at_least": 3},
	{"name": "north", "of": "pairs", "where": {"country": ["CA"]}, "at_least": 12}]}`

var witnessRows = []models.GroupRow{{Group: "few", ID: "E-0003"}, {Group: "few", ID: "E-0150"}, {Group: "few", ID: "E-0151"}, {Group: "few", ID: "E-0290"}}

type madeBy struct {
	name   string
	change func(o *MatchOptions)
}

// ways are rounds of every kind that there is.
var ways = []madeBy{
	{"optimal", func(*MatchOptions) {}},
	{"cover mentors", func(o *MatchOptions) { o.Settings.Cover = matching.CoverMentors }},
	{"cover both", func(o *MatchOptions) { o.Settings.Cover = matching.CoverBoth }},
	{"interpreter, cover mentees", func(o *MatchOptions) { o.Settings.Interpreter, o.Settings.Cover = true, matching.CoverMentees }},
	{"groups", func(o *MatchOptions) {
		s, _ := ReadSettings("s", strings.NewReader(witnessGroups))
		o.Settings.Groups = s.Groups
		o.Settings.GroupLists(witnessRows)
	}},
	{"stable", stable},
	{"balanced", balanced},
	{"lottery", func(o *MatchOptions) { o.Settings.Method, o.Settings.Plans = matching.MethodLottery, 3 }},
}

// TestWitness: every round of people follows from its people, over all allowed
// pairs, from however few candidates it started.
func TestWitness(t *testing.T) {
	p := ruledPeople(t)
	for _, way := range ways {
		for _, candidates := range []int{1, 50} {
			t.Run(fmt.Sprint(way.name, " ", candidates), func(t *testing.T) {
				m := match(t, p, func(o *MatchOptions) { way.change(o); o.Settings.Candidates = candidates })
				wrong, result := witnessed(t, m.JSON(), p, witnessRows)
				if len(wrong) > 0 {
					t.Errorf("refuted: %v", wrong)
				}
				if len(m.Round.Edges.Must) < 15 || result.Allowed <= m.Round.Edges.Len() {
					t.Errorf("%d forced pairs, %d allowed and %d listed: the test is too weak", len(m.Round.Edges.Must), result.Allowed, m.Round.Edges.Len())
				}
			})
		}
	}
}

// TestWitnessAgain: rounds that keep pairs of another, and one that was stopped,
// follow from their people, over all allowed pairs; without a pair that they need
// they are refuted.
func TestWitnessAgain(t *testing.T) {
	p := ruledPeople(t)
	other := readWritten(t, match(t, p, func(o *MatchOptions) { o.Settings.Weights[matching.Industry] += 200 }).JSON())
	for _, way := range []madeBy{
		{"keep", func(o *MatchOptions) { o.Keep = other.Earlier(0) }},
		{"keep, cover both", func(o *MatchOptions) { o.Keep, o.Settings.Cover = other.Earlier(0), matching.CoverBoth }},
		{"keep with points", func(o *MatchOptions) { o.Keep = other.Earlier(2000) }},
		{"keep with points, cover mentees", func(o *MatchOptions) { o.Keep, o.Settings.Cover = other.Earlier(300), matching.CoverMentees }},
		{"bound", func(o *MatchOptions) { o.Within = 1 }},
		{"bound, cover mentors", func(o *MatchOptions) { o.Within, o.Settings.Cover = 1, matching.CoverMentors }},
		{"stopped and kept", func(o *MatchOptions) { o.Within, o.Keep = 1, other.Earlier(0) }},
	} {
		for _, candidates := range []int{1, 50} {
			t.Run(fmt.Sprint(way.name, " ", candidates), func(t *testing.T) {
				m := match(t, p, func(o *MatchOptions) { way.change(o); o.Settings.Candidates = candidates })
				wrong, result := witnessed(t, m.JSON(), p, nil)
				if len(wrong) > 0 || result.Allowed <= m.Round.Edges.Len() {
					t.Fatalf("refuted: %v, or too weak", wrong)
				}
				if m.Round.Stopped() {
					return
				}
				refuted := 0
				for k := range 12 { // the pairs that were not forced or kept matter most
					pair := m.Round.Pairs[k*len(m.Round.Pairs)/12]
					x := edgeOf(m.Round, pair)
					if _, must := slices.BinarySearch(m.Round.Edges.Must, int32(x)); must {
						continue
					}
					data := forge(t, m, func(s *matching.Spec) {
						filtered(t, s, func(y int, _ assign.Edge) bool { return y != x })
					})
					if alone, err := verify.Round(data); err != nil || len(alone.Failures) > 0 {
						t.Fatalf("the file alone is refuted: %v %+v", err, alone.Failures)
					}
					if wrong, _ := witnessed(t, data, p, nil); slices.ContainsFunc(wrong, func(w string) bool { return strings.HasPrefix(w, "outside: ") }) {
						refuted++
					}
				}
				if refuted < 4 {
					t.Errorf("without one of its pairs it was refuted %d times", refuted)
				}
			})
		}
	}
}

// TestWitnessRefutes: each file is in itself without fault, and each is refuted by
// the people for the reason named.
func TestWitnessRefutes(t *testing.T) {
	p := ruledPeople(t)
	of := func(way string) *Matched {
		at := slices.IndexFunc(ways, func(w madeBy) bool { return w.name == way })
		return match(t, p, func(o *MatchOptions) { ways[at].change(o); o.Settings.Candidates = 5 })
	}
	// A pair of the round that is not forced, by its edge.
	some := func(m *Matched) int {
		for _, pair := range m.Round.Pairs {
			x := edgeOf(m.Round, pair)
			if _, must := slices.BinarySearch(m.Round.Edges.Must, int32(x)); !must {
				return x
			}
		}
		t.Fatal("no pair")
		return 0
	}
	for _, row := range []struct {
		name, way string
		forged    func(t *testing.T, m *Matched, p *People) []byte
		want      string // check, place or detail
	}{
		{"score lowered, solved anew", "optimal", func(t *testing.T, m *Matched, _ *People) []byte {
			x := some(m)
			return forge(t, m, func(s *matching.Spec) { s.Edges.Score = slices.Clone(s.Edges.Score); s.Edges.Score[x] = 1 })
		}, "scores: edges["},
		{"score lowered, the line is named", "stable", func(t *testing.T, m *Matched, _ *People) []byte {
			x := slices.IndexFunc(m.Round.Edges.Right, func(j int32) bool {
				return !slices.ContainsFunc(m.Round.Pairs, func(p matching.Pair) bool { return p.Right == int(j) })
			})
			return forge(t, m, func(s *matching.Spec) { s.Edges.Score = slices.Clone(s.Edges.Score); s.Edges.Score[x] = 1 })
		}, "LINE"},
		{"pair that a rule refuses", "optimal", func(t *testing.T, m *Matched, _ *People) []byte {
			return forge(t, m, func(s *matching.Spec) {
				var list []assign.Edge
				for _, e := range s.Edges.All() {
					list = append(list, e)
				}
				for j := range m.Snapshot.Mentors {
					if m.Index.Refusal(&m.Snapshot.Mentees[0], j) != "" {
						list = append(list, assign.Edge{Right: j, Score: 1})
						break
					}
				}
				s.Edges, _ = assign.NewEdges(len(s.Left), len(s.Right), list)
			})
		}, "may not be a pair"},
		{"weight changed", "optimal", func(t *testing.T, m *Matched, _ *People) []byte {
			o := MatchOptions{Settings: DefaultSettings()}
			o.Settings.Candidates = 5
			o.Settings.Weights[matching.Industry] += 50
			forged := *m
			forged.Settings = o.Settings.JSON()
			return forged.JSON()
		}, "scores: edges["},
		{"settings of another method", "optimal", func(t *testing.T, m *Matched, _ *People) []byte {
			o := MatchOptions{Settings: DefaultSettings()}
			stable(&o)
			forged := *m
			forged.Settings = o.Settings.JSON()
			return forged.JSON()
		}, "choices: method"},
		{"settings of another cover", "cover both", func(t *testing.T, m *Matched, _ *People) []byte {
			o := MatchOptions{Settings: DefaultSettings()}
			forged := *m
			forged.Settings = o.Settings.JSON()
			return forged.JSON()
		}, "choices: cover"},
		{"person changed", "optimal", func(t *testing.T, m *Matched, p *People) []byte {
			p.Mentees[7].Stage = map[bool]string{true: "regular", false: "exploring"}[p.Mentees[7].Stage != "regular"]
			return m.JSON()
		}, "people: snapshot_hash"},
		{"person left out", "optimal", func(t *testing.T, m *Matched, p *People) []byte {
			p.Mentees = slices.DeleteFunc(p.Mentees, func(e models.Profile) bool { return e.ID == "E-0299" })
			return m.JSON()
		}, `people: left "E-0299": is not among these people`},
		{"person more", "optimal", func(t *testing.T, m *Matched, p *People) []byte {
			one := p.Mentees[0]
			one.ID = "E-9999"
			p.Mentees = append(p.Mentees, one)
			return m.JSON()
		}, `"E-9999" of these people is not in the file`},
		{"one more place", "optimal", func(t *testing.T, m *Matched, _ *People) []byte {
			return forge(t, m, func(s *matching.Spec) { s.Right = slices.Clone(s.Right); s.Right[3].Capacity++ })
		}, `people: right "M-0004": has the capacity`},
		{"required pair hidden", "optimal", func(t *testing.T, m *Matched, _ *People) []byte {
			return forge(t, m, func(s *matching.Spec) { s.Edges.Must = s.Edges.Must[1:] })
		}, "is forced by staff and not in the list"},
		{"pair called required", "optimal", func(t *testing.T, m *Matched, _ *People) []byte {
			x := some(m)
			return forge(t, m, func(s *matching.Spec) {
				s.Edges.Must = append(slices.Clone(s.Edges.Must), int32(x))
				slices.Sort(s.Edges.Must)
			})
		}, "is forced by nobody"},
		{"rule of staff taken back", "optimal", func(t *testing.T, m *Matched, p *People) []byte {
			p.Rules = p.Rules[1:]
			return m.JSON()
		}, "people: snapshot_hash"},
		{"wishes left out", "stable", func(t *testing.T, m *Matched, _ *People) []byte {
			return forge(t, m, func(s *matching.Spec) { s.Lists = [2][][]int32{} })
		}, "wishes: left_lists"},
		{"member left out", "groups", func(t *testing.T, m *Matched, _ *People) []byte {
			return forge(t, m, func(s *matching.Spec) {
				s.Groups = slices.Clone(s.Groups)
				s.Groups[0].Members = s.Groups[0].Members[1:]
			})
		}, `groups: rules[0] "Mexico"`},
		{"rule about a group left out", "groups", func(t *testing.T, m *Matched, _ *People) []byte {
			return forge(t, m, func(s *matching.Spec) { s.Groups = s.Groups[1:] })
		}, "groups: rules: are 3, the settings have 4"},
		{"mentors propose", "stable", func(t *testing.T, m *Matched, _ *People) []byte {
			return forge(t, m, func(s *matching.Spec) { s.RightProposes = true })
		}, "mentors propose"},
		{"other reasons of the same score", "optimal", func(t *testing.T, m *Matched, _ *People) []byte {
			forged := *m
			r := *m.Round
			r.Pairs = slices.Clone(r.Pairs)
			x := &r.Pairs[0].Explanation
			x.Lines = slices.Clone(x.Lines)
			x.Lines[0], x.Lines[len(x.Lines)-1] = x.Lines[len(x.Lines)-1], x.Lines[0]
			forged.Round = &r
			return forged.JSON()
		}, "reasons: pairs[0]"},
	} {
		t.Run(row.name, func(t *testing.T) {
			people := People{Mentors: slices.Clone(p.Mentors), Mentees: slices.Clone(p.Mentees), Rules: slices.Clone(p.Rules)}
			data := row.forged(t, of(row.way), &people)
			if alone, err := verify.Round(data); err != nil || len(alone.Failures) > 0 {
				t.Fatalf("the file alone is refuted: %v %+v", err, alone.Failures)
			}
			wrong, _ := witnessed(t, data, people, witnessRows)
			want := row.want
			if want == "LINE" {
				at := 0
				for n, line := range strings.Split(string(data), "\n") {
					if strings.HasPrefix(line, "  [") && strings.HasSuffix(strings.TrimSuffix(line, ","), ",1]") {
						at = n + 1
						break
					}
				}
				want = fmt.Sprintf("line %d: states the score 1,", at)
			}
			if !slices.ContainsFunc(wrong, func(w string) bool { return strings.Contains(w, want) }) {
				t.Errorf("nothing of %q, but %q", want, wrong)
			}
		})
	}
	for _, way := range ways {
		t.Run("best edge left out, solved anew: "+way.name, func(t *testing.T) {
			m := of(way.name)
			x := some(m)
			data := forge(t, m, func(s *matching.Spec) {
				filtered(t, s, func(y int, _ assign.Edge) bool { return y != x })
			})
			if alone, err := verify.Round(data); err != nil || len(alone.Failures) > 0 {
				t.Fatalf("the file alone is refuted: %v %+v", err, alone.Failures)
			}
			if wrong, _ := witnessed(t, data, p, witnessRows); !slices.ContainsFunc(wrong, func(w string) bool { return strings.HasPrefix(w, "outside: ") }) {
				t.Errorf("not refuted for it: %q", wrong)
			}
		})
	}
}

// TestWitnessPage: the program of docs/verify.md accepts the rounds that it is
// for, and refuses one without its best edge. It runs where there is a Python.
func TestWitnessPage(t *testing.T) {
	page, err := os.ReadFile("../docs/verify.md")
	if err != nil {
		t.Fatal(err)
	}
	_, program, found := strings.Cut(string(page)[strings.LastIndex(string(page), "```python"):], "\n")
	program, _, _ = strings.Cut(program, "```")
	if !found || strings.Count(program, "\n") < 40 {
		t.Fatalf("the page has no program:\n%s", program)
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		return
	}
	p, dir := ruledPeople(t), t.TempDir()
	run := func(m *Matched, round []byte) (string, error) {
		var ranked bytes.Buffer
		if err := m.WriteRanked(&ranked, 1_000_000, Words{Text: func(_, key string, _ map[string]any) string { return key }}); err != nil {
			t.Fatal(err)
		}
		files := []string{filepath.Join(dir, "round.json"), filepath.Join(dir, "all.csv")}
		for k, data := range [][]byte{round, ranked.Bytes()} {
			if err := os.WriteFile(files[k], data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		out, err := exec.Command(python, "-c", program, files[0], files[1]).CombinedOutput()
		return string(out), err
	}
	for _, way := range ways {
		if way.name == "groups" || way.name == "balanced" {
			continue
		}
		m := match(t, p, func(o *MatchOptions) { way.change(o); o.Settings.Candidates = 5 })
		if out, err := run(m, m.JSON()); err != nil || !strings.HasPrefix(out, "over all ") {
			t.Errorf("%s: %v\n%s", way.name, err, out)
		}
		x := slices.IndexFunc(m.Round.Pairs, func(p matching.Pair) bool {
			_, must := slices.BinarySearch(m.Round.Edges.Must, int32(edgeOf(m.Round, p)))
			return !must
		})
		left := m.Round.Pairs[x]
		worse := forge(t, m, func(s *matching.Spec) {
			filtered(t, s, func(_ int, e assign.Edge) bool { return e.Left != left.Left || e.Right != left.Right })
		})
		if out, err := run(m, worse); err == nil || !strings.Contains(out, "AssertionError") {
			t.Errorf("%s without its best edge: %v\n%s", way.name, err, out)
		}
	}
}

// TestWitnessSound: of rounds that were solved without some of the allowed pairs,
// exactly the stable ones are accepted, and no other that is not as good as over
// all of them.
func TestWitnessSound(t *testing.T) {
	r := rand.New(rand.NewPCG(81, 0))
	methods := [...]matching.Method{matching.MethodOptimal, matching.MethodStable, matching.MethodBalanced, matching.MethodLottery}
	var accepted, refuted [len(methods) + 1]int
	for n := range 600 {
		mentors, mentees := Generate(Population{Mentors: 3 + r.IntN(6), Mentees: 4 + r.IntN(12), Seed: uint64(n) + 1})
		for _, side := range [][]models.Profile{mentors, mentees} {
			for i := range side {
				side[i].Wishes = nil // a pair left out would be missing in lists too
			}
		}
		p := People{Mentors: mentors, Mentees: mentees}
		kind := n % (len(methods) + 1)
		m := match(t, p, func(o *MatchOptions) {
			o.Settings.Method, o.Settings.Interpreter, o.Seed = methods[kind%len(methods)], true, uint64(n)
			o.Settings.CrossBorder, o.Settings.Candidates = false, 1000
			if kind == len(methods) {
				o.Settings.Cover = matching.Cover(1 + r.IntN(3))
			}
			if r.IntN(3) == 0 { // many ties
				o.Settings.Weights = matching.Weights{matching.Needs: 1, matching.Language: 1}
			}
		})
		data := forge(t, m, func(s *matching.Spec) {
			filtered(t, s, func(int, assign.Edge) bool { return r.IntN(8) > 0 })
		})
		w, _ := ReadWitness("f", bytes.NewReader(data))
		got, want := w.Round, m.Round
		wrong, _ := witnessed(t, data, p, nil)
		var good bool
		switch kind {
		case 1:
			good = stableOver(m, got.Pairs)
		case 2:
			good = got.Served[0] == want.Served[0] && slices.Equal(scoresOf(got), scoresOf(want))
		case 3:
			good = got.Certificate.(*matching.Replay).Score == want.Certificate.(*matching.Replay).Score
		default:
			good = got.Total().Covered(got.Cover) == want.Total().Covered(want.Cover) && got.Score == want.Score
		}
		if len(wrong) == 0 && !good || kind == 1 && len(wrong) > 0 && good {
			t.Fatalf("round %d, kind %d: good %v, wrong %q\n%s", n, kind, good, wrong, data)
		}
		if len(wrong) == 0 {
			accepted[kind]++
		} else {
			refuted[kind]++
		}
	}
	t.Logf("accepted %v, refuted %v", accepted, refuted)
	for kind := range accepted {
		if accepted[kind] < 10 || refuted[kind] < 30 {
			t.Errorf("kind %d: %d accepted, %d refuted: too weak", kind, accepted[kind], refuted[kind])
		}
	}
}

// stableOver is the definition of stable over all pairs of a round that lists them
// all, for people without wishes.
func stableOver(m *Matched, pairs []matching.Pair) bool {
	r := *m.Round
	r.Pairs = pairs
	data := restate(m, &r)
	result, err := verify.Round(data)
	return err == nil && !slices.ContainsFunc(result.Failures, func(f verify.Failure) bool { return f.Check == "certificate" })
}

package jobs

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puente/matching"
	"puente/matching/verify"
	"puente/models"
	"puente/web"
)

var inEnglish = Words{Lang: "en", Text: web.Text}

// readWritten reads a round as it was written.
func readWritten(t *testing.T, written []byte) *RoundFile {
	t.Helper()
	f, problems := ReadRound("round.json", bytes.NewReader(written))
	if len(problems) > 0 {
		t.Fatalf("%+v", problems)
	}
	return f
}

func scoreRows(text string) (s Scores) {
	s.Rows, _ = models.ReadScores("scores.csv", strings.NewReader(text))
	return s
}

// TestReadRound reads back what was written: all that a round is.
func TestReadRound(t *testing.T) {
	plain := match(t, shippedPeople(t), nil)
	covered := match(t, shippedPeople(t), func(o *MatchOptions) { o.Settings.Cover = matching.CoverMentees })
	costs, err := Assign(t.Context(), scoreRows("left,right,score,must\na,x,5,\nb,x,4,yes\nb,y,-2,\nc,x,9,\n"), AssignOptions{Cover: "none", Minimize: true, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	stable := match(t, shippedPeople(t), func(o *MatchOptions) { o.Settings.Method = matching.MethodStable })
	lots := match(t, shippedPeople(t), func(o *MatchOptions) { o.Settings.Method, o.Settings.Plans = matching.MethodLottery, 3 })
	even := match(t, shippedPeople(t), balanced)
	dear, err := Assign(t.Context(), scoreRows("left,right,score,must\na,x,5,\nb,x,4,yes\nb,y,-2,\nc,x,9,\nc,y,8,\n"), AssignOptions{Method: "balanced", Minimize: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*Published{&plain.Published, &covered.Published, &stable.Published, &lots.Published, costs, &even.Published, dear} {
		f := readWritten(t, p.JSON())
		want, got := *p.Round, *f.Round
		want.Pairs = slices.Clone(want.Pairs)
		for i := range want.Pairs {
			want.Pairs[i].Explanation = matching.Explanation{}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: another round was read: %s", p.Kind, cmp.Diff(want, got))
		}
		if f.Kind != p.Kind || f.Minimize != p.Minimize || f.Start != p.Start || f.SnapshotHash != p.SnapshotHash || string(f.Settings) != string(p.Settings) ||
			f.Engine.Version != Version {
			t.Errorf("%+v", f)
		}
	}
}

// TestReadRoundRefuses wants a problem for what is no round.
func TestReadRoundRefuses(t *testing.T) {
	p, err := Assign(t.Context(), scoreRows("left,right,score,must\na,x,5,\nb,x,4,\nb,y,2,yes\n"), AssignOptions{Cover: "none"})
	if err != nil {
		t.Fatal(err)
	}
	good := string(p.JSON())
	for name, change := range map[string][2]string{
		"format":        {"puente.round/1", "puente.round/9"},
		"cover":         {`"cover": "none"`, `"cover": "all"`},
		"member":        {`"seed"`, `"sead"`},
		"edge beyond":   {`[0,0,5]`, `[0,7,5]`},
		"edge negative": {`[0,0,5]`, `[-1,0,5]`},
		"must":          {`[1,1]`, `[0,1]`},
		"pair":          {`{"left":"a","right":"x"`, `{"left":"a","right":"z"`},
		"score":         {`[0,0,5]`, `[0,0,5000000000]`},
		"text after":    {"", "x"},
	} {
		bad := good + change[1]
		if change[0] != "" {
			if bad = strings.Replace(good, change[0], change[1], 1); bad == good {
				t.Fatalf("%s changes nothing:\n%s", name, good)
			}
		}
		if f, problems := ReadRound("round.json", strings.NewReader(bad)); f != nil || problems.Errors() == 0 {
			t.Errorf("%s was read", name)
		}
	}
}

func FuzzReadRound(f *testing.F) {
	p, err := Assign(f.Context(), scoreRows("left,right,score\na,x,5\nb,x,4\nc,y,0\n"), AssignOptions{Cover: "none"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.JSON())
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, problems := ReadRound("round.json", bytes.NewReader(data))
		if (file == nil) != (problems.Errors() > 0) {
			t.Fatalf("%v %+v", file, problems)
		}
		result, err := verify.Round(data)
		if err != nil || len(result.Failures) > 0 || file == nil || file.Round.Edges.Len() > 50 {
			return
		}
		q, err := file.Ask(t.Context(), inEnglish)
		if err != nil {
			return
		}
		for i := range file.Round.Left {
			if _, err := q.About(t.Context(), file.Round.Left[i].ID); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := q.Report(t.Context(), DefaultReport); err != nil {
			t.Fatal(err)
		}
		if d := DiffRounds(file, file); !d.Same {
			t.Fatalf("%+v", d)
		}
	})
}

// TestAskPeople asks about the shipped round, and refuses other people.
func TestAskPeople(t *testing.T) {
	people := shippedPeople(t)
	m := match(t, people, nil)
	f := readWritten(t, m.JSON())
	o, problems := f.Options()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	prepared, err := Prepare(people, o)
	if err != nil {
		t.Fatal(err)
	}
	q, err := f.AskPeople(t.Context(), prepared, o, inEnglish)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := f.Ask(t.Context(), inEnglish)
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, u := range m.Round.Unpaired {
		if asked++; u.Right || asked > 5 {
			continue
		}
		a, err := q.About(t.Context(), m.Round.Left[u.Position].ID)
		if err != nil {
			t.Fatal(err)
		}
		if a.Unmatched == "" || len(a.Pairs) > 0 || (len(a.Better) == 0) != (u.Reason == matching.ReasonNoCandidate) {
			t.Errorf("%+v", a)
		}
		for _, y := range a.Better {
			if y.Paired || y.Loss == nil || y.Loss.Score < 0 || len(y.Text) < 2 {
				t.Errorf("%+v", y)
			}
		}
	}
	for _, p := range m.Round.Pairs[:8] {
		left := m.Round.Left[p.Left].ID
		a, err := q.About(t.Context(), left)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Pairs) != 1 || !a.Pairs[0].Paired || a.Pairs[0].Rank != p.LeftRank || len(a.Better)+a.More != p.LeftRank-1 {
			t.Errorf("%s: %+v", left, a)
		}
	}
	if _, err := alone.Why(t.Context(), "nobody", m.Round.Right[0].ID); err == nil {
		t.Error("nobody was explained")
	}
	checkRoundReport(t, q)
}

// checkRoundReport wants all parts of a report of the shipped round.
func checkRoundReport(t *testing.T, q *Inquiry) {
	t.Helper()
	report, err := q.Report(t.Context(), DefaultReport)
	if err != nil || report.Recruiting == nil || len(report.Recruiting.Recruits) != 3 || !report.Recruiting.Proven || len(report.Rules) < 2 || len(report.Places) != 5 {
		t.Errorf("%v %+v", err, report)
	}
	for _, p := range report.Places {
		if p.Price != p.Adds.Score {
			t.Errorf("%+v", p)
		}
	}
}

// TestAskOthers refuses other people than those of the round, and a round of
// another method.
func TestAskOthers(t *testing.T) {
	people := shippedPeople(t)
	f := readWritten(t, match(t, people, nil).JSON())
	o, _ := f.Options()
	people.Mentees = people.Mentees[1:]
	other, err := Prepare(people, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.AskPeople(t.Context(), other, o, inEnglish); !errors.Is(err, ErrOtherPeople) {
		t.Errorf("%v", err)
	}
	f.Round.Method = matching.MethodStable
	if _, err := f.Ask(t.Context(), inEnglish); !errors.Is(err, ErrOtherEngine) {
		t.Errorf("%v", err)
	}
}

// TestDiffRounds compares rounds that differ in everything.
func TestDiffRounds(t *testing.T) {
	round := func(text string, o AssignOptions) *RoundFile {
		p, err := Assign(t.Context(), scoreRows(text), o)
		if err != nil {
			t.Fatal(err)
		}
		return readWritten(t, p.JSON())
	}
	a := round("left,right,score,must\na,x,5,\na,y,4,yes\nb,x,3,\nd,x,1,\n", AssignOptions{Cover: "none", Seed: 1})
	b := round("left,right,score,must\na,x,7,yes\nb,x,3,\nb,z,3,\nc,y,1,\n", AssignOptions{Cover: "left", Seed: 2})
	d := DiffRounds(a, b)
	if d.Same || d.Kept != 0 || !reflect.DeepEqual(d.Lost, []Change{{"a", "y", 4}, {"b", "x", 3}}) ||
		!reflect.DeepEqual(d.New, []Change{{"a", "x", 7}, {"b", "z", 3}, {"c", "y", 1}}) {
		t.Errorf("%+v", d)
	}
	if !slices.Equal(d.Left.Came, []string{"c"}) || !slices.Equal(d.Left.Went, []string{"d"}) || !slices.Equal(d.Right.Came, []string{"z"}) ||
		len(d.Must.A) != 1 || len(d.Must.B) != 1 || d.Edges != (EdgeCounts{2, 2, 1}) {
		t.Errorf("%+v", d)
	}
	var names []string
	for _, s := range d.Settings {
		names = append(names, s.Name)
	}
	if !slices.Equal(names, []string{"cover", "seed", "snapshot"}) {
		t.Errorf("%v", names)
	}
	if text := d.Text(inEnglish); len(text) < 10 || !strings.Contains(text[0], "0 kept, 2 lost, 3 new") {
		t.Errorf("%q", text)
	}
}

// TestClashExplained wants the ways out of a clash, of people's forced pairs
// too.
func TestClashExplained(t *testing.T) {
	p := shippedPeople(t)
	m := match(t, p, nil)
	forced := m.Round.Right[m.Round.Pairs[0].Right].ID
	for i := range m.Snapshot.Mentees {
		j, _ := m.Index.Find(forced)
		if m.Index.Refusal(&m.Snapshot.Mentees[i], j) == "" {
			p.Rules = append(p.Rules, models.RuleRow{Mentee: m.Snapshot.Mentees[i].ID, Mentor: forced, Rule: "must"})
		}
		if len(p.Rules) > m.Snapshot.Mentors[j].Places() {
			break
		}
	}
	o := MatchOptions{Settings: DefaultSettings(), Seed: 1, Workers: 2}
	_, err := Match(t.Context(), p, o)
	clash := ClashOf(err)
	if clash == nil || len(clash.Relaxations) != len(clash.Must) || len(clash.Must) == 0 {
		t.Fatalf("%v %+v", err, clash)
	}
	if text := inEnglish.Relaxations(clash); len(text) != len(clash.Must)+1 {
		t.Errorf("%q", text)
	}
}

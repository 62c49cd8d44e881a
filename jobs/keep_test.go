package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"puente/matching"
	"puente/matching/verify"
	"puente/models"
)

// again are rounds that were made from an earlier one, and one that was stopped.
func again(t *testing.T) map[string]*Published {
	t.Helper()
	first, err := Assign(t.Context(), scoreRows("left,right,score\na,w,9\nb,x,9\nc,y,9\nd,z,9\ng,u,9\n"), AssignOptions{})
	if err != nil {
		t.Fatal(err)
	}
	old := readWritten(t, first.JSON())
	rows := scoreRows("left,right,score,must\na,w,4,\na,x,6,\nb,x,4,\nb,y,6,\nc,y,3,\nc,z,6,\ne,z,7,\ne,w,1,\ng,t,4,\ng,u,4,\ng,v,4,\nh,s,-1,yes\ni,s,2,\n")
	out := map[string]*Published{}
	for name, o := range map[string]AssignOptions{
		"keep":        {Again: Again{Keep: old.Earlier(0)}},
		"keep-points": {Again: Again{Keep: old.Earlier(3)}},
		"keep-cover":  {Cover: "left", Again: Again{Keep: old.Earlier(3)}},
		"keep-costs":  {Minimize: true, Again: Again{Keep: old.Earlier(1)}},
		"keep-open":   {Again: Again{Keep: old.Earlier(0), Within: 1}},
		"bound":       {Again: Again{Within: 1}},
		"bound-cover": {Cover: "both", Again: Again{Within: 1}},
	} {
		if out[name], err = Assign(t.Context(), rows, o); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestRoundsAgain proves rounds that keep pairs, or that were stopped, by the
// independent checker and the published schema, reads them back, and gives the
// checker's tests their samples.
func TestRoundsAgain(t *testing.T) {
	published := schema(t, "round.schema.json")
	for name, p := range again(t) {
		t.Run(name, func(t *testing.T) {
			data := p.JSON()
			result, err := verify.Round(data)
			if err != nil || len(result.Failures) > 0 {
				t.Fatalf("%v %+v\n%s", err, result.Failures, data)
			}
			value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
			if err == nil {
				err = published.Validate(value)
			}
			if err != nil {
				t.Error(err)
			}
			if strings.HasPrefix(name, "bound") != (result.Kept == nil) || (result.Gap > 0) != (name != "keep" && name != "keep-costs") {
				t.Errorf("kept %+v, gap %d", result.Kept, result.Gap)
			}
			f := readWritten(t, data)
			if got, want := *f.Round, *p.Round; !reflect.DeepEqual(got, want) {
				t.Errorf("another round was read: %s", cmp.Diff(want, got, cmp.AllowUnexported(matching.Keep{})))
			}
			if _, err := f.Ask(t.Context(), inEnglish); (err == nil) != (result.Gap == 0) {
				t.Errorf("asked what would change it: %v", err)
			}
			golden(t, "../matching/verify/testdata/"+name+".json", string(data))
		})
	}
}

// TestMatchAgain makes a round of people again after some have left: nobody
// else moves without need, and nothing of the total is lost for it.
func TestMatchAgain(t *testing.T) {
	p := shippedPeople(t)
	first := match(t, p, nil)
	old := readWritten(t, first.JSON())
	fewer := p
	left := old.Earlier(0).Pairs[0][0]
	fewer.Mentees = slices.DeleteFunc(slices.Clone(p.Mentees), func(m models.Profile) bool { return m.ID == left })
	anew := match(t, fewer, nil)
	for _, points := range []int64{0, 500} {
		kept := match(t, fewer, func(o *MatchOptions) { o.Keep = old.Earlier(points) })
		result, err := verify.Round(kept.JSON())
		if err != nil || len(result.Failures) > 0 {
			t.Fatalf("%v %+v", err, result.Failures)
		}
		if short := anew.Round.Score - kept.Round.Score; short != result.Gap || points == 0 && short != 0 || !result.Kept.Proven {
			t.Errorf("%d points: short of the best by %d, gap %d", points, short, result.Gap)
		}
		d, cold := DiffRounds(old, readWritten(t, kept.JSON())), DiffRounds(old, readWritten(t, anew.JSON()))
		if d.Kept != kept.Round.Kept.Count || d.Kept < cold.Kept {
			t.Errorf("%d points: %d kept, %d stated, %d without keeping", points, d.Kept, kept.Round.Kept.Count, cold.Kept)
		}
	}
	stopped := match(t, p, func(o *MatchOptions) { o.Within = time.Nanosecond })
	result, err := verify.Round(stopped.JSON())
	if err != nil || len(result.Failures) > 0 || first.Round.Score-stopped.Round.Score > result.Gap {
		t.Errorf("%v %+v: score %d of %d, gap %d", err, result.Failures, stopped.Round.Score, first.Round.Score, result.Gap)
	}
}

// TestAgainConflicts wants the reason why rounds of other methods keep nothing
// and have no limit.
func TestAgainConflicts(t *testing.T) {
	keep, limit := Again{Keep: &matching.Earlier{}}, Again{Within: time.Second}
	for m := range matching.NumMethods {
		for _, grouped := range []bool{false, true} {
			fits := m == matching.MethodOptimal && !grouped
			if got := keep.Conflict(m, grouped); (got == "") != fits || !fits && got != "again.keep_method" {
				t.Errorf("method %d: %q", m, got)
			}
			if got := limit.Conflict(m, grouped); (got == "") != fits || !fits && got != "again.limit_method" {
				t.Errorf("method %d: %q", m, got)
			}
		}
	}
	large := AssignOptions{Again: Again{Keep: &matching.Earlier{Points: 1}}}
	if got := large.Conflict(scoreRows("left,right,score\na,b,1000000000\n")); got != "again.points_score" {
		t.Errorf("a score that gets too large: %q", got)
	}
}

// TestRunAgain makes runs from earlier ones in the store: a run is kept and can
// be replayed; a mentee whose offer was accepted is in no other run, and nor is
// the place of the mentor.
func TestRunAgain(t *testing.T) {
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		made := func(round string, c RunChoice) *models.Run {
			runs, err := s.CreateRuns(t.Context(), "", round, []models.RunWish{c.Wish("")}, nil)
			must(t, err)
			run := &runs[0]
			_, err = RunNow(t.Context(), s.Store, run.ID, RunOptions{Workers: 2, Prove: proof})
			must(t, err)
			return s.finished(t, run.ID)
		}
		first := made(s.round.ID, RunChoice{})
		second := made(s.round.ID, RunChoice{Keep: first.ID, Points: 200, TimeLimit: MaxTimeLimit})
		if second.KeepRun == nil || *second.KeepRun != first.ID || second.KeepPoints != 200 || second.TimeLimit != MaxTimeLimit {
			t.Errorf("the run keeps %v with %d points, limit %d", second.KeepRun, second.KeepPoints, second.TimeLimit)
		}
		result, err := verify.Round([]byte(second.Result))
		must(t, err)
		hash := readWritten(t, []byte(first.Result)).Hash
		if k := result.Kept; k == nil || k.Round != hash || k.Pairs != first.Pairs || k.Points != 200 || !k.Proven {
			t.Errorf("kept: %+v of %d pairs of %s", k, first.Pairs, hash)
		}
		again, err := Replay(t.Context(), second)
		must(t, err)
		if !bytes.Equal(again, []byte(second.Result)) {
			t.Error("replayed, it is another round")
		}
		offers, err := s.Publish(t.Context(), "", s.round.ID, second.ID)
		must(t, err)
		if len(offers) == 0 {
			t.Fatal("no offers")
		}
		pair, err := s.Pair(context.Background(), offers[0].PairID)
		must(t, err)
		round := &models.Round{ProgrammeID: s.programme.ID, Name: "again", Settings: s.round.Settings, Seed: 3, Start: s.round.Start}
		must(t, s.CreateRound(t.Context(), "", round))
		for _, event := range []models.RoundEvent{"open", "close"} {
			_, err := s.MoveRound(t.Context(), "", round.ID, event)
			must(t, err)
		}
		third := made(round.ID, RunChoice{Keep: second.ID})
		pairs, err := s.Pairs(t.Context(), third.ID)
		must(t, err)
		for _, p := range pairs {
			if p.MenteeID == pair.MenteeID {
				t.Error("a mentee with an offer is paired again")
			}
		}
		if _, err := s.DeclineOffer(t.Context(), "", offers[0].ID, "too_busy"); err != nil {
			t.Fatal(err)
		}
		fourth := made(round.ID, RunChoice{Keep: second.ID})
		pairs, err = s.Pairs(t.Context(), fourth.ID)
		must(t, err)
		back := false
		for _, p := range pairs {
			if p.MenteeID == pair.MenteeID && p.MentorID == pair.MentorID {
				t.Error("a pair that was declined is formed again")
			}
		}
		var frozen Frozen
		must(t, json.Unmarshal([]byte(fourth.Snapshot), &frozen))
		for _, m := range frozen.Snapshot.Mentees {
			back = back || len(m.Never) > 0
		}
		if !back {
			t.Error("the mentee who was declined is in no further round, or may have the same mentor")
		}
		if key, member := (RunChoice{Keep: third.ID}).Conflict(`{"method":"stable"}`); key == "" || member != "keep" {
			t.Error("a stable run keeps pairs", key, member)
		}
	})
}

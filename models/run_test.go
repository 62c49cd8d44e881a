package models

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
)

// testSideBySide has several runs of a round at once: the round goes on with the
// last of them, and one result is enough.
func testSideBySide(t *testing.T, s *Store) {
	ctx := t.Context()
	f := build(t, s, 2, 2, 1)
	jobs := 0
	also := func(*sql.Tx, *Run) error { jobs++; return nil }
	runs, err := s.CreateRuns(ctx, "", f.round.ID, []RunWish{{Label: "first"}, {Settings: `{"a":1}`}, {Settings: `{"a":2}`}}, also)
	must(t, err)
	if len(runs) != 3 || jobs != 3 || runs[0].Label != "first" || runs[1].Settings != `{"a":1}` || runs[0].Settings != f.round.Settings {
		t.Fatalf("%d jobs, %+v", jobs, runs)
	}
	for _, wish := range []RunWish{{}, {Settings: `{"a":2}`}} {
		_, err = s.CreateRuns(ctx, "", f.round.ID, []RunWish{{Settings: `{"new":1}`}, wish}, nil)
		wantCode(t, err, CodeConflict)
	}
	for _, label := range []string{strings.Repeat("é", MaxLabel+1), "\u200b", "a\nb", "\xff"} {
		_, err = s.CreateRuns(ctx, "", f.round.ID, []RunWish{{Label: label, Settings: `{}1`}}, nil)
		wantCode(t, err, CodeInvalid)
	}
	for k := range MaxRunsAtWork - 3 {
		_, err = s.CreateRuns(ctx, "", f.round.ID, []RunWish{{Label: strings.Repeat("é", MaxLabel), Settings: fmt.Sprintf(`{"more":%d}`, k)}}, nil)
		must(t, err)
	}
	_, err = s.CreateRuns(ctx, "", f.round.ID, []RunWish{{Settings: `{"one":"too many"}`}}, nil)
	wantCode(t, err, CodeConflict)

	all, err := s.Runs(ctx, f.round.ID)
	must(t, err)
	if len(all) != MaxRunsAtWork {
		t.Fatalf("%d runs", len(all))
	}
	state := func(want RoundState) {
		t.Helper()
		r, err := s.Round(ctx, f.round.ID)
		must(t, err)
		if r.State != want {
			t.Errorf("the round is %s, want %s", r.State, want)
		}
	}
	for _, r := range all[:MaxRunsAtWork-2] {
		must(t, s.EndRun(ctx, "", r.ID, RunCancel, ""))
		state(RoundSolving)
	}
	_, err = s.StartRun(ctx, runs[0].ID)
	must(t, err)
	solved := f.solved()
	solved.Figures = `{"worst":5}`
	must(t, s.FinishRun(ctx, runs[0].ID, solved))
	state(RoundSolving)
	_, err = s.Publish(ctx, "", f.round.ID, runs[0].ID)
	wantCode(t, err, CodeConflict) // others are at work
	_, err = s.StartRun(ctx, runs[1].ID)
	must(t, err)
	wantCode(t, s.EndClashed(ctx, runs[1].ID, "run.reason", "{"), CodeInvalid)
	must(t, s.EndClashed(ctx, runs[1].ID, "run.reason", `{"left":["E-1"]}`))
	state(RoundProposed)

	again, err := s.CreateRun(ctx, "", f.round.ID, nil)
	must(t, err)
	state(RoundSolving)
	must(t, s.EndRun(ctx, "", again.ID, RunFail, "run.reason"))
	state(RoundProposed)
	clash, err := s.Run(ctx, runs[1].ID)
	must(t, err)
	best, err := s.RunStatus(ctx, runs[0].ID)
	must(t, err)
	if clash.Clash != `{"left":["E-1"]}` || clash.State != RunInfeasible || best.Figures != `{"worst":5}` || best.Clash != "" {
		t.Errorf("%+v\n%+v", clash, best)
	}
	_, err = s.Publish(ctx, Actor(""), f.round.ID, runs[1].ID)
	wantCode(t, err, CodeConflict)
	_, err = s.Publish(ctx, "", f.round.ID, runs[0].ID)
	must(t, err)
	_, err = s.Publish(ctx, "", f.round.ID, runs[0].ID)
	wantCode(t, err, CodeConflict)
	log, err := s.AuditLog(ctx, "rounds", f.round.ID)
	must(t, err)
	if last := log[len(log)-1]; last.Action != "round.publish" || !strings.Contains(last.Details, runs[0].ID) {
		t.Errorf("the log ends with %+v", last)
	}
}

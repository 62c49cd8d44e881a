package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"gorm.io/gorm"

	"puente/matching/verify"
	"puente/models"
	"puente/web"
)

// fewPeople are enough for a round; one of the mentors has paused, two are full.
var fewPeople = Population{Mentors: 20, Mentees: 40, Seed: 5}

// proof is what the program asks the independent checker.
func proof(round []byte) error {
	result, err := verify.Round(round)
	if err == nil && len(result.Failures) > 0 {
		err = fmt.Errorf("%v", result.Failures)
	}
	return err
}

// ends watches a run to its end and gives the states that it went through.
func ends(t *testing.T, q *Queue, run string) (states []models.RunState, last RunProgress) {
	t.Helper()
	must(t, q.Watch(t.Context(), run, func(p RunProgress) error {
		states, last = append(states, p.State), p
		return nil
	}))
	return slices.Compact(states), last
}

// wantNothing wants a run to have ended without leaving anything.
func wantNothing(t *testing.T, s *stored, run string, state models.RunState, reason string, round models.RoundState) {
	t.Helper()
	got, err := s.Run(t.Context(), run)
	must(t, err)
	if got.State != state || got.Reason != reason {
		t.Errorf("the run is %s (%s), want %s (%s)", got.State, got.Reason, state, reason)
	}
	pairs, err := s.Pairs(t.Context(), run)
	must(t, err)
	if len(pairs)+got.Pairs+len(got.Result)+len(got.Snapshot)+len(got.SnapshotHash) > 0 {
		t.Errorf("%d pairs are stored, and %+v", len(pairs), got)
	}
	r, err := s.Round(t.Context(), got.RoundID)
	must(t, err)
	if r.State != round {
		t.Errorf("the round is %s, want %s", r.State, round)
	}
}

// TestRunJob asks for a run in one process, which works on nothing, and has two
// others take it up.
func TestRunJob(t *testing.T) {
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		var proven atomic.Int64
		prove := func(round []byte) error {
			proven.Add(1)
			return proof(round)
		}
		idle := func([]byte) error {
			t.Error("a process without workers has made a run")
			return nil
		}
		asks := s.process(t, QueueOptions{Prove: idle})
		run, err := asks.StartRun(t.Context(), "", s.round.ID)
		must(t, err)
		if _, err := asks.StartRun(t.Context(), "", s.round.ID); models.CodeOf(err) != models.CodeConflict {
			t.Errorf("a second run at the same time: %v", err)
		}
		now, err := asks.progress(t.Context(), run.ID)
		must(t, err)
		if now != (RunProgress{State: models.RunQueued}) {
			t.Errorf("before anybody works: %+v", now)
		}
		workers := []*Queue{s.process(t, QueueOptions{Workers: 2, Prove: prove}), s.process(t, QueueOptions{Workers: 1, Prove: prove})}
		states, last := ends(t, asks, run.ID)
		if last != (RunProgress{State: models.RunFinished}) {
			t.Errorf("watched %v, last %+v", states, last)
		}
		for _, q := range append(workers, asks) {
			must(t, q.Stop(context.Background()))
			if states, _ := ends(t, q, run.ID); len(states) != 1 || len(q.stages) > 0 {
				t.Errorf("after the end: %v, %v", states, q.stages)
			}
		}
		if n := proven.Load(); n != 1 {
			t.Errorf("the run was made %d times", n)
		}
		checkStoredRun(t, s, run.ID)
	})
}

// checkStoredRun wants all of a run of the store's people, the same as matching
// them from files.
func checkStoredRun(t *testing.T, s *stored, id string) {
	t.Helper()
	run, err := s.Run(t.Context(), id)
	must(t, err)
	settings := DefaultSettings()
	settings.Start = run.Start
	m := match(t, s.People, func(o *MatchOptions) { o.Settings, o.Seed = settings, 7 })
	if run.Result != string(m.JSON()) {
		t.Error("round.json is not that of the same people from files")
	}
	pairs, err := s.Pairs(t.Context(), id)
	must(t, err)
	if run.Pairs != len(m.Round.Pairs) || len(pairs) != run.Pairs || run.Score != m.Round.Score || run.Pairs == 0 {
		t.Errorf("%d pairs of %d, score %d; want %d, score %d", len(pairs), run.Pairs, run.Score, len(m.Round.Pairs), m.Round.Score)
	}
	round, err := s.Round(t.Context(), run.RoundID)
	must(t, err)
	if round.State != models.RoundProposed {
		t.Errorf("the round is %s", round.State)
	}
	for _, p := range pairs {
		mentee, err := s.Profile(t.Context(), p.MenteeID)
		must(t, err)
		mentor, err := s.Profile(t.Context(), p.MentorID)
		must(t, err)
		for _, lang := range web.Languages {
			words := Words{Lang: lang, Text: web.Text}
			got, err := PairLines(p.Lines, words)
			must(t, err)
			want, err := m.Why(mentee.Profile.ID, mentor.Profile.ID, len(s.Mentors), words)
			must(t, err)
			if diff := cmp.Diff(want.Lines, got); diff != "" {
				t.Fatalf("%s: lines of %s and %s (-want +got):\n%s", lang, mentee.Profile.ID, mentor.Profile.ID, diff)
			}
			for _, l := range got {
				if strings.HasPrefix(l.Reason, "why.") || strings.HasPrefix(l.Title, "factor.") || l.Reason == "" {
					t.Errorf("%s: %+v", lang, l)
				}
			}
		}
	}
	if _, err := PairLines("{", Words{Lang: "en", Text: web.Text}); err == nil {
		t.Error("half a text is an explanation")
	}
}

// TestRunEndsWithoutResult makes runs that come to nothing.
func TestRunEndsWithoutResult(t *testing.T) {
	clash := []models.RuleRow{{Mentee: "E-0001", Mentor: "M-0001", Rule: "must"}, {Mentee: "E-0001", Mentor: "M-0001", Rule: "never"}}
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		for _, c := range []struct {
			name, settings string
			o              RunOptions
			cancel         bool // while it is proven
			ended          RunEnded
			round          models.RoundState
		}{
			{"refuted", "", RunOptions{Prove: func([]byte) error { return errors.New("no") }}, false, RunEnded{models.RunFailed, "ended.refuted", nil}, models.RoundFailed},
			{"bad settings", `{"cover": "nobody"}`, RunOptions{}, false, RunEnded{models.RunFailed, "ended.bad_settings", nil}, models.RoundFailed},
			{"clash", "", RunOptions{rules: clash}, false, RunEnded{models.RunInfeasible, "ended.clash", nil}, models.RoundInfeasible},
			{"cancelled", "", RunOptions{}, true, RunEnded{models.RunCancelled, "", nil}, models.RoundClosed},
		} {
			t.Run(c.name, func(t *testing.T) {
				round := s.closedRound(t, c.name, c.settings)
				run, err := s.CreateRun(t.Context(), "", round.ID, nil)
				must(t, err)
				if c.cancel {
					c.o.Prove = func([]byte) error { return s.EndRun(context.Background(), "", run.ID, models.RunCancel, "") }
				}
				_, err = RunNow(t.Context(), s.Store, run.ID, c.o)
				ended, ok := errors.AsType[*RunEnded](err)
				if !ok || ended.State != c.ended.State || ended.Reason != c.ended.Reason || ended.Err == nil {
					t.Errorf("got %v", err)
				}
				wantNothing(t, s, run.ID, c.ended.State, c.ended.Reason, c.round)
				again, err := s.CreateRun(t.Context(), "", round.ID, nil)
				if err != nil || c.settings != "" {
					return
				}
				_, err = RunNow(t.Context(), s.Store, again.ID, RunOptions{Prove: proof})
				must(t, err)
			})
		}
	})
}

// TestCancelRun cancels runs that wait and runs that a worker is at.
func TestCancelRun(t *testing.T) {
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		asks := s.process(t, QueueOptions{})
		run := func(name string) string {
			r, err := asks.StartRun(t.Context(), "", s.closedRound(t, name, "").ID)
			must(t, err)
			return r.ID
		}
		proving, goOn := make(chan struct{}), make(chan struct{})
		queued := run("queued")
		must(t, asks.CancelRun(t.Context(), "", queued))
		if err := asks.CancelRun(t.Context(), "", queued); models.CodeOf(err) != models.CodeConflict {
			t.Errorf("cancelled twice: %v", err)
		}
		running := run("running")
		works, err := NewQueue(s.Store, QueueOptions{Workers: 1, Prove: func([]byte) error {
			proving <- struct{}{}
			<-goOn
			return nil
		}})
		must(t, err)
		done, unsubscribe := works.client.Subscribe(river.EventKindJobCompleted)
		defer unsubscribe()
		must(t, works.Start(t.Context()))
		<-proving // the first to be proven is not the one that was cancelled
		now, err := works.progress(t.Context(), running)
		must(t, err)
		if now.State != models.RunRunning || now.Stage == "" || now.Done > now.Total {
			t.Errorf("at work: %+v", now)
		}
		must(t, asks.CancelRun(t.Context(), "", running))
		close(goOn)
		for range 2 {
			<-done
		}
		must(t, works.Stop(context.Background()))
		for _, id := range []string{queued, running} {
			wantNothing(t, s, id, models.RunCancelled, "", models.RoundClosed)
		}
	})
}

// TestCancelledWhileRanking ends a run from elsewhere and waits for its worker
// to notice.
func TestCancelledWhileRanking(t *testing.T) {
	s := populated(t, filepath.Join(t.TempDir(), "puente.db"), fewPeople)
	run, err := s.CreateRun(t.Context(), "", s.round.ID, nil)
	must(t, err)
	ctx, stop := whileAtWork(t.Context(), s.Store, run.ID)
	defer stop()
	must(t, s.EndRun(t.Context(), "", run.ID, models.RunCancel, ""))
	<-ctx.Done()
}

// TestStoppedProcess stops a process that is storing a run: with time it ends
// it, without it leaves it to the next.
func TestStoppedProcess(t *testing.T) {
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		for _, c := range []struct {
			name string
			time bool
			left models.RunState // by the process
		}{
			{"with time", true, models.RunFinished},
			{"without time", false, models.RunRunning},
		} {
			t.Run(c.name, func(t *testing.T) {
				storing := make(chan struct{})
				works := s.process(t, QueueOptions{Workers: 1})
				must(t, works.store.Gorm.Callback().Create().Before("gorm:create").Register("test:wait", func(g *gorm.DB) {
					if g.Statement.Table == "pairs" {
						close(storing)
						if !c.time {
							<-g.Statement.Context.Done()
						}
					}
				}))
				run, err := works.StartRun(t.Context(), "", s.closedRound(t, c.name, "").ID)
				must(t, err)
				<-storing
				ctx, cancel := context.WithCancel(context.Background())
				if !c.time {
					cancel()
				}
				must(t, works.Stop(ctx))
				cancel()
				now, err := s.RunStatus(t.Context(), run.ID)
				must(t, err)
				if now.State != c.left {
					t.Errorf("the run is left %s, want %s", now.State, c.left)
				}
				ends(t, s.process(t, QueueOptions{Workers: 1}), run.ID)
				checkStoredRun(t, s, run.ID)
			})
		}
	})
}

// TestWatchEnds says what ends the watching of a run that goes on.
func TestWatchEnds(t *testing.T) {
	s := populated(t, filepath.Join(t.TempDir(), "puente.db"), fewPeople)
	q := s.process(t, QueueOptions{})
	run, err := q.StartRun(t.Context(), "", s.round.ID)
	must(t, err)
	left := errors.New("left")
	ctx, cancel := context.WithCancel(t.Context())
	for _, c := range []struct {
		name, run string
		each      func(RunProgress) error
		want      func(error) bool
	}{
		{"the watcher leaves", run.ID, func(RunProgress) error { return left }, func(err error) bool { return errors.Is(err, left) }},
		{"no such run", "nothing", nil, func(err error) bool { return models.CodeOf(err) == models.CodeNotFound }},
		{"its context ends", run.ID, func(RunProgress) error { cancel(); return nil }, func(err error) bool { return errors.Is(err, context.Canceled) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := q.Watch(ctx, c.run, c.each); !c.want(err) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestRunAttempts says what the queue is told of each attempt at a run.
func TestRunAttempts(t *testing.T) {
	broken := errors.New("no room")
	ending := func(context.Context) context.Context {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		return ctx
	}
	late := func(ctx context.Context) context.Context {
		ctx, cancel := context.WithDeadline(ctx, time.Now())
		cancel()
		return ctx
	}
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		var fails atomic.Bool
		must(t, s.Gorm.Callback().Create().Before("gorm:create").Register("test:fail", func(g *gorm.DB) {
			if fails.Load() && g.Statement.Table == "pairs" {
				_ = g.AddError(broken)
			}
		}))
		q, err := NewQueue(s.Store, QueueOptions{Prove: proof})
		must(t, err)
		for _, c := range []struct {
			name    string
			attempt int
			fails   bool
			ctx     func(context.Context) context.Context
			want    error
			state   models.RunState
			reason  string
		}{
			{"works", 1, false, nil, nil, models.RunFinished, ""},
			{"works at last", runAttempts, false, nil, nil, models.RunFinished, ""},
			{"fails", 1, true, nil, broken, models.RunRunning, ""},
			{"fails at last", runAttempts, true, nil, nil, models.RunFailed, "ended.broken"},
			{"was never heard of", runAttempts + 1, false, nil, nil, models.RunFailed, "ended.broken"},
			{"the process ends", runAttempts, false, ending, river.JobSnooze(0), models.RunQueued, ""},
			{"takes too long", 1, false, late, nil, models.RunFailed, "ended.too_long"},
		} {
			t.Run(c.name, func(t *testing.T) {
				run, err := q.StartRun(t.Context(), "", s.closedRound(t, c.name, "").ID)
				must(t, err)
				fails.Store(c.fails)
				defer fails.Store(false)
				ctx := t.Context()
				if c.ctx != nil {
					ctx = c.ctx(ctx)
				}
				job := &river.Job[runArgs]{JobRow: &rivertype.JobRow{Attempt: c.attempt}, Args: runArgs{run.ID}}
				if err := (&runWorker{queue: q}).Work(ctx, job); !errors.Is(err, c.want) {
					t.Errorf("got %v, want %v", err, c.want)
				}
				got, err := s.RunStatus(t.Context(), run.ID)
				must(t, err)
				if got.State != c.state || got.Reason != c.reason {
					t.Errorf("the run is %s (%s)", got.State, got.Reason)
				}
				if c.state.Final() {
					return
				}
				fails.Store(false)
				job.Attempt = 2 // another takes it up
				must(t, (&runWorker{queue: q}).Work(t.Context(), job))
				s.finished(t, run.ID)
			})
		}
	})
}

// finished reads a run that must have a result.
func (s *stored) finished(t *testing.T, run string) *models.Run {
	t.Helper()
	got, err := s.Run(t.Context(), run)
	must(t, err)
	if got.State != models.RunFinished {
		t.Errorf("the run is %s", got.State)
	}
	return got
}

// TestReplay makes a stored run again from what is stored with it.
func TestReplay(t *testing.T) {
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		run, err := s.CreateRun(t.Context(), "", s.round.ID, nil)
		must(t, err)
		_, err = RunNow(t.Context(), s.Store, run.ID, RunOptions{Workers: 2, Prove: proof})
		must(t, err)
		must(t, s.UpdateProfile(t.Context(), "", s.changed(t, s.Mentees[0].ID))) // what happens later changes nothing
		run = s.finished(t, run.ID)
		for _, p := range slices.Concat(s.Mentors, s.Mentees) {
			if p.Name != "" && strings.Contains(run.Snapshot, p.Name) {
				t.Errorf("the snapshot names %s", p.Name)
			}
		}
		for _, c := range []struct {
			name   string
			change func(*models.Run)
			err    string
		}{
			{"as it is", func(*models.Run) {}, ""},
			{"settings in other words", func(r *models.Run) { r.Settings = "{ }" }, ""},
			{"snapshot", func(r *models.Run) { r.Snapshot = strings.Replace(r.Snapshot, "E-0001", "E-9999", 1) }, "snapshot"},
			{"half a snapshot", func(r *models.Run) { r.Snapshot = r.Snapshot[:100] }, "snapshot"},
			{"no snapshot", func(r *models.Run) { r.Snapshot = "{}" }, "snapshot"},
			{"settings", func(r *models.Run) { r.Settings = `{"candidates": 1}` }, "settings"},
			{"bad settings", func(r *models.Run) { r.Settings = `{"cover": "nobody"}` }, "settings"},
			{"start", func(r *models.Run) { r.Start = "2027-01-11" }, "settings"},
			{"version", func(r *models.Run) { r.EngineVersion = "puente 0" }, "version"},
			{"a run without a result", func(r *models.Run) { *r = models.Run{Settings: "{}"} }, "version"},
		} {
			t.Run(c.name, func(t *testing.T) {
				changed := *run
				c.change(&changed)
				got, err := Replay(t.Context(), &changed)
				switch {
				case c.err == "" && (err != nil || !bytes.Equal(got, []byte(run.Result))):
					t.Errorf("another round, %v", err)
				case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
					t.Errorf("got %v, want an error about %s", err, c.err)
				}
			})
		}
	})
}

// changed is a stored person who has learnt a language.
func (s *stored) changed(t testing.TB, code string) *models.ProfileRow {
	t.Helper()
	row, err := s.ProfileByCode(t.Context(), s.programme.ID, code)
	must(t, err)
	row.Profile.Languages = []models.LanguageLevel{{Language: "mfs", Level: "native"}}
	return row
}

// TestTakeUp leaves a run at work as a process does that is killed, and starts
// another one: it takes the run up at once.
func TestTakeUp(t *testing.T) {
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		ctx := t.Context()
		run, err := s.CreateRun(ctx, "", s.round.ID, nil)
		must(t, err)
		_, err = s.StartRun(ctx, run.ID)
		must(t, err)
		q, err := NewQueue(s.Store, QueueOptions{Workers: 1, Prove: proof})
		must(t, err)
		must(t, q.TakeUp(ctx))
		must(t, q.Start(ctx))
		defer func() { must(t, q.Stop(context.WithoutCancel(ctx))) }()
		must(t, q.Watch(ctx, run.ID, func(RunProgress) error { return nil }))
		s.finished(t, run.ID)
	})
}

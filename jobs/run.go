package jobs

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"puente/matching"
	"puente/models"
)

// RunOptions say how a run is made; its result does not depend on them.
type RunOptions struct {
	Workers  int                                 // goroutines that rank
	Prove    func(round []byte) error            // the independent checker: an error means that round.json is refuted; nil asks nobody
	Progress func(stage string, done, total int) // may be nil; called from several goroutines

	rules []models.RuleRow // of staff about pairs; the store keeps none yet
}

// RunEnded says that a run has ended without a result, and why.
type RunEnded struct {
	State  models.RunState // infeasible, failed or cancelled
	Reason string          // message key, "" for cancelled
	Err    error           // the cause, for the log only
}

func (e *RunEnded) Error() string { return fmt.Sprintf("run %s %s: %v", e.State, e.Reason, e.Err) }

// Unwrap gives the cause.
func (e *RunEnded) Unwrap() error { return e.Err }

// StartRun asks for a run of a round by the round's settings. The run and its
// job are stored together or not at all; a worker takes it up within a second.
func (q *Queue) StartRun(ctx context.Context, by models.Actor, round string) (*models.Run, error) {
	runs, err := q.StartRuns(ctx, by, round, models.RunWish{})
	if err != nil {
		return nil, err
	}
	return &runs[0], nil
}

// StartRuns asks for several runs of a round, all or none, as [Queue.StartRun]
// does. They are made one after the other.
func (q *Queue) StartRuns(ctx context.Context, by models.Actor, round string, wishes ...models.RunWish) ([]models.Run, error) {
	return q.store.CreateRuns(ctx, by, round, wishes, func(tx *sql.Tx, run *models.Run) error {
		_, err := q.client.InsertTx(ctx, tx, runArgs{run.ID}, nil)
		return err
	})
}

// TakeUp asks again for the runs that a process left at work when it ended
// without a word. It is for a process that knows that there is no other on the
// store; without it they wait for rescueAfter.
func (q *Queue) TakeUp(ctx context.Context) error {
	runs, err := q.store.RunsAtWork(ctx)
	for _, run := range runs {
		_, failed := q.client.Insert(ctx, runArgs{run}, nil)
		err = errors.Join(err, failed)
	}
	return err
}

// CancelRun ends a run that is queued or at work, in whichever process. The
// worker that is at it notices within watchEvery, and stores nothing.
func (q *Queue) CancelRun(ctx context.Context, by models.Actor, run string) error {
	return q.store.EndRun(ctx, by, run, models.RunCancel, "")
}

// endings are the events that end a run without a result.
var endings = map[models.RunState]models.RunEvent{models.RunInfeasible: models.RunImpasse, models.RunFailed: models.RunFail}

// RunNow makes a run that is queued, or that a worker left, and stores what it
// comes to: its programme's people who wait, without mentees who have an offer
// or a mentor already, and without places that are promised, matched by the
// run's settings and seed. It returns the round that was stored, [*RunEnded] if the run has ended
// without one; after any other error the run is still at work and RunNow can be
// called again. A run that somebody else finished meanwhile is no error, and
// gives nil.
// Cost: 65 milliseconds for 140 mentors and 300 mentees, apart from the
// database.
func RunNow(ctx context.Context, store *models.Store, run string, o RunOptions) (*Matched, error) {
	m, err := o.make(ctx, store, run)
	if err == nil {
		return m, nil
	}
	ctx = context.WithoutCancel(ctx)
	ended := (*RunEnded)(nil)
	if errors.As(err, &ended) {
		failed := ended.store(ctx, store, run)
		if failed == nil {
			return nil, ended
		}
		err = failed
	}
	now, unread := store.RunStatus(ctx, run) // somebody else may have ended it
	switch {
	case unread != nil || !now.State.Final():
		return nil, err
	case now.State == models.RunFinished:
		return nil, nil //nolint:nilnil // as the comment says
	}
	return nil, &RunEnded{now.State, now.Reason, err}
}

// store ends the run in the store, with the demands that clash if that is why.
func (e *RunEnded) store(ctx context.Context, store *models.Store, run string) error {
	if clash := ClashOf(e.Err); clash != nil && e.State == models.RunInfeasible {
		return store.EndClashed(ctx, run, e.Reason, string(compact(clash)))
	}
	return store.EndRun(ctx, "", run, endings[e.State], e.Reason)
}

// make starts, matches, proves and stores.
func (o RunOptions) make(ctx context.Context, store *models.Store, id string) (*Matched, error) {
	run, err := store.StartRun(ctx, id)
	if err != nil {
		return nil, err
	}
	ctx, stop := whileAtWork(ctx, store, id)
	defer stop()
	m, figures, err := o.match(ctx, store, run)
	if err != nil {
		return nil, err
	}
	result := m.JSON()
	if o.Prove != nil {
		if err := o.Prove(result); err != nil {
			return nil, &RunEnded{models.RunFailed, "ended.refuted", err}
		}
	}
	solved := m.solved(result)
	solved.Figures = string(compact(figures))
	return m, store.FinishRun(ctx, id, solved)
}

// match makes the round of the people who wait, and counts it.
func (o RunOptions) match(ctx context.Context, store *models.Store, run *models.Run) (*Matched, *RunFigures, error) {
	options, err := runMatch(run)
	if err != nil {
		return nil, nil, &RunEnded{models.RunFailed, "ended.bad_settings", err}
	}
	options.Workers, options.Progress = o.Workers, o.Progress
	options.Within = time.Duration(run.TimeLimit) * time.Second
	if options.Keep, err = earlierRun(ctx, store, run); err != nil {
		return nil, nil, err
	}
	people, err := o.people(ctx, store, run, &options)
	if err != nil {
		return nil, nil, err
	}
	m, err := Match(ctx, people, options)
	if clash := ClashOf(err); clash != nil {
		return nil, nil, &RunEnded{models.RunInfeasible, clash.reason(), err}
	} else if err != nil {
		return nil, nil, err
	}
	figures, err := m.Figures(ctx, options)
	return m, figures, err
}

// reason is the message key of why a clash ends a run.
func (c *Clash) reason() string {
	if len(c.Groups) > 0 || c.Unsettled {
		return "ended.clash_groups"
	}
	return "ended.clash"
}

// people are those of whom a run is made.
func (o RunOptions) people(ctx context.Context, store *models.Store, run *models.Run, options *MatchOptions) (People, error) {
	round, err := store.Round(ctx, run.RoundID)
	if err != nil {
		return People{}, err
	}
	people, err := waiting(ctx, store, round.ProgrammeID)
	if err != nil {
		return People{}, err
	}
	people.Rules = append(people.Rules, o.rules...)
	people.Vectors, err = vectorsOf(ctx, store, round.ProgrammeID, &options.Settings)
	return people, err
}

// earlierRun is the run that a run keeps, nil if it keeps none.
func earlierRun(ctx context.Context, store *models.Store, run *models.Run) (*matching.Earlier, error) {
	if run.KeepRun == nil {
		return nil, nil //nolint:nilnil // as the comment says
	}
	earlier, err := store.Run(ctx, *run.KeepRun)
	if err != nil {
		return nil, err
	}
	file, problems := ReadRound("round.json", strings.NewReader(earlier.Result))
	if problems.Errors() > 0 {
		return nil, &RunEnded{models.RunFailed, "ended.bad_earlier", fmt.Errorf("run %s: %s", earlier.ID, problems[0].Key)}
	}
	return file.Earlier(run.KeepPoints), nil
}

// waiting are the people of whom a round of a programme would be made now:
// those who wait, without mentees who have an offer or a mentor already, and
// without places that are promised. A pair that somebody declined is not formed
// again. Their vectors are left out.
func waiting(ctx context.Context, store *models.Store, programme string) (People, error) {
	mentors, err := store.Profiles(ctx, programme, models.RoleMentor, models.ProfileWaiting)
	if err != nil {
		return People{}, err
	}
	mentees, err := store.Profiles(ctx, programme, models.RoleMentee, models.ProfileWaiting)
	if err != nil {
		return People{}, err
	}
	engaged, promised, err := store.Engaged(ctx, programme)
	if err != nil {
		return People{}, err
	}
	for i := range mentors {
		p := &mentors[i].Profile
		p.Taken = min(p.Taken+promised[mentors[i].UID], p.Capacity)
	}
	mentees = slices.DeleteFunc(mentees, func(p models.ProfileRow) bool { return engaged[p.UID] })
	declined, err := store.Declined(ctx, programme)
	return People{Mentors: models.Engine(mentors), Mentees: models.Engine(mentees), Rules: never(declined, mentees, mentors)}, err
}

// never rules out pairs of profiles, as far as both take part.
func never(pairs [][2]string, mentees, mentors []models.ProfileRow) (rules []models.RuleRow) {
	ids := map[string]string{}
	for _, side := range [][]models.ProfileRow{mentees, mentors} {
		for i := range side {
			ids[side[i].UID] = side[i].Profile.ID
		}
	}
	for _, p := range pairs {
		row := models.RuleRow{Mentee: ids[p[0]], Mentor: ids[p[1]], Rule: models.RuleNever}
		if row.Mentee != "" && row.Mentor != "" && !slices.Contains(rules, row) {
			rules = append(rules, row)
		}
	}
	return rules
}

// solved is what is stored of a round.
func (m *Matched) solved(result []byte) *models.Solved {
	out := &models.Solved{
		EngineVersion: engineVersion(), SettingsHash: settingsHash(m.Settings), SnapshotHash: m.SnapshotHash,
		Snapshot: string(compact(m.Asked)), Result: string(result), Score: m.Round.Score,
	}
	for _, p := range m.Round.Pairs {
		out.Pairs = append(out.Pairs, models.SolvedPair{
			Mentee: m.Round.Left[p.Left].ID, Mentor: m.Round.Right[p.Right].ID, Score: p.Score,
			MenteeRank: p.LeftRank, MentorRank: p.RightRank, Lines: string(compact(findings(p.Explanation))),
		})
	}
	return out
}

// settingsHash names settings, as [Settings.JSON] writes them.
func settingsHash(settings []byte) string {
	sum := sha256.Sum256(settings)
	return hex.EncodeToString(sum[:])
}

// watchEvery is how often the row of a run is looked at, by the worker that is
// at it and by whoever watches it.
const watchEvery = 200 * time.Millisecond

// whileAtWork gives a context that ends with the run, whoever ends it. Stop
// must be called.
func whileAtWork(ctx context.Context, store *models.Store, run string) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wait sync.WaitGroup
	wait.Go(func() {
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if now, err := store.RunStatus(ctx, run); err == nil && now.State.Final() {
				cancel()
			}
		}
	})
	return ctx, func() {
		cancel()
		wait.Wait()
	}
}

// runArgs are what a job of the queue needs to know.
type runArgs struct {
	Run string `json:"run"`
}

// Kind names the job.
func (runArgs) Kind() string { return "run" }

// InsertOpts says how it is queued.
func (runArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: runsQueue, MaxAttempts: 1000} // see runAttempts
}

// runWorker works on runs.
type runWorker struct {
	river.WorkerDefaults[runArgs]

	queue *Queue
}

// NextRetry says when an attempt that came to nothing is repeated: soon, and at
// once if its process had ended.
func (*runWorker) NextRetry(job *river.Job[runArgs]) time.Time {
	return job.AttemptedAt.Add(retryAfter)
}

// Work makes one attempt at a run.
func (w *runWorker) Work(ctx context.Context, job *river.Job[runArgs]) error {
	q, run := w.queue, job.Args.Run
	if job.Attempt > runAttempts { // the processes ended before they could say anything
		return q.giveUp(ctx, run, "ended.broken")
	}
	o := q.run
	o.Progress = q.report(run)
	defer q.forget(run)
	_, err := RunNow(ctx, q.store, run, o)
	ended := (*RunEnded)(nil)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ended):
		q.log.WarnContext(ctx, "run ended without a result", "run", run, "state", ended.State, "reason", ended.Reason, "cause", ended.Err)
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return q.giveUp(ctx, run, "ended.too_long")
	case ctx.Err() != nil: // the process is told to stop, which is no attempt
		return river.JobSnooze(0)
	case job.Attempt < runAttempts:
		return err // River logs it
	}
	q.log.ErrorContext(ctx, "run given up", "run", run, "error", err)
	return q.giveUp(ctx, run, "ended.broken")
}

// giveUp ends a run as failed, unless it has ended already.
func (q *Queue) giveUp(ctx context.Context, run, reason string) error {
	err := q.store.EndRun(context.WithoutCancel(ctx), "", run, models.RunFail, reason)
	if models.CodeOf(err) == models.CodeConflict {
		return nil
	}
	return err
}

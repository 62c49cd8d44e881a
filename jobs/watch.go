package jobs

import (
	"context"
	"time"

	"puente/models"
)

// RunProgress is where a run stands. Stage, Done and Total are known only in
// the process that is at it, and zero elsewhere.
type RunProgress struct {
	State  models.RunState
	Stage  string // "rank", "solve" or "prove"; the last two may come again
	Done   int    // of Total, rising within a stage
	Total  int
	Reason string // message key of why it ended without a result
}

// Watch calls each with where a run stands now and, in order, whenever that has
// changed, until the run has ended, ctx ends or each fails. It looks every
// watchEvery, so that it may pass over what lasted less.
func (q *Queue) Watch(ctx context.Context, run string, each func(RunProgress) error) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	last := RunProgress{} // of no run
	for {
		now, err := q.progress(ctx, run)
		if err != nil {
			return err
		}
		if now != last {
			if err := each(now); err != nil {
				return err
			}
		}
		if last = now; now.State.Final() {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// Progress says where a run stands now.
func (q *Queue) Progress(ctx context.Context, run string) (RunProgress, error) {
	return q.progress(ctx, run)
}

// progress says where a run stands.
func (q *Queue) progress(ctx context.Context, run string) (RunProgress, error) {
	q.mu.Lock()
	now := q.stages[run]
	q.mu.Unlock()
	row, err := q.store.RunStatus(ctx, run)
	if err != nil {
		return RunProgress{}, err
	}
	if row.State != models.RunRunning {
		now = RunProgress{Reason: row.Reason}
	}
	now.State = row.State
	return now, nil
}

// report keeps where a run of this process stands. Reports of one stage may
// come out of order.
func (q *Queue) report(run string) func(stage string, done, total int) {
	return func(stage string, done, total int) {
		q.mu.Lock()
		defer q.mu.Unlock()
		if last := q.stages[run]; last.Stage != stage || last.Done < done {
			q.stages[run] = RunProgress{Stage: stage, Done: done, Total: total}
		}
	}
}

func (q *Queue) forget(run string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.stages, run)
}

package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"puente/models"
)

// upkeepEvery is how often the store is looked after, by one process at a time.
const upkeepEvery = time.Minute

// upkeepArgs are a job that looks after what time alone changes.
type upkeepArgs struct{}

// Kind names the job.
func (upkeepArgs) Kind() string { return "upkeep" }

// InsertOpts says how it is queued: a failed attempt is not repeated, since the
// next one comes anyway.
func (upkeepArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: upkeepQueue, MaxAttempts: 1}
}

// upkeepQueue is the name of River's queue of upkeep, so that a long run does
// not keep it waiting.
const upkeepQueue = "upkeep"

// upkeep asks for the job, now and then every upkeepEvery.
func upkeep() *river.PeriodicJob {
	args := func() (river.JobArgs, *river.InsertOpts) { return upkeepArgs{}, nil }
	return river.NewPeriodicJob(river.PeriodicInterval(upkeepEvery), args, &river.PeriodicJobOpts{RunOnStart: true})
}

// upkeepWorker looks after the store.
type upkeepWorker struct {
	river.WorkerDefaults[upkeepArgs]

	queue *Queue
}

// Work ends offers that nobody answered in time and rounds whose offers are all
// decided, takes away what has had its time, and asks for vectors that are missing.
func (w *upkeepWorker) Work(ctx context.Context, _ *river.Job[upkeepArgs]) error {
	ended, err := w.queue.store.ExpireOffers(ctx)
	if len(ended) > 0 {
		w.queue.log.InfoContext(ctx, "offers expired", "offers", len(ended))
	}
	_, unsettled := w.queue.store.SettleRounds(ctx)
	_, kept := w.queue.store.DeleteExpiredSessions(ctx)
	return errors.Join(err, unsettled, kept, w.tidy(ctx), w.queue.askForVectors(ctx))
}

// tidy takes away mails, links, sign-ups, flows, keys, counters of tries and requests, and
// answers to requests, whose time is over, and then what is left of them, and of
// who was erased, in the database's log.
func (w *upkeepWorker) tidy(ctx context.Context) error {
	store := w.queue.store
	_, left := store.DeleteExpiredRequests(ctx)
	return errors.Join(left, store.TidyMails(ctx), store.DeleteOldLinks(ctx), store.DeleteOldThrottles(ctx), store.DeleteExpiredKeys(ctx),
		store.DeleteEndedRates(ctx), store.DeleteOldFlows(ctx), scrubbed(store.Scrub(ctx, false)))
}

// scrubbed lets a log that somebody is at wait for the next time.
func scrubbed(err error) error {
	if models.CodeOf(err) == models.CodeUnavailable {
		return nil
	}
	return err
}

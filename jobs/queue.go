package jobs

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"gorm.io/gorm"

	"puente/models"
)

// QueueOptions say what a process does for the queue.
type QueueOptions struct {
	Log     *slog.Logger             // nil keeps none
	Workers int                      // goroutines of the run that is at work, one run at a time; 0: this process only asks for work
	Prove   func(round []byte) error // see [RunOptions]

	Embeddings *Embeddings // turns people's own words into vectors; nil: nobody does

	Vault models.Sealer // seals mails; nil: this process writes none
	SMTP  *SMTP         // sends mails; nil: they stay in the store to be read
}

// Queue is the work that outlives a request. It is kept in the store's
// database, in tables of its own, so that work is asked for in the transaction
// that needs it, and taken up again by another process if one ends. All methods
// may be called from many goroutines.
type Queue struct {
	store  *models.Store
	client *river.Client[*sql.Tx]
	driver riverdriver.Driver[*sql.Tx]
	log    *slog.Logger
	run    RunOptions

	embeddings *Embeddings
	smtp       *SMTP

	mu     sync.Mutex
	stages map[string]RunProgress // of the runs that this process is at, by id
}

// The times of a run. A round of 10,000 mentees and 4,000 mentors takes 12
// seconds on two cores.
const (
	runTime     = 5 * time.Minute
	rescueAfter = runTime + time.Minute // a process that ended without a word is given up
	retryAfter  = 5 * time.Second
	stopTime    = 10 * time.Second // for work to end once its context has ended
)

// runAttempts is how often a run is begun before it has failed. River counts
// further, so that there is always an attempt that says so.
const runAttempts = 3

// runsQueue is the name of River's queue of runs.
const runsQueue = "runs"

// NewQueue connects to the queue of a store. It does nothing yet: see
// [Queue.Migrate] and [Queue.Start].
func NewQueue(store *models.Store, o QueueOptions) (*Queue, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	q := &Queue{
		store: store, log: o.Log, run: RunOptions{Workers: o.Workers, Prove: o.Prove}, stages: map[string]RunProgress{},
		driver: riversqlite.New(store.SQL), embeddings: o.Embeddings, smtp: o.SMTP,
	}
	if store.Postgres() {
		q.driver = riverdatabasesql.NewWithPgxListener(store.SQL, store.Pool)
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &runWorker{queue: q}); err != nil {
		return nil, err
	}
	if err := river.AddWorkerSafely(workers, &upkeepWorker{queue: q}); err != nil {
		return nil, err
	}
	if err := river.AddWorkerSafely(workers, &embedWorker{queue: q}); err != nil {
		return nil, err
	}
	if err := river.AddWorkerSafely(workers, &mailWorker{queue: q}); err != nil {
		return nil, err
	}
	config := &river.Config{Logger: o.Log, Workers: workers, JobTimeout: runTime, RescueStuckJobsAfter: rescueAfter}
	if o.Workers > 0 {
		config.Queues = map[string]river.QueueConfig{runsQueue: {MaxWorkers: 1}, upkeepQueue: {MaxWorkers: 1}}
		if o.Embeddings != nil {
			config.Queues[embedQueue] = river.QueueConfig{MaxWorkers: 1}
		}
		if o.SMTP != nil {
			config.Queues[mailQueue] = river.QueueConfig{MaxWorkers: mailsAtOnce}
		}
		config.PeriodicJobs = []*river.PeriodicJob{upkeep()}
	}
	var err error
	q.client, err = river.NewClient(q.driver, config)
	if o.Vault != nil {
		store.Outbox = q.outbox(o.Vault)
	}
	return q, err
}

// migrator knows the steps of River's tables.
func (q *Queue) migrator() (*rivermigrate.Migrator[*sql.Tx], error) {
	return rivermigrate.New(q.driver, &rivermigrate.Config{Logger: q.log})
}

// queueLock is the number under which processes that start together on one
// PostgreSQL wait for each other.
const queueLock = 0x70756e7465 // "punte"

// Migrate brings the queue's tables to the form that this program needs and
// says how many steps that took. It comes after [models.Store.Migrate].
func (q *Queue) Migrate(ctx context.Context) (steps int, err error) {
	m, err := q.migrator()
	if err != nil {
		return 0, err
	}
	up := func() error {
		done, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil)
		if err == nil {
			steps = len(done.Versions)
		}
		return err
	}
	if !q.store.Postgres() {
		return steps, up()
	}
	return steps, q.store.InTx(ctx, func(_ *gorm.DB, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", queueLock); err != nil {
			return err
		}
		return up()
	})
}

// Pending says how many steps Migrate would take.
func (q *Queue) Pending(ctx context.Context) (steps int, err error) {
	m, err := q.migrator()
	if err != nil {
		return 0, err
	}
	there, err := m.ExistingVersions(ctx)
	return len(m.AllVersions()) - len(there), err
}

// Start begins to take up work in the background, until [Queue.Stop]; the end
// of ctx does not end it. Without workers it does nothing.
func (q *Queue) Start(ctx context.Context) error {
	if q.run.Workers == 0 {
		return nil
	}
	return q.client.Start(context.WithoutCancel(ctx))
}

// Stop takes up no more work and waits for what is under way, until ctx ends;
// then it cancels that. A run that was cancelled so is taken up again by the
// next process.
func (q *Queue) Stop(ctx context.Context) error {
	if err := q.client.Stop(ctx); err == nil || ctx.Err() == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	return q.client.StopAndCancel(ctx)
}

// AtWork says whether a process takes up work of this queue now, or ended
// without a word less than a quarter of a minute ago.
func (q *Queue) AtWork(ctx context.Context) (bool, error) {
	if !q.store.Postgres() {
		return false, nil // one process has its file, which it locks
	}
	var n int
	err := q.store.SQL.QueryRowContext(ctx, "SELECT count(*) FROM river_leader WHERE expires_at > now()").Scan(&n)
	return n > 0, err
}

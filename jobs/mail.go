package jobs

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"puente/models"
)

// mailArgs are a job that sends one mail. The queue knows only its id: what it
// says is sealed in the store.
type mailArgs struct {
	ID string `json:"id"`
}

// Kind names the job.
func (mailArgs) Kind() string { return "mail" }

// InsertOpts says how it is queued. A mail is tried until it is of no use.
func (mailArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: mailQueue, MaxAttempts: 1000}
}

// mailQueue is the name of River's queue of mails.
const mailQueue = "mail"

// mailsAtOnce is how many mails are on their way at one time.
const mailsAtOnce = 4

// The time between two attempts at a mail: it doubles from the first to the
// last.
const (
	mailRetryFirst = 15 * time.Second
	mailRetryLast  = time.Hour
)

// mailProblem is how many characters of a failure are kept for the
// administrator.
const mailProblem = 300

// outbox hands mails to the queue.
func (q *Queue) outbox(vault models.Sealer) *models.Outbox {
	o := &models.Outbox{Seal: vault}
	if q.smtp != nil {
		o.Send = func(ctx context.Context, tx *sql.Tx, id string) error {
			_, err := q.client.InsertTx(ctx, tx, mailArgs{id}, nil)
			return err
		}
	}
	return o
}

// Sends says whether mails leave this machine.
func (q *Queue) Sends() bool { return q.smtp != nil }

// mailWorker sends mails.
type mailWorker struct {
	river.WorkerDefaults[mailArgs]

	queue *Queue
}

// Timeout is what a slow server has.
func (*mailWorker) Timeout(*river.Job[mailArgs]) time.Duration { return 4 * smtpTime }

// NextRetry says when a mail is tried again.
func (w *mailWorker) NextRetry(job *river.Job[mailArgs]) time.Time {
	return w.queue.store.Now().Add(mailWait(job.Attempt))
}

// mailWait is how long the next attempt waits after so many.
func mailWait(attempts int) time.Duration {
	wait := mailRetryFirst
	for ; attempts > 1 && wait < mailRetryLast; attempts-- {
		wait *= 2
	}
	return min(wait, mailRetryLast)
}

// Work tries to send a mail. A server that goes away after it took the mail and
// before that is stored gets it twice.
func (w *mailWorker) Work(ctx context.Context, job *river.Job[mailArgs]) error {
	store := w.queue.store
	m, err := store.Mail(ctx, job.Args.ID)
	switch {
	case models.CodeOf(err) == models.CodeNotFound || err == nil && m.State != models.MailWaiting:
		return nil // forgotten, erased, or done by an attempt that was cut off
	case err != nil:
		return err
	case !m.ExpiresAt.After(store.Now()):
		return store.MarkMail(ctx, m.ID, models.MailFailed, "expired")
	}
	letter, err := store.Letter(m)
	if err != nil {
		return err
	}
	if err = w.queue.smtp.Send(ctx, store.Now(), m.Address, letter); err == nil {
		return store.MarkMail(ctx, m.ID, models.MailSent, "")
	}
	w.queue.log.WarnContext(ctx, "a mail was not sent", "mail", m.ID, "kind", m.Kind, "attempt", job.Attempt, "error", err)
	state := models.MailWaiting
	if permanent(err) {
		state = models.MailFailed
	}
	problem := []rune(err.Error())
	if e := store.MarkMail(ctx, m.ID, state, string(problem[:min(len(problem), mailProblem)])); e != nil || state == models.MailFailed {
		return e
	}
	return errNotSent
}

// errNotSent is all that River keeps of a failed attempt, for as long as it
// likes: what a server says may have the address in it.
var errNotSent = errors.New("the mail was not sent")

package jobs

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"puente/models"
)

// embedArgs are a job that asks for the vectors of words that have none.
type embedArgs struct{}

// Kind names the job.
func (embedArgs) Kind() string { return "embed" }

// InsertOpts says how it is queued: one at a time, whoever asks for it, since it
// does all there is to do.
func (embedArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: embedQueue, UniqueOpts: river.UniqueOpts{ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}}}
}

// embedQueue is the name of River's queue of vectors, so that a slow service
// keeps nothing else waiting.
const embedQueue = "embed"

// The pauses after attempts that came to nothing double from the first to the
// longest.
const (
	firstPause   = 10 * time.Second
	longestPause = time.Hour
)

// embedRequests is how many requests a job makes; the next one follows within a
// minute.
const embedRequests = 50

// Embeddings is the service that turns words into vectors, nil if there is none.
func (q *Queue) Embeddings() *Embeddings { return q.embeddings }

// SaveWords stores somebody's own words with her consent that they are sent to
// the service of this process, which there must be, and asks for their vector
// in the same transaction.
func (q *Queue) SaveWords(ctx context.Context, by models.Actor, profile, words, lang string) error {
	agreement := models.WordsAgreement{TextVersion: q.embeddings.AgreedText(), Lang: lang}
	return q.store.SaveWords(ctx, by, profile, words, agreement, func(tx *sql.Tx) error {
		_, err := q.client.InsertTx(ctx, tx, embedArgs{}, nil)
		return err
	})
}

// askForVectors asks for those that are missing: of words that were stored while
// a job was ending, or before another model was chosen.
func (q *Queue) askForVectors(ctx context.Context) error {
	if q.embeddings == nil {
		return nil
	}
	words, err := q.store.WordsWithoutVector(ctx, q.embeddings.model, q.embeddings.AgreedText(), 1)
	if err == nil && len(words) > 0 {
		_, err = q.client.Insert(ctx, embedArgs{}, nil)
	}
	return err
}

// embedWorker asks for vectors and stores them.
type embedWorker struct {
	river.WorkerDefaults[embedArgs]

	queue *Queue
}

// NextRetry says when an attempt that came to nothing is repeated.
func (w *embedWorker) NextRetry(job *river.Job[embedArgs]) time.Time {
	return w.queue.store.Now().Add(pause(len(job.Errors)))
}

// pause is how long to wait after so many failures before the last one.
func pause(failures int) time.Duration {
	return min(longestPause, firstPause<<min(failures, 20))
}

// Work asks for the vectors of all words that have none. A failure is logged and
// tried again later; nothing else waits for it.
func (w *embedWorker) Work(ctx context.Context, _ *river.Job[embedArgs]) error {
	q := w.queue
	if q.embeddings == nil {
		return nil // it was switched off since
	}
	for range embedRequests {
		words, err := q.store.WordsWithoutVector(ctx, q.embeddings.model, q.embeddings.AgreedText(), embedBatch)
		if err != nil || len(words) == 0 {
			return err
		}
		if err := q.embed(ctx, words); err != nil {
			q.log.WarnContext(ctx, "texts have no vectors yet", "service", q.embeddings.Service(), "model", q.embeddings.model, "error", err)
			failed := (*EmbedError)(nil)
			if errors.As(err, &failed) && failed.After > 0 {
				return river.JobSnooze(failed.After)
			}
			return err
		}
	}
	return nil
}

// embed asks for the vectors of some words and stores them. If the service
// refuses them together it is asked for each by itself; those that it refuses
// while it takes others are not asked for again.
func (q *Queue) embed(ctx context.Context, words []models.OwnWords) error {
	texts := make([]string, len(words))
	for i := range words {
		texts[i] = words[i].Words
	}
	vectors, err := q.embeddings.Vectors(ctx, texts)
	failed := (*EmbedError)(nil)
	if errors.As(err, &failed) && failed.refused() && len(words) > 1 {
		vectors, err = q.oneByOne(ctx, texts)
	}
	if err != nil {
		return err
	}
	return q.store.SaveVectors(ctx, q.embeddings.model, words, vectors)
}

// oneByOne asks for the vector of each text, nil for those that are refused. If
// all of them are, that is the error.
func (q *Queue) oneByOne(ctx context.Context, texts []string) (vectors [][]byte, err error) {
	vectors = make([][]byte, len(texts))
	taken := false
	for i := range texts {
		one, e := q.embeddings.Vectors(ctx, texts[i:i+1])
		failed := (*EmbedError)(nil)
		switch {
		case e == nil:
			vectors[i], taken = one[0], true
		case errors.As(e, &failed) && failed.refused():
			err = e
		default:
			return nil, e
		}
	}
	if taken {
		return vectors, nil
	}
	return nil, err
}

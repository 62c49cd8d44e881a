package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"puente/jobs"
	"puente/models"
)

var (
	explainRun = huma.Operation{
		OperationID: "explain-run", Method: http.MethodGet, Path: "/api/v1/runs/{id}/explain", Tags: []string{"runs"},
		Summary: "Why a mentee of a finished run has her pair, or none, and what would change it",
		Description: "Of the method optimal every difference is one of two proven best totals; a round of another method is made again by it with one thing " +
			"changed, and of a lottery the chances are told. All of it is over all pairs that the rules allow, from what is stored with the run. " +
			"With mentor the answer is about that one mentor; else about the mentee's pairs and the mentors who rank before them.",
		Errors: []int{http.StatusConflict},
	}
	diffRuns = huma.Operation{
		OperationID: "diff-runs", Method: http.MethodGet, Path: "/api/v1/runs/{id}/diff", Tags: []string{"runs"},
		Summary: "What differs between two finished runs", Errors: []int{http.StatusConflict},
	}
	adviseRun = huma.Operation{
		OperationID: "advise-run", Method: http.MethodGet, Path: "/api/v1/runs/{id}/advice", Tags: []string{"runs"},
		Summary: "What places, rules and serving more cost in a finished run, and whom to win as mentors",
		Description: "Everything is exact but at_most, the estimate by which the profiles of additional mentors were chosen. Of another method than " +
			"optimal it tells what the method costs, and what one more place does to the round made again; of rules about groups what each costs.",
		Errors: []int{http.StatusConflict},
	}
)

type explainIn struct {
	IDInput
	Mentee string `query:"mentee" required:"true" minLength:"1" maxLength:"64" doc:"The mentee's code" example:"E-7Q2MXA4B"`
	Mentor string `query:"mentor" maxLength:"64" doc:"A mentor's code" example:"M-2KD93PQX"`
}

// Explained is what is said of a mentee of a run, or of one pair.
type Explained struct {
	About *jobs.About `json:"about,omitempty" doc:"Without a mentor in the question"`
	Pair  *jobs.Why   `json:"pair,omitempty" doc:"With a mentor in the question"`
}

// mostAsked is how many questions about runs are worked on at once: each is
// many solves.
const mostAsked = 2

// inquiry prepares answers about a finished run. Leave must be called when they are given.
func (s *Server) inquiry(ctx context.Context, id string, w jobs.Words) (q *jobs.Inquiry, leave func(), err error) {
	run, err := s.finished(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if leave, err = s.asking.enter(ctx); err != nil {
		return nil, nil, err
	}
	if q, err = jobs.AskRun(ctx, run, w); err != nil {
		leave()
		return nil, nil, asked(err)
	}
	return q, leave, nil
}

// finished reads a run that has a result.
func (s *Server) finished(ctx context.Context, id string) (*models.Run, error) {
	run, err := s.Store.Run(ctx, id)
	if err == nil && run.State != models.RunFinished {
		err = &Error{Code: CodeConflict, Key: "problem.no_result"}
	}
	return run, err
}

// asked turns what an inquiry cannot answer into problems.
func asked(err error) error {
	unknown := (*jobs.NoSuchID)(nil)
	switch {
	case errors.As(err, &unknown):
		return &Error{Code: CodeNotFound, Err: err}
	case errors.Is(err, jobs.ErrOtherEngine):
		return &Error{Code: CodeConflict, Key: "problem.other_engine", Err: err}
	case errors.Is(err, jobs.ErrErased):
		return &Error{Code: CodeConflict, Key: "problem.input_erased", Err: err}
	case errors.Is(err, jobs.ErrOpen):
		return &Error{Code: CodeConflict, Key: "problem.open_round", Err: err}
	}
	return err
}

func (s *Server) explainRun(ctx context.Context, in *explainIn) (*read[Explained], error) {
	q, leave, err := s.inquiry(ctx, in.ID, words(ctx))
	if err != nil {
		return nil, err
	}
	defer leave()
	out := &read[Explained]{}
	if in.Mentor != "" {
		out.Body.Pair, err = q.Why(ctx, in.Mentee, in.Mentor)
	} else {
		out.Body.About, err = q.About(ctx, in.Mentee)
	}
	return out, asked(err)
}

type diffIn struct {
	IDInput
	With string `query:"with" required:"true" format:"uuid" doc:"The other run"`
}

// RunDiff is what differs between two runs.
type RunDiff struct {
	jobs.RoundDiff
	Text []string `json:"text" nullable:"false" doc:"The same in words"`
}

func (s *Server) diffRuns(ctx context.Context, in *diffIn) (*read[RunDiff], error) {
	a, err := s.roundOfRun(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if _, err := s.over(ctx, policies["diff-runs"], actorOf(ctx), in.With); err != nil {
		return nil, err
	}
	b, err := s.roundOfRun(ctx, in.With)
	if err != nil {
		return nil, err
	}
	d := jobs.DiffRounds(a, b)
	return &read[RunDiff]{Body: RunDiff{*d, d.Text(words(ctx))}}, nil
}

// roundOfRun reads the round of a finished run.
func (s *Server) roundOfRun(ctx context.Context, id string) (*jobs.RoundFile, error) {
	result, err := s.resultOf(ctx, id)
	if err != nil {
		return nil, err
	}
	file, problems := jobs.ReadRound("round.json", strings.NewReader(result))
	if problems.Errors() > 0 {
		return nil, errors.New("the result of run " + id + " cannot be read: " + problems[0].Key)
	}
	return file, nil
}

func (s *Server) adviseRun(ctx context.Context, in *IDInput) (*read[jobs.Report], error) {
	q, leave, err := s.inquiry(ctx, in.ID, words(ctx))
	if err != nil {
		return nil, err
	}
	defer leave()
	report, err := reportOf(ctx, q)
	if err != nil {
		return nil, err
	}
	return &read[jobs.Report]{Body: *report}, nil
}

// reportTime is how long a report may take; then what is there is given.
const reportTime = 8 * time.Second

// reportOf makes a report, or as much of it as there is time for.
func reportOf(ctx context.Context, q *jobs.Inquiry) (*jobs.Report, error) {
	within, done := context.WithTimeout(ctx, reportTime)
	defer done()
	report, err := q.Report(within, jobs.DefaultReport)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		report.Unfinished, err = true, nil
	}
	return report, asked(err)
}

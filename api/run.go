package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"puente/jobs"
	"puente/models"
)

var (
	createRun = huma.Operation{
		OperationID: "create-run", Method: http.MethodPost, Path: "/api/v1/rounds/{id}/runs", Tags: []string{"runs"}, DefaultStatus: http.StatusAccepted,
		Summary: "Ask for a run of a closed round",
		Description: "The answer comes at once; Location tells where the run stands. Several runs of a round stand side by side, each by its own " +
			"settings and under its own label; they are made one after the other. Two with the same settings do not wait at once, and no more than eight.",
		Errors: []int{http.StatusConflict},
	}
	listRuns = huma.Operation{
		OperationID: "list-runs", Method: http.MethodGet, Path: "/api/v1/rounds/{id}/runs", Tags: []string{"runs"},
		Summary: "The runs of a round, newest first",
	}
	getRun = huma.Operation{
		OperationID: "get-run", Method: http.MethodGet, Path: "/api/v1/runs/{id}", Tags: []string{"runs"}, Summary: "Where a run stands, and what it came to",
	}
	watchRun = huma.Operation{
		OperationID: "watch-run", Method: http.MethodGet, Path: "/api/v1/runs/{id}/events", Tags: []string{"runs"},
		Summary:     "Follow a run, by server-sent events",
		Description: "An event `progress` whenever something has changed, an event `end` when the run has ended; the data of each is a Progress.",
		Responses: map[string]*huma.Response{"200": {
			Description: "Server-sent events", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	}
	cancelRun = huma.Operation{
		OperationID: "cancel-run", Method: http.MethodPost, Path: "/api/v1/runs/{id}/cancel", Tags: []string{"runs"},
		Summary: "Stop a run that has not ended; nothing of it is kept", Errors: []int{http.StatusConflict},
	}
	listPairs = huma.Operation{
		OperationID: "list-pairs", Method: http.MethodGet, Path: "/api/v1/runs/{id}/pairs", Tags: []string{"runs"},
		Summary: "The pairs of a run with the reasons, best score first",
	}
	getRunResult = huma.Operation{
		OperationID: "get-run-result", Method: http.MethodGet, Path: "/api/v1/runs/{id}/round.json", Tags: []string{"runs"},
		Summary:     "The round of a finished run as a file that `puente verify` proves",
		Description: "The bytes that were stored; see docs/round.schema.json.",
		Responses: map[string]*huma.Response{"200": {
			Description: "The round", Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: huma.TypeObject}}},
		}},
		Errors: []int{http.StatusConflict},
	}
)

// Run is one solving of a round. It never changes once it has ended.
type Run struct {
	ID           string           `json:"id" format:"uuid"`
	Round        string           `json:"round" format:"uuid"`
	State        models.RunState  `json:"state"`
	Label        string           `json:"label,omitempty" doc:"What staff calls it"`
	Method       methodName       `json:"method"`
	Settings     json.RawMessage  `json:"settings"`
	Seed         int64            `json:"seed"`
	Start        string           `json:"start" format:"date"`
	Engine       string           `json:"engine,omitempty" doc:"Version of what made it"`
	SettingsHash string           `json:"settings_hash,omitempty"`
	SnapshotHash string           `json:"snapshot_hash,omitempty"`
	Keep         *string          `json:"keep,omitempty" format:"uuid" doc:"The run whose pairs it keeps"`
	KeepPoints   int64            `json:"keep_points,omitempty"`
	TimeLimit    int              `json:"time_limit,omitempty" doc:"Seconds"`
	Pairs        int              `json:"pairs"`
	Score        int64            `json:"score"`
	Figures      *jobs.RunFigures `json:"figures,omitempty" doc:"What runs are compared by; not of runs that were made before there were any"`
	Reason       string           `json:"reason,omitempty" doc:"Why it ended without a result, in the reader's language"`
	Clash        *RunClash        `json:"clash,omitempty" doc:"The demands that leave no round, and what would resolve it, the least change first"`
	CreatedAt    time.Time        `json:"created_at"`
	StartedAt    *time.Time       `json:"started_at,omitempty"`
	EndedAt      *time.Time       `json:"ended_at,omitempty"`
}

// RunClash is why a run is infeasible.
type RunClash struct {
	jobs.Clash
	Text []string `json:"text" nullable:"false" doc:"The same in words"`
}

// runFor turns a run into what its reader sees.
func runFor(ctx context.Context) func(*models.Run) Run {
	w, whole := words(ctx), sees(ctx, fieldClash)
	return func(r *models.Run) Run {
		out := Run{
			r.ID, r.RoundID, r.State, r.Label, methodName(jobs.MethodOf(r.Settings)), json.RawMessage(r.Settings), r.Seed, r.Start,
			r.EngineVersion, r.SettingsHash, r.SnapshotHash, r.KeepRun, r.KeepPoints, r.TimeLimit,
			r.Pairs, r.Score, nil, reasonText(w, r.Reason), nil, r.CreatedAt, r.StartedAt, r.EndedAt,
		}
		out.Figures, _ = jobs.FiguresOf(r) // we wrote them
		if clash, err := jobs.RunClash(r); whole && err == nil && clash != nil {
			out.Clash = &RunClash{*clash, clash.Told(w, func(id string) string { return id })}
		}
		return out
	}
}

// reasonText is why a run ended, in words.
func reasonText(w jobs.Words, key string) string {
	if key == "" {
		return ""
	}
	return w.Say(key, nil)
}

type runIn struct {
	IDInput
	Body *struct {
		Label     string         `json:"label,omitempty" maxLength:"80" doc:"What to call it, for whoever compares runs"`
		Method    methodName     `json:"method,omitempty" doc:"What it seeks; else as the round says"`
		Settings  map[string]any `json:"settings,omitempty" doc:"See docs/settings.schema.json; the rest stays as the round has it"`
		Keep      string         `json:"keep,omitempty" format:"uuid" doc:"A finished run, whose pairs an optimal run without group rules keeps"`
		Points    int64          `json:"keep_points,omitempty" minimum:"0" maximum:"60000" doc:"What a kept pair counts besides; 0: less than any score"`
		TimeLimit int            `json:"time_limit,omitempty" minimum:"0" maximum:"240" doc:"Seconds; then the search ends with the best so far; 0: none"`
	}
}

func (s *Server) createRun(ctx context.Context, in *runIn) (*created[Run], error) {
	choice := jobs.RunChoice{}
	if b := in.Body; b != nil {
		choice = jobs.RunChoice{
			Label: strings.TrimSpace(b.Label), Method: string(b.Method), Settings: b.Settings, Keep: b.Keep, Points: b.Points, TimeLimit: b.TimeLimit,
		}
	}
	runs, err := s.startRuns(ctx, in.ID, choice, false)
	if err != nil {
		return nil, err
	}
	return &created[Run]{Location: "/api/v1/runs/" + runs[0].ID, Body: runFor(ctx)(&runs[0])}, nil
}

// startRuns asks for the run that staff has chosen, the last, and before it, if
// that is wished and it is an optimal one, for the balanced one beside it: that
// is nearly free.
func (s *Server) startRuns(ctx context.Context, round string, choice jobs.RunChoice, beside bool) ([]models.Run, error) {
	r, err := s.Store.Round(ctx, round)
	if err != nil {
		return nil, err
	}
	if choice.Settings == nil {
		if _, key := jobs.WithMethod(r.Settings, choice.Method); key != "" {
			return nil, &Error{Code: CodeInvalid, Fields: []Field{{"/body/method", key, nil}}}
		}
	}
	settings, problems := choice.Over(r)
	if problems.Errors() > 0 {
		return nil, fieldProblems("/body/settings", problems)
	}
	if key, member := choice.Conflict(settings); key != "" {
		return nil, &Error{Code: CodeInvalid, Fields: []Field{{"/body/" + member, key, nil}}}
	}
	if choice.Keep != "" {
		if err := s.mayKeep(ctx, r, choice.Keep); err != nil {
			return nil, err
		}
	}
	var wishes []models.RunWish
	if even, ok := jobs.Beside(settings); ok && beside {
		wishes = append(wishes, models.RunWish{Settings: even})
	}
	wishes = append(wishes, choice.Wish(settings)) // the newest of them is the one that staff looks at
	return s.Queue.StartRuns(ctx, actorOf(ctx).by(), round, wishes...)
}

// mayKeep refuses to keep what is no finished run of the round's programme.
func (s *Server) mayKeep(ctx context.Context, r *models.Round, keep string) error {
	run, err := s.Store.RunStatus(ctx, keep)
	if err != nil {
		return misplaced(err, "/body/keep")
	}
	of, err := s.Store.Round(ctx, run.RoundID)
	if err != nil {
		return err
	}
	if of.ProgrammeID != r.ProgrammeID { // as if it were not there
		return &Error{Code: CodeInvalid, Fields: []Field{{"/body/keep", "nothing", nil}}}
	}
	if run.State != models.RunFinished {
		return &Error{Code: CodeInvalid, Fields: []Field{{"/body/keep", "again.run", nil}}}
	}
	return nil
}

// partIn asks for a part of a list that belongs to one object.
type partIn struct {
	IDInput
	PageInput
}

func (s *Server) runs(ctx context.Context, in *partIn) (*list[Run], error) {
	if _, err := s.Store.Round(ctx, in.ID); err != nil {
		return nil, err
	}
	read := func(p models.Part) ([]models.Run, error) { return s.Store.Runs(ctx, in.ID, p) }
	return pageOf(ctx, s, in.PageInput, read, func(r *models.Run) string { return r.ID }, always(runFor(ctx)))
}

func (s *Server) getRun(ctx context.Context, in *IDInput) (*read[Run], error) {
	run, err := s.Store.RunStatus(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &read[Run]{Body: runFor(ctx)(run)}, nil
}

func (s *Server) cancelRun(ctx context.Context, in *IDInput) (*read[Run], error) {
	if err := s.Queue.CancelRun(ctx, actorOf(ctx).by(), in.ID); err != nil {
		return nil, err
	}
	return s.getRun(ctx, in)
}

// Progress is where a run stands.
type Progress struct {
	State  models.RunState `json:"state"`
	Stage  string          `json:"stage,omitempty"` // rank, solve or prove
	Done   int             `json:"done"`
	Total  int             `json:"total"`
	Reason string          `json:"reason,omitempty"`
}

// eventTime is how long a client may take to receive an event.
const eventTime = 10 * time.Second

// watchRun answers with events as they come, until the run or the server ends.
func (s *Server) watchRun(ctx context.Context, in *IDInput) (*huma.StreamResponse, error) {
	if _, err := s.Store.RunStatus(ctx, in.ID); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) { s.sendEvents(ctx, humagin.Unwrap(c).Writer, in.ID) }}, nil
}

// sendEvents sends what happens to a run.
func (s *Server) sendEvents(ctx context.Context, w http.ResponseWriter, run string) {
	may := s.still(ctx, "watch-run", run)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-s.stopping:
			cancel()
		case <-ctx.Done():
		}
	}()
	control := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	err := s.Queue.Watch(ctx, run, func(p jobs.RunProgress) error {
		if err := may(); err != nil {
			return err
		}
		name := "progress"
		if p.State.Final() {
			name = "end"
		}
		data, err := json.Marshal(Progress{p.State, p.Stage, p.Done, p.Total, reasonText(words(ctx), p.Reason)})
		if err != nil {
			return err
		}
		if err := control.SetWriteDeadline(s.Now().Add(eventTime)); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, data); err != nil {
			return err
		}
		return control.Flush()
	})
	if err != nil && ctx.Err() == nil {
		requestOf(ctx).note(err)
	}
}

// Pair is one pair of a run with its reasons.
type Pair struct {
	ID         string            `json:"id" format:"uuid"`
	Mentee     Member            `json:"mentee"`
	Mentor     Member            `json:"mentor"`
	Score      int64             `json:"score" doc:"0 to 60,000"`
	Points     int               `json:"points" doc:"The score of 100"`
	MenteeRank int               `json:"mentee_rank" doc:"Where the mentor stands on the mentee's list"`
	MentorRank int               `json:"mentor_rank" doc:"Where the mentee stands on the mentor's list"`
	Lines      []jobs.AdviceLine `json:"lines" nullable:"false"`
}

// Member is a person of a pair.
type Member struct {
	Profile string `json:"profile" format:"uuid"`
	Code    string `json:"code" doc:"Empty for somebody whose account was erased"`
	Name    string `json:"name,omitempty"`
}

func (s *Server) pairs(ctx context.Context, in *partIn) (*list[Pair], error) {
	run, err := s.Store.RunStatus(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var people map[string]*models.ProfileRow
	read := func(p models.Part) (rows []models.Pair, err error) {
		if rows, err = s.Store.Pairs(ctx, run.ID, p); err == nil {
			people, err = s.paired(ctx, rows)
		}
		return rows, err
	}
	return pageOf(ctx, s, in.PageInput, read, (*models.Pair).Place, func(p *models.Pair) (Pair, error) { return pairOf(ctx, p, people) })
}

// paired reads the people of pairs, of whom no more is told than whoever asks
// may know.
func (s *Server) paired(ctx context.Context, pairs []models.Pair) (map[string]*models.ProfileRow, error) {
	var ids []string
	for i := range pairs {
		ids = append(ids, pairs[i].MenteeID, pairs[i].MentorID)
	}
	people, err := s.Store.ProfilesByID(ctx, ids)
	if !sees(ctx, fieldNames) {
		people = nameless(people)
	}
	return people, err
}

// pairsOf reads a run's pairs, best score first, with names.
func (s *Server) pairsOf(ctx context.Context, run *models.Run, people map[string]*models.ProfileRow) ([]Pair, error) {
	rows, err := s.Store.Pairs(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	out := make([]Pair, len(rows))
	for i := range rows {
		if out[i], err = pairOf(ctx, &rows[i], people); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// pairOf is a pair with names and its lines in the reader's language.
func pairOf(ctx context.Context, p *models.Pair, people map[string]*models.ProfileRow) (Pair, error) {
	lines, err := jobs.PairLines(p.Lines, words(ctx))
	return Pair{
		p.ID, memberOf(p.MenteeID, people[p.MenteeID]), memberOf(p.MentorID, people[p.MentorID]),
		p.Score, jobs.Points(int(p.Score)), p.MenteeRank, p.MentorRank, lines,
	}, err
}

// peopleOf reads the profiles of the programme of a round, by id.
func (s *Server) peopleOf(ctx context.Context, round string) (map[string]*models.ProfileRow, error) {
	r, err := s.Store.Round(ctx, round)
	if err != nil {
		return nil, err
	}
	people := map[string]*models.ProfileRow{}
	for _, side := range []models.Role{models.RoleMentee, models.RoleMentor} {
		rows, err := s.Store.Profiles(ctx, r.ProgrammeID, side)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			people[rows[i].UID] = &rows[i]
		}
	}
	return people, nil
}

// nameless are people of whom no more is said than round.json says.
func nameless(people map[string]*models.ProfileRow) map[string]*models.ProfileRow {
	out := make(map[string]*models.ProfileRow, len(people))
	for id, p := range people {
		out[id] = &models.ProfileRow{UID: p.UID, Profile: models.Profile{ID: p.Profile.ID, Role: p.Profile.Role}}
	}
	return out
}

// memberOf is the person with an id. Of one who is not there any more the id is all.
func memberOf(id string, p *models.ProfileRow) Member {
	if p == nil || p.Erased() {
		return Member{Profile: id}
	}
	return Member{id, p.Profile.ID, p.Profile.Name}
}

func (s *Server) runResult(ctx context.Context, in *IDInput) (*huma.StreamResponse, error) {
	result, err := s.resultOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) { sendResult(humagin.Unwrap(c).Writer, result) }}, nil
}

// resultOf reads round.json of a finished run.
func (s *Server) resultOf(ctx context.Context, id string) (string, error) {
	run, err := s.Store.Run(ctx, id)
	if err != nil {
		return "", err
	}
	if run.State != models.RunFinished {
		return "", &Error{Code: CodeConflict, Key: "problem.no_result"}
	}
	return run.Result, nil
}

// sendResult answers with round.json as a file.
func sendResult(w http.ResponseWriter, result string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="round.json"`)
	_, _ = w.Write([]byte(result)) // the client may have gone
}

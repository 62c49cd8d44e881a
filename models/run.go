package models

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"
)

// Run is one solving of a round. It is stored whole or not at all, and never changes once it has ended: with its
// snapshot, settings and seed it can be made again, byte for byte.
type Run struct {
	ID            string `gorm:"primaryKey"`
	RoundID       string
	State         RunState
	Settings      string // JSON
	Seed          int64
	Start         string
	KeepRun       *string // a finished run of the same programme whose pairs are kept where possible
	KeepPoints    int64   // what a kept pair counts beside its score
	TimeLimit     int     // seconds, after which the search ends with the best so far; 0: none
	EngineVersion string
	SettingsHash  string
	SnapshotHash  string
	Snapshot      string // JSON of the frozen input
	Result        string // round.json
	Pairs         int    // how many
	Score         int64
	Reason        string // message key of what went wrong
	Label         string // what staff calls it, "" for nothing
	Figures       string // JSON of what it is compared by; "" without a result
	Clash         string // JSON of the demands that clash; "" unless it is infeasible
	CreatedAt     time.Time
	StartedAt     *time.Time
	EndedAt       *time.Time
}

// Pair is one pair of a run, with the lines that explain it as JSON of keys and arguments.
type Pair struct {
	ID         string `gorm:"primaryKey"`
	RunID      string
	MenteeID   string // profiles
	MentorID   string
	Score      int64
	MenteeRank int // where the mentor stands on the mentee's list, 1 is the best
	MentorRank int // where the mentee stands on the mentor's list
	Lines      string
}

// Solved is what a run comes to: its result and the pairs, whose people are named by their codes.
type Solved struct {
	EngineVersion, SettingsHash, SnapshotHash string
	Snapshot, Result                          string
	Figures                                   string // JSON, or ""
	Score                                     int64
	Pairs                                     []SolvedPair
}

// SolvedPair is a pair as the engine gives it.
type SolvedPair struct {
	Mentee, Mentor         string // codes
	Score                  int64
	MenteeRank, MentorRank int
	Lines                  string // JSON
}

// MaxLabel is how long the label of a run may be, in characters.
const MaxLabel = 80

// MaxRunsAtWork is how many runs of one round may be queued or at work.
const MaxRunsAtWork = 8

// RunWish is a run that is asked for: how it differs from what the round says.
type RunWish struct {
	Label      string
	Settings   string  // JSON; "" takes those of the round
	KeepRun    *string // a finished run of the same programme whose pairs are kept where possible
	KeepPoints int64
	TimeLimit  int // seconds; 0: none
}

// CreateRun asks for a run of a round by the round's settings, as CreateRuns does.
func (s *Store) CreateRun(ctx context.Context, by Actor, round string, also func(tx *sql.Tx, run *Run) error) (*Run, error) {
	runs, err := s.CreateRuns(ctx, by, round, []RunWish{{}}, also)
	if err != nil {
		return nil, err
	}
	return &runs[0], nil
}

// CreateRuns asks for runs of a round, all or none: it freezes settings, seed and start, and takes the round to
// solving. They wait beside those that are queued or at work already, of which none may be the same, and of which there
// may be MaxRunsAtWork in all; otherwise it is a conflict. With also, a job for each can be enqueued in the same
// transaction.
func (s *Store) CreateRuns(ctx context.Context, by Actor, round string, wishes []RunWish, also func(tx *sql.Tx, run *Run) error) (runs []Run, err error) {
	err = s.InTx(ctx, func(g *gorm.DB, tx *sql.Tx) error {
		runs = nil
		r, err := s.moveRound(g, by, round, RoundSolve, nil)
		if err != nil {
			return err
		}
		var atWork []Run
		if err := runsAtWork(g, round).Omit("snapshot", "result").Find(&atWork).Error; err != nil {
			return err
		}
		for _, wish := range wishes {
			run, err := s.newRun(r, wish)
			if err == nil {
				err = another(atWork, run)
			}
			if err == nil {
				err = g.Create(run).Error
			}
			if err == nil {
				err = s.Audit(g, by, "run.create", "runs", run.ID, map[string]any{"round": round})
			}
			if err == nil && also != nil {
				err = also(tx, run)
			}
			if err != nil {
				return err
			}
			atWork, runs = append(atWork, *run), append(runs, *run)
		}
		return nil
	})
	return runs, failed("run", err)
}

// newRun is a run of a round as it is asked for.
func (s *Store) newRun(r *Round, wish RunWish) (*Run, error) {
	run := &Run{
		ID: newID(s.now()), RoundID: r.ID, State: RunQueued, Settings: cmp.Or(wish.Settings, r.Settings), Seed: r.Seed, Start: r.Start,
		Label: wish.Label, KeepRun: wish.KeepRun, KeepPoints: wish.KeepPoints, TimeLimit: wish.TimeLimit,
	}
	if err := checkText(run); err != nil {
		return nil, err
	}
	if wish.Label != "" {
		if err := tidyName("label", &run.Label); err != nil {
			return nil, err
		}
	}
	if utf8.RuneCountInString(wish.Label) > MaxLabel {
		return nil, &Error{Code: CodeInvalid, Field: "label", Key: "store.long_label", Args: map[string]any{"Max": MaxLabel}}
	}
	return run, nil
}

// another refuses a run that stands in the queue already, and one too many.
func another(atWork []Run, run *Run) error {
	if len(atWork) >= MaxRunsAtWork {
		return &Error{Code: CodeConflict, Field: "run", Key: "store.many_runs", Args: map[string]any{"Max": MaxRunsAtWork}}
	}
	for _, r := range atWork {
		if r.sameWish(run) {
			return &Error{Code: CodeConflict, Field: "run", Key: "store.same_run"}
		}
	}
	return nil
}

// sameWish says whether two runs of a round were asked for in the same way.
func (r *Run) sameWish(other *Run) bool {
	keep := func(r *Run) string {
		if r.KeepRun == nil {
			return ""
		}
		return *r.KeepRun
	}
	return r.Settings == other.Settings && keep(r) == keep(other) && r.KeepPoints == other.KeepPoints && r.TimeLimit == other.TimeLimit
}

// runsAtWork are the runs of a round that have not ended.
func runsAtWork(g *gorm.DB, round string) *gorm.DB {
	return g.Model(&Run{}).Where("round_id = ? AND state IN ?", round, []RunState{RunQueued, RunRunning})
}

// StartRun says that a worker is at a run. A run whose worker died can be started again.
func (s *Store) StartRun(ctx context.Context, id string) (*Run, error) {
	var run *Run
	err := s.write(ctx, "run", func(g *gorm.DB) (err error) {
		run, err = s.moveRun(g, id, RunStart, map[string]any{"started_at": s.now()})
		return err
	})
	return found(run, "run", err)
}

// moveRun takes a run through one step, with more columns to set.
func (s *Store) moveRun(g *gorm.DB, id string, event RunEvent, change map[string]any) (*Run, error) {
	var run Run
	if err := locked(g).Where("id = ?", id).First(&run).Error; err != nil {
		return nil, err
	}
	to, err := run.State.Next(event)
	if err != nil {
		return nil, err
	}
	change["state"] = to
	if err := g.Model(&Run{}).Where("id = ? AND state = ?", id, run.State).Updates(change).Error; err != nil {
		return nil, err
	}
	return &run, g.Where("id = ?", id).First(&run).Error
}

// FinishRun stores what a run came to, its pairs with it, and takes the round to proposed unless other runs of it are at
// work, in one transaction: after any failure or crash there is all of it or nothing. A person whom the programme does not have is invalid.
func (s *Store) FinishRun(ctx context.Context, id string, solved *Solved) error {
	if !json.Valid([]byte(solved.Snapshot)) || !json.Valid([]byte(solved.Result)) {
		return invalid("result", "store.bad_json")
	}
	return s.write(ctx, "run", func(g *gorm.DB) error {
		var run Run
		if err := locked(g).Omit("snapshot", "result").Where("id = ?", id).First(&run).Error; err != nil {
			return err
		}
		if _, err := run.State.Next(RunFinish); err != nil {
			return err
		}
		pairs, err := s.namedPairs(g, &run, solved.Pairs)
		if err != nil {
			return err
		}
		if len(pairs) > 0 { // before the run, which takes no pairs once it has ended
			if err := g.CreateInBatches(pairs, batch).Error; err != nil {
				return err
			}
		}
		if _, err := s.moveRun(g, id, RunFinish, map[string]any{
			"engine_version": solved.EngineVersion, "settings_hash": solved.SettingsHash, "snapshot_hash": solved.SnapshotHash,
			"snapshot": solved.Snapshot, "result": solved.Result, "figures": solved.Figures, "pairs": len(pairs), "score": solved.Score, "ended_at": s.now(),
		}); err != nil {
			return err
		}
		if err := s.Audit(g, "", "run.finish", "runs", id, map[string]any{"pairs": len(pairs), "snapshot": solved.SnapshotHash}); err != nil {
			return err
		}
		return s.settle(g, "", run.RoundID, RoundSolved)
	})
}

// namedPairs finds the profiles behind the codes of pairs.
func (s *Store) namedPairs(g *gorm.DB, run *Run, solved []SolvedPair) ([]Pair, error) {
	var people []struct{ ID, Code, Role string }
	err := g.Table("profiles").Select("profiles.id, profiles.code, profiles.role").
		Joins("JOIN rounds ON rounds.programme_id = profiles.programme_id").Where("rounds.id = ?", run.RoundID).Find(&people).Error
	if err != nil {
		return nil, err
	}
	ids := map[[2]string]string{} // by role and code
	for _, p := range people {
		ids[[2]string{p.Role, p.Code}] = p.ID
	}
	pairs := make([]Pair, len(solved))
	for i, p := range solved {
		mentee, mentor := ids[[2]string{RoleMentee.String(), p.Mentee}], ids[[2]string{RoleMentor.String(), p.Mentor}]
		if mentee == "" || mentor == "" {
			return nil, &Error{Code: CodeInvalid, Field: "pairs", Key: "store.unknown_person", Args: map[string]any{"Pair": p.Mentee + " – " + p.Mentor}}
		}
		pairs[i] = Pair{
			ID: newID(s.now()), RunID: run.ID, MenteeID: mentee, MentorID: mentor,
			Score: p.Score, MenteeRank: p.MenteeRank, MentorRank: p.MentorRank, Lines: p.Lines,
		}
	}
	return pairs, nil
}

// afterRun says what becomes of the round when a run ends without a result.
var afterRun = map[RunEvent]RoundEvent{RunImpasse: RoundImpasse, RunFail: RoundFail, RunCancel: RoundStop}

// settle takes a round on when one of its runs has ended. While others are queued or at work it stays as it is; after
// the last, one result is enough for it to be proposed, whatever became of the others.
func (s *Store) settle(g *gorm.DB, by Actor, round string, event RoundEvent) error {
	var r Round
	if err := locked(g).Where("id = ?", round).First(&r).Error; err != nil { // so that of two last runs one sees the other
		return err
	}
	var others, results int64
	if err := runsAtWork(g, round).Count(&others).Error; err != nil || others > 0 {
		return err
	}
	if err := g.Model(&Run{}).Where("round_id = ? AND state = ?", round, RunFinished).Count(&results).Error; err != nil {
		return err
	}
	if results > 0 {
		event = RoundSolved
	}
	_, err := s.moveRound(g, by, round, event, nil)
	return err
}

// EndRun ends a run that has no result: infeasible, failed or cancelled, and why, as a message key.
func (s *Store) EndRun(ctx context.Context, by Actor, id string, event RunEvent, reason string) error {
	return s.endRun(ctx, by, id, event, map[string]any{"reason": reason})
}

// EndClashed ends a run as infeasible, with the demands that clash as JSON.
func (s *Store) EndClashed(ctx context.Context, id, reason, clash string) error {
	if !json.Valid([]byte(clash)) {
		return invalid("clash", "store.bad_json")
	}
	return s.endRun(ctx, "", id, RunImpasse, map[string]any{"reason": reason, "clash": clash})
}

func (s *Store) endRun(ctx context.Context, by Actor, id string, event RunEvent, change map[string]any) error {
	if _, ok := afterRun[event]; !ok {
		return fmt.Errorf("models: a run does not end by %q", event)
	}
	return s.write(ctx, "run", func(g *gorm.DB) error { return s.stopRun(g, by, id, event, change) })
}

// stopRun ends a run in a transaction of the caller.
func (s *Store) stopRun(g *gorm.DB, by Actor, id string, event RunEvent, change map[string]any) error {
	change["ended_at"] = s.now()
	run, err := s.moveRun(g, id, event, change)
	if err != nil {
		return err
	}
	if err := s.Audit(g, by, "run."+string(event), "runs", id, map[string]any{"reason": change["reason"]}); err != nil {
		return err
	}
	return s.settle(g, by, run.RoundID, afterRun[event])
}

// Run reads the run of an id with its snapshot and result.
func (s *Store) Run(ctx context.Context, id string) (*Run, error) {
	var r Run
	err := s.Gorm.WithContext(ctx).Where("id = ?", id).First(&r).Error
	return found(&r, "run", err)
}

// RunStatus reads the run of an id without its snapshot and result, which may be many megabytes.
func (s *Store) RunStatus(ctx context.Context, id string) (*Run, error) {
	var r Run
	err := s.Gorm.WithContext(ctx).Omit("snapshot", "result").Where("id = ?", id).First(&r).Error
	return found(&r, "run", err)
}

// RunsAtWork gives the ids of the runs that a worker has begun and not ended.
func (s *Store) RunsAtWork(ctx context.Context) (ids []string, err error) {
	err = s.Gorm.WithContext(ctx).Model(&Run{}).Where("state = ?", RunRunning).Order("id").Pluck("id", &ids).Error
	return ids, failed("run", err)
}

// SnapshotErased says whether what a run was made from is gone, since somebody who was in it was erased.
func (s *Store) SnapshotErased(ctx context.Context, id string) (bool, error) {
	var n int64
	err := s.Gorm.WithContext(ctx).Model(&Run{}).Where("id = ? AND snapshot = ?", id, ErasedSnapshot).Count(&n).Error
	return n > 0, failed("run", err)
}

// Runs reads the runs of a round, newest first, without their snapshots and results.
func (s *Store) Runs(ctx context.Context, round string, part ...Part) (all []Run, err error) {
	err = newest(s.Gorm.WithContext(ctx).Omit("snapshot", "result").Where("round_id = ?", round), part).Find(&all).Error
	return all, failed("run", err)
}

// Place is where a pair stands among those of its run. It never changes.
func (p *Pair) Place() string { return strconv.FormatInt(p.Score, 10) + " " + p.ID }

// Pairs reads the pairs of a run, best score first. A part of them begins behind a Place, and is never one before it.
func (s *Store) Pairs(ctx context.Context, run string, part ...Part) (all []Pair, err error) {
	g := s.Gorm.WithContext(ctx).Where("run_id = ?", run).Order("score DESC, id")
	if len(part) > 0 {
		g = g.Limit(part[0].Limit)
		if at, id, found := strings.Cut(part[0].After, " "); found {
			score, err := strconv.ParseInt(at, 10, 64)
			if err != nil {
				return nil, failed("pair", err)
			}
			g = g.Where("(score < ? OR score = ? AND id > ?)", score, score, id)
		}
	}
	err = g.Find(&all).Error
	return all, failed("pair", err)
}

// Pair reads the pair of an id.
func (s *Store) Pair(ctx context.Context, id string) (*Pair, error) {
	var p Pair
	err := s.Gorm.WithContext(ctx).Where("id = ?", id).First(&p).Error
	return found(&p, "pair", err)
}

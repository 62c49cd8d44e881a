package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"puente/models"
)

// engineVersion names what makes rounds, as a run keeps it.
func engineVersion() string { return fmt.Sprintf("puente %s scoring %d", Version, ScoringVersion) }

// Replay makes a finished run again from what is stored with it alone, its
// snapshot, settings and seed, and gives round.json: the same bytes as the
// run's result, unless a time limit ended its search. A run of another version of the engine is refused, as are a
// snapshot and settings that are not those their hashes name, and one whose people were erased, by [ErrErased].
func Replay(ctx context.Context, run *models.Run) ([]byte, error) {
	if run.EngineVersion != engineVersion() {
		return nil, fmt.Errorf("the run was made by version %q, this is %q", run.EngineVersion, engineVersion())
	}
	if run.Snapshot == models.ErasedSnapshot {
		return nil, ErrErased
	}
	var f Frozen
	if err := json.Unmarshal([]byte(run.Snapshot), &f); err != nil {
		return nil, fmt.Errorf("the run's snapshot: %w", err)
	}
	if f.Snapshot == nil || f.Snapshot.Hash() != run.SnapshotHash || len(f.Codes) != len(f.Snapshot.Mentees) {
		return nil, fmt.Errorf("the run's snapshot is not %s", run.SnapshotHash)
	}
	o, err := runMatch(run)
	if err != nil {
		return nil, err
	}
	if settingsHash(o.Settings.JSON()) != run.SettingsHash {
		return nil, fmt.Errorf("the run's settings are not %s", run.SettingsHash)
	}
	o.Keep = f.Keep
	m := f.prepare(o)
	if err := m.solve(ctx, o); err != nil {
		return nil, err
	}
	return m.JSON(), nil
}

// runMatch reads how a run's round is made, apart from the number of workers,
// on which nothing depends.
func runMatch(run *models.Run) (MatchOptions, error) {
	settings, problems := ReadSettings("settings", strings.NewReader(run.Settings))
	if problems.Errors() > 0 {
		return MatchOptions{}, fmt.Errorf("the run's settings: %s (%s)", problems[0].Key, problems[0].Column)
	}
	settings.Start = run.Start
	return MatchOptions{Settings: settings, Seed: uint64(run.Seed), Workers: 1}, nil
}

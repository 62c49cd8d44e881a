package jobs

import (
	"context"
	"slices"
	"strings"

	"puente/matching"
	"puente/models"
)

// MatchOptions say how a round of people is made.
type MatchOptions struct {
	Settings Settings
	Seed     uint64
	Workers  int
	Progress func(stage string, done, total int) // may be nil

	Again
}

// Matched is a round of people and what is needed to tell of it.
type Matched struct {
	Published
	Snapshot *matching.Snapshot
	Index    *matching.Index
	Mentees  []*models.Profile // by left position
	Mentors  []*models.Profile // by right position
}

// Match makes the best round of people: it freezes them, scores, solves and
// explains. Errors are those of [matching.Matcher.Round] and of [Snapshot].
func Match(ctx context.Context, p People, o MatchOptions) (*Matched, error) {
	m, err := Prepare(p, o)
	if err != nil {
		return nil, err
	}
	return m, m.solve(ctx, o)
}

// Prepare freezes people and builds the index over them, without a round: what
// ranking and explaining need.
func Prepare(p People, o MatchOptions) (*Matched, error) {
	f, err := freeze(p, o.Settings.Start)
	if err != nil {
		return nil, err
	}
	f.Keep = o.Keep
	m := f.prepare(o)
	m.Mentees, m.Mentors = byID(p.Mentees), byID(p.Mentors)
	return m, nil
}

// prepare builds the index over frozen people, who have no names.
func (f *Frozen) prepare(o MatchOptions) *Matched {
	m := &Matched{
		Published: Published{Kind: "match", Start: o.Settings.Start, Settings: o.Settings.JSON(), SnapshotHash: f.Snapshot.Hash(), Asked: f},
		Snapshot:  f.Snapshot,
	}
	m.Index = matching.NewIndex(f.Snapshot, &o.Settings.Settings, o.Seed)
	return m
}

// solve makes the round of prepared people.
func (m *Matched) solve(ctx context.Context, o MatchOptions) (err error) {
	stop, cancel := o.stop(ctx)
	defer cancel()
	matcher := matching.Matcher{
		Snapshot: m.Snapshot, Settings: &o.Settings.Settings, Index: m.Index, Seed: o.Seed, Workers: o.Workers, Progress: o.Progress,
		Keep: o.Keep, Stop: stop,
	}
	m.Round, err = matcher.Round(ctx)
	if o.Settings.Method != matching.MethodOptimal {
		return err
	}
	return explained(err, m.given, func(c *matching.Clash) ([]matching.Relaxation, error) { return matcher.Relax(ctx, c) })
}

// PeopleFiles names the files that people came from, for their problems.
type PeopleFiles struct{ Mentors, Mentees, Rules string }

// CheckPeople finds what no single file shows: an id on both sides, rules
// about people who are not there, and, as one warning a file, conflicts and
// wishes that name nobody.
func CheckPeople(p People, files PeopleFiles) (problems models.Problems) {
	mentors, mentees := idSet(p.Mentors), idSet(p.Mentees)
	add := func(file string, row int, column, key, id string) {
		problems = append(problems, models.Problem{File: file, Row: row, Column: column, Key: key, Args: map[string]any{"ID": id}})
	}
	for i := range p.Mentees {
		if id := p.Mentees[i].ID; mentors[id] {
			add(files.Mentees, 0, "id", "match.both_sides", id)
		}
	}
	for _, r := range p.Rules {
		if !mentees[r.Mentee] {
			add(files.Rules, r.Row, "mentee", "match.unknown_id", r.Mentee)
		}
		if !mentors[r.Mentor] {
			add(files.Rules, r.Row, "mentor", "match.unknown_id", r.Mentor)
		}
	}
	named := func(file string, people []models.Profile, others map[string]bool) {
		var nobody []string
		for i := range people {
			for _, id := range slices.Concat(people[i].Conflicts, people[i].Wishes) {
				if !others[id] {
					nobody = append(nobody, people[i].ID+" → "+id)
				}
			}
		}
		if len(nobody) > 0 {
			problems = append(problems, models.Problem{
				File: file, Key: "match.unknown_other", Warning: true,
				Args: map[string]any{"Number": len(nobody), "IDs": strings.Join(nobody[:min(5, len(nobody))], ", ")},
			})
		}
	}
	named(files.Mentees, p.Mentees, mentors)
	named(files.Mentors, p.Mentors, mentees)
	return problems
}

func idSet(people []models.Profile) map[string]bool {
	ids := make(map[string]bool, len(people))
	for i := range people {
		ids[people[i].ID] = true
	}
	return ids
}

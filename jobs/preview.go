package jobs

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"time"

	"puente/matching"
	"puente/models"
)

// PreviewOptions say what is compared with the settings of now.
type PreviewOptions struct {
	New      Settings // of the same first day
	Seed     uint64
	Top      int // length of the lists
	Most     int // mentees that are told of one by one
	Workers  int
	Progress func(stage string, done, total int) // may be nil
}

// Previewed is what would change under new settings, ready to be shown. People
// are named by their ids.
type Previewed struct {
	Start   string          `json:"start" format:"date" doc:"First day of both rounds"`
	Top     int             `json:"top" doc:"Length of the lists that are compared"`
	Mentees int             `json:"mentees" doc:"Mentees who would take part in a round now"`
	Mentors int             `json:"mentors"`
	Lists   ListTotals      `json:"lists"`
	Rounds  RoundTotals     `json:"rounds"`
	Changes []PreviewChange `json:"changes" nullable:"false" doc:"Mentees for whom something changes, those for whom most changes first"`
	LeftOut int             `json:"left_out" doc:"Mentees for whom something changes who are not listed"`

	Names map[string]string `json:"-"` // of those who are listed, where they have one, by id; of a stored programme only
}

// ListTotals count what changes in mentees' lists of best mentors.
type ListTotals struct {
	Changed   int `json:"changed" doc:"Lists that change"`
	First     int `json:"first" doc:"Of them, those with another best mentor"`
	OrderOnly int `json:"order_only" doc:"Of them, those of the same mentors in another order"`
	Entered   int `json:"entered" doc:"Mentors who enter a list, over all lists"`
	Left      int `json:"left" doc:"Mentors who leave a list, over all lists"`
}

// RoundTotals compare the rounds. Counts are 0 unless both rounds can be.
type RoundTotals struct {
	Now     PreviewRound `json:"now"`
	New     PreviewRound `json:"new"`
	Kept    int          `json:"kept" doc:"Pairs of both rounds"`
	Lost    int          `json:"lost" doc:"Pairs of the round of now only"`
	Gained  int          `json:"gained" doc:"Pairs of the new round only"`
	With    int          `json:"with_mentor" doc:"Mentees who have a mentor only in the new round"`
	Without int          `json:"without_mentor" doc:"Mentees who have a mentor only in the round of now"`
}

// PreviewRound is one of the two rounds in short.
type PreviewRound struct {
	Pairs    int    `json:"pairs"`
	ScoreNow int64  `json:"score_now" doc:"Sum of its pairs' scores under the settings of now"`
	ScoreNew int64  `json:"score_new" doc:"The same under the new settings"`
	Clash    *Clash `json:"clash,omitempty" doc:"Why there can be no such round"`
}

// PreviewChange is what changes for a mentee.
type PreviewChange struct {
	Mentee    string         `json:"mentee"`
	First     bool           `json:"first" doc:"Another mentor is the best"`
	OrderOnly bool           `json:"order_only" doc:"The list has the same mentors in another order"`
	Entered   []RankedMentor `json:"entered" nullable:"false" doc:"Mentors who enter the list, as they stand in the new one"`
	Left      []RankedMentor `json:"left" nullable:"false" doc:"Mentors who leave the list, as they stand in that of now"`
	PairNow   string         `json:"pair_now,omitempty" doc:"Her mentor in the round of now, if that changes"`
	PairNew   string         `json:"pair_new,omitempty" doc:"Her mentor in the new round, if that changes"`
	PairMoves bool           `json:"pair_changes" doc:"The rounds give her different mentors, or one of them none"`
}

// RankedMentor is a mentor in a list.
type RankedMentor struct {
	Mentor string `json:"mentor"`
	Rank   int    `json:"rank"`
	Score  int    `json:"score"`
	Points int    `json:"points"`
}

// Preview compares settings for people: each mentee's best mentors, and the
// round. Errors are those of [Snapshot] and [matching.Previewer.Preview].
func Preview(ctx context.Context, p People, now Settings, o PreviewOptions) (*Previewed, error) {
	f, err := freeze(p, now.Start)
	if err != nil {
		return nil, err
	}
	return preview(ctx, f.Snapshot, matching.NewIndex(f.Snapshot, &now.Settings, o.Seed), now, o)
}

// preview is Preview of frozen people.
func preview(ctx context.Context, s *matching.Snapshot, x *matching.Index, now Settings, o PreviewOptions) (*Previewed, error) {
	previewer := matching.Previewer{
		Snapshot: s, Index: x, Settings: [2]*matching.Settings{&now.Settings, &o.New.Settings}, Seed: o.Seed, Top: o.Top, Workers: o.Workers,
		Progress: o.Progress,
	}
	found, err := previewer.Preview(ctx)
	if err != nil {
		return nil, err
	}
	out := &Previewed{Start: s.Start, Top: o.Top, Mentees: len(s.Mentees), Mentors: len(s.Mentors), Changes: []PreviewChange{}}
	out.total(found)
	out.list(found, s, o.Most)
	return out, nil
}

// Previews compares settings of stored programmes. It keeps the people of the
// programme that it was asked about last, frozen, with what their index has
// made, for as long as nothing about them changes. All methods may be called
// from many goroutines.
type Previews struct {
	store *models.Store

	mu   sync.Mutex
	last *previewedPeople
}

// NewPreviews makes previews of the programmes of a store.
func NewPreviews(store *models.Store) *Previews { return &Previews{store: store} }

// previewedPeople are people of whom a round would be made, frozen.
type previewedPeople struct {
	seen     peopleSeen
	snapshot *matching.Snapshot
	index    *matching.Index
	names    map[string]string // by id
}

// peopleSeen tells whether the people of a programme are those of before: what
// of them would be in a round, and what it would be made with.
type peopleSeen struct {
	programme, start string
	seed             uint64
	mentors, mentees models.Stamp
	engaged          [sha256.Size]byte
}

// Programme compares the settings of a programme with others, for those of
// whom a round would be made now, as one that starts today. People are read
// again only if any has changed.
func (v *Previews) Programme(ctx context.Context, p *models.Programme, o PreviewOptions) (*Previewed, error) {
	now, err := SettingsOf(p)
	if err != nil {
		return nil, err
	}
	now.Start = v.store.Now().Format(time.DateOnly)
	people, err := v.people(ctx, p.ID, now, o)
	if err != nil {
		return nil, err
	}
	out, err := preview(ctx, people.snapshot, people.index, now, o)
	if err == nil {
		out.name(people.names)
	}
	return out, err
}

// people gives the people of a programme as they are stored now. Those whose
// own words count are not kept: they may take back their consent at any time.
func (v *Previews) people(ctx context.Context, programme string, now Settings, o PreviewOptions) (*previewedPeople, error) {
	seen, err := v.seen(ctx, programme, now.Start, o.Seed) // before the people, so that what changes meanwhile is found the next time
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	last := v.last
	v.mu.Unlock()
	worded := now // reads vectors if either settings do
	worded.Weights[matching.Similarity] += o.New.Weights[matching.Similarity]
	vectors, err := vectorsOf(ctx, v.store, programme, &worded)
	if err != nil || vectors == nil && last != nil && last.seen == seen {
		return last, err
	}
	people, err := waiting(ctx, v.store, programme)
	if err != nil {
		return nil, err
	}
	people.Vectors = vectors
	f, err := freeze(people, now.Start)
	if err != nil {
		return nil, err
	}
	last = &previewedPeople{seen, f.Snapshot, matching.NewIndex(f.Snapshot, &now.Settings, o.Seed), map[string]string{}}
	for _, side := range [][]models.Profile{people.Mentees, people.Mentors} {
		for i := range side {
			last.names[side[i].ID] = side[i].Name
		}
	}
	if vectors == nil {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.last = last
	}
	return last, nil
}

// seen says which form of a programme's people is stored.
func (v *Previews) seen(ctx context.Context, programme, start string, seed uint64) (seen peopleSeen, err error) {
	seen = peopleSeen{programme: programme, start: start, seed: seed}
	for role, stamp := range map[models.Role]*models.Stamp{models.RoleMentor: &seen.mentors, models.RoleMentee: &seen.mentees} {
		if *stamp, err = v.store.Stamp(ctx, programme, role); err != nil {
			return seen, err
		}
		stamp.Programme = 0 // settings are no part of what is kept
	}
	mentees, promised, err := v.store.Engaged(ctx, programme)
	seen.engaged = sha256.Sum256(fmt.Append(nil, mentees, promised)) // fmt sorts maps
	return seen, err
}

// name notes the names of those who are listed.
func (p *Previewed) name(names map[string]string) {
	p.Names = map[string]string{}
	note := func(id string) {
		if name := names[id]; name != "" {
			p.Names[id] = name
		}
	}
	for _, c := range p.Changes {
		note(c.Mentee)
		note(c.PairNow)
		note(c.PairNew)
		for _, m := range slices.Concat(c.Entered, c.Left) {
			note(m.Mentor)
		}
	}
}

// total fills in the counts.
func (p *Previewed) total(found *matching.Preview) {
	t := found.Totals()
	p.Lists = ListTotals{t.Lists, t.First, t.OrderOnly, t.Entered, t.Left}
	round := func(i int) PreviewRound {
		return PreviewRound{found.Pairs[i], found.Worth[i][0], found.Worth[i][1], ClashOf(found.Impasse[i])}
	}
	p.Rounds = RoundTotals{round(0), round(1), t.Kept, t.Lost, t.New, t.Gaining, t.Losing}
}

// list tells of those for whom most changes: another mentor or none in the
// round, another best mentor, many new ones; then by id.
func (p *Previewed) list(found *matching.Preview, s *matching.Snapshot, most int) {
	weigh := func(c *matching.MenteeChange) int {
		n := len(c.Entered()) + len(c.Left())
		if c.FirstChanged() {
			n += 1000
		}
		if c.PairChanged() {
			n += 2000
		}
		return n
	}
	type weighed struct{ at, weight int }
	order := make([]weighed, len(found.Changes))
	for i := range found.Changes {
		order[i] = weighed{i, weigh(&found.Changes[i])}
	}
	slices.SortFunc(order, func(a, b weighed) int { return cmp.Or(b.weight-a.weight, a.at-b.at) })
	for _, w := range order[:min(most, len(order))] {
		p.Changes = append(p.Changes, previewChange(&found.Changes[w.at], s))
	}
	p.LeftOut = len(order) - len(p.Changes)
}

// previewChange names the people of a change.
func previewChange(c *matching.MenteeChange, s *matching.Snapshot) PreviewChange {
	mentor := func(n int) string {
		if n == matching.NoMentor || !c.PairChanged() {
			return ""
		}
		return s.Mentors[n].ID
	}
	ranked := func(some, all []matching.Hit) []RankedMentor {
		out := make([]RankedMentor, len(some))
		for i, h := range some {
			out[i] = RankedMentor{s.Mentors[h.Mentor].ID, 1 + slices.Index(all, h), h.Score, Points(h.Score)}
		}
		return out
	}
	return PreviewChange{
		Mentee: s.Mentees[c.Mentee].ID, First: c.FirstChanged(), OrderOnly: c.OrderOnly(), Entered: ranked(c.Entered(), c.Lists[1]),
		Left: ranked(c.Left(), c.Lists[0]), PairNow: mentor(c.Pairs[0]), PairNew: mentor(c.Pairs[1]), PairMoves: c.PairChanged(),
	}
}

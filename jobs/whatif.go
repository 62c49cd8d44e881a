package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"puente/matching"
	"puente/matching/assign"
	"puente/models"
)

// Inquiry answers questions about a round: from its file alone, where its
// edges are all the pairs there are, or with its people, where an answer takes
// in every pair that the rules allow.
type Inquiry struct {
	File  *RoundFile
	Words Words
	Name  func(id string) string // how sentences name an id; nil: by itself

	what    *matching.WhatIf // of an optimal round, and of all plans of a lottery together
	anew    *matching.Anew   // of any other
	matcher *matching.Matcher
}

// Reasons why a round cannot be asked about.
var (
	ErrOtherEngine = errors.New("jobs: this program makes another round of the same input")
	ErrOtherPeople = errors.New("jobs: these are not the people of the round")
	ErrErased      = errors.New("jobs: the snapshot of the run was erased with somebody who took part")
	ErrOpen        = errors.New("jobs: a better round may exist than this one")
)

// Ask asks about a round from its file alone. It returns [ErrOpen] for one that
// is not proven best, and [ErrOtherEngine] for a round of a method whose answers
// come from making it again, if that gives another one.
func (f *RoundFile) Ask(ctx context.Context, words Words) (q *Inquiry, err error) {
	if f.open() {
		return nil, ErrOpen
	}
	q = &Inquiry{File: f, Words: words}
	switch {
	case f.Round.Method == matching.MethodLottery:
		q.what = f.Round.WhatIfFolded()
	case q.byTotals():
		q.what = f.Round.WhatIf()
	default:
		q.anew, err = f.Round.Anew(ctx)
	}
	return q, askable(err)
}

// AskPeople asks about a round with its people, prepared by its own options.
// Beside the error of [RoundFile.Ask] it returns [ErrOtherPeople] where their
// snapshot is not the one that the round names.
func (f *RoundFile) AskPeople(ctx context.Context, m *Matched, o MatchOptions, words Words) (q *Inquiry, err error) {
	if f.open() {
		return nil, ErrOpen
	}
	if m.SnapshotHash != f.SnapshotHash {
		return nil, ErrOtherPeople
	}
	q = &Inquiry{File: f, Words: words}
	q.matcher = &matching.Matcher{Snapshot: m.Snapshot, Settings: &o.Settings.Settings, Index: m.Index, Seed: o.Seed, Workers: max(1, o.Workers)}
	switch {
	case f.Round.Method == matching.MethodLottery:
		q.what, err = q.matcher.WhatIfFolded(ctx, f.Round)
	case q.byTotals():
		q.what, err = q.matcher.WhatIf(ctx, f.Round)
	default:
		q.anew, err = q.matcher.Anew(ctx, f.Round)
	}
	return q, askable(err)
}

// byTotals says whether answers are differences of best totals.
func (q *Inquiry) byTotals() bool {
	return q.File.Round.Method == matching.MethodOptimal && !q.File.Ruled
}

// askable tells what comes of a round that is made again.
func askable(err error) error {
	if errors.Is(err, matching.ErrOther) {
		return ErrOtherEngine
	}
	return err
}

// AskRun asks about a finished run, from what is stored with it alone. It
// returns [ErrErased] for one whose people are not stored any more.
func AskRun(ctx context.Context, run *models.Run, words Words) (*Inquiry, error) {
	if run.Snapshot == models.ErasedSnapshot {
		return nil, ErrErased
	}
	file, problems := ReadRound("round.json", strings.NewReader(run.Result))
	if problems.Errors() > 0 {
		return nil, fmt.Errorf("the run's result: %s %v", problems[0].Key, problems[0].Args)
	}
	var f Frozen
	if err := json.Unmarshal([]byte(run.Snapshot), &f); err != nil {
		return nil, fmt.Errorf("the run's snapshot: %w", err)
	}
	if f.Snapshot == nil || len(f.Codes) != len(f.Snapshot.Mentees) {
		return nil, fmt.Errorf("the run's snapshot is not %s", run.SnapshotHash)
	}
	o, err := runMatch(run)
	if err != nil {
		return nil, err
	}
	return file.AskPeople(ctx, f.prepare(o), o, words)
}

// Difference is what two totals differ in.
type Difference struct {
	Left  int   `json:"left" doc:"Mentees served"`
	Right int   `json:"right" doc:"Mentors with a mentee"`
	Score int64 `json:"score"`
}

// Change is a pair that an exchange takes away or brings.
type Change struct {
	Left  string `json:"left"`
	Right string `json:"right"`
	Score int64  `json:"score"`
}

// Why says what keeps a pair out of a round, or in it. Differences are of
// proven totals.
type Why struct {
	Left   string `json:"left"`
	Right  string `json:"right"`
	Paired bool   `json:"paired"`
	Listed bool   `json:"listed" doc:"Whether the pair could be asked about: it is allowed, and known with its score"`
	Rule   string `json:"rule,omitempty" doc:"The hard rule that refuses the pair"`
	Score  int64  `json:"score"`
	Rank   int    `json:"rank,omitempty" doc:"Where the right id stands on the left id's list"`
	Forced bool   `json:"forced,omitempty"`

	Tie    bool        `json:"tie,omitempty" doc:"A round the other way is as good"`
	Loss   *Difference `json:"loss,omitempty" doc:"What the best round the other way has less"`
	Points *int64      `json:"points,omitempty" doc:"What the pair must score more, or less, for a tie; one more makes it sure. Nothing where no score does"`
	Clash  *Clash      `json:"clash,omitempty" doc:"The demands that leave no round the other way"`
	Lost   []Change    `json:"lost,omitempty" doc:"Other pairs that the best round the other way lacks; as few as possible change"`
	New    []Change    `json:"new,omitempty" doc:"Other pairs that it has instead"`

	OneMore string      `json:"one_more,omitempty" enum:"sure,tie,short,excluded,no" doc:"What one more place at the right id does for a pair that is out"`
	Adds    *Difference `json:"adds,omitempty" doc:"What that place would add to the round"`
	Short   *Difference `json:"short,omitempty" doc:"What the pair would still lose then"`

	byMethod

	Text []string `json:"text" doc:"The same in words"`
}

// NoSuchID says that an id is not on its side of a round.
type NoSuchID struct {
	Right bool
	ID    string
}

func (e *NoSuchID) Error() string { return "the round has no id " + e.ID }

// find gives the position of an id.
func (q *Inquiry) find(right bool, id string) (int, error) {
	parties := q.File.Round.Left
	if right {
		parties = q.File.Round.Right
	}
	at := slices.IndexFunc(parties, func(p matching.Party) bool { return p.ID == id })
	if at < 0 {
		return 0, &NoSuchID{right, id}
	}
	return at, nil
}

// Why answers for one pair. It returns [*NoSuchID], and what the solver and the
// context say.
func (q *Inquiry) Why(ctx context.Context, left, right string) (*Why, error) {
	i, err := q.find(false, left)
	if err != nil {
		return nil, err
	}
	j, err := q.find(true, right)
	if err != nil {
		return nil, err
	}
	return q.why(ctx, i, j)
}

func (q *Inquiry) why(ctx context.Context, i, j int) (*Why, error) {
	r := q.File.Round
	y := &Why{Left: r.Left[i].ID, Right: r.Right[j].ID, Rank: q.rank(i, j)}
	for _, x := range r.Edges.Must {
		e := r.Edges.At(int(x))
		y.Forced = y.Forced || e.Left == i && e.Right == j
	}
	switch {
	case q.anew != nil:
		return y, q.whyAnew(ctx, y, i, j)
	case r.Method == matching.MethodLottery:
		return y, q.whyDrawn(ctx, y, i, j)
	}
	if q.matcher != nil {
		var err error
		if y.Rule, err = q.matcher.Consider(q.what, i, j); err != nil {
			return nil, err
		}
	}
	c, err := q.what.Counterfactual(ctx, i, j)
	if none := (*matching.NoEdge)(nil); errors.As(err, &none) {
		q.tell(y)
		return y, nil
	}
	if err != nil {
		return nil, err
	}
	y.Listed, y.Paired, y.Score, y.Rule = true, c.Paired, q.File.given(c.Score), ""
	q.fill(y, c)
	q.tell(y)
	return y, nil
}

// fill copies what was found.
func (q *Inquiry) fill(y *Why, c *matching.Counterfactual) {
	cover := q.File.Round.Cover
	if c.Clash != nil {
		y.Clash = &Clash{Left: c.Clash.Left, Right: c.Clash.Right, Must: c.Clash.Must}
	} else {
		y.Loss, y.Tie = difference(c.Loss), c.Loss.Compare(matching.Total{}, cover) == 0
		if c.Loss.Covered(cover) == 0 {
			y.Points = &c.Loss.Score
		}
		y.Lost, y.New = q.changes(c.Exchange.Lost, c.Link), q.changes(c.Exchange.New, c.Link)
	}
	if c.Paired {
		return
	}
	y.Adds = difference(c.Place)
	switch {
	case c.Short == nil:
		y.OneMore = "excluded"
	case c.Surely:
		y.OneMore = "sure"
	case c.Short.Compare(matching.Total{}, cover) == 0:
		y.OneMore = "tie"
	default:
		y.OneMore, y.Short = "short", difference(*c.Short)
	}
}

func difference(t matching.Total) *Difference { return &Difference{t.Served[0], t.Served[1], t.Score} }

// changes are the links but one, with the scores as they were given.
func (q *Inquiry) changes(links []matching.Link, but matching.Link) (out []Change) {
	for _, l := range links {
		if l.Left != but.Left || l.Right != but.Right {
			out = append(out, Change{q.File.Round.Left[l.Left].ID, q.File.Round.Right[l.Right].ID, q.File.given(l.Score)})
		}
	}
	return out
}

// rank is where a right id stands on a left id's list, as the file counts; 0
// where it is not listed.
func (q *Inquiry) rank(i, j int) int {
	return 1 + slices.Index(q.listed(i), j)
}

// listed are the right ids on a left id's list, best first.
func (q *Inquiry) listed(i int) []int {
	r := q.File.Round
	var list []assign.Edge
	if r.Edges.Len() > 0 {
		from, to := r.Edges.Of(i)
		for x := from; x < to; x++ {
			list = append(list, assign.Edge{Right: int(r.Edges.Right[x]), Score: int64(r.Edges.Score[x])})
		}
	}
	slices.SortFunc(list, func(a, b assign.Edge) int {
		return matching.CompareRanked(r.Seed, a.Score, r.Right[a.Right].ID, b.Score, r.Right[b.Right].ID)
	})
	out := make([]int, len(list))
	for k, e := range list {
		out[k] = e.Right
	}
	return out
}

// MostBetter is how many better-ranked right ids are explained for one left id.
const MostBetter = 5

// About is all that is said of one left id.
type About struct {
	Left      string `json:"left"`
	Unmatched string `json:"unmatched,omitempty" doc:"The reason that binds, in words, of an id without a pair"`
	Holds     string `json:"holds" doc:"In words, what the answers are: differences of best totals, or rounds made again by their method"`
	Pairs     []*Why `json:"pairs" nullable:"false" doc:"Its pairs, and what keeps them"`
	Better    []*Why `json:"better" nullable:"false" doc:"Right ids that rank before its last pair, best first, and what keeps each out"`
	More      int    `json:"more,omitempty" doc:"Better ones that are not explained"`

	Chances []ChanceOf `json:"chances,omitempty" doc:"Of a lottery: who the id could have had, the likeliest first"`
}

// About explains a left id: its pairs, and why it has none of the better ones.
// At most [MostBetter] of those are explained.
func (q *Inquiry) About(ctx context.Context, left string) (*About, error) {
	i, err := q.find(false, left)
	if err != nil {
		return nil, err
	}
	r := q.File.Round
	out := &About{Left: left, Holds: q.Holds(), Chances: q.chances(i), Pairs: []*Why{}, Better: []*Why{}}
	var mine []int
	for _, p := range r.Pairs {
		if p.Left != i {
			continue
		}
		mine = append(mine, p.Right)
		y, err := q.why(ctx, i, p.Right)
		if err != nil {
			return nil, err
		}
		out.Pairs = append(out.Pairs, y)
	}
	for _, u := range r.Unpaired {
		if !u.Right && u.Position == i {
			out.Unmatched = q.Words.Unpaired(r, u)
		}
	}
	return out, q.better(ctx, i, mine, out)
}

// better explains the right ids that rank before the last of one's own.
func (q *Inquiry) better(ctx context.Context, i int, mine []int, out *About) error {
	list := q.listed(i)
	last := len(list)
	for len(mine) > 0 && last > 0 && !slices.Contains(mine, list[last-1]) {
		last--
	}
	for _, j := range list[:last] {
		if slices.Contains(mine, j) {
			continue
		}
		if len(out.Better) == MostBetter {
			out.More++
			continue
		}
		y, err := q.why(ctx, i, j)
		if err != nil {
			return err
		}
		out.Better = append(out.Better, y)
	}
	return nil
}

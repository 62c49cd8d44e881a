package jobs

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"puente/matching"
	"puente/matching/assign"
	"puente/models"
)

// Scores is an assignment problem as files give it. Left and Right may be nil:
// then every id of the scores has capacity 1 and no minimum.
type Scores struct {
	Rows        []models.ScoreRow
	Left, Right []models.Node
	// Preferences of the two sides for a stable round; nil: the scores. Who has a
	// row accepts only those in it; an id without one ranks by score.
	LeftRanks, RightRanks []models.RankRow
}

// AssignOptions say what is sought.
type AssignOptions struct {
	Cover    string // "none", "left", "right" or "both"
	Minimize bool   // scores are costs; without a cover as many pairs as possible come first
	Seed     uint64
	Method   string // "" is "optimal"

	Groups ScoreGroups // rules about groups, only of an optimal round

	RightProposes bool // of a stable round: what is best for the right side counts
	Plans         int  // of a lottery: plans of equal chance; 0 is two

	Again
	Progress func(stage string, done, total int) // may be nil
}

// Conflict is the key of the message that says why options do not go together,
// or "": only an optimal round has a cover rule, a stable one and a lottery have
// no costs, only a stable one has lists and a proposing side, and only a lottery
// has plans.
func (o AssignOptions) Conflict(s Scores) string {
	method, _ := MethodNamed(cmp.Or(o.Method, MethodName(matching.MethodOptimal)))
	if key := o.Again.Conflict(method, len(o.Groups.Rules) > 0); key != "" {
		return key
	}
	if o.Keep != nil && slices.ContainsFunc(s.Rows, func(r models.ScoreRow) bool { return max(r.Score, -r.Score) > assign.MaxScore-o.Keep.Points }) {
		return "again.points_score"
	}
	switch {
	case method != matching.MethodLottery && o.Plans != 0:
		return "assign.only_lottery"
	case o.Plans != 0 && !ValidPlans(o.Plans):
		return "settings.plans"
	case method == matching.MethodLottery && o.Minimize:
		return "assign.lottery_costs"
	case method == matching.MethodLottery && o.Cover != "" && o.Cover != roundCovers[assign.CoverNone]:
		return "settings.lottery_cover"
	case method == matching.MethodStable && o.Minimize:
		return "assign.stable_costs"
	case method != matching.MethodOptimal && o.Cover != "" && o.Cover != roundCovers[assign.CoverNone]:
		return "settings.method_cover"
	case method != matching.MethodOptimal && len(o.Groups.Rules) > 0:
		return "settings.method_groups"
	case method != matching.MethodStable && (s.LeftRanks != nil || s.RightRanks != nil || o.RightProposes):
		return "assign.only_stable"
	}
	return ""
}

// CheckScores finds ids of the scores that a given side's file lacks.
func CheckScores(s Scores, file string) (problems models.Problems) {
	check := func(nodes []models.Node, column string, id func(models.ScoreRow) string) {
		if nodes == nil {
			return
		}
		known := map[string]bool{}
		for _, n := range nodes {
			known[n.ID] = true
		}
		for _, r := range s.Rows {
			if !known[id(r)] {
				problems = append(problems, models.Problem{File: file, Row: r.Row, Column: column, Key: "assign.unknown_id", Args: map[string]any{"ID": id(r)}})
			}
		}
	}
	check(s.Left, "left", func(r models.ScoreRow) string { return r.Left })
	check(s.Right, "right", func(r models.ScoreRow) string { return r.Right })
	return problems
}

// RankFiles names the files of preferences, for their problems.
type RankFiles struct{ Left, Right string }

// CheckRanks finds ids of the preferences that no score and no given side knows.
func CheckRanks(s Scores, files RankFiles) (problems models.Problems) {
	_, left := parties(s.Left, s.Rows, func(r models.ScoreRow) string { return r.Left })
	_, right := parties(s.Right, s.Rows, func(r models.ScoreRow) string { return r.Right })
	check := func(rows []models.RankRow, file string, own, others map[string]int) {
		for _, r := range rows {
			known := func(of map[string]int, column, id string) {
				if _, ok := of[id]; !ok {
					args := map[string]any{"ID": id}
					problems = append(problems, models.Problem{File: file, Row: r.Row, Column: column, Key: "assign.unknown_id", Args: args})
				}
			}
			known(own, "id", r.ID)
			for _, id := range r.Ranks {
				known(others, "ranks", id)
			}
		}
	}
	check(s.LeftRanks, files.Left, left, right)
	check(s.RightRanks, files.Right, right, left)
	return problems
}

// lists turns the preferences of a side into positions. They are nil where no
// file gave any, and the list of an id without a row is.
func lists(rows []models.RankRow, own, others map[string]int) [][]int32 {
	if rows == nil {
		return nil
	}
	out := make([][]int32, len(own))
	for _, r := range rows {
		list := make([]int32, len(r.Ranks))
		for k, id := range r.Ranks {
			list[k] = int32(others[id])
		}
		out[own[r.ID]] = list
	}
	return out
}

// accepted leaves out the edges to whom an id with a row does not list. Forced
// pairs stay.
func accepted(edges []assign.Edge, lists [2][][]int32) []assign.Edge {
	type pair struct{ left, right int32 }
	for side, of := range lists {
		if of == nil {
			continue
		}
		listed := map[pair]bool{}
		for i, list := range of {
			for _, other := range list {
				listed[[2]pair{{int32(i), other}, {other, int32(i)}}[side]] = true
			}
		}
		edges = slices.DeleteFunc(edges, func(e assign.Edge) bool {
			return !e.Must && of[[2]int{e.Left, e.Right}[side]] != nil && !listed[pair{int32(e.Left), int32(e.Right)}]
		})
	}
	return edges
}

// Assign makes a round of any score file. Scores must have passed [CheckScores].
// Errors are those of [matching.NewRound], and [*UnknownGroup].
func Assign(ctx context.Context, s Scores, o AssignOptions) (*Published, error) {
	left, leftAt := parties(s.Left, s.Rows, func(r models.ScoreRow) string { return r.Left })
	right, rightAt := parties(s.Right, s.Rows, func(r models.ScoreRow) string { return r.Right })
	edges := make([]assign.Edge, len(s.Rows))
	for i, r := range s.Rows {
		edges[i] = assign.Edge{Left: leftAt[r.Left], Right: rightAt[r.Right], Score: r.Score, Must: r.Must}
		if o.Minimize {
			edges[i].Score = -r.Score
		}
	}
	preferences := [2][][]int32{lists(s.LeftRanks, leftAt, rightAt), lists(s.RightRanks, rightAt, leftAt)}
	edges = accepted(edges, preferences)
	sorted, err := assign.NewEdges(len(left), len(right), edges)
	if err != nil {
		return nil, err
	}
	method, known := MethodNamed(cmp.Or(o.Method, MethodName(matching.MethodOptimal)))
	if !known {
		return nil, fmt.Errorf("%w: %q", matching.ErrMethod, o.Method)
	}
	cover := assign.Cover(max(0, slices.Index(roundCovers, o.Cover)))
	if o.Minimize && cover == assign.CoverNone && method == matching.MethodOptimal {
		cover = assign.CoverBoth
	}
	rules, wrong := o.Groups.rules(leftAt, rightAt, sorted)
	if wrong != "" {
		return nil, &UnknownGroup{wrong}
	}
	stop, cancel := o.stop(ctx)
	defer cancel()
	search := assign.Options{Stop: stop}
	if o.Progress != nil {
		search.Progress = func(done, total int) { o.Progress("solve", done, total) }
	}
	round, err := matching.NewRound(ctx, matching.Spec{
		Keep: o.Keep.In(left, right), Search: search,
		Left: left, Right: right, Edges: sorted, Cover: cover, Seed: o.Seed, Method: method, Lists: preferences, RightProposes: o.RightProposes,
		Plans: cmp.Or(o.Plans, matching.MinPlans), Groups: rules,
	})
	if err != nil && method != matching.MethodOptimal {
		return nil, err
	}
	if err != nil {
		given := (&Published{Minimize: o.Minimize}).given
		return nil, explained(err, given, func(c *matching.Clash) ([]matching.Relaxation, error) {
			return matching.Unsolved(left, right, sorted, cover).Relax(ctx, c)
		})
	}
	hash := edgesHash(left, right, sorted, preferences)
	return &Published{Kind: "assign", Minimize: o.Minimize, Settings: []byte("{}"), SnapshotHash: hash, Round: round}, nil
}

// parties lists one side by id: as its file says, or as the scores name it.
func parties(nodes []models.Node, rows []models.ScoreRow, id func(models.ScoreRow) string) ([]matching.Party, map[string]int) {
	var out []matching.Party
	for _, n := range nodes {
		out = append(out, matching.Party{ID: n.ID, Node: assign.Node{Capacity: n.Capacity, Minimum: n.Minimum}})
	}
	if nodes == nil {
		seen := map[string]bool{}
		for _, r := range rows {
			if !seen[id(r)] {
				seen[id(r)] = true
				out = append(out, matching.Party{ID: id(r), Node: assign.Node{Capacity: 1}})
			}
		}
	}
	slices.SortFunc(out, func(a, b matching.Party) int { return strings.Compare(a.ID, b.ID) })
	at := make(map[string]int, len(out))
	for i, p := range out {
		at[p.ID] = i
	}
	return out, at
}

// edgesHash names an assignment problem, whatever the order of its rows.
func edgesHash(left, right []matching.Party, edges assign.Edges, lists [2][][]int32) string {
	h := sha256.New()
	for _, side := range [][]matching.Party{left, right} {
		for _, p := range side {
			fmt.Fprintf(h, "%q,%d,%d\n", p.ID, p.Capacity, p.Minimum)
		}
		fmt.Fprintln(h)
	}
	for _, e := range edges.All() {
		fmt.Fprintf(h, "%d,%d,%d,%t\n", e.Left, e.Right, e.Score, e.Must)
	}
	for side, of := range lists {
		for i, list := range of {
			fmt.Fprintf(h, "%d,%d,%v\n", side, i, list)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

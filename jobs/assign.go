package jobs

import (
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
}

// AssignOptions say what is sought.
type AssignOptions struct {
	Cover    string // "none", "left", "right" or "both"
	Minimize bool   // scores are costs; without a cover as many pairs as possible come first
	Seed     uint64
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

// Assign solves any score file exactly. Scores must have passed [CheckScores].
// Errors are those of [matching.NewRound].
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
	sorted, err := assign.NewEdges(len(left), len(right), edges)
	if err != nil {
		return nil, err
	}
	cover := assign.Cover(max(0, slices.Index(roundCovers, o.Cover)))
	if o.Minimize && cover == assign.CoverNone {
		cover = assign.CoverBoth
	}
	round, err := matching.NewRound(ctx, left, right, sorted, cover, o.Seed)
	if err != nil {
		given := (&Published{Minimize: o.Minimize}).given
		return nil, explained(err, given, func(c *matching.Clash) ([]matching.Relaxation, error) {
			return matching.Unsolved(left, right, sorted, cover).Relax(ctx, c)
		})
	}
	return &Published{Kind: "assign", Minimize: o.Minimize, Settings: []byte("{}"), SnapshotHash: edgesHash(left, right, sorted), Round: round}, nil
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
func edgesHash(left, right []matching.Party, edges assign.Edges) string {
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
	return hex.EncodeToString(h.Sum(nil))
}

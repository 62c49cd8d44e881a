package jobs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"puente/matching"
	"puente/matching/assign"
	"puente/models"
)

// RoundFile is a round as round.json has it, read back.
type RoundFile struct {
	Published
	Engine EngineOf
	Ruled  bool   // it has rules about groups
	Hash   string // that names the file
}

// EngineOf says what made a round.
type EngineOf struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Scoring int    `json:"scoring"`
}

// maxRound is the size of a round.json at most.
const maxRound = 1 << 30

// roundJSON is the file's form; docs/round.schema.json describes it. What the
// certificate holds depends on the method.
type roundJSON struct {
	Format       string          `json:"format"`
	Engine       EngineOf        `json:"engine"`
	Kind         string          `json:"kind"`
	Method       string          `json:"method"`
	Sense        string          `json:"sense"`
	Cover        string          `json:"cover"`
	Seed         uint64          `json:"seed"`
	Start        string          `json:"start"`
	Settings     json.RawMessage `json:"settings"`
	SettingsHash string          `json:"settings_hash"`
	SnapshotHash string          `json:"snapshot_hash"`
	Left         []party         `json:"left"`
	Right        []party         `json:"right"`
	Edges        [][3]int64      `json:"edges"`
	Must         [][2]int        `json:"must"`
	Rules        []ruleJSON      `json:"rules"`
	LeftLists    [][]int32       `json:"left_lists"`
	RightLists   [][]int32       `json:"right_lists"`
	Plans        [][]int         `json:"plans"`
	Keep         *keepJSON       `json:"keep"`
	Pairs        []pairJSON      `json:"pairs"`
	Unmatched    []unmatchedJSON `json:"unmatched"`
	Totals       struct {
		Pairs int   `json:"pairs"`
		Left  int   `json:"left"`
		Right int   `json:"right"`
		Score int64 `json:"score"`
	} `json:"totals"`
	Certificate json.RawMessage `json:"certificate"`
	Hash        string          `json:"hash"`
}

// ReadRound reads round.json. It is strict about the form and about everything
// that it looks up, and proves nothing: that is what the checker is for. Pairs
// have their explanations' sums, not their lines.
func ReadRound(file string, r io.Reader) (*RoundFile, models.Problems) {
	var f roundJSON
	if _, problems := decodeWithin(maxRound, file, r, &f); len(problems) > 0 {
		return nil, problems
	}
	out, err := f.round()
	if err != nil {
		return nil, models.Problems{{File: file, Key: "json.round", Args: map[string]any{"Detail": err.Error()}}}
	}
	return out, nil
}

// round turns the file's form into a round.
func (f *roundJSON) round() (*RoundFile, error) {
	cover := slices.Index(roundCovers, f.Cover)
	method, known := MethodNamed(f.Method)
	if f.Format != Format || cover < 0 || !known {
		return nil, fmt.Errorf("format %q, method %q, cover %q", f.Format, f.Method, f.Cover)
	}
	var settings bytes.Buffer
	if err := json.Compact(&settings, f.Settings); err != nil {
		return nil, err
	}
	r := &matching.Round{
		Spec:  matching.Spec{Seed: f.Seed, Cover: assign.Cover(cover), Method: method},
		Score: f.Totals.Score, Served: [2]int{f.Totals.Left, f.Totals.Right},
	}
	out := &RoundFile{
		Published: Published{Kind: f.Kind, Minimize: f.Sense == "min", Start: f.Start, Settings: settings.Bytes(), SnapshotHash: f.SnapshotHash, Round: r},
		Engine:    f.Engine, Ruled: f.Rules != nil, Hash: f.Hash,
	}
	r.Score = out.given(r.Score)
	for _, p := range f.Left {
		r.Left = append(r.Left, matching.Party{ID: p.ID, Node: assign.Node{Capacity: p.Capacity, Minimum: p.Minimum}})
	}
	for _, p := range f.Right {
		r.Right = append(r.Right, matching.Party{ID: p.ID, Node: assign.Node{Capacity: p.Capacity, Minimum: p.Minimum}})
	}
	for _, read := range []func() error{
		func() error { return f.lists(r) },
		func() error { return f.edges(out) },
		func() error { return f.rules(r) },
		func() error { return f.certificate(r) }, // looks edges up
		func() error { return f.pairs(out) },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// certificate reads what proves the round.
func (f *roundJSON) certificate(r *matching.Round) error {
	var proof struct {
		Kind      string `json:"kind"`
		Bonus     int64  `json:"bonus"`
		Proposing string `json:"proposing"`
		Short     int    `json:"short"`
		Primal    int64  `json:"primal"`
		Dual      int64  `json:"dual"`
		Scale     int64  `json:"scale"`
		Gap       int64  `json:"gap"`
		Drawn     int    `json:"drawn"`

		Levels []levelJSON `json:"levels"`
	}
	if err := json.Unmarshal(f.Certificate, &proof); err != nil {
		return err
	}
	switch prices := (&matching.Prices{Bonus: proof.Bonus, Gap: proof.Gap}); proof.Kind {
	case "prices", "bound":
		r.Certificate = prices
		if err := f.prices(prices); err != nil {
			return err
		}
	case (&matching.Lagrange{}).Kind():
		q := &matching.Lagrange{Prices: *prices, Scale: proof.Scale, Dual: proof.Dual, Gap: proof.Gap, Bound: r.Score + proof.Gap}
		for _, rule := range f.Rules {
			q.Multipliers = append(q.Multipliers, rule.Multiplier)
		}
		if r.Certificate = q; q.Scale < 1 {
			return fmt.Errorf("a scale of %d", q.Scale)
		}
		if err := f.prices(&q.Prices); err != nil {
			return err
		}
	case (&matching.Replay{}).Kind():
		lots := &matching.Replay{Plans: f.Plans, Drawn: proof.Drawn, Score: proof.Primal}
		r.Certificate, r.Plans = lots, len(f.Plans)
		if err := errors.Join(f.prices(&lots.Prices), f.plans()); err != nil {
			return err
		}
		lots.Count(r)
	case (&matching.NoBlockingPair{}).Kind():
		r.RightProposes = proof.Proposing == "right"
		r.Certificate = &matching.NoBlockingPair{RightProposes: r.RightProposes, Short: proof.Short}
	case matching.Levels(nil).Kind():
		levels, err := f.levels(proof.Levels)
		if err != nil {
			return err
		}
		r.Certificate = levels
	}
	f.kept(r)
	if (r.Method == matching.MethodOptimal) != (proof.Kind == "prices" || proof.Kind == "bound" || f.Rules != nil && proof.Kind == "lagrange") {
		return fmt.Errorf("a certificate of kind %q", proof.Kind)
	}
	return nil
}

// rules reads rules about groups.
func (f *roundJSON) rules(r *matching.Round) error {
	for _, rule := range f.Rules {
		g := matching.GroupRule{Name: rule.Name, Group: assign.Group{Members: rule.Members, Most: rule.At == "most"}}
		of := slices.Index(ruleKinds, rule.Of)
		amount := rule.Pairs
		if rule.Thousandths != nil {
			g.Share, amount = true, rule.Thousandths
		}
		if of < 0 || amount == nil || rule.Pairs != nil && rule.Thousandths != nil {
			return fmt.Errorf("the rule %q is not complete", rule.Name)
		}
		g.Of, g.Amount = assign.Members(of), *amount
		size := [...]int{len(f.Left), len(f.Right), len(f.Edges)}[of]
		for i, x := range g.Members {
			if x < 0 || x >= size || i > 0 && x <= g.Members[i-1] {
				return fmt.Errorf("the rule %q has the member %d", rule.Name, x)
			}
		}
		r.Groups = append(r.Groups, g)
	}
	return nil
}

// levelJSON is a level of a balanced round.
type levelJSON struct {
	Aim   string     `json:"aim"`
	Score int32      `json:"score"`
	Hub   int32      `json:"hub"`
	Left  [][2]int32 `json:"left"`
	Right [][2]int32 `json:"right"`
}

// levels reads those of a balanced round.
func (f *roundJSON) levels(of []levelJSON) (out matching.Levels, err error) {
	for _, l := range of {
		aim := slices.Index(aims, l.Aim)
		if aim < 0 {
			return nil, fmt.Errorf("a level has the aim %q", l.Aim)
		}
		level := assign.Level{Aim: assign.Aim(aim), Score: l.Score, Hub: l.Hub}
		if f.Sense == "min" {
			level.Score = -l.Score
		}
		for _, q := range l.Left {
			level.Left = append(level.Left, assign.Potential{Node: q[0], Value: q[1]})
		}
		for _, q := range l.Right {
			level.Right = append(level.Right, assign.Potential{Node: q[0], Value: q[1]})
		}
		out = append(out, level)
	}
	return out, nil
}

// prices reads those of the right ids.
func (f *roundJSON) prices(into *matching.Prices) error {
	for _, p := range f.Right {
		if p.Price == nil {
			return fmt.Errorf("id %q has no price", p.ID)
		}
		into.Place = append(into.Place, *p.Price)
	}
	return nil
}

// plans says whether those of a lottery have edges of the file.
func (f *roundJSON) plans() error {
	for _, plan := range f.Plans {
		for _, x := range plan {
			if x < 0 || x >= len(f.Edges) {
				return fmt.Errorf("a plan has the edge %d", x)
			}
		}
	}
	return nil
}

// lists reads explicit preferences, each after the position of its id.
func (f *roundJSON) lists(r *matching.Round) error {
	for side, given := range [2][][]int32{f.LeftLists, f.RightLists} {
		if given == nil {
			continue
		}
		r.Lists[side] = make([][]int32, len([2][]party{f.Left, f.Right}[side]))
		for _, list := range given {
			if len(list) == 0 || list[0] < 0 || int(list[0]) >= len(r.Lists[side]) {
				return errors.New("a list of preferences is nobody's")
			}
			r.Lists[side][list[0]] = list[1:]
		}
	}
	return nil
}

// edges reads the candidate pairs and the forced ones.
func (f *roundJSON) edges(out *RoundFile) (err error) {
	list := make([]assign.Edge, len(f.Edges))
	must := map[[2]int]bool{}
	for _, m := range f.Must {
		must[m] = true
	}
	for x, e := range f.Edges {
		at := [2]int{int(e[0]), int(e[1])}
		list[x] = assign.Edge{Left: at[0], Right: at[1], Score: out.given(e[2]), Must: must[at]}
		delete(must, at)
	}
	if len(must) > 0 {
		return fmt.Errorf("%d forced pairs are no edges", len(must))
	}
	out.Round.Edges, err = assign.NewEdges(len(f.Left), len(f.Right), list)
	return err
}

// pairs reads the pairs, and who has none.
func (f *roundJSON) pairs(out *RoundFile) error {
	at := [2]map[string]int{{}, {}}
	for side, parties := range [][]matching.Party{out.Round.Left, out.Round.Right} {
		for i := range parties {
			at[side][parties[i].ID] = i
		}
	}
	find := func(side int, id string) (int, error) {
		i, ok := at[side][id]
		if !ok {
			return 0, fmt.Errorf("id %q is not on its side", id)
		}
		return i, nil
	}
	for _, p := range f.Pairs {
		left, err := find(0, p.Left)
		right, err2 := find(1, p.Right)
		if err != nil || err2 != nil {
			return fmt.Errorf("pair %q, %q", p.Left, p.Right)
		}
		out.Round.Pairs = append(out.Round.Pairs, matching.Pair{
			Left: left, Right: right, Score: out.given(p.Score), LeftRank: p.LeftRank, RightRank: p.RightRank,
		})
	}
	for _, u := range f.Unmatched {
		x := matching.Unpaired{Right: u.Side == "right", Reason: matching.Reason(u.Reason), Rule: u.Rule, Missing: u.Points}
		var err error
		if x.Right {
			x.Position, err = find(1, u.ID)
		} else {
			x.Position, err = find(0, u.ID)
		}
		if err == nil && u.Nearest != "" {
			x.Nearest, err = find(1, u.Nearest)
		}
		if err != nil {
			return err
		}
		out.Round.Unpaired = append(out.Round.Unpaired, x)
	}
	return nil
}

// Options say how a round of people was made, as its file has it.
func (f *RoundFile) Options() (MatchOptions, models.Problems) {
	s, problems := ReadSettings("settings", strings.NewReader(string(f.Settings)))
	s.Start = f.Start
	return MatchOptions{Settings: s, Seed: f.Round.Seed, Workers: 1}, problems
}

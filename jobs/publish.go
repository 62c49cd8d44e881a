package jobs

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"

	"puente/matching"
	"puente/matching/assign"
)

// Version of the program, and of the scoring that its rounds name. Scoring
// rises with any change that can change a score.
const (
	Version        = "0.1.0"
	ScoringVersion = 2
)

// Format names the form of a published round.
const Format = "puente.round/1"

// Published is a solved round with what it was solved from, ready to be
// written as round.json.
type Published struct {
	Kind         string // "match" or "assign"
	Minimize     bool   // scores are costs
	Start        string // first day; "" for kind assign
	Settings     []byte // JSON of the settings; "{}" for kind assign
	SnapshotHash string // names the input
	Round        *matching.Round
	Asked        *Frozen // whose mentees asked what the lines answer; nil for kind assign
}

// roundCovers are the names of assign's covers, by number.
var roundCovers = []string{"none", "left", "right", "both"}

// JSON writes round.json: integers only, one element to a line, the same bytes
// for the same round. The hash, its last member, covers everything else:
// SHA-256 of the file's bytes with the hash's 64 digits replaced by zeros.
func (p *Published) JSON() []byte {
	w := &roundWriter{}
	r := p.Round
	sense := "max"
	if p.Minimize {
		sense = "min"
	}
	settings := sha256.Sum256(p.Settings)
	w.raw("{")
	w.member("format", Format)
	w.raw(fmt.Sprintf(` "engine": {"name": "puente", "version": %q, "scoring": %d},`, Version, ScoringVersion))
	w.member("kind", p.Kind)
	w.member("method", MethodName(r.Method))
	w.member("sense", sense)
	w.member("cover", roundCovers[r.Cover])
	w.member("seed", r.Seed)
	w.member("start", p.Start)
	w.raw(` "settings": ` + string(p.Settings) + ",")
	w.member("settings_hash", hex.EncodeToString(settings[:]))
	w.member("snapshot_hash", p.SnapshotHash)
	w.list("left", len(r.Left), func(i int) any {
		return party{r.Left[i].ID, r.Left[i].Capacity, r.Left[i].Minimum, p.chance(0, i), nil, nil}
	})
	prices := r.PlacePrices()
	lots, _ := r.Certificate.(*matching.Replay)
	w.list("right", len(r.Right), func(i int) any {
		out := party{r.Right[i].ID, r.Right[i].Capacity, r.Right[i].Minimum, p.chance(1, i), nil, nil}
		if prices != nil {
			out.Price = &prices[i]
		}
		if r.Kept != nil && r.Kept.Proven {
			out.Keep = &r.Kept.Prices[i]
		}
		return out
	})
	next, stop := iter.Pull2(r.Edges.All())
	defer stop()
	w.list("edges", r.Edges.Len(), func(int) any {
		_, e, _ := next()
		return [3]int64{int64(e.Left), int64(e.Right), p.given(e.Score)}
	})
	w.list("must", len(r.Edges.Must), func(i int) any {
		e := r.Edges.At(int(r.Edges.Must[i]))
		return [2]int{e.Left, e.Right}
	})
	if len(r.Groups) > 0 {
		w.list("rules", len(r.Groups), func(i int) any { return groupRule(r, i) })
	}
	for side, lists := range r.Lists {
		w.preferences([]string{"left_lists", "right_lists"}[side], lists)
	}
	if lots != nil {
		w.list("plans", len(lots.Plans), func(i int) any { return slices.Concat([]int{}, lots.Plans[i]) }) // never null
	}
	if r.Keep != nil {
		w.member("keep", p.keep())
	}
	w.list("pairs", len(r.Pairs), func(i int) any { return p.pair(&r.Pairs[i]) })
	w.list("unmatched", len(r.Unpaired), func(i int) any { return p.unmatched(r.Unpaired[i]) })
	w.raw(fmt.Sprintf(` "totals": {"pairs": %d, "left": %d, "right": %d, "score": %d},`, len(r.Pairs), r.Served[0], r.Served[1], p.given(r.Score)))
	w.raw(` "certificate": ` + p.certificate() + ",")
	return w.sealed()
}

// certificate writes what a round's certificate states beside its lists.
func (p *Published) certificate() string {
	r, members := p.Round, ""
	switch c := r.Certificate.(type) {
	case *matching.Prices:
		members = fmt.Sprintf(`, "bonus": %d, "primal": %d, "dual": %d`, c.Bonus, r.Primal(), r.Primal()+c.Gap)
		if c.Gap > 0 {
			members += fmt.Sprintf(`, "gap": %d`, c.Gap)
		}
	case *matching.Lagrange:
		members = fmt.Sprintf(`, "bonus": %d, "dual": %d, "scale": %d, "gap": %d`, c.Bonus, c.Dual, c.Scale, c.Gap)
	case *matching.NoBlockingPair:
		proposing := "left"
		if c.RightProposes {
			proposing = "right"
		}
		members = fmt.Sprintf(`, "proposing": %q, "short": %d`, proposing, c.Short)
	case matching.Levels:
		members = `, "levels": [` + p.levels(c) + "]"
	case *matching.Replay:
		members = fmt.Sprintf(`, "primal": %d, "dual": %d, "plans": %d, "drawn": %d`, c.Score, c.Score, len(c.Plans), c.Drawn)
	}
	return fmt.Sprintf(`{"kind": %q%s}`, r.Certificate.Kind(), members)
}

// aims are the names of the aims of a balanced round, by number.
var aims = []string{"served", "pairs", "score"}

// levels writes the potentials of a balanced round, a level to a line.
func (p *Published) levels(levels matching.Levels) string {
	list := func(of []assign.Potential) [][2]int32 {
		out := make([][2]int32, len(of))
		for k, q := range of {
			out[k] = [2]int32{q.Node, q.Value}
		}
		return out
	}
	var b strings.Builder
	for k, l := range levels {
		if k > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "\n  {\"aim\": %q, \"score\": %d, \"hub\": %d, \"left\": %s, \"right\": %s}",
			aims[l.Aim], p.given(int64(l.Score)), l.Hub, compact(list(l.Left)), compact(list(l.Right)))
	}
	if len(levels) > 0 {
		b.WriteString("\n ")
	}
	return b.String()
}

// given turns a solved score into the score as it was given: for a minimum the
// solver maximized its negative.
func (p *Published) given(score int64) int64 {
	if p.Minimize {
		return -score
	}
	return score
}

type ruleJSON struct {
	Name        string `json:"name"`
	Of          string `json:"of"`
	Members     []int  `json:"members"`
	At          string `json:"at"`
	Pairs       *int   `json:"pairs,omitempty"`
	Thousandths *int   `json:"thousandths,omitempty"`
	Multiplier  int64  `json:"multiplier"`
}

// ruleKinds are the names of what a group consists of, by number.
var ruleKinds = []string{"left", "right", "pairs"}

// groupRule is a rule about a group with what the certificate says of it.
func groupRule(r *matching.Round, k int) ruleJSON {
	g := &r.Groups[k]
	out := ruleJSON{Name: g.Name, Of: ruleKinds[g.Of], Members: append([]int{}, g.Members...), At: "least"}
	if g.Most {
		out.At = "most"
	}
	if g.Share {
		out.Thousandths = &g.Amount
	} else {
		out.Pairs = &g.Amount
	}
	if c, ok := r.Certificate.(*matching.Lagrange); ok {
		out.Multiplier = c.Multipliers[k]
	}
	return out
}

type party struct {
	ID         string      `json:"id"`
	Capacity   int         `json:"capacity"`
	Minimum    int         `json:"minimum"`
	Propensity *propensity `json:"propensity,omitempty"`
	Price      *int64      `json:"price,omitempty"`
	Keep       *int64      `json:"keep,omitempty"`
}

// propensity is in how many plans of a lottery something is.
type propensity struct {
	Plans int `json:"plans"`
	Of    int `json:"of"`
}

// chance is how often an id has a pair in a lottery; nil in any other round.
func (p *Published) chance(side, position int) *propensity {
	c, ok := p.Round.Certificate.(*matching.Replay)
	if !ok {
		return nil
	}
	return &propensity{int(c.Chance[side][position]), len(c.Plans)}
}

// pairChance is how often a pair is in a lottery; nil in any other round.
func (p *Published) pairChance(pair *matching.Pair) *propensity {
	if p.Round.Method != matching.MethodLottery {
		return nil
	}
	return &propensity{p.Round.PairPlans(pair), p.Round.Plans}
}

type pairJSON struct {
	Left      string     `json:"left"`
	Right     string     `json:"right"`
	Score     int64      `json:"score"`
	LeftRank  int        `json:"left_rank"`
	RightRank int        `json:"right_rank"`
	Lines     []lineJSON `json:"lines"`

	Propensity *propensity `json:"propensity,omitempty"`
}

type lineJSON struct {
	Factor   string `json:"factor"`
	Ask      string `json:"ask"`
	Weight   int    `json:"weight"`
	Share    int    `json:"share"`
	Evidence string `json:"evidence"`
}

func (p *Published) pair(pair *matching.Pair) pairJSON {
	return pairJSON{
		p.Round.Left[pair.Left].ID, p.Round.Right[pair.Right].ID, p.given(pair.Score), pair.LeftRank, pair.RightRank,
		p.lines(pair.Explanation, pair.Left), p.pairChance(pair),
	}
}

// lines are those of a mentee's explanation.
func (p *Published) lines(x matching.Explanation, mentee int) []lineJSON {
	out := make([]lineJSON, 0, len(x.Lines))
	for _, l := range x.Lines {
		out = append(out, lineJSON{matching.Factors[l.Factor].Name, p.Asked.askID(l, mentee), l.Weight, int(l.Share), evidence(l)})
	}
	return out
}

type unmatchedJSON struct {
	Side    string `json:"side"`
	ID      string `json:"id"`
	Reason  string `json:"reason"`
	Rule    string `json:"rule"`
	Nearest string `json:"nearest"`
	Points  int64  `json:"points"`
}

func (p *Published) unmatched(u matching.Unpaired) unmatchedJSON {
	out := unmatchedJSON{Side: "left", Reason: string(u.Reason), Rule: u.Rule, Points: u.Missing}
	if u.Right {
		out.Side, out.ID = "right", p.Round.Right[u.Position].ID
		return out
	}
	out.ID = p.Round.Left[u.Position].ID
	if u.Reason.Nearest() {
		out.Nearest = p.Round.Right[u.Nearest].ID
	}
	return out
}

// roundWriter writes one member to a line, and lists one element to a line.
type roundWriter struct{ bytes.Buffer }

func (w *roundWriter) raw(line string) {
	w.WriteString(line)
	w.WriteByte('\n')
}

func (w *roundWriter) member(name string, value any) {
	w.raw(fmt.Sprintf(" %q: %s,", name, compact(value)))
}

func (w *roundWriter) list(name string, n int, element func(int) any) {
	fmt.Fprintf(w, " %q: [", name)
	for i := range n {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteString("\n  ")
		w.Write(compact(element(i)))
	}
	if n > 0 {
		w.WriteString("\n ")
	}
	w.raw("],")
}

// preferences writes the lists of a side, each after the position of its id. A
// side without any has no member.
func (w *roundWriter) preferences(name string, lists [][]int32) {
	var given [][]int32
	for i, list := range lists {
		if len(list) > 0 {
			given = append(given, append([]int32{int32(i)}, list...))
		}
	}
	if len(given) > 0 {
		w.list(name, len(given), func(i int) any { return given[i] })
	}
}

// sealed ends the object with its hash.
func (w *roundWriter) sealed() []byte {
	w.WriteString(` "hash": "`)
	at := w.Len()
	w.raw(strings.Repeat("0", 64) + "\"")
	w.raw("}")
	out := w.Bytes()
	sum := sha256.Sum256(out)
	hex.Encode(out[at:], sum[:])
	return out
}

// compact encodes values of our own, which always encode, without escaping
// what only HTML needs.
func compact(value any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		panic("jobs: a round does not encode: " + err.Error())
	}
	return bytes.TrimSpace(b.Bytes())
}

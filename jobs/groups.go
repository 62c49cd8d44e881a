package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"puente/matching"
	"puente/matching/assign"
	"puente/models"
)

// groupFile is a rule about a group in a settings file.
type groupFile struct {
	Name    string          `json:"name"`
	Of      string          `json:"of"`
	Where   whereFile       `json:"where"`
	AtLeast json.RawMessage `json:"at_least"`
	AtMost  json.RawMessage `json:"at_most"`
}

type whereFile struct {
	Country     []string `json:"country,omitempty"`
	Language    []string `json:"language,omitempty"`
	Sector      []string `json:"sector,omitempty"`
	CrossBorder bool     `json:"cross_border,omitempty"`
	List        string   `json:"list,omitempty"`
}

// groupKinds are the names of what a group consists of, by number.
var groupKinds = []string{"mentees", "mentors", "pairs"}

// MaxGroups is how many rules about groups a round may have.
const MaxGroups = assign.MaxGroups

// maxGroupName is how long the name of a group may be, in bytes.
const maxGroupName = 80

// groups reads the rules about groups: one for each bound that is given.
func (c *settingsCheck) groups(files []groupFile) {
	c.s.Groups = nil
	for _, f := range files {
		g := matching.GroupSpec{Name: f.Name}
		at := slices.Index(groupKinds, f.Of)
		switch {
		case f.Name == "" || len(f.Name) > maxGroupName:
			c.bad("name", "settings.group_name", map[string]any{"Max": maxGroupName})
		case at < 0:
			c.bad("of", "settings.group_of", nil)
		case f.AtLeast == nil && f.AtMost == nil:
			c.bad("groups", "settings.group_bound", map[string]any{"Name": f.Name})
		case f.Where.CrossBorder && groupKinds[at] != "pairs":
			c.bad("where.cross_border", "settings.group_border", nil)
		}
		g.Of = assign.Members(max(0, at))
		g.Where = c.where(f.Where)
		for most, raw := range []json.RawMessage{f.AtLeast, f.AtMost} {
			if raw == nil {
				continue
			}
			var ok bool
			if g.Amount, g.Share, ok = amount(string(bytes.Trim(raw, `"`)), raw[0] == '"'); !ok {
				c.bad([]string{"at_least", "at_most"}[most], "settings.group_amount", map[string]any{"Max": assign.MaxAmount})
			}
			g.Most = most == 1
			c.s.Groups = append(c.s.Groups, g)
		}
	}
	if len(c.s.Groups) > assign.MaxGroups {
		c.bad("groups", "settings.group_many", map[string]any{"Max": assign.MaxGroups})
	}
}

// where reads what makes the members of a group.
func (c *settingsCheck) where(f whereFile) (w matching.Where) {
	v := models.Vocabularies()
	terms := func(member string, ids []string, number func(string) int) (out []uint8) {
		for _, id := range ids {
			n := number(id)
			if n == 0 {
				c.bad("where."+member, "settings.group_term", map[string]any{"ID": id})
			}
			out = append(out, uint8(n))
		}
		return out
	}
	w = matching.Where{
		Countries: terms("country", f.Country, v.Country), Languages: terms("language", f.Language, v.Language),
		Sectors: terms("sector", f.Sector, v.Sector), CrossBorder: f.CrossBorder, List: f.List,
	}
	return w
}

// amount reads a number of pairs, "12", or a share of all pairs, "12.5%".
func amount(text string, quoted bool) (n int, share, ok bool) {
	number, share := strings.CutSuffix(text, "%")
	if !share {
		n, err := strconv.Atoi(number)
		return n, false, err == nil && !quoted && n >= 0 && n <= assign.MaxAmount && strconv.Itoa(n) == number
	}
	if !shareText.MatchString(number) {
		return 0, true, false
	}
	whole, tenth, _ := strings.Cut(number, ".")
	n, err := strconv.Atoi(whole + (tenth + "0")[:1])
	return n, true, err == nil
}

// shareText is a share in percent, as docs/settings.schema.json has it.
var shareText = regexp.MustCompile(`^(100(\.0)?|[0-9]{1,2}(\.[0-9])?)$`)

// amountText writes what amount reads.
func amountText(n int, share bool) string {
	switch {
	case !share:
		return strconv.Itoa(n)
	case n%10 == 0:
		return fmt.Sprintf("%d%%", n/10)
	}
	return fmt.Sprintf("%d.%d%%", n/10, n%10)
}

// groupsJSON writes rules as a settings file has them, one bound to a rule; ""
// without any.
func groupsJSON(groups []matching.GroupSpec) string {
	if len(groups) == 0 {
		return ""
	}
	v := models.Vocabularies()
	var out []string
	for _, g := range groups {
		var w whereFile
		for _, n := range g.Where.Countries {
			w.Country = append(w.Country, v.Countries[n-1].ID)
		}
		for _, n := range g.Where.Languages {
			w.Language = append(w.Language, v.Languages[n-1].ID)
		}
		for _, n := range g.Where.Sectors {
			w.Sector = append(w.Sector, v.Sectors[n-1].ID)
		}
		w.CrossBorder, w.List = g.Where.CrossBorder, g.Where.List
		bound, value := "at_least", amountText(g.Amount, g.Share)
		if g.Most {
			bound = "at_most"
		}
		if g.Share {
			value = strconv.Quote(value)
		}
		out = append(out, fmt.Sprintf(`{"name":%s,"of":%q,"where":%s,%q:%s}`, compact(g.Name), groupKinds[g.Of], compact(w), bound, value))
	}
	return `,"groups":[` + strings.Join(out, ",") + "]"
}

// GroupLists gives the ids of explicit lists to the rules that name one. It
// returns the names of those that are not there.
func (s *Settings) GroupLists(rows []models.GroupRow) (missing []string) {
	s.Groups = slices.Clone(s.Groups)
	for k := range s.Groups {
		w := &s.Groups[k].Where
		if w.List == "" {
			continue
		}
		w.IDs = nil
		for _, r := range rows {
			if r.Group == w.List {
				w.IDs = append(w.IDs, r.ID)
			}
		}
		slices.Sort(w.IDs)
		if w.IDs == nil && !slices.Contains(missing, w.List) {
			missing = append(missing, w.List)
		}
	}
	return missing
}

// ScoreRule is a rule about a group of ids of one side of a score file.
type ScoreRule struct {
	Group  string
	Most   bool
	Amount int
	Share  bool
}

// ParseScoreRule reads "NAME>=12" or "NAME<=12.5%".
func ParseScoreRule(text string) (r ScoreRule, ok bool) {
	for _, op := range []string{">=", "<="} {
		if at := strings.LastIndex(text, op); at > 0 {
			r.Group, r.Most = text[:at], op == "<="
			r.Amount, r.Share, ok = amount(text[at+len(op):], false)
			return r, ok
		}
	}
	return r, false
}

// UnknownGroup says that a rule names a group of which nothing is there, or not
// things of one kind only: left ids, right ids or pairs.
type UnknownGroup struct{ Name string }

func (u *UnknownGroup) Error() string { return "group " + u.Name + " has no members of one kind" }

// ScoreGroups are the rules of a score file with the groups that they name.
type ScoreGroups struct {
	Rules []ScoreRule
	Rows  []models.GroupRow
}

// rules finds the members of each rule's group. The error names a group that has
// none, or is not of one kind: left ids, right ids, or pairs. A pair that has no
// score is no member.
func (g ScoreGroups) rules(leftAt, rightAt map[string]int, edges assign.Edges) (out []matching.GroupRule, wrong string) {
	find := [...]func(row models.GroupRow) (int, bool){
		assign.LeftNodes:  func(row models.GroupRow) (int, bool) { x, ok := leftAt[row.ID]; return x, ok },
		assign.RightNodes: func(row models.GroupRow) (int, bool) { x, ok := rightAt[row.ID]; return x, ok },
		assign.SomeEdges:  func(row models.GroupRow) (int, bool) { return findPair(leftAt, rightAt, edges, row) },
	}
	for _, r := range g.Rules {
		rule, kinds := matching.GroupRule{Name: r.Group, Group: assign.Group{Most: r.Most, Amount: r.Amount, Share: r.Share}}, map[assign.Members]bool{}
		for _, row := range g.Rows {
			of := assign.LeftNodes
			switch {
			case row.With != "":
				of = assign.SomeEdges
			case row.Side == models.GroupRight:
				of = assign.RightNodes
			}
			if x, there := find[of](row); row.Group == r.Group && there {
				kinds[of], rule.Of, rule.Members = true, of, append(rule.Members, x)
			}
		}
		if len(kinds) != 1 {
			return nil, r.Group
		}
		slices.Sort(rule.Members)
		out = append(out, rule)
	}
	return out, ""
}

// findPair is the edge of a row that names a pair.
func findPair(leftAt, rightAt map[string]int, edges assign.Edges, row models.GroupRow) (int, bool) {
	i, left := leftAt[row.ID]
	j, right := rightAt[row.With]
	if !left || !right {
		return 0, false
	}
	from, to := edges.Of(i)
	at, there := slices.BinarySearch(edges.Right[from:to], int32(j))
	return from + at, there
}

// GroupRule is a rule about a group and a number of its pairs: those in a round,
// or, of a rule that cannot be kept, how many it can have.
type GroupRule struct {
	Name   string `json:"name"`
	Most   bool   `json:"at_most"`
	Amount string `json:"amount" doc:"Pairs, or a share of all pairs such as 30%"`
	Pairs  int    `json:"pairs" doc:"Pairs of the group; of a rule that cannot be kept, how many it can have, or 0 where that is not known"`
}

// RuleResult is what a rule about a group comes to in a round.
type RuleResult struct {
	GroupRule
	Of      int    `json:"of"`          // all pairs
	Counted string `json:"counted"`     // points that each pair counted extra, or less with at_most, at the proven best
	Price   int64  `json:"price"`       // score of the round without this rule less that of the round
	First   int    `json:"first_lost"`  // left ids with their first choice in the round without this rule less those in the round
	Gap     int64  `json:"price_up_to"` // how much less the price may be in truth than stated, or more; 0 where both rounds are proven best
}

// PriceRules says what each rule comes to, by making the round once more
// without it where it counts at all. Cost: as many rounds as rules that do.
func (m *Matched) PriceRules(ctx context.Context, o MatchOptions) ([]RuleResult, error) {
	return priceRules(m.Round, func(k int) (*matching.Round, error) {
		s := o.Settings.Settings
		s.Groups = slices.Delete(slices.Clone(s.Groups), k, k+1)
		matcher := matching.Matcher{Snapshot: m.Snapshot, Settings: &s, Index: m.Index, Seed: o.Seed, Workers: o.Workers, Progress: o.Progress}
		return matcher.Round(ctx)
	})
}

// PriceRules is [Matched.PriceRules] for a score file.
func (p *Published) PriceRules(ctx context.Context) ([]RuleResult, error) {
	return priceRules(p.Round, func(k int) (*matching.Round, error) {
		spec := p.Round.Spec
		spec.Groups = slices.Delete(slices.Clone(spec.Groups), k, k+1)
		return matching.NewRound(ctx, spec)
	})
}

func priceRules(r *matching.Round, without func(rule int) (*matching.Round, error)) (out []RuleResult, err error) {
	proof, ok := r.Certificate.(*matching.Lagrange)
	if !ok {
		return nil, nil
	}
	for k, rule := range r.Groups {
		result := RuleResult{GroupRule: groupOf(rule), Of: len(r.Pairs), Counted: "0"}
		inside := rule.Has(len(r.Left), len(r.Right), r.Edges)
		for _, p := range r.Pairs {
			if inside[edgeOf(r, p)] {
				result.Pairs++
			}
		}
		if m := proof.Multipliers[k]; m > 0 {
			in, out, _ := rule.Weights()
			result.Counted = parts(m*max(in-out, out-in), proof.Scale)
			free, err := without(k)
			if err != nil {
				return nil, err
			}
			result.Price, result.First = free.Score-r.Score, firsts(free)-firsts(r)
			result.Gap = proof.Gap
			if q, ruled := free.Certificate.(*matching.Lagrange); ruled {
				result.Gap = max(result.Gap, q.Gap)
			}
		}
		out = append(out, result)
	}
	return out, nil
}

func groupOf(rule matching.GroupRule) GroupRule {
	return GroupRule{Name: rule.Name, Most: rule.Most, Amount: amountText(rule.Amount, rule.Share)}
}

// edgeOf is the edge of a pair.
func edgeOf(r *matching.Round, p matching.Pair) int {
	from, to := r.Edges.Of(p.Left)
	at, _ := slices.BinarySearch(r.Edges.Right[from:to], int32(p.Right))
	return from + at
}

// firsts counts the left ids whose best pair is their first choice.
func firsts(r *matching.Round) (n int) {
	for _, p := range r.Pairs {
		if p.LeftRank == 1 {
			n++
		}
	}
	return n
}

// parts writes a number of parts of a point in points, rounded to hundredths.
func parts(n, scale int64) string {
	hundredths := (n*100 + scale/2) / scale
	text := strings.TrimSuffix(fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100), ".00")
	return text
}

package matching

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"puente/matching/assign"
)

// GroupRule is a rule of a round about how many pairs a group has. Members are
// positions of left ids, of right ids or of edges.
type GroupRule struct {
	Name string // of the group, for people
	assign.Group
}

// Lagrange proves how good a round under rules about groups is. Prices are in
// parts of a point, as many as Scale says.
type Lagrange struct {
	Prices
	Scale       int64
	Multipliers []int64 // by rule, in parts of a point: what a pair of the group counts extra, or less
	Dual        int64   // what the prices allow at most, in parts of a point, bonuses included
	Bound       int64   // score that no round that keeps the rules and serves as many exceeds
	Gap         int64   // Bound less the score: 0 proves the round best
	Free        int64   // best score without the rules, on the same edges
}

// Kind is "lagrange".
func (*Lagrange) Kind() string { return "lagrange" }

// GroupClash says that rules about groups cannot be kept, with the most or, for
// a rule "at most", the least pairs that the group of a single rule can have.
type GroupClash struct {
	Rules   []GroupRule
	Extreme int // 0 if there are several rules, or one about a share
}

func (c *GroupClash) Error() string {
	names := make([]string, len(c.Rules))
	for k, r := range c.Rules {
		names[k] = r.Name
	}
	return fmt.Sprintf("rules about groups cannot be kept: %q", names)
}

// ErrUnsettled is wrapped by the error for rules about groups for which neither
// a round was found nor a proof that there is none.
var ErrUnsettled = assign.ErrUnsettled

// solveGroups seeks the highest total score under rules about groups.
func solveGroups(ctx context.Context, r *Round, t *task) ([]int, error) {
	groups := make([]assign.Group, len(r.Groups))
	var edge []int // by edge of the round: edge of the task
	for k, rule := range r.Groups {
		groups[k] = rule.Group
		groups[k].Members = make([]int, len(rule.Members))
		if rule.Of == assign.SomeEdges && edge == nil {
			edge = make([]int, len(t.from))
			for at, x := range t.from {
				edge[x] = at
			}
		}
		for i, x := range rule.Members {
			if rule.Of == assign.SomeEdges {
				groups[k].Members[i] = edge[x]
			} else {
				groups[k].Members[i] = int(t.ties[rule.Of][x])
			}
		}
		slices.Sort(groups[k].Members)
	}
	s, err := assign.SolveGroups(ctx, t.Problem, groups)
	if clash := (*assign.GroupClash)(nil); errors.As(err, &clash) {
		out := &GroupClash{Extreme: clash.Extreme}
		for _, k := range clash.Groups {
			out.Rules = append(out.Rules, r.Groups[k])
		}
		return nil, out
	} else if err != nil {
		return nil, err
	}
	proof := &Lagrange{
		Prices: Prices{Place: make([]int64, len(r.Right)), Bonus: s.Bonus},
		Scale:  s.Scale, Multipliers: s.Multipliers, Dual: s.Dual, Bound: s.Bound, Gap: s.Gap, Free: s.Free,
	}
	for j, node := range t.ties[1] {
		proof.Place[j] = s.Prices[node]
	}
	r.Certificate = proof
	return s.Pairs, nil
}

// worth says what edges are worth at a round's multipliers, in parts of a
// point, by position; without rules about groups that is the score.
func (r *Round) worth() (scale int64, worth func(edge int) int64) {
	score := func(x int) int64 { return int64(r.Edges.Score[x]) }
	q, ok := r.Certificate.(*Lagrange)
	if !ok {
		return 1, score
	}
	extra := make([]int64, r.Edges.Len())
	for k, rule := range r.Groups {
		in, out, _ := rule.Weights()
		for x, inside := range rule.Has(len(r.Left), len(r.Right), r.Edges) {
			if inside {
				extra[x] += in * q.Multipliers[k]
			} else {
				extra[x] += out * q.Multipliers[k]
			}
		}
	}
	return q.Scale, func(x int) int64 { return score(x)*q.Scale + extra[x] }
}

// GroupSpec is a rule of a programme about the pairs of a group of people.
type GroupSpec struct {
	Name   string
	Of     assign.Members // mentees, mentors, or pairs
	Where  Where
	Most   bool // at most Amount; otherwise at least
	Amount int  // pairs, or thousandths of all pairs
	Share  bool
}

// Where says who is in a group. What is empty asks nothing; otherwise one of
// its terms must apply. Of a pair the same term must apply to both.
type Where struct {
	Countries   []uint8
	Languages   []uint8 // spoken at any level
	Sectors     []uint8 // of the 20
	CrossBorder bool    // of pairs: the two are of different countries
	List        string  // name of an explicit list of ids, "" for none
	IDs         []string
}

// person is what groups look at.
type person struct {
	id        string
	country   uint8
	languages []Spoken
	sectors   []Sector
}

func (e *Mentee) person() person { return person{e.ID, e.Country, e.Languages, e.Sectors} }
func (m *Mentor) person() person { return person{m.ID, m.Country, m.Languages, m.Sectors} }

// holds says whether everybody of one or two people is in the group.
func (w *Where) holds(people ...person) bool {
	all := func(is func(p person) bool) bool {
		return !slices.ContainsFunc(people, func(p person) bool { return !is(p) })
	}
	some := func(terms []uint8, is func(p person, term uint8) bool) bool {
		return len(terms) == 0 || slices.ContainsFunc(terms, func(term uint8) bool {
			return all(func(p person) bool { return is(p, term) })
		})
	}
	return some(w.Countries, func(p person, term uint8) bool { return p.country == term }) &&
		some(w.Languages, func(p person, term uint8) bool {
			return slices.ContainsFunc(p.languages, func(s Spoken) bool { return s.Language == term })
		}) &&
		some(w.Sectors, func(p person, term uint8) bool {
			return slices.ContainsFunc(p.sectors, func(s Sector) bool { return s.Key == term })
		}) &&
		(!w.CrossBorder || len(people) == 2 && people[0].country != people[1].country) &&
		(w.List == "" || all(func(p person) bool {
			_, there := slices.BinarySearch(w.IDs, p.id)
			return there
		}))
}

// members are who is in the groups of a round of people: by rule, then by
// mentee or mentor; nil for a rule about pairs.
func (m *Matcher) members() [][]bool {
	out := make([][]bool, len(m.Settings.Groups))
	for k := range m.Settings.Groups {
		g := &m.Settings.Groups[k]
		switch g.Of {
		case assign.LeftNodes:
			for i := range m.Snapshot.Mentees {
				out[k] = append(out[k], g.Where.holds(m.Snapshot.Mentees[i].person()))
			}
		case assign.RightNodes:
			for j := range m.Snapshot.Mentors {
				out[k] = append(out[k], g.Where.holds(m.Snapshot.Mentors[j].person()))
			}
		}
	}
	return out
}

// inGroup says whether a pair is in the group of a rule.
func (m *Matcher) inGroup(rule int, members [][]bool, mentee, mentor int) bool {
	g := &m.Settings.Groups[rule]
	switch g.Of {
	case assign.LeftNodes:
		return members[rule][mentee]
	case assign.RightNodes:
		return members[rule][mentor]
	}
	return g.Where.holds(m.Snapshot.Mentees[mentee].person(), m.Snapshot.Mentors[mentor].person())
}

// groups are the rules of a round over these edges.
func (m *Matcher) groups(edges assign.Edges, members [][]bool) (out []GroupRule) {
	for k := range m.Settings.Groups {
		g := &m.Settings.Groups[k]
		rule := GroupRule{g.Name, assign.Group{Of: g.Of, Most: g.Most, Amount: g.Amount, Share: g.Share}}
		for x, yes := range members[k] {
			if yes {
				rule.Members = append(rule.Members, x)
			}
		}
		if g.Of == assign.SomeEdges {
			for x, e := range edges.All() {
				if m.inGroup(k, members, e.Left, e.Right) {
					rule.Members = append(rule.Members, x)
				}
			}
		}
		out = append(out, rule)
	}
	return out
}

// Groups are the rules of the settings over some edges, and who is in the group of
// a rule, by number, mentee and mentor, whether the two are an edge or not.
func (m *Matcher) Groups(edges assign.Edges) (rules []GroupRule, inside func(rule, mentee, mentor int) bool) {
	members := m.members()
	return m.groups(edges, members), func(k, i, j int) bool { return m.inGroup(k, members, i, j) }
}

// extra is what the multipliers of a round add to pairs, in parts of a point: at
// most so much, and to a mentee's pairs, by mentor. by is nil without rules.
func (m *Matcher) extra(r *Round) (most int64, by func(mentee int, into []int64) []int64) {
	q, ok := r.Certificate.(*Lagrange)
	if !ok {
		return 0, nil
	}
	for k, rule := range r.Groups {
		in, out, _ := rule.Weights()
		most += q.Multipliers[k] * max(in, out)
	}
	members := m.members()
	return most, func(i int, into []int64) []int64 {
		into = append(into[:0], make([]int64, len(r.Right))...)
		for k, rule := range r.Groups {
			in, out, _ := rule.Weights()
			for j := range into {
				switch {
				case q.Multipliers[k] == 0:
				case m.inGroup(k, members, i, j):
					into[j] += in * q.Multipliers[k]
				default:
					into[j] += out * q.Multipliers[k]
				}
			}
		}
		return into
	}
}

func floorDivide(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

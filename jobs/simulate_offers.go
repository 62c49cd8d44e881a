package jobs

import (
	"context"
	_ "embed"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"

	"puente/matching"
	"puente/models"
)

//go:embed simulate_offers.csv
var assumptionsFile string

// Assumption is a number that [SimulateOffers] rests on. Rates are in
// thousandths; Kind says whether the number is "sourced" or an "assumption".
// Its words are the message "assume." and the name.
type Assumption struct {
	Name   string `json:"name"`
	Value  int    `json:"value"`
	Kind   string `json:"kind"`
	Source string `json:"source"`
}

// Assumptions are all numbers that the simulation of offers rests on.
var Assumptions = readAssumptions(assumptionsFile)

func readAssumptions(file string) (list []Assumption) {
	rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		panic(err)
	}
	for _, r := range rows[1:] {
		value, err := strconv.Atoi(r[1])
		if err != nil {
			panic(err)
		}
		list = append(list, Assumption{r[0], value, r[2], r[3]})
	}
	return list
}

func assumed(name string) int {
	return Assumptions[slices.IndexFunc(Assumptions, func(a Assumption) bool { return a.Name == name })].Value
}

// Taste is a guess at what people look at when an offer comes: relative
// weights of the factors, drawn for each person. Nobody knows the true ones, so
// that only what holds under every taste is worth anything. Its words are the
// message "taste." and the name.
type Taste struct {
	Name string
	draw func(dice) matching.Weights
}

// Tastes are the guesses: two extremes, and everybody for herself.
var Tastes = []Taste{
	{"needs", func(dice) matching.Weights { return matching.Weights{matching.Needs: 1} }},
	{"ease", func(dice) matching.Weights {
		return matching.Weights{matching.Language: 1, matching.Time: 1, matching.Stage: 1, matching.Style: 1}
	}},
	{"personal", func(d dice) (w matching.Weights) {
		for f := matching.Needs; f <= matching.Style; f++ {
			w[f] = d.between(0, 100)
		}
		return w
	}},
}

// Trial says which settings are compared, and on how many populations: the
// given one and those of the next seeds.
type Trial struct {
	Population Population
	Settings   []Settings
	Repeats    int
	Workers    int
}

// Outcome is what happened under one of the settings and one taste, summed
// over the populations.
type Outcome struct {
	Settings    int    `json:"settings"` // position in the trial
	Taste       string `json:"taste"`
	Mentees     int    `json:"mentees"`
	Offers      int    `json:"offers"`
	Expected    int    `json:"expected_millionths"` // acceptances: the sum of the offers' chances
	Accepted    int    `json:"accepted"`            // by the draw
	FirstChoice int    `json:"first_choice"`        // accepted with the mentor whom the mentee likes best of all allowed
	CrossBorder int    `json:"cross_border"`        // accepted between two countries
}

// SimulateOffers plays rounds of offers among made-up people: each wave is a
// round as [Match] makes it, each pair an offer that both sides answer by the
// [Assumptions] and their taste; who declined is not proposed again, and a
// place that was taken stays taken. The answer of two people to each other is
// the same under all settings. It tells of the assumptions and of nobody real.
// The same trial gives the same outcomes, by taste and then by settings, on
// every machine. Cost: a round for every wave, taste, settings and population.
func SimulateOffers(ctx context.Context, o Trial) ([]Outcome, error) {
	out := make([]Outcome, len(Tastes)*len(o.Settings))
	for r := range o.Repeats {
		population := o.Population
		population.Seed += uint64(r)
		c, err := newCrowd(population)
		if err != nil {
			return nil, err
		}
		for t, taste := range Tastes {
			c.feel(taste)
			for s, settings := range o.Settings {
				at := &out[t*len(o.Settings)+s]
				at.Settings, at.Taste = s, taste.Name
				at.Mentees += len(c.people.Mentees)
				if err := c.play(ctx, MatchOptions{Settings: settings, Seed: population.Seed, Workers: o.Workers}, at); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, nil
}

// shares say how much a mentor gives a mentee of each factor, in thousandths;
// -1 where the mentee asks nothing.
type shares [matching.NumFactors]int16

// crowd is a population and what its people would say to each other.
type crowd struct {
	seed      uint64
	people    People
	allowed   map[string][]string // by mentee, under the default rules
	shares    map[[2]string]shares
	taste     map[string]matching.Weights
	favourite map[string]string // by mentee
}

func newCrowd(p Population) (*crowd, error) {
	c := &crowd{seed: p.Seed, allowed: map[string][]string{}, shares: map[[2]string]shares{}}
	c.people.Mentors, c.people.Mentees = Generate(p)
	even := DefaultSettings()
	for f := matching.Needs; f <= matching.Style; f++ {
		even.Weights[f] = matching.FullWeight // none before another
	}
	m, err := Prepare(c.people, MatchOptions{Settings: even, Seed: p.Seed})
	if err != nil {
		return nil, err
	}
	for i := range m.Snapshot.Mentees {
		e := &m.Snapshot.Mentees[i]
		for j := range m.Snapshot.Mentors {
			id := m.Snapshot.Mentors[j].ID
			c.shares[[2]string{e.ID, id}] = sharesOf(m.Index.Explain(e, j))
			if m.Index.Refusal(e, j) == "" {
				c.allowed[e.ID] = append(c.allowed[e.ID], id)
			}
		}
	}
	return c, nil
}

func sharesOf(x matching.Explanation) (s shares) {
	var weights [matching.NumFactors]int
	for _, l := range x.Lines {
		weights[l.Factor] += l.Weight
	}
	for f, points := range x.ByFactor() {
		if s[f] = -1; weights[f] > 0 {
			s[f] = int16(1000 * points / (int(matching.FullShare) * weights[f]))
		}
	}
	return s
}

// feel gives everybody a taste, and each mentee a favourite.
func (c *crowd) feel(t Taste) {
	c.taste, c.favourite = map[string]matching.Weights{}, map[string]string{}
	for _, side := range [][]models.Profile{c.people.Mentees, c.people.Mentors} {
		for i := range side {
			c.taste[side[i].ID] = t.draw(newDice(c.seed, side[i].ID, "taste "+t.Name))
		}
	}
	for e, mentors := range c.allowed {
		best := -1
		for _, m := range mentors {
			if fit := c.fit(e, e, m); fit > best {
				best, c.favourite[e] = fit, m
			}
		}
	}
}

// fit is how well a pair looks to one of its two people, in thousandths.
func (c *crowd) fit(who, mentee, mentor string) int {
	sum, weights := 0, 0
	taste := c.taste[who]
	for f, share := range c.shares[[2]string{mentee, mentor}] {
		if share >= 0 {
			sum, weights = sum+taste[f]*int(share), weights+taste[f]
		}
	}
	return sum / max(1, weights)
}

// chance is how likely both accept an offer, in millionths.
func (c *crowd) chance(mentee, mentor string) int {
	least, most := assumed("accept_without_fit"), assumed("accept_with_fit")
	side := func(who string) int {
		return (1000 - assumed("no_reply")) * (1000*least + (most-least)*c.fit(who, mentee, mentor)) / 1000
	}
	return side(mentee) * side(mentor) / million
}

const million = 1_000_000

// play makes rounds of offers and counts what comes of them.
func (c *crowd) play(ctx context.Context, how MatchOptions, o *Outcome) error {
	p := People{Mentors: slices.Clone(c.people.Mentors), Mentees: slices.Clone(c.people.Mentees)}
	for range assumed("waves") {
		m, err := Match(ctx, p, how)
		if err != nil {
			return err
		}
		served := map[string]bool{}
		for _, pair := range m.Round.Pairs {
			e, t := m.Mentees[pair.Left], m.Mentors[pair.Right]
			chance := c.chance(e.ID, t.ID)
			o.Offers, o.Expected = o.Offers+1, o.Expected+chance
			if newDice(c.seed, e.ID+" "+t.ID, "offer").below(million) >= chance {
				p.Rules = append(p.Rules, models.RuleRow{Mentee: e.ID, Mentor: t.ID, Rule: models.RuleNever})
				continue
			}
			served[e.ID] = true
			t.Taken++
			o.Accepted++
			o.FirstChoice += one(c.favourite[e.ID] == t.ID)
			o.CrossBorder += one(e.Country != t.Country)
		}
		p.Mentees = slices.DeleteFunc(p.Mentees, func(e models.Profile) bool { return served[e.ID] })
	}
	return nil
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

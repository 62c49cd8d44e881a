package assign

import (
	"context"
	"slices"
)

// The numbers below influence the time only, never the result.
const (
	phaseStep  = 8   // eps falls by this factor from phase to phase
	phaseTop   = 32  // the first eps is this part of the largest score
	direct     = 40  // bids a unit to spend without phases, where places abound
	bidsPerTry = 400 // bids a unit to spend with phases
	levelPart  = 90  // percent of the guessed price of the cheapest place to start from
)

// guess finds pairs and prices to start from, as good as is cheaply had.
//
// Where there are at least as many places as units, one phase from equal prices
// is mostly enough. Otherwise prices start at a guess, high above the hub, and
// eps in the order of the scores. That leaves out of account that bonuses can be
// very much larger: mostly they decide nothing, because all of the scarce side
// are served anyway. Where they do, the second try starts in the order of the
// bonuses.
func (g *network) guess(ctx context.Context) error {
	a := newAuction(g)
	units, places := len(g.held), len(g.seat)
	if units == 0 || places == 0 {
		return nil
	}
	bonus, rules, covered := int64(0), false, 0
	for v := range g.left + g.right {
		n := g.of(v)
		bonus = max(bonus, n.bonus)
		rules = rules || n.bonus > 0 || n.low > 0
		if v < g.left && n.bonus > 0 {
			covered++
		}
	}
	a.forced = 4 * (g.top + bonus)
	hub := int64(0)
	g.phases = 1
	if places >= units {
		a.budget = direct*units + 1000
		a.reset(0, false)
		if done, err := a.phase(ctx, 1); done || err != nil {
			return err
		}
	} else {
		hub = -g.level(places) * levelPart / 100
	}
	if covered > places {
		hub -= bonus // so that to go without is as common as it must be
	}
	a.budget = bidsPerTry*units + 1000
	a.reset(hub, false)
	done, err := a.phases(ctx, g.top/phaseTop)
	if !done && err == nil && rules {
		a.budget = bidsPerTry*units + 1000
		a.reset(0, true)
		done, err = a.phases(ctx, (g.top+bonus+a.forced)/phaseStep)
	}
	if !done {
		a.tidy()
	}
	return err
}

// phases runs them with eps falling to 1.
func (a *auction) phases(ctx context.Context, eps int64) (done bool, err error) {
	a.done, a.network.phases = 0, 1
	for e := max(1, eps); e > 1; e /= phaseStep {
		a.network.phases++
	}
	for ; ; a.done++ {
		eps = max(1, eps)
		if done, err = a.phase(ctx, eps); !done || eps == 1 {
			return done, err
		}
		eps /= phaseStep
	}
}

// tidy drops prices that got out of range.
func (a *auction) tidy() {
	for _, p := range a.price[:a.right] {
		if p-a.hub > far/64 || a.hub-p > far/64 {
			a.reset(0, false)
			a.queue.count = 0
			return
		}
	}
}

// level guesses what the cheapest places will cost when there are too few: not
// more than leaves as many left nodes interested as there are places, and not
// more than nine of ten places could get from anybody.
func (g *network) level(places int) int64 {
	demand := make([]int32, 0, len(g.held))
	most := make([]int32, g.right)
	for i := range g.left {
		top := int32(0)
		for x := g.first[i]; x < g.first[i+1]; x++ {
			w, j := g.score[x], g.to[x]
			top = max(top, w)
			most[j] = max(most[j], w)
		}
		for range g.lefts[i].high {
			demand = append(demand, top)
		}
	}
	slices.Sort(demand)
	offer := make([]int32, 0, places)
	for j, w := range most {
		for range g.rights[j].high {
			offer = append(offer, w)
		}
	}
	slices.Sort(offer)
	return int64(min(demand[len(demand)-1-places], offer[places/10]))
}

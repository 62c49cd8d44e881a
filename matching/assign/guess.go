package assign

import "context"

// The numbers below influence the time only, never the result.
const (
	phaseStep  = 8   // eps falls by this factor from phase to phase
	direct     = 40  // bids a unit to spend without phases, where places abound
	bidsPerTry = 400 // bids a unit to spend with phases
)

// guess finds pairs and prices to start from, as good as is cheaply had.
//
// Where there are more places than units, one phase from equal prices is mostly
// enough. Otherwise eps starts in the order of the scores. That leaves out of
// account that bonuses can be very much larger: mostly they decide nothing,
// because all of the scarce side are served anyway. Where they do, the second
// try starts in the order of the bonuses.
func (g *network) guess(ctx context.Context) error {
	a := newAuction(ctx, g)
	units, places := int(g.room[g.left]), len(a.level)
	bonus, rules, covered := int64(0), false, 0
	for v := range g.node {
		n := &g.node[v]
		bonus = max(bonus, n.bonus)
		rules = rules || n.bonus > 0 || n.low > 0
		if v < int(g.left) && n.bonus > 0 {
			covered++
		}
	}
	a.forced = 4 * (g.top + bonus)
	if places >= units {
		a.budget = direct*units + 1000
		a.reset(0, false)
		if done, err := a.phase(1); done || err != nil {
			return err
		}
	}
	a.budget = bidsPerTry*units + 1000
	hub := int64(0)
	if covered > places {
		hub = -bonus // going without is common, and not worse than a price of 0
	}
	a.reset(hub, false)
	done, err := a.phases(max(1, g.top/phaseStep))
	if !done && err == nil && rules {
		a.budget = bidsPerTry*units + 1000
		a.reset(0, true)
		done, err = a.phases(max(1, (g.top+bonus+a.forced)/phaseStep))
	}
	if !done {
		a.tidy()
	}
	return err
}

// phases runs them with falling eps down to 1.
func (a *auction) phases(eps int64) (done bool, err error) {
	for {
		if done, err = a.phase(eps); !done || eps == 1 {
			return done, err
		}
		eps = max(1, eps/phaseStep)
	}
}

// tidy drops prices that got out of range.
func (a *auction) tidy() {
	for _, p := range a.price[:a.right] {
		if p-a.hub > far/64 || a.hub-p > far/64 {
			a.reset(0, false)
			return
		}
	}
}

package assign

import (
	"context"
	"slices"
)

// The numbers below influence the time only, never the result.
const (
	phaseStep  = 8   // eps falls by this factor from phase to phase
	nearTop    = 256 // the same where prices of a similar problem are known
	phaseTop   = 32  // the first eps is this part of the largest score
	direct     = 40  // bids a unit to spend without phases, where places abound
	bidsPerTry = 400 // bids a unit to spend with phases
	bonusPart  = 4   // a bonus counts as so many of the largest score at most
	levelPart  = 90  // percent of a guessed price to start from
	offersEach = 4   // offers a right node that are enough to tell
	risePart   = 150 // percent of eps by which the hub rises between phases
	alikePart  = 40  // scores are alike if they differ by this percentage of the largest at most
	alikeBids  = 24  // bids a unit to spend where they are
)

// guess finds pairs and prices to start from, as good as is cheaply had.
//
// Where there are at least as many places as units, one phase from equal prices
// is mostly enough, unless right nodes ask for pairs: then prices must differ by
// what it costs to bring them some. Otherwise prices start at what those would give
// who find no place, and eps in the order of the scores; where scores are alike, a
// first try is made in the order of their differences. That leaves out of account
// that bonuses can be very much larger: mostly they decide nothing, because all of
// the scarce side are served anyway. Where they do, the last try starts in the
// order of the bonuses.
//
// A bonus counts as some scores only. That is enough to put it first almost
// always, and saves the phases that would go through all the numbers up to it.
func (g *network) guess(ctx context.Context) error {
	a := newAuction(g)
	units, places := len(g.held), len(g.seat)
	if units == 0 || places == 0 {
		return nil
	}
	d := g.demands()
	a.ceiling = min(d.bonus, bonusPart*g.top)
	a.forced = 4 * (g.top + a.ceiling)
	defer a.lift(d.bonus)
	if len(g.near) > 0 && d.bonus == 0 {
		if done, err := a.known(ctx); done || err != nil {
			return err
		}
	}
	hub, prices := int64(0), []int64(nil)
	g.phases = 1
	switch {
	case places < units:
		level := g.level(places)
		if g.spread <= g.top*alikePart/100 && !d.left && !d.right {
			if done, err := a.alike(ctx, level); done || err != nil {
				return err
			}
		}
		prices = g.offers(level)
	case !d.right:
		a.budget = direct*units + 1000
		a.reset(0, false)
		if done, err := a.phase(ctx, 1); done || err != nil {
			return err
		}
	}
	if d.covered > places {
		hub -= a.ceiling // so that to go without is as common as it must be
	}
	a.budget = bidsPerTry*units + 1000
	a.reset(hub, false)
	copy(a.price, prices)
	done, err := a.phases(ctx, g.top/phaseTop)
	if !done && err == nil && (d.left || d.right) {
		a.budget = bidsPerTry*units + 1000
		a.reset(0, true)
		done, err = a.phases(ctx, (g.top+a.ceiling+a.forced)/phaseStep)
	}
	if !done {
		a.tidy()
	}
	return err
}

// known is a try with the prices of a similar problem.
func (a *auction) known(ctx context.Context) (done bool, err error) {
	a.budget = direct*len(a.held) + 1000
	a.reset(0, false)
	copy(a.price, a.near)
	return a.phases(ctx, a.top/nearTop)
}

// alike is a try with prices within the range of the scores, where that is small:
// what all scores have in common decides nothing. It is given up when the hub
// rises by more than the range, because then places are scarce here and abundant
// there, and prices have to go through all numbers down to 0.
func (a *auction) alike(ctx context.Context, level int64) (done bool, err error) {
	a.budget = alikeBids*len(a.held) + 1000
	a.reset(a.spread*(100-levelPart)/100-level, false)
	a.roof = a.hub + a.spread + 2
	defer func() { a.roof = far }()
	return a.phases(ctx, a.spread/phaseTop)
}

// demands are what nodes ask for beyond scores.
type demands struct {
	left, right bool  // some node of the side asks for pairs
	covered     int   // left nodes with a bonus
	bonus       int64 // the largest
}

func (g *network) demands() (d demands) {
	for i := range g.lefts {
		n := &g.lefts[i].node
		d.left = d.left || n.asks()
		d.bonus = max(d.bonus, n.bonus)
		if n.bonus > 0 {
			d.covered++
		}
	}
	for j := range g.rights {
		n := &g.rights[j].node
		d.right = d.right || n.asks()
		d.bonus = max(d.bonus, n.bonus)
	}
	return d
}

// lift makes up for a bonus that was taken to be less than it is: prices that
// the bonus of a left node decides are further above the hub by what was left
// out, those that the bonus of the right node decides further below it.
func (a *auction) lift(bonus int64) {
	out := bonus - a.ceiling
	if out == 0 {
		return
	}
	tier := make([]int64, a.right)
	low, high := int64(0), int64(0)
	for j := range tier {
		switch above := a.price[j] - a.hub; {
		case above > a.ceiling/2:
			tier[j] = 1
		case above < -a.ceiling/2:
			tier[j] = -1
		}
		low, high = min(low, tier[j]), max(high, tier[j])
	}
	if low == high {
		return
	}
	a.hub -= low * out
	for j, t := range tier {
		a.price[j] += (t - low) * out // prices only rise
	}
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
		a.rise(eps)
		eps /= phaseStep
	}
}

// rise raises the hub after a phase by what it will mostly rise in the next, all
// at once: whoever goes without comes back in order, which is quicker than one by
// one. It stays below the prices, because what rises too far does not come down.
func (a *auction) rise(eps int64) {
	room := slices.Min(a.price[:a.right]) - a.hub
	a.hub += max(0, min(eps*risePart/100, room/2))
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

// offers guesses what a place will cost at every right node when there are too
// few: what the second best of those would have it for who find no place when all
// take the best free one in turn. Where there are too few of them to tell, it is
// the level.
func (g *network) offers(level int64) []int64 {
	best, second := make([]int32, g.right), make([]int32, g.right)
	asked := 0
	for _, i := range g.idle() {
		for x := g.first[i]; x < g.first[i+1]; x++ {
			j, w := g.to[x], g.score[x]
			second[j] = max(second[j], min(best[j], w))
			best[j] = max(best[j], w)
			asked++
		}
	}
	out := make([]int64, g.right)
	for j, w := range second {
		out[j] = int64(w) * levelPart / 100
		if asked < offersEach*len(second) {
			out[j] = level * levelPart / 100
		}
	}
	return out
}

// idle are the left nodes that do not find a place for each of their units when
// all take the best free one in turn.
func (g *network) idle() (idle []int32) {
	free := make([]int32, g.right)
	for j := range g.rights {
		free[j] = g.rights[j].high
	}
	for i := range g.left {
		for range g.lefts[i].high {
			if !g.takes(i, free) {
				idle = append(idle, i)
				break
			}
		}
	}
	return idle
}

// takes gives a left node the best free place, if there is one.
func (g *network) takes(i int32, free []int32) bool {
	best, at := int32(0), g.right
	to, score := g.to[g.first[i]:g.first[i+1]], g.score[g.first[i]:g.first[i+1]]
	score = score[:len(to)]
	for x, j := range to {
		if w := score[x]; w > best && free[j] > 0 {
			best, at = w, j
		}
	}
	if at == g.right {
		return false
	}
	free[at]--
	return true
}

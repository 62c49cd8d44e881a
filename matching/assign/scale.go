package assign

import "context"

// Scores are scaled in steps of three bits, until the largest is at most eight.
// The result does not depend on either number, only the time does.
const (
	scaleStep = 3
	scaleTop  = 8
)

// patience is how many nodes per node may be scanned without scaling. Where
// places abound, that is ample and far quicker than scaling.
const patience = 4

// solve makes the flow a best one, without scaling if that is quick.
func (g *network) solve(ctx context.Context) error {
	g.rescale(0)
	g.start()
	done, err := g.balance(ctx, patience*len(g.node)+1000)
	if done || err != nil {
		return err
	}
	return g.scale(ctx)
}

// scale solves the problem with all but the leading bits of the scores cut
// off, takes in three more bits, starts again with the prices found so far, and
// so on until the scores are whole: what is left to do at each scale is little.
func (g *network) scale(ctx context.Context) error {
	shift := 0
	for g.top>>shift > scaleTop {
		shift += scaleStep
	}
	for j := range g.right {
		g.node[g.left+j].pot = g.hub
	}
	for ; shift >= 0; shift -= scaleStep {
		g.rescale(shift)
		g.start()
		if _, err := g.balance(ctx, 0); err != nil {
			return err
		}
	}
	return nil
}

// rescale cuts the last bits off the scores and the bonus and makes the prices
// scaleStep bits longer. The bonus of an id that can be served stays above 0.
func (g *network) rescale(shift int) {
	for e := range g.edge {
		g.edge[e].score = g.score[e] >> shift
	}
	for v := range g.node {
		if n := &g.node[v]; n.bonus > 0 {
			n.bonus = max(1, g.bonus>>shift)
		}
	}
	for v := g.left; v < g.left+g.right; v++ {
		g.node[v].pot = g.value(v) << scaleStep
	}
	g.hub = 0
}

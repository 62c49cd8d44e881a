package assign

import (
	"context"
	"errors"
)

// Options are how a problem is solved. They change what is found only where
// Stop ends the search.
type Options struct {
	// Stop is asked now and then; once it says true, the search ends with the
	// best that it can give at once, see [Solution.Gap]. Nil never stops. It is
	// not asked while minimums are tested, without which nothing can be given.
	Stop func() bool
	// Progress is told how far the search is: how many of so many steps are done.
	// Both may fall when another way is tried. Nil tells nobody.
	Progress func(done, total int)
}

// errStopped ends a search that Stop ended.
var errStopped = errors.New("assign: stopped")

// SolveWith is [Solve] with options. A search that is stopped gives an
// assignment that keeps every rule, prices that bound the best one, and the gap
// between the two; the end of the context remains an error.
func SolveWith(ctx context.Context, p Problem, o Options) (Solution, error) {
	bonus, err := prepare(ctx, p)
	if err != nil {
		return Solution{}, err
	}
	g := newNetwork(p, bonus)
	g.options = o
	s, err := g.solve(ctx, p, bonus, g.guess)
	if err != nil {
		return Solution{}, err
	}
	if err := check(p, s); err != nil {
		return Solution{}, errors.Join(errInternal, err)
	}
	return s, nil
}

// prepare refuses what is no problem and what clashes, and gives the bonus.
func prepare(ctx context.Context, p Problem) (bonus int64, err error) {
	if err := validate(p); err != nil {
		return 0, err
	}
	return prepareValid(ctx, p)
}

// prepareValid is prepare for a problem that is known to be valid.
func prepareValid(ctx context.Context, p Problem) (bonus int64, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if bonus, err = bonusOf(p); err != nil {
		return 0, err
	}
	return bonus, feasible(ctx, p)
}

// solve finishes exactly what begin begins. The result is to be checked.
func (g *network) solve(ctx context.Context, p Problem, bonus int64, begin func(context.Context) error) (s Solution, err error) {
	if err = begin(ctx); err == nil {
		g.start()
		err = g.balance(ctx)
	}
	switch {
	case errors.Is(err, errStopped):
		return g.unfinished(ctx, p, bonus)
	case err != nil:
		return Solution{}, err
	}
	return g.solution(p, bonus), nil
}

// ended is the error of a search that is to end, and nil while it may go on.
func (g *network) ended(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if g.options.Stop != nil && g.options.Stop() {
		return errStopped
	}
	return nil
}

// tell reports how many units are placed in a phase of the search. The exact
// finish is the last of them.
func (g *network) tell(phase, placed int) {
	if g.options.Progress != nil {
		units := len(g.held)
		g.options.Progress(phase*units+placed, (g.phases+1)*units)
	}
}

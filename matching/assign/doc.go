// Package assign finds the best pairs between two sides, and proves it.
//
// # The problem
//
// Left and right nodes, edges with whole scores, and for every node the least
// and the most pairs it may have (a b-matching). Must edges are given. Wanted
// is the set of edges of the largest total score; under a cover rule, first as
// many nodes of the covered sides in a pair as possible. A node of a covered
// side earns a bonus with its first pair, larger than any difference in score,
// which turns the two aims into one total.
//
// # The network and its invariant
//
// A must edge is taken out: it uses one place at both ends, counts for their
// minimums and earns their bonuses. What is left is a flow of largest value
// from a hub over a left node, an edge and a right node back to the hub. Every
// edge carries 0 or 1. The arcs of the hub carry between what is left of
// minimum and capacity, and their first unit earns the bonus: what they earn is
// concave in the flow, so it behaves like parallel unit arcs.
//
// Every left node i has a potential u(i), every right node j a price q(j), both
// measured from the hub. While the flow is balanced
//
//	an edge carries 1 only if score - q(j) >= u(i), and 0 only if score - q(j) <= u(i);
//	the units of a left node k maximise u(i)*k + bonus(k) between its bounds;
//	the units kept by a right node k maximise q(j)*k + bonus(k) between its bounds.
//
// In other words no residual arc has a negative reduced cost. What may be wrong
// meanwhile is the balance: a left node can have more units than it has placed,
// a right node can have received fewer than it wants to keep, and the hub can
// have too many or too few.
//
// # The algorithm
//
//  1. An auction guesses prices and most of the pairs. Left nodes bid for the
//     places of right nodes until everybody is content within eps, and eps falls
//     from phase to phase down to 1. To go without is an alternative with a price
//     of its own, that of the hub, so that no phase leaves places that are too
//     dear for anybody. Where places are too few, prices start near what they
//     will be: at what those would give who find no place when all take the best
//     free one in turn. See auction.
//  2. At its prices every node gives up the pairs that it would not choose; that
//     gives a flow with the invariant and without the balance.
//  3. Units that are too many move along tight paths (reduced cost 0), found
//     depth-first; that keeps the invariant. When there are none, Dijkstra's
//     algorithm on reduced costs finds how far everything is from the nearest
//     such unit, up to the nearest node that lacks one. Moving every potential
//     by what its node is nearer keeps the invariant as well, and makes the
//     shortest path tight.
//  4. When no surplus is left, the flow is balanced and the invariant says it
//     is a best one (see below).
//  5. One more run of Dijkstra's algorithm from the hub lowers the prices as far
//     as they go, which makes them independent of the way taken. Pairs of score
//     zero that no rule asks for are dropped; this changes no total.
//  6. Check proves the result from the problem, the pairs and the prices alone.
//
// Steps 2 and 3 are right from any prices and any pairs. So nothing depends on
// the auction but the time: it may treat minimums as large bonuses, begin at
// guessed prices, and be broken off when it has made a number of bids.
//
// Left nodes keep shortlists of their four best edges and a bound for the rest.
// Prices, measured from a fixed point and not from the hub, only rise from the
// first bid to the last step; so a bound stays true, and most of the time the
// other edges need not be looked at.
//
// An edge of score zero or less is of no use where neither end asks for pairs.
// No node bids for, or offers, more places than it has edges of some use; so the
// auction knows which side is the scarce one. A bonus counts as a few scores in
// it, and what that leaves out is added to the prices that a bonus decides
// before the exact steps. A problem that is a small change of one that is solved
// may bring its prices; they are the guess to start from.
//
// Before all that, the minimums are tested by maximum flow, each side apart,
// which the linking theorem allows. If they clash, the error names an
// irreducible group: the rules on the near side of a minimum cut, thinned out
// by leaving out one after the other and keeping only those without which the
// rest is possible (a deletion filter).
//
// # Why the result is best
//
// For any prices q whatever, let both sides choose freely: a left node takes
// edges worth score - q(j), a right node is paid q(j) for each pair it keeps,
// both within minimum and capacity and with their bonuses. In an actual
// assignment the prices paid and received cancel, so its total is at most the
// sum of these free choices. This sum is the dual bound, and an assignment that
// reaches it is a best one. The invariant with the balance says just that: all
// free choices are the actual ones. The prices are the whole certificate:
// anybody can recompute the bound from them in one pass over the edges.
//
// # Changed problems
//
// [Resolve] starts steps 2 to 5 from earlier pairs and prices, after an auction
// with a small eps if many units are out of place. What is best then is a face:
// the edges that are tight at the prices, with bounds for their nodes ([Face]).
// On it every kept pair counts one, and the same steps find the assignment that
// keeps most. The prices of the face are of the second order: together with the
// first, compared like words, they bound the total and then the kept pairs.
//
// # Stopped searches
//
// A search that is stopped has links within the capacities, and prices. Any
// prices bound the best total, so these do, once they are brought into the range
// of best ones; or no prices at all, if that is closer. Minimums that
// the links do not meet are met by keeping as many links as possible, a problem
// with scores of 0 and 1; then edges that fit are added.
//
// # Rules about groups
//
// [SolveGroups] adds rules about how many pairs groups have. A multiplier for
// each rule makes its pairs worth more or less; what is best then, less what the
// multipliers give to any assignment that keeps the rules, is a bound, and the
// bound is convex in the multipliers (Lagrange; Geoffrion 1974). Where groups of
// left nodes are nested or apart, and so are those of right nodes, the rules are
// bounds of arcs of a flow, so that there are whole multipliers at which some
// best assignment keeps the rules. It is found as a circulation on the edges
// that the prices leave free, from the one that the solver found; if there is
// none, the minimum cut is a direction in which the bound falls. Otherwise the
// bound is lowered rule by rule, and the assignments met there are mixed by the
// parts of their symmetric difference; what the best is short of the bound is
// the gap.
//
// # Cost
//
// With E edges, V nodes and U units, step 3 takes at most as many runs of
// Dijkstra's algorithm as units are misplaced after step 1: O(U E log V) in the
// worst case. In practice the auction leaves one unit in ten or fewer, and some
// twenty runs place them. The auction makes some 15 bids for each unit and reads
// all edges of a node half as often, and it is stopped after 400 bids a unit.
// Time then grows a little faster than the number of edges; docs/bench/assign.md
// has the figures. Memory is O(V), some 300 bytes a left node, 200 a right node
// and 16 a place that edges lead to, beyond the problem; with must edges another
// copy of it. Where minimums are tested, that takes some 40 bytes an edge for a
// time. Finding an irreducible group takes a maximum flow and, where minimums
// above one clash, one search of the network per rule in it.
//
// # Stable assignments
//
// Stable answers another question about the same nodes and edges: which pairs
// would no two nodes leave for each other. Its documentation has the algorithm.
//
// # Balanced assignments
//
// Balanced orders assignments by a list of aims: left nodes served, pairs, and
// then, from the lowest score on, as few pairs of each score as possible. Every
// aim is a flow of least cost among those that are best by the aims before, in
// the network above with costs of 0 and 1. Potentials prove it; an arc whose
// reduced cost is not zero carries the same in every best flow, by
// complementary slackness, and is fixed. What is left free are the best flows,
// all of them, and the next aim starts from there. Each unit that costs too much
// is led round another way, or shown to have none, by one search from both its
// ends at once (the out-of-kilter method, Fulkerson 1961). What a failed search
// cuts off is the smaller part and, from the end of its aim on, stays cut off, so
// that failed searches that each end an aim take O(E log V) together. A search that succeeds takes one low pair away; there
// are few of them when the start is near.
//
// The potentials are the certificate, [CheckBalance] replays them. Only what was
// shifted is listed, which is the smaller part each time.
//
// # Lotteries
//
// SolveLottery seeks several assignments of equal chance that have no edge in
// common. It solves the problem with all capacities times their number and deals
// the edges to them by colours (Koenig 1916; de Werra 1971).
//
// # Sources and deviations
//
// Bertsekas (1981, 1988) for the auction and scaling of eps; Bertsekas and
// Castañon (1989) for nodes with several places; Castañon (1993) for candidates
// kept at hand. Ahuja, Magnanti, Orlin, Network Flows (1993), chapters 9
// (successive shortest paths, pseudoflows), 10 (scaling) and 14 (convex costs);
// Orlin and Ahuja (1992) for an auction that is finished by shortest paths.
// Kuhn (1955) and Munkres (1957) for the assignment problem and its dual;
// Edmonds and Karp (1972) for potentials with Dijkstra's algorithm; Hopcroft
// and Karp (1973) for many paths between two of its runs; Gale (1957) and
// Hoffman (1960) for feasibility; Ford and Fulkerson (1962) for the linking
// theorem; Chinneck and Dravnieks (1991) for the deletion filter; Huang,
// Kavitha, Mehlhorn and Michail, Fair matchings and related problems (2016), for
// one aim after the other by complementary slackness.
// Deviations: the source and the sink are one hub, so that prices need no
// second phase; the hub bids in the auction; minimums are bounds of the flow in
// the finish, so that they cannot overflow; a search stops at the first node in
// need and only the nodes nearer than that move.
//
// The package is pure: it knows numbers only, and uses no clock, no randomness
// and no map order.
package assign

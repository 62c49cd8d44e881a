// Package verify proves or refutes a published round from the file alone.
//
// It is the independent checker: it shares no code with the solver or with
// the scoring engine and uses the standard library only. It reads round.json
// as strictly as the format allows, recomputes every number that follows from
// other numbers in the file, and checks the certificate, from which it follows
// what the round's method promises: of an optimal round that no other plan under
// the same rules is better, of a stable one that no two would both rather have
// each other, of a balanced one that no plan serves more or has better worst
// pairs. A method without a check here is refuted. docs/verify.md states the
// rules and the arithmetic for readers who want to write their own checker.
//
// # What a proof of an optimal round means
//
// Write w for the solved score of an edge (the score, or its negative when the
// sense is "min"), x for any plan that keeps the capacities, the minimums and
// the must pairs, W(x) for the sum of w over its pairs and S(x) for the number
// of ids with a pair on the covered sides. The certificate gives one price q
// for each right id and one bonus B >= 0. Splitting each pair's score into
// w-q on the left and q on the right shows that, for every x,
//
//	W(x) + B*S(x) <= dual = sum of the best each left id could do alone
//	                      + sum of the best each right id could do alone.
//
// So a plan x* whose W(x*) + B*S(x*) equals the dual maximises W + B*S.
// Without a cover rule that is the claim. With one, the claim is "most served
// first, then the score", and it needs one thing more. Suppose some x served
// more than x*: then B <= B*(S(x)-S(x*)) <= W(x*)-W(x). Hence
//
//	B > W(x*) - L   for some L no larger than W(x) of any plan x
//
// excludes such an x, and among plans that serve as many as x*, W + B*S orders
// by W. The check named "cover" demands exactly this, with the largest L that
// one pass over the edges of each side can give; a bonus that exceeds "best
// possible minus lowest possible score" always passes it.
//
// A round whose certificate is of kind bound need not reach the dual: it is
// short of the best by the gap at most.
//
// A round may keep pairs of an earlier one. If they count points, a second price
// for each right id proves by the same argument that no x counts more. If they
// count none, points and kept pairs are counted side by side and compared in this
// order; numbers in pairs can be added and compared, which is all that the argument
// asks for.
//
// # What a proof of a stable round means
//
// With must pairs set aside, every edge of a score of 0 or more that is no pair
// has an end that is full and ranks all it holds higher. One pass over the edges
// shows it, because an id is asked only about the pair it ranks last.
//
// Rules about how many pairs groups have are sums a(x) that must not be below b,
// each with a multiplier m >= 0. With scores made K*w + m*a the same argument gives
// K*W(x) + B*S(x) <= dual - sum of m*b for every x that
// keeps the rules, which bounds W among the plans that serve as many; what the
// published plan is short of it is the gap.
//
// # What a proof of a balanced round means
//
// Its aims come one after the other. For each, potentials change what every arc
// of the flow costs and what no whole flow costs; so what costs more than nothing
// carries as little as it may in all plans that reach the aim, and what costs less
// as much, once it does so in the published plan. These arcs are fixed, and the
// plans that agree with them are those that the next aim compares.
//
// # What a proof of a lottery means
//
// Of k plans with the same chance each keeps the rules, and no edge but a must edge
// is in two. With y for the number of plans that have an edge, y is at most 1 and
// within k times every capacity and minimum, so the bound above, of the problem with
// these, holds for the scores of all plans together; and it holds for k times the
// chances of any other lottery in which no such edge has more than 1/k. The draw is
// repeated from the seed.
//
// # What is not proved
//
// That the people's profiles lead to these candidate edges and scores: the
// file holds no profiles. Whoever holds them can hand in the score of every pair
// that may be, see [RoundOf]: it compares the edges with them, and shows that no
// pair in no list would change what the certificate proves.
package verify

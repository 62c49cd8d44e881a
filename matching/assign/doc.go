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
// measured from the hub. Throughout the search
//
//	an edge carries 1 only if score - q(j) >= u(i), and 0 only if score - q(j) <= u(i);
//	the units of a left node k maximise u(i)*k + bonus(k) between its bounds;
//	the units kept by a right node k maximise q(j)*k + bonus(k) between its bounds.
//
// In other words no residual arc has a negative reduced cost. What may be wrong
// meanwhile is the balance: a right node can have received more units, or
// fewer, than it keeps, and the hub too.
//
// # The algorithm
//
//  1. Every node chooses for itself at given prices, at first zero; that gives
//     a flow with the invariant and without the balance.
//  2. While a node has a surplus, Dijkstra's algorithm on reduced costs finds
//     how far everything is, up to the nearest node that lacks a unit. Moving
//     every potential by what its node is nearer keeps the invariant and makes
//     the shortest path tight (reduced cost 0). Units move along tight paths,
//     found depth-first; that keeps the invariant as well.
//  3. When no surplus is left, the flow is balanced and the invariant says it
//     is a best one (see below).
//  4. One more run of Dijkstra's algorithm from the hub lowers the prices as far
//     as they go, which makes them independent of the way taken. Pairs of score
//     zero that no rule asks for are dropped; this changes no total.
//  5. Check proves the result from the problem, the pairs and the prices alone.
//
// Step 2 is quick where places abound and slow where everybody competes for the
// same nodes. If it takes long it is broken off and the scores are scaled: the
// problem is solved with their leading bits only, then with three more bits,
// starting in step 1 from the prices found so far, and so on. Step 1 accepts
// any prices, hence nothing depends on this but the time.
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
// # Cost
//
// With E edges, V nodes and U pairs in the result or in surplus at the start, a
// solve without scaling takes at most U runs of Dijkstra's algorithm, O(U E log V)
// time, and each scale takes the same; there are O(log score) of them. In practice
// a run sees a small part of the network, because it stops at the nearest node
// that lacks a unit and because left nodes keep shortlists of their best
// edges. Memory is O(E + V), some 40 bytes an edge beyond the problem. Finding
// an irreducible group takes a maximum flow and, where minimums above one clash,
// one search of the network per rule in it.
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
// # Sources and deviations
//
// Ahuja, Magnanti, Orlin, Network Flows (1993), chapters 9 (successive shortest
// paths, pseudoflows), 10 (scaling) and 14 (convex costs). Kuhn (1955) and
// Munkres (1957) for the assignment problem and its dual; Edmonds and Karp
// (1972) for potentials with Dijkstra's algorithm and for scaling; Gale (1957)
// and Hoffman (1960) for feasibility; Ford and Fulkerson (1962) for the linking
// theorem; Chinneck and Dravnieks (1991) for the deletion filter; Huang, Kavitha,
// Mehlhorn and Michail, Fair matchings and related problems (2016), for one aim
// after the other by complementary slackness.
// Deviations: the source and the sink are one hub, so that prices need no
// second phase; minimums are bounds of the flow and not large bonuses, so that
// they cannot overflow; a search stops at the first node in need and only the
// nodes nearer than that move; scaling restarts from prices only.
//
// The package is pure: it knows numbers only, and uses no clock, no randomness
// and no map order.
package assign

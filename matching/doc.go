// Package matching is the pure engine: it scores every mentor for every
// mentee, ranks them, explains each score line by line and assembles a round.
//
// # Scores are sums of whole numbers
//
// A [Share] says how much of one thing a mentor gives, in sixtieths (0 to 60),
// so that halves, thirds, quarters, fifths, sixths, tenths and twelfths are
// exact. A weight is in thousandths, and the weights of one mentee sum to
// exactly 1000. A score is the sum of weight times share: a whole number from
// 0 to 60 000 ([FullScore]), the same on every machine. The lines of an
// [Explanation] add up to exactly the number that ranked the pair.
//
// # Two questions and one answer
//
// A [Factor] says what a mentee asks and how much of each [Ask] a mentor
// gives; a [Rule] says which mentors a mentee may be paired with at all.
// Nothing else in the program knows what a criterion means.
//
// # Columns
//
// An [Index] keeps one column of bytes for each ask that occurs: every
// mentor's share. A mentee becomes about a dozen (column, weight) pairs and a
// few bitsets, and ranking is a sum over columns, eight mentors to a word.
// Equal inputs give equal outputs: the order of mentors is total (score
// descending, then [TieKey], then id), and nothing reads a clock, a random
// source, the environment or a network. The only inputs are the [Snapshot]
// and the [Settings].
//
// # Privacy by structure
//
// The types of this package hold no name, address or ownership answer: what
// is not in a [Snapshot] cannot influence a score.
package matching

package matching

import "slices"

// The methods of this file give the numbers that an index ranks by to programs
// that rank by other means: a database, a spreadsheet, a checker. Mentors are
// in the order of the snapshot; they are not for an index that changes.

// Shares returns every mentor's share of an ask of [Index.Terms]. A score is
// the sum of a mentee's weights times these. It costs one Give a mentor.
func (x *Index) Shares(k Ask) []Share {
	shares := make([]Share, len(x.mentors))
	for i := range x.mentors {
		shares[i] = Factors[k.Factor].Give(x.book, k, &x.mentors[i]).Share
	}
	return shares
}

// Demands returns what the [Rules] ask for a mentee, in their order; the
// Factor of such an ask is the number of the rule. Rules that do not concern
// her are left out.
func (x *Index) Demands(e *Mentee) []Ask { return demandsOf(x.book, x.settings, e) }

func demandsOf(b *Book, s *Settings, e *Mentee) (demands []Ask) {
	for r := range Rules {
		if k, ok := Rules[r].Ask(b, s, e); ok {
			k.Factor = uint8(r)
			demands = append(demands, k)
		}
	}
	return demands
}

// Allowed says of every mentor whether a demand of [Index.Demands] allows the
// pair. The [PairRules] come on top. It costs one Allow a mentor.
func (x *Index) Allowed(demand Ask) []bool {
	allowed := make([]bool, len(x.mentors))
	for i := range x.mentors {
		allowed[i] = Rules[demand.Factor].Allow(x.book, demand, &x.mentors[i])
	}
	return allowed
}

// SupplyChain returns the pairs of three-digit industries that are a step
// apart; each counts both ways.
func SupplyChain() [][2]uint16 { return slices.Clone(chain) }

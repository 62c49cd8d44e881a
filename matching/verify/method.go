package verify

import "slices"

// method is how the promise of one method is checked.
type method struct {
	name    string
	kind    string   // of its certificate
	members []string // of its certificate, in the format's order
	priced  bool     // every right id has a price; otherwise none has
	listed  bool     // ids may have lists of preferences
	soft    bool     // minimums are not promised
	ruled   bool     // there are rules about groups; otherwise there are none
	drawn   bool     // the pairs are one of several plans
	bounded bool     // the prices need not prove the pairs best

	cover       func(*checker)                       // what the certificate says of the cover rule
	certificate func(*checker)                       // that it proves the promise
	nearest     func(c *checker, u *absent, i int32) // why a left id with places and edges has no pair
	outside     func(*checker) outside               // that pairs in no list change nothing
	unchosen    string                               // why a right id with places and edges has no pair
}

// methods are those with a check. A round of any other is refuted.
var methods = []method{
	{
		name: "optimal", kind: "prices", members: []string{"bonus", "primal", "dual"}, priced: true,
		cover: (*checker).checkBonus, certificate: (*checker).checkPrices, nearest: (*checker).nearestPrice,
		outside: (*checker).outsidePrices, unchosen: reasonNotChosen,
	},
	{
		name: "optimal", kind: "bound", members: []string{"bonus", "primal", "dual", "gap"}, priced: true, bounded: true,
		cover: (*checker).checkBonus, certificate: (*checker).checkBound, nearest: (*checker).nearestPrice,
		outside: (*checker).outsidePrices, unchosen: reasonNotChosen,
	},
	{
		name: "optimal", kind: "lagrange", members: []string{"bonus", "dual", "scale", "gap"}, priced: true, ruled: true,
		cover: (*checker).checkRuledBonus, certificate: (*checker).checkLagrange, nearest: (*checker).nearestPrice,
		outside: (*checker).outsidePrices, unchosen: reasonNotChosen,
	},
	{
		name: "stable", kind: "no_blocking_pair", members: []string{"proposing", "short"}, listed: true, soft: true,
		cover: (*checker).checkUncovered, certificate: (*checker).checkStable, nearest: (*checker).nearestHolder,
		outside: (*checker).outsideStable, unchosen: reasonNotPreferred,
	},
	{
		name: "balanced", kind: "levels", members: []string{"levels"},
		cover: (*checker).checkNoCover, certificate: (*checker).checkLevels, nearest: (*checker).nearestBetter,
		outside: (*checker).outsideLevels, unchosen: reasonNotChosen,
	},
	{
		name: "lottery", kind: "replay", members: []string{"primal", "dual", "plans", "drawn"}, priced: true, drawn: true,
		cover: (*checker).checkUncovered, certificate: (*checker).checkLottery, nearest: (*checker).nearestPrice,
		outside: (*checker).outsidePrices, unchosen: reasonNotChosen,
	},
}

// checkMethod: the method is one that can be checked, and the certificate is
// its.
func (c *checker) checkMethod() {
	at := slices.IndexFunc(methods, func(m method) bool {
		return m.name == c.method && m.ruled == (len(c.rules) > 0) && m.bounded == (c.proof.kind == "bound")
	})
	if at < 0 {
		c.refute(member("method"), "%q with %d rules about groups and a certificate of kind %q is not a method that can be checked",
			c.method, len(c.rules), c.proof.kind)
		return
	}
	c.how = methods[at]
	if c.proof.kind != c.how.kind || !slices.Equal(c.proof.members, c.how.members) {
		c.refute(member("certificate"), "is of kind %q with the members %q; the method %s has kind %q with %q",
			c.proof.kind, c.proof.members, c.method, c.how.kind, c.how.members)
	}
	if !c.how.listed && len(c.lists) > 0 {
		c.refute(member(sideNames[c.lists[0].side]+"_lists"), "has no place in a round of the method %s", c.method)
	}
	want := 0
	if c.how.priced {
		want = len(c.nodes[right])
	}
	if c.priced != want {
		c.refute(member("right"), "%d ids have a price; in the method %s it must be %d", c.priced, c.method, want)
	}
	c.checkStated()
}

func (c *checker) checkCover()       { c.how.cover(c) }
func (c *checker) checkCertificate() { c.how.certificate(c) }

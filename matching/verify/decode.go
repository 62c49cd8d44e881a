package verify

import (
	"fmt"
	"math"
	"unicode/utf8"
)

// decode reads the file strictly; what it returns has every member, and every
// number within the limits, but nothing else is known of it.
func decode(data []byte) (*round, error) {
	if int64(len(data)) > maxFile {
		return nil, fmt.Errorf("%d bytes are more than the %d that a round may have", len(data), int64(maxFile))
	}
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("not valid UTF-8")
	}
	f := &round{data: data}
	r := &reader{data: data}
	members := f.fields(r)
	r.some(len(members)-5, r.named(members)) // lists of preferences, rules, plans and what is kept may be missing
	if r.peek(); r.at < len(data) {
		r.part = ""
		r.fail("nothing may follow the round, %s found", r.ahead())
	}
	if r.err == nil && r.off != nil {
		return nil, r.off
	}
	return f, r.err
}

// named makes messages tell which top-level member was being read.
func (r *reader) named(fields []field) []field {
	for i, f := range fields {
		fields[i].read = func() {
			r.part = f.name
			f.read()
			if r.err == nil {
				r.part = ""
			}
		}
	}
	return fields
}

// fields are the members of the round, in the order a writer gives
// them but for the last five, which may be missing.
func (f *round) fields(r *reader) []field {
	return []field{
		{"format", func() { r.word("puente.round/1") }},
		{"engine", func() {
			r.object([]field{
				{"name", func() { r.string() }},
				{"version", func() { r.string() }},
				{"scoring", func() { r.integer(1, maxIndex) }},
			})
		}},
		{"kind", func() { f.kind = r.word("match", "assign") }},
		{"method", func() { f.method = r.string() }},
		{"sense", func() { f.sense = r.word("max", "min") }},
		{"cover", func() { f.cover = r.word("none", "left", "right", "both") }},
		{"seed", func() { f.seed = r.natural() }},
		{"start", func() { f.start = string(r.text()) }},
		{"settings", func() { f.readSettings(r) }},
		{"settings_hash", func() { f.settings.digest = r.digest() }},
		{"snapshot_hash", func() { r.digest() }},
		{"left", func() { f.readNodes(r, left) }},
		{"right", func() { f.readNodes(r, right) }},
		{"edges", func() { f.readEdges(r) }},
		{"must", func() { f.readMust(r) }},
		{"pairs", func() { f.readPairs(r) }},
		{"unmatched", func() { f.readUnmatched(r) }},
		{"totals", func() { f.readTotals(r) }},
		{"certificate", func() { f.readCertificate(r) }},
		{"hash", func() { f.digest = r.digest() }},
		{"left_lists", func() { f.readLists(r, left) }},
		{"right_lists", func() { f.readLists(r, right) }},
		{"rules", func() { f.readRules(r) }},
		{"plans", func() { f.readPlans(r) }},
		{"keep", func() { f.readKeep(r) }},
	}
}

func (f *round) readLists(r *reader, side int) {
	r.list(func() {
		l := list{side: side, of: -1}
		r.list(func() {
			at := int32(r.integer(0, maxIndex))
			if l.of < 0 {
				l.of = at
				return
			}
			l.ids = append(l.ids, at)
		})
		if r.err == nil && len(l.ids) == 0 {
			r.fail("a list names its id and at least one other")
		}
		f.lists = append(f.lists, l)
	})
}

func (f *round) readSettings(r *reader) {
	r.peek()
	f.settings.start = r.at
	f.settings.members = r.members(maxDepth)
	f.settings.end = r.at
}

func (f *round) readNodes(r *reader, side int) {
	var n node
	fields := []field{
		{"id", func() { n.id = r.string() }},
		{"capacity", func() { n.capacity = r.integer(0, maxCapacity) }},
		{"minimum", func() { n.minimum = r.integer(0, maxCapacity) }},
	}
	required := len(fields)
	fields = append(fields, field{"propensity", func() { n.chance.read(r) }})
	if side == right {
		fields = append(fields,
			field{"price", func() { n.price = r.integer(-maxPrice, maxPrice) }},
			field{"keep", func() { n.keep = r.integer(-maxPrice, maxPrice) }},
		)
	}
	r.list(func() {
		n.price, n.keep, n.chance = 0, 0, chance{}
		seen := r.some(required, fields)
		f.stated[side] += int(seen >> required & 1)
		f.priced += int(seen >> required >> 1 & 1)
		f.keepPriced += int(seen >> required >> 2)
		f.nodes[side] = append(f.nodes[side], n)
	})
}

func (f *round) readEdges(r *reader) {
	r.peek()
	f.edgesAt = r.at
	r.list(func() {
		var e edge
		r.expect('[')
		e.end[left] = int32(r.integer(0, maxIndex))
		r.expect(',')
		e.end[right] = int32(r.integer(0, maxIndex))
		r.expect(',')
		e.score = int32(r.integer(-maxScore, maxScore))
		r.expect(']')
		f.edges = append(f.edges, e)
	})
}

func (f *round) readMust(r *reader) {
	r.list(func() {
		var ends [2]int32
		r.expect('[')
		ends[left] = int32(r.integer(0, maxIndex))
		r.expect(',')
		ends[right] = int32(r.integer(0, maxIndex))
		r.expect(']')
		f.must = append(f.must, ends)
	})
}

func (f *round) readPairs(r *reader) {
	var p pair
	var weight, share int64
	line := []field{
		{"factor", func() { r.string() }},
		{"ask", func() { r.text() }},
		{"weight", func() { weight = r.integer(0, maxWeight) }},
		{"share", func() { share = r.integer(0, maxShare) }},
		{"evidence", func() { r.text() }},
	}
	lines := func() {
		r.list(func() {
			r.object(line)
			p.lines++
			p.weights += weight
			p.points += weight * share
		})
	}
	fields := []field{
		{"left", func() { p.id[left] = r.string() }},
		{"right", func() { p.id[right] = r.string() }},
		{"score", func() { p.score = r.integer(-maxScore, maxScore) }},
		{"left_rank", func() { p.rank[left] = r.integer(1, maxIndex) }},
		{"right_rank", func() { p.rank[right] = r.integer(1, maxIndex) }},
		{"lines", lines},
		{"propensity", func() { p.chance.read(r) }},
	}
	required := len(fields) - 1
	r.list(func() {
		p = pair{}
		f.stated[2] += int(r.some(required, fields) >> required)
		f.pairs = append(f.pairs, p)
	})
}

func (f *round) readUnmatched(r *reader) {
	var u absent
	fields := []field{
		{"side", func() {
			u.side = left
			if r.word(sideNames[:]...) == sideNames[right] {
				u.side = right
			}
		}},
		{"id", func() { u.id = r.string() }},
		{"reason", func() { u.reason = r.word(reasons...) }},
		{"rule", func() { u.rule = string(r.text()) }},
		{"nearest", func() { u.nearest = string(r.text()) }},
		{"points", func() { u.points = r.integer(0, math.MaxInt64) }},
	}
	r.list(func() {
		r.object(fields)
		f.unmatched = append(f.unmatched, u)
	})
}

func (f *round) readTotals(r *reader) {
	t := &f.totals
	r.object([]field{
		{"pairs", func() { t.pairs = r.integer(0, maxIndex) }},
		{"left", func() { t.served[left] = r.integer(0, maxIndex) }},
		{"right", func() { t.served[right] = r.integer(0, maxIndex) }},
		{"score", func() { t.score = r.integer(-math.MaxInt64, math.MaxInt64) }},
	})
}

func (f *round) readCertificate(r *reader) {
	fields := []field{
		{"kind", func() { f.proof.kind = r.string() }},
		{"bonus", func() { f.bonus = r.integer(0, maxPrice) }},
		{"primal", func() { f.primal = r.integer(-math.MaxInt64, math.MaxInt64) }},
		{"dual", func() { f.dual = r.integer(-math.MaxInt64, math.MaxInt64) }},
		{"proposing", func() { r.word(sideNames[:]...) }},
		{"short", func() { f.short = r.integer(0, maxIndex) }},
		{"levels", func() { f.readLevels(r) }},
		{"scale", func() { f.scale = r.integer(1, maxScale) }},
		{"gap", func() { f.gap = r.integer(0, math.MaxInt64) }},
		{"plans", func() { f.proof.plans = r.integer(minPlans, maxPlans) }},
		{"drawn", func() { f.proof.drawn = r.integer(0, maxPlans-1) }},
	}
	seen := r.some(1, fields)
	for i, field := range fields[1:] {
		if seen>>(i+1)&1 != 0 {
			f.proof.members = append(f.proof.members, field.name)
		}
	}
}

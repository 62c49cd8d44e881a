package matching

import "slices"

// carriers has, for each of [PairRules], the positions of mentors by the keys
// that they carry.
type carriers [len(PairRules)]map[string][]int32

// add puts in a mentor at a position.
func (c *carriers) add(m *Mentor, pos int32) {
	var keys []string
	for r := range PairRules {
		if PairRules[r].Keys == nil {
			continue
		}
		keys = PairRules[r].Keys(keys[:0], m)
		for _, key := range keys {
			if c[r] == nil {
				c[r] = map[string][]int32{}
			}
			c[r][key] = append(c[r][key], pos)
		}
	}
}

// remove takes out what add put in.
func (c *carriers) remove(m *Mentor, pos int32) {
	var keys []string
	for r := range PairRules {
		if PairRules[r].Keys == nil {
			continue
		}
		keys = PairRules[r].Keys(keys[:0], m)
		for _, key := range keys {
			left := slices.DeleteFunc(c[r][key], func(p int32) bool { return p == pos })
			if len(left) == 0 {
				delete(c[r], key)
			} else {
				c[r][key] = left
			}
		}
	}
}

// bar clears the bits of the mentors whom a rule between two people refuses.
func (x *Index) bar(e *Mentee, open []uint64) {
	for r := range PairRules {
		if PairRules[r].Names != nil {
			for _, id := range PairRules[r].Names(e) {
				if n, ok := x.numbers[id]; ok {
					pos := x.place[n]
					open[pos>>6] &^= 1 << (pos & 63)
				}
			}
		}
		if PairRules[r].Key != nil {
			for _, pos := range x.barred[r][PairRules[r].Key(e)] {
				open[pos>>6] &^= 1 << (pos & 63)
			}
		}
	}
}

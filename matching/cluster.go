package matching

import (
	"cmp"
	"slices"
)

// likeness is what rules read of a mentor, roughly.
type likeness struct {
	full    bool
	country uint8
	spoken  uint64 // two bits a language: too little, B1, B2 and above
	known   uint32 // countries, as bits
	mentor  int32
}

// clustered returns the numbers of mentors so that those whom a rule refuses
// together lie together, and whole blocks can be passed over. Where numbers of
// languages or countries are too high for the bits, mentors only lie less well.
func clustered(mentors []Mentor) []int32 {
	alike := make([]likeness, len(mentors))
	for i := range mentors {
		m := &mentors[i]
		l := likeness{full: m.Places() == 0, country: m.Country, mentor: int32(i)}
		for _, s := range m.Languages {
			l.spoken |= uint64(min(max(s.Level, levelB1-1), levelB2)-levelB1+1) << (s.Language & 31 * 2)
		}
		for _, k := range m.Markets {
			if k.Country != m.Country {
				l.known |= 1 << (k.Country & 31)
			}
		}
		alike[i] = l
	}
	slices.SortFunc(alike, compareLikeness)
	numbers := make([]int32, len(alike))
	for i := range alike {
		numbers[i] = alike[i].mentor
	}
	return spread(numbers)
}

// spread puts every so many groups of blocks together, so that any tile has some
// of every kind of mentors, as many as there are of them.
func spread(numbers []int32) []int32 {
	const most = 64 * group
	groups := len(numbers) / most
	stride := (groups + tileBlocks/group - 1) / (tileBlocks / group)
	out := make([]int32, 0, len(numbers))
	for first := range stride {
		for g := first; g < groups; g += stride {
			out = append(out, numbers[g*most:][:most]...)
		}
	}
	return append(out, numbers[groups*most:]...)
}

func compareLikeness(a, b likeness) int {
	switch {
	case a.full != b.full && a.full:
		return 1
	case a.full != b.full:
		return -1
	}
	return cmp.Or(cmp.Compare(a.country, b.country), cmp.Compare(a.spoken, b.spoken), cmp.Compare(a.known, b.known), cmp.Compare(a.mentor, b.mentor))
}

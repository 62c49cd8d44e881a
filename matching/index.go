package matching

import (
	"sync"
)

// Index holds every mentor's share of each ask that occurred, as columns of
// bytes, and every hard rule as bits. Columns are made on first use. It is
// safe for concurrent use; each goroutine brings its own [Scratch].
type Index struct {
	settings *Settings
	book     *Book
	seed     uint64
	mentors  []Mentor           // as in the snapshot, by ascending id; of a live index in any order, and some have left
	numbers  map[string]int32   // id -> mentor number
	alive    []uint64           // positions of mentors who have not left
	place    []int32            // mentor number -> position
	mentor   []int32            // position -> mentor number
	tie      []uint32           // position -> place in the tie order
	byTie    []int32            // place in the tie order -> mentor number
	wishedBy map[string][]int32 // mentee id -> positions of mentors who wished for her, in the tie order
	barred   carriers           // whom rules between two people can refuse
	blocks   int                // blocks of 64 positions
	*made
}

// made is what an index makes on first use: the same under all settings.
type made struct {
	mu      sync.RWMutex
	columns [NumFactors]map[Ask]column
	sets    [NumFactors]int // columns of sets among them
	bits    map[Ask][]uint64
	anyOf   [len(Rules)]int // bits of sets among them
	bases   map[standing]base
	patches []patch // memory for writing
}

// With returns an index of the same mentors that ranks under other settings. It
// shares the columns and rules of x, so that it costs next to nothing and
// either finds what the other has made. The With of a live index holds until
// the live one changes.
func (x *Index) With(settings *Settings) *Index {
	other := *x
	other.settings = settings
	return &other
}

// NewIndex prepares the mentors of a snapshot for ranking under the settings
// and a seed that orders ties. The snapshot must be sorted and stay unchanged.
func NewIndex(s *Snapshot, settings *Settings, seed uint64) *Index {
	n := len(s.Mentors)
	x := &Index{
		settings: settings, book: newBook(s.Calendars), seed: seed, mentors: s.Mentors, alive: make([]uint64, (n+63)/64),
		place: make([]int32, n), tie: make([]uint32, n), byTie: make([]int32, n),
		blocks: (n + 63) / 64, wishedBy: map[string][]int32{}, made: &made{bits: map[Ask][]uint64{}, bases: map[standing]base{}},
		numbers: make(map[string]int32, n),
	}
	ids := make([]string, n)
	for i := range s.Mentors {
		ids[i], x.numbers[s.Mentors[i].ID] = s.Mentors[i].ID, int32(i)
		x.alive[i>>6] |= 1 << (i & 63)
	}
	x.mentor = clustered(s.Mentors)
	ranks := tieRanks(seed, ids)
	for pos, m := range x.mentor {
		x.place[m], x.tie[pos], x.byTie[ranks[m]] = int32(pos), ranks[m], m
	}
	for _, m := range x.byTie {
		for _, id := range x.mentors[m].Wishes {
			x.wishedBy[id] = append(x.wishedBy[id], x.place[m])
		}
		x.barred.add(&x.mentors[m], x.place[m])
	}
	return x
}

// column returns the shares of an ask, made now if it is the first of its kind.
func (x *Index) column(k Ask) column {
	x.mu.RLock()
	c, ok := x.columns[k.Factor][k]
	x.mu.RUnlock()
	if ok {
		return c
	}
	half := columnLength(x.blocks)
	sixteens := own[k.Factor] && widest
	if c = make(column, half); sixteens {
		c = make(column, 2*half)
	}
	f := &Factors[k.Factor]
	last := &Mentor{}
	share := f.Give(x.book, k, last).Share
	for pos, n := range x.mentor {
		m := &x.mentors[n]
		if !f.Same(m, last) { // neighbours are often alike
			share, last = f.Give(x.book, k, m).Share, m
		}
		if sixteens {
			c[half:].set(int32(pos), share>>4)
			c.set(int32(pos), share&15)
			continue
		}
		c.set(int32(pos), held(k.Factor, share))
	}
	if own[k.Factor] {
		return c
	}
	x.mu.Lock()
	if x.columns[k.Factor] == nil {
		x.columns[k.Factor] = map[Ask]column{}
	}
	if each := f.Each; each != nil && len(each(x.book, k)) > 0 && x.columns[k.Factor][k] == nil {
		x.sets[k.Factor]++
	}
	x.columns[k.Factor][k] = c
	x.mu.Unlock()
	return c
}

// rule returns the mentors whom a rule's ask allows, one bit per position.
// The ask's Factor is the rule's number.
func (x *Index) rule(k Ask) []uint64 {
	x.mu.RLock()
	b, ok := x.bits[k]
	x.mu.RUnlock()
	if ok {
		return b
	}
	b = make([]uint64, x.blocks)
	rule := &Rules[k.Factor]
	last := &Mentor{}
	allowed := rule.Allow(x.book, k, last)
	for pos, n := range x.mentor {
		m := &x.mentors[n]
		if !rule.Same(m, last) {
			allowed, last = rule.Allow(x.book, k, m), m
		}
		if allowed {
			b[pos>>6] |= 1 << (pos & 63)
		}
	}
	x.mu.Lock()
	if rule.Each != nil && len(rule.Each(x.book, k)) > 0 && x.bits[k] == nil {
		x.anyOf[k.Factor]++
	}
	x.bits[k] = b
	x.mu.Unlock()
	return b
}

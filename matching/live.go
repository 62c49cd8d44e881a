package matching

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Live is an [Index] whose mentors change while it is asked: they come, change
// and leave without a rebuild. Rankings and explanations are those of an index
// that was made anew from the mentors who are there. All methods may be called
// from many goroutines; a change keeps readers waiting for as long as it takes
// to write one byte of each column that the change concerns, 5 to 45
// microseconds among 20,000 mentors.
//
// Mentors are numbered as [Hit] has them: a mentor keeps the number until he
// leaves; then somebody else may get it.
type Live struct {
	mu   sync.RWMutex
	x    *Index
	free []int32 // numbers of mentors who have left
}

// NewLive makes a live index of the mentors of a snapshot, in whatever order they
// are. The snapshot may be changed afterwards.
func NewLive(s *Snapshot, settings *Settings, seed uint64) *Live {
	own := &Snapshot{Calendars: slices.Clone(s.Calendars), Mentors: slices.Clone(s.Mentors)}
	return &Live{x: NewIndex(own, settings, seed)}
}

// Read calls f with the index as it is now. It does not change until f returns,
// and f must not keep it, nor its results that refer to it.
func (l *Live) Read(f func(*Index)) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	f(l.x)
}

// AddCalendar numbers a calendar for [Mentor] and [Mentee]. It must have as
// many weeks as those of the snapshot; equal ones need no second number.
func (l *Live) AddCalendar(c Calendar) uint32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.x.book.calendars = append(l.x.book.calendars, c)
	return uint32(len(l.x.book.calendars))
}

// Set puts a mentor in, in place of what was known of one with the same id.
func (l *Live) Set(m Mentor) {
	l.mu.Lock()
	defer l.mu.Unlock()
	x := l.x
	n, known := x.numbers[m.ID]
	switch {
	case known:
		x.forget(n)
	case len(l.free) > 0:
		n = l.free[len(l.free)-1]
		l.free = l.free[:len(l.free)-1]
		x.enter(n, m.ID)
	default:
		n = x.grow()
		x.enter(n, m.ID)
	}
	before := x.mentors[n]
	x.mentors[n] = m
	x.remember(n)
	x.write(n, &before, !known)
}

// Remove takes a mentor out; an id that is not there changes nothing.
func (l *Live) Remove(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	x := l.x
	n, ok := x.numbers[id]
	if !ok {
		return
	}
	x.forget(n)
	pos := x.place[n]
	x.alive[pos>>6] &^= 1 << (pos & 63)
	rank := x.tie[pos]
	x.byTie = slices.Delete(x.byTie, int(rank), int(rank)+1)
	for _, other := range x.byTie[rank:] {
		x.tie[x.place[other]]--
	}
	delete(x.numbers, id)
	x.mentors[n] = Mentor{}
	l.free = append(l.free, n)
}

// Len is how many mentors are there.
func (l *Live) Len() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.x.numbers)
}

// Mentor gives the mentor of a number, to be read only.
func (x *Index) Mentor(n int) *Mentor { return &x.mentors[n] }

// Find returns the number of the mentor with an id.
func (x *Index) Find(id string) (int, bool) {
	n, ok := x.numbers[id]
	return int(n), ok
}

// grow makes room for one mentor more, at the end of the positions.
func (x *Index) grow() int32 {
	n := int32(len(x.mentors))
	x.mentors = append(x.mentors, Mentor{})
	x.place, x.mentor, x.tie = append(x.place, n), append(x.mentor, n), append(x.tie, 0)
	if n&63 != 0 {
		return n
	}
	x.blocks++
	x.alive = append(x.alive, 0)
	for f := range x.columns {
		for k, c := range x.columns[f] {
			for len(c) < columnLength(x.blocks) {
				c = append(c, block{})
			}
			x.columns[f][k] = c
		}
	}
	for k, b := range x.bits {
		x.bits[k] = append(b, 0)
	}
	for k, b := range x.bases {
		for len(b) < padded(x.blocks) {
			b = append(b, sums{})
		}
		x.bases[k] = b
	}
	return n
}

// enter gives a new mentor of a number a place in the tie order.
func (x *Index) enter(n int32, id string) {
	key := TieKey(x.seed, id)
	rank, _ := slices.BinarySearchFunc(x.byTie, id, func(other int32, id string) int {
		name := x.mentors[other].ID
		return cmp.Or(cmp.Compare(TieKey(x.seed, name), key), strings.Compare(name, id))
	})
	for _, other := range x.byTie[rank:] {
		x.tie[x.place[other]]++
	}
	x.byTie = slices.Insert(x.byTie, rank, n)
	pos := x.place[n]
	x.tie[pos] = uint32(rank)
	x.alive[pos>>6] |= 1 << (pos & 63)
	x.numbers[id] = n
}

// patch is bits of a word that change.
type patch struct {
	word       *uint64
	mask, bits uint64
}

// write puts a mentor's shares and what rules say of him where they belong: all
// of them, or those that may differ from what was written before. What to write
// is worked out first: each word is far away in memory, and the processor
// waits for many at once only where it does nothing else.
func (x *Index) write(n int32, before *Mentor, all bool) {
	m, pos := &x.mentors[n], x.place[n]
	patches := x.patches[:0]
	for f := range Factors {
		if !all && Factors[f].Same(m, before) {
			continue
		}
		give := Factors[f].Give
		for k, c := range x.columns[f] {
			patches = append(patches, c.patch(pos, held(k.Factor, give(x.book, k, m).Share)))
		}
	}
	var changed [len(Rules)]bool
	for r := range Rules {
		changed[r] = all || !Rules[r].Same(m, before)
	}
	bit := uint64(1) << (pos & 63)
	for k, b := range x.bits {
		if !changed[k.Factor] {
			continue
		}
		p := patch{word: &b[pos>>6], mask: bit}
		if Rules[k.Factor].Allow(x.book, k, m) {
			p.bits = bit
		}
		patches = append(patches, p)
	}
	for _, p := range patches {
		*p.word = *p.word&^p.mask | p.bits
	}
	x.patches = patches
	for same, b := range x.bases {
		if sum := x.standing(same, m); all || sum != x.standing(same, before) {
			b.set(pos, sum)
		}
	}
}

// standing is what a mentor adds to every score by himself.
func (x *Index) standing(same standing, m *Mentor) (sum uint64) {
	for f, w := range same {
		if w > 0 {
			sum += uint64(w) * uint64(Factors[f].Give(x.book, Ask{Factor: uint8(f)}, m).Share)
		}
	}
	return sum
}

// forget and remember keep the lists of mentors by what they name: mentees
// whom they wished for, in the tie order, and what rules between two people
// read.

func (x *Index) forget(n int32) {
	pos := x.place[n]
	for _, id := range x.mentors[n].Wishes {
		left := slices.DeleteFunc(x.wishedBy[id], func(p int32) bool { return p == pos })
		if x.wishedBy[id] = left; len(left) == 0 {
			delete(x.wishedBy, id)
		}
	}
	x.barred.remove(&x.mentors[n], pos)
}

func (x *Index) remember(n int32) {
	pos := x.place[n]
	for _, id := range x.mentors[n].Wishes {
		list := x.wishedBy[id]
		at, _ := slices.BinarySearchFunc(list, x.tie[pos], func(p int32, tie uint32) int { return cmp.Compare(x.tie[p], tie) })
		x.wishedBy[id] = slices.Insert(list, at, pos)
	}
	x.barred.add(&x.mentors[n], pos)
}

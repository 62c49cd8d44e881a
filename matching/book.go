package matching

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sync"
	"sync/atomic"
)

// Book numbers the sets that mentees ask for, so that an [Ask] of two numbers
// can name a whole set of industry codes or languages and equal sets share a
// column. It is safe for concurrent use.
type Book struct {
	calendars []Calendar
	sectors   sets[Sector]
	languages sets[Spoken]
	vectors   vectors
}

func newBook(calendars []Calendar) *Book {
	return &Book{
		calendars: calendars,
		sectors: sets[Sector]{key: func(s Sector) uint64 {
			return uint64(s.Key)<<40 | uint64(s.Family)<<32 | uint64(s.Subsector)<<16 | uint64(s.Group)
		}},
		languages: sets[Spoken]{key: func(s Spoken) uint64 { return uint64(s.Language)<<8 | uint64(s.Level) }},
	}
}

// overlap is the worst week's half hours common to calendars a and b, numbered from 1.
func (b *Book) overlap(a, c uint32) int { return b.calendars[a-1].Overlap(b.calendars[c-1]) }

// sets numbers sets of values from 1; the order and repetition of values do
// not matter.
type sets[T any] struct {
	key  func(T) uint64
	mu   sync.RWMutex
	ids  map[string]uint32
	list atomic.Pointer[[][]T] // grows only; read without a lock, since columns are made of it
}

func (s *sets[T]) number(set []T) uint32 {
	set = slices.Clone(set)
	slices.SortFunc(set, func(a, b T) int { return cmp.Compare(s.key(a), s.key(b)) })
	set = slices.CompactFunc(set, func(a, b T) bool { return s.key(a) == s.key(b) })
	name := make([]byte, 0, 8*len(set))
	for _, v := range set {
		name = binary.BigEndian.AppendUint64(name, s.key(v))
	}
	s.mu.RLock()
	id := s.ids[string(name)]
	s.mu.RUnlock()
	if id != 0 {
		return id
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if id := s.ids[string(name)]; id != 0 {
		return id
	}
	if s.ids == nil {
		s.ids = map[string]uint32{}
	}
	var list [][]T
	if old := s.list.Load(); old != nil {
		list = *old
	}
	list = append(list, set)
	s.list.Store(&list)
	id = uint32(len(list))
	s.ids[string(name)] = id
	return id
}

// each asks for the values of an ask's set one by one, as sets of one.
func (s *sets[T]) each(k Ask) []Ask {
	set := s.set(k.A)
	if len(set) == 1 {
		return []Ask{k}
	}
	asks := make([]Ask, len(set))
	for i := range set {
		asks[i] = Ask{Factor: k.Factor, A: s.number(set[i : i+1])}
	}
	return asks
}

// set returns the set of a number that [sets.number] gave.
func (s *sets[T]) set(id uint32) []T {
	return (*s.list.Load())[id-1]
}

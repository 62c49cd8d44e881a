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
	list atomic.Pointer[[]numbered[T]] // grows only; read without a lock, since columns are made of it
}

// numbered is a set, and the numbers of the sets of one that it consists of.
type numbered[T any] struct {
	set  []T
	ones []uint32
}

// few is how many values a set has mostly; more take more time.
const few = 8

func (s *sets[T]) number(set []T) uint32 {
	keys := make([]uint64, 0, few)
	for _, v := range set {
		if k := s.key(v); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	name := make([]byte, 0, 8*few)
	for _, k := range keys {
		name = binary.BigEndian.AppendUint64(name, k)
	}
	s.mu.RLock()
	id := s.ids[string(name)]
	s.mu.RUnlock()
	if id != 0 {
		return id
	}
	return s.enter(string(name), set)
}

// enter gives a set a number.
func (s *sets[T]) enter(name string, set []T) uint32 {
	set = slices.Clone(set)
	slices.SortFunc(set, func(a, b T) int { return cmp.Compare(s.key(a), s.key(b)) })
	set = slices.CompactFunc(set, func(a, b T) bool { return s.key(a) == s.key(b) })
	var ones []uint32
	for i := range set {
		if len(set) > 1 {
			ones = append(ones, s.number(set[i:i+1]))
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if id := s.ids[name]; id != 0 {
		return id
	}
	if s.ids == nil {
		s.ids = map[string]uint32{}
	}
	var list []numbered[T]
	if old := s.list.Load(); old != nil {
		list = *old
	}
	list = append(list, numbered[T]{set, ones})
	s.list.Store(&list)
	s.ids[name] = uint32(len(list))
	return s.ids[name]
}

// set returns the set of a number that [sets.number] gave.
func (s *sets[T]) set(id uint32) []T { return (*s.list.Load())[id-1].set }

// ones returns the numbers of the sets of one value that a set consists of,
// where it has several.
func (s *sets[T]) ones(id uint32) []uint32 { return (*s.list.Load())[id-1].ones }

package matching

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// TieKey orders people of equal score: ascending key, then ascending id. It is
// the first eight bytes of SHA-256(seed as eight bytes big-endian, then the
// id), so that ties favour nobody and anyone can recompute them.
func TieKey(seed uint64, id string) uint64 {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 8+len(id)), seed)
	sum := sha256.Sum256(append(b, id...))
	return binary.BigEndian.Uint64(sum[:])
}

// tieRanks returns each id's place in the tie order, 0 first.
func tieRanks(seed uint64, ids []string) []uint32 {
	keys := make([]uint64, len(ids))
	order := make([]uint32, len(ids))
	for i, id := range ids {
		keys[i], order[i] = TieKey(seed, id), uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(ids[a], ids[b]))
	})
	ranks := make([]uint32, len(ids))
	for rank, i := range order {
		ranks[i] = uint32(rank)
	}
	return ranks
}

// CompareRanked orders the edges of an id, as ranks count them: the higher
// score first, then the tie order of the other end.
func CompareRanked(seed uint64, score int64, id string, than int64, thanID string) int {
	if c := cmp.Compare(than, score); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(TieKey(seed, id), TieKey(seed, thanID)), cmp.Compare(id, thanID))
}

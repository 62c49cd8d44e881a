package matching

import (
	"bytes"
	"crypto/sha256"
	"sync"
)

// Vector is what a text means, as a model of some service puts it: Values has
// one number a byte, -128 to 127 in two's complement, of a vector whose length
// is [VectorLength]. Vectors of two models, or of different lengths, say
// nothing about each other.
type Vector struct {
	Model  string `json:"model"`
	Values []byte `json:"values"`
}

// VectorLength is how long a vector is, apart from the rounding of its numbers;
// MaxVector is how many numbers it has at most. A longer one is not given.
const (
	VectorLength = 127
	MaxVector    = 4096
)

// given says whether there is a vector to compare.
func (v *Vector) given() bool { return v != nil && len(v.Values) > 0 && len(v.Values) <= MaxVector }

func (v *Vector) equal(w *Vector) bool {
	return v == w || v != nil && w != nil && v.Model == w.Model && bytes.Equal(v.Values, w.Values)
}

// meets says whether two vectors can be compared.
func (v *Vector) meets(w *Vector) bool {
	return v.given() && w.given() && v.Model == w.Model && len(v.Values) == len(w.Values)
}

// similarityAsks asks for the mentee's vector, A.
func similarityAsks(parts []Part, b *Book, m *Mentee) []Part {
	if !m.Vector.given() {
		return parts
	}
	return append(parts, Part{A: b.vectors.number(m.Vector), Portion: 1})
}

// giveSimilarity gives sixty times the cosine of the two vectors, rounded once,
// halves up, and nothing where it is negative.
func giveSimilarity(b *Book, k Ask, m *Mentor) Given {
	v := b.vectors.vector(k.A)
	if !v.meets(m.Vector) {
		return notStated()
	}
	const one = VectorLength * VectorLength
	rounded := (2*int(FullShare)*dot(v.Values, m.Vector.Values) + one) / (2 * one)
	share := Share(max(0, min(int(FullShare), rounded)))
	return Given{share, FactSimilarity, uint16(share), 0}
}

// dot is the inner product of two vectors of one length.
func dot(v, w []byte) int {
	var sum int
	w = w[:len(v)]
	for i := range v {
		sum += int(int8(v[i])) * int(int8(w[i]))
	}
	return sum
}

// vectors numbers vectors from 1, equal ones alike.
type vectors struct {
	mu   sync.RWMutex
	ids  map[[sha256.Size]byte]uint32
	list []*Vector
}

func (n *vectors) number(v *Vector) uint32 {
	name := sha256.Sum256(append([]byte(v.Model+"\x00"), v.Values...))
	n.mu.RLock()
	id := n.ids[name]
	n.mu.RUnlock()
	if id != 0 {
		return id
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if id := n.ids[name]; id != 0 {
		return id
	}
	if n.ids == nil {
		n.ids = map[[sha256.Size]byte]uint32{}
	}
	n.list = append(n.list, v)
	n.ids[name] = uint32(len(n.list))
	return n.ids[name]
}

// vector returns the vector of a number that [vectors.number] gave.
func (n *vectors) vector(id uint32) *Vector {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.list[id-1]
}

package assign

import (
	"context"
	"testing"
)

// TestAlikeUneven has equal scores, too few places on the whole and some to
// spare in every other part, so that the try with prices near the scores is given
// up: prices are the whole score in one part and nothing in the other.
func TestAlikeUneven(t *testing.T) {
	const parts, score = 50, 5000
	p := Problem{Left: make([]Node, 6*parts), Right: make([]Node, 4*parts)}
	for i := range p.Left {
		p.Left[i].Capacity = 1
	}
	for j := range p.Right {
		p.Right[j].Capacity = 1
	}
	var list []Edge
	for k := range parts {
		left, right := 6*k, 4*k
		for i := range 2 { // two for three places
			list = append(list, Edge{Left: left + i, Right: right + i, Score: score}, Edge{Left: left + i, Right: right + i + 1, Score: score})
		}
		for i := range 4 { // four for one
			list = append(list, Edge{Left: left + 2 + i, Right: right + 3, Score: score})
		}
	}
	s, err := Solve(context.Background(), p.with(list))
	if err != nil {
		t.Fatal(err)
	}
	if want := int64(3 * parts * score); s.Score != want {
		t.Errorf("score %d, want %d", s.Score, want)
	}
	for j, price := range s.Prices {
		if want := int64(j % 4 / 3 * score); price != want {
			t.Errorf("price %d of mentor %d, want %d", price, j, want)
		}
	}
}

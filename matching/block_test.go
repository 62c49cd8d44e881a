package matching

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// randomColumn draws shares of a factor for some blocks, of any where a column
// can hold them, and says them by position too.
func randomColumn(r *rand.Rand, factor uint8, blocks int) (c column, shares []Share) {
	c = make(column, columnLength(blocks))
	for pos := range int32(64 * blocks) {
		share := Share(r.IntN(int(FullShare) + 1))
		if list := codes[factor]; widest {
			share = list[r.IntN(len(list))]
		} else if r.IntN(4) == 0 {
			share = FullShare * Share(r.IntN(2))
		}
		p := c.patch(pos, held(factor, share))
		*p.word = *p.word&^p.mask | p.bits
		shares = append(shares, share)
	}
	return c, shares
}

// TestCodes wants every share that a factor gives to have a code.
func TestCodes(t *testing.T) {
	set := DefaultSettings()
	for f := range set.Weights {
		set.Weights[f] = 1
	}
	for seed := range uint64(20) {
		s := randomSnapshot(rand.New(rand.NewPCG(seed, 11)), 40, 60)
		x := NewIndex(s, &set, seed)
		for i := range s.Mentees {
			for _, term := range x.Terms(&s.Mentees[i]) {
				if term.A == 0 && term.B == 0 || own[term.Factor] {
					continue
				}
				for j, share := range x.Shares(term.Ask) {
					if !slices.Contains(codes[term.Factor], share) {
						t.Fatalf("%s: mentor %d gives %d, which has no code", Factors[term.Factor].Name, j, share)
					}
				}
			}
		}
	}
	for f, list := range codes {
		if len(list) > 16 || !slices.IsSorted(list) {
			t.Errorf("%s: codes %v", Factors[f].Name, list)
		}
	}
}

// TestSumEqualsDefinition adds up columns of any number and weights, some of
// them equal, from a base on.
func TestSumEqualsDefinition(t *testing.T) {
	withShares(t) // TestComposeEqualsDefinition adds up codes
	const blocks = 6
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 6))
		var s Scratch
		s.live = []int32{0, 1, 2, 3, 4, 5}
		want := make([]uint64, 64*blocks)
		weights := r.Perm(1 + r.IntN(14))
		for i, w := range Split(FullWeight, append(weights, r.IntN(3))) {
			if w == 0 {
				continue // there is no such term
			}
			c, shares := randomColumn(r, Needs, blocks)
			for pos, share := range shares {
				want[pos] += uint64(w) * uint64(share)
			}
			if i > 0 || seed%2 == 0 {
				s.add(c, uint64(w), blocks)
				continue
			}
			s.base = make(base, blocks)
			for pos, share := range shares {
				s.base.set(int32(pos), uint64(w)*uint64(share))
			}
		}
		for at := range int32(blocks) {
			s.blocks, s.summed.end = blocks, 0
			acc, _ := s.next(at, 0)
			checkSums(t, seed, acc, want[64*at:][:64])
		}
	}
}

// TestComposeEqualsDefinition adds up the greatest shares of some columns each,
// as asks of sets want.
func TestComposeEqualsDefinition(t *testing.T) {
	const blocks = 6
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 10))
		s, q := Scratch{live: []int32{0, 1, 2, 3, 4, 5}, blocks: blocks}, query{}
		want := make([]uint64, 64*blocks)
		for i, w := range Split(FullWeight, r.Perm(2+r.IntN(12))) {
			if w == 0 {
				continue // there is no such term
			}
			factor := uint8(r.IntN(Style + 1))
			if i == 1 && seed%2 == 0 {
				q.base = make(base, padded(blocks))
				for pos := range want {
					sum := uint64(w) * r.Uint64N(uint64(FullShare)+1)
					q.base.set(int32(pos), sum)
					want[pos] += sum
				}
				continue
			}
			from, most := int32(len(q.columns)), make([]Share, 64*blocks)
			for range 1 + r.IntN(4) {
				c, shares := randomColumn(r, factor, blocks)
				q.columns = append(q.columns, c)
				for pos, share := range shares {
					most[pos] = max(most[pos], share)
				}
			}
			q.wants = append(q.wants, sought{from, int32(len(q.columns)), uint32(w), factor})
			for pos, share := range most {
				want[pos] += uint64(w) * uint64(share)
			}
		}
		if s.base = q.base; widest {
			s.pack(&q)
		} else {
			s.compose(&q, 0)
		}
		for at := range int32(blocks) {
			s.blocks, s.summed.end = blocks, 0
			acc, _ := s.next(at, 0)
			checkSums(t, seed, acc, want[64*at:][:64])
			s.summed.end = 0
			bar := want[64*at+r.Int32N(64)]
			_, over := s.next(at, bar)
			checkOver(t, seed, over, bar, want[64*at:][:64])
		}
	}
}

// checkSums compares the sums of a block, and what exceeds a bar.
func checkSums(t *testing.T, seed uint64, acc *sums, want []uint64) {
	t.Helper()
	for p, sum := range want {
		if acc.at(p) != sum {
			t.Fatalf("seed %d, position %d: sum %d, want %d", seed, p, acc.at(p), sum)
		}
	}
	for _, bar := range append([]uint64{0, 1, 2, 32_767, 32_768, 32_769, 60_000}, want...) {
		checkOver(t, seed, acc.over(bar), bar, want)
	}
}

// checkOver checks which sums of a block are said to be at least a bar.
func checkOver(t *testing.T, seed, over, bar uint64, want []uint64) {
	t.Helper()
	for p, sum := range want {
		if in := over>>p&1 == 1; in && sum+1 < bar || !in && sum >= bar {
			t.Fatalf("seed %d, position %d: sum %d with bar %d is over: %t", seed, p, sum, bar, in)
		}
	}
}

// TestGreatest takes the greater of two columns, where blocks are asked for.
func TestGreatest(t *testing.T) {
	withShares(t)
	r := rand.New(rand.NewPCG(1, 6))
	a, x := randomColumn(r, Needs, 3)
	b, y := randomColumn(r, Needs, 3)
	got, untouched := make(column, 3), slices.Clone(b)
	greatest(got, a, b, []int32{0, 2})
	for pos := range int32(192) {
		want := max(x[pos], y[pos])
		if pos>>6 == 1 {
			want = 0
		}
		word := got.patch(pos, 0).word
		if share := Share(*word >> (pos&3<<4 + pos>>5&1<<3)); share != want {
			t.Errorf("position %d: %d of %d and %d", pos, share, x[pos], y[pos])
		}
	}
	if !slices.Equal(b, untouched) {
		t.Error("a column was written")
	}
}

// TestWithEqualsReference ranks so many mentees under so many settings that an
// index keeps neither every set nor every base, while mentors change.
func TestWithEqualsReference(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 7))
		s := randomSnapshot(r, 150, 1+r.IntN(150))
		first := randomSettings(r)
		live := NewLive(s, first, seed)
		var scratch Scratch
		for range 40 {
			m := randomSnapshot(r, 150, 1).Mentors[0]
			j := r.IntN(len(s.Mentors))
			m.ID, m.Calendar = s.Mentors[j].ID, min(m.Calendar, uint32(len(s.Calendars)))
			m.Wishes, m.Conflicts = s.Mentors[j].Wishes, s.Mentors[j].Conflicts
			s.Mentors[j] = m
			live.Set(m)
			set := randomSettings(r)
			live.Read(func(x *Index) {
				x = x.With(set)
				for range 10 {
					e := &s.Mentees[r.IntN(len(s.Mentees))]
					got, want := x.TopK(e, 20, &scratch), referenceTopK(s, set, seed, e, 20)
					if !slices.Equal(got, want) {
						t.Fatalf("seed %d, mentee %s:\n got %v\nwant %v", seed, e.ID, got, want)
					}
				}
			})
		}
		x := live.x
		if len(x.bases) > maxBases || x.sets[Industry] < maxSets || x.anyOf[2] < maxSets {
			t.Errorf("seed %d: %d bases, %d sets of industries, %d of languages", seed, len(x.bases), x.sets[Industry], x.anyOf[2])
		}
	}
}

// TestBarEqualsRefuse compares who is refused by name with the rules between
// two people.
func TestBarEqualsRefuse(t *testing.T) {
	s := randomSnapshot(rand.New(rand.NewPCG(8, 8)), 40, 130)
	set := DefaultSettings()
	x := NewIndex(s, &set, 1)
	for i := range s.Mentees {
		open := slices.Clone(x.alive)
		x.bar(&s.Mentees[i], open)
		for j := range s.Mentors {
			pos := x.place[j]
			if got := open[pos>>6]>>(pos&63)&1 == 0; got != x.refusedPair(&s.Mentees[i], pos) {
				t.Errorf("%s with %s: refused %t", s.Mentees[i].ID, s.Mentors[j].ID, got)
			}
		}
	}
}

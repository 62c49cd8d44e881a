package matching

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// This file is the definition of the score, pair by pair, written a second
// time and as plainly as possible. Every other path must equal it.

// referenceScore is the score of a pair and its points by factor.
func referenceScore(s *Snapshot, set *Settings, e *Mentee, m *Mentor) (total int, byFactor [NumFactors]int) {
	weights := set.Weights
	asked := [NumFactors]bool{
		Needs: len(e.Needs) > 0, Industry: len(e.Sectors) > 0, Market: len(e.Targets) > 0, Language: len(e.Languages) > 0,
		Time: e.Calendar > 0, Stage: e.Stage > 0, Style: e.Cadence > 0 || len(e.Formats) > 0,
		Reliability: true, Load: true, Preference: len(e.Preferences) > 0, Similarity: e.Vector != nil && len(e.Vector.Values) > 0,
	}
	for f, ok := range asked {
		if !ok {
			weights[f] = 0
		}
	}
	w := referenceSplit(1000, weights[:])
	byFactor = [NumFactors]int{
		Needs:       referenceNeeds(w[Needs], e, m),
		Industry:    w[Industry] * referenceSector(e, m),
		Market:      referenceMarket(w[Market], e, m),
		Language:    w[Language] * referenceLanguage(e, m),
		Time:        w[Time] * referenceTime(s, e, m),
		Stage:       w[Stage] * referenceStage(e, m),
		Style:       referenceStyle(w[Style], e, m),
		Reliability: w[Reliability] * pick(m.Rated, int(m.Reliability), 20),
		Load:        w[Load] * referenceLoad(m),
		Similarity:  w[Similarity] * referenceSimilarity(e, m),
	}
	for i, part := range referenceSplit(w[Preference], slices.Repeat([]int{1}, len(e.Preferences))) {
		byFactor[Preference] += part * pick(slices.Contains(m.FoundBy, e.Preferences[i]), 60, 0)
	}
	for _, p := range byFactor {
		total += p
	}
	return total, byFactor
}

func pick(b bool, yes, no int) int {
	if b {
		return yes
	}
	return no
}

// referenceSplit hands out units one by one to whoever is furthest behind.
func referenceSplit(total int, portions []int) []int {
	out := make([]int, len(portions))
	sum := 0
	for _, p := range portions {
		sum += p
	}
	if sum == 0 {
		return out
	}
	given := 0
	for i, p := range portions {
		out[i] = total * p / sum
		given += out[i]
	}
	topped := map[int]bool{}
	for ; given < total; given++ {
		best, behind := -1, -1
		for i, p := range portions {
			if r := total*p - out[i]*sum; !topped[i] && r > behind {
				best, behind = i, r
			}
		}
		out[best]++
		topped[best] = true
	}
	return out
}

func referenceNeeds(weight int, e *Mentee, m *Mentor) (points int) {
	countries := []uint8{}
	for _, t := range e.Targets {
		if !slices.Contains(countries, t.Country) {
			countries = append(countries, t.Country)
		}
	}
	anywhere := len(countries) == 0
	if anywhere {
		countries = []uint8{0}
	}
	var portions []int
	for _, n := range e.Needs {
		portions = append(portions, slices.Repeat([]int{6 - int(n.Priority)}, len(countries))...)
	}
	parts := referenceSplit(weight, portions)
	for i, n := range e.Needs {
		for j, c := range countries {
			best := 0
			for _, k := range m.Skills {
				if k.Topic == n.Topic {
					best = max(best, int(k.Level)*pick(anywhere || k.Market == c, 20, 10))
				}
			}
			points += parts[i*len(countries)+j] * best
		}
	}
	return points
}

func referenceSector(e *Mentee, m *Mentor) (best int) {
	for _, a := range e.Sectors {
		for _, b := range m.Sectors {
			share := 0
			if a.Key != 0 && a.Key == b.Key {
				share = 20
			}
			for _, p := range chain {
				if a.Subsector == p[0] && b.Subsector == p[1] || a.Subsector == p[1] && b.Subsector == p[0] {
					share = 30
				}
			}
			if a.Family != 0 && a.Family == b.Family {
				share = 36
			}
			if a.Subsector != 0 && a.Subsector == b.Subsector {
				share = 45
			}
			if a.Group != 0 && a.Group == b.Group {
				share = 60
			}
			best = max(best, share)
		}
	}
	return best
}

func referenceMarket(weight int, e *Mentee, m *Mentor) (points int) {
	parts := referenceSplit(weight, slices.Repeat([]int{1}, len(e.Targets)))
	for i, t := range e.Targets {
		level, region := 0, false
		for _, k := range m.Markets {
			if k.Country == t.Country {
				level = max(level, int(k.Level))
				region = region || t.Region != 0 && k.Region == t.Region
			}
		}
		switch {
		case len(m.Markets) == 0:
			points += parts[i] * 20
		case t.Region == 0:
			points += parts[i] * 20 * level
		default:
			points += parts[i] * (16*level + pick(region, 12, 0))
		}
	}
	return points
}

func referenceLanguage(e *Mentee, m *Mentor) (best int) {
	for _, a := range e.Languages {
		for _, b := range m.Languages {
			if a.Language == b.Language {
				best = max(best, []int{0, 0, 0, 30, 45, 60, 60, 60}[min(a.Level, b.Level)])
			}
		}
	}
	return best
}

// referenceOverlap counts half hour by half hour.
func referenceOverlap(s *Snapshot, e *Mentee, m *Mentor) int {
	worst := 336
	a, b := s.Calendars[e.Calendar-1], s.Calendars[m.Calendar-1]
	for w := range a {
		n := 0
		for h := range 336 {
			if a[w][h/64]>>(h%64)&1 == 1 && b[w][h/64]>>(h%64)&1 == 1 {
				n++
			}
		}
		worst = min(worst, n)
	}
	return worst
}

func referenceTime(s *Snapshot, e *Mentee, m *Mentor) int {
	if e.Calendar == 0 || m.Calendar == 0 {
		return 20
	}
	return 5 * min(12, referenceOverlap(s, e, m))
}

func referenceStage(e *Mentee, m *Mentor) int {
	if len(m.Stages) == 0 {
		return 20
	}
	best := 0
	for _, s := range m.Stages {
		switch int(s) - int(e.Stage) {
		case 0:
			best = max(best, 60)
		case 1, -1:
			best = max(best, 30)
		}
	}
	return best
}

func referenceStyle(weight int, e *Mentee, m *Mentor) (points int) {
	var shares []int
	if e.Cadence != 0 {
		d := int(e.Cadence) - int(m.Cadence)
		shares = append(shares, pick(m.Cadence == 0, 20, pick(d == 0, 60, pick(d == 1 || d == -1, 30, 0))))
	}
	if len(e.Formats) > 0 {
		common := slices.ContainsFunc(e.Formats, func(f uint8) bool { return slices.Contains(m.Formats, f) })
		shares = append(shares, pick(len(m.Formats) == 0, 20, pick(common, 60, 0)))
	}
	for i, part := range referenceSplit(weight, slices.Repeat([]int{1}, len(shares))) {
		points += part * shares[i]
	}
	return points
}

func referenceLoad(m *Mentor) int {
	if m.Paused || m.Taken >= m.Capacity {
		return 0
	}
	free, capacity := int(m.Capacity)-int(m.Taken), int(m.Capacity)
	return (60*free + capacity/2) / capacity // halves go up; capacities are small, so a whole half occurs only for even ones
}

// referenceSimilarity is the greatest share whose lower bound, half a share
// below it, the sixtyfold cosine reaches.
func referenceSimilarity(e *Mentee, m *Mentor) (share int) {
	if e.Vector == nil || m.Vector == nil || e.Vector.Model != m.Vector.Model || len(e.Vector.Values) != len(m.Vector.Values) {
		return 20
	}
	product := new(big.Int)
	for i, v := range e.Vector.Values {
		product.Add(product, new(big.Int).Mul(signed(v), signed(m.Vector.Values[i])))
	}
	product.Mul(product, big.NewInt(2*60))
	for s := 1; s <= 60; s++ {
		if product.Cmp(big.NewInt(int64(2*s-1)*127*127)) >= 0 {
			share = s
		}
	}
	return share
}

// signed reads a byte in two's complement.
func signed(b byte) *big.Int { return big.NewInt(int64(b) - int64(b>>7)*256) }

// referenceRefusal is the first rule that says no.
func referenceRefusal(s *Snapshot, set *Settings, e *Mentee, m *Mentor) string {
	abroad := e.Country != m.Country
	for _, t := range e.Targets {
		for _, k := range m.Markets {
			abroad = abroad || t.Country != e.Country && k.Country == t.Country
		}
	}
	talk := false
	for _, a := range e.Languages {
		for _, b := range m.Languages {
			talk = talk || a.Language == b.Language && a.Level >= 3 && b.Level >= 3 && (a.Level >= 4 || b.Level >= 4)
		}
	}
	switch {
	case m.Paused || m.Taken >= m.Capacity:
		return "capacity"
	case set.CrossBorder && !abroad:
		return "cross_border"
	case !set.Interpreter && !talk:
		return "language"
	case e.Calendar > 0 && m.Calendar > 0 && referenceOverlap(s, e, m) < int(e.MinOverlap):
		return "overlap"
	case e.Organization != "" && e.Organization == m.Organization:
		return "organization"
	case slices.Contains(e.Conflicts, m.ID) || slices.Contains(m.Conflicts, e.ID):
		return "conflict"
	case slices.Contains(e.Never, m.ID):
		return "never"
	}
	return ""
}

// referenceWish orders equal scores: whom the mentee wished for in her order,
// then who wished for her, then the others.
func referenceWish(e *Mentee, m *Mentor) int {
	if i := slices.Index(e.Wishes, m.ID); i >= 0 {
		return i
	}
	return len(e.Wishes) + pick(slices.Contains(m.Wishes, e.ID), 0, 1)
}

// referenceTopK scores every pair and sorts.
func referenceTopK(s *Snapshot, set *Settings, seed uint64, e *Mentee, k int) (hits []Hit) {
	for j := range s.Mentors {
		if referenceRefusal(s, set, e, &s.Mentors[j]) == "" {
			score, _ := referenceScore(s, set, e, &s.Mentors[j])
			hits = append(hits, Hit{j, score})
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		if a.Score != b.Score {
			return b.Score - a.Score
		}
		if d := referenceWish(e, &s.Mentors[a.Mentor]) - referenceWish(e, &s.Mentors[b.Mentor]); d != 0 {
			return d
		}
		x, y := s.Mentors[a.Mentor].ID, s.Mentors[b.Mentor].ID
		if TieKey(seed, x) != TieKey(seed, y) {
			return pick(TieKey(seed, x) < TieKey(seed, y), -1, 1)
		}
		return strings.Compare(x, y)
	})
	return hits[:min(k, len(hits))]
}

// randomSnapshot draws people who share enough for every rule and factor to
// say both yes and no, with every answer missing at times.
func randomSnapshot(r *rand.Rand, mentees, mentors int) *Snapshot {
	s := &Snapshot{Start: "2027-01-04"}
	weeks := 1 + r.IntN(3)
	for range 12 {
		var c Calendar
		var base Week
		for range 30 {
			h := r.IntN(336)
			base[h/64] |= 1 << (h % 64)
		}
		for range weeks {
			w := base
			h := r.IntN(336)
			w[h/64] |= 1 << (h % 64)
			c = append(c, w)
		}
		s.Calendars = append(s.Calendars, c)
	}
	for i := range mentees {
		e := Mentee{
			ID: fmt.Sprintf("E-%04d", i), Country: draw(r, 1, 3), Languages: drawSpoken(r), Sectors: drawSectors(r),
			Stage: draw(r, 0, 6), Calendar: uint32(r.IntN(13)), MinOverlap: uint16(r.IntN(4)), Cadence: draw(r, 0, 3), Formats: drawSet(r, 4),
		}
		for n := range r.IntN(4) {
			e.Targets = append(e.Targets, Place{draw(r, 1, 3), uint8(n) * draw(r, 0, 5)})
		}
		for p := range 1 + r.IntN(5) {
			e.Needs = append(e.Needs, Need{uint8(5*p) + draw(r, 1, 5), draw(r, 1, 5)})
		}
		for range r.IntN(3) {
			e.Preferences = append(e.Preferences, uint32(r.IntN(5)))
		}
		e.Preferences = slices.Compact(e.Preferences)
		for range r.IntN(4) {
			e.Wishes = append(e.Wishes, fmt.Sprintf("M-%04d", r.IntN(mentors+2)))
		}
		if r.IntN(3) == 0 {
			e.Organization = fmt.Sprint("org", r.IntN(4))
			e.Conflicts = []string{fmt.Sprintf("M-%04d", r.IntN(mentors))}
			e.Never = []string{fmt.Sprintf("M-%04d", r.IntN(mentors))}
		}
		s.Mentees = append(s.Mentees, e)
	}
	for i := range mentors {
		m := Mentor{
			ID: fmt.Sprintf("M-%04d", i), Country: draw(r, 1, 3), Languages: drawSpoken(r), Sectors: drawSectors(r),
			Stages: drawSet(r, 6), Calendar: uint32(r.IntN(13)), Cadence: draw(r, 0, 3), Formats: drawSet(r, 4), Capacity: draw(r, 0, 6),
			Paused: r.IntN(12) == 0, Rated: r.IntN(2) == 0, Reliability: draw(r, 0, 60),
		}
		m.Taken = min(m.Capacity, draw(r, 0, 3))
		for range r.IntN(8) {
			m.Skills = append(m.Skills, Skill{draw(r, 1, 25), draw(r, 0, 3), draw(r, 1, 3)})
		}
		for range r.IntN(4) {
			m.Markets = append(m.Markets, Known{draw(r, 1, 3), draw(r, 0, 5), draw(r, 1, 3)})
		}
		for range r.IntN(3) {
			m.FoundBy = append(m.FoundBy, uint32(r.IntN(5)))
		}
		for range r.IntN(3) {
			m.Wishes = append(m.Wishes, fmt.Sprintf("E-%04d", r.IntN(mentees)))
		}
		if r.IntN(3) == 0 {
			m.Organization = fmt.Sprint("org", r.IntN(4))
			m.Conflicts = []string{fmt.Sprintf("E-%04d", r.IntN(mentees))}
		}
		s.Mentors = append(s.Mentors, m)
	}
	vectors := rand.New(rand.NewPCG(uint64(mentees), uint64(mentors))) // of their own, so that they leave the rest as it was
	for i := range s.Mentees {
		s.Mentees[i].Vector = drawVector(vectors)
	}
	for i := range s.Mentors {
		s.Mentors[i].Vector = drawVector(vectors)
	}
	return s
}

func draw(r *rand.Rand, low, high int) uint8 { return uint8(low + r.IntN(high-low+1)) }

func drawSet(r *rand.Rand, n int) (set []uint8) {
	for v := range n {
		if r.IntN(4) == 0 {
			set = append(set, uint8(v+1))
		}
	}
	return set
}

// drawVector is of a few models and lengths, so that many meet, or none.
func drawVector(r *rand.Rand) *Vector {
	if r.IntN(4) == 0 {
		return nil
	}
	v := &Vector{Model: []string{"a", "b"}[r.IntN(8)/7], Values: make([]byte, 3+r.IntN(8)/7)}
	for i := range v.Values {
		v.Values[i] = byte(r.IntN(256))
	}
	return v
}

func drawSpoken(r *rand.Rand) (out []Spoken) {
	for l := range 3 {
		if r.IntN(2) == 0 {
			out = append(out, Spoken{uint8(l + 1), draw(r, 1, 7)})
		}
	}
	if out == nil {
		return []Spoken{{draw(r, 1, 3), 7}}
	}
	return out
}

func drawSectors(r *rand.Rand) (out []Sector) {
	for range 1 + r.IntN(3) {
		p := chain[r.IntN(len(chain))]
		s := Sector{Key: uint8(p[0]/100) + 1, Subsector: p[r.IntN(2)]}
		s.Key = uint8(s.Subsector / 100)
		switch r.IntN(4) {
		case 0:
			s.Group = s.Subsector*10 + uint16(1+r.IntN(2))
		case 1:
			s.Family = draw(r, 1, 3)
		case 2:
			s.Subsector = 0
		}
		out = append(out, s)
	}
	return out
}

func randomSettings(r *rand.Rand) *Settings {
	set := DefaultSettings()
	set.CrossBorder, set.Interpreter = r.IntN(3) > 0, r.IntN(3) == 0
	set.Weights[Preference] = r.IntN(MaxPreference + 1)
	set.Weights[Similarity] = r.IntN(3) * r.IntN(200)
	if r.IntN(2) == 0 {
		for i := range set.Weights {
			set.Weights[i] = r.IntN(300)
		}
		set.Weights[Reliability]++
	}
	return &set
}

func TestKernelEqualsReference(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		s, set := randomSnapshot(r, 12, 1+r.IntN(300)), randomSettings(r)
		x := NewIndex(s, set, seed)
		var scratch Scratch
		for i := range s.Mentees {
			e := &s.Mentees[i]
			k := r.IntN(2 + len(s.Mentors))
			got, want := x.TopK(e, k, &scratch), referenceTopK(s, set, seed, e, k)
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, mentee %s, k %d:\n got %v\nwant %v", seed, e.ID, k, got, want)
			}
			for j := range s.Mentors {
				checkPair(t, x, s, set, e, j)
			}
		}
	}
}

// TestManyEqualReference ranks among so many mentors that they lie in several tiles,
// and what is seen of some makes guess of others.
func TestManyEqualReference(t *testing.T) {
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 11))
		s, set := randomSnapshot(r, 6, 4000+r.IntN(3000)), randomSettings(r)
		x := NewIndex(s, set, seed)
		var scratch Scratch
		for i := range s.Mentees {
			e := &s.Mentees[i]
			for _, k := range []int{1, 2, 20, 50, 1000, len(s.Mentors)} {
				if got, want := x.TopK(e, k, &scratch), referenceTopK(s, set, seed, e, k); !slices.Equal(got, want) {
					t.Fatalf("seed %d, mentee %s, k %d:\n got %v\nwant %v", seed, e.ID, k, got, want)
				}
			}
		}
	}
}

// TestGuessTooHigh has the best mentors in the first tile, so that what is guessed
// from it is wrong.
func TestGuessTooHigh(t *testing.T) {
	s := randomSnapshot(rand.New(rand.NewPCG(2, 11)), 1, 1)
	like := s.Mentors[0]
	s.Mentors = nil
	live := NewLive(s, randomSettings(rand.New(rand.NewPCG(1, 11))), 1)
	e := &Mentee{ID: "E", Country: like.Country, Languages: like.Languages, Sectors: like.Sectors}
	like.Capacity, like.Taken, like.Conflicts, like.Wishes, like.Organization = 9, 0, nil, nil, ""
	const good, all = 60, 64 * tileBlocks * 4
	for i := range all { // in this order, since all are new
		m := like
		if m.ID = fmt.Sprintf("M-%05d", i); i >= good {
			m.Sectors = nil
		}
		live.Set(m)
		s.Mentors = append(s.Mentors, m)
	}
	live.Read(func(x *Index) {
		var scratch Scratch
		got, want := x.TopK(e, good, &scratch), referenceTopK(s, x.settings, 1, e, good)
		if !slices.Equal(named(x, got), named(x, want)) {
			t.Errorf("got %v\nwant %v", got, want)
		}
		if !scratch.query.sure {
			t.Error("the guess was right, which this test is not about")
		}
	})
}

// checkPair compares one pair's explanation and refusal with the definition.
func checkPair(t *testing.T, x *Index, s *Snapshot, set *Settings, e *Mentee, j int) {
	t.Helper()
	m := &s.Mentors[j]
	score, byFactor := referenceScore(s, set, e, m)
	got := x.Explain(e, j)
	weights := 0
	for _, l := range got.Lines {
		byFactor[l.Factor] -= l.Points()
		weights += l.Weight
	}
	if got.Score != score || byFactor != [NumFactors]int{} || weights != FullWeight {
		t.Fatalf("%s with %s: score %d, want %d; factors off by %v; weights sum to %d", e.ID, m.ID, got.Score, score, byFactor, weights)
	}
	if got, want := x.Refusal(e, j), referenceRefusal(s, set, e, m); got != want {
		t.Fatalf("%s with %s: refused by %q, want %q", e.ID, m.ID, got, want)
	}
}

func TestAbove(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	s, set := randomSnapshot(r, 20, 200), randomSettings(r)
	x := NewIndex(s, set, 1)
	bars := make([]int64, len(s.Mentors))
	for i := range bars {
		bars[i] = int64(r.IntN(40000))
	}
	var scratch Scratch
	for i := range s.Mentees {
		var want []Hit
		for j := range s.Mentors {
			score, _ := referenceScore(s, set, &s.Mentees[i], &s.Mentors[j])
			if int64(score) > bars[j] && referenceRefusal(s, set, &s.Mentees[i], &s.Mentors[j]) == "" {
				want = append(want, Hit{j, score})
			}
		}
		if got := x.Above(&s.Mentees[i], bars, &scratch); !slices.Equal(got, want) {
			t.Errorf("mentee %d: got %v, want %v", i, got, want)
		}
	}
}

// TestWishesBreakTies gives one mentee mentors of equal score.
func TestWishesBreakTies(t *testing.T) {
	mentor := func(id string, wishes ...string) Mentor {
		return Mentor{ID: id, Country: 2, Languages: []Spoken{{1, 7}}, Capacity: 1, Wishes: wishes}
	}
	s := &Snapshot{
		Mentees: []Mentee{{ID: "E", Country: 1, Languages: []Spoken{{1, 7}}, Wishes: []string{"M-4", "gone", "M-2"}}},
		Mentors: []Mentor{mentor("M-1"), mentor("M-2"), mentor("M-3", "E"), mentor("M-4"), mentor("M-5")},
	}
	set := DefaultSettings()
	for seed := range uint64(10) {
		hits := NewIndex(s, &set, seed).TopK(&s.Mentees[0], 5, &Scratch{})
		var got []string
		for _, h := range hits {
			got = append(got, s.Mentors[h.Mentor].ID)
		}
		if !slices.Equal(got[:3], []string{"M-4", "M-2", "M-3"}) {
			t.Errorf("seed %d: %v", seed, got)
		}
	}
}

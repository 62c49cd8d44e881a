package main

import (
	"cmp"
	"slices"

	"puente/jobs"
	"puente/matching"
)

// work is the ranking that every peer does: one made-up population, its scores
// taken apart into numbers, and what puente answers. People go by their number
// in the snapshot, asks and demands by their number here.
type work struct {
	k        int
	seed     uint64
	snapshot *matching.Snapshot
	settings matching.Settings

	asks    map[matching.Ask]int
	shares  [][]byte // by ask, then mentor
	demands map[matching.Ask]int
	allowed [][]byte // by demand, then mentor: 1 or 0

	mentees       []wanted // who ask
	ties          []int32  // by mentor: place among equal scores
	organizations []int32  // by mentor: a number, 0 for none
}

// wanted is one mentee as numbers.
type wanted struct {
	Terms        [][2]int `json:"terms"`   // ask, weight
	Demands      []int    `json:"demands"` // all must allow a mentor
	Organization int32    `json:"organization"`
	Refused      []int    `json:"refused"` // mentors of conflicts, ascending
}

// newWork makes a population and takes it apart. Wishes are left out: they
// only order equal scores.
func newWork(mentors, mentees, k int, seed uint64) (*work, error) {
	var people jobs.People
	people.Mentors, people.Mentees = jobs.Generate(jobs.Population{Mentors: mentors, Mentees: mentees, Seed: seed})
	for i := range people.Mentors {
		people.Mentors[i].Wishes = nil
	}
	for i := range people.Mentees {
		people.Mentees[i].Wishes = nil
	}
	snapshot, err := jobs.Snapshot(people, jobs.DefaultStart)
	if err != nil {
		return nil, err
	}
	w := &work{
		k: k, seed: seed, snapshot: snapshot, settings: matching.DefaultSettings(),
		asks: map[matching.Ask]int{}, demands: map[matching.Ask]int{},
	}
	w.export()
	return w, nil
}

func (w *work) index() *matching.Index { return matching.NewIndex(w.snapshot, &w.settings, w.seed) }

// export fills the numbers.
func (w *work) export() {
	x := w.index()
	organizations := map[string]int32{"": 0}
	number := func(name string) int32 {
		if _, ok := organizations[name]; !ok {
			organizations[name] = int32(len(organizations))
		}
		return organizations[name]
	}
	for i := range w.snapshot.Mentors {
		w.organizations = append(w.organizations, number(w.snapshot.Mentors[i].Organization))
	}
	w.ties = w.tieOrder()
	conflicts := w.conflicts()
	for i := range w.snapshot.Mentees {
		e := &w.snapshot.Mentees[i]
		out := wanted{Organization: number(e.Organization), Refused: append([]int{}, conflicts[e.ID]...)}
		for _, t := range x.Terms(e) {
			if _, ok := w.asks[t.Ask]; !ok {
				w.asks[t.Ask] = len(w.shares)
				w.shares = append(w.shares, x.Shares(t.Ask))
			}
			out.Terms = append(out.Terms, [2]int{w.asks[t.Ask], t.Weight})
		}
		for _, d := range x.Demands(e) {
			if _, ok := w.demands[d]; !ok {
				w.demands[d] = len(w.allowed)
				w.allowed = append(w.allowed, ones(x.Allowed(d)))
			}
			out.Demands = append(out.Demands, w.demands[d])
		}
		w.mentees = append(w.mentees, out)
	}
}

func ones(yes []bool) []byte {
	out := make([]byte, len(yes))
	for i, y := range yes {
		if y {
			out[i] = 1
		}
	}
	return out
}

// tieOrder gives each mentor's place among equal scores.
func (w *work) tieOrder() []int32 {
	order := make([]int, len(w.snapshot.Mentors))
	for i := range order {
		order[i] = i
	}
	key := func(i int) uint64 { return matching.TieKey(w.seed, w.snapshot.Mentors[i].ID) }
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a, b)) })
	places := make([]int32, len(order))
	for place, i := range order {
		places[i] = int32(place)
	}
	return places
}

// conflicts lists, by mentee id, the mentors whom either side declared.
func (w *work) conflicts() map[string][]int {
	numbers := map[string]int{}
	pairs := map[string][]int{}
	for j := range w.snapshot.Mentors {
		m := &w.snapshot.Mentors[j]
		numbers[m.ID] = j
		for _, id := range m.Conflicts {
			pairs[id] = append(pairs[id], j)
		}
	}
	for i := range w.snapshot.Mentees {
		e := &w.snapshot.Mentees[i]
		for _, id := range e.Conflicts {
			if j, ok := numbers[id]; ok {
				pairs[e.ID] = append(pairs[e.ID], j)
			}
		}
		slices.Sort(pairs[e.ID])
		pairs[e.ID] = slices.Compact(pairs[e.ID])
	}
	return pairs
}

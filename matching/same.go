package matching

import "slices"

// What factors and rules read of a mentor: each tells whether that is equal of
// two. A live index rewrites only what a change can have changed.

func sameSkills(a, b *Mentor) bool    { return slices.Equal(a.Skills, b.Skills) }
func sameSectors(a, b *Mentor) bool   { return slices.Equal(a.Sectors, b.Sectors) }
func sameMarkets(a, b *Mentor) bool   { return slices.Equal(a.Markets, b.Markets) }
func sameLanguages(a, b *Mentor) bool { return slices.Equal(a.Languages, b.Languages) }
func sameCalendar(a, b *Mentor) bool  { return a.Calendar == b.Calendar }
func sameStages(a, b *Mentor) bool    { return slices.Equal(a.Stages, b.Stages) }
func sameTags(a, b *Mentor) bool      { return slices.Equal(a.FoundBy, b.FoundBy) }

func sameStyle(a, b *Mentor) bool {
	return a.Cadence == b.Cadence && slices.Equal(a.Formats, b.Formats)
}

func sameReliability(a, b *Mentor) bool {
	return a.Rated == b.Rated && a.Reliability == b.Reliability
}

func samePlaces(a, b *Mentor) bool {
	return a.Capacity == b.Capacity && a.Taken == b.Taken && a.Paused == b.Paused
}

func sameVector(a, b *Mentor) bool { return a.Vector.equal(b.Vector) }

func sameBorder(a, b *Mentor) bool { return a.Country == b.Country && sameMarkets(a, b) }

package matching

// Settings are a programme's choices. They are part of a published round.
type Settings struct {
	Weights     Weights
	CrossBorder bool  // mentor of another country, or who knows a foreign market the mentee wants
	Interpreter bool  // a shared language is not required
	Candidates  int   // candidates per mentee that a round starts from; it takes more where they could matter
	Cover       Cover // whom to serve first, before the total score
	Method      Method
	Groups      []GroupSpec // rules about groups, only of optimal rounds
	Plans       int         // of a lottery: plans of equal chance, so that no pair is likelier than one in so many
}

// Weights has one weight per factor, in the order of [Factors]. They are
// relative: a mentee's asked factors share 1000 in these proportions.
type Weights [NumFactors]int

// Cover says whose being served comes before the total score.
type Cover uint8

// The covers: nobody's, as many mentees as possible, as many mentors as
// possible, or both.
const (
	CoverNone Cover = iota
	CoverMentees
	CoverMentors
	CoverBoth
)

// MaxWeight is the most that one factor may weigh.
const MaxWeight = 1000

// MaxPreference is the most that the preference factor may weigh, in
// thousandths of all weights.
const MaxPreference = 50

// allowed says whether a programme may choose the weights: each is 0 to
// [MaxWeight], needs weigh something, and preference at most [MaxPreference].
func (w *Weights) allowed() bool {
	sum := 0
	for _, v := range w {
		if v < 0 || v > MaxWeight {
			return false
		}
		sum += v
	}
	return w[Needs] > 0 && w[Preference]*FullWeight <= MaxPreference*sum
}

// DefaultSettings are the settings of a programme that chose nothing.
func DefaultSettings() Settings {
	s := Settings{CrossBorder: true, Candidates: 50, Plans: MinPlans}
	for i := range Factors {
		s.Weights[i] = Factors[i].Default
	}
	return s
}

package web

// Explained says of one business of a round why it has its mentor, or none, and
// what would change it. Texts are in the reader's language; of an answer the
// first says what is asked, the others answer.
type Explained struct {
	Page
	Round, Business string
	Back            string // path of the round
	Unmatched       string // the reason that binds, "" for a business with a mentor
	Pairs           [][]string
	Better          [][]string // mentors who rank before its last
	More            int        // such mentors who are not explained
	Holds           string     // what the answers are
	Chances         string     // of a lottery, "" else
}

// RoundAdvice says what places, rules and serving more cost in a round, and whom
// to win as mentors. Texts are in the reader's language.
type RoundAdvice struct {
	Page
	Round        string
	Back         string // path of the round
	Places       []string
	Ladder       []string
	Rules        []string
	Recruits     []string
	RecruitsNote string   // what is exact and what is not, "" without recruits
	Unfinished   bool     // not all could be solved in time
	Holds        string   // what the answers are
	Best         string   // what the method costs, "" of the highest total
	Groups       []string // what rules about groups cost
	Note         string   // what is not told, "" of the highest total
}

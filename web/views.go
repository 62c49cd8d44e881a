package web

import "time"

// Landing is the first page, with the sign-up form. If a field of the form
// was refused, the page is the form alone.
type Landing struct {
	Page
	SignUp    string  // where the form posts to
	Fields    []Field // see SignUpFields
	Privacy   string  // path of the privacy notice
	Figures   []Figure
	FiguresOf string // whose figures these are and from when
}

// Figure is a number with what it counts, both in the reader's language.
type Figure struct{ Value, Text string }

// Suggestions are an entrepreneur's suggested mentors in the order of her
// wishes.
type Suggestions struct {
	Page
	Business  string
	Compared  int       // how many mentors were compared
	Until     time.Time // when the order is taken, in the reader's zone; zero if not set
	City      string    // of the reader's zone
	Mentors   []Suggestion
	Order     string // where the order posts to: order=ID for each mentor, and up=ID, down=ID or confirm=1
	Confirmed bool   // the order was confirmed and has not changed since
	Closed    bool   // the order can no longer be changed
	Steps     []Step
}

// Suggestion is one suggested mentor.
type Suggestion struct {
	ID, Name string
	About    string // what the person does, where, in the reader's language
	Country  string // CA, MX, US or ""
	Tags     []string
	Good     string // a good habit, such as how fast the mentor replies
	Path     string // of the mentor's profile
	Score    Score
}

// Step is a stage on the way to the first call.
type Step struct {
	Text  string
	State StepState
}

// StepState says where a step stands.
type StepState int

// The states of a step.
const (
	StepAhead StepState = iota
	StepNow
	StepDone
)

// Request is what a mentor is asked, and where the mentor answers.
type Request struct {
	Page
	Name, About, Country string
	Business             string
	Due                  time.Time // reply by, in the reader's zone; zero if not set
	Ask                  string    // in the entrepreneur's own words
	AskLang              string    // their language, "" if it is the page's
	Facts                []Fact
	Score                Score
	State                RequestState
	Accept               string  // where accepting posts to
	Decline              string  // where declining posts to: reason=CODE and note
	DeclineFields        []Field // see DeclineFields
	Requests             []Waiting
	Mentorships          []Waiting
	Taken, Places        int // of the mentor's places
}

// RequestState says how a request stands.
type RequestState int

// The states of a request.
const (
	RequestOpen RequestState = iota
	RequestAccepted
	RequestDeclined
	RequestExpired
	RequestClosed
)

// requestStates are what each state but the open one says.
var requestStates = map[RequestState]string{
	RequestAccepted: "request.accepted",
	RequestDeclined: "request.declined",
	RequestExpired:  "request.expired",
	RequestClosed:   "request.closed",
}

// Fact is a term and what it is, both in the reader's language.
type Fact struct{ Term, Value string }

// Waiting is an entry of a mentor's lists.
type Waiting struct {
	Name, Note, Path string
	Current          bool
}

// declineReasons are the reasons for declining that a mentor can choose from.
var declineReasons = []struct{ code, key string }{
	{"no_time", "request.reason_no_time"},
	{"not_my_field", "request.reason_not_my_field"},
	{"conflict", "request.reason_conflict"},
	{"other", "request.reason_other"},
}

// DeclineReasons are the codes of the reasons for declining, in order.
func DeclineReasons() (codes []string) {
	for _, r := range declineReasons {
		codes = append(codes, r.code)
	}
	return codes
}

// DeclineFields are the fields of the form that declines a request: reason
// (one of DeclineReasons) and note. Values and problems are as in SignUpFields.
func DeclineFields(lang string, values, problems map[string]string) []Field {
	p := Page{Lang: lang}
	why := Field{Name: "reason", Kind: KindRadio, Label: p.T("request.why_decline"), Required: true}
	for _, r := range declineReasons {
		why.Options = append(why.Options, Option{r.code, p.T(r.key), ""})
	}
	note := Field{Name: "note", Kind: KindArea, Label: p.T("request.note"), Hint: p.T("request.note_hint"), Max: 500}
	fields := []Field{why, note}
	for i := range fields {
		fields[i].Value, fields[i].Problem = values[fields[i].Name], problems[fields[i].Name]
	}
	return fields
}

// Review is a round before the eyes of staff.
type Review struct {
	Page
	Name      string
	Published bool
	Run       int       // number of the run
	At        time.Time // of the run, in the reader's zone
	Seed      string
	Took      time.Duration
	Summary   Summary
	Proof     Proof
	Pairs     []Pair // those of this page of the table
	Selected  string // ID of the pair that the panel shows, "" for the first
	Previous  string // path of the table's page before, "" at the first
	Next      string // path of the table's page after, "" at the last
	Unmatched []Unmatched
	Download  string  // path of round.json, without a language in front
	Publish   string  // where publishing posts to: confirm=on
	Fields    []Field // see PublishFields
}

// Summary counts a round.
type Summary struct {
	Pairs, Businesses, Places int
	Unmatched                 int
	FirstChoice               int // pairs with a business's first choice
	AcrossBorder              int // pairs of two countries
}

// Proof is what the checker found. Total is the sum of the pairs' scores and
// Bound what no plan can exceed, in the engine's units.
type Proof struct {
	Proven       bool
	Total, Bound int
	Checks       []Check
}

// Check is one thing that was checked, in the reader's language.
type Check struct {
	Text string
	OK   bool
}

// Pair is one row of the table of pairs. Path selects it.
type Pair struct {
	ID, Path                                 string
	Business, BusinessAbout, BusinessCountry string
	Mentor, MentorAbout, MentorCountry       string
	Choice                                   int // which choice of the business the mentor is, 0 if none
	Score                                    Score
}

// Unmatched is a business without a mentor and why.
type Unmatched struct{ Name, About, Country, Reason string }

// selected is the pair that the panel shows, nil without pairs.
func (v Review) selected() *Pair {
	for i := range v.Pairs {
		if v.Pairs[i].ID == v.Selected {
			return &v.Pairs[i]
		}
	}
	if len(v.Pairs) > 0 {
		return &v.Pairs[0]
	}
	return nil
}

// PublishFields are the fields of the form that publishes a round: confirm.
// Values and problems are as in SignUpFields.
func PublishFields(lang string, values, problems map[string]string) []Field {
	p := Page{Lang: lang}
	return []Field{{
		Name: "confirm", Kind: KindCheckbox, Label: p.T("review.confirm"), Required: true,
		Value: values["confirm"], Problem: problems["confirm"],
	}}
}

// landingNav leads to the parts of the first page where it has no other
// navigation.
func (v Landing) landingNav() Page {
	p := v.Page
	if len(p.Nav) == 0 && len(refused(v.Fields)) == 0 {
		p.Nav = []Link{{Text: p.T("landing.nav_how"), Path: "#how"}, {Text: p.T("landing.nav_join"), Path: "#join"}}
	}
	return p
}

// seconds is how long the run took, in tenths of a second.
func (v Review) seconds() string { return Tenths(v.Lang, int(v.Took.Milliseconds()+50)/100) }

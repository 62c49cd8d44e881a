package web

import "time"

// Request is a pair before one of its two people, who answers it here. With
// RequestNone nothing was asked yet, and the page says what happens next.
type Request struct {
	Page
	Side                 string // who reads it: SideMentor or SideMentee
	Name, About, Country string // of the other person
	Left                 bool   // the other person's account was erased; Name says so
	Business             string
	Due                  time.Time // reply by, in the reader's zone; zero if not set
	Ask                  string    // in the other person's own words
	AskLang              string    // their language, "" if it is the page's
	Facts                []Fact
	Score                Score
	State                RequestState
	Contact              string  // how to reach the other person; shown when both have accepted
	Accept               string  // where accepting posts to
	Decline              string  // where declining posts to: reason=CODE; "" leaves the form out
	DeclineFields        []Field // see DeclineFields
	Steps                []Step
	Requests             []Waiting
	Mentorships          []Waiting
	Taken, Places        int // of the mentor's places
}

// The sides of a pair.
const (
	SideMentor = "mentor"
	SideMentee = "mentee"
)

// RequestState says how a request stands.
type RequestState int

// The states of a request.
const (
	RequestOpen       RequestState = iota // waits for the reader's answer
	RequestWaiting                        // the reader accepted, the other person has not answered yet
	RequestActive                         // both accepted
	RequestDeclined                       // by one of the two
	RequestExpired                        // nobody answered in time
	RequestSuperseded                     // one of the two is taken elsewhere
	RequestNone                           // there is no request
)

// Fact is a term and what it is, both in the reader's language.
type Fact struct{ Term, Value string }

// Waiting is an entry of the reader's lists.
type Waiting struct {
	Name, Note, Path string
	Current          bool
}

// requestWords are the keys of what the page says to a side.
type requestWords struct {
	title, list, why, hint, kind string
	none, noneMore               string
	states                       map[RequestState]string // but the open one and none
}

var requestSides = map[string]requestWords{
	SideMentor: {
		title: "request.title", list: "request.yours", why: "request.why_you", hint: "request.accept_hint", kind: "request.kind",
		none: "request.none", noneMore: "request.none_more",
		states: map[RequestState]string{
			RequestWaiting: "request.waiting", RequestActive: "request.active", RequestDeclined: "request.declined",
			RequestExpired: "request.expired", RequestSuperseded: "request.superseded",
		},
	},
	SideMentee: {
		title: "offer.title", list: "offer.yours", why: "offer.why", hint: "offer.accept_hint", kind: "offer.kind",
		none: "offer.none", noneMore: "offer.none_more",
		states: map[RequestState]string{
			RequestWaiting: "offer.waiting", RequestActive: "request.active", RequestDeclined: "offer.declined",
			RequestExpired: "request.expired", RequestSuperseded: "offer.superseded",
		},
	},
}

// words are those of the reader's side.
func (v Request) words() requestWords {
	if w, ok := requestSides[v.Side]; ok {
		return w
	}
	return requestSides[SideMentor]
}

// heading is the title of the page.
func (v Request) heading() string {
	if v.State == RequestNone {
		return v.T(v.words().none)
	}
	if v.Left {
		return v.Name
	}
	return v.title(v.T(v.words().title, "Name", v.Name), v.DeclineFields)
}

// declineReasons are the reasons for declining that people can choose from,
// with the keys of what each side reads.
var declineReasons = []struct{ code, mentor, mentee string }{
	{"too_busy", "request.too_busy", "request.too_busy"},
	{"not_my_field", "request.not_my_field", "offer.not_my_field"},
	{"conflict", "request.conflict", "request.conflict"},
	{"language", "request.language", "request.language"},
	{"other", "request.other", "request.other"},
}

// DeclineFields are the fields of the form with which a side declines: reason,
// one of too_busy, not_my_field, conflict, language and other. Values and
// problems are as in SignUpFields.
func DeclineFields(lang, side string, values, problems map[string]string) []Field {
	p := Page{Lang: lang}
	why := Field{Name: "reason", Kind: KindRadio, Label: p.T("request.why_decline"), Required: true}
	for _, r := range declineReasons {
		key := r.mentor
		if side == SideMentee {
			key = r.mentee
		}
		why.Options = append(why.Options, Option{Value: r.code, Label: p.T(key)})
	}
	return fill(values, problems, why)
}

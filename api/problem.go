package api

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"puente/jobs"
	"puente/models"
	"puente/web"
)

// Code says to a program what went wrong. Codes are a public contract: they
// only grow.
type Code string

// The codes of problems. Each is also a message, "problem." + code.
const (
	CodeMalformed     Code = "malformed"             // not readable as what it must be
	CodeUnauthorized  Code = "unauthenticated"       // no valid token or session
	CodeCodeRequired  Code = "code_required"         // the first factor was right, and a good code of the second one is missing
	CodeForbidden     Code = "forbidden"             // known, and not allowed
	CodeSecondFactor  Code = "second_factor"         // known, and has to set up a second factor first
	CodeCrossOrigin   Code = "cross_origin"          // a write from another site's page
	CodeNotFound      Code = "not_found"             // missing, or not to be known of
	CodeMethod        Code = "method_not_allowed"    // the address exists, not so
	CodeNotAcceptable Code = "not_acceptable"        // no form of the answer that the client takes
	CodeTimeout       Code = "timeout"               // the request came too slowly
	CodeConflict      Code = "conflict"              // the state forbids it
	CodePrecondition  Code = "precondition"          // changed since it was read
	CodeTooLarge      Code = "too_large"             // more bytes than allowed
	CodeLongAddress   Code = "long_address"          // path and query together
	CodeMedia         Code = "unsupported_media"     // not the type or coding that is read
	CodeInvalid       Code = "invalid"               // readable, with values that do not fit
	CodeNoCondition   Code = "precondition_required" // If-Match is missing
	CodeTooMany       Code = "too_many_requests"     // later it may work
	CodeInternal      Code = "internal"              // a defect, told in the log only
	CodeUnavailable   Code = "unavailable"           // later it may work
)

// statuses is the one map from codes to HTTP.
var statuses = map[Code]int{
	CodeMalformed: http.StatusBadRequest, CodeUnauthorized: http.StatusUnauthorized, CodeForbidden: http.StatusForbidden,
	CodeCodeRequired: http.StatusUnauthorized, CodeSecondFactor: http.StatusForbidden,
	CodeCrossOrigin: http.StatusForbidden, CodeNotFound: http.StatusNotFound, CodeMethod: http.StatusMethodNotAllowed,
	CodeNotAcceptable: http.StatusNotAcceptable, CodeTimeout: http.StatusRequestTimeout,
	CodeConflict: http.StatusConflict, CodePrecondition: http.StatusPreconditionFailed,
	CodeTooLarge: http.StatusRequestEntityTooLarge, CodeLongAddress: http.StatusRequestURITooLong,
	CodeMedia: http.StatusUnsupportedMediaType, CodeInvalid: http.StatusUnprocessableEntity,
	CodeNoCondition: http.StatusPreconditionRequired, CodeTooMany: http.StatusTooManyRequests,
	CodeInternal: http.StatusInternalServerError, CodeUnavailable: http.StatusServiceUnavailable,
}

// Schema lists the codes in the document.
func (Code) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Description: "What went wrong, for programs; codes only grow"}
	for _, code := range slices.Sorted(maps.Keys(statuses)) {
		s.Enum = append(s.Enum, string(code))
	}
	s.PrecomputeMessages()
	return s
}

// codeOf finds the code for a status that a library chose.
func codeOf(status int) Code {
	switch status { // several codes have them
	case http.StatusUnauthorized:
		return CodeUnauthorized
	case http.StatusForbidden:
		return CodeForbidden
	}
	for code, s := range statuses {
		if s == status {
			return code
		}
	}
	if status >= http.StatusInternalServerError {
		return CodeInternal
	}
	return CodeMalformed
}

// Error is what an operation returns when it cannot do what was asked. Key and
// Args are the message of this one case and may be empty; Err is for the log
// only and never leaves the server.
type Error struct {
	Code   Code
	Key    string
	Args   map[string]any
	Fields []Field
	Retry  time.Duration // how long to wait, for unavailable and too_many_requests
	Err    error
}

// Field is one place of a request that does not fit, as a JSON pointer into
// the request: "/body/name", "/query/limit". Its message is
// "validation." + Rule with Args; a Rule with a dot is a message of its own,
// and its last part the rule that programs read.
type Field struct {
	Pointer string
	Rule    string
	Args    map[string]any
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	for _, f := range e.Fields {
		b.WriteString(" " + f.Pointer + ":" + f.Rule)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// Problem is the body of every answer that is not a success, by RFC 9457.
type Problem struct {
	Type     string   `json:"type" format:"uri" doc:"urn:puente:problem: and the code" example:"urn:puente:problem:invalid"`
	Title    string   `json:"title" doc:"What the code means, in the reader's language"`
	Status   int      `json:"status" minimum:"400" maximum:"599" doc:"The HTTP status"`
	Code     Code     `json:"code"`
	Detail   string   `json:"detail,omitempty" doc:"What happened this time, in the reader's language"`
	Instance string   `json:"instance" format:"uri" doc:"urn:puente:request: and the request id, to be named in questions to the operator"`
	Errors   []Detail `json:"errors,omitempty" nullable:"false" doc:"Every place that does not fit"`
	retry    time.Duration
}

// Detail is one place of the request that does not fit.
type Detail struct {
	Pointer string `json:"pointer" doc:"JSON pointer into the request, which has the members body, path, query, header and cookie" example:"/body/name"`
	Code    string `json:"code" doc:"The rule that is broken; rules only grow" example:"max_length"`
	Detail  string `json:"detail" doc:"The rule in the reader's language; it never repeats what was sent"`
}

func (p *Problem) Error() string { return string(p.Code) }

// GetStatus is how huma asks for the status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is how huma asks for the media type.
func (*Problem) ContentType(string) string { return problemType }

// setHeaders writes what the header of an answer with this problem says.
func (p *Problem) setHeaders(h http.Header, lang string) {
	setLanguage(h, lang)
	h.Set("Content-Type", problemType)
	h.Set("Cache-Control", "no-store")
	if p.retry > 0 {
		h.Set("Retry-After", inSeconds(p.retry))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="puente"`)
	}
}

// inSeconds is a time to wait in whole seconds, as Retry-After has it.
func inSeconds(d time.Duration) string {
	return strconv.Itoa(int((d + time.Second - 1) / time.Second))
}

const problemType = "application/problem+json"

// retryDefault is what a client is told to wait when nothing better is known.
const retryDefault = 5 * time.Second

// problem turns any error into what the client may know. What the error says
// goes to the request's log line, complete; the client gets texts by code.
func problem(ctx context.Context, err error) *Problem {
	r := requestOf(ctx)
	if done := (*Problem)(nil); errors.As(err, &done) {
		return done
	}
	r.note(err)
	e := known(err)
	p := &Problem{
		Type: "urn:puente:problem:" + string(e.Code), Title: web.Text(r.lang, "problem."+string(e.Code), nil), Status: statuses[e.Code],
		Code: e.Code, Instance: "urn:puente:request:" + r.id, retry: e.Retry,
	}
	if e.Key != "" {
		p.Detail = web.Text(r.lang, e.Key, stateInWords(r.lang, e.Args))
	}
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, Detail{f.Pointer, f.Rule[strings.LastIndexByte(f.Rule, '.')+1:], f.text(r.lang)})
	}
	if p.retry == 0 && (e.Code == CodeUnavailable || e.Code == CodeTooMany) {
		p.retry = retryDefault
	}
	return p
}

// known finds the error that an operation meant to return; everything else is
// internal.
func known(err error) *Error {
	e := (*Error)(nil)
	tooLarge := (*http.MaxBytesError)(nil)
	inStore, nobody := (*models.Error)(nil), (*jobs.NoSuchPerson)(nil)
	switch {
	case errors.As(err, &e) && statuses[e.Code] != 0:
		return e
	case errors.As(err, &inStore) && storeCodes[inStore.Code] != "":
		return stored(inStore)
	case errors.As(err, &nobody):
		return &Error{Code: CodeNotFound}
	case errors.As(err, &tooLarge):
		return &Error{Code: CodeTooLarge, Key: "problem.at_most_bytes", Args: map[string]any{"Max": tooLarge.Limit}}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &Error{Code: CodeUnavailable, Key: "problem.too_slow"}
	}
	return &Error{Code: CodeInternal, Key: "problem.reported"}
}

// stateInWords says a state among the arguments of a message in words.
func stateInWords(lang string, args map[string]any) map[string]any {
	state, ok := args["State"].(string)
	if !ok {
		return args
	}
	args = maps.Clone(args)
	args["State"] = web.Text(lang, "state."+state, nil)
	return args
}

// text says the rule in words.
func (f Field) text(lang string) string {
	if strings.Contains(f.Rule, ".") {
		return web.Text(lang, f.Rule, f.Args)
	}
	return web.Text(lang, "validation."+f.Rule, f.Args)
}

// storeCodes are the problems that errors of the store become; all others are
// internal.
var storeCodes = map[models.ErrorCode]Code{
	models.CodeInvalid: CodeInvalid, models.CodeNotFound: CodeNotFound, models.CodeConflict: CodeConflict, models.CodeStale: CodePrecondition,
	models.CodeDenied: CodeForbidden, models.CodeUnavailable: CodeUnavailable, models.CodeUnproven: CodeCodeRequired,
}

// stored turns an error of the store into what the client may know of it.
func stored(err *models.Error) *Error {
	e := &Error{Code: storeCodes[err.Code], Err: err}
	switch e.Code {
	case CodeNotFound: // a stranger's object and a missing one answer alike
	case CodeInvalid:
		e.Fields = []Field{{pointer("body", err.Field), err.Key, err.Args}}
	default:
		e.Key, e.Args = err.Key, err.Args
	}
	return e
}

// writeProblem answers with a problem outside the operations.
func writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := problem(r.Context(), err)
	p.setHeaders(w.Header(), requestOf(r.Context()).lang)
	w.WriteHeader(p.Status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(p); err != nil {
		requestOf(r.Context()).note(err) // the client has gone
	}
}

// pointer writes a JSON pointer, RFC 6901. A part that a client could have
// made up to be read by somebody else ends the pointer: its parent is named.
func pointer(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if !plainName(p) {
			break
		}
		b.WriteByte('/')
		b.WriteString(p)
	}
	return b.String()
}

// plainName says whether a name is short and plain enough to be repeated.
func plainName(name string) bool {
	if name == "" || len(name) > 64 {
		return false
	}
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.$") == ""
}

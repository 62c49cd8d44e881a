package api

import (
	"context"
	"net/http"
	"regexp"

	"github.com/danielgtaylor/huma/v2"

	"puente/matching/verify"
	"puente/web"
)

// roundBounds are those of a published round: more than ten thousand people.
var roundBounds = bounds{bytes: 8 << 20, depth: 40, items: 1_000_000, length: 64 << 10}

var verifyAssignment = huma.Operation{
	OperationID: "verify-assignment", Method: http.MethodPost, Path: "/api/v1/assignments/verify", Tags: []string{"rounds"},
	Summary: "Prove or refute a published round from its file alone",
	Description: "The body is a round.json as `puente match --round` or `puente assign --round` writes it. The independent checker, which shares no " +
		"code with the solver, recomputes every hash, rule and sum and checks the certificate. A refuted round is a 200 answer with proven false; " +
		"422 means that the body is no round that can be read. Nothing is kept. Larger rounds are checked by `puente verify`.",
	RequestBody: &huma.RequestBody{
		Required: true, Description: "A round of the format puente.round/1, as it was written: its hashes are those of its bytes, " +
			"so the example, which is indented, is refuted by them, and by nothing else",
		Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{
			Type: huma.TypeObject, AdditionalProperties: true, Required: []string{"format", "hash"},
			Description: "The members are those of docs/round.schema.json",
		}}},
	},
	SkipValidateBody: true, // the checker reads it itself, more strictly than a schema could
}

type verifyIn struct {
	AcceptLanguage string `header:"Accept-Language" maxLength:"200" doc:"en, es or fr; English for others" example:"fr-CA"`
	RawBody        []byte `contentType:"application/json"`
}

type verifyOut struct {
	Language string `header:"Content-Language"`
	Vary     string `header:"Vary"`
	Body     Verification
}

// Verification is what the checker found.
type Verification struct {
	Proven   bool      `json:"proven" doc:"Every rule holds, and no plan under the same rules is better, by more than the gap if there is one"`
	Kind     string    `json:"kind" enum:"match,assign," doc:"match: of people; assign: of any scores; empty when a number is outside the limits of the format"`
	Method   string    `json:"method" example:"optimal" doc:"optimal, stable, balanced or lottery; else refuted; empty when a number is outside the limits"`
	Pairs    int       `json:"pairs" minimum:"0" doc:"Pairs in the file"`
	Left     int       `json:"left" minimum:"0" doc:"Left ids with a pair"`
	Right    int       `json:"right" minimum:"0" doc:"Right ids with a pair"`
	Score    int64     `json:"score" doc:"Sum of the pairs' scores"`
	Bound    int64     `json:"bound" doc:"A score that no plan under the same rules can better; the score if the gap is 0; 0 of other methods than optimal"`
	Worst    int64     `json:"worst,omitempty" doc:"Score of the worst pair, in a balanced round"`
	Gap      int64     `json:"gap,omitempty" doc:"Points that rules about groups leave unproven: by how much a plan that keeps them could be better at most"`
	Short    int       `json:"short,omitempty" doc:"Ids with fewer pairs than their minimum, in a stable round, which does not promise it"`
	Plans    int       `json:"plans,omitempty" doc:"Plans of a lottery, each of the same chance"`
	Drawn    int       `json:"drawn,omitempty" doc:"The plan that the seed of a lottery drew, from 0, which is left out"`
	Sum      int64     `json:"plans_score,omitempty" doc:"Sum of the scores of all plans of a lottery, which none exceeds with each pair as unlikely"`
	Checks   []Check   `json:"checks" nullable:"false" doc:"What was checked and holds, in order"`
	Failures []Failure `json:"failures" nullable:"false" doc:"What does not hold; empty when proven"`
}

// Check is one check that passed.
type Check struct {
	Check string `json:"check" example:"certificate"`
	Text  string `json:"text" doc:"In the reader's language"`
}

// Failure is one claim of the round that does not hold.
type Failure struct {
	Check  string `json:"check" example:"capacity"`
	Where  string `json:"where" doc:"Place in the file, with the ids there"`
	Text   string `json:"text" doc:"In the reader's language"`
	Detail string `json:"detail" doc:"The numbers, in English"`
}

// verify checks a published round.
func (*Server) verify(ctx context.Context, in *verifyIn) (*verifyOut, error) {
	result, err := verify.Round(in.RawBody)
	if err != nil {
		return nil, unreadableRound(err)
	}
	lang := requestOf(ctx).lang
	out := Verification{
		Proven: len(result.Failures) == 0, Kind: result.Kind, Method: result.Method, Pairs: result.Pairs, Left: result.Left,
		Right: result.Right, Score: result.Score, Bound: result.Bound, Worst: result.Worst, Gap: result.Gap, Short: result.Short,
		Plans: result.Plans, Drawn: result.Drawn, Sum: result.PlansScore, Checks: []Check{}, Failures: []Failure{},
	}
	for _, key := range result.Checks {
		out.Checks = append(out.Checks, Check{key, web.Text(lang, "verify.ok."+key, nil)})
	}
	for _, f := range result.Failures {
		out.Failures = append(out.Failures, Failure{f.Check, f.Where, web.Text(lang, "verify."+f.Check, nil), f.Detail})
	}
	return &verifyOut{Language: lang, Vary: "Accept-Language", Body: out}, nil
}

// readPlace finds the place in an error of the checker, and nothing else of
// it: the rest may repeat what was sent.
var readPlace = regexp.MustCompile(`^line (\d+), byte (\d+)(?:, in "(\w+)")?`)

// unreadableRound says where a body stops being a round.
func unreadableRound(err error) error {
	f := Field{Pointer: "/body", Rule: "round"}
	if m := readPlace.FindStringSubmatch(err.Error()); m != nil {
		f.Rule, f.Args = "round_place", map[string]any{"Line": m[1], "Byte": m[2]}
		f.Pointer = pointer("body", m[3])
	}
	return &Error{Code: CodeInvalid, Fields: []Field{f}}
}

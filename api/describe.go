package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"puente/web"
)

// describe completes the document once all operations are there: what every
// answer carries, and an example of every body.
func (s *Server) describe() {
	api := s.document.OpenAPI()
	api.Components.Headers, api.Components.Responses = map[string]*huma.Param{}, map[string]*huma.Response{}
	for _, h := range answerHeaders {
		api.Components.Headers[h.name] = &huma.Param{Description: h.says, Schema: &huma.Schema{Type: huma.TypeString}}
	}
	for status := range statusesOfProblems() {
		api.Components.Responses["Problem"+strconv.Itoa(status)] = problemResponse(status)
	}
	for _, item := range api.Paths {
		for _, o := range operationsOf(item) {
			s.describeOperation(api.Components.Schemas, o)
		}
	}
}

// operationsOf are the operations of a path, by method.
func operationsOf(item *huma.PathItem) map[string]*huma.Operation {
	all := map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
	}
	for method, o := range all {
		if o == nil {
			delete(all, method)
		}
	}
	return all
}

func (s *Server) describeOperation(schemas huma.Registry, o *huma.Operation) {
	if o.RequestBody != nil {
		exemplify(schemas, o.RequestBody.Content, exampleRequest(o.OperationID))
	}
	for status, response := range o.Responses {
		code, _ := strconv.Atoi(status)
		if code >= http.StatusBadRequest {
			o.Responses[status] = &huma.Response{Ref: "#/components/responses/Problem" + status}
			continue
		}
		response.Headers = headersOf(o, code, response.Headers)
		exemplify(schemas, response.Content, recorded()[o.OperationID][status])
	}
	delete(o.Responses, "default")
	if o.Method == http.MethodGet && o.Responses["200"] != nil && o.Responses["200"].Content["text/event-stream"] == nil {
		o.Responses["304"] = &huma.Response{Description: "The client has this answer already", Headers: headersOf(o, http.StatusNotModified, nil)}
	}
}

// answerHeaders are the headers that answers carry, and on which of them.
var answerHeaders = []struct {
	name, says string
	on         func(o *huma.Operation, status int) bool
}{
	{"X-Request-Id", "Names the request in questions to the operator", func(*huma.Operation, int) bool { return true }},
	{"RateLimit-Policy", "The limits that count here: name, q requests in w seconds", func(*huma.Operation, int) bool { return true }},
	{"RateLimit", "What is left: r requests in the next t seconds", func(*huma.Operation, int) bool { return true }},
	{"Retry-After", "Seconds to wait", func(_ *huma.Operation, status int) bool {
		return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
	}},
	{"WWW-Authenticate", "Bearer", func(_ *huma.Operation, status int) bool { return status == http.StatusUnauthorized }},
	{"ETag", "Tag of the answer, for If-None-Match and, of what can be changed, for If-Match", func(o *huma.Operation, status int) bool {
		return o.Method == http.MethodGet && (status == http.StatusOK || status == http.StatusNotModified)
	}},
}

func headersOf(o *huma.Operation, status int, headers map[string]*huma.Param) map[string]*huma.Param {
	out := map[string]*huma.Param{}
	for name, h := range headers {
		if name == "Link" || name == "ETag" || name == "Location" {
			h.Schema = &huma.Schema{Type: huma.TypeString}
		}
		out[name] = h
	}
	for _, h := range answerHeaders {
		if h.on(o, status) && (out[h.name] == nil || out[h.name].Description == "") {
			out[h.name] = &huma.Param{Ref: "#/components/headers/" + h.name}
		}
	}
	return out
}

// statusesOfProblems are the statuses that problems have.
func statusesOfProblems() map[int]bool {
	all := map[int]bool{}
	for _, status := range statuses {
		all[status] = true
	}
	return all
}

// problemResponse describes the answer with a problem of a status.
func problemResponse(status int) *huma.Response {
	return &huma.Response{
		Description: http.StatusText(status), Headers: headersOf(&huma.Operation{}, status, nil),
		Content: map[string]*huma.MediaType{problemType: {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}, Example: sampleProblem(status)}},
	}
}

// sampleProblem is a problem of a status.
func sampleProblem(status int) any {
	code := codeOf(status)
	return map[string]any{
		"type": "urn:puente:problem:" + string(code), "title": web.Text("en", "problem."+string(code), nil), "status": status, "code": string(code),
		"instance": "urn:puente:request:r3phbuix2dcsb6tp34sgtibzzd",
	}
}

// exemplify gives each body an example: the one that is known, else one that is
// made from its schema.
func exemplify(schemas huma.Registry, content map[string]*huma.MediaType, known any) {
	for media, c := range content {
		if c.Example != nil || c.Schema == nil || strings.HasPrefix(media, "text/") {
			continue
		}
		of := *c // all servers share some
		of.Example = plain(known)
		if known == nil {
			of.Example = sample(schemas, c.Schema, 0)
		}
		content[media] = &of
	}
}

// formats are examples of strings by their format.
var formats = map[string]string{
	"uuid": exampleProgramme, "date": "2027-01-04", "date-time": "2027-01-04T15:00:00Z", "uri": "urn:puente:problem:invalid",
}

// sampleDepth is how deep examples hold what may be left out.
const sampleDepth = 3

// sample makes an example of a schema: its own, or one from those of its parts.
func sample(schemas huma.Registry, s *huma.Schema, depth int) any {
	if s.Ref != "" {
		s = schemas.SchemaFromRef(s.Ref)
	}
	switch {
	case len(s.Examples) > 0:
		return plain(s.Examples[0])
	case s.Default != nil:
		return plain(s.Default)
	case len(s.Enum) > 0:
		return plain(s.Enum[0])
	case len(s.OneOf) > 0:
		return sample(schemas, s.OneOf[0], depth)
	}
	switch s.Type {
	case huma.TypeObject:
		return sampleObject(schemas, s, depth)
	case huma.TypeArray:
		return sampleArray(schemas, s, depth)
	case huma.TypeInteger, huma.TypeNumber:
		if s.Minimum != nil && *s.Minimum > 1 {
			return int64(*s.Minimum)
		}
		return 1
	case huma.TypeBoolean:
		return true
	}
	return sampleText(s)
}

func sampleObject(schemas huma.Registry, s *huma.Schema, depth int) map[string]any {
	out := map[string]any{}
	for _, member := range s.Required {
		out[member] = "…" // where the schema says nothing else
	}
	for member, of := range s.Properties {
		if _, required := out[member]; required || depth < sampleDepth {
			out[member] = sample(schemas, of, depth+1)
		}
	}
	return out
}

func sampleArray(schemas huma.Registry, s *huma.Schema, depth int) []any {
	out, n := []any{}, 0
	if depth < sampleDepth {
		n = 1
	}
	if s.MinItems != nil {
		n = max(n, *s.MinItems)
	}
	for range n {
		out = append(out, sample(schemas, s.Items, depth+1))
	}
	return out
}

func sampleText(s *huma.Schema) any {
	if s.Type == "" { // any JSON
		return map[string]any{}
	}
	return cmp.Or(formats[s.Format], "…") // TestExamples wants a better one
}

// plain is a value as JSON has it.
func plain(v any) any {
	data, err := json.Marshal(v)
	var out any
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		return fmt.Sprint(v)
	}
	return out
}

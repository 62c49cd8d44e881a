package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"puente/web"
)

// contract is the OpenAPI document, to hold requests and answers to it.
// OpenAPI 3.1 has the schemas of JSON Schema 2020-12, so a validator of those
// is enough.
type contract struct {
	t        *testing.T
	document *huma.OpenAPI
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
}

func newContract(t *testing.T, s *Server) *contract {
	t.Helper()
	data, err := s.documentJSON()
	must(t, err)
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	must(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	must(t, compiler.AddResource("openapi.json", tree))
	c := &contract{t, s.document.OpenAPI(), compiler, map[string]*jsonschema.Schema{}}
	return c
}

// at compiles the schema at a place of the document.
func (c *contract) at(place ...string) *jsonschema.Schema {
	c.t.Helper()
	for i, p := range place {
		place[i] = strings.ReplaceAll(strings.ReplaceAll(p, "~", "~0"), "/", "~1")
	}
	where := "openapi.json#/" + strings.Join(place, "/")
	if c.compiled[where] == nil {
		s, err := c.compiler.Compile(where)
		must(c.t, err)
		c.compiled[where] = s
	}
	return c.compiled[where]
}

// holds says whether a JSON text fits the schema at a place.
func (c *contract) holds(text []byte, place ...string) error {
	c.t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return c.at(place...).Validate(value)
}

// answer says what of an answer the document does not have.
func (c *contract) answer(path string, o *huma.Operation, w *httptest.ResponseRecorder) error {
	c.t.Helper()
	status := strconv.Itoa(w.Code)
	r := o.Responses[status]
	if r == nil {
		return fmt.Errorf("status %d is not listed", w.Code)
	}
	place := []string{"paths", path, strings.ToLower(o.Method), "responses", status}
	if name, ok := strings.CutPrefix(r.Ref, "#/components/responses/"); ok {
		r, place = c.document.Components.Responses[name], []string{"components", "responses", name}
	}
	for name := range r.Headers {
		if w.Header().Get(name) == "" && !mayLack[name] {
			return fmt.Errorf("the header %s is missing", name)
		}
	}
	media, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
	switch {
	case len(r.Content) == 0 && w.Body.Len() > 0:
		return fmt.Errorf("a body of %d bytes", w.Body.Len())
	case len(r.Content) == 0:
		return nil
	case r.Content[media] == nil:
		return fmt.Errorf("the media type %q", media)
	case strings.HasPrefix(media, "text/"):
		return nil
	}
	return c.holds(w.Body.Bytes(), append(place, "content", media, "schema")...)
}

// mayLack are headers that some answers of a status do not carry.
var mayLack = map[string]bool{"ETag": true, "Link": true, "Location": true, "Content-Language": true, "Vary": true, "Cache-Control": true}

// TestRoutesAreTheDocument holds the whole surface: what gin serves is what
// the table has, its operations are those of the document, and each says who
// may use it, how often, what it answers, and shows it.
func TestRoutesAreTheDocument(t *testing.T) {
	s := New(Options{Log: slog.New(slog.DiscardHandler), Now: time.Now, Version: "1.2.3"})
	var served, want []string
	for _, r := range s.engine.Routes() {
		served = append(served, r.Method+" "+r.Path)
	}
	var lines []string
	operations := map[string]string{}
	for _, r := range routes {
		for _, lang := range web.Languages {
			path, pages := strings.CutPrefix(r.path, "/{lang}")
			if !pages {
				want = append(want, r.method+" "+ginPath(r.path))
				break
			}
			want = append(want, r.method+" /"+lang+ginPath(path))
		}
		kind := "page"
		if r.id != "" {
			kind = r.id
			operations[r.method+" "+r.path] = r.id
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%-6s %-36s %-24s %s %d %s", r.method, r.path, kind, r.policyOf(), r.body.bytes, r.rate))+"\n")
	}
	slices.Sort(served)
	slices.Sort(want)
	if diff := cmp.Diff(want, served); diff != "" {
		t.Errorf("gin serves other routes than the table has:\n%s", diff)
	}
	documented := map[string]string{}
	c := newContract(t, s)
	for path, item := range s.document.OpenAPI().Paths {
		for method, o := range operationsOf(item) {
			documented[method+" "+path] = o.OperationID
			c.described(path, o)
		}
	}
	if diff := cmp.Diff(operations, documented); diff != "" {
		t.Errorf("the document has other operations than the table:\n%s", diff)
	}
	golden(t, "routes.golden", strings.Join(lines, ""))
}

// described wants an operation described as a whole.
func (c *contract) described(path string, o *huma.Operation) {
	c.t.Helper()
	rate, _ := o.Extensions["x-rate-limit"].(map[string]any)
	if len(policies[o.OperationID].who) == 0 || !slices.Equal(o.Extensions["x-authz"].([]string), policies[o.OperationID].authz()) || o.Summary == "" || DefaultRates[RateClass(fmt.Sprint(rate["class"]))].Network == 0 {
		c.t.Errorf("%s says not who may use it, how often, or what it does", o.OperationID)
	}
	for _, status := range []int{400, 403, 406, 413, 414, 422, 429, 500, 503} {
		if o.Responses[strconv.Itoa(status)] == nil {
			c.t.Errorf("%s: no %d", o.OperationID, status)
		}
	}
	content := map[string]map[string]*huma.MediaType{"": nil}
	method := strings.ToLower(o.Method)
	if o.RequestBody != nil {
		content["requestBody"] = o.RequestBody.Content
	}
	for status, r := range o.Responses {
		content["responses/"+status] = r.Content
	}
	for place, media := range content {
		for name, m := range media {
			if strings.HasPrefix(name, "text/") {
				continue
			}
			example, err := json.Marshal(m.Example)
			must(c.t, err)
			at := append([]string{"paths", path, method}, strings.Split(place, "/")...)
			if err := c.holds(example, append(at, "content", name, "schema")...); err != nil || m.Example == nil {
				c.t.Errorf("%s: the example at %s: %v", o.OperationID, place, err)
			}
		}
	}
	for status := range maps.Keys(statusesOfProblems()) {
		name := "Problem" + strconv.Itoa(status)
		example, err := json.Marshal(c.document.Components.Responses[name].Content[problemType].Example)
		must(c.t, err)
		if err := c.holds(example, "components", "responses", name, "content", problemType, "schema"); err != nil {
			c.t.Error(err)
		}
	}
}

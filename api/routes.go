package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
)

// routes is everything that the server answers: the whole surface at a glance.
// TestRoutes holds a copy of the list, so that a new route is a decision.
var routes = []route{
	page("/healthz", (*Server).health),
	page("/readyz", (*Server).ready),
	page("/api/docs", (*Server).docs),
	page("/api/docs.css", (*Server).docsStyle),
	page("/api/v1/openapi.json", (*Server).openapi),
	operation(listVocabularies, Anyone, bounds{}, (*Server).vocabularies),
	operation(verifyAssignment, Anyone, roundBounds, (*Server).verify),
}

// access says who may use an operation; it is the operation's x-authz in the
// document.
type access string

// Anyone needs no account.
const Anyone access = "anyone"

// route is one row of the table.
type route struct {
	method, path string
	id           string // of an operation; empty for a page
	access       access
	body         bounds // the zero value means no body
	register     func(*Server)
}

// page is a route outside the document, read by browsers and machines that
// look after servers.
func page(path string, handle func(*Server, *gin.Context)) route {
	r := route{method: http.MethodGet, path: path, access: Anyone}
	r.register = func(s *Server) {
		s.engine.GET(path, func(c *gin.Context) { handle(s, c) })
	}
	return r
}

// operation is a typed route of the document. Its body, if it has one, is
// strict JSON within the bounds; what it returns as an error becomes a problem.
func operation[I, O any](o huma.Operation, who access, body bounds, handle func(*Server, context.Context, *I) (*O, error)) route {
	r := route{method: o.Method, path: o.Path, id: o.OperationID, access: who, body: body}
	r.register = func(s *Server) {
		o := o
		o.Extensions = map[string]any{"x-authz": string(who)}
		o.MaxBodyBytes = -1 // the cap is ours; huma's is off by one
		o.RejectUnknownQueryParameters = true
		if body.bytes > 0 {
			o.Extensions["x-max-bytes"] = body.bytes
			o.Middlewares = append(huma.Middlewares{strictBody(body)}, o.Middlewares...)
		}
		huma.Register(s.document, o, func(ctx context.Context, in *I) (*O, error) {
			out, err := handle(s, ctx, in)
			if err != nil {
				return nil, problem(ctx, err)
			}
			return out, nil
		})
	}
	return r
}

// ginPath writes the path of a document as gin has it.
func ginPath(path string) string {
	return strings.ReplaceAll(strings.ReplaceAll(path, "{", ":"), "}", "")
}

// strictBody reads the body and checks it before anything else sees it.
func strictBody(b bounds) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		c := humagin.Unwrap(ctx)
		data, err := readStrict(c.Request, b)
		if err != nil {
			writeProblem(c.Writer, c.Request, err)
			return
		}
		c.Request.Body = io.NopCloser(bytes.NewReader(data))
		next(ctx)
	}
}

// readStrict reads a body of strict JSON within bounds.
func readStrict(r *http.Request, b bounds) ([]byte, error) {
	if err := checkMedia(r.Header); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r.Body)
	tooLarge, network := (*http.MaxBytesError)(nil), net.Error(nil)
	switch {
	case errors.As(err, &tooLarge):
		return nil, err
	case errors.As(err, &network) && network.Timeout():
		return nil, &Error{Code: CodeTimeout, Err: err}
	case err != nil:
		return nil, &Error{Code: CodeMalformed, Fields: []Field{{"/body", "cut_off", nil}}, Err: err}
	}
	if err := checkJSON(data, b); err != nil {
		return nil, err
	}
	return data, nil
}

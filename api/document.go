package api

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
)

// documentConfig prepares the OpenAPI document that operations add themselves to.
// It speaks JSON only, has no page and no schema links of its own: huma's
// pages load scripts from elsewhere.
func documentConfig(version string) huma.Config {
	config := huma.DefaultConfig("Puente", version)
	config.Info.Description = "Pairs entrepreneurs with mentors across the borders of the United States, Canada and Mexico. " +
		"Texts for people come in English, Spanish or French by Accept-Language; codes for programs do not change. " +
		"Errors are problem documents (RFC 9457) and never repeat what was sent. " +
		"x-authz says who may use an operation, x-scope what a key must be good for (session: no key), x-max-bytes how large its body may be."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "An access token of create-token, or a key of create-key"},
	}
	nameStates(config.Components.Schemas)
	config.CreateHooks = nil
	config.Formats = jsonFormats()
	config.DocsPath, config.OpenAPIPath, config.SchemasPath = "", "", ""
	config.RejectUnknownQueryParameters = true
	config.Transformers = []huma.Transformer{func(ctx huma.Context, _ string, body any) (any, error) {
		if p, ok := body.(*Problem); ok {
			p.setHeaders(humagin.Unwrap(ctx).Writer.Header(), requestOf(ctx.Context()).lang)
		}
		return body, nil
	}}
	return config
}

// Document is the OpenAPI 3.1 document as indented JSON, ending in a line
// feed. It needs no store and no network, and is the same bytes at each call.
func Document(version string) ([]byte, error) {
	s := New(Options{Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return time.Time{} }, Version: version})
	return s.writeDocument()
}

// writeDocument writes the document, which takes some milliseconds and a
// megabyte: the server keeps it, see documentJSON.
func (s *Server) writeDocument() ([]byte, error) {
	compact, err := json.Marshal(s.document.OpenAPI())
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, compact, "", " "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// openapi sends the document.
func (s *Server) openapi(c *gin.Context) {
	data, err := s.documentJSON()
	if err != nil {
		s.refuse(c, err)
		return
	}
	c.Header("Cache-Control", "public, max-age=300")
	c.Data(http.StatusOK, "application/openapi+json; charset=utf-8", data)
}

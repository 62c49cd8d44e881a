package api

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"puente/web"
)

//go:embed docs.html
var docsSource string

//go:embed docs.css
var docsCSS []byte

// docsPage is made from the document and needs no script, so that nothing from
// elsewhere can be in it.
var docsPage = template.Must(template.New("docs").Funcs(template.FuncMap{
	"say": func(lang, key string) string { return web.Text(lang, key, nil) },
	"response": func(r *huma.Response) *huma.Response { // problems are described once
		if status, shared := strings.CutPrefix(r.Ref, "#/components/responses/Problem"); shared {
			code, _ := strconv.Atoi(status)
			return problemResponse(code)
		}
		return r
	},
	"json": func(v any) (string, error) {
		data, err := json.MarshalIndent(v, "", "  ")
		return string(data), err
	},
}).Parse(docsSource))

// documented is one operation on the page.
type documented struct {
	Method, Path string
	*huma.Operation
}

// docs shows the document to people, in their language.
func (s *Server) docs(c *gin.Context) {
	lang := requestOf(c.Request.Context()).lang
	page, err := s.docsPages[lang]()
	if err != nil {
		s.refuse(c, err)
		return
	}
	setLanguage(c.Writer.Header(), lang)
	//lint:allow htmlraw: html/template made the page and escaped what is in it
	c.Data(http.StatusOK, "text/html; charset=utf-8", page)
}

// writeDocs writes the page in a language.
func (s *Server) writeDocs(lang string) ([]byte, error) {
	var operations []documented
	for path, item := range s.document.OpenAPI().Paths {
		for method, o := range operationsOf(item) {
			operations = append(operations, documented{method, path, o})
		}
	}
	slices.SortFunc(operations, func(a, b documented) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	var out bytes.Buffer
	err := docsPage.Execute(&out, map[string]any{
		"Lang": lang, "Info": s.document.OpenAPI().Info, "Operations": operations, "Schemas": s.document.OpenAPI().Components.Schemas.Map(),
	})
	return out.Bytes(), err
}

// docsStyle sends the page's style sheet.
func (*Server) docsStyle(c *gin.Context) {
	c.Header("Cache-Control", "public, max-age=3600")
	c.Data(http.StatusOK, "text/css; charset=utf-8", docsCSS)
}

package api

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"puente/web"
)

//go:embed docs.html
var docsSource string

//go:embed docs.css
var docsCSS []byte

// docsPage shows a docsView. It needs no script, so that nothing from
// elsewhere can be in it.
var docsPage = template.Must(template.New("docs").Funcs(template.FuncMap{
	"say": func(lang, key string, args ...any) string { return web.Page{Lang: lang}.T(key, args...) },
	"num": func(lang string, n any) string {
		switch n := n.(type) {
		case int64:
			return web.Number(lang, int(n))
		case int:
			return web.Number(lang, n)
		}
		return ""
	},
	"prose": prose,
	"in":    func(lang string, of any) map[string]any { return map[string]any{"Lang": lang, "Of": of} },
}).Parse(docsSource))

// docsSent is the page as it is sent: a megabyte that shrinks to a twentieth.
type docsSent struct{ plain, small []byte }

// docs shows the document to people, in the language that the address asks for
// or that of their browser.
func (s *Server) docs(c *gin.Context) {
	lang := requestOf(c.Request.Context()).lang
	if chosen := c.Query("lang"); slices.Contains(web.Languages, chosen) {
		lang = chosen
	}
	page, err := s.docsPages[lang]()
	if err != nil {
		s.refuse(c, err)
		return
	}
	h, body := c.Writer.Header(), page.plain
	setLanguage(h, lang)
	h.Add("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "public, max-age=300")
	if web.TakesGzip(c.GetHeader("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		body = page.small
	}
	//lint:allow htmlraw: html/template made the page and escaped what is in it
	c.Data(http.StatusOK, "text/html; charset=utf-8", body)
}

// writeDocs writes the page in a language.
func (s *Server) writeDocs(lang string) (docsSent, error) {
	var out bytes.Buffer
	if err := docsPage.Execute(&out, docsMaker{lang, s.document.OpenAPI()}.view()); err != nil {
		return docsSent{}, err
	}
	return docsSent{bytes.Clone(out.Bytes()), web.Squeezed(out.Bytes())}, nil
}

// docsStyle sends what the page's style has besides that of all pages.
func (*Server) docsStyle(c *gin.Context) {
	c.Header("Cache-Control", "public, max-age=3600")
	c.Data(http.StatusOK, "text/css; charset=utf-8", docsCSS)
}

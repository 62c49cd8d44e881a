package api

import (
	"errors"
	"html/template"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// health says that the process answers.
func (s *Server) health(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok"}) }

// ready says whether to send requests here: not while stopping, and not while
// something that the server needs is away.
func (s *Server) ready(c *gin.Context) {
	var err error
	select {
	case <-s.stopping:
		err = errors.New("stopping")
	default:
		if s.Ready != nil {
			err = s.Ready(c.Request.Context())
		}
	}
	if err != nil {
		s.refuse(c, &Error{Code: CodeUnavailable, Err: err})
		return
	}
	c.JSON(http.StatusOK, gin.H{"status": "ready"})
}

// missing answers where there is no route: a problem for programs, a page for
// browsers.
func (s *Server) missing(c *gin.Context, code Code) {
	accept := c.GetHeader("Accept")
	if strings.HasPrefix(c.Request.URL.Path, "/api/") || !strings.Contains(accept, "text/html") {
		s.refuse(c, &Error{Code: code})
		return
	}
	p := problem(c.Request.Context(), &Error{Code: code})
	lang := requestOf(c.Request.Context()).lang
	setLanguage(c.Writer.Header(), lang)
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Status(p.Status)
	if err := missingPage.Execute(c.Writer, gin.H{"Lang": lang, "Title": p.Title, "ID": strings.TrimPrefix(p.Instance, "urn:puente:request:")}); err != nil {
		requestOf(c.Request.Context()).note(err)
	}
	c.Abort()
}

var missingPage = template.Must(template.New("missing").Parse(`<!doctype html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}} · Puente</title>
<link rel="stylesheet" href="/api/docs.css"></head>
<body><main><h1>{{.Title}}</h1><p><a href="/">Puente</a></p><p><small>{{.ID}}</small></p></main></body></html>
`))

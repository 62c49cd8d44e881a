package api

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"puente/web"
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
	lang := requestOf(c.Request.Context()).lang
	for _, l := range web.Languages {
		if strings.HasPrefix(c.Request.URL.Path, "/"+l+"/") {
			lang = l
			requestOf(c.Request.Context()).lang = l
		}
	}
	setLanguage(c.Writer.Header(), lang)
	s.showProblem(c, &web.Page{Lang: lang, Path: "/"}, &Error{Code: code})
}

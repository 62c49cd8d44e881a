package htmlraw

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"
)

const rule = "<hr>"

func raw(c *gin.Context, name string) templ.Component {
	c.Data(http.StatusOK, "text/html; charset=utf-8", []byte("<p>"+name)) // want `htmlraw: this goes into the page as it is`
	_ = templ.SafeURL(name)                                               // want `htmlraw`
	return templ.Raw("<p>" + name)                                        // want `htmlraw`
}

func escaped(c *gin.Context, name string) templ.Component {
	c.Data(http.StatusOK, "text/css", []byte(name))
	_ = templ.URL(name)
	return templ.Raw(rule)
}

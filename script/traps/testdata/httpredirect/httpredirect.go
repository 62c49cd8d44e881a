package httpredirect

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"
)

const home = "/home"

func anywhere(n int, c *gin.Context, w http.ResponseWriter, r *http.Request) {
	switch n {
	case 0:
		c.Redirect(http.StatusSeeOther, c.Query("next")) // want `httpredirect: this may lead to another site`
	case 1:
		c.Redirect(http.StatusSeeOther, "/"+c.Query("next")) // want `httpredirect`
	case 2:
		c.Redirect(http.StatusSeeOther, "https://"+c.Query("host")) // want `httpredirect`
	case 3:
		http.Redirect(w, r, r.FormValue("next"), http.StatusSeeOther) // want `httpredirect` `httpbody`
	case 4:
		c.Header("Location", c.Query("next")) // want `httpredirect`
	case 5:
		w.Header().Set("location", r.Referer()) // want `httpredirect`
	}
}

func here(n int, c *gin.Context, w http.ResponseWriter, r *http.Request) {
	switch n {
	case 0:
		c.Redirect(http.StatusSeeOther, home)
	case 1:
		c.Redirect(http.StatusSeeOther, "/rounds/"+url.PathEscape(c.Param("id")))
	case 2:
		http.Redirect(w, r, home+"/"+url.PathEscape(r.PathValue("id")), http.StatusSeeOther)
	case 3:
		c.Header("X-Next", c.Query("next"))
	}
}

package ginabort

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

func carriedOut(string) {}

func goesOn(c *gin.Context) {
	if c.GetHeader("Authorization") == "" {
		c.AbortWithStatus(http.StatusUnauthorized) // want `ginabort: AbortWithStatus does not end the function`
	}
	carriedOut(c.Param("id"))
}

func goesOnAfterAbort(c *gin.Context) {
	if c.GetHeader("Authorization") == "" {
		c.Status(http.StatusUnauthorized)
		c.Abort() // want `ginabort: Abort does not end the function`
	}
	carriedOut(c.Param("id"))
}

func goesOnByHelper(c *gin.Context) {
	switch c.Param("id") {
	case "":
		refuse(c) // want `ginabort: refuse does not end the function`
	}
	carriedOut(c.Param("id"))
}

func plain(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		http.Error(w, "only GET", http.StatusMethodNotAllowed) // want `ginabort: http.Error does not end the function`
	}
	carriedOut(r.URL.Path)
}

func loop(c *gin.Context, all []string) {
	for _, one := range all {
		if one == "" {
			c.AbortWithStatusJSON(http.StatusBadRequest, gin.H{}) // want `ginabort: AbortWithStatusJSON`
			continue
		}
		carriedOut(one)
	}
}

func refuse(c *gin.Context) {
	c.Abort()
	c.JSON(http.StatusForbidden, gin.H{"code": "denied"}) // the answer may follow
}

func ends(c *gin.Context) {
	if c.GetHeader("Authorization") == "" {
		refuse(c)
		return
	}
	if c.Param("id") == "" {
		c.AbortWithStatus(http.StatusNotFound)
	} else {
		c.JSON(http.StatusOK, gin.H{})
	}
}

func both(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		http.Redirect(w, r, "/start", http.StatusSeeOther)
	default:
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
	}
}

func broken(c *gin.Context) {
	defer carriedOut("")
	if c.Param("id") == "" {
		c.Abort()
		panic(http.ErrAbortHandler)
	}
	c.Next()
}

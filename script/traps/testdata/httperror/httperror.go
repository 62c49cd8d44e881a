package httperror

import (
	"fmt"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

func tells(n int, c *gin.Context, err error) {
	switch n {
	case 0:
		c.JSON(500, gin.H{"error": err.Error()}) // want `httperror: the text of an error goes to the client`
	case 1:
		c.String(500, "failed: %v", err) // want `httperror`
	case 2:
		c.AbortWithStatusJSON(500, map[string]any{"e": err}) // want `httperror`
	case 3:
		text := "failed: " + err.Error()
		c.Header("X-Error", text) // want `httperror`
	}
}

func plain(n int, w http.ResponseWriter, err error) {
	switch n {
	case 0:
		http.Error(w, err.Error(), 500) // want `httperror`
	case 1:
		fmt.Fprintf(w, "failed: %v", err) // want `httperror`
	}
}

func operation(err error) error {
	if err != nil {
		return huma.Error400BadRequest("failed", err) // want `httperror`
	}
	return huma.NewError(500, err.Error()) // want `httperror`
}

func hides(n int, c *gin.Context, w http.ResponseWriter, err error) error {
	slog.ErrorContext(c.Request.Context(), "failed", "error", err)
	switch n {
	case 0:
		c.JSON(500, gin.H{"code": "internal"})
	case 1:
		http.Error(w, "internal", 500)
	case 2:
		fmt.Fprintf(w, "code %d", 500)
	}
	return huma.Error400BadRequest("failed")
}

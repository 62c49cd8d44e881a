package httpbody

import (
	"encoding/json"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"
)

func all(w http.ResponseWriter, r *http.Request) error {
	if _, err := io.ReadAll(r.Body); err != nil { // want `httpbody: this reads as much as a client sends`
		return err
	}
	var in struct{ Name string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil { // want `httpbody: this`
		return err
	}
	if _, err := r.Body.Read(nil); err != nil { // want `httpbody: Read`
		return err
	}
	return r.ParseMultipartForm(1 << 20) // want `httpbody: ParseMultipartForm`
}

func ofGin(c *gin.Context) string {
	if data, err := c.GetRawData(); err == nil { // want `httpbody: GetRawData`
		return string(data)
	}
	return c.PostForm("name") // want `httpbody: PostForm`
}

func some(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	return io.ReadAll(r.Body)
}

func bounded(c *gin.Context) error {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, 1<<20)
	return c.Request.ParseForm()
}

func answer(r *http.Response) ([]byte, error) { return io.ReadAll(r.Body) } // not from a client
